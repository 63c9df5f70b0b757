/*
 * The parser: RE2's syntax with Go's Perl flags, and Go's error texts. No recursion: open groups
 * are a stack.
 */
#include "syncd/base/regex_parse_internal.h"

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
        return regex_fail(p, "unexpected )", p->pattern);
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
        return regex_fail(p, "expression nests too deeply", p->pattern);
    push(p, node);
    return true;
}

static void open_capture(struct parser *p, str name)
{
    VEC_PUSH(p->arena, &p->parsed.names, name);
    open_group(p, (uint32_t)p->parsed.names.len, p->flags);
}

/* p->rest stands at (?P< or (?<, `skip` bytes long. */
static bool parse_named_group(struct parser *p, size_t skip)
{
    str group = p->rest;
    size_t end = str_index(group, '>');
    if (end == SIZE_MAX)
        return regex_fail(p, str_is_utf8(group) ? "invalid named capture" : "invalid UTF-8", group);
    str name = str_slice(group, skip, end - skip);
    bool valid = end > skip;
    for (size_t i = 0; i < name.len; i++)
        valid = valid && is_word_byte(name.ptr[i]);
    if (!valid)
        return regex_fail(p, "invalid named capture", str_slice(group, 0, end + 1));
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
        if (!regex_next_code(p, &c))
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
    return regex_fail_from(p, "invalid or unsupported Perl syntax", start);
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
        return regex_fail_from(p, "invalid nested repetition operator", *last);
    struct node *concat = innermost(p)->concat;
    if (concat->subs.len == 0)
        return regex_fail_from(p, "missing argument to repetition operator", before);
    struct node *repeat = make_node(p, NODE_REPEAT);
    repeat->min = min;
    repeat->max = max;
    repeat->lazy = lazy;
    add_sub(p, repeat, VEC_LAST(&concat->subs));
    concat->subs.len--;
    push(p, repeat);
    if (repeat->depth > REGEX_DEPTH_MAX)
        return regex_fail(p, "expression nests too deeply", p->pattern);
    if ((min >= 2 || max >= 2) && !repeat_fits(repeat, REGEX_REPEAT_MAX))
        return regex_fail_from(p, "invalid repeat count", before);
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
        return regex_fail_from(p, "invalid repeat count", before);
    return push_repeat(p, min, max, before, last);
}

static bool parse_operator(struct parser *p, str *last)
{
    str before = p->rest;
    char c = before.ptr[0];
    p->rest = str_skip(before, 1);
    return push_repeat(p, c == '+', c == '?' ? 1 : -1, before, last);
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
        if (!regex_next_code(p, &code))
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
    if (regex_at_unicode_class(p) || regex_take_perl_class(p, &node->set)) {
        if (node->set.ranges.len == 0 && regex_at_unicode_class(p) &&
            !regex_parse_unicode_class(p, &node->set))
            return false;
        regex_set_finish(&node->set);
        push(p, node);
        return true;
    }
    uint32_t code = 0;
    if (!regex_parse_escape(p, &code))
        return false;
    push_code(p, code);
    return true;
}

static bool push_class(struct parser *p)
{
    struct node *node = make_node(p, NODE_SET);
    if (!regex_parse_class(p, &node->set))
        return false;
    push(p, node);
    return true;
}

static bool parse_plain(struct parser *p)
{
    uint32_t code = 0;
    if (!regex_next_code(p, &code))
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
    case '[': return push_class(p);
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
        return regex_fail(&p, "missing closing )", pattern);
    p.parsed.root = whole_group(&p);
    *ret_parsed = p.parsed;
    return true;
}
