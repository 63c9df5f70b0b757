/* problem: answers of requests that failed, as a Status. */
#include "syncd/apiserver/call.h"

#include "syncd/value/json.h"

#include <stdarg.h>
#include <stdio.h>

#define BODY_MAX ((size_t)512 << 20)

static str vprint(struct arena *arena, const char *format, va_list args) PRINTF_LIKE(2, 0);

static str vprint(struct arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    CHECK(len >= 0);
    char *text = arena_alloc_bytes(arena, (size_t)len + 1);
    (void)vsnprintf(text, (size_t)len + 1, format, args); /* measured above */
    return str_from(text, (size_t)len);
}

str api_resource_text(const struct api_definition *definition, struct arena *arena)
{
    if (definition->group.len == 0)
        return definition->plural;
    return arena_concat(arena, definition->plural, STR("."), definition->group);
}

static void about_resource(struct api_call *call)
{
    if (call->resource == NULL)
        return;
    call->problem.group = call->resource->definition->group;
    call->problem.kind = call->resource->definition->plural;
    call->problem.name = call->name;
}

bool api_fail(struct api_call *call, int code, const char *reason, const char *format, ...)
{
    call->problem = (struct api_problem){.code = code, .reason = reason, .no_details = true};
    va_list args;
    va_start(args, format);
    call->problem.message = vprint(call->arena, format, args);
    va_end(args);
    return false;
}

bool api_fail_bad_request(struct api_call *call, const char *format, ...)
{
    call->problem = (struct api_problem){.code = 400, .reason = "BadRequest", .no_details = true};
    va_list args;
    va_start(args, format);
    call->problem.message = vprint(call->arena, format, args);
    va_end(args);
    return false;
}

bool api_fail_error(struct api_call *call, int code, const char *reason, const struct error *err)
{
    return api_fail(call, code, reason, "%s", err->text);
}

bool api_fail_not_found(struct api_call *call)
{
    str resource = api_resource_text(call->resource->definition, call->arena);
    api_fail(call, 404, "NotFound", "%.*s \"%.*s\" not found", STR_ARG(resource),
             STR_ARG(call->name));
    call->problem.no_details = false;
    about_resource(call);
    return false;
}

bool api_fail_exists(struct api_call *call)
{
    str resource = api_resource_text(call->resource->definition, call->arena);
    const struct api_record *there =
        api_shelf_find(&call->resource->shelf, call->namespace, call->name);
    api_fail(call, 409, "AlreadyExists", "%s%.*s \"%.*s\" already exists",
             there != NULL && there->deleting ? "object is being deleted: " : "", STR_ARG(resource),
             STR_ARG(call->name));
    call->problem.no_details = false;
    about_resource(call);
    return false;
}

bool api_fail_modified(struct api_call *call)
{
    str resource = api_resource_text(call->resource->definition, call->arena);
    api_fail(call, 409, "Conflict",
             "Operation cannot be fulfilled on %.*s \"%.*s\": the object has been modified; please "
             "apply your changes to the latest version and try again",
             STR_ARG(resource), STR_ARG(call->name));
    call->problem.no_details = false;
    about_resource(call);
    return false;
}

/* The message says every problem once, however many layers found it. */
static bool is_first(const struct api_causes *causes, size_t index)
{
    const struct api_cause *one = &causes->list.items[index];
    for (size_t i = 0; i < index; i++)
        if (str_equal(causes->list.items[i].field, one->field) &&
            str_equal(causes->list.items[i].message, one->message))
            return false;
    return true;
}

static void invalid_message(struct api_call *call, str subject, const struct api_causes *causes)
{
    AUTO_BUF struct buf text = BUF_INIT(BODY_MAX);
    buf_printf(&text, "%.*s is invalid: ", STR_ARG(subject));
    size_t said = 0;
    for (size_t i = 0; i < causes->list.len; i++)
        said += is_first(causes, i);
    if (said > 1)
        buf_add_byte(&text, '[');
    for (size_t i = 0; i < causes->list.len; i++) {
        const struct api_cause *cause = &causes->list.items[i];
        if (!is_first(causes, i))
            continue;
        buf_printf(&text, "%s%.*s: %.*s", i > 0 ? ", " : "", STR_ARG(cause->field),
                   STR_ARG(cause->message));
    }
    if (said > 1)
        buf_add_byte(&text, ']');
    call->problem.message = buf_copy(&text, call->arena);
}

bool api_fail_invalid(struct api_call *call, const struct api_causes *causes, str name)
{
    const struct api_definition *definition = call->resource->definition;
    call->problem = (struct api_problem){.code = 422,
                                         .reason = "Invalid",
                                         .group = definition->group,
                                         .kind = definition->kind,
                                         .name = name,
                                         .causes = *causes};
    str kind = definition->kind;
    if (definition->group.len != 0)
        kind = arena_concat(call->arena, kind, STR("."), definition->group);
    invalid_message(call, arena_printf(call->arena, "%.*s \"%.*s\"", STR_ARG(kind), STR_ARG(name)),
                    causes);
    return false;
}

bool api_fail_options(struct api_call *call, const char *kind, const char *field,
                      const char *reason, const char *format, ...)
{
    struct api_causes causes = {.arena = call->arena};
    va_list args;
    va_start(args, format);
    struct api_cause cause = {
        .reason = reason, .message = vprint(call->arena, format, args), .field = str_z(field)};
    va_end(args);
    VEC_PUSH(call->arena, &causes.list, cause);
    call->problem = (struct api_problem){.code = 422,
                                         .reason = "Invalid",
                                         .group = STR("meta.k8s.io"),
                                         .kind = str_z(kind),
                                         .causes = causes};
    invalid_message(call, arena_printf(call->arena, "%s.meta.k8s.io \"\"", kind), &causes);
    return false;
}

void api_cause_add(struct api_causes *causes, const char *reason, str field, const char *format,
                   ...)
{
    va_list args;
    va_start(args, format);
    struct api_cause cause = {
        .reason = reason, .message = vprint(causes->arena, format, args), .field = field};
    va_end(args);
    VEC_PUSH(causes->arena, &causes->list, cause);
}

/* A value as Go's field errors print it: strings quoted, the rest as JSON. */
static str shown(value given, struct arena *arena)
{
    if (!value_present(given) || value_is(given, VALUE_NULL))
        return STR("null");
    return json_text(given, JSON_COMPACT, arena);
}

void api_cause_invalid(struct api_causes *causes, str field, value given, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    str what = vprint(causes->arena, format, args);
    va_end(args);
    str text = shown(given, causes->arena);
    api_cause_add(causes, "FieldValueInvalid", field, "Invalid value: %.*s: %.*s", STR_ARG(text),
                  STR_ARG(what));
}

void api_cause_required(struct api_causes *causes, str field, const char *what)
{
    if (what == NULL || what[0] == '\0')
        api_cause_add(causes, "FieldValueRequired", field, "Required value");
    else
        api_cause_add(causes, "FieldValueRequired", field, "Required value: %s", what);
}

void api_cause_unsupported(struct api_causes *causes, str field, value given,
                           const char *const *supported)
{
    AUTO_BUF struct buf list = BUF_INIT(4096);
    for (size_t i = 0; supported[i] != NULL; i++)
        buf_printf(&list, "%s\"%s\"", i > 0 ? ", " : "", supported[i]);
    str text = shown(given, causes->arena);
    api_cause_add(causes, "FieldValueNotSupported", field,
                  "Unsupported value: %.*s: supported values: %.*s", STR_ARG(text), (int)list.len,
                  list.len != 0 ? list.ptr : "");
}

void api_warn(struct api_call *call, str text)
{
    VEC_PUSH(call->arena, &call->reply->warnings, text);
}

static value details_of(const struct api_problem *problem, struct arena *arena)
{
    struct object_builder details;
    object_begin(&details, arena);
    const struct {
        const char *key;
        str text;
    } texts[] = {{"name", problem->name},
                 {"group", problem->group},
                 {"kind", problem->kind},
                 {"uid", problem->uid}};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        if (texts[i].text.len != 0)
            object_add(&details, str_z(texts[i].key), value_string(texts[i].text));
    if (problem->causes.list.len != 0) {
        struct array_builder causes;
        array_begin(&causes, arena);
        VEC_FOR (struct api_cause, cause, &problem->causes.list) {
            struct object_builder one;
            object_begin(&one, arena);
            object_add(&one, STR("reason"), value_string(str_z(cause->reason)));
            object_add(&one, STR("message"), value_string(cause->message));
            if (cause->field.len != 0)
                object_add(&one, STR("field"), value_string(cause->field));
            array_add(&causes, object_finish(&one));
        }
        object_add(&details, STR("causes"), array_finish(&causes));
    }
    if (problem->retry_after_s != 0)
        object_add(&details, STR("retryAfterSeconds"), value_int(problem->retry_after_s, arena));
    return object_finish(&details);
}

value api_problem_status(const struct api_problem *problem, struct arena *arena)
{
    struct object_builder status;
    object_begin(&status, arena);
    object_add(&status, STR("kind"), value_string(STR("Status")));
    object_add(&status, STR("apiVersion"), value_string(STR("v1")));
    object_add(&status, STR("metadata"), (value){.kind = VALUE_OBJECT});
    object_add(&status, STR("status"), value_string(STR("Failure")));
    if (problem->message.len != 0)
        object_add(&status, STR("message"), value_string(problem->message));
    if (problem->reason != NULL)
        object_add(&status, STR("reason"), value_string(str_z(problem->reason)));
    if (!problem->no_details)
        object_add(&status, STR("details"), details_of(problem, arena));
    object_add(&status, STR("code"), value_int(problem->code, arena));
    return object_finish(&status);
}

void api_reply_problem(struct api_call *call)
{
    struct api_reply *reply = call->reply;
    buf_clear(&reply->body);
    reply->status = call->problem.code;
    reply->content_type = STR("application/json");
    reply->watch = NULL;
    json_write(api_problem_status(&call->problem, call->arena), JSON_COMPACT, &reply->body);
    buf_add_byte(&reply->body, '\n');
}
