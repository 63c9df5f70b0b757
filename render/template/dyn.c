#include "render/template/dyn.h"

#include "render/template/dates.h"
#include "render/template/dyn_value.h"
#include "render/template/print.h"
#include "syncd/base/crypto.h"

#include <math.h>
#include <stdlib.h>

static const char *const type_names[TYPE_COUNT] = {
    [TYPE_LIST_ANY] = "[]interface {}",
    [TYPE_LIST_STRING] = "[]string",
    [TYPE_LIST_INT] = "[]int",
    [TYPE_LIST_LIST] = "[][]interface {}",
    [TYPE_LIST_MAP] = "[]map[string]interface {}",
    [TYPE_LIST_STRUCT] = "",
    [TYPE_BYTES] = "[]uint8",
    [TYPE_VERSIONS] = "chartutil.VersionSet",
    [TYPE_MAP_ANY] = "map[string]interface {}",
    [TYPE_MAP_STRING] = "map[string]string",
    [TYPE_VALUES] = "chartutil.Values",
    [TYPE_FILES] = "engine.files",
    [TYPE_MONTH] = "time.Month",
    [TYPE_WEEKDAY] = "time.Weekday",
    [TYPE_DURATION] = "time.Duration",
};

bool dyn_is_nothing(struct dyn v)
{
    return v.kind == DYN_ABSENT || v.kind == DYN_NIL;
}

bool dyn_is_signed(struct dyn v)
{
    return v.kind >= DYN_INT && v.kind <= DYN_INT64;
}

bool dyn_is_unsigned(struct dyn v)
{
    return v.kind >= DYN_UINT8 && v.kind <= DYN_UINT64;
}

size_t dyn_map_len(const struct dyn_map *map)
{
    return map != NULL ? map->len : 0;
}

size_t dyn_len(struct dyn v)
{
    if (v.kind == DYN_MAP)
        return dyn_map_len(v.as.map);
    return v.kind == DYN_LIST || v.kind == DYN_STRING ? v.len : 0;
}

struct dyn dyn_item(struct dyn list, size_t index)
{
    CHECK(list.kind == DYN_LIST && index < list.len);
    if (list.type == TYPE_BYTES)
        return (struct dyn){.kind = DYN_UINT8, .as.natural = (unsigned char)list.as.text[index]};
    return list.as.items[index];
}

struct dyn dyn_zero_element(struct dyn container)
{
    switch (container.type) {
    case TYPE_LIST_STRING:
    case TYPE_VERSIONS:
    case TYPE_MAP_STRING: return dyn_string(STR(""));
    case TYPE_LIST_INT: return dyn_int(0);
    case TYPE_BYTES: return (struct dyn){.kind = DYN_UINT8};
    case TYPE_FILES:
        return (struct dyn){.kind = DYN_LIST, .type = TYPE_BYTES, .null = true, .as.text = ""};
    default: return dyn_nil();
    }
}

/* Maps. */

struct dyn_map *dyn_map_create(struct arena *arena)
{
    return ARENA_NEW(arena, struct dyn_map);
}

/* The place of a key, or where it would go. */
static uint32_t place(const struct dyn_map *map, str key, bool *ret_found)
{
    uint32_t low = 0;
    uint32_t high = map->len;
    *ret_found = false;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = str_compare(map->entries[middle].key, key);
        if (order == 0) {
            *ret_found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int compare_entries(const void *a, const void *b)
{
    return str_compare(((const struct dyn_entry *)a)->key, ((const struct dyn_entry *)b)->key);
}

struct dyn_map *dyn_map_of(struct dyn_entry *entries, size_t len, struct arena *arena)
{
    struct dyn_map *map = dyn_map_create(arena);
    if (len > 1)
        qsort(entries, len, sizeof(*entries), compare_entries);
    map->entries = entries;
    map->len = map->cap = (uint32_t)len;
    return map;
}

struct dyn *dyn_map_find(const struct dyn_map *map, str key)
{
    if (map == NULL)
        return NULL;
    bool found;
    uint32_t at = place(map, key, &found);
    return found ? &map->entries[at].val : NULL;
}

void dyn_map_set(struct dyn_map *map, struct arena *arena, str key, struct dyn val)
{
    uint32_t at = map->len;
    if (at > 0 && str_compare(map->entries[at - 1].key, key) >= 0) {
        bool found;
        at = place(map, key, &found);
        if (found) {
            map->entries[at].val = val;
            return;
        }
    }
    if (map->len == map->cap) {
        uint32_t cap = map->cap == 0 ? 4 : map->cap * 2;
        map->entries = arena_grow(arena, map->entries, map->cap * sizeof(*map->entries),
                                  cap * sizeof(*map->entries));
        map->cap = cap;
    }
    memmove(map->entries + at + 1, map->entries + at, (map->len - at) * sizeof(*map->entries));
    map->entries[at] = (struct dyn_entry){.key = key, .val = val};
    map->len++;
}

void dyn_map_remove(struct dyn_map *map, str key)
{
    bool found;
    uint32_t at = map != NULL ? place(map, key, &found) : 0;
    if (map == NULL || !found)
        return;
    map->len--;
    memmove(map->entries + at, map->entries + at + 1, (map->len - at) * sizeof(*map->entries));
}

const struct dyn *dyn_get(struct dyn v, str key)
{
    return v.kind == DYN_MAP ? dyn_map_find(v.as.map, key) : NULL;
}

/* Walks. */

static struct dyn copy(struct dyn v, struct arena *arena, unsigned depth)
{
    if (depth > DYN_DEPTH_MAX || arena_over(arena))
        return v;
    if (v.kind == DYN_LIST && v.type != TYPE_BYTES && v.len > 0) {
        struct dyn *items = ARENA_ARRAY(arena, struct dyn, v.len);
        for (uint32_t i = 0; i < v.len; i++)
            items[i] = copy(v.as.items[i], arena, depth + 1);
        v.as.items = items;
    }
    if (v.kind == DYN_MAP && v.as.map != NULL) {
        const struct dyn_map *from = v.as.map;
        struct dyn_map *map = dyn_map_create(arena);
        map->entries = ARENA_ARRAY(arena, struct dyn_entry, from->len);
        map->len = map->cap = from->len;
        for (uint32_t i = 0; i < from->len; i++) {
            map->entries[i].key = from->entries[i].key;
            map->entries[i].val = copy(from->entries[i].val, arena, depth + 1);
        }
        v.as.map = map;
    }
    return v;
}

struct dyn dyn_copy(struct dyn v, struct arena *arena)
{
    return copy(v, arena, 0);
}

static bool equal(struct dyn a, struct dyn b, unsigned depth, uint64_t *left);

static bool equal_maps(const struct dyn_map *a, const struct dyn_map *b, unsigned depth,
                       uint64_t *left)
{
    if (dyn_map_len(a) != dyn_map_len(b))
        return false;
    if (a == b || dyn_map_len(a) == 0)
        return true;
    for (uint32_t i = 0; i < a->len; i++)
        if (!str_equal(a->entries[i].key, b->entries[i].key) ||
            !equal(a->entries[i].val, b->entries[i].val, depth + 1, left))
            return false;
    return true;
}

static bool equal_lists(struct dyn a, struct dyn b, unsigned depth, uint64_t *left)
{
    if (a.len != b.len)
        return false;
    if (a.type == TYPE_BYTES)
        return str_equal(dyn_str(a), dyn_str(b));
    for (uint32_t i = 0; i < a.len; i++)
        if (!equal(a.as.items[i], b.as.items[i], depth + 1, left))
            return false;
    return true;
}

static bool equal(struct dyn a, struct dyn b, unsigned depth, uint64_t *left)
{
    if (*left == 0)
        return false;
    --*left;
    if (dyn_is_nothing(a) || dyn_is_nothing(b))
        return dyn_is_nothing(a) && dyn_is_nothing(b);
    if (a.kind != b.kind || a.type != b.type || a.null != b.null || depth > DYN_DEPTH_MAX)
        return false;
    switch ((enum dyn_kind)a.kind) {
    case DYN_BOOL: return a.len == b.len;
    case DYN_FLOAT: return a.as.real == b.as.real;
    case DYN_COMPLEX:
        return a.as.complex[0] == b.as.complex[0] && a.as.complex[1] == b.as.complex[1];
    case DYN_STRING: return str_equal(dyn_str(a), dyn_str(b));
    case DYN_LIST: return equal_lists(a, b, depth, left);
    case DYN_MAP: return equal_maps(a.as.map, b.as.map, depth, left);
    case DYN_TIME:
        return a.as.time->seconds == b.as.time->seconds && a.as.time->nanos == b.as.time->nanos;
    case DYN_STRUCT: {
        const struct dyn_struct *x = a.as.record;
        const struct dyn_struct *y = b.as.record;
        if (x->shape != y->shape)
            return false;
        for (size_t i = 0; i < x->shape->field_count; i++)
            if (!equal(x->fields[i], y->fields[i], depth + 1, left))
                return false;
        return true;
    }
    default: return a.as.integer == b.as.integer;
    }
}

bool dyn_equal(struct dyn a, struct dyn b)
{
    uint64_t left = UINT64_MAX;
    return equal(a, b, 0, &left);
}

bool dyn_equal_within(struct dyn a, struct dyn b, uint64_t *left)
{
    return equal(a, b, 0, left);
}

bool dyn_truth(struct dyn v)
{
    switch ((enum dyn_kind)v.kind) {
    case DYN_ABSENT:
    case DYN_NIL: return false;
    case DYN_BOOL: return v.len == 1;
    case DYN_FLOAT: return v.as.real != 0;
    case DYN_COMPLEX: return v.as.complex[0] != 0 || v.as.complex[1] != 0;
    case DYN_STRING:
    case DYN_LIST:
    case DYN_MAP: return dyn_len(v) > 0;
    case DYN_STRUCT:
    case DYN_TIME: return true;
    default: return v.as.integer != 0;
    }
}

static const char *const kind_names[DYN_KIND_COUNT] = {
    [DYN_ABSENT] = "invalid",     [DYN_NIL] = "invalid",
    [DYN_BOOL] = "bool",          [DYN_INT] = "int",
    [DYN_INT32] = "int32",        [DYN_INT64] = "int64",
    [DYN_UINT8] = "uint8",        [DYN_UINT32] = "uint32",
    [DYN_UINT64] = "uint64",      [DYN_FLOAT] = "float64",
    [DYN_COMPLEX] = "complex128", [DYN_STRING] = "string",
    [DYN_LIST] = "slice",         [DYN_MAP] = "map",
    [DYN_STRUCT] = "struct",      [DYN_TIME] = "struct",
};

const char *dyn_kind_name(struct dyn v)
{
    if (v.kind == DYN_STRUCT && v.as.record->shape->pointer)
        return "ptr";
    return kind_names[v.kind];
}

str dyn_type_name(struct dyn v, struct arena *arena)
{
    switch ((enum dyn_kind)v.kind) {
    case DYN_ABSENT:
    case DYN_NIL: return STR("<nil>");
    case DYN_LIST:
        if (v.type == TYPE_LIST_STRUCT)
            return v.len > 0 ? arena_concat(arena, STR("[]"), dyn_type_name(v.as.items[0], arena),
                                            STR(""))
                             : STR("[]interface {}");
        return str_z(type_names[v.type]);
    case DYN_MAP: return str_z(type_names[v.type]);
    case DYN_STRUCT:
        return arena_concat(arena, v.as.record->shape->pointer ? STR("*") : STR(""),
                            str_z(v.as.record->shape->type), STR(""));
    case DYN_TIME: return STR("time.Time");
    default: return str_z(v.type != TYPE_NONE ? type_names[v.type] : kind_names[v.kind]);
    }
}

/* Documents. */

static struct dyn from_object(value v, struct arena *arena)
{
    struct dyn_map *map = dyn_map_create(arena);
    size_t len = value_len(v);
    map->entries = ARENA_ARRAY(arena, struct dyn_entry, len);
    map->len = map->cap = (uint32_t)len;
    for (size_t i = 0; i < len; i++) {
        const struct member *member = value_member(v, i);
        map->entries[i] =
            (struct dyn_entry){.key = member->key, .val = dyn_from_value(member->val, arena)};
    }
    return dyn_of_map(TYPE_MAP_ANY, map);
}

struct dyn dyn_from_value(value v, struct arena *arena)
{
    switch ((enum value_kind)v.kind) {
    case VALUE_ABSENT:
    case VALUE_NULL: return dyn_nil();
    case VALUE_BOOL: return dyn_bool(value_true(v));
    case VALUE_STRING: return dyn_string(value_str(v));
    case VALUE_NUMBER: {
        double number = 0;
        return dyn_float(value_to_double(v, &number) ? number : 0);
    }
    case VALUE_ARRAY: {
        size_t len = value_len(v);
        struct dyn *items = ARENA_ARRAY(arena, struct dyn, len);
        for (size_t i = 0; i < len; i++)
            items[i] = dyn_from_value(value_item(v, i), arena);
        return dyn_list(TYPE_LIST_ANY, items, len);
    }
    case VALUE_OBJECT: return from_object(v, arena);
    }
    return dyn_nil();
}

struct exporter {
    struct arena *arena;
    enum dyn_numbers numbers;
};

static bool export(const struct exporter *exporter, struct dyn v, unsigned depth, value *ret_value);

str valid_utf8_with(str text, str by, struct arena *arena)
{
    if (str_is_utf8(text))
        return text;
    char *out = arena_alloc_bytes(arena, text.len * by.len);
    size_t len = 0;
    while (text.len > 0) {
        uint32_t code;
        size_t used = str_decode_utf8(text, &code);
        str part = used > 0 ? str_slice(text, 0, used) : by;
        memcpy(out + len, part.ptr, part.len);
        len += part.len;
        text = str_skip(text, used > 0 ? used : 1);
    }
    return str_from(out, len);
}

str valid_utf8(str text, struct arena *arena)
{
    return valid_utf8_with(text, STR("\xEF\xBF\xBD"), arena);
}

/* What only gets printed keeps its bytes: the printer has an escape for what is no UTF-8. */
static str export_text(const struct exporter *exporter, str text)
{
    return exporter->numbers == DYN_NUMBERS_TEXT ? text : valid_utf8(text, exporter->arena);
}

static bool export_number(const struct exporter *exporter, struct dyn v, value *ret_value)
{
    if (dyn_is_signed(v)) {
        *ret_value = value_int(v.as.integer, exporter->arena);
        return true;
    }
    if (dyn_is_unsigned(v)) {
        *ret_value = value_uint(v.as.natural, exporter->arena);
        return true;
    }
    if (exporter->numbers != DYN_NUMBERS_YAML) {
        if (!isfinite(v.as.real))
            return false;
        *ret_value = value_float(v.as.real, exporter->arena);
        return true;
    }
    str text = isnan(v.as.real)   ? STR(".nan")
               : isinf(v.as.real) ? (v.as.real < 0 ? STR("-.inf") : STR("+.inf"))
                                  : (str){0};
    if (text.len == 0) {
        char digits[40];
        text = arena_str(exporter->arena,
                         str_from(digits, go_format_float(v.as.real, 'g', -1, digits)));
    }
    *ret_value = value_number(text);
    return true;
}

static bool export_map(const struct exporter *exporter, struct dyn v, unsigned depth,
                       value *ret_value)
{
    struct dyn_map *map = v.as.map;
    if (v.null && exporter->numbers != DYN_NUMBERS_YAML) {
        *ret_value = value_null();
        return true;
    }
    if (map != NULL && map->busy)
        return false;
    struct object_builder builder;
    object_begin(&builder, exporter->arena);
    bool good = true;
    if (map != NULL)
        map->busy = true;
    for (size_t i = 0; good && i < dyn_map_len(map); i++) {
        value val;
        good = export(exporter, map->entries[i].val, depth + 1, &val);
        if (good)
            object_add(&builder, export_text(exporter, map->entries[i].key), val);
    }
    if (map != NULL)
        map->busy = false;
    if (good)
        *ret_value = object_finish(&builder);
    return good;
}

static bool is_json_empty(struct dyn v)
{
    return v.kind != DYN_STRUCT && v.kind != DYN_TIME && !dyn_truth(v);
}

static bool export_struct(const struct exporter *exporter, struct dyn v, unsigned depth,
                          value *ret_value)
{
    const struct dyn_shape *shape = v.as.record->shape;
    if (shape->text != NULL && !shape->by_address) {
        *ret_value = value_string(shape->text(v.as.record, exporter->arena));
        return true;
    }
    struct object_builder builder;
    object_begin(&builder, exporter->arena);
    struct member *members = ARENA_ARRAY(exporter->arena, struct member, shape->field_count);
    uint32_t count = 0;
    for (size_t i = 0; i < shape->field_count; i++) {
        struct dyn field = v.as.record->fields[i];
        if (shape->fields[i].omit_empty && is_json_empty(field))
            continue;
        value val;
        if (!export(exporter, field, depth + 1, &val))
            return false;
        members[count++] = (struct member){.key = str_z(shape->fields[i].json), .val = val};
        object_add(&builder, str_z(shape->fields[i].json), val);
    }
    *ret_value = exporter->numbers == DYN_NUMBERS_TEXT
                     ? (value){.kind = VALUE_OBJECT, .len = count, .as.members = members}
                     : object_finish(&builder);
    return true;
}

/* No DEL, no control character above it, no byte order mark: YAML's reader refuses them. */
static bool is_yaml_text(str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if (byte < 0x7F)
            continue;
        unsigned char next = i + 1 < text.len ? (unsigned char)text.ptr[i + 1] : 0;
        unsigned char third = i + 2 < text.len ? (unsigned char)text.ptr[i + 2] : 0;
        if (byte == 0x7F || (byte == 0xC2 && next < 0xA0 && next != 0x85) ||
            (byte == 0xEF && ((next == 0xBB && third == 0xBF) || (next == 0xBF && third > 0xBD))))
            return false;
    }
    return true;
}

static bool export_list(const struct exporter *exporter, struct dyn v, unsigned depth,
                        value *ret_value)
{
    if (v.null) {
        *ret_value = value_null();
        return true;
    }
    struct array_builder builder;
    array_begin(&builder, exporter->arena);
    for (uint32_t i = 0; i < v.len; i++) {
        value item;
        if (!export(exporter, v.as.items[i], depth + 1, &item))
            return false;
        array_add(&builder, item);
    }
    *ret_value = array_finish(&builder);
    return true;
}

static bool export(const struct exporter *exporter, struct dyn v, unsigned depth, value *ret_value)
{
    if (depth > DYN_DEPTH_MAX || arena_over(exporter->arena))
        return false;
    switch ((enum dyn_kind)v.kind) {
    case DYN_ABSENT:
    case DYN_NIL: *ret_value = value_null(); return true;
    case DYN_BOOL: *ret_value = value_bool(v.len == 1); return true;
    case DYN_STRING:
        *ret_value = value_string(export_text(exporter, dyn_str(v)));
        return exporter->numbers != DYN_NUMBERS_SIGS || is_yaml_text(value_str(*ret_value));
    case DYN_COMPLEX: return false;
    case DYN_LIST:
        if (v.type != TYPE_BYTES || v.null)
            return export_list(exporter, v, depth, ret_value);
        *ret_value = value_string(base64_encode(exporter->arena, dyn_str(v)));
        return true;
    case DYN_MAP: return export_map(exporter, v, depth, ret_value);
    case DYN_STRUCT: return export_struct(exporter, v, depth, ret_value);
    case DYN_TIME:
        *ret_value = value_string(go_time_rfc3339(v.as.time, exporter->arena));
        return true;
    default: return export_number(exporter, v, ret_value);
    }
}

bool dyn_to_value(struct dyn v, enum dyn_numbers numbers, struct arena *arena, value *ret_value)
{
    struct exporter exporter = {.arena = arena, .numbers = numbers};
    return export(&exporter, v, 0, ret_value);
}
