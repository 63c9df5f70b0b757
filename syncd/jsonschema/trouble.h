/* trouble: what is wrong with a value, as a tree, and its text. Private to this folder. */
#ifndef SYNCD_JSONSCHEMA_TROUBLE_H
#define SYNCD_JSONSCHEMA_TROUBLE_H

#include "syncd/base/arena.h"
#include "syncd/base/buf.h"
#include "syncd/base/vec.h"
#include "syncd/value/value.h"

/* Where in the instance: a chain up to the root. */
struct place {
    const struct place *up;
    str key;
    size_t index;
    bool is_index;
};

enum trouble_kind {
    TROUBLE_PLAIN,
    TROUBLE_GROUP,     /* several of one value */
    TROUBLE_REFERENCE, /* behind a $ref; with one cause it is not shown itself */
};

struct troubles {
    VEC(struct trouble *) list;
    bool failed; /* there is one, noted or not */
    bool quiet;  /* only whether counts: nothing is noted */
};

struct trouble {
    enum trouble_kind kind;
    str place, message;
    uint32_t line;
    struct troubles causes;
};

/* "/a/0", with ~ and / of keys escaped. */
str trouble_place(const struct place *place, struct arena *arena);
/* One "- at 'PLACE': MESSAGE" a line, causes below what they caused, two spaces further in. */
void trouble_print(const struct trouble *trouble, unsigned indent, struct buf *buf);
/* The first that says something by itself. */
const struct trouble *trouble_first(const struct trouble *trouble);

/* Numbers as English writes them: 70,000 and 1.5×10⁰⁷. */
void trouble_number(double number, struct buf *buf);
/* 'text', with what is not printable escaped as Go does. */
void trouble_quote(str text, struct buf *buf);
/* A scalar of a schema or an instance; "value" for collections. */
void trouble_value(value v, struct buf *buf);

#endif
