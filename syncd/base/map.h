/*
 * map: text to pointer, in an arena. Hashing is seeded per process, so that input cannot choose
 * collisions; iteration is in the order of first insertion and does not depend on the seed.
 */
#ifndef SYNCD_BASE_MAP_H
#define SYNCD_BASE_MAP_H

#include "syncd/base/arena.h"
#include "syncd/base/str.h"

struct map_entry {
    str key;
    void *value;
};

struct map {
    struct map_entry *entries; /* in insertion order */
    size_t len;
    size_t cap;
    uint32_t *slots; /* index + 1, 0 = free */
    size_t slot_count;
};

/* NULL when absent (or stored as NULL). */
void *map_get(const struct map *map, str key);
bool map_has(const struct map *map, str key);
/* Sets; returns the old value or NULL. The key's bytes must live as long as the map. */
void *map_put(struct map *map, struct arena *arena, str key, void *value);
/* The entry's address, made with value NULL when absent: one lookup for "find or add". */
struct map_entry *map_place(struct map *map, struct arena *arena, str key);

#define MAP_FOR(entry, map)                                                                        \
    for (struct map_entry *entry = (map)->entries, *entry##_end = entry + (map)->len;              \
         (map)->len != 0 && entry != entry##_end; entry++)

/* The process's seeded 64-bit hash of bytes (not stable between processes). */
uint64_t map_hash(str key);
/* A stable 64-bit hash (XXH3) for digests that are compared between processes. */
uint64_t hash_stable(str bytes);
/* The same, 128 bits, for digests where a collision would be a wrong answer. */
struct hash128 {
    uint64_t low, high;
};
struct hash128 hash_stable128(str bytes);

#endif
