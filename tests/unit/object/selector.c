/* Label and field selectors. */
#include "syncd/object/selector.h"
#include "syncd/value/json.h"

#include <criterion/criterion.h>

static struct arena *arena;
static struct error err;

static void set_up(void)
{
    arena = arena_create(ARENA_NO_BUDGET);
    err = (struct error)ERROR_INIT;
}

static void tear_down(void)
{
    arena_destroy(arena);
}

TestSuite(selector, .init = set_up, .fini = tear_down);

static value doc(const char *text)
{
    value v = value_absent();
    cr_assert(json_read(str_z(text), limits_default(), arena, &v, &err), "%s: %s", text, err.text);
    return v;
}

Test(selector, matches_as_the_server_does)
{
    static const struct {
        const char *selector, *labels;
        bool matches;
    } rows[] = {
        {"", "{}", true},
        {"a=b", "{\"a\":\"b\"}", true},
        {"a==b", "{\"a\":\"b\"}", true},
        {"a = b , c", "{\"a\":\"b\",\"c\":\"\"}", true},
        {"a=b", "{\"a\":\"c\"}", false},
        {"a=b", "{}", false},
        {"a!=b", "{}", true},
        {"a!=b", "{\"a\":\"b\"}", false},
        {"a", "{\"a\":\"\"}", true},
        {"!a", "{}", true},
        {"!a", "{\"a\":\"\"}", false},
        {"a in (b,c)", "{\"a\":\"c\"}", true},
        {"a in (b,c)", "{}", false},
        {"a notin (b,c)", "{}", true},
        {"a notin (b,c)", "{\"a\":\"b\"}", false},
        {"a in ()", "{\"a\":\"\"}", true},
        {"a in (,b)", "{\"a\":\"\"}", true},
        {"in in (in)", "{\"in\":\"in\"}", true},
        {"a>1", "{\"a\":\"2\"}", true},
        {"a<1", "{\"a\":\"2\"}", false},
        {"a>1", "{\"a\":\"x\"}", false},
        {"a=", "{\"a\":\"\"}", true},
        {"a=,b", "{\"a\":\"\",\"b\":\"1\"}", true},
        {"example.com/a=b", "{\"example.com/a\":\"b\"}", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct selector *selector;
        cr_assert(selector_parse(str_z(rows[i].selector), arena, &selector, &err), "%s: %s",
                  rows[i].selector, err.text);
        cr_expect_eq(selector_matches(selector, doc(rows[i].labels)), rows[i].matches, "%s on %s",
                     rows[i].selector, rows[i].labels);
    }
}

Test(selector, refuses_what_the_server_refuses)
{
    static const char *const rows[] = {
        "a=b=c", "a b",  "a in",  "a in b", "a in (b",    "a in (b c)", ",a",
        "a,",    "a,,b", "=b",    "a=b,=",  "a>x",        "!a=b",       "!",
        "-a",    "a=-b", "a=b/c", "a~b",    "a in (b)) ", "a=(",
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct selector *selector;
        err = (struct error)ERROR_INIT;
        cr_expect_not(selector_parse(str_z(rows[i]), arena, &selector, &err), "%s", rows[i]);
        cr_expect_str_eq(err.rule, "E_SELECTOR", "%s", rows[i]);
    }
}

Test(selector, reads_the_form_inside_objects)
{
    const struct selector *selector;
    value v =
        doc("{\"matchLabels\":{\"a\":\"b\"},\"matchExpressions\":[{\"key\":\"c\",\"operator\":"
            "\"In\",\"values\":[\"d\",\"e\"]},{\"key\":\"f\",\"operator\":\"DoesNotExist\"}]}");
    cr_assert(selector_from_value(v, arena, &selector, &err), "%s", err.text);
    cr_expect(selector_matches(selector, doc("{\"a\":\"b\",\"c\":\"e\"}")));
    cr_expect_not(selector_matches(selector, doc("{\"a\":\"b\",\"c\":\"e\",\"f\":\"\"}")));
    cr_expect_not(selector_matches(selector, doc("{\"a\":\"b\"}")));
    cr_expect_not(
        selector_from_value(doc("{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"Is\"}]}"),
                            arena, &selector, &err));
    cr_expect_not(
        selector_from_value(doc("{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"In\"}]}"),
                            arena, &selector, &err));
}

Test(selector, reads_field_selectors_with_escapes)
{
    const struct selector *selector;
    size_t count;
    cr_assert(
        selector_parse_fields(STR("metadata.name=a,spec.x!=b\\,c\\=d"), arena, &selector, &err),
        "%s", err.text);
    const struct selector_term *terms = selector_terms(selector, &count);
    cr_assert_eq(count, 2);
    cr_expect(str_equal(terms[1].values[0], STR("b,c=d")));
    cr_expect(selector_matches(selector, doc("{\"metadata.name\":\"a\",\"spec.x\":\"y\"}")));
    cr_expect_not(
        selector_matches(selector, doc("{\"metadata.name\":\"a\",\"spec.x\":\"b,c=d\"}")));
    cr_expect_not(selector_parse_fields(STR("metadata.name"), arena, &selector, &err));
    cr_expect_not(selector_parse_fields(STR("a=b\\x"), arena, &selector, &err));
    cr_expect_not(selector_parse_fields(STR("a=b=c"), arena, &selector, &err));
}
