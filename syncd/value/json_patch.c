/*
 * RFC 6902 JSON patches as evanphx/json-patch v4 applies them for the API server and kustomize.
 * Where it differs from the RFC, its way is taken: replace adds a missing member, indices may count
 * from the end, tests compare numbers by their text, copying nothing gives null.
 */
#include "syncd/value/pointer.h"
#include "syncd/value/value_internal.h"

struct patching {
    const struct limits *limits;
    struct arena *arena, *scratch;
    struct error *err;
    uint64_t nodes_left; /* that operations may still place */
    value document;
};

/* A path as tokens, and the container that each of them is looked up in. */
struct place {
    str path;
    str *tokens;
    value *containers;
    size_t count; /* of both; 0 when the path names no place */
};

static bool fail(struct patching *p, const char *format, str path)
{
    return error_rule(p->err, ERROR_INPUT, "E_PATCH", format, STR_ARG(path));
}

static str decode_token(str token, struct arena *arena)
{
    if (str_index(token, '~') == SIZE_MAX)
        return token;
    char *text = arena_alloc_bytes(arena, token.len);
    size_t len = 0;
    for (size_t i = 0; i < token.len; i++) {
        char next = i + 1 < token.len ? token.ptr[i + 1] : '\0';
        bool escape = token.ptr[i] == '~' && (next == '0' || next == '1');
        text[len++] = !escape ? token.ptr[i] : next == '1' ? '/' : '~';
        i += escape;
    }
    return str_from(text, len);
}

/* Go's Atoi: an optional sign, digits. */
static bool parse_index(str token, int64_t *ret_index)
{
    bool plus = token.len > 1 && token.ptr[0] == '+' && token.ptr[1] != '-' && token.ptr[1] != '+';
    return str_to_i64(str_skip(token, plus), ret_index);
}

/* An index into `len` items, where -1 is the last. */
static bool resolve_index(str token, size_t len, size_t *ret_index)
{
    int64_t index = 0;
    if (!parse_index(token, &index) || index >= (int64_t)len || index < -(int64_t)len)
        return false;
    *ret_index = (size_t)(index < 0 ? index + (int64_t)len : index);
    return true;
}

/* What stands in a container under a token: ABSENT for a missing member; false for a wrong index.
 */
static bool lookup(value container, str token, value *ret_value)
{
    size_t index = 0;
    if (container.kind != VALUE_ARRAY) {
        *ret_value = value_get(container, token);
        return true;
    }
    if (!resolve_index(token, container.len, &index))
        return false;
    *ret_value = container.as.items[index];
    return true;
}

/* False when something on the way is missing or no container. */
static bool locate(struct patching *p, str path, struct place *ret_place)
{
    size_t count = 0;
    for (size_t i = 0; i < path.len; i++)
        count += path.ptr[i] == '/';
    struct place place = {.path = path, .count = count};
    if (count == 0)
        return false;
    place.tokens = ARENA_ARRAY(p->scratch, str, count);
    place.containers = ARENA_ARRAY(p->scratch, value, count);
    str rest = path, token;
    bool more = str_cut(&rest, '/', &token); /* what stands before the first / means nothing */
    value v = p->document;
    for (size_t i = 0; more && i < count && str_cut(&rest, '/', &token); i++) {
        if (v.kind != VALUE_OBJECT && v.kind != VALUE_ARRAY)
            return false;
        place.tokens[i] = decode_token(token, p->arena);
        place.containers[i] = v;
        if (i + 1 < count && (!lookup(v, place.tokens[i], &v) || !value_present(v)))
            return false;
    }
    *ret_place = place;
    return true;
}

/* Puts a changed innermost container back, with new copies of those around it. */
static void rebuild(struct patching *p, const struct place *place, value innermost)
{
    value v = innermost;
    for (size_t i = place->count - 1; i-- > 0;) {
        value container = place->containers[i];
        size_t index = 0;
        if (container.kind == VALUE_OBJECT)
            v = value_with(container, place->tokens[i], v, p->arena);
        else if (resolve_index(place->tokens[i], container.len, &index))
            v = value_with_item(container, index, v, p->arena);
    }
    p->document = v;
}

/* Counts the nodes of what is placed, which bounds what copies of copies can grow to. */
static bool weigh(struct patching *p, value v, size_t depth_left)
{
    if (p->nodes_left == 0)
        return error_rule(p->err, ERROR_LIMIT, "E_PATCH",
                          "the patch places too many nodes (limit %llu)",
                          (unsigned long long)p->limits->yaml_nodes);
    p->nodes_left--;
    size_t count = value_len(v);
    if (count > 0 && depth_left == 0)
        return error_rule(p->err, ERROR_LIMIT, "E_PATCH",
                          "the result is nested too deeply (limit %llu)",
                          (unsigned long long)p->limits->json_depth);
    for (size_t i = 0; i < count; i++) {
        value child = v.kind == VALUE_ARRAY ? v.as.items[i] : v.as.members[i].val;
        if (!weigh(p, child, depth_left - 1))
            return false;
    }
    return true;
}

static bool weigh_at(struct patching *p, const struct place *place, value v)
{
    size_t depth = p->limits->json_depth;
    return weigh(p, v, place->count < depth ? depth - place->count : 0);
}

/* ---- operations ---- */

static value last_container(const struct place *place)
{
    return place->containers[place->count - 1];
}

static str last_token(const struct place *place)
{
    return place->tokens[place->count - 1];
}

static bool place_value(struct patching *p, str path, value v, const char *missing)
{
    struct place place;
    if (!locate(p, path, &place))
        return fail(p, missing, path);
    value container = last_container(&place);
    str token = last_token(&place);
    if (!weigh_at(p, &place, v))
        return false;
    if (container.kind == VALUE_OBJECT) {
        rebuild(p, &place, value_with(container, token, v, p->arena));
        return true;
    }
    size_t index = container.len;
    if (!str_equal(token, STR("-")) && !resolve_index(token, container.len + 1u, &index)) {
        int64_t number = 0;
        if (!parse_index(token, &number))
            return fail(p, "value was not a proper array index: '%.*s'", token);
        return fail(p, "Unable to access invalid index: %.*s", token);
    }
    rebuild(p, &place, value_insert_item(container, index, v, p->arena));
    return true;
}

static bool remove_at(struct patching *p, const struct place *place)
{
    value container = last_container(place);
    str token = last_token(place);
    size_t index = 0;
    if (container.kind == VALUE_OBJECT) {
        if (!value_present(value_get(container, token)))
            return fail(p, "Unable to remove nonexistent key: %.*s: missing value", token);
        rebuild(p, place, value_without(container, token, p->arena));
        return true;
    }
    if (!resolve_index(token, container.len, &index))
        return fail(p, "Unable to access invalid index: %.*s", token);
    rebuild(p, place, value_without_item(container, index, p->arena));
    return true;
}

/* The text of a member of an operation. */
static bool text_of(struct patching *p, value operation, str name, str *ret_text)
{
    value v = value_get(operation, name);
    if (v.kind == VALUE_STRING) {
        *ret_text = value_str(v);
        return true;
    }
    return fail(p, "operation missing %.*s field: missing value", name);
}

/* "value", where a missing one is null as in Go. */
static value operand(value operation)
{
    value v = value_get(operation, STR("value"));
    return value_present(v) ? v : value_null();
}

static bool apply_add(struct patching *p, value operation)
{
    str path;
    return text_of(p, operation, STR("path"), &path) &&
           place_value(
               p, path, operand(operation),
               "add operation does not apply: doc is missing path: \"%.*s\": missing value");
}

static bool apply_remove(struct patching *p, value operation)
{
    str path;
    struct place place;
    if (!text_of(p, operation, STR("path"), &path))
        return false;
    if (!locate(p, path, &place))
        return fail(p,
                    "remove operation does not apply: doc is missing path: \"%.*s\": missing value",
                    path);
    return remove_at(p, &place);
}

static bool replace_document(struct patching *p, value v)
{
    if (v.kind != VALUE_OBJECT && v.kind != VALUE_ARRAY)
        return error_rule(p->err, ERROR_INPUT, "E_PATCH",
                          "replace operation value must be object or array");
    if (!weigh(p, v, p->limits->json_depth))
        return false;
    p->document = v;
    return true;
}

static bool apply_replace(struct patching *p, value operation)
{
    str path;
    struct place place;
    value v = operand(operation), old;
    if (!text_of(p, operation, STR("path"), &path))
        return false;
    if (path.len == 0)
        return replace_document(p, v);
    if (!locate(p, path, &place))
        return fail(p, "replace operation does not apply: doc is missing path: %.*s: missing value",
                    path);
    value container = last_container(&place);
    size_t index = 0;
    if (!lookup(container, last_token(&place), &old))
        return fail(p, "replace operation does not apply: doc is missing key: %.*s: missing value",
                    path);
    if (!weigh_at(p, &place, v))
        return false;
    if (container.kind == VALUE_OBJECT)
        container = value_with(container, last_token(&place), v, p->arena);
    else if (resolve_index(last_token(&place), container.len, &index))
        container = value_with_item(container, index, v, p->arena);
    rebuild(p, &place, container);
    return true;
}

/* The place and value that "from" names. */
static bool find_source(struct patching *p, value operation, struct place *ret_place,
                        value *ret_value)
{
    str from;
    if (!text_of(p, operation, STR("from"), &from))
        return false;
    if (!locate(p, from, ret_place))
        return fail(p, "operation does not apply: doc is missing from path: %.*s: missing value",
                    from);
    if (!lookup(last_container(ret_place), last_token(ret_place), ret_value))
        return fail(p, "Unable to access invalid index: %.*s", last_token(ret_place));
    return true;
}

static bool apply_move(struct patching *p, value operation)
{
    struct place place;
    value v;
    str path;
    if (!find_source(p, operation, &place, &v) || !remove_at(p, &place) ||
        !text_of(p, operation, STR("path"), &path))
        return false;
    return place_value(p, path, v,
                       "move operation does not apply: doc is missing destination path: %.*s: "
                       "missing value");
}

static bool apply_copy(struct patching *p, value operation)
{
    struct place place;
    value v;
    str path;
    if (!find_source(p, operation, &place, &v) || !text_of(p, operation, STR("path"), &path))
        return false;
    return place_value(p, path, value_present(v) ? v : value_null(),
                       "copy operation does not apply: doc is missing destination path: %.*s: "
                       "missing value");
}

/* Like value_equal, but numbers by their text. */
static bool same_text(value a, value b)
{
    if (a.kind != b.kind || a.len != b.len)
        return false;
    if (a.kind == VALUE_NUMBER)
        return str_equal(value_number_text(a), value_number_text(b));
    size_t count = value_len(a);
    if (count == 0)
        return value_equal(a, b);
    for (size_t i = 0; i < count; i++) {
        bool object = a.kind == VALUE_OBJECT;
        if (object && !str_equal(a.as.members[i].key, b.as.members[i].key))
            return false;
        if (!same_text(object ? a.as.members[i].val : a.as.items[i],
                       object ? b.as.members[i].val : b.as.items[i]))
            return false;
    }
    return true;
}

static bool apply_test(struct patching *p, value operation)
{
    str path;
    struct place place;
    value found = p->document;
    if (!text_of(p, operation, STR("path"), &path))
        return false;
    if (path.len > 0 && !locate(p, path, &place))
        return fail(p, "test operation does not apply: is missing path: %.*s: missing value", path);
    if (path.len > 0 && !lookup(last_container(&place), last_token(&place), &found))
        return fail(p, "Unable to access invalid index: %.*s", last_token(&place));
    if (!value_present(found))
        found = value_null();
    if (!same_text(found, operand(operation)))
        return fail(p, "testing value %.*s failed: test failed", path);
    return true;
}

static const struct {
    str name;
    bool (*apply)(struct patching *, value);
} operations[] = {
    {STR_INIT("add"), apply_add},         {STR_INIT("copy"), apply_copy},
    {STR_INIT("move"), apply_move},       {STR_INIT("remove"), apply_remove},
    {STR_INIT("replace"), apply_replace}, {STR_INIT("test"), apply_test},
};

static bool apply_operation(struct patching *p, value operation)
{
    str name = value_str(value_get(operation, STR("op")));
    for (size_t i = 0; i < ARRAY_LEN(operations); i++) {
        if (str_equal(operations[i].name, name))
            return operations[i].apply(p, operation);
    }
    return fail(p, "Unexpected kind: %.*s", name.len > 0 ? name : STR("unknown"));
}

bool json_patch_apply(value document, value patch, const struct limits *limits, struct arena *arena,
                      value *ret_result, struct error *err)
{
    if (patch.kind != VALUE_ARRAY)
        return error_rule(err, ERROR_INPUT, "E_PATCH", "a JSON patch is a list of operations");
    if (document.kind != VALUE_OBJECT && document.kind != VALUE_ARRAY)
        return error_rule(err, ERROR_INPUT, "E_PATCH", "a JSON patch needs an object or a list");
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    struct patching p = {
        .limits = limits,
        .arena = arena,
        .scratch = scratch,
        .err = err,
        .nodes_left = limits->yaml_nodes,
        .document = document,
    };
    for (size_t i = 0; i < patch.len; i++) {
        struct arena_mark mark = arena_mark(scratch);
        bool ok = patch.as.items[i].kind == VALUE_OBJECT
                      ? apply_operation(&p, patch.as.items[i])
                      : error_rule(err, ERROR_INPUT, "E_PATCH", "an operation is an object");
        arena_rewind(scratch, mark);
        if (ok && arena_over(arena))
            ok = error_rule(err, ERROR_LIMIT, "E_MEMORY", "the patch needs too much memory");
        if (!ok)
            return error_wrap(err, "operation %zu", i);
    }
    *ret_result = p.document;
    return true;
}
