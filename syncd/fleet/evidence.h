/*
 * evidence: what the clusters' objects say about each other, in few bytes: of each object that some
 * join of the level reads, what the joins take; of objects that are judged with joins, their text.
 *
 * Owns its memory; texts move into new arenas now and then, so what is handed out lives until the
 * next evidence_take or evidence_forget.
 */
#ifndef SYNCD_FLEET_EVIDENCE_H
#define SYNCD_FLEET_EVIDENCE_H

#include "repo-layout/level.h"

struct evidence;

/* The level must outlive it. */
struct evidence *evidence_create(const struct level *level);
void evidence_destroy(struct evidence *evidence);

/* True when objects of the kind are wanted: they are judged with joins, or others read them. */
bool evidence_wants(const struct evidence *evidence, const struct level_kind *kind);

/* Where objects of a kind are heard of: the whole fleet ("") or one region. */
struct evidence_scope {
    const struct level_kind *kind;
    str region;
};
/* Somebody watches this scope; until evidence_complete nothing of it counts as known. */
void evidence_watch(struct evidence *evidence, struct evidence_scope scope);
/* All objects of the scope are known as of now / nothing is sure any more since now. */
void evidence_complete(struct evidence *evidence, struct evidence_scope scope, int64_t now_ns);
void evidence_lost(struct evidence *evidence, struct evidence_scope scope);

/* An object as it is now. True when something that anybody reads has changed. */
bool evidence_take(struct evidence *evidence, struct evidence_scope scope, value document,
                   int64_t now_ns);
bool evidence_forget(struct evidence *evidence, struct evidence_scope scope, str namespace,
                     str name);
/* What was not taken since the mark is gone: for lists. True when anything was. */
uint64_t evidence_mark(struct evidence *evidence);
bool evidence_sweep(struct evidence *evidence, struct evidence_scope scope, uint64_t mark);

/* $facts for one object: ABSENT when the level has no joins for its kind. */
value evidence_facts(struct evidence *evidence, const struct level_kind *kind, value document,
                     int64_t ready_generation, int64_t now_ns, struct arena *arena);

/* Objects that are judged with joins, one after the other; false at the end. */
struct evidence_judged {
    const struct level_kind *kind;
    str namespace, name;
    str text; /* its JSON: identity, labels, spec, status */
    int64_t heard_ns;
};
bool evidence_next(const struct evidence *evidence, size_t *cursor,
                   struct evidence_judged *ret_judged);

/* Known evidence that is older than this is not believed any more. */
#define EVIDENCE_TTL_NS (180 * INT64_C(1000000000))

#endif
