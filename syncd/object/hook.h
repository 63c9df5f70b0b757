/*
 * hook: objects that are not kept but run: the annotations of Helm (helm.sh/hook…) and of Argo CD
 * (argocd.argoproj.io/hook…) read into one form. Where an object carries both, Argo's count.
 */
#ifndef SYNCD_OBJECT_HOOK_H
#define SYNCD_OBJECT_HOOK_H

#include "syncd/value/value.h"

/* When it runs: bits. Helm's are about one release, Argo's about a whole sync. */
enum hook_phase {
    HOOK_PRE_INSTALL = 1 << 0,
    HOOK_POST_INSTALL = 1 << 1,
    HOOK_PRE_UPGRADE = 1 << 2,
    HOOK_POST_UPGRADE = 1 << 3,
    HOOK_PRE_ROLLBACK = 1 << 4,
    HOOK_POST_ROLLBACK = 1 << 5,
    HOOK_TEST = 1 << 6,       /* only when somebody asks for it */
    HOOK_PRE_DELETE = 1 << 7, /* both dialects */
    HOOK_POST_DELETE = 1 << 8,
    HOOK_PRE_SYNC = 1 << 9,
    HOOK_SYNC = 1 << 10, /* with the objects, in its wave */
    HOOK_POST_SYNC = 1 << 11,
    HOOK_SYNC_FAIL = 1 << 12,
    HOOK_SKIP = 1 << 13, /* the object is never applied */
};

/* When what it left behind is deleted: bits. */
enum hook_policy {
    HOOK_BEFORE_CREATION = 1, /* the default of both dialects: set where no policy is given */
    HOOK_SUCCEEDED = 2,
    HOOK_FAILED = 4,
};

enum hook_dialect { HOOK_HELM, HOOK_ARGO };

struct hook {
    unsigned phases; /* 0: no hook */
    unsigned policies;
    int32_t weight; /* smaller first; Helm's hook-weight, Argo's sync-wave */
    enum hook_dialect dialect;
};

enum hook_reading {
    HOOK_NONE,    /* no hook */
    HOOK_READ,    /* *ret_hook is set */
    HOOK_UNKNOWN, /* a hook of a phase that nobody knows: *ret_word is it */
};
enum hook_reading hook_read(value document, struct hook *ret_hook, str *ret_word);

/* "pre-install", "PreSync"; NULL for what is no single phase. */
const char *hook_phase_name(enum hook_phase phase);

#endif
