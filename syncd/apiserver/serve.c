/* serve: from a path to what answers it. */
#include "syncd/apiserver/call.h"

#include "syncd/apiserver/controllers.h"
#include "syncd/apiserver/discovery.h"
#include "syncd/apiserver/edit.h"
#include "syncd/apiserver/openapi.h"
#include "syncd/apiserver/verbs.h"

#define REPLY_MAX   ((size_t)512 << 20)
#define MANAGER_MAX 128

str api_query(const struct api_call *call, const char *name)
{
    return http_fields_get(call->request->query, str_z(name), false);
}

bool api_has_query(const struct api_call *call, const char *name)
{
    return http_fields_has(call->request->query, str_z(name), false);
}

static bool is_method(const struct api_call *call, const char *method)
{
    return str_equal(call->request->method, str_z(method));
}

/* "kubectl/v1.36 (linux)" → "kubectl" */
static str owner_of_agent(str user_agent)
{
    str name = str_slice(user_agent, 0, str_index(user_agent, '/'));
    return str_slice(name, 0, MANAGER_MAX);
}

static const char *options_kind(const struct api_call *call)
{
    if (is_method(call, "POST"))
        return "CreateOptions";
    if (is_method(call, "PUT"))
        return "UpdateOptions";
    return is_method(call, "PATCH") ? "PatchOptions" : "DeleteOptions";
}

static bool read_validation(struct api_call *call)
{
    static const struct {
        const char *text;
        enum api_validation validation;
    } rows[] = {{"", API_VALIDATE_WARN},
                {"Ignore", API_VALIDATE_IGNORE},
                {"Strict", API_VALIDATE_STRICT},
                {"Warn", API_VALIDATE_WARN}};
    str text = api_query(call, "fieldValidation");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_equal(text, str_z(rows[i].text))) {
            call->validation = rows[i].validation;
            return true;
        }
    }
    return api_fail_options(call, options_kind(call), "fieldValidation", "FieldValueNotSupported",
                            "Unsupported value: \"%.*s\": supported values: \"\", \"Ignore\", "
                            "\"Strict\", \"Warn\"",
                            STR_ARG(text));
}

/* What writing requests say in their query. */
static bool read_options(struct api_call *call)
{
    str dry = api_query(call, "dryRun"), manager = api_query(call, "fieldManager");
    if (dry.len != 0 && !str_equal(dry, STR("All")))
        return api_fail_options(call, options_kind(call), "dryRun", "FieldValueNotSupported",
                                "Unsupported value: [\"%.*s\"]: supported values: \"All\"",
                                STR_ARG(dry));
    if (manager.len > MANAGER_MAX)
        return api_fail_options(call, options_kind(call), "fieldManager", "FieldValueTooLong",
                                "Too long: may not be more than %d bytes", MANAGER_MAX);
    call->dry_run = dry.len != 0;
    call->force = str_equal(api_query(call, "force"), STR("true")) ||
                  str_equal(api_query(call, "force"), STR("1"));
    call->manager = manager.len != 0 ? manager : owner_of_agent(call->request->user_agent);
    return is_method(call, "DELETE") || read_validation(call);
}

static bool fail_method(struct api_call *call)
{
    api_fail(call, 405, "MethodNotAllowed",
             "the server does not allow this method on the requested resource");
    call->problem.no_details = false;
    return false;
}

static bool fail_path(struct api_call *call)
{
    api_fail(call, 404, "NotFound", "the server could not find the requested resource");
    call->problem.no_details = false;
    return false;
}

/* Text that is no Status. */
static void reply_text(struct api_call *call, int status, str text)
{
    buf_clear(&call->reply->body);
    call->reply->status = status;
    call->reply->content_type = STR("text/plain; charset=utf-8");
    buf_add(&call->reply->body, text);
}

static bool read_collection(struct api_call *call)
{
    str watch = api_query(call, "watch");
    bool wanted = api_has_query(call, "watch") && !str_equal(watch, STR("false")) &&
                  !str_equal(watch, STR("0"));
    return wanted ? api_watch_begin(call) : api_list(call);
}

static bool serve_collection(struct api_call *call)
{
    const struct api_builtin *builtin = call->resource->definition->builtin;
    bool create_only = builtin != NULL && builtin->create_only;
    bool whole = call->namespace.len == 0 && call->resource->definition->namespaced;
    if (is_method(call, "POST") && create_only)
        return read_options(call) && api_review(call);
    if (is_method(call, "GET") && !create_only)
        return read_collection(call);
    if (is_method(call, "POST") && !whole)
        return read_options(call) && api_create(call);
    if (is_method(call, "DELETE") && !create_only && !whole &&
        !(builtin != NULL && builtin->no_delete_collection))
        return read_options(call) && api_delete_collection(call);
    if (builtin == NULL && (is_method(call, "PUT") || is_method(call, "PATCH")))
        return api_fail_bad_request(call, "name must be provided");
    return fail_method(call);
}

static bool serve_object(struct api_call *call)
{
    bool main = call->subresource.len == 0;
    if (is_method(call, "GET"))
        return main && api_has_query(call, "watch") &&
                       !str_equal(api_query(call, "watch"), STR("false"))
                   ? api_watch_begin(call)
                   : api_get(call);
    if (is_method(call, "PUT"))
        return read_options(call) && api_update(call);
    if (is_method(call, "PATCH"))
        return read_options(call) && api_patch(call);
    if (is_method(call, "DELETE") && main)
        return read_options(call) && api_delete(call);
    if (is_method(call, "POST") && main && call->resource->definition->builtin == NULL)
        return read_options(call) && api_create(call);
    return fail_method(call);
}

static bool serve_resource(struct api_call *call)
{
    const struct api_builtin *builtin = call->resource->definition->builtin;
    if (call->version->deprecation.len != 0)
        api_warn(call, call->version->deprecation);
    if (!api_negotiate(call, true))
        return false;
    if (call->name.len == 0)
        return serve_collection(call);
    if (builtin != NULL && builtin->create_only)
        return fail_path(call);
    if (call->subresource.len == 0 ||
        (str_equal(call->subresource, STR("status")) && call->version->has_status))
        return serve_object(call);
    if (str_equal(call->subresource, STR("scale")) && call->version->has_scale) {
        if (!is_method(call, "GET") && !is_method(call, "PUT") && !is_method(call, "PATCH"))
            return fail_method(call);
        return read_options(call) && api_scale(call);
    }
    if (str_equal(call->subresource, STR("finalize")) && is_method(call, "PUT") &&
        builtin != NULL && str_equal(call->resource->definition->plural, STR("namespaces")))
        return read_options(call) && api_finalize(call);
    return builtin != NULL ? fail_path(call) : api_fail_not_found(call);
}

/* Groups with built-in kinds answer a Status for paths that lead nowhere. */
static bool has_builtin(const struct api_call *call, str group)
{
    for (size_t i = 0; i < call->world->builtin_count; i++)
        if (str_equal(call->world->builtins[i]->group, group))
            return true;
    return false;
}

/* [namespaces/NS/]RESOURCE[/NAME[/SUBRESOURCE]] */
static bool find_resource(struct api_call *call, str group, str version, str rest)
{
    str plural, name = {0}, sub = {0}, namespace = {0};
    if (!str_cut(&rest, '/', &plural))
        return fail_path(call);
    bool spaced = false;
    if (str_equal(plural, STR("namespaces")) && str_cut(&rest, '/', &namespace)) {
        str inner = rest, next;
        if (str_cut(&inner, '/', &next) && !str_equal(next, STR("status")) &&
            !str_equal(next, STR("finalize"))) {
            plural = next;
            rest = inner;
            spaced = true;
        } else {
            name = namespace;
            namespace = (str){0};
            sub = rest;
        }
    }
    if (name.len == 0 && str_cut(&rest, '/', &name))
        sub = rest;
    struct api_resource *resource = api_cluster_resource(call->cluster, group, plural);
    const struct api_version *found =
        resource != NULL ? api_definition_version(resource->definition, version) : NULL;
    bool needs_space = resource != NULL && resource->definition->namespaced;
    if (found == NULL || !found->served || spaced != (needs_space && spaced) ||
        (needs_space && !spaced && name.len != 0)) {
        if (has_builtin(call, group))
            return fail_path(call);
        reply_text(call, 404, STR("404 page not found\n"));
        return true;
    }
    call->resource = resource;
    call->version = found;
    call->namespace = namespace;
    call->name = name;
    call->subresource = sub;
    return serve_resource(call);
}

static bool serve_group(struct api_call *call, str group, str rest)
{
    str version;
    bool found;
    if (rest.len == 0) {
        found = api_discover_group(call, group);
    } else {
        bool more = str_cut(&rest, '/', &version) && rest.len != 0;
        size_t known = 0;
        for (size_t i = 0; i < call->cluster->resource_count; i++) {
            const struct api_definition *definition = call->cluster->resources[i]->definition;
            const struct api_version *one = api_definition_version(definition, version);
            known += str_equal(definition->group, group) && one != NULL && one->served;
        }
        if (known != 0 && more)
            return find_resource(call, group, version, rest);
        found = !more && api_discover_version(call, group, version);
    }
    if (!found)
        reply_text(call, 404, STR("404 page not found\n"));
    return true;
}

static void reply_version(struct api_call *call)
{
    static const struct {
        const char *key, *text;
    } rows[] = {{"buildDate", "1970-01-01T00:00:00Z"},
                {"compiler", "gcc"},
                {"emulationMajor", "1"},
                {"emulationMinor", "36"},
                {"gitCommit", ""},
                {"gitTreeState", ""},
                {"gitVersion", "v1.36.1+syncd." SYNCD_VERSION},
                {"goVersion", ""},
                {"major", "1"},
                {"minCompatibilityMajor", "1"},
                {"minCompatibilityMinor", "35"},
                {"minor", "36"},
                {"platform", "linux/amd64"}};
    value out = api_empty_object();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        out = value_with(out, str_z(rows[i].key), api_text(rows[i].text), call->arena);
    call->reply->content_type = (str){0};
    api_reply_value(call, 200, out);
}

static bool serve_path(struct api_call *call)
{
    static const char *const healthy[] = {"/healthz", "/livez", "/readyz"};
    str path = call->request->path;
    if (str_ends(path, STR("/")) && path.len > 1)
        path.len--;
    for (size_t i = 0; i < ARRAY_LEN(healthy); i++) {
        if (str_equal(path, str_z(healthy[i]))) {
            reply_text(call, 200, STR("ok"));
            return true;
        }
    }
    if (str_equal(path, STR("/version"))) {
        reply_version(call);
        return true;
    }
    if (str_starts(path, STR("/openapi/v3")))
        return api_openapi(call, str_skip(path, sizeof "/openapi/v3"));
    if (str_equal(path, STR("/api")))
        return api_discover_core(call), true;
    if (str_equal(path, STR("/apis")))
        return api_discover_groups(call), true;
    if (str_starts(path, STR("/api/")))
        return serve_group(call, (str){0}, str_skip(path, sizeof "/api/" - 1));
    if (str_starts(path, STR("/apis/"))) {
        str rest = str_skip(path, sizeof "/apis/" - 1), group;
        if (str_cut(&rest, '/', &group) && group.len != 0)
            return serve_group(call, group, rest);
    }
    reply_text(call, 404, STR("404 page not found\n"));
    return true;
}

void api_serve(struct api_cluster *cluster, const struct api_request *request, struct arena *arena,
               struct api_reply *reply)
{
    struct api_world *world = cluster->world;
    struct arena_mark mark = arena_mark(world->scratch);
    struct api_call call = {.cluster = cluster,
                            .world = world,
                            .request = request,
                            .reply = reply,
                            .arena = arena,
                            .scratch = world->scratch};
    *reply = (struct api_reply){.status = 200};
    buf_init(&reply->body, REPLY_MAX);
    if (!serve_path(&call))
        api_reply_problem(&call);
    arena_rewind(world->scratch, mark);
    api_controllers_run(cluster);
}
