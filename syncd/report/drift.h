/*
 * drift: the fleet's drift as one document. The daemon keeps a ledger of what is open and writes it
 * as JSON; the same document becomes text, Markdown, HTML, JUnit and SARIF. Pure. Values of Secrets
 * never get in: a keyed hash stands for them, equal for equal values.
 */
#ifndef SYNCD_REPORT_DRIFT_H
#define SYNCD_REPORT_DRIFT_H

#include "syncd/base/buf.h"
#include "syncd/base/map.h"
#include "syncd/live/policy.h"

/* --- the ledger: what is open now --- */

#define LEDGER_MOST  20000 /* findings kept; more are counted */
#define LEDGER_VALUE 400   /* bytes of a value that are shown */
#define LEDGER_KEY   32

struct ledger;

/* `key` makes the hashes of secret values; it must not leave the process. */
struct ledger *ledger_create(const uint8_t key[LEDGER_KEY]);
void ledger_destroy(struct ledger *ledger);

/*
 * What was found on an object now: replaces what was open on it. A finding that was there already
 * keeps its `since`.
 */
void ledger_set(struct ledger *ledger, str target, const struct object_id *id,
                const struct drifts *drifts, const enum drift_action *actions, int64_t wall_ns);
/* Nothing is open on it any more. */
void ledger_clear(struct ledger *ledger, str target, const struct object_id *id);
/* Findings of a target that are not of objects Git states (strangers) are kept; all others go. */
void ledger_forget(struct ledger *ledger, str target);
/*
 * Whole objects of the target that are ours and no longer in Git (DRIFT_STALE without a path):
 * those whose object_id_key is not in `keys` are no longer open.
 */
void ledger_retain_stale(struct ledger *ledger, str target, const struct map *keys);
size_t ledger_count(const struct ledger *ledger, str target);

/* --- the document --- */

/* What one target is, in objects. */
struct drift_target {
    str name;
    str phase;
    str commit;
    bool known;       /* reached, and heard of lately */
    int64_t heard_ns; /* wall; 0 = never */
    size_t managed;   /* Git states them, whatever their state */
    size_t missing, changed, contested, stale, strangers;
    size_t healed; /* since the commit was taken over */
    /* Only after an inquiry on demand: everything of the watched kinds; 0 = not asked. */
    size_t listed, unmanaged;
};

/* The whole as a value; counts per target are filled in from the ledger. */
value drift_document(const struct ledger *ledger, str name, const struct drift_target *targets,
                     size_t count, int64_t wall_ns, struct arena *arena);

/* One row of a document that was read back. Views into it. */
struct drift_row {
    str target, kind, group, namespace, name, class, path, git, live, manager, operation,
        subresource, written, since, action;
};
struct drift_row drift_row_read(value row);

/* True when something is drifted / some target is not known or what is known is too old. */
bool drift_document_drifted(value document);
bool drift_document_unknown(value document);
/* The document as of now: targets not heard of for `max_age_ns` are unknown. */
value drift_document_aged(value document, int64_t wall_ns, int64_t max_age_ns, struct arena *arena);

enum drift_format {
    DRIFT_TEXT,
    DRIFT_JSON,
    DRIFT_MARKDOWN,
    DRIFT_HTML,
    DRIFT_JUNIT,
    DRIFT_SARIF,
};
bool drift_format_from_name(str name, enum drift_format *ret_format) MUST_USE;
void drift_print(value document, enum drift_format format, struct buf *buf);
/* A rule for each finding, as YAML for spec.drift.rules; `only` empty = all. */
void drift_print_rules(value document, str only, struct buf *buf);

#endif
