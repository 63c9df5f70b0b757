/* Names and sentences. */
#include "syncd/rollout/rollout.h"

const char *rollout_cause_name(enum rollout_cause cause)
{
    static const char *const names[] = {"", "failed", "degraded", "stuck"};
    return names[cause];
}

const char *rollout_phase_name(enum rollout_phase phase)
{
    static const char *const names[] = {"Held", "Released", "Done", "Bad", "Outside"};
    return names[phase];
}

const char *rollout_status_name(enum rollout_status status)
{
    static const char *const names[] = {"Running", "Paused", "Stopped", "Aborted", "Complete"};
    return names[status];
}

static const struct {
    const char *name, *text;
} reasons[] = {
    [ROLLOUT_NOT_HELD] = {"NOT_HELD", "it is let go"},
    [ROLLOUT_R_NO_WAVE] = {"NO_WAVE", "no wave of the rollout selects it"},
    [ROLLOUT_R_WAVE] = {"WAVE", "its wave is not open yet"},
    [ROLLOUT_R_APPROVAL] = {"APPROVAL", "its wave waits for an approval"},
    [ROLLOUT_R_WINDOW] = {"WINDOW", "nothing is let go at this time"},
    [ROLLOUT_R_LEFT] = {"LEFT", "its rollout left Git: put it back, or take the new value out of "
                                "the cluster, too"},
    [ROLLOUT_R_PAUSED] = {"PAUSED", "the rollout is paused"},
    [ROLLOUT_R_STOPPED] = {"STOPPED", "the rollout has stopped: clusters went wrong"},
    [ROLLOUT_R_ABORTED] = {"ABORTED", "the rollout was aborted"},
    [ROLLOUT_R_UNREACHABLE] = {"UNREACHABLE", "nothing is known of it now"},
    [ROLLOUT_R_OTHER_UNREACHABLE] =
        {"OTHER_UNREACHABLE", "a cluster of the rollout is not heard of, and that holds all"},
    [ROLLOUT_R_PARALLEL] = {"PARALLEL", "as many of its wave are on their way as may be"},
    [ROLLOUT_R_UNAVAILABLE] = {"UNAVAILABLE", "as many clusters are unavailable as may be"},
    [ROLLOUT_R_OLD] = {"OLD", "what is known of it is older than its wave"},
    [ROLLOUT_R_VALUE] = {"VALUE", "its field holds neither what the rollout is from nor to"},
    [ROLLOUT_R_RELEASE] = {"RELEASE", "it does not say that it may go there"},
    [ROLLOUT_R_NOT_READY] = {"NOT_READY", "it is not ready"},
    [ROLLOUT_R_STUCK] = {"STUCK", "it is stuck, or its state is not known"},
    [ROLLOUT_R_MAINTENANCE] = {"MAINTENANCE", "it is in maintenance, or its state is not known"},
};

const char *rollout_reason_name(enum rollout_reason reason)
{
    return reasons[reason].name;
}

const char *rollout_reason_text(enum rollout_reason reason)
{
    return reasons[reason].text;
}
