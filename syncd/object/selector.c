#include "syncd/object/selector.h"

#include "syncd/object/object.h"

#include <stdlib.h>

struct selector {
    VEC(struct selector_term) terms;
};

/* The words of a label selector. A keyword is a name where a name may stand. */
enum token { TOKEN_END, TOKEN_NAME, TOKEN_SYMBOL, TOKEN_BAD };

struct lexer {
    str text;
    size_t at;
    enum token token;
    str word;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_symbol(char c)
{
    return c != '\0' && strchr("=!(),<>", c) != NULL;
}

static void next(struct lexer *lexer)
{
    str text = lexer->text;
    while (lexer->at < text.len && is_space(text.ptr[lexer->at]))
        lexer->at++;
    size_t from = lexer->at, to = from;
    if (from == text.len || text.ptr[from] == '\0') {
        lexer->token = TOKEN_END;
        lexer->word = (str){0};
        return;
    }
    if (is_symbol(text.ptr[from])) {
        to++;
        char first = text.ptr[from];
        if ((first == '=' || first == '!') && to < text.len && text.ptr[to] == '=')
            to++;
        lexer->token = TOKEN_SYMBOL;
    } else {
        while (to < text.len && text.ptr[to] != '\0' && !is_space(text.ptr[to]) &&
               !is_symbol(text.ptr[to]))
            to++;
        lexer->token = TOKEN_NAME;
    }
    lexer->at = to;
    lexer->word = str_slice(text, from, to - from);
}

static bool at_symbol(const struct lexer *lexer, const char *symbol)
{
    return lexer->token == TOKEN_SYMBOL && str_equal(lexer->word, str_z(symbol));
}

/* `expected` is all that follows the word that was found. */
static bool refuse(struct error *err, const struct lexer *lexer, const char *expected)
{
    return error_rule(err, ERROR_INPUT, "E_SELECTOR", "found '%.*s'%s", STR_ARG(lexer->word),
                      expected);
}

#define NAME_RULE                                                                                  \
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "    \
    "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "         \
    "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
#define VALUE_RULE                                                                                 \
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "    \
    "'.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',"  \
    "  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
#define PREFIX_RULE                                                                                \
    "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric "          \
    "characters, '-' or '.', and must start and end with an alphanumeric character (e.g. "         \
    "'example.com', regex used for validation is "                                                 \
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"

#define LABEL_MAX 63

/* The shape of a label value, however long it is. */
static bool has_label_shape(str text)
{
    if (text.len == 0)
        return true;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i], lower = (char)(c | 0x20);
        bool outer = i == 0 || i + 1 == text.len;
        if (!(lower >= 'a' && lower <= 'z') && !(c >= '0' && c <= '9') &&
            (outer || (c != '-' && c != '_' && c != '.')))
            return false;
    }
    return true;
}

/* All that is wrong with a key, as the server says it. */
static bool refuse_key(str key, struct error *err)
{
    size_t slash = str_index(key, '/');
    str name = slash != SIZE_MAX ? str_skip(key, slash + 1) : key;
    const char *prefix = "", *length = "", *rule = "";
    if (str_index(name, '/') != SIZE_MAX)
        return error_rule(err, ERROR_INPUT, "E_SELECTOR",
                          "<nil>: Invalid value: \"%.*s\": a valid label key " NAME_RULE
                          " with an optional DNS subdomain prefix and '/' (e.g. "
                          "'example.com/MyName')",
                          STR_ARG(key));
    if (slash == 0)
        prefix = "prefix part must be non-empty";
    else if (slash != SIZE_MAX && !name_is_dns_subdomain(str_slice(key, 0, slash)))
        prefix = PREFIX_RULE;
    if (name.len == 0)
        length = "name part must be non-empty";
    else if (name.len > LABEL_MAX)
        length = "name part must be no more than 63 bytes";
    if (name.len == 0 || !has_label_shape(name))
        rule = "name part " NAME_RULE;
    return error_rule(err, ERROR_INPUT, "E_SELECTOR", "<nil>: Invalid value: \"%.*s\": %s%s%s%s%s",
                      STR_ARG(key), prefix, *prefix != '\0' && *length != '\0' ? "; " : "", length,
                      (*prefix != '\0' || *length != '\0') && *rule != '\0' ? "; " : "", rule);
}

static bool check_key(str key, struct error *err)
{
    return name_is_qualified(key) || refuse_key(key, err);
}

static int compare_texts(const void *a, const void *b)
{
    const str *left = a, *right = b;
    return str_compare(*left, *right);
}

/* Values are a set: sorted, each once. */
static void sort_values(str *values, size_t *count)
{
    size_t kept = 0;
    if (*count != 0)
        qsort(values, *count, sizeof(*values), compare_texts);
    for (size_t i = 0; i < *count; i++) {
        if (kept == 0 || !str_equal(values[kept - 1], values[i]))
            values[kept++] = values[i];
    }
    *count = kept;
}

/* Checks what the server checks of values, integers where they are compared. */
static bool check_values(const struct selector_term *term, struct error *err)
{
    bool compares = term->relation == SELECT_GREATER || term->relation == SELECT_LESS;
    for (size_t i = 0; i < term->value_count; i++) {
        str text = term->values[i];
        int64_t number;
        if (compares && !str_to_i64(text, &number))
            return error_rule(err, ERROR_INPUT, "E_SELECTOR",
                              "values[%zu]: Invalid value: \"%.*s\": for 'Gt', 'Lt' operators, the "
                              "value must be an integer",
                              i, STR_ARG(text));
        if (!name_is_label_value(text))
            return error_rule(err, ERROR_INPUT, "E_SELECTOR",
                              "values[%zu][%.*s]: Invalid value: \"%.*s\": %s%s%s", i,
                              STR_ARG(term->key), STR_ARG(text),
                              text.len > LABEL_MAX ? "must be no more than 63 bytes" : "",
                              text.len > LABEL_MAX && !has_label_shape(text) ? "; " : "",
                              has_label_shape(text) ? "" : VALUE_RULE);
    }
    return true;
}

/* "(a,b)": an empty place between commas is the empty value. */
static bool read_values(struct lexer *lexer, struct arena *arena, struct selector_term *term,
                        struct error *err)
{
    if (!at_symbol(lexer, "("))
        return refuse(err, lexer, " expected: '('");
    VEC(str) values = {0};
    bool wanted = true, seen = false;
    for (next(lexer); !at_symbol(lexer, ")"); next(lexer)) {
        if (at_symbol(lexer, ",")) {
            if (wanted)
                VEC_PUSH(arena, &values, STR(""));
            wanted = seen = true;
        } else if (lexer->token == TOKEN_NAME && wanted) {
            VEC_PUSH(arena, &values, lexer->word);
            wanted = false;
        } else {
            return refuse(err, lexer,
                          wanted ? (seen ? ", expected: ',', or identifier"
                                         : ", expected: ',', ')' or identifier")
                                 : ", expected: ',' or ')'");
        }
    }
    if (wanted)
        VEC_PUSH(arena, &values, STR(""));
    next(lexer);
    sort_values(values.items, &values.len);
    term->values = values.items;
    term->value_count = values.len;
    return true;
}

static bool read_value(struct lexer *lexer, struct arena *arena, struct selector_term *term,
                       struct error *err)
{
    str *text = ARENA_NEW(arena, str);
    *text = STR("");
    if (lexer->token == TOKEN_NAME) {
        *text = lexer->word;
        next(lexer);
    } else if (lexer->token != TOKEN_END && !at_symbol(lexer, ",")) {
        return refuse(err, lexer, ", expected: identifier");
    }
    term->values = text;
    term->value_count = 1;
    return true;
}

static const struct {
    const char *word;
    enum selector_operator relation;
    bool set; /* takes "(a,b)" */
} operators[] = {
    {"=", SELECT_IN, false},        {"==", SELECT_IN, false},  {"!=", SELECT_NOT_IN, false},
    {">", SELECT_GREATER, false},   {"<", SELECT_LESS, false}, {"in", SELECT_IN, true},
    {"notin", SELECT_NOT_IN, true},
};

static bool read_operator(struct lexer *lexer, struct arena *arena, struct selector_term *term,
                          struct error *err)
{
    for (size_t i = 0; i < ARRAY_LEN(operators); i++) {
        if (!str_equal(lexer->word, str_z(operators[i].word)))
            continue;
        term->relation = operators[i].relation;
        next(lexer);
        return operators[i].set ? read_values(lexer, arena, term, err)
                                : read_value(lexer, arena, term, err);
    }
    return refuse(err, lexer, ", expected: in, notin, =, ==, !=, gt, lt");
}

static bool read_term(struct lexer *lexer, struct arena *arena, struct selector_term *term,
                      struct error *err)
{
    bool missing = at_symbol(lexer, "!");
    if (missing)
        next(lexer);
    if (lexer->token != TOKEN_NAME)
        return refuse(err, lexer, ", expected: identifier");
    *term = (struct selector_term){.key = lexer->word,
                                   .relation = missing ? SELECT_MISSING : SELECT_EXISTS};
    if (!check_key(term->key, err))
        return false;
    next(lexer);
    if (missing || lexer->token == TOKEN_END || at_symbol(lexer, ","))
        return true;
    return read_operator(lexer, arena, term, err);
}

bool selector_parse(str text, struct arena *arena, const struct selector **ret_selector,
                    struct error *err)
{
    struct selector *selector = ARENA_NEW(arena, struct selector);
    struct lexer lexer = {.text = text};
    for (next(&lexer); lexer.token != TOKEN_END;) {
        struct selector_term term;
        bool begins = lexer.token == TOKEN_NAME || at_symbol(&lexer, "!");
        if (!begins)
            return refuse(err, &lexer,
                          selector->terms.len == 0 ? ", expected: !, identifier, or 'end of string'"
                                                   : ", expected: identifier after ','");
        if (!read_term(&lexer, arena, &term, err) || !check_values(&term, err))
            return error_wrap(err, "unable to parse requirement");
        VEC_PUSH(arena, &selector->terms, term);
        if (lexer.token == TOKEN_END)
            break;
        if (!at_symbol(&lexer, ","))
            return refuse(err, &lexer, ", expected: ',' or 'end of string'");
        next(&lexer);
        if (lexer.token == TOKEN_END)
            return refuse(err, &lexer, ", expected: identifier after ','");
    }
    *ret_selector = selector;
    return true;
}

/* Cuts a field selector's term off at the first comma that is not escaped. */
static str cut_term(str *rest)
{
    size_t at = 0;
    while (at < rest->len && rest->ptr[at] != ',')
        at += rest->ptr[at] == '\\' ? 2 : 1;
    str term = str_slice(*rest, 0, at);
    *rest = str_skip(*rest, at + 1);
    return term;
}

/* Backslashes before `\`, `,` and `=` go; others, and bare commas and signs, are mistakes. */
static bool unescape(str text, struct arena *arena, str *ret_text, struct error *err)
{
    char *out = arena_alloc_bytes(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\\') {
            if (++i == text.len || strchr("\\,=", text.ptr[i]) == NULL)
                return error_rule(err, ERROR_INPUT, "E_SELECTOR",
                                  "invalid field selector: invalid escape sequence");
        } else if (text.ptr[i] == '=') {
            return error_rule(err, ERROR_INPUT, "E_SELECTOR",
                              "invalid field selector: unescaped '=' in value");
        }
        out[len++] = text.ptr[i];
    }
    *ret_text = str_from(out, len);
    return true;
}

static bool read_field_term(str text, struct arena *arena, struct selector_term *term,
                            struct error *err)
{
    size_t sign = str_index(text, '=');
    if (sign == SIZE_MAX)
        return error_rule(err, ERROR_INPUT, "E_SELECTOR",
                          "invalid selector: '%.*s'; can't understand '%.*s'", STR_ARG(text),
                          STR_ARG(text));
    bool negated = sign != 0 && text.ptr[sign - 1] == '!';
    bool doubled = !negated && sign + 1 < text.len && text.ptr[sign + 1] == '=';
    str *wanted = ARENA_NEW(arena, str);
    if (!unescape(str_skip(text, sign + 1 + doubled), arena, wanted, err))
        return false;
    *term = (struct selector_term){.key = str_slice(text, 0, sign - negated),
                                   .relation = negated ? SELECT_NOT_IN : SELECT_IN,
                                   .values = wanted,
                                   .value_count = 1};
    return true;
}

bool selector_parse_fields(str text, struct arena *arena, const struct selector **ret_selector,
                           struct error *err)
{
    struct selector *selector = ARENA_NEW(arena, struct selector);
    while (text.len != 0) {
        str piece = cut_term(&text);
        struct selector_term term;
        if (piece.len == 0)
            continue;
        if (!read_field_term(piece, arena, &term, err))
            return false;
        VEC_PUSH(arena, &selector->terms, term);
    }
    *ret_selector = selector;
    return true;
}

static bool add_labels(struct selector *selector, value labels, struct arena *arena,
                       struct error *err)
{
    for (size_t i = 0; value_is(labels, VALUE_OBJECT) && i < labels.len; i++) {
        const struct member *label = value_member(labels, i);
        str *wanted = ARENA_NEW(arena, str);
        *wanted = value_str(label->val);
        struct selector_term term = {.key = label->key, .values = wanted, .value_count = 1};
        if (!check_key(term.key, err) || !check_values(&term, err))
            return false;
        VEC_PUSH(arena, &selector->terms, term);
    }
    return true;
}

static const struct {
    const char *name;
    enum selector_operator relation;
    bool takes_values;
} expression_operators[] = {
    {"In", SELECT_IN, true},
    {"NotIn", SELECT_NOT_IN, true},
    {"Exists", SELECT_EXISTS, false},
    {"DoesNotExist", SELECT_MISSING, false},
};

static bool read_expression(value expression, struct arena *arena, struct selector_term *term,
                            struct error *err)
{
    str name = value_str(value_get(expression, STR("operator")));
    value values = value_get(expression, STR("values"));
    size_t row = 0;
    while (row < ARRAY_LEN(expression_operators) &&
           !str_equal(name, str_z(expression_operators[row].name)))
        row++;
    if (row == ARRAY_LEN(expression_operators))
        return error_rule(err, ERROR_INPUT, "E_SELECTOR",
                          "\"%.*s\" is not a valid label selector operator", STR_ARG(name));
    bool takes_values = expression_operators[row].takes_values;
    if (takes_values != (value_len(values) != 0))
        return error_rule(err, ERROR_INPUT, "E_SELECTOR",
                          takes_values ? "for 'in', 'notin' operators, values set can't be empty"
                                       : "values set must be empty for exists and does not exist");
    str *wanted = ARENA_ARRAY(arena, str, value_len(values));
    for (size_t i = 0; i < value_len(values); i++)
        wanted[i] = value_str(value_item(values, i));
    *term = (struct selector_term){.key = value_str(value_get(expression, STR("key"))),
                                   .relation = expression_operators[row].relation,
                                   .values = wanted,
                                   .value_count = value_len(values)};
    return check_key(term->key, err) && check_values(term, err);
}

bool selector_from_value(value label_selector, struct arena *arena,
                         const struct selector **ret_selector, struct error *err)
{
    struct selector *selector = ARENA_NEW(arena, struct selector);
    if (!add_labels(selector, value_get(label_selector, STR("matchLabels")), arena, err))
        return false;
    value expressions = value_get(label_selector, STR("matchExpressions"));
    for (size_t i = 0; value_is(expressions, VALUE_ARRAY) && i < expressions.len; i++) {
        struct selector_term term;
        if (!read_expression(value_item(expressions, i), arena, &term, err))
            return false;
        VEC_PUSH(arena, &selector->terms, term);
    }
    *ret_selector = selector;
    return true;
}

static bool is_one_of(str text, const struct selector_term *term)
{
    for (size_t i = 0; i < term->value_count; i++) {
        if (str_equal(text, term->values[i]))
            return true;
    }
    return false;
}

static bool term_holds(const struct selector_term *term, value labels)
{
    value label = value_get(labels, term->key);
    bool there = value_present(label);
    int64_t have, limit;
    switch (term->relation) {
    case SELECT_IN: return there && is_one_of(value_str(label), term);
    case SELECT_NOT_IN: return !there || !is_one_of(value_str(label), term);
    case SELECT_EXISTS: return there;
    case SELECT_MISSING: return !there;
    case SELECT_GREATER:
    case SELECT_LESS:
        return there && str_to_i64(value_str(label), &have) &&
               str_to_i64(term->values[0], &limit) &&
               (term->relation == SELECT_GREATER ? have > limit : have < limit);
    }
    return false;
}

bool selector_matches(const struct selector *selector, value labels)
{
    for (size_t i = 0; i < selector->terms.len; i++) {
        if (!term_holds(&selector->terms.items[i], labels))
            return false;
    }
    return true;
}

const struct selector_term *selector_terms(const struct selector *selector, size_t *ret_count)
{
    *ret_count = selector->terms.len;
    return selector->terms.items;
}
