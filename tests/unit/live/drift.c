/* Findings, against what an API server makes of the same writes (diff/merge). */
#include "diff/merge.h"
#include "syncd/base/clock.h"
#include "syncd/live/policy.h"
#include "syncd/value/json.h"
#include "syncd/value/pointer.h"

#include <criterion/criterion.h>

static struct arena *arena, *scratch;
static const struct schema_type *type;
static value stated, live;
static int64_t now_s;

#define SCHEMA                                                                                     \
    "{'type':'object','properties':{'spec':{'type':'object','properties':{"                        \
    "'size':{'type':'integer'},'flavor':{'type':'string'},'cpu':{'x-kubernetes-int-or-string':"    \
    "true},'mode':{'type':'string','default':'auto'},"                                             \
    "'tags':{'type':'array','x-kubernetes-list-type':'set','items':{'type':'string'}},"            \
    "'args':{'type':'array','items':{'type':'string'}},"                                           \
    "'ports':{'type':'array','x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':"         \
    "['port','protocol'],'items':{'type':'object','required':['port'],'properties':{"              \
    "'port':{'type':'integer'},'protocol':{'type':'string','default':'TCP'},"                      \
    "'name':{'type':'string'}}}},"                                                                 \
    "'where':{'type':'object','x-kubernetes-map-type':'atomic','additionalProperties':{"           \
    "'type':'string'}}}},'status':{'type':'object','x-kubernetes-preserve-unknown-fields':true}}}"

#define GIT                                                                                        \
    "{'apiVersion':'a.b/v1','kind':'Thing','metadata':{'name':'t','namespace':'n','labels':"       \
    "{'own':'me'}},'spec':{'size':3,'flavor':'big','tags':['a','b'],'args':['x','y'],"             \
    "'ports':[{'port':80,'name':'web'},{'port':53,'protocol':'UDP'}],'where':{'zone':'1'}}}"

static value doc(const char *text)
{
    str copy = arena_str(arena, str_z(text));
    char *bytes = arena_alloc_bytes(arena, copy.len);
    for (size_t i = 0; i < copy.len; i++)
        bytes[i] = copy.ptr[i] == '\'' ? '"' : copy.ptr[i];
    value v = value_absent();
    struct error err = ERROR_INIT;
    cr_assert(json_read(str_from(bytes, copy.len), limits_default(), arena, &v, &err), "%s",
              err.text);
    return v;
}

static struct merge_request request_of(const char *manager, bool force)
{
    return (struct merge_request){.type = type,
                                  .api_version = STR("a.b/v1"),
                                  .manager = str_z(manager),
                                  .now_ns = ++now_s * NS_PER_S,
                                  .force = force,
                                  .reset = merge_reset(MERGE_MAIN_WITH_STATUS)};
}

static void apply(const char *manager, value applied)
{
    struct merge_request request = request_of(manager, true);
    struct merge_result result;
    struct error err = ERROR_INIT;
    cr_assert(merge_apply(&request, live, applied, arena, scratch, &result, &err), "%s", err.text);
    live = result.object;
}

static void update(const char *manager, value object)
{
    struct merge_request request = request_of(manager, false);
    struct merge_result result;
    merge_update(&request, live, object, arena, scratch, &result);
    live = result.object;
}

/* Somebody's merge patch. */
static void patch(const char *manager, const char *merge_patch)
{
    update(manager, schema_default(type, merge_patch_apply(live, doc(merge_patch), arena), arena));
}

static int64_t acked_s;

static void set_up(void)
{
    struct error err = ERROR_INIT;
    arena = arena_create(ARENA_NO_BUDGET);
    scratch = arena_create(ARENA_NO_BUDGET);
    now_s = 1700000000;
    cr_assert(schema_from_structural(doc(SCHEMA), limits_default(), arena, &type, &err), "%s",
              err.text);
    live = value_absent();
    stated = doc(GIT);
    apply("syncd", stated);
    acked_s = now_s;
}

static void tear_down(void)
{
    arena_destroy(arena);
    arena_destroy(scratch);
}

TestSuite(drift, .init = set_up, .fini = tear_down);

static struct drifts find(void)
{
    struct drifts drifts = {0};
    const struct drift_case question = {
        .stated = stated, .live = live, .acked_time_ns = acked_s * NS_PER_S};
    drift_find(&question, arena, &drifts);
    return drifts;
}

/* Lines "class path manager", in order. */
static void expect(const char *want)
{
    struct drifts drifts = find();
    AUTO_BUF struct buf text = BUF_INIT(65536);
    for (size_t i = 0; i < drifts.list.len; i++) {
        const struct drift *drift = &drifts.list.items[i];
        buf_printf(&text, "%s %.*s %.*s\n", drift_class_name(drift->class), STR_ARG(drift->path),
                   STR_ARG(drift->manager));
    }
    cr_expect(str_equal(buf_str(&text), str_z(want)), "got\n%.*swant\n%s", STR_ARG(buf_str(&text)),
              want);
}

Test(drift, is_none_in_what_the_server_answers)
{
    expect("");
}

Test(drift, is_none_where_others_write_fields_of_their_own)
{
    patch("hpa", "{'metadata':{'annotations':{'x':'y'}},'spec':{'mode':'slow','cpu':'1'},"
                 "'status':{'ready':true}}");
    expect("");
}

Test(drift, finds_every_changed_field_and_who_did_it)
{
    patch("kubectl-edit", "{'spec':{'size':4,'flavor':'small','args':['x'],'where':{'zone':'2'}}}");
    expect("changed .spec.args kubectl-edit\nchanged .spec.flavor kubectl-edit\n"
           "changed .spec.size kubectl-edit\nchanged .spec.where kubectl-edit\n");
}

Test(drift, finds_items_by_their_keys)
{
    patch("sed", "{'spec':{'tags':['b','c'],'ports':[{'port':53,'protocol':'UDP'},{'port':80,"
                 "'protocol':'TCP','name':'other'}]}}");
    expect("changed .spec.ports[port=80,protocol=\"TCP\"].name sed\n"
           "removed .spec.tags[=\"a\"] \n");
}

Test(drift, knows_a_field_that_was_taken_without_changing_it)
{
    patch("thief", "{'spec':{'size':9}}");
    patch("thief", "{'spec':{'size':3}}");
    expect("taken .spec.size thief\n");
}

Test(drift, names_nobody_for_a_removal_that_left_no_trace)
{
    patch("remover", "{'spec':{'size':null}}");
    expect("removed .spec.size \n");
}

Test(drift, finds_a_write_under_our_name)
{
    apply("syncd", doc("{'apiVersion':'a.b/v1','kind':'Thing','metadata':{'name':'t','namespace':"
                       "'n','labels':{'own':'me'}},'spec':{'size':5,'flavor':'big','mode':'x'}}"));
    expect("impostor .spec.args syncd\nimpostor .spec.ports syncd\nimpostor .spec.size syncd\n"
           "impostor .spec.tags syncd\nimpostor .spec.where syncd\nimpostor .spec.mode syncd\n");
}

Test(drift, finds_an_update_under_our_name)
{
    patch("syncd", "{'spec':{'size':6}}");
    expect("impostor .spec.size syncd\n");
}

Test(drift, finds_cleared_managed_fields)
{
    live = owners_attach(live, (struct owners){0}, arena);
    expect("cleared  \n");
    patch("kubectl-edit", "{'spec':{'size':8}}");
    expect("changed .spec.size kubectl-edit\ncleared  \n");
}

Test(drift, finds_what_is_ours_and_not_in_git)
{
    stated = merge_patch_apply(stated, doc("{'spec':{'flavor':null,'tags':['a']}}"), arena);
    expect("stale .spec.tags[=\"b\"] syncd\nstale .spec.flavor syncd\n");
}

Test(drift, finds_a_replaced_object)
{
    value replacement = doc(GIT);
    replacement = merge_patch_apply(
        replacement, doc("{'spec':{'ports':[{'port':81,'protocol':'TCP'}],'size':1}}"), arena);
    update("kubectl-replace", replacement);
    expect("removed .spec.ports[port=80] \n"
           "removed .spec.ports[port=53,protocol=\"UDP\"] \n"
           "changed .spec.size kubectl-replace\n");
}

Test(drift, is_none_in_how_the_server_spells_things)
{
    stated = merge_patch_apply(stated, doc("{'spec':{'cpu':'1000m'}}"), arena);
    apply("syncd", stated);
    acked_s = now_s;
    live =
        merge_patch_apply(live, doc("{'spec':{'cpu':1,'where':{'zone':'1','more':'2'}}}"), arena);
    struct drift_quirks quirks = drift_learn(stated, live, arena);
    cr_assert_eq(quirks.len, 1);
    struct drifts drifts = {0};
    struct drift_case question = {
        .stated = stated, .live = live, .quirks = quirks, .acked_time_ns = acked_s * NS_PER_S};
    drift_find(&question, arena, &drifts);
    cr_assert_eq(drifts.list.len, 0);
    patch("kubectl-edit", "{'spec':{'where':{'zone':'3'}}}");
    question.live = live;
    drift_find(&question, arena, &drifts);
    cr_assert_eq(drifts.list.len, 1);
    cr_assert_eq(drifts.list.items[0].class, DRIFT_CHANGED);
}

Test(drift, leaves_out_only_what_that_does_not_delete)
{
    patch("kubectl-edit", "{'spec':{'size':4,'tags':['b','c'],'where':{'zone':'2'}}}");
    struct drifts drifts = find();
    bool leave[3] = {true, true, true};
    struct drift_places places;
    cr_assert_eq(drifts.list.len, 3);
    cr_assert(drift_find_places(&drifts, leave, arena, &places));
    value rest = drift_leave_out(stated, places, arena);
    value want =
        merge_patch_apply(stated, doc("{'spec':{'size':null,'where':null,'tags':['b']}}"), arena);
    cr_assert(value_equal(rest, want));
    value before = live;
    apply("syncd", rest);
    cr_assert(value_equal(value_get(before, STR("spec")), value_get(live, STR("spec"))));
    /* What we still own would go with it. */
    tear_down();
    set_up();
    apply("syncd", merge_patch_apply(stated, doc("{'spec':{'size':7}}"), arena));
    drifts = find();
    cr_assert_eq(drifts.list.len, 1);
    cr_assert_not(drift_find_places(&drifts, leave, arena, &places));
}

/* --- policy --- */

static struct drift_rule rule(const char *path)
{
    return (struct drift_rule){.path = str_z(path)};
}

Test(policy, matches_paths)
{
    static const struct {
        const char *pattern, *path;
        bool matches;
    } rows[] = {
        {".spec.size", ".spec.size", true},
        {".spec", ".spec.size", true},
        {".spec.size", ".spec.sizes", false},
        {".spec.size", ".spec", false},
        {".spec.ports[*].name", ".spec.ports[port=80,protocol=\"TCP\"].name", true},
        {".spec.ports[port=80,protocol=\"TCP\"]", ".spec.ports[port=80,protocol=\"TCP\"].x", true},
        {".spec.ports[*]", ".spec.ports[name=\"]\"].x", true},
        {".*.size", ".spec.size", true},
        {".metadata.labels.app.io/name", ".metadata.labels.app.io/name", true},
        {"/metadata/labels/app.io~1name", ".metadata.labels.app.io/name", true},
        {"/spec/ports/*/name", ".spec.ports[port=80].name", true},
        {"/spec/ports/0/name", ".spec.ports[port=80].name", false},
        {"/spec/args/0", ".spec.args[0]", true},
        {"/spec", ".specs", false},
    };
    struct error err = ERROR_INIT;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct drift_rule row = rule(rows[i].pattern);
        cr_expect_eq(drift_path_matches(str_z(rows[i].pattern), str_z(rows[i].path)),
                     rows[i].matches, "%s %s", rows[i].pattern, rows[i].path);
        cr_expect(drift_rule_check(&row, &err), "%s", err.text);
    }
    static const char *const bad[] = {"spec", ".spec..x", ".a[", ".a."};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct drift_rule row = rule(bad[i]);
        cr_expect_not(drift_rule_check(&row, &err), "%s", bad[i]);
    }
}

Test(policy, takes_the_first_rule_that_matches)
{
    arena = arena_create(ARENA_NO_BUDGET);
    const struct drift_rule rules[] = {
        {.kind = STR("Thing.a.b"), .path = STR(".spec.size"), .action = DRIFT_IGNORE},
        {.namespace = STR("team-*"), .action = DRIFT_REPORT},
        {.manager = STR("kubectl*"), .class = STR("removed"), .action = DRIFT_REPORT},
    };
    const struct drift_policy policy = {rules, ARRAY_LEN(rules), DRIFT_HEAL};
    struct object_id id = {{STR("a.b"), STR("v1"), STR("Thing")}, STR("n"), STR("t")};
    struct drift drift = {.class = DRIFT_CHANGED, .path = STR(".spec.size")};
    cr_expect_eq(drift_decide(&policy, NULL, &id, &drift), DRIFT_IGNORE);
    drift.path = STR(".spec.flavor");
    cr_expect_eq(drift_decide(&policy, NULL, &id, &drift), DRIFT_HEAL);
    drift.class = DRIFT_REMOVED;
    drift.manager = STR("kubectl-edit");
    cr_expect_eq(drift_decide(&policy, NULL, &id, &drift), DRIFT_REPORT);
    id.namespace = STR("team-a");
    drift.manager = STR("x");
    cr_expect_eq(drift_decide(&policy, NULL, &id, &drift), DRIFT_REPORT);
    arena_destroy(arena);
}

Test(policy, honours_what_users_of_other_tools_write)
{
    static const struct {
        const char *annotations;
        const char *path;
        enum drift_class class;
        enum drift_action action;
    } rows[] = {
        {"{}", ".spec.a", DRIFT_CHANGED, DRIFT_HEAL},
        {"{'kustomize.toolkit.fluxcd.io/ssa':'IfNotPresent'}", ".a", DRIFT_CHANGED, DRIFT_IGNORE},
        {"{'kustomize.toolkit.fluxcd.io/ssa':'Merge'}", ".a", DRIFT_CHANGED, DRIFT_HEAL},
        {"{'client.lifecycle.config.k8s.io/mutation':'ignore'}", ".a", DRIFT_CHANGED, DRIFT_IGNORE},
        {"{'argocd.argoproj.io/compare-options':'ServerSideDiff=true,IgnoreExtraneous'}", "",
         DRIFT_STALE, DRIFT_IGNORE},
        {"{'argocd.argoproj.io/compare-options':'IgnoreExtraneous'}", ".a", DRIFT_CHANGED,
         DRIFT_HEAL},
        {"{'kluctl.io/ignore-diff-field-1':'spec.size'}", ".spec.size", DRIFT_CHANGED,
         DRIFT_IGNORE},
        {"{'syncd.dev/drift-report':'.spec.size, /spec/x'}", ".spec.x", DRIFT_CHANGED,
         DRIFT_REPORT},
        {"{'syncd.dev/drift':'report'}", ".spec.x", DRIFT_CHANGED, DRIFT_REPORT},
        {"{'kluctl.io/ignore-diff':'false'}", ".spec.x", DRIFT_CHANGED, DRIFT_HEAL},
    };
    arena = arena_create(ARENA_NO_BUDGET);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        str text = arena_printf(arena, "{'metadata':{'annotations':%s}}", rows[i].annotations);
        const struct drift_policy policy = {.fallback = DRIFT_HEAL};
        const struct object_id id = {{STR("a.b"), STR("v1"), STR("Thing")}, STR("n"), STR("t")};
        struct drift drift = {.class = rows[i].class, .path = str_z(rows[i].path)};
        struct drift_wishes wishes;
        drift_read_wishes(doc(text.ptr), arena, &wishes);
        cr_expect_eq(drift_decide(&policy, &wishes, &id, &drift), rows[i].action, "%s",
                     rows[i].annotations);
    }
    arena_destroy(arena);
}

Test(policy, suggests_a_rule_for_one_finding)
{
    AUTO_BUF struct buf text = BUF_INIT(4096);
    const struct object_id id = {{STR("a.b"), STR("v1"), STR("Thing")}, STR("n"), STR("t")};
    struct drift drift = {.path = STR(".spec.size"), .manager = STR("hpa")};
    drift_suggest_rule(&id, &drift, &text);
    cr_assert(str_equal(buf_str(&text),
                        STR("- action: ignore\n  kind: \"Thing.a.b\"\n  namespace: \"n\"\n  name: "
                            "\"t\"\n  path: \".spec.size\"\n  manager: \"hpa\"\n")),
              "%s", text.ptr);
}
