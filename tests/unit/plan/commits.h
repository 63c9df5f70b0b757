/* Rendered commits from text, for the tests of plans. */
#ifndef SYNCD_TESTS_UNIT_PLAN_COMMITS_H
#define SYNCD_TESTS_UNIT_PLAN_COMMITS_H

#include "syncd/plan/plan.h"
#include "syncd/value/json.h"

#include <criterion/criterion.h>

static struct arena *arena;

static inline void set_up(void)
{
    arena = arena_create(ARENA_NO_BUDGET);
}

static inline void tear_down(void)
{
    arena_destroy(arena);
}

/* JSON with ' for ", so that cases can be read. */
static inline value doc(const char *text)
{
    struct error err = ERROR_INIT;
    size_t len = strlen(text);
    char *copy = arena_alloc_bytes(arena, len + 1);
    for (size_t i = 0; i <= len; i++)
        copy[i] = text[i] == '\'' ? '"' : text[i];
    value v = value_absent();
    cr_assert(json_read(str_from(copy, len), limits_default(), arena, &v, &err), "%s: %s", text,
              err.text);
    return v;
}

static inline int compare_ids(const void *left, const void *right)
{
    return object_id_compare(&((const struct wire_object *)left)->id,
                             &((const struct wire_object *)right)->id);
}

/* What a commit wants of a target: documents, NULL-ended. Lives in the arena. */
static inline const struct desired *commit(const char *target, const char *const *documents)
{
    struct wire_unit unit = {.name = str_z(target), .right = true};
    for (; *documents != NULL; documents++) {
        struct object object;
        struct error err = ERROR_INIT;
        cr_assert(object_from_document(doc(*documents), (struct position){.file = STR("a.yaml")},
                                       &object, &err),
                  "%s", err.text);
        str json = json_text(object.document, JSON_COMPACT, arena);
        const struct wire_object wired = {.id = object.id,
                                          .source = object.source,
                                          .wave = object_wave(object.document),
                                          .digest = hash_stable128(json),
                                          .json = json};
        VEC_PUSH(arena, &unit.objects, wired);
    }
    if (unit.objects.len > 1)
        qsort(unit.objects.items, unit.objects.len, sizeof(*unit.objects.items), compare_ids);
    struct arena *own = arena_create(ARENA_NO_BUDGET);
    struct desired *desired = desired_make(&unit, STR("c0ffee"), 1, own);
    arena_defer(arena, (void (*)(void *))(void (*)(void))desired_unref, desired);
    return desired;
}

#define DOCUMENTS(...) ((const char *const[]){__VA_ARGS__, NULL})

#endif
