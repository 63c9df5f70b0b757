/* types_protobuf: messages in protobuf as documents, by the numbers of the types table. */
#include "syncd/apiserver/types.h"

#include "syncd/base/clock.h"
#include "syncd/base/crypto.h"
#include "syncd/value/json.h"

#define MESSAGE_DEPTH 64

enum wire { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

/* One field as it stands in the bytes. */
struct wire_field {
    uint32_t number;
    enum wire wire;
    uint64_t number_value; /* varint and fixed */
    str bytes;
};

struct reading {
    struct arena *arena;
    struct error *err;
};

static bool broken(const struct reading *reading)
{
    return error_set(reading->err, ERROR_INPUT, "proto: illegal message");
}

static bool read_varint(str *bytes, uint64_t *ret_number)
{
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (bytes->len == 0)
            return false;
        uint8_t byte = (uint8_t)bytes->ptr[0];
        *bytes = str_skip(*bytes, 1);
        number |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) {
            *ret_number = number;
            return true;
        }
    }
    return false;
}

static bool read_fixed(str *bytes, size_t size, uint64_t *ret_number)
{
    uint64_t number = 0;
    if (bytes->len < size)
        return false;
    for (size_t i = 0; i < size; i++)
        number |= (uint64_t)(uint8_t)bytes->ptr[i] << (8 * i);
    *bytes = str_skip(*bytes, size);
    *ret_number = number;
    return true;
}

/* False at the end too: the caller looks whether bytes are left. */
static bool next_field(str *bytes, struct wire_field *field)
{
    uint64_t tag, len;
    if (bytes->len == 0 || !read_varint(bytes, &tag) || tag >> 3 == 0 || tag >> 3 > UINT16_MAX)
        return false;
    *field = (struct wire_field){.number = (uint32_t)(tag >> 3), .wire = (enum wire)(tag & 7)};
    switch (field->wire) {
    case WIRE_VARINT: return read_varint(bytes, &field->number_value);
    case WIRE_FIXED64: return read_fixed(bytes, 8, &field->number_value);
    case WIRE_FIXED32: return read_fixed(bytes, 4, &field->number_value);
    case WIRE_BYTES:
        if (!read_varint(bytes, &len) || len > bytes->len)
            return false;
        field->bytes = str_slice(*bytes, 0, (size_t)len);
        *bytes = str_skip(*bytes, (size_t)len);
        return true;
    }
    return false;
}

bool api_protobuf_envelope(str body, struct arena *arena, str *ret_api_version, str *ret_kind,
                           str *ret_bytes, struct error *err)
{
    static const char magic[] = {'k', '8', 's', '\0'};
    struct reading reading = {arena, err};
    str version = {0}, kind = {0}, raw = {0}, rest;
    struct wire_field field, inner;
    if (body.len < sizeof magic || memcmp(body.ptr, magic, sizeof magic) != 0)
        return broken(&reading);
    for (rest = str_skip(body, sizeof magic); next_field(&rest, &field);) {
        if (field.number == 2)
            raw = field.bytes;
        if (field.number != 1)
            continue;
        str meta = field.bytes;
        while (next_field(&meta, &inner)) {
            if (inner.number == 1)
                version = inner.bytes;
            else if (inner.number == 2)
                kind = inner.bytes;
        }
    }
    if (rest.len != 0)
        return broken(&reading);
    *ret_api_version = version;
    *ret_kind = kind;
    *ret_bytes = raw;
    return true;
}

static bool read_message(const struct reading *reading, const struct api_type *type, str bytes,
                         unsigned inside, unsigned depth, struct object_builder *out);

/* The number of a field in a small fixed message. */
static bool read_numbers(const struct reading *reading, str bytes, uint64_t numbers[4], str *text)
{
    struct wire_field field;
    while (next_field(&bytes, &field)) {
        if (field.number < 4 && field.wire == WIRE_VARINT)
            numbers[field.number] = field.number_value;
        else if (field.wire == WIRE_BYTES)
            *text = field.bytes;
    }
    return bytes.len == 0 || broken(reading);
}

static bool read_time(const struct reading *reading, const struct api_type *type, str bytes,
                      value *ret_value)
{
    uint64_t numbers[4] = {0};
    str text = {0};
    char out[CLOCK_RFC3339_LEN + 1];
    if (!read_numbers(reading, bytes, numbers, &text))
        return false;
    int64_t seconds = (int64_t)numbers[1];
    if (bytes.len == 0 || (seconds == 0 && numbers[2] == 0) || seconds < -(INT64_C(1) << 33) ||
        seconds > INT64_C(1) << 33) {
        *ret_value = value_null();
        return true;
    }
    clock_format_rfc3339(seconds * NS_PER_S, out);
    if (type->kind == API_MICROTIME)
        *ret_value = value_string(arena_printf(reading->arena, "%.19s.%06uZ", out,
                                               (unsigned)(numbers[2] / 1000 % 1000000)));
    else
        *ret_value = value_string(arena_str(reading->arena, str_z(out)));
    return true;
}

/* type 0: a number, 1: a text. */
static bool read_int_or_string(const struct reading *reading, str bytes, value *ret_value)
{
    uint64_t numbers[4] = {0};
    str text = {0};
    if (!read_numbers(reading, bytes, numbers, &text))
        return false;
    *ret_value =
        numbers[1] == 1 ? value_string(text) : value_int((int32_t)numbers[2], reading->arena);
    return true;
}

/* A message whose only field is JSON text. */
static bool read_raw(const struct reading *reading, str bytes, value *ret_value)
{
    uint64_t numbers[4] = {0};
    str text = {0};
    if (!read_numbers(reading, bytes, numbers, &text))
        return false;
    if (text.len == 0) {
        *ret_value = value_null();
        return true;
    }
    return json_read(text, limits_default(), reading->arena, ret_value, reading->err);
}

static bool read_leaf(const struct reading *reading, const struct api_type *type,
                      const struct wire_field *field, value *ret_value)
{
    double real;
    uint64_t numbers[4] = {0};
    str text = {0};
    switch (type->kind) {
    case API_STRING:
        if (!str_is_utf8(field->bytes))
            return broken(reading);
        *ret_value = value_string(field->bytes);
        return true;
    case API_BYTES:
        *ret_value = value_string(base64_encode(reading->arena, field->bytes));
        return true;
    case API_INT32:
        *ret_value = value_int((int32_t)field->number_value, reading->arena);
        return true;
    case API_INT64:
        *ret_value = value_int((int64_t)field->number_value, reading->arena);
        return true;
    case API_BOOL: *ret_value = value_bool(field->number_value != 0); return true;
    case API_DOUBLE:
        memcpy(&real, &field->number_value, sizeof real);
        *ret_value = real - real == 0 ? value_float(real, reading->arena) : value_null();
        return true;
    case API_TIME:
    case API_MICROTIME: return read_time(reading, type, field->bytes, ret_value);
    case API_QUANTITY:
        if (!read_numbers(reading, field->bytes, numbers, &text))
            return false;
        *ret_value = value_string(text.len != 0 ? text : STR("0"));
        return true;
    case API_INT_OR_STRING: return read_int_or_string(reading, field->bytes, ret_value);
    default: return read_raw(reading, field->bytes, ret_value);
    }
}

static bool read_value(const struct reading *reading, const struct api_type *type,
                       const struct wire_field *field, unsigned depth, value *ret_value)
{
    if (type->kind != API_STRUCT)
        return read_leaf(reading, type, field, ret_value);
    struct object_builder out;
    object_begin(&out, reading->arena);
    if (!read_message(reading, type, field->bytes, 0, depth + 1, &out))
        return false;
    *ret_value = object_finish(&out);
    return true;
}

/* key = 1, value = 2 */
static bool read_entry(const struct reading *reading, const struct api_type *item, str bytes,
                       unsigned depth, struct object_builder *out)
{
    struct wire_field field, found = {.wire = WIRE_BYTES};
    str key = {0};
    value given;
    while (next_field(&bytes, &field)) {
        if (field.number == 1)
            key = field.bytes;
        else if (field.number == 2)
            found = field;
    }
    if (bytes.len != 0 || !str_is_utf8(key) || !read_value(reading, item, &found, depth, &given))
        return broken(reading);
    object_add(out, key, given);
    return true;
}

/* All occurrences of one field: items of a list, entries of a map, or the last one. */
static bool read_member(const struct reading *reading, const struct api_field *member, str bytes,
                        unsigned depth, value *ret_value)
{
    const struct api_type *type = member->type;
    struct array_builder list;
    struct object_builder map;
    struct wire_field field;
    value one = value_absent();
    bool found = false;
    array_begin(&list, reading->arena);
    object_begin(&map, reading->arena);
    while (next_field(&bytes, &field)) {
        if (field.number != member->number)
            continue;
        found = true;
        if (type->kind == API_MAP) {
            if (!read_entry(reading, type->item, field.bytes, depth, &map))
                return false;
            continue;
        }
        if (!read_value(reading, type->kind == API_LIST ? type->item : type, &field, depth, &one))
            return false;
        if (type->kind == API_LIST)
            array_add(&list, one);
    }
    if (found && type->kind == API_MAP)
        one = object_finish(&map);
    else if (found && type->kind == API_LIST)
        one = array_finish(&list);
    *ret_value = one;
    return true;
}

static bool is_whole(str bytes)
{
    struct wire_field field;
    while (next_field(&bytes, &field))
        ;
    return bytes.len == 0;
}

/* The inline messages of a type: their members stand among those of the type itself. */
static bool read_inline(const struct reading *reading, const struct api_type *type, str bytes,
                        unsigned depth, struct object_builder *out)
{
    struct wire_field field;
    while (next_field(&bytes, &field)) {
        bool there = false;
        for (size_t i = 0; i < type->field_count && !there; i++)
            there = type->fields[i].inside == field.number;
        if (there && field.wire == WIRE_BYTES &&
            !read_message(reading, type, field.bytes, field.number, depth + 1, out))
            return false;
    }
    return true;
}

/* Recursive: up to MESSAGE_DEPTH. One pass over the bytes for every member: messages are small. */
static bool read_message(const struct reading *reading, const struct api_type *type, str bytes,
                         unsigned inside, unsigned depth, struct object_builder *out)
{
    if (depth > MESSAGE_DEPTH)
        return error_set(reading->err, ERROR_LIMIT, "proto: nested too deeply");
    if (!is_whole(bytes))
        return broken(reading);
    for (size_t i = 0; i < type->field_count; i++) {
        const struct api_field *member = &type->fields[i];
        value given;
        if (member->number == 0 || member->inside != inside)
            continue;
        if (!read_member(reading, member, bytes, depth, &given))
            return false;
        if (value_present(given))
            object_add(out, member->name, given);
    }
    return inside != 0 || read_inline(reading, type, bytes, depth, out);
}

bool api_type_read_protobuf(const struct api_type *type, str bytes, struct arena *arena,
                            value *ret_document, struct error *err)
{
    const struct reading reading = {arena, err};
    struct object_builder out;
    object_begin(&out, arena);
    if (!read_message(&reading, type, bytes, 0, 0, &out))
        return false;
    *ret_document = object_finish(&out);
    return true;
}
