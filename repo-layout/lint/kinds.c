/* Kinds: known, served, ours to write, named as they must be. */
#include "repo-layout/lint/lint_internal.h"

void lint_kinds_unknown(struct lint *lint)
{
    VEC_FOR (const struct object, object, &lint->input->head->objects) {
        const struct gvk *gvk = &object->id.gvk;
        if (level_owns_group(lint->level, gvk->group) && lint_kind(lint, object) == NULL)
            lint_report(lint, object, 0, "%.*s has no kind %.*s in %.*s", STR_ARG(gvk->group),
                        STR_ARG(gvk->kind), STR_ARG(lint->level->title));
    }
}

void lint_kinds_version(struct lint *lint)
{
    VEC_FOR (const struct object, object, &lint->input->head->objects) {
        const struct level_kind *kind = lint_kind(lint, object);
        if (kind != NULL && !str_equal(kind->gvk.version, object->id.gvk.version))
            lint_report(lint, object, 0, "%.*s is version %.*s here; the platform serves %.*s",
                        STR_ARG(lint_name(lint, object)), STR_ARG(object->id.gvk.version),
                        STR_ARG(kind->gvk.version));
    }
}

void lint_kinds_observed(struct lint *lint)
{
    VEC_FOR (const struct object, object, &lint->input->head->objects) {
        const struct level_kind *kind = lint_kind(lint, object);
        if (kind != NULL && (kind->mode == LEVEL_OBSERVE || kind->mode == LEVEL_IGNORE))
            lint_report(lint, object, 0, "%.*s is made and kept by the platform",
                        STR_ARG(lint_name(lint, object)));
    }
}

void lint_kinds_name(struct lint *lint)
{
    VEC_FOR (const struct object, object, &lint->input->head->objects) {
        const struct level_kind *kind = lint_kind(lint, object);
        if (kind != NULL && kind->only_name.len != 0 &&
            !str_equal(kind->only_name, object->id.name))
            lint_report(lint, object, 0, "%.*s can only be called %.*s",
                        STR_ARG(lint_name(lint, object)), STR_ARG(kind->only_name));
    }
}
