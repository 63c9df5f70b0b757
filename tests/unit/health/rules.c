/* The rule language: what tests mean, and what is refused. */
#include "syncd/health/health.h"
#include "syncd/value/yaml.h"

#include <criterion/criterion.h>

static value read(const char *text, struct arena *arena)
{
    static const struct yaml_options options = {.dialect = YAML_KUBERNETES};
    struct error err = ERROR_INIT;
    value document;
    cr_assert(yaml_read(str_z(text), &options, limits_default(), arena, &document, &err), "%s: %s",
              text, err.text);
    return document;
}

/* An object whose status has a bit of everything. */
static const char cluster[] =
    "apiVersion: x.io/v1\n"
    "kind: Cluster\n"
    "metadata: {generation: 3, annotations: {a.b/c: on, n: '7'}}\n"
    "spec: {replicas: 3}\n"
    "status:\n"
    "  ready: 2\n"
    "  phase: Running\n"
    "  conditions:\n"
    "  - {type: Ready, status: 'False', reason: Why, message: because}\n"
    "  - {type: Old, status: 'True', observedGeneration: 2}\n"
    "  - {type: Nodes, ready: true}\n"
    "  nodes: [{name: a, up: true}, {name: b, up: false}, {name: c, up: true}]\n"
    "  releases: {one: {ok: true}, two: {ok: false}}\n"
    "  words: [a, b]\n";

static struct health_verdict judge(const char *rule, struct arena *arena)
{
    struct health_rules *rules = health_rules_new(limits_default(), arena);
    struct error err = ERROR_INIT;
    value facts = read("{machines: {managers: 3}, stuck: false}", arena);
    cr_assert(health_rules_add(rules, read(rule, arena), STR("r.yaml"), &err), "%s: %s", rule,
              err.text);
    const struct health_evidence seen = {
        .object = read(cluster, arena), .facts = facts, .heard_ns = 5};
    return health_judge(rules, &seen, arena);
}

static bool holds(const char *test)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    str rule = arena_printf(arena,
                            "rules: [{id: r, kinds: [x.io/Cluster], verdicts: [{is: Ready, if: "
                            "%s}]}]\n",
                            test);
    return judge(rule.ptr, arena).state == HEALTH_READY;
}

Test(health, tests_that_hold)
{
    static const char *const tests[] = {
        "{path: status.ready, eq: 2}",
        "{path: status.ready, ne: 3}",
        "{path: status.ready, lt: {path: spec.replicas}}",
        "{path: status.gone, default: 0, lt: 1}",
        "{path: status.ready, lt: {path: spec.gone, default: 9}}",
        "{path: status.phase, in: [Pending, Running]}",
        "{path: status.phase, prefix: Run}",
        "{path: status.phase, matches: '^R.*g$'}",
        "{path: status.gone, exists: false}",
        "{path: status.gone, ne: x}",
        "{path: 'metadata.annotations[\"a.b/c\"]', eq: true}",
        "{path: 'status.nodes[1].name', eq: b}",
        "{path: $facts.machines.managers, ge: 3}",
        "{condition: Ready, status: 'False'}",
        "{condition: [Gone, Ready], reason: [Why, Not]}",
        "{condition: Ready, reasonMatches: ^W, messageMatches: cause}",
        "{condition: Nodes, field: ready, status: true}",
        "{any: status.nodes, where: {path: up, eq: false}}",
        "{none: status.nodes, where: {path: name, eq: d}}",
        "{every: status.nodes, where: {path: name, exists: true}}",
        "{count: status.nodes, where: {path: up, eq: true}, eq: 2}",
        "{count: status.words, ge: {path: status.ready}}",
        "{any: status.words, where: {path: ., eq: b}}",
        "{any: status.releases, where: [{path: ok, eq: false}, {path: $key, eq: two}]}",
        "{any: status.conditions, where: {path: observedGeneration, lt: {path: "
        "$object.metadata.generation}}}",
        "{not: {condition: Ready, status: 'True'}}",
        "{or: [{path: status.ready, eq: 9}, {path: status.ready, eq: 2}]}",
        "{all: [{path: status.ready, eq: 2}, {path: status.phase, eq: Running}]}",
        "[{path: status.ready, eq: 2}, {path: status.phase, eq: Running}]",
    };
    for (size_t i = 0; i < ARRAY_LEN(tests); i++)
        cr_assert(holds(tests[i]), "%s", tests[i]);
}

Test(health, tests_that_do_not_hold)
{
    static const char *const tests[] = {
        "{path: status.ready, eq: '2'}",
        "{path: status.gone, lt: 1}",
        "{path: status.gone, eq: {path: status.none}}",
        "{path: status.phase, lt: 5}",
        "{condition: Ready, status: 'True'}",
        "{condition: Ready, status: 'False', reason: Other}",
        "{every: status.gone, where: {path: x, exists: true}}",
        "{every: status.nodes, where: {path: up, eq: true}}",
        "{count: status.nodes, where: {path: up, eq: true}, gt: 2}",
        "{or: [{path: status.ready, eq: 9}]}",
        "[{path: status.ready, eq: 2}, {path: status.phase, eq: Other}]",
    };
    for (size_t i = 0; i < ARRAY_LEN(tests); i++)
        cr_assert_not(holds(tests[i]), "%s", tests[i]);
}

Test(health, a_rule_that_says_nothing_leaves_the_word_to_the_next)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct health_verdict verdict = judge(
        "rules:\n"
        "- {id: a, kinds: [x.io/Cluster], when: {path: spec.gone, exists: true}, verdicts: [{is: "
        "Ready}]}\n"
        "- {id: b, kinds: ['*.io/Cluster'], verdicts: [{is: Ready, if: {path: status.ready, eq: "
        "9}}]}\n"
        "- {id: c, kinds: ['*/*'], verdicts: [{is: Failed, if: {condition: Ready, status: "
        "'False'}}]}\n",
        arena);
    cr_assert_eq(verdict.state, HEALTH_FAILED);
    cr_assert(str_equal(verdict.rule, STR("c")));
    cr_assert(str_equal(verdict.reason, STR("Why")));
    cr_assert(str_equal(verdict.message, STR("because")));
    cr_assert_eq(verdict.generation, 3);
    cr_assert_eq(verdict.observed_ns, 5);
}

Test(health, texts_are_filled_from_the_object_and_the_found_item)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct health_verdict verdict =
        judge("rules: [{id: r, kinds: [x.io/Cluster], verdicts: [{is: Progressing, if: {any: "
              "status.nodes, where: {path: up, eq: false}}, reason: '{status.phase}', message: "
              "'{status.ready} of {spec.replicas}; {item.name} is down, {status.gone}'}]}]",
              arena);
    cr_assert(str_equal(verdict.reason, STR("Running")));
    cr_assert(str_equal(verdict.message, STR("2 of 3; b is down, none")), "%.*s",
              STR_ARG(verdict.message));
}

Test(health, a_status_for_an_older_generation_is_progress)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct health_verdict verdict =
        judge("rules: [{id: r, kinds: [x.io/Cluster], observed: status.ready, verdicts: [{is: "
              "Ready}]}]",
              arena);
    cr_assert_eq(verdict.state, HEALTH_PROGRESSING);
    cr_assert(str_equal(verdict.reason, STR("OldGeneration")));
    verdict = judge("rules: [{id: r, kinds: [x.io/Cluster], observed: none, verdicts: [{is: "
                    "Ready}]}]",
                    arena);
    cr_assert_eq(verdict.state, HEALTH_READY);
}

Test(health, what_is_no_rule_is_refused_with_its_line_and_adds_nothing)
{
    static const char *const wrong[] = {
        "[]",
        "{rulez: []}",
        "{rules: {}}",
        "{rules: [{kinds: [/Pod], verdicts: []}]}",
        "{rules: [{id: a, kinds: [Pod], verdicts: []}]}",
        "{rules: [{id: a, kinds: [], verdicts: []}]}",
        "{rules: [{id: a, kinds: [/Pod], verdicts: {}}]}",
        "{rules: [{id: a, kinds: [/Pod], verdicts: [{is: Fine}]}]}",
        "{rules: [{id: a, kinds: [/Pod], verdicts: [{is: Ready, when: {}}]}]}",
        "{rules: [{id: a, kinds: [/Pod], verdicts: [{is: Ready, if: {path: a..b, eq: 1}}]}]}",
        "{rules: [{id: a, kinds: [/Pod], verdicts: [{is: Ready, if: {path: a}}]}]}",
        "{rules: [{id: a, kinds: [/Pod], verdicts: [{is: Ready, if: {path: a, eq: 1, ne: 2}}]}]}",
        "{rules: [{id: a, kinds: [/Pod], verdicts: [{is: Ready, if: {path: a, matches: '('}}]}]}",
        "{rules: [{id: a, kinds: [/Pod], verdicts: [{is: Ready, if: {path: $what.x, eq: 1}}]}]}",
        "{rules: [{id: a, kinds: [/Pod], verdicts: [{is: Ready, if: {count: a, in: [1]}}]}]}",
        "{rules: [{id: a, kinds: [/Pod], verdicts: [{is: Ready, if: {not: {}, x: 1}}]}]}",
        "{rules: [{id: a, kinds: [/Pod], verdicts: [{is: Ready, if: text}]}]}",
        "{rules: [{id: a, kinds: [/Pod], observed: a..b, verdicts: []}]}",
        "{rules: [{id: a, kinds: [/Pod], verdicts: [{is: Ready}]}, {id: b}]}",
    };
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
        struct health_rules *rules = health_rules_new(limits_default(), arena);
        struct error err = ERROR_INIT;
        cr_assert_not(health_rules_add(rules, read(wrong[i], arena), STR("r.yaml"), &err), "%s",
                      wrong[i]);
        cr_assert_str_eq(err.rule, "E_HEALTH_RULE", "%s", wrong[i]);
        cr_assert_str_eq(err.file, "r.yaml");
        cr_assert_eq(err.line, 1, "%s", wrong[i]);
        cr_assert_eq(health_rules_count(rules), 0);
    }
}

/* Quadratic rules over a long list end, and are not Ready. */
Test(health, judging_is_bounded)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct health_rules *rules = health_rules_new(limits_default(), arena);
    struct error err = ERROR_INIT;
    struct array_builder list;
    struct object_builder object;
    cr_assert(health_rules_add(
        rules,
        read(
            "rules: [{id: r, kinds: ['*/*'], verdicts: [{is: Ready, if: {none: list, where: {none: "
            "$object.list, where: {path: ., eq: x}}}}, {is: Ready}]}]",
            arena),
        STR("r.yaml"), &err));
    array_begin(&list, arena);
    for (int64_t i = 0; i < 2000; i++)
        array_add(&list, value_int(i, arena));
    object_begin(&object, arena);
    object_add(&object, STR("apiVersion"), value_string(STR("v1")));
    object_add(&object, STR("kind"), value_string(STR("X")));
    object_add(&object, STR("list"), array_finish(&list));
    const struct health_evidence seen = {.object = object_finish(&object), .facts = value_absent()};
    struct health_verdict verdict = health_judge(rules, &seen, arena);
    cr_assert_eq(verdict.state, HEALTH_NO_RULE);
    cr_assert(str_equal(verdict.reason, STR("TooLarge")));
}

Test(health, old_evidence_is_unknown)
{
    const struct health_verdict verdict = {.state = HEALTH_READY, .observed_ns = 100};
    cr_assert_eq(health_as_of(&verdict, 150, 50).state, HEALTH_READY);
    cr_assert_eq(health_as_of(&verdict, 151, 50).state, HEALTH_STALE);
    cr_assert_not(health_lets_pass(HEALTH_STALE));
    cr_assert_not(health_lets_pass(HEALTH_MISSING));
    cr_assert(health_lets_pass(HEALTH_READY));
}
