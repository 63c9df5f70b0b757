/* decide_internal: one decision while it is made. Private to this folder. */
#ifndef SYNCD_ROLLOUT_DECIDE_INTERNAL_H
#define SYNCD_ROLLOUT_DECIDE_INTERNAL_H

#include "syncd/rollout/rollout.h"

struct deciding {
    const struct rollout_case *facts;
    const struct rollout_spec *spec;
    int64_t now_ns;
    struct rollout_record *records; /* one for each member, HELD ones too */
    struct rollout_decision *out;
};

/* observe.c: what is seen becomes of the records: done, gone wrong, there already. */
void observe_members(struct deciding *deciding);
/* The same for whether everything is to stop. */
void observe_stops(struct deciding *deciding);
/* True when the member is not available as far as is known; `released` ones never are. */
bool member_is_unavailable(const struct deciding *deciding, size_t index);

#endif
