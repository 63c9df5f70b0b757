#include "fixture.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct child_kind kinds[] = {
    {.name = "git", .module = GIT_MODULE, .symbol = "git_child"}};

/* One command a line in; its output, a NUL byte and its status out. */
static void run_shell(const char *root, int in, int out)
{
    static char line[1 << 16];
    FILE *commands = fdopen(in, "r");
    FILE *answers = fdopen(out, "w");
    if (chdir(root) < 0 || commands == NULL || answers == NULL)
        _exit(1);
    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
    setenv("GIT_AUTHOR_NAME", "Ann", 1);
    setenv("GIT_AUTHOR_EMAIL", "ann@example.com", 1);
    setenv("GIT_COMMITTER_NAME", "Ann", 1);
    setenv("GIT_COMMITTER_EMAIL", "ann@example.com", 1);
    while (fgets(line, sizeof(line), commands) != NULL) {
        FILE *output = popen(line, "r");
        int byte;
        while (output != NULL && (byte = fgetc(output)) != EOF)
            if (byte != '\0')
                fputc(byte, answers);
        int status = output != NULL ? pclose(output) : 1;
        fputc('\0', answers);
        fputc(status == 0 ? '0' : '1', answers);
        fflush(answers);
    }
    _exit(0);
}

void fixture_start(struct fixture *fixture)
{
    struct error err = ERROR_INIT;
    int in[2], out[2];
    *fixture = (struct fixture){.limits = *limits_default()};
    snprintf(fixture->root, sizeof(fixture->root), "/tmp/syncd-git-XXXXXX");
    cr_assert_not_null(mkdtemp(fixture->root));
    cr_assert(pipe(in) == 0 && pipe(out) == 0);
    fixture->shell_pid = fork();
    if (fixture->shell_pid == 0) {
        close(in[1]);
        close(out[0]);
        run_shell(fixture->root, in[0], out[1]);
    }
    close(in[0]);
    close(out[1]);
    fixture->shell_in = in[1];
    fixture->shell_out = out[0];
    fixture->arena = arena_create(ARENA_NO_BUDGET);
    cr_assert(spawner_start(kinds, 1, &fixture->spawner, &err), "%s", err.text);
}

void fixture_finish(struct fixture *fixture)
{
    spawner_stop(fixture->spawner);
    (void)shell(fixture, "rm -rf %s", fixture->root);
    close(fixture->shell_in);
    close(fixture->shell_out);
    waitpid(fixture->shell_pid, NULL, 0);
    arena_destroy(fixture->arena);
}

str shell(struct fixture *fixture, const char *format, ...)
{
    static char answer[1 << 20];
    char command[8192];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(command, sizeof(command) - 1, format, arguments);
    va_end(arguments);
    cr_assert(len > 0 && (size_t)len < sizeof(command) - 1 && strchr(command, '\n') == NULL);
    command[len++] = '\n';
    cr_assert_eq(write(fixture->shell_in, command, (size_t)len), len);
    size_t got = 0;
    while (got < 2 || answer[got - 2] != '\0') {
        ssize_t n = read(fixture->shell_out, answer + got, sizeof(answer) - got);
        cr_assert(n > 0, "the shell ended at: %s", command);
        got += (size_t)n;
    }
    cr_assert_eq(answer[got - 1], '0', "failed: %s%s", command, answer);
    str text = str_from(answer, got - 2);
    return arena_str(fixture->arena, str_trim_right(text, STR("\n")));
}

str at(struct fixture *fixture, const char *name)
{
    return arena_printf(fixture->arena, "%s/%s", fixture->root, name);
}

struct repo_sync_request request_for(struct fixture *fixture)
{
    return (struct repo_sync_request){
        .remote.url = at(fixture, "origin.git"),
        .directory = at(fixture, "state"),
        .branch = STR("main"),
        .deadline_ns = INT64_C(20000000000),
    };
}

bool sync_now(struct fixture *fixture, const struct repo_sync_request *request,
              struct repo_sync_result *ret, struct error *err)
{
    struct repo_job *job;
    struct repo_sync_result result;
    if (!repo_sync_start(fixture->spawner, 0, request, &fixture->limits, &job, err) ||
        !repo_sync_finish(job, fixture->arena, &result, err))
        return false;
    *ret = result;
    *err = result.refused.class != ERROR_NONE ? result.refused : *err;
    return result.refused.class == ERROR_NONE;
}

bool write_notes(struct fixture *fixture, str url, const struct note *notes, size_t count,
                 struct notes_result *ret, struct error *err)
{
    struct repo_job *job;
    struct notes_request request = {
        .remote.url = url,
        .directory = at(fixture, "state"),
        .notes = notes,
        .note_count = count,
        .deadline_ns = INT64_C(20000000000),
    };
    return notes_write_start(fixture->spawner, 0, &request, &fixture->limits, &job, err) &&
           notes_write_finish(job, fixture->arena, ret, err);
}
