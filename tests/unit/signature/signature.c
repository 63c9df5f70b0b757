#include "syncd/signature/trust.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

#define MESSAGE STR("what is signed")
#define AT      INT64_C(1750000000)

static const char *const kinds[] = {"ed25519", "ecdsa256", "ecdsa384", "ecdsa521", "rsa"};

static str read_file(struct arena *arena, const char *name, const char *suffix)
{
    str path = arena_printf(arena, "tests/unit/signature/keys/%s%s", name, suffix);
    char *bytes = arena_alloc_bytes(arena, 8192);
    int fd = open(path.ptr, O_RDONLY | O_CLOEXEC);
    cr_assert(fd >= 0, "%s", path.ptr);
    ssize_t len = read(fd, bytes, 8192);
    cr_assert(len > 0);
    cr_assert(close(fd) == 0);
    return arena_str(arena, str_from(bytes, (size_t)len)); /* and a NUL */
}

static struct trust *trust_of(struct arena *arena, const char *allowed, const char *revoked)
{
    struct findings findings;
    struct trust *trust;
    findings_init(&findings, arena);
    const struct trust_options options = {.policy = TRUST_COMMIT,
                                          .allowed_signers = str_z(allowed),
                                          .allowed_file = STR("allowed"),
                                          .revoked_keys = str_z(revoked),
                                          .revoked_file = STR("revoked")};
    cr_assert(trust_create(&options, arena, &findings, &trust));
    return trust;
}

/* "alice@example.com [options] <key of kind>" */
static const char *allow(struct arena *arena, const char *options, const char *kind)
{
    return arena_printf(arena, "# keys\nalice@example.com,a* %s %.*s\n", options,
                        STR_ARG(read_file(arena, kind, ".pub")))
        .ptr;
}

static const char *verdict(const struct trust *trust, struct arena *arena, const char *kind,
                           str message, int64_t at_s)
{
    static struct error err;
    struct signer signer;
    error_clear(&err);
    const struct signed_object object = {.payload = message,
                                         .signature = read_file(arena, kind, ".sig")};
    if (trust_verify(trust, &object, at_s, arena, &signer, &err))
        return str_equal(signer.name, STR("alice@example.com")) &&
                       str_starts(signer.key, STR("SHA256:"))
                   ? "good"
                   : "wrong name";
    return err.rule;
}

Test(signature, of_every_kind_of_key_is_verified)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        struct trust *trust = trust_of(arena, allow(arena, "", kinds[i]), "");
        cr_expect_str_eq(verdict(trust, arena, kinds[i], MESSAGE, AT), "good", "%s", kinds[i]);
        cr_expect_str_eq(verdict(trust, arena, kinds[i], STR("what is Signed"), AT), "E_SIG_BAD");
    }
}

Test(signature, with_any_bit_changed_is_refused)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct trust *trust = trust_of(arena, allow(arena, "", "ed25519"), "");
    str armored = read_file(arena, "ed25519", ".sig");
    struct signer signer;
    for (size_t i = 0; i < armored.len; i++) {
        struct error err = ERROR_INIT;
        char *changed = arena_alloc_bytes(arena, armored.len);
        memcpy(changed, armored.ptr, armored.len);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        const struct signed_object object = {.payload = MESSAGE,
                                             .signature = str_from(changed, armored.len)};
        cr_expect(!trust_verify(trust, &object, AT, arena, &signer, &err), "byte %zu", i);
        cr_expect(str_starts(str_z(err.rule), STR("E_SIG_")), "%s", err.rule);
    }
}

Test(signature, counts_only_for_a_key_that_is_allowed_then_and_there)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    static const struct {
        const char *options, *want;
    } rows[] = {
        {"namespaces=\"git\"", "good"},
        {"namespaces=\"file,g*\"", "good"},
        {"namespaces=\"file\"", "E_SIG_UNKNOWN"},
        {"valid-after=\"20250601Z\"", "good"},
        {"valid-after=\"20250701Z\"", "E_SIG_EXPIRED"},
        {"valid-before=\"20250615150640Z\"", "E_SIG_EXPIRED"},
        {"valid-before=\"20250615150641Z\"", "good"},
        {"namespaces=\"git\",valid-after=\"20200101Z\",valid-before=\"20300101Z\"", "good"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct trust *trust = trust_of(arena, allow(arena, rows[i].options, "ecdsa256"), "");
        cr_expect_str_eq(verdict(trust, arena, "ecdsa256", MESSAGE, AT), rows[i].want, "%s",
                         rows[i].options);
    }
    struct trust *trust = trust_of(arena, allow(arena, "", "ecdsa256"), "");
    cr_expect_str_eq(verdict(trust, arena, "ed25519", MESSAGE, AT), "E_SIG_UNKNOWN");
    trust = trust_of(arena, allow(arena, "", "rsa"), read_file(arena, "rsa", ".pub").ptr);
    cr_expect_str_eq(verdict(trust, arena, "rsa", MESSAGE, AT), "E_SIG_REVOKED");
}

Test(signature, of_another_form_or_missing_is_refused_by_name)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct trust *trust = trust_of(arena, allow(arena, "", "ed25519"), "");
    static const struct {
        const char *signature, *want;
    } rows[] = {
        {"", "E_SIG_MISSING"},
        {"-----BEGIN SIGNED MESSAGE-----\n", "E_SIG_ALGORITHM"},
        {"-----BEGIN PGP SIGNATURE-----\n", "E_SIG_UNKNOWN"},
        {"-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n", "E_SIG_FORM"},
        {"-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n", "E_SIG_FORM"},
        {"-----BEGIN SSH SIGNATURE-----END SSH SIGNATURE-----", "E_SIG_FORM"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct error err = ERROR_INIT;
        struct signer signer;
        const struct signed_object object = {.payload = MESSAGE,
                                             .signature = str_z(rows[i].signature)};
        cr_expect(!trust_verify(trust, &object, AT, arena, &signer, &err));
        cr_expect_str_eq(err.rule, rows[i].want);
    }
}

Test(signature, that_we_make_is_one_that_we_verify)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    static const char *const with[] = {"ed25519", "ecdsa256", "ecdsa521"};
    for (size_t i = 0; i < ARRAY_LEN(with); i++) {
        struct error err = ERROR_INIT;
        struct private_key *key;
        str armored, signer;
        cr_assert(private_key_read(read_file(arena, with[i], ""), STR(""), &key, &err), "%s: %s",
                  with[i], err.text);
        cr_expect(ssh_signature_make(key, MESSAGE, STR("git"), arena, &armored, &err), "%s",
                  err.text);
        cr_expect(ssh_signature_verify(armored, MESSAGE, STR("git"), arena, &signer, &err), "%s",
                  err.text);
        str packed = base64_encode(arena, signer);
        cr_expect(str_find(read_file(arena, with[i], ".pub"), packed) != SIZE_MAX);
        cr_expect(!ssh_signature_verify(armored, MESSAGE, STR("file"), arena, &signer, &err));
        cr_expect_str_eq(err.rule, "E_SIG_NAMESPACE");
        private_key_destroy(key);
    }
    struct error err = ERROR_INIT;
    struct private_key *key;
    cr_expect(!private_key_read(STR("-----BEGIN PRIVATE KEY-----\n"), STR(""), &key, &err));
    cr_expect_str_eq(err.rule, "E_KEY");
}

Test(trust, tells_every_wrong_line_of_its_files)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct findings findings;
    struct trust *trust;
    findings_init(&findings, arena);
    const struct trust_options options = {.policy = TRUST_COMMIT,
                                          .allowed_signers =
                                              STR("a@b ssh-ed25519 AAAA\n"
                                                  "a@b cert-authority ssh-rsa AAAA\n"
                                                  "# fine\n\n"
                                                  "a@b\n"
                                                  "a@b valid-after=\"never\" ssh-rsa "
                                                  "AAAA\n"),
                                          .allowed_file = STR("allowed"),
                                          .revoked_keys = STR("SSHKRL\n"),
                                          .revoked_file = STR("revoked")};
    cr_assert(!trust_create(&options, arena, &findings, &trust));
    static const unsigned lines[] = {1, 2, 2, 5, 6, 6, 1};
    cr_assert_eq(findings.list.len, ARRAY_LEN(lines));
    for (size_t i = 0; i < ARRAY_LEN(lines); i++)
        cr_expect_eq(findings.list.items[i].position.line, lines[i], "%zu", i);
}

Test(trust, without_a_single_key_is_an_error_unless_nothing_is_demanded)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct findings findings;
    struct trust *trust;
    findings_init(&findings, arena);
    struct trust_options options = {.policy = TRUST_MERGE};
    cr_expect(!trust_create(&options, arena, &findings, &trust));
    options.policy = TRUST_NONE;
    cr_expect(trust_create(&options, arena, &findings, &trust));
}

Test(trust, lets_a_scoped_signer_change_only_what_is_below_its_paths)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct findings findings;
    struct trust *trust;
    findings_init(&findings, arena);
    const str eu[] = {STR("regional/eu/"), STR("OWNERS")};
    const struct trust_scope scopes[] = {{STR("eu-*"), eu, ARRAY_LEN(eu)}};
    const struct trust_options options = {.scopes = scopes, .scope_count = 1};
    cr_assert(trust_create(&options, arena, &findings, &trust));
    const struct signer scoped = {.name = STR("eu-team@example.com")};
    const struct signer free = {.name = STR("alice@example.com")};
    cr_expect(trust_may_change(trust, &scoped, STR("regional/eu/cluster.yaml")));
    cr_expect(trust_may_change(trust, &scoped, STR("OWNERS")));
    cr_expect(!trust_may_change(trust, &scoped, STR("OWNERS.md")));
    cr_expect(!trust_may_change(trust, &scoped, STR("regional/eu2/cluster.yaml")));
    cr_expect(!trust_may_change(trust, &scoped, STR("management/cluster.yaml")));
    cr_expect(trust_may_change(trust, &free, STR("management/cluster.yaml")));
}

#define TREE "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
#define WHO  "author A <a@b> 1700000000 +0100\ncommitter C <c@d> 1700000007 +0100\n"
#define SIG  "gpgsig -----BEGIN SSH SIGNATURE-----\n abc\n -----END SSH SIGNATURE-----\n"

Test(object, gives_the_commit_without_its_signature)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    struct signed_object object;
    cr_assert(signed_object_read_commit(STR(TREE WHO SIG "encoding x\n\nsubject\n"), arena, &object,
                                        &err));
    cr_expect(str_equal(object.payload, STR(TREE WHO "encoding x\n\nsubject\n")));
    cr_expect(str_equal(object.signature,
                        STR("-----BEGIN SSH SIGNATURE-----\nabc\n-----END SSH SIGNATURE-----\n")));
    cr_expect(str_equal(object.target, STR("4b825dc642cb6eb9a060e54bf8d69288fbee4904")));
    cr_expect_eq(object.time_s, 1700000007);
}

Test(object, that_two_readers_could_understand_differently_is_refused)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    static const char *const texts[] = {
        TREE TREE WHO "\n",
        TREE WHO SIG SIG "\n",
        WHO TREE "\n",
        TREE "\n",
        TREE WHO,
        TREE WHO "gpgsig-sha256 x\n\n",
        "tree 4b82\n" WHO "\n",
        TREE WHO "committer C <c@d> 1800000000 +0100\n\n",
        " x\n" TREE WHO "\n",
        TREE "committer C <c@d> soon\n\n",
        TREE WHO "parent 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\n",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct error err = ERROR_INIT;
        struct signed_object object;
        bool good = signed_object_read_commit(str_z(texts[i]), arena, &object, &err);
        if (i == 4) /* a commit without a message is one */
            cr_expect(good);
        else
            cr_expect(!good && strcmp(err.rule, "E_SIG_FORM") == 0, "%zu %s", i, err.rule);
    }
}

Test(object, of_a_tag_has_its_signature_behind_the_message)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    struct signed_object object;
    static const char head[] = "object 4b825dc642cb6eb9a060e54bf8d69288fbee4904\ntype commit\n"
                               "tag v1\ntagger T <t@u> 1700000000 +0000\n\nrelease\n";
    str bytes = arena_printf(arena, "%s-----BEGIN SSH SIGNATURE-----\nx\n", head);
    cr_assert(signed_object_read_tag(bytes, arena, &object, &err));
    cr_expect(str_equal(object.payload, str_z(head)));
    cr_expect(str_starts(object.signature, STR("-----BEGIN SSH")));
    cr_assert(signed_object_read_tag(str_z(head), arena, &object, &err));
    cr_expect_eq(object.signature.len, 0);
}
