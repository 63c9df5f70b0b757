#include "syncd/base/map.h"

#include "syncd/base/check.h"
#include "syncd/base/crypto.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

static uint64_t map_seed(void)
{
    /* One random number per process; a race would only draw it twice before first use. */
    static _Atomic uint64_t seed;
    uint64_t current = seed;
    if (current == 0) {
        crypto_random(&current, sizeof(current));
        seed = current | 1;
        current = seed;
    }
    return current;
}

uint64_t map_hash(str key)
{
    return XXH3_64bits_withSeed(key.ptr, key.len, map_seed());
}

uint64_t hash_stable(str bytes)
{
    return XXH3_64bits(bytes.ptr, bytes.len);
}

struct hash128 hash_stable128(str bytes)
{
    XXH128_hash_t hash = XXH3_128bits(bytes.ptr, bytes.len);
    return (struct hash128){hash.low64, hash.high64};
}

/* The slot that holds the key, or the free one where it belongs. */
static uint32_t *find_slot(const struct map *map, str key)
{
    size_t mask = map->slot_count - 1;
    for (size_t i = map_hash(key) & mask;; i = (i + 1) & mask) {
        uint32_t *slot = &map->slots[i];
        if (*slot == 0 || str_equal(map->entries[*slot - 1].key, key))
            return slot;
    }
}

static const struct map_entry *find_entry(const struct map *map, str key)
{
    if (map->slots == NULL) {
        /* Few entries need no table. */
        for (size_t i = 0; i < map->len; i++) {
            if (str_equal(map->entries[i].key, key))
                return &map->entries[i];
        }
        return NULL;
    }
    uint32_t slot = *find_slot(map, key);
    return slot != 0 ? &map->entries[slot - 1] : NULL;
}

void *map_get(const struct map *map, str key)
{
    const struct map_entry *entry = find_entry(map, key);
    return entry != NULL ? entry->value : NULL;
}

bool map_has(const struct map *map, str key)
{
    return find_entry(map, key) != NULL;
}

#define WITHOUT_TABLE 8

static void grow(struct map *map, struct arena *arena)
{
    size_t cap = map->cap == 0 ? WITHOUT_TABLE : map->cap * 2;
    CHECK(cap < UINT32_MAX);
    map->entries = arena_grow(arena, map->entries, map->cap * sizeof(*map->entries),
                              cap * sizeof(*map->entries));
    map->cap = cap;
    if (cap == WITHOUT_TABLE)
        return;
    map->slot_count = cap * 2;
    map->slots = ARENA_ARRAY(arena, uint32_t, map->slot_count);
    for (size_t i = 0; i < map->len; i++)
        *find_slot(map, map->entries[i].key) = (uint32_t)(i + 1);
}

struct map_entry *map_place(struct map *map, struct arena *arena, str key)
{
    const struct map_entry *found = find_entry(map, key);
    if (found != NULL)
        return &map->entries[found - map->entries];
    if (map->len == map->cap)
        grow(map, arena);
    struct map_entry *entry = &map->entries[map->len];
    *entry = (struct map_entry){.key = key};
    if (map->slots != NULL)
        *find_slot(map, key) = (uint32_t)(map->len + 1);
    map->len++;
    return entry;
}

void *map_put(struct map *map, struct arena *arena, str key, void *value)
{
    struct map_entry *entry = map_place(map, arena, key);
    void *old = entry->value;
    entry->value = value;
    return old;
}
