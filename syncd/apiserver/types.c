#include "syncd/apiserver/types.h"

#include "syncd/apiserver/types_internal.h"
#include "syncd/base/check.h"

#include <stdlib.h>

struct api_types {
    struct arena *arena;
    struct map by_name; /* "core.Container" → struct api_type */
};

static const struct {
    char letter;
    enum api_type_kind kind;
} letters[] = {
    {'s', API_STRING},   {'i', API_INT32},         {'l', API_INT64}, {'d', API_DOUBLE},
    {'b', API_BOOL},     {'y', API_BYTES},         {'t', API_TIME},  {'u', API_MICROTIME},
    {'q', API_QUANTITY}, {'x', API_INT_OR_STRING}, {'j', API_JSON},  {'r', API_RAW},
    {'o', API_OBJECT},
};

static struct api_type *place(struct api_types *types, str name)
{
    struct map_entry *entry = map_place(&types->by_name, types->arena, name);
    if (entry->value == NULL) {
        struct api_type *type = ARENA_NEW(types->arena, struct api_type);
        size_t dot = str_index(name, '.');
        *type = (struct api_type){.kind = API_STRUCT,
                                  .package = str_slice(name, 0, dot),
                                  .name = str_skip(name, dot + 1)};
        entry->value = type;
    }
    return entry->value;
}

/* Reads the brackets in front of a list's or map's item; false when there are none. */
static bool read_brackets(str *text, struct api_type *type)
{
    static const struct {
        const char *prefix;
        enum api_type_kind kind;
        enum api_list_kind list;
        bool atomic;
    } forms[] = {
        {"[]", API_LIST, API_LIST_PLAIN, false},       {"[set]", API_LIST, API_LIST_SET, false},
        {"[atomic]", API_LIST, API_LIST_ATOMIC, true}, {"{}", API_MAP, API_LIST_PLAIN, false},
        {"{atomic}", API_MAP, API_LIST_PLAIN, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        str prefix = str_z(forms[i].prefix);
        if (!str_starts(*text, prefix))
            continue;
        type->kind = forms[i].kind;
        type->list = forms[i].list;
        type->atomic = forms[i].atomic;
        *text = str_skip(*text, prefix.len);
        return true;
    }
    if (text->len == 0 || text->ptr[0] != '<')
        return false;
    size_t end = str_index(*text, '>');
    type->kind = API_LIST;
    type->list = API_LIST_MAP;
    type->keys = str_slice(*text, 1, end - 1);
    *text = str_skip(*text, end + 1);
    return true;
}

/* One type expression; brackets nest as deep as the table writes them. */
static const struct api_type *read_type(struct api_types *types, str text)
{
    const struct api_type *result = NULL;
    const struct api_type **slot = &result;
    for (;;) {
        struct api_type *outer = ARENA_NEW(types->arena, struct api_type);
        if (!read_brackets(&text, outer))
            break;
        *slot = outer;
        slot = &outer->item;
    }
    if (str_index(text, '.') != SIZE_MAX && str_index(text, '(') == SIZE_MAX) {
        *slot = place(types, text);
        return result;
    }
    struct api_type *leaf = ARENA_NEW(types->arena, struct api_type);
    bool known = false;
    for (size_t i = 0; i < ARRAY_LEN(letters); i++) {
        if (text.ptr[0] == letters[i].letter) {
            leaf->kind = letters[i].kind;
            known = true;
        }
    }
    CHECK(known);
    if (text.len > 1)
        leaf->enums = str_slice(text, 2, text.len - 3);
    *slot = leaf;
    return result;
}

static unsigned read_marks(str *name)
{
    unsigned flags = 0;
    for (; name->len > 0; name->len--) {
        switch (name->ptr[name->len - 1]) {
        case '*': flags |= API_FIELD_POINTER; break;
        case '^': flags |= API_FIELD_ALWAYS; break;
        case '-': flags |= API_FIELD_OMITZERO; break;
        case '!': flags |= API_FIELD_REQUIRED; break;
        default: return flags;
        }
    }
    return flags;
}

/* "name#7" or "name#2/7" */
static void read_number(struct api_field *field)
{
    uint64_t inside = 0, number = 0;
    size_t hash = str_index(field->name, '#');
    if (hash == SIZE_MAX)
        return;
    str digits = str_skip(field->name, hash + 1), first;
    bool nested = str_index(digits, '/') != SIZE_MAX;
    if (nested)
        CHECK(str_cut(&digits, '/', &first) && str_to_u64(first, &inside));
    CHECK(str_to_u64(digits, &number));
    field->name = str_slice(field->name, 0, hash);
    field->number = (uint16_t)number;
    field->inside = (uint16_t)inside;
}

static struct api_field read_field(struct api_types *types, str text)
{
    struct api_field field = {0};
    size_t colon = str_index(text, ':');
    CHECK(colon != SIZE_MAX);
    field.name = str_slice(text, 0, colon);
    field.flags = (uint16_t)read_marks(&field.name);
    read_number(&field);
    str rest = str_skip(text, colon + 1);
    size_t equals = str_index(rest, '=');
    if (equals != SIZE_MAX) {
        field.flags |= API_FIELD_DEFAULT;
        field.default_text = str_skip(rest, equals + 1);
        rest = str_slice(rest, 0, equals);
    }
    if (str_ends(rest, STR("~"))) {
        field.flags |= API_FIELD_RETAIN_KEYS;
        rest.len--;
    }
    size_t plus = str_index(rest, '+');
    if (plus != SIZE_MAX) {
        field.flags |= API_FIELD_MERGE;
        field.merge_key = str_skip(rest, plus + 1);
        rest = str_slice(rest, 0, plus);
    }
    field.type = read_type(types, rest);
    return field;
}

static int compare_fields(const void *a, const void *b)
{
    const struct api_field *left = a, *right = b;
    return str_compare(left->name, right->name);
}

static void read_struct(struct api_types *types, str text)
{
    str head;
    CHECK(str_cut(&text, ' ', &head));
    bool atomic = str_ends(head, STR("@"));
    if (atomic)
        head.len--;
    struct api_type *type = place(types, head);
    type->atomic = atomic;
    VEC(struct api_field) fields = {0};
    str word;
    while (str_cut(&text, ' ', &word)) {
        struct api_field field = read_field(types, word);
        VEC_PUSH(types->arena, &fields, field);
    }
    if (fields.len > 1)
        qsort(fields.items, fields.len, sizeof fields.items[0], compare_fields);
    type->fields = fields.items;
    type->field_count = fields.len;
}

struct api_types *api_types_make(struct arena *arena)
{
    struct api_types *types = ARENA_NEW(arena, struct api_types);
    types->arena = arena;
    for (const char *const *line = api_types_table; *line != NULL; line++)
        read_struct(types, str_z(*line));
    return types;
}

const struct api_type *api_types_find(const struct api_types *types, const char *name)
{
    const struct api_type *type = map_get(&types->by_name, str_z(name));
    CHECK(type != NULL);
    return type;
}

const struct api_field *api_type_field(const struct api_type *type, str name)
{
    size_t low = 0, high = type->field_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(type->fields[middle].name, name);
        if (order == 0)
            return &type->fields[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
