#include "syncd/base/check.h"
#include "syncd/kube/kube_internal.h"

#define PAGE_DEFAULT   500
#define PAGES_MAX      20000
#define OBJECT_FACTOR  4 /* live objects carry managedFields and status */
#define PATH_MAX_BYTES (64u << 10)
#define LIST_ACCEPT                                                                                \
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"

struct listing {
    struct kube_call *call;
    struct item_reader reader;
    struct arena *scratch; /* of one item */
    kube_item *item;
    void *context;
    struct kube_path path; /* copied into the call's arena */
    struct kube_select select;
    str version;                /* of the first page */
    str more, before;           /* continue tokens */
    str list_kind, api_version; /* of this page */
    bool is_list;
    size_t quarantined, pages;
    struct error stopped; /* why the stream was given up by us */
};

static void listing_finish(void *context)
{
    struct listing *listing = context;
    item_reader_finish(&listing->reader);
    arena_destroy(listing->scratch);
}

/* Lists of built-in kinds leave out what every item of them is. */
static value with_kind(const struct listing *listing, value object)
{
    struct arena *arena = listing->scratch;
    if (value_present(value_get(object, STR("kind"))) || !str_ends(listing->list_kind, STR("List")))
        return object;
    const str kind = str_slice(listing->list_kind, 0, listing->list_kind.len - 4);
    object = value_with(object, STR("kind"), value_string(kind), arena);
    return value_with(object, STR("apiVersion"), value_string(listing->api_version), arena);
}

static bool take_item(void *context, str text)
{
    struct listing *listing = context;
    struct kube_call *call = listing->call;
    const struct arena_mark mark = arena_mark(listing->scratch);
    struct error ignored = ERROR_INIT;
    value object;
    if (!json_read(text, call->cluster->limits, listing->scratch, &object, &ignored) ||
        !value_is(object, VALUE_OBJECT))
        listing->quarantined++;
    else
        listing->item(listing->context, with_kind(listing, object), text, listing->scratch);
    if (call->dead)
        return false;
    arena_rewind(listing->scratch, mark);
    return true;
}

static str text_of(const struct listing *listing, value v)
{
    return arena_str(listing->call->arena, value_str(v));
}

static void take_member(void *context, str key, str text)
{
    struct listing *listing = context;
    struct error ignored = ERROR_INIT;
    value v;
    const struct arena_mark mark = arena_mark(listing->scratch);
    if (!json_read(text, listing->call->cluster->limits, listing->scratch, &v, &ignored))
        return;
    if (str_equal(key, STR("kind"))) {
        listing->list_kind = text_of(listing, v);
    } else if (str_equal(key, STR("apiVersion"))) {
        listing->api_version = text_of(listing, v);
    } else if (str_equal(key, STR("metadata"))) {
        listing->is_list = true;
        listing->more = text_of(listing, value_get(v, STR("continue")));
        if (listing->version.len == 0)
            listing->version = text_of(listing, value_get(v, STR("resourceVersion")));
    }
    arena_rewind(listing->scratch, mark);
}

static bool take_bytes(struct kube_call *call, str bytes)
{
    struct listing *listing = call->operation;
    return item_reader_feed(&listing->reader, bytes, &listing->stopped);
}

void select_write(const struct kube_select *select, struct buf *query)
{
    if (select->labels.len > 0) {
        buf_add(query, STR("labelSelector="));
        http_encode(query, select->labels);
        buf_add_byte(query, '&');
    }
    if (select->fields.len > 0) {
        buf_add(query, STR("fieldSelector="));
        http_encode(query, select->fields);
        buf_add_byte(query, '&');
    }
}

static void ask_page(struct listing *listing)
{
    struct kube_call *call = listing->call;
    AUTO_BUF struct buf url = BUF_INIT(PATH_MAX_BYTES);
    kube_path_write(&listing->path, &url);
    buf_add_byte(&url, '?');
    select_write(&listing->select, &url);
    buf_printf(&url, "limit=%u", listing->select.page != 0 ? listing->select.page : PAGE_DEFAULT);
    if (listing->more.len > 0) {
        buf_add(&url, STR("&continue="));
        http_encode(&url, listing->more);
    }
    CHECK(!buf_failed(&url));
    call->path = buf_copy(&url, call->arena);
    listing->before = listing->more;
    listing->more = STR("");
    listing->is_list = false;
    item_reader_finish(&listing->reader);
    item_reader_init(&listing->reader, OBJECT_FACTOR * call->cluster->limits->object_bytes);
    listing->reader.item = take_item;
    listing->reader.member = take_member;
    listing->reader.context = listing;
    call_send(call);
}

static bool is_version(str text)
{
    uint64_t number;
    return str_to_u64(text, &number);
}

/* Why this page cannot be believed, or NULL. */
static const char *page_problem(const struct listing *listing)
{
    if (listing->reader.state != ITEM_END)
        return "it ended early";
    if (!listing->is_list || !str_ends(listing->list_kind, STR("List")))
        return "it is no list";
    if (!is_version(listing->version))
        return "its resourceVersion is no number";
    if (listing->more.len > 0 && str_equal(listing->more, listing->before))
        return "it goes on where it went on before";
    if (listing->pages >= PAGES_MAX)
        return "it never ends";
    return NULL;
}

static void page_answered(struct kube_call *call, const struct http_response *response,
                          const struct error *err)
{
    struct listing *listing = call->operation;
    if (listing->stopped.class != ERROR_NONE)
        err = &listing->stopped;
    if (call_ended_by(call, response, err))
        return;
    listing->pages++;
    const char *problem = page_problem(listing);
    if (problem != NULL) {
        struct error told = ERROR_INIT;
        (void)error_rule(&told, ERROR_UNAVAILABLE, "E_API_SHAPE", "%.*s: %s",
                         STR_ARG(call->subject), problem);
        call_fail(call, &told);
        return;
    }
    if (listing->more.len > 0) {
        call->give_up_ns = 0;
        ask_page(listing);
        return;
    }
    struct object_builder builder;
    object_begin(&builder, call->arena);
    object_add(&builder, STR("resourceVersion"), value_string(listing->version));
    const struct kube_reply reply = {.code = response->status,
                                     .object = object_finish(&builder),
                                     .quarantined = listing->quarantined,
                                     .arena = call->arena};
    call_end(call, &reply);
}

struct kube_call *kube_list(struct kube_cluster *cluster, const struct kube_path *path,
                            const struct kube_select *select, kube_item *item, kube_done *done,
                            void *context)
{
    CHECK(path->name.len == 0);
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    const str target = kube_path_text(path, scratch);
    struct kube_call *call =
        call_new(cluster, arena_concat(scratch, STR("list "), target, STR("")), done, context);
    struct listing *listing = ARENA_NEW(call->arena, struct listing);
    struct arena *arena = call->arena;
    listing->call = call;
    listing->scratch = arena_create(ARENA_NO_BUDGET);
    listing->item = item;
    listing->context = context;
    listing->path = (struct kube_path){
        .group = arena_str(arena, path->group),
        .version = arena_str(arena, path->version),
        .plural = arena_str(arena, path->plural),
        .namespace = arena_str(arena, path->namespace),
    };
    listing->select = *select;
    listing->select.labels = arena_str(arena, select->labels);
    listing->select.fields = arena_str(arena, select->fields);
    arena_defer(arena, listing_finish, listing);
    call->secret = str_equal(path->plural, STR("secrets"));
    call->accept = select->metadata_only ? STR(LIST_ACCEPT) : STR("");
    call->operation = listing;
    call->bytes = take_bytes;
    call->answered = page_answered;
    ask_page(listing);
    return call;
}
