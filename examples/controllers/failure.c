/* Which failures an object has: by its annotation, by name, or by chance from the seed. */
#include "examples/controllers/sim.h"

#include <stdlib.h>

#define ANNOTATION "sim.syncd.dev/fail"

static const struct failure_row {
    enum sim_failure failure;
    enum sim_kind_of kind; /* that chance may hit */
} rows[] = {
    {SIM_BAD_CREDENTIAL, SIM_CREDENTIAL}, {SIM_QUOTA, SIM_MACHINE},
    {SIM_NO_FLAVOR, SIM_MACHINE},         {SIM_AGENT_SILENT, SIM_MACHINE},
    {SIM_ITEM_FAILS, SIM_MACHINE},        {SIM_DRAIN_BLOCKED, SIM_MACHINE},
    {SIM_CHART_FAILS, SIM_CLUSTER},       {SIM_BAD_BMC, SIM_HOST},
    {SIM_NO_ADDRESSES, SIM_SUBNET},       {SIM_STALE_STATUS, SIM_CLUSTER},
    {SIM_REWRITES, SIM_CLUSTER},          {SIM_LIVE_EDIT, SIM_MACHINE},
    {SIM_UNSUPPORTED, SIM_CLUSTER},
};

static const struct failure_row *find_row(str text)
{
    uint64_t number;
    if (text.len < 2 || text.ptr[0] != 'F' || !str_to_u64(str_skip(text, 1), &number))
        return NULL;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if ((uint64_t)rows[i].failure == number)
            return &rows[i];
    }
    return NULL;
}

bool sim_rule_read(struct sim *sim, str text, struct error *err)
{
    size_t named = str_index(text, '=');
    size_t cut = named != SIZE_MAX ? named : str_index(text, ':');
    const struct failure_row *row =
        cut != SIZE_MAX ? find_row(str_slice(text, 0, cut)) : find_row(text);
    if (row == NULL || cut == SIZE_MAX)
        return error_set(err, ERROR_INPUT,
                         "'%.*s' is neither FAILURE=NAMESPACE/NAME nor FAILURE:PERCENT%%",
                         STR_ARG(text));
    struct sim_rule rule = {.failure = row->failure};
    str rest = arena_str(sim->arena, str_skip(text, cut + 1));
    if (named != SIZE_MAX)
        rule.object = rest;
    else
        rule.chance = strtod(rest.ptr, NULL) / 100;
    VEC_PUSH(sim->arena, &sim->rules, rule);
    return true;
}

static bool is_meant(const struct sim_object *object, str name)
{
    size_t slash = str_index(name, '/');
    str namespace = slash != SIZE_MAX ? str_slice(name, 0, slash) : (str){0};
    str rest = slash != SIZE_MAX ? str_skip(name, slash + 1) : name;
    if (!str_equal(namespace, object->namespace))
        return false;
    return str_equal(rest, object->name);
}

static bool is_hit(const struct sim *sim, const struct sim_object *object, enum sim_failure failure,
                   double chance)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].failure == failure && rows[i].kind != object->kind->of)
            return false;
    }
    str key = arena_concat(sim->scratch, object->namespace, STR("/"), object->name);
    str what = arena_printf(sim->scratch, "F%d/", (int)failure);
    return (double)(sim_chance(sim, what, key) >> 11) / (double)(UINT64_C(1) << 53) < chance;
}

uint32_t sim_failures_of(struct sim *sim, const struct sim_object *object, value document)
{
    uint32_t fails = 0;
    str rest = value_str(
        value_get(value_get2(document, STR("metadata"), STR("annotations")), STR(ANNOTATION)));
    str word;
    while (rest.len != 0 && str_cut(&rest, ',', &word)) {
        const struct failure_row *row = find_row(str_trim(word));
        if (row != NULL)
            fails |= UINT32_C(1) << row->failure;
    }
    VEC_FOR (struct sim_rule, rule, &sim->rules) {
        if (rule->object.len != 0 ? is_meant(object, rule->object)
                                  : is_hit(sim, object, rule->failure, rule->chance))
            fails |= UINT32_C(1) << rule->failure;
    }
    return fails;
}
