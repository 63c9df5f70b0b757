/* plan: what a commit would do, from two commits or against the clusters. */
#include "syncd/cli/plan.h"

#include "syncd/apply/survey.h"
#include "syncd/base/clock.h"
#include "syncd/daemon/daemon.h"

#include <stdlib.h>
#include <unistd.h>

/* What the loop's callbacks leave behind. */
struct run {
    struct loop *loop;
    struct http_client *client;
    struct planning_result result;
    struct survey **surveys; /* by target; NULL: none was needed */
    size_t open;
};

/* One survey's answer. */
struct asked {
    struct run *run;
    struct plan_request_target *target;
};

static void planned(void *context, const struct planning_result *result)
{
    struct run *run = context;
    run->result = *result;
    loop_stop(run->loop);
}

static void surveyed(void *context, const struct survey_result *result)
{
    struct asked *asked = context;
    asked->target->live_state = result->state;
    asked->target->live_problem = result->problem;
    asked->target->cluster = &result->cluster;
    asked->target->cluster_uid = result->cluster_uid;
    asked->target->verified = result->verified;
    asked->target->different = result->different;
    if (--asked->run->open == 0)
        loop_stop(asked->run->loop);
}

static bool read_number(const struct arguments *arguments, const char *name, size_t fallback,
                        size_t *ret_number, struct error *err)
{
    uint64_t number = fallback;
    str text = arguments_text(arguments, name, (str){0});
    if (text.len != 0 && (!str_to_u64(text, &number) || number > SIZE_MAX))
        return error_set(err, ERROR_INPUT, "plan: --%s is a number", name);
    *ret_number = (size_t)number;
    return true;
}

static bool read_options(struct plan_command_line *line, const struct plan_format **ret_format,
                         struct plan_report_options *ret_options, struct error *err)
{
    const struct arguments *arguments = line->arguments;
    struct plan_report_options options = {.more = arguments_text(arguments, "more", (str){0})};
    line->has_base = arguments_given(arguments, "base");
    line->verify = arguments_flag(arguments, "verify");
    line->live = !line->has_base || line->verify || arguments_flag(arguments, "live");
    str format;
    if (!arguments_format(arguments, &format, err) ||
        !read_number(arguments, "max-bytes", PLAN_MARKDOWN_MOST, &options.most, err) ||
        !read_number(arguments, "context", 3, &options.context, err) ||
        !arguments_duration(arguments, "timeout", 60 * NS_PER_S, &line->timeout_ns, err) ||
        !plan_configure(line, err))
        return false;
    *ret_format = plan_format_find(format);
    options.name = line->config->name;
    options.color = isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == NULL;
    *ret_options = options;
    return true;
}

static struct prune_policy prune_of(const struct config *config)
{
    return (struct prune_policy){.enabled = config->prune.enabled,
                                 .max_count = (uint64_t)config->prune.max_count,
                                 .max_percent = (uint64_t)config->prune.max_percent};
}

static struct plan_request make_request(const struct plan_command_line *line,
                                        const struct planning_result *result)
{
    struct plan_request request =
        planning_request(line->config, result, line->base.id, line->head.id);
    request.has_base = line->has_base;
    request.level = line->level;
    return request;
}

static void render(struct plan_command_line *line, struct run *run)
{
    const struct planning_options options = {
        .loop = run->loop,
        .spawner = line->spawner,
        .render_kind = CHILD_RENDER,
        .config = line->config,
        .level = line->level,
        .base = line->has_base ? &line->base : NULL,
        .head = &line->head,
    };
    (void)planning_start(&options, planned, run); /* ends with the loop */
    loop_run(run->loop);
}

static void survey(const struct plan_command_line *line, struct run *run, size_t index)
{
    struct plan_request_target *target = &run->result.targets[index];
    if (target->head.desired == NULL)
        return;
    const struct survey_options options = {
        .loop = run->loop,
        .client = run->client,
        .target = &line->config->targets[index],
        .limits = &line->config->limits,
        .sync_name = line->config->name,
        .prune = prune_of(line->config),
        .adopt = line->config->adopt_options,
        .level = line->level,
        .desired = target->head.desired,
        .verify = line->verify,
        .deadline_ns = line->timeout_ns,
        .now_ns = clock_wall_ns(),
    };
    struct asked *asked = ARENA_NEW(line->arena, struct asked);
    *asked = (struct asked){run, target};
    run->open++;
    run->surveys[index] = survey_start(&options, surveyed, asked);
}

/* All clusters at once. */
static void survey_all(const struct plan_command_line *line, struct run *run)
{
    run->surveys = ARENA_ARRAY(line->arena, struct survey *, run->result.count);
    if (!line->live)
        return;
    run->client = http_client_create(run->loop, 0);
    for (size_t i = 0; i < run->result.count; i++)
        survey(line, run, i);
    if (run->open != 0)
        loop_run(run->loop);
    plan_combine(run->result.targets, run->result.count, line->arena);
}

static void release(struct run *run)
{
    for (size_t i = 0; i < run->result.count; i++)
        survey_destroy(run->surveys[i]);
    if (run->client != NULL)
        http_client_destroy(run->client);
    arena_destroy(run->result.arena);
    loop_destroy(run->loop);
}

int syncd_command_plan(const struct arguments *arguments, struct spawner *spawner)
{
    struct error err = ERROR_INIT;
    struct plan_command_line line = {
        .arguments = arguments, .arena = arguments->arena, .spawner = spawner};
    const struct plan_format *format;
    struct plan_report_options options;
    if (!read_options(&line, &format, &options, &err) || !plan_read_commits(&line, &err))
        return command_fail(&err);
    struct run run = {.loop = loop_create()};
    render(&line, &run);
    survey_all(&line, &run);
    const struct plan_request request = make_request(&line, &run.result);
    const struct plan *plan = plan_make(&request, line.arena);
    options.brief = arguments->diff_folder != NULL;
    if (options.brief && !plan_write_sides(plan, arguments->diff_folder, &err))
        (void)command_fail(&err); /* the plan itself is printed all the same */
    int code = plan_print(format, plan, &options);
    release(&run);
    return code;
}
