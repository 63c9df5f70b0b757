#include "syncd/plan/gate.h"

#include "syncd/object/options.h"

/* At most max_count, or at most max_percent of the inventory, whichever is more. */
static bool too_many(const struct gate_case *facts)
{
    if (facts->approved || facts->deletions <= facts->max_count)
        return false;
    return facts->deletions * 100 > facts->total * facts->max_percent;
}

/* Whatever the purpose: the newest word of Git, on the right cluster, on an object that is ours. */
static enum gate_reason decide_identity(const struct gate_case *facts)
{
    if (!facts->render_whole)
        return GATE_RENDER;
    if (!facts->newest)
        return GATE_SUPERSEDED;
    if (!facts->right_cluster)
        return GATE_CLUSTER;
    if (!facts->in_inventory)
        return GATE_INVENTORY;
    if (!facts->owned)
        return GATE_OWNER;
    if (!facts->uid_known)
        return GATE_UID;
    return GATE_OPEN;
}

static enum gate_reason decide_prune(const struct gate_case *facts)
{
    if (!facts->prune_enabled)
        return GATE_DISABLED;
    if (!facts->not_empty)
        return GATE_EMPTY;
    if (!facts->all_applied)
        return GATE_NOT_APPLIED;
    if (!facts->lists_complete)
        return GATE_LISTS;
    if (!facts->cluster_whole)
        return GATE_OTHERS;
    return GATE_OPEN;
}

enum gate_reason gate_decide(const struct gate_case *facts)
{
    enum gate_reason reason = decide_identity(facts);
    if (reason == GATE_OPEN && facts->purpose == GATE_PRUNE)
        reason = decide_prune(facts);
    if (reason != GATE_OPEN)
        return reason;
    if (facts->purpose != GATE_PRUNE && !facts->asked_for)
        return GATE_NOT_ASKED;
    if (facts->kind_protected && !facts->tombstoned)
        return GATE_PROTECTED;
    if (facts->kept)
        return GATE_KEPT;
    if (facts->purpose == GATE_PRUNE && too_many(facts))
        return GATE_TOO_MANY;
    return GATE_OPEN;
}

static const struct {
    const char *name, *text;
} reasons[] = {
    [GATE_OPEN] = {"OPEN", "may be deleted"},
    [GATE_DISABLED] = {"DISABLED", "pruning is off (spec.prune.enabled)"},
    [GATE_RENDER] = {"RENDER", "the commit could not be rendered in full"},
    [GATE_SUPERSEDED] = {"SUPERSEDED", "a newer commit was accepted"},
    [GATE_EMPTY] = {"EMPTY", "the commit leaves the target without any object"},
    [GATE_NOT_APPLIED] = {"NOT_APPLIED", "not every object of the commit was applied"},
    [GATE_LISTS] = {"LISTS", "the cluster's objects are not fully known"},
    [GATE_CLUSTER] = {"CLUSTER", "the cluster is not the one recorded for the target"},
    [GATE_OTHERS] = {"OTHERS", "another target may be the same cluster, and what it holds is not "
                               "known yet"},
    [GATE_INVENTORY] = {"INVENTORY", "syncd did not create it"},
    [GATE_OWNER] = {"OWNER", "it does not carry syncd's owner label any more"},
    [GATE_UID] = {"UID", "it is another object of the same name (its uid differs)"},
    [GATE_PROTECTED] = {"PROTECTED", "its kind is protected: deleting it would take more along (a "
                                     "Tombstone in Git allows it)"},
    [GATE_KEPT] = {"KEPT", "an annotation asks to keep it"},
    [GATE_TOO_MANY] = {"TOO_MANY", "too many deletions in one commit (spec.prune.maxCount and "
                                   "maxPercent)"},
    [GATE_NOT_ASKED] = {"NOT_ASKED", "nothing in Git allows it to be deleted and made anew"},
};

const char *gate_reason_name(enum gate_reason reason)
{
    return reasons[reason].name;
}

const char *gate_reason_text(enum gate_reason reason)
{
    return reasons[reason].text;
}

bool gate_protects(const struct gvk *gvk)
{
    static const struct {
        str group, kind;
    } protected[] = {
        {STR_INIT(""), STR_INIT("Namespace")},
        {STR_INIT(""), STR_INIT("PersistentVolume")},
        {STR_INIT(""), STR_INIT("PersistentVolumeClaim")},
        {STR_INIT("apiextensions.k8s.io"), STR_INIT("CustomResourceDefinition")},
    };
    for (size_t i = 0; i < ARRAY_LEN(protected); i++) {
        if (str_equal(gvk->group, protected[i].group) && str_equal(gvk->kind, protected[i].kind))
            return true;
    }
    return false;
}

bool gate_keeps(value document)
{
    return (object_options(document) & (OPTION_KEEP | OPTION_LEAVE)) != 0;
}
