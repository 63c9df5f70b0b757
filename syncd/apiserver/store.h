/*
 * store: the objects of clusters as JSON bytes, with what happened to them lately. Objects are held
 * as revisions: immutable text with one count of references, shared by the object and the events
 * that mention it. All memory is the process's; one thread.
 */
#ifndef SYNCD_APISERVER_STORE_H
#define SYNCD_APISERVER_STORE_H

#include "syncd/base/arena.h"
#include "syncd/base/list.h"
#include "syncd/value/value.h"

/*
 * One state of one object. `text` is the object without apiVersion and kind, so that it can be
 * answered under any version: {"metadata":{"labels":{…},…},…}. Labels come first, when there are
 * any, and can be looked at alone.
 */
struct api_revision {
    uint64_t version; /* resourceVersion */
    uint32_t refs;
    uint32_t text_len;
    uint32_t labels_len;
    uint16_t namespace_len;
    uint16_t name_len;
    char bytes[]; /* text, namespace, name */
};

static inline str api_revision_text(const struct api_revision *revision)
{
    return str_from(revision->bytes, revision->text_len);
}
str api_revision_namespace(const struct api_revision *revision);
str api_revision_name(const struct api_revision *revision);
/* The labels as an object, or ABSENT. */
value api_revision_labels(const struct api_revision *revision, struct arena *arena);
/* The whole object, with these apiVersion and kind (empty: without them). */
value api_revision_object(const struct api_revision *revision, str api_version, str kind,
                          struct arena *arena);
/* The same as JSON text; true inside a list of a built-in kind leaves the two out. */
struct buf;
void api_revision_print(const struct api_revision *revision, str api_version, str kind,
                        struct buf *out);

/* An object that exists now. */
struct api_record {
    struct api_revision *current;
    uint8_t uid[16];
    bool deleting;
    uint8_t owner_count;
    uint8_t (*owners)[16]; /* uids of the ownerReferences */
};

enum api_event_type { API_ADDED, API_MODIFIED, API_DELETED };

struct api_event {
    struct list in_shelf;
    struct list in_history;
    struct api_shelf *shelf;
    struct api_revision *before; /* NULL when added */
    struct api_revision *now;    /* the last state when deleted */
    enum api_event_type type;
};

/* Events of all clusters of a process, oldest first, under one budget of bytes. */
struct api_history {
    struct list events;
    size_t bytes, count;
    size_t max_bytes, max_count;
};
void api_history_init(struct api_history *history, size_t max_bytes, size_t max_count);

/* All objects of one resource in one cluster, sorted by namespace and name. */
struct api_shelf {
    struct api_record **records;
    size_t len, cap;
    struct list events;   /* oldest first */
    struct list watchers; /* see watch.h */
    uint64_t forgotten;   /* the newest version whose event is gone */
    struct api_history *history;
    uint64_t bytes; /* text of the current revisions */
    size_t owned;   /* records with ownerReferences */
};

void api_shelf_init(struct api_shelf *shelf, struct api_history *history);
/* Frees objects and events. Watchers must be gone. */
void api_shelf_finish(struct api_shelf *shelf);

/* NULL when there is none. */
struct api_record *api_shelf_find(const struct api_shelf *shelf, str namespace, str name);
/* Index of the first record at or after the key; with an empty name: of the namespace's first. */
size_t api_shelf_lower(const struct api_shelf *shelf, str namespace, str name);

/*
 * Writes the object (metadata.namespace, name, uid and resourceVersion = version are in it),
 * replacing the one of the same key, and notes the event. The record stays valid until removed.
 */
struct api_record *api_shelf_put(struct api_shelf *shelf, value object, uint64_t version);
/* Removes; `last` is the object as watchers see it in the event, with the version of the removal.
 */
void api_shelf_remove(struct api_shelf *shelf, struct api_record *record, value last,
                      uint64_t version);

/* 16 bytes as the usual text, and back (false when it is none). */
str api_uid_text(const uint8_t uid[16], struct arena *arena);
bool api_uid_parse(str text, uint8_t ret_uid[16]) MUST_USE;

#endif
