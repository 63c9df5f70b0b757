/*
 * The matcher. Small cases (program size times text) are searched by backtracking with a bitmap of
 * visited states, so that no state is tried twice; larger ones by stepping all threads in parallel.
 * Both find the match that a backtracking search would find first, in time linear in the text.
 */
#include "syncd/base/regex_internal.h"

#define VISITED_BITS_MAX (1u << 18) /* 32 KiB of bitmap, cleared for each search */

struct matcher {
    const struct regex *regex;
    str text;
    struct arena *scratch;
    size_t slots; /* captures that are kept, two a group */
};

/* ---- the text ---- */

/* The code point at a place; what is not UTF-8 is U+FFFD of one byte. 0 at the end. */
static size_t code_at(str text, size_t at, uint32_t *ret_code)
{
    if (at >= text.len)
        return 0;
    unsigned char c = (unsigned char)text.ptr[at];
    *ret_code = c;
    if (c < 0x80)
        return 1;
    size_t width = str_decode_utf8(str_skip(text, at), ret_code);
    if (width > 0)
        return width;
    *ret_code = 0xfffd;
    return 1;
}

static bool is_word(str text, size_t at)
{
    if (at >= text.len)
        return false;
    char c = text.ptr[at];
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool holds(enum assertion assertion, str text, size_t at)
{
    switch (assertion) {
    case ASSERT_TEXT_BEGIN: return at == 0;
    case ASSERT_TEXT_END: return at == text.len;
    case ASSERT_LINE_BEGIN: return at == 0 || text.ptr[at - 1] == '\n';
    case ASSERT_LINE_END: return at == text.len || text.ptr[at] == '\n';
    case ASSERT_WORD:
    case ASSERT_NO_WORD: {
        bool boundary = (at > 0 && is_word(text, at - 1)) != is_word(text, at);
        return boundary == (assertion == ASSERT_WORD);
    }
    }
    return false;
}

static bool in_set(const struct program_set *set, uint32_t code)
{
    if (code < 0x80)
        return (set->ascii[code / 64] >> code % 64 & 1) != 0;
    size_t low = 0, high = set->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (code > set->ranges[middle].hi)
            low = middle + 1;
        else if (code < set->ranges[middle].lo)
            high = middle;
        else
            return true;
    }
    return false;
}

static bool accepts(const struct regex *regex, const struct instruction *i, uint32_t code)
{
    switch ((enum opcode)i->op) {
    case OP_CHAR: return code == i->arg;
    case OP_SET: return in_set(&regex->sets[i->arg], code);
    case OP_ANY: return true;
    case OP_ANY_BUT_NEWLINE: return code != '\n';
    default: return false;
    }
}

/* The next place at or after `from` where a match can begin; SIZE_MAX when there is none. */
static size_t next_start(const struct matcher *m, size_t from)
{
    if (m->regex->anchored)
        return from == 0 ? 0 : SIZE_MAX;
    if (m->regex->prefix.len == 0)
        return from <= m->text.len ? from : SIZE_MAX;
    size_t found =
        from <= m->text.len ? str_find(str_skip(m->text, from), m->regex->prefix) : SIZE_MAX;
    return found == SIZE_MAX ? SIZE_MAX : from + found;
}

static size_t step_over(str text, size_t at)
{
    uint32_t code = 0;
    size_t width = code_at(text, at, &code);
    return at + (width > 0 ? width : 1);
}

/* ---- backtracking ---- */

/* Something to try later: an instruction at a place, or a slot to set back. */
struct job {
    uint32_t instruction; /* or slot */
    bool restores;
    size_t at; /* or the slot's old value */
};

struct backtrack {
    struct matcher m;
    uint64_t *visited;
    VEC(struct job) jobs;
    size_t *slots;
};

static bool first_visit(struct backtrack *b, uint32_t instruction, size_t at)
{
    size_t bit = (size_t)instruction * (b->m.text.len + 1) + at;
    uint64_t mask = UINT64_C(1) << bit % 64;
    if ((b->visited[bit / 64] & mask) != 0)
        return false;
    b->visited[bit / 64] |= mask;
    return true;
}

static void save_slot(struct backtrack *b, uint32_t slot, size_t at)
{
    if (slot >= b->m.slots)
        return;
    VEC_PUSH(b->m.scratch, &b->jobs,
             (struct job){.instruction = slot, .restores = true, .at = b->slots[slot]});
    b->slots[slot] = at;
}

/* Follows one way until it fails or matches, leaving the others as jobs. */
static bool follow(struct backtrack *b, uint32_t at_instruction, size_t at, size_t *ret_end)
{
    const struct regex *regex = b->m.regex;
    for (uint32_t pc = at_instruction; first_visit(b, pc, at);) {
        const struct instruction *i = &regex->code[pc];
        uint32_t code = 0;
        size_t width = 0;
        switch ((enum opcode)i->op) {
        case OP_MATCH: *ret_end = at; return true;
        case OP_GO: break;
        case OP_SPLIT:
            VEC_PUSH(b->m.scratch, &b->jobs, (struct job){.instruction = i->arg, .at = at});
            break;
        case OP_SAVE: save_slot(b, i->arg, at); break;
        case OP_ASSERT:
            if (!holds((enum assertion)i->arg, b->m.text, at))
                return false;
            break;
        default:
            width = code_at(b->m.text, at, &code);
            if (width == 0 || !accepts(regex, i, code))
                return false;
            at += width;
        }
        pc = i->out;
    }
    return false;
}

static bool backtrack_from(struct backtrack *b, size_t start, size_t *ret_end)
{
    b->jobs.len = 0;
    VEC_PUSH(b->m.scratch, &b->jobs, (struct job){.instruction = b->m.regex->start, .at = start});
    while (b->jobs.len > 0) {
        struct job job = VEC_LAST(&b->jobs);
        b->jobs.len--;
        if (job.restores)
            b->slots[job.instruction] = job.at;
        else if (follow(b, job.instruction, job.at, ret_end))
            return true;
    }
    return false;
}

static bool find_by_backtracking(const struct matcher *m, size_t from, size_t *slots)
{
    size_t bits = m->regex->size * (m->text.len + 1);
    struct backtrack b = {.m = *m, .slots = slots};
    b.visited = ARENA_ARRAY(m->scratch, uint64_t, bits / 64 + 1);
    for (size_t start = next_start(m, from); start != SIZE_MAX;
         start = next_start(m, step_over(m->text, start))) {
        size_t end = 0;
        if (!backtrack_from(&b, start, &end))
            continue;
        if (m->slots >= 2) {
            slots[0] = start;
            slots[1] = end;
        }
        return true;
    }
    return false;
}

/* ---- all threads in parallel ---- */

struct thread {
    uint32_t instruction;
    size_t *slots;
};

/* Threads in the order of preference; sparse tells in constant time which are there. */
struct thread_list {
    struct thread *threads;
    uint32_t *sparse;
    size_t len;
};

struct parallel {
    struct matcher m;
    struct thread_list now, next;
    VEC(struct job) jobs;
    VEC(size_t *) spare; /* slot arrays that no thread uses */
    size_t *current;     /* slots of the thread being added */
};

static bool contains(const struct thread_list *list, uint32_t instruction)
{
    uint32_t at = list->sparse[instruction];
    return at < list->len && list->threads[at].instruction == instruction;
}

static size_t *take_slots(struct parallel *p)
{
    if (p->spare.len > 0)
        return p->spare.items[--p->spare.len];
    return ARENA_ARRAY(p->m.scratch, size_t, p->m.slots + 1);
}

static void add_thread(struct parallel *p, struct thread_list *list, uint32_t instruction)
{
    list->sparse[instruction] = (uint32_t)list->len;
    struct thread *thread = &list->threads[list->len++];
    enum opcode op = (enum opcode)p->m.regex->code[instruction].op;
    *thread = (struct thread){.instruction = instruction};
    if (op == OP_SPLIT || op == OP_GO || op == OP_SAVE || op == OP_ASSERT)
        return; /* only there to be found as visited */
    thread->slots = take_slots(p);
    memcpy(thread->slots, p->current, p->m.slots * sizeof(size_t));
}

/* Follows all ways from an instruction that read nothing. */
static void follow_all(struct parallel *p, struct thread_list *list, uint32_t start, size_t at)
{
    p->jobs.len = 0;
    VEC_PUSH(p->m.scratch, &p->jobs, (struct job){.instruction = start});
    while (p->jobs.len > 0) {
        struct job job = VEC_LAST(&p->jobs);
        p->jobs.len--;
        if (job.restores) {
            p->current[job.instruction] = job.at;
            continue;
        }
        if (contains(list, job.instruction))
            continue;
        add_thread(p, list, job.instruction);
        const struct instruction *i = &p->m.regex->code[job.instruction];
        if (i->op == OP_SPLIT)
            VEC_PUSH(p->m.scratch, &p->jobs, (struct job){.instruction = i->arg});
        if (i->op == OP_SAVE && i->arg < p->m.slots) {
            VEC_PUSH(
                p->m.scratch, &p->jobs,
                (struct job){.instruction = i->arg, .restores = true, .at = p->current[i->arg]});
            p->current[i->arg] = at;
        }
        bool passes = i->op == OP_SPLIT || i->op == OP_GO || i->op == OP_SAVE ||
                      (i->op == OP_ASSERT && holds((enum assertion)i->arg, p->m.text, at));
        if (passes)
            VEC_PUSH(p->m.scratch, &p->jobs, (struct job){.instruction = i->out});
    }
}

static void free_threads(struct parallel *p, struct thread_list *list, size_t from)
{
    for (size_t i = from; i < list->len; i++) {
        if (list->threads[i].slots != NULL)
            VEC_PUSH(p->m.scratch, &p->spare, list->threads[i].slots);
    }
    list->len = 0;
}

/* One code point for all threads; true when one of them matched, which ends those behind it. */
static bool step_threads(struct parallel *p, size_t at, uint32_t code, size_t width, size_t *slots)
{
    bool matched = false;
    for (size_t i = 0; i < p->now.len && !matched; i++) {
        struct thread *thread = &p->now.threads[i];
        const struct instruction *instruction = &p->m.regex->code[thread->instruction];
        if (thread->slots == NULL)
            continue;
        if (instruction->op == OP_MATCH) {
            for (size_t slot = 0; slot < p->m.slots; slot++)
                slots[slot] = slot == 1 ? at : thread->slots[slot];
            matched = true;
        } else if (width > 0 && accepts(p->m.regex, instruction, code)) {
            memcpy(p->current, thread->slots, p->m.slots * sizeof(size_t));
            follow_all(p, &p->next, instruction->out, at + width);
        }
    }
    free_threads(p, &p->now, 0);
    struct thread_list swap = p->now;
    p->now = p->next;
    p->next = swap;
    return matched;
}

static void make_list(struct parallel *p, struct thread_list *list)
{
    list->threads = ARENA_ARRAY(p->m.scratch, struct thread, p->m.regex->size);
    list->sparse = ARENA_ARRAY(p->m.scratch, uint32_t, p->m.regex->size);
}

static bool find_in_parallel(const struct matcher *m, size_t from, size_t *slots)
{
    struct parallel p = {.m = *m};
    make_list(&p, &p.now);
    make_list(&p, &p.next);
    p.current = ARENA_ARRAY(m->scratch, size_t, m->slots + 1);
    bool matched = false;
    for (size_t at = from;;) {
        if (p.now.len == 0) {
            if (matched || (at = next_start(m, at)) == SIZE_MAX)
                return matched;
        }
        if (!matched && (!m->regex->anchored || at == 0)) {
            for (size_t i = 0; i < m->slots; i++)
                p.current[i] = SIZE_MAX;
            if (m->slots >= 2)
                p.current[0] = at;
            follow_all(&p, &p.now, m->regex->start, at);
        }
        uint32_t code = 0;
        size_t width = code_at(m->text, at, &code);
        matched = step_threads(&p, at, code, width, slots) || matched;
        if (width == 0 || (matched && m->slots == 0))
            return matched;
        at += width;
    }
}

/* ---- the door ---- */

typedef bool finder(const struct matcher *m, size_t from, size_t *slots);

static finder *finder_for(const struct regex *regex, str text)
{
    return regex->size <= VISITED_BITS_MAX / (text.len + 1) ? find_by_backtracking
                                                            : find_in_parallel;
}

static bool find_with(finder *find, const struct regex *regex, str text, size_t from,
                      struct capture *captures, size_t count, struct arena *scratch)
{
    if (from > text.len)
        return false;
    struct arena_mark mark = arena_mark(scratch);
    size_t groups = count < regex->group_count ? count : regex->group_count;
    struct matcher m = {.regex = regex, .text = text, .scratch = scratch, .slots = 2 * groups};
    size_t *slots = ARENA_ARRAY(scratch, size_t, 2 * groups);
    for (size_t i = 0; i < m.slots; i++)
        slots[i] = SIZE_MAX;
    bool found = find(&m, from, slots);
    for (size_t i = 0; found && i < count; i++) {
        bool set = i < groups && slots[2 * i] != SIZE_MAX && slots[2 * i + 1] != SIZE_MAX;
        captures[i] = set ? (struct capture){slots[2 * i], slots[2 * i + 1]}
                          : (struct capture){SIZE_MAX, SIZE_MAX};
    }
    arena_rewind(scratch, mark);
    return found;
}

bool regex_matches(const struct regex *regex, str text, struct arena *scratch)
{
    return find_with(finder_for(regex, text), regex, text, 0, NULL, 0, scratch);
}

bool regex_find(const struct regex *regex, str text, size_t from, struct capture *captures,
                size_t count, struct arena *scratch)
{
    return find_with(finder_for(regex, text), regex, text, from, captures, count, scratch);
}

bool regex_find_parallel(const struct regex *regex, str text, size_t from, struct capture *captures,
                         size_t count, struct arena *scratch)
{
    return find_with(find_in_parallel, regex, text, from, captures, count, scratch);
}
