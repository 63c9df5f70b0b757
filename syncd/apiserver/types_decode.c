/* types_decode: what Go's typed decoding and encoding makes of a document. */
#include "syncd/apiserver/types.h"
#include "syncd/apiserver/types_internal.h"
#include "syncd/base/clock.h"
#include "syncd/base/crypto.h"

/* One decoding: where we are (for messages) and what was noticed. */
struct decoding {
    struct arena *arena;
    struct api_unknown *unknown;
    const struct api_type *owner; /* innermost struct */
    struct error *err;
    bool stored; /* empty lists and maps are none */
};

static bool decode(struct decoding *d, const struct api_type *type, value in, str path,
                   value *ret_out);

static str go_type_name(const struct api_type *type, struct arena *arena)
{
    static const char *const names[] = {
        [API_STRING] = "string",
        [API_INT32] = "int32",
        [API_INT64] = "int64",
        [API_DOUBLE] = "float64",
        [API_BOOL] = "bool",
        [API_BYTES] = "[]uint8",
        [API_TIME] = "string",
        [API_MICROTIME] = "string",
        [API_QUANTITY] = "string",
        [API_INT_OR_STRING] = "string",
        [API_JSON] = "JSON",
        [API_RAW] = "map[string]interface {}",
        [API_OBJECT] = "map[string]interface {}",
    };
    str prefix = {0};
    for (; type->kind == API_LIST || type->kind == API_MAP; type = type->item)
        prefix = arena_concat(arena, prefix,
                              type->kind == API_LIST ? STR("[]") : STR("map[string]"), (str){0});
    if (type->kind != API_STRUCT)
        return arena_concat(arena, prefix, str_z(names[type->kind]), (str){0});
    str package = str_equal(type->package, STR("meta")) ? STR("v1.") : STR("v1.");
    return arena_concat(arena, prefix, package, type->name);
}

static bool wrong_kind(const struct decoding *d, const struct api_type *type, value in, str path)
{
    str go = go_type_name(type, d->arena);
    str what = str_z(value_kind_name(in.kind));
    if (value_is(in, VALUE_NUMBER) && (type->kind == API_INT32 || type->kind == API_INT64))
        what = arena_concat(d->arena, STR("number "), value_number_text(in), (str){0});
    return error_set(d->err, ERROR_INPUT,
                     "json: cannot unmarshal %.*s into Go struct field %.*s.%.*s of type %.*s",
                     STR_ARG(what), STR_ARG(d->owner->name), STR_ARG(path), STR_ARG(go));
}

static str path_member(const struct decoding *d, str path, str name)
{
    return path.len == 0 ? name : arena_printf(d->arena, "%.*s.%.*s", STR_ARG(path), STR_ARG(name));
}

/* The value Go prints for a member that was not set, or ABSENT when it prints none. */
static value zero_of(const struct api_field *field, struct decoding *d, str path)
{
    bool always = (field->flags & API_FIELD_ALWAYS) != 0;
    if ((field->flags & API_FIELD_POINTER) != 0)
        return always ? value_null() : value_absent();
    value zero = value_absent();
    switch (field->type->kind) {
    case API_STRUCT:
        if ((field->flags & API_FIELD_OMITZERO) == 0)
            (void)decode(d, field->type, value_null(), path, &zero); /* null decodes everywhere */
        return zero;
    case API_TIME:
    case API_MICROTIME:
        return (field->flags & API_FIELD_OMITZERO) == 0 ? value_null() : value_absent();
    case API_STRING: return always ? value_string(STR("")) : zero;
    case API_INT32:
    case API_INT64:
    case API_DOUBLE:
    case API_QUANTITY:
    case API_INT_OR_STRING: return always ? value_number(STR("0")) : zero;
    case API_BOOL: return always ? value_bool(false) : zero;
    case API_BYTES:
    case API_JSON:
    case API_RAW:
    case API_OBJECT:
    case API_LIST:
    case API_MAP: return always ? value_null() : zero;
    }
    return zero;
}

/* True for a decoded value that `omitempty` leaves out of a member that is no pointer. */
static bool is_empty(const struct api_type *type, value v)
{
    switch (type->kind) {
    case API_STRING:
    case API_BYTES: return value_str(v).len == 0;
    case API_INT32:
    case API_INT64:
    case API_DOUBLE: {
        double number = 0;
        return value_to_double(v, &number) && number == 0;
    }
    case API_BOOL: return !value_true(v);
    case API_LIST:
    case API_MAP: return value_len(v) == 0;
    default: return false;
    }
}

/* A list or map that is always printed stays empty until it is stored. */
static bool leaves_out(const struct decoding *d, const struct api_field *field, value member)
{
    bool collection = field->type->kind == API_LIST || field->type->kind == API_MAP;
    if ((field->flags & API_FIELD_POINTER) != 0 || !is_empty(field->type, member))
        return false;
    return d->stored || !collection || (field->flags & API_FIELD_ALWAYS) == 0;
}

static bool decode_struct(struct decoding *d, const struct api_type *type, value in, str path,
                          value *ret_out)
{
    const struct api_type *outer = d->owner;
    d->owner = type;
    struct object_builder out;
    object_begin(&out, d->arena);
    size_t next = 0; /* both sides are sorted: one walk */
    for (size_t i = 0; i < type->field_count; i++) {
        const struct api_field *field = &type->fields[i];
        str below = path_member(d, path, field->name);
        value given = value_absent();
        for (; next < value_len(in); next++) {
            const struct member *member = value_member(in, next);
            int order = str_compare(member->key, field->name);
            if (order > 0)
                break;
            if (order == 0) {
                given = member->val;
                next++;
                break;
            }
            if (d->unknown != NULL)
                VEC_PUSH(d->arena, &d->unknown->paths, path_member(d, path, member->key));
        }
        value member = value_absent();
        if (value_present(given) && !value_is(given, VALUE_NULL)) {
            if (!decode(d, field->type, given, below, &member))
                return false;
            if (leaves_out(d, field, member))
                member = value_absent();
        }
        if (!value_present(member))
            member = zero_of(field, d, below);
        if (value_present(member))
            object_add(&out, field->name, member);
    }
    for (; next < value_len(in) && d->unknown != NULL; next++)
        VEC_PUSH(d->arena, &d->unknown->paths, path_member(d, path, value_member(in, next)->key));
    d->owner = outer;
    *ret_out = object_finish(&out);
    return true;
}

static bool decode_list(struct decoding *d, const struct api_type *type, value in, str path,
                        value *ret_out)
{
    struct array_builder out;
    array_begin(&out, d->arena);
    for (size_t i = 0; i < value_len(in); i++) {
        value item;
        str below = arena_printf(d->arena, "%.*s[%zu]", STR_ARG(path), i);
        if (!decode(d, type->item, value_item(in, i), below, &item))
            return false;
        array_add(&out, item);
    }
    *ret_out = array_finish(&out);
    return true;
}

static bool decode_map(struct decoding *d, const struct api_type *type, value in, str path,
                       value *ret_out)
{
    struct object_builder out;
    object_begin(&out, d->arena);
    for (size_t i = 0; i < value_len(in); i++) {
        const struct member *member = value_member(in, i);
        value item;
        if (!decode(d, type->item, member->val, path_member(d, path, member->key), &item))
            return false;
        object_add(&out, member->key, item);
    }
    *ret_out = object_finish(&out);
    return true;
}

static bool decode_time(struct decoding *d, const struct api_type *type, value in, value *ret_out)
{
    int64_t ns;
    str text = value_str(in);
    if (!clock_parse_rfc3339(text, &ns))
        return error_set(d->err, ERROR_INPUT,
                         "parsing time \"%.*s\" as \"2006-01-02T15:04:05Z07:00\": cannot parse "
                         "\"%.*s\" as \"2006\"",
                         STR_ARG(text), STR_ARG(text));
    char out[CLOCK_RFC3339_LEN + 1];
    clock_format_rfc3339(ns, out);
    if (type->kind == API_TIME)
        *ret_out = value_string(arena_str(d->arena, str_z(out)));
    else
        *ret_out = value_string(arena_printf(
            d->arena, "%.19s.%06dZ", out, (int)(((ns % NS_PER_S) + NS_PER_S) % NS_PER_S / 1000)));
    return true;
}

static bool decode_integer(struct decoding *d, const struct api_type *type, value in, str path,
                           value *ret_out)
{
    int64_t number;
    if (!value_to_i64(in, &number) ||
        (type->kind == API_INT32 && (number < INT32_MIN || number > INT32_MAX)))
        return wrong_kind(d, type, in, path);
    *ret_out = in;
    return true;
}

static bool decode_leaf(struct decoding *d, const struct api_type *type, value in, str path,
                        value *ret_out)
{
    str decoded;
    *ret_out = in;
    switch (type->kind) {
    case API_STRING: return value_is(in, VALUE_STRING) || wrong_kind(d, type, in, path);
    case API_BOOL: return value_is(in, VALUE_BOOL) || wrong_kind(d, type, in, path);
    case API_DOUBLE: return value_is(in, VALUE_NUMBER) || wrong_kind(d, type, in, path);
    case API_INT32:
    case API_INT64: return decode_integer(d, type, in, path, ret_out);
    case API_BYTES:
        if (!value_is(in, VALUE_STRING))
            return wrong_kind(d, type, in, path);
        if (!base64_decode(d->arena, value_str(in), &decoded))
            return error_set(d->err, ERROR_INPUT, "illegal base64 data at input byte %zu",
                             value_str(in).len & ~(size_t)3);
        return true;
    case API_TIME:
    case API_MICROTIME:
        return value_is(in, VALUE_STRING) ? decode_time(d, type, in, ret_out)
                                          : wrong_kind(d, type, in, path);
    case API_QUANTITY:
        *ret_out = api_quantity_canonical(in, d->arena);
        return value_present(*ret_out) ||
               error_set(d->err, ERROR_INPUT,
                         "quantities must match the regular expression "
                         "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    case API_INT_OR_STRING:
        return value_is(in, VALUE_STRING) || value_is(in, VALUE_NUMBER) ||
               wrong_kind(d, type, in, path);
    default: return true;
    }
}

/* Recursive: as deep as the document, which its reader bounds. */
static bool decode(struct decoding *d, const struct api_type *type, value in, str path,
                   value *ret_out)
{
    static const struct api_field as_member = {.flags = API_FIELD_ALWAYS};
    enum value_kind want = type->kind == API_LIST ? VALUE_ARRAY : VALUE_OBJECT;
    bool is_null = value_is(in, VALUE_NULL);
    switch (type->kind) {
    case API_LIST:
    case API_MAP:
    case API_STRUCT:
    case API_OBJECT:
    case API_RAW:
        if (!is_null && in.kind != want)
            return wrong_kind(d, type, in, path);
        break;
    default: break;
    }
    switch (type->kind) {
    case API_STRUCT: return decode_struct(d, type, in, path, ret_out);
    case API_LIST: return decode_list(d, type, in, path, ret_out);
    case API_MAP: return decode_map(d, type, in, path, ret_out);
    default: break;
    }
    if (is_null && type->kind != API_JSON) {
        struct api_field zero = as_member;
        zero.type = type;
        *ret_out = zero_of(&zero, d, path);
        return true;
    }
    return decode_leaf(d, type, in, path, ret_out);
}

bool api_type_decode(const struct api_type *type, value document, struct arena *arena,
                     struct api_unknown *unknown, value *ret_document, struct error *err)
{
    struct decoding decoding = {.arena = arena, .unknown = unknown, .owner = type, .err = err};
    value out;
    if (!decode(&decoding, type, document, (str){0}, &out))
        return false;
    *ret_document = out;
    return true;
}

bool api_type_decode_stored(const struct api_type *type, value document, struct arena *arena,
                            value *ret_document, struct error *err)
{
    struct decoding decoding = {.arena = arena, .owner = type, .err = err, .stored = true};
    value out;
    if (!decode(&decoding, type, document, (str){0}, &out))
        return false;
    *ret_document = out;
    return true;
}
