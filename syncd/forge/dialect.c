#include "syncd/forge/dialect.h"

#include "syncd/base/clock.h"
#include "syncd/value/json.h"

#define DESCRIPTION_MOST 140
#define BODY_MOST        (2u << 20)

/*
 * Paths with {repo} (GitLab: one encoded segment), {branch}, {number}, {id}, {user}, {commit} and
 * {paging} filled in.
 */
static const char *const paths[][FORGE_VERBS] = {
    [FORGE_GITHUB] =
        {
            [FORGE_LIST_CHANGES] = "GET /repos/{repo}/pulls?state=open&base={branch}&{paging}",
            [FORGE_LIST_COMMENTS] = "GET /repos/{repo}/issues/{number}/comments?{paging}",
            [FORGE_ADD_COMMENT] = "POST /repos/{repo}/issues/{number}/comments",
            [FORGE_EDIT_COMMENT] = "PATCH /repos/{repo}/issues/comments/{id}",
            [FORGE_SET_STATUS] = "POST /repos/{repo}/statuses/{commit}",
            [FORGE_LIST_REVIEWS] = "GET /repos/{repo}/pulls/{number}/reviews?{paging}",
            [FORGE_GET_LEVEL] = "GET /repos/{repo}/collaborators/{user}/permission",
            [FORGE_GET_SELF] = "GET /user",
            [FORGE_ADD_CHECK] = "POST /repos/{repo}/check-runs",
            [FORGE_EDIT_CHECK] = "PATCH /repos/{repo}/check-runs/{id}",
            [FORGE_GET_APP] = "GET /app",
            [FORGE_FIND_INSTALLATION] = "GET /repos/{repo}/installation",
            [FORGE_MAKE_TOKEN] = "POST /app/installations/{id}/access_tokens",
        },
    [FORGE_GITEA] =
        {
            [FORGE_LIST_CHANGES] =
                "GET /repos/{repo}/pulls?state=open&base_branch={branch}&{paging}",
            [FORGE_LIST_COMMENTS] = "GET /repos/{repo}/issues/{number}/comments?{paging}",
            [FORGE_ADD_COMMENT] = "POST /repos/{repo}/issues/{number}/comments",
            [FORGE_EDIT_COMMENT] = "PATCH /repos/{repo}/issues/comments/{id}",
            [FORGE_SET_STATUS] = "POST /repos/{repo}/statuses/{commit}",
            [FORGE_LIST_REVIEWS] = "GET /repos/{repo}/pulls/{number}/reviews?{paging}",
            [FORGE_GET_LEVEL] = "GET /repos/{repo}/collaborators/{user}/permission",
            [FORGE_GET_SELF] = "GET /user",
        },
    [FORGE_GITLAB] =
        {
            [FORGE_LIST_CHANGES] =
                "GET /projects/{repo}/merge_requests?state=opened&target_branch={branch}&{paging}",
            [FORGE_LIST_COMMENTS] =
                "GET /projects/{repo}/merge_requests/{number}/notes?sort=asc&{paging}",
            [FORGE_ADD_COMMENT] = "POST /projects/{repo}/merge_requests/{number}/notes",
            [FORGE_EDIT_COMMENT] = "PUT /projects/{repo}/merge_requests/{number}/notes/{id}",
            [FORGE_SET_STATUS] = "POST /projects/{repo}/statuses/{commit}",
            [FORGE_LIST_REVIEWS] = "GET /projects/{repo}/merge_requests/{number}/approvals",
            [FORGE_FIND_USER] = "GET /users?username={user}",
            [FORGE_GET_LEVEL] = "GET /projects/{repo}/members/all/{id}",
            [FORGE_GET_SELF] = "GET /user",
        },
    [FORGE_BITBUCKET] = {NULL},
};

/* What differs otherwise. */
static const struct forge_traits {
    const char *api;
    const char *authorization;
    const char *head;    /* reference of a pull request's head */
    size_t comment_most; /* characters */
    const char *page_key;
    unsigned page_size;
    const char *states[FORGE_TROUBLE + 1];
    const char *context_key;
} traits[] = {
    [FORGE_GITHUB] = {"/api/v3",
                      "Bearer",
                      "refs/pull/",
                      65536,
                      "per_page",
                      100,
                      {"pending", "success", "failure", "error"},
                      "context"},
    [FORGE_GITEA] = {"/api/v1",
                     "token",
                     "refs/pull/",
                     65536,
                     "limit",
                     50,
                     {"pending", "success", "failure", "error"},
                     "context"},
    [FORGE_GITLAB] = {"/api/v4",
                      "Bearer",
                      "refs/merge-requests/",
                      1000000,
                      "per_page",
                      100,
                      {"pending", "success", "failed", "failed"},
                      "name"},
    [FORGE_BITBUCKET] = {"", "Bearer", "", 32768, "pagelen", 100, {"", "", "", ""}, ""},
};

str dialect_api_url(enum forge_kind kind, str url, struct arena *arena)
{
    url = str_trim_right(url, STR("/"));
    if (kind == FORGE_GITHUB && str_equal(url, STR("https://github.com")))
        return STR("https://api.github.com");
    return arena_concat(arena, url, str_z(traits[kind].api), STR(""));
}

str dialect_authorization(enum forge_kind kind, str token, struct arena *arena)
{
    return arena_concat(arena, str_z(traits[kind].authorization), STR(" "), token);
}

str dialect_head_reference(enum forge_kind kind, uint64_t number, struct arena *arena)
{
    return arena_printf(arena, "%s%llu/head", traits[kind].head, (unsigned long long)number);
}

size_t dialect_comment_most(enum forge_kind kind)
{
    return traits[kind].comment_most;
}

unsigned dialect_page_size(enum forge_kind kind)
{
    return traits[kind].page_size;
}

/* Asking. */

static void put_word(struct buf *buf, enum forge_kind kind, const struct forge_question *question,
                     str word)
{
    if (str_equal(word, STR("repo")) && kind != FORGE_GITLAB) {
        str rest = question->repository, part;
        for (bool first = true; str_cut(&rest, '/', &part); first = false) {
            buf_add(buf, first ? STR("") : STR("/"));
            http_encode(buf, part);
        }
    } else if (str_equal(word, STR("repo"))) {
        http_encode(buf, question->repository);
    } else if (str_equal(word, STR("branch"))) {
        http_encode(buf, question->branch);
    } else if (str_equal(word, STR("user"))) {
        http_encode(buf, question->user);
    } else if (str_equal(word, STR("commit"))) {
        http_encode(buf, question->status->commit);
    } else if (str_equal(word, STR("number"))) {
        buf_add_u64(buf, question->number);
    } else if (str_equal(word, STR("id"))) {
        buf_add_u64(buf, question->id);
    } else {
        buf_printf(buf, "%s=%u&page=%u", traits[kind].page_key, traits[kind].page_size,
                   question->page != 0 ? question->page : 1);
    }
}

static str fill_path(enum forge_kind kind, const struct forge_question *question, str template,
                     struct arena *arena)
{
    struct buf buf = BUF_INIT(8192);
    while (template.len != 0) {
        size_t open = str_index(template, '{');
        buf_add(&buf, str_slice(template, 0, open));
        if (open == SIZE_MAX)
            break;
        template = str_skip(template, open + 1);
        size_t close = str_index(template, '}');
        put_word(&buf, kind, question, str_slice(template, 0, close));
        template = str_skip(template, close + 1);
    }
    str path = buf_copy(&buf, arena);
    buf_finish(&buf);
    return path;
}

str dialect_cut(str text, size_t most)
{
    size_t at = 0;
    for (size_t count = 0; at < text.len && count < most; count++) {
        uint32_t code;
        size_t len = str_decode_utf8(str_skip(text, at), &code);
        at += len != 0 ? len : 1;
    }
    return str_slice(text, 0, at);
}

static value status_body(enum forge_kind kind, const struct forge_status *status,
                         struct arena *arena)
{
    struct object_builder body;
    object_begin(&body, arena);
    object_add(&body, str_z(traits[kind].context_key), value_string(status->context));
    object_add(&body, STR("state"), value_string(str_z(traits[kind].states[status->state])));
    object_add(&body, STR("description"),
               value_string(dialect_cut(status->description, DESCRIPTION_MOST)));
    if (status->url.len != 0)
        object_add(&body, STR("target_url"), value_string(status->url));
    return object_finish(&body);
}

static value text_body(str text, struct arena *arena)
{
    struct object_builder body;
    object_begin(&body, arena);
    object_add(&body, STR("body"), value_string(text));
    return object_finish(&body);
}

/* A token for this repository and no other of the installation. */
static value token_body(str repository, struct arena *arena)
{
    struct object_builder body;
    struct array_builder names;
    size_t slash = str_rindex(repository, '/');
    array_begin(&names, arena);
    array_add(&names,
              value_string(slash != SIZE_MAX ? str_skip(repository, slash + 1) : repository));
    object_begin(&body, arena);
    object_add(&body, STR("repositories"), array_finish(&names));
    return object_finish(&body);
}

/* ABSENT: the verb has none. */
static value body_of(enum forge_kind kind, const struct forge_question *question,
                     struct arena *arena)
{
    switch (question->verb) {
    case FORGE_SET_STATUS: return status_body(kind, question->status, arena);
    case FORGE_ADD_COMMENT:
    case FORGE_EDIT_COMMENT: return text_body(question->text, arena);
    case FORGE_ADD_CHECK:
    case FORGE_EDIT_CHECK:
        return check_run_body(question->check, question->verb == FORGE_ADD_CHECK, question->first,
                              arena);
    case FORGE_MAKE_TOKEN: return token_body(question->repository, arena);
    default: return value_absent();
    }
}

bool dialect_ask(enum forge_kind kind, const struct forge_question *question, struct arena *arena,
                 struct forge_request *ret_request)
{
    const char *row = paths[kind][question->verb];
    if (row == NULL)
        return false;
    static const char *const methods[] = {"GET", "POST", "PATCH", "PUT"};
    str template = str_z(row), method;
    CHECK(str_cut(&template, ' ', &method));
    struct forge_request request = {.path = fill_path(kind, question, template, arena)};
    for (size_t i = 0; i < ARRAY_LEN(methods); i++)
        if (str_equal(method, str_z(methods[i])))
            request.method = methods[i];
    value body = body_of(kind, question, arena);
    if (value_present(body))
        request.body = json_text(body, JSON_COMPACT, arena);
    *ret_request = request;
    return true;
}

/* Reading. */

static bool take_number(value item, const char *key, uint64_t *ret_number)
{
    int64_t number;
    if (!value_to_i64(value_get(item, str_z(key)), &number) || number <= 0)
        return false;
    *ret_number = (uint64_t)number;
    return true;
}

static bool is_id(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((text.ptr[i] < '0' || text.ptr[i] > '9') && (text.ptr[i] < 'a' || text.ptr[i] > 'f'))
            return false;
    return text.len == 40;
}

static bool read_merge_request(value item, struct forge_change *ret_change)
{
    int64_t source = 0, target = 0;
    struct forge_change change = {
        .title = value_str(value_get(item, STR("title"))),
        .author = value_str(value_get2(item, STR("author"), STR("username"))),
        .url = value_str(value_get(item, STR("web_url"))),
        .head_ref = value_str(value_get(item, STR("source_branch"))),
        .base_ref = value_str(value_get(item, STR("target_branch"))),
        .head_id = value_str(value_get(item, STR("sha"))),
        .draft = value_true(value_get(item, STR("draft"))),
        .updated = value_str(value_get(item, STR("updated_at"))),
    };
    bool known = value_to_i64(value_get(item, STR("source_project_id")), &source) &&
                 value_to_i64(value_get(item, STR("target_project_id")), &target);
    change.fork = !known || source != target;
    if (!take_number(item, "iid", &change.number) || !is_id(change.head_id))
        return false;
    *ret_change = change;
    return true;
}

static bool read_pull_request(value item, struct forge_change *ret_change)
{
    value head = value_get(item, STR("head")), base = value_get(item, STR("base"));
    struct forge_change change = {
        .title = value_str(value_get(item, STR("title"))),
        .author = value_str(value_get2(item, STR("user"), STR("login"))),
        .url = value_str(value_get(item, STR("html_url"))),
        .head_ref = value_str(value_get(head, STR("ref"))),
        .base_ref = value_str(value_get(base, STR("ref"))),
        .head_id = value_str(value_get(head, STR("sha"))),
        .draft = value_true(value_get(item, STR("draft"))),
        .updated = value_str(value_get(item, STR("updated_at"))),
    };
    /* A fork that was deleted has no repository any more: still a fork. */
    str from = value_str(value_get2(head, STR("repo"), STR("full_name")));
    str to = value_str(value_get2(base, STR("repo"), STR("full_name")));
    change.fork = from.len == 0 || !str_equal(from, to);
    if (!take_number(item, "number", &change.number) || !is_id(change.head_id))
        return false;
    *ret_change = change;
    return true;
}

bool dialect_read_change(enum forge_kind kind, value item, struct forge_change *ret_change)
{
    return kind == FORGE_GITLAB ? read_merge_request(item, ret_change)
                                : read_pull_request(item, ret_change);
}

static str author_of(enum forge_kind kind, value item)
{
    return kind == FORGE_GITLAB ? value_str(value_get2(item, STR("author"), STR("username")))
                                : value_str(value_get2(item, STR("user"), STR("login")));
}

bool dialect_read_comment(enum forge_kind kind, value item, struct forge_comment *ret_comment)
{
    struct forge_comment comment = {.author = author_of(kind, item),
                                    .text = value_str(value_get(item, STR("body")))};
    str written = value_str(value_get(item, STR("created_at")));
    str changed = value_str(value_get(item, STR("updated_at")));
    int64_t changed_ns;
    comment.edited = !str_equal(written, changed);
    if (clock_parse_rfc3339(changed, &changed_ns))
        comment.changed_s = changed_ns / NS_PER_S;
    if (!take_number(item, "id", &comment.id) || value_true(value_get(item, STR("system"))))
        return false;
    *ret_comment = comment;
    return true;
}

bool dialect_read_review(enum forge_kind kind, value item, struct forge_review *ret_review)
{
    if (kind == FORGE_GITLAB) {
        struct forge_review review = {
            .author = value_str(value_get2(item, STR("user"), STR("username"))), .approves = true};
        *ret_review = review;
        return review.author.len != 0;
    }
    str state = value_str(value_get(item, STR("state")));
    bool approves = str_equal(state, STR("APPROVED"));
    bool rejects =
        str_equal(state, STR("CHANGES_REQUESTED")) || str_equal(state, STR("REQUEST_CHANGES"));
    struct forge_review review = {.author = author_of(kind, item),
                                  .commit = value_str(value_get(item, STR("commit_id"))),
                                  .approves = approves};
    *ret_review = review;
    return (approves || rejects) && review.author.len != 0 &&
           !value_true(value_get(item, STR("dismissed"))) &&
           !value_true(value_get(item, STR("stale")));
}

value dialect_items(enum forge_kind kind, enum forge_verb verb, value answer)
{
    return kind == FORGE_GITLAB && verb == FORGE_LIST_REVIEWS
               ? value_get(answer, STR("approved_by"))
               : answer;
}

/* GitLab's numbers: 20 reporter, 30 developer, 40 maintainer, 50 owner. */
static enum forge_level level_of_number(value answer)
{
    int64_t level;
    if (!value_to_i64(value_get(answer, STR("access_level")), &level))
        return FORGE_LEVEL_NONE;
    return level >= 40   ? FORGE_LEVEL_ADMIN
           : level >= 30 ? FORGE_LEVEL_WRITE
           : level >= 10 ? FORGE_LEVEL_READ
                         : FORGE_LEVEL_NONE;
}

enum forge_level dialect_read_level(enum forge_kind kind, value answer)
{
    if (kind == FORGE_GITLAB)
        return level_of_number(answer);
    static const struct {
        const char *name;
        enum forge_level level;
    } levels[] = {{"owner", FORGE_LEVEL_ADMIN},    {"admin", FORGE_LEVEL_ADMIN},
                  {"maintain", FORGE_LEVEL_WRITE}, {"write", FORGE_LEVEL_WRITE},
                  {"triage", FORGE_LEVEL_READ},    {"read", FORGE_LEVEL_READ}};
    str name = value_str(value_get(answer, STR("permission")));
    for (size_t i = 0; i < ARRAY_LEN(levels); i++)
        if (str_equal(name, str_z(levels[i].name)))
            return levels[i].level;
    return FORGE_LEVEL_NONE;
}

str dialect_read_user(enum forge_kind kind, value answer)
{
    return value_str(value_get(answer, kind == FORGE_GITLAB ? STR("username") : STR("login")));
}

bool dialect_read_user_id(enum forge_kind kind, value answer, str name, uint64_t *ret_id)
{
    for (size_t i = 0; i < value_len(answer) && value_is(answer, VALUE_ARRAY); i++) {
        value item = value_item(answer, i);
        if (str_equal(dialect_read_user(kind, item), name))
            return take_number(item, "id", ret_id);
    }
    return false;
}
