/* Sets of field paths. */
#include "documents.h"

TestSuite(fields, .init = set_up, .fini = tear_down);

static struct field_set set_of(const char *text)
{
    struct field_set set = {0};
    cr_assert(fields_parse(doc(text), arena, &set, &err), "%s: %s", text, err.text);
    return set;
}

static void expect_set(struct field_set got, const char *want)
{
    expect_doc(fields_to_value(got, arena), want);
}

Test(fields, come_back_as_they_were_read)
{
    static const char *const rows[] = {
        "{}",
        "{'f:a':{}}",
        "{'f:a':{'.':{},'f:b':{}},'f:c':{'f:d':{'f:e':{}}}}",
        "{'f:l':{'.':{},'k:{\\'name\\':\\'x\\'}':{'.':{},'f:name':{}}}}",
        "{'f:s':{'v:\\'a\\'':{},'v:1':{},'v:true':{}}}",
        "{'f:s':{'i:0':{},'i:12':{'f:a':{}}}}",
        "{'f:l':{'k:{\\'port\\':80,\\'protocol\\':\\'TCP\\'}':{}}}",
        "{'f:l':{'k:{\\'name\\':\\'a \\\\\\'b\\\\\\' <c>\\'}':{}}}",
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        /* What is escaped in a key is written with a backslash before the quote. */
        str text = str_z(rows[i]);
        char *json = arena_alloc_bytes(arena, text.len + 1);
        for (size_t j = 0; j <= text.len; j++)
            json[j] = rows[i][j] == '\'' ? '"' : rows[i][j];
        value v = value_absent();
        struct field_set set;
        cr_assert(json_read(str_from(json, text.len), limits_default(), arena, &v, &err), "%s: %s",
                  rows[i], err.text);
        cr_assert(fields_parse(v, arena, &set, &err), "%s: %s", rows[i], err.text);
        value back = fields_to_value(set, arena);
        if (i != 7)
            cr_expect(value_equal(back, v), "%s became %.*s", rows[i],
                      STR_ARG(json_text(back, JSON_COMPACT, arena)));
        struct field_set again;
        cr_assert(fields_parse(back, arena, &again, &err));
        cr_expect(fields_equal(set, again), "%s", rows[i]);
    }
}

Test(fields, print_in_the_order_of_the_server)
{
    AUTO_BUF struct buf buf = BUF_INIT(4096);
    struct fields_builder *builder = fields_begin(arena);
    struct path_element path[2] = {path_field(STR("l"))};
    path[1] = (struct path_element){.kind = PATH_VALUE, .val = value_string(STR("b"))};
    fields_add(builder, path, 2);
    path[1] = (struct path_element){.kind = PATH_VALUE, .val = value_int(10, arena)};
    fields_add(builder, path, 2);
    path[1] = (struct path_element){.kind = PATH_VALUE, .val = value_int(9, arena)};
    fields_add(builder, path, 2);
    path[1] = (struct path_element){.kind = PATH_INDEX, .index = 1};
    fields_add(builder, path, 2);
    path[1] = path_field(STR("z"));
    fields_add(builder, path, 2);
    fields_add(builder, path, 1);
    fields_print(fields_finish(builder, arena), &buf);
    expect_text(buf_str(&buf), "{\"f:l\":{\".\":{},\"f:z\":{},\"v:9\":{},\"v:10\":{},"
                               "\"v:\\\"b\\\"\":{},\"i:1\":{}}}");
}

Test(fields, drop_elements_of_unknown_kind)
{
    expect_set(set_of("{'f:a':{},'x:b':{'f:c':{}}}"), "{'f:a':{}}");
}

Test(fields, refuse_what_is_no_set)
{
    static const char *const rows[] = {
        "[]",        "{'a':{}}",   "{'f:a':1}",   "{'f:a':[]}", "{'k:[1]':{}}", "{'k:{':{}}",
        "{'v:':{}}", "{'i:x':{}}", "{'i:-1':{}}", "'x'",        "{'':{}}",
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct field_set set;
        err = (struct error)ERROR_INIT;
        cr_expect_not(fields_parse(doc(rows[i]), arena, &set, &err), "%s", rows[i]);
        cr_expect_eq(err.class, ERROR_INPUT, "%s", rows[i]);
    }
}

Test(fields, bound_their_depth)
{
    value v = {.kind = VALUE_OBJECT};
    for (int i = 0; i < 300; i++) {
        struct object_builder builder;
        object_begin(&builder, arena);
        object_add(&builder, STR("f:a"), v);
        v = object_finish(&builder);
    }
    struct field_set set;
    cr_expect_not(fields_parse(v, arena, &set, &err));
    cr_expect_eq(err.class, ERROR_LIMIT);
}

Test(fields, are_joined_cut_and_taken_apart)
{
    struct field_set a = set_of("{'f:a':{},'f:b':{'.':{},'f:c':{},'f:d':{}},'f:e':{'f:f':{}}}");
    struct field_set b = set_of("{'f:b':{'f:c':{}},'f:e':{},'f:g':{}}");
    expect_set(fields_union(a, b, arena), "{'f:a':{},'f:b':{'.':{},'f:c':{},'f:d':{}},"
                                          "'f:e':{'.':{},'f:f':{}},'f:g':{}}");
    expect_set(fields_intersection(a, b, arena), "{'f:b':{'f:c':{}}}");
    expect_set(fields_difference(a, b, arena),
               "{'f:a':{},'f:b':{'.':{},'f:d':{}},'f:e':{'f:f':{}}}");
    expect_set(fields_recursive_difference(a, b, arena), "{'f:a':{},'f:b':{'.':{},'f:d':{}}}");
    expect_set(fields_leaves(a, arena), "{'f:a':{},'f:b':{'f:c':{},'f:d':{}},'f:e':{'f:f':{}}}");
    cr_expect_eq(fields_count(a), 5);
    cr_expect(fields_empty(fields_difference(a, a, arena)));
}

Test(fields, answer_what_is_in_them)
{
    struct field_set set = set_of("{'f:a':{'.':{},'f:b':{}},'f:c':{'f:d':{}}}");
    struct path_element path[2] = {path_field(STR("a")), path_field(STR("b"))};
    cr_expect(fields_has(set, path, 1));
    cr_expect(fields_has(set, path, 2));
    path[0] = path_field(STR("c"));
    cr_expect_not(fields_has(set, path, 1));
    cr_expect_not(fields_has(set, path, 2));
    cr_expect_not(fields_has(set, path, 0));
    expect_set(fields_below(set, path), "{'f:d':{}}");
}

static const char *const kinds =
    "{'spec':{'type':'object','properties':{"
    "'list':{'type':'array','x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':['name'],"
    "'items':{'type':'object','required':['name'],'properties':{'name':{'type':'string'},"
    "'a':{'type':'integer'}}}},"
    "'set':{'type':'array','x-kubernetes-list-type':'set','items':{'type':'string'}},"
    "'atomic':{'type':'array','items':{'type':'object','x-kubernetes-preserve-unknown-fields':true}"
    "},"
    "'whole':{'type':'object','x-kubernetes-map-type':'atomic','properties':{'x':{'type':'string'}}"
    "},"
    "'map':{'type':'object','additionalProperties':{'type':'string'}},"
    "'text':{'type':'string'}}}}";

Test(fields, of_an_object_follow_its_type)
{
    const struct schema_type *type = type_of(kinds);
    value v = doc("{'spec':{'list':[{'name':'x','a':1}],'set':['p','q'],'atomic':[{'y':1}],"
                  "'whole':{'x':'1'},'map':{'k':'v'},'text':'t'}}");
    struct field_set set = fields_of(type, v, arena);
    AUTO_BUF struct buf buf = BUF_INIT(4096);
    fields_print(set, &buf);
    expect_text(buf_str(&buf),
                "{\"f:spec\":{\"f:atomic\":{},\"f:list\":{\"k:{\\\"name\\\":\\\"x\\\"}\":{\".\":{},"
                "\"f:a\":{},\"f:name\":{}}},\"f:map\":{\"f:k\":{}},\"f:set\":{\"v:\\\"p\\\"\":{},"
                "\"v:\\\"q\\\"\":{}},\"f:text\":{},\"f:whole\":{}}}");
}

Test(fields, project_and_remove)
{
    const struct schema_type *type = type_of(kinds);
    value v = doc("{'spec':{'list':[{'name':'x','a':1},{'name':'y','a':2}],'set':['p','q'],"
                  "'map':{'k':'v','l':'w'},'text':'t'}}");
    value part = doc("{'spec':{'list':[{'name':'y','a':2}],'set':['p'],'map':{'l':'w'}}}");
    struct field_set set = fields_of(type, part, arena);
    expect_doc(fields_extract(set, type, v, arena),
               "{'spec':{'list':[{'name':'y','a':2}],'set':['p'],'map':{'l':'w'}}}");
    expect_doc(fields_remove(set, type, v, arena),
               "{'spec':{'list':[{'name':'x','a':1}],'set':['q'],'map':{'k':'v'},'text':'t'}}");
    cr_expect_not(value_present(fields_extract(fields_of(type, doc("{'spec':{'text':'z'}}"), arena),
                                               type, doc("{'status':{}}"), arena)));
}
