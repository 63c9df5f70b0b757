#include "render/template/glob.h"

#include "syncd/base/vec.h"

/* A pattern is a program of a small nondeterministic machine: states run side by side. */
enum op { OP_BYTE, OP_ANY_ONE, OP_CLASS, OP_STAR, OP_SUPER, OP_SPLIT, OP_JUMP, OP_END };

struct instruction {
    enum op op;
    char byte;
    bool negated;
    str class; /* "a-z" or the bytes of a list */
    bool range;
    size_t next, other;
};

struct glob {
    const struct instruction *program;
    size_t len;
    struct arena *arena;
};

struct program {
    struct arena *arena;
    VEC(struct instruction) code;
    str rest;
    unsigned depth;
};

#define GLOB_DEPTH_MAX 20
#define GLOB_SIZE_MAX  4096

static bool compile_alternatives(struct program *p);

static size_t emit(struct program *p, struct instruction instruction)
{
    instruction.next = p->code.len + 1;
    VEC_PUSH(p->arena, &p->code, instruction);
    return p->code.len - 1;
}

static bool compile_class(struct program *p)
{
    struct instruction instruction = {.op = OP_CLASS};
    str inner = str_skip(p->rest, 1);
    if (str_starts(inner, STR("!"))) {
        instruction.negated = true;
        inner = str_skip(inner, 1);
    }
    size_t close = str_index(inner, ']');
    if (close == SIZE_MAX || close == 0)
        return false;
    instruction.class = str_slice(inner, 0, close);
    instruction.range = close == 3 && inner.ptr[1] == '-';
    (void)emit(p, instruction);
    p->rest = str_skip(inner, close + 1);
    return true;
}

/* One item; stops before "," and "}" inside of braces. */
static bool compile_item(struct program *p)
{
    char byte = p->rest.ptr[0];
    switch (byte) {
    case '*': {
        bool super = str_starts(p->rest, STR("**"));
        (void)emit(p, (struct instruction){.op = super ? OP_SUPER : OP_STAR});
        p->rest = str_skip(p->rest, super ? 2 : 1);
        return true;
    }
    case '?': (void)emit(p, (struct instruction){.op = OP_ANY_ONE}); break;
    case '[': return compile_class(p);
    case '{': return compile_alternatives(p);
    case '\\':
        p->rest = str_skip(p->rest, 1);
        if (p->rest.len == 0)
            return false;
        byte = p->rest.ptr[0];
        /* fall through */
    default: (void)emit(p, (struct instruction){.op = OP_BYTE, .byte = byte}); break;
    }
    p->rest = str_skip(p->rest, 1);
    return true;
}

static bool compile_alternatives(struct program *p)
{
    if (++p->depth > GLOB_DEPTH_MAX)
        return false;
    VEC(size_t) jumps = {0};
    p->rest = str_skip(p->rest, 1);
    for (;;) {
        size_t split = emit(p, (struct instruction){.op = OP_SPLIT});
        while (p->rest.len > 0 && p->rest.ptr[0] != ',' && p->rest.ptr[0] != '}')
            if (!compile_item(p))
                return false;
        if (p->rest.len == 0 || p->code.len > GLOB_SIZE_MAX)
            return false;
        bool last = p->rest.ptr[0] == '}';
        p->rest = str_skip(p->rest, 1);
        VEC_PUSH(p->arena, &jumps, emit(p, (struct instruction){.op = OP_JUMP}));
        p->code.items[split].other = last ? split + 1 : p->code.len;
        if (last)
            break;
    }
    VEC_FOR (size_t, jump, &jumps)
        p->code.items[*jump].next = p->code.len;
    p->depth--;
    return true;
}

const struct glob *glob_compile(str pattern, struct arena *arena)
{
    struct program p = {.arena = arena, .rest = pattern};
    while (p.rest.len > 0)
        if (p.code.len > GLOB_SIZE_MAX || !compile_item(&p))
            return NULL;
    (void)emit(&p, (struct instruction){.op = OP_END});
    struct glob *glob = ARENA_NEW(arena, struct glob);
    *glob = (struct glob){.program = p.code.items, .len = p.code.len, .arena = arena};
    return glob;
}

static bool in_class(const struct instruction *instruction, char byte)
{
    bool found;
    if (instruction->range)
        found = byte >= instruction->class.ptr[0] && byte <= instruction->class.ptr[2];
    else
        found = str_index(instruction->class, byte) != SIZE_MAX;
    return found != instruction->negated;
}

/* Marks a state and everything reachable from it without reading. States only lead forward. */
static void close_states(const struct glob *glob, bool *states)
{
    for (size_t i = 0; i < glob->len; i++) {
        const struct instruction *at = &glob->program[i];
        if (!states[i])
            continue;
        if (at->op == OP_STAR || at->op == OP_SUPER || at->op == OP_SPLIT || at->op == OP_JUMP)
            states[at->next] = true;
        if (at->op == OP_SPLIT)
            states[at->other] = true;
    }
}

static void step_states(const struct glob *glob, const bool *now, bool *next, char byte)
{
    memset(next, 0, glob->len);
    for (size_t i = 0; i < glob->len; i++) {
        const struct instruction *at = &glob->program[i];
        if (!now[i])
            continue;
        if ((at->op == OP_BYTE && at->byte == byte) || (at->op == OP_ANY_ONE && byte != '/') ||
            (at->op == OP_CLASS && in_class(at, byte)))
            next[at->next] = true;
        if (at->op == OP_SUPER || (at->op == OP_STAR && byte != '/'))
            next[i] = true;
    }
    close_states(glob, next);
}

bool glob_matches(const struct glob *glob, str text)
{
    struct arena_mark mark = arena_mark(glob->arena);
    bool *now = ARENA_ARRAY(glob->arena, bool, glob->len);
    bool *next = ARENA_ARRAY(glob->arena, bool, glob->len);
    now[0] = true;
    close_states(glob, now);
    for (size_t i = 0; i < text.len; i++) {
        step_states(glob, now, next, text.ptr[i]);
        bool *swap = now;
        now = next;
        next = swap;
    }
    bool matched = now[glob->len - 1];
    arena_rewind(glob->arena, mark);
    return matched;
}
