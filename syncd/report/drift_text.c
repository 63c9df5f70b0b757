/* The drift document for terminals and for pull requests, and rules made from it. */
#include "syncd/report/drift_internal.h"

#include "syncd/value/json.h"

/* A comment on a forge is cut at 65,536 characters; the rest of it is ours to keep free. */
#define MARKDOWN_MOST 60000

void drift_add_kind(const struct drift_row *row, struct buf *buf)
{
    buf_printf(buf, "%.*s%s%.*s", STR_ARG(row->kind), row->group.len != 0 ? "." : "",
               STR_ARG(row->group));
}

void drift_add_name(const struct drift_row *row, struct buf *buf)
{
    buf_printf(buf, "%.*s%s%.*s", STR_ARG(row->namespace), row->namespace.len != 0 ? "/" : "",
               STR_ARG(row->name));
}

str drift_row_what(const struct drift_row *row)
{
    enum drift_class class;
    return drift_class_from_name(row->class, &class) ? str_z(drift_class_text(class)) : row->class;
}

/* Control bytes of names and values must not reach a terminal. */
static void add_clean(struct buf *buf, str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < ' ' || c == 0x7f)
            buf_printf(buf, "\\x%02x", c);
        else
            buf_add_byte(buf, (char)c);
    }
}

static void add_writer(const struct drift_row *row, struct buf *buf)
{
    if (row->manager.len == 0) {
        buf_add(buf, STR("nobody the server names"));
        return;
    }
    add_clean(buf, row->manager);
    if (row->operation.len != 0)
        buf_printf(buf, " (%.*s%s%.*s)", STR_ARG(row->operation),
                   row->subresource.len != 0 ? ", " : "", STR_ARG(row->subresource));
    if (row->written.len != 0)
        buf_printf(buf, " at %.*s", STR_ARG(row->written));
}

static void add_coverage(value target, struct buf *buf)
{
    uint64_t coverage = drift_coverage(target);
    if (coverage != UINT64_MAX)
        buf_printf(buf, ", coverage %llu.%llu %% of %llu listed", (unsigned long long)coverage / 10,
                   (unsigned long long)coverage % 10,
                   (unsigned long long)drift_number(target, "listed"));
}

static void add_counts(value target, struct buf *buf)
{
    static const char *const keys[] = {"managed", "missing",   "changed",  "contested",
                                       "stale",   "strangers", "unmanaged"};
    const char *comma = "";
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        uint64_t count = drift_number(target, keys[i]);
        if (count == 0 && i != 0)
            continue;
        buf_printf(buf, "%s%llu %s", comma, (unsigned long long)count, keys[i]);
        comma = ", ";
    }
    add_coverage(target, buf);
}

static void add_row_text(const struct drift_row *row, struct buf *buf)
{
    buf_add(buf, STR("  "));
    drift_add_kind(row, buf);
    buf_add_byte(buf, ' ');
    drift_add_name(row, buf);
    buf_add_byte(buf, ' ');
    add_clean(buf, row->path);
    buf_printf(buf, "\n    %.*s by ", STR_ARG(drift_row_what(row)));
    add_writer(row, buf);
    buf_printf(buf, "; %.*s, since %.*s\n", STR_ARG(row->action), STR_ARG(row->since));
    if (row->git.len != 0 || row->live.len != 0) {
        buf_add(buf, STR("    Git:  "));
        add_clean(buf, row->git.len != 0 ? row->git : STR("(none)"));
        buf_add(buf, STR("\n    live: "));
        add_clean(buf, row->live.len != 0 ? row->live : STR("(none)"));
        buf_add_byte(buf, '\n');
    }
}

void drift_print_text(value document, struct buf *buf)
{
    value targets = value_get(document, STR("targets")), rows = value_get(document, STR("drift"));
    size_t at = 0; /* rows stand in the order of targets */
    for (size_t i = 0; i < value_len(targets); i++) {
        value target = value_item(targets, i);
        str name = value_str(value_get(target, STR("name")));
        buf_printf(buf, "%.*s: ", STR_ARG(name));
        add_counts(target, buf);
        if (!value_true(value_get(target, STR("known"))))
            buf_printf(buf, " [unknown: %.*s]",
                       STR_ARG(value_str(value_get(target, STR("phase")))));
        buf_add_byte(buf, '\n');
        for (; at < value_len(rows); at++) {
            struct drift_row row = drift_row_read(value_item(rows, at));
            if (!str_equal(row.target, name))
                break;
            add_row_text(&row, buf);
        }
    }
    uint64_t dropped = drift_number(document, "dropped");
    if (dropped != 0)
        buf_printf(buf, "%llu more findings were not kept\n", (unsigned long long)dropped);
    if (value_true(value_get(document, STR("old"))))
        buf_printf(buf, "This is old: the daemon wrote it at %.*s.\n",
                   STR_ARG(value_str(value_get(document, STR("at")))));
}

/* --- Markdown --- */

static void add_cell(struct buf *buf, str text)
{
    bool code = text.len != 0 && memchr(text.ptr, '`', text.len) == NULL;
    buf_add(buf, code ? STR("`") : STR(""));
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '|')
            buf_add(buf, STR("\\|"));
        else if (!code && (c == '<' || c == '&'))
            buf_add(buf, c == '<' ? STR("&lt;") : STR("&amp;"));
        else
            buf_add_byte(buf, c < ' ' ? ' ' : (char)c);
    }
    buf_add(buf, code ? STR("` | ") : STR(" | "));
}

static void add_markdown_row(const struct drift_row *row, struct buf *buf)
{
    AUTO_BUF struct buf object = BUF_INIT(4096);
    drift_add_kind(row, &object);
    buf_add_byte(&object, ' ');
    drift_add_name(row, &object);
    buf_add(buf, STR("| "));
    add_cell(buf, row->target);
    add_cell(buf, buf_str(&object));
    add_cell(buf, row->path);
    buf_printf(buf, "%.*s | ", STR_ARG(drift_row_what(row)));
    add_cell(buf, row->git);
    add_cell(buf, row->live);
    add_cell(buf, row->manager);
    buf_printf(buf, "%.*s | %.*s |\n", STR_ARG(row->since), STR_ARG(row->action));
}

void drift_print_markdown(value document, struct buf *buf)
{
    value targets = value_get(document, STR("targets")), rows = value_get(document, STR("drift"));
    buf_printf(buf, "## Drift of %.*s\n\n", STR_ARG(value_str(value_get(document, STR("name")))));
    for (size_t i = 0; i < value_len(targets) && buf->len < MARKDOWN_MOST / 4; i++) {
        value target = value_item(targets, i);
        buf_printf(buf, "- **%.*s**%s: ", STR_ARG(value_str(value_get(target, STR("name")))),
                   value_true(value_get(target, STR("known"))) ? "" : " (unknown)");
        add_counts(target, buf);
        buf_add_byte(buf, '\n');
    }
    if (value_len(rows) == 0) {
        buf_add(buf, STR("\nNothing has drifted.\n"));
        return;
    }
    buf_add(buf, STR("\n| target | object | field | what | Git | live | by | since | action |\n"
                     "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"));
    size_t i = 0;
    for (; i < value_len(rows) && buf->len < MARKDOWN_MOST; i++) {
        struct drift_row row = drift_row_read(value_item(rows, i));
        add_markdown_row(&row, buf);
    }
    if (i < value_len(rows))
        buf_printf(buf, "\n%zu more are in the full report.\n", value_len(rows) - i);
}

/* --- rules --- */

void drift_print_rules(value document, str only, struct buf *buf)
{
    value rows = value_get(document, STR("drift"));
    for (size_t i = 0; i < value_len(rows); i++) {
        struct drift_row row = drift_row_read(value_item(rows, i));
        const struct object_id id = {{row.group, STR(""), row.kind}, row.namespace, row.name};
        struct drift drift = {.path = row.path, .manager = row.manager};
        if (!drift_class_from_name(row.class, &drift.class))
            continue;
        AUTO_BUF struct buf name = BUF_INIT(4096);
        drift_add_name(&row, &name);
        if (only.len == 0 || str_equal(only, buf_str(&name)) || str_equal(only, row.path))
            drift_suggest_rule(&id, &drift, buf);
    }
}
