#include "syncd/plan/gate.h"

#include <criterion/criterion.h>
#include <stddef.h>

static struct gate_case open_case(void)
{
    return (struct gate_case){.prune_enabled = true,
                              .render_whole = true,
                              .newest = true,
                              .not_empty = true,
                              .all_applied = true,
                              .lists_complete = true,
                              .right_cluster = true,
                              .cluster_whole = true,
                              .in_inventory = true,
                              .owned = true,
                              .uid_known = true,
                              .deletions = 3,
                              .total = 100,
                              .max_count = 10,
                              .max_percent = 10};
}

Test(gate, opens_when_everything_is_known_and_right)
{
    struct gate_case facts = open_case();
    cr_assert_eq(gate_decide(&facts), GATE_OPEN);
}

Test(gate, is_shut_when_nothing_is_known)
{
    struct gate_case facts = {0};
    cr_assert_neq(gate_decide(&facts), GATE_OPEN);
}

/* Each condition alone shuts it, with its own reason. */
Test(gate, is_shut_by_every_single_condition)
{
    static const struct {
        size_t offset;
        bool shut_by;
        enum gate_reason reason;
    } rows[] = {
        {offsetof(struct gate_case, prune_enabled), false, GATE_DISABLED},
        {offsetof(struct gate_case, render_whole), false, GATE_RENDER},
        {offsetof(struct gate_case, newest), false, GATE_SUPERSEDED},
        {offsetof(struct gate_case, not_empty), false, GATE_EMPTY},
        {offsetof(struct gate_case, all_applied), false, GATE_NOT_APPLIED},
        {offsetof(struct gate_case, lists_complete), false, GATE_LISTS},
        {offsetof(struct gate_case, right_cluster), false, GATE_CLUSTER},
        {offsetof(struct gate_case, cluster_whole), false, GATE_OTHERS},
        {offsetof(struct gate_case, in_inventory), false, GATE_INVENTORY},
        {offsetof(struct gate_case, owned), false, GATE_OWNER},
        {offsetof(struct gate_case, uid_known), false, GATE_UID},
        {offsetof(struct gate_case, kind_protected), true, GATE_PROTECTED},
        {offsetof(struct gate_case, kept), true, GATE_KEPT},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct gate_case facts = open_case();
        memcpy((char *)&facts + rows[i].offset, &rows[i].shut_by, sizeof(bool));
        cr_assert_eq(gate_decide(&facts), rows[i].reason, "row %zu", i);
    }
}

Test(gate, counts_deletions_by_number_and_by_share)
{
    struct gate_case facts = open_case();
    facts.deletions = 10;
    facts.total = 20;
    cr_assert_eq(gate_decide(&facts), GATE_OPEN, "ten are always few");
    facts.deletions = 11;
    cr_assert_eq(gate_decide(&facts), GATE_TOO_MANY);
    facts.total = 110;
    cr_assert_eq(gate_decide(&facts), GATE_OPEN, "a tenth is few");
    facts.total = 109;
    cr_assert_eq(gate_decide(&facts), GATE_TOO_MANY);
    facts.approved = true;
    cr_assert_eq(gate_decide(&facts), GATE_OPEN);
}

Test(gate, knows_kinds_that_take_more_along)
{
    struct gvk namespace = {STR(""), STR("v1"), STR("Namespace")};
    struct gvk definition = {STR("apiextensions.k8s.io"), STR("v1"),
                             STR("CustomResourceDefinition")};
    struct gvk map = {STR(""), STR("v1"), STR("ConfigMap")};
    cr_assert(gate_protects(&namespace));
    cr_assert(gate_protects(&definition));
    cr_assert_not(gate_protects(&map));
}

/* A hook's leftovers and what is made anew need no whole sync, but somebody who asked for it. */
Test(gate, other_purposes_ask_for_identity_and_a_reason)
{
    for (int purpose = GATE_HOOK; purpose <= GATE_RECREATE; purpose++) {
        struct gate_case facts = open_case();
        facts.purpose = (enum gate_purpose)purpose;
        cr_assert_eq(gate_decide(&facts), GATE_NOT_ASKED);
        facts.asked_for = true;
        facts.prune_enabled = facts.all_applied = facts.lists_complete = facts.not_empty = false;
        facts.cluster_whole = false;
        facts.deletions = 1000;
        cr_assert_eq(gate_decide(&facts), GATE_OPEN);
        facts.kind_protected = true;
        cr_assert_eq(gate_decide(&facts), GATE_PROTECTED);
        facts.kind_protected = false;
        facts.owned = false;
        cr_assert_eq(gate_decide(&facts), GATE_OWNER);
    }
}

Test(gate, a_tombstone_opens_the_protection_of_kinds_and_nothing_else)
{
    struct gate_case facts = open_case();
    facts.kind_protected = true;
    facts.tombstoned = true;
    cr_assert_eq(gate_decide(&facts), GATE_OPEN);
    facts.kept = true;
    cr_assert_eq(gate_decide(&facts), GATE_KEPT);
    facts.kept = false;
    facts.deletions = 1000;
    cr_assert_eq(gate_decide(&facts), GATE_TOO_MANY);
}
