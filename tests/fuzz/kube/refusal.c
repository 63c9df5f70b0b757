/*
 * Any bytes as the body of a refusal, the code from the first two: there is always a class, a rule
 * and a reason, never a control byte, and of a Secret never more than its fields' names.
 */
#include "syncd/base/check.h"
#include "syncd/kube/kube_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (len < 2)
        return 0;
    const int code = 300 + (bytes[0] << 8 | bytes[1]) % 300;
    const str body = str_from((const char *)bytes + 2, len - 2);
    for (int secret = 0; secret < 2; secret++) {
        struct arena *arena = arena_create(ARENA_NO_BUDGET);
        struct kube_status status;
        struct error err = ERROR_INIT;
        status_read(code, body, secret != 0, STR("apply things t/x"), limits_default(), arena,
                    &status, &err);
        CHECK(err.class != ERROR_NONE && err.rule[0] != '\0' && err.detail == code);
        CHECK(status.reason.len > 0 && status.code == code);
        for (const char *c = err.text; *c != '\0'; c++)
            CHECK((unsigned char)*c >= 0x20 && *c != 0x7f);
        for (size_t i = 0; i < status.cause_count; i++) {
            CHECK(!secret || status.causes[i].rule.len == 0);
            for (size_t c = 0; c < status.causes[i].manager.len; c++)
                CHECK((unsigned char)status.causes[i].manager.ptr[c] >= 0x20);
        }
        arena_destroy(arena);
    }
    return 0;
}
