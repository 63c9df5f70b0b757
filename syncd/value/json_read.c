/* The JSON reader: one pass, no recursion, strings without escapes stay where they are. */
#include "syncd/value/json.h"

#include "syncd/value/value_internal.h"

struct frame {
    size_t base; /* of its entries on the stack */
    str key;     /* of the member being read */
    uint32_t line;
    bool object;
};

struct reader {
    const char *begin, *at, *end;
    uint32_t line;
    const struct limits *limits;
    struct arena *arena;
    struct build_stack stack;
    VEC(struct frame) frames;
    struct error *err;
};

static bool fail(const struct reader *r, const char *at, const char *what)
{
    const char *line_start = at;
    while (line_start > r->begin && line_start[-1] != '\n')
        line_start--;
    (void)error_rule(r->err, ERROR_INPUT, "E_JSON", "%s", what);
    return error_at(r->err,
                    (struct position){.line = r->line, .column = (uint32_t)(at - line_start) + 1});
}

static bool fail_limit(const struct reader *r, const char *rule, const char *what, uint64_t limit)
{
    (void)error_rule(r->err, ERROR_LIMIT, rule, "%s (limit %llu)", what, (unsigned long long)limit);
    return error_at(r->err, (struct position){.line = r->line});
}

static void skip_space(struct reader *r)
{
    for (; r->at < r->end; r->at++) {
        if (*r->at == '\n')
            r->line++;
        else if (*r->at != ' ' && *r->at != '\t' && *r->at != '\r')
            return;
    }
}

static bool hex4(const char *at, const char *end, uint32_t *ret_code)
{
    if (end - at < 4)
        return false;
    uint32_t code = 0;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10
                                                : 16;
        if (digit == 16)
            return false;
        code = code << 4 | digit;
    }
    *ret_code = code;
    return true;
}

/* r->at stands behind the backslash; writes what the escape means and moves behind it. */
static bool read_escape(struct reader *r, char **to)
{
    static const char names[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    const char *start = r->at - 1;
    char name = r->at < r->end ? *r->at++ : '\0';
    const char *found = name != '\0' ? strchr(names, name) : NULL;
    if (found != NULL) {
        *(*to)++ = meanings[found - names];
        return true;
    }
    uint32_t code = 0, low = 0;
    if (name != 'u' || !hex4(r->at, r->end, &code))
        return fail(r, start, "invalid escape in a string");
    r->at += 4;
    if (code >= 0xd800 && code <= 0xdfff) {
        if (code >= 0xdc00 || r->end - r->at < 6 || r->at[0] != '\\' || r->at[1] != 'u' ||
            !hex4(r->at + 2, r->end, &low) || low < 0xdc00 || low > 0xdfff)
            return fail(r, start, "lone surrogate in a string");
        r->at += 6;
        code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
    }
    *to += str_encode_utf8(code, *to);
    return true;
}

/* Decodes a string with escapes; r->at stands at its first escape. An escape never grows. */
static bool read_escaped(struct reader *r, const char *start, str *ret_text)
{
    const char *close = r->at;
    while (close < r->end && *close != '"')
        close += *close == '\\' && close + 1 < r->end ? 2 : 1;
    size_t room = (size_t)(close - start);
    if (!arena_fits(r->arena, room))
        return fail_limit(r, "E_MEMORY", "the document is too large for its memory budget", room);
    char *text = arena_alloc_bytes(r->arena, room + 4);
    memcpy(text, start, (size_t)(r->at - start));
    char *to = text + (r->at - start);
    while (r->at < r->end && *r->at != '"') {
        if ((unsigned char)*r->at < 0x20)
            return fail(r, r->at, "control character in a string");
        if (*r->at != '\\') {
            *to++ = *r->at++;
            continue;
        }
        r->at++;
        if (!read_escape(r, &to))
            return false;
    }
    *ret_text = str_from(text, (size_t)(to - text));
    return true;
}

/* r->at stands behind the opening quote. */
static bool read_string(struct reader *r, str *ret_text)
{
    const char *start = r->at;
    unsigned char seen = 0;
    while (r->at < r->end && *r->at != '"' && *r->at != '\\' && (unsigned char)*r->at >= 0x20)
        seen |= (unsigned char)*r->at++;
    *ret_text = str_from(start, (size_t)(r->at - start));
    if (r->at < r->end && *r->at == '\\') {
        if (!read_escaped(r, start, ret_text))
            return false;
        seen = 0x80;
    }
    if (r->at == r->end)
        return fail(r, start - 1, "unterminated string");
    if (*r->at != '"')
        return fail(r, r->at, "control character in a string");
    r->at++;
    if ((seen & 0x80) != 0 && !str_is_utf8(*ret_text))
        return fail(r, start, "invalid UTF-8 in a string");
    return true;
}

static bool read_word(struct reader *r, value *ret_value)
{
    static const struct {
        str word;
        value meaning;
    } words[] = {
        {STR_INIT("true"), {.kind = VALUE_BOOL, .len = 1}},
        {STR_INIT("false"), {.kind = VALUE_BOOL}},
        {STR_INIT("null"), {.kind = VALUE_NULL}},
    };
    str rest = str_from(r->at, (size_t)(r->end - r->at));
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (!str_starts(rest, words[i].word))
            continue;
        *ret_value = words[i].meaning;
        r->at += words[i].word.len;
        return true;
    }
    return fail(r, r->at, r->at == r->end ? "unexpected end" : "unexpected character");
}

static bool is_number_byte(char c)
{
    return (c >= '0' && c <= '9') || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-';
}

static bool read_number(struct reader *r, value *ret_value)
{
    const char *start = r->at;
    while (r->at < r->end && is_number_byte(*r->at))
        r->at++;
    str text = str_from(start, (size_t)(r->at - start));
    bool integer = false;
    if (!number_is_json(text, &integer))
        return fail(r, start, "invalid number");
    *ret_value = (value){.kind = VALUE_NUMBER,
                         .flags = integer ? VALUE_INTEGER : 0,
                         .len = (uint32_t)text.len,
                         .as.text = text.ptr};
    return true;
}

static bool read_leaf(struct reader *r, value *ret_value)
{
    char c = r->at < r->end ? *r->at : '\0';
    if (c == '-' || (c >= '0' && c <= '9'))
        return read_number(r, ret_value);
    if (c != '"')
        return read_word(r, ret_value);
    r->at++;
    str text;
    if (!read_string(r, &text))
        return false;
    *ret_value = value_string(text);
    return true;
}

static bool open_frame(struct reader *r, bool object)
{
    if (r->frames.len >= r->limits->json_depth)
        return fail_limit(r, "E_JSON_DEPTH", "the document is nested too deeply",
                          r->limits->json_depth);
    r->at++;
    VEC_PUSH(r->stack.arena, &r->frames,
             (struct frame){.base = r->stack.entries.len, .line = r->line, .object = object});
    return true;
}

static bool close_frame(struct reader *r, value *ret_value)
{
    struct frame *frame = &VEC_LAST(&r->frames);
    size_t count = r->stack.entries.len - frame->base;
    if (!arena_fits(r->arena, count * sizeof(struct member)))
        return fail_limit(r, "E_MEMORY", "the document is too large for its memory budget", count);
    size_t duplicate = SIZE_MAX;
    if (frame->object)
        *ret_value = build_close_object(&r->stack, frame->base, r->arena, &duplicate);
    else
        *ret_value = build_close_array(&r->stack, frame->base, r->arena);
    if (duplicate != SIZE_MAX) {
        const struct member *member = &r->stack.entries.items[frame->base + duplicate];
        (void)error_rule(r->err, ERROR_INPUT, "E_JSON", "duplicate key \"%.*s\"",
                         STR_ARG(member->key));
        return error_at(r->err, (struct position){.line = member->val.line});
    }
    ret_value->line = frame->line;
    r->frames.len--;
    r->at++;
    return true;
}

/* The key and colon of the next member. */
static bool read_key(struct reader *r)
{
    skip_space(r);
    if (r->at == r->end || *r->at != '"')
        return fail(r, r->at, "expected a key in double quotes");
    r->at++;
    if (!read_string(r, &VEC_LAST(&r->frames).key))
        return false;
    skip_space(r);
    if (r->at == r->end || *r->at != ':')
        return fail(r, r->at, "expected ':' after a key");
    r->at++;
    return true;
}

enum step { STEP_FAILED, STEP_OPENED, STEP_VALUE };

/* The next value: a leaf, an empty collection, or the opening of one that has something in it. */
static enum step read_step(struct reader *r, value *ret_value)
{
    skip_space(r);
    uint32_t line = r->line;
    char c = r->at < r->end ? *r->at : '\0';
    if (c != '{' && c != '[') {
        if (!read_leaf(r, ret_value))
            return STEP_FAILED;
        ret_value->line = line;
        return STEP_VALUE;
    }
    if (!open_frame(r, c == '{'))
        return STEP_FAILED;
    skip_space(r);
    if (r->at < r->end && *r->at == (c == '{' ? '}' : ']'))
        return close_frame(r, ret_value) ? STEP_VALUE : STEP_FAILED;
    return c == '[' || read_key(r) ? STEP_OPENED : STEP_FAILED;
}

/* Puts a finished value where it belongs, closing what ends behind it. True with an empty frame
 * stack: the document is complete. */
static bool place_value(struct reader *r, value *val)
{
    while (r->frames.len > 0) {
        struct frame *frame = &VEC_LAST(&r->frames);
        if (r->stack.entries.len == r->stack.entries.cap &&
            !arena_fits(r->arena, 2 * r->stack.entries.cap * sizeof(struct member)))
            return fail_limit(r, "E_MEMORY", "the document is too large for its memory budget",
                              r->stack.entries.len);
        build_push(&r->stack, frame->key, *val);
        skip_space(r);
        char c = r->at < r->end ? *r->at : '\0';
        if (c == ',') {
            r->at++;
            return !frame->object || read_key(r);
        }
        if (c != (frame->object ? '}' : ']'))
            return fail(r, r->at, frame->object ? "expected ',' or '}'" : "expected ',' or ']'");
        if (!close_frame(r, val))
            return false;
    }
    return true;
}

bool json_read(str text, const struct limits *limits, struct arena *arena, value *ret_document,
               struct error *err)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    struct reader r = {
        .begin = text.ptr,
        .at = text.ptr,
        .end = text.len > 0 ? text.ptr + text.len : text.ptr,
        .line = 1,
        .limits = limits,
        .arena = arena,
        .stack.arena = scratch,
        .err = err,
    };
    value val = value_null();
    do {
        enum step step = read_step(&r, &val);
        if (step == STEP_FAILED || (step == STEP_VALUE && !place_value(&r, &val)))
            return false;
    } while (r.frames.len > 0);
    skip_space(&r);
    if (r.at != r.end)
        return fail(&r, r.at, "something follows the document");
    *ret_document = val;
    return true;
}

size_t json_split(struct json_splitter *splitter, str text)
{
    for (; splitter->scanned < text.len; splitter->scanned++) {
        char c = text.ptr[splitter->scanned];
        if (splitter->in_string) {
            if (splitter->escaped)
                splitter->escaped = false;
            else if (c == '\\')
                splitter->escaped = true;
            else if (c == '"')
                splitter->in_string = false;
            if (splitter->in_string || splitter->depth > 0)
                continue;
            return ++splitter->scanned;
        }
        bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (splitter->begun && splitter->depth == 0 && (space || c == '{' || c == '[' || c == '"'))
            return splitter->scanned; /* a bare number or word ended before this byte */
        splitter->begun = splitter->begun || !space;
        splitter->in_string = c == '"';
        if (c == '{' || c == '[')
            splitter->depth++;
        else if ((c == '}' || c == ']') && (splitter->depth == 0 || --splitter->depth == 0))
            return ++splitter->scanned;
    }
    return 0;
}
