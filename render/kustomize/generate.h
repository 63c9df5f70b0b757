/* generate: ConfigMaps and Secrets from files, literals and env files. */
#ifndef RENDER_KUSTOMIZE_GENERATE_H
#define RENDER_KUSTOMIZE_GENERATE_H

#include "render/kustomize/kustomization.h"
#include "render/kustomize/loader.h"

/* `globals`: generatorOptions of the kustomization, or NULL. E_GENERATOR and what loading gives. */
bool kust_generate(struct build *build, const struct loader *loader, bool secret,
                   const struct generator_entry *entry, const struct generator_options *globals,
                   struct resource **ret_resource, struct error *err) MUST_USE;

#endif
