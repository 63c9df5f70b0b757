/*
 * sha256: the digest without OpenSSL, for small texts in a process that may need nothing else of
 * it. Not for secrets, signatures or anything large: crypto.h has those.
 */
#ifndef SYNCD_BASE_SHA256_H
#define SYNCD_BASE_SHA256_H

#include "syncd/base/str.h"

#define SHA256_BYTES 32

void sha256(str bytes, uint8_t out[SHA256_BYTES]);

#endif
