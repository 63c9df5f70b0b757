/* A plan for tools that show checks: SARIF for code scanning, JUnit for test reports. */
#include "syncd/report/plan_words.h"

#include "syncd/base/map.h"

/* --- SARIF --- */

struct sarif {
    struct arena *arena;
    struct array_builder rules, results;
    struct map known; /* rule ids that are described already */
};

static value text_value(str text, struct arena *arena)
{
    struct object_builder object;
    object_begin(&object, arena);
    object_add(&object, STR("text"), value_string(text));
    return object_finish(&object);
}

/* A path as a relative URI. */
static str uri_of(str path, struct arena *arena)
{
    static const char digits[] = "0123456789ABCDEF";
    AUTO_BUF struct buf uri = BUF_INIT(1u << 16);
    for (size_t i = 0; i < path.len; i++) {
        unsigned char c = (unsigned char)path.ptr[i], lower = c | 0x20;
        bool plain = (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ||
                     (c != 0 && strchr("-._~/", c) != NULL);
        if (plain) {
            buf_add_byte(&uri, (char)c);
            continue;
        }
        buf_add_byte(&uri, '%');
        buf_add_byte(&uri, digits[c >> 4]);
        buf_add_byte(&uri, digits[c & 15]);
    }
    return buf_copy(&uri, arena);
}

static value location_value(const struct position *position, struct arena *arena)
{
    struct object_builder artifact, physical, location;
    object_begin(&artifact, arena);
    object_add(&artifact, STR("uri"), value_string(uri_of(position->file, arena)));
    object_begin(&physical, arena);
    object_add(&physical, STR("artifactLocation"), object_finish(&artifact));
    if (position->line != 0) {
        struct object_builder region;
        object_begin(&region, arena);
        object_add(&region, STR("startLine"), value_uint(position->line, arena));
        if (position->column != 0)
            object_add(&region, STR("startColumn"), value_uint(position->column, arena));
        object_add(&physical, STR("region"), object_finish(&region));
    }
    object_begin(&location, arena);
    object_add(&location, STR("physicalLocation"), object_finish(&physical));
    return object_finish(&location);
}

static void add_rule(struct sarif *sarif, str id, str text)
{
    struct object_builder rule;
    if (map_put(&sarif->known, sarif->arena, id, sarif) != NULL)
        return;
    object_begin(&rule, sarif->arena);
    object_add(&rule, STR("id"), value_string(id));
    if (text.len != 0)
        object_add(&rule, STR("shortDescription"), text_value(text, sarif->arena));
    array_add(&sarif->rules, object_finish(&rule));
}

static void add_result(struct sarif *sarif, str rule, const char *level, str text,
                       const struct position *position)
{
    struct object_builder result;
    struct array_builder locations;
    array_begin(&locations, sarif->arena);
    if (position->file.len != 0)
        array_add(&locations, location_value(position, sarif->arena));
    object_begin(&result, sarif->arena);
    object_add(&result, STR("ruleId"), value_string(rule));
    object_add(&result, STR("level"), value_string(str_z(level)));
    object_add(&result, STR("message"), text_value(text, sarif->arena));
    object_add(&result, STR("locations"), array_finish(&locations));
    array_add(&sarif->results, object_finish(&result));
}

static void add_findings(struct sarif *sarif, const struct plan_target *target)
{
    for (size_t i = 0; i < target->finding_count; i++) {
        const struct finding *finding = &target->findings[i];
        str text = arena_printf(sarif->arena, "%.*s: %.*s%s%.*s", STR_ARG(target->name),
                                STR_ARG(finding->text), finding->hint.len != 0 ? ": " : "",
                                STR_ARG(finding->hint));
        add_rule(sarif, str_z(finding->rule), (str){0});
        add_result(sarif, str_z(finding->rule), words_severity(finding->severity), text,
                   &finding->position);
    }
}

static str step_text(const struct plan_target *target, const struct step *step, str what,
                     struct arena *arena)
{
    return arena_printf(arena, "%.*s: %s %.*s: %.*s", STR_ARG(target->name),
                        step_action_name(step->action), STR_ARG(object_id_text(&step->id, arena)),
                        STR_ARG(what));
}

static void add_step(struct sarif *sarif, const struct plan *plan, const struct plan_target *target,
                     const struct step *step)
{
    for (enum risk risk = 0; risk < RISK_COUNT; risk++) {
        if ((step->risks & risk_bit(risk)) == 0)
            continue;
        str rule = arena_printf(sarif->arena, "syncd/%s", risk_name(risk));
        add_rule(sarif, rule, str_z(risk_text(risk)));
        add_result(sarif, rule, "warning",
                   step_text(target, step, str_z(risk_text(risk)), sarif->arena), &step->source);
    }
    if (step->action != STEP_HOLD)
        return;
    add_rule(sarif, STR("syncd/held"), STR("Git asks for something that is not done by itself"));
    add_result(sarif, STR("syncd/held"), "warning",
               step_text(target, step, words_hold(&plan->groups[step->group]), sarif->arena),
               &step->source);
}

static value run_value(struct sarif *sarif)
{
    struct arena *arena = sarif->arena;
    struct object_builder driver, tool, run;
    object_begin(&driver, arena);
    object_add(&driver, STR("name"), value_string(STR("syncd")));
    object_add(&driver, STR("version"), value_string(STR(SYNCD_VERSION)));
    object_add(&driver, STR("rules"), array_finish(&sarif->rules));
    object_begin(&tool, arena);
    object_add(&tool, STR("driver"), object_finish(&driver));
    object_begin(&run, arena);
    object_add(&run, STR("tool"), object_finish(&tool));
    object_add(&run, STR("results"), array_finish(&sarif->results));
    return object_finish(&run);
}

value plan_report_sarif(const struct plan *plan, struct arena *arena)
{
    struct sarif sarif = {.arena = arena};
    struct array_builder runs;
    struct object_builder log;
    array_begin(&sarif.rules, arena);
    array_begin(&sarif.results, arena);
    for (size_t i = 0; i < plan->target_count; i++) {
        const struct plan_target *target = &plan->targets[i];
        const struct plan_part *parts[] = {&target->desired, &target->live};
        add_findings(&sarif, target);
        for (size_t j = 0; j < ARRAY_LEN(parts); j++) {
            for (size_t k = 0; k < parts[j]->count; k++)
                add_step(&sarif, plan, target, &parts[j]->steps[k]);
        }
    }
    array_begin(&runs, arena);
    array_add(&runs, run_value(&sarif));
    object_begin(&log, arena);
    object_add(&log, STR("$schema"),
               value_string(STR("https://json.schemastore.org/sarif-2.1.0.json")));
    object_add(&log, STR("version"), value_string(STR("2.1.0")));
    object_add(&log, STR("runs"), array_finish(&runs));
    return object_finish(&log);
}

/* --- JUnit --- */

static void add_attribute(struct buf *buf, const char *name, str text)
{
    buf_printf(buf, " %s=\"", name);
    words_escape(text, buf);
    buf_add_byte(buf, '"');
}

static void print_failure(struct buf *buf, const char *type, str message, str text)
{
    buf_add(buf, STR("      <failure"));
    add_attribute(buf, "type", str_z(type));
    add_attribute(buf, "message", message);
    buf_add_byte(buf, '>');
    words_escape(text, buf);
    buf_add(buf, STR("</failure>\n"));
}

static void print_finding_case(struct buf *buf, const struct plan_target *target,
                               const struct finding *finding, struct arena *arena)
{
    str place =
        arena_printf(arena, "%.*s:%u", STR_ARG(finding->position.file), finding->position.line);
    buf_add(buf, STR("    <testcase"));
    add_attribute(buf, "classname", target->name);
    add_attribute(buf, "name", arena_printf(arena, "%s %.*s", finding->rule, STR_ARG(place)));
    add_attribute(buf, "file", finding->position.file);
    if (finding->position.line != 0)
        buf_printf(buf, " line=\"%u\"", finding->position.line);
    buf_add(buf, STR(">\n"));
    print_failure(buf, finding->rule, finding->text,
                  arena_printf(arena, "%.*s: %.*s\n%.*s", STR_ARG(place), STR_ARG(finding->text),
                               STR_ARG(finding->hint)));
    buf_add(buf, STR("    </testcase>\n"));
}

static void print_step_case(struct buf *buf, const struct plan *plan,
                            const struct plan_target *target, const struct step *step,
                            struct arena *arena)
{
    buf_add(buf, STR("    <testcase"));
    add_attribute(buf, "classname", target->name);
    add_attribute(buf, "name",
                  arena_printf(arena, "%s %.*s", step_action_name(step->action),
                               STR_ARG(object_id_text(&step->id, arena))));
    add_attribute(buf, "file", step->source.file);
    if (step->action != STEP_HOLD) {
        buf_add(buf, STR("/>\n"));
        return;
    }
    str hold = words_hold(&plan->groups[step->group]);
    buf_add(buf, STR(">\n"));
    print_failure(buf, "held", hold, hold);
    buf_add(buf, STR("    </testcase>\n"));
}

/* Only what stops the target is a failed case. */
static bool is_error(const struct finding *finding)
{
    return finding->severity == SEVERITY_ERROR;
}

static size_t count_errors(const struct plan_target *target)
{
    size_t errors = 0;
    for (size_t i = 0; i < target->finding_count; i++)
        errors += is_error(&target->findings[i]);
    return errors;
}

static void print_suite(struct buf *buf, const struct plan *plan, const struct plan_target *target,
                        struct arena *arena)
{
    const struct plan_part *part = plan->has_base ? &target->desired : &target->live;
    size_t errors = count_errors(target), held = part->counts[STEP_HOLD];
    bool unreached = target->live_state == LIVE_UNREACHABLE;
    buf_add(buf, STR("  <testsuite"));
    add_attribute(buf, "name", target->name);
    buf_printf(buf, " tests=\"%zu\" failures=\"%zu\">\n", errors + part->count + unreached,
               errors + held + unreached);
    for (size_t i = 0; i < target->finding_count; i++) {
        if (is_error(&target->findings[i]))
            print_finding_case(buf, target, &target->findings[i], arena);
    }
    if (unreached) {
        buf_add(buf, STR("    <testcase"));
        add_attribute(buf, "classname", target->name);
        buf_add(buf, STR(" name=\"reach the cluster\">\n"));
        print_failure(buf, "unknown", target->live_problem, target->live_problem);
        buf_add(buf, STR("    </testcase>\n"));
    }
    for (size_t i = 0; i < part->count; i++)
        print_step_case(buf, plan, target, &part->steps[i], arena);
    buf_add(buf, STR("  </testsuite>\n"));
}

void plan_report_junit(const struct plan *plan, struct buf *buf)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    buf_add(buf, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"syncd "
                     "plan\">\n"));
    for (size_t i = 0; i < plan->target_count; i++)
        print_suite(buf, plan, &plan->targets[i], arena);
    buf_add(buf, STR("</testsuites>\n"));
}
