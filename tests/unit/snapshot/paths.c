#include "syncd/base/error.h"
#include "syncd/snapshot/snapshot.h"

#include <criterion/criterion.h>

static const char *joined(const char *base, const char *relative)
{
    static char out[256];
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    str path;
    if (!path_join(str_z(base), str_z(relative), arena, &path, &err))
        return err.rule[0] != '\0' ? "E_PATH_ESCAPE" : "?";
    cr_assert(path.len < sizeof(out));
    memcpy(out, path.ptr, path.len);
    out[path.len] = '\0';
    return out;
}

Test(path, join_cleans)
{
    static const struct {
        const char *base, *relative, *want;
    } cases[] = {
        {"", "a/./b/../c", "a/c"},
        {"a/b", "../c", "a/c"},
        {"a/b", "..", "a"},
        {"a/b", "../..", ""},
        {"", "", ""},
        {"a", ".", "a"},
        {"a", "b//c/", "a/b/c"},
        {"a", "../..", "E_PATH_ESCAPE"},
        {"", "..", "E_PATH_ESCAPE"},
        {"a", "/etc", "E_PATH_ESCAPE"},
        {"a", "b/../../../c", "E_PATH_ESCAPE"},
        {"", "...", "..."},
        {"", "..a/b", "..a/b"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_expect_str_eq(joined(cases[i].base, cases[i].relative), cases[i].want, "%s + %s",
                         cases[i].base, cases[i].relative);
}

Test(path, join_refuses_a_nul_byte)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    str path;
    cr_expect(!path_join(STR(""), str_from("a\0b", 3), arena, &path, &err));
    cr_expect_str_eq(err.rule, "E_PATH_ESCAPE");
}

Test(path, is_taken_apart)
{
    cr_expect(str_equal(path_directory(STR("a/b/c")), STR("a/b")));
    cr_expect(str_equal(path_directory(STR("a")), STR("")));
    cr_expect(str_equal(path_base(STR("a/b/c")), STR("c")));
    cr_expect(str_equal(path_base(STR("a")), STR("a")));
}

static bool name_is_refused(str name)
{
    struct error err = ERROR_INIT;
    if (tree_name_check(name, &err))
        return false;
    cr_expect_str_eq(err.rule, "E_TREE_NAME");
    cr_expect_eq(err.class, ERROR_INPUT);
    return true;
}

Test(tree_name, refuses_every_spelling_of_dot_git)
{
    static const char *const bad[] = {
        ".git",
        ".GIT",
        ".gIt",
        "git~1",
        "GIT~1",
        ".git ",
        ".git.",
        ".git . .",
        ".git::$INDEX",
        ".git::$INDEX_ALLOCATION",
        ".git:stream",
        "git~1...",
        ".git\\x",
        "a\\.git",
        "x\\GIT~1 ",
        ".g\u200cit",
        "\u200d.git",
        ".gi\ufefft",
        ".GI\u206aT\u202e",
        "git~1:x",
        "a\\..\\b",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        cr_expect(name_is_refused(str_z(bad[i])), "%s", bad[i]);
}

Test(tree_name, refuses_steps_slashes_and_control_bytes)
{
    static const str bad[] = {
        STR_INIT(""),     STR_INIT("."),       STR_INIT(".."),
        STR_INIT("a/b"),  STR_INIT("../esc"),  STR_INIT("a\nb"),
        STR_INIT("a\0b"), STR_INIT("\x1b[2J"), STR_INIT("a\x7f"),
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        cr_expect(name_is_refused(bad[i]), "%zu", i);
    char longest[256];
    memset(longest, 'a', sizeof(longest));
    cr_expect(name_is_refused(str_from(longest, 256)));
    cr_expect(!name_is_refused(str_from(longest, 255)));
}

Test(tree_name, takes_what_is_only_similar)
{
    static const char *const good[] = {
        ".gitignore",  ".gitattributes", ".github", "git",  ".gi",    "...", "..a",
        "git~2",       ".git-x",         "x.git",   "a b",  "ä.yaml", "\\",  ".git~1",
        "values.yaml", "git~10",         "a:b",     ".gît", "a\\b",
    };
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        cr_expect(!name_is_refused(str_z(good[i])), "%s", good[i]);
}
