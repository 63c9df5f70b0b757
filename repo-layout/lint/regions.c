/* Regions: who serves them, with which providers, and whether these go together. */
#include "repo-layout/lint/lint_internal.h"

const struct lint_region *lint_find_region(const struct lint *lint, str name)
{
    VEC_FOR (const struct lint_region, region, &lint->regions) {
        if (str_equal(region->name, name))
            return region;
    }
    return NULL;
}

static struct lint_region *place_region(struct lint *lint, str name, const struct object *object)
{
    VEC_FOR (struct lint_region, region, &lint->regions) {
        if (str_equal(region->name, name))
            return region;
    }
    VEC_PUSH(lint->arena, &lint->regions, (struct lint_region){.name = name, .object = object});
    return &VEC_LAST(&lint->regions);
}

static bool has_provider(const struct lint_region *region, str provider)
{
    VEC_FOR (const str, known, &region->providers) {
        if (str_equal(*known, provider))
            return true;
    }
    return false;
}

static void add_providers(struct lint *lint, struct lint_region *region,
                          const struct level_path *path, value document)
{
    struct level_matches matches;
    level_path_find(path, document, lint->arena, &matches);
    VEC_FOR (const struct level_match, match, &matches.items) {
        if (!has_provider(region, value_str(match->val)))
            VEC_PUSH(lint->arena, &region->providers, value_str(match->val));
    }
}

/* A RegionDecl of the repository: name, spec.providers. */
static void collect_declared(struct lint *lint)
{
    const struct level_path *providers;
    struct error err = ERROR_INIT;
    CHECK(level_path_compile(STR("spec.providers[]"), NULL, lint->arena, &providers, &err));
    VEC_FOR (const struct object, object, &lint->input->head->objects) {
        if (str_equal(object->id.gvk.group, STR(LINT_OWN_GROUP)) &&
            str_equal(object->id.gvk.kind, STR("RegionDecl")))
            add_providers(lint, place_region(lint, object->id.name, object), providers,
                          object->document);
    }
}

static bool serves_region(const struct lint *lint, const struct object *cluster)
{
    const struct level_layout *layout = &lint->level->layout;
    return (layout->management.count != 0 &&
            level_condition_holds(&layout->management, cluster->document)) ||
           (layout->regional.count != 0 &&
            level_condition_holds(&layout->regional, cluster->document));
}

static str region_of(const struct lint *lint, const struct object *object)
{
    return lint->level->layout.region != NULL
               ? level_path_text(lint->level->layout.region, object->document)
               : (str){0};
}

void lint_collect_regions(struct lint *lint)
{
    const struct level_layout *layout = &lint->level->layout;
    collect_declared(lint);
    if (layout->cluster == NULL || layout->region == NULL)
        return;
    const struct lint_objects *clusters = lint_kind_objects(lint, layout->cluster);
    LINT_OBJECTS (cluster, clusters) {
        str name = region_of(lint, cluster);
        if (serves_region(lint, cluster) && name.len != 0 && layout->providers != NULL)
            add_providers(lint, place_region(lint, name, cluster), layout->providers,
                          cluster->document);
    }
}

void lint_regions_unserved(struct lint *lint)
{
    if (lint->level->layout.region == NULL || lint->regions.len == 0)
        return;
    VEC_FOR (const struct object, object, &lint->input->head->objects) {
        str name = region_of(lint, object);
        if (name.len != 0 && lint_find_region(lint, name) == NULL)
            lint_report(lint, object, level_path_line(lint->level->layout.region, object->document),
                        "%.*s is of region %.*s, which no regional cluster serves",
                        STR_ARG(lint_name(lint, object)), STR_ARG(name));
    }
}

/* Attached clusters are made by nobody: a region needs no provider for them. */
static bool needs_provider(const struct lint *lint, str provider)
{
    VEC_FOR (const struct level_pair, pair, &lint->level->pairs) {
        if (str_equal(pair->regional, provider))
            return true;
    }
    return false;
}

void lint_regions_provider(struct lint *lint)
{
    const struct level_layout *layout = &lint->level->layout;
    if (layout->cluster == NULL || layout->provider == NULL)
        return;
    const struct lint_objects *clusters = lint_kind_objects(lint, layout->cluster);
    LINT_OBJECTS (cluster, clusters) {
        str provider = level_path_text(layout->provider, cluster->document);
        const struct lint_region *region = lint_find_region(lint, region_of(lint, cluster));
        if (region != NULL && region->providers.len != 0 && needs_provider(lint, provider) &&
            !has_provider(region, provider))
            lint_report(lint, cluster, level_path_line(layout->provider, cluster->document),
                        "%.*s: region %.*s does not serve %.*s", STR_ARG(lint_name(lint, cluster)),
                        STR_ARG(region->name), STR_ARG(provider));
    }
}

static const struct object *find_management(const struct lint *lint)
{
    const struct level_layout *layout = &lint->level->layout;
    if (layout->cluster == NULL || layout->management.count == 0)
        return NULL;
    const struct lint_objects *clusters = lint_kind_objects(lint, layout->cluster);
    LINT_OBJECTS (cluster, clusters) {
        if (level_condition_holds(&layout->management, cluster->document))
            return cluster;
    }
    return NULL;
}

static void check_pair(struct lint *lint, str management, const struct lint_region *region,
                       str provider)
{
    const struct level_pair *pair;
    enum level_support support = level_support(lint->level, management, provider, &pair);
    if (support == LEVEL_SUPPORTED)
        return;
    lint_report_as(lint, support == LEVEL_UNSUPPORTED ? SEVERITY_ERROR : SEVERITY_WARNING,
                   region->object, 0, str_z(lint->check->rule.hint),
                   "region %.*s: a %.*s region beside a %.*s management cluster is %s (%.*s)",
                   STR_ARG(region->name), STR_ARG(provider), STR_ARG(management),
                   support == LEVEL_UNSUPPORTED ? "not supported" : "not known to be supported",
                   STR_ARG(pair != NULL ? pair->evidence : STR("no row")));
}

void lint_regions_matrix(struct lint *lint)
{
    const struct object *management = find_management(lint);
    if (management == NULL || lint->level->layout.provider == NULL)
        return;
    str provider = level_path_text(lint->level->layout.provider, management->document);
    VEC_FOR (const struct lint_region, region, &lint->regions) {
        VEC_FOR (const str, regional, &region->providers)
            check_pair(lint, provider, region, *regional);
    }
}
