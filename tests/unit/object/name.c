/* Names as the API server checks them. */
#include "syncd/object/object.h"

#include <criterion/criterion.h>

static const char long63[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

Test(name, knows_dns_labels)
{
    static const char *const good[] = {"a", "a-b", "0", "a1", long63};
    static const char *const bad[] = {"", "-a", "a-", "A", "a.b", "a_b", "a b"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        cr_expect(name_is_dns_label(str_z(good[i])), "%s", good[i]);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        cr_expect_not(name_is_dns_label(str_z(bad[i])), "%s", bad[i]);
    cr_expect_not(name_is_dns_label(STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                                        "aaaaaa")));
}

Test(name, knows_dns_subdomains)
{
    cr_expect(name_is_dns_subdomain(STR("a.b-c.d1")));
    cr_expect_not(name_is_dns_subdomain(STR("a..b")));
    cr_expect_not(name_is_dns_subdomain(STR("a.")));
    cr_expect_not(name_is_dns_subdomain(STR(".a")));
    cr_expect_not(name_is_dns_subdomain(STR("a.B")));
}

Test(name, knows_label_keys_and_values)
{
    cr_expect(name_is_label_value(STR("")));
    cr_expect(name_is_label_value(STR("A_b.c-9")));
    cr_expect_not(name_is_label_value(STR("-a")));
    cr_expect_not(name_is_label_value(STR("a/b")));
    cr_expect(name_is_qualified(STR("app.kubernetes.io/name")));
    cr_expect(name_is_qualified(STR("Name")));
    cr_expect_not(name_is_qualified(STR("a/")));
    cr_expect_not(name_is_qualified(STR("/a")));
    cr_expect_not(name_is_qualified(STR("a/b/c")));
    cr_expect_not(name_is_qualified(STR("A.io/name")));
}

Test(name, knows_path_segments)
{
    cr_expect(name_is_path_segment(STR("system:node")));
    cr_expect_not(name_is_path_segment(STR(".")));
    cr_expect_not(name_is_path_segment(STR("..")));
    cr_expect_not(name_is_path_segment(STR("a%2fb")));
    cr_expect_not(name_is_path_segment(STR("a/b")));
}
