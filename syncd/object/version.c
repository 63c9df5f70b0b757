/* resourceVersions as numbers. */
#include "syncd/object/version.h"

#include "syncd/base/map.h"

#include <inttypes.h>
#include <stdio.h>

#define IS_DIGEST (UINT64_C(1) << 63)

uint64_t version_pack(str text)
{
    uint64_t number;
    bool canonical = text.len == 1 || (text.len != 0 && text.ptr[0] != '0');
    if (canonical && str_to_u64(text, &number) && number < IS_DIGEST)
        return number;
    return text.len == 0 ? VERSION_NONE : hash_stable(text) | IS_DIGEST;
}

static bool is_number(uint64_t version)
{
    return version != VERSION_NONE && (version & IS_DIGEST) == 0;
}

bool version_is_older(uint64_t version, uint64_t than)
{
    return is_number(version) && is_number(than) && version < than;
}

bool version_text(uint64_t version, char out[VERSION_MAX], str *ret_text)
{
    if ((version & IS_DIGEST) != 0)
        return false;
    int length = version == VERSION_NONE ? 0 : snprintf(out, VERSION_MAX, "%" PRIu64, version);
    *ret_text = str_from(out, (size_t)length);
    return true;
}
