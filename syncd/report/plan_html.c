/* A plan as one page: no script, nothing loaded from elsewhere. */
#include "syncd/report/plan_words.h"

#define MEMBERS_MOST 500

static const char style[] =
    ":root{color-scheme:light dark;--line:#8884}"
    "body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}"
    "code,pre{font:13px/1.45 ui-monospace,monospace}"
    "table{border-collapse:collapse}td,th{padding:.2rem .7rem;border-bottom:1px solid "
    "var(--line);text-align:left}td.n{text-align:right}"
    "details{border:1px solid var(--line);border-radius:6px;margin:.5rem 0;padding:.4rem .8rem}"
    "pre{overflow-x:auto;border-left:3px solid var(--line);padding-left:.8rem}"
    ".add{color:#1a7f37}.del{color:#cf222e}.risk{color:#9a6700;font-weight:600}"
    ".bad{color:#cf222e}";

struct page {
    const struct plan *plan;
    const struct plan_report_options *options;
    struct arena *arena;
    struct buf *buf;
};

static void code(const struct page *page, str text)
{
    buf_add(page->buf, STR("<code>"));
    words_escape(text, page->buf);
    buf_add(page->buf, STR("</code>"));
}

static void print_head(const struct page *page)
{
    const struct plan *plan = page->plan;
    str digest = words_digest(plan, page->arena);
    buf_printf(page->buf,
               "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
               "<meta name=\"viewport\" content=\"width=device-width\">"
               "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
               "style-src 'unsafe-inline'\">"
               "<title>syncd plan</title><style>%s</style></head><body>\n<h1>Plan: %s</h1>\n<p>",
               style, plan_verdict_name(plan_verdict(plan)));
    plan_report_sentence(plan, page->buf);
    buf_add(page->buf, STR("</p>\n<p>"));
    if (plan->has_base) {
        code(page, plan->base);
        buf_add(page->buf, STR(" → "));
    }
    code(page, plan->head);
    if (digest.len != 0) {
        buf_add(page->buf, STR("<br>Digest "));
        code(page, digest);
    }
    buf_add(page->buf, STR("</p>\n"));
}

static void print_counts(const struct page *page, const size_t counts[STEP_ACTIONS])
{
    static const enum step_action columns[] = {STEP_CREATE, STEP_CHANGE, STEP_DELETE, STEP_HOLD,
                                               STEP_UNCHANGED};
    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        buf_printf(page->buf, "<td class=\"n\">%zu</td>", counts[columns[i]]);
}

static void print_target(const struct page *page, const struct plan_target *target)
{
    bool base = page->plan->has_base;
    buf_add(page->buf, STR("<tr><td>"));
    code(page, target->name);
    buf_add(page->buf, STR("</td>"));
    if (target->refused)
        buf_add(page->buf, STR("<td class=\"bad\" colspan=\"5\">refused</td>"));
    else
        print_counts(page, base ? target->desired.counts : target->live.counts);
    buf_add(page->buf, STR("<td>"));
    str live = words_live(target, page->arena);
    if (live.len != 0)
        words_escape(live, page->buf);
    else
        words_counts(target->live.counts, page->buf);
    str verified = words_verified(target, page->arena);
    buf_printf(page->buf, "%s%.*s</td></tr>\n", verified.len != 0 ? "; " : "", STR_ARG(verified));
}

static void print_targets(const struct page *page)
{
    buf_add(page->buf, STR("<table><tr><th>Target</th><th>create</th><th>change</th>"
                           "<th>delete</th><th>held</th><th>unchanged</th><th>cluster</th></tr>"
                           "\n"));
    for (size_t i = 0; i < page->plan->target_count; i++)
        print_target(page, &page->plan->targets[i]);
    buf_add(page->buf, STR("</table>\n"));
}

static void print_findings(const struct page *page)
{
    bool first = true;
    for (size_t i = 0; i < page->plan->target_count; i++) {
        const struct plan_target *target = &page->plan->targets[i];
        for (size_t j = 0; j < target->finding_count; j++) {
            const struct finding *finding = &target->findings[j];
            buf_add(page->buf, first ? STR("<h2>Problems</h2>\n<ul>\n") : STR(""));
            first = false;
            buf_add(page->buf, STR("<li>"));
            code(page, target->name);
            buf_printf(page->buf, " %s ", words_severity(finding->severity));
            code(page, arena_printf(page->arena, "%.*s:%u", STR_ARG(finding->position.file),
                                    finding->position.line));
            buf_add_byte(page->buf, ' ');
            words_escape(finding->text, page->buf);
            buf_printf(page->buf, " [%s] ", finding->rule);
            words_escape(finding->hint, page->buf);
            buf_add(page->buf, STR("</li>\n"));
        }
    }
    buf_add(page->buf, first ? STR("") : STR("</ul>\n"));
}

static void print_members(const struct page *page, const struct plan_group *group)
{
    buf_add(page->buf, STR("<ul>\n"));
    for (size_t i = 0; i < group->member_count && i < MEMBERS_MOST; i++) {
        const struct step *step = words_member(page->plan, group, i);
        buf_add(page->buf, STR("<li>"));
        code(page, page->plan->targets[group->members[i].target].name);
        buf_add_byte(page->buf, ' ');
        code(page, object_id_text(&step->id, page->arena));
        if (step->source.file.len != 0) {
            buf_add(page->buf, STR(" from "));
            code(page, arena_printf(page->arena, "%.*s:%u", STR_ARG(step->source.file),
                                    step->source.line));
        }
        buf_add(page->buf, STR("</li>\n"));
    }
    if (group->member_count > MEMBERS_MOST)
        buf_printf(page->buf, "<li>and %zu more</li>\n", group->member_count - MEMBERS_MOST);
    buf_add(page->buf, STR("</ul>\n"));
}

static void print_diff(const struct page *page, str diff)
{
    str line;
    buf_add(page->buf, STR("<pre>"));
    while (diff.len != 0 && str_cut(&diff, '\n', &line)) {
        const char *class = line.len == 0        ? NULL
                            : line.ptr[0] == '+' ? "add"
                            : line.ptr[0] == '-' ? "del"
                                                 : NULL;
        if (class != NULL)
            buf_printf(page->buf, "<span class=\"%s\">", class);
        words_escape(line, page->buf);
        buf_add(page->buf, class != NULL ? STR("</span>\n") : STR("\n"));
    }
    buf_add(page->buf, STR("</pre>\n"));
}

static void print_group(const struct page *page, const struct plan_group *group)
{
    size_t context = page->options->context != 0 ? page->options->context : 3;
    str hold = words_hold(group);
    buf_printf(page->buf, "<details><summary>%s <b>%s</b> ", words_mark(group->action),
               step_action_name(group->action));
    AUTO_BUF struct buf kind = BUF_INIT(4096);
    words_kind(group, &kind);
    code(page, buf_str(&kind));
    buf_add(page->buf, STR(": "));
    words_plural(group->member_count, "object", page->buf);
    buf_add(page->buf, STR(" on "));
    words_plural(group->target_count, "target", page->buf);
    buf_add(page->buf, group->live && page->plan->has_base ? STR(", in the cluster") : STR(""));
    for (enum risk risk = 0; risk < RISK_COUNT; risk++) {
        if ((group->risks & risk_bit(risk)) != 0)
            buf_printf(page->buf, " <span class=\"risk\">%s: %s</span>", risk_name(risk),
                       risk_text(risk));
    }
    buf_add(page->buf, STR("</summary>\n"));
    if (hold.len != 0) {
        buf_printf(page->buf, "<p class=\"bad\">%s: ", words_hold_title(group));
        words_escape(hold, page->buf);
        buf_add(page->buf, STR("</p>\n"));
    }
    print_members(page, group);
    print_diff(page, words_diff(page->plan, group, context, page->arena));
    buf_add(page->buf, STR("</details>\n"));
}

void plan_report_html(const struct plan *plan, const struct plan_report_options *options,
                      struct buf *buf)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    const struct page page = {plan, options, arena, buf};
    print_head(&page);
    print_targets(&page);
    print_findings(&page);
    if (plan->group_count != 0)
        buf_add(buf, STR("<h2>Changes</h2>\n"));
    for (size_t i = 0; i < plan->group_count; i++)
        print_group(&page, &plan->groups[i]);
    buf_add(buf, STR("</body></html>\n"));
}
