/* The YAML reader's door: what is refused before parsing, and which of the two readers gets a
 * document. */
#include "syncd/value/json.h"
#include "syncd/value/yaml_internal.h"

#define DIRECTIVES_MAX 100

/* ---- bytes ---- */

static bool fail_bytes(str text, size_t at, const char *what, struct error *err)
{
    uint32_t line = 1, column = 1;
    for (size_t i = 0; i < at; i++) {
        line += text.ptr[i] == '\n';
        column = text.ptr[i] == '\n' ? 1 : column + 1;
    }
    (void)error_rule(err, ERROR_INPUT, "E_UTF8", "%s", what);
    return error_at(err, (struct position){.line = line, .column = column});
}

/* The first byte that is neither printable ASCII nor a line feed: text.len when there is none. */
static size_t first_odd_byte(str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x7f || (c < 0x20 && c != '\n'))
            return i;
    }
    return text.len;
}

/* What YAML calls printable, beyond ASCII. */
static bool is_allowed(uint32_t code)
{
    return code == 0x09 || code == 0x0a || code == 0x0d || (code >= 0x20 && code <= 0x7e) ||
           code == 0x85 || (code >= 0xa0 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) ||
           code >= 0x10000;
}

/*
 * Checks the bytes. *ret_plain: the reader for plain documents may see them; it does not know
 * carriage returns, Unicode's line separators and byte order marks.
 */
static bool check_bytes(str text, bool *ret_plain, struct error *err)
{
    *ret_plain = true;
    for (size_t i = first_odd_byte(text); i < text.len;) {
        unsigned char c = (unsigned char)text.ptr[i];
        uint32_t code = c;
        size_t width = c < 0x80 ? 1 : str_decode_utf8(str_skip(text, i), &code);
        if (width == 0)
            return fail_bytes(text, i, "not UTF-8", err);
        if (!is_allowed(code))
            return fail_bytes(text, i, "a control character that YAML does not allow", err);
        if (code == 0x0d || code == 0x85 || code == 0x2028 || code == 0x2029 || code == 0xfeff)
            *ret_plain = false;
        i += width;
    }
    return true;
}

/* ---- documents of a stream ---- */

static bool is_marker(str line, const char *marker)
{
    return line.len >= 3 && memcmp(line.ptr, marker, 3) == 0 &&
           (line.len == 3 || line.ptr[3] == ' ' || line.ptr[3] == '\t' || line.ptr[3] == '\n' ||
            line.ptr[3] == '\r');
}

/* Cuts the next document, with the `---` it begins with, off *rest. */
static str cut_document(str *rest, uint32_t *ret_lines)
{
    const char *begin = rest->ptr, *end = begin + rest->len;
    const char *at = begin;
    *ret_lines = 0;
    while (at < end) {
        str line = str_from(at, (size_t)(end - at));
        if (at != begin && *at == '-' && is_marker(line, "---"))
            break;
        const char *newline = memchr(at, '\n', line.len);
        *ret_lines += newline != NULL;
        at = newline != NULL ? newline + 1 : end;
    }
    *rest = str_from(at, (size_t)(end - at));
    return str_from(begin, (size_t)(at - begin));
}

/*
 * Lines that begin with `...` or `%`: where there are any, only libyaml can tell documents apart.
 * It compares each directive with all others, so there may not be many.
 */
static bool count_directives(str text, size_t *ret_count, struct error *err)
{
    size_t count = 0;
    for (const char *at = text.ptr, *end = at + text.len; at < end;) {
        str line = str_from(at, (size_t)(end - at));
        count += *at == '%' || (*at == '.' && is_marker(line, "..."));
        if (*at == '%' && count > DIRECTIVES_MAX)
            return error_rule(err, ERROR_LIMIT, "E_YAML_TAG", "too many directives (limit %d)",
                              DIRECTIVES_MAX);
        const char *newline = memchr(at, '\n', line.len);
        at = newline != NULL ? newline + 1 : end;
    }
    *ret_count = count;
    return true;
}

struct reading {
    const struct yaml_options *options;
    const struct limits *limits;
    struct arena *arena, *scratch;
    struct yaml_counts counts;
    struct yaml_stream stream;
    struct error *err;
};

/*
 * kubectl takes a document that begins with { for JSON, which has escapes that YAML has not ("\\/",
 * two surrogates): what YAML refused may be that. True when it was, and was added.
 */
static bool read_as_json(struct reading *r, str text, uint32_t line)
{
    str begin = str_trim(text);
    if (r->err->class != ERROR_INPUT || r->options->dialect != YAML_KUBERNETES ||
        !str_starts(begin, STR("{")))
        return false;
    struct limits limits = *r->limits;
    limits.json_depth = limits.yaml_depth;
    struct error ignored = ERROR_INIT; /* YAML's own error is the one to show */
    struct yaml_document document = {.line = line, .text = text};
    if (!json_read(begin, &limits, r->arena, &document.root, &ignored))
        return false;
    error_clear(r->err);
    VEC_PUSH(r->arena, &r->stream.documents, document);
    return true;
}

static bool read_document(struct reading *r, str text, uint32_t line, bool plain)
{
    struct yaml_document document = {0};
    uint64_t nodes = r->counts.nodes;
    struct arena_mark mark = arena_mark(r->arena), scratch_mark = arena_mark(r->scratch);
    size_t before = r->stream.documents.len;
    bool read =
        plain && before < r->limits->yaml_documents &&
        yaml_read_plain(text, line, r->options, r->limits, r->arena, r->scratch, &nodes, &document);
    arena_rewind(r->scratch, scratch_mark);
    if (!read) {
        arena_rewind(r->arena, mark);
        if (!yaml_read_events(text, line, r->options, r->limits, &r->counts, r->arena, &r->stream,
                              r->err))
            return read_as_json(r, text, line);
        for (size_t i = before; i < r->stream.documents.len; i++)
            r->stream.documents.items[i].text = text;
        return true;
    }
    r->counts.nodes = nodes;
    if (document.root.kind != VALUE_NULL)
        VEC_PUSH(r->arena, &r->stream.documents, document);
    return true;
}

bool yaml_read_stream(str text, const struct yaml_options *options, const struct limits *limits,
                      struct arena *arena, struct yaml_stream *ret_stream, struct error *err)
{
    if (text.len > limits->file_bytes)
        return error_rule(err, ERROR_LIMIT, "E_FILE_SIZE", "the file has %zu bytes (limit %llu)",
                          text.len, (unsigned long long)limits->file_bytes);
    if (str_starts(text, STR("\xff\xfe")) || str_starts(text, STR("\xfe\xff")))
        return fail_bytes(text, 0, "UTF-16 is not read, only UTF-8", err);
    if (str_starts(text, STR("\xef\xbb\xbf")))
        text = str_skip(text, 3);
    bool plain = true;
    if (!check_bytes(text, &plain, err))
        return false;
    if (options->whole_lines && text.len > 0 && text.ptr[text.len - 1] != '\n')
        text = arena_concat(arena, text, STR("\n"), STR(""));
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    struct reading r = {
        .options = options, .limits = limits, .arena = arena, .scratch = scratch, .err = err};
    size_t directives = 0;
    if (text.len > 0 && !count_directives(text, &directives, err))
        return false;
    if (directives > 0) {
        if (!read_document(&r, text, 1, false))
            return false;
        text = (str){0};
    }
    for (uint32_t line = 1, lines = 0; text.len > 0; line += lines) {
        str whole = text, document = cut_document(&text, &lines);
        /* Where one document ends and another begins only libyaml can tell for sure. */
        bool all = options->first_only && text.len > 0;
        if (!read_document(&r, all ? whole : document, line, plain && !all))
            return false;
        if (all)
            break;
    }
    *ret_stream = r.stream;
    return true;
}

bool yaml_read(str text, const struct yaml_options *options, const struct limits *limits,
               struct arena *arena, value *ret_root, struct error *err)
{
    struct yaml_stream stream = {0};
    if (!yaml_read_stream(text, options, limits, arena, &stream, err))
        return false;
    *ret_root = stream.documents.len > 0 ? stream.documents.items[0].root : value_null();
    return true;
}
