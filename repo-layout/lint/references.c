/* References: what is named is there, is of the same region, and is not taken twice. */
#include "repo-layout/lint/lint_internal.h"

#include "syncd/object/selector.h"

typedef void resolved_fn(struct lint *lint, const struct level_reference *reference,
                         const struct object *object, const struct level_match *match,
                         const struct object *found);

static str namespace_of(const struct level_reference *reference, const struct object *object)
{
    if (reference->fixed_namespace.len != 0)
        return reference->fixed_namespace;
    if (reference->namespace != NULL) {
        str named = level_path_text(reference->namespace, object->document);
        if (named.len != 0)
            return named;
    }
    return object->id.namespace;
}

static const struct object *find_by_labels(struct lint *lint,
                                           const struct level_reference *reference, str namespace,
                                           value wanted)
{
    const struct lint_objects *candidates = lint_place_objects(lint, reference->to, namespace);
    const struct selector *selector = NULL;
    struct error err = ERROR_INIT;
    if (reference->by == LEVEL_BY_SELECTOR &&
        !selector_from_value(wanted, lint->arena, &selector, &err))
        return NULL;
    LINT_OBJECTS (candidate, candidates) {
        value labels = object_labels(candidate->document);
        bool matches = selector != NULL ? selector_matches(selector, labels)
                                        : value_present(value_get(labels, value_str(wanted)));
        if (matches)
            return candidate;
    }
    return NULL;
}

static const struct object *resolve(struct lint *lint, const struct level_reference *reference,
                                    const struct object *object, value wanted)
{
    str namespace = namespace_of(reference, object);
    if (reference->by == LEVEL_BY_NAME)
        return lint_find(lint, reference->to, namespace, value_str(wanted));
    return find_by_labels(lint, reference, namespace, wanted);
}

static void each_match(struct lint *lint, const struct level_reference *reference,
                       const struct object *object, resolved_fn *look)
{
    struct level_matches matches;
    level_path_find(reference->path, object->document, lint->arena, &matches);
    VEC_FOR (const struct level_match, match, &matches.items) {
        bool nothing = value_is(match->val, VALUE_NULL) ||
                       (value_is(match->val, VALUE_STRING) && value_str(match->val).len == 0);
        if (!nothing)
            look(lint, reference, object, match, resolve(lint, reference, object, match->val));
    }
}

static void each_reference(struct lint *lint, resolved_fn *look)
{
    VEC_FOR (const struct level_reference, reference, &lint->level->references) {
        const struct lint_objects *objects = lint_kind_objects(lint, reference->from);
        LINT_OBJECTS (object, objects) {
            if (level_condition_holds(&reference->when, object->document))
                each_match(lint, reference, object, look);
        }
    }
}

static void look_missing(struct lint *lint, const struct level_reference *reference,
                         const struct object *object, const struct level_match *match,
                         const struct object *found)
{
    if (found != NULL)
        return;
    static const char *const how[] = {[LEVEL_BY_NAME] = "called",
                                      [LEVEL_BY_SELECTOR] = "that the selector matches",
                                      [LEVEL_BY_LABEL] = "with the label"};
    str named = value_str(match->val);
    bool soft = reference->warn || !lint->input->whole;
    lint_report_as(lint, soft ? SEVERITY_WARNING : SEVERITY_ERROR, object, match->line,
                   str_z(lint->check->rule.hint), "%.*s: %.*s: there is no %.*s %s%s%.*s",
                   STR_ARG(lint_name(lint, object)), STR_ARG(level_path_name(reference->path)),
                   STR_ARG(reference->to->gvk.kind), how[reference->by], named.len != 0 ? " " : "",
                   STR_ARG(named));
}

void lint_references_missing(struct lint *lint)
{
    each_reference(lint, look_missing);
}

static void look_region(struct lint *lint, const struct level_reference *reference,
                        const struct object *object, const struct level_match *match,
                        const struct object *found)
{
    const struct level_path *region = lint->level->layout.region;
    if (found == NULL || !reference->same_region || region == NULL)
        return;
    str here = level_path_text(region, object->document);
    str there = level_path_text(region, found->document);
    if (here.len != 0 && there.len != 0 && !str_equal(here, there))
        lint_report(lint, object, match->line, "%.*s is of %.*s, but %.*s is of %.*s",
                    STR_ARG(lint_name(lint, object)), STR_ARG(here),
                    STR_ARG(lint_name(lint, found)), STR_ARG(there));
}

void lint_references_region(struct lint *lint)
{
    each_reference(lint, look_region);
}

/* Who took an object first: by the identity of what is taken. */
static void look_shared(struct lint *lint, const struct level_reference *reference,
                        const struct object *object, const struct level_match *match,
                        const struct object *found)
{
    if (found == NULL || !reference->exclusive)
        return;
    struct map_entry *taken =
        map_place(&lint->taken, lint->arena, object_id_key(&found->id, lint->arena));
    const struct object *first = taken->value;
    if (first == NULL)
        taken->value = (void *)(uintptr_t)object; /* maps are not const; objects stay so */
    else
        lint_report(lint, object, match->line, "%.*s wants %.*s, which %.*s has",
                    STR_ARG(lint_name(lint, object)), STR_ARG(lint_name(lint, found)),
                    STR_ARG(lint_name(lint, first)));
}

void lint_references_shared(struct lint *lint)
{
    lint->taken = (struct map){0};
    each_reference(lint, look_shared);
}
