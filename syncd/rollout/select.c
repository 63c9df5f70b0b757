/* Which wave is a cluster's. */
#include "syncd/rollout/spec.h"

/* "NAMESPACE/NAME" or "NAME"; either may end with a star. */
static bool name_fits(str pattern, str name)
{
    if (str_index(pattern, '/') == SIZE_MAX && str_index(name, '/') != SIZE_MAX)
        name = str_skip(name, str_index(name, '/') + 1);
    if (str_ends(pattern, STR("*")))
        return str_starts(name, str_slice(pattern, 0, pattern.len - 1));
    return str_equal(pattern, name);
}

static bool any_name_fits(const struct rollout_wave *wave, str name)
{
    VEC_FOR (const str, pattern, &wave->names) {
        if (name_fits(*pattern, name))
            return true;
    }
    return wave->names.len == 0;
}

uint32_t rollout_wave_of(const struct rollout_spec *spec, str name, value labels, str provider,
                         str region)
{
    for (uint32_t i = 0; i < spec->waves.len; i++) {
        const struct rollout_wave *wave = &spec->waves.items[i];
        if (any_name_fits(wave, name) &&
            (wave->labels == NULL || selector_matches(wave->labels, labels)) &&
            (wave->provider.len == 0 || str_equal(wave->provider, provider)) &&
            (wave->region.len == 0 || str_equal(wave->region, region)))
            return i;
    }
    return ROLLOUT_NO_WAVE;
}
