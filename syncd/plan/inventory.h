/*
 * inventory: what syncd created in a cluster and has not confirmed deleted, kept in that cluster
 * (ConfigMaps), so that a lost disk or a second daemon changes nothing. Always a superset of what
 * is there: written before the first create, shrunk only after a confirmed deletion.
 *
 * Text form, one line per object, sorted:
 *     group/Kind/namespace/name TAB version TAB uid TAB desired digest TAB live digest
 * with "-" for what is not known yet.
 */
#ifndef SYNCD_PLAN_INVENTORY_H
#define SYNCD_PLAN_INVENTORY_H

#include "render/unit/wire.h"
#include "syncd/base/buf.h"
#include "syncd/base/error.h"
#include "syncd/base/map.h"
#include "syncd/object/object.h"

struct inventory_entry {
    str key;
    str version;
    str uid;                /* empty = not known */
    bool acknowledged;      /* the digests are known */
    struct hash128 desired; /* of what was applied last */
    struct hash128 live;    /* of our fields in the server's answer */
};

void inventory_write(const struct inventory_entry *entry, struct buf *buf);
/* One line; INPUT (E_INVENTORY) for what is none. Views into the line. */
bool inventory_read(str line, struct inventory_entry *ret_entry, struct error *err) MUST_USE;
/*
 * A release of a chart that is installed, a line in the first part:
 *     namespace/name TAB revision TAB digest of its inputs
 */
void inventory_write_release(const struct known_release *release, struct buf *buf);
/* Views into the line; false for what is none. */
bool inventory_read_release(str line, struct known_release *ret_release) MUST_USE;
/* Identity from a key. False when it is none. */
bool inventory_key_id(str key, str version, struct object_id *ret_id) MUST_USE;

/*
 * What became of the run of a hook: lines of their own,
 *     !run TAB id TAB state TAB key of the hook TAB phase
 * kept as long as what it ran for is what is desired, so that it never runs twice.
 */
enum run_result { RUN_UNKNOWN, RUN_STARTED, RUN_SUCCEEDED, RUN_FAILED };
struct inventory_run {
    struct hash128 id;
    enum run_result result;
    str key, phase;
};
void inventory_write_run(const struct inventory_run *run, struct buf *buf);
/* False when the line is none. Views into the line. */
bool inventory_read_run(str line, struct inventory_run *ret_run) MUST_USE;

#define INVENTORY_NAMESPACE "syncd-system"
/* Bytes of lines in one ConfigMap, well under the server's 1 MiB. */
#define INVENTORY_PART 700000

#endif
