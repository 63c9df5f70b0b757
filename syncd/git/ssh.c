/* What libgit2's ssh needs from us: a key, and a verdict on the server's key. Nothing is guessed.
 */
#include "syncd/git/child.h"

#include "syncd/base/crypto.h"

#include <libssh2.h>

static int refuse(struct git_work *work, const char *rule, const char *text, const char *hint)
{
    if (work->failure.class == ERROR_NONE) {
        (void)error_rule(&work->failure, ERROR_DENIED, rule, "%s", text);
        (void)error_hint(&work->failure, "%s", hint);
    }
    return GIT_EAUTH;
}

static const char *user_name(struct git_work *work)
{
    str user = work->url.user.len != 0 ? work->url.user : work->remote->user;
    return zero_ended(work, user.len != 0 ? user : STR("git"));
}

int ssh_credentials(git_credential **out, struct git_work *work, unsigned allowed)
{
    if (allowed & GIT_CREDENTIAL_USERNAME)
        return git_credential_username_new(out, user_name(work));
    if (work->remote->auth != REPO_AUTH_KEY)
        return refuse(work, "E_GIT_AUTH", "the server wants an ssh key, none is configured",
                      "set the source's key and known_hosts");
    if (!(allowed & (GIT_CREDENTIAL_SSH_KEY | GIT_CREDENTIAL_SSH_MEMORY)))
        return refuse(work, "E_GIT_AUTH", "the server takes no ssh keys",
                      "allow public keys on the server");
    if (work->key_used) /* asked again: the first answer was no */
        return refuse(work, "E_GIT_AUTH", "the server refuses the ssh key",
                      "register the key there; RSA keys do not work: use ed25519 or ecdsa");
    work->key_used = true;
    const char *passphrase =
        work->remote->passphrase.len != 0 ? zero_ended(work, work->remote->passphrase) : NULL;
    return git_credential_ssh_key_memory_new(out, user_name(work), NULL,
                                             zero_ended(work, work->remote->key), passphrase);
}

static int key_type(git_cert_ssh_raw_type_t raw)
{
    switch (raw) {
    case GIT_CERT_SSH_RAW_TYPE_RSA: return LIBSSH2_KNOWNHOST_KEY_SSHRSA;
    case GIT_CERT_SSH_RAW_TYPE_DSS: return LIBSSH2_KNOWNHOST_KEY_SSHDSS;
    case GIT_CERT_SSH_RAW_TYPE_KEY_ECDSA_256: return LIBSSH2_KNOWNHOST_KEY_ECDSA_256;
    case GIT_CERT_SSH_RAW_TYPE_KEY_ECDSA_384: return LIBSSH2_KNOWNHOST_KEY_ECDSA_384;
    case GIT_CERT_SSH_RAW_TYPE_KEY_ECDSA_521: return LIBSSH2_KNOWNHOST_KEY_ECDSA_521;
    case GIT_CERT_SSH_RAW_TYPE_KEY_ED25519: return LIBSSH2_KNOWNHOST_KEY_ED25519;
    case GIT_CERT_SSH_RAW_TYPE_UNKNOWN: break;
    }
    return LIBSSH2_KNOWNHOST_KEY_UNKNOWN;
}

/* True when a line marks this very key as revoked, whatever host it names. */
static bool is_revoked(struct git_work *work, str known_hosts, str key)
{
    str encoded = base64_encode(work->arena, key), line;
    while (str_cut(&known_hosts, '\n', &line))
        if (str_starts(line, STR("@revoked")) && str_find(line, encoded) != SIZE_MAX)
            return true;
    return false;
}

static LIBSSH2_KNOWNHOSTS *read_known_hosts(LIBSSH2_SESSION *session, str text)
{
    LIBSSH2_KNOWNHOSTS *hosts = libssh2_knownhost_init(session);
    str line;
    while (hosts != NULL && str_cut(&text, '\n', &line)) {
        line = str_trim(line);
        if (line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == '@')
            continue;
        /* A line it cannot read names no host: then nothing is trusted by it. */
        (void)libssh2_knownhost_readline(hosts, line.ptr, line.len, LIBSSH2_KNOWNHOST_FILE_OPENSSH);
    }
    return hosts;
}

static int verdict(struct git_work *work, LIBSSH2_SESSION *session, const git_cert_hostkey *key,
                   const char *host)
{
    LIBSSH2_KNOWNHOSTS *hosts = read_known_hosts(session, work->remote->known_hosts);
    if (hosts == NULL)
        return LIBSSH2_KNOWNHOST_CHECK_FAILURE;
    int port = work->url.port != 0 ? work->url.port : 22;
    int form =
        LIBSSH2_KNOWNHOST_TYPE_PLAIN | LIBSSH2_KNOWNHOST_KEYENC_RAW | key_type(key->raw_type);
    int result =
        libssh2_knownhost_checkp(hosts, host, port, key->hostkey, key->hostkey_len, form, NULL);
    libssh2_knownhost_free(hosts);
    return result;
}

int ssh_certificate(struct git_work *work, const git_cert *certificate, const char *host)
{
    const git_cert_hostkey *key = (const git_cert_hostkey *)(const void *)certificate;
    if (certificate->cert_type != GIT_CERT_HOSTKEY_LIBSSH2 || !(key->type & GIT_CERT_SSH_RAW))
        return refuse(work, "E_HOST_KEY", "the server shows no key that can be checked", "");
    if (work->remote->known_hosts.len == 0)
        return refuse(work, "E_HOST_KEY", "no known_hosts is configured, so no host is trusted",
                      "give the source a known_hosts file (ssh-keyscan HOST, compared by hand)");
    if (is_revoked(work, work->remote->known_hosts, str_from(key->hostkey, key->hostkey_len)))
        return refuse(work, "E_HOST_KEY", "the server's key is revoked in known_hosts", "");
    LIBSSH2_SESSION *session = libssh2_session_init();
    int result =
        session != NULL ? verdict(work, session, key, host) : LIBSSH2_KNOWNHOST_CHECK_FAILURE;
    if (session != NULL)
        (void)libssh2_session_free(session); /* never connected */
    switch (result) {
    case LIBSSH2_KNOWNHOST_CHECK_MATCH: return 0;
    case LIBSSH2_KNOWNHOST_CHECK_MISMATCH:
        return refuse(work, "E_HOST_KEY", "the server's key is not the one in known_hosts",
                      "somebody else may be answering; compare the keys before changing anything");
    default:
        return refuse(work, "E_HOST_KEY", "the server's key is not in known_hosts",
                      "add every key type of the host (ssh-keyscan HOST, compared by hand)");
    }
}
