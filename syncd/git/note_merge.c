/* Two texts of one commit's note become one. Pure. */
#include "syncd/git/notes.h"

#include "syncd/base/buf.h"
#include "syncd/base/clock.h"
#include "syncd/base/map.h"
#include "syncd/value/json.h"

#include <stdlib.h>

#define CUT_KIND  "8-cut"  /* is nowhere any more */
#define MORE_KIND "8-more" /* is in the details */

struct record {
    str r, t, k, n; /* the key */
    int64_t at_ns;
    uint64_t sequence; /* of its writer, when times are equal */
    str line;
};

/* Texts being merged. */
struct merge {
    const struct limits *limits;
    struct arena *arena;
    VEC(struct record) records;
    VEC(str) foreign;
    struct map foreign_seen;
    uint64_t dropped; /* what earlier merges had to leave out, at least */
    bool open_end;    /* the last foreign line had no newline */
};

static bool read_record(struct merge *merge, str line, struct record *ret_record, value *ret_value)
{
    struct error ignored = ERROR_INIT; /* not ours, then */
    value document;
    if (line.len == 0 || line.ptr[0] != '{' ||
        !json_read(line, merge->limits, merge->arena, &document, &ignored))
        return false;
    value kind = value_get(document, STR("r"));
    if (!value_is(kind, VALUE_STRING) || value_str(kind).len == 0)
        return false;
    struct record record = {
        .r = value_str(kind),
        .t = value_str(value_get(document, STR("t"))),
        .k = value_str(value_get(document, STR("k"))),
        .n = value_str(value_get(document, STR("n"))),
        .line = line,
    };
    int64_t sequence;
    if (!clock_parse_rfc3339(value_str(value_get(document, STR("at"))), &record.at_ns))
        record.at_ns = 0;
    if (value_to_i64(value_get(document, STR("seq")), &sequence) && sequence > 0)
        record.sequence = (uint64_t)sequence;
    *ret_record = record;
    *ret_value = document;
    return true;
}

static void add_line(struct merge *merge, str line, bool ours)
{
    struct record record;
    value document;
    if (!read_record(merge, line, &record, &document)) {
        /* Theirs is kept as it is, even a line that comes twice; ours is added once. */
        if (ours && (line.len == 0 || map_has(&merge->foreign_seen, line)))
            return;
        VEC_PUSH(merge->arena, &merge->foreign, line);
        (void)map_put(&merge->foreign_seen, merge->arena, line, merge);
        return;
    }
    if (str_equal(record.r, STR(MORE_KIND)))
        return; /* counted anew for each head */
    if (str_equal(record.r, STR(CUT_KIND))) {
        int64_t dropped;
        if (value_to_i64(value_get(document, STR("dropped")), &dropped) &&
            dropped > (int64_t)merge->dropped)
            merge->dropped = (uint64_t)dropped;
        return;
    }
    VEC_PUSH(merge->arena, &merge->records, record);
}

static void add_text(struct merge *merge, str text, bool ours)
{
    while (text.len != 0) {
        size_t end = str_index(text, '\n');
        size_t before = merge->foreign.len;
        add_line(merge, str_slice(text, 0, end), ours);
        if (merge->foreign.len != before)
            merge->open_end = end == SIZE_MAX;
        text = end == SIZE_MAX ? STR("") : str_skip(text, end + 1);
    }
}

static int compare_keys(const struct record *a, const struct record *b)
{
    int order = str_compare(a->r, b->r);
    if (order == 0)
        order = str_compare(a->t, b->t);
    if (order == 0)
        order = str_compare(a->k, b->k);
    return order != 0 ? order : str_compare(a->n, b->n);
}

/* By key, and the one that stays last. */
static int by_key_and_age(const void *left, const void *right)
{
    const struct record *a = left, *b = right;
    int order = compare_keys(a, b);
    if (order != 0)
        return order;
    if (a->at_ns != b->at_ns)
        return a->at_ns < b->at_ns ? -1 : 1;
    if (a->sequence != b->sequence)
        return a->sequence < b->sequence ? -1 : 1;
    return str_compare(a->line, b->line);
}

static int by_line(const void *left, const void *right)
{
    const struct record *a = left, *b = right;
    return str_compare(a->line, b->line);
}

/* The newest of each key, in the order in which `sort` would put the lines. */
static void keep_newest(struct merge *merge)
{
    size_t kept = 0, count = merge->records.len;
    struct record *records = merge->records.items;
    if (count == 0)
        return;
    qsort(records, count, sizeof(*records), by_key_and_age);
    for (size_t i = 0; i < count; i++)
        if (i + 1 == count || compare_keys(&records[i], &records[i + 1]) != 0)
            records[kept++] = records[i];
    merge->records.len = kept;
    qsort(records, kept, sizeof(*records), by_line);
}

/* What goes first when a note is too long: objects, then drift, then holds; never the summary. */
static int expendable(const struct record *record)
{
    switch (record->r.ptr[0]) {
    case '1': return 3;
    case '3': return 2;
    case '0': return 0;
    case '9': return 0;
    default: return 1;
    }
}

static uint64_t cut(struct merge *merge, uint64_t most)
{
    uint64_t size = 0, dropped = 0;
    uint64_t max = most - 64; /* the line that counts them */
    struct record *records = merge->records.items;
    for (size_t i = 0; i < merge->records.len; i++)
        size += records[i].line.len + 1;
    for (int rank = 3; rank > 0 && size > max; rank--)
        for (size_t i = merge->records.len; i-- > 0 && size > max;)
            if (records[i].line.len != 0 && expendable(&records[i]) == rank) {
                size -= records[i].line.len + 1;
                records[i].line = STR("");
                dropped++;
            }
    return dropped;
}

/* The lines that count what is not there, each where `sort` would put it. */
static void write_count(const char *kind, uint64_t *count, str before, struct buf *out)
{
    AUTO_BUF struct buf line = BUF_INIT(128);
    if (*count == 0)
        return;
    buf_printf(&line, "{\"r\":\"%s\",\"dropped\":%llu}\n", kind, (unsigned long long)*count);
    if (before.len != 0 && str_compare(before, buf_str(&line)) < 0)
        return;
    buf_add(out, buf_str(&line));
    *count = 0;
}

static str write_text(struct merge *merge, uint64_t more)
{
    AUTO_BUF struct buf out = BUF_INIT(SIZE_MAX / 2);
    VEC_FOR (struct record, record, &merge->records) {
        if (record->line.len == 0)
            continue;
        write_count(CUT_KIND, &merge->dropped, record->line, &out);
        write_count(MORE_KIND, &more, record->line, &out);
        buf_add(&out, record->line);
        buf_add_byte(&out, '\n');
    }
    write_count(CUT_KIND, &merge->dropped, STR(""), &out);
    write_count(MORE_KIND, &more, STR(""), &out);
    VEC_FOR (str, line, &merge->foreign) {
        buf_add(&out, *line);
        buf_add_byte(&out, '\n');
    }
    if (merge->foreign.len != 0 && merge->open_end)
        buf_truncate(&out, out.len - 1);
    return buf_copy(&out, merge->arena);
}

str note_merge(str theirs, str ours, const struct limits *limits, struct arena *arena)
{
    struct merge merge = {.limits = limits, .arena = arena};
    add_text(&merge, theirs, false);
    add_text(&merge, ours, true);
    keep_newest(&merge);
    uint64_t dropped = cut(&merge, limits->note_details);
    if (dropped > merge.dropped)
        merge.dropped = dropped;
    return write_text(&merge, 0);
}

str note_merge_head(str merged, const struct limits *limits, struct arena *arena)
{
    struct merge merge = {.limits = limits, .arena = arena};
    add_text(&merge, merged, false);
    keep_newest(&merge);
    uint64_t more = cut(&merge, limits->note_bytes - 64);
    return more != 0 ? write_text(&merge, more) : merged;
}
