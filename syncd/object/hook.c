#include "syncd/object/hook.h"

#include "syncd/object/object.h"

struct word {
    const char *text;
    unsigned bit;
};

/* The first row of a bit is its name. */
static const struct word helm_phases[] = {
    {"pre-install", HOOK_PRE_INSTALL},
    {"post-install", HOOK_POST_INSTALL},
    {"pre-upgrade", HOOK_PRE_UPGRADE},
    {"post-upgrade", HOOK_POST_UPGRADE},
    {"pre-rollback", HOOK_PRE_ROLLBACK},
    {"post-rollback", HOOK_POST_ROLLBACK},
    {"test", HOOK_TEST},
    {"test-success", HOOK_TEST},
    {"pre-delete", HOOK_PRE_DELETE},
    {"post-delete", HOOK_POST_DELETE},
};
static const struct word helm_policies[] = {
    {"before-hook-creation", HOOK_BEFORE_CREATION},
    {"hook-succeeded", HOOK_SUCCEEDED},
    {"hook-failed", HOOK_FAILED},
};
static const struct word argo_phases[] = {
    {"PreSync", HOOK_PRE_SYNC},
    {"Sync", HOOK_SYNC},
    {"PostSync", HOOK_POST_SYNC},
    {"SyncFail", HOOK_SYNC_FAIL},
    {"PreDelete", HOOK_PRE_DELETE},
    {"PostDelete", HOOK_POST_DELETE},
    {"Skip", HOOK_SKIP},
};
static const struct word argo_policies[] = {
    {"BeforeHookCreation", HOOK_BEFORE_CREATION},
    {"HookSucceeded", HOOK_SUCCEEDED},
    {"HookFailed", HOOK_FAILED},
};

struct dialect {
    enum hook_dialect name;
    str phase_key, policy_key, weight_key;
    const struct word *phases;
    size_t phase_count;
    const struct word *policies;
    size_t policy_count;
    bool any_case; /* Helm reads its words in small letters */
};

static const struct dialect dialects[] = {
    {HOOK_ARGO, STR_INIT("argocd.argoproj.io/hook"),
     STR_INIT("argocd.argoproj.io/hook-delete-policy"), STR_INIT("argocd.argoproj.io/sync-wave"),
     argo_phases, ARRAY_LEN(argo_phases), argo_policies, ARRAY_LEN(argo_policies), false},
    {HOOK_HELM, STR_INIT("helm.sh/hook"), STR_INIT("helm.sh/hook-delete-policy"),
     STR_INIT("helm.sh/hook-weight"), helm_phases, ARRAY_LEN(helm_phases), helm_policies,
     ARRAY_LEN(helm_policies), true},
};

static unsigned find_bit(str word, const struct word *words, size_t count, bool any_case)
{
    for (size_t i = 0; i < count; i++) {
        str known = str_z(words[i].text);
        if (any_case ? str_equal_fold(word, known) : str_equal(word, known))
            return words[i].bit;
    }
    return 0;
}

/* A number that does not fit, or is none, counts as 0: as Helm has it. */
static int32_t read_weight(str text)
{
    int64_t weight;
    if (str_starts(text, STR("+")))
        text = str_skip(text, 1);
    if (!str_to_i64(text, &weight) || weight < INT32_MIN || weight > INT32_MAX)
        return 0;
    return (int32_t)weight;
}

static unsigned read_policies(const struct dialect *dialect, str text)
{
    unsigned policies = 0;
    for (str word; text.len != 0 && str_cut(&text, ',', &word);)
        policies |=
            find_bit(str_trim(word), dialect->policies, dialect->policy_count, dialect->any_case);
    return policies != 0 ? policies : HOOK_BEFORE_CREATION;
}

static enum hook_reading read_as(const struct dialect *dialect, value document,
                                 struct hook *ret_hook, str *ret_word)
{
    str text = object_annotation(document, dialect->phase_key);
    struct hook hook = {.dialect = dialect->name};
    for (str word; text.len != 0 && str_cut(&text, ',', &word);) {
        word = str_trim(word);
        unsigned bit = find_bit(word, dialect->phases, dialect->phase_count, dialect->any_case);
        if (bit == 0) {
            *ret_word = word;
            return HOOK_UNKNOWN;
        }
        hook.phases |= bit;
    }
    if (hook.phases == 0)
        return HOOK_NONE;
    hook.policies = read_policies(dialect, object_annotation(document, dialect->policy_key));
    hook.weight = read_weight(object_annotation(document, dialect->weight_key));
    *ret_hook = hook;
    return HOOK_READ;
}

enum hook_reading hook_read(value document, struct hook *ret_hook, str *ret_word)
{
    for (size_t i = 0; i < ARRAY_LEN(dialects); i++) {
        enum hook_reading reading = read_as(&dialects[i], document, ret_hook, ret_word);
        if (reading != HOOK_NONE)
            return reading;
    }
    return HOOK_NONE;
}

const char *hook_phase_name(enum hook_phase phase)
{
    for (size_t i = 0; i < ARRAY_LEN(helm_phases); i++) {
        if (helm_phases[i].bit == (unsigned)phase)
            return helm_phases[i].text;
    }
    for (size_t i = 0; i < ARRAY_LEN(argo_phases); i++) {
        if (argo_phases[i].bit == (unsigned)phase)
            return argo_phases[i].text;
    }
    return NULL;
}
