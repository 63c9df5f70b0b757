/*
 * template: Go's text/template with sprig's and Helm's functions, compiled once and run many
 * times. Pure: time, randomness and the cluster come from struct template_world.
 */
#ifndef RENDER_TEMPLATE_TEMPLATE_H
#define RENDER_TEMPLATE_TEMPLATE_H

#include "render/template/dyn.h"
#include "syncd/base/error.h"
#include "syncd/base/limits.h"
#include "syncd/base/zones.h"

/* Named templates that call each other. Immutable while templates run. */
struct template_set;

struct template_set *template_set_create(struct arena *arena, const struct limits *limits);
/*
 * Compiles `text` as the template `name`, with the templates that it defines; later definitions
 * replace earlier ones. Views into text are kept. ERROR_INPUT (E_TPL_PARSE) with Go's own message
 * and position; ERROR_LIMIT for nesting (E_TPL_DEPTH).
 */
bool template_parse(struct template_set *set, str name, str text, struct error *err) MUST_USE;

/*
 * Names one call of a random function, the same in every rendering: by function, arguments, the
 * template that is executed, the last word on the line that it writes to ("-": none), the elements
 * that the ranges around it have come to, and how often before. Other calls and elements may come,
 * go and change places.
 */
struct frozen_key {
    str text; /* "randAlphaNum 3f2a9c0112345678 web/templates/secret.yaml password@0a…1f 0" */
    str call; /* function and digest of the arguments: it begins so */
    const struct template_set *set; /* all templates of this rendering */
};
/* There is a template of this name: what was kept for one that is gone can be taken over. */
bool template_set_has(const struct template_set *set, str name);

/* What a rendering may see of the world; every member may be left out. */
struct template_world {
    int64_t now_ns; /* what `now` says */
    void *context;
    /* `lookup`: an object or a list from the cluster. NULL: nothing is ever found. */
    bool (*lookup)(void *context, str api_version, str kind, str namespace, str name,
                   struct arena *arena, value *ret_document, struct error *err);
    /* Time zones by name. NULL: only UTC is known, and asking for another is UNSUPPORTED. */
    struct zones *zones;
    /* Random bytes. NULL: the system's. */
    void (*random)(void *context, void *out, size_t len);
    /*
     * Values of random functions that a release has frozen: recall finds one by its key, remember
     * is told of each that was made new.
     */
    bool (*recall)(void *context, const struct frozen_key *key, struct arena *arena,
                   value *ret_value);
    void (*remember)(void *context, str key, value frozen);
};

struct template_usage {
    uint64_t steps;
    bool nondeterministic; /* a random function or the clock was used */
    bool looked_up;
};

struct template_run;
/* One rendering: shared by all executions whose maps are shared. Lives in the arena. */
struct template_run *template_run_create(const struct template_set *set,
                                         const struct template_world *world,
                                         const struct limits *limits, struct arena *arena);
const struct template_usage *template_run_usage(const struct template_run *run);

/*
 * Executes a template with `dot` and appends its text. ERROR_INPUT (E_TPL_EXEC) with Go's message;
 * ERROR_LIMIT with E_TPL_DEPTH, E_TPL_STEPS, E_TPL_OUTPUT or E_TPL_MEMORY. The text of messages is
 * also in template_run_error, uncut.
 */
bool template_execute(struct template_run *run, str name, struct dyn dot, struct buf *out,
                      struct error *err) MUST_USE;
str template_run_error(const struct template_run *run);

#endif
