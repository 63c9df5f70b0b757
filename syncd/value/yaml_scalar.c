/* What an unquoted scalar means: the rules of go-yaml v2 (YAML 1.1) and v3, which Kubernetes' tools
 * and kustomize read with. */
#include "syncd/value/yaml_internal.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum hint { HINT_NONE, HINT_WORD, HINT_DOT, HINT_NUMBER };

static enum hint hint_of(str text)
{
    if (text.len == 0)
        return HINT_WORD;
    char c = text.ptr[0];
    if (c == '.')
        return HINT_DOT;
    if ((c >= '0' && c <= '9') || c == '+' || c == '-')
        return HINT_NUMBER;
    return memchr("yYnNtTfFoO~", c, 11) != NULL ? HINT_WORD : HINT_NONE;
}

bool scalar_may_resolve(str text)
{
    return hint_of(text) != HINT_NONE;
}

struct word {
    str text;
    struct scalar meaning;
    bool yaml11_only;
};

#define WORD_TRUE(text, only)  {STR_INIT(text), {.kind = SCALAR_BOOL, .truth = true}, only}
#define WORD_FALSE(text, only) {STR_INIT(text), {.kind = SCALAR_BOOL}, only}
#define WORD_NULL(text)        {STR_INIT(text), {.kind = SCALAR_NULL}, false}
#define WORD_REAL(text, value) {STR_INIT(text), {.kind = SCALAR_FLOAT, .real = value}, false}

static const struct word words[] = {
    WORD_NULL(""),
    WORD_NULL("~"),
    WORD_TRUE("y", true),
    WORD_TRUE("Y", true),
    WORD_FALSE("n", true),
    WORD_FALSE("N", true),
    WORD_TRUE("on", true),
    WORD_TRUE("On", true),
    WORD_TRUE("ON", true),
    WORD_FALSE("no", true),
    WORD_FALSE("No", true),
    WORD_FALSE("NO", true),
    WORD_TRUE("yes", true),
    WORD_TRUE("Yes", true),
    WORD_TRUE("YES", true),
    WORD_FALSE("off", true),
    WORD_FALSE("Off", true),
    WORD_FALSE("OFF", true),
    WORD_TRUE("true", false),
    WORD_TRUE("True", false),
    WORD_TRUE("TRUE", false),
    WORD_NULL("null"),
    WORD_NULL("Null"),
    WORD_NULL("NULL"),
    WORD_REAL(".nan", NAN),
    WORD_REAL(".NaN", NAN),
    WORD_REAL(".NAN", NAN),
    WORD_REAL(".inf", INFINITY),
    WORD_REAL(".Inf", INFINITY),
    WORD_REAL(".INF", INFINITY),
    WORD_FALSE("false", false),
    WORD_FALSE("False", false),
    WORD_FALSE("FALSE", false),
    WORD_REAL("+.inf", INFINITY),
    WORD_REAL("+.Inf", INFINITY),
    WORD_REAL("+.INF", INFINITY),
    WORD_REAL("-.inf", -INFINITY),
    WORD_REAL("-.Inf", -INFINITY),
    WORD_REAL("-.INF", -INFINITY),
};

static const struct word *find_word(str text, enum yaml_dialect dialect)
{
    if (text.len > 5)
        return NULL;
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_equal(words[i].text, text))
            return words[i].yaml11_only && dialect == YAML_KUSTOMIZE ? NULL : &words[i];
    }
    return NULL;
}

/* Digits of a base into a number; false on anything else, or when it does not fit. */
static bool digits_value(str digits, unsigned base, uint64_t *ret_number)
{
    uint64_t number = 0;
    if (digits.len == 0)
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        char c = digits.ptr[i];
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'z' ? (unsigned)(c - 'a') + 10
                         : c >= 'A' && c <= 'Z' ? (unsigned)(c - 'A') + 10
                                                : 99;
        if (digit >= base || __builtin_mul_overflow(number, base, &number) ||
            __builtin_add_overflow(number, digit, &number))
            return false;
    }
    *ret_number = number;
    return true;
}

/* A sign where `signs` allows one, then digits: an int64, or with no sign a uint64. */
static bool signed_value(str text, unsigned base, struct scalar *ret_scalar)
{
    bool negative = text.len > 0 && text.ptr[0] == '-';
    bool has_sign = negative || (text.len > 0 && text.ptr[0] == '+');
    uint64_t size = 0;
    if (!digits_value(str_skip(text, has_sign), base, &size))
        return false;
    if (size <= (uint64_t)INT64_MAX + negative) {
        ret_scalar->kind = SCALAR_INT;
        ret_scalar->integer = (int64_t)(negative ? 0 - size : size);
        return true;
    }
    if (has_sign)
        return false;
    ret_scalar->kind = SCALAR_UINT;
    ret_scalar->natural = size;
    return true;
}

/* An integer as Go reads one of base 0: 0x, 0b, 0o, a leading 0 for octal, else decimal. */
static bool integer_value(str text, struct scalar *ret_scalar)
{
    size_t sign = text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+');
    str rest = str_skip(text, sign);
    unsigned base = 10;
    size_t prefix = 0;
    if (rest.len > 1 && rest.ptr[0] == '0') {
        char c = (char)(rest.ptr[1] | 0x20);
        base = c == 'x' ? 16 : c == 'b' ? 2 : 8;
        prefix = c == 'x' || c == 'b' || c == 'o' ? 2 : 1;
    }
    str digits = str_skip(rest, prefix);
    if (sign == 0)
        return digits.len > 0 && digits.ptr[0] != '-' && digits.ptr[0] != '+' &&
               signed_value(digits, base, ret_scalar);
    char joined[80];
    if (digits.len == 0 || digits.len + 1 > sizeof joined || digits.ptr[0] == '-' ||
        digits.ptr[0] == '+')
        return false;
    joined[0] = text.ptr[0];
    memcpy(joined + 1, digits.ptr, digits.len);
    return signed_value(str_from(joined, digits.len + 1), base, ret_scalar);
}

/* What Go's integer reader refuses but go-yaml still takes: a sign behind 0b, and in v3 behind 0o.
 */
static bool odd_integer_value(str text, enum yaml_dialect dialect, struct scalar *ret_scalar)
{
    size_t sign = text.len > 0 && text.ptr[0] == '-';
    str rest = str_skip(text, sign);
    unsigned base = str_starts(rest, STR("0b"))                                ? 2
                    : dialect == YAML_KUSTOMIZE && str_starts(rest, STR("0o")) ? 8
                                                                               : 0;
    rest = str_skip(rest, 2);
    if (base == 0 || sign != 0) /* "-" and the rest would have two signs */
        return false;
    return signed_value(rest, base, ret_scalar);
}

static size_t digits_len(str text)
{
    size_t len = 0;
    while (len < text.len && text.ptr[len] >= '0' && text.ptr[len] <= '9')
        len++;
    return len;
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? */
static bool looks_real(str text)
{
    if (text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+'))
        text = str_skip(text, 1);
    size_t whole = digits_len(text);
    text = str_skip(text, whole);
    if (text.len > 0 && text.ptr[0] == '.') {
        size_t fraction = digits_len(str_skip(text, 1));
        if (whole == 0 && fraction == 0)
            return false;
        text = str_skip(text, fraction + 1);
    } else if (whole == 0) {
        return false;
    }
    if (text.len == 0)
        return true;
    if ((text.ptr[0] | 0x20) != 'e')
        return false;
    text = str_skip(text, 1);
    if (text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+'))
        text = str_skip(text, 1);
    return text.len > 0 && digits_len(text) == text.len;
}

static bool real_value(str text, struct scalar *ret_scalar)
{
    if (!looks_real(text))
        return false;
    double real = number_parse(text);
    if (isinf(real)) /* Go's reader says out of range, and the text stays a string */
        return false;
    ret_scalar->kind = SCALAR_FLOAT;
    ret_scalar->real = real;
    return true;
}

/* Underscores between two digits vanish; elsewhere (or with `anywhere`) see the callers. */
static bool strip_underscores(str text, bool anywhere, char *out, size_t size, str *ret_text)
{
    if (memchr(text.ptr, '_', text.len) == NULL) {
        *ret_text = text;
        return true;
    }
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '_') {
            if (len == size)
                return false;
            out[len++] = text.ptr[i];
            continue;
        }
        bool between = i > 0 && i + 1 < text.len && text.ptr[i - 1] >= '0' &&
                       text.ptr[i - 1] <= '9' && text.ptr[i + 1] >= '0' && text.ptr[i + 1] <= '9';
        if (!anywhere && !between)
            return false;
    }
    *ret_text = str_from(out, len);
    return true;
}

/* Plain decimal integers of up to 18 digits: nearly all numbers of manifests. */
static bool short_integer(str text, struct scalar *ret_scalar)
{
    bool negative = text.ptr[0] == '-';
    str digits = str_skip(text, negative);
    if (digits.len == 0 || digits.len > 18 || (digits.ptr[0] == '0' && text.len > 1))
        return false;
    int64_t number = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
            return false;
        number = number * 10 + (digits.ptr[i] - '0');
    }
    ret_scalar->kind = SCALAR_INT;
    ret_scalar->canonical = true;
    ret_scalar->integer = negative ? -number : number;
    return true;
}

static void resolve_number(str text, enum yaml_dialect dialect, struct scalar *ret_scalar)
{
    if (short_integer(text, ret_scalar))
        return;
    char json[64], stripped[256];
    if (scalar_is_timestamp(text, json)) {
        ret_scalar->kind = SCALAR_TIMESTAMP;
        return;
    }
    str plain;
    if (!strip_underscores(text, true, stripped, sizeof stripped, &plain))
        return;
    if (!integer_value(plain, ret_scalar) && !real_value(plain, ret_scalar))
        (void)odd_integer_value(plain, dialect, ret_scalar); /* else it stays a string */
}

struct scalar scalar_resolve(str text, enum yaml_dialect dialect)
{
    struct scalar scalar = {.kind = SCALAR_STRING};
    enum hint hint = hint_of(text);
    if (hint == HINT_NONE)
        return scalar;
    const struct word *word = find_word(text, dialect);
    if (word != NULL)
        return word->meaning;
    if (hint == HINT_NUMBER)
        resolve_number(text, dialect, &scalar);
    if (hint == HINT_DOT) {
        char stripped[256];
        str plain;
        if (strip_underscores(text, false, stripped, sizeof stripped, &plain))
            (void)real_value(plain, &scalar); /* else it stays a string */
    }
    return scalar;
}

static value number_value(str text, bool integer)
{
    return (value){.kind = VALUE_NUMBER,
                   .flags = integer ? VALUE_INTEGER : 0,
                   .len = (uint32_t)text.len,
                   .as.text = text.ptr};
}

/* The number as JSON prints it. False (E_NUM) for NaN and infinities. */
static bool canonical_number(str text, const struct scalar *scalar, struct arena *arena,
                             value *ret_value, struct error *err)
{
    switch (scalar->kind) {
    case SCALAR_INT:
        *ret_value =
            scalar->canonical ? number_value(text, true) : value_int(scalar->integer, arena);
        return true;
    case SCALAR_UINT: *ret_value = value_uint(scalar->natural, arena); return true;
    case SCALAR_FLOAT:
        if (isfinite(scalar->real)) {
            *ret_value = value_float(scalar->real, arena);
            return true;
        }
        break;
    case SCALAR_STRING:
    case SCALAR_NULL:
    case SCALAR_BOOL:
    case SCALAR_TIMESTAMP: break;
    }
    return error_rule(err, ERROR_INPUT, "E_NUM", "%.*s has no form in JSON; quote it if it is text",
                      STR_ARG(text));
}

/* Keeps the text as written and says so, where canonical text would differ. */
static value raw_number(str text, const struct scalar *scalar, value canonical)
{
    if (str_equal(value_number_text(canonical), text))
        return canonical;
    value raw = number_value(text, scalar->kind != SCALAR_FLOAT);
    raw.flags |= VALUE_RAW;
    return raw;
}

bool scalar_to_value(str text, enum yaml_dialect dialect, struct arena *arena, value *ret_value,
                     struct error *err)
{
    struct scalar scalar = scalar_resolve(text, dialect);
    switch (scalar.kind) {
    case SCALAR_STRING: *ret_value = value_string(text); return true;
    case SCALAR_NULL:
        *ret_value = value_null();
        if (dialect == YAML_KUSTOMIZE) {
            ret_value->len = (uint32_t)text.len;
            ret_value->as.text = text.ptr;
        }
        return true;
    case SCALAR_BOOL: *ret_value = value_bool(scalar.truth); return true;
    case SCALAR_INT:
    case SCALAR_UINT:
    case SCALAR_FLOAT:
        if (!canonical_number(text, &scalar, arena, ret_value, err))
            return false;
        if (dialect == YAML_KUSTOMIZE)
            *ret_value = raw_number(text, &scalar, *ret_value);
        return true;
    case SCALAR_TIMESTAMP:
        *ret_value = value_string(text);
        ret_value->flags = dialect == YAML_KUSTOMIZE ? VALUE_RAW : 0;
        return true;
    }
    return true;
}

bool yaml_scalar(str text, enum yaml_dialect dialect, struct arena *arena, value *ret_value,
                 struct error *err)
{
    return scalar_to_value(text, dialect, arena, ret_value, err);
}

bool yaml_scalar_is_string(str text, enum yaml_dialect dialect)
{
    return !scalar_may_resolve(text) ||
           (scalar_resolve(text, dialect).kind == SCALAR_STRING && !str_equal(text, STR("<<")));
}

value yaml_canonical(value scalar, struct arena *arena)
{
    str text = str_from(scalar.as.text, scalar.len);
    char json[64];
    struct error ignored = ERROR_INIT; /* what the reader let through is finite */
    value canonical = scalar;
    if ((scalar.flags & VALUE_RAW) == 0)
        return scalar;
    if (scalar.kind == VALUE_NUMBER) {
        struct scalar number = scalar_resolve(text, YAML_KUSTOMIZE);
        (void)canonical_number(text, &number, arena, &canonical, &ignored);
    } else if (scalar_is_timestamp(text, json)) {
        canonical = value_string(arena_str(arena, str_z(json)));
    }
    canonical.flags &= ~(unsigned)VALUE_RAW & 0x1fu;
    canonical.line = scalar.line;
    return canonical;
}

/* As sigs.k8s.io/yaml does it: through a 32-bit float. */
static str key_of_real(double number, struct arena *arena)
{
    float real = (float)number;
    if (isnan(real))
        return STR(".nan");
    if (isinf(real))
        return real > 0 ? STR(".inf") : STR("-.inf");
    char text[NUMBER_MAX];
    return arena_str(arena, str_from(text, number_print_general((double)real, 32, text)));
}

bool scalar_to_key(str text, enum yaml_dialect dialect, bool nested, struct arena *arena,
                   str *ret_key, struct error *err)
{
    *ret_key = text;
    if (!scalar_may_resolve(text))
        return true;
    struct scalar scalar = scalar_resolve(text, dialect);
    if (scalar.kind == SCALAR_STRING)
        return true;
    if (dialect == YAML_KUSTOMIZE && nested && scalar.kind != SCALAR_NULL)
        return error_rule(err, ERROR_INPUT, "E_YAML_KEY", "the key %.*s is not a string: quote it",
                          STR_ARG(text));
    if (dialect == YAML_KUSTOMIZE && scalar.kind != SCALAR_NULL)
        return true;
    switch (scalar.kind) {
    case SCALAR_STRING:
    case SCALAR_TIMESTAMP: return true;
    case SCALAR_BOOL: *ret_key = scalar.truth ? STR("true") : STR("false"); return true;
    case SCALAR_INT:
        if (!scalar.canonical)
            *ret_key = arena_printf(arena, "%lld", (long long)scalar.integer);
        return true;
    case SCALAR_FLOAT: *ret_key = key_of_real(scalar.real, arena); return true;
    case SCALAR_NULL:
    case SCALAR_UINT: break;
    }
    return error_rule(err, ERROR_INPUT, "E_YAML_KEY", "the key \"%.*s\" is %s: quote it",
                      STR_ARG(text), scalar.kind == SCALAR_NULL ? "null" : "too big a number");
}
