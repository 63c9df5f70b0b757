/* The drift document: made from the ledger, read back, judged by its age. */
#include "syncd/base/clock.h"
#include "syncd/report/drift_internal.h"
#include "syncd/value/json.h"

#include <stdlib.h>

static void add_text(struct object_builder *object, const char *key, str text)
{
    if (text.len != 0)
        object_add(object, str_z(key), value_string(text));
}

static void add_time(struct object_builder *object, const char *key, int64_t wall_ns,
                     struct arena *arena)
{
    char text[CLOCK_RFC3339_LEN + 1];
    if (wall_ns == 0)
        return;
    clock_format_rfc3339(wall_ns, text);
    object_add(object, str_z(key), value_string(arena_str(arena, str_z(text))));
}

static void add_count(struct object_builder *object, const char *key, size_t count,
                      struct arena *arena)
{
    object_add(object, str_z(key), value_uint(count, arena));
}

static value target_value(const struct drift_target *target, struct arena *arena)
{
    const struct {
        const char *key;
        size_t count;
    } counts[] = {
        {"managed", target->managed},     {"missing", target->missing},
        {"changed", target->changed},     {"contested", target->contested},
        {"stale", target->stale},         {"strangers", target->strangers},
        {"healed", target->healed},       {"listed", target->listed},
        {"unmanaged", target->unmanaged},
    };
    struct object_builder object;
    object_begin(&object, arena);
    add_text(&object, "name", target->name);
    add_text(&object, "phase", target->phase);
    add_text(&object, "commit", target->commit);
    object_add(&object, STR("known"), value_bool(target->known));
    add_time(&object, "heard", target->heard_ns, arena);
    for (size_t i = 0; i < ARRAY_LEN(counts); i++)
        add_count(&object, counts[i].key, counts[i].count, arena);
    return object_finish(&object);
}

static value row_value(const struct ledger_object *from, const struct ledger_row *row,
                       struct arena *arena)
{
    struct object_builder object;
    object_begin(&object, arena);
    add_text(&object, "target", from->target);
    add_text(&object, "kind", from->id.gvk.kind);
    add_text(&object, "group", from->id.gvk.group);
    add_text(&object, "namespace", from->id.namespace);
    add_text(&object, "name", from->id.name);
    add_text(&object, "class", str_z(drift_class_name(row->class)));
    add_text(&object, "path", row->path);
    add_text(&object, "git", row->git);
    add_text(&object, "live", row->live);
    add_text(&object, "manager", row->manager);
    add_text(&object, "operation", row->operation);
    add_text(&object, "subresource", row->subresource);
    add_time(&object, "written", row->written_ns, arena);
    add_time(&object, "since", row->since_ns, arena);
    add_text(&object, "action", str_z(drift_action_name(row->action)));
    return object_finish(&object);
}

/* An object counts once, by the worst that is open on it. */
static void count_object(const struct ledger_object *object, struct drift_target *target)
{
    bool contested = false, changed = false;
    for (size_t i = 0; i < object->len; i++) {
        const struct ledger_row *row = &object->rows[i];
        if (row->path.len == 0 && (row->class == DRIFT_DELETED || row->class == DRIFT_STALE ||
                                   row->class == DRIFT_STRANGER)) {
            target->missing += row->class == DRIFT_DELETED;
            target->stale += row->class == DRIFT_STALE;
            target->strangers += row->class == DRIFT_STRANGER;
            return;
        }
        contested = contested || row->action == DRIFT_CONTESTED;
        changed = true;
    }
    target->contested += contested;
    target->changed += changed && !contested;
}

static int compare_objects(const void *a, const void *b)
{
    const struct ledger_object *const *left = a, *const *right = b;
    return str_compare((*left)->key, (*right)->key);
}

/* Open objects by target, then by identity. */
struct sorted {
    const struct ledger_object **items;
    size_t len;
};

static struct sorted sort_objects(const struct ledger *ledger, struct arena *arena)
{
    struct sorted sorted = {0};
    for (const struct ledger_object *object = ledger->first; object != NULL; object = object->next)
        sorted.len++;
    sorted.items = ARENA_ARRAY(arena, const struct ledger_object *, sorted.len);
    size_t at = 0;
    for (const struct ledger_object *object = ledger->first; object != NULL; object = object->next)
        sorted.items[at++] = object;
    qsort(sorted.items, sorted.len, sizeof(*sorted.items), compare_objects);
    return sorted;
}

static size_t first_of(const struct sorted *sorted, str target)
{
    size_t low = 0, high = sorted->len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_compare(sorted->items[middle]->target, target) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

value drift_document(const struct ledger *ledger, str name, const struct drift_target *targets,
                     size_t count, int64_t wall_ns, struct arena *arena)
{
    struct array_builder list, rows;
    struct object_builder document;
    struct sorted sorted = sort_objects(ledger, arena);
    array_begin(&list, arena);
    array_begin(&rows, arena);
    for (size_t i = 0; i < count; i++) {
        struct drift_target target = targets[i];
        for (size_t at = first_of(&sorted, target.name);
             at < sorted.len && str_equal(sorted.items[at]->target, target.name); at++) {
            const struct ledger_object *object = sorted.items[at];
            count_object(object, &target);
            for (size_t j = 0; j < object->len; j++)
                array_add(&rows, row_value(object, &object->rows[j], arena));
        }
        array_add(&list, target_value(&target, arena));
    }
    object_begin(&document, arena);
    add_count(&document, "v", 1, arena);
    add_text(&document, "name", name);
    add_time(&document, "at", wall_ns, arena);
    object_add(&document, STR("targets"), array_finish(&list));
    object_add(&document, STR("drift"), array_finish(&rows));
    add_count(&document, "dropped", ledger->dropped, arena);
    return object_finish(&document);
}

struct drift_row drift_row_read(value row)
{
#define TEXT(key) value_str(value_get(row, STR(key)))
    return (struct drift_row){
        .target = TEXT("target"),
        .kind = TEXT("kind"),
        .group = TEXT("group"),
        .namespace = TEXT("namespace"),
        .name = TEXT("name"),
        .class = TEXT("class"),
        .path = TEXT("path"),
        .git = TEXT("git"),
        .live = TEXT("live"),
        .manager = TEXT("manager"),
        .operation = TEXT("operation"),
        .subresource = TEXT("subresource"),
        .written = TEXT("written"),
        .since = TEXT("since"),
        .action = TEXT("action"),
    };
#undef TEXT
}

bool drift_document_drifted(value document)
{
    return value_len(value_get(document, STR("drift"))) != 0;
}

bool drift_document_unknown(value document)
{
    value targets = value_get(document, STR("targets"));
    for (size_t i = 0; i < value_len(targets); i++) {
        if (!value_true(value_get(value_item(targets, i), STR("known"))))
            return true;
    }
    return value_true(value_get(document, STR("old"))) || value_len(targets) == 0;
}

static bool is_old(value object, const char *key, int64_t wall_ns, int64_t max_age_ns)
{
    int64_t at;
    return !clock_parse_rfc3339(value_str(value_get(object, str_z(key))), &at) ||
           wall_ns - at > max_age_ns;
}

value drift_document_aged(value document, int64_t wall_ns, int64_t max_age_ns, struct arena *arena)
{
    struct array_builder list;
    bool old = is_old(document, "at", wall_ns, max_age_ns);
    value targets = value_get(document, STR("targets"));
    array_begin(&list, arena);
    for (size_t i = 0; i < value_len(targets); i++) {
        value target = value_item(targets, i);
        if (old || is_old(target, "heard", wall_ns, max_age_ns))
            target = value_with(target, STR("known"), value_bool(false), arena);
        array_add(&list, target);
    }
    document = value_with(document, STR("targets"), array_finish(&list), arena);
    return value_with(document, STR("old"), value_bool(old), arena);
}

uint64_t drift_number(value target, const char *key)
{
    int64_t number = 0;
    return value_to_i64(value_get(target, str_z(key)), &number) && number > 0 ? (uint64_t)number
                                                                              : 0;
}

uint64_t drift_coverage(value target)
{
    uint64_t listed = drift_number(target, "listed"), unmanaged = drift_number(target, "unmanaged");
    if (listed == 0 || unmanaged > listed)
        return UINT64_MAX;
    return (listed - unmanaged) * 1000 / listed;
}

bool drift_format_from_name(str name, enum drift_format *ret_format)
{
    static const char *const names[] = {
        [DRIFT_TEXT] = "text", [DRIFT_JSON] = "json",   [DRIFT_MARKDOWN] = "markdown",
        [DRIFT_HTML] = "html", [DRIFT_JUNIT] = "junit", [DRIFT_SARIF] = "sarif",
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_equal(name, str_z(names[i]))) {
            *ret_format = (enum drift_format)i;
            return true;
        }
    }
    return false;
}

void drift_print(value document, enum drift_format format, struct buf *buf)
{
    switch (format) {
    case DRIFT_TEXT: drift_print_text(document, buf); return;
    case DRIFT_JSON: json_write(document, JSON_INDENT2, buf); return;
    case DRIFT_MARKDOWN: drift_print_markdown(document, buf); return;
    case DRIFT_HTML: drift_print_html(document, buf); return;
    case DRIFT_JUNIT: drift_print_junit(document, buf); return;
    case DRIFT_SARIF: drift_print_sarif(document, buf); return;
    }
}
