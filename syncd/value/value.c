#include "syncd/value/value.h"

#include <math.h>

#include "syncd/base/map.h"
#include "syncd/value/value_internal.h"

value value_string(str text)
{
    CHECK(text.len <= UINT32_MAX);
    return (value){.kind = VALUE_STRING, .len = (uint32_t)text.len, .as.text = text.ptr};
}

value value_number(str text)
{
    bool integer = false;
    CHECK(text.len <= UINT32_MAX && number_is_json(text, &integer));
    return (value){.kind = VALUE_NUMBER,
                   .flags = integer ? VALUE_INTEGER : 0,
                   .len = (uint32_t)text.len,
                   .as.text = text.ptr};
}

value value_int(int64_t number, struct arena *arena)
{
    return value_number(arena_printf(arena, "%lld", (long long)number));
}

value value_uint(uint64_t number, struct arena *arena)
{
    return value_number(arena_printf(arena, "%llu", (unsigned long long)number));
}

value value_float(double number, struct arena *arena)
{
    char text[NUMBER_MAX];
    size_t len = number_print_json(number, text);
    return value_number(arena_str(arena, str_from(text, len)));
}

value value_general(double number, struct arena *arena)
{
    char text[NUMBER_MAX];
    CHECK(isfinite(number));
    size_t len = number_print_general(number, 64, text);
    return (value){.kind = VALUE_NUMBER,
                   .flags = VALUE_RAW,
                   .len = (uint32_t)len,
                   .as.text = arena_str(arena, str_from(text, len)).ptr};
}

value value_item(value v, size_t index)
{
    CHECK(v.kind == VALUE_ARRAY && index < v.len);
    return v.as.items[index];
}

const struct member *value_member(value v, size_t index)
{
    CHECK(v.kind == VALUE_OBJECT && index < v.len);
    return &v.as.members[index];
}

value value_get(value v, str key)
{
    if (v.kind != VALUE_OBJECT)
        return value_absent();
    size_t low = 0, high = v.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = key_compare(v.as.members[middle].key, key);
        if (order == 0)
            return v.as.members[middle].val;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return value_absent();
}

value value_get2(value v, str first, str second)
{
    return value_get(value_get(v, first), second);
}

value value_get3(value v, str first, str second, str third)
{
    return value_get(value_get2(v, first, second), third);
}

bool value_to_i64(value v, int64_t *ret_number)
{
    if (v.kind != VALUE_NUMBER || (v.flags & VALUE_INTEGER) == 0)
        return false;
    return str_to_i64(value_number_text(v), ret_number);
}

bool value_to_double(value v, double *ret_number)
{
    if (v.kind != VALUE_NUMBER)
        return false;
    *ret_number = number_parse(value_number_text(v));
    return true;
}

static bool numbers_equal(value a, value b)
{
    str a_text = value_number_text(a), b_text = value_number_text(b);
    if (str_equal(a_text, b_text))
        return true;
    /* Canonical integers of equal value have equal text, except for the zeros. */
    double a_number = number_parse(a_text), b_number = number_parse(b_text);
    if ((a.flags & b.flags & VALUE_INTEGER) != 0)
        return a_number == 0 && b_number == 0;
    return a_number == b_number;
}

bool value_equal(value a, value b)
{
    if (a.kind != b.kind)
        return false;
    switch ((enum value_kind)a.kind) {
    case VALUE_ABSENT:
    case VALUE_NULL: return true;
    case VALUE_BOOL: return a.len == b.len;
    case VALUE_NUMBER: return numbers_equal(a, b);
    case VALUE_STRING: return str_equal(value_str(a), value_str(b));
    case VALUE_ARRAY:
        if (a.len != b.len)
            return false;
        for (size_t i = 0; a.as.items != b.as.items && i < a.len; i++) {
            if (!value_equal(a.as.items[i], b.as.items[i]))
                return false;
        }
        return true;
    case VALUE_OBJECT:
        if (a.len != b.len)
            return false;
        for (size_t i = 0; a.as.members != b.as.members && i < a.len; i++) {
            if (!str_equal(a.as.members[i].key, b.as.members[i].key) ||
                !value_equal(a.as.members[i].val, b.as.members[i].val))
                return false;
        }
        return true;
    }
    return false;
}

static uint64_t hash_join(uint64_t a, uint64_t b)
{
    a ^= b + 0x9e3779b97f4a7c15u + (a << 6) + (a >> 2);
    a ^= a >> 32;
    return a * 0xd6e8feb86659fd93u;
}

uint64_t value_hash(value v)
{
    uint64_t hash = hash_join(0x5bd1e995u, v.kind);
    switch ((enum value_kind)v.kind) {
    case VALUE_ABSENT:
    case VALUE_NULL: return hash;
    case VALUE_BOOL: return hash_join(hash, v.len);
    case VALUE_NUMBER: {
        /* By value, as numbers of different text may be equal. */
        double number = number_parse(value_number_text(v));
        uint64_t bits = 0;
        if (number != 0)
            memcpy(&bits, &number, sizeof bits);
        return hash_join(hash, bits);
    }
    case VALUE_STRING: return hash_join(hash, hash_stable(value_str(v)));
    case VALUE_ARRAY:
        for (size_t i = 0; i < v.len; i++)
            hash = hash_join(hash, value_hash(v.as.items[i]));
        return hash_join(hash, v.len);
    case VALUE_OBJECT:
        for (size_t i = 0; i < v.len; i++) {
            hash = hash_join(hash, hash_stable(v.as.members[i].key));
            hash = hash_join(hash, value_hash(v.as.members[i].val));
        }
        return hash_join(hash, v.len);
    }
    return hash;
}

size_t value_depth(value v)
{
    size_t deepest = 0;
    size_t count = value_len(v);
    for (size_t i = 0; i < count; i++) {
        value child = v.kind == VALUE_ARRAY ? v.as.items[i] : v.as.members[i].val;
        size_t depth = value_depth(child);
        if (depth > deepest)
            deepest = depth;
    }
    return v.kind == VALUE_ARRAY || v.kind == VALUE_OBJECT ? deepest + 1 : 0;
}

value value_copy(value v, struct arena *arena)
{
    switch ((enum value_kind)v.kind) {
    case VALUE_ABSENT:
    case VALUE_NULL:
    case VALUE_BOOL: break;
    case VALUE_NUMBER:
    case VALUE_STRING: v.as.text = arena_str(arena, str_from(v.as.text, v.len)).ptr; break;
    case VALUE_ARRAY: {
        value *items = ARENA_ARRAY(arena, value, v.len);
        for (size_t i = 0; i < v.len; i++)
            items[i] = value_copy(v.as.items[i], arena);
        v.as.items = items;
        break;
    }
    case VALUE_OBJECT: {
        struct member *members = ARENA_ARRAY(arena, struct member, v.len);
        for (size_t i = 0; i < v.len; i++) {
            members[i].key = arena_str(arena, v.as.members[i].key);
            members[i].val = value_copy(v.as.members[i].val, arena);
        }
        v.as.members = members;
        break;
    }
    }
    return v;
}

const char *value_kind_name(enum value_kind kind)
{
    static const char *const names[] = {
        [VALUE_ABSENT] = "absent", [VALUE_NULL] = "null",     [VALUE_BOOL] = "bool",
        [VALUE_NUMBER] = "number", [VALUE_STRING] = "string", [VALUE_ARRAY] = "array",
        [VALUE_OBJECT] = "object",
    };
    return names[kind];
}
