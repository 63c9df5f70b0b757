/* Does a test hold? Bounded: every test and every item looked at takes fuel. */
#include "syncd/health/rules_internal.h"

static bool burn(struct sight *sight)
{
    if (sight->fuel == 0)
        return false;
    sight->fuel--;
    return true;
}

static value operand_value(const struct operand *operand, const struct sight *sight)
{
    if (!operand->is_path)
        return operand->literal;
    value found = path_find(&operand->path, sight);
    return value_present(found) && !value_is(found, VALUE_NULL) ? found : operand->fallback;
}

/* -1, 0, 1; false when the two have no order. */
static bool order_of(value a, value b, int *ret_order)
{
    double x, y;
    if (value_to_double(a, &x) && value_to_double(b, &y)) {
        *ret_order = (x > y) - (x < y);
        return true;
    }
    if (!value_is(a, VALUE_STRING) || !value_is(b, VALUE_STRING))
        return false;
    *ret_order = str_compare(value_str(a), value_str(b));
    return true;
}

/* A missing value is the same as nothing, not even as another missing one. */
static bool is_same(value a, value b)
{
    return value_present(a) && value_present(b) && value_equal(a, b);
}

static bool is_among(value v, value choices)
{
    for (size_t i = 0; i < value_len(choices); i++) {
        if (is_same(v, value_item(choices, i)))
            return true;
    }
    return false;
}

static bool compare_values(const struct test *test, value left, value right, struct sight *sight)
{
    int order = 0;
    switch (test->compare) {
    case COMPARE_EQ: return is_same(left, right);
    case COMPARE_NE: return !is_same(left, right);
    case COMPARE_LT: return order_of(left, right, &order) && order < 0;
    case COMPARE_LE: return order_of(left, right, &order) && order <= 0;
    case COMPARE_GT: return order_of(left, right, &order) && order > 0;
    case COMPARE_GE: return order_of(left, right, &order) && order >= 0;
    case COMPARE_IN: return is_among(left, right);
    case COMPARE_PREFIX:
        return value_is(left, VALUE_STRING) && value_is(right, VALUE_STRING) &&
               str_starts(value_str(left), value_str(right));
    case COMPARE_MATCHES:
        return value_is(left, VALUE_STRING) &&
               regex_matches(test->regex, value_str(left), sight->scratch);
    case COMPARE_EXISTS: return value_present(left) == value_true(right);
    case COMPARE_KINDS: break;
    }
    return false;
}

static bool all_hold(const struct test *test, struct sight *sight)
{
    for (size_t i = 0; i < test->child_count; i++) {
        if (!test_holds(&test->children[i], sight))
            return false;
    }
    return true;
}

static bool any_holds(const struct test *test, struct sight *sight)
{
    for (size_t i = 0; i < test->child_count; i++) {
        if (test_holds(&test->children[i], sight))
            return true;
    }
    return false;
}

/* How many items fit; with `enough`, counting ends at the first. */
static size_t count_items(const struct test *test, value list, struct sight *sight, bool enough)
{
    struct sight inner = *sight;
    size_t fitting = 0;
    value found = value_absent();
    for (size_t i = 0; i < value_len(list) && burn(&inner); i++) {
        bool mapping = value_is(list, VALUE_OBJECT);
        inner.item = mapping ? value_member(list, i)->val : value_item(list, i);
        inner.key = mapping ? value_member(list, i)->key : (str){0};
        if (!all_hold(test, &inner))
            continue;
        fitting++;
        found = inner.item;
        if (enough)
            break;
    }
    sight->fuel = inner.fuel;
    if (fitting != 0)
        sight->found = found;
    return fitting;
}

static bool items_hold(const struct test *test, struct sight *sight)
{
    value list = operand_value(&test->left, sight);
    size_t fitting = count_items(test, list, sight, test->items == ITEMS_ANY);
    if (sight->fuel == 0)
        return false;
    switch (test->items) {
    case ITEMS_ANY: return fitting != 0;
    case ITEMS_NONE: return fitting == 0;
    case ITEMS_EVERY: return fitting != 0 && fitting == value_len(list);
    case ITEMS_COUNT: break;
    }
    value count = value_int((int64_t)fitting, sight->scratch);
    return compare_values(test, count, operand_value(&test->right, sight), sight);
}

bool test_holds(const struct test *test, struct sight *sight)
{
    if (!burn(sight))
        return false;
    switch (test->kind) {
    case TEST_ALL: return all_hold(test, sight);
    case TEST_OR: return any_holds(test, sight);
    case TEST_NOT: return !all_hold(test, sight) && sight->fuel != 0;
    case TEST_COMPARE:
        return compare_values(test, operand_value(&test->left, sight),
                              operand_value(&test->right, sight), sight);
    case TEST_ITEMS: return items_hold(test, sight);
    }
    return false;
}
