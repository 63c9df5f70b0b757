/*
 * rollout: the state machine that lets a fleet's clusters go, wave by wave. Pure and a function:
 *
 *     decide(spec, what is seen of each member, the state on record, the time) → the next state
 *
 * The caller keeps the state where every daemon finds it (one ConfigMap of the management cluster),
 * writes the next one only over the version that it decided from, and lets a cluster go only after
 * that write was acknowledged. So a restart or a second daemon finds all there is to know, and of
 * two that decide at once one wins and the other decides again. What is done follows from the state
 * alone (rollout_lets_go), so doing it twice changes nothing.
 *
 * What holds of every state that decide makes from a state that it made, and tests/sim/rollouts.c
 * holds against a world of its own:
 *
 *   R1  a cluster is let go only in an open window, while nothing is stopped, paused or aborted
 *       and Git has the rollout, after its wave was approved where it asks for that, and with its
 *       gates fulfilled;
 *   R2  no cluster of a wave is let go before all waves before it have passed;
 *   R3  a wave passes when each of its clusters is done (or tolerably failed, or skipped as
 *       unreachable), and each that is done was seen Ready at `to` at or after the end of the soak;
 *   R4  at most maxParallel clusters of a wave are on their way;
 *   R5  letting one go never makes more than maxUnavailable clusters unavailable;
 *   R6  a cluster is done only when it was seen Ready at `to` after it was let go;
 *   R7  evidence that is older than the step it is for moves nothing, unknown moves nothing:
 * neither forward, nor into a failure; R8  a cluster that was let go, or has `to` already, is never
 * held again: there is no way back.
 *
 * Times are wall clock nanoseconds; a clock that goes back stands still.
 */
#ifndef SYNCD_ROLLOUT_ROLLOUT_H
#define SYNCD_ROLLOUT_ROLLOUT_H

#include "syncd/rollout/spec.h"

/* --- in: what is seen of one member --- */

/* What its field holds in the cluster. */
enum rollout_at {
    ROLLOUT_AT_UNKNOWN,
    ROLLOUT_AT_ABSENT,
    ROLLOUT_AT_FROM,
    ROLLOUT_AT_TO,
    ROLLOUT_AT_OTHER
};

/* The verdict on it, of the version that `at` was read from or of a later one. */
enum rollout_health {
    ROLLOUT_UNKNOWN,
    ROLLOUT_READY,
    ROLLOUT_WORKING,
    ROLLOUT_MAINTENANCE,
    ROLLOUT_IS_DEGRADED,
    ROLLOUT_IS_STUCK,
    ROLLOUT_IS_FAILED,
};

struct rollout_member {
    str name;      /* "namespace/name"; members come sorted by it */
    uint32_t wave; /* rollout_wave_of */
    enum rollout_at at;
    enum rollout_health health;
    bool reachable;      /* false: at and health say nothing */
    bool available;      /* its cluster says that it may go to `to` */
    int64_t observed_ns; /* as of when all this was so */
    str why;             /* of the health, for people */
};

/* --- the state on record --- */

enum rollout_phase {
    ROLLOUT_HELD,
    ROLLOUT_RELEASED, /* let go, not ready yet */
    ROLLOUT_DONE,
    ROLLOUT_BAD,     /* went wrong: see cause */
    ROLLOUT_OUTSIDE, /* made new with `to`: nothing to roll out */
    ROLLOUT_PHASES,
};
const char *rollout_phase_name(enum rollout_phase phase);

struct rollout_record {
    str name;
    enum rollout_phase phase;
    enum rollout_cause cause;
    int64_t released_ns;
    int64_t since_ns; /* of DONE and BAD: as of when the evidence was */
};

struct rollout_wave_record {
    bool approved, passed;
    int64_t opened_ns; /* all before it had passed; 0 = not yet */
    str by;            /* who approved; empty = Git */
};

enum rollout_status {
    ROLLOUT_RUNNING,
    ROLLOUT_PAUSED,
    ROLLOUT_STOPPED,
    ROLLOUT_ABORTED,
    ROLLOUT_COMPLETE
};
const char *rollout_status_name(enum rollout_status status);

struct rollout_state {
    str digest; /* of what is rolled out: with another one, everything begins anew */
    enum rollout_status status;
    bool paused;                       /* somebody said stop */
    bool stopped;                      /* a stop condition held: until it is over, or for good */
    uint32_t forgiven[ROLLOUT_CAUSES]; /* so many had gone wrong when somebody said resume */
    int64_t clock_ns;                  /* the latest time of all decisions */
    str heard;                         /* the commit whose commands were taken last */
    struct rollout_record *records;    /* sorted by name; members without one are HELD */
    size_t record_count;
    struct rollout_wave_record *waves; /* one for each of the spec, in its order */
    size_t wave_count;
};

/* As JSON text, and back: INPUT (E_ROLLOUT_STATE) for what is none. Lives in the arena. */
str rollout_state_text(const struct rollout_spec *spec, const struct rollout_state *state,
                       struct arena *arena);
bool rollout_state_read(str text, const struct rollout_spec *spec, struct arena *arena,
                        struct rollout_state *ret_state, struct error *err) MUST_USE;
/* The state of a rollout that nobody has seen yet. */
struct rollout_state rollout_state_new(const struct rollout_spec *spec, struct arena *arena);

/* --- out --- */

/* Why a member that is held is not let go now. */
enum rollout_reason {
    ROLLOUT_NOT_HELD,
    ROLLOUT_R_NO_WAVE, /* no wave selects it */
    ROLLOUT_R_WAVE,    /* its wave is not open yet */
    ROLLOUT_R_APPROVAL,
    ROLLOUT_R_WINDOW,
    ROLLOUT_R_LEFT, /* Git has the rollout no more */
    ROLLOUT_R_PAUSED,
    ROLLOUT_R_STOPPED,
    ROLLOUT_R_ABORTED,
    ROLLOUT_R_UNREACHABLE,
    ROLLOUT_R_OTHER_UNREACHABLE, /* one of the rollout is, and that holds all */
    ROLLOUT_R_PARALLEL,
    ROLLOUT_R_UNAVAILABLE,
    ROLLOUT_R_OLD,   /* what is known of it is older than its wave */
    ROLLOUT_R_VALUE, /* its field is neither `from` nor `to` */
    ROLLOUT_R_RELEASE,
    ROLLOUT_R_NOT_READY,
    ROLLOUT_R_STUCK,
    ROLLOUT_R_MAINTENANCE,
    ROLLOUT_REASONS,
};
/* "PARALLEL", … for notes; a sentence for people. */
const char *rollout_reason_name(enum rollout_reason reason);
const char *rollout_reason_text(enum rollout_reason reason);

struct rollout_counts {
    size_t members, held, released, done, bad, outside, unavailable, unreachable;
    size_t causes[ROLLOUT_CAUSES];
};

struct rollout_decision {
    struct rollout_state next;
    bool changed;                 /* next is to be written before anything follows from it */
    enum rollout_reason *reasons; /* of each member, under `next` */
    uint32_t wave;                /* the first that has not passed; ROLLOUT_NO_WAVE = all have */
    int64_t wake_ns; /* to be asked again then; INT64_MAX = only when something changes */
    struct rollout_counts counts;
};

struct rollout_case {
    const struct rollout_spec *spec;
    const struct rollout_member *members;
    size_t member_count;
    const struct rollout_state *state;
    const struct rollout_clock *clock;
    int64_t now_ns;
};

/* The next state shares texts with the case. */
struct rollout_decision rollout_decide(const struct rollout_case *facts, struct arena *arena);

/* May Git's own document be applied to this member, by the state on record? */
bool rollout_lets_go(const struct rollout_state *state, str name);
const struct rollout_record *rollout_find(const struct rollout_state *state, str name);

/* --- what people say --- */

enum rollout_word { ROLLOUT_APPROVE, ROLLOUT_STOP, ROLLOUT_RESUME, ROLLOUT_ABORT };
struct rollout_command {
    enum rollout_word word;
    str rollout, wave; /* wave: of APPROVE */
    str by;
};
/* "approve NAME/WAVE", "stop NAME", "resume NAME", "abort NAME". Views into the text. */
bool rollout_command_read(str text, struct rollout_command *ret_command) MUST_USE;
/* The commands in a commit's trailers (its last paragraph): `Syncd-Rollout: approve NAME/WAVE`. */
#define ROLLOUT_COMMANDS_MOST 16
size_t rollout_trailers_read(str message, struct rollout_command commands[ROLLOUT_COMMANDS_MOST]);
/* False when it changes nothing: another rollout is meant, or it is so already. */
bool rollout_command_take(const struct rollout_spec *spec, struct rollout_state *state,
                          const struct rollout_command *command);

#endif
