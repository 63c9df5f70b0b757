/* known_hosts files: plain, pattern and hashed names, ports, markers. Certificates are not trusted.
 */
#include "syncd/git/known_hosts.h"

#include "syncd/base/crypto.h"
#include "syncd/base/pattern.h"

#define SHA1_LEN   20
#define SHA1_BLOCK 64

static void hmac_sha1(str key, str text, struct arena *arena, uint8_t out[SHA1_LEN])
{
    uint8_t digest[DIGEST_MAX];
    char *inner = arena_alloc_bytes(arena, SHA1_BLOCK + text.len);
    char outer[SHA1_BLOCK + SHA1_LEN];
    memset(inner, 0x36, SHA1_BLOCK);
    memset(outer, 0x5c, SHA1_BLOCK);
    for (size_t i = 0; i < key.len; i++) {
        inner[i] = (char)(inner[i] ^ key.ptr[i]);
        outer[i] = (char)(outer[i] ^ key.ptr[i]);
    }
    if (text.len != 0)
        memcpy(inner + SHA1_BLOCK, text.ptr, text.len);
    (void)crypto_digest(DIGEST_SHA1, str_from(inner, SHA1_BLOCK + text.len), digest);
    memcpy(outer + SHA1_BLOCK, digest, SHA1_LEN);
    (void)crypto_digest(DIGEST_SHA1, str_from(outer, sizeof(outer)), digest);
    memcpy(out, digest, SHA1_LEN);
}

/* "|1|salt|hash" */
static bool hashed_matches(str field, str name, struct arena *arena)
{
    str rest = str_skip(field, 3), salt_text, salt, want;
    uint8_t have[SHA1_LEN];
    if (!str_cut(&rest, '|', &salt_text) || !base64_decode(arena, salt_text, &salt) ||
        !base64_decode(arena, rest, &want) || want.len != SHA1_LEN || salt.len > SHA1_BLOCK)
        return false;
    hmac_sha1(salt, name, arena, have);
    return memcmp(have, want.ptr, SHA1_LEN) == 0;
}

static bool names_match(str list, str name, struct arena *arena)
{
    return str_starts(list, STR("|1|")) ? hashed_matches(list, name, arena)
                                        : pattern_list_matches(list, name, true);
}

static str next_field(str *line)
{
    *line = str_trim_left(*line, STR(" \t"));
    size_t end = 0;
    while (end < line->len && line->ptr[end] != ' ' && line->ptr[end] != '\t')
        end++;
    str field = str_slice(*line, 0, end);
    *line = str_skip(*line, end);
    return field;
}

/* The kind that a key in wire form names itself: "ssh-ed25519". */
static str key_kind(str key)
{
    if (key.len < 4)
        return STR("");
    const uint8_t *bytes = (const uint8_t *)key.ptr;
    size_t len = (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
    return len <= key.len - 4 ? str_slice(key, 4, len) : STR("");
}

enum known_host known_host(str text, str host, uint16_t port, str key, struct arena *arena)
{
    str name = host, line;
    if (port != 0 && port != 22)
        name = arena_printf(arena, "[%.*s]:%u", STR_ARG(host), port);
    enum known_host verdict = KNOWN_HOST_NONE;
    while (str_cut(&text, '\n', &line)) {
        line = str_trim(line);
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        str marker = line.ptr[0] == '@' ? next_field(&line) : STR("");
        str names = next_field(&line), kind = next_field(&line), encoded = next_field(&line), known;
        bool revoked = str_equal(marker, STR("@revoked"));
        if ((marker.len != 0 && !revoked) || !str_equal(kind, key_kind(key)) ||
            !base64_decode(arena, encoded, &known) || known.len == 0 ||
            !names_match(names, name, arena))
            continue;
        bool same = str_equal(known, key);
        if (same && revoked)
            return KNOWN_HOST_REVOKED;
        if (same)
            verdict = KNOWN_HOST_TRUSTED;
        else if (!revoked && verdict == KNOWN_HOST_NONE)
            verdict = KNOWN_HOST_OTHER;
    }
    return verdict;
}
