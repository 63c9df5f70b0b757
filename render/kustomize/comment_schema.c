/*
 * Schemas in comments: `items: # {"type":"array", …}`, or on the line above, says how the field
 * merges. Files that have none pay one search of their bytes.
 */
#include "render/kustomize/comment_schema.h"

#include "render/kustomize/schema.h"

struct lines {
    VEC(str) list; /* line 1 is item 0 */
};

struct noting {
    struct build *build;
    const struct lines *lines;
};

static str line_at(const struct noting *noting, size_t number)
{
    bool there = number != 0 && number <= noting->lines->list.len;
    return there ? noting->lines->list.items[number - 1] : (str){0};
}

/* The JSON behind the "#" of a line; an empty view for none. */
static str json_behind(str line)
{
    size_t hash = str_index(line, '#');
    str text =
        hash != SIZE_MAX ? str_trim(str_trim_left(str_skip(line, hash), STR("#"))) : (str){0};
    return str_starts(text, STR("{")) ? text : (str){0};
}

static bool is_comment(str line)
{
    str text = str_trim(line);
    return text.len == 0 || text.ptr[0] == '#';
}

/* The comment of a field: behind its value or its key, or right above. */
static str find_comment(const struct noting *noting, const struct member *field)
{
    size_t number = field->val.line;
    str found = json_behind(line_at(noting, number));
    str text = str_trim(line_at(noting, number));
    while (number > 1 && !str_starts(text, field->key) &&
           (number == field->val.line || is_comment(text)))
        text = str_trim(line_at(noting, --number));
    if (found.len == 0 && str_starts(text, field->key))
        found = json_behind(text);
    str above = str_trim(line_at(noting, number - 1));
    return found.len == 0 && str_starts(above, STR("#")) ? json_behind(above) : found;
}

/* As deep as the document, which a reader has limited. */
static void note_below(const struct noting *noting, value node)
{
    for (size_t i = 0; i < value_len(node); i++) {
        if (node.kind == VALUE_ARRAY) {
            note_below(noting, value_item(node, i));
            continue;
        }
        const struct member *field = value_member(node, i);
        struct error ignored = ERROR_INIT; /* any other comment */
        value schema;
        str comment = value_len(field->val) != 0 ? find_comment(noting, field) : (str){0};
        if (comment.len != 0 &&
            json_read(comment, noting->build->limits, noting->build->arena, &schema, &ignored))
            kust_schema_note(noting->build->schema, field->val, schema);
        note_below(noting, field->val);
    }
}

void kust_note_comment_schemas(struct build *build, str text, value document)
{
    if (str_find(text, STR("# {")) == SIZE_MAX && str_find(text, STR("#{")) == SIZE_MAX)
        return;
    struct arena_mark mark = arena_mark(build->scratch);
    struct lines lines = {0};
    str rest = text, line = {0};
    while (str_cut(&rest, '\n', &line))
        VEC_PUSH(build->scratch, &lines.list, line);
    note_below(&(struct noting){.build = build, .lines = &lines}, document);
    arena_rewind(build->scratch, mark);
}
