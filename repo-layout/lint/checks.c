/* The level's rules inside one object, and how many others an object needs. */
#include "repo-layout/lint/lint_internal.h"

#include "syncd/base/regex.h"

static str text_of(value v)
{
    return value_is(v, VALUE_NUMBER) ? value_number_text(v) : value_str(v);
}

static bool holds_text(const struct level_matches *matches, str text)
{
    VEC_FOR (const struct level_match, match, &matches->items) {
        if (str_equal(text_of(match->val), text))
            return true;
    }
    return false;
}

/* Each of these gives the line of what is wrong in *ret_line and false, or true. */

static bool check_contains(struct lint *lint, const struct level_check *check,
                           const struct object *object, uint32_t *ret_line)
{
    struct level_matches matches;
    level_path_find(check->path, object->document, lint->arena, &matches);
    *ret_line = level_path_line(check->path, object->document);
    return holds_text(&matches, check->text);
}

static bool check_unique(struct lint *lint, const struct level_check *check,
                         const struct object *object, uint32_t *ret_line)
{
    struct level_matches matches;
    struct map seen = {0};
    level_path_find(check->path, object->document, lint->arena, &matches);
    VEC_FOR (const struct level_match, match, &matches.items) {
        struct map_entry *place = map_place(&seen, lint->arena, text_of(match->val));
        *ret_line = match->line;
        if (place->value != NULL)
            return false;
        place->value = &seen;
    }
    return true;
}

static bool check_among(struct lint *lint, const struct level_check *check,
                        const struct object *object, uint32_t *ret_line)
{
    struct level_matches matches, others;
    level_path_find(check->path, object->document, lint->arena, &matches);
    level_path_find(check->other, object->document, lint->arena, &others);
    VEC_FOR (const struct level_match, match, &matches.items) {
        *ret_line = match->line;
        if (!holds_text(&others, text_of(match->val)))
            return false;
    }
    return true;
}

static size_t count_keys(const struct level_check *check, value object)
{
    size_t count = 0;
    for (size_t i = 0; i < check->key_count; i++)
        count += value_present(value_get(object, check->keys[i]));
    return count;
}

static bool check_one(struct lint *lint, const struct level_check *check,
                      const struct object *object, uint32_t *ret_line)
{
    struct level_matches matches;
    level_path_find(check->path, object->document, lint->arena, &matches);
    VEC_FOR (const struct level_match, match, &matches.items) {
        size_t count = count_keys(check, match->val);
        *ret_line = match->line;
        if (count > 1 || (count == 0 && check->rule == LEVEL_CHECK_EXACTLY_ONE))
            return false;
    }
    return true;
}

static bool check_last(struct lint *lint, const struct level_check *check,
                       const struct object *object, uint32_t *ret_line)
{
    struct level_matches matches;
    level_path_find(check->path, object->document, lint->arena, &matches);
    VEC_FOR (const struct level_match, match, &matches.items) {
        for (size_t i = 0; i + 1 < value_len(match->val); i++) {
            value item = value_item(match->val, i);
            value field = value_get(item, check->keys[0]);
            *ret_line = field.line != 0 ? field.line : item.line;
            if (str_equal(text_of(field), check->text))
                return false;
        }
    }
    return true;
}

static bool check_matches(struct lint *lint, const struct level_check *check,
                          const struct object *object, uint32_t *ret_line)
{
    const struct regex *regex;
    struct error err = ERROR_INIT;
    struct level_matches matches;
    if (!regex_compile(check->text, lint->input->limits, lint->arena, &regex, &err))
        return false;
    level_path_find(check->path, object->document, lint->arena, &matches);
    VEC_FOR (const struct level_match, match, &matches.items) {
        *ret_line = match->line;
        if (!regex_matches(regex, text_of(match->val), lint->arena))
            return false;
    }
    return true;
}

static bool check_forbid(struct lint *lint, const struct level_check *check,
                         const struct object *object, uint32_t *ret_line)
{
    (void)lint;
    *ret_line = level_path_line(check->path, object->document);
    return !value_present(level_path_first(check->path, object->document));
}

typedef bool check_fn(struct lint *lint, const struct level_check *check,
                      const struct object *object, uint32_t *ret_line);
static check_fn *const check_functions[] = {
    [LEVEL_CHECK_CONTAINS] = check_contains, [LEVEL_CHECK_UNIQUE] = check_unique,
    [LEVEL_CHECK_AMONG] = check_among,       [LEVEL_CHECK_EXACTLY_ONE] = check_one,
    [LEVEL_CHECK_AT_MOST_ONE] = check_one,   [LEVEL_CHECK_LAST] = check_last,
    [LEVEL_CHECK_MATCHES] = check_matches,   [LEVEL_CHECK_FORBID] = check_forbid,
};

void lint_checks_inside(struct lint *lint)
{
    VEC_FOR (const struct level_check, check, &lint->level->checks) {
        const struct lint_objects *objects = lint_kind_objects(lint, check->kind);
        LINT_OBJECTS (object, objects) {
            uint32_t line = 0;
            if (level_condition_holds(&check->when, object->document) &&
                !check_functions[check->rule](lint, check, object, &line))
                lint_report_as(lint, check->warn ? SEVERITY_WARNING : SEVERITY_ERROR, object, line,
                               check->hint, "%.*s: %.*s", STR_ARG(lint_name(lint, object)),
                               STR_ARG(check->say));
        }
    }
}

/* --- how many others --- */

/* Counts of "namespace/name" of what is pointed at; stored as number + 1, for a map holds pointers.
 */
static void count_pointing(struct lint *lint, const struct level_minimum *minimum,
                           struct map *counts)
{
    const struct lint_objects *counted = lint_kind_objects(lint, minimum->counted);
    LINT_OBJECTS (object, counted) {
        if (!level_condition_holds(&minimum->where, object->document))
            continue;
        int64_t weight = 1;
        value replicas = level_path_first(minimum->replicas, object->document);
        if (value_present(replicas) && (!value_to_i64(replicas, &weight) || weight < 0))
            weight = 0;
        str key = arena_concat(lint->arena, object->id.namespace, STR("/"),
                               level_path_text(minimum->points, object->document));
        struct map_entry *entry = map_place(counts, lint->arena, key);
        if (entry->value == NULL)
            entry->value = ARENA_NEW(lint->arena, int64_t);
        *(int64_t *)entry->value += weight;
    }
}

void lint_checks_minimum(struct lint *lint)
{
    VEC_FOR (const struct level_minimum, minimum, &lint->level->minimums) {
        struct map counts = {0};
        count_pointing(lint, minimum, &counts);
        const struct lint_objects *objects = lint_kind_objects(lint, minimum->of);
        LINT_OBJECTS (object, objects) {
            str key = arena_concat(lint->arena, object->id.namespace, STR("/"), object->id.name);
            const int64_t *count = map_get(&counts, key);
            int64_t there = count != NULL ? *count : 0;
            if (level_condition_holds(&minimum->when, object->document) && there < minimum->least)
                lint_report(lint, object, 0, "%.*s has %lld %.*s and needs %lld",
                            STR_ARG(lint_name(lint, object)), (long long)there,
                            STR_ARG(minimum->noun), (long long)minimum->least);
        }
    }
}
