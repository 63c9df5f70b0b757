/* Tests from their text form. */
#include "syncd/health/rules_internal.h"

#include <stdarg.h>
#include <stdio.h>

bool rule_refuse(struct error *err, value at, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    (void)error_rule(err, ERROR_INPUT, "E_HEALTH_RULE", "%s", text);
    err->line = at.line;
    return false;
}

static bool is_scalar(value v)
{
    return v.kind >= VALUE_BOOL && v.kind <= VALUE_STRING;
}

/* Only the keys of the list may stand in a mapping. */
static bool check_keys(value source, const char *const *allowed, struct error *err)
{
    for (size_t i = 0; i < value_len(source); i++) {
        str key = value_member(source, i)->key;
        bool known = false;
        for (const char *const *at = allowed; *at != NULL && !known; at++)
            known = str_equal(key, str_z(*at));
        if (!known)
            return rule_refuse(err, source, "unknown key \"%.*s\"", STR_ARG(key));
    }
    return true;
}

static bool read_path(const struct health_rules *rules, value at, struct path *ret_path,
                      struct error *err)
{
    if (!value_is(at, VALUE_STRING))
        return rule_refuse(err, at, "a path is a string");
    if (!path_parse(value_str(at), rules->arena, ret_path, err))
        return rule_refuse(err, at, "%s", err->text);
    return true;
}

static bool read_operand(const struct health_rules *rules, value source,
                         struct operand *ret_operand, struct error *err)
{
    static const char *const keys[] = {"path", "default", NULL};
    struct operand operand = {.fallback = value_absent(), .literal = value_absent()};
    if (value_is(source, VALUE_OBJECT)) {
        operand.is_path = true;
        operand.fallback = value_get(source, STR("default"));
        if (!check_keys(source, keys, err) ||
            !read_path(rules, value_get(source, STR("path")), &operand.path, err))
            return false;
    } else if (is_scalar(source)) {
        operand.literal = source;
    } else {
        return rule_refuse(err, source, "a scalar or {path: …} is needed");
    }
    *ret_operand = operand;
    return true;
}

/* A list of scalars, or one that stands for itself. */
static bool read_choices(const struct health_rules *rules, value source,
                         struct operand *ret_operand, struct error *err)
{
    struct array_builder list;
    array_begin(&list, rules->arena);
    if (!value_is(source, VALUE_ARRAY))
        array_add(&list, source);
    for (size_t i = 0; i < value_len(source); i++)
        array_add(&list, value_item(source, i));
    value choices = array_finish(&list);
    for (size_t i = 0; i < value_len(choices); i++) {
        if (!is_scalar(value_item(choices, i)))
            return rule_refuse(err, source, "a scalar or a list of scalars is needed");
    }
    *ret_operand = (struct operand){.literal = choices, .fallback = value_absent()};
    return true;
}

static bool read_regex(const struct health_rules *rules, value source,
                       const struct regex **ret_regex, struct error *err)
{
    if (!value_is(source, VALUE_STRING))
        return rule_refuse(err, source, "a regular expression is a string");
    if (!regex_compile(value_str(source), rules->limits, rules->arena, ret_regex, err))
        return rule_refuse(err, source, "%s", err->text);
    return true;
}

static const char *const compare_names[COMPARE_KINDS] = {
    [COMPARE_EQ] = "eq",           [COMPARE_NE] = "ne",         [COMPARE_LT] = "lt",
    [COMPARE_LE] = "le",           [COMPARE_GT] = "gt",         [COMPARE_GE] = "ge",
    [COMPARE_IN] = "in",           [COMPARE_PREFIX] = "prefix", [COMPARE_EXISTS] = "exists",
    [COMPARE_MATCHES] = "matches",
};

static bool read_compare(const struct health_rules *rules, value source, bool only_numbers,
                         struct test *test, struct error *err)
{
    unsigned found = 0;
    for (unsigned i = 0; i < COMPARE_KINDS; i++) {
        value right = value_get(source, str_z(compare_names[i]));
        if (!value_present(right))
            continue;
        found++;
        test->compare = (enum compare_kind)i;
        bool done = i == COMPARE_IN        ? read_choices(rules, right, &test->right, err)
                    : i == COMPARE_MATCHES ? read_regex(rules, right, &test->regex, err)
                                           : read_operand(rules, right, &test->right, err);
        if (!done)
            return false;
    }
    if (found != 1)
        return rule_refuse(err, source,
                           "one comparison is needed: eq, ne, lt, le, gt, ge, in, "
                           "prefix, matches or exists");
    if (only_numbers && test->compare > COMPARE_GE)
        return rule_refuse(err, source, "a count is compared by eq, ne, lt, le, gt or ge");
    return true;
}

static bool compile_compare(struct health_rules *rules, value source, struct test *test,
                            struct error *err)
{
    static const char *const keys[] = {"path", "default", "eq",     "ne",      "lt",     "le", "gt",
                                       "ge",   "in",      "prefix", "matches", "exists", NULL};
    test->kind = TEST_COMPARE;
    test->left.is_path = true;
    test->left.fallback = value_get(source, STR("default"));
    return check_keys(source, keys, err) &&
           read_path(rules, value_get(source, STR("path")), &test->left.path, err) &&
           read_compare(rules, source, false, test, err);
}

/* All of a list's tests, or the one that stands for itself. */
static bool compile_children(struct health_rules *rules, value source, unsigned depth,
                             struct test *test, struct error *err)
{
    bool list = value_is(source, VALUE_ARRAY);
    test->child_count = list ? value_len(source) : 1;
    struct test *children = ARENA_ARRAY(rules->arena, struct test, test->child_count);
    for (size_t i = 0; i < test->child_count; i++) {
        if (!test_compile(rules, list ? value_item(source, i) : source, depth, &children[i], err))
            return false;
    }
    test->children = children;
    return true;
}

static bool compile_items(struct health_rules *rules, value source, str key, enum items_kind items,
                          unsigned depth, struct test *test, struct error *err)
{
    static const char *const keys[] = {"any", "every", "none", "count", "where", "eq",
                                       "ne",  "lt",    "le",   "gt",    "ge",    NULL};
    value where = value_get(source, STR("where"));
    test->kind = TEST_ITEMS;
    test->items = items;
    test->left.is_path = true;
    if (!check_keys(source, keys, err) ||
        !read_path(rules, value_get(source, key), &test->left.path, err))
        return false;
    if (value_present(where) && !compile_children(rules, where, depth + 1, test, err))
        return false;
    return items != ITEMS_COUNT || read_compare(rules, source, true, test, err);
}

/* The parts of a condition that are compared: its key, the item's field, how. */
struct condition_part {
    const char *key;   /* in the rule */
    const char *field; /* of the item, unless `renames` says otherwise */
    const char *renames;
    bool matches;
};
static const struct condition_part condition_parts[] = {
    {"condition", "type", "key", false},       {"status", "status", "field", false},
    {"reason", "reason", NULL, false},         {"reasonMatches", "reason", NULL, true},
    {"messageMatches", "message", NULL, true},
};

static bool compile_part(struct health_rules *rules, value source,
                         const struct condition_part *part, struct test *test, struct error *err)
{
    value right = value_get(source, str_z(part->key));
    value field = part->renames != NULL ? value_get(source, str_z(part->renames)) : value_absent();
    *test = (struct test){.kind = TEST_COMPARE,
                          .left.is_path = true,
                          .left.fallback = value_absent(),
                          .compare = part->matches ? COMPARE_MATCHES : COMPARE_IN};
    if (!value_present(field))
        field = value_string(str_z(part->field));
    if (!read_path(rules, field, &test->left.path, err))
        return false;
    return part->matches ? read_regex(rules, right, &test->regex, err)
                         : read_choices(rules, right, &test->right, err);
}

static bool compile_condition(struct health_rules *rules, value source, struct test *test,
                              struct error *err)
{
    static const char *const keys[] = {"condition",     "status",         "reason",
                                       "reasonMatches", "messageMatches", "at",
                                       "key",           "field",          NULL};
    value at = value_get(source, STR("at"));
    test->kind = TEST_ITEMS;
    test->items = ITEMS_ANY;
    test->left.is_path = true;
    if (!value_present(at))
        at = value_string(STR("status.conditions"));
    if (!check_keys(source, keys, err) || !read_path(rules, at, &test->left.path, err))
        return false;
    struct test *parts = ARENA_ARRAY(rules->arena, struct test, ARRAY_LEN(condition_parts));
    for (size_t i = 0; i < ARRAY_LEN(condition_parts); i++) {
        if (!value_present(value_get(source, str_z(condition_parts[i].key))))
            continue;
        if (!compile_part(rules, source, &condition_parts[i], &parts[test->child_count++], err))
            return false;
    }
    test->children = parts;
    return true;
}

static bool compile_logic(struct health_rules *rules, value source, enum test_kind kind,
                          unsigned depth, struct test *test, struct error *err)
{
    if (value_len(source) != 1)
        return rule_refuse(err, source, "all, or and not stand alone");
    test->kind = kind;
    return compile_children(rules, value_member(source, 0)->val, depth + 1, test, err);
}

bool test_compile(struct health_rules *rules, value source, unsigned depth, struct test *ret_test,
                  struct error *err)
{
    static const struct {
        str key;
        bool items;
        unsigned kind;
    } forms[] = {
        {STR_INIT("all"), false, TEST_ALL},     {STR_INIT("or"), false, TEST_OR},
        {STR_INIT("not"), false, TEST_NOT},     {STR_INIT("any"), true, ITEMS_ANY},
        {STR_INIT("every"), true, ITEMS_EVERY}, {STR_INIT("none"), true, ITEMS_NONE},
        {STR_INIT("count"), true, ITEMS_COUNT},
    };
    struct test test = {.left.fallback = value_absent()};
    bool done = false, known = false;
    if (depth > RULE_DEPTH)
        return rule_refuse(err, source, "tests are nested deeper than %d", RULE_DEPTH);
    if (value_is(source, VALUE_ARRAY)) {
        test.kind = TEST_ALL;
        known = true;
        done = compile_children(rules, source, depth + 1, &test, err);
    } else if (value_present(value_get(source, STR("path")))) {
        known = true;
        done = compile_compare(rules, source, &test, err);
    } else if (value_present(value_get(source, STR("condition")))) {
        known = true;
        done = compile_condition(rules, source, &test, err);
    }
    for (size_t i = 0; i < ARRAY_LEN(forms) && !known; i++) {
        if (!value_present(value_get(source, forms[i].key)))
            continue;
        known = true;
        done = forms[i].items
                   ? compile_items(rules, source, forms[i].key, (enum items_kind)forms[i].kind,
                                   depth, &test, err)
                   : compile_logic(rules, source, (enum test_kind)forms[i].kind, depth, &test, err);
    }
    if (!known)
        return rule_refuse(err, source,
                           "a test is a mapping with path, condition, any, every, "
                           "none, count, all, or, or not");
    if (done)
        *ret_test = test;
    return done;
}
