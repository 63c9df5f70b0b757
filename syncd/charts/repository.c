/* HTTP chart repositories: index.yaml says where each version is. */
#include "syncd/charts/charts_internal.h"

#include "syncd/base/crypto.h"
#include "syncd/value/yaml.h"

#define INDEX_MAX (16u << 20)

static str basic(struct chart_work *work, const struct chart_request *request)
{
    if (request->user.len == 0 && request->password.len == 0)
        return (str){0};
    str pair = arena_concat(work->arena, request->user, STR(":"), request->password);
    return arena_concat(work->arena, STR("Basic "), base64_encode(work->arena, pair), STR(""));
}

static bool get_whole(struct chart_work *work, const struct get *get, str *ret_body,
                      struct error *err)
{
    struct got got;
    if (!chart_get(work, get, &got, err))
        return false;
    if (got.status != 200)
        return chart_status_error(&got, get->url, err);
    *ret_body = got.body;
    return true;
}

static bool same_version(str a, str b)
{
    a = str_starts(a, STR("v")) ? str_skip(a, 1) : a;
    b = str_starts(b, STR("v")) ? str_skip(b, 1) : b;
    return str_equal(a, b);
}

/* The first URL of the chart's version. */
static bool find_url(struct chart_work *work, const struct chart_request *request, str index,
                     str *ret_url, struct error *err)
{
    const struct yaml_options options = {.dialect = YAML_KUBERNETES, .allow_duplicate_keys = true};
    struct limits limits = *work->limits;
    value document;
    limits.file_bytes = INDEX_MAX;
    if (!yaml_read(index, &options, &limits, work->arena, &document, err))
        return error_wrap(err, "index.yaml");
    value versions = value_get2(document, STR("entries"), request->chart);
    for (size_t i = 0; i < value_len(versions); i++) {
        value version = value_item(versions, i), urls = value_get(version, STR("urls"));
        if (!same_version(value_str(value_get(version, STR("version"))), request->version))
            continue;
        if (value_len(urls) == 0 || !value_is(value_item(urls, 0), VALUE_STRING))
            break;
        *ret_url = value_str(value_item(urls, 0));
        return true;
    }
    return error_rule(err, ERROR_NOT_FOUND, "E_CHART_SOURCE",
                      "the repository's index has no version %.*s", STR_ARG(request->version));
}

/* "https://host:port/" of both is the same: credentials may go there, too. */
static bool same_origin(str a, str b)
{
    size_t start = str_find(a, STR("://"));
    if (start == SIZE_MAX)
        return false;
    size_t slash = str_index(str_skip(a, start + 3), '/');
    size_t length = slash == SIZE_MAX ? a.len : start + 3 + slash;
    return str_starts(b, str_slice(a, 0, length)) && (b.len == length || b.ptr[length] == '/');
}

static bool download(struct chart_work *work, const struct chart_request *request, str *ret_packed,
                     struct error *err)
{
    str base = str_trim_right(request->repository, STR("/"));
    struct get get = {.url = arena_concat(work->arena, base, STR("/index.yaml"), STR("")),
                      .authorization = basic(work, request),
                      .ca_pem = request->ca_pem,
                      .most = INDEX_MAX};
    str index, url;
    if (!get_whole(work, &get, &index, err) || !find_url(work, request, index, &url, err))
        return false;
    get.url = str_find(url, STR("://")) != SIZE_MAX
                  ? url
                  : arena_concat(work->arena, base, STR("/"), str_trim_left(url, STR("/")));
    if (!same_origin(base, get.url))
        get.authorization = (str){0};
    get.most = CHART_BYTES_MAX;
    return get_whole(work, &get, ret_packed, err);
}

bool repository_fetch(struct chart_work *work, const struct chart_request *request,
                      struct error *err)
{
    str packed;
    if (!blob_find(work, request->digest, &packed) &&
        (!download(work, request, &packed, err) || !blob_take(work, request->digest, packed, err)))
        return false;
    return blob_add(work, request->digest, packed, err);
}
