/* Where two documents differ, for people. */
#include "diff/difference.h"
#include "documents.h"
#include "syncd/value/yaml.h"

TestSuite(difference, .init = set_up, .fini = tear_down);

static void expect_differences(const char *before, const char *after,
                               const struct schema_type *type, const char *want)
{
    struct differences found = {0};
    AUTO_BUF struct buf buf = BUF_INIT(1u << 16);
    diff_objects(doc(before), doc(after), type, arena, &found);
    diff_print(&found, &buf);
    expect_text(buf_str(&buf), want);
}

Test(difference, is_empty_for_equal_documents)
{
    expect_differences("{'a':[1,{'b':null}]}", "{'a':[1,{'b':null}]}", NULL, "");
    expect_differences("{'a':1}", "{'a':1.0}", NULL, "");
}

Test(difference, names_the_place)
{
    expect_differences("{'spec':{'a':1,'b':2}}", "{'spec':{'a':3,'c':{'d':1}}}", NULL,
                       ".spec.a: 1 -> 3\n.spec.b: 2 -> (none)\n.spec.c: (none) -> {\"d\":1}\n");
    expect_differences("{'metadata':{'labels':{'app.io/x':'1'}}}",
                       "{'metadata':{'labels':{'app.io/x':'2'}}}", NULL,
                       ".metadata.labels[\"app.io/x\"]: \"1\" -> \"2\"\n");
    expect_differences("{'a':null}", "{}", NULL, ".a: null -> (none)\n");
}

Test(difference, matches_items_by_name)
{
    expect_differences("{'l':[{'name':'a','v':1},{'name':'b','v':2}]}",
                       "{'l':[{'name':'b','v':3},{'name':'c','v':4}]}", NULL,
                       ".l[name=\"a\"]: {\"name\":\"a\",\"v\":1} -> (none)\n"
                       ".l[name=\"b\"].v: 2 -> 3\n"
                       ".l[name=\"c\"]: (none) -> {\"name\":\"c\",\"v\":4}\n");
    expect_differences("{'l':[{'name':'a'},{'name':'b'}]}", "{'l':[{'name':'b'},{'name':'a'}]}",
                       NULL, "");
}

Test(difference, counts_items_that_have_no_name)
{
    expect_differences("{'l':[1,2]}", "{'l':[1,3,4]}", NULL, ".l[1]: 2 -> 3\n.l[2]: (none) -> 4\n");
    expect_differences("{'l':[{'name':'a'},{'name':'a'}]}", "{'l':[{'name':'a'}]}", NULL,
                       ".l[1]: {\"name\":\"a\"} -> (none)\n");
}

Test(difference, follows_the_type)
{
    const struct schema_type *type = type_of(
        "{'l':{'type':'array','x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':['k'],"
        "'items':{'type':'object','required':['k'],'properties':{'k':{'type':'integer'},"
        "'name':{'type':'string'}}}},'s':{'type':'array','x-kubernetes-list-type':'set','items':{"
        "'type':'string'}},'o':{'type':'array','items':{'type':'object',"
        "'x-kubernetes-preserve-unknown-fields':true}}}");
    expect_differences("{'l':[{'k':1,'name':'a'},{'k':2}],'s':['p','q'],'o':[{'name':'a'}]}",
                       "{'l':[{'k':2},{'k':1,'name':'b'}],'s':['q','r'],'o':[{'name':'b'}]}", type,
                       ".l[k=1].name: \"a\" -> \"b\"\n.o[0].name: \"a\" -> \"b\"\n"
                       ".s[=\"p\"]: \"p\" -> (none)\n.s[=\"r\"]: (none) -> \"r\"\n");
}

Test(difference, leaves_noise_out)
{
    expect_doc(
        diff_without_noise(doc("{'metadata':{'name':'a','uid':'u','resourceVersion':'1',"
                               "'generation':2,'creationTimestamp':'t','managedFields':[]}}"),
                           arena),
        "{'metadata':{'name':'a'}}");
}

static void expect_unified(const char *before, const char *after, size_t context, const char *want)
{
    value a = before != NULL ? doc(before) : value_absent();
    value b = after != NULL ? doc(after) : value_absent();
    expect_text(diff_unified(a, b, STR("live"), STR("git"), context, arena), want);
}

Test(difference, prints_unified)
{
    expect_unified("{'a':1,'b':2}", "{'a':1,'b':2}", 3, "");
    expect_unified("{'a':1,'b':2,'c':3}", "{'a':1,'b':5,'c':3}", 1,
                   "--- live\n+++ git\n@@ -1,3 +1,3 @@\n a: 1\n-b: 2\n+b: 5\n c: 3\n");
    expect_unified(NULL, "{'a':1}", 3, "--- live\n+++ git\n@@ -0,0 +1 @@\n+a: 1\n");
    expect_unified("{'a':1}", NULL, 3, "--- live\n+++ git\n@@ -1 +0,0 @@\n-a: 1\n");
    expect_unified("{'a':1,'b':1,'c':1,'d':1,'e':1,'f':1,'g':1}",
                   "{'a':2,'b':1,'c':1,'d':1,'e':1,'f':1,'g':2}", 1,
                   "--- live\n+++ git\n@@ -1,2 +1,2 @@\n-a: 1\n+a: 2\n b: 1\n@@ -6,2 +6,2 @@\n"
                   " f: 1\n-g: 1\n+g: 2\n");
}

/* What the hunks say, done to the lines of `before`. */
Test(difference, unified_turns_one_text_into_the_other)
{
    uint32_t seed = 12345;
    for (int round = 0; round < 200; round++) {
        struct array_builder a, b;
        array_begin(&a, arena);
        array_begin(&b, arena);
        for (int i = 0; i < 30; i++) {
            seed = seed * 1664525 + 1013904223;
            value item = value_int(seed >> 28, arena);
            if ((seed >> 8) % 5 != 0)
                array_add(&a, item);
            if ((seed >> 12) % 5 != 0)
                array_add(&b, item);
        }
        value before = array_finish(&a), after = array_finish(&b);
        str text = diff_unified(before, after, STR("a"), STR("b"), 100, arena);
        AUTO_BUF struct buf old = BUF_INIT(1u << 16);
        AUTO_BUF struct buf new = BUF_INIT(1u << 16);
        str line;
        size_t number = 0;
        while (text.len != 0 && str_cut(&text, '\n', &line)) {
            if (number++ < 3)
                continue;
            if (line.ptr[0] != '+')
                buf_printf(&old, "%.*s\n", STR_ARG(str_skip(line, 1)));
            if (line.ptr[0] != '-')
                buf_printf(&new, "%.*s\n", STR_ARG(str_skip(line, 1)));
        }
        if (number == 0)
            continue;
        cr_expect(str_equal(buf_str(&old), yaml_text(before, YAML_SIGS, arena)));
        cr_expect(str_equal(buf_str(&new), yaml_text(after, YAML_SIGS, arena)));
    }
}
