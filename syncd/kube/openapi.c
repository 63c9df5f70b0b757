#include "syncd/kube/kube_internal.h"

typedef void openapi_done(void *context, const struct kube_reply *reply, str hash);

struct schema_request {
    str key; /* "apis/apps/v1" */
    str known;
    str hash;
    openapi_done *done;
    void *context;
};

static void answer(void *context, const struct kube_reply *reply)
{
    const struct schema_request *request = context;
    request->done(request->context, reply, request->hash);
}

/* "/openapi/v3/apis/apps/v1?hash=…": everything behind "hash=". */
static str hash_of(str url)
{
    const size_t at = str_find(url, STR("hash="));
    if (at == SIZE_MAX)
        return STR("");
    str rest = str_skip(url, at + 5);
    const size_t end = str_index(rest, '&');
    return end == SIZE_MAX ? rest : str_slice(rest, 0, end);
}

static void ask_document(struct kube_call *call)
{
    struct schema_request *request = call->operation;
    const str *url = map_get(&call->cluster->openapi_urls, request->key);
    if (url == NULL) {
        struct error err = ERROR_INIT;
        (void)error_rule(&err, ERROR_NOT_FOUND, "E_API_NOT_FOUND",
                         "%.*s: the server describes no such version", STR_ARG(call->subject));
        call_fail(call, &err);
        return;
    }
    request->hash = arena_str(call->arena, hash_of(*url));
    if (request->hash.len > 0 && str_equal(request->hash, request->known)) {
        const struct kube_reply reply = {
            .code = 304, .object = value_absent(), .arena = call->arena};
        call_end(call, &reply);
        return;
    }
    call->path = arena_str(call->arena, *url);
    call->answered = call_answer_object;
    call->give_up_ns = 0;
    call_send(call);
}

static void index_answered(struct kube_call *call, const struct http_response *response,
                           const struct error *err)
{
    struct kube_cluster *cluster = call->cluster;
    if (call_ended_by(call, response, err))
        return;
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    value root;
    if (!call_read_object(call, response, scratch, &root))
        return;
    arena_destroy(cluster->openapi_arena);
    struct arena *arena = cluster->openapi_arena = arena_create(ARENA_NO_BUDGET);
    cluster->openapi_urls = (struct map){0};
    const value paths = value_get(root, STR("paths"));
    for (size_t i = 0; i < value_len(paths) && value_is(paths, VALUE_OBJECT); i++) {
        const struct member *path = value_member(paths, i);
        const str url = value_str(value_get(path->val, STR("serverRelativeURL")));
        if (!str_starts(url, STR("/openapi/v3/")))
            continue;
        str *kept = ARENA_NEW(arena, str);
        *kept = arena_str(arena, url);
        map_put(&cluster->openapi_urls, arena, arena_str(arena, path->key), kept);
    }
    ask_document(call);
}

/* The index is already there: still, nobody is answered from inside kube_openapi. */
static void ask_later(void *context)
{
    struct kube_call *call = context;
    if (call->cluster->openapi_arena != NULL) {
        ask_document(call);
        return;
    }
    call->path = STR("/openapi/v3");
    call->answered = index_answered;
    call_send(call);
}

struct kube_call *kube_openapi(struct kube_cluster *cluster, str group, str version, str known,
                               openapi_done *done, void *context)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    const str key = group.len == 0
                        ? arena_concat(scratch, STR("api/"), version, STR(""))
                        : arena_printf(scratch, "apis/%.*s/%.*s", STR_ARG(group), STR_ARG(version));
    struct kube_call *call =
        call_new(cluster, arena_concat(scratch, STR("schema of "), key, STR("")), answer, NULL);
    struct schema_request *request = ARENA_NEW(call->arena, struct schema_request);
    request->key = arena_str(call->arena, key);
    request->known = arena_str(call->arena, known);
    request->done = done;
    request->context = context;
    call->context = request;
    call->operation = request;
    call_start_later(call, ask_later);
    return call;
}
