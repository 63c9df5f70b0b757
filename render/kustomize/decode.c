#include "render/kustomize/decode.h"

#include "syncd/value/yaml.h"

struct decoding {
    enum decode_mode mode;
    struct arena *arena;
};

/* Every VEC has this layout. */
struct any_vec {
    char *items;
    size_t len;
    size_t cap;
};

static bool wrong_type(value v, const char *want, struct error *err)
{
    (void)error_rule(err, ERROR_INPUT, "E_KUSTOMIZATION", "must be %s, not %s %s", want,
                     v.kind == VALUE_ARRAY || v.kind == VALUE_OBJECT ? "an" : "a",
                     value_kind_name((enum value_kind)v.kind));
    return error_at(err, (struct position){.line = v.line});
}

static bool decode_struct(const struct decoding *decoding, const struct decoder *decoder, value v,
                          char *target, struct error *err);

/* A text, or what becomes one. */
static bool decode_text(const struct decoding *decoding, value v, str *text, struct error *err)
{
    double number = 0;
    bool scalar = v.kind == VALUE_NUMBER || v.kind == VALUE_BOOL;
    if (v.kind != VALUE_STRING && (decoding->mode == DECODE_EXACT || !scalar))
        return wrong_type(v, "a text", err);
    if (v.kind == VALUE_BOOL)
        *text = value_true(v) ? STR("true") : STR("false");
    else if (v.kind == VALUE_STRING)
        *text = value_str(v);
    else if ((v.flags & VALUE_INTEGER) == 0 && value_to_double(v, &number))
        *text = arena_printf(decoding->arena, "%.17g", number);
    else
        *text = value_number_text(v);
    return true;
}

static bool decode_strings(const struct decoding *decoding, value v, struct strings *strings,
                           struct error *err)
{
    if (v.kind != VALUE_ARRAY)
        return wrong_type(v, "a list of texts", err);
    for (size_t i = 0; i < v.len; i++) {
        value item = value_item(v, i);
        str text = STR("");
        if (item.kind != VALUE_NULL && !decode_text(decoding, item, &text, err))
            return false;
        VEC_PUSH(decoding->arena, &strings->list, text);
    }
    return true;
}

static bool decode_string_map(const struct decoding *decoding, value v, value *target,
                              struct error *err)
{
    if (v.kind != VALUE_OBJECT)
        return wrong_type(v, "a map of texts", err);
    struct object_builder builder;
    object_begin(&builder, decoding->arena);
    for (size_t i = 0; i < v.len; i++) {
        const struct member *member = value_member(v, i);
        str text = STR("");
        if (member->val.kind != VALUE_NULL && !decode_text(decoding, member->val, &text, err))
            return error_wrap(err, "%.*s", STR_ARG(member->key));
        value val = value_string(text);
        val.flags = yaml_scalar_is_string(text, YAML_KUBERNETES) ? 0 : VALUE_QUOTED;
        object_add(&builder, member->key, val);
    }
    *target = object_finish(&builder);
    return true;
}

static bool decode_structs(const struct decoding *decoding, const struct decoder *inner, value v,
                           struct any_vec *vec, struct error *err)
{
    if (v.kind != VALUE_ARRAY)
        return wrong_type(v, "a list", err);
    vec->items = arena_alloc_array(decoding->arena, v.len, inner->size);
    vec->len = vec->cap = v.len;
    for (size_t i = 0; i < v.len; i++) {
        value item = value_item(v, i);
        if (item.kind != VALUE_NULL &&
            !decode_struct(decoding, inner, item, vec->items + i * inner->size, err))
            return error_wrap(err, "[%zu]", i);
    }
    return true;
}

/* One case for each type of field. */
static bool decode_field(const struct decoding *decoding, const struct field_row *row, value v,
                         char *target, struct error *err)
{
    void *field = target + row->offset;
    if (v.kind == VALUE_NULL)
        return true;
    switch (row->type) {
    case FIELD_STRING: return decode_text(decoding, v, field, err);
    case FIELD_TEXT:
        ((struct optional_text *)field)->present = true;
        return decode_text(decoding, v, &((struct optional_text *)field)->text, err);
    case FIELD_BOOL:
        if (v.kind != VALUE_BOOL)
            return wrong_type(v, "true or false", err);
        *(bool *)field = value_true(v);
        return true;
    case FIELD_INT: return value_to_i64(v, field) || wrong_type(v, "a whole number", err);
    case FIELD_STRINGS: return decode_strings(decoding, v, field, err);
    case FIELD_STRING_MAP: return decode_string_map(decoding, v, field, err);
    case FIELD_ANY: *(value *)field = v; return true;
    case FIELD_STRUCT: {
        char *made = arena_alloc(decoding->arena, row->inner->size);
        *(char **)field = made;
        return decode_struct(decoding, row->inner, v, made, err);
    }
    case FIELD_INLINE: return decode_struct(decoding, row->inner, v, field, err);
    case FIELD_STRUCTS: return decode_structs(decoding, row->inner, v, field, err);
    case FIELD_EMBEDDED: break;
    }
    return error_set(err, ERROR_INTERNAL, "row %s has no type", row->name);
}

/* The row for a name and the struct it lies in: the exact spelling, else one in another case. */
static const struct field_row *find_row(const struct decoder *decoder, str name, bool fold,
                                        char **target)
{
    for (size_t i = 0; i < decoder->count; i++) {
        const struct field_row *row = &decoder->rows[i];
        if (row->type == FIELD_EMBEDDED) {
            char *inner = *target + row->offset;
            const struct field_row *found = find_row(row->inner, name, fold, &inner);
            if (found == NULL)
                continue;
            *target = inner;
            return found;
        }
        if (fold ? str_equal_fold(name, str_z(row->name)) : str_equal(name, str_z(row->name)))
            return row;
    }
    return NULL;
}

/* As deep as the tables are nested. */
static bool decode_struct(const struct decoding *decoding, const struct decoder *decoder, value v,
                          char *target, struct error *err)
{
    if (v.kind != VALUE_OBJECT)
        return wrong_type(v, "a map", err);
    for (size_t i = 0; i < v.len; i++) {
        const struct member *member = value_member(v, i);
        char *holder = target;
        const struct field_row *row = find_row(decoder, member->key, false, &holder);
        if (row == NULL)
            row = find_row(decoder, member->key, true, &holder);
        if (row == NULL && decoding->mode != DECODE_LOOSE) {
            (void)error_rule(err, ERROR_INPUT, "E_KUSTOMIZATION", "unknown field \"%.*s\" in %s",
                             STR_ARG(member->key), decoder->what);
            return error_at(err, (struct position){.line = member->val.line});
        }
        if (row != NULL && !decode_field(decoding, row, member->val, holder, err))
            return error_wrap(err, "%s", row->name);
    }
    return true;
}

bool kust_decode(const struct decoder *decoder, value document, enum decode_mode mode,
                 struct arena *arena, void *target, struct error *err)
{
    struct decoding decoding = {.mode = mode, .arena = arena};
    if (document.kind == VALUE_NULL)
        return true;
    return decode_struct(&decoding, decoder, document, target, err);
}
