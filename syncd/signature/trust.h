/*
 * trust: whose signatures count, when, and for which paths. Made once from the user's files,
 * immutable. Pure: what time it is comes with the question.
 */
#ifndef SYNCD_SIGNATURE_TRUST_H
#define SYNCD_SIGNATURE_TRUST_H

#include "syncd/signature/object.h"
#include "syncd/signature/ssh.h"

/* What has to be signed before a commit is rendered. */
enum trust_policy {
    TRUST_NONE,
    TRUST_COMMIT, /* every new commit */
    TRUST_MERGE,  /* every new commit of the branch itself: what was merged need not be */
    TRUST_TAG,    /* the tag that is followed */
};
const char *trust_policy_name(enum trust_policy policy);
bool trust_policy_read(str name, enum trust_policy *ret_policy) MUST_USE;

/* A signer who may change only what is below these paths. */
struct trust_scope {
    str signer; /* a principal, or a pattern of such */
    const str *paths;
    size_t path_count;
};

/* Who made a signature. */
struct signer {
    str name; /* the principal that the key stands beside; an OpenPGP user id */
    str key;  /* "SHA256:…", or an OpenPGP fingerprint */
};

/* OpenPGP's door. Rules as ssh_signature_verify, and E_SIG_UNKNOWN, E_SIG_EXPIRED, E_SIG_REVOKED.
 */
typedef bool openpgp_verify(void *context, str armored, str message, int64_t at_s,
                            struct arena *arena, struct signer *ret_signer, struct error *err);

struct trust_options {
    enum trust_policy policy;
    str allowed_signers; /* text as ssh-keygen(1) describes it */
    str allowed_file;    /* its name, for errors */
    str revoked_keys;    /* public keys, one a line; or empty */
    str revoked_file;
    const struct trust_scope *scopes;
    size_t scope_count;
    openpgp_verify *openpgp; /* NULL: there are no OpenPGP keys */
    void *openpgp_context;
};

struct trust;

/*
 * All that is wrong with the files goes into `findings` (E_SIG_TRUST), with lines. False when
 * there is an error. Lives in the arena; the texts must, too.
 */
bool trust_create(const struct trust_options *options, struct arena *arena,
                  struct findings *findings, struct trust **ret_trust) MUST_USE;
enum trust_policy trust_policy_of(const struct trust *trust);

/*
 * Whether the object carries one signature, over itself, by a key that counts at `at_s`. INPUT with
 * E_SIG_MISSING, E_SIG_FORM, E_SIG_ALGORITHM, E_SIG_NAMESPACE, E_SIG_BAD, E_SIG_UNKNOWN,
 * E_SIG_EXPIRED, E_SIG_REVOKED.
 */
bool trust_verify(const struct trust *trust, const struct signed_object *object, int64_t at_s,
                  struct arena *arena, struct signer *ret_signer, struct error *err) MUST_USE;

/* Whether that signer may change this file. Who stands in no scope may change everything. */
bool trust_may_change(const struct trust *trust, const struct signer *signer, str path);

#endif
