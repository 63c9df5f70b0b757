/*
 * Comments of a text that was written anew. Those on lines of their own stand before the line of
 * the next node, those behind something on its line. Blank lines survive only between comments, and
 * below those that belong to the node above: no blank line was between them.
 */
#include "syncd/value/yaml_rewrite_internal.h"

#define COMMENTS_MAX 5000 /* each is compared with every line */

struct comment {
    str text;        /* from "#" to the end of the line */
    size_t line;     /* in the source */
    bool alone;      /* nothing else on its line */
    bool blank_next; /* an empty line follows */
    bool loose;      /* an empty line was before it, or before the comment right above */
};

struct comments {
    VEC(struct comment) list;
};

void yaml_marks_add(struct yaml_marks *marks, const yaml_event_t *event, struct arena *arena)
{
    bool is_scalar = event->type == YAML_SCALAR_EVENT || event->type == YAML_ALIAS_EVENT;
    bool begins = is_scalar || event->type == YAML_SEQUENCE_START_EVENT ||
                  event->type == YAML_MAPPING_START_EVENT;
    struct yaml_mark mark = {.from_line = event->start_mark.line,
                             .to_line = event->end_mark.line,
                             .to_column = event->end_mark.column,
                             .begins = begins,
                             .is_scalar = is_scalar};
    VEC_PUSH(arena, &marks->source, mark);
}

/* Bytes of the first `columns` characters. */
static size_t bytes_of(str line, size_t columns)
{
    size_t at = 0;
    while (at < line.len && columns > 0) {
        at++;
        while (at < line.len && ((unsigned char)line.ptr[at] & 0xc0) == 0x80)
            at++;
        columns--;
    }
    return at;
}

/* The comment on a line whose last scalar ends at a column; an empty view for none. */
static str comment_behind(str line, size_t column)
{
    for (size_t i = bytes_of(line, column); i < line.len; i++) {
        if (line.ptr[i] == '#' && (i == 0 || line.ptr[i - 1] == ' ' || line.ptr[i - 1] == '\t'))
            return str_skip(line, i);
    }
    return (str){0};
}

static struct comments find_comments(const struct yaml_marks *marks, str text, struct arena *arena)
{
    struct comments comments = {0};
    size_t at = 0, column = 0;
    bool after_blank = false;
    str line = {0};
    for (size_t number = 0; str_cut(&text, '\n', &line); number++) {
        bool inside = false;
        column = 0;
        for (; at < marks->source.len && marks->source.items[at].from_line <= number; at++) {
            const struct yaml_mark *mark = &marks->source.items[at];
            if (mark->is_scalar && mark->to_line > number)
                break; /* goes on below */
            if (mark->is_scalar && mark->to_line == number)
                column = mark->to_column;
        }
        if (at < marks->source.len)
            inside =
                marks->source.items[at].is_scalar && marks->source.items[at].from_line < number;
        bool blank = str_trim(line).len == 0;
        struct comment *above = comments.list.len != 0 ? &VEC_LAST(&comments.list) : NULL;
        bool touches = above != NULL && above->line + 1 == number;
        if (blank && touches)
            above->blank_next = true;
        str found = inside ? (str){0} : comment_behind(line, column);
        if (found.len != 0)
            VEC_PUSH(arena, &comments.list,
                     (struct comment){.text = str_trim_right(found, STR(" \t\r")),
                                      .line = number,
                                      .loose = touches ? above->loose : after_blank,
                                      .alone = str_trim(line).ptr == found.ptr});
        after_blank = blank;
    }
    return comments;
}

/* Where a comment goes: before or behind a line of the printed text. */
struct place {
    size_t line;
    bool before;
};

/* The lines on which events of the printed text begin. */
struct lines {
    VEC(size_t) list;
};

static bool find_lines(str printed, struct arena *arena, struct lines *lines)
{
    yaml_parser_t parser;
    yaml_event_t event;
    if (yaml_parser_initialize(&parser) == 0)
        return false;
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)printed.ptr, printed.len);
    bool done = false, read = true;
    while (!done && (read = yaml_parser_parse(&parser, &event) != 0)) {
        done = event.type == YAML_DOCUMENT_END_EVENT || event.type == YAML_STREAM_END_EVENT;
        VEC_PUSH(arena, &lines->list, event.start_mark.line);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return read;
}

static struct place place_of(const struct yaml_marks *marks, const struct lines *lines,
                             const struct comment *comment)
{
    struct place behind = {.line = SIZE_MAX, .before = false};
    for (size_t i = 0; i < marks->emitted.len && i < lines->list.len; i++) {
        size_t source = marks->emitted.items[i];
        if (source == SIZE_MAX || !marks->source.items[source].begins)
            continue;
        size_t line = marks->source.items[source].from_line;
        if (comment->alone && line > comment->line)
            return (struct place){.line = lines->list.items[i], .before = true};
        if (!comment->alone && line <= comment->line && marks->source.items[source].is_scalar)
            behind.line = lines->list.items[i];
    }
    return behind;
}

struct placed {
    const struct comments *comments;
    const struct place *places;
};

static void put_before(struct buf *out, str line, const struct placed *all, size_t index)
{
    const struct comment *comment = &all->comments->list.items[index];
    const struct place *place = &all->places[index];
    size_t indent = 0;
    while (indent < line.len && line.ptr[indent] == ' ')
        indent++;
    buf_add(out, str_slice(line, 0, indent));
    buf_add(out, comment->text);
    bool last =
        index + 1 == all->comments->list.len || !place[1].before || place[1].line != place->line;
    bool keeps = comment->blank_next && (!last || !comment->loose || place->line == 0);
    buf_add(out, keeps ? STR("\n\n") : STR("\n"));
}

static void put_at_end(struct buf *out, const struct placed *all)
{
    size_t last_line = SIZE_MAX;
    for (size_t i = 0; i < all->comments->list.len; i++) {
        const struct comment *comment = &all->comments->list.items[i];
        if (all->places[i].line != SIZE_MAX)
            continue;
        if (comment->loose && comment->line != last_line + 1)
            buf_add_byte(out, '\n');
        buf_add(out, comment->text);
        buf_add_byte(out, '\n');
        last_line = comment->line;
    }
}

static void put_line(struct buf *out, str line, size_t number, const struct placed *all)
{
    for (size_t i = 0; i < all->comments->list.len; i++)
        if (all->places[i].line == number && all->places[i].before)
            put_before(out, line, all, i);
    buf_add(out, line);
    for (size_t i = 0; i < all->comments->list.len; i++) {
        if (all->places[i].line != number || all->places[i].before)
            continue;
        buf_add_byte(out, ' ');
        buf_add(out, all->comments->list.items[i].text);
    }
}

bool yaml_put_comments(struct yaml_marks *marks, str text, str printed, const struct limits *limits,
                       struct arena *arena, str *ret_text, struct error *err)
{
    *ret_text = printed;
    struct comments comments = {0};
    struct lines lines = {0};
    if (str_index(text, '#') != SIZE_MAX)
        comments = find_comments(marks, text, arena);
    if (comments.list.len == 0)
        return true;
    if (comments.list.len > COMMENTS_MAX)
        return error_rule(err, ERROR_LIMIT, "E_BUDGET", "a text to be changed has %zu comments",
                          comments.list.len);
    if (!find_lines(printed, arena, &lines))
        return error_rule(err, ERROR_INPUT, "E_YAML", "this text cannot be written anew");
    struct place *places = ARENA_ARRAY(arena, struct place, comments.list.len);
    for (size_t i = 0; i < comments.list.len; i++)
        places[i] = place_of(marks, &lines, &comments.list.items[i]);
    AUTO_BUF struct buf out = BUF_INIT(limits->object_bytes);
    struct placed all = {.comments = &comments, .places = places};
    str line = {0};
    for (size_t number = 0; str_cut(&printed, '\n', &line); number++) {
        put_line(&out, line, number, &all);
        if (printed.ptr != NULL)
            buf_add_byte(&out, '\n');
    }
    put_at_end(&out, &all);
    if (buf_failed(&out))
        return error_rule(err, ERROR_LIMIT, "E_BUDGET", "a text grows over object_bytes");
    *ret_text = buf_copy(&out, arena);
    return true;
}
