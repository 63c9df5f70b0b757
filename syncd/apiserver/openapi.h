/* openapi: the types of a cluster as OpenAPI v3 documents. */
#ifndef SYNCD_APISERVER_OPENAPI_H
#define SYNCD_APISERVER_OPENAPI_H

#include "syncd/apiserver/call.h"

/* A document with nothing but the schemas of one built-in kind. */
value api_openapi_of_kind(const struct api_types *types, const struct api_builtin *builtin,
                          struct arena *arena);
/* /openapi/v3 and below; `rest` is the path behind it without its '/'. */
bool api_openapi(struct api_call *call, str rest) MUST_USE;

#endif
