/* Documents of rules, and which rule is for which kind. */
#include "syncd/health/rules_internal.h"

struct health_rules *health_rules_new(const struct limits *limits, struct arena *arena)
{
    struct health_rules *rules = ARENA_NEW(arena, struct health_rules);
    *rules = (struct health_rules){.arena = arena, .limits = limits};
    return rules;
}

size_t health_rules_count(const struct health_rules *rules)
{
    return rules->rules.len;
}

static str required_text(value source, str key, struct error *err)
{
    value text = value_get(source, key);
    if (!value_is(text, VALUE_STRING) || text.len == 0)
        (void)rule_refuse(err, source, "%.*s is needed, and is a string", STR_ARG(key));
    return value_str(text);
}

static bool check_members(value source, const char *what, const str *allowed, size_t count,
                          struct error *err)
{
    if (!value_is(source, VALUE_OBJECT))
        return rule_refuse(err, source, "%s is a mapping", what);
    for (size_t i = 0; i < value_len(source); i++) {
        str key = value_member(source, i)->key;
        bool known = false;
        for (size_t j = 0; j < count && !known; j++)
            known = str_equal(key, allowed[j]);
        if (!known)
            return rule_refuse(err, source, "%s has no key \"%.*s\"", what, STR_ARG(key));
    }
    return true;
}

static bool read_state(value source, enum health_state *ret_state, struct error *err)
{
    static const enum health_state allowed[] = {
        HEALTH_READY,   HEALTH_PROGRESSING, HEALTH_FAILED,     HEALTH_SUSPENDED,
        HEALTH_MISSING, HEALTH_UNKNOWN,     HEALTH_TERMINATING};
    str text = value_str(value_get(source, STR("is")));
    for (size_t i = 0; i < ARRAY_LEN(allowed); i++) {
        if (str_equal(text, str_z(health_state_name(allowed[i])))) {
            *ret_state = allowed[i];
            return true;
        }
    }
    return rule_refuse(err, source,
                       "is: Ready, Progressing, Failed, Suspended, Terminating, Missing or "
                       "Unknown");
}

static bool read_verdict(struct health_rules *rules, value source, struct verdict_rule *ret_rule,
                         struct error *err)
{
    static const str keys[] = {STR_INIT("is"), STR_INIT("if"), STR_INIT("reason"),
                               STR_INIT("message")};
    struct verdict_rule rule = {.test.kind = TEST_ALL};
    value test = value_get(source, STR("if"));
    if (!check_members(source, "a verdict", keys, ARRAY_LEN(keys), err) ||
        !read_state(source, &rule.state, err))
        return false;
    rule.reason = value_str(value_get(source, STR("reason")));
    rule.message = value_str(value_get(source, STR("message")));
    if (value_present(test) && !test_compile(rules, test, 0, &rule.test, err))
        return false;
    *ret_rule = rule;
    return true;
}

static bool read_observed(struct health_rules *rules, value source, struct rule *rule,
                          struct error *err)
{
    value observed = value_get(source, STR("observed"));
    str text = value_present(observed) ? value_str(observed) : STR("status.observedGeneration");
    rule->checks_generation = !str_equal(text, STR("none"));
    if (rule->checks_generation && !path_parse(text, rules->arena, &rule->observed, err))
        return rule_refuse(err, source, "observed: %s", err->text);
    return true;
}

static bool read_rule(struct health_rules *rules, value source, struct rule *ret_rule,
                      struct error *err)
{
    static const str keys[] = {STR_INIT("id"), STR_INIT("kinds"), STR_INIT("when"),
                               STR_INIT("observed"), STR_INIT("verdicts")};
    struct rule rule = {.when.kind = TEST_ALL};
    if (!check_members(source, "a rule", keys, ARRAY_LEN(keys), err))
        return false;
    rule.id = required_text(source, STR("id"), err);
    value when = value_get(source, STR("when")), verdicts = value_get(source, STR("verdicts"));
    if (rule.id.len == 0 || !read_observed(rules, source, &rule, err))
        return false;
    if (value_present(when) && !test_compile(rules, when, 0, &rule.when, err))
        return false;
    if (!value_is(verdicts, VALUE_ARRAY))
        return rule_refuse(err, source, "verdicts is a list");
    struct verdict_rule *list = ARENA_ARRAY(rules->arena, struct verdict_rule, value_len(verdicts));
    for (size_t i = 0; i < value_len(verdicts); i++) {
        if (!read_verdict(rules, value_item(verdicts, i), &list[i], err))
            return false;
    }
    rule.verdicts = list;
    rule.verdict_count = value_len(verdicts);
    *ret_rule = rule;
    return true;
}

static bool add_kinds(struct health_rules *rules, value source, struct error *err)
{
    value kinds = value_get(source, STR("kinds"));
    if (!value_is(kinds, VALUE_ARRAY) || value_len(kinds) == 0)
        return rule_refuse(err, source, "kinds is a list of \"group/Kind\"");
    for (size_t i = 0; i < value_len(kinds); i++) {
        str text = value_str(value_item(kinds, i));
        size_t slash = str_index(text, '/');
        if (slash == SIZE_MAX || slash + 1 == text.len)
            return rule_refuse(err, value_item(kinds, i), "\"%.*s\" is no \"group/Kind\"",
                               STR_ARG(text));
        VEC_PUSH(rules->arena, &rules->kinds,
                 (struct rule_kind){str_slice(text, 0, slash), str_skip(text, slash + 1),
                                    (uint32_t)rules->rules.len});
    }
    return true;
}

static bool add_rules(struct health_rules *rules, value list, struct error *err)
{
    for (size_t i = 0; i < value_len(list); i++) {
        struct rule rule;
        value source = value_item(list, i);
        if (!read_rule(rules, source, &rule, err) || !add_kinds(rules, source, err))
            return false;
        VEC_PUSH(rules->arena, &rules->rules, rule);
    }
    return true;
}

bool health_rules_add(struct health_rules *rules, value document, str file, struct error *err)
{
    static const str keys[] = {STR_INIT("rules")};
    size_t rule_count = rules->rules.len, kind_count = rules->kinds.len;
    value copy = value_copy(document, rules->arena); /* texts of it stay in the rules */
    value list = value_get(copy, STR("rules"));
    bool right = check_members(copy, "a rules document", keys, ARRAY_LEN(keys), err);
    if (right && !value_is(list, VALUE_ARRAY))
        right = rule_refuse(err, copy, "rules is a list");
    if (right && add_rules(rules, list, err))
        return true;
    rules->rules.len = rule_count;
    rules->kinds.len = kind_count;
    return error_at(err, (struct position){.file = file, .line = err->line});
}
