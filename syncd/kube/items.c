#include "syncd/kube/kube_internal.h"

#include <string.h>

static bool shape_error(struct error *err, const char *what)
{
    return error_rule(err, ERROR_UNAVAILABLE, "E_API_SHAPE", "the answer is not a list: %s", what);
}

static bool append(struct buf *buf, str bytes, struct error *err)
{
    buf_add(buf, bytes);
    return !buf_failed(buf) ||
           error_rule(err, ERROR_LIMIT, "E_API_SIZE", "one object is over %zu bytes", buf->max);
}

/* Keeps what stands behind `used`. */
static void drop_front(struct buf *buf, size_t used)
{
    if (used == 0)
        return;
    memmove(buf->ptr, buf->ptr + used, buf->len - used);
    buf_truncate(buf, buf->len - used);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The length of the value that begins here, 0 = more bytes are needed. */
static size_t value_len_at(struct item_reader *reader, str rest)
{
    const char first = rest.ptr[0];
    if (first == '{' || first == '[' || first == '"')
        return json_split(&reader->splitter, rest);
    for (size_t i = 1; i < rest.len; i++)
        if (rest.ptr[i] == ',' || rest.ptr[i] == '}' || rest.ptr[i] == ']' || is_space(rest.ptr[i]))
            return i;
    return 0;
}

/* Each step takes *used bytes of `rest`, which begins with no space; 0 = more are needed. */

static bool step_key(struct item_reader *reader, str rest, size_t *used, struct error *err)
{
    *used = 1;
    if (rest.ptr[0] == ',')
        return true;
    if (rest.ptr[0] == '}') {
        reader->state = ITEM_END;
        return true;
    }
    if (rest.ptr[0] != '"')
        return shape_error(err, "a key is missing");
    *used = json_split(&reader->splitter, rest);
    if (*used == 0)
        return true;
    reader->splitter = (struct json_splitter){0};
    const str key = str_slice(rest, 1, *used - 2);
    reader->key[0] = '\0';
    if (key.len < sizeof(reader->key)) {
        memcpy(reader->key, key.ptr, key.len);
        reader->key[key.len] = '\0';
    }
    reader->state = ITEM_COLON;
    return true;
}

static bool step_value(struct item_reader *reader, str rest, size_t *used)
{
    if (rest.ptr[0] == '[' && strcmp(reader->key, "items") == 0) {
        reader->state = ITEM_ELEMENT;
        *used = 1;
        return true;
    }
    *used = value_len_at(reader, rest);
    if (*used == 0)
        return true;
    reader->splitter = (struct json_splitter){0};
    reader->state = ITEM_KEY;
    reader->member(reader->context, str_z(reader->key), str_slice(rest, 0, *used));
    return true;
}

static bool step_element(struct item_reader *reader, str rest, size_t *used)
{
    *used = 1;
    if (rest.ptr[0] == ',')
        return true;
    if (rest.ptr[0] == ']') {
        reader->state = ITEM_KEY;
        return true;
    }
    *used = value_len_at(reader, rest);
    if (*used == 0)
        return true;
    reader->splitter = (struct json_splitter){0};
    reader->stopped = !reader->item(reader->context, str_slice(rest, 0, *used));
    return !reader->stopped;
}

static bool step(struct item_reader *reader, str rest, size_t *used, struct error *err)
{
    *used = 1;
    switch (reader->state) {
    case ITEM_OBJECT:
        reader->state = ITEM_KEY;
        return rest.ptr[0] == '{' || shape_error(err, "no object");
    case ITEM_KEY: return step_key(reader, rest, used, err);
    case ITEM_COLON:
        reader->state = ITEM_VALUE;
        return rest.ptr[0] == ':' || shape_error(err, "a colon is missing");
    case ITEM_VALUE: return step_value(reader, rest, used);
    case ITEM_ELEMENT: return step_element(reader, rest, used);
    case ITEM_END: break;
    }
    return shape_error(err, "something stands behind it");
}

void item_reader_init(struct item_reader *reader, size_t item_max)
{
    *reader = (struct item_reader){.state = ITEM_OBJECT};
    buf_init(&reader->buf, item_max);
}

void item_reader_finish(struct item_reader *reader)
{
    buf_finish(&reader->buf);
}

bool item_reader_feed(struct item_reader *reader, str bytes, struct error *err)
{
    if (!append(&reader->buf, bytes, err))
        return false;
    size_t at = 0;
    const str text = buf_str(&reader->buf);
    while (at < text.len) {
        /* Inside a value the splitter counts from its first byte: no space is skipped there. */
        if (reader->splitter.scanned == 0 && is_space(text.ptr[at])) {
            at++;
            continue;
        }
        size_t used = 0;
        if (!step(reader, str_skip(text, at), &used, err))
            return false;
        if (used == 0)
            break;
        at += used;
    }
    drop_front(&reader->buf, at);
    return true;
}

void text_reader_init(struct text_reader *reader, size_t text_max)
{
    *reader = (struct text_reader){0};
    buf_init(&reader->buf, text_max);
}

void text_reader_finish(struct text_reader *reader)
{
    buf_finish(&reader->buf);
}

bool text_reader_feed(struct text_reader *reader, str bytes, bool (*text)(void *context, str text),
                      void *context, struct error *err)
{
    if (!append(&reader->buf, bytes, err))
        return false;
    size_t at = 0;
    const str all = buf_str(&reader->buf);
    while (at < all.len) {
        if (reader->splitter.scanned == 0 && is_space(all.ptr[at])) {
            at++;
            continue;
        }
        if (all.ptr[at] != '{')
            return shape_error(err, "an event is no object");
        const size_t len = json_split(&reader->splitter, str_skip(all, at));
        if (len == 0)
            break;
        reader->splitter = (struct json_splitter){0};
        if (!text(context, str_slice(all, at, len)))
            return false;
        at += len;
    }
    drop_front(&reader->buf, at);
    return true;
}
