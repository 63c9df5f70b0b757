#include "commits.h"

TestSuite(digest, .init = set_up, .fini = tear_down);

#define CM(name, rest)                                                                             \
    "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'" name "'" rest "}}"

static struct plan_digest of(const char *const *base, const char *const *head)
{
    return plan_digest_of(STR("t"), base != NULL ? commit("t", base) : NULL,
                          head != NULL ? commit("t", head) : NULL);
}

static void expect_same(struct plan_digest a, struct plan_digest b, bool same)
{
    char left[PLAN_DIGEST_TEXT], right[PLAN_DIGEST_TEXT];
    plan_digest_print(&a, left);
    plan_digest_print(&b, right);
    cr_expect_eq(plan_digest_equal(&a, &b), same, "%s\n%s", left, right);
}

Test(digest, is_read_as_it_is_printed)
{
    struct plan_digest digest = of(NULL, DOCUMENTS(CM("a", ""))), back;
    char text[PLAN_DIGEST_TEXT];
    plan_digest_print(&digest, text);
    cr_assert(plan_digest_read(str_z(text), &back));
    expect_same(digest, back, true);
    cr_expect(plan_digest_read(str_z(text + 7), &back), "without sha256:");
    cr_expect(!(plan_digest_read(str_from(text, strlen(text) - 1), &back)), "a digit short");
    text[8] = 'G';
    cr_expect(!(plan_digest_read(str_z(text), &back)));
    cr_expect(!(plan_digest_read(STR(""), &back)));
}

/* The daemon renders with the label of its owner, CI without, or with another. */
Test(digest, does_not_depend_on_the_owner_label)
{
#define OWNED(owner) ",'labels':{'" OWNER_LABEL "':'" owner "'}"
    struct plan_digest plain = of(DOCUMENTS(CM("a", "")), DOCUMENTS(CM("a", ""), CM("b", "")));
    struct plan_digest owned =
        of(DOCUMENTS(CM("a", OWNED("x"))), DOCUMENTS(CM("a", OWNED("x")), CM("b", OWNED("x"))));
    struct plan_digest moved =
        of(DOCUMENTS(CM("a", OWNED("x"))), DOCUMENTS(CM("a", OWNED("y")), CM("b", OWNED("y"))));
    struct plan_digest empty = of(DOCUMENTS(CM("a", ",'labels':{}")),
                                  DOCUMENTS(CM("a", ",'labels':null"), CM("b", ",'labels':{}")));
    expect_same(plain, owned, true);
    expect_same(plain, moved, true);
    expect_same(plain, empty, true);
}

Test(digest, does_not_depend_on_what_stays)
{
    expect_same(of(DOCUMENTS(CM("a", "")), DOCUMENTS(CM("a", ""), CM("b", ""))),
                of(DOCUMENTS(CM("c", "")), DOCUMENTS(CM("b", ""), CM("c", ""))), true);
}

/* Whatever is changed between the review and the merge shows. */
Test(digest, differs_for_every_kind_of_tampering)
{
    static const char *const base[] = {CM("a", ",'labels':{'x':'1'}"), CM("b", ""), NULL};
    static const char *const head[] = {CM("a", ",'labels':{'x':'2'}"), CM("b", ""), CM("c", ""),
                                       NULL};
    const char *const *heads[] = {
        DOCUMENTS(CM("a", ",'labels':{'x':'3'}"), CM("b", ""), CM("c", "")), /* another value */
        DOCUMENTS(CM("a", ",'labels':{'y':'2'}"), CM("b", ""), CM("c", "")), /* another field */
        DOCUMENTS(CM("a", ",'labels':{'x':'2'}"), CM("b", "")),              /* one less */
        DOCUMENTS(CM("a", ",'labels':{'x':'2'}"), CM("b", ""), CM("d", "")), /* another name */
        DOCUMENTS(CM("a", ",'labels':{'x':'2'}"), CM("c", "")),              /* one deleted */
        DOCUMENTS(CM("b", ""), CM("c", "")),                                 /* another deleted */
        DOCUMENTS(CM("a", ",'labels':{'x':'2'}"), CM("b", ",'namespace':'n'"), CM("c", "")),
        DOCUMENTS(CM("a", ",'labels':{'x':'1'}"), CM("b", ""), CM("c", "")), /* change undone */
        DOCUMENTS(CM("a", ",'labels':{'x':'2'},'annotations':{'argocd.argoproj.io/sync-wave':'1'}"),
                  CM("b", ""), CM("c", "")),
    };
    struct plan_digest right = of(base, head);
    for (size_t i = 0; i < ARRAY_LEN(heads); i++)
        expect_same(right, of(base, heads[i]), false);
    /* The same head after another base: what was reviewed was another change. */
    expect_same(right, of(DOCUMENTS(CM("a", ",'labels':{'x':'0'}"), CM("b", "")), head), false);
    /* The same change on another target, or with targets exchanged. */
    const struct desired *before = commit("t", base), *after = commit("t", head);
    struct plan_digest u = plan_digest_of(STR("u"), before, after);
    struct plan_digest pair[] = {right, u}, swapped[] = {u, right};
    expect_same(right, u, false);
    expect_same(plan_digest_join(pair, 2), plan_digest_join(swapped, 2), false);
    expect_same(plan_digest_join(pair, 2), plan_digest_join(pair, 1), false);
}
