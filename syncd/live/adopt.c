#include "syncd/live/adopt.h"

#include "syncd/live/live.h"

/* Under what names tools apply. */
static const struct {
    const char *manager;
    enum owner_operation operation;
    unsigned tool;
} writers[] = {
    {"kubectl-client-side-apply", OWNER_UPDATE, OPTION_ADOPT_KUBECTL},
    {"kubectl-create", OWNER_UPDATE, OPTION_ADOPT_KUBECTL},
    {"kubectl-replace", OWNER_UPDATE, OPTION_ADOPT_KUBECTL},
    {"kubectl-last-applied", OWNER_UPDATE, OPTION_ADOPT_KUBECTL},
    {"kubectl", OWNER_APPLY, OPTION_ADOPT_KUBECTL},
    {"argocd-controller", OWNER_APPLY, OPTION_ADOPT_ARGOCD},
    {"argocd-controller", OWNER_UPDATE, OPTION_ADOPT_ARGOCD},
    {"argocd-application-controller", OWNER_UPDATE, OPTION_ADOPT_ARGOCD},
    {"kustomize-controller", OWNER_APPLY, OPTION_ADOPT_FLUX},
    {"kustomize-controller", OWNER_UPDATE, OPTION_ADOPT_FLUX},
    {"helm-controller", OWNER_APPLY, OPTION_ADOPT_FLUX},
    {"helm-controller", OWNER_UPDATE, OPTION_ADOPT_FLUX},
    {"flux", OWNER_APPLY, OPTION_ADOPT_FLUX},
    {"flux-client-side-apply", OWNER_UPDATE, OPTION_ADOPT_FLUX},
    {"helm", OWNER_APPLY, OPTION_ADOPT_HELM},
    {"helm", OWNER_UPDATE, OPTION_ADOPT_HELM},
};

static const struct {
    const char *name;
    unsigned tool;
} tools_by_name[] = {
    {"kubectl", OPTION_ADOPT_KUBECTL},
    {"argocd", OPTION_ADOPT_ARGOCD},
    {"flux", OPTION_ADOPT_FLUX},
    {"helm", OPTION_ADOPT_HELM},
};

const char *adopt_tool_name(unsigned tool)
{
    for (size_t i = 0; i < ARRAY_LEN(tools_by_name); i++) {
        if ((tools_by_name[i].tool & tool) != 0)
            return tools_by_name[i].name;
    }
    return "";
}

unsigned adopt_tools_of(str manager)
{
    unsigned tools = 0;
    for (size_t i = 0; i < ARRAY_LEN(writers); i++) {
        if (str_equal(str_z(writers[i].manager), manager))
            tools |= writers[i].tool;
    }
    return tools;
}

static unsigned tool_of(const struct owner *owner)
{
    if (owner->subresource.len != 0)
        return 0;
    for (size_t i = 0; i < ARRAY_LEN(writers); i++) {
        if (writers[i].operation == owner->operation &&
            str_equal(str_z(writers[i].manager), owner->name))
            return writers[i].tool;
    }
    return 0;
}

unsigned adopt_find(struct owners owners)
{
    unsigned tools = 0;
    for (size_t i = 0; i < owners.len; i++)
        tools |= tool_of(&owners.items[i]);
    return tools;
}

/* Our entry; where there is none yet, the first that moves becomes it. */
static struct owner *place_own(struct owners owners, unsigned tools)
{
    struct owner *own = owners_find(owners, STR(FIELD_MANAGER), OWNER_APPLY, STR(""), STR(""));
    for (size_t i = 0; own == NULL && i < owners.len; i++) {
        if ((tool_of(&owners.items[i]) & tools) == 0)
            continue;
        own = &owners.items[i];
        own->name = STR(FIELD_MANAGER);
        own->operation = OWNER_APPLY;
    }
    return own;
}

bool adopt_fields(value managed_fields, unsigned tools, struct arena *arena, value *ret_fields,
                  struct error *err)
{
    struct owners owners;
    if (!owners_parse(managed_fields, arena, &owners, err))
        return false;
    size_t count = owners.len, kept = 0;
    bool renamed = owners_find(owners, STR(FIELD_MANAGER), OWNER_APPLY, STR(""), STR("")) == NULL;
    const struct owner *placed = place_own(owners, tools);
    *ret_fields = value_absent();
    if (placed == NULL)
        return true;
    struct owner own = *placed;
    size_t own_at = (size_t)(placed - owners.items), own_kept = 0;
    for (size_t i = 0; i < count; i++) {
        const struct owner *owner = &owners.items[i];
        if (i != own_at && (tool_of(owner) & tools) != 0 &&
            str_equal(owner->api_version, own.api_version)) {
            own.fields = fields_union(own.fields, owner->fields, arena);
            continue;
        }
        if (i == own_at)
            own_kept = kept;
        owners.items[kept++] = *owner;
    }
    if (kept == count && !renamed)
        return true;
    owners.items[own_kept] = own;
    owners.len = kept;
    *ret_fields = owners_to_value(owners, arena);
    return true;
}
