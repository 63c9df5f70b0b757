#include "syncd/forge/posts.h"

#include "syncd/base/clock.h"
#include "syncd/http/server.h"
#include "syncd/value/json.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

#define ID  "0123456789012345678901234567890123456789"
#define ID2 "abcdefabcdefabcdefabcdefabcdefabcdefabcd"

/* One request the server expects, in order, and what it answers. */
struct exchange {
    const char *method, *target, *body; /* body NULL = any */
    int status;
    const char *header, *text; /* of the answer */
    const char *answer;
    const char *wants, *wanted; /* a header of the request; NULL = none */
};

struct fixture {
    struct loop *loop;
    struct http_client *client;
    struct http_server *server;
    struct forge *forge;
    const struct exchange *script;
    size_t length, at;
    unsigned done;
    enum error_class class;
    char rule[32], text[512], answer[4096];
    bool unchanged;
};

static void serve(void *context, struct http_exchange *exchange)
{
    struct fixture *fixture = context;
    cr_assert(fixture->at < fixture->length, "one request too many: %.*s",
              STR_ARG(exchange->target));
    const struct exchange *want = &fixture->script[fixture->at++];
    cr_expect(str_equal(exchange->method, str_z(want->method)), "%.*s", STR_ARG(exchange->method));
    cr_expect(str_equal(exchange->target, str_z(want->target)), "%.*s", STR_ARG(exchange->target));
    if (want->body != NULL)
        cr_expect(str_equal(exchange->body, str_z(want->body)), "%.*s", STR_ARG(exchange->body));
    if (want->wants != NULL)
        cr_expect(
            str_equal(http_exchange_header(exchange, str_z(want->wants)), str_z(want->wanted)),
            "%s", want->wants);
    const struct http_field field = {str_z(want->header), str_z(want->text)};
    http_reply(exchange, want->status, (struct http_fields){&field, want->header != NULL ? 1 : 0},
               str_z(want->answer));
}

static void take(void *context, const struct forge_answer *answer, const struct error *err)
{
    struct fixture *fixture = context;
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    fixture->done++;
    fixture->class = err != NULL ? err->class : ERROR_NONE;
    fixture->unchanged = answer->unchanged;
    fixture->answer[0] = '\0';
    snprintf(fixture->rule, sizeof(fixture->rule), "%s", err != NULL ? err->rule : "");
    snprintf(fixture->text, sizeof(fixture->text), "%s", err != NULL ? err->text : "");
    if (value_present(answer->document))
        snprintf(fixture->answer, sizeof(fixture->answer), "%.*s",
                 STR_ARG(json_text(answer->document, JSON_COMPACT, arena)));
}

static void open_fixture(struct fixture *fixture, enum forge_kind kind)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    *fixture = (struct fixture){.loop = loop_create()};
    const struct http_server_options server = {.handle = serve, .context = fixture};
    cr_assert(http_server_create(fixture->loop, &server, &fixture->server, &err));
    fixture->client = http_client_create(fixture->loop, 0);
    const struct forge_options options = {
        .kind = kind,
        .url = arena_printf(arena, "http://127.0.0.1:%u", http_server_port(fixture->server)),
        .repository = kind == FORGE_GITLAB ? STR("42") : STR("team/my fleet"),
        .limits = limits_default(),
        .retry_ns = NS_PER_MS,
    };
    cr_assert(forge_create(fixture->loop, fixture->client, &options, &fixture->forge, &err));
    cr_assert(forge_set_token(fixture->forge, STR("t0ken")));
}

static void close_fixture(struct fixture *fixture)
{
    cr_expect_eq(fixture->at, fixture->length, "the whole script was played");
    forge_destroy(fixture->forge);
    http_client_destroy(fixture->client);
    http_server_destroy(fixture->server);
    loop_destroy(fixture->loop);
}

static void ask(struct fixture *fixture, const struct forge_question *question,
                const struct exchange *script, size_t length)
{
    fixture->script = script;
    fixture->length = length;
    fixture->at = 0;
    fixture->done = 0;
    forge_ask(fixture->forge, question, take, fixture);
    for (int i = 0; i < 1000 && fixture->done == 0; i++)
        loop_step(fixture->loop, 10 * NS_PER_MS);
    cr_expect_eq(fixture->done, 1);
}

#define ASK(fixture, question, script) ask(fixture, question, script, ARRAY_LEN(script))

Test(forge, asks_each_forge_in_its_own_words)
{
    const struct forge_status status = {STR(ID), STR("syncd/plan"), FORGE_TROUBLE, STR("3 changes"),
                                        STR("https://x/1")};
    static const struct {
        enum forge_kind kind;
        struct exchange script[6];
    } rows[] = {
        {FORGE_GITHUB,
         {{"GET", "/api/v3/repos/team/my%20fleet/pulls?state=open&base=a%2Fb&per_page=100&page=1",
           NULL, 200, NULL, NULL, "[]", "Authorization", "Bearer t0ken"},
          {"POST", "/api/v3/repos/team/my%20fleet/issues/7/comments", "{\"body\":\"a\\nb\"}", 201,
           NULL, NULL, "{}", NULL, NULL},
          {"PATCH", "/api/v3/repos/team/my%20fleet/issues/comments/9", "{\"body\":\"a\\nb\"}", 200,
           NULL, NULL, "{}", NULL, NULL},
          {"POST", "/api/v3/repos/team/my%20fleet/statuses/" ID,
           "{\"context\":\"syncd/plan\",\"description\":\"3 changes\",\"state\":\"error\","
           "\"target_url\":\"https://x/1\"}",
           201, NULL, NULL, "{}", NULL, NULL},
          {"GET", "/api/v3/repos/team/my%20fleet/pulls/7/reviews?per_page=100&page=1", NULL, 200,
           NULL, NULL, "[]", NULL, NULL},
          {"GET", "/api/v3/repos/team/my%20fleet/collaborators/al%20ice/permission", NULL, 200,
           NULL, NULL, "{}", NULL, NULL}}},
        {FORGE_GITEA,
         {{"GET",
           "/api/v1/repos/team/my%20fleet/pulls?state=open&base_branch=a%2Fb&limit=50&page=1", NULL,
           200, NULL, NULL, "[]", "Authorization", "token t0ken"},
          {"POST", "/api/v1/repos/team/my%20fleet/issues/7/comments", "{\"body\":\"a\\nb\"}", 201,
           NULL, NULL, "{}", NULL, NULL},
          {"PATCH", "/api/v1/repos/team/my%20fleet/issues/comments/9", "{\"body\":\"a\\nb\"}", 200,
           NULL, NULL, "{}", NULL, NULL},
          {"POST", "/api/v1/repos/team/my%20fleet/statuses/" ID,
           "{\"context\":\"syncd/plan\",\"description\":\"3 changes\",\"state\":\"error\","
           "\"target_url\":\"https://x/1\"}",
           201, NULL, NULL, "{}", NULL, NULL},
          {"GET", "/api/v1/repos/team/my%20fleet/pulls/7/reviews?limit=50&page=1", NULL, 200, NULL,
           NULL, "[]", NULL, NULL},
          {"GET", "/api/v1/repos/team/my%20fleet/collaborators/al%20ice/permission", NULL, 200,
           NULL, NULL, "{}", NULL, NULL}}},
        {FORGE_GITLAB,
         {{"GET",
           "/api/v4/projects/42/merge_requests?state=opened&target_branch=a%2Fb"
           "&per_page=100&page=1",
           NULL, 200, NULL, NULL, "[]", "Authorization", "Bearer t0ken"},
          {"POST", "/api/v4/projects/42/merge_requests/7/notes", "{\"body\":\"a\\nb\"}", 201, NULL,
           NULL, "{}", NULL, NULL},
          {"PUT", "/api/v4/projects/42/merge_requests/7/notes/9", "{\"body\":\"a\\nb\"}", 200, NULL,
           NULL, "{}", NULL, NULL},
          {"POST", "/api/v4/projects/42/statuses/" ID,
           "{\"description\":\"3 changes\",\"name\":\"syncd/plan\",\"state\":\"failed\","
           "\"target_url\":\"https://x/1\"}",
           201, NULL, NULL, "{}", NULL, NULL},
          {"GET", "/api/v4/projects/42/merge_requests/7/approvals", NULL, 200, NULL, NULL,
           "{\"approved_by\":[]}", NULL, NULL},
          {"GET", "/api/v4/projects/42/members/all/9", NULL, 200, NULL, NULL, "{}", NULL, NULL}}},
    };
    static const enum forge_verb verbs[] = {FORGE_LIST_CHANGES, FORGE_ADD_COMMENT,
                                            FORGE_EDIT_COMMENT, FORGE_SET_STATUS,
                                            FORGE_LIST_REVIEWS, FORGE_GET_LEVEL};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fixture fixture;
        open_fixture(&fixture, rows[i].kind);
        for (size_t k = 0; k < ARRAY_LEN(verbs); k++) {
            const struct forge_question question = {.verb = verbs[k],
                                                    .branch = STR("a/b"),
                                                    .number = 7,
                                                    .id = 9,
                                                    .user = STR("al ice"),
                                                    .text = STR("a\nb"),
                                                    .status = &status};
            ask(&fixture, &question, &rows[i].script[k], 1);
            cr_expect_eq(fixture.class, ERROR_NONE, "%s", fixture.text);
        }
        close_fixture(&fixture);
    }
}

Test(forge, follows_pages_and_asks_again_only_for_what_changed)
{
    static char page[64 * 50];
    size_t len = 0;
    page[len++] = '[';
    for (int i = 0; i < 50; i++)
        len +=
            (size_t)snprintf(page + len, sizeof(page) - len, "%s{\"id\":%d}", i > 0 ? "," : "", i);
    snprintf(page + len, sizeof(page) - len, "]");
    const struct exchange pages[] = {
        {"GET", "/api/v1/repos/team/my%20fleet/issues/7/comments?limit=50&page=1", NULL, 200, NULL,
         NULL, page, NULL, NULL},
        {"GET", "/api/v1/repos/team/my%20fleet/issues/7/comments?limit=50&page=2", NULL, 200, NULL,
         NULL, "[{\"id\":50}]", NULL, NULL},
    };
    struct fixture fixture;
    open_fixture(&fixture, FORGE_GITEA);
    const struct forge_question comments = {.verb = FORGE_LIST_COMMENTS, .number = 7};
    ASK(&fixture, &comments, pages);
    cr_expect(str_ends(str_z(fixture.answer), STR("{\"id\":49},{\"id\":50}]")));
    static const char target[] =
        "/api/v1/repos/team/my%20fleet/pulls?state=open&base_branch=main&limit=50&page=1";
    const struct exchange first[] = {
        {"GET", target, NULL, 200, "ETag", "\"v1\"", "[]", "If-None-Match", ""}};
    const struct exchange second[] = {
        {"GET", target, NULL, 304, NULL, NULL, "", "If-None-Match", "\"v1\""}};
    const struct forge_question changes = {.verb = FORGE_LIST_CHANGES, .branch = STR("main")};
    ASK(&fixture, &changes, first);
    cr_expect(!fixture.unchanged);
    ASK(&fixture, &changes, second);
    cr_expect(fixture.unchanged);
    close_fixture(&fixture);
}

Test(forge, waits_when_it_is_told_to_and_gives_up_with_a_reason)
{
    static const char self[] = "/api/v3/user";
    const struct exchange busy[] = {
        {"GET", self, NULL, 429, "Retry-After", "0", "", NULL, NULL},
        {"GET", self, NULL, 403, "Retry-After", "0", "", NULL, NULL},
        {"GET", self, NULL, 502, NULL, NULL, "<html>", NULL, NULL},
        {"GET", self, NULL, 200, NULL, NULL, "{\"login\":\"bot\"}", NULL, NULL},
    };
    const struct exchange down[] = {
        {"GET", self, NULL, 500, NULL, NULL, "", NULL, NULL},
        {"GET", self, NULL, 500, NULL, NULL, "", NULL, NULL},
        {"GET", self, NULL, 500, NULL, NULL, "", NULL, NULL},
        {"GET", self, NULL, 500, NULL, NULL, "", NULL, NULL},
        {"GET", self, NULL, 500, NULL, NULL, "", NULL, NULL},
    };
    static const struct {
        struct exchange exchange;
        enum error_class class;
        const char *rule;
    } rows[] = {
        {{"GET", self, NULL, 401, NULL, NULL, "{\"message\":\"Bad credentials\"}", NULL, NULL},
         ERROR_DENIED,
         "E_FORGE_AUTH"},
        {{"GET", self, NULL, 403, NULL, NULL, "{}", NULL, NULL}, ERROR_DENIED, "E_FORGE_AUTH"},
        {{"GET", self, NULL, 404, NULL, NULL, "{}", NULL, NULL},
         ERROR_NOT_FOUND,
         "E_FORGE_MISSING"},
        {{"GET", self, NULL, 422, NULL, NULL, "no", NULL, NULL}, ERROR_INPUT, "E_FORGE_REFUSED"},
        {{"GET", self, NULL, 302, "Location", "https://elsewhere/", "", NULL, NULL},
         ERROR_INPUT,
         "E_FORGE_REFUSED"},
        {{"GET", self, NULL, 200, NULL, NULL, "<html>", NULL, NULL}, ERROR_INPUT, "E_JSON"},
    };
    const struct forge_question question = {.verb = FORGE_GET_SELF};
    struct fixture fixture;
    open_fixture(&fixture, FORGE_GITHUB);
    ASK(&fixture, &question, busy);
    cr_expect_str_eq(fixture.answer, "{\"login\":\"bot\"}");
    ASK(&fixture, &question, down);
    cr_expect_eq(fixture.class, ERROR_UNAVAILABLE);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        ask(&fixture, &question, &rows[i].exchange, 1);
        cr_expect_eq(fixture.class, rows[i].class, "%zu %s", i, fixture.text);
        cr_expect_str_eq(fixture.rule, rows[i].rule, "%zu", i);
    }
    cr_expect(strstr(fixture.text, "t0ken") == NULL);
    close_fixture(&fixture);
}

static value parse(struct arena *arena, const char *text)
{
    struct error err = ERROR_INIT;
    value document;
    cr_assert(json_read(str_z(text), limits_default(), arena, &document, &err), "%s", err.text);
    return document;
}

struct heard {
    unsigned tampered, troubled;
    bool again;
};

static void on_tampered(void *context, uint64_t number)
{
    struct heard *heard = context;
    cr_expect_eq(number, 7);
    heard->tampered++;
}

static void on_troubled(void *context, const struct error *err, bool again)
{
    struct heard *heard = context;
    (void)err;
    heard->troubled++;
    heard->again = again;
}

static const struct posts_port posts_port = {on_tampered, on_troubled};

static struct posts *open_posts(struct fixture *fixture, const char *path, struct heard *heard)
{
    struct posts *posts;
    struct error err = ERROR_INIT;
    const struct posts_options options = {.loop = fixture->loop,
                                          .forge = fixture->forge,
                                          .path = path,
                                          .marker = STR("<!-- plan -->"),
                                          .limits = limits_default(),
                                          .port = &posts_port,
                                          .context = heard,
                                          .retry_ns = NS_PER_MS};
    cr_assert(posts_open(&options, &posts, &err), "%s", err.text);
    return posts;
}

static void play(struct fixture *fixture, const struct exchange *script, size_t length)
{
    fixture->script = script;
    fixture->length = length;
    fixture->at = 0;
    for (int i = 0; i < 500 && fixture->at < length; i++)
        loop_step(fixture->loop, 10 * NS_PER_MS);
    for (int i = 0; i < 5; i++)
        loop_step(fixture->loop, 2 * NS_PER_MS);
}

#define COMMENTS              "/api/v1/repos/team/my%20fleet/issues/7/comments"
#define PLAY(fixture, script) play(fixture, script, ARRAY_LEN(script))

Test(posts, keeps_one_comment_up_to_date_and_mends_it_when_it_was_changed)
{
    static const char path[] = "build/test-posts-1";
    const struct exchange first[] = {
        {"GET", "/api/v1/user", NULL, 200, NULL, NULL, "{\"login\":\"bot\"}", NULL, NULL},
        {"GET", COMMENTS "?limit=50&page=1", NULL, 200, NULL, NULL,
         "[{\"id\":1,\"user\":{\"login\":\"eve\"},\"body\":\"<!-- plan --> x\"}]", NULL, NULL},
        {"POST", COMMENTS, "{\"body\":\"<!-- plan -->\\ntwo\"}", 201, NULL, NULL, "{}", NULL, NULL},
    };
    const struct exchange same[] = {
        {"GET", COMMENTS "?limit=50&page=1", NULL, 200, NULL, NULL,
         "[{\"id\":2,\"user\":{\"login\":\"bot\"},\"body\":\"<!-- plan -->\\r\\ntwo\\n\"}]", NULL,
         NULL},
    };
    const struct exchange mended[] = {
        {"GET", COMMENTS "?limit=50&page=1", NULL, 200, NULL, NULL,
         "[{\"id\":2,\"user\":{\"login\":\"bot\"},\"body\":\"<!-- plan -->\\nnothing\"}]", NULL,
         NULL},
        {"PATCH", "/api/v1/repos/team/my%20fleet/issues/comments/2",
         "{\"body\":\"<!-- plan -->\\nthree\"}", 200, NULL, NULL, "{}", NULL, NULL},
    };
    struct fixture fixture;
    struct heard heard = {0};
    (void)unlink(path);
    open_fixture(&fixture, FORGE_GITEA);
    struct posts *posts = open_posts(&fixture, path, &heard);
    posts_comment(posts, 7, STR("<!-- plan -->\none"));
    posts_comment(posts, 7, STR("<!-- plan -->\ntwo"));
    cr_expect_eq(posts_count(posts), 1, "the newer one replaces what was not sent");
    PLAY(&fixture, first);
    cr_expect_eq(posts_count(posts), 0);
    posts_comment(posts, 7, STR("<!-- plan -->\ntwo"));
    PLAY(&fixture, same);
    cr_expect(posts_count(posts) == 0 && heard.tampered == 0);
    posts_comment(posts, 7, STR("<!-- plan -->\nthree"));
    PLAY(&fixture, mended);
    cr_expect(posts_count(posts) == 0 && heard.tampered == 1 && heard.troubled == 0);
    close_fixture(&fixture);
    posts_close(posts);
}

Test(posts, survive_an_outage_and_a_restart)
{
    static const char path[] = "build/test-posts-2";
    static const char target[] = "/api/v1/repos/team/my%20fleet/statuses/" ID;
    const struct forge_status status = {STR(ID), STR("syncd/plan"), FORGE_SUCCESS, STR("d"),
                                        STR("")};
    const struct exchange down[] = {
        {"POST", target, NULL, 401, NULL, NULL, "{}", NULL, NULL},
    };
    const struct exchange up[] = {
        {"POST", target, "{\"context\":\"syncd/plan\",\"description\":\"d\",\"state\":\"success\"}",
         201, NULL, NULL, "{}", NULL, NULL},
        {"POST", "/api/v1/repos/team/my%20fleet/statuses/" ID2, NULL, 422, NULL, NULL, "{}", NULL,
         NULL},
    };
    struct fixture fixture;
    struct heard heard = {0};
    (void)unlink(path);
    open_fixture(&fixture, FORGE_GITEA);
    struct posts *posts = open_posts(&fixture, path, &heard);
    posts_status(posts, &status);
    fixture.script = down;
    fixture.length = 1;
    for (int i = 0; i < 100 && heard.troubled == 0; i++)
        loop_step(fixture.loop, 10 * NS_PER_MS);
    cr_expect(heard.troubled == 1 && heard.again, "a token may be mended");
    cr_expect_eq(posts_count(posts), 1);
    close_fixture(&fixture);
    posts_close(posts);

    open_fixture(&fixture, FORGE_GITEA);
    posts = open_posts(&fixture, path, &heard);
    cr_expect_eq(posts_count(posts), 1, "it was in the file");
    struct forge_status other = status;
    other.commit = STR(ID2);
    posts_status(posts, &other);
    PLAY(&fixture, up);
    cr_expect_eq(posts_count(posts), 0);
    cr_expect(heard.troubled == 2 && !heard.again, "what the forge does not like is let go");
    close_fixture(&fixture);
    posts_close(posts);
}

Test(dialect, reads_changes_comments_reviews_and_levels)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct forge_change change;
    struct forge_comment comment;
    struct forge_review review;
    cr_assert(dialect_read_change(
        FORGE_GITEA,
        parse(arena,
              "{\"number\":7,\"title\":\"t\",\"user\":{\"login\":\"alice\"},\"draft\":true,"
              "\"head\":{\"ref\":\"topic\",\"sha\":\"" ID "\",\"repo\":{\"full_name\":\"a/b\"}},"
              "\"base\":{\"ref\":\"main\",\"repo\":{\"full_name\":\"a/b\"}}}"),
        &change));
    cr_expect(change.number == 7 && !change.fork && change.draft);
    cr_expect(str_equal(change.author, STR("alice")) && str_equal(change.head_id, STR(ID)));
    cr_assert(dialect_read_change(FORGE_GITHUB,
                                  parse(arena,
                                        "{\"number\":7,\"head\":{\"sha\":\"" ID "\",\"repo\":null},"
                                        "\"base\":{\"repo\":{\"full_name\":\"a/b\"}}}"),
                                  &change));
    cr_expect(change.fork, "a fork that was deleted");
    cr_assert(dialect_read_change(FORGE_GITLAB,
                                  parse(arena, "{\"iid\":3,\"sha\":\"" ID2
                                               "\",\"author\":{\"username\":\"bob\"},"
                                               "\"source_project_id\":1,\"target_project_id\":2}"),
                                  &change));
    cr_expect(change.number == 3 && change.fork);
    static const char *const odd[] = {"null",
                                      "[]",
                                      "{}",
                                      "{\"number\":-1}",
                                      "{\"number\":7}",
                                      "{\"number\":7,\"head\":{\"sha\":\"x\"}}",
                                      "{\"iid\":\"7\",\"sha\":null}"};
    for (size_t i = 0; i < ARRAY_LEN(odd); i++)
        for (enum forge_kind kind = FORGE_GITHUB; kind <= FORGE_GITEA; kind++)
            cr_expect(!dialect_read_change(kind, parse(arena, odd[i]), &change), "%s", odd[i]);
    cr_assert(dialect_read_comment(FORGE_GITEA,
                                   parse(arena, "{\"id\":5,\"body\":\"/syncd plan\",\"user\":{"
                                                "\"login\":\"a\"},\"updated_at\":"
                                                "\"2026-01-02T03:04:05Z\"}"),
                                   &comment));
    cr_expect(comment.id == 5 && comment.changed_s == 1767323045);
    cr_expect(
        !dialect_read_comment(FORGE_GITLAB, parse(arena, "{\"id\":5,\"system\":true}"), &comment));
    cr_assert(dialect_read_review(FORGE_GITHUB,
                                  parse(arena, "{\"state\":\"APPROVED\",\"commit_id\":\"" ID
                                               "\",\"user\":{\"login\":\"a\"}}"),
                                  &review));
    cr_expect(review.approves && str_equal(review.commit, STR(ID)));
    static const char *const not_counting[] = {
        "{\"state\":\"COMMENTED\",\"user\":{\"login\":\"a\"}}",
        "{\"state\":\"APPROVED\",\"dismissed\":true,\"user\":{\"login\":\"a\"}}",
        "{\"state\":\"APPROVED\",\"stale\":true,\"user\":{\"login\":\"a\"}}",
        "{\"state\":\"APPROVED\"}"};
    for (size_t i = 0; i < ARRAY_LEN(not_counting); i++)
        cr_expect(!dialect_read_review(FORGE_GITEA, parse(arena, not_counting[i]), &review));
    cr_expect_eq(dialect_read_level(FORGE_GITHUB, parse(arena, "{\"permission\":\"write\"}")),
                 FORGE_LEVEL_WRITE);
    cr_expect_eq(dialect_read_level(FORGE_GITHUB, parse(arena, "{\"permission\":7}")),
                 FORGE_LEVEL_NONE);
    cr_expect_eq(dialect_read_level(FORGE_GITLAB, parse(arena, "{\"access_level\":20}")),
                 FORGE_LEVEL_READ);
    uint64_t id;
    cr_expect(dialect_read_user_id(FORGE_GITLAB,
                                   parse(arena, "[{\"id\":1,\"username\":\"alicex\"},"
                                                "{\"id\":2,\"username\":\"alice\"}]"),
                                   STR("alice"), &id) &&
              id == 2);
}

Test(dialect, knows_where_each_api_stands)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    const struct forge_question question = {
        .verb = FORGE_GET_LEVEL, .repository = STR("a/b/c d"), .id = 3, .user = STR("x/../y")};
    struct forge_request request;
    cr_assert(dialect_ask(FORGE_GITLAB, &question, arena, &request));
    cr_expect(str_equal(request.path, STR("/projects/a%2Fb%2Fc%20d/members/all/3")));
    cr_assert(dialect_ask(FORGE_GITHUB, &question, arena, &request));
    cr_expect(str_equal(request.path, STR("/repos/a/b/c%20d/collaborators/x%2F..%2Fy/permission")));
    cr_expect(str_equal(dialect_api_url(FORGE_GITHUB, STR("https://github.com/"), arena),
                        STR("https://api.github.com")));
    cr_expect(str_equal(dialect_api_url(FORGE_GITHUB, STR("https://ghe.example"), arena),
                        STR("https://ghe.example/api/v3")));
    cr_expect(str_equal(dialect_api_url(FORGE_GITLAB, STR("https://g/sub"), arena),
                        STR("https://g/sub/api/v4")));
    cr_expect(str_equal(dialect_head_reference(FORGE_GITLAB, 12, arena),
                        STR("refs/merge-requests/12/head")));
}
