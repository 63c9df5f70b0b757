#include "syncd/base/buf.h"
#include "syncd/base/clock.h"
#include "syncd/base/crypto.h"
#include "syncd/base/error.h"
#include "syncd/base/limits.h"
#include "syncd/base/sha256.h"
#include "syncd/base/str.h"

#include <criterion/criterion.h>

Test(str, compares_by_bytes_and_length)
{
    cr_assert_lt(str_compare(STR("a"), STR("b")), 0);
    cr_assert_lt(str_compare(STR("a"), STR("aa")), 0);
    cr_assert_eq(str_compare(STR(""), (str){0}), 0);
    cr_assert(str_equal_fold(STR("AbC"), STR("aBc")));
}

Test(str, cuts_until_used_up)
{
    str rest = STR("a,,b"), head;
    const char *expected[] = {"a", "", "b"};
    for (size_t i = 0; i < 3; i++) {
        cr_assert(str_cut(&rest, ',', &head));
        cr_assert(str_equal(head, str_z(expected[i])));
    }
    cr_assert_not(str_cut(&rest, ',', &head));
}

Test(str, reads_integers_to_their_limits)
{
    int64_t number;
    cr_assert(str_to_i64(STR("-9223372036854775808"), &number));
    cr_assert_eq(number, INT64_MIN);
    cr_assert(str_to_i64(STR("9223372036854775807"), &number));
    cr_assert_not(str_to_i64(STR("9223372036854775808"), &number));
    cr_assert_not(str_to_i64(STR(""), &number));
    cr_assert_not(str_to_i64(STR("-"), &number));
    cr_assert_not(str_to_i64(STR("1x"), &number));
}

Test(str, round_trips_every_code_point)
{
    for (uint32_t code = 0; code <= 0x10FFFF; code += code < 0x900 ? 1 : 97) {
        if (code >= 0xD800 && code <= 0xDFFF)
            continue;
        char bytes[4];
        uint32_t read = 0;
        str text = str_from(bytes, str_encode_utf8(code, bytes));
        cr_assert_eq(str_decode_utf8(text, &read), text.len);
        cr_assert_eq(read, code);
        cr_assert(str_is_utf8(text));
    }
}

Test(str, refuses_malformed_utf8)
{
    static const char *const bad[] = {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                                      "\x80",     "\xE2\x82",     "long enough ascii \xFF"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        cr_assert_not(str_is_utf8(str_z(bad[i])));
}

Test(clock, formats_and_reads_back)
{
    static const int64_t seconds[] = {0, 951782400, 1677753667, -1, 9223372035};
    for (size_t i = 0; i < ARRAY_LEN(seconds); i++) {
        char text[CLOCK_RFC3339_LEN + 1];
        int64_t read;
        clock_format_rfc3339(seconds[i] * NS_PER_S, text);
        cr_assert(clock_parse_rfc3339(str_z(text), &read), "%s", text);
        cr_assert_eq(read, seconds[i] * NS_PER_S, "%s", text);
    }
    char precise[CLOCK_RFC3339_MS_LEN + 1];
    clock_format_rfc3339_ms(INT64_C(1677753667250000000), precise);
    cr_assert_str_eq(precise, "2023-03-02T10:41:07.250Z");
    int64_t with_offset;
    cr_assert(clock_parse_rfc3339(STR("2023-03-02T12:41:07.25+02:00"), &with_offset));
    cr_assert_eq(with_offset, INT64_C(1677753667250000000));
    cr_assert_not(clock_parse_rfc3339(STR("2023-02-30T00:00:00Z"), &with_offset));
}

Test(clock, reads_durations)
{
    int64_t ns;
    cr_assert(clock_parse_duration(STR("1h30m"), &ns));
    cr_assert_eq(ns, 5400 * NS_PER_S);
    cr_assert(clock_parse_duration(STR("1.5s"), &ns));
    cr_assert_eq(ns, 1500 * NS_PER_MS);
    cr_assert_not(clock_parse_duration(STR("1x"), &ns));
    cr_assert_not(clock_parse_duration(STR("-1s"), &ns));
    cr_assert_not(clock_parse_duration(STR("1h99999999999999h"), &ns));
    cr_assert_not(clock_parse_duration(STR(""), &ns));
}

Test(crypto, digests_match_published_vectors)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    uint8_t digest[DIGEST_MAX];
    crypto_sha256(STR("abc"), digest);
    str hex = hex_encode(arena, str_from((char *)digest, SHA256_LEN));
    cr_assert(
        str_equal(hex, STR("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")));
    str back;
    cr_assert(hex_decode(arena, hex, &back));
    cr_assert_eq(memcmp(back.ptr, digest, SHA256_LEN), 0);
}

Test(crypto, base64_round_trips_and_is_strict)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    str text = STR("any carnal pleas");
    for (size_t length = 0; length <= text.len; length++) {
        str back, piece = str_slice(text, 0, length);
        cr_assert(base64_decode(arena, base64_encode(arena, piece), &back));
        cr_assert(str_equal(back, piece));
    }
    str ignored;
    cr_assert_not(base64_decode(arena, STR("a==="), &ignored));
    cr_assert_not(base64_decode(arena, STR("YQ"), &ignored));
    cr_assert_not(base64_decode(arena, STR("YQ=\n"), &ignored));
}

Test(error, is_wrapped_placed_and_printed_without_control_bytes)
{
    struct error err = ERROR_INIT;
    cr_assert_not(error_rule(&err, ERROR_INPUT, "E_TEST", "bad \x1b[31m"));
    (void)error_wrap(&err, "reading %s", "a.yaml");
    (void)error_at(&err, (struct position){STR("a.yaml"), 3, 7});
    (void)error_at(&err, (struct position){STR("other"), 9, 9});
    (void)error_hint(&err, "say less");
    AUTO_BUF struct buf text = BUF_INIT(1000);
    error_print(&err, &text);
    cr_assert_str_eq(text.ptr, "a.yaml:3:7: reading a.yaml: bad \\x1b[31m [E_TEST] (say less)");
}

Test(findings, are_capped_but_counted)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct findings findings;
    findings_init(&findings, arena);
    for (uint32_t i = 0; i < FINDINGS_CAP + 5; i++)
        (void)findings_add(&findings, SEVERITY_ERROR, "E_X",
                           (struct position){STR("f"), FINDINGS_CAP + 5 - i, 0}, "n %u", i);
    cr_assert_eq(findings.list.len, FINDINGS_CAP);
    cr_assert_eq(findings.dropped, 5);
    cr_assert_eq(findings.errors, FINDINGS_CAP + 5);
    findings_sort(&findings);
    cr_assert_lt(findings.list.items[0].position.line, findings.list.items[1].position.line);
}

Test(limits, table_is_unique_and_documented)
{
    size_t count;
    const struct limits_row *rows = limits_rows(&count);
    for (size_t i = 0; i < count; i++) {
        cr_assert_gt(strlen(rows[i].what), 3);
        cr_assert_gt(rows[i].value, 0);
        for (size_t j = 0; j < i; j++)
            cr_assert_str_neq(rows[i].name, rows[j].name);
    }
}

Test(sha256, gives_what_openssl_gives_at_every_length_of_the_last_block)
{
    char bytes[300];
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)(i * 37 + 11);
    for (size_t len = 0; len <= sizeof(bytes); len++) {
        uint8_t ours[SHA256_BYTES], theirs[SHA256_LEN];
        sha256(str_from(bytes, len), ours);
        crypto_sha256(str_from(bytes, len), theirs);
        cr_assert_arr_eq(ours, theirs, sizeof(ours), "at %zu bytes", len);
    }
}
