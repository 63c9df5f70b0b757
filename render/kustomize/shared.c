#include "render/kustomize/shared.h"

#include "render/kustomize/scalar.h"

value kust_shared_text(str text, struct arena *arena)
{
    char *bytes = arena_alloc_bytes(arena, text.len + 1); /* an address of its own */
    if (text.len != 0)
        memcpy(bytes, text.ptr, text.len);
    return (value){
        .kind = VALUE_STRING, .flags = VALUE_MARKED, .len = (uint32_t)text.len, .as.text = bytes};
}

static struct shared_write *find_write(struct shared_writes *writes, const char *group)
{
    VEC_FOR (struct shared_write, write, &writes->list) {
        if (write->group == group)
            return write;
    }
    return NULL;
}

/* The same contents with an address of its own, so that the group stays one. */
static value regroup(value content, struct arena *arena)
{
    if (content.kind != VALUE_STRING && content.kind != VALUE_NUMBER)
        return content;
    value text = kust_shared_text(kust_scalar_text(content), arena);
    content.as = text.as;
    content.flags |= VALUE_MARKED;
    return content;
}

value kust_shared_write(struct shared_writes *writes, value old, value content)
{
    if (!kust_is_shared(old))
        return content;
    struct shared_write *write = find_write(writes, old.as.text);
    if (write == NULL) {
        VEC_PUSH(writes->arena, &writes->list, (struct shared_write){.group = old.as.text});
        write = &VEC_LAST(&writes->list);
    }
    write->content = regroup(content, writes->arena);
    return old;
}

value kust_shared_write_map(struct shared_writes *writes, value old, value edited)
{
    for (size_t i = 0; i < value_len(old); i++) {
        const struct member *member = value_member(old, i);
        if (!kust_is_shared(member->val))
            continue;
        value content = value_get(edited, member->key);
        if (value_present(content) && !kust_same(content, member->val))
            edited = value_with(edited, member->key,
                                kust_shared_write(writes, member->val, content), writes->arena);
    }
    return edited;
}

/* As deep as the document, which a reader has limited. */
value kust_shared_settle(struct shared_writes *writes, value document)
{
    if (writes->list.len == 0)
        return document;
    if (kust_is_shared(document)) {
        const struct shared_write *write = find_write(writes, document.as.text);
        return write != NULL ? write->content : document;
    }
    for (size_t i = 0; i < value_len(document); i++) {
        bool in_map = document.kind == VALUE_OBJECT;
        value old = in_map ? value_member(document, i)->val : value_item(document, i);
        value new = kust_shared_settle(writes, old);
        if (kust_same(new, old))
            continue;
        document = in_map ? value_with(document, value_member(document, i)->key, new, writes->arena)
                          : value_with_item(document, i, new, writes->arena);
    }
    return document;
}

/* As deep as the document, which a reader has limited. */
value kust_shared_leave(value part, struct arena *arena)
{
    if (kust_is_shared(part))
        part.flags &= ~(unsigned)VALUE_MARKED & 0x1fu;
    for (size_t i = 0; i < value_len(part); i++) {
        bool in_map = part.kind == VALUE_OBJECT;
        value old = in_map ? value_member(part, i)->val : value_item(part, i);
        value new = kust_shared_leave(old, arena);
        if (kust_same(new, old))
            continue;
        part = in_map ? value_with(part, value_member(part, i)->key, new, arena)
                      : value_with_item(part, i, new, arena);
    }
    return part;
}
