/* A commit goes through the confined child and comes back as what each target shall hold. */
#include "syncd/daemon/commits.h"

#include "render/unit/wire.h"
#include "syncd/process/channel.h"
#include "syncd/value/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The child's result, mapped; every target's desired state looks into it. */
struct mapping {
    str bytes;
    unsigned refs;
};

static void mapping_unref(void *pointer)
{
    struct mapping *mapping = pointer;
    if (--mapping->refs != 0)
        return;
    memory_file_unmap(mapping->bytes);
    free(mapping);
}

static struct mapping *mapping_make(str bytes)
{
    struct mapping *mapping = malloc(sizeof(*mapping));
    CHECK(mapping != NULL);
    *mapping = (struct mapping){bytes, 1};
    return mapping;
}

/* Findings of the commit before; nobody may look at them any more. */
static void forget_findings(struct daemon *daemon)
{
    for (size_t i = 0; i < daemon->config->target_count; i++) {
        daemon->targets[i].findings = NULL;
        daemon->targets[i].finding_count = 0;
    }
    arena_destroy(daemon->commit_arena);
    daemon->commit_arena = arena_create(ARENA_NO_BUDGET);
}

static const struct finding *copy_findings(struct daemon *daemon, const struct wire_unit *unit)
{
    struct arena *arena = daemon->commit_arena;
    struct finding *copy = ARENA_ARRAY(arena, struct finding, unit->findings.len);
    for (size_t i = 0; i < unit->findings.len; i++) {
        copy[i] = unit->findings.items[i];
        copy[i].rule = arena_str(arena, str_z(copy[i].rule)).ptr;
        copy[i].position.file = arena_str(arena, copy[i].position.file);
        copy[i].text = arena_str(arena, copy[i].text);
        copy[i].hint = arena_str(arena, copy[i].hint);
    }
    return copy;
}

void rendering_refuse(struct daemon *daemon, struct member_target *member,
                      const struct wire_unit *unit)
{
    member->refused = true;
    member->findings = copy_findings(daemon, unit);
    member->finding_count = unit->findings.len;
    for (size_t i = 0; i < member->finding_count; i++) {
        const struct finding *finding = &member->findings[i];
        AUTO_BUF struct buf place = BUF_INIT(4096);
        buf_printf(&place, "%.*s:%u", STR_ARG(finding->position.file), finding->position.line);
        LOG(finding->severity == SEVERITY_ERROR ? LOG_ERROR : LOG_WARN,
            finding->severity == SEVERITY_ERROR ? "commit refused; the last good one stays"
                                                : "in the repository",
            FIELD("target", member->config->name),
            FIELD("commit", str_slice(str_z(daemon->commit), 0, 12)), FIELD("at", buf_str(&place)),
            FIELD("rule", str_z(finding->rule)), FIELD("problem", finding->text),
            FIELD("hint", finding->hint));
    }
    session_take(member->session, NULL);
}

/* What rollouts hold back; false when one cannot be read: the commit is refused then. */
static bool hold_back(struct daemon *daemon, struct member_target *member, struct wire_unit *unit,
                      struct desired *desired)
{
    const struct rollout_set *set;
    const struct rollout_kept *kept;
    size_t kept_count;
    struct findings findings;
    findings_init(&findings, daemon->commit_arena);
    rollouts_kept(daemon, member, desired->arena, &kept, &kept_count);
    if (rollout_hold_back(desired, daemon->level, kept, kept_count, &findings, &set)) {
        rollouts_take(daemon, member, set, desired);
        return true;
    }
    VEC_FOR (const struct finding, finding, &findings.list)
        VEC_PUSH(daemon->commit_arena, &unit->findings, *finding);
    member->waiting = false;
    rendering_refuse(daemon, member, unit);
    return false;
}

static void hand_over(struct daemon *daemon, struct member_target *member, struct wire_unit *unit,
                      struct mapping *mapping)
{
    if (unit->needs.len != 0) {
        world_take_needs(member->world, unit);
        return;
    }
    (void)snprintf(member->commit, sizeof(member->commit), "%s", daemon->commit);
    member->findings = NULL;
    member->finding_count = 0;
    member->refused = false;
    platform_settle(daemon->level, member->config, unit, daemon->commit_arena);
    if (!unit->right) {
        member->waiting = false;
        rendering_refuse(daemon, member, unit);
        return;
    }
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    mapping->refs++;
    arena_defer(arena, mapping_unref, mapping);
    struct desired *desired = desired_make(unit, str_z(daemon->commit), daemon->sequence, arena);
    desired->group = member->job_group;
    if (!hold_back(daemon, member, unit, desired)) {
        desired_unref(desired);
        return;
    }
    world_hand_over(member->world, unit, desired);
}

static bool take_units(struct daemon *daemon, str bytes, struct error *err)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct mapping *mapping = mapping_make(bytes);
    struct wire_result result;
    if (!wire_read(bytes, arena, &result, err)) {
        mapping_unref(mapping);
        return false;
    }
    daemon->sequence++;
    VEC_FOR (struct wire_unit, unit, &result.units) {
        for (size_t i = 0; i < daemon->config->target_count; i++) {
            if (daemon->targets[i].in_job && str_equal(daemon->targets[i].config->name, unit->name))
                hand_over(daemon, &daemon->targets[i], unit, mapping);
        }
    }
    mapping_unref(mapping);
    return true;
}

static bool take_message(struct daemon *daemon, struct error *err)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct channel_message message;
    if (!channel_receive(daemon->render.channel, 0, arena, &message, err))
        return false;
    if (!str_equal(message.bytes, STR("ok")) || message.fd_count != 1) {
        for (size_t i = 0; i < message.fd_count; i++)
            (void)close(message.fds[i]);
        return error_set(err, ERROR_LIMIT, "%.*s", STR_ARG(message.bytes));
    }
    str bytes;
    bool mapped = memory_file_map(message.fds[0], &bytes, err);
    (void)close(message.fds[0]);
    return mapped && take_units(daemon, bytes, err);
}

/* The child gave nothing: every target that was in it keeps its last good commit. */
static void refuse_all(struct daemon *daemon, const struct error *err)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct findings findings;
    findings_init(&findings, arena);
    findings_add_error(&findings, err);
    for (size_t i = 0; i < daemon->config->target_count; i++) {
        struct member_target *member = &daemon->targets[i];
        struct wire_unit unit = {.name = member->config->name};
        if (!member->in_job)
            continue;
        VEC_PUSH(arena, &unit.findings, findings.list.items[0]);
        (void)snprintf(member->commit, sizeof(member->commit), "%s", daemon->commit);
        member->waiting = false;
        rendering_refuse(daemon, member, &unit);
    }
}

static void release_child(struct daemon *daemon, struct error *err, bool failed)
{
    if (daemon->render_fd != NULL)
        loop_fd_destroy(daemon->render_fd);
    daemon->render_fd = NULL;
    if (daemon->render_timer != NULL)
        loop_timer_destroy(daemon->render_timer);
    daemon->render_timer = NULL;
    struct child_end end = child_reap(daemon->options.spawner, &daemon->render);
    /* An end without a message says more than the empty channel does. */
    if (failed && err->class == ERROR_CANCELLED)
        (void)child_end_error(end, "rendering", err);
    daemon->rendering = false;
}

static void finish(struct daemon *daemon)
{
    struct error err = ERROR_INIT;
    bool done = take_message(daemon, &err);
    release_child(daemon, &err, !done);
    if (!done)
        refuse_all(daemon, &err);
    notes_commit_changed(daemon);
    state_changed(daemon);
    rendering_again(daemon);
    if (daemon->poll_again)
        source_poll(daemon);
}

static void child_answered(void *context, unsigned events)
{
    (void)events;
    finish(context);
}

static void child_too_slow(void *context)
{
    struct daemon *daemon = context;
    child_kill(&daemon->render); /* its channel ends, and that is handled as its answer */
}

/* Of the member and of those that it writes for. */
static struct text_list paths_of(const struct daemon *daemon, size_t writer, struct arena *arena)
{
    VEC(str) paths = {0};
    for (size_t i = 0; i < daemon->config->target_count; i++) {
        const struct text_list *own = &daemon->config->targets[i].paths;
        for (size_t j = 0; daemon->targets[i].writer == writer && j < own->len; j++)
            VEC_PUSH(arena, &paths, own->items[j]);
    }
    return (struct text_list){paths.items, paths.len};
}

/* The units of the members that are stale. */
static value make_request(struct daemon *daemon, struct arena *arena)
{
    size_t count = 0;
    struct unit *units = ARENA_ARRAY(arena, struct unit, daemon->config->target_count);
    for (size_t i = 0; i < daemon->config->target_count; i++) {
        struct member_target *member = &daemon->targets[i];
        const struct config_target *target = member->config;
        member->in_job = member->stale && member->writer == i;
        member->stale = false;
        member->job_group = member->group;
        if (!member->in_job)
            continue;
        struct text_list paths = paths_of(daemon, i, arena);
        units[count++] = (struct unit){.name = target->name,
                                       .owner = session_owner(daemon->config->name, arena),
                                       .default_ns = target->default_ns,
                                       .paths = paths.items,
                                       .path_count = paths.len,
                                       .faults = daemon->faults,
                                       .fault_count = daemon->fault_count,
                                       .world = world_describe(member->world, arena)};
    }
    return wire_request(units, count, arena);
}

static void start_child(struct daemon *daemon)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    value request = make_request(daemon, arena);
    bool started = spawner_run(daemon->options.spawner, CHILD_RENDER, &daemon->render, &err);
    if (started) {
        daemon->rendering = true;
        const int fds[] = {daemon->snapshot, charts_snapshot(daemon)};
        started = channel_send(daemon->render.channel, json_text(request, JSON_COMPACT, arena), fds,
                               fds[1] >= 0 ? 2 : 1, &err);
        if (!started)
            release_child(daemon, &err, true);
    }
    if (!started) {
        refuse_all(daemon, &err);
        return;
    }
    daemon->render_fd =
        loop_fd_create(daemon->loop, daemon->render.channel, LOOP_READ, child_answered, daemon);
    daemon->render_timer = loop_timer_create(daemon->loop, child_too_slow, daemon);
    loop_timer_start(daemon->render_timer,
                     ((int64_t)daemon->config->limits.render_seconds + 10) * NS_PER_S);
}

static void keep_faults(struct daemon *daemon, const struct unit_fault *faults, size_t fault_count)
{
    arena_destroy(daemon->fault_arena);
    struct arena *arena = daemon->fault_arena = arena_create(ARENA_NO_BUDGET);
    daemon->faults = ARENA_ARRAY(arena, struct unit_fault, fault_count);
    daemon->fault_count = fault_count;
    for (size_t i = 0; i < fault_count; i++)
        daemon->faults[i] =
            (struct unit_fault){arena_str(arena, faults[i].rule), arena_str(arena, faults[i].path),
                                arena_str(arena, faults[i].text)};
}

void rendering_begin(struct daemon *daemon, int snapshot, const struct unit_fault *faults,
                     size_t fault_count)
{
    struct error err = ERROR_INIT;
    if (daemon->rendering)
        release_child(daemon, &err, false); /* it rendered the commit before once more */
    if (daemon->snapshot >= 0)
        (void)close(daemon->snapshot);
    daemon->snapshot = snapshot;
    keep_faults(daemon, faults, fault_count);
    forget_findings(daemon);
    charts_new_commit(daemon);
    for (size_t i = 0; i < daemon->config->target_count; i++) {
        world_new_commit(daemon->targets[i].world);
        daemon->targets[i].stale = true;
    }
    start_child(daemon);
}

void rendering_again(struct daemon *daemon)
{
    bool any = false;
    for (size_t i = 0; i < daemon->config->target_count; i++)
        any = any || daemon->targets[i].stale;
    if (any && !daemon->rendering && daemon->snapshot >= 0)
        start_child(daemon);
}

void rendering_stop(struct daemon *daemon)
{
    struct error err = ERROR_INIT;
    if (daemon->rendering)
        release_child(daemon, &err, false);
    if (daemon->snapshot >= 0)
        (void)close(daemon->snapshot);
    daemon->snapshot = -1;
    arena_destroy(daemon->fault_arena);
    daemon->fault_arena = NULL;
}
