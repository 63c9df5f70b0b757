/*
 * uid: the uid of an object in a few bytes, where it is a UUID as API servers make them (with
 * dashes, or the 32 digits alone). Another one is kept as text. Pure.
 */
#ifndef SYNCD_OBJECT_UID_H
#define SYNCD_OBJECT_UID_H

#include "syncd/base/arena.h"
#include "syncd/base/str.h"

#define UID_MAX 40 /* of a uid's text, with its end; a longer one is not known */

enum uid_form { UID_NONE, UID_DASHED, UID_PLAIN, UID_TEXT };

struct uid {
    union {
        uint8_t bytes[16];
        const char *text; /* UID_TEXT; in the arena of uid_pack */
    };
    enum uid_form form;
};

/* Empty or too long: UID_NONE. Only a text that is no UUID takes memory of the arena. */
struct uid uid_pack(str text, struct arena *arena);
/* A view into `out`; empty for UID_NONE. */
str uid_text(const struct uid *uid, char out[UID_MAX]);
/* False for UID_NONE, whatever the text. */
bool uid_equals(const struct uid *uid, str text);

#endif
