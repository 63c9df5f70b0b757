#include "diff/schema.h"

#include "diff/schema_internal.h"

#include <stdlib.h>

struct schema_set *schema_set_make(struct arena *arena)
{
    struct schema_set *set = ARENA_NEW(arena, struct schema_set);
    set->arena = arena;
    return set;
}

#define KIND_KEY_MAX 512

/* "group/version/Kind" in the buffer; false when it is longer than any real one. */
static bool kind_key(struct gvk gvk, char buffer[KIND_KEY_MAX], str *ret_key)
{
    size_t len = gvk.group.len + gvk.version.len + gvk.kind.len + 2;
    if (len > KIND_KEY_MAX)
        return false;
    char *out = buffer;
    const str parts[] = {gvk.group, gvk.version, gvk.kind};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (i != 0)
            *out++ = '/';
        if (parts[i].len != 0)
            memcpy(out, parts[i].ptr, parts[i].len);
        out += parts[i].len;
    }
    *ret_key = str_from(buffer, len);
    return true;
}

void schema_add_kind(struct schema_set *set, struct gvk gvk, const struct schema_type *type)
{
    char buffer[KIND_KEY_MAX];
    str key;
    if (!kind_key(gvk, buffer, &key))
        return;
    /* The map takes pointers it may not write through; types are never written after this. */
    union {
        const struct schema_type *in;
        void *out;
    } cast = {.in = type};
    (void)map_put(&set->kinds, set->arena, arena_str(set->arena, key), cast.out);
}

const struct schema_type *schema_find(const struct schema_set *set, struct gvk gvk)
{
    char buffer[KIND_KEY_MAX];
    str key;
    return kind_key(gvk, buffer, &key) ? map_get(&set->kinds, key) : NULL;
}

str schema_intern(struct schema_set *set, str name)
{
    if (!map_has(&set->names, name)) {
        name = arena_str(set->arena, name);
        (void)map_put(&set->names, set->arena, name, set);
        return name;
    }
    return map_place(&set->names, set->arena, name)->key;
}

static int compare_fields(const void *a, const void *b)
{
    const struct schema_field *left = a, *right = b;
    return str_compare(left->name, right->name);
}

void schema_set_fields(struct schema_type *type, struct schema_field *fields, size_t count)
{
    if (count != 0)
        qsort(fields, count, sizeof(*fields), compare_fields);
    type->fields = fields;
    type->field_count = (uint32_t)count;
}

const struct schema_field *schema_field(const struct schema_type *type, str name)
{
    size_t low = 0, high = type->field_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(type->fields[middle].name, name);
        if (order == 0)
            return &type->fields[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct schema_type *schema_member(const struct schema_type *type, str name)
{
    const struct schema_field *field = schema_field(type, name);
    return field != NULL ? field->type : type->values;
}

/* The types that every set shares. Fields are sorted; a test checks it. */
static const struct schema_type text = {.scalar = SCALAR_STRING};
static const struct schema_type number = {.scalar = SCALAR_NUMBER};
static const struct schema_type boolean = {.scalar = SCALAR_BOOL};
static const struct schema_type any_scalar = {.scalar = SCALAR_ANY};
static const struct schema_type text_map = {.map = MAP_GRANULAR, .values = &text};
static const struct schema_type text_set = {.list = LIST_SET, .items = &text};

static const struct schema_type opaque = {
    .scalar = SCALAR_ANY,
    .list = LIST_ATOMIC,
    .map = MAP_ATOMIC,
    .flags = SCHEMA_UNTYPED,
    .values = &opaque,
    .items = &opaque,
};

static const struct schema_type untyped = {
    .scalar = SCALAR_ANY,
    .list = LIST_ATOMIC,
    .map = MAP_GRANULAR,
    .flags = SCHEMA_UNTYPED,
    .values = &untyped,
    .items = &opaque,
};

static const struct schema_type free_map = {.map = MAP_GRANULAR, .values = &untyped};

#define FIELD(field_name, field_type) {.name = STR_INIT(field_name), .type = &(field_type)}

static const struct schema_field owner_fields[] = {
    FIELD("apiVersion", text),    FIELD("blockOwnerDeletion", boolean),
    FIELD("controller", boolean), FIELD("kind", text),
    FIELD("name", text),          FIELD("uid", text),
};
static const struct schema_type owner = {
    .map = MAP_ATOMIC, .fields = owner_fields, .field_count = ARRAY_LEN(owner_fields)};
static const str owner_keys[] = {STR_INIT("uid")};
static const struct schema_type owner_list = {
    .list = LIST_MAP, .items = &owner, .keys = owner_keys, .key_count = ARRAY_LEN(owner_keys)};

static const struct schema_field entry_fields[] = {
    FIELD("apiVersion", text), FIELD("fieldsType", text), FIELD("fieldsV1", free_map),
    FIELD("manager", text),    FIELD("operation", text),  FIELD("subresource", text),
    FIELD("time", any_scalar),
};
static const struct schema_type entry = {
    .map = MAP_GRANULAR, .fields = entry_fields, .field_count = ARRAY_LEN(entry_fields)};
static const struct schema_type entry_list = {.list = LIST_ATOMIC, .items = &entry};

static const struct schema_field meta_fields[] = {
    FIELD("annotations", text_map),
    FIELD("creationTimestamp", any_scalar),
    FIELD("deletionGracePeriodSeconds", number),
    FIELD("deletionTimestamp", any_scalar),
    FIELD("finalizers", text_set),
    FIELD("generateName", text),
    FIELD("generation", number),
    FIELD("labels", text_map),
    FIELD("managedFields", entry_list),
    FIELD("name", text),
    FIELD("namespace", text),
    FIELD("ownerReferences", owner_list),
    FIELD("resourceVersion", text),
    FIELD("selfLink", text),
    FIELD("uid", text),
};
static const struct schema_type meta = {
    .map = MAP_GRANULAR, .fields = meta_fields, .field_count = ARRAY_LEN(meta_fields)};

const struct schema_type *schema_object_meta(void)
{
    return &meta;
}

const struct schema_type *schema_text(void)
{
    return &text;
}

const struct schema_type *schema_untyped(void)
{
    return &untyped;
}

const struct schema_type *schema_opaque(void)
{
    return &opaque;
}
