/* A pattern and a text apart by a zero byte: both matchers find the same, and replacing with the
 * whole match changes nothing. */
#include "syncd/base/regex_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_matchers(const struct regex *regex, str text, struct arena *arena)
{
    struct capture one[4], other[4];
    for (size_t from = 0; from <= text.len && from < 4; from++) {
        bool found = regex_find(regex, text, from, one, 4, arena);
        CHECK(found == regex_find_parallel(regex, text, from, other, 4, arena));
        CHECK(!found || memcmp(one, other, sizeof one) == 0);
        CHECK(!found || (one[0].start >= from && one[0].end <= text.len));
        CHECK(from > 0 || found == regex_matches(regex, text, arena));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct arena *arena = arena_create(64u << 20);
    struct error err = ERROR_INIT;
    const struct regex *regex;
    str text = str_from((const char *)bytes, len), pattern;
    struct limits limits = *limits_default();
    limits.regex_bytes = 256;
    if (str_cut(&text, '\0', &pattern)) {
        if (!regex_compile(pattern, &limits, arena, &regex, &err)) {
            CHECK(err.class == ERROR_INPUT || err.class == ERROR_LIMIT);
        } else if (text.ptr != NULL && text.len < 256) {
            check_matchers(regex, text, arena);
            CHECK(str_equal(regex_replace(regex, text, STR("$0"), false, arena, arena), text));
        }
    }
    arena_destroy(arena);
    return 0;
}
