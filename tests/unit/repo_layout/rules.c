#include "repo-layout/lint/lint.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>

/* The golden case of a rule: E_REGION_UNSERVED is tests/golden/lint-rules/region-unserved. */
static bool case_tells(const char *id)
{
    char name[64], path[200], text[8192];
    (void)snprintf(name, sizeof(name), "%s", id + strlen("E_"));
    for (char *at = name; *at != '\0'; at++)
        *at = *at == '_' ? '-' : (char)tolower((unsigned char)*at);
    (void)snprintf(path, sizeof(path), "tests/golden/lint-rules/%s/want.err", name);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    size_t length = fread(text, 1, sizeof(text), file);
    (void)fclose(file);
    (void)snprintf(path, sizeof(path), "[%s]", id);
    return str_find(str_from(text, length), str_z(path)) != SIZE_MAX;
}

Test(lint_rules, are_sorted_documented_and_each_has_a_case)
{
    const struct lint_rule *before = NULL;
    size_t count = 0;
    for (const struct lint_rule *rule; (rule = lint_rule_at(count)) != NULL; count++) {
        if (before != NULL)
            cr_assert_lt(strcmp(before->id, rule->id), 0, "%s", rule->id);
        cr_assert_gt(strlen(rule->summary), 10);
        cr_assert_gt(strlen(rule->hint), 5);
        cr_assert(case_tells(rule->id), "%s has no golden case that tells it", rule->id);
        before = rule;
    }
    cr_assert_geq(count, 30);
}
