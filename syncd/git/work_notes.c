/*
 * The job "notes". Into a repository on this machine: lock the reference, read its tip, build on
 * it, move it. Into a remote: fetch the tip, build on it, push, and look again until the remote
 * has everything; a push that comes too late changes nothing there.
 */
#include "syncd/git/child.h"

#include "syncd/base/clock.h"
#include "syncd/base/crypto.h"
#include "syncd/signature/ssh.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PUSHES_MAX 10
#define THEIRS     "refs/syncd/notes/theirs"
#define OURS       "refs/syncd/notes/ours"
/* A reference lock older than this, while we hold the repository's lock for notes, has no owner. */
#define STALE_SECONDS 30

struct writer {
    struct git_work *work;
    const struct notes_request *request;
    const char *ref;
    git_repository *repository; /* where objects are written */
    git_signature *author;
    struct private_key *key; /* NULL: commits are not signed */
    struct notes_result result;
};

static void pause_randomly(uint32_t attempt)
{
    uint32_t random;
    crypto_random(&random, sizeof(random));
    int64_t longest = (INT64_C(20) << (attempt < 6 ? attempt : 6)) * NS_PER_MS;
    int64_t ns = NS_PER_MS + (int64_t)(random % 1000) * longest / 1000;
    struct timespec wait = {.tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S};
    (void)nanosleep(&wait, NULL); /* earlier is fine, too */
}

#define MESSAGE "notes: what became of commits\n"

static bool sign_commit(struct writer *writer, str commit, git_oid *ret_commit, struct error *err)
{
    str armored;
    if (!ssh_signature_make(writer->key, commit, STR(SSH_NAMESPACE_GIT), writer->work->arena,
                            &armored, err))
        return false;
    int code = git_commit_create_with_signature(
        ret_commit, writer->repository, zero_ended(writer->work, commit), armored.ptr, "gpgsig");
    return code == 0 || library_failed(writer->work, code, err, "writing the notes' commit");
}

static bool write_commit(struct writer *writer, git_tree *tree, git_commit *parent,
                         git_oid *ret_commit, struct error *err)
{
    const git_commit *parents[] = {parent};
    size_t parent_count = parent != NULL ? 1 : 0;
    if (writer->key == NULL) {
        int code = git_commit_create(ret_commit, writer->repository, NULL, writer->author,
                                     writer->author, NULL, MESSAGE, tree, parent_count, parents);
        return code == 0 || library_failed(writer->work, code, err, "writing the notes' commit");
    }
    git_buf text = GIT_BUF_INIT;
    int code = git_commit_create_buffer(&text, writer->repository, writer->author, writer->author,
                                        NULL, MESSAGE, tree, parent_count, parents);
    bool done = code == 0 ? sign_commit(writer, str_from(text.ptr, text.size), ret_commit, err)
                          : library_failed(writer->work, code, err, "writing the notes' commit");
    git_buf_dispose(&text);
    return done;
}

/* The notes commit that follows `tip` (NULL = the first one); unchanged when nothing is new. */
static bool build_commit(struct writer *writer, const git_oid *tip, git_oid *ret_commit,
                         bool *ret_changed, struct error *err)
{
    git_commit *parent = NULL;
    git_tree *old = NULL, *fresh = NULL;
    git_oid tree;
    bool done = false;
    int code = 0;
    watchdog_objects(writer->work, 10);
    if (tip != NULL)
        code = git_commit_lookup(&parent, writer->repository, tip);
    if (code == 0 && parent != NULL)
        code = git_commit_tree(&old, parent);
    if (code < 0)
        (void)library_failed(writer->work, code, err, "reading the notes");
    else
        done = notes_tree_build(writer->work, writer->repository, old, writer->request->notes,
                                writer->request->note_count, &tree, ret_changed, err);
    if (done && *ret_changed) {
        code = git_tree_lookup(&fresh, writer->repository, &tree);
        done = code == 0 ? write_commit(writer, fresh, parent, ret_commit, err)
                         : library_failed(writer->work, code, err, "writing the notes' commit");
    } else if (done && tip != NULL) {
        *ret_commit = *tip;
    }
    git_tree_free(fresh);
    git_tree_free(old);
    git_commit_free(parent);
    return done;
}

/* All syncd writers of one repository in a row; others are held off by the reference's lock. */
static bool lock_repository(struct writer *writer, int *ret_lock, struct error *err)
{
    /* The folder itself is locked: no file of ours is left in somebody's repository. */
    const char *path = git_repository_commondir(writer->repository);
    int lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock < 0)
        return error_errno(err, errno, "opening %s", path);
    while (flock(lock, LOCK_EX) < 0)
        if (errno != EINTR) {
            (void)error_errno(err, errno, "locking %s", path);
            (void)close(lock); /* not held */
            return false;
        }
    *ret_lock = lock;
    return true;
}

static void remove_stale_lock(struct writer *writer)
{
    const char *folder = git_repository_commondir(writer->repository);
    const char *path =
        arena_concat(writer->work->arena, str_z(folder), str_z(writer->ref), STR(".lock")).ptr;
    struct stat status;
    if (stat(path, &status) == 0 && time(NULL) - status.st_mtime > STALE_SECONDS)
        (void)unlink(path); /* then locking fails again and says so */
}

static bool lock_reference(struct writer *writer, git_transaction *transaction, struct error *err)
{
    for (uint32_t attempt = 0;; attempt++) {
        int code = git_transaction_lock_ref(transaction, writer->ref);
        if (code == 0)
            return true;
        if (code != GIT_ELOCKED || clock_monotonic_ns() > writer->work->deadline_ns - NS_PER_S)
            return library_failed(writer->work, code, err, "locking %s", writer->ref);
        remove_stale_lock(writer);
        pause_randomly(attempt);
    }
}

/* Between locking and moving nobody else can move the reference: nothing is lost. */
static bool move_locked(struct writer *writer, git_transaction *transaction, struct error *err)
{
    git_oid tip, commit = {0};
    bool exists = git_reference_name_to_id(&tip, writer->repository, writer->ref) == 0;
    if (!build_commit(writer, exists ? &tip : NULL, &commit, &writer->result.changed, err))
        return false;
    int code = 0;
    if (writer->result.changed)
        code = git_transaction_set_target(transaction, writer->ref, &commit, writer->author,
                                          "syncd: notes");
    if (code == 0 && writer->result.changed)
        code = git_transaction_commit(transaction);
    if (code < 0)
        return library_failed(writer->work, code, err, "moving %s", writer->ref);
    writer->result.attempts++;
    oid_hex(&commit, writer->result.tip);
    return true;
}

static bool write_local(struct writer *writer, struct error *err)
{
    const char *path = zero_ended(writer->work, writer->work->url.path);
    int lock = -1;
    int code =
        git_repository_open_ext(&writer->repository, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
    if (code < 0)
        return library_failed(writer->work, code, err, "opening the repository at %s", path);
    if (!lock_repository(writer, &lock, err))
        return false;
    git_transaction *transaction = NULL;
    code = git_transaction_new(&transaction, writer->repository);
    bool done = code == 0 ? lock_reference(writer, transaction, err) &&
                                move_locked(writer, transaction, err)
                          : library_failed(writer->work, code, err, "starting a transaction");
    git_transaction_free(transaction);
    (void)close(lock); /* gives it back */
    return done;
}

/* The remote's notes, fetched; false in *ret_exists when it has none yet. */
static bool fetch_theirs(struct writer *writer, bool *ret_exists, git_oid *ret_tip,
                         struct error *err)
{
    git_remote *remote;
    if (!remote_connect(writer->work, writer->repository, GIT_DIRECTION_FETCH, &remote, err))
        return false;
    bool done = remote_reference(writer->work, remote, writer->ref, ret_exists, ret_tip, err) &&
                (!*ret_exists || remote_take(writer->work, writer->repository, remote, writer->ref,
                                             ret_tip, THEIRS, err));
    (void)git_remote_disconnect(remote); /* all that was wanted is here */
    git_remote_free(remote);
    return done;
}

/* What a server says about a push that only came too late; the next attempt builds on the new tip.
 */
static bool is_race(const char *text)
{
    static const char *const signs[] = {"fast-forward",    "fetch first",    "lock",
                                        "old value",       "already exists", "stale",
                                        "failed to update"};
    for (size_t i = 0; i < ARRAY_LEN(signs); i++)
        if (strstr(text, signs[i]) != NULL)
            return true;
    return false;
}

static int on_update(const char *reference, const char *status, void *context)
{
    struct git_work *work = context;
    (void)reference; /* there is only one */
    if (status == NULL)
        return 0;
    str text = foreign_text(work->arena, status, 200, false);
    if (is_race(text.ptr))
        (void)error_rule(&work->failure, ERROR_CONFLICT, "E_NOTES_RACE", "%s", text.ptr);
    else
        (void)error_rule(&work->failure, ERROR_DENIED, "E_NOTES_REJECTED",
                         "the server refuses the push: %s", text.ptr);
    return -1;
}

static bool push(struct writer *writer, const git_oid *commit, struct error *err)
{
    git_reference *reference = NULL;
    int code = git_reference_create(&reference, writer->repository, OURS, commit, 1, "notes");
    git_reference_free(reference);
    if (code < 0)
        return library_failed(writer->work, code, err, "recording the notes");
    git_remote *remote;
    if (!remote_connect(writer->work, writer->repository, GIT_DIRECTION_PUSH, &remote, err))
        return false;
    git_push_options options = GIT_PUSH_OPTIONS_INIT;
    options.callbacks = remote_callbacks(writer->work);
    options.callbacks.push_update_reference = on_update;
    options.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
    char *spec = (char *)(uintptr_t)arena_concat(writer->work->arena, STR(OURS), STR(":"),
                                                 str_z(writer->ref))
                     .ptr;
    git_strarray specs = {.strings = &spec, .count = 1};
    watchdog_network(writer->work);
    code = git_remote_push(remote, &specs, &options);
    bool race = code == GIT_ENONFASTFORWARD;
    bool done = code == 0 || library_failed(writer->work, code, err, "pushing the notes");
    if (race && !done)
        (void)error_rule(err, ERROR_CONFLICT, "E_NOTES_RACE", "somebody else pushed first");
    (void)git_remote_disconnect(remote); /* the answer is here */
    git_remote_free(remote);
    return done;
}

/* One look at the remote and, if something is missing there, one push. */
static bool round_trip(struct writer *writer, bool *ret_complete, struct error *err)
{
    git_oid tip, commit = {0};
    bool exists, changed;
    if (!fetch_theirs(writer, &exists, &tip, err) ||
        !build_commit(writer, exists ? &tip : NULL, &commit, &changed, err))
        return false;
    *ret_complete = !changed;
    if (!changed) {
        oid_hex(&commit, writer->result.tip);
        return true;
    }
    writer->result.changed = true;
    writer->result.attempts++;
    return push(writer, &commit, err);
}

/* Done is what the remote itself shows: the last round finds nothing missing. */
static bool write_remote(struct writer *writer, struct error *err)
{
    struct workspace workspace;
    if (!workspace_open(writer->work, writer->request->directory, "notes", &workspace, err))
        return false;
    writer->repository = workspace.repository;
    bool complete = false, done = true;
    while (done && !complete) {
        done = round_trip(writer, &complete, err);
        bool race = !done && str_equal(str_z(err->rule), STR("E_NOTES_RACE"));
        if (race && writer->result.attempts < PUSHES_MAX) {
            error_clear(err);
            pause_randomly(writer->result.attempts);
            done = true;
        } else if (race) {
            err->class = ERROR_UNAVAILABLE; /* later there may be fewer writers */
        }
        if (done && !complete && writer->result.attempts > PUSHES_MAX)
            done = error_rule(err, ERROR_UNAVAILABLE, "E_NOTES_RACE",
                              "the notes are rewritten as fast as they are pushed");
    }
    workspace_close(&workspace);
    return done;
}

static bool make_author(struct writer *writer, struct error *err)
{
    str text = writer->request->author;
    if (text.len == 0)
        text = STR("syncd <syncd@localhost>");
    git_signature *parsed = NULL;
    int code = git_signature_from_buffer(&parsed, zero_ended(writer->work, text));
    if (code == 0)
        code = git_signature_now(&writer->author, parsed->name, parsed->email);
    git_signature_free(parsed);
    return code == 0 || error_rule(err, ERROR_INPUT, "E_NOTES_AUTHOR",
                                   "the notes' author is not of the form \"Name <mail>\"");
}

static bool read_key(struct writer *writer, struct error *err)
{
    str text = writer->request->signing_key;
    return text.len == 0 || private_key_read(text, STR(""), &writer->key, err) ||
           error_wrap(err, "the key that notes are signed with");
}

bool work_notes(struct git_work *work, const struct notes_request *request,
                struct notes_result *ret_result, struct error *err)
{
    struct writer writer = {.work = work, .request = request};
    str ref = request->ref.len != 0 ? request->ref : STR(NOTES_REF);
    int valid = 0;
    writer.ref = zero_ended(work, ref);
    if (!str_starts(ref, STR("refs/notes/")) || ref.len > 250 || strlen(writer.ref) != ref.len ||
        git_reference_name_is_valid(&valid, writer.ref) < 0 || !valid)
        return error_rule(err, ERROR_INPUT, "E_REF_NAME", "notes belong below refs/notes/");
    bool done =
        make_author(&writer, err) && read_key(&writer, err) &&
        (work->url.scheme == URL_LOCAL ? write_local(&writer, err) : write_remote(&writer, err));
    git_signature_free(writer.author);
    private_key_destroy(writer.key);
    if (done)
        *ret_result = writer.result;
    return done;
}
