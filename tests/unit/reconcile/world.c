#include "world.h"

#include "syncd/base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void world_require(const struct world *world, bool truth, const char *format, ...)
{
    if (truth)
        return;
    va_list args;
    (void)fprintf(stderr, "seed %llu: ", (unsigned long long)world->first_seed);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputc('\n', stderr);
    abort();
}

uint64_t world_random(struct world *world, uint64_t below)
{
    /* xorshift: a test needs the same numbers everywhere. */
    world->seed ^= world->seed << 13;
    world->seed ^= world->seed >> 7;
    world->seed ^= world->seed << 17;
    return world->seed % below;
}

static void make_target(struct world *world)
{
    const struct target_policy policy = {
        .prune = world->prune, .max_count = 10, .max_percent = 30, .in_flight = 4};
    world->target = target_create(STR("mgmt"), STR("owner"), &policy);
}

void world_begin(struct world *world, uint64_t seed, bool prune)
{
    *world = (struct world){.first_seed = seed,
                            .served = true,
                            .seed = seed * 2654435761u + 88172645463325252u,
                            .now_ns = NS_PER_S,
                            .arena = arena_create(ARENA_NO_BUDGET),
                            .prune = prune};
    make_target(world);
}

void world_end(struct world *world)
{
    target_destroy(world->target);
    arena_destroy(world->arena);
}

static str name_of(const struct world *world, uint32_t name)
{
    return arena_printf(world->arena, "o%u", name);
}

static void add_hooks(const struct world *world, struct arena *arena, struct wire_unit *unit)
{
    static const unsigned phases[WORLD_HOOKS] = {HOOK_PRE_SYNC, HOOK_SYNC, HOOK_POST_SYNC,
                                                 HOOK_SYNC_FAIL};
    for (uint32_t i = 0; i < WORLD_HOOKS; i++) {
        struct wire_object object = {
            .id = {.gvk = {STR(""), STR("v1"), STR("ConfigMap")},
                   .namespace = STR("default"),
                   .name = arena_str(arena, name_of(world, WORLD_NAMES + i))},
            .hook = {.phases = phases[i],
                     .policies = HOOK_BEFORE_CREATION | (i == 0 ? HOOK_SUCCEEDED : 0),
                     .weight = i == 1,
                     .dialect = HOOK_ARGO},
            .release = WIRE_NO_RELEASE,
            .digest = {i, 2},
            .json = STR("{}"),
        };
        VEC_PUSH(arena, &unit->hooks, object);
    }
}

void world_retake(struct world *world)
{
    world->refused = false;
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct wire_unit unit = {.name = STR("mgmt"), .right = true};
    for (uint32_t i = 0; i < WORLD_NAMES; i++) {
        if (!world->wanted[i])
            continue;
        struct wire_object object = {
            .id = {.gvk = {STR(""), STR("v1"), STR("ConfigMap")},
                   .namespace = STR("default"),
                   .name = arena_str(arena, name_of(world, i))},
            .wave = (int32_t)(i % 3),
            .release = WIRE_NO_RELEASE,
            .digest = {world->contents[i], 1},
            .json = STR("{}"),
        };
        VEC_PUSH(arena, &unit.objects, object);
    }
    if (world->hooks)
        add_hooks(world, arena, &unit);
    struct desired *desired = desired_make(&unit, STR("c"), 1, arena);
    target_take(world->target, desired);
    desired_unref(desired);
}

void world_commit(struct world *world, unsigned percent)
{
    for (uint32_t i = 0; i < WORLD_NAMES; i++) {
        world->wanted[i] = i == 0 || world_random(world, 100) < percent;
        if (!world->wanted[i])
            continue;
        world->ever_wanted[i] = true;
        world->contents[i] = 1 + world_random(world, 3);
    }
    world_retake(world);
}

static void tell_watch(struct world *world, uint32_t name, bool removed)
{
    if (!world->kind_open)
        return;
    int64_t due = world->now_ns + (int64_t)world_random(world, 50) * NS_PER_MS;
    /* Events of one watch come in order. */
    if (world->events.len != 0 && VEC_LAST(&world->events).due_ns > due)
        due = VEC_LAST(&world->events).due_ns;
    VEC_PUSH(world->arena, &world->events,
             (struct world_event){name, removed, world->objects[name], due});
}

/* It begins to become what was asked for. */
static void begin_work(struct world *world, struct world_object *object)
{
    if (object->deleting)
        return;
    object->told = !world->slow;
    object->ready_ns = world->now_ns;
    if (world->slow)
        object->ready_ns += (int64_t)(1 + world_random(world, 3000)) * NS_PER_MS;
}

static struct health_verdict verdict_on(const struct world *world, uint32_t name,
                                        const struct world_object *object)
{
    bool fails = name == WORLD_NAMES && world->hook_fails;
    bool ready = object->ready_ns <= world->now_ns;
    return (struct health_verdict){.state = !ready  ? HEALTH_PROGRESSING
                                            : fails ? HEALTH_FAILED
                                                    : HEALTH_READY,
                                   .reason = ready ? STR("Completed") : STR("Working")};
}

/* Tells the watch of what has become ready. */
static void tell_ready(struct world *world)
{
    for (uint32_t i = 0; i < WORLD_ALL; i++) {
        struct world_object *object = &world->objects[i];
        if (!object->there || object->told || object->ready_ns > world->now_ns)
            continue;
        object->told = true;
        object->there = !object->deleting;
        object->version = ++world->version;
        tell_watch(world, i, object->deleting);
    }
}

void world_meddle(struct world *world)
{
    uint32_t name = (uint32_t)world_random(world, WORLD_NAMES);
    struct world_object *object = &world->objects[name];
    if (!object->there || object->deleting)
        return;
    object->version = ++world->version;
    if (world_random(world, 3) == 0) {
        object->there = false;
        tell_watch(world, name, true);
        return;
    }
    object->content = 100 + world_random(world, 3);
    object->foreign = true;
    tell_watch(world, name, false);
}

static struct live_view view_of(const struct world *world, uint32_t name,
                                const struct world_object *object)
{
    return (struct live_view){
        .id = {.gvk = {STR(""), STR("v1"), STR("ConfigMap")},
               .namespace = STR("default"),
               .name = name_of(world, name)},
        .uid = arena_printf(world->arena, "u%llu", (unsigned long long)object->uid),
        .resource_version = arena_printf(world->arena, "%llu", (unsigned long long)object->version),
        .owner = STR("owner"),
        .run = str_z(object->run),
        .deleting = object->deleting,
        .ours = true,
        .fields = {object->content, object->foreign},
    };
}

/* Policy says heal, always: what was found matters only by its path here. */
static void judge(struct world *world, uint32_t index, bool differs, enum drift_class class)
{
    struct drifts drifts = {0};
    enum drift_action action = DRIFT_HEAL;
    if (differs)
        VEC_PUSH(world->arena, &drifts.list,
                 (struct drift){.class = class, .path_hash = class + 1});
    target_judged(world->target, index, &drifts, &action, ++world->judged, world->now_ns);
    (void)target_calmed_down(world->target, index);
    world->contested += action == DRIFT_CONTESTED;
}

/* Whether our fields of it are not as they were acknowledged. */
static bool differs(const struct world *world, uint32_t index)
{
    const struct target_object *object = target_object_at(world->target, index);
    return !object->seen || !hash_equal(object->acked_live, object->seen_live);
}

/* What a watch does with an object: its fields, then its health. */
static void show(struct world *world, uint32_t name, const struct world_object *state)
{
    uint32_t index;
    struct live_view view = view_of(world, name, state);
    struct health_verdict verdict = verdict_on(world, name, state);
    enum seen_result result = target_seen(world->target, &view, world->now_ns, &index);
    if (result != SEEN_STRANGER)
        target_take_health(world->target, index, view.resource_version, &verdict);
    if (result == SEEN_DRIFT)
        judge(world, index, differs(world, index), DRIFT_CHANGED);
}

static uint32_t name_of_object(const struct world *world, uint32_t index)
{
    str key = target_object_at(world->target, index)->key;
    uint64_t name;
    CHECK(str_to_u64(str_skip(key, str_rindex(key, '/') + 2), &name));
    return (uint32_t)name;
}

void world_require_converged(const struct world *world)
{
    for (uint32_t i = 0; i < WORLD_NAMES; i++) {
        const struct world_object *object = &world->objects[i];
        if (!world->wanted[i])
            continue;
        bool right = object->there && object->content == world->contents[i];
        for (size_t j = 0; !right && j < target_object_count(world->target); j++) {
            const struct target_object *believed = target_object_at(world->target, j);
            world_require(world, name_of_object(world, (uint32_t)j) != i,
                          "o%u is %s; its state is %d, seen %d, acknowledged %d, drifted %d (%s)",
                          i, object->there ? "different" : "missing", (int)believed->state,
                          believed->seen, believed->acknowledged, believed->drifted,
                          believed->problem != NULL ? believed->problem : "no problem");
        }
        world_require(world, right, "o%u is not known", i);
    }
    world_require(world, target_summary(world->target).terminal, "not terminal, phase %s",
                  target_phase_name(target_phase(world->target)));
}

/* S7: what we created and did not confirm deleted stands in the inventory. */
static bool in_inventory(const struct world *world, uint32_t name)
{
    char line[64];
    (void)snprintf(line, sizeof(line), "/ConfigMap/default/o%u\t", name);
    return strstr(world->inventory, line) != NULL;
}

static void answer_apply(struct world *world, const struct effect *effect)
{
    uint32_t name = name_of_object(world, effect->index);
    struct world_object *object = &world->objects[name];
    /* What was sent is of the commit that the target works on; a newer one may be there. */
    uint32_t desired = target_object_at(world->target, effect->index)->desired;
    uint64_t content = target_desired(world->target)->objects[desired].digest.low;
    struct error err = ERROR_INIT;
    struct outcome outcome = {0};
    unsigned luck = world->faults ? (unsigned)world_random(world, 10) : 9;
    world_require(world, in_inventory(world, name), "o%u is created before the inventory names it",
                  name);
    if (!world->known) {
        outcome.kind_missing = true;
        (void)error_set(&err, ERROR_NOT_FOUND, "the kind is not served");
        outcome.err = &err;
        target_applied(world->target, effect->index, &outcome, world->now_ns);
        return;
    }
    if (object->there && object->foreign && !effect->force) {
        (void)error_set(&err, ERROR_CONFLICT, "owned by somebody");
        outcome.err = &err;
        outcome.reclaimable =
            target_owns_all(world->target, effect->index) || target_previous(world->target) != NULL;
        target_applied(world->target, effect->index, &outcome, world->now_ns);
        return;
    }
    if (luck == 0) { /* lost before it arrived */
        (void)error_set(&err, ERROR_UNAVAILABLE, "lost");
        outcome.err = &err;
        target_applied(world->target, effect->index, &outcome, world->now_ns);
        return;
    }
    outcome.created = !object->there;
    bool changes = !object->there || object->content != content || object->foreign;
    if (!object->there) {
        object->uid = ++world->next_uid;
        object->deleting = false;
    }
    object->there = true;
    object->content = content;
    object->foreign = false;
    world->applies++;
    if (changes) {
        begin_work(world, object);
        object->version = ++world->version;
        tell_watch(world, name, false);
    }
    struct live_view view = view_of(world, name, object);
    struct health_verdict verdict = verdict_on(world, name, object);
    outcome.view = &view;
    outcome.verdict = &verdict;
    if (luck == 1) { /* took effect, but nobody heard */
        (void)error_set(&err, ERROR_TIMEOUT, "no answer");
        outcome = (struct outcome){.err = &err};
    }
    target_applied(world->target, effect->index, &outcome, world->now_ns);
}

/* A hook is made, never changed. */
static void answer_run(struct world *world, const struct effect *effect)
{
    uint32_t name = name_of_object(world, effect->index);
    struct world_object *object = &world->objects[name];
    struct error err = ERROR_INIT;
    struct outcome outcome = {.created = true};
    unsigned luck = world->faults ? (unsigned)world_random(world, 10) : 9;
    world_require(world, in_inventory(world, name), "o%u is made before the inventory names it",
                  name);
    if (object->there || luck == 0) {
        (void)error_set(&err, object->there ? ERROR_CONFLICT : ERROR_UNAVAILABLE, "not made");
        outcome.err = &err;
        target_applied(world->target, effect->index, &outcome, world->now_ns);
        return;
    }
    *object = (struct world_object){.there = true, .uid = ++world->next_uid};
    target_run_text(world->target, effect->index, object->run);
    for (size_t i = 0; i < world->run_count; i++)
        world_require(world, strcmp(world->runs[i], object->run) != 0, "the hook o%u ran twice",
                      name);
    world_require(world, world->run_count < WORLD_RUNS, "too many runs");
    memcpy(world->runs[world->run_count++], object->run, RUN_TEXT);
    world->made[name - WORLD_NAMES]++;
    object->version = ++world->version;
    begin_work(world, object);
    tell_watch(world, name, false);
    struct live_view view = view_of(world, name, object);
    struct health_verdict verdict = verdict_on(world, name, object);
    outcome.view = &view;
    outcome.verdict = &verdict;
    if (luck == 1) {
        (void)error_set(&err, ERROR_TIMEOUT, "no answer");
        outcome = (struct outcome){.err = &err};
    }
    target_applied(world->target, effect->index, &outcome, world->now_ns);
}

static void answer_delete(struct world *world, const struct effect *effect)
{
    uint32_t name = name_of_object(world, effect->index);
    struct world_object *object = &world->objects[name];
    struct outcome outcome = {0};
    world->deletes++;
    bool held = object->there && world->faults && world_random(world, 3) == 0;
    if (object->there && !object->deleting) {
        object->there = object->deleting = held;
        object->version = ++world->version;
        object->told = !held;
        object->ready_ns = world->now_ns + 20 * NS_PER_S; /* when its finalizer is gone */
        tell_watch(world, name, !held);
    }
    target_deleted(world->target, effect->index, &outcome, world->now_ns);
}

static void answer_inspect(struct world *world, const struct effect *effect)
{
    uint32_t name = name_of_object(world, effect->index);
    struct live_view view = view_of(world, name, &world->objects[name]);
    struct health_verdict verdict = verdict_on(world, name, &world->objects[name]);
    struct outcome outcome = {.view = world->objects[name].there ? &view : NULL,
                              .verdict = &verdict};
    target_inspected(world->target, effect->index, &outcome, 0, world->now_ns);
}

static void answer_examine(struct world *world, const struct effect *effect)
{
    uint32_t name = name_of_object(world, effect->index);
    bool there = world->objects[name].there;
    struct live_view view = view_of(world, name, &world->objects[name]);
    const struct outcome outcome = {.view = there ? &view : NULL};
    if (target_examined(world->target, effect->index, &outcome, world->now_ns) == SEEN_DRIFT)
        judge(world, effect->index, differs(world, effect->index),
              there ? DRIFT_CHANGED : DRIFT_DELETED);
}

static void answer_connect(struct world *world)
{
    struct error err = ERROR_INIT;
    world->connects++;
    if (world->faults && world_random(world, 3) == 0) {
        (void)error_set(&err, ERROR_UNAVAILABLE, "refused");
        target_unreachable(world->target, &err, world->now_ns);
        return;
    }
    world->known = world->served;
    str inventory = arena_str(world->arena, str_z(world->inventory));
    target_connected(world->target, STR("uid"), STR("uid"), inventory, world->now_ns);
}

/* A list: everything that is there, at once. */
static void answer_open(struct world *world, uint32_t kind)
{
    uint32_t missing;
    if (!world->known) {
        target_kind_changed(world->target, kind, KIND_MISSING, world->now_ns);
        return;
    }
    target_kind_scope(world->target, kind, true);
    world->kind_open = true;
    world->events.len = 0;
    target_kind_begin(world->target, kind);
    for (uint32_t i = 0; i < WORLD_ALL; i++) {
        if (world->objects[i].there)
            show(world, i, &world->objects[i]);
    }
    world->listed = true;
    target_kind_changed(world->target, kind, KIND_SYNCED, world->now_ns);
    while (target_next_missing(world->target, &missing))
        judge(world, missing, true, DRIFT_DELETED);
}

static void answer_write(struct world *world)
{
    struct error err = ERROR_INIT;
    if (world->faults && world_random(world, 5) == 0) {
        (void)error_set(&err, ERROR_UNAVAILABLE, "lost");
        target_inventory_written(world->target, &err, world->now_ns);
        return;
    }
    AUTO_BUF struct buf text = BUF_INIT(sizeof(world->inventory) - 1);
    target_inventory_text(world->target, &text);
    (void)snprintf(world->inventory, sizeof(world->inventory), "%s", buf_str(&text).ptr);
    target_inventory_written(world->target, NULL, world->now_ns);
    for (uint32_t i = 0; i < WORLD_NAMES; i++)
        world_require(world, !world->objects[i].there || in_inventory(world, i),
                      "o%u was forgotten", i);
}

void world_answer(struct world *world, const struct effect *effect)
{
    switch (effect->kind) {
    case EFFECT_CONNECT: answer_connect(world); return;
    case EFFECT_OPEN_KIND: answer_open(world, effect->index); return;
    case EFFECT_DISCOVER:
        world->known = world->served;
        target_discovered(world->target, world->now_ns);
        return;
    case EFFECT_WRITE_INVENTORY: answer_write(world); return;
    case EFFECT_APPLY: answer_apply(world, effect); return;
    case EFFECT_EXAMINE: answer_examine(world, effect); return;
    case EFFECT_RUN: answer_run(world, effect); return;
    case EFFECT_INSPECT: answer_inspect(world, effect); return;
    case EFFECT_DELETE: answer_delete(world, effect); return;
    default: return;
    }
}

static void deliver(struct world *world, const struct world_event *event)
{
    struct live_view view = view_of(world, event->name, &event->state);
    uint32_t index;
    if (!event->removed)
        show(world, event->name, &event->state);
    else if (target_gone(world->target, &view, world->now_ns, &index) == SEEN_DRIFT)
        judge(world, index, true, DRIFT_DELETED);
}

void world_refuse(struct world *world)
{
    world->refused = true;
    target_refuse(world->target);
}

void world_lose_watch(struct world *world)
{
    if (!world->kind_open)
        return;
    world->kind_open = false;
    world->events.len = 0;
    target_kind_changed(world->target, 0, KIND_LOST, world->now_ns);
    struct world_request again = {{.kind = EFFECT_OPEN_KIND},
                                  world->now_ns + (int64_t)world_random(world, 3000) * NS_PER_MS};
    VEC_PUSH(world->arena, &world->requests, again);
}

void world_restart(struct world *world)
{
    target_destroy(world->target);
    world->listed = false;
    world->requests.len = world->events.len = 0;
    world->kind_open = false;
    make_target(world);
}

/* The earliest thing that is due, or INT64_MAX. */
static int64_t next_due(const struct world *world)
{
    int64_t due = target_wake_ns(world->target, world->now_ns);
    VEC_FOR (const struct world_request, request, &world->requests)
        due = request->due_ns < due ? request->due_ns : due;
    if (world->events.len != 0 && world->events.items[0].due_ns < due)
        due = world->events.items[0].due_ns;
    for (size_t i = 0; i < WORLD_ALL; i++) {
        const struct world_object *object = &world->objects[i];
        if (object->there && !object->told && object->ready_ns < due)
            due = object->ready_ns;
    }
    return due;
}

/* At the moment of sending: what Git says later cannot call a request back. */
static void check_delete(struct world *world, const struct effect *effect)
{
    uint32_t name = name_of_object(world, effect->index);
    if (name >= WORLD_NAMES) {
        world_require(world, world->hooks, "o%u is deleted and is no hook", name);
        return;
    }
    world_require(world, world->listed, "o%u is deleted before all was listed", name);
    world_require(world, world->prune, "o%u is deleted although pruning is off", name);
    world_require(world, !world->refused, "o%u is deleted although the newest commit is broken",
                  name);
    world_require(world, !world->wanted[name], "o%u is deleted although Git wants it", name);
    world_require(world, world->ever_wanted[name], "o%u is deleted and was never ours", name);
}

/* What comes before has to be there, and ready, when nobody meddles. */
static void check_order(const struct world *world, const struct effect *effect)
{
    uint32_t name = name_of_object(world, effect->index);
    for (uint32_t i = 0; i < WORLD_NAMES; i++) {
        const struct world_object *object = &world->objects[i];
        if (!world->wanted[i] || (effect->kind == EFFECT_APPLY && i % 3 >= name % 3) ||
            (effect->kind == EFFECT_RUN && name != WORLD_NAMES + 2))
            continue;
        world_require(world, object->there && object->content == world->contents[i],
                      "o%u before o%u", name, i);
        world_require(world, object->ready_ns <= world->now_ns, "o%u before o%u was ready", name,
                      i);
    }
    const struct world_object *first = &world->objects[WORLD_NAMES];
    if (effect->kind == EFFECT_APPLY && world->hooks)
        world_require(world,
                      world->made[0] != 0 && (!first->there || first->ready_ns <= world->now_ns),
                      "o%u before the PreSync hook had ended", name);
}

static void take_effects(struct world *world)
{
    struct effect effect;
    while (target_next_effect(world->target, world->now_ns, &effect)) {
        if (effect.kind == EFFECT_DELETE)
            check_delete(world, &effect);
        bool writes = effect.kind == EFFECT_APPLY || effect.kind == EFFECT_RUN;
        if (writes && world->ordered)
            check_order(world, &effect);
        struct world_request request = {effect, world->now_ns +
                                                    (int64_t)world_random(world, 30) * NS_PER_MS};
        VEC_PUSH(world->arena, &world->requests, request);
    }
}

static void step(struct world *world)
{
    tell_ready(world);
    for (size_t i = 0; i < world->requests.len; i++) {
        struct world_request request = world->requests.items[i];
        if (request.due_ns > world->now_ns)
            continue;
        world->requests.items[i--] = VEC_LAST(&world->requests);
        world->requests.len--;
        world_answer(world, &request.effect);
    }
    while (world->events.len != 0 && world->events.items[0].due_ns <= world->now_ns) {
        struct world_event event = world->events.items[0];
        world->events.len--;
        memmove(world->events.items, world->events.items + 1, world->events.len * sizeof(event));
        deliver(world, &event);
    }
}

void world_run(struct world *world, int64_t ns)
{
    int64_t end = world->now_ns + ns;
    for (unsigned steps = 0;; steps++) {
        world_require(world, steps < 200000, "it never comes to rest");
        take_effects(world);
        int64_t due = next_due(world);
        if (due > end)
            break;
        if (due > world->now_ns)
            world->now_ns = due;
        step(world);
    }
    world->now_ns = end;
}
