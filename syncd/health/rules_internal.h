/* Compiled rules, shared by the files of this folder only. */
#ifndef SYNCD_HEALTH_RULES_INTERNAL_H
#define SYNCD_HEALTH_RULES_INTERNAL_H

#include "syncd/base/map.h"
#include "syncd/base/regex.h"
#include "syncd/health/health.h"

#define RULE_DEPTH 12    /* of tests in tests */
#define JUDGE_FUEL 20000 /* tests and list items looked at for one object */

enum path_root { ROOT_ITEM, ROOT_OBJECT, ROOT_FACTS, ROOT_KEY };

struct path_step {
    str name;
    uint32_t index; /* of a list; NO_INDEX: a name */
};
#define NO_INDEX UINT32_MAX

struct path {
    enum path_root root;
    const struct path_step *steps;
    size_t count;
};

/* What something is compared with. */
struct operand {
    bool is_path;
    struct path path;
    value fallback; /* of a path; ABSENT = none */
    value literal;
};

enum compare_kind {
    COMPARE_EQ,
    COMPARE_NE,
    COMPARE_LT,
    COMPARE_LE,
    COMPARE_GT,
    COMPARE_GE,
    COMPARE_PREFIX,
    COMPARE_IN,
    COMPARE_MATCHES,
    COMPARE_EXISTS,
    COMPARE_KINDS,
};

enum test_kind { TEST_ALL, TEST_OR, TEST_NOT, TEST_COMPARE, TEST_ITEMS };
enum items_kind { ITEMS_ANY, ITEMS_EVERY, ITEMS_NONE, ITEMS_COUNT };

struct test {
    enum test_kind kind;
    const struct test *children; /* of ALL, OR, NOT; `where` of ITEMS: all must hold */
    size_t child_count;
    struct operand left; /* of COMPARE a path; of ITEMS the list */
    enum items_kind items;
    enum compare_kind compare; /* of COMPARE and COUNT */
    struct operand right;
    const struct regex *regex;
};

struct verdict_rule {
    enum health_state state;
    struct test test;
    str reason, message; /* templates; empty = the found item's own */
};

struct rule {
    str id;
    struct test when;
    bool checks_generation;
    struct path observed;
    const struct verdict_rule *verdicts;
    size_t verdict_count;
};

/* One of a rule's kinds. Either part may be "*"; a group may be "*.suffix". */
struct rule_kind {
    str group, kind;
    uint32_t rule;
};

struct health_rules {
    struct arena *arena;
    const struct limits *limits;
    VEC(struct rule) rules;
    VEC(struct rule_kind) kinds;
};

/* INPUT for what is no path. Views into the text. */
bool path_parse(str text, struct arena *arena, struct path *ret_path, struct error *err) MUST_USE;

bool test_compile(struct health_rules *rules, value source, unsigned depth, struct test *ret_test,
                  struct error *err) MUST_USE;
/* Sets the class and E_HEALTH_RULE, and the line of the value. Returns false. */
bool rule_refuse(struct error *err, value at, const char *format, ...) PRINTF_LIKE(3, 4);

/* What a test looks at. */
struct sight {
    value item, object, facts;
    str key;       /* of the item, in a mapping */
    value found;   /* the item that the last ITEMS test found; ABSENT = none */
    unsigned fuel; /* 0: the object was too large, no test holds any more */
    struct arena *scratch;
};
value path_find(const struct path *path, const struct sight *sight);
bool test_holds(const struct test *test, struct sight *sight);

#endif
