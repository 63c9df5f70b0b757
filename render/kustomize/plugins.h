/*
 * plugins: `generators`, `transformers` and `validators` whose configurations name built-in ones.
 * Programs and containers are ERROR_UNSUPPORTED (E_PLUGIN): nothing is executed.
 */
#ifndef RENDER_KUSTOMIZE_PLUGINS_H
#define RENDER_KUSTOMIZE_PLUGINS_H

#include "render/kustomize/loader.h"
#include "render/kustomize/resmap.h"

/* Adds what it makes to `generated`. */
bool kust_plugin_generate(struct build *build, const struct loader *loader,
                          const struct resource *plugin, struct selection *generated,
                          struct error *err) MUST_USE;
bool kust_plugin_transform(struct build *build, const struct loader *loader,
                           const struct resource *plugin, struct resmap *map,
                           struct error *err) MUST_USE;

#endif
