#include "render/template/semver.h"

#include "render/template/print.h"

#include "syncd/base/vec.h"

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_word(char byte)
{
    return is_digit(byte) || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           byte == '-';
}

/* Dot-separated words; the length, 0 when none stands here. */
static size_t words_length(str text)
{
    size_t end = 0;
    size_t at = 0;
    for (;;) {
        size_t start = at;
        while (at < text.len && is_word(text.ptr[at]))
            at++;
        if (at == start)
            return end;
        end = at;
        if (at >= text.len || text.ptr[at] != '.')
            return end;
        at++;
    }
}

/* One word at a time: numbers by value, numbers before names. */
static int compare_word(str a, str b)
{
    uint64_t x;
    uint64_t y;
    bool a_number = str_to_u64(a, &x);
    bool b_number = str_to_u64(b, &y);
    if (a_number && b_number)
        return (x > y) - (x < y);
    if (a_number != b_number)
        return a_number ? -1 : 1;
    return str_compare(a, b);
}

static int compare_prerelease(str a, str b)
{
    if (str_equal(a, b))
        return 0;
    if (a.len == 0 || b.len == 0)
        return a.len == 0 ? 1 : -1;
    for (;;) {
        str x = {0};
        str y = {0};
        bool more_a = str_cut(&a, '.', &x);
        bool more_b = str_cut(&b, '.', &y);
        if (!more_a || !more_b)
            return more_a - more_b;
        int order = compare_word(x, y);
        if (order != 0)
            return order < 0 ? -1 : 1;
    }
}

int semver_compare(const struct semver *a, const struct semver *b)
{
    if (a->major != b->major)
        return a->major < b->major ? -1 : 1;
    if (a->minor != b->minor)
        return a->minor < b->minor ? -1 : 1;
    if (a->patch != b->patch)
        return a->patch < b->patch ? -1 : 1;
    return compare_prerelease(a->prerelease, b->prerelease);
}

/* Digits of one part at the front. */
static size_t digits_length(str text)
{
    size_t len = 0;
    while (len < text.len && is_digit(text.ptr[len]))
        len++;
    return len;
}

static bool check_prerelease(str prerelease, const char **ret_message)
{
    str rest = prerelease;
    for (str word; str_cut(&rest, '.', &word);) {
        if (word.len > 1 && word.ptr[0] == '0' && digits_length(word) == word.len) {
            *ret_message = "version segment starts with 0";
            return false;
        }
    }
    return true;
}

bool semver_parse(str text, struct semver *ret_version, const char **ret_message)
{
    struct semver version = {.original = text};
    uint64_t *const parts[] = {&version.major, &version.minor, &version.patch};
    str rest = str_starts(text, STR("v")) ? str_skip(text, 1) : text;
    *ret_message = "invalid semantic version";
    for (size_t i = 0; i < 3; i++) {
        if (i > 0 && !str_starts(rest, STR(".")))
            break;
        str from = i > 0 ? str_skip(rest, 1) : rest;
        size_t len = digits_length(from);
        if (len == 0)
            return false;
        if (!str_to_u64(str_slice(from, 0, len), parts[i])) {
            *ret_message = "error parsing version segment";
            return false;
        }
        rest = str_skip(from, len);
    }
    if (str_starts(rest, STR("-"))) {
        size_t len = words_length(str_skip(rest, 1));
        version.prerelease = str_slice(rest, 1, len);
        rest = str_skip(rest, len == 0 ? 0 : len + 1);
    }
    if (str_starts(rest, STR("+"))) {
        size_t len = words_length(str_skip(rest, 1));
        version.metadata = str_slice(rest, 1, len);
        rest = str_skip(rest, len == 0 ? 0 : len + 1);
    }
    if (rest.len > 0 || !check_prerelease(version.prerelease, ret_message))
        return false;
    *ret_version = version;
    return true;
}

str semver_text(const struct semver *version, struct arena *arena)
{
    return arena_printf(arena, "%llu.%llu.%llu%s%.*s%s%.*s", (unsigned long long)version->major,
                        (unsigned long long)version->minor, (unsigned long long)version->patch,
                        version->prerelease.len > 0 ? "-" : "", STR_ARG(version->prerelease),
                        version->metadata.len > 0 ? "+" : "", STR_ARG(version->metadata));
}

/* Constraints. */

enum comparison {
    COMPARE_TILDE_OR_EQUAL,
    COMPARE_NOT_EQUAL,
    COMPARE_GREATER,
    COMPARE_LESS,
    COMPARE_GREATER_EQUAL,
    COMPARE_LESS_EQUAL,
    COMPARE_TILDE,
    COMPARE_CARET,
};

static const struct {
    const char *text;
    enum comparison comparison;
} operators[] = {
    {"=>", COMPARE_GREATER_EQUAL}, {"=<", COMPARE_LESS_EQUAL},    {"=", COMPARE_TILDE_OR_EQUAL},
    {"!=", COMPARE_NOT_EQUAL},     {">=", COMPARE_GREATER_EQUAL}, {">", COMPARE_GREATER},
    {"<=", COMPARE_LESS_EQUAL},    {"<", COMPARE_LESS},           {"~>", COMPARE_TILDE},
    {"~", COMPARE_TILDE},          {"^", COMPARE_CARET},
};

struct constraint {
    enum comparison comparison;
    struct semver version;
    bool dirty, minor_dirty, patch_dirty; /* which parts were left open */
};

/* A part of a constraint's version: digits and wildcards. */
static size_t part_length(str text)
{
    size_t len = 0;
    while (len < text.len && (is_digit(text.ptr[len]) || strchr("|xX*", text.ptr[len]) != NULL) &&
           text.ptr[len] != '\0')
        len++;
    return len;
}

static bool is_open(str part)
{
    return part.len == 0 || (part.len == 1 && !is_digit(part.ptr[0]));
}

/* A version with wildcards at the front of *rest. */
static bool read_version(str *rest, struct constraint *constraint)
{
    str text = str_starts(*rest, STR("v")) ? str_skip(*rest, 1) : *rest;
    str parts[3] = {0};
    for (size_t i = 0; i < 3; i++) {
        str from = i == 0 ? text : str_starts(text, STR(".")) ? str_skip(text, 1) : (str){0};
        size_t len = part_length(from);
        if (len == 0 && i == 0)
            return false;
        if (len == 0)
            break;
        parts[i] = str_slice(from, 0, len);
        text = str_skip(from, len);
    }
    str prerelease = {0};
    if (str_starts(text, STR("-"))) {
        prerelease = str_slice(text, 1, words_length(str_skip(text, 1)));
        text = str_skip(text, prerelease.len > 0 ? prerelease.len + 1 : 0);
    }
    if (str_starts(text, STR("+"))) {
        size_t len = words_length(str_skip(text, 1));
        text = str_skip(text, len > 0 ? len + 1 : 0);
    }
    *rest = text;
    bool open[3] = {is_open(parts[0]), is_open(parts[1]), is_open(parts[2])};
    constraint->dirty = open[0] || open[1] || open[2];
    constraint->minor_dirty = !open[0] && open[1];
    constraint->patch_dirty = !open[0] && !open[1] && open[2];
    constraint->version.prerelease = prerelease;
    uint64_t *const numbers[] = {&constraint->version.major, &constraint->version.minor,
                                 &constraint->version.patch};
    for (size_t i = 0; i < 3 && !open[i]; i++)
        if (!str_to_u64(parts[i], numbers[i]))
            return false;
    return true;
}

static str skip_space(str text)
{
    return str_trim_left(text, STR(" \t\n\f\r"));
}

static bool read_constraint(str *rest, struct constraint *constraint)
{
    *constraint = (struct constraint){.comparison = COMPARE_TILDE_OR_EQUAL};
    str text = skip_space(*rest);
    for (size_t i = 0; i < ARRAY_LEN(operators); i++) {
        if (!str_starts(text, str_z(operators[i].text)))
            continue;
        constraint->comparison = operators[i].comparison;
        text = skip_space(str_skip(text, strlen(operators[i].text)));
        break;
    }
    if (!read_version(&text, constraint))
        return false;
    *rest = text;
    return true;
}

static bool check_tilde(const struct semver *v, const struct constraint *c)
{
    const struct semver *want = &c->version;
    if (semver_compare(v, want) < 0)
        return false;
    if (want->major == 0 && want->minor == 0 && want->patch == 0 && !c->minor_dirty &&
        !c->patch_dirty)
        return true;
    return v->major == want->major && (v->minor == want->minor || c->minor_dirty);
}

static bool check_caret(const struct semver *v, const struct constraint *c)
{
    const struct semver *want = &c->version;
    if (semver_compare(v, want) < 0)
        return false;
    if (want->major > 0 || c->minor_dirty)
        return v->major == want->major;
    if (v->major > 0)
        return false;
    if (want->minor > 0 || c->patch_dirty)
        return v->minor == want->minor;
    if (v->minor > 0)
        return false;
    return want->patch == v->patch;
}

static bool check_not_equal(const struct semver *v, const struct constraint *c)
{
    const struct semver *want = &c->version;
    if (!c->dirty)
        return semver_compare(v, want) != 0;
    if (want->major != v->major || (want->minor != v->minor && !c->minor_dirty))
        return true;
    if (c->minor_dirty)
        return false;
    if (want->patch != v->patch && !c->patch_dirty)
        return true;
    if (c->patch_dirty)
        return compare_prerelease(v->prerelease, want->prerelease) != 0;
    return semver_compare(v, want) != 0;
}

static bool check_greater(const struct semver *v, const struct constraint *c)
{
    const struct semver *want = &c->version;
    if (!c->dirty)
        return semver_compare(v, want) > 0;
    if (v->major != want->major)
        return v->major > want->major;
    if (c->minor_dirty)
        return false;
    if (c->patch_dirty)
        return v->minor > want->minor;
    return semver_compare(v, want) > 0;
}

static bool check_less_equal(const struct semver *v, const struct constraint *c)
{
    const struct semver *want = &c->version;
    if (!c->dirty)
        return semver_compare(v, want) <= 0;
    return v->major <= want->major &&
           !(v->major == want->major && v->minor > want->minor && !c->minor_dirty);
}

static bool check_one(const struct semver *v, const struct constraint *c, bool allow_prerelease)
{
    if (v->prerelease.len > 0 && !allow_prerelease)
        return false;
    switch (c->comparison) {
    case COMPARE_TILDE_OR_EQUAL:
        return c->dirty ? check_tilde(v, c) : semver_compare(v, &c->version) == 0;
    case COMPARE_NOT_EQUAL: return check_not_equal(v, c);
    case COMPARE_GREATER: return check_greater(v, c);
    case COMPARE_LESS: return semver_compare(v, &c->version) < 0;
    case COMPARE_GREATER_EQUAL: return semver_compare(v, &c->version) >= 0;
    case COMPARE_LESS_EQUAL: return check_less_equal(v, c);
    case COMPARE_TILDE: return check_tilde(v, c);
    case COMPARE_CARET: return check_caret(v, c);
    }
    return false;
}

/* "1.2 - 3.4" at the front: two constraints. */
static bool read_range(str *rest, struct constraint pair[2])
{
    str text = skip_space(*rest);
    pair[0] = (struct constraint){.comparison = COMPARE_GREATER_EQUAL};
    pair[1] = (struct constraint){.comparison = COMPARE_LESS_EQUAL};
    if (!read_version(&text, &pair[0]))
        return false;
    str after = skip_space(text);
    if (after.len == text.len || !str_starts(after, STR("-")))
        return false;
    str second = skip_space(str_skip(after, 1));
    if (second.len + 1 == after.len || !read_version(&second, &pair[1]))
        return false;
    *rest = second;
    return true;
}

struct constraint_list {
    VEC(struct constraint) all;
};

/* Constraints that must all hold, between spaces or commas. */
static bool read_all(str text, struct arena *arena, struct constraint_list *list)
{
    struct constraint pair[2];
    bool first = true;
    for (text = skip_space(text); first || text.len > 0; first = false) {
        if (!first && str_starts(text, STR(",")))
            text = skip_space(str_skip(text, 1));
        if (read_range(&text, pair)) {
            VEC_PUSH(arena, &list->all, pair[0]);
            VEC_PUSH(arena, &list->all, pair[1]);
        } else if (read_constraint(&text, &pair[0])) {
            VEC_PUSH(arena, &list->all, pair[0]);
        } else {
            return false;
        }
        str after = skip_space(text);
        if (after.len == text.len && after.len > 0 && after.ptr[0] != ',')
            return false;
        text = after;
    }
    return true;
}

static bool check_all(const struct constraint_list *list, const struct semver *version)
{
    bool allow_prerelease = false;
    for (size_t i = 0; i < list->all.len; i++)
        allow_prerelease |= list->all.items[i].version.prerelease.len > 0;
    for (size_t i = 0; i < list->all.len; i++)
        if (!check_one(version, &list->all.items[i], allow_prerelease))
            return false;
    return true;
}

static str improper(str part, struct arena *arena)
{
    AUTO_BUF struct buf quoted = BUF_INIT(part.len * 10 + 8);
    go_quote(part, &quoted);
    return arena_concat(arena, STR("improper constraint: "), buf_str(&quoted), STR(""));
}

bool semver_check(str constraint, const struct semver *version, struct arena *arena,
                  bool *ret_satisfied, str *ret_message)
{
    bool satisfied = false;
    str rest = constraint;
    for (;;) {
        size_t bar = str_find(rest, STR("||"));
        str part = str_slice(rest, 0, bar == SIZE_MAX ? rest.len : bar);
        struct constraint_list list = {0};
        if (!read_all(part, arena, &list)) {
            *ret_message = improper(part, arena);
            return false;
        }
        satisfied |= check_all(&list, version);
        if (bar == SIZE_MAX)
            break;
        rest = str_skip(rest, bar + 2);
    }
    *ret_satisfied = satisfied;
    return true;
}
