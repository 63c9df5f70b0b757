#include "render/template/print_internal.h"

#include "render/template/dates.h"
#include "render/template/runes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The verbs for which fmt asks a value for its own text. */
static bool is_text_verb(uint32_t verb)
{
    return verb < 128 && strchr("vsxXq", (int)verb) != NULL;
}

/* Quoting. */

static void quote_code(uint32_t code, char quote, bool ascii, struct buf *buf)
{
    static const char escapes[] = "\a\b\f\n\r\t\v";
    static const char letters[] = "abfnrtv";
    if (code == (uint32_t)quote || code == '\\') {
        buf_add_byte(buf, '\\');
        buf_add_byte(buf, (char)code);
        return;
    }
    if (rune_is_printable(code) && (code < 128 || !ascii)) {
        char bytes[4];
        buf_add(buf, str_from(bytes, str_encode_utf8(code, bytes)));
        return;
    }
    const char *found = code != 0 && code < 32 ? strchr(escapes, (int)code) : NULL;
    if (found != NULL) {
        buf_add_byte(buf, '\\');
        buf_add_byte(buf, letters[found - escapes]);
        return;
    }
    if (code < ' ' || code == 127)
        buf_printf(buf, "\\x%02x", code);
    else if (code < 0x10000)
        buf_printf(buf, "\\u%04x", code);
    else
        buf_printf(buf, "\\U%08x", code);
}

static void quote_text(str text, bool ascii, struct buf *buf)
{
    buf_add_byte(buf, '"');
    while (text.len > 0) {
        uint32_t code;
        size_t len = str_decode_utf8(text, &code);
        if (len == 0) {
            buf_printf(buf, "\\x%02x", (unsigned char)text.ptr[0]);
            len = 1;
        } else {
            quote_code(code, '"', ascii, buf);
        }
        text = str_skip(text, len);
    }
    buf_add_byte(buf, '"');
}

void go_quote(str text, struct buf *buf)
{
    quote_text(text, false, buf);
}

/* strconv.CanBackquote. */
static bool can_backquote(str text)
{
    while (text.len > 0) {
        uint32_t code;
        size_t len = str_decode_utf8(text, &code);
        if (len == 0 || code == 0xFEFF || (code < ' ' && code != '\t') || code == '`' ||
            code == 0x7F)
            return false;
        text = str_skip(text, len);
    }
    return true;
}

void go_quote_raw(str text, struct buf *buf)
{
    if (!can_backquote(text)) {
        quote_text(text, false, buf);
        return;
    }
    buf_add_byte(buf, '`');
    buf_add(buf, text);
    buf_add_byte(buf, '`');
}

/* Padding. */

static void pad(struct printer *p, str text, bool zero)
{
    size_t runes = p->width > 0 ? rune_count(text) : 0;
    size_t fill = p->width > 0 && (size_t)p->width > runes ? (size_t)p->width - runes : 0;
    if (!p->minus)
        buf_add_repeat(p->buf, zero ? '0' : ' ', fill);
    buf_add(p->buf, text);
    if (p->minus)
        buf_add_repeat(p->buf, ' ', fill);
}

/* Bad verbs. */

void print_plain(struct printer *p, struct dyn v)
{
    struct printer plain = {.buf = p->buf, .arena = p->arena, .width = -1, .precision = -1};
    print_value(&plain, v, 'v', 0);
}

void print_bad_verb(struct printer *p, struct dyn v, uint32_t verb)
{
    char bytes[4];
    buf_add(p->buf, STR("%!"));
    buf_add(p->buf, str_from(bytes, str_encode_utf8(verb, bytes)));
    buf_add_byte(p->buf, '(');
    if (!dyn_is_nothing(v)) {
        buf_add(p->buf, dyn_type_name(v, p->arena));
        buf_add_byte(p->buf, '=');
        print_value(p, v, 'v', 0); /* width and flags stay, as in Go */
    } else {
        buf_add(p->buf, STR("<nil>"));
    }
    buf_add_byte(p->buf, ')');
}

/* Leaves. */

static void print_integer(struct printer *p, uint64_t magnitude, bool negative, unsigned base,
                          uint32_t verb)
{
    char digits[70];
    size_t len = sizeof(digits);
    const char *alphabet = verb == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    bool none = p->precision == 0 && magnitude == 0;
    uint64_t rest = magnitude;
    do {
        digits[--len] = alphabet[rest % base];
        rest /= base;
    } while (rest != 0);
    str text = none ? (str){0} : str_from(digits + len, sizeof(digits) - len);
    size_t want = p->precision > 0 ? (size_t)p->precision : 0;
    size_t sign = negative || p->plus || p->space;
    if (p->precision < 0 && p->zero && !p->minus && p->width > 0)
        want = (size_t)p->width > sign ? (size_t)p->width - sign : 0;
    AUTO_BUF struct buf number = BUF_INIT(WIDTH_MAX + 100);
    if (sign)
        buf_add_byte(&number, negative ? '-' : p->plus ? '+' : ' ');
    if (p->sharp && base != 10 && base != 8)
        buf_add(&number, base == 2 ? STR("0b") : verb == 'X' ? STR("0X") : STR("0x"));
    if (p->sharp && base == 8 && text.len > 0 && text.ptr[0] != '0' && want <= text.len)
        buf_add_byte(&number, '0');
    if (verb == 'O')
        buf_add(&number, STR("0o"));
    if (want > text.len)
        buf_add_repeat(&number, '0', want - text.len);
    buf_add(&number, text);
    pad(p, none && p->width < 0 ? (str){0} : buf_str(&number), false);
}

static void print_code(struct printer *p, uint64_t number, uint32_t verb)
{
    bool good = number <= 0x10FFFF && (number < 0xD800 || number > 0xDFFF);
    uint32_t code = good ? (uint32_t)number : 0xFFFD;
    AUTO_BUF struct buf text = BUF_INIT(64);
    char bytes[4];
    str shown = str_from(bytes, str_encode_utf8(code, bytes));
    if (verb == 'c')
        buf_add(&text, shown);
    if (verb == 'q') {
        buf_add_byte(&text, '\'');
        quote_code(code, '\'', p->plus, &text);
        buf_add_byte(&text, '\'');
    }
    if (verb == 'U') {
        buf_printf(&text, "U+%0*llX", p->precision > 4 ? p->precision : 4,
                   (unsigned long long)number);
        if (p->sharp && good && rune_is_printable(code))
            buf_printf(&text, " '%.*s'", STR_ARG(shown));
    }
    pad(p, buf_str(&text), false);
}

static void print_number(struct printer *p, struct dyn v, uint32_t verb)
{
    if (v.type != TYPE_NONE && is_text_verb(verb) && !p->sharp_v) {
        AUTO_BUF struct buf text = BUF_INIT(128);
        go_named_print(v, &text);
        print_string(p, buf_str(&text), v, verb);
        return;
    }
    bool negative = dyn_is_signed(v) && v.as.integer < 0;
    uint64_t magnitude = negative ? 0 - v.as.natural : v.as.natural;
    if (verb == 'v' && p->sharp_v && dyn_is_unsigned(v)) {
        struct printer hex = *p;
        hex.sharp = true;
        print_integer(&hex, magnitude, false, 16, 'x');
        return;
    }
    switch (verb) {
    case 'v':
    case 'd': print_integer(p, magnitude, negative, 10, verb); break;
    case 'b': print_integer(p, magnitude, negative, 2, verb); break;
    case 'o':
    case 'O': print_integer(p, magnitude, negative, 8, verb); break;
    case 'x':
    case 'X': print_integer(p, magnitude, negative, 16, verb); break;
    case 'c':
    case 'q':
    case 'U': print_code(p, v.as.natural, verb); break;
    default: print_bad_verb(p, v, verb); break;
    }
}

/* %x of a float: strconv's 'x' format. */
static size_t hex_float(double number, int precision, bool upper, char *out)
{
    size_t len = (size_t)(precision < 0 ? snprintf(out, 64, upper ? "%A" : "%a", number)
                                        : snprintf(out, GO_FLOAT_MAX, upper ? "%.*A" : "%.*a",
                                                   precision, number));
    size_t first = out[0] == '-' ? 3 : 2;
    char *exponent = strpbrk(out, "pP");
    if (exponent != NULL && out[first] == '2') { /* rounded up: Go shifts the digit away */
        int power = (int)strtol(exponent + 1, NULL, 10) + 1;
        out[first] = '1';
        len = (size_t)(exponent - out) + 1;
        len += (size_t)snprintf(exponent + 1, 16, "%+d", power);
    }
    if (exponent != NULL && strlen(exponent + 2) == 1) {
        exponent[3] = exponent[2];
        exponent[2] = '0';
        exponent[4] = '\0';
        len++;
    }
    return len;
}

/* %b: the mantissa and a power of two. */
static size_t binary_float(double number, char *out)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof(bits));
    uint64_t mantissa = bits & ((UINT64_C(1) << 52) - 1);
    int exponent = (int)(bits >> 52 & 0x7FF);
    if (exponent == 0x7FF)
        return go_format_float(number, 'g', -1, out);
    if (exponent == 0)
        exponent = 1;
    else
        mantissa |= UINT64_C(1) << 52;
    return (size_t)snprintf(out, 64, "%s%llup%+d", signbit(number) ? "-" : "",
                            (unsigned long long)mantissa, exponent - 1075);
}

/* The '#' flag: a decimal point always, and the zeros behind it that %g would drop. */
static size_t sharpen(char *text, size_t len, uint32_t verb, int precision)
{
    bool hex = verb == 'x' || verb == 'X';
    int digits = hex || verb == 'g' || verb == 'G' || verb == 'v' ? precision : 0;
    if (digits < 0)
        digits = 6;
    size_t end = 1;
    bool point = false;
    bool counted = false;
    for (; end < len && strchr(hex ? "pP" : "eEpP", text[end]) == NULL; end++) {
        point |= text[end] == '.';
        counted |= text[end] != '.' && text[end] != '0';
        digits -= counted && text[end] != '.';
    }
    char tail[8];
    size_t tail_len = len - end;
    CHECK(tail_len < sizeof(tail));
    memcpy(tail, text + end, tail_len);
    len = end;
    if (!point) {
        digits -= len == 2 && text[1] == '0';
        text[len++] = '.';
    }
    for (; digits > 0 && len < GO_FLOAT_MAX; digits--)
        text[len++] = '0';
    memcpy(text + len, tail, tail_len);
    return len + tail_len;
}

/* text[0] becomes the sign; returns the length with it. */
static size_t format_float(const struct printer *p, double number, uint32_t verb, char *text)
{
    int precision = p->precision;
    if (precision < 0 && strchr("eEfF", (int)verb) != NULL)
        precision = 6;
    char format = verb == 'v' ? 'g' : verb == 'F' ? 'f' : (char)verb;
    size_t len = verb == 'b' ? binary_float(number, text + 1)
                 : verb == 'x' || verb == 'X'
                     ? hex_float(number, precision > 700 ? 700 : precision, verb == 'X', text + 1)
                     : go_format_float(number, format, precision, text + 1);
    bool sign = text[1] == '-' || text[1] == '+';
    if (sign)
        memmove(text, text + 1, len);
    else
        text[0] = '+';
    return len + !sign;
}

static void print_float(struct printer *p, double number, uint32_t verb)
{
    char text[GO_FLOAT_MAX + 16];
    size_t len = format_float(p, number, verb, text);
    if (p->space && text[0] == '+' && !p->plus)
        text[0] = ' ';
    if (isnan(number) || isinf(number)) {
        bool bare = isnan(number) && !p->space && !p->plus;
        pad(p, str_skip(str_from(text, len), bare), false);
        return;
    }
    if (p->sharp && verb != 'b')
        len = sharpen(text, len, verb, p->precision);
    str shown = str_from(text, len);
    if (!p->plus && text[0] == '+') {
        pad(p, str_skip(shown, 1), p->zero && !p->minus);
        return;
    }
    if (p->zero && !p->minus && p->width >= 0 && (size_t)p->width > len) {
        buf_add_byte(p->buf, text[0]);
        struct printer rest = *p;
        rest.width--;
        pad(&rest, str_skip(shown, 1), true);
        return;
    }
    pad(p, shown, p->zero && !p->minus);
}

static void print_real(struct printer *p, struct dyn v, uint32_t verb)
{
    if (verb < 128 && strchr("vbgGxXfFeE", (int)verb) != NULL)
        print_float(p, v.as.real, verb);
    else
        print_bad_verb(p, v, verb);
}

static void print_complex(struct printer *p, struct dyn v, uint32_t verb)
{
    if (verb >= 128 || strchr("vbgGxXfFeE", (int)verb) == NULL) {
        print_bad_verb(p, v, verb);
        return;
    }
    buf_add_byte(p->buf, '(');
    print_float(p, v.as.complex[0], verb);
    struct printer imaginary = *p;
    imaginary.plus = true;
    print_float(&imaginary, v.as.complex[1], verb);
    buf_add(p->buf, STR("i)"));
}

static str cut_runes(str text, int precision)
{
    size_t used = 0;
    for (int i = 0; i < precision && used < text.len; i++) {
        uint32_t code;
        size_t len = str_decode_utf8(str_skip(text, used), &code);
        used += len == 0 ? 1 : len;
    }
    return str_slice(text, 0, used);
}

static void print_hex(struct printer *p, str text, bool upper)
{
    const char *alphabet = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    if (p->precision >= 0)
        text = str_slice(text, 0, (size_t)p->precision);
    AUTO_BUF struct buf hex = BUF_INIT(text.len * 5 + 8);
    for (size_t i = 0; i < text.len; i++) {
        if (p->space && i > 0)
            buf_add_byte(&hex, ' ');
        if (p->sharp && (p->space || i == 0))
            buf_add(&hex, upper ? STR("0X") : STR("0x"));
        buf_add_byte(&hex, alphabet[(unsigned char)text.ptr[i] >> 4]);
        buf_add_byte(&hex, alphabet[(unsigned char)text.ptr[i] & 15]);
    }
    pad(p, buf_str(&hex), p->zero && !p->minus);
}

void print_string(struct printer *p, str text, struct dyn v, uint32_t verb)
{
    AUTO_BUF struct buf quoted = BUF_INIT(text.len * 10 + 8);
    switch (verb) {
    case 'v':
        if (p->sharp_v) {
            quote_text(p->precision >= 0 ? cut_runes(text, p->precision) : text, false, &quoted);
            pad(p, buf_str(&quoted), p->zero && !p->minus);
            break;
        }
        /* fall through */
    case 's':
        if (p->precision >= 0)
            text = cut_runes(text, p->precision);
        pad(p, text, p->zero && !p->minus);
        break;
    case 'x':
    case 'X': print_hex(p, text, verb == 'X'); break;
    case 'q':
        if (p->precision >= 0)
            text = cut_runes(text, p->precision);
        if (p->sharp && can_backquote(text))
            go_quote_raw(text, &quoted);
        else
            quote_text(text, p->plus, &quoted);
        pad(p, buf_str(&quoted), p->zero && !p->minus);
        break;
    default: print_bad_verb(p, v, verb); break;
    }
}

static void print_bool(struct printer *p, struct dyn v, uint32_t verb)
{
    if (verb == 't' || verb == 'v')
        pad(p, v.len ? STR("true") : STR("false"), p->zero && !p->minus);
    else
        print_bad_verb(p, v, verb);
}

/* Composites. */

static void print_list(struct printer *p, struct dyn v, uint32_t verb, unsigned depth)
{
    if (v.type == TYPE_BYTES && strchr("sqxX", (int)verb) != NULL) {
        print_string(p, dyn_str(v), v, verb);
        return;
    }
    if (p->sharp_v) {
        buf_add(p->buf, dyn_type_name(v, p->arena));
        if (v.null) {
            buf_add(p->buf, STR("(nil)"));
            return;
        }
    }
    buf_add_byte(p->buf, p->sharp_v ? '{' : '[');
    for (uint32_t i = 0; i < v.len; i++) {
        if (i > 0)
            buf_add(p->buf, p->sharp_v ? STR(", ") : STR(" "));
        print_value(p, dyn_item(v, i), verb, depth + 1);
    }
    buf_add_byte(p->buf, p->sharp_v ? '}' : ']');
}

static void print_map(struct printer *p, struct dyn v, uint32_t verb, unsigned depth)
{
    struct dyn_map *map = v.as.map;
    if (p->sharp_v) {
        buf_add(p->buf, dyn_type_name(v, p->arena));
        buf_add(p->buf, v.null ? STR("(nil)") : STR("{"));
        if (v.null)
            return;
    } else {
        buf_add(p->buf, STR("map["));
    }
    if (map != NULL && map->busy) {
        p->buf->failed = true;
        return;
    }
    if (map != NULL)
        map->busy = true;
    for (size_t i = 0; i < dyn_map_len(map) && !buf_failed(p->buf); i++) {
        if (i > 0)
            buf_add(p->buf, p->sharp_v ? STR(", ") : STR(" "));
        print_value(p, dyn_string(map->entries[i].key), verb, depth + 1);
        buf_add_byte(p->buf, ':');
        print_value(p, map->entries[i].val, verb, depth + 1);
    }
    if (map != NULL)
        map->busy = false;
    buf_add_byte(p->buf, p->sharp_v ? '}' : ']');
}

static void print_struct(struct printer *p, struct dyn v, uint32_t verb, unsigned depth)
{
    const struct dyn_shape *shape = v.as.record->shape;
    if (shape->text != NULL && !shape->by_address && !p->sharp_v && is_text_verb(verb)) {
        print_string(p, shape->text(v.as.record, p->arena), v, verb);
        return;
    }
    if (shape->pointer && depth > 0) {
        buf_add(p->buf, STR("0xc000000000"));
        return;
    }
    if (shape->pointer)
        buf_add_byte(p->buf, '&');
    if (p->sharp_v)
        buf_add(p->buf, str_z(shape->type));
    buf_add_byte(p->buf, '{');
    if (shape->embedded > 0 && (p->plus_v || p->sharp_v))
        buf_printf(p->buf, "%s:", shape->embedded_name);
    if (shape->embedded > 0 && p->sharp_v)
        buf_add(p->buf, str_z(shape->embedded_shape->type));
    if (shape->embedded > 0)
        buf_add_byte(p->buf, '{');
    for (size_t i = 0; i < shape->field_count; i++) {
        if (i > 0)
            buf_add(p->buf, p->sharp_v ? STR(", ") : STR(" "));
        if (p->plus_v || p->sharp_v)
            buf_printf(p->buf, "%s:", shape->fields[i].name);
        print_value(p, v.as.record->fields[i], verb, depth + 1);
        if (i + 1 == shape->embedded)
            buf_add_byte(p->buf, '}');
    }
    buf_add_byte(p->buf, '}');
}

static void print_nothing(struct printer *p, uint32_t verb, unsigned depth)
{
    if (depth > 0)
        buf_add(p->buf, p->sharp_v ? STR("interface {}(nil)") : STR("<nil>"));
    else if (verb != 'v')
        buf_printf(p->buf, "%%!%c(<nil>)", (char)verb);
    else
        pad(p, STR("<nil>"), p->zero && !p->minus);
}

void print_value(struct printer *p, struct dyn v, uint32_t verb, unsigned depth)
{
    if (depth > DYN_DEPTH_MAX || buf_failed(p->buf)) {
        p->buf->failed = true;
        return;
    }
    switch ((enum dyn_kind)v.kind) {
    case DYN_ABSENT:
    case DYN_NIL: print_nothing(p, verb, depth); break;
    case DYN_BOOL: print_bool(p, v, verb); break;
    case DYN_FLOAT: print_real(p, v, verb); break;
    case DYN_COMPLEX: print_complex(p, v, verb); break;
    case DYN_STRING: print_string(p, dyn_str(v), v, verb); break;
    case DYN_LIST: print_list(p, v, verb, depth); break;
    case DYN_MAP: print_map(p, v, verb, depth); break;
    case DYN_STRUCT: print_struct(p, v, verb, depth); break;
    case DYN_TIME: {
        AUTO_BUF struct buf text = BUF_INIT(128);
        go_time_print(v.as.time, &text);
        print_string(p, buf_str(&text), v, verb);
        break;
    }
    default: print_number(p, v, verb); break;
    }
}

void dyn_print(struct dyn v, struct buf *buf)
{
    if (v.kind == DYN_STRING) {
        buf_add(buf, dyn_str(v));
        return;
    }
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    struct printer printer = {.buf = buf, .arena = scratch, .width = -1, .precision = -1};
    print_value(&printer, v, 'v', 0);
}

str dyn_text(struct dyn v, struct arena *arena)
{
    if (v.kind == DYN_STRING)
        return dyn_str(v);
    AUTO_BUF struct buf buf = BUF_INIT(64u << 20);
    dyn_print(v, &buf);
    return buf_copy(&buf, arena);
}

str dyn_strval(struct dyn v, struct arena *arena)
{
    if (v.kind == DYN_LIST && v.type == TYPE_BYTES)
        return dyn_str(v);
    return dyn_text(v, arena);
}

void dyn_print_all(const struct dyn *args, size_t count, bool line, struct buf *buf)
{
    bool was_string = false;
    for (size_t i = 0; i < count; i++) {
        bool is_string = args[i].kind == DYN_STRING;
        if (i > 0 && (line || (!is_string && !was_string)))
            buf_add_byte(buf, ' ');
        dyn_print(args[i], buf);
        was_string = is_string;
    }
    if (line)
        buf_add_byte(buf, '\n');
}
