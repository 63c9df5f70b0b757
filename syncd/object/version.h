/*
 * version: an object's resourceVersion as a number. The API promises decimal ones, which can be
 * compared; another one is kept as a digest, which can only be told apart. Pure.
 */
#ifndef SYNCD_OBJECT_VERSION_H
#define SYNCD_OBJECT_VERSION_H

#include "syncd/base/str.h"

#define VERSION_NONE 0
#define VERSION_MAX  24 /* of a number's text, with its end */

uint64_t version_pack(str text);
/* False where it cannot be said: one of them is none, or no number. */
bool version_is_older(uint64_t version, uint64_t than);
/* A view into `out`; empty for none. False for what is kept as a digest. */
bool version_text(uint64_t version, char out[VERSION_MAX], str *ret_text) MUST_USE;

#endif
