#include "syncd/daemon/verdicts.h"

#include "syncd/daemon/daemon_internal.h"
#include "syncd/fleet/verdict.h"
#include "syncd/kube/reflector.h"

#include <stdlib.h>

/* Changes come in crowds: they are judged together. */
#define JUDGE_PAUSE_NS (200 * NS_PER_MS)
/* What nobody says anything about any more has to grow old, too. */
#define JUDGE_AGAIN_NS (60 * NS_PER_S)
#define SHOWN_MOST     200

struct watch {
    struct daemon_verdicts *owner;
    const struct member_target *member;
    struct evidence_scope scope;
    struct kube_reflector *reflector;
    uint64_t mark;
    bool listed; /* of the kind of clusters: whether one holds us is known at the next judgement */
};

struct daemon_verdicts {
    struct daemon *daemon;
    struct verdicts *verdicts;
    struct arena *arena; /* the watches */
    VEC(struct watch *) watches;
    struct loop_timer *timer;
    int64_t judged_ns; /* monotonic */
    bool pending;
    bool paused;            /* a cluster's verdict makes all targets read-only */
    VEC(const char *) sure; /* names of targets whose clusters were known once, or are not served */
};

static struct evidence *evidence_of(const struct watch *watch)
{
    return verdicts_evidence(watch->owner->verdicts);
}

static bool is_sure(const struct daemon_verdicts *owner, const struct member_target *member)
{
    VEC_FOR (const char *const, name, &owner->sure) {
        if (*name == member->config->name.ptr)
            return true;
    }
    return false;
}

static void make_sure(struct daemon_verdicts *owner, const struct member_target *member)
{
    if (!is_sure(owner, member))
        VEC_PUSH(owner->arena, &owner->sure, member->config->name.ptr);
}

void verdicts_allow(const struct daemon *daemon, const struct member_target *member,
                    bool *ret_unsure, bool *ret_paused)
{
    const struct daemon_verdicts *owner = daemon->verdicts;
    bool holds = owner != NULL && daemon->level->layout.hold_reason.len != 0;
    *ret_unsure = holds && member->config->role != ROLE_REGIONAL && !is_sure(owner, member);
    *ret_paused = holds && owner->paused;
}

static void judge_soon(struct daemon_verdicts *owner)
{
    if (!owner->pending)
        loop_timer_start(owner->timer, JUDGE_PAUSE_NS);
    owner->pending = true;
}

/* --- what a reflector tells --- */

static void begin(void *context)
{
    struct watch *watch = context;
    watch->mark = evidence_mark(evidence_of(watch));
}

static void upsert(void *context, value object, str text, struct arena *arena)
{
    struct watch *watch = context;
    (void)text;
    (void)arena;
    if (evidence_take(evidence_of(watch), watch->scope, object, clock_monotonic_ns()))
        judge_soon(watch->owner);
}

static void removed(void *context, value object, str text, struct arena *arena)
{
    struct watch *watch = context;
    value metadata = value_get(object, STR("metadata"));
    (void)text;
    (void)arena;
    if (evidence_forget(evidence_of(watch), watch->scope,
                        value_str(value_get(metadata, STR("namespace"))),
                        value_str(value_get(metadata, STR("name")))))
        judge_soon(watch->owner);
}

static void synced(void *context, str resource_version)
{
    struct watch *watch = context;
    (void)resource_version;
    (void)evidence_sweep(evidence_of(watch), watch->scope, watch->mark);
    evidence_complete(evidence_of(watch), watch->scope, clock_monotonic_ns());
    if (watch->scope.kind == watch->owner->daemon->level->layout.cluster)
        watch->listed = true;
    judge_soon(watch->owner);
}

static void fresh(void *context, str resource_version)
{
    struct watch *watch = context;
    (void)resource_version;
    evidence_complete(evidence_of(watch), watch->scope, clock_monotonic_ns());
}

static void desync(void *context, const struct error *err)
{
    struct watch *watch = context;
    /* What may not be read, or is not served, holds nothing; else the session says what is wrong.
     */
    if (err->class == ERROR_DENIED || err->class == ERROR_NOT_FOUND)
        watch->listed = watch->scope.kind == watch->owner->daemon->level->layout.cluster;
    evidence_lost(evidence_of(watch), watch->scope);
    judge_soon(watch->owner);
}

/* --- watches --- */

/* On the management cluster everything it serves; on a regional one what belongs to regions. */
static bool is_for(const struct member_target *member, const struct level_kind *kind)
{
    return member->config->role != ROLE_REGIONAL || kind->route == LEVEL_ROUTE_REGIONAL;
}

static struct watch *find_watch(const struct daemon_verdicts *owner,
                                const struct member_target *member, const struct level_kind *kind)
{
    VEC_FOR (struct watch *, watch, &owner->watches) {
        if ((*watch)->member == member && (*watch)->scope.kind == kind)
            return *watch;
    }
    return NULL;
}

static void open_watch(struct daemon_verdicts *owner, const struct member_target *member,
                       const struct level_kind *kind, const struct kube_resource *resource)
{
    static const struct kube_receiver receiver = {.begin = begin,
                                                  .upsert = upsert,
                                                  .remove = removed,
                                                  .synced = synced,
                                                  .fresh = fresh,
                                                  .desync = desync};
    struct watch *watch = find_watch(owner, member, kind);
    if (watch == NULL) {
        watch = ARENA_NEW(owner->arena, struct watch);
        bool regional = member->config->role == ROLE_REGIONAL;
        *watch = (struct watch){.owner = owner,
                                .member = member,
                                .scope = {kind, regional ? member->config->region : (str){0}}};
        VEC_PUSH(owner->arena, &owner->watches, watch);
        evidence_watch(verdicts_evidence(owner->verdicts), watch->scope);
    }
    if (watch->reflector != NULL)
        return;
    const struct kube_reflector_options options = {.path =
                                                       kube_path_of(resource, (str){0}, (str){0})};
    watch->reflector =
        kube_reflector_create(session_cluster(member->session), &options, &receiver, watch);
}

void verdicts_session_changed(struct daemon *daemon, struct member_target *member)
{
    struct daemon_verdicts *owner = daemon->verdicts;
    struct kube_cluster *cluster = session_cluster(member->session);
    enum target_phase phase = target_phase(session_target(member->session));
    if (owner == NULL || cluster == NULL || kube_cluster_resources(cluster) == NULL ||
        phase == TARGET_CONNECT || phase == TARGET_HELD)
        return;
    bool served = true;
    VEC_FOR (const struct level_kind, kind, &daemon->level->kinds) {
        if (!evidence_wants(verdicts_evidence(owner->verdicts), kind) || !is_for(member, kind))
            continue;
        const struct kube_resource *resource =
            kube_resources_find(kube_cluster_resources(cluster), kind->gvk);
        if (resource != NULL)
            open_watch(owner, member, kind, resource);
        else if (kind == daemon->level->layout.cluster && !is_sure(owner, member))
            served = false;
    }
    if (!served) {
        make_sure(owner, member);
        targets_allow(daemon);
    }
}

void verdicts_session_leaving(struct daemon *daemon, struct member_target *member)
{
    struct daemon_verdicts *owner = daemon->verdicts;
    if (owner == NULL)
        return;
    VEC_FOR (struct watch *, watch, &owner->watches) {
        if ((*watch)->member != member || (*watch)->reflector == NULL)
            continue;
        kube_reflector_destroy((*watch)->reflector);
        (*watch)->reflector = NULL;
        evidence_lost(verdicts_evidence(owner->verdicts), (*watch)->scope);
        judge_soon(owner);
    }
}

/* --- judging --- */

/* Clusters always; of the rest only what somebody must act on. */
static bool is_shown(const struct daemon *daemon, const struct fleet_verdict *verdict)
{
    return verdict->kind == daemon->level->layout.cluster || verdict->state == HEALTH_FAILED;
}

static int64_t wall_of(int64_t monotonic_ns)
{
    return clock_wall_ns() - (clock_monotonic_ns() - monotonic_ns);
}

static str management_name(const struct daemon *daemon)
{
    for (size_t i = 0; i < daemon->config->target_count; i++) {
        if (daemon->config->targets[i].role != ROLE_REGIONAL)
            return daemon->config->targets[i].name;
    }
    return daemon->config->targets[0].name;
}

/* The note gets what has changed just now. */
static void note_changes(struct daemon_verdicts *owner, int64_t now_ns)
{
    size_t count, written = 0;
    const struct fleet_verdict *all = verdicts_all(owner->verdicts, &count);
    AUTO_BUF struct buf records = BUF_INIT(256u << 10);
    for (size_t i = 0; i < count && written < SHOWN_MOST; i++) {
        if (all[i].said_ns != now_ns || !is_shown(owner->daemon, &all[i]))
            continue;
        const struct note_verdict_record record = {.kind = all[i].kind->gvk,
                                                   .name = all[i].key,
                                                   .verdict = health_state_name(all[i].state),
                                                   .reason = all[i].reason,
                                                   .message = all[i].message,
                                                   .generation = all[i].generation,
                                                   .since_ns = wall_of(all[i].since_ns)};
        note_write_verdict(management_name(owner->daemon), &record, clock_wall_ns(), &records);
        written++;
    }
    if (records.len != 0)
        notes_add(owner->daemon, buf_str(&records));
}

/* Whether targets are read-only follows from what was judged just now. */
static void settle_holds(struct daemon_verdicts *owner)
{
    size_t count;
    const struct fleet_verdict *all = verdicts_all(owner->verdicts, &count);
    const struct level_layout *layout = &owner->daemon->level->layout;
    bool paused = false, changed = false;
    for (size_t i = 0; layout->hold_reason.len != 0 && i < count && !paused; i++)
        paused = all[i].kind == layout->cluster && str_equal(all[i].reason, layout->hold_reason);
    VEC_FOR (struct watch *, watch, &owner->watches) {
        if ((*watch)->listed && !is_sure(owner, (*watch)->member)) {
            make_sure(owner, (*watch)->member);
            changed = true;
        }
    }
    if (paused != owner->paused)
        LOG(LOG_WARN, paused ? "all targets are read-only" : "targets are written to again",
            FIELD("reason", layout->hold_reason));
    changed = changed || paused != owner->paused;
    owner->paused = paused;
    if (changed)
        targets_allow(owner->daemon);
}

/* What has changed may be what a wave waits for. */
static void look_again(struct daemon_verdicts *owner, int64_t now_ns)
{
    size_t count;
    const struct fleet_verdict *all = verdicts_all(owner->verdicts, &count);
    for (size_t i = 0; i < count; i++) {
        struct object_id id = {.gvk = all[i].kind->gvk};
        str name = all[i].key;
        if (all[i].since_ns != now_ns || !str_cut(&name, '/', &id.namespace))
            continue;
        id.name = name;
        for (size_t j = 0; j < owner->daemon->config->target_count; j++) {
            struct session *session = owner->daemon->targets[j].session;
            if (target_blocked(session_target(session)) != 0)
                session_look_again(session, &id);
        }
    }
}

bool verdicts_of_object(struct daemon *daemon, value object, const struct gvk *gvk, bool has_status,
                        struct arena *arena, struct health_verdict *ret_verdict)
{
    const struct level_kind *kind =
        daemon->verdicts != NULL ? level_find_kind(daemon->level, gvk->group, gvk->kind) : NULL;
    if (kind == NULL)
        return false;
    *ret_verdict = verdicts_judge_object(daemon->verdicts->verdicts, kind, object, has_status,
                                         clock_monotonic_ns(), arena);
    return true;
}

static void judge(void *context)
{
    struct daemon_verdicts *owner = context;
    int64_t now_ns = clock_monotonic_ns();
    owner->pending = false;
    bool noted = verdicts_judge(owner->verdicts, now_ns);
    settle_holds(owner);
    if (noted) {
        note_changes(owner, now_ns);
        look_again(owner, now_ns);
        state_changed(owner->daemon);
    }
    rollouts_changed(owner->daemon);
    loop_timer_start(owner->timer, JUDGE_AGAIN_NS);
}

static value verdict_status(const struct fleet_verdict *verdict, struct arena *arena)
{
    struct object_builder object;
    char since[CLOCK_RFC3339_LEN + 1];
    clock_format_rfc3339(wall_of(verdict->since_ns), since);
    object_begin(&object, arena);
    object_add(&object, STR("kind"), value_string(verdict->kind->gvk.kind));
    object_add(&object, STR("name"), value_string(verdict->key));
    object_add(&object, STR("verdict"), value_string(str_z(health_state_name(verdict->state))));
    object_add(&object, STR("reason"), value_string(verdict->reason));
    object_add(&object, STR("message"), value_string(verdict->message));
    object_add(&object, STR("generation"), value_int(verdict->generation, arena));
    object_add(&object, STR("since"), value_string(arena_str(arena, str_z(since))));
    return object_finish(&object);
}

value verdicts_status(const struct daemon *daemon, struct arena *arena)
{
    struct array_builder list;
    array_begin(&list, arena);
    size_t count = 0;
    const struct fleet_verdict *all =
        daemon->verdicts != NULL ? verdicts_all(daemon->verdicts->verdicts, &count) : NULL;
    for (size_t i = 0; i < count; i++) {
        if (is_shown(daemon, &all[i]))
            array_add(&list, verdict_status(&all[i], arena));
    }
    return array_finish(&list);
}

const struct fleet_verdict *verdicts_of(const struct daemon *daemon, const struct level_kind *kind,
                                        str name)
{
    return daemon->verdicts != NULL ? verdicts_find(daemon->verdicts->verdicts, kind, name) : NULL;
}

bool verdicts_are_due(const struct daemon *daemon)
{
    return daemon->verdicts != NULL && daemon->verdicts->pending;
}

void verdicts_start(struct daemon *daemon)
{
    struct error err = ERROR_INIT;
    if (daemon->level == NULL)
        return;
    struct daemon_verdicts *owner = calloc(1, sizeof(*owner));
    CHECK(owner != NULL);
    if (!verdicts_create(daemon->level, &owner->verdicts, &err)) {
        LOG(LOG_ERROR, "the level's verdict rules cannot be used: nothing is judged",
            FIELD("problem", str_z(err.text)));
        free(owner);
        return;
    }
    owner->daemon = daemon;
    owner->arena = arena_create(ARENA_NO_BUDGET);
    owner->timer = loop_timer_create(daemon->loop, judge, owner);
    daemon->verdicts = owner;
}

/* The sessions are gone by now, and with them every reflector. */
void verdicts_stop(struct daemon *daemon)
{
    struct daemon_verdicts *owner = daemon->verdicts;
    if (owner == NULL)
        return;
    daemon->verdicts = NULL;
    loop_timer_destroy(owner->timer);
    verdicts_destroy(owner->verdicts);
    arena_destroy(owner->arena);
    free(owner);
}
