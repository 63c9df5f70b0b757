/* discovery: which groups, versions and resources a cluster serves. */
#ifndef SYNCD_APISERVER_DISCOVERY_H
#define SYNCD_APISERVER_DISCOVERY_H

#include "syncd/apiserver/call.h"

/* /api and /apis: the legacy lists, or the aggregated form when it is accepted. */
void api_discover_core(struct api_call *call);
void api_discover_groups(struct api_call *call);
/* /apis/GROUP. False without a problem set when there is no such group. */
bool api_discover_group(struct api_call *call, str group) MUST_USE;
/* /api/v1 and /apis/GROUP/VERSION. */
bool api_discover_version(struct api_call *call, str group, str version) MUST_USE;

#endif
