#include "syncd/forge/check_run.h"

#include "syncd/forge/dialect.h"

#define PER_REQUEST   50
#define SUMMARY_MOST  65535 /* characters */
#define TITLE_MOST    255
#define MESSAGE_MOST  65535
#define LEFT_OUT_ROOM 200 /* characters for the sentence about what is left out */

/* GitHub's words; what is unknown must not pass a required check. */
static const struct {
    const char *status, *conclusion;
} words[] = {
    [FORGE_PENDING] = {"in_progress", NULL},
    [FORGE_SUCCESS] = {"completed", "success"},
    [FORGE_FAILURE] = {"completed", "failure"},
    [FORGE_TROUBLE] = {"completed", "action_required"},
};

static size_t shown(const struct forge_check *check)
{
    return check->annotation_count < CHECK_RUN_ANNOTATIONS ? check->annotation_count
                                                           : CHECK_RUN_ANNOTATIONS;
}

size_t check_run_next(const struct forge_check *check, size_t first)
{
    size_t count = shown(check);
    return first + PER_REQUEST < count ? first + PER_REQUEST : count;
}

static value annotation_value(const struct forge_annotation *annotation, struct arena *arena)
{
    struct object_builder object;
    object_begin(&object, arena);
    uint64_t line = annotation->line != 0 ? annotation->line : 1;
    object_add(&object, STR("path"), value_string(annotation->path));
    object_add(&object, STR("start_line"), value_uint(line, arena));
    object_add(&object, STR("end_line"), value_uint(line, arena));
    object_add(&object, STR("annotation_level"),
               value_string(annotation->error ? STR("failure") : STR("warning")));
    object_add(&object, STR("message"), value_string(dialect_cut(annotation->text, MESSAGE_MOST)));
    if (annotation->title.len != 0)
        object_add(&object, STR("title"), value_string(dialect_cut(annotation->title, TITLE_MOST)));
    return object_finish(&object);
}

static str summary_of(const struct forge_check *check, struct arena *arena)
{
    str text = dialect_cut(check->summary, SUMMARY_MOST - LEFT_OUT_ROOM);
    if (text.len < check->summary.len)
        text = arena_concat(arena, text, STR("\n\n*(cut: the rest is too long)*"), STR(""));
    size_t left = check->annotation_count - shown(check);
    if (left != 0)
        text = arena_printf(arena, "%.*s\n\n%zu more problems are not shown.", STR_ARG(text), left);
    return text;
}

static value output_value(const struct forge_check *check, size_t first, struct arena *arena)
{
    struct object_builder output;
    struct array_builder list;
    array_begin(&list, arena);
    for (size_t i = first; i < check_run_next(check, first); i++)
        array_add(&list, annotation_value(&check->annotations[i], arena));
    object_begin(&output, arena);
    object_add(&output, STR("title"), value_string(dialect_cut(check->title, TITLE_MOST)));
    object_add(&output, STR("summary"), value_string(summary_of(check, arena)));
    object_add(&output, STR("annotations"), array_finish(&list));
    return object_finish(&output);
}

value check_run_body(const struct forge_check *check, bool fresh, size_t first, struct arena *arena)
{
    struct object_builder body;
    object_begin(&body, arena);
    object_add(&body, STR("name"), value_string(check->name));
    if (fresh)
        object_add(&body, STR("head_sha"), value_string(check->commit));
    object_add(&body, STR("status"), value_string(str_z(words[check->state].status)));
    if (words[check->state].conclusion != NULL)
        object_add(&body, STR("conclusion"), value_string(str_z(words[check->state].conclusion)));
    if (check->url.len != 0)
        object_add(&body, STR("details_url"), value_string(check->url));
    object_add(&body, STR("output"), output_value(check, first, arena));
    return object_finish(&body);
}

/* --- as it is kept --- */

value check_run_write(const struct forge_check *check, struct arena *arena)
{
    struct object_builder object;
    struct array_builder list;
    array_begin(&list, arena);
    for (size_t i = 0; i < check->annotation_count; i++) {
        const struct forge_annotation *annotation = &check->annotations[i];
        object_begin(&object, arena);
        object_add(&object, STR("path"), value_string(annotation->path));
        object_add(&object, STR("line"), value_uint(annotation->line, arena));
        object_add(&object, STR("error"), value_bool(annotation->error));
        object_add(&object, STR("title"), value_string(annotation->title));
        object_add(&object, STR("text"), value_string(annotation->text));
        array_add(&list, object_finish(&object));
    }
    object_begin(&object, arena);
    object_add(&object, STR("commit"), value_string(check->commit));
    object_add(&object, STR("check"), value_string(check->name));
    object_add(&object, STR("state"), value_int(check->state, arena));
    object_add(&object, STR("title"), value_string(check->title));
    object_add(&object, STR("summary"), value_string(check->summary));
    object_add(&object, STR("url"), value_string(check->url));
    object_add(&object, STR("annotations"), array_finish(&list));
    return object_finish(&object);
}

static struct forge_annotation annotation_read(value item)
{
    int64_t line = 0;
    struct forge_annotation annotation = {
        .path = value_str(value_get(item, STR("path"))),
        .error = value_true(value_get(item, STR("error"))),
        .title = value_str(value_get(item, STR("title"))),
        .text = value_str(value_get(item, STR("text"))),
    };
    if (value_to_i64(value_get(item, STR("line")), &line) && line > 0)
        annotation.line = (uint64_t)line;
    return annotation;
}

bool check_run_read(value text, struct arena *arena, struct forge_check *ret_check)
{
    int64_t state;
    value list = value_get(text, STR("annotations"));
    struct forge_check check = {
        .commit = value_str(value_get(text, STR("commit"))),
        .name = value_str(value_get(text, STR("check"))),
        .title = value_str(value_get(text, STR("title"))),
        .summary = value_str(value_get(text, STR("summary"))),
        .url = value_str(value_get(text, STR("url"))),
        .annotation_count = value_is(list, VALUE_ARRAY) ? value_len(list) : 0,
    };
    if (check.commit.len == 0 || check.name.len == 0 ||
        !value_to_i64(value_get(text, STR("state")), &state) || state < FORGE_PENDING ||
        state > FORGE_TROUBLE)
        return false;
    check.state = (enum forge_state)state;
    struct forge_annotation *annotations =
        ARENA_ARRAY(arena, struct forge_annotation, check.annotation_count);
    for (size_t i = 0; i < check.annotation_count; i++)
        annotations[i] = annotation_read(value_item(list, i));
    check.annotations = annotations;
    *ret_check = check;
    return true;
}
