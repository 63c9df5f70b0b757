/*
 * functions: what a template can call. One table, sorted by name; documentation and tests walk it.
 *
 * A signature lists the parameters' Go types, one letter each; the last may be repeated by '*':
 *   a interface{}   v reflect.Value (anything, nothing too)   s string   i int   I int64
 *   u uint32        f float64   b bool   t time.Time   m map[string]interface{}
 *   l []interface{}   S []string   c the certificate struct of genCA   V *semver.Version
 *   D time.Duration
 */
#ifndef RENDER_TEMPLATE_FUNCTIONS_H
#define RENDER_TEMPLATE_FUNCTIONS_H

#include "render/template/dyn.h"

struct template_run;

enum function_family {
    FAMILY_LANGUAGE,
    FAMILY_STRINGS,
    FAMILY_CONVERSION,
    FAMILY_MATH,
    FAMILY_LISTS,
    FAMILY_DICTS,
    FAMILY_DEFAULTS,
    FAMILY_ENCODING,
    FAMILY_DATES,
    FAMILY_CRYPTO,
    FAMILY_REFLECTION,
    FAMILY_REGEX,
    FAMILY_SEMVER,
    FAMILY_PATHS,
    FAMILY_URLS,
    FAMILY_HELM,
};

struct function {
    const char *name;
    const char *signature;
    dyn_fn *run; /* NULL: evaluated by the interpreter itself (and, or, call) */
    enum function_family family;
    bool random; /* gives another result each time: marks the rendering as nondeterministic */
};

/* One call. The arguments have been checked against the signature. */
struct dyn_call {
    struct template_run *run;
    struct arena *arena;
    const struct dyn *args;
    size_t argc;
    struct dyn receiver; /* of a method */
    str name;            /* as the template wrote it */
    str first;           /* `call` only: its first argument as the template wrote it */
    struct dyn result;
};

/* NULL when there is none. */
const struct function *function_find(str name);
const struct function *function_table(size_t *ret_count);
const char *function_family_name(enum function_family family);

/* Fails the call with "error calling NAME: …"; returns false. */
bool call_error(struct dyn_call *call, const char *format, ...) PRINTF_LIKE(2, 3);
bool call_error_text(struct dyn_call *call, str text);
/* A budget was exceeded. */
bool call_limit(struct dyn_call *call, const char *rule, const char *format, ...) PRINTF_LIKE(3, 4);
/* Charges work that one call does beyond one step; false when the budget is gone. */
bool call_charge(struct dyn_call *call, uint64_t steps) MUST_USE;
/* dyn_equal on the budget; false when that is gone. */
bool call_equal(struct dyn_call *call, struct dyn a, struct dyn b, bool *ret_equal) MUST_USE;
/* Asks for `size` bytes of text in the arena; NULL (and failed) when over budget. */
char *call_alloc(struct dyn_call *call, size_t size);
/* A buf whose maximum is the rendering's output budget; copy it with buf_copy. */
void call_buf(struct dyn_call *call, struct buf *buf);
/* Takes the text of a buf as the call's string result; fails when the buf overflowed. */
bool call_return_buf(struct dyn_call *call, struct buf *buf);

static inline bool call_return(struct dyn_call *call, struct dyn result)
{
    call->result = result;
    return true;
}

static inline bool call_return_str(struct dyn_call *call, str text)
{
    call->result = dyn_string(text);
    return true;
}

static inline str call_str(const struct dyn_call *call, size_t index)
{
    return dyn_str(call->args[index]);
}

#endif
