/* Hooks of both dialects. */
#include "syncd/object/hook.h"

#include "syncd/value/json.h"

#include <criterion/criterion.h>

struct row {
    const char *annotations;
    enum hook_reading reading;
    struct hook hook;
};

static const struct row rows[] = {
    {"", HOOK_NONE, {0}},
    {"\"helm.sh/hook\": \"pre-install, Post-Upgrade\"",
     HOOK_READ,
     {HOOK_PRE_INSTALL | HOOK_POST_UPGRADE, HOOK_BEFORE_CREATION, 0, HOOK_HELM}},
    {"\"helm.sh/hook\": \"test\", \"helm.sh/hook-weight\": \"-5\", "
     "\"helm.sh/hook-delete-policy\": \"hook-succeeded,hook-failed\"",
     HOOK_READ,
     {HOOK_TEST, HOOK_SUCCEEDED | HOOK_FAILED, -5, HOOK_HELM}},
    {"\"helm.sh/hook\": \"pre-install\", \"helm.sh/hook-weight\": \"heavy\"",
     HOOK_READ,
     {HOOK_PRE_INSTALL, HOOK_BEFORE_CREATION, 0, HOOK_HELM}},
    {"\"helm.sh/hook\": \"crd-install\"", HOOK_UNKNOWN, {0}},
    {"\"argocd.argoproj.io/hook\": \"PreSync,SyncFail\", "
     "\"argocd.argoproj.io/sync-wave\": \"3\", "
     "\"argocd.argoproj.io/hook-delete-policy\": \"HookFailed\"",
     HOOK_READ,
     {HOOK_PRE_SYNC | HOOK_SYNC_FAIL, HOOK_FAILED, 3, HOOK_ARGO}},
    {"\"argocd.argoproj.io/hook\": \"Skip\", \"helm.sh/hook\": \"pre-install\"",
     HOOK_READ,
     {HOOK_SKIP, HOOK_BEFORE_CREATION, 0, HOOK_ARGO}},
    {"\"argocd.argoproj.io/hook\": \"presync\"", HOOK_UNKNOWN, {0}},
};

Test(hook, reads_both_dialects)
{
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        str text =
            arena_printf(arena, "{\"metadata\":{\"annotations\":{%s}}}", rows[i].annotations);
        struct error err = ERROR_INIT;
        struct hook hook = {0};
        value document;
        str word;
        cr_assert(json_read(text, limits_default(), arena, &document, &err), "%s", err.text);
        cr_expect_eq(hook_read(document, &hook, &word), rows[i].reading, "row %zu", i);
        cr_expect_eq(hook.phases, rows[i].hook.phases, "row %zu", i);
        cr_expect_eq(hook.policies, rows[i].hook.policies, "row %zu", i);
        cr_expect_eq(hook.weight, rows[i].hook.weight, "row %zu", i);
        cr_expect_eq(hook.dialect, rows[i].hook.dialect, "row %zu", i);
    }
    arena_destroy(arena);
}

Test(hook, names_every_phase)
{
    for (unsigned bit = HOOK_PRE_INSTALL; bit <= HOOK_SKIP; bit <<= 1)
        cr_expect_not_null(hook_phase_name((enum hook_phase)bit), "bit %u", bit);
    cr_expect_null(hook_phase_name((enum hook_phase)(HOOK_PRE_INSTALL | HOOK_TEST)));
}
