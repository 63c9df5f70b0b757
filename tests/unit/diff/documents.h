/* Documents from text, for the tests of diff/. */
#ifndef SYNCD_TESTS_UNIT_DIFF_DOCUMENTS_H
#define SYNCD_TESTS_UNIT_DIFF_DOCUMENTS_H

#include "diff/merge.h"
#include "syncd/value/json.h"

#include <criterion/criterion.h>

static struct arena *arena, *scratch;
static struct error err;

static void set_up(void)
{
    arena = arena_create(ARENA_NO_BUDGET);
    scratch = arena_create(ARENA_NO_BUDGET);
    err = (struct error)ERROR_INIT;
}

static void tear_down(void)
{
    arena_destroy(arena);
    arena_destroy(scratch);
}

/* JSON with ' for ", so that cases can be read. */
static inline value doc(const char *text)
{
    char *copy = arena_alloc_bytes(arena, strlen(text) + 1);
    size_t len = strlen(text);
    for (size_t i = 0; i <= len; i++)
        copy[i] = text[i] == '\'' ? '"' : text[i];
    value v = value_absent();
    cr_assert(json_read(str_from(copy, len), limits_default(), arena, &v, &err), "%s: %s", text,
              err.text);
    return v;
}

static inline void expect_doc(value got, const char *want)
{
    value wanted = doc(want);
    str text = json_text(got, JSON_COMPACT, arena);
    cr_expect(value_equal(got, wanted), "got  %.*s\nwant %s", STR_ARG(text), want);
}

static inline void expect_text(str got, const char *want)
{
    cr_expect(str_equal(got, str_z(want)), "got  %.*s\nwant %s", STR_ARG(got), want);
}

/* A type from the properties of a structural schema. */
static inline const struct schema_type *type_of(const char *properties)
{
    const struct schema_type *type = NULL;
    str text = arena_printf(arena, "{'type':'object','properties':%s}", properties);
    cr_assert(schema_from_structural(doc(text.ptr), limits_default(), arena, &type, &err), "%s: %s",
              properties, err.text);
    return type;
}

#endif
