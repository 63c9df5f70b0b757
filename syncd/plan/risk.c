#include "syncd/plan/risk.h"

static const struct {
    const char *name, *text;
} words[RISK_COUNT] = {
    [RISK_TOMBSTONE] = {"tombstone", "an object is marked for deletion"},
    [RISK_PROTECTED] = {"protected", "deleting it would take more along"},
    [RISK_MASS_DELETE] = {"mass-delete", "more deletions on one target than the budget allows"},
    [RISK_IMMUTABLE] = {"immutable", "the API server does not let this field change"},
    [RISK_REPLACED] = {"replaced", "machines are replaced"},
    [RISK_UPGRADED] = {"upgraded", "a cluster is upgraded"},
    [RISK_APPROVAL] = {"approval", "a field changes that somebody has to approve"},
    [RISK_DEFINITION] = {"definition", "the definition of a kind changes"},
    [RISK_HOLE] = {"undetermined", "a value is only known in the cluster"},
};

const char *risk_name(enum risk risk)
{
    return words[risk].name;
}

const char *risk_text(enum risk risk)
{
    return words[risk].text;
}

/* What kube-apiserver refuses to change in its own kinds. */
static const struct risk_rule builtin[] = {
    {"", "PersistentVolumeClaim", ".spec.accessModes", RISK_ON_CHANGE, RISK_IMMUTABLE},
    {"", "PersistentVolumeClaim", ".spec.selector", RISK_ON_CHANGE, RISK_IMMUTABLE},
    {"", "PersistentVolumeClaim", ".spec.storageClassName", RISK_ON_CHANGE, RISK_IMMUTABLE},
    {"", "PersistentVolumeClaim", ".spec.volumeMode", RISK_ON_CHANGE, RISK_IMMUTABLE},
    {"", "PersistentVolumeClaim", ".spec.volumeName", RISK_ON_CHANGE, RISK_IMMUTABLE},
    {"", "Secret", ".type", RISK_ON_CHANGE, RISK_IMMUTABLE},
    {"apiextensions.k8s.io", "CustomResourceDefinition", "", RISK_ON_CHANGE | RISK_ON_DELETE,
     RISK_DEFINITION},
    {"apiextensions.k8s.io", "CustomResourceDefinition", ".spec.scope", RISK_ON_CHANGE,
     RISK_IMMUTABLE},
    {"apps", "DaemonSet", ".spec.selector", RISK_ON_CHANGE, RISK_IMMUTABLE},
    {"apps", "Deployment", ".spec.selector", RISK_ON_CHANGE, RISK_IMMUTABLE},
    {"apps", "ReplicaSet", ".spec.selector", RISK_ON_CHANGE, RISK_IMMUTABLE},
    {"apps", "StatefulSet", ".spec.podManagementPolicy", RISK_ON_CHANGE, RISK_IMMUTABLE},
    {"apps", "StatefulSet", ".spec.selector", RISK_ON_CHANGE, RISK_IMMUTABLE},
    {"apps", "StatefulSet", ".spec.serviceName", RISK_ON_CHANGE, RISK_IMMUTABLE},
    {"apps", "StatefulSet", ".spec.volumeClaimTemplates", RISK_ON_CHANGE, RISK_IMMUTABLE},
    {"batch", "Job", ".spec.completionMode", RISK_ON_CHANGE, RISK_IMMUTABLE},
    {"batch", "Job", ".spec.selector", RISK_ON_CHANGE, RISK_IMMUTABLE},
    {"batch", "Job", ".spec.template", RISK_ON_CHANGE, RISK_IMMUTABLE},
    {"networking.k8s.io", "IngressClass", ".spec.controller", RISK_ON_CHANGE, RISK_IMMUTABLE},
    {"rbac.authorization.k8s.io", "ClusterRoleBinding", ".roleRef", RISK_ON_CHANGE, RISK_IMMUTABLE},
    {"rbac.authorization.k8s.io", "RoleBinding", ".roleRef", RISK_ON_CHANGE, RISK_IMMUTABLE},
    {"scheduling.k8s.io", "PriorityClass", ".value", RISK_ON_CHANGE, RISK_IMMUTABLE},
    {"storage.k8s.io", "StorageClass", ".parameters", RISK_ON_CHANGE, RISK_IMMUTABLE},
    {"storage.k8s.io", "StorageClass", ".provisioner", RISK_ON_CHANGE, RISK_IMMUTABLE},
    {"storage.k8s.io", "StorageClass", ".reclaimPolicy", RISK_ON_CHANGE, RISK_IMMUTABLE},
    {"storage.k8s.io", "StorageClass", ".volumeBindingMode", RISK_ON_CHANGE, RISK_IMMUTABLE},
    {"*", "Tombstone", "", RISK_ON_CREATE | RISK_ON_CHANGE, RISK_TOMBSTONE},
};

struct risk_rules risk_rules_builtin(void)
{
    return (struct risk_rules){builtin, ARRAY_LEN(builtin)};
}

/* True for the field itself and everything below it. */
static bool is_below(str path, str above)
{
    if (!str_starts(path, above))
        return false;
    return path.len == above.len || path.ptr[above.len] == '.' || path.ptr[above.len] == '[';
}

static bool touches(const struct risk_rule *rule, const struct changes *changes)
{
    str path = str_z(rule->path);
    if (path.len == 0)
        return true;
    VEC_FOR (const struct change, change, &changes->list) {
        if (is_below(change->path, path) || is_below(path, change->path))
            return true;
    }
    return false;
}

static bool matches(const char *wanted, str word)
{
    return strcmp(wanted, "*") == 0 || str_equal(str_z(wanted), word);
}

static bool applies(const struct risk_rule *rule, const struct gvk *gvk, unsigned on,
                    const struct changes *changes)
{
    return matches(rule->kind, gvk->kind) && matches(rule->group, gvk->group) &&
           (rule->on & on) != 0 && touches(rule, changes);
}

unsigned risks_find(const struct risk_rules *rules, const struct gvk *gvk, unsigned on,
                    const struct changes *changes)
{
    unsigned found = 0;
    for (size_t i = 0; i < rules->count; i++) {
        if (applies(&rules->items[i], gvk, on, changes))
            found |= risk_bit(rules->items[i].risk);
    }
    return found;
}

/* --- the level --- */

static bool differs(const struct level_path *path, value before, value after, struct arena *scratch)
{
    struct level_matches left = {0}, right = {0};
    level_path_find(path, before, scratch, &left);
    level_path_find(path, after, scratch, &right);
    if (left.items.len == 0 || left.items.len != right.items.len)
        return left.items.len != 0; /* what was not set may be */
    for (size_t i = 0; i < left.items.len; i++) {
        if (!value_equal(left.items.items[i].val, right.items.items[i].val))
            return true;
    }
    return false;
}

static unsigned risks_of_fields(const struct level *level, const struct level_kind *kind,
                                value before, value after, struct arena *scratch)
{
    unsigned risks = 0;
    VEC_FOR (const struct level_field, field, &level->fields) {
        if ((field->use != LEVEL_IMMUTABLE && field->use != LEVEL_APPROVE) ||
            (field->kind != NULL && field->kind != kind) ||
            !level_condition_holds(&field->when, after) ||
            !differs(field->path, before, after, scratch))
            continue;
        risks |= risk_bit(field->use == LEVEL_APPROVE ? RISK_APPROVAL : RISK_IMMUTABLE);
        if (field->use == LEVEL_IMMUTABLE && kind == level->layout.machine)
            risks |= risk_bit(RISK_REPLACED);
    }
    return risks;
}

bool risk_needs_tombstone(const struct level *level, const struct gvk *gvk, value document)
{
    str why;
    const struct level_kind *kind =
        level != NULL ? level_find_kind(level, gvk->group, gvk->kind) : NULL;
    return kind != NULL && level_prune_class(level, kind, document, &why) != LEVEL_PRUNE_NORMAL;
}

unsigned risks_of_level(const struct level *level, const struct gvk *gvk, value before, value after)
{
    const struct level_kind *kind =
        level != NULL ? level_find_kind(level, gvk->group, gvk->kind) : NULL;
    if (kind == NULL || !value_present(before))
        return 0;
    if (!value_present(after))
        return risk_needs_tombstone(level, gvk, before) ? risk_bit(RISK_PROTECTED) : 0;
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    unsigned risks = risks_of_fields(level, kind, before, after, scratch);
    if (kind == level->releases.cluster && level->releases.wanted != NULL &&
        differs(level->releases.wanted, before, after, scratch))
        risks |= risk_bit(RISK_UPGRADED);
    return risks;
}
