/* Sets of code points: character classes of every notation. */
#include "syncd/base/regex_internal.h"

#include <stdlib.h>

void regex_set_add(struct code_set *set, struct arena *arena, uint32_t lo, uint32_t hi)
{
    VEC_PUSH(arena, &set->ranges, (struct code_range){lo, hi});
}

/* All of the orbit of one code point. */
static void add_orbit(struct code_set *set, struct arena *arena, uint32_t code)
{
    for (uint32_t next = unicode_fold(code); next != code; next = unicode_fold(next))
        regex_set_add(set, arena, next, next);
}

void regex_set_add_folded(struct code_set *set, struct arena *arena, uint32_t lo, uint32_t hi)
{
    regex_set_add(set, arena, lo, hi);
    for (size_t i = 0; i < unicode_folds_count; i++) {
        const struct fold_range *run = &unicode_folds[i];
        if (run->hi < lo || run->lo > hi)
            continue;
        for (uint32_t code = run->lo; code <= run->hi && code <= hi; code += run->stride) {
            if (code >= lo)
                add_orbit(set, arena, code);
        }
    }
}

static int compare_ranges(const void *a, const void *b)
{
    const struct code_range *left = a, *right = b;
    return (left->lo > right->lo) - (left->lo < right->lo);
}

void regex_set_finish(struct code_set *set)
{
    if (set->ranges.len == 0)
        return;
    struct code_range *ranges = set->ranges.items;
    qsort(ranges, set->ranges.len, sizeof *ranges, compare_ranges);
    size_t kept = 1;
    for (size_t i = 1; i < set->ranges.len; i++) {
        struct code_range *last = &ranges[kept - 1];
        if (ranges[i].lo <= last->hi + 1)
            last->hi = ranges[i].hi > last->hi ? ranges[i].hi : last->hi;
        else
            ranges[kept++] = ranges[i];
    }
    set->ranges.len = kept;
}

void regex_set_negate(struct code_set *set, struct arena *arena)
{
    struct code_set negated = {0};
    uint32_t next = 0;
    VEC_FOR (struct code_range, range, &set->ranges) {
        if (range->lo > next)
            regex_set_add(&negated, arena, next, range->lo - 1);
        next = range->hi + 1;
    }
    if (next <= UNICODE_MAX)
        regex_set_add(&negated, arena, next, UNICODE_MAX);
    *set = negated;
}

void regex_set_add_all(struct code_set *set, struct arena *arena, const struct code_set *other,
                       bool negated, bool folded)
{
    struct code_set copy = {0};
    VEC_FOR (struct code_range, range, &other->ranges) {
        if (folded)
            regex_set_add_folded(&copy, arena, range->lo, range->hi);
        else
            regex_set_add(&copy, arena, range->lo, range->hi);
    }
    regex_set_finish(&copy);
    if (negated)
        regex_set_negate(&copy, arena);
    VEC_FOR (struct code_range, range, &copy.ranges)
        regex_set_add(set, arena, range->lo, range->hi);
}

/* ---- named classes ---- */

struct named_class {
    str name;
    const char *bytes; /* pairs of first and last */
};

static const struct named_class perl_classes[] = {
    {STR_INIT("d"), "09"},
    {STR_INIT("s"), "\t\n\f\r  "},
    {STR_INIT("w"), "09AZ__az"},
};

static const struct named_class posix_classes[] = {
    {STR_INIT("alnum"), "09AZaz"}, {STR_INIT("alpha"), "AZaz"},     {STR_INIT("blank"), "\t\t  "},
    {STR_INIT("digit"), "09"},     {STR_INIT("graph"), "!~"},       {STR_INIT("lower"), "az"},
    {STR_INIT("print"), " ~"},     {STR_INIT("punct"), "!/:@[`{~"}, {STR_INIT("space"), "\t\r  "},
    {STR_INIT("upper"), "AZ"},     {STR_INIT("word"), "09AZ__az"},  {STR_INIT("xdigit"), "09AFaf"},
};

static void add_named(struct code_set *set, struct arena *arena, const char *bytes, bool negated,
                      bool folded)
{
    struct code_set class = {0};
    for (; *bytes != '\0'; bytes += 2)
        regex_set_add(&class, arena, (unsigned char)bytes[0], (unsigned char)bytes[1]);
    regex_set_add_all(set, arena, &class, negated, folded);
}

bool regex_set_add_perl(struct code_set *set, struct arena *arena, char letter, bool folded)
{
    char lower = (char)(letter | 0x20);
    for (size_t i = 0; i < ARRAY_LEN(perl_classes); i++) {
        if (perl_classes[i].name.ptr[0] != lower)
            continue;
        add_named(set, arena, perl_classes[i].bytes, letter != lower, folded);
        return true;
    }
    return false;
}

/* NUL to 0x1f and 0x7f, and ASCII, have a NUL in their bytes. */
static bool add_posix_with_nul(struct code_set *set, struct arena *arena, str name, bool negated)
{
    struct code_set class = {0};
    if (str_equal(name, STR("ascii"))) {
        regex_set_add(&class, arena, 0, 0x7f);
    } else if (str_equal(name, STR("cntrl"))) {
        regex_set_add(&class, arena, 0, 0x1f);
        regex_set_add(&class, arena, 0x7f, 0x7f);
    } else {
        return false;
    }
    regex_set_add_all(set, arena, &class, negated, false);
    return true;
}

bool regex_set_add_posix(struct code_set *set, struct arena *arena, str name, bool folded)
{
    bool negated = name.len > 0 && name.ptr[0] == '^';
    name = str_skip(name, negated);
    if (add_posix_with_nul(set, arena, name, negated))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(posix_classes); i++) {
        if (!str_equal(posix_classes[i].name, name))
            continue;
        add_named(set, arena, posix_classes[i].bytes, negated, folded);
        return true;
    }
    return false;
}

/* ---- Unicode ---- */

/* Names compare without case, '_', '-' and spaces. */
static bool same_name(str a, str b)
{
    size_t i = 0, j = 0;
    for (;;) {
        while (i < a.len && memchr("_- ", a.ptr[i], 3) != NULL)
            i++;
        while (j < b.len && memchr("_- ", b.ptr[j], 3) != NULL)
            j++;
        if (i == a.len || j == b.len)
            return i == a.len && j == b.len;
        char x = a.ptr[i++], y = b.ptr[j++];
        x = (char)(x >= 'A' && x <= 'Z' ? x | 0x20 : x);
        y = (char)(y >= 'A' && y <= 'Z' ? y | 0x20 : y);
        if (x != y)
            return false;
    }
}

/* Adds every category of two letters that `name` (one or two letters, or LC) covers. */
static bool add_categories(struct code_set *set, struct arena *arena, str name)
{
    bool found = false;
    for (size_t i = 0; i < unicode_categories_count; i++) {
        const struct unicode_table *table = &unicode_categories[i];
        bool cased = same_name(name, STR("LC")) && table->name.ptr[0] == 'L' &&
                     memchr("ult", table->name.ptr[1], 3) != NULL;
        bool covers = same_name(table->name, name) ||
                      (name.len == 1 && same_name(str_slice(table->name, 0, 1), name));
        if (!cased && !covers)
            continue;
        found = true;
        for (size_t j = 0; j < table->count; j++)
            regex_set_add(set, arena, table->ranges[j].lo, table->ranges[j].hi);
    }
    return found;
}

/* Everything in no category. */
static void add_unassigned(struct code_set *set, struct arena *arena)
{
    struct code_set assigned = {0};
    static const char majors[] = "CLMNPSZ";
    for (size_t i = 0; i < sizeof majors - 1; i++)
        (void)add_categories(&assigned, arena, str_from(majors + i, 1)); /* all of them exist */
    regex_set_finish(&assigned);
    regex_set_add_all(set, arena, &assigned, true, false);
}

static bool add_script(struct code_set *set, struct arena *arena, str name)
{
    for (size_t i = 0; i < unicode_scripts_count; i++) {
        const struct unicode_table *table = &unicode_scripts[i];
        if (!same_name(table->name, name))
            continue;
        for (size_t j = 0; j < table->count; j++)
            regex_set_add(set, arena, table->ranges[j].lo, table->ranges[j].hi);
        return true;
    }
    return false;
}

static bool add_by_name(struct code_set *set, struct arena *arena, str name)
{
    if (same_name(name, STR("any"))) {
        regex_set_add(set, arena, 0, UNICODE_MAX);
        return true;
    }
    if (same_name(name, STR("ascii"))) {
        regex_set_add(set, arena, 0, 0x7f);
        return true;
    }
    bool assigned = same_name(name, STR("assigned"));
    if (assigned || same_name(name, STR("cn"))) {
        struct code_set unassigned = {0};
        add_unassigned(&unassigned, arena);
        regex_set_finish(&unassigned);
        regex_set_add_all(set, arena, &unassigned, assigned, false);
        return true;
    }
    if (add_categories(set, arena, name)) {
        if (same_name(name, STR("c"))) /* "other" holds what is not assigned */
            add_unassigned(set, arena);
        return true;
    }
    return add_script(set, arena, name);
}

bool regex_set_add_unicode(struct code_set *set, struct arena *arena, str name, bool negated,
                           bool folded)
{
    struct code_set class = {0};
    bool found = name.len > 0 && add_by_name(&class, arena, name);
    for (size_t i = 0; !found && i < unicode_aliases_count; i++) {
        if (same_name(unicode_aliases[i].alias, name))
            found = add_by_name(&class, arena, unicode_aliases[i].name);
    }
    if (!found)
        return false;
    regex_set_finish(&class);
    regex_set_add_all(set, arena, &class, negated, folded);
    return true;
}
