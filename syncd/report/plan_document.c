/* A plan as a document, for programs. */
#include "syncd/report/plan_words.h"

#define FORMAT 1

static void add_text(struct object_builder *builder, const char *key, str text)
{
    if (text.len != 0)
        object_add(builder, str_z(key), value_string(text));
}

static value counts_value(const size_t counts[STEP_ACTIONS], struct arena *arena)
{
    struct object_builder object;
    object_begin(&object, arena);
    for (size_t i = 0; i < STEP_ACTIONS; i++)
        object_add(&object, str_z(step_action_name((enum step_action)i)),
                   value_uint(counts[i], arena));
    return object_finish(&object);
}

static value risks_value(unsigned risks, struct arena *arena)
{
    struct array_builder list;
    array_begin(&list, arena);
    for (enum risk risk = 0; risk < RISK_COUNT; risk++) {
        if ((risks & risk_bit(risk)) != 0)
            array_add(&list, value_string(str_z(risk_name(risk))));
    }
    return array_finish(&list);
}

static value digest_value(const struct plan_digest *digest, struct arena *arena)
{
    char text[PLAN_DIGEST_TEXT];
    plan_digest_print(digest, text);
    return value_string(arena_str(arena, str_z(text)));
}

static void add_position(struct object_builder *builder, const struct position *position,
                         struct arena *arena)
{
    add_text(builder, "file", position->file);
    if (position->line != 0)
        object_add(builder, STR("line"), value_uint(position->line, arena));
}

static value findings_value(const struct plan_target *target, struct arena *arena)
{
    struct array_builder list;
    array_begin(&list, arena);
    for (size_t i = 0; i < target->finding_count; i++) {
        const struct finding *finding = &target->findings[i];
        struct object_builder object;
        object_begin(&object, arena);
        add_position(&object, &finding->position, arena);
        object_add(&object, STR("severity"),
                   value_string(str_z(words_severity(finding->severity))));
        object_add(&object, STR("rule"), value_string(str_z(finding->rule)));
        object_add(&object, STR("text"), value_string(finding->text));
        add_text(&object, "hint", finding->hint);
        array_add(&list, object_finish(&object));
    }
    return array_finish(&list);
}

static value step_value(const struct step *step, struct arena *arena)
{
    static const char *const holds[] = {
        [HOLD_IMMUTABLE] = "immutable", [HOLD_CONFLICT] = "conflict", [HOLD_REFUSED] = "refused"};
    struct object_builder object;
    object_begin(&object, arena);
    object_add(&object, STR("action"), value_string(str_z(step_action_name(step->action))));
    object_add(&object, STR("apiVersion"), value_string(gvk_api_version(step->id.gvk, arena)));
    object_add(&object, STR("kind"), value_string(step->id.gvk.kind));
    add_text(&object, "namespace", step->id.namespace);
    object_add(&object, STR("name"), value_string(step->id.name));
    add_position(&object, &step->source, arena);
    object_add(&object, STR("wave"), value_uint(step->wave, arena));
    object_add(&object, STR("group"), value_uint(step->group, arena));
    if (step->hook)
        object_add(&object, STR("hook"), value_bool(true));
    if (step->risks != 0)
        object_add(&object, STR("risks"), risks_value(step->risks, arena));
    if (step->hold == HOLD_GATE)
        object_add(&object, STR("hold"), value_string(str_z(gate_reason_name(step->gate))));
    else if (step->hold != HOLD_NONE)
        object_add(&object, STR("hold"), value_string(str_z(holds[step->hold])));
    add_text(&object, "problem", step->problem);
    return object_finish(&object);
}

static value part_value(const struct plan_part *part, struct arena *arena)
{
    struct array_builder steps;
    struct object_builder object;
    array_begin(&steps, arena);
    for (size_t i = 0; i < part->count; i++)
        array_add(&steps, step_value(&part->steps[i], arena));
    object_begin(&object, arena);
    object_add(&object, STR("counts"), counts_value(part->counts, arena));
    object_add(&object, STR("steps"), array_finish(&steps));
    return object_finish(&object);
}

static value live_value(const struct plan_target *target, struct arena *arena)
{
    static const char *const states[] = {[LIVE_NOT_EVALUATED] = "not evaluated",
                                         [LIVE_UNREACHABLE] = "not reached",
                                         [LIVE_EVALUATED] = "evaluated"};
    value part = part_value(&target->live, arena);
    part = value_with(part, STR("state"), value_string(str_z(states[target->live_state])), arena);
    if (target->verified != 0) {
        part = value_with(part, STR("verified"), value_uint(target->verified, arena), arena);
        part = value_with(part, STR("different"), value_uint(target->different, arena), arena);
    }
    if (target->live_problem.len != 0)
        part = value_with(part, STR("problem"), value_string(target->live_problem), arena);
    return part;
}

static value target_value(const struct plan *plan, const struct plan_target *target,
                          struct arena *arena)
{
    struct object_builder object;
    object_begin(&object, arena);
    object_add(&object, STR("name"), value_string(target->name));
    add_text(&object, "role", target->role);
    add_text(&object, "region", target->region);
    object_add(&object, STR("refused"), value_bool(target->refused));
    if (target->base_refused)
        object_add(&object, STR("baseRefused"), value_bool(true));
    if (plan->has_base)
        object_add(&object, STR("desired"), part_value(&target->desired, arena));
    if (plan->has_base && !target->refused)
        object_add(&object, STR("digest"), digest_value(&target->digest, arena));
    object_add(&object, STR("live"), live_value(target, arena));
    object_add(&object, STR("findings"), findings_value(target, arena));
    return object_finish(&object);
}

static value group_value(const struct plan_group *group, struct arena *arena)
{
    struct array_builder changes;
    struct object_builder object;
    array_begin(&changes, arena);
    for (size_t i = 0; i < group->change_count; i++) {
        const struct change *change = &group->changes[i];
        struct object_builder one;
        object_begin(&one, arena);
        object_add(&one, STR("path"), value_string(change->path));
        if (value_present(change->before))
            object_add(&one, STR("before"), change->before);
        if (value_present(change->after))
            object_add(&one, STR("after"), change->after);
        array_add(&changes, object_finish(&one));
    }
    object_begin(&object, arena);
    object_add(&object, STR("action"), value_string(str_z(step_action_name(group->action))));
    object_add(&object, STR("part"), value_string(group->live ? STR("live") : STR("desired")));
    object_add(&object, STR("apiVersion"), value_string(gvk_api_version(group->gvk, arena)));
    object_add(&object, STR("kind"), value_string(group->gvk.kind));
    object_add(&object, STR("objects"), value_uint(group->member_count, arena));
    object_add(&object, STR("targets"), value_uint(group->target_count, arena));
    object_add(&object, STR("risks"), risks_value(group->risks, arena));
    object_add(&object, STR("changes"), array_finish(&changes));
    return object_finish(&object);
}

value plan_report_document(const struct plan *plan, struct arena *arena)
{
    struct array_builder targets, groups;
    struct object_builder object;
    array_begin(&targets, arena);
    array_begin(&groups, arena);
    for (size_t i = 0; i < plan->target_count; i++)
        array_add(&targets, target_value(plan, &plan->targets[i], arena));
    for (size_t i = 0; i < plan->group_count; i++)
        array_add(&groups, group_value(&plan->groups[i], arena));
    object_begin(&object, arena);
    object_add(&object, STR("format"), value_int(FORMAT, arena));
    add_text(&object, "base", plan->base);
    object_add(&object, STR("head"), value_string(plan->head));
    object_add(&object, STR("verdict"), value_string(str_z(plan_verdict_name(plan_verdict(plan)))));
    if (plan->has_base && plan->whole)
        object_add(&object, STR("digest"), digest_value(&plan->digest, arena));
    if (plan->has_base)
        object_add(&object, STR("counts"), counts_value(plan->counts, arena));
    if (plan->has_live)
        object_add(&object, STR("liveCounts"), counts_value(plan->live_counts, arena));
    object_add(&object, STR("risks"), risks_value(plan->risks, arena));
    object_add(&object, STR("groups"), array_finish(&groups));
    object_add(&object, STR("targets"), array_finish(&targets));
    return object_finish(&object);
}
