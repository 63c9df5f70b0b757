#include "repo-layout/level.h"

static const char *const prune_names[] = {"normal", "guarded", "never"};

const char *level_prune_name(enum level_prune prune)
{
    return prune_names[prune];
}

/* As text, what conditions compare with. */
static str scalar_text(value v)
{
    if (value_is(v, VALUE_BOOL))
        return value_true(v) ? STR("true") : STR("false");
    return value_is(v, VALUE_NUMBER) ? value_number_text(v) : value_str(v);
}

static bool term_holds(const struct level_term *term, value document)
{
    value found = level_path_first(term->path, document);
    bool there = value_present(found) && !value_is(found, VALUE_NULL);
    if (term->absent)
        return !there;
    for (size_t i = 0; there && i < term->value_count; i++) {
        if (str_equal(term->values[i], STR("*")) || str_equal(term->values[i], scalar_text(found)))
            return true;
    }
    return false;
}

bool level_condition_holds(const struct level_condition *condition, value document)
{
    for (size_t i = 0; i < condition->count; i++) {
        if (!term_holds(&condition->terms[i], document))
            return false;
    }
    return true;
}

const struct level_kind *level_find_kind(const struct level *level, str group, str kind)
{
    char key[400];
    if (group.len + kind.len + 1 > sizeof(key))
        return NULL;
    memcpy(key, group.ptr != NULL ? group.ptr : "", group.len);
    key[group.len] = '/';
    memcpy(key + group.len + 1, kind.ptr, kind.len);
    return map_get(&level->index, str_from(key, group.len + 1 + kind.len));
}

bool level_owns_group(const struct level *level, str group)
{
    for (size_t i = 0; i < level->group_count; i++) {
        if (str_equal(level->groups[i], group))
            return true;
    }
    return false;
}

enum level_prune level_prune_class(const struct level *level, const struct level_kind *kind,
                                   value document, str *ret_why)
{
    VEC_FOR (const struct level_exception, row, &level->exceptions) {
        if (row->kind == kind && level_condition_holds(&row->when, document)) {
            *ret_why = row->why;
            return row->prune;
        }
    }
    *ret_why = (str){0};
    return kind->prune;
}

const struct level_removal *level_find_removal(const struct level *level,
                                               const struct level_kind *kind, value document)
{
    VEC_FOR (const struct level_removal, row, &level->removals) {
        if (row->kind == kind && level_condition_holds(&row->when, document))
            return row;
    }
    return NULL;
}

const struct level_field *level_find_noise(const struct level *level, str group, str kind,
                                           value document, str field)
{
    const struct level_kind *known = level_find_kind(level, group, kind);
    VEC_FOR (const struct level_field, row, &level->fields) {
        bool meant = row->kind == NULL || row->kind == known;
        if (row->use == LEVEL_NOISE && meant && level_path_covers(row->path, field) &&
            level_condition_holds(&row->when, document))
            return row;
    }
    return NULL;
}

const struct level_schema *level_find_schema(const struct level *level, str api_version, str kind)
{
    VEC_FOR (const struct level_schema, schema, &level->schemas) {
        if (str_equal(schema->kind, kind) && str_equal(schema->api_version, api_version))
            return schema;
    }
    return NULL;
}

enum level_support level_support(const struct level *level, str management, str regional,
                                 const struct level_pair **ret_pair)
{
    VEC_FOR (const struct level_pair, pair, &level->pairs) {
        if (str_equal(pair->management, management) && str_equal(pair->regional, regional)) {
            *ret_pair = pair;
            return pair->support;
        }
    }
    *ret_pair = NULL;
    return LEVEL_UNKNOWN;
}
