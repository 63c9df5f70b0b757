/* Functions on dictionaries. They change maps in place, as the originals do. */
#include "render/template/fns.h"
#include "render/template/print.h"

#define MERGE_DEPTH_MAX 200

bool fn_dict(struct dyn_call *call)
{
    struct dyn_map *map = dyn_map_create(call->arena);
    for (size_t i = 0; i < call->argc; i += 2) {
        str key = dyn_strval(call->args[i], call->arena);
        dyn_map_set(map, call->arena, key,
                    i + 1 < call->argc ? call->args[i + 1] : dyn_string(STR("")));
    }
    return call_return(call, dyn_of_map(TYPE_MAP_ANY, map));
}

bool fn_get(struct dyn_call *call)
{
    const struct dyn *found = dyn_get(call->args[0], call_str(call, 1));
    return call_return(call, found != NULL ? *found : dyn_string(STR("")));
}

bool fn_set(struct dyn_call *call)
{
    struct dyn_map *map = call->args[0].as.map;
    if (map == NULL)
        return call_error(call, "assignment to entry in nil map");
    if (!call_charge(call, map->len / 64))
        return false;
    dyn_map_set(map, call->arena, call_str(call, 1), call->args[2]);
    return call_return(call, call->args[0]);
}

bool fn_unset(struct dyn_call *call)
{
    if (!call_charge(call, dyn_len(call->args[0]) / 64))
        return false;
    dyn_map_remove(call->args[0].as.map, call_str(call, 1));
    return call_return(call, call->args[0]);
}

bool fn_has_key(struct dyn_call *call)
{
    return call_return(call, dyn_bool(dyn_get(call->args[0], call_str(call, 1)) != NULL));
}

bool fn_pluck(struct dyn_call *call)
{
    struct dyn *items = ARENA_ARRAY(call->arena, struct dyn, call->argc);
    size_t len = 0;
    for (size_t i = 1; i < call->argc; i++) {
        const struct dyn *found = dyn_get(call->args[i], call_str(call, 0));
        if (found != NULL)
            items[len++] = *found;
    }
    return call_return(call, dyn_list(TYPE_LIST_ANY, items, len));
}

bool fn_keys(struct dyn_call *call)
{
    size_t total = 0;
    for (size_t i = 0; i < call->argc; i++)
        total += dyn_len(call->args[i]);
    if (!call_charge(call, total / 8))
        return false;
    struct dyn *items = ARENA_ARRAY(call->arena, struct dyn, total);
    size_t len = 0;
    for (size_t i = 0; i < call->argc; i++)
        for (size_t j = 0; j < dyn_len(call->args[i]); j++)
            items[len++] = dyn_string(call->args[i].as.map->entries[j].key);
    return call_return(call, dyn_list(TYPE_LIST_STRING, items, len));
}

bool fn_values(struct dyn_call *call)
{
    size_t total = dyn_len(call->args[0]);
    if (!call_charge(call, total / 8))
        return false;
    struct dyn *items = ARENA_ARRAY(call->arena, struct dyn, total);
    for (size_t i = 0; i < total; i++)
        items[i] = call->args[0].as.map->entries[i].val;
    return call_return(call, dyn_list(TYPE_LIST_ANY, items, total));
}

bool fn_pick(struct dyn_call *call)
{
    struct dyn_map *map = dyn_map_create(call->arena);
    for (size_t i = 1; i < call->argc; i++) {
        const struct dyn *found = dyn_get(call->args[0], call_str(call, i));
        if (found != NULL)
            dyn_map_set(map, call->arena, call_str(call, i), *found);
    }
    return call_return(call, dyn_of_map(TYPE_MAP_ANY, map));
}

bool fn_omit(struct dyn_call *call)
{
    struct dyn_map *map = dyn_map_create(call->arena);
    const struct dyn_map *from = call->args[0].as.map;
    if (!call_charge(call, dyn_map_len(from) * call->argc / 16))
        return false;
    for (size_t i = 0; i < dyn_map_len(from); i++) {
        bool omitted = false;
        for (size_t j = 1; j < call->argc; j++)
            omitted |= str_equal(from->entries[i].key, call_str(call, j));
        if (!omitted)
            dyn_map_set(map, call->arena, from->entries[i].key, from->entries[i].val);
    }
    return call_return(call, dyn_of_map(TYPE_MAP_ANY, map));
}

/*
 * mergo's rules for maps: what the destination lacks, or has only empty, is taken from the source
 * (and then shared with it); maps on both sides merge; lists are taken whole.
 */
static bool merge_maps(struct dyn_call *call, struct dyn_map *into, const struct dyn_map *from,
                       bool overwrite, unsigned depth)
{
    if (depth > MERGE_DEPTH_MAX)
        return call_limit(call, "E_TPL_DEPTH", "%.*s: maps nest too deeply", STR_ARG(call->name));
    if (into == from || !call_charge(call, 1 + dyn_map_len(from) / 8))
        return into == from;
    for (size_t i = 0; i < dyn_map_len(from); i++) {
        str key = from->entries[i].key;
        struct dyn val = from->entries[i].val;
        const struct dyn *old = dyn_map_find(into, key);
        if (dyn_is_nothing(val) || val.null) {
            if (overwrite)
                dyn_map_set(into, call->arena, key, val);
            continue;
        }
        bool both_maps = val.kind == DYN_MAP && old != NULL && old->kind == DYN_MAP;
        bool filled = old != NULL && old->kind != DYN_STRUCT && dyn_truth(*old);
        if (both_maps && old->as.map != NULL &&
            !merge_maps(call, old->as.map, val.as.map, overwrite, depth + 1))
            return false;
        if (filled && both_maps)
            continue;
        if (overwrite || !filled)
            dyn_map_set(into, call->arena, key, val);
    }
    return true;
}

static bool merge(struct dyn_call *call, bool overwrite)
{
    struct dyn into = call->args[0];
    if (into.as.map == NULL)
        into = dyn_of_map(TYPE_MAP_ANY, dyn_map_create(call->arena));
    for (size_t i = 1; i < call->argc; i++)
        if (!merge_maps(call, into.as.map, call->args[i].as.map, overwrite, 0))
            return false;
    return call_return(call, into);
}

bool fn_merge(struct dyn_call *call)
{
    return merge(call, false);
}

bool fn_merge_overwrite(struct dyn_call *call)
{
    return merge(call, true);
}

bool fn_deep_copy(struct dyn_call *call)
{
    if (dyn_is_nothing(call->args[0]))
        return call_error(call, "reflect: call of reflect.Value.Type on zero Value");
    return call_return(call, dyn_copy(call->args[0], call->arena));
}

static bool no_map(struct dyn_call *call, struct dyn v)
{
    str type = dyn_is_nothing(v) ? STR("nil") : dyn_type_name(v, call->arena);
    return call_error(call,
                      "interface conversion: interface {} is %.*s, not map[string]interface {}",
                      STR_ARG(type));
}

bool fn_dig(struct dyn_call *call)
{
    if (call->argc < 3)
        return call_error(call, "dig needs at least three arguments");
    struct dyn v = call->args[call->argc - 1];
    if (v.kind != DYN_MAP || v.type != TYPE_MAP_ANY)
        return no_map(call, v);
    for (size_t i = 0; i + 2 < call->argc; i++)
        if (call->args[i].kind != DYN_STRING)
            return call_error(call, "interface conversion: interface {} is %.*s, not string",
                              STR_ARG(dyn_is_nothing(call->args[i])
                                          ? STR("nil")
                                          : dyn_type_name(call->args[i], call->arena)));
    for (size_t i = 0; i + 2 < call->argc; i++) {
        if (v.kind != DYN_MAP || v.type != TYPE_MAP_ANY)
            return no_map(call, v);
        const struct dyn *found = dyn_get(v, call_str(call, i));
        if (found == NULL)
            return call_return(call, call->args[call->argc - 2]);
        v = *found;
    }
    return call_return(call, v);
}
