#include "fixture.h"

#include <criterion/criterion.h>

Test(watch, names_the_folders_where_a_tip_is_written)
{
    struct fixture f;
    struct error err = ERROR_INIT;
    fixture_start(&f);
    (void)shell(&f, "git init -q --bare -b main o.git && mkdir o.git/refs/heads/team && "
                    "git init -q -b main w && cd w && git commit -q --allow-empty -m x && "
                    "git worktree add -q ../linked 2>/dev/null");
    struct repo_watch watch;
    cr_assert(repo_watch_list(at(&f, "o.git"), STR("team/prod"), f.arena, &watch, &err));
    cr_assert_eq(watch.count, 5);
    cr_expect(str_equal(watch.directories[0], at(&f, "o.git")));
    cr_expect(str_equal(watch.directories[4], at(&f, "o.git/refs/heads/team")));
    cr_assert(repo_watch_list(at(&f, "w/"), STR("main"), f.arena, &watch, &err));
    cr_expect(str_equal(watch.directories[0], at(&f, "w/.git")));
    cr_assert(repo_watch_list(at(&f, "linked"), STR("main"), f.arena, &watch, &err));
    cr_expect_eq(watch.count, 4);
    cr_assert(repo_watch_list(STR("https://h/x.git"), STR("main"), f.arena, &watch, &err));
    cr_expect_eq(watch.count, 0);
    cr_expect(!repo_watch_list(at(&f, "none"), STR("main"), f.arena, &watch, &err));
    cr_expect_eq(err.class, ERROR_NOT_FOUND);
    fixture_finish(&f);
}
