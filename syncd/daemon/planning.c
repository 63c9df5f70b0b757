#include "syncd/daemon/planning.h"

#include "render/unit/wire.h"
#include "syncd/base/clock.h"
#include "syncd/daemon/platform.h"
#include "syncd/process/channel.h"
#include "syncd/value/json.h"

#include <stdlib.h>
#include <unistd.h>

enum side_of { SIDE_BASE, SIDE_HEAD, SIDES };

/* One commit on its way through its child. */
struct side {
    struct planning *planning;
    const struct planning_commit *commit; /* NULL: not wanted */
    bool running;
    struct child child;
    struct loop_fd *fd;
    struct loop_timer *timer;
    struct error err;       /* why there are no units; class NONE: there are */
    struct plan_side *made; /* by unit */
};

struct planning {
    struct planning_options options;
    struct planning_commit commits[SIDES];
    const struct level *level; /* NULL = none */
    struct arena *arena;       /* becomes the result's */
    struct loop_timer *empty;  /* fires when no child could be started */
    struct side sides[SIDES];
    size_t *unit_of; /* by target: targets with equal paths are rendered once */
    const struct config_target **units;
    size_t unit_count;
    planning_done *done;
    void *context;
};

/* --- what is asked --- */

/* With a level, what a target may hold depends on which one it is. */
static str unit_key(const struct planning *planning, const struct config_target *target,
                    struct arena *arena)
{
    AUTO_BUF struct buf key = BUF_INIT(1u << 20);
    buf_add(&key, planning->options.level != NULL ? target->name : STR(""));
    buf_add_byte(&key, '\0');
    buf_add(&key, target->default_ns);
    for (size_t i = 0; i < target->paths.len; i++) {
        buf_add_byte(&key, '\0');
        buf_add(&key, target->paths.items[i]);
    }
    return buf_copy(&key, arena);
}

static void find_units(struct planning *planning)
{
    struct map known = {0};
    struct arena *arena = planning->arena;
    const struct config *config = planning->options.config;
    planning->unit_of = ARENA_ARRAY(arena, size_t, config->target_count);
    planning->units = ARENA_ARRAY(arena, const struct config_target *, config->target_count);
    for (size_t i = 0; i < config->target_count; i++) {
        str key = unit_key(planning, &config->targets[i], arena);
        struct map_entry *entry = map_place(&known, arena, key);
        if (entry->value == NULL) {
            planning->units[planning->unit_count++] = &config->targets[i];
            entry->value = (void *)(uintptr_t)planning->unit_count;
        }
        planning->unit_of[i] = (size_t)(uintptr_t)entry->value - 1;
    }
}

/* What is wrong with the level was said when the configuration was read. */
static void load_level(struct planning *planning)
{
    struct findings findings;
    findings_init(&findings, planning->arena);
    if (!platform_load(planning->options.config, planning->arena, &findings, &planning->level))
        planning->level = NULL;
}

/* Without an owner: its label is of one configuration, and no part of what was reviewed. */
static value make_request(const struct planning *planning, const struct planning_commit *commit,
                          struct arena *arena)
{
    struct unit *units = ARENA_ARRAY(arena, struct unit, planning->unit_count);
    for (size_t i = 0; i < planning->unit_count; i++) {
        const struct config_target *target = planning->units[i];
        units[i] = (struct unit){.name = target->name,
                                 .paths = target->paths.items,
                                 .path_count = target->paths.len,
                                 .default_ns = target->default_ns,
                                 .faults = commit->faults,
                                 .fault_count = commit->fault_count};
    }
    return wire_request(units, planning->unit_count, arena);
}

/* --- what comes back --- */

static void unmap(void *pointer)
{
    memory_file_unmap(*(str *)pointer);
}

static void forget_desired(void *desired)
{
    desired_unref(desired);
}

static const struct desired *keep_desired(struct planning *planning, const struct wire_unit *unit,
                                          str commit)
{
    struct desired *desired = desired_make(unit, commit, 0, arena_create(ARENA_NO_BUDGET));
    arena_defer(planning->arena, forget_desired, desired);
    return desired;
}

/* By identity; where one object is a hook of two phases, by its text. */
static int compare_hooks(const void *left, const void *right)
{
    const struct wire_object *a = left, *b = right;
    int order = object_id_compare(&a->id, &b->id);
    return order != 0 ? order : str_compare(a->json, b->json);
}

static struct plan_side make_side(struct planning *planning, const struct config_target *target,
                                  struct wire_unit *unit, str commit)
{
    platform_settle(planning->level, target, unit, planning->arena);
    struct plan_side side = {.refused = !unit->right,
                             .findings = unit->findings.items,
                             .finding_count = unit->findings.len};
    if (!unit->right)
        return side;
    side.desired = keep_desired(planning, unit, commit);
    if (unit->hooks.len == 0)
        return side;
    struct wire_unit hooks = {.name = unit->name, .right = true};
    VEC_FOR (struct wire_object, hook, &unit->hooks)
        VEC_PUSH(planning->arena, &hooks.objects, *hook);
    qsort(hooks.objects.items, hooks.objects.len, sizeof(*hooks.objects.items), compare_hooks);
    side.hooks = keep_desired(planning, &hooks, commit);
    return side;
}

static bool take_units(struct side *side, str bytes)
{
    struct planning *planning = side->planning;
    struct wire_result result;
    str *mapped = ARENA_NEW(planning->arena, str);
    *mapped = bytes;
    arena_defer(planning->arena, unmap, mapped);
    if (!wire_read(bytes, planning->arena, &result, &side->err))
        return false;
    if (result.units.len != planning->unit_count)
        return error_set(&side->err, ERROR_INTERNAL, "the render child left targets out");
    side->made = ARENA_ARRAY(planning->arena, struct plan_side, planning->unit_count);
    for (size_t i = 0; i < planning->unit_count; i++)
        side->made[i] =
            make_side(planning, planning->units[i], &result.units.items[i], side->commit->id);
    return true;
}

static bool take_message(struct side *side)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct channel_message message;
    str bytes;
    if (!channel_receive(side->child.channel, 0, arena, &message, &side->err))
        return false;
    if (!str_equal(message.bytes, STR("ok")) || message.fd_count != 1) {
        for (size_t i = 0; i < message.fd_count; i++)
            (void)close(message.fds[i]); /* nothing of it is used */
        return error_set(&side->err, ERROR_LIMIT, "%.*s", STR_ARG(message.bytes));
    }
    bool mapped = memory_file_map(message.fds[0], &bytes, &side->err);
    (void)close(message.fds[0]); /* the mapping stays */
    return mapped && take_units(side, bytes);
}

static void release(struct side *side)
{
    if (side->fd != NULL)
        loop_fd_destroy(side->fd);
    if (side->timer != NULL)
        loop_timer_destroy(side->timer);
    side->fd = NULL;
    side->timer = NULL;
    if (!side->running)
        return;
    side->running = false;
    struct child_end end = child_reap(side->planning->options.spawner, &side->child);
    /* An end without a message says more than the empty channel does. */
    if (side->err.class == ERROR_CANCELLED)
        (void)child_end_error(end, "rendering", &side->err);
}

/* What a target has on a side: its unit, or what is wrong with the whole commit. */
static struct plan_side side_of(const struct planning *planning, const struct side *side,
                                size_t target)
{
    if (side->commit == NULL)
        return (struct plan_side){0};
    if (side->made != NULL)
        return side->made[planning->unit_of[target]];
    struct findings findings;
    findings_init(&findings, planning->arena);
    findings_add_error(&findings, &side->err);
    return (struct plan_side){
        .refused = true, .findings = findings.list.items, .finding_count = findings.list.len};
}

static void planning_free(struct planning *planning)
{
    for (size_t i = 0; i < SIDES; i++)
        release(&planning->sides[i]);
    if (planning->empty != NULL)
        loop_timer_destroy(planning->empty);
    free(planning);
}

static void finish(struct planning *planning)
{
    const struct config *config = planning->options.config;
    struct planning_result result = {.count = config->target_count, .arena = planning->arena};
    result.targets = ARENA_ARRAY(planning->arena, struct plan_request_target, config->target_count);
    for (size_t i = 0; i < config->target_count; i++) {
        const struct config_target *target = &config->targets[i];
        result.targets[i] = (struct plan_request_target){
            .name = target->name,
            .role = str_z(target_role_name(target->role)),
            .region = target->region,
            .base = side_of(planning, &planning->sides[SIDE_BASE], i),
            .head = side_of(planning, &planning->sides[SIDE_HEAD], i),
        };
    }
    planning_done *done = planning->done;
    void *context = planning->context;
    planning_free(planning);
    done(context, &result);
}

static void finish_if_done(void *context)
{
    struct planning *planning = context;
    if (!planning->sides[SIDE_BASE].running && !planning->sides[SIDE_HEAD].running)
        finish(planning);
}

static void child_answered(void *context, unsigned events)
{
    struct side *side = context;
    (void)events;
    (void)take_message(side); /* what went wrong is kept in err */
    release(side);
    finish_if_done(side->planning);
}

static void child_too_slow(void *context)
{
    struct side *side = context;
    child_kill(&side->child); /* its channel ends, and that is handled as its answer */
}

/* --- starting --- */

static void start_side(struct side *side)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct planning *planning = side->planning;
    const struct planning_options *options = &planning->options;
    if (!spawner_run(options->spawner, options->render_kind, &side->child, &side->err))
        return;
    side->running = true;
    str request = json_text(make_request(planning, side->commit, arena), JSON_COMPACT, arena);
    if (!channel_send(side->child.channel, request, &side->commit->snapshot, 1, &side->err)) {
        release(side);
        return;
    }
    side->fd = loop_fd_create(options->loop, side->child.channel, LOOP_READ, child_answered, side);
    side->timer = loop_timer_create(options->loop, child_too_slow, side);
    loop_timer_start(side->timer,
                     ((int64_t)options->config->limits.render_seconds + 10) * NS_PER_S);
}

static void take_commit(struct planning *planning, enum side_of which,
                        const struct planning_commit *commit)
{
    planning->sides[which].planning = planning;
    if (commit == NULL)
        return;
    planning->commits[which] = *commit;
    planning->commits[which].id = arena_str(planning->arena, commit->id);
    planning->sides[which].commit = &planning->commits[which];
}

struct planning *planning_start(const struct planning_options *options, planning_done *done,
                                void *context)
{
    struct planning *planning = calloc(1, sizeof(*planning));
    CHECK(planning != NULL);
    *planning = (struct planning){.options = *options,
                                  .arena = arena_create(ARENA_NO_BUDGET),
                                  .done = done,
                                  .context = context};
    load_level(planning);
    find_units(planning);
    take_commit(planning, SIDE_BASE, options->base);
    take_commit(planning, SIDE_HEAD, options->head);
    for (size_t i = 0; i < SIDES; i++) {
        if (planning->sides[i].commit != NULL)
            start_side(&planning->sides[i]);
    }
    if (!planning->sides[SIDE_BASE].running && !planning->sides[SIDE_HEAD].running) {
        planning->empty = loop_timer_create(options->loop, finish_if_done, planning);
        loop_timer_start(planning->empty, 0);
    }
    return planning;
}

void planning_cancel(struct planning *planning)
{
    if (planning == NULL)
        return;
    struct arena *arena = planning->arena;
    planning_free(planning);
    arena_destroy(arena);
}

struct plan_request planning_request(const struct config *config,
                                     const struct planning_result *result, str base, str head)
{
    struct schema_set *types = schema_set_make(result->arena);
    schema_add_builtin(types);
    return (struct plan_request){
        .base = base,
        .head = head,
        .has_base = true,
        .targets = result->targets,
        .target_count = result->count,
        .prune = {.enabled = config->prune.enabled,
                  .max_count = (uint64_t)config->prune.max_count,
                  .max_percent = (uint64_t)config->prune.max_percent},
        .types = types,
        .limits = &config->limits,
    };
}

const struct unit_fault *planning_faults(const struct repo_sync_result *result, struct arena *arena,
                                         size_t *ret_count)
{
    struct unit_fault *faults = ARENA_ARRAY(arena, struct unit_fault, result->finding_count);
    size_t count = 0;
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct repo_finding *finding = &result->findings[i];
        if (finding->fault)
            faults[count++] =
                (struct unit_fault){str_z(finding->rule), finding->path, finding->text};
    }
    *ret_count = count;
    return faults;
}
