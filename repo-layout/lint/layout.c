/* Where files stand: projects/NAMESPACE/CLUSTER, regional/REGION, declarations. */
#include "repo-layout/lint/lint_internal.h"

/* The part of the path behind the directory `above`/, or empty. */
static bool below(str file, str above, str *ret_first, str *ret_second)
{
    str rest = file;
    if (!str_starts(rest, above))
        return false;
    rest = str_skip(rest, above.len);
    *ret_second = (str){0};
    size_t slash = str_index(rest, '/');
    if (slash == SIZE_MAX)
        return false;
    *ret_first = str_slice(rest, 0, slash);
    rest = str_skip(rest, slash + 1);
    slash = str_index(rest, '/');
    if (slash != SIZE_MAX)
        *ret_second = str_slice(rest, 0, slash);
    return true;
}

/* Both hold projects: those the platform makes, and those that are attached. */
static const str project_roots[] = {STR_INIT("projects/"), STR_INIT("attached/")};

static bool in_project(const struct object *object, str *ret_namespace, str *ret_cluster)
{
    for (size_t i = 0; i < ARRAY_LEN(project_roots); i++) {
        if (below(object->source.file, project_roots[i], ret_namespace, ret_cluster))
            return true;
    }
    return false;
}

void lint_layout_namespace(struct lint *lint)
{
    VEC_FOR (const struct object, object, &lint->input->head->objects) {
        str namespace, cluster;
        if (!in_project(object, &namespace, &cluster))
            continue;
        str own = object->id.namespace;
        if (str_equal(object->id.gvk.kind, STR("Namespace")) && object->id.gvk.group.len == 0)
            own = object->id.name;
        if (own.len != 0 && !str_equal(own, namespace))
            lint_report(lint, object, 0, "%.*s stands in the directory of namespace %.*s",
                        STR_ARG(lint_name(lint, object)), STR_ARG(namespace));
    }
}

/* The cluster that an object belongs to by its own words; empty = none. */
static str cluster_of(const struct lint *lint, const struct object *object)
{
    const struct level_layout *layout = &lint->level->layout;
    if (lint_kind(lint, object) == layout->cluster)
        return object->id.name;
    return layout->owner != NULL ? level_path_text(layout->owner, object->document) : (str){0};
}

/* Only directories that hold a cluster of their name are a cluster's. */
void lint_layout_cluster(struct lint *lint)
{
    if (lint->level->layout.cluster == NULL)
        return;
    VEC_FOR (const struct object, object, &lint->input->head->objects) {
        str namespace, directory;
        if (!in_project(object, &namespace, &directory) || directory.len == 0)
            continue;
        str own = cluster_of(lint, object);
        bool is_cluster = lint_kind(lint, object) == lint->level->layout.cluster;
        bool of_cluster =
            lint_find(lint, lint->level->layout.cluster, namespace, directory) != NULL;
        if (own.len != 0 && !str_equal(own, directory) && (is_cluster || of_cluster))
            lint_report(lint, object, 0, "%.*s of cluster %.*s stands in the directory of %.*s",
                        STR_ARG(lint_name(lint, object)), STR_ARG(own), STR_ARG(directory));
    }
}

void lint_layout_region(struct lint *lint)
{
    const struct level_path *path = lint->level->layout.region;
    VEC_FOR (const struct object, object, &lint->input->head->objects) {
        str directory, rest;
        if (!below(object->source.file, STR("regional/"), &directory, &rest))
            continue;
        bool declares = str_equal(object->id.gvk.group, STR(LINT_OWN_GROUP)) &&
                        str_equal(object->id.gvk.kind, STR("RegionDecl"));
        str own = declares       ? object->id.name
                  : path != NULL ? level_path_text(path, object->document)
                                 : (str){0};
        if (own.len != 0 && !str_equal(own, directory))
            lint_report(lint, object, 0, "%.*s of region %.*s stands in the directory of %.*s",
                        STR_ARG(lint_name(lint, object)), STR_ARG(own), STR_ARG(directory));
    }
}

static const str declarations[] = {
    STR_INIT("HelmRelease"), STR_INIT("PlanApproval"), STR_INIT("PlatformFacts"),
    STR_INIT("RegionDecl"),  STR_INIT("Rollout"),      STR_INIT("SyncConfig"),
    STR_INIT("Tombstone"),
};

void lint_layout_declaration(struct lint *lint)
{
    VEC_FOR (const struct object, object, &lint->input->head->objects) {
        bool known = !str_equal(object->id.gvk.group, STR(LINT_OWN_GROUP));
        for (size_t i = 0; i < ARRAY_LEN(declarations) && !known; i++)
            known = str_equal(declarations[i], object->id.gvk.kind);
        if (!known)
            lint_report(lint, object, 0, "there is no declaration called %.*s",
                        STR_ARG(object->id.gvk.kind));
    }
}
