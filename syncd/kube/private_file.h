/* private_file: reading small files that hold credentials or trust, by the rules of kubeconfig.h.
 */
#ifndef SYNCD_KUBE_PRIVATE_FILE_H
#define SYNCD_KUBE_PRIVATE_FILE_H

#include "syncd/base/error.h"

enum file_rules {
    FILE_PLAIN,  /* a regular file, not one of the kernel's */
    FILE_PUBLIC, /* also ours or root's, not writable for others, not reached through a link */
    FILE_SECRET, /* also not readable for others */
};

/* The whole file, in the arena. ERROR_NOT_FOUND, ERROR_DENIED (E_PERM), ERROR_LIMIT. */
bool private_file_read(const char *path, enum file_rules rules, size_t max, struct arena *arena,
                       str *ret_text, struct error *err) MUST_USE;
/* Overwrites the text when the arena is destroyed. */
void private_text_wipe(struct arena *arena, str text);

#endif
