#include "syncd/git/known_hosts.h"

#include "syncd/base/crypto.h"

#include <criterion/criterion.h>

static struct arena *arena;
static str key, other;

static str wire_key(const char *last)
{
    return arena_concat(arena, str_from("\0\0\0\x0bssh-ed25519\0\0\0\x04", 19), STR("abc"),
                        str_z(last));
}

static void start(void)
{
    arena = arena_create(ARENA_NO_BUDGET);
    key = wire_key("1");
    other = wire_key("2");
}

static void finish(void)
{
    arena_destroy(arena);
}

TestSuite(known_hosts, .init = start, .fini = finish);

/* One line for a name list, with `shown` as key. */
static enum known_host judge(const char *names, str shown, const char *host, uint16_t port)
{
    str line = arena_printf(arena, "# comment\n\n%s ssh-ed25519 %s a comment\n", names,
                            base64_encode(arena, shown).ptr);
    return known_host(line, str_z(host), port, key, arena);
}

Test(known_hosts, matches_names_ports_and_patterns)
{
    cr_expect_eq(judge("h.example", key, "h.example", 0), KNOWN_HOST_TRUSTED);
    cr_expect_eq(judge("h.example", key, "H.example", 22), KNOWN_HOST_TRUSTED);
    cr_expect_eq(judge("h.example", key, "h.example", 2222), KNOWN_HOST_NONE);
    cr_expect_eq(judge("[h.example]:2222", key, "h.example", 2222), KNOWN_HOST_TRUSTED);
    cr_expect_eq(judge("a,*.example,b", key, "h.example", 0), KNOWN_HOST_TRUSTED);
    cr_expect_eq(judge("*.example,!h.example", key, "h.example", 0), KNOWN_HOST_NONE);
    cr_expect_eq(judge("h?example", key, "h.example", 0), KNOWN_HOST_TRUSTED);
    cr_expect_eq(judge("example", key, "h.example", 0), KNOWN_HOST_NONE);
    cr_expect_eq(judge("h.example", other, "h.example", 0), KNOWN_HOST_OTHER);
}

Test(known_hosts, reads_hashed_names)
{
    /* `echo 'h.example ssh-ed25519 …' | ssh-keygen -H`: HMAC-SHA1 of the name, keyed by the salt.
     */
    cr_expect_eq(
        judge("|1|MDEyMzQ1Njc4OTAxMjM0NTY3ODk=|lagP9IempSMp9rA6xTiSUGhgeUU=", key, "h.example", 0),
        KNOWN_HOST_TRUSTED);
    cr_expect_eq(
        judge("|1|AAAAAAAAAAAAAAAAAAAAAAAAAAA=|AAAAAAAAAAAAAAAAAAAAAAAAAAA=", key, "h.example", 0),
        KNOWN_HOST_NONE);
    cr_expect_eq(judge("|1|!", key, "h.example", 0), KNOWN_HOST_NONE);
    cr_expect_eq(judge("|1|c2FsdA==|c2hvcnQ=", key, "h.example", 0), KNOWN_HOST_NONE);
}

Test(known_hosts, knows_markers)
{
    cr_expect_eq(judge("@revoked *", key, "h.example", 0), KNOWN_HOST_REVOKED);
    cr_expect_eq(judge("@revoked *", other, "h.example", 0), KNOWN_HOST_NONE);
    cr_expect_eq(judge("@cert-authority *", key, "h.example", 0), KNOWN_HOST_NONE);
    str two = arena_printf(arena, "h ssh-ed25519 %s\n@revoked h ssh-ed25519 %s\n",
                           base64_encode(arena, key).ptr, base64_encode(arena, key).ptr);
    cr_expect_eq(known_host(two, STR("h"), 0, key, arena), KNOWN_HOST_REVOKED);
}

Test(known_hosts, trusts_one_of_several_keys_and_nothing_in_garbage)
{
    str two = arena_printf(arena, "h ssh-ed25519 %s\nh ssh-ed25519 %s\n",
                           base64_encode(arena, other).ptr, base64_encode(arena, key).ptr);
    cr_expect_eq(known_host(two, STR("h"), 0, key, arena), KNOWN_HOST_TRUSTED);
    cr_expect_eq(known_host(STR(""), STR("h"), 0, key, arena), KNOWN_HOST_NONE);
    cr_expect_eq(
        known_host(STR("h\nh ssh-ed25519\nh ssh-ed25519 ***\n@ h\n"), STR("h"), 0, key, arena),
        KNOWN_HOST_NONE);
    cr_expect_eq(known_host(two, STR("h"), 0, STR("\xff\xff\xff\xff"), arena), KNOWN_HOST_NONE);
}
