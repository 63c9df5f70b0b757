#include "diff/owners.h"

#include "diff/fields_internal.h"
#include "syncd/base/clock.h"

#include <stdlib.h>

const char *owner_operation_name(enum owner_operation operation)
{
    return operation == OWNER_APPLY ? "Apply" : "Update";
}

bool owner_same(const struct owner *a, const struct owner *b)
{
    return a->operation == b->operation && str_equal(a->name, b->name) &&
           str_equal(a->subresource, b->subresource) &&
           (a->operation == OWNER_APPLY || str_equal(a->api_version, b->api_version));
}

struct owner *owners_find(struct owners owners, str name, enum owner_operation operation,
                          str subresource, str api_version)
{
    struct owner wanted = {.name = name,
                           .operation = operation,
                           .subresource = subresource,
                           .api_version = api_version};
    for (size_t i = 0; i < owners.len; i++) {
        if (owner_same(&owners.items[i], &wanted))
            return &owners.items[i];
    }
    return NULL;
}

static bool read_operation(value entry, struct owner *owner, struct error *err)
{
    str operation = value_str(value_get(entry, STR("operation")));
    if (str_equal(operation, STR("Apply")))
        owner->operation = OWNER_APPLY;
    else if (str_equal(operation, STR("Update")))
        owner->operation = OWNER_UPDATE;
    else
        return error_rule(err, ERROR_INPUT, "E_FIELDS", "operation must be `Apply` or `Update`");
    return true;
}

static bool read_owner(value entry, size_t index, struct arena *arena, struct owner *ret_owner,
                       struct error *err)
{
    struct owner owner = {.name = value_str(value_get(entry, STR("manager"))),
                          .subresource = value_str(value_get(entry, STR("subresource"))),
                          .api_version = value_str(value_get(entry, STR("apiVersion")))};
    str fields_type = value_str(value_get(entry, STR("fieldsType")));
    if (!read_operation(entry, &owner, err))
        return false;
    if (owner.api_version.len == 0)
        return error_rule(err, ERROR_INPUT, "E_FIELDS", "apiVersion must not be empty");
    if (fields_type.len == 0)
        return error_rule(err, ERROR_INPUT, "E_FIELDS",
                          "missing fieldsType in managed fields entry %zu", index);
    if (!str_equal(fields_type, STR("FieldsV1")))
        return error_rule(err, ERROR_INPUT, "E_FIELDS",
                          "invalid fieldsType \"%.*s\" in managed fields entry %zu",
                          STR_ARG(fields_type), index);
    owner.has_time = clock_parse_rfc3339(value_str(value_get(entry, STR("time"))), &owner.time_ns);
    value fields = value_get(entry, STR("fieldsV1"));
    if (value_present(fields) && !fields_parse(fields, arena, &owner.fields, err))
        return false;
    *ret_owner = owner;
    return true;
}

bool owners_parse(value managed_fields, struct arena *arena, struct owners *ret_owners,
                  struct error *err)
{
    struct owners owners = {0};
    if (value_present(managed_fields) && !value_is(managed_fields, VALUE_NULL) &&
        !value_is(managed_fields, VALUE_ARRAY))
        return error_rule(err, ERROR_INPUT, "E_FIELDS", "managedFields is not a list");
    size_t count = value_len(managed_fields);
    if (count != 0)
        owners.items = ARENA_ARRAY(arena, struct owner, count);
    for (size_t i = 0; i < count; i++) {
        struct owner owner;
        if (!read_owner(value_item(managed_fields, i), i, arena, &owner, err))
            return false;
        struct owner *known =
            owners_find(owners, owner.name, owner.operation, owner.subresource, owner.api_version);
        if (known != NULL)
            *known = owner;
        else
            owners.items[owners.len++] = owner;
    }
    *ret_owners = owners;
    return true;
}

static int64_t seconds(const struct owner *owner)
{
    return owner->has_time ? owner->time_ns / NS_PER_S : 0;
}

static int compare_entries(const void *a, const void *b)
{
    const struct owner *left = a, *right = b;
    if (left->operation != right->operation)
        return left->operation == OWNER_APPLY ? -1 : 1;
    if (seconds(left) != seconds(right))
        return seconds(left) < seconds(right) ? -1 : 1;
    int order = str_compare(left->name, right->name);
    if (order == 0)
        order = str_compare(left->api_version, right->api_version);
    return order != 0 ? order : str_compare(left->subresource, right->subresource);
}

static value owner_value(const struct owner *owner, struct arena *arena)
{
    struct object_builder entry;
    object_begin(&entry, arena);
    object_add(&entry, STR("apiVersion"), value_string(owner->api_version));
    object_add(&entry, STR("fieldsType"), value_string(STR("FieldsV1")));
    object_add(&entry, STR("fieldsV1"), fields_to_value(owner->fields, arena));
    if (owner->name.len != 0)
        object_add(&entry, STR("manager"), value_string(owner->name));
    object_add(&entry, STR("operation"),
               value_string(str_z(owner_operation_name(owner->operation))));
    if (owner->subresource.len != 0)
        object_add(&entry, STR("subresource"), value_string(owner->subresource));
    if (owner->has_time) {
        char time[CLOCK_RFC3339_LEN + 1];
        clock_format_rfc3339(owner->time_ns, time);
        object_add(&entry, STR("time"),
                   value_string(arena_str(arena, str_from(time, CLOCK_RFC3339_LEN))));
    }
    return object_finish(&entry);
}

value owners_to_value(struct owners owners, struct arena *arena)
{
    if (owners.len == 0)
        return value_absent();
    struct owner *sorted = ARENA_ARRAY(arena, struct owner, owners.len);
    memcpy(sorted, owners.items, owners.len * sizeof(*sorted));
    qsort(sorted, owners.len, sizeof(*sorted), compare_entries);
    struct array_builder list;
    array_begin(&list, arena);
    for (size_t i = 0; i < owners.len; i++)
        array_add(&list, owner_value(&sorted[i], arena));
    return array_finish(&list);
}

value owners_attach(value object, struct owners owners, struct arena *arena)
{
    const str path[] = {STR("metadata"), STR("managedFields")};
    value list = owners_to_value(owners, arena);
    if (value_present(list))
        return value_with_path(object, path, ARRAY_LEN(path), list, arena);
    return value_without_path(object, path, ARRAY_LEN(path), arena);
}

const struct owner *owners_of_path(struct owners owners, const struct path_element *path,
                                   size_t len)
{
    const struct owner *newest = NULL;
    for (size_t i = 0; i < owners.len; i++) {
        const struct owner *owner = &owners.items[i];
        if (fields_has(owner->fields, path, len) &&
            (newest == NULL || seconds(owner) > seconds(newest)))
            newest = owner;
    }
    return newest;
}
