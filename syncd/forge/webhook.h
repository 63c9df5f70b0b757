/*
 * webhook: a forge's delivery, authenticated over its raw bytes before a byte of it is parsed. What
 * it says is a hint and no more: it makes syncd ask Git or the forge sooner than it would have.
 * Pure.
 */
#ifndef SYNCD_FORGE_WEBHOOK_H
#define SYNCD_FORGE_WEBHOOK_H

#include "syncd/base/error.h"
#include "syncd/base/limits.h"
#include "syncd/http/field.h"

enum forge_kind { FORGE_NONE, FORGE_GITHUB, FORGE_GITLAB, FORGE_GITEA, FORGE_BITBUCKET };
const char *forge_kind_name(enum forge_kind kind);
bool forge_kind_read(str name, enum forge_kind *ret_kind) MUST_USE;

#define WEBHOOK_BODY_MOST   (1u << 20)
#define WEBHOOK_HEADER_MOST (16u << 10)
#define WEBHOOK_SECRETS     4 /* the current one and those it replaces */

struct webhook_terms {
    enum forge_kind kind;
    str secrets[WEBHOOK_SECRETS]; /* empty ones count for nothing */
    str repository;               /* "owner/name": what it must be about */
};

enum delivery_event {
    DELIVERY_OTHER,  /* something that concerns nobody here, or another repository */
    DELIVERY_PING,   /* the forge tries the address */
    DELIVERY_PUSH,   /* branches or tags moved */
    DELIVERY_CHANGE, /* a pull request was opened, changed, closed or reviewed */
    DELIVERY_TALK,   /* somebody wrote a comment */
};

struct delivery {
    enum delivery_event event;
    uint64_t number;    /* of the pull request, 0 = unknown */
    uint8_t digest[32]; /* of the body: the same one twice is one */
};

/*
 * DENIED (E_HOOK_AUTH): without a signature or token, with two, with a wrong one: answer 401 and
 * do nothing. INPUT (E_HOOK_BODY): authentic, but no JSON object: answer 400. Everything else is
 * accepted; what has another shape than expected is DELIVERY_OTHER.
 */
bool webhook_read(const struct webhook_terms *terms, struct http_fields headers, str body,
                  const struct limits *limits, struct arena *scratch, struct delivery *ret_delivery,
                  struct error *err) MUST_USE;

#endif
