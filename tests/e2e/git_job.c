/*
 * Runs one Git job and prints what came of it, one "key=value" a line; exit status 0 done, 1 an
 * error, whose class and rule are printed.
 *
 *     git_job sync|notes|merge URL DIRECTORY [key=value]…
 *
 * Keys: branch, tag, user, token, key, known_hosts, ca (the last three name files), idle and
 * deadline in seconds, follow, accepted, have, note=COMMIT:TEXT (any number), show=PATH; policy,
 * since, scope=SIGNER:PATH (any number), and the files allowed, revoked, openpgp, signing.
 */
#include "syncd/git/notes.h"
#include "syncd/git/source.h"

#include "syncd/base/clock.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct child_kind kinds[] = {
    {.name = "git", .module = GIT_MODULE, .symbol = "git_child"}};

struct options {
    struct arena *arena;
    struct repo_remote remote;
    struct repo_sync_request sync;
    VEC(struct note) notes;
    VEC(struct trust_scope) scopes;
    str signing_key, base, head, reference;
    const char *show;
};

static str file_text(struct options *options, const char *path)
{
    static char text[1 << 20];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd >= 0 ? read(fd, text, sizeof(text)) : -1;
    if (len < 0) {
        perror(path);
        exit(2);
    }
    close(fd);
    return arena_str(options->arena, str_from(text, (size_t)len));
}

static bool option(struct options *options, const char *argument)
{
    str rest = str_z(argument), key;
    if (!str_cut(&rest, '=', &key) || rest.ptr == NULL)
        return false;
    const struct {
        const char *name;
        str *text;
        bool from_file;
    } texts[] = {
        {"branch", &options->sync.branch, false},
        {"tag", &options->sync.tag, false},
        {"accepted", &options->sync.accepted, false},
        {"have", &options->sync.have, false},
        {"user", &options->remote.user, false},
        {"token", &options->remote.token, false},
        {"key", &options->remote.key, true},
        {"known_hosts", &options->remote.known_hosts, true},
        {"ca", &options->remote.ca_bundle, true},
        {"base", &options->base, false},
        {"head", &options->head, false},
        {"reference", &options->reference, false},
        {"since", &options->sync.trust.since, false},
        {"allowed", &options->sync.trust.allowed_signers, true},
        {"revoked", &options->sync.trust.revoked_keys, true},
        {"openpgp", &options->sync.trust.openpgp_keys, true},
        {"signing", &options->signing_key, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        if (str_equal(key, str_z(texts[i].name))) {
            *texts[i].text = texts[i].from_file ? file_text(options, rest.ptr) : rest;
            return true;
        }
    if (str_equal(key, STR("idle")))
        options->sync.idle_ns = atoll(rest.ptr) * NS_PER_S;
    else if (str_equal(key, STR("deadline")))
        options->sync.deadline_ns = atoll(rest.ptr) * NS_PER_S;
    else if (str_equal(key, STR("follow")))
        options->sync.follow = true;
    else if (str_equal(key, STR("show")))
        options->show = rest.ptr;
    else if (str_equal(key, STR("policy")))
        return trust_policy_read(rest, &options->sync.trust.policy);
    else if (str_equal(key, STR("scope"))) {
        str signer, *path = ARENA_NEW(options->arena, str);
        if (!str_cut(&rest, ':', &signer))
            return false;
        *path = rest;
        struct trust_scope scope = {.signer = signer, .paths = path, .path_count = 1};
        VEC_PUSH(options->arena, &options->scopes, scope);
    } else if (str_equal(key, STR("note"))) {
        str commit;
        if (!str_cut(&rest, ':', &commit))
            return false;
        struct note note = {.commit = commit, .records = rest};
        VEC_PUSH(options->arena, &options->notes, note);
    } else
        return false;
    return true;
}

static int failed(const struct error *err)
{
    printf("class=%s\nrule=%s\ntext=%s\nhint=%s\n", error_class_name(err->class), err->rule,
           err->text, err->hint);
    return 1;
}

static void show_file(const struct options *options, int fd)
{
    struct snapshot *snapshot;
    struct error err = ERROR_INIT;
    if (options->show == NULL || fd < 0 || !snapshot_map(fd, &snapshot, &err))
        return;
    const struct snapshot_entry *entry = snapshot_find(snapshot, str_z(options->show));
    printf("entries=%zu\nshow=%.*s\n", snapshot_count(snapshot),
           entry != NULL ? (int)entry->bytes.len : 0, entry != NULL ? entry->bytes.ptr : "");
    snapshot_destroy(snapshot);
}

static int run_sync(struct options *options, struct spawner *spawner)
{
    struct repo_job *job;
    struct repo_sync_result result;
    struct error err = ERROR_INIT;
    options->sync.remote = options->remote;
    options->sync.trust.allowed_file = STR("allowed");
    options->sync.trust.revoked_file = STR("revoked");
    options->sync.trust.scopes = options->scopes.items;
    options->sync.trust.scope_count = options->scopes.len;
    if (!repo_sync_start(spawner, 0, &options->sync, limits_default(), &job, &err) ||
        !repo_sync_finish(job, options->arena, &result, &err))
        return failed(&err);
    if (result.refused.class != ERROR_NONE)
        return failed(&result.refused);
    printf(
        "history=%s\ntaken=%d\ncommit=%s\nreason=%.*s\nrefetched=%d\nsigner=%.*s\nsigned_by=%.*s\n",
        repo_history_name(result.history), result.taken, result.commit.id, STR_ARG(result.reason),
        result.refetched, STR_ARG(result.signer.name), STR_ARG(result.signer.key));
    for (size_t i = 0; i < result.finding_count; i++)
        printf("finding=%s %.*s\n", result.findings[i].rule, STR_ARG(result.findings[i].path));
    show_file(options, result.snapshot);
    return 0;
}

static int run_merge(struct options *options, struct spawner *spawner)
{
    struct repo_job *job;
    struct repo_merge_result result;
    struct error err = ERROR_INIT;
    const struct repo_merge_request request = {
        .remote = options->remote,
        .directory = options->sync.directory,
        .base = options->base,
        .head_reference = options->reference,
        .head = options->head,
    };
    if (!repo_merge_start(spawner, 0, &request, limits_default(), &job, &err) ||
        !repo_merge_finish(job, options->arena, &result, &err))
        return failed(&err);
    printf("conflicts=%d\nhead=%s\nconflict=%.*s\n", result.conflicts, result.head.id,
           result.conflict_count != 0 ? (int)result.conflict[0].len : 0,
           result.conflict_count != 0 ? result.conflict[0].ptr : "");
    show_file(options, result.merged.snapshot);
    return 0;
}

static int run_notes(struct options *options, struct spawner *spawner)
{
    struct repo_job *job;
    struct notes_result result;
    struct error err = ERROR_INIT;
    struct notes_request request = {
        .remote = options->remote,
        .directory = options->sync.directory,
        .notes = options->notes.items,
        .note_count = options->notes.len,
        .deadline_ns = options->sync.deadline_ns,
        .signing_key = options->signing_key,
    };
    if (!notes_write_start(spawner, 0, &request, limits_default(), &job, &err) ||
        !notes_write_finish(job, options->arena, &result, &err))
        return failed(&err);
    printf("tip=%s\nattempts=%u\nchanged=%d\n", result.tip, result.attempts, result.changed);
    return 0;
}

int main(int argc, char **argv)
{
    struct spawner *spawner;
    struct error err = ERROR_INIT;
    if (!spawner_start(kinds, ARRAY_LEN(kinds), &spawner, &err))
        return failed(&err);
    struct options options = {.arena = arena_create(ARENA_NO_BUDGET)};
    bool good = argc >= 4;
    for (int i = 4; i < argc && good; i++)
        good = option(&options, argv[i]);
    if (!good) {
        fprintf(stderr, "usage: git_job sync|notes|merge URL DIRECTORY [key=value]…\n");
        return 2;
    }
    options.remote.url = str_z(argv[2]);
    options.sync.directory = str_z(argv[3]);
    options.remote.auth = options.remote.key.len != 0     ? REPO_AUTH_KEY
                          : options.remote.token.len != 0 ? REPO_AUTH_TOKEN
                                                          : REPO_AUTH_NONE;
    if (options.sync.branch.len == 0 && options.sync.tag.len == 0)
        options.sync.branch = STR("main");
    int status = strcmp(argv[1], "sync") == 0    ? run_sync(&options, spawner)
                 : strcmp(argv[1], "merge") == 0 ? run_merge(&options, spawner)
                                                 : run_notes(&options, spawner);
    spawner_stop(spawner);
    struct rusage usage;
    if (getrusage(RUSAGE_CHILDREN, &usage) == 0)
        printf("kb=%ld\n", usage.ru_maxrss); /* the most that a child held */
    arena_destroy(options.arena);
    return status;
}
