/*
 * dyn: a value while a template runs, typed as Go's values are, because templates can see the
 * difference between int, int64 and float64, between nil and nothing, and between the kinds of
 * lists and maps. 16 bytes, passed by value. Everything behind the pointers lives in the arena of
 * the rendering. Lists, strings and structs never change; maps are shared and mutable, as in Go.
 */
#ifndef RENDER_TEMPLATE_DYN_H
#define RENDER_TEMPLATE_DYN_H

#include "syncd/base/arena.h"
#include "syncd/base/buf.h"
#include "syncd/base/str.h"
#include "syncd/value/value.h"

enum dyn_kind {
    DYN_ABSENT, /* no value at all: prints as "<no value>" */
    DYN_NIL,    /* a nil interface: what a missing key or a null gives */
    DYN_BOOL,
    DYN_INT,
    DYN_INT32,
    DYN_INT64,
    DYN_UINT8,
    DYN_UINT32,
    DYN_UINT64,
    DYN_FLOAT,
    DYN_COMPLEX, /* as.complex: two doubles */
    DYN_STRING,
    DYN_LIST,
    DYN_MAP,
    DYN_STRUCT,
    DYN_TIME, /* as.time: an instant */
    DYN_KIND_COUNT,
};

/* What a list or a map holds, or a named number is, and the name that goes with it. */
enum dyn_type {
    TYPE_NONE,
    TYPE_LIST_ANY,    /* []interface {} */
    TYPE_LIST_STRING, /* []string */
    TYPE_LIST_INT,    /* []int */
    TYPE_LIST_LIST,   /* [][]interface {} */
    TYPE_LIST_MAP,    /* []map[string]interface {} */
    TYPE_LIST_STRUCT, /* a list of pointers to structs: named by its shape */
    TYPE_BYTES,       /* []uint8: as.text holds the bytes */
    TYPE_VERSIONS,    /* chartutil.VersionSet: strings */
    TYPE_MAP_ANY,     /* map[string]interface {} */
    TYPE_MAP_STRING,  /* map[string]string */
    TYPE_VALUES,      /* chartutil.Values */
    TYPE_FILES,       /* engine.files: byte slices */
    TYPE_MONTH,       /* time.Month, time.Weekday: an int with a name */
    TYPE_WEEKDAY,
    TYPE_DURATION, /* time.Duration: an int64 of nanoseconds */
    TYPE_COUNT,
};

struct dyn_map;
struct dyn_struct;
struct dyn_time;

struct dyn {
    uint8_t kind;
    uint8_t type; /* enum dyn_type, of lists, maps and named numbers */
    bool null;    /* a nil list or map: empty, compares as nil */
    /* While it is evaluated. */
    bool boxed : 1; /* came out of a container of interface {} */
    bool loose : 1; /* a struct that no pointer leads to: Go finds no methods of pointers */
    uint32_t len;   /* bytes of a string, items of a list, 0/1 of a bool */
    union {
        int64_t integer;  /* all signed kinds */
        uint64_t natural; /* all unsigned kinds */
        double real;
        const double *complex;
        const char *text;
        const struct dyn *items;
        struct dyn_map *map;
        const struct dyn_struct *record;
        const struct dyn_time *time;
    } as;
};

/* Sorted by key; keys are unique. */
struct dyn_entry {
    str key;
    struct dyn val;
};

struct dyn_map {
    struct dyn_entry *entries;
    uint32_t len, cap;
    bool busy; /* guards walks against maps that contain themselves */
};

/* An instant in UTC, with the name of the zone it prints in. */
struct dyn_time {
    int64_t seconds; /* since 1970-01-01T00:00:00Z */
    int32_t nanos;
    int32_t offset; /* seconds east of UTC */
    str zone;       /* abbreviation; empty: print the offset */
};

struct dyn_call;
typedef bool dyn_fn(struct dyn_call *call);

struct dyn_field {
    const char *name;
    const char *json; /* name in JSON and YAML */
    bool omit_empty;
    bool tagged; /* json differs from the Go name by a tag */
};

struct dyn_method {
    const char *name;
    const char *signature; /* as in functions.h */
    dyn_fn *run;
};

/* The shape of a struct: one static table for each Go type that templates can meet. */
struct dyn_shape {
    const char *type;
    const struct dyn_field *fields;
    size_t field_count;
    size_t embedded;           /* the first so many fields belong to an embedded struct */
    const char *embedded_name; /* under which it is a field, too */
    const struct dyn_shape *embedded_shape;
    const struct dyn_method *methods;
    size_t method_count;
    bool pointer; /* reached through a pointer: prints with & at the top */
    /* Go's String method, or NULL. */
    str (*text)(const struct dyn_struct *record, struct arena *arena);
    bool
        by_address; /* methods and text have a pointer receiver: found only where one leads to it */
};

struct dyn_struct {
    const struct dyn_shape *shape;
    const struct dyn *fields;
};

static inline struct dyn dyn_absent(void)
{
    return (struct dyn){.kind = DYN_ABSENT};
}

static inline struct dyn dyn_nil(void)
{
    return (struct dyn){.kind = DYN_NIL};
}

static inline struct dyn dyn_bool(bool truth)
{
    return (struct dyn){.kind = DYN_BOOL, .len = truth};
}

static inline struct dyn dyn_int(int64_t number)
{
    return (struct dyn){.kind = DYN_INT, .as.integer = number};
}

static inline struct dyn dyn_int64(int64_t number)
{
    return (struct dyn){.kind = DYN_INT64, .as.integer = number};
}

static inline struct dyn dyn_uint64(uint64_t number)
{
    return (struct dyn){.kind = DYN_UINT64, .as.natural = number};
}

static inline struct dyn dyn_float(double number)
{
    return (struct dyn){.kind = DYN_FLOAT, .as.real = number};
}

static inline struct dyn dyn_string(str text)
{
    return (struct dyn){.kind = DYN_STRING, .len = (uint32_t)text.len, .as.text = text.ptr};
}

static inline struct dyn dyn_bytes(str bytes)
{
    return (struct dyn){
        .kind = DYN_LIST, .type = TYPE_BYTES, .len = (uint32_t)bytes.len, .as.text = bytes.ptr};
}

static inline struct dyn dyn_list(enum dyn_type type, const struct dyn *items, size_t len)
{
    return (struct dyn){
        .kind = DYN_LIST, .type = (uint8_t)type, .len = (uint32_t)len, .as.items = items};
}

static inline struct dyn dyn_of_map(enum dyn_type type, struct dyn_map *map)
{
    return (struct dyn){.kind = DYN_MAP, .type = (uint8_t)type, .null = map == NULL, .as.map = map};
}

static inline struct dyn dyn_struct(const struct dyn_struct *record)
{
    return (struct dyn){.kind = DYN_STRUCT, .as.record = record};
}

/* The bytes of a string or a byte list. */
static inline str dyn_str(struct dyn v)
{
    return str_from(v.as.text, v.len);
}

bool dyn_is_nothing(struct dyn v);
bool dyn_is_signed(struct dyn v);
bool dyn_is_unsigned(struct dyn v);
/* Items of a list (of bytes too), entries of a map, bytes of a string; 0 otherwise. */
size_t dyn_len(struct dyn v);
/* An item of a list; CHECKed. */
struct dyn dyn_item(struct dyn list, size_t index);
/* What an item or an entry that is not there is: the zero of the element's type. */
struct dyn dyn_zero_element(struct dyn container);

/* The text with `by` for each byte that is no UTF-8; with U+FFFD for it. */
str valid_utf8_with(str text, str by, struct arena *arena);
str valid_utf8(str text, struct arena *arena);

struct dyn_map *dyn_map_create(struct arena *arena);
/* A map of these entries, whose keys differ; they are sorted in place and kept. */
struct dyn_map *dyn_map_of(struct dyn_entry *entries, size_t len, struct arena *arena);
/* NULL when absent; a NULL map is empty. */
struct dyn *dyn_map_find(const struct dyn_map *map, str key);
/* The key's bytes must live as long as the map. */
void dyn_map_set(struct dyn_map *map, struct arena *arena, str key, struct dyn val);
void dyn_map_remove(struct dyn_map *map, str key);
/* Entries of a map, 0 for a NULL one. */
size_t dyn_map_len(const struct dyn_map *map);

/* The entry of a string-keyed map, or NULL; NULL for everything that is no map. */
const struct dyn *dyn_get(struct dyn v, str key);

/* Copies maps and lists; leaves are shared. */
struct dyn dyn_copy(struct dyn v, struct arena *arena);
/* Go's reflect.DeepEqual. */
bool dyn_equal(struct dyn a, struct dyn b);
/* The same with a budget of comparisons, which is counted down; at 0 the answer is false. */
bool dyn_equal_within(struct dyn a, struct dyn b, uint64_t *left);
/* What `if` asks. */
bool dyn_truth(struct dyn v);
/* Go's %T: "int", "map[string]interface {}", "<nil>" … */
str dyn_type_name(struct dyn v, struct arena *arena);
/* reflect's Kind: "int", "map", "slice", "invalid" … */
const char *dyn_kind_name(struct dyn v);

#define DYN_DEPTH_MAX 200 /* nesting that the walks above follow */

#endif
