#include "render/template/toml.h"

#include "render/template/print.h"

#include "render/template/dates.h"
#include "syncd/base/map.h"
#include "syncd/base/vec.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define TOML_DEPTH_MAX 100

struct toml_reader {
    struct arena *arena;
    str rest;
    unsigned line;
    unsigned depth;
    str path; /* of the key read last, with its table's */
    str table_path;
    struct map headers; /* tables that a header opened */
    str message;
};

static bool read_value(struct toml_reader *r, struct dyn *ret_value);

static bool fail(struct toml_reader *r, const char *message)
{
    if (r->message.ptr == NULL)
        r->message = r->path.len > 0
                         ? arena_printf(r->arena, "toml: line %u (last key \"%.*s\"): %s", r->line,
                                        STR_ARG(r->path), message)
                         : arena_printf(r->arena, "toml: line %u: %s", r->line, message);
    return false;
}

static char front(const struct toml_reader *r)
{
    return r->rest.len > 0 ? r->rest.ptr[0] : '\0';
}

static void skip(struct toml_reader *r, size_t count)
{
    for (size_t i = 0; i < count && i < r->rest.len; i++)
        r->line += r->rest.ptr[i] == '\n';
    r->rest = str_skip(r->rest, count);
}

static bool take(struct toml_reader *r, const char *text)
{
    if (!str_starts(r->rest, str_z(text)))
        return false;
    skip(r, strlen(text));
    return true;
}

static void skip_blanks(struct toml_reader *r)
{
    while (front(r) == ' ' || front(r) == '\t')
        skip(r, 1);
}

static void skip_comment(struct toml_reader *r)
{
    if (front(r) != '#')
        return;
    size_t end = str_index(r->rest, '\n');
    skip(r, end == SIZE_MAX ? r->rest.len : end);
}

/* Space, line ends and comments. */
static void skip_lines(struct toml_reader *r)
{
    for (;;) {
        size_t before = r->rest.len;
        skip_blanks(r);
        skip_comment(r);
        if (front(r) == '\n' || front(r) == '\r')
            skip(r, 1);
        if (r->rest.len == before)
            return;
    }
}

static bool end_of_line(struct toml_reader *r)
{
    skip_blanks(r);
    skip_comment(r);
    (void)take(r, "\r");
    if (r->rest.len == 0 || take(r, "\n"))
        return true;
    return fail(r, "expected a top-level item to end with a newline, comment, or EOF");
}

/* Strings. */

static bool read_escape(struct toml_reader *r, struct buf *buf)
{
    static const char letters[] = "btnfre\"\\";
    static const char meanings[] = "\b\t\n\f\r\x1b\"\\";
    char kind = front(r);
    const char *found = kind != '\0' ? strchr(letters, kind) : NULL;
    skip(r, 1);
    if (found != NULL) {
        buf_add_byte(buf, meanings[found - letters]);
        return true;
    }
    size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
    if (digits == 0 || r->rest.len < digits)
        return fail(r, "invalid escape character");
    uint32_t code = 0;
    for (size_t i = 0; i < digits; i++) {
        char c = r->rest.ptr[i];
        int digit = c >= '0' && c <= '9'                 ? c - '0'
                    : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                         : -1;
        if (digit < 0)
            return fail(r, "expected hexadecimal digits");
        code = code << 4 | (uint32_t)digit;
    }
    skip(r, digits);
    char bytes[4];
    buf_add(buf, str_from(bytes, str_encode_utf8(code, bytes)));
    return true;
}

/* A backslash at a line's end: skips to the next text. */
static bool skip_folded(struct toml_reader *r)
{
    str after = str_trim_left(r->rest, STR(" \t\r"));
    if (!str_starts(after, STR("\n")))
        return false;
    while (front(r) == ' ' || front(r) == '\t' || front(r) == '\n' || front(r) == '\r')
        skip(r, 1);
    return true;
}

static bool read_string(struct toml_reader *r, char quote, str *ret_text)
{
    char three[] = {quote, quote, quote, '\0'};
    bool multi = take(r, three);
    if (!multi)
        skip(r, 1);
    if (multi && !take(r, "\r\n"))
        (void)take(r, "\n");
    AUTO_BUF struct buf buf = BUF_INIT(r->rest.len * 4 + 16);
    for (;;) {
        if (r->rest.len == 0 || (!multi && front(r) == '\n'))
            return fail(r, "unterminated string");
        if (multi ? str_starts(r->rest, str_z(three)) : front(r) == quote) {
            skip(r, multi ? 3 : 1);
            /* Up to two quotes may stand before the closing three. */
            while (multi && front(r) == quote && buf.len < buf.max) {
                buf_add_byte(&buf, quote);
                skip(r, 1);
            }
            break;
        }
        if (front(r) == '\\' && quote == '"') {
            skip(r, 1);
            if ((multi && skip_folded(r)) || read_escape(r, &buf))
                continue;
            return false;
        }
        buf_add_byte(&buf, front(r));
        skip(r, 1);
    }
    *ret_text = buf_copy(&buf, r->arena);
    return true;
}

/* Numbers and dates. */

static size_t bare_length(str text)
{
    size_t len = 0;
    while (len < text.len && strchr(",]}# \t\r\n", text.ptr[len]) == NULL)
        len++;
    return len;
}

static bool read_integer(str text, int64_t *ret_number)
{
    bool negative = str_starts(text, STR("-"));
    bool sign = negative || str_starts(text, STR("+"));
    text = str_skip(text, sign);
    unsigned base = 10;
    if (!sign && text.len > 2 && text.ptr[0] == '0') {
        base = text.ptr[1] == 'x' ? 16 : text.ptr[1] == 'o' ? 8 : text.ptr[1] == 'b' ? 2 : 10;
        text = base != 10 ? str_skip(text, 2) : text;
    }
    if (text.len == 0 || (base == 10 && text.len > 1 && text.ptr[0] == '0'))
        return false;
    uint64_t number = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '_' && i > 0 && i + 1 < text.len && text.ptr[i - 1] != '_')
            continue;
        unsigned digit = c >= '0' && c <= '9'                 ? (unsigned)(c - '0')
                         : (c | 32) >= 'a' && (c | 32) <= 'f' ? (unsigned)((c | 32) - 'a' + 10)
                                                              : 99;
        if (digit >= base || __builtin_mul_overflow(number, base, &number) ||
            __builtin_add_overflow(number, digit, &number))
            return false;
    }
    if (number > (uint64_t)INT64_MAX + negative)
        return false;
    *ret_number = negative ? (int64_t)(0 - number) : (int64_t)number;
    return true;
}

static bool read_float(str text, double *ret_number)
{
    char digits[400];
    size_t len = 0;
    str bare = str_skip(text, str_starts(text, STR("-")) || str_starts(text, STR("+")));
    bool special = str_equal(bare, STR("inf")) || str_equal(bare, STR("nan"));
    if (!special && (bare.len == 0 || bare.ptr[0] < '0' || bare.ptr[0] > '9'))
        return false;
    for (size_t i = 0; i < text.len && len + 1 < sizeof(digits); i++)
        if (text.ptr[i] != '_')
            digits[len++] = text.ptr[i];
    digits[len] = '\0';
    char *end;
    *ret_number = strtod(digits, &end);
    return *end == '\0' && strpbrk(digits, "xX") == NULL && end != digits;
}

static bool read_time(struct toml_reader *r, str text, struct dyn *ret_value)
{
    static const char *const layouts[] = {"2006-01-02T15:04:05.999999999Z07:00",
                                          "2006-01-02T15:04:05.999999999", "2006-01-02",
                                          "15:04:05.999999999"};
    /* How the original calls the zones of times without one. */
    static const char *const local_zones[] = {"", "datetime-local", "date-local", "time-local"};
    char *copy = arena_alloc_bytes(r->arena, text.len);
    memcpy(copy, text.ptr, text.len);
    if (text.len > 10 && (copy[10] == ' ' || copy[10] == 't'))
        copy[10] = 'T';
    for (size_t i = 0; i < ARRAY_LEN(layouts); i++) {
        struct dyn_time *time = ARENA_NEW(r->arena, struct dyn_time);
        str message;
        if (!go_time_parse(str_z(layouts[i]), str_from(copy, text.len), r->arena, time, &message))
            continue;
        if (i > 0)
            time->zone = str_z(local_zones[i]);
        *ret_value = (struct dyn){.kind = DYN_TIME, .as.time = time};
        return true;
    }
    return false;
}

static bool fail_at_value(struct toml_reader *r)
{
    if (r->rest.len == 0)
        return fail(r, "unexpected EOF; expected value");
    uint32_t code;
    size_t len = str_decode_utf8(r->rest, &code);
    return fail(r, arena_printf(r->arena, "expected value but found '%.*s' instead",
                                STR_ARG(str_slice(r->rest, 0, len == 0 ? 1 : len)))
                       .ptr);
}

static bool read_bare(struct toml_reader *r, struct dyn *ret_value)
{
    str text = str_slice(r->rest, 0, bare_length(r->rest));
    str rest = str_skip(r->rest, text.len);
    bool date = text.len == 10 && text.ptr[4] == '-' && text.ptr[7] == '-';
    if (date && rest.len > 2 && rest.ptr[0] == ' ' && rest.ptr[1] >= '0' && rest.ptr[1] <= '9')
        text.len += 1 + bare_length(str_skip(rest, 1));
    int64_t integer;
    double real;
    if (str_equal(text, STR("true")) || str_equal(text, STR("false")))
        *ret_value = dyn_bool(text.len == 4);
    else if (read_integer(text, &integer))
        *ret_value = dyn_int64(integer);
    else if (read_float(text, &real))
        *ret_value = dyn_float(real);
    else if (!read_time(r, text, ret_value))
        return fail_at_value(r);
    skip(r, text.len);
    return true;
}

/* Keys and tables. */

/* The character that stands where a key should end, as Go quotes a rune. */
static bool fail_at_key_end(struct toml_reader *r)
{
    uint32_t code;
    size_t len = str_decode_utf8(r->rest, &code);
    str character = str_slice(r->rest, 0, len == 0 ? 1 : len);
    AUTO_BUF struct buf quoted = BUF_INIT(64);
    go_quote(character, &quoted);
    str inner = str_slice(buf_str(&quoted), 1, quoted.len - 2);
    if (str_equal(character, STR("\"")))
        inner = STR("\"");
    if (str_equal(character, STR("'")))
        inner = STR("\\'");
    char message[96];
    (void)snprintf(message, sizeof(message), "expected '.' or '=', but got '%.*s' instead",
                   STR_ARG(inner));
    return fail(r, message);
}

static bool read_key(struct toml_reader *r, str *ret_key)
{
    skip_blanks(r);
    if (front(r) == '"' || front(r) == '\'')
        return read_string(r, front(r), ret_key);
    size_t len = 0;
    while (len < r->rest.len) {
        char c = r->rest.ptr[len];
        if (!((c | 32) >= 'a' && (c | 32) <= 'z') && !(c >= '0' && c <= '9') && c != '_' &&
            c != '-')
            break;
        len++;
    }
    if (len == 0)
        return fail_at_key_end(r);
    *ret_key = str_slice(r->rest, 0, len);
    skip(r, len);
    return true;
}

/* The table below `key`, made when missing; of an array of tables, its last. */
static struct dyn_map *descend(struct toml_reader *r, struct dyn_map *table, str key)
{
    struct dyn *found = dyn_map_find(table, key);
    if (found == NULL) {
        struct dyn_map *fresh = dyn_map_create(r->arena);
        dyn_map_set(table, r->arena, key, dyn_of_map(TYPE_MAP_ANY, fresh));
        return fresh;
    }
    if (found->kind == DYN_MAP)
        return found->as.map;
    if (found->kind == DYN_LIST && found->type == TYPE_LIST_MAP && found->len > 0)
        return found->as.items[found->len - 1].as.map;
    (void)fail(r, "key was already defined");
    return NULL;
}

/* "a.b.c": leaves the last key, descends into the others. */
static bool read_path(struct toml_reader *r, struct dyn_map **table, str *ret_key)
{
    for (;;) {
        if (!read_key(r, ret_key))
            return false;
        skip_blanks(r);
        if (!take(r, "."))
            return true;
        *table = descend(r, *table, *ret_key);
        if (*table == NULL)
            return false;
    }
}

/* "a.b" of "a.b.c". */
static str parents_of(str path)
{
    size_t dot = str_rindex(path, '.');
    return str_slice(path, 0, dot == SIZE_MAX ? 0 : dot);
}

static bool fail_defined(struct toml_reader *r, str path)
{
    return fail(r,
                arena_printf(r->arena, "Key '%.*s' has already been defined.", STR_ARG(path)).ptr);
}

static bool read_pair(struct toml_reader *r, struct dyn_map *table)
{
    str key;
    struct dyn v;
    skip_blanks(r);
    const char *start = r->rest.ptr;
    if (!read_path(r, &table, &key))
        return false;
    str written = str_trim_right(str_from(start, (size_t)(r->rest.ptr - start)), STR(" \t"));
    str path =
        r->table_path.len > 0 ? arena_concat(r->arena, r->table_path, STR("."), written) : written;
    if (r->rest.len == 0)
        return fail(r, "unexpected EOF; expected key separator '='");
    if (!take(r, "="))
        return fail_at_key_end(r);
    r->path = path;
    skip_blanks(r);
    if (!read_value(r, &v))
        return false;
    if (dyn_map_find(table, key) != NULL)
        return fail_defined(r, path);
    dyn_map_set(table, r->arena, key, v);
    return true;
}

static bool read_array(struct toml_reader *r, struct dyn *ret_value)
{
    VEC(struct dyn) items = {0};
    skip(r, 1);
    for (;;) {
        skip_lines(r);
        if (take(r, "]"))
            break;
        struct dyn item;
        if (!read_value(r, &item))
            return false;
        VEC_PUSH(r->arena, &items, item);
        skip_lines(r);
        if (take(r, ",") || front(r) == ']')
            continue;
        return fail(r, "expected a comma or array terminator");
    }
    *ret_value = dyn_list(TYPE_LIST_ANY, items.items, items.len);
    return true;
}

static bool read_inline_table(struct toml_reader *r, struct dyn *ret_value)
{
    struct dyn_map *table = dyn_map_create(r->arena);
    skip(r, 1);
    for (;;) {
        skip_lines(r);
        if (take(r, "}"))
            break;
        if (!read_pair(r, table))
            return false;
        skip_lines(r);
        if (take(r, ",") || front(r) == '}')
            continue;
        return fail(r, "expected a comma or an inline table terminator");
    }
    *ret_value = dyn_of_map(TYPE_MAP_ANY, table);
    return true;
}

static bool read_value(struct toml_reader *r, struct dyn *ret_value)
{
    str text;
    if (++r->depth > TOML_DEPTH_MAX)
        return fail(r, "values nest too deeply");
    bool good;
    switch (front(r)) {
    case '"':
    case '\'':
        good = read_string(r, front(r), &text);
        *ret_value = good ? dyn_string(text) : dyn_nil();
        break;
    case '[': good = read_array(r, ret_value); break;
    case '{': good = read_inline_table(r, ret_value); break;
    default: good = read_bare(r, ret_value); break;
    }
    r->depth--;
    return good;
}

static struct dyn_map *append_table(struct toml_reader *r, struct dyn_map *parent, str key)
{
    struct dyn *found = dyn_map_find(parent, key);
    if (found != NULL && (found->kind != DYN_LIST || found->type != TYPE_LIST_MAP)) {
        (void)fail(r, "key was already created and cannot be used as an array");
        return NULL;
    }
    uint32_t len = found != NULL ? found->len : 0;
    struct dyn *items = ARENA_ARRAY(r->arena, struct dyn, len + 1u);
    if (len > 0)
        memcpy(items, found->as.items, len * sizeof(*items));
    struct dyn_map *table = dyn_map_create(r->arena);
    items[len] = dyn_of_map(TYPE_MAP_ANY, table);
    dyn_map_set(parent, r->arena, key, dyn_list(TYPE_LIST_MAP, items, len + 1u));
    return table;
}

static struct dyn_map *read_header(struct toml_reader *r, struct dyn_map *root)
{
    bool array = take(r, "[[");
    if (!array)
        skip(r, 1);
    str key;
    struct dyn_map *parent = root;
    skip_blanks(r);
    const char *start = r->rest.ptr;
    if (!read_path(r, &parent, &key))
        return NULL;
    str path = str_trim_right(str_from(start, (size_t)(r->rest.ptr - start)), STR(" \t"));
    if (!take(r, array ? "]]" : "]")) {
        (void)fail(r, "expected end of table name");
        return NULL;
    }
    if (!end_of_line(r))
        return NULL;
    r->table_path = r->path = path;
    const struct dyn *old = dyn_map_find(parent, key);
    bool explicit = old != NULL && old->kind == DYN_MAP && map_has(&r->headers, path);
    if (!array && (explicit || (old != NULL && old->kind != DYN_MAP))) {
        r->path = parents_of(path);
        (void)fail_defined(r, path);
        return NULL;
    }
    if (!array)
        (void)map_put(&r->headers, r->arena, path, r);
    return array ? append_table(r, parent, key) : descend(r, parent, key);
}

bool toml_read(str text, struct arena *arena, struct dyn *ret_value, str *ret_message)
{
    struct toml_reader r = {.arena = arena, .rest = text, .line = 1};
    struct dyn_map *root = dyn_map_create(arena);
    struct dyn_map *table = root;
    for (skip_lines(&r); r.rest.len > 0 && table != NULL; skip_lines(&r)) {
        if (front(&r) == '[')
            table = read_header(&r, root);
        else if (!read_pair(&r, table) || !end_of_line(&r))
            table = NULL;
    }
    if (table == NULL) {
        *ret_message = r.message;
        return false;
    }
    *ret_value = dyn_of_map(TYPE_MAP_ANY, root);
    return true;
}
