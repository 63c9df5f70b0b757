/* Keys, certificates, passwords and AES. */
#include "render/template/fns.h"
#include "render/template/print.h"
#include "render/template/run.h"
#include "syncd/base/clock.h"
#include "syncd/base/crypto.h"
#include "syncd/base/pki.h"

/*
 * What slow functions cost. The step budget, ten million, bounds the processor time of a chart's
 * templates to some 5 s, so these follow what was measured: 60 ms for an RSA key of 2048 bits (83
 * of them: harbor makes 80), 400 ms for one of 4096 (10), 300 ms for DSA, 60 ms for bcrypt. A chart
 * that needs more raises the limit template_steps; values that a release has frozen cost nothing.
 */
#define STEPS_RSA_2048 120000
#define STEPS_RSA_4096 1000000
#define STEPS_KEY      20000
#define STEPS_DSA      1500000
#define STEPS_BCRYPT   500000
#define STEPS_SCRYPT   500000

#define BCRYPT_COST 10

/* Certificates. */

static const struct dyn_field certificate_fields[] = {{"Cert", "Cert", false, false},
                                                      {"Key", "Key", false, false}};
static const struct dyn_shape certificate_shape = {
    .type = "sprig.certificate", .fields = certificate_fields, .field_count = 2};

struct dyn certificate_value(str certificate, str key, struct arena *arena)
{
    struct dyn *fields = ARENA_ARRAY(arena, struct dyn, 2);
    fields[0] = dyn_string(certificate);
    fields[1] = dyn_string(key);
    struct dyn_struct *record = ARENA_NEW(arena, struct dyn_struct);
    *record = (struct dyn_struct){.shape = &certificate_shape, .fields = fields};
    return dyn_struct(record);
}

static bool generate(struct dyn_call *call, enum key_kind kind, str *ret_pem)
{
    static const uint64_t steps[] = {[KEY_RSA_2048] = STEPS_RSA_2048,
                                     [KEY_RSA_4096] = STEPS_RSA_4096,
                                     [KEY_DSA_2048] = STEPS_DSA,
                                     [KEY_ECDSA_P256] = STEPS_KEY,
                                     [KEY_ED25519] = STEPS_KEY};
    struct error err = ERROR_INIT;
    if (!call_charge(call, steps[kind]))
        return false;
    return pki_generate_key(kind, call->arena, ret_pem, &err) ||
           call_error(call, "failed to generate private key: %s", err.text);
}

bool fn_gen_private_key(struct dyn_call *call)
{
    static const struct {
        const char *name;
        enum key_kind kind;
    } kinds[] = {{"", KEY_RSA_4096},
                 {"rsa", KEY_RSA_4096},
                 {"dsa", KEY_DSA_2048},
                 {"ecdsa", KEY_ECDSA_P256},
                 {"ed25519", KEY_ED25519}};
    str pem;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (str_equal(call_str(call, 0), str_z(kinds[i].name)))
            return generate(call, kinds[i].kind, &pem) && call_return_str(call, pem);
    return call_return_str(
        call, arena_concat(call->arena, STR("Unknown type "), call_str(call, 0), (str){0}));
}

/* The strings of a list, each a `what`. */
static bool texts_of(struct dyn_call *call, struct dyn list, const char *complaint,
                     const str **ret_texts)
{
    str *texts = ARENA_ARRAY(call->arena, str, list.len);
    for (uint32_t i = 0; i < list.len; i++) {
        struct dyn item = list.as.items[i];
        if (item.kind != DYN_STRING)
            return call_error(call, "%s: %.*s is not a string", complaint,
                              STR_ARG(dyn_text(item, call->arena)));
        texts[i] = dyn_str(item);
    }
    *ret_texts = texts;
    return true;
}

static void set_validity(struct dyn_call *call, int64_t days, struct certificate_form *form)
{
    int64_t now = call->run->world != NULL ? call->run->world->now_ns : 0;
    form->not_before = now / NS_PER_S;
    form->not_after = form->not_before + days * 86400;
}

struct signer {
    str certificate, key; /* empty: the certificate signs itself */
};

static bool certify(struct dyn_call *call, const struct certificate_form *form, str given_key,
                    struct signer signer)
{
    if (!str_is_utf8(form->common_name))
        return call_error(call, "error creating certificate: asn1: string not valid UTF-8");
    struct error err = ERROR_INIT;
    str key = given_key;
    str pem;
    if (key.len == 0 && !generate(call, KEY_RSA_2048, &key))
        return false;
    if (str_find(key, STR("-----BEGIN ")) == SIZE_MAX)
        return call_error(call, "parsing private key: no PEM data in input");
    if (!pki_check_key(key, &err))
        return call_error(call, "parsing private key: %s", err.text);
    if (!call_charge(call, STEPS_KEY) ||
        !pki_certify(form, key, signer.certificate, signer.key.len > 0 ? signer.key : key,
                     call->arena, &pem, &err))
        return err.class == ERROR_NONE
                   ? false
                   : call_error(call, "error creating certificate: %s", err.text);
    return call_return(call, certificate_value(pem, key, call->arena));
}

static bool is_with_key(const struct dyn_call *call)
{
    return str_ends(call->name, STR("WithKey"));
}

bool fn_gen_ca(struct dyn_call *call)
{
    struct certificate_form form = {.common_name = call_str(call, 0), .is_authority = true};
    set_validity(call, call->args[1].as.integer, &form);
    str key = is_with_key(call) ? call_str(call, 2) : (str){0};
    if (is_with_key(call) && key.len == 0)
        return call_error(call, "parsing private key: no PEM data in input");
    return certify(call, &form, key, (struct signer){0});
}

/* Common name, addresses, names, days: the first four parameters. */
static bool read_form(struct dyn_call *call, struct certificate_form *form)
{
    *form = (struct certificate_form){.common_name = call_str(call, 0),
                                      .address_count = call->args[1].len,
                                      .dns_name_count = call->args[2].len};
    set_validity(call, call->args[3].as.integer, form);
    return texts_of(call, call->args[1], "error parsing ip", &form->addresses) &&
           texts_of(call, call->args[2], "error processing alternate dns name", &form->dns_names);
}

bool fn_gen_self_signed_cert(struct dyn_call *call)
{
    struct certificate_form form;
    if (!read_form(call, &form))
        return false;
    str key = is_with_key(call) ? call_str(call, 4) : (str){0};
    if (is_with_key(call) && key.len == 0)
        return call_error(call, "parsing private key: no PEM data in input");
    return certify(call, &form, key, (struct signer){0});
}

bool fn_gen_signed_cert(struct dyn_call *call)
{
    struct certificate_form form;
    struct error err = ERROR_INIT;
    const struct dyn *authority = call->args[4].as.record->fields;
    struct signer signer = {.certificate = dyn_str(authority[0]), .key = dyn_str(authority[1])};
    if (!pki_check_certificate(signer.certificate, &err))
        return call_error(call, "unable to decode certificate");
    if (!pki_check_key(signer.key, &err))
        return call_error(call, "error parsing private key: %s", err.text);
    str key = is_with_key(call) ? call_str(call, 5) : (str){0};
    if (is_with_key(call) && key.len == 0)
        return call_error(call, "parsing private key: no PEM data in input");
    return read_form(call, &form) && certify(call, &form, key, signer);
}

bool fn_build_custom_cert(struct dyn_call *call)
{
    struct error err = ERROR_INIT;
    str certificate;
    str key;
    if (!base64_decode(call->arena, call_str(call, 0), &certificate))
        return call_error(call, "unable to decode base64 certificate");
    if (!base64_decode(call->arena, call_str(call, 1), &key))
        return call_error(call, "unable to decode base64 private key");
    if (!pki_check_certificate(certificate, &err))
        return call_error(call, "unable to decode certificate");
    if (!pki_check_key(key, &err))
        return call_error(call, "error parsing private key: %s", err.text);
    return call_return(call, certificate_value(certificate, key, call->arena));
}

/* Passwords. */

static bool hash_password(struct dyn_call *call, str password, str *ret_hash)
{
    uint8_t salt[BCRYPT_SALT_LEN];
    if (!call_charge(call, STEPS_BCRYPT))
        return false;
    run_random(call->run, salt, sizeof(salt));
    if (!derive_bcrypt(password, salt, BCRYPT_COST, call->arena, ret_hash))
        *ret_hash = STR("failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 "
                        "bytes");
    return true;
}

bool fn_bcrypt(struct dyn_call *call)
{
    str hash;
    return hash_password(call, call_str(call, 0), &hash) && call_return_str(call, hash);
}

bool fn_htpasswd(struct dyn_call *call)
{
    str user = call_str(call, 0);
    str hash;
    if (str_index(user, ':') != SIZE_MAX)
        return call_return_str(
            call, arena_concat(call->arena, STR("invalid username: "), user, (str){0}));
    return hash_password(call, call_str(call, 1), &hash) &&
           call_return_str(call, arena_concat(call->arena, user, STR(":"), hash));
}

/* The templates and alphabets of the Master Password algorithm. */
static const struct {
    const char *name;
    const char *templates; /* between spaces */
} password_types[] = {
    {"maximum", "anoxxxxxxxxxxxxxxxxx axxxxxxxxxxxxxxxxxno"},
    {"long", "CvcvnoCvcvCvcv CvcvCvcvnoCvcv CvcvCvcvCvcvno CvccnoCvcvCvcv CvccCvcvnoCvcv "
             "CvccCvcvCvcvno CvcvnoCvccCvcv CvcvCvccnoCvcv CvcvCvccCvcvno CvcvnoCvcvCvcc "
             "CvcvCvcvnoCvcc CvcvCvcvCvccno CvccnoCvccCvcv CvccCvccnoCvcv CvccCvccCvcvno "
             "CvcvnoCvccCvcc CvcvCvccnoCvcc CvcvCvccCvccno CvccnoCvcvCvcc CvccCvcvnoCvcc "
             "CvccCvcvCvccno"},
    {"medium", "CvcnoCvc CvcCvcno"},
    {"short", "Cvcn"},
    {"basic", "aaanaaan aannaaan aaannaaa"},
    {"pin", "nnnn"},
};

static const char *password_letters(char class)
{
    switch (class) {
    case 'V': return "AEIOU";
    case 'C': return "BCDFGHJKLMNPQRSTVWXYZ";
    case 'v': return "aeiou";
    case 'c': return "bcdfghjklmnpqrstvwxyz";
    case 'A': return "AEIOUBCDFGHJKLMNPQRSTVWXYZ";
    case 'a': return "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
    case 'n': return "0123456789";
    case 'o': return "@&%?,=[]_:-+*$#!'^~;()/.";
    default: return "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()";
    }
}

static void add_number(struct buf *buf, uint32_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_add_byte(buf, (char)(number >> shift));
}

static str pick_template(const char *templates, uint8_t seed)
{
    size_t count = 1;
    for (const char *at = templates; *at != '\0'; at++)
        count += *at == ' ';
    str rest = str_z(templates);
    str found = {0};
    for (size_t i = 0; i <= seed % count && str_cut(&rest, ' ', &found); i++) {
    }
    return found;
}

static str derived_password(struct dyn_call *call, const char *templates, const uint8_t *seed)
{
    str pattern = pick_template(templates, seed[0]);
    char *out = arena_alloc_bytes(call->arena, pattern.len);
    for (size_t i = 0; i < pattern.len; i++) {
        const char *letters = password_letters(pattern.ptr[i]);
        out[i] = letters[seed[i + 1] % strlen(letters)];
    }
    return str_from(out, pattern.len);
}

bool fn_derive_password(struct dyn_call *call)
{
    static const char scope[] = "com.lyndir.masterpassword";
    str type = call_str(call, 1);
    str user = call_str(call, 3);
    str site = call_str(call, 4);
    size_t row = 0;
    while (row < ARRAY_LEN(password_types) && !str_equal(type, str_z(password_types[row].name)))
        row++;
    if (row == ARRAY_LEN(password_types))
        return call_return_str(
            call, arena_concat(call->arena, STR("cannot find password template "), type, (str){0}));
    AUTO_BUF struct buf salt = BUF_INIT(user.len + site.len + 200);
    buf_add(&salt, str_z(scope));
    add_number(&salt, (uint32_t)user.len);
    buf_add(&salt, user);
    uint8_t key[64];
    if (!call_charge(call, STEPS_SCRYPT))
        return false;
    if (!derive_scrypt(call_str(call, 2), buf_str(&salt), 32768, 8, 2, key, sizeof(key)))
        return call_error(call, "failed to derive password");
    buf_clear(&salt);
    buf_add(&salt, str_z(scope));
    add_number(&salt, (uint32_t)site.len);
    buf_add(&salt, site);
    add_number(&salt, (uint32_t)call->args[0].as.natural);
    uint8_t seed[SHA256_LEN];
    crypto_hmac_sha256(str_from((const char *)key, sizeof(key)), buf_str(&salt), seed);
    return call_return_str(call, derived_password(call, password_types[row].templates, seed));
}

/* AES-256-CBC with the password, cut or filled to 32 bytes, as the key. */

static void aes_key(str password, uint8_t key[32])
{
    memset(key, 0, 32);
    if (password.len > 0)
        memcpy(key, password.ptr, password.len < 32 ? password.len : 32);
}

bool fn_encrypt_aes(struct dyn_call *call)
{
    str text = call_str(call, 1);
    if (text.len == 0)
        return call_return_str(call, text);
    uint8_t key[32];
    uint8_t iv[16];
    aes_key(call_str(call, 0), key);
    run_random(call->run, iv, sizeof(iv));
    size_t padding = 16 - text.len % 16;
    char *padded = call_alloc(call, text.len + padding);
    if (padded == NULL)
        return false;
    memcpy(padded, text.ptr, text.len);
    memset(padded + text.len, (int)padding, padding);
    str sealed;
    if (!cipher_aes_cbc(true, key, iv, str_from(padded, text.len + padding), call->arena, &sealed))
        return call_error(call, "encryption failed");
    str all = arena_concat(call->arena, str_from((const char *)iv, sizeof(iv)), sealed, (str){0});
    return call_return_str(call, base64_encode(call->arena, all));
}

/* The capacity of what Go decodes base64 text into. */
static size_t go_capacity(str text, size_t len)
{
    size_t room = text.len / 4 * 3;
    return room > len ? room : len;
}

bool fn_decrypt_aes(struct dyn_call *call)
{
    str text = call_str(call, 1);
    str sealed;
    str opened;
    uint8_t key[32];
    if (text.len == 0)
        return call_return_str(call, text);
    if (!base64_decode(call->arena, text, &sealed))
        return call_error_text(call, base64_complaint(text, call->arena));
    aes_key(call_str(call, 0), key);
    if (sealed.len < 16)
        return call_error(call, "runtime error: slice bounds out of range [:16] with capacity %zu",
                          go_capacity(text, sealed.len));
    if (sealed.len < 32 || !cipher_aes_cbc(false, key, (const uint8_t *)sealed.ptr,
                                           str_skip(sealed, 16), call->arena, &opened))
        return call_error(call, "crypto/cipher: input not full blocks");
    size_t padding = (unsigned char)opened.ptr[opened.len - 1];
    if (padding > opened.len)
        return call_error(call, "runtime error: slice bounds out of range [:-%zu]",
                          padding - opened.len);
    return call_return_str(call, str_slice(opened, 0, opened.len - padding));
}
