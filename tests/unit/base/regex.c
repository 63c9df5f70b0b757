/* Regular expressions: Go's syntax, matches, error texts, and time linear in the text. */
#include "syncd/base/buf.h"
#include "syncd/base/regex_internal.h"

#include <criterion/criterion.h>
#include <time.h>

static struct arena *arena;

static void set_up(void)
{
    arena = arena_create(ARENA_NO_BUDGET);
}

static void tear_down(void)
{
    arena_destroy(arena);
}

TestSuite(regex, .init = set_up, .fini = tear_down);

static const struct regex *compile(const char *pattern)
{
    const struct regex *regex = NULL;
    struct error err = ERROR_INIT;
    cr_assert(regex_compile(str_z(pattern), limits_default(), arena, &regex, &err), "%s: %s",
              pattern, err.text);
    return regex;
}

/* All matches as "start-end" of each group, groups apart by commas, matches by semicolons. */
static const char *matches_of(const char *pattern, const char *text)
{
    const struct regex *regex = compile(pattern);
    size_t count = regex_group_count(regex);
    struct capture *captures = ARENA_ARRAY(arena, struct capture, count);
    struct regex_walk walk = {0};
    struct buf buf = BUF_INIT(SIZE_MAX);
    while (regex_next(regex, str_z(text), &walk, captures, count, arena)) {
        buf_add(&buf, buf.len > 0 ? STR(";") : STR(""));
        for (size_t i = 0; i < count; i++) {
            if (captures[i].start == SIZE_MAX)
                buf_add(&buf, i > 0 ? STR(",-") : STR("-"));
            else
                buf_printf(&buf, "%s%zu-%zu", i > 0 ? "," : "", captures[i].start, captures[i].end);
        }
    }
    str copy = buf_copy(&buf, arena);
    buf_finish(&buf);
    return copy.ptr;
}

static const struct {
    const char *pattern, *text, *matches;
} cases[] = {
    {"a", "banana", "1-2;3-4;5-6"},
    {"a|ab", "ab", "0-1"},
    {"(a)|(b)", "ab", "0-1,0-1,-;1-2,-,1-2"},
    {"(a*)*", "aab", "0-2,0-2;3-3,3-3"},
    {"(a*?)", "aa", "0-0,0-0;1-1,1-1;2-2,2-2"},
    {"(|a)*", "aa", "0-0,0-0;1-1,1-1;2-2,2-2"},
    {"(|a)+", "aa", "0-0,0-0;1-1,1-1;2-2,2-2"},
    {"x*", "axb", "0-0;1-2;3-3"},
    {"^a", "aa", "0-1"},
    {"(?m)^a$", "a\nb\na", "0-1;4-5"},
    {"a$", "a\n", ""},
    {"\\bfoo\\b", "foo foobar foo", "0-3;11-14"},
    {"[^a]", "a\n", "1-2"},
    {".", "\n\xc3\xa9", "1-3"},
    {"(?s).", "\n", "0-1"},
    {"(?i)k", "kK\xe2\x84\xaa", "0-1;1-2;2-5"},
    {"(?U)a+", "aa", "0-1;1-2"},
    {"a{2,3}", "aaaaa", "0-3;3-5"},
    {"a{2,3}?", "aaaaa", "0-2;2-4"},
    {"a{,3}", "a{,3}", "0-5"},
    {"\\pL+",
     "a\xce\xb1"
     "1",
     "0-3"},
    {"\\p{Greek}", "a\xce\xb1", "1-3"},
    {"[[:alpha:]]+", "ab1", "0-2"},
    {"\\Qa.b\\E", "aXb a.b", "4-7"},
    {".", "\xff", "0-1"},
    {"\xef\xbf\xbd", "\xff", "0-1"},
    {"", "ab", "0-0;1-1;2-2"},
    {"(?P<year>\\d{4})-(?<m>\\d\\d)", "on 2026-11", "3-10,3-7,8-10"},
};

Test(regex, matches_as_go_does)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *got = matches_of(cases[i].pattern, cases[i].text);
        got = got != NULL ? got : "";
        cr_expect_str_eq(got, cases[i].matches, "%s on %s: got %s, want %s", cases[i].pattern,
                         cases[i].text, got, cases[i].matches);
    }
}

Test(regex, both_matchers_agree)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct regex *regex = compile(cases[i].pattern);
        str text = str_z(cases[i].text);
        struct capture one[8], other[8];
        for (size_t from = 0; from <= text.len + 1; from++) {
            bool found = regex_find(regex, text, from, one, 8, arena);
            cr_assert_eq(found, regex_find_parallel(regex, text, from, other, 8, arena), "%s",
                         cases[i].pattern);
            cr_assert(!found || memcmp(one, other, sizeof one) == 0, "%s", cases[i].pattern);
        }
    }
}

Test(regex, says_what_go_says_about_mistakes)
{
    static const struct {
        const char *pattern, *text;
    } mistakes[] = {
        {"a**", "invalid nested repetition operator: `**`"},
        {"*", "missing argument to repetition operator: `*`"},
        {"(a", "missing closing ): `(a`"},
        {"a)", "unexpected ): `a)`"},
        {"[a", "missing closing ]: `[a`"},
        {"[z-a]", "invalid character class range: `z-a`"},
        {"[[:foo:]]", "invalid character class range: `[:foo:]`"},
        {"\\pX", "invalid character class range: `\\pX`"},
        {"\\8", "invalid escape sequence: `\\8`"},
        {"\\", "trailing backslash at end of expression: ``"},
        {"a{1001}", "invalid repeat count: `{1001}`"},
        {"(a{100}){100}", "invalid repeat count: `{100}`"},
        {"(?=a)", "invalid or unsupported Perl syntax: `(?=`"},
        {"(?P<n!>a)", "invalid named capture: `(?P<n!>`"},
        {"\xff", "invalid UTF-8: `\xff`"},
    };
    for (size_t i = 0; i < ARRAY_LEN(mistakes); i++) {
        const struct regex *regex = NULL;
        struct error err = ERROR_INIT;
        cr_expect_not(
            regex_compile(str_z(mistakes[i].pattern), limits_default(), arena, &regex, &err));
        str got = str_skip(str_z(err.text), strlen("error parsing regexp: "));
        cr_expect(str_equal(got, str_z(mistakes[i].text)), "%s: %s", mistakes[i].pattern, err.text);
        cr_expect_eq(err.class, ERROR_INPUT);
        cr_expect_str_eq(err.rule, "E_REGEX");
    }
}

Test(regex, replaces_as_go_does)
{
    static const struct {
        const char *pattern, *text, *replacement, *want, *literal;
    } replacements[] = {
        {"a(x*)b", "-ab-axxb-", "$1", "--xx-", "-$1-$1-"},
        {"a(x*)b", "-ab-axxb-", "${1}W", "-W-xxW-", "-${1}W-${1}W-"},
        {"a(x*)b", "-ab-axxb-", "$1W", "---", "-$1W-$1W-"},
        {"a*", "baac", "x", "xbxcx", "xbxcx"},
        {"(?P<n>b)", "abc", "[$n$$$9]", "a[b$]c", "a[$n$$$9]c"},
        {"b", "abc", "$", "a$c", "a$c"},
    };
    for (size_t i = 0; i < ARRAY_LEN(replacements); i++) {
        const struct regex *regex = compile(replacements[i].pattern);
        str text = str_z(replacements[i].text), by = str_z(replacements[i].replacement);
        str got = regex_replace(regex, text, by, false, arena, arena);
        cr_expect(str_equal(got, str_z(replacements[i].want)), "%.*s", STR_ARG(got));
        got = regex_replace(regex, text, by, true, arena, arena);
        cr_expect(str_equal(got, str_z(replacements[i].literal)), "%.*s", STR_ARG(got));
    }
}

static double seconds_of(const char *pattern, str text)
{
    const struct regex *regex = compile(pattern);
    struct timespec begin, end;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    (void)regex_matches(regex, text, arena); /* only how long it takes */
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    return (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
}

/* What takes a naive backtracker longer than the universe has. */
Test(regex, takes_linear_time)
{
    size_t len = 1 << 18;
    char *text = arena_alloc_bytes(arena, len);
    memset(text, 'a', len);
    static const char *const patterns[] = {"(a*)*b", "(a|a)*b", "(a|aa)+$b", "(.*)(.*)(.*)(.*)b",
                                           "(a?){50}a{50}b"};
    for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
        double seconds = seconds_of(patterns[i], str_from(text, 64));
        cr_expect_lt(seconds, 1.0, "%s on 64 bytes: %f s", patterns[i], seconds);
    }
    double seconds = seconds_of("(a*)*b", str_from(text, len));
    cr_expect_lt(seconds, 5.0, "%f s", seconds);
}

Test(regex, bounds_what_it_compiles)
{
    const struct regex *regex = NULL;
    struct error err = ERROR_INIT;
    char *pattern = arena_alloc_bytes(arena, 5000);
    memset(pattern, 'a', 5000);
    cr_expect_not(regex_compile(str_from(pattern, 5000), limits_default(), arena, &regex, &err));
    cr_expect_eq(err.class, ERROR_LIMIT);
    memset(pattern, '(', 2000);
    memset(pattern + 2000, ')', 2000);
    err = (struct error)ERROR_INIT;
    cr_expect_not(regex_compile(str_from(pattern, 4000), limits_default(), arena, &regex, &err));
    cr_expect(strstr(err.text, "nests too deeply") != NULL, "%s", err.text);
    static const char piece[] = "(\\pL{30}){33}";
    size_t len = 0;
    for (; len + sizeof piece < 4000; len += sizeof piece - 1)
        memcpy(pattern + len, piece, sizeof piece - 1);
    err = (struct error)ERROR_INIT;
    bool ok = regex_compile(str_from(pattern, len), limits_default(), arena, &regex, &err);
    cr_expect(ok || err.class == ERROR_LIMIT, "%s", err.text);
}
