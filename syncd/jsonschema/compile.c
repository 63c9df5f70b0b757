/* Reading a schema: which keyword holds what, where subschemas are, what they are called. */
#include "syncd/base/buf.h"
#include "syncd/base/crypto.h"
#include "syncd/jsonschema/jsonschema.h"

#include "syncd/value/pointer.h"

#define SCHEMA_DEPTH_MAX 200
#define ROOT_URI         "file:///values.schema.json"

/* What a keyword's value must be. */
enum shape {
    SHAPE_SCHEMA,       /* a schema */
    SHAPE_SCHEMAS,      /* a list of schemas */
    SHAPE_SCHEMA_MAP,   /* an object of schemas */
    SHAPE_ITEMS,        /* a schema or a list of them */
    SHAPE_DEPENDENCIES, /* an object of schemas or lists of names */
    SHAPE_NAMES,        /* a list of strings */
    SHAPE_NAMES_MAP,    /* an object of lists of strings */
    SHAPE_TYPE,         /* a type's name, or a list of them */
    SHAPE_NUMBER,
    SHAPE_POSITIVE,  /* a number above 0 */
    SHAPE_COUNT,     /* an integer, not negative */
    SHAPE_EXCLUSIVE, /* a number; in draft 4 a boolean */
    SHAPE_STRING,
    SHAPE_PATTERN,
    SHAPE_BOOL,
    SHAPE_LIST,
};

static const struct keyword {
    const char *name;
    enum shape shape;
    enum jsonschema_draft since;
} keywords[] = {
    {"$anchor", SHAPE_STRING, DRAFT_2019},
    {"$defs", SHAPE_SCHEMA_MAP, DRAFT_2019},
    {"$dynamicAnchor", SHAPE_STRING, DRAFT_2020},
    {"$id", SHAPE_STRING, DRAFT_6},
    {"$ref", SHAPE_STRING, DRAFT_4},
    {"additionalItems", SHAPE_SCHEMA, DRAFT_4},
    {"additionalProperties", SHAPE_SCHEMA, DRAFT_4},
    {"allOf", SHAPE_SCHEMAS, DRAFT_4},
    {"anyOf", SHAPE_SCHEMAS, DRAFT_4},
    {"contains", SHAPE_SCHEMA, DRAFT_6},
    {"definitions", SHAPE_SCHEMA_MAP, DRAFT_4},
    {"dependencies", SHAPE_DEPENDENCIES, DRAFT_4},
    {"dependentRequired", SHAPE_NAMES_MAP, DRAFT_2019},
    {"dependentSchemas", SHAPE_SCHEMA_MAP, DRAFT_2019},
    {"description", SHAPE_STRING, DRAFT_4},
    {"else", SHAPE_SCHEMA, DRAFT_7},
    {"enum", SHAPE_LIST, DRAFT_4},
    {"exclusiveMaximum", SHAPE_EXCLUSIVE, DRAFT_4},
    {"exclusiveMinimum", SHAPE_EXCLUSIVE, DRAFT_4},
    {"format", SHAPE_STRING, DRAFT_4},
    {"if", SHAPE_SCHEMA, DRAFT_7},
    {"items", SHAPE_ITEMS, DRAFT_4},
    {"maxContains", SHAPE_COUNT, DRAFT_2019},
    {"maxItems", SHAPE_COUNT, DRAFT_4},
    {"maxLength", SHAPE_COUNT, DRAFT_4},
    {"maxProperties", SHAPE_COUNT, DRAFT_4},
    {"maximum", SHAPE_NUMBER, DRAFT_4},
    {"minContains", SHAPE_COUNT, DRAFT_2019},
    {"minItems", SHAPE_COUNT, DRAFT_4},
    {"minLength", SHAPE_COUNT, DRAFT_4},
    {"minProperties", SHAPE_COUNT, DRAFT_4},
    {"minimum", SHAPE_NUMBER, DRAFT_4},
    {"multipleOf", SHAPE_POSITIVE, DRAFT_4},
    {"not", SHAPE_SCHEMA, DRAFT_4},
    {"oneOf", SHAPE_SCHEMAS, DRAFT_4},
    {"pattern", SHAPE_PATTERN, DRAFT_4},
    {"patternProperties", SHAPE_SCHEMA_MAP, DRAFT_4},
    {"prefixItems", SHAPE_SCHEMAS, DRAFT_2020},
    {"properties", SHAPE_SCHEMA_MAP, DRAFT_4},
    {"propertyNames", SHAPE_SCHEMA, DRAFT_6},
    {"required", SHAPE_NAMES, DRAFT_4},
    {"then", SHAPE_SCHEMA, DRAFT_7},
    {"title", SHAPE_STRING, DRAFT_4},
    {"type", SHAPE_TYPE, DRAFT_4},
    {"unevaluatedItems", SHAPE_SCHEMA, DRAFT_2019},
    {"unevaluatedProperties", SHAPE_SCHEMA, DRAFT_2019},
    {"uniqueItems", SHAPE_BOOL, DRAFT_4},
};

static bool walk(struct jsonschema *schema, value v, str base, struct error *err);

static bool bad(struct error *err, const char *keyword)
{
    return error_rule(err, ERROR_INPUT, "E_SCHEMA",
                      "the schema itself is not valid: keyword \"%s\"", keyword);
}

static bool walk_list(struct jsonschema *schema, value v, str base, const char *keyword,
                      struct error *err)
{
    if (!value_is(v, VALUE_ARRAY) || value_len(v) == 0)
        return bad(err, keyword);
    for (size_t i = 0; i < value_len(v); i++)
        if (!walk(schema, value_item(v, i), base, err))
            return false;
    return true;
}

static bool walk_map(struct jsonschema *schema, value v, str base, const char *keyword,
                     struct error *err)
{
    if (!value_is(v, VALUE_OBJECT))
        return bad(err, keyword);
    const struct regex *regex;
    for (size_t i = 0; i < value_len(v); i++) {
        const struct member *member = value_member(v, i);
        if (strcmp(keyword, "patternProperties") == 0 &&
            !jsonschema_pattern(schema, member->key, &regex, err))
            return false;
        bool names = strcmp(keyword, "dependencies") == 0 && value_is(member->val, VALUE_ARRAY);
        if (!names && !walk(schema, member->val, base, err))
            return false;
    }
    return true;
}

static bool are_names(value v)
{
    if (!value_is(v, VALUE_ARRAY))
        return false;
    for (size_t i = 0; i < value_len(v); i++)
        if (!value_is(value_item(v, i), VALUE_STRING))
            return false;
    return true;
}

static bool is_type(value v)
{
    static const char *const names[] = {"null",   "boolean", "object", "array",
                                        "number", "string",  "integer"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_equal(value_str(v), str_z(names[i])))
            return true;
    return false;
}

static bool are_types(value v)
{
    if (!value_is(v, VALUE_ARRAY))
        return is_type(v);
    for (size_t i = 0; i < value_len(v); i++)
        if (!is_type(value_item(v, i)))
            return false;
    return value_len(v) > 0;
}

static bool is_number_above(value v, double least, bool equal)
{
    double number;
    return value_to_double(v, &number) && (number > least || (equal && number == least));
}

/* A keyword without subschemas. */
static bool check_leaf(struct jsonschema *schema, value v, const struct keyword *keyword,
                       struct error *err)
{
    const struct regex *regex;
    double number;
    bool good = true;
    switch (keyword->shape) {
    case SHAPE_NAMES: good = are_names(v); break;
    case SHAPE_NAMES_MAP:
        good = value_is(v, VALUE_OBJECT);
        for (size_t i = 0; good && i < value_len(v); i++)
            good = are_names(value_member(v, i)->val);
        break;
    case SHAPE_TYPE: good = are_types(v); break;
    case SHAPE_NUMBER: good = value_is(v, VALUE_NUMBER); break;
    case SHAPE_POSITIVE: good = is_number_above(v, 0, false); break;
    case SHAPE_COUNT:
        good = is_number_above(v, 0, true) && value_to_double(v, &number) &&
               number == (double)(int64_t)number;
        break;
    case SHAPE_EXCLUSIVE:
        good = value_is(v, schema->draft == DRAFT_4 ? VALUE_BOOL : VALUE_NUMBER);
        break;
    case SHAPE_STRING: good = value_is(v, VALUE_STRING); break;
    case SHAPE_PATTERN:
        return value_is(v, VALUE_STRING) ? jsonschema_pattern(schema, value_str(v), &regex, err)
                                         : bad(err, keyword->name);
    case SHAPE_BOOL: good = value_is(v, VALUE_BOOL); break;
    case SHAPE_LIST: good = value_is(v, VALUE_ARRAY); break;
    default: break;
    }
    return good || bad(err, keyword->name);
}

static bool walk_keyword(struct jsonschema *schema, value v, str base,
                         const struct keyword *keyword, struct error *err)
{
    switch (keyword->shape) {
    case SHAPE_SCHEMA: return walk(schema, v, base, err);
    case SHAPE_SCHEMAS: return walk_list(schema, v, base, keyword->name, err);
    case SHAPE_SCHEMA_MAP:
    case SHAPE_DEPENDENCIES: return walk_map(schema, v, base, keyword->name, err);
    case SHAPE_ITEMS:
        return value_is(v, VALUE_ARRAY)
                   ? value_len(v) == 0 || walk_list(schema, v, base, keyword->name, err)
                   : walk(schema, v, base, err);
    default: return check_leaf(schema, v, keyword, err);
    }
}

static void put_place(struct jsonschema *schema, str uri, value v, str base)
{
    struct jsonschema_place *place = ARENA_NEW(schema->arena, struct jsonschema_place);
    *place = (struct jsonschema_place){.schema = v, .base = base};
    (void)map_put(&schema->resources, schema->arena, uri, place);
}

static str identifier(const struct jsonschema *schema, value v)
{
    bool ref_alone = schema->draft <= DRAFT_7 && value_present(value_get(v, STR("$ref")));
    return ref_alone ? (str){0}
                     : value_str(value_get(v, schema->draft == DRAFT_4 ? STR("id") : STR("$id")));
}

/* Names under which references find this schema. */
static str put_names(struct jsonschema *schema, value v, str base)
{
    str id = identifier(schema, v);
    if (id.len > 0 && id.ptr[0] == '#') {
        put_place(schema, arena_concat(schema->arena, base, id, (str){0}), v, base);
    } else if (id.len > 0) {
        base = jsonschema_uri(base, id, schema->arena);
        if (str_ends(base, STR("#")))
            base.len--;
        put_place(schema, base, v, base);
    }
    static const char *const anchors[] = {"$anchor", "$dynamicAnchor"};
    for (size_t i = 0; i < ARRAY_LEN(anchors); i++) {
        str anchor = value_str(value_get(v, str_z(anchors[i])));
        if (anchor.len > 0)
            put_place(schema, arena_concat(schema->arena, base, STR("#"), anchor), v, base);
    }
    return base;
}

static bool walk(struct jsonschema *schema, value v, str base, struct error *err)
{
    if (value_is(v, VALUE_BOOL))
        return true;
    if (!value_is(v, VALUE_OBJECT))
        return error_rule(err, ERROR_INPUT, "E_SCHEMA",
                          "the schema itself is not valid: got %s, want boolean or object",
                          value_kind_name(v.kind));
    if (++schema->depth > SCHEMA_DEPTH_MAX)
        return error_rule(err, ERROR_LIMIT, "E_SCHEMA", "the schema nests too deeply");
    base = put_names(schema, v, base);
    for (size_t i = 0; i < ARRAY_LEN(keywords); i++) {
        value found = value_get(v, str_z(keywords[i].name));
        if (!value_present(found) || schema->draft < keywords[i].since)
            continue;
        schema->needs_evaluated |= strncmp(keywords[i].name, "unevaluated", 11) == 0;
        if (!walk_keyword(schema, found, base, &keywords[i], err))
            return false;
    }
    schema->depth--;
    return true;
}

static bool find_draft(value root, enum jsonschema_draft *ret_draft, struct error *err)
{
    static const struct {
        const char *part;
        enum jsonschema_draft draft;
    } drafts[] = {{"json-schema.org/draft-04/schema", DRAFT_4},
                  {"json-schema.org/draft-06/schema", DRAFT_6},
                  {"json-schema.org/draft-07/schema", DRAFT_7},
                  {"json-schema.org/draft/2019-09/schema", DRAFT_2019},
                  {"json-schema.org/draft/2020-12/schema", DRAFT_2020},
                  {"json-schema.org/schema", DRAFT_2020}};
    value v = value_get(root, STR("$schema"));
    *ret_draft = DRAFT_2020;
    if (!value_present(v))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(drafts); i++) {
        if (str_find(value_str(v), str_z(drafts[i].part)) == SIZE_MAX)
            continue;
        *ret_draft = drafts[i].draft;
        return true;
    }
    return error_rule(err, ERROR_UNSUPPORTED, "E_SCHEMA", "unknown $schema \"%.*s\"",
                      STR_ARG(value_str(v)));
}

bool jsonschema_compile(value document, const struct limits *limits, struct arena *arena,
                        struct jsonschema *ret_schema, struct error *err)
{
    struct jsonschema schema = {.root = document, .arena = arena, .limits = limits};
    if (!find_draft(document, &schema.draft, err))
        return false;
    put_place(&schema, STR(ROOT_URI), document, STR(ROOT_URI));
    if (!walk(&schema, document, STR(ROOT_URI), err))
        return false;
    *ret_schema = schema;
    return true;
}

str jsonschema_uri(str base, str relative, struct arena *arena)
{
    size_t colon = str_index(relative, ':');
    size_t slash = str_index(relative, '/');
    if (colon != SIZE_MAX && (slash == SIZE_MAX || colon < slash))
        return relative;
    if (relative.len == 0)
        return base;
    size_t scheme = str_find(base, STR("://"));
    size_t root = scheme == SIZE_MAX ? SIZE_MAX : str_index(str_skip(base, scheme + 3), '/');
    if (relative.ptr[0] == '/' && root != SIZE_MAX)
        return arena_concat(arena, str_slice(base, 0, scheme + 3 + root), relative, (str){0});
    size_t last = str_rindex(base, '/');
    return arena_concat(arena, str_slice(base, 0, last == SIZE_MAX ? 0 : last + 1), relative,
                        (str){0});
}

/* "%25" in a fragment. */
static str unescape(str text, struct arena *arena)
{
    if (str_index(text, '%') == SIZE_MAX)
        return text;
    AUTO_BUF struct buf buf = BUF_INIT(text.len + 1);
    for (size_t i = 0; i < text.len; i++) {
        str byte;
        if (text.ptr[i] == '%' && i + 2 < text.len &&
            hex_decode(arena, str_slice(text, i + 1, 2), &byte)) {
            buf_add(&buf, byte);
            i += 2;
        } else {
            buf_add_byte(&buf, text.ptr[i]);
        }
    }
    return buf_copy(&buf, arena);
}

bool jsonschema_resolve(struct jsonschema *schema, str base, str reference,
                        struct jsonschema_place *ret_place, struct error *err)
{
    size_t hash = str_index(reference, '#');
    str document = str_slice(reference, 0, hash == SIZE_MAX ? reference.len : hash);
    str fragment = hash == SIZE_MAX ? (str){0} : str_skip(reference, hash + 1);
    str uri = jsonschema_uri(base, document, schema->arena);
    const struct jsonschema_place *place = map_get(&schema->resources, uri);
    if (place == NULL)
        return error_rule(err, ERROR_UNSUPPORTED, "E_SCHEMA",
                          "reference to another document: \"%.*s\"", STR_ARG(reference));
    fragment = unescape(fragment, schema->arena);
    if (fragment.len == 0) {
        *ret_place = *place;
        return true;
    }
    value found = value_absent();
    if (fragment.ptr[0] == '/') {
        if (!pointer_get(place->schema, fragment, &found, err))
            return false;
        *ret_place = (struct jsonschema_place){.schema = found, .base = place->base};
    } else {
        const struct jsonschema_place *anchor =
            map_get(&schema->resources, arena_concat(schema->arena, uri, STR("#"), fragment));
        if (anchor != NULL) {
            *ret_place = *anchor;
            found = anchor->schema;
        }
    }
    return value_present(found) || error_rule(err, ERROR_INPUT, "E_SCHEMA",
                                              "reference to nothing: \"%.*s\"", STR_ARG(reference));
}

bool jsonschema_pattern(struct jsonschema *schema, str pattern, const struct regex **ret_regex,
                        struct error *err)
{
    struct map_entry *entry = map_place(&schema->patterns, schema->arena, pattern);
    if (entry->value == NULL) {
        const struct regex *regex;
        if (!regex_compile(pattern, schema->limits, schema->arena, &regex, err))
            return error_wrap(err, "the schema's pattern \"%.*s\"", STR_ARG(pattern));
        union {
            const struct regex *from;
            void *to;
        } pun = {.from = regex};
        map_place(&schema->patterns, schema->arena, pattern)->value = pun.to;
        *ret_regex = regex;
        return true;
    }
    *ret_regex = entry->value;
    return true;
}
