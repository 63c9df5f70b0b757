#define OPENSSL_LOADER
#include "syncd/base/openssl_internal.h"

#include "syncd/base/check.h"

#include <dlfcn.h>
#include <stddef.h>
#include <threads.h>

static struct {
    once_flag once;
    bool whole;
    struct openssl calls;
} library = {.once = ONCE_FLAG_INIT};

static void open_library(void)
{
    void *handle = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL)
        return;
    bool whole = true;
#define OPENSSL_LOOKUP(name)                                                                       \
    *(void **)&library.calls.name = dlsym(handle, #name);                                          \
    whole = whole && library.calls.name != NULL;
    OPENSSL_FUNCTIONS(OPENSSL_LOOKUP)
#undef OPENSSL_LOOKUP
    library.whole = whole;
}

bool openssl_open(void)
{
    call_once(&library.once, open_library);
    return library.whole;
}

const struct openssl *openssl(void)
{
    CHECK(openssl_open());
    return &library.calls;
}
