#include "render/kustomize/merge.h"
#include "render/kustomize/scalar.h"
#include "render/kustomize/transform.h"
#include "syncd/value/pointer.h"

static value with_text(value document, str key, str text, struct arena *arena)
{
    value old = value_get(document, key);
    if (old.kind == VALUE_STRING && str_equal(value_str(old), text))
        return document;
    return value_with(document, key, value_string(text), arena);
}

static value with_namespace(value document, str namespace, struct arena *arena)
{
    if (namespace.len != 0)
        return kust_metadata_with(document, STR("namespace"), namespace, arena);
    value metadata = value_get(document, STR("metadata"));
    if (!value_present(value_get(metadata, STR("namespace"))))
        return document;
    return value_with(document, STR("metadata"), value_without(metadata, STR("namespace"), arena),
                      arena);
}

/* Merges a patch into one object, which keeps its kind, name and namespace unless told otherwise.
 */
static bool merge_into(struct build *build, struct resmap *map, struct resource *resource,
                       const struct resource *patch, value patch_document, struct error *err)
{
    struct kust_id old = resource->id;
    if (patch->may_rename || patch->may_change_kind)
        kust_resource_remember(build, resource);
    value document = resource->document;
    size_t known = resource->former.len;
    bool marked = kust_history_mark(build, resource, &document);
    if (!kust_strategic_merge(build, document, patch_document, &document, err))
        return error_wrap(err, "patching %.*s", STR_ARG(kust_id_text(&old, build->scratch)));
    if (marked)
        kust_history_settle(build, resource, false, &document);
    if (resource->former.len < known)
        kust_resmap_changed(map);
    if (kust_is_empty(document)) {
        resource->document = value_null();
        map->has_gone = true;
        kust_resmap_changed(map);
        return true;
    }
    if (!patch->may_change_kind)
        document = with_text(document, STR("kind"), old.gvk.kind, build->arena);
    if (!patch->may_rename)
        document = kust_metadata_with(document, STR("name"), old.name, build->arena);
    document = with_namespace(document, old.namespace, build->arena);
    kust_resource_set(build, resource, document);
    if (resource->key.len == 0 || patch->may_rename || patch->may_change_kind)
        kust_resmap_changed(map);
    return true;
}

/* A patch for whatever a selector finds takes its labels and annotations as texts, nulls included,
   and the API version of its target. */
static bool patch_for(struct build *build, const struct resource *patch,
                      const struct resource *target, value *ret_document, struct error *err)
{
    value document = patch->document;
    struct arena *arena = build->arena;
    value labels = kust_string_map(object_labels(document), arena);
    value annotations = kust_string_map(object_annotations(document), arena);
    if (!kust_metadata_set_map(document, STR("labels"), labels, arena, &document, err) ||
        !kust_metadata_set_map(document, STR("annotations"), annotations, arena, &document, err))
        return false;
    document = with_namespace(document, patch->id.namespace, arena);
    *ret_document =
        with_text(document, STR("apiVersion"), gvk_api_version(target->id.gvk, arena), arena);
    return true;
}

static bool merge_into_selected(struct build *build, struct resmap *map,
                                const struct selection *selected, const struct resource *patch,
                                struct error *err)
{
    struct selection alike = {0};
    kust_resmap_with_alike(build, map, selected, &alike);
    for (size_t i = 0; i < alike.list.len; i++) {
        struct resource *target = alike.list.items[i];
        value document;
        if (!patch_for(build, patch, target, &document, err) ||
            !merge_into(build, map, target, patch, document, err))
            return false;
    }
    kust_resmap_drop_empty(map);
    return kust_resmap_check_unique(build, map, err);
}

/* The one object that a patch names. */
static bool find_target(struct build *build, struct resmap *map, const struct resource *patch,
                        struct resource **ret_target, struct error *err)
{
    struct kust_id id = kust_resource_original(patch);
    size_t count = kust_resmap_find_any(build, map, &id, ret_target);
    if (count == 1)
        return true;
    (void)error_rule(err, ERROR_INPUT, "E_PATCH", "%s for the patch of %.*s",
                     count == 0 ? "there is no object" : "there is more than one object",
                     STR_ARG(kust_id_text(&id, build->scratch)));
    return error_at(err, patch->source);
}

/* Text that begins with "[" is JSON, else YAML. */
static bool parse_json_patch(struct build *build, str text, value *ret_patch, struct error *err)
{
    static const struct yaml_options options = {.dialect = YAML_KUBERNETES,
                                                .allow_duplicate_keys = true};
    if (text.len == 0)
        return error_rule(err, ERROR_INPUT, "E_PATCH", "the JSON patch is empty");
    bool read = text.ptr[0] == '['
                    ? json_read(text, build->limits, build->arena, ret_patch, err)
                    : yaml_read(text, &options, build->limits, build->arena, ret_patch, err);
    if (!read)
        return false;
    bool operations = ret_patch->kind == VALUE_ARRAY || ret_patch->kind == VALUE_NULL;
    for (size_t i = 0; operations && i < value_len(*ret_patch); i++)
        operations = value_item(*ret_patch, i).kind == VALUE_OBJECT;
    return operations ||
           error_rule(err, ERROR_INPUT, "E_PATCH", "this is no list of JSON patch operations");
}

static bool json_patch_one(struct build *build, struct resource *resource, value patch,
                           struct error *err)
{
    struct arena *arena = build->arena;
    value document;
    if (!kust_check_types(build, resource, err))
        return false;
    document = kust_canonical(resource->document, false, arena);
    bool marked = kust_history_mark(build, resource, &document);
    if (!json_patch_apply(document, patch, build->limits, arena, &document, err))
        return error_wrap(err, "patching %.*s",
                          STR_ARG(kust_id_text(&resource->id, build->scratch)));
    document = kust_canonical(document, true, arena);
    if (marked)
        kust_history_settle(build, resource, true, &document);
    if (document.kind != VALUE_OBJECT)
        return error_rule(err, ERROR_INPUT, "E_PATCH", "nothing is left of %.*s",
                          STR_ARG(kust_id_text(&resource->id, build->scratch)));
    value annotations = kust_string_map(object_annotations(document), arena);
    if (!kust_metadata_set_map(document, STR("annotations"), annotations, arena, &document, err))
        return false;
    kust_resource_set(build, resource, document);
    return true;
}

static bool json_patch_selected(struct build *build, struct resmap *map,
                                const struct selector_spec *target, value patch, bool remember,
                                struct error *err)
{
    struct selection selected = {0};
    if (!kust_resmap_select(build, map, target, &selected, err))
        return false;
    VEC_FOR (struct resource *, slot, &selected.list) {
        if (remember)
            kust_resource_remember(build, *slot);
        if (!json_patch_one(build, *slot, patch, err))
            return false;
        if ((*slot)->key.len == 0) /* another identity now */
            kust_resmap_changed(map);
    }
    return true;
}

/* The tool notes what is allowed in the patch's annotations, which become texts by that. */
static bool allow_changes(struct build *build, const struct patch_options *options,
                          const struct selection *patches, struct error *err)
{
    VEC_FOR (struct resource *, slot, &patches->list) {
        struct resource *patch = *slot;
        patch->may_rename |= options->allow_name_change;
        patch->may_change_kind |= options->allow_kind_change;
        value texts = kust_string_map(object_annotations(patch->document), build->arena);
        if ((patch->may_rename || patch->may_change_kind) &&
            !kust_metadata_set_map(patch->document, STR("annotations"), texts, build->arena,
                                   &patch->document, err))
            return false;
    }
    return true;
}

static bool merge_patches(struct build *build, struct resmap *map, const struct patch_entry *entry,
                          const struct selection *patches, struct error *err)
{
    if (entry->options != NULL && !allow_changes(build, entry->options, patches, err))
        return false;
    if (entry->target != NULL && patches->list.len > 1)
        return error_rule(err, ERROR_INPUT, "E_PATCH",
                          "a patch with a target may hold one object only, this has %zu",
                          patches->list.len);
    if (entry->target != NULL) {
        struct selection selected = {0};
        return kust_resmap_select(build, map, entry->target, &selected, err) &&
               merge_into_selected(build, map, &selected, patches->list.items[0], err);
    }
    VEC_FOR (struct resource *, slot, &patches->list) {
        struct resource *target = NULL;
        if (!find_target(build, map, *slot, &target, err) ||
            !merge_into(build, map, target, *slot, (*slot)->document, err))
            return false;
    }
    return true;
}

static bool patch_text(struct build *build, const struct loader *loader,
                       const struct patch_entry *patch, str *ret_text, str *ret_file,
                       struct error *err)
{
    str text = str_trim(patch->patch);
    if ((text.len != 0) == (patch->path.len != 0))
        return error_rule(err, ERROR_INPUT, "E_PATCH", "give either `patch` or `path`%s",
                          text.len != 0 ? ", not both" : "");
    *ret_text = text;
    *ret_file = (str){0};
    if (text.len != 0)
        return true;
    const struct snapshot_entry *entry = NULL;
    if (!kust_load_entry(build, loader, patch->path, &entry, err))
        return false;
    *ret_text = entry->bytes;
    *ret_file = entry->path;
    return true;
}

bool kust_apply_patch(struct build *build, const struct loader *loader, struct resmap *map,
                      const struct patch_entry *patch, struct error *err)
{
    str text = {0}, file = {0};
    if (!patch_text(build, loader, patch, &text, &file, err))
        return false;
    struct selection objects = {0};
    struct error as_objects = ERROR_INIT, as_json = ERROR_INIT;
    if (kust_read_patches(build, text, file, &objects, &as_objects)) {
        bool done = objects.list.len == 0 || merge_patches(build, map, patch, &objects, err);
        kust_resmap_drop_empty(map);
        return done || error_at(err, (struct position){.file = file});
    }
    value operations;
    if (!parse_json_patch(build, text, &operations, &as_json)) {
        /* Text that looks like objects is told what is wrong with it as objects. */
        *err = text.len != 0 && (text.ptr[0] == '[' || text.ptr[0] == '-') ? as_json : as_objects;
        (void)error_wrap(err, "this is neither a strategic merge patch nor a JSON patch");
        return error_at(err, (struct position){.file = file});
    }
    if (operations.kind == VALUE_NULL)
        return true;
    if (patch->target == NULL)
        return error_rule(err, ERROR_INPUT, "E_PATCH", "a JSON patch needs a target");
    return json_patch_selected(build, map, patch->target, operations, true, err) ||
           error_at(err, (struct position){.file = file});
}

bool kust_apply_json_patch(struct build *build, const struct loader *loader, struct resmap *map,
                           const struct patch_entry *patch, struct error *err)
{
    if (patch->target == NULL || patch->target->name.len == 0)
        return error_rule(err, ERROR_INPUT, "E_PATCH", "a JSON patch needs a target with a name");
    if ((patch->patch.len != 0) == (patch->path.len != 0))
        return error_rule(err, ERROR_INPUT, "E_PATCH", "give either `patch` or `path`");
    str text = patch->patch;
    value operations;
    if (patch->path.len != 0 && !kust_load_file(build, loader, patch->path, &text, err))
        return false;
    if (!parse_json_patch(build, text, &operations, err))
        return error_at(err, (struct position){.file = patch->path});
    if (value_len(operations) == 0)
        return error_rule(err, ERROR_INPUT, "E_PATCH", "the JSON patch is empty");
    return json_patch_selected(build, map, patch->target, operations, false, err);
}

bool kust_apply_merge_patches(struct build *build, const struct loader *loader, struct resmap *map,
                              const struct strings *patches, struct error *err)
{
    size_t count = 0;
    VEC_FOR (str, text, &patches->list) {
        struct selection objects = {0};
        struct error ignored = ERROR_INIT; /* then it is the path of a file */
        if (!kust_read_patches(build, *text, (str){0}, &objects, &ignored) &&
            !kust_load_objects(build, loader, *text, &objects, err))
            return error_wrap(err, "patchesStrategicMerge");
        count += objects.list.len;
        VEC_FOR (struct resource *, slot, &objects.list) {
            struct resource *target = NULL;
            if (!find_target(build, map, *slot, &target, err))
                return false;
            struct resource *found[] = {target};
            struct selection selected = {.list = {found, 1, 1}};
            if (!merge_into_selected(build, map, &selected, *slot, err))
                return false;
        }
    }
    if (count == 0)
        return error_rule(err, ERROR_INPUT, "E_PATCH", "patchesStrategicMerge holds no patch");
    return true;
}
