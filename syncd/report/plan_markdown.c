/*
 * A plan as a comment on a forge. Names, paths and values come from other people: they stand in
 * code spans and fences only, where no forge finds markup, links or mentions in them.
 */
#include "syncd/report/plan_words.h"

#define TARGETS_MOST 50
#define MEMBERS_MOST 20
#define CHANGES_MOST 3
#define DIFF_MOST    12000 /* bytes of one group's diff */
#define VALUE_MOST   60
#define FOOT_MOST    1024 /* kept for what stands below the groups */
#define FINDINGS_ALL 50

struct comment {
    const struct plan *plan;
    const struct plan_report_options *options;
    struct arena *arena;
    struct buf *buf;
    size_t most;
};

/* A run of backticks longer than any in the text. */
static size_t ticks_for(str text, size_t least)
{
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < text.len; i++) {
        run = text.ptr[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest + 1 > least ? longest + 1 : least;
}

/* A code span: one line, no bar that would end a table's cell. */
static void add_code(struct buf *buf, str text)
{
    size_t ticks = ticks_for(text, 1);
    bool pad = text.len == 0 || text.ptr[0] == '`' || text.ptr[text.len - 1] == '`';
    buf_add_repeat(buf, '`', ticks);
    buf_add(buf, pad ? STR(" ") : STR(""));
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '|')
            buf_add(buf, STR("\xc2\xa6")); /* ¦ */
        else
            buf_add_byte(buf, c < 0x20 || c == 0x7f ? ' ' : (char)c);
    }
    buf_add(buf, pad ? STR(" ") : STR(""));
    buf_add_repeat(buf, '`', ticks);
}

static void add_fence(struct buf *buf, str language, str text)
{
    size_t ticks = ticks_for(text, 3);
    buf_add_repeat(buf, '`', ticks);
    buf_printf(buf, "%.*s\n%.*s", STR_ARG(language), STR_ARG(text));
    if (text.len != 0 && text.ptr[text.len - 1] != '\n')
        buf_add_byte(buf, '\n');
    buf_add_repeat(buf, '`', ticks);
    buf_add_byte(buf, '\n');
}

static void add_object(struct buf *buf, const struct object_id *id)
{
    AUTO_BUF struct buf name = BUF_INIT(4096);
    words_name(id, &name);
    add_code(buf, buf_str(&name));
}

/* Inside <summary> Markdown is not read: HTML it is. */
static void add_html_code(struct buf *buf, str text)
{
    buf_add(buf, STR("<code>"));
    words_escape(text, buf);
    buf_add(buf, STR("</code>"));
}

/* --- the parts --- */

static void print_title(const struct comment *comment)
{
    struct buf *buf = comment->buf;
    const struct plan *plan = comment->plan;
    str name = comment->options->name, digest = words_digest(plan, comment->arena);
    buf_add(buf, STR(PLAN_MARKER "\n### syncd plan"));
    if (name.len != 0) {
        buf_add_byte(buf, ' ');
        add_code(buf, name);
    }
    buf_printf(buf, ": %s\n\n", plan_verdict_name(plan_verdict(plan)));
    plan_report_sentence(plan, buf);
    buf_add(buf, STR("\n\n"));
    if (plan->has_base) {
        add_code(buf, words_commit(plan->base));
        buf_add(buf, STR(" → "));
    }
    add_code(buf, words_commit(plan->head));
    if (digest.len != 0)
        buf_printf(buf, ", digest `%.*s`", STR_ARG(digest));
    buf_add(buf, STR("\n"));
}

static void print_risks(const struct comment *comment)
{
    for (enum risk risk = 0; risk < RISK_COUNT; risk++) {
        size_t objects = 0, groups = 0;
        for (size_t i = 0; i < comment->plan->group_count; i++) {
            const struct plan_group *group = &comment->plan->groups[i];
            if (!words_counted(comment->plan, group) || (group->risks & risk_bit(risk)) == 0)
                continue;
            objects += group->member_count;
            groups++;
        }
        if (groups == 0)
            continue;
        buf_printf(comment->buf, "%s- ⚠️ **%s**: %s, ",
                   (comment->plan->risks & (risk_bit(risk) - 1)) == 0 ? "\n" : "", risk_name(risk),
                   risk_text(risk));
        words_plural(objects, "object", comment->buf);
        buf_add_byte(comment->buf, '\n');
    }
}

static bool is_quiet(const struct plan_target *target)
{
    return !target->refused && target->desired.count == 0 && target->live.count == 0 &&
           target->live_state != LIVE_UNREACHABLE;
}

static void print_counts(struct buf *buf, const size_t counts[STEP_ACTIONS])
{
    static const enum step_action columns[] = {STEP_CREATE, STEP_CHANGE, STEP_DELETE, STEP_HOLD,
                                               STEP_UNCHANGED};
    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        buf_printf(buf, " %zu |", counts[columns[i]]);
}

static void print_row(const struct comment *comment, const struct plan_target *target)
{
    const struct plan *plan = comment->plan;
    struct buf *buf = comment->buf;
    buf_add(buf, STR("| "));
    add_code(buf, target->name);
    buf_add(buf, STR(" |"));
    if (target->refused) {
        buf_add(buf, STR(" refused | | | | | |\n"));
        return;
    }
    print_counts(buf, plan->has_base ? target->desired.counts : target->live.counts);
    buf_add_byte(buf, ' ');
    if (target->base_refused)
        buf_add(buf, STR("the base cannot be rendered; "));
    str live = words_live(target, comment->arena);
    if (live.len != 0)
        add_code(buf, live);
    else if (plan->has_base)
        words_counts(target->live.counts, buf);
    str verified = words_verified(target, comment->arena);
    buf_printf(buf, "%s%.*s |\n", verified.len != 0 ? " " : "", STR_ARG(verified));
}

static void print_targets(const struct comment *comment)
{
    const struct plan *plan = comment->plan;
    size_t shown = 0, quiet = 0;
    buf_add(comment->buf, STR("\n| target | create | change | delete | held | unchanged | cluster "
                              "|\n| --- | --: | --: | --: | --: | --: | --- |\n"));
    for (size_t i = 0; i < plan->target_count; i++) {
        quiet += is_quiet(&plan->targets[i]);
        if (is_quiet(&plan->targets[i]) || shown == TARGETS_MOST)
            continue;
        print_row(comment, &plan->targets[i]);
        shown++;
    }
    size_t left = plan->target_count - shown - quiet;
    if (left != 0)
        buf_printf(comment->buf, "\n%zu more targets are not in this table.\n", left);
    if (quiet != 0)
        buf_printf(comment->buf, "\nNothing to do on %zu target%s.\n", quiet,
                   quiet == 1 ? "" : "s");
}

static void add_finding(struct buf *buf, const struct plan_target *target,
                        const struct finding *finding)
{
    buf_add(buf, STR("- "));
    add_code(buf, target->name);
    buf_printf(buf, " %s ", words_severity(finding->severity));
    AUTO_BUF struct buf text = BUF_INIT(8192);
    buf_printf(&text, "%.*s:%u: %.*s [%s]", STR_ARG(finding->position.file), finding->position.line,
               STR_ARG(words_cut(finding->text, 1000)), finding->rule);
    add_code(buf, buf_str(&text));
    buf_add_byte(buf, '\n');
}

static void print_findings(const struct comment *comment)
{
    size_t shown = 0, all = 0;
    for (size_t i = 0; i < comment->plan->target_count; i++) {
        const struct plan_target *target = &comment->plan->targets[i];
        for (size_t j = 0; j < target->finding_count; j++, all++) {
            if (shown == FINDINGS_ALL || comment->buf->len > comment->most / 2)
                continue;
            if (shown++ == 0)
                buf_add(comment->buf, STR("\n**Problems**\n\n"));
            add_finding(comment->buf, target, &target->findings[j]);
        }
    }
    if (all > shown)
        buf_printf(comment->buf, "\n%zu more problems are not listed here.\n", all - shown);
}

/* --- one group --- */

static void print_summary(const struct comment *comment, const struct plan_group *group,
                          struct buf *buf)
{
    AUTO_BUF struct buf kind = BUF_INIT(4096);
    words_kind(group, &kind);
    buf_printf(buf, "<details><summary>%s <b>%s</b> ", words_mark(group->action),
               step_action_name(group->action));
    add_html_code(buf, buf_str(&kind));
    buf_add(buf, STR(": "));
    words_plural(group->member_count, "object", buf);
    buf_add(buf, STR(" on "));
    words_plural(group->target_count, "target", buf);
    buf_add(buf, group->live && comment->plan->has_base ? STR(", in the cluster") : STR(""));
    for (enum risk risk = 0; risk < RISK_COUNT; risk++) {
        if ((group->risks & risk_bit(risk)) != 0)
            buf_printf(buf, " ⚠️ %s", risk_name(risk));
    }
    for (size_t i = 0; i < group->change_count && i < CHANGES_MOST; i++) {
        if (group->changes[i].path.len == 0)
            continue;
        AUTO_BUF struct buf line = BUF_INIT(1u << 20);
        words_change(&group->changes[i], VALUE_MOST, &line);
        buf_add(buf, STR("<br>"));
        add_html_code(buf, words_cut(buf_str(&line), 300));
    }
    if (group->change_count > CHANGES_MOST)
        buf_printf(buf, "<br>and %zu more fields", group->change_count - CHANGES_MOST);
    buf_add(buf, STR("</summary>\n\n"));
}

static void print_members(const struct comment *comment, const struct plan_group *group,
                          struct buf *buf)
{
    for (size_t i = 0; i < group->member_count && i < MEMBERS_MOST; i++) {
        const struct step *step = words_member(comment->plan, group, i);
        buf_add(buf, STR("- "));
        add_code(buf, comment->plan->targets[group->members[i].target].name);
        buf_add_byte(buf, ' ');
        add_object(buf, &step->id);
        if (step->source.file.len != 0) {
            buf_add(buf, STR(" from "));
            add_code(buf, arena_printf(comment->arena, "%.*s:%u", STR_ARG(step->source.file),
                                       step->source.line));
        }
        buf_add_byte(buf, '\n');
    }
    if (group->member_count > MEMBERS_MOST)
        buf_printf(buf, "- … and %zu more\n", group->member_count - MEMBERS_MOST);
    buf_add_byte(buf, '\n');
}

/* Whole lines, at most DIFF_MOST bytes. */
static str cut_diff(str diff, bool *ret_cut)
{
    *ret_cut = diff.len > DIFF_MOST;
    if (!*ret_cut)
        return diff;
    size_t end = str_rindex(str_slice(diff, 0, DIFF_MOST), '\n');
    return end != SIZE_MAX ? str_slice(diff, 0, end + 1) : STR("");
}

static void print_diff(const struct comment *comment, const struct plan_group *group,
                       struct buf *buf)
{
    bool cut;
    size_t context = comment->options->context != 0 ? comment->options->context : 3;
    str diff = cut_diff(words_diff(comment->plan, group, context, comment->arena), &cut);
    if (diff.len != 0)
        add_fence(buf, STR("diff"), diff);
    else
        buf_printf(buf, "%s\n", cut ? "" : words_no_diff(group));
    if (cut)
        buf_add(buf, STR("\nThe rest of this diff is too long for a comment.\n"));
}

static void print_group(const struct comment *comment, const struct plan_group *group, bool diff,
                        struct buf *buf)
{
    str hold = words_hold(group);
    print_summary(comment, group, buf);
    if (hold.len != 0) {
        buf_printf(buf, "%s: ", words_hold_title(group));
        add_code(buf, hold);
        buf_add(buf, STR("\n\n"));
    }
    print_members(comment, group, buf);
    if (diff)
        print_diff(comment, group, buf);
    buf_add(buf, STR("\n</details>\n"));
}

/* As long as there is room: whole groups first, then without their diffs, then only counted. */
static size_t print_groups(const struct comment *comment)
{
    AUTO_BUF struct buf piece = BUF_INIT(1u << 24);
    for (size_t i = 0; i < comment->plan->group_count; i++) {
        bool fits = false;
        for (int diff = 1; diff >= 0 && !fits; diff--) {
            buf_clear(&piece);
            print_group(comment, &comment->plan->groups[i], diff == 1, &piece);
            fits =
                !buf_failed(&piece) && comment->buf->len + piece.len + FOOT_MOST <= comment->most;
        }
        if (!fits)
            return comment->plan->group_count - i;
        buf_add_byte(comment->buf, '\n');
        buf_add(comment->buf, buf_str(&piece));
    }
    return 0;
}

static void print_foot(const struct comment *comment, size_t left)
{
    struct buf *buf = comment->buf;
    str digest = words_digest(comment->plan, comment->arena);
    if (left != 0) {
        buf_printf(buf, "\n**%zu more group%s of changes did not fit here.** ", left,
                   left == 1 ? "" : "s");
        if (comment->options->more.len != 0 && comment->options->more.len < FOOT_MOST / 2)
            buf_printf(buf, "The whole plan: <%.*s>\n", STR_ARG(comment->options->more));
        else
            buf_add(buf, STR("`syncd plan -o text` prints all of it.\n"));
    }
    if (digest.len != 0 && comment->plan->counts[STEP_HOLD] != 0)
        buf_printf(buf, "\nTo approve exactly this: `/syncd approve %.*s`\n", STR_ARG(digest));
}

void plan_report_markdown(const struct plan *plan, const struct plan_report_options *options,
                          struct buf *buf)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    const struct comment comment = {
        .plan = plan,
        .options = options,
        .arena = arena,
        .buf = buf,
        .most = options->most != 0 ? options->most : PLAN_MARKDOWN_MOST,
    };
    print_title(&comment);
    print_risks(&comment);
    print_targets(&comment);
    print_findings(&comment);
    print_foot(&comment, print_groups(&comment));
    if (buf->len > comment.most) /* a limit too small even for the summary */
        buf_truncate(buf, str_rindex(str_slice(buf_str(buf), 0, comment.most), '\n') + 1);
}
