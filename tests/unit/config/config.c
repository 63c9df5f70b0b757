#include "syncd/config/config.h"

#include "syncd/base/clock.h"
#include "syncd/value/json.h"

#include <criterion/criterion.h>

static const char whole[] = "apiVersion: syncd.dev/v1alpha1\n"
                            "kind: SyncConfig\n"
                            "metadata: {name: fleet}\n"
                            "spec:\n"
                            "  stateDirectory: state\n"
                            "  source: {url: /srv/fleet.git, interval: 5s}\n"
                            "  prune: {enabled: true}\n"
                            "  limits: {yaml_depth: 12}\n"
                            "  targets:\n"
                            "  - {name: mgmt, role: management, kubeconfigFile: mgmt.kubeconfig}\n"
                            "  - name: eu\n"
                            "    role: regional\n"
                            "    kubeconfigFrom: {target: mgmt, secret: default/eu}\n";

static bool read(struct arena *arena, const char *text, struct findings *findings,
                 struct config **config)
{
    findings_init(findings, arena);
    return config_read(str_z(text), "syncd.yaml", STR("/etc/syncd"), arena, findings, config);
}

Test(config, reads_keys_and_fills_defaults_from_the_table)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct findings findings;
    struct config *config;
    cr_assert(read(arena, whole, &findings, &config));
    cr_assert(str_equal(config->state_directory, STR("/etc/syncd/state")));
    cr_assert(str_equal(config->source.branch, STR("main")));
    cr_assert_eq(config->source.interval_ns, 5 * NS_PER_S);
    cr_assert_eq(config->notes.interval_ns, 10 * NS_PER_S);
    cr_assert(config->notes.push);
    cr_assert(config->prune.enabled);
    cr_assert_eq(config->prune.max_count, 10);
    cr_assert_eq(config->limits.yaml_depth, 12);
    cr_assert_eq(config->limits.json_depth, limits_default()->json_depth);
    cr_assert_eq(config->target_count, 2);
    cr_assert(str_equal(config->targets[0].paths.items[0], STR("management")));
    cr_assert(str_equal(config->targets[1].paths.items[0], STR("regional/eu")));
    cr_assert(str_equal(config->targets[1].from_key, STR("value")));
}

/* Each is wrong in one place; the message names it. */
Test(config, refuses_what_is_wrong_and_says_where)
{
    static const struct {
        const char *from, *to, *expected;
        uint32_t line;
    } rows[] = {
        {"interval: 5s", "interval: 1x", "interval is a duration", 6},
        {"interval: 5s", "intervall: 5s", "unknown key spec.source.intervall", 6},
        {"url: /srv/fleet.git, ", "", "spec.source.url is needed", 6},
        {"enabled: true", "enabled: maybe", "enabled is true or false", 7},
        {"role: management", "role: boss", "role is bootstrap, management or regional", 10},
        {"yaml_depth: 12", "yaml_deep: 12", "no such limit", 8},
        {"target: mgmt", "target: nobody", "no target with a kubeconfig of its own", 11},
        {"secret: default/eu", "secret: eu", "namespace/name", 11},
        {"name: eu", "name: mgmt", "two targets are named mgmt", 11},
        {", kubeconfigFile: mgmt.kubeconfig", "", "exactly one of kubeconfigFile", 10},
        {"kind: SyncConfig", "kind: Other", "begins with apiVersion", 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
        struct findings findings;
        struct config *config;
        const char *at = strstr(whole, rows[i].from);
        cr_assert_not_null(at);
        str text = arena_concat(arena, str_from(whole, (size_t)(at - whole)), str_z(rows[i].to),
                                str_z(at + strlen(rows[i].from)));
        cr_assert_not(read(arena, text.ptr, &findings, &config), "row %zu", i);
        bool told = false;
        VEC_FOR (const struct finding, finding, &findings.list) {
            told = told || (str_find(finding->text, str_z(rows[i].expected)) != SIZE_MAX &&
                            finding->position.line == rows[i].line);
        }
        cr_assert(told, "row %zu: %.*s at line %u", i, STR_ARG(findings.list.items[0].text),
                  findings.list.items[0].position.line);
    }
}

Test(config, tells_all_problems_at_once)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct findings findings;
    struct config *config;
    cr_assert_not(read(arena, "apiVersion: syncd.dev/v1alpha1\nkind: SyncConfig\nspec: {bad: 1}\n",
                       &findings, &config));
    cr_assert_geq(findings.errors, 4);
}

Test(config, every_key_is_unique_and_documented)
{
    size_t count;
    const struct config_key *keys = config_keys(&count);
    for (size_t i = 0; i < count; i++) {
        cr_assert_gt(strlen(keys[i].summary), 10);
        for (size_t j = 0; j < i; j++)
            cr_assert_str_neq(keys[i].path, keys[j].path);
    }
    AUTO_BUF struct buf schema = BUF_INIT(1 << 20);
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    value document;
    config_schema(&schema);
    cr_assert(json_read(buf_str(&schema), limits_default(), arena, &document, &err), "%s",
              err.text);
}

Test(config, takes_signers_with_their_paths)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct findings findings;
    struct config *config;
    static const char head[] = "apiVersion: syncd.dev/v1alpha1\nkind: SyncConfig\n"
                               "metadata: {name: fleet}\nspec:\n  source: {url: /srv/fleet.git}\n"
                               "  targets: [{name: m, role: management, inCluster: true}]\n"
                               "  signatures:\n    policy: merge\n";
    str good = arena_printf(arena,
                            "%s    allowedSignersFile: signers\n"
                            "    scopes: [{signer: 'eu-*', paths: [regional/eu]}]\n",
                            head);
    cr_assert(read(arena, good.ptr, &findings, &config));
    cr_expect_eq(config->signatures.policy, TRUST_MERGE);
    cr_expect(str_equal(config->signatures.allowed_signers_file, STR("/etc/syncd/signers")));
    cr_assert_eq(config->signatures.scope_count, 1);
    cr_expect(str_equal(config->signatures.scopes[0].paths[0], STR("regional/eu")));
    cr_expect(!read(arena, head, &findings, &config), "signatures by nobody");
    str bad = arena_printf(arena, "%s    allowedSignersFile: s\n    scopes: [{signer: a}]\n", head);
    cr_expect(!read(arena, bad.ptr, &findings, &config), "a scope without paths");
}

Test(config, reads_rules_about_drift)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct findings findings;
    struct config *config;
    str text = arena_concat(arena, str_z(whole),
                            STR("  drift:\n    action: report\n    rules:\n"
                                "    - {kind: Deployment.apps, path: .spec.replicas, action: "
                                "ignore}\n    - {manager: hpa*, action: heal}\n"),
                            (str){0});
    cr_assert(read(arena, text.ptr, &findings, &config));
    cr_assert_eq(config->drift.fallback, DRIFT_REPORT);
    cr_assert_eq(config->drift.len, 2);
    cr_assert_eq(config->drift.rules[0].action, DRIFT_IGNORE);
    cr_assert(str_equal(config->drift.rules[1].manager, STR("hpa*")));
    text =
        arena_concat(arena, str_z(whole),
                     STR("  drift: {rules: [{path: spec, action: heal}, {action: often}, {class: "
                         "none, action: heal}]}\n"),
                     (str){0});
    cr_assert_not(read(arena, text.ptr, &findings, &config));
    cr_assert_eq(findings.errors, 3);
}

Test(config, takes_a_forge_only_with_all_that_it_needs)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct findings findings;
    struct config *config;
    static const char head[] = "apiVersion: syncd.dev/v1alpha1\nkind: SyncConfig\n"
                               "metadata: {name: fleet}\nspec:\n  source: {url: /srv/fleet.git}\n"
                               "  targets: [{name: m, role: management, inCluster: true}]\n";
    static const struct {
        const char *text;
        bool good;
    } rows[] = {
        {"  forge: {kind: gitea, url: 'https://g', repository: a/b, tokenFile: t}\n", true},
        {"  forge: {kind: forgejo, url: 'https://g', repository: a/b, tokenFile: t}\n"
         "  webhook: {port: 8080, secretFile: s}\n  review: {policy: hold}\n",
         true},
        {"  forge: {kind: gitea, url: 'https://g', repository: a/b}\n", false},
        {"  forge: {kind: or}\n", false},
        {"  forge: {kind: svn}\n", false},
        {"  webhook: {port: 8080, secretFile: s}\n", false},
        {"  forge: {kind: gitea, url: 'https://g', repository: a/b, tokenFile: t}\n"
         "  webhook: {port: 8080}\n",
         false},
        {"  review: {policy: maybe}\n", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        str text = arena_concat(arena, str_z(head), str_z(rows[i].text), STR(""));
        cr_expect_eq(read(arena, text.ptr, &findings, &config), rows[i].good, "%zu", i);
    }
}
