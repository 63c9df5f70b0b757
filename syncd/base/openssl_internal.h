/*
 * libcrypto, opened when its first function is called: relocating it takes longer than everything
 * that `syncd version` does. Its functions are called by their own names. One that is not in the
 * list below and in openssl_calls_internal.h is one that the linker does not find.
 */
#ifndef SYNCD_BASE_OPENSSL_INTERNAL_H
#define SYNCD_BASE_OPENSSL_INTERNAL_H

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/dsa.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdbool.h>

#define OPENSSL_FUNCTIONS(X)                                                                       \
    X(ASN1_STRING_free)                                                                            \
    X(ASN1_STRING_set)                                                                             \
    X(ASN1_STRING_type_new)                                                                        \
    X(ASN1_TIME_set)                                                                               \
    X(BIO_ctrl)                                                                                    \
    X(BIO_free)                                                                                    \
    X(BIO_new)                                                                                     \
    X(BIO_new_mem_buf)                                                                             \
    X(BIO_s_mem)                                                                                   \
    X(BN_CTX_free)                                                                                 \
    X(BN_CTX_new)                                                                                  \
    X(BN_bin2bn)                                                                                   \
    X(BN_bn2binpad)                                                                                \
    X(BN_clear_free)                                                                               \
    X(BN_cmp)                                                                                      \
    X(BN_copy)                                                                                     \
    X(BN_div)                                                                                      \
    X(BN_free)                                                                                     \
    X(BN_generate_prime_ex)                                                                        \
    X(BN_mod_inverse)                                                                              \
    X(BN_mod_word)                                                                                 \
    X(BN_mul)                                                                                      \
    X(BN_new)                                                                                      \
    X(BN_num_bits)                                                                                 \
    X(BN_set_word)                                                                                 \
    X(BN_sub_word)                                                                                 \
    X(BN_to_ASN1_INTEGER)                                                                          \
    X(CRYPTO_free)                                                                                 \
    X(CRYPTO_memcmp)                                                                               \
    X(ECDSA_SIG_free)                                                                              \
    X(ECDSA_SIG_get0_r)                                                                            \
    X(ECDSA_SIG_get0_s)                                                                            \
    X(ECDSA_SIG_new)                                                                               \
    X(ECDSA_SIG_set0)                                                                              \
    X(ERR_clear_error)                                                                             \
    X(ERR_error_string_n)                                                                          \
    X(ERR_get_error)                                                                               \
    X(EVP_CIPHER_CTX_free)                                                                         \
    X(EVP_CIPHER_CTX_new)                                                                          \
    X(EVP_CIPHER_CTX_set_padding)                                                                  \
    X(EVP_CipherFinal_ex)                                                                          \
    X(EVP_CipherInit_ex)                                                                           \
    X(EVP_CipherUpdate)                                                                            \
    X(EVP_Digest)                                                                                  \
    X(EVP_DigestSign)                                                                              \
    X(EVP_DigestSignInit_ex)                                                                       \
    X(EVP_DigestVerify)                                                                            \
    X(EVP_DigestVerifyInit_ex)                                                                     \
    X(EVP_MD_CTX_free)                                                                             \
    X(EVP_MD_CTX_new)                                                                              \
    X(EVP_PBE_scrypt)                                                                              \
    X(EVP_PKEY_CTX_free)                                                                           \
    X(EVP_PKEY_CTX_new)                                                                            \
    X(EVP_PKEY_CTX_new_from_name)                                                                  \
    X(EVP_PKEY_CTX_new_id)                                                                         \
    X(EVP_PKEY_CTX_set_dsa_paramgen_bits)                                                          \
    X(EVP_PKEY_CTX_set_dsa_paramgen_q_bits)                                                        \
    X(EVP_PKEY_Q_keygen)                                                                           \
    X(EVP_PKEY_free)                                                                               \
    X(EVP_PKEY_fromdata)                                                                           \
    X(EVP_PKEY_fromdata_init)                                                                      \
    X(EVP_PKEY_get_group_name)                                                                     \
    X(EVP_PKEY_get_id)                                                                             \
    X(EVP_PKEY_get_octet_string_param)                                                             \
    X(EVP_PKEY_get_raw_public_key)                                                                 \
    X(EVP_PKEY_is_a)                                                                               \
    X(EVP_PKEY_keygen)                                                                             \
    X(EVP_PKEY_keygen_init)                                                                        \
    X(EVP_PKEY_new_raw_private_key)                                                                \
    X(EVP_PKEY_new_raw_public_key)                                                                 \
    X(EVP_PKEY_paramgen)                                                                           \
    X(EVP_PKEY_paramgen_init)                                                                      \
    X(EVP_PKEY_set_utf8_string_param)                                                              \
    X(EVP_aes_256_cbc)                                                                             \
    X(EVP_md5)                                                                                     \
    X(EVP_sha1)                                                                                    \
    X(EVP_sha256)                                                                                  \
    X(EVP_sha512)                                                                                  \
    X(GENERAL_NAMES_free)                                                                          \
    X(GENERAL_NAMES_new)                                                                           \
    X(GENERAL_NAME_free)                                                                           \
    X(GENERAL_NAME_new)                                                                            \
    X(GENERAL_NAME_set0_value)                                                                     \
    X(HMAC)                                                                                        \
    X(OPENSSL_sk_push)                                                                             \
    X(OSSL_PARAM_BLD_free)                                                                         \
    X(OSSL_PARAM_BLD_new)                                                                          \
    X(OSSL_PARAM_BLD_push_BN)                                                                      \
    X(OSSL_PARAM_BLD_push_octet_string)                                                            \
    X(OSSL_PARAM_BLD_push_utf8_string)                                                             \
    X(OSSL_PARAM_BLD_to_param)                                                                     \
    X(OSSL_PARAM_free)                                                                             \
    X(PEM_read_bio_PrivateKey)                                                                     \
    X(PEM_read_bio_X509)                                                                           \
    X(PEM_write_bio_PKCS8PrivateKey)                                                               \
    X(PEM_write_bio_PrivateKey_traditional)                                                        \
    X(PEM_write_bio_X509)                                                                          \
    X(X509V3_EXT_conf_nid)                                                                         \
    X(X509V3_set_ctx)                                                                              \
    X(X509_EXTENSION_free)                                                                         \
    X(X509_NAME_add_entry_by_NID)                                                                  \
    X(X509_add1_ext_i2d)                                                                           \
    X(X509_add_ext)                                                                                \
    X(X509_free)                                                                                   \
    X(X509_get_ext_by_NID)                                                                         \
    X(X509_get_serialNumber)                                                                       \
    X(X509_get_subject_name)                                                                       \
    X(X509_getm_notAfter)                                                                          \
    X(X509_getm_notBefore)                                                                         \
    X(X509_new)                                                                                    \
    X(X509_set_issuer_name)                                                                        \
    X(X509_set_pubkey)                                                                             \
    X(X509_set_version)                                                                            \
    X(X509_sign)                                                                                   \
    X(d2i_ECDSA_SIG)                                                                               \
    X(i2d_ECDSA_SIG)

struct openssl {
#define OPENSSL_MEMBER(name) __typeof__(name) *name;
    OPENSSL_FUNCTIONS(OPENSSL_MEMBER)
#undef OPENSSL_MEMBER
};

/* The library, opened now or before; CHECKed: it is installed with the program. */
const struct openssl *openssl(void);
bool openssl_open(void);

#ifndef OPENSSL_LOADER
#include "syncd/base/openssl_calls_internal.h"
#endif

#endif
