/* plan: the forms that it can be printed in. */
#include "syncd/cli/plan.h"

#include "syncd/value/json.h"
#include "syncd/value/yaml.h"

#include <errno.h>
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

const struct plan_format *plan_format_find(str name)
{
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        if (str_equal(formats[i].name, name))
            return &formats[i];
    }
    CHECK(false);
    return NULL;
}

static bool write_side(const char *folder, const char *side, str name, value document,
                       struct arena *arena, struct error *err)
{
    str path = arena_printf(arena, "%s/%s/%.*s", folder, side, STR_ARG(name));
    str text = value_present(document) ? yaml_text(document, YAML_SIGS, arena) : STR("");
    FILE *file = fopen(path.ptr, "wxe");
    bool written = file != NULL && fwrite(text.ptr, 1, text.len, file) == text.len;
    written = file != NULL && fclose(file) == 0 && written;
    return written || error_errno(err, errno, "%.*s", STR_ARG(path));
}

bool plan_write_sides(const struct plan *plan, const char *folder, struct error *err)
{
    for (size_t i = 0; i < plan->group_count; i++) {
        AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
        const struct plan_group *group = &plan->groups[i];
        const struct plan_target *target = &plan->targets[group->members[0].target];
        const struct plan_part *part = group->live ? &target->live : &target->desired;
        const struct object_id *id = &part->steps[group->members[0].step].id;
        str name = arena_printf(arena, "%03zu.%.*s.%.*s.%.*s.%.*s", i, STR_ARG(id->gvk.group),
                                STR_ARG(id->gvk.kind), STR_ARG(id->namespace), STR_ARG(id->name));
        if (!write_side(folder, "BEFORE", name, group->example.before, arena, err) ||
            !write_side(folder, "AFTER", name, group->example.after, arena, err))
            return false;
    }
    return true;
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
