#include "diff/validate.h"

#include "diff/items.h"

#include "syncd/value/json.h"

#include <stdarg.h>
#include <stdio.h>

/* Walks as deep as the object, which its reader has bounded, times the depth of the schema. */

static const struct {
    const char *cause;
    const char *text;
    bool shows_value;
} reasons[] = {
    [SCHEMA_INVALID] = {"FieldValueInvalid", "Invalid value", true},
    [SCHEMA_REQUIRED] = {"FieldValueRequired", "Required value", false},
    [SCHEMA_DUPLICATE] = {"FieldValueDuplicate", "Duplicate value", true},
    [SCHEMA_NOT_SUPPORTED] = {"FieldValueNotSupported", "Unsupported value", true},
    [SCHEMA_TYPE_INVALID] = {"FieldValueTypeInvalid", "Invalid value", true},
    [SCHEMA_TOO_LONG] = {"FieldValueTooLong", "Too long", false},
    [SCHEMA_TOO_MANY] = {"FieldValueTooMany", "Too many", true},
    [SCHEMA_FORBIDDEN] = {"FieldValueForbidden", "Forbidden", false},
};

const char *schema_reason_name(enum schema_reason reason)
{
    return reasons[reason].cause;
}

static void add_problem(struct validator *validator, struct schema_problem problem)
{
    if (validator->problems->list.len >= VALIDATE_PROBLEMS_MAX)
        return;
    for (size_t i = 0; i < validator->problems->list.len; i++) {
        const struct schema_problem *known = &validator->problems->list.items[i];
        if (str_equal(known->path, problem.path) && str_equal(known->text, problem.text))
            return;
    }
    VEC_PUSH(validator->arena, &validator->problems->list, problem);
}

void validate_report(struct validator *validator, enum schema_reason reason, value bad,
                     const char *format, ...)
{
    AUTO_BUF struct buf text = BUF_INIT(1u << 20);
    buf_add(&text, str_z(reasons[reason].text));
    if (reasons[reason].shows_value) {
        buf_add(&text, STR(": "));
        /* Texts are quoted, everything else is marshalled. */
        json_write(bad, value_is(bad, VALUE_STRING) ? JSON_COMPACT : JSON_GO, &text);
    }
    if (format != NULL) {
        char detail[2048];
        va_list args;
        va_start(args, format);
        (void)vsnprintf(detail, sizeof(detail), format, args); /* cut when too long */
        va_end(args);
        buf_printf(&text, ": %s", detail);
    }
    struct schema_problem problem = {.reason = reason,
                                     .path = buf_copy(&validator->path, validator->arena),
                                     .text = buf_copy(&text, validator->arena)};
    add_problem(validator, problem);
}

void validate_report_nowhere(struct validator *validator, const char *format, ...)
{
    char detail[2048];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(detail, sizeof(detail), format, args); /* cut when too long */
    va_end(args);
    struct schema_problem problem = {
        .reason = SCHEMA_INVALID,
        .path = validator->hidden != 0 ? STR("status") : STR("<nil>"),
        .text = arena_printf(validator->arena, "Invalid value: \"\": %s", detail)};
    add_problem(validator, problem);
}

str validate_shown(const struct validator *validator)
{
    return str_skip(buf_str(&validator->path), validator->hidden);
}

size_t validate_enter(struct validator *validator, str key)
{
    size_t len = validator->path.len;
    if (len != 0)
        buf_add_byte(&validator->path, '.');
    buf_add(&validator->path, key);
    return len;
}

size_t validate_enter_item(struct validator *validator, size_t index)
{
    size_t len = validator->path.len;
    buf_printf(&validator->path, "[%zu]", index);
    return len;
}

void validate_leave(struct validator *validator, size_t len)
{
    buf_truncate(&validator->path, len);
}

/* Returns how many checks went well: junctions show the problems of the best alternative. */
static size_t validate_node(struct validator *validator, const struct schema_type *type, value v,
                            value before);

static enum schema_kind kind_of(value v)
{
    switch ((enum value_kind)v.kind) {
    case VALUE_BOOL: return KIND_BOOLEAN;
    case VALUE_NUMBER: return (v.flags & VALUE_INTEGER) != 0 ? KIND_INTEGER : KIND_NUMBER;
    case VALUE_STRING: return KIND_STRING;
    case VALUE_ARRAY: return KIND_ARRAY;
    case VALUE_OBJECT: return KIND_OBJECT;
    case VALUE_ABSENT:
    case VALUE_NULL: break;
    }
    return KIND_ANY;
}

static const char *kind_name(enum schema_kind kind)
{
    static const char *const names[] = {
        [KIND_ANY] = "null",        [KIND_OBJECT] = "object",   [KIND_ARRAY] = "array",
        [KIND_STRING] = "string",   [KIND_INTEGER] = "integer", [KIND_NUMBER] = "number",
        [KIND_BOOLEAN] = "boolean",
    };
    return names[kind];
}

static bool is_whole(value v)
{
    double number;
    return value_to_double(v, &number) && validate_is_whole(number);
}

static bool kind_fits(const struct schema_type *type, const struct schema_rules *rules, value v)
{
    enum schema_kind kind = kind_of(v);
    if (value_is(v, VALUE_NULL))
        return (type->flags & SCHEMA_NULLABLE) != 0;
    bool integer = kind == KIND_INTEGER || (kind == KIND_NUMBER && is_whole(v));
    if ((type->flags & SCHEMA_INT_OR_STRING) != 0)
        return integer || kind == KIND_STRING;
    /* A format makes the server look at the text itself and not at its kind. */
    bool texts = rules->kind != KIND_INTEGER && rules->kind != KIND_NUMBER;
    if (rules->format != NULL && texts && (kind == KIND_STRING || kind == KIND_ARRAY))
        return true;
    return rules->kind == kind || (rules->kind == KIND_NUMBER && kind == KIND_INTEGER) ||
           (rules->kind == KIND_INTEGER && integer);
}

static size_t validate_kind(struct validator *validator, const struct schema_type *type, value v)
{
    const struct schema_rules *rules = type->rules;
    bool either = (type->flags & SCHEMA_INT_OR_STRING) != 0;
    if (!either && (rules == NULL || (rules->kind == KIND_ANY && rules->format == NULL)))
        return 0;
    if (!either && rules->kind == KIND_ANY)
        return 1;
    if (kind_fits(type, rules, v))
        return 2;
    const char *wanted = either ? "integer,string" : kind_name(rules->kind);
    const char *got = kind_name(kind_of(v));
    validate_report(validator, SCHEMA_TYPE_INVALID, value_string(str_z(got)),
                    "%.*s in body must be of type %s: \"%s\"", STR_ARG(validate_shown(validator)),
                    wanted, got);
    return 1;
}

/* The problems of one alternative, taken out of the list again. */
struct attempt {
    size_t matches;
    struct schema_problems problems;
};

static struct attempt attempt(struct validator *validator, const struct schema_type *type, value v,
                              value before)
{
    struct attempt attempt = {0};
    struct schema_problems *outer = validator->problems;
    validator->problems = &attempt.problems;
    attempt.matches = validate_node(validator, type, v, before);
    validator->problems = outer;
    return attempt;
}

static void keep(struct validator *validator, const struct attempt *attempt)
{
    for (size_t i = 0; i < attempt->problems.list.len; i++)
        add_problem(validator, attempt->problems.list.items[i]);
}

static size_t validate_any_of(struct validator *validator, const struct schema_types *types,
                              value v, value before)
{
    struct attempt best = {0};
    for (size_t i = 0; i < types->len; i++) {
        struct attempt next = attempt(validator, types->items[i], v, before);
        if (next.problems.list.len == 0)
            return next.matches;
        if (i == 0 || next.matches > best.matches)
            best = next;
    }
    if (types->len == 0)
        return 0;
    validate_report_nowhere(validator, "\"%.*s\" must validate at least one schema (anyOf)",
                            STR_ARG(validate_shown(validator)));
    keep(validator, &best);
    return best.matches;
}

static size_t validate_one_of(struct validator *validator, const struct schema_types *types,
                              value v, value before)
{
    struct attempt best = {0};
    size_t valid = 0, matches = 0;
    bool any = false;
    for (size_t i = 0; i < types->len; i++) {
        struct attempt next = attempt(validator, types->items[i], v, before);
        if (next.problems.list.len == 0) {
            matches = valid == 0 ? next.matches : matches;
            valid++;
        } else if (valid == 0 && (!any || next.matches > best.matches)) {
            best = next;
            any = true;
        }
    }
    if (types->len == 0 || valid == 1)
        return matches;
    str path = validate_shown(validator);
    if (valid == 0)
        validate_report_nowhere(validator,
                                "\"%.*s\" must validate one and only one schema "
                                "(oneOf). Found none valid",
                                STR_ARG(path));
    else
        validate_report_nowhere(validator,
                                "\"%.*s\" must validate one and only one schema "
                                "(oneOf). Found %zu valid alternatives",
                                STR_ARG(path), valid);
    if (valid == 0)
        keep(validator, &best);
    return valid == 0 ? best.matches : 0;
}

static size_t validate_all_of(struct validator *validator, const struct schema_types *types,
                              value v, value before)
{
    size_t valid = 0, matches = 0;
    for (size_t i = 0; i < types->len; i++) {
        struct attempt next = attempt(validator, types->items[i], v, before);
        valid += next.problems.list.len == 0;
        matches += next.matches;
        keep(validator, &next);
    }
    if (valid != types->len)
        validate_report_nowhere(validator, "\"%.*s\" must validate all the schemas (allOf)%s",
                                STR_ARG(validate_shown(validator)),
                                valid == 0 ? ". None validated" : "");
    return matches;
}

static size_t validate_junctions(struct validator *validator, const struct schema_rules *rules,
                                 value v, value before)
{
    size_t matches = validate_any_of(validator, &rules->any_of, v, before);
    matches += validate_one_of(validator, &rules->one_of, v, before);
    matches += validate_all_of(validator, &rules->all_of, v, before);
    if (rules->not!= NULL && attempt(validator, rules->not, v, before).problems.list.len == 0)
        validate_report_nowhere(validator, "\"%.*s\" must not validate the schema (not)",
                                STR_ARG(validate_shown(validator)));
    return matches;
}

static const struct schema_type *rules_of_member(const struct schema_type *type, str key)
{
    const struct schema_field *field = schema_field(type, key);
    if (field != NULL && field->type == schema_object_meta())
        return type->rules != NULL ? type->rules->metadata : NULL;
    if (field != NULL)
        return field->type;
    return (type->flags & SCHEMA_ADDITIONAL) != 0 ? type->values : NULL;
}

static void validate_counts(struct validator *validator, const struct schema_rules *rules,
                            value object)
{
    str path = validate_shown(validator);
    if (rules->min_properties >= 0 && (int64_t)object.len < rules->min_properties)
        validate_report(validator, SCHEMA_INVALID, value_int(object.len, validator->scratch),
                        "%.*s in body should have at least %lld properties", STR_ARG(path),
                        (long long)rules->min_properties);
    if (rules->max_properties >= 0 && (int64_t)object.len > rules->max_properties)
        validate_report(validator, SCHEMA_TOO_MANY, value_int(object.len, validator->scratch),
                        "must have at most %lld item%s", (long long)rules->max_properties,
                        rules->max_properties == 1 ? "" : "s");
}

static size_t validate_map(struct validator *validator, const struct schema_type *type,
                           value object, value before)
{
    size_t matches = 0;
    if (type->rules != NULL)
        validate_counts(validator, type->rules, object);
    for (uint32_t i = 0; i < object.len; i++) {
        const struct member *member = value_member(object, i);
        const struct schema_type *below = rules_of_member(type, member->key);
        if (below == NULL || (below->flags & SCHEMA_UNTYPED) != 0)
            continue;
        size_t len = validate_enter(validator, member->key);
        matches += validate_node(validator, below, member->val, value_get(before, member->key));
        validate_leave(validator, len);
    }
    for (size_t i = 0; type->rules != NULL && i < type->rules->required_count; i++) {
        str name = type->rules->required[i];
        if (value_present(value_get(object, name)))
            continue;
        size_t len = validate_enter(validator, name);
        validate_report(validator, SCHEMA_REQUIRED, value_absent(), NULL);
        validate_leave(validator, len);
    }
    return matches;
}

/* The stored items of a keyed list by their keys; other lists have none that could be told apart.
 */
static bool index_before(struct validator *validator, const struct schema_type *type, value before,
                         struct item_index *ret_index)
{
    size_t bad;
    if (type->list != LIST_MAP || !value_is(before, VALUE_ARRAY))
        return false;
    (void)items_index(type, before, validator->scratch, ret_index, &bad, NULL); /* others: none */
    return true;
}

static value item_before(struct validator *validator, const struct schema_type *type,
                         const struct item_index *before, value item)
{
    struct path_element element;
    size_t count;
    if (!item_element(type, item, validator->scratch, &element, NULL))
        return value_absent();
    const struct item_slot *slot = items_find(before, &element, &count);
    return slot != NULL ? value_item(before->items, slot->position) : value_absent();
}

static size_t validate_items(struct validator *validator, const struct schema_type *type,
                             value list, value before)
{
    size_t matches = 0;
    struct item_index index;
    bool known = type->items != NULL && (type->items->flags & SCHEMA_UNTYPED) == 0;
    bool indexed = known && index_before(validator, type, before, &index);
    for (uint32_t i = 0; known && i < list.len; i++) {
        value item = value_item(list, i);
        value old = indexed ? item_before(validator, type, &index, item) : value_absent();
        size_t len = validate_enter_item(validator, i);
        matches += validate_node(validator, type->items, item, old);
        validate_leave(validator, len);
    }
    if (type->rules != NULL)
        matches += validate_sizes(validator, type->rules, list);
    return matches + 1;
}

static size_t validate_node(struct validator *validator, const struct schema_type *type, value v,
                            value before)
{
    const struct schema_rules *rules = type->rules;
    size_t matches = 1;
    /* What was stored like this before is let pass. */
    if (value_present(before) && value_equal(v, before))
        return matches;
    matches += validate_kind(validator, type, v);
    if (value_is(v, VALUE_NULL)) {
        if (rules != NULL)
            validate_enum(validator, rules, v);
        return matches;
    }
    if (rules != NULL) {
        matches += validate_junctions(validator, rules, v, before) + 2;
        if (value_is(v, VALUE_STRING))
            matches += validate_string(validator, rules, v);
        if (value_is(v, VALUE_NUMBER))
            matches += validate_number(validator, rules, v);
    }
    if (value_is(v, VALUE_ARRAY))
        matches += validate_items(validator, type, v, before);
    if (rules != NULL)
        validate_enum(validator, rules, v);
    if (value_is(v, VALUE_OBJECT))
        matches += validate_map(validator, type, v, before);
    return matches + 1;
}

static void validate_object(struct validator *validator, const struct schema_type *type,
                            value object, value before)
{
    struct schema_problems *problems = validator->problems, none = {0};
    validate_embedded(validator, type, object);
    /* Lists that were not unique before are not looked at again. */
    if (value_present(before)) {
        validator->problems = &none;
        validate_lists(validator, type, before);
        validator->problems = problems;
    }
    if (none.list.len == 0)
        validate_lists(validator, type, object);
}

static bool validate_at(const struct schema_type *type, value object, value before, bool status,
                        struct arena *arena, struct arena *scratch,
                        struct schema_problems *ret_problems)
{
    if ((type->flags & SCHEMA_STRUCTURAL) == 0)
        return true;
    size_t known = ret_problems->list.len;
    struct arena_mark mark = arena_mark(scratch);
    struct validator validator = {.arena = arena, .scratch = scratch, .problems = ret_problems};
    buf_init(&validator.path, VALIDATE_PATH_MAX);
    if (!status) {
        (void)validate_node(&validator, type, object, before);
    } else {
        const struct schema_type *below = schema_member(type, STR("status"));
        value v = value_get(object, STR("status")), old = value_get(before, STR("status"));
        if (value_present(before) && !value_present(old))
            old = value_null(); /* to the server, a null that was not there is unchanged */
        size_t len = validate_enter(&validator, STR("status"));
        validator.hidden = strlen("status.");
        if (value_present(v) && below != NULL)
            (void)validate_node(&validator, below, v, old);
        validator.hidden = 0;
        validate_leave(&validator, len);
    }
    validate_object(&validator, type, object, before);
    buf_finish(&validator.path);
    arena_rewind(scratch, mark);
    return ret_problems->list.len == known;
}

bool schema_validate(const struct schema_type *type, value object, value before,
                     struct arena *arena, struct arena *scratch,
                     struct schema_problems *ret_problems)
{
    return validate_at(type, object, before, false, arena, scratch, ret_problems);
}

bool schema_validate_status(const struct schema_type *type, value object, value before,
                            struct arena *arena, struct arena *scratch,
                            struct schema_problems *ret_problems)
{
    return validate_at(type, object, before, true, arena, scratch, ret_problems);
}

/* Nodes of structural schemas form a tree: no reference leads back. */
bool schema_has_cel(const struct schema_type *type)
{
    if (type == NULL || (type->flags & SCHEMA_STRUCTURAL) == 0)
        return false;
    if ((type->rules != NULL && type->rules->has_cel) || schema_has_cel(type->items) ||
        schema_has_cel(type->values))
        return true;
    for (uint32_t i = 0; i < type->field_count; i++) {
        if (schema_has_cel(type->fields[i].type))
            return true;
    }
    return false;
}
