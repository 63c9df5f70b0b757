#include "syncd/http/field.h"

#include <criterion/criterion.h>

static str decoded(const char *text, bool plus, struct arena *arena)
{
    str out;
    return http_decode(str_z(text), plus, arena, &out) ? out : STR("(refused)");
}

Test(field, decodes_what_it_encodes)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    for (unsigned c = 1; c < 256; c++) {
        const char byte = (char)c;
        AUTO_BUF struct buf buf = BUF_INIT(16);
        http_encode(&buf, str_from(&byte, 1));
        str back;
        cr_assert(http_decode(buf_str(&buf), true, arena, &back));
        cr_assert(str_equal(back, str_from(&byte, 1)), "byte %u", c);
    }
}

Test(field, refuses_broken_escapes_and_nul)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    const char *broken[] = {"%", "%2", "a%zz", "%00", "x%"};
    for (size_t i = 0; i < ARRAY_LEN(broken); i++)
        cr_assert(str_equal(decoded(broken[i], false, arena), STR("(refused)")), "%s", broken[i]);
    cr_assert(str_equal(decoded("a+b%2B", true, arena), STR("a b+")));
    cr_assert(str_equal(decoded("a+b", false, arena), STR("a+b")));
}

Test(field, reads_a_query_in_order)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct http_fields fields;
    cr_assert(
        http_query_read(STR("watch=1&labelSelector=a%3Db%2Cc&&watch=2&empty"), arena, &fields));
    cr_assert_eq(fields.len, 4);
    cr_assert(str_equal(http_fields_get(fields, STR("watch"), false), STR("1")));
    cr_assert(str_equal(http_fields_get(fields, STR("labelSelector"), false), STR("a=b,c")));
    cr_assert(http_fields_has(fields, STR("empty"), false));
    cr_assert_not(http_fields_has(fields, STR("WATCH"), false));
    cr_assert(http_fields_has(fields, STR("WATCH"), true));
    cr_assert_not(http_query_read(STR("a=%"), arena, &fields));
}
