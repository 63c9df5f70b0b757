/* The drift document as JUnit and SARIF, for machines that gate on them. */
#include "syncd/report/drift_internal.h"

#include "syncd/value/json.h"

/* --- JUnit --- */

static void add_xml(struct buf *buf, str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        switch (c) {
        case '<': buf_add(buf, STR("&lt;")); break;
        case '>': buf_add(buf, STR("&gt;")); break;
        case '&': buf_add(buf, STR("&amp;")); break;
        case '"': buf_add(buf, STR("&quot;")); break;
        default: buf_add_byte(buf, c < ' ' && c != '\n' && c != '\t' ? '?' : (char)c);
        }
    }
}

static void add_case(const struct drift_row *row, struct buf *buf)
{
    AUTO_BUF struct buf name = BUF_INIT(1 << 20);
    drift_add_kind(row, &name);
    buf_add_byte(&name, ' ');
    drift_add_name(row, &name);
    buf_add_byte(&name, ' ');
    buf_add(&name, row->path);
    buf_add(buf, STR("    <testcase classname=\""));
    add_xml(buf, row->target);
    buf_add(buf, STR("\" name=\""));
    add_xml(buf, buf_str(&name));
    buf_add(buf, STR("\"><failure type=\""));
    add_xml(buf, row->class);
    buf_add(buf, STR("\" message=\""));
    add_xml(buf, drift_row_what(row));
    if (row->manager.len != 0) {
        buf_add(buf, STR(" by "));
        add_xml(buf, row->manager);
    }
    buf_add(buf, STR("\">Git: "));
    add_xml(buf, row->git);
    buf_add(buf, STR("\nlive: "));
    add_xml(buf, row->live);
    buf_add(buf, STR("\nsince: "));
    add_xml(buf, row->since);
    buf_add(buf, STR("</failure></testcase>\n"));
}

/* One suite a target: its findings fail, a target that is not known is an error, the rest passes.
 */
static size_t add_suite(value target, value rows, size_t at, struct buf *buf)
{
    str name = value_str(value_get(target, STR("name")));
    bool known = value_true(value_get(target, STR("known")));
    size_t end = at;
    while (end < value_len(rows) &&
           str_equal(value_str(value_get(value_item(rows, end), STR("target"))), name))
        end++;
    buf_add(buf, STR("  <testsuite name=\""));
    add_xml(buf, name);
    buf_printf(buf, "\" tests=\"%zu\" failures=\"%zu\" errors=\"%d\">\n", end - at + 1, end - at,
               known ? 0 : 1);
    buf_add(buf, STR("    <testcase classname=\""));
    add_xml(buf, name);
    buf_add(buf, STR("\" name=\"is known\">"));
    if (!known)
        buf_add(buf, STR("<error type=\"unknown\" message=\"not heard of lately\"/>"));
    buf_add(buf, STR("</testcase>\n"));
    for (; at < end; at++) {
        struct drift_row row = drift_row_read(value_item(rows, at));
        add_case(&row, buf);
    }
    buf_add(buf, STR("  </testsuite>\n"));
    return end;
}

void drift_print_junit(value document, struct buf *buf)
{
    value targets = value_get(document, STR("targets")), rows = value_get(document, STR("drift"));
    size_t at = 0;
    buf_add(buf, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"drift\">\n"));
    for (size_t i = 0; i < value_len(targets); i++)
        at = add_suite(value_item(targets, i), rows, at, buf);
    buf_add(buf, STR("</testsuites>\n"));
}

/* --- SARIF --- */

static value text_object(str text, struct arena *arena)
{
    struct object_builder object;
    object_begin(&object, arena);
    object_add(&object, STR("text"), value_string(text));
    return object_finish(&object);
}

static value sarif_rules(struct arena *arena)
{
    struct array_builder rules;
    array_begin(&rules, arena);
    for (size_t i = 0; i < DRIFT_CLASSES; i++) {
        struct object_builder rule;
        enum drift_class class = (enum drift_class)i;
        object_begin(&rule, arena);
        object_add(&rule, STR("id"), value_string(str_z(drift_class_name(class))));
        object_add(&rule, STR("shortDescription"),
                   text_object(str_z(drift_class_text(class)), arena));
        array_add(&rules, object_finish(&rule));
    }
    return array_finish(&rules);
}

/* Where: no file, but the object and the field in the cluster. */
static value sarif_locations(const struct drift_row *row, struct arena *arena)
{
    AUTO_BUF struct buf name = BUF_INIT(1 << 20);
    struct object_builder logical, location;
    struct array_builder logicals, locations;
    buf_printf(&name, "%.*s: ", STR_ARG(row->target));
    drift_add_kind(row, &name);
    buf_add_byte(&name, ' ');
    drift_add_name(row, &name);
    buf_add_byte(&name, ' ');
    buf_add(&name, row->path);
    object_begin(&logical, arena);
    object_add(&logical, STR("fullyQualifiedName"), value_string(buf_copy(&name, arena)));
    object_add(&logical, STR("kind"), value_string(STR("resource")));
    array_begin(&logicals, arena);
    array_add(&logicals, object_finish(&logical));
    object_begin(&location, arena);
    object_add(&location, STR("logicalLocations"), array_finish(&logicals));
    array_begin(&locations, arena);
    array_add(&locations, object_finish(&location));
    return array_finish(&locations);
}

static value sarif_result(value given, struct arena *arena)
{
    struct drift_row row = drift_row_read(given);
    AUTO_BUF struct buf text = BUF_INIT(1 << 20);
    struct object_builder result;
    buf_printf(&text, "%.*s%s%.*s", STR_ARG(drift_row_what(&row)),
               row.manager.len != 0 ? " by " : "", STR_ARG(row.manager));
    if (row.git.len != 0 || row.live.len != 0)
        buf_printf(&text, "; Git: %.*s; live: %.*s", STR_ARG(row.git), STR_ARG(row.live));
    object_begin(&result, arena);
    object_add(&result, STR("ruleId"), value_string(row.class));
    object_add(&result, STR("level"),
               value_string(str_equal(row.action, STR("report")) ? STR("warning") : STR("error")));
    object_add(&result, STR("message"), text_object(buf_copy(&text, arena), arena));
    object_add(&result, STR("locations"), sarif_locations(&row, arena));
    object_add(&result, STR("properties"), given);
    return object_finish(&result);
}

void drift_print_sarif(value document, struct buf *buf)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    value rows = value_get(document, STR("drift"));
    struct object_builder driver, tool, run, log;
    struct array_builder results, runs;
    array_begin(&results, arena);
    for (size_t i = 0; i < value_len(rows); i++)
        array_add(&results, sarif_result(value_item(rows, i), arena));
    object_begin(&driver, arena);
    object_add(&driver, STR("name"), value_string(STR("syncd")));
    object_add(&driver, STR("rules"), sarif_rules(arena));
    object_begin(&tool, arena);
    object_add(&tool, STR("driver"), object_finish(&driver));
    object_begin(&run, arena);
    object_add(&run, STR("tool"), object_finish(&tool));
    object_add(&run, STR("results"), array_finish(&results));
    array_begin(&runs, arena);
    array_add(&runs, object_finish(&run));
    object_begin(&log, arena);
    object_add(&log, STR("$schema"),
               value_string(STR("https://json.schemastore.org/sarif-2.1.0.json")));
    object_add(&log, STR("version"), value_string(STR("2.1.0")));
    object_add(&log, STR("runs"), array_finish(&runs));
    json_write(object_finish(&log), JSON_INDENT2, buf);
    buf_add_byte(buf, '\n');
}
