/* What libgit2's ssh needs from us: a key, and a verdict on the server's key. Nothing is guessed.
 */
#include "syncd/git/child.h"

#include "syncd/git/known_hosts.h"

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

int ssh_certificate(struct git_work *work, const git_cert *certificate, const char *host)
{
    const git_cert_hostkey *key = (const git_cert_hostkey *)(const void *)certificate;
    if (certificate->cert_type != GIT_CERT_HOSTKEY_LIBSSH2 || !(key->type & GIT_CERT_SSH_RAW))
        return refuse(work, "E_HOST_KEY", "the server shows no key that can be checked", "");
    if (work->remote->known_hosts.len == 0)
        return refuse(work, "E_HOST_KEY", "no known_hosts is configured, so no host is trusted",
                      "give the source a known_hosts file (ssh-keyscan HOST, compared by hand)");
    switch (known_host(work->remote->known_hosts, str_z(host), work->url.port,
                       str_from(key->hostkey, key->hostkey_len), work->arena)) {
    case KNOWN_HOST_TRUSTED: return 0;
    case KNOWN_HOST_REVOKED:
        return refuse(work, "E_HOST_KEY", "the server's key is revoked in known_hosts", "");
    case KNOWN_HOST_OTHER:
        return refuse(work, "E_HOST_KEY", "the server's key is not the one in known_hosts",
                      "somebody else may be answering; compare the keys before changing anything");
    case KNOWN_HOST_NONE: break;
    }
    return refuse(work, "E_HOST_KEY", "the server's key is not in known_hosts",
                  "add every key type of the host (ssh-keyscan HOST, compared by hand)");
}
