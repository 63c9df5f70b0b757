/*
 * watch: a stream of events. Events are taken from the shelf's history when the receiver has room,
 * so that a slow client costs nothing but, in the end, its own stream.
 */
#ifndef SYNCD_APISERVER_WATCH_H
#define SYNCD_APISERVER_WATCH_H

#include "syncd/apiserver/list.h"

/* Where the bytes of a watch go. */
struct api_watch_sink {
    void (*send)(void *context, str bytes);
    /* False: hold back for now; api_watch_pump is called again later. */
    bool (*has_room)(void *context);
    void (*end)(void *context); /* the server is done: close the stream */
    void *context;
};

/* Begins to send to the sink: what happened until now at once, the rest as it happens. */
void api_watch_start(struct api_watch *watch, const struct api_watch_sink *sink);
/* Sends what is due: events while there is room, and bookmarks. */
void api_watch_pump(struct api_watch *watch);
/* Stops and frees; also what to do with a watch that was never started. */
void api_watch_stop(struct api_watch *watch);
/* When the client asked for the stream to end, or 0: seconds after its beginning. */
int64_t api_watch_timeout_s(const struct api_watch *watch);
/* Sends a bookmark when the client allows them: for a timer of about a minute. */
void api_watch_bookmark(struct api_watch *watch);

/* Something was written. */
void api_watchers_wake(struct api_shelf *shelf);
/* Ends all streams: the resource goes. */
void api_watchers_end(struct api_shelf *shelf);

#endif
