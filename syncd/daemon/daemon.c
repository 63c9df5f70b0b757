#include "syncd/daemon/commits.h"
#include "syncd/daemon/reviews.h"

#include "syncd/base/confine.h"

#include <signal.h>
#include <stdio.h>

static void end(struct daemon *daemon, int exit_code)
{
    daemon->ending = true;
    daemon->exit_code = exit_code;
    loop_stop(daemon->loop);
}

/* --- configuration --- */

static void log_findings(const struct findings *findings, const char *message)
{
    VEC_FOR (const struct finding, finding, &findings->list) {
        char line[16];
        (void)snprintf(line, sizeof(line), "%u", finding->position.line);
        LOG(LOG_ERROR, message, FIELD("file", finding->position.file), FIELD("line", str_z(line)),
            FIELD("rule", str_z(finding->rule)), FIELD("problem", finding->text),
            FIELD("hint", finding->hint));
    }
}

static bool load_config(const char *path, struct arena **ret_arena, struct config **ret_config,
                        const struct level **ret_level)
{
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct findings findings;
    findings_init(&findings, arena);
    if (config_load(path, arena, &findings, ret_config) &&
        platform_load(*ret_config, arena, &findings, ret_level)) {
        *ret_arena = arena;
        return true;
    }
    findings_sort(&findings);
    log_findings(&findings, "the configuration cannot be used");
    arena_destroy(arena);
    return false;
}

static void start_parts(struct daemon *daemon)
{
    state_open(daemon);
    verdicts_start(daemon);
    rollouts_start(daemon);
    targets_start(daemon);
    notes_start(daemon);
    daemon->app = app_start(daemon);
    daemon->reviews = reviews_start(daemon);
    daemon->hooks = hooks_start(daemon);
    source_start(daemon);
}

static void stop_parts(struct daemon *daemon)
{
    source_stop(daemon);
    hooks_stop(daemon->hooks);
    admission_stop(daemon);
    admitted_stop(daemon);
    reviews_stop(daemon->reviews);
    daemon->reviews = NULL;
    app_stop(daemon->app);
    daemon->app = NULL;
    rendering_stop(daemon);
    charts_stop(daemon);
    state_close(daemon); /* the last status is of what is still there */
    targets_stop(daemon);
    verdicts_stop(daemon);
    rollouts_stop(daemon);
    notes_stop(daemon);
    arena_destroy(daemon->commit_arena);
    daemon->commit_arena = NULL;
}

/* A good configuration replaces the old one as a whole; a bad one changes nothing. */
static void reload(void *context)
{
    struct daemon *daemon = context;
    struct arena *arena;
    struct config *config;
    const struct level *level;
    if (!load_config(daemon->options.config_path, &arena, &config, &level)) {
        LOG(LOG_WARN, "keeping the old configuration");
        return;
    }
    stop_parts(daemon);
    arena_destroy(daemon->config_arena);
    daemon->config_arena = arena;
    daemon->config = config;
    daemon->level = level;
    daemon->commit[0] = '\0';
    LOG(LOG_INFO, "configuration reloaded");
    start_parts(daemon);
}

static void config_changed(void *context, enum loop_change change, str name)
{
    struct daemon *daemon = context;
    (void)change;
    (void)name;
    /* Editors write in several steps. */
    loop_timer_start(daemon->reload_timer, 200 * NS_PER_MS);
}

/* --- signals --- */

static void caught(void *context, int number)
{
    struct daemon *daemon = context;
    if (number == SIGHUP) {
        reload(daemon);
        return;
    }
    LOG(LOG_INFO, "ending", FIELD("signal", number == SIGTERM ? STR("TERM") : STR("INT")));
    end(daemon, 0);
}

static void time_is_up(void *context)
{
    struct daemon *daemon = context;
    if (daemon->options.once)
        LOG(LOG_ERROR, "not settled in time");
    int code = daemon_exit_code(daemon);
    end(daemon, daemon->options.once && code == 0 ? 5 : code);
}

static void once_tick(void *context)
{
    struct daemon *daemon = context;
    daemon_check_settled(daemon);
    loop_timer_start(daemon->once_timer, 50 * NS_PER_MS);
}

static void start_timers(struct daemon *daemon)
{
    daemon->reload_timer = loop_timer_create(daemon->loop, reload, daemon);
    daemon->end_timer = loop_timer_create(daemon->loop, time_is_up, daemon);
    daemon->once_timer = loop_timer_create(daemon->loop, once_tick, daemon);
    int64_t limit = daemon->options.once ? daemon->options.timeout_ns : daemon->options.end_ns;
    if (limit != 0)
        loop_timer_start(daemon->end_timer, limit);
    if (daemon->options.once)
        loop_timer_start(daemon->once_timer, 0);
}

static void start_watches(struct daemon *daemon)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        daemon->signals[i] = loop_signal_create(daemon->loop, numbers[i], caught, daemon);
    struct error err = ERROR_INIT;
    if (!daemon->options.once &&
        !loop_watch_file(daemon->loop, daemon->options.config_path, config_changed, daemon,
                         &daemon->config_watch, &err))
        LOG(LOG_WARN, "the configuration file is not watched; use SIGHUP",
            FIELD("problem", str_z(err.text)));
}

static void stop_watches(struct daemon *daemon)
{
    for (size_t i = 0; i < ARRAY_LEN(daemon->signals); i++) {
        if (daemon->signals[i] != NULL)
            loop_signal_destroy(daemon->signals[i]);
    }
    if (daemon->config_watch != NULL)
        loop_watch_destroy(daemon->config_watch);
    loop_timer_destroy(daemon->reload_timer);
    loop_timer_destroy(daemon->end_timer);
    loop_timer_destroy(daemon->once_timer);
}

static void say_start(const struct daemon *daemon)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    LOG(LOG_INFO, "starting", FIELD("version", str_z(SYNCD_VERSION)),
        FIELD("name", daemon->config->name), FIELD("url", daemon->config->source.url),
        FIELD("confinement", confine_level_text(confine_level(), arena)));
}

int daemon_run(const struct daemon_options *options)
{
    struct daemon daemon = {.options = *options, .snapshot = -1};
    if (!load_config(options->config_path, &daemon.config_arena, &daemon.config, &daemon.level))
        return 2;
    (void)signal(SIGPIPE, SIG_IGN);
    daemon.loop = loop_create();
    daemon.http = http_client_create(daemon.loop, 0);
    start_timers(&daemon);
    start_watches(&daemon);
    say_start(&daemon);
    start_parts(&daemon);
    loop_run(daemon.loop);
    if (options->status != NULL) {
        AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
        buf_add(options->status, state_text(&daemon, arena));
    }
    stop_parts(&daemon);
    stop_watches(&daemon);
    http_client_destroy(daemon.http);
    loop_destroy(daemon.loop);
    arena_destroy(daemon.config_arena);
    return daemon.exit_code;
}
