/* Any bytes as a snapshot's memory file: refused, or every view stays inside. */
#include "syncd/snapshot/snapshot.h"
#include "syncd/base/check.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void walk(const struct snapshot *snapshot, struct arena *arena)
{
    size_t total = 0;
    for (size_t i = 0; i < snapshot_count(snapshot); i++) {
        const struct snapshot_entry *entry = snapshot_at(snapshot, i), *found;
        CHECK(snapshot_find(snapshot, entry->path) == entry);
        for (size_t at = 0; at < entry->bytes.len; at++)
            total += (unsigned char)entry->bytes.ptr[at];
        struct snapshot_children children = snapshot_children(snapshot, entry->path);
        while (snapshot_next_child(&children) != NULL)
            total++;
        struct error err = ERROR_INIT;
        if (snapshot_resolve(snapshot, STR(""), entry->path, limits_default(), arena, &found, &err))
            CHECK(found->mode != ENTRY_LINK);
    }
    CHECK(total < SIZE_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    struct snapshot *snapshot;
    int fd = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    CHECK(fd >= 0 && write(fd, bytes, len) == (ssize_t)len);
    CHECK(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW) == 0);
    if (snapshot_map(fd, &snapshot, &err)) {
        if (snapshot_count(snapshot) < 1000)
            walk(snapshot, arena);
        snapshot_destroy(snapshot);
    }
    (void)close(fd); /* memory only */
    return 0;
}
