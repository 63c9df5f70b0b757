/* Creating, changing and deleting objects. */
#include "tests/unit/apiserver/plane.h"

static struct plane plane;

static void set_up(void)
{
    plane_open(&plane, NULL);
}

static void tear_down(void)
{
    plane_close(&plane);
}

#define MAPS     "/api/v1/namespaces/default/configmaps"
#define MACHINES "/apis/example.com/v1/namespaces/default/machines"
#define MAP_A    "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'a'},'data':{'k':'v'}}"

TestSuite(objects, .init = set_up, .fini = tear_down);

Test(objects, are_created_once_and_read_back)
{
    plane_expect(&plane, 201, "POST", MAPS, MAP_A);
    plane_expect(&plane, 409, "POST", MAPS, MAP_A);
    plane_expect(&plane, 200, "GET", MAPS "/a", NULL);
    cr_expect(str_equal(plane_text(&plane, "data/k"), STR("v")));
    cr_expect(
        str_equal(plane_text(&plane, "metadata/creationTimestamp"), STR("2023-11-14T22:13:20Z")));
    plane_expect(&plane, 404, "GET", MAPS "/b", NULL);
    cr_expect(str_equal(plane_text(&plane, "message"), STR("configmaps \"b\" not found")));
}

Test(objects, need_a_namespace_that_is_there)
{
    plane_expect(&plane, 404, "POST", "/api/v1/namespaces/absent/configmaps", MAP_A);
}

Test(objects, are_not_stored_by_a_dry_run)
{
    plane_expect(&plane, 201, "POST", MAPS "?dryRun=All", MAP_A);
    plane_expect(&plane, 404, "GET", MAPS "/a", NULL);
}

Test(objects, are_not_overwritten_with_an_old_version)
{
    plane_expect(&plane, 201, "POST", MAPS, MAP_A);
    plane_expect(&plane, 200, "PATCH", MAPS "/a", "{'data':{'k':'w'}}");
    plane_expect(&plane, 409, "PUT", MAPS "/a",
                 "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'a','resourceVersion':"
                 "'1'},'data':{'k':'x'}}");
}

Test(objects, keep_their_version_when_nothing_changes)
{
    plane_expect(&plane, 201, "POST", MAPS, MAP_A);
    str before = plane_text(&plane, "metadata/resourceVersion");
    plane_expect(&plane, 200, "PATCH", MAPS "/a", "{'data':{'k':'v'}}");
    cr_expect(str_equal(plane_text(&plane, "metadata/resourceVersion"), before));
}

Test(objects, with_finalizers_go_when_the_last_one_is_taken_off)
{
    plane_expect(&plane, 201, "POST", MAPS,
                 "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'a','finalizers':["
                 "'example.com/hold']}}");
    plane_expect(&plane, 200, "DELETE", MAPS "/a", NULL);
    plane_expect(&plane, 200, "GET", MAPS "/a", NULL);
    cr_expect(
        str_equal(plane_text(&plane, "metadata/deletionTimestamp"), STR("2023-11-14T22:13:20Z")));
    plane_expect(&plane, 200, "PATCH", MAPS "/a", "{'metadata':{'finalizers':null}}");
    plane_expect(&plane, 404, "GET", MAPS "/a", NULL);
}

Test(objects, are_deleted_only_under_the_uid_that_was_named)
{
    plane_expect(&plane, 201, "POST", MAPS, MAP_A);
    plane_expect(&plane, 409, "DELETE", MAPS "/a",
                 "{'kind':'DeleteOptions','apiVersion':'v1','preconditions':{'uid':'other'}}");
    plane_expect(&plane, 200, "GET", MAPS "/a", NULL);
}

Test(objects, are_listed_in_pages)
{
    static const char *const names[] = {"a", "b", "c"};
    for (size_t i = 0; i < 3; i++) {
        str body = arena_printf(plane.arena,
                                "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'%s'}}",
                                names[i]);
        plane_expect(&plane, 201, "POST", MAPS, body.ptr);
    }
    plane_expect(&plane, 200, "GET", MAPS "?limit=2", NULL);
    cr_expect_eq(value_len(value_get(plane_document(&plane), STR("items"))), 2);
    cr_expect(str_equal(plane_text(&plane, "metadata/remainingItemCount"), STR("1")));
    str token = plane_text(&plane, "metadata/continue");
    str rest = arena_printf(plane.arena, MAPS "?limit=2&continue=%.*s", STR_ARG(token));
    plane_expect(&plane, 200, "GET", rest.ptr, NULL);
    cr_expect_eq(value_len(value_get(plane_document(&plane), STR("items"))), 1);
    cr_expect(str_equal(plane_text(&plane, "items/0/metadata/name"), STR("c")));
}

Test(objects, of_custom_kinds_get_defaults_and_are_checked)
{
    plane_add_machines(&plane);
    plane_expect(&plane, 201, "POST", MACHINES,
                 "{'apiVersion':'example.com/v1','kind':'Machine','metadata':{'name':'m'},'spec':{"
                 "'flavor':'small','unknown':1}}");
    cr_expect(str_equal(plane_text(&plane, "spec/replicas"), STR("1")));
    cr_expect_eq(plane.reply.warnings.len, 1);
    plane_expect(&plane, 422, "PATCH", MACHINES "/m", "{'spec':{'flavor':'tiny'}}");
    cr_expect(str_equal(plane_text(&plane, "details/causes/0/field"), STR("spec.flavor")));
}

Test(objects, count_generations_of_what_is_wanted_only)
{
    plane_add_machines(&plane);
    plane_expect(&plane, 201, "POST", MACHINES,
                 "{'apiVersion':'example.com/v1','kind':'Machine','metadata':{'name':'m'},'spec':{"
                 "'flavor':'small'},'status':{'phase':'Lost'}}");
    cr_expect(str_equal(plane_text(&plane, "status/phase"), (str){0}));
    plane_expect(&plane, 200, "PATCH", MACHINES "/m/status", "{'status':{'phase':'Up'}}");
    cr_expect(str_equal(plane_text(&plane, "metadata/generation"), STR("1")));
    plane_expect(&plane, 200, "PATCH", MACHINES "/m", "{'status':{'phase':'Down'}}");
    cr_expect(str_equal(plane_text(&plane, "status/phase"), STR("Up")));
    plane_expect(&plane, 200, "PATCH", MACHINES "/m/scale", "{'spec':{'replicas':3}}");
    plane_expect(&plane, 200, "GET", MACHINES "/m", NULL);
    cr_expect(str_equal(plane_text(&plane, "metadata/generation"), STR("2")));
    cr_expect(str_equal(plane_text(&plane, "spec/replicas"), STR("3")));
}

Test(objects, applied_by_two_name_the_owner_in_the_conflict)
{
    plane_expect(&plane, 201, "PATCH", MAPS "/a?fieldManager=one", MAP_A);
    plane_expect(&plane, 409, "PATCH", MAPS "/a?fieldManager=two",
                 "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'a'},'data':{'k':'w'}}");
    cr_expect(str_equal(plane_text(&plane, "details/causes/0/field"), STR(".data.k")));
    plane_expect(&plane, 200, "PATCH", MAPS "/a?fieldManager=two&force=true",
                 "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'a'},'data':{'k':'w'}}");
    cr_expect(str_equal(plane_text(&plane, "data/k"), STR("w")));
}

Test(objects, take_names_from_users_no_further_than_their_path)
{
    plane_expect(&plane, 400, "PUT", MAPS "/b", MAP_A);
    plane_expect(&plane, 422, "POST", MAPS,
                 "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'../etc'}}");
    plane_expect(&plane, 404, "GET", "/api/v1/namespaces/default/configmaps/a/b/c", NULL);
    plane_expect(&plane, 404, "GET", "/apis//v1", NULL);
}
