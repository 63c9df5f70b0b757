/* Shared between the files of the YAML reader and writer. */
#ifndef SYNCD_VALUE_YAML_INTERNAL_H
#define SYNCD_VALUE_YAML_INTERNAL_H

#include "syncd/base/map.h"
#include "syncd/value/value_internal.h"
#include "syncd/value/yaml.h"

/* What an unquoted scalar means. */
enum scalar_kind {
    SCALAR_STRING,
    SCALAR_NULL,
    SCALAR_BOOL,
    SCALAR_INT,  /* fits int64 */
    SCALAR_UINT, /* only fits uint64 */
    SCALAR_FLOAT,
    SCALAR_TIMESTAMP,
};

struct scalar {
    enum scalar_kind kind;
    bool truth;
    bool canonical; /* of an integer: the text is as JSON prints it */
    int64_t integer;
    uint64_t natural;
    double real;
};

/* Resolves plain text: never fails, text that is nothing else is a string. */
struct scalar scalar_resolve(str text, enum yaml_dialect dialect);
/* Only first bytes that this says may begin something else than a string. */
bool scalar_may_resolve(str text);
/* A YAML timestamp as Go reads it; *ret_json gets RFC 3339 text (64 bytes are enough). */
bool scalar_is_timestamp(str text, char *ret_json);
/* Base 60 numbers of YAML 1.1, which writers quote. */
bool scalar_is_base60(str text);

/* The document value of plain text; false (E_NUM) for NaN and infinities. Views into text. */
bool scalar_to_value(str text, enum yaml_dialect dialect, struct arena *arena, value *ret_value,
                     struct error *err) MUST_USE;
/* The string that a plain key becomes; false (E_YAML_KEY) for null and big numbers. */
bool scalar_to_key(str text, enum yaml_dialect dialect, bool nested, struct arena *arena,
                   str *ret_key, struct error *err) MUST_USE;

/*
 * One document by the scanner for plain block documents. False: it saw something that it leaves to
 * libyaml, or something wrong, which libyaml's path then reports. `text` is one document of a
 * stream, with its `---`; `line` that of its first byte. Counts nodes into *nodes.
 */
bool yaml_read_plain(str text, uint32_t line, const struct yaml_options *options,
                     const struct limits *limits, struct arena *arena, struct arena *scratch,
                     uint64_t *nodes, struct yaml_document *ret_document) MUST_USE;

/* What is counted over all documents of a file. */
struct yaml_counts {
    uint64_t nodes;
    uint64_t anchors;
    uint64_t expanded; /* bytes of text that aliases stand for */
};

/* All documents of text through libyaml's events, appended to the stream. */
bool yaml_read_events(str text, uint32_t line, const struct yaml_options *options,
                      const struct limits *limits, struct yaml_counts *counts, struct arena *arena,
                      struct yaml_stream *stream, struct error *err) MUST_USE;

/* True when the members of an object already stand in the order that the style prints. */
bool yaml_order_is_natural(value v, enum yaml_style style);
/* The members of an object in the order that the style prints: letters after everything else, runs
 * of digits by their number. */
const struct member **yaml_order(value v, enum yaml_style style, struct arena *arena);

/* What kustomize makes of a folded text: yaml_folded.c. A view of `text` where that is the same. */
str yaml_folded_again(str text, struct arena *arena);
/* The writer may print it as a block. */
bool yaml_fits_block(str text);

#endif
