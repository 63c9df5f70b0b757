#include "render/kustomize/replacement_fields.h"

#include "render/kustomize/embedded_yaml.h"
#include "render/kustomize/node_path.h"
#include "render/kustomize/scalar.h"
#include "render/kustomize/shared.h"
#include "syncd/base/regex.h"

/* One walk from the top of a document to the fields that a path fits. */
struct replacing {
    struct build *build;
    struct node_path path;
    value source;
    const struct field_options *options;
    enum value_kind create; /* VALUE_ABSENT: nothing is made */
    size_t hits;
    size_t only;     /* the one hit that is set, from 1; 0: all */
    bool only_makes; /* fields are made and left empty */
    struct shared_writes *shared;
};

static bool replace_node(struct replacing *r, size_t at, value node, bool made, value *ret_node,
                         struct error *err);

bool kust_split_part(str text, str delimiter, int64_t index, str *ret_part)
{
    if (index < 0)
        return false;
    for (int64_t i = 0;; i++) {
        size_t end = str_find(text, delimiter);
        if (i == index) {
            *ret_part = end == SIZE_MAX ? text : str_slice(text, 0, end);
            return true;
        }
        if (end == SIZE_MAX)
            return false;
        text = str_skip(text, end + delimiter.len);
    }
}

/* The target's text with the source put before, behind, or in the place of one part. */
static bool joined_text(const struct replacing *r, str text, str source, str *ret_text,
                        struct error *err)
{
    str delimiter = r->options->delimiter;
    int64_t index = r->options->index;
    AUTO_BUF struct buf out = BUF_INIT(r->build->limits->object_bytes);
    int64_t count = 0;
    if (index < 0) {
        buf_add(&out, source);
        buf_add(&out, delimiter);
    }
    str part = {0};
    for (; kust_split_part(text, delimiter, count, &part); count++) {
        if (count > 0)
            buf_add(&out, delimiter);
        buf_add(&out, count == index ? source : part);
    }
    if (index >= count) {
        buf_add(&out, delimiter);
        buf_add(&out, source);
    }
    if (buf_failed(&out))
        return error_rule(err, ERROR_LIMIT, "E_BUDGET", "a field grows over object_bytes");
    *ret_text = buf_copy(&out, r->build->arena);
    return true;
}

/* A field that was made and not yet filled. */
static bool is_made(value node)
{
    return node.kind == VALUE_NULL && (node.flags & VALUE_UNTYPED) != 0;
}

/* A scalar takes the text and keeps its type; anything else becomes the source. */
static bool set_leaf(struct replacing *r, value node, bool made, value *ret_node, struct error *err)
{
    bool scalar = node.kind != VALUE_OBJECT && node.kind != VALUE_ARRAY;
    bool joined = r->options != NULL && r->options->delimiter.len != 0;
    str text = kust_scalar_text(r->source);
    r->hits++;
    if (r->only_makes || (r->only != 0 && r->only != r->hits)) {
        *ret_node = node;
        return true;
    }
    made = made || is_made(node);
    if (joined && !scalar)
        return error_rule(err, ERROR_INPUT, "E_REPLACEMENT",
                          "delimiter needs a field that is text");
    if (joined && !joined_text(r, kust_scalar_text(node), text, &text, err))
        return false;
    if (!scalar) {
        r->build->has_misfits = r->build->has_misfits || kust_is_misfit(r->source);
        *ret_node = kust_shared_leave(r->source, r->build->arena);
        return true;
    }
    /* A new field is written plainly, so the text says the type. */
    value set = made ? kust_scalar_untyped(value_null(), text, r->build->arena)
                     : kust_scalar_retext(node, text, r->build->arena);
    r->build->has_misfits = r->build->has_misfits || kust_is_misfit(set);
    *ret_node = kust_shared_write(r->shared, node, set);
    return true;
}

/* What a missing part becomes, by what follows it. */
static value make_node(const struct replacing *r, size_t at)
{
    size_t index = 0;
    static const value empty = {.kind = VALUE_NULL, .flags = VALUE_UNTYPED};
    if (at + 1 >= r->path.parts.len)
        return r->create == VALUE_OBJECT || r->create == VALUE_ARRAY ? (value){.kind = r->create}
                                                                     : empty;
    str next = r->path.parts.items[at + 1];
    if (kust_part_is_list(next) || kust_part_index(next, &index))
        return (value){.kind = VALUE_ARRAY};
    return (value){.kind = VALUE_OBJECT};
}

static bool not_a_list(value node, str part, struct error *err)
{
    return error_rule(err, ERROR_INPUT, "E_REPLACEMENT", "\"%.*s\" needs a list, not %s",
                      STR_ARG(part), value_kind_name((enum value_kind)node.kind));
}

static bool replace_item(struct replacing *r, size_t at, value list, size_t index, bool made,
                         value *ret_list, struct error *err)
{
    value item;
    if (!replace_node(r, at + 1, value_item(list, index), made, &item, err))
        return false;
    *ret_list = kust_same(item, value_item(list, index))
                    ? list
                    : value_with_item(list, index, item, r->build->arena);
    return true;
}

static bool replace_index(struct replacing *r, size_t at, size_t index, value node, value *ret_node,
                          struct error *err)
{
    if (kust_is_nothing(node))
        node = (value){.kind = VALUE_ARRAY};
    if (node.kind != VALUE_ARRAY)
        return not_a_list(node, r->path.parts.items[at], err);
    bool made = index == node.len && r->create != VALUE_ABSENT;
    if (made)
        node = value_append(node, make_node(r, at), r->build->arena);
    if (index >= node.len)
        return error_rule(err, ERROR_INPUT, "E_REPLACEMENT", "the list has %u items, not %zu",
                          node.len, index + 1);
    return replace_item(r, at, node, index, made, ret_node, err);
}

static bool replace_every(struct replacing *r, size_t at, value node, value *ret_node,
                          struct error *err)
{
    *ret_node = node;
    if (kust_is_nothing(node))
        return true;
    if (node.kind != VALUE_ARRAY)
        return not_a_list(node, STR("*"), err);
    for (size_t i = 0; i < node.len; i++) {
        if (!replace_item(r, at, *ret_node, i, false, ret_node, err))
            return false;
    }
    return true;
}

/* Patterns are not anchored here. */
static bool text_matches(struct replacing *r, const struct regex *regex, str pattern, value v)
{
    str text = str_trim(kust_scalar_text(v));
    if (regex != NULL)
        return regex_matches(regex, text, r->build->scratch);
    return str_find(text, pattern) != SIZE_MAX;
}

static bool is_plain(str pattern)
{
    for (size_t i = 0; i < pattern.len; i++) {
        if (strchr("\\.+*?()|[]{}^$", pattern.ptr[i]) != NULL)
            return false;
    }
    return true;
}

struct list_part {
    str field, pattern;
    const struct regex *regex;
};

static bool read_list_part(struct replacing *r, str part, struct list_part *ret_part,
                           struct error *err)
{
    *ret_part = (struct list_part){0};
    if (!kust_part_split(part, &ret_part->field, &ret_part->pattern, err))
        return false;
    return is_plain(ret_part->pattern) || regex_compile(ret_part->pattern, r->build->limits,
                                                        r->build->arena, &ret_part->regex, err);
}

static bool replace_matching(struct replacing *r, size_t at, const struct list_part *part,
                             value list, value *ret_list, struct error *err)
{
    *ret_list = list;
    for (size_t i = 0; i < value_len(list); i++) {
        value item = value_item(list, i);
        value key = part->field.len != 0 ? value_get(item, part->field) : item;
        if (!value_present(key) || !text_matches(r, part->regex, part->pattern, key))
            continue;
        if (part->field.len != 0) {
            if (!replace_item(r, at, *ret_list, i, false, ret_list, err))
                return false;
            continue;
        }
        if (!set_leaf(r, item, false, &item, err)) /* the rest of the path does not count */
            return false;
        *ret_list = value_with_item(*ret_list, i, item, r->build->arena);
    }
    return true;
}

static bool replace_list(struct replacing *r, size_t at, value node, value *ret_node,
                         struct error *err)
{
    struct list_part part;
    size_t before = r->hits;
    if (!read_list_part(r, r->path.parts.items[at], &part, err))
        return false;
    if (node.kind != VALUE_ARRAY && !kust_is_nothing(node))
        return not_a_list(node, r->path.parts.items[at], err);
    if (!replace_matching(r, at, &part, node, ret_node, err))
        return false;
    if (r->hits != before || r->create == VALUE_ABSENT)
        return true;
    struct arena *arena = r->build->arena;
    value item = kust_scalar_untyped(value_null(), part.pattern, arena);
    if (part.field.len != 0)
        item = value_with((value){.kind = VALUE_OBJECT}, part.field, item, arena);
    if (kust_is_nothing(node))
        node = (value){.kind = VALUE_ARRAY};
    value list = value_append(node, item, arena);
    if (!replace_matching(r, at, &part, list, ret_node, err))
        return false;
    return r->hits != before || error_rule(err, ERROR_INPUT, "E_REPLACEMENT",
                                           "the item made for \"%.*s\" does not fit it",
                                           STR_ARG(r->path.parts.items[at]));
}

/* The rest of the path leads into a text; what it fits there counts, but nothing changes. */
static bool look_into_text(struct replacing *r, size_t at, value text, struct error *err)
{
    value inner, ignored;
    if (!kust_embedded_read(r->build, kust_scalar_text(text), &inner, err))
        return false;
    return replace_node(r, at, inner, false, &ignored, err);
}

static bool replace_member(struct replacing *r, size_t at, value node, value *ret_node,
                           struct error *err)
{
    str name = r->path.parts.items[at];
    bool last = at + 1 == r->path.parts.len;
    if (node.kind != VALUE_OBJECT && !kust_is_nothing(node))
        return error_rule(err, ERROR_INPUT, "E_REPLACEMENT", "\"%.*s\" needs a map, not %s",
                          STR_ARG(name), value_kind_name((enum value_kind)node.kind));
    *ret_node = node;
    value child = value_get(node, name);
    bool made = !value_present(child);
    if (made && r->create == VALUE_ABSENT)
        return true;
    if (made)
        child = make_node(r, at);
    if (!last && child.kind != VALUE_OBJECT && child.kind != VALUE_ARRAY)
        return look_into_text(r, at + 1, child, err);
    value old = child;
    if (!replace_node(r, at + 1, child, made, &child, err))
        return false;
    if (made || !kust_same(child, old))
        *ret_node = kust_is_nothing(node) ? node /* as kustomize: a null cannot take members */
                                          : value_with(node, name, child, r->build->arena);
    return true;
}

/* As deep as the path has parts. */
static bool replace_node(struct replacing *r, size_t at, value node, bool made, value *ret_node,
                         struct error *err)
{
    size_t index = 0;
    if (at == r->path.parts.len)
        return set_leaf(r, node, made, ret_node, err);
    str part = r->path.parts.items[at];
    if (kust_part_index(part, &index))
        return replace_index(r, at, index, node, ret_node, err);
    if (kust_part_is_list(part))
        return replace_list(r, at, node, ret_node, err);
    if (str_equal(part, STR("*")))
        return replace_every(r, at, node, ret_node, err);
    return replace_member(r, at, node, ret_node, err);
}

/* Where the path goes on into a text that reads as YAML: the number of parts before. 0: nowhere. */
static size_t find_embedded(struct replacing *r, value document, value *ret_text, value *ret_inner)
{
    value node = document;
    for (size_t i = 0; i + 1 < r->path.parts.len; i++) {
        struct error ignored = ERROR_INIT; /* then the path leads elsewhere */
        str part = str_trim(r->path.parts.items[i]);
        if (!kust_node_get_part(node, part, &node, &ignored) || !value_present(node))
            return 0;
        if (node.kind == VALUE_OBJECT || node.kind == VALUE_ARRAY)
            continue;
        if (kust_embedded_read(r->build, kust_scalar_text(node), ret_inner, &ignored)) {
            *ret_text = node;
            return i + 1;
        }
    }
    return 0;
}

/* Puts a new text where the first `count` parts lead. */
static value put_text(struct replacing *r, size_t at, size_t count, value node, value text)
{
    if (at == count)
        return text;
    str part = str_trim(r->path.parts.items[at]);
    struct error ignored = ERROR_INIT; /* found a moment ago */
    value child;
    if (!kust_node_get_part(node, part, &child, &ignored))
        return node;
    value changed = put_text(r, at + 1, count, child, text);
    if (node.kind == VALUE_OBJECT)
        return value_with(node, part, changed, r->build->arena);
    for (size_t i = 0; i < value_len(node); i++) {
        if (kust_same(value_item(node, i), child))
            return value_with_item(node, i, changed, r->build->arena);
    }
    return node;
}

/* True with *ret_done when the value was put into JSON or YAML in a text. */
static bool replace_embedded(struct replacing *r, value document, value *ret_document,
                             bool *ret_done, struct error *err)
{
    value text, inner, changed;
    size_t count = find_embedded(r, document, &text, &inner);
    *ret_done = false;
    if (count == 0)
        return true;
    struct replacing inside = *r;
    struct error ignored = ERROR_INIT; /* the plain way is tried next, and tells */
    inside.options = NULL;             /* delimiters do not count in there */
    inside.hits = 0;
    if (!replace_node(&inside, count, inner, false, &changed, &ignored) || inside.hits == 0)
        return true;
    str printed = {0};
    if (!kust_embedded_print(r->build, kust_scalar_text(text), inner, changed, &printed, err))
        return false;
    *ret_document = put_text(r, 0, count, document, value_string(printed));
    *ret_done = true;
    return true;
}

static enum value_kind kind_to_make(value source)
{
    bool collection = source.kind == VALUE_OBJECT || source.kind == VALUE_ARRAY;
    return collection ? (enum value_kind)source.kind : VALUE_STRING;
}

static bool check_depth(const struct replacing *r, struct error *err)
{
    return r->path.parts.len <= r->build->limits->yaml_depth ||
           error_rule(err, ERROR_LIMIT, "E_BUDGET",
                      "a path with %zu parts is deeper than the limit yaml_depth",
                      r->path.parts.len);
}

bool kust_make_field(struct build *build, value document, str path, value source,
                     value *ret_document)
{
    static const struct field_options makes = {.create = true};
    struct shared_writes shared = {.arena = build->arena};
    struct replacing r = {.build = build, .source = source, .options = &makes, .shared = &shared};
    struct error ignored = ERROR_INIT; /* whoever fills the field meets it again, and tells */
    r.path = kust_node_path(path, false, build->arena);
    r.create = kind_to_make(source);
    r.only_makes = true;
    return check_depth(&r, &ignored) &&
           replace_node(&r, 0, document, false, ret_document, &ignored);
}

/* Nodes of a document, shared ones as often as they would be printed; stops at `most`. */
static size_t count_nodes(value v, size_t most)
{
    size_t count = 1;
    for (size_t i = 0; i < value_len(v) && count < most; i++)
        count += count_nodes(v.kind == VALUE_OBJECT ? value_member(v, i)->val : value_item(v, i),
                             most - count);
    return count;
}

/* A map that is put into another one of its own size again and again doubles it each time. */
static bool check_growth(const struct replacing *r, value document, struct error *err)
{
    size_t most = r->build->limits->yaml_nodes;
    if (value_len(r->source) == 0 || count_nodes(document, most) < most)
        return true;
    return error_rule(err, ERROR_LIMIT, "E_BUDGET", "the object grows over the limit yaml_nodes");
}

bool kust_replace_field(struct build *build, value document, struct field_replacement *wanted,
                        value *ret_document, struct error *err)
{
    struct shared_writes shared = {.arena = build->arena};
    struct replacing r = {.build = build,
                          .source = wanted->source,
                          .options = wanted->options,
                          .only = wanted->only,
                          .shared = &shared};
    r.path = kust_node_path(wanted->path, false, build->arena);
    if (wanted->options != NULL && wanted->options->create)
        r.create = kind_to_make(wanted->source);
    bool done = false;
    if (!check_depth(&r, err) || !replace_embedded(&r, document, ret_document, &done, err))
        return false;
    wanted->found = 1;
    if (done)
        return true;
    if (!replace_node(&r, 0, document, false, ret_document, err) ||
        !check_growth(&r, *ret_document, err))
        return false;
    *ret_document = kust_shared_settle(&shared, *ret_document);
    wanted->found = r.hits;
    return r.hits != 0 || error_rule(err, ERROR_INPUT, "E_REPLACEMENT", "there is no such field%s",
                                     r.create == VALUE_ABSENT ? "" : ", and it cannot be made");
}
