#include "syncd/forge/webhook.h"

#include "syncd/base/crypto.h"
#include "syncd/value/json.h"

enum proof { PROOF_MAC, PROOF_TOKEN };

/* How each forge proves itself, and where it says what happened. */
static const struct dialect {
    const char *name;
    enum proof proof;
    const char *proof_header;
    const char *prefix; /* of the MAC's hex digits */
    const char *event_header;
    const char *repository[3]; /* keys down to "owner/name" */
    const char *number[3];     /* keys down to the pull request's number */
} dialects[] = {
    [FORGE_NONE] = {.name = "none"},
    [FORGE_GITHUB] = {"github",
                      PROOF_MAC,
                      "X-Hub-Signature-256",
                      "sha256=",
                      "X-GitHub-Event",
                      {"repository", "full_name"},
                      {"number"}},
    [FORGE_GITLAB] = {"gitlab",
                      PROOF_TOKEN,
                      "X-Gitlab-Token",
                      "",
                      "X-Gitlab-Event",
                      {"project", "path_with_namespace"},
                      {"object_attributes", "iid"}},
    [FORGE_GITEA] = {"gitea",
                     PROOF_MAC,
                     "X-Gitea-Signature",
                     "",
                     "X-Gitea-Event",
                     {"repository", "full_name"},
                     {"number"}},
    [FORGE_BITBUCKET] = {"bitbucket",
                         PROOF_MAC,
                         "X-Hub-Signature",
                         "sha256=",
                         "X-Event-Key",
                         {"repository", "full_name"},
                         {"pullrequest", "id"}},
};

/* What they call it: the longest beginning that matches decides. */
static const struct event_name {
    enum forge_kind kind;
    const char *name;
    enum delivery_event event;
} event_names[] = {
    {FORGE_GITHUB, "ping", DELIVERY_PING},
    {FORGE_GITHUB, "push", DELIVERY_PUSH},
    {FORGE_GITHUB, "create", DELIVERY_PUSH},
    {FORGE_GITHUB, "delete", DELIVERY_PUSH},
    {FORGE_GITHUB, "pull_request", DELIVERY_CHANGE},
    {FORGE_GITHUB, "pull_request_review", DELIVERY_CHANGE},
    {FORGE_GITHUB, "issue_comment", DELIVERY_TALK},
    {FORGE_GITLAB, "Push Hook", DELIVERY_PUSH},
    {FORGE_GITLAB, "Tag Push Hook", DELIVERY_PUSH},
    {FORGE_GITLAB, "Merge Request Hook", DELIVERY_CHANGE},
    {FORGE_GITLAB, "Note Hook", DELIVERY_TALK},
    {FORGE_GITEA, "push", DELIVERY_PUSH},
    {FORGE_GITEA, "create", DELIVERY_PUSH},
    {FORGE_GITEA, "delete", DELIVERY_PUSH},
    {FORGE_GITEA, "pull_request", DELIVERY_CHANGE},
    {FORGE_GITEA, "pull_request_sync", DELIVERY_CHANGE},
    {FORGE_GITEA, "pull_request_approved", DELIVERY_CHANGE},
    {FORGE_GITEA, "pull_request_rejected", DELIVERY_CHANGE},
    {FORGE_GITEA, "pull_request_review_approved", DELIVERY_CHANGE},
    {FORGE_GITEA, "pull_request_review_rejected", DELIVERY_CHANGE},
    {FORGE_GITEA, "pull_request_review_comment", DELIVERY_TALK},
    {FORGE_GITEA, "pull_request_comment", DELIVERY_TALK},
    {FORGE_GITEA, "issue_comment", DELIVERY_TALK},
    {FORGE_BITBUCKET, "diagnostics:ping", DELIVERY_PING},
    {FORGE_BITBUCKET, "repo:push", DELIVERY_PUSH},
    {FORGE_BITBUCKET, "repo:refs_changed", DELIVERY_PUSH},
    {FORGE_BITBUCKET, "pullrequest:created", DELIVERY_CHANGE},
    {FORGE_BITBUCKET, "pullrequest:updated", DELIVERY_CHANGE},
    {FORGE_BITBUCKET, "pullrequest:fulfilled", DELIVERY_CHANGE},
    {FORGE_BITBUCKET, "pullrequest:rejected", DELIVERY_CHANGE},
    {FORGE_BITBUCKET, "pullrequest:approved", DELIVERY_CHANGE},
    {FORGE_BITBUCKET, "pullrequest:unapproved", DELIVERY_CHANGE},
    {FORGE_BITBUCKET, "pullrequest:comment_created", DELIVERY_TALK},
};

const char *forge_kind_name(enum forge_kind kind)
{
    return dialects[kind].name;
}

bool forge_kind_read(str name, enum forge_kind *ret_kind)
{
    if (str_equal(name, STR("forgejo")))
        name = STR("gitea"); /* they speak the same */
    for (size_t i = 0; i < ARRAY_LEN(dialects); i++) {
        if (!str_equal(name, str_z(dialects[i].name)))
            continue;
        *ret_kind = (enum forge_kind)i;
        return true;
    }
    return false;
}

static bool denied(struct error *err, const char *why)
{
    return error_rule(err, ERROR_DENIED, "E_HOOK_AUTH", "the delivery is not authentic: %s", why);
}

/* The one header of that name; two could be understood differently by somebody before us. */
static bool only_header(struct http_fields headers, const char *name, str *ret_text)
{
    size_t count = 0;
    for (size_t i = 0; i < headers.len; i++) {
        if (!str_equal_fold(headers.items[i].name, str_z(name)))
            continue;
        *ret_text = headers.items[i].text;
        count++;
    }
    return count == 1;
}

static bool mac_is_right(str secret, const char *prefix, str body, str given)
{
    uint8_t mac[SHA256_LEN];
    char want[80];
    static const char digits[] = "0123456789abcdef";
    size_t len = strlen(prefix);
    crypto_hmac_sha256(secret, body, mac);
    memcpy(want, prefix, len);
    for (size_t i = 0; i < sizeof(mac); i++) {
        want[len++] = digits[mac[i] >> 4];
        want[len++] = digits[mac[i] & 15];
    }
    return given.len == len && crypto_equal(given.ptr, want, len);
}

/* By digests, so that neither length nor content of the secret shows in the time it takes. */
static bool token_is_right(str secret, str given)
{
    uint8_t want[SHA256_LEN], have[SHA256_LEN];
    crypto_sha256(secret, want);
    crypto_sha256(given, have);
    return crypto_equal(want, have, sizeof(want));
}

/* Every secret is tried, whichever was right. */
static bool authenticate(const struct webhook_terms *terms, struct http_fields headers, str body,
                         struct error *err)
{
    const struct dialect *dialect = &dialects[terms->kind];
    str given;
    if (dialect->proof_header == NULL || !only_header(headers, dialect->proof_header, &given) ||
        given.len == 0)
        return denied(err, "no single signature or token");
    bool right = false;
    for (size_t i = 0; i < WEBHOOK_SECRETS; i++) {
        str secret = terms->secrets[i];
        if (secret.len == 0)
            continue;
        bool this_one = dialect->proof == PROOF_MAC
                            ? mac_is_right(secret, dialect->prefix, body, given)
                            : token_is_right(secret, given);
        right |= this_one;
    }
    return right || denied(err, "a wrong signature or token");
}

static value walk(value document, const char *const keys[3])
{
    for (size_t i = 0; i < 3 && keys[i] != NULL; i++)
        document = value_get(document, str_z(keys[i]));
    return document;
}

static enum delivery_event event_of(enum forge_kind kind, str name)
{
    for (size_t i = 0; i < ARRAY_LEN(event_names); i++)
        if (event_names[i].kind == kind && str_equal(name, str_z(event_names[i].name)))
            return event_names[i].event;
    return DELIVERY_OTHER;
}

/* The pull request's number; comments say it of their issue. */
static uint64_t number_of(const struct dialect *dialect, value body)
{
    static const char *const others[][3] = {
        {"issue", "number"}, {"pull_request", "number"}, {"merge_request", "iid"}};
    int64_t number;
    if (value_to_i64(walk(body, dialect->number), &number) && number > 0)
        return (uint64_t)number;
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        if (value_to_i64(walk(body, others[i]), &number) && number > 0)
            return (uint64_t)number;
    return 0;
}

bool webhook_read(const struct webhook_terms *terms, struct http_fields headers, str body,
                  const struct limits *limits, struct arena *scratch, struct delivery *ret_delivery,
                  struct error *err)
{
    const struct dialect *dialect = &dialects[terms->kind];
    struct delivery delivery = {0};
    str event = {0};
    value document;
    if (!authenticate(terms, headers, body, err))
        return false;
    crypto_sha256(body, delivery.digest);
    if (!json_read(body, limits, scratch, &document, err) || !value_is(document, VALUE_OBJECT)) {
        error_clear(err);
        return error_rule(err, ERROR_INPUT, "E_HOOK_BODY", "the delivery is no JSON object");
    }
    bool named = only_header(headers, dialect->event_header, &event);
    delivery.event = named ? event_of(terms->kind, event) : DELIVERY_OTHER;
    str repository = value_str(walk(document, dialect->repository));
    if (delivery.event != DELIVERY_PING && !str_equal(repository, terms->repository))
        delivery.event = DELIVERY_OTHER;
    if (delivery.event == DELIVERY_CHANGE || delivery.event == DELIVERY_TALK)
        delivery.number = number_of(dialect, document);
    *ret_delivery = delivery;
    return true;
}
