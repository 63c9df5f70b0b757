/* What has drifted and is open, one record an object, each in an arena of its own. */
#include "syncd/base/clock.h"
#include "syncd/base/crypto.h"
#include "syncd/report/drift_internal.h"
#include "syncd/value/json.h"

#include <stdlib.h>

struct ledger *ledger_create(const uint8_t key[LEDGER_KEY])
{
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct ledger *ledger = ARENA_NEW(arena, struct ledger);
    *ledger = (struct ledger){.arena = arena, .index = arena_create(ARENA_NO_BUDGET)};
    memcpy(ledger->key, key, LEDGER_KEY);
    return ledger;
}

static void drop(struct ledger *ledger, struct ledger_object *object)
{
    struct ledger_object **at = &ledger->first;
    while (*at != object)
        at = &(*at)->next;
    *at = object->next;
    ledger->rows -= object->len;
    arena_destroy(object->arena);
}

void ledger_destroy(struct ledger *ledger)
{
    if (ledger == NULL)
        return;
    while (ledger->first != NULL)
        drop(ledger, ledger->first);
    crypto_wipe(ledger->key, sizeof(ledger->key));
    arena_destroy(ledger->index);
    arena_destroy(ledger->arena);
}

static str make_key(str target, const struct object_id *id, struct arena *arena)
{
    return arena_concat(arena, target, STR("\n"), object_id_key(id, arena));
}

/* The map only grows: when most of it is gone, what is left moves into a new one. */
static void compact(struct ledger *ledger)
{
    size_t live = 0;
    for (const struct ledger_object *object = ledger->first; object != NULL; object = object->next)
        live++;
    if (ledger->by_key.len < 64 || ledger->by_key.len < 4 * live)
        return;
    struct arena *index = arena_create(ARENA_NO_BUDGET);
    struct map by_key = {0};
    for (struct ledger_object *object = ledger->first; object != NULL; object = object->next)
        (void)map_put(&by_key, index, object->key, object); /* the key lives with the object */
    arena_destroy(ledger->index);
    ledger->index = index;
    ledger->by_key = by_key;
}

static bool is_secret(const struct object_id *id)
{
    return id->gvk.group.len == 0 && str_equal(id->gvk.kind, STR("Secret"));
}

static str show_value(const struct ledger *ledger, const struct object_id *id, value v,
                      struct arena *arena)
{
    if (!value_present(v))
        return (str){0};
    AUTO_BUF struct buf text = BUF_INIT(64u << 20);
    json_write(v, JSON_COMPACT, &text);
    if (is_secret(id)) {
        uint8_t digest[SHA256_LEN];
        crypto_hmac_sha256(str_from((const char *)ledger->key, LEDGER_KEY), buf_str(&text), digest);
        str hex = hex_encode(arena, str_from((const char *)digest, 8));
        return arena_concat(arena, STR("hmac:"), hex, (str){0});
    }
    if (text.len <= LEDGER_VALUE)
        return buf_copy(&text, arena);
    size_t end = LEDGER_VALUE;
    while (end > 0 && ((unsigned char)text.ptr[end] & 0xc0) == 0x80)
        end--; /* not inside of a character */
    return arena_concat(arena, str_from(text.ptr, end), STR("…"), (str){0});
}

static int64_t known_since(const struct ledger_object *before, enum drift_class class, str path,
                           int64_t wall_ns)
{
    for (size_t i = 0; before != NULL && i < before->len; i++) {
        if (before->rows[i].class == class && str_equal(before->rows[i].path, path))
            return before->rows[i].since_ns;
    }
    return wall_ns;
}

static struct ledger_row make_row(const struct ledger *ledger, const struct object_id *id,
                                  const struct drift *drift, enum drift_action action,
                                  struct arena *arena)
{
    return (struct ledger_row){
        .class = drift->class,
        .action = action,
        .path = arena_str(arena, drift->path),
        .git = show_value(ledger, id, drift->stated, arena),
        .live = show_value(ledger, id, drift->live, arena),
        .manager = arena_str(arena, drift->manager),
        .operation = arena_str(arena, drift->operation),
        .subresource = arena_str(arena, drift->subresource),
        .written_ns = drift->has_time ? drift->time_ns : 0,
    };
}

static struct object_id copy_id(const struct object_id *id, struct arena *arena)
{
    return (struct object_id){{arena_str(arena, id->gvk.group), arena_str(arena, id->gvk.version),
                               arena_str(arena, id->gvk.kind)},
                              arena_str(arena, id->namespace),
                              arena_str(arena, id->name)};
}

void ledger_set(struct ledger *ledger, str target, const struct object_id *id,
                const struct drifts *drifts, const enum drift_action *actions, int64_t wall_ns)
{
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct ledger_object *object = ARENA_NEW(arena, struct ledger_object);
    *object = (struct ledger_object){.arena = arena,
                                     .key = make_key(target, id, arena),
                                     .target = arena_str(arena, target),
                                     .id = copy_id(id, arena)};
    struct ledger_object *before = map_get(&ledger->by_key, object->key);
    size_t room = LEDGER_MOST - ledger->rows + (before != NULL ? before->len : 0);
    object->rows = ARENA_ARRAY(arena, struct ledger_row, drifts->list.len);
    for (size_t i = 0; i < drifts->list.len; i++) {
        const struct drift *drift = &drifts->list.items[i];
        if (actions[i] == DRIFT_IGNORE)
            continue;
        if (object->len == room) {
            ledger->dropped++;
            continue;
        }
        struct ledger_row *row = &object->rows[object->len++];
        *row = make_row(ledger, id, drift, actions[i], arena);
        row->since_ns = known_since(before, row->class, row->path, wall_ns);
    }
    if (before != NULL)
        drop(ledger, before);
    (void)map_put(&ledger->by_key, ledger->index, arena_str(ledger->index, object->key),
                  object->len != 0 ? object : NULL);
    if (object->len == 0) {
        arena_destroy(arena);
        return;
    }
    object->next = ledger->first;
    ledger->first = object;
    ledger->rows += object->len;
    compact(ledger);
}

void ledger_clear(struct ledger *ledger, str target, const struct object_id *id)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    str key = make_key(target, id, scratch);
    struct ledger_object *object = map_get(&ledger->by_key, key);
    if (object == NULL)
        return;
    (void)map_put(&ledger->by_key, ledger->index, arena_str(ledger->index, key), NULL);
    drop(ledger, object);
    compact(ledger);
}

void ledger_forget(struct ledger *ledger, str target)
{
    struct ledger_object *next;
    for (struct ledger_object *object = ledger->first; object != NULL; object = next) {
        next = object->next;
        if (!str_equal(object->target, target) || object->rows[0].class == DRIFT_STRANGER)
            continue;
        (void)map_put(&ledger->by_key, ledger->index, arena_str(ledger->index, object->key), NULL);
        drop(ledger, object);
    }
}

void ledger_retain_stale(struct ledger *ledger, str target, const struct map *keys)
{
    struct ledger_object *next;
    for (struct ledger_object *object = ledger->first; object != NULL; object = next) {
        next = object->next;
        bool stale = object->rows[0].class == DRIFT_STALE && object->rows[0].path.len == 0;
        if (!stale || !str_equal(object->target, target) ||
            map_has(keys, str_skip(object->key, target.len + 1)))
            continue;
        (void)map_put(&ledger->by_key, ledger->index, arena_str(ledger->index, object->key), NULL);
        drop(ledger, object);
    }
    compact(ledger);
}

size_t ledger_count(const struct ledger *ledger, str target)
{
    size_t count = 0;
    for (const struct ledger_object *object = ledger->first; object != NULL; object = object->next)
        count += str_equal(object->target, target) ? object->len : 0;
    return count;
}
