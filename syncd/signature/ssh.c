#include "syncd/signature/ssh.h"

#include "syncd/base/buf.h"

#define MAGIC         "SSHSIG"
#define SIGNATURE_END "-----END SSH SIGNATURE-----"
#define ARMOR_MOST    65536
#define ARMOR_WIDTH   70

/* How a kind of key is written, and what else its signatures are over. */
static const struct key_form {
    const char *name;
    enum public_key_kind kind;
    const char *curve;
    bool security_key; /* a device's: application, flags and counter are signed as well */
} key_forms[] = {
    {"ssh-ed25519", PUBLIC_KEY_ED25519, NULL, false},
    {"ecdsa-sha2-nistp256", PUBLIC_KEY_P256, "nistp256", false},
    {"ecdsa-sha2-nistp384", PUBLIC_KEY_P384, "nistp384", false},
    {"ecdsa-sha2-nistp521", PUBLIC_KEY_P521, "nistp521", false},
    {"ssh-rsa", PUBLIC_KEY_RSA, NULL, false},
    {"sk-ssh-ed25519@openssh.com", PUBLIC_KEY_ED25519, NULL, true},
    {"sk-ecdsa-sha2-nistp256@openssh.com", PUBLIC_KEY_P256, "nistp256", true},
};

struct envelope {
    str key, name_space, reserved, digest_name, signature;
    enum digest digest;
};

static bool malformed(struct error *err, const char *why)
{
    return error_rule(err, ERROR_INPUT, "E_SIG_FORM", "no SSH signature: %s", why);
}

static bool unwrap(str armored, struct arena *arena, str *ret_bytes, struct error *err)
{
    str text = str_trim(armored);
    if (armored.len > ARMOR_MOST || !str_starts(text, STR(SSH_SIGNATURE_BEGIN)) ||
        !str_ends(text, STR(SIGNATURE_END)) ||
        text.len < sizeof(SSH_SIGNATURE_BEGIN) + sizeof(SIGNATURE_END) - 2)
        return malformed(err, "its first and last lines are not there");
    size_t begin = sizeof(SSH_SIGNATURE_BEGIN) - 1, end = text.len - (sizeof(SIGNATURE_END) - 1);
    char *packed = arena_alloc_bytes(arena, end - begin + 1);
    size_t len = 0;
    for (size_t i = begin; i < end; i++)
        if (text.ptr[i] != '\n' && text.ptr[i] != '\r')
            packed[len++] = text.ptr[i];
    return base64_decode(arena, str_from(packed, len), ret_bytes) ||
           malformed(err, "what stands in it is no base64");
}

static bool open_envelope(str bytes, struct envelope *ret_envelope, struct error *err)
{
    struct envelope envelope = {0};
    uint32_t version;
    if (!str_starts(bytes, STR(MAGIC)))
        return malformed(err, "it does not begin as one");
    bytes = str_skip(bytes, sizeof(MAGIC) - 1);
    if (!ssh_take_u32(&bytes, &version) || version != 1)
        return malformed(err, "another version");
    if (!ssh_take_text(&bytes, &envelope.key) || !ssh_take_text(&bytes, &envelope.name_space) ||
        !ssh_take_text(&bytes, &envelope.reserved) ||
        !ssh_take_text(&bytes, &envelope.digest_name) ||
        !ssh_take_text(&bytes, &envelope.signature) || bytes.len != 0)
        return malformed(err, "its fields are not complete");
    if (str_equal(envelope.digest_name, STR("sha512")))
        envelope.digest = DIGEST_SHA512;
    else if (str_equal(envelope.digest_name, STR("sha256")))
        envelope.digest = DIGEST_SHA256;
    else
        return error_rule(err, ERROR_INPUT, "E_SIG_ALGORITHM", "a digest that is not trusted");
    *ret_envelope = envelope;
    return true;
}

static void put_text(struct buf *buf, str text)
{
    const char len[4] = {(char)(text.len >> 24), (char)(text.len >> 16), (char)(text.len >> 8),
                         (char)text.len};
    buf_add(buf, str_from(len, 4));
    buf_add(buf, text);
}

/* What the key signs: the message only by its digest. */
static str signed_text(str name_space, str reserved, str digest_name, enum digest kind, str message,
                       struct arena *arena)
{
    uint8_t digest[DIGEST_MAX];
    size_t len = crypto_digest(kind, message, digest);
    struct buf buf = BUF_INIT(ARMOR_MOST * 2);
    buf_add(&buf, STR(MAGIC));
    put_text(&buf, name_space);
    put_text(&buf, reserved);
    put_text(&buf, digest_name);
    put_text(&buf, str_from((const char *)digest, len));
    str text = buf_copy(&buf, arena);
    buf_finish(&buf);
    return text;
}

/* Its leading zero byte tells that it is not negative. */
static str magnitude(str number)
{
    while (number.len != 0 && number.ptr[0] == '\0')
        number = str_skip(number, 1);
    return number;
}

static const struct key_form *read_key(str bytes, struct public_key *ret_key, str *ret_application)
{
    str type, curve;
    struct public_key key = {0};
    if (!ssh_take_text(&bytes, &type))
        return NULL;
    for (size_t i = 0; i < ARRAY_LEN(key_forms); i++) {
        const struct key_form *form = &key_forms[i];
        if (!str_equal(type, str_z(form->name)))
            continue;
        key.kind = form->kind;
        if (form->curve != NULL &&
            (!ssh_take_text(&bytes, &curve) || !str_equal(curve, str_z(form->curve))))
            return NULL;
        if (form->kind == PUBLIC_KEY_RSA) {
            if (!ssh_take_text(&bytes, &key.exponent) || !ssh_take_text(&bytes, &key.modulus))
                return NULL;
            key.exponent = magnitude(key.exponent);
            key.modulus = magnitude(key.modulus);
        } else if (!ssh_take_text(&bytes, &key.point)) {
            return NULL;
        }
        *ret_application = STR("");
        if (form->security_key && !ssh_take_text(&bytes, ret_application))
            return NULL;
        *ret_key = key;
        return bytes.len == 0 ? form : NULL;
    }
    return NULL;
}

/* Two numbers of any length as two of the field's. */
static bool take_pair(str bytes, size_t field, struct arena *arena, str *ret_pair)
{
    str r, s;
    if (!ssh_take_text(&bytes, &r) || !ssh_take_text(&bytes, &s) || bytes.len != 0)
        return false;
    r = magnitude(r);
    s = magnitude(s);
    if (r.len > field || s.len > field)
        return false;
    char *pair = arena_alloc(arena, 2 * field);
    memcpy(pair + field - r.len, r.ptr, r.len);
    memcpy(pair + 2 * field - s.len, s.ptr, s.len);
    *ret_pair = str_from(pair, 2 * field);
    return true;
}

/* A device signs digests of application and message, and what it saw of its user. */
static str device_text(str application, str tail, str message, struct arena *arena)
{
    uint8_t digest[SHA256_LEN];
    struct buf buf = BUF_INIT(ARMOR_MOST);
    crypto_sha256(application, digest);
    buf_add(&buf, str_from((const char *)digest, sizeof(digest)));
    buf_add(&buf, tail);
    crypto_sha256(message, digest);
    buf_add(&buf, str_from((const char *)digest, sizeof(digest)));
    str text = buf_copy(&buf, arena);
    buf_finish(&buf);
    return text;
}

#define DEVICE_TAIL    5 /* flags and counter */
#define USER_WAS_THERE 0x01

static bool verify_with(const struct key_form *form, const struct public_key *key, str application,
                        str signature, str text, struct arena *arena)
{
    str algorithm, bytes;
    if (!ssh_take_text(&signature, &algorithm) || !ssh_take_text(&signature, &bytes))
        return false;
    enum digest digest = DIGEST_SHA256;
    if (form->kind == PUBLIC_KEY_RSA) {
        bool longer = str_equal(algorithm, STR("rsa-sha2-512"));
        if (!longer && !str_equal(algorithm, STR("rsa-sha2-256")))
            return false;
        digest = longer ? DIGEST_SHA512 : DIGEST_SHA256;
    } else if (!str_equal(algorithm, str_z(form->name))) {
        return false;
    }
    if (form->security_key) {
        if (signature.len != DEVICE_TAIL || (signature.ptr[0] & USER_WAS_THERE) == 0)
            return false;
        text = device_text(application, signature, text, arena);
    } else if (signature.len != 0) {
        return false;
    }
    size_t field = signing_field_len(form->kind);
    if (field != 0 && !take_pair(bytes, field, arena, &bytes))
        return false;
    return signing_verify(key, digest, text, bytes);
}

bool ssh_signature_verify(str armored, str message, str name_space, struct arena *arena,
                          str *ret_key, struct error *err)
{
    str bytes, application;
    struct envelope envelope = {0};
    struct public_key key;
    if (!unwrap(armored, arena, &bytes, err) || !open_envelope(bytes, &envelope, err))
        return false;
    const struct key_form *form = read_key(envelope.key, &key, &application);
    if (form == NULL) {
        (void)error_rule(err, ERROR_INPUT, "E_SIG_ALGORITHM",
                         "the signature's kind of key is not trusted");
        return error_hint(err, "Ed25519, ECDSA, RSA and security keys are; certificates are not");
    }
    if (!str_equal(envelope.name_space, name_space))
        return error_rule(err, ERROR_INPUT, "E_SIG_NAMESPACE",
                          "the signature was made for \"%.*s\", not for \"%.*s\"",
                          STR_ARG(str_slice(envelope.name_space, 0, 40)), STR_ARG(name_space));
    str text = signed_text(envelope.name_space, envelope.reserved, envelope.digest_name,
                           envelope.digest, message, arena);
    if (!verify_with(form, &key, application, envelope.signature, text, arena))
        return error_rule(err, ERROR_INPUT, "E_SIG_BAD",
                          "the signature of %.*s is not over these bytes",
                          STR_ARG(ssh_key_fingerprint(envelope.key, arena)));
    *ret_key = envelope.key;
    return true;
}

/* Making one. */

static const struct key_form *form_of(enum public_key_kind kind)
{
    for (size_t i = 0; i < ARRAY_LEN(key_forms); i++)
        if (key_forms[i].kind == kind)
            return &key_forms[i];
    return NULL;
}

static void put_key(struct buf *buf, const struct key_form *form, const struct public_key *key)
{
    put_text(buf, str_z(form->name));
    if (form->curve != NULL)
        put_text(buf, str_z(form->curve));
    put_text(buf, key->point);
}

/* As ssh writes numbers: no zero bytes before, but one where the first bit is set. */
static void put_number(struct buf *buf, str number)
{
    number = magnitude(number);
    char padded[80] = {0};
    bool high = number.len != 0 && ((uint8_t)number.ptr[0] & 0x80) != 0;
    CHECK(number.len + 1 <= sizeof(padded));
    if (number.len != 0)
        memcpy(padded + (high ? 1 : 0), number.ptr, number.len);
    put_text(buf, str_from(padded, number.len + (high ? 1 : 0)));
}

static void put_signature(struct buf *buf, const struct key_form *form, str signature,
                          struct arena *arena)
{
    struct buf inner = BUF_INIT(1024);
    size_t field = signing_field_len(form->kind);
    if (field != 0) {
        put_number(&inner, str_slice(signature, 0, field));
        put_number(&inner, str_skip(signature, field));
        signature = buf_copy(&inner, arena);
    }
    buf_clear(&inner);
    put_text(&inner, str_z(form->name));
    put_text(&inner, signature);
    put_text(buf, buf_str(&inner));
    buf_finish(&inner);
}

static str armor(str bytes, struct arena *arena)
{
    str packed = base64_encode(arena, bytes);
    struct buf buf = BUF_INIT(ARMOR_MOST);
    buf_add(&buf, STR(SSH_SIGNATURE_BEGIN "\n"));
    for (size_t at = 0; at < packed.len; at += ARMOR_WIDTH) {
        buf_add(&buf, str_slice(packed, at, ARMOR_WIDTH));
        buf_add_byte(&buf, '\n');
    }
    buf_add(&buf, STR(SIGNATURE_END "\n"));
    str text = buf_copy(&buf, arena);
    buf_finish(&buf);
    return text;
}

bool ssh_signature_make(const struct private_key *key, str message, str name_space,
                        struct arena *arena, str *ret_armored, struct error *err)
{
    const struct public_key *public = private_key_public(key);
    const struct key_form *form = form_of(public->kind);
    CHECK(form != NULL);
    str text = signed_text(name_space, STR(""), STR("sha512"), DIGEST_SHA512, message, arena);
    str signature;
    if (!private_key_sign(key, text, arena, &signature, err))
        return false;
    struct buf inner = BUF_INIT(1024), buf = BUF_INIT(ARMOR_MOST);
    put_key(&inner, form, public);
    buf_add(&buf, STR(MAGIC));
    buf_add(&buf, str_from("\0\0\0\1", 4));
    put_text(&buf, buf_str(&inner));
    put_text(&buf, name_space);
    put_text(&buf, STR(""));
    put_text(&buf, STR("sha512"));
    put_signature(&buf, form, signature, arena);
    *ret_armored = armor(buf_str(&buf), arena);
    buf_finish(&inner);
    buf_finish(&buf);
    return true;
}

str ssh_key_fingerprint(str key, struct arena *arena)
{
    uint8_t digest[SHA256_LEN];
    crypto_sha256(key, digest);
    str packed = base64_encode(arena, str_from((const char *)digest, sizeof(digest)));
    return arena_concat(arena, STR("SHA256:"), str_trim_right(packed, STR("=")), STR(""));
}
