#include "repo-layout/level_path.h"

#include <string.h>

enum step_kind { STEP_KEY, STEP_ITEMS, STEP_MEMBERS };

struct step {
    enum step_kind kind;
    str key;
};

/* Steps of one path; more is a mistake in the level. */
#define STEPS_MAX 24

struct level_path {
    str name;
    const struct step *steps;
    size_t count;
};

struct parsing {
    struct step steps[STEPS_MAX];
    size_t count;
    str whole;
    struct error *err;
};

static bool refuse(struct parsing *parsing, const char *why)
{
    return error_rule(parsing->err, ERROR_INPUT, "E_LEVEL", "path \"%.*s\" %s",
                      STR_ARG(parsing->whole), why);
}

static bool push(struct parsing *parsing, enum step_kind kind, str key)
{
    if (parsing->count == STEPS_MAX)
        return refuse(parsing, "has too many steps");
    if (kind == STEP_KEY && key.len == 0)
        return refuse(parsing, "has an empty step");
    parsing->steps[parsing->count++] = (struct step){kind, key};
    return true;
}

/* ['…'] : the text between the quotes. */
static bool take_quoted(struct parsing *parsing, str *rest)
{
    size_t end = str_find(*rest, STR("']"));
    if (end == SIZE_MAX)
        return refuse(parsing, "has a ' without its end");
    if (!push(parsing, STEP_KEY, str_slice(*rest, 2, end - 2)))
        return false;
    *rest = str_skip(*rest, end + 2);
    return true;
}

static bool take_name(struct parsing *parsing, str *rest, const struct map *names)
{
    size_t end = 1;
    while (end < rest->len && strchr(".[{", rest->ptr[end]) == NULL)
        end++;
    const struct level_path *named =
        names != NULL ? map_get(names, str_slice(*rest, 1, end - 1)) : NULL;
    if (named == NULL)
        return refuse(parsing, "begins with a name that level.yaml does not give");
    for (size_t i = 0; i < named->count; i++) {
        if (!push(parsing, named->steps[i].kind, named->steps[i].key))
            return false;
    }
    *rest = str_skip(*rest, end);
    return true;
}

static bool take_key(struct parsing *parsing, str *rest)
{
    size_t end = 0;
    while (end < rest->len && strchr(".[{", rest->ptr[end]) == NULL)
        end++;
    str key = str_slice(*rest, 0, end);
    *rest = str_skip(*rest, end);
    return push(parsing, STEP_KEY, key);
}

static bool take_step(struct parsing *parsing, str *rest, bool first)
{
    if (str_starts(*rest, STR("[]")) || str_starts(*rest, STR("{}"))) {
        enum step_kind kind = rest->ptr[0] == '[' ? STEP_ITEMS : STEP_MEMBERS;
        *rest = str_skip(*rest, 2);
        return push(parsing, kind, (str){0});
    }
    if (str_starts(*rest, STR("['")))
        return take_quoted(parsing, rest);
    if (!first) {
        if (rest->ptr[0] != '.')
            return refuse(parsing, "needs a dot between its steps");
        *rest = str_skip(*rest, 1);
    }
    return take_key(parsing, rest);
}

static str name_of(const struct parsing *parsing, struct arena *arena)
{
    str name = {0};
    for (size_t i = 0; i < parsing->count; i++) {
        const struct step *step = &parsing->steps[i];
        if (step->kind != STEP_KEY)
            name = arena_concat(arena, name, step->kind == STEP_ITEMS ? STR("[]") : STR("{}"),
                                (str){0});
        else if (str_index(step->key, '.') != SIZE_MAX)
            name = arena_printf(arena, "%.*s['%.*s']", STR_ARG(name), STR_ARG(step->key));
        else
            name = arena_concat(arena, name, i != 0 ? STR(".") : STR(""), step->key);
    }
    return name;
}

bool level_path_compile(str text, const struct map *names, struct arena *arena,
                        const struct level_path **ret_path, struct error *err)
{
    struct parsing parsing = {.whole = text, .err = err};
    str rest = text;
    if (rest.len == 0)
        return refuse(&parsing, "is empty");
    bool named = rest.ptr[0] == '$';
    if (named && !take_name(&parsing, &rest, names))
        return false;
    for (bool first = !named; rest.len != 0; first = false) {
        if (!take_step(&parsing, &rest, first))
            return false;
    }
    struct level_path *path = ARENA_NEW(arena, struct level_path);
    struct step *steps = ARENA_ARRAY(arena, struct step, parsing.count);
    for (size_t i = 0; i < parsing.count; i++)
        steps[i] = (struct step){parsing.steps[i].kind, arena_str(arena, parsing.steps[i].key)};
    *path = (struct level_path){name_of(&parsing, arena), steps, parsing.count};
    *ret_path = path;
    return true;
}

/* --- walking: an explicit stack, one place in a collection for each step --- */

struct walk {
    const struct level_path *path;
    struct place {
        value at;
        size_t next;   /* of ITEMS and MEMBERS */
        uint32_t line; /* of `at`, or of what is above it */
    } places[STEPS_MAX + 1];
    size_t depth;
    bool begun;
};

static void walk_begin(struct walk *walk, const struct level_path *path, value document)
{
    walk->path = path;
    walk->depth = 0;
    walk->begun = false;
    walk->places[0] = (struct place){document, 0, document.line};
}

/* What the step leads to from here; ABSENT when there is nothing (more). */
static value step_from(const struct walk *walk, struct place *place, const struct step *step)
{
    size_t next = place->next++;
    switch (step->kind) {
    case STEP_KEY: return next == 0 ? value_get(place->at, step->key) : value_absent();
    case STEP_ITEMS:
        if (!value_is(place->at, VALUE_ARRAY) || next >= value_len(place->at))
            return value_absent();
        return value_item(place->at, next);
    case STEP_MEMBERS:
        if (!value_is(place->at, VALUE_OBJECT) || next >= value_len(place->at))
            return value_absent();
        if (walk->depth + 1 == walk->path->count) { /* at the end, it is the keys */
            const struct member *member = value_member(place->at, next);
            value key = value_string(member->key);
            key.line = member->val.line;
            return key;
        }
        return value_member(place->at, next)->val;
    }
    return value_absent();
}

/* The next value at the path, or false. */
static bool walk_next(struct walk *walk, struct level_match *ret_match)
{
    if (walk->begun && walk->depth == walk->path->count) {
        if (walk->depth == 0)
            return false;
        walk->depth--;
    }
    walk->begun = true;
    while (walk->depth < walk->path->count) {
        struct place *place = &walk->places[walk->depth];
        value below = step_from(walk, place, &walk->path->steps[walk->depth]);
        if (value_present(below)) {
            walk->depth++;
            walk->places[walk->depth] =
                (struct place){below, 0, below.line != 0 ? below.line : place->line};
        } else if (walk->depth == 0) {
            return false;
        } else {
            walk->depth--;
        }
    }
    *ret_match = (struct level_match){walk->places[walk->depth].at, walk->places[walk->depth].line};
    return true;
}

void level_path_find(const struct level_path *path, value document, struct arena *arena,
                     struct level_matches *ret_matches)
{
    struct walk walk;
    struct level_match match;
    *ret_matches = (struct level_matches){0};
    walk_begin(&walk, path, document);
    while (walk_next(&walk, &match))
        VEC_PUSH(arena, &ret_matches->items, match);
}

value level_path_first(const struct level_path *path, value document)
{
    struct walk walk;
    struct level_match match;
    if (path == NULL)
        return value_absent();
    walk_begin(&walk, path, document);
    return walk_next(&walk, &match) ? match.val : value_absent();
}

str level_path_text(const struct level_path *path, value document)
{
    return value_str(level_path_first(path, document));
}

uint32_t level_path_line(const struct level_path *path, value document)
{
    struct walk walk;
    walk_begin(&walk, path, document);
    uint32_t line = document.line;
    value at = document;
    for (size_t i = 0; i < path->count; i++, walk.depth++) {
        struct place place = {at, 0, line};
        at = step_from(&walk, &place, &path->steps[i]);
        if (!value_present(at))
            break;
        if (at.line != 0)
            line = at.line;
    }
    return line;
}

bool level_path_set(const struct level_path *path, value document, value val, struct arena *arena,
                    value *ret_document)
{
    str keys[STEPS_MAX];
    for (size_t i = 0; i < path->count; i++) {
        if (path->steps[i].kind != STEP_KEY)
            return false;
        keys[i] = path->steps[i].key;
    }
    *ret_document = value_with_path(document, keys, path->count, val, arena);
    return true;
}

str level_path_name(const struct level_path *path)
{
    return path->name;
}

/* Takes one step of an API field path: .name, or […] of a list or of a key with dots. */
static bool take_field_step(str *field, str *ret_key, bool *ret_bracket)
{
    if (field->len == 0)
        return false;
    if (field->ptr[0] == '[') {
        size_t end = str_index(*field, ']');
        if (end == SIZE_MAX)
            return false;
        *ret_key = str_trim(str_slice(*field, 1, end - 1));
        *ret_bracket = true;
        *field = str_skip(*field, end + 1);
        return true;
    }
    if (field->ptr[0] == '.')
        *field = str_skip(*field, 1);
    size_t end = 0;
    while (end < field->len && field->ptr[end] != '.' && field->ptr[end] != '[')
        end++;
    *ret_key = str_slice(*field, 0, end);
    *ret_bracket = false;
    *field = str_skip(*field, end);
    return end != 0;
}

bool level_path_covers(const struct level_path *path, str field)
{
    for (size_t i = 0; i < path->count; i++) {
        const struct step *step = &path->steps[i];
        /* A key with dots may stand in the field without brackets. */
        str dotted = str_starts(field, STR(".")) ? str_skip(field, 1) : field;
        if (step->kind == STEP_KEY && str_index(step->key, '.') != SIZE_MAX &&
            str_starts(dotted, step->key)) {
            field = str_skip(dotted, step->key.len);
            if (field.len != 0 && field.ptr[0] != '.' && field.ptr[0] != '[')
                return false;
            continue;
        }
        str key;
        bool bracket;
        if (!take_field_step(&field, &key, &bracket))
            return false;
        if (step->kind == STEP_ITEMS && !bracket)
            return false;
        if (step->kind == STEP_KEY &&
            !str_equal(bracket ? str_trim_left(str_trim_right(key, STR("'\"")), STR("'\"")) : key,
                       step->key))
            return false;
    }
    return true;
}
