/*
 * The YAML writer: what go-yaml v2 and v3 print for a document. v2 folds lines at spaces behind
 * column 80, v3 never does.
 */
#include "syncd/value/yaml_internal.h"

#define INDENT      2
#define WIDTH       80  /* a space behind this column becomes a line break */
#define LONGEST_KEY 128 /* bytes; longer ones get a `? ` */

struct writer {
    struct buf *buf;
    struct arena *scratch; /* for sorting; made when first needed */
    enum yaml_style style;
    size_t column; /* in characters, where the scalar being written is folded */
};

/* ---- what a text may be written as ---- */

struct shape {
    bool plain, single_quoted, block, multiline;
};

enum { CLASS_ORDINARY, CLASS_SPACE, CLASS_BREAK, CLASS_TAB, CLASS_SPECIAL };

/* The class of what stands at `at` and its width in bytes. */
static int classify(const unsigned char *at, size_t *ret_width)
{
    unsigned char c = *at;
    *ret_width = 1;
    if (c == ' ')
        return CLASS_SPACE;
    if (c == '\n')
        return CLASS_BREAK;
    if (c == '\t')
        return CLASS_TAB;
    if (c < 0x80)
        return c >= 0x20 && c != 0x7f ? CLASS_ORDINARY : CLASS_SPECIAL;
    *ret_width = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    if (c == 0xe2 && at[1] == 0x80 && (at[2] & 0xfe) == 0xa8)
        return CLASS_BREAK;
    /* C1 controls, the byte order mark, two non-characters, and all planes but the first. */
    bool special =
        (c == 0xc2 && at[1] < 0xa0) || c >= 0xf0 ||
        (c == 0xef && ((at[1] == 0xbb && at[2] == 0xbf) || (at[1] == 0xbf && at[2] >= 0xbe)));
    return special ? CLASS_SPECIAL : CLASS_ORDINARY;
}

/* Where in a plain scalar a byte may stand: most texts are decided by this alone. */
enum { INSIDE = 1, FIRST = 2, BOTH = INSIDE | FIRST, LOOK = 4 };

static const unsigned char plain_bytes[256] = {
    ['A'] = BOTH,   ['B'] = BOTH,    ['C'] = BOTH,   ['D'] = BOTH,   ['E'] = BOTH,   ['F'] = BOTH,
    ['G'] = BOTH,   ['H'] = BOTH,    ['I'] = BOTH,   ['J'] = BOTH,   ['K'] = BOTH,   ['L'] = BOTH,
    ['M'] = BOTH,   ['N'] = BOTH,    ['O'] = BOTH,   ['P'] = BOTH,   ['Q'] = BOTH,   ['R'] = BOTH,
    ['S'] = BOTH,   ['T'] = BOTH,    ['U'] = BOTH,   ['V'] = BOTH,   ['W'] = BOTH,   ['X'] = BOTH,
    ['Y'] = BOTH,   ['Z'] = BOTH,    ['a'] = BOTH,   ['b'] = BOTH,   ['c'] = BOTH,   ['d'] = BOTH,
    ['e'] = BOTH,   ['f'] = BOTH,    ['g'] = BOTH,   ['h'] = BOTH,   ['i'] = BOTH,   ['j'] = BOTH,
    ['k'] = BOTH,   ['l'] = BOTH,    ['m'] = BOTH,   ['n'] = BOTH,   ['o'] = BOTH,   ['p'] = BOTH,
    ['q'] = BOTH,   ['r'] = BOTH,    ['s'] = BOTH,   ['t'] = BOTH,   ['u'] = BOTH,   ['v'] = BOTH,
    ['w'] = BOTH,   ['x'] = BOTH,    ['y'] = BOTH,   ['z'] = BOTH,   ['0'] = BOTH,   ['1'] = BOTH,
    ['2'] = BOTH,   ['3'] = BOTH,    ['4'] = BOTH,   ['5'] = BOTH,   ['6'] = BOTH,   ['7'] = BOTH,
    ['8'] = BOTH,   ['9'] = BOTH,    ['.'] = BOTH,   ['/'] = BOTH,   ['_'] = BOTH,   ['='] = BOTH,
    ['+'] = BOTH,   ['$'] = BOTH,    ['('] = BOTH,   [')'] = BOTH,   [';'] = BOTH,   ['<'] = BOTH,
    ['^'] = BOTH,   ['~'] = BOTH,    ['\\'] = BOTH,  [','] = INSIDE, ['['] = INSIDE, [']'] = INSIDE,
    ['{'] = INSIDE, ['}'] = INSIDE,  ['&'] = INSIDE, ['*'] = INSIDE, ['!'] = INSIDE, ['|'] = INSIDE,
    ['>'] = INSIDE, ['"'] = INSIDE,  ['%'] = INSIDE, ['@'] = INSIDE, ['`'] = INSIDE, ['-'] = INSIDE,
    ['?'] = INSIDE, ['\''] = INSIDE, [':'] = LOOK,   ['#'] = LOOK,   [' '] = LOOK,
};

/*
 * A text that is plain style without more thought; *ret_spaces when it has spaces. False when a
 * closer look is needed.
 */
static bool is_simple(str text, bool *ret_spaces)
{
    *ret_spaces = false;
    if (text.len == 0 || (plain_bytes[(unsigned char)text.ptr[0]] & FIRST) == 0)
        return false;
    for (size_t i = 1; i < text.len; i++) {
        unsigned char class = plain_bytes[(unsigned char)text.ptr[i]];
        if ((class & INSIDE) != 0)
            continue;
        if (class == 0 || i + 1 == text.len || text.ptr[i + 1] == ' ' || text.ptr[i + 1] == '#')
            return false;
        *ret_spaces = *ret_spaces || text.ptr[i] == ' ';
    }
    return !scalar_may_resolve(text);
}

static bool is_blank(str text, size_t at)
{
    return at >= text.len || text.ptr[at] == ' ' || text.ptr[at] == '\t';
}

/* An indicator that forbids plain style where it stands. */
static bool is_indicator(str text, size_t at, bool after_blank)
{
    char c = text.ptr[at];
    if (c == ':')
        return is_blank(text, at + 1);
    if (at > 0)
        return c == '#' && after_blank;
    if (c == '-' || c == '?')
        return is_blank(text, at + 1);
    return c != '\0' && strchr("#,[]{}&*!|>'\"%@`", c) != NULL;
}

/* True when a blank, a line break or a NUL stands there: what go-yaml calls blankz. */
static bool is_blankz(int class, char byte)
{
    return class == CLASS_SPACE || class == CLASS_BREAK || class == CLASS_TAB || byte == '\r' ||
           byte == '\0';
}

static struct shape shape_of(str text, enum yaml_style style)
{
    struct shape shape = {.plain = true, .single_quoted = true, .block = true};
    if (text.len == 0) {
        shape.block = false;
        return shape;
    }
    bool indicator = str_starts(text, STR("---")) || str_starts(text, STR("..."));
    bool special = false, tab = false, break_space = false, space_break = false;
    int previous = CLASS_ORDINARY, first = CLASS_ORDINARY;
    bool after_blank = true;
    for (size_t at = 0, width = 1; at < text.len; at += width) {
        const unsigned char *c = (const unsigned char *)text.ptr + at;
        int class = classify(c, &width);
        bool line_break = class == CLASS_BREAK || *c == '\r' || (*c == 0xc2 && c[1] == 0x85);
        if (at == 0)
            first = line_break ? CLASS_BREAK : class;
        indicator = indicator || is_indicator(text, at, after_blank);
        tab = tab || class == CLASS_TAB;
        special = special || class == CLASS_SPECIAL;
        shape.multiline = shape.multiline || line_break;
        break_space = break_space || (class == CLASS_SPACE && previous == CLASS_BREAK);
        space_break = space_break || (line_break && previous == CLASS_SPACE);
        after_blank = is_blankz(class, text.ptr[at]) || line_break;
        previous = line_break ? CLASS_BREAK : class;
    }
    bool edges = first == CLASS_SPACE || first == CLASS_BREAK || previous == CLASS_SPACE ||
                 previous == CLASS_BREAK;
    special = special || (tab && style == YAML_SIGS);
    bool unquotable = space_break || special;
    shape.plain = !edges && !break_space && !unquotable && !tab && !shape.multiline && !indicator;
    shape.single_quoted = !break_space && !unquotable && !tab;
    shape.block = previous != CLASS_SPACE && !unquotable;
    return shape;
}

bool yaml_fits_block(str text)
{
    return shape_of(text, YAML_V3).block;
}

static bool is_old_bool(str text)
{
    return scalar_resolve(text, YAML_KUBERNETES).kind == SCALAR_BOOL;
}

/* Would a reader take the plain text for something else than this string? */
static bool means_something_else(str text)
{
    if (!scalar_may_resolve(text))
        return false;
    return scalar_resolve(text, YAML_KUSTOMIZE).kind != SCALAR_STRING || is_old_bool(text) ||
           scalar_is_base60(text);
}

enum scalar_style { STYLE_PLAIN, STYLE_SINGLE, STYLE_DOUBLE, STYLE_LITERAL };

static enum scalar_style choose_style(str text, struct shape shape, bool simple_key)
{
    bool literal = text.len > 0 && memchr(text.ptr, '\n', text.len) != NULL;
    if (simple_key && shape.multiline)
        return STYLE_DOUBLE;
    if (literal)
        return shape.block && !simple_key ? STYLE_LITERAL : STYLE_DOUBLE;
    if (means_something_else(text))
        return STYLE_DOUBLE;
    if (shape.plain)
        return STYLE_PLAIN;
    return shape.single_quoted ? STYLE_SINGLE : STYLE_DOUBLE;
}

bool yaml_is_written_plain(str text)
{
    bool spaces = false;
    return is_simple(text, &spaces) ||
           choose_style(text, shape_of(text, YAML_V3), false) == STYLE_PLAIN;
}

/* ---- scalars ---- */

/* The column that the next byte stands in. */
static size_t column_of(const struct writer *w)
{
    size_t column = 0;
    for (size_t at = w->buf->len; at > 0 && w->buf->ptr[at - 1] != '\n'; at--)
        column += ((unsigned char)w->buf->ptr[at - 1] & 0xc0) != 0x80;
    return column;
}

static void break_line(struct writer *w, size_t indent)
{
    buf_add_byte(w->buf, '\n');
    buf_add_repeat(w->buf, ' ', indent);
    w->column = indent;
}

static void put(struct writer *w, str character)
{
    buf_add(w->buf, character);
    w->column++;
}

/* A text that may be folded, in plain style. */
static void write_folded_plain(struct writer *w, str text, size_t indent)
{
    bool after_space = false;
    for (size_t at = 0, width = 1; at < text.len; at += width) {
        bool space = classify((const unsigned char *)text.ptr + at, &width) == CLASS_SPACE;
        if (space && !after_space && w->column > WIDTH && text.ptr[at + 1] != ' ')
            break_line(w, indent);
        else
            put(w, str_from(text.ptr + at, width));
        after_space = space;
    }
}

/* indent: of the lines after a break inside the text. */
static void write_single_quoted(struct writer *w, str text, size_t indent, bool folds)
{
    bool broke = false, after_space = false;
    put(w, STR("'"));
    for (size_t at = 0, width = 1; at < text.len; at += width) {
        int class = classify((const unsigned char *)text.ptr + at, &width);
        if (class == CLASS_SPACE && folds && !after_space && w->column > WIDTH && at > 0 &&
            at + 1 < text.len && text.ptr[at + 1] != ' ') {
            break_line(w, indent);
            after_space = true;
            continue;
        }
        if (broke && class != CLASS_BREAK) {
            buf_add_repeat(w->buf, ' ', indent);
            w->column = indent;
        }
        if (text.ptr[at] == '\'')
            put(w, STR("'"));
        put(w, str_from(text.ptr + at, width));
        broke = class == CLASS_BREAK;
        after_space = class == CLASS_SPACE;
    }
    put(w, STR("'"));
}

static void write_escape(struct writer *w, uint32_t code)
{
    static const char short_codes[] = "\a\b\t\n\v\f\r\x1b\"\\", short_names[] = "abtnvfre\"\\";
    const char *found = code != 0 && code < 0x80 ? strchr(short_codes, (int)code) : NULL;
    if (found != NULL)
        buf_printf(w->buf, "\\%c", short_names[found - short_codes]);
    else if (code == 0)
        buf_add(w->buf, STR("\\0"));
    else if (code == 0x85)
        buf_add(w->buf, STR("\\N"));
    else if (code == 0xa0)
        buf_add(w->buf, STR("\\_"));
    else if (code == 0x2028 || code == 0x2029)
        buf_printf(w->buf, "\\%c", code == 0x2028 ? 'L' : 'P');
    else
        buf_printf(w->buf, code <= 0xff ? "\\x%02X" : code <= 0xffff ? "\\u%04X" : "\\U%08X", code);
}

/* A space in double quotes: true when it became a line break. */
static bool fold_quoted(struct writer *w, str text, size_t at, size_t indent)
{
    if (w->column <= WIDTH || at == 0 || at + 1 == text.len)
        return false;
    break_line(w, indent);
    if (text.ptr[at + 1] == ' ')
        put(w, STR("\\"));
    return true;
}

static void write_double_quoted(struct writer *w, str text, size_t indent, bool folds)
{
    /* go-yaml looks for a byte order mark at the beginning of the text each time. */
    bool all = str_starts(text, STR("\xef\xbb\xbf"));
    bool after_space = false;
    put(w, STR("\""));
    for (size_t at = 0, width = 1; at < text.len; at += width) {
        char c = text.ptr[at];
        int class = classify((const unsigned char *)text.ptr + at, &width);
        uint32_t code = 0;
        bool escape = all || c == '"' || c == '\\' || class == CLASS_BREAK || class == CLASS_TAB ||
                      class == CLASS_SPECIAL;
        if (escape && str_decode_utf8(str_skip(text, at), &code) > 0) {
            size_t before = w->buf->len;
            write_escape(w, code);
            w->column += w->buf->len - before;
            class = CLASS_SPECIAL;
        } else if (class != CLASS_SPACE || !folds || after_space ||
                   !fold_quoted(w, text, at, indent)) {
            put(w, str_from(text.ptr + at, width));
        }
        after_space = class == CLASS_SPACE;
    }
    put(w, STR("\""));
}

static void write_literal_line(struct writer *w, str line, size_t indent)
{
    /* Unicode's line separators begin lines too. */
    bool broke = true;
    size_t start = 0;
    for (size_t at = 0, width = 1; at < line.len; at += width) {
        int class = (unsigned char)line.ptr[at] < 0xe2
                        ? (width = 1, CLASS_ORDINARY)
                        : classify((const unsigned char *)line.ptr + at, &width);
        if (broke && class != CLASS_BREAK) {
            buf_add(w->buf, str_from(line.ptr + start, at - start));
            buf_add_repeat(w->buf, ' ', indent);
            start = at;
        }
        broke = class == CLASS_BREAK;
    }
    buf_add(w->buf, str_skip(line, start));
}

/* |, with a hint where the first line would be misread, and how the end is chomped. */
static void write_literal(struct writer *w, str text, size_t indent)
{
    size_t width = 1;
    buf_add_byte(w->buf, '|');
    int first = classify((const unsigned char *)text.ptr, &width);
    if (first == CLASS_SPACE || first == CLASS_BREAK)
        buf_add_byte(w->buf, '0' + INDENT);
    bool ends = text.ptr[text.len - 1] == '\n' || str_ends(text, STR("\xe2\x80\xa8")) ||
                str_ends(text, STR("\xe2\x80\xa9"));
    str before = str_slice(text, 0, text.len - (text.ptr[text.len - 1] == '\n' ? 1 : 3));
    if (!ends)
        buf_add_byte(w->buf, '-');
    else if (before.len == 0 || str_ends(before, STR("\n")) ||
             str_ends(before, STR("\xe2\x80\xa8")) || str_ends(before, STR("\xe2\x80\xa9")))
        buf_add_byte(w->buf, '+');
    buf_add_byte(w->buf, '\n');
    str rest = text, line;
    while (str_cut(&rest, '\n', &line)) {
        if (line.len > 0)
            write_literal_line(w, line, indent);
        if (rest.ptr != NULL)
            buf_add_byte(w->buf, '\n');
    }
}

/* Numbers are printed as go-yaml prints what it reads in their JSON text. */
static void write_number(struct writer *w, value v)
{
    str text = value_number_text(v);
    char out[NUMBER_MAX];
    struct scalar scalar = scalar_resolve(text, YAML_KUBERNETES);
    if (scalar.kind == SCALAR_INT && !scalar.canonical)
        buf_add_i64(w->buf, scalar.integer);
    else if (scalar.kind == SCALAR_FLOAT)
        buf_add(w->buf, str_from(out, number_print_general(scalar.real, 64, out)));
    else
        buf_add(w->buf, text);
}

static void write_string(struct writer *w, str text, size_t indent, bool simple_key)
{
    bool spaces = false;
    if (is_simple(text, &spaces) && (!spaces || simple_key || column_of(w) + text.len <= WIDTH)) {
        buf_add(w->buf, text);
        return;
    }
    struct shape shape = shape_of(text, w->style);
    enum scalar_style style = choose_style(text, shape, simple_key);
    w->column = column_of(w);
    bool folds = w->style == YAML_SIGS && !simple_key && w->column + text.len > WIDTH;
    switch (style) {
    case STYLE_PLAIN:
        if (folds)
            write_folded_plain(w, text, indent);
        else
            buf_add(w->buf, text);
        break;
    case STYLE_SINGLE: write_single_quoted(w, text, indent, folds); break;
    case STYLE_DOUBLE: write_double_quoted(w, text, indent, folds); break;
    case STYLE_LITERAL: write_literal(w, text, indent); break;
    }
}

/* ---- nodes ---- */

/* The members in the style's order; NULL when that is the order they have. */
static const struct member **ordered(struct writer *w, value v)
{
    if (yaml_order_is_natural(v, w->style))
        return NULL;
    if (w->scratch == NULL)
        w->scratch = arena_create(ARENA_NO_BUDGET);
    return yaml_order(v, w->style, w->scratch);
}

static void write_collection(struct writer *w, value v, size_t indent, bool first_inline);

static bool is_block(value v)
{
    return (v.kind == VALUE_OBJECT || v.kind == VALUE_ARRAY) && v.len > 0;
}

/* What fits on the rest of a line. indent: that of the collection it stands in. */
static void write_leaf(struct writer *w, value v, size_t indent)
{
    switch ((enum value_kind)v.kind) {
    case VALUE_ABSENT:
    case VALUE_NULL: buf_add(w->buf, STR("null")); break;
    case VALUE_BOOL: buf_add(w->buf, v.len != 0 ? STR("true") : STR("false")); break;
    case VALUE_NUMBER: write_number(w, v); break;
    case VALUE_STRING: write_string(w, value_str(v), indent + INDENT, false); break;
    case VALUE_ARRAY: buf_add(w->buf, STR("[]")); break;
    case VALUE_OBJECT: buf_add(w->buf, STR("{}")); break;
    }
}

/* A line feed, unless a literal block just ended with one, or with a line separator of Unicode,
 * which go-yaml takes for one. */
static void end_line(struct writer *w)
{
    str text = buf_str(w->buf);
    if (!str_ends(text, STR("\n")) && !str_ends(text, STR("\xe2\x80\xa8")) &&
        !str_ends(text, STR("\xe2\x80\xa9")))
        buf_add_byte(w->buf, '\n');
}

/* The value behind `key:`. */
static void write_member_value(struct writer *w, value v, size_t indent)
{
    if (!is_block(v)) {
        buf_add_byte(w->buf, ' ');
        write_leaf(w, v, indent);
        end_line(w);
        return;
    }
    buf_add_byte(w->buf, '\n');
    bool hangs = v.kind == VALUE_ARRAY && w->style == YAML_SIGS;
    write_collection(w, v, hangs ? indent : indent + INDENT, false);
}

/* `? key`, line feed, `: value`: for keys that are too long or have line breaks. */
static void write_explicit_member(struct writer *w, const struct member *member, size_t indent)
{
    buf_add(w->buf, STR("? "));
    write_string(w, member->key, indent + INDENT, false);
    end_line(w);
    buf_add_repeat(w->buf, ' ', indent);
    buf_add(w->buf, STR(": "));
    if (is_block(member->val)) {
        write_collection(w, member->val, indent + INDENT, true);
        return;
    }
    write_leaf(w, member->val, indent);
    end_line(w);
}

static void write_member(struct writer *w, const struct member *member, size_t indent)
{
    str key = member->key;
    bool spaces = false;
    bool simple = key.len <= LONGEST_KEY && is_simple(key, &spaces);
    if (!simple && (key.len > LONGEST_KEY || shape_of(key, w->style).multiline)) {
        write_explicit_member(w, member, indent);
        return;
    }
    if (simple)
        buf_add(w->buf, key);
    else
        write_string(w, key, indent + INDENT, true);
    buf_add_byte(w->buf, ':');
    write_member_value(w, member->val, indent);
}

static void write_item(struct writer *w, value v, size_t indent)
{
    buf_add(w->buf, STR("- "));
    if (is_block(v)) {
        write_collection(w, v, indent + INDENT, true);
        return;
    }
    write_leaf(w, v, indent);
    end_line(w);
}

/* A collection that is not empty. first_inline: its first line has begun already. Recursion: as
 * deep as the document, which its reader bounded. */
static void write_collection(struct writer *w, value v, size_t indent, bool first_inline)
{
    struct arena_mark mark = {0};
    bool marked = w->scratch != NULL;
    if (marked)
        mark = arena_mark(w->scratch);
    const struct member **keys = v.kind == VALUE_OBJECT ? ordered(w, v) : NULL;
    for (size_t i = 0; i < v.len; i++) {
        if (i > 0 || !first_inline)
            buf_add_repeat(w->buf, ' ', indent);
        if (v.kind == VALUE_OBJECT)
            write_member(w, keys != NULL ? keys[i] : &v.as.members[i], indent);
        else
            write_item(w, v.as.items[i], indent);
    }
    if (marked)
        arena_rewind(w->scratch, mark);
}

void yaml_write(value document, enum yaml_style style, struct buf *buf)
{
    struct writer w = {.buf = buf, .style = style};
    if (is_block(document)) {
        write_collection(&w, document, 0, false);
    } else {
        write_leaf(&w, document, 0);
        end_line(&w);
    }
    arena_destroy(w.scratch);
}

str yaml_text(value document, enum yaml_style style, struct arena *arena)
{
    AUTO_BUF struct buf buf = BUF_INIT(SIZE_MAX);
    yaml_write(document, style, &buf);
    return buf_copy(&buf, arena);
}
