#include "repo-layout/lint/lint_internal.h"

#include "syncd/base/buf.h"

#include <stdarg.h>
#include <stdio.h>

static struct position position_of(const struct object *object, uint32_t line)
{
    struct position at = object->source;
    if (line != 0)
        at.line = line;
    return at;
}

void lint_report_as(struct lint *lint, enum severity severity, const struct object *object,
                    uint32_t line, str hint, const char *format, ...)
{
    char text[700];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    struct finding *finding = findings_add(lint->findings, severity, lint->check->rule.id,
                                           position_of(object, line), "%s", text);
    if (finding != NULL)
        findings_hint(lint->findings, finding, "%.*s", STR_ARG(hint));
}

void lint_report(struct lint *lint, const struct object *object, uint32_t line, const char *format,
                 ...)
{
    char text[700];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    const struct lint_rule *rule = &lint->check->rule;
    lint_report_as(lint, rule->severity, object, line, str_z(rule->hint), "%s", text);
}

const struct level_kind *lint_kind(const struct lint *lint, const struct object *object)
{
    return level_find_kind(lint->level, object->id.gvk.group, object->id.gvk.kind);
}

const struct lint_objects *lint_kind_objects(const struct lint *lint, const struct level_kind *kind)
{
    return &lint->kinds[kind - lint->level->kinds.items];
}

static str place_key(struct lint *lint, const struct level_kind *kind, str namespace)
{
    return arena_printf(lint->arena, "%.*s/%.*s/%.*s", STR_ARG(kind->gvk.group),
                        STR_ARG(kind->gvk.kind), STR_ARG(namespace));
}

const struct lint_objects *lint_place_objects(struct lint *lint, const struct level_kind *kind,
                                              str namespace)
{
    static const struct lint_objects none = {0};
    const struct lint_objects *found = map_get(&lint->by_place, place_key(lint, kind, namespace));
    return found != NULL ? found : &none;
}

const struct object *lint_find(struct lint *lint, const struct level_kind *kind, str namespace,
                               str name)
{
    struct object_id id = {kind->gvk, kind->namespaced ? namespace : (str){0}, name};
    return map_get(&lint->by_key, object_id_key(&id, lint->arena));
}

const struct object *lint_base(struct lint *lint, const struct object *object)
{
    return map_get(&lint->base_by_key, object_id_key(&object->id, lint->arena));
}

str lint_name(struct lint *lint, const struct object *object)
{
    return arena_printf(lint->arena, "%.*s %.*s%s%.*s", STR_ARG(object->id.gvk.kind),
                        STR_ARG(object->id.namespace), object->id.namespace.len != 0 ? "/" : "",
                        STR_ARG(object->id.name));
}

static void index_head(struct lint *lint)
{
    VEC_FOR (struct object, object, &lint->input->head->objects) {
        (void)map_put(&lint->by_key, lint->arena, object_id_key(&object->id, lint->arena), object);
        const struct level_kind *kind = lint_kind(lint, object);
        if (kind == NULL)
            continue;
        VEC_PUSH(lint->arena, &lint->kinds[kind - lint->level->kinds.items].list, object);
        struct map_entry *place =
            map_place(&lint->by_place, lint->arena, place_key(lint, kind, object->id.namespace));
        if (place->value == NULL)
            place->value = ARENA_NEW(lint->arena, struct lint_objects);
        struct lint_objects *objects = place->value;
        VEC_PUSH(lint->arena, &objects->list, object);
    }
    if (lint->input->base == NULL)
        return;
    VEC_FOR (struct object, object, &lint->input->base->objects)
        (void)map_put(&lint->base_by_key, lint->arena, object_id_key(&object->id, lint->arena),
                      object);
}

void lint_run(const struct lint_input *input, struct arena *arena, struct findings *findings)
{
    struct lint lint = {
        .input = input, .level = input->level, .arena = arena, .findings = findings};
    lint.kinds = ARENA_ARRAY(arena, struct lint_objects, input->level->kinds.len);
    index_head(&lint);
    lint_collect_regions(&lint);
    for (size_t i = 0; i < lint_check_count; i++) {
        lint.check = &lint_checks[i];
        lint.check->run(&lint);
    }
}

const struct lint_rule *lint_rule_at(size_t index)
{
    return index < lint_check_count ? &lint_checks[index].rule : NULL;
}

void lint_explain(struct buf *buf)
{
    static const char *const words[] = {"note", "warning", "error"};
    buf_add(buf, STR("| rule | severity | finds | what to do |\n| --- | --- | --- | --- |\n"));
    for (size_t i = 0; i < lint_check_count; i++) {
        const struct lint_rule *rule = &lint_checks[i].rule;
        buf_printf(buf, "| `%s` | %s | %s | %s |\n", rule->id, words[rule->severity], rule->summary,
                   rule->hint);
    }
}
