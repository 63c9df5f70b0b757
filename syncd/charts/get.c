/* One GET after the other: this child has nothing else to do. */
#include "syncd/charts/charts_internal.h"

#include "syncd/base/clock.h"

#define REDIRECTS_MAX 5
#define DEADLINE_NS   (60 * NS_PER_S)

struct waiting {
    struct arena *arena;
    struct got got;
    str location;
    bool done;
    struct error err;
};

static void done(void *context, const struct http_response *response, const struct error *err)
{
    struct waiting *waiting = context;
    waiting->done = true;
    if (err != NULL)
        waiting->err = *err;
    waiting->got.status = response->status;
    waiting->got.body = arena_str(waiting->arena, response->body);
    waiting->got.challenge =
        arena_str(waiting->arena, http_response_header(response, STR("WWW-Authenticate")));
    waiting->location = arena_str(waiting->arena, http_response_header(response, STR("Location")));
}

/* "https://host:port" and the rest of a URL. */
static bool split(str url, str *ret_origin, str *ret_path)
{
    size_t scheme = str_find(url, STR("://"));
    if (scheme == SIZE_MAX)
        return false;
    str rest = str_skip(url, scheme + 3);
    size_t slash = str_index(rest, '/');
    size_t length = slash == SIZE_MAX ? url.len : scheme + 3 + slash;
    *ret_origin = str_slice(url, 0, length);
    *ret_path = slash == SIZE_MAX ? STR("/") : str_skip(url, length);
    return rest.len != 0;
}

static bool get_once(struct chart_work *work, const struct get *get, struct waiting *waiting,
                     struct error *err)
{
    struct http_origin *origin;
    struct http_field accept = {STR("Accept"), get->accept};
    str base, path;
    if (!split(get->url, &base, &path))
        return error_rule(err, ERROR_INPUT, "E_CHART_SOURCE", "\"%.*s\" is no URL",
                          STR_ARG(get->url));
    const struct http_origin_options options = {.url = base, .ca_pem = get->ca_pem};
    if (!http_origin_create(work->client, &options, &origin, err))
        return false;
    *waiting = (struct waiting){.arena = work->arena};
    if (!http_origin_set_authorization(origin, get->authorization))
        return error_rule(err, ERROR_INPUT, "E_CHART_SOURCE", "a credential has control bytes");
    const struct http_request request = {.method = "GET",
                                         .path = path,
                                         .headers = {&accept, get->accept.len != 0},
                                         .deadline_ns = DEADLINE_NS,
                                         .max_body = get->most,
                                         .done = done,
                                         .context = waiting};
    (void)http_send(origin, &request);
    while (!waiting->done)
        loop_step(work->loop, NS_PER_S);
    http_origin_destroy(origin);
    if (waiting->err.class == ERROR_NONE)
        return true;
    *err = waiting->err;
    return false;
}

/* Where a redirect leads: a whole URL, or a path of the same host. */
static str follow(struct chart_work *work, str url, str location)
{
    str origin, path;
    if (!str_starts(location, STR("/")))
        return location;
    return split(url, &origin, &path) ? arena_concat(work->arena, origin, location, STR(""))
                                      : location;
}

bool chart_get(struct chart_work *work, const struct get *get, struct got *ret_got,
               struct error *err)
{
    struct get next = *get;
    for (unsigned i = 0; i <= REDIRECTS_MAX; i++) {
        struct waiting waiting;
        if (!get_once(work, &next, &waiting, err))
            return error_wrap(err, "%.*s", STR_ARG(next.url));
        bool moved = waiting.got.status >= 301 && waiting.got.status <= 308 &&
                     waiting.got.status != 304 && waiting.location.len != 0;
        if (!moved) {
            *ret_got = waiting.got;
            return true;
        }
        next.url = follow(work, next.url, waiting.location);
        next.authorization = (str){0};
    }
    return error_rule(err, ERROR_INPUT, "E_CHART_SOURCE", "%.*s redirects more than %d times",
                      STR_ARG(get->url), REDIRECTS_MAX);
}

bool chart_status_error(const struct got *got, str url, struct error *err)
{
    enum error_class class = ERROR_UNAVAILABLE;
    if (got->status == 401 || got->status == 403)
        class = ERROR_DENIED;
    else if (got->status >= 400 && got->status < 500 && got->status != 429 && got->status != 408)
        class = ERROR_NOT_FOUND;
    return error_rule(err, class, "E_CHART_SOURCE", "%.*s answers %d", STR_ARG(url), got->status);
}
