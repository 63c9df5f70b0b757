/* What the files of this folder share. */
#ifndef SYNCD_LOOP_LOOP_INTERNAL_H
#define SYNCD_LOOP_LOOP_INTERNAL_H

#include "syncd/base/list.h"
#include "syncd/loop/loop.h"

struct event_base;
struct event;
struct watcher;

struct loop {
    struct event_base *base;
    struct event *soon;      /* fires when `deferred` is not empty */
    struct list deferred;    /* of struct deferred */
    struct watcher *watcher; /* made with the first watch */
};

/* Aborts: memory is the only thing that can be missing. */
void *loop_allocate(size_t size);
/* NULL is fine. All watches must be gone. */
void loop_watcher_destroy(struct watcher *watcher);

#endif
