#include "syncd/base/clock.h"
#include "syncd/rollout/spec.h"

#include <criterion/criterion.h>

static bool berlin(void *context, str zone, int64_t utc, int32_t *ret_east)
{
    (void)context;
    (void)utc;
    *ret_east = 7200;
    return str_equal(zone, STR("Europe/Berlin"));
}

static const struct rollout_clock clock = {NULL, berlin};

static int64_t at(const char *text)
{
    int64_t ns = 0;
    cr_assert(clock_parse_rfc3339(str_z(text), &ns));
    return ns;
}

static struct rollout_hours office = {.weekdays = 1u << 2, .from = 8 * 60, .to = 16 * 60};

static struct rollout_freeze freeze_of(const char *zone)
{
    struct rollout_freeze freeze = {.zone = str_z(zone)};
    freeze.allow.items = &office;
    freeze.allow.len = 1;
    return freeze;
}

Test(window, opens_and_shuts_at_the_minute_of_its_zone)
{
    const struct rollout_freeze freeze = freeze_of("Europe/Berlin");
    /* 2026-07-21 was a Tuesday. */
    cr_expect(!rollout_is_open(&freeze, &clock, at("2026-07-21T05:59:59Z")));
    cr_expect(rollout_is_open(&freeze, &clock, at("2026-07-21T06:00:00Z")));
    cr_expect(rollout_is_open(&freeze, &clock, at("2026-07-21T13:59:59Z")));
    cr_expect(!rollout_is_open(&freeze, &clock, at("2026-07-21T14:00:00Z")));
    cr_expect(!rollout_is_open(&freeze, &clock, at("2026-07-22T10:00:00Z")));
}

Test(window, is_shut_when_its_zone_is_not_known)
{
    struct rollout_freeze freeze = freeze_of("Europe/Nowhere");
    cr_expect(!rollout_is_open(&freeze, &clock, at("2026-07-21T10:00:00Z")));
    cr_expect(!rollout_is_open(&freeze, NULL, at("2026-07-21T10:00:00Z")));
}

Test(window, a_ban_counts_more_than_an_hour)
{
    struct rollout_ban ban = {at("2026-07-21T12:00:00Z") / NS_PER_S,
                              at("2026-07-22T00:00:00Z") / NS_PER_S};
    struct rollout_freeze freeze = freeze_of("UTC");
    freeze.deny.items = &ban;
    freeze.deny.len = 1;
    cr_expect(rollout_is_open(&freeze, NULL, at("2026-07-21T11:59:59Z")));
    cr_expect(!rollout_is_open(&freeze, NULL, at("2026-07-21T12:00:00Z")));
    const struct rollout_freeze none = {0};
    cr_expect(rollout_is_open(&none, NULL, 0));
}
