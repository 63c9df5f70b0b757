/* What the files of the drift report share. Inside syncd/report only. */
#ifndef SYNCD_REPORT_DRIFT_INTERNAL_H
#define SYNCD_REPORT_DRIFT_INTERNAL_H

#include "syncd/base/map.h"
#include "syncd/report/drift.h"

struct ledger_row {
    enum drift_class class;
    enum drift_action action;
    str path, git, live, manager, operation, subresource;
    int64_t written_ns; /* as the server says; 0 = it does not */
    int64_t since_ns;   /* when it was found first */
};

struct ledger_object {
    struct ledger_object *next;
    struct arena *arena; /* of its own: goes with it */
    str key, target;
    struct object_id id;
    struct ledger_row *rows;
    size_t len;
};

struct ledger {
    struct arena *arena;
    struct arena *index; /* of by_key; made anew when most of it is gone */
    struct map by_key;   /* "target\nkey" to struct ledger_object, NULL = gone */
    struct ledger_object *first;
    size_t rows, dropped;
    uint8_t key[LEDGER_KEY];
};

/* "Deployment.apps" and "namespace/name" of a row, into the buf. */
void drift_add_kind(const struct drift_row *row, struct buf *buf);
void drift_add_name(const struct drift_row *row, struct buf *buf);
/* "value changed", from the class's name; the name itself when it is none of ours. */
str drift_row_what(const struct drift_row *row);

/* A target's number; 0 when there is none. */
uint64_t drift_number(value target, const char *key);
/* Share of the listed objects that Git states, in tenths of a percent; UINT64_MAX: not asked. */
uint64_t drift_coverage(value target);

void drift_print_text(value document, struct buf *buf);
void drift_print_markdown(value document, struct buf *buf);
void drift_print_html(value document, struct buf *buf);
void drift_print_junit(value document, struct buf *buf);
void drift_print_sarif(value document, struct buf *buf);

#endif
