/* embedded_yaml: JSON and YAML that stand as a text in a field, as in a ConfigMap's data. */
#ifndef RENDER_KUSTOMIZE_EMBEDDED_YAML_H
#define RENDER_KUSTOMIZE_EMBEDDED_YAML_H

#include "render/kustomize/build.h"

bool kust_embedded_read(struct build *build, str text, value *ret_document,
                        struct error *err) MUST_USE;

/*
 * The text after a change of its document from `before` to `after`: printed anew, as the tool does
 * it. YAML keeps its order, comments and quotes.
 */
bool kust_embedded_print(struct build *build, str text, value before, value after, str *ret_text,
                         struct error *err) MUST_USE;

#endif
