/* The inside of a member's world, shared by world.c, records.c and lookups.c only. */
#ifndef SYNCD_DAEMON_WORLD_INTERNAL_H
#define SYNCD_DAEMON_WORLD_INTERNAL_H

#include "render/unit/wire.h"
#include "syncd/base/map.h"
#include "syncd/daemon/daemon_internal.h"
#include "syncd/kube/reflector.h"

/* How far a record (the Secret with a release's frozen values) is known. */
enum record_state { RECORD_UNKNOWN, RECORD_BUSY, RECORD_KNOWN };

struct record {
    struct member_world *world;
    str namespace, name; /* of the release */
    str secret;
    enum record_state state;
    struct buf values;         /* JSON; empty: there is none yet */
    char version[VERSION_MAX]; /* of the Secret; empty: it is not there */
    struct buf writing;        /* what is on its way to it */
};

/* One lookup, watched from the first time that it was asked for. */
struct lookup {
    struct member_world *world;
    str texts[NEED_TEXTS];            /* API version, kind, namespace, name */
    struct kube_reflector *reflector; /* NULL: the kind is not served, or not asked yet */
    struct arena *items_arena;
    struct map items; /* "namespace/name" to the object's JSON */
    size_t bytes;
    bool answered, too_long;
    bool known_once; /* an answer was given before */
};

struct member_world {
    struct daemon *daemon;
    struct member_target *member;
    struct arena *arena; /* names; as long as the configuration */
    struct loop_timer *timer;
    unsigned failures, rounds;
    bool version_known, version_asked;
    str kube_version;
    VEC(struct record *) records;
    VEC(struct lookup *) lookups;
    struct desired *ready; /* waits for records to be written */
    unsigned writes;
    bool wants_charts;
};

/* Something was answered: goes on when nothing is open any more. */
void world_check(struct member_world *world);
/* Asks again later. */
void world_retry(struct member_world *world, const char *what, const struct error *err);
/* The member keeps its last good commit; tried again later all the same. */
void world_hold(struct member_world *world, const char *rule, const struct error *err);
/* A record's write ended: done, or it has to be read and rendered again. */
void world_record_written(struct member_world *world);
void world_record_lost(struct member_world *world);
/* What was looked up has changed. */
void world_changed(struct member_world *world);

/* records.c */
void record_need(struct member_world *world, const struct render_need *need);
void record_read(struct record *record);
/* Writes those of the unit that are new; how many are on their way. False when what was rendered is
   not of what is known now. */
bool records_write(struct member_world *world, const struct wire_unit *unit,
                   unsigned *ret_count) MUST_USE;
void record_finish(struct record *record);

/* lookups.c */
void lookup_need(struct member_world *world, const struct render_need *need);
void lookup_open(struct lookup *lookup);
void lookup_close(struct lookup *lookup);
value lookup_answer(const struct lookup *lookup, struct arena *arena);

#endif
