#include "syncd/object/scope.h"

#include "syncd/value/json.h"

#include <criterion/criterion.h>

static struct object definition(struct arena *arena, const char *scope)
{
    struct error err = ERROR_INIT;
    struct object object;
    value document;
    str text = arena_printf(arena,
                            "{\"apiVersion\":\"apiextensions.k8s.io/v1\","
                            "\"kind\":\"CustomResourceDefinition\","
                            "\"metadata\":{\"name\":\"rings.example.org\"},\"spec\":{"
                            "\"group\":\"example.org\",\"names\":{\"kind\":\"Ring\"},"
                            "\"scope\":\"%s\"}}",
                            scope);
    cr_assert(json_read(text, limits_default(), arena, &document, &err));
    cr_assert(object_from_document(document, (struct position){0}, &object, &err));
    return object;
}

static struct gvk gvk(const char *group, const char *kind)
{
    return (struct gvk){str_z(group), STR("v1"), str_z(kind)};
}

Test(scope, knows_the_kinds_of_kubernetes)
{
    static const struct {
        const char *group, *kind;
        enum object_scope scope;
    } cases[] = {
        {"", "Binding", SCOPE_NAMESPACE},
        {"", "ServiceAccount", SCOPE_NAMESPACE},
        {"", "Namespace", SCOPE_CLUSTER},
        {"apps", "Deployment", SCOPE_NAMESPACE},
        {"networking.k8s.io", "IPAddress", SCOPE_CLUSTER},
        {"networking.k8s.io", "IngressClass", SCOPE_CLUSTER},
        {"rbac.authorization.k8s.io", "ClusterRole", SCOPE_CLUSTER},
        {"storage.k8s.io", "VolumeAttributesClass", SCOPE_CLUSTER},
        {"example.org", "Deployment", SCOPE_UNKNOWN},
        {"", "Ring", SCOPE_UNKNOWN},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_assert_eq(scope_builtin(gvk(cases[i].group, cases[i].kind)), cases[i].scope, "%s/%s",
                     cases[i].group, cases[i].kind);
}

Test(scope, learns_from_definitions)
{
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct scopes scopes = {0};
    struct object object = definition(arena, "Cluster");
    cr_assert_eq(scope_find(&scopes, gvk("example.org", "Ring")), SCOPE_UNKNOWN);
    scope_learn(&scopes, arena, &object);
    cr_assert_eq(scope_find(&scopes, gvk("example.org", "Ring")), SCOPE_CLUSTER);
    cr_assert_eq(scope_find(&scopes, gvk("", "ConfigMap")), SCOPE_NAMESPACE);
    object = definition(arena, "Galaxy");
    struct scopes others = {0};
    scope_learn(&others, arena, &object);
    cr_assert_eq(scope_find(&others, gvk("example.org", "Ring")), SCOPE_UNKNOWN);
    arena_destroy(arena);
}

Test(scope, chooses_the_namespace)
{
    cr_assert_eq(scope_namespace(SCOPE_CLUSTER, STR("team"), STR("default")).len, 0);
    cr_assert(str_equal(scope_namespace(SCOPE_NAMESPACE, STR(""), STR("prod")), STR("prod")));
    cr_assert(str_equal(scope_namespace(SCOPE_NAMESPACE, STR("a"), STR("prod")), STR("a")));
    cr_assert_eq(scope_namespace(SCOPE_UNKNOWN, STR(""), STR("prod")).len, 0);
}
