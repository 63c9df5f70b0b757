/* json: JSON text to documents and back. */
#ifndef SYNCD_VALUE_JSON_H
#define SYNCD_VALUE_JSON_H

#include "syncd/base/buf.h"
#include "syncd/base/error.h"
#include "syncd/base/limits.h"
#include "syncd/value/value.h"

/*
 * One JSON text (RFC 8259), nothing behind it but space. Duplicate keys, NaN, a BOM, invalid UTF-8
 * and lone surrogates are ERROR_INPUT (rule E_JSON, with line and column); depth and memory are
 * ERROR_LIMIT. Strings without escapes are views into `text`, which must outlive the document.
 */
bool json_read(str text, const struct limits *limits, struct arena *arena, value *ret_document,
               struct error *err) MUST_USE;

/* The length of the first complete JSON value in a stream, 0 when more bytes are needed. */
struct json_splitter {
    size_t scanned;
    uint32_t depth;
    bool in_string, escaped, begun;
};
/* Feed growing text that begins at the current value; reset to zero after each value. */
size_t json_split(struct json_splitter *splitter, str text);

enum json_style {
    JSON_COMPACT, /* {"a":1}: nothing escaped that need not be */
    JSON_GO,      /* as Go's encoding/json: <, >, &, U+2028/9 escaped */
    JSON_INDENT2, /* two spaces, a line per member */
    JSON_INDENT4, /* as kubectl -o json prints */
};

void json_write(value document, enum json_style style, struct buf *buf);
/* A string as a JSON string with quotes. */
void json_write_string(str text, enum json_style style, struct buf *buf);
str json_text(value document, enum json_style style, struct arena *arena);

#endif
