/*
 * The rollout machine (syncd/rollout) in fleets made from seeds: clusters that are upgraded, get
 * stuck, break later or are not heard of; one to three daemons that see all of it late, out of
 * order or not at all, crash, and write to one store whose answers get lost; people who say stop.
 *
 * The fleet's whole history is kept, so every write that the store accepts is held against what was
 * so, not against what a daemon believed. The rules are R1 to R8 of rollout.h. At the end, with
 * everything mended, the rollout has to come to its end.
 *
 *     sim_rollouts FIRST COUNT
 */
#include "syncd/base/clock.h"
#include "syncd/rollout/rollout.h"

#include <stdio.h>
#include <stdlib.h>

#define CLUSTERS 9
#define WAVES    4
#define DAEMONS  3
#define TURNS    24 /* of one cluster's history that are kept: more do not happen */
#define TTL      (40 * NS_PER_S)
#define DAY_NS   (86400 * NS_PER_S)

/* What was so from `since_ns` on. */
struct turn {
    int64_t since_ns;
    enum rollout_at at;
    enum rollout_health health;
    bool reachable, available;
};

struct cluster {
    char name[8];
    uint32_t wave;
    struct turn turns[TURNS];
    size_t turn_count;
    int64_t next_ns; /* when its health changes by itself; 0 = never */
    enum rollout_health next;
    int64_t breaks_ns; /* after it was ready */
};

struct daemon {
    struct rollout_state state; /* as the store acknowledged or gave it; in an arena of its own */
    struct arena *arena;
    uint64_t version;
    bool known; /* else it has to read first */
    struct rollout_member seen[CLUSTERS];
};

struct fleet {
    uint64_t seed, random;
    int64_t now_ns;
    struct arena *arena, *scratch;
    struct rollout_spec spec;
    struct cluster clusters[CLUSTERS];
    size_t cluster_count;
    struct daemon daemons[DAEMONS];
    size_t daemon_count;
    struct rollout_state stored; /* in the arena of store_arena */
    struct arena *store_arena;
    uint64_t version;
    bool as_text; /* states travel as text */
    bool calm;    /* nothing is lost any more */
    bool stopped; /* for good: until somebody says resume */
    bool resumed; /* the write that is made now is that */
};

static uint64_t draw(struct fleet *fleet, uint64_t below)
{
    uint64_t z = fleet->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (z ^ z >> 31) % below;
}

static bool chance(struct fleet *fleet, unsigned percent)
{
    return draw(fleet, 100) < percent;
}

static void require(const struct fleet *fleet, bool holds, const char *rule)
{
    if (holds)
        return;
    (void)printf("seed %llu: %s\n", (unsigned long long)fleet->seed, rule);
    exit(1);
}

/* --- the clusters --- */

static struct turn *now_of(struct cluster *cluster)
{
    return &cluster->turns[cluster->turn_count - 1];
}

static const struct turn *turn_at(const struct cluster *cluster, int64_t at_ns)
{
    size_t at = cluster->turn_count - 1;
    while (at > 0 && cluster->turns[at].since_ns > at_ns)
        at--;
    return &cluster->turns[at];
}

/* A new turn at this time, as the last one was; the oldest is forgotten. */
static struct turn *take_turn(struct fleet *fleet, struct cluster *cluster)
{
    if (cluster->turn_count == TURNS) {
        memmove(cluster->turns, cluster->turns + 1, (TURNS - 1) * sizeof(cluster->turns[0]));
        cluster->turn_count--;
    }
    struct turn *turn = &cluster->turns[cluster->turn_count];
    *turn = turn[-1];
    turn->since_ns = fleet->now_ns;
    cluster->turn_count++;
    return turn;
}

static enum rollout_health draw_end(struct fleet *fleet)
{
    uint64_t luck = draw(fleet, 100);
    if (fleet->calm || luck < 80)
        return ROLLOUT_READY;
    return luck < 87 ? ROLLOUT_IS_STUCK : luck < 94 ? ROLLOUT_IS_FAILED : ROLLOUT_WORKING;
}

/* Somebody writes `to`: the old status says Ready for no moment longer. */
static void upgrade(struct fleet *fleet, struct cluster *cluster)
{
    struct turn *turn = take_turn(fleet, cluster);
    turn->at = ROLLOUT_AT_TO;
    turn->health = ROLLOUT_WORKING;
    cluster->next = draw_end(fleet);
    cluster->next_ns =
        fleet->now_ns + (int64_t)(1 + draw(fleet, chance(fleet, 50) ? 60 : 5)) * NS_PER_S;
    cluster->breaks_ns = 0;
    if (!fleet->calm && chance(fleet, 10))
        cluster->breaks_ns = cluster->next_ns + (int64_t)(1 + draw(fleet, 120)) * NS_PER_S;
}

static void age(struct fleet *fleet, struct cluster *cluster)
{
    if (cluster->next_ns != 0 && cluster->next_ns <= fleet->now_ns) {
        cluster->next_ns = 0;
        take_turn(fleet, cluster)->health = cluster->next;
    }
    if (cluster->breaks_ns != 0 && cluster->breaks_ns <= fleet->now_ns &&
        now_of(cluster)->health == ROLLOUT_READY) {
        cluster->breaks_ns = 0;
        take_turn(fleet, cluster)->health = ROLLOUT_IS_DEGRADED;
    }
}

static void pass_time(struct fleet *fleet, int64_t ns)
{
    fleet->now_ns += ns;
    for (size_t i = 0; i < fleet->cluster_count; i++)
        age(fleet, &fleet->clusters[i]);
}

/* Life goes on without anybody's doing. */
static void meddle(struct fleet *fleet)
{
    static const enum rollout_health moods[] = {ROLLOUT_READY,   ROLLOUT_READY,
                                                ROLLOUT_READY,   ROLLOUT_WORKING,
                                                ROLLOUT_UNKNOWN, ROLLOUT_MAINTENANCE};
    struct cluster *cluster = &fleet->clusters[draw(fleet, fleet->cluster_count)];
    struct turn *turn = take_turn(fleet, cluster);
    switch (draw(fleet, 8)) {
    case 0: turn->reachable = !turn->reachable; return;
    case 1: turn->available = !turn->available; return;
    case 2:
        if (turn->at == ROLLOUT_AT_FROM)
            turn->at = ROLLOUT_AT_OTHER;
        else if (turn->at == ROLLOUT_AT_OTHER)
            turn->at = ROLLOUT_AT_FROM;
        return;
    case 3:
        if (turn->at == ROLLOUT_AT_FROM && chance(fleet, 60))
            upgrade(fleet, cluster); /* by hand */
        return;
    default:
        if (cluster->next_ns == 0 && turn->at != ROLLOUT_AT_ABSENT)
            turn->health = moods[draw(fleet, ARRAY_LEN(moods))];
        return;
    }
}

/* --- what holds, whoever wrote --- */

/* Did this hold of the cluster at some time of the span? */
static bool ever(const struct cluster *cluster, int64_t from_ns, int64_t to_ns,
                 bool (*holds)(const struct fleet *fleet, const struct turn *turn),
                 const struct fleet *fleet)
{
    for (size_t i = 0; i < cluster->turn_count; i++) {
        int64_t begin = cluster->turns[i].since_ns;
        int64_t end = i + 1 < cluster->turn_count ? cluster->turns[i + 1].since_ns : INT64_MAX;
        if ((begin > to_ns) || (end <= from_ns && i + 1 < cluster->turn_count))
            continue;
        if (holds(fleet, &cluster->turns[i]))
            return true;
    }
    return false;
}

static bool passes_gates(const struct fleet *fleet, const struct turn *turn)
{
    unsigned gates = fleet->spec.gates;
    bool known = turn->health != ROLLOUT_UNKNOWN;
    return turn->reachable && turn->at == ROLLOUT_AT_FROM &&
           ((gates & ROLLOUT_RELEASE_AVAILABLE) == 0 || turn->available) &&
           ((gates & ROLLOUT_CLUSTER_READY) == 0 || turn->health == ROLLOUT_READY) &&
           ((gates & ROLLOUT_NO_STUCK_LCM) == 0 || (known && turn->health != ROLLOUT_IS_STUCK)) &&
           ((gates & ROLLOUT_NOT_IN_MAINTENANCE) == 0 ||
            (known && turn->health != ROLLOUT_MAINTENANCE));
}

static bool is_there(const struct fleet *fleet, const struct turn *turn)
{
    (void)fleet;
    return turn->reachable && turn->at == ROLLOUT_AT_TO && turn->health == ROLLOUT_READY;
}

static bool is_well(const struct fleet *fleet, const struct turn *turn)
{
    (void)fleet;
    return turn->reachable && turn->health == ROLLOUT_READY;
}

static bool is_heard(const struct fleet *fleet, const struct turn *turn)
{
    (void)fleet;
    return turn->reachable;
}

static bool was_found(const struct fleet *fleet, const struct turn *turn)
{
    (void)fleet;
    return turn->reachable && (turn->at == ROLLOUT_AT_TO || turn->at == ROLLOUT_AT_ABSENT);
}

static size_t most_of(struct rollout_amount amount, size_t members)
{
    if (!amount.set)
        return SIZE_MAX;
    size_t part = amount.percent ? members * amount.number / 100 : amount.number;
    return part != 0 ? part : 1;
}

/* Of the cluster as the store has it; HELD when it has nothing. */
static struct rollout_record record_of(const struct rollout_state *state,
                                       const struct cluster *cluster)
{
    const struct rollout_record *record = rollout_find(state, str_z(cluster->name));
    return record != NULL ? *record : (struct rollout_record){0};
}

static void check_budgets(const struct fleet *fleet, const struct rollout_state *next,
                          uint32_t wave)
{
    size_t members = 0, out = 0, wave_members = 0, wave_out = 0, on_the_way = 0;
    for (size_t i = 0; i < fleet->cluster_count; i++) {
        const struct cluster *cluster = &fleet->clusters[i];
        struct rollout_record record = record_of(next, cluster);
        if (record.phase == ROLLOUT_OUTSIDE)
            continue;
        bool own = cluster->wave == wave;
        bool unwell = fleet->spec.unreachable == ROLLOUT_COUNT &&
                      !ever(cluster, fleet->now_ns - TTL, fleet->now_ns, is_well, fleet);
        bool unavailable =
            record.phase == ROLLOUT_RELEASED || record.phase == ROLLOUT_BAD || unwell;
        members++;
        out += unavailable;
        wave_members += own;
        wave_out += own && unavailable;
        on_the_way += own && record.phase == ROLLOUT_RELEASED;
    }
    require(fleet, on_the_way <= fleet->spec.waves.items[wave].max_parallel,
            "R4: more on their way than maxParallel");
    require(fleet, out <= most_of(fleet->spec.max_unavailable, members),
            "R5: more unavailable than maxUnavailable");
    require(fleet, wave_out <= most_of(fleet->spec.waves.items[wave].max_unavailable, wave_members),
            "R5: more of the wave unavailable than its maxUnavailable");
}

static void check_stops(const struct fleet *fleet, const struct rollout_state *next)
{
    size_t counts[ROLLOUT_CAUSES] = {0};
    for (size_t i = 0; i < next->record_count; i++) {
        if (next->records[i].phase == ROLLOUT_BAD)
            counts[next->records[i].cause]++;
    }
    for (size_t i = 1; i < ROLLOUT_CAUSES; i++)
        require(fleet,
                fleet->spec.stop_on[i] == 0 ||
                    counts[i] < (size_t)fleet->spec.stop_on[i] + next->forgiven[i],
                "R1: let go although so many have gone wrong");
}

static void check_release(const struct fleet *fleet, const struct rollout_state *next,
                          const struct cluster *cluster, const struct rollout_member *seen)
{
    uint32_t wave = cluster->wave;
    require(fleet, !fleet->stopped, "R1: let go although nobody has said resume");
    require(fleet, record_of(next, cluster).released_ns >= fleet->stored.clock_ns,
            "R7: let go in the past");
    require(fleet, next->status == ROLLOUT_RUNNING, "R1: let go while it does not run");
    require(fleet, !next->paused && !next->stopped, "R1: let go while paused or stopped");
    require(fleet, rollout_is_open(&fleet->spec.freeze, NULL, fleet->now_ns),
            "R1: let go in a shut window");
    require(fleet, wave != ROLLOUT_NO_WAVE, "R1: let go without a wave");
    require(fleet, !fleet->spec.waves.items[wave].manual_approval || next->waves[wave].approved,
            "R1: let go without approval");
    for (uint32_t i = 0; i < wave; i++)
        require(fleet, next->waves[i].passed, "R2: let go before the waves before it passed");
    require(fleet, seen->observed_ns >= next->waves[wave].opened_ns,
            "R7: let go on evidence from before its wave");
    int64_t from_ns = next->waves[wave].opened_ns;
    if (from_ns < fleet->now_ns - TTL)
        from_ns = fleet->now_ns - TTL;
    require(fleet, ever(cluster, from_ns, fleet->now_ns, passes_gates, fleet),
            "R1, R7: let go although no evidence of its step fulfils the gates");
    for (size_t i = 0; fleet->spec.unreachable == ROLLOUT_HOLD && i < fleet->cluster_count; i++)
        require(fleet,
                record_of(next, &fleet->clusters[i]).phase == ROLLOUT_OUTSIDE ||
                    ever(&fleet->clusters[i], fleet->now_ns - TTL, fleet->now_ns, is_heard, fleet),
                "R1: let go although one is not heard of");
    check_stops(fleet, next);
    check_budgets(fleet, next, wave);
}

/* What became of one cluster by this write. */
static void check_record(const struct fleet *fleet, const struct rollout_state *next,
                         const struct cluster *cluster, const struct rollout_member *seen)
{
    struct rollout_record before = record_of(&fleet->stored, cluster);
    struct rollout_record after = record_of(next, cluster);
    const struct turn *then = turn_at(cluster, after.since_ns);
    require(fleet, before.phase == ROLLOUT_HELD || after.phase != ROLLOUT_HELD, "R8: held again");
    if (before.phase == ROLLOUT_HELD && after.phase == ROLLOUT_RELEASED &&
        seen->at != ROLLOUT_AT_TO)
        check_release(fleet, next, cluster, seen);
    else if (before.phase == ROLLOUT_HELD && after.phase != ROLLOUT_HELD)
        require(fleet, ever(cluster, 0, fleet->now_ns, was_found, fleet),
                "R1: taken as there although it never was");
    if (before.phase == after.phase)
        return;
    require(fleet, after.since_ns <= fleet->now_ns, "R7: evidence from the future");
    if (after.phase == ROLLOUT_DONE) {
        require(fleet, after.since_ns >= after.released_ns, "R6: done before it was let go");
        require(fleet, then->at == ROLLOUT_AT_TO && then->health == ROLLOUT_READY,
                "R6: done although it was not ready then");
    }
    if (after.phase == ROLLOUT_BAD && after.cause == ROLLOUT_FAILED &&
        then->health != ROLLOUT_IS_FAILED)
        require(fleet,
                fleet->spec.within_ns != 0 &&
                    after.since_ns >= after.released_ns + fleet->spec.within_ns &&
                    then->health != ROLLOUT_UNKNOWN,
                "R7: failed without evidence");
}

static void check_pass(const struct fleet *fleet, const struct rollout_state *next, uint32_t wave)
{
    int64_t end_ns = next->waves[wave].opened_ns;
    bool any = false;
    for (size_t i = 0; i < fleet->cluster_count; i++) {
        const struct cluster *cluster = &fleet->clusters[i];
        struct rollout_record record = record_of(next, cluster);
        if (cluster->wave != wave || record.phase == ROLLOUT_OUTSIDE)
            continue;
        any = true;
        require(fleet,
                record.phase == ROLLOUT_DONE || record.phase == ROLLOUT_BAD ||
                    (record.phase == ROLLOUT_HELD && fleet->spec.unreachable == ROLLOUT_SKIP),
                "R3: passed before all had ended");
        if (record.since_ns > end_ns)
            end_ns = record.since_ns;
    }
    end_ns += any ? fleet->spec.waves.items[wave].soak_ns : 0;
    require(fleet, next->status == ROLLOUT_RUNNING || next->status == ROLLOUT_COMPLETE,
            "R3: passed while it does not run");
    require(fleet, fleet->now_ns >= end_ns, "R3: passed before the end of the soak");
    for (size_t i = 0; i < fleet->cluster_count; i++) {
        const struct cluster *cluster = &fleet->clusters[i];
        if (cluster->wave == wave && record_of(next, cluster).phase == ROLLOUT_DONE &&
            fleet->spec.unreachable != ROLLOUT_SKIP)
            require(fleet, ever(cluster, end_ns, fleet->now_ns, is_there, fleet),
                    "R3: passed without evidence of the end of the soak");
    }
}

static void check_write(const struct fleet *fleet, const struct daemon *daemon,
                        const struct rollout_state *next)
{
    size_t counts[ROLLOUT_CAUSES] = {0};
    for (size_t i = 0; i < fleet->cluster_count; i++) {
        struct rollout_record record = record_of(next, &fleet->clusters[i]);
        counts[record.cause] += record.phase == ROLLOUT_BAD;
        check_record(fleet, next, &fleet->clusters[i], &daemon->seen[i]);
    }
    for (size_t i = 1; i < ROLLOUT_CAUSES; i++)
        require(fleet, next->forgiven[i] <= counts[i], "R1: more is forgiven than went wrong");
    for (uint32_t i = 0; i < next->wave_count; i++) {
        require(fleet,
                fleet->version == 0 || !fleet->stored.waves[i].passed || next->waves[i].passed,
                "R3: a wave that passed has not passed");
        if (next->waves[i].passed && (fleet->version == 0 || !fleet->stored.waves[i].passed))
            check_pass(fleet, next, i);
    }
    require(fleet, fleet->stored.status != ROLLOUT_ABORTED || next->status == ROLLOUT_ABORTED,
            "R1: goes on after an abort");
}

/* --- the store, and the daemons --- */

static struct rollout_state copy_state(const struct fleet *fleet, const struct rollout_state *state,
                                       struct arena *arena)
{
    struct rollout_state copy = *state;
    struct error err = ERROR_INIT;
    if (fleet->as_text) {
        str text = rollout_state_text(&fleet->spec, state, arena);
        require(fleet, rollout_state_read(text, &fleet->spec, arena, &copy, &err), err.text);
        return copy;
    }
    copy.digest = arena_str(arena, state->digest);
    copy.records = ARENA_ARRAY(arena, struct rollout_record, state->record_count);
    copy.waves = ARENA_ARRAY(arena, struct rollout_wave_record, state->wave_count);
    if (state->record_count != 0)
        memcpy(copy.records, state->records, state->record_count * sizeof(*copy.records));
    memcpy(copy.waves, state->waves, state->wave_count * sizeof(*copy.waves));
    return copy;
}

static void keep(const struct fleet *fleet, const struct rollout_state *state, struct arena **arena,
                 struct rollout_state *ret_state)
{
    struct arena *fresh = arena_create(ARENA_NO_BUDGET);
    *ret_state = copy_state(fleet, state, fresh);
    arena_destroy(*arena);
    *arena = fresh;
}

static void read_store(struct fleet *fleet, struct daemon *daemon)
{
    keep(fleet, &fleet->stored, &daemon->arena, &daemon->state);
    daemon->version = fleet->version;
    daemon->known = true;
}

/* Only over the version that it was decided from; the answer may get lost. */
static void write_store(struct fleet *fleet, struct daemon *daemon,
                        const struct rollout_state *next)
{
    bool lossy = !fleet->calm && chance(fleet, 15);
    if (lossy && chance(fleet, 50)) {
        daemon->known = false;
        return;
    }
    if (daemon->version != fleet->version) {
        daemon->known = false;
        return;
    }
    check_write(fleet, daemon, next);
    fleet->stopped =
        !fleet->resumed && (fleet->stopped || (next->stopped && fleet->spec.stop_for_good));
    keep(fleet, next, &fleet->store_arena, &fleet->stored);
    fleet->version++;
    if (lossy)
        daemon->known = false;
    else
        read_store(fleet, daemon);
}

static struct rollout_decision decide(struct fleet *fleet, struct daemon *daemon)
{
    for (size_t i = 0; i < fleet->cluster_count; i++) {
        struct rollout_member *seen = &daemon->seen[i];
        seen->reachable = seen->observed_ns != 0 && fleet->now_ns - seen->observed_ns <= TTL;
    }
    bool set_back = !fleet->calm && fleet->spec.freeze.allow.len == 0 && chance(fleet, 5);
    int64_t back = set_back ? (int64_t)draw(fleet, 3600) * NS_PER_S : 0;
    const struct rollout_case facts = {.spec = &fleet->spec,
                                       .members = daemon->seen,
                                       .member_count = fleet->cluster_count,
                                       .state = &daemon->state,
                                       .now_ns = fleet->now_ns - back};
    return rollout_decide(&facts, fleet->scratch);
}

/* What follows from the state that is on record, as the daemon knows it. */
static void carry_out(struct fleet *fleet, struct daemon *daemon)
{
    for (size_t i = 0; i < fleet->cluster_count; i++) {
        struct cluster *cluster = &fleet->clusters[i];
        const struct turn *turn = now_of(cluster);
        if (!rollout_lets_go(&daemon->state, str_z(cluster->name)) || turn->at == ROLLOUT_AT_TO ||
            !turn->reachable)
            continue;
        require(fleet, rollout_lets_go(&fleet->stored, str_z(cluster->name)),
                "R8: let go without a record of it");
        upgrade(fleet, cluster);
    }
}

static void work(struct fleet *fleet, struct daemon *daemon)
{
    struct arena_mark mark = arena_mark(fleet->scratch);
    if (!daemon->known) {
        read_store(fleet, daemon);
        return;
    }
    struct rollout_decision decision = decide(fleet, daemon);
    if (decision.changed)
        write_store(fleet, daemon, &decision.next);
    if (daemon->known)
        carry_out(fleet, daemon);
    arena_rewind(fleet->scratch, mark);
}

/* What a daemon hears: how one cluster was at some time. It may be older than what it knows. */
static void hear(struct fleet *fleet, struct daemon *daemon, size_t index)
{
    const struct cluster *cluster = &fleet->clusters[index];
    int64_t late = fleet->calm || chance(fleet, 50) ? 0 : (int64_t)draw(fleet, 50) * NS_PER_S;
    int64_t at_ns = fleet->now_ns - late;
    const struct turn *turn = turn_at(cluster, at_ns);
    if (!turn->reachable || at_ns < cluster->turns[0].since_ns)
        return;
    struct rollout_member *seen = &daemon->seen[index];
    if (at_ns < seen->observed_ns && !chance(fleet, 20))
        return;
    seen->at = turn->at;
    seen->health = turn->health;
    seen->available = turn->available;
    seen->observed_ns = at_ns;
}

static void hear_all(struct fleet *fleet, struct daemon *daemon)
{
    for (size_t i = 0; i < fleet->cluster_count; i++) {
        if (fleet->calm || chance(fleet, 80))
            hear(fleet, daemon, i);
    }
}

static void say(struct fleet *fleet, struct daemon *daemon, enum rollout_word word)
{
    struct arena_mark mark = arena_mark(fleet->scratch);
    struct rollout_command command = {.word = word, .rollout = fleet->spec.name};
    if (!daemon->known)
        read_store(fleet, daemon);
    struct rollout_state next = copy_state(fleet, &daemon->state, fleet->scratch);
    if (next.wave_count == 0)
        next = rollout_state_new(&fleet->spec, fleet->scratch);
    if (word == ROLLOUT_APPROVE)
        command.wave = fleet->spec.waves.items[draw(fleet, fleet->spec.waves.len)].name;
    fleet->resumed = word == ROLLOUT_RESUME;
    if (rollout_command_take(&fleet->spec, &next, &command))
        write_store(fleet, daemon, &next);
    fleet->resumed = false;
    arena_rewind(fleet->scratch, mark);
}

/* --- a fleet from a seed --- */

static struct rollout_amount draw_amount(struct fleet *fleet)
{
    if (chance(fleet, 50))
        return (struct rollout_amount){0};
    bool percent = chance(fleet, 40);
    return (struct rollout_amount){true, percent,
                                   (uint32_t)(percent ? 5 + draw(fleet, 60) : 1 + draw(fleet, 3))};
}

static void make_spec(struct fleet *fleet, const struct level_path *field)
{
    static const char *const names[] = {"one", "two", "three", "four"};
    struct rollout_spec *spec = &fleet->spec;
    *spec = (struct rollout_spec){.name = STR("r"),
                                  .field = field,
                                  .from = STR("a"),
                                  .to = STR("b"),
                                  .max_unavailable = draw_amount(fleet),
                                  .unreachable = (enum rollout_unreachable)draw(fleet, 3),
                                  .gates = (unsigned)draw(fleet, 16),
                                  .within_ns = (int64_t)draw(fleet, 3) * 60 * NS_PER_S,
                                  .stop_for_good = chance(fleet, 30)};
    for (size_t i = 1; i < ROLLOUT_CAUSES; i++)
        spec->stop_on[i] = (uint32_t)draw(fleet, 4);
    if (chance(fleet, 30)) {
        uint32_t from = (uint32_t)draw(fleet, 23 * 60);
        const struct rollout_hours hours = {
            .from = from, .to = from + 60, .weekdays = (unsigned)draw(fleet, 128)};
        VEC_PUSH(fleet->arena, &spec->freeze.allow, hours);
    }
    size_t waves = 1 + draw(fleet, WAVES);
    for (size_t i = 0; i < waves; i++) {
        struct rollout_wave wave = {.name = str_z(names[i]),
                                    .max_parallel = 1 + (uint32_t)draw(fleet, 3),
                                    .max_unavailable = draw_amount(fleet),
                                    .soak_ns = (int64_t)draw(fleet, 5) * 25 * NS_PER_S,
                                    .manual_approval = chance(fleet, 20)};
        VEC_PUSH(fleet->arena, &spec->waves, wave);
    }
}

static void make_cluster(struct fleet *fleet, size_t index)
{
    struct cluster *cluster = &fleet->clusters[index];
    *cluster =
        (struct cluster){.wave = (uint32_t)draw(fleet, fleet->spec.waves.len), .turn_count = 1};
    (void)snprintf(cluster->name, sizeof(cluster->name), "n/c%zu", index);
    if (chance(fleet, 2))
        cluster->wave = ROLLOUT_NO_WAVE;
    cluster->turns[0] = (struct turn){.since_ns = fleet->now_ns - 10 * TTL,
                                      .at = ROLLOUT_AT_FROM,
                                      .health = ROLLOUT_READY,
                                      .reachable = !chance(fleet, 5),
                                      .available = !chance(fleet, 10)};
    if (chance(fleet, 4))
        cluster->turns[0].at = ROLLOUT_AT_ABSENT;
    for (size_t i = 0; i < fleet->daemon_count; i++)
        fleet->daemons[i].seen[index] =
            (struct rollout_member){.name = str_z(cluster->name), .wave = cluster->wave};
}

static void begin(struct fleet *fleet, uint64_t seed, const struct level_path *field)
{
    struct arena *arena = fleet->arena, *scratch = fleet->scratch;
    *fleet = (struct fleet){.seed = seed, .random = seed, .arena = arena, .scratch = scratch};
    fleet->now_ns = (20000 * 86400 + (int64_t)draw(fleet, 7 * 86400)) * NS_PER_S;
    fleet->as_text = seed % 16 == 0;
    fleet->daemon_count = 1 + draw(fleet, DAEMONS);
    fleet->cluster_count = 2 + draw(fleet, CLUSTERS - 1);
    make_spec(fleet, field);
    for (size_t i = 0; i < fleet->cluster_count; i++)
        make_cluster(fleet, i);
    fleet->store_arena = arena_create(ARENA_NO_BUDGET);
    fleet->stored = rollout_state_new(&fleet->spec, fleet->store_arena);
}

static void one_step(struct fleet *fleet)
{
    struct daemon *daemon = &fleet->daemons[draw(fleet, fleet->daemon_count)];
    uint64_t luck = draw(fleet, 100);
    pass_time(fleet, (int64_t)draw(fleet, 20000) * NS_PER_MS);
    if (luck < 12)
        meddle(fleet);
    else if (luck < 17)
        daemon->known = false; /* it was started anew */
    else if (luck < 19)
        say(fleet, daemon, ROLLOUT_STOP);
    else if (luck < 25)
        say(fleet, daemon, ROLLOUT_RESUME);
    else if (luck < 31)
        say(fleet, daemon, ROLLOUT_APPROVE);
    else if (luck == 31 && chance(fleet, 10))
        say(fleet, daemon, ROLLOUT_ABORT);
    else if (luck < 34)
        pass_time(fleet, (int64_t)draw(fleet, 24 * 3600) * NS_PER_S);
    else if (luck < 60)
        hear(fleet, daemon, draw(fleet, fleet->cluster_count));
    else if (luck < 70)
        hear_all(fleet, daemon);
    else
        work(fleet, daemon);
}

/* --- at the end everything is mended --- */

static void mend(struct fleet *fleet)
{
    fleet->calm = true;
    for (size_t i = 0; i < fleet->cluster_count; i++) {
        struct cluster *cluster = &fleet->clusters[i];
        struct turn *turn = take_turn(fleet, cluster);
        cluster->next_ns = cluster->breaks_ns = 0;
        turn->health = ROLLOUT_READY;
        turn->reachable = turn->available = true;
        if (turn->at == ROLLOUT_AT_OTHER)
            turn->at = ROLLOUT_AT_FROM;
    }
}

static bool has_ended(struct fleet *fleet)
{
    if (fleet->stored.status == ROLLOUT_ABORTED)
        return true;
    for (size_t i = 0; i < fleet->cluster_count; i++) {
        enum rollout_phase phase = record_of(&fleet->stored, &fleet->clusters[i]).phase;
        bool none = fleet->clusters[i].wave == ROLLOUT_NO_WAVE && phase == ROLLOUT_HELD;
        if (phase != ROLLOUT_DONE && phase != ROLLOUT_OUTSIDE && !none)
            return false;
    }
    return true;
}

static void finish(struct fleet *fleet)
{
    mend(fleet);
    for (unsigned round = 0; round < 3000 && !has_ended(fleet); round++) {
        struct daemon *daemon = &fleet->daemons[round % fleet->daemon_count];
        bool open = rollout_is_open(&fleet->spec.freeze, NULL, fleet->now_ns);
        pass_time(fleet, (open ? 20 : 1500) * NS_PER_S);
        hear_all(fleet, daemon);
        if (round % 7 == 6)
            say(fleet, daemon, ROLLOUT_RESUME);
        if (round % 7 == 5)
            say(fleet, daemon, ROLLOUT_APPROVE);
        daemon->known = false;
        work(fleet, daemon);
        work(fleet, daemon);
    }
    require(fleet, has_ended(fleet), "it does not come to its end");
    for (size_t i = 0; i < fleet->cluster_count; i++)
        require(fleet,
                fleet->stored.status == ROLLOUT_ABORTED ||
                    record_of(&fleet->stored, &fleet->clusters[i]).phase != ROLLOUT_DONE ||
                    now_of(&fleet->clusters[i])->at == ROLLOUT_AT_TO,
                "done, and not there");
}

static void run_fleet(struct fleet *fleet, uint64_t seed, const struct level_path *field)
{
    begin(fleet, seed, field);
    for (unsigned step = 0; step < 90; step++)
        one_step(fleet);
    finish(fleet);
    for (size_t i = 0; i < fleet->daemon_count; i++)
        arena_destroy(fleet->daemons[i].arena);
    arena_destroy(fleet->store_arena);
}

int main(int argc, char **argv)
{
    static const struct map no_names = {0};
    const struct level_path *field;
    struct error err = ERROR_INIT;
    if (argc != 3)
        return 2;
    uint64_t first = strtoull(argv[1], NULL, 10), count = strtoull(argv[2], NULL, 10);
    AUTO_ARENA struct arena *names = arena_create(ARENA_NO_BUDGET);
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    CHECK(level_path_compile(STR("spec.release"), &no_names, names, &field, &err));
    struct fleet fleet = {.arena = arena, .scratch = scratch};
    for (uint64_t seed = first; seed < first + count; seed++) {
        struct arena_mark mark = arena_mark(arena);
        run_fleet(&fleet, seed, field);
        arena_rewind(arena, mark);
    }
    (void)printf("%llu passed, 0 failed\n", (unsigned long long)count);
    return 0;
}
