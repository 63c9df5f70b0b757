#include "syncd/git/outbox.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define COMMIT_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define COMMIT_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static char folder[64], path[96];
static struct arena *arena;
static struct error err;

static void start(void)
{
    snprintf(folder, sizeof(folder), "/tmp/syncd-outbox-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/outbox", folder);
    arena = arena_create(ARENA_NO_BUDGET);
    err = (struct error)ERROR_INIT;
}

static void finish(void)
{
    arena_destroy(arena);
    unlink(path);
    rmdir(folder);
}

TestSuite(outbox, .init = start, .fini = finish);

static struct outbox *opened(void)
{
    struct outbox *outbox = NULL;
    cr_assert(outbox_open(path, limits_default(), &outbox, &err), "%s", err.text);
    return outbox;
}

Test(outbox, remembers_until_confirmed)
{
    struct outbox *outbox = opened();
    cr_assert(outbox_add(outbox, STR(COMMIT_A), STR("{\"r\":\"1\",\"n\":\"x\"}\n"), &err));
    cr_assert(outbox_add(outbox, STR(COMMIT_B), STR("{\"r\":\"1\"}\n"), &err));
    cr_assert(outbox_add(outbox, STR(COMMIT_A), STR("{\"r\":\"1\",\"n\":\"y\"}\n"), &err));
    outbox_close(outbox);
    struct stat status;
    cr_assert_eq(stat(path, &status), 0);
    cr_expect_eq(status.st_mode & 0777, 0600);

    outbox = opened();
    cr_expect_eq(outbox_count(outbox), 2);
    struct outbox_batch batch = outbox_open_notes(outbox, 10, arena);
    cr_assert_eq(batch.count, 2);
    cr_expect(str_equal(batch.notes[0].commit, STR(COMMIT_A)));
    cr_expect(str_equal(batch.notes[0].records,
                        STR("{\"r\":\"1\",\"n\":\"x\"}\n{\"r\":\"1\",\"n\":\"y\"}\n")));
    /* What comes between sending and confirming stays open. */
    cr_assert(outbox_add(outbox, STR(COMMIT_B), STR("{\"r\":\"2\"}\n"), &err));
    cr_assert(outbox_confirm(outbox, &batch, &err));
    cr_expect_eq(outbox_count(outbox), 1);
    cr_expect(outbox_holds(outbox, STR(COMMIT_B)));
    outbox_close(outbox);

    outbox = opened();
    cr_expect_eq(outbox_count(outbox), 1);
    batch = outbox_open_notes(outbox, 10, arena);
    cr_assert(outbox_confirm(outbox, &batch, &err));
    outbox_close(outbox);
    outbox = opened();
    cr_expect_eq(outbox_count(outbox), 0);
    outbox_close(outbox);
}

/* A crash can cut the journal anywhere: what was there before the cut is there. */
Test(outbox, survives_a_cut_at_every_byte)
{
    struct outbox *outbox = opened();
    struct stat first, both;
    cr_assert(outbox_add(outbox, STR(COMMIT_A), STR("{\"r\":\"1\"}\n"), &err));
    cr_assert_eq(stat(path, &first), 0);
    cr_assert(outbox_add(outbox, STR(COMMIT_B), STR("{\"r\":\"1\"}\n"), &err));
    cr_assert_eq(stat(path, &both), 0);
    outbox_close(outbox);
    static char good[4096];
    int fd = open(path, O_RDONLY);
    cr_assert_eq(read(fd, good, sizeof(good)), (ssize_t)both.st_size);
    close(fd);
    for (off_t cut = 0; cut < both.st_size; cut++) {
        fd = open(path, O_WRONLY | O_TRUNC);
        cr_assert_eq(write(fd, good, (size_t)cut), (ssize_t)cut);
        close(fd);
        outbox = opened();
        cr_expect_eq(outbox_count(outbox), cut >= first.st_size ? 1 : 0, "%d", (int)cut);
        cr_assert(outbox_add(outbox, STR(COMMIT_B), STR("{\"r\":\"2\"}\n"), &err));
        outbox_close(outbox);
        outbox = opened();
        cr_expect_eq(outbox_count(outbox), cut >= first.st_size ? 2 : 1, "%d", (int)cut);
        outbox_close(outbox);
    }
}

Test(outbox, does_not_believe_a_damaged_record)
{
    struct outbox *outbox = opened();
    cr_assert(outbox_add(outbox, STR(COMMIT_A), STR("{\"r\":\"1\"}\n"), &err));
    outbox_close(outbox);
    struct stat status;
    cr_assert_eq(stat(path, &status), 0);
    for (off_t at = 0; at < status.st_size; at++) {
        int fd = open(path, O_RDWR);
        char byte;
        cr_assert_eq(pread(fd, &byte, 1, at), 1);
        byte = (char)(byte ^ 0x41);
        cr_assert_eq(pwrite(fd, &byte, 1, at), 1);
        outbox = opened();
        cr_expect_eq(outbox_count(outbox), 0, "byte %d", (int)at);
        outbox_close(outbox);
        byte = (char)(byte ^ 0x41);
        cr_assert_eq(pwrite(fd, &byte, 1, at), 1);
        close(fd);
    }
}

Test(outbox, belongs_to_one_process)
{
    struct outbox *outbox = opened(), *second = NULL;
    cr_expect(!outbox_open(path, limits_default(), &second, &err));
    cr_expect_eq(err.class, ERROR_CONFLICT);
    outbox_close(outbox);
}

Test(outbox, loses_nothing_that_was_promised_when_killed)
{
    for (int round = 0; round < 20; round++) {
        int promised[2];
        cr_assert_eq(pipe(promised), 0);
        pid_t pid = fork();
        if (pid == 0) {
            struct outbox *outbox = opened();
            for (int i = 0; i < 1000; i++) {
                char commit[48];
                snprintf(commit, sizeof(commit), "%040x", i + 1000 * round);
                if (!outbox_add(outbox, str_z(commit), STR("{\"r\":\"1\"}\n"), &err) ||
                    write(promised[1], &i, sizeof(i)) != (ssize_t)sizeof(i))
                    _exit(1);
            }
            _exit(0);
        }
        close(promised[1]);
        usleep((useconds_t)(500 + round * 300));
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        int last = -1, number;
        while (read(promised[0], &number, sizeof(number)) == (ssize_t)sizeof(number))
            last = number;
        close(promised[0]);
        struct outbox *outbox = opened();
        for (int i = 0; i <= last; i++) {
            char commit[48];
            snprintf(commit, sizeof(commit), "%040x", i + 1000 * round);
            cr_assert(outbox_holds(outbox, str_z(commit)), "%d of %d", i, last);
        }
        outbox_close(outbox);
    }
}
