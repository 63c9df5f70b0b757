#include "syncd/http/tls.h"

#include "syncd/base/clock.h"

#include <criterion/criterion.h>

Test(tls, issues_what_it_can_check)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    struct tls_identity authority, server, other;
    cr_assert(tls_make_authority(STR("authority"), arena, &authority, &err), "%s", err.text);
    const struct tls_issue_options options = {.common_name = STR("localhost"),
                                              .names = "DNS:localhost,IP:127.0.0.1",
                                              .valid_for_ns = 3600 * NS_PER_S};
    cr_assert(tls_issue(&authority, &options, arena, &server, &err), "%s", err.text);
    cr_assert(tls_check_identity(&server, &err), "%s", err.text);
    int64_t expires;
    const str both =
        arena_concat(arena, authority.certificate_pem, server.certificate_pem, STR(""));
    cr_assert(tls_check_certificates(both, &expires, &err), "%s", err.text);
    const int64_t left = expires - clock_wall_ns() / NS_PER_S;
    cr_assert(left > 3590 && left <= 3600, "%ld", (long)left);

    cr_assert(tls_issue(&authority, &options, arena, &other, &err));
    other.key_pem = server.key_pem;
    cr_assert_not(tls_check_identity(&other, &err));
    cr_assert_eq(err.class, ERROR_INPUT);
}

Test(tls, refuses_garbage)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    int64_t expires;
    cr_assert_not(tls_check_certificates(STR(""), &expires, &err));
    cr_assert_not(
        tls_check_certificates(STR("-----BEGIN CERTIFICATE-----\nAAAA\n"), &expires, &err));
    struct tls_identity authority;
    cr_assert(tls_make_authority(STR("authority"), arena, &authority, &err));
    const str cut = arena_concat(arena, authority.certificate_pem,
                                 STR("-----BEGIN CERTIFICATE-----\nAAAA\n"), STR(""));
    cr_assert_not(tls_check_certificates(cut, &expires, &err));
    cr_assert_str_eq(err.rule, "E_TLS");
    const struct tls_identity swapped = {authority.key_pem, authority.certificate_pem};
    cr_assert_not(tls_check_identity(&swapped, &err));
}
