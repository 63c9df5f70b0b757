/* Every row of the table of annotations, and the document made from it. */
#include "syncd/object/options.h"

#include <criterion/criterion.h>
#include <stdio.h>

static value annotated(const char *key, str text, struct arena *arena)
{
    static const str path[] = {STR_INIT("metadata"), STR_INIT("annotations")};
    struct object_builder annotations;
    object_begin(&annotations, arena);
    object_add(&annotations, str_z(key), value_string(text));
    object_add(&annotations, STR("other"), value_string(STR("true")));
    return value_with_path(value_absent(), path, ARRAY_LEN(path), object_finish(&annotations),
                           arena);
}

/* What a row's key stands for: stars become something. */
static const char *a_key_of(const struct option_row *row, struct arena *arena)
{
    str key = str_z(row->key);
    if (key.ptr[key.len - 1] != '*')
        return row->key;
    return arena_printf(arena, "%.*sx", (int)key.len - 1, key.ptr).ptr;
}

Test(options, each_row_is_read_and_nothing_near_it)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    const struct option_row *row;
    for (size_t i = 0; (row = object_option_row(i)) != NULL; i++) {
        const char *key = a_key_of(row, arena);
        bool listed = row->form == OPTION_LISTED;
        cr_assert_eq(object_options(annotated(key, str_z(row->word), arena)), row->options,
                     "%s: %s", key, row->word);
        str near = arena_printf(arena, "%sx", row->word);
        cr_assert_eq(object_options(annotated(key, near, arena)), 0, "%s: %s", key, near.ptr);
        str list = arena_printf(arena, "Other=true, %s", row->word);
        cr_assert_eq(object_options(annotated(key, list, arena)), listed ? row->options : 0,
                     "%s: %s", key, list.ptr);
    }
}

Test(options, each_row_is_honoured_or_complained_about)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    const struct option_row *row;
    for (size_t i = 0; (row = object_option_row(i)) != NULL; i++) {
        struct option_cursor cursor = {0};
        struct option_complaint complaint = {0};
        const char *key = a_key_of(row, arena);
        value document = annotated(key, str_z(row->word), arena);
        bool told = object_next_complaint(document, &cursor, &complaint);
        cr_assert_eq(told, row->answer != OPTION_HONOURED, "%s: %s", key, row->word);
        if (told) {
            cr_assert_eq(complaint.row, row, "%s: %s", key, row->word);
            cr_assert(str_equal(complaint.key, str_z(key)));
        }
        cr_assert_not(told && object_next_complaint(document, &cursor, &complaint));
        cr_assert(row->answer == OPTION_HONOURED || row->options == 0, "%s", key);
    }
}

Test(options, words_that_nobody_knows_are_complained_about)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct option_cursor cursor = {0};
    struct option_complaint complaint;
    value document =
        annotated("argocd.argoproj.io/sync-options",
                  STR("Prune=flase, ServerSideApply=true,CreateNamespace=true,New=1"), arena);
    static const char *const told[] = {"Prune=flase", "CreateNamespace=true", "New=1"};
    for (size_t i = 0; i < ARRAY_LEN(told); i++) {
        cr_assert(object_next_complaint(document, &cursor, &complaint));
        cr_assert(str_equal(complaint.word, str_z(told[i])), "%.*s", STR_ARG(complaint.word));
        cr_assert_eq(complaint.row == NULL, i != 1);
    }
    cr_assert_not(object_next_complaint(document, &cursor, &complaint));
    cursor = (struct option_cursor){0};
    cr_assert_not(
        object_next_complaint(annotated("example.com/own", STR("x"), arena), &cursor, &complaint));
    cr_assert_not(object_next_complaint(value_null(), &cursor, &complaint));
}

/* What users of other tools write: each of their annotations is in the table. */
Test(options, every_dialect_is_in_the_table)
{
    static const char *const keys[] = {
        "argocd.argoproj.io/sync-wave",
        "argocd.argoproj.io/hook",
        "argocd.argoproj.io/hook-delete-policy",
        "argocd.argoproj.io/sync-options",
        "argocd.argoproj.io/compare-options",
        "argocd.argoproj.io/tracking-id",
        "argocd.argoproj.io/installation-id",
        "argocd.argoproj.io/refresh",
        "argocd.argoproj.io/hydrate",
        "argocd.argoproj.io/skip-reconcile",
        "argocd.argoproj.io/manifest-generate-paths",
        "argocd.argoproj.io/deletion-approved",
        "argocd.argoproj.io/ignore-resource-updates",
        "kustomize.toolkit.fluxcd.io/ssa",
        "kustomize.toolkit.fluxcd.io/force",
        "kustomize.toolkit.fluxcd.io/prune",
        "kustomize.toolkit.fluxcd.io/reconcile",
        "kustomize.toolkit.fluxcd.io/substitute",
        "helm.toolkit.fluxcd.io/driftDetection",
        "reconcile.fluxcd.io/requestedAt",
        "reconcile.fluxcd.io/forceAt",
        "reconcile.fluxcd.io/resetAt",
        "event.toolkit.fluxcd.io/commit",
        "event.toolkit.fluxcd.io/change_request",
        "helm.sh/hook",
        "helm.sh/hook-weight",
        "helm.sh/hook-delete-policy",
        "helm.sh/resource-policy",
        "meta.helm.sh/release-name",
        "meta.helm.sh/release-namespace",
        "config.kubernetes.io/depends-on",
        "config.kubernetes.io/apply-time-mutation",
        "config.kubernetes.io/local-config",
        "config.kubernetes.io/origin",
        "config.k8s.io/owning-inventory",
        "client.lifecycle.config.k8s.io/deletion",
        "client.lifecycle.config.k8s.io/mutation",
        "cli-utils.sigs.k8s.io/on-remove",
        "configmanagement.gke.io/managed",
        "configmanagement.gke.io/cluster-selector",
        "configmanagement.gke.io/namespace-selector",
        "configmanagement.gke.io/token",
        "configmanagement.gke.io/source-path",
        "configsync.gke.io/cluster-name-selector",
        "configsync.gke.io/resource-id",
        "configsync.gke.io/manager",
        "configsync.gke.io/declared-fields",
        "configsync.gke.io/deletion-propagation-policy",
        "kapp.k14s.io/change-group",
        "kapp.k14s.io/change-rule.x",
        "kapp.k14s.io/delete-strategy",
        "kapp.k14s.io/update-strategy",
        "kapp.k14s.io/versioned",
        "kluctl.io/skip-delete",
        "kluctl.io/force-apply",
        "kluctl.io/ignore-diff-field",
        "kluctl.io/hook",
        "kluctl.io/wait-readiness",
        "kluctl.io/is-ready",
        "kluctl.io/diff-name",
        "objectset.rio.cattle.io/id",
        "projectsveltos.io/driftDetectionIgnore",
    };
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        const struct option_row *row;
        bool known = false;
        for (size_t j = 0; (row = object_option_row(j)) != NULL; j++) {
            str key = str_z(row->key);
            bool star = key.ptr[key.len - 1] == '*';
            known |= star ? str_starts(str_z(keys[i]), str_slice(key, 0, key.len - 1))
                          : str_equal(key, str_z(keys[i]));
        }
        cr_assert(known, "%s", keys[i]);
    }
}

Test(options, several_of_a_list_add_up)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    value document = annotated("argocd.argoproj.io/sync-options",
                               STR("Replace=true,Prune=false,PruneLast=true"), arena);
    cr_assert_eq(object_options(document), OPTION_RECREATE | OPTION_KEEP | OPTION_PRUNE_LAST);
    cr_assert_eq(object_options(value_null()), 0);
}

Test(options, the_document_is_the_table)
{
    static char file_text[65536];
    AUTO_BUF struct buf text = BUF_INIT(sizeof(file_text));
    object_options_document(&text);
    FILE *file = fopen("syncd/docs/annotations.md", "r");
    cr_assert_not_null(file);
    size_t length = fread(file_text, 1, sizeof(file_text), file);
    (void)fclose(file);
    cr_assert(str_equal(buf_str(&text), str_from(file_text, length)), "it should be:\n%s",
              text.ptr);
}

Test(options, dependencies_become_keys)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    str text = STR("apps/namespaces/web/Deployment/a, /namespaces/web/Secret/s,x.io/Region/eu");
    static const char *const keys[] = {"apps/Deployment/web/a", "/Secret/web/s", "x.io/Region//eu"};
    str key, reference;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        cr_assert(object_dependency(&text, arena, &key, &reference));
        cr_assert(str_equal(key, str_z(keys[i])), "%.*s", STR_ARG(key));
    }
    cr_assert_null(text.ptr);
    static const char *const wrong[] = {"",
                                        "a",
                                        "a/b",
                                        "apps/namespaces/web/Deployment",
                                        "apps/spaces/web/Deployment/a",
                                        "apps/namespaces/web/Deployment/a/b"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        text = str_z(wrong[i]);
        cr_assert_not(object_dependency(&text, arena, &key, &reference), "%s", wrong[i]);
    }
}
