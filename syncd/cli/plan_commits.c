/* plan: which targets, and what the repository has for them. */
#include "syncd/cli/plan.h"

#include "syncd/cli/networked.h"
#include "syncd/daemon/daemon.h"
#include "syncd/daemon/platform.h"
#include "syncd/git/source.h"

#include <unistd.h>

/* A target for every path, called like it; clusters are none of its business. */
static struct config *config_of_paths(const str *paths, size_t count, struct arena *arena)
{
    struct config *config = ARENA_NEW(arena, struct config);
    struct config_target *targets = ARENA_ARRAY(arena, struct config_target, count);
    for (size_t i = 0; i < count; i++) {
        str *path = ARENA_NEW(arena, str);
        *path = str_trim_right(paths[i], STR("/"));
        if (str_equal(*path, STR(".")))
            *path = STR("");
        targets[i] = (struct config_target){.name = path->len != 0 ? *path : STR("."),
                                            .paths = {.items = path, .len = 1},
                                            .default_ns = STR("default")};
    }
    *config = (struct config){.targets = targets,
                              .target_count = count,
                              .prune = {.enabled = true, .max_count = 10, .max_percent = 10},
                              .limits = *limits_default()};
    return config;
}

static bool fail_with(const struct findings *findings, struct error *err)
{
    const struct finding *first = &findings->list.items[0];
    (void)error_set(err, ERROR_INPUT, "%.*s:%u: %.*s", STR_ARG(first->position.file),
                    first->position.line, STR_ARG(first->text));
    return error_hint(err, "%.*s", STR_ARG(first->hint));
}

bool plan_configure(struct plan_command_line *line, struct error *err)
{
    const struct arguments *arguments = line->arguments;
    size_t count;
    const str *paths = arguments_list(arguments, "path", &count);
    if (count != 0 && arguments_given(arguments, "config"))
        return error_set(err, ERROR_INPUT, "plan: --path and --config exclude each other");
    if (count != 0 && line->live) {
        (void)error_set(err, ERROR_INPUT, "plan: --path names no clusters to compare with");
        return error_hint(err, "give --base REVISION, or a configuration instead of --path");
    }
    if (count != 0) {
        line->config = config_of_paths(paths, count, line->arena);
        return true;
    }
    struct findings findings;
    findings_init(&findings, line->arena);
    str file = arguments_text(arguments, "config", STR("syncd.yaml"));
    if (access(arena_str(line->arena, file).ptr, R_OK) != 0) {
        (void)error_set(err, ERROR_INPUT, "plan: there is no configuration %.*s", STR_ARG(file));
        return error_hint(err, "name one with --config, or folders of the repository with --path");
    }
    return (config_load(arena_str(line->arena, file).ptr, line->arena, &findings, &line->config) &&
            platform_load(line->config, line->arena, &findings, &line->level)) ||
           fail_with(&findings, err);
}

static bool start_read(const struct plan_command_line *line, str revision,
                       struct repo_job **ret_job, struct error *err)
{
    const struct repo_read_request request = {
        .repository = arguments_text(line->arguments, "repository", STR(".")),
        .revision = revision,
    };
    return repo_read_start(line->spawner, CHILD_GIT, &request, &line->config->limits, ret_job, err);
}

static bool finish_read(const struct plan_command_line *line, struct repo_job *job,
                        struct planning_commit *ret_commit, struct error *err)
{
    struct repo_sync_result result;
    networked_wait(job);
    if (!repo_read_finish(job, line->arena, &result, err))
        return false;
    *ret_commit = (struct planning_commit){.snapshot = result.snapshot,
                                           .id = arena_str(line->arena, str_z(result.commit.id))};
    ret_commit->faults = planning_faults(&result, line->arena, &ret_commit->fault_count);
    return true;
}

/* Both at once: each is a child of its own. */
bool plan_read_commits(struct plan_command_line *line, struct error *err)
{
    struct repo_job *base = NULL, *head = NULL;
    str revision =
        line->arguments->operands.len != 0 ? line->arguments->operands.items[0] : STR("HEAD");
    if (line->has_base &&
        !start_read(line, arguments_text(line->arguments, "base", (str){0}), &base, err))
        return false;
    if (!start_read(line, revision, &head, err)) {
        repo_job_cancel(base);
        return false;
    }
    if (base != NULL && !finish_read(line, base, &line->base, err)) {
        repo_job_cancel(head);
        return false;
    }
    return finish_read(line, head, &line->head, err);
}
