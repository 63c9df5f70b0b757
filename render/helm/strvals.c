/* --set and its family: "a.b[0]=x,c={1,2}" written into values. */
#include "render/helm/chart.h"
#include "render/template/print.h"
#include "render/template/runes.h"
#include "syncd/value/json.h"

#include "render/template/dyn_value.h"

#define INDEX_MAX 65536
#define LEVEL_MAX 30

struct strvals {
    struct helm_work *work;
    struct arena *arena;
    const struct helm_options *options;
    enum helm_set_kind kind;
    str rest;
    bool ended; /* the text ended where more could have come */
    unsigned depth;
    struct error *err;
};

static bool read_key(struct strvals *s, struct dyn_map *into, unsigned level);

static bool fail(struct strvals *s, const char *format, str text)
{
    return error_rule(s->err, ERROR_INPUT, "E_STRVALS", format, STR_ARG(text));
}

/* Text up to one of `stop`; *ret_stop is '\0' at the end. Backslashes protect, but not in literals.
 */
static str read_until(struct strvals *s, const char *stop, char *ret_stop)
{
    AUTO_BUF struct buf buf = BUF_INIT(s->rest.len + 1);
    *ret_stop = '\0';
    while (s->rest.len > 0) {
        char byte = s->rest.ptr[0];
        if (byte != '\0' && strchr(stop, byte) != NULL) {
            *ret_stop = byte;
            s->rest = str_skip(s->rest, 1);
            break;
        }
        if (byte == '\\' && s->kind != HELM_SET_LITERAL) {
            s->rest = str_skip(s->rest, 1);
            if (s->rest.len == 0)
                break;
            byte = s->rest.ptr[0];
        }
        buf_add_byte(&buf, byte);
        s->rest = str_skip(s->rest, 1);
    }
    return buf_copy(&buf, s->arena);
}

static bool typed(struct strvals *s, str text, struct dyn *ret_value)
{
    int64_t number;
    *ret_value = dyn_string(text);
    if (s->kind == HELM_SET_FILE) {
        for (size_t i = 0; i < s->options->set_file_count; i++) {
            if (!str_equal(s->options->set_files[i].name, text))
                continue;
            *ret_value = dyn_string(s->options->set_files[i].text);
            return true;
        }
        return error_rule(s->err, ERROR_NOT_FOUND, "E_STRVALS", "there is no file %.*s",
                          STR_ARG(text));
    }
    if (s->kind != HELM_SET)
        return true;
    if (str_equal_fold(text, STR("true")) || str_equal_fold(text, STR("false")))
        *ret_value = dyn_bool((text.ptr[0] | 32) == 't');
    else if (str_equal_fold(text, STR("null")))
        *ret_value = dyn_nil();
    else if (str_equal(text, STR("0")))
        *ret_value = dyn_int64(0);
    else if (text.len > 0 && text.ptr[0] != '0' &&
             str_to_i64(text.ptr[0] == '+' ? str_skip(text, 1) : text, &number))
        *ret_value = dyn_int64(number);
    return true;
}

/* "{a,b}"; the brace has been read. */
static bool read_list(struct strvals *s, struct dyn *ret_value)
{
    VEC(struct dyn) items = {0};
    for (;;) {
        char stop;
        str text = read_until(s, ",}", &stop);
        if (stop == '\0')
            return fail(s, "list must terminate with '}'%.*s", STR(""));
        struct dyn item;
        if (!typed(s, text, &item))
            return false;
        VEC_PUSH(s->arena, &items, item);
        if (stop == '}')
            break;
    }
    if (str_starts(s->rest, STR(",")))
        s->rest = str_skip(s->rest, 1);
    *ret_value = dyn_list(TYPE_LIST_ANY, items.items, items.len);
    return true;
}

/* Space, then a comma or the end: there is no value. */
static bool at_empty(struct strvals *s)
{
    while (s->rest.len > 0) {
        str before = s->rest;
        uint32_t code = rune_next(&s->rest);
        if (code == ',')
            return true;
        if (!rune_is_space(code)) {
            s->rest = before;
            return false;
        }
    }
    return true;
}

static bool read_json(struct strvals *s, struct dyn *ret_value)
{
    if (at_empty(s)) {
        *ret_value = dyn_nil();
        return true;
    }
    struct json_splitter splitter = {0};
    size_t len = json_split(&splitter, s->rest);
    if (len == 0) {
        /* A number or a word at the very end has no end of its own. */
        len = s->rest.len;
    }
    value document;
    if (!json_read(str_slice(s->rest, 0, len), s->work->limits, s->arena, &document, s->err))
        return false;
    *ret_value = dyn_from_value(document, s->arena);
    s->rest = str_skip(s->rest, len);
    (void)at_empty(s);
    return true;
}

static bool read_value(struct strvals *s, struct dyn *ret_value)
{
    char stop;
    switch (s->kind) {
    case HELM_SET_JSON: return read_json(s, ret_value);
    case HELM_SET_LITERAL:
        *ret_value = dyn_string(s->rest);
        s->rest = str_skip(s->rest, s->rest.len);
        return true;
    default: break;
    }
    if (s->rest.len == 0) {
        *ret_value = dyn_string(STR(""));
        return true;
    }
    if (s->rest.ptr[0] == '{') {
        s->rest = str_skip(s->rest, 1);
        return read_list(s, ret_value);
    }
    return typed(s, read_until(s, ",", &stop), ret_value);
}

static bool read_index(struct strvals *s, uint32_t *ret_index)
{
    char stop;
    str text = read_until(s, "]", &stop);
    int64_t index;
    if (stop == '\0')
        return fail(s, "error parsing index: EOF%.*s", STR(""));
    if (!str_to_i64(str_skip(text, str_starts(text, STR("+")) ? 1 : 0), &index))
        return fail(s, "error parsing index: strconv.Atoi: parsing \"%.*s\": invalid syntax", text);
    if (index < 0)
        return fail(s, "negative %.*s index not allowed", text);
    if (index > INDEX_MAX)
        return fail(s, "index of %.*s is greater than maximum supported index of 65536", text);
    *ret_index = (uint32_t)index;
    return true;
}

/* A list with `item` at `index`; holes are null. */
static struct dyn with_item(struct strvals *s, struct dyn list, uint32_t index, struct dyn item)
{
    uint32_t len = list.len > index ? list.len : index + 1;
    struct dyn *items = ARENA_ARRAY(s->arena, struct dyn, len);
    for (uint32_t i = 0; i < len; i++)
        items[i] = i < list.len ? list.as.items[i] : dyn_nil();
    items[index] = item;
    return dyn_list(TYPE_LIST_ANY, items, len);
}

/* "['a' 'b']": characters as Go prints a list of them with %q. */
static str runes_of(struct strvals *s, str text)
{
    AUTO_BUF struct buf buf = BUF_INIT(16 * text.len + 2);
    const char *lead = "[";
    while (text.len > 0) {
        struct dyn rune = dyn_int((int64_t)rune_next(&text));
        buf_add(&buf, str_z(lead));
        dyn_printf(STR("%q"), &rune, 1, s->arena, &buf);
        lead = " ";
    }
    buf_add_byte(&buf, ']');
    return buf_copy(&buf, s->arena);
}

/* What follows "[index]": a value, an index of an inner list, or a key. */
static bool read_item(struct strvals *s, struct dyn *list, uint32_t index, unsigned level)
{
    char stop;
    str text = read_until(s, "[.=", &stop);
    if (text.len > 0)
        return fail(s, "unexpected data at end of array index: %.*s", runes_of(s, text));
    struct dyn item = index < list->len ? list->as.items[index] : dyn_nil();
    if (stop == '\0') {
        s->ended = true;
        return true;
    }
    if (stop == '=') {
        if (!read_value(s, &item))
            return false;
    } else if (stop == '[') {
        uint32_t inner;
        if (item.kind != DYN_NIL && item.kind != DYN_LIST)
            return fail(s, "unable to parse key: not a list%.*s", STR(""));
        if (item.kind == DYN_NIL)
            item = dyn_list(TYPE_LIST_ANY, NULL, 0);
        if (++s->depth > LEVEL_MAX || !read_index(s, &inner) || !read_item(s, &item, inner, level))
            return s->err->class != ERROR_NONE ? false : fail(s, "too deep%.*s", STR(""));
        s->depth--;
    } else {
        if (item.kind != DYN_MAP)
            item = dyn_of_map(TYPE_MAP_ANY, dyn_map_create(s->arena));
        if (!read_key(s, item.as.map, level))
            return false;
    }
    *list = with_item(s, *list, index, item);
    return true;
}

static void set(struct strvals *s, struct dyn_map *into, str key, struct dyn v)
{
    if (key.len > 0)
        dyn_map_set(into, s->arena, key, v);
}

static bool read_below(struct strvals *s, struct dyn_map *into, str key, unsigned level)
{
    if (level + 1 > LEVEL_MAX)
        return fail(s,
                    "value name nested level is greater than maximum supported nested level of "
                    "30%.*s",
                    STR(""));
    const struct dyn *found = dyn_map_find(into, key);
    if (found != NULL && found->kind != DYN_MAP)
        return fail(s,
                    "unable to parse key: interface conversion: interface {} is %.*s, not "
                    "map[string]interface {}",
                    found->kind == DYN_NIL ? STR("nil") : dyn_type_name(*found, s->arena));
    struct dyn_map *inner =
        found != NULL && found->as.map != NULL ? found->as.map : dyn_map_create(s->arena);
    bool good = read_key(s, inner, level + 1);
    if (good && !s->ended && inner->len == 0)
        return fail(s, "key map \"%.*s\" has no value", key);
    if (inner->len > 0)
        set(s, into, key, dyn_of_map(TYPE_MAP_ANY, inner));
    return good;
}

static bool read_key(struct strvals *s, struct dyn_map *into, unsigned level)
{
    char stop;
    str key = read_until(s, s->kind == HELM_SET_LITERAL ? "=[." : "=[,.", &stop);
    struct dyn v;
    uint32_t index;
    switch (stop) {
    case '=':
        if (!read_value(s, &v))
            return false;
        set(s, into, key, v);
        return true;
    case ',': return fail(s, "key \"%.*s\" has no value (cannot end with ,)", key);
    case '.': return read_below(s, into, key, level);
    case '[': {
        const struct dyn *found = dyn_map_find(into, key);
        if (found != NULL && found->kind != DYN_LIST)
            return fail(s, "unable to parse key: \"%.*s\" is no list", key);
        v = found != NULL ? *found : dyn_list(TYPE_LIST_ANY, NULL, 0);
        if (!read_index(s, &index) || !read_item(s, &v, index, level))
            return false;
        set(s, into, key, v);
        return true;
    }
    default: s->ended = true; return key.len == 0 || fail(s, "key \"%.*s\" has no value", key);
    }
}

bool strvals_parse(struct helm_work *work, const struct helm_set *set_text,
                   const struct helm_options *options, struct dyn_map *values, struct error *err)
{
    static const char *const names[] = {[HELM_SET_JSON] = "--set-json",
                                        [HELM_SET] = "--set",
                                        [HELM_SET_STRING] = "--set-string",
                                        [HELM_SET_FILE] = "--set-file",
                                        [HELM_SET_LITERAL] = "--set-literal"};
    struct strvals s = {.work = work,
                        .arena = work->arena,
                        .options = options,
                        .kind = set_text->kind,
                        .rest = set_text->text,
                        .err = err};
    while (s.rest.len > 0 && !s.ended)
        if (!read_key(&s, values, 0))
            return error_wrap(err, "failed parsing %s data", names[set_text->kind]);
    return true;
}
