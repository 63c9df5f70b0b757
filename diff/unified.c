#include "diff/difference.h"
#include "syncd/value/yaml.h"

/*
 * Lines are compared by the greedy walk along furthest-reaching paths: each round allows one more
 * edit and remembers how far every diagonal came, so that the way back is known.
 */

#define EDITS_MAX   1000 /* beyond: what is between equal ends is replaced as a whole */
#define UNIFIED_MAX (64u << 20)

struct lines {
    VEC(str) list;
};

static void split(str text, struct arena *scratch, struct lines *lines)
{
    str line;
    while (text.len != 0 && str_cut(&text, '\n', &line))
        VEC_PUSH(scratch, &lines->list, line);
}

enum edit { KEEP, REMOVE, ADD };

struct script {
    VEC(enum edit) edits; /* from the first line to the last */
};

struct middle {
    const str *a, *b;
    size_t a_len, b_len;
};

static bool same(const struct middle *m, size_t x, size_t y)
{
    return str_equal(m->a[x], m->b[y]);
}

/* One round: furthest x on each diagonal after `edits` edits. True when the corner is reached. */
static bool advance(const struct middle *m, ptrdiff_t edits, const ptrdiff_t *before,
                    ptrdiff_t *reach)
{
    for (ptrdiff_t k = -edits; k <= edits; k += 2) {
        bool down = k == -edits || (k != edits && before[k - 1] < before[k + 1]);
        ptrdiff_t x = edits == 0 ? 0 : down ? before[k + 1] : before[k - 1] + 1;
        ptrdiff_t y = x - k;
        while (x >= 0 && y >= 0 && (size_t)x < m->a_len && (size_t)y < m->b_len &&
               same(m, (size_t)x, (size_t)y)) {
            x++;
            y++;
        }
        reach[k] = x;
        if (x >= (ptrdiff_t)m->a_len && y >= (ptrdiff_t)m->b_len)
            return true;
    }
    return false;
}

static void push(struct script *script, struct arena *scratch, enum edit edit, size_t times)
{
    for (; times != 0; times--)
        VEC_PUSH(scratch, &script->edits, edit);
}

static void reverse(struct script *script, size_t from)
{
    for (size_t i = from, j = script->edits.len; i + 1 < j; i++) {
        enum edit swap = script->edits.items[i];
        script->edits.items[i] = script->edits.items[--j];
        script->edits.items[j] = swap;
    }
}

/* Walks back from the corner, writing edits last to first. */
static void trace(const struct middle *m, ptrdiff_t *const *rounds, ptrdiff_t edits,
                  struct script *script, struct arena *scratch)
{
    size_t from = script->edits.len;
    ptrdiff_t x = (ptrdiff_t)m->a_len, y = (ptrdiff_t)m->b_len;
    for (ptrdiff_t d = edits; d > 0; d--) {
        const ptrdiff_t *before = rounds[d - 1];
        ptrdiff_t k = x - y;
        bool down = k == -d || (k != d && before[k - 1] < before[k + 1]);
        ptrdiff_t next_x = down ? before[k + 1] : before[k - 1];
        ptrdiff_t next_y = next_x - (down ? k + 1 : k - 1);
        ptrdiff_t kept = down ? x - next_x : y - next_y;
        push(script, scratch, KEEP, (size_t)kept);
        push(script, scratch, down ? ADD : REMOVE, 1);
        x = next_x;
        y = next_y;
    }
    push(script, scratch, KEEP, (size_t)x);
    reverse(script, from);
}

static void find_script(const struct middle *m, struct script *script, struct arena *scratch)
{
    ptrdiff_t **rounds = ARENA_ARRAY(scratch, ptrdiff_t *, EDITS_MAX + 1);
    for (ptrdiff_t d = 0; d <= EDITS_MAX; d++) {
        size_t width = 2 * (size_t)d + 5; /* two diagonals of margin on either side */
        ptrdiff_t *reach = ARENA_ARRAY(scratch, ptrdiff_t, width);
        for (size_t i = 0; i < width; i++)
            reach[i] = -1;
        rounds[d] = reach + d + 2;
        if (!advance(m, d, d != 0 ? rounds[d - 1] : NULL, rounds[d]))
            continue;
        trace(m, rounds, d, script, scratch);
        return;
    }
    push(script, scratch, REMOVE, m->a_len);
    push(script, scratch, ADD, m->b_len);
}

/* Equal lines at both ends cost nothing. */
static void make_script(const struct lines *a, const struct lines *b, struct script *script,
                        struct arena *scratch)
{
    size_t head = 0, tail = 0, shorter = a->list.len < b->list.len ? a->list.len : b->list.len;
    while (head < shorter && str_equal(a->list.items[head], b->list.items[head]))
        head++;
    while (tail < shorter - head &&
           str_equal(a->list.items[a->list.len - 1 - tail], b->list.items[b->list.len - 1 - tail]))
        tail++;
    struct middle middle = {.a_len = a->list.len - head - tail, .b_len = b->list.len - head - tail};
    if (middle.a_len != 0)
        middle.a = &a->list.items[head];
    if (middle.b_len != 0)
        middle.b = &b->list.items[head];
    push(script, scratch, KEEP, head);
    find_script(&middle, script, scratch);
    push(script, scratch, KEEP, tail);
}

/* Where an edit stands: its place in the script, and the lines before it on both sides. */
struct cursor {
    size_t at, a, b;
};

static void step(struct cursor *cursor, enum edit edit)
{
    cursor->at++;
    cursor->a += edit != ADD;
    cursor->b += edit != REMOVE;
}

/* The end of the hunk that begins here: `context` lines behind its last change. */
static size_t hunk_end(const struct script *script, size_t at, size_t context)
{
    size_t last = at;
    for (size_t i = at; i < script->edits.len && i <= last + 2 * context; i++) {
        if (script->edits.items[i] != KEEP)
            last = i;
    }
    return last + context + 1 < script->edits.len ? last + context + 1 : script->edits.len;
}

static void print_range(struct buf *out, char sign, size_t from, size_t count)
{
    buf_printf(out, "%c%zu", sign, count == 0 ? from : from + 1);
    if (count != 1)
        buf_printf(out, ",%zu", count);
}

static void print_hunk(const struct script *script, const struct lines *a, const struct lines *b,
                       struct cursor *cursor, size_t end, struct buf *out)
{
    static const char signs[] = {[KEEP] = ' ', [REMOVE] = '-', [ADD] = '+'};
    struct cursor stop = *cursor;
    while (stop.at < end)
        step(&stop, script->edits.items[stop.at]);
    buf_add(out, STR("@@ "));
    print_range(out, '-', cursor->a, stop.a - cursor->a);
    buf_add_byte(out, ' ');
    print_range(out, '+', cursor->b, stop.b - cursor->b);
    buf_add(out, STR(" @@\n"));
    while (cursor->at < end) {
        enum edit edit = script->edits.items[cursor->at];
        buf_add_byte(out, signs[edit]);
        buf_add(out, edit == ADD ? b->list.items[cursor->b] : a->list.items[cursor->a]);
        buf_add_byte(out, '\n');
        step(cursor, edit);
    }
}

static void print_script(const struct script *script, const struct lines *a, const struct lines *b,
                         size_t context, struct buf *out)
{
    struct cursor cursor = {0};
    size_t next = 0;
    for (;;) {
        while (next < script->edits.len && script->edits.items[next] == KEEP)
            next++;
        if (next == script->edits.len)
            return;
        while (cursor.at + context < next)
            step(&cursor, KEEP);
        print_hunk(script, a, b, &cursor, hunk_end(script, next, context), out);
        next = cursor.at;
    }
}

str diff_unified(value before, value after, str before_name, str after_name, size_t context,
                 struct arena *arena)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    AUTO_BUF struct buf out = BUF_INIT(UNIFIED_MAX);
    struct lines a = {0}, b = {0};
    struct script script = {0};
    if (value_present(before))
        split(yaml_text(before, YAML_SIGS, scratch), scratch, &a);
    if (value_present(after))
        split(yaml_text(after, YAML_SIGS, scratch), scratch, &b);
    make_script(&a, &b, &script, scratch);
    size_t changes = 0;
    VEC_FOR (enum edit, edit, &script.edits)
        changes += *edit != KEEP;
    if (changes == 0)
        return STR("");
    buf_printf(&out, "--- %.*s\n+++ %.*s\n", STR_ARG(before_name), STR_ARG(after_name));
    print_script(&script, &a, &b, context, &out);
    return buf_copy(&out, arena);
}
