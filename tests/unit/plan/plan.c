#include "commits.h"

#include "repo-layout/level_source.h"

TestSuite(plan, .init = set_up, .fini = tear_down);

#define CM(name, field)                                                                            \
    "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'" name "'},'data':{'k':'" field "'" \
    "}"                                                                                            \
    "}"

static struct plan_request_target target(const char *name, const char *const *base,
                                         const char *const *head)
{
    return (struct plan_request_target){
        .name = str_z(name),
        .base = {.desired = base != NULL ? commit(name, base) : NULL},
        .head = {.desired = head != NULL ? commit(name, head) : NULL},
    };
}

static const struct plan *make(const struct plan_request_target *targets, size_t count)
{
    const struct plan_request request = {
        .base = STR("b"),
        .head = STR("h"),
        .has_base = true,
        .targets = targets,
        .target_count = count,
        .prune = {.enabled = true, .max_count = 1, .max_percent = 0},
        .limits = limits_default(),
    };
    return plan_make(&request, arena);
}

Test(plan, says_what_comes_what_changes_and_what_goes)
{
    struct plan_request_target t = target("t", DOCUMENTS(CM("a", "1"), CM("b", "1"), CM("c", "1")),
                                          DOCUMENTS(CM("a", "1"), CM("b", "2"), CM("d", "1")));
    const struct plan *plan = make(&t, 1);
    cr_assert_eq(plan->counts[STEP_UNCHANGED], 1);
    cr_assert_eq(plan->counts[STEP_CREATE], 1);
    cr_assert_eq(plan->counts[STEP_CHANGE], 1);
    cr_assert_eq(plan->counts[STEP_DELETE], 1);
    cr_assert_eq(plan->targets[0].desired.count, 3);
    cr_expect(str_equal(plan->targets[0].desired.steps[0].id.name, STR("b")));
    cr_expect(str_equal(plan->targets[0].desired.steps[2].id.name, STR("c")), "deletions last");
    cr_expect_eq(plan_verdict(plan), PLAN_CHANGES);
    cr_expect_eq(plan->targets[0].live_state, LIVE_NOT_EVALUATED);
}

/* A hook is not kept, so nothing else would show that another one is run. */
Test(plan, shows_hooks_and_has_them_in_its_digest)
{
    struct plan_request_target t = target("t", DOCUMENTS(CM("a", "1")), DOCUMENTS(CM("a", "1")));
    struct plan_digest none = make(&t, 1)->digest;
    t.base.hooks = commit("t", DOCUMENTS(CM("h", "1"), CM("i", "1")));
    t.head.hooks = commit("t", DOCUMENTS(CM("h", "2"), CM("i", "1")));
    const struct plan *plan = make(&t, 1);
    cr_assert_eq(plan->counts[STEP_CHANGE], 1);
    cr_expect(plan->targets[0].desired.steps[0].hook);
    cr_expect(plan->groups[0].hook);
    cr_expect(!plan_digest_equal(&none, &plan->digest));
    t.head.hooks = commit("t", DOCUMENTS(CM("h", "3"), CM("i", "1")));
    cr_expect(!plan_digest_equal(&make(&t, 1)->digest, &plan->digest));
}

Test(plan, is_empty_when_nothing_changes)
{
    struct plan_request_target t = target("t", DOCUMENTS(CM("a", "1")), DOCUMENTS(CM("a", "1")));
    const struct plan *plan = make(&t, 1);
    cr_expect_eq(plan_verdict(plan), PLAN_EMPTY);
    cr_expect_eq(plan->group_count, 0);
}

Test(plan, groups_equal_changes_of_many_targets)
{
    static const char *const names[] = {"d", "b", "c", "a"};
    struct plan_request_target targets[ARRAY_LEN(names)];
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        targets[i] = target(names[i], DOCUMENTS(CM("x", "1"), CM("y", "1")),
                            i == 0 ? DOCUMENTS(CM("x", "2"), CM("y", "3"))
                                   : DOCUMENTS(CM("x", "2"), CM("y", "2")));
    const struct plan *plan = make(targets, ARRAY_LEN(targets));
    cr_assert_eq(plan->group_count, 2, "%zu", plan->group_count);
    cr_expect_eq(plan->groups[0].member_count, 7, "x on all, y on three: the same change");
    cr_expect_eq(plan->groups[0].target_count, 4);
    cr_expect_eq(plan->groups[1].member_count, 1);
    cr_expect(str_equal(plan->groups[0].changes[0].path, STR(".data.k")));
    cr_expect(str_equal(plan->targets[0].name, STR("a")), "targets stand by name");
    for (size_t i = 0; i < plan->group_count; i++) {
        for (size_t j = 0; j < plan->groups[i].member_count; j++) {
            struct group_member member = plan->groups[i].members[j];
            cr_expect_eq(plan->targets[member.target].desired.steps[member.step].group, i);
        }
    }
}

Test(plan, holds_what_the_gate_would_keep)
{
    struct plan_request_target t =
        target("t",
               DOCUMENTS(CM("a", "1"), "{'apiVersion':'v1','kind':'Namespace','metadata':"
                                       "{'name':'n'}}"),
               DOCUMENTS(CM("a", "1")));
    const struct plan *plan = make(&t, 1);
    cr_assert_eq(plan->counts[STEP_HOLD], 1);
    cr_expect_eq(plan->targets[0].desired.steps[0].gate, GATE_PROTECTED);
    cr_expect_eq(plan->risks, risk_bit(RISK_PROTECTED));
    cr_expect_eq(plan_verdict(plan), PLAN_HELD);

    struct plan_request_target many =
        target("t", DOCUMENTS(CM("a", "1"), CM("b", "1"), CM("c", "1")), DOCUMENTS(CM("a", "1")));
    plan = make(&many, 1);
    cr_expect_eq(plan->counts[STEP_HOLD], 2);
    cr_expect_eq(plan->risks, risk_bit(RISK_MASS_DELETE));

    struct plan_request_target all = target("t", DOCUMENTS(CM("a", "1")), NULL);
    plan = make(&all, 1);
    cr_expect_eq(plan->targets[0].desired.steps[0].gate, GATE_EMPTY);
}

#define MACHINE(flavor)                                                                            \
    "{'apiVersion':'cluster.k8s.io/v1alpha1','kind':'Machine','metadata':{'name':'m','namespace':" \
    "'n'},'spec':{'providerSpec':{'value':{'flavor':'" flavor "'}}}}"
#define CLUSTER(release)                                                                           \
    "{'apiVersion':'cluster.k8s.io/v1alpha1','kind':'Cluster','metadata':{'name':'c','namespace':" \
    "'n'},'spec':{'providerSpec':{'value':{'release':'" release "'}}}}"
#define CREDENTIAL(password)                                                                       \
    "{'apiVersion':'kaas.mirantis.com/v1alpha1','kind':'OpenStackCredential','metadata':{'name':"  \
    "'x','namespace':'n'},'spec':{'auth':{'password':{'value':'" password "'}}}}"

static const struct level *mcc(void)
{
    struct level_source source;
    struct error err = ERROR_INIT;
    struct findings findings;
    const struct level *level = NULL;
    findings_init(&findings, arena);
    cr_assert(level_find(STR("mcc-2.23"), NULL, arena, &source, &err), "%s", err.text);
    cr_assert(level_read(&source, limits_default(), arena, &findings, &level));
    return level;
}

static const struct plan *make_with_level(const struct plan_request_target *t)
{
    const struct plan_request request = {.has_base = true,
                                         .targets = t,
                                         .target_count = 1,
                                         .prune = {.enabled = true, .max_count = 10},
                                         .level = mcc(),
                                         .limits = limits_default()};
    return plan_make(&request, arena);
}

Test(plan, sees_what_a_platform_calls_a_risk)
{
    struct plan_request_target t = target("t", DOCUMENTS(MACHINE("small"), CLUSTER("1")),
                                          DOCUMENTS(MACHINE("large"), CLUSTER("2")));
    const struct plan *plan = make_with_level(&t);
    cr_expect_eq(plan->risks,
                 risk_bit(RISK_IMMUTABLE) | risk_bit(RISK_REPLACED) | risk_bit(RISK_UPGRADED));
}

Test(plan, holds_what_a_platform_lets_go_with_a_tombstone_only)
{
    struct plan_request_target t =
        target("t", DOCUMENTS(MACHINE("small"), CM("a", "1")), DOCUMENTS(CM("a", "1")));
    const struct plan *plan = make_with_level(&t);
    cr_assert_eq(plan->counts[STEP_HOLD], 1);
    cr_expect_eq(plan->targets[0].desired.steps[0].gate, GATE_PROTECTED);
}

Test(plan, lets_go_what_a_tombstone_names_and_says_so)
{
#define NAMESPACE "{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'n'}}"
#define TOMBSTONE(name)                                                                            \
    "{'apiVersion':'syncd.dev/v1alpha1','kind':'Tombstone','metadata':{'name':'t'},'spec':"        \
    "{'objects':[{'apiVersion':'v1','kind':'Namespace','name':'" name "'}]}}"
    struct plan_request_target t =
        target("t", DOCUMENTS(NAMESPACE, CM("a", "1")), DOCUMENTS(TOMBSTONE("n"), CM("a", "1")));
    const struct plan *plan = make(&t, 1);
    cr_assert_eq(plan->counts[STEP_DELETE], 1);
    cr_expect((plan->risks & risk_bit(RISK_TOMBSTONE)) != 0);
    struct plan_request_target other =
        target("t", DOCUMENTS(NAMESPACE, CM("a", "1")), DOCUMENTS(TOMBSTONE("m"), CM("a", "1")));
    cr_expect_eq(make(&other, 1)->counts[STEP_HOLD], 1);
    cr_expect(!plan_digest_equal(&plan->digest, &make(&other, 1)->digest));
}

Test(plan, never_shows_what_a_platform_calls_a_secret)
{
    struct plan_request_target t =
        target("t", DOCUMENTS(CREDENTIAL("hunter2")), DOCUMENTS(CREDENTIAL("hunter3")));
    const struct plan *plan = make_with_level(&t);
    cr_assert_eq(plan->group_count, 1);
    cr_expect(str_equal(value_str(plan->groups[0].changes[0].before), STR("(secret before)")));
    str text = json_text(plan->groups[0].example.after, JSON_COMPACT, arena);
    cr_expect(str_find(text, STR("hunter")) == SIZE_MAX, "%.*s", STR_ARG(text));
}

Test(plan, sees_fields_that_kubernetes_does_not_let_change)
{
    struct plan_request_target t =
        target("t",
               DOCUMENTS("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d'},"
                         "'spec':{'selector':{'matchLabels':{'a':'1'}}}}"),
               DOCUMENTS("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d'},"
                         "'spec':{'selector':{'matchLabels':{'a':'2'}}}}"));
    cr_expect_eq(make(&t, 1)->risks, risk_bit(RISK_IMMUTABLE));
}

Test(plan, refuses_as_a_whole_when_one_target_cannot_be_rendered)
{
    const struct finding finding = {.severity = SEVERITY_ERROR, .rule = "E_YAML"};
    struct plan_request_target targets[] = {
        target("a", DOCUMENTS(CM("x", "1")), DOCUMENTS(CM("x", "2"))),
        target("b", DOCUMENTS(CM("x", "1")), NULL),
    };
    targets[1].head = (struct plan_side){.refused = true, .findings = &finding, .finding_count = 1};
    const struct plan *plan = make(targets, 2);
    cr_expect_eq(plan_verdict(plan), PLAN_REFUSED);
    cr_expect(!(plan->whole));
    cr_expect_eq(plan->errors, 1);
    cr_expect_eq(plan->counts[STEP_CHANGE], 1, "the others are planned all the same");
    cr_expect_eq(plan->counts[STEP_DELETE] + plan->counts[STEP_HOLD], 0,
                 "what cannot be rendered deletes nothing");
}

Test(plan, compares_with_a_cluster)
{
    const struct live_object objects[] = {
        {.id = {.name = STR("new")}, .live = value_absent(), .predicted = doc("{'a':1}")},
        {.id = {.name = STR("same")},
         .live = doc("{'metadata':{'resourceVersion':'1'},'a':1}"),
         .predicted = doc("{'metadata':{'resourceVersion':'1'},'a':1}")},
        {.id = {.name = STR("other")}, .live = doc("{'a':1}"), .predicted = doc("{'a':2}")},
        {.id = {.name = STR("gone")}, .live = doc("{'a':1}"), .predicted = value_absent()},
        {.id = {.name = STR("held")},
         .live = doc("{'a':1}"),
         .predicted = doc("{'a':2}"),
         .hold = HOLD_CONFLICT,
         .problem = STR("conflict")},
    };
    const struct plan_cluster cluster = {objects, ARRAY_LEN(objects)};
    struct plan_request_target t = {
        .name = STR("t"), .live_state = LIVE_EVALUATED, .cluster = &cluster};
    const struct plan_request request = {
        .targets = &t, .target_count = 1, .limits = limits_default()};
    const struct plan *plan = plan_make(&request, arena);
    for (size_t i = 0; i < STEP_ACTIONS; i++)
        cr_expect_eq(plan->live_counts[i], 1, "%s", step_action_name((enum step_action)i));
    cr_expect_eq(plan_verdict(plan), PLAN_HELD);
    t.live_state = LIVE_UNREACHABLE;
    cr_expect_eq(plan_verdict(plan_make(&request, arena)), PLAN_UNKNOWN);
}
