/*
 * value: the document. Immutable, 16 bytes, held in an arena, objects sorted by key, numbers keep
 * their text. Immutable means: any subtree may be shared between documents and threads as long as
 * the arena lives. "Changing" makes a new node on the path and shares the rest.
 */
#ifndef SYNCD_VALUE_VALUE_H
#define SYNCD_VALUE_VALUE_H

#include "syncd/base/arena.h"
#include "syncd/base/check.h"
#include "syncd/base/str.h"
#include "syncd/base/vec.h"

enum value_kind {
    VALUE_ABSENT, /* what a lookup that misses returns; never inside a document */
    VALUE_NULL,
    VALUE_BOOL,
    VALUE_NUMBER,
    VALUE_STRING,
    VALUE_ARRAY,
    VALUE_OBJECT,
};

enum value_flag {
    VALUE_INTEGER = 1,  /* of a number: the text is an integer (of any size), not a float */
    VALUE_RAW = 2,      /* of a scalar read with YAML_KUSTOMIZE: its text is as the file has it */
    VALUE_QUOTED = 4,   /* of a string read with YAML_KUSTOMIZE: it was not written plainly */
    VALUE_MARKED = 8,   /* for whoever holds the document; readers leave it clear */
    VALUE_UNTYPED = 16, /* the same: of a scalar whose text alone says what it is */
};

struct member;

typedef struct value {
    uint32_t kind : 4;
    uint32_t flags : 5;
    uint32_t line : 23; /* in the source text, from 1; 0 = unknown */
    uint32_t len;       /* bytes of text, or count of items or members; 0/1 for false/true */
    union {
        const char *text;             /* string, number: NUL-ended copies are not promised */
        const struct value *items;    /* array */
        const struct member *members; /* object, sorted by key bytes, no duplicates */
    } as;
} value;

struct member {
    str key;
    value val;
};

/* Making leaves. The text must live as long as the document. */
static inline value value_absent(void)
{
    return (value){.kind = VALUE_ABSENT};
}

static inline value value_null(void)
{
    return (value){.kind = VALUE_NULL};
}

static inline value value_bool(bool truth)
{
    return (value){.kind = VALUE_BOOL, .len = truth};
}

value value_string(str text);
value value_int(int64_t number, struct arena *arena);
value value_uint(uint64_t number, struct arena *arena);
/* Text as JSON prints Go's float64 (shortest that reads back). NaN and infinities are CHECKed. */
value value_float(double number, struct arena *arena);
/* Text as YAML prints Go's float64 ("1e+06"): flagged VALUE_RAW. NaN and infinities are CHECKed. */
value value_general(double number, struct arena *arena);
/* A number from canonical JSON number text. */
value value_number(str text);

/* Looking. */
static inline bool value_is(value v, enum value_kind kind)
{
    return v.kind == kind;
}

static inline bool value_present(value v)
{
    return v.kind != VALUE_ABSENT;
}

/* Text of a string; empty view for everything else. */
static inline str value_str(value v)
{
    return v.kind == VALUE_STRING ? str_from(v.as.text, v.len) : (str){0};
}

/* Text of a number; empty view for everything else. */
static inline str value_number_text(value v)
{
    return v.kind == VALUE_NUMBER ? str_from(v.as.text, v.len) : (str){0};
}

static inline bool value_true(value v)
{
    return v.kind == VALUE_BOOL && v.len == 1;
}

/* Number of items or members; 0 for leaves. */
static inline size_t value_len(value v)
{
    return v.kind == VALUE_ARRAY || v.kind == VALUE_OBJECT ? v.len : 0;
}

/* CHECKed: v is an array (an object) and index < len. */
value value_item(value v, size_t index);
const struct member *value_member(value v, size_t index);

/* A member by key: binary search. ABSENT when v is no object or has no such key. */
value value_get(value v, str key);
/* A chain of keys: value_path(v, "metadata", "name", NULL)-like lookups without varargs. */
value value_get2(value v, str first, str second);
value value_get3(value v, str first, str second, str third);

/* False unless v is a number whose text is an integer in range (1.0 is not). */
bool value_to_i64(value v, int64_t *ret_number) MUST_USE;
/* Any number; false when v is none. Out of range becomes an infinity. */
bool value_to_double(value v, double *ret_number) MUST_USE;

/* Deep. Numbers are equal when their values are equal as integers, or as doubles. */
bool value_equal(value a, value b);
/* Stable between processes; equal values hash equal. */
uint64_t value_hash(value v);
/* Deepest nesting; a leaf is 0. */
size_t value_depth(value v);

/* Building objects: members in any order; finish sorts. */
struct object_builder {
    struct arena *arena;
    VEC(struct member) members;
    bool sorted; /* as long as keys came in order */
};

void object_begin(struct object_builder *builder, struct arena *arena);
void object_add(struct object_builder *builder, str key, value val);
/* Sorts; of duplicate keys the last wins. The builder may be begun again. */
value object_finish(struct object_builder *builder);
/* The same, but false and the key when a key came twice. */
bool object_finish_strict(struct object_builder *builder, value *ret_object,
                          str *ret_duplicate) MUST_USE;

struct array_builder {
    struct arena *arena;
    VEC(value) items;
};

void array_begin(struct array_builder *builder, struct arena *arena);
void array_add(struct array_builder *builder, value item);
value array_finish(struct array_builder *builder);

/* New objects and arrays that share everything but the changed node. */
value value_with(value object, str key, value val, struct arena *arena);
value value_without(value object, str key,
                    struct arena *arena); /* as is when there is no such key */
value value_with_item(value array, size_t index, value item, struct arena *arena);
value value_without_item(value array, size_t index, struct arena *arena);
/* Before the item that is at index now; index == len appends. */
value value_insert_item(value array, size_t index, value item, struct arena *arena);
value value_append(value array, value item, struct arena *arena);
/* Sets below a chain of keys, making objects on the way. Replaces what is no object. */
value value_with_path(value object, const str *keys, size_t count, value val, struct arena *arena);
value value_without_path(value object, const str *keys, size_t count, struct arena *arena);

/* A copy that shares nothing: for moving a document to another arena. */
value value_copy(value v, struct arena *arena);

/* "null", "bool", "number", "string", "array", "object" */
const char *value_kind_name(enum value_kind kind);

#endif
