/* patch_strategic: strategic merge patch of built-in kinds. */
#ifndef SYNCD_APISERVER_PATCH_STRATEGIC_H
#define SYNCD_APISERVER_PATCH_STRATEGIC_H

#include "syncd/apiserver/types.h"

/*
 * Applies the patch: lists are merged by the keys of the types; the directives $patch
 * (replace, delete, merge), $retainKeys, $deleteFromPrimitiveList and $setElementOrder are obeyed.
 * ERROR_INPUT when a directive or an item's key is wrong.
 */
bool api_patch_strategic(const struct api_type *type, value object, value patch,
                         struct arena *arena, value *ret_result, struct error *err) MUST_USE;

#endif
