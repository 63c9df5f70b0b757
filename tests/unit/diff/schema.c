/* Types from schemas, defaults and pruning. */
#include "documents.h"

TestSuite(schema, .init = set_up, .fini = tear_down);

Test(schema, fills_in_defaults_below_what_is_there)
{
    const struct schema_type *type = type_of(
        "{'spec':{'type':'object','properties':{"
        "'a':{'type':'integer','default':1},"
        "'b':{'type':'object','properties':{'c':{'type':'string','default':'x'}}},"
        "'d':{'type':'object','default':{},'properties':{'e':{'type':'string','default':'y'}}},"
        "'l':{'type':'array','items':{'type':'object','properties':{"
        "'f':{'type':'boolean','default':true}}}},"
        "'n':{'type':'string','nullable':true,'default':'z'}}}}");
    expect_doc(
        schema_default(type, doc("{'spec':{'b':{},'l':[{},{'f':false}],'n':null}}"), arena),
        "{'spec':{'a':1,'b':{'c':'x'},'d':{'e':'y'},'l':[{'f':true},{'f':false}],'n':null}}");
    expect_doc(schema_default(type, doc("{'spec':{'a':null}}"), arena),
               "{'spec':{'a':1,'d':{'e':'y'},'n':'z'}}");
    expect_doc(schema_default(type, doc("{}"), arena), "{}");
}

Test(schema, shares_objects_that_need_no_default)
{
    const struct schema_type *type = type_of("{'spec':{'type':'object','properties':{"
                                             "'a':{'type':'integer','default':1}}}}");
    value v = doc("{'spec':{'a':2}}");
    cr_expect_eq(schema_default(type, v, arena).as.members, v.as.members);
}

Test(schema, prunes_what_is_not_declared_and_says_where)
{
    const struct schema_type *type =
        type_of("{'spec':{'type':'object','properties':{'a':{'type':'integer'},"
                "'free':{'type':'object','x-kubernetes-preserve-unknown-fields':true,"
                "'properties':{'strict':{'type':'object','properties':{'x':{'type':'string'}}}}},"
                "'empty':{'type':'object'},"
                "'obj':{'type':'object','x-kubernetes-embedded-resource':true,'properties':{"
                "'spec':{'type':'object'}}},"
                "'map':{'type':'object','additionalProperties':{'type':'object','properties':{"
                "'p':{'type':'string'}}}},"
                "'list':{'type':'array','items':{'type':'object','properties':{'q':{'type':"
                "'string'}}}}}}}");
    struct schema_paths unknown = {0};
    value pruned = schema_prune(
        type,
        doc("{'apiVersion':'g/v1','kind':'K','metadata':{'name':'n','labels':{},'odd':1},'top':1,"
            "'spec':{'a':1,'b':2,'free':{'u':1,'strict':{'x':'1','y':2}},'empty':{'z':1},"
            "'obj':{'apiVersion':'v1','kind':'P','metadata':{'name':'p'},'more':1},"
            "'map':{'k':{'p':'1','r':2}},'list':[{'q':'1'},{'s':1}]}}"),
        arena, &unknown);
    expect_doc(pruned, "{'apiVersion':'g/v1','kind':'K','metadata':{'name':'n'},"
                       "'spec':{'a':1,'free':{'u':1,'strict':{'x':'1'}},'empty':{},"
                       "'obj':{'apiVersion':'v1','kind':'P','metadata':{'name':'p'}},"
                       "'map':{'k':{'p':'1'}},'list':[{'q':'1'},{}]}}");
    static const char *const wanted[] = {
        "metadata.odd",   "spec.b",       "spec.empty.z",  "spec.free.strict.y",
        "spec.list[1].s", "spec.map.k.r", "spec.obj.more", "top",
    };
    cr_assert_eq(unknown.list.len, ARRAY_LEN(wanted));
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
        expect_text(unknown.list.items[i], wanted[i]);
}

Test(schema, drops_nulls_that_are_neither_nullable_nor_defaulted)
{
    const struct schema_type *type =
        type_of("{'spec':{'type':'object','properties':{'a':{'type':'integer'},"
                "'b':{'type':'integer','nullable':true},'c':{'type':'integer','default':3}}}}");
    expect_doc(schema_prune(type, doc("{'spec':{'a':null,'b':null,'c':null}}"), arena, NULL),
               "{'spec':{'b':null,'c':null}}");
}

Test(schema, keeps_every_number_or_text_where_both_may_stand)
{
    const struct schema_type *type = type_of("{'p':{'x-kubernetes-int-or-string':true}}");
    expect_doc(schema_prune(type, doc("{'p':'50%'}"), arena, NULL), "{'p':'50%'}");
    expect_doc(schema_prune(type, doc("{'p':5}"), arena, NULL), "{'p':5}");
}

Test(schema, refuses_definitions_that_are_not_structural)
{
    static const struct {
        const char *properties, *text;
    } rows[] = {
        {"{'a':{}}", "properties[a].type: Required value: must not be empty for specified object"},
        {"{'a':{'type':'array'}}", "items: Required value"},
        {"{'a':{'type':'array','items':{}}}", "must not be empty for specified array items"},
        {"{'a':{'type':'thing'}}", "Unsupported value"},
        {"{'a':{'type':'array','items':{'type':'string'},'x-kubernetes-list-type':'bag'}}",
         "unknown list type bag"},
        {"{'a':{'type':'array','items':{'type':'object'},'x-kubernetes-list-type':'map'}}",
         "missing map keys"},
        {"{'a':{'type':'object','x-kubernetes-map-type':'odd'}}", "unknown map type odd"},
        {"{'a':{'$ref':'#/x'}}", "'$ref' is not supported"},
        {"{'a':{'type':'string','x-kubernetes-embedded-resource':true}}", "must be object"},
        {"{'a':{'type':'integer','default':'x'}}",
         "properties[a].default: Invalid value: \"string\":  in body must be of type integer"},
        {"{'a':{'type':'object','properties':{'b':{'type':'integer','minimum':3}},'default':{'b':1}"
         "}}",
         "properties[a].default.b: Invalid value: 1: b in body should be greater than or equal to "
         "3"},
        {"{'a':{'type':'object','properties':{'b':{'type':'integer'}},'default':{'c':1}}}",
         "properties[a].default: Invalid value: {\"c\":1}: must not have unknown fields"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct schema_type *type;
        str text = arena_printf(arena, "{'type':'object','properties':%s}", rows[i].properties);
        err = (struct error)ERROR_INIT;
        cr_expect_not(schema_from_structural(doc(text.ptr), limits_default(), arena, &type, &err),
                      "%s", rows[i].properties);
        cr_expect(strstr(err.text, rows[i].text) != NULL, "%s: %s", rows[i].properties, err.text);
        cr_expect_str_eq(err.rule, "E_SCHEMA");
    }
}

Test(schema, bounds_the_depth_of_definitions)
{
    str text = STR("{\"type\":\"string\"}");
    for (int i = 0; i < 60; i++)
        text = arena_concat(arena, STR("{\"type\":\"array\",\"items\":"), text, STR("}"));
    struct limits limits = *limits_default();
    limits.json_depth = 1000;
    value v = value_absent();
    const struct schema_type *type;
    str whole =
        arena_concat(arena, STR("{\"type\":\"object\",\"properties\":{\"a\":"), text, STR("}}"));
    cr_assert(json_read(whole, &limits, arena, &v, &err));
    cr_expect(schema_from_structural(v, &limits, arena, &type, &err), "%s", err.text);
    for (int i = 0; i < 60; i++)
        text = arena_concat(arena, STR("{\"type\":\"array\",\"items\":"), text, STR("}"));
    whole =
        arena_concat(arena, STR("{\"type\":\"object\",\"properties\":{\"a\":"), text, STR("}}"));
    cr_assert(json_read(whole, &limits, arena, &v, &err));
    cr_expect_not(schema_from_structural(v, &limits, arena, &type, &err));
}

Test(schema, reads_openapi_with_references_that_lead_back)
{
    struct schema_set *set = schema_set_make(arena);
    value v = doc("{'components':{'schemas':{'Node':{'type':'object','properties':{"
                  "'next':{'allOf':[{'$ref':'#/components/schemas/Node'}]},"
                  "'whole':{'$ref':'#/components/schemas/Node','x-kubernetes-map-type':'atomic'},"
                  "'v':{'type':'string'}},'x-kubernetes-group-version-kind':["
                  "{'group':'g','version':'v1','kind':'Node'}]}}}}");
    cr_assert(schema_add_openapi(set, v, &err), "%s", err.text);
    const struct schema_type *type =
        schema_find(set, (struct gvk){STR("g"), STR("v1"), STR("Node")});
    cr_assert_not_null(type);
    cr_expect_eq(schema_member(type, STR("next")), type);
    cr_expect_eq(schema_member(type, STR("whole"))->map, MAP_ATOMIC);
    cr_expect_eq(schema_member(type, STR("whole"))->field_count, type->field_count);
    cr_expect_null(schema_member(type, STR("none")));
    cr_expect_null(schema_find(set, (struct gvk){STR("g"), STR("v2"), STR("Node")}));
    v = doc("{'components':{'schemas':{'A':{'type':'object','properties':{'b':{'$ref':"
            "'#/components/schemas/B'}},'x-kubernetes-group-version-kind':[{'group':'','version':"
            "'v1','kind':'A'}]}}}}");
    cr_expect_not(schema_add_openapi(set, v, &err));
    cr_expect_str_eq(err.rule, "E_SCHEMA");
}

Test(schema, adds_every_version_of_a_definition)
{
    struct schema_set *set = schema_set_make(arena);
    value v =
        doc("{'spec':{'group':'g.io','names':{'kind':'K'},'versions':["
            "{'name':'v1','schema':{'openAPIV3Schema':{'type':'object','properties':{"
            "'a':{'type':'string','x-kubernetes-validations':[{'rule':'self != \\'\\''}]}}}}},"
            "{'name':'v2','schema':{'openAPIV3Schema':{'type':'object'}}}]}}");
    cr_assert(schema_add_crd(set, v, &err), "%s", err.text);
    const struct schema_type *v1 = schema_find(set, (struct gvk){STR("g.io"), STR("v1"), STR("K")});
    const struct schema_type *v2 = schema_find(set, (struct gvk){STR("g.io"), STR("v2"), STR("K")});
    cr_assert_not_null(v1);
    cr_assert_not_null(v2);
    cr_expect(schema_has_cel(v1));
    cr_expect_not(schema_has_cel(v2));
    cr_expect_eq(schema_member(v2, STR("metadata")), schema_member(v1, STR("metadata")));
}

Test(schema, keeps_its_own_fields_sorted)
{
    const struct schema_type *meta = schema_member(type_of("{}"), STR("metadata"));
    for (uint32_t i = 1; i < meta->field_count; i++)
        cr_expect(str_compare(meta->fields[i - 1].name, meta->fields[i].name) < 0);
    const struct schema_type *owner = schema_member(meta, STR("ownerReferences"))->items;
    for (uint32_t i = 1; i < owner->field_count; i++)
        cr_expect(str_compare(owner->fields[i - 1].name, owner->fields[i].name) < 0);
}
