/*
 * The reader for the YAML that manifests are written in: block mappings and sequences, scalars,
 * literal and folded blocks, flow collections of one line, comments. Its strings are views into the
 * text. Whatever else it meets, or finds wrong, it leaves to libyaml: false is no error.
 */
#include "syncd/value/yaml_internal.h"

#define LONGEST_KEY 1000 /* libyaml wants keys within 1024 characters */

struct scanner {
    const char *at, *end;
    const char *line_start;
    uint32_t line;
    bool done;    /* nothing but space and comments follows */
    size_t depth; /* collections that are open */
    uint64_t nodes;
    const struct yaml_options *options;
    const struct limits *limits;
    struct arena *arena;
    struct build_stack stack;
};

/* ---- lines ---- */

static int column_of(const struct scanner *s)
{
    return (int)(s->at - s->line_start);
}

static bool at_blank(const char *at, const char *end)
{
    return at == end || *at == ' ' || *at == '\n' || *at == '\t';
}

static bool at_dash(const struct scanner *s)
{
    return s->at < s->end && *s->at == '-' && at_blank(s->at + 1, s->end);
}

static void skip_spaces(struct scanner *s)
{
    while (s->at < s->end && *s->at == ' ')
        s->at++;
}

static const char *line_end(const struct scanner *s)
{
    const char *newline = memchr(s->at, '\n', (size_t)(s->end - s->at));
    return newline != NULL ? newline : s->end;
}

/* From a line's beginning to the next that holds something. False: a tab stands before it. */
static bool to_content(struct scanner *s)
{
    for (;;) {
        skip_spaces(s);
        if (s->at < s->end && *s->at == '#')
            s->at = line_end(s);
        if (s->at == s->end) {
            s->done = true;
            return true;
        }
        if (*s->at != '\n')
            return *s->at != '\t';
        s->line_start = ++s->at;
        s->line++;
    }
}

/* Behind a value: only space and a comment may follow on its line. */
static bool end_line(struct scanner *s)
{
    const char *begin = s->at;
    skip_spaces(s);
    if (s->at < s->end && *s->at == '#' && s->at > begin)
        s->at = line_end(s);
    if (s->at < s->end && *s->at != '\n')
        return false;
    if (s->at < s->end) {
        s->line_start = ++s->at;
        s->line++;
    }
    return to_content(s);
}

static bool count_node(struct scanner *s)
{
    s->nodes++;
    return s->nodes <= s->limits->yaml_nodes &&
           (s->stack.entries.len < s->stack.entries.cap ||
            arena_fits(s->arena, 2 * s->stack.entries.cap * sizeof(struct member)));
}

/* ---- plain scalars ---- */

enum { PLAIN_STOP = 1, FLOW_STOP = 2, NOT_FIRST = 4 };

/* Bytes that may end a plain scalar, in flow collections too, and that cannot begin one. */
static const unsigned char plain_classes[256] = {
    ['\n'] = PLAIN_STOP | NOT_FIRST,
    ['\t'] = PLAIN_STOP | NOT_FIRST,
    [':'] = PLAIN_STOP | NOT_FIRST,
    ['#'] = PLAIN_STOP | NOT_FIRST,
    [','] = FLOW_STOP | NOT_FIRST,
    ['['] = FLOW_STOP | NOT_FIRST,
    [']'] = FLOW_STOP | NOT_FIRST,
    ['{'] = FLOW_STOP | NOT_FIRST,
    ['}'] = FLOW_STOP | NOT_FIRST,
    ['?'] = FLOW_STOP | NOT_FIRST,
    ['&'] = NOT_FIRST,
    ['*'] = NOT_FIRST,
    ['!'] = NOT_FIRST,
    ['|'] = NOT_FIRST,
    ['>'] = NOT_FIRST,
    ['\''] = NOT_FIRST,
    ['"'] = NOT_FIRST,
    ['%'] = NOT_FIRST,
    ['@'] = NOT_FIRST,
    ['`'] = NOT_FIRST,
    [' '] = NOT_FIRST,
};

/*
 * The plain scalar that begins here, without the spaces behind it; s->at stands at what ended it:
 * the end of the line, a comment, a colon before a blank, or in flow a flow indicator.
 */
static bool scan_plain(struct scanner *s, bool flow, str *ret_text)
{
    const char *begin = s->at, *at = begin;
    const unsigned char stops = flow ? PLAIN_STOP | FLOW_STOP : PLAIN_STOP;
    if (at == s->end || (plain_classes[(unsigned char)*at] & NOT_FIRST) != 0)
        return false;
    if (*at == '-' && (at_blank(at + 1, s->end) || flow))
        return false;
    for (;; at++) {
        while (at < s->end && (plain_classes[(unsigned char)*at] & stops) == 0)
            at++;
        if (at == s->end || *at == '\n')
            break;
        if (*at == '\t' || (flow && *at == '?'))
            return false;
        if (*at == ':' && at_blank(at + 1, s->end))
            break;
        if (*at == ':' && flow && (plain_classes[(unsigned char)at[1]] & FLOW_STOP) != 0)
            return false;
        if (*at == '#' && at[-1] == ' ')
            break;
        if (*at != ':' && *at != '#')
            break; /* a flow indicator */
    }
    s->at = at;
    while (at[-1] == ' ')
        at--;
    *ret_text = str_from(begin, (size_t)(at - begin));
    return true;
}

/* Where the next line of a plain scalar begins that stands deeper than `indent`, or NULL;
 * *ret_lines line feeds on the way. */
static const char *continuation(const struct scanner *s, int indent, size_t *ret_lines)
{
    const char *at = s->at, *start = at;
    *ret_lines = 0;
    while (at < s->end && *at == '\n') {
        start = ++at;
        (*ret_lines)++;
        while (at < s->end && *at == ' ')
            at++;
    }
    if (at == s->end || *ret_lines == 0 || at - start <= indent || *at == '#')
        return NULL;
    return at;
}

/* A line inside a plain scalar, which may begin with anything but a comment. False: a tab, or what
 * ends the scalar on this line. */
static bool scan_more(struct scanner *s, str *ret_piece)
{
    const char *begin = s->at, *stop = line_end(s);
    s->at = stop;
    for (const char *at = begin; at < stop; at++) {
        if ((plain_classes[(unsigned char)*at] & PLAIN_STOP) != 0 &&
            (*at == '\t' || (*at == ':' && at_blank(at + 1, s->end)) ||
             (*at == '#' && at[-1] == ' ')))
            return false;
    }
    while (stop > begin && stop[-1] == ' ')
        stop--;
    *ret_piece = str_from(begin, (size_t)(stop - begin));
    return true;
}

/* Appends the other lines of a plain scalar: a line feed is a space, more are one fewer. */
static bool join_lines(struct scanner *s, int indent, str *text)
{
    size_t lines = 0;
    const char *next = continuation(s, indent, &lines);
    if (next == NULL)
        return true;
    size_t room = text->len, len = text->len;
    char *joined = arena_alloc_bytes(s->arena, room);
    memcpy(joined, text->ptr, len);
    for (; next != NULL; next = continuation(s, indent, &lines)) {
        str piece;
        s->at = next;
        s->line += (uint32_t)lines;
        if (!scan_more(s, &piece) || !arena_fits(s->arena, len + lines + piece.len))
            return false;
        joined = arena_grow(s->arena, joined, room, len + lines + piece.len);
        room = len + lines + piece.len;
        memset(joined + len, lines == 1 ? ' ' : '\n', lines == 1 ? 1 : lines - 1);
        len += lines == 1 ? 1 : lines - 1;
        memcpy(joined + len, piece.ptr, piece.len);
        len += piece.len;
    }
    *text = str_from(joined, len);
    return true;
}

/* ---- quoted scalars ---- */

static bool hex_digits(const char **at, const char *end, int count, uint32_t *ret_code)
{
    uint32_t code = 0;
    for (int i = 0; i < count; i++, (*at)++) {
        if (*at == end)
            return false;
        char c = **at, lower = (char)(c | 0x20);
        if (c >= '0' && c <= '9')
            code = code << 4 | (uint32_t)(c - '0');
        else if (lower >= 'a' && lower <= 'f')
            code = code << 4 | (uint32_t)(lower - 'a' + 10);
        else
            return false;
    }
    *ret_code = code;
    return code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

/* What stands behind a backslash, as UTF-8 at *to. */
static bool decode_escape(const char **at, const char *end, char **to)
{
    static const char names[] = "0abtnvfre \"/\\", meanings[] = "\0\a\b\t\n\v\f\r\x1b \"/\\";
    static const struct {
        char name;
        uint32_t code;
    } wide[] = {{'N', 0x85}, {'_', 0xa0}, {'L', 0x2028}, {'P', 0x2029}};
    if (*at == end || **at == '\0')
        return false;
    char name = *(*at)++;
    const char *found = strchr(names, name);
    if (found != NULL) {
        *(*to)++ = meanings[found - names];
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(wide); i++) {
        if (wide[i].name != name)
            continue;
        *to += str_encode_utf8(wide[i].code, *to);
        return true;
    }
    int digits = name == 'x' ? 2 : name == 'u' ? 4 : name == 'U' ? 8 : 0;
    uint32_t code = 0;
    if (digits == 0 || !hex_digits(at, end, digits, &code))
        return false;
    *to += str_encode_utf8(code, *to);
    return true;
}

/* A quoted scalar of one line; s->at stands at its first quote, then behind its last. */
static bool scan_double(struct scanner *s, str *ret_text)
{
    const char *begin = ++s->at, *at = begin;
    while (at < s->end && *at != '"' && *at != '\\' && *at != '\n')
        at++;
    if (at == s->end || *at == '\n')
        return false;
    if (*at == '"') {
        *ret_text = str_from(begin, (size_t)(at - begin));
        s->at = at + 1;
        return true;
    }
    const char *close = at;
    while (close < s->end && *close != '"' && *close != '\n')
        close += *close == '\\' && close + 1 < s->end ? 2 : 1;
    if (close >= s->end || *close != '"')
        return false;
    size_t room = (size_t)(close - begin);
    if (!arena_fits(s->arena, room))
        return false;
    char *text = arena_alloc_bytes(s->arena, room + 4);
    memcpy(text, begin, (size_t)(at - begin));
    char *to = text + (at - begin);
    while (at < close) {
        char c = *at++;
        if (c != '\\')
            *to++ = c;
        else if (!decode_escape(&at, close, &to))
            return false;
    }
    *ret_text = str_from(text, (size_t)(to - text));
    s->at = close + 1;
    return true;
}

static bool scan_single(struct scanner *s, str *ret_text)
{
    const char *begin = ++s->at, *at = begin;
    size_t doubled = 0;
    for (;; at++) {
        while (at < s->end && *at != '\'' && *at != '\n')
            at++;
        if (at == s->end || *at == '\n')
            return false;
        if (at + 1 == s->end || at[1] != '\'')
            break;
        doubled++;
        at++;
    }
    *ret_text = str_from(begin, (size_t)(at - begin));
    s->at = at + 1;
    if (doubled == 0)
        return true;
    if (!arena_fits(s->arena, ret_text->len))
        return false;
    char *text = arena_alloc_bytes(s->arena, ret_text->len);
    size_t len = 0;
    for (const char *c = begin; c < at; c++) {
        text[len++] = *c;
        c += *c == '\'';
    }
    *ret_text = str_from(text, len);
    return true;
}

static bool scan_quoted(struct scanner *s, str *ret_text)
{
    return *s->at == '"' ? scan_double(s, ret_text) : scan_single(s, ret_text);
}

static bool at_quote(const struct scanner *s)
{
    return s->at < s->end && (*s->at == '"' || *s->at == '\'');
}

static value quoted_value(const struct scanner *s, str text)
{
    value v = value_string(text);
    v.flags = s->options->dialect == YAML_KUSTOMIZE ? VALUE_QUOTED : 0;
    return v;
}

static bool plain_value(struct scanner *s, str text, value *ret_value)
{
    if (!scalar_may_resolve(text)) {
        *ret_value = value_string(text);
        return true;
    }
    struct error ignored = ERROR_INIT; /* libyaml's path says it with its position */
    return scalar_to_value(text, s->options->dialect, s->arena, ret_value, &ignored);
}

/* ---- literal and folded blocks ---- */

struct block {
    bool folded;
    char chomp; /* '-', '+' or 0 */
    int indent; /* of its lines; 0 = by the first */
};

/* | or > with its indicators; s->at then stands at the next line. */
static bool scan_block_header(struct scanner *s, int parent, struct block *ret_block)
{
    struct block block = {.folded = *s->at++ == '>'};
    for (int i = 0; i < 2 && s->at < s->end; i++) {
        char c = *s->at;
        if ((c == '-' || c == '+') && block.chomp == 0)
            block.chomp = c;
        else if (c >= '1' && c <= '9' && block.indent == 0)
            block.indent = c - '0' + (parent >= 0 ? parent : 0);
        else
            break;
        s->at++;
    }
    const char *begin = s->at;
    skip_spaces(s);
    if (s->at < s->end && *s->at == '#' && s->at > begin)
        s->at = line_end(s);
    if (s->at == s->end || *s->at != '\n')
        return false;
    s->line_start = ++s->at;
    s->line++;
    *ret_block = block;
    return true;
}

/* The indentation of the first line that holds something. False: there is none that is deep enough,
 * or an empty line before it is deeper, which libyaml takes differently. */
static bool find_indent(const struct scanner *s, int parent, int *ret_indent)
{
    ptrdiff_t deepest = 0;
    for (const char *at = s->at; at < s->end; at++) {
        const char *start = at;
        while (at < s->end && *at == ' ')
            at++;
        if (at == s->end || *at == '\t')
            return false;
        if (*at == '\n') {
            deepest = at - start > deepest ? at - start : deepest;
            continue;
        }
        *ret_indent = (int)(at - start);
        return at - start > parent && at > start && deepest <= at - start;
    }
    return false;
}

/* One line of a block. */
struct block_line {
    str text;
    bool blank;  /* fewer spaces than the indentation, or just as many */
    bool broken; /* ends with a line feed: all but the last of a file */
};

/* The line at s->at, if it belongs to the block; moves behind it. */
static bool next_block_line(struct scanner *s, int indent, struct block_line *ret_line)
{
    const char *at = s->at;
    while (at < s->end && at - s->line_start < indent && *at == ' ')
        at++;
    bool deep = at - s->line_start == indent;
    if (at == s->end || (!deep && *at != '\n'))
        return false;
    const char *stop = memchr(at, '\n', (size_t)(s->end - at));
    *ret_line = (struct block_line){.blank = *at == '\n', .broken = stop != NULL};
    stop = stop != NULL ? stop : s->end;
    ret_line->text = str_from(at, (size_t)(stop - at));
    s->at = stop + ret_line->broken;
    s->line_start = s->at;
    s->line += ret_line->broken;
    return true;
}

/* Where a block's text is collected. */
struct collected {
    char *text;
    size_t len;
    size_t breaks;      /* empty lines since the last text */
    bool begun, broken; /* a line was there; it ended with a line feed */
    bool spaced;        /* it began with a blank: not folded */
};

/* Folded: one line feed between lines of text is a space, and one of several is dropped. */
static void collect_line(struct collected *c, const struct block_line *line, bool folded)
{
    bool spaced = line->text.ptr[0] == ' ' || line->text.ptr[0] == '\t';
    bool joins = folded && c->begun && !c->spaced && !spaced;
    if (joins && c->breaks == 0)
        c->text[c->len++] = ' ';
    if (c->begun && !joins)
        c->text[c->len++] = '\n';
    memset(c->text + c->len, '\n', c->breaks);
    c->len += c->breaks;
    memcpy(c->text + c->len, line->text.ptr, line->text.len);
    c->len += line->text.len;
    c->breaks = 0;
    c->begun = true;
    c->broken = line->broken;
    c->spaced = spaced;
}

static bool scan_block(struct scanner *s, int parent, str *ret_text)
{
    struct block block = {0};
    if (!scan_block_header(s, parent, &block) ||
        (block.indent == 0 && !find_indent(s, parent, &block.indent)))
        return false;
    struct scanner ahead = *s;
    struct block_line line;
    while (next_block_line(&ahead, block.indent, &line))
        continue;
    size_t room = (size_t)(ahead.at - s->at);
    if (room == 0 || !arena_fits(s->arena, room))
        return false;
    if (ahead.at < ahead.end && *ahead.at == '\t')
        return false;
    struct collected c = {.text = arena_alloc_bytes(s->arena, room)};
    while (next_block_line(s, block.indent, &line)) {
        if (line.blank)
            c.breaks++;
        else
            collect_line(&c, &line, block.folded);
    }
    /* A tab where indentation ends is libyaml's to judge. */
    const char *rest = s->at;
    while (rest < s->end && *rest == ' ')
        rest++;
    if (!c.begun || (rest < s->end && *rest == '\t'))
        return false;
    if (block.chomp != '-' && c.broken)
        c.text[c.len++] = '\n';
    if (block.chomp == '+') {
        memset(c.text + c.len, '\n', c.breaks);
        c.len += c.breaks;
    }
    *ret_text = str_from(c.text, c.len);
    return true;
}

/* ---- flow collections of one line ---- */

static bool open_collection(struct scanner *s)
{
    return ++s->depth <= s->limits->yaml_depth && count_node(s);
}

/* Duplicate keys are reported by libyaml's path. */
static bool close_collection(struct scanner *s, size_t base, bool mapping, uint32_t line,
                             value *ret_value)
{
    size_t duplicate = SIZE_MAX;
    size_t count = s->stack.entries.len - base;
    if (!arena_fits(s->arena, count * sizeof(struct member)))
        return false;
    s->depth--;
    *ret_value = mapping ? build_close_object(&s->stack, base, s->arena, &duplicate)
                         : build_close_array(&s->stack, base, s->arena);
    ret_value->line = line;
    return duplicate == SIZE_MAX || s->options->allow_duplicate_keys;
}

static bool key_of(struct scanner *s, str text, bool quoted, str *ret_key)
{
    *ret_key = text;
    if (text.len > LONGEST_KEY || !count_node(s))
        return false;
    if (quoted || !scalar_may_resolve(text))
        return quoted || !str_equal(text, STR("<<"));
    struct error ignored = ERROR_INIT; /* libyaml's path says it with its position */
    return scalar_to_key(text, s->options->dialect, s->depth > 1, s->arena, ret_key, &ignored);
}

static bool flow_node(struct scanner *s, value *ret_value);

static bool flow_key(struct scanner *s, str *ret_key)
{
    bool quoted = at_quote(s);
    str text;
    if (!(quoted ? scan_quoted(s, &text) : scan_plain(s, true, &text)))
        return false;
    skip_spaces(s);
    if (s->at + 1 >= s->end || s->at[0] != ':' || s->at[1] != ' ')
        return false;
    s->at++;
    skip_spaces(s);
    return key_of(s, text, quoted, ret_key);
}

static bool flow_collection(struct scanner *s, value *ret_value)
{
    bool mapping = *s->at++ == '{';
    char close = mapping ? '}' : ']';
    size_t base = s->stack.entries.len;
    if (!open_collection(s))
        return false;
    skip_spaces(s);
    while (s->at < s->end && *s->at != close) {
        str key = {0};
        value item;
        if ((mapping && !flow_key(s, &key)) || !flow_node(s, &item))
            return false;
        build_push(&s->stack, key, item);
        skip_spaces(s);
        if (s->at < s->end && *s->at == ',') {
            s->at++;
            skip_spaces(s);
        } else if (s->at == s->end || *s->at != close) {
            return false;
        }
    }
    if (s->at == s->end)
        return false;
    s->at++;
    return close_collection(s, base, mapping, s->line, ret_value);
}

/* Recursion: depth is counted in open_collection. */
static bool flow_node(struct scanner *s, value *ret_value)
{
    if (s->at == s->end)
        return false;
    if (*s->at == '[' || *s->at == '{')
        return flow_collection(s, ret_value);
    bool quoted = at_quote(s);
    str text;
    if (!count_node(s) || !(quoted ? scan_quoted(s, &text) : scan_plain(s, true, &text)))
        return false;
    if (s->at == s->end || (plain_classes[(unsigned char)*s->at] & PLAIN_STOP) != 0)
        return false;
    *ret_value = quoted_value(s, text);
    if (!quoted && !plain_value(s, text, ret_value))
        return false;
    ret_value->line = s->line;
    return true;
}

/* ---- block collections ---- */

static bool block_node(struct scanner *s, int parent, value *ret_value);
static bool block_sequence(struct scanner *s, int column, bool hanging, value *ret_value);

/* A value that begins on this line, in a collection at column `parent`; then at the next content.
 */
static bool inline_value(struct scanner *s, int parent, value *ret_value)
{
    char c = *s->at;
    uint32_t line = s->line;
    str text;
    if (c == '[' || c == '{')
        return flow_collection(s, ret_value) && end_line(s);
    if (!count_node(s))
        return false;
    if (c == '|' || c == '>') {
        if (!scan_block(s, parent, &text) || !to_content(s))
            return false;
        *ret_value = quoted_value(s, text);
    } else if (c == '"' || c == '\'') {
        if (!scan_quoted(s, &text) || !end_line(s))
            return false;
        *ret_value = quoted_value(s, text);
    } else {
        if (!scan_plain(s, false, &text) || !join_lines(s, parent, &text) || !end_line(s) ||
            !plain_value(s, text, ret_value))
            return false;
    }
    ret_value->line = line;
    return true;
}

/* The value of a key or item whose line ends behind the indicator. */
static bool value_below(struct scanner *s, int parent, bool in_mapping, value *ret_value)
{
    uint32_t line = s->line;
    if (!end_line(s))
        return false;
    if (!s->done && column_of(s) > parent)
        return block_node(s, parent, ret_value);
    if (!s->done && in_mapping && column_of(s) == parent && at_dash(s))
        return block_sequence(s, parent, true, ret_value);
    *ret_value = value_null();
    ret_value->line = line;
    return count_node(s);
}

static bool at_line_end(const struct scanner *s)
{
    return s->at == s->end || *s->at == '\n' || (*s->at == '#' && s->at[-1] == ' ');
}

/* What follows the colon of a key. */
static bool member_value(struct scanner *s, int column, value *ret_value)
{
    skip_spaces(s);
    if (!at_line_end(s))
        return !at_dash(s) && inline_value(s, column, ret_value);
    if (s->at < s->end && *s->at == '#')
        s->at--; /* end_line wants to see the space before a comment */
    return value_below(s, column, true, ret_value);
}

/* A key and its colon; s->at then stands behind the colon. False as well when it is no key. */
static bool scan_key(struct scanner *s, str *ret_text, bool *ret_quoted)
{
    *ret_quoted = at_quote(s);
    if (!(*ret_quoted ? scan_quoted(s, ret_text) : scan_plain(s, false, ret_text)))
        return false;
    skip_spaces(s);
    if (s->at == s->end || *s->at != ':' || !at_blank(s->at + 1, s->end))
        return false;
    s->at++;
    return true;
}

/* s->at stands behind the colon of the first key. */
static bool block_mapping(struct scanner *s, int column, uint32_t line, str first, bool quoted,
                          value *ret_value)
{
    size_t base = s->stack.entries.len;
    if (!open_collection(s))
        return false;
    for (str text = first;;) {
        str key;
        value val;
        if (!key_of(s, text, quoted, &key) || !member_value(s, column, &val))
            return false;
        build_push(&s->stack, key, val);
        if (s->done || column_of(s) < column)
            break;
        if (column_of(s) > column || !scan_key(s, &text, &quoted))
            return false;
    }
    return close_collection(s, base, true, line, ret_value);
}

/* s->at stands at the first dash. hanging: at the column of the mapping around it. */
static bool block_sequence(struct scanner *s, int column, bool hanging, value *ret_value)
{
    size_t base = s->stack.entries.len;
    uint32_t line = s->line;
    if (!open_collection(s))
        return false;
    do {
        value item;
        s->at++;
        skip_spaces(s);
        bool below = at_line_end(s);
        if (below && s->at < s->end && *s->at == '#')
            s->at--;
        if (!(below ? value_below(s, column, false, &item) : block_node(s, column, &item)))
            return false;
        build_push(&s->stack, (str){0}, item);
    } while (!s->done && column_of(s) == column && at_dash(s));
    if (!s->done && (column_of(s) > column || (column_of(s) == column && !hanging)))
        return false;
    return close_collection(s, base, false, line, ret_value);
}

/* The node at s->at, in a collection at column `parent` (-1 for the root); then at the next
 * content. Recursion: depth is counted in open_collection. */
static bool block_node(struct scanner *s, int parent, value *ret_value)
{
    int column = column_of(s);
    uint32_t line = s->line;
    const char *begin = s->at;
    char c = *s->at;
    if (at_dash(s))
        return block_sequence(s, column, false, ret_value);
    if (c == '[' || c == '{' || c == '|' || c == '>')
        return inline_value(s, parent, ret_value);
    str key;
    bool quoted = false;
    if (scan_key(s, &key, &quoted))
        return block_mapping(s, column, line, key, quoted, ret_value);
    s->at = begin;
    return inline_value(s, parent, ret_value);
}

/* ---- the document ---- */

/* `---` with nothing but a comment behind it. */
static bool skip_marker(struct scanner *s)
{
    if (!str_starts(str_from(s->at, (size_t)(s->end - s->at)), STR("---")) ||
        !at_blank(s->at + 3, s->end))
        return to_content(s);
    s->at += 3;
    return end_line(s);
}

bool yaml_read_plain(str text, uint32_t line, const struct yaml_options *options,
                     const struct limits *limits, struct arena *arena, struct arena *scratch,
                     uint64_t *nodes, struct yaml_document *ret_document)
{
    struct scanner s = {.at = text.ptr,
                        .end = text.ptr + text.len,
                        .line_start = text.ptr,
                        .line = line,
                        .nodes = *nodes,
                        .options = options,
                        .limits = limits,
                        .arena = arena,
                        .stack.arena = scratch};
    if (!skip_marker(&s))
        return false;
    value root = value_null();
    if (!s.done && (!block_node(&s, -1, &root) || !s.done || value_len(root) == 0))
        return false;
    *nodes = s.nodes;
    *ret_document = (struct yaml_document){.root = root, .line = root.line, .text = text};
    return true;
}
