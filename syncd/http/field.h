/* field: names with text: headers and query parameters, in and out. */
#ifndef SYNCD_HTTP_FIELD_H
#define SYNCD_HTTP_FIELD_H

#include "syncd/base/buf.h"

struct http_field {
    str name;
    str text;
};

struct http_fields {
    const struct http_field *items;
    size_t len;
};

/* The first one of that name; header names ignore case (fold), query parameters do not. */
str http_fields_get(struct http_fields fields, str name, bool fold);
bool http_fields_has(struct http_fields fields, str name, bool fold);

/* Appends `text` percent-encoded so that it is one path segment or one query value. */
void http_encode(struct buf *buf, str text);
/* Percent decoding ('+' becomes a space where `plus`). False for a broken escape or a NUL. */
bool http_decode(str text, bool plus, struct arena *arena, str *ret_text) MUST_USE;
/* "a=1&b=2" to fields, in order. False when broken. */
bool http_query_read(str query, struct arena *arena, struct http_fields *ret_fields) MUST_USE;

#endif
