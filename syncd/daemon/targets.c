/* The sessions of all targets, and when all of them have settled. */
#include "syncd/daemon/daemon_internal.h"

#include "syncd/fleet/routing.h"

#include <stdio.h>

struct member_target *daemon_member(const struct daemon *daemon, const struct session *session)
{
    for (size_t i = 0; i < daemon->config->target_count; i++) {
        if (daemon->targets[i].session == session)
            return &daemon->targets[i];
    }
    return NULL;
}

static void log_settled(const struct member_target *member)
{
    AUTO_BUF struct buf text = BUF_INIT(1024);
    struct target_summary summary = target_summary(session_target(member->session));
    summary_sentence(member->config->name, &summary, &text);
    LOG(LOG_INFO, "settled", FIELD("target", member->config->name),
        FIELD("commit", str_slice(str_z(member->commit), 0, 12)), FIELD("result", buf_str(&text)));
}

static void changed(void *context, struct session *session)
{
    struct daemon *daemon = context;
    struct member_target *member = daemon_member(daemon, session);
    const struct target *target = session_target(session);
    if (member == NULL)
        return;
    if (target_phase(target) == TARGET_SETTLED)
        log_settled(member);
    else if (target_phase(target) == TARGET_HELD && !target_is_joined(target))
        LOG(LOG_ERROR, "the target is held: nothing is written to it",
            FIELD("target", member->config->name), FIELD("problem", target_problem(target)));
    else if (target_problem(target).len != 0 && !target_is_joined(target))
        LOG(LOG_WARN, "the target is not reached; trying again",
            FIELD("target", member->config->name), FIELD("problem", target_problem(target)));
    world_session_changed(member->world);
    verdicts_session_changed(daemon, member);
    rollouts_changed(daemon);
    notes_commit_changed(daemon);
    state_changed(daemon);
}

static void leaving(void *context, struct session *session)
{
    struct member_target *member = daemon_member(context, session);
    if (member == NULL)
        return;
    world_session_leaving(member->world);
    verdicts_session_leaving(context, member);
    rollouts_session_leaving(context, member);
}

static bool recorded(void *context, struct session *session, const struct session_record *list,
                     size_t count)
{
    struct member_target *member = daemon_member(context, session);
    return member == NULL || rollouts_recorded(context, member, list, count);
}

static void held(void *context, struct session *session)
{
    (void)session;
    rollouts_changed(context);
}

static void acted(void *context, struct session *session, const struct target_object *object,
                  const char *action, const char *problem)
{
    const struct daemon *daemon = context;
    const struct member_target *member = daemon_member(daemon, session);
    if (member == NULL)
        return;
    str name = member->config->name;
    if (problem == NULL)
        LOG(LOG_DEBUG, action, FIELD("target", name), FIELD("object", object->key));
    else
        LOG(LOG_WARN, "not done", FIELD("target", name), FIELD("object", object->key),
            FIELD("action", str_z(action)), FIELD("problem", str_z(problem)));
}

static bool judge(void *context, value object, const struct gvk *gvk, bool has_status,
                  struct arena *arena, struct health_verdict *ret_verdict)
{
    return verdicts_of_object(context, object, gvk, has_status, arena, ret_verdict);
}

static str pinned(void *context, str target)
{
    return state_pinned(context, target);
}

static void pin(void *context, str target, str cluster_uid)
{
    state_pin(context, target, cluster_uid);
}

static struct kube_cluster *cluster_of(void *context, str target)
{
    const struct daemon *daemon = context;
    for (size_t i = 0; i < daemon->config->target_count; i++) {
        if (str_equal(daemon->targets[i].config->name, target))
            return session_cluster(daemon->targets[i].session);
    }
    return NULL;
}

/* The rules that come with the program can be read: a test reads them. */
static struct health_rules *make_rules(const struct daemon *daemon)
{
    struct health_rules *rules = health_rules_new(limits_default(), daemon->config_arena);
    struct error err = ERROR_INIT;
    CHECK(health_rules_add_builtin(rules, &err));
    return rules;
}

/*
 * Nothing is pruned as long as one target's cluster is not known: it may turn out to be the same,
 * and then what it holds would be missing from what the other wants. Nor afterwards, until the
 * writer got a commit that was rendered with it.
 */
static bool all_known(const struct daemon *daemon)
{
    for (size_t i = 0; i < daemon->config->target_count; i++) {
        if (daemon->targets[i].uid[0] == '\0')
            return false;
    }
    return true;
}

static struct target_policy policy_of(const struct daemon *daemon,
                                      const struct member_target *member)
{
    bool unsure, paused;
    const struct config_target *target = member->config;
    verdicts_allow(daemon, member, &unsure, &paused);
    const struct config_prune *prune = &daemon->config->prune;
    return (struct target_policy){.default_ns = target->default_ns,
                                  .prune = prune->enabled,
                                  .others_unknown = !all_known(daemon),
                                  .group = member->group,
                                  .max_count = (uint64_t)prune->max_count,
                                  .max_percent = (uint64_t)prune->max_percent,
                                  .in_flight = 64,
                                  .wave_timeout_ns = daemon->config->ready_timeout_ns,
                                  .adopt = daemon->config->adopt_options,
                                  .unsure = unsure,
                                  .paused = paused,
                                  .level = daemon->level};
}

static void describe(const struct daemon *daemon, struct routing_target *places, str *uids)
{
    for (size_t i = 0; i < daemon->config->target_count; i++) {
        const struct member_target *member = &daemon->targets[i];
        places[i] = (struct routing_target){.name = member->config->name,
                                            .regional = member->config->role == ROLE_REGIONAL,
                                            .region = member->config->region};
        uids[i] = str_z(member->uid);
    }
}

/* A member joins another: that one gets its directories, and is rendered with them. */
static void join(struct daemon *daemon, size_t member, size_t writer)
{
    struct member_target *joined = &daemon->targets[member], *other = &daemon->targets[writer];
    joined->writer = writer;
    joined->stale = writer == member; /* its cluster is its own again: it is rendered for itself */
    if (joined->stale)
        return;
    joined->refused = false;
    other->stale = true;
    other->group++;
    LOG(LOG_INFO, "two targets are one cluster", FIELD("target", joined->config->name),
        FIELD("writer", other->config->name));
}

/*
 * Two that write to one cluster would prune each other's objects. So the one that writes is found
 * as soon as a cluster says its uid, before anything is written.
 */
static str writer_of(void *context, struct session *session, str cluster_uid)
{
    struct daemon *daemon = context;
    struct member_target *member = daemon_member(daemon, session);
    size_t count = daemon->config->target_count;
    if (member == NULL)
        return (str){0};
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct routing_target *places = ARENA_ARRAY(arena, struct routing_target, count);
    str *uids = ARENA_ARRAY(arena, str, count);
    size_t *writers = ARENA_ARRAY(arena, size_t, count);
    (void)snprintf(member->uid, sizeof(member->uid), "%.*s", STR_ARG(cluster_uid));
    describe(daemon, places, uids);
    routing_combine(places, uids, count, writers);
    size_t self = (size_t)(member - daemon->targets);
    for (size_t i = 0; i < count; i++) {
        if (writers[i] == daemon->targets[i].writer)
            continue;
        join(daemon, i, writers[i]);
        if (i != self)
            session_join(daemon->targets[i].session, daemon->targets[writers[i]].config->name);
    }
    targets_allow(daemon); /* who writes is settled before anybody may prune */
    rendering_again(daemon);
    return writers[self] != self ? daemon->targets[writers[self]].config->name : (str){0};
}

static void restored(void *context, struct session *session, const struct error *err);

static void start_session(struct daemon *daemon, struct member_target *member)
{
    static const struct session_port port = {
        .changed = changed,
        .drifted = drift_found,
        .undrifted = drift_gone,
        .stranger = drift_stranger,
        .acted = acted,
        .pinned = pinned,
        .pin = pin,
        .writer = writer_of,
        .judge = judge,
        .cluster_of = cluster_of,
        .restored = restored,
        .leaving = leaving,
        .held = held,
        .recorded = recorded,
    };
    const struct config *config = daemon->config;
    const struct session_options options = {.target = member->config,
                                            .limits = &config->limits,
                                            .sync_name = config->name,
                                            .health = daemon->health,
                                            .policy = policy_of(daemon, member),
                                            .resync_ns = config->resync_ns,
                                            .drift = config->drift};
    member->session = session_create(daemon->loop, daemon->http, &options, &port, daemon);
    member->world = world_create(daemon, member);
}

/* As after a restart: from the cluster's own inventory, and from Git. */
static void start_anew(void *context)
{
    struct daemon *daemon = context;
    for (size_t i = 0; daemon->targets != NULL && i < daemon->config->target_count; i++) {
        struct member_target *member = &daemon->targets[i];
        if (!member->restored)
            continue;
        session_destroy(member->session);
        world_destroy(member->world);
        start_session(daemon, member);
        member->restored = false;
        member->stale = true;
    }
    rendering_again(daemon);
}

static void restored(void *context, struct session *session, const struct error *err)
{
    struct daemon *daemon = context;
    struct member_target *member = daemon_member(daemon, session);
    if (member == NULL || member->restored)
        return;
    LOG(LOG_WARN, "the cluster was restored from a backup: what was known of it is forgotten",
        FIELD("target", member->config->name), FIELD("problem", str_z(err->text)));
    member->restored = true;
    loop_defer(daemon->loop, start_anew, daemon);
}

void targets_start(struct daemon *daemon)
{
    const struct config *config = daemon->config;
    daemon->health = make_rules(daemon);
    daemon->targets = ARENA_ARRAY(daemon->config_arena, struct member_target, config->target_count);
    for (size_t i = 0; i < config->target_count; i++) {
        struct member_target *member = &daemon->targets[i];
        member->config = &config->targets[i];
        member->writer = i;
        /* What was recorded counts until the cluster says otherwise. */
        (void)snprintf(member->uid, sizeof(member->uid), "%.*s",
                       STR_ARG(state_pinned(daemon, config->targets[i].name)));
    }
    for (size_t i = 0; i < config->target_count; i++) {
        start_session(daemon, &daemon->targets[i]);
    }
}

void targets_allow(struct daemon *daemon)
{
    for (size_t i = 0; daemon->targets != NULL && i < daemon->config->target_count; i++) {
        struct target_policy policy = policy_of(daemon, &daemon->targets[i]);
        session_set_policy(daemon->targets[i].session, &policy);
    }
}

void targets_stop(struct daemon *daemon)
{
    if (daemon->targets == NULL)
        return;
    for (size_t i = 0; i < daemon->config->target_count; i++) {
        session_destroy(daemon->targets[i].session);
        world_destroy(daemon->targets[i].world);
    }
    daemon->targets = NULL;
}

struct note_target *daemon_note_targets(const struct daemon *daemon, struct arena *arena)
{
    size_t count = daemon->config->target_count;
    struct note_target *targets = ARENA_ARRAY(arena, struct note_target, count);
    for (size_t i = 0; i < count; i++) {
        const struct member_target *member = &daemon->targets[i];
        targets[i] = (struct note_target){.name = member->config->name,
                                          .target = session_target(member->session),
                                          .findings = member->findings,
                                          .finding_count = member->finding_count,
                                          .refused = member->refused};
    }
    return targets;
}

/* --- once --- */

static int exit_code_of(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_SYNCED: return 0;
    case VERDICT_PARTLY: return 4;
    case VERDICT_PROGRESSING:
    case VERDICT_UNKNOWN: return 5;
    case VERDICT_HELD: return 6;
    case VERDICT_FAILED:
    case VERDICT_REFUSED: return 3;
    }
    return 3;
}

int daemon_exit_code(const struct daemon *daemon)
{
    if (daemon->held[0] != '\0')
        return 6;
    if (daemon->source_problem[0] != '\0' || daemon->commit[0] == '\0')
        return 3;
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    return exit_code_of(
        note_verdict(daemon_note_targets(daemon, arena), daemon->config->target_count));
}

/* A cluster that does not answer ends the wait after this time. */
#define UNREACHABLE_PATIENCE_NS (10 * NS_PER_S)

static bool has_settled(const struct daemon *daemon, const struct member_target *member)
{
    const struct target *target = session_target(member->session);
    if (member->refused && target_desired(target) == NULL)
        return true;
    if (member->waiting && target_phase(target) != TARGET_CONNECT)
        return false;
    if (target_phase(target) == TARGET_CONNECT && target_problem(target).len != 0)
        return daemon->unreachable_since_ns != 0 &&
               clock_monotonic_ns() - daemon->unreachable_since_ns > UNREACHABLE_PATIENCE_NS;
    return target_summary(target).terminal;
}

static bool source_has_settled(const struct daemon *daemon)
{
    if (!daemon->source_seen || daemon->rendering)
        return false;
    if (daemon->held[0] != '\0' || daemon->source_problem[0] != '\0')
        return true;
    return daemon->commit[0] != '\0';
}

void daemon_check_settled(struct daemon *daemon)
{
    if (!source_has_settled(daemon))
        return;
    if (daemon->unreachable_since_ns == 0)
        daemon->unreachable_since_ns = clock_monotonic_ns();
    bool commit_here = daemon->held[0] == '\0' && daemon->source_problem[0] == '\0';
    for (size_t i = 0; commit_here && i < daemon->config->target_count; i++) {
        if (!has_settled(daemon, &daemon->targets[i]))
            return;
    }
    if (!rollouts_have_settled(daemon) || !notes_idle(daemon))
        return;
    daemon->exit_code = daemon_exit_code(daemon);
    loop_stop(daemon->loop);
}
