/* OCI registries: a manifest by digest, and in it the digest of the chart. */
#include "syncd/charts/charts_internal.h"

#include "syncd/base/crypto.h"
#include "syncd/value/json.h"

#define MANIFEST_MAX  (4u << 20)
#define MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"
#define CHART_LAYER   "application/vnd.cncf.helm.chart.content.v1.tar+gzip"

struct registry {
    struct chart_work *work;
    const struct chart_request *request;
    str base;          /* "https://host:port/v2/path/chart" */
    str authorization; /* once the registry has asked for one */
};

/* Plain HTTP is for registries on this machine only, as with other tools. */
static str base_url(struct chart_work *work, const struct chart_request *request)
{
    str rest = str_trim_right(str_skip(request->repository, strlen("oci://")), STR("/"));
    size_t slash = str_index(rest, '/');
    str host = str_slice(rest, 0, slash == SIZE_MAX ? rest.len : slash);
    str path = slash == SIZE_MAX ? (str){0} : str_skip(rest, slash);
    str name =
        str_slice(host, 0, str_rindex(host, ':') == SIZE_MAX ? host.len : str_rindex(host, ':'));
    const char *scheme = http_host_is_loopback(name) ? "http" : "https";
    return arena_printf(work->arena, "%s://%.*s/v2%.*s/%.*s", scheme, STR_ARG(host), STR_ARG(path),
                        STR_ARG(request->chart));
}

/* --- tokens --- */

/* `realm` of `Bearer realm="…",service="…"`; empty when it is not there. */
static str parameter(str challenge, const char *name, struct arena *arena)
{
    str key = arena_printf(arena, "%s=\"", name);
    size_t at = str_find(challenge, key);
    if (at == SIZE_MAX)
        return (str){0};
    str text = str_skip(challenge, at + key.len);
    size_t end = str_index(text, '"');
    return end == SIZE_MAX ? (str){0} : str_slice(text, 0, end);
}

static str basic(const struct registry *registry)
{
    struct arena *arena = registry->work->arena;
    const struct chart_request *request = registry->request;
    if (request->user.len == 0 && request->password.len == 0)
        return (str){0};
    str pair = arena_concat(arena, request->user, STR(":"), request->password);
    return arena_concat(arena, STR("Basic "), base64_encode(arena, pair), STR(""));
}

static str token_url(struct registry *registry, str challenge)
{
    struct arena *arena = registry->work->arena;
    static const char *const names[] = {"service", "scope"};
    AUTO_BUF struct buf url = BUF_INIT(4096);
    str realm = parameter(challenge, "realm", arena);
    buf_add(&url, realm);
    char mark = str_index(realm, '?') == SIZE_MAX ? '?' : '&';
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        str text = parameter(challenge, names[i], arena);
        if (text.len == 0)
            continue;
        buf_printf(&url, "%c%s=", mark, names[i]);
        http_encode(&url, text);
        mark = '&';
    }
    return buf_copy(&url, arena);
}

/* What the registry's challenge asks for. */
static bool authorize(struct registry *registry, str challenge, struct error *err)
{
    struct arena *arena = registry->work->arena;
    if (str_starts(challenge, STR("Basic"))) {
        registry->authorization = basic(registry);
        return true;
    }
    struct got got;
    const struct get get = {.url = token_url(registry, challenge),
                            .authorization = basic(registry),
                            .ca_pem = registry->request->ca_pem,
                            .most = 1u << 20};
    value answer;
    if (get.url.len == 0)
        return error_rule(err, ERROR_DENIED, "E_CHART_SOURCE",
                          "the registry asks for a credential of an unknown form");
    if (!chart_get(registry->work, &get, &got, err))
        return false;
    if (got.status != 200)
        return chart_status_error(&got, get.url, err);
    if (!json_read(got.body, registry->work->limits, arena, &answer, err))
        return error_wrap(err, "the registry's token");
    str token = value_str(value_get(answer, STR("token")));
    if (token.len == 0)
        token = value_str(value_get(answer, STR("access_token")));
    registry->authorization = arena_concat(arena, STR("Bearer "), token, STR(""));
    return true;
}

/* --- blobs --- */

static bool download(struct registry *registry, const char *what, str digest, size_t most,
                     str *ret_bytes, struct error *err)
{
    struct get get = {.url = arena_printf(registry->work->arena, "%.*s/%s/%.*s",
                                          STR_ARG(registry->base), what, STR_ARG(digest)),
                      .accept = STR(MANIFEST_TYPE),
                      .ca_pem = registry->request->ca_pem,
                      .most = most};
    struct got got;
    for (int attempt = 0;; attempt++) {
        get.authorization = registry->authorization;
        if (!chart_get(registry->work, &get, &got, err))
            return false;
        if (got.status != 401 || attempt != 0)
            break;
        if (!authorize(registry, got.challenge, err))
            return false;
    }
    if (got.status != 200)
        return chart_status_error(&got, get.url, err);
    *ret_bytes = got.body;
    return true;
}

static bool obtain(struct registry *registry, const char *what, str digest, size_t most,
                   str *ret_bytes, struct error *err)
{
    if (!blob_find(registry->work, digest, ret_bytes) &&
        (!download(registry, what, digest, most, ret_bytes, err) ||
         !blob_take(registry->work, digest, *ret_bytes, err)))
        return false;
    return blob_add(registry->work, digest, *ret_bytes, err);
}

static bool is_digest(str text)
{
    if (!str_starts(text, STR("sha256:")) || text.len != strlen("sha256:") + 64)
        return false;
    for (size_t i = strlen("sha256:"); i < text.len; i++)
        if (strchr("0123456789abcdef", text.ptr[i]) == NULL)
            return false;
    return true;
}

static bool find_layer(struct registry *registry, str manifest, str *ret_digest, struct error *err)
{
    value document;
    if (!json_read(manifest, registry->work->limits, registry->work->arena, &document, err))
        return error_wrap(err, "the manifest");
    value layers = value_get(document, STR("layers"));
    for (size_t i = 0; i < value_len(layers); i++) {
        value layer = value_item(layers, i);
        str digest = value_str(value_get(layer, STR("digest")));
        if (!str_equal(value_str(value_get(layer, STR("mediaType"))), STR(CHART_LAYER)) ||
            !is_digest(digest))
            continue;
        *ret_digest = digest;
        return true;
    }
    return error_rule(err, ERROR_INPUT, "E_CHART_SOURCE",
                      "the image has no chart: no layer is of type " CHART_LAYER);
}

bool registry_fetch(struct chart_work *work, const struct chart_request *request, struct error *err)
{
    struct registry registry = {.work = work, .request = request, .base = base_url(work, request)};
    str manifest, packed, layer;
    return obtain(&registry, "manifests", request->digest, MANIFEST_MAX, &manifest, err) &&
           find_layer(&registry, manifest, &layer, err) &&
           obtain(&registry, "blobs", layer, CHART_BYTES_MAX, &packed, err);
}
