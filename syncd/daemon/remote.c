/* What Git jobs are given along: credentials, and whose signatures count. Files are read for each
 * job, so that rotated ones count at once. */
#include "syncd/daemon/daemon_internal.h"

#define FILE_MOST (4u << 20)

/* `secret`: nobody else may be able to read the file. An empty path gives an empty text. */
bool daemon_read_file(str path, bool secret, struct arena *arena, str *ret_text, struct error *err)
{
    if (path.len == 0) {
        *ret_text = STR("");
        return true;
    }
    return kubeconfig_read_file(arena_str(arena, path).ptr, secret, FILE_MOST, arena, ret_text,
                                err);
}

bool daemon_remote(const struct daemon *daemon, struct arena *arena, struct repo_remote *ret_remote,
                   struct error *err)
{
    const struct config_source *source = &daemon->config->source;
    struct repo_remote remote = {.url = source->url, .user = source->user};
    if (!daemon_read_file(source->token_file, true, arena, &remote.token, err) ||
        !daemon_read_file(source->ssh_key_file, true, arena, &remote.key, err) ||
        !daemon_read_file(source->known_hosts_file, false, arena, &remote.known_hosts, err) ||
        !daemon_read_file(source->ca_file, false, arena, &remote.ca_bundle, err))
        return false;
    remote.token = str_trim(remote.token);
    if (str_equal(source->token_from, STR("app"))) {
        remote.user = STR("x-access-token");
        remote.token = arena_str(arena, app_token(daemon->app));
        if (remote.token.len == 0)
            return error_rule(err, ERROR_UNAVAILABLE, "E_FORGE_APP", "the App has no token");
    }
    remote.auth = remote.key.len != 0     ? REPO_AUTH_KEY
                  : remote.token.len != 0 ? REPO_AUTH_TOKEN
                                          : REPO_AUTH_NONE;
    *ret_remote = remote;
    return true;
}

bool daemon_trust(const struct daemon *daemon, struct arena *arena, struct repo_trust *ret_trust,
                  struct error *err)
{
    const struct config_signatures *signatures = &daemon->config->signatures;
    struct repo_trust trust = {
        .policy = signatures->policy,
        .allowed_file = signatures->allowed_signers_file,
        .revoked_file = signatures->revoked_keys_file,
        .since = signatures->since,
        .scopes = signatures->scopes,
        .scope_count = signatures->scope_count,
    };
    if (!daemon_read_file(signatures->allowed_signers_file, false, arena, &trust.allowed_signers,
                          err) ||
        !daemon_read_file(signatures->revoked_keys_file, false, arena, &trust.revoked_keys, err) ||
        !daemon_read_file(signatures->openpgp_keys_file, false, arena, &trust.openpgp_keys, err))
        return false;
    *ret_trust = trust;
    return true;
}

bool daemon_signing_key(const struct daemon *daemon, struct arena *arena, str *ret_key,
                        struct error *err)
{
    return daemon_read_file(daemon->config->notes.signing_key_file, true, arena, ret_key, err);
}
