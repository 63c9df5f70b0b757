/* The job "merge": a pull request's head onto the accepted commit, in memory. */
#include "syncd/git/child.h"

#define CONFLICTS_SHOWN 20

struct merge {
    struct git_work *work;
    const struct repo_merge_request *request;
    git_repository *repository;
    git_commit *base, *head;
    git_index *index; /* what came of it */
    struct repo_merge_result result;
    struct tree_findings findings;
};

static bool fetch_head(struct merge *merge, const git_oid *wanted, struct error *err)
{
    struct git_work *work = merge->work;
    const char *name = zero_ended(work, merge->request->head_reference);
    git_remote *remote;
    git_oid oid;
    bool found;
    if (!remote_connect(work, merge->repository, GIT_DIRECTION_FETCH, &remote, err))
        return false;
    bool done = remote_reference(work, remote, name, &found, &oid, err);
    if (done && (!found || !git_oid_equal(&oid, wanted)))
        done = error_rule(err, ERROR_UNAVAILABLE, "E_HEAD_MOVED",
                          "%s is not what the forge said it is", name);
    done = done &&
           remote_take(work, merge->repository, remote, name, &oid, "refs/syncd/changes/head", err);
    (void)git_remote_disconnect(remote); /* all that was wanted is here */
    git_remote_free(remote);
    return done;
}

static bool find_commits(struct merge *merge, struct error *err)
{
    struct git_work *work = merge->work;
    git_oid base, head;
    int valid = 0;
    const char *name = zero_ended(work, merge->request->head_reference);
    if (!str_starts(merge->request->head_reference, STR("refs/")) ||
        strlen(name) != merge->request->head_reference.len ||
        git_reference_name_is_valid(&valid, name) < 0 || !valid)
        return error_rule(err, ERROR_INPUT, "E_REF_NAME", "no name of a pull request's head");
    if (!oid_read(merge->request->base, &base, err) ||
        !oid_read(merge->request->head, &head, err) || !fetch_head(merge, &head, err))
        return false;
    watchdog_objects(work, 20);
    int code = git_commit_lookup(&merge->base, merge->repository, &base);
    if (code == 0)
        code = git_commit_lookup(&merge->head, merge->repository, &head);
    return code == 0 || library_failed(work, code, err, "reading the commits to merge");
}

/* The files of the conflicts, for people. */
static bool list_conflicts(struct merge *merge, struct error *err)
{
    git_index_conflict_iterator *iterator = NULL;
    const git_index_entry *ancestor, *ours, *theirs;
    str *paths = ARENA_ARRAY(merge->work->arena, str, CONFLICTS_SHOWN);
    size_t count = 0;
    int code = git_index_conflict_iterator_new(&iterator, merge->index);
    if (code < 0)
        return library_failed(merge->work, code, err, "reading the merge's conflicts");
    while (count < CONFLICTS_SHOWN &&
           git_index_conflict_next(&ancestor, &ours, &theirs, iterator) == 0) {
        const git_index_entry *entry = ours != NULL ? ours : theirs != NULL ? theirs : ancestor;
        paths[count++] = foreign_text(merge->work->arena, entry->path, 300, false);
    }
    git_index_conflict_iterator_free(iterator);
    merge->result.conflicts = true;
    merge->result.conflict = paths;
    merge->result.conflict_count = count;
    return true;
}

static bool merge_commits(struct merge *merge, struct error *err)
{
    struct git_work *work = merge->work;
    git_merge_options options = GIT_MERGE_OPTIONS_INIT;
    git_oid tree;
    watchdog_objects(work, 60);
    int code =
        git_merge_commits(&merge->index, merge->repository, merge->base, merge->head, &options);
    if (code == GIT_ENOTFOUND)
        return error_rule(err, ERROR_INPUT, "E_MERGE_UNRELATED",
                          "the pull request shares no history with the branch");
    if (code < 0)
        return library_failed(work, code, err, "merging");
    if (git_index_has_conflicts(merge->index))
        return list_conflicts(merge, err);
    code = git_index_write_tree_to(&tree, merge->index, merge->repository);
    if (code < 0)
        return library_failed(work, code, err, "writing the merge's tree");
    char name[41];
    oid_hex(git_commit_id(merge->head), name);
    merge->result.merged.taken = true;
    return tree_snapshot_of(work, merge->repository, &tree, str_z(name), merge->request->paths,
                            merge->request->path_count, &merge->findings,
                            &merge->result.merged.snapshot, err);
}

bool work_merge(struct git_work *work, const struct repo_merge_request *request,
                struct repo_merge_result *ret_result, struct error *err)
{
    struct merge merge = {.work = work, .request = request, .result.merged.snapshot = -1};
    struct workspace workspace;
    if (!workspace_open(work, request->directory, "git", &workspace, err))
        return false;
    merge.repository = workspace.repository;
    bool done = find_commits(&merge, err) &&
                commit_describe(work, merge.head, &merge.result.head, err) &&
                merge_commits(&merge, err);
    git_index_free(merge.index);
    git_commit_free(merge.head);
    git_commit_free(merge.base);
    workspace_close(&workspace);
    if (!done)
        return false;
    merge.result.merged.findings = merge.findings.list.items;
    merge.result.merged.finding_count = merge.findings.list.len;
    merge.result.merged.finding_dropped = merge.findings.dropped;
    *ret_result = merge.result;
    return true;
}
