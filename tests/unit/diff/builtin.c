/* The table of built-in kinds. */
#include "documents.h"

TestSuite(builtin, .init = set_up, .fini = tear_down);

static const struct schema_type *find(const char *group, const char *version, const char *kind)
{
    struct schema_set *set = schema_set_make(arena);
    schema_add_builtin(set);
    const struct schema_type *type =
        schema_find(set, (struct gvk){str_z(group), str_z(version), str_z(kind)});
    cr_assert_not_null(type, "%s", kind);
    return type;
}

Test(builtin, has_the_kinds_that_the_control_plane_serves)
{
    static const struct {
        const char *group, *version, *kind;
    } rows[] = {
        {"", "v1", "ConfigMap"},
        {"", "v1", "Secret"},
        {"", "v1", "Namespace"},
        {"", "v1", "ServiceAccount"},
        {"", "v1", "Event"},
        {"", "v1", "Service"},
        {"apps", "v1", "Deployment"},
        {"coordination.k8s.io", "v1", "Lease"},
        {"rbac.authorization.k8s.io", "v1", "Role"},
        {"rbac.authorization.k8s.io", "v1", "ClusterRoleBinding"},
        {"apiextensions.k8s.io", "v1", "CustomResourceDefinition"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        cr_expect_not_null(
            schema_member(find(rows[i].group, rows[i].version, rows[i].kind), STR("metadata")),
            "%s", rows[i].kind);
}

/* Every type below has a form, and its fields are sorted. */
static void check(const struct schema_type *type, int depth)
{
    cr_assert_not_null(type);
    if (depth == 0 || (type->flags & SCHEMA_UNTYPED) != 0)
        return;
    cr_expect(type->scalar != SCALAR_NONE || type->list != LIST_NONE || type->map != MAP_NONE);
    cr_expect(type->list == LIST_NONE || type->items != NULL);
    for (uint32_t i = 0; i < type->field_count; i++) {
        cr_expect(i == 0 || str_compare(type->fields[i - 1].name, type->fields[i].name) < 0);
        check(type->fields[i].type, depth - 1);
    }
    if (type->items != NULL)
        check(type->items, depth - 1);
}

Test(builtin, is_whole)
{
    check(find("apps", "v1", "Deployment"), 12);
    check(find("apiextensions.k8s.io", "v1", "CustomResourceDefinition"), 9);
}

Test(builtin, keys_ports_with_a_default_protocol)
{
    const struct schema_type *type = find("", "v1", "Service");
    value v = doc("{'spec':{'ports':[{'port':80},{'port':80,'protocol':'UDP'}]}}");
    AUTO_BUF struct buf buf = BUF_INIT(4096);
    fields_print(fields_of(type, v, arena), &buf);
    expect_text(buf_str(&buf),
                "{\"f:spec\":{\"f:ports\":{\"k:{\\\"port\\\":80,\\\"protocol\\\":\\\"TCP\\\"}\":{"
                "\".\":{},\"f:port\":{}},\"k:{\\\"port\\\":80,\\\"protocol\\\":\\\"UDP\\\"}\":{"
                "\".\":{},\"f:port\":{},\"f:protocol\":{}}}}}");
}
