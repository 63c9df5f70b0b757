#include "syncd/plan/order.h"

#include "syncd/plan/desired.h"

#include <stdlib.h>

struct edge {
    uint32_t from, to;
    enum order_event event;
};

struct builder {
    const struct desired *desired;
    const int32_t *waves;
    struct arena *arena, *scratch;
    VEC(struct edge) edges;
    VEC(struct order_run) runs;
    uint32_t nodes;
    uint32_t namespaces, synced, definitions, base, last; /* barriers */
};

static void add_edge(struct builder *builder, uint32_t from, uint32_t to, enum order_event event)
{
    VEC_PUSH(builder->scratch, &builder->edges, (struct edge){from, to, event});
}

static uint32_t add_barrier(struct builder *builder)
{
    return builder->nodes++;
}

/* --- the runs --- */

static bool release_acts(const struct desired *desired, uint32_t release,
                         enum release_action action)
{
    return release < desired->release_count && desired->releases[release].action == action;
}

/* The phases of a hook that run in this commit. A chart without a release is always an upgrade of
   itself: its hooks run whenever the commit's content is new. */
static unsigned active_phases(const struct desired *desired, const struct desired_hook *hook)
{
    unsigned phases = hook->hook.phases;
    if (hook->hook.dialect == HOOK_ARGO)
        return phases & (HOOK_PRE_SYNC | HOOK_SYNC | HOOK_POST_SYNC | HOOK_SYNC_FAIL);
    if (release_acts(desired, hook->release, RELEASE_INSTALL))
        return phases & (HOOK_PRE_INSTALL | HOOK_POST_INSTALL);
    if (hook->release == WIRE_NO_RELEASE || release_acts(desired, hook->release, RELEASE_UPGRADE))
        return phases & (HOOK_PRE_UPGRADE | HOOK_POST_UPGRADE);
    return 0;
}

static struct hash128 run_id(const struct desired *desired, const struct desired_hook *hook,
                             enum hook_phase phase)
{
    struct {
        struct hash128 scope, hook;
        uint64_t phase;
    } facts = {.scope = desired->content, .hook = hook->digest, .phase = phase};
    if (hook->hook.dialect == HOOK_HELM && hook->release < desired->release_count) {
        const struct render_release *release = &desired->releases[hook->release];
        facts.scope = release->inputs;
        facts.phase |= (uint64_t)release->revision << 32;
    }
    return hash_stable128(str_from((const char *)&facts, sizeof(facts)));
}

static void add_runs(struct builder *builder)
{
    for (size_t i = 0; i < builder->desired->hook_count; i++) {
        const struct desired_hook *hook = &builder->desired->hooks[i];
        unsigned phases = active_phases(builder->desired, hook);
        for (unsigned bit = 1; bit <= HOOK_SKIP; bit <<= 1) {
            if ((phases & bit) == 0)
                continue;
            const struct order_run run = {.hook = (uint32_t)i,
                                          .phase = (enum hook_phase)bit,
                                          .id =
                                              run_id(builder->desired, hook, (enum hook_phase)bit)};
            VEC_PUSH(builder->arena, &builder->runs, run);
        }
    }
    builder->nodes += (uint32_t)builder->runs.len;
}

static uint32_t run_node(const struct builder *builder, size_t run)
{
    return (uint32_t)(builder->desired->count + run);
}

static int32_t run_weight(const struct builder *builder, size_t run)
{
    return builder->desired->hooks[builder->runs.items[run].hook].hook.weight;
}

/* --- chains: groups of equal weight, each after the one before --- */

struct weighted {
    int32_t rank, weight;
    uint32_t node;
};

static int compare_weighted(const void *left, const void *right)
{
    const struct weighted *a = left, *b = right;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    if (a->weight != b->weight)
        return a->weight < b->weight ? -1 : 1;
    return (a->node > b->node) - (a->node < b->node);
}

/* From `start`, group after group, to `end`. With `single`, each node is a group of its own. */
static void add_chain(struct builder *builder, struct weighted *items, size_t count, uint32_t start,
                      uint32_t end, bool single)
{
    uint32_t before = start;
    if (count != 0)
        qsort(items, count, sizeof(*items), compare_weighted);
    for (size_t from = 0; from < count;) {
        size_t to = from + 1;
        while (!single && to < count && items[to].rank == items[from].rank &&
               items[to].weight == items[from].weight)
            to++;
        uint32_t after = to == count ? end : add_barrier(builder);
        /* A kind of a platform holds the next one only until it was tried: one that becomes ready
           slowly must not hold up what it waits for itself. */
        bool tried = to < count && items[to].rank != items[from].rank;
        for (size_t i = from; i < to; i++) {
            add_edge(builder, before, items[i].node, ORDER_READY);
            add_edge(builder, items[i].node, after, tried ? ORDER_TRIED : ORDER_READY);
            if (tried)
                add_edge(builder, items[i].node, end, ORDER_READY);
        }
        add_edge(builder, before, after, ORDER_READY); /* keeps the chain whole */
        before = after;
        from = to;
    }
    if (count == 0)
        add_edge(builder, start, end, ORDER_READY);
}

/* The runs of a phase; with a release, only of that one. */
static size_t collect_runs(const struct builder *builder, unsigned phases, uint32_t release,
                           struct weighted *items)
{
    size_t count = 0;
    VEC_FOR (const struct order_run, run, &builder->runs) {
        size_t index = (size_t)(run - builder->runs.items);
        const struct desired_hook *hook = &builder->desired->hooks[run->hook];
        bool helm = hook->hook.dialect == HOOK_HELM;
        if ((run->phase & phases) == 0 || (helm && hook->release != release))
            continue;
        items[count++] = (struct weighted){.weight = run_weight(builder, index),
                                           .node = run_node(builder, index)};
    }
    return count;
}

/* --- the parts of a sync --- */

enum rank { RANK_NAMESPACE, RANK_DEFINITION, RANK_REST };

static enum rank rank_of(const struct gvk *gvk)
{
    if (gvk->group.len == 0 && str_equal(gvk->kind, STR("Namespace")))
        return RANK_NAMESPACE;
    if (str_equal(gvk->group, STR("apiextensions.k8s.io")) &&
        str_equal(gvk->kind, STR("CustomResourceDefinition")))
        return RANK_DEFINITION;
    return RANK_REST;
}

/* Namespaces, PreSync hooks, definitions: what everything else stands on. */
static void add_base(struct builder *builder, struct weighted *items)
{
    const struct desired *desired = builder->desired;
    builder->namespaces = add_barrier(builder);
    builder->synced = add_barrier(builder);
    builder->base = add_barrier(builder);
    builder->last = add_barrier(builder);
    size_t count = collect_runs(builder, HOOK_PRE_SYNC, WIRE_NO_RELEASE, items);
    add_chain(builder, items, count, builder->namespaces, builder->synced, false);
    add_edge(builder, builder->synced, builder->base, ORDER_READY);
    for (uint32_t i = 0; i < desired->count; i++) {
        enum rank rank = rank_of(&desired->objects[i].id.gvk);
        /* What depends on something itself must not hold up what that may be. */
        bool holds = desired->objects[i].depends_on.len == 0;
        if (rank == RANK_DEFINITION)
            add_edge(builder, builder->synced, i, ORDER_READY);
        if (holds && rank == RANK_NAMESPACE)
            add_edge(builder, i, builder->namespaces, ORDER_TRIED);
        if (holds && rank == RANK_DEFINITION)
            add_edge(builder, i, builder->base, ORDER_TRIED);
        if (rank != RANK_REST)
            add_edge(builder, i, builder->last, ORDER_READY);
    }
}

static void add_waves(struct builder *builder, struct weighted *items)
{
    const struct desired *desired = builder->desired;
    size_t count = collect_runs(builder, HOOK_SYNC, WIRE_NO_RELEASE, items);
    for (uint32_t i = 0; i < desired->count; i++) {
        if (rank_of(&desired->objects[i].id.gvk) == RANK_REST)
            items[count++] = (struct weighted){desired->objects[i].rank, builder->waves[i], i};
    }
    add_chain(builder, items, count, builder->base, builder->last, false);
    count = collect_runs(builder, HOOK_POST_SYNC, WIRE_NO_RELEASE, items);
    add_chain(builder, items, count, builder->last, add_barrier(builder), false);
}

/* One release: its first hooks, its objects, its last hooks. Helm runs hooks one by one. */
static void add_release(struct builder *builder, uint32_t release, struct weighted *items)
{
    const struct desired *desired = builder->desired;
    uint32_t begun = add_barrier(builder), applied = add_barrier(builder);
    size_t count = collect_runs(builder, HOOK_PRE_INSTALL | HOOK_PRE_UPGRADE, release, items);
    add_chain(builder, items, count, builder->base, begun, true);
    add_edge(builder, begun, applied, ORDER_READY);
    for (uint32_t i = 0; i < desired->count; i++) {
        if (desired->objects[i].release != release ||
            rank_of(&desired->objects[i].id.gvk) != RANK_REST)
            continue;
        add_edge(builder, begun, i, ORDER_READY);
        add_edge(builder, i, applied, ORDER_READY);
    }
    count = collect_runs(builder, HOOK_POST_INSTALL | HOOK_POST_UPGRADE, release, items);
    add_chain(builder, items, count, applied, add_barrier(builder), true);
}

static bool release_has_runs(const struct builder *builder, uint32_t release)
{
    VEC_FOR (const struct order_run, run, &builder->runs) {
        const struct desired_hook *hook = &builder->desired->hooks[run->hook];
        if (hook->hook.dialect == HOOK_HELM && hook->release == release)
            return true;
    }
    return false;
}

static bool any_depends(const struct desired *desired)
{
    for (size_t i = 0; i < desired->count; i++) {
        if (desired->objects[i].depends_on.len != 0)
            return true;
    }
    return false;
}

static void add_dependencies(struct builder *builder)
{
    const struct desired *desired = builder->desired;
    struct map by_key = {0};
    if (!any_depends(desired))
        return;
    uint32_t *indexes = ARENA_ARRAY(builder->scratch, uint32_t, desired->count);
    for (uint32_t i = 0; i < desired->count; i++) {
        indexes[i] = i;
        map_put(&by_key, builder->scratch, desired->objects[i].key, &indexes[i]);
    }
    for (uint32_t i = 0; i < desired->count; i++) {
        str text = desired->objects[i].depends_on, key, reference;
        while (text.len != 0) {
            const uint32_t *on = NULL;
            if (object_dependency(&text, builder->scratch, &key, &reference))
                on = map_get(&by_key, key);
            if (on != NULL) /* else the rendering refused it */
                add_edge(builder, *on, i, ORDER_READY);
        }
    }
}

/* --- the graph --- */

/* Counting sort of the edges by where they begin, one list for each event. */
static void sort_edges(const struct builder *builder, struct order *order)
{
    uint32_t *waits = ARENA_ARRAY(builder->arena, uint32_t, builder->nodes);
    uint32_t *first[ORDER_EVENTS], *to[ORDER_EVENTS];
    for (int event = 0; event < ORDER_EVENTS; event++) {
        first[event] = ARENA_ARRAY(builder->arena, uint32_t, builder->nodes + 2);
        to[event] = ARENA_ARRAY(builder->arena, uint32_t, builder->edges.len + 1);
    }
    VEC_FOR (const struct edge, edge, &builder->edges) {
        waits[edge->to]++;
        first[edge->event][edge->from + 2]++;
    }
    for (int event = 0; event < ORDER_EVENTS; event++) {
        for (size_t node = 2; node < builder->nodes + 2; node++)
            first[event][node] += first[event][node - 1];
    }
    VEC_FOR (const struct edge, edge, &builder->edges)
        to[edge->event][first[edge->event][edge->from + 1]++] = edge->to;
    order->waits = waits;
    for (int event = 0; event < ORDER_EVENTS; event++) {
        order->first[event] = first[event];
        order->to[event] = to[event];
    }
}

struct order *order_make(const struct desired *desired, const int32_t *waves, struct arena *arena,
                         struct arena *scratch)
{
    struct builder builder = {.desired = desired,
                              .waves = waves,
                              .arena = arena,
                              .scratch = scratch,
                              .nodes = (uint32_t)desired->count};
    add_runs(&builder);
    struct weighted *items =
        ARENA_ARRAY(scratch, struct weighted, desired->count + builder.runs.len + 1);
    add_base(&builder, items);
    add_waves(&builder, items);
    for (uint32_t i = 0; i < desired->release_count; i++) {
        if (release_has_runs(&builder, i))
            add_release(&builder, i, items);
    }
    if (release_has_runs(&builder, WIRE_NO_RELEASE))
        add_release(&builder, WIRE_NO_RELEASE, items);
    add_dependencies(&builder);
    struct order *order = ARENA_NEW(arena, struct order);
    *order = (struct order){.object_count = desired->count,
                            .run_count = builder.runs.len,
                            .node_count = builder.nodes,
                            .runs = builder.runs.items};
    sort_edges(&builder, order);
    return order;
}
