/* What the commands that work on files have in common: a directory as a snapshot, objects as text.
 */
#ifndef SYNCD_CLI_OFFLINE_H
#define SYNCD_CLI_OFFLINE_H

#include "render/render.h"
#include "syncd/cli/command.h"

/* A directory read into memory, and the context to render it in. */
struct offline {
    struct snapshot *snapshot;
    struct findings findings;
    struct snapshot_reads reads;
    struct render_context context;
    str path;    /* of what was named, from the snapshot's root */
    str root;    /* the folder on disk */
    bool narrow; /* only `path` of it was read */
};

/*
 * Opens all of `root`, or, when it is empty, only what is at `path`, in the nearest folder above it
 * that holds a .git, or else the path itself. False with the error; nothing to release then.
 */
bool offline_open(str path, str root, struct arena *arena, struct offline *ret_offline,
                  struct error *err) MUST_USE;
/* The same with limits of its own for reading the directory. */
bool offline_open_within(str path, str root, const struct limits *limits, struct arena *arena,
                         struct offline *ret_offline, struct error *err) MUST_USE;
/*
 * Something was not found at the path: reads all of the folder, and forgets what was found. False
 * when that is read already or cannot be read: then everything is as it was.
 */
bool offline_widen(struct offline *offline, str path, struct arena *arena) MUST_USE;
void offline_close(struct offline *offline);

/* All findings to stderr, one a line. */
void offline_print_findings(const struct findings *findings);
/* YAML documents separated by "---", or a JSON array, to stdout. Returns the exit code. */
int offline_print_objects(const struct object_list *objects, enum output output);

#endif
