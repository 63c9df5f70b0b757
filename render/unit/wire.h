/*
 * wire: rendered units as bytes, from the confined child to the daemon. The reader trusts nothing:
 * the child ran other people's charts. Everything read is a view into the bytes.
 */
#ifndef RENDER_UNIT_WIRE_H
#define RENDER_UNIT_WIRE_H

#include "render/unit/unit.h"
#include "render/world.h"
#include "syncd/base/buf.h"
#include "syncd/object/hook.h"
#include "syncd/object/options.h"

#define WIRE_NO_RELEASE UINT32_MAX

struct wire_object {
    struct object_id id;
    struct position source;
    int32_t rank;          /* of its kind, by the platform's level; 0 = none. Not on the wire */
    int32_t wave;          /* from the wave annotations; 0 = none */
    struct hook hook;      /* phases 0: an object that is kept */
    unsigned options;      /* bits of enum object_option */
    str depends_on;        /* the annotation, see object_dependency */
    uint32_t release;      /* index into the unit's releases, or WIRE_NO_RELEASE */
    struct hash128 digest; /* of json */
    str json;              /* the whole object, canonical: what is sent to the API server */
};

struct wire_unit {
    str name;
    bool right;                      /* false: objects and hooks are empty and findings say why */
    VEC(struct wire_object) objects; /* what is kept; by identity */
    VEC(struct wire_object) hooks;   /* what is run; never among the objects */
    VEC(struct render_release) releases;
    VEC(struct render_need) needs; /* not empty: objects, hooks and findings say nothing yet */
    VEC(struct finding) findings;
};

struct wire_result {
    VEC(struct wire_unit) units;
};

void wire_begin(struct buf *buf, size_t unit_count);
/* `world` may be NULL: no releases, no needs. */
void wire_add_unit(struct buf *buf, str name, bool right, const struct object_list *objects,
                   const struct render_world *world, const struct findings *findings);

/* INTERNAL when the bytes are not what wire_add_unit writes. */
bool wire_read(str bytes, struct arena *arena, struct wire_result *ret_result,
               struct error *err) MUST_USE;

/* What the child is asked: the units as a document, and back. All have the faults of the first. */
value wire_request(const struct unit *units, size_t count, struct arena *arena);
bool wire_request_read(value request, struct arena *arena, struct unit **ret_units,
                       size_t *ret_count, struct error *err) MUST_USE;

#endif
