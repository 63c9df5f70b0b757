/* Paths: names with dots, from the item, the object or the facts. */
#include "syncd/health/rules_internal.h"

#define PATH_STEPS 24

static bool read_index(str *rest, struct path_step *step)
{
    size_t end = str_index(*rest, ']');
    uint64_t number;
    if (end == SIZE_MAX || end < 2)
        return false;
    str inside = str_slice(*rest, 1, end - 1);
    *rest = str_skip(*rest, end + 1);
    if (inside.ptr[0] == '"') {
        if (inside.len < 3 || inside.ptr[inside.len - 1] != '"')
            return false;
        *step = (struct path_step){str_slice(inside, 1, inside.len - 2), NO_INDEX};
        return true;
    }
    if (!str_to_u64(inside, &number) || number >= NO_INDEX)
        return false;
    *step = (struct path_step){(str){0}, (uint32_t)number};
    return true;
}

static bool read_name(str *rest, struct path_step *step)
{
    size_t end = 0;
    while (end < rest->len && rest->ptr[end] != '.' && rest->ptr[end] != '[')
        end++;
    *step = (struct path_step){str_slice(*rest, 0, end), NO_INDEX};
    *rest = str_skip(*rest, end);
    return end != 0;
}

/* "$object.", "$facts.", "$key" or nothing. False for another word with a dollar. */
static bool read_root(str *rest, enum path_root *ret_root)
{
    static const struct {
        str word;
        enum path_root root;
    } roots[] = {{STR_INIT("$object"), ROOT_OBJECT},
                 {STR_INIT("$facts"), ROOT_FACTS},
                 {STR_INIT("$key"), ROOT_KEY}};
    *ret_root = ROOT_ITEM;
    if (rest->len == 0 || rest->ptr[0] != '$')
        return true;
    for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
        if (!str_starts(*rest, roots[i].word))
            continue;
        *rest = str_skip(*rest, roots[i].word.len);
        *ret_root = roots[i].root;
        if (rest->len != 0 && rest->ptr[0] == '.')
            *rest = str_skip(*rest, 1);
        return true;
    }
    return false;
}

bool path_parse(str text, struct arena *arena, struct path *ret_path, struct error *err)
{
    struct path_step steps[PATH_STEPS];
    struct path path = {.root = ROOT_ITEM};
    str rest = text;
    bool right = text.len != 0 && read_root(&rest, &path.root);
    if (str_equal(rest, STR(".")))
        rest = (str){0};
    while (right && rest.len != 0) {
        if (path.count == PATH_STEPS)
            return error_set(err, ERROR_INPUT, "path %.*s has more than %d steps", STR_ARG(text),
                             PATH_STEPS);
        right = rest.ptr[0] == '[' ? read_index(&rest, &steps[path.count])
                                   : read_name(&rest, &steps[path.count]);
        path.count++;
        bool dot = right && rest.len > 1 && rest.ptr[0] == '.';
        right = right && (rest.len == 0 || dot || rest.ptr[0] == '[');
        if (dot)
            rest = str_skip(rest, 1);
    }
    if (!right)
        return error_set(err, ERROR_INPUT, "\"%.*s\" is no path", STR_ARG(text));
    struct path_step *kept = ARENA_ARRAY(arena, struct path_step, path.count);
    memcpy(kept, steps, path.count * sizeof(*steps));
    path.steps = kept;
    *ret_path = path;
    return true;
}

value path_find(const struct path *path, const struct sight *sight)
{
    value at = path->root == ROOT_OBJECT  ? sight->object
               : path->root == ROOT_FACTS ? sight->facts
               : path->root == ROOT_KEY   ? value_string(sight->key)
                                          : sight->item;
    for (size_t i = 0; i < path->count; i++) {
        const struct path_step *step = &path->steps[i];
        if (step->index == NO_INDEX)
            at = value_get(at, step->name);
        else if (value_is(at, VALUE_ARRAY) && step->index < value_len(at))
            at = value_item(at, step->index);
        else
            return value_absent();
    }
    return at;
}
