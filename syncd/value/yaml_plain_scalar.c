/* The scalars of plain documents: plain, quoted, literal and folded. */
#include "syncd/value/yaml_plain_internal.h"

/* ---- plain scalars ---- */

const unsigned char yaml_plain_bytes[256] = {
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

/* What a byte that may end a plain scalar does. */
enum stop { STOP_NOT, STOP_HERE, STOP_GIVE_UP };

static enum stop judge_stop(const struct scanner *s, const char *at, bool flow)
{
    switch (*at) {
    case '\n': return STOP_HERE;
    case '\t': return STOP_GIVE_UP;
    case '?': return STOP_GIVE_UP;
    case '#': return at[-1] == ' ' ? STOP_HERE : STOP_NOT;
    case ':':
        if (at_blank(at + 1, s->end))
            return STOP_HERE;
        return flow && (yaml_plain_bytes[(unsigned char)at[1]] & FLOW_STOP) != 0 ? STOP_GIVE_UP
                                                                                 : STOP_NOT;
    default: return STOP_HERE;
    }
}

bool yaml_plain_scan(struct scanner *s, bool flow, str *ret_text)
{
    const char *begin = s->at, *at = begin;
    const unsigned char stops = flow ? PLAIN_STOP | FLOW_STOP : PLAIN_STOP;
    if (at == s->end || (yaml_plain_bytes[(unsigned char)*at] & NOT_FIRST) != 0)
        return false;
    if (*at == '-' && (at_blank(at + 1, s->end) || flow))
        return false;
    for (; at < s->end; at++) {
        if ((yaml_plain_bytes[(unsigned char)*at] & stops) == 0)
            continue;
        enum stop stop = judge_stop(s, at, flow);
        if (stop == STOP_GIVE_UP)
            return false;
        if (stop == STOP_HERE)
            break;
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
        if ((yaml_plain_bytes[(unsigned char)*at] & PLAIN_STOP) != 0 &&
            (*at == '\t' || (*at == ':' && at_blank(at + 1, s->end)) ||
             (*at == '#' && at[-1] == ' ')))
            return false;
    }
    while (stop > begin && stop[-1] == ' ')
        stop--;
    *ret_piece = str_from(begin, (size_t)(stop - begin));
    return true;
}

/* A line feed is a space, more are one fewer. */
bool yaml_plain_join(struct scanner *s, int indent, str *text)
{
    size_t lines = 0;
    const char *next = continuation(s, indent, &lines);
    if (next == NULL)
        return true;
    size_t room = 2 * text->len + 256, len = text->len;
    char *joined = arena_alloc_bytes(s->arena, room);
    memcpy(joined, text->ptr, len);
    for (; next != NULL; next = continuation(s, indent, &lines)) {
        str piece;
        s->at = next;
        s->line += (uint32_t)lines;
        if (!scan_more(s, &piece))
            return false;
        size_t need = len + lines + piece.len;
        if (need > room) {
            if (!arena_fits(s->arena, 2 * need))
                return false;
            joined = arena_grow(s->arena, joined, room, 2 * need);
            room = 2 * need;
        }
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

/* The most that `len` bytes in double quotes decode to: \L and \P become three bytes. */
static size_t decoded_room(size_t len)
{
    return len + len / 2 + 4;
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

/* The closing quote of a quoted scalar that begins at `at`, or NULL. */
static const char *closing_quote(const struct scanner *s, const char *at, char quote)
{
    for (; at < s->end; at++) {
        if (*at == '\\' && quote == '"')
            at++;
        else if (*at == quote && (quote == '"' || at + 1 == s->end || at[1] != '\''))
            return at;
        else if (*at == quote)
            at++;
        else if (*at == '\n' && at + 1 < s->end && (at[1] == '-' || at[1] == '.'))
            return NULL; /* the mark of a document, perhaps */
    }
    return NULL;
}

/* Blanks and line feeds inside quotes: without a line feed they stay; one line feed is a space, and
 * one of several is dropped. */
static const char *fold_blanks(struct scanner *s, const char *at, const char *close, char **to)
{
    const char *begin = at;
    size_t lines = 0;
    for (; at < close && (*at == ' ' || *at == '\t' || *at == '\n'); at++) {
        if (*at != '\n')
            continue;
        lines++;
        s->line_start = at + 1;
    }
    s->line += (uint32_t)lines;
    size_t len = lines == 0 ? (size_t)(at - begin) : lines == 1 ? 1 : lines - 1;
    if (lines == 0)
        memcpy(*to, begin, len);
    else
        memset(*to, lines == 1 ? ' ' : '\n', len);
    *to += len;
    return at;
}

/* A quoted scalar of several lines; `begin` stands behind its first quote. */
static bool scan_folded_quotes(struct scanner *s, const char *begin, char quote, str *ret_text)
{
    const char *close = closing_quote(s, begin, quote);
    if (close == NULL)
        return false;
    size_t room = decoded_room((size_t)(close - begin));
    if (!arena_fits(s->arena, room))
        return false;
    char *text = arena_alloc_bytes(s->arena, room);
    char *to = text;
    for (const char *at = begin; at < close;) {
        char c = *at;
        if (c == ' ' || c == '\t' || c == '\n') {
            at = fold_blanks(s, at, close, &to);
            continue;
        }
        at++;
        if (c == '\\' && quote == '"') {
            if (!decode_escape(&at, close, &to))
                return false;
            continue;
        }
        at += c == '\'' && quote == '\'';
        *to++ = c;
    }
    *ret_text = str_from(text, (size_t)(to - text));
    s->at = close + 1;
    return true;
}

static bool scan_double(struct scanner *s, str *ret_text)
{
    const char *begin = ++s->at, *at = begin;
    while (at < s->end && *at != '"' && *at != '\\' && *at != '\n')
        at++;
    if (at == s->end)
        return false;
    if (*at == '\n')
        return scan_folded_quotes(s, begin, '"', ret_text);
    if (*at == '"') {
        *ret_text = str_from(begin, (size_t)(at - begin));
        s->at = at + 1;
        return true;
    }
    const char *close = at;
    while (close < s->end && *close != '"' && *close != '\n')
        close += *close == '\\' && close + 1 < s->end ? 2 : 1;
    if (close >= s->end)
        return false;
    if (*close == '\n')
        return scan_folded_quotes(s, begin, '"', ret_text);
    size_t room = decoded_room((size_t)(close - begin));
    if (!arena_fits(s->arena, room))
        return false;
    char *text = arena_alloc_bytes(s->arena, room);
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
    for (;;) {
        while (at < s->end && *at != '\'' && *at != '\n')
            at++;
        if (at == s->end)
            return false;
        if (*at == '\n')
            return scan_folded_quotes(s, begin, '\'', ret_text);
        if (at + 1 == s->end || at[1] != '\'')
            break;
        doubled++;
        at += 2;
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

bool yaml_plain_quoted(struct scanner *s, str *ret_text)
{
    return *s->at == '"' ? scan_double(s, ret_text) : scan_single(s, ret_text);
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

bool yaml_plain_block(struct scanner *s, int parent, str *ret_text)
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
