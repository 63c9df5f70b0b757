/* Labels, annotations, images and replicas: texts and numbers put into known fields. */
#include "render/kustomize/field_edit.h"
#include "render/kustomize/pattern.h"
#include "render/kustomize/scalar.h"
#include "render/kustomize/shared.h"
#include "render/kustomize/transform.h"

/* Entries that go into several fields of one object are shared between them. */
static value entries_for(struct build *build, const struct resource *resource, value entries,
                         struct spec_list specs)
{
    size_t fields = 0;
    for (size_t i = 0; i < specs.count && fields < 2; i++)
        fields += kust_gvk_selected(&resource->id.gvk, &specs.items[i].gvk);
    if (fields < 2)
        return entries;
    struct object_builder builder;
    object_begin(&builder, build->arena);
    for (size_t i = 0; i < entries.len; i++) {
        const struct member *entry = value_member(entries, i);
        value own = kust_shared_text(value_str(entry->val), build->arena);
        own.flags |= entry->val.flags & VALUE_QUOTED;
        object_add(&builder, entry->key, own);
    }
    return object_finish(&builder);
}

bool kust_apply_entries(struct build *build, struct resmap *map, value entries,
                        struct spec_list specs, struct error *err)
{
    value own;
    struct field_edit edit = {
        .edit = kust_set_entries, .context = &own, .create = VALUE_OBJECT, .arena = build->arena};
    if (value_len(entries) == 0)
        return true;
    VEC_FOR (struct resource *, slot, &map->list) {
        value document;
        own = entries_for(build, *slot, entries, specs);
        if (!kust_edit_fields(&edit, specs, &(*slot)->id.gvk, (*slot)->document, &document, err))
            return error_at(err, (*slot)->source);
        kust_resource_set(build, *slot, document);
    }
    return kust_check_budget(build, err);
}

/* "host:5000/name", "tag", "sha256:…" */
struct image_parts {
    str name, tag, digest;
};

static struct image_parts split_image(str image)
{
    size_t slash = str_index(image, '/');
    size_t from = slash == SIZE_MAX || slash == 0 ? 0 : slash; /* a port's colon is no tag's */
    str search = str_skip(image, from);
    size_t at = str_index(search, '@');
    size_t colon = str_index(search, ':');
    struct image_parts parts = {.name = image};
    if (at != SIZE_MAX) {
        parts.digest = str_skip(search, at + 1);
        parts.name = str_slice(image, 0, from + at);
    }
    if (colon != SIZE_MAX && (at == SIZE_MAX || colon < at)) {
        parts.name = str_slice(image, 0, from + colon);
        parts.tag = str_slice(search, colon + 1, (at == SIZE_MAX ? search.len : at) - colon - 1);
    }
    return parts;
}

static bool is_tag_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || (byte != '\0' && strchr("_.{}-", byte) != NULL);
}

static str skip_tag(str text)
{
    size_t len = 0;
    while (len < text.len && is_tag_byte(text.ptr[len]))
        len++;
    return str_skip(text, len);
}

/* Nothing, or ":tag", or "@sha256:digest", or both. */
static bool is_rest_of_image(str rest)
{
    if (str_starts(rest, STR(":")))
        rest = skip_tag(str_skip(rest, 1));
    if (str_starts(rest, STR("@sha256:")))
        rest = skip_tag(str_skip(rest, strlen("@sha256:")));
    return rest.len == 0;
}

struct image_edit {
    struct build *build;
    const struct image_entry *image;
    const struct regex *regex; /* NULL: the name is plain, but that "." fits any byte */
};

/* Names are regular expressions to the tool; in most the only such character is the dot. */
static bool compile_name(struct image_edit *edit, struct error *err)
{
    struct build *build = edit->build;
    str name = edit->image->name;
    bool plain = true;
    for (size_t i = 0; i < name.len && plain; i++)
        plain = name.ptr[i] == '.' || kust_pattern_is_plain(str_slice(name, i, 1));
    if (plain)
        return true;
    static const char rest[] = "(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$";
    str pattern = arena_concat(build->arena, STR("^"), name, str_z(rest));
    return regex_compile(pattern, build->limits, build->arena, &edit->regex, err) ||
           error_wrap(err, "images: name \"%.*s\"", STR_ARG(name));
}

static bool name_fits(const struct image_edit *edit, str image)
{
    str name = edit->image->name;
    if (edit->regex != NULL)
        return regex_matches(edit->regex, image, edit->build->scratch);
    if (image.len < name.len)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] != image.ptr[i] && name.ptr[i] != '.')
            return false;
    }
    return is_rest_of_image(str_skip(image, name.len));
}

static bool edit_image(void *context, value node, struct arena *arena, value *ret_node,
                       struct error *err)
{
    const struct image_edit *edit = context;
    const struct image_entry *image = edit->image;
    *ret_node = node;
    if (node.kind == VALUE_OBJECT || node.kind == VALUE_ARRAY)
        return error_rule(err, ERROR_INPUT, "E_FIELD", "an image is no text");
    str text = kust_scalar_text(node);
    if (!name_fits(edit, text))
        return true;
    struct image_parts parts = split_image(text);
    if (image->new_name.len != 0)
        parts.name = image->new_name;
    if (image->new_tag.len != 0 || image->digest.len != 0) {
        parts.tag = image->new_tag;
        parts.digest = image->digest;
    } else if (image->tag_suffix.len != 0) {
        parts.tag = arena_concat(arena, parts.tag, image->tag_suffix, STR(""));
        parts.digest = (str){0};
    }
    str result = parts.name;
    if (parts.tag.len != 0)
        result = arena_concat(arena, result, STR(":"), parts.tag);
    if (parts.digest.len != 0)
        result = arena_concat(arena, result, STR("@"), parts.digest);
    *ret_node = kust_scalar_untyped(node, result, arena);
    return true;
}

static bool edit_containers(struct image_edit *edit, value list, value *ret_list, struct error *err)
{
    *ret_list = list;
    for (size_t i = 0; list.kind == VALUE_ARRAY && i < list.len; i++) {
        value container = value_item(*ret_list, i);
        if (container.kind == VALUE_NULL)
            continue;
        if (container.kind != VALUE_OBJECT)
            return error_rule(err, ERROR_INPUT, "E_FIELD", "a container is no map");
        value old = value_get(container, STR("image"));
        value image;
        if (kust_is_nothing(old))
            continue;
        if (!edit_image(edit, old, edit->build->arena, &image, err))
            return false;
        if (!kust_same(image, old))
            *ret_list = value_with_item(
                *ret_list, i, value_with(container, STR("image"), image, edit->build->arena),
                edit->build->arena);
    }
    return true;
}

/* Finds `containers` and `initContainers` wherever they are. As deep as the document. */
static bool edit_images_below(struct image_edit *edit, value node, value *ret_node,
                              struct error *err)
{
    struct arena *arena = edit->build->arena;
    *ret_node = node;
    for (size_t i = 0; node.kind == VALUE_ARRAY && i < node.len; i++) {
        value item;
        if (!edit_images_below(edit, value_item(node, i), &item, err))
            return false;
        if (!kust_same(item, value_item(node, i)))
            *ret_node = value_with_item(*ret_node, i, item, arena);
    }
    for (size_t i = 0; node.kind == VALUE_OBJECT && i < node.len; i++) {
        const struct member *member = value_member(node, i);
        bool containers = str_equal(member->key, STR("containers")) ||
                          str_equal(member->key, STR("initContainers"));
        value child;
        if (!edit_images_below(edit, member->val, &child, err) ||
            (containers && !edit_containers(edit, child, &child, err)))
            return error_wrap(err, "%.*s", STR_ARG(member->key));
        if (!kust_same(child, member->val))
            *ret_node = value_with(*ret_node, member->key, child, arena);
    }
    return true;
}

bool kust_apply_image(struct build *build, struct resmap *map, const struct image_entry *image,
                      struct spec_list specs, struct error *err)
{
    struct image_edit edit = {.build = build, .image = image};
    struct field_edit fields = {.edit = edit_image, .context = &edit, .arena = build->arena};
    if (!compile_name(&edit, err))
        return false;
    VEC_FOR (struct resource *, slot, &map->list) {
        value document;
        if (str_equal((*slot)->id.gvk.kind, STR("CustomResourceDefinition")))
            continue;
        if (!edit_images_below(&edit, (*slot)->document, &document, err) ||
            !kust_edit_fields(&fields, specs, &(*slot)->id.gvk, document, &document, err))
            return error_wrap(err, "images") || error_at(err, (*slot)->source);
        kust_resource_set(build, *slot, document);
    }
    return kust_check_budget(build, err);
}

static bool set_number(void *context, value node, struct arena *arena, value *ret_node,
                       struct error *err)
{
    if (node.kind == VALUE_OBJECT || node.kind == VALUE_ARRAY)
        return error_rule(err, ERROR_INPUT, "E_FIELD", "the number of replicas is no scalar");
    *ret_node = kust_in_style_of(node, value_int(*(const int64_t *)context, arena));
    return true;
}

/* Any identity with the name whose kind the spec selects. */
static bool has_identity(const struct resource *resource, str name, const struct gvk *selector)
{
    bool fits =
        str_equal(resource->id.name, name) && kust_gvk_selected(&resource->id.gvk, selector);
    for (size_t i = 0; i < resource->former.len && !fits; i++) {
        struct kust_id id = kust_resource_former(resource, i);
        fits = str_equal(id.name, name) && kust_gvk_selected(&id.gvk, selector);
    }
    return fits;
}

bool kust_apply_replicas(struct build *build, struct resmap *map,
                         const struct replica_entry *replica, struct spec_list specs,
                         struct error *err)
{
    int64_t count = replica->count;
    struct field_edit edit = {
        .edit = set_number, .context = &count, .create = VALUE_STRING, .arena = build->arena};
    const struct selection *named = kust_resmap_named(build, map, replica->name);
    bool found = false;
    for (size_t s = 0; named != NULL && s < specs.count; s++) {
        const struct field_spec *spec = &specs.items[s];
        VEC_FOR (struct resource *, slot, &named->list) {
            if (!has_identity(*slot, replica->name, &spec->gvk))
                continue;
            found = true;
            value document = (*slot)->document;
            if (kust_gvk_selected(&(*slot)->id.gvk, &spec->gvk) &&
                !kust_edit_field(&edit, spec->path, spec->create, document, &document, err))
                return error_at(err, (*slot)->source);
            kust_resource_set(build, *slot, document);
        }
    }
    return found || error_rule(err, ERROR_INPUT, "E_REPLICAS",
                               "replicas: there is no \"%.*s\" of a kind that has replicas",
                               STR_ARG(replica->name));
}
