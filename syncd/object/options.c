#include "syncd/object/options.h"

#define ARGO_OPTIONS "argocd.argoproj.io/sync-options"
#define FLUX         "kustomize.toolkit.fluxcd.io/"

static const struct option_row rows[] = {
    {"syncd.dev/prune", "keep", OPTION_KEEP, false, "never deleted"},
    {"syncd.dev/recreate", "allowed", OPTION_RECREATE, false,
     "deleted and made anew where a field cannot be changed"},
    {"syncd.dev/conflicts", "take", OPTION_FORCE, false, "fields that others own are taken over"},
    {"syncd.dev/apply", "create-only", OPTION_CREATE_ONLY, false,
     "made when missing, never changed"},
    {"syncd.dev/apply", "never", OPTION_LEAVE, false, "left alone: neither applied nor deleted"},
    {ARGO_OPTIONS, "Prune=false", OPTION_KEEP, true, "never deleted"},
    {ARGO_OPTIONS, "Prune=confirm", OPTION_KEEP, true, "not deleted until the option is gone"},
    {ARGO_OPTIONS, "Delete=false", OPTION_KEEP, true, "never deleted"},
    {ARGO_OPTIONS, "Delete=confirm", OPTION_KEEP, true, "not deleted until the option is gone"},
    {ARGO_OPTIONS, "Replace=true", OPTION_RECREATE, true,
     "deleted and made anew where a field cannot be changed; other changes are applied"},
    {ARGO_OPTIONS, "Force=true", OPTION_RECREATE, true,
     "deleted and made anew where a field cannot be changed"},
    {ARGO_OPTIONS, "PruneLast=true", OPTION_PRUNE_LAST, true, "deleted after everything else"},
    {ARGO_OPTIONS, "PrunePropagationPolicy=foreground", OPTION_FOREGROUND, true,
     "deleted with the foreground policy"},
    {ARGO_OPTIONS, "PrunePropagationPolicy=orphan", OPTION_ORPHAN, true,
     "deleted without what it owns"},
    {ARGO_OPTIONS, "PrunePropagationPolicy=background", 0, true, "is how syncd deletes"},
    {ARGO_OPTIONS, "ServerSideApply=true", 0, true, "is how syncd applies"},
    {ARGO_OPTIONS, "ClientSideApplyMigration=true", 0, true,
     "not done by itself: `syncd.dev/conflicts: take` takes over fields of earlier tools"},
    {ARGO_OPTIONS, "SkipDryRunOnMissingResource=true", 0, true,
     "a kind that is not there yet holds nothing else back"},
    {ARGO_OPTIONS, "ApplyOutOfSyncOnly=true", 0, true, "only what differs is applied"},
    {ARGO_OPTIONS, "RespectIgnoreDifferences=true", 0, true,
     "fields that Git does not state are never touched"},
    {"argocd.argoproj.io/compare-options", "IgnoreExtraneous", 0, true,
     "what Git does not know is not counted as drift"},
    {"argocd.argoproj.io/compare-options", "ServerSideDiff=true", 0, true,
     "drift is found from what the server owns up to"},
    {"argocd.argoproj.io/skip-reconcile", "true", OPTION_LEAVE, false,
     "left alone: neither applied nor deleted"},
    {FLUX "prune", "disabled", OPTION_KEEP, false, "never deleted"},
    {FLUX "reconcile", "disabled", OPTION_LEAVE, false, "left alone: neither applied nor deleted"},
    {FLUX "force", "enabled", OPTION_RECREATE, false,
     "deleted and made anew where a field cannot be changed"},
    {FLUX "ssa", "Override", OPTION_FORCE, false, "fields that others own are taken over"},
    {FLUX "ssa", "Merge", 0, false, "fields of others stay theirs: is how syncd applies"},
    {FLUX "ssa", "IfNotPresent", OPTION_CREATE_ONLY, false, "made when missing, never changed"},
    {FLUX "ssa", "Ignore", OPTION_LEAVE, false, "left alone: neither applied nor deleted"},
    {"helm.sh/resource-policy", "keep", OPTION_KEEP, false, "never deleted"},
    {"client.lifecycle.config.k8s.io/deletion", "detach", OPTION_KEEP, false, "never deleted"},
    {"client.lifecycle.config.k8s.io/mutation", "ignore", OPTION_CREATE_ONLY, false,
     "made when missing, never changed"},
    {"cli-utils.sigs.k8s.io/on-remove", "keep", OPTION_KEEP, false, "never deleted"},
    {"config.kubernetes.io/local-config", "true", OPTION_LOCAL, false, "never sent to a cluster"},
    {"configmanagement.gke.io/managed", "disabled", OPTION_LEAVE, false,
     "left alone: neither applied nor deleted"},
    {"kapp.k14s.io/delete-strategy", "orphan", OPTION_KEEP, false, "never deleted"},
    {"kluctl.io/skip-delete", "true", OPTION_KEEP, false, "never deleted"},
    {"kluctl.io/force-apply", "true", OPTION_FORCE, false, "fields that others own are taken over"},
};

const struct option_row *object_option_row(size_t index)
{
    return index < ARRAY_LEN(rows) ? &rows[index] : NULL;
}

/* True when one word of a comma list is `word`. */
static bool list_has(str list, str word)
{
    str item;
    while (str_cut(&list, ',', &item)) {
        if (str_equal(str_trim(item), word))
            return true;
    }
    return false;
}

unsigned object_options(value document)
{
    value annotations = object_annotations(document);
    unsigned options = 0;
    if (value_len(annotations) == 0)
        return 0;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        str text = value_str(value_get(annotations, str_z(rows[i].key)));
        str word = str_z(rows[i].word);
        if (text.len != 0 && (rows[i].list ? list_has(text, word) : str_equal(text, word)))
            options |= rows[i].options;
    }
    return options;
}

void object_options_document(struct buf *buf)
{
    buf_add(buf,
            STR("# Annotations that syncd honours\n\n"
                "On an object in Git; those about deletion count on the live object, too. Made "
                "from the table in\n`syncd/object/options.c`. Order of application and hooks: "
                "`syncd/docs/order.md`.\n\n"
                "| annotation | value | what it does |\n| --- | --- | --- |\n"));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        buf_printf(buf, "| `%s` | %s`%s` | %s |\n", rows[i].key, rows[i].list ? "list with " : "",
                   rows[i].word, rows[i].text);
}

bool object_dependency(str *text, struct arena *arena, str *ret_key, str *ret_reference)
{
    str reference, parts[6], rest;
    size_t count = 0;
    if (!str_cut(text, ',', &reference))
        reference = (str){0};
    reference = str_trim(reference);
    *ret_reference = rest = reference;
    while (count < ARRAY_LEN(parts) && rest.len != 0) {
        size_t slash = str_index(rest, '/');
        parts[count++] = slash == SIZE_MAX ? rest : str_slice(rest, 0, slash);
        rest = slash == SIZE_MAX ? (str){0} : str_skip(rest, slash + 1);
    }
    bool namespaced = count == 5 && str_equal(parts[1], STR("namespaces"));
    if (!namespaced && count != 3)
        return false;
    const struct object_id id = {.gvk = {parts[0], STR("v1"), parts[count - 2]},
                                 .namespace = namespaced ? parts[2] : (str){0},
                                 .name = parts[count - 1]};
    *ret_key = object_id_key(&id, arena);
    return id.gvk.kind.len != 0 && id.name.len != 0;
}
