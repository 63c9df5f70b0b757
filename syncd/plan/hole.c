#include "syncd/plan/hole.h"

bool hole_in(str text)
{
    return str_find(text, STR("(frozen ")) != SIZE_MAX ||
           str_find(text, STR("KGZyb3plbi")) != SIZE_MAX; /* the same in base64 */
}

static value fill_object(value document, value live, struct arena *arena)
{
    for (size_t i = 0; i < value_len(document); i++) {
        const struct member *member = value_member(document, i);
        value filled = hole_fill(member->val, value_get(live, member->key), arena);
        if (!value_equal(filled, member->val))
            document = value_with(document, member->key, filled, arena);
    }
    return document;
}

static value fill_array(value document, value live, struct arena *arena)
{
    size_t both = value_len(document) < value_len(live) ? value_len(document) : value_len(live);
    for (size_t i = 0; i < both; i++) {
        value filled = hole_fill(value_item(document, i), value_item(live, i), arena);
        if (!value_equal(filled, value_item(document, i)))
            document = value_with_item(document, i, filled, arena);
    }
    return document;
}

value hole_fill(value document, value live, struct arena *arena)
{
    if (value_is(document, VALUE_STRING))
        return value_is(live, VALUE_STRING) && hole_in(value_str(document)) ? live : document;
    if (value_is(document, VALUE_OBJECT) && value_is(live, VALUE_OBJECT))
        return fill_object(document, live, arena);
    if (value_is(document, VALUE_ARRAY) && value_is(live, VALUE_ARRAY))
        return fill_array(document, live, arena);
    return document;
}
