#include "syncd/report/note.h"

#include "syncd/base/clock.h"
#include "syncd/value/json.h"

#include <stdio.h>

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[] = {
        [VERDICT_SYNCED] = "Synced",   [VERDICT_PROGRESSING] = "Progressing",
        [VERDICT_HELD] = "Held",       [VERDICT_UNKNOWN] = "Unknown",
        [VERDICT_PARTLY] = "Partly",   [VERDICT_FAILED] = "Failed",
        [VERDICT_REFUSED] = "Refused",
    };
    return names[verdict];
}

enum verdict note_target_verdict(const struct note_target *target)
{
    if (target->refused)
        return VERDICT_REFUSED;
    enum target_phase phase = target_phase(target->target);
    struct target_summary summary = target_summary(target->target);
    size_t done = summary.created + summary.updated + summary.unchanged;
    if (target_is_joined(target->target))
        return VERDICT_SYNCED;
    if (phase == TARGET_HELD)
        return VERDICT_HELD;
    if (phase == TARGET_CONNECT)
        return VERDICT_UNKNOWN;
    if (summary.paused)
        return VERDICT_HELD;
    if (summary.failed != 0)
        return done != 0 ? VERDICT_PARTLY : VERDICT_FAILED;
    if (summary.conflicts + summary.contested + summary.held != 0 || summary.late)
        return VERDICT_HELD;
    if (summary.withheld != 0 && summary.terminal)
        return VERDICT_HELD;
    return summary.terminal ? VERDICT_SYNCED : VERDICT_PROGRESSING;
}

enum verdict note_verdict(const struct note_target *targets, size_t count)
{
    enum verdict worst = VERDICT_SYNCED;
    size_t synced = 0, same = 0;
    for (size_t i = 0; i < count; i++) {
        enum verdict verdict = note_target_verdict(&targets[i]);
        synced += verdict == VERDICT_SYNCED;
        if (verdict > worst)
            worst = verdict;
    }
    for (size_t i = 0; i < count; i++)
        same += note_target_verdict(&targets[i]) == worst;
    if (worst >= VERDICT_PARTLY && (synced != 0 || same != count))
        return VERDICT_PARTLY;
    return worst;
}

/* --- one line --- */

static void add_text(struct buf *buf, const char *key, str text)
{
    buf_printf(buf, "%s\"%s\":", buf->ptr[buf->len - 1] == '{' ? "" : ",", key);
    json_write_string(text, JSON_COMPACT, buf);
}

static void add_number(struct buf *buf, const char *key, size_t number)
{
    buf_printf(buf, ",\"%s\":%zu", key, number);
}

static void add_time(struct buf *buf, const char *key, int64_t wall_ns)
{
    char text[CLOCK_RFC3339_MS_LEN + 1];
    clock_format_rfc3339_ms(wall_ns, text);
    add_text(buf, key, str_z(text));
}

static void begin_line(struct buf *buf, const char *record)
{
    buf_add_byte(buf, '{');
    add_text(buf, "r", str_z(record));
}

static void end_line(struct buf *buf)
{
    buf_add(buf, STR("}\n"));
}

void summary_sentence(str name, const struct target_summary *summary, struct buf *buf)
{
    const struct {
        size_t count;
        const char *word;
    } parts[] = {
        {summary->created, "created"},     {summary->updated, "updated"},
        {summary->unchanged, "unchanged"}, {summary->deleted, "deleted"},
        {summary->failed, "failed"},       {summary->conflicts, "in conflict"},
        {summary->contested, "contested"}, {summary->kept, "kept"},
        {summary->leaving, "leaving"},     {summary->waiting, "waiting"},
        {summary->held, "held"},           {summary->withheld, "held by rollouts"},
        {summary->healed, "healed"},
    };
    const char *comma = "";
    buf_printf(buf, "%.*s: ", STR_ARG(name));
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (parts[i].count == 0)
            continue;
        buf_printf(buf, "%s%zu %s", comma, parts[i].count, parts[i].word);
        comma = ", ";
    }
    if (comma[0] == '\0')
        buf_add(buf, STR("nothing yet"));
}

static void add_target_text(const struct note_target *target, struct buf *text)
{
    if (target->refused) {
        buf_printf(text, "%.*s: refused (%zu problems)", STR_ARG(target->name),
                   target->finding_count);
        return;
    }
    if (target_phase(target->target) == TARGET_CONNECT) {
        buf_printf(text, "%.*s: not reached", STR_ARG(target->name));
        return;
    }
    struct target_summary summary = target_summary(target->target);
    summary_sentence(target->name, &summary, text);
}

static void write_summary(str commit, const struct note_target *targets, size_t count,
                          int64_t wall_ns, struct buf *buf)
{
    AUTO_BUF struct buf text = BUF_INIT(16384);
    for (size_t i = 0; i < count; i++) {
        buf_add(&text, i != 0 ? STR("; ") : STR(""));
        add_target_text(&targets[i], &text);
    }
    begin_line(buf, "0-sum");
    add_text(buf, "verdict", str_z(verdict_name(note_verdict(targets, count))));
    add_text(buf, "text", buf_str(&text));
    add_time(buf, "at", wall_ns);
    add_text(buf, "commit", commit);
    buf_add(buf, STR(",\"v\":1"));
    end_line(buf);
}

static void write_target(const struct note_target *target, int64_t wall_ns, struct buf *buf)
{
    begin_line(buf, "1-target");
    add_text(buf, "t", target->name);
    add_text(buf, "verdict", str_z(verdict_name(note_target_verdict(target))));
    if (!target->refused) {
        struct target_summary summary = target_summary(target->target);
        const struct {
            const char *key;
            size_t number;
        } rows[] = {
            {"created", summary.created},     {"updated", summary.updated},
            {"unchanged", summary.unchanged}, {"deleted", summary.deleted},
            {"failed", summary.failed},       {"conflicts", summary.conflicts},
            {"kept", summary.kept},           {"waiting", summary.waiting},
            {"drift", summary.drift},         {"healed", summary.healed},
            {"withheld", summary.withheld},
        };
        for (size_t i = 0; i < ARRAY_LEN(rows); i++)
            add_number(buf, rows[i].key, rows[i].number);
        str problem = target_problem(target->target);
        AUTO_BUF struct buf waits = BUF_INIT(1024);
        target_waits_for(target->target, &waits);
        if (problem.len != 0)
            add_text(buf, "msg", problem);
        else if (waits.len != 0)
            add_text(buf, "msg", buf_str(&waits));
        if (summary.terminal)
            buf_add(buf, STR(",\"terminal\":true"));
    }
    add_time(buf, "at", wall_ns);
    end_line(buf);
}

static const char *state_word(const struct target_object *object)
{
    switch (object->state) {
    case OBJECT_FAILED: return "Failed";
    case OBJECT_CONFLICT: return "Conflict";
    case OBJECT_CONTESTED: return "Contested";
    case OBJECT_KEPT: return "Kept";
    case OBJECT_LEAVING: return "Leaving";
    case OBJECT_DELETED: return "Deleted";
    case OBJECT_RETRY: return "Retrying";
    case OBJECT_HELD: return "Held";
    case OBJECT_RUNNING: return "Running";
    case OBJECT_DONE:
        if (object->change == CHANGE_NONE) /* replaces what was said when it failed */
            return object->troubled ? "Done" : NULL;
        return object->change == CHANGE_CREATED ? "Created" : "Updated";
    default: return NULL;
    }
}

static void add_identity(struct buf *buf, str target, const struct object_id *id)
{
    AUTO_BUF struct buf text = BUF_INIT(1024);
    buf_printf(&text, "%.*s%s%.*s", STR_ARG(id->gvk.kind), id->gvk.group.len != 0 ? "." : "",
               STR_ARG(id->gvk.group));
    add_text(buf, "t", target);
    add_text(buf, "k", buf_str(&text));
    buf_clear(&text);
    buf_printf(&text, "%.*s%s%.*s", STR_ARG(id->namespace), id->namespace.len != 0 ? "/" : "",
               STR_ARG(id->name));
    add_text(buf, "n", buf_str(&text));
}

/* What needs somebody first, then what changed, as far as there is room. */
static bool matters(const struct target_object *object, bool problems)
{
    bool problem = object->state != OBJECT_DONE && object->state != OBJECT_DELETED;
    return problem == problems && state_word(object) != NULL;
}

static void write_object(const struct note_target *target, const struct target_object *object,
                         int64_t wall_ns, struct buf *buf)
{
    struct object_id id;
    const struct health_note *note = target_health_note(target->target, object);
    if (!inventory_key_id(object->key, target_version(target->target, object), &id))
        return;
    begin_line(buf, "2-object");
    add_identity(buf, target->name, &id);
    add_text(buf, "state", str_z(state_word(object)));
    if (object->state == OBJECT_KEPT) {
        add_text(buf, "rule", str_z(gate_reason_name(object->kept_by)));
        add_text(buf, "msg", str_z(gate_reason_text(object->kept_by)));
    } else if (object->problem != NULL && object->state != OBJECT_DONE) {
        add_text(buf, "msg", str_z(object->problem));
    } else if (note != NULL) {
        add_text(buf, "msg", str_z(note->text));
    }
    add_time(buf, "at", wall_ns);
    end_line(buf);
}

static void write_objects(const struct note_target *target, int64_t wall_ns, struct buf *buf)
{
    size_t written = 0;
    for (int problems = 1; problems >= 0; problems--) {
        for (size_t i = 0; i < target_object_count(target->target); i++) {
            const struct target_object *object = target_object_at(target->target, i);
            if (!matters(object, problems != 0) || written == NOTE_OBJECTS_MOST)
                continue;
            write_object(target, object, wall_ns, buf);
            written++;
        }
    }
}

static void write_findings(const struct note_target *target, int64_t wall_ns, struct buf *buf)
{
    for (size_t i = 0; i < target->finding_count && i < NOTE_OBJECTS_MOST; i++) {
        const struct finding *finding = &target->findings[i];
        AUTO_BUF struct buf place = BUF_INIT(4096);
        buf_printf(&place, "%.*s:%u", STR_ARG(finding->position.file), finding->position.line);
        begin_line(buf, "2-refused");
        add_text(buf, "t", target->name);
        add_text(buf, "n", buf_str(&place));
        add_text(buf, "rule", str_z(finding->rule));
        add_text(buf, "msg", finding->text);
        add_time(buf, "at", wall_ns);
        end_line(buf);
    }
}

void note_write(str commit, const struct note_target *targets, size_t count, int64_t wall_ns,
                struct buf *buf)
{
    write_summary(commit, targets, count, wall_ns, buf);
    for (size_t i = 0; i < count; i++)
        write_target(&targets[i], wall_ns, buf);
    for (size_t i = 0; i < count; i++) {
        if (targets[i].refused)
            write_findings(&targets[i], wall_ns, buf);
        else
            write_objects(&targets[i], wall_ns, buf);
    }
}

void note_write_drift(str target, const struct object_id *id, const struct drifts *drifts,
                      const enum drift_action *actions, int64_t wall_ns, struct buf *buf)
{
    size_t first = 0, more = 0;
    while (first < drifts->list.len && actions[first] == DRIFT_IGNORE)
        first++;
    if (first == drifts->list.len)
        return;
    for (size_t i = first + 1; i < drifts->list.len; i++)
        more += actions[i] != DRIFT_IGNORE;
    const struct drift *drift = &drifts->list.items[first];
    begin_line(buf, "3-drift");
    add_identity(buf, target, id);
    if (drift->path.len != 0)
        add_text(buf, "path", drift->path);
    add_text(buf, "class", str_z(drift_class_name(drift->class)));
    if (drift->manager.len != 0)
        add_text(buf, "manager", drift->manager);
    if (drift->operation.len != 0)
        add_text(buf, "operation", drift->operation);
    if (drift->subresource.len != 0)
        add_text(buf, "subresource", drift->subresource);
    if (drift->has_time)
        add_time(buf, "since", drift->time_ns);
    add_text(buf, "action", str_z(drift_action_name(actions[first])));
    if (more != 0)
        add_number(buf, "more", more);
    add_time(buf, "at", wall_ns);
    end_line(buf);
}

void note_write_verdict(str target, const struct note_verdict_record *record, int64_t wall_ns,
                        struct buf *buf)
{
    const struct object_id id = {.gvk = record->kind, .name = record->name};
    begin_line(buf, "4-verdict");
    add_identity(buf, target, &id);
    add_text(buf, "verdict", str_z(record->verdict));
    if (record->reason.len != 0)
        add_text(buf, "reason", record->reason);
    if (record->message.len != 0)
        add_text(buf, "msg", record->message);
    add_number(buf, "gen", (size_t)record->generation);
    add_time(buf, "since", record->since_ns);
    add_time(buf, "at", wall_ns);
    end_line(buf);
}

void note_write_rollout(str target, const struct note_rollout_record *record, int64_t wall_ns,
                        struct buf *buf)
{
    const struct object_id id = {.gvk = record->kind, .name = record->name};
    begin_line(buf, "5-rollout");
    add_identity(buf, target, &id);
    add_text(buf, "verdict", str_z(record->verdict));
    add_text(buf, "rollout", record->rollout);
    add_text(buf, "wave", record->wave);
    if (record->reason[0] != '\0')
        add_text(buf, "reason", str_z(record->reason));
    if (record->message.len != 0)
        add_text(buf, "msg", record->message);
    add_time(buf, "at", wall_ns);
    end_line(buf);
}

void note_write_rollout_whole(str target, const struct note_rollout_whole *whole, int64_t wall_ns,
                              struct buf *buf)
{
    begin_line(buf, "2-rollout");
    add_text(buf, "t", target);
    add_text(buf, "n", whole->rollout);
    add_text(buf, "state", str_z(whole->state));
    add_text(buf, "wave", whole->wave);
    add_number(buf, "held", whole->held);
    add_number(buf, "released", whole->released);
    add_number(buf, "done", whole->done);
    add_number(buf, "bad", whole->bad);
    add_time(buf, "at", wall_ns);
    end_line(buf);
}

void note_write_review(const char *review, const char *digest, uint64_t number, int64_t wall_ns,
                       struct buf *buf)
{
    begin_line(buf, "1-review");
    add_text(buf, "review", str_z(review));
    add_text(buf, "digest", str_z(digest));
    if (number != 0)
        buf_printf(buf, ",\"change\":%llu", (unsigned long long)number);
    add_time(buf, "at", wall_ns);
    end_line(buf);
}

void note_write_whole(enum verdict verdict, const char *rule, str reason, int64_t wall_ns,
                      struct buf *buf)
{
    begin_line(buf, "0-sum");
    add_text(buf, "verdict", str_z(verdict_name(verdict)));
    add_text(buf, "text", reason);
    add_text(buf, "rule", str_z(rule));
    add_time(buf, "at", wall_ns);
    buf_add(buf, STR(",\"v\":1"));
    end_line(buf);
}
