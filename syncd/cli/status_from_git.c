/* status --from-git: what the newest note on a clone's history says, without a daemon. */
#include "syncd/cli/networked.h"

#include "syncd/base/clock.h"
#include "syncd/daemon/daemon.h"
#include "syncd/git/source.h"
#include "syncd/value/json.h"

#include <poll.h>
#include <stdio.h>

void networked_wait(struct repo_job *job)
{
    struct pollfd waiting = {.fd = repo_job_fd(job), .events = POLLIN};
    int64_t left = repo_job_deadline_ns(job) - clock_monotonic_ns();
    (void)poll(&waiting, 1, (int)(left / NS_PER_MS) + 1); /* the finish tells what happened */
}

static bool read_note(const struct arguments *arguments, struct spawner *spawner,
                      struct repo_log_entry *ret_entry, struct error *err)
{
    const struct repo_log_request request = {
        .repository = arguments_text(arguments, "repository", STR(".")),
        .revision = arguments->operands.len != 0 ? arguments->operands.items[0] : (str){0},
        .notes_ref = arguments_text(arguments, "ref", (str){0}),
        .max = 1,
        .only_noted = true,
    };
    struct repo_job *job;
    struct repo_log_result result;
    if (!repo_log_start(spawner, CHILD_GIT, &request, limits_default(), &job, err))
        return false;
    networked_wait(job);
    if (!repo_log_finish(job, arguments->arena, &result, err))
        return false;
    if (result.count == 0) {
        (void)error_set(err, ERROR_NOT_FOUND, "no commit of this history has a note");
        return error_hint(err, "git fetch origin '+refs/notes/syncd/*:refs/notes/syncd/*'");
    }
    *ret_entry = result.entries[0];
    return true;
}

int status_from_git(const struct arguments *arguments, struct spawner *spawner)
{
    struct error err = ERROR_INIT;
    enum output output;
    struct repo_log_entry entry;
    struct arena *arena = arguments->arena;
    if (!arguments_output(arguments, &output, &err))
        return command_fail(&err);
    if (!read_note(arguments, spawner, &entry, &err)) {
        (void)command_fail(&err);
        return EXIT_STALE;
    }
    value records = log_records(entry.note, arena), summary = value_item(records, 0);
    str verdict = value_str(value_get(summary, STR("verdict")));
    if (output == OUTPUT_JSON) {
        struct object_builder object;
        object_begin(&object, arena);
        object_add(&object, STR("commit"), value_string(str_z(entry.commit.id)));
        object_add(&object, STR("summary"), value_string(entry.commit.summary));
        object_add(&object, STR("verdict"), value_string(verdict));
        object_add(&object, STR("records"), records);
        str text = json_text(object_finish(&object), JSON_INDENT2, arena);
        (void)printf("%.*s\n", STR_ARG(text));
        return status_verdict_code(verdict);
    }
    (void)printf("%.12s %.*s, said at %.*s\n", entry.commit.id, STR_ARG(entry.commit.summary),
                 STR_ARG(value_str(value_get(summary, STR("at")))));
    for (size_t i = 0; i < value_len(records); i++)
        log_print_record(value_item(records, i));
    return status_verdict_code(verdict);
}
