/*
 * libcrypto, opened when its first function is called: relocating it takes longer than everything
 * that `syncd version` does. Its functions are called by their own names. One that is not in the
 * two lists below is one that the linker does not find.
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
#define ASN1_STRING_free                     (openssl()->ASN1_STRING_free)
#define ASN1_STRING_set                      (openssl()->ASN1_STRING_set)
#define ASN1_STRING_type_new                 (openssl()->ASN1_STRING_type_new)
#define ASN1_TIME_set                        (openssl()->ASN1_TIME_set)
#define BIO_ctrl                             (openssl()->BIO_ctrl)
#define BIO_free                             (openssl()->BIO_free)
#define BIO_new                              (openssl()->BIO_new)
#define BIO_new_mem_buf                      (openssl()->BIO_new_mem_buf)
#define BIO_s_mem                            (openssl()->BIO_s_mem)
#define BN_CTX_free                          (openssl()->BN_CTX_free)
#define BN_CTX_new                           (openssl()->BN_CTX_new)
#define BN_bin2bn                            (openssl()->BN_bin2bn)
#define BN_bn2binpad                         (openssl()->BN_bn2binpad)
#define BN_clear_free                        (openssl()->BN_clear_free)
#define BN_cmp                               (openssl()->BN_cmp)
#define BN_copy                              (openssl()->BN_copy)
#define BN_div                               (openssl()->BN_div)
#define BN_free                              (openssl()->BN_free)
#define BN_generate_prime_ex                 (openssl()->BN_generate_prime_ex)
#define BN_mod_inverse                       (openssl()->BN_mod_inverse)
#define BN_mod_word                          (openssl()->BN_mod_word)
#define BN_mul                               (openssl()->BN_mul)
#define BN_new                               (openssl()->BN_new)
#define BN_num_bits                          (openssl()->BN_num_bits)
#define BN_set_word                          (openssl()->BN_set_word)
#define BN_sub_word                          (openssl()->BN_sub_word)
#define BN_to_ASN1_INTEGER                   (openssl()->BN_to_ASN1_INTEGER)
#define CRYPTO_free                          (openssl()->CRYPTO_free)
#define CRYPTO_memcmp                        (openssl()->CRYPTO_memcmp)
#define ECDSA_SIG_free                       (openssl()->ECDSA_SIG_free)
#define ECDSA_SIG_get0_r                     (openssl()->ECDSA_SIG_get0_r)
#define ECDSA_SIG_get0_s                     (openssl()->ECDSA_SIG_get0_s)
#define ECDSA_SIG_new                        (openssl()->ECDSA_SIG_new)
#define ECDSA_SIG_set0                       (openssl()->ECDSA_SIG_set0)
#define ERR_clear_error                      (openssl()->ERR_clear_error)
#define ERR_error_string_n                   (openssl()->ERR_error_string_n)
#define ERR_get_error                        (openssl()->ERR_get_error)
#define EVP_CIPHER_CTX_free                  (openssl()->EVP_CIPHER_CTX_free)
#define EVP_CIPHER_CTX_new                   (openssl()->EVP_CIPHER_CTX_new)
#define EVP_CIPHER_CTX_set_padding           (openssl()->EVP_CIPHER_CTX_set_padding)
#define EVP_CipherFinal_ex                   (openssl()->EVP_CipherFinal_ex)
#define EVP_CipherInit_ex                    (openssl()->EVP_CipherInit_ex)
#define EVP_CipherUpdate                     (openssl()->EVP_CipherUpdate)
#define EVP_Digest                           (openssl()->EVP_Digest)
#define EVP_DigestSign                       (openssl()->EVP_DigestSign)
#define EVP_DigestSignInit_ex                (openssl()->EVP_DigestSignInit_ex)
#define EVP_DigestVerify                     (openssl()->EVP_DigestVerify)
#define EVP_DigestVerifyInit_ex              (openssl()->EVP_DigestVerifyInit_ex)
#define EVP_MD_CTX_free                      (openssl()->EVP_MD_CTX_free)
#define EVP_MD_CTX_new                       (openssl()->EVP_MD_CTX_new)
#define EVP_PBE_scrypt                       (openssl()->EVP_PBE_scrypt)
#define EVP_PKEY_CTX_free                    (openssl()->EVP_PKEY_CTX_free)
#define EVP_PKEY_CTX_new                     (openssl()->EVP_PKEY_CTX_new)
#define EVP_PKEY_CTX_new_from_name           (openssl()->EVP_PKEY_CTX_new_from_name)
#define EVP_PKEY_CTX_new_id                  (openssl()->EVP_PKEY_CTX_new_id)
#define EVP_PKEY_CTX_set_dsa_paramgen_bits   (openssl()->EVP_PKEY_CTX_set_dsa_paramgen_bits)
#define EVP_PKEY_CTX_set_dsa_paramgen_q_bits (openssl()->EVP_PKEY_CTX_set_dsa_paramgen_q_bits)
#define EVP_PKEY_Q_keygen                    (openssl()->EVP_PKEY_Q_keygen)
#define EVP_PKEY_free                        (openssl()->EVP_PKEY_free)
#define EVP_PKEY_fromdata                    (openssl()->EVP_PKEY_fromdata)
#define EVP_PKEY_fromdata_init               (openssl()->EVP_PKEY_fromdata_init)
#define EVP_PKEY_get_group_name              (openssl()->EVP_PKEY_get_group_name)
#define EVP_PKEY_get_id                      (openssl()->EVP_PKEY_get_id)
#define EVP_PKEY_get_octet_string_param      (openssl()->EVP_PKEY_get_octet_string_param)
#define EVP_PKEY_get_raw_public_key          (openssl()->EVP_PKEY_get_raw_public_key)
#define EVP_PKEY_is_a                        (openssl()->EVP_PKEY_is_a)
#define EVP_PKEY_keygen                      (openssl()->EVP_PKEY_keygen)
#define EVP_PKEY_keygen_init                 (openssl()->EVP_PKEY_keygen_init)
#define EVP_PKEY_new_raw_private_key         (openssl()->EVP_PKEY_new_raw_private_key)
#define EVP_PKEY_new_raw_public_key          (openssl()->EVP_PKEY_new_raw_public_key)
#define EVP_PKEY_paramgen                    (openssl()->EVP_PKEY_paramgen)
#define EVP_PKEY_paramgen_init               (openssl()->EVP_PKEY_paramgen_init)
#define EVP_PKEY_set_utf8_string_param       (openssl()->EVP_PKEY_set_utf8_string_param)
#define EVP_aes_256_cbc                      (openssl()->EVP_aes_256_cbc)
#define EVP_md5                              (openssl()->EVP_md5)
#define EVP_sha1                             (openssl()->EVP_sha1)
#define EVP_sha256                           (openssl()->EVP_sha256)
#define EVP_sha512                           (openssl()->EVP_sha512)
#define GENERAL_NAMES_free                   (openssl()->GENERAL_NAMES_free)
#define GENERAL_NAMES_new                    (openssl()->GENERAL_NAMES_new)
#define GENERAL_NAME_free                    (openssl()->GENERAL_NAME_free)
#define GENERAL_NAME_new                     (openssl()->GENERAL_NAME_new)
#define GENERAL_NAME_set0_value              (openssl()->GENERAL_NAME_set0_value)
#define HMAC                                 (openssl()->HMAC)
#define OPENSSL_sk_push                      (openssl()->OPENSSL_sk_push)
#define OSSL_PARAM_BLD_free                  (openssl()->OSSL_PARAM_BLD_free)
#define OSSL_PARAM_BLD_new                   (openssl()->OSSL_PARAM_BLD_new)
#define OSSL_PARAM_BLD_push_BN               (openssl()->OSSL_PARAM_BLD_push_BN)
#define OSSL_PARAM_BLD_push_octet_string     (openssl()->OSSL_PARAM_BLD_push_octet_string)
#define OSSL_PARAM_BLD_push_utf8_string      (openssl()->OSSL_PARAM_BLD_push_utf8_string)
#define OSSL_PARAM_BLD_to_param              (openssl()->OSSL_PARAM_BLD_to_param)
#define OSSL_PARAM_free                      (openssl()->OSSL_PARAM_free)
#define PEM_read_bio_PrivateKey              (openssl()->PEM_read_bio_PrivateKey)
#define PEM_read_bio_X509                    (openssl()->PEM_read_bio_X509)
#define PEM_write_bio_PKCS8PrivateKey        (openssl()->PEM_write_bio_PKCS8PrivateKey)
#define PEM_write_bio_PrivateKey_traditional (openssl()->PEM_write_bio_PrivateKey_traditional)
#define PEM_write_bio_X509                   (openssl()->PEM_write_bio_X509)
#define X509V3_EXT_conf_nid                  (openssl()->X509V3_EXT_conf_nid)
#define X509V3_set_ctx                       (openssl()->X509V3_set_ctx)
#define X509_EXTENSION_free                  (openssl()->X509_EXTENSION_free)
#define X509_NAME_add_entry_by_NID           (openssl()->X509_NAME_add_entry_by_NID)
#define X509_add1_ext_i2d                    (openssl()->X509_add1_ext_i2d)
#define X509_add_ext                         (openssl()->X509_add_ext)
#define X509_free                            (openssl()->X509_free)
#define X509_get_ext_by_NID                  (openssl()->X509_get_ext_by_NID)
#define X509_get_serialNumber                (openssl()->X509_get_serialNumber)
#define X509_get_subject_name                (openssl()->X509_get_subject_name)
#define X509_getm_notAfter                   (openssl()->X509_getm_notAfter)
#define X509_getm_notBefore                  (openssl()->X509_getm_notBefore)
#define X509_new                             (openssl()->X509_new)
#define X509_set_issuer_name                 (openssl()->X509_set_issuer_name)
#define X509_set_pubkey                      (openssl()->X509_set_pubkey)
#define X509_set_version                     (openssl()->X509_set_version)
#define X509_sign                            (openssl()->X509_sign)
#define d2i_ECDSA_SIG                        (openssl()->d2i_ECDSA_SIG)
#define i2d_ECDSA_SIG                        (openssl()->i2d_ECDSA_SIG)
#endif

#endif
