/*
 * openpgp: what the module syncd-openpgp.so offers to the Git child. It is the only one that links
 * librnp, and is opened only for jobs that have OpenPGP keys, before the child confines itself.
 */
#ifndef SYNCD_GIT_OPENPGP_H
#define SYNCD_GIT_OPENPGP_H

#include "syncd/signature/trust.h"

#define OPENPGP_MODULE "syncd-openpgp.so"
#define OPENPGP_SYMBOL "openpgp_port"

struct openpgp_keys;

struct openpgp_port {
    /* Reads armored public keys. DENIED (E_SIG_TRUST). */
    bool (*open)(str text, struct openpgp_keys **ret_keys, struct error *err);
    void (*close)(struct openpgp_keys *keys);
    openpgp_verify *verify; /* its context is the keys */
};

/* openpgp_port.c, in the child: loads the module once. UNAVAILABLE with the package that is
 * missing. */
bool openpgp_load(const struct openpgp_port **ret_port, struct error *err) MUST_USE;

#endif
