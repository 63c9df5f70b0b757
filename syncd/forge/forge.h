/*
 * forge: one repository at a forge, asked and told things over its API. One request at a time, in
 * the order of asking, at the pace that the forge allows. Everything runs on the loop thread.
 */
#ifndef SYNCD_FORGE_FORGE_H
#define SYNCD_FORGE_FORGE_H

#include "syncd/base/limits.h"
#include "syncd/forge/dialect.h"
#include "syncd/http/client.h"

struct forge;

struct forge_options {
    enum forge_kind kind;
    str url;                     /* "https://forge.example.com"; its API's address is derived */
    str repository;              /* "owner/name" */
    str ca_pem;                  /* empty = the system's authorities */
    const struct limits *limits; /* must outlive the forge */
    int64_t retry_ns;            /* the first pause after a failure, and the least; 0 = 2 s */
    /*
     * Set where tokens come and go: nothing is sent before the first, and when one is refused this
     * is called and the same is asked again with the next.
     */
    void (*refused)(void *context);
    void *context;
};

/* INPUT for a URL that cannot be used. */
bool forge_create(struct loop *loop, struct http_client *client,
                  const struct forge_options *options, struct forge **ret_forge,
                  struct error *err) MUST_USE;
/* What is still open is dropped; its `done` is not called. */
void forge_destroy(struct forge *forge);
/* From the next request on. Copied; wiped when replaced. */
bool forge_set_token(struct forge *forge, str token) MUST_USE;
enum forge_kind forge_kind_of(const struct forge *forge);

/*
 * An answer. For lists `document` is an array of all pages' items. `unchanged`: the forge says that
 * it is what it said the last time (lists of pull requests only), and there is no document.
 */
struct forge_answer {
    value document;
    bool unchanged;
};

/*
 * Called once, on the loop. `err` NULL = answered. UNAVAILABLE and TIMEOUT (after some attempts),
 * DENIED (E_FORGE_AUTH), NOT_FOUND, INPUT (E_FORGE_REFUSED: the forge did not like it),
 * LIMIT (E_FORGE_PAGES), INTERNAL. Everything lives until it returns.
 */
typedef void forge_done(void *context, const struct forge_answer *answer, const struct error *err);

/* `question` is copied. Its repository is the forge's own. */
void forge_ask(struct forge *forge, const struct forge_question *question, forge_done *done,
               void *context);

/* Monotonic time until which the forge wants to be left alone; 0 = it does not. */
int64_t forge_paused_until_ns(const struct forge *forge);
/* Requests sent since it was made: conditional ones that were not answered anew cost nothing. */
uint64_t forge_request_count(const struct forge *forge);

#endif
