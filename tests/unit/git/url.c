#include "syncd/git/job.h"

#include <criterion/criterion.h>

Test(url, takes_what_a_repository_may_be)
{
    static const char *const good[] = {
        "https://example.com/team/fleet.git",
        "https://example.com:8443/fleet",
        "https://[::1]:8443/fleet.git",
        "ssh://git@example.com/fleet.git",
        "ssh://git@example.com:2222/~a/b",
        "git@example.com:team/fleet.git",
        "example.com:fleet.git",
        "file:///srv/git/fleet.git",
        "/srv/git/fleet.git",
        "https://xn--e1afmkfd.example/fleet",
    };
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        struct error err = ERROR_INIT;
        cr_expect(repo_url_check(str_z(good[i]), &err), "%s: %s", good[i], err.text);
    }
}

Test(url, refuses_everything_else)
{
    static const str bad[] = {
        STR_INIT(""),
        STR_INIT("http://example.com/x"),
        STR_INIT("git://example.com/x"),
        STR_INIT("ext::sh -c id"),
        STR_INIT("fleet.git"),
        STR_INIT("file://fleet.git"),
        STR_INIT("ssh://-oProxyCommand=x/path"),
        STR_INIT("-oProxyCommand=x:path"),
        STR_INIT("git@host:-path"),
        STR_INIT("git@h:$(id)"),
        STR_INIT("git@h:a'b"),
        STR_INIT("ssh://h/a'b"),
        STR_INIT("ssh://h/a`b`"),
        STR_INIT("https://u:p@h/x"),
        STR_INIT("https://token@h/x"),
        STR_INIT("ssh://u:p@h/x"),
        STR_INIT("https://h/"),
        STR_INIT("https://h"),
        STR_INIT("https:///x"),
        STR_INIT("https://h:0/x"),
        STR_INIT("https://h:99999/x"),
        STR_INIT("https://h:8 0/x"),
        STR_INIT("https://ex\xd0\xb0mple.com/x"),
        STR_INIT("https://h/a\0b"),
        STR_INIT("https://h/a\nb"),
        STR_INIT("https://h/x?service=y"),
        STR_INIT("https://[::1/x"),
        STR_INIT("https://[::g]/x"),
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct error err = ERROR_INIT;
        cr_expect(!repo_url_check(bad[i], &err), "%s", bad[i].ptr);
        cr_expect_str_eq(err.rule, "E_URL");
        cr_expect(strstr(err.text, "token") == NULL && strstr(err.text, "u:p") == NULL,
                  "nothing of a URL is repeated");
    }
    static char longest[1 << 20];
    struct error err = ERROR_INIT;
    memset(longest, '/', sizeof(longest));
    cr_expect(!repo_url_check(str_from(longest, sizeof(longest)), &err));
}

Test(url, tells_local_paths)
{
    str path;
    cr_assert(repo_url_is_local(STR("file:///a/b"), &path));
    cr_expect(str_equal(path, STR("/a/b")));
    cr_assert(repo_url_is_local(STR("/a b"), &path));
    cr_expect(!repo_url_is_local(STR("https://h/x"), &path));
}
