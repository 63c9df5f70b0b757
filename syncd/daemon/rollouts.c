/* What is seen of a rollout's members, and what follows from its state. */
#include "syncd/daemon/rollouts_internal.h"

#include "render/template/dyn.h"
#include "render/template/zone.h"
#include "syncd/base/zones.h"
#include "syncd/fleet/verdict.h"

#include <stdio.h>
#include <stdlib.h>

#define DECIDE_PAUSE_NS (100 * NS_PER_MS) /* changes come in crowds */
#define LOOK_AGAIN_NS   (5 * NS_PER_S)    /* while it is under way: evidence grows old by itself */

static void rollout_destroy_later(struct daemon_rollout *rollout)
{
    rollout->dead = true;
    if (rollout->knowledge != STATE_BUSY)
        rollout_destroy(rollout);
}

void rollout_destroy(struct daemon_rollout *rollout)
{
    struct daemon_rollouts *owner = rollout->owner;
    for (size_t i = 0; i < owner->list.len; i++) {
        if (owner->list.items[i] != rollout)
            continue;
        owner->list.items[i] = owner->list.items[--owner->list.len];
        break;
    }
    arena_destroy(rollout->state_arena);
    arena_destroy(rollout->next_arena);
    arena_destroy(rollout->decision_arena);
    free(rollout->told);
    desired_unref(rollout->desired);
    free(rollout);
}

void rollouts_soon(struct daemon_rollouts *owner, int64_t pause_ns)
{
    int64_t due = clock_monotonic_ns() + pause_ns;
    if (owner->due_ns != 0 && owner->due_ns <= due)
        return;
    owner->due_ns = due;
    loop_timer_start_at(owner->timer, due);
}

void rollouts_changed(struct daemon *daemon)
{
    if (daemon->rollouts != NULL && daemon->rollouts->list.len != 0)
        rollouts_soon(daemon->rollouts, DECIDE_PAUSE_NS);
}

/* --- what is seen --- */

static int64_t wall_of(int64_t monotonic_ns)
{
    return clock_wall_ns() - (clock_monotonic_ns() - monotonic_ns);
}

static enum rollout_health health_of(enum health_state state, str reason)
{
    switch (state) {
    case HEALTH_READY: return ROLLOUT_READY;
    case HEALTH_PROGRESSING:
    case HEALTH_TERMINATING: return ROLLOUT_WORKING;
    case HEALTH_SUSPENDED:
        return str_equal(reason, STR("Maintenance")) ? ROLLOUT_MAINTENANCE : ROLLOUT_WORKING;
    case HEALTH_FAILED:
        return str_equal(reason, STR("Degraded")) ? ROLLOUT_IS_DEGRADED
               : str_equal(reason, STR("Stuck"))  ? ROLLOUT_IS_STUCK
                                                  : ROLLOUT_IS_FAILED;
    default: return ROLLOUT_UNKNOWN;
    }
}

/* The platform's verdict where its level has one, else what the object says of itself. */
static void see_health(const struct daemon_rollout *rollout, const struct target_hold *hold,
                       struct rollout_member *seen, struct arena *arena)
{
    const struct target *target = session_target(rollout->member->session);
    const struct target_object *object = target_object_at(target, hold->object);
    const struct fleet_verdict *verdict =
        rollout->plan->level != NULL
            ? verdicts_of(rollout->owner->daemon, rollout->plan->level, seen->name)
            : NULL;
    if (verdict != NULL) {
        bool newer = verdict->generation >= hold->generation;
        seen->health = newer ? health_of(verdict->state, verdict->reason) : ROLLOUT_WORKING;
        seen->why =
            newer ? arena_str(arena, verdict->message) : STR("its verdict is of an older spec");
        return;
    }
    const struct health_note *note = target_health_note(target, object);
    seen->why = note != NULL ? arena_str(arena, str_z(note->text)) : (str){0};
    str reason = str_slice(seen->why, 0, str_index(seen->why, ':'));
    seen->health = health_of((enum health_state)object->health, reason);
}

static void see_member(const struct daemon_rollout *rollout, size_t index, struct arena *arena)
{
    static const enum rollout_at values[] = {[HOLD_UNKNOWN] = ROLLOUT_AT_UNKNOWN,
                                             [HOLD_FROM] = ROLLOUT_AT_FROM,
                                             [HOLD_TO] = ROLLOUT_AT_TO,
                                             [HOLD_OTHER] = ROLLOUT_AT_OTHER};
    const struct target *target = session_target(rollout->member->session);
    const struct target_hold *hold = target_hold_at(target, rollout->plan->holds[index]);
    struct rollout_member *seen = &rollout->plan->members[index];
    seen->reachable = false;
    if (hold->object == NO_DESIRED)
        return;
    const struct target_object *object = target_object_at(target, hold->object);
    const struct target_kind *kind = target_kind_at(target, object->kind);
    int64_t age = clock_monotonic_ns() - kind->heard_ns;
    seen->reachable = target_is_reached(target) && kind->state == KIND_SYNCED &&
                      age <= EVIDENCE_TTL_NS && object->state != OBJECT_BUSY;
    seen->observed_ns = wall_of(kind->heard_ns);
    seen->at = object->seen ? values[hold->value] : ROLLOUT_AT_ABSENT;
    seen->available = hold->available;
    seen->health = ROLLOUT_UNKNOWN;
    seen->why = (str){0};
    if (object->seen)
        see_health(rollout, hold, seen, arena);
}

static bool zone_offset(void *context, str zone, int64_t utc, int32_t *ret_east)
{
    struct daemon_rollouts *owner = context;
    str file;
    struct dyn_time time = {.seconds = utc};
    if (owner->zones == NULL) {
        owner->zones_arena = arena_create(ARENA_NO_BUDGET);
        owner->zones = zones_create(owner->zones_arena, NULL);
    }
    if (!zones_find(owner->zones, zone, &file) || !zone_apply(file, &time))
        return false;
    *ret_east = time.offset;
    return true;
}

/* --- what follows --- */

void rollout_state_settled(struct daemon_rollout *rollout)
{
    struct target *target = session_target(rollout->member->session);
    if (rollout->dead || target_desired(target) != rollout->desired)
        return;
    for (size_t i = 0; i < rollout->plan->count; i++) {
        if (rollout_lets_go(&rollout->state, rollout->plan->members[i].name))
            target_let_go(target, rollout->plan->holds[i]);
    }
    session_wake(rollout->member->session);
}

/* True when the words of the commit change the state; they are heard once. */
static bool take_words(const struct daemon_rollout *rollout, struct rollout_state *state,
                       struct arena *arena)
{
    const struct daemon_rollouts *owner = rollout->owner;
    bool changed = false;
    if (owner->word_count == 0 || !owner->trusted ||
        str_equal(state->heard, str_z(owner->words_commit)))
        return false;
    struct rollout_wave_record *waves =
        ARENA_ARRAY(arena, struct rollout_wave_record, state->wave_count);
    memcpy(waves, state->waves, state->wave_count * sizeof(*waves));
    state->waves = waves;
    for (size_t i = 0; i < owner->word_count; i++)
        changed = rollout_command_take(rollout->plan->spec, state, &owner->words[i]) || changed;
    if (changed)
        state->heard = arena_str(arena, str_z(owner->words_commit));
    return changed;
}

static void decide(struct daemon_rollout *rollout)
{
    struct daemon_rollouts *owner = rollout->owner;
    const struct rollout_clock clock = {owner, zone_offset};
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct rollout_state state = rollout->state;
    bool words = take_words(rollout, &state, arena);
    for (size_t i = 0; i < rollout->plan->count; i++)
        see_member(rollout, i, arena);
    const struct rollout_case facts = {.spec = rollout->plan->spec,
                                       .members = rollout->plan->members,
                                       .member_count = rollout->plan->count,
                                       .state = &state,
                                       .clock = &clock,
                                       .now_ns = clock_wall_ns()};
    struct rollout_decision decision = rollout_decide(&facts, arena);
    bool write = words || decision.changed || rollout->version[0] == '\0';
    arena_destroy(rollout->decision_arena);
    rollout->decision_arena = arena;
    rollout->decision = decision;
    if (write)
        rollout_state_put(rollout, &decision.next);
    else
        rollout_tell(rollout);
    int64_t wait = decision.wake_ns - facts.now_ns;
    bool under_way =
        decision.counts.released + decision.counts.bad != 0 || decision.wave != ROLLOUT_NO_WAVE;
    if (under_way && wait > LOOK_AGAIN_NS)
        wait = LOOK_AGAIN_NS;
    if (decision.wake_ns != INT64_MAX || under_way)
        rollouts_soon(owner, wait > DECIDE_PAUSE_NS ? wait : DECIDE_PAUSE_NS);
}

static void look_at(struct daemon_rollout *rollout)
{
    const struct target *target = session_target(rollout->member->session);
    if (rollout->dead || rollout->knowledge == STATE_BUSY)
        return;
    if (target_desired(target) != rollout->desired || !target_is_reached(target) ||
        clock_monotonic_ns() < rollout->retry_ns) {
        rollouts_soon(rollout->owner, NS_PER_S);
        return;
    }
    if (rollout->knowledge == STATE_UNKNOWN) {
        rollout_state_get(rollout);
        return;
    }
    rollout_state_settled(rollout); /* a new table knows nothing of it yet */
    if (verdicts_are_due(rollout->owner->daemon))
        return; /* they say so when they are made */
    decide(rollout);
}

static void look(void *context)
{
    struct daemon_rollouts *owner = context;
    owner->due_ns = 0;
    for (size_t i = 0; i < owner->list.len; i++)
        look_at(owner->list.items[i]);
}

/* --- from the daemon --- */

void rollouts_take(struct daemon *daemon, struct member_target *member,
                   const struct rollout_set *set, struct desired *desired)
{
    struct daemon_rollouts *owner = daemon->rollouts;
    for (size_t i = owner->list.len; i-- > 0;) {
        if (owner->list.items[i]->member == member && !owner->list.items[i]->dead)
            rollout_destroy_later(owner->list.items[i]);
    }
    for (size_t i = 0; i < set->count; i++) {
        struct daemon_rollout *rollout = calloc(1, sizeof(*rollout));
        CHECK(rollout != NULL);
        *rollout = (struct daemon_rollout){.owner = owner,
                                           .member = member,
                                           .desired = desired_ref(desired),
                                           .plan = &set->list[i]};
        rollout->told = calloc(rollout->plan->count + 1, sizeof(*rollout->told));
        CHECK(rollout->told != NULL);
        VEC_PUSH(owner->arena, &owner->list, rollout);
    }
    rollouts_changed(daemon);
}

void rollouts_new_commit(struct daemon *daemon, str commit, str message, str signer)
{
    struct daemon_rollouts *owner = daemon->rollouts;
    arena_destroy(owner->words_arena);
    owner->words_arena = arena_create(ARENA_NO_BUDGET);
    owner->word_count = rollout_trailers_read(arena_str(owner->words_arena, message), owner->words);
    owner->trusted = signer.len != 0;
    (void)snprintf(owner->words_commit, sizeof(owner->words_commit), "%.*s", STR_ARG(commit));
    str by = arena_str(owner->words_arena, signer);
    for (size_t i = 0; i < owner->word_count; i++)
        owner->words[i].by = by;
    if (owner->word_count != 0 && !owner->trusted)
        LOG(LOG_WARN, "the commit speaks to a rollout, and no signature vouches for it",
            FIELD("commit", str_slice(commit, 0, 12)));
}

void rollouts_session_leaving(struct daemon *daemon, struct member_target *member)
{
    struct daemon_rollouts *owner = daemon->rollouts;
    for (size_t i = owner != NULL ? owner->list.len : 0; i-- > 0;) {
        struct daemon_rollout *rollout = owner->list.items[i];
        if (rollout->member != member)
            continue;
        rollout->knowledge = STATE_UNKNOWN;
        if (rollout->dead)
            rollout_destroy(rollout);
    }
}

bool rollouts_have_settled(const struct daemon *daemon)
{
    const struct daemon_rollouts *owner = daemon->rollouts;
    for (size_t i = 0; i < owner->list.len; i++) {
        const struct daemon_rollout *rollout = owner->list.items[i];
        const struct target *target = session_target(rollout->member->session);
        if (rollout->dead || !target_is_reached(target))
            continue;
        if (rollout->decision.reasons == NULL || rollout->knowledge != STATE_KNOWN)
            return false;
    }
    return true;
}

void rollouts_start(struct daemon *daemon)
{
    struct daemon_rollouts *owner = calloc(1, sizeof(*owner));
    CHECK(owner != NULL);
    owner->daemon = daemon;
    owner->arena = arena_create(ARENA_NO_BUDGET);
    owner->timer = loop_timer_create(daemon->loop, look, owner);
    daemon->rollouts = owner;
}

void rollouts_stop(struct daemon *daemon)
{
    struct daemon_rollouts *owner = daemon->rollouts;
    if (owner == NULL)
        return;
    while (owner->list.len != 0)
        rollout_destroy(owner->list.items[owner->list.len - 1]);
    loop_timer_destroy(owner->timer);
    rollouts_kept_finish(owner);
    arena_destroy(owner->words_arena);
    arena_destroy(owner->zones_arena);
    arena_destroy(owner->arena);
    free(owner);
    daemon->rollouts = NULL;
}
