/* Fields that are special: required, secret, templates, immutable, adopted. */
#include "repo-layout/lint/lint_internal.h"

/* Calls `look` for each row of a use and each object it is about. */
static void each_field(struct lint *lint, enum level_use use,
                       void (*look)(struct lint *lint, const struct level_field *field,
                                    const struct object *object))
{
    VEC_FOR (const struct level_field, field, &lint->level->fields) {
        if (field->use != use || field->kind == NULL)
            continue;
        const struct lint_objects *objects = lint_kind_objects(lint, field->kind);
        LINT_OBJECTS (object, objects) {
            if (level_condition_holds(&field->when, object->document))
                look(lint, field, object);
        }
    }
}

static enum severity severity_of(const struct lint *lint, const struct level_field *field)
{
    return field->warn ? SEVERITY_WARNING : lint->check->rule.severity;
}

static bool is_empty(value v)
{
    return !value_present(v) || value_is(v, VALUE_NULL) ||
           (value_is(v, VALUE_STRING) && value_str(v).len == 0) ||
           ((value_is(v, VALUE_ARRAY) || value_is(v, VALUE_OBJECT)) && value_len(v) == 0);
}

static void look_required(struct lint *lint, const struct level_field *field,
                          const struct object *object)
{
    if (is_empty(level_path_first(field->path, object->document)))
        lint_report_as(lint, severity_of(lint, field), object,
                       level_path_line(field->path, object->document),
                       str_z(lint->check->rule.hint), "%.*s has no %.*s",
                       STR_ARG(lint_name(lint, object)), STR_ARG(level_path_name(field->path)));
}

void lint_fields_required(struct lint *lint)
{
    each_field(lint, LEVEL_REQUIRED, look_required);
}

/* What an encrypted file has in the place of a secret. */
#define ENCRYPTED "ENC["

static void look_secret(struct lint *lint, const struct level_field *field,
                        const struct object *object)
{
    struct level_matches matches;
    level_path_find(field->path, object->document, lint->arena, &matches);
    for (size_t i = 0; i < matches.items.len; i++) {
        value found = matches.items.items[i].val;
        /* A path that ends in {} gives keys: look at what stands under them. */
        str name = level_path_name(field->path);
        if (str_ends(name, STR("{}"))) {
            value holder = value_get(object->document, str_slice(name, 0, str_index(name, '{')));
            found = value_get(holder, value_str(found));
        }
        if (is_empty(found) || str_starts(value_str(found), STR(ENCRYPTED)))
            continue;
        lint_report_as(lint, severity_of(lint, field), object, matches.items.items[i].line,
                       str_z(lint->check->rule.hint), "%.*s holds a secret in %.*s",
                       STR_ARG(lint_name(lint, object)), STR_ARG(name));
        return;
    }
}

void lint_fields_secret(struct lint *lint)
{
    each_field(lint, LEVEL_SECRET, look_secret);
}

static void look_template(struct lint *lint, const struct level_field *field,
                          const struct object *object)
{
    value text = level_path_first(field->path, object->document);
    if (!value_is(text, VALUE_STRING) || value_len(text) != 0 || value_str(text).len == 0)
        return;
    if (str_find(value_str(text), STR("{{")) == SIZE_MAX)
        lint_report(lint, object, text.line, "%.*s: %.*s has no {{ }} in it",
                    STR_ARG(lint_name(lint, object)), STR_ARG(level_path_name(field->path)));
}

void lint_fields_template(struct lint *lint)
{
    each_field(lint, LEVEL_TEMPLATE, look_template);
}

/* What was at the path before and is something else now; ABSENT values count as equal to null. */
static bool has_changed(const struct level_field *field, value before, value now, value *ret_old,
                        value *ret_new)
{
    *ret_old = level_path_first(field->path, before);
    *ret_new = level_path_first(field->path, now);
    if (is_empty(*ret_old))
        return false;
    return !value_present(*ret_new) || !value_equal(*ret_old, *ret_new);
}

static void look_changed(struct lint *lint, const struct level_field *field,
                         const struct object *object)
{
    const struct object *before = lint_base(lint, object);
    value old, new;
    if (before == NULL || !has_changed(field, before->document, object->document, &old, &new))
        return;
    lint_report_as(lint, severity_of(lint, field), object,
                   level_path_line(field->path, object->document), str_z(lint->check->rule.hint),
                   "%.*s changes %.*s: %.*s", STR_ARG(lint_name(lint, object)),
                   STR_ARG(level_path_name(field->path)), STR_ARG(field->why));
}

void lint_fields_immutable(struct lint *lint)
{
    each_field(lint, LEVEL_IMMUTABLE, look_changed);
}

void lint_fields_approve(struct lint *lint)
{
    each_field(lint, LEVEL_APPROVE, look_changed);
}

static bool may_be_adopted(const struct lint *lint, const struct level_kind *kind, str field)
{
    VEC_FOR (const struct level_field, row, &lint->level->fields) {
        if (row->use == LEVEL_ADOPT && row->kind == kind && level_path_covers(row->path, field))
            return true;
    }
    return false;
}

/* Members of spec, one level down: that is as deep as rows of `adopt` name them. */
static void look_adopted(struct lint *lint, const struct level_kind *kind,
                         const struct object *object)
{
    value spec = value_get(object->document, STR("spec"));
    for (size_t i = 0; value_is(spec, VALUE_OBJECT) && i < value_len(spec); i++) {
        const struct member *member = value_member(spec, i);
        str field = arena_concat(lint->arena, STR("spec."), member->key, (str){0});
        if (!may_be_adopted(lint, kind, field))
            lint_report(lint, object, member->val.line, "%.*s: %.*s is the platform's",
                        STR_ARG(lint_name(lint, object)), STR_ARG(field));
    }
}

void lint_fields_adopted(struct lint *lint)
{
    VEC_FOR (const struct level_kind, kind, &lint->level->kinds) {
        if (kind->mode != LEVEL_FIELDS)
            continue;
        const struct lint_objects *objects = lint_kind_objects(lint, kind);
        LINT_OBJECTS (object, objects)
            look_adopted(lint, kind, object);
    }
}
