/*
 * ssh: SSH signatures (the form that `ssh-keygen -Y` and Git write), made and verified, and the
 * public keys they carry. Pure.
 */
#ifndef SYNCD_SIGNATURE_SSH_H
#define SYNCD_SIGNATURE_SSH_H

#include "syncd/base/arena.h"
#include "syncd/base/error.h"
#include "syncd/base/signing.h"

#define SSH_SIGNATURE_BEGIN "-----BEGIN SSH SIGNATURE-----"
#define SSH_NAMESPACE_GIT   "git"

/*
 * INPUT: E_SIG_FORM for what is no such signature, E_SIG_ALGORITHM for keys and digests that are
 * not trusted (DSA, SHA-1, certificates), E_SIG_NAMESPACE, and E_SIG_BAD when it is not over
 * `message`. *ret_key is the signer's key in ssh's wire form: whether that one may sign is the
 * caller's question.
 */
bool ssh_signature_verify(str armored, str message, str name_space, struct arena *arena,
                          str *ret_key, struct error *err) MUST_USE;

/* The armored signature over `message`, with its last newline. */
bool ssh_signature_make(const struct private_key *key, str message, str name_space,
                        struct arena *arena, str *ret_armored, struct error *err) MUST_USE;

/* "SHA256:…" as ssh-keygen -l prints it. */
str ssh_key_fingerprint(str key, struct arena *arena);

#endif
