/* lint_internal: what the rules share. Private to this folder. */
#ifndef REPO_LAYOUT_LINT_LINT_INTERNAL_H
#define REPO_LAYOUT_LINT_LINT_INTERNAL_H

#include "repo-layout/lint/lint.h"
#include "syncd/base/map.h"

struct lint_objects {
    VEC(const struct object *) list;
};

/* A region of the repository and who serves it. */
struct lint_region {
    str name;
    const struct object *object; /* that declares it */
    VEC(str) providers;
};

struct lint {
    const struct lint_input *input;
    const struct level *level;
    struct arena *arena;
    struct findings *findings;
    struct map by_key;          /* object_id_key → object of head */
    struct map base_by_key;     /* the same of base */
    struct map by_place;        /* "group/Kind/namespace" → struct lint_objects */
    struct lint_objects *kinds; /* of each kind of the level */
    VEC(struct lint_region) regions;
    struct map taken;          /* while E_REFERENCE_SHARED runs: object → who has it */
    const struct check *check; /* that runs now */
};

/* One rule: `run` is called once, reports with lint_report. */
struct check {
    struct lint_rule rule;
    void (*run)(struct lint *lint);
};
extern const struct check lint_checks[];
extern const size_t lint_check_count;

/* A finding of the rule that runs, with its severity and hint. line 0: the object's own. */
void lint_report(struct lint *lint, const struct object *object, uint32_t line, const char *format,
                 ...) PRINTF_LIKE(4, 5);
/* The same with a severity and a hint of its own. */
void lint_report_as(struct lint *lint, enum severity severity, const struct object *object,
                    uint32_t line, str hint, const char *format, ...) PRINTF_LIKE(6, 7);

const struct level_kind *lint_kind(const struct lint *lint, const struct object *object);
/* Objects of a kind in head, in one namespace. Never NULL. */
const struct lint_objects *lint_kind_objects(const struct lint *lint,
                                             const struct level_kind *kind);
const struct lint_objects *lint_place_objects(struct lint *lint, const struct level_kind *kind,
                                              str namespace);
const struct object *lint_find(struct lint *lint, const struct level_kind *kind, str namespace,
                               str name);
const struct object *lint_base(struct lint *lint, const struct object *object);
/* "Machine team/m-0", for messages. */
str lint_name(struct lint *lint, const struct object *object);
const struct lint_region *lint_find_region(const struct lint *lint, str name);

/* regions.c: fills lint->regions before the rules run. */
void lint_collect_regions(struct lint *lint);

/* The rules, by file. */
void lint_kinds_unknown(struct lint *lint);
void lint_kinds_version(struct lint *lint);
void lint_kinds_observed(struct lint *lint);
void lint_kinds_name(struct lint *lint);
void lint_fields_required(struct lint *lint);
void lint_fields_secret(struct lint *lint);
void lint_fields_template(struct lint *lint);
void lint_fields_immutable(struct lint *lint);
void lint_fields_approve(struct lint *lint);
void lint_fields_adopted(struct lint *lint);
void lint_specs_object(struct lint *lint);
void lint_specs_unknown_field(struct lint *lint);
void lint_specs_provider(struct lint *lint);
void lint_specs_provider_kind(struct lint *lint);
void lint_references_missing(struct lint *lint);
void lint_references_region(struct lint *lint);
void lint_references_shared(struct lint *lint);
void lint_checks_inside(struct lint *lint);
void lint_checks_minimum(struct lint *lint);
void lint_regions_unserved(struct lint *lint);
void lint_regions_provider(struct lint *lint);
void lint_regions_matrix(struct lint *lint);
void lint_layout_namespace(struct lint *lint);
void lint_layout_cluster(struct lint *lint);
void lint_layout_region(struct lint *lint);
void lint_layout_declaration(struct lint *lint);
void lint_releases_unknown(struct lint *lint);
void lint_releases_downgrade(struct lint *lint);
void lint_releases_skip(struct lint *lint);
void lint_releases_provider(struct lint *lint);
void lint_releases_digest(struct lint *lint);
void lint_license_limits(struct lint *lint);

#define LINT_OBJECTS(item, objects)                                                                \
    for (size_t item##_at = 0; item##_at < (objects)->list.len; item##_at++)                       \
        for (const struct object *item = (objects)->list.items[item##_at]; item != NULL;           \
             item = NULL)

#endif
