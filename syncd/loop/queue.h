/*
 * queue: the only place with a mutex, a condition variable and threads. Jobs go in on the loop
 * thread and come out, finished, on the loop thread; in between one worker has each.
 */
#ifndef SYNCD_LOOP_QUEUE_H
#define SYNCD_LOOP_QUEUE_H

#include "syncd/base/list.h"

#include <stdbool.h>

struct queue;

/* `finished` is called on a worker thread, without the lock, when the list of finished nodes stops
   being empty. */
struct queue *queue_create(void (*run)(struct list *node), void (*finished)(void *context),
                           void *context);
/* Adds a thread; false when the system refuses. */
bool queue_add_thread(struct queue *queue);
void queue_put(struct queue *queue, struct list *node);
/* Moves all finished nodes to `into` (appending). */
void queue_take_finished(struct queue *queue, struct list *into);
/* Waits until every node put in was carried out, ends the threads. The queue is empty then. */
void queue_drain(struct queue *queue, struct list *into);
void queue_destroy(struct queue *queue);

#endif
