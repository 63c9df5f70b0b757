/*
 * The parser: RE2's syntax with Go's Perl flags, and Go's error texts. No recursion: open groups
 * are a stack.
 */
#include "syncd/base/regex_internal.h"

struct flags {
    bool fold, multiline, dot_newline, lazy;
};

/* A group whose `)` has not come. */
struct open_group {
    uint32_t group; /* 0: captures nothing */
    struct flags flags;
    struct node *alternates; /* NULL before the first | */
    struct node *concat;
};

struct parser {
    str pattern, rest;
    struct arena *arena;
    struct error *err;
    struct flags flags;
    VEC(struct open_group) open;
    struct parsed parsed;
};

/* ---- errors ---- */

static bool fail(struct parser *p, const char *what, str piece)
{
    return error_rule(p->err, ERROR_INPUT, "E_REGEX", "error parsing regexp: %s: `%.*s`", what,
                      STR_ARG(piece));
}

/* The piece of the pattern from `from` to where the parser stands. */
static bool fail_from(struct parser *p, const char *what, str from)
{
    return fail(p, what, str_slice(from, 0, from.len - p->rest.len));
}

static bool next_code(struct parser *p, uint32_t *ret_code)
{
    size_t width = str_decode_utf8(p->rest, ret_code);
    if (width == 0)
        return fail(p, "invalid UTF-8", p->rest);
    p->rest = str_skip(p->rest, width);
    return true;
}

static bool starts_with(const struct parser *p, char byte)
{
    return p->rest.len > 0 && p->rest.ptr[0] == byte;
}

/* ---- nodes ---- */

static struct node *make_node(struct parser *p, enum node_kind kind)
{
    struct node *node = ARENA_NEW(p->arena, struct node);
    node->kind = kind;
    node->depth = 1;
    return node;
}

static void add_sub(struct parser *p, struct node *node, struct node *sub)
{
    VEC_PUSH(p->arena, &node->subs, sub);
    if (sub->depth + 1 > node->depth)
        node->depth = sub->depth + 1;
}

static struct open_group *innermost(struct parser *p)
{
    return &VEC_LAST(&p->open);
}

static void push(struct parser *p, struct node *node)
{
    add_sub(p, innermost(p)->concat, node);
}

static void push_code(struct parser *p, uint32_t code)
{
    bool folds = p->flags.fold && unicode_fold(code) != code;
    struct node *node = make_node(p, folds ? NODE_SET : NODE_CHAR);
    node->code = code;
    if (folds) {
        regex_set_add_folded(&node->set, p->arena, code, code);
        regex_set_finish(&node->set);
    }
    push(p, node);
}

static void push_assertion(struct parser *p, enum assertion assertion)
{
    struct node *node = make_node(p, NODE_ASSERT);
    node->assertion = assertion;
    push(p, node);
}

static void push_any(struct parser *p)
{
    struct node *node = make_node(p, NODE_SET);
    if (p->flags.dot_newline) {
        regex_set_add(&node->set, p->arena, 0, UNICODE_MAX);
    } else {
        regex_set_add(&node->set, p->arena, 0, '\n' - 1);
        regex_set_add(&node->set, p->arena, '\n' + 1, UNICODE_MAX);
    }
    push(p, node);
}

/* ---- groups ---- */

static void open_group(struct parser *p, uint32_t group, struct flags outer)
{
    VEC_PUSH(
        p->arena, &p->open,
        (struct open_group){.group = group, .flags = outer, .concat = make_node(p, NODE_CONCAT)});
}

/* What stands in a row; a row of one is that one. */
static struct node *row_of(const struct open_group *open)
{
    return open->concat->subs.len == 1 ? open->concat->subs.items[0] : open->concat;
}

static void add_alternative(struct parser *p)
{
    struct open_group *open = innermost(p);
    if (open->alternates == NULL)
        open->alternates = make_node(p, NODE_ALTERNATE);
    add_sub(p, open->alternates, row_of(open));
    open->concat = make_node(p, NODE_CONCAT);
}

static struct node *whole_group(struct parser *p)
{
    if (innermost(p)->alternates == NULL)
        return row_of(innermost(p));
    add_alternative(p);
    return innermost(p)->alternates;
}

static bool close_group(struct parser *p)
{
    if (p->open.len < 2)
        return fail(p, "unexpected )", p->pattern);
    struct node *node = whole_group(p);
    struct open_group open = *innermost(p);
    p->open.len--;
    p->flags = open.flags;
    if (open.group != 0) {
        struct node *group = make_node(p, NODE_GROUP);
        group->group = open.group;
        add_sub(p, group, node);
        node = group;
    }
    if (node->depth > REGEX_DEPTH_MAX)
        return fail(p, "expression nests too deeply", p->pattern);
    push(p, node);
    return true;
}

static void open_capture(struct parser *p, str name)
{
    VEC_PUSH(p->arena, &p->parsed.names, name);
    open_group(p, (uint32_t)p->parsed.names.len, p->flags);
}

static bool is_word_byte(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* p->rest stands at (?P< or (?<, `skip` bytes long. */
static bool parse_named_group(struct parser *p, size_t skip)
{
    str group = p->rest;
    size_t end = str_index(group, '>');
    if (end == SIZE_MAX)
        return fail(p, str_is_utf8(group) ? "invalid named capture" : "invalid UTF-8", group);
    str name = str_slice(group, skip, end - skip);
    bool valid = end > skip;
    for (size_t i = 0; i < name.len; i++)
        valid = valid && is_word_byte(name.ptr[i]);
    if (!valid)
        return fail(p, "invalid named capture", str_slice(group, 0, end + 1));
    p->rest = str_skip(group, end + 1);
    open_capture(p, name);
    return true;
}

static bool set_flag(struct flags *flags, uint32_t letter, bool on)
{
    switch (letter) {
    case 'i': flags->fold = on; return true;
    case 'm': flags->multiline = on; return true;
    case 's': flags->dot_newline = on; return true;
    case 'U': flags->lazy = on; return true;
    default: return false;
    }
}

/* (?flags) and (?flags:, with p->rest at the parenthesis. */
static bool parse_flags(struct parser *p)
{
    str start = p->rest;
    struct flags outer = p->flags, flags = p->flags;
    bool on = true, saw_flag = false;
    p->rest = str_skip(p->rest, 2);
    while (p->rest.len > 0) {
        uint32_t c = 0;
        if (!next_code(p, &c))
            return false;
        if (set_flag(&flags, c, on)) {
            saw_flag = true;
            continue;
        }
        if (c == '-' && on) {
            on = false;
            saw_flag = false;
            continue;
        }
        if ((c != ':' && c != ')') || (!on && !saw_flag))
            break;
        if (c == ':')
            open_group(p, 0, outer);
        p->flags = flags;
        return true;
    }
    return fail_from(p, "invalid or unsupported Perl syntax", start);
}

static bool parse_group(struct parser *p)
{
    str rest = p->rest;
    if (rest.len < 2 || rest.ptr[1] != '?') {
        p->rest = str_skip(rest, 1);
        open_capture(p, (str){0});
        return true;
    }
    if (rest.len > 4 && rest.ptr[2] == 'P' && rest.ptr[3] == '<')
        return parse_named_group(p, 4);
    if (rest.len > 3 && rest.ptr[2] == '<')
        return parse_named_group(p, 3);
    return parse_flags(p);
}

/* ---- repeats ---- */

/* The product of nested counters stays within the limit. */
static bool repeat_fits(const struct node *node, int budget)
{
    if (node->kind == NODE_REPEAT && node->max == 0)
        return true;
    if (node->kind == NODE_REPEAT && (node->min > 1 || node->max > 1)) {
        int count = node->max < 0 ? node->min : node->max;
        if (count > budget)
            return false;
        budget /= count;
    }
    for (size_t i = 0; i < node->subs.len; i++) {
        if (!repeat_fits(node->subs.items[i], budget))
            return false;
    }
    return true;
}

/* `before` begins at the operator; p->rest stands behind it; *last is the operator before, if one
 * stood right there. */
static bool push_repeat(struct parser *p, int min, int max, str before, str *last)
{
    bool lazy = p->flags.lazy;
    if (starts_with(p, '?')) {
        p->rest = str_skip(p->rest, 1);
        lazy = !lazy;
    }
    if (last->len > 0)
        return fail_from(p, "invalid nested repetition operator", *last);
    struct node *concat = innermost(p)->concat;
    if (concat->subs.len == 0)
        return fail_from(p, "missing argument to repetition operator", before);
    struct node *repeat = make_node(p, NODE_REPEAT);
    repeat->min = min;
    repeat->max = max;
    repeat->lazy = lazy;
    add_sub(p, repeat, VEC_LAST(&concat->subs));
    concat->subs.len--;
    push(p, repeat);
    if (repeat->depth > REGEX_DEPTH_MAX)
        return fail(p, "expression nests too deeply", p->pattern);
    if ((min >= 2 || max >= 2) && !repeat_fits(repeat, REGEX_REPEAT_MAX))
        return fail_from(p, "invalid repeat count", before);
    *last = before;
    return true;
}

/* Digits without a leading zero; too big is -1. */
static bool parse_count(str *rest, int *ret_count)
{
    size_t len = 0;
    int count = 0;
    while (len < rest->len && rest->ptr[len] >= '0' && rest->ptr[len] <= '9')
        len++;
    if (len == 0 || (len > 1 && rest->ptr[0] == '0'))
        return false;
    for (size_t i = 0; i < len && count >= 0; i++)
        count = count >= 100000000 ? -1 : count * 10 + (rest->ptr[i] - '0');
    *rest = str_skip(*rest, len);
    *ret_count = count;
    return true;
}

/* {n}, {n,}, {n,m} at the front of *rest. */
static bool parse_counts(str *rest, int *ret_min, int *ret_max)
{
    str at = str_skip(*rest, 1);
    if (!parse_count(&at, ret_min))
        return false;
    *ret_max = *ret_min;
    if (at.len > 0 && at.ptr[0] == ',') {
        at = str_skip(at, 1);
        *ret_max = -1;
        if (at.len > 0 && at.ptr[0] != '}' && !parse_count(&at, ret_max))
            return false;
        if (*ret_max < 0 && at.len > 0 && at.ptr[-1] != ',')
            *ret_min = -1;
    }
    if (at.len == 0 || at.ptr[0] != '}')
        return false;
    *rest = str_skip(at, 1);
    return true;
}

static bool parse_braces(struct parser *p, str *last)
{
    str before = p->rest;
    int min = 0, max = 0;
    str after = before;
    if (!parse_counts(&after, &min, &max)) {
        p->rest = str_skip(before, 1);
        push_code(p, '{');
        *last = (str){0};
        return true;
    }
    p->rest = after;
    if (min < 0 || min > REGEX_REPEAT_MAX || max > REGEX_REPEAT_MAX || (max >= 0 && min > max))
        return fail_from(p, "invalid repeat count", before);
    return push_repeat(p, min, max, before, last);
}

static bool parse_operator(struct parser *p, str *last)
{
    str before = p->rest;
    char c = before.ptr[0];
    p->rest = str_skip(before, 1);
    return push_repeat(p, c == '+', c == '?' ? 1 : -1, before, last);
}

/* ---- escapes ---- */

static int hex_value(uint32_t code)
{
    if (code >= '0' && code <= '9')
        return (int)(code - '0');
    uint32_t lower = code | 0x20;
    return lower >= 'a' && lower <= 'f' && code < 0x80 ? (int)(lower - 'a') + 10 : -1;
}

/* Behind \x. *ret_ok false: not a hexadecimal escape. The function's false: not UTF-8. */
static bool parse_hex(struct parser *p, uint32_t *ret_code, bool *ret_ok)
{
    uint32_t c = 0, code = 0;
    *ret_ok = false;
    if (p->rest.len == 0)
        return true;
    if (!next_code(p, &c))
        return false;
    if (c != '{') {
        int high = hex_value(c);
        if (p->rest.len == 0)
            return true;
        if (!next_code(p, &c))
            return false;
        int low = hex_value(c);
        *ret_ok = high >= 0 && low >= 0;
        *ret_code = (uint32_t)(high * 16 + low);
        return true;
    }
    for (size_t digits = 0;; digits++) {
        if (p->rest.len == 0)
            return true;
        if (!next_code(p, &c))
            return false;
        if (c == '}') {
            *ret_ok = digits > 0;
            *ret_code = code;
            return true;
        }
        int digit = hex_value(c);
        code = code * 16 + (uint32_t)digit;
        if (digit < 0 || code > UNICODE_MAX)
            return true;
    }
}

static uint32_t parse_octal(struct parser *p, uint32_t first)
{
    uint32_t code = first - '0';
    for (int i = 1; i < 3 && p->rest.len > 0 && p->rest.ptr[0] >= '0' && p->rest.ptr[0] <= '7';
         i++) {
        code = code * 8 + (uint32_t)(p->rest.ptr[0] - '0');
        p->rest = str_skip(p->rest, 1);
    }
    return code;
}

/* One code point by an escape; p->rest stands at the backslash. */
static bool parse_escape(struct parser *p, uint32_t *ret_code)
{
    static const char names[] = "afnrtv", meanings[] = "\a\f\n\r\t\v";
    str start = p->rest;
    uint32_t c = 0;
    p->rest = str_skip(p->rest, 1);
    if (p->rest.len == 0)
        return fail(p, "trailing backslash at end of expression", STR(""));
    if (!next_code(p, &c))
        return false;
    bool octal_follows = p->rest.len > 0 && p->rest.ptr[0] >= '0' && p->rest.ptr[0] <= '7';
    if (c == '0' || (c >= '1' && c <= '7' && octal_follows)) {
        *ret_code = parse_octal(p, c);
        return true;
    }
    const char *found = c != 0 && c < 0x80 ? strchr(names, (int)c) : NULL;
    if (found != NULL) {
        *ret_code = (unsigned char)meanings[found - names];
        return true;
    }
    bool ok = c < 0x80 && (c == '_' || !is_word_byte((char)c));
    *ret_code = c;
    if (c == 'x' && !parse_hex(p, ret_code, &ok))
        return false;
    return ok || fail_from(p, "invalid escape sequence", start);
}

/* \pL, \p{Greek}, \P…: p->rest stands at the backslash. */
static bool parse_unicode_class(struct parser *p, struct code_set *set)
{
    str start = p->rest;
    bool negated = start.ptr[1] == 'P';
    uint32_t c = 0;
    p->rest = str_skip(start, 2);
    if (!next_code(p, &c))
        return false;
    str name = str_slice(start, 2, start.len - p->rest.len - 2);
    if (c == '{') {
        size_t end = str_index(start, '}');
        if (end == SIZE_MAX)
            return fail(p, str_is_utf8(start) ? "invalid character class range" : "invalid UTF-8",
                        start);
        p->rest = str_skip(start, end + 1);
        name = str_slice(start, 3, end - 3);
        if (!str_is_utf8(name))
            return fail(p, "invalid UTF-8", name);
    }
    if (name.len > 0 && name.ptr[0] == '^') {
        negated = !negated;
        name = str_skip(name, 1);
    }
    return regex_set_add_unicode(set, p->arena, name, negated, p->flags.fold) ||
           fail_from(p, "invalid character class range", start);
}

static bool at_unicode_class(const struct parser *p)
{
    return p->rest.len >= 2 && p->rest.ptr[0] == '\\' &&
           (p->rest.ptr[1] == 'p' || p->rest.ptr[1] == 'P');
}

static bool take_perl_class(struct parser *p, struct code_set *set)
{
    if (p->rest.len < 2 || p->rest.ptr[0] != '\\' || memchr("dDsSwW", p->rest.ptr[1], 6) == NULL)
        return false;
    (void)regex_set_add_perl(set, p->arena, p->rest.ptr[1], p->flags.fold); /* it is one of them */
    p->rest = str_skip(p->rest, 2);
    return true;
}

/* ---- classes in brackets ---- */

static bool parse_class_code(struct parser *p, str class, uint32_t *ret_code)
{
    if (p->rest.len == 0)
        return fail(p, "missing closing ]", class);
    if (p->rest.ptr[0] == '\\')
        return parse_escape(p, ret_code);
    return next_code(p, ret_code);
}

/* [:name:]. *ret_taken false: it is none, and no error either. */
static bool parse_posix_class(struct parser *p, struct code_set *set, bool *ret_taken)
{
    *ret_taken = false;
    if (!str_starts(p->rest, STR("[:")))
        return true;
    size_t end = str_find(str_skip(p->rest, 2), STR(":]"));
    if (end == SIZE_MAX)
        return true;
    str whole = str_slice(p->rest, 0, end + 4);
    if (!regex_set_add_posix(set, p->arena, str_slice(whole, 2, end), p->flags.fold))
        return fail(p, "invalid character class range", whole);
    p->rest = str_skip(p->rest, whole.len);
    *ret_taken = true;
    return true;
}

static bool parse_class_range(struct parser *p, str class, struct code_set *set)
{
    str start = p->rest;
    uint32_t lo = 0, hi = 0;
    if (!parse_class_code(p, class, &lo))
        return false;
    hi = lo;
    if (p->rest.len >= 2 && p->rest.ptr[0] == '-' && p->rest.ptr[1] != ']') {
        p->rest = str_skip(p->rest, 1);
        if (!parse_class_code(p, class, &hi))
            return false;
        if (hi < lo)
            return fail_from(p, "invalid character class range", start);
    }
    if (p->flags.fold)
        regex_set_add_folded(set, p->arena, lo, hi);
    else
        regex_set_add(set, p->arena, lo, hi);
    return true;
}

static bool parse_class(struct parser *p)
{
    str class = p->rest;
    struct node *node = make_node(p, NODE_SET);
    p->rest = str_skip(p->rest, 1);
    bool negated = starts_with(p, '^');
    p->rest = str_skip(p->rest, negated);
    for (bool first = true; first || !starts_with(p, ']'); first = false) {
        bool taken = false;
        if (!parse_posix_class(p, &node->set, &taken))
            return false;
        if (taken || take_perl_class(p, &node->set))
            continue;
        if (!(at_unicode_class(p) ? parse_unicode_class(p, &node->set)
                                  : parse_class_range(p, class, &node->set)))
            return false;
    }
    p->rest = str_skip(p->rest, 1);
    regex_set_finish(&node->set);
    if (negated)
        regex_set_negate(&node->set, p->arena);
    push(p, node);
    return true;
}

/* ---- the whole ---- */

static bool parse_quoted(struct parser *p)
{
    str quoted = str_skip(p->rest, 2);
    size_t end = str_find(quoted, STR("\\E"));
    str after = end == SIZE_MAX ? (str){0} : str_skip(quoted, end + 2);
    p->rest = end == SIZE_MAX ? quoted : str_slice(quoted, 0, end);
    while (p->rest.len > 0) {
        uint32_t code = 0;
        if (!next_code(p, &code))
            return false;
        push_code(p, code);
    }
    p->rest = after;
    return true;
}

static bool parse_backslash(struct parser *p)
{
    static const struct {
        char letter;
        enum assertion assertion;
    } assertions[] = {{'A', ASSERT_TEXT_BEGIN},
                      {'b', ASSERT_WORD},
                      {'B', ASSERT_NO_WORD},
                      {'z', ASSERT_TEXT_END}};
    char letter = p->rest.len >= 2 ? p->rest.ptr[1] : '\0';
    for (size_t i = 0; i < ARRAY_LEN(assertions); i++) {
        if (assertions[i].letter != letter)
            continue;
        push_assertion(p, assertions[i].assertion);
        p->rest = str_skip(p->rest, 2);
        return true;
    }
    if (letter == 'Q')
        return parse_quoted(p);
    struct node *node = make_node(p, NODE_SET);
    if (at_unicode_class(p) || take_perl_class(p, &node->set)) {
        if (node->set.ranges.len == 0 && at_unicode_class(p) && !parse_unicode_class(p, &node->set))
            return false;
        regex_set_finish(&node->set);
        push(p, node);
        return true;
    }
    uint32_t code = 0;
    if (!parse_escape(p, &code))
        return false;
    push_code(p, code);
    return true;
}

static bool parse_plain(struct parser *p)
{
    uint32_t code = 0;
    if (!next_code(p, &code))
        return false;
    push_code(p, code);
    return true;
}

/* One piece that begins with a single byte of its own. */
static bool parse_mark(struct parser *p, char c)
{
    p->rest = str_skip(p->rest, 1);
    switch (c) {
    case '|': add_alternative(p); return true;
    case '^':
        push_assertion(p, p->flags.multiline ? ASSERT_LINE_BEGIN : ASSERT_TEXT_BEGIN);
        return true;
    case '$':
        push_assertion(p, p->flags.multiline ? ASSERT_LINE_END : ASSERT_TEXT_END);
        return true;
    case '.': push_any(p); return true;
    default: return close_group(p);
    }
}

static bool parse_piece(struct parser *p, str *last)
{
    char c = p->rest.ptr[0];
    if (c == '*' || c == '+' || c == '?')
        return parse_operator(p, last);
    if (c == '{')
        return parse_braces(p, last);
    *last = (str){0};
    switch (c) {
    case '(': return parse_group(p);
    case '|':
    case ')':
    case '^':
    case '$':
    case '.': return parse_mark(p, c);
    case '[': return parse_class(p);
    case '\\': return parse_backslash(p);
    default: return parse_plain(p);
    }
}

bool regex_parse(str pattern, struct arena *arena, struct parsed *ret_parsed, struct error *err)
{
    struct parser p = {.pattern = pattern, .rest = pattern, .arena = arena, .err = err};
    str last = {0};
    open_group(&p, 0, p.flags);
    while (p.rest.len > 0) {
        if (!parse_piece(&p, &last))
            return false;
    }
    if (p.open.len != 1)
        return fail(&p, "missing closing )", pattern);
    p.parsed.root = whole_group(&p);
    *ret_parsed = p.parsed;
    return true;
}
