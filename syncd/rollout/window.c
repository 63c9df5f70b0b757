/* Freeze windows: may clusters be let go now? */
#include "syncd/base/clock.h"
#include "syncd/rollout/spec.h"

#define DAY 86400

static bool is_allowed(const struct rollout_freeze *freeze, int64_t local)
{
    int64_t day = local / DAY;
    uint32_t minute = (uint32_t)(local % DAY / 60);
    unsigned weekday = (unsigned)((day + 4) % 7); /* 1970-01-01 was a Thursday */
    VEC_FOR (const struct rollout_hours, hours, &freeze->allow) {
        bool today = hours->weekdays == 0 || (hours->weekdays >> weekday & 1) != 0;
        if (today && minute >= hours->from && minute < hours->to)
            return true;
    }
    return freeze->allow.len == 0;
}

bool rollout_is_open(const struct rollout_freeze *freeze, const struct rollout_clock *clock,
                     int64_t wall_ns)
{
    int64_t utc = wall_ns / NS_PER_S;
    int32_t east = 0;
    if (freeze->allow.len == 0 && freeze->deny.len == 0)
        return true;
    bool local_is_utc = freeze->zone.len == 0 || str_equal(freeze->zone, STR("UTC"));
    if (utc < DAY || (!local_is_utc &&
                      (clock == NULL || !clock->offset(clock->context, freeze->zone, utc, &east))))
        return false;
    int64_t local = utc + east;
    VEC_FOR (const struct rollout_ban, ban, &freeze->deny) {
        if (local >= ban->from && local < ban->to)
            return false;
    }
    return is_allowed(freeze, local);
}
