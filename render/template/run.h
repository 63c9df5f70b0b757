/* run: the state of one rendering. Private to this folder. */
#ifndef RENDER_TEMPLATE_RUN_H
#define RENDER_TEMPLATE_RUN_H

#include "render/template/node.h"

/* Nested evaluations (blocks, pipelines, templates) that the machine's stack surely holds. */
#define NEST_MAX 5000

/* A range that runs, and what it has come to. */
struct loop {
    const struct loop *outer;
    struct dyn index, element;
};

struct template_run {
    const struct template_set *set; /* what `include` and {{template}} see now */
    const struct template_world *world;
    const struct limits *limits;
    struct arena *arena;
    str page; /* the template that is executed, from which all others are called */
    struct template_usage usage;
    const struct loop *loop; /* innermost, of all templates that are being executed; or NULL */
    unsigned depth;          /* templates that call each other */
    unsigned nest;
    size_t written; /* bytes of all outputs, against the output budget */
    str error;      /* message so far */
    enum error_class error_class;
    const char *error_rule;
    struct map included;     /* name → struct include_count */
    struct map frozen;       /* random calls → how often each was made */
    struct map inlined;      /* text of tpl → struct template_set, per outer set */
    VEC(struct buf *) spare; /* output buffers of finished templates */
};

/* Takes a buffer with the output budget left; give it back with run_give_buf. */
struct buf *run_take_buf(struct template_run *run);
void run_give_buf(struct template_run *run, struct buf *buf);

/* Executes a definition; on failure the message is in run->error. */
bool run_definition(struct template_run *run, const struct definition *definition, struct dyn dot,
                    struct buf *out);
/* Sets the message of an error that belongs to no node; returns false. */
bool run_fail(struct template_run *run, str message);
bool run_limit(struct template_run *run, const char *rule, str message);
/* Counts steps; false when the budget is gone. */
bool run_charge(struct template_run *run, uint64_t steps) MUST_USE;

/* A random function's call: frozen values come back, new ones are remembered. `written` is what the
   template that calls has written so far. */
bool run_random_call(struct dyn_call *call, const struct function *function, str written);
/* Random bytes from the rendering's world, else from the system. */
void run_random(struct template_run *run, void *out, size_t len);

/* One template being executed. */
struct frame {
    struct template_run *run;
    const struct definition *definition;
    const struct node *at; /* looked at last: the place of errors, as Go names it */
    struct dyn *slots;
    struct buf *out;
};

/* "template: FILE:LINE:COLUMN: executing NAME at <NODE>: MESSAGE"; returns false. */
bool frame_fail(struct frame *frame, const char *format, ...) PRINTF_LIKE(2, 3);

bool eval_pipeline(struct frame *frame, struct dyn dot, const struct node *pipe,
                   struct dyn *ret_value);
/* Calls a function or a method with a command's arguments (args[0] is the name itself). */
struct callee {
    const char *signature;
    dyn_fn *run;
    const struct function *function; /* NULL for methods */
    struct dyn receiver;
    str name;
    const struct node *command; /* all of the call: what failed inside is said of it */
};
bool eval_call(struct frame *frame, struct dyn dot, const struct callee *callee,
               const struct node *const *args, size_t argc, const struct dyn *final,
               struct dyn *ret_value);
bool eval_operand(struct frame *frame, struct dyn dot, const struct node *node,
                  struct dyn *ret_value);
/* "int", "string", "map[string]interface {}" of a signature's letter. */
const char *signature_type(char letter);

#endif
