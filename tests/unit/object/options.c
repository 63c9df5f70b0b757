/* Every row of the table of annotations, and the document made from it. */
#include "syncd/object/options.h"

#include <criterion/criterion.h>
#include <stdio.h>

static value annotated(const char *key, str text, struct arena *arena)
{
    static const str path[] = {STR_INIT("metadata"), STR_INIT("annotations")};
    struct object_builder annotations;
    object_begin(&annotations, arena);
    object_add(&annotations, str_z(key), value_string(text));
    object_add(&annotations, STR("other"), value_string(STR("true")));
    return value_with_path(value_absent(), path, ARRAY_LEN(path), object_finish(&annotations),
                           arena);
}

Test(options, each_row_is_read_and_nothing_near_it)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    const struct option_row *row;
    for (size_t i = 0; (row = object_option_row(i)) != NULL; i++) {
        str word = str_z(row->word);
        cr_assert_eq(object_options(annotated(row->key, word, arena)), row->options, "%s: %s",
                     row->key, row->word);
        str near = arena_printf(arena, "%sx", row->word);
        cr_assert_eq(object_options(annotated(row->key, near, arena)), 0, "%s: %s", row->key,
                     near.ptr);
        str list = arena_printf(arena, "Other=true, %s", row->word);
        cr_assert_eq(object_options(annotated(row->key, list, arena)), row->list ? row->options : 0,
                     "%s: %s", row->key, list.ptr);
    }
}

Test(options, several_of_a_list_add_up)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    value document = annotated("argocd.argoproj.io/sync-options",
                               STR("Replace=true,Prune=false,PruneLast=true"), arena);
    cr_assert_eq(object_options(document), OPTION_RECREATE | OPTION_KEEP | OPTION_PRUNE_LAST);
    cr_assert_eq(object_options(value_null()), 0);
}

Test(options, the_document_is_the_table)
{
    static char file_text[32768];
    AUTO_BUF struct buf text = BUF_INIT(sizeof(file_text));
    object_options_document(&text);
    FILE *file = fopen("syncd/docs/annotations.md", "r");
    cr_assert_not_null(file);
    size_t length = fread(file_text, 1, sizeof(file_text), file);
    (void)fclose(file);
    cr_assert(str_equal(buf_str(&text), str_from(file_text, length)), "it should be:\n%s",
              text.ptr);
}

Test(options, dependencies_become_keys)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    str text = STR("apps/namespaces/web/Deployment/a, /namespaces/web/Secret/s,x.io/Region/eu");
    static const char *const keys[] = {"apps/Deployment/web/a", "/Secret/web/s", "x.io/Region//eu"};
    str key, reference;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        cr_assert(object_dependency(&text, arena, &key, &reference));
        cr_assert(str_equal(key, str_z(keys[i])), "%.*s", STR_ARG(key));
    }
    cr_assert_null(text.ptr);
    static const char *const wrong[] = {"",
                                        "a",
                                        "a/b",
                                        "apps/namespaces/web/Deployment",
                                        "apps/spaces/web/Deployment/a",
                                        "apps/namespaces/web/Deployment/a/b"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        text = str_z(wrong[i]);
        cr_assert_not(object_dependency(&text, arena, &key, &reference), "%s", wrong[i]);
    }
}
