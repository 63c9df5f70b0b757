#include "diff/merge.h"

#include "diff/merge_internal.h"
#include "syncd/base/clock.h"
#include "syncd/value/json.h"

#define KUBECTL            "kubectl"
#define LAST_APPLIED       "kubectl.kubernetes.io/last-applied-configuration"
#define BEFORE_FIRST_APPLY "before-first-apply"
#define ANNOTATIONS_MAX    (256u << 10)

/* `"name" with subresource "status" using v1`: who is in conflict. */
static str owner_text(const struct owner *owner, struct arena *arena)
{
    AUTO_BUF struct buf buf = BUF_INIT(PATH_TEXT_MAX);
    json_write_string(owner->name, JSON_COMPACT, &buf);
    if (owner->subresource.len != 0) {
        buf_add(&buf, STR(" with subresource "));
        json_write_string(owner->subresource, JSON_COMPACT, &buf);
    }
    if (owner->operation == OWNER_UPDATE)
        buf_printf(&buf, " using %.*s", STR_ARG(owner->api_version));
    return buf_copy(&buf, arena);
}

/* Conflicts are grouped by owner; owners in the order of their identity as the server writes it. */
static int compare_owners(const struct owner *a, const struct owner *b)
{
    int order = str_compare(a->name, b->name);
    if (order == 0 && a->operation != b->operation)
        order = a->operation == OWNER_APPLY ? -1 : 1;
    if (order == 0)
        order = str_compare(a->api_version, b->api_version);
    return order != 0 ? order : str_compare(a->subresource, b->subresource);
}

static void sort_conflicts(struct conflict_list *conflicts)
{
    for (size_t i = 1; i < conflicts->list.len; i++) {
        struct merge_conflict moved = conflicts->list.items[i];
        size_t at = i;
        for (; at != 0 && compare_owners(&moved.owner, &conflicts->list.items[at - 1].owner) < 0;
             at--)
            conflicts->list.items[at] = conflicts->list.items[at - 1];
        conflicts->list.items[at] = moved;
    }
}

static str conflict_text(const struct conflict_list *conflicts, struct arena *arena)
{
    AUTO_BUF struct buf buf = BUF_INIT(16u << 20);
    size_t count = conflicts->list.len;
    const struct merge_conflict *list = conflicts->list.items;
    if (count == 1) {
        buf_printf(&buf, "Apply failed with 1 conflict: %.*s: %.*s", STR_ARG(list[0].text),
                   STR_ARG(list[0].path_text));
        return buf_copy(&buf, arena);
    }
    buf_printf(&buf, "Apply failed with %zu conflicts: ", count);
    for (size_t i = 0; i < count; i++) {
        if (i != 0)
            buf_add_byte(&buf, '\n');
        if (i == 0 || !owner_same(&list[i - 1].owner, &list[i].owner))
            buf_printf(&buf, "conflicts with %.*s:\n", STR_ARG(owner_text(&list[i].owner, arena)));
        buf_printf(&buf, "- %.*s", STR_ARG(list[i].path_text));
    }
    return buf_copy(&buf, arena);
}

static void report_conflicts(struct conflict_list *conflicts, struct arena *arena,
                             struct merge_result *result)
{
    sort_conflicts(conflicts);
    for (size_t i = 0; i < conflicts->list.len; i++) {
        struct merge_conflict *conflict = &conflicts->list.items[i];
        conflict->text = arena_concat(arena, STR("conflict with "),
                                      owner_text(&conflict->owner, arena), (str){0});
    }
    result->conflicts = conflicts->list.items;
    result->conflict_count = conflicts->list.len;
    result->conflict_text = conflict_text(conflicts, arena);
}

/* "namespace/name; group/version, Kind=Kind": how the server names an object in these errors. */
static str object_text(value object, struct arena *arena)
{
    str api_version = value_str(value_get(object, STR("apiVersion")));
    str namespace = value_str(value_get2(object, STR("metadata"), STR("namespace")));
    str name = value_str(value_get2(object, STR("metadata"), STR("name")));
    return arena_printf(arena, "%.*s/%.*s; %s%.*s, Kind=%.*s", STR_ARG(namespace), STR_ARG(name),
                        str_index(api_version, '/') == SIZE_MAX ? "/" : "", STR_ARG(api_version),
                        STR_ARG(value_str(value_get(object, STR("kind")))));
}

static bool refuse(struct error *err, int status, str text)
{
    error_rule(err, ERROR_INPUT, "E_APPLY", "%.*s", STR_ARG(text));
    err->detail = status;
    return false;
}

static bool check_applied(const struct merge_request *request, value applied, struct arena *scratch,
                          struct error *err)
{
    str version = value_str(value_get(applied, STR("apiVersion")));
    value managed = merge_managed_fields(applied);
    if (!str_equal(version, request->api_version))
        return refuse(err, 400,
                      arena_printf(scratch,
                                   "Incorrect version specified in apply patch. Specified "
                                   "patch version: %.*s, expected: %.*s",
                                   STR_ARG(version), STR_ARG(request->api_version)));
    if (value_present(managed) && !value_is(managed, VALUE_NULL))
        return refuse(err, 400, STR("metadata.managedFields must be nil"));
    struct typed_errors errors = {.arena = scratch};
    typed_check(request->type, applied, false, &errors);
    if (errors.list.len == 0)
        return true;
    return refuse(err, 500,
                  arena_printf(scratch, "failed to create typed patch object (%.*s): %.*s",
                               STR_ARG(object_text(applied, scratch)),
                               STR_ARG(typed_errors_text(&errors))));
}

static bool check_live(const struct merge_request *request, value live, struct arena *scratch,
                       struct error *err)
{
    struct typed_errors errors = {.arena = scratch};
    typed_check(request->type, live, true, &errors);
    if (errors.list.len == 0)
        return true;
    return refuse(err, 500,
                  arena_printf(scratch, "failed to create typed live object (%.*s): %.*s",
                               STR_ARG(object_text(live, scratch)),
                               STR_ARG(typed_errors_text(&errors))));
}

/* The state of one apply. */
struct applying {
    struct tracking tracking;
    value live; /* bare; of a create, an empty object */
    value applied;
    struct owner self;
};

static struct field_set applied_fields(const struct applying *applying)
{
    const struct merge_request *request = applying->tracking.request;
    struct arena *arena = applying->tracking.arena;
    struct field_set set = fields_of(request->type, applying->applied, arena);
    if (fields_empty(request->reset))
        return set;
    return fields_recursive_difference(set, request->reset, arena);
}

/* The merged object; *ret_conflicts is not empty when nothing may be changed. */
static bool merge_objects(struct applying *applying, bool force, value *ret_merged,
                          struct conflict_list *ret_conflicts, struct error *err)
{
    struct tracking *tracking = &applying->tracking;
    const struct merge_request *request = tracking->request;
    struct typed_errors errors = {.arena = tracking->scratch};
    value merged =
        typed_merge(request->type, applying->live, applying->applied, tracking->arena, &errors);
    if (errors.list.len != 0)
        return refuse(err, 500,
                      arena_concat(tracking->scratch, STR("failed to merge config: "),
                                   typed_errors_text(&errors), (str){0}));
    const struct owner *known = owners_find(tracking->owners, applying->self.name, OWNER_APPLY,
                                            applying->self.subresource, applying->self.api_version);
    struct owner last = known != NULL ? *known : applying->self;
    struct owner *self = tracking_place(tracking, &applying->self);
    self->fields = applied_fields(applying);
    self->api_version = request->api_version;
    merged = tracking_prune(tracking, merged, &last);
    struct comparison change;
    tracking_change(tracking, applying->live, merged, &applying->self, force, &change,
                    ret_conflicts);
    *ret_merged = merged;
    return true;
}

static void copy_owners(struct tracking *to, const struct tracking *from)
{
    *to = *from;
    to->owners.items = ARENA_ARRAY(from->arena, struct owner, from->owners.len + 2);
    if (from->owners.len != 0)
        memcpy(to->owners.items, from->owners.items, from->owners.len * sizeof(struct owner));
}

static str last_applied_of(value object)
{
    return value_str(value_get3(object, STR("metadata"), STR("annotations"), STR(LAST_APPLIED)));
}

/* What client-side apply wrote and nobody changed since: its successor may take it over. */
static bool fields_of_last_applied(const struct applying *applying, struct field_set *ret_set)
{
    const struct tracking *tracking = &applying->tracking;
    const struct merge_request *request = tracking->request;
    str text = last_applied_of(applying->live);
    struct error ignored = ERROR_INIT;
    struct typed_errors errors = {.arena = tracking->scratch};
    value last;
    if (text.len == 0 || !json_read(text, limits_default(), tracking->scratch, &last, &ignored) ||
        !str_equal(value_str(value_get(last, STR("apiVersion"))), request->api_version))
        return false;
    typed_check(request->type, last, false, &errors);
    typed_check(request->type, applying->live, false, &errors);
    if (errors.list.len != 0)
        return false;
    struct arena *scratch = tracking->scratch;
    struct comparison change = typed_compare(request->type, last, applying->live, scratch);
    struct field_set set = fields_of(request->type, last, scratch);
    set = fields_difference(set, change.modified, scratch);
    set = fields_difference(set, change.added, scratch);
    *ret_set = fields_difference(set, change.removed, scratch);
    return true;
}

/* Leaves the conflicts that are real. True when none was. */
static bool forgive_client_side_apply(const struct applying *applying,
                                      struct conflict_list *conflicts)
{
    struct field_set mine;
    size_t kept = 0;
    if (!str_equal(applying->self.name, STR(KUBECTL)) || !fields_of_last_applied(applying, &mine))
        return false;
    for (size_t i = 0; i < conflicts->list.len; i++) {
        const struct merge_conflict *conflict = &conflicts->list.items[i];
        if (!fields_has(mine, conflict->path, conflict->path_len))
            conflicts->list.items[kept++] = *conflict;
    }
    conflicts->list.len = kept;
    return kept == 0;
}

static size_t annotations_size(value annotations)
{
    size_t size = 0;
    for (size_t i = 0; i < value_len(annotations); i++)
        size += value_member(annotations, i)->key.len + value_member(annotations, i)->val.len;
    return size;
}

/* kubectl's own annotation follows what it applies, once it is there. */
static value renew_last_applied(const struct applying *applying, value object)
{
    struct arena *arena = applying->tracking.arena;
    const str path[] = {STR("metadata"), STR("annotations"), STR(LAST_APPLIED)};
    if (!str_equal(applying->self.name, STR(KUBECTL)) || last_applied_of(object).len == 0)
        return object;
    value config = value_without_path(applying->applied, path, ARRAY_LEN(path), arena);
    str text = arena_concat(arena, json_text(config, JSON_GO, arena), STR("\n"), (str){0});
    value renewed = value_with_path(object, path, ARRAY_LEN(path), value_string(text), arena);
    if (annotations_size(object_annotations(renewed)) > ANNOTATIONS_MAX)
        return value_without_path(object, path, ARRAY_LEN(path), arena);
    return renewed;
}

static void finish_apply(struct applying *applying, value merged, value live,
                         struct merge_result *result)
{
    struct tracking *tracking = &applying->tracking;
    const struct merge_request *request = tracking->request;
    struct owner *self = owners_find(tracking->owners, applying->self.name, OWNER_APPLY,
                                     applying->self.subresource, applying->self.api_version);
    if (value_equal(applying->live, merged)) {
        merged = applying->live;
    } else {
        merged = schema_default(request->type, merged, tracking->arena);
        if (self != NULL) {
            self->has_time = true;
            self->time_ns = request->now_ns - request->now_ns % NS_PER_S;
        }
    }
    merge_strip(tracking, &applying->self);
    merged = renew_last_applied(applying, merged);
    result->owners = tracking->owners;
    result->object = owners_attach(merged, tracking->owners, tracking->arena);
    merge_settle(result, live);
}

static bool run_apply(struct applying *applying, value live, struct merge_result *result,
                      struct error *err)
{
    const struct merge_request *request = applying->tracking.request;
    struct tracking before;
    struct conflict_list conflicts = {0};
    value merged;
    copy_owners(&before, &applying->tracking);
    if (!merge_objects(applying, request->force, &merged, &conflicts, err))
        return false;
    if (conflicts.list.len != 0 && forgive_client_side_apply(applying, &conflicts)) {
        applying->tracking = before;
        if (!merge_objects(applying, true, &merged, &conflicts, err))
            return false;
    }
    if (conflicts.list.len != 0)
        report_conflicts(&conflicts, applying->tracking.arena, result);
    else
        finish_apply(applying, merged, live, result);
    return true;
}

bool merge_apply(const struct merge_request *request, value live, value applied,
                 struct arena *arena, struct arena *scratch, struct merge_result *ret_result,
                 struct error *err)
{
    struct merge_result result = {0};
    struct applying applying = {.applied = applied};
    struct owners owners;
    struct arena_mark mark = arena_mark(scratch);
    bool ok = false;
    if (!check_applied(request, applied, scratch, err))
        goto out;
    if (!owners_parse(merge_managed_fields(live), arena, &owners, err)) {
        error_wrap(err, "failed to decode managed fields");
        err->detail = 500;
        goto out;
    }
    applying.live =
        value_present(live) ? merge_bare(live, arena) : merge_empty_object(request, applied, arena);
    applying.self = merge_self(request, request->manager, OWNER_APPLY);
    if (!check_live(request, applying.live, scratch, err))
        goto out;
    tracking_begin(&applying.tracking, request, owners, arena, scratch);
    /* What stood there before anybody applied gets an owner of its own. */
    if (owners.len == 0)
        (void)merge_track(&applying.tracking, merge_empty_object(request, applied, arena),
                          applying.live, STR(BEFORE_FIRST_APPLY));
    ok = run_apply(&applying, live, &result, err);
out:
    arena_rewind(scratch, mark);
    if (ok)
        *ret_result = result;
    return ok;
}
