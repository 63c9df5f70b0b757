#include "syncd/kube/kube_internal.h"

#include <criterion/criterion.h>
#include <stdio.h>

struct told {
    struct arena *arena;
    struct kube_status status;
    struct error err;
};

static struct told tell(int code, const char *body, bool secret)
{
    struct told told = {.arena = arena_create(ARENA_NO_BUDGET)};
    status_read(code, str_z(body), secret, STR("apply machines.example t/m"), limits_default(),
                told.arena, &told.status, &told.err);
    return told;
}

Test(status, names_the_owner_of_each_conflicting_field)
{
    struct told told = tell(
        409,
        "{\"kind\":\"Status\",\"reason\":\"Conflict\",\"code\":409,\"details\":{\"causes\":["
        "{\"reason\":\"FieldManagerConflict\",\"field\":\".spec.replicas\","
        "\"message\":\"conflict with \\\"kubectl-edit\\\" using v1\"},"
        "{\"reason\":\"FieldManagerConflict\",\"field\":\".spec.image\","
        "\"message\":\"conflict with \\\"hpa\\\" with subresource \\\"scale\\\" using v1\"}]}}",
        false);
    cr_assert_eq(told.err.class, ERROR_CONFLICT);
    cr_assert_eq(told.err.detail, 409);
    cr_assert_eq(told.status.cause_count, 2);
    cr_assert(str_equal(told.status.causes[0].manager, STR("kubectl-edit")));
    cr_assert(str_equal(told.status.causes[1].field, STR(".spec.image")));
    cr_assert_not_null(strstr(told.err.text, ".spec.replicas belongs to \"kubectl-edit\""), "%s",
                       told.err.text);
    arena_destroy(told.arena);
}

/* H84: what was sent must not come back in a message. */
Test(status, never_repeats_values)
{
    static const char *const messages[] = {
        "Invalid value: \\\"hunter2\\\": must be short",
        "Invalid value: \\\"a\\\\\\\"hunter2\\\": must be short",
        "Invalid value: hunter2: must be a number",
        "Invalid value: map[string]interface {}{hunter2:1}: must be of type string: must be",
        "unknown object type `hunter2`",
        "the value 'hunter2' is odd",
        "cut off \\\"hunter2",
    };
    for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
        char body[1024];
        snprintf(body, sizeof(body),
                 "{\"kind\":\"Status\",\"reason\":\"Invalid\",\"message\":\"%s\",\"details\":"
                 "{\"causes\":[{\"reason\":\"FieldValueInvalid\",\"message\":\"%s\",\"field\":"
                 "\"spec.x\"}]}}",
                 messages[i], messages[i]);
        struct told told = tell(422, body, false);
        cr_assert_eq(told.err.class, ERROR_INPUT);
        cr_assert_null(strstr(told.err.text, "hunter2"), "%s", told.err.text);
        cr_assert_eq(str_find(told.status.causes[0].rule, STR("hunter2")), SIZE_MAX);
        cr_assert_not_null(strstr(told.err.text, "spec.x"));
        arena_destroy(told.arena);
    }
}

Test(status, says_what_is_wrong_with_an_object_but_not_with_a_secret)
{
    static const char body[] =
        "{\"kind\":\"Status\",\"reason\":\"Invalid\",\"details\":{\"causes\":[{\"reason\":"
        "\"FieldValueInvalid\",\"message\":\"Invalid value: \\\"x\\\": spec.n in body must be of "
        "type integer: \\\"string\\\"\",\"field\":\"spec.n\"}]}}";
    struct told told = tell(422, body, false);
    cr_assert_not_null(strstr(told.err.text, "spec.n in body must be of type integer"), "%s",
                       told.err.text);
    arena_destroy(told.arena);
    told = tell(422, body, true);
    cr_assert_null(strstr(told.err.text, "in body"), "%s", told.err.text);
    cr_assert_not_null(strstr(told.err.text, "FieldValueInvalid"), "%s", told.err.text);
    arena_destroy(told.arena);
}

Test(status, goes_by_the_code_where_the_body_is_nothing)
{
    static const struct {
        int code;
        const char *body;
        enum error_class class;
        const char *rule;
    } cases[] = {
        {400, "", ERROR_INPUT, "E_API_BAD_REQUEST"},
        {401, "Unauthorized", ERROR_DENIED, "E_API_UNAUTHORIZED"},
        {403, "<html>no</html>", ERROR_DENIED, "E_API_FORBIDDEN"},
        {404, "{\"kind\":\"Pod\"}", ERROR_NOT_FOUND, "E_API_NOT_FOUND"},
        {409, "[1]", ERROR_CONFLICT, "E_API_CONFLICT"},
        {410, "{}", ERROR_UNAVAILABLE, "E_API_GONE"},
        {413, "x", ERROR_LIMIT, "E_API_TOO_LARGE"},
        {422, "{", ERROR_INPUT, "E_API_INVALID"},
        {429, "slow", ERROR_UNAVAILABLE, "E_API_BUSY"},
        {500, "boom", ERROR_UNAVAILABLE, "E_API_UNAVAILABLE"},
        {500,
         "{\"kind\":\"Status\",\"message\":\"failed to create typed patch object (default/x; /v1, "
         "Kind=ConfigMap): .data.a: expected string, got &value.valueUnstructured{Value:boom}\"}",
         ERROR_INPUT, "E_API_INVALID"},
        {503, "boom", ERROR_UNAVAILABLE, "E_API_UNAVAILABLE"},
        {504, "boom", ERROR_TIMEOUT, "E_API_TIMEOUT"},
        {302, "", ERROR_UNAVAILABLE, "E_REDIRECT"},
        {418, "", ERROR_INPUT, "E_API_REFUSED"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct told told = tell(cases[i].code, cases[i].body, false);
        cr_assert_eq(told.err.class, cases[i].class, "%d", cases[i].code);
        cr_assert_str_eq(told.err.rule, cases[i].rule);
        cr_assert_gt(told.status.reason.len, 0);
        cr_assert_null(strstr(told.err.text, "boom"));
        arena_destroy(told.arena);
    }
}
