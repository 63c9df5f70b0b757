/* Formats of strings in schemas. */
#include "syncd/base/clock.h"
#include "syncd/jsonschema/jsonschema.h"

#include <stdio.h>

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_alphanumeric(char byte)
{
    return is_digit(byte) || ((byte | 32) >= 'a' && (byte | 32) <= 'z');
}

static bool is_hex(char byte)
{
    return is_digit(byte) || ((byte | 32) >= 'a' && (byte | 32) <= 'f');
}

static bool is_hostname(str text)
{
    if (str_ends(text, STR(".")))
        text.len--;
    if (text.len == 0 || text.len > 253)
        return false;
    for (str label; str_cut(&text, '.', &label);) {
        if (label.len == 0 || label.len > 63 || label.ptr[0] == '-' ||
            label.ptr[label.len - 1] == '-')
            return false;
        for (size_t i = 0; i < label.len; i++)
            if (!is_alphanumeric(label.ptr[i]) && label.ptr[i] != '-')
                return false;
    }
    return true;
}

static bool is_ipv4(str text)
{
    size_t parts = 0;
    for (str part; str_cut(&text, '.', &part); parts++) {
        uint64_t number;
        if (part.len > 3 || !str_to_u64(part, &number) || number > 255 ||
            (part.len > 1 && part.ptr[0] == '0'))
            return false;
    }
    return parts == 4;
}

static bool is_ipv6(str text)
{
    size_t groups = 0;
    bool gap = false;
    if (str_starts(text, STR("::"))) {
        gap = true;
        text = str_skip(text, 2);
    }
    while (text.len > 0) {
        size_t len = 0;
        while (len < text.len && is_hex(text.ptr[len]))
            len++;
        if (len < text.len && text.ptr[len] == '.')
            return is_ipv4(text) && (gap ? groups < 6 : groups == 6);
        if (len == 0 || len > 4)
            return false;
        groups++;
        text = str_skip(text, len);
        if (text.len == 0)
            break;
        if (text.ptr[0] != ':' || text.len == 1)
            return false;
        text = str_skip(text, 1);
        if (text.ptr[0] == ':') {
            if (gap)
                return false;
            gap = true;
            text = str_skip(text, 1);
        }
    }
    return gap ? groups < 8 : groups == 8;
}

static bool is_email(str text)
{
    size_t at = str_rindex(text, '@');
    if (at == SIZE_MAX || at == 0 || at > 64 || text.len > 254)
        return false;
    for (size_t i = 0; i < at; i++)
        if (text.ptr[i] == ' ' || text.ptr[i] == '@')
            return false;
    str domain = str_skip(text, at + 1);
    if (str_starts(domain, STR("[")) && str_ends(domain, STR("]")))
        return is_ipv4(str_slice(domain, 1, domain.len - 2));
    return is_hostname(domain);
}

static bool is_uri_reference(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] <= ' ' || strchr("<>\"\\^`{|}", text.ptr[i]) != NULL)
            return false;
    return true;
}

static bool is_uri(str text)
{
    size_t colon = str_index(text, ':');
    if (colon == SIZE_MAX || colon == 0 || !is_uri_reference(text))
        return false;
    for (size_t i = 0; i < colon; i++)
        if (!is_alphanumeric(text.ptr[i]) && strchr("+-.", text.ptr[i]) == NULL)
            return false;
    return !is_digit(text.ptr[0]);
}

static bool is_date_time(str text)
{
    int64_t ns;
    return text.len >= CLOCK_RFC3339_LEN && clock_parse_rfc3339(text, &ns);
}

static bool is_date(str text)
{
    char full[32];
    if (text.len != 10)
        return false;
    (void)snprintf(full, sizeof(full), "%.*sT00:00:00Z", STR_ARG(text));
    return is_date_time(str_z(full));
}

static bool is_time(str text)
{
    char full[80];
    if (text.len < 9 || text.len > 60)
        return false;
    (void)snprintf(full, sizeof(full), "2000-01-01T%.*s", STR_ARG(text));
    return is_date_time(str_z(full));
}

static bool is_uuid(str text)
{
    if (text.len != 36)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text.ptr[i] != '-' : !is_hex(text.ptr[i]))
            return false;
    }
    return true;
}

static bool is_json_pointer(str text)
{
    if (text.len > 0 && text.ptr[0] != '/')
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '~' &&
            (i + 1 >= text.len || (text.ptr[i + 1] != '0' && text.ptr[i + 1] != '1')))
            return false;
    return true;
}

/* Why a text is none: the reason that is met first, in the words of Helm's validator where they are
   short. */

static const char *ipv4_complaint(str text)
{
    size_t dots = 0;
    for (size_t i = 0; i < text.len; i++)
        dots += text.ptr[i] == '.';
    if (dots != 3)
        return "expected four decimals";
    for (str part; str_cut(&text, '.', &part);)
        if (part.len > 1 && part.ptr[0] == '0')
            return "leading zeros";
    return "decimal must be between 0 and 255";
}

static const char *hostname_complaint(str text)
{
    if (str_ends(text, STR(".")))
        text.len--;
    if (text.len > 253)
        return "more than 253 characters long";
    if (text.len == 0)
        return "label must be 1 to 63 characters long";
    for (str label; str_cut(&text, '.', &label);) {
        if (label.len == 0 || label.len > 63)
            return "label must be 1 to 63 characters long";
        if (label.ptr[0] == '-')
            return "label starts with hyphen";
        if (label.ptr[label.len - 1] == '-')
            return "label ends with hyphen";
    }
    return "invalid character";
}

static const char *uuid_complaint(str text)
{
    size_t groups = 1;
    for (size_t i = 0; i < text.len; i++)
        groups += text.ptr[i] == '-';
    return groups != 5 ? "must have 5 elements" : "must be 8-4-4-4-12 hex digits";
}

static const char *email_complaint(str text)
{
    return str_index(text, '@') == SIZE_MAX ? "missing @" : "invalid local part or domain";
}

static const char *ipv6_complaint(str text)
{
    return str_index(text, ':') == SIZE_MAX ? "missing colon" : "unable to parse IP";
}

static const char *time_complaint(str text)
{
    return text.len < 9 ? "less than 9 characters long" : "not hh:mm:ss with an offset";
}

static const char *date_time_complaint(str text)
{
    return text.len < 20 ? "less than 20 characters long" : "not a date, T and a time";
}

static const char *date_complaint(str text)
{
    (void)text;
    return "not yyyy-mm-dd";
}

static const char *pointer_complaint(str text)
{
    return text.ptr[0] != '/' ? "not starting with /" : "~ must be followed by 0 or 1";
}

static const char *uri_complaint(str text)
{
    return is_uri_reference(text) ? "relative url" : "invalid character in url";
}

const char *jsonschema_format_complaint(str format, str text, struct arena *arena)
{
    static const struct {
        const char *name;
        bool (*check)(str text);
        const char *(*complain)(str text);
    } formats[] = {
        {"date", is_date, date_complaint},
        {"date-time", is_date_time, date_time_complaint},
        {"email", is_email, email_complaint},
        {"hostname", is_hostname, hostname_complaint},
        {"ipv4", is_ipv4, ipv4_complaint},
        {"ipv6", is_ipv6, ipv6_complaint},
        {"json-pointer", is_json_pointer, pointer_complaint},
        {"time", is_time, time_complaint},
        {"uri", is_uri, uri_complaint},
        {"uri-reference", is_uri_reference, uri_complaint},
        {"uuid", is_uuid, uuid_complaint},
    };
    for (size_t i = 0; i < ARRAY_LEN(formats); i++)
        if (str_equal(format, str_z(formats[i].name)))
            return formats[i].check(text) ? NULL : formats[i].complain(text);
    const struct regex *regex;
    struct error err = ERROR_INIT;
    if (str_equal(format, STR("regex")) &&
        !regex_compile(text, limits_default(), arena, &regex, &err))
        return arena_str(arena, str_z(err.text)).ptr;
    return NULL;
}
