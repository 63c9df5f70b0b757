#include "syncd/live/live.h"

#include "syncd/live/adopt.h"

static struct field_set owned_by_others(struct owners owners, const struct owner *own,
                                        struct arena *scratch)
{
    struct field_set others = {0};
    for (size_t i = 0; i < owners.len; i++) {
        if (&owners.items[i] != own)
            others = fields_union(others, owners.items[i].fields, scratch);
    }
    return others;
}

/* A Secret's stringData, as members of data. */
static struct field_set with_string_texts(struct field_set fields, value document,
                                          struct arena *arena)
{
    const struct path_element from = path_field(STR("stringData")), into = path_field(STR("data"));
    struct field_set texts = fields_below(fields, &from);
    if (fields_empty(texts) ||
        !str_equal(value_str(value_get(document, STR("kind"))), STR("Secret")))
        return fields;
    struct field_node *node = ARENA_NEW(arena, struct field_node);
    *node = (struct field_node){.element = into, .children = texts};
    return fields_union(fields, (struct field_set){node, 1}, arena);
}

struct field_set live_fields(struct field_set fields, value document, struct arena *arena)
{
    /* Applied empty they are whose they are only until somebody else puts something in. */
    static const str empty[] = {STR_INIT("annotations"), STR_INIT("finalizers"), STR_INIT("labels"),
                                STR_INIT("ownerReferences")};
    const struct path_element metadata = path_field(STR("metadata"));
    struct fields_builder *builder = NULL;
    for (size_t i = 0; i < ARRAY_LEN(empty); i++) {
        const struct path_element path[] = {metadata, path_field(empty[i])};
        const struct field_node *node = fields_node(fields_below(fields, &metadata), &path[1]);
        if (node == NULL || node->children.len != 0)
            continue;
        if (builder == NULL)
            builder = fields_begin(arena);
        fields_add(builder, path, ARRAY_LEN(path));
    }
    if (builder != NULL)
        fields = fields_difference(fields, fields_finish(builder, arena), arena);
    return with_string_texts(fields, document, arena);
}

static value first_of(value list)
{
    return value_is(list, VALUE_ARRAY) && value_len(list) != 0 ? value_item(list, 0)
                                                               : value_absent();
}

bool live_view(value document, str owner_label, struct arena *scratch, struct live_view *ret_view,
               struct error *err)
{
    struct object object;
    if (!object_from_document(document, (struct position){0}, &object, err))
        return false;
    struct live_view view = {
        .id = object.id,
        .uid = object_uid(document),
        .resource_version = object_resource_version(document),
        .owner = object_label(document, owner_label),
        .run = object_annotation(document, STR("syncd.dev/run")),
        .deleting = object_is_deleting(document),
        .leaves_since = value_str(value_get2(document, STR("metadata"), STR("deletionTimestamp"))),
        .finalizer = value_str(first_of(value_get2(document, STR("metadata"), STR("finalizers")))),
    };
    struct arena_mark mark = arena_mark(scratch);
    struct owners owners;
    value managed = value_get2(document, STR("metadata"), STR("managedFields"));
    struct error ignored = ERROR_INIT;
    /* Managed fields that cannot be read are as good as none: not ours. */
    if (owners_parse(managed, scratch, &owners, &ignored)) {
        view.tools = adopt_find(owners);
        const struct owner *own =
            owners_find(owners, STR(FIELD_MANAGER), OWNER_APPLY, STR(""), STR(""));
        if (own != NULL) {
            view.ours = true;
            view.own_time_ns = own->has_time ? own->time_ns : 0;
            view.fields = fields_project_hash_among(live_fields(own->fields, document, scratch),
                                                    owned_by_others(owners, own, scratch), NULL,
                                                    document, scratch);
        }
    }
    arena_rewind(scratch, mark);
    *ret_view = view;
    return true;
}
