#include "syncd/forge/webhook.h"

#include "syncd/base/crypto.h"

#include <criterion/criterion.h>

#define SECRET "correct horse"
#define BODY   "{\"repository\":{\"full_name\":\"team/fleet\"},\"number\":7}"

static const struct webhook_terms github = {
    FORGE_GITHUB, {STR_INIT(SECRET), STR_INIT("older")}, STR_INIT("team/fleet")};

static str sign(struct arena *arena, const char *prefix, const char *secret, const char *body)
{
    uint8_t mac[SHA256_LEN];
    crypto_hmac_sha256(str_z(secret), str_z(body), mac);
    return arena_concat(arena, str_z(prefix), hex_encode(arena, str_from((char *)mac, sizeof(mac))),
                        STR(""));
}

/* "push", "change", …, or the rule of the refusal. */
static const char *verdict(const struct webhook_terms *terms, struct arena *arena, const char *body,
                           const struct http_field *headers, size_t count)
{
    static const char *const names[] = {"other", "ping", "push", "change", "talk"};
    static struct error err;
    struct delivery delivery;
    error_clear(&err);
    struct http_fields fields = {headers, count};
    if (!webhook_read(terms, fields, str_z(body), limits_default(), arena, &delivery, &err))
        return err.rule;
    return names[delivery.event];
}

static const char *github_verdict(struct arena *arena, const char *event, const char *body,
                                  str signature)
{
    const struct http_field headers[] = {{STR("x-github-event"), str_z(event)},
                                         {STR("X-HUB-Signature-256"), signature}};
    return verdict(&github, arena, body, headers, ARRAY_LEN(headers));
}

Test(webhook, is_believed_only_with_the_right_signature_over_its_bytes)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    str good = sign(arena, "sha256=", SECRET, BODY);
    cr_expect_str_eq(github_verdict(arena, "push", BODY, good), "push");
    cr_expect_str_eq(github_verdict(arena, "push", BODY, sign(arena, "sha256=", "older", BODY)),
                     "push");
    char *upper = arena_alloc_bytes(arena, good.len);
    for (size_t i = 0; i < good.len; i++)
        upper[i] = (char)(i > 6 && good.ptr[i] >= 'a' ? good.ptr[i] - 32 : good.ptr[i]);
    const str bad[] = {
        STR(""),
        STR("sha256="),
        STR("sha1=0123"),
        str_slice(good, 0, good.len - 1),
        str_skip(good, 7),
        str_from(upper, good.len),
        sign(arena, "sha256=", SECRET, BODY " "),
        sign(arena, "sha256=", "", BODY),
        sign(arena, "sha1=", SECRET, BODY),
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        cr_expect_str_eq(github_verdict(arena, "push", BODY, bad[i]), "E_HOOK_AUTH", "%zu", i);
}

Test(webhook, with_two_signatures_or_none_is_refused)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    str good = sign(arena, "sha256=", SECRET, BODY);
    const struct http_field headers[] = {{STR("X-Hub-Signature-256"), good},
                                         {STR("x-hub-signature-256"), good}};
    cr_expect_str_eq(verdict(&github, arena, BODY, headers, 2), "E_HOOK_AUTH");
    cr_expect_str_eq(verdict(&github, arena, BODY, headers, 0), "E_HOOK_AUTH");
    cr_expect_str_eq(verdict(&github, arena, BODY, headers, 1), "other");
    const struct webhook_terms nobody = {.kind = FORGE_GITHUB};
    const struct http_field empty[] = {
        {STR("X-Hub-Signature-256"), sign(arena, "sha256=", "", BODY)}};
    cr_expect_str_eq(verdict(&nobody, arena, BODY, empty, 1), "E_HOOK_AUTH");
}

Test(webhook, of_every_forge_is_understood)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    static const struct {
        enum forge_kind kind;
        const char *proof, *prefix, *event_header, *event, *body, *want;
        uint64_t number;
    } rows[] = {
        {FORGE_GITHUB, "X-Hub-Signature-256", "sha256=", "X-GitHub-Event", "ping", "{}", "ping", 0},
        {FORGE_GITHUB, "X-Hub-Signature-256", "sha256=", "X-GitHub-Event", "pull_request", BODY,
         "change", 7},
        {FORGE_GITHUB, "X-Hub-Signature-256", "sha256=", "X-GitHub-Event", "issue_comment",
         "{\"repository\":{\"full_name\":\"team/fleet\"},\"issue\":{\"number\":9}}", "talk", 9},
        {FORGE_GITHUB, "X-Hub-Signature-256", "sha256=", "X-GitHub-Event", "push",
         "{\"repository\":{\"full_name\":\"other/fleet\"}}", "other", 0},
        {FORGE_GITEA, "X-Gitea-Signature", "", "X-Gitea-Event", "push", BODY, "push", 0},
        {FORGE_GITEA, "X-Gitea-Signature", "", "X-Gitea-Event", "pull_request_comment",
         "{\"repository\":{\"full_name\":\"team/fleet\"},\"issue\":{\"number\":3}}", "talk", 3},
        {FORGE_GITLAB, "X-Gitlab-Token", NULL, "X-Gitlab-Event", "Merge Request Hook",
         "{\"project\":{\"path_with_namespace\":\"team/fleet\"},\"object_attributes\":{\"iid\":4}}",
         "change", 4},
        {FORGE_GITLAB, "X-Gitlab-Token", NULL, "X-Gitlab-Event", "Note Hook",
         "{\"project\":{\"path_with_namespace\":\"team/fleet\"},\"merge_request\":{\"iid\":5}}",
         "talk", 5},
        {FORGE_BITBUCKET, "X-Hub-Signature", "sha256=", "X-Event-Key", "pullrequest:created",
         "{\"repository\":{\"full_name\":\"team/fleet\"},\"pullrequest\":{\"id\":6}}", "change", 6},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct webhook_terms terms = {rows[i].kind, {STR(SECRET)}, STR("team/fleet")};
        str proof = rows[i].prefix != NULL ? sign(arena, rows[i].prefix, SECRET, rows[i].body)
                                           : STR(SECRET);
        const struct http_field headers[] = {{str_z(rows[i].proof), proof},
                                             {str_z(rows[i].event_header), str_z(rows[i].event)}};
        cr_expect_str_eq(verdict(&terms, arena, rows[i].body, headers, 2), rows[i].want, "%zu", i);
        struct error err = ERROR_INIT;
        struct delivery delivery;
        cr_assert(webhook_read(&terms, (struct http_fields){headers, 2}, str_z(rows[i].body),
                               limits_default(), arena, &delivery, &err));
        cr_expect_eq(delivery.number, rows[i].number, "%zu", i);
    }
}

Test(webhook, of_any_shape_is_answered_and_never_more_than_a_hint)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    static const struct {
        const char *body, *want;
    } rows[] = {
        {"null", "E_HOOK_BODY"},
        {"[]", "E_HOOK_BODY"},
        {"", "E_HOOK_BODY"},
        {"{", "E_HOOK_BODY"},
        {"payload=%7B%7D", "E_HOOK_BODY"},
        {"{}", "other"},
        {"{\"repository\":null}", "other"},
        {"{\"repository\":[1]}", "other"},
        {"{\"repository\":{\"full_name\":7}}", "other"},
        {"{\"repository\":{\"full_name\":\"team/fleet\"},\"number\":\"7\",\"commits\":null}",
         "change"},
        {"{\"repository\":{\"full_name\":\"team/fle.t\"}}", "other"},
        {"{\"repository\":{\"full_name\":\"team/fleet\\r\\nX: y\"}}", "other"},
        {"{\"repository\":{\"full_name\":\".*\"}}", "other"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        cr_expect_str_eq(github_verdict(arena, "pull_request", rows[i].body,
                                        sign(arena, "sha256=", SECRET, rows[i].body)),
                         rows[i].want, "%s", rows[i].body);
}
