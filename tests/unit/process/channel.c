#include "syncd/process/channel.h"
#include "syncd/process/message.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static void passes(size_t len, size_t fd_count)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    int ends[2], fds[CHANNEL_FDS_MAX];
    cr_assert(channel_pair(ends, &err));
    char *bytes = malloc(len + 1);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)(i * 31);
    for (size_t i = 0; i < fd_count; i++)
        fds[i] = memfd_create("x", MFD_CLOEXEC);
    cr_assert(channel_send(ends[0], str_from(bytes, len), fds, fd_count, &err), "%s", err.text);
    struct channel_message message;
    cr_assert(channel_receive(ends[1], 1000, arena, &message, &err), "%s", err.text);
    cr_expect(str_equal(message.bytes, str_from(bytes, len)), "%zu", len);
    cr_expect_eq(message.fd_count, fd_count);
    for (size_t i = 0; i < message.fd_count; i++) {
        cr_expect(fcntl(message.fds[i], F_GETFD) == FD_CLOEXEC);
        close(message.fds[i]);
        close(fds[i]);
    }
    close(ends[0]);
    cr_expect(!channel_receive(ends[1], 1000, arena, &message, &err));
    cr_expect_eq(err.class, ERROR_CANCELLED);
    close(ends[1]);
    free(bytes);
}

Test(channel, passes_short_and_long_messages_with_descriptors)
{
    static const size_t lengths[] = {0, 1, 32768, 32769, 1 << 20};
    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        passes(lengths[i], 0);
        passes(lengths[i], CHANNEL_FDS_MAX);
    }
}

Test(channel, refuses_what_is_no_message)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct channel_message message;
    static char bytes[70000];
    static const size_t lengths[] = {1, 15, 16, 17, 1000, 60000};
    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        struct error err = ERROR_INIT;
        int ends[2];
        cr_assert(channel_pair(ends, &err));
        cr_assert_eq(send(ends[0], bytes, lengths[i], 0), (ssize_t)lengths[i]);
        cr_expect(!channel_receive(ends[1], 1000, arena, &message, &err));
        cr_expect_eq(err.class, ERROR_INTERNAL);
        close(ends[0]);
        close(ends[1]);
    }
}

Test(channel, times_out)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    int ends[2];
    cr_assert(channel_pair(ends, &err));
    struct channel_message message;
    cr_expect(!channel_receive(ends[0], 10, arena, &message, &err));
    cr_expect_eq(err.class, ERROR_TIMEOUT);
    close(ends[1]);
    cr_expect(!channel_send(ends[0], STR("x"), NULL, 0, &err));
    cr_expect_eq(err.class, ERROR_UNAVAILABLE);
    close(ends[0]);
}

Test(memory_file, cannot_change_once_it_is_handed_out)
{
    struct error err = ERROR_INIT;
    int fd;
    str bytes;
    cr_assert(memory_file("x", STR("abc"), &fd, &err));
    cr_expect_eq(write(fd, "d", 1), -1);
    cr_expect_eq(ftruncate(fd, 0), -1);
    cr_assert(memory_file_map(fd, &bytes, &err));
    cr_expect(str_equal(bytes, STR("abc")));
    memory_file_unmap(bytes);
    close(fd);
    fd = memfd_create("x", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    cr_expect(!memory_file_map(fd, &bytes, &err));
    close(fd);
}

Test(message, gives_back_what_was_put)
{
    struct buf buf = BUF_INIT(1 << 20);
    struct error told = ERROR_INIT, heard = ERROR_INIT, err = ERROR_INIT;
    (void)error_rule(&told, ERROR_LIMIT, "E_X", "too much");
    (void)error_at(&told, (struct position){STR("a.yaml"), 3, 4});
    message_put_number(&buf, 42);
    message_put_text(&buf, STR("text"));
    message_put_error(&buf, &told);
    struct message_reader reader = {.rest = buf_str(&buf)};
    cr_expect_eq(message_take_number(&reader), 42);
    cr_expect(str_equal(message_take_text(&reader), STR("text")));
    message_take_error(&reader, &heard);
    cr_expect(message_end(&reader, &err));
    cr_expect_eq(heard.class, ERROR_LIMIT);
    cr_expect_str_eq(heard.rule, "E_X");
    cr_expect_str_eq(heard.file, "a.yaml");
    cr_expect_eq(heard.line, 3);
    buf_finish(&buf);
}

Test(message, fails_softly_when_cut_short)
{
    struct buf buf = BUF_INIT(1 << 20);
    struct error err = ERROR_INIT;
    message_put_number(&buf, 1);
    message_put_text(&buf, STR("four"));
    for (size_t len = 0; len < buf.len; len++) {
        struct message_reader reader = {.rest = str_slice(buf_str(&buf), 0, len)};
        (void)message_take_number(&reader);
        (void)message_take_text(&reader);
        cr_expect(!message_end(&reader, &err));
    }
    struct buf huge = BUF_INIT(64);
    message_put_number(&huge, UINT64_MAX);
    struct message_reader reader = {.rest = buf_str(&huge)};
    cr_expect_eq(message_take_count(&reader, 1), 0);
    cr_expect(reader.failed);
    buf_finish(&buf);
    buf_finish(&huge);
}
