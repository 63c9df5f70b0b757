/* .helmignore: what of a chart's directory is left out. */
#include "render/helm/chart.h"
#include "render/template/runes.h"

struct ignore_rule {
    str pattern;
    bool negated, directory_only;
    bool whole_path; /* else only the last part of a name is matched */
};

struct ignore_rules {
    VEC(struct ignore_rule) list;
};

/* One class "[…]" of a pattern against a byte; *ret_good: it is well formed. */
static bool match_class(str *pattern, uint32_t code, bool *ret_good)
{
    *pattern = str_skip(*pattern, 1);
    bool negated = str_starts(*pattern, STR("^"));
    if (negated)
        *pattern = str_skip(*pattern, 1);
    bool matched = false;
    bool any = false;
    for (;;) {
        if (pattern->len == 0) {
            *ret_good = false;
            return false;
        }
        if (pattern->ptr[0] == ']' && any) {
            *pattern = str_skip(*pattern, 1);
            return matched != negated;
        }
        uint32_t ends[2];
        for (int i = 0; i < 2; i++) {
            if (pattern->len > 0 && pattern->ptr[0] == '\\')
                *pattern = str_skip(*pattern, 1);
            else if (pattern->len == 0 || pattern->ptr[0] == '-' || pattern->ptr[0] == ']') {
                *ret_good = false;
                return false;
            }
            if (pattern->len == 0) {
                *ret_good = false;
                return false;
            }
            ends[i] = rune_next(pattern);
            if (i == 1)
                break;
            ends[1] = ends[0];
            if (!str_starts(*pattern, STR("-")))
                break;
            *pattern = str_skip(*pattern, 1);
        }
        matched |= code >= ends[0] && code <= ends[1];
        any = true;
    }
}

/* The pattern up to the next star against the front of *name; consumes what matched. */
static bool match_chunk(str chunk, str *name, bool *ret_good)
{
    bool failed = false;
    str rest = *name;
    while (chunk.len > 0) {
        failed = failed || rest.len == 0;
        uint32_t code = 0;
        switch (chunk.ptr[0]) {
        case '[':
            if (!failed)
                code = rune_next(&rest);
            failed = !match_class(&chunk, code, ret_good) || failed;
            if (!*ret_good)
                return false;
            continue;
        case '?':
            failed = failed || rest.ptr[0] == '/';
            if (!failed)
                (void)rune_next(&rest);
            chunk = str_skip(chunk, 1);
            continue;
        case '\\':
            chunk = str_skip(chunk, 1);
            if (chunk.len == 0) {
                *ret_good = false;
                return false;
            }
            break;
        default: break;
        }
        failed = failed || rest.ptr[0] != chunk.ptr[0];
        if (!failed)
            rest = str_skip(rest, 1);
        chunk = str_skip(chunk, 1);
    }
    if (!failed)
        *name = rest;
    return !failed;
}

/* Length of the pattern before its next star. */
static size_t chunk_length(str pattern)
{
    bool in_class = false;
    size_t len = 0;
    for (; len < pattern.len; len++) {
        char byte = pattern.ptr[len];
        if (byte == '\\')
            len++;
        else if (byte == '[')
            in_class = true;
        else if (byte == ']')
            in_class = false;
        else if (byte == '*' && !in_class)
            break;
    }
    return len < pattern.len ? len : pattern.len;
}

bool path_match(str pattern, str name, bool *ret_good)
{
    *ret_good = true;
    while (pattern.len > 0) {
        bool star = false;
        while (str_starts(pattern, STR("*"))) {
            star = true;
            pattern = str_skip(pattern, 1);
        }
        str chunk = str_slice(pattern, 0, chunk_length(pattern));
        pattern = str_skip(pattern, chunk.len);
        if (star && chunk.len == 0)
            return str_index(name, '/') == SIZE_MAX;
        str after = name;
        bool matched = match_chunk(chunk, &after, ret_good);
        if (!*ret_good)
            return false;
        if (matched && (after.len == 0 || pattern.len > 0)) {
            name = after;
            continue;
        }
        bool found = false;
        for (size_t i = 0; star && i < name.len && name.ptr[i] != '/'; i++) {
            after = str_skip(name, i + 1);
            if (!match_chunk(chunk, &after, ret_good) || (pattern.len == 0 && after.len > 0))
                continue;
            name = after;
            found = true;
            break;
        }
        if (found)
            continue;
        /* Is the rest at least well formed? */
        while (pattern.len > 0 && *ret_good) {
            while (str_starts(pattern, STR("*")))
                pattern = str_skip(pattern, 1);
            chunk = str_slice(pattern, 0, chunk_length(pattern));
            pattern = str_skip(pattern, chunk.len);
            str nothing = {0};
            (void)match_chunk(chunk, &nothing, ret_good);
        }
        return false;
    }
    return name.len == 0;
}

static bool add_rule(struct ignore_rules *rules, str rule, struct arena *arena, struct error *err)
{
    rule = trim_space(rule);
    if (rule.len == 0 || rule.ptr[0] == '#')
        return true;
    if (str_find(rule, STR("**")) != SIZE_MAX)
        return error_rule(err, ERROR_INPUT, "E_HELMIGNORE",
                          "double-star (**) syntax is not supported");
    bool good;
    (void)path_match(rule, STR("abc"), &good);
    if (!good)
        return error_rule(err, ERROR_INPUT, "E_HELMIGNORE", "syntax error in pattern");
    struct ignore_rule parsed = {0};
    if (rule.ptr[0] == '!') {
        parsed.negated = true;
        rule = str_skip(rule, 1);
    }
    if (str_ends(rule, STR("/"))) {
        parsed.directory_only = true;
        rule.len--;
    }
    parsed.whole_path = str_index(rule, '/') != SIZE_MAX;
    if (str_starts(rule, STR("/")))
        rule = str_skip(rule, 1);
    parsed.pattern = rule;
    VEC_PUSH(arena, &rules->list, parsed);
    return true;
}

bool ignore_parse(str text, struct arena *arena, struct ignore_rules **ret_rules, struct error *err)
{
    struct ignore_rules *rules = ARENA_NEW(arena, struct ignore_rules);
    if (str_starts(text, STR("\xEF\xBB\xBF")))
        text = str_skip(text, 3);
    for (str line; str_cut(&text, '\n', &line);)
        if (!add_rule(rules, line, arena, err))
            return false;
    if (!add_rule(rules, STR("templates/.?*"), arena, err))
        return false;
    *ret_rules = rules;
    return true;
}

bool ignore_matches(const struct ignore_rules *rules, str path, bool is_directory)
{
    bool good;
    for (size_t i = 0; i < rules->list.len; i++) {
        const struct ignore_rule *rule = &rules->list.items[i];
        str name = rule->whole_path ? path : path_base(path);
        if (rule->negated) {
            /* As Helm does it: a negated rule ignores everything that it does not match. */
            if ((rule->directory_only && !is_directory) || !path_match(rule->pattern, name, &good))
                return true;
            continue;
        }
        if (rule->directory_only && !is_directory)
            continue;
        if (path_match(rule->pattern, name, &good))
            return true;
    }
    return false;
}
