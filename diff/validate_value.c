#include "diff/validate.h"
#include "syncd/value/json.h"

#include <math.h>

static size_t count_characters(str text)
{
    size_t count = 0;
    uint32_t code;
    while (text.len != 0) {
        size_t len = str_decode_utf8(text, &code);
        text = str_skip(text, len != 0 ? len : 1);
        count++;
    }
    return count;
}

/* Only the first thing that is wrong with a text is said. */
static bool text_is_wrong(struct validator *validator, const struct schema_rules *rules, value v)
{
    str text = value_str(v), path = validate_shown(validator);
    int64_t length = -1;
    if (rules->max_length >= 0 || rules->min_length >= 0)
        length = (int64_t)count_characters(text);
    if (rules->max_length >= 0 && length > rules->max_length) {
        validate_report(validator, SCHEMA_TOO_LONG, v, "may not be more than %lld byte%s",
                        (long long)rules->max_length, rules->max_length == 1 ? "" : "s");
        return true;
    }
    if (rules->min_length >= 0 && length < rules->min_length) {
        validate_report(validator, SCHEMA_INVALID, v,
                        "%.*s in body should be at least %lld chars long", STR_ARG(path),
                        (long long)rules->min_length);
        return true;
    }
    if (rules->pattern != NULL && !regex_matches(rules->pattern, text, validator->scratch)) {
        validate_report(validator, SCHEMA_INVALID, v, "%.*s in body should match '%.*s'",
                        STR_ARG(path), STR_ARG(rules->pattern_text));
        return true;
    }
    return false;
}

size_t validate_string(struct validator *validator, const struct schema_rules *rules, value v)
{
    size_t matches = 1;
    (void)text_is_wrong(validator, rules, v);
    bool checked = rules->format != NULL && (rules->kind == KIND_STRING || rules->kind == KIND_ANY);
    if (checked && !schema_format_matches(rules->format, value_str(v), validator->scratch))
        validate_report(validator, SCHEMA_TYPE_INVALID, v, "%.*s in body must be of type %s: %.*s",
                        STR_ARG(validate_shown(validator)), rules->format,
                        STR_ARG(json_text(v, JSON_COMPACT, validator->scratch)));
    return matches + checked;
}

struct bound {
    value limit;
    bool exclusive;
    const char *inclusive_text, *exclusive_text;
    int sign; /* 1: the value must not be above the limit; -1: not below */
};

static void check_bound(struct validator *validator, value v, const struct bound *bound)
{
    int64_t whole, whole_limit;
    double number = 0, limit = 0;
    int order;
    if (!value_to_double(bound->limit, &limit) || !value_to_double(v, &number))
        return;
    if (value_to_i64(v, &whole) && fabs(limit) < 9e18) {
        whole_limit = (int64_t)limit;
        order = (whole > whole_limit) - (whole < whole_limit);
    } else {
        order = (number > limit) - (number < limit);
    }
    if (order * bound->sign < 0 || (order == 0 && !bound->exclusive))
        return;
    validate_report(validator, SCHEMA_INVALID, v, "%.*s in body should be %s %.*s",
                    STR_ARG(validate_shown(validator)),
                    bound->exclusive ? bound->exclusive_text : bound->inclusive_text,
                    STR_ARG(value_number_text(bound->limit)));
}

bool validate_is_whole(double number)
{
    double cut = trunc(number), difference = fabs(number - cut);
    if (!(fabs(number) <= 9007199254740991.0))
        return false;
    return difference == 0 || (cut != 0 && difference / (fabs(number) + fabs(cut)) < 1e-9);
}

/* The server cuts the factor to a whole number for whole values: 0.5 becomes 0, and is refused. */
static void check_multiple(struct validator *validator, value v, value factor)
{
    int64_t whole;
    double number, part;
    if (!value_to_double(factor, &part) || !value_to_double(v, &number) || part > 9e18)
        return;
    bool integer = value_to_i64(v, &whole), good;
    if (integer ? part < 1 : part <= 0) {
        value cut = integer ? value_int(0, validator->scratch) : factor;
        validate_report(validator, SCHEMA_INVALID, cut,
                        "factor MultipleOf declared for %.*s must be positive: %.*s",
                        STR_ARG(validate_shown(validator)), STR_ARG(value_number_text(cut)));
        return;
    }
    if (integer) {
        good = whole % (int64_t)part == 0;
    } else {
        double quotient = part < 1 ? 1 / part * number : number / part;
        good = validate_is_whole(quotient);
    }
    if (!good)
        validate_report(validator, SCHEMA_INVALID, v, "%.*s in body should be a multiple of %.*s",
                        STR_ARG(validate_shown(validator)), STR_ARG(value_number_text(factor)));
}

/* Formats of numbers are ranges. */
static bool in_range(const struct schema_rules *rules, value v)
{
    int64_t whole;
    double number;
    if (rules->kind == KIND_INTEGER) {
        if (!value_to_i64(v, &whole))
            return value_to_double(v, &number) && fabs(number) < 9.2e18;
        return rules->format == NULL || strcmp(rules->format, "int32") != 0 ||
               (whole >= INT32_MIN && whole <= INT32_MAX);
    }
    return rules->format == NULL || strcmp(rules->format, "float") != 0 ||
           (value_to_double(v, &number) && fabs(number) <= 3.4028234663852886e38);
}

size_t validate_number(struct validator *validator, const struct schema_rules *rules, value v)
{
    str path = validate_shown(validator);
    bool typed = rules->kind == KIND_INTEGER || rules->kind == KIND_NUMBER;
    if (typed && !in_range(rules, v)) {
        const char *kind = rules->kind == KIND_INTEGER ? "integer" : "number";
        if (rules->format != NULL)
            validate_report_nowhere(validator,
                                    "Checked value must be of type %s with format %s in %.*s", kind,
                                    rules->format, STR_ARG(path));
        else
            validate_report_nowhere(validator,
                                    "Checked value must be of type %s (default format) in %.*s",
                                    kind, STR_ARG(path));
    }
    if (value_present(rules->multiple_of))
        check_multiple(validator, v, rules->multiple_of);
    const struct bound bounds[] = {
        {rules->minimum, rules->exclusive_minimum, "greater than or equal to", "greater than", -1},
        {rules->maximum, rules->exclusive_maximum, "less than or equal to", "less than", 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(bounds); i++)
        check_bound(validator, v, &bounds[i]);
    return 2;
}

/* Hashes first: lists are compared pair by pair only where hashes meet. */
static bool all_unique(struct validator *validator, value list)
{
    struct map seen = {0};
    for (uint32_t i = 0; i < list.len; i++) {
        uint64_t hash = value_hash(value_item(list, i));
        str key = arena_str(validator->scratch,
                            str_from((const char *)(const void *)&hash, sizeof(hash)));
        struct map_entry *entry = map_place(&seen, validator->scratch, key);
        value *first = entry->value;
        if (first != NULL && value_equal(*first, value_item(list, i)))
            return false;
        if (first == NULL) {
            first = ARENA_NEW(validator->scratch, value);
            *first = value_item(list, i);
            entry->value = first;
        }
    }
    return true;
}

size_t validate_sizes(struct validator *validator, const struct schema_rules *rules, value list)
{
    str path = validate_shown(validator);
    value size = value_int(list.len, validator->scratch);
    if (rules->min_items >= 0 && (int64_t)list.len < rules->min_items)
        validate_report(validator, SCHEMA_INVALID, size,
                        "%.*s in body should have at least %lld items", STR_ARG(path),
                        (long long)rules->min_items);
    if (rules->max_items >= 0 && (int64_t)list.len > rules->max_items)
        validate_report(validator, SCHEMA_TOO_MANY, size, "must have at most %lld item%s",
                        (long long)rules->max_items, rules->max_items == 1 ? "" : "s");
    if (rules->unique_items && !all_unique(validator, list))
        validate_report(validator, SCHEMA_INVALID, value_string(STR("")),
                        "%.*s in body shouldn't contain duplicates", STR_ARG(path));
    return 1;
}

void validate_enum(struct validator *validator, const struct schema_rules *rules, value v)
{
    value allowed = rules->allowed;
    if (!value_is(allowed, VALUE_ARRAY) || allowed.len == 0)
        return;
    for (uint32_t i = 0; i < allowed.len; i++) {
        if (value_equal(v, value_item(allowed, i)))
            return;
    }
    AUTO_BUF struct buf names = BUF_INIT(1u << 16);
    for (uint32_t i = 0; i < allowed.len; i++) {
        value one = value_item(allowed, i);
        if (i != 0)
            buf_add(&names, STR(", "));
        str text = value_is(one, VALUE_STRING) ? value_str(one)
                                               : json_text(one, JSON_GO, validator->scratch);
        json_write_string(text, JSON_COMPACT, &names);
    }
    validate_report(validator, SCHEMA_NOT_SUPPORTED, v, "supported values: %.*s",
                    STR_ARG(buf_str(&names)));
}
