/*
 * The job "verify": every commit of a notes reference, from the first to the tip. One that is not
 * signed by somebody who may is told with every byte that it changed.
 */
#include "syncd/git/child.h"

#define FINDINGS_MOST 1000

struct verify {
    struct git_work *work;
    git_repository *repository;
    git_odb *objects;
    struct trust *trust;
    struct arena *scratch; /* rewound after each commit */
    struct repo_verify_result result;
    VEC(struct repo_verify_finding) findings;
    struct repo_verify_finding current; /* what is wrong with the commit at hand */
};

static struct repo_verify_finding *add_finding(struct verify *verify)
{
    if (verify->findings.len == FINDINGS_MOST) {
        verify->result.more = true;
        return NULL;
    }
    VEC_PUSH(verify->work->arena, &verify->findings, verify->current);
    return &VEC_LAST(&verify->findings);
}

/* The commit that a note's path names, whatever the fan-out. */
static void commit_of_path(const char *path, char out[41])
{
    size_t len = 0;
    for (size_t i = 0; path[i] != '\0'; i++) {
        bool digit = (path[i] >= '0' && path[i] <= '9') || (path[i] >= 'a' && path[i] <= 'f');
        if (path[i] == '/')
            continue;
        if (!digit || len == 40) {
            len = 0;
            break;
        }
        out[len++] = path[i];
    }
    out[len == 40 ? 40 : 0] = '\0';
}

static str blob_text(struct verify *verify, const git_diff_file *file)
{
    struct error ignored = ERROR_INIT;
    str bytes = {0};
    if (!git_oid_is_zero(&file->id) &&
        !object_bytes(verify->work, verify->objects, &file->id, GIT_OBJECT_BLOB, verify->scratch,
                      &bytes, &ignored))
        return (str){0};
    return bytes;
}

static int on_note(const git_diff_delta *delta, float progress, void *context)
{
    struct verify *verify = context;
    struct repo_verify_finding *finding = add_finding(verify);
    (void)progress;
    if (finding == NULL)
        return 0;
    const char *path = delta->new_file.path != NULL ? delta->new_file.path : delta->old_file.path;
    str old = blob_text(verify, &delta->old_file), fresh = blob_text(verify, &delta->new_file);
    commit_of_path(path, finding->commit);
    finding->added = delta->status == GIT_DELTA_ADDED;
    finding->removed = delta->status == GIT_DELTA_DELETED;
    finding->old_len = old.len;
    finding->new_len = fresh.len;
    while (finding->offset < old.len && finding->offset < fresh.len &&
           old.ptr[finding->offset] == fresh.ptr[finding->offset])
        finding->offset++;
    return 0;
}

/* All that the commit changed against its first parent. */
static bool list_changes(struct verify *verify, git_commit *commit, struct error *err)
{
    git_commit *parent = NULL;
    git_tree *old = NULL, *fresh = NULL;
    git_diff *diff = NULL;
    git_diff_options options = GIT_DIFF_OPTIONS_INIT;
    options.flags |= GIT_DIFF_SKIP_BINARY_CHECK;
    size_t before = verify->findings.len;
    int code = git_commit_tree(&fresh, commit);
    if (code == 0 && git_commit_parentcount(commit) != 0)
        code = git_commit_parent(&parent, commit, 0);
    if (code == 0 && parent != NULL)
        code = git_commit_tree(&old, parent);
    if (code == 0)
        code = git_diff_tree_to_tree(&diff, verify->repository, old, fresh, &options);
    if (code == 0)
        code = git_diff_foreach(diff, on_note, NULL, NULL, NULL, verify);
    git_diff_free(diff);
    git_tree_free(fresh);
    git_tree_free(old);
    git_commit_free(parent);
    if (code == 0 && verify->findings.len == before)
        (void)add_finding(verify); /* it changed no note, and is wrong all the same */
    return code == 0 || library_failed(verify->work, code, err, "comparing notes");
}

static bool is_signed(struct verify *verify, const git_oid *oid, struct error *err)
{
    struct signed_object object;
    struct signer signer;
    str bytes;
    return object_bytes(verify->work, verify->objects, oid, GIT_OBJECT_COMMIT, verify->scratch,
                        &bytes, err) &&
           signed_object_read_commit(bytes, verify->scratch, &object, err) &&
           trust_verify(verify->trust, &object, object.time_s, verify->scratch, &signer, err);
}

static bool verify_commit(struct verify *verify, const git_oid *oid, struct error *err)
{
    struct error wrong = ERROR_INIT;
    struct arena *arena = verify->work->arena;
    verify->result.commits++;
    if (is_signed(verify, oid, &wrong)) {
        verify->result.good++;
        return true;
    }
    git_commit *commit = NULL;
    int code = git_commit_lookup(&commit, verify->repository, oid);
    if (code < 0)
        return library_failed(verify->work, code, err, "reading the notes' history");
    verify->current = (struct repo_verify_finding){
        .author = foreign_text(arena, git_commit_author(commit)->name, 100, false),
        .rule = arena_str(arena, str_z(wrong.rule)).ptr,
        .text = arena_str(arena, str_z(wrong.text)),
    };
    oid_hex(oid, verify->current.notes_commit);
    bool done = list_changes(verify, commit, err);
    git_commit_free(commit);
    return done;
}

static bool walk(struct verify *verify, const char *ref, struct error *err)
{
    git_revwalk *walk = NULL;
    git_oid oid;
    int code = git_reference_name_to_id(&oid, verify->repository, ref);
    if (code == GIT_ENOTFOUND) {
        (void)error_rule(err, ERROR_NOT_FOUND, "E_REF_GONE", "the repository has no %s", ref);
        return error_hint(err, "git fetch origin '+refs/notes/syncd/*:refs/notes/syncd/*'");
    }
    if (code == 0)
        code = git_revwalk_new(&walk, verify->repository);
    if (code == 0)
        code = git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_REVERSE);
    if (code == 0)
        code = git_revwalk_push(walk, &oid);
    bool done = code == 0 || library_failed(verify->work, code, err, "walking %s", ref);
    while (done && (code = git_revwalk_next(&oid, walk)) == 0) {
        struct arena_mark mark = arena_mark(verify->scratch);
        done = verify_commit(verify, &oid, err);
        arena_rewind(verify->scratch, mark);
    }
    if (done && code != GIT_ITEROVER)
        done = library_failed(verify->work, code, err, "walking %s", ref);
    git_revwalk_free(walk);
    return done;
}

bool work_verify(struct git_work *work, const struct repo_verify_request *request,
                 struct repo_verify_result *ret_result, struct error *err)
{
    struct verify verify = {.work = work, .scratch = arena_create(ARENA_NO_BUDGET)};
    str ref = request->notes_ref.len != 0 ? request->notes_ref : STR(NOTES_REF);
    const char *path =
        zero_ended(work, request->repository.len != 0 ? request->repository : STR("."));
    watchdog_objects(work, 60);
    int code = git_repository_open_ext(&verify.repository, path, 0, NULL);
    if (code == 0)
        code = git_repository_odb(&verify.objects, verify.repository);
    bool done = code == 0 ? terms_trust(work, &request->trust, &verify.trust, err) &&
                                walk(&verify, zero_ended(work, ref), err)
                          : library_failed(work, code, err, "opening the repository at %s", path);
    git_odb_free(verify.objects);
    git_repository_free(verify.repository);
    arena_destroy(verify.scratch);
    if (!done)
        return false;
    verify.result.findings = verify.findings.items;
    verify.result.finding_count = verify.findings.len;
    *ret_result = verify.result;
    return true;
}
