/*
 * Any bytes as JSON. What was read prints in every style and reads back equal; jansson takes it
 * too; a stream splits the same however it arrives.
 */
#include "syncd/value/json.h"

#include <jansson.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_print(value v, struct arena *arena)
{
    static const enum json_style styles[] = {JSON_COMPACT, JSON_GO, JSON_INDENT2, JSON_INDENT4};
    for (size_t i = 0; i < ARRAY_LEN(styles); i++) {
        struct error err = ERROR_INIT;
        value again;
        CHECK(json_read(json_text(v, styles[i], arena), limits_default(), arena, &again, &err));
        CHECK(value_equal(v, again) && value_hash(v) == value_hash(again));
    }
    CHECK(value_equal(v, value_copy(v, arena)));
}

/* jansson as the second opinion. Its integers end at 64 bits and its reals at a double. */
static void check_jansson(str text, bool ok)
{
    json_error_t problem;
    json_t *tree = json_loadb(text.ptr, text.len,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &problem);
    enum json_error_code code = tree == NULL ? json_error_code(&problem) : json_error_unknown;
    bool too_big = code == json_error_numeric_overflow || code == json_error_stack_overflow;
    CHECK(ok ? tree != NULL || too_big
             : tree == NULL || text.len > 64 || str_index(text, 0) != SIZE_MAX);
    json_decref(tree);
}

static void check_split(str text)
{
    struct json_splitter whole = {0}, pieces = {0};
    size_t want = json_split(&whole, text), got = 0;
    for (size_t fed = 1; fed <= text.len && got == 0; fed++)
        got = json_split(&pieces, str_slice(text, 0, fed));
    CHECK(want == got);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct arena *arena = arena_create(64u << 20);
    struct error err = ERROR_INIT;
    value v;
    str text = str_from((const char *)bytes, len);
    bool ok = json_read(text, limits_default(), arena, &v, &err);
    if (ok)
        check_print(v, arena);
    if (len > 0)
        check_jansson(text, ok);
    check_split(text);
    arena_destroy(arena);
    return 0;
}
