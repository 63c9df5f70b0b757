/* vars: $(NAME) in fields, from fields of other objects. */
#include "render/kustomize/field_edit.h"
#include "render/kustomize/node_path.h"
#include "render/kustomize/scalar.h"
#include "render/kustomize/transform.h"

static struct kust_id object_of(struct build *build, const struct variable *variable)
{
    struct gvk gvk = {.group = variable->object.group,
                      .version = variable->object.version,
                      .kind = variable->object.kind};
    str version = variable->object.api_version;
    size_t slash = str_index(version, '/');
    if (slash != SIZE_MAX && str_index(str_skip(version, slash + 1), '/') == SIZE_MAX) {
        gvk.group = str_slice(version, 0, slash);
        gvk.version = str_skip(version, slash + 1);
    } else if (version.len != 0 && slash == SIZE_MAX) {
        gvk.version = version;
    }
    (void)build;
    return (struct kust_id){
        .gvk = gvk, .name = variable->object.name, .namespace = variable->object.namespace};
}

static bool ids_fit(const struct kust_id *id, const struct kust_id *wanted)
{
    if (!str_equal(id->name, wanted->name) || !gvk_equal(id->gvk, wanted->gvk))
        return false;
    return wanted->namespace.len == 0 ||
           str_equal(kust_namespace_effective(id), kust_namespace_effective(wanted));
}

static bool had_id(const struct resource *resource, const struct kust_id *wanted)
{
    bool fits = ids_fit(&resource->id, wanted);
    for (size_t i = 0; i < resource->former.len && !fits; i++) {
        struct kust_id id = kust_resource_former(resource, i);
        fits = ids_fit(&id, wanted);
    }
    return fits;
}

static const struct variable *find_variable(const struct variables *variables, str name)
{
    VEC_FOR (struct variable, known, &variables->list)
        if (str_equal(known->name, name))
            return known;
    return NULL;
}

/* Marks the object that a var takes its value from. */
static bool mark_object(struct build *build, struct resmap *map, const struct variable *variable,
                        struct error *err)
{
    struct kust_id wanted = object_of(build, variable);
    const struct selection *named = kust_resmap_named(build, map, wanted.name);
    struct resource *found = NULL;
    for (size_t i = 0; named != NULL && i < named->list.len; i++) {
        if (!had_id(named->list.items[i], &wanted))
            continue;
        if (found != NULL)
            return error_rule(err, ERROR_INPUT, "E_VAR",
                              "the var %.*s fits more than one object: name its namespace",
                              STR_ARG(variable->name));
        found = named->list.items[i];
    }
    if (found != NULL)
        VEC_PUSH(build->arena, &found->variables.list, variable->name);
    return true;
}

bool kust_merge_variables(struct build *build, struct resmap *map, struct variables *known,
                          const struct variable *items, size_t count, struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (map != NULL && !mark_object(build, map, &items[i], err))
            return false;
        if (find_variable(known, items[i].name) != NULL)
            return error_rule(err, ERROR_INPUT, "E_VAR", "the var %.*s is there twice",
                              STR_ARG(items[i].name));
        VEC_PUSH(build->arena, &known->list, items[i]);
    }
    return true;
}

struct expansion {
    struct build *build;
    struct map values; /* name → value * */
};

/* The value that stands for $(NAME), or ABSENT where the text stays as it is. */
static value value_of(const struct expansion *expansion, str name)
{
    const value *found = map_get(&expansion->values, name);
    return found != NULL ? *found : value_absent();
}

/* How Go prints it. */
static str text_of(value v, struct arena *arena)
{
    double number = 0;
    if (v.kind == VALUE_NUMBER && (v.flags & VALUE_INTEGER) == 0 && value_to_double(v, &number))
        return arena_printf(arena, "%.17g", number);
    return kust_scalar_text(v);
}

/* What follows a "$": the name in "(name)", or what to print instead. */
struct piece {
    str name;
    str literal;
    size_t used;
};

static struct piece read_piece(str rest)
{
    if (rest.ptr[0] == '$')
        return (struct piece){.literal = STR("$"), .used = 1};
    if (rest.ptr[0] != '(')
        return (struct piece){.literal = str_from(rest.ptr - 1, 2), .used = 1};
    size_t end = str_index(rest, ')');
    if (end == SIZE_MAX)
        return (struct piece){.literal = STR("$("), .used = 1};
    return (struct piece){.name = str_slice(rest, 1, end - 1), .used = end + 1};
}

static value expand(const struct expansion *expansion, str text, struct error *err)
{
    struct build *build = expansion->build;
    AUTO_BUF struct buf out = BUF_INIT(build->limits->object_bytes);
    size_t copied = 0;
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.ptr[i] != '$')
            continue;
        buf_add(&out, str_slice(text, copied, i - copied));
        struct piece piece = read_piece(str_skip(text, i + 1));
        bool named = piece.literal.ptr == NULL;
        value v = named ? value_of(expansion, piece.name) : value_absent();
        if (value_present(v) && piece.used + 1 == text.len)
            return v; /* nothing else in the field: the type stays, too */
        if (value_present(v))
            buf_add(&out, text_of(v, build->arena));
        else
            buf_add(&out, named ? str_slice(text, i, piece.used + 1) : piece.literal);
        i += piece.used;
        copied = i + 1;
    }
    if (copied == 0)
        return value_string(text);
    buf_add(&out, str_skip(text, copied));
    if (buf_failed(&out)) {
        (void)error_rule(err, ERROR_LIMIT, "E_BUDGET", "a field grows over object_bytes");
        return value_absent();
    }
    return value_string(buf_copy(&out, build->arena));
}

/* A scalar without a type is a text from here on. */
static value as_text(value v)
{
    return (v.flags & VALUE_UNTYPED) != 0 ? value_string(kust_scalar_text(v)) : v;
}

static bool expand_scalar(const struct expansion *expansion, value node, value *ret_node,
                          struct error *err)
{
    node = as_text(node);
    *ret_node = node;
    if (node.kind != VALUE_STRING || str_index(value_str(node), '$') == SIZE_MAX)
        return true;
    *ret_node = expand(expansion, value_str(node), err);
    return value_present(*ret_node);
}

static bool expand_children(const struct expansion *expansion, value node, struct arena *arena,
                            value *ret_node, struct error *err)
{
    *ret_node = node;
    for (size_t i = 0; i < node.len; i++) {
        bool in_map = node.kind == VALUE_OBJECT;
        value old = in_map ? value_member(node, i)->val : value_item(node, i);
        value new;
        if (!in_map && as_text(old).kind != VALUE_STRING)
            return error_rule(err, ERROR_INPUT, "E_VAR", "a list with vars holds texts only");
        if (!expand_scalar(expansion, old, &new, err))
            return false;
        if (kust_same(old, new))
            continue;
        *ret_node = in_map ? value_with(*ret_node, value_member(node, i)->key, new, arena)
                           : value_with_item(*ret_node, i, new, arena);
    }
    return true;
}

static bool edit_variables(void *context, value node, struct arena *arena, value *ret_node,
                           struct error *err)
{
    if (node.kind == VALUE_OBJECT || node.kind == VALUE_ARRAY)
        return expand_children(context, node, arena, ret_node, err);
    return expand_scalar(context, node, ret_node, err);
}

/* The object that carries the var's mark, and its field there. */
static bool read_variable(struct build *build, const struct map *marked,
                          const struct variable *variable, value *ret_value, struct error *err)
{
    const struct resource *resource = map_get(marked, variable->name);
    str path = variable->field.path.len != 0 ? variable->field.path : STR("metadata.name");
    if (resource == NULL)
        return error_rule(err, ERROR_INPUT, "E_VAR",
                          "the var %.*s refers to an object that is not there",
                          STR_ARG(variable->name));
    struct node_path parts = kust_node_path(path, true, build->arena);
    if (!kust_node_get(resource->document, &parts, ret_value, err))
        return error_wrap(err, "var %.*s", STR_ARG(variable->name));
    if (!value_present(*ret_value))
        return error_rule(err, ERROR_INPUT, "E_VAR", "the var %.*s: no field %.*s in %.*s",
                          STR_ARG(variable->name), STR_ARG(path),
                          STR_ARG(kust_id_text(&resource->id, build->scratch)));
    if (ret_value->kind == VALUE_OBJECT || ret_value->kind == VALUE_ARRAY)
        *ret_value = value_absent(); /* as kustomize: it cannot stand in a text, so nothing does */
    else if (ret_value->kind == VALUE_NULL)
        *ret_value = value_string(kust_scalar_text(*ret_value));
    else
        *ret_value = as_text(*ret_value);
    return true;
}

bool kust_resolve_variables(struct build *build, struct resmap *map,
                            const struct variables *variables, struct spec_list specs,
                            struct error *err)
{
    struct expansion expansion = {.build = build};
    struct map marked = {0};
    if (variables->list.len == 0)
        return true;
    VEC_FOR (struct resource *, slot, &map->list)
        VEC_FOR (str, name, &(*slot)->variables.list)
            if (!map_has(&marked, *name))
                (void)map_put(&marked, build->arena, *name, *slot);
    VEC_FOR (struct variable, variable, &variables->list) {
        value *slot = ARENA_NEW(build->arena, value);
        if (!read_variable(build, &marked, variable, slot, err))
            return false;
        (void)map_put(&expansion.values, build->arena, variable->name, slot);
    }
    struct field_edit edit = {.edit = edit_variables, .context = &expansion, .arena = build->arena};
    VEC_FOR (struct resource *, slot, &map->list) {
        value document;
        if (!kust_edit_fields(&edit, specs, &(*slot)->id.gvk, (*slot)->document, &document, err))
            return error_at(err, (*slot)->source);
        kust_resource_set(build, *slot, document);
    }
    kust_resmap_changed(map);
    return kust_check_budget(build, err);
}
