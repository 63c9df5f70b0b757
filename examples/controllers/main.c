/*
 * controllers: the platform's controllers, simulated, against any API server.
 *
 *     controllers --kubeconfig FILE [--region NAME=FILE]… [--scale N] [--seed N]
 *                 [--fail F7=NAMESPACE/NAME | --fail F6:2%]… [--stages] [--quiet]
 */
#include "examples/controllers/sim.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define SCALE 60 /* of the platform's seconds in a real one */

static void stop(void *context, int number)
{
    (void)number;
    loop_stop(context);
}

static bool connect_to(struct sim *sim, struct sim_place *place, const char *path,
                       struct error *err)
{
    const struct kubeconfig_options options = {.limits = limits_default()};
    const struct kube_cluster_options more = {.name = place->name,
                                              .max_in_flight = 96,
                                              .limits = limits_default(),
                                              .user_agent = STR("controllers")};
    struct kube_config config;
    return kubeconfig_load(path, &options, sim->arena, &config, err) &&
           kube_cluster_create(sim->loop, sim->http, &config, &more, &place->cluster, err);
}

static bool add_region(struct sim *sim, str text, struct error *err)
{
    size_t cut = str_index(text, '=');
    if (cut == SIZE_MAX)
        return error_set(err, ERROR_INPUT, "--region is NAME=KUBECONFIG");
    struct sim_place *place = ARENA_NEW(sim->arena, struct sim_place);
    place->name = str_slice(text, 0, cut);
    VEC_PUSH(sim->arena, &sim->regions, place);
    return connect_to(sim, place, arena_str(sim->arena, str_skip(text, cut + 1)).ptr, err);
}

/* An option with a value. */
static bool take_option(struct sim *sim, str option, str text, struct error *err)
{
    if (str_equal(option, STR("--kubeconfig")))
        return connect_to(sim, &sim->management, text.ptr, err);
    if (str_equal(option, STR("--region")))
        return add_region(sim, text, err);
    if (str_equal(option, STR("--fail")))
        return sim_rule_read(sim, text, err);
    if (str_equal(option, STR("--scale"))) {
        sim->scale = strtod(text.ptr, NULL);
        return sim->scale > 0 || error_set(err, ERROR_INPUT, "--scale must be more than 0");
    }
    if (str_equal(option, STR("--seed")))
        return str_to_u64(text, &sim->seed) || error_set(err, ERROR_INPUT, "--seed is a number");
    return error_set(err, ERROR_INPUT, "there is no option %.*s", STR_ARG(option));
}

static bool take_arguments(struct sim *sim, int count, char **arguments, struct error *err)
{
    for (int i = 1; i < count; i++) {
        str option = str_z(arguments[i]);
        if (str_equal(option, STR("--stages"))) {
            sim->stages = true;
        } else if (str_equal(option, STR("--quiet"))) {
            sim->quiet = true;
        } else if (i + 1 == count) {
            return error_set(err, ERROR_INPUT, "%s needs a value", arguments[i]);
        } else {
            i++;
            if (!take_option(sim, option, str_z(arguments[i]), err))
                return false;
        }
    }
    return sim->management.cluster != NULL ||
           error_set(err, ERROR_INPUT, "--kubeconfig is missing");
}

static void finish(struct sim *sim)
{
    VEC_FOR (struct kube_reflector *, reflector, &sim->reflectors)
        kube_reflector_destroy(*reflector);
    VEC_FOR (struct sim_place *, place, &sim->regions)
        kube_cluster_destroy((*place)->cluster);
    kube_cluster_destroy(sim->management.cluster);
    for (size_t i = 0; i < SIM_KINDS; i++) {
        MAP_FOR (entry, &sim->objects[i])
            loop_timer_destroy(((struct sim_object *)entry->value)->timer);
    }
    http_client_destroy(sim->http);
}

int main(int count, char **arguments)
{
    struct error err = ERROR_INIT;
    struct loop *loop = loop_create();
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    struct sim sim = {.loop = loop, .arena = arena, .scratch = scratch, .scale = SCALE, .seed = 1};
    sim.http = http_client_create(loop, 0);
    sim.management.name = STR("management");
    struct loop_signal *ends[] = {loop_signal_create(loop, SIGTERM, stop, loop),
                                  loop_signal_create(loop, SIGINT, stop, loop)};
    bool fine = take_arguments(&sim, count, arguments, &err);
    if (fine) {
        sim_engine_start(&sim);
        sim_watch(&sim);
        loop_run(loop);
        (void)fprintf(stderr, "controllers: %llu heard, %llu written, %llu refused\n",
                      (unsigned long long)sim.stats.heard, (unsigned long long)sim.stats.written,
                      (unsigned long long)sim.stats.refused);
    } else {
        (void)fprintf(stderr, "controllers: %s\n", err.text);
    }
    finish(&sim);
    for (size_t i = 0; i < ARRAY_LEN(ends); i++)
        loop_signal_destroy(ends[i]);
    loop_destroy(loop);
    return fine ? 0 : 2;
}
