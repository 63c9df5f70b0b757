/*
 * The complete YAML reader: libyaml's events in, documents out. libyaml's own loader is not used:
 * it is quadratic in anchors and knows no budgets. Everything is counted per event, so that a bomb
 * is refused long before it goes off.
 */
#include "syncd/value/yaml_internal.h"

#include <yaml.h>

#define FROM_MERGE 8u /* in value.flags while a mapping is open: not the mapping's own key */

/* What a finished node weighs, for the budgets of its aliases. */
struct weight {
    uint64_t nodes;
    uint64_t bytes;
    uint64_t depth;
};

struct anchor {
    str name;
    value val;
    struct weight weight;
    bool complete;
    bool merge_list; /* a sequence of mappings only: may stand behind << */
};

struct frame {
    size_t base; /* of its entries on the stack */
    struct anchor *anchor;
    struct weight weight;
    str key;
    uint32_t line;
    bool mapping, has_key, key_merges, has_merge;
};

struct composer {
    yaml_parser_t parser;
    const struct yaml_options *options;
    const struct limits *limits;
    struct arena *arena, *scratch;
    struct error *err;
    struct yaml_counts *counts;
    struct build_stack stack;
    VEC(struct frame) frames;
    struct map anchors;
    uint32_t first_line; /* of the text in its file, from 1 */
    value root;
    yaml_event_t event;
    size_t flow_depth;
};

static uint32_t line_of(const struct composer *c, yaml_mark_t mark)
{
    return c->first_line + (uint32_t)mark.line;
}

static bool fail_at(struct composer *c, yaml_mark_t mark)
{
    return error_at(
        c->err, (struct position){.line = line_of(c, mark), .column = (uint32_t)mark.column + 1});
}

static bool fail(struct composer *c, const char *rule, const char *what)
{
    (void)error_rule(c->err, ERROR_INPUT, rule, "%s", what);
    return fail_at(c, c->event.start_mark);
}

static bool fail_limit(struct composer *c, const char *rule, const char *what, uint64_t limit)
{
    (void)error_rule(c->err, ERROR_LIMIT, rule, "%s (limit %llu)", what, (unsigned long long)limit);
    return fail_at(c, c->event.start_mark);
}

#define GO_PREFIX "error converting YAML to JSON: yaml: "

/* The line as Go counts it: from 1 for what the scanner found, from 0 for the parser; 0 is silent.
 */
static bool fail_parser_as_go(struct composer *c)
{
    const yaml_parser_t *p = &c->parser;
    const char *problem = p->problem != NULL ? p->problem : "unknown problem parsing YAML content";
    size_t line = p->problem_mark.line;
    if (line != 0)
        line += p->error == YAML_SCANNER_ERROR;
    else
        line = p->context_mark.line;
    if (line != 0)
        (void)error_rule(c->err, ERROR_INPUT, "E_YAML", GO_PREFIX "line %zu: %s", line, problem);
    else
        (void)error_rule(c->err, ERROR_INPUT, "E_YAML", GO_PREFIX "%s", problem);
    return fail_at(c, p->problem_mark);
}

static bool fail_parser(struct composer *c)
{
    const char *problem = c->parser.problem != NULL ? c->parser.problem : "not readable";
    if (c->options->go_words && c->parser.error != YAML_MEMORY_ERROR)
        return fail_parser_as_go(c);
    if (c->parser.context != NULL)
        (void)error_rule(c->err, ERROR_INPUT, "E_YAML", "%s: %s", c->parser.context, problem);
    else
        (void)error_rule(c->err, ERROR_INPUT, "E_YAML", "%s", problem);
    if (c->parser.error == YAML_MEMORY_ERROR)
        c->err->class = ERROR_LIMIT;
    return fail_at(c, c->parser.problem_mark);
}

/* ---- budgets ---- */

static bool count_nodes(struct composer *c, uint64_t nodes)
{
    c->counts->nodes += nodes;
    if (c->counts->nodes > c->limits->yaml_nodes)
        return fail_limit(c, nodes > 1 ? "E_YAML_ALIAS" : "E_YAML_NODES",
                          "too many nodes after aliases are expanded", c->limits->yaml_nodes);
    if (arena_over(c->arena) ||
        (c->stack.entries.len == c->stack.entries.cap &&
         !arena_fits(c->arena, 2 * c->stack.entries.cap * sizeof(struct member))))
        return fail_limit(c, "E_MEMORY", "the file is too large for its memory budget",
                          c->counts->nodes);
    return true;
}

static bool add_anchor(struct composer *c, const yaml_char_t *name, struct anchor **ret_anchor)
{
    *ret_anchor = NULL;
    if (name == NULL)
        return true;
    if (++c->counts->anchors > c->limits->yaml_anchors)
        return fail_limit(c, "E_YAML_ALIAS", "too many anchors", c->limits->yaml_anchors);
    struct anchor *anchor = ARENA_NEW(c->scratch, struct anchor);
    anchor->name = arena_str(c->scratch, str_z((const char *)name));
    (void)map_put(&c->anchors, c->scratch, anchor->name, anchor); /* a name may be used again */
    *ret_anchor = anchor;
    return true;
}

/* ---- placing finished nodes ---- */

static void push_merged(struct composer *c, value mapping)
{
    for (size_t i = 0; i < mapping.len; i++) {
        struct member member = mapping.as.members[i];
        member.val.flags |= FROM_MERGE;
        build_push(&c->stack, member.key, member.val);
    }
}

/* `<<: value`: the members of a mapping, or of a list of mappings where earlier ones win. */
static bool merge_value(struct composer *c, value val)
{
    VEC_LAST(&c->frames).has_merge = true;
    if (val.kind == VALUE_OBJECT) {
        push_merged(c, val);
        return true;
    }
    if (val.kind != VALUE_ARRAY)
        return fail(c, "E_YAML_MERGE", "<< needs a mapping or a list of mappings");
    for (size_t i = val.len; i-- > 0;) {
        if (val.as.items[i].kind != VALUE_OBJECT)
            return fail(c, "E_YAML_MERGE", "<< needs a mapping or a list of mappings");
        push_merged(c, val.as.items[i]);
    }
    return true;
}

/* A finished node that is no scalar as a key. */
static bool key_from_value(struct composer *c, value val, str *ret_key)
{
    switch ((enum value_kind)val.kind) {
    case VALUE_STRING: *ret_key = value_str(val); return true;
    case VALUE_BOOL: *ret_key = value_true(val) ? STR("true") : STR("false"); return true;
    case VALUE_NUMBER: *ret_key = value_number_text(val); return true;
    default: return fail(c, "E_YAML_KEY", "a key must be a scalar that is not null");
    }
}

static void set_key(struct frame *frame, str key, bool merges)
{
    frame->key = key;
    frame->key_merges = merges;
    frame->has_key = true;
    frame->weight.bytes += key.len;
}

static bool place(struct composer *c, value val, struct weight weight)
{
    if (c->frames.len == 0) {
        c->root = val;
        return true;
    }
    struct frame *frame = &VEC_LAST(&c->frames);
    frame->weight.nodes += weight.nodes;
    frame->weight.bytes += weight.bytes;
    if (weight.depth + 1 > frame->weight.depth)
        frame->weight.depth = weight.depth + 1;
    if (!frame->mapping) {
        build_push(&c->stack, (str){0}, val);
        return true;
    }
    if (!frame->has_key) {
        str key = {0};
        if (!key_from_value(c, val, &key))
            return false;
        set_key(frame, key, false);
        return true;
    }
    frame->has_key = false;
    if (frame->key_merges)
        return merge_value(c, val);
    build_push(&c->stack, frame->key, val);
    return true;
}

/* ---- scalars ---- */

static const struct {
    const char *tag;
    enum tag {
        TAG_STR,
        TAG_INT,
        TAG_FLOAT,
        TAG_BOOL,
        TAG_NULL,
        TAG_TIME,
        TAG_BINARY,
        TAG_MERGE
    } kind;
} scalar_tags[] = {
    {"tag:yaml.org,2002:str", TAG_STR},
    {"tag:yaml.org,2002:int", TAG_INT},
    {"tag:yaml.org,2002:float", TAG_FLOAT},
    {"tag:yaml.org,2002:bool", TAG_BOOL},
    {"tag:yaml.org,2002:null", TAG_NULL},
    {"tag:yaml.org,2002:timestamp", TAG_TIME},
    {"tag:yaml.org,2002:binary", TAG_BINARY},
    {"tag:yaml.org,2002:merge", TAG_MERGE},
    {"!", TAG_STR},
};

/* True: the tag does not matter, as it does not to Go; a scalar with it is text. */
static bool fail_tag(struct composer *c, const char *tag)
{
    if (c->options->go_words)
        return true;
    (void)error_rule(c->err, ERROR_INPUT, "E_YAML_TAG", "unknown tag %s", tag);
    return fail_at(c, c->event.start_mark);
}

static bool known_collection_tag(const char *tag)
{
    static const char *const tags[] = {
        "tag:yaml.org,2002:map",  "tag:yaml.org,2002:seq",   "tag:yaml.org,2002:set",
        "tag:yaml.org,2002:omap", "tag:yaml.org,2002:pairs", "!",
    };
    for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
        if (strcmp(tags[i], tag) == 0)
            return true;
    }
    return false;
}

static bool matches_tag(enum scalar_kind kind, enum tag tag)
{
    switch (tag) {
    case TAG_INT: return kind == SCALAR_INT || kind == SCALAR_UINT;
    case TAG_FLOAT: return kind == SCALAR_FLOAT || kind == SCALAR_INT;
    case TAG_BOOL: return kind == SCALAR_BOOL;
    case TAG_NULL: return kind == SCALAR_NULL;
    case TAG_TIME: return kind == SCALAR_TIMESTAMP;
    case TAG_STR:
    case TAG_BINARY:
    case TAG_MERGE: return true;
    }
    return true;
}

/* Bytes as Go prints them in JSON: what is no UTF-8 becomes U+FFFD, byte by byte. */
static str replace_malformed(str bytes, struct arena *arena)
{
    if (str_is_utf8(bytes))
        return bytes;
    char *text = arena_alloc_bytes(arena, bytes.len * 3);
    size_t len = 0;
    while (bytes.len > 0) {
        uint32_t code = 0;
        size_t width = str_decode_utf8(bytes, &code);
        memcpy(text + len, width > 0 ? bytes.ptr : "\xef\xbf\xbd", width > 0 ? width : 3);
        len += width > 0 ? width : 3;
        bytes = str_skip(bytes, width > 0 ? width : 1);
    }
    return str_from(text, len);
}

static int base64_digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = c != '\0' ? strchr(digits, c) : NULL;
    return found != NULL ? (int)(found - digits) : -1;
}

/* Standard base64 with padding; line breaks are skipped. */
static bool decode_base64(str text, struct arena *arena, str *ret_bytes)
{
    char *out = arena_alloc_bytes(arena, text.len + 1);
    size_t len = 0, digits = 0, padding = 0;
    uint32_t bits = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\n' || c == '\r')
            continue;
        int digit = c == '=' ? 0 : base64_digit(c);
        if (digit < 0 || (padding > 0 && c != '=') || padding > 2)
            return false;
        padding += c == '=';
        bits = bits << 6 | (uint32_t)digit;
        if (++digits % 4 != 0)
            continue;
        out[len++] = (char)(bits >> 16);
        out[len++] = (char)(bits >> 8);
        out[len++] = (char)bits;
    }
    *ret_bytes = str_from(out, len - padding);
    return digits % 4 == 0 && padding <= 2;
}

static bool scalar_with_tag(struct composer *c, str text, enum tag tag, value *ret_value)
{
    if (tag == TAG_BINARY) {
        str bytes;
        if (!decode_base64(text, c->arena, &bytes))
            return fail(c, "E_YAML", "!!binary needs base64");
        *ret_value = value_string(replace_malformed(bytes, c->arena));
        return true;
    }
    *ret_value = value_string(text);
    if (tag == TAG_STR || tag == TAG_MERGE)
        return true;
    if (!matches_tag(scalar_resolve(text, c->options->dialect).kind, tag)) {
        (void)error_rule(c->err, ERROR_INPUT, "E_YAML", "\"%.*s\" is not what its tag says",
                         (int)(text.len < 100 ? text.len : 100), text.ptr);
        return fail_at(c, c->event.start_mark);
    }
    if (!scalar_to_value(text, c->options->dialect, c->arena, ret_value, c->err))
        return fail_at(c, c->event.start_mark);
    double real = 0;
    if (tag == TAG_FLOAT && value_to_double(*ret_value, &real))
        *ret_value = value_float(real, c->arena);
    return true;
}

static bool tag_kind(struct composer *c, const char *tag, enum tag *ret_kind)
{
    for (size_t i = 0; i < ARRAY_LEN(scalar_tags); i++) {
        if (strcmp(scalar_tags[i].tag, tag) != 0)
            continue;
        *ret_kind = scalar_tags[i].kind;
        return true;
    }
    return fail_tag(c, tag);
}

/* True when the scalar was taken as the key of the mapping that waits for one. */
static bool take_plain_key(struct composer *c, str text, bool plain, bool *ret_taken)
{
    struct frame *frame = c->frames.len > 0 ? &VEC_LAST(&c->frames) : NULL;
    *ret_taken = frame != NULL && frame->mapping && !frame->has_key && plain;
    if (!*ret_taken)
        return true;
    bool merges = str_equal(text, STR("<<"));
    str key = text;
    if (!merges && !c->options->any_keys &&
        !scalar_to_key(text, c->options->dialect, c->frames.len > 1, c->arena, &key, c->err))
        return fail_at(c, c->event.start_mark);
    set_key(frame, key, merges);
    return true;
}

static bool finish_scalar(struct composer *c, struct anchor *anchor, value val, size_t len)
{
    val.line = line_of(c, c->event.start_mark);
    struct weight weight = {.nodes = 1, .bytes = len};
    if (anchor != NULL) {
        anchor->val = val;
        anchor->weight = weight;
        anchor->complete = true;
    }
    return true;
}

static bool read_scalar(struct composer *c)
{
    const char *tag = (const char *)c->event.data.scalar.tag;
    bool plain = c->event.data.scalar.plain_implicit != 0;
    str text = str_from((const char *)c->event.data.scalar.value, c->event.data.scalar.length);
    struct anchor *anchor = NULL;
    if (!count_nodes(c, 1) || !add_anchor(c, c->event.data.scalar.anchor, &anchor))
        return false;
    if (c->flow_depth > 0 && c->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
        str_index(text, '?') != SIZE_MAX)
        return fail(c, "E_YAML", "a question mark inside [] or {} needs quotes");
    if (!arena_fits(c->arena, text.len))
        return fail_limit(c, "E_MEMORY", "the file is too large for its memory budget", text.len);
    text = arena_str(c->arena, text);
    if (c->options->refolds && c->event.data.scalar.style == YAML_FOLDED_SCALAR_STYLE)
        text = yaml_folded_again(text, c->arena);
    enum tag kind = TAG_STR;
    if (tag != NULL && !tag_kind(c, tag, &kind))
        return false;
    value val = value_string(text);
    bool resolves = tag == NULL && plain;
    bool is_key = false;
    if (!take_plain_key(c, text, resolves || (kind == TAG_MERGE && str_equal(text, STR("<<"))),
                        &is_key))
        return false;
    bool ok = tag != NULL ? scalar_with_tag(c, text, kind, &val)
              : !resolves || (is_key && anchor == NULL)
                  ? true
                  : scalar_to_value(text, c->options->dialect, c->arena, &val, c->err) ||
                        fail_at(c, c->event.start_mark);
    if (ok && c->options->dialect == YAML_KUSTOMIZE && val.kind == VALUE_STRING &&
        c->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        val.flags |= VALUE_QUOTED;
    if (!ok || !finish_scalar(c, anchor, val, text.len))
        return false;
    if (is_key)
        return true;
    val.line = line_of(c, c->event.start_mark);
    return place(c, val, (struct weight){.nodes = 1, .bytes = text.len});
}

/* ---- aliases and collections ---- */

static bool read_alias(struct composer *c)
{
    str name = str_z((const char *)c->event.data.alias.anchor);
    struct anchor *anchor = map_get(&c->anchors, name);
    if (anchor == NULL) {
        (void)error_rule(c->err, ERROR_INPUT, "E_YAML_ALIAS",
                         c->options->go_words ? GO_PREFIX "unknown anchor '%.*s' referenced"
                                              : "unknown anchor %.*s",
                         STR_ARG(name));
        return fail_at(c, c->event.start_mark);
    }
    if (!anchor->complete)
        return fail(c, "E_YAML_CYCLE", "an anchor's value contains itself");
    if (!count_nodes(c, anchor->weight.nodes))
        return false;
    c->counts->expanded += anchor->weight.bytes;
    if (c->counts->expanded > c->limits->yaml_expanded)
        return fail_limit(c, "E_YAML_ALIAS", "aliases stand for too much text",
                          c->limits->yaml_expanded);
    if (c->frames.len + anchor->weight.depth > c->limits->yaml_depth)
        return fail_limit(c, "E_YAML_DEPTH", "the document is nested too deeply",
                          c->limits->yaml_depth);
    return place(c, anchor->val, anchor->weight);
}

static bool open_collection(struct composer *c, bool mapping, const yaml_char_t *anchor_name,
                            const yaml_char_t *tag, bool flow)
{
    if (c->frames.len >= c->limits->yaml_depth)
        return fail_limit(c, "E_YAML_DEPTH", "the document is nested too deeply",
                          c->limits->yaml_depth);
    if (tag != NULL && !known_collection_tag((const char *)tag) && !fail_tag(c, (const char *)tag))
        return false;
    struct anchor *anchor = NULL;
    if (!count_nodes(c, 1) || !add_anchor(c, anchor_name, &anchor))
        return false;
    c->flow_depth += flow || c->flow_depth > 0;
    VEC_PUSH(c->scratch, &c->frames,
             (struct frame){.base = c->stack.entries.len,
                            .anchor = anchor,
                            .weight = {.nodes = 1, .depth = 1},
                            .line = line_of(c, c->event.start_mark),
                            .mapping = mapping});
    return true;
}

static bool fail_duplicate(struct composer *c, str key, uint32_t line)
{
    (void)error_rule(c->err, ERROR_INPUT, "E_DUP_KEY", "the key \"%.*s\" comes twice",
                     STR_ARG(key));
    return error_at(c->err, (struct position){.line = line});
}

/*
 * Of the members of one key that came from merges and from the mapping itself: Kubernetes' reader
 * keeps the last in the order of the text, kustomize's the mapping's own. Returns the one to keep.
 */
static size_t merge_winner(const struct composer *c, const struct member *run, size_t count,
                           size_t *ret_own)
{
    size_t own = 0, last_own = 0;
    for (size_t i = 0; i < count; i++) {
        if ((run[i].val.flags & FROM_MERGE) != 0)
            continue;
        own++;
        last_own = i;
    }
    *ret_own = own;
    return own > 0 && c->options->dialect == YAML_KUSTOMIZE ? last_own : count - 1;
}

static bool close_merged(struct composer *c, const struct frame *frame, value *ret_value)
{
    struct member *members = c->stack.entries.items + frame->base;
    size_t count = c->stack.entries.len - frame->base;
    struct object_builder builder;
    object_begin(&builder, c->arena);
    members_sort(members, count, c->scratch);
    for (size_t i = 0, run = 1; i < count; i += run) {
        for (run = 1; i + run < count && str_equal(members[i].key, members[i + run].key);)
            run++;
        size_t own = 0;
        struct member winner = members[i + merge_winner(c, members + i, run, &own)];
        if (own > 1 && !c->options->allow_duplicate_keys)
            return fail_duplicate(c, winner.key, winner.val.line);
        winner.val.flags &= ~FROM_MERGE & 0xfu;
        object_add(&builder, winner.key, winner.val);
    }
    *ret_value = object_finish(&builder);
    c->stack.entries.len = frame->base;
    return true;
}

static bool close_collection(struct composer *c)
{
    struct frame frame = VEC_LAST(&c->frames);
    value val;
    size_t duplicate = SIZE_MAX;
    if (frame.has_merge) {
        if (!close_merged(c, &frame, &val))
            return false;
    } else if (frame.mapping) {
        val = build_close_object(&c->stack, frame.base, c->arena, &duplicate);
    } else {
        val = build_close_array(&c->stack, frame.base, c->arena);
    }
    if (duplicate != SIZE_MAX && !c->options->allow_duplicate_keys) {
        const struct member *member = &c->stack.entries.items[frame.base + duplicate];
        return fail_duplicate(c, member->key, member->val.line);
    }
    val.line = frame.line;
    c->frames.len--;
    c->flow_depth -= c->flow_depth > 0;
    if (frame.anchor != NULL) {
        frame.anchor->val = val;
        frame.anchor->weight = frame.weight;
        frame.anchor->complete = true;
    }
    return place(c, val, frame.weight);
}

/* ---- documents ---- */

static bool begin_document(struct composer *c)
{
    const yaml_version_directive_t *version = c->event.data.document_start.version_directive;
    if (version != NULL && (version->major != 1 || version->minor != 1))
        return fail(c, "E_YAML", "only %YAML 1.1 is understood");
    c->anchors = (struct map){0};
    c->root = value_absent();
    c->flow_depth = 0;
    return true;
}

static bool end_document(struct composer *c, struct yaml_stream *stream)
{
    if (c->root.kind == VALUE_NULL) /* nothing, or nothing but comments */
        return true;
    if (stream->documents.len >= c->limits->yaml_documents)
        return fail_limit(c, "E_DOC_COUNT", "too many documents in one file",
                          c->limits->yaml_documents);
    VEC_PUSH(c->arena, &stream->documents,
             (struct yaml_document){.root = c->root, .line = c->root.line});
    return true;
}

static bool take_event(struct composer *c, struct yaml_stream *stream)
{
    const yaml_event_t *event = &c->event;
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT: return begin_document(c);
    case YAML_DOCUMENT_END_EVENT: return end_document(c, stream);
    case YAML_ALIAS_EVENT: return read_alias(c);
    case YAML_SCALAR_EVENT: return read_scalar(c);
    case YAML_MAPPING_START_EVENT:
        return open_collection(c, true, event->data.mapping_start.anchor,
                               event->data.mapping_start.tag,
                               event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE);
    case YAML_SEQUENCE_START_EVENT:
        return open_collection(c, false, event->data.sequence_start.anchor,
                               event->data.sequence_start.tag,
                               event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT: return close_collection(c);
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT: break;
    }
    return true;
}

static bool take_all_events(struct composer *c, struct yaml_stream *stream)
{
    for (;;) {
        if (yaml_parser_parse(&c->parser, &c->event) == 0)
            return fail_parser(c);
        bool last = c->event.type == YAML_STREAM_END_EVENT ||
                    (c->event.type == YAML_DOCUMENT_END_EVENT && c->options->first_only);
        bool ok = take_event(c, stream);
        yaml_event_delete(&c->event);
        if (!ok || last)
            return ok;
    }
}

bool yaml_read_events(str text, uint32_t line, const struct yaml_options *options,
                      const struct limits *limits, struct yaml_counts *counts, struct arena *arena,
                      struct yaml_stream *stream, struct error *err)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    struct composer c = {.options = options,
                         .limits = limits,
                         .arena = arena,
                         .scratch = scratch,
                         .err = err,
                         .counts = counts,
                         .stack.arena = scratch,
                         .first_line = line};
    if (yaml_parser_initialize(&c.parser) == 0)
        return error_set(err, ERROR_LIMIT, "no memory for the YAML parser");
    yaml_parser_set_encoding(&c.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&c.parser, (const unsigned char *)text.ptr, text.len);
    bool ok = take_all_events(&c, stream);
    yaml_parser_delete(&c.parser);
    return ok;
}
