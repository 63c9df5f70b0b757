#include "render/template/node.h"
#include "render/template/runes.h"

struct lexer {
    str text;
    size_t pos;
    uint32_t line;
    int parens;
    struct arena *arena;
    struct token_list *out;
};

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static str rest(const struct lexer *lexer)
{
    return str_skip(lexer->text, lexer->pos);
}

static int peek(const struct lexer *lexer)
{
    return lexer->pos < lexer->text.len ? (unsigned char)lexer->text.ptr[lexer->pos] : -1;
}

static void count_lines(struct lexer *lexer, size_t from, size_t to)
{
    const char *at = lexer->text.ptr + from;
    const char *end = lexer->text.ptr + to;
    while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        lexer->line++;
        at++;
    }
}

/* Emits what stands between `start` and the current position. */
static void emit(struct lexer *lexer, enum token_kind kind, size_t start)
{
    VEC_PUSH(lexer->arena, &lexer->out->tokens,
             (struct token){.kind = kind,
                            .pos = (uint32_t)start,
                            .line = lexer->line,
                            .text = str_slice(lexer->text, start, lexer->pos - start)});
    count_lines(lexer, start, lexer->pos);
}

static bool fail(struct lexer *lexer, size_t start, str message)
{
    VEC_PUSH(
        lexer->arena, &lexer->out->tokens,
        (struct token){
            .kind = TOKEN_ERROR, .pos = (uint32_t)start, .line = lexer->line, .text = message});
    return false;
}

static bool right_delimiter(const struct lexer *lexer, bool *ret_trim)
{
    str s = rest(lexer);
    *ret_trim =
        s.len >= 4 && is_space(s.ptr[0]) && s.ptr[1] == '-' && s.ptr[2] == '}' && s.ptr[3] == '}';
    return *ret_trim || str_starts(s, STR("}}"));
}

static void skip_space(struct lexer *lexer)
{
    size_t start = lexer->pos;
    while (lexer->pos < lexer->text.len && is_space(lexer->text.ptr[lexer->pos]))
        lexer->pos++;
    count_lines(lexer, start, lexer->pos);
}

static bool lex_comment(struct lexer *lexer, size_t start)
{
    lexer->pos += 2;
    size_t end = str_find(rest(lexer), STR("*/"));
    if (end == SIZE_MAX)
        return fail(lexer, start, STR("unclosed comment"));
    lexer->pos += end + 2;
    bool trim;
    if (!right_delimiter(lexer, &trim))
        return fail(lexer, start, STR("comment ends before closing delimiter"));
    count_lines(lexer, start, lexer->pos);
    size_t from = lexer->pos;
    lexer->pos += trim ? 4 : 2;
    count_lines(lexer, from, lexer->pos);
    if (trim)
        skip_space(lexer);
    return true;
}

static str rune_text(struct lexer *lexer)
{
    uint32_t code = 0;
    str s = rest(lexer);
    size_t len = str_decode_utf8(s, &code);
    if (len == 0)
        return s.len == 0 ? STR("U+FFFFFFFFFFFFFFFF") : STR("U+FFFD '\xEF\xBF\xBD'");
    return arena_printf(lexer->arena, "U+%04X '%.*s'", code, (int)len, s.ptr);
}

/* What may follow an identifier, a field or a variable. */
static bool at_terminator(const struct lexer *lexer)
{
    int byte = peek(lexer);
    if (byte < 0 || is_space((char)byte))
        return true;
    return strchr(".,|:)(", byte) != NULL || str_starts(rest(lexer), STR("}}"));
}

static size_t alphanumeric(const struct lexer *lexer)
{
    str s = rest(lexer);
    if (s.len == 0)
        return 0;
    if ((unsigned char)s.ptr[0] < 128) {
        unsigned char c = (unsigned char)s.ptr[0];
        return c == '_' || rune_is_letter(c) || rune_is_digit(c) ? 1 : 0;
    }
    uint32_t code;
    size_t len = str_decode_utf8(s, &code);
    return len != 0 && (rune_is_letter(code) || rune_is_digit(code)) ? len : 0;
}

static bool lex_word(struct lexer *lexer, size_t start, enum token_kind kind)
{
    for (size_t len; (len = alphanumeric(lexer)) != 0;)
        lexer->pos += len;
    if (!at_terminator(lexer))
        return fail(lexer, start,
                    arena_concat(lexer->arena, STR("bad character "), rune_text(lexer), STR("")));
    emit(lexer, kind, start);
    return true;
}

static enum token_kind word_kind(str word)
{
    static const struct {
        const char *word;
        enum token_kind kind;
    } keywords[] = {
        {"block", TOKEN_BLOCK},       {"break", TOKEN_BREAK}, {"continue", TOKEN_CONTINUE},
        {"define", TOKEN_DEFINE},     {"else", TOKEN_ELSE},   {"end", TOKEN_END},
        {"false", TOKEN_BOOL},        {"if", TOKEN_IF},       {"nil", TOKEN_NIL},
        {"range", TOKEN_RANGE},       {"true", TOKEN_BOOL},   {"with", TOKEN_WITH},
        {"template", TOKEN_TEMPLATE},
    };
    for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
        if (str_equal(word, str_z(keywords[i].word)))
            return keywords[i].kind;
    return TOKEN_IDENTIFIER;
}

static bool accept(struct lexer *lexer, const char *bytes)
{
    int byte = peek(lexer);
    if (byte <= 0 || strchr(bytes, byte) == NULL)
        return false;
    lexer->pos++;
    return true;
}

static bool scan_number(struct lexer *lexer)
{
    (void)accept(lexer, "+-");
    const char *digits = "0123456789_";
    bool hex = false;
    bool decimal = true;
    if (accept(lexer, "0")) {
        if (accept(lexer, "xX")) {
            digits = "0123456789abcdefABCDEF_";
            hex = true;
            decimal = false;
        } else if (accept(lexer, "oO")) {
            digits = "01234567_";
            decimal = false;
        } else if (accept(lexer, "bB")) {
            digits = "01_";
            decimal = false;
        }
    }
    while (accept(lexer, digits)) {
    }
    if (accept(lexer, "."))
        while (accept(lexer, digits)) {
        }
    if ((decimal && accept(lexer, "eE")) || (hex && accept(lexer, "pP"))) {
        (void)accept(lexer, "+-");
        while (accept(lexer, "0123456789_")) {
        }
    }
    (void)accept(lexer, "i");
    size_t len = alphanumeric(lexer);
    lexer->pos += len;
    return len == 0;
}

static bool lex_number(struct lexer *lexer, size_t start)
{
    lexer->pos = start;
    bool good = scan_number(lexer);
    enum token_kind kind = TOKEN_NUMBER;
    if (good && (peek(lexer) == '+' || peek(lexer) == '-')) {
        good = scan_number(lexer) && lexer->text.ptr[lexer->pos - 1] == 'i';
        kind = TOKEN_COMPLEX;
    }
    if (!good)
        return fail(lexer, start,
                    arena_printf(lexer->arena, "bad number syntax: \"%.*s\"",
                                 STR_ARG(str_slice(lexer->text, start, lexer->pos - start))));
    emit(lexer, kind, start);
    return true;
}

/* "…", '…' and `…`; the opening quote has been read. */
static bool lex_quoted(struct lexer *lexer, size_t start, char quote)
{
    static const struct {
        char quote;
        enum token_kind kind;
        const char *error;
    } kinds[] = {
        {'"', TOKEN_STRING, "unterminated quoted string"},
        {'\'', TOKEN_CHAR_CONSTANT, "unterminated character constant"},
        {'`', TOKEN_RAW_STRING, "unterminated raw quoted string"},
    };
    size_t row = quote == '"' ? 0 : quote == '\'' ? 1 : 2;
    for (;;) {
        int byte = peek(lexer);
        lexer->pos++;
        if (byte == '\\' && quote != '`') {
            byte = peek(lexer);
            lexer->pos++;
            if (byte >= 0 && byte != '\n')
                continue;
        }
        if (byte < 0 || (byte == '\n' && quote != '`'))
            return fail(lexer, start, str_z(kinds[row].error));
        if (byte == quote)
            break;
    }
    emit(lexer, kinds[row].kind, start);
    return true;
}

/* White space inside an action; leaves the one that belongs to a trim marker. */
static void lex_spaces(struct lexer *lexer, size_t start)
{
    while (lexer->pos < lexer->text.len && is_space(lexer->text.ptr[lexer->pos]))
        lexer->pos++;
    str s = rest(lexer);
    if (str_starts(s, STR("-}}")))
        lexer->pos--;
    if (lexer->pos > start)
        emit(lexer, TOKEN_SPACE, start);
}

static bool lex_symbol(struct lexer *lexer, size_t start, int byte)
{
    switch (byte) {
    case '=': emit(lexer, TOKEN_ASSIGN, start); return true;
    case ':':
        if (!accept(lexer, "="))
            return fail(lexer, start, STR("expected :="));
        emit(lexer, TOKEN_DECLARE, start);
        return true;
    case '|': emit(lexer, TOKEN_PIPE, start); return true;
    case '(':
        lexer->parens++;
        emit(lexer, TOKEN_LEFT_PAREN, start);
        return true;
    case ')':
        if (--lexer->parens < 0)
            return fail(lexer, start, STR("unexpected right paren"));
        emit(lexer, TOKEN_RIGHT_PAREN, start);
        return true;
    default: break;
    }
    if (byte > ' ' && byte < 127) {
        emit(lexer, TOKEN_CHAR, start);
        return true;
    }
    lexer->pos = start;
    return fail(lexer, start,
                arena_concat(lexer->arena, STR("unrecognized character in action: "),
                             rune_text(lexer), STR("")));
}

static bool lex_token(struct lexer *lexer)
{
    size_t start = lexer->pos;
    int byte = peek(lexer);
    if (byte < 0)
        return fail(lexer, start, STR("unclosed action"));
    if (is_space((char)byte)) {
        lex_spaces(lexer, start);
        return true;
    }
    if (alphanumeric(lexer) != 0 && !(byte >= '0' && byte <= '9')) {
        size_t count = lexer->out->tokens.len;
        if (!lex_word(lexer, start, TOKEN_IDENTIFIER))
            return false;
        struct token *token = &lexer->out->tokens.items[count];
        token->kind = word_kind(token->text);
        return true;
    }
    lexer->pos++;
    if (byte == '"' || byte == '\'' || byte == '`')
        return lex_quoted(lexer, start, (char)byte);
    if (byte == '$' || byte == '.') {
        int next = peek(lexer);
        if (byte == '.' && next >= '0' && next <= '9')
            return lex_number(lexer, start);
        if (at_terminator(lexer)) {
            emit(lexer, byte == '$' ? TOKEN_VARIABLE : TOKEN_DOT, start);
            return true;
        }
        return lex_word(lexer, start, byte == '$' ? TOKEN_VARIABLE : TOKEN_FIELD);
    }
    if (byte == '+' || byte == '-' || (byte >= '0' && byte <= '9'))
        return lex_number(lexer, start);
    return lex_symbol(lexer, start, byte);
}

/* From behind {{ to behind }}. */
static bool lex_action(struct lexer *lexer)
{
    lexer->parens = 0;
    for (;;) {
        bool trim;
        if (!right_delimiter(lexer, &trim)) {
            if (!lex_token(lexer))
                return false;
            continue;
        }
        if (lexer->parens != 0)
            return fail(lexer, lexer->pos, STR("unclosed left paren"));
        if (trim) {
            count_lines(lexer, lexer->pos, lexer->pos + 2);
            lexer->pos += 2;
        }
        size_t start = lexer->pos;
        lexer->pos += 2;
        emit(lexer, TOKEN_RIGHT, start);
        if (trim)
            skip_space(lexer);
        return true;
    }
}

/* Text up to the next {{ or the end. False at the end. */
static bool lex_plain(struct lexer *lexer)
{
    size_t start = lexer->pos;
    size_t found = str_find(rest(lexer), STR("{{"));
    size_t end = found == SIZE_MAX ? lexer->text.len : start + found;
    bool trim = end + 4 <= lexer->text.len && lexer->text.ptr[end + 2] == '-' &&
                is_space(lexer->text.ptr[end + 3]);
    size_t stop = end;
    while (trim && stop > start && is_space(lexer->text.ptr[stop - 1]))
        stop--;
    lexer->pos = stop;
    if (stop > start)
        emit(lexer, TOKEN_TEXT, start);
    count_lines(lexer, stop, end);
    lexer->pos = end;
    if (found == SIZE_MAX)
        return false;
    size_t after = end + 2 + (trim ? 2 : 0);
    if (str_starts(str_skip(lexer->text, after), STR("/*"))) {
        count_lines(lexer, end, after);
        lexer->pos = after;
        return lex_comment(lexer, after);
    }
    lexer->pos = end + 2;
    emit(lexer, TOKEN_LEFT, end);
    count_lines(lexer, end + 2, after);
    lexer->pos = after;
    return lex_action(lexer);
}

void lex_template(str text, struct arena *arena, struct token_list *ret_tokens)
{
    *ret_tokens = (struct token_list){0};
    struct lexer lexer = {.text = text, .line = 1, .arena = arena, .out = ret_tokens};
    while (lex_plain(&lexer)) {
    }
    if (ret_tokens->tokens.len == 0 || VEC_LAST(&ret_tokens->tokens).kind != TOKEN_ERROR)
        VEC_PUSH(arena, &ret_tokens->tokens,
                 (struct token){.kind = TOKEN_EOF,
                                .pos = (uint32_t)text.len,
                                .line = lexer.line,
                                .text = STR("EOF")});
}
