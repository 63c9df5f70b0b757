/* init: a repository to start with, as the level has it. */
#include "repo-layout/level_source.h"
#include "syncd/cli/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define START "start/"

static const struct option init_options[] = {
    {"level", 0, OPTION_TEXT, "NAME", "Platform to start with (default mcc-2.23)"},
    {0},
};

/* Every directory above the file. */
static bool make_directories(str path, struct arena *arena, struct error *err)
{
    for (size_t i = 1; i < path.len; i++) {
        if (path.ptr[i] != '/')
            continue;
        str above = arena_str(arena, str_slice(path, 0, i));
        if (mkdir(above.ptr, 0777) != 0 && errno != EEXIST)
            return error_errno(err, errno, "%s", above.ptr);
    }
    return true;
}

/* Never over what is there. */
static bool write_file(str path, str bytes, struct error *err)
{
    int fd = open(path.ptr, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return error_errno(err, errno, "%s", path.ptr);
    bool written = true;
    for (size_t at = 0; written && at < bytes.len;) {
        ssize_t length = write(fd, bytes.ptr + at, bytes.len - at);
        written = length > 0;
        at += written ? (size_t)length : 0;
    }
    if (close(fd) != 0 || !written)
        return error_errno(err, errno, "%s", path.ptr);
    return true;
}

static bool is_start(const struct level_file *file)
{
    return str_starts(file->path, STR(START));
}

static str place_of(str directory, const struct level_file *file, struct arena *arena)
{
    return arena_concat(arena, directory, STR("/"), str_skip(file->path, strlen(START)));
}

/* All or nothing, as far as what is there already goes. */
static bool check_free(const struct level_source *source, str directory, struct arena *arena,
                       struct error *err)
{
    struct stat there;
    for (size_t i = 0; i < source->count; i++) {
        if (!is_start(&source->files[i]))
            continue;
        str path = place_of(directory, &source->files[i], arena);
        if (stat(path.ptr, &there) == 0) {
            (void)error_set(err, ERROR_CONFLICT, "%s is there already", path.ptr);
            return error_hint(err, "syncd init writes into a directory that has none of its files");
        }
    }
    return true;
}

static bool write_all(const struct level_source *source, str directory, struct arena *arena,
                      struct error *err)
{
    for (size_t i = 0; i < source->count; i++) {
        const struct level_file *file = &source->files[i];
        if (!is_start(file))
            continue;
        str path = place_of(directory, file, arena);
        if (!make_directories(path, arena, err) || !write_file(path, file->bytes, err))
            return false;
        (void)printf("%s\n", path.ptr);
    }
    return true;
}

static int run_init(const struct arguments *arguments)
{
    struct error err = ERROR_INIT;
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    str directory = arguments->operands.len != 0 ? arguments->operands.items[0] : STR(".");
    struct level_source source;
    if (!level_find(arguments_text(arguments, "level", STR("mcc-2.23")), NULL, arena, &source,
                    &err) ||
        !check_free(&source, directory, arena, &err) || !write_all(&source, directory, arena, &err))
        return command_fail(&err);
    return EXIT_DONE;
}

const struct command command_init = {
    .name = "init",
    .operands = "[DIR]",
    .summary = "Write a repository to start with",
    .description =
        "Writes the configuration, the folders of the layout and a page that explains them, as the "
        "platform's level has them. Nothing that is there is overwritten.",
    .options = init_options,
    .min_operands = 0,
    .max_operands = 1,
    .example = "syncd init fleet",
    .run = run_init,
};
