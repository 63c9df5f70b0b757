#include "diff/builtin.h"

/* A type that is atomic where it is used: copied when all rows are read. */
struct atomic_use {
    struct schema_type *copy;
    const struct schema_type *of;
};

struct reader {
    struct schema_set *set;
    struct map types; /* name to struct schema_type */
    str text;         /* what is left of the row */
    VEC(struct atomic_use) uses;
};

static const struct schema_type simple[] = {
    ['s'] = {.scalar = SCALAR_STRING},
    ['n'] = {.scalar = SCALAR_NUMBER},
    ['b'] = {.scalar = SCALAR_BOOL},
    ['?'] = {.scalar = SCALAR_ANY},
};

static char next_char(struct reader *reader)
{
    CHECK(reader->text.len != 0);
    char c = reader->text.ptr[0];
    reader->text = str_skip(reader->text, 1);
    return c;
}

static str next_word(struct reader *reader, const char *ends)
{
    size_t len = 0;
    while (len < reader->text.len && strchr(ends, reader->text.ptr[len]) == NULL)
        len++;
    str word = str_slice(reader->text, 0, len);
    reader->text = str_skip(reader->text, len);
    return word;
}

static struct schema_type *named_type(struct reader *reader, str name)
{
    struct map_entry *entry = map_place(&reader->types, reader->set->arena, name);
    if (entry->value == NULL)
        entry->value = ARENA_NEW(reader->set->arena, struct schema_type);
    return entry->value;
}

static const struct schema_type *read_type(struct reader *reader);

static const struct schema_type *read_list(struct reader *reader, char open)
{
    struct arena *arena = reader->set->arena;
    struct schema_type *type = ARENA_NEW(arena, struct schema_type);
    size_t colon = str_index(str_slice(reader->text, 0, str_index(reader->text, '>')), ':');
    type->list = open == '[' ? LIST_ATOMIC : LIST_SET;
    if (open == '<' && colon != SIZE_MAX) {
        str *keys = ARENA_ARRAY(arena, str, 8);
        type->list = LIST_MAP;
        type->keys = keys;
        do {
            CHECK(type->key_count < 8);
            keys[type->key_count++] = schema_intern(reader->set, next_word(reader, ",:"));
        } while (next_char(reader) == ',');
    }
    type->items = read_type(reader);
    (void)next_char(reader); /* the bracket that closes */
    return type;
}

static const struct schema_type *read_map(struct reader *reader, bool atomic)
{
    struct schema_type *type = ARENA_NEW(reader->set->arena, struct schema_type);
    type->map = atomic ? MAP_ATOMIC : MAP_GRANULAR;
    type->values = read_type(reader);
    (void)next_char(reader); /* the bracket that closes */
    return type;
}

/* Types nest as deep as the rows of our own table do. */
static const struct schema_type *read_type(struct reader *reader)
{
    char c = next_char(reader);
    bool atomic = c == '!';
    if (atomic) {
        bool opaque = reader->text.len == 0 || strchr("@{", reader->text.ptr[0]) == NULL;
        if (opaque)
            return schema_opaque();
        c = next_char(reader);
    }
    if (c == '@') {
        struct schema_type *type = named_type(reader, next_word(reader, " ]>}"));
        if (!atomic)
            return type;
        struct atomic_use use = {ARENA_NEW(reader->set->arena, struct schema_type), type};
        VEC_PUSH(reader->set->arena, &reader->uses, use);
        return use.copy;
    }
    if (c == '*')
        return schema_untyped();
    if (c == '[' || c == '<')
        return read_list(reader, c);
    if (c == '{')
        return read_map(reader, atomic);
    CHECK((size_t)c < ARRAY_LEN(simple) && simple[(size_t)c].scalar != SCALAR_NONE);
    return &simple[(size_t)c];
}

static void read_fields(struct reader *reader, struct schema_type *type)
{
    struct arena *arena = reader->set->arena;
    VEC(struct schema_field) fields = {0};
    while (reader->text.len != 0) {
        (void)next_char(reader); /* the space before it */
        struct schema_field field = {.name = schema_intern(reader->set, next_word(reader, ":"))};
        (void)next_char(reader);
        field.type = read_type(reader);
        if (reader->text.len != 0 && reader->text.ptr[0] == '=') {
            (void)next_char(reader);
            field.default_value = value_string(next_word(reader, " "));
        }
        VEC_PUSH(arena, &fields, field);
    }
    schema_set_fields(type, fields.items, fields.len);
}

static void read_kind(struct reader *reader)
{
    (void)next_char(reader);
    struct gvk gvk = {.group = next_word(reader, "/")};
    (void)next_char(reader);
    gvk.version = next_word(reader, "/");
    (void)next_char(reader);
    gvk.kind = next_word(reader, " ");
    (void)next_char(reader);
    schema_add_kind(reader->set, gvk, named_type(reader, reader->text));
}

static void read_row(struct reader *reader, str row)
{
    reader->text = row;
    if (row.ptr[0] == '=') {
        read_kind(reader);
        return;
    }
    bool atomic = row.ptr[0] == '!';
    if (atomic)
        (void)next_char(reader);
    struct schema_type *type = named_type(reader, next_word(reader, " "));
    if (str_starts(reader->text, STR(" ="))) {
        reader->text = str_skip(reader->text, 2);
        *type = *read_type(reader);
        return;
    }
    type->map = atomic ? MAP_ATOMIC : MAP_GRANULAR;
    read_fields(reader, type);
}

void schema_add_builtin(struct schema_set *set)
{
    struct reader reader = {.set = set};
    for (const char *const *row = builtin_rows; *row != NULL; row++)
        read_row(&reader, str_z(*row));
    VEC_FOR (struct atomic_use, use, &reader.uses) {
        *use->copy = *use->of;
        use->copy->map = MAP_ATOMIC;
    }
}
