/* fake: an API server whose every answer is the test's, and a cluster that asks it. */
#ifndef TESTS_UNIT_KUBE_FAKE_H
#define TESTS_UNIT_KUBE_FAKE_H

#include "syncd/base/clock.h"
#include "syncd/http/server.h"
#include "syncd/kube/cluster.h"

struct fake {
    struct arena *arena;
    struct loop *loop;
    struct http_server *server;
    struct http_client *client;
    struct kube_cluster *cluster;
    void (*handle)(struct fake *fake, struct http_exchange *exchange);
    struct buf log; /* "GET /path?query|body\n" for each request */
    unsigned requests, most_open;
    struct http_exchange *open[64]; /* held back by fake_hold */
    unsigned open_count;
    void *context;
};

struct fake_answer {
    unsigned done;
    int code;
    enum error_class class;
    char rule[32], text[768], object[4096], reason[64], manager[64];
    size_t quarantined;
};

void fake_begin(struct fake *fake,
                void (*handle)(struct fake *fake, struct http_exchange *exchange));
/* Another cluster object for the same server. */
struct kube_cluster *fake_cluster(struct fake *fake, const struct kube_config *config,
                                  const struct kube_cluster_options *options);
void fake_end(struct fake *fake);
void fake_reply(struct http_exchange *exchange, int status, const char *json);
/* Keeps the exchange open; it leaves `open` when the peer goes away. */
void fake_hold(struct fake *fake, struct http_exchange *exchange);
void fake_wait(struct fake *fake, const unsigned *count, unsigned wanted);
/* Runs the loop for a while. */
void fake_settle(struct fake *fake, int64_t ns);
/* A kube_done whose context is a struct fake_answer. */
void fake_take(void *context, const struct kube_reply *reply);
bool fake_logged(const struct fake *fake, const char *piece);
value fake_json(struct fake *fake, const char *text);

#endif
