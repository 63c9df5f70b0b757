/*
 * release: a chart as a release of its own: declared by a document in the repository, or a chart's
 * folder as it stands. Private to this folder; the doors are in render/render.h.
 */
#ifndef RENDER_HELM_RELEASE_H
#define RENDER_HELM_RELEASE_H

#include "render/helm/helm.h"
#include "render/world.h"

/* Where a chart is that is not in the repository. */
struct chart_source {
    str repository; /* "https://…" or "oci://…" */
    str chart, version;
    str digest; /* "sha256:" and 64 digits: of the packed chart, or of the OCI manifest */
};

struct declaration {
    struct position at;
    str name, namespace;
    str path; /* of the chart in the snapshot */
    bool fetched;
    struct chart_source source; /* when fetched */
    VEC(struct helm_file) values;
    bool skip_crds, skip_schema;
    str kube_version; /* empty: the cluster's */
    VEC(str) api_versions;
    bool versions_whole; /* they are all that the cluster has, else they are added to its own */
};

/*
 * Reads a document; paths in it start at its file, or at the repository's root with a leading
 * slash. E_RELEASE with file, line and field.
 */
bool declaration_read(struct render_context *context, const struct object *document,
                      struct declaration *ret_declaration, struct error *err) MUST_USE;

/* Renders it and appends its objects, hooks among them, each with its release. */
bool release_render(struct render_context *context, const struct declaration *declaration,
                    struct object_list *objects, struct error *err) MUST_USE;

/* Notes a need, once; the texts are copied into the arena. */
void world_need(struct render_world *world, struct arena *arena, enum need_kind kind,
                const str texts[NEED_TEXTS]);

/*
 * frozen.c: what one release sees of the world: random values that stay, and lookups. Offline a
 * random value is a mark that says which it is, and nothing is ever found.
 */
struct release_view {
    struct render_context *context;
    const struct declaration *declaration;
    const struct known_record *record; /* NULL: not known */
    struct template_world world;
    VEC(struct member) fresh; /* values made by this rendering, or moved to another key */
    VEC(str) moved;           /* keys under which they were kept */
};
void release_view_init(struct release_view *view, struct render_context *context,
                       const struct declaration *declaration);
/*
 * After the rendering: the Secret that holds the release's values as an object, when it has any.
 * Notes the need for it where it is not known. E_RECORD_SIZE.
 */
bool release_view_record(struct release_view *view, const struct template_usage *usage,
                         struct render_release *release, struct object_list *objects,
                         struct error *err) MUST_USE;

/* fetched.c: the packed chart of a source from what was fetched, verified by its digest. False
   without an error when it has to be fetched first: the need is noted. E_CHART_DIGEST. */
bool fetched_chart(struct render_context *context, const struct chart_source *source,
                   str *ret_packed, bool *ret_needed, struct error *err) MUST_USE;

#endif
