#include "tests/unit/apiserver/plane.h"

#include "syncd/base/clock.h"
#include "syncd/value/pointer.h"

static int64_t fixed_clock(void *context)
{
    (void)context;
    return INT64_C(1700000000) * NS_PER_S;
}

static void counting_random(void *context, void *out, size_t len)
{
    static uint32_t count;
    (void)context;
    memset(out, 0, len);
    count++;
    memcpy(out, &count, len < sizeof count ? len : sizeof count);
}

void plane_open(struct plane *plane, const struct api_world_options *options)
{
    struct api_world_options own = options != NULL ? *options : (struct api_world_options){0};
    own.now_ns = fixed_clock;
    own.random = counting_random;
    *plane = (struct plane){.arena = arena_create(ARENA_NO_BUDGET)};
    plane->world = api_world_create(&own);
    plane->cluster = api_cluster_create(plane->world, STR("test"));
}

void plane_close(struct plane *plane)
{
    buf_finish(&plane->reply.body);
    api_cluster_destroy(plane->cluster);
    api_world_destroy(plane->world);
    arena_destroy(plane->arena);
}

static str with_quotes(struct arena *arena, const char *text)
{
    size_t len = strlen(text);
    char *out = arena_alloc_bytes(arena, len);
    for (size_t i = 0; i < len; i++)
        out[i] = text[i] == '\'' ? '"' : text[i];
    return str_from(out, len);
}

int plane_ask(struct plane *plane, const char *method, const char *target, const char *body)
{
    str path = arena_str(plane->arena, str_z(target));
    size_t mark = str_index(path, '?');
    struct api_request *request = ARENA_NEW(plane->arena, struct api_request);
    *request = (struct api_request){.method = str_z(method),
                                    .path = str_slice(path, 0, mark),
                                    .user_agent = STR("test/1"),
                                    .content_type = STR("application/json")};
    if (mark != SIZE_MAX)
        cr_assert(http_query_read(str_skip(path, mark + 1), plane->arena, &request->query));
    if (strcmp(method, "PATCH") == 0)
        request->content_type = http_fields_has(request->query, STR("fieldManager"), false)
                                    ? STR("application/apply-patch+yaml")
                                    : STR("application/merge-patch+json");
    if (body != NULL)
        request->body = with_quotes(plane->arena, body);
    buf_finish(&plane->reply.body);
    api_serve(plane->cluster, request, plane->arena, &plane->reply);
    return plane->reply.status;
}

void plane_expect(struct plane *plane, int status, const char *method, const char *target,
                  const char *body)
{
    int got = plane_ask(plane, method, target, body);
    cr_assert_eq(got, status, "%s %s: %d %.*s", method, target, got, (int)plane->reply.body.len,
                 plane->reply.body.ptr);
}

value plane_document(struct plane *plane)
{
    value document;
    struct error err = ERROR_INIT;
    str text = buf_copy(&plane->reply.body, plane->arena);
    cr_assert(json_read(text, limits_default(), plane->arena, &document, &err), "%s", err.text);
    return document;
}

str plane_text(struct plane *plane, const char *pointer)
{
    value found;
    struct error err = ERROR_INIT;
    str path = arena_printf(plane->arena, "/%s", pointer);
    cr_assert(pointer_get(plane_document(plane), path, &found, &err), "%s", err.text);
    return value_is(found, VALUE_NUMBER) ? value_number_text(found) : value_str(found);
}

void plane_add_machines(struct plane *plane)
{
    plane_expect(
        plane, 201, "POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
        "{'apiVersion':'apiextensions.k8s.io/v1','kind':'CustomResourceDefinition','metadata':{"
        "'name':'machines.example.com'},'spec':{'group':'example.com','scope':'Namespaced',"
        "'names':{'plural':'machines','kind':'Machine'},'versions':[{'name':'v1','served':true,"
        "'storage':true,'subresources':{'status':{},'scale':{'specReplicasPath':'.spec.replicas',"
        "'statusReplicasPath':'.status.replicas'}},'schema':{'openAPIV3Schema':{'type':'object',"
        "'properties':{'spec':{'type':'object','properties':{'flavor':{'type':'string','enum':["
        "'small','large']},'replicas':{'type':'integer','default':1}}},'status':{'type':'object',"
        "'properties':{'phase':{'type':'string'},'replicas':{'type':'integer'}}}}}}}]}}");
}

static void hear(void *context, str bytes)
{
    struct heard *heard = context;
    buf_add(&heard->bytes, bytes);
}

static bool has_room(void *context)
{
    const struct heard *heard = context;
    return !heard->full;
}

static void ended(void *context)
{
    struct heard *heard = context;
    heard->ended = true;
}

struct api_watch *plane_watch(struct plane *plane, const char *target, struct heard *heard)
{
    static const struct api_watch_sink sink = {.send = hear, .has_room = has_room, .end = ended};
    *heard = (struct heard){.bytes = BUF_INIT(1 << 20)};
    plane_expect(plane, 200, "GET", target, NULL);
    cr_assert_not_null(plane->reply.watch);
    struct api_watch *watch = plane->reply.watch;
    struct api_watch_sink own = sink;
    own.context = heard;
    api_watch_start(watch, &own);
    return watch;
}
