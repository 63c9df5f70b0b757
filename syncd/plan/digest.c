#include "syncd/plan/digest.h"

#include "syncd/base/buf.h"
#include "syncd/plan/join.h"
#include "syncd/value/json.h"

#include <stdio.h>

#define FORMAT     "syncd plan 1" /* changes whenever the same objects would give another digest */
#define PREFIX     "sha256:"
#define LINES_MOST (1u << 30)

void plan_digest_print(const struct plan_digest *digest, char out[PLAN_DIGEST_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    char *at = out + sizeof(PREFIX) - 1;
    memcpy(out, PREFIX, sizeof(PREFIX) - 1);
    for (size_t i = 0; i < SHA256_LEN; i++) {
        *at++ = digits[digest->bytes[i] >> 4];
        *at++ = digits[digest->bytes[i] & 15];
    }
    *at = '\0';
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool plan_digest_read(str text, struct plan_digest *ret_digest)
{
    struct plan_digest digest;
    if (str_starts(text, STR(PREFIX)))
        text = str_skip(text, sizeof(PREFIX) - 1);
    if (text.len != 2 * SHA256_LEN)
        return false;
    for (size_t i = 0; i < SHA256_LEN; i++) {
        int high = hex_digit(text.ptr[2 * i]), low = hex_digit(text.ptr[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        digest.bytes[i] = (uint8_t)(high << 4 | low);
    }
    *ret_digest = digest;
    return true;
}

bool plan_digest_equal(const struct plan_digest *a, const struct plan_digest *b)
{
    return crypto_equal(a->bytes, b->bytes, SHA256_LEN);
}

static bool has_no_members(value v)
{
    return value_is(v, VALUE_NULL) || (value_is(v, VALUE_OBJECT) && v.len == 0);
}

/* Without the owner label; labels that hold nothing else are as good as none. */
static value without_owner(value document, struct arena *arena)
{
    static const str path[] = {STR_INIT("metadata"), STR_INIT("labels"), STR_INIT(OWNER_LABEL)};
    document = value_without_path(document, path, ARRAY_LEN(path), arena);
    value labels = value_get2(document, path[0], path[1]);
    return has_no_members(labels) ? value_without_path(document, path, 2, arena) : document;
}

/* Most documents need not be read for it: rendered without an owner they have no such label. */
static bool needs_reading(str json)
{
    return str_find(json, STR(OWNER_LABEL)) != SIZE_MAX ||
           str_find(json, STR("\"labels\":{}")) != SIZE_MAX ||
           str_find(json, STR("\"labels\":null")) != SIZE_MAX;
}

static void document_digest(str json, struct arena *scratch, uint8_t out[SHA256_LEN])
{
    struct arena_mark mark = arena_mark(scratch);
    struct error ignored = ERROR_INIT;
    value document;
    if (needs_reading(json) && json_read(json, limits_default(), scratch, &document, &ignored))
        json = json_text(without_owner(document, scratch), JSON_COMPACT, scratch);
    crypto_sha256(json, out);
    arena_rewind(scratch, mark);
}

static void put_text(struct buf *lines, str text)
{
    buf_add_u64(lines, text.len);
    buf_add_byte(lines, ':');
    buf_add(lines, text);
}

static void put_document(struct buf *lines, const struct desired_object *object,
                         struct arena *scratch)
{
    uint8_t digest[SHA256_LEN] = {0};
    buf_add_byte(lines, object != NULL ? '+' : '-');
    if (object != NULL)
        document_digest(object->json, scratch, digest);
    buf_add(lines, str_from((const char *)digest, sizeof(digest)));
}

/* Bytes that differ only in the owner label are the same after all. */
static bool same_without_owner(const struct desired_object *base, const struct desired_object *head,
                               struct arena *scratch)
{
    uint8_t left[SHA256_LEN], right[SHA256_LEN];
    if (base == NULL || head == NULL || (!needs_reading(base->json) && !needs_reading(head->json)))
        return false;
    document_digest(base->json, scratch, left);
    document_digest(head->json, scratch, right);
    return memcmp(left, right, SHA256_LEN) == 0;
}

/* What a side lets go: tombstones are no objects, but what is reviewed. */
static void put_tombstones(struct buf *lines, const struct desired *desired)
{
    size_t count = desired != NULL ? desired->tombstones.list.len : 0;
    buf_add_byte(lines, '!');
    buf_add_u64(lines, count);
    for (size_t i = 0; i < count; i++) {
        put_text(lines, desired->tombstones.list.items[i].key);
        put_text(lines, desired->tombstones.list.items[i].uid);
    }
}

struct plan_digest plan_digest_of(str target, const struct desired *base,
                                  const struct desired *head)
{
    AUTO_BUF struct buf lines = BUF_INIT(LINES_MOST);
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    struct desired_join join = {.base = base, .head = head};
    const struct desired_object *before, *after;
    struct plan_digest digest;
    put_text(&lines, STR(FORMAT));
    put_text(&lines, target);
    while (desired_join_next(&join, &before, &after)) {
        if (desired_same(before, after) || same_without_owner(before, after, scratch))
            continue;
        put_text(&lines, before != NULL ? before->key : after->key);
        put_document(&lines, before, scratch);
        put_document(&lines, after, scratch);
    }
    put_tombstones(&lines, base);
    put_tombstones(&lines, head);
    CHECK(!buf_failed(&lines));
    crypto_sha256(buf_str(&lines), digest.bytes);
    return digest;
}

struct plan_digest plan_digest_join(const struct plan_digest *digests, size_t count)
{
    AUTO_BUF struct buf lines = BUF_INIT(LINES_MOST);
    struct plan_digest digest;
    put_text(&lines, STR(FORMAT));
    for (size_t i = 0; i < count; i++)
        buf_add(&lines, str_from((const char *)digests[i].bytes, SHA256_LEN));
    CHECK(!buf_failed(&lines));
    crypto_sha256(buf_str(&lines), digest.bytes);
    return digest;
}
