#include "syncd/rollout/holds.h"

#include "syncd/value/json.h"

#include <stdlib.h>

/* An object that a rollout wants, before all are known. */
struct wanted {
    uint32_t object, rollout;
    struct rollout_member member;
    struct desired_hold hold;
};

struct holding {
    struct desired *desired;
    const struct level *level;
    struct arena *arena;
    struct findings *findings;
    struct rollout_plan *plans; /* the commit's, then those on record only */
    uint32_t plan_count;
    VEC(struct wanted) wanted;
};

static bool say(struct holding *holding, const struct rollout_plan *plan, const char *format,
                str what, const char *hint)
{
    struct finding *finding =
        findings_add(holding->findings, SEVERITY_ERROR, ROLLOUT_RULE, plan->spec->source, format,
                     STR_ARG(plan->spec->name), STR_ARG(what));
    if (finding != NULL)
        findings_hint(holding->findings, finding, "%s", hint);
    return false;
}

static bool find_kind(struct holding *holding, struct rollout_plan *plan)
{
    const struct level *level = holding->level;
    const struct rollout_spec *spec = plan->spec;
    if (spec->kind.len != 0) {
        if (!gvk_from_api_version(spec->api_version, spec->kind, &plan->kind))
            return say(holding, plan, "Rollout %.*s: %.*s is no API version", spec->api_version,
                       "see `syncd explain rollout`");
        plan->level =
            level != NULL ? level_find_kind(level, plan->kind.group, plan->kind.kind) : NULL;
        return true;
    }
    if (level == NULL || level->layout.cluster == NULL)
        return say(holding, plan, "Rollout %.*s%.*s does not say which kind its objects are",
                   (str){0}, "add spec.object, or configure the level of your platform");
    plan->level = level->layout.cluster;
    plan->kind = plan->level->gvk;
    return true;
}

static str text_at(const struct level_path *path, value document)
{
    return path != NULL ? level_path_text(path, document) : (str){0};
}

static str member_name(const struct object_id *id, struct arena *arena)
{
    return id->namespace.len != 0 ? arena_concat(arena, id->namespace, STR("/"), id->name)
                                  : id->name;
}

/* The object as it was before, in the same bytes that rendering would have made. */
static struct desired_form form_before(const struct rollout_spec *spec, value document,
                                       struct arena *arena)
{
    value before;
    CHECK(level_path_set(spec->field, document, value_string(spec->from), arena, &before));
    str json = json_text(before, JSON_COMPACT, arena);
    return (struct desired_form){hash_stable128(json), json};
}

static bool want(struct holding *holding, uint32_t rollout, uint32_t index, value document)
{
    const struct rollout_plan *plan = &holding->plans[rollout];
    const struct desired_object *object = &holding->desired->objects[index];
    const struct level_layout *layout = holding->level != NULL ? &holding->level->layout : NULL;
    bool offers = plan->level != NULL && plan->level == holding->level->releases.cluster;
    struct wanted wanted = {.object = index,
                            .rollout = rollout,
                            .member = {.name = member_name(&object->id, holding->arena)},
                            .hold = {.object = index,
                                     .field = plan->spec->field,
                                     .offers = offers ? holding->level->releases.available : NULL,
                                     .from = plan->spec->from,
                                     .to = plan->spec->to,
                                     .before = form_before(plan->spec, document, holding->arena)}};
    str provider = text_at(layout != NULL ? layout->provider : NULL, document);
    str region = text_at(layout != NULL ? layout->region : NULL, document);
    wanted.member.wave =
        rollout_wave_of(plan->spec, wanted.member.name, object_labels(document), provider, region);
    if (wanted.member.wave == ROLLOUT_NO_WAVE && !plan->spec->left)
        return say(holding, plan, "Rollout %.*s: no wave selects %.*s", wanted.member.name,
                   "add a last wave without select for whatever is left");
    for (size_t i = 0; rollout != 0 && i < holding->wanted.len; i++) {
        const struct wanted *other = &holding->wanted.items[i];
        if (other->rollout != rollout && other->object == index)
            return plan->spec->left ||
                   say(holding, plan, "Rollout %.*s: another rollout has %.*s, too",
                       wanted.member.name, "end one of the two first");
    }
    VEC_PUSH(holding->arena, &holding->wanted, wanted);
    return true;
}

static bool collect(struct holding *holding, uint32_t rollout)
{
    const struct rollout_plan *plan = &holding->plans[rollout];
    bool right = true;
    for (uint32_t i = 0; i < holding->desired->count; i++) {
        const struct desired_object *object = &holding->desired->objects[i];
        value document;
        struct error ignored = ERROR_INIT;
        if (!str_equal(object->id.gvk.kind, plan->kind.kind) ||
            !str_equal(object->id.gvk.group, plan->kind.group) ||
            str_find(object->json, plan->spec->to) == SIZE_MAX ||
            !json_read(object->json, limits_default(), holding->arena, &document, &ignored) ||
            !str_equal(level_path_text(plan->spec->field, document), plan->spec->to))
            continue;
        right = want(holding, rollout, i, document) && right;
    }
    return right;
}

static int by_object(const void *left, const void *right)
{
    const struct wanted *a = left, *b = right;
    return (a->object > b->object) - (a->object < b->object);
}

/* Objects are sorted by namespace and name, members by both together with a slash: nearly so. */
struct placed {
    struct rollout_member member;
    uint32_t hold;
};

static int by_name(const void *left, const void *right)
{
    const struct placed *a = left, *b = right;
    return str_compare(a->member.name, b->member.name);
}

static void place_members(struct holding *holding, uint32_t rollout)
{
    struct rollout_plan *plan = &holding->plans[rollout];
    struct placed *placed = ARENA_ARRAY(holding->arena, struct placed, holding->wanted.len);
    for (uint32_t i = 0; i < holding->wanted.len; i++) {
        if (holding->wanted.items[i].rollout == rollout)
            placed[plan->count++] = (struct placed){holding->wanted.items[i].member, i};
    }
    qsort(placed, plan->count, sizeof(*placed), by_name);
    uint32_t *holds = ARENA_ARRAY(holding->arena, uint32_t, plan->count);
    plan->members = ARENA_ARRAY(holding->arena, struct rollout_member, plan->count);
    for (size_t i = 0; i < plan->count; i++) {
        plan->members[i] = placed[i].member;
        holds[i] = placed[i].hold;
    }
    plan->holds = holds;
}

static bool read_plans(struct holding *holding)
{
    const struct desired *desired = holding->desired;
    bool right = true;
    for (uint32_t i = 0; i < desired->rollout_count; i++) {
        struct rollout_plan *plan = &holding->plans[i];
        value document;
        struct error err = ERROR_INIT;
        plan->document = desired->rollouts[i].json;
        if (!json_read(plan->document, limits_default(), holding->arena, &document, &err)) {
            findings_add_error(holding->findings, &err);
            return false;
        }
        right = rollout_read(document, desired->rollouts[i].source, holding->arena,
                             holding->findings, &plan->spec) &&
                find_kind(holding, plan) && collect(holding, i) && right;
    }
    return right;
}

/* --- rollouts on record --- */

/* False with what is wrong in the findings. */
static bool read_kept(struct holding *holding, const struct rollout_kept *kept,
                      struct rollout_plan *plan, struct rollout_state *state)
{
    value document;
    struct error err = ERROR_INIT;
    const struct rollout_spec *spec;
    *plan = (struct rollout_plan){.document = kept->document};
    if (!json_read(kept->document, limits_default(), holding->arena, &document, &err) ||
        !rollout_read(document, (struct position){0}, holding->arena, holding->findings, &spec)) {
        struct finding *finding =
            findings_add(holding->findings, SEVERITY_ERROR, ROLLOUT_RULE, (struct position){0},
                         "what is on record of a rollout in the cluster cannot be read");
        if (finding != NULL)
            findings_hint(holding->findings, finding,
                          "mend or remove its ConfigMap in the namespace of the inventory");
        return false;
    }
    struct rollout_spec *left = ARENA_NEW(holding->arena, struct rollout_spec);
    *left = *spec;
    left->left = true;
    plan->spec = left;
    /* By a state that cannot be read nobody was let go. */
    if (!rollout_state_read(kept->state, spec, holding->arena, state, &err))
        *state = rollout_state_new(spec, holding->arena);
    return find_kind(holding, plan);
}

/* The commit's rollout of this name, or NULL. */
static const struct rollout_plan *find_stated(const struct holding *holding, str name)
{
    for (size_t i = 0; i < holding->desired->rollout_count; i++) {
        if (str_equal(holding->plans[i].spec->name, name))
            return &holding->plans[i];
    }
    return NULL;
}

static bool is_same_change(const struct rollout_spec *a, const struct rollout_spec *b)
{
    return str_equal(a->from, b->from) && str_equal(a->to, b->to) &&
           str_equal(level_path_name(a->field), level_path_name(b->field));
}

/* How many of those wanted last the state does not let go. */
static size_t count_held(const struct holding *holding, size_t first,
                         const struct rollout_state *state)
{
    size_t held = 0;
    for (size_t i = first; i < holding->wanted.len; i++)
        held += !rollout_lets_go(state, holding->wanted.items[i].member.name);
    return held;
}

static bool keep(struct holding *holding, const struct rollout_kept *kept)
{
    uint32_t index = holding->plan_count;
    size_t first = holding->wanted.len;
    struct rollout_plan *plan = &holding->plans[index];
    struct rollout_state state;
    if (!read_kept(holding, kept, plan, &state))
        return false;
    const struct rollout_plan *stated = find_stated(holding, plan->spec->name);
    if (state.status == ROLLOUT_COMPLETE ||
        (stated != NULL && is_same_change(stated->spec, plan->spec)))
        return true;
    if (!collect(holding, index))
        return false;
    if (stated == NULL) {
        holding->plan_count++;
        return true;
    }
    bool held = count_held(holding, first, &state) != 0;
    str object = held ? holding->wanted.items[first].member.name : (str){0};
    holding->wanted.len = first;
    return !held || say(holding, stated,
                        "Rollout %.*s: it was of another change, which still holds %.*s", object,
                        "give the new one a name of its own, and keep the old one until it is "
                        "complete");
}

bool rollout_hold_back(struct desired *desired, const struct level *level,
                       const struct rollout_kept *kept, size_t kept_count,
                       struct findings *findings, const struct rollout_set **ret_set)
{
    struct holding holding = {
        .desired = desired, .level = level, .arena = desired->arena, .findings = findings};
    struct rollout_set *set = ARENA_NEW(desired->arena, struct rollout_set);
    holding.plans =
        ARENA_ARRAY(holding.arena, struct rollout_plan, desired->rollout_count + kept_count);
    holding.plan_count = (uint32_t)desired->rollout_count;
    if (!read_plans(&holding))
        return false;
    for (size_t i = 0; i < kept_count; i++) {
        if (!keep(&holding, &kept[i]))
            return false;
    }
    size_t count = holding.wanted.len;
    struct desired_hold *holds = ARENA_ARRAY(desired->arena, struct desired_hold, count);
    if (count != 0)
        qsort(holding.wanted.items, count, sizeof(*holding.wanted.items), by_object);
    for (size_t i = 0; i < count; i++)
        holds[i] = holding.wanted.items[i].hold;
    for (uint32_t i = 0; i < holding.plan_count; i++)
        place_members(&holding, i);
    desired_hold(desired, holds, count);
    *set = (struct rollout_set){holding.plans, holding.plan_count};
    *ret_set = set;
    return true;
}
