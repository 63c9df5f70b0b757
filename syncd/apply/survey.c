#include "syncd/apply/survey_internal.h"

#include "syncd/apply/session.h"
#include "syncd/base/clock.h"

#include <stdlib.h>

static void end(struct survey *survey)
{
    if (survey->ended)
        return;
    survey->ended = true;
    survey->done(survey->context, &survey->result);
}

void survey_fail(struct survey *survey, const struct error *err, const char *what)
{
    if (survey->ended)
        return;
    survey->result.state = LIVE_UNREACHABLE;
    survey->result.problem =
        arena_printf(survey->arena, "%s%s%s", what, *what != '\0' ? ": " : "", err->text);
    end(survey);
}

void survey_finish(struct survey *survey)
{
    survey->result.state = LIVE_EVALUATED;
    end(survey);
}

static void too_slow(void *context)
{
    const struct error err = {.class = ERROR_TIMEOUT, .text = "it took too long"};
    survey_fail(context, &err, "");
}

static void discovered(void *context, const struct kube_reply *reply)
{
    struct survey *survey = context;
    if (reply->err != NULL)
        survey_fail(survey, reply->err, "asking which kinds are served");
    else
        survey_read(survey);
}

static void identified(void *context, const struct kube_reply *reply)
{
    struct survey *survey = context;
    if (reply->err != NULL) {
        survey_fail(survey, reply->err, "reading the cluster's identity");
        return;
    }
    survey->cluster_uid = arena_str(survey->arena, object_uid(reply->object));
    survey->result.cluster_uid = survey->cluster_uid;
    (void)kube_discover(survey->cluster, discovered, survey);
}

static bool read_config(const struct survey *survey, struct kube_config *config, struct error *err)
{
    const struct config_target *target = survey->options.target;
    const struct kubeconfig_options options = {.context = target->context,
                                               .strict_files = true,
                                               .allow_insecure = target->allow_insecure,
                                               .limits = survey->options.limits};
    if (target->from_target.len != 0)
        return error_set(err, ERROR_UNSUPPORTED,
                         "its kubeconfig is in a Secret of %.*s, which a plan does not read",
                         STR_ARG(target->from_target));
    if (target->in_cluster)
        return kubeconfig_in_cluster(getenv("KUBERNETES_SERVICE_HOST"),
                                     getenv("KUBERNETES_SERVICE_PORT"), survey->arena, config, err);
    return kubeconfig_load(arena_str(survey->arena, target->kubeconfig_file).ptr, &options,
                           survey->arena, config, err);
}

/* In a round of its own: done is never called from inside. */
static void begin(void *context)
{
    struct survey *survey = context;
    struct kube_config config;
    struct error err = ERROR_INIT;
    const struct kube_cluster_options options = {.name = survey->options.target->name,
                                                 .limits = survey->options.limits};
    if (!read_config(survey, &config, &err) ||
        !kube_cluster_create(survey->options.loop, survey->options.client, &config, &options,
                             &survey->cluster, &err)) {
        survey_fail(survey, &err, "");
        return;
    }
    loop_timer_destroy(survey->deadline);
    survey->deadline = loop_timer_create(survey->options.loop, too_slow, survey);
    if (survey->options.deadline_ns != 0)
        loop_timer_start(survey->deadline, survey->options.deadline_ns);
    (void)kube_identity(survey->cluster, identified, survey);
}

struct survey *survey_start(const struct survey_options *options, survey_done *done, void *context)
{
    struct survey *survey = calloc(1, sizeof(*survey));
    CHECK(survey != NULL);
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    *survey = (struct survey){.options = *options,
                              .done = done,
                              .context = context,
                              .arena = arena,
                              .owner = session_owner(options->sync_name, arena),
                              .inventory = BUF_INIT(256u << 20),
                              .types = schema_set_make(arena)};
    survey->deadline = loop_timer_create(options->loop, begin, survey);
    loop_timer_start(survey->deadline, 0);
    return survey;
}

void survey_destroy(struct survey *survey)
{
    if (survey == NULL)
        return;
    loop_timer_destroy(survey->deadline);
    kube_cluster_destroy(survey->cluster);
    buf_finish(&survey->inventory);
    arena_destroy(survey->arena);
    free(survey);
}
