/* Formats, as Go's fmt reads them: flags, widths, indexes, and what is said of the rest. */
#include "render/template/print_internal.h"

#include <stdio.h>

struct format {
    struct printer printer;
    str rest;
    const struct dyn *args;
    size_t count, next;
    bool reordered, good_index;
    bool behind_index; /* the last thing read was "[3]" */
};

/* A decimal number at the front; -1 when there is none or it is too large. */
static int read_number(str *rest)
{
    int number = 0;
    size_t len = 0;
    while (len < rest->len && rest->ptr[len] >= '0' && rest->ptr[len] <= '9') {
        number = number * 10 + (rest->ptr[len] - '0');
        len++;
        if (number > WIDTH_MAX) {
            number = -1;
            break;
        }
    }
    if (len == 0)
        return -1;
    *rest = str_skip(*rest, len);
    return number;
}

/* "[3]" chooses the argument. */
static void read_index(struct format *f)
{
    f->behind_index = false;
    if (f->rest.len == 0 || f->rest.ptr[0] != '[')
        return;
    f->reordered = true;
    size_t close = f->rest.len < 3 ? SIZE_MAX : str_index(f->rest, ']');
    str inner = str_slice(f->rest, 1, close == SIZE_MAX ? 0 : close - 1);
    int index = read_number(&inner);
    f->behind_index = close != SIZE_MAX && index >= 0 && inner.len == 0;
    f->rest = str_skip(f->rest, close == SIZE_MAX ? 1 : close + 1);
    if (f->behind_index && index > 0 && (size_t)index <= f->count)
        f->next = (size_t)index - 1;
    else
        f->good_index = false;
}

/* The number that a star stands for; false, and the complaint printed, when it is none. */
static bool star_argument(struct format *f, const char *complaint, int *ret_number)
{
    struct dyn v = f->next < f->count ? f->args[f->next++] : dyn_nil();
    bool good = (dyn_is_signed(v) || dyn_is_unsigned(v)) && v.as.integer <= WIDTH_MAX &&
                v.as.integer >= -WIDTH_MAX;
    if (good)
        *ret_number = (int)v.as.integer;
    else
        buf_add(f->printer.buf, str_z(complaint));
    return good;
}

static bool is_star(struct format *f)
{
    if (f->rest.len == 0 || f->rest.ptr[0] != '*')
        return false;
    f->rest = str_skip(f->rest, 1);
    return true;
}

static void read_flags(struct format *f)
{
    struct printer *p = &f->printer;
    for (; f->rest.len > 0; f->rest = str_skip(f->rest, 1)) {
        switch (f->rest.ptr[0]) {
        case '#': p->sharp = true; break;
        case '0': p->zero = true; break;
        case '+': p->plus = true; break;
        case '-': p->minus = true; break;
        case ' ': p->space = true; break;
        default: return;
        }
    }
}

static void read_width(struct format *f)
{
    struct printer *p = &f->printer;
    int width = -1;
    if (is_star(f)) {
        f->behind_index = false;
        if (star_argument(f, "%!(BADWIDTH)", &width) && width < 0) {
            width = -width;
            p->minus = true;
            p->zero = false;
        }
    } else {
        width = read_number(&f->rest);
        f->good_index &= !f->behind_index || width < 0; /* "%[3]2d" */
    }
    p->width = width;
}

static void read_precision(struct format *f)
{
    struct printer *p = &f->printer;
    if (f->rest.len < 2 || f->rest.ptr[0] != '.')
        return;
    f->rest = str_skip(f->rest, 1);
    f->good_index &= !f->behind_index; /* "%[3].2d" */
    read_index(f);
    int precision;
    if (is_star(f)) {
        f->behind_index = false;
        if (star_argument(f, "%!(BADPREC)", &precision) && precision >= 0)
            p->precision = precision;
        return;
    }
    precision = read_number(&f->rest);
    p->precision = precision < 0 ? 0 : precision;
}

static void print_argument(struct format *f, uint32_t verb)
{
    struct printer *p = &f->printer;
    struct dyn v = f->args[f->next++];
    if (verb == 'T' && dyn_is_nothing(v)) {
        print_value(p, v, 'v', 0); /* never cut to the precision */
        return;
    }
    if (verb == 'T') {
        str name = dyn_type_name(v, p->arena);
        print_string(p, name, dyn_string(name), 's');
        return;
    }
    if (verb == 'v' || verb == 'w') {
        p->sharp_v = p->sharp;
        p->plus_v = p->plus;
        p->sharp = p->plus = false;
    }
    if (verb == 'p' || verb == 'w') {
        print_bad_verb(p, v, verb);
        return;
    }
    print_value(p, v, verb, 0);
}

static void print_directive(struct format *f)
{
    struct printer *p = &f->printer;
    *p = (struct printer){.buf = p->buf, .arena = p->arena, .width = -1, .precision = -1};
    f->good_index = true;
    read_flags(f);
    read_index(f);
    read_width(f);
    read_precision(f);
    if (!f->behind_index)
        read_index(f);
    uint32_t verb;
    if (f->rest.len == 0) {
        buf_add(p->buf, STR("%!(NOVERB)"));
        return;
    }
    size_t len = str_decode_utf8(f->rest, &verb);
    if (len == 0) {
        verb = 0xFFFD;
        len = 1;
    }
    f->rest = str_skip(f->rest, len);
    char bytes[4];
    str shown = str_from(bytes, str_encode_utf8(verb, bytes));
    if (verb == '%')
        buf_add_byte(p->buf, '%');
    else if (!f->good_index)
        buf_printf(p->buf, "%%!%.*s(BADINDEX)", STR_ARG(shown));
    else if (f->next >= f->count)
        buf_printf(p->buf, "%%!%.*s(MISSING)", STR_ARG(shown));
    else
        print_argument(f, verb);
}

static void print_extra(struct format *f)
{
    struct printer *p = &f->printer;
    buf_add(p->buf, STR("%!(EXTRA "));
    for (size_t i = f->next; i < f->count; i++) {
        if (i > f->next)
            buf_add(p->buf, STR(", "));
        if (dyn_is_nothing(f->args[i])) {
            buf_add(p->buf, STR("<nil>"));
            continue;
        }
        buf_add(p->buf, dyn_type_name(f->args[i], p->arena));
        buf_add_byte(p->buf, '=');
        print_plain(p, f->args[i]);
    }
    buf_add_byte(p->buf, ')');
}

void dyn_printf(str format, const struct dyn *args, size_t count, struct arena *arena,
                struct buf *buf)
{
    struct format f = {
        .printer = {.buf = buf, .arena = arena}, .rest = format, .args = args, .count = count};
    while (f.rest.len > 0 && !buf_failed(buf)) {
        size_t percent = str_index(f.rest, '%');
        buf_add(buf, str_slice(f.rest, 0, percent == SIZE_MAX ? f.rest.len : percent));
        f.rest = percent == SIZE_MAX ? (str){0} : str_skip(f.rest, percent + 1);
        if (percent != SIZE_MAX)
            print_directive(&f);
    }
    if (!f.reordered && f.next < f.count)
        print_extra(&f);
}
