/*
 * The drift document as one page that needs nothing else: no script from elsewhere, no font, no
 * picture. Targets without drift are folded into one block, so ten thousand clusters stay readable;
 * the filter works on rows that are there already, so the page reads without it.
 */
#include "syncd/report/drift_internal.h"

static const char head[] =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width\">"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'; script-src 'unsafe-inline'\">\n<style>"
    "body{font:14px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:80rem;padding:0 1rem;"
    "color:#1a1a1a;background:#fff}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ddd;vertical-align:top}"
    "td.v{font-family:ui-monospace,monospace;overflow-wrap:anywhere}"
    ".tiles{display:flex;flex-wrap:wrap;gap:.8rem;margin:1rem 0}"
    ".tile{border:1px solid #ccc;border-radius:.4rem;padding:.5rem 1rem}.tile b{font-size:1.5rem;"
    "display:block}summary{cursor:pointer;padding:.4rem 0}.quiet{color:#666}.bad{color:#a40000}"
    "input{font:inherit;padding:.3rem;width:20rem;max-width:100%}"
    "@media(prefers-color-scheme:dark){body{background:#161616;color:#e6e6e6}"
    "th,td{border-color:#333}.bad{color:#ff8a80}.quiet{color:#aaa}}</style>\n";

static const char script[] =
    "<script>document.getElementById('q').addEventListener('input',function(){"
    "var w=this.value.toLowerCase();document.querySelectorAll('[data-t]').forEach(function(e){"
    "e.hidden=w!==''&&e.textContent.toLowerCase().indexOf(w)<0})});</script>\n";

static void add_html(struct buf *buf, str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        switch (c) {
        case '<': buf_add(buf, STR("&lt;")); break;
        case '>': buf_add(buf, STR("&gt;")); break;
        case '&': buf_add(buf, STR("&amp;")); break;
        case '"': buf_add(buf, STR("&quot;")); break;
        case '\'': buf_add(buf, STR("&#39;")); break;
        default: buf_add_byte(buf, c < ' ' ? ' ' : (char)c);
        }
    }
}

static void add_tile(struct buf *buf, const char *name, uint64_t count)
{
    buf_printf(buf, "<div class=\"tile\"><b>%llu</b>%s</div>", (unsigned long long)count, name);
}

struct totals {
    uint64_t targets, unknown, quiet, managed, missing, changed, contested, stale, strangers,
        listed, unmanaged;
};

static bool is_known(value target)
{
    return value_true(value_get(target, STR("known")));
}

static bool has_drift(value target)
{
    static const char *const keys[] = {"missing", "changed", "contested", "stale", "strangers"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (drift_number(target, keys[i]) != 0)
            return true;
    }
    return false;
}

static struct totals count_all(value targets)
{
    struct totals totals = {.targets = value_len(targets)};
    for (size_t i = 0; i < value_len(targets); i++) {
        value target = value_item(targets, i);
        totals.unknown += !is_known(target);
        totals.quiet += is_known(target) && !has_drift(target);
        totals.managed += drift_number(target, "managed");
        totals.missing += drift_number(target, "missing");
        totals.changed += drift_number(target, "changed");
        totals.contested += drift_number(target, "contested");
        totals.stale += drift_number(target, "stale");
        totals.strangers += drift_number(target, "strangers");
        totals.listed += drift_number(target, "listed");
        totals.unmanaged += drift_number(target, "unmanaged");
    }
    return totals;
}

static void add_totals(const struct totals *totals, struct buf *buf)
{
    buf_add(buf, STR("<div class=\"tiles\">"));
    add_tile(buf, "clusters", totals->targets);
    add_tile(buf, "managed", totals->managed);
    add_tile(buf, "missing", totals->missing);
    add_tile(buf, "changed", totals->changed);
    add_tile(buf, "contested", totals->contested);
    add_tile(buf, "no longer in Git", totals->stale);
    add_tile(buf, "strangers", totals->strangers);
    add_tile(buf, "clusters unknown", totals->unknown);
    if (totals->listed != 0 && totals->unmanaged <= totals->listed) {
        uint64_t tenths = (totals->listed - totals->unmanaged) * 1000 / totals->listed;
        add_tile(buf, "unmanaged", totals->unmanaged);
        buf_printf(buf, "<div class=\"tile\"><b>%llu.%llu %%</b>coverage</div>",
                   (unsigned long long)tenths / 10, (unsigned long long)tenths % 10);
    }
    buf_add(buf, STR("</div>\n"));
}

static void add_cell(struct buf *buf, const char *kind, str text)
{
    buf_printf(buf, "<td%s>", kind);
    add_html(buf, text);
    buf_add(buf, STR("</td>"));
}

static void add_row(const struct drift_row *row, struct buf *buf)
{
    AUTO_BUF struct buf object = BUF_INIT(4096);
    drift_add_kind(row, &object);
    buf_add_byte(&object, ' ');
    drift_add_name(row, &object);
    buf_add(buf, STR("<tr>"));
    add_cell(buf, "", buf_str(&object));
    add_cell(buf, " class=\"v\"", row->path);
    add_cell(buf, "", drift_row_what(row));
    add_cell(buf, " class=\"v\"", row->git);
    add_cell(buf, " class=\"v\"", row->live);
    add_cell(buf, "", row->manager);
    add_cell(buf, "", row->since);
    add_cell(buf, "", row->action);
    buf_add(buf, STR("</tr>\n"));
}

/* One cluster with drift, or one that nothing is known of. Rows begin at *at. */
static void add_target(value target, value rows, size_t *at, struct buf *buf)
{
    str name = value_str(value_get(target, STR("name")));
    buf_add(buf, STR("<details data-t open><summary><b>"));
    add_html(buf, name);
    buf_add(buf, STR("</b>"));
    if (!is_known(target)) {
        buf_add(buf, STR(" <span class=\"bad\">unknown: "));
        add_html(buf, value_str(value_get(target, STR("phase"))));
        buf_add(buf, STR("</span>"));
    }
    buf_printf(buf, " <span class=\"quiet\">%llu managed</span></summary>\n",
               (unsigned long long)drift_number(target, "managed"));
    buf_add(buf, STR("<table><tr><th>object</th><th>field</th><th>what</th><th>Git</th><th>live"
                     "</th><th>by</th><th>since</th><th>action</th></tr>\n"));
    for (; *at < value_len(rows); (*at)++) {
        struct drift_row row = drift_row_read(value_item(rows, *at));
        if (!str_equal(row.target, name))
            break;
        add_row(&row, buf);
    }
    buf_add(buf, STR("</table></details>\n"));
}

static void add_quiet(value targets, uint64_t count, struct buf *buf)
{
    buf_printf(buf, "<details><summary>%llu clusters are as Git states them</summary><p>",
               (unsigned long long)count);
    for (size_t i = 0; i < value_len(targets); i++) {
        value target = value_item(targets, i);
        if (!is_known(target) || has_drift(target))
            continue;
        buf_add(buf, STR("<span data-t>"));
        add_html(buf, value_str(value_get(target, STR("name"))));
        buf_add(buf, STR("</span> "));
    }
    buf_add(buf, STR("</p></details>\n"));
}

void drift_print_html(value document, struct buf *buf)
{
    value targets = value_get(document, STR("targets")), rows = value_get(document, STR("drift"));
    struct totals totals = count_all(targets);
    size_t at = 0;
    buf_add(buf, str_z(head));
    buf_add(buf, STR("<title>Drift of "));
    add_html(buf, value_str(value_get(document, STR("name"))));
    buf_add(buf, STR("</title></head><body>\n<h1>Drift of "));
    add_html(buf, value_str(value_get(document, STR("name"))));
    buf_add(buf, STR("</h1><p class=\"quiet\">as of "));
    add_html(buf, value_str(value_get(document, STR("at"))));
    buf_add(buf, value_true(value_get(document, STR("old"))) ? STR(", which is old</p>\n")
                                                             : STR("</p>\n"));
    add_totals(&totals, buf);
    buf_add(buf, STR("<p><input id=\"q\" placeholder=\"filter\" aria-label=\"filter\"></p>\n"));
    for (size_t i = 0; i < value_len(targets); i++) {
        value target = value_item(targets, i);
        if (!is_known(target) || has_drift(target))
            add_target(target, rows, &at, buf);
    }
    add_quiet(targets, totals.quiet, buf);
    buf_add(buf, str_z(script));
    buf_add(buf, STR("</body></html>\n"));
}
