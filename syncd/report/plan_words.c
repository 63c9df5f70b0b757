#include "syncd/report/plan_words.h"

#include "syncd/value/json.h"

const char *words_mark(enum step_action action)
{
    static const char *const marks[STEP_ACTIONS] = {" ", "+", "~", "-", "!"};
    return marks[action];
}

const char *words_to(enum step_action action)
{
    static const char *const words[STEP_ACTIONS] = {"unchanged", "to create", "to change",
                                                    "to delete", "held"};
    return words[action];
}

static bool is_hex(str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
            return false;
    }
    return true;
}

str words_commit(str commit)
{
    return commit.len == 40 && is_hex(commit) ? str_slice(commit, 0, 12) : commit;
}

str words_hold(const struct plan_group *group)
{
    static const char *const words[] = {
        [HOLD_NONE] = "",
        [HOLD_GATE] = "",
        [HOLD_IMMUTABLE] = "the API server does not let this field change",
        [HOLD_CONFLICT] = "somebody else owns fields of it",
        [HOLD_REFUSED] = "the API server would refuse it",
    };
    if (group->hold == HOLD_GATE)
        return str_z(gate_reason_text(group->gate));
    return group->problem.len != 0 ? group->problem : str_z(words[group->hold]);
}

const char *words_hold_title(const struct plan_group *group)
{
    return group->hold != HOLD_NONE ? "held" : "note";
}

str words_verified(const struct plan_target *target, struct arena *arena)
{
    if (target->verified == 0)
        return (str){0};
    if (target->different == 0)
        return arena_printf(arena, "dry run of %zu: all as predicted", target->verified);
    return arena_printf(arena, "dry run of %zu: %zu NOT as predicted", target->verified,
                        target->different);
}

void words_counts(const size_t counts[STEP_ACTIONS], struct buf *buf)
{
    static const enum step_action order[] = {STEP_CREATE, STEP_CHANGE, STEP_DELETE, STEP_HOLD};
    size_t start = buf->len;
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        if (counts[order[i]] == 0)
            continue;
        buf_printf(buf, "%s%zu %s", buf->len != start ? ", " : "", counts[order[i]],
                   words_to(order[i]));
    }
    if (buf->len == start)
        buf_add(buf, STR("nothing to do"));
    if (counts[STEP_UNCHANGED] != 0)
        buf_printf(buf, "; %zu unchanged", counts[STEP_UNCHANGED]);
}

void words_kind(const struct plan_group *group, struct buf *buf)
{
    buf_add(buf, group->hook ? STR("hook ") : STR(""));
    buf_add(buf, group->gvk.kind);
    if (group->gvk.group.len != 0)
        buf_printf(buf, ".%.*s", STR_ARG(group->gvk.group));
}

void words_name(const struct object_id *id, struct buf *buf)
{
    if (id->namespace.len != 0)
        buf_printf(buf, "%.*s/", STR_ARG(id->namespace));
    buf_add(buf, id->name);
}

void words_plural(size_t count, const char *noun, struct buf *buf)
{
    buf_printf(buf, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

str words_cut(str text, size_t most)
{
    if (text.len <= most)
        return text;
    while (most > 0 && ((unsigned char)text.ptr[most] & 0xc0) == 0x80)
        most--;
    return str_slice(text, 0, most);
}

static void add_short(value v, size_t most, struct buf *buf)
{
    size_t start = buf->len;
    if (!value_present(v))
        buf_add(buf, STR("(none)"));
    else
        json_write(v, JSON_COMPACT, buf);
    if (buf_failed(buf) || buf->len - start <= most)
        return;
    buf_truncate(buf, start + words_cut(str_skip(buf_str(buf), start), most).len);
    buf_add(buf, STR("…"));
}

void words_change(const struct change *change, size_t most, struct buf *buf)
{
    buf_add(buf, change->path.len != 0 ? change->path : STR("."));
    buf_add(buf, STR(": "));
    add_short(change->before, most, buf);
    buf_add(buf, STR(" -> "));
    add_short(change->after, most, buf);
}

const struct step *words_member(const struct plan *plan, const struct plan_group *group,
                                size_t member)
{
    const struct plan_target *target = &plan->targets[group->members[member].target];
    const struct plan_part *part = group->live ? &target->live : &target->desired;
    return &part->steps[group->members[member].step];
}

str words_diff(const struct plan *plan, const struct plan_group *group, size_t context,
               struct arena *arena)
{
    AUTO_BUF struct buf name = BUF_INIT(4096);
    words_kind(group, &name);
    buf_add_byte(&name, ' ');
    words_name(&words_member(plan, group, 0)->id, &name);
    str title = buf_copy(&name, arena);
    str none = STR("/dev/null");
    bool comes = !value_present(group->example.before), goes = !value_present(group->example.after);
    return diff_unified(group->example.before, group->example.after, comes ? none : title,
                        goes ? none : title, context, arena);
}

const char *words_no_diff(const struct plan_group *group)
{
    return group->live ? "no value changes: syncd becomes an owner of its fields"
                       : "the same values, spelled or ordered differently";
}

bool words_counted(const struct plan *plan, const struct plan_group *group)
{
    return group->live != plan->has_base;
}

str words_digest(const struct plan *plan, struct arena *arena)
{
    char text[PLAN_DIGEST_TEXT];
    if (!plan->has_base || !plan->whole)
        return (str){0};
    plan_digest_print(&plan->digest, text);
    return arena_str(arena, str_z(text));
}

str words_live(const struct plan_target *target, struct arena *arena)
{
    switch (target->live_state) {
    case LIVE_EVALUATED: return (str){0};
    case LIVE_UNREACHABLE:
        return arena_concat(arena, STR("not reached: "), target->live_problem, STR(""));
    case LIVE_NOT_EVALUATED: break;
    }
    if (target->live_problem.len == 0)
        return STR("not evaluated");
    return arena_concat(arena, STR("not evaluated: "), target->live_problem, STR(""));
}

const char *words_severity(enum severity severity)
{
    static const char *const words[] = {
        [SEVERITY_NOTE] = "note", [SEVERITY_WARNING] = "warning", [SEVERITY_ERROR] = "error"};
    return words[severity];
}

void words_escape(str text, struct buf *buf)
{
    size_t start = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        str entity = c == '&'                                            ? STR("&amp;")
                     : c == '<'                                          ? STR("&lt;")
                     : c == '>'                                          ? STR("&gt;")
                     : c == '"'                                          ? STR("&quot;")
                     : c == '\''                                         ? STR("&#39;")
                     : (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f ? STR("\xef\xbf\xbd")
                                                                         : STR("");
        if (entity.len == 0)
            continue;
        buf_add(buf, str_slice(text, start, i - start));
        buf_add(buf, entity);
        start = i + 1;
    }
    buf_add(buf, str_skip(text, start));
}

void plan_report_sentence(const struct plan *plan, struct buf *buf)
{
    size_t refused = 0, unreached = 0;
    for (size_t i = 0; i < plan->target_count; i++) {
        refused += plan->targets[i].refused;
        unreached += plan->targets[i].live_state == LIVE_UNREACHABLE;
    }
    words_plural(plan->target_count, "target", buf);
    buf_add(buf, STR(": "));
    if (refused != 0)
        buf_printf(buf, "%zu refused", refused);
    if (unreached != 0)
        buf_printf(buf, "%s%zu not reached", refused != 0 ? ", " : "", unreached);
    if (refused + unreached >= plan->target_count && plan->target_count != 0)
        return;
    buf_add(buf, refused + unreached != 0 ? STR(", ") : STR(""));
    words_counts(plan->has_base ? plan->counts : plan->live_counts, buf);
}
