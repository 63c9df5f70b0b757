/* list: reading one object, and many. */
#include "syncd/apiserver/list.h"

#include "syncd/apiserver/table.h"
#include "syncd/apiserver/verbs.h"
#include "syncd/base/crypto.h"
#include "syncd/value/json.h"

bool api_get(struct api_call *call)
{
    const struct api_record *record =
        api_shelf_find(&call->resource->shelf, call->namespace, call->name);
    if (record == NULL)
        return api_fail_not_found(call);
    api_reply_revision(call, 200, record->current);
    return true;
}

/* Field selectors of built-in kinds beyond metadata.name and metadata.namespace. */
static const struct {
    const char *plural;
    const char *paths; /* space separated */
} field_labels[] = {
    {"events",
     "involvedObject.apiVersion involvedObject.fieldPath involvedObject.kind involvedObject.name "
     "involvedObject.namespace involvedObject.resourceVersion involvedObject.uid reason "
     "reportingComponent source type"},
    {"namespaces", "status.phase name"},
    {"secrets", "type"},
    {"services", "spec.clusterIP spec.type"},
};

static bool has_own_fields(const struct api_definition *definition)
{
    for (size_t i = 0; i < ARRAY_LEN(field_labels); i++)
        if (str_equal(definition->plural, str_z(field_labels[i].plural)))
            return true;
    return false;
}

static bool field_is_known(const struct api_definition *definition, str path)
{
    if (str_equal(path, STR("metadata.name")) ||
        (str_equal(path, STR("metadata.namespace")) &&
         (definition->namespaced || definition->builtin != NULL)))
        return true;
    for (size_t i = 0; definition->builtin != NULL && i < ARRAY_LEN(field_labels); i++) {
        if (!str_equal(definition->plural, str_z(field_labels[i].plural)))
            continue;
        str paths = str_z(field_labels[i].paths), known;
        while (str_cut(&paths, ' ', &known))
            if (str_equal(known, path))
                return true;
    }
    return false;
}

/* "a=b", "a==b", "a!=b" */
static bool read_requirement(struct api_call *call, str text, struct api_field_term *ret_term)
{
    size_t at = str_find(text, STR("!="));
    size_t skip = 2;
    struct api_field_term term = {.negated = at != SIZE_MAX};
    if (at == SIZE_MAX) {
        at = str_index(text, '=');
        skip = at != SIZE_MAX && at + 1 < text.len && text.ptr[at + 1] == '=' ? 2 : 1;
    }
    if (at == SIZE_MAX)
        return api_fail_bad_request(call, "invalid selector: '%.*s'; can't understand '%.*s'",
                                    STR_ARG(text), STR_ARG(text));
    term.path = str_slice(text, 0, at);
    term.text = str_skip(text, at + skip);
    if (!field_is_known(call->resource->definition, term.path)) {
        if (call->resource->definition->builtin != NULL &&
            !has_own_fields(call->resource->definition))
            return api_fail_bad_request(call,
                                        "\"%.*s\" is not a known field selector: only "
                                        "\"metadata.name\", \"metadata.namespace\"",
                                        STR_ARG(term.path));
        return api_fail_bad_request(call, "field label not supported: %.*s", STR_ARG(term.path));
    }
    *ret_term = term;
    return true;
}

bool api_filter_read(struct api_call *call, struct api_filter *ret_filter)
{
    struct api_filter filter = {.namespace = call->namespace};
    struct error err = ERROR_INIT;
    str labels = api_query(call, "labelSelector"), fields = api_query(call, "fieldSelector"), one;
    if (str_trim(labels).len != 0 && !selector_parse(labels, call->arena, &filter.labels, &err))
        return api_fail_bad_request(call, "%s", err.text);
    while (fields.len != 0 && str_cut(&fields, ',', &one)) {
        struct api_field_term term;
        if (one.len == 0)
            continue;
        if (!read_requirement(call, one, &term))
            return false;
        VEC_PUSH(call->arena, &filter.terms, term);
    }
    *ret_filter = filter;
    return true;
}

static bool term_holds(const struct api_field_term *term, const struct api_revision *revision,
                       struct arena *scratch)
{
    str found;
    if (str_equal(term->path, STR("metadata.name")) || str_equal(term->path, STR("name"))) {
        found = api_revision_name(revision);
    } else if (str_equal(term->path, STR("metadata.namespace"))) {
        found = api_revision_namespace(revision);
    } else {
        value at = api_revision_object(revision, (str){0}, (str){0}, scratch);
        str path = term->path, key;
        while (str_cut(&path, '.', &key))
            at = value_get(at, key);
        if (value_is(at, VALUE_OBJECT)) /* of events: "source" is its component */
            at = value_get(at, STR("component"));
        found = value_str(at);
    }
    return str_equal(found, term->text) != term->negated;
}

bool api_filter_matches(const struct api_filter *filter, const struct api_revision *revision,
                        struct arena *scratch)
{
    if (filter->namespace.len != 0 &&
        !str_equal(filter->namespace, api_revision_namespace(revision)))
        return false;
    if (filter->labels == NULL && filter->terms.len == 0)
        return true;
    struct arena_mark mark = arena_mark(scratch);
    bool matches = filter->labels == NULL ||
                   selector_matches(filter->labels, api_revision_labels(revision, scratch));
    for (size_t i = 0; matches && i < filter->terms.len; i++)
        matches = term_holds(&filter->terms.items[i], revision, scratch);
    arena_rewind(scratch, mark);
    return matches;
}

/* Where a list begins and how far it goes. */
struct page {
    uint64_t limit; /* 0 = all */
    uint64_t version;
    size_t from;
};

static bool read_continue(struct api_call *call, str token, struct page *page)
{
    static const char bad[] = "continue key is not valid: ";
    struct error err = ERROR_INIT;
    value document;
    int64_t version = 0;
    str text;
    char *padded = arena_alloc_bytes(call->arena, token.len + 4);
    size_t len = token.len;
    for (size_t i = 0; i < token.len; i++)
        padded[i] = token.ptr[i] == '-' ? '+' : token.ptr[i] == '_' ? '/' : token.ptr[i];
    while (len % 4 != 0)
        padded[len++] = '=';
    if (!base64_decode(call->arena, str_from(padded, len), &text))
        return api_fail_bad_request(
            call, "invalid continue token: %sillegal base64 data at input byte 0", bad);
    if (!json_read(text, limits_default(), call->arena, &document, &err) ||
        !value_to_i64(value_get(document, STR("rv")), &version))
        return api_fail_bad_request(call, "invalid continue token: %s%s", bad, err.text);
    str start = value_str(value_get(document, STR("start")));
    size_t slash = str_index(start, '/');
    str namespace = slash == SIZE_MAX ? (str){0} : str_slice(start, 0, slash);
    str name = slash == SIZE_MAX ? start : str_skip(start, slash + 1);
    page->version = (uint64_t)version;
    page->from = api_shelf_lower(&call->resource->shelf, namespace, name);
    return true;
}

static str make_continue(struct api_call *call, uint64_t version, const struct api_record *last)
{
    str namespace = api_revision_namespace(last->current), name = api_revision_name(last->current);
    /* the smallest key after the last one: its name and a NUL */
    str text = arena_printf(
        call->arena, "{\"v\":\"meta.k8s.io/v1\",\"rv\":%llu,\"start\":\"%.*s%s%.*s\\u0000\"}",
        (unsigned long long)version, STR_ARG(namespace), namespace.len != 0 ? "/" : "",
        STR_ARG(name));
    str token = base64_encode(call->arena, text);
    char *url = arena_alloc_bytes(call->arena, token.len);
    size_t len = 0;
    for (size_t i = 0; i < token.len && token.ptr[i] != '='; i++)
        url[len++] = token.ptr[i] == '+' ? '-' : token.ptr[i] == '/' ? '_' : token.ptr[i];
    return str_from(url, len);
}

static bool check_version(struct api_call *call, str text, struct page *page)
{
    uint64_t asked;
    str match = api_query(call, "resourceVersionMatch");
    bool exact = str_equal(match, STR("Exact"));
    if (match.len != 0 && !exact && !str_equal(match, STR("NotOlderThan")))
        return api_fail_options(call, "ListOptions", "resourceVersionMatch",
                                "FieldValueNotSupported",
                                "Unsupported value: \"%.*s\": supported values: \"\", \"Exact\", "
                                "\"NotOlderThan\"",
                                STR_ARG(match));
    if (match.len != 0 && text.len == 0)
        return api_fail_options(call, "ListOptions", "resourceVersionMatch", "FieldValueForbidden",
                                "Forbidden: resourceVersionMatch is forbidden unless "
                                "resourceVersion is provided");
    if (exact && str_equal(text, STR("0")))
        return api_fail_options(call, "ListOptions", "resourceVersionMatch", "FieldValueForbidden",
                                "Forbidden: resourceVersionMatch \"exact\" is forbidden for "
                                "resourceVersion \"0\"");
    if (text.len == 0)
        return true;
    if (!str_to_u64(text, &asked))
        return api_fail_options(call, "ListOptions", "resourceVersion", "FieldValueInvalid",
                                "Invalid value: \"%.*s\": strconv.ParseUint: parsing \"%.*s\": "
                                "invalid syntax",
                                STR_ARG(text), STR_ARG(text));
    if (asked > call->cluster->version)
        return api_fail_version_too_large(call, asked);
    if (exact && asked != call->cluster->version)
        return api_fail(call, 410, "Expired",
                        "The resourceVersion for the provided list is too old.");
    page->version = call->cluster->version;
    return true;
}

bool api_fail_version_too_large(struct api_call *call, uint64_t asked)
{
    api_fail(call, 504, "Timeout", "Timeout: Too large resource version: %llu, current: %llu",
             (unsigned long long)asked, (unsigned long long)call->cluster->version);
    call->problem.no_details = false;
    call->problem.retry_after_s = 1;
    call->problem.causes.arena = call->arena;
    api_cause_add(&call->problem.causes, "ResourceVersionTooLarge", (str){0},
                  "Too large resource version");
    return false;
}

static bool read_page(struct api_call *call, struct page *ret_page)
{
    struct page page = {.version = call->cluster->version};
    str limit = api_query(call, "limit"), token = api_query(call, "continue");
    str version = api_query(call, "resourceVersion");
    int64_t count = 0;
    if (limit.len != 0 && !str_to_i64(limit, &count))
        return api_fail_bad_request(call, "strconv.ParseInt: parsing \"%.*s\": invalid syntax",
                                    STR_ARG(limit));
    page.limit = count > 0 ? (uint64_t)count : 0;
    if (!check_version(call, version, &page))
        return false;
    page.from = api_shelf_lower(&call->resource->shelf, call->namespace, (str){0});
    if (token.len != 0) {
        if (version.len != 0 && !str_equal(version, STR("0")))
            return api_fail_bad_request(
                call, "specifying resource version is not allowed when using continue");
        if (!read_continue(call, token, &page))
            return false;
    }
    *ret_page = page;
    return true;
}

static void print_item(struct api_call *call, const struct api_record *record, bool first,
                       struct buf *out, struct arena *scratch)
{
    const struct api_definition *definition = call->resource->definition;
    struct arena *arena = call->arena;
    bool plain = call->form == API_FORM_OBJECT && definition->version_count == 1;
    if (plain) {
        if (!first)
            buf_add_byte(out, ',');
        api_revision_print(record->current, call->version->api_version,
                           definition->builtin == NULL ? definition->kind : (str){0}, out);
        return;
    }
    struct arena_mark mark = arena_mark(scratch);
    call->arena = scratch;
    value object = api_call_object(call, record->current);
    if (call->form == API_FORM_TABLE) {
        api_table_row(call, object, first, out, scratch);
    } else {
        if (!first)
            buf_add_byte(out, ',');
        if (call->form == API_FORM_METADATA)
            object = api_partial_metadata(call, object, true, scratch);
        json_write(object, JSON_COMPACT, out);
    }
    call->arena = arena;
    arena_rewind(scratch, mark);
}

/* Appends the items; returns the last one when the page is full and something is left. */
static const struct api_record *print_items(struct api_call *call, const struct api_filter *filter,
                                            const struct page *page, struct buf *out,
                                            size_t *ret_remaining)
{
    const struct api_shelf *shelf = &call->resource->shelf;
    const struct api_record *last = NULL;
    size_t printed = 0, remaining = 0;
    for (size_t i = page->from; i < shelf->len; i++) {
        const struct api_record *record = shelf->records[i];
        if (call->namespace.len != 0 &&
            !str_equal(api_revision_namespace(record->current), call->namespace))
            break;
        if (!api_filter_matches(filter, record->current, call->scratch))
            continue;
        if (page->limit != 0 && printed == page->limit) {
            remaining++;
            continue;
        }
        print_item(call, record, printed == 0, out, call->scratch);
        last = record;
        printed++;
    }
    *ret_remaining = remaining;
    return remaining != 0 ? last : NULL;
}

static void print_head(struct api_call *call, value metadata, struct buf *out)
{
    const struct api_definition *definition = call->resource->definition;
    if (call->form == API_FORM_TABLE) {
        api_table_begin(call, metadata, true, out);
        return;
    }
    if (call->form == API_FORM_METADATA)
        buf_printf(out,
                   "{\"kind\":\"PartialObjectMetadataList\",\"apiVersion\":\"meta.k8s.io/%.*s\"",
                   STR_ARG(call->form_version));
    else
        buf_printf(out, "{\"kind\":\"%.*s\",\"apiVersion\":\"%.*s\"",
                   STR_ARG(definition->list_kind), STR_ARG(call->version->api_version));
    buf_add(out, STR(",\"metadata\":"));
    json_write(metadata, JSON_COMPACT, out);
    buf_add(out, STR(",\"items\":["));
}

bool api_list(struct api_call *call)
{
    struct api_filter filter;
    struct page page = {0};
    if (!api_filter_read(call, &filter) || !read_page(call, &page))
        return false;
    AUTO_BUF struct buf items = BUF_INIT(call->reply->body.max);
    size_t remaining;
    const struct api_record *last = print_items(call, &filter, &page, &items, &remaining);
    struct object_builder metadata;
    object_begin(&metadata, call->arena);
    object_add(&metadata, STR("resourceVersion"),
               value_string(api_version_text(page.version, call->arena)));
    if (last == NULL && call->resource->definition->builtin == NULL)
        object_add(&metadata, STR("continue"), value_string(STR("")));
    if (last != NULL) {
        object_add(&metadata, STR("continue"),
                   value_string(make_continue(call, page.version, last)));
        if (filter.labels == NULL && filter.terms.len == 0)
            object_add(&metadata, STR("remainingItemCount"),
                       value_int((int64_t)remaining, call->arena));
    }
    struct buf *body = &call->reply->body;
    bool yaml = call->reply->content_type.len != 0;
    buf_clear(body);
    print_head(call, object_finish(&metadata), body);
    buf_add(body, buf_str(&items));
    buf_add(body, STR("]}\n"));
    call->reply->status = 200;
    if (yaml) {
        value document;
        struct error err = ERROR_INIT;
        str text = buf_copy(body, call->arena);
        CHECK(json_read(text, limits_default(), call->arena, &document, &err));
        api_reply_value(call, 200, document);
        return true;
    }
    call->reply->content_type = STR("application/json");
    return true;
}
