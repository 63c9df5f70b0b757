/*
 * merge: what kube-apiserver does with metadata.managedFields. merge_apply is server-side apply;
 * merge_update is the tracking for create, PUT and the other patches. Both are pure: the embedded
 * control plane answers with them, planning predicts the server with them.
 */
#ifndef SYNCD_DIFF_MERGE_H
#define SYNCD_DIFF_MERGE_H

#include "diff/owners.h"

/* A version of the kind under which entries of managedFields may stand. */
struct merge_version {
    str api_version; /* "group/version" */
    const struct schema_type *type;
};

struct merge_request {
    const struct schema_type *type; /* of the request's version */
    str api_version;                /* of the request: "group/version" or "version" */
    str manager;                    /* field manager; empty is "unknown" */
    str subresource;                /* "status", "scale", or empty */
    int64_t now_ns;
    bool force; /* apply only: take fields over instead of reporting conflicts */
    /*
     * apply only: a list or map whose last item goes is null, as in servers of 1.37 and
     * before 1.36; false: it is empty, as in 1.36.
     */
    bool null_emptied;
    /* What this endpoint resets and so never owns; see merge_reset. Empty: nothing. */
    struct field_set reset;
    /*
     * The kind's other versions (conversion None: only apiVersion changes). Entries of versions
     * that are not listed are dropped, as the server does. count 0: all share `type`.
     */
    const struct merge_version *versions;
    size_t version_count;
};

/* What an endpoint of a custom resource resets. status: the kind has a status subresource. */
enum merge_endpoint { MERGE_MAIN, MERGE_MAIN_WITH_STATUS, MERGE_STATUS };
struct field_set merge_reset(enum merge_endpoint endpoint);

struct merge_conflict {
    struct owner owner; /* has_time false: the server leaves it out */
    const struct path_element *path;
    size_t path_len;
    str path_text; /* ".data.key": the cause's field */
    str text;      /* `conflict with "kubectl-edit" using v1`: the cause's message */
};

struct merge_result {
    value object; /* as it is to be stored, with managedFields; ABSENT on conflicts */
    bool changed; /* false: equal to live, times included */
    struct owners owners;
    const struct merge_conflict *conflicts; /* not empty: nothing was applied */
    size_t conflict_count;
    str conflict_text; /* `Apply failed with 1 conflict: conflict with "x" using v1: .data.key` */
};

/*
 * Applies `applied` to `live` (ABSENT: create). Conflicts are a result, not an error. Errors:
 * ERROR_INPUT, with detail the server's HTTP status and the server's text, when `applied` does not
 * fit the type, brings managedFields or another version. Defaults of the type are filled in. The
 * caller sets uid, resourceVersion, generation and timestamps, validates, and then prunes (nulls
 * reach validation, as they do in the server).
 */
bool merge_apply(const struct merge_request *request, value live, value applied,
                 struct arena *arena, struct arena *scratch, struct merge_result *ret_result,
                 struct error *err) MUST_USE;

/*
 * The managedFields of `object`, which is about to replace `live` (ABSENT: create) by an operation
 * Update. Both are defaulted and pruned already. managedFields that the object itself brings are
 * honoured as the server does: an empty list resets, a valid list replaces. Cannot conflict. Never
 * fails: what cannot be tracked (the object does not fit the type) comes back without
 * managedFields, as the server does it.
 */
void merge_update(const struct merge_request *request, value live, value object,
                  struct arena *arena, struct arena *scratch, struct merge_result *ret_result);

/*
 * True when the two differ at most in the times inside managedFields: then the server does not
 * write. To be asked once more after the caller changed the object (defaults, admission).
 */
bool merge_is_noop(value live, value object);

#endif
