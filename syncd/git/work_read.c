/* The jobs "read" and "log": a repository on this machine, only looked at. */
#include "syncd/git/child.h"

#define LOG_MAX_DEFAULT 100
#define LOG_MAX         10000

static bool open_repository(struct git_work *work, str path, git_repository **ret_repository,
                            struct error *err)
{
    const char *start = zero_ended(work, path.len != 0 ? path : STR("."));
    int code = git_repository_open_ext(ret_repository, start, 0, NULL);
    if (code == 0)
        return true;
    (void)library_failed(work, code, err, "opening the repository at %s", start);
    if (code == GIT_EOWNER)
        return error_hint(err, "run syncd as the repository's owner");
    return false;
}

static bool find_commit(struct git_work *work, git_repository *repository, str revision,
                        git_commit **ret_commit, struct error *err)
{
    git_object *object = NULL, *commit = NULL;
    const char *text = zero_ended(work, revision.len != 0 ? revision : STR("HEAD"));
    watchdog_objects(work, 30);
    int code = git_revparse_single(&object, repository, text);
    if (code == 0)
        code = git_object_peel(&commit, object, GIT_OBJECT_COMMIT);
    git_object_free(object);
    if (code < 0)
        return library_failed(work, code, err, "finding \"%.*s\"",
                              STR_ARG(foreign_text(work->arena, text, 100, false)));
    *ret_commit = (git_commit *)commit;
    return true;
}

bool work_read(struct git_work *work, const struct repo_read_request *request,
               struct repo_sync_result *ret_result, struct error *err)
{
    git_repository *repository;
    git_commit *commit = NULL;
    struct tree_findings findings = {0};
    struct repo_sync_result result = {.taken = true, .snapshot = -1};
    if (!open_repository(work, request->repository, &repository, err))
        return false;
    bool done = find_commit(work, repository, request->revision, &commit, err) &&
                commit_describe(work, commit, &result.commit, err) &&
                tree_snapshot(work, repository, commit, request->paths, request->path_count,
                              &findings, &result.snapshot, err);
    git_commit_free(commit);
    git_repository_free(repository);
    if (!done)
        return false;
    result.findings = findings.list.items;
    result.finding_count = findings.list.len;
    result.finding_dropped = findings.dropped;
    *ret_result = result;
    return true;
}

struct log {
    struct git_work *work;
    git_repository *repository;
    git_tree *notes; /* NULL: there are none */
    git_revwalk *walk;
    const struct repo_log_request *request;
    size_t max;
    VEC(struct repo_log_entry) entries;
    bool more;
};

/* The tree of a notes reference; NULL when the repository has none. */
static bool open_notes(struct log *log, struct error *err)
{
    git_oid tip;
    git_commit *commit = NULL;
    str ref = log->request->notes_ref.len != 0 ? log->request->notes_ref : STR(NOTES_REF);
    if (git_reference_name_to_id(&tip, log->repository, zero_ended(log->work, ref)) < 0)
        return true;
    int code = git_commit_lookup(&commit, log->repository, &tip);
    if (code == 0)
        code = git_commit_tree(&log->notes, commit);
    git_commit_free(commit);
    return code == 0 || library_failed(log->work, code, err, "reading the notes");
}

static bool add_commit(struct log *log, const git_oid *oid, struct error *err)
{
    struct repo_log_entry entry = {0};
    watchdog_objects(log->work, 30);
    if (log->notes != NULL &&
        !notes_lookup(log->work, log->repository, log->notes, oid, &entry.note, err))
        return false;
    if (log->request->only_noted && entry.note.len == 0)
        return true;
    git_commit *commit;
    int code = git_commit_lookup(&commit, log->repository, oid);
    if (code < 0)
        return library_failed(log->work, code, err, "reading a commit");
    bool done = commit_describe(log->work, commit, &entry.commit, err);
    git_commit_free(commit);
    VEC_PUSH(log->work->arena, &log->entries, entry);
    return done;
}

static bool walk_log(struct log *log, struct error *err)
{
    git_commit *start = NULL;
    if (!open_notes(log, err) ||
        !find_commit(log->work, log->repository, log->request->revision, &start, err))
        return false;
    git_oid oid = *git_commit_id(start);
    git_commit_free(start);
    int code = git_revwalk_new(&log->walk, log->repository);
    if (code == 0)
        code = git_revwalk_sorting(log->walk, GIT_SORT_TIME);
    if (code == 0)
        code = git_revwalk_push(log->walk, &oid);
    while (code == 0 && (code = git_revwalk_next(&oid, log->walk)) == 0) {
        if (log->entries.len == log->max) {
            log->more = true;
            return true;
        }
        if (!add_commit(log, &oid, err))
            return false;
    }
    return code == GIT_ITEROVER || library_failed(log->work, code, err, "walking the history");
}

bool work_log(struct git_work *work, const struct repo_log_request *request,
              struct repo_log_result *ret_result, struct error *err)
{
    struct log log = {.work = work, .request = request};
    log.max = request->max == 0 ? LOG_MAX_DEFAULT : request->max;
    if (log.max > LOG_MAX)
        log.max = LOG_MAX;
    if (!open_repository(work, request->repository, &log.repository, err))
        return false;
    bool done = walk_log(&log, err);
    git_revwalk_free(log.walk);
    git_tree_free(log.notes);
    git_repository_free(log.repository);
    if (!done)
        return false;
    *ret_result = (struct repo_log_result){
        .entries = log.entries.items, .count = log.entries.len, .more = log.more};
    return true;
}
