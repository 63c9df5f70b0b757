/* Every key of the configuration, once: reading, explaining and the schema walk this table. */
#include "syncd/config/config_internal.h"

#include <stddef.h>
#include <stdio.h>

#define IN(type, member) offsetof(struct type, member)

static const struct row rows[] = {
    {SECTION_SPEC, "stateDirectory", KEY_FILE, IN(config, state_directory), "/var/lib/syncd",
     "Cache of the repository and outbox of the notes; nothing in it is needed to start anew"},
    {SECTION_SPEC, "level", KEY_TEXT, IN(config, level), "",
     "The platform: its waves, prune classes, verdicts and layout, such as mcc-2.23"},
    {SECTION_SPEC, "readyTimeout", KEY_DURATION, IN(config, ready_timeout_ns), "10m",
     "What is not ready by then has failed the sync, and what waits for a deletion goes on; 0s = "
     "never"},
    {SECTION_SPEC, "resync", KEY_DURATION, IN(config, resync_ns), "6h",
     "How often everything is listed anew, should a watch ever have lost an event"},
    {SECTION_SPEC, "adopt", KEY_LIST, IN(config, adopt), "",
     "Tools whose fields are taken over where Git has the object: kubectl, argocd, flux, helm"},
    {SECTION_SOURCE, "url", KEY_TEXT, IN(config_source, url), NULL,
     "The repository: https://, ssh://, user@host:path, file:// or a path"},
    {SECTION_SOURCE, "branch", KEY_TEXT, IN(config_source, branch), "main",
     "The branch whose tip is applied"},
    {SECTION_SOURCE, "tag", KEY_TEXT, IN(config_source, tag), "", "A tag, instead of a branch"},
    {SECTION_SOURCE, "interval", KEY_DURATION, IN(config_source, interval_ns), "30s",
     "How often the repository is asked; local ones are watched as well"},
    {SECTION_SOURCE, "tokenFile", KEY_FILE, IN(config_source, token_file), "",
     "https: a file with the token"},
    {SECTION_SOURCE, "tokenFrom", KEY_WORD, IN(config_source, token_from), "file",
     "https: where the token comes from: tokenFile, or the App of spec.forge", "file or app"},
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
    {SECTION_FORGE, "appID", KEY_TEXT, IN(config_forge, app_id), "",
     "GitHub: the App (or its client id) in whose name syncd works, in place of a token"},
    {SECTION_FORGE, "appKeyFile", KEY_FILE, IN(config_forge, app_key_file), "",
     "The App's private key, RSA in PEM; read anew for each token"},
    {SECTION_FORGE, "appInstallation", KEY_NUMBER, IN(config_forge, app_installation), "0",
     "Its installation's number; 0 = the one of the repository"},
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

const struct row *config_rows(size_t *ret_count)
{
    *ret_count = ARRAY_LEN(rows);
    return rows;
}

const char *config_section_path(enum section section)
{
    return sections[section].path;
}

const char *config_section_key(enum section section)
{
    return sections[section].key;
}

bool config_role_read(str name, enum target_role *ret_role)
{
    for (size_t i = 0; i < ARRAY_LEN(role_names); i++) {
        if (!str_equal(name, str_z(role_names[i])))
            continue;
        *ret_role = (enum target_role)i;
        return true;
    }
    return false;
}

const char *target_role_name(enum target_role role)
{
    return role_names[role];
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
