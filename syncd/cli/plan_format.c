/* plan: the forms that it can be printed in. */
#include "syncd/cli/plan.h"

#include "syncd/value/json.h"

#include <stdio.h>

#define OUTPUT_MOST (1u << 30)

struct plan_format {
    str name;
    void (*text)(const struct plan *plan, const struct plan_report_options *options,
                 struct buf *buf);
    value (*document)(const struct plan *plan, struct arena *arena);
};

static void print_junit(const struct plan *plan, const struct plan_report_options *options,
                        struct buf *buf)
{
    (void)options;
    plan_report_junit(plan, buf);
}

static const struct plan_format formats[] = {
    {STR_INIT("text"), plan_report_text, NULL},
    {STR_INIT("diff"), plan_report_diff, NULL},
    {STR_INIT("json"), NULL, plan_report_document},
    {STR_INIT("markdown"), plan_report_markdown, NULL},
    {STR_INIT("html"), plan_report_html, NULL},
    {STR_INIT("sarif"), NULL, plan_report_sarif},
    {STR_INIT("junit"), print_junit, NULL},
};

bool plan_format_find(str name, const struct plan_format **ret_format, struct error *err)
{
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        if (!str_equal(formats[i].name, name))
            continue;
        *ret_format = &formats[i];
        return true;
    }
    return error_set(err, ERROR_INPUT,
                     "plan: -o is text, diff, json, markdown, html, sarif or junit, not %.*s",
                     STR_ARG(name));
}

static int exit_code_of(const struct plan *plan)
{
    static const int codes[] = {[PLAN_EMPTY] = EXIT_DONE,
                                [PLAN_CHANGES] = EXIT_DIFFERS,
                                [PLAN_HELD] = EXIT_HELD,
                                [PLAN_UNKNOWN] = EXIT_STALE,
                                [PLAN_REFUSED] = EXIT_FAILED};
    return codes[plan_verdict(plan)];
}

int plan_print(const struct plan_format *format, const struct plan *plan,
               const struct plan_report_options *options)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    AUTO_BUF struct buf buf = BUF_INIT(OUTPUT_MOST);
    if (format->text != NULL) {
        format->text(plan, options, &buf);
    } else {
        json_write(format->document(plan, arena), JSON_INDENT2, &buf);
        buf_add_byte(&buf, '\n');
    }
    str text = buf_str(&buf);
    bool written = !buf_failed(&buf) && fwrite(text.ptr, 1, text.len, stdout) == text.len &&
                   fflush(stdout) == 0;
    return written ? exit_code_of(plan) : EXIT_FAILED;
}
