/*
 * Any bytes as the answer of a list and of a watch. However they are cut, the same is heard, and
 * the end is the same. The first byte says where to cut.
 */
#include "syncd/base/check.h"
#include "syncd/kube/kube_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define TEXT_MAX (1u << 20)

static bool heard_item(void *context, str text)
{
    buf_printf(context, "item %zu ", text.len);
    buf_add(context, text);
    return true;
}

static void heard_member(void *context, str key, str text)
{
    buf_printf(context, "member %.*s %zu ", STR_ARG(key), text.len);
    buf_add(context, text);
}

static bool list_in_pieces(str text, size_t piece, struct buf *heard)
{
    struct item_reader reader;
    struct error err = ERROR_INIT;
    item_reader_init(&reader, TEXT_MAX);
    reader.item = heard_item;
    reader.member = heard_member;
    reader.context = heard;
    bool fine = true;
    for (size_t at = 0; fine && at < text.len; at += piece)
        fine = item_reader_feed(&reader, str_slice(text, at, piece), &err);
    CHECK(fine || err.class != ERROR_NONE);
    buf_printf(heard, "state %d", fine ? (int)reader.state : -1);
    item_reader_finish(&reader);
    return fine;
}

static bool watch_in_pieces(str text, size_t piece, struct buf *heard)
{
    struct text_reader reader;
    struct error err = ERROR_INIT;
    text_reader_init(&reader, TEXT_MAX);
    bool fine = true;
    for (size_t at = 0; fine && at < text.len; at += piece)
        fine = text_reader_feed(&reader, str_slice(text, at, piece), heard_item, heard, &err);
    CHECK(fine || err.class != ERROR_NONE);
    buf_printf(heard, "left %zu", fine ? reader.buf.len : 0);
    text_reader_finish(&reader);
    return fine;
}

static void compare(str text, size_t piece, bool (*read)(str text, size_t piece, struct buf *heard))
{
    AUTO_BUF struct buf whole = BUF_INIT(16u << 20);
    AUTO_BUF struct buf pieces = BUF_INIT(16u << 20);
    CHECK(read(text, text.len, &whole) == read(text, piece, &pieces));
    CHECK(str_equal(buf_str(&whole), buf_str(&pieces)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (len < 2 || len > TEXT_MAX / 2)
        return 0;
    const size_t piece = 1 + bytes[0];
    const str text = str_from((const char *)bytes + 1, len - 1);
    compare(text, piece, list_in_pieces);
    compare(text, piece, watch_in_pieces);
    return 0;
}
