/*
 * From the parsed expression to instructions. Counted repeats are written out; a star of something
 * that can match nothing becomes (x+)?, which keeps the order in which alternatives are preferred.
 */
#include "syncd/base/regex_internal.h"

#define HOLE UINT32_MAX /* an exit that is not connected yet, and the end of a list of them */

struct compiler {
    struct arena *arena;
    VEC(struct instruction) code;
    VEC(struct program_set) sets;
    bool too_large;
};

/* A piece of program: where it begins, and its open exits as a list through the holes themselves:
 * 2 * instruction, + 1 when it is the arg of a split. */
struct piece {
    uint32_t start;
    uint32_t first, last;
    bool nullable;
};

static uint32_t emit(struct compiler *c, enum opcode op, uint32_t arg)
{
    if (c->code.len >= REGEX_SIZE_MAX) {
        c->too_large = true;
        return 0;
    }
    VEC_PUSH(c->arena, &c->code, (struct instruction){.op = (uint8_t)op, .out = HOLE, .arg = arg});
    return (uint32_t)c->code.len - 1;
}

static uint32_t *exit_at(struct compiler *c, uint32_t hole)
{
    struct instruction *at = &c->code.items[hole / 2];
    return hole % 2 != 0 ? &at->arg : &at->out;
}

static void connect(struct compiler *c, struct piece piece, uint32_t target)
{
    for (uint32_t hole = piece.first; !c->too_large && hole != HOLE;) {
        uint32_t next = *exit_at(c, hole);
        *exit_at(c, hole) = target;
        hole = next;
    }
}

static void join_exits(struct compiler *c, struct piece *piece, struct piece other)
{
    if (c->too_large)
        return;
    *exit_at(c, piece->last) = other.first;
    piece->last = other.last;
}

/* One instruction with one exit. */
static struct piece single(struct compiler *c, enum opcode op, uint32_t arg)
{
    uint32_t at = emit(c, op, arg);
    return (struct piece){.start = at, .first = 2 * at, .last = 2 * at};
}

static struct piece nothing(struct compiler *c)
{
    struct piece piece = single(c, OP_GO, 0);
    piece.nullable = true;
    return piece;
}

static struct piece in_order(struct compiler *c, struct piece a, struct piece b)
{
    connect(c, a, b.start);
    return (struct piece){
        .start = a.start, .first = b.first, .last = b.last, .nullable = a.nullable && b.nullable};
}

/* A split whose one way leads to target; the hole of the other is returned. */
static uint32_t split_to(struct compiler *c, uint32_t target, bool lazy, uint32_t *ret_split)
{
    uint32_t split = emit(c, OP_SPLIT, HOLE);
    *ret_split = split;
    if (c->too_large)
        return 0;
    *exit_at(c, 2 * split + lazy) = target;
    return 2 * split + !lazy;
}

static struct piece optional(struct compiler *c, struct piece sub, bool lazy)
{
    uint32_t split = 0;
    uint32_t hole = split_to(c, sub.start, lazy, &split);
    struct piece around = {.start = split, .first = hole, .last = hole, .nullable = true};
    join_exits(c, &around, sub);
    return around;
}

static struct piece at_least_once(struct compiler *c, struct piece sub, bool lazy)
{
    uint32_t split = 0;
    uint32_t hole = split_to(c, sub.start, lazy, &split);
    connect(c, sub, split);
    return (struct piece){
        .start = sub.start, .first = hole, .last = hole, .nullable = sub.nullable};
}

static struct piece any_number(struct compiler *c, struct piece sub, bool lazy)
{
    if (sub.nullable)
        return optional(c, at_least_once(c, sub, lazy), lazy);
    uint32_t split = 0;
    uint32_t hole = split_to(c, sub.start, lazy, &split);
    connect(c, sub, split);
    return (struct piece){.start = split, .first = hole, .last = hole, .nullable = true};
}

static struct piece compile(struct compiler *c, struct node *node);

/* x{min,max}: min times x, then what may follow, innermost first: x(x(x)?)? */
static struct piece compile_repeat(struct compiler *c, struct node *node)
{
    struct node *sub = node->subs.items[0];
    if (node->max == 0 || sub->kind == NODE_EMPTY)
        return nothing(c);
    struct piece tail = {0};
    bool has_tail = node->max < 0 || node->max > node->min;
    int copies = node->min;
    if (node->max < 0 && node->min > 0) {
        tail = at_least_once(c, compile(c, sub), node->lazy);
        copies--;
    } else if (node->max < 0) {
        tail = any_number(c, compile(c, sub), node->lazy);
    }
    for (int i = node->min; i < node->max && !c->too_large; i++) {
        struct piece one = compile(c, sub);
        tail = optional(c, i > node->min ? in_order(c, one, tail) : one, node->lazy);
    }
    for (int i = 0; i < copies && !c->too_large; i++) {
        struct piece one = compile(c, sub);
        tail = has_tail || i > 0 ? in_order(c, one, tail) : one;
    }
    return tail;
}

static uint32_t add_set(struct compiler *c, const struct code_set *set)
{
    struct program_set compiled = {.ranges = set->ranges.items, .count = set->ranges.len};
    for (uint32_t code = 0; code < 0x80; code++) {
        for (size_t i = 0; i < compiled.count; i++) {
            if (code >= compiled.ranges[i].lo && code <= compiled.ranges[i].hi)
                compiled.ascii[code / 64] |= UINT64_C(1) << code % 64;
        }
    }
    VEC_PUSH(c->arena, &c->sets, compiled);
    return (uint32_t)c->sets.len - 1;
}

static bool is_any(const struct code_set *set)
{
    return set->ranges.len == 1 && set->ranges.items[0].lo == 0 &&
           set->ranges.items[0].hi == UNICODE_MAX;
}

static bool is_any_but_newline(const struct code_set *set)
{
    const struct code_range *ranges = set->ranges.items;
    return set->ranges.len == 2 && ranges[0].lo == 0 && ranges[0].hi == '\n' - 1 &&
           ranges[1].lo == '\n' + 1 && ranges[1].hi == UNICODE_MAX;
}

static struct piece compile_set(struct compiler *c, struct node *node)
{
    const struct code_set *set = &node->set;
    if (is_any(set))
        return single(c, OP_ANY, 0);
    if (is_any_but_newline(set))
        return single(c, OP_ANY_BUT_NEWLINE, 0);
    if (node->compiled == 0) /* a repeat comes here once for each copy */
        node->compiled = add_set(c, set) + 1;
    return single(c, OP_SET, node->compiled - 1);
}

static struct piece compile_row(struct compiler *c, struct node *node)
{
    if (node->subs.len == 0)
        return nothing(c);
    struct piece row = compile(c, node->subs.items[0]);
    for (size_t i = 1; i < node->subs.len && !c->too_large; i++)
        row = in_order(c, row, compile(c, node->subs.items[i]));
    return row;
}

/* a|b|c as a split between a and (a split between b and c). */
static struct piece compile_alternatives(struct compiler *c, struct node *node)
{
    size_t count = node->subs.len;
    struct piece all = compile(c, node->subs.items[count - 1]);
    for (size_t i = count - 1; i-- > 0 && !c->too_large;) {
        struct piece one = compile(c, node->subs.items[i]);
        uint32_t split = emit(c, OP_SPLIT, all.start);
        if (c->too_large)
            break;
        c->code.items[split].out = one.start;
        bool nullable = one.nullable || all.nullable;
        join_exits(c, &one, all);
        all = one;
        all.start = split;
        all.nullable = nullable;
    }
    return all;
}

static struct piece compile_group(struct compiler *c, struct node *node)
{
    struct piece begin = single(c, OP_SAVE, 2 * node->group);
    struct piece sub = compile(c, node->subs.items[0]);
    struct piece end = single(c, OP_SAVE, 2 * node->group + 1);
    begin.nullable = end.nullable = true;
    return in_order(c, in_order(c, begin, sub), end);
}

/* Recursion: as deep as the expression, at most REGEX_DEPTH_MAX. */
static struct piece compile(struct compiler *c, struct node *node)
{
    if (c->too_large)
        return (struct piece){.first = HOLE, .last = HOLE};
    switch (node->kind) {
    case NODE_EMPTY: return nothing(c);
    case NODE_CHAR: return single(c, OP_CHAR, node->code);
    case NODE_SET: return compile_set(c, node);
    case NODE_ASSERT: {
        struct piece piece = single(c, OP_ASSERT, node->assertion);
        piece.nullable = true;
        return piece;
    }
    case NODE_GROUP: return compile_group(c, node);
    case NODE_REPEAT: return compile_repeat(c, node);
    case NODE_CONCAT: return compile_row(c, node);
    case NODE_ALTERNATE: return compile_alternatives(c, node);
    }
    return nothing(c);
}

/* The code points that every match begins with, and whether it begins with the text. */
static void find_prefix(struct regex *regex, struct arena *arena)
{
    size_t room = 0;
    char *prefix = arena_alloc_bytes(arena, 4 * 64 + 4);
    uint32_t at = regex->start;
    for (int steps = 0; steps < 64; steps++) {
        const struct instruction *i = &regex->code[at];
        if (i->op == OP_CHAR)
            room += str_encode_utf8(i->arg, prefix + room);
        else if (i->op == OP_ASSERT && i->arg == ASSERT_TEXT_BEGIN && room == 0)
            regex->anchored = true;
        else if (i->op != OP_GO && i->op != OP_SAVE)
            break;
        at = i->out;
    }
    /* What is not UTF-8 reads as U+FFFD: no byte stands for it. */
    regex->prefix = str_from(prefix, room);
    if (str_find(regex->prefix, STR("\xef\xbf\xbd")) != SIZE_MAX)
        regex->prefix = (str){0};
}

static const str *name_groups(const struct parsed *parsed, struct arena *arena)
{
    str *names = ARENA_ARRAY(arena, str, parsed->names.len + 1);
    if (parsed->names.len > 0)
        memcpy(names + 1, parsed->names.items, parsed->names.len * sizeof *names);
    return names;
}

bool regex_compile_parsed(const struct parsed *parsed, struct arena *arena, struct regex *ret_regex,
                          struct error *err)
{
    struct compiler c = {.arena = arena};
    struct piece whole = compile(&c, parsed->root);
    uint32_t match = emit(&c, OP_MATCH, 0);
    if (c.too_large || arena_over(arena))
        return error_rule(err, ERROR_LIMIT, "E_REGEX",
                          "error parsing regexp: expression too large");
    connect(&c, whole, match);
    *ret_regex = (struct regex){.code = c.code.items,
                                .size = c.code.len,
                                .start = whole.start,
                                .sets = c.sets.items,
                                .names = name_groups(parsed, arena),
                                .group_count = parsed->names.len + 1};
    find_prefix(ret_regex, arena);
    return true;
}
