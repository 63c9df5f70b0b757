/* Plans as documents: what comes from a repository stays text, and a comment fits. */
#include "syncd/report/plan_report.h"
#include "tests/unit/plan/commits.h"

TestSuite(plan_report, .init = set_up, .fini = tear_down);

#define CM(name, text)                                                                             \
    "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'" name "'},'data':{'k':'" text "'}" \
    "}"

static const struct plan *plan_of(const char *const *base, const char *const *head)
{
    static const struct finding finding = {.severity = SEVERITY_WARNING,
                                           .rule = "W_TEST",
                                           .position = {.file = STR_INIT("a`b|<i>.yaml")},
                                           .text = STR_INIT("@here ```\n</details> <script>")};
    struct plan_request_target *target = ARENA_NEW(arena, struct plan_request_target);
    *target = (struct plan_request_target){
        .name = STR("t|`x`"),
        .base = {.desired = commit("t", base)},
        .head = {.desired = commit("t", head), .findings = &finding, .finding_count = 1}};
    const struct plan_request request = {
        .base = STR("b"),
        .head = STR("h"),
        .has_base = true,
        .targets = target,
        .target_count = 1,
        .limits = limits_default(),
    };
    return plan_make(&request, arena);
}

static str markdown(const struct plan *plan, size_t most)
{
    AUTO_BUF struct buf buf = BUF_INIT(1u << 24);
    const struct plan_report_options options = {.most = most};
    plan_report_markdown(plan, &options, &buf);
    return buf_copy(&buf, arena);
}

/* In a span, a fence, or a code element: outside of code a forge finds markup, mentions and
 * commands. */
static bool stands_in_code(str text, str piece)
{
    size_t from = 0;
    for (;;) {
        size_t at = str_find(str_skip(text, from), piece);
        if (at == SIZE_MAX)
            return true;
        at += from;
        size_t line = str_rindex(str_slice(text, 0, at), '\n') + 1, ticks = 0;
        for (size_t i = line; i < at; i++)
            ticks += text.ptr[i] == '`';
        char first = text.ptr[line];
        str before = str_slice(text, line, at - line);
        bool element = str_find(before, STR("<code>.data")) != SIZE_MAX;
        if (ticks == 0 && !element && first != '+' && first != '-' && first != ' ')
            return false;
        from = at + 1;
    }
}

Test(plan_report, keeps_what_others_wrote_in_code)
{
    const struct plan *plan =
        plan_of(DOCUMENTS(CM("a", "1")),
                DOCUMENTS(CM("a", "@everyone ````` </details> <img> /syncd approve")));
    str text = markdown(plan, 0);
    cr_expect(str_starts(text, STR(PLAN_MARKER "\n")));
    cr_expect(stands_in_code(text, STR("@everyone")), "%.*s", STR_ARG(text));
    cr_expect(stands_in_code(text, STR("@here")), "%.*s", STR_ARG(text));
    cr_expect(stands_in_code(text, STR("<img>")), "%.*s", STR_ARG(text));
    cr_expect(str_find(text, STR("``````diff\n")) != SIZE_MAX, "a fence longer than its text");
    cr_expect(str_find(text, STR("\n/syncd")) == SIZE_MAX);
}

Test(plan_report, has_html_without_markup_of_others)
{
    const struct plan *plan = plan_of(DOCUMENTS(CM("a", "1")), DOCUMENTS(CM("a", "<script>&")));
    AUTO_BUF struct buf buf = BUF_INIT(1u << 24);
    const struct plan_report_options options = {0};
    plan_report_html(plan, &options, &buf);
    cr_expect(str_find(buf_str(&buf), STR("<script")) == SIZE_MAX);
    cr_expect(str_find(buf_str(&buf), STR("&lt;script&gt;&amp;")) != SIZE_MAX);
    cr_expect(str_find(buf_str(&buf), STR("http-equiv=\"Content-Security-Policy\"")) != SIZE_MAX);
}

Test(plan_report, never_writes_a_longer_comment_than_it_may)
{
    const char *head[201];
    for (size_t i = 0; i < 200; i++)
        head[i] = arena_printf(arena, CM("m%zu", "some text that differs %zu"), i, i).ptr;
    head[200] = NULL;
    const struct plan *plan = plan_of(DOCUMENTS(CM("old", "1")), head);
    for (size_t most = 200; most <= PLAN_MARKDOWN_MOST; most += most / 3) {
        str text = markdown(plan, most);
        cr_expect_leq(text.len, most);
        cr_expect(most < 4000 || str_find(text, STR("did not fit here")) != SIZE_MAX ||
                      text.len > 20000,
                  "what is cut is said");
    }
}

Test(plan_report, prints_no_control_bytes_to_a_terminal)
{
    const struct plan *plan =
        plan_of(DOCUMENTS(CM("a", "1")), DOCUMENTS(CM("a", "\\u001b[2J\\u0007")));
    AUTO_BUF struct buf buf = BUF_INIT(1u << 24);
    const struct plan_report_options options = {0};
    plan_report_text(plan, &options, &buf);
    cr_expect_eq(str_index(buf_str(&buf), '\x1b'), SIZE_MAX);
    cr_expect_eq(str_index(buf_str(&buf), '\a'), SIZE_MAX);
}
