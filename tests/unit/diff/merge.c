/* Server-side apply and the tracking of other writes. */
#include "documents.h"

TestSuite(merge, .init = set_up, .fini = tear_down);

#define AT(second) ((1700000000 + (second)) * INT64_C(1000000000))

static const char *const kind =
    "{'spec':{'type':'object','properties':{'a':{'type':'integer','default':7},"
    "'b':{'type':'string'},'map':{'type':'object','additionalProperties':{'type':'string'}},"
    "'list':{'type':'array','x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':['name'],"
    "'items':{'type':'object','required':['name'],'properties':{'name':{'type':'string'},"
    "'v':{'type':'integer'}}}},'set':{'type':'array','x-kubernetes-list-type':'set','items':{"
    "'type':'string'}},'atomic':{'type':'array','items':{'type':'string'}}}},"
    "'status':{'type':'object','properties':{'ready':{'type':'boolean'}}}}";

static struct merge_request request_of(const char *manager, int second)
{
    return (struct merge_request){.type = type_of(kind),
                                  .api_version = STR("g.io/v1"),
                                  .manager = str_z(manager),
                                  .now_ns = AT(second)};
}

/* An object of the kind with this spec, status or metadata. */
static value thing(const char *members)
{
    str text = arena_printf(arena, "{'apiVersion':'g.io/v1','kind':'K',%s}", members);
    return doc(text.ptr);
}

static struct merge_result apply_as(struct merge_request request, value live, const char *members)
{
    struct merge_result result = {0};
    cr_assert(merge_apply(&request, live, thing(members), arena, scratch, &result, &err), "%s: %s",
              members, err.text);
    return result;
}

static value stored(struct merge_result result)
{
    cr_assert_eq(result.conflict_count, 0, "%.*s", STR_ARG(result.conflict_text));
    return result.object;
}

#define NAMED "'metadata':{'name':'x','uid':'u'},"

static value created(const char *manager, const char *members)
{
    struct merge_request request = request_of(manager, 0);
    return stored(apply_as(request, value_absent(), members));
}

Test(merge, creates_with_defaults_and_an_owner)
{
    value object = created("ann", NAMED "'spec':{'b':'x'}");
    expect_doc(
        object,
        "{'apiVersion':'g.io/v1','kind':'K','metadata':{'name':'x','uid':'u','managedFields':[{"
        "'apiVersion':'g.io/v1','fieldsType':'FieldsV1','fieldsV1':{'f:spec':{'f:b':{}}},"
        "'manager':'ann','operation':'Apply','time':'2023-11-14T22:13:20Z'}]},"
        "'spec':{'a':7,'b':'x'}}");
}

Test(merge, says_who_is_in_the_way)
{
    value live = created("ann", NAMED "'spec':{'b':'x','set':['p']}");
    struct merge_result result =
        apply_as(request_of("ben", 1), live, NAMED "'spec':{'b':'y','set':['p']}");
    cr_assert_eq(result.conflict_count, 1);
    expect_text(result.conflict_text,
                "Apply failed with 1 conflict: conflict with \"ann\": .spec.b");
    expect_text(result.conflicts[0].path_text, ".spec.b");
    expect_text(result.conflicts[0].text, "conflict with \"ann\"");
    cr_expect_not(value_present(result.object));
}

Test(merge, names_updaters_with_version_and_subresource)
{
    value live = created("ann", NAMED "'spec':{'b':'x'}");
    struct merge_request request = request_of("kubectl-edit", 1);
    struct merge_result result;
    value edited = value_with(live, STR("spec"), doc("{'a':8,'b':'z'}"), arena);
    merge_update(&request, live, edited, arena, scratch, &result);
    live = stored(result);
    request.subresource = STR("status");
    merge_update(&request, live, value_with(live, STR("status"), doc("{'ready':true}"), arena),
                 arena, scratch, &result);
    live = stored(result);
    result = apply_as(request_of("ann", 2), live,
                      NAMED "'spec':{'a':1,'b':'x'},'status':{'ready':false}");
    expect_text(result.conflict_text,
                "Apply failed with 3 conflicts: conflicts with \"kubectl-edit\" using g.io/v1:\n"
                "- .spec.a\n- .spec.b\n"
                "conflicts with \"kubectl-edit\" with subresource \"status\" using g.io/v1:\n"
                "- .status.ready");
}

Test(merge, takes_over_by_force)
{
    value live = created("ann", NAMED "'spec':{'b':'x'}");
    struct merge_request request = request_of("ben", 1);
    request.force = true;
    struct merge_result result = apply_as(request, live, NAMED "'spec':{'b':'y'}");
    cr_expect(result.changed);
    cr_expect_eq(result.owners.len, 1);
    expect_text(result.owners.items[0].name, "ben");
}

Test(merge, shares_what_both_want_alike)
{
    value live = created("ann", NAMED "'spec':{'b':'x'}");
    struct merge_result result = apply_as(request_of("ben", 1), live, NAMED "'spec':{'b':'x'}");
    live = stored(result);
    cr_expect(result.changed);
    cr_expect_eq(result.owners.len, 2);
    /* Nothing changed but ownership: the entry has no time, as the server leaves it. */
    cr_expect_not(owners_find(result.owners, STR("ben"), OWNER_APPLY, STR(""), STR(""))->has_time);
    live = stored(apply_as(request_of("ann", 2), live, NAMED "'spec':{}"));
    expect_text(value_str(value_get2(live, STR("spec"), STR("b"))), "x");
}

Test(merge, removes_what_nobody_wants_any_more)
{
    value live = created("ann", NAMED "'spec':{'b':'x','set':['p','q'],'map':{'k':'1','l':'2'},"
                                      "'list':[{'name':'m','v':1},{'name':'n','v':2}]}");
    struct merge_request request = request_of("ben", 1);
    live = stored(apply_as(request, live, NAMED "'spec':{'set':['q'],'list':[{'name':'n'}]}"));
    live = stored(apply_as(request_of("ann", 2), live, NAMED "'spec':{'map':{'k':'1'}}"));
    expect_doc(value_get(live, STR("spec")),
               "{'a':7,'set':['q'],'map':{'k':'1'},'list':[{'name':'n'}]}");
}

Test(merge, keeps_the_order_of_items_it_does_not_know)
{
    value live = created("ann", NAMED "'spec':{'set':['a','b','c','d']}");
    live = stored(apply_as(request_of("ben", 1), live, NAMED "'spec':{'set':['d','x','b']}"));
    expect_doc(value_get2(live, STR("spec"), STR("set")), "['a','c','d','x','b']");
}

Test(merge, does_nothing_the_second_time)
{
    value live = created("ann", NAMED "'spec':{'b':'x'}");
    struct merge_result result = apply_as(request_of("ann", 60), live, NAMED "'spec':{'b':'x'}");
    cr_expect_not(result.changed);
    expect_doc(result.object, json_text(live, JSON_COMPACT, arena).ptr);
}

Test(merge, gives_unowned_fields_an_owner_before_the_first_apply)
{
    value live = thing(NAMED "'spec':{'b':'x'}");
    struct merge_result result = apply_as(request_of("ann", 1), live, NAMED "'spec':{'b':'y'}");
    expect_text(result.conflict_text, "Apply failed with 1 conflict: conflict with "
                                      "\"before-first-apply\" using g.io/v1: .spec.b");
}

Test(merge, lets_kubectl_take_over_from_itself)
{
    str last = STR("{'apiVersion':'g.io/v1','kind':'K','spec':{'b':'x'}}");
    char *text = arena_alloc_bytes(arena, last.len);
    for (size_t i = 0; i < last.len; i++)
        text[i] = last.ptr[i] == '\'' ? '"' : last.ptr[i];
    const str annotation[] = {STR("metadata"), STR("annotations"),
                              STR("kubectl.kubernetes.io/last-applied-configuration")};
    value object = value_with_path(thing(NAMED "'spec':{'b':'x'}"), annotation, 3,
                                   value_string(str_from(text, last.len)), arena);
    struct merge_request request = request_of("kubectl-client-side-apply", 0);
    struct merge_result result;
    merge_update(&request, value_absent(), object, arena, scratch, &result);
    value live = stored(result);
    struct merge_result other = apply_as(request_of("ann", 1), live, NAMED "'spec':{'b':'y'}");
    cr_expect_eq(other.conflict_count, 1);
    live = stored(apply_as(request_of("kubectl", 2), live, NAMED "'spec':{'b':'y'}"));
    expect_text(
        value_str(value_get3(live, annotation[0], annotation[1], annotation[2])),
        "{\"apiVersion\":\"g.io/v1\",\"kind\":\"K\",\"metadata\":{\"name\":\"x\",\"uid\":\"u\"}"
        ",\"spec\":{\"b\":\"y\"}}\n");
}

Test(merge, refuses_what_the_server_refuses)
{
    static const struct {
        const char *members, *text;
        int status;
    } rows[] = {
        {NAMED "'spec':{'c':1}",
         "failed to create typed patch object (/x; g.io/v1, Kind=K): .spec.c: field not declared "
         "in "
         "schema",
         500},
        {NAMED "'spec':{'a':'x'}",
         "failed to create typed patch object (/x; g.io/v1, Kind=K): .spec.a: expected numeric "
         "(int "
         "or float), got string",
         500},
        {NAMED "'spec':{'b':5}",
         "failed to create typed patch object (/x; g.io/v1, Kind=K): .spec.b: expected string, got "
         "&value.valueUnstructured{Value:5}",
         500},
        {NAMED "'spec':{'set':['p','p']}",
         "failed to create typed patch object (/x; g.io/v1, Kind=K): .spec.set: duplicate entries "
         "for "
         "key [=\"p\"]",
         500},
        {NAMED "'spec':{'list':[{'v':1}]}",
         "failed to create typed patch object (/x; g.io/v1, Kind=K): .spec.list: element 0: "
         "associative list with keys has an element that omits all key fields [\"name\"] (and "
         "doesn't "
         "have default values for any key fields)",
         500},
        {"'metadata':{'managedFields':[]}", "metadata.managedFields must be nil", 400},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct merge_request request = request_of("ann", 0);
        struct merge_result result;
        err = (struct error)ERROR_INIT;
        cr_expect_not(merge_apply(&request, value_absent(), thing(rows[i].members), arena, scratch,
                                  &result, &err));
        cr_expect_str_eq(err.text, rows[i].text);
        cr_expect_eq(err.detail, rows[i].status);
    }
}

Test(merge, does_not_own_what_its_endpoint_resets)
{
    struct merge_request request = request_of("ann", 0);
    request.reset = merge_reset(MERGE_MAIN_WITH_STATUS);
    struct merge_result result =
        apply_as(request, value_absent(), NAMED "'spec':{'b':'x'},'status':{'ready':true}");
    expect_doc(fields_to_value(result.owners.items[0].fields, arena), "{'f:spec':{'f:b':{}}}");
    request.reset = merge_reset(MERGE_STATUS);
    request.subresource = STR("status");
    value live = stored(result);
    merge_update(&request, live,
                 value_with(value_with(live, STR("spec"), doc("{'b':'z'}"), arena), STR("status"),
                            doc("{'ready':false}"), arena),
                 arena, scratch, &result);
    struct owner *owner =
        owners_find(result.owners, STR("ann"), OWNER_UPDATE, STR("status"), STR("g.io/v1"));
    cr_assert_not_null(owner);
    expect_doc(fields_to_value(owner->fields, arena), "{'f:status':{'f:ready':{}}}");
}

Test(merge, joins_the_oldest_of_too_many_updaters)
{
    value live = value_absent();
    struct merge_result result = {0};
    for (int i = 0; i < 14; i++) {
        str name = arena_printf(arena, "m%02d", i);
        struct merge_request request = request_of(name.ptr, i);
        str text = arena_printf(arena, NAMED "'spec':{'map':{");
        for (int j = 0; j <= i; j++)
            text = arena_printf(arena, "%.*s%s'k%02d':'1'", STR_ARG(text), j != 0 ? "," : "", j);
        value object = thing(arena_printf(arena, "%.*s}}", STR_ARG(text)).ptr);
        merge_update(&request, live, object, arena, scratch, &result);
        live = stored(result);
    }
    cr_assert_eq(result.owners.len, 10);
    struct owner *ancient =
        owners_find(result.owners, STR("ancient-changes"), OWNER_UPDATE, STR(""), STR("g.io/v1"));
    cr_assert_not_null(ancient);
    cr_expect_eq(ancient->time_ns, AT(4));
    expect_doc(fields_to_value(ancient->fields, arena),
               "{'f:spec':{'.':{},'f:map':{'.':{},'f:k00':{},'f:k01':{},'f:k02':{},'f:k03':{},"
               "'f:k04':{}}}}");
}

Test(merge, lets_a_writer_reset_owners)
{
    value live = created("ann", NAMED "'spec':{'b':'x'}");
    struct merge_request request = request_of("ben", 1);
    struct merge_result result;
    const str path[] = {STR("metadata"), STR("managedFields")};
    merge_update(&request, live, value_with_path(live, path, 2, doc("[{}]"), arena), arena, scratch,
                 &result);
    cr_expect_eq(result.owners.len, 0);
    merge_update(&request, live, value_without_path(live, path, 2, arena), arena, scratch, &result);
    cr_expect_eq(result.owners.len, 1);
}

Test(merge, does_not_begin_to_track_what_was_not_tracked)
{
    struct merge_request request = request_of("ben", 1);
    struct merge_result result;
    value live = thing(NAMED "'spec':{'b':'x'}");
    merge_update(&request, live, thing(NAMED "'spec':{'b':'y'}"), arena, scratch, &result);
    cr_expect_eq(result.owners.len, 0);
    cr_expect(result.changed);
}

Test(merge, follows_types_that_became_atomic)
{
    value live = created("ann", NAMED "'spec':{'map':{'k':'1'}}");
    struct merge_request request = request_of("ben", 1);
    request.type =
        type_of("{'spec':{'type':'object','properties':{'a':{'type':'integer'},'map':{"
                "'type':'object','x-kubernetes-map-type':'atomic','additionalProperties':{"
                "'type':'string'}}}}}");
    struct merge_result result = apply_as(request, live, NAMED "'spec':{'map':{'k':'1','l':'2'}}");
    expect_text(result.conflict_text,
                "Apply failed with 1 conflict: conflict with \"ann\": .spec.map");
}

Test(merge, compares_each_owner_in_its_own_version)
{
    value live = created("ann", NAMED "'spec':{'b':'x'}");
    struct merge_request request = request_of("ben", 1);
    struct merge_version versions[] = {{STR("g.io/v1"), request.type},
                                       {STR("g.io/v2"), request.type}};
    request.api_version = STR("g.io/v2");
    request.versions = versions;
    request.version_count = ARRAY_LEN(versions);
    live = value_with(live, STR("apiVersion"), value_string(STR("g.io/v2")), arena);
    struct merge_result result;
    value applied = value_with(thing(NAMED "'spec':{'b':'y'}"), STR("apiVersion"),
                               value_string(STR("g.io/v2")), arena);
    cr_assert(merge_apply(&request, live, applied, arena, scratch, &result, &err), "%s", err.text);
    expect_text(result.conflict_text,
                "Apply failed with 1 conflict: conflict with \"ann\": .spec.b");
    /* An owner of a version that is gone does not stand in the way. */
    request.version_count = 1;
    versions[0] = versions[1];
    cr_assert(merge_apply(&request, live, applied, arena, scratch, &result, &err), "%s", err.text);
    cr_expect_eq(result.conflict_count, 0);
}

Test(merge, finds_the_owner_of_a_path)
{
    value live = created("ann", NAMED "'spec':{'b':'x'}");
    struct owners owners;
    cr_assert(owners_parse(value_get2(live, STR("metadata"), STR("managedFields")), arena, &owners,
                           &err));
    struct path_element path[] = {path_field(STR("spec")), path_field(STR("b"))};
    expect_text(owners_of_path(owners, path, 2)->name, "ann");
    cr_expect_null(owners_of_path(owners, path, 1));
}

Test(merge, refuses_lists_of_owners_that_cannot_be_read)
{
    static const char *const rows[] = {
        "[{'operation':'Apply','apiVersion':'v1','fieldsType':'FieldsV2'}]",
        "[{'operation':'Apply','apiVersion':'v1'}]",
        "[{'operation':'Apply','fieldsType':'FieldsV1'}]",
        "[{'operation':'Delete','apiVersion':'v1','fieldsType':'FieldsV1'}]",
        "[{'operation':'Apply','apiVersion':'v1','fieldsType':'FieldsV1','fieldsV1':{'x':{}}}]",
        "{}",
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct owners owners;
        cr_expect_not(owners_parse(doc(rows[i]), arena, &owners, &err), "%s", rows[i]);
        cr_expect_str_eq(err.rule, "E_FIELDS");
    }
}
