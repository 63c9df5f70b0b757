/* The job "sync": fetch one reference, judge its history, give the wanted files. */
#include "syncd/git/child.h"

#include <fcntl.h>
#include <unistd.h>

struct sync {
    struct git_work *work;
    const struct repo_sync_request *request;
    struct workspace workspace;
    struct repo_sync_result result;
    struct tree_findings findings;
    git_oid tip;              /* what the remote has, once that is known */
    const char *remote_name;  /* refs/heads/main */
    const char *fetched_name; /* refs/syncd/fetched/heads/main */
};

static bool name_references(struct sync *sync, struct error *err)
{
    struct arena *arena = sync->work->arena;
    bool tag = sync->request->tag.len != 0;
    str name = tag ? sync->request->tag : sync->request->branch;
    str kind = tag ? STR("tags/") : STR("heads/");
    sync->remote_name = arena_concat(arena, STR("refs/"), kind, name).ptr;
    int valid = 0;
    if (strlen(sync->remote_name) != 5 + kind.len + name.len || name.len > 250 ||
        git_reference_name_is_valid(&valid, sync->remote_name) < 0 || !valid)
        return error_rule(err, ERROR_INPUT, "E_REF_NAME", "\"%.*s\" is no name of a %s",
                          STR_ARG(str_slice(name, 0, 100)), tag ? "tag" : "branch");
    sync->fetched_name = arena_concat(arena, STR("refs/syncd/fetched/"), kind, name).ptr;
    return true;
}

/* The commit to compare with: told by the daemon, else the one that was taken over last. */
static bool find_accepted(struct sync *sync, bool *ret_known, git_oid *ret_oid, struct error *err)
{
    *ret_known = true;
    if (sync->request->accepted.len != 0)
        return oid_read(sync->request->accepted, ret_oid, err);
    return accepted_read(sync->work, sync->workspace.folder, sync->remote_name, ret_known, ret_oid,
                         err);
}

static bool fetch(struct sync *sync, bool *ret_found, git_oid *ret_tip, struct error *err)
{
    git_remote *remote;
    git_repository *repository = sync->workspace.repository;
    if (!remote_connect(sync->work, repository, GIT_DIRECTION_FETCH, &remote, err))
        return false;
    bool done = remote_reference(sync->work, remote, sync->remote_name, ret_found, ret_tip, err);
    if (done && *ret_found)
        sync->tip = *ret_tip;
    done = done && (!*ret_found || remote_take(sync->work, repository, remote, sync->remote_name,
                                               ret_tip, sync->fetched_name, err));
    (void)git_remote_disconnect(remote); /* all that was wanted is here */
    git_remote_free(remote);
    return done;
}

static str reason_of(struct sync *sync)
{
    struct arena *arena = sync->work->arena;
    const char *name = sync->remote_name, *tip = sync->result.commit.id;
    const char *old = sync->result.accepted;
    switch (sync->result.history) {
    case REPO_HISTORY_OLDER:
        return arena_printf(arena, "%s went back to %.12s, before %.12s", name, tip, old);
    case REPO_HISTORY_REWRITTEN:
        return arena_printf(arena, "%s was force-pushed: %.12s is not in the history of %.12s",
                            name, old, tip);
    case REPO_HISTORY_UNRELATED:
        return arena_printf(arena, "%s was replaced: %.12s shares no history with %.12s", name, tip,
                            old);
    case REPO_HISTORY_REF_GONE: return arena_printf(arena, "%s is gone", name);
    default: return STR("");
    }
}

static bool reference_gone(struct sync *sync, bool accepted_known, struct error *err)
{
    if (!accepted_known)
        return error_rule(err, ERROR_NOT_FOUND, "E_REF_GONE", "the repository has no %s",
                          sync->remote_name);
    sync->result.history = REPO_HISTORY_REF_GONE;
    sync->result.reason = reason_of(sync);
    return true;
}

/* Tags may point at tags: down to the commit. */
static bool peel(struct sync *sync, const git_oid *tip, git_commit **ret_commit, struct error *err)
{
    git_object *object = NULL, *commit = NULL;
    watchdog_objects(sync->work, 4);
    int code = git_object_lookup(&object, sync->workspace.repository, tip, GIT_OBJECT_ANY);
    if (code == 0)
        code = git_object_peel(&commit, object, GIT_OBJECT_COMMIT);
    git_object_free(object);
    if (code == GIT_EPEEL || code == GIT_EINVALIDSPEC)
        return error_rule(err, ERROR_INPUT, "E_OBJ_TYPE", "%s does not name a commit",
                          sync->remote_name);
    if (code < 0)
        return library_failed(sync->work, code, err, "reading the commit of %s", sync->remote_name);
    *ret_commit = (git_commit *)commit;
    return true;
}

/* Before anything of it is read: whether those who made what is new may. */
static bool verify(struct sync *sync, bool known, const git_oid *accepted, const git_oid *tip,
                   struct error *err)
{
    const struct repo_trust *terms = &sync->request->trust;
    return terms->policy == TRUST_NONE ||
           commits_verify(sync->work, sync->workspace.repository, terms, known ? accepted : NULL,
                          &sync->tip, tip, &sync->result.signer, err);
}

static bool judge(struct sync *sync, git_commit *commit, bool known, const git_oid *accepted,
                  struct error *err)
{
    struct repo_sync_result *result = &sync->result;
    const git_oid *tip = git_commit_id(commit);
    if (!commit_describe(sync->work, commit, &result->commit, err))
        return false;
    result->history = REPO_HISTORY_FIRST;
    if (known && !history_compare(sync->work, sync->workspace.repository, accepted, tip,
                                  &result->history, err))
        return false;
    if (repo_history_held(result->history))
        result->reason = reason_of(sync);
    if (repo_history_held(result->history) && !sync->request->follow)
        return true;
    if (!verify(sync, known, accepted, tip, err))
        return error_wrap(err, "%s", sync->remote_name);
    result->taken = !str_equal(sync->request->have, str_z(result->commit.id));
    if (result->taken &&
        !tree_snapshot(sync->work, sync->workspace.repository, commit, sync->request->paths,
                       sync->request->path_count, &sync->findings, &result->snapshot, err))
        return error_wrap(err, "commit %.12s", result->commit.id);
    return accepted_write(sync->work, sync->workspace.folder, sync->remote_name, tip, err);
}

static bool sync_once(struct sync *sync, struct error *err)
{
    git_oid tip, accepted;
    bool found, known;
    if (!find_accepted(sync, &known, &accepted, err) || !fetch(sync, &found, &tip, err))
        return false;
    if (known)
        oid_hex(&accepted, sync->result.accepted);
    if (!found)
        return reference_gone(sync, known, err);
    git_commit *commit = NULL;
    if (!peel(sync, &tip, &commit, err))
        return false;
    bool done = judge(sync, commit, known, &accepted, err);
    git_commit_free(commit);
    return done;
}

/* The tip that was damaged even in a fresh copy: then the remote is to blame, not our copy. */
#define BLAMED "blamed"

static bool is_blamed(const struct sync *sync)
{
    git_oid blamed;
    int fd = openat(sync->workspace.folder, BLAMED, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool read_it = fd >= 0 && read(fd, blamed.id, sizeof(blamed.id)) == sizeof(blamed.id);
    if (fd >= 0)
        (void)close(fd); /* only read */
    return read_it && git_oid_equal(&blamed, &sync->tip);
}

static void blame(const struct sync *sync)
{
    int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
    int fd = openat(sync->workspace.folder, BLAMED, flags, 0600);
    if (fd < 0)
        return; /* then everything is fetched once more next time */
    (void)!write(fd, sync->tip.id, sizeof(sync->tip.id)); /* the same */
    (void)close(fd);                                      /* the same */
}

/* A damaged object may be our old copy's fault: once for a tip, everything is fetched anew. */
static bool sync_with_repair(struct sync *sync, struct error *err)
{
    if (sync_once(sync, err))
        return true;
    if (!library_is_damage(err) || sync->workspace.fresh || is_blamed(sync))
        return false;
    error_clear(err);
    if (!workspace_renew(sync->work, &sync->workspace, err))
        return false;
    if (sync_once(sync, err))
        return true;
    if (library_is_damage(err))
        blame(sync);
    return false;
}

/* The tip is known and is what is wrong: that is an answer, not a failure of the job. */
static bool is_refusal(struct sync *sync, const struct error *err)
{
    struct repo_sync_result *result = &sync->result;
    if (result->commit.id[0] == '\0' && sync->request->tag.len == 0 && !git_oid_is_zero(&sync->tip))
        oid_hex(&sync->tip, result->commit.id);
    return result->commit.id[0] != '\0' &&
           (err->class == ERROR_INPUT || err->class == ERROR_LIMIT || library_is_damage(err));
}

bool work_sync(struct git_work *work, const struct repo_sync_request *request,
               struct repo_sync_result *ret_result, struct error *err)
{
    struct sync sync = {.work = work, .request = request, .result.snapshot = -1};
    if (!name_references(&sync, err) ||
        !workspace_open(work, request->directory, "git", &sync.workspace, err))
        return false;
    bool done = sync_with_repair(&sync, err);
    sync.result.refetched = sync.workspace.set_aside;
    workspace_close(&sync.workspace);
    if (!done && !is_refusal(&sync, err))
        return false;
    if (!done) {
        sync.result.refused = *err;
        sync.result.taken = false;
        error_clear(err);
    }
    sync.result.findings = sync.findings.list.items;
    sync.result.finding_count = sync.findings.list.len;
    sync.result.finding_dropped = sync.findings.dropped;
    *ret_result = sync.result;
    return true;
}
