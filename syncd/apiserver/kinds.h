/* kinds: what the built-in kinds do beyond their types. */
#ifndef SYNCD_APISERVER_KINDS_H
#define SYNCD_APISERVER_KINDS_H

#include "syncd/apiserver/call.h"
#include "syncd/object/selector.h"

extern const struct api_kind_rules api_deployment_rules, api_service_rules, api_namespace_rules,
    api_configmap_rules, api_secret_rules, api_service_account_rules, api_event_rules,
    api_lease_rules, api_role_rules, api_binding_rules, api_definition_rules;

/* What messages say of names that break a rule. */
extern const char API_LABEL_RULE[], API_SUBDOMAIN_RULE[];

#endif
