#include "syncd/git/outbox.h"

#include "syncd/base/buf.h"
#include "syncd/base/check.h"
#include "syncd/base/list.h"
#include "syncd/base/map.h"
#include "syncd/process/message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* The journal is written anew when it is longer than this and mostly confirmed. */
#define COMPACT_BYTES (1u << 20)
#define JOURNAL_MAX   (256u << 20)

/* One open commit. */
struct entry {
    struct list list;
    str commit;
    struct buf records;
    uint64_t sequence; /* of the newest addition in it */
};

struct outbox {
    struct list entries;
    struct map by_commit;      /* to the entry; NULL once it was confirmed */
    struct arena *index_arena; /* of by_commit; made anew whenever nothing is open */
    size_t count;
    uint64_t sequence;
    struct arena *arena; /* lives as long */
    const char *path;
    const struct limits *limits;
    int fd;       /* the journal, locked; -1 when it could not be opened anew */
    uint64_t len; /* of the journal */
    bool dirty;   /* the journal lacks something: write it anew */
};

enum operation { OPERATION_ADD, OPERATION_CONFIRM };

/* Before each record's bytes; check = hash_stable of them. */
struct frame {
    uint64_t len;
    uint64_t check;
};

static struct entry *find(const struct outbox *outbox, str commit)
{
    return map_get(&outbox->by_commit, commit);
}

static void drop(struct outbox *outbox, struct entry *entry)
{
    list_remove(&entry->list);
    (void)map_put(&outbox->by_commit, outbox->index_arena, entry->commit, NULL);
    if (--outbox->count == 0) {
        arena_destroy(outbox->index_arena);
        outbox->index_arena = arena_create(ARENA_NO_BUDGET);
        outbox->by_commit = (struct map){0};
    }
    buf_finish(&entry->records);
    free((char *)(uintptr_t)entry->commit.ptr);
    free(entry);
}

/* In memory: merged with what is open for the commit. */
static void remember(struct outbox *outbox, str commit, str records, uint64_t sequence)
{
    struct entry *entry = find(outbox, commit);
    if (entry == NULL) {
        entry = calloc(1, sizeof(*entry));
        char *copy = malloc(commit.len + 1);
        CHECK(entry != NULL && copy != NULL);
        memcpy(copy, commit.ptr, commit.len);
        entry->commit = str_from(copy, commit.len);
        buf_init(&entry->records, SIZE_MAX / 2);
        list_append(&outbox->entries, &entry->list);
        (void)map_put(&outbox->by_commit, outbox->index_arena,
                      arena_str(outbox->index_arena, commit), entry);
        outbox->count++;
    }
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    str merged = note_merge(buf_str(&entry->records), records, outbox->limits, scratch);
    buf_clear(&entry->records);
    buf_add(&entry->records, merged);
    entry->sequence = sequence;
    if (sequence > outbox->sequence)
        outbox->sequence = sequence;
}

static void forget(struct outbox *outbox, str commit, uint64_t sequence)
{
    struct entry *entry = find(outbox, commit);
    if (entry != NULL && entry->sequence <= sequence)
        drop(outbox, entry);
}

static void put_record(struct buf *out, enum operation operation, uint64_t sequence, str commit,
                       str records)
{
    AUTO_BUF struct buf body = BUF_INIT(JOURNAL_MAX);
    message_put_number(&body, operation);
    message_put_number(&body, sequence);
    message_put_text(&body, commit);
    message_put_text(&body, records);
    struct frame frame = {.len = body.len, .check = hash_stable(buf_str(&body))};
    buf_add(out, str_from((const char *)&frame, sizeof(frame)));
    buf_add(out, buf_str(&body));
}

/* Carries out one record; false when it is no record of ours. */
static bool replay(struct outbox *outbox, str body)
{
    struct message_reader reader = {.rest = body};
    struct error ignored = ERROR_INIT;
    uint64_t operation = message_take_number(&reader);
    uint64_t sequence = message_take_number(&reader);
    str commit = message_take_text(&reader);
    str records = message_take_text(&reader);
    if (!message_end(&reader, &ignored) || operation > OPERATION_CONFIRM)
        return false;
    if (operation == OPERATION_ADD)
        remember(outbox, commit, records, sequence);
    else
        forget(outbox, commit, sequence);
    return true;
}

/* Everything up to the first record that is torn or damaged; what follows was never promised. */
static void replay_all(struct outbox *outbox, str journal)
{
    struct frame frame;
    while (journal.len >= sizeof(frame)) {
        memcpy(&frame, journal.ptr, sizeof(frame));
        str rest = str_skip(journal, sizeof(frame));
        if (frame.len > rest.len)
            break;
        str body = str_slice(rest, 0, (size_t)frame.len);
        if (hash_stable(body) != frame.check || !replay(outbox, body))
            break;
        journal = str_skip(rest, body.len);
    }
    outbox->dirty = journal.len != 0;
}

static bool write_all(int fd, str bytes)
{
    while (bytes.len != 0) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes = str_skip(bytes, (size_t)n);
    }
    return fsync(fd) == 0;
}

static bool sync_folder(const char *path)
{
    str folder = str_slice(str_z(path), 0, str_rindex(str_z(path), '/'));
    AUTO_BUF struct buf name = BUF_INIT(4096);
    buf_add(&name, folder.len != 0 ? folder : STR("/"));
    int fd = open(name.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        (void)close(fd); /* only read */
    return done;
}

/* A new journal with just what is open, put in place of the old one. */
static bool rewrite(struct outbox *outbox, struct error *err)
{
    AUTO_BUF struct buf name = BUF_INIT(4096);
    AUTO_BUF struct buf bytes = BUF_INIT(JOURNAL_MAX);
    buf_printf(&name, "%s.new", outbox->path);
    LIST_FOR (node, &outbox->entries) {
        const struct entry *entry = LIST_ITEM(node, struct entry, list);
        put_record(&bytes, OPERATION_ADD, entry->sequence, entry->commit, buf_str(&entry->records));
    }
    int fd = open(name.ptr, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool done = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && !buf_failed(&bytes) &&
                write_all(fd, buf_str(&bytes)) && rename(name.ptr, outbox->path) == 0 &&
                sync_folder(outbox->path);
    if (!done) {
        (void)error_errno(err, errno, "writing the outbox %s", outbox->path);
        if (fd >= 0)
            (void)close(fd); /* given up */
        outbox->dirty = true;
        return false;
    }
    (void)close(outbox->fd); /* replaced */
    outbox->fd = fd;
    outbox->len = bytes.len;
    outbox->dirty = false;
    return true;
}

/* Appends bytes to the journal, or writes it anew when that is due. */
static bool append(struct outbox *outbox, str bytes, struct error *err)
{
    if (outbox->dirty || (outbox->len > COMPACT_BYTES && outbox->count < 16) ||
        outbox->len + bytes.len > JOURNAL_MAX)
        return rewrite(outbox, err);
    if (!write_all(outbox->fd, bytes)) {
        /* After a failed write or sync nothing is known about this file any more. */
        outbox->dirty = true;
        return error_errno(err, errno, "writing the outbox %s", outbox->path);
    }
    outbox->len += bytes.len;
    return true;
}

static bool read_journal(struct outbox *outbox, struct buf *bytes, struct error *err)
{
    struct stat status;
    if (fstat(outbox->fd, &status) < 0)
        return error_errno(err, errno, "reading the outbox %s", outbox->path);
    if (!S_ISREG(status.st_mode) || status.st_uid != geteuid())
        return error_set(err, ERROR_DENIED, "the outbox %s is not a file of ours", outbox->path);
    if (status.st_size > (off_t)JOURNAL_MAX)
        return error_rule(err, ERROR_LIMIT, "E_OUTBOX", "the outbox %s is too long", outbox->path);
    char *room = buf_reserve(bytes, (size_t)status.st_size + 1);
    ssize_t n;
    while ((n = read(outbox->fd, room + bytes->len, (size_t)status.st_size - bytes->len)) != 0) {
        if (n < 0 && errno != EINTR)
            return error_errno(err, errno, "reading the outbox %s", outbox->path);
        if (n > 0)
            buf_wrote(bytes, (size_t)n);
        room = bytes->ptr;
    }
    outbox->len = bytes->len;
    return true;
}

bool outbox_open(const char *path, const struct limits *limits, struct outbox **ret_outbox,
                 struct error *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_APPEND, 0600);
    if (fd < 0)
        return error_errno(err, errno, "opening the outbox %s", path);
    struct outbox *outbox = calloc(1, sizeof(*outbox));
    CHECK(outbox != NULL);
    *outbox = (struct outbox){.fd = fd,
                              .limits = limits,
                              .arena = arena_create(ARENA_NO_BUDGET),
                              .index_arena = arena_create(ARENA_NO_BUDGET)};
    outbox->path = arena_str(outbox->arena, str_z(path)).ptr;
    list_init(&outbox->entries);
    AUTO_BUF struct buf bytes = BUF_INIT(JOURNAL_MAX + 1);
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        (void)error_set(err, ERROR_CONFLICT, "the outbox %s is in use by another process", path);
        goto fail;
    }
    if (!read_journal(outbox, &bytes, err))
        goto fail;
    replay_all(outbox, buf_str(&bytes));
    *ret_outbox = outbox;
    return true;
fail:
    outbox_close(outbox);
    return false;
}

void outbox_close(struct outbox *outbox)
{
    if (outbox == NULL)
        return;
    LIST_FOR (node, &outbox->entries) {
        drop(outbox, LIST_ITEM(node, struct entry, list));
    }
    if (outbox->fd >= 0)
        (void)close(outbox->fd); /* synced at each write */
    arena_destroy(outbox->index_arena);
    arena_destroy(outbox->arena);
    free(outbox);
}

bool outbox_add(struct outbox *outbox, str commit, str records, struct error *err)
{
    AUTO_BUF struct buf bytes = BUF_INIT(JOURNAL_MAX);
    uint64_t sequence = outbox->sequence + 1;
    remember(outbox, commit, records, sequence);
    put_record(&bytes, OPERATION_ADD, sequence, commit, records);
    return append(outbox, buf_str(&bytes), err);
}

struct outbox_batch outbox_open_notes(struct outbox *outbox, size_t max, struct arena *arena)
{
    size_t count = outbox->count < max ? outbox->count : max;
    struct outbox_batch batch = {
        .notes = ARENA_ARRAY(arena, struct note, count),
        .sequence = outbox->sequence,
    };
    LIST_FOR (node, &outbox->entries) {
        if (batch.count == count)
            break;
        const struct entry *entry = LIST_ITEM(node, struct entry, list);
        batch.notes[batch.count++] = (struct note){
            .commit = arena_str(arena, entry->commit),
            .records = arena_str(arena, buf_str(&entry->records)),
        };
    }
    return batch;
}

bool outbox_confirm(struct outbox *outbox, const struct outbox_batch *batch, struct error *err)
{
    AUTO_BUF struct buf bytes = BUF_INIT(JOURNAL_MAX);
    for (size_t i = 0; i < batch->count; i++) {
        forget(outbox, batch->notes[i].commit, batch->sequence);
        put_record(&bytes, OPERATION_CONFIRM, batch->sequence, batch->notes[i].commit, STR(""));
    }
    return append(outbox, buf_str(&bytes), err);
}

size_t outbox_count(const struct outbox *outbox)
{
    return outbox->count;
}

bool outbox_holds(const struct outbox *outbox, str commit)
{
    return find(outbox, commit) != NULL;
}
