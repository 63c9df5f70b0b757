/* What is seen of the members becomes of their records. Evidence older than its step is not seen.
 */
#include "syncd/rollout/decide_internal.h"

static enum rollout_cause cause_of(enum rollout_health health)
{
    switch (health) {
    case ROLLOUT_IS_DEGRADED: return ROLLOUT_DEGRADED;
    case ROLLOUT_IS_STUCK: return ROLLOUT_STUCK;
    case ROLLOUT_IS_FAILED: return ROLLOUT_FAILED;
    case ROLLOUT_UNKNOWN:
    case ROLLOUT_READY:
    case ROLLOUT_WORKING:
    case ROLLOUT_MAINTENANCE: break;
    }
    return ROLLOUT_NO_CAUSE;
}

static void turn(struct rollout_record *record, enum rollout_phase phase, enum rollout_cause cause,
                 int64_t as_of_ns)
{
    record->phase = phase;
    record->cause = cause;
    record->since_ns = as_of_ns;
}

/* A cluster that has `to` without having been let go is taken as let go: there is no way back. */
static void observe_held(const struct rollout_member *seen, struct rollout_record *record)
{
    if (seen->at == ROLLOUT_AT_ABSENT) {
        turn(record, ROLLOUT_OUTSIDE, ROLLOUT_NO_CAUSE, seen->observed_ns);
    } else if (seen->at == ROLLOUT_AT_TO) {
        turn(record, ROLLOUT_RELEASED, ROLLOUT_NO_CAUSE, 0);
        record->released_ns = seen->observed_ns;
    }
}

/* Was it to be ready by then? */
static bool is_late(const struct rollout_spec *spec, const struct rollout_member *seen,
                    const struct rollout_record *record)
{
    return spec->within_ns != 0 && seen->observed_ns >= record->released_ns + spec->within_ns;
}

static void observe_released(const struct rollout_spec *spec, const struct rollout_member *seen,
                             struct rollout_record *record)
{
    enum rollout_cause cause = cause_of(seen->health);
    bool arrived = seen->at == ROLLOUT_AT_TO;
    if (seen->observed_ns < record->released_ns || seen->at == ROLLOUT_AT_UNKNOWN ||
        seen->health == ROLLOUT_UNKNOWN)
        return;
    if (arrived && seen->health == ROLLOUT_READY)
        turn(record, ROLLOUT_DONE, ROLLOUT_NO_CAUSE, seen->observed_ns);
    else if (arrived && cause != ROLLOUT_NO_CAUSE)
        turn(record, ROLLOUT_BAD, cause, seen->observed_ns);
    else if (is_late(spec, seen, record))
        turn(record, ROLLOUT_BAD, ROLLOUT_FAILED, seen->observed_ns);
}

static void observe_ended(const struct rollout_member *seen, struct rollout_record *record)
{
    enum rollout_cause cause = cause_of(seen->health);
    if (seen->observed_ns < record->since_ns || seen->at != ROLLOUT_AT_TO)
        return;
    if (record->phase == ROLLOUT_BAD && seen->health == ROLLOUT_READY)
        turn(record, ROLLOUT_DONE, ROLLOUT_NO_CAUSE, seen->observed_ns);
    else if (cause != ROLLOUT_NO_CAUSE && (record->phase == ROLLOUT_DONE || record->cause != cause))
        turn(record, ROLLOUT_BAD, cause, seen->observed_ns);
}

void observe_members(struct deciding *deciding)
{
    for (size_t i = 0; i < deciding->facts->member_count; i++) {
        const struct rollout_member *seen = &deciding->facts->members[i];
        struct rollout_record *record = &deciding->records[i];
        if (!seen->reachable)
            continue;
        if (record->phase == ROLLOUT_HELD)
            observe_held(seen, record);
        if (record->phase == ROLLOUT_RELEASED)
            observe_released(deciding->spec, seen, record);
        else if (record->phase == ROLLOUT_DONE || record->phase == ROLLOUT_BAD)
            observe_ended(seen, record);
    }
}

/* A stop holds while so many have gone wrong, or until somebody says resume. */
void observe_stops(struct deciding *deciding)
{
    struct rollout_state *next = &deciding->out->next;
    size_t counts[ROLLOUT_CAUSES] = {0};
    bool stops = false;
    for (size_t i = 0; i < deciding->facts->member_count; i++) {
        if (deciding->records[i].phase == ROLLOUT_BAD)
            counts[deciding->records[i].cause]++;
    }
    for (size_t cause = 1; cause < ROLLOUT_CAUSES; cause++) {
        uint32_t most = deciding->spec->stop_on[cause];
        if (next->forgiven[cause] > counts[cause])
            next->forgiven[cause] = (uint32_t)counts[cause];
        stops = stops || (most != 0 && counts[cause] >= (size_t)most + next->forgiven[cause]);
    }
    next->stopped = stops || (next->stopped && deciding->spec->stop_for_good);
    memcpy(deciding->out->counts.causes, counts, sizeof(counts));
}

bool member_is_unavailable(const struct deciding *deciding, size_t index)
{
    const struct rollout_member *seen = &deciding->facts->members[index];
    switch (deciding->records[index].phase) {
    case ROLLOUT_RELEASED:
    case ROLLOUT_BAD: return true;
    case ROLLOUT_OUTSIDE: return false;
    default: break;
    }
    if (!seen->reachable)
        return deciding->spec->unreachable == ROLLOUT_COUNT;
    return seen->health != ROLLOUT_READY;
}
