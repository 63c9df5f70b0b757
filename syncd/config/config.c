#include "syncd/config/config.h"

#include "syncd/base/clock.h"
#include "syncd/value/yaml.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

enum key_type {
    KEY_TEXT,
    KEY_FILE,
    KEY_LIST,
    KEY_FLAG,
    KEY_DURATION,
    KEY_NUMBER,
    KEY_ROLE,
    KEY_POLICY,
    KEY_ACTION,
    KEY_WORD
};

/* Where a row's key stands: each section is one object of the file and one struct. */
enum section {
    SECTION_SPEC,
    SECTION_SOURCE,
    SECTION_NOTES,
    SECTION_PRUNE,
    SECTION_SIGNATURES,
    SECTION_DRIFT,
    SECTION_FORGE,
    SECTION_WEBHOOK,
    SECTION_REVIEW,
    SECTION_CHARTS,
    SECTION_TARGET,
    SECTION_FROM,
    SECTION_SCOPE,
    SECTION_RULE
};

struct row {
    enum section section;
    const char *key;
    enum key_type type;
    size_t offset;
    const char *fallback; /* NULL: needed */
    const char *summary;
    const char *words; /* of KEY_WORD: what it may be */
};

#define IN(type, member) offsetof(struct type, member)

/* A trust_scope as it is read. */
struct config_scope {
    str signer;
    struct text_list paths;
};

static const struct row rows[] = {
    {SECTION_SPEC, "stateDirectory", KEY_FILE, IN(config, state_directory), "/var/lib/syncd",
     "Cache of the repository and outbox of the notes; nothing in it is needed to start anew"},
    {SECTION_SPEC, "level", KEY_TEXT, IN(config, level), "",
     "The platform: its waves, prune classes, verdicts and layout, such as mcc-2.23"},
    {SECTION_SOURCE, "url", KEY_TEXT, IN(config_source, url), NULL,
     "The repository: https://, ssh://, user@host:path, file:// or a path"},
    {SECTION_SOURCE, "branch", KEY_TEXT, IN(config_source, branch), "main",
     "The branch whose tip is applied"},
    {SECTION_SOURCE, "tag", KEY_TEXT, IN(config_source, tag), "", "A tag, instead of a branch"},
    {SECTION_SOURCE, "interval", KEY_DURATION, IN(config_source, interval_ns), "30s",
     "How often the repository is asked; local ones are watched as well"},
    {SECTION_SOURCE, "tokenFile", KEY_FILE, IN(config_source, token_file), "",
     "https: a file with the token"},
    {SECTION_SOURCE, "user", KEY_TEXT, IN(config_source, user), "",
     "The user that goes with the token or key"},
    {SECTION_SOURCE, "sshKeyFile", KEY_FILE, IN(config_source, ssh_key_file), "",
     "ssh: a private key, ed25519 or ecdsa"},
    {SECTION_SOURCE, "knownHostsFile", KEY_FILE, IN(config_source, known_hosts_file), "",
     "ssh: the host keys that are trusted; without one no host is"},
    {SECTION_SOURCE, "caFile", KEY_FILE, IN(config_source, ca_file), "",
     "https: authorities to trust instead of the system's"},
    {SECTION_SOURCE, "followRewrites", KEY_FLAG, IN(config_source, follow), "false",
     "Take a force-pushed branch over instead of holding it"},
    {SECTION_NOTES, "push", KEY_FLAG, IN(config_notes, push), "true",
     "Write what became of each commit into the repository"},
    {SECTION_NOTES, "ref", KEY_TEXT, IN(config_notes, ref), "refs/notes/syncd/status",
     "Where the notes are"},
    {SECTION_NOTES, "author", KEY_TEXT, IN(config_notes, author), "syncd <syncd@localhost>",
     "Who signs the notes"},
    {SECTION_NOTES, "signingKeyFile", KEY_FILE, IN(config_notes, signing_key_file), "",
     "An ssh key, Ed25519 or ECDSA, that the notes' commits are signed with"},
    {SECTION_NOTES, "interval", KEY_DURATION, IN(config_notes, interval_ns), "10s",
     "Least time between two pushes of notes"},
    {SECTION_PRUNE, "enabled", KEY_FLAG, IN(config_prune, enabled), "false",
     "Delete objects that were applied once and are no longer in the repository"},
    {SECTION_PRUNE, "maxCount", KEY_NUMBER, IN(config_prune, max_count), "10",
     "More deletions than this (and than maxPercent) in one commit are held"},
    {SECTION_PRUNE, "maxPercent", KEY_NUMBER, IN(config_prune, max_percent), "10",
     "More deletions than this share (and than maxCount) are held"},
    {SECTION_SIGNATURES, "policy", KEY_POLICY, IN(config_signatures, policy), "none",
     "What must be signed before it is rendered: every new commit, every new commit of the branch "
     "itself (merge), or the tag that is followed"},
    {SECTION_SIGNATURES, "allowedSignersFile", KEY_FILE,
     IN(config_signatures, allowed_signers_file), "",
     "Whose ssh keys count, as in ssh-keygen(1), ALLOWED SIGNERS"},
    {SECTION_SIGNATURES, "revokedKeysFile", KEY_FILE, IN(config_signatures, revoked_keys_file), "",
     "Public ssh keys that count no more, one a line"},
    {SECTION_SIGNATURES, "openpgpKeysFile", KEY_FILE, IN(config_signatures, openpgp_keys_file), "",
     "OpenPGP public keys that count, armored"},
    {SECTION_SIGNATURES, "since", KEY_TEXT, IN(config_signatures, since), "",
     "At first sight: a commit (40 digits); everything new after it must be signed. Without one "
     "the first tip alone"},
    {SECTION_DRIFT, "action", KEY_ACTION, IN(drift_policy, fallback), "heal",
     "What is done about drift that no rule names"},
    {SECTION_RULE, "action", KEY_ACTION, IN(drift_rule, action), NULL,
     "What is done; the first rule that matches counts"},
    {SECTION_RULE, "kind", KEY_TEXT, IN(drift_rule, kind), "", "Kind, or Kind.group"},
    {SECTION_RULE, "namespace", KEY_TEXT, IN(drift_rule, namespace), "",
     "The object's namespace, with *"},
    {SECTION_RULE, "name", KEY_TEXT, IN(drift_rule, name), "", "The object's name, with *"},
    {SECTION_RULE, "path", KEY_TEXT, IN(drift_rule, path), "",
     "A field and what is below it: .spec.replicas, .spec.ports[*].name or /spec/replicas"},
    {SECTION_RULE, "manager", KEY_TEXT, IN(drift_rule, manager), "", "Who wrote the field, with *"},
    {SECTION_RULE, "class", KEY_TEXT, IN(drift_rule, class), "",
     "changed, taken, removed, stale, impostor, cleared, deleted or stranger"},
    {SECTION_SCOPE, "signer", KEY_TEXT, IN(config_scope, signer), NULL,
     "A signer's name, or a pattern with * and ?"},
    {SECTION_SCOPE, "paths", KEY_LIST, IN(config_scope, paths), NULL,
     "The files and folders that this signer may change; who has no scope may change all"},
    {SECTION_FORGE, "kind", KEY_WORD, IN(config_forge, kind), "none",
     "What the repository is hosted by; forgejo is gitea",
     "none, github, gitlab, gitea or forgejo"},
    {SECTION_FORGE, "url", KEY_TEXT, IN(config_forge, url), "",
     "Its address: https://github.com, or of one of your own"},
    {SECTION_FORGE, "repository", KEY_TEXT, IN(config_forge, repository), "",
     "OWNER/NAME, as the forge calls it"},
    {SECTION_FORGE, "tokenFile", KEY_FILE, IN(config_forge, token_file), "",
     "A file with a token that may read the repository and write comments and commit statuses"},
    {SECTION_FORGE, "caFile", KEY_FILE, IN(config_forge, ca_file), "",
     "Authorities to trust instead of the system's"},
    {SECTION_FORGE, "interval", KEY_DURATION, IN(config_forge, interval_ns), "60s",
     "How often it is asked for pull requests; webhooks make it sooner"},
    {SECTION_FORGE, "plans", KEY_WORD, IN(config_forge, plans), "branches",
     "Whose pull requests get a plan: those from the repository's own branches, or also from forks",
     "none, branches or all"},
    {SECTION_WEBHOOK, "address", KEY_TEXT, IN(config_webhook, address), "127.0.0.1",
     "Where deliveries are taken"},
    {SECTION_WEBHOOK, "port", KEY_NUMBER, IN(config_webhook, port), "0", "0 = not at all"},
    {SECTION_WEBHOOK, "secretFile", KEY_FILE, IN(config_webhook, secret_file), "",
     "The secret that the forge signs with; up to four lines, so that it can be replaced"},
    {SECTION_WEBHOOK, "certificateFile", KEY_FILE, IN(config_webhook, certificate_file), "",
     "A certificate for the address; without one it is plain HTTP, for a proxy in front of it"},
    {SECTION_WEBHOOK, "keyFile", KEY_FILE, IN(config_webhook, key_file), "", "Its private key"},
    {SECTION_REVIEW, "policy", KEY_WORD, IN(config_review, policy), "none",
     "When a commit's plan is not the one that was shown on its pull request: say it in the note, "
     "or "
     "hold the commit until it is approved",
     "none, report or hold"},
    {SECTION_REVIEW, "approvals", KEY_NUMBER, IN(config_review, approvals), "1",
     "How many different people must approve what is held"},
    {SECTION_REVIEW, "byAuthor", KEY_FLAG, IN(config_review, by_author), "false",
     "Whether the author's own approval counts"},
    {SECTION_CHARTS, "repository", KEY_TEXT, IN(config_charts, repository), NULL,
     "A chart repository (https://…) or registry (oci://…): credentials for it and all below it"},
    {SECTION_CHARTS, "user", KEY_TEXT, IN(config_charts, user), "", "The user's name"},
    {SECTION_CHARTS, "tokenFile", KEY_FILE, IN(config_charts, token_file), "",
     "A file with the password or token; read anew for each fetch"},
    {SECTION_CHARTS, "caFile", KEY_FILE, IN(config_charts, ca_file), "",
     "Authorities to trust instead of the system's"},
    {SECTION_TARGET, "name", KEY_TEXT, IN(config_target, name), NULL,
     "The target's name, in notes and reports"},
    {SECTION_TARGET, "role", KEY_ROLE, IN(config_target, role), NULL, "What kind of cluster it is"},
    {SECTION_TARGET, "region", KEY_TEXT, IN(config_target, region), "",
     "Of a regional target; the name when not given"},
    {SECTION_TARGET, "paths", KEY_LIST, IN(config_target, paths), "",
     "Directories of the repository for it; by role: management, or regional/REGION; with a "
     "level: what the layout has for it"},
    {SECTION_TARGET, "namespace", KEY_TEXT, IN(config_target, default_ns), "default",
     "Namespace of objects that name none and need one; \"\": they are refused"},
    {SECTION_TARGET, "kubeconfigFile", KEY_FILE, IN(config_target, kubeconfig_file), "",
     "A kubeconfig"},
    {SECTION_TARGET, "context", KEY_TEXT, IN(config_target, context), "",
     "Context of the kubeconfig; its current one when not given"},
    {SECTION_TARGET, "inCluster", KEY_FLAG, IN(config_target, in_cluster), "false",
     "The cluster that syncd runs in"},
    {SECTION_TARGET, "allowInsecure", KEY_FLAG, IN(config_target, allow_insecure), "false",
     "Let the kubeconfig switch certificate checks off; shown in every status"},
    {SECTION_FROM, "target", KEY_TEXT, IN(config_target, from_target), "",
     "The target on which the Secret with the kubeconfig lives"},
    {SECTION_FROM, "secret", KEY_TEXT, IN(config_target, from_secret), "",
     "The Secret, as namespace/name"},
    {SECTION_FROM, "key", KEY_TEXT, IN(config_target, from_key), "value", "The key in the Secret"},
};

static const struct {
    const char *path; /* for documentation */
    const char *key;  /* in the object above */
} sections[] = {
    [SECTION_SPEC] = {"spec", "spec"},
    [SECTION_SOURCE] = {"spec.source", "source"},
    [SECTION_NOTES] = {"spec.notes", "notes"},
    [SECTION_PRUNE] = {"spec.prune", "prune"},
    [SECTION_SIGNATURES] = {"spec.signatures", "signatures"},
    [SECTION_DRIFT] = {"spec.drift", "drift"},
    [SECTION_FORGE] = {"spec.forge", "forge"},
    [SECTION_WEBHOOK] = {"spec.webhook", "webhook"},
    [SECTION_REVIEW] = {"spec.review", "review"},
    [SECTION_CHARTS] = {"spec.charts[]", "charts"},
    [SECTION_TARGET] = {"spec.targets[]", "targets"},
    [SECTION_FROM] = {"spec.targets[].kubeconfigFrom", "kubeconfigFrom"},
    [SECTION_SCOPE] = {"spec.signatures.scopes[]", "scopes"},
    [SECTION_RULE] = {"spec.drift.rules[]", "rules"},
};

static const char *const role_names[] = {
    [ROLE_BOOTSTRAP] = "bootstrap",
    [ROLE_MANAGEMENT] = "management",
    [ROLE_REGIONAL] = "regional",
};

/* What reading needs at hand. */
struct reading {
    struct arena *arena;
    struct findings *findings;
    const char *file;
    str directory;
};

static struct finding *complain(struct reading *reading, value at, const char *format, ...)
    PRINTF_LIKE(3, 4);

static struct finding *complain(struct reading *reading, value at, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    struct position position = {str_z(reading->file), at.line, 0};
    struct finding *finding =
        findings_add(reading->findings, SEVERITY_ERROR, "E_CONFIG", position, "%s", text);
    findings_hint(reading->findings, finding, "see 'syncd explain config'");
    return finding;
}

static str absolute(const struct reading *reading, str path)
{
    if (path.len == 0 || path.ptr[0] == '/')
        return path;
    return arena_concat(reading->arena, reading->directory, STR("/"), path);
}

static void set_list(struct reading *reading, const struct row *row, value given, void *target)
{
    struct text_list *list = target;
    if (!value_is(given, VALUE_ARRAY)) {
        (void)complain(reading, given, "%s is a list of texts", row->key);
        return;
    }
    list->items = ARENA_ARRAY(reading->arena, str, value_len(given));
    list->len = value_len(given);
    for (size_t i = 0; i < list->len; i++) {
        value item = value_item(given, i);
        list->items[i] = arena_str(reading->arena, value_str(item));
        if (list->items[i].len == 0)
            (void)complain(reading, item, "%s: every entry is a text", row->key);
    }
}

static void set_role(struct reading *reading, value given, void *target)
{
    for (size_t i = 0; i < ARRAY_LEN(role_names); i++) {
        if (str_equal(value_str(given), str_z(role_names[i]))) {
            *(enum target_role *)target = (enum target_role)i;
            return;
        }
    }
    (void)complain(reading, given, "role is bootstrap, management or regional");
}

static void set_duration(struct reading *reading, const struct row *row, value given, void *target)
{
    int64_t ns;
    if (!clock_parse_duration(value_str(given), &ns) || ns < NS_PER_MS)
        (void)complain(reading, given, "%s is a duration such as 30s or 5m", row->key);
    else
        *(int64_t *)target = ns;
}

/* "a, b or c" */
static bool is_one_of(str word, str words)
{
    str rest = words, one;
    while (str_cut(&rest, ' ', &one)) {
        one = str_trim_right(one, STR(","));
        if (!str_equal(one, STR("or")) && str_equal(one, word))
            return true;
    }
    return false;
}

static void set_key(struct reading *reading, const struct row *row, value given, void *base)
{
    void *target = (char *)base + row->offset;
    str text = value_str(given);
    switch (row->type) {
    case KEY_TEXT:
    case KEY_FILE:
        if (!value_is(given, VALUE_STRING)) {
            (void)complain(reading, given, "%s is a text", row->key);
            return;
        }
        text = arena_str(reading->arena, text);
        *(str *)target = row->type == KEY_FILE ? absolute(reading, text) : text;
        return;
    case KEY_LIST: set_list(reading, row, given, target); return;
    case KEY_FLAG:
        if (!value_is(given, VALUE_BOOL))
            (void)complain(reading, given, "%s is true or false", row->key);
        else
            *(bool *)target = value_true(given);
        return;
    case KEY_DURATION: set_duration(reading, row, given, target); return;
    case KEY_NUMBER:
        if (!value_to_i64(given, target) || *(int64_t *)target < 0)
            (void)complain(reading, given, "%s is a whole number from 0", row->key);
        return;
    case KEY_ROLE: set_role(reading, given, target); return;
    case KEY_WORD:
        if (is_one_of(text, str_z(row->words)))
            *(str *)target = arena_str(reading->arena, text);
        else
            (void)complain(reading, given, "%s is %s", row->key, row->words);
        return;
    case KEY_POLICY:
        if (!trust_policy_read(value_str(given), target))
            (void)complain(reading, given, "%s is none, commit, merge or tag", row->key);
        return;
    case KEY_ACTION:
        if (!drift_action_from_name(value_str(given), target))
            (void)complain(reading, given, "%s is heal, report or ignore", row->key);
        return;
    }
}

/* The row's default, in the form it would have in the file. */
static value fallback_value(const struct row *row, struct arena *arena)
{
    str text = str_z(row->fallback);
    switch (row->type) {
    case KEY_FLAG: return value_bool(str_equal(text, STR("true")));
    case KEY_NUMBER: return value_number(text);
    case KEY_LIST: {
        struct array_builder empty;
        array_begin(&empty, arena);
        return array_finish(&empty);
    }
    default: return value_string(text);
    }
}

static bool is_section_key(enum section section, str key)
{
    for (size_t i = 0; i < ARRAY_LEN(sections); i++) {
        bool below_spec = section == SECTION_SPEC && i >= SECTION_SOURCE && i <= SECTION_TARGET;
        bool below_target = section == SECTION_TARGET && i == SECTION_FROM;
        bool below_signatures = section == SECTION_SIGNATURES && i == SECTION_SCOPE;
        bool below_drift = section == SECTION_DRIFT && i == SECTION_RULE;
        if ((below_spec || below_target || below_signatures || below_drift) &&
            str_equal(key, str_z(sections[i].key)))
            return true;
    }
    return section == SECTION_SPEC && str_equal(key, STR("limits"));
}

static const struct row *find_row(enum section section, str key)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].section == section && str_equal(str_z(rows[i].key), key))
            return &rows[i];
    }
    return NULL;
}

static void read_section(struct reading *reading, enum section section, value object, void *base)
{
    if (value_present(object) && !value_is(object, VALUE_OBJECT)) {
        (void)complain(reading, object, "%s is a mapping", sections[section].path);
        return;
    }
    for (size_t i = 0; i < value_len(object); i++) {
        const struct member *member = value_member(object, i);
        if (find_row(section, member->key) == NULL && !is_section_key(section, member->key))
            (void)complain(reading, member->val, "unknown key %s.%.*s", sections[section].path,
                           STR_ARG(member->key));
    }
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct row *row = &rows[i];
        if (row->section != section)
            continue;
        value given = value_get(object, str_z(row->key));
        if (value_present(given))
            set_key(reading, row, given, base);
        else if (row->fallback == NULL)
            (void)complain(reading, object, "%s.%s is needed", sections[section].path, row->key);
        else
            set_key(reading, row, fallback_value(row, reading->arena), base);
    }
}

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
            (void)complain(reading, member->val, "limits.%.*s: %s", STR_ARG(member->key),
                           at == count ? "no such limit" : "a whole number from 1");
            continue;
        }
        memcpy((char *)limits + known[at].offset, &(uint64_t){(uint64_t)number}, sizeof(uint64_t));
    }
}

static void read_scopes(struct reading *reading, value list, struct config_signatures *signatures)
{
    if (value_present(list) && !value_is(list, VALUE_ARRAY)) {
        (void)complain(reading, list, "spec.signatures.scopes is a list");
        return;
    }
    signatures->scope_count = value_len(list);
    signatures->scopes = ARENA_ARRAY(reading->arena, struct trust_scope, value_len(list));
    for (size_t i = 0; i < value_len(list); i++) {
        struct config_scope scope = {0};
        read_section(reading, SECTION_SCOPE, value_item(list, i), &scope);
        signatures->scopes[i] =
            (struct trust_scope){scope.signer, scope.paths.items, scope.paths.len};
    }
}

static void read_signatures(struct reading *reading, value given,
                            struct config_signatures *signatures)
{
    read_section(reading, SECTION_SIGNATURES, given, signatures);
    read_scopes(reading, value_get(given, STR("scopes")), signatures);
    if (signatures->policy != TRUST_NONE && signatures->allowed_signers_file.len == 0 &&
        signatures->openpgp_keys_file.len == 0)
        (void)complain(reading, given,
                       "signatures.policy needs allowedSignersFile or openpgpKeysFile");
    if (signatures->since.len != 0 && signatures->since.len != 40)
        (void)complain(reading, given, "signatures.since is a commit of 40 digits");
}

static void read_charts(struct reading *reading, value list, struct config *config)
{
    if (value_present(list) && !value_is(list, VALUE_ARRAY)) {
        (void)complain(reading, list, "spec.charts is a list");
        return;
    }
    config->charts_count = value_len(list);
    config->charts = ARENA_ARRAY(reading->arena, struct config_charts, value_len(list));
    for (size_t i = 0; i < value_len(list); i++)
        read_section(reading, SECTION_CHARTS, value_item(list, i), &config->charts[i]);
}

static void read_drift(struct reading *reading, value given, struct drift_policy *policy)
{
    read_section(reading, SECTION_DRIFT, given, policy);
    value list = value_get(given, STR("rules"));
    if (value_present(list) && !value_is(list, VALUE_ARRAY)) {
        (void)complain(reading, list, "spec.drift.rules is a list");
        return;
    }
    struct drift_rule *rules = ARENA_ARRAY(reading->arena, struct drift_rule, value_len(list));
    for (size_t i = 0; i < value_len(list); i++) {
        struct error err = ERROR_INIT;
        read_section(reading, SECTION_RULE, value_item(list, i), &rules[i]);
        if (!drift_rule_check(&rules[i], &err))
            (void)complain(reading, value_item(list, i), "%s", err.text);
    }
    policy->rules = rules;
    policy->len = value_len(list);
}

static void read_forge(struct reading *reading, value spec, struct config *config)
{
    const struct config_forge *forge = &config->forge;
    value given = value_get(spec, STR("forge"));
    read_section(reading, SECTION_FORGE, given, &config->forge);
    read_section(reading, SECTION_WEBHOOK, value_get(spec, STR("webhook")), &config->webhook);
    read_section(reading, SECTION_REVIEW, value_get(spec, STR("review")), &config->review);
    bool none = str_equal(forge->kind, STR("none"));
    if (!none && (forge->url.len == 0 || forge->repository.len == 0 || forge->token_file.len == 0))
        (void)complain(reading, given, "spec.forge needs url, repository and tokenFile");
    if (config->webhook.port > 65535 || (config->webhook.port != 0 && none))
        (void)complain(reading, value_get(spec, STR("webhook")),
                       "spec.webhook needs a port below 65536 and spec.forge.kind");
    if (config->webhook.port != 0 && config->webhook.secret_file.len == 0)
        (void)complain(reading, value_get(spec, STR("webhook")), "spec.webhook needs secretFile");
    if (!none && config->source.tag.len != 0)
        (void)complain(reading, given, "pull requests are planned for a branch, not for a tag");
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
        (void)complain(reading, at,
                       "target %.*s needs exactly one of kubeconfigFile, inCluster and "
                       "kubeconfigFrom",
                       STR_ARG(target->name));
    if (target->from_target.len != 0 && str_index(target->from_secret, '/') == SIZE_MAX)
        (void)complain(reading, at, "kubeconfigFrom.secret is namespace/name");
}

static void read_targets(struct reading *reading, value list, struct config *config)
{
    if (!value_is(list, VALUE_ARRAY) || value_len(list) == 0) {
        (void)complain(reading, list, "spec.targets names at least one cluster");
        return;
    }
    config->target_count = value_len(list);
    config->targets = ARENA_ARRAY(reading->arena, struct config_target, config->target_count);
    for (size_t i = 0; i < config->target_count; i++) {
        value given = value_item(list, i);
        struct config_target *target = &config->targets[i];
        read_section(reading, SECTION_TARGET, given, target);
        read_section(reading, SECTION_FROM, value_get(given, STR("kubeconfigFrom")), target);
        if (target->region.len == 0)
            target->region = target->name;
        if (target->paths.len == 0)
            target->paths = default_paths(reading, config, target);
        check_reach(reading, given, target);
        for (size_t j = 0; j < i; j++) {
            if (str_equal(config->targets[j].name, target->name))
                (void)complain(reading, given, "two targets are named %.*s", STR_ARG(target->name));
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
            (void)complain(reading, value_item(list, i),
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
        (void)complain(&reading, root,
                       "a configuration begins with apiVersion: "
                       "syncd.dev/v1alpha1 and kind: SyncConfig");
    config->name = value_str(value_get2(root, STR("metadata"), STR("name")));
    if (config->name.len == 0 || config->name.len > 40)
        (void)complain(&reading, root, "metadata.name is needed (at most 40 letters)");
    value spec = value_get(root, STR("spec"));
    read_section(&reading, SECTION_SPEC, spec, config);
    read_section(&reading, SECTION_SOURCE, value_get(spec, STR("source")), &config->source);
    read_section(&reading, SECTION_NOTES, value_get(spec, STR("notes")), &config->notes);
    read_section(&reading, SECTION_PRUNE, value_get(spec, STR("prune")), &config->prune);
    read_signatures(&reading, value_get(spec, STR("signatures")), &config->signatures);
    read_forge(&reading, spec, config);
    read_drift(&reading, value_get(spec, STR("drift")), &config->drift);
    read_charts(&reading, value_get(spec, STR("charts")), config);
    read_limits(&reading, value_get(spec, STR("limits")), &config->limits);
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

const char *target_role_name(enum target_role role)
{
    return role_names[role];
}

const struct config_target *config_find_target(const struct config *config, str name)
{
    for (size_t i = 0; i < config->target_count; i++) {
        if (str_equal(config->targets[i].name, name))
            return &config->targets[i];
    }
    return NULL;
}

static const char *type_name(enum key_type type)
{
    static const char *const names[] = {
        [KEY_TEXT] = "text",
        [KEY_FILE] = "file",
        [KEY_LIST] = "list",
        [KEY_FLAG] = "yes/no",
        [KEY_DURATION] = "duration",
        [KEY_NUMBER] = "number",
        [KEY_ROLE] = "bootstrap, management or regional",
        [KEY_POLICY] = "none, commit, merge or tag",
        [KEY_ACTION] = "heal, report or ignore",
        [KEY_WORD] = "word",
    };
    return names[type];
}

const struct config_key *config_keys(size_t *ret_count)
{
    static struct config_key keys[ARRAY_LEN(rows)];
    static char paths[ARRAY_LEN(rows)][80];
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        (void)snprintf(paths[i], sizeof(paths[i]), "%s.%s", sections[rows[i].section].path,
                       rows[i].key);
        const char *type = rows[i].words != NULL ? rows[i].words : type_name(rows[i].type);
        keys[i] = (struct config_key){paths[i], type, rows[i].fallback, rows[i].summary};
    }
    *ret_count = ARRAY_LEN(rows);
    return keys;
}
