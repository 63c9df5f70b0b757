/* The hash of an object's values under a field set. */
#include "documents.h"

TestSuite(project, .init = set_up, .fini = tear_down);

static struct field_set owned_set(void)
{
    struct fields_builder *builder = fields_begin(arena);
    struct path_element path[4] = {path_field(STR("metadata")), path_field(STR("labels")),
                                   path_field(STR("a"))};
    fields_add(builder, path, 3);
    path[0] = path_field(STR("spec"));
    path[1] = path_field(STR("n"));
    fields_add(builder, path, 2);
    path[1] = path_field(STR("atomic"));
    fields_add(builder, path, 2);
    path[1] = path_field(STR("list"));
    path[2] = (struct path_element){.kind = PATH_KEY, .val = doc("{'name':'x'}")};
    path[3] = path_field(STR("v"));
    fields_add(builder, path, 3);
    fields_add(builder, path, 4);
    path[1] = path_field(STR("set"));
    path[2] = (struct path_element){.kind = PATH_VALUE, .val = value_string(STR("p"))};
    fields_add(builder, path, 3);
    return fields_finish(builder, arena);
}

static bool same(const char *a, const char *b)
{
    struct field_set set = owned_set();
    struct hash128 x = fields_project_hash(set, NULL, doc(a), scratch);
    struct hash128 y = fields_project_hash(set, NULL, doc(b), scratch);
    return x.low == y.low && x.high == y.high;
}

static const char *const base =
    "{'metadata':{'labels':{'a':'1'}},'spec':{'n':1,'atomic':[1,2],'list':[{'name':'x','v':1}],"
    "'set':['p']}}";

Test(project, does_not_see_what_is_not_owned)
{
    cr_expect(same(base,
                   "{'metadata':{'labels':{'a':'1','b':'2'},'uid':'u'},'spec':{'n':1,'other':1,"
                   "'atomic':[1,2],'list':[{'name':'y'},{'name':'x','v':1,'w':2}],"
                   "'set':['q','p']},'status':{}}"));
    cr_expect(same(base, "{'metadata':{'labels':{'a':'1'}},'spec':{'n':1.0,'atomic':[1,2],"
                         "'list':[{'name':'x','v':1}],'set':['p']}}"));
}

Test(project, sees_every_change_of_what_is_owned)
{
    static const char *const rows[] = {
        "{'metadata':{'labels':{'a':'2'}},'spec':{'n':1,'atomic':[1,2],'list':[{'name':'x','v':1}],"
        "'set':['p']}}",
        "{'metadata':{},'spec':{'n':1,'atomic':[1,2],'list':[{'name':'x','v':1}],'set':['p']}}",
        "{'metadata':{'labels':{'a':'1'}},'spec':{'n':2,'atomic':[1,2],'list':[{'name':'x','v':1}],"
        "'set':['p']}}",
        "{'metadata':{'labels':{'a':'1'}},'spec':{'n':1,'atomic':[2,1],'list':[{'name':'x','v':1}],"
        "'set':['p']}}",
        "{'metadata':{'labels':{'a':'1'}},'spec':{'n':1,'atomic':[1,2],'list':[{'name':'x','v':2}],"
        "'set':['p']}}",
        "{'metadata':{'labels':{'a':'1'}},'spec':{'n':1,'atomic':[1,2],'list':[{'name':'y','v':1}],"
        "'set':['p']}}",
        "{'metadata':{'labels':{'a':'1'}},'spec':{'n':1,'atomic':[1,2],'list':[{'name':'x','v':1}],"
        "'set':['q']}}",
        "{'metadata':{'labels':{'a':'1'}},'spec':{'n':null,'atomic':[1,2],'list':[{'name':'x','v':"
        "1}],"
        "'set':['p']}}",
        "{}",
        "{'spec':[]}",
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        cr_expect_not(same(base, rows[i]), "%s", rows[i]);
}

Test(project, finds_items_of_long_lists)
{
    struct array_builder a, b;
    array_begin(&a, arena);
    array_begin(&b, arena);
    struct fields_builder *builder = fields_begin(arena);
    struct path_element path[3] = {path_field(STR("l"))};
    for (int i = 0; i < 500; i++) {
        struct object_builder item;
        object_begin(&item, arena);
        object_add(&item, STR("name"), value_int(i, arena));
        path[1] = (struct path_element){.kind = PATH_KEY, .val = object_finish(&item)};
        path[2] = path_field(STR("v"));
        fields_add(builder, path, 3);
        array_add(&a, value_with(path[1].val, STR("v"), value_int(i % 7, arena), arena));
    }
    value list = array_finish(&a);
    for (int i = 499; i >= 0; i--)
        array_add(&b, value_item(list, (size_t)i));
    struct field_set set = fields_finish(builder, arena);
    value one = value_with((value){.kind = VALUE_OBJECT}, STR("l"), list, arena);
    value two = value_with((value){.kind = VALUE_OBJECT}, STR("l"), array_finish(&b), arena);
    struct hash128 x = fields_project_hash(set, NULL, one, scratch);
    struct hash128 y = fields_project_hash(set, NULL, two, scratch);
    cr_expect_eq(x.low, y.low);
    value changed = value_with(value_item(list, 250), STR("v"), value_int(99, arena), arena);
    value three = value_with(one, STR("l"), value_with_item(list, 250, changed, arena), arena);
    struct hash128 z = fields_project_hash(set, NULL, three, scratch);
    cr_expect_neq(x.low, z.low);
}

Test(project, owns_the_existence_of_containers_by_type)
{
    const struct schema_type *type =
        type_of("{'m':{'type':'object','additionalProperties':{'type':'string'}},"
                "'w':{'type':'object','x-kubernetes-map-type':'atomic','additionalProperties':{"
                "'type':'string'}}}");
    struct field_set set = fields_of(type, doc("{'m':{},'w':{}}"), arena);
    struct hash128 x = fields_project_hash(set, type, doc("{'m':{},'w':{}}"), scratch);
    struct hash128 y = fields_project_hash(set, type, doc("{'m':{'k':'1'},'w':{}}"), scratch);
    struct hash128 z = fields_project_hash(set, type, doc("{'m':{},'w':{'k':'1'}}"), scratch);
    cr_expect_eq(x.low, y.low);
    cr_expect_neq(x.low, z.low);
}

Test(project, leaves_out_what_others_put_into_an_empty_map)
{
    struct field_set none = {0}, mine = {0}, others = {0};
    cr_assert(fields_parse(doc("{'f:spec':{'f:dir':{},'f:whole':{}}}"), arena, &mine, &err));
    cr_assert(
        fields_parse(doc("{'f:spec':{'f:dir':{'f:size':{}},'f:x':{}}}"), arena, &others, &err));
    value before = doc("{'spec':{'dir':{},'whole':{'a':1}}}");
    value after = doc("{'spec':{'dir':{'size':1},'whole':{'a':1},'x':1}}");
    value drifted = doc("{'spec':{'dir':{'size':1},'whole':{'a':2},'x':1}}");
    struct hash128 x = fields_project_hash_among(mine, none, NULL, before, scratch);
    struct hash128 y = fields_project_hash_among(mine, others, NULL, after, scratch);
    struct hash128 z = fields_project_hash_among(mine, others, NULL, drifted, scratch);
    cr_expect_eq(x.low, y.low);
    cr_expect_eq(x.high, y.high);
    cr_expect_neq(x.low, z.low);
    struct hash128 w = fields_project_hash(mine, NULL, after, scratch);
    cr_expect_neq(x.low, w.low);
}
