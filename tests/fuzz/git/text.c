/* A URL, a known_hosts file, a host, a path and a tree's name, apart at NUL bytes. */
#include "syncd/base/check.h"
#include "syncd/base/crypto.h"
#include "syncd/git/job.h"
#include "syncd/git/known_hosts.h"
#include "syncd/snapshot/snapshot.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_url(str url)
{
    struct error err = ERROR_INIT;
    str path;
    if (!repo_url_check(url, &err)) {
        CHECK(err.class == ERROR_INPUT && !repo_url_is_local(url, &path));
        return;
    }
    if (repo_url_is_local(url, &path)) {
        CHECK(path.len != 0 && path.ptr[0] == '/');
        return;
    }
    static const char never[] = "'\"`$;&|\n\r ";
    for (size_t i = 0; i + 1 < sizeof(never); i++)
        CHECK(str_index(url, never[i]) == SIZE_MAX);
}

static void check_known_hosts(str text, str host, str key, struct arena *arena)
{
    enum known_host verdict = known_host(text, host, 22, key, arena);
    /* What is trusted was written down. */
    if (verdict == KNOWN_HOST_TRUSTED)
        CHECK(str_find(text, base64_encode(arena, key)) != SIZE_MAX);
}

static void check_path(str path, str name, struct arena *arena)
{
    struct error err = ERROR_INIT;
    str joined, again;
    if (path_join(STR("a/b"), path, arena, &joined, &err)) {
        CHECK(joined.len == 0 || joined.ptr[0] != '/');
        CHECK(!str_starts(joined, STR("../")) && str_find(joined, STR("/../")) == SIZE_MAX);
        CHECK(path_join(STR(""), joined, arena, &again, &err) && str_equal(joined, again));
    }
    if (tree_name_check(name, &err))
        CHECK(name.len != 0 && str_index(name, '/') == SIZE_MAX &&
              !str_equal_fold(name, STR(".git")));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    str rest = str_from((const char *)bytes, len), part[5] = {{0}};
    for (size_t i = 0; i < ARRAY_LEN(part) && str_cut(&rest, '\0', &part[i]); i++)
        ;
    str key = arena_concat(arena, str_from("\0\0\0\x0bssh-ed25519", 15), part[3], STR(""));
    check_url(part[0]);
    check_known_hosts(part[1], part[2], key, arena);
    check_path(part[3], part[4], arena);
    return 0;
}
