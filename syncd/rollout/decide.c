/* One decision: which waves have passed, and who of the open ones is let go. */
#include "syncd/rollout/decide_internal.h"

#include "syncd/base/clock.h"

#define LOOK_AGAIN_NS (60 * NS_PER_S) /* while a window is shut */

static size_t limit_of(struct rollout_amount amount, size_t members)
{
    if (!amount.set)
        return SIZE_MAX;
    if (!amount.percent)
        return amount.number;
    size_t part = members * amount.number / 100;
    return part != 0 ? part : 1;
}

/* What one wave looks like. */
struct tally {
    size_t members, on_the_way, unavailable;
    bool waits;      /* for one that is held or on its way */
    int64_t done_ns; /* as of when the last of it ended */
};

static bool is_skipped(const struct deciding *deciding, size_t index)
{
    return deciding->records[index].phase == ROLLOUT_HELD &&
           !deciding->facts->members[index].reachable &&
           deciding->spec->unreachable == ROLLOUT_SKIP;
}

static struct tally tally_wave(const struct deciding *deciding, uint32_t wave)
{
    struct tally tally = {.done_ns = deciding->out->next.waves[wave].opened_ns};
    for (size_t i = 0; i < deciding->facts->member_count; i++) {
        const struct rollout_record *record = &deciding->records[i];
        if (deciding->facts->members[i].wave != wave || record->phase == ROLLOUT_OUTSIDE)
            continue;
        tally.members++;
        tally.on_the_way += record->phase == ROLLOUT_RELEASED;
        tally.unavailable += member_is_unavailable(deciding, i);
        tally.waits |= record->phase == ROLLOUT_RELEASED ||
                       (record->phase == ROLLOUT_HELD && !is_skipped(deciding, i));
        if (record->since_ns > tally.done_ns)
            tally.done_ns = record->since_ns;
    }
    return tally;
}

/* Was every cluster of the wave that is done seen to be so at this time or later? */
static bool is_proven(const struct deciding *deciding, uint32_t wave, int64_t at_ns)
{
    for (size_t i = 0; i < deciding->facts->member_count; i++) {
        const struct rollout_member *seen = &deciding->facts->members[i];
        if (seen->wave != wave || deciding->records[i].phase != ROLLOUT_DONE)
            continue;
        if (!seen->reachable && deciding->spec->unreachable == ROLLOUT_SKIP)
            continue;
        if (!seen->reachable || seen->at != ROLLOUT_AT_TO || seen->health != ROLLOUT_READY ||
            seen->observed_ns < at_ns)
            return false;
    }
    return true;
}

static void wake_at(struct deciding *deciding, int64_t at_ns)
{
    if (at_ns > deciding->now_ns && at_ns < deciding->out->wake_ns)
        deciding->out->wake_ns = at_ns;
}

/* True when the wave passes, or has passed before; what comes next is opened then. */
static bool pass_wave(struct deciding *deciding, uint32_t wave)
{
    struct rollout_wave_record *record = &deciding->out->next.waves[wave];
    if (record->passed)
        return true;
    if (deciding->out->next.status != ROLLOUT_RUNNING)
        return false;
    struct tally tally = tally_wave(deciding, wave);
    int64_t end_ns = tally.members != 0 ? tally.done_ns + deciding->spec->waves.items[wave].soak_ns
                                        : tally.done_ns;
    if (tally.waits)
        return false;
    wake_at(deciding, end_ns);
    if (deciding->now_ns < end_ns || !is_proven(deciding, wave, end_ns))
        return false;
    record->passed = true;
    if (wave + 1 < deciding->out->next.wave_count)
        deciding->out->next.waves[wave + 1].opened_ns = end_ns;
    return true;
}

/* --- letting go --- */

/* What holds every member of a wave alike. */
static enum rollout_reason wave_reason(const struct deciding *deciding, uint32_t wave)
{
    const struct rollout_state *next = &deciding->out->next;
    const struct rollout_wave *spec = &deciding->spec->waves.items[wave];
    const struct rollout_wave_record *record = &next->waves[wave];
    switch (next->status) {
    case ROLLOUT_ABORTED: return ROLLOUT_R_ABORTED;
    case ROLLOUT_PAUSED: return deciding->spec->left ? ROLLOUT_R_LEFT : ROLLOUT_R_PAUSED;
    case ROLLOUT_STOPPED: return ROLLOUT_R_STOPPED;
    case ROLLOUT_RUNNING:
    case ROLLOUT_COMPLETE: break;
    }
    if (record->opened_ns == 0)
        return ROLLOUT_R_WAVE;
    if (spec->manual_approval && !record->approved)
        return ROLLOUT_R_APPROVAL;
    if (deciding->spec->unreachable == ROLLOUT_HOLD && deciding->out->counts.unreachable != 0)
        return ROLLOUT_R_OTHER_UNREACHABLE;
    if (!rollout_is_open(&deciding->spec->freeze, deciding->facts->clock, deciding->now_ns))
        return ROLLOUT_R_WINDOW;
    return ROLLOUT_NOT_HELD;
}

/* The gates before, which a cluster has to fulfil itself. */
static enum rollout_reason gate_reason(const struct rollout_spec *spec,
                                       const struct rollout_member *seen)
{
    if ((spec->gates & ROLLOUT_RELEASE_AVAILABLE) != 0 && !seen->available)
        return ROLLOUT_R_RELEASE;
    if ((spec->gates & ROLLOUT_NO_STUCK_LCM) != 0 &&
        (seen->health == ROLLOUT_IS_STUCK || seen->health == ROLLOUT_UNKNOWN))
        return ROLLOUT_R_STUCK;
    if ((spec->gates & ROLLOUT_NOT_IN_MAINTENANCE) != 0 &&
        (seen->health == ROLLOUT_MAINTENANCE || seen->health == ROLLOUT_UNKNOWN))
        return ROLLOUT_R_MAINTENANCE;
    if ((spec->gates & ROLLOUT_CLUSTER_READY) != 0 && seen->health != ROLLOUT_READY)
        return ROLLOUT_R_NOT_READY;
    return ROLLOUT_NOT_HELD;
}

static enum rollout_reason member_reason(const struct deciding *deciding, size_t index,
                                         const struct tally *tally)
{
    const struct rollout_member *seen = &deciding->facts->members[index];
    const struct rollout_spec *spec = deciding->spec;
    const struct rollout_wave *wave = &spec->waves.items[seen->wave];
    if (!seen->reachable || seen->at == ROLLOUT_AT_UNKNOWN)
        return ROLLOUT_R_UNREACHABLE;
    if (seen->observed_ns < deciding->out->next.waves[seen->wave].opened_ns)
        return ROLLOUT_R_OLD;
    if (seen->at != ROLLOUT_AT_FROM)
        return ROLLOUT_R_VALUE;
    enum rollout_reason gate = gate_reason(spec, seen);
    if (gate != ROLLOUT_NOT_HELD)
        return gate;
    if (tally->on_the_way >= wave->max_parallel)
        return ROLLOUT_R_PARALLEL;
    size_t more = !member_is_unavailable(deciding, index);
    size_t members = deciding->out->counts.members;
    if (deciding->out->counts.unavailable + more > limit_of(spec->max_unavailable, members) ||
        tally->unavailable + more > limit_of(wave->max_unavailable, tally->members))
        return ROLLOUT_R_UNAVAILABLE;
    return ROLLOUT_NOT_HELD;
}

static void let_go(struct deciding *deciding, size_t index, struct tally *tally)
{
    struct rollout_record *record = &deciding->records[index];
    size_t more = !member_is_unavailable(deciding, index);
    record->phase = ROLLOUT_RELEASED;
    record->released_ns = deciding->now_ns;
    tally->on_the_way++;
    tally->unavailable += more;
    deciding->out->counts.unavailable += more;
}

static void release_wave(struct deciding *deciding, uint32_t wave)
{
    enum rollout_reason all = wave_reason(deciding, wave);
    struct tally tally = tally_wave(deciding, wave);
    if (all == ROLLOUT_R_WINDOW)
        wake_at(deciding, deciding->now_ns + LOOK_AGAIN_NS);
    for (size_t i = 0; i < deciding->facts->member_count; i++) {
        if (deciding->facts->members[i].wave != wave || deciding->records[i].phase != ROLLOUT_HELD)
            continue;
        enum rollout_reason reason =
            all != ROLLOUT_NOT_HELD ? all : member_reason(deciding, i, &tally);
        deciding->out->reasons[i] = reason;
        if (reason == ROLLOUT_NOT_HELD)
            let_go(deciding, i, &tally);
    }
}

/* --- the whole --- */

/* Records on file, one for each member. */
static void join_records(struct deciding *deciding)
{
    const struct rollout_state *state = &deciding->out->next;
    size_t at = 0;
    for (size_t i = 0; i < deciding->facts->member_count; i++) {
        str name = deciding->facts->members[i].name;
        int order = -1;
        CHECK(i == 0 || str_compare(deciding->facts->members[i - 1].name, name) < 0);
        while (at < state->record_count && (order = str_compare(state->records[at].name, name)) < 0)
            at++;
        if (at < state->record_count && order == 0)
            deciding->records[i] = state->records[at++];
        deciding->records[i].name = name;
    }
}

static void count_members(struct deciding *deciding)
{
    struct rollout_counts *counts = &deciding->out->counts;
    counts->members = counts->held = counts->released = counts->done = counts->bad = 0;
    counts->outside = counts->unavailable = counts->unreachable = 0;
    for (size_t i = 0; i < deciding->facts->member_count; i++) {
        enum rollout_phase phase = deciding->records[i].phase;
        counts->outside += phase == ROLLOUT_OUTSIDE;
        counts->held += phase == ROLLOUT_HELD;
        counts->released += phase == ROLLOUT_RELEASED;
        counts->done += phase == ROLLOUT_DONE;
        counts->bad += phase == ROLLOUT_BAD;
        if (phase == ROLLOUT_OUTSIDE)
            continue;
        counts->members++;
        counts->unavailable += member_is_unavailable(deciding, i);
        counts->unreachable += !deciding->facts->members[i].reachable;
    }
}

static void set_status(struct deciding *deciding)
{
    struct rollout_state *next = &deciding->out->next;
    if (next->status == ROLLOUT_ABORTED || deciding->spec->abort)
        next->status = ROLLOUT_ABORTED;
    else if (next->paused || deciding->spec->suspend || deciding->spec->left)
        next->status = ROLLOUT_PAUSED;
    else if (next->stopped)
        next->status = ROLLOUT_STOPPED;
    else
        next->status = ROLLOUT_RUNNING;
}

static void walk_waves(struct deciding *deciding)
{
    struct rollout_decision *out = deciding->out;
    bool open = true;
    if (out->next.wave_count != 0 && out->next.waves[0].opened_ns == 0)
        out->next.waves[0].opened_ns = 1; /* all that is known is newer than the beginning */
    for (uint32_t wave = 0; wave < out->next.wave_count; wave++) {
        if (deciding->spec->waves.items[wave].approved)
            out->next.waves[wave].approved = true;
        release_wave(deciding, wave);
        if (open && !pass_wave(deciding, wave)) {
            open = false;
            out->wave = wave;
        }
    }
    for (size_t i = 0; i < deciding->facts->member_count; i++) {
        if (deciding->facts->members[i].wave == ROLLOUT_NO_WAVE &&
            deciding->records[i].phase == ROLLOUT_HELD)
            out->reasons[i] = ROLLOUT_R_NO_WAVE;
        if (deciding->records[i].phase == ROLLOUT_RELEASED && deciding->spec->within_ns != 0)
            wake_at(deciding, deciding->records[i].released_ns + deciding->spec->within_ns);
    }
    count_members(deciding);
    if (open && out->counts.held + out->counts.released == 0 && out->next.status == ROLLOUT_RUNNING)
        out->next.status = ROLLOUT_COMPLETE;
    if (deciding->spec->left && out->counts.held == 0)
        out->next.status = ROLLOUT_COMPLETE; /* nobody needs it any more */
}

static void keep_records(struct deciding *deciding, struct arena *arena)
{
    struct rollout_state *next = &deciding->out->next;
    next->records = ARENA_ARRAY(arena, struct rollout_record, deciding->facts->member_count);
    next->record_count = 0;
    for (size_t i = 0; i < deciding->facts->member_count; i++) {
        if (deciding->records[i].phase != ROLLOUT_HELD)
            next->records[next->record_count++] = deciding->records[i];
    }
}

static bool is_same(const struct rollout_state *a, const struct rollout_state *b)
{
    bool same = a->status == b->status && a->paused == b->paused && a->stopped == b->stopped &&
                a->record_count == b->record_count && a->wave_count == b->wave_count &&
                str_equal(a->digest, b->digest) &&
                memcmp(a->forgiven, b->forgiven, sizeof(a->forgiven)) == 0;
    for (size_t i = 0; same && i < a->wave_count; i++)
        same = a->waves[i].approved == b->waves[i].approved &&
               a->waves[i].passed == b->waves[i].passed &&
               a->waves[i].opened_ns == b->waves[i].opened_ns;
    for (size_t i = 0; same && i < a->record_count; i++)
        same = str_equal(a->records[i].name, b->records[i].name) &&
               a->records[i].phase == b->records[i].phase &&
               a->records[i].cause == b->records[i].cause;
    return same;
}

/* With another digest nothing of the state on record is about this rollout. */
static struct rollout_state begin_state(const struct rollout_case *facts, struct arena *arena)
{
    struct rollout_state fresh = rollout_state_new(facts->spec, arena);
    if (!str_equal(facts->state->digest, fresh.digest)) {
        fresh.heard = facts->state->heard;
        return fresh;
    }
    struct rollout_state next = *facts->state;
    size_t kept = next.wave_count < fresh.wave_count ? next.wave_count : fresh.wave_count;
    if (kept != 0)
        memcpy(fresh.waves, next.waves, kept * sizeof(*fresh.waves));
    next.waves = fresh.waves;
    next.wave_count = fresh.wave_count;
    return next;
}

struct rollout_decision rollout_decide(const struct rollout_case *facts, struct arena *arena)
{
    struct rollout_decision out = {
        .next = begin_state(facts, arena), .wave = ROLLOUT_NO_WAVE, .wake_ns = INT64_MAX};
    struct deciding deciding = {
        .facts = facts,
        .spec = facts->spec,
        .now_ns = facts->now_ns > out.next.clock_ns ? facts->now_ns : out.next.clock_ns,
        .records = ARENA_ARRAY(arena, struct rollout_record, facts->member_count),
        .out = &out,
    };
    out.reasons = ARENA_ARRAY(arena, enum rollout_reason, facts->member_count);
    join_records(&deciding);
    observe_members(&deciding);
    observe_stops(&deciding);
    set_status(&deciding);
    count_members(&deciding);
    walk_waves(&deciding);
    keep_records(&deciding, arena);
    out.changed = !is_same(facts->state, &out.next);
    if (out.changed)
        out.next.clock_ns = deciding.now_ns;
    return out;
}

const struct rollout_record *rollout_find(const struct rollout_state *state, str name)
{
    size_t low = 0, high = state->record_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(state->records[middle].name, name);
        if (order == 0)
            return &state->records[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

bool rollout_lets_go(const struct rollout_state *state, str name)
{
    return rollout_find(state, name) != NULL;
}
