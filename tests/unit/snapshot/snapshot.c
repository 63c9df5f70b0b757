#include "syncd/snapshot/snapshot.h"

#include "syncd/base/buf.h"
#include "syncd/base/error.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct row {
    const char *path;
    enum entry_mode mode;
    const char *bytes;
};

static const uint8_t no_oid[OID_LEN];

static struct snapshot *sealed(struct snapshot_writer *writer)
{
    struct error err = ERROR_INIT;
    int fd = -1;
    struct snapshot *snapshot = NULL;
    cr_assert(snapshot_writer_seal(writer, &fd, &err), "%s", err.text);
    cr_assert(snapshot_map(fd, &snapshot, &err), "%s", err.text);
    close(fd);
    return snapshot;
}

static struct snapshot *made(const struct row *rows, size_t count)
{
    struct error err = ERROR_INIT;
    struct snapshot_writer *writer = snapshot_writer_create(STR(""), limits_default());
    for (size_t i = 0; i < count; i++)
        cr_assert(snapshot_writer_add(writer, str_z(rows[i].path), rows[i].mode, no_oid,
                                      str_z(rows[i].bytes), &err),
                  "%s", err.text);
    return sealed(writer);
}

#define MADE(...)                                                                                  \
    made((const struct row[]){__VA_ARGS__}, ARRAY_LEN(((const struct row[]){__VA_ARGS__})))

static const char *names(const struct snapshot *snapshot, const char *directory)
{
    static char out[512];
    size_t len = 0;
    struct snapshot_children children = snapshot_children(snapshot, str_z(directory));
    const struct snapshot_entry *entry;
    while ((entry = snapshot_next_child(&children)) != NULL)
        len += (size_t)snprintf(out + len, sizeof(out) - len, "%.*s ", STR_ARG(entry->path));
    out[len] = '\0';
    return out;
}

Test(snapshot, gives_back_what_was_written)
{
    struct snapshot *s = MADE({"z.yaml", ENTRY_FILE, "zz"}, {"a/b/run.sh", ENTRY_EXECUTABLE, "#!"},
                              {"a/link", ENTRY_LINK, "../z.yaml"}, {"empty", ENTRY_FILE, ""});
    cr_expect_eq(snapshot_count(s), 7); /* and "", "a", "a/b" */
    const struct snapshot_entry *entry = snapshot_find(s, STR("a/b/run.sh"));
    cr_assert_not_null(entry);
    cr_expect_eq(entry->mode, ENTRY_EXECUTABLE);
    cr_expect(str_equal(entry->bytes, STR("#!")));
    cr_expect_eq(snapshot_find(s, STR("a/b"))->mode, ENTRY_DIRECTORY);
    cr_expect_null(snapshot_find(s, STR("a/b/")));
    cr_expect_null(snapshot_find(s, STR("b")));
    cr_expect_eq(snapshot_at(s, 0)->path.len, 0);
    cr_expect_eq(snapshot_commit(s).len, 0);
    snapshot_destroy(s);
}

Test(snapshot, lists_direct_children_only)
{
    struct snapshot *s =
        MADE({"a/x", ENTRY_FILE, ""}, {"a-b", ENTRY_FILE, ""}, {"a.d/y", ENTRY_FILE, ""},
             {"a/c/d/e", ENTRY_FILE, ""}, {"a/c-z", ENTRY_FILE, ""}, {"a0", ENTRY_FILE, ""});
    cr_expect_str_eq(names(s, ""), "a a-b a.d a0 ");
    cr_expect_str_eq(names(s, "a"), "a/c a/c-z a/x ");
    cr_expect_str_eq(names(s, "a/c"), "a/c/d ");
    cr_expect_str_eq(names(s, "a.d"), "a.d/y ");
    cr_expect_str_eq(names(s, "a/x"), "");
    cr_expect_str_eq(names(s, "nowhere"), "");
    snapshot_destroy(s);
}

static const char *resolved(const struct snapshot *s, const char *base, const char *relative)
{
    static char out[256];
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    const struct snapshot_entry *entry;
    if (!snapshot_resolve(s, str_z(base), str_z(relative), limits_default(), arena, &entry, &err))
        snprintf(out, sizeof(out), "%s",
                 err.rule[0] != '\0' ? err.rule : error_class_name(err.class));
    else
        snprintf(out, sizeof(out), "%.*s", STR_ARG(entry->path));
    return out;
}

Test(resolve, follows_links_inside)
{
    struct snapshot *s =
        MADE({"values.staging.yaml", ENTRY_FILE, "x"},
             {"values.dev.yaml", ENTRY_LINK, "values.staging.yaml"},
             {"base/k.yaml", ENTRY_FILE, ""}, {"o/dev/base", ENTRY_LINK, "../../base"},
             {"o/up", ENTRY_LINK, ".."}, {"o/self", ENTRY_LINK, "./dev//base/"});
    cr_expect_str_eq(resolved(s, "", "values.dev.yaml"), "values.staging.yaml");
    cr_expect_str_eq(resolved(s, "o/dev", "base/k.yaml"), "base/k.yaml");
    cr_expect_str_eq(resolved(s, "o/dev", "../../base/k.yaml"), "base/k.yaml");
    cr_expect_str_eq(resolved(s, "o", "self/k.yaml"), "base/k.yaml");
    cr_expect_str_eq(resolved(s, "o", "up/base"), "base");
    cr_expect_str_eq(resolved(s, "o", "."), "o");
    cr_expect_str_eq(resolved(s, "", ""), "");
    cr_expect_str_eq(resolved(s, "", "base/k.yaml/x"), "NOT_FOUND");
    cr_expect_str_eq(resolved(s, "", "nothing"), "NOT_FOUND");
    cr_expect_str_eq(resolved(s, "", "../x"), "E_PATH_ESCAPE");
    cr_expect_str_eq(resolved(s, "base", "/etc/passwd"), "E_PATH_ESCAPE");
    snapshot_destroy(s);
}

Test(resolve, never_leaves_the_snapshot_by_a_link)
{
    struct snapshot *s =
        MADE({"app.yaml", ENTRY_LINK, "/etc/passwd"}, {"zero", ENTRY_LINK, "/dev/zero"},
             {"deep/env", ENTRY_LINK, "../../../../proc/self/environ"}, {"d/a", ENTRY_LINK, "b"},
             {"d/b", ENTRY_LINK, "../.."}, {"d/mid", ENTRY_LINK, "../../.."},
             {"kustomization.yaml", ENTRY_LINK, "../outside/kustomization.yaml"});
    cr_expect_str_eq(resolved(s, "", "app.yaml"), "E_LINK_ESCAPE");
    cr_expect_str_eq(resolved(s, "", "zero"), "E_LINK_ESCAPE");
    cr_expect_str_eq(resolved(s, "deep", "env"), "E_LINK_ESCAPE");
    cr_expect_str_eq(resolved(s, "d", "a"), "E_LINK_ESCAPE");
    cr_expect_str_eq(resolved(s, "d", "a/etc/passwd"), "E_LINK_ESCAPE");
    cr_expect_str_eq(resolved(s, "", "d/mid/x"), "E_LINK_ESCAPE");
    cr_expect_str_eq(resolved(s, "", "kustomization.yaml"), "E_LINK_ESCAPE");
    snapshot_destroy(s);
}

Test(resolve, ends_on_loops_and_long_chains)
{
    struct row rows[16] = {{"self", ENTRY_LINK, "self"},
                           {"a", ENTRY_LINK, "b"},
                           {"b", ENTRY_LINK, "a"},
                           {"end", ENTRY_FILE, ""}};
    char from[10][8], to[10][8];
    for (size_t i = 0; i < 9; i++) {
        snprintf(from[i], sizeof(from[i]), "c%zu", i);
        snprintf(to[i], sizeof(to[i]), i == 8 ? "end" : "c%zu", i + 1);
        rows[4 + i] = (struct row){from[i], ENTRY_LINK, to[i]};
    }
    struct snapshot *s = made(rows, 13);
    cr_expect_str_eq(resolved(s, "", "self"), "E_LINK_LOOP");
    cr_expect_str_eq(resolved(s, "", "a/x"), "E_LINK_LOOP");
    cr_expect_str_eq(resolved(s, "", "c0"), "E_LINK_LOOP");
    cr_expect_str_eq(resolved(s, "", "c1"), "end");
    snapshot_destroy(s);
}

Test(resolve, refuses_targets_that_are_no_text)
{
    struct error err = ERROR_INIT;
    struct snapshot_writer *writer = snapshot_writer_create(STR(""), limits_default());
    static char huge[65536];
    memset(huge, 'a', sizeof(huge));
    const struct {
        str path, target;
    } links[] = {{STR("empty"), STR("")},
                 {STR("huge"), str_from(huge, sizeof(huge))},
                 {STR("nul"), STR("a\0b")},
                 {STR("latin"), STR("a\xff")}};
    for (size_t i = 0; i < ARRAY_LEN(links); i++)
        cr_assert(
            snapshot_writer_add(writer, links[i].path, ENTRY_LINK, no_oid, links[i].target, &err));
    struct snapshot *s = sealed(writer);
    cr_expect_str_eq(resolved(s, "", "empty"), "E_LINK_BAD");
    cr_expect_str_eq(resolved(s, "", "huge"), "E_LINK_BAD");
    cr_expect_str_eq(resolved(s, "", "nul"), "E_LINK_BAD");
    cr_expect_str_eq(resolved(s, "", "latin"), "E_LINK_BAD");
    snapshot_destroy(s);
}

Test(writer, refuses_two_entries_of_one_path)
{
    static const struct row pairs[][2] = {
        {{"x.yaml", ENTRY_FILE, "1"}, {"x.yaml", ENTRY_FILE, "2"}},
        {{"a/b", ENTRY_FILE, ""}, {"a", ENTRY_FILE, ""}},
        {{"a", ENTRY_FILE, ""}, {"a/b", ENTRY_FILE, ""}},
        {{"a", ENTRY_DIRECTORY, ""}, {"a", ENTRY_FILE, ""}},
    };
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        struct error err = ERROR_INIT;
        struct snapshot_writer *writer = snapshot_writer_create(STR(""), limits_default());
        cr_expect(snapshot_writer_add(writer, str_z(pairs[i][0].path), pairs[i][0].mode, no_oid,
                                      STR(""), &err));
        cr_expect(!snapshot_writer_add(writer, str_z(pairs[i][1].path), pairs[i][1].mode, no_oid,
                                       STR(""), &err));
        cr_expect_str_eq(err.rule, "E_TREE_DUP", "%zu", i);
        snapshot_writer_destroy(writer);
    }
}

static const char *overrun(const struct limits *limits, const struct row *rows, size_t count)
{
    static char rule[32];
    struct error err = ERROR_INIT;
    struct snapshot_writer *writer = snapshot_writer_create(STR(""), limits);
    bool fits = true;
    for (size_t i = 0; i < count && fits; i++)
        fits = snapshot_writer_add(writer, str_z(rows[i].path), rows[i].mode, no_oid,
                                   str_z(rows[i].bytes), &err);
    snapshot_writer_destroy(writer);
    cr_expect(err.class == ERROR_NONE || err.class == ERROR_LIMIT);
    memcpy(rule, err.rule, sizeof(rule));
    return rule;
}

Test(writer, keeps_its_budgets)
{
    struct limits limits = *limits_default();
    limits.file_bytes = 4;
    limits.unit_bytes = 6;
    limits.unit_files = 5;
    limits.tree_depth = 2;
    const struct row fits[] = {{"a/b/c", ENTRY_FILE, "1234"}, {"d", ENTRY_FILE, "12"}};
    cr_expect_str_eq(overrun(&limits, fits, 2), "");
    const struct row big[] = {{"a", ENTRY_FILE, "12345"}};
    cr_expect_str_eq(overrun(&limits, big, 1), "E_FILE_SIZE");
    const struct row sum[] = {{"a", ENTRY_FILE, "1234"}, {"b", ENTRY_FILE, "123"}};
    cr_expect_str_eq(overrun(&limits, sum, 2), "E_TREE_BUDGET");
    const struct row deep[] = {{"a/b/c/d", ENTRY_FILE, ""}};
    cr_expect_str_eq(overrun(&limits, deep, 1), "E_TREE_BUDGET");
    const struct row many[] = {{"a/b/c", ENTRY_FILE, ""}, {"e/f", ENTRY_FILE, ""}};
    cr_expect_str_eq(overrun(&limits, many, 2), "E_TREE_BUDGET");
}

Test(snapshot, is_not_mapped_while_it_can_change)
{
    struct error err = ERROR_INIT;
    struct snapshot *snapshot = NULL;
    int fd = memfd_create("x", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    cr_expect(!snapshot_map(fd, &snapshot, &err));
    cr_expect_str_eq(err.rule, "E_SNAPSHOT");
    close(fd);
}

/* Every single damaged byte of the index is refused or gives a structure that can be walked. */
Test(snapshot, survives_any_damaged_byte)
{
    struct error err = ERROR_INIT;
    struct snapshot_writer *writer = snapshot_writer_create(STR(""), limits_default());
    cr_assert(snapshot_writer_add(writer, STR("a/b"), ENTRY_FILE, no_oid, STR("xy"), &err));
    cr_assert(snapshot_writer_add(writer, STR("a/l"), ENTRY_LINK, no_oid, STR("b"), &err));
    int fd = -1;
    cr_assert(snapshot_writer_seal(writer, &fd, &err));
    char good[1024];
    ssize_t len = pread(fd, good, sizeof(good), 0);
    close(fd);
    cr_assert(len > 0 && len < (ssize_t)sizeof(good));
    for (ssize_t at = 0; at < len; at++) {
        int copy = memfd_create("x", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        char bad[1024];
        memcpy(bad, good, (size_t)len);
        bad[at] = (char)(bad[at] ^ 0xff);
        cr_assert_eq(write(copy, bad, (size_t)len), len);
        cr_assert_eq(fcntl(copy, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW), 0);
        struct snapshot *snapshot = NULL;
        if (snapshot_map(copy, &snapshot, &err)) {
            (void)names(snapshot, "");
            (void)names(snapshot, "a");
            (void)resolved(snapshot, "", "a/l");
            for (size_t i = 0; i < snapshot_count(snapshot); i++)
                cr_expect(snapshot_at(snapshot, i)->bytes.len <= (size_t)len);
        }
        snapshot_destroy(snapshot);
        close(copy);
    }
}

static void put_file(int dir, const char *name, mode_t mode, const char *text)
{
    int file = openat(dir, name, O_WRONLY | O_CREAT, mode);
    cr_assert_eq(write(file, text, strlen(text)), (ssize_t)strlen(text));
    close(file);
}

Test(directory, is_read_without_following_links)
{
    char root[] = "/tmp/syncd-snapshot-XXXXXX";
    cr_assert_not_null(mkdtemp(root));
    int dir = open(root, O_RDONLY | O_DIRECTORY);
    cr_assert_eq(mkdirat(dir, "sub", 0700), 0);
    cr_assert_eq(mkdirat(dir, ".git", 0700), 0);
    cr_assert_eq(symlinkat("/etc/passwd", dir, "sub/link"), 0);
    cr_assert_eq(mkfifoat(dir, "pipe", 0600), 0);
    put_file(dir, "hello", 0755, "hello\n");
    put_file(dir, "sub/again", 0644, "hello\n");
    put_file(dir, "sub/other", 0644, "other\n");

    struct error err = ERROR_INIT;
    struct snapshot *s = NULL;
    cr_assert(snapshot_read_directory(root, STR(""), limits_default(), &s, &err), "%s", err.text);
    cr_expect_str_eq(names(s, ""), "hello sub ");
    const struct snapshot_entry *entry = snapshot_find(s, STR("hello"));
    cr_expect_eq(entry->mode, ENTRY_EXECUTABLE);
    cr_expect_arr_eq(entry->oid, snapshot_find(s, STR("sub/again"))->oid, OID_LEN);
    cr_expect_arr_neq(entry->oid, snapshot_find(s, STR("sub/other"))->oid, OID_LEN);
    cr_expect(str_equal(snapshot_find(s, STR("sub/link"))->bytes, STR("/etc/passwd")));
    cr_expect_str_eq(resolved(s, "sub", "link"), "E_LINK_ESCAPE");
    snapshot_destroy(s);

    /* One file or one folder of it, under the same paths; nothing else is looked at. */
    cr_assert(snapshot_read_directory(root, STR("hello"), limits_default(), &s, &err), "%s",
              err.text);
    cr_expect_str_eq(names(s, ""), "hello ");
    snapshot_destroy(s);
    cr_assert(snapshot_read_directory(root, STR("sub"), limits_default(), &s, &err), "%s",
              err.text);
    cr_expect_str_eq(names(s, ""), "sub ");
    cr_expect_str_eq(names(s, "sub"), "sub/again sub/link sub/other ");
    snapshot_destroy(s);

    unlinkat(dir, "hello", 0);
    unlinkat(dir, "pipe", 0);
    unlinkat(dir, "sub/link", 0);
    unlinkat(dir, "sub/again", 0);
    unlinkat(dir, "sub/other", 0);
    unlinkat(dir, "sub", AT_REMOVEDIR);
    unlinkat(dir, ".git", AT_REMOVEDIR);
    close(dir);
    rmdir(root);
}
