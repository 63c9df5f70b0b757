#include "syncd/object/object.h"

#define LABEL_MAX     63
#define SUBDOMAIN_MAX 253

static bool is_lower_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_alnum(char c)
{
    return is_lower_alnum(c) || (c >= 'A' && c <= 'Z');
}

/* [a-z0-9]([-a-z0-9]*[a-z0-9])? of any length. */
static bool is_label_shape(str s)
{
    if (s.len == 0 || !is_lower_alnum(s.ptr[0]) || !is_lower_alnum(s.ptr[s.len - 1]))
        return false;
    for (size_t i = 1; i + 1 < s.len; i++) {
        if (!is_lower_alnum(s.ptr[i]) && s.ptr[i] != '-')
            return false;
    }
    return true;
}

bool name_is_dns_label(str name)
{
    return name.len <= LABEL_MAX && is_label_shape(name);
}

bool name_is_dns_subdomain(str name)
{
    if (name.len == 0 || name.len > SUBDOMAIN_MAX)
        return false;
    str rest = name, label;
    while (str_cut(&rest, '.', &label)) {
        if (!is_label_shape(label))
            return false;
    }
    return true;
}

bool name_is_path_segment(str name)
{
    if (name.len == 0 || str_equal(name, STR(".")) || str_equal(name, STR("..")))
        return false;
    return str_index(name, '/') == SIZE_MAX && str_index(name, '%') == SIZE_MAX;
}

bool name_is_label_value(str text)
{
    if (text.len == 0)
        return true;
    if (text.len > LABEL_MAX || !is_alnum(text.ptr[0]) || !is_alnum(text.ptr[text.len - 1]))
        return false;
    for (size_t i = 1; i + 1 < text.len; i++) {
        char c = text.ptr[i];
        if (!is_alnum(c) && c != '-' && c != '_' && c != '.')
            return false;
    }
    return true;
}

bool name_is_qualified(str text)
{
    size_t slash = str_index(text, '/');
    if (slash == SIZE_MAX)
        return text.len != 0 && name_is_label_value(text);
    str name = str_skip(text, slash + 1);
    return name_is_dns_subdomain(str_slice(text, 0, slash)) && name.len != 0 &&
           name_is_label_value(name);
}
