#include "syncd/fleet/routing.h"

#include "syncd/base/limits.h"
#include "syncd/base/map.h"
#include "syncd/object/options.h"
#include "syncd/value/json.h"

/* So many objects in a row may depend on each other before the first one's place is not found. */
#define CHAIN_MOST 64

static const struct level_kind *kind_of(const struct level *level, const struct wire_object *object)
{
    return level_find_kind(level, object->id.gvk.group, object->id.gvk.kind);
}

static void refuse(struct wire_unit *unit, struct arena *arena, const char *rule,
                   const struct wire_object *object, const char *text, str hint)
{
    unit->right = false;
    VEC_PUSH(
        arena, &unit->findings,
        (struct finding){.severity = SEVERITY_ERROR,
                         .rule = rule,
                         .position = object->source,
                         .text = arena_printf(arena, "%.*s %s",
                                              STR_ARG(object_id_text(&object->id, arena)), text),
                         .hint = hint});
}

/* Only for kinds that the level gives to regions: others need no reading. */
static str region_of(const struct level *level, const struct wire_object *object,
                     struct arena *scratch)
{
    value document;
    struct error err = ERROR_INIT;
    if (level->layout.region == NULL ||
        !json_read(object->json, limits_default(), scratch, &document, &err))
        return (str){0};
    return level_path_text(level->layout.region, document);
}

static void check_object(const struct level *level, const struct routing_target *target,
                         const struct wire_object *object, struct wire_unit *unit,
                         struct arena *arena)
{
    const struct level_kind *kind = kind_of(level, object);
    if (kind == NULL)
        return;
    if (kind->mode == LEVEL_OBSERVE || kind->mode == LEVEL_IGNORE) {
        refuse(unit, arena, "E_ROUTE_OBSERVED", object, "is made and kept by the platform",
               STR("remove it from Git"));
        return;
    }
    if (!target->regional) {
        if (kind->route == LEVEL_ROUTE_REGIONAL)
            refuse(unit, arena, "E_ROUTE_REGIONAL", object, "belongs to a regional cluster",
                   STR("move it to regional/REGION"));
        return;
    }
    str region = region_of(level, object, arena);
    if (region.len != 0 && !str_equal(region, target->region))
        refuse(unit, arena, "E_ROUTE_REGION", object, "is of another region",
               STR("move it to the directory of its region"));
}

/* Declarations are for syncd: only tombstones and rollouts travel with the objects. */
static bool is_declaration(const struct wire_object *object)
{
    return str_equal(object->id.gvk.group, STR("syncd.dev")) &&
           !str_equal(object->id.gvk.kind, STR("Tombstone")) &&
           !str_equal(object->id.gvk.kind, STR("Rollout"));
}

static void drop_declarations(const struct routing_target *target, struct wire_unit *unit,
                              struct arena *arena)
{
    size_t kept = 0, before = unit->objects.len;
    for (size_t i = 0; i < before; i++) {
        if (!is_declaration(&unit->objects.items[i]))
            unit->objects.items[kept++] = unit->objects.items[i];
    }
    unit->objects.len = kept;
    if (kept == 0 && before != 0) {
        unit->right = false;
        VEC_PUSH(arena, &unit->findings,
                 (struct finding){.severity = SEVERITY_ERROR,
                                  .rule = "E_EMPTY",
                                  .position = {.file = target->name},
                                  .text = STR("the target would have no object at all"),
                                  .hint = STR("an empty result is never applied")});
    }
}

void routing_check(const struct level *level, const struct routing_target *target,
                   struct wire_unit *unit, struct arena *arena)
{
    drop_declarations(target, unit, arena);
    VEC_FOR (const struct wire_object, object, &unit->objects)
        check_object(level, target, object, unit, arena);
}

/* Namespaces and definitions stand before all order (syncd/plan/order.h). */
static bool is_base(const struct gvk *gvk)
{
    return (gvk->group.len == 0 && str_equal(gvk->kind, STR("Namespace"))) ||
           (str_equal(gvk->group, STR("apiextensions.k8s.io")) &&
            str_equal(gvk->kind, STR("CustomResourceDefinition")));
}

/* The next object that this one says it depends on; what names none was refused when rendered. */
static const struct wire_object *next_dependency(const struct map *by_key, str *text,
                                                 struct arena *arena, str *ret_reference)
{
    str key;
    while (text->len != 0) {
        const struct wire_object *on = NULL;
        if (object_dependency(text, arena, &key, ret_reference))
            on = map_get(by_key, key);
        if (on != NULL && !is_base(&on->id.gvk))
            return on;
    }
    return NULL;
}

/* A kind without a place in the platform's order goes with what it depends on. */
static bool move_behind(const struct level *level, const struct map *by_key,
                        struct wire_object *object, struct arena *scratch)
{
    str text = object->depends_on, reference;
    int32_t before = object->rank;
    if (kind_of(level, object) != NULL)
        return false;
    for (const struct wire_object *on;
         (on = next_dependency(by_key, &text, scratch, &reference)) != NULL;)
        object->rank = on->rank > object->rank ? on->rank : object->rank;
    return object->rank != before;
}

/* One with a place cannot turn the order round: it would wait for ever. */
static void check_depends(const struct map *by_key, const struct wire_object *object,
                          struct wire_unit *unit, struct arena *arena)
{
    str text = object->depends_on, reference;
    for (const struct wire_object *on;
         (on = next_dependency(by_key, &text, arena, &reference)) != NULL;) {
        if (on->rank <= object->rank)
            continue;
        const char *why =
            arena_printf(arena, "depends on %.*s, whose kind the platform's level puts after it",
                         STR_ARG(reference))
                .ptr;
        refuse(unit, arena, "E_DEPENDS", object, why,
               STR("remove the dependency: kinds of the platform are applied in the level's "
                   "order"));
    }
}

static void settle_dependencies(const struct level *level, struct wire_unit *unit,
                                struct arena *arena)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    struct map by_key = {0};
    VEC(struct wire_object *) dependents = {0};
    VEC_FOR (struct wire_object, object, &unit->objects) {
        map_place(&by_key, scratch, object_id_key(&object->id, scratch))->value = object;
        if (object->depends_on.len != 0 && !is_base(&object->id.gvk))
            VEC_PUSH(scratch, &dependents, object);
    }
    bool moved = true;
    for (int link = 0; moved && link < CHAIN_MOST; link++) {
        struct arena_mark mark = arena_mark(scratch);
        moved = false;
        VEC_FOR (struct wire_object *, object, &dependents)
            moved = move_behind(level, &by_key, *object, scratch) || moved;
        arena_rewind(scratch, mark);
    }
    VEC_FOR (struct wire_object *, object, &dependents)
        check_depends(&by_key, *object, unit, arena);
}

void routing_order(const struct level *level, struct wire_unit *unit, struct arena *arena)
{
    bool any_depends = false;
    VEC_FOR (struct wire_object, object, &unit->objects) {
        const struct level_kind *kind = kind_of(level, object);
        object->rank = kind != NULL ? kind->wave : 0;
        any_depends = any_depends || object->depends_on.len != 0;
    }
    if (any_depends)
        settle_dependencies(level, unit, arena);
}

/* Does target `a` write for both, when they are one cluster? */
static bool comes_before(const struct routing_target *targets, size_t a, size_t b)
{
    if (targets[a].regional != targets[b].regional)
        return !targets[a].regional;
    return a < b;
}

void routing_combine(const struct routing_target *targets, const str *uids, size_t count,
                     size_t *ret_parts)
{
    for (size_t i = 0; i < count; i++) {
        ret_parts[i] = i;
        for (size_t j = 0; j < count && uids[i].len != 0; j++) {
            if (str_equal(uids[i], uids[j]) && comes_before(targets, j, ret_parts[i]))
                ret_parts[i] = j;
        }
    }
}
