/* snakecase, kebabcase and camelcase: words as huandu/xstrings finds them. */
#include "render/template/fns.h"
#include "render/template/runes.h"

enum word {
    WORD_NONE,
    WORD_NUMBER,
    WORD_UPPER,
    WORD_LETTERS,
    WORD_CONNECTOR,
    WORD_PUNCT,
    WORD_OTHER
};

static bool is_connector(uint32_t code)
{
    return code == '-' || code == '_' || rune_is_space(code);
}

static bool is_lower_letter(uint32_t code)
{
    return rune_is_letter(code) && !rune_is_upper(code);
}

static uint32_t first_of(str text)
{
    return text.len > 0 ? rune_next(&text) : 0;
}

/* Takes code points off the front as long as the predicate holds. */
static void skip_while(str *rest, bool (*holds)(uint32_t code))
{
    while (rest->len > 0 && holds(first_of(*rest)))
        (void)rune_next(rest);
}

static bool is_other(uint32_t code)
{
    return !is_connector(code) && !rune_is_letter(code) && !rune_is_number(code) &&
           !rune_is_punct(code);
}

/* "HTTPStatus" is "HTTP" and "Status": the last capital before a small letter begins a word. */
static void skip_upper(str *rest)
{
    (void)rune_next(rest);
    if (rest->len == 0 || !rune_is_letter(first_of(*rest)))
        return;
    if (!rune_is_upper(first_of(*rest))) {
        skip_while(rest, is_lower_letter);
        return;
    }
    str last = *rest;
    while (rest->len > 0 && rune_is_upper(first_of(*rest))) {
        last = *rest;
        (void)rune_next(rest);
    }
    if (rest->len > 0 && rune_is_letter(first_of(*rest)))
        *rest = last;
}

static enum word next_word(str *rest, str *ret_word)
{
    str start = *rest;
    *ret_word = (str){0};
    if (start.len == 0)
        return WORD_NONE;
    uint32_t code = first_of(start);
    enum word kind;
    if (is_connector(code)) {
        kind = WORD_CONNECTOR;
        skip_while(rest, is_connector);
    } else if (rune_is_punct(code)) {
        kind = WORD_PUNCT;
        skip_while(rest, rune_is_punct);
    } else if (rune_is_upper(code)) {
        kind = WORD_UPPER;
        skip_upper(rest);
    } else if (rune_is_letter(code)) {
        kind = WORD_LETTERS;
        skip_while(rest, is_lower_letter);
    } else if (rune_is_number(code)) {
        kind = WORD_NUMBER;
        skip_while(rest, rune_is_number);
    } else {
        kind = WORD_OTHER;
        skip_while(rest, is_other);
    }
    *ret_word = str_slice(start, 0, start.len - rest->len);
    return kind;
}

struct words {
    str rest;
    str word;
    enum word kind;
    char connector;
    struct buf *buf;
};

static void put_word(struct words *w, enum word kind, str word)
{
    if (kind != WORD_UPPER && kind != WORD_CONNECTOR) {
        buf_add(w->buf, word);
        return;
    }
    while (word.len > 0) {
        uint32_t code = rune_next(&word);
        rune_add(w->buf,
                 is_connector(code) ? (uint32_t)(unsigned char)w->connector : rune_lower(code));
    }
}

static void advance(struct words *w)
{
    w->kind = next_word(&w->rest, &w->word);
}

static bool is_joint(enum word kind)
{
    return kind == WORD_CONNECTOR || kind == WORD_PUNCT;
}

static void put_letters_and_numbers(struct words *w)
{
    while (w->kind == WORD_LETTERS || w->kind == WORD_NUMBER) {
        put_word(w, w->kind, w->word);
        advance(w);
    }
    if (w->kind != WORD_NONE && !is_joint(w->kind))
        buf_add_byte(w->buf, w->connector);
}

/* A word of letters was put; decides where a number behind it belongs. */
static void join_number(struct words *w)
{
    if (w->kind != WORD_NUMBER) {
        if (!is_joint(w->kind))
            buf_add_byte(w->buf, w->connector);
        return;
    }
    if (w->rest.len == 0)
        return;
    str number = w->word;
    advance(w);
    if (w->kind != WORD_LETTERS) {
        put_word(w, WORD_NUMBER, number);
        if (!is_joint(w->kind))
            buf_add_byte(w->buf, w->connector);
        return;
    }
    buf_add_byte(w->buf, w->connector);
    put_word(w, WORD_NUMBER, number);
    put_letters_and_numbers(w);
}

static bool lower_words(struct dyn_call *call, char connector)
{
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    struct words w = {.rest = call_str(call, 0), .connector = connector, .buf = &buf};
    advance(&w);
    while (w.rest.len > 0) {
        enum word before = w.kind;
        str last = w.word;
        if (before != WORD_CONNECTOR)
            put_word(&w, before, last);
        advance(&w);
        if (before == WORD_NUMBER)
            put_letters_and_numbers(&w);
        else if (before == WORD_CONNECTOR)
            put_word(&w, before, last);
        else if (before != WORD_PUNCT)
            join_number(&w);
    }
    put_word(&w, w.kind, w.word);
    return call_return_buf(call, &buf);
}

bool fn_snakecase(struct dyn_call *call)
{
    return lower_words(call, '_');
}

bool fn_kebabcase(struct dyn_call *call)
{
    return lower_words(call, '-');
}

bool fn_camelcase(struct dyn_call *call)
{
    str rest = call_str(call, 0);
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    bool capitals = false; /* inside a run that began with a capital */
    uint32_t code = 0;
    bool started = false;
    while (rest.len > 0 && !started) {
        code = rune_next(&rest);
        started = !is_connector(code);
        if (!started)
            rune_add(&buf, code);
    }
    if (!started) {
        if (call_str(call, 0).len > 0)
            rune_add(&buf, code);
        return call_return_buf(call, &buf);
    }
    capitals = rune_is_upper(code);
    code = rune_upper(code);
    while (rest.len > 0) {
        uint32_t before = code;
        code = rune_next(&rest);
        if (is_connector(code) && is_connector(before)) {
            rune_add(&buf, before);
            continue;
        }
        if (is_connector(before)) {
            capitals = rune_is_upper(code);
            code = rune_upper(code);
            continue;
        }
        if (capitals && rune_is_upper(code))
            code = rune_lower(code);
        else
            capitals = false;
        rune_add(&buf, before);
    }
    rune_add(&buf, code);
    return call_return_buf(call, &buf);
}
