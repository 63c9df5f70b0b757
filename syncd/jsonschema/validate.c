/* A value against a schema. */
#include "syncd/jsonschema/jsonschema.h"

#include "syncd/base/buf.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#define VALIDATE_DEPTH_MAX 200
#define VALIDATE_STEPS_MAX 2000000

/* Where in the instance: a chain up to the root. */
struct place {
    const struct place *up;
    str key;
    size_t index;
    bool is_index;
};

/* Which members and items some keyword has looked at: for the unevaluated… keywords. */
struct evaluated {
    bool *members;
    bool *items;
};

struct validator {
    struct jsonschema *schema;
    struct arena *arena;
    struct jsonschema_problem first; /* that counts */
    unsigned quiet;                  /* inside anyOf and friends, problems are no answer */
    unsigned depth;
    uint64_t steps;
    struct error *err;
    bool broken; /* err is set: stop */
};

struct target {
    value schema;
    str base;
    value instance;
    const struct place *place;
    struct evaluated *evaluated; /* NULL: nobody asks */
};

static bool check(struct validator *v, const struct target *t);

/* Code points; a malformed byte counts as one. */
static size_t rune_count(str text)
{
    size_t count = 0;
    uint32_t code;
    for (size_t at = 0; at < text.len; count++) {
        size_t width = str_decode_utf8(str_skip(text, at), &code);
        at += width != 0 ? width : 1;
    }
    return count;
}

static void print_place(const struct place *place, struct buf *buf, unsigned depth)
{
    if (place == NULL || depth > VALIDATE_DEPTH_MAX)
        return;
    print_place(place->up, buf, depth + 1);
    if (place->is_index)
        buf_printf(buf, "/%zu", place->index);
    else
        buf_printf(buf, "/%.*s", STR_ARG(place->key));
}

/* Notes a problem; returns false. */
static bool problem(struct validator *v, const struct target *t, const char *format, ...)
    PRINTF_LIKE(3, 4);

static bool problem(struct validator *v, const struct target *t, const char *format, ...)
{
    if (v->quiet > 0 || v->first.message.ptr != NULL)
        return false;
    char text[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    AUTO_BUF struct buf buf = BUF_INIT(4096);
    buf_add(&buf, STR("- at '"));
    print_place(t->place, &buf, 0);
    buf_printf(&buf, "': %s", text);
    v->first = (struct jsonschema_problem){buf_copy(&buf, v->arena), t->instance.line};
    return false;
}

static value keyword(const struct target *t, const char *name)
{
    return value_get(t->schema, str_z(name));
}

/* The same instance against another schema. */
static bool check_with(struct validator *v, const struct target *t, value schema)
{
    struct target inner = *t;
    inner.schema = schema;
    return check(v, &inner);
}

/* As check_with, without a word about what fails, and without traces when it does. */
static bool matches(struct validator *v, const struct target *t, value schema)
{
    struct target inner = *t;
    inner.schema = schema;
    struct evaluated fresh = {0};
    size_t len = value_len(t->instance);
    if (t->evaluated != NULL) {
        fresh.members = ARENA_ARRAY(v->arena, bool, len);
        fresh.items = ARENA_ARRAY(v->arena, bool, len);
        inner.evaluated = &fresh;
    }
    v->quiet++;
    bool good = check(v, &inner);
    v->quiet--;
    for (size_t i = 0; good && t->evaluated != NULL && i < len; i++) {
        t->evaluated->members[i] |= fresh.members[i];
        t->evaluated->items[i] |= fresh.items[i];
    }
    return good;
}

/* Any type. */

static const char *type_name(value v)
{
    switch ((enum value_kind)v.kind) {
    case VALUE_BOOL: return "boolean";
    case VALUE_NUMBER: return "number";
    case VALUE_STRING: return "string";
    case VALUE_ARRAY: return "array";
    case VALUE_OBJECT: return "object";
    default: return "null";
    }
}

static bool has_type(value instance, str type)
{
    double number;
    if (str_equal(type, STR("integer")))
        return value_to_double(instance, &number) && number == floor(number) && isfinite(number);
    return str_equal(type, str_z(type_name(instance)));
}

static bool check_type(struct validator *v, const struct target *t)
{
    value type = keyword(t, "type");
    if (!value_present(type))
        return true;
    if (!value_is(type, VALUE_ARRAY))
        return has_type(t->instance, value_str(type)) ||
               problem(v, t, "got %s, want %.*s", type_name(t->instance), STR_ARG(value_str(type)));
    for (size_t i = 0; i < value_len(type); i++)
        if (has_type(t->instance, value_str(value_item(type, i))))
            return true;
    return problem(v, t, "got %s, want one of several types", type_name(t->instance));
}

static bool check_values(struct validator *v, const struct target *t)
{
    value constant = keyword(t, "const");
    if (value_present(constant) && v->schema->draft >= DRAFT_6 &&
        !value_equal(constant, t->instance))
        return problem(v, t, "value must be the constant");
    value choices = keyword(t, "enum");
    if (!value_present(choices))
        return true;
    for (size_t i = 0; i < value_len(choices); i++)
        if (value_equal(value_item(choices, i), t->instance))
            return true;
    return problem(v, t, "value must be one of the listed");
}

/* Numbers and strings. */

static bool number_of(const struct target *t, const char *name, double *ret_number)
{
    return value_to_double(keyword(t, name), ret_number);
}

static bool check_number(struct validator *v, const struct target *t)
{
    double number;
    double limit;
    if (!value_to_double(t->instance, &number))
        return true;
    bool open_top = value_true(keyword(t, "exclusiveMaximum"));
    bool open_bottom = value_true(keyword(t, "exclusiveMinimum"));
    if (number_of(t, "maximum", &limit) && (number > limit || (open_top && number == limit)))
        return problem(v, t, "maximum: got %g, want %g", number, limit);
    if (number_of(t, "minimum", &limit) && (number < limit || (open_bottom && number == limit)))
        return problem(v, t, "minimum: got %g, want %g", number, limit);
    if (number_of(t, "exclusiveMaximum", &limit) && number >= limit)
        return problem(v, t, "exclusiveMaximum: got %g, want %g", number, limit);
    if (number_of(t, "exclusiveMinimum", &limit) && number <= limit)
        return problem(v, t, "exclusiveMinimum: got %g, want %g", number, limit);
    if (!number_of(t, "multipleOf", &limit))
        return true;
    double quotient = number / limit;
    double tolerance = fmax(1, fabs(quotient)) * 1e-12;
    return fabs(quotient - nearbyint(quotient)) <= tolerance ||
           problem(v, t, "multipleOf: got %g, want %g", number, limit);
}

static bool check_string(struct validator *v, const struct target *t)
{
    double limit;
    str text = value_str(t->instance);
    if (number_of(t, "maxLength", &limit) && (double)rune_count(text) > limit)
        return problem(v, t, "maxLength: got %zu, want %g", rune_count(text), limit);
    if (number_of(t, "minLength", &limit) && (double)rune_count(text) < limit)
        return problem(v, t, "minLength: got %zu, want %g", rune_count(text), limit);
    value format = keyword(t, "format");
    if (value_present(format) && v->schema->draft < DRAFT_2019 &&
        !jsonschema_format_is(value_str(format), text))
        return problem(v, t, "'%.*s' is not valid %.*s", STR_ARG(text), STR_ARG(value_str(format)));
    value pattern = keyword(t, "pattern");
    const struct regex *regex;
    if (!value_present(pattern))
        return true;
    if (!jsonschema_pattern(v->schema, value_str(pattern), &regex, v->err)) {
        v->broken = true;
        return false;
    }
    return regex_matches(regex, text, v->arena) ||
           problem(v, t, "'%.*s' does not match pattern '%.*s'", STR_ARG(text),
                   STR_ARG(value_str(pattern)));
}

/* Arrays. */

static bool check_item(struct validator *v, const struct target *t, size_t index, value schema)
{
    struct place place = {.up = t->place, .index = index, .is_index = true};
    struct target inner = {.schema = schema,
                           .base = t->base,
                           .instance = value_item(t->instance, index),
                           .place = &place};
    if (t->evaluated != NULL)
        t->evaluated->items[index] = true;
    return check(v, &inner);
}

static bool check_items(struct validator *v, const struct target *t)
{
    value items = keyword(t, "items");
    value prefix = v->schema->draft >= DRAFT_2020 ? keyword(t, "prefixItems") : value_absent();
    value rest = items;
    if (value_is(items, VALUE_ARRAY)) {
        prefix = items;
        rest = keyword(t, "additionalItems");
    }
    for (size_t i = 0; i < value_len(t->instance); i++) {
        value schema = i < value_len(prefix) ? value_item(prefix, i) : rest;
        if (value_present(schema) && !check_item(v, t, i, schema))
            return false;
    }
    return true;
}

static bool check_contains(struct validator *v, const struct target *t)
{
    value schema = keyword(t, "contains");
    if (!value_present(schema) || v->schema->draft < DRAFT_6)
        return true;
    size_t found = 0;
    for (size_t i = 0; i < value_len(t->instance); i++) {
        struct target inner = *t;
        inner.instance = value_item(t->instance, i);
        inner.evaluated = NULL;
        if (!matches(v, &inner, schema))
            continue;
        found++;
        if (t->evaluated != NULL && v->schema->draft >= DRAFT_2020)
            t->evaluated->items[i] = true;
    }
    double least = 1;
    double most = INFINITY;
    if (v->schema->draft >= DRAFT_2019) {
        (void)(number_of(t, "minContains", &least) + number_of(t, "maxContains", &most));
    }
    return ((double)found >= least && (double)found <= most) ||
           problem(v, t, "contains: %zu items match", found);
}

static bool check_unique(struct validator *v, const struct target *t)
{
    if (!value_true(keyword(t, "uniqueItems")))
        return true;
    size_t len = value_len(t->instance);
    for (size_t i = 0; i < len; i++) {
        v->steps += i;
        for (size_t j = 0; j < i && v->steps < VALIDATE_STEPS_MAX; j++)
            if (value_equal(value_item(t->instance, i), value_item(t->instance, j)))
                return problem(v, t, "items at %zu and %zu are equal", j, i);
    }
    return true;
}

static bool check_array(struct validator *v, const struct target *t)
{
    double limit;
    size_t len = value_len(t->instance);
    if (number_of(t, "maxItems", &limit) && (double)len > limit)
        return problem(v, t, "maxItems: got %zu, want %g", len, limit);
    if (number_of(t, "minItems", &limit) && (double)len < limit)
        return problem(v, t, "minItems: got %zu, want %g", len, limit);
    return check_unique(v, t) && check_items(v, t) && check_contains(v, t);
}

/* Objects. */

static bool check_member(struct validator *v, const struct target *t, size_t index, value schema)
{
    const struct member *member = value_member(t->instance, index);
    struct place place = {.up = t->place, .key = member->key};
    struct target inner = {
        .schema = schema, .base = t->base, .instance = member->val, .place = &place};
    if (t->evaluated != NULL)
        t->evaluated->members[index] = true;
    return check(v, &inner);
}

static bool check_patterns(struct validator *v, const struct target *t, size_t index,
                           bool *ret_known)
{
    value patterns = keyword(t, "patternProperties");
    for (size_t i = 0; i < value_len(patterns); i++) {
        const struct member *row = value_member(patterns, i);
        const struct regex *regex;
        if (!jsonschema_pattern(v->schema, row->key, &regex, v->err)) {
            v->broken = true;
            return false;
        }
        if (!regex_matches(regex, value_member(t->instance, index)->key, v->arena))
            continue;
        *ret_known = true;
        if (!check_member(v, t, index, row->val))
            return false;
    }
    return true;
}

static bool check_properties(struct validator *v, const struct target *t)
{
    value properties = keyword(t, "properties");
    value additional = keyword(t, "additionalProperties");
    for (size_t i = 0; i < value_len(t->instance); i++) {
        str key = value_member(t->instance, i)->key;
        value schema = value_get(properties, key);
        bool known = value_present(schema);
        if (known && !check_member(v, t, i, schema))
            return false;
        if (!check_patterns(v, t, i, &known))
            return false;
        if (known || !value_present(additional))
            continue;
        if (value_is(additional, VALUE_BOOL) && !value_true(additional))
            return problem(v, t, "additional properties '%.*s' not allowed", STR_ARG(key));
        if (!check_member(v, t, i, additional))
            return false;
    }
    return true;
}

static bool check_names(struct validator *v, const struct target *t)
{
    value names = keyword(t, "propertyNames");
    for (size_t i = 0; value_present(names) && i < value_len(t->instance); i++) {
        struct target inner = *t;
        inner.schema = names;
        inner.instance = value_string(value_member(t->instance, i)->key);
        inner.evaluated = NULL;
        if (!check(v, &inner))
            return false;
    }
    return true;
}

static bool check_required(struct validator *v, const struct target *t, value names)
{
    for (size_t i = 0; i < value_len(names); i++) {
        str name = value_str(value_item(names, i));
        if (!value_present(value_get(t->instance, name)))
            return problem(v, t, "missing property '%.*s'", STR_ARG(name));
    }
    return true;
}

static bool check_dependents(struct validator *v, const struct target *t)
{
    static const char *const keywords[] = {"dependencies", "dependentRequired", "dependentSchemas"};
    for (size_t i = 0; i < ARRAY_LEN(keywords); i++) {
        value rows = keyword(t, keywords[i]);
        for (size_t j = 0; j < value_len(rows); j++) {
            const struct member *row = value_member(rows, j);
            if (!value_present(value_get(t->instance, row->key)))
                continue;
            bool good = value_is(row->val, VALUE_ARRAY) ? check_required(v, t, row->val)
                                                        : check_with(v, t, row->val);
            if (!good)
                return false;
        }
    }
    return true;
}

static bool check_object(struct validator *v, const struct target *t)
{
    double limit;
    size_t len = value_len(t->instance);
    if (number_of(t, "maxProperties", &limit) && (double)len > limit)
        return problem(v, t, "maxProperties: got %zu, want %g", len, limit);
    if (number_of(t, "minProperties", &limit) && (double)len < limit)
        return problem(v, t, "minProperties: got %zu, want %g", len, limit);
    return check_required(v, t, keyword(t, "required")) && check_properties(v, t) &&
           check_names(v, t) && check_dependents(v, t);
}

/* Schemas of schemas. */

static bool check_one_of(struct validator *v, const struct target *t)
{
    value schemas = keyword(t, "oneOf");
    size_t found = 0;
    for (size_t i = 0; i < value_len(schemas); i++)
        found += matches(v, t, value_item(schemas, i));
    return !value_present(schemas) || found == 1 ||
           problem(v, t,
                   found == 0 ? "'oneOf' failed, none matched"
                              : "'oneOf' failed, more than one matched");
}

static bool check_any_of(struct validator *v, const struct target *t)
{
    value schemas = keyword(t, "anyOf");
    bool found = !value_present(schemas);
    for (size_t i = 0; i < value_len(schemas); i++)
        found = matches(v, t, value_item(schemas, i)) || found;
    return found || problem(v, t, "'anyOf' failed, none matched");
}

static bool check_conditions(struct validator *v, const struct target *t)
{
    value condition = keyword(t, "if");
    if (!value_present(condition) || v->schema->draft < DRAFT_7)
        return true;
    value branch = keyword(t, matches(v, t, condition) ? "then" : "else");
    return !value_present(branch) || check_with(v, t, branch);
}

static bool check_combined(struct validator *v, const struct target *t)
{
    value all = keyword(t, "allOf");
    for (size_t i = 0; i < value_len(all); i++)
        if (!check_with(v, t, value_item(all, i)))
            return false;
    value not = keyword(t, "not");
    if (value_present(not)) {
        struct target inner = *t;
        inner.evaluated = NULL;
        if (matches(v, &inner, not))
            return problem(v, t, "'not' failed");
    }
    return check_any_of(v, t) && check_one_of(v, t) && check_conditions(v, t);
}

static bool check_reference(struct validator *v, const struct target *t, value reference)
{
    struct jsonschema_place place;
    if (!jsonschema_resolve(v->schema, t->base, value_str(reference), &place, v->err)) {
        v->broken = true;
        return false;
    }
    struct target inner = *t;
    inner.schema = place.schema;
    inner.base = place.base;
    return check(v, &inner);
}

static bool check_unevaluated(struct validator *v, const struct target *t)
{
    value members = keyword(t, "unevaluatedProperties");
    value items = keyword(t, "unevaluatedItems");
    bool is_object = value_is(t->instance, VALUE_OBJECT);
    value schema = is_object ? members : items;
    if (t->evaluated == NULL || !value_present(schema))
        return true;
    for (size_t i = 0; i < value_len(t->instance); i++) {
        if (is_object ? t->evaluated->members[i] : t->evaluated->items[i])
            continue;
        if (value_is(schema, VALUE_BOOL) && !value_true(schema))
            return problem(v, t, "unevaluated values are not allowed");
        if (is_object ? !check_member(v, t, i, schema) : !check_item(v, t, i, schema))
            return false;
    }
    return true;
}

static bool check_keywords(struct validator *v, const struct target *t)
{
    static const char *const references[] = {"$ref", "$dynamicRef", "$recursiveRef"};
    for (size_t i = 0; i < ARRAY_LEN(references); i++) {
        value reference = keyword(t, references[i]);
        if (!value_is(reference, VALUE_STRING))
            continue;
        if (!check_reference(v, t, reference))
            return false;
        if (v->schema->draft <= DRAFT_7)
            return true;
    }
    if (!check_type(v, t) || !check_values(v, t) || !check_number(v, t))
        return false;
    if (value_is(t->instance, VALUE_STRING) && !check_string(v, t))
        return false;
    if (value_is(t->instance, VALUE_ARRAY) && !check_array(v, t))
        return false;
    if (value_is(t->instance, VALUE_OBJECT) && !check_object(v, t))
        return false;
    return check_combined(v, t) && check_unevaluated(v, t);
}

static bool give_up(struct validator *v, const char *what)
{
    v->broken = true;
    return error_rule(v->err, ERROR_LIMIT, "E_SCHEMA", "checking the values %s", what);
}

static bool check(struct validator *v, const struct target *given)
{
    struct target t = *given;
    if (v->broken)
        return false;
    if (++v->steps > VALIDATE_STEPS_MAX)
        return give_up(v, "against the schema takes too many steps");
    if (value_is(t.schema, VALUE_BOOL))
        return value_true(t.schema) || problem(v, &t, "false schema");
    if (++v->depth > VALIDATE_DEPTH_MAX)
        return give_up(v, "against the schema nests too deeply");
    struct evaluated fresh = {0};
    if (v->schema->needs_evaluated && t.evaluated == NULL) {
        fresh.members = ARENA_ARRAY(v->arena, bool, value_len(t.instance));
        fresh.items = ARENA_ARRAY(v->arena, bool, value_len(t.instance));
        t.evaluated = &fresh;
    }
    str id = value_str(value_get(t.schema, STR("$id")));
    if (id.len > 0 && id.ptr[0] != '#')
        t.base = jsonschema_uri(t.base, id, v->arena);
    bool good = check_keywords(v, &t);
    v->depth--;
    return good;
}

bool jsonschema_validate(struct jsonschema *schema, value instance, bool *ret_valid,
                         struct jsonschema_problem *ret_problem, struct error *err)
{
    struct validator validator = {.schema = schema, .arena = schema->arena, .err = err};
    struct target target = {
        .schema = schema->root, .base = STR("file:///values.schema.json"), .instance = instance};
    *ret_valid = check(&validator, &target);
    *ret_problem = validator.first;
    return !validator.broken;
}
