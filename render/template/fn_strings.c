/* Functions on text. */
#include "render/template/fns.h"
#include "render/template/print.h"
#include "render/template/runes.h"

/* Bytes of str[from:to] in Go; false (a panic) when the bounds are wrong. */
static bool cut(struct dyn_call *call, str text, int64_t from, int64_t to, str *ret_part)
{
    if (to > (int64_t)text.len)
        return call_error(call, "runtime error: slice bounds out of range [:%lld] with length %zu",
                          (long long)to, text.len);
    if (to < 0)
        return call_error(call, "runtime error: slice bounds out of range [:%lld]", (long long)to);
    if (from < 0)
        return call_error(call, "runtime error: slice bounds out of range [%lld:]",
                          (long long)from);
    if (to < from)
        return call_error(call, "runtime error: slice bounds out of range [%lld:%lld]",
                          (long long)from, (long long)to);
    *ret_part = str_slice(text, (size_t)from, (size_t)(to - from));
    return true;
}

bool fn_hello(struct dyn_call *call)
{
    return call_return_str(call, STR("Hello!"));
}

bool fn_trim(struct dyn_call *call)
{
    return call_return_str(call, trim_space(call_str(call, 0)));
}

static bool is_in_set(uint32_t code, str set)
{
    while (set.len > 0)
        if (rune_next(&set) == code)
            return true;
    return false;
}

bool fn_trim_all(struct dyn_call *call)
{
    str set = call_str(call, 0);
    str text = call_str(call, 1);
    if (set.len == 0)
        return call_return_str(call, text);
    for (str rest = text; rest.len > 0 && is_in_set(rune_next(&rest), set);)
        text = rest;
    while (text.len > 0) {
        size_t start = text.len - 1;
        while (start > 0 && text.len - start < 4 && (text.ptr[start] & 0xC0) == 0x80)
            start--;
        str last = str_skip(text, start);
        if (!is_in_set(rune_next(&last), set))
            break;
        text.len = start;
    }
    return call_return_str(call, text);
}

bool fn_trim_suffix(struct dyn_call *call)
{
    str suffix = call_str(call, 0);
    str text = call_str(call, 1);
    if (str_ends(text, suffix))
        text.len -= suffix.len;
    return call_return_str(call, text);
}

bool fn_trim_prefix(struct dyn_call *call)
{
    str prefix = call_str(call, 0);
    str text = call_str(call, 1);
    return call_return_str(call, str_starts(text, prefix) ? str_skip(text, prefix.len) : text);
}

static bool map_runes(struct dyn_call *call, uint32_t (*map)(uint32_t code))
{
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    for (str rest = call_str(call, 0); rest.len > 0;)
        rune_add(&buf, map(rune_next(&rest)));
    return call_return_buf(call, &buf);
}

bool fn_upper(struct dyn_call *call)
{
    return map_runes(call, rune_upper);
}

bool fn_lower(struct dyn_call *call)
{
    return map_runes(call, rune_lower);
}

static bool is_title_separator(uint32_t code)
{
    if (code == '_' || rune_is_letter(code) || rune_is_digit(code))
        return false;
    return code < 128 || rune_is_space(code);
}

bool fn_title(struct dyn_call *call)
{
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    uint32_t before = ' ';
    for (str rest = call_str(call, 0); rest.len > 0;) {
        uint32_t code = rune_next(&rest);
        rune_add(&buf, is_title_separator(before) ? rune_title(code) : code);
        before = code;
    }
    return call_return_buf(call, &buf);
}

bool fn_untitle(struct dyn_call *call)
{
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    bool next = true;
    for (str rest = call_str(call, 0); rest.len > 0;) {
        uint32_t code = rune_next(&rest);
        bool space = rune_is_space(code);
        rune_add(&buf, next && !space ? rune_lower(code) : code);
        next = space || (next && space);
    }
    return call_return_buf(call, &buf);
}

bool fn_swapcase(struct dyn_call *call)
{
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    bool space = true;
    for (str rest = call_str(call, 0); rest.len > 0;) {
        uint32_t code = rune_next(&rest);
        if (rune_is_upper(code)) {
            rune_add(&buf, rune_lower(code));
            space = false;
        } else if (rune_is_lower(code)) {
            rune_add(&buf, space ? rune_title(code) : rune_upper(code));
            space = false;
        } else {
            rune_add(&buf, code);
            space = rune_is_space(code);
        }
    }
    return call_return_buf(call, &buf);
}

bool fn_substr(struct dyn_call *call)
{
    int64_t start = call->args[0].as.integer;
    int64_t end = call->args[1].as.integer;
    str text = call_str(call, 2);
    str part;
    int64_t len = (int64_t)text.len;
    bool good = start < 0              ? cut(call, text, 0, end, &part)
                : end < 0 || end > len ? cut(call, text, start, len, &part)
                                       : cut(call, text, start, end, &part);
    return good && call_return_str(call, part);
}

bool fn_trunc(struct dyn_call *call)
{
    int64_t count = call->args[0].as.integer;
    str text = call_str(call, 1);
    int64_t len = (int64_t)text.len;
    if (count < 0 && len + count > 0)
        text = str_skip(text, (size_t)(len + count));
    else if (count >= 0 && len > count)
        text.len = (size_t)count;
    return call_return_str(call, text);
}

bool fn_repeat(struct dyn_call *call)
{
    int64_t count = call->args[0].as.integer;
    str text = call_str(call, 1);
    if (count < 0)
        return call_error(call, "strings: negative Repeat count");
    size_t size;
    if (__builtin_mul_overflow((size_t)count, text.len, &size))
        size = SIZE_MAX;
    char *out = call_alloc(call, size);
    if (out == NULL)
        return false;
    for (size_t i = 0; i < size; i += text.len)
        memcpy(out + i, text.ptr, text.len);
    return call_return_str(call, str_from(out, size));
}

bool fn_nospace(struct dyn_call *call)
{
    str text = call_str(call, 0);
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    bool found = false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        found |= rune_is_space(byte);
    }
    if (!found)
        return call_return_str(call, text);
    /* Byte by byte, each as a code point of its own: what the function really does. */
    for (size_t i = 0; i < text.len; i++)
        if (!rune_is_space((unsigned char)text.ptr[i]))
            rune_add(&buf, (unsigned char)text.ptr[i]);
    return call_return_buf(call, &buf);
}

bool fn_initials(struct dyn_call *call)
{
    str text = call_str(call, 0);
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    bool gap = true;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        bool space = rune_is_space(byte);
        if (!space && gap)
            rune_add(&buf, byte);
        gap = space;
    }
    return call_return_buf(call, &buf);
}

/* What stands from `offset` in at most `width` bytes, "..." for what was left out. */
static bool abbreviate(struct dyn_call *call, str text, int64_t offset, int64_t width)
{
    int64_t len = (int64_t)text.len;
    struct arena *arena = call->arena;
    if (len == 0 || len <= width)
        return call_return_str(call, text);
    if (offset > len)
        offset = len;
    if (len - offset < width - 3)
        offset = len - (width - 3);
    str part;
    if (offset <= 4)
        return cut(call, text, 0, width - 3, &part) &&
               call_return_str(call, arena_concat(arena, part, STR("..."), STR("")));
    if (width < 7)
        return call_return_str(call, STR(""));
    if (offset + width - 3 >= len)
        return cut(call, text, len - (width - 3), len, &part) &&
               call_return_str(call, arena_concat(arena, STR("..."), part, STR("")));
    if (width - 3 < 4 || !cut(call, text, offset, offset + width - 6, &part))
        return call_return_str(call, STR("..."));
    return call_return_str(call, arena_concat(arena, STR("..."), part, STR("...")));
}

bool fn_abbrev(struct dyn_call *call)
{
    int64_t width = call->args[0].as.integer;
    str text = call_str(call, 1);
    return width < 4 ? call_return_str(call, text) : abbreviate(call, text, 0, width);
}

bool fn_abbrevboth(struct dyn_call *call)
{
    int64_t left = call->args[0].as.integer;
    int64_t right = call->args[1].as.integer;
    str text = call_str(call, 2);
    if (right < 4 || (left > 0 && right < 7))
        return call_return_str(call, text);
    return abbreviate(call, text, left, right);
}

static bool wrap(struct dyn_call *call, int64_t width, str separator, str text, bool cut_words)
{
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    size_t limit = width < 1 ? 1 : (size_t)width;
    if (separator.len == 0)
        separator = STR("\n");
    while (text.len > limit) {
        if (text.ptr[0] == ' ') {
            text = str_skip(text, 1);
            continue;
        }
        size_t space = str_rindex(str_slice(text, 0, limit + 1), ' ');
        size_t skip = space != SIZE_MAX ? space + 1 : limit;
        if (space == SIZE_MAX && !cut_words) {
            size_t next = str_index(str_skip(text, limit), ' ');
            if (next == SIZE_MAX)
                break;
            space = next + limit;
            skip = space + 1;
        }
        buf_add(&buf, str_slice(text, 0, space != SIZE_MAX ? space : limit));
        buf_add(&buf, separator);
        text = str_skip(text, skip);
    }
    buf_add(&buf, text);
    return call_return_buf(call, &buf);
}

bool fn_wrap(struct dyn_call *call)
{
    return wrap(call, call->args[0].as.integer, STR("\n"), call_str(call, 1), false);
}

bool fn_wrap_with(struct dyn_call *call)
{
    return wrap(call, call->args[0].as.integer, call_str(call, 1), call_str(call, 2), true);
}

bool fn_contains(struct dyn_call *call)
{
    return call_return(call, dyn_bool(str_find(call_str(call, 1), call_str(call, 0)) != SIZE_MAX));
}

bool fn_has_prefix(struct dyn_call *call)
{
    return call_return(call, dyn_bool(str_starts(call_str(call, 1), call_str(call, 0))));
}

bool fn_has_suffix(struct dyn_call *call)
{
    return call_return(call, dyn_bool(str_ends(call_str(call, 1), call_str(call, 0))));
}

bool fn_quote(struct dyn_call *call)
{
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    for (size_t i = 0; i < call->argc; i++) {
        if (dyn_is_nothing(call->args[i]))
            continue;
        if (buf.len > 0)
            buf_add_byte(&buf, ' ');
        go_quote(dyn_strval(call->args[i], call->arena), &buf);
    }
    return call_return_buf(call, &buf);
}

bool fn_squote(struct dyn_call *call)
{
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    for (size_t i = 0; i < call->argc; i++) {
        if (dyn_is_nothing(call->args[i]))
            continue;
        if (buf.len > 0)
            buf_add_byte(&buf, ' ');
        buf_add_byte(&buf, '\'');
        dyn_print(call->args[i], &buf);
        buf_add_byte(&buf, '\'');
    }
    return call_return_buf(call, &buf);
}

bool fn_cat(struct dyn_call *call)
{
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    bool first = true;
    for (size_t i = 0; i < call->argc; i++) {
        if (dyn_is_nothing(call->args[i]))
            continue;
        if (!first)
            buf_add_byte(&buf, ' ');
        dyn_print(call->args[i], &buf);
        first = false;
    }
    return call_return_buf(call, &buf);
}

/* Pads every line; with `newline` a line feed stands before the first. */
static bool indent(struct dyn_call *call, bool newline)
{
    int64_t spaces = call->args[0].as.integer;
    str text = call_str(call, 1);
    if (spaces < 0)
        return call_error(call, "strings: negative Repeat count");
    size_t lines = 1;
    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    size_t size;
    if (__builtin_mul_overflow((size_t)spaces, lines, &size) ||
        __builtin_add_overflow(size, text.len + 1, &size))
        size = SIZE_MAX;
    char *out = call_alloc(call, size);
    if (out == NULL)
        return false;
    char *at = out;
    if (newline)
        *at++ = '\n';
    for (;;) {
        memset(at, ' ', (size_t)spaces);
        at += spaces;
        size_t end = str_index(text, '\n');
        size_t len = end == SIZE_MAX ? text.len : end + 1;
        memcpy(at, text.len > 0 ? text.ptr : "", len);
        at += len;
        if (end == SIZE_MAX)
            break;
        text = str_skip(text, len);
    }
    return call_return_str(call, str_from(out, (size_t)(at - out)));
}

bool fn_indent(struct dyn_call *call)
{
    return indent(call, false);
}

bool fn_nindent(struct dyn_call *call)
{
    return indent(call, true);
}

bool fn_replace(struct dyn_call *call)
{
    str old = call_str(call, 0);
    str new = call_str(call, 1);
    str rest = call_str(call, 2);
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    if (old.len == 0) {
        buf_add(&buf, new);
        while (rest.len > 0) {
            str before = rest;
            (void)rune_next(&rest);
            buf_add(&buf, str_slice(before, 0, before.len - rest.len));
            buf_add(&buf, new);
        }
        return call_return_buf(call, &buf);
    }
    for (size_t at; (at = str_find(rest, old)) != SIZE_MAX; rest = str_skip(rest, at + old.len)) {
        buf_add(&buf, str_slice(rest, 0, at));
        buf_add(&buf, new);
    }
    if (buf.len == 0 && rest.len == call_str(call, 2).len)
        return call_return_str(call, rest);
    buf_add(&buf, rest);
    return call_return_buf(call, &buf);
}

bool fn_plural(struct dyn_call *call)
{
    return call_return(call, call->args[call->args[2].as.integer == 1 ? 0 : 1]);
}

/* Splitting: at most `limit` parts when limit >= 0. */
static struct dyn split(struct dyn_call *call, str separator, str text, int64_t limit)
{
    VEC(struct dyn) parts = {0};
    if (limit == 0)
        return dyn_list(TYPE_LIST_STRING, NULL, 0);
    if (separator.len == 0) {
        while (text.len > 0 && (limit < 0 || (int64_t)parts.len + 1 < limit)) {
            str before = text;
            (void)rune_next(&text);
            VEC_PUSH(call->arena, &parts, dyn_string(str_slice(before, 0, before.len - text.len)));
        }
        if (text.len > 0)
            VEC_PUSH(call->arena, &parts, dyn_string(text));
        return dyn_list(TYPE_LIST_STRING, parts.items, parts.len);
    }
    for (size_t at; (limit < 0 || (int64_t)parts.len + 1 < limit) &&
                    (at = str_find(text, separator)) != SIZE_MAX;
         text = str_skip(text, at + separator.len))
        VEC_PUSH(call->arena, &parts, dyn_string(str_slice(text, 0, at)));
    VEC_PUSH(call->arena, &parts, dyn_string(text));
    return dyn_list(TYPE_LIST_STRING, parts.items, parts.len);
}

static struct dyn numbered(struct dyn_call *call, struct dyn parts)
{
    struct dyn_entry *entries = ARENA_ARRAY(call->arena, struct dyn_entry, parts.len);
    for (uint32_t i = 0; i < parts.len; i++)
        entries[i] = (struct dyn_entry){.key = arena_printf(call->arena, "_%u", i),
                                        .val = parts.as.items[i]};
    return dyn_of_map(TYPE_MAP_STRING, dyn_map_of(entries, parts.len, call->arena));
}

bool fn_split_list(struct dyn_call *call)
{
    struct dyn parts = split(call, call_str(call, 0), call_str(call, 1), -1);
    return call_charge(call, parts.len) && call_return(call, parts);
}

bool fn_split(struct dyn_call *call)
{
    struct dyn parts = split(call, call_str(call, 0), call_str(call, 1), -1);
    return call_charge(call, parts.len) && call_return(call, numbered(call, parts));
}

bool fn_splitn(struct dyn_call *call)
{
    struct dyn parts = split(call, call_str(call, 0), call_str(call, 2), call->args[1].as.integer);
    return call_charge(call, parts.len) && call_return(call, numbered(call, parts));
}

/* The texts of a list's items, or of one value. */
struct dyn strings_of(struct dyn v, struct arena *arena)
{
    if (v.kind != DYN_LIST) {
        struct dyn *one = ARENA_ARRAY(arena, struct dyn, 1);
        *one = dyn_is_nothing(v) ? dyn_nil() : dyn_string(dyn_strval(v, arena));
        return dyn_list(TYPE_LIST_STRING, one, dyn_is_nothing(v) ? 0 : 1);
    }
    if (v.type == TYPE_LIST_STRING)
        return v;
    struct dyn *items = ARENA_ARRAY(arena, struct dyn, v.len);
    size_t len = 0;
    for (uint32_t i = 0; i < v.len; i++) {
        struct dyn item = dyn_item(v, i);
        if (!dyn_is_nothing(item))
            items[len++] = dyn_string(dyn_strval(item, arena));
    }
    return dyn_list(TYPE_LIST_STRING, items, len);
}

bool fn_to_strings(struct dyn_call *call)
{
    return call_return(call, strings_of(call->args[0], call->arena));
}

bool fn_join(struct dyn_call *call)
{
    struct dyn parts = strings_of(call->args[1], call->arena);
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    for (uint32_t i = 0; i < parts.len; i++) {
        if (i > 0)
            buf_add(&buf, call_str(call, 0));
        buf_add(&buf, dyn_str(parts.as.items[i]));
    }
    return call_return_buf(call, &buf);
}

bool fn_adler32sum(struct dyn_call *call)
{
    str text = call_str(call, 0);
    uint32_t low = 1;
    uint32_t high = 0;
    for (size_t i = 0; i < text.len; i++) {
        low = (low + (unsigned char)text.ptr[i]) % 65521;
        high = (high + low) % 65521;
    }
    return call_return_str(call, arena_printf(call->arena, "%u", high << 16 | low));
}
