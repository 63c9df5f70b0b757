#include "syncd/process/channel.h"

#include "syncd/base/check.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHANNEL_MAGIC 0x73796e64u
/* Longer messages go into a memory file. Well below the smallest socket buffer. */
#define INLINE_MAX (32u << 10)

struct packet {
    uint32_t magic;
    uint32_t in_file; /* the bytes are in the first descriptor */
    uint64_t len;
};

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

bool memory_file(const char *name, str bytes, int *ret_fd, struct error *err)
{
    int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return error_errno(err, errno, "making a memory file");
    while (bytes.len != 0) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            goto fail;
        bytes = str_skip(bytes, (size_t)n);
    }
    if (fcntl(fd, F_ADD_SEALS, SEALS) < 0)
        goto fail;
    *ret_fd = fd;
    return true;
fail:
    (void)error_errno(err, errno, "filling a memory file");
    (void)close(fd); /* memory only */
    return false;
}

bool memory_file_map(int fd, str *ret_bytes, struct error *err)
{
    int seals = fcntl(fd, F_GET_SEALS);
    struct stat status;
    if (seals < 0 || (seals & (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)) !=
                         (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE))
        return error_set(err, ERROR_INTERNAL, "a memory file is not sealed");
    if (fstat(fd, &status) < 0)
        return error_errno(err, errno, "reading a memory file");
    if (status.st_size == 0) {
        *ret_bytes = STR("");
        return true;
    }
    void *base = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (base == MAP_FAILED)
        return error_errno(err, errno, "mapping a memory file");
    *ret_bytes = str_from(base, (size_t)status.st_size);
    return true;
}

void memory_file_unmap(str bytes)
{
    if (bytes.len != 0)
        (void)munmap((void *)(uintptr_t)bytes.ptr, bytes.len); /* cannot fail: our mapping */
}

bool channel_pair(int ret_ends[2], struct error *err)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return error_errno(err, errno, "making a channel");
    ret_ends[0] = ends[0];
    ret_ends[1] = ends[1];
    return true;
}

union control {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int) * (CHANNEL_FDS_MAX + 1))];
};

static bool send_packet(int channel, const struct packet *packet, str bytes, const int *fds,
                        size_t fd_count, struct error *err)
{
    struct iovec parts[] = {
        {.iov_base = (void *)(uintptr_t)packet, .iov_len = sizeof(*packet)},
        {.iov_base = (void *)(uintptr_t)bytes.ptr, .iov_len = bytes.len},
    };
    union control control = {0};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = bytes.len != 0 ? 2 : 1};
    if (fd_count != 0) {
        message.msg_control = control.room;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
        memcpy(CMSG_DATA(header), fds, sizeof(int) * fd_count);
    }
    ssize_t n;
    do
        n = sendmsg(channel, &message, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    if (n >= 0)
        return true;
    return error_set(err, ERROR_UNAVAILABLE, "the other process is gone (%s)", strerror(errno));
}

bool channel_send(int channel, str bytes, const int *fds, size_t fd_count, struct error *err)
{
    CHECK(fd_count <= CHANNEL_FDS_MAX);
    if (bytes.len > CHANNEL_BYTES_MAX)
        return error_rule(err, ERROR_LIMIT, "E_MESSAGE_SIZE", "a message of %zu bytes is too long",
                          bytes.len);
    struct packet packet = {.magic = CHANNEL_MAGIC, .len = bytes.len};
    if (bytes.len <= INLINE_MAX)
        return send_packet(channel, &packet, bytes, fds, fd_count, err);
    int all[CHANNEL_FDS_MAX + 1];
    if (!memory_file("message", bytes, &all[0], err))
        return false;
    if (fd_count != 0)
        memcpy(all + 1, fds, sizeof(int) * fd_count);
    packet.in_file = 1;
    bool sent = send_packet(channel, &packet, STR(""), all, fd_count + 1, err);
    (void)close(all[0]); /* memory only */
    return sent;
}

/* True when there is something to receive (or the end). */
static bool wait_readable(int channel, int timeout_ms, struct error *err)
{
    struct pollfd wait = {.fd = channel, .events = POLLIN};
    int n;
    do
        n = poll(&wait, 1, timeout_ms);
    while (n < 0 && errno == EINTR && timeout_ms < 0);
    if (n > 0)
        return true;
    return error_set(err, ERROR_TIMEOUT, "the other process does not answer");
}

static size_t take_fds(struct msghdr *message, int *fds)
{
    size_t count = 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header != NULL;
         header = CMSG_NXTHDR(message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
            continue;
        size_t here = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        CHECK(count + here <= CHANNEL_FDS_MAX + 1); /* there is no room for more */
        memcpy(fds + count, CMSG_DATA(header), here * sizeof(int));
        count += here;
    }
    return count;
}

static void close_all(const int *fds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        (void)close(fds[i]); /* not written by us */
}

static bool read_file_bytes(int fd, uint64_t len, struct arena *arena, str *ret_bytes,
                            struct error *err)
{
    str mapped;
    if (!memory_file_map(fd, &mapped, err))
        return false;
    bool right = mapped.len == len;
    if (right)
        *ret_bytes = arena_str(arena, mapped);
    memory_file_unmap(mapped);
    return right || error_set(err, ERROR_INTERNAL, "a message has the wrong length");
}

bool channel_receive(int channel, int timeout_ms, struct arena *arena,
                     struct channel_message *ret_message, struct error *err)
{
    if (!wait_readable(channel, timeout_ms, err))
        return false;
    struct packet packet;
    char *bytes = arena_alloc_bytes(arena, INLINE_MAX);
    struct iovec parts[] = {
        {.iov_base = &packet, .iov_len = sizeof(packet)},
        {.iov_base = bytes, .iov_len = INLINE_MAX},
    };
    union control control = {0};
    struct msghdr message = {.msg_iov = parts,
                             .msg_iovlen = 2,
                             .msg_control = control.room,
                             .msg_controllen = sizeof(control.room)};
    ssize_t n;
    do
        n = recvmsg(channel, &message, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n == 0 || (n < 0 && errno == ECONNRESET))
        return error_set(err, ERROR_CANCELLED, "the other process ended");
    if (n < 0)
        return error_errno(err, errno, "receiving from a process");

    int fds[CHANNEL_FDS_MAX + 1];
    size_t count = take_fds(&message, fds);
    size_t len = (size_t)n < sizeof(packet) ? 0 : (size_t)n - sizeof(packet);
    struct channel_message received = {.bytes = str_from(bytes, len)};
    bool good = (size_t)n >= sizeof(packet) && packet.magic == CHANNEL_MAGIC &&
                (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0 &&
                packet.len <= CHANNEL_BYTES_MAX &&
                (packet.in_file ? count >= 1 && len == 0 : packet.len == len) &&
                count - (packet.in_file ? 1 : 0) <= CHANNEL_FDS_MAX;
    if (!good) {
        close_all(fds, count);
        return error_set(err, ERROR_INTERNAL, "a malformed message from another process");
    }
    size_t first = 0;
    if (packet.in_file) {
        good = read_file_bytes(fds[0], packet.len, arena, &received.bytes, err);
        (void)close(fds[0]); /* read */
        first = 1;
    }
    if (!good) {
        close_all(fds + first, count - first);
        return false;
    }
    received.fd_count = count - first;
    memcpy(received.fds, fds + first, sizeof(int) * received.fd_count);
    *ret_message = received;
    return true;
}
