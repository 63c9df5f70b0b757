/* verbs: what can be done with a resource. Each answers into call->reply, or sets call->problem. */
#ifndef SYNCD_APISERVER_VERBS_H
#define SYNCD_APISERVER_VERBS_H

#include "syncd/apiserver/call.h"

bool api_get(struct api_call *call) MUST_USE;
bool api_list(struct api_call *call) MUST_USE;
bool api_watch_begin(struct api_call *call) MUST_USE;
bool api_create(struct api_call *call) MUST_USE;
bool api_update(struct api_call *call) MUST_USE;
bool api_patch(struct api_call *call) MUST_USE;
bool api_delete(struct api_call *call) MUST_USE;
bool api_delete_collection(struct api_call *call) MUST_USE;
/* The scale subresource, every verb. */
bool api_scale(struct api_call *call) MUST_USE;
/* Namespaces only: spec.finalizers. */
bool api_finalize(struct api_call *call) MUST_USE;
bool api_review(struct api_call *call) MUST_USE;

#endif
