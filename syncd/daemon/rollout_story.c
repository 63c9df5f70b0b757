/* What is told of a rollout: notes on the commit, log lines, the status file. */
#include "syncd/daemon/rollouts_internal.h"

#define TOLD_MOST  200 /* clusters in one batch of records; the others are counted */
#define SHOWN_MOST 1000

static const char *verdict_of(enum rollout_phase phase)
{
    switch (phase) {
    case ROLLOUT_RELEASED: return "Progressing";
    case ROLLOUT_DONE: return "Ready";
    case ROLLOUT_BAD: return "Failed";
    case ROLLOUT_OUTSIDE: return "New";
    default: return "Held";
    }
}

static struct rollout_record record_of(const struct daemon_rollout *rollout, size_t index)
{
    const struct rollout_record *record =
        rollout_find(&rollout->state, rollout->plan->members[index].name);
    return record != NULL ? *record : (struct rollout_record){0};
}

static str wave_name(const struct rollout_spec *spec, uint32_t wave)
{
    return wave < spec->waves.len ? spec->waves.items[wave].name : (str){0};
}

static struct told told_now(const struct daemon_rollout *rollout, size_t index)
{
    struct rollout_record record = record_of(rollout, index);
    bool held = record.phase == ROLLOUT_HELD;
    enum rollout_reason reason = rollout->decision.reasons[index];
    return (struct told){.phase = (uint8_t)record.phase,
                         .reason = (uint8_t)(held ? reason : ROLLOUT_NOT_HELD),
                         .cause = (uint8_t)record.cause,
                         .ever = true};
}

static void note_member(const struct daemon_rollout *rollout, size_t index, const struct told *now,
                        struct buf *records)
{
    const struct rollout_plan *plan = rollout->plan;
    const struct rollout_member *member = &plan->members[index];
    bool held = now->phase == ROLLOUT_HELD;
    const struct note_rollout_record record = {
        .kind = plan->kind,
        .name = member->name,
        .verdict = verdict_of((enum rollout_phase)now->phase),
        .rollout = plan->spec->name,
        .wave = wave_name(plan->spec, member->wave),
        .reason = held ? rollout_reason_name((enum rollout_reason)now->reason)
                       : rollout_cause_name((enum rollout_cause)now->cause),
        .message =
            held ? str_z(rollout_reason_text((enum rollout_reason)now->reason)) : member->why,
    };
    note_write_rollout(rollout->member->config->name, &record, clock_wall_ns(), records);
}

static void log_member(const struct daemon_rollout *rollout, size_t index, const struct told *now)
{
    const struct rollout_member *member = &rollout->plan->members[index];
    bool bad = now->phase == ROLLOUT_BAD;
    if (now->phase == ROLLOUT_HELD)
        return;
    LOG(bad ? LOG_WARN : LOG_INFO,
        bad                              ? "a cluster of the rollout went wrong"
        : now->phase == ROLLOUT_RELEASED ? "the rollout lets a cluster go"
                                         : "a cluster of the rollout is done",
        FIELD("rollout", rollout->plan->spec->name), FIELD("object", member->name),
        FIELD("wave", wave_name(rollout->plan->spec, member->wave)),
        FIELD("reason", str_z(rollout_cause_name((enum rollout_cause)now->cause))),
        FIELD("problem", bad ? member->why : (str){0}));
}

static void log_whole(struct daemon_rollout *rollout)
{
    const struct rollout_decision *decision = &rollout->decision;
    if (rollout->told_status == rollout->state.status && rollout->told_wave == decision->wave + 1)
        return;
    rollout->told_status = rollout->state.status;
    rollout->told_wave = decision->wave + 1;
    LOG(rollout->state.status == ROLLOUT_STOPPED ? LOG_ERROR : LOG_INFO, "rollout",
        FIELD("target", rollout->member->config->name), FIELD("rollout", rollout->plan->spec->name),
        FIELD("state", str_z(rollout_status_name(rollout->state.status))),
        FIELD("wave", wave_name(rollout->plan->spec, decision->wave)));
}

void rollout_tell(struct daemon_rollout *rollout)
{
    AUTO_BUF struct buf records = BUF_INIT(256u << 10);
    size_t written = 0, changed = 0;
    if (rollout->decision.reasons == NULL)
        return;
    for (size_t i = 0; i < rollout->plan->count; i++) {
        struct told now = told_now(rollout, i), *before = &rollout->told[i];
        if (before->ever && now.phase == before->phase && now.reason == before->reason &&
            now.cause == before->cause)
            continue;
        if (!before->ever || now.phase != before->phase || now.cause != before->cause)
            log_member(rollout, i, &now);
        changed++;
        if (written++ < TOLD_MOST)
            note_member(rollout, i, &now, &records);
        *before = now;
    }
    log_whole(rollout);
    if (changed == 0)
        return;
    const struct rollout_counts *counts = &rollout->decision.counts;
    const struct note_rollout_whole whole = {
        .rollout = rollout->plan->spec->name,
        .state = rollout_status_name(rollout->state.status),
        .wave = wave_name(rollout->plan->spec, rollout->decision.wave),
        .held = counts->held,
        .released = counts->released,
        .done = counts->done,
        .bad = counts->bad,
    };
    note_write_rollout_whole(rollout->member->config->name, &whole, clock_wall_ns(), &records);
    notes_add_to(rollout->owner->daemon, str_z(rollout->desired->commit), buf_str(&records));
    notes_commit_changed(rollout->owner->daemon);
    state_changed(rollout->owner->daemon);
}

/* --- the status file --- */

static value cluster_status(const struct daemon_rollout *rollout, size_t index, struct arena *arena)
{
    const struct rollout_member *member = &rollout->plan->members[index];
    struct told now = told_now(rollout, index);
    bool held = now.phase == ROLLOUT_HELD;
    struct object_builder object;
    object_begin(&object, arena);
    object_add(&object, STR("name"), value_string(member->name));
    object_add(&object, STR("wave"), value_string(wave_name(rollout->plan->spec, member->wave)));
    object_add(&object, STR("phase"),
               value_string(str_z(rollout_phase_name((enum rollout_phase)now.phase))));
    object_add(&object, STR("reason"),
               value_string(str_z(held ? rollout_reason_name((enum rollout_reason)now.reason)
                                       : rollout_cause_name((enum rollout_cause)now.cause))));
    object_add(&object, STR("message"),
               value_string(held ? str_z(rollout_reason_text((enum rollout_reason)now.reason))
                                 : arena_str(arena, member->why)));
    return object_finish(&object);
}

static value waves_status(const struct daemon_rollout *rollout, struct arena *arena)
{
    struct array_builder waves;
    const struct rollout_spec *spec = rollout->plan->spec;
    array_begin(&waves, arena);
    for (size_t i = 0; i < rollout->state.wave_count && i < spec->waves.len; i++) {
        const struct rollout_wave_record *record = &rollout->state.waves[i];
        bool waits = spec->waves.items[i].manual_approval && !record->approved;
        const char *word = record->passed           ? "passed"
                           : record->opened_ns == 0 ? "shut"
                           : waits                  ? "waits for approval"
                                                    : "open";
        struct object_builder wave;
        object_begin(&wave, arena);
        object_add(&wave, STR("name"), value_string(spec->waves.items[i].name));
        object_add(&wave, STR("state"), value_string(str_z(word)));
        array_add(&waves, object_finish(&wave));
    }
    return array_finish(&waves);
}

static value one_status(const struct daemon_rollout *rollout, struct arena *arena)
{
    const struct rollout_counts *counts = &rollout->decision.counts;
    const struct {
        const char *key;
        size_t count;
    } rows[] = {{"clusters", counts->members},  {"held", counts->held},
                {"released", counts->released}, {"done", counts->done},
                {"bad", counts->bad},           {"unavailable", counts->unavailable}};
    struct object_builder object;
    struct array_builder clusters;
    array_begin(&clusters, arena);
    for (size_t i = 0; i < rollout->plan->count && i < SHOWN_MOST; i++)
        array_add(&clusters, cluster_status(rollout, i, arena));
    object_begin(&object, arena);
    object_add(&object, STR("name"), value_string(rollout->plan->spec->name));
    object_add(&object, STR("target"), value_string(rollout->member->config->name));
    object_add(&object, STR("state"),
               value_string(str_z(rollout_status_name(rollout->state.status))));
    object_add(&object, STR("from"), value_string(rollout->plan->spec->from));
    object_add(&object, STR("to"), value_string(rollout->plan->spec->to));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        object_add(&object, str_z(rows[i].key), value_uint(rows[i].count, arena));
    object_add(&object, STR("waves"), waves_status(rollout, arena));
    object_add(&object, STR("members"), array_finish(&clusters));
    return object_finish(&object);
}

value rollouts_status(const struct daemon *daemon, struct arena *arena)
{
    struct array_builder list;
    array_begin(&list, arena);
    for (size_t i = 0; daemon->rollouts != NULL && i < daemon->rollouts->list.len; i++) {
        const struct daemon_rollout *rollout = daemon->rollouts->list.items[i];
        if (!rollout->dead && rollout->decision.reasons != NULL)
            array_add(&list, one_status(rollout, arena));
    }
    return array_finish(&list);
}
