#include "render/kustomize/value_add.h"

#include "render/kustomize/field_edit.h"
#include "render/kustomize/scalar.h"

static const struct field_row target_rows[] = {
    {"selector", FIELD_STRUCT, offsetof(struct value_add_target, selector), &kust_selector_decoder},
    {"fieldPath", FIELD_STRING, offsetof(struct value_add_target, field_path), NULL},
    {"filePathPosition", FIELD_INT, offsetof(struct value_add_target, position), NULL},
};
static const struct decoder target_decoder =
    DECODER("a target", struct value_add_target, target_rows);

static const struct field_row rows[] = {
    {"value", FIELD_STRING, offsetof(struct value_add, text), NULL},
    {"targets", FIELD_STRUCTS, offsetof(struct value_add, targets), &target_decoder},
    {"targetFilePath", FIELD_STRING, offsetof(struct value_add, target_file), NULL},
};
const struct decoder kust_value_add_decoder =
    DECODER("a ValueAddTransformer", struct value_add, rows);

struct adding {
    str text;
    int64_t position;
};

/* Puts a part into a file path, before part number `position` (from 1), or at the end. */
static str insert_part(str path, int64_t position, str part, struct arena *arena)
{
    if (path.len == 0)
        return part;
    bool absolute = str_starts(path, STR("/"));
    str rest = absolute ? str_skip(path, 1) : path;
    str result = absolute ? STR("/") : STR("");
    str segment = {0};
    bool placed = false, first = true;
    for (int64_t i = 1; rest.len != 0 && str_cut(&rest, '/', &segment); i++) {
        if (i == position) {
            result = arena_concat(arena, result, first ? STR("") : STR("/"), part);
            placed = true;
            first = false;
        }
        result = arena_concat(arena, result, first ? STR("") : STR("/"), segment);
        first = false;
    }
    return placed ? result : arena_concat(arena, result, first ? STR("") : STR("/"), part);
}

static bool edit_value(void *context, value node, struct arena *arena, value *ret_node,
                       struct error *err)
{
    const struct adding *adding = context;
    if (node.kind == VALUE_OBJECT || node.kind == VALUE_ARRAY)
        return error_rule(err, ERROR_INPUT, "E_FIELD", "the field is no text");
    str text = adding->position > 0
                   ? insert_part(kust_scalar_text(node), adding->position, adding->text, arena)
                   : adding->text;
    *ret_node = value_string(text);
    return true;
}

static bool add_to_selected(struct build *build, struct resmap *map,
                            const struct value_add_target *target, str text, struct error *err)
{
    struct selection selected = {.list = {map->list.items, map->list.len, map->list.cap}};
    struct adding adding = {.text = text, .position = target->position};
    struct field_edit edit = {
        .edit = edit_value, .context = &adding, .create = VALUE_STRING, .arena = build->arena};
    if (target->selector != NULL &&
        !kust_resmap_select(build, map, target->selector, &selected, err))
        return false;
    bool is_namespace = str_equal(target->field_path, STR("metadata/namespace"));
    VEC_FOR (struct resource *, slot, &selected.list) {
        value document = (*slot)->document;
        if (is_namespace && (*slot)->id.cluster_scoped)
            continue;
        if (is_namespace)
            adding.position = 0;
        if (!kust_edit_field(&edit, target->field_path, true, document, &document, err))
            return error_at(err, (*slot)->source);
        kust_resource_set(build, *slot, document);
    }
    kust_resmap_changed(map);
    return true;
}

static bool check_target(const struct value_add_target *target, struct error *err)
{
    if (target->field_path.len == 0)
        return error_rule(err, ERROR_INPUT, "E_PLUGIN", "a target needs a fieldPath");
    if (target->position < 0)
        return error_rule(err, ERROR_INPUT, "E_PLUGIN", "filePathPosition is negative");
    return true;
}

bool kust_apply_value_add(struct build *build, const struct loader *loader, struct resmap *map,
                          const struct value_add *add, struct error *err)
{
    static const struct yaml_options options = {.dialect = YAML_KUBERNETES,
                                                .allow_duplicate_keys = true};
    struct value_add all = *add;
    str bytes = {0};
    value document;
    if (add->target_file.len != 0) {
        struct value_add more = {0};
        if (!kust_load_file(build, loader, add->target_file, &bytes, err) ||
            !yaml_read(bytes, &options, build->limits, build->arena, &document, err) ||
            !kust_decode(&kust_value_add_decoder, document, DECODE_LOOSE, build->arena, &more, err))
            return error_at(err, (struct position){.file = add->target_file});
        VEC_FOR (struct value_add_target, target, &more.targets)
            VEC_PUSH(build->arena, &all.targets, *target);
    }
    str text = str_trim(add->text);
    if (text.len == 0)
        text = path_base(loader->root);
    if (all.targets.len == 0)
        return error_rule(err, ERROR_INPUT, "E_PLUGIN", "there is no target");
    VEC_FOR (struct value_add_target, target, &all.targets)
        if (!check_target(target, err) || !add_to_selected(build, map, target, text, err))
            return false;
    return true;
}
