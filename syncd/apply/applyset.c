/* What the inventory says of itself in the words of an ApplySet's parent, so that kubectl knows. */
#include "syncd/apply/session_internal.h"

#include "syncd/base/map.h"

#include <stdlib.h>

static int compare_texts(const void *left, const void *right)
{
    return str_compare(*(const str *)left, *(const str *)right);
}

/* The different texts, sorted, with commas. */
static str join_sorted(const struct map *texts, struct arena *arena)
{
    str *sorted = ARENA_ARRAY(arena, str, texts->len + 1);
    size_t count = 0;
    AUTO_BUF struct buf joined = BUF_INIT(200000); /* annotations end at 256 KiB together */
    MAP_FOR (entry, texts)
        sorted[count++] = entry->key;
    if (count != 0)
        qsort(sorted, count, sizeof(*sorted), compare_texts);
    for (size_t i = 0; i < count; i++)
        buf_printf(&joined, "%s%.*s", i != 0 ? "," : "", STR_ARG(sorted[i]));
    return buf_failed(&joined) ? (str){0} : arena_str(arena, buf_str(&joined));
}

value applyset_annotations(const struct session *session, struct arena *arena)
{
    struct map kinds = {0}, namespaces = {0};
    struct object_builder annotations;
    for (size_t i = 0; i < target_object_count(session->target); i++) {
        struct object_id id = session_object_id(session, (uint32_t)i);
        str kind = id.gvk.group.len == 0 ? id.gvk.kind
                                         : arena_printf(arena, "%.*s.%.*s", STR_ARG(id.gvk.kind),
                                                        STR_ARG(id.gvk.group));
        (void)map_place(&kinds, arena, kind);
        if (id.namespace.len != 0 && !str_equal(id.namespace, STR(INVENTORY_NAMESPACE)))
            (void)map_place(&namespaces, arena, id.namespace);
    }
    object_begin(&annotations, arena);
    object_add(&annotations, STR("applyset.kubernetes.io/tooling"),
               value_string(STR("syncd/v" SYNCD_VERSION)));
    object_add(&annotations, STR("applyset.kubernetes.io/contains-group-kinds"),
               value_string(join_sorted(&kinds, arena)));
    object_add(&annotations, STR("applyset.kubernetes.io/additional-namespaces"),
               value_string(join_sorted(&namespaces, arena)));
    return object_finish(&annotations);
}
