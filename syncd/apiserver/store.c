#include "syncd/apiserver/store.h"

#include "syncd/base/buf.h"
#include "syncd/base/check.h"
#include "syncd/value/json.h"

#include <stdlib.h>

/* What stands before the labels in a revision that has some. */
static const str labels_head = STR_INIT("{\"metadata\":{\"labels\":");

#define TEXT_MAX ((size_t)256 << 20)

static void *allocate(size_t size)
{
    void *memory = malloc(size);
    CHECK(memory != NULL);
    return memory;
}

str api_revision_namespace(const struct api_revision *revision)
{
    return str_from(revision->bytes + revision->text_len, revision->namespace_len);
}

str api_revision_name(const struct api_revision *revision)
{
    return str_from(revision->bytes + revision->text_len + revision->namespace_len,
                    revision->name_len);
}

/* What the store printed itself is always readable. */
static value read_own(str text, struct arena *arena)
{
    value document;
    struct error err = ERROR_INIT;
    CHECK(json_read(text, limits_default(), arena, &document, &err));
    return document;
}

value api_revision_labels(const struct api_revision *revision, struct arena *arena)
{
    if (revision->labels_len == 0)
        return value_absent();
    return read_own(str_from(revision->bytes + labels_head.len, revision->labels_len), arena);
}

value api_revision_object(const struct api_revision *revision, str api_version, str kind,
                          struct arena *arena)
{
    value object = read_own(api_revision_text(revision), arena);
    if (kind.len == 0)
        return object;
    struct object_builder out;
    object_begin(&out, arena);
    object_add(&out, STR("apiVersion"), value_string(arena_str(arena, api_version)));
    object_add(&out, STR("kind"), value_string(arena_str(arena, kind)));
    for (size_t i = 0; i < value_len(object); i++)
        object_add(&out, value_member(object, i)->key, value_member(object, i)->val);
    return object_finish(&out);
}

void api_revision_print(const struct api_revision *revision, str api_version, str kind,
                        struct buf *out)
{
    str text = api_revision_text(revision);
    if (kind.len != 0) {
        buf_add(out, STR("{\"kind\":\""));
        buf_add(out, kind);
        buf_add(out, STR("\",\"apiVersion\":\""));
        buf_add(out, api_version);
        buf_add(out, STR("\","));
        text = str_skip(text, 1); /* metadata is always there: never an empty object */
    }
    buf_add(out, text);
}

/* Prints `key: value` of every member but `skip`, comma separated. */
static void print_members(value object, str skip, bool *first, struct buf *out)
{
    for (size_t i = 0; i < value_len(object); i++) {
        const struct member *member = value_member(object, i);
        if (str_equal(member->key, skip))
            continue;
        if (!*first)
            buf_add_byte(out, ',');
        *first = false;
        json_write_string(member->key, JSON_COMPACT, out);
        buf_add_byte(out, ':');
        json_write(member->val, JSON_COMPACT, out);
    }
}

/* Returns the length of the labels' text. */
static size_t print_object(value object, struct buf *out)
{
    value metadata = value_get(object, STR("metadata"));
    value labels = value_get(metadata, STR("labels"));
    size_t labels_len = 0;
    bool first = true;
    if (value_len(labels) != 0) {
        buf_add(out, labels_head);
        json_write(labels, JSON_COMPACT, out);
        labels_len = out->len - labels_head.len;
        first = false;
    } else {
        buf_add(out, STR("{\"metadata\":{"));
    }
    print_members(metadata, STR("labels"), &first, out);
    buf_add_byte(out, '}');
    for (size_t i = 0; i < value_len(object); i++) {
        const struct member *member = value_member(object, i);
        if (str_equal(member->key, STR("metadata")) || str_equal(member->key, STR("kind")) ||
            str_equal(member->key, STR("apiVersion")))
            continue;
        buf_add_byte(out, ',');
        json_write_string(member->key, JSON_COMPACT, out);
        buf_add_byte(out, ':');
        json_write(member->val, JSON_COMPACT, out);
    }
    buf_add_byte(out, '}');
    return labels_len;
}

static struct api_revision *make_revision(value object, uint64_t version)
{
    AUTO_BUF struct buf text = BUF_INIT(TEXT_MAX);
    size_t labels_len = print_object(object, &text);
    CHECK(!buf_failed(&text));
    value metadata = value_get(object, STR("metadata"));
    str namespace = value_str(value_get(metadata, STR("namespace")));
    str name = value_str(value_get(metadata, STR("name")));
    struct api_revision *revision =
        allocate(sizeof *revision + text.len + namespace.len + name.len);
    *revision = (struct api_revision){.version = version,
                                      .refs = 1,
                                      .text_len = (uint32_t)text.len,
                                      .labels_len = (uint32_t)labels_len,
                                      .namespace_len = (uint16_t)namespace.len,
                                      .name_len = (uint16_t)name.len};
    char *at = revision->bytes;
    memcpy(at, text.ptr, text.len);
    if (namespace.len != 0)
        memcpy(at + text.len, namespace.ptr, namespace.len);
    memcpy(at + text.len + namespace.len, name.ptr, name.len);
    return revision;
}

static void revision_unref(struct api_revision *revision)
{
    if (revision != NULL && --revision->refs == 0)
        free(revision);
}

static struct api_revision *revision_ref(struct api_revision *revision)
{
    if (revision != NULL)
        revision->refs++;
    return revision;
}

static size_t revision_cost(const struct api_revision *revision)
{
    return sizeof *revision + revision->text_len + revision->namespace_len + revision->name_len;
}

void api_history_init(struct api_history *history, size_t max_bytes, size_t max_count)
{
    *history = (struct api_history){.max_bytes = max_bytes, .max_count = max_count};
    list_init(&history->events);
}

static void forget(struct api_event *event)
{
    struct api_history *history = event->shelf->history;
    list_remove(&event->in_history);
    list_remove(&event->in_shelf);
    history->bytes -= revision_cost(event->now) + sizeof *event;
    history->count--;
    event->shelf->forgotten = event->now->version;
    revision_unref(event->before);
    revision_unref(event->now);
    free(event);
}

/* Takes over both references. */
static void remember(struct api_shelf *shelf, enum api_event_type type, struct api_revision *before,
                     struct api_revision *now)
{
    struct api_history *history = shelf->history;
    struct api_event *event = allocate(sizeof *event);
    *event = (struct api_event){.shelf = shelf, .type = type, .before = before, .now = now};
    list_append(&shelf->events, &event->in_shelf);
    list_append(&history->events, &event->in_history);
    history->bytes += revision_cost(now) + sizeof *event;
    history->count++;
    while ((history->bytes > history->max_bytes || history->count > history->max_count) &&
           history->events.next != &event->in_history)
        forget(LIST_ITEM(history->events.next, struct api_event, in_history));
}

void api_shelf_init(struct api_shelf *shelf, struct api_history *history)
{
    *shelf = (struct api_shelf){.history = history};
    list_init(&shelf->events);
    list_init(&shelf->watchers);
}

static void free_record(struct api_record *record)
{
    revision_unref(record->current);
    free(record->owners);
    free(record);
}

void api_shelf_finish(struct api_shelf *shelf)
{
    CHECK(list_empty(&shelf->watchers));
    LIST_FOR (node, &shelf->events)
        forget(LIST_ITEM(node, struct api_event, in_shelf));
    for (size_t i = 0; i < shelf->len; i++)
        free_record(shelf->records[i]);
    free(shelf->records);
    *shelf = (struct api_shelf){0};
}

size_t api_shelf_lower(const struct api_shelf *shelf, str namespace, str name)
{
    size_t low = 0, high = shelf->len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct api_revision *revision = shelf->records[middle]->current;
        int order = str_compare(api_revision_namespace(revision), namespace);
        if (order == 0)
            order = str_compare(api_revision_name(revision), name);
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_at(const struct api_shelf *shelf, size_t index, str namespace, str name)
{
    if (index >= shelf->len)
        return false;
    const struct api_revision *revision = shelf->records[index]->current;
    return str_equal(api_revision_name(revision), name) &&
           str_equal(api_revision_namespace(revision), namespace);
}

struct api_record *api_shelf_find(const struct api_shelf *shelf, str namespace, str name)
{
    size_t index = api_shelf_lower(shelf, namespace, name);
    return is_at(shelf, index, namespace, name) ? shelf->records[index] : NULL;
}

static struct api_record *insert(struct api_shelf *shelf, size_t index)
{
    if (shelf->len == shelf->cap) {
        shelf->cap = shelf->cap == 0 ? 4 : shelf->cap * 2;
        shelf->records = realloc(shelf->records, shelf->cap * sizeof shelf->records[0]);
        CHECK(shelf->records != NULL);
    }
    memmove(shelf->records + index + 1, shelf->records + index,
            (shelf->len - index) * sizeof shelf->records[0]);
    shelf->len++;
    struct api_record *record = allocate(sizeof *record);
    *record = (struct api_record){0};
    shelf->records[index] = record;
    return record;
}

/* What the server looks at without reading the text. */
static void note_essentials(struct api_shelf *shelf, struct api_record *record, value object)
{
    value metadata = value_get(object, STR("metadata"));
    value owners = value_get(metadata, STR("ownerReferences"));
    CHECK(api_uid_parse(value_str(value_get(metadata, STR("uid"))), record->uid));
    record->deleting = value_present(value_get(metadata, STR("deletionTimestamp")));
    shelf->owned -= record->owner_count != 0;
    free(record->owners);
    record->owners = NULL;
    record->owner_count = 0;
    if (value_len(owners) == 0)
        return;
    record->owners = allocate(value_len(owners) * sizeof record->owners[0]);
    for (size_t i = 0; i < value_len(owners) && i < UINT8_MAX; i++)
        if (api_uid_parse(value_str(value_get(value_item(owners, i), STR("uid"))),
                          record->owners[record->owner_count]))
            record->owner_count++;
    shelf->owned += record->owner_count != 0;
}

struct api_record *api_shelf_put(struct api_shelf *shelf, value object, uint64_t version)
{
    struct api_revision *revision = make_revision(object, version);
    str namespace = api_revision_namespace(revision);
    str name = api_revision_name(revision);
    size_t index = api_shelf_lower(shelf, namespace, name);
    struct api_record *record;
    struct api_revision *before = NULL;
    if (is_at(shelf, index, namespace, name)) {
        record = shelf->records[index];
        before = record->current;
        shelf->bytes -= before->text_len;
    } else {
        record = insert(shelf, index);
    }
    shelf->bytes += revision->text_len;
    record->current = revision;
    note_essentials(shelf, record, object);
    /* the record's reference to `before` goes over to the event */
    remember(shelf, before == NULL ? API_ADDED : API_MODIFIED, before, revision_ref(revision));
    return record;
}

void api_shelf_remove(struct api_shelf *shelf, struct api_record *record, value last,
                      uint64_t version)
{
    const struct api_revision *current = record->current;
    size_t index =
        api_shelf_lower(shelf, api_revision_namespace(current), api_revision_name(current));
    CHECK(index < shelf->len && shelf->records[index] == record);
    memmove(shelf->records + index, shelf->records + index + 1,
            (shelf->len - index - 1) * sizeof shelf->records[0]);
    shelf->len--;
    shelf->bytes -= current->text_len;
    shelf->owned -= record->owner_count != 0;
    struct api_revision *gone = make_revision(last, version);
    remember(shelf, API_DELETED, revision_ref(record->current), gone);
    free_record(record);
}

static const uint8_t dash_before[16] = {[4] = 1, [6] = 1, [8] = 1, [10] = 1};

str api_uid_text(const uint8_t uid[16], struct arena *arena)
{
    static const char digits[] = "0123456789abcdef";
    char *text = arena_alloc_bytes(arena, 36);
    char *at = text;
    for (size_t i = 0; i < 16; i++) {
        if (dash_before[i])
            *at++ = '-';
        *at++ = digits[uid[i] >> 4];
        *at++ = digits[uid[i] & 15];
    }
    return str_from(text, 36);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool api_uid_parse(str text, uint8_t ret_uid[16])
{
    if (text.len != 36)
        return false;
    size_t at = 0;
    for (size_t i = 0; i < 16; i++) {
        if (dash_before[i] && text.ptr[at++] != '-')
            return false;
        int high = hex_digit(text.ptr[at]), low = hex_digit(text.ptr[at + 1]);
        if (high < 0 || low < 0)
            return false;
        ret_uid[i] = (uint8_t)(high << 4 | low);
        at += 2;
    }
    return true;
}
