/* The methods of .Files. */
#include "render/template/fns.h"
#include "render/template/glob.h"
#include "syncd/base/crypto.h"
#include "syncd/value/yaml.h"

static str bytes_of(struct dyn_call *call, str name)
{
    const struct dyn *found = dyn_get(call->receiver, name);
    return found != NULL ? dyn_str(*found) : STR("");
}

static bool files_get(struct dyn_call *call)
{
    return call_return_str(call, bytes_of(call, call_str(call, 0)));
}

static bool files_get_bytes(struct dyn_call *call)
{
    return call_return(call, dyn_bytes(bytes_of(call, call_str(call, 0))));
}

static bool files_glob(struct dyn_call *call)
{
    const struct dyn_map *all = call->receiver.as.map;
    struct dyn_map *matched = dyn_map_create(call->arena);
    const struct glob *glob = glob_compile(call_str(call, 0), call->arena);
    if (glob == NULL)
        glob = glob_compile(STR("**"), call->arena);
    for (size_t i = 0; i < dyn_map_len(all); i++) {
        if (!call_charge(call, 1 + all->entries[i].key.len / 8))
            return false;
        if (glob_matches(glob, all->entries[i].key))
            dyn_map_set(matched, call->arena, all->entries[i].key, all->entries[i].val);
    }
    return call_return(call, dyn_of_map(TYPE_FILES, matched));
}

static bool files_lines(struct dyn_call *call)
{
    str rest = bytes_of(call, call_str(call, 0));
    VEC(struct dyn) lines = {0};
    if (str_ends(rest, STR("\n")))
        rest.len--;
    if (!call_charge(call, rest.len / 16))
        return false;
    bool any = bytes_of(call, call_str(call, 0)).len > 0;
    for (str line; any && str_cut(&rest, '\n', &line);)
        VEC_PUSH(call->arena, &lines, dyn_string(line));
    return call_return(call, dyn_list(TYPE_LIST_STRING, lines.items, lines.len));
}

/* A YAML map from base names to contents. */
static bool files_as_yaml(struct dyn_call *call, bool encoded)
{
    const struct dyn_map *all = call->receiver.as.map;
    struct object_builder builder;
    object_begin(&builder, call->arena);
    for (size_t i = 0; i < dyn_map_len(all); i++) {
        str bytes = dyn_str(all->entries[i].val);
        if (encoded)
            bytes = base64_encode(call->arena, bytes);
        object_add(&builder, path_last(all->entries[i].key),
                   value_string(valid_utf8(bytes, call->arena)));
    }
    str text = yaml_text(object_finish(&builder), YAML_SIGS, call->arena);
    if (str_ends(text, STR("\n")))
        text.len--;
    return call_charge(call, text.len / 64) && call_return_str(call, text);
}

static bool files_as_config(struct dyn_call *call)
{
    return files_as_yaml(call, false);
}

static bool files_as_secrets(struct dyn_call *call)
{
    return files_as_yaml(call, true);
}

static const struct dyn_method methods[] = {
    {"AsConfig", "", files_as_config}, {"AsSecrets", "", files_as_secrets},
    {"Get", "s", files_get},           {"GetBytes", "s", files_get_bytes},
    {"Glob", "s", files_glob},         {"Lines", "s", files_lines},
};

const struct dyn_method *files_methods(size_t *ret_count)
{
    *ret_count = ARRAY_LEN(methods);
    return methods;
}
