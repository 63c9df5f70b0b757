/*
 * digest: the identity of what a plan's desired part says. Whoever renders the same two commits
 * gets the same one, with or without credentials; any other change to any object gives another.
 *
 * SHA-256 over, for every target by name, every object (and, apart from them, every hook) that is
 * not equal on both sides, by identity: the identity and the SHA-256 of both documents, without the
 * owner label (its value comes from the configuration). Then the tombstones of both sides.
 * Texts are written with their length.
 */
#ifndef SYNCD_PLAN_DIGEST_H
#define SYNCD_PLAN_DIGEST_H

#include "syncd/base/crypto.h"
#include "syncd/plan/desired.h"

struct plan_digest {
    uint8_t bytes[SHA256_LEN];
};

#define PLAN_DIGEST_TEXT 72 /* "sha256:", 64 hex digits, NUL */

void plan_digest_print(const struct plan_digest *digest, char out[PLAN_DIGEST_TEXT]);
/* "sha256:" is optional; all 64 digits are needed, in lower case. */
bool plan_digest_read(str text, struct plan_digest *ret_digest) MUST_USE;
bool plan_digest_equal(const struct plan_digest *a, const struct plan_digest *b);

/* One target; either side may be NULL: it has no objects there. */
struct plan_digest plan_digest_of(str target, const struct desired *base,
                                  const struct desired *head);
/* All targets together, in order of their names. */
struct plan_digest plan_digest_join(const struct plan_digest *digests, size_t count);

#endif
