#include "syncd/object/options.h"

#define ARGO "argocd.argoproj.io/"
#define FLUX "kustomize.toolkit.fluxcd.io/"

static const struct option_row rows[] = {
    {"syncd.dev/prune", "keep", OPTION_KEEP, OPTION_IS, OPTION_HONOURED, "never deleted"},
    {"syncd.dev/recreate", "allowed", OPTION_RECREATE, OPTION_IS, OPTION_HONOURED,
     "deleted and made anew where a field cannot be changed"},
    {"syncd.dev/conflicts", "take", OPTION_FORCE, OPTION_IS, OPTION_HONOURED,
     "fields that others own are taken over"},
    {"syncd.dev/adopt", "kubectl", OPTION_ADOPT_KUBECTL, OPTION_LISTED, OPTION_HONOURED,
     "fields that kubectl applied become syncd's: what Git no longer states goes"},
    {"syncd.dev/adopt", "argocd", OPTION_ADOPT_ARGOCD, OPTION_LISTED, OPTION_HONOURED,
     "the same for Argo CD"},
    {"syncd.dev/adopt", "flux", OPTION_ADOPT_FLUX, OPTION_LISTED, OPTION_HONOURED,
     "the same for Flux"},
    {"syncd.dev/adopt", "helm", OPTION_ADOPT_HELM, OPTION_LISTED, OPTION_HONOURED,
     "the same for Helm"},
    {"syncd.dev/apply", "create-only", OPTION_CREATE_ONLY, OPTION_IS, OPTION_HONOURED,
     "made when missing, never changed"},
    {"syncd.dev/apply", "never", OPTION_LEAVE, OPTION_IS, OPTION_HONOURED,
     "left alone: neither applied nor deleted"},
    {"syncd.dev/wave", "NUMBER", 0, OPTION_ANY, OPTION_HONOURED, "the wave: see `order.md`"},
    {"syncd.dev/drift", "heal, report or ignore", 0, OPTION_ANY, OPTION_HONOURED,
     "what is done about drift of the object"},
    {"syncd.dev/drift-ignore", "PATHS", 0, OPTION_ANY, OPTION_HONOURED,
     "drift of these fields is neither healed nor told"},
    {"syncd.dev/drift-report", "PATHS", 0, OPTION_ANY, OPTION_HONOURED,
     "drift of these fields is told and not healed"},
    {ARGO "sync-options", "Prune=false", OPTION_KEEP, OPTION_LISTED, OPTION_HONOURED,
     "never deleted"},
    {ARGO "sync-options", "Prune=confirm", OPTION_KEEP, OPTION_LISTED, OPTION_HONOURED,
     "not deleted until the option is gone"},
    {ARGO "sync-options", "Prune=true", 0, OPTION_LISTED, OPTION_HONOURED, "is the default"},
    {ARGO "sync-options", "Delete=false", OPTION_KEEP, OPTION_LISTED, OPTION_HONOURED,
     "never deleted"},
    {ARGO "sync-options", "Delete=confirm", OPTION_KEEP, OPTION_LISTED, OPTION_HONOURED,
     "not deleted until the option is gone"},
    {ARGO "sync-options", "Delete=true", 0, OPTION_LISTED, OPTION_HONOURED, "is the default"},
    {ARGO "sync-options", "Replace=true", OPTION_RECREATE, OPTION_LISTED, OPTION_HONOURED,
     "deleted and made anew where a field cannot be changed; other changes are applied"},
    {ARGO "sync-options", "Replace=false", 0, OPTION_LISTED, OPTION_HONOURED, "is the default"},
    {ARGO "sync-options", "Force=true", OPTION_RECREATE, OPTION_LISTED, OPTION_HONOURED,
     "deleted and made anew where a field cannot be changed"},
    {ARGO "sync-options", "Force=false", 0, OPTION_LISTED, OPTION_HONOURED, "is the default"},
    {ARGO "sync-options", "PruneLast=true", OPTION_PRUNE_LAST, OPTION_LISTED, OPTION_HONOURED,
     "deleted after everything else"},
    {ARGO "sync-options", "PruneLast=false", 0, OPTION_LISTED, OPTION_HONOURED, "is the default"},
    {ARGO "sync-options", "PrunePropagationPolicy=foreground", OPTION_FOREGROUND, OPTION_LISTED,
     OPTION_HONOURED, "deleted with the foreground policy"},
    {ARGO "sync-options", "PrunePropagationPolicy=orphan", OPTION_ORPHAN, OPTION_LISTED,
     OPTION_HONOURED, "deleted without what it owns"},
    {ARGO "sync-options", "PrunePropagationPolicy=background", 0, OPTION_LISTED, OPTION_HONOURED,
     "is how syncd deletes"},
    {ARGO "sync-options", "ServerSideApply=true", 0, OPTION_LISTED, OPTION_HONOURED,
     "is how syncd applies"},
    {ARGO "sync-options", "ServerSideApply=false", 0, OPTION_LISTED, OPTION_UNSUPPORTED,
     "syncd applies on the server's side only"},
    {ARGO "sync-options", "ClientSideApplyMigration=true", OPTION_ADOPT_KUBECTL, OPTION_LISTED,
     OPTION_HONOURED, "fields that kubectl applied become syncd's"},
    {ARGO "sync-options", "ClientSideApplyMigration=false", 0, OPTION_LISTED, OPTION_HONOURED,
     "nothing is migrated without being asked for"},
    {ARGO "sync-options", "Validate=false", 0, OPTION_LISTED, OPTION_HONOURED,
     "the API server alone decides what is valid"},
    {ARGO "sync-options", "Validate=true", 0, OPTION_LISTED, OPTION_HONOURED,
     "the API server decides what is valid"},
    {ARGO "sync-options", "SkipDryRunOnMissingResource=true", 0, OPTION_LISTED, OPTION_HONOURED,
     "a kind that is not there yet holds nothing else back"},
    {ARGO "sync-options", "SkipDryRunOnMissingResource=false", 0, OPTION_LISTED, OPTION_HONOURED,
     "is the default"},
    {ARGO "sync-options", "ApplyOutOfSyncOnly=true", 0, OPTION_LISTED, OPTION_HONOURED,
     "only what differs is applied"},
    {ARGO "sync-options", "ApplyOutOfSyncOnly=false", 0, OPTION_LISTED, OPTION_HONOURED,
     "only what differs is applied"},
    {ARGO "sync-options", "FailOnSharedResource=true", 0, OPTION_LISTED, OPTION_HONOURED,
     "what another manager states otherwise is a conflict, and held"},
    {ARGO "sync-options", "FailOnSharedResource=false", 0, OPTION_LISTED, OPTION_HONOURED,
     "conflicts are held; `syncd.dev/conflicts: take` takes the fields"},
    {ARGO "sync-options", "CreateNamespace=true", 0, OPTION_LISTED, OPTION_UNSUPPORTED,
     "a namespace is made when Git has it"},
    {ARGO "sync-options", "CreateNamespace=false", 0, OPTION_LISTED, OPTION_HONOURED,
     "is the default"},
    {ARGO "sync-options", "RespectIgnoreDifferences=true", 0, OPTION_LISTED, OPTION_HONOURED,
     "fields that Git does not state are never touched"},
    {ARGO "sync-options", "RespectIgnoreDifferences=false", 0, OPTION_LISTED, OPTION_HONOURED,
     "fields that Git does not state are never touched"},
    {ARGO "compare-options", "IgnoreExtraneous", 0, OPTION_LISTED, OPTION_HONOURED,
     "what Git does not know is not counted as drift"},
    {ARGO "compare-options", "ServerSideDiff=true", 0, OPTION_LISTED, OPTION_HONOURED,
     "drift is found from what the server owns up to"},
    {ARGO "compare-options", "ServerSideDiff=false", 0, OPTION_LISTED, OPTION_HONOURED,
     "drift is found from what the server owns up to"},
    {ARGO "compare-options", "IncludeMutationWebhook=true", 0, OPTION_LISTED, OPTION_HONOURED,
     "what webhooks change is seen"},
    {ARGO "compare-options", "IncludeMutationWebhook=false", 0, OPTION_LISTED, OPTION_HONOURED,
     "fields of others are no drift"},
    {ARGO "sync-wave", "NUMBER", 0, OPTION_ANY, OPTION_HONOURED, "the wave: see `order.md`"},
    {ARGO "hook", "PHASES", 0, OPTION_ANY, OPTION_HONOURED, "a hook: see `order.md`"},
    {ARGO "hook-delete-policy", "POLICIES", 0, OPTION_ANY, OPTION_HONOURED,
     "a hook's: see `order.md`"},
    {ARGO "skip-reconcile", "true", OPTION_LEAVE, OPTION_IS, OPTION_HONOURED,
     "left alone: neither applied nor deleted"},
    {ARGO "skip-reconcile", "false", 0, OPTION_IS, OPTION_HONOURED, "is the default"},
    {ARGO "tracking-id", "ID", 0, OPTION_ANY, OPTION_HONOURED,
     "is Argo CD's; applied as it stands"},
    {ARGO "installation-id", "ID", 0, OPTION_ANY, OPTION_HONOURED,
     "is Argo CD's; applied as it stands"},
    {ARGO "refresh", "normal or hard", 0, OPTION_ANY, OPTION_UNSUPPORTED,
     "asks Argo CD's controller for something; syncd watches by itself"},
    {ARGO "hydrate", "normal or hard", 0, OPTION_ANY, OPTION_UNSUPPORTED,
     "asks Argo CD's controller for something; syncd renders by itself"},
    {ARGO "manifest-generate-paths", "PATHS", 0, OPTION_ANY, OPTION_HONOURED,
     "only what a commit changes is rendered anew"},
    {ARGO "deletion-approved", "TIME", 0, OPTION_ANY, OPTION_UNSUPPORTED,
     "remove the option that asks for the confirmation"},
    {ARGO "ignore-resource-updates", "true or false", 0, OPTION_ANY, OPTION_HONOURED,
     "events that change nothing cost nothing"},
    {FLUX "prune", "disabled", OPTION_KEEP, OPTION_IS, OPTION_HONOURED, "never deleted"},
    {FLUX "prune", "enabled", 0, OPTION_IS, OPTION_HONOURED, "is the default"},
    {FLUX "reconcile", "disabled", OPTION_LEAVE, OPTION_IS, OPTION_HONOURED,
     "left alone: neither applied nor deleted"},
    {FLUX "reconcile", "enabled", 0, OPTION_IS, OPTION_HONOURED, "is the default"},
    {FLUX "force", "enabled", OPTION_RECREATE, OPTION_IS, OPTION_HONOURED,
     "deleted and made anew where a field cannot be changed"},
    {FLUX "force", "disabled", 0, OPTION_IS, OPTION_HONOURED, "is the default"},
    {FLUX "ssa", "Override", OPTION_FORCE, OPTION_IS, OPTION_HONOURED,
     "fields that others own are taken over"},
    {FLUX "ssa", "Merge", 0, OPTION_IS, OPTION_HONOURED,
     "fields of others stay theirs: is how syncd applies"},
    {FLUX "ssa", "IfNotPresent", OPTION_CREATE_ONLY, OPTION_IS, OPTION_HONOURED,
     "made when missing, never changed"},
    {FLUX "ssa", "Ignore", OPTION_LEAVE, OPTION_IS, OPTION_HONOURED,
     "left alone: neither applied nor deleted"},
    {FLUX "substitute", "disabled", 0, OPTION_IS, OPTION_HONOURED,
     "nothing is substituted after rendering"},
    {FLUX "substitute", "enabled", 0, OPTION_IS, OPTION_UNSUPPORTED,
     "nothing is substituted after rendering"},
    {"helm.toolkit.fluxcd.io/driftDetection", "disabled", 0, OPTION_IS, OPTION_HONOURED,
     "drift of the object is neither healed nor told"},
    {"helm.toolkit.fluxcd.io/driftDetection", "enabled", 0, OPTION_IS, OPTION_HONOURED,
     "is the default"},
    {"reconcile.fluxcd.io/*", "WORD", 0, OPTION_ANY, OPTION_UNSUPPORTED,
     "asks Flux's controllers for something; syncd watches by itself"},
    {"event.toolkit.fluxcd.io/*", "WORD", 0, OPTION_ANY, OPTION_HONOURED,
     "is for Flux's events; applied as it stands"},
    {"helm.sh/hook", "PHASES", 0, OPTION_ANY, OPTION_HONOURED, "a hook: see `order.md`"},
    {"helm.sh/hook-weight", "NUMBER", 0, OPTION_ANY, OPTION_HONOURED, "a hook's: see `order.md`"},
    {"helm.sh/hook-delete-policy", "POLICIES", 0, OPTION_ANY, OPTION_HONOURED,
     "a hook's: see `order.md`"},
    {"helm.sh/resource-policy", "keep", OPTION_KEEP, OPTION_IS, OPTION_HONOURED, "never deleted"},
    {"meta.helm.sh/*", "WORD", 0, OPTION_ANY, OPTION_HONOURED, "is Helm's; applied as it stands"},
    {"config.kubernetes.io/depends-on", "REFERENCES", 0, OPTION_ANY, OPTION_HONOURED,
     "see `order.md`"},
    {"config.kubernetes.io/apply-time-mutation", "LIST", 0, OPTION_ANY, OPTION_REFUSED,
     "values of other objects are not put in; render them, or use `lookup`"},
    {"config.kubernetes.io/local-config", "true", OPTION_LOCAL, OPTION_IS, OPTION_HONOURED,
     "never sent to a cluster"},
    {"config.kubernetes.io/local-config", "false", 0, OPTION_IS, OPTION_HONOURED, "is the default"},
    {"config.kubernetes.io/origin", "WORD", 0, OPTION_ANY, OPTION_HONOURED,
     "is for tools; applied as it stands"},
    {"config.k8s.io/owning-inventory", "ID", 0, OPTION_ANY, OPTION_HONOURED,
     "is cli-utils'; applied as it stands"},
    {"client.lifecycle.config.k8s.io/deletion", "detach", OPTION_KEEP, OPTION_IS, OPTION_HONOURED,
     "never deleted"},
    {"client.lifecycle.config.k8s.io/mutation", "ignore", OPTION_CREATE_ONLY, OPTION_IS,
     OPTION_HONOURED, "made when missing, never changed"},
    {"cli-utils.sigs.k8s.io/on-remove", "keep", OPTION_KEEP, OPTION_IS, OPTION_HONOURED,
     "never deleted"},
    {"configmanagement.gke.io/managed", "disabled", OPTION_LEAVE, OPTION_IS, OPTION_HONOURED,
     "left alone: neither applied nor deleted"},
    {"configmanagement.gke.io/managed", "enabled", 0, OPTION_IS, OPTION_HONOURED, "is the default"},
    {"configmanagement.gke.io/cluster-selector", "NAME", 0, OPTION_ANY, OPTION_REFUSED,
     "a target has the files of its paths; there is no other selection"},
    {"configmanagement.gke.io/namespace-selector", "NAME", 0, OPTION_ANY, OPTION_REFUSED,
     "an object stands in one namespace"},
    {"configmanagement.gke.io/token", "WORD", 0, OPTION_ANY, OPTION_HONOURED,
     "is Config Sync's; applied as it stands"},
    {"configmanagement.gke.io/source-path", "PATH", 0, OPTION_ANY, OPTION_HONOURED,
     "is Config Sync's; applied as it stands"},
    {"configsync.gke.io/cluster-name-selector", "NAMES", 0, OPTION_ANY, OPTION_REFUSED,
     "a target has the files of its paths; there is no other selection"},
    {"configsync.gke.io/deletion-propagation-policy", "Foreground or Orphan", 0, OPTION_ANY,
     OPTION_UNSUPPORTED, "is about Config Sync's own objects"},
    {"configsync.gke.io/*", "WORD", 0, OPTION_ANY, OPTION_HONOURED,
     "is Config Sync's; applied as it stands"},
    {"kapp.k14s.io/change-group*", "NAME", 0, OPTION_ANY, OPTION_UNSUPPORTED,
     "use waves or `config.kubernetes.io/depends-on`"},
    {"kapp.k14s.io/change-rule*", "RULE", 0, OPTION_ANY, OPTION_UNSUPPORTED,
     "use waves or `config.kubernetes.io/depends-on`"},
    {"kapp.k14s.io/delete-strategy", "orphan", OPTION_KEEP, OPTION_IS, OPTION_HONOURED,
     "never deleted"},
    {"kapp.k14s.io/update-strategy", "update", 0, OPTION_IS, OPTION_HONOURED, "is the default"},
    {"kapp.k14s.io/update-strategy", "fallback-on-replace", OPTION_RECREATE, OPTION_IS,
     OPTION_HONOURED, "deleted and made anew where a field cannot be changed"},
    {"kapp.k14s.io/update-strategy", "always-replace", OPTION_RECREATE, OPTION_IS, OPTION_HONOURED,
     "deleted and made anew where a field cannot be changed; other changes are applied"},
    {"kapp.k14s.io/update-strategy", "skip", OPTION_CREATE_ONLY, OPTION_IS, OPTION_HONOURED,
     "made when missing, never changed"},
    {"kapp.k14s.io/versioned", "WORD", 0, OPTION_ANY, OPTION_UNSUPPORTED,
     "the name stays as it is"},
    {"kluctl.io/skip-delete", "true", OPTION_KEEP, OPTION_IS, OPTION_HONOURED, "never deleted"},
    {"kluctl.io/skip-delete", "false", 0, OPTION_IS, OPTION_HONOURED, "is the default"},
    {"kluctl.io/force-apply", "true", OPTION_FORCE, OPTION_IS, OPTION_HONOURED,
     "fields that others own are taken over"},
    {"kluctl.io/force-apply", "false", 0, OPTION_IS, OPTION_HONOURED, "is the default"},
    {"kluctl.io/ignore-diff", "true", 0, OPTION_ANY, OPTION_HONOURED,
     "drift of the object is neither healed nor told"},
    {"kluctl.io/ignore-diff-field*", "PATH", 0, OPTION_ANY, OPTION_HONOURED,
     "drift of the field is neither healed nor told"},
    {"kluctl.io/hook", "PHASES", 0, OPTION_ANY, OPTION_REFUSED,
     "use `argocd.argoproj.io/hook` or `helm.sh/hook`"},
    {"kluctl.io/wait-readiness", "true", 0, OPTION_IS, OPTION_HONOURED,
     "what comes after waits for readiness: see `order.md`"},
    {"kluctl.io/is-ready", "true or false", 0, OPTION_ANY, OPTION_UNSUPPORTED,
     "readiness is what the health rules say"},
    {"kluctl.io/diff-name", "NAME", 0, OPTION_ANY, OPTION_UNSUPPORTED,
     "objects are compared by their own name"},
    {"objectset.rio.cattle.io/*", "WORD", 0, OPTION_ANY, OPTION_HONOURED,
     "is Fleet's; applied as it stands"},
    {"projectsveltos.io/driftDetectionIgnore", "true", 0, OPTION_ANY, OPTION_HONOURED,
     "drift of the object is neither healed nor told"},
};

const struct option_row *object_option_row(size_t index)
{
    return index < ARRAY_LEN(rows) ? &rows[index] : NULL;
}

unsigned object_option_adopt(str tool)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_equal(str_z(rows[i].key), STR("syncd.dev/adopt")) &&
            str_equal(str_z(rows[i].word), tool))
            return rows[i].options;
    }
    return 0;
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
        if (rows[i].options == 0)
            continue;
        str text = value_str(value_get(annotations, str_z(rows[i].key)));
        str word = str_z(rows[i].word);
        bool listed = rows[i].form == OPTION_LISTED;
        if (text.len != 0 && (listed ? list_has(text, word) : str_equal(text, word)))
            options |= rows[i].options;
    }
    return options;
}

int32_t object_wave(value document)
{
    int64_t wave;
    str text = object_annotation(document, STR("syncd.dev/wave"));
    if (text.len == 0)
        text = object_annotation(document, STR("argocd.argoproj.io/sync-wave"));
    if (text.len == 0 || !str_to_i64(text, &wave) || wave < INT32_MIN || wave > INT32_MAX)
        return 0;
    return (int32_t)wave;
}

/* --- what is not done --- */

static bool key_fits(const struct option_row *row, str key)
{
    str wanted = str_z(row->key);
    if (wanted.ptr[wanted.len - 1] == '*')
        return str_starts(key, str_slice(wanted, 0, wanted.len - 1));
    return str_equal(key, wanted);
}

/* The first row of an annotation, or NULL. */
static const struct option_row *row_of_key(str key)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (key_fits(&rows[i], key))
            return &rows[i];
    }
    return NULL;
}

/* The row of one word; `from` is the first of its key, and rows of a key stand together. */
static const struct option_row *row_of_word(const struct option_row *from, str key, str word)
{
    for (; from < rows + ARRAY_LEN(rows) && key_fits(from, key); from++) {
        if (from->form == OPTION_ANY || str_equal(str_z(from->word), word))
            return from;
    }
    return NULL;
}

static bool complain(str key, str word, const struct option_row *from,
                     struct option_complaint *complaint)
{
    const struct option_row *row = row_of_word(from, key, word);
    if (word.len == 0 || (row != NULL && row->answer == OPTION_HONOURED))
        return false;
    *complaint = (struct option_complaint){key, word, row};
    return true;
}

static bool next_word(const struct option_row *row, str *rest, str *ret_word)
{
    if (row->form == OPTION_LISTED)
        return str_cut(rest, ',', ret_word);
    *ret_word = *rest;
    *rest = (str){0};
    return ret_word->ptr != NULL;
}

bool object_next_complaint(value document, struct option_cursor *cursor,
                           struct option_complaint *ret_complaint)
{
    value annotations = object_annotations(document);
    for (; cursor->annotation < value_len(annotations); cursor->annotation++) {
        const struct member *member = value_member(annotations, cursor->annotation);
        const struct option_row *row = row_of_key(member->key);
        if (row == NULL)
            continue;
        if (!cursor->inside)
            cursor->rest = value_str(member->val);
        cursor->inside = true;
        for (str word; next_word(row, &cursor->rest, &word);) {
            if (complain(member->key, str_trim(word), row, ret_complaint))
                return true;
        }
        cursor->inside = false;
    }
    return false;
}

/* --- the document --- */

void object_options_document(struct buf *buf)
{
    static const char *const answers[] = {
        [OPTION_HONOURED] = "",
        [OPTION_UNSUPPORTED] = "**not supported** (a warning): ",
        [OPTION_REFUSED] = "**not supported** (an error): ",
    };
    buf_add(buf, STR("# Annotations that syncd knows\n\n"
                     "On an object in Git; those about deletion count on the live object, too. "
                     "Made from the table in\n`syncd/object/options.c`. A word that an annotation "
                     "of this table does not know is told as a warning.\nOrder of application and "
                     "hooks: `syncd/docs/order.md`.\n\n"
                     "| annotation | value | what it does |\n| --- | --- | --- |\n"));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct option_row *row = &rows[i];
        buf_printf(buf, "| `%s` | %s`%s` | %s%s |\n", row->key,
                   row->form == OPTION_LISTED ? "list with " : "", row->word, answers[row->answer],
                   row->text);
    }
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
