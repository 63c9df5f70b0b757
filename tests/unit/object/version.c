/* resourceVersions as numbers. */
#include "syncd/object/version.h"

#include <criterion/criterion.h>

static bool gives_back(const char *text)
{
    char out[VERSION_MAX];
    str again;
    return version_text(version_pack(str_z(text)), out, &again) && str_equal(again, str_z(text));
}

Test(version, gives_back_decimal_numbers)
{
    cr_expect(gives_back("1"));
    cr_expect(gives_back("1234567"));
    cr_expect(gives_back("9223372036854775807"));
    cr_expect(gives_back(""));
}

Test(version, does_not_make_up_a_text_for_others)
{
    cr_expect_not(gives_back("9223372036854775808"));
    cr_expect_not(gives_back("18446744073709551616"));
    cr_expect_not(gives_back("007"));
    cr_expect_not(gives_back("a1"));
    cr_expect_not(gives_back("-1"));
}

Test(version, is_older_only_where_both_are_numbers)
{
    uint64_t one = version_pack(STR("9")), two = version_pack(STR("10")),
             other = version_pack(STR("a1"));
    cr_expect(version_is_older(one, two));
    cr_expect_not(version_is_older(two, one));
    cr_expect_not(version_is_older(one, one));
    cr_expect_not(version_is_older(VERSION_NONE, one));
    cr_expect_not(version_is_older(one, VERSION_NONE));
    cr_expect_not(version_is_older(one, other));
    cr_expect_not(version_is_older(other, one));
    cr_expect_eq(other, version_pack(STR("a1")));
    cr_expect_neq(other, version_pack(STR("a2")));
}
