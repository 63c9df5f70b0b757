/*
 * channel: whole messages with file descriptors between two processes of the program, over a
 * SOCK_SEQPACKET socket pair. A long message travels in a sealed memory file; callers see no
 * difference.
 */
#ifndef SYNCD_PROCESS_CHANNEL_H
#define SYNCD_PROCESS_CHANNEL_H

#include "syncd/base/arena.h"
#include "syncd/base/error.h"
#include "syncd/base/str.h"

#define CHANNEL_FDS_MAX   8
#define CHANNEL_BYTES_MAX (64u << 20)

struct channel_message {
    str bytes; /* in the arena given */
    int fds[CHANNEL_FDS_MAX];
    size_t fd_count;
};

/* Both ends close on exec and block; UNAVAILABLE when the process has no descriptors left. */
bool channel_pair(int ret_ends[2], struct error *err) MUST_USE;

/* Sends; the descriptors stay the caller's. UNAVAILABLE when the other end is gone. */
bool channel_send(int channel, str bytes, const int *fds, size_t fd_count,
                  struct error *err) MUST_USE;

/*
 * Waits for one message, at most timeout_ms (-1 = for ever). The descriptors become the caller's.
 * CANCELLED at a clean end of the other side, TIMEOUT, INTERNAL for a malformed message.
 */
bool channel_receive(int channel, int timeout_ms, struct arena *arena,
                     struct channel_message *ret_message, struct error *err) MUST_USE;

/* A memory file with these bytes, sealed against every change; the caller closes it. */
bool memory_file(const char *name, str bytes, int *ret_fd, struct error *err) MUST_USE;
/* Maps a sealed memory file read-only; refuses one that could still change (INTERNAL). */
bool memory_file_map(int fd, str *ret_bytes, struct error *err) MUST_USE;
void memory_file_unmap(str bytes);

#endif
