#include "render/kustomize/merge_internal.h"

#include "render/kustomize/scalar.h"

static const struct outcome gone = {.v = {.kind = VALUE_ABSENT}, .from = FROM_NOWHERE};

enum directive kust_directive_from(value word)
{
    str text = kust_scalar_text(word);
    if (str_equal(text, STR("delete")))
        return DIRECTIVE_DELETE;
    if (str_equal(text, STR("replace")))
        return DIRECTIVE_REPLACE;
    return str_equal(text, STR("merge")) ? DIRECTIVE_MERGE : DIRECTIVE_UNKNOWN;
}

bool kust_unknown_directive(value word, struct error *err)
{
    (void)error_rule(err, ERROR_INPUT, "E_PATCH", "unknown patch directive \"%.*s\"",
                     STR_ARG(kust_scalar_text(word)));
    return error_at(err, (struct position){.line = word.line});
}

static bool clash(value v, const char *want, struct error *err)
{
    (void)error_rule(err, ERROR_INPUT, "E_PATCH", "the patch and its target differ: %s against %s",
                     want, value_kind_name((enum value_kind)v.kind));
    return error_at(err, (struct position){.line = v.line});
}

/* Takes the directive out of a map of the patch. */
static enum directive take_directive(const struct merge *merge, value *patch, value *ret_word)
{
    if (patch->kind != VALUE_OBJECT)
        return DIRECTIVE_MERGE;
    *ret_word = value_get(*patch, PATCH_KEY);
    if (!value_present(*ret_word))
        return DIRECTIVE_MERGE;
    enum directive directive = kust_directive_from(*ret_word);
    if (directive != DIRECTIVE_UNKNOWN)
        *patch = value_without(*patch, PATCH_KEY, merge->arena);
    return directive;
}

/* The fields that are left of two maps, of which one may be ABSENT. */
struct fields {
    VEC(struct member) list;
    bool changed; /* against the target */
};

static bool merge_field(const struct merge *merge, struct schema_at at, str key, value target,
                        value patch, bool same, struct fields *fields, struct error *err)
{
    struct outcome outcome;
    struct schema_at child = kust_schema_noted(merge->schema, target);
    if (!child.known)
        child = kust_schema_noted(merge->schema, patch);
    if (!child.known)
        child = kust_schema_field(merge->schema, at, key);
    if (!kust_merge_node(merge, child, target, patch, same, &outcome, err))
        return error_wrap(err, "%.*s", STR_ARG(key));
    if (outcome.from == FROM_NOWHERE || (kust_is_nothing(outcome.v) && !outcome.keep_null)) {
        fields->changed = fields->changed || value_present(target);
        return true;
    }
    bool is_scalar = target.kind != VALUE_OBJECT && target.kind != VALUE_ARRAY;
    if (value_present(target) && is_scalar && outcome.from == FROM_PATCH)
        outcome.v = kust_shared_write(merge->shared, target, kust_in_style_of(target, outcome.v));
    else if (outcome.from == FROM_TARGET)
        outcome.v = kust_scalar_settled(outcome.v);
    fields->changed = fields->changed || !kust_same(outcome.v, target);
    VEC_PUSH(merge->arena, &fields->list, (struct member){key, outcome.v});
    return true;
}

/* Both are sorted by key: one walk over the two. */
static bool merge_fields(const struct merge *merge, struct schema_at at, value target, value patch,
                         bool same, value *ret_map, struct error *err)
{
    struct fields fields = {0};
    size_t t = 0, p = 0;
    size_t target_len = value_len(target), patch_len = same ? 0 : value_len(patch);
    while (t < target_len || p < patch_len) {
        const struct member *in_target = t < target_len ? &target.as.members[t] : NULL;
        const struct member *in_patch = p < patch_len ? &patch.as.members[p] : NULL;
        int order = in_target == NULL  ? 1
                    : in_patch == NULL ? -1
                                       : str_compare(in_target->key, in_patch->key);
        value old = order <= 0 ? in_target->val : value_absent();
        value new = same ? old : order >= 0 ? in_patch->val : value_absent();
        str key = order <= 0 ? in_target->key : in_patch->key;
        if (!merge_field(merge, at, key, old, new, same, &fields, err))
            return false;
        t += order <= 0;
        p += order >= 0;
    }
    *ret_map = fields.changed ? (value){.kind = VALUE_OBJECT,
                                        .line = target.line,
                                        .len = (uint32_t)fields.list.len,
                                        .as.members = fields.list.items}
                              : target;
    return true;
}

static bool add_map(const struct merge *merge, struct schema_at at, value target, value patch,
                    struct outcome *ret_outcome, struct error *err)
{
    value word;
    *ret_outcome = gone;
    if (take_directive(merge, &patch, &word) == DIRECTIVE_DELETE || patch.kind == VALUE_NULL)
        return true;
    if (patch.kind == VALUE_ABSENT) {
        /* A null that was written stays; a field with nothing behind the colon goes. */
        if (target.kind == VALUE_NULL && target.len != 0)
            *ret_outcome = (struct outcome){.v = target, .from = FROM_TARGET, .keep_null = true};
        return true;
    }
    ret_outcome->from = FROM_PATCH;
    return merge_fields(merge, at, patch, patch, true, &ret_outcome->v, err);
}

static bool merge_maps(const struct merge *merge, struct schema_at at, value target, value patch,
                       bool same, struct outcome *ret_outcome, struct error *err)
{
    *ret_outcome = gone;
    if (patch.kind == VALUE_NULL)
        return true;
    value word;
    switch (take_directive(merge, &patch, &word)) {
    case DIRECTIVE_DELETE: return true;
    case DIRECTIVE_UNKNOWN: return kust_unknown_directive(word, err);
    case DIRECTIVE_REPLACE:
        ret_outcome->from = FROM_PATCH;
        return merge_fields(merge, at, patch, patch, true, &ret_outcome->v, err);
    case DIRECTIVE_MERGE: break;
    }
    ret_outcome->from = FROM_TARGET;
    return merge_fields(merge, at, same ? patch : target, patch, same, &ret_outcome->v, err);
}

/* The schema of an object inside an object, as of a template in a custom resource. */
static struct schema_at schema_of(const struct merge *merge, value target, value patch)
{
    const value nodes[] = {target, patch};
    for (size_t i = 0; i < ARRAY_LEN(nodes); i++) {
        str kind = kust_scalar_text(value_get(nodes[i], STR("kind")));
        str version = kust_scalar_text(value_get(nodes[i], STR("apiVersion")));
        if (kind.len == 0 || version.len == 0)
            continue;
        struct schema_at at = kust_schema_of_kind(merge->schema, version, kind);
        if (at.known)
            return at;
    }
    return (struct schema_at){.type = -1};
}

/* As deep as the documents, which a reader has limited. */
bool kust_merge_node(const struct merge *merge, struct schema_at at, value target, value patch,
                     bool same, struct outcome *ret_outcome, struct error *err)
{
    if (!at.known)
        at = schema_of(merge, target, patch);
    value first = kust_is_nothing(target) ? patch : target;
    value other = kust_is_nothing(target) ? target : patch;
    if (kust_is_nothing(first))
        return add_map(merge, at, target, patch, ret_outcome, err);
    switch ((enum value_kind)first.kind) {
    case VALUE_OBJECT:
        if (!kust_is_nothing(other) && other.kind != VALUE_OBJECT)
            return clash(other, "object", err);
        return kust_is_nothing(target)
                   ? add_map(merge, at, target, patch, ret_outcome, err)
                   : merge_maps(merge, at, target, patch, same, ret_outcome, err);
    case VALUE_ARRAY:
        if (!kust_is_nothing(other) && other.kind != VALUE_ARRAY)
            return clash(other, "array", err);
        if (at.known && at.merges)
            return kust_merge_list(merge, at, target, patch, same, ret_outcome, err);
        break;
    case VALUE_ABSENT:
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_NUMBER:
    case VALUE_STRING:
        if (other.kind == VALUE_OBJECT || other.kind == VALUE_ARRAY)
            return clash(other, "scalar", err);
        break;
    }
    bool from_patch = value_present(patch) && !same;
    *ret_outcome = (struct outcome){.v = from_patch ? patch : target,
                                    .from = from_patch ? FROM_PATCH : FROM_TARGET};
    return true;
}

bool kust_strategic_merge(struct build *build, value document, value patch, value *ret_document,
                          struct error *err)
{
    struct shared_writes shared = {.arena = build->arena};
    struct merge merge = {.shared = &shared,

                          .schema = build->schema,
                          .arena = build->arena,
                          .scratch = build->scratch};
    struct arena_mark mark = arena_mark(build->scratch);
    struct outcome outcome;
    bool done = kust_merge_node(&merge, (struct schema_at){.type = -1}, document, patch, false,
                                &outcome, err);
    arena_rewind(build->scratch, mark);
    if (!done)
        return false;
    *ret_document =
        outcome.from == FROM_NOWHERE ? value_absent() : kust_shared_settle(&shared, outcome.v);
    return true;
}
