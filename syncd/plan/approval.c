#include "syncd/plan/approval.h"

#include "syncd/base/map.h"

static const struct {
    const char *name, *text;
} verdicts[] = {
    [APPROVAL_GIVEN] = {"GIVEN", "approved as it is"},
    [APPROVAL_NONE] = {"NONE", "nobody has approved it"},
    [APPROVAL_FEW] = {"FEW", "more people have to approve it"},
    [APPROVAL_OTHER] = {"OTHER", "another plan was approved, not this one"},
    [APPROVAL_DENIED] = {"DENIED", "it was approved by somebody who may not"},
    [APPROVAL_UNKNOWN] = {"UNKNOWN", "whether those who approved it may could not be found out"},
    [APPROVAL_OLD] = {"OLD", "the approval is too old"},
    [APPROVAL_HELD] = {"HELD", "it was put on hold, and not approved since"},
    [APPROVAL_PARTIAL] = {"PARTIAL", "it was not planned in full, so there is nothing to approve"},
};

const char *approval_verdict_name(enum approval_verdict verdict)
{
    return verdicts[verdict].name;
}

const char *approval_verdict_text(enum approval_verdict verdict)
{
    return verdicts[verdict].text;
}

/* Time of the newest hold of anybody who may, or might; 0 = none. */
static int64_t newest_hold(const struct approval_case *facts)
{
    int64_t newest = 0;
    for (size_t i = 0; i < facts->count; i++) {
        const struct approval *said = &facts->said[i];
        if (said->kind != COMMAND_HOLD || said->permission == PERMISSION_DENIED)
            continue;
        int64_t at_ns = said->at_ns > 0 ? said->at_ns : INT64_MAX; /* unknown: the newest */
        newest = at_ns > newest ? at_ns : newest;
    }
    return newest;
}

static bool too_old(const struct approval_case *facts, const struct approval *said)
{
    int64_t most = facts->policy->age_ns;
    if (most == 0)
        return false;
    return facts->now_ns <= 0 || said->at_ns <= 0 || said->at_ns < facts->now_ns - most;
}

/* Why this one does not count; GIVEN when it does. */
static enum approval_verdict weigh(const struct approval_case *facts, const struct approval *said,
                                   int64_t held_ns)
{
    bool own = said->is_author && !facts->policy->by_author;
    if (said->permission == PERMISSION_DENIED || own)
        return APPROVAL_DENIED;
    if (said->permission != PERMISSION_GRANTED || said->actor.len == 0)
        return APPROVAL_UNKNOWN;
    if (!said->has_digest || !plan_digest_equal(&said->digest, facts->digest))
        return APPROVAL_OTHER;
    if (too_old(facts, said))
        return APPROVAL_OLD;
    return held_ns != 0 && said->at_ns <= held_ns ? APPROVAL_HELD : APPROVAL_GIVEN;
}

static bool is_approval(const struct approval_policy *policy, const struct approval *said)
{
    return said->kind == COMMAND_APPROVE && (policy->sources & said->source) != 0 && !said->edited;
}

/* The reason that helps most of those that were found. */
static enum approval_verdict explain(const size_t *found)
{
    static const enum approval_verdict order[] = {APPROVAL_HELD, APPROVAL_UNKNOWN, APPROVAL_OLD,
                                                  APPROVAL_OTHER, APPROVAL_DENIED};
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        if (found[order[i]] != 0)
            return order[i];
    }
    return APPROVAL_NONE;
}

enum approval_verdict approval_decide(const struct approval_case *facts)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct map people = {0};
    size_t found[ARRAY_LEN(verdicts)] = {0};
    int64_t held_ns = newest_hold(facts);
    unsigned required = facts->policy->required > 1 ? facts->policy->required : 1;
    if (facts->digest == NULL)
        return APPROVAL_PARTIAL;
    for (size_t i = 0; i < facts->count; i++) {
        const struct approval *said = &facts->said[i];
        if (!is_approval(facts->policy, said))
            continue;
        enum approval_verdict weight = weigh(facts, said, held_ns);
        found[weight]++;
        if (weight == APPROVAL_GIVEN)
            (void)map_put(&people, arena, said->actor, arena);
    }
    if (people.len >= required)
        return APPROVAL_GIVEN;
    if (held_ns != 0)
        return APPROVAL_HELD;
    return people.len != 0 ? APPROVAL_FEW : explain(found);
}

enum review_verdict review_compare(const struct plan_digest *applied,
                                   const struct plan_digest *reviewed, bool approved)
{
    if (applied != NULL && reviewed != NULL && plan_digest_equal(applied, reviewed))
        return REVIEW_SAME;
    if (applied != NULL && approved)
        return REVIEW_APPROVED;
    return applied == NULL || reviewed == NULL ? REVIEW_MISSING : REVIEW_DIFFERS;
}
