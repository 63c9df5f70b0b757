#include "render/kustomize/embedded_yaml.h"

#include "render/kustomize/scalar.h"

bool kust_embedded_read(struct build *build, str text, value *ret_document, struct error *err)
{
    static const struct yaml_options options = {.dialect = YAML_KUSTOMIZE};
    return yaml_read(text, &options, build->limits, build->arena, ret_document, err);
}

static bool print_json(struct build *build, str original, value document, str *ret_text)
{
    bool pretty =
        str_index(original, '\n') != SIZE_MAX && str_find(original, STR("  ")) != SIZE_MAX;
    value canonical = kust_canonical(document, false, build->arena);
    *ret_text = json_text(canonical, pretty ? JSON_INDENT2 : JSON_GO, build->arena);
    return true;
}

/* A scalar of the text that gets another text. */
struct change {
    uint32_t line;
    str old, new;
};

struct changes {
    struct arena *arena;
    VEC(struct change) list;
};

static bool unsupported(struct error *err)
{
    (void)error_rule(err, ERROR_UNSUPPORTED, "E_EMBEDDED",
                     "this change of YAML inside a text is not supported");
    return error_hint(err, "only scalars that are there already can be replaced");
}

/* As deep as the document, which a reader has limited. */
static bool collect(struct changes *changes, value before, value after, struct error *err)
{
    if (kust_same(before, after))
        return true;
    if (before.kind != after.kind || before.len != after.len) {
        bool scalars = before.kind != VALUE_OBJECT && before.kind != VALUE_ARRAY &&
                       after.kind != VALUE_OBJECT && after.kind != VALUE_ARRAY;
        if (!scalars)
            return unsupported(err);
    }
    for (size_t i = 0; i < value_len(before); i++) {
        bool in_map = before.kind == VALUE_OBJECT;
        if (in_map && !str_equal(value_member(before, i)->key, value_member(after, i)->key))
            return unsupported(err);
        if (!collect(changes, in_map ? value_member(before, i)->val : value_item(before, i),
                     in_map ? value_member(after, i)->val : value_item(after, i), err))
            return false;
    }
    if (before.kind != VALUE_OBJECT && before.kind != VALUE_ARRAY)
        VEC_PUSH(changes->arena, &changes->list,
                 (struct change){before.line, kust_scalar_text(before), kust_scalar_text(after)});
    return true;
}

/* A text in quotes stays in them; a plain one is quoted when it must be. */
static bool spell(struct build *build, char quote, const struct change *change, str *ret_text,
                  struct error *err)
{
    if (str_index(change->new, '\n') != SIZE_MAX)
        return unsupported(err);
    if (quote == '\0') {
        str printed = yaml_text(value_string(change->new), YAML_V3, build->arena);
        bool quoted = printed.len != 0 && strchr("\"'", printed.ptr[0]) != NULL;
        *ret_text = quoted && kust_scalar_is_string(change->old) ? str_trim(printed) : change->new;
        return true;
    }
    if (str_index(change->new, quote) != SIZE_MAX || str_index(change->new, '\\') != SIZE_MAX)
        return unsupported(err);
    *ret_text = arena_concat(build->arena, str_from(&quote, 1), change->new, str_from(&quote, 1));
    return true;
}

/* Where the scalar stands on its line: behind "key: " or "- ". */
static bool find_scalar(str line, str old, size_t *ret_from, size_t *ret_len, char *ret_quote)
{
    for (size_t at = line.len + 1; at-- > 0;) {
        str rest = str_skip(line, at);
        char quote = rest.len != 0 && strchr("\"'", rest.ptr[0]) != NULL ? rest.ptr[0] : '\0';
        str inner = quote != '\0' ? str_skip(rest, 1) : rest;
        if (!str_starts(inner, old) || (at != 0 && line.ptr[at - 1] != ' '))
            continue;
        str behind = str_skip(inner, old.len);
        if (quote != '\0' && (behind.len == 0 || behind.ptr[0] != quote))
            continue;
        behind = quote != '\0' ? str_skip(behind, 1) : behind;
        str tail = str_trim(behind);
        if (tail.len != 0 && (tail.ptr[0] != '#' || behind.ptr[0] != ' '))
            continue;
        *ret_from = at;
        *ret_len = rest.len - behind.len;
        *ret_quote = quote;
        return true;
    }
    return false;
}

static const struct change *change_of(const struct changes *changes, uint32_t line)
{
    VEC_FOR (struct change, change, &changes->list)
        if (change->line == line)
            return change;
    return NULL;
}

static bool print_line(struct build *build, struct buf *out, str line, const struct change *change,
                       struct error *err)
{
    size_t from = 0, len = 0;
    char quote = '\0';
    str new = {0};
    if (!find_scalar(line, change->old, &from, &len, &quote))
        return unsupported(err);
    if (!spell(build, quote, change, &new, err))
        return false;
    buf_add(out, str_slice(line, 0, from));
    buf_add(out, new);
    buf_add(out, str_skip(line, from + len));
    return true;
}

bool kust_embedded_print(struct build *build, str text, value before, value after, str *ret_text,
                         struct error *err)
{
    str start = str_trim(text);
    if (start.len != 0 && (start.ptr[0] == '{' || start.ptr[0] == '['))
        return print_json(build, text, after, ret_text);
    struct changes changes = {.arena = build->scratch};
    if (!collect(&changes, before, after, err))
        return false;
    AUTO_BUF struct buf out = BUF_INIT(build->limits->object_bytes);
    str rest = text, line = {0};
    for (uint32_t number = 1; str_cut(&rest, '\n', &line); number++) {
        const struct change *change = change_of(&changes, number);
        if (change == NULL)
            buf_add(&out, line);
        else if (!print_line(build, &out, line, change, err))
            return false;
        if (rest.ptr != NULL)
            buf_add_byte(&out, '\n');
    }
    if (buf_failed(&out))
        return error_rule(err, ERROR_LIMIT, "E_BUDGET", "a field grows over object_bytes");
    *ret_text = arena_str(build->arena, str_trim(buf_str(&out)));
    return true;
}
