/* Strategic merge: maps, lists by key, directives, nulls and quotes. */
#include "render/kustomize/merge.h"
#include "tests/unit/kustomize/fixture.h"

#include <criterion/criterion.h>

static const char *merge(struct fixture *f, const char *target, const char *patch)
{
    value result;
    if (!kust_strategic_merge(&f->build, fixture_read(f, target), fixture_read(f, patch), &result,
                              &f->err))
        return NULL;
    return value_present(result) ? fixture_print(f, result) : "gone";
}

Test(merge, follows_the_tool_in_maps_and_scalars)
{
    static const struct {
        const char *target, *patch, *want;
    } cases[] = {
        {"{a: 1, b: 2}", "{b: 3, c: 4}", "a: 1\nb: 3\nc: 4\n"},
        {"{a: 1, b: 2}", "{b: null}", "a: 1\n"},
        {"{a: {b: 1, c: 2}}", "{a: {$patch: replace, d: 3}}", "a:\n  d: 3\n"},
        {"{a: {b: 1}, e: 1}", "{a: {$patch: delete}}", "e: 1\n"},
        {"{a: 1}", "{$patch: delete}", "gone"},
        {"{a: [1, 2]}", "{a: [3]}", "a:\n- 3\n"},
        {"{a: null, b: 1}", "{b: 2}", "a: null\nb: 2\n"},
        {"{a: , b: 1}", "{b: 2}", "b: 2\n"},
        {"{a: \"5\"}", "{a: 6}", "a: \"6\"\n"},
        {"{a: 5}", "{a: \"6\"}", "a: \"6\"\n"},
        {"{}", "{a: {b: null, c: 1}}", "a:\n  c: 1\n"},
    };
    struct fixture f;
    fixture_init(&f);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_expect_str_eq(merge(&f, cases[i].target, cases[i].patch), cases[i].want, "%s + %s",
                         cases[i].target, cases[i].patch);
    fixture_finish(&f);
}

#define POD "apiVersion: v1\nkind: Pod\nspec: "

Test(merge, finds_list_items_by_their_keys)
{
    static const struct {
        const char *target, *patch, *want;
    } cases[] = {
        {"{containers: [{name: a, image: x}, {name: b}]}",
         "{containers: [{name: a, image: z}, {name: n}]}",
         "  containers:\n  - image: z\n    name: a\n  - name: \"n\"\n  - name: b\n"},
        {"{containers: [{name: a}, {name: b}]}", "{containers: [{name: a, $patch: delete}]}",
         "  containers:\n  - name: b\n"},
        {"{containers: [{name: a}]}", "{containers: [{name: b}, {$patch: replace}]}",
         "  containers:\n  - name: b\n"},
        {"{tolerations: [{key: a}]}", "{tolerations: [{key: b}]}", "  tolerations:\n  - key: b\n"},
    };
    struct fixture f;
    fixture_init(&f);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        str target = arena_printf(f.context.arena, POD "%s\n", cases[i].target);
        str patch = arena_printf(f.context.arena, POD "%s\n", cases[i].patch);
        str want =
            arena_printf(f.context.arena, "apiVersion: v1\nkind: Pod\nspec:\n%s", cases[i].want);
        cr_expect_str_eq(merge(&f, target.ptr, patch.ptr), want.ptr);
    }
    fixture_finish(&f);
}

Test(merge, merges_lists_of_texts_by_value)
{
    struct fixture f;
    fixture_init(&f);
    cr_expect_str_eq(merge(&f, "{apiVersion: v1, kind: Pod, metadata: {finalizers: [a, b]}}",
                           "{apiVersion: v1, kind: Pod, metadata: {finalizers: [b, c]}}"),
                     "apiVersion: v1\nkind: Pod\nmetadata:\n  finalizers:\n  - b\n  - c\n  - a\n");
    fixture_finish(&f);
}

Test(merge, refuses_clashes_and_unknown_directives)
{
    struct fixture f;
    fixture_init(&f);
    cr_expect_null(merge(&f, "{a: 1}", "{a: {b: 1}}"));
    cr_expect_str_eq(f.err.rule, "E_PATCH");
    f.err = (struct error)ERROR_INIT;
    cr_expect_null(merge(&f, "{a: {b: 1}}", "{a: {$patch: hide}}"));
    cr_expect_str_eq(f.err.rule, "E_PATCH");
    fixture_finish(&f);
}

Test(merge, shares_what_no_patch_touches)
{
    struct fixture f;
    fixture_init(&f);
    value target = fixture_read(&f, "{a: {b: 1}, c: {d: 2}}");
    value result;
    cr_assert(
        kust_strategic_merge(&f.build, target, fixture_read(&f, "{c: {d: 3}}"), &result, &f.err));
    cr_expect_eq(value_get(result, STR("a")).as.members, value_get(target, STR("a")).as.members);
    fixture_finish(&f);
}
