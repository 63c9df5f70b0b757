/* Validation of custom resources: what kube-apiserver 1.36 says, word for word. */
#include "documents.h"

TestSuite(validate, .init = set_up, .fini = tear_down);

/* Each problem as "reason|path|text". */
static void expect_problems(const char *properties, const char *object, const char *before,
                            const char *const *wanted, size_t count)
{
    struct schema_problems problems = {0};
    value old = before != NULL ? doc(before) : value_absent();
    bool good = schema_validate(type_of(properties), doc(object), old, arena, scratch, &problems);
    cr_expect_eq(good, count == 0, "%s", object);
    cr_expect_eq(problems.list.len, count, "%s: %zu problems", object, problems.list.len);
    for (size_t i = 0; i < problems.list.len && i < count; i++) {
        struct schema_problem *p = &problems.list.items[i];
        expect_text(arena_printf(arena, "%s|%.*s|%.*s", schema_reason_name(p->reason),
                                 STR_ARG(p->path), STR_ARG(p->text)),
                    wanted[i]);
    }
}

#define EXPECT(properties, object, ...)                                                            \
    expect_problems((properties), (object), NULL, (const char *const[]){__VA_ARGS__},              \
                    sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))
#define EXPECT_GOOD(properties, object) expect_problems((properties), (object), NULL, NULL, 0)

Test(validate, kinds_of_values)
{
    EXPECT("{'a':{'type':'integer'}}", "{'a':'x'}",
           "FieldValueTypeInvalid|a|Invalid value: \"string\": a in body must be of type integer: "
           "\"string\"");
    EXPECT("{'a':{'type':'object'}}", "{'a':[]}",
           "FieldValueTypeInvalid|a|Invalid value: \"array\": a in body must be of type object: "
           "\"array\"");
    EXPECT("{'a':{'x-kubernetes-int-or-string':true}}", "{'a':true}",
           "FieldValueTypeInvalid|a|Invalid value: \"boolean\": a in body must be of type "
           "integer,string: \"boolean\"");
    EXPECT("{'a':{'type':'string'}}", "{'a':null}",
           "FieldValueTypeInvalid|a|Invalid value: \"null\": a in body must be of type string: "
           "\"null\"");
    EXPECT_GOOD("{'a':{'type':'string','nullable':true}}", "{'a':null}");
    EXPECT_GOOD("{'a':{'type':'integer'}}", "{'a':1.0}");
    EXPECT_GOOD("{'a':{'type':'number'}}", "{'a':1}");
    EXPECT("{'a':{'type':'integer'}}", "{'a':1.5}",
           "FieldValueTypeInvalid|a|Invalid value: \"number\": a in body must be of type integer: "
           "\"number\"");
}

Test(validate, what_is_required_and_allowed)
{
    EXPECT("{'s':{'type':'object','required':['x'],'properties':{'x':{'type':'string'}}}}",
           "{'s':{}}", "FieldValueRequired|s.x|Required value");
    EXPECT("{'a':{'type':'string','enum':['x','y']}}", "{'a':'z'}",
           "FieldValueNotSupported|a|Unsupported value: \"z\": supported values: \"x\", \"y\"");
    EXPECT("{'a':{'type':'integer','enum':[1,2]}}", "{'a':3}",
           "FieldValueNotSupported|a|Unsupported value: 3: supported values: \"1\", \"2\"");
}

Test(validate, bounds)
{
    EXPECT("{'a':{'type':'integer','minimum':1}}", "{'a':0}",
           "FieldValueInvalid|a|Invalid value: 0: a in body should be greater than or equal to 1");
    EXPECT("{'a':{'type':'integer','maximum':5,'exclusiveMaximum':true}}", "{'a':5}",
           "FieldValueInvalid|a|Invalid value: 5: a in body should be less than 5");
    EXPECT("{'a':{'type':'number','multipleOf':0.5}}", "{'a':0.7}",
           "FieldValueInvalid|a|Invalid value: 0.7: a in body should be a multiple of 0.5");
    EXPECT_GOOD("{'a':{'type':'number','multipleOf':0.1}}", "{'a':0.7}");
    EXPECT(
        "{'a':{'type':'integer','format':'int32'}}", "{'a':3000000000}",
        "FieldValueInvalid|<nil>|Invalid value: \"\": Checked value must be of type integer with "
        "format int32 in a");
    EXPECT("{'a':{'type':'string','minLength':2}}", "{'a':'\xc3\xbc'}",
           "FieldValueInvalid|a|Invalid value: \"\xc3\xbc\": a in body should be at least 2 chars "
           "long");
    EXPECT("{'a':{'type':'string','maxLength':1}}", "{'a':'xy'}",
           "FieldValueTooLong|a|Too long: may not be more than 1 byte");
    EXPECT("{'a':{'type':'array','maxItems':1,'items':{'type':'integer'}}}", "{'a':[1,2]}",
           "FieldValueTooMany|a|Too many: 2: must have at most 1 item");
    EXPECT("{'a':{'type':'array','minItems':1,'items':{'type':'integer'}}}", "{'a':[]}",
           "FieldValueInvalid|a|Invalid value: 0: a in body should have at least 1 items");
    EXPECT("{'a':{'type':'object','maxProperties':1,'additionalProperties':{'type':'integer'}}}",
           "{'a':{'x':1,'y':2}}", "FieldValueTooMany|a|Too many: 2: must have at most 1 item");
}

Test(validate, patterns)
{
    const char *lower = "{'a':{'type':'string','pattern':'^[a-z]+$'}}";
    EXPECT_GOOD(lower, "{'a':'abc'}");
    EXPECT(lower, "{'a':'aB'}",
           "FieldValueInvalid|a|Invalid value: \"aB\": a in body should match '^[a-z]+$'");
    const struct schema_type *type;
    value schema = doc("{'type':'object','properties':{'a':{'type':'string','pattern':'('}}}");
    cr_expect_not(schema_from_structural(schema, limits_default(), arena, &type, &err));
    cr_expect(strstr(err.text,
                     "properties[a].pattern: Invalid value: \"(\": must be a valid regular "
                     "expression, but isn't: ") != NULL,
              "%s", err.text);
}

Test(validate, formats)
{
    static const struct {
        const char *format, *good, *bad;
    } rows[] = {
        {"date-time", "2024-01-02T03:04:05Z", "2024-01-02"},
        {"date", "2024-01-02", "2024-13-02"},
        {"ipv4", "10.0.0.1", "10.0.0"},
        {"ipv6", "::1", "10.0.0.1"},
        {"cidr", "10.0.0.0/8", "10.0.0.0/33"},
        {"mac", "00:11:22:33:44:55", "00:11:22:33:44"},
        {"uuid", "123e4567-e89b-12d3-a456-426614174000", "123e4567"},
        {"hostname", "a-b.example", "-a"},
        {"uri", "https://example.com/x", "no scheme"},
        {"byte", "aGk=", "a"},
        {"duration", "1h30m", "soon"},
        {"email", "a@b.example", "a.b"},
        {"bsonobjectid", "507f1f77bcf86cd799439011", "507f"},
        {"hexcolor", "#fff", "#ffff"},
        {"k8s-short-name", "a-b", "a.b"},
        {"unknown", "anything", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        str properties =
            arena_printf(arena, "{'a':{'type':'string','format':'%s'}}", rows[i].format);
        EXPECT_GOOD(properties.ptr, arena_printf(arena, "{'a':'%s'}", rows[i].good).ptr);
        if (rows[i].bad == NULL)
            continue;
        str want =
            arena_printf(arena,
                         "FieldValueTypeInvalid|a|Invalid value: \"%s\": a in body must be of "
                         "type %s: \"%s\"",
                         rows[i].bad, rows[i].format, rows[i].bad);
        EXPECT(properties.ptr, arena_printf(arena, "{'a':'%s'}", rows[i].bad).ptr, want.ptr);
    }
}

Test(validate, junctions)
{
    const char *either = "{'a':{'type':'object','properties':{'x':{'type':'string'},'y':{'type':"
                         "'string'}},'oneOf':[{'required':['x']},{'required':['y']}]}}";
    EXPECT_GOOD(either, "{'a':{'x':'1'}}");
    EXPECT(
        either, "{'a':{'x':'1','y':'2'}}",
        "FieldValueInvalid|<nil>|Invalid value: \"\": \"a\" must validate one and only one schema "
        "(oneOf). Found 2 valid alternatives");
    EXPECT(
        either, "{'a':{}}",
        "FieldValueInvalid|<nil>|Invalid value: \"\": \"a\" must validate one and only one schema "
        "(oneOf). Found none valid",
        "FieldValueRequired|a.x|Required value");
    EXPECT("{'a':{'type':'integer','not':{'minimum':5}}}", "{'a':6}",
           "FieldValueInvalid|<nil>|Invalid value: \"\": \"a\" must not validate the schema (not)");
    EXPECT(
        "{'a':{'type':'integer','allOf':[{'minimum':5},{'maximum':9}]}}", "{'a':1}",
        "FieldValueInvalid|a|Invalid value: 1: a in body should be greater than or equal to 5",
        "FieldValueInvalid|<nil>|Invalid value: \"\": \"a\" must validate all the schemas (allOf)");
    EXPECT_GOOD("{'a':{'type':'integer','anyOf':[{'minimum':5},{'maximum':1}]}}", "{'a':7}");
}

Test(validate, lists_by_their_keys)
{
    const char *keyed =
        "{'a':{'type':'array','x-kubernetes-list-type':'map',"
        "'x-kubernetes-list-map-keys':['k'],'items':{'type':'object','required':['k'],"
        "'properties':{'k':{'type':'string'}}}}}";
    EXPECT(keyed, "{'a':[{'k':'x'},{'k':'y'},{'k':'x'},{'k':'x'}]}",
           "FieldValueDuplicate|a[2]|Duplicate value: {\"k\":\"x\"}");
    EXPECT("{'a':{'type':'array','x-kubernetes-list-type':'set','items':{'type':'string'}}}",
           "{'a':['x','y','y']}", "FieldValueDuplicate|a[2]|Duplicate value: \"y\"");
    EXPECT("{'a':{'type':'array','uniqueItems':true,'items':{'type':'string'}}}", "{'a':['x','x']}",
           "FieldValueInvalid|a|Invalid value: \"\": a in body shouldn't contain duplicates");
}

Test(validate, lets_unchanged_values_pass)
{
    const char *properties = "{'a':{'type':'integer','minimum':5},'b':{'type':'string'}}";
    static const char *const wanted[] = {
        "FieldValueInvalid|a|Invalid value: 2: a in body should be greater than or equal to 5"};
    expect_problems(properties, "{'a':1,'b':'new'}", "{'a':1,'b':'old'}", NULL, 0);
    expect_problems(properties, "{'a':2}", "{'a':1}", wanted, 1);
}

Test(validate, status_by_itself)
{
    struct schema_problems problems = {0};
    const struct schema_type *type =
        type_of("{'spec':{'type':'object','properties':{'a':{'type':'integer'}}},"
                "'status':{'type':'object','properties':{'b':{'type':'integer'}}}}");
    value v = doc("{'spec':{'a':'x'},'status':{'b':'y'}}");
    cr_expect_not(schema_validate_status(type, v, value_absent(), arena, scratch, &problems));
    cr_assert_eq(problems.list.len, 1);
    expect_text(problems.list.items[0].path, "status.b");
    expect_text(problems.list.items[0].text,
                "Invalid value: \"string\": b in body must be of type integer: \"string\"");
}

Test(validate, embedded_objects_have_a_kind)
{
    EXPECT("{'a':{'type':'object','x-kubernetes-embedded-resource':true,"
           "'x-kubernetes-preserve-unknown-fields':true}}",
           "{'a':{'kind':''}}", "FieldValueRequired|a.apiVersion|Required value",
           "FieldValueInvalid|a.kind|Invalid value: \"\": must not be empty");
}
