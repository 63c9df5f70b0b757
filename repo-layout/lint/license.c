/* The license's limits, as PlatformFacts of the repository tell them. */
#include "repo-layout/lint/lint_internal.h"

static const struct object *find_facts(const struct lint *lint)
{
    VEC_FOR (const struct object, object, &lint->input->head->objects) {
        if (str_equal(object->id.gvk.group, STR(LINT_OWN_GROUP)) &&
            str_equal(object->id.gvk.kind, STR("PlatformFacts")))
            return object;
    }
    return NULL;
}

static bool is_managed(const struct lint *lint, const struct object *cluster)
{
    const struct level_layout *layout = &lint->level->layout;
    return !(layout->management.count != 0 &&
             level_condition_holds(&layout->management, cluster->document)) &&
           !(layout->regional.count != 0 &&
             level_condition_holds(&layout->regional, cluster->document));
}

static size_t count_workers(struct lint *lint, const struct object *cluster)
{
    const struct level_layout *layout = &lint->level->layout;
    const struct lint_objects *machines =
        lint_place_objects(lint, layout->machine, cluster->id.namespace);
    size_t count = 0;
    LINT_OBJECTS (machine, machines)
        count += str_equal(level_path_text(layout->owner, machine->document), cluster->id.name) &&
                 level_condition_holds(&layout->worker, machine->document);
    return count;
}

void lint_license_limits(struct lint *lint)
{
    const struct level_layout *layout = &lint->level->layout;
    const struct object *facts = find_facts(lint);
    int64_t clusters_most = INT64_MAX, workers_most = INT64_MAX;
    if (facts == NULL || layout->cluster == NULL || layout->machine == NULL ||
        layout->owner == NULL)
        return;
    value limits = value_get3(facts->document, STR("spec"), STR("license"), STR("limits"));
    if (!value_to_i64(value_get(limits, STR("clusters")), &clusters_most))
        clusters_most = INT64_MAX;
    if (!value_to_i64(value_get(limits, STR("workersPerCluster")), &workers_most))
        workers_most = INT64_MAX;
    const struct lint_objects *clusters = lint_kind_objects(lint, layout->cluster);
    int64_t count = 0;
    LINT_OBJECTS (cluster, clusters) {
        if (!is_managed(lint, cluster))
            continue;
        if (++count == clusters_most + 1)
            lint_report(lint, cluster, 0, "%.*s is one more than the %lld clusters of the license",
                        STR_ARG(lint_name(lint, cluster)), (long long)clusters_most);
        size_t workers = count_workers(lint, cluster);
        if ((int64_t)workers > workers_most)
            lint_report(lint, cluster, 0, "%.*s has %zu workers, the license allows %lld",
                        STR_ARG(lint_name(lint, cluster)), workers, (long long)workers_most);
    }
}
