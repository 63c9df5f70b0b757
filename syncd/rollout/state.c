/* The state on record as text, and what people say to it. */
#include "syncd/rollout/rollout.h"

#include "syncd/base/error.h"
#include "syncd/base/map.h"
#include "syncd/value/json.h"

#define RULE "E_ROLLOUT_STATE"

static str digest_of(const struct rollout_spec *spec, struct arena *arena)
{
    str text = arena_printf(arena, "%.*s\n%.*s\n%.*s", STR_ARG(level_path_name(spec->field)),
                            STR_ARG(spec->from), STR_ARG(spec->to));
    struct hash128 hash = hash_stable128(text);
    return arena_printf(arena, "%016llx%016llx", (unsigned long long)hash.high,
                        (unsigned long long)hash.low);
}

struct rollout_state rollout_state_new(const struct rollout_spec *spec, struct arena *arena)
{
    return (struct rollout_state){
        .digest = digest_of(spec, arena),
        .waves = ARENA_ARRAY(arena, struct rollout_wave_record, spec->waves.len),
        .wave_count = spec->waves.len,
    };
}

/* --- as text --- */

static value wave_value(const struct rollout_wave *wave, const struct rollout_wave_record *record,
                        struct arena *arena)
{
    struct object_builder object;
    object_begin(&object, arena);
    object_add(&object, STR("name"), value_string(wave->name));
    object_add(&object, STR("approved"), value_bool(record->approved));
    object_add(&object, STR("by"), value_string(record->by));
    object_add(&object, STR("passed"), value_bool(record->passed));
    object_add(&object, STR("openedNs"), value_int(record->opened_ns, arena));
    return object_finish(&object);
}

static value record_value(const struct rollout_record *record, struct arena *arena)
{
    struct array_builder row;
    array_begin(&row, arena);
    array_add(&row, value_string(record->name));
    array_add(&row, value_string(str_z(rollout_phase_name(record->phase))));
    array_add(&row, value_string(str_z(rollout_cause_name(record->cause))));
    array_add(&row, value_int(record->released_ns, arena));
    array_add(&row, value_int(record->since_ns, arena));
    return array_finish(&row);
}

str rollout_state_text(const struct rollout_spec *spec, const struct rollout_state *state,
                       struct arena *arena)
{
    struct object_builder object;
    struct array_builder waves, records, forgiven;
    array_begin(&waves, arena);
    array_begin(&records, arena);
    array_begin(&forgiven, arena);
    for (size_t i = 0; i < state->wave_count; i++)
        array_add(&waves, wave_value(&spec->waves.items[i], &state->waves[i], arena));
    for (size_t i = 0; i < state->record_count; i++)
        array_add(&records, record_value(&state->records[i], arena));
    for (size_t i = 0; i < ROLLOUT_CAUSES; i++)
        array_add(&forgiven, value_uint(state->forgiven[i], arena));
    object_begin(&object, arena);
    object_add(&object, STR("version"), value_int(1, arena));
    object_add(&object, STR("digest"), value_string(state->digest));
    object_add(&object, STR("status"), value_string(str_z(rollout_status_name(state->status))));
    object_add(&object, STR("paused"), value_bool(state->paused));
    object_add(&object, STR("stopped"), value_bool(state->stopped));
    object_add(&object, STR("forgiven"), array_finish(&forgiven));
    object_add(&object, STR("clockNs"), value_int(state->clock_ns, arena));
    object_add(&object, STR("heard"), value_string(state->heard));
    object_add(&object, STR("waves"), array_finish(&waves));
    object_add(&object, STR("clusters"), array_finish(&records));
    return json_text(object_finish(&object), JSON_COMPACT, arena);
}

/* --- and back --- */

static bool damaged(struct error *err, const char *what)
{
    (void)error_rule(err, ERROR_INPUT, RULE, "the rollout's state is damaged: %s", what);
    return error_hint(err, "nothing is let go until it is mended or removed");
}

static bool read_record(value row, struct rollout_record *record)
{
    str phase = value_str(value_item(row, 1)), cause = value_str(value_item(row, 2));
    bool known = false, caused = false;
    record->name = value_str(value_item(row, 0));
    for (int i = ROLLOUT_RELEASED; i < ROLLOUT_PHASES; i++) {
        if (str_equal(phase, str_z(rollout_phase_name((enum rollout_phase)i)))) {
            record->phase = (enum rollout_phase)i;
            known = true;
        }
    }
    for (int i = 0; i < ROLLOUT_CAUSES; i++) {
        if (str_equal(cause, str_z(rollout_cause_name((enum rollout_cause)i)))) {
            record->cause = (enum rollout_cause)i;
            caused = true;
        }
    }
    return known && caused && record->name.len != 0 &&
           value_to_i64(value_item(row, 3), &record->released_ns) &&
           value_to_i64(value_item(row, 4), &record->since_ns);
}

static bool read_records(value rows, struct arena *arena, struct rollout_state *state)
{
    if (!value_is(rows, VALUE_ARRAY))
        return false;
    state->records = ARENA_ARRAY(arena, struct rollout_record, value_len(rows));
    for (size_t i = 0; i < value_len(rows); i++) {
        value row = value_item(rows, i);
        struct rollout_record *record = &state->records[state->record_count];
        if (!value_is(row, VALUE_ARRAY) || value_len(row) != 5 || !read_record(row, record))
            return false;
        if (i != 0 && str_compare(record[-1].name, record->name) >= 0)
            return false;
        state->record_count++;
    }
    return true;
}

/* By name: waves may have come, gone and moved meanwhile. */
static bool read_waves(value rows, const struct rollout_spec *spec, struct rollout_state *state)
{
    for (size_t i = 0; value_is(rows, VALUE_ARRAY) && i < value_len(rows); i++) {
        value row = value_item(rows, i);
        str name = value_str(value_get(row, STR("name")));
        for (size_t j = 0; j < spec->waves.len; j++) {
            if (!str_equal(spec->waves.items[j].name, name))
                continue;
            struct rollout_wave_record *wave = &state->waves[j];
            wave->approved = value_true(value_get(row, STR("approved")));
            wave->passed = value_true(value_get(row, STR("passed")));
            wave->by = value_str(value_get(row, STR("by")));
            if (!value_to_i64(value_get(row, STR("openedNs")), &wave->opened_ns))
                return false;
        }
    }
    /* A wave that came in before one that has passed is open, too. */
    for (size_t j = 0; j + 1 < spec->waves.len; j++) {
        if (!state->waves[j].passed)
            state->waves[j + 1].passed = false;
    }
    return value_is(rows, VALUE_ARRAY);
}

static bool read_status(value document, struct rollout_state *state)
{
    str status = value_str(value_get(document, STR("status")));
    for (int i = 0; i <= ROLLOUT_COMPLETE; i++) {
        if (!str_equal(status, str_z(rollout_status_name((enum rollout_status)i))))
            continue;
        state->status = (enum rollout_status)i;
        return true;
    }
    return false;
}

bool rollout_state_read(str text, const struct rollout_spec *spec, struct arena *arena,
                        struct rollout_state *ret_state, struct error *err)
{
    value document;
    int64_t version = 0;
    struct rollout_state state = rollout_state_new(spec, arena);
    struct error why = ERROR_INIT;
    if (!json_read(text, limits_default(), arena, &document, &why))
        return damaged(err, why.text);
    if (!value_to_i64(value_get(document, STR("version")), &version) || version != 1)
        return damaged(err, "it is of another version");
    state.digest = value_str(value_get(document, STR("digest")));
    state.paused = value_true(value_get(document, STR("paused")));
    state.stopped = value_true(value_get(document, STR("stopped")));
    state.heard = value_str(value_get(document, STR("heard")));
    value forgiven = value_get(document, STR("forgiven"));
    for (size_t i = 0; value_is(forgiven, VALUE_ARRAY) && i < ROLLOUT_CAUSES; i++) {
        int64_t number;
        if (i < value_len(forgiven) && value_to_i64(value_item(forgiven, i), &number) &&
            number >= 0 && number <= UINT32_MAX)
            state.forgiven[i] = (uint32_t)number;
    }
    if (!read_status(document, &state) ||
        !value_to_i64(value_get(document, STR("clockNs")), &state.clock_ns) ||
        !read_waves(value_get(document, STR("waves")), spec, &state))
        return damaged(err, "status, clockNs or waves");
    if (!read_records(value_get(document, STR("clusters")), arena, &state))
        return damaged(err, "clusters");
    *ret_state = state;
    return true;
}

/* --- what people say --- */

bool rollout_command_read(str text, struct rollout_command *ret_command)
{
    static const struct {
        str word;
        enum rollout_word is;
    } rows[] = {{STR_INIT("approve"), ROLLOUT_APPROVE},
                {STR_INIT("stop"), ROLLOUT_STOP},
                {STR_INIT("resume"), ROLLOUT_RESUME},
                {STR_INIT("abort"), ROLLOUT_ABORT}};
    struct rollout_command command = {0};
    str rest = str_trim(text), word;
    if (!str_cut(&rest, ' ', &word) || rest.ptr == NULL)
        return false;
    rest = str_trim(rest);
    if (!str_cut(&rest, '/', &command.rollout))
        return false;
    command.wave = rest.ptr != NULL ? rest : (str){0};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (!str_equal(rows[i].word, word))
            continue;
        command.word = rows[i].is;
        bool wants_wave = command.word == ROLLOUT_APPROVE;
        if (command.rollout.len == 0 || wants_wave != (command.wave.len != 0))
            return false;
        *ret_command = command;
        return true;
    }
    return false;
}

size_t rollout_trailers_read(str message, struct rollout_command commands[ROLLOUT_COMMANDS_MOST])
{
    static const str key = STR_INIT("Syncd-Rollout:");
    size_t count = 0;
    str rest = str_trim(message), line;
    while (rest.ptr != NULL && str_find(rest, STR("\n\n")) != SIZE_MAX)
        rest = str_skip(rest, str_find(rest, STR("\n\n")) + 2);
    while (count < ROLLOUT_COMMANDS_MOST && str_cut(&rest, '\n', &line)) {
        if (str_starts(line, key))
            count += rollout_command_read(str_skip(line, key.len), &commands[count]);
    }
    return count;
}

static bool approve(const struct rollout_spec *spec, struct rollout_state *state,
                    const struct rollout_command *command)
{
    for (size_t i = 0; i < state->wave_count; i++) {
        if (!str_equal(spec->waves.items[i].name, command->wave) || state->waves[i].approved)
            continue;
        state->waves[i].approved = true;
        state->waves[i].by = command->by;
        return true;
    }
    return false;
}

static bool resume(struct rollout_state *state)
{
    bool changed = state->paused || state->stopped;
    state->paused = state->stopped = false;
    memset(state->forgiven, 0, sizeof(state->forgiven));
    for (size_t i = 0; i < state->record_count; i++) {
        if (state->records[i].phase == ROLLOUT_BAD)
            state->forgiven[state->records[i].cause]++;
    }
    return changed;
}

bool rollout_command_take(const struct rollout_spec *spec, struct rollout_state *state,
                          const struct rollout_command *command)
{
    if (!str_equal(spec->name, command->rollout) || state->status == ROLLOUT_ABORTED)
        return false;
    switch (command->word) {
    case ROLLOUT_APPROVE: return approve(spec, state, command);
    case ROLLOUT_STOP: {
        bool changed = !state->paused;
        state->paused = true;
        return changed;
    }
    case ROLLOUT_RESUME: return resume(state);
    case ROLLOUT_ABORT: state->status = ROLLOUT_ABORTED; return true;
    }
    return false;
}
