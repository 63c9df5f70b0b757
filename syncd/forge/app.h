/*
 * app: a GitHub App as who we are: tokens of one installation, for the API and for Git, each good
 * for an hour, renewed well before it ends. Everything runs on the loop thread.
 */
#ifndef SYNCD_FORGE_APP_H
#define SYNCD_FORGE_APP_H

#include "syncd/forge/forge.h"

struct forge_app;

struct forge_app_port {
    /* The App's private key as PEM, read anew for each token. */
    bool (*read_key)(void *context, struct arena *arena, str *ret_pem, struct error *err);
    /* There is another token from now on. */
    void (*renewed)(void *context);
    /* There is none, or no new one; it will be tried again. */
    void (*troubled)(void *context, const struct error *err);
};

struct forge_app_options {
    struct loop *loop;
    struct http_client *client;
    const struct forge_options *forge; /* where; copied */
    str id;                            /* the App's, or its client id; copied */
    uint64_t installation;             /* 0 = the repository's, which is asked for */
    const struct forge_app_port *port;
    void *context;
};

/* Asks for the first token at once. INPUT for a URL that cannot be used. */
bool forge_app_create(const struct forge_app_options *options, struct forge_app **ret_app,
                      struct error *err) MUST_USE;
void forge_app_destroy(struct forge_app *app);

/* The newest token; empty = none yet. A view until the next `renewed`. */
str forge_app_token(const struct forge_app *app);
/* Under which name it writes: "slug[bot]"; empty = not known yet. */
str forge_app_login(const struct forge_app *app);
/* Somebody was refused with the token: another one is asked for, though it should be good. */
void forge_app_refused(struct forge_app *app);

/* A JSON web token by which the App proves itself, made at `now_s`. INPUT (E_KEY). */
bool forge_app_assertion(str id, str key_pem, int64_t now_s, struct arena *arena, str *ret_text,
                         struct error *err) MUST_USE;

#endif
