/* What was shown on pull requests, in a file: what is merged later is compared with it, also after
 * a restart. */
#include "syncd/daemon/reviews_internal.h"
#include "syncd/value/json.h"

#include <stdio.h>
#include <stdlib.h>

#define FILE_NAME "reviews.json"

static value review_value(const struct review *review, struct arena *arena)
{
    char digest[PLAN_DIGEST_TEXT];
    struct object_builder object;
    plan_digest_print(&review->digest, digest);
    object_begin(&object, arena);
    object_add(&object, STR("number"), value_uint(review->number, arena));
    object_add(&object, STR("author"), value_string(str_z(review->author)));
    object_add(&object, STR("digest"), value_string(arena_str(arena, str_z(digest))));
    return object_finish(&object);
}

void review_file_save(const struct reviews *reviews)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct array_builder list;
    array_begin(&list, arena);
    LIST_FOR (node, &reviews->reviews) {
        const struct review *review = LIST_ITEM(node, struct review, node);
        if (review->shown)
            array_add(&list, review_value(review, arena));
    }
    if (!state_write(reviews->daemon, FILE_NAME,
                     json_text(array_finish(&list), JSON_INDENT2, arena)))
        LOG(LOG_WARN, "what was shown on pull requests cannot be recorded");
}

static void take_review(struct reviews *reviews, value item)
{
    int64_t number;
    struct plan_digest digest;
    if (!value_to_i64(value_get(item, STR("number")), &number) || number <= 0 ||
        !plan_digest_read(value_str(value_get(item, STR("digest"))), &digest) ||
        review_find(reviews, (uint64_t)number) != NULL)
        return;
    struct review *review = calloc(1, sizeof(*review));
    CHECK(review != NULL);
    review->number = (uint64_t)number;
    review->shown = true;
    review->digest = digest;
    (void)snprintf(review->author, sizeof(review->author), "%.*s",
                   STR_ARG(value_str(value_get(item, STR("author")))));
    list_append(&reviews->reviews, &review->node);
}

void review_file_load(struct reviews *reviews)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    value list;
    str text = state_read(reviews->daemon, FILE_NAME, arena);
    if (text.len == 0)
        return;
    if (!json_read(text, limits_default(), arena, &list, &err)) {
        LOG(LOG_WARN, "what was shown on pull requests cannot be read; it is shown anew",
            FIELD("problem", str_z(err.text)));
        return;
    }
    for (size_t i = 0; value_is(list, VALUE_ARRAY) && i < value_len(list); i++)
        take_review(reviews, value_item(list, i));
}
