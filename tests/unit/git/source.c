#include "fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct fixture f;
static struct repo_sync_result result;
static struct error err;

static void start(void)
{
    fixture_start(&f);
    err = (struct error)ERROR_INIT;
    (void)shell(&f, "git init -q --bare -b main origin.git && git init -q -b main work && "
                    "cd work && git remote add origin ../origin.git && mkdir -p a/b && "
                    "echo one > a/b/x.yaml && echo two > y.yaml && ln -s y.yaml l && "
                    "git add . && git commit -qm first -m body && git push -q origin main");
}

static void finish(void)
{
    fixture_finish(&f);
}

TestSuite(source, .init = start, .fini = finish, .timeout = 60);

static void commit(const char *name, const char *text)
{
    (void)shell(&f, "cd work && echo '%s' > %s && git add . && git commit -qm '%s'", text, name,
                text);
}

static bool sync_main(const char *have)
{
    struct repo_sync_request request = request_for(&f);
    request.have = str_z(have);
    error_clear(&err);
    return sync_now(&f, &request, &result, &err);
}

static void drop_snapshot(void)
{
    if (result.snapshot >= 0)
        close(result.snapshot);
}

/* The bytes of a file in the result's snapshot. */
static str file(const char *path)
{
    struct snapshot *snapshot;
    cr_assert(snapshot_map(result.snapshot, &snapshot, &err), "%s", err.text);
    cr_expect(str_equal(snapshot_commit(snapshot), str_z(result.commit.id)));
    const struct snapshot_entry *entry = snapshot_find(snapshot, str_z(path));
    str bytes = entry != NULL ? arena_str(f.arena, entry->bytes) : (str){0};
    snapshot_destroy(snapshot);
    return bytes;
}

Test(source, gives_the_first_commit_as_a_snapshot)
{
    cr_assert(sync_main(""), "%s", err.text);
    cr_expect_eq(result.history, REPO_HISTORY_FIRST);
    cr_expect(result.taken);
    cr_expect(str_equal(str_z(result.commit.id), shell(&f, "git -C work rev-parse HEAD")));
    cr_expect(str_equal(result.commit.summary, STR("first")), "%.*s",
              STR_ARG(result.commit.summary));
    cr_expect(str_equal(result.commit.author, STR("Ann <ann@example.com>")));
    cr_expect(str_equal(file("a/b/x.yaml"), STR("one\n")));
    cr_expect(str_equal(file("l"), STR("y.yaml")));
    drop_snapshot();
    cr_expect(str_equal(shell(&f, "stat -c %%a state"), STR("700")));
}

Test(source, takes_over_a_following_commit_and_nothing_for_the_same)
{
    cr_assert(sync_main(""));
    drop_snapshot();
    commit("y.yaml", "three");
    (void)shell(&f, "cd work && git push -q origin main");
    cr_assert(sync_main(result.commit.id), "%s", err.text);
    cr_expect_eq(result.history, REPO_HISTORY_FORWARD);
    cr_expect(str_equal(file("y.yaml"), STR("three\n")));
    drop_snapshot();
    cr_assert(sync_main(result.commit.id));
    cr_expect_eq(result.history, REPO_HISTORY_SAME);
    cr_expect(!result.taken);
    cr_expect_eq(result.snapshot, -1);
    cr_assert(sync_main(""));
    cr_expect(result.taken, "a restarted daemon has no snapshot yet");
    drop_snapshot();
}

Test(source, leaves_out_what_was_not_asked_for)
{
    struct repo_sync_request request = request_for(&f);
    const str paths[] = {STR("a/./b/"), STR("/l")};
    request.paths = paths;
    request.path_count = 2;
    cr_assert(sync_now(&f, &request, &result, &err), "%s", err.text);
    cr_expect(str_equal(file("a/b/x.yaml"), STR("one\n")));
    cr_expect_eq(file("y.yaml").len, 0);
    cr_expect_eq(file("l").len, 6);
    drop_snapshot();
    const str outside[] = {STR("../x")};
    request.paths = outside;
    request.path_count = 1;
    cr_expect(!sync_now(&f, &request, &result, &err));
    cr_expect_str_eq(err.rule, "E_PATH_ESCAPE");
}

Test(source, holds_a_force_push_until_told_otherwise)
{
    commit("y.yaml", "second");
    (void)shell(&f, "cd work && git push -q origin main");
    cr_assert(sync_main(""));
    drop_snapshot();
    (void)shell(&f, "cd work && git reset -q --hard HEAD~1");
    commit("y.yaml", "other");
    (void)shell(&f, "cd work && git push -qf origin main");
    cr_assert(sync_main(""), "%s", err.text);
    cr_expect_eq(result.history, REPO_HISTORY_REWRITTEN);
    cr_expect(!result.taken);
    cr_expect_eq(result.snapshot, -1);
    cr_expect(str_find(result.reason, STR("force-pushed")) != SIZE_MAX);
    cr_assert(sync_main(""));
    cr_expect_eq(result.history, REPO_HISTORY_REWRITTEN, "a hold does not wear off");
    struct repo_sync_request request = request_for(&f);
    request.follow = true;
    cr_assert(sync_now(&f, &request, &result, &err));
    cr_expect(result.taken);
    drop_snapshot();
    cr_assert(sync_main(""));
    cr_expect_eq(result.history, REPO_HISTORY_SAME);
    drop_snapshot();
}

Test(source, holds_an_older_tip_and_another_root)
{
    commit("y.yaml", "second");
    (void)shell(&f, "cd work && git push -q origin main");
    cr_assert(sync_main(""));
    drop_snapshot();
    (void)shell(&f, "cd work && git push -qf origin HEAD~1:main");
    cr_assert(sync_main(""));
    cr_expect_eq(result.history, REPO_HISTORY_OLDER);
    cr_expect(!result.taken);
    (void)shell(&f, "cd work && git checkout -q --orphan new && git commit -qm new && "
                    "git push -qf origin new:main");
    cr_assert(sync_main(""));
    cr_expect_eq(result.history, REPO_HISTORY_UNRELATED);
    cr_expect(!result.taken);
}

Test(source, holds_when_the_branch_is_gone)
{
    cr_assert(sync_main(""));
    drop_snapshot();
    (void)shell(&f, "git -C origin.git update-ref -d refs/heads/main");
    cr_assert(sync_main(""), "%s", err.text);
    cr_expect_eq(result.history, REPO_HISTORY_REF_GONE);
    cr_expect(!result.taken);
    cr_expect_str_eq(result.commit.id, "");
    struct repo_sync_request request = request_for(&f);
    request.branch = STR("never");
    cr_expect(!sync_now(&f, &request, &result, &err));
    cr_expect_eq(err.class, ERROR_NOT_FOUND);
    cr_expect_str_eq(err.rule, "E_REF_GONE");
}

Test(source, compares_with_the_commit_the_daemon_knows)
{
    str first = shell(&f, "git -C work rev-parse HEAD");
    commit("y.yaml", "second");
    (void)shell(&f, "cd work && git push -q origin main");
    struct repo_sync_request request = request_for(&f);
    request.accepted = first;
    cr_assert(sync_now(&f, &request, &result, &err));
    cr_expect_eq(result.history, REPO_HISTORY_FORWARD, "the cache was lost, history was not");
    cr_expect(str_equal(str_z(result.accepted), first));
    drop_snapshot();
    request.accepted = STR("0123456789012345678901234567890123456789");
    cr_assert(sync_now(&f, &request, &result, &err));
    cr_expect_eq(result.history, REPO_HISTORY_UNRELATED);
}

Test(source, reads_tags_down_to_the_commit)
{
    (void)shell(&f, "cd work && git tag -am one v1 && git tag -am two v2 v1 && "
                    "git push -q origin v1 v2");
    struct repo_sync_request request = request_for(&f);
    request.branch = STR("");
    request.tag = STR("v2");
    cr_assert(sync_now(&f, &request, &result, &err), "%s", err.text);
    cr_expect(str_equal(str_z(result.commit.id), shell(&f, "git -C work rev-parse HEAD")));
    drop_snapshot();
}

Test(source, says_which_repository_is_missing)
{
    struct repo_sync_request request = request_for(&f);
    request.remote.url = at(&f, "nowhere.git");
    cr_expect(!sync_now(&f, &request, &result, &err));
    cr_expect(str_find(str_z(err.text), STR("nowhere.git")) != SIZE_MAX, "%s", err.text);
    request = request_for(&f);
    request.branch = STR("a..b");
    cr_expect(!sync_now(&f, &request, &result, &err));
    cr_expect_str_eq(err.rule, "E_REF_NAME");
}

Test(source, sweeps_locks_and_leftovers_of_a_killed_child)
{
    cr_assert(sync_main(""));
    drop_snapshot();
    (void)shell(&f, "cd state/git && touch HEAD.lock config.lock packed-refs.lock "
                    "refs/syncd/fetched/heads/main.lock "
                    "objects/tmp_object_git2_x objects/pack/pack_git2_y");
    commit("y.yaml", "second");
    (void)shell(&f, "cd work && git push -q origin main");
    cr_assert(sync_main(""), "%s", err.text);
    cr_expect_eq(result.history, REPO_HISTORY_FORWARD);
    drop_snapshot();
    cr_expect_eq(shell(&f, "find state -name '*.lock' -o -name '*_git2_*'").len, 0);
}

Test(source, refuses_a_state_folder_that_others_can_read)
{
    (void)shell(&f, "mkdir -m 755 state");
    cr_expect(!sync_main(""));
    cr_expect_eq(err.class, ERROR_DENIED);
}

Test(source, survives_a_kill_at_any_time)
{
    cr_assert(sync_main(""));
    drop_snapshot();
    for (int i = 0; i < 60; i++) {
        if (i % 4 == 0) {
            char text[16];
            snprintf(text, sizeof(text), "change %d", i);
            commit("y.yaml", text);
            (void)shell(&f, "cd work && git push -q origin main");
        }
        struct repo_sync_request request = request_for(&f);
        struct repo_job *job;
        cr_assert(repo_sync_start(f.spawner, 0, &request, &f.limits, &job, &err));
        usleep((useconds_t)(i * 400));
        repo_job_cancel(job);
    }
    cr_assert(sync_main(""), "%s", err.text);
    cr_expect(str_equal(str_z(result.commit.id), shell(&f, "git -C work rev-parse HEAD")));
    cr_expect(!result.refetched);
    drop_snapshot();
    (void)shell(&f, "git -C state/git fsck --strict 2>&1");
}

Test(source, fetches_anew_when_its_copy_is_damaged)
{
    cr_assert(sync_main(""));
    drop_snapshot();
    (void)shell(&f, "cd state/git/objects && chmod -R u+w . && find . -type f | while read p; do "
                    "printf XXXXXXXXXXXXXXXXXXXXXXXX | dd of=$p bs=1 seek=12 conv=notrunc "
                    "2>/dev/null; done");
    cr_assert(sync_main(""), "%s", err.text);
    cr_expect(result.refetched);
    cr_expect(str_equal(file("y.yaml"), STR("two\n")));
    drop_snapshot();
    (void)shell(&f, "rm -rf state/git && cd work && git commit -q --amend -m other && "
                    "git push -qf origin main");
    cr_assert(sync_main(""), "%s", err.text);
    cr_expect_eq(result.history, REPO_HISTORY_UNRELATED, "what was accepted outlives the copy");
    (void)shell(&f, "cd work && git reset -q --hard HEAD@{1} && git push -qf origin main");
    (void)shell(&f, "echo garbage > state/git/HEAD");
    cr_assert(sync_main(""), "%s", err.text);
    drop_snapshot();
}

Test(source, ends_when_a_truncated_object_hangs_the_library)
{
    cr_assert(sync_main(""));
    drop_snapshot();
    str blob = shell(&f, "head -c 200000 /dev/urandom | base64 > work/big.yaml; cd work; git add "
                         ".; git commit -qm big; git push -q origin main; git rev-parse "
                         "HEAD:big.yaml");
    cr_assert(sync_main(""), "%s", err.text);
    drop_snapshot();
    /* As a loose object, cut in the middle: libgit2 inflates it for ever. */
    (void)shell(&f,
                "cd state/git && mkdir -p objects/%.2s && git unpack-objects -q "
                "< $(ls -S objects/pack/*.pack | head -1) 2>/dev/null; rm -f objects/pack/*; "
                "git -C ../../work cat-file --batch-all-objects --batch-check='%%(objectname) "
                "%%(objecttype)' | while read o t; do git -C ../../work cat-file $t $o | git "
                "hash-object -w --stdin -t $t >/dev/null; done; "
                "chmod u+w objects/%.2s/%.38s && truncate -s 60000 objects/%.2s/%.38s",
                blob.ptr, blob.ptr, blob.ptr + 2, blob.ptr, blob.ptr + 2);
    bool done = sync_main("");
    if (!done) {
        cr_expect_str_eq(err.rule, "E_OBJ_CORRUPT", "%s %s", err.rule, err.text);
        cr_expect(error_is_transient(&err));
        done = sync_main("");
    }
    cr_assert(done, "%s", err.text);
    cr_expect(result.refetched);
    drop_snapshot();
}

Test(source, starts_its_copy_anew_when_that_is_worn_out)
{
    cr_assert(sync_main(""));
    drop_snapshot();
    (void)shell(&f,
                "cd state/git/objects/pack && for i in $(seq 500); do touch pack-$i.keep; done");
    cr_assert(sync_main(""), "%s", err.text);
    cr_expect_eq(result.history, REPO_HISTORY_SAME);
    cr_expect(result.taken);
    drop_snapshot();
    cr_expect(str_equal(shell(&f, "ls state/git/objects/pack | grep -c keep; true"), STR("0")));
}

Test(source, reads_any_revision_of_a_local_repository)
{
    commit("y.yaml", "second");
    struct repo_job *job;
    struct repo_read_request request = {.repository = at(&f, "work/a"), .revision = STR("HEAD~1")};
    cr_assert(repo_read_start(f.spawner, 0, &request, &f.limits, &job, &err));
    cr_assert(repo_read_finish(job, f.arena, &result, &err), "%s", err.text);
    cr_expect(str_equal(file("y.yaml"), STR("two\n")));
    drop_snapshot();
    request.revision = STR("nothing-like-this");
    cr_assert(repo_read_start(f.spawner, 0, &request, &f.limits, &job, &err));
    cr_expect(!repo_read_finish(job, f.arena, &result, &err));
    cr_expect_eq(err.class, ERROR_NOT_FOUND, "%s", err.text);
}

Test(source, lists_history_with_notes)
{
    commit("y.yaml", "second");
    (void)shell(&f, "cd work && git notes --ref syncd/status add -m '{\"r\":\"0-sum\"}' HEAD~1");
    struct repo_job *job;
    struct repo_log_request request = {.repository = at(&f, "work")};
    struct repo_log_result log;
    cr_assert(repo_log_start(f.spawner, 0, &request, &f.limits, &job, &err));
    cr_assert(repo_log_finish(job, f.arena, &log, &err), "%s", err.text);
    cr_assert_eq(log.count, 2);
    cr_expect(!log.more);
    cr_expect_eq(log.entries[0].note.len, 0);
    cr_expect(str_equal(log.entries[1].note, STR("{\"r\":\"0-sum\"}\n")));
    cr_expect(str_equal(log.entries[0].commit.summary, STR("second")));
    request.only_noted = true;
    cr_assert(repo_log_start(f.spawner, 0, &request, &f.limits, &job, &err));
    cr_assert(repo_log_finish(job, f.arena, &log, &err));
    cr_assert_eq(log.count, 1);
}
