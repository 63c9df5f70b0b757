#include "syncd/base/regex_internal.h"

#include "syncd/base/buf.h"

bool regex_compile(str pattern, const struct limits *limits, struct arena *arena,
                   const struct regex **ret_regex, struct error *err)
{
    if (pattern.len > limits->regex_bytes)
        return error_rule(err, ERROR_LIMIT, "E_REGEX",
                          "the regular expression has %zu bytes (limit %llu)", pattern.len,
                          (unsigned long long)limits->regex_bytes);
    struct parsed parsed = {0};
    struct regex *regex = ARENA_NEW(arena, struct regex);
    if (!regex_parse(arena_str(arena, pattern), arena, &parsed, err) ||
        !regex_compile_parsed(&parsed, arena, regex, err))
        return false;
    *ret_regex = regex;
    return true;
}

size_t regex_group_count(const struct regex *regex)
{
    return regex->group_count;
}

str regex_group_name(const struct regex *regex, size_t group)
{
    return group < regex->group_count ? regex->names[group] : (str){0};
}

static size_t width_at(str text, size_t at)
{
    uint32_t code = 0;
    if (at >= text.len)
        return 0;
    size_t width = str_decode_utf8(str_skip(text, at), &code);
    return width > 0 ? width : 1;
}

bool regex_next(const struct regex *regex, str text, struct regex_walk *walk,
                struct capture *captures, size_t count, struct arena *scratch)
{
    CHECK(count > 0);
    while (!walk->done) {
        if (!regex_find(regex, text, walk->at, captures, count, scratch))
            break;
        bool empty_after_match = false;
        struct capture whole = captures[0];
        if (whole.end == walk->at) {
            empty_after_match = walk->begun && whole.start == walk->last_end;
            size_t width = width_at(text, walk->at);
            walk->at += width;
            walk->done = width == 0;
        } else {
            walk->at = whole.end;
        }
        walk->begun = true;
        walk->last_end = whole.end;
        if (!empty_after_match)
            return true;
    }
    walk->done = true;
    return false;
}

/* ---- replacing ---- */

static bool is_name_code(uint32_t code)
{
    return code == '_' || unicode_is_letter(code) || unicode_is_digit(code);
}

/* The name behind a $: `name` or `{name}`. False when there is none. */
static bool take_name(str *rest, str *ret_name)
{
    bool braces = rest->len > 0 && rest->ptr[0] == '{';
    str at = str_skip(*rest, braces);
    size_t len = 0;
    while (len < at.len) {
        uint32_t code = 0;
        size_t width = str_decode_utf8(str_skip(at, len), &code);
        if (width == 0 || !is_name_code(code))
            break;
        len += width;
    }
    if (len == 0 || (braces && (len == at.len || at.ptr[len] != '}')))
        return false;
    *ret_name = str_slice(at, 0, len);
    *rest = str_skip(at, len + braces);
    return true;
}

/* The group that a name means: a number, or the first group of that name. */
static const struct capture *named_capture(const struct regex *regex, str name,
                                           const struct capture *captures)
{
    uint64_t number = 0;
    bool padded = name.len > 1 && name.ptr[0] == '0';
    if (!padded && name.len <= 8 && str_to_u64(name, &number))
        return number < regex->group_count ? &captures[number] : NULL;
    for (size_t i = 1; i < regex->group_count; i++) {
        if (str_equal(regex->names[i], name) && captures[i].start != SIZE_MAX)
            return &captures[i];
    }
    return NULL;
}

static void expand(const struct regex *regex, str text, str replacement,
                   const struct capture *captures, struct buf *buf)
{
    str before;
    while (str_cut(&replacement, '$', &before)) {
        buf_add(buf, before);
        if (replacement.ptr == NULL)
            return;
        str name;
        if (replacement.len > 0 && replacement.ptr[0] == '$') {
            buf_add_byte(buf, '$');
            replacement = str_skip(replacement, 1);
        } else if (take_name(&replacement, &name)) {
            const struct capture *capture = named_capture(regex, name, captures);
            if (capture != NULL && capture->start != SIZE_MAX)
                buf_add(buf, str_slice(text, capture->start, capture->end - capture->start));
        } else {
            buf_add_byte(buf, '$');
        }
    }
}

str regex_replace(const struct regex *regex, str text, str replacement, bool literal,
                  struct arena *arena, struct arena *scratch)
{
    AUTO_BUF struct buf buf = BUF_INIT(SIZE_MAX);
    struct capture *captures = ARENA_ARRAY(arena, struct capture, regex->group_count);
    size_t last_end = 0;
    for (size_t at = 0; at <= text.len;) {
        if (!regex_find(regex, text, at, captures, regex->group_count, scratch))
            break;
        struct capture whole = captures[0];
        buf_add(&buf, str_slice(text, last_end, whole.start - last_end));
        /* Not for an empty match right behind another. */
        bool counts = whole.end > last_end || whole.start == 0;
        if (counts && literal)
            buf_add(&buf, replacement);
        else if (counts)
            expand(regex, text, replacement, captures, &buf);
        last_end = whole.end;
        size_t width = width_at(text, at);
        if (at + width > whole.end)
            at += width;
        else
            at = at + 1 > whole.end ? at + 1 : whole.end;
    }
    buf_add(&buf, str_skip(text, last_end));
    return buf_copy(&buf, arena);
}
