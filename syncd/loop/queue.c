#include "syncd/loop/queue.h"

#include "syncd/base/check.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#define THREADS_MAX 64
#define STACK_BYTES (1u << 20)

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct list waiting, finished; /* under the lock */
    bool closed;                   /* under the lock */
    void (*run)(struct list *node);
    void (*tell)(void *context);
    void *context;
    pthread_t threads[THREADS_MAX];
    unsigned thread_count;
};

struct queue *queue_create(void (*run)(struct list *node), void (*finished)(void *context),
                           void *context)
{
    struct queue *queue = calloc(1, sizeof(*queue));
    CHECK(queue != NULL);
    CHECK(pthread_mutex_init(&queue->lock, NULL) == 0);
    CHECK(pthread_cond_init(&queue->changed, NULL) == 0);
    list_init(&queue->waiting);
    list_init(&queue->finished);
    queue->run = run;
    queue->tell = finished;
    queue->context = context;
    return queue;
}

static void *work(void *context)
{
    struct queue *queue = context;
    (void)pthread_mutex_lock(&queue->lock);
    for (;;) {
        while (list_empty(&queue->waiting) && !queue->closed)
            (void)pthread_cond_wait(&queue->changed, &queue->lock);
        if (list_empty(&queue->waiting))
            break;
        struct list *node = queue->waiting.next;
        list_remove(node);
        (void)pthread_mutex_unlock(&queue->lock);
        queue->run(node);
        (void)pthread_mutex_lock(&queue->lock);
        const bool first = list_empty(&queue->finished);
        list_append(&queue->finished, node);
        if (first) {
            (void)pthread_mutex_unlock(&queue->lock);
            queue->tell(queue->context);
            (void)pthread_mutex_lock(&queue->lock);
        }
    }
    (void)pthread_mutex_unlock(&queue->lock);
    return NULL;
}

bool queue_add_thread(struct queue *queue)
{
    if (queue->thread_count == THREADS_MAX)
        return false;
    /* Signals are the loop thread's: workers start with all of them blocked. */
    sigset_t all, before;
    (void)sigfillset(&all);
    CHECK(pthread_sigmask(SIG_SETMASK, &all, &before) == 0);
    pthread_attr_t attributes;
    CHECK(pthread_attr_init(&attributes) == 0);
    (void)pthread_attr_setstacksize(&attributes, STACK_BYTES);
    const bool started =
        pthread_create(&queue->threads[queue->thread_count], &attributes, work, queue) == 0;
    (void)pthread_attr_destroy(&attributes);
    CHECK(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
    if (started)
        queue->thread_count++;
    return started;
}

void queue_put(struct queue *queue, struct list *node)
{
    (void)pthread_mutex_lock(&queue->lock);
    list_append(&queue->waiting, node);
    (void)pthread_cond_signal(&queue->changed);
    (void)pthread_mutex_unlock(&queue->lock);
}

static void move_all(struct list *from, struct list *into)
{
    LIST_FOR (node, from) {
        list_remove(node);
        list_append(into, node);
    }
}

void queue_take_finished(struct queue *queue, struct list *into)
{
    (void)pthread_mutex_lock(&queue->lock);
    move_all(&queue->finished, into);
    (void)pthread_mutex_unlock(&queue->lock);
}

void queue_drain(struct queue *queue, struct list *into)
{
    (void)pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    (void)pthread_cond_broadcast(&queue->changed);
    (void)pthread_mutex_unlock(&queue->lock);
    for (unsigned i = 0; i < queue->thread_count; i++)
        (void)pthread_join(queue->threads[i], NULL);
    queue->thread_count = 0;
    move_all(&queue->finished, into);
}

void queue_destroy(struct queue *queue)
{
    if (queue == NULL)
        return;
    CHECK(queue->thread_count == 0 && list_empty(&queue->waiting) && list_empty(&queue->finished));
    (void)pthread_cond_destroy(&queue->changed);
    (void)pthread_mutex_destroy(&queue->lock);
    free(queue);
}
