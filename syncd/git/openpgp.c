/* The module syncd-openpgp.so: the door to librnp. Nothing but public keys and signatures. */
#include "syncd/git/openpgp.h"

#include <fcntl.h>
#include <rnp/rnp.h>
#include <rnp/rnp_err.h>
#include <stdlib.h>
#include <unistd.h>

struct openpgp_keys {
    rnp_ffi_t ffi;
    int nowhere; /* /dev/null: librnp tells its insides to stderr, whatever it is asked */
};

static int stderr_off(int nowhere)
{
    int kept = dup(STDERR_FILENO);
    if (kept >= 0 && nowhere >= 0)
        (void)dup2(nowhere, STDERR_FILENO); /* else it is heard */
    return kept;
}

static void stderr_on(int kept)
{
    if (kept < 0)
        return;
    (void)dup2(kept, STDERR_FILENO); /* nothing can be said without it */
    (void)close(kept);               /* a copy */
}

static void close_keys(struct openpgp_keys *keys)
{
    if (keys == NULL)
        return;
    (void)rnp_ffi_destroy(keys->ffi); /* nothing is to be kept */
    if (keys->nowhere >= 0)
        (void)close(keys->nowhere); /* the same */
    free(keys);
}

static bool load(rnp_ffi_t ffi, str text, size_t *ret_count)
{
    rnp_input_t input = NULL;
    bool done =
        rnp_input_from_memory(&input, (const uint8_t *)text.ptr, text.len, false) == RNP_SUCCESS &&
        rnp_import_keys(ffi, input, RNP_LOAD_SAVE_PUBLIC_KEYS, NULL) == RNP_SUCCESS &&
        rnp_get_public_key_count(ffi, ret_count) == RNP_SUCCESS;
    (void)rnp_input_destroy(input); /* read to its end */
    return done && *ret_count != 0;
}

static bool open_keys(str text, struct openpgp_keys **ret_keys, struct error *err)
{
    struct openpgp_keys *keys = calloc(1, sizeof(*keys));
    CHECK(keys != NULL);
    keys->nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    size_t count = 0;
    int kept = stderr_off(keys->nowhere);
    bool done = rnp_ffi_create(&keys->ffi, RNP_KEYSTORE_GPG, RNP_KEYSTORE_GPG) == RNP_SUCCESS &&
                load(keys->ffi, text, &count);
    stderr_on(kept);
    if (!done) {
        close_keys(keys);
        return error_rule(err, ERROR_DENIED, "E_SIG_TRUST",
                          "the file of OpenPGP keys holds no public key");
    }
    *ret_keys = keys;
    return true;
}

/* Copies what librnp allocated. */
static str take_text(char *text, struct arena *arena)
{
    str copy = arena_str(arena, str_z(text));
    rnp_buffer_destroy(text);
    return copy;
}

/* The name is the primary key's, also where a subkey signs. */
static void name_signer(const struct openpgp_keys *keys, rnp_key_handle_t key, struct arena *arena,
                        struct signer *ret_signer)
{
    char *print = NULL, *user = NULL;
    rnp_key_handle_t primary = NULL;
    if (rnp_key_get_primary_fprint(key, &print) != RNP_SUCCESS)
        (void)rnp_key_get_fprint(key, &print); /* it is the primary one */
    if (rnp_locate_key(keys->ffi, "fingerprint", print, &primary) == RNP_SUCCESS && primary != NULL)
        (void)rnp_key_get_primary_uid(primary, &user); /* may have none */
    (void)rnp_key_handle_destroy(primary);             /* a handle, not the key */
    ret_signer->name = take_text(user, arena);
    ret_signer->key = take_text(print, arena);
}

/* A key that is there and made the signature: does it count at that time? */
static bool check_key(rnp_key_handle_t key, int64_t at_s, const struct signer *signer,
                      struct error *err)
{
    bool revoked = true;
    uint64_t till = 0;
    if (rnp_key_is_revoked(key, &revoked) != RNP_SUCCESS || revoked)
        return error_rule(err, ERROR_INPUT, "E_SIG_REVOKED", "the key %.*s is revoked",
                          STR_ARG(signer->key));
    if (rnp_key_valid_till64(key, &till) != RNP_SUCCESS || (uint64_t)at_s >= till)
        return error_rule(err, ERROR_INPUT, "E_SIG_EXPIRED",
                          "the key %.*s is not valid at the time of the commit",
                          STR_ARG(signer->key));
    return true;
}

static bool unknown(rnp_op_verify_signature_t signature, struct arena *arena, struct error *err)
{
    rnp_signature_handle_t handle = NULL;
    char *id = NULL;
    if (rnp_op_verify_signature_get_handle(signature, &handle) == RNP_SUCCESS)
        (void)rnp_signature_get_keyid(handle, &id); /* then it stays without a name */
    (void)rnp_signature_handle_destroy(handle);     /* a handle only */
    str text = take_text(id, arena);
    (void)error_rule(err, ERROR_INPUT, "E_SIG_UNKNOWN", "nobody's OpenPGP key is %.*s",
                     STR_ARG(text));
    return error_hint(err, "add the signer's public key to the file of OpenPGP keys");
}

static bool judge(const struct openpgp_keys *keys, rnp_op_verify_t operation, int64_t at_s,
                  struct arena *arena, struct signer *ret_signer, struct error *err)
{
    size_t count = 0;
    rnp_op_verify_signature_t signature = NULL;
    if (rnp_op_verify_get_signature_count(operation, &count) != RNP_SUCCESS || count != 1 ||
        rnp_op_verify_get_signature_at(operation, 0, &signature) != RNP_SUCCESS)
        return error_rule(err, ERROR_INPUT, "E_SIG_FORM", "not exactly one OpenPGP signature");
    rnp_result_t status = rnp_op_verify_signature_get_status(signature);
    rnp_key_handle_t key = NULL;
    if (status == RNP_ERROR_KEY_NOT_FOUND ||
        rnp_op_verify_signature_get_key(signature, &key) != RNP_SUCCESS || key == NULL)
        return unknown(signature, arena, err);
    name_signer(keys, key, arena, ret_signer);
    bool good = check_key(key, at_s, ret_signer, err);
    (void)rnp_key_handle_destroy(key); /* a handle only */
    if (good && status == RNP_ERROR_SIGNATURE_EXPIRED)
        return error_rule(err, ERROR_INPUT, "E_SIG_EXPIRED", "the signature itself has expired");
    if (good && status != RNP_SUCCESS)
        return error_rule(err, ERROR_INPUT, "E_SIG_BAD",
                          "the signature of %.*s is not over these bytes",
                          STR_ARG(ret_signer->key));
    return good;
}

static bool verify(void *context, str armored, str message, int64_t at_s, struct arena *arena,
                   struct signer *ret_signer, struct error *err)
{
    const struct openpgp_keys *keys = context;
    rnp_input_t input = NULL, signature = NULL;
    rnp_op_verify_t operation = NULL;
    int kept = stderr_off(keys->nowhere);
    bool done =
        rnp_input_from_memory(&input, (const uint8_t *)message.ptr, message.len, false) ==
            RNP_SUCCESS &&
        rnp_input_from_memory(&signature, (const uint8_t *)armored.ptr, armored.len, false) ==
            RNP_SUCCESS &&
        rnp_op_verify_detached_create(&operation, keys->ffi, input, signature) == RNP_SUCCESS;
    if (done) {
        (void)rnp_op_verify_execute(operation); /* each signature's own status says it better */
        done = judge(keys, operation, at_s, arena, ret_signer, err);
    } else {
        (void)error_rule(err, ERROR_INPUT, "E_SIG_FORM", "no OpenPGP signature");
    }
    (void)rnp_op_verify_destroy(operation); /* all was asked */
    (void)rnp_input_destroy(signature);     /* the same */
    (void)rnp_input_destroy(input);         /* the same */
    stderr_on(kept);
    return done;
}

/* The module's only symbol. */
PUBLIC extern const struct openpgp_port openpgp_port;
const struct openpgp_port openpgp_port = {open_keys, close_keys, verify};
