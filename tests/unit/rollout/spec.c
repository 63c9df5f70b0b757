#include "syncd/rollout/spec.h"

#include "syncd/base/buf.h"
#include "syncd/base/clock.h"
#include "syncd/value/json.h"
#include "syncd/value/yaml.h"

#include <criterion/criterion.h>

static const struct yaml_options yaml = {.dialect = YAML_KUBERNETES};

static struct arena *arena;
static struct findings findings;

static void set_up(void)
{
    arena = arena_create(ARENA_NO_BUDGET);
    findings_init(&findings, arena);
}

static void tear_down(void)
{
    arena_destroy(arena);
}

TestSuite(spec, .init = set_up, .fini = tear_down);

#define HEAD                                                                                       \
    "apiVersion: syncd.dev/v1alpha1\nkind: Rollout\nmetadata: {name: r}\nspec:\n"                  \
    "  field: spec.release\n  from: a\n  to: b\n"

static value document(const char *text)
{
    value v;
    struct error err = ERROR_INIT;
    cr_assert(yaml_read(str_z(text), &yaml, limits_default(), arena, &v, &err), "%s", err.text);
    return v;
}

static const struct rollout_spec *read(const char *text)
{
    const struct rollout_spec *spec = NULL;
    bool right = rollout_read(document(text), (struct position){.file = STR("r.yaml"), .line = 1},
                              arena, &findings, &spec);
    cr_assert(right == (findings.errors == 0));
    return right ? spec : NULL;
}

Test(spec, reads_the_example_of_the_design)
{
    const struct rollout_spec *spec =
        read(HEAD "  freeze: {timeZone: Europe/Berlin, allow: [{weekdays: [tue, wed], from: 8, to: "
                  "\"16:30\"}]}\n"
                  "  waves:\n"
                  "  - {name: canary, select: {names: [team-lab/lab-1]}, soak: 2h}\n"
                  "  - {name: attached, select: {provider: byo}, manualApproval: true}\n"
                  "  gate:\n"
                  "    requireBefore: [releaseAvailable, noStuckLCM]\n"
                  "    success: {verdict: Ready, within: 3h}\n"
                  "    stopOn: {failed: 1, degraded: 2, stuck: 0}\n"
                  "    onStop: hold\n");
    cr_assert_not_null(spec);
    cr_expect(spec->waves.len == 2 && spec->waves.items[0].soak_ns == 7200 * NS_PER_S);
    cr_expect(spec->waves.items[1].manual_approval && spec->waves.items[1].max_parallel == 1);
    cr_expect_eq(spec->gates, ROLLOUT_RELEASE_AVAILABLE | ROLLOUT_NO_STUCK_LCM);
    cr_expect_eq(spec->within_ns, 3 * 3600 * NS_PER_S);
    cr_expect(spec->stop_on[ROLLOUT_DEGRADED] == 2 && spec->stop_on[ROLLOUT_STUCK] == 0);
    cr_expect(spec->freeze.allow.items[0].weekdays == (1u << 2 | 1u << 3));
    cr_expect_eq(spec->freeze.allow.items[0].to, 16 * 60 + 30);
}

Test(spec, names_every_mistake_with_its_line)
{
    static const struct {
        const char *text, *says;
        uint32_t line;
    } rows[] = {
        {HEAD "  waves: [{name: one}]\n  wavs: 1\n", "no key wavs", 9},
        {HEAD "  waves: []\n", "1 to 100 waves", 8},
        {HEAD "  waves:\n  - {name: one}\n  - {name: one}\n", "two waves are called one", 10},
        {HEAD "  waves:\n  - {name: one, soak: long}\n", "soak is a duration", 9},
        {HEAD "  waves:\n  - {name: one, maxParallel: 0}\n", "never let a cluster go", 9},
        {HEAD "  waves: [{name: one}]\n  maxUnavailable: 120%\n", "maxUnavailable is", 9},
        {HEAD "  waves: [{name: one}]\n  unreachable: ignore\n", "none of count,hold,skip", 9},
        {HEAD "  waves: [{name: one}]\n  gate: {requireBefore: [luck]}\n", "luck is none of", 9},
        {HEAD "  waves: [{name: one}]\n  freeze: {allow: [{from: 9, to: 8}]}\n", "from lies before",
         9},
        {HEAD "  waves: [{name: one}]\n  freeze: {deny: [{from: 2026-13-01, to: 2027-01-01}]}\n",
         "from is a day", 9},
        {"metadata: {name: r}\nspec: {field: spec.release, from: a, to: a, waves: [{name: x}]}\n",
         "are the same", 2},
        {"metadata: {name: r}\nspec: {field: status.x, from: a, to: b, waves: [{name: x}]}\n",
         "one field below spec", 2},
        {"metadata: {name: r}\nspec: {field: 'spec.a[].b', from: a, to: b, waves: [{name: x}]}\n",
         "one field below spec", 2},
        {"metadata: {name: r}\nspec: {field: spec.x, to: b, waves: [{name: x}]}\n",
         "spec.from is needed", 2},
        {"metadata: {name: R}\nspec: {field: spec.x, from: a, to: b, waves: [{name: x}]}\n",
         "its name has", 1},
        {"metadata: {name: r}\n", "spec is needed", 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        findings_init(&findings, arena);
        cr_expect_null(read(rows[i].text), "%zu", i);
        bool said = false;
        VEC_FOR (const struct finding, finding, &findings.list) {
            cr_expect(finding->hint.len != 0 && strcmp(finding->rule, ROLLOUT_RULE) == 0);
            said = said || (str_find(finding->text, str_z(rows[i].says)) != SIZE_MAX &&
                            finding->position.line == rows[i].line);
        }
        cr_expect(said, "row %zu: %s, said %.*s at %u", i, rows[i].says,
                  STR_ARG(findings.list.items[0].text), findings.list.items[0].position.line);
    }
}

Test(spec, the_first_wave_that_selects_a_cluster_has_it)
{
    const struct rollout_spec *spec =
        read(HEAD "  waves:\n"
                  "  - {name: named, select: {names: [team/a, b*]}}\n"
                  "  - {name: lab, select: {labels: {tier: lab}, region: eu}}\n"
                  "  - {name: byo, select: {provider: byo}}\n");
    cr_assert_not_null(spec);
    value lab = document("{tier: lab}"), none = document("{}");
    cr_expect_eq(rollout_wave_of(spec, STR("team/a"), lab, STR(""), STR("eu")), 0);
    cr_expect_eq(rollout_wave_of(spec, STR("other/a"), none, STR(""), STR("eu")), ROLLOUT_NO_WAVE);
    cr_expect_eq(rollout_wave_of(spec, STR("other/bb"), none, STR(""), STR("")), 0);
    cr_expect_eq(rollout_wave_of(spec, STR("x/y"), lab, STR("byo"), STR("eu")), 1);
    cr_expect_eq(rollout_wave_of(spec, STR("x/y"), lab, STR("byo"), STR("us")), 2);
}

Test(spec, the_schema_takes_what_the_reader_takes)
{
    AUTO_BUF struct buf text = BUF_INIT(1 << 16), said = BUF_INIT(1 << 16);
    value schema;
    struct error err = ERROR_INIT;
    rollout_schema(&text);
    cr_assert(json_read(buf_str(&text), limits_default(), arena, &schema, &err), "%s", err.text);
    cr_expect(value_is(value_get2(schema, STR("properties"), STR("spec")), VALUE_OBJECT));
    rollout_explain(&said);
    cr_expect(str_find(buf_str(&said), STR("spec.waves[].maxParallel")) != SIZE_MAX);
    cr_expect(str_find(buf_str(&text), STR("\"stopOn\":{\"type\":\"object\"")) != SIZE_MAX);
    cr_expect(str_find(buf_str(&text), STR("\"enum\":[\"count\",\"hold\",\"skip\"]")) != SIZE_MAX);
}
