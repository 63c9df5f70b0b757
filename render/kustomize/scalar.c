#include "render/kustomize/scalar.h"

#include "syncd/value/yaml.h"

value kust_scalar_resolve(str text, struct arena *arena)
{
    struct error ignored =
        ERROR_INIT; /* NaN and infinities: text that nobody can mean as a number */
    value v;
    return yaml_scalar(text, YAML_KUSTOMIZE, arena, &v, &ignored) ? v : value_string(text);
}

bool kust_scalar_is_string(str text)
{
    return yaml_scalar_is_string(text, YAML_KUSTOMIZE);
}

str kust_scalar_text(value v)
{
    switch ((enum value_kind)v.kind) {
    case VALUE_STRING:
    case VALUE_NUMBER:
    case VALUE_NULL: return v.len != 0 ? str_from(v.as.text, v.len) : STR("");
    case VALUE_BOOL: return v.len != 0 ? STR("true") : STR("false");
    case VALUE_ABSENT:
    case VALUE_ARRAY:
    case VALUE_OBJECT: break;
    }
    return STR("");
}

value kust_scalar_untyped(value old, str text, struct arena *arena)
{
    bool quoted = old.kind == VALUE_STRING && (old.flags & VALUE_QUOTED) != 0;
    value fresh = quoted ? value_string(text) : kust_scalar_resolve(text, arena);
    fresh.flags |= VALUE_UNTYPED | (quoted ? VALUE_QUOTED : 0);
    return fresh;
}

value kust_field_untyped(value old, str text, struct arena *arena)
{
    static const value quoted = {.kind = VALUE_STRING, .flags = VALUE_QUOTED};
    bool needs_quotes = !value_present(old) && !yaml_scalar_is_string(text, YAML_KUBERNETES);
    return kust_scalar_untyped(needs_quotes ? quoted : old, text, arena);
}

value kust_scalar_settled(value v)
{
    bool settled = (v.flags & VALUE_UNTYPED) == 0 || (v.flags & VALUE_QUOTED) != 0;
    bool is_time = v.kind == VALUE_STRING && (v.flags & VALUE_RAW) != 0; /* a text to YAML 1.1 */
    if (settled || is_time || v.len == 0 ||
        yaml_scalar_is_string(kust_scalar_text(v), YAML_KUBERNETES))
        return v;
    value text = value_string(kust_scalar_text(v));
    text.flags = VALUE_UNTYPED | VALUE_QUOTED;
    text.line = v.line;
    return text;
}

/* What stood where a text is now that does not fit: a misfit of a boolean is flagged VALUE_RAW. */
static value shape_of_misfit(value misfit)
{
    if ((misfit.flags & VALUE_RAW) != 0)
        return value_bool(false);
    return (value){.kind = VALUE_NUMBER, .flags = VALUE_INTEGER};
}

/* See kust_in_style_of: to the tool it still is a number, or a boolean. */
static bool is_quoted_number(value v)
{
    unsigned flags = VALUE_QUOTED | VALUE_RAW;
    return v.kind == VALUE_STRING && (v.flags & flags) == flags;
}

value kust_scalar_retext(value old, str text, struct arena *arena)
{
    value fresh = value_string(text);
    if ((old.flags & (VALUE_UNTYPED | VALUE_QUOTED)) == VALUE_UNTYPED)
        return kust_scalar_untyped(old, text, arena);
    if (is_quoted_number(old))
        old = kust_scalar_resolve(kust_scalar_text(old), arena);
    if (old.kind == VALUE_STRING && !kust_is_misfit(old)) {
        fresh.flags = old.flags & VALUE_QUOTED;
        return fresh;
    }
    value resolved = kust_scalar_resolve(text, arena);
    if (kust_is_misfit(old))
        old = shape_of_misfit(old);
    bool widened = old.kind == VALUE_NUMBER && (old.flags & VALUE_INTEGER) == 0;
    bool whole = (resolved.flags & VALUE_INTEGER) != 0;
    if (resolved.kind == old.kind && (old.kind != VALUE_NUMBER || widened || whole))
        return resolved;
    fresh.flags = VALUE_INTEGER | (old.kind == VALUE_BOOL ? VALUE_RAW : 0);
    return fresh;
}

value kust_in_style_of(value old, value new)
{
    bool quoted = old.kind == VALUE_STRING && (old.flags & VALUE_QUOTED) != 0;
    if (new.kind != VALUE_STRING &&new.kind != VALUE_NUMBER &&new.kind != VALUE_BOOL)
        return new;
    if (quoted) {
        value text = value_string(kust_scalar_text(new));
        text.flags = VALUE_QUOTED | (new.kind != VALUE_STRING ? VALUE_RAW : 0);
        text.line = new.line;
        return text;
    }
    if (new.kind == VALUE_STRING)
        new.flags &= ~(unsigned)VALUE_QUOTED & 0x1fu;
    return new;
}

/* As deep as the document, which a reader has limited. */
value kust_find_misfit(value document)
{
    if (kust_is_misfit(document))
        return document;
    for (size_t i = 0; i < value_len(document); i++) {
        value found =
            kust_find_misfit(document.kind == VALUE_OBJECT ? value_member(document, i)->val
                                                           : value_item(document, i));
        if (value_present(found))
            return found;
    }
    return value_absent();
}

struct canonical {
    struct arena *arena;
    bool through_json;
};

/* Numbers become doubles: long ones are rounded, and their text has an exponent. */
static value through_double(value v, struct arena *arena)
{
    double number = 0;
    if (((v.flags & VALUE_INTEGER) != 0 && v.len < 7) || !value_to_double(v, &number))
        return v;
    value real = value_general(number, arena);
    return str_equal(value_number_text(real), value_number_text(v)) ? v : real;
}

static value canonical_scalar(const struct canonical *canonical, value v)
{
    if ((v.flags & VALUE_RAW) != 0)
        v = yaml_canonical(v, canonical->arena);
    if (v.kind == VALUE_NULL)
        return canonical->through_json
                   ? (value){.kind = VALUE_NULL, .line = v.line, .len = 4, .as.text = "null"}
                   : (value){.kind = VALUE_NULL, .line = v.line};
    if (canonical->through_json)
        v.flags &= ~(unsigned)VALUE_UNTYPED & 0x1fu;
    if (canonical->through_json && v.kind == VALUE_NUMBER)
        v = through_double(v, canonical->arena);
    if (canonical->through_json && v.kind == VALUE_STRING)
        v.flags = yaml_is_written_plain(kust_scalar_text(v)) ? 0 : VALUE_QUOTED;
    return v;
}

static value canonical_node(const struct canonical *canonical, value v);

static value canonical_array(const struct canonical *canonical, value v)
{
    value *items = NULL;
    for (size_t i = 0; i < v.len; i++) {
        value item = canonical_node(canonical, v.as.items[i]);
        if (items == NULL && kust_same(item, v.as.items[i]))
            continue;
        if (items == NULL) {
            items = ARENA_ARRAY(canonical->arena, value, v.len);
            memcpy(items, v.as.items, v.len * sizeof(*items));
            v.as.items = items;
        }
        items[i] = item;
    }
    return v;
}

static value canonical_object(const struct canonical *canonical, value v)
{
    struct member *members = NULL;
    for (size_t i = 0; i < v.len; i++) {
        value val = canonical_node(canonical, v.as.members[i].val);
        if (members == NULL && kust_same(val, v.as.members[i].val))
            continue;
        if (members == NULL) {
            members = ARENA_ARRAY(canonical->arena, struct member, v.len);
            memcpy(members, v.as.members, v.len * sizeof(*members));
            v.as.members = members;
        }
        members[i].val = val;
    }
    return v;
}

/* As deep as the document, which a reader has limited. */
static value canonical_node(const struct canonical *canonical, value v)
{
    if (v.kind == VALUE_ARRAY)
        return canonical_array(canonical, v);
    return v.kind == VALUE_OBJECT ? canonical_object(canonical, v) : canonical_scalar(canonical, v);
}

value kust_canonical(value document, bool through_json, struct arena *arena)
{
    struct canonical canonical = {.arena = arena, .through_json = through_json};
    return canonical_node(&canonical, document);
}
