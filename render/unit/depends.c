/* What objects say they depend on must be there, not in a later wave, and not depend on them. */
#include "render/unit/unit_internal.h"
#include "render/unit/wire.h"
#include "syncd/base/map.h"
#include "syncd/object/hook.h"
#include "syncd/object/options.h"

enum color { WHITE, GRAY, BLACK };

struct dependent {
    const struct object *object;
    uint32_t *on; /* indexes of what it depends on */
    uint32_t count, next;
    enum color color;
};

struct dependents {
    struct dependent *items;
    size_t count;
    struct map by_key;
};

static void refuse(struct render_context *context, const struct object *object, const char *what,
                   str other)
{
    (void)findings_add(
        context->findings, SEVERITY_ERROR, "E_DEPENDS", object->source, "%.*s depends on %.*s%s",
        STR_ARG(object_id_text(&object->id, context->scratch)), STR_ARG(other), what);
}

static size_t count_references(str text)
{
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == ',';
    return count;
}

static void read_references(struct render_context *context, const struct dependents *all,
                            struct dependent *dependent)
{
    const struct object *object = dependent->object;
    str text = object_annotation(object->document, STR(DEPENDS_ON)), key, reference;
    if (text.len == 0)
        return;
    dependent->on = ARENA_ARRAY(context->scratch, uint32_t, count_references(text));
    while (text.ptr != NULL) {
        if (!object_dependency(&text, context->scratch, &key, &reference)) {
            refuse(context, object, ", which is no \"group/namespaces/NAMESPACE/Kind/name\"",
                   reference);
            continue;
        }
        const struct dependent *on = map_get(&all->by_key, key);
        if (on == NULL)
            refuse(context, object, ", which is not among the target's objects", reference);
        else if (object_wave(on->object->document) > object_wave(object->document))
            refuse(context, object, ", which is in a later wave", reference);
        else
            dependent->on[dependent->count++] = (uint32_t)(on - all->items);
    }
}

static void refuse_cycle(struct render_context *context, const struct dependents *all,
                         const uint32_t *stack, size_t depth, uint32_t back)
{
    AUTO_BUF struct buf text = BUF_INIT(2048);
    size_t from = depth;
    while (from > 0 && stack[from - 1] != back)
        from--;
    for (size_t i = from; i < depth; i++) {
        const struct object_id *id = &all->items[stack[i]].object->id;
        buf_printf(&text, "%.*s, which depends on ", STR_ARG(object_id_text(id, context->scratch)));
    }
    refuse(context, all->items[back].object, "itself", buf_str(&text));
}

/* Depth first from one object, with a stack of its own. */
static void find_cycle(struct render_context *context, struct dependents *all, uint32_t start,
                       uint32_t *stack)
{
    size_t depth = 0;
    stack[depth++] = start;
    all->items[start].color = GRAY;
    while (depth != 0) {
        struct dependent *at = &all->items[stack[depth - 1]];
        if (at->next == at->count) {
            at->color = BLACK;
            depth--;
            continue;
        }
        uint32_t on = at->on[at->next++];
        if (all->items[on].color == GRAY) {
            refuse_cycle(context, all, stack, depth, on);
        } else if (all->items[on].color == WHITE) {
            all->items[on].color = GRAY;
            stack[depth++] = on;
        }
    }
}

void unit_check_depends(struct render_context *context, const struct object_list *list)
{
    struct dependents all = {
        .items = ARENA_ARRAY(context->scratch, struct dependent, list->objects.len)};
    VEC_FOR (const struct object, object, &list->objects) {
        struct hook hook;
        str word;
        if (hook_read(object->document, &hook, &word) != HOOK_NONE)
            continue;
        struct dependent *dependent = &all.items[all.count++];
        dependent->object = object;
        map_place(&all.by_key, context->scratch, object_id_key(&object->id, context->scratch))
            ->value = dependent;
    }
    for (size_t i = 0; i < all.count; i++)
        read_references(context, &all, &all.items[i]);
    uint32_t *stack = ARENA_ARRAY(context->scratch, uint32_t, all.count);
    for (uint32_t i = 0; i < all.count; i++) {
        if (all.items[i].color == WHITE && all.items[i].count != 0)
            find_cycle(context, &all, i, stack);
    }
}
