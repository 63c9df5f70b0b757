/* uids in a few bytes. */
#include "syncd/object/uid.h"

#include <criterion/criterion.h>

Test(uid, gives_back_the_text_it_was_made_of)
{
    static const struct {
        const char *text;
        enum uid_form form;
    } rows[] = {
        {"0f9a4b1c-1111-4222-8333-0123456789ab", UID_DASHED},
        {"00000000-0000-0000-0000-000000000000", UID_DASHED},
        {"0f9a4b1c1111422283330123456789ab", UID_PLAIN},
        {"0F9A4B1C-1111-4222-8333-0123456789AB", UID_TEXT},
        {"0f9a4b1c-1111-4222-8333-0123456789ag", UID_TEXT},
        {"0f9a4b1c11114-222-8333-0123456789abc", UID_TEXT},
        {"0f9a4b1c-1111422283330123456789ab", UID_TEXT},
        {"u1", UID_TEXT},
        {"", UID_NONE},
        {"a-text-that-is-as-long-as-forty-bytes-be", UID_NONE},
    };
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char out[UID_MAX];
        struct uid uid = uid_pack(str_z(rows[i].text), arena);
        cr_expect_eq(uid.form, rows[i].form, "%s", rows[i].text);
        str wanted = rows[i].form != UID_NONE ? str_z(rows[i].text) : (str){0};
        cr_expect(str_equal(uid_text(&uid, out), wanted), "%s", rows[i].text);
        cr_expect_eq(uid_equals(&uid, str_z(rows[i].text)), rows[i].form != UID_NONE);
        cr_expect_not(uid_equals(&uid, STR("0f9a4b1c-1111-4222-8333-0123456789ac")));
    }
}

Test(uid, that_is_not_known_equals_nothing)
{
    struct uid none = {0};
    cr_expect_not(uid_equals(&none, STR("")));
}
