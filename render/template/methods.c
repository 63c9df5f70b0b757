/* Methods by type. Those of structs come with their shape. */
#include "render/template/dates.h"
#include "render/template/fns.h"
#include "render/template/run.h"
#include "syncd/base/crypto.h"
#include "syncd/value/yaml.h"

#include "render/template/dyn_value.h"

/* chartutil.Values. */

static bool values_as_map(struct dyn_call *call)
{
    struct dyn v = call->receiver;
    v.type = TYPE_MAP_ANY;
    if (v.as.map == NULL)
        v = dyn_of_map(TYPE_MAP_ANY, dyn_map_create(call->arena));
    return call_return(call, v);
}

static bool values_yaml(struct dyn_call *call)
{
    value document;
    if (!dyn_to_value(call->receiver, DYN_NUMBERS_JSON, call->arena, &document))
        return call_error(call, "json: unsupported value");
    return call_return_str(call, yaml_text(document, YAML_SIGS, call->arena));
}

static bool values_table(struct dyn_call *call)
{
    struct dyn v = call->receiver;
    str rest = call_str(call, 0);
    for (str key; str_cut(&rest, '.', &key);) {
        const struct dyn *found = dyn_get(v, key);
        if (found == NULL || found->kind != DYN_MAP)
            return call_error(call, "\"%.*s\" is not a table", STR_ARG(key));
        v = *found;
    }
    v.type = TYPE_VALUES;
    return call_return(call, v);
}

static bool values_path(struct dyn_call *call)
{
    struct dyn v = call->receiver;
    str rest = call_str(call, 0);
    str key = {0};
    if (rest.len == 0)
        return call_error(call, "YAML path cannot be empty");
    while (str_cut(&rest, '.', &key)) {
        const struct dyn *found = dyn_get(v, key);
        bool last = rest.ptr == NULL;
        if (found == NULL || (found->kind == DYN_MAP) == last)
            return call_error(call, "\"%.*s\" is not a value", STR_ARG(key));
        v = *found;
    }
    return call_return(call, v);
}

static const struct dyn_method values_methods[] = {
    {"AsMap", "", values_as_map},
    {"PathValue", "s", values_path},
    {"Table", "s", values_table},
    {"YAML", "", values_yaml},
};

/* chartutil.VersionSet. */

static bool versions_has(struct dyn_call *call)
{
    for (uint32_t i = 0; i < call->receiver.len; i++)
        if (str_equal(dyn_str(call->receiver.as.items[i]), call_str(call, 0)))
            return call_return(call, dyn_bool(true));
    return call_return(call, dyn_bool(false));
}

static const struct dyn_method versions_methods[] = {{"Has", "s", versions_has}};

const struct dyn_method *dyn_methods(struct dyn v, size_t *ret_count)
{
    *ret_count = 0;
    if (v.kind == DYN_STRUCT) {
        *ret_count = v.as.record->shape->method_count;
        return v.as.record->shape->methods;
    }
    if (v.kind == DYN_TIME)
        return time_methods(ret_count);
    switch (v.type) {
    case TYPE_VALUES: *ret_count = ARRAY_LEN(values_methods); return values_methods;
    case TYPE_VERSIONS: *ret_count = ARRAY_LEN(versions_methods); return versions_methods;
    case TYPE_FILES: return files_methods(ret_count);
    case TYPE_MONTH:
    case TYPE_WEEKDAY:
    case TYPE_DURATION: return named_methods(v, ret_count);
    default: return NULL;
    }
}
