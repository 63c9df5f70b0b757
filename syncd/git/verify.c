/*
 * Whether what is new in a branch is signed as demanded. Every commit is read once more as raw
 * bytes under the id that libgit2 goes by, so that what is verified is what is rendered.
 */
#include "syncd/git/child.h"

#define COMMITS_MOST 50000

struct verifying {
    struct git_work *work;
    git_repository *repository;
    git_odb *objects;
    const struct repo_trust *terms;
    struct trust *trust;
    struct arena *scratch; /* rewound after each commit */
    git_revwalk *walk;
};

bool terms_trust(struct git_work *work, const struct repo_trust *terms, struct trust **ret_trust,
                 struct error *err)
{
    struct findings findings;
    findings_init(&findings, work->arena);
    const struct trust_options options = {
        .policy = terms->policy,
        .allowed_signers = terms->allowed_signers,
        .allowed_file = terms->allowed_file,
        .revoked_keys = terms->revoked_keys,
        .revoked_file = terms->revoked_file,
        .scopes = terms->scopes,
        .scope_count = terms->scope_count,
        .openpgp = work->openpgp != NULL ? work->openpgp->verify : NULL,
        .openpgp_context = work->openpgp_keys,
    };
    if (trust_create(&options, work->arena, &findings, ret_trust))
        return true;
    const struct finding *first = &findings.list.items[0];
    (void)error_rule(err, ERROR_DENIED, first->rule, "%.*s", STR_ARG(first->text));
    return error_at(err, first->position);
}

static bool open_objects(struct verifying *verifying, struct error *err)
{
    int code = git_repository_odb(&verifying->objects, verifying->repository);
    return code == 0 || library_failed(verifying->work, code, err, "opening the objects");
}

bool object_bytes(struct git_work *work, git_odb *objects, const git_oid *oid, git_object_t type,
                  struct arena *arena, str *ret_bytes, struct error *err)
{
    git_odb_object *object = NULL;
    watchdog_objects(work, 10);
    int code = git_odb_read(&object, objects, oid);
    if (code < 0)
        return library_failed(work, code, err, "reading an object");
    bool right = git_odb_object_type(object) == type;
    if (right)
        *ret_bytes =
            arena_str(arena, str_from(git_odb_object_data(object), git_odb_object_size(object)));
    git_odb_object_free(object);
    return right ||
           error_rule(err, ERROR_INPUT, "E_OBJ_TYPE", "an object is not what it should be");
}

/* A commit's own time, but not before its parents': nobody signs behind what was there. */
static int64_t time_of(git_commit *commit, int64_t own_s)
{
    for (unsigned i = 0; i < git_commit_parentcount(commit); i++) {
        git_commit *parent = NULL;
        if (git_commit_parent(&parent, commit, i) == 0 && git_commit_time(parent) > own_s)
            own_s = git_commit_time(parent);
        git_commit_free(parent);
    }
    return own_s;
}

struct scope_check {
    const struct trust *trust;
    const struct signer *signer;
    struct error *err;
};

static int on_change(const git_diff_delta *delta, float progress, void *context)
{
    struct scope_check *check = context;
    (void)progress;
    const char *const paths[] = {delta->old_file.path, delta->new_file.path};
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        if (paths[i] == NULL || trust_may_change(check->trust, check->signer, str_z(paths[i])))
            continue;
        (void)error_rule(check->err, ERROR_INPUT, "E_SIG_PATH", "%.*s may not change this file",
                         STR_ARG(check->signer->name));
        (void)error_at(check->err, (struct position){.file = str_z(paths[i])});
        return GIT_EUSER;
    }
    return 0;
}

/* What the commit changes against its first parent lies where its signer may. */
static bool check_scope(struct verifying *verifying, git_commit *commit,
                        const struct signer *signer, struct error *err)
{
    if (verifying->terms->scope_count == 0)
        return true;
    git_commit *parent = NULL;
    git_tree *old = NULL, *fresh = NULL;
    git_diff *diff = NULL;
    struct scope_check check = {verifying->trust, signer, err};
    git_diff_options options = GIT_DIFF_OPTIONS_INIT;
    options.flags |= GIT_DIFF_SKIP_BINARY_CHECK;
    int code = git_commit_tree(&fresh, commit);
    if (code == 0 && git_commit_parentcount(commit) != 0)
        code = git_commit_parent(&parent, commit, 0);
    if (code == 0 && parent != NULL)
        code = git_commit_tree(&old, parent);
    if (code == 0)
        code = git_diff_tree_to_tree(&diff, verifying->repository, old, fresh, &options);
    if (code == 0)
        code = git_diff_foreach(diff, on_change, NULL, NULL, NULL, &check);
    git_diff_free(diff);
    git_tree_free(fresh);
    git_tree_free(old);
    git_commit_free(parent);
    if (code == GIT_EUSER)
        return false;
    return code == 0 || library_failed(verifying->work, code, err, "comparing a commit's files");
}

static bool verify_opened(struct verifying *verifying, git_commit *commit,
                          struct signer *ret_signer, struct error *err)
{
    struct arena *scratch = verifying->scratch;
    struct signed_object object;
    char tree[41];
    str bytes;
    if (!object_bytes(verifying->work, verifying->objects, git_commit_id(commit), GIT_OBJECT_COMMIT,
                      scratch, &bytes, err) ||
        !signed_object_read_commit(bytes, scratch, &object, err))
        return false;
    oid_hex(git_commit_tree_id(commit), tree);
    if (!str_equal(object.target, str_z(tree)))
        return error_rule(err, ERROR_INPUT, "E_SIG_FORM", "the signed tree is not the one read");
    return trust_verify(verifying->trust, &object, time_of(commit, object.time_s), scratch,
                        ret_signer, err) &&
           check_scope(verifying, commit, ret_signer, err);
}

/* Keeps the signer where the caller's result lives. */
static void keep_signer(struct verifying *verifying, const struct signer *signer,
                        struct signer *ret_signer)
{
    ret_signer->name = arena_str(verifying->work->arena, signer->name);
    ret_signer->key = arena_str(verifying->work->arena, signer->key);
}

static bool verify_commit(struct verifying *verifying, const git_oid *oid,
                          struct signer *ret_signer, struct error *err)
{
    struct arena_mark mark = arena_mark(verifying->scratch);
    git_commit *commit = NULL;
    struct signer signer;
    watchdog_objects(verifying->work, 10);
    int code = git_commit_lookup(&commit, verifying->repository, oid);
    bool done = code == 0 ? verify_opened(verifying, commit, &signer, err)
                          : library_failed(verifying->work, code, err, "reading a commit");
    if (done && ret_signer != NULL)
        keep_signer(verifying, &signer, ret_signer);
    if (!done && code == 0 && err->class == ERROR_INPUT) {
        char hex[41];
        oid_hex(oid, hex);
        str author = foreign_text(verifying->scratch, git_commit_author(commit)->name, 60, false);
        (void)error_wrap(err, "commit %.12s by %.*s", hex, STR_ARG(author));
    }
    git_commit_free(commit);
    arena_rewind(verifying->scratch, mark);
    return done;
}

/* Sets the walk up over what is new. At first sight, without `since`, that is the tip alone. */
static bool begin_walk(struct verifying *verifying, const git_oid *accepted, const git_oid *tip,
                       struct error *err)
{
    git_oid since;
    if (verifying->terms->since.len != 0 && !oid_read(verifying->terms->since, &since, err))
        return error_wrap(err, "signatures.since");
    watchdog_objects(verifying->work, 60);
    int code = git_revwalk_new(&verifying->walk, verifying->repository);
    if (code == 0)
        code = git_revwalk_push(verifying->walk, tip);
    if (code == 0 && verifying->terms->policy == TRUST_MERGE)
        code = git_revwalk_simplify_first_parent(verifying->walk);
    if (code == 0 && accepted != NULL)
        code = git_revwalk_hide(verifying->walk, accepted);
    else if (code == 0 && verifying->terms->since.len != 0)
        code = git_revwalk_hide(verifying->walk, &since);
    return code == 0 || library_failed(verifying->work, code, err, "walking the new commits");
}

static bool verify_new(struct verifying *verifying, const git_oid *accepted, const git_oid *tip,
                       struct signer *ret_signer, struct error *err)
{
    bool only_tip = accepted == NULL && verifying->terms->since.len == 0;
    if (!verify_commit(verifying, tip, ret_signer, err))
        return false;
    if (only_tip)
        return true;
    if (!begin_walk(verifying, accepted, tip, err))
        return false;
    git_oid oid;
    int code;
    for (size_t count = 0; (code = git_revwalk_next(&oid, verifying->walk)) == 0; count++) {
        if (count == COMMITS_MOST)
            return error_rule(err, ERROR_LIMIT, "E_SIG_COMMITS",
                              "more than %d new commits; name one in signatures.since",
                              COMMITS_MOST);
        if (!git_oid_equal(&oid, tip) && !verify_commit(verifying, &oid, NULL, err))
            return false;
    }
    return code == GIT_ITEROVER ||
           library_failed(verifying->work, code, err, "walking the new commits");
}

/* The tag itself is signed, and it names the commit that is rendered. */
static bool verify_tag(struct verifying *verifying, const git_oid *tag, const git_oid *tip,
                       struct signer *ret_signer, struct error *err)
{
    struct signed_object object;
    struct signer signer;
    char hex[41];
    str bytes;
    if (git_oid_equal(tag, tip)) {
        (void)error_rule(err, ERROR_INPUT, "E_SIG_MISSING", "the tag has no object of its own");
        return error_hint(err, "make it with: git tag -s");
    }
    if (!object_bytes(verifying->work, verifying->objects, tag, GIT_OBJECT_TAG, verifying->scratch,
                      &bytes, err) ||
        !signed_object_read_tag(bytes, verifying->scratch, &object, err))
        return false;
    oid_hex(tip, hex);
    if (!str_equal(object.target, str_z(hex)))
        return error_rule(err, ERROR_INPUT, "E_SIG_FORM",
                          "a signed tag names a commit, nothing else");
    if (!trust_verify(verifying->trust, &object, object.time_s, verifying->scratch, &signer, err))
        return false;
    keep_signer(verifying, &signer, ret_signer);
    return true;
}

bool commits_verify(struct git_work *work, git_repository *repository,
                    const struct repo_trust *terms, const git_oid *accepted, const git_oid *tag,
                    const git_oid *tip, struct signer *ret_signer, struct error *err)
{
    struct verifying verifying = {.work = work, .repository = repository, .terms = terms};
    verifying.scratch = arena_create(ARENA_NO_BUDGET);
    bool done = terms_trust(work, terms, &verifying.trust, err) && open_objects(&verifying, err);
    if (done && terms->policy == TRUST_TAG)
        done = verify_tag(&verifying, tag, tip, ret_signer, err);
    else if (done)
        done = verify_new(&verifying, accepted, tip, ret_signer, err);
    git_revwalk_free(verifying.walk);
    git_odb_free(verifying.objects);
    arena_destroy(verifying.scratch);
    watchdog_rest(work);
    return done;
}
