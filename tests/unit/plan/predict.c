/* What a sync would do to a cluster that was read. */
#include "syncd/plan/predict.h"
#include "commits.h"

TestSuite(predict, .init = set_up, .fini = tear_down);

#define CM(value)                                                                                  \
    "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'a','namespace':'n'},'data':{'k':"   \
    "'" value "'}}"
static const char ours[] =
    "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'a','namespace':'n','uid':'u',"
    "'resourceVersion':'5','labels':{'" OWNER_LABEL "':'o'},'managedFields':[{'manager':'syncd',"
    "'operation':'Apply','apiVersion':'v1','time':'2026-01-01T00:00:00Z','fieldsType':'FieldsV1',"
    "'fieldsV1':{'f:data':{'f:k':{}},'f:metadata':{'f:labels':{'f:" OWNER_LABEL
    "':{}}}}}]},'data':{'k':'1'}}";
static const char theirs[] =
    "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'a','namespace':'n','uid':'u',"
    "'resourceVersion':'5','managedFields':[{'manager':'kubectl-edit','operation':'Update',"
    "'apiVersion':'v1','time':'2026-01-01T00:00:00Z','fieldsType':'FieldsV1','fieldsV1':{'f:data':"
    "{'f:k':{}}}}]},'data':{'k':'1'}}";

/* The only step of a sync of this commit to a cluster with this object. */
static struct live_object predict(const char *const *documents, const char *live,
                                  const char *inventory)
{
    static const struct predict_kind kinds[] = {
        {.gvk = {STR_INIT(""), STR_INIT("v1"), STR_INIT("ConfigMap")},
         .served = true,
         .namespaced = true}};
    struct map objects = {0};
    value document = live != NULL ? doc(live) : value_absent();
    if (live != NULL)
        (void)map_put(&objects, arena, STR("/ConfigMap/n/a"), &document);
    struct schema_set *types = schema_set_make(arena);
    schema_add_builtin(types);
    const struct predict_reading reading = {.inventory = str_z(inventory),
                                            .objects = &objects,
                                            .kinds = kinds,
                                            .kind_count = ARRAY_LEN(kinds),
                                            .lists_complete = true,
                                            .right_cluster = true};
    const struct predict_request request = {.desired = commit("t", documents),
                                            .reading = &reading,
                                            .types = types,
                                            .owner = STR("o"),
                                            .default_ns = STR("n"),
                                            .prune = {.enabled = true, .max_count = 10},
                                            .now_ns = 1,
                                            .limits = limits_default()};
    struct plan_cluster cluster;
    predict_cluster(&request, arena, &cluster);
    cr_assert_gt(cluster.count, 0);
    return cluster.objects[cluster.count - 1];
}

static const char kubectls[] =
    "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'a','namespace':'n','uid':'u',"
    "'resourceVersion':'5','managedFields':[{'manager':'kubectl-client-side-apply','operation':"
    "'Update','apiVersion':'v1','time':'2026-01-01T00:00:00Z','fieldsType':'FieldsV1','fieldsV1':"
    "{'f:data':{'f:k':{},'f:old':{}}}}]},'data':{'k':'1','old':'x'}}";

/* What another tool applied conflicts, but where Git says that it becomes ours: then it goes. */
Test(predict, adopts_what_git_says)
{
    struct live_object step = predict(DOCUMENTS(CM("2")), kubectls, "");
    cr_expect_eq(step.hold, HOLD_CONFLICT);
    cr_expect(!step.adopts);
    step = predict(
        DOCUMENTS("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'a','namespace':'n',"
                  "'annotations':{'syncd.dev/adopt':'kubectl'}},'data':{'k':'2'}}"),
        kubectls, "");
    cr_assert_eq(step.hold, HOLD_NONE);
    cr_expect(step.adopts);
    value data = value_get(step.predicted, STR("data"));
    cr_expect(str_equal(value_str(value_get(data, STR("k"))), STR("2")));
    cr_expect(!value_present(value_get(data, STR("old"))));
}

/* One cluster under two names: what the other wants stays, and what leaves is told once. */
Test(predict, combines_targets_of_one_cluster)
{
    static const struct gvk map = {STR_INIT(""), STR_INIT("v1"), STR_INIT("ConfigMap")};
    value document = doc(ours);
    struct live_object a = {
        .id = {map, STR("n"), STR("a")}, .live = document, .predicted = document};
    struct live_object b = a, gone_a = a, gone_b, gone_c;
    b.id.name = STR("b");
    gone_a.predicted = value_absent();
    gone_b = gone_c = gone_a;
    gone_b.id.name = STR("b");
    gone_c.id.name = STR("c");
    const struct live_object first[] = {a, gone_b, gone_c}, second[] = {b, gone_a, gone_c};
    const struct plan_cluster clusters[] = {{first, 3}, {second, 3}, {second, 3}};
    struct plan_request_target targets[] = {
        {.cluster = &clusters[0], .cluster_uid = STR("u")},
        {.cluster = &clusters[1], .cluster_uid = STR("u")},
        {.cluster = &clusters[2], .cluster_uid = STR("v")},
        {.cluster = NULL},
    };
    plan_combine(targets, ARRAY_LEN(targets), arena);
    cr_assert_eq(targets[0].cluster->count, 2);
    cr_expect(str_equal(targets[0].cluster->objects[1].id.name, STR("c")));
    cr_assert_eq(targets[1].cluster->count, 1);
    cr_expect(str_equal(targets[1].cluster->objects[0].id.name, STR("b")));
    cr_assert_eq(targets[2].cluster->count, 3);
    cr_assert_null(targets[3].cluster);
}

Test(predict, creates_what_is_not_there)
{
    struct live_object step = predict(DOCUMENTS(CM("1")), NULL, "");
    cr_expect(!value_present(step.live));
    cr_expect(value_present(step.predicted));
}

Test(predict, leaves_what_is_as_applied)
{
    struct live_object step = predict(DOCUMENTS(CM("1")), ours, "");
    cr_expect(value_equal(step.live, step.predicted));
    cr_expect_eq(step.hold, HOLD_NONE);
}

Test(predict, changes_what_git_changed)
{
    struct live_object step = predict(DOCUMENTS(CM("2")), ours, "");
    cr_expect(str_equal(value_str(value_get2(step.predicted, STR("data"), STR("k"))), STR("2")));
    cr_expect_eq(step.hold, HOLD_NONE);
}

/* First adoption is never forced: the field's owner is named. */
Test(predict, holds_what_somebody_else_owns)
{
    struct live_object step = predict(DOCUMENTS(CM("2")), theirs, "");
    cr_expect_eq(step.hold, HOLD_CONFLICT);
    cr_expect(str_find(step.problem, STR(".data.k is owned by kubectl-edit")) != SIZE_MAX, "%.*s",
              STR_ARG(step.problem));
}

Test(predict, puts_objects_without_a_namespace_where_the_target_says)
{
    struct live_object step = predict(
        DOCUMENTS("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'a'},'data':{}}"), NULL,
        "");
    cr_expect(str_equal(step.id.namespace, STR("n")));
}

static struct live_object predict_leaving(const char *live, const char *uid)
{
    str line = arena_printf(arena, "/ConfigMap/n/a\tv1\t%s\t-\t-\n", uid);
    return predict(DOCUMENTS("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'b',"
                             "'namespace':'n'}}"),
                   live, line.ptr);
}

Test(predict, deletes_only_what_is_ours_and_the_same)
{
    struct live_object step = predict_leaving(ours, "u");
    cr_expect_eq(step.hold, HOLD_NONE, "%s", gate_reason_name(step.gate));
    cr_expect(!value_present(step.predicted));
    cr_expect_eq(predict_leaving(ours, "another").gate, GATE_UID);
    cr_expect_eq(predict_leaving(theirs, "u").gate, GATE_OWNER);
}
