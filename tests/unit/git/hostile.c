/* What a hostile repository holds: objects that no honest Git writes, put there byte by byte. */
#include "fixture.h"

#include "syncd/base/buf.h"
#include "syncd/base/clock.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct fixture f;
static struct repo_sync_result result;
static struct error err;

static void start(void)
{
    fixture_start(&f);
    err = (struct error)ERROR_INIT;
    (void)shell(&f, "git init -q --bare -b main origin.git");
}

static void finish(void)
{
    fixture_finish(&f);
}

TestSuite(hostile, .init = start, .fini = finish, .timeout = 60);

/* Writes an object of exactly these bytes; its id in hex. */
static str object(const char *type, str bytes)
{
    int fd = open(at(&f, "object").ptr, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    cr_assert_eq(write(fd, bytes.ptr, bytes.len), (ssize_t)bytes.len);
    close(fd);
    return shell(&f, "git -C origin.git hash-object -t %s -w --literally ../object", type);
}

static void entry(struct buf *tree, const char *mode, str name, str hex)
{
    cr_assert(hex.len == 40);
    buf_printf(tree, "%s %.*s", mode, STR_ARG(name));
    buf_add_byte(tree, '\0');
    for (size_t i = 0; i < 40; i += 2) {
        char pair[3] = {hex.ptr[i], hex.ptr[i + 1], '\0'};
        buf_add_byte(tree, (char)strtoul(pair, NULL, 16));
    }
}

/* main becomes a commit of this tree. */
static void publish(str tree)
{
    (void)shell(&f, "cd origin.git && git update-ref refs/heads/main $(git commit-tree -m x %.40s)",
                tree.ptr);
}

static void publish_tree(const struct buf *tree)
{
    publish(object("tree", buf_str(tree)));
}

/* The rule of the refusal or of the first fault in what was taken, or "taken". Never slow. */
static const char *outcome(void)
{
    struct repo_sync_request request = request_for(&f);
    request.idle_ns = 5 * NS_PER_S;
    request.follow = true; /* these commits have no parents */
    int64_t begin = clock_monotonic_ns();
    error_clear(&err);
    bool done = sync_now(&f, &request, &result, &err);
    cr_expect(clock_monotonic_ns() - begin < 10 * NS_PER_S, "too slow: %s", err.text);
    if (!done) {
        cr_expect_neq(err.class, ERROR_INTERNAL, "%s", err.text);
        return err.rule;
    }
    if (result.snapshot >= 0)
        close(result.snapshot);
    for (size_t i = 0; i < result.finding_count; i++) {
        if (result.findings[i].fault)
            return result.findings[i].rule;
    }
    return "taken";
}

static void expect_rule(const char *rule, const char *what)
{
    const char *got = outcome();
    cr_expect_str_eq(got, rule, "%s: %s %s", what, got, err.text);
}

Test(hostile, names_of_trees_are_refused)
{
    static const str names[] = {
        STR_INIT(".git"),       STR_INIT(".GIT"),
        STR_INIT("git~1"),      STR_INIT(".."),
        STR_INIT("."),          STR_INIT("a/b"),
        STR_INIT("../esc"),     STR_INIT("a\nb"),
        STR_INIT(".g\u200cit"), STR_INIT(".git::$INDEX_ALLOCATION"),
    };
    str blob = object("blob", STR("kind: A\n"));
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        AUTO_BUF struct buf tree = BUF_INIT(4096);
        entry(&tree, "100644", names[i], blob);
        publish_tree(&tree);
        expect_rule("E_TREE_NAME", names[i].ptr);
    }
}

Test(hostile, names_are_checked_beside_the_wanted_path, .description = "H01")
{
    str blob = object("blob", STR("kind: A\n"));
    AUTO_BUF struct buf tree = BUF_INIT(4096);
    entry(&tree, "100644", STR(".git"), blob);
    entry(&tree, "100644", STR("good.yaml"), blob);
    publish_tree(&tree);
    struct repo_sync_request request = request_for(&f);
    const str paths[] = {STR("good.yaml")};
    request.paths = paths;
    request.path_count = 1;
    cr_expect(!sync_now(&f, &request, &result, &err));
    cr_expect_str_eq(err.rule, "E_TREE_NAME");
}

Test(hostile, an_empty_name_is_refused)
{
    str blob = object("blob", STR("kind: A\n"));
    AUTO_BUF struct buf tree = BUF_INIT(4096);
    entry(&tree, "100644", STR(""), blob);
    publish_tree(&tree);
    const char *rule = outcome(); /* libgit2 may refuse it first */
    cr_expect(strcmp(rule, "E_TREE_NAME") == 0 || strcmp(rule, "E_OBJ_CORRUPT") == 0, "%s", rule);
}

Test(hostile, twins_and_disorder_are_refused)
{
    str a = object("blob", STR("a: 1\n")), b = object("blob", STR("b: 1\n"));
    AUTO_BUF struct buf twins = BUF_INIT(4096), disorder = BUF_INIT(4096), both = BUF_INIT(4096);
    AUTO_BUF struct buf inner = BUF_INIT(4096);
    entry(&twins, "100644", STR("x.yaml"), a);
    entry(&twins, "100644", STR("x.yaml"), b);
    publish_tree(&twins);
    expect_rule("E_TREE_DUP", "twins");
    entry(&disorder, "100644", STR("y.yaml"), a);
    entry(&disorder, "100644", STR("x.yaml"), b);
    publish_tree(&disorder);
    expect_rule("E_TREE_DUP", "disorder");
    /* A file and a directory of one name are far apart in Git's order. */
    entry(&inner, "100644", STR("z"), b);
    str folder = object("tree", buf_str(&inner));
    entry(&both, "100644", STR("x"), a);
    entry(&both, "100644", STR("x.yaml"), a);
    entry(&both, "40000", STR("x"), folder);
    publish_tree(&both);
    expect_rule("E_TREE_DUP", "file and directory");
}

Test(hostile, links_are_carried_as_text_and_never_followed)
{
    static const char *const targets[] = {"/etc/passwd", "../../../proc/self/environ", "/dev/zero",
                                          "loop"};
    for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
        AUTO_BUF struct buf tree = BUF_INIT(4096);
        entry(&tree, "120000", STR("loop"), object("blob", str_z(targets[i])));
        publish_tree(&tree);
        struct repo_sync_request request = request_for(&f);
        request.follow = true;
        cr_assert(sync_now(&f, &request, &result, &err), "%s", err.text);
        struct snapshot *snapshot;
        cr_assert(snapshot_map(result.snapshot, &snapshot, &err));
        const struct snapshot_entry *link = snapshot_find(snapshot, STR("loop"));
        cr_expect_eq(link->mode, ENTRY_LINK);
        cr_expect(str_equal(link->bytes, str_z(targets[i])));
        snapshot_destroy(snapshot);
        close(result.snapshot);
    }
}

static bool found(const char *rule, const char *path)
{
    for (size_t i = 0; i < result.finding_count; i++)
        if (strcmp(result.findings[i].rule, rule) == 0 &&
            str_equal(result.findings[i].path, str_z(path)))
            return true;
    return false;
}

Test(hostile, submodules_filters_and_pointers_do_nothing)
{
    static char huge[5 << 20];
    memset(huge, 'x', sizeof(huge));
    str modules = object("blob", STR("[submodule \"../../y\"]\n\tpath = ../x\r\n\turl = ext::sh -c "
                                     "id\n\tupdate = !id\n"));
    str pointer = object("blob", STR("version https://git-lfs.github.com/spec/v1\noid sha256:"
                                     "0000000000000000000000000000000000000000000000000000000000000"
                                     "000\nsize 5\n"));
    str attributes = object("blob", str_from(huge, sizeof(huge)));
    AUTO_BUF struct buf tree = BUF_INIT(4096);
    entry(&tree, "100644", STR(".gitattributes"), attributes);
    entry(&tree, "120000", STR(".gitignore"), object("blob", STR("/etc/passwd")));
    entry(&tree, "100644", STR(".gitmodules"), modules);
    entry(&tree, "100644", STR("big.yaml"), pointer);
    entry(&tree, "160000", STR("sub"), STR("0123456789012345678901234567890123456789"));
    publish_tree(&tree);
    expect_rule("taken", "submodule");
    cr_expect(found("E_SUBMODULE", "sub"));
    cr_expect(found("E_LFS_POINTER", "big.yaml"));
    cr_expect(found("E_FILE_SIZE", ".gitattributes"));
    cr_expect_eq(result.finding_count, 3);
}

Test(hostile, files_too_long_are_refused_before_they_are_read)
{
    /* 4 MB and one byte of "x" in a few KB; and a blob that claims 4 GiB in 40 bytes. */
    (void)shell(&f, "head -c 4194305 /dev/zero > object");
    str blob = shell(&f, "git -C origin.git hash-object -w ../object");
    AUTO_BUF struct buf tree = BUF_INIT(4096);
    entry(&tree, "100644", STR("a.yaml"), blob);
    publish_tree(&tree);
    expect_rule("E_FILE_SIZE", "a long file");
    cr_expect(found("E_FILE_SIZE", "a.yaml"));
}

Test(hostile, a_loose_object_that_claims_gigabytes_is_refused)
{
    str id = STR("1234567890123456789012345678901234567890");
    (void)shell(&f,
                "mkdir -p origin.git/objects/12 && python3 -c \"import zlib,sys; "
                "sys.stdout.buffer.write(zlib.compress(b'blob 4294967296\\\\0' + b'x' * 100))\" "
                "> origin.git/objects/12/%.38s",
                id.ptr + 2);
    AUTO_BUF struct buf tree = BUF_INIT(4096);
    entry(&tree, "100644", STR("a.yaml"), id);
    publish_tree(&tree);
    const char *rule = outcome();
    cr_expect(str_starts(str_z(rule), STR("E_OBJ_")) || strcmp(rule, "E_FILE_SIZE") == 0 ||
                  err.class == ERROR_UNAVAILABLE || err.class == ERROR_TIMEOUT,
              "%s %s", rule, err.text);
}

Test(hostile, a_tree_that_repeats_itself_is_bounded)
{
    str level = object("blob", STR("a: 1\n"));
    for (int depth = 0; depth < 10; depth++) {
        AUTO_BUF struct buf tree = BUF_INIT(4096);
        for (int i = 0; i < 10; i++) {
            char name[2] = {(char)('0' + i), '\0'};
            entry(&tree, depth == 0 ? "100644" : "40000", str_z(name), level);
        }
        level = object("tree", buf_str(&tree));
    }
    publish(level);
    expect_rule("E_TREE_BUDGET", "10^10 paths");
    cr_expect_eq(err.class, ERROR_LIMIT);
}

Test(hostile, depth_is_bounded)
{
    str level = object("blob", STR("a: 1\n"));
    for (int depth = 0; depth < 80; depth++) {
        AUTO_BUF struct buf tree = BUF_INIT(4096);
        entry(&tree, depth == 0 ? "100644" : "40000", STR("d"), level);
        level = object("tree", buf_str(&tree));
    }
    publish(level);
    expect_rule("E_TREE_BUDGET", "80 levels");
}

Test(hostile, objects_of_the_wrong_kind_or_missing_are_refused)
{
    str blob = object("blob", STR("a: 1\n"));
    AUTO_BUF struct buf inner = BUF_INIT(4096), as_file = BUF_INIT(4096), mode = BUF_INIT(4096);
    entry(&inner, "100644", STR("x"), blob);
    str tree = object("tree", buf_str(&inner));
    entry(&as_file, "100644", STR("x"), tree);
    publish_tree(&as_file);
    const char *rule = outcome();
    cr_expect(str_starts(str_z(rule), STR("E_OBJ_")) || err.class == ERROR_UNAVAILABLE, "%s %s",
              rule, err.text);
    entry(&mode, "20000", STR("x"), blob);
    publish_tree(&mode);
    rule = outcome();
    cr_expect(strcmp(rule, "E_TREE_MODE") == 0 || str_starts(str_z(rule), STR("E_OBJ_")), "%s %s",
              rule, err.text);
    AUTO_BUF struct buf hollow = BUF_INIT(4096);
    str lost = object("blob", STR("lost: 1\n"));
    entry(&hollow, "100644", STR("x"), lost);
    str without = object("tree", buf_str(&hollow));
    (void)shell(&f, "rm -f origin.git/objects/%.2s/%.38s", lost.ptr, lost.ptr + 2);
    publish(without);
    cr_expect(strcmp(outcome(), "taken") != 0);
    cr_expect_neq(err.class, ERROR_INTERNAL, "%s", err.text);
}

Test(hostile, a_commit_with_a_hole_costs_one_fetch_anew)
{
    AUTO_BUF struct buf good = BUF_INIT(4096), hollow = BUF_INIT(4096);
    entry(&good, "100644", STR("x"), object("blob", STR("a: 1\n")));
    publish_tree(&good);
    expect_rule("taken", "good");
    str lost = object("blob", STR("lost: 1\n"));
    entry(&hollow, "100644", STR("x"), lost);
    publish_tree(&hollow);
    (void)shell(&f, "rm -f origin.git/objects/%.2s/%.38s", lost.ptr, lost.ptr + 2);
    expect_rule("E_OBJ_MISSING", "first time");
    str inode = shell(&f, "stat -c %%i state/git");
    expect_rule("E_OBJ_MISSING", "second time");
    cr_expect(str_equal(inode, shell(&f, "stat -c %%i state/git")), "fetched anew again");
    AUTO_BUF struct buf better = BUF_INIT(4096);
    entry(&better, "100644", STR("y"), object("blob", STR("b: 1\n")));
    publish_tree(&better);
    struct repo_sync_request request = request_for(&f);
    request.follow = true;
    cr_expect(sync_now(&f, &request, &result, &err), "%s", err.text);
    close(result.snapshot);
}

Test(hostile, a_branch_that_is_no_commit_is_refused)
{
    str blob = object("blob", STR("a: 1\n"));
    (void)shell(&f, "mkdir -p origin.git/refs/heads && echo %.40s > origin.git/refs/heads/main",
                blob.ptr);
    cr_expect(strcmp(outcome(), "taken") != 0);
    cr_expect_neq(err.class, ERROR_INTERNAL, "%s", err.text);
}

Test(hostile, symbolic_references_in_a_circle_end)
{
    (void)shell(&f, "cd origin.git && mkdir -p refs/heads && echo 'ref: refs/heads/b' > "
                    "refs/heads/main && echo 'ref: refs/heads/main' > refs/heads/b");
    cr_expect(strcmp(outcome(), "taken") != 0);
    cr_expect_neq(err.class, ERROR_INTERNAL, "%s", err.text);
    (void)shell(&f, "printf '\\377\\000garbage' > origin.git/refs/heads/main; "
                    "printf 'ref: ../../../etc/passwd' > origin.git/HEAD");
    cr_expect(strcmp(outcome(), "taken") != 0);
    cr_expect_neq(err.class, ERROR_INTERNAL, "%s", err.text);
}

/* The remote's own object is cut: nothing of ours is to be mended, and nothing hangs. */
Test(hostile, a_remote_with_truncated_objects_ends)
{
    str blob = shell(&f, "head -c 100000 /dev/urandom > object; "
                         "git -C origin.git hash-object -w ../object");
    AUTO_BUF struct buf tree = BUF_INIT(4096);
    entry(&tree, "100644", STR("a.yaml"), blob);
    publish_tree(&tree);
    static const int cuts[] = {0, 1, 2, 20, 5000, 99000};
    for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
        (void)shell(&f, "cd origin.git/objects/%.2s && chmod u+w %.38s && truncate -s %d %.38s",
                    blob.ptr, blob.ptr + 2, cuts[ARRAY_LEN(cuts) - 1 - i], blob.ptr + 2);
        struct repo_sync_request request = request_for(&f);
        request.idle_ns = 3 * NS_PER_S;
        error_clear(&err);
        cr_expect(!sync_now(&f, &request, &result, &err));
        cr_expect_neq(err.class, ERROR_INTERNAL, "%d: %s", cuts[i], err.text);
    }
}
