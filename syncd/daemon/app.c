/* A GitHub App as who we are: its tokens for the forge's API and, where asked for, for Git. */
#include "syncd/forge/app.h"

#include "syncd/daemon/commits.h"
#include "syncd/daemon/reviews.h"

#include <stdio.h>
#include <stdlib.h>

struct daemon_app {
    struct daemon *daemon;
    struct forge_app *app; /* NULL: it cannot be */
    bool settled;          /* there was a token, or trouble */
    char problem[256];     /* told last */
};

static bool read_key(void *context, struct arena *arena, str *ret_pem, struct error *err)
{
    const struct daemon_app *app = context;
    return daemon_read_file(app->daemon->config->forge.app_key_file, true, arena, ret_pem, err);
}

/* The first time it is known how it goes, the repository is asked. */
static void settle(struct daemon_app *app)
{
    bool first = !app->settled;
    app->settled = true;
    if (first && str_equal(app->daemon->config->source.token_from, STR("app")))
        source_poll(app->daemon);
}

static void renewed(void *context)
{
    struct daemon_app *app = context;
    app->problem[0] = '\0';
    LOG(LOG_DEBUG, "the App has another token", FIELD("login", forge_app_login(app->app)));
    reviews_token_changed(app->daemon->reviews);
    settle(app);
}

static void troubled(void *context, const struct error *err)
{
    struct daemon_app *app = context;
    if (strncmp(app->problem, err->text, sizeof(app->problem) - 1) != 0)
        LOG(LOG_ERROR, "the App gets no token; it will be tried again",
            FIELD("problem", str_z(err->text)), FIELD("hint", str_z(err->hint)));
    (void)snprintf(app->problem, sizeof(app->problem), "%s", err->text);
    settle(app);
}

struct daemon_app *app_start(struct daemon *daemon)
{
    const struct config_forge *config = &daemon->config->forge;
    static const struct forge_app_port port = {read_key, renewed, troubled};
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    if (config->app_id.len == 0)
        return NULL;
    struct daemon_app *app = calloc(1, sizeof(*app));
    CHECK(app != NULL);
    app->daemon = daemon;
    struct forge_options forge = {.kind = FORGE_GITHUB,
                                  .url = config->url,
                                  .repository = config->repository,
                                  .limits = &daemon->config->limits};
    const struct forge_app_options options = {.loop = daemon->loop,
                                              .client = daemon->http,
                                              .forge = &forge,
                                              .id = config->app_id,
                                              .installation = (uint64_t)config->app_installation,
                                              .port = &port,
                                              .context = app};
    if (!daemon_read_file(config->ca_file, false, arena, &forge.ca_pem, &err) ||
        !forge_app_create(&options, &app->app, &err)) {
        app->settled = true; /* there will be none */
        troubled(app, &err);
    }
    return app;
}

void app_stop(struct daemon_app *app)
{
    if (app == NULL)
        return;
    forge_app_destroy(app->app);
    free(app);
}

bool app_pending(const struct daemon_app *app)
{
    return app != NULL && !app->settled;
}

str app_token(const struct daemon_app *app)
{
    return app != NULL && app->app != NULL ? forge_app_token(app->app) : STR("");
}

str app_login(const struct daemon_app *app)
{
    return app != NULL && app->app != NULL ? forge_app_login(app->app) : STR("");
}

void app_refused(struct daemon_app *app)
{
    if (app != NULL && app->app != NULL)
        forge_app_refused(app->app);
}
