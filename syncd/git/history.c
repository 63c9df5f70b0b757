/* Commits: what they say, and how two of them are related. */
#include "syncd/git/child.h"

#define MESSAGE_MAX    4096
#define NAME_MAX_BYTES 200

static str person(struct git_work *work, const git_signature *who)
{
    if (who == NULL)
        return STR("");
    str name = foreign_text(work->arena, who->name, NAME_MAX_BYTES, false);
    str mail = foreign_text(work->arena, who->email, NAME_MAX_BYTES, false);
    return arena_printf(work->arena, "%.*s <%.*s>", STR_ARG(name), STR_ARG(mail));
}

bool commit_describe(struct git_work *work, git_commit *commit, struct repo_commit *ret_commit,
                     struct error *err)
{
    (void)err; /* nothing here fails; a reader of signatures will */
    struct repo_commit described = {
        .author = person(work, git_commit_author(commit)),
        .committer = person(work, git_commit_committer(commit)),
        .time_s = git_commit_time(commit),
        .summary = foreign_text(work->arena, git_commit_summary(commit), 512, false),
        .message = foreign_text(work->arena, git_commit_message(commit), MESSAGE_MAX, true),
    };
    oid_hex(git_commit_id(commit), described.id);
    if (git_commit_parentcount(commit) != 0)
        oid_hex(git_commit_parent_id(commit, 0), described.parent);
    *ret_commit = described;
    return true;
}

static bool is_ancestor(struct git_work *work, git_repository *repository, const git_oid *old,
                        const git_oid *fresh, bool *ret_answer, struct error *err)
{
    watchdog_objects(work, 60);
    int code = git_graph_descendant_of(repository, fresh, old);
    if (code < 0)
        return library_failed(work, code, err, "comparing commits");
    *ret_answer = code == 1;
    return true;
}

bool history_compare(struct git_work *work, git_repository *repository, const git_oid *accepted,
                     const git_oid *tip, enum repo_history *ret_history, struct error *err)
{
    if (git_oid_equal(accepted, tip)) {
        *ret_history = REPO_HISTORY_SAME;
        return true;
    }
    git_commit *known = NULL;
    if (git_commit_lookup(&known, repository, accepted) < 0) {
        /* All of the branch's history is here, so the accepted commit is not in it. */
        *ret_history = REPO_HISTORY_UNRELATED;
        return true;
    }
    git_commit_free(known);
    bool forward = false, backward = false;
    if (!is_ancestor(work, repository, accepted, tip, &forward, err) ||
        !is_ancestor(work, repository, tip, accepted, &backward, err))
        return false;
    git_oid base;
    if (forward)
        *ret_history = REPO_HISTORY_FORWARD;
    else if (backward)
        *ret_history = REPO_HISTORY_OLDER;
    else if (git_merge_base(&base, repository, accepted, tip) == 0)
        *ret_history = REPO_HISTORY_REWRITTEN;
    else
        *ret_history = REPO_HISTORY_UNRELATED;
    return true;
}
