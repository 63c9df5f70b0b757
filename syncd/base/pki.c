#include "syncd/base/pki.h"

#include "syncd/base/crypto.h"
#include "syncd/base/openssl_internal.h"

#include <arpa/inet.h>

static bool fail(struct error *err, const char *what)
{
    char text[200] = "";
    unsigned long code = ERR_get_error();
    if (code != 0)
        ERR_error_string_n(code, text, sizeof(text));
    ERR_clear_error();
    return error_rule(err, ERROR_INPUT, "E_PKI", "%s%s%s", what, text[0] != '\0' ? ": " : "", text);
}

/* What a memory BIO holds, then frees it. */
static str take_text(BIO *bio, struct arena *arena)
{
    char *bytes;
    long len = BIO_get_mem_data(bio, &bytes);
    str text = arena_str(arena, str_from(bytes, (size_t)len));
    (void)BIO_free(bio);
    return text;
}

/* Keys. */

static EVP_PKEY *generate_dsa(void)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(EVP_PKEY_DSA, NULL);
    EVP_PKEY *parameters = NULL;
    EVP_PKEY *key = NULL;
    if (context != NULL && EVP_PKEY_paramgen_init(context) == 1 &&
        EVP_PKEY_CTX_set_dsa_paramgen_bits(context, 2048) == 1 &&
        EVP_PKEY_CTX_set_dsa_paramgen_q_bits(context, 256) == 1 &&
        EVP_PKEY_paramgen(context, &parameters) == 1) {
        EVP_PKEY_CTX *generator = EVP_PKEY_CTX_new(parameters, NULL);
        if (generator == NULL || EVP_PKEY_keygen_init(generator) != 1 ||
            EVP_PKEY_keygen(generator, &key) != 1)
            key = NULL;
        EVP_PKEY_CTX_free(generator);
    }
    EVP_PKEY_free(parameters);
    EVP_PKEY_CTX_free(context);
    return key;
}

#define RSA_EXPONENT 65537

/* The numbers of an RSA key. */
enum { RSA_N, RSA_E, RSA_D, RSA_P, RSA_Q, RSA_DP, RSA_DQ, RSA_QINV, RSA_NUMBERS };

/* A random prime whose key can have the exponent: p - 1 is no multiple of it. */
static bool generate_factor(BIGNUM *prime, int bits)
{
    do {
        if (BN_generate_prime_ex(prime, bits, 0, NULL, NULL, NULL) != 1)
            return false;
    } while (BN_mod_word(prime, RSA_EXPONENT) == 1);
    return true;
}

/* All that follows from p and q. One less of each is put into `scratch`. */
static bool derive_rsa(BIGNUM *numbers[RSA_NUMBERS], BIGNUM *scratch[3], BN_CTX *context)
{
    BIGNUM *p1 = scratch[0], *q1 = scratch[1], *phi = scratch[2];
    return BN_mul(numbers[RSA_N], numbers[RSA_P], numbers[RSA_Q], context) == 1 &&
           BN_copy(p1, numbers[RSA_P]) != NULL && BN_sub_word(p1, 1) == 1 &&
           BN_copy(q1, numbers[RSA_Q]) != NULL && BN_sub_word(q1, 1) == 1 &&
           BN_mul(phi, p1, q1, context) == 1 && BN_set_word(numbers[RSA_E], RSA_EXPONENT) == 1 &&
           BN_mod_inverse(numbers[RSA_D], numbers[RSA_E], phi, context) != NULL &&
           BN_div(NULL, numbers[RSA_DP], numbers[RSA_D], p1, context) == 1 &&
           BN_div(NULL, numbers[RSA_DQ], numbers[RSA_D], q1, context) == 1 &&
           BN_mod_inverse(numbers[RSA_QINV], numbers[RSA_Q], numbers[RSA_P], context) != NULL;
}

static EVP_PKEY *rsa_of_numbers(BIGNUM *const numbers[RSA_NUMBERS])
{
    static const char *const names[RSA_NUMBERS] = {
        OSSL_PKEY_PARAM_RSA_N,         OSSL_PKEY_PARAM_RSA_E,
        OSSL_PKEY_PARAM_RSA_D,         OSSL_PKEY_PARAM_RSA_FACTOR1,
        OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
        OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1};
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    EVP_PKEY *key = NULL;
    bool good = build != NULL && context != NULL;
    for (size_t i = 0; i < RSA_NUMBERS && good; i++)
        good = OSSL_PARAM_BLD_push_BN(build, names[i], numbers[i]) == 1;
    OSSL_PARAM *parameters = good ? OSSL_PARAM_BLD_to_param(build) : NULL;
    if (parameters == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, parameters) != 1)
        key = NULL;
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(context);
    return key;
}

/*
 * Two random primes. OpenSSL's own generator takes three times as long, for primes of the form that
 * FIPS 186-4 asks for; a chart makes up to a hundred keys in one rendering.
 */
static EVP_PKEY *generate_rsa(int bits)
{
    BIGNUM *numbers[RSA_NUMBERS] = {NULL}, *scratch[3] = {NULL};
    BN_CTX *context = BN_CTX_new();
    bool good = context != NULL;
    for (size_t i = 0; i < RSA_NUMBERS; i++)
        good = (numbers[i] = BN_new()) != NULL && good;
    for (size_t i = 0; i < ARRAY_LEN(scratch); i++)
        good = (scratch[i] = BN_new()) != NULL && good;
    good = good && generate_factor(numbers[RSA_P], bits / 2) &&
           generate_factor(numbers[RSA_Q], bits / 2) && BN_cmp(numbers[RSA_P], numbers[RSA_Q]) != 0;
    EVP_PKEY *key = good && derive_rsa(numbers, scratch, context) ? rsa_of_numbers(numbers) : NULL;
    for (size_t i = 0; i < RSA_NUMBERS; i++)
        BN_clear_free(numbers[i]);
    for (size_t i = 0; i < ARRAY_LEN(scratch); i++)
        BN_clear_free(scratch[i]);
    BN_CTX_free(context);
    return key;
}

static EVP_PKEY *generate(enum key_kind kind)
{
    switch (kind) {
    case KEY_RSA_2048: return generate_rsa(2048);
    case KEY_RSA_4096: return generate_rsa(4096);
    case KEY_ECDSA_P256: return EVP_EC_gen("P-256");
    case KEY_ED25519: return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    case KEY_DSA_2048: return generate_dsa();
    }
    return NULL;
}

bool pki_generate_key(enum key_kind kind, struct arena *arena, str *ret_pem, struct error *err)
{
    EVP_PKEY *key = generate(kind);
    BIO *bio = BIO_new(BIO_s_mem());
    bool good = key != NULL && bio != NULL;
    if (good && kind == KEY_ED25519)
        good = PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1;
    else if (good)
        good = PEM_write_bio_PrivateKey_traditional(bio, key, NULL, NULL, 0, NULL, NULL) == 1;
    EVP_PKEY_free(key);
    if (!good) {
        (void)BIO_free(bio);
        return fail(err, "making a private key");
    }
    *ret_pem = take_text(bio, arena);
    return true;
}

static EVP_PKEY *read_key(str pem)
{
    BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
    EVP_PKEY *key = bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
    (void)BIO_free(bio);
    return key;
}

static X509 *read_certificate(str pem)
{
    BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
    X509 *certificate = bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    (void)BIO_free(bio);
    return certificate;
}

bool pki_check_key(str pem, struct error *err)
{
    EVP_PKEY *key = read_key(pem);
    bool good = key != NULL;
    EVP_PKEY_free(key);
    return good || fail(err, "no private key in the PEM text");
}

bool pki_check_certificate(str pem, struct error *err)
{
    X509 *certificate = read_certificate(pem);
    bool good = certificate != NULL;
    X509_free(certificate);
    return good || fail(err, "no certificate in the PEM text");
}

/* Certificates. */

static bool add_extension(X509 *certificate, X509V3_CTX *context, int nid, const char *text)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, context, nid, text);
    bool good = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return good;
}

static bool add_name(GENERAL_NAMES *names, int type, str bytes)
{
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_STRING *text =
        ASN1_STRING_type_new(type == GEN_DNS ? V_ASN1_IA5STRING : V_ASN1_OCTET_STRING);
    if (name == NULL || text == NULL || ASN1_STRING_set(text, bytes.ptr, (int)bytes.len) != 1 ||
        sk_GENERAL_NAME_push(names, name) == 0) {
        GENERAL_NAME_free(name);
        ASN1_STRING_free(text);
        return false;
    }
    GENERAL_NAME_set0_value(name, type, text);
    return true;
}

static bool add_address(GENERAL_NAMES *names, str address)
{
    char text[64];
    uint8_t bytes[16];
    if (address.len >= sizeof(text))
        return false;
    memcpy(text, address.ptr, address.len);
    text[address.len] = '\0';
    size_t len = inet_pton(AF_INET, text, bytes) == 1    ? 4
                 : inet_pton(AF_INET6, text, bytes) == 1 ? 16
                                                         : 0;
    return len > 0 && add_name(names, GEN_IPADD, str_from((const char *)bytes, len));
}

static bool add_names(X509 *certificate, const struct certificate_form *form)
{
    if (form->dns_name_count + form->address_count == 0)
        return true;
    GENERAL_NAMES *names = GENERAL_NAMES_new();
    bool good = names != NULL;
    for (size_t i = 0; good && i < form->dns_name_count; i++)
        good = add_name(names, GEN_DNS, form->dns_names[i]);
    for (size_t i = 0; good && i < form->address_count; i++)
        good = add_address(names, form->addresses[i]);
    good = good && X509_add1_ext_i2d(certificate, NID_subject_alt_name, names,
                                     form->common_name.len == 0, 0) == 1;
    GENERAL_NAMES_free(names);
    return good;
}

static bool set_serial(X509 *certificate)
{
    uint8_t bytes[16];
    crypto_random(bytes, sizeof(bytes));
    BIGNUM *number = BN_bin2bn(bytes, sizeof(bytes), NULL);
    bool good =
        number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
    BN_free(number);
    return good;
}

static bool fill(X509 *certificate, const struct certificate_form *form, X509 *issuer)
{
    X509_NAME *subject = X509_get_subject_name(certificate);
    if (X509_set_version(certificate, X509_VERSION_3) != 1 || !set_serial(certificate) ||
        ASN1_TIME_set(X509_getm_notBefore(certificate), (time_t)form->not_before) == NULL ||
        ASN1_TIME_set(X509_getm_notAfter(certificate), (time_t)form->not_after) == NULL)
        return false;
    if (form->common_name.len > 0 &&
        X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                   (const unsigned char *)form->common_name.ptr,
                                   (int)form->common_name.len, -1, 0) != 1)
        return false;
    return X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1;
}

static bool add_extensions(X509 *certificate, const struct certificate_form *form, X509 *issuer)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    const char *usage = form->is_authority ? "critical,digitalSignature,keyEncipherment,keyCertSign"
                                           : "critical,digitalSignature,keyEncipherment";
    if (!add_extension(certificate, &context, NID_key_usage, usage) ||
        !add_extension(certificate, &context, NID_ext_key_usage, "serverAuth,clientAuth") ||
        !add_extension(certificate, &context, NID_basic_constraints,
                       form->is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE"))
        return false;
    if (form->is_authority &&
        !add_extension(certificate, &context, NID_subject_key_identifier, "hash"))
        return false;
    bool identified = X509_get_ext_by_NID(issuer, NID_subject_key_identifier, -1) >= 0;
    if (issuer != certificate && identified &&
        !add_extension(certificate, &context, NID_authority_key_identifier, "keyid"))
        return false;
    return add_names(certificate, form);
}

static bool sign(X509 *certificate, const struct certificate_form *form, EVP_PKEY *key,
                 X509 *issuer, EVP_PKEY *issuer_key)
{
    const EVP_MD *digest = EVP_PKEY_get_id(issuer_key) == EVP_PKEY_ED25519 ? NULL : EVP_sha256();
    return X509_set_pubkey(certificate, key) == 1 && fill(certificate, form, issuer) &&
           add_extensions(certificate, form, issuer) &&
           X509_sign(certificate, issuer_key, digest) > 0;
}

bool pki_certify(const struct certificate_form *form, str key_pem, str issuer_pem,
                 str issuer_key_pem, struct arena *arena, str *ret_pem, struct error *err)
{
    EVP_PKEY *key = read_key(key_pem);
    EVP_PKEY *issuer_key = read_key(issuer_key_pem);
    X509 *issuer = issuer_pem.len > 0 ? read_certificate(issuer_pem) : NULL;
    X509 *certificate = X509_new();
    BIO *bio = BIO_new(BIO_s_mem());
    bool good = key != NULL && issuer_key != NULL && (issuer != NULL || issuer_pem.len == 0) &&
                certificate != NULL && bio != NULL &&
                sign(certificate, form, key, issuer != NULL ? issuer : certificate, issuer_key) &&
                PEM_write_bio_X509(bio, certificate) == 1;
    EVP_PKEY_free(key);
    EVP_PKEY_free(issuer_key);
    X509_free(issuer);
    X509_free(certificate);
    if (!good) {
        (void)BIO_free(bio);
        return fail(err, "making a certificate");
    }
    *ret_pem = take_text(bio, arena);
    return true;
}

/* Ciphers and derivation. */

bool cipher_aes_cbc(bool encrypt, const uint8_t key[32], const uint8_t iv[16], str text,
                    struct arena *arena, str *ret_text)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    unsigned char *out = (unsigned char *)arena_alloc_bytes(arena, text.len + 16);
    int len = 0;
    int last = 0;
    bool good =
        context != NULL && text.len % 16 == 0 && text.len < INT32_MAX &&
        EVP_CipherInit_ex(context, EVP_aes_256_cbc(), NULL, key, iv, encrypt) == 1 &&
        EVP_CIPHER_CTX_set_padding(context, 0) == 1 &&
        EVP_CipherUpdate(context, out, &len, (const unsigned char *)text.ptr, (int)text.len) == 1 &&
        EVP_CipherFinal_ex(context, out + len, &last) == 1;
    EVP_CIPHER_CTX_free(context);
    if (good)
        *ret_text = str_from((const char *)out, (size_t)len + (size_t)last);
    return good;
}

bool derive_scrypt(str password, str salt, uint64_t n, uint64_t r, uint64_t p, void *out,
                   size_t len)
{
    return EVP_PBE_scrypt(password.ptr, password.len, (const unsigned char *)salt.ptr, salt.len, n,
                          r, p, UINT64_C(256) << 20, out, len) == 1;
}
