/* Talking to a remote through libgit2: what it has, and making that ours. */
#include "syncd/git/child.h"

#include <stdio.h>
#include <sys/stat.h>

static int on_progress(const git_indexer_progress *progress, void *context)
{
    struct git_work *work = context;
    if (progress->total_objects > work->limits->git_pack_objects) {
        (void)error_rule(&work->failure, ERROR_LIMIT, "E_PACK", "a pack of %u objects",
                         progress->total_objects);
        return GIT_EUSER;
    }
    /* Bytes come: the server lives. Deltas are resolved: the processor works, not the network. */
    if (progress->received_objects == progress->total_objects && progress->total_objects != 0)
        watchdog_objects(work, 60);
    else
        watchdog_network(work);
    return 0;
}

/* A server's chatter is not shown, only taken as a sign of life. */
static int on_chatter(const char *text, int len, void *context)
{
    (void)text;
    (void)len;
    watchdog_network(context);
    return 0;
}

static int on_push_progress(unsigned current, unsigned total, size_t bytes, void *context)
{
    (void)current;
    (void)total;
    (void)bytes;
    watchdog_network(context);
    return 0;
}

static int on_credentials(git_credential **out, const char *url, const char *user, unsigned allowed,
                          void *context)
{
    (void)url; /* bound to the configured remote: there are no redirects */
    (void)user;
    return ssh_credentials(out, context, allowed);
}

static int on_certificate(git_cert *certificate, int valid, const char *host, void *context)
{
    (void)valid; /* libgit2's own opinion comes from files that are not the user's here */
    return ssh_certificate(context, certificate, host);
}

git_remote_callbacks remote_callbacks(struct git_work *work)
{
    git_remote_callbacks callbacks = GIT_REMOTE_CALLBACKS_INIT;
    callbacks.transfer_progress = on_progress;
    callbacks.sideband_progress = on_chatter;
    callbacks.push_transfer_progress = on_push_progress;
    callbacks.credentials = on_credentials;
    callbacks.certificate_check = on_certificate;
    if (work->url.scheme == URL_HTTPS)
        callbacks.transport = https_transport;
    callbacks.payload = work;
    return callbacks;
}

/* What libgit2 is given: of a local repository its path, so that nothing in it is read as a URL. */
static const char *library_url(struct git_work *work)
{
    if (work->url.scheme == URL_LOCAL)
        return zero_ended(work, work->url.path);
    if (work->url.scheme == URL_SSH && work->url.user.len == 0) {
        str user = work->remote->user.len != 0 ? work->remote->user : STR("git");
        char port[8] = "";
        if (work->url.port != 0)
            (void)snprintf(port, sizeof(port), ":%u", work->url.port);
        bool absolute = work->url.path.ptr[0] == '/';
        return arena_printf(work->arena, "ssh://%.*s@%.*s%s%s%.*s", STR_ARG(user),
                            STR_ARG(work->url.host), port, absolute ? "" : "/",
                            STR_ARG(work->url.path))
            .ptr;
    }
    return zero_ended(work, work->remote->url);
}

bool remote_connect(struct git_work *work, git_repository *repository, git_direction direction,
                    git_remote **ret_remote, struct error *err)
{
    git_remote *remote;
    struct stat status;
    const char *url = library_url(work);
    if (work->url.scheme == URL_LOCAL && (stat(url, &status) < 0 || !S_ISDIR(status.st_mode)))
        return error_rule(err, ERROR_NOT_FOUND, "E_GIT_REPOSITORY", "there is no repository at %s",
                          url);
    int code = git_remote_create_anonymous(&remote, repository, url);
    if (code < 0)
        return library_failed(work, code, err, "naming the remote");
    git_remote_connect_options options = GIT_REMOTE_CONNECT_OPTIONS_INIT;
    options.callbacks = remote_callbacks(work);
    options.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
    watchdog_network(work);
    work->key_used = false;
    code = git_remote_connect_ext(remote, direction, &options);
    if (code == 0) {
        *ret_remote = remote;
        return true;
    }
    (void)library_failed(work, code, err, "connecting to the repository");
    git_remote_free(remote);
    return false;
}

bool remote_reference(struct git_work *work, git_remote *remote, const char *name, bool *ret_found,
                      git_oid *ret_oid, struct error *err)
{
    const git_remote_head **heads;
    size_t count;
    int code = git_remote_ls(&heads, &count, remote);
    if (code < 0)
        return library_failed(work, code, err, "listing the repository's references");
    if (count > work->limits->refs) {
        (void)error_rule(err, ERROR_LIMIT, "E_REF_COUNT", "the repository has %zu references",
                         count);
        return error_hint(err, "limits.refs raises it");
    }
    *ret_found = false;
    for (size_t i = 0; i < count && !*ret_found; i++)
        if (strcmp(heads[i]->name, name) == 0) {
            *ret_found = true;
            *ret_oid = heads[i]->oid;
        }
    return true;
}

static bool fetch_failed(struct git_work *work, int code, struct error *err, const char *name)
{
    const git_error *last = git_error_last();
    bool pack =
        last != NULL && last->klass == GIT_ERROR_INVALID && work->failure.class == ERROR_NONE;
    (void)library_failed(work, code, err, "fetching %s", name);
    if (pack) { /* a delta that does not fit, an object over its limit */
        char text[sizeof(err->text)];
        memcpy(text, err->text, sizeof(text));
        return error_rule(err, ERROR_INPUT, "E_PACK", "%s", text);
    }
    return false;
}

bool remote_take(struct git_work *work, git_repository *repository, git_remote *remote,
                 const char *name, const git_oid *oid, const char *local, struct error *err)
{
    git_fetch_options options = GIT_FETCH_OPTIONS_INIT;
    options.callbacks = remote_callbacks(work);
    options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
    options.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
    char *spec = (char *)(uintptr_t)arena_printf(work->arena, "+%s:%s", name, local).ptr;
    git_strarray specs = {.strings = &spec, .count = 1};
    git_object *object;
    int code = git_object_lookup(&object, repository, oid, GIT_OBJECT_ANY);
    if (code == GIT_ENOTFOUND) {
        watchdog_network(work);
        code = git_remote_download(remote, &specs, &options);
        if (code < 0)
            return fetch_failed(work, code, err, name);
        watchdog_objects(work, 60);
        code = git_object_lookup(&object, repository, oid, GIT_OBJECT_ANY);
    }
    if (code < 0)
        return library_failed(work, code, err, "reading %s", name);
    git_object_free(object);
    git_reference *reference;
    code = git_reference_create(&reference, repository, local, oid, 1, "fetch");
    if (code < 0)
        return library_failed(work, code, err, "recording %s", name);
    git_reference_free(reference);
    return true;
}
