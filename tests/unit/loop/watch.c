#include "syncd/loop/loop.h"

#include "syncd/base/clock.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct seen {
    unsigned changed, rescan, gone;
    char name[64];
    struct loop_watch *watch;
};

static void note(void *context, enum loop_change change, str name)
{
    struct seen *seen = context;
    seen->changed += change == LOOP_CHANGED;
    seen->rescan += change == LOOP_RESCAN;
    seen->gone += change == LOOP_GONE;
    snprintf(seen->name, sizeof(seen->name), "%.*s", STR_ARG(name));
    if (seen->watch != NULL) {
        loop_watch_destroy(seen->watch);
        seen->watch = NULL;
    }
}

static char directory[64];
static char path[128];

static void make_directory(void)
{
    snprintf(directory, sizeof(directory), "/tmp/watch-XXXXXX");
    cr_assert_not_null(mkdtemp(directory));
}

static const char *inside(const char *name)
{
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    return path;
}

static void put(const char *name, const char *text)
{
    FILE *file = fopen(inside(name), "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

static void settle(struct loop *loop)
{
    for (int i = 0; i < 4; i++)
        loop_step(loop, 5 * NS_PER_MS);
}

Test(watch, tells_the_names_that_change_in_a_directory)
{
    make_directory();
    struct loop *loop = loop_create();
    struct seen seen = {0};
    struct loop_watch *watch = NULL;
    struct error err = ERROR_INIT;
    cr_assert(loop_watch_directory(loop, directory, note, &seen, &watch, &err), "%s", err.text);
    put("one", "1");
    settle(loop);
    cr_assert_gt(seen.changed, 0);
    cr_assert_str_eq(seen.name, "one");
    unlink(inside("one"));
    rmdir(directory);
    settle(loop);
    cr_assert_eq(seen.gone, 1);
    loop_watch_destroy(watch);
    loop_destroy(loop);
}

Test(watch, notices_a_file_that_is_replaced_and_only_that)
{
    make_directory();
    put("config", "a");
    char *config = strdup(inside("config"));
    struct loop *loop = loop_create();
    struct seen seen = {0};
    struct loop_watch *watch = NULL;
    struct error err = ERROR_INIT;
    cr_assert(loop_watch_file(loop, config, note, &seen, &watch, &err), "%s", err.text);
    put("other", "noise");
    settle(loop);
    cr_assert_eq(seen.changed, 0);
    put("config.new", "b");
    char *fresh = strdup(inside("config.new"));
    cr_assert_eq(rename(fresh, config), 0);
    settle(loop);
    cr_assert_eq(seen.changed, 1);
    loop_watch_destroy(watch);
    loop_destroy(loop);
    unlink(config);
    unlink(inside("other"));
    rmdir(directory);
    free(fresh);
    free(config);
}

/* How a mounted Secret changes: the file is a link through a directory link that is switched. */
Test(watch, notices_a_link_that_is_switched)
{
    make_directory();
    mkdir(inside("v1"), 0700);
    mkdir(inside("v2"), 0700);
    put("v1/token", "old");
    put("v2/token", "new");
    cr_assert_eq(symlink("v1", inside("..data")), 0);
    cr_assert_eq(symlink("..data/token", inside("token")), 0);
    char *token = strdup(inside("token"));
    struct loop *loop = loop_create();
    struct seen seen = {0};
    struct error err = ERROR_INIT;
    cr_assert(loop_watch_file(loop, token, note, &seen, &seen.watch, &err), "%s", err.text);
    cr_assert_eq(symlink("v2", inside("..tmp")), 0);
    char *fresh = strdup(inside("..tmp"));
    cr_assert_eq(rename(fresh, inside("..data")), 0);
    settle(loop);
    cr_assert_eq(seen.changed, 1);
    cr_assert_null(seen.watch, "the callback destroyed its own watch");
    loop_destroy(loop);
    const char *names[] = {"token", "..data", "v1/token", "v2/token"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        unlink(inside(names[i]));
    rmdir(inside("v1"));
    rmdir(inside("v2"));
    rmdir(directory);
    free(token);
    free(fresh);
}

Test(watch, says_when_there_is_no_such_directory)
{
    struct loop *loop = loop_create();
    struct seen seen = {0};
    struct loop_watch *watch = NULL;
    struct error err = ERROR_INIT;
    cr_assert_not(loop_watch_directory(loop, "/nonexistent", note, &seen, &watch, &err));
    cr_assert_eq(err.class, ERROR_NOT_FOUND);
    loop_destroy(loop);
}
