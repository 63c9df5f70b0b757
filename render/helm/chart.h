/* chart: a chart in memory, and how it is read. Private to this folder. */
#ifndef RENDER_HELM_CHART_H
#define RENDER_HELM_CHART_H

#include "render/helm/helm.h"
#include "render/template/dyn.h"

struct chart_file {
    str name; /* inside the chart */
    str bytes;
};

struct chart_files {
    VEC(struct chart_file) list;
};

struct dependency {
    str name, version, repository, condition, alias;
    struct dyn tags;          /* []string */
    struct dyn import_values; /* []interface{} */
    bool enabled;
};

struct maintainer {
    str name, email, url;
};

struct chart_metadata {
    str name, home, version, description, icon, api_version, condition, tags, app_version;
    str kube_version, type;
    struct dyn sources, keywords; /* []string */
    struct dyn annotations;       /* map[string]string */
    VEC(struct maintainer *) maintainers;
    bool deprecated;
    /* Shared between copies of a chart under several aliases, as Helm shares them. */
    VEC(struct dependency *) dependencies;
    bool has_dependencies;
};

struct chart {
    struct chart_metadata metadata;
    struct dyn_map *values; /* NULL when there are none */
    str schema;
    bool has_schema;
    struct chart_files templates, files;
    struct chart *parent;
    VEC(struct chart *) children;
    struct hash128 sum; /* of all its files */
};

/* What loading and rendering share. */
struct helm_work {
    struct render_context *context;
    struct arena *arena;
    const struct limits *limits;
    size_t expanded; /* bytes of unpacked archives so far */
    unsigned depth;  /* of charts inside charts */
};

/* A directory or a packed chart of the snapshot. E_CHART, E_ARCHIVE, E_HELMIGNORE. */
bool chart_load(struct helm_work *work, str path, struct chart **ret_chart,
                struct error *err) MUST_USE;
bool chart_from_packed(struct helm_work *work, str packed, struct chart **ret_chart,
                       struct error *err) MUST_USE;
/* From files with names relative to the chart. */
bool chart_from_files(struct helm_work *work, const struct chart_files *files,
                      struct chart **ret_chart, struct error *err) MUST_USE;
/* A gzipped tar archive, in memory. */
bool archive_read(struct helm_work *work, str bytes, struct chart_files *ret_files,
                  struct error *err) MUST_USE;
/* Chart.yaml or requirements.yaml on top of what is there. */
bool metadata_read(struct helm_work *work, str text, struct chart_metadata *metadata,
                   struct error *err) MUST_USE;
bool metadata_check(struct helm_work *work, struct chart_metadata *metadata,
                    struct error *err) MUST_USE;

/* A YAML text as sigs.k8s.io/yaml unmarshals it into a map: nil for an empty text. */
bool values_read(struct helm_work *work, str text, struct dyn_map **ret_values,
                 struct error *err) MUST_USE;

/*
 * A scalar where Go's struct has a string: numbers and booleans of YAML become text. False when it
 * is neither that nor null nor absent.
 */
bool scalar_text(value v, struct arena *arena, str *ret_text) MUST_USE;

/* .helmignore */
struct ignore_rules;
bool ignore_parse(str text, struct arena *arena, struct ignore_rules **ret_rules,
                  struct error *err) MUST_USE;
bool ignore_matches(const struct ignore_rules *rules, str path, bool is_directory);
/* filepath.Match: `*`, `?`, `[a-z]`, `\`. False for *ret_good: a malformed pattern. */
bool path_match(str pattern, str name, bool *ret_good);

/* Values. */
struct dyn_map *values_coalesce(struct helm_work *work, struct chart *chart,
                                const struct dyn_map *values, bool merge, struct error *err);
/* --set and its family, on top of `values`. */
bool strvals_parse(struct helm_work *work, const struct helm_set *set,
                   const struct helm_options *options, struct dyn_map *values,
                   struct error *err) MUST_USE;
/* Turns dependencies on and off, renames them, imports their values. */
bool dependencies_process(struct helm_work *work, struct chart *chart, struct dyn_map *values,
                          struct error *err) MUST_USE;
/* The table below a path of keys with dots; NULL when there is none. */
struct dyn_map *values_table(struct dyn_map *values, str path);
/* Merges src into dst: Helm's CoalesceTables, or MergeTables when `merge`. */
void values_merge_tables(struct helm_work *work, struct dyn_map *dst, struct dyn_map *src,
                         bool merge);
bool values_check_schemas(struct helm_work *work, const struct chart *chart,
                          const struct dyn_map *values, struct error *err) MUST_USE;

/* A version satisfies a constraint; false too when either is malformed. */
bool version_is_compatible(str constraint, str version, struct arena *arena);

/* The chart's place: "parent/charts/child". */
str chart_path(const struct chart *chart, struct arena *arena);

/* .Chart, .Capabilities and friends. */
struct dyn chart_object(const struct chart *chart, struct arena *arena);
bool capabilities_object(const struct helm_options *options, struct arena *arena,
                         struct dyn *ret_object, str *ret_kube_version, struct error *err) MUST_USE;

/* Splitting and sorting what was rendered. */
struct rendered {
    VEC(struct chart_file) files; /* by path */
};
bool manifests_sort(struct helm_work *work, const struct rendered *rendered,
                    struct helm_release *release, struct error *err) MUST_USE;
/* Documents of a text: Helm's SplitManifests. */
struct text_list {
    VEC(str) list;
};
void manifests_split(str text, struct arena *arena, struct text_list *ret_texts);
const char *const *install_order(size_t *ret_count);

#endif
