#include "commits.h"

TestSuite(change, .init = set_up, .fini = tear_down);

static str print(const char *before, const char *after, str key)
{
    const struct change_secrets secrets = {.key = key};
    struct change_pair pair =
        change_mask(before != NULL ? doc(before) : value_absent(),
                    after != NULL ? doc(after) : value_absent(), &secrets, arena);
    struct changes changes = {0};
    AUTO_BUF struct buf buf = BUF_INIT(1u << 16);
    changes_find(&pair, NULL, arena, &changes);
    VEC_FOR (const struct change, change, &changes.list) {
        buf_add(&buf, change->path);
        buf_add_byte(&buf, ' ');
        if (value_present(change->before))
            json_write(change->before, JSON_COMPACT, &buf);
        buf_add(&buf, STR(" > "));
        if (value_present(change->after))
            json_write(change->after, JSON_COMPACT, &buf);
        buf_add_byte(&buf, '\n');
    }
    return buf_copy(&buf, arena);
}

static void expect(str got, const char *want)
{
    cr_expect(str_equal(got, str_z(want)), "got  %.*s\nwant %s", STR_ARG(got), want);
}

#define SECRET(fields) "{'apiVersion':'v1','kind':'Secret','metadata':{'name':'s'}," fields "}"

Test(change, says_that_a_secret_changes_but_not_what_it_is)
{
    expect(print(SECRET("'data':{'a':'aGVsbG8=','b':'eA=='}"),
                 SECRET("'data':{'a':'d29ybGQ=','b':'eA==','c':'eQ=='}"), STR("")),
           ".data.a \"(secret before)\" > \"(secret after)\"\n.data.c  > \"(secret)\"\n");
    expect(print(SECRET("'data':{'a':'x'}"), SECRET("'data':{'a':'x'},'type':'t'"), STR("")),
           ".type  > \"t\"\n");
}

Test(change, compares_secrets_by_a_keyed_hash_where_there_is_a_key)
{
    str first = print(SECRET("'data':{'a':'x'}"), SECRET("'data':{'a':'y'}"), STR("key"));
    str again = print(SECRET("'data':{'a':'x'}"), SECRET("'data':{'a':'y'}"), STR("key"));
    str other = print(SECRET("'data':{'a':'x'}"), SECRET("'data':{'a':'y'}"), STR("other"));
    cr_expect(str_equal(first, again));
    cr_expect(!(str_equal(first, other)));
    cr_expect(str_find(first, STR("(secret ")) != SIZE_MAX);
}

/* Whatever form it has, and on either side alone: no byte of it comes out. */
Test(change, never_shows_a_secret)
{
    static const char *const secrets[] = {
        SECRET("'stringData':{'a':'hunter2'}"),
        SECRET("'data':'hunter2'"),
        SECRET("'data':['hunter2']"),
        SECRET("'data':{'a':{'b':'hunter2'}}"),
        "{'apiVersion':'v1','kind':'Secret','metadata':{'name':'s','annotations':{"
        "'kubectl.kubernetes.io/last-applied-configuration':'hunter2'}}}",
    };
    for (size_t i = 0; i < ARRAY_LEN(secrets); i++) {
        str texts[] = {print(secrets[i], NULL, STR("")), print(NULL, secrets[i], STR("")),
                       print(secrets[i], SECRET("'data':{'a':'z'}"), STR("")),
                       print(SECRET("'stringData':{'a':'z'}"), secrets[i], STR("k"))};
        for (size_t j = 0; j < ARRAY_LEN(texts); j++)
            cr_expect(str_find(texts[j], STR("hunter2")) == SIZE_MAX, "%zu: %.*s", i,
                      STR_ARG(texts[j]));
    }
}

Test(change, is_one_for_an_object_that_comes)
{
    expect(print(NULL, "{'apiVersion':'v1','kind':'A'}", STR("")),
           "  > {\"apiVersion\":\"v1\",\"kind\":\"A\"}\n");
}

static bool same_digest(const char *before_a, const char *after_a, const char *before_b,
                        const char *after_b)
{
    uint8_t left[SHA256_LEN], right[SHA256_LEN];
    struct changes a = {0}, b = {0};
    struct change_pair first = {before_a != NULL ? doc(before_a) : value_absent(), doc(after_a)};
    struct change_pair second = {before_b != NULL ? doc(before_b) : value_absent(), doc(after_b)};
    changes_find(&first, NULL, arena, &a);
    changes_find(&second, NULL, arena, &b);
    changes_digest(&a, left);
    changes_digest(&b, right);
    return memcmp(left, right, SHA256_LEN) == 0;
}

Test(change, has_a_digest_that_knows_changes_and_no_names)
{
    cr_expect(same_digest("{'metadata':{'name':'a'},'x':1}", "{'metadata':{'name':'a'},'x':2}",
                          "{'metadata':{'name':'b'},'x':1}", "{'metadata':{'name':'b'},'x':2}"));
    cr_expect(same_digest(NULL, "{'metadata':{'name':'a','namespace':'n'},'x':1}", NULL,
                          "{'metadata':{'name':'b'},'x':1}"));
    cr_expect(!(same_digest("{'x':1}", "{'x':2}", "{'x':0}", "{'x':2}")));
    cr_expect(!(same_digest("{'x':1}", "{'x':2}", "{'y':1}", "{'y':2}")));
    cr_expect(!(same_digest(NULL, "{'x':1}", NULL, "{'x':2}")));
}
