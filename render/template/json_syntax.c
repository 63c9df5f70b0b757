#include "render/template/json_syntax.h"

#include "render/template/runes.h"

#include <stdio.h>

#define JSON_DEPTH_MAX 10000

/* A walk over a JSON text that stops at the first byte that cannot be. */
struct json_walk {
    str rest;
    struct arena *arena;
    char open[JSON_DEPTH_MAX / 8]; /* bit n: the n-th open bracket is a brace */
    size_t depth;
    str complaint;
};

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* Names the byte at the front, as Go quotes it. */
static bool complain(struct json_walk *walk, const char *context)
{
    if (walk->rest.len == 0) {
        walk->complaint = STR("unexpected end of JSON input");
        return false;
    }
    unsigned char byte = (unsigned char)walk->rest.ptr[0];
    char quoted[16];
    const char *format = byte == '\''                ? "'\\''"
                         : byte == '\\'              ? "'\\\\'"
                         : byte == '\n'              ? "'\\n'"
                         : byte == '\t'              ? "'\\t'"
                         : byte == '\r'              ? "'\\r'"
                         : byte >= ' ' && byte < 127 ? "'%c'"
                                                     : NULL;
    if (format == NULL) {
        /* A byte is shown as the code point of its number. */
        char letters[4];
        size_t len = str_encode_utf8(byte, letters);
        str shown = rune_is_printable(byte)
                        ? arena_printf(walk->arena, "'%.*s'", (int)len, letters)
                        : arena_printf(walk->arena, byte < 128 ? "'\\x%02x'" : "'\\u%04x'", byte);
        walk->complaint =
            arena_printf(walk->arena, "invalid character %.*s %s", STR_ARG(shown), context);
        return false;
    }
    (void)snprintf(quoted, sizeof(quoted), format, byte);
    walk->complaint = arena_printf(walk->arena, "invalid character %s %s", quoted, context);
    return false;
}

static void skip_space(struct json_walk *walk)
{
    while (walk->rest.len > 0 && is_space(walk->rest.ptr[0]))
        walk->rest = str_skip(walk->rest, 1);
}

static char front(const struct json_walk *walk)
{
    return walk->rest.len > 0 ? walk->rest.ptr[0] : '\0';
}

static void step(struct json_walk *walk)
{
    walk->rest = str_skip(walk->rest, 1);
}

static bool walk_string(struct json_walk *walk)
{
    for (step(walk); front(walk) != '"' || walk->rest.len == 0; step(walk)) {
        if (walk->rest.len == 0 || (unsigned char)front(walk) < ' ')
            return complain(walk, "in string literal");
        if (front(walk) != '\\')
            continue;
        step(walk);
        if (walk->rest.len == 0 || front(walk) == '\0' ||
            strchr("bfnrt\\/\"u", front(walk)) == NULL)
            return complain(walk, "in string escape code");
        if (front(walk) != 'u')
            continue;
        for (int i = 0; i < 4; i++) {
            step(walk);
            char c = front(walk);
            bool hex = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
            if (!hex)
                return complain(walk, "in \\u hexadecimal character escape");
        }
    }
    step(walk);
    return true;
}

static bool walk_digits(struct json_walk *walk, const char *context)
{
    if (front(walk) < '0' || front(walk) > '9')
        return complain(walk, context);
    while (front(walk) >= '0' && front(walk) <= '9')
        step(walk);
    return true;
}

static bool walk_number(struct json_walk *walk)
{
    if (front(walk) == '-')
        step(walk);
    if (front(walk) == '0')
        step(walk);
    else if (!walk_digits(walk, "in numeric literal"))
        return false;
    if (front(walk) == '.') {
        step(walk);
        if (!walk_digits(walk, "after decimal point in numeric literal"))
            return false;
    }
    if ((front(walk) | 32) == 'e') {
        step(walk);
        if (front(walk) == '+' || front(walk) == '-')
            step(walk);
        if (!walk_digits(walk, "in exponent of numeric literal"))
            return false;
    }
    return true;
}

static bool walk_word(struct json_walk *walk, const char *word)
{
    for (const char *at = word; *at != '\0'; at++) {
        if (front(walk) != *at || walk->rest.len == 0) {
            str context = arena_printf(walk->arena, "in literal %s (expecting '%c')", word, *at);
            return complain(walk, context.ptr);
        }
        step(walk);
    }
    return true;
}

static bool walk_leaf(struct json_walk *walk)
{
    switch (front(walk)) {
    case '"': return walk_string(walk);
    case 't': return walk_word(walk, "true");
    case 'f': return walk_word(walk, "false");
    case 'n': return walk_word(walk, "null");
    default:
        if (front(walk) == '-' || (front(walk) >= '0' && front(walk) <= '9'))
            return walk_number(walk);
        return complain(walk, "looking for beginning of value");
    }
}

static bool in_object(const struct json_walk *walk)
{
    size_t top = walk->depth - 1;
    return walk->depth > 0 && (walk->open[top / 8] >> (top % 8) & 1) != 0;
}

/* A key with its colon. */
static bool walk_key(struct json_walk *walk)
{
    skip_space(walk);
    if (front(walk) != '"')
        return complain(walk, "looking for beginning of object key string");
    if (!walk_string(walk))
        return false;
    skip_space(walk);
    if (front(walk) != ':')
        return complain(walk, "after object key");
    step(walk);
    return true;
}

/* Opens brackets until a leaf, or an empty pair of them, completes a value. */
static bool walk_open(struct json_walk *walk)
{
    for (;;) {
        skip_space(walk);
        bool object = front(walk) == '{';
        if (!object && front(walk) != '[')
            return walk_leaf(walk);
        if (walk->depth == JSON_DEPTH_MAX) {
            walk->complaint = STR("exceeded max depth");
            return false;
        }
        size_t top = walk->depth++;
        walk->open[top / 8] =
            (char)((walk->open[top / 8] & ~(1 << (top % 8))) | (object ? 1 << (top % 8) : 0));
        step(walk);
        skip_space(walk);
        if (front(walk) == (object ? '}' : ']')) {
            walk->depth--;
            step(walk);
            return true;
        }
        if (object && !walk_key(walk))
            return false;
    }
}

/* Behind a value: closes brackets; *ret_more when another value must follow. */
static bool walk_close(struct json_walk *walk, bool *ret_more)
{
    *ret_more = false;
    while (walk->depth > 0) {
        skip_space(walk);
        bool object = in_object(walk);
        if (front(walk) == ',') {
            step(walk);
            *ret_more = true;
            return !object || walk_key(walk);
        }
        if (front(walk) != (object ? '}' : ']'))
            return complain(walk, object ? "after object key:value pair" : "after array element");
        step(walk);
        walk->depth--;
    }
    return true;
}

str json_complaint(str text, struct arena *arena)
{
    struct json_walk *walk = ARENA_NEW(arena, struct json_walk);
    walk->rest = text;
    walk->arena = arena;
    for (bool more = true; more;)
        if (!walk_open(walk) || !walk_close(walk, &more))
            return walk->complaint;
    skip_space(walk);
    if (walk->rest.len > 0)
        (void)complain(walk, "after top-level value");
    return walk->complaint;
}
