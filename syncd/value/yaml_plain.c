/*
 * The reader for the YAML that manifests are written in: block mappings and sequences, scalars,
 * literal and folded blocks, flow collections of one line, comments. Its strings are views into the
 * text. Whatever else it meets, or finds wrong, it leaves to libyaml: false is no error.
 */
#include "syncd/value/yaml_plain_internal.h"

#define LONGEST_KEY 1000 /* libyaml wants keys within 1024 characters */

/* ---- lines ---- */

static int column_of(const struct scanner *s)
{
    return (int)(s->at - s->line_start);
}

static bool at_dash(const struct scanner *s)
{
    return s->at < s->end && *s->at == '-' && at_blank(s->at + 1, s->end);
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
    if (s->at < s->end && *s->at == '#' && (s->at > begin || begin[-1] == ' '))
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
    uint32_t line = s->line;
    str text;
    if (!(quoted ? yaml_plain_quoted(s, &text) : yaml_plain_scan(s, true, &text)) ||
        s->line != line)
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
    uint32_t line = s->line;
    str text;
    if (!count_node(s) || !(quoted ? yaml_plain_quoted(s, &text) : yaml_plain_scan(s, true, &text)))
        return false;
    if (s->at == s->end || s->line != line ||
        (yaml_plain_bytes[(unsigned char)*s->at] & PLAIN_STOP) != 0)
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
        if (!yaml_plain_block(s, parent, &text) || !to_content(s))
            return false;
        if (c == '>' && s->options->refolds)
            text = yaml_folded_again(text, s->arena);
        *ret_value = quoted_value(s, text);
    } else if (c == '"' || c == '\'') {
        if (!yaml_plain_quoted(s, &text) || !end_line(s))
            return false;
        *ret_value = quoted_value(s, text);
    } else {
        if (!yaml_plain_scan(s, false, &text) || !yaml_plain_join(s, parent, &text) ||
            !end_line(s) || !plain_value(s, text, ret_value))
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
    uint32_t line = s->line;
    *ret_quoted = at_quote(s);
    if (!(*ret_quoted ? yaml_plain_quoted(s, ret_text) : yaml_plain_scan(s, false, ret_text)) ||
        s->line != line)
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
    const char *begin = s->at, *line_start = s->line_start;
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
    s->line_start = line_start;
    s->line = line;
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
