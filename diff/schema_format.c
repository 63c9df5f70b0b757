#include "diff/schema_internal.h"
#include "syncd/base/clock.h"
#include "syncd/base/crypto.h"

#include <arpa/inet.h>

typedef bool format_check(str text, struct arena *scratch);

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool all_hex(str text, size_t len)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!is_hex(text.ptr[i]))
            return false;
    }
    return text.len == len;
}

static bool check_anything(str text, struct arena *scratch)
{
    (void)text;
    (void)scratch;
    return true;
}

static bool check_object_id(str text, struct arena *scratch)
{
    (void)scratch;
    return all_hex(text, 24);
}

/* Absolute, or a path: what a request line may carry. */
static bool check_uri(str text, struct arena *scratch)
{
    (void)scratch;
    size_t colon = str_index(text, ':');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c <= ' ' || c == 0x7f)
            return false;
    }
    if (text.len != 0 && text.ptr[0] == '/')
        return true;
    if (colon == SIZE_MAX || colon == 0)
        return false;
    for (size_t i = 0; i < colon; i++) {
        char c = (char)(text.ptr[i] | 0x20);
        bool letter = c >= 'a' && c <= 'z';
        bool inner = i != 0 && (is_digit(text.ptr[i]) || strchr("+-.", text.ptr[i]) != NULL);
        if (!letter && !inner)
            return false;
    }
    return true;
}

static bool check_email(str text, struct arena *scratch)
{
    (void)scratch;
    size_t at = str_rindex(text, '@');
    if (at == SIZE_MAX || at == 0 || at + 1 == text.len)
        return false;
    return str_index(text, ' ') == SIZE_MAX && str_index(str_slice(text, 0, at), '@') == SIZE_MAX;
}

static bool check_hostname(str text, struct arena *scratch)
{
    (void)scratch;
    str rest = text, label;
    if (text.len == 0 || text.len > 255)
        return false;
    while (str_cut(&rest, '.', &label)) {
        if (label.len == 0 || label.len > 63 || label.ptr[0] == '-')
            return false;
        for (size_t i = 0; i < label.len; i++) {
            char c = (char)(label.ptr[i] | 0x20);
            if (!is_digit(label.ptr[i]) && !(c >= 'a' && c <= 'z') && label.ptr[i] != '-')
                return false;
        }
    }
    return true;
}

static bool parses_as(int family, str text)
{
    char copy[INET6_ADDRSTRLEN + 1], address[16];
    if (text.len >= sizeof(copy))
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return strlen(copy) == text.len && inet_pton(family, copy, address) == 1;
}

static bool check_ipv4(str text, struct arena *scratch)
{
    (void)scratch;
    return text.len != 0 && parses_as(AF_INET, text);
}

static bool check_ipv6(str text, struct arena *scratch)
{
    (void)scratch;
    return text.len != 0 && parses_as(AF_INET6, text);
}

static bool check_cidr(str text, struct arena *scratch)
{
    size_t slash = str_index(text, '/');
    uint64_t bits;
    if (slash == SIZE_MAX || !str_to_u64(str_skip(text, slash + 1), &bits))
        return false;
    str address = str_slice(text, 0, slash);
    if (check_ipv4(address, scratch))
        return bits <= 32;
    return check_ipv6(address, scratch) && bits <= 128;
}

/* 6, 8 or 20 bytes in hexadecimal, parted by `:` or `-`. */
static bool check_mac(str text, struct arena *scratch)
{
    (void)scratch;
    if (text.len != 17 && text.len != 23 && text.len != 59)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        bool sign = i % 3 == 2;
        if (sign ? text.ptr[i] != text.ptr[2] : !is_hex(text.ptr[i]))
            return false;
    }
    return text.ptr[2] == ':' || text.ptr[2] == '-';
}

/* 8-4-4-4-12 hexadecimal digits, dashes may be left out. version 0: any. */
static bool is_uuid(str text, char version, bool variant)
{
    static const uint8_t groups[] = {8, 4, 4, 4, 12};
    size_t at = 0;
    char first[ARRAY_LEN(groups)];
    for (size_t g = 0; g < ARRAY_LEN(groups); g++) {
        if (g != 0 && at < text.len && text.ptr[at] == '-')
            at++;
        if (!all_hex(str_slice(text, at, groups[g]), groups[g]))
            return false;
        first[g] = text.ptr[at];
        at += groups[g];
    }
    if (at != text.len || (version != '\0' && first[2] != version))
        return false;
    return !variant || strchr("89abAB", first[3]) != NULL;
}

static bool check_uuid(str text, struct arena *scratch)
{
    (void)scratch;
    return is_uuid(text, '\0', false);
}

static bool check_uuid3(str text, struct arena *scratch)
{
    (void)scratch;
    return is_uuid(text, '3', false);
}

static bool check_uuid4(str text, struct arena *scratch)
{
    (void)scratch;
    return is_uuid(text, '4', true);
}

static bool check_uuid5(str text, struct arena *scratch)
{
    (void)scratch;
    return is_uuid(text, '5', true);
}

static bool check_byte(str text, struct arena *scratch)
{
    str decoded;
    return base64_decode(scratch, text, &decoded);
}

static bool check_date(str text, struct arena *scratch)
{
    int64_t when;
    if (text.len != 10)
        return false;
    return clock_parse_rfc3339(arena_concat(scratch, text, STR("T00:00:00Z"), (str){0}), &when);
}

static bool check_date_time(str text, struct arena *scratch)
{
    (void)scratch;
    int64_t when;
    return clock_parse_rfc3339(text, &when);
}

static bool check_duration(str text, struct arena *scratch)
{
    (void)scratch;
    static const char *const units[] = {
        "ns",  "nano", "nanos",  "us",      "micro", "micros", "ms",   "milli",  "millis",  "s",
        "sec", "secs", "second", "seconds", "m",     "min",    "mins", "minute", "minutes", "h",
        "hr",  "hour", "hours",  "d",       "day",   "days",   "w",    "week",   "weeks",
    };
    int64_t ns;
    if (clock_parse_duration(text, &ns))
        return true;
    size_t at = 0;
    while (at < text.len && (is_digit(text.ptr[at]) || text.ptr[at] == '.'))
        at++;
    str unit = str_trim(str_skip(text, at));
    for (size_t i = 0; at != 0 && i < ARRAY_LEN(units); i++) {
        if (str_equal_fold(unit, str_z(units[i])))
            return true;
    }
    return false;
}

static bool check_hex_color(str text, struct arena *scratch)
{
    (void)scratch;
    if (text.len != 0 && text.ptr[0] == '#')
        text = str_skip(text, 1);
    return all_hex(text, 3) || all_hex(text, 6);
}

static bool check_short_name(str text, struct arena *scratch)
{
    (void)scratch;
    return name_is_dns_label(text);
}

static bool check_long_name(str text, struct arena *scratch)
{
    (void)scratch;
    return name_is_dns_subdomain(text);
}

/*
 * Formats that the server knows. isbn, creditcard, ssn and rgbcolor are known to it, too, and not
 * checked here: no kind of the platform uses them.
 */
static const struct {
    const char *name;
    format_check *check;
} formats[] = {
    {"bsonobjectid", check_object_id},
    {"byte", check_byte},
    {"cidr", check_cidr},
    {"date", check_date},
    {"date-time", check_date_time},
    {"datetime", check_date_time},
    {"duration", check_duration},
    {"email", check_email},
    {"hexcolor", check_hex_color},
    {"hostname", check_hostname},
    {"ipv4", check_ipv4},
    {"ipv6", check_ipv6},
    {"k8s-long-name", check_long_name},
    {"k8s-short-name", check_short_name},
    {"mac", check_mac},
    {"password", check_anything},
    {"uri", check_uri},
    {"uuid", check_uuid},
    {"uuid3", check_uuid3},
    {"uuid4", check_uuid4},
    {"uuid5", check_uuid5},
};

const char *schema_format(str name)
{
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        if (str_equal(name, str_z(formats[i].name)))
            return formats[i].name;
    }
    return NULL;
}

bool schema_format_matches(const char *format, str text, struct arena *scratch)
{
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        if (formats[i].name == format)
            return formats[i].check(text, scratch);
    }
    return true;
}
