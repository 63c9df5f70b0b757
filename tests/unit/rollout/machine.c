#include "syncd/base/clock.h"
#include "syncd/rollout/rollout.h"
#include "syncd/value/yaml.h"

#include <criterion/criterion.h>

#define S NS_PER_S

static const struct yaml_options yaml = {.dialect = YAML_KUBERNETES};

static struct arena *arena;
static const struct rollout_spec *spec;
static struct rollout_state state;
static struct rollout_member members[3];

static void read_spec(const char *more)
{
    value document;
    struct findings findings;
    struct error err = ERROR_INIT;
    findings_init(&findings, arena);
    str text = arena_printf(arena,
                            "metadata: {name: r}\nspec:\n  field: spec.release\n  from: a\n"
                            "  to: b\n%s",
                            more);
    cr_assert(yaml_read(text, &yaml, limits_default(), arena, &document, &err), "%s", err.text);
    cr_assert(rollout_read(document, (struct position){0}, arena, &findings, &spec), "%s",
              findings.list.items[0].text.ptr);
    state = rollout_state_new(spec, arena);
}

static void set_up(void)
{
    arena = arena_create(ARENA_NO_BUDGET);
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        members[i] = (struct rollout_member){.name = arena_printf(arena, "n/%zu", i),
                                             .wave = i != 0,
                                             .at = ROLLOUT_AT_FROM,
                                             .health = ROLLOUT_READY,
                                             .reachable = true,
                                             .available = true,
                                             .observed_ns = 1000 * S};
}

static void tear_down(void)
{
    arena_destroy(arena);
}

TestSuite(machine, .init = set_up, .fini = tear_down);

#define TWO_WAVES "  waves: [{name: one, soak: 60s}, {name: two, maxParallel: 2}]\n"

static struct rollout_decision step(int64_t now_s)
{
    const struct rollout_case facts = {.spec = spec,
                                       .members = members,
                                       .member_count = ARRAY_LEN(members),
                                       .state = &state,
                                       .now_ns = now_s * S};
    struct rollout_decision decision = rollout_decide(&facts, arena);
    struct error err = ERROR_INIT;
    str text = rollout_state_text(spec, &decision.next, arena);
    cr_assert(rollout_state_read(text, spec, arena, &state, &err), "%s", err.text);
    return decision;
}

static void see(size_t index, enum rollout_at where, enum rollout_health health, int64_t at_s)
{
    members[index].at = where;
    members[index].health = health;
    members[index].observed_ns = at_s * S;
}

static enum rollout_phase phase(size_t index)
{
    const struct rollout_record *record = rollout_find(&state, members[index].name);
    return record != NULL ? record->phase : ROLLOUT_HELD;
}

Test(machine, goes_wave_by_wave_on_new_evidence_only)
{
    read_spec(TWO_WAVES);
    struct rollout_decision first = step(1010);
    cr_expect(first.changed && phase(0) == ROLLOUT_RELEASED);
    cr_expect_eq(first.reasons[1], ROLLOUT_R_WAVE);
    cr_expect(!step(1011).changed, "the same again");
    see(0, ROLLOUT_AT_TO, ROLLOUT_READY, 1009);
    step(1012);
    cr_expect_eq(phase(0), ROLLOUT_RELEASED, "what was so before it was let go proves nothing");
    see(0, ROLLOUT_AT_TO, ROLLOUT_READY, 1020);
    struct rollout_decision done = step(1021);
    cr_expect(phase(0) == ROLLOUT_DONE && done.wake_ns == 1080 * S);
    step(1085);
    cr_expect_eq(phase(1), ROLLOUT_HELD, "the evidence is older than the soak");
    see(0, ROLLOUT_AT_TO, ROLLOUT_READY, 1086);
    step(1086);
    cr_expect_eq(step(1087).reasons[1], ROLLOUT_R_OLD, "what is known of it is, too");
    see(1, ROLLOUT_AT_FROM, ROLLOUT_READY, 1088);
    see(2, ROLLOUT_AT_FROM, ROLLOUT_READY, 1088);
    step(1088);
    cr_expect(phase(1) == ROLLOUT_RELEASED && phase(2) == ROLLOUT_RELEASED);
    see(1, ROLLOUT_AT_TO, ROLLOUT_READY, 1100);
    see(2, ROLLOUT_AT_TO, ROLLOUT_READY, 1100);
    struct rollout_decision last = step(1100);
    cr_expect(state.status == ROLLOUT_COMPLETE && last.wave == ROLLOUT_NO_WAVE);
}

Test(machine, stops_by_itself_and_goes_on_when_it_is_over)
{
    read_spec(TWO_WAVES);
    step(1010);
    see(0, ROLLOUT_AT_TO, ROLLOUT_IS_STUCK, 1020);
    step(1020);
    cr_expect(phase(0) == ROLLOUT_BAD && state.status == ROLLOUT_STOPPED);
    see(0, ROLLOUT_AT_TO, ROLLOUT_READY, 1030);
    step(1030);
    cr_expect(phase(0) == ROLLOUT_DONE && state.status == ROLLOUT_RUNNING);
}

Test(machine, stays_stopped_until_somebody_says_resume)
{
    read_spec(TWO_WAVES "  gate: {onStop: manual}\n");
    step(1010);
    see(0, ROLLOUT_AT_TO, ROLLOUT_IS_FAILED, 1020);
    step(1020);
    see(0, ROLLOUT_AT_TO, ROLLOUT_READY, 1030);
    step(1030);
    cr_expect(phase(0) == ROLLOUT_DONE && state.status == ROLLOUT_STOPPED);
    struct rollout_command command;
    cr_assert(rollout_command_read(STR("resume r"), &command));
    cr_expect(rollout_command_take(spec, &state, &command));
    step(1031);
    cr_expect_eq(state.status, ROLLOUT_RUNNING);
}

Test(machine, a_resume_forgives_what_went_wrong_before)
{
    read_spec("  waves: [{name: one}, {name: two}]\n");
    step(1010);
    see(0, ROLLOUT_AT_TO, ROLLOUT_IS_FAILED, 1020);
    step(1020);
    cr_assert_eq(state.status, ROLLOUT_STOPPED);
    const struct rollout_command command = {.word = ROLLOUT_RESUME, .rollout = STR("r")};
    cr_assert(rollout_command_take(spec, &state, &command));
    see(1, ROLLOUT_AT_FROM, ROLLOUT_READY, 1040);
    step(1041);
    step(1042);
    cr_expect(state.status == ROLLOUT_RUNNING && phase(1) == ROLLOUT_RELEASED);
    see(1, ROLLOUT_AT_TO, ROLLOUT_IS_FAILED, 1050);
    step(1050);
    cr_expect_eq(state.status, ROLLOUT_STOPPED, "one more has gone wrong");
}

Test(machine, waits_for_an_approval_and_hears_it_once)
{
    read_spec("  waves: [{name: one, manualApproval: true}, {name: two}]\n");
    cr_expect_eq(step(1010).reasons[0], ROLLOUT_R_APPROVAL);
    struct rollout_command command;
    cr_assert(rollout_command_read(STR("approve r/one"), &command));
    cr_expect(rollout_command_take(spec, &state, &command));
    cr_expect(!rollout_command_take(spec, &state, &command));
    step(1011);
    cr_expect_eq(phase(0), ROLLOUT_RELEASED);
}

Test(machine, an_abort_is_for_ever)
{
    read_spec(TWO_WAVES);
    struct rollout_command command = {.word = ROLLOUT_ABORT, .rollout = STR("r")};
    cr_assert(rollout_command_take(spec, &state, &command));
    command.word = ROLLOUT_RESUME;
    cr_expect(!rollout_command_take(spec, &state, &command));
    cr_expect_eq(step(1010).reasons[0], ROLLOUT_R_ABORTED);
}

Test(machine, a_cluster_that_is_there_or_new_is_not_held)
{
    read_spec("  suspend: true\n  waves: [{name: one}, {name: two}]\n");
    see(0, ROLLOUT_AT_ABSENT, ROLLOUT_UNKNOWN, 1000);
    see(1, ROLLOUT_AT_TO, ROLLOUT_WORKING, 1000);
    struct rollout_decision decision = step(1010);
    cr_expect(phase(0) == ROLLOUT_OUTSIDE && phase(1) == ROLLOUT_RELEASED);
    cr_expect_eq(decision.reasons[2], ROLLOUT_R_PAUSED);
}

Test(machine, one_that_left_git_lets_nobody_go_and_ends_with_the_last)
{
    read_spec(TWO_WAVES);
    step(1010);
    cr_assert_eq(phase(0), ROLLOUT_RELEASED);
    struct rollout_spec *left = ARENA_NEW(arena, struct rollout_spec);
    *left = *spec;
    left->left = true;
    spec = left;
    see(0, ROLLOUT_AT_TO, ROLLOUT_READY, 1020);
    step(1020);
    see(0, ROLLOUT_AT_TO, ROLLOUT_READY, 1100);
    struct rollout_decision decision = step(1100);
    cr_expect(phase(0) == ROLLOUT_DONE && state.status == ROLLOUT_PAUSED);
    cr_expect(phase(1) == ROLLOUT_HELD && decision.reasons[1] == ROLLOUT_R_LEFT);
    see(1, ROLLOUT_AT_TO, ROLLOUT_READY, 1110);
    see(2, ROLLOUT_AT_TO, ROLLOUT_READY, 1110);
    step(1110);
    cr_expect_eq(state.status, ROLLOUT_COMPLETE);
}

Test(machine, another_value_is_held_and_named)
{
    read_spec("  waves: [{name: one}, {name: two}]\n");
    see(0, ROLLOUT_AT_OTHER, ROLLOUT_READY, 1000);
    cr_expect_eq(step(1010).reasons[0], ROLLOUT_R_VALUE);
}

Test(machine, unreachable_ones_count_hold_or_are_skipped)
{
    static const struct {
        const char *word;
        enum rollout_phase wants;
    } rows[] = {{"count", ROLLOUT_HELD}, {"hold", ROLLOUT_HELD}, {"skip", ROLLOUT_RELEASED}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        read_spec(arena_printf(arena,
                               "  unreachable: %s\n  maxUnavailable: 1\n"
                               "  waves: [{name: one}, {name: two}]\n",
                               rows[i].word)
                      .ptr);
        members[0].reachable = false;
        step(1010);
        cr_expect_eq(phase(1), rows[i].wants, "%s", rows[i].word);
        cr_expect_eq(phase(0), ROLLOUT_HELD);
    }
}

Test(machine, a_percentage_is_at_least_one)
{
    read_spec("  maxUnavailable: 10%\n  waves: [{name: one, maxParallel: 5}]\n");
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        members[i].wave = 0;
    struct rollout_decision decision = step(1010);
    cr_expect_eq(decision.counts.released, 1);
    cr_expect_eq(decision.reasons[1], ROLLOUT_R_UNAVAILABLE);
}

Test(machine, another_change_begins_anew)
{
    read_spec(TWO_WAVES);
    step(1010);
    cr_assert_eq(phase(0), ROLLOUT_RELEASED);
    struct rollout_state old = state;
    read_spec("  waves: [{name: one, manualApproval: true}]\n  suspend: true\n");
    struct rollout_spec *other = ARENA_NEW(arena, struct rollout_spec);
    *other = *spec;
    other->to = STR("c");
    spec = other;
    state = old;
    step(1020);
    cr_expect_eq(phase(0), ROLLOUT_HELD);
}

Test(machine, damaged_records_let_nothing_go)
{
    static const char *const texts[] = {
        "",
        "{}",
        "[]",
        "{\"version\":2}",
        "{\"version\":1,\"status\":\"Running\",\"clockNs\":1,\"waves\":[],\"clusters\":[[1]]}",
        "{\"version\":1,\"status\":\"Running\",\"clockNs\":1,\"waves\":[],"
        "\"clusters\":[[\"b\",\"Done\",\"\",1,1],[\"a\",\"Done\",\"\",1,1]]}",
    };
    read_spec(TWO_WAVES);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct error err = ERROR_INIT;
        cr_expect(!rollout_state_read(str_z(texts[i]), spec, arena, &state, &err), "%s", texts[i]);
        cr_expect_str_eq(err.rule, "E_ROLLOUT_STATE");
    }
}

Test(machine, knows_what_is_no_command)
{
    static const char *const texts[] = {"",     "approve",     "approve r", "approve r/",
                                        "go r", "stop r/wave", "stop",      "approve /one"};
    struct rollout_command command;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        cr_expect(!rollout_command_read(str_z(texts[i]), &command), "%s", texts[i]);
}
