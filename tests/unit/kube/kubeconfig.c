#include "syncd/kube/kubeconfig.h"

#include "syncd/base/buf.h"
#include "syncd/base/clock.h"
#include "syncd/base/crypto.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
    struct arena *arena;
    struct kube_config config;
    struct error err;
    struct kubeconfig_options options;
};

static void begin(struct fixture *fixture)
{
    *fixture = (struct fixture){.arena = arena_create(ARENA_NO_BUDGET)};
}

/* A kubeconfig with these lines in its cluster and its user. */
static bool read_with(struct fixture *fixture, const char *cluster, const char *user)
{
    const str text = arena_printf(
        fixture->arena,
        "apiVersion: v1\nkind: Config\ncurrent-context: main\nclusters:\n- name: other\n  "
        "cluster:\n"
        "    server: https://other\n    proxy-url: http://proxy\n- name: c\n  "
        "cluster:\n%s\nusers:\n"
        "- name: u\n  user:\n%s\n- name: evil\n  user: {exec: {command: sh}}\ncontexts:\n"
        "- name: main\n  context: {cluster: c, user: u, namespace: team}\n- name: bad\n  context: "
        "{cluster: c, user: evil}\n- name: nobody\n  context: {cluster: c}\n- name: broken\n"
        "  context: {cluster: gone, user: u}\n",
        cluster, user);
    error_clear(&fixture->err);
    return kubeconfig_read(text, "/etc/syncd/kubeconfig", &fixture->options, fixture->arena,
                           &fixture->config, &fixture->err);
}

#define SERVER "    server: https://host:6443"
#define TOKEN  "    token: abc"

Test(kubeconfig, reads_what_is_data)
{
    struct fixture fixture;
    begin(&fixture);
    cr_assert(
        read_with(&fixture, SERVER "/base\n    tls-server-name: name\n    extensions: [{}]", TOKEN),
        "%s", fixture.err.text);
    cr_assert(str_equal(fixture.config.server, STR("https://host:6443/base")));
    cr_assert(str_equal(fixture.config.server_name, STR("name")));
    cr_assert(str_equal(fixture.config.token, STR("abc")));
    cr_assert(str_equal(fixture.config.namespace, STR("team")));
    cr_assert(str_equal(fixture.config.context, STR("main")));
    fixture.options.context = STR("nobody");
    cr_assert(read_with(&fixture, SERVER "\n    proxy-url: \"\"", TOKEN), "an unset field");
    cr_assert_eq(fixture.config.token.len, 0);
    cr_assert(str_equal(fixture.config.namespace, STR("default")));
    cr_assert(read_with(&fixture, "    server: http://127.0.0.1:8080", TOKEN), "loopback");
    cr_assert(read_with(&fixture, "    server: http://localhost/x", TOKEN), "loopback");
    cr_assert(read_with(&fixture, "    server: 'http://[::1]:1'", TOKEN), "loopback");
    fixture.options.context = STR("");
    cr_assert(read_with(&fixture, SERVER, "    username: a\n    password: b"));
    cr_assert(str_equal(fixture.config.password, STR("b")));
    arena_destroy(fixture.arena);
}

/* H80, and the readable half of H81. */
Test(kubeconfig, refuses_by_the_name_of_the_field)
{
    static const struct {
        const char *cluster, *user, *field;
    } cases[] = {
        {SERVER, "    exec: {command: /bin/sh, apiVersion: v1}", "user.exec"},
        {SERVER, "    auth-provider: {name: gcp, config: {cmd-path: /bin/sh}}",
         "user.auth-provider"},
        {SERVER, "    token: a\n    as: system:masters", "user.as"},
        {SERVER, "    token: a\n    as-groups: [system:masters]", "user.as-groups"},
        {SERVER, "    token: a\n    as-uid: x", "user.as-uid"},
        {SERVER, "    token: a\n    as-user-extra: {a: [b]}", "user.as-user-extra"},
        {SERVER, "    tokenFile: /etc/shadow", "user.tokenFile"},
        {SERVER, "    client-certificate: /etc/x.crt\n    client-key: /etc/x.key",
         "user.client-certificate"},
        {SERVER, "    token: a\n    surprise: 1", "user.surprise"},
        {SERVER, "    token: [a]", "user.token"},
        {SERVER, "    token: \"a\\nb\"", "user.token"},
        {SERVER, "    client-key-data: AAAA", "user.client-certificate"},
        {SERVER, "    client-certificate-data: AAAA\n    client-key-data: AAAA",
         "user.client-certificate"},
        {SERVER, "    client-certificate-data: '%%%'", "user.client-certificate-data"},
        {SERVER "\n    certificate-authority: /proc/1/environ", TOKEN,
         "cluster.certificate-authority"},
        {SERVER "\n    certificate-authority-data: AAAA", TOKEN, "cluster.certificate-authority"},
        {SERVER "\n    certificate-authority-data: '@@'", TOKEN,
         "cluster.certificate-authority-data"},
        {SERVER "\n    proxy-url: socks5://evil", TOKEN, "cluster.proxy-url"},
        {SERVER "\n    insecure-skip-tls-verify: true", TOKEN, "cluster.insecure-skip-tls-verify"},
        {SERVER "\n    api-version: v1", TOKEN, "cluster.api-version"},
        {"    server: http://host", TOKEN, "cluster.server"},
        {"    server: http://127.evil.example", TOKEN, "cluster.server"},
        {"    server: http://localhost.evil.example", TOKEN, "cluster.server"},
        {"    server: http://[::1].evil.example", TOKEN, "cluster.server"},
        {"    server: ftp://host", TOKEN, "cluster.server"},
        {"    server: https://a@host", TOKEN, "cluster.server"},
        {"    tls-server-name: x", TOKEN, "cluster.server"},
    };
    struct fixture fixture;
    begin(&fixture);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        cr_assert_not(read_with(&fixture, cases[i].cluster, cases[i].user), "%s", cases[i].field);
        cr_assert_str_eq(fixture.err.rule, "E_KUBECONFIG");
        cr_assert_eq(fixture.err.class, ERROR_INPUT);
        const str start = arena_printf(fixture.arena, "%s: ", cases[i].field);
        cr_assert(str_starts(str_z(fixture.err.text), start), "%s: %s", cases[i].field,
                  fixture.err.text);
        cr_assert_gt(fixture.err.line, 0, "%s", cases[i].field);
    }
    fixture.options.allow_insecure = true;
    cr_assert(read_with(&fixture, SERVER "\n    insecure-skip-tls-verify: true", TOKEN));
    cr_assert(fixture.config.insecure);
    arena_destroy(fixture.arena);
}

Test(kubeconfig, refuses_contexts_that_lead_nowhere_or_to_a_program)
{
    struct fixture fixture;
    begin(&fixture);
    static const char *const contexts[] = {"bad", "broken", "missing"};
    for (size_t i = 0; i < ARRAY_LEN(contexts); i++) {
        fixture.options.context = str_z(contexts[i]);
        cr_assert_not(read_with(&fixture, SERVER, TOKEN), "%s", contexts[i]);
        cr_assert_str_eq(fixture.err.rule, "E_KUBECONFIG");
    }
    fixture.options.context = STR("");
    static const char *const texts[] = {
        "",
        "[]",
        "kind: Pod",
        "kind: Config",
        "kind: Config\ncurrent-context: x",
        "kind: Config\ncurrent-context: x\ncontexts: 7",
        "a: [",
        "\t",
        "{\"kind\": \"Config\"}",
        "kind: Config\ncurrent-context: x\ncontexts: [{name: x, context: 5}]",
        "kind: Config\ncurrent-context: x\ncontexts: [{name: x, context: {}}, {name: x, context: "
        "{}}]",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        error_clear(&fixture.err);
        cr_assert_not(kubeconfig_read(str_z(texts[i]), "x", &fixture.options, fixture.arena,
                                      &fixture.config, &fixture.err),
                      "%s", texts[i]);
        cr_assert_str_eq(fixture.err.rule, "E_KUBECONFIG", "%s: %s", texts[i], fixture.err.text);
    }
    arena_destroy(fixture.arena);
}

/* H81: a bomb and ten megabytes end soon; an error never shows the line with the key. */
Test(kubeconfig, refuses_bombs_and_does_not_show_keys)
{
    struct fixture fixture;
    begin(&fixture);
    AUTO_BUF struct buf bomb = BUF_INIT(1 << 20);
    buf_add(&bomb, STR("kind: Config\na: &a [x,x,x,x,x,x,x,x,x,x]\n"));
    for (char c = 'b'; c < 'm'; c++)
        buf_printf(&bomb, "%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c - 1, c - 1,
                   c - 1, c - 1, c - 1, c - 1, c - 1, c - 1, c - 1);
    const int64_t begun = clock_monotonic_ns();
    cr_assert_not(kubeconfig_read(buf_str(&bomb), "bomb", &fixture.options, fixture.arena,
                                  &fixture.config, &fixture.err));
    cr_assert_str_eq(fixture.err.rule, "E_KUBECONFIG");
    AUTO_BUF struct buf big = BUF_INIT(16 << 20);
    buf_add_repeat(&big, '#', 10 << 20);
    cr_assert_not(kubeconfig_read(buf_str(&big), "big", &fixture.options, fixture.arena,
                                  &fixture.config, &fixture.err));
    cr_assert_lt(clock_monotonic_ns() - begun, 2 * NS_PER_S);
    error_clear(&fixture.err);
    cr_assert_not(read_with(&fixture, SERVER, "    token: hunter2\n   x: [hunter2"));
    cr_assert_null(strstr(fixture.err.text, "hunter2"), "%s", fixture.err.text);
    arena_destroy(fixture.arena);
}

static str make_identity(struct fixture *fixture, const struct tls_identity *authority,
                         int64_t valid_s, struct tls_identity *ret_identity)
{
    struct error err = ERROR_INIT;
    const struct tls_issue_options options = {.common_name = STR("me"),
                                              .valid_for_ns = valid_s * NS_PER_S};
    cr_assert(tls_issue(authority, &options, fixture->arena, ret_identity, &err));
    return arena_printf(fixture->arena,
                        "    client-certificate-data: %.*s\n    client-key-data: %.*s",
                        STR_ARG(base64_encode(fixture->arena, ret_identity->certificate_pem)),
                        STR_ARG(base64_encode(fixture->arena, ret_identity->key_pem)));
}

Test(kubeconfig, reads_certificates_and_refuses_expired_ones)
{
    struct fixture fixture;
    begin(&fixture);
    struct tls_identity authority, identity;
    struct error err = ERROR_INIT;
    cr_assert(tls_make_authority(STR("ca"), fixture.arena, &authority, &err));
    const str cluster =
        arena_printf(fixture.arena, SERVER "\n    certificate-authority-data: %.*s",
                     STR_ARG(base64_encode(fixture.arena, authority.certificate_pem)));
    str user = make_identity(&fixture, &authority, 3600, &identity);
    cr_assert(read_with(&fixture, cluster.ptr, user.ptr), "%s", fixture.err.text);
    cr_assert(str_equal(fixture.config.ca_pem, authority.certificate_pem));
    cr_assert(str_equal(fixture.config.identity.key_pem, identity.key_pem));
    user = make_identity(&fixture, &authority, -60, &identity);
    cr_assert_not(read_with(&fixture, cluster.ptr, user.ptr));
    cr_assert_not_null(strstr(fixture.err.text, "expired"), "%s", fixture.err.text);
    arena_destroy(fixture.arena);
}

/* ---- files ---- */

static char directory[] = "/tmp/kubeconfig-XXXXXX";
static char path[128], other[128];

static void put(const char *name, const char *text, mode_t mode)
{
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
    cr_assert_eq(chmod(path, mode), 0);
}

static const char with_token_file[] =
    "kind: Config\ncurrent-context: x\nclusters: [{name: c, cluster: {server: 'https://h'}}]\n"
    "users: [{name: u, user: {tokenFile: token}}]\n"
    "contexts: [{name: x, context: {cluster: c, user: u}}]\n";

static bool load(struct fixture *fixture)
{
    snprintf(path, sizeof(path), "%s/config", directory);
    error_clear(&fixture->err);
    return kubeconfig_load(path, &fixture->options, fixture->arena, &fixture->config,
                           &fixture->err);
}

/* D06, D07, H81 */
Test(kubeconfig, keeps_to_the_rules_for_files)
{
    struct fixture fixture;
    begin(&fixture);
    cr_assert_not_null(mkdtemp(directory));
    fixture.options.strict_files = true;
    put("token", "secret\n", 0600);
    put("config", with_token_file, 0600);
    cr_assert(load(&fixture), "%s", fixture.err.text);
    cr_assert(str_equal(fixture.config.token, STR("secret")));
    cr_assert(str_ends(fixture.config.token_file, STR("/token")));
    put("token", "secret\n", 0640);
    cr_assert_not(load(&fixture));
    cr_assert_str_eq(fixture.err.rule, "E_PERM");
    cr_assert_eq(fixture.err.class, ERROR_DENIED);
    put("token", "secret\n", 0600);
    put("config", with_token_file, 0644);
    cr_assert_not(load(&fixture));
    cr_assert_str_eq(fixture.err.rule, "E_PERM");
    fixture.options.strict_files = false;
    cr_assert(load(&fixture), "the rules are an option");
    fixture.options.strict_files = true;
    put("config", with_token_file, 0600);
    /* A link, a pipe, a file of the kernel's, no file, a big file. */
    snprintf(path, sizeof(path), "%s/token", directory);
    unlink(path);
    put("real", "secret", 0600);
    snprintf(path, sizeof(path), "%s/token", directory);
    snprintf(other, sizeof(other), "%s/real", directory);
    cr_assert_eq(symlink(other, path), 0);
    cr_assert_not(load(&fixture));
    cr_assert_str_eq(fixture.err.rule, "E_PERM", "%s", fixture.err.text);
    snprintf(path, sizeof(path), "%s/token", directory);
    unlink(path);
    cr_assert_eq(mkfifo(path, 0600), 0);
    cr_assert_not(load(&fixture));
    cr_assert_str_eq(fixture.err.rule, "E_PERM");
    snprintf(path, sizeof(path), "%s/token", directory);
    unlink(path);
    cr_assert_not(load(&fixture));
    cr_assert_eq(fixture.err.class, ERROR_NOT_FOUND);
    str text;
    error_clear(&fixture.err);
    cr_assert_not(kubeconfig_read_file("/proc/self/environ", false, 1 << 20, fixture.arena, &text,
                                       &fixture.err));
    cr_assert_str_eq(fixture.err.rule, "E_PERM");
    cr_assert_not(kubeconfig_read_file(other, true, 3, fixture.arena, &text, &fixture.err));
    cr_assert_eq(fixture.err.class, ERROR_LIMIT);
    unlink(other);
    snprintf(path, sizeof(path), "%s/config", directory);
    unlink(path);
    rmdir(directory);
    arena_destroy(fixture.arena);
}

Test(kubeconfig, says_when_it_is_in_no_cluster)
{
    struct fixture fixture;
    begin(&fixture);
    cr_assert_not(kubeconfig_in_cluster(NULL, "443", fixture.arena, &fixture.config, &fixture.err));
    cr_assert_str_eq(fixture.err.rule, "E_KUBECONFIG");
    error_clear(&fixture.err);
    cr_assert_not(
        kubeconfig_in_cluster("::1", "443", fixture.arena, &fixture.config, &fixture.err));
    cr_assert_eq(fixture.err.class, ERROR_NOT_FOUND, "no service account here");
    arena_destroy(fixture.arena);
}
