/* What happens by itself: namespaces end, garbage goes. */
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

#define MAPS "/api/v1/namespaces/default/configmaps"

TestSuite(controllers, .init = set_up, .fini = tear_down);

/* Creates "child", owned by the ConfigMap "parent". */
static void create_family(const char *block)
{
    plane_expect(&plane, 201, "POST", MAPS,
                 "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'parent'}}");
    str uid = plane_text(&plane, "metadata/uid");
    str child = arena_printf(plane.arena,
                             "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'child',"
                             "'ownerReferences':[{'apiVersion':'v1','kind':'ConfigMap','name':"
                             "'parent','uid':'%.*s','blockOwnerDeletion':%s}]}}",
                             STR_ARG(uid), block);
    plane_expect(&plane, 201, "POST", MAPS, child.ptr);
}

Test(controllers, collect_dependents_in_the_background)
{
    create_family("false");
    plane_expect(&plane, 200, "DELETE", MAPS "/parent", NULL);
    plane_expect(&plane, 404, "GET", MAPS "/child", NULL);
}

Test(controllers, leave_orphans_when_asked)
{
    create_family("false");
    plane_expect(&plane, 200, "DELETE", MAPS "/parent?propagationPolicy=Orphan", NULL);
    plane_expect(&plane, 404, "GET", MAPS "/parent", NULL);
    plane_expect(&plane, 200, "GET", MAPS "/child", NULL);
    value owners = value_get2(plane_document(&plane), STR("metadata"), STR("ownerReferences"));
    cr_expect_not(value_present(owners));
}

Test(controllers, delete_dependents_first_in_the_foreground)
{
    create_family("true");
    plane_expect(&plane, 200, "PATCH", MAPS "/child",
                 "{'metadata':{'finalizers':['example.com/hold']}}");
    plane_expect(&plane, 200, "DELETE", MAPS "/parent?propagationPolicy=Foreground", NULL);
    plane_expect(&plane, 200, "GET", MAPS "/parent", NULL);
    plane_expect(&plane, 200, "PATCH", MAPS "/child", "{'metadata':{'finalizers':null}}");
    plane_expect(&plane, 404, "GET", MAPS "/child", NULL);
    plane_expect(&plane, 404, "GET", MAPS "/parent", NULL);
}

Test(controllers, remove_objects_whose_owner_never_was)
{
    plane_expect(&plane, 201, "POST", MAPS,
                 "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'child',"
                 "'ownerReferences':[{'apiVersion':'v1','kind':'ConfigMap','name':'nobody','uid':"
                 "'00000000-0000-4000-8000-000000000000'}]}}");
    plane_expect(&plane, 404, "GET", MAPS "/child", NULL);
}

Test(controllers, end_namespaces_with_all_that_is_in_them)
{
    plane_expect(&plane, 201, "POST", "/api/v1/namespaces",
                 "{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'n'}}");
    plane_expect(&plane, 201, "POST", "/api/v1/namespaces/n/configmaps",
                 "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'a','finalizers':["
                 "'example.com/hold']}}");
    plane_expect(&plane, 200, "DELETE", "/api/v1/namespaces/n", NULL);
    cr_expect(str_equal(plane_text(&plane, "status/phase"), STR("Terminating")));
    plane_expect(&plane, 403, "POST", "/api/v1/namespaces/n/configmaps",
                 "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'b'}}");
    plane_expect(&plane, 200, "PATCH", "/api/v1/namespaces/n/configmaps/a",
                 "{'metadata':{'finalizers':null}}");
    plane_expect(&plane, 404, "GET", "/api/v1/namespaces/n", NULL);
}

Test(controllers, never_end_the_namespaces_that_must_be)
{
    plane_expect(&plane, 403, "DELETE", "/api/v1/namespaces/default", NULL);
}

Test(controllers, share_equal_definitions_between_clusters)
{
    struct plane other = plane;
    other.cluster = api_cluster_create(plane.world, STR("other"));
    other.reply = (struct api_reply){0};
    plane_add_machines(&plane);
    plane_add_machines(&other);
    const struct api_resource *one =
        api_cluster_resource(plane.cluster, STR("example.com"), STR("machines"));
    const struct api_resource *two =
        api_cluster_resource(other.cluster, STR("example.com"), STR("machines"));
    cr_expect_eq(one->definition, two->definition);
    cr_expect_eq(one->definition->refs, 2);
    buf_finish(&other.reply.body);
    api_cluster_destroy(other.cluster);
}
