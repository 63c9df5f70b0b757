/* The child's way to OpenPGP: a module of its own, so that no other job pays for the library. */
#include "syncd/git/openpgp.h"

#include "syncd/process/spawner.h"

#include <dlfcn.h>
#include <stdio.h>

bool openpgp_load(const struct openpgp_port **ret_port, struct error *err)
{
    char folder[PATH_MAX], path[PATH_MAX + sizeof(OPENPGP_MODULE) + 1];
    str where = spawner_module_folder(folder);
    (void)snprintf(path, sizeof(path), "%.*s/" OPENPGP_MODULE, STR_ARG(where));
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const struct openpgp_port *port = module != NULL ? dlsym(module, OPENPGP_SYMBOL) : NULL;
    if (port == NULL) {
        (void)error_rule(err, ERROR_UNAVAILABLE, "E_SIG_OPENPGP", "OpenPGP cannot be read: %s",
                         dlerror());
        return error_hint(err, "install librnp0, or use SSH signatures");
    }
    *ret_port = port; /* the module stays: the process ends with the job */
    return true;
}
