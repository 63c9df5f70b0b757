/* A value against a schema: every problem, as a tree. */
#include "syncd/jsonschema/jsonschema.h"
#include "syncd/jsonschema/trouble.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#define VALIDATE_DEPTH_MAX 200
#define VALIDATE_STEPS_MAX 2000000
#define TROUBLES_MAX       1000 /* that are noted; the rest still counts */

/* Which members and items some keyword has looked at: for the unevaluated… keywords. */
struct evaluated {
    bool *members;
    bool *items;
};

struct validator {
    struct jsonschema *schema;
    struct arena *arena;
    unsigned depth;
    unsigned noted; /* troubles */
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

/* Adds one trouble to `out` when the instance is not valid: a group when it has several. */
static bool check(struct validator *v, const struct target *t, struct troubles *out);

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

/* Noting problems. */

static void add_text(struct validator *v, const struct target *t, struct troubles *out,
                     enum trouble_kind kind, str message, const struct troubles *causes)
{
    out->failed = true;
    if (out->quiet || v->noted >= TROUBLES_MAX || arena_over(v->arena))
        return;
    v->noted++;
    struct trouble *trouble = ARENA_NEW(v->arena, struct trouble);
    *trouble = (struct trouble){.kind = kind,
                                .place = trouble_place(t->place, v->arena),
                                .message = arena_str(v->arena, message),
                                .line = t->instance.line};
    if (causes != NULL)
        trouble->causes = *causes;
    VEC_PUSH(v->arena, &out->list, trouble);
}

static void add(struct validator *v, const struct target *t, struct troubles *out,
                const char *format, ...) PRINTF_LIKE(4, 5);

static void add(struct validator *v, const struct target *t, struct troubles *out,
                const char *format, ...)
{
    char text[1000];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    add_text(v, t, out, TROUBLE_PLAIN, str_z(text), NULL);
}

/* "KEYWORD: got 3, want 1,000" */
static void add_limit(struct validator *v, const struct target *t, struct troubles *out,
                      const char *keyword, double got, double want)
{
    AUTO_BUF struct buf text = BUF_INIT(200);
    buf_printf(&text, "%s: got ", keyword);
    trouble_number(got, &text);
    buf_add(&text, STR(", want "));
    trouble_number(want, &text);
    add_text(v, t, out, TROUBLE_PLAIN, buf_str(&text), NULL);
}

/* A message with the names of `names`, quoted: "missing properties 'a', 'b'". */
static void add_quoted(struct validator *v, const struct target *t, struct troubles *out,
                       const char *before, const str *names, size_t count, const char *behind)
{
    AUTO_BUF struct buf text = BUF_INIT(64 << 10);
    buf_add(&text, str_z(before));
    for (size_t i = 0; i < count; i++) {
        buf_add(&text, i > 0 ? STR(", ") : STR(" "));
        trouble_quote(names[i], &text);
    }
    buf_add(&text, str_z(behind));
    add_text(v, t, out, TROUBLE_PLAIN, buf_str(&text), NULL);
}

static value keyword(const struct target *t, const char *name)
{
    return value_get(t->schema, str_z(name));
}

/* The same instance against another schema. */
static bool check_with(struct validator *v, const struct target *t, value schema,
                       struct troubles *out)
{
    struct target inner = *t;
    inner.schema = schema;
    return check(v, &inner, out);
}

/* As check_with, but what the schema evaluated counts only when it matches. */
static bool matches(struct validator *v, const struct target *t, value schema, struct troubles *out)
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
    bool good = check(v, &inner, out);
    for (size_t i = 0; good && t->evaluated != NULL && i < len; i++) {
        t->evaluated->members[i] |= fresh.members[i];
        t->evaluated->items[i] |= fresh.items[i];
    }
    return good;
}

static bool matches_quietly(struct validator *v, const struct target *t, value schema)
{
    struct troubles ignored = {.quiet = true};
    return matches(v, t, schema, &ignored);
}

/* Any type. What fails here is said alone. */

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

static bool lists_type(value types, str name)
{
    for (size_t i = 0; i < value_len(types); i++)
        if (str_equal(value_str(value_item(types, i)), name))
            return true;
    return value_is(types, VALUE_STRING) && str_equal(value_str(types), name);
}

static void check_type(struct validator *v, const struct target *t, struct troubles *out)
{
    static const char *const order[] = {"null",   "boolean", "number", "integer",
                                        "string", "array",   "object"};
    value type = keyword(t, "type");
    if (!value_present(type))
        return;
    AUTO_BUF struct buf text = BUF_INIT(200);
    buf_printf(&text, "got %s, want ", type_name(t->instance));
    bool more = false;
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        if (!lists_type(type, str_z(order[i])))
            continue;
        if (has_type(t->instance, str_z(order[i])))
            return;
        buf_printf(&text, "%s%s", more ? " or " : "", order[i]);
        more = true;
    }
    add_text(v, t, out, TROUBLE_PLAIN, buf_str(&text), NULL);
}

static bool is_collection(value v)
{
    return value_is(v, VALUE_ARRAY) || value_is(v, VALUE_OBJECT);
}

static void check_constant(struct validator *v, const struct target *t, struct troubles *out)
{
    value constant = keyword(t, "const");
    if (!value_present(constant) || v->schema->draft < DRAFT_6 ||
        value_equal(constant, t->instance))
        return;
    if (is_collection(constant)) {
        add(v, t, out, "'const' failed");
        return;
    }
    AUTO_BUF struct buf text = BUF_INIT(64 << 10);
    buf_add(&text, STR("value must be "));
    trouble_value(constant, &text);
    add_text(v, t, out, TROUBLE_PLAIN, buf_str(&text), NULL);
}

static void check_choices(struct validator *v, const struct target *t, struct troubles *out)
{
    value choices = keyword(t, "enum");
    bool simple = true;
    if (!value_present(choices))
        return;
    for (size_t i = 0; i < value_len(choices); i++) {
        if (value_equal(value_item(choices, i), t->instance))
            return;
        simple = simple && !is_collection(value_item(choices, i));
    }
    AUTO_BUF struct buf text = BUF_INIT(64 << 10);
    buf_add(&text, !simple                   ? STR("'enum' failed")
                   : value_len(choices) == 1 ? STR("value must be ")
                                             : STR("value must be one of "));
    for (size_t i = 0; simple && i < value_len(choices); i++) {
        if (i > 0)
            buf_add(&text, STR(", "));
        trouble_value(value_item(choices, i), &text);
    }
    add_text(v, t, out, TROUBLE_PLAIN, buf_str(&text), NULL);
}

static void check_format(struct validator *v, const struct target *t, struct troubles *out)
{
    str format = value_str(keyword(t, "format"));
    if (!value_is(t->instance, VALUE_STRING) || format.len == 0 || v->schema->draft >= DRAFT_2019)
        return;
    const char *complaint = jsonschema_format_complaint(format, value_str(t->instance), v->arena);
    if (complaint == NULL)
        return;
    AUTO_BUF struct buf text = BUF_INIT(64 << 10);
    trouble_quote(value_str(t->instance), &text);
    buf_printf(&text, " is not valid %.*s: %s", STR_ARG(format), complaint);
    add_text(v, t, out, TROUBLE_PLAIN, buf_str(&text), NULL);
}

/* Numbers and strings. */

static bool number_of(const struct target *t, const char *name, double *ret_number)
{
    return value_to_double(keyword(t, name), ret_number);
}

static void check_number(struct validator *v, const struct target *t, struct troubles *out)
{
    double number;
    double limit;
    if (!value_to_double(t->instance, &number))
        return;
    bool open_top = value_true(keyword(t, "exclusiveMaximum"));
    bool open_bottom = value_true(keyword(t, "exclusiveMinimum"));
    if (number_of(t, "minimum", &limit) && (number < limit || (open_bottom && number == limit)))
        add_limit(v, t, out, open_bottom ? "exclusiveMinimum" : "minimum", number, limit);
    if (number_of(t, "maximum", &limit) && (number > limit || (open_top && number == limit)))
        add_limit(v, t, out, open_top ? "exclusiveMaximum" : "maximum", number, limit);
    if (number_of(t, "exclusiveMinimum", &limit) && number <= limit)
        add_limit(v, t, out, "exclusiveMinimum", number, limit);
    if (number_of(t, "exclusiveMaximum", &limit) && number >= limit)
        add_limit(v, t, out, "exclusiveMaximum", number, limit);
    if (!number_of(t, "multipleOf", &limit))
        return;
    double quotient = number / limit;
    double tolerance = fmax(1, fabs(quotient)) * 1e-12;
    if (!(fabs(quotient - nearbyint(quotient)) <= tolerance))
        add_limit(v, t, out, "multipleOf", number, limit);
}

/* A count against a pair of keywords, in the order in which problems are said. */
static void check_count(struct validator *v, const struct target *t, struct troubles *out,
                        const char *least, const char *most, size_t count)
{
    double limit;
    if (number_of(t, least, &limit) && (double)count < limit)
        add_limit(v, t, out, least, (double)count, limit);
    if (number_of(t, most, &limit) && (double)count > limit)
        add_limit(v, t, out, most, (double)count, limit);
}

static void check_string(struct validator *v, const struct target *t, struct troubles *out)
{
    str text = value_str(t->instance);
    if (value_present(keyword(t, "minLength")) || value_present(keyword(t, "maxLength")))
        check_count(v, t, out, "minLength", "maxLength", rune_count(text));
    value pattern = keyword(t, "pattern");
    const struct regex *regex;
    if (!value_present(pattern))
        return;
    if (!jsonschema_pattern(v->schema, value_str(pattern), &regex, v->err)) {
        v->broken = true;
        return;
    }
    if (regex_matches(regex, text, v->arena))
        return;
    AUTO_BUF struct buf message = BUF_INIT(64 << 10);
    trouble_quote(text, &message);
    buf_add(&message, STR(" does not match pattern "));
    trouble_quote(value_str(pattern), &message);
    add_text(v, t, out, TROUBLE_PLAIN, buf_str(&message), NULL);
}

/* Arrays. */

static void check_item(struct validator *v, const struct target *t, size_t index, value schema,
                       struct troubles *out)
{
    struct place place = {.up = t->place, .index = index, .is_index = true};
    struct target inner = {.schema = schema,
                           .base = t->base,
                           .instance = value_item(t->instance, index),
                           .place = &place};
    if (t->evaluated != NULL)
        t->evaluated->items[index] = true;
    (void)check(v, &inner, out); /* it is in `out` */
}

static void check_items(struct validator *v, const struct target *t, struct troubles *out)
{
    value items = keyword(t, "items");
    value prefix = v->schema->draft >= DRAFT_2020 ? keyword(t, "prefixItems") : value_absent();
    value rest = items;
    size_t len = value_len(t->instance);
    bool old = value_is(items, VALUE_ARRAY);
    if (old) {
        prefix = items;
        rest = keyword(t, "additionalItems");
    }
    bool none = old && value_is(rest, VALUE_BOOL) && !value_true(rest);
    for (size_t i = 0; i < len && !v->broken; i++) {
        if (i >= value_len(prefix) && none) {
            add(v, t, out, "last %zu additionalItem(s) not allowed", len - i);
            return;
        }
        value schema = i < value_len(prefix) ? value_item(prefix, i) : rest;
        if (value_present(schema))
            check_item(v, t, i, schema, out);
    }
}

/* Which items match, for the messages: "0 2". */
struct found {
    size_t count;
    struct buf places;
};

static struct troubles find_matching(struct validator *v, const struct target *t, value schema,
                                     bool quiet, struct found *found)
{
    struct troubles others = {.quiet = quiet};
    for (size_t i = 0; i < value_len(t->instance) && !v->broken; i++) {
        struct place place = {.up = t->place, .index = i, .is_index = true};
        struct target inner = {.schema = schema,
                               .base = t->base,
                               .instance = value_item(t->instance, i),
                               .place = &place};
        if (!check(v, &inner, &others))
            continue;
        buf_printf(&found->places, "%s%zu", found->count > 0 ? " " : "", i);
        found->count++;
        if (t->evaluated != NULL && v->schema->draft >= DRAFT_2020)
            t->evaluated->items[i] = true;
    }
    return others;
}

static void check_contains(struct validator *v, const struct target *t, struct troubles *out)
{
    value schema = keyword(t, "contains");
    if (!value_present(schema) || v->schema->draft < DRAFT_6)
        return;
    AUTO_BUF struct buf text = BUF_INIT(64 << 10);
    struct found found = {.places = BUF_INIT(32 << 10)};
    struct troubles others = find_matching(v, t, schema, out->quiet, &found);
    double least, most;
    bool counted = v->schema->draft >= DRAFT_2019;
    if (counted && number_of(t, "minContains", &least)) {
        buf_printf(&text, "min %.0f items required to match contains schema, but ", least);
        if (found.count == 0)
            buf_add(&text, STR("none matched"));
        else
            buf_printf(&text, "matched %zu items at %s", found.count, found.places.ptr);
        if ((double)found.count < least)
            add_text(v, t, out, TROUBLE_PLAIN, buf_str(&text), &others);
    } else if (found.count == 0) {
        add_text(v, t, out, TROUBLE_PLAIN, STR("no items match contains schema"), &others);
    }
    if (counted && number_of(t, "maxContains", &most) && (double)found.count > most)
        add(v, t, out,
            "max %.0f items required to match contains schema, but matched %zu items at %s", most,
            found.count, found.places.ptr);
    buf_finish(&found.places);
}

static void check_unique(struct validator *v, const struct target *t, struct troubles *out)
{
    if (!value_true(keyword(t, "uniqueItems")))
        return;
    size_t len = value_len(t->instance);
    for (size_t i = 0; i < len; i++) {
        v->steps += i;
        for (size_t j = 0; j < i && v->steps < VALIDATE_STEPS_MAX; j++) {
            if (!value_equal(value_item(t->instance, i), value_item(t->instance, j)))
                continue;
            add(v, t, out, "items at %zu and %zu are equal", j, i);
            return;
        }
    }
}

static void check_array(struct validator *v, const struct target *t, struct troubles *out)
{
    check_count(v, t, out, "minItems", "maxItems", value_len(t->instance));
    check_unique(v, t, out);
    check_items(v, t, out);
    check_contains(v, t, out);
}

/* Objects. */

static void check_member(struct validator *v, const struct target *t, size_t index, value schema,
                         struct troubles *out)
{
    const struct member *member = value_member(t->instance, index);
    struct place place = {.up = t->place, .key = member->key};
    struct target inner = {
        .schema = schema, .base = t->base, .instance = member->val, .place = &place};
    if (t->evaluated != NULL)
        t->evaluated->members[index] = true;
    (void)check(v, &inner, out); /* it is in `out` */
}

static bool check_patterns(struct validator *v, const struct target *t, size_t index,
                           struct troubles *out)
{
    value patterns = keyword(t, "patternProperties");
    bool known = false;
    for (size_t i = 0; i < value_len(patterns); i++) {
        const struct member *row = value_member(patterns, i);
        const struct regex *regex;
        if (!jsonschema_pattern(v->schema, row->key, &regex, v->err)) {
            v->broken = true;
            return false;
        }
        if (!regex_matches(regex, value_member(t->instance, index)->key, v->arena))
            continue;
        known = true;
        check_member(v, t, index, row->val, out);
    }
    return known;
}

static void check_properties(struct validator *v, const struct target *t, struct troubles *out)
{
    value properties = keyword(t, "properties");
    value additional = keyword(t, "additionalProperties");
    bool none = value_is(additional, VALUE_BOOL) && !value_true(additional);
    size_t count = 0, len = value_len(t->instance);
    str *left = none ? ARENA_ARRAY(v->arena, str, len) : NULL;
    for (size_t i = 0; i < len && !v->broken; i++) {
        str key = value_member(t->instance, i)->key;
        value schema = value_get(properties, key);
        if (value_present(schema))
            check_member(v, t, i, schema, out);
        bool known = check_patterns(v, t, i, out) || value_present(schema);
        if (!known && none)
            left[count++] = key;
        else if (!known && value_present(additional))
            check_member(v, t, i, additional, out);
    }
    if (count > 0)
        add_quoted(v, t, out, "additional properties", left, count, " not allowed");
}

static void check_names(struct validator *v, const struct target *t, struct troubles *out)
{
    value names = keyword(t, "propertyNames");
    if (!value_present(names) || v->schema->draft < DRAFT_6)
        return;
    for (size_t i = 0; i < value_len(t->instance) && !v->broken; i++) {
        str name = value_member(t->instance, i)->key;
        struct target inner = {
            .schema = names, .base = t->base, .instance = value_string(name), .place = NULL};
        struct troubles causes = {.quiet = out->quiet};
        if (check(v, &inner, &causes))
            continue;
        AUTO_BUF struct buf text = BUF_INIT(64 << 10);
        buf_add(&text, STR("invalid propertyName "));
        trouble_quote(name, &text);
        add_text(v, t, out, TROUBLE_PLAIN, buf_str(&text), &causes);
    }
}

/* Those that are missing; `dependent` names the property that wants them, or is empty. */
static void check_required(struct validator *v, const struct target *t, value names, str dependent,
                           struct troubles *out)
{
    size_t count = 0;
    str *missing = ARENA_ARRAY(v->arena, str, value_len(names));
    for (size_t i = 0; i < value_len(names); i++) {
        str name = value_str(value_item(names, i));
        if (!value_present(value_get(t->instance, name)))
            missing[count++] = name;
    }
    if (count == 0)
        return;
    if (dependent.len == 0) {
        add_quoted(v, t, out, count == 1 ? "missing property" : "missing properties", missing,
                   count, "");
        return;
    }
    AUTO_BUF struct buf behind = BUF_INIT(32 << 10);
    buf_add(&behind, STR(" required, if "));
    trouble_quote(dependent, &behind);
    buf_add(&behind, STR(" exists"));
    add_quoted(v, t, out, "properties", missing, count, behind.ptr);
}

static void check_dependents(struct validator *v, const struct target *t, const char *name,
                             struct troubles *out)
{
    value rows = keyword(t, name);
    for (size_t j = 0; j < value_len(rows) && !v->broken; j++) {
        const struct member *row = value_member(rows, j);
        if (!value_present(value_get(t->instance, row->key)))
            continue;
        if (value_is(row->val, VALUE_ARRAY))
            check_required(v, t, row->val, row->key, out);
        else
            (void)check_with(v, t, row->val, out);
    }
}

static void check_object(struct validator *v, const struct target *t, struct troubles *out)
{
    check_count(v, t, out, "minProperties", "maxProperties", value_len(t->instance));
    check_required(v, t, keyword(t, "required"), (str){0}, out);
    check_dependents(v, t, "dependencies", out);
    check_properties(v, t, out);
    check_names(v, t, out);
    check_dependents(v, t, "dependentSchemas", out);
    check_dependents(v, t, "dependentRequired", out);
}

/* Schemas of schemas. */

static void check_all_of(struct validator *v, const struct target *t, struct troubles *out)
{
    value schemas = keyword(t, "allOf");
    struct troubles causes = {.quiet = out->quiet};
    for (size_t i = 0; i < value_len(schemas) && !v->broken; i++)
        (void)check_with(v, t, value_item(schemas, i), &causes);
    if (causes.failed)
        add_text(v, t, out, TROUBLE_PLAIN, STR("'allOf' failed"), &causes);
}

static void check_any_of(struct validator *v, const struct target *t, struct troubles *out)
{
    value schemas = keyword(t, "anyOf");
    struct troubles causes = {.quiet = out->quiet};
    unsigned noted = v->noted;
    bool found = !value_present(schemas);
    for (size_t i = 0; i < value_len(schemas) && !(found && t->evaluated == NULL) && !v->broken;
         i++)
        found = matches(v, t, value_item(schemas, i), &causes) || found;
    if (!found)
        add_text(v, t, out, TROUBLE_PLAIN, STR("'anyOf' failed"), &causes);
    else
        v->noted = noted;
}

static void check_one_of(struct validator *v, const struct target *t, struct troubles *out)
{
    value schemas = keyword(t, "oneOf");
    struct troubles causes = {.quiet = out->quiet};
    unsigned noted = v->noted;
    size_t first = SIZE_MAX;
    for (size_t i = 0; i < value_len(schemas) && !v->broken; i++) {
        bool good = first == SIZE_MAX ? matches(v, t, value_item(schemas, i), &causes)
                                      : matches_quietly(v, t, value_item(schemas, i));
        if (good && first != SIZE_MAX) {
            add(v, t, out, "'oneOf' failed, subschemas %zu, %zu matched", first, i);
            return;
        }
        if (good)
            first = i;
    }
    if (value_present(schemas) && first == SIZE_MAX)
        add_text(v, t, out, TROUBLE_PLAIN, STR("'oneOf' failed, none matched"), &causes);
    else
        v->noted = noted;
}

static void check_conditions(struct validator *v, const struct target *t, struct troubles *out)
{
    value condition = keyword(t, "if");
    if (!value_present(condition) || v->schema->draft < DRAFT_7)
        return;
    value branch = keyword(t, matches_quietly(v, t, condition) ? "then" : "else");
    if (value_present(branch))
        (void)check_with(v, t, branch, out);
}

static void check_combined(struct validator *v, const struct target *t, struct troubles *out)
{
    value not = keyword(t, "not");
    if (value_present(not)) {
        struct target inner = *t;
        inner.evaluated = NULL;
        if (matches_quietly(v, &inner, not))
            add(v, t, out, "'not' failed");
    }
    check_all_of(v, t, out);
    check_any_of(v, t, out);
    check_one_of(v, t, out);
    check_conditions(v, t, out);
}

static void check_reference(struct validator *v, const struct target *t, const char *name,
                            struct troubles *out)
{
    value reference = keyword(t, name);
    if (!value_is(reference, VALUE_STRING))
        return;
    struct jsonschema_place place;
    if (!jsonschema_resolve(v->schema, t->base, value_str(reference), &place, v->err)) {
        v->broken = true;
        return;
    }
    struct target inner = *t;
    inner.schema = place.schema;
    inner.base = place.base;
    struct troubles causes = {.quiet = out->quiet};
    if (check(v, &inner, &causes))
        return;
    if (causes.list.len == 1 && causes.list.items[0]->kind == TROUBLE_GROUP)
        causes = causes.list.items[0]->causes;
    add_text(v, t, out, TROUBLE_REFERENCE, STR("validation failed"), &causes);
}

static void check_unevaluated(struct validator *v, const struct target *t, struct troubles *out)
{
    bool is_object = value_is(t->instance, VALUE_OBJECT);
    value schema = keyword(t, is_object ? "unevaluatedProperties" : "unevaluatedItems");
    if (t->evaluated == NULL || !value_present(schema))
        return;
    for (size_t i = 0; i < value_len(t->instance) && !v->broken; i++) {
        if (is_object && !t->evaluated->members[i])
            check_member(v, t, i, schema, out);
        if (!is_object && !t->evaluated->items[i])
            check_item(v, t, i, schema, out);
    }
}

static void check_keywords(struct validator *v, const struct target *t, struct troubles *out)
{
    static void (*const alone[])(struct validator *, const struct target *, struct troubles *) = {
        check_type, check_constant, check_choices, check_format};
    bool old = v->schema->draft <= DRAFT_7;
    bool refers = value_is(keyword(t, "$ref"), VALUE_STRING);
    for (size_t i = 0; i < ARRAY_LEN(alone) && !(old && refers) && !out->failed; i++)
        alone[i](v, t, out);
    if (out->failed || v->broken)
        return;
    check_reference(v, t, "$ref", out);
    if (old && refers)
        return;
    check_number(v, t, out);
    if (value_is(t->instance, VALUE_STRING))
        check_string(v, t, out);
    if (value_is(t->instance, VALUE_ARRAY))
        check_array(v, t, out);
    if (value_is(t->instance, VALUE_OBJECT))
        check_object(v, t, out);
    if (v->broken || (out->quiet && out->failed))
        return;
    check_reference(v, t, "$recursiveRef", out);
    check_reference(v, t, "$dynamicRef", out);
    check_combined(v, t, out);
    check_unevaluated(v, t, out);
}

static bool give_up(struct validator *v, const char *what)
{
    v->broken = true;
    return error_rule(v->err, ERROR_LIMIT, "E_SCHEMA", "checking the values %s", what);
}

/* The problems of one value as one. */
static void hand_up(struct validator *v, const struct target *t, const struct troubles *mine,
                    struct troubles *out)
{
    out->failed = true;
    if (mine->list.len == 1)
        VEC_PUSH(v->arena, &out->list, mine->list.items[0]);
    if (mine->list.len > 1)
        add_text(v, t, out, TROUBLE_GROUP, STR("validation failed"), mine);
}

static bool check(struct validator *v, const struct target *given, struct troubles *out)
{
    struct target t = *given;
    if (v->broken)
        return false;
    if (++v->steps > VALIDATE_STEPS_MAX)
        return give_up(v, "against the schema takes too many steps");
    if (value_is(t.schema, VALUE_BOOL)) {
        if (!value_true(t.schema))
            add(v, &t, out, "false schema");
        return value_true(t.schema);
    }
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
    struct troubles mine = {.quiet = out->quiet};
    check_keywords(v, &t, &mine);
    v->depth--;
    if (mine.failed)
        hand_up(v, &t, &mine, out);
    return !mine.failed && !v->broken;
}

static struct jsonschema_problem describe(const struct troubles *troubles, struct arena *arena)
{
    if (troubles->list.len == 0)
        return (struct jsonschema_problem){.message = STR("- at '': it is not valid"),
                                           .all = STR("- at '': it is not valid")};
    AUTO_BUF struct buf all = BUF_INIT(256 << 10);
    AUTO_BUF struct buf one = BUF_INIT(64 << 10);
    const struct trouble *top = troubles->list.items[0];
    const struct trouble *first = trouble_first(top);
    struct trouble alone = *first;
    alone.causes = (struct troubles){0};
    alone.kind = TROUBLE_PLAIN;
    trouble_print(&alone, 0, &one);
    if (top->kind == TROUBLE_GROUP)
        for (size_t i = 0; i < top->causes.list.len; i++)
            trouble_print(top->causes.list.items[i], 0, &all);
    else
        trouble_print(top, 0, &all);
    return (struct jsonschema_problem){
        .message = buf_copy(&one, arena), .all = buf_copy(&all, arena), .line = first->line};
}

bool jsonschema_validate(struct jsonschema *schema, value instance, bool *ret_valid,
                         struct jsonschema_problem *ret_problem, struct error *err)
{
    struct validator validator = {.schema = schema, .arena = schema->arena, .err = err};
    struct target target = {
        .schema = schema->root, .base = STR("file:///values.schema.json"), .instance = instance};
    struct troubles troubles = {0};
    *ret_valid = check(&validator, &target, &troubles);
    *ret_problem = *ret_valid ? (struct jsonschema_problem){0} : describe(&troubles, schema->arena);
    return !validator.broken;
}
