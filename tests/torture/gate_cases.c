/*
 * Every case the gate can be asked about, once: for each purpose, each condition is shown to matter
 * (a pair of cases that differ in it alone and end differently), and knowing less never opens it.
 */
#include "syncd/plan/gate.h"

#include <stddef.h>
#include <stdio.h>

struct condition {
    const char *name;
    size_t offset;
    bool open;         /* the value that does not shut the gate */
    unsigned purposes; /* bits of those it matters for */
};

#define ALL   7u
#define PRUNE (1u << GATE_PRUNE)
#define OTHER ((1u << GATE_HOOK) | (1u << GATE_RECREATE))

static const struct condition conditions[] = {
    {"prune_enabled", offsetof(struct gate_case, prune_enabled), true, PRUNE},
    {"render_whole", offsetof(struct gate_case, render_whole), true, ALL},
    {"newest", offsetof(struct gate_case, newest), true, ALL},
    {"not_empty", offsetof(struct gate_case, not_empty), true, PRUNE},
    {"all_applied", offsetof(struct gate_case, all_applied), true, PRUNE},
    {"lists_complete", offsetof(struct gate_case, lists_complete), true, PRUNE},
    {"right_cluster", offsetof(struct gate_case, right_cluster), true, ALL},
    {"cluster_whole", offsetof(struct gate_case, cluster_whole), true, PRUNE},
    {"in_inventory", offsetof(struct gate_case, in_inventory), true, ALL},
    {"owned", offsetof(struct gate_case, owned), true, ALL},
    {"uid_known", offsetof(struct gate_case, uid_known), true, ALL},
    {"kind_protected", offsetof(struct gate_case, kind_protected), false, ALL},
    {"tombstoned", offsetof(struct gate_case, tombstoned), true, ALL},
    {"asked_for", offsetof(struct gate_case, asked_for), true, OTHER},
    {"kept", offsetof(struct gate_case, kept), false, ALL},
    {"approved", offsetof(struct gate_case, approved), true, PRUNE},
};

/* Deletions within the count, within the share only, beyond both. */
static const uint64_t numbers[][4] = {{3, 100, 10, 10}, {11, 110, 10, 10}, {11, 109, 10, 10}};

static struct gate_case make(unsigned purpose, unsigned bits, size_t number)
{
    struct gate_case facts = {.purpose = (enum gate_purpose)purpose,
                              .deletions = numbers[number][0],
                              .total = numbers[number][1],
                              .max_count = numbers[number][2],
                              .max_percent = numbers[number][3]};
    for (size_t i = 0; i < ARRAY_LEN(conditions); i++) {
        bool value = ((bits >> i & 1) != 0) == conditions[i].open;
        memcpy((char *)&facts + conditions[i].offset, &value, sizeof(value));
    }
    return facts;
}

static bool opens(unsigned purpose, unsigned bits, size_t number)
{
    const struct gate_case facts = make(purpose, bits, number);
    return gate_decide(&facts) == GATE_OPEN;
}

/* Kinds that the gate protects, and those that differ from one of them in the group or the kind. */
static size_t ask_kinds(void)
{
    static const struct {
        struct gvk gvk;
        bool protects;
    } kinds[] = {
        {{STR_INIT(""), STR_INIT("v1"), STR_INIT("Namespace")}, true},
        {{STR_INIT(""), STR_INIT("v1"), STR_INIT("PersistentVolume")}, true},
        {{STR_INIT(""), STR_INIT("v1"), STR_INIT("PersistentVolumeClaim")}, true},
        {{STR_INIT("apiextensions.k8s.io"), STR_INIT("v1"), STR_INIT("CustomResourceDefinition")},
         true},
        {{STR_INIT("x.io"), STR_INIT("v1"), STR_INIT("Namespace")}, false},
        {{STR_INIT(""), STR_INIT("v1"), STR_INIT("ConfigMap")}, false},
        {{STR_INIT("x.io"), STR_INIT("v1"), STR_INIT("Ring")}, false},
    };
    size_t failed = 0;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        failed += gate_protects(&kinds[i].gvk) != kinds[i].protects;
    return failed;
}

int main(void)
{
    size_t cases = 0, failed = ask_kinds();
    for (unsigned purpose = GATE_PRUNE; purpose <= GATE_RECREATE; purpose++) {
        unsigned matters = 0;
        for (unsigned bits = 0; bits < 1u << ARRAY_LEN(conditions); bits++) {
            for (size_t number = 0; number < ARRAY_LEN(numbers); number++, cases++) {
                bool open = opens(purpose, bits, number);
                for (size_t i = 0; i < ARRAY_LEN(conditions); i++) {
                    if ((bits >> i & 1) == 0)
                        continue;
                    bool less = opens(purpose, bits & ~(1u << i), number);
                    matters |= less != open ? 1u << i : 0;
                    failed += less && !open; /* knowing less opened it */
                }
            }
        }
        for (size_t i = 0; i < ARRAY_LEN(conditions); i++) {
            bool should = (conditions[i].purposes >> purpose & 1) != 0;
            if (should == ((matters >> i & 1) != 0))
                continue;
            failed++;
            (void)printf("FAIL purpose %u: %s %s\n", purpose, conditions[i].name,
                         should ? "does not matter" : "matters");
        }
    }
    (void)printf("%zu cases\n", cases);
    return failed == 0 ? 0 : 1;
}
