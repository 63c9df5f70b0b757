#include "syncd/base/clock.h"
#include "syncd/kube/kube_internal.h"

#define START        8.0
#define STEEP_BELOW  16.0 /* grows by one an answer up to here, then by one a window */
#define QUEUEING     12   /* answers this many times slower than the fastest: enough is out */
#define SHRINK_PAUSE NS_PER_S
#define FORGET_SHIFT 10 /* the fastest latency rises by 1/1024 an answer towards the usual one */
#define SMOOTH_SHIFT 3

void window_init(struct window *window, unsigned max)
{
    *window = (struct window){.size = max < START ? max : START, .max = max};
}

unsigned window_size(const struct window *window)
{
    return window->size < 1 ? 1 : (unsigned)window->size;
}

static void note_latency(struct window *window, int64_t elapsed_ns)
{
    if (window->usual_ns == 0) {
        window->usual_ns = window->fastest_ns = elapsed_ns;
        return;
    }
    window->usual_ns += (elapsed_ns - window->usual_ns) >> SMOOTH_SHIFT;
    if (elapsed_ns < window->fastest_ns)
        window->fastest_ns = elapsed_ns;
    else
        window->fastest_ns += (window->usual_ns - window->fastest_ns) >> FORGET_SHIFT;
}

void window_note(struct window *window, bool overloaded, int64_t elapsed_ns, bool full,
                 int64_t now_ns)
{
    if (overloaded) {
        /* Answers to what was sent before count once. */
        if (now_ns - window->shrunk_ns >= SHRINK_PAUSE) {
            window->size = window->size / 2 < 1 ? 1 : window->size / 2;
            window->shrunk_ns = now_ns;
        }
        return;
    }
    note_latency(window, elapsed_ns);
    if (!full || window->size >= window->max)
        return;
    if (window->size >= START && window->usual_ns > QUEUEING * window->fastest_ns)
        return;
    window->size += window->size < STEEP_BELOW ? 1 : 1 / window->size;
    if (window->size > window->max)
        window->size = window->max;
}
