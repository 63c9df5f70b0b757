#include "render/kustomize/field_edit.h"

#include "render/kustomize/scalar.h"
#include "render/kustomize/shared.h"

str kust_path_begin(str path, char separator)
{
    return path.len > 1 && path.ptr[0] == separator ? str_skip(path, 1) : path;
}

bool kust_path_next(str *rest, char separator, struct arena *arena, str *ret_part)
{
    if (rest->ptr == NULL)
        return false;
    str part = {0};
    bool joined = false;
    for (;;) {
        str head = {0};
        if (!str_cut(rest, separator, &head))
            break;
        bool escaped = rest->ptr != NULL && str_ends(head, STR("\\"));
        if (escaped)
            head.len--;
        part = joined ? arena_concat(arena, part, head, STR("")) : head;
        if (!escaped)
            break;
        part = arena_concat(arena, part, str_from(&separator, 1), STR(""));
        joined = true;
    }
    *ret_part = part;
    return true;
}

struct walk {
    const struct field_edit *edit;
    bool create;
    struct shared_writes *shared;
};

static bool edit_node(const struct walk *walk, str rest, value node, value *ret_node,
                      struct error *err);

static bool edit_items(const struct walk *walk, str rest, value node, value *ret_node,
                       struct error *err)
{
    value *items = NULL;
    for (size_t i = 0; i < node.len; i++) {
        value item = node.as.items[i];
        if (!edit_node(walk, rest, item, &item, err))
            return false;
        if (kust_same(item, node.as.items[i]))
            continue;
        if (items == NULL) {
            items = ARENA_ARRAY(walk->edit->arena, value, node.len);
            memcpy(items, node.as.items, node.len * sizeof(*items));
            node.as.items = items;
        }
        items[i] = item;
    }
    *ret_node = node;
    return true;
}

/* What stands for a field that is missing or null; ABSENT leaves it so. */
static value make_missing(const struct walk *walk, bool last, bool is_list, value old)
{
    bool create = walk->create && walk->edit->create != VALUE_ABSENT && !is_list;
    if (!create)
        return is_list && old.kind == VALUE_NULL ? (value){.kind = VALUE_ARRAY} : old;
    if (!last || walk->edit->create == VALUE_OBJECT)
        return (value){.kind = VALUE_OBJECT};
    return value_string(STR(""));
}

static bool edit_member(const struct walk *walk, str rest, value node, value *ret_node,
                        struct error *err)
{
    str name = {0};
    if (!kust_path_next(&rest, '/', walk->edit->arena, &name))
        name = STR("");
    bool is_list = str_ends(name, STR("[]"));
    if (is_list)
        name.len -= 2;
    name = str_trim(name);
    if (name.len == 0)
        return error_rule(err, ERROR_INPUT, "E_FIELD", "the path has a part without a name");
    value old = value_get(node, name);
    value child = kust_is_nothing(old) ? make_missing(walk, rest.ptr == NULL, is_list, old) : old;
    if (child.kind == VALUE_ABSENT) {
        *ret_node = node;
        return true;
    }
    if (!edit_node(walk, rest, child, &child, err))
        return error_wrap(err, "%.*s", STR_ARG(name));
    *ret_node = kust_same(child, old) ? node : value_with(node, name, child, walk->edit->arena);
    return true;
}

static bool edit_leaf(const struct walk *walk, value node, value *ret_node, struct error *err)
{
    value edited;
    if (!walk->edit->edit(walk->edit->context, node, walk->edit->arena, &edited, err))
        return false;
    if (node.kind == VALUE_OBJECT)
        edited = kust_shared_write_map(walk->shared, node, edited);
    else if (!kust_same(node, edited))
        edited = kust_shared_write(walk->shared, node, edited);
    *ret_node = edited;
    return true;
}

/* Goes as deep as the path has parts plus lists in lists, which a reader has limited. */
static bool edit_node(const struct walk *walk, str rest, value node, value *ret_node,
                      struct error *err)
{
    if (rest.ptr == NULL)
        return edit_leaf(walk, node, ret_node, err);
    if (kust_is_nothing(node)) {
        *ret_node = node;
        return true;
    }
    switch ((enum value_kind)node.kind) {
    case VALUE_ARRAY: return edit_items(walk, rest, node, ret_node, err);
    case VALUE_OBJECT: return edit_member(walk, rest, node, ret_node, err);
    case VALUE_ABSENT:
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_NUMBER:
    case VALUE_STRING: break;
    }
    return error_rule(err, ERROR_INPUT, "E_FIELD",
                      "a %s stands where \"%.*s\" needs a list or a map",
                      value_kind_name((enum value_kind)node.kind), STR_ARG(rest));
}

bool kust_edit_field(const struct field_edit *edit, str path, bool create, value document,
                     value *ret_document, struct error *err)
{
    struct shared_writes shared = {.arena = edit->arena};
    struct walk walk = {.edit = edit, .create = create, .shared = &shared};
    if (!edit_node(&walk, kust_path_begin(path, '/'), document, ret_document, err))
        return error_wrap(err, "field %.*s", STR_ARG(path));
    *ret_document = kust_shared_settle(&shared, *ret_document);
    return true;
}

bool kust_edit_fields(const struct field_edit *edit, struct spec_list specs, const struct gvk *gvk,
                      value document, value *ret_document, struct error *err)
{
    for (size_t i = 0; i < specs.count; i++) {
        const struct field_spec *spec = &specs.items[i];
        if (kust_gvk_selected(gvk, &spec->gvk) &&
            !kust_edit_field(edit, spec->path, spec->create, document, &document, err))
            return false;
    }
    *ret_document = document;
    return true;
}

/* The text, quoted when the scalar it replaces was: a patch may put a number there later. */
static value text_in_quotes_of(value old, str text)
{
    value fresh = value_string(text);
    if (old.kind == VALUE_STRING)
        fresh.flags |= old.flags & VALUE_QUOTED;
    return fresh;
}

bool kust_set_entries(void *context, value node, struct arena *arena, value *ret_node,
                      struct error *err)
{
    value entries = *(const value *)context;
    if (kust_is_nothing(node)) {
        *ret_node = node; /* as kustomize: a null without `create` stays */
        return true;
    }
    if (node.kind != VALUE_OBJECT)
        return error_rule(err, ERROR_INPUT, "E_FIELD", "a %s stands where a map is needed",
                          value_kind_name((enum value_kind)node.kind));
    struct object_builder builder;
    object_begin(&builder, arena);
    for (size_t i = 0; i < node.len; i++)
        object_add(&builder, node.as.members[i].key, node.as.members[i].val);
    for (size_t i = 0; i < entries.len; i++) {
        const struct member *entry = value_member(entries, i);
        value old = value_get(node, entry->key);
        bool known = value_present(old);
        if (!known && !kust_scalar_is_string(entry->key))
            return error_rule(err, ERROR_INPUT, "E_KEY",
                              "the key \"%.*s\" would be read back as no string",
                              STR_ARG(entry->key));
        /* Only a new field takes the node itself, an old one its contents, in its own quotes. */
        object_add(&builder, entry->key,
                   known ? text_in_quotes_of(old, value_str(entry->val)) : entry->val);
    }
    *ret_node = object_finish(&builder);
    return true;
}

static bool need_scalar(value node, struct error *err)
{
    if (node.kind != VALUE_OBJECT && node.kind != VALUE_ARRAY)
        return true;
    return error_rule(err, ERROR_INPUT, "E_FIELD", "an %s stands where a text is needed",
                      value_kind_name((enum value_kind)node.kind));
}

bool kust_set_text(void *context, value node, struct arena *arena, value *ret_node,
                   struct error *err)
{
    (void)arena;
    if (!need_scalar(node, err))
        return false;
    *ret_node = text_in_quotes_of(node, *(const str *)context);
    return true;
}

bool kust_put_before(void *context, value node, struct arena *arena, value *ret_node,
                     struct error *err)
{
    if (!need_scalar(node, err))
        return false;
    str text = arena_concat(arena, *(const str *)context, kust_scalar_text(node), STR(""));
    *ret_node = kust_scalar_untyped(node, text, arena);
    return true;
}

bool kust_put_behind(void *context, value node, struct arena *arena, value *ret_node,
                     struct error *err)
{
    if (!need_scalar(node, err))
        return false;
    str text = arena_concat(arena, kust_scalar_text(node), *(const str *)context, STR(""));
    *ret_node = kust_scalar_untyped(node, text, arena);
    return true;
}
