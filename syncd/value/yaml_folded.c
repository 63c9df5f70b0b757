/*
 * Folded texts (`>`) as go-yaml v3 hands them on. The tool prints every object once and reads it
 * back; its printer doubles a break before a deeper line, and joins lines of a text that begins
 * with a blank. Users see that, so a folded text that is read for kustomize is what comes out of
 * it.
 */
#include "syncd/value/yaml_internal.h"

struct folded {
    char *text;
    size_t len;
};

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static void add_breaks(struct folded *folded, size_t count)
{
    memset(folded->text + folded->len, '\n', count);
    folded->len += count;
}

/* One line, and the breaks behind it up to `next`. */
static size_t copy_line(struct folded *folded, str text, size_t at, bool begins_blank)
{
    size_t end = at, next;
    while (end < text.len && text.ptr[end] != '\n')
        end++;
    for (next = end; next < text.len && text.ptr[next] == '\n';)
        next++;
    bool deep = is_blank(text.ptr[at]);
    size_t breaks = next - end, written = breaks + (!deep && !begins_blank);
    memcpy(folded->text + folded->len, text.ptr + at, end - at);
    folded->len += end - at;
    if (breaks == 0)
        return next;
    if (next == text.len)
        add_breaks(folded, breaks == 1 ? 1 : written);
    else if (deep || is_blank(text.ptr[next]))
        add_breaks(folded, written);
    else if (written == 1)
        folded->text[folded->len++] = ' ';
    else
        add_breaks(folded, written - 1);
    return next;
}

str yaml_folded_again(str text, struct arena *arena)
{
    size_t at = 0;
    while (at < text.len && text.ptr[at] == '\n')
        at++;
    if (at == text.len || memchr(text.ptr, '\n', text.len) == NULL || !yaml_fits_block(text))
        return text;
    /* Every run of breaks grows by at most one. */
    struct folded folded = {.text = arena_alloc_bytes(arena, 2 * text.len)};
    bool begins_blank = is_blank(text.ptr[at]);
    add_breaks(&folded, at);
    while (at < text.len)
        at = copy_line(&folded, text, at, begins_blank);
    return str_from(folded.text, folded.len);
}
