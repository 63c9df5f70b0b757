#include "syncd/plan/change.h"

#include "syncd/base/buf.h"
#include "syncd/value/json.h"

#define MASKED_DIGITS 6 /* bytes of the keyed hash that are shown */
#define TEXT_MOST     (1u << 30)

static bool is_secret(value document)
{
    return str_equal(value_str(value_get(document, STR("apiVersion"))), STR("v1")) &&
           str_equal(value_str(value_get(document, STR("kind"))), STR("Secret"));
}

/* One secret value's place, and how it is to be hidden. */
struct mask {
    str key;    /* of the hash; empty = none */
    str object; /* namespace/name: equal values in two places do not look equal */
    struct arena *arena;
};

static str keyed(const struct mask *mask, str field, value secret)
{
    uint8_t digest[SHA256_LEN];
    str place = arena_printf(mask->arena, "%.*s\n%.*s\n", STR_ARG(mask->object), STR_ARG(field));
    str text =
        arena_concat(mask->arena, place, json_text(secret, JSON_COMPACT, mask->arena), STR(""));
    crypto_hmac_sha256(mask->key, text, digest);
    str hex = hex_encode(mask->arena, str_from((const char *)digest, MASKED_DIGITS));
    return arena_concat(mask->arena, STR("(secret "), hex, STR(")"));
}

static value hide(const struct mask *mask, str field, value secret, bool differs, str word)
{
    if (!value_present(secret))
        return secret;
    if (mask->key.len != 0)
        return value_string(keyed(mask, field, secret));
    return value_string(differs ? word : STR("(secret)"));
}

static struct change_pair hide_both(const struct mask *mask, str field, value before, value after)
{
    bool differs = value_present(before) && value_present(after) && !value_equal(before, after);
    return (struct change_pair){hide(mask, field, before, differs, STR("(secret before)")),
                                hide(mask, field, after, differs, STR("(secret after)"))};
}

/* Every member of two maps, merged in order of their keys. */
static struct change_pair hide_members(const struct mask *mask, value before, value after)
{
    struct object_builder left, right;
    object_begin(&left, mask->arena);
    object_begin(&right, mask->arena);
    size_t before_len = value_len(before), after_len = value_len(after);
    for (size_t i = 0, j = 0; i < before_len || j < after_len;) {
        const struct member *a = i < before_len ? value_member(before, i) : NULL;
        const struct member *b = j < after_len ? value_member(after, j) : NULL;
        int order = a == NULL ? 1 : b == NULL ? -1 : str_compare(a->key, b->key);
        i += order <= 0;
        j += order >= 0;
        str key = order <= 0 ? a->key : b->key;
        struct change_pair hidden = hide_both(mask, key, order <= 0 ? a->val : value_absent(),
                                              order >= 0 ? b->val : value_absent());
        if (order <= 0)
            object_add(&left, key, hidden.before);
        if (order >= 0)
            object_add(&right, key, hidden.after);
    }
    return (struct change_pair){object_finish(&left), object_finish(&right)};
}

static value replace(value document, const str *path, size_t length, value hidden,
                     struct arena *arena)
{
    return value_present(hidden) ? value_with_path(document, path, length, hidden, arena)
                                 : document;
}

/* A map of secrets is hidden member by member, what should be a map and is none as a whole. */
static void hide_field(const struct mask *mask, const str *path, size_t length, bool members,
                       struct change_pair *documents)
{
    value before = documents->before, after = documents->after;
    for (size_t i = 0; i < length; i++) {
        before = value_get(before, path[i]);
        after = value_get(after, path[i]);
    }
    bool maps = members && (!value_present(before) || value_is(before, VALUE_OBJECT)) &&
                (!value_present(after) || value_is(after, VALUE_OBJECT));
    struct change_pair hidden =
        maps ? hide_members(mask, before, after) : hide_both(mask, path[length - 1], before, after);
    if (value_present(before))
        documents->before = replace(documents->before, path, length, hidden.before, mask->arena);
    if (value_present(after))
        documents->after = replace(documents->after, path, length, hidden.after, mask->arena);
}

#define PATH_MOST 16

/* The steps of a level's path, up to its first list or map: what is below that is hidden whole. */
static size_t split_path(str path, str steps[PATH_MOST])
{
    size_t count = 0;
    str step;
    while (count < PATH_MOST && path.len != 0 && str_cut(&path, '.', &step)) {
        size_t end = 0;
        while (end < step.len && step.ptr[end] != '[' && step.ptr[end] != '{')
            end++;
        steps[count++] = str_slice(step, 0, end);
        if (end != step.len)
            break;
    }
    return count;
}

static void hide_level_fields(const struct mask *mask, const struct level *level,
                              struct change_pair *pair)
{
    value named = value_present(pair->after) ? pair->after : pair->before;
    struct gvk gvk;
    if (level == NULL || !gvk_from_api_version(value_str(value_get(named, STR("apiVersion"))),
                                               value_str(value_get(named, STR("kind"))), &gvk))
        return;
    const struct level_kind *kind = level_find_kind(level, gvk.group, gvk.kind);
    VEC_FOR (const struct level_field, field, &level->fields) {
        str steps[PATH_MOST];
        if (field->use != LEVEL_SECRET || (field->kind != NULL && field->kind != kind))
            continue;
        size_t length = split_path(level_path_name(field->path), steps);
        if (length != 0)
            hide_field(mask, steps, length, false, pair);
    }
}

static str name_object(value document, struct arena *arena)
{
    value metadata = value_get(document, STR("metadata"));
    return arena_concat(arena, value_str(value_get(metadata, STR("namespace"))), STR("/"),
                        value_str(value_get(metadata, STR("name"))));
}

static void hide_contents(const struct mask *mask, struct change_pair *pair)
{
    static const struct {
        str path[3];
        size_t length;
        bool members;
    } contents[] = {
        {{STR_INIT("data")}, 1, true},
        {{STR_INIT("stringData")}, 1, true},
        {{STR_INIT("metadata"), STR_INIT("annotations"),
          STR_INIT("kubectl.kubernetes.io/last-applied-configuration")},
         3,
         false},
    };
    for (size_t i = 0; i < ARRAY_LEN(contents); i++)
        hide_field(mask, contents[i].path, contents[i].length, contents[i].members, pair);
}

struct change_pair change_mask(value before, value after, const struct change_secrets *secrets,
                               struct arena *arena)
{
    struct change_pair pair = {before, after};
    bool contents = is_secret(before) || is_secret(after);
    if (!contents && secrets->level == NULL)
        return pair;
    const struct mask mask = {
        .key = secrets->key,
        .object = name_object(value_present(after) ? after : before, arena),
        .arena = arena,
    };
    if (contents)
        hide_contents(&mask, &pair);
    else
        hide_level_fields(&mask, secrets->level, &pair);
    return pair;
}

void changes_find(const struct change_pair *pair, const struct schema_type *type,
                  struct arena *arena, struct changes *ret_changes)
{
    struct differences found = {0};
    diff_objects(pair->before, pair->after, type, arena, &found);
    VEC_FOR (const struct difference, difference, &found.list) {
        const struct change change = {difference->text, difference->before, difference->after};
        VEC_PUSH(arena, &ret_changes->list, change);
    }
}

/* What makes equal objects on two clusters look different. */
static value nameless(value document, struct arena *arena)
{
    value metadata = value_get(document, STR("metadata"));
    if (!value_is(metadata, VALUE_OBJECT))
        return document;
    metadata = value_without(metadata, STR("name"), arena);
    metadata = value_without(metadata, STR("namespace"), arena);
    return value_with(document, STR("metadata"), metadata, arena);
}

static void put_value(struct buf *text, const struct change *change, value v, struct arena *arena)
{
    buf_add_byte(text, '\n');
    if (value_present(v))
        json_write(change->path.len == 0 ? nameless(v, arena) : v, JSON_COMPACT, text);
}

void changes_digest(const struct changes *changes, uint8_t out[SHA256_LEN])
{
    AUTO_BUF struct buf text = BUF_INIT(TEXT_MOST);
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    VEC_FOR (const struct change, change, &changes->list) {
        buf_add(&text, change->path);
        put_value(&text, change, change->before, scratch);
        put_value(&text, change, change->after, scratch);
        buf_add_byte(&text, '\n');
    }
    CHECK(!buf_failed(&text)); /* longer than any rendered object may be */
    crypto_sha256(buf_str(&text), out);
}
