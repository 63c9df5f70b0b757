#include "fixture.h"

#include "syncd/base/buf.h"
#include "syncd/base/clock.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static struct fixture f;
static struct error err;
static struct notes_result result;

static void start(void)
{
    fixture_start(&f);
    err = (struct error)ERROR_INIT;
    (void)shell(&f, "git init -q --bare -b main origin.git && git init -q -b main work && "
                    "cd work && git remote add origin ../origin.git && "
                    "git commit -q --allow-empty -m one && git commit -q --allow-empty -m two && "
                    "git push -q origin main");
}

static void finish(void)
{
    fixture_finish(&f);
}

TestSuite(notes, .init = start, .fini = finish, .timeout = 120);

static bool write_one(str commit, const char *records)
{
    const struct note note = {.commit = commit, .records = str_z(records)};
    error_clear(&err);
    return write_notes(&f, at(&f, "origin.git"), &note, 1, &result, &err);
}

static str shown(const char *revision)
{
    return shell(&f, "git -C origin.git notes --ref syncd/status show %s", revision);
}

Test(notes, are_read_by_git)
{
    str head = shell(&f, "git -C work rev-parse HEAD");
    cr_assert(write_one(head, "{\"r\":\"0-sum\",\"at\":\"2023-03-02T10:41:07Z\"}"), "%s", err.text);
    cr_expect(result.changed);
    cr_expect(str_equal(shown("main"), STR("{\"r\":\"0-sum\",\"at\":\"2023-03-02T10:41:07Z\"}")));
    cr_expect(str_equal(str_z(result.tip),
                        shell(&f, "git -C origin.git rev-parse refs/notes/syncd/status")));
    cr_assert(write_one(head, "{\"r\":\"0-sum\",\"at\":\"2023-03-02T10:41:07Z\"}"));
    cr_expect(!result.changed, "the same again is no commit");
    (void)shell(&f, "git -C origin.git fsck --strict 2>&1");
}

static void add_objects(struct buf *text, int from, int to)
{
    for (int i = from; i < to; i++)
        buf_printf(text,
                   "{\"r\":\"2-object\",\"t\":\"m\",\"n\":\"%05d\",\"state\":\"Created\","
                   "\"at\":\"2023-03-02T10:41:07Z\"}\n",
                   i);
}

static size_t count_lines(str text)
{
    size_t count = 0;
    for (str line; str_cut(&text, '\n', &line);)
        count += line.len != 0;
    return count;
}

/* Everything is in the details; what Git shows of the note is short and begins with the summary. */
Test(notes, have_details_when_they_are_long)
{
    AUTO_BUF struct buf text = BUF_INIT(1 << 20), more = BUF_INIT(1 << 20);
    str head = shell(&f, "git -C work rev-parse HEAD");
    buf_add(&text, STR("{\"r\":\"0-sum\",\"text\":\"many\",\"at\":\"2023-03-02T10:41:07Z\"}\n"));
    add_objects(&text, 0, 2000);
    cr_assert(write_one(head, text.ptr), "%s", err.text);
    str note = shown("main");
    cr_expect(note.len <= limits_default()->note_bytes);
    cr_expect(str_starts(note, STR("{\"r\":\"0-sum\"")));
    cr_expect(str_find(note, STR("8-more")) != SIZE_MAX);
    cr_assert(write_one(head, text.ptr));
    cr_expect(!result.changed, "the same again is no commit");
    /* Another writer, and Git itself with a note of its own, lose none of it. */
    (void)shell(&f, "git -C origin.git notes --ref syncd/status add -m mine main~1");
    add_objects(&more, 2000, 2500);
    cr_assert(write_one(head, more.ptr), "%s", err.text);
    str whole =
        shell(&f, "git -C origin.git show refs/notes/syncd/status:details/%.*s", STR_ARG(head));
    cr_expect_eq(count_lines(whole), 2501, "%zu", count_lines(whole));
    cr_expect(str_find(whole, STR("8-more")) == SIZE_MAX);
    const struct repo_log_request request = {.repository = at(&f, "origin.git"), .max = 1};
    struct repo_log_result log;
    struct repo_job *job;
    cr_assert(repo_log_start(f.spawner, 0, &request, &f.limits, &job, &err));
    cr_assert(repo_log_finish(job, f.arena, &log, &err), "%s", err.text);
    cr_assert_eq(log.count, 1);
    cr_expect_eq(count_lines(log.entries[0].note), 2501, "the log shows all of it");
    (void)shell(&f, "git -C origin.git fsck --strict 2>&1");
}

Test(notes, of_others_stay_byte_equal)
{
    (void)shell(&f, "git -C origin.git notes --ref syncd/status add -m 'by hand' main~1");
    str foreign = shell(&f, "git -C origin.git notes --ref syncd/status list main~1");
    cr_assert(write_one(shell(&f, "git -C work rev-parse HEAD"), "{\"r\":\"0-sum\"}"), "%s",
              err.text);
    cr_expect(
        str_equal(foreign, shell(&f, "git -C origin.git notes --ref syncd/status list main~1")));
    cr_assert(write_one(shell(&f, "git -C work rev-parse HEAD~1"), "{\"r\":\"0-sum\"}"));
    cr_expect(str_equal(shown("main~1"), STR("{\"r\":\"0-sum\"}\nby hand")));
}

Test(notes, fan_out_when_there_are_many)
{
    struct note notes[300];
    static char ids[300][41];
    for (int i = 0; i < 300; i++) {
        snprintf(ids[i], sizeof(ids[i]), "%040x", (unsigned)i * 2654435761u);
        notes[i] = (struct note){.commit = str_z(ids[i]), .records = STR("{\"r\":\"0-sum\"}")};
    }
    str url = at(&f, "origin.git");
    cr_assert(write_notes(&f, url, notes, 200, &result, &err), "%s", err.text);
    cr_expect(str_equal(shell(&f, "git -C origin.git ls-tree refs/notes/syncd/status | wc -l"),
                        STR("200")));
    cr_assert(write_notes(&f, url, notes + 200, 100, &result, &err), "%s", err.text);
    cr_expect(str_equal(shell(&f, "git -C origin.git ls-tree refs/notes/syncd/status | "
                                  "grep -vc ' tree '; true"),
                        STR("0")));
    cr_expect(str_equal(shell(&f, "git -C origin.git notes --ref syncd/status list | wc -l"),
                        STR("300")));
    cr_assert(write_notes(&f, url, notes, 300, &result, &err));
    cr_expect(!result.changed);
}

Test(notes, follow_a_fan_out_that_is_there)
{
    str head = shell(&f, "git -C work rev-parse HEAD");
    /* The same commit deep (2/2/36) and flat at once, as foreign merges can leave it. */
    (void)shell(&f,
                "cd origin.git && b=$(echo by hand | git hash-object -w --stdin) && "
                "t=$(printf '100644 blob %%s\\t%%s\\n' $b %.36s | git mktree) && "
                "t=$(printf '040000 tree %%s\\t%%s\\n' $t %.2s | git mktree) && "
                "t=$(printf '040000 tree %%s\\t%%s\\n100644 blob %%s\\t%%s\\n' $t %.2s $b %.40s "
                "| git mktree) && "
                "git update-ref refs/notes/syncd/status $(git commit-tree -m x $t)",
                head.ptr + 4, head.ptr + 2, head.ptr, head.ptr);
    cr_assert(write_one(head, "{\"r\":\"0-sum\"}"), "%s", err.text);
    cr_expect(str_equal(shown("main"), STR("{\"r\":\"0-sum\"}\nby hand")), "%.*s",
              STR_ARG(shown("main")));
    cr_expect(str_equal(shell(&f, "git -C origin.git ls-tree -r --name-only "
                                  "refs/notes/syncd/status | wc -l"),
                        STR("1")));
}

Test(notes, wait_for_a_locked_reference_and_sweep_a_stale_one)
{
    (void)shell(&f, "mkdir -p origin.git/refs/notes/syncd && "
                    "touch -d '2 minutes ago' origin.git/refs/notes/syncd/status.lock");
    cr_assert(write_one(shell(&f, "git -C work rev-parse HEAD"), "{\"r\":\"0-sum\"}"), "%s",
              err.text);
    cr_expect(str_equal(shown("main"), STR("{\"r\":\"0-sum\"}")));
}

Test(notes, go_into_the_repository_of_a_linked_working_tree)
{
    (void)shell(&f, "git -C work worktree add -q -b other ../linked");
    const struct note note = {.commit = shell(&f, "git -C work rev-parse HEAD"),
                              .records = STR("{\"r\":\"0-sum\"}")};
    error_clear(&err);
    cr_assert(write_notes(&f, at(&f, "linked"), &note, 1, &result, &err), "%s", err.text);
    cr_expect(str_equal(shell(&f, "git -C work notes --ref syncd/status show main"),
                        STR("{\"r\":\"0-sum\"}")));
    /* Nothing of ours is left behind but notes. */
    cr_expect(str_equal(shell(&f, "find work/.git -name '*syncd*' -not -path '*/notes/*' | wc -l"),
                        STR("0")));
}

Test(notes, refuse_what_is_no_commit_or_no_notes_reference)
{
    cr_expect(!write_one(STR("main"), "{}"));
    cr_expect_str_eq(err.rule, "E_OID");
    struct repo_job *job;
    struct notes_request request = {.remote.url = at(&f, "origin.git"),
                                    .directory = at(&f, "state"),
                                    .ref = STR("refs/heads/x")};
    cr_assert(notes_write_start(f.spawner, 0, &request, &f.limits, &job, &err));
    cr_expect(!notes_write_finish(job, f.arena, &result, &err));
    cr_expect_str_eq(err.rule, "E_REF_NAME");
}

#define WRITERS 8
#define ROUNDS  12

/* Eight jobs at once, each time: every record of every one is there in the end. */
Test(notes, of_eight_writers_are_never_lost)
{
    str head = shell(&f, "git -C work rev-parse HEAD");
    str url = at(&f, "origin.git");
    int64_t begin = clock_monotonic_ns();
    for (int round = 0; round < ROUNDS; round++) {
        struct repo_job *jobs[WRITERS];
        static char own[WRITERS][41];
        for (int i = 0; i < WRITERS; i++) {
            snprintf(own[i], sizeof(own[i]), "%040x", 1 + i + round * WRITERS);
            const struct note notes[] = {
                {.commit = head,
                 .records = arena_printf(f.arena, "{\"r\":\"1-obj\",\"n\":\"%d-%d\"}", i, round)},
                {.commit = str_z(own[i]), .records = STR("{\"r\":\"0-sum\"}")},
            };
            struct notes_request request = {
                .remote.url = url, .directory = at(&f, "state"), .notes = notes, .note_count = 2};
            cr_assert(notes_write_start(f.spawner, 0, &request, &f.limits, &jobs[i], &err));
        }
        for (int i = 0; i < WRITERS; i++)
            cr_assert(notes_write_finish(jobs[i], f.arena, &result, &err), "%s", err.text);
    }
    int64_t took = clock_monotonic_ns() - begin;
    cr_log_info("%d notes by %d writers in %lld ms\n", WRITERS * ROUNDS, WRITERS,
                (long long)(took / NS_PER_MS));
    cr_expect(str_equal(shell(&f, "git -C origin.git notes --ref syncd/status show main | wc -l"),
                        STR("96")));
    cr_expect(
        str_equal(shell(&f, "git -C origin.git notes --ref syncd/status list | wc -l"), STR("97")));
    (void)shell(&f, "git -C origin.git fsck --strict 2>&1");
}

/* Killed at any moment, a writer leaves the reference whole and the next one unharmed. */
Test(notes, survive_a_kill_at_any_time)
{
    str head = shell(&f, "git -C work rev-parse HEAD");
    for (int i = 0; i < 60; i++) {
        const struct note note = {
            .commit = head, .records = arena_printf(f.arena, "{\"r\":\"1-obj\",\"n\":\"%d\"}", i)};
        struct repo_job *job;
        struct notes_request request = {.remote.url = at(&f, "origin.git"),
                                        .directory = at(&f, "state"),
                                        .notes = &note,
                                        .note_count = 1};
        cr_assert(notes_write_start(f.spawner, 0, &request, &f.limits, &job, &err));
        usleep((useconds_t)(i * 300));
        repo_job_cancel(job);
    }
    (void)shell(&f, "find origin.git -name '*.lock' -exec touch -d '2 minutes ago' {} +");
    cr_assert(write_one(head, "{\"r\":\"9-final\"}"), "%s", err.text);
    cr_expect(str_ends(shown("main"), STR("{\"r\":\"9-final\"}")));
    (void)shell(&f, "git -C origin.git fsck --strict 2>&1");
}
