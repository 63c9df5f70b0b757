#include "syncd/config/config_internal.h"

#include "syncd/object/options.h"
#include "syncd/value/yaml.h"

#include <stdio.h>
#include <stdlib.h>

static void read_limits(struct reading *reading, value given, struct limits *limits)
{
    *limits = *limits_default();
    size_t count;
    const struct limits_row *known = limits_rows(&count);
    for (size_t i = 0; i < value_len(given); i++) {
        const struct member *member = value_member(given, i);
        int64_t number;
        size_t at = 0;
        while (at < count && !str_equal(member->key, str_z(known[at].name)))
            at++;
        if (at == count || !value_to_i64(member->val, &number) || number <= 0) {
            (void)config_complain(reading, member->val, "limits.%.*s: %s", STR_ARG(member->key),
                                  at == count ? "no such limit" : "a whole number from 1");
            continue;
        }
        memcpy((char *)limits + known[at].offset, &(uint64_t){(uint64_t)number}, sizeof(uint64_t));
    }
}

static void read_scopes(struct reading *reading, value list, struct config_signatures *signatures)
{
    if (value_present(list) && !value_is(list, VALUE_ARRAY)) {
        (void)config_complain(reading, list, "spec.signatures.scopes is a list");
        return;
    }
    signatures->scope_count = value_len(list);
    signatures->scopes = ARENA_ARRAY(reading->arena, struct trust_scope, value_len(list));
    for (size_t i = 0; i < value_len(list); i++) {
        struct config_scope scope = {0};
        config_read_section(reading, SECTION_SCOPE, value_item(list, i), &scope);
        signatures->scopes[i] =
            (struct trust_scope){scope.signer, scope.paths.items, scope.paths.len};
    }
}

static void read_signatures(struct reading *reading, value given,
                            struct config_signatures *signatures)
{
    config_read_section(reading, SECTION_SIGNATURES, given, signatures);
    read_scopes(reading, value_get(given, STR("scopes")), signatures);
    if (signatures->policy != TRUST_NONE && signatures->allowed_signers_file.len == 0 &&
        signatures->openpgp_keys_file.len == 0)
        (void)config_complain(reading, given,
                              "signatures.policy needs allowedSignersFile or openpgpKeysFile");
    if (signatures->since.len != 0 && signatures->since.len != 40)
        (void)config_complain(reading, given, "signatures.since is a commit of 40 digits");
}

static void read_charts(struct reading *reading, value list, struct config *config)
{
    if (value_present(list) && !value_is(list, VALUE_ARRAY)) {
        (void)config_complain(reading, list, "spec.charts is a list");
        return;
    }
    config->charts_count = value_len(list);
    config->charts = ARENA_ARRAY(reading->arena, struct config_charts, value_len(list));
    for (size_t i = 0; i < value_len(list); i++)
        config_read_section(reading, SECTION_CHARTS, value_item(list, i), &config->charts[i]);
}

static void read_drift(struct reading *reading, value given, struct drift_policy *policy)
{
    config_read_section(reading, SECTION_DRIFT, given, policy);
    value list = value_get(given, STR("rules"));
    if (value_present(list) && !value_is(list, VALUE_ARRAY)) {
        (void)config_complain(reading, list, "spec.drift.rules is a list");
        return;
    }
    struct drift_rule *rules = ARENA_ARRAY(reading->arena, struct drift_rule, value_len(list));
    for (size_t i = 0; i < value_len(list); i++) {
        struct error err = ERROR_INIT;
        config_read_section(reading, SECTION_RULE, value_item(list, i), &rules[i]);
        if (!drift_rule_check(&rules[i], &err))
            (void)config_complain(reading, value_item(list, i), "%s", err.text);
    }
    policy->rules = rules;
    policy->len = value_len(list);
}

static void read_forge(struct reading *reading, value spec, struct config *config)
{
    const struct config_forge *forge = &config->forge;
    value given = value_get(spec, STR("forge"));
    config_read_section(reading, SECTION_FORGE, given, &config->forge);
    config_read_section(reading, SECTION_WEBHOOK, value_get(spec, STR("webhook")),
                        &config->webhook);
    config_read_section(reading, SECTION_REVIEW, value_get(spec, STR("review")), &config->review);
    bool none = str_equal(forge->kind, STR("none"));
    bool app = forge->app_id.len != 0;
    if (!none &&
        (forge->url.len == 0 || forge->repository.len == 0 || (forge->token_file.len != 0) == app))
        (void)config_complain(reading, given,
                              "spec.forge needs url, repository, and tokenFile or appID");
    if (app && (!str_equal(forge->kind, STR("github")) || forge->app_key_file.len == 0))
        (void)config_complain(reading, given, "spec.forge.appID is GitHub's, and needs appKeyFile");
    if (str_equal(config->source.token_from, STR("app")) &&
        (!app || config->source.token_file.len != 0 || config->source.ssh_key_file.len != 0))
        (void)config_complain(reading, value_get(spec, STR("source")),
                              "spec.source.tokenFrom: app needs spec.forge.appID and no other "
                              "credentials");
    if (config->webhook.port > 65535 || (config->webhook.port != 0 && none))
        (void)config_complain(reading, value_get(spec, STR("webhook")),
                              "spec.webhook needs a port below 65536 and spec.forge.kind");
    if (config->webhook.port != 0 && config->webhook.secret_file.len == 0)
        (void)config_complain(reading, value_get(spec, STR("webhook")),
                              "spec.webhook needs secretFile");
    if (!none && config->source.tag.len != 0)
        (void)config_complain(reading, given,
                              "pull requests are planned for a branch, not for a tag");
}

/* With a level, the whole layout; without, the directory of the role. */
static struct text_list default_paths(const struct reading *reading, const struct config *config,
                                      const struct config_target *target)
{
    struct text_list list = {ARENA_NEW(reading->arena, str), 1};
    str layout = config->level.len != 0 ? STR("layout:") : STR("");
    list.items[0] = target->role == ROLE_REGIONAL
                        ? arena_concat(reading->arena, layout, STR("regional/"), target->region)
                        : arena_concat(reading->arena, layout, STR("management"), (str){0});
    return list;
}

static void check_reach(struct reading *reading, value at, const struct config_target *target)
{
    int ways =
        (target->kubeconfig_file.len != 0) + target->in_cluster + (target->from_target.len != 0);
    if (ways != 1)
        (void)config_complain(reading, at,
                              "target %.*s needs exactly one of kubeconfigFile, inCluster and "
                              "kubeconfigFrom",
                              STR_ARG(target->name));
    if (target->from_target.len != 0 && str_index(target->from_secret, '/') == SIZE_MAX)
        (void)config_complain(reading, at, "kubeconfigFrom.secret is namespace/name");
}

static void read_adopt(struct reading *reading, value spec, struct config *config)
{
    for (size_t i = 0; i < config->adopt.len; i++) {
        unsigned option = object_option_adopt(config->adopt.items[i]);
        if (option == 0)
            (void)config_complain(reading, value_get(spec, STR("adopt")),
                                  "spec.adopt is a list of kubectl, argocd, flux and helm");
        config->adopt_options |= option;
    }
}

static void read_targets(struct reading *reading, value list, struct config *config)
{
    if (!value_is(list, VALUE_ARRAY) || value_len(list) == 0) {
        (void)config_complain(reading, list, "spec.targets names at least one cluster");
        return;
    }
    config->target_count = value_len(list);
    config->targets = ARENA_ARRAY(reading->arena, struct config_target, config->target_count);
    for (size_t i = 0; i < config->target_count; i++) {
        value given = value_item(list, i);
        struct config_target *target = &config->targets[i];
        config_read_section(reading, SECTION_TARGET, given, target);
        config_read_section(reading, SECTION_FROM, value_get(given, STR("kubeconfigFrom")), target);
        if (target->region.len == 0)
            target->region = target->name;
        if (target->paths.len == 0)
            target->paths = default_paths(reading, config, target);
        check_reach(reading, given, target);
        for (size_t j = 0; j < i; j++) {
            if (str_equal(config->targets[j].name, target->name))
                (void)config_complain(reading, given, "two targets are named %.*s",
                                      STR_ARG(target->name));
        }
    }
}

/* A kubeconfig Secret must live on a target that is reached without it. */
static void check_references(struct reading *reading, value list, const struct config *config)
{
    for (size_t i = 0; i < config->target_count; i++) {
        const struct config_target *target = &config->targets[i];
        if (target->from_target.len == 0)
            continue;
        const struct config_target *other = config_find_target(config, target->from_target);
        if (other == NULL || other->from_target.len != 0)
            (void)config_complain(reading, value_item(list, i),
                                  "target %.*s: kubeconfigFrom.target %.*s is no target with a "
                                  "kubeconfig of its own",
                                  STR_ARG(target->name), STR_ARG(target->from_target));
    }
}

bool config_read(str text, const char *file, str directory, struct arena *arena,
                 struct findings *findings, struct config **ret_config)
{
    struct reading reading = {arena, findings, file, directory};
    struct config *config = ARENA_NEW(arena, struct config);
    size_t before = findings->errors;
    struct error err = ERROR_INIT;
    value root;
    struct yaml_options options = {.dialect = YAML_KUBERNETES};
    if (!yaml_read(text, &options, limits_default(), arena, &root, &err)) {
        (void)error_at(&err, (struct position){.file = str_z(file)});
        findings_add_error(findings, &err);
        return false;
    }
    if (!str_equal(value_str(value_get(root, STR("kind"))), STR("SyncConfig")) ||
        !str_equal(value_str(value_get(root, STR("apiVersion"))), STR("syncd.dev/v1alpha1")))
        (void)config_complain(&reading, root,
                              "a configuration begins with apiVersion: "
                              "syncd.dev/v1alpha1 and kind: SyncConfig");
    config->name = value_str(value_get2(root, STR("metadata"), STR("name")));
    if (config->name.len == 0 || config->name.len > 40)
        (void)config_complain(&reading, root, "metadata.name is needed (at most 40 letters)");
    value spec = value_get(root, STR("spec"));
    config_read_section(&reading, SECTION_SPEC, spec, config);
    config_read_section(&reading, SECTION_SOURCE, value_get(spec, STR("source")), &config->source);
    config_read_section(&reading, SECTION_NOTES, value_get(spec, STR("notes")), &config->notes);
    config_read_section(&reading, SECTION_PRUNE, value_get(spec, STR("prune")), &config->prune);
    read_signatures(&reading, value_get(spec, STR("signatures")), &config->signatures);
    read_forge(&reading, spec, config);
    read_drift(&reading, value_get(spec, STR("drift")), &config->drift);
    read_charts(&reading, value_get(spec, STR("charts")), config);
    read_limits(&reading, value_get(spec, STR("limits")), &config->limits);
    read_adopt(&reading, spec, config);
    value targets = value_get(spec, STR("targets"));
    read_targets(&reading, targets, config);
    check_references(&reading, targets, config);
    if (findings->errors != before)
        return false;
    *ret_config = config;
    return true;
}

bool config_load(const char *path, struct arena *arena, struct findings *findings,
                 struct config **ret_config)
{
    struct position at = {.file = str_z(path)};
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        (void)findings_add(findings, SEVERITY_ERROR, "E_CONFIG", at, "cannot be opened: %m");
        return false;
    }
    size_t max = 1u << 20;
    char *text = arena_alloc_bytes(arena, max);
    size_t length = fread(text, 1, max, file);
    bool failed = ferror(file) != 0;
    (void)fclose(file); /* only read from */
    if (failed || length == max) {
        (void)findings_add(findings, SEVERITY_ERROR, "E_CONFIG", at,
                           failed ? "cannot be read" : "is larger than 1 MiB");
        return false;
    }
    char *full = realpath(path, NULL);
    str directory = STR(".");
    if (full != NULL) {
        size_t slash = str_rindex(str_z(full), '/');
        directory = arena_str(arena, str_slice(str_z(full), 0, slash));
        free(full);
    }
    return config_read(str_from(text, length), path, directory, arena, findings, ret_config);
}

const struct config_target *config_find_target(const struct config *config, str name)
{
    for (size_t i = 0; i < config->target_count; i++) {
        if (str_equal(config->targets[i].name, name))
            return &config->targets[i];
    }
    return NULL;
}
