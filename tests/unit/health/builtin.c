/* The rules that come with the program. */
#include "syncd/health/health.h"
#include "syncd/value/yaml.h"

#include <criterion/criterion.h>

static enum health_state judge(const char *text, bool has_status, str *ret_rule)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    static const struct yaml_options options = {.dialect = YAML_KUBERNETES};
    struct health_rules *rules = health_rules_new(limits_default(), arena);
    struct error err = ERROR_INIT;
    value document;
    cr_assert(health_rules_add_builtin(rules, &err), "%s:%u: %s", err.file, err.line, err.text);
    cr_assert(yaml_read(str_z(text), &options, limits_default(), arena, &document, &err), "%s: %s",
              text, err.text);
    const struct health_evidence seen = {
        .object = document, .facts = value_absent(), .has_status = has_status};
    struct health_verdict verdict = health_judge(rules, &seen, arena);
    *ret_rule = verdict.rule;
    return verdict.state;
}

Test(health_builtin, says_what_each_kind_says)
{
    static const struct {
        const char *object;
        enum health_state want;
    } cases[] = {
        {"{apiVersion: apps/v1, kind: Deployment, metadata: {generation: 2}, spec: {replicas: 1}, "
         "status: {observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1}}",
         HEALTH_PROGRESSING},
        {"{apiVersion: apps/v1, kind: Deployment, metadata: {generation: 2}, spec: {replicas: 1}, "
         "status: {observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 1}}",
         HEALTH_READY},
        {"{apiVersion: apps/v1, kind: Deployment, metadata: {generation: 2}, spec: {}}",
         HEALTH_PROGRESSING},
        {"{apiVersion: apps/v1, kind: Deployment, metadata: {generation: 1}, spec: {replicas: 0}, "
         "status: {observedGeneration: 1}}",
         HEALTH_READY},
        {"{apiVersion: batch/v1, kind: Job, status: {active: 1}}", HEALTH_PROGRESSING},
        {"{apiVersion: batch/v1, kind: Job}", HEALTH_PROGRESSING},
        {"{apiVersion: batch/v1, kind: Job, status: {conditions: [{type: Complete, status: "
         "'True'}]}}",
         HEALTH_READY},
        {"{apiVersion: batch/v1, kind: Job, status: {conditions: [{type: Failed, status: "
         "'True'}]}}",
         HEALTH_FAILED},
        {"{apiVersion: v1, kind: Pod, status: {phase: Running, containerStatuses: [{name: c, "
         "state: {waiting: {reason: CrashLoopBackOff}}}]}}",
         HEALTH_FAILED},
        {"{apiVersion: v1, kind: Pod, status: {phase: Succeeded}}", HEALTH_READY},
        {"{apiVersion: v1, kind: PersistentVolumeClaim, status: {phase: Pending}}",
         HEALTH_PROGRESSING},
        {"{apiVersion: v1, kind: PersistentVolumeClaim, status: {phase: Bound}}", HEALTH_READY},
        {"{apiVersion: v1, kind: Service, spec: {}}", HEALTH_READY},
        {"{apiVersion: v1, kind: Service, spec: {type: LoadBalancer}}", HEALTH_PROGRESSING},
        {"{apiVersion: v1, kind: ConfigMap}", HEALTH_READY},
        {"{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, status: "
         "{conditions: [{type: Established, status: 'True'}]}}",
         HEALTH_READY},
        {"{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition}",
         HEALTH_PROGRESSING},
        {"{apiVersion: x.io/v1, kind: X, status: {conditions: [{type: Ready, status: 'True'}]}}",
         HEALTH_READY},
        {"{apiVersion: x.io/v1, kind: X, status: {conditions: [{type: Ready, status: 'True'}, "
         "{type: Stalled, status: 'True'}]}}",
         HEALTH_FAILED},
        {"{apiVersion: x.io/v1, kind: X, metadata: {generation: 2}, status: {observedGeneration: "
         "1, conditions: [{type: Ready, status: 'True'}]}}",
         HEALTH_PROGRESSING},
        {"{apiVersion: x.io/v1, kind: X, metadata: {deletionTimestamp: x}}", HEALTH_TERMINATING},
        {"{apiVersion: x.io/v1, kind: X, status: {something: 1}}", HEALTH_NO_RULE},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        str rule;
        enum health_state state = judge(cases[i].object, true, &rule);
        cr_assert_eq(state, cases[i].want, "%s is %s", cases[i].object, health_state_name(state));
    }
}

/* 100 Clusters whose controllers have written nothing are not done. */
Test(health_builtin, no_status_is_progress_where_the_kind_has_one)
{
    str rule;
    cr_assert_eq(judge("{apiVersion: x.io/v1, kind: X}", true, &rule), HEALTH_PROGRESSING);
    cr_assert_eq(judge("{apiVersion: x.io/v1, kind: X}", false, &rule), HEALTH_NO_RULE);
}
