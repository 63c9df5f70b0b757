/*
 * A YAML text with some of its nodes replaced: libyaml's events go into libyaml's emitter, and the
 * document is walked beside them. Events keep the styles; comments are put back afterwards.
 */
#include <yaml.h>

#include "syncd/value/yaml_rewrite_internal.h"

#define INDENT 2

struct frame {
    value before, after; /* of this collection; ABSENT below what is copied as it is */
    bool in_map, expects_key;
    value key_before, key_after; /* of the member whose key was read */
    size_t index;                /* of the next item */
};

struct rewrite {
    yaml_parser_t parser;
    yaml_emitter_t emitter;
    struct arena *arena;
    struct buf *out;
    VEC(struct frame) frames;
    struct yaml_marks *marks;
    size_t skipping; /* depth inside a collection that is replaced as a whole */
    bool failed;
};

static int append(void *context, unsigned char *bytes, size_t len)
{
    buf_add(context, str_from((const char *)bytes, len));
    return 1;
}

/* Gives the event away. */
static void emit(struct rewrite *r, yaml_event_t *event, size_t source)
{
    VEC_PUSH(r->arena, &r->marks->emitted, source);
    r->failed = yaml_emitter_emit(&r->emitter, event) == 0 || r->failed;
}

static str text_of(value v)
{
    switch ((enum value_kind)v.kind) {
    case VALUE_STRING:
    case VALUE_NUMBER: return str_from(v.as.text, v.len);
    case VALUE_BOOL: return v.len != 0 ? STR("true") : STR("false");
    case VALUE_NULL: return v.len != 0 ? str_from(v.as.text, v.len) : STR("null");
    case VALUE_ABSENT:
    case VALUE_ARRAY:
    case VALUE_OBJECT: break;
    }
    return STR("");
}

static void emit_scalar(struct rewrite *r, str text, const char *tag, yaml_scalar_style_t style,
                        size_t source)
{
    yaml_event_t event;
    bool implicit = tag == NULL;
    if (yaml_scalar_event_initialize(&event, NULL, (const yaml_char_t *)tag,
                                     (const yaml_char_t *)text.ptr, (int)text.len, implicit,
                                     implicit, style) == 0)
        r->failed = true;
    else
        emit(r, &event, source);
}

static yaml_scalar_style_t style_of_new(value v, str text)
{
    if (str_index(text, '\n') != SIZE_MAX)
        return YAML_LITERAL_SCALAR_STYLE;
    bool looks_else = v.kind == VALUE_STRING && !yaml_scalar_is_string(text, YAML_KUSTOMIZE);
    return looks_else ? YAML_DOUBLE_QUOTED_SCALAR_STYLE : YAML_PLAIN_SCALAR_STYLE;
}

/* A node that was not in the text, in block style. As deep as the document it comes from. */
static void emit_value(struct rewrite *r, value v)
{
    yaml_event_t event;
    if (v.kind != VALUE_OBJECT && v.kind != VALUE_ARRAY) {
        emit_scalar(r, text_of(v), NULL, style_of_new(v, text_of(v)), SIZE_MAX);
        return;
    }
    bool in_map = v.kind == VALUE_OBJECT;
    int made = in_map ? yaml_mapping_start_event_initialize(&event, NULL, NULL, 1,
                                                            YAML_BLOCK_MAPPING_STYLE)
                      : yaml_sequence_start_event_initialize(&event, NULL, NULL, 1,
                                                             YAML_BLOCK_SEQUENCE_STYLE);
    r->failed = r->failed || made == 0;
    if (r->failed)
        return;
    emit(r, &event, SIZE_MAX);
    for (size_t i = 0; i < v.len; i++) {
        if (in_map)
            emit_scalar(r, value_member(v, i)->key, NULL, YAML_PLAIN_SCALAR_STYLE, SIZE_MAX);
        emit_value(r, in_map ? value_member(v, i)->val : value_item(v, i));
    }
    made = in_map ? yaml_mapping_end_event_initialize(&event)
                  : yaml_sequence_end_event_initialize(&event);
    r->failed = r->failed || made == 0;
    if (!r->failed)
        emit(r, &event, SIZE_MAX);
}

/* The tag that a scalar keeps though its new text would not get it; NULL for none. */
static const char *tag_kept(enum value_kind old)
{
    switch (old) {
    case VALUE_NULL: return "tag:yaml.org,2002:null";
    case VALUE_BOOL: return "tag:yaml.org,2002:bool";
    case VALUE_NUMBER: return "tag:yaml.org,2002:int";
    case VALUE_ABSENT:
    case VALUE_STRING:
    case VALUE_ARRAY:
    case VALUE_OBJECT: break;
    }
    return NULL;
}

/* Another text in a scalar of the source: style and type stay. */
static void emit_retyped(struct rewrite *r, const yaml_event_t *old, str text, size_t source)
{
    yaml_scalar_style_t style = old->data.scalar.style;
    const char *tag = NULL;
    if (style == YAML_PLAIN_SCALAR_STYLE) {
        struct error ignored = ERROR_INIT; /* NaN: then it is no text either */
        value was = value_null(), is = value_null();
        str before = str_from((const char *)old->data.scalar.value, old->data.scalar.length);
        bool known = yaml_scalar(before, YAML_KUSTOMIZE, r->arena, &was, &ignored) &&
                     yaml_scalar(text, YAML_KUSTOMIZE, r->arena, &is, &ignored);
        bool same = known && was.kind == is.kind;
        tag = same ? NULL : tag_kept((enum value_kind)was.kind);
        if (str_index(text, '\n') != SIZE_MAX)
            style = YAML_LITERAL_SCALAR_STYLE;
        else if (!same && was.kind == VALUE_STRING)
            style = YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    }
    emit_scalar(r, text, tag, style, source);
}

static bool is_collection(value v)
{
    return v.kind == VALUE_OBJECT || v.kind == VALUE_ARRAY;
}

static bool same_scalar(value a, value b)
{
    return a.kind == b.kind && a.len == b.len &&
           (a.kind == VALUE_BOOL || str_equal(text_of(a), text_of(b)));
}

/* What stands at the place of the node that begins now. */
static void next_node(struct rewrite *r, value *ret_before, value *ret_after)
{
    struct frame *top = &VEC_LAST(&r->frames);
    if (top->in_map) {
        *ret_before = top->key_before;
        *ret_after = top->key_after;
        top->expects_key = true;
        return;
    }
    bool there = top->before.kind == VALUE_ARRAY && top->index < top->before.len &&
                 top->index < top->after.len;
    *ret_before = there ? value_item(top->before, top->index) : value_absent();
    *ret_after = there ? value_item(top->after, top->index) : value_absent();
    top->index++;
}

static void read_scalar(struct rewrite *r, yaml_event_t *event, size_t source)
{
    struct frame *top = &VEC_LAST(&r->frames);
    if (top->in_map && top->expects_key) {
        str key = str_from((const char *)event->data.scalar.value, event->data.scalar.length);
        top->key_before = value_get(top->before, key);
        top->key_after = value_get(top->after, key);
        top->expects_key = false;
        emit(r, event, source);
        return;
    }
    value before, after;
    next_node(r, &before, &after);
    if (!value_present(after) || same_scalar(before, after)) {
        emit(r, event, source);
        return;
    }
    if (is_collection(after))
        emit_value(r, after);
    else
        emit_retyped(r, event, text_of(after), source);
    yaml_event_delete(event);
}

static void begin_collection(struct rewrite *r, yaml_event_t *event, size_t source)
{
    struct frame *top = r->frames.len != 0 ? &VEC_LAST(&r->frames) : NULL;
    bool is_map = event->type == YAML_MAPPING_START_EVENT;
    value before = r->marks->before, after = r->marks->after;
    bool is_key = top != NULL && top->in_map && top->expects_key;
    if (is_key) {
        before = after = value_absent();
        top->key_before = top->key_after = value_absent();
        top->expects_key = false;
    } else if (top != NULL) {
        next_node(r, &before, &after);
    }
    if (value_present(after) && after.kind != before.kind) {
        emit_value(r, after);
        r->skipping = 1;
        yaml_event_delete(event);
        return;
    }
    struct frame frame = {
        .before = before, .after = after, .in_map = is_map, .expects_key = is_map};
    VEC_PUSH(r->arena, &r->frames, frame);
    emit(r, event, source);
}

/* What the document has more than the text goes behind it. */
static void end_collection(struct rewrite *r, yaml_event_t *event, size_t source)
{
    struct frame top = VEC_LAST(&r->frames);
    r->frames.len--;
    for (size_t i = 0; top.in_map && i < value_len(top.after); i++) {
        const struct member *member = value_member(top.after, i);
        if (value_present(value_get(top.before, member->key)))
            continue;
        emit_scalar(r, member->key, NULL, YAML_PLAIN_SCALAR_STYLE, SIZE_MAX);
        emit_value(r, member->val);
    }
    for (size_t i = value_len(top.before); !top.in_map && i < value_len(top.after); i++)
        emit_value(r, value_item(top.after, i));
    emit(r, event, source);
}

static void read_skipped(struct rewrite *r, yaml_event_t *event)
{
    bool begins =
        event->type == YAML_MAPPING_START_EVENT || event->type == YAML_SEQUENCE_START_EVENT;
    bool ends = event->type == YAML_MAPPING_END_EVENT || event->type == YAML_SEQUENCE_END_EVENT;
    r->skipping += begins;
    r->skipping -= ends;
    yaml_event_delete(event);
}

static void read_node(struct rewrite *r, yaml_event_t *event, size_t source)
{
    if (r->skipping != 0) {
        read_skipped(r, event);
        return;
    }
    value before, after;
    switch (event->type) {
    case YAML_SCALAR_EVENT: read_scalar(r, event, source); return;
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT: begin_collection(r, event, source); return;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: end_collection(r, event, source); return;
    case YAML_ALIAS_EVENT: next_node(r, &before, &after); break;
    case YAML_DOCUMENT_START_EVENT: event->data.document_start.implicit = 1; break;
    case YAML_DOCUMENT_END_EVENT: event->data.document_end.implicit = 1; break;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT: break;
    }
    emit(r, event, source);
}

static void run(struct rewrite *r, str text)
{
    bool done = false;
    yaml_event_t event;
    yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r->parser, (const unsigned char *)text.ptr, text.len);
    yaml_emitter_set_output(&r->emitter, append, r->out);
    yaml_emitter_set_indent(&r->emitter, INDENT);
    yaml_emitter_set_width(&r->emitter, -1);
    yaml_emitter_set_unicode(&r->emitter, 1);
    while (!done && !r->failed) {
        if (yaml_parser_parse(&r->parser, &event) == 0) {
            r->failed = true;
            return;
        }
        done = event.type == YAML_DOCUMENT_END_EVENT || event.type == YAML_STREAM_END_EVENT;
        yaml_marks_add(r->marks, &event, r->arena);
        read_node(r, &event, r->marks->source.len - 1);
    }
    if (!r->failed && yaml_stream_end_event_initialize(&event) != 0)
        emit(r, &event, SIZE_MAX);
}

bool yaml_rewrite(str text, value before, value after, const struct limits *limits,
                  struct arena *arena, str *ret_text, struct error *err)
{
    AUTO_BUF struct buf out = BUF_INIT(limits->object_bytes);
    struct yaml_marks marks = {.before = before, .after = after};
    struct rewrite r = {.arena = arena, .out = &out, .marks = &marks};
    if (!is_collection(before) || yaml_parser_initialize(&r.parser) == 0)
        return error_rule(err, ERROR_INPUT, "E_YAML", "this text cannot be written anew");
    if (yaml_emitter_initialize(&r.emitter) != 0) {
        run(&r, text);
        yaml_emitter_delete(&r.emitter);
    } else {
        r.failed = true;
    }
    yaml_parser_delete(&r.parser);
    if (r.failed)
        return error_rule(err, ERROR_INPUT, "E_YAML", "this text cannot be written anew");
    if (buf_failed(&out))
        return error_rule(err, ERROR_LIMIT, "E_BUDGET", "a text grows over object_bytes");
    return yaml_put_comments(&marks, text, arena_str(arena, buf_str(&out)), limits, arena, ret_text,
                             err);
}
