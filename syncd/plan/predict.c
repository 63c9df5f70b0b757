#include "syncd/plan/predict.h"

#include "diff/merge.h"
#include "syncd/base/buf.h"
#include "syncd/live/adopt.h"
#include "syncd/live/live.h"
#include "syncd/object/options.h"
#include "syncd/object/scope.h"
#include "syncd/plan/hole.h"
#include "syncd/plan/inventory.h"
#include "syncd/value/json.h"

struct prediction {
    const struct predict_request *request;
    struct arena *arena, *scratch;
    struct map inventory; /* key → struct inventory_entry */
    struct map wanted;    /* keys of the commit */
    VEC(struct live_object) objects;
    bool all_applied; /* nothing of the commit is held */
};

static void read_inventory(struct prediction *prediction)
{
    str rest = prediction->request->reading->inventory, line;
    while (rest.len != 0 && str_cut(&rest, '\n', &line)) {
        struct inventory_entry *entry = ARENA_NEW(prediction->scratch, struct inventory_entry);
        struct error ignored = ERROR_INIT; /* what is no entry is of another writer */
        if (line.len != 0 && inventory_read(line, entry, &ignored))
            (void)map_put(&prediction->inventory, prediction->scratch, entry->key, entry);
    }
}

static const struct predict_kind *find_kind(const struct predict_request *request, struct gvk gvk)
{
    for (size_t i = 0; i < request->reading->kind_count; i++) {
        if (gvk_equal(request->reading->kinds[i].gvk, gvk))
            return &request->reading->kinds[i];
    }
    return NULL;
}

/* --- one object of the commit --- */

/* What is sent: with the owner label, and in the form in which the server keeps it. */
static value to_apply(const struct prediction *prediction, value document)
{
    static const str path[] = {STR_INIT("metadata"), STR_INIT("labels"), STR_INIT(OWNER_LABEL)};
    return value_with_path(document, path, ARRAY_LEN(path),
                           value_string(prediction->request->owner), prediction->arena);
}

/* As the server does after the merge: stringData is written into data, and is gone. */
static value settle_secret(value document, struct arena *arena)
{
    value texts = value_get(document, STR("stringData"));
    value kept = value_get(document, STR("data"));
    if (!value_is(texts, VALUE_OBJECT) ||
        !str_equal(value_str(value_get(document, STR("kind"))), STR("Secret")))
        return document;
    if (!value_is(kept, VALUE_OBJECT)) {
        struct object_builder none;
        object_begin(&none, arena);
        kept = object_finish(&none);
    }
    for (size_t i = 0; i < value_len(texts); i++) {
        const struct member *member = value_member(texts, i);
        str encoded = base64_encode(arena, value_str(member->val));
        kept = value_with(kept, member->key, value_string(encoded), arena);
    }
    document = value_without(document, STR("stringData"), arena);
    return value_with(document, STR("data"), kept, arena);
}

/* True when exactly this was applied, and our fields are as the server had them then. */
static bool is_settled(const struct prediction *prediction, const struct inventory_entry *entry,
                       struct hash128 digest, value live)
{
    struct live_view view;
    struct error ignored = ERROR_INIT;
    if (entry == NULL || !entry->acknowledged || entry->desired.low != digest.low ||
        entry->desired.high != digest.high ||
        !live_view(live, STR(OWNER_LABEL), prediction->scratch, &view, &ignored))
        return false;
    return view.fields.low == entry->live.low && view.fields.high == entry->live.high;
}

/* Everything that Git says was ours once: then a sync takes it back. */
static bool owns_all(const struct inventory_entry *entry, struct hash128 digest)
{
    return entry != NULL && entry->acknowledged && entry->desired.low == digest.low &&
           entry->desired.high == digest.high;
}

static str describe_conflicts(const struct merge_result *result, struct arena *arena)
{
    AUTO_BUF struct buf text = BUF_INIT(1024);
    for (size_t i = 0; i < result->conflict_count; i++) {
        const struct merge_conflict *conflict = &result->conflicts[i];
        size_t before = text.len;
        buf_printf(&text, "%s%.*s is owned by %.*s", i != 0 ? "; " : "",
                   STR_ARG(conflict->path_text), STR_ARG(conflict->owner.name));
        if (!buf_failed(&text))
            continue;
        buf_truncate(&text, before);
        break;
    }
    return buf_copy(&text, arena);
}

static void hold(struct live_object *object, enum hold_kind kind, str problem)
{
    object->hold = kind;
    object->problem = problem;
}

/* Fields that the server does not let change: held, naming the first. */
static void check_immutable(const struct prediction *prediction, struct live_object *object)
{
    const struct risk_rules rules = risk_rules_builtin();
    struct changes changes = {0};
    const struct change_pair pair = {diff_without_noise(object->live, prediction->arena),
                                     diff_without_noise(object->predicted, prediction->arena)};
    changes_find(&pair, object->type, prediction->arena, &changes);
    VEC_FOR (struct change, change, &changes.list) {
        const struct changes one = {.list = {.items = change, .len = 1}};
        unsigned risks = risks_find(&rules, &object->id.gvk, RISK_ON_CHANGE, &one);
        if ((risks & risk_bit(RISK_IMMUTABLE)) == 0)
            continue;
        hold(object, HOLD_IMMUTABLE,
             arena_printf(prediction->arena, "%.*s cannot be changed", STR_ARG(change->path)));
        return;
    }
}

/* The live object after the adoption that comes first; the same where there is none. */
static value adopt(const struct prediction *prediction, struct live_object *object,
                   unsigned options)
{
    struct arena *arena = prediction->arena;
    value metadata = value_get(object->live, STR("metadata")), fields;
    unsigned tools = (prediction->request->adopt | options) & OPTION_ADOPT;
    struct error ignored = ERROR_INIT; /* the merge reads the same, and says it */
    if (tools == 0 ||
        !adopt_fields(value_get(metadata, STR("managedFields")), tools, arena, &fields, &ignored) ||
        !value_present(fields))
        return object->live;
    object->adopts = true;
    metadata = value_with(metadata, STR("managedFields"), fields, arena);
    return value_with(object->live, STR("metadata"), metadata, arena);
}

static void merge(struct prediction *prediction, struct live_object *object, value base,
                  value applied, bool force)
{
    struct merge_result result;
    struct error err = ERROR_INIT;
    const struct merge_request request = {
        .type = object->type,
        .api_version = gvk_api_version(object->id.gvk, prediction->arena),
        .manager = STR(FIELD_MANAGER),
        .now_ns = prediction->request->now_ns,
        .force = force,
    };
    object->predicted = object->live;
    if (!merge_apply(&request, base, applied, prediction->arena, prediction->scratch, &result,
                     &err)) {
        hold(object, HOLD_REFUSED, arena_str(prediction->arena, str_z(err.text)));
        return;
    }
    if (result.conflict_count != 0) {
        hold(object, HOLD_CONFLICT, describe_conflicts(&result, prediction->arena));
        return;
    }
    value after = schema_prune(object->type, result.object, prediction->arena, NULL);
    after = settle_secret(after, prediction->arena);
    if (merge_is_noop(base, after))
        return;
    object->predicted = after;
    object->forced = force;
    check_immutable(prediction, object);
}

static void predict_present(struct prediction *prediction, struct live_object *object,
                            const struct inventory_entry *entry, value document)
{
    struct arena *arena = prediction->arena;
    const struct predict_kind *kind = find_kind(prediction->request, object->id.gvk);
    value applied = to_apply(prediction, document);
    struct hash128 digest = hash_stable128(json_text(applied, JSON_COMPACT, prediction->scratch));
    unsigned options = object_options(document);
    object->predicted = object->live;
    object->applied = applied;
    if ((options & (OPTION_CREATE_ONLY | OPTION_LEAVE)) != 0)
        return;
    value base = adopt(prediction, object, options);
    if (!object->adopts && is_settled(prediction, entry, digest, object->live))
        return;
    if (kind != NULL && kind->has_status)
        applied = value_without(applied, STR("status"), arena);
    merge(prediction, object, base, applied,
          (options & OPTION_FORCE) != 0 || owns_all(entry, digest));
}

static struct object_id place(const struct predict_request *request, const struct object_id *id)
{
    struct object_id placed = *id;
    const struct predict_kind *kind = find_kind(request, id->gvk);
    if (kind == NULL || !kind->served)
        return placed;
    placed.namespace = scope_namespace(kind->namespaced ? SCOPE_NAMESPACE : SCOPE_CLUSTER,
                                       id->namespace, request->default_ns);
    return placed;
}

/* Of a Secret the marks may stand in stringData, the values in data. */
static value fill_holes(const struct prediction *prediction, value document, value live)
{
    return hole_fill(settle_secret(document, prediction->arena), live, prediction->arena);
}

static void predict_wanted(struct prediction *prediction, const struct desired_object *wanted)
{
    const struct predict_request *request = prediction->request;
    struct error err = ERROR_INIT;
    value document;
    struct live_object object = {.id = place(request, &wanted->id),
                                 .source = wanted->source,
                                 .wave = wanted->wave,
                                 .live = value_absent(),
                                 .type = schema_find(request->types, wanted->id.gvk)};
    str key = object_id_key(&object.id, prediction->arena);
    const value *live = map_get(request->reading->objects, key);
    (void)map_put(&prediction->wanted, prediction->scratch, key, prediction);
    if (object.type == NULL)
        object.type = schema_untyped();
    if (!json_read(wanted->json, request->limits, prediction->arena, &document, &err)) {
        hold(&object, HOLD_REFUSED, arena_str(prediction->arena, str_z(err.text)));
        document = value_absent();
    } else if ((object_options(document) & OPTION_LOCAL) != 0) {
        return;
    }
    object.has_holes = hole_in(wanted->json);
    if (object.has_holes && live != NULL)
        document = fill_holes(prediction, document, *live);
    object.predicted = document;
    if (live != NULL && object.hold == HOLD_NONE) {
        object.live = *live;
        predict_present(prediction, &object, map_get(&prediction->inventory, key), document);
    } else if ((object_options(document) & OPTION_LEAVE) != 0) {
        return;
    } else if (value_present(document)) {
        object.applied = to_apply(prediction, document);
    }
    prediction->all_applied = prediction->all_applied && object.hold == HOLD_NONE;
    VEC_PUSH(prediction->arena, &prediction->objects, object);
}

/* --- what leaves --- */

static uint64_t count_leaving(const struct prediction *prediction)
{
    uint64_t count = 0;
    MAP_FOR (entry, &prediction->inventory)
        count += !map_has(&prediction->wanted, entry->key);
    return count;
}

static void predict_leaving(struct prediction *prediction, const struct inventory_entry *entry,
                            uint64_t leaving)
{
    const struct predict_request *request = prediction->request;
    const value *live = map_get(request->reading->objects, entry->key);
    struct live_object object = {.predicted = value_absent(), .type = schema_untyped()};
    if (live == NULL || !inventory_key_id(entry->key, entry->version, &object.id))
        return; /* gone already; that a kind was not listed shuts the gate below for the others */
    const struct gate_case facts = {
        .prune_enabled = request->prune.enabled,
        .render_whole = true,
        .newest = true,
        .not_empty = request->desired->count != 0,
        .all_applied = prediction->all_applied,
        .lists_complete = request->reading->lists_complete,
        .right_cluster = request->reading->right_cluster,
        .cluster_whole = true,
        .in_inventory = true,
        .owned = str_equal(object_label(*live, STR(OWNER_LABEL)), request->owner),
        .uid_known = entry->uid.len != 0 && str_equal(entry->uid, object_uid(*live)),
        .kind_protected = gate_protects(&object.id.gvk) ||
                          risk_needs_tombstone(request->level, &object.id.gvk, *live),
        .tombstoned =
            tombstones_allow(&request->desired->tombstones, entry->key, object_uid(*live)),
        .kept = (object_options(*live) & (OPTION_KEEP | OPTION_LEAVE)) != 0,
        .deletions = leaving,
        .total = prediction->wanted.len + leaving,
        .max_count = request->prune.max_count,
        .max_percent = request->prune.max_percent,
    };
    object.live = *live;
    object.gate = gate_decide(&facts);
    object.hold = object.gate != GATE_OPEN ? HOLD_GATE : HOLD_NONE;
    VEC_PUSH(prediction->arena, &prediction->objects, object);
}

void predict_cluster(const struct predict_request *request, struct arena *arena,
                     struct plan_cluster *ret_cluster)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    struct prediction prediction = {
        .request = request, .arena = arena, .scratch = scratch, .all_applied = true};
    read_inventory(&prediction);
    for (size_t i = 0; i < request->desired->count; i++)
        predict_wanted(&prediction, &request->desired->objects[i]);
    uint64_t leaving = count_leaving(&prediction);
    MAP_FOR (entry, &prediction.inventory) {
        if (!map_has(&prediction.wanted, entry->key))
            predict_leaving(&prediction, entry->value, leaving);
    }
    *ret_cluster = (struct plan_cluster){prediction.objects.items, prediction.objects.len};
}
