/* owners: metadata.managedFields, who owns which fields since when. */
#ifndef SYNCD_DIFF_OWNERS_H
#define SYNCD_DIFF_OWNERS_H

#include "diff/fields.h"

enum owner_operation { OWNER_APPLY, OWNER_UPDATE };

/* One entry. Views live as long as the document and the arena it was read into. */
struct owner {
    str name; /* the field manager */
    enum owner_operation operation;
    str subresource;
    str api_version;
    bool has_time;
    int64_t time_ns; /* whole seconds */
    struct field_set fields;
};

struct owners {
    struct owner *items;
    size_t len;
};

/*
 * Reads metadata.managedFields (ABSENT: no owners). ERROR_INPUT (E_FIELDS) as the server refuses
 * it; entries with one identity are one entry, the last wins.
 */
bool owners_parse(value managed_fields, struct arena *arena, struct owners *ret_owners,
                  struct error *err) MUST_USE;
/* As metadata.managedFields, sorted as the server sorts; ABSENT without owners. */
value owners_to_value(struct owners owners, struct arena *arena);
/* The object with these owners, or with none. */
value owners_attach(value object, struct owners owners, struct arena *arena);

/* Same entry: name, operation, subresource and, for updates, apiVersion. */
bool owner_same(const struct owner *a, const struct owner *b);
/* The entry with the identity, or NULL. api_version counts for updates only. */
struct owner *owners_find(struct owners owners, str name, enum owner_operation operation,
                          str subresource, str api_version);
const char *owner_operation_name(enum owner_operation operation); /* "Apply", "Update" */

/*
 * The owner of one path: the entry that has it as a member, the newest when several have; NULL when
 * nobody. For "who changed this" in drift reports.
 */
const struct owner *owners_of_path(struct owners owners, const struct path_element *path,
                                   size_t len);

#endif
