#include "syncd/live/live.h"

#include "syncd/value/json.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define OURS(flavor)                                                                               \
    "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\",\"namespace\":"    \
    "\"b\",\"uid\":\"u\",\"resourceVersion\":\"7\",\"labels\":{\"own\":\"me\"},"                   \
    "\"managedFields\":[{\"manager\":\"syncd\",\"operation\":\"Apply\",\"apiVersion\":\"v1\","     \
    "\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{\"f:data\":{\"f:flavor\":{}}}},{\"manager\":"       \
    "\"kubectl-edit\",\"operation\":\"Update\",\"apiVersion\":\"v1\",\"time\":"                    \
    "\"2024-05-06T07:08:09Z\",\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{\"f:data\":"               \
    "{\"f:other\":{}}}}]},\"data\":{\"flavor\":\"" flavor "\",\"other\":\"x\"}}"

static value parse(struct arena *arena, const char *text)
{
    value document;
    struct error err = ERROR_INIT;
    cr_assert(json_read(str_z(text), limits_default(), arena, &document, &err), "%s", err.text);
    return document;
}

static struct live_view view(struct arena *arena, const char *text)
{
    struct live_view view;
    struct error err = ERROR_INIT;
    cr_assert(live_view(parse(arena, text), STR("own"), arena, &view, &err), "%s", err.text);
    return view;
}

Test(live, hashes_our_fields_and_nothing_else)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct live_view before = view(arena, OURS("large"));
    cr_assert(before.ours);
    cr_assert(str_equal(before.owner, STR("me")));
    cr_assert(str_equal(before.resource_version, STR("7")));
    struct live_view same = view(arena, OURS("large"));
    struct live_view other = view(arena, OURS("tiny"));
    cr_assert_eq(before.fields.low, same.fields.low);
    cr_assert_neq(before.fields.low, other.fields.low);
    /* Somebody else's field. */
    char text[2048];
    (void)snprintf(text, sizeof(text), "%s", OURS("large"));
    memcpy(strstr(text, "\"other\":\"x\""), "\"other\":\"y\"", 11);
    cr_assert_eq(before.fields.low, view(arena, text).fields.low);
}

#define EMPTY(others, dir)                                                                         \
    "{\"apiVersion\":\"v1\",\"kind\":\"Thing\",\"metadata\":{\"name\":\"a\",\"managedFields\":[{"  \
    "\"manager\":\"syncd\",\"operation\":\"Apply\",\"apiVersion\":\"v1\",\"fieldsType\":"          \
    "\"FieldsV1\","                                                                                \
    "\"fieldsV1\":{\"f:dir\":{}}}" others "]},\"dir\":" dir "}"
#define ANOTHER                                                                                    \
    ",{\"manager\":\"b\",\"operation\":\"Update\",\"apiVersion\":\"v1\",\"fieldsType\":"           \
    "\"FieldsV1\","                                                                                \
    "\"fieldsV1\":{\"f:dir\":{\"f:size\":{}}}}"

Test(live, does_not_own_what_others_put_into_our_empty_map)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct live_view before = view(arena, EMPTY("", "{}"));
    cr_assert(before.ours);
    struct live_view after = view(arena, EMPTY(ANOTHER, "{\"size\":1}"));
    cr_assert_eq(before.fields.low, after.fields.low);
    after = view(arena, EMPTY(ANOTHER, "{\"size\":1,\"path\":\"x\"}"));
    cr_assert_neq(before.fields.low, after.fields.low);
}

Test(live, an_object_without_our_entry_is_not_ours)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct live_view seen =
        view(arena, "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":"
                    "{\"name\":\"a\",\"namespace\":\"b\"}}");
    cr_assert_not(seen.ours);
}
