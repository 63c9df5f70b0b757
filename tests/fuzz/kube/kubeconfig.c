/*
 * Any bytes as a kubeconfig that comes from a cluster or from Git: no file is opened, what is
 * accepted leads to https or to loopback, and a refusal has its rule.
 */
#include "syncd/kube/kubeconfig.h"
#include "syncd/base/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    const struct kubeconfig_options options = {0};
    struct error err = ERROR_INIT;
    struct kube_config config;
    if (kubeconfig_read(str_from((const char *)bytes, len), "fuzz", &options, arena, &config,
                        &err)) {
        CHECK(str_starts(config.server, STR("https://")) ||
              str_starts(config.server, STR("http://127.")) ||
              str_starts(config.server, STR("http://localhost")) ||
              str_starts(config.server, STR("http://[::1]")));
        CHECK(str_index(config.server, '@') == SIZE_MAX);
        CHECK(config.token_file.len == 0 && !config.insecure);
        for (size_t i = 0; i < config.token.len; i++)
            CHECK((unsigned char)config.token.ptr[i] > ' ');
    } else {
        CHECK(err.class == ERROR_INPUT && str_equal(str_z(err.rule), STR("E_KUBECONFIG")));
    }
    arena_destroy(arena);
    return 0;
}
