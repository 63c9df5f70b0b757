/*
 * object: a commit or tag as Git stores it, taken apart for the check of its signature. Reads the
 * very bytes whose id is rendered, and refuses everything that two readers could understand
 * differently. Pure.
 */
#ifndef SYNCD_SIGNATURE_OBJECT_H
#define SYNCD_SIGNATURE_OBJECT_H

#include "syncd/base/arena.h"
#include "syncd/base/error.h"

struct signed_object {
    str target;     /* hex: a commit's tree, the object that a tag names */
    str payload;    /* what is signed: the object without its signature */
    str signature;  /* armored text; empty = there is none */
    int64_t time_s; /* the committer's or tagger's own word */
};

/*
 * INPUT (E_SIG_FORM): a header twice, one out of place, a line without an end, a signature for
 * another kind of repository (gpgsig-sha256). Views into `bytes` or the arena.
 */
bool signed_object_read_commit(str bytes, struct arena *arena, struct signed_object *ret_object,
                               struct error *err) MUST_USE;
/* The signature stands at the end of the tag's message. */
bool signed_object_read_tag(str bytes, struct arena *arena, struct signed_object *ret_object,
                            struct error *err) MUST_USE;

#endif
