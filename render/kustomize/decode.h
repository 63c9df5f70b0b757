/*
 * decode: documents into structs by tables, as Go's encoding/json does it: field names match in any
 * case, null leaves a field alone, a value of another type is an error.
 */
#ifndef RENDER_KUSTOMIZE_DECODE_H
#define RENDER_KUSTOMIZE_DECODE_H

#include "syncd/base/error.h"
#include "syncd/value/value.h"

enum field_type {
    FIELD_STRING,     /* str */
    FIELD_TEXT,       /* struct optional_text: tells "" from missing */
    FIELD_BOOL,       /* bool */
    FIELD_INT,        /* int64_t */
    FIELD_STRINGS,    /* struct strings */
    FIELD_STRING_MAP, /* value: an object of strings */
    FIELD_ANY,        /* value: as it is */
    FIELD_STRUCT,     /* pointer to a struct of `inner`, made when present */
    FIELD_INLINE,     /* a struct of `inner` in place */
    FIELD_STRUCTS,    /* VEC of structs of `inner` */
    FIELD_EMBEDDED,   /* the rows of `inner` count as rows of this struct */
};

struct optional_text {
    bool present;
    str text;
};

struct strings {
    VEC(str) list;
};

struct decoder;

struct field_row {
    const char *name;
    enum field_type type;
    size_t offset;
    const struct decoder *inner;
};

struct decoder {
    const char *what; /* for messages */
    size_t size;
    const struct field_row *rows;
    size_t count;
};

/* A row; one with a table of its own; a table. */
#define FIELD_ROW(type, member, name, kind) {(name), (kind), offsetof(type, member), NULL}
#define FIELD_ROW_OF(type, member, name, kind, inner)                                              \
    {(name), (kind), offsetof(type, member), &(inner)}
#define DECODER(text, type, array) {(text), sizeof(type), (array), ARRAY_LEN(array)}

enum decode_mode {
    DECODE_EXACT,  /* the kustomization file: unknown fields are errors, texts must be texts */
    DECODE_STRICT, /* configurations: unknown fields are errors, numbers and booleans become texts
                    */
    DECODE_LOOSE,  /* plugins and included files: unknown fields are ignored */
};

/*
 * Fills *target, which is zeroed or holds defaults. ERROR_INPUT (E_KUSTOMIZATION) with the line.
 */
bool kust_decode(const struct decoder *decoder, value document, enum decode_mode mode,
                 struct arena *arena, void *target, struct error *err) MUST_USE;

#endif
