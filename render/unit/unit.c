#include "render/unit/unit_internal.h"

#include "syncd/object/hook.h"
#include "syncd/object/options.h"
#include "syncd/object/scope.h"
#include "syncd/value/json.h"

#include <stdlib.h>

/* Fields that only the API server or syncd itself may write. */
static const str reserved[] = {
    STR_INIT("uid"),
    STR_INIT("resourceVersion"),
    STR_INIT("generation"),
    STR_INIT("managedFields"),
    STR_INIT("deletionTimestamp"),
    STR_INIT("deletionGracePeriodSeconds"),
    STR_INIT("selfLink"),
};

static void check_reserved(struct findings *findings, const struct object *object,
                           struct arena *scratch)
{
    value metadata = value_get(object->document, STR("metadata"));
    for (size_t i = 0; i < ARRAY_LEN(reserved); i++) {
        value field = value_get(metadata, reserved[i]);
        if (!value_present(field) || value_is(field, VALUE_NULL))
            continue;
        struct position at = object->source;
        if (field.line != 0)
            at.line = field.line;
        struct finding *finding =
            findings_add(findings, SEVERITY_ERROR, "E_RESERVED_FIELD", at,
                         "%.*s sets metadata.%.*s, which belongs to the API server",
                         STR_ARG(object_id_text(&object->id, scratch)), STR_ARG(reserved[i]));
        findings_hint(findings, finding, "remove the field");
    }
    value label = value_get(value_get(metadata, STR("labels")), STR(OWNER_LABEL));
    if (value_present(label)) {
        struct finding *finding =
            findings_add(findings, SEVERITY_ERROR, "E_RESERVED_FIELD", object->source,
                         "%.*s sets the label " OWNER_LABEL ", by which owners are told apart",
                         STR_ARG(object_id_text(&object->id, scratch)));
        findings_hint(findings, finding, "remove the label");
    }
}

static void check_size(struct render_context *context, const struct object *object)
{
    AUTO_BUF struct buf text = BUF_INIT(context->limits->object_bytes);
    json_write(object->document, JSON_COMPACT, &text);
    if (!buf_failed(&text))
        return;
    struct finding *finding = findings_add(context->findings, SEVERITY_ERROR, "E_OBJ_SIZE",
                                           object->source, "%.*s is larger than %llu bytes",
                                           STR_ARG(object_id_text(&object->id, context->scratch)),
                                           (unsigned long long)context->limits->object_bytes);
    findings_hint(context->findings, finding, "an API server would refuse it; split it");
}

/* Hooks of the same name that are never there at the same time. */
static bool run_apart(const struct object *first, const struct object *second)
{
    struct hook a, b;
    str word;
    return hook_read(first->document, &a, &word) == HOOK_READ &&
           hook_read(second->document, &b, &word) == HOOK_READ && (a.phases & b.phases) == 0;
}

/* One object twice: neither wins. The list is sorted, so equals are neighbours. */
static void check_twins(struct render_context *context, const struct object_list *list)
{
    for (size_t i = 1; i < list->objects.len; i++) {
        const struct object *first = &list->objects.items[i - 1];
        const struct object *second = &list->objects.items[i];
        if (object_id_compare(&first->id, &second->id) != 0 || run_apart(first, second))
            continue;
        struct finding *finding =
            findings_add(context->findings, SEVERITY_ERROR, "E_DUP_OBJECT", second->source,
                         "%.*s is there twice; also in %.*s:%u",
                         STR_ARG(object_id_text(&second->id, context->scratch)),
                         STR_ARG(first->source.file), first->source.line);
        findings_hint(context->findings, finding, "remove one of the two");
    }
}

static int compare_objects(const void *left, const void *right)
{
    const struct object *a = left, *b = right;
    int order = object_id_compare(&a->id, &b->id);
    if (order != 0)
        return order;
    order = str_compare(a->source.file, b->source.file);
    return order != 0 ? order
                      : (a->source.line > b->source.line) - (a->source.line < b->source.line);
}

static void label_all(struct object_list *list, str owner, struct arena *arena)
{
    static const str path[] = {STR_INIT("metadata"), STR_INIT("labels"), STR_INIT(OWNER_LABEL)};
    VEC_FOR (struct object, object, &list->objects) {
        object->document =
            value_with_path(object->document, path, ARRAY_LEN(path), value_string(owner), arena);
    }
}

/* They are about the end of a release or an application: a commit ends neither. */
static void warn_of_deletion(struct render_context *context, const struct object *object,
                             unsigned phases)
{
    for (unsigned bit = HOOK_PRE_DELETE; bit <= HOOK_POST_DELETE; bit <<= 1) {
        if ((phases & bit) == 0)
            continue;
        struct finding *finding =
            findings_add(context->findings, SEVERITY_WARNING, "W_HOOK", object->source,
                         "hook %.*s is not run at %s: syncd deletes no release as a whole",
                         STR_ARG(object_id_text(&object->id, context->scratch)),
                         hook_phase_name((enum hook_phase)bit));
        findings_hint(
            context->findings, finding,
            "before its chart leaves Git, run it by a commit that makes it a PreSync hook");
    }
}

/* What a hook asks for must be understood: running it at another time could destroy something. */
static void check_hook(struct render_context *context, const struct object *object)
{
    struct hook hook;
    str word;
    struct finding *finding;
    switch (hook_read(object->document, &hook, &word)) {
    case HOOK_NONE: return;
    case HOOK_UNKNOWN:
        finding =
            findings_add(context->findings, SEVERITY_ERROR, "E_HOOK", object->source,
                         "%.*s is a hook of an unknown phase, \"%.*s\"",
                         STR_ARG(object_id_text(&object->id, context->scratch)), STR_ARG(word));
        findings_hint(context->findings, finding, "Helm's and Argo CD's phases are known");
        return;
    case HOOK_READ: warn_of_deletion(context, object, hook.phases); return;
    }
}

/* What annotations ask for and syncd does not do is said, never left out in silence. */
static void check_options(struct render_context *context, const struct object *object)
{
    struct option_cursor cursor = {0};
    struct option_complaint complaint;
    while (object_next_complaint(object->document, &cursor, &complaint)) {
        bool refused = complaint.row != NULL && complaint.row->answer == OPTION_REFUSED;
        struct finding *finding = findings_add(
            context->findings, refused ? SEVERITY_ERROR : SEVERITY_WARNING,
            refused ? "E_OPTION" : "W_OPTION", object->source, "%.*s: %.*s: %.*s %s",
            STR_ARG(object_id_text(&object->id, context->scratch)), STR_ARG(complaint.key),
            STR_ARG(complaint.word),
            complaint.row != NULL ? "is not supported" : "is not understood, and has no effect");
        findings_hint(context->findings, finding, "%s",
                      complaint.row != NULL ? complaint.row->text
                                            : "syncd/docs/annotations.md has what is");
    }
}

/* Without it the same object could be there under two identities. */
static void settle_namespaces(struct object_list *list, str fallback, struct arena *arena)
{
    static const str path[] = {STR_INIT("metadata"), STR_INIT("namespace")};
    struct scopes scopes = {0};
    VEC_FOR (const struct object, object, &list->objects)
        scope_learn(&scopes, arena, object);
    VEC_FOR (struct object, object, &list->objects) {
        const str own = object->id.namespace;
        const str settled = scope_namespace(scope_find(&scopes, object->id.gvk), own, fallback);
        if (str_equal(settled, own))
            continue;
        object->id.namespace = settled;
        object->document = settled.len != 0
                               ? value_with_path(object->document, path, ARRAY_LEN(path),
                                                 value_string(settled), arena)
                               : value_without_path(object->document, path, ARRAY_LEN(path), arena);
    }
}

static void check_all(struct render_context *context, const struct unit *unit,
                      const struct object_list *list)
{
    VEC_FOR (const struct object, object, &list->objects) {
        check_reserved(context->findings, object, context->scratch);
        check_size(context, object);
        check_hook(context, object);
        check_options(context, object);
    }
    check_twins(context, list);
    unit_check_depends(context, list);
    if (list->objects.len == 0 && context->findings->errors == 0) {
        struct position at = {.file = unit->path_count != 0 ? unit->paths[0] : unit->name};
        struct finding *finding =
            findings_add(context->findings, SEVERITY_ERROR, "E_EMPTY", at,
                         "target %.*s would have no object at all", STR_ARG(unit->name));
        findings_hint(context->findings, finding,
                      "an empty result is never applied: check the target's paths");
    }
}

/* True for the path itself and all below it; the empty path is above everything. */
static bool is_below(str path, str above)
{
    if (above.len == 0 || str_equal(path, above))
        return true;
    return str_starts(path, above) && path.len > above.len && path.ptr[above.len] == '/';
}

/* Was anything read from the directory in which the fault is, or from below the fault itself? */
static bool was_read_beside(const struct render_context *context, str fault)
{
    str directory = path_directory(fault);
    for (size_t i = 0; i < snapshot_count(context->snapshot); i++) {
        const struct snapshot_entry *entry = snapshot_at(context->snapshot, i);
        bool read = (context->reads->bits[i / 64] >> (i % 64) & 1) != 0;
        if (read &&
            (str_equal(path_directory(entry->path), directory) || is_below(entry->path, fault)))
            return true;
    }
    return false;
}

/* What is missing from the snapshot may be missing from the result: then there is no result. */
static void check_faults(struct render_context *context, const struct unit *unit)
{
    for (size_t i = 0; i < unit->fault_count; i++) {
        const struct unit_fault *fault = &unit->faults[i];
        bool concerns = was_read_beside(context, fault->path);
        for (size_t j = 0; j < unit->path_count && !concerns; j++)
            concerns =
                is_below(fault->path, unit->paths[j]) || is_below(unit->paths[j], fault->path);
        if (concerns)
            (void)findings_add(
                context->findings, SEVERITY_ERROR, arena_str(context->arena, fault->rule).ptr,
                (struct position){.file = fault->path}, "%.*s", STR_ARG(fault->text));
    }
}

bool render_unit(struct render_context *context, const struct unit *given,
                 struct object_list *ret_objects)
{
    struct unit_paths paths;
    struct unit expanded = *given;
    const struct unit *unit = &expanded;
    unit_expand_paths(context->snapshot, given, context->arena, &paths);
    expanded.paths = paths.list.items;
    expanded.path_count = paths.list.len;
    struct object_list all = {0};
    size_t before = context->findings->errors;
    for (size_t i = 0; i < unit->path_count; i++) {
        struct object_list part = {0};
        struct error err = ERROR_INIT;
        size_t told = context->findings->errors;
        if (!render_path(context, unit->paths[i], RENDER_DETECT, &part, &err)) {
            /* A renderer that told its errors one by one ends with a summary that adds nothing. */
            if (context->findings->errors == told)
                findings_add_error(context->findings, &err);
            continue;
        }
        VEC_FOR (struct object, object, &part.objects) {
            struct object named; /* renderers that follow other tools let any name through */
            if (object_from_document(object->document, object->source, &named, &err))
                VEC_PUSH(context->arena, &all.objects, *object);
            else
                findings_add_error(context->findings, &err);
            error_clear(&err);
        }
    }
    settle_namespaces(&all, unit->default_ns, context->arena);
    if (all.objects.len > 1)
        qsort(all.objects.items, all.objects.len, sizeof(*all.objects.items), compare_objects);
    check_faults(context, unit);
    check_all(context, unit, &all);
    if (context->findings->errors != before)
        return false;
    if (unit->owner.len != 0)
        label_all(&all, unit->owner, context->arena);
    *ret_objects = all;
    return true;
}
