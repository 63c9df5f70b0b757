/* crd: CustomResourceDefinitions and the resources that they make. */
#ifndef SYNCD_APISERVER_CRD_H
#define SYNCD_APISERVER_CRD_H

#include "syncd/apiserver/cluster.h"

/*
 * Brings the cluster's resources in line with the definition of that name: serves it, serves it
 * anew, or ends it; sets its conditions.
 */
void api_crd_sync(struct api_cluster *cluster, str name, struct arena *arena);
/* An object of a resource that is going is gone: look at its definition again. */
void api_crd_requeue(struct api_resource *resource);

#endif
