/*
 * Predicts on a pipe what an API server answers to writes of one object: one JSON case a line in,
 * one answer a line out.
 *
 *     {"crd": {…} or "schemas": {…}, "steps": [{"verb": "apply", "manager": "a", "object": {…}}]}
 *     {"steps": [{"ok": true, "object": {…}}, {"ok": false, "error": "…", "conflicts": […]}]}
 *
 * Verbs: apply, update (create when nothing is there). A refused step leaves the object as it was.
 * Around diff/merge it does only what the server does with custom resources before it stores them.
 *
 * "kinds": "builtin" takes the types of our own table, "openapi" those of the documents whose paths
 * are the program's arguments; then "live" is the object before the first step.
 */
#include "diff/merge.h"
#include "syncd/base/clock.h"
#include "syncd/value/json.h"

#include <stdio.h>
#include <stdlib.h>

#define CASE_SECONDS INT64_C(1767225600) /* all steps in one second, as fast requests are */

/* What is read once: the table, and the documents named on the command line. */
struct shared {
    struct schema_set *builtin, *openapi;
};

struct world {
    const struct shared *shared;
    struct arena *arena, *scratch;
    struct schema_set *set;
    value live;      /* ABSENT: nothing there yet */
    bool has_status; /* the kind has a status subresource */
    struct merge_version versions[8];
    size_t version_count;
    bool bare; /* no server around the field manager: only what merge says */
    value null_emptied;
};

static bool is_status(const struct merge_request *request)
{
    return str_equal(request->subresource, STR("status"));
}

/* What the strategies of custom resources do before they store. */
static value reset_fields(const struct world *world, const struct merge_request *request,
                          value object)
{
    struct arena *arena = world->arena;
    value before = value_get(world->live, STR("status"));
    if (is_status(request)) {
        value status = value_get(object, STR("status"));
        value fields = value_get2(object, STR("metadata"), STR("managedFields"));
        const str path[] = {STR("metadata"), STR("managedFields")};
        object = value_present(status) ? value_with(world->live, STR("status"), status, arena)
                                       : value_without(world->live, STR("status"), arena);
        return value_present(fields) ? value_with_path(object, path, 2, fields, arena)
                                     : value_without_path(object, path, 2, arena);
    }
    if (!world->has_status)
        return object;
    return value_present(before) ? value_with(object, STR("status"), before, arena)
                                 : value_without(object, STR("status"), arena);
}

static value with_uid(struct arena *arena, value object)
{
    const str path[] = {STR("metadata"), STR("uid")};
    return value_with_path(object, path, ARRAY_LEN(path), value_string(STR("u")), arena);
}

static value refusal(str text, value conflicts, struct arena *arena);
static value success(value object, struct arena *arena);

static value text_value(str text)
{
    return value_string(text);
}

static value cause(str field, str message, struct arena *arena)
{
    struct object_builder entry;
    object_begin(&entry, arena);
    object_add(&entry, STR("field"), text_value(field));
    object_add(&entry, STR("message"), text_value(message));
    return object_finish(&entry);
}

/* ABSENT when the object is valid; else the refusal with its causes. */
static value check(const struct world *world, const struct merge_request *request, value object)
{
    struct schema_problems problems = {0};
    struct array_builder causes;
    bool good = is_status(request) ? schema_validate_status(request->type, object, world->live,
                                                            world->arena, world->scratch, &problems)
                                   : schema_validate(request->type, object, world->live,
                                                     world->arena, world->scratch, &problems);
    if (good)
        return value_absent();
    array_begin(&causes, world->arena);
    for (size_t i = 0; i < problems.list.len; i++)
        array_add(&causes,
                  cause(problems.list.items[i].path, problems.list.items[i].text, world->arena));
    return refusal(STR("invalid"), array_finish(&causes), world->arena);
}

static value store(struct world *world, const struct merge_request *request, value object)
{
    if (world->bare) {
        world->live = object;
        return success(object, world->arena);
    }
    object = reset_fields(world, request, object);
    if (!value_present(world->live))
        object = with_uid(world->arena, object);
    value refused = check(world, request, object);
    if (value_present(refused))
        return refused;
    object = schema_prune(request->type, object, world->arena, NULL);
    if (value_present(world->live) && merge_is_noop(world->live, object))
        object = world->live;
    world->live = object;
    return success(object, world->arena);
}

static value answer_conflicts(const struct merge_result *result, struct arena *arena)
{
    struct array_builder list;
    array_begin(&list, arena);
    for (size_t i = 0; i < result->conflict_count; i++)
        array_add(&list, cause(result->conflicts[i].path_text, result->conflicts[i].text, arena));
    return array_finish(&list);
}

static value refusal(str text, value conflicts, struct arena *arena)
{
    struct object_builder answer;
    object_begin(&answer, arena);
    object_add(&answer, STR("ok"), value_bool(false));
    object_add(&answer, STR("error"), text_value(text));
    if (value_present(conflicts))
        object_add(&answer, STR("conflicts"), conflicts);
    return object_finish(&answer);
}

static value success(value object, struct arena *arena)
{
    struct object_builder answer;
    object_begin(&answer, arena);
    object_add(&answer, STR("ok"), value_bool(true));
    object_add(&answer, STR("object"), object);
    return object_finish(&answer);
}

static value run_apply(struct world *world, const struct merge_request *request, value object)
{
    struct error err = ERROR_INIT;
    struct merge_result result;
    if (!merge_apply(request, world->live, object, world->arena, world->scratch, &result, &err))
        return refusal(arena_str(world->arena, str_z(err.text)), value_absent(), world->arena);
    if (result.conflict_count != 0)
        return refusal(result.conflict_text, answer_conflicts(&result, world->arena), world->arena);
    return store(world, request, result.object);
}

static value run_update(struct world *world, const struct merge_request *request, value object)
{
    struct merge_result result;
    if (!world->bare) {
        object = schema_prune(request->type, object, world->arena, NULL);
        object = schema_default(request->type, object, world->arena);
        if (value_present(world->live))
            object = with_uid(world->arena, object);
    }
    merge_update(request, world->live, object, world->arena, world->scratch, &result);
    return store(world, request, result.object);
}

static const struct schema_type *find_type(const struct world *world, value object)
{
    struct gvk gvk;
    str kind = value_str(value_get(object, STR("kind")));
    if (world->set == NULL)
        return schema_untyped();
    if (!gvk_from_api_version(value_str(value_get(object, STR("apiVersion"))), kind, &gvk))
        return NULL;
    return schema_find(world->set, gvk);
}

static struct field_set resets_of(const struct world *world, const struct merge_request *request)
{
    if (is_status(request))
        return merge_reset(MERGE_STATUS);
    return merge_reset(world->has_status ? MERGE_MAIN_WITH_STATUS : MERGE_MAIN);
}

/* The stored object in the version of the request. */
static void convert_live(struct world *world, str version)
{
    if (value_present(world->live) && world->version_count != 0)
        world->live =
            value_with(world->live, STR("apiVersion"), value_string(version), world->arena);
}

static value run_step(struct world *world, value step)
{
    value object = value_get(step, STR("object"));
    struct merge_request request = {
        .type = find_type(world, object),
        .api_version = value_str(value_get(object, STR("apiVersion"))),
        .manager = value_str(value_get(step, STR("manager"))),
        .subresource = value_str(value_get(step, STR("subresource"))),
        .force = value_true(value_get(step, STR("force"))),
        .null_emptied = value_true(world->null_emptied),
        .versions = world->versions,
        .version_count = world->version_count,
        .now_ns = CASE_SECONDS * NS_PER_S,
    };
    if (request.type == NULL)
        return refusal(STR("no such kind"), value_absent(), world->arena);
    request.reset = resets_of(world, &request);
    convert_live(world, request.api_version);
    if (str_equal(value_str(value_get(step, STR("verb"))), STR("apply")))
        return run_apply(world, &request, object);
    return run_update(world, &request, object);
}

static bool read_versions(struct world *world, value crd)
{
    value spec = value_get(crd, STR("spec")), list = value_get(spec, STR("versions"));
    CHECK(value_len(list) <= ARRAY_LEN(world->versions));
    for (size_t i = 0; i < value_len(list); i++) {
        struct gvk gvk = {.group = value_str(value_get(spec, STR("group"))),
                          .version = value_str(value_get(value_item(list, i), STR("name"))),
                          .kind = value_str(value_get2(spec, STR("names"), STR("kind")))};
        world->versions[world->version_count++] = (struct merge_version){
            gvk_api_version(gvk, world->arena), schema_find(world->set, gvk)};
    }
    return true;
}

static bool read_types(struct world *world, value input, struct error *err)
{
    value crd = value_get(input, STR("crd")), schemas = value_get(input, STR("schemas"));
    str kinds = value_str(value_get(input, STR("kinds")));
    world->bare = !value_present(crd);
    if (kinds.len != 0) {
        world->set =
            str_equal(kinds, STR("builtin")) ? world->shared->builtin : world->shared->openapi;
        return true;
    }
    if (!value_present(crd) && !value_present(schemas))
        return true;
    world->set = schema_set_make(world->arena);
    if (value_present(crd)) {
        value version = value_item(value_get2(crd, STR("spec"), STR("versions")), 0);
        world->has_status = value_present(value_get2(version, STR("subresources"), STR("status")));
        return schema_add_crd(world->set, crd, err) && read_versions(world, crd);
    }
    struct object_builder components, document;
    object_begin(&components, world->arena);
    object_add(&components, STR("schemas"), schemas);
    object_begin(&document, world->arena);
    object_add(&document, STR("components"), object_finish(&components));
    return schema_add_openapi(world->set, object_finish(&document), err);
}

static value run_case(struct world *world, str line)
{
    struct error err = ERROR_INIT;
    value input;
    if (!json_read(line, limits_default(), world->arena, &input, &err) ||
        !read_types(world, input, &err))
        return refusal(arena_str(world->arena, str_z(err.text)), value_absent(), world->arena);
    value steps = value_get(input, STR("steps"));
    world->live = value_get(input, STR("live"));
    world->null_emptied = value_get(input, STR("null_emptied"));
    struct array_builder answers;
    array_begin(&answers, world->arena);
    for (size_t i = 0; i < value_len(steps); i++)
        array_add(&answers, run_step(world, value_item(steps, i)));
    struct object_builder answer;
    object_begin(&answer, world->arena);
    object_add(&answer, STR("steps"), array_finish(&answers));
    return object_finish(&answer);
}

/* The whole file; ends the program when it cannot be read. */
static str read_file(const char *path, struct arena *arena)
{
    FILE *file = fopen(path, "rb");
    char piece[1 << 16];
    AUTO_BUF struct buf buf = BUF_INIT(64u << 20);
    size_t len;
    CHECK(file != NULL);
    while ((len = fread(piece, 1, sizeof(piece), file)) != 0)
        buf_add(&buf, str_from(piece, len));
    (void)fclose(file); /* only read */
    return buf_copy(&buf, arena);
}

static void read_shared(int count, char **paths, struct arena *arena, struct shared *shared)
{
    struct limits limits = *limits_default();
    limits.file_bytes = 64u << 20;
    shared->builtin = schema_set_make(arena);
    schema_add_builtin(shared->builtin);
    shared->openapi = schema_set_make(arena);
    for (int i = 0; i < count; i++) {
        AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
        struct error err = ERROR_INIT;
        value document;
        if (!json_read(read_file(paths[i], scratch), &limits, scratch, &document, &err) ||
            !schema_add_openapi(shared->openapi, document, &err)) {
            fprintf(stderr, "%s: %s\n", paths[i], err.text);
            exit(EXIT_FAILURE);
        }
    }
    if (count != 0)
        fprintf(stderr, "%zu bytes of types\n", arena_used(arena));
}

int main(int argc, char **argv)
{
    AUTO_ARENA struct arena *types = arena_create(ARENA_NO_BUDGET);
    struct shared shared;
    read_shared(argc - 1, argv + 1, types, &shared);
    char *line = NULL;
    size_t capacity = 0;
    ssize_t len;
    while ((len = getline(&line, &capacity, stdin)) > 0) {
        AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
        AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
        struct world world = {.shared = &shared, .arena = arena, .scratch = scratch};
        str answer = json_text(run_case(&world, str_from(line, (size_t)len)), JSON_COMPACT, arena);
        (void)fwrite(answer.ptr, 1, answer.len, stdout); /* a closed pipe ends the loop below */
        if (putchar('\n') == EOF || fflush(stdout) != 0)
            break;
    }
    free(line);
    return 0;
}
