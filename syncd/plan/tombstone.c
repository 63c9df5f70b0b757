#include "syncd/plan/tombstone.h"

#include "syncd/value/json.h"

bool tombstone_is(const struct object_id *id)
{
    return str_equal(id->gvk.group, STR("syncd.dev")) && str_equal(id->gvk.kind, STR("Tombstone"));
}

static bool read_object(value row, struct object_id *ret_id)
{
    struct object_id id = {.namespace = value_str(value_get(row, STR("namespace"))),
                           .name = value_str(value_get(row, STR("name")))};
    str kind = value_str(value_get(row, STR("kind")));
    if (id.name.len == 0 || kind.len == 0 ||
        !gvk_from_api_version(value_str(value_get(row, STR("apiVersion"))), kind, &id.gvk))
        return false;
    *ret_id = id;
    return true;
}

void tombstones_add(struct tombstones *tombstones, str json, struct arena *arena)
{
    value document;
    struct error ignored = ERROR_INIT;
    if (!json_read(json, limits_default(), arena, &document, &ignored))
        return;
    value rows = value_get2(document, STR("spec"), STR("objects"));
    for (size_t i = 0; value_is(rows, VALUE_ARRAY) && i < value_len(rows); i++) {
        struct object_id id;
        value row = value_item(rows, i);
        if (!read_object(row, &id))
            continue;
        const struct tombstone one = {.key = object_id_key(&id, arena),
                                      .uid = value_str(value_get(row, STR("uid"))),
                                      .policy = value_str(value_get(row, STR("policy")))};
        VEC_PUSH(arena, &tombstones->list, one);
    }
}

const struct tombstone *tombstones_find(const struct tombstones *tombstones, str key, str uid)
{
    VEC_FOR (const struct tombstone, one, &tombstones->list) {
        if (str_equal(one->key, key) && (one->uid.len == 0 || str_equal(one->uid, uid)))
            return one;
    }
    return NULL;
}

bool tombstones_allow(const struct tombstones *tombstones, str key, str uid)
{
    return tombstones_find(tombstones, key, uid) != NULL;
}
