/* merge: strategic merge of a patch into a document, as kyaml's merge2 does it. */
#ifndef RENDER_KUSTOMIZE_MERGE_H
#define RENDER_KUSTOMIZE_MERGE_H

#include "render/kustomize/schema.h"

/*
 * *ret_document is VALUE_ABSENT when the patch deletes the whole. ERROR_INPUT (E_PATCH) when kinds
 * of nodes clash or a $patch directive is unknown. Parts without a change are shared.
 */
bool kust_strategic_merge(struct build *build, value document, value patch, value *ret_document,
                          struct error *err) MUST_USE;

#endif
