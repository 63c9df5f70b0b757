/* A plan for terminals. Whatever comes from a repository is printed without control bytes. */
#include "syncd/report/plan_words.h"

#define MEMBERS_MOST 10
#define CONTEXT      3

struct page {
    const struct plan *plan;
    const struct plan_report_options *options;
    struct arena *arena;
    struct buf *buf;
};

static void paint(const struct page *page, const char *code)
{
    if (page->options->color)
        buf_printf(page->buf, "\x1b[%sm", code);
}

static const char *color_of(enum step_action action)
{
    static const char *const codes[STEP_ACTIONS] = {"0", "32", "33", "31", "35"};
    return codes[action];
}

/* Text of a repository: control bytes would steer the terminal. */
static void add_plain(struct buf *buf, str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        buf_add_byte(buf, c < 0x20 || c == 0x7f ? '?' : (char)c);
    }
}

static void print_findings(const struct page *page, const struct plan_target *target)
{
    for (size_t i = 0; i < target->finding_count; i++) {
        const struct finding *finding = &target->findings[i];
        buf_add(page->buf, STR("    "));
        add_plain(page->buf, finding->position.file);
        if (finding->position.line != 0)
            buf_printf(page->buf, ":%u", finding->position.line);
        buf_printf(page->buf, ": %s: ", words_severity(finding->severity));
        add_plain(page->buf, finding->text);
        buf_printf(page->buf, " [%s]", finding->rule);
        if (finding->hint.len != 0) {
            buf_add(page->buf, STR(" ("));
            add_plain(page->buf, finding->hint);
            buf_add_byte(page->buf, ')');
        }
        buf_add_byte(page->buf, '\n');
    }
}

static void print_target(const struct page *page, const struct plan_target *target)
{
    str live = words_live(target, page->arena);
    buf_printf(page->buf, "  %.*s: ", STR_ARG(target->name));
    if (target->refused)
        buf_add(page->buf, STR("refused, nothing of it would be applied"));
    else if (page->plan->has_base)
        words_counts(target->desired.counts, page->buf);
    if (target->base_refused && !target->refused)
        buf_add(page->buf, STR(" (the base cannot be rendered: all of it shows as new)"));
    if (!target->refused && target->live_state == LIVE_EVALUATED) {
        buf_add(page->buf, page->plan->has_base ? STR("; in the cluster: ") : STR(""));
        words_counts(target->live.counts, page->buf);
        str verified = words_verified(target, page->arena);
        buf_printf(page->buf, "%s%.*s", verified.len != 0 ? "; " : "", STR_ARG(verified));
    } else if (!target->refused && (!page->plan->has_base || page->plan->has_live)) {
        buf_add(page->buf, page->plan->has_base ? STR("; in the cluster: ") : STR(""));
        add_plain(page->buf, live);
    }
    buf_add_byte(page->buf, '\n');
    print_findings(page, target);
}

static void print_risks(const struct page *page)
{
    if (page->plan->risks == 0)
        return;
    buf_add(page->buf, STR("\nRisks:\n"));
    for (enum risk risk = 0; risk < RISK_COUNT; risk++) {
        size_t objects = 0;
        for (size_t i = 0; i < page->plan->group_count; i++) {
            const struct plan_group *group = &page->plan->groups[i];
            if (words_counted(page->plan, group) && (group->risks & risk_bit(risk)) != 0)
                objects += group->member_count;
        }
        if (objects == 0)
            continue;
        buf_printf(page->buf, "  %s: %s (", risk_name(risk), risk_text(risk));
        words_plural(objects, "object", page->buf);
        buf_add(page->buf, STR(")\n"));
    }
}

static void print_member(const struct page *page, const struct plan_group *group, size_t member)
{
    const struct step *step = words_member(page->plan, group, member);
    const struct plan_target *target = &page->plan->targets[group->members[member].target];
    buf_printf(page->buf, "    %.*s  ", STR_ARG(target->name));
    words_name(&step->id, page->buf);
    if (step->source.file.len != 0) {
        buf_add(page->buf, STR("  ("));
        add_plain(page->buf, step->source.file);
        buf_printf(page->buf, ":%u)", step->source.line);
    }
    buf_add_byte(page->buf, '\n');
}

static void print_head(const struct page *page, const struct plan_group *group)
{
    paint(page, color_of(group->action));
    buf_printf(page->buf, "%s %s ", words_mark(group->action), step_action_name(group->action));
    paint(page, "0");
    words_kind(group, page->buf);
    buf_add(page->buf, STR(": "));
    words_plural(group->member_count, "object", page->buf);
    buf_add(page->buf, STR(" on "));
    words_plural(group->target_count, "target", page->buf);
    buf_add(page->buf, group->live && page->plan->has_base ? STR(", in the cluster") : STR(""));
    for (enum risk risk = 0; risk < RISK_COUNT; risk++) {
        if ((group->risks & risk_bit(risk)) != 0)
            buf_printf(page->buf, " [%s]", risk_name(risk));
    }
    str hold = words_hold(group);
    if (hold.len != 0) {
        buf_printf(page->buf, "\n    %s: ", words_hold_title(group));
        add_plain(page->buf, hold);
    }
    buf_add_byte(page->buf, '\n');
}

static void print_diff(const struct page *page, str diff)
{
    str line;
    while (diff.len != 0 && str_cut(&diff, '\n', &line)) {
        bool painted =
            page->options->color && line.len != 0 && (line.ptr[0] == '+' || line.ptr[0] == '-');
        if (painted)
            paint(page, line.ptr[0] == '+' ? "32" : "31");
        add_plain(page->buf, line);
        if (painted)
            paint(page, "0");
        buf_add_byte(page->buf, '\n');
    }
}

static size_t context_of(const struct plan_report_options *options)
{
    return options->context != 0 ? options->context : CONTEXT;
}

static void print_group(const struct page *page, const struct plan_group *group)
{
    buf_add_byte(page->buf, '\n');
    print_head(page, group);
    for (size_t i = 0; i < group->member_count && i < MEMBERS_MOST; i++)
        print_member(page, group, i);
    if (group->member_count > MEMBERS_MOST)
        buf_printf(page->buf, "    … and %zu more\n", group->member_count - MEMBERS_MOST);
    if (page->options->brief)
        return;
    str diff = words_diff(page->plan, group, context_of(page->options), page->arena);
    if (diff.len == 0 && group->action == STEP_CHANGE)
        buf_printf(page->buf, "    (%s)\n", words_no_diff(group));
    print_diff(page, diff);
}

static void print_title(const struct page *page)
{
    const struct plan *plan = page->plan;
    buf_add(page->buf, STR("Plan "));
    if (plan->has_base)
        buf_printf(page->buf, "from %.*s ", STR_ARG(words_commit(plan->base)));
    buf_printf(page->buf, "to %.*s: ", STR_ARG(words_commit(plan->head)));
    plan_report_sentence(plan, page->buf);
    buf_add_byte(page->buf, '\n');
    str digest = words_digest(plan, page->arena);
    if (digest.len != 0)
        buf_printf(page->buf, "Digest %.*s\n", STR_ARG(digest));
}

void plan_report_text(const struct plan *plan, const struct plan_report_options *options,
                      struct buf *buf)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    const struct page page = {plan, options, arena, buf};
    print_title(&page);
    for (size_t i = 0; i < plan->target_count; i++)
        print_target(&page, &plan->targets[i]);
    print_risks(&page);
    for (size_t i = 0; i < plan->group_count; i++)
        print_group(&page, &plan->groups[i]);
}

void plan_report_diff(const struct plan *plan, const struct plan_report_options *options,
                      struct buf *buf)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    const struct page page = {plan, options, arena, buf};
    for (size_t i = 0; i < plan->group_count; i++)
        print_diff(&page, words_diff(plan, &plan->groups[i], context_of(options), arena));
}
