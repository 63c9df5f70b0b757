/* keys: the table of a Rollout's keys. Private to this folder. */
#ifndef SYNCD_ROLLOUT_KEYS_H
#define SYNCD_ROLLOUT_KEYS_H

#include "syncd/value/value.h"

enum rollout_type {
    ROLLOUT_TEXT,
    ROLLOUT_TEXTS,
    ROLLOUT_FLAG,
    ROLLOUT_NUMBER,
    ROLLOUT_AMOUNT, /* a number, or a percentage as text */
    ROLLOUT_DURATION,
    ROLLOUT_MAPPING,
    ROLLOUT_LABELS,
    ROLLOUT_LIST, /* of mappings */
    ROLLOUT_TIME, /* 8, "8:30" */
    ROLLOUT_DAY,  /* "2026-12-24", "2026-12-24T18:00" */
};

struct rollout_key {
    const char *section; /* "spec.waves[]" */
    const char *key;
    enum rollout_type type;
    const char *words;    /* what it may be, with commas; NULL = anything */
    const char *fallback; /* NULL: needed; "" = nothing */
    const char *summary;
};

/* Sorted by section in the order of the document; ends with a NULL section. */
extern const struct rollout_key rollout_keys[];
/* True when the value fits the row's type; the words are not looked at. */
bool rollout_key_fits(const struct rollout_key *row, value given);
const char *rollout_type_text(enum rollout_type type);

#endif
