/* Judging one object. */
#include "syncd/base/buf.h"
#include "syncd/health/rules_internal.h"

#include <string.h>

#define TEXT_MOST 512 /* bytes of a verdict's message */

const char *health_state_name(enum health_state state)
{
    static const char *const names[HEALTH_STATES] = {
        [HEALTH_NO_RULE] = "Unknown (no rule)", [HEALTH_STALE] = "Unknown (stale)",
        [HEALTH_MISSING] = "Missing",           [HEALTH_FAILED] = "Failed",
        [HEALTH_PROGRESSING] = "Progressing",   [HEALTH_TERMINATING] = "Terminating",
        [HEALTH_SUSPENDED] = "Suspended",       [HEALTH_READY] = "Ready",
        [HEALTH_UNKNOWN] = "Unknown",
    };
    return names[state];
}

bool health_lets_pass(enum health_state state)
{
    return state == HEALTH_READY || state == HEALTH_SUSPENDED || state == HEALTH_NO_RULE;
}

struct health_verdict health_as_of(const struct health_verdict *verdict, int64_t now_ns,
                                   int64_t ttl_ns)
{
    struct health_verdict aged = *verdict;
    if (now_ns - verdict->observed_ns <= ttl_ns)
        return aged;
    aged.state = HEALTH_STALE;
    aged.reason = STR("Stale");
    return aged;
}

static bool fits(str pattern, str text)
{
    if (pattern.len != 0 && pattern.ptr[0] == '*')
        return pattern.len == 1 || str_ends(text, str_skip(pattern, 1));
    return str_equal(pattern, text);
}

/* --- texts --- */

static void add_value(struct buf *buf, value v)
{
    switch (v.kind) {
    case VALUE_STRING: buf_add(buf, value_str(v)); return;
    case VALUE_NUMBER: buf_add(buf, value_number_text(v)); return;
    case VALUE_BOOL: buf_add(buf, value_true(v) ? STR("true") : STR("false")); return;
    case VALUE_ABSENT:
    case VALUE_NULL: buf_add(buf, STR("none")); return;
    default: buf_printf(buf, "%zu", value_len(v)); return;
    }
}

/* {path} from the object, {item.path} from what the test found. */
static void add_field(struct buf *buf, str name, const struct sight *sight)
{
    struct sight from = *sight;
    struct path path;
    struct error ignored = ERROR_INIT;
    if (str_starts(name, STR("item."))) {
        name = str_skip(name, 5);
        from.item = sight->found;
    }
    struct arena_mark mark = arena_mark(sight->scratch);
    if (path_parse(name, sight->scratch, &path, &ignored))
        add_value(buf, path_find(&path, &from));
    arena_rewind(sight->scratch, mark);
}

static str fill(str template, str fallback, const struct sight *sight, struct arena *arena)
{
    AUTO_BUF struct buf text = BUF_INIT(64u << 10);
    str rest = template.len != 0 ? template : value_str(value_get(sight->found, fallback));
    while (template.len != 0 && rest.len != 0) {
        size_t open = str_index(rest, '{');
        size_t close = open == SIZE_MAX ? SIZE_MAX : str_index(str_skip(rest, open), '}');
        buf_add(&text, str_slice(rest, 0, close == SIZE_MAX ? rest.len : open));
        if (close == SIZE_MAX)
            break;
        add_field(&text, str_slice(rest, open + 1, close - 1), sight);
        rest = str_skip(rest, open + close + 1);
    }
    str whole = template.len != 0 ? buf_str(&text) : rest;
    size_t length = whole.len < TEXT_MOST ? whole.len : TEXT_MOST;
    while (length != 0 && length < whole.len && ((unsigned char)whole.ptr[length] & 0xC0) == 0x80)
        length--; /* not in the middle of a character */
    return arena_str(arena, str_slice(whole, 0, length));
}

/* --- verdicts --- */

static bool is_behind(const struct rule *rule, const struct sight *sight)
{
    int64_t observed;
    return rule->checks_generation && value_to_i64(path_find(&rule->observed, sight), &observed) &&
           observed < object_generation(sight->object);
}

static bool judge_by(const struct rule *rule, struct sight *sight, struct arena *arena,
                     struct health_verdict *verdict)
{
    if (!test_holds(&rule->when, sight))
        return false;
    verdict->rule = rule->id;
    if (is_behind(rule, sight)) {
        verdict->state = HEALTH_PROGRESSING;
        verdict->reason = STR("OldGeneration");
        verdict->message = STR("the status is for an older generation");
        return true;
    }
    for (size_t i = 0; i < rule->verdict_count; i++) {
        const struct verdict_rule *choice = &rule->verdicts[i];
        sight->found = value_absent();
        if (!test_holds(&choice->test, sight))
            continue;
        verdict->state = choice->state;
        verdict->reason = fill(choice->reason, STR("reason"), sight, arena);
        verdict->message = fill(choice->message, STR("message"), sight, arena);
        return true;
    }
    return false;
}

static bool judge_by_rules(const struct health_rules *rules, const struct gvk *gvk,
                           struct sight *sight, struct arena *arena, struct health_verdict *verdict)
{
    uint32_t last = UINT32_MAX;
    VEC_FOR (const struct rule_kind, kind, &rules->kinds) {
        if (kind->rule == last || !fits(kind->group, gvk->group) || !fits(kind->kind, gvk->kind))
            continue;
        last = kind->rule;
        if (judge_by(&rules->rules.items[kind->rule], sight, arena, verdict))
            return true;
    }
    return false;
}

static struct health_verdict judge_leaving(const struct health_evidence *seen,
                                           struct health_verdict verdict, struct arena *arena)
{
    value finalizers = value_get2(seen->object, STR("metadata"), STR("finalizers"));
    verdict.state = HEALTH_TERMINATING;
    verdict.reason = STR("Terminating");
    if (value_len(finalizers) != 0)
        verdict.message = arena_printf(arena, "waits for finalizer %.*s%s",
                                       STR_ARG(value_str(value_item(finalizers, 0))),
                                       value_len(finalizers) > 1 ? " and others" : "");
    return verdict;
}

struct health_verdict health_judge(const struct health_rules *rules,
                                   const struct health_evidence *seen, struct arena *arena)
{
    struct health_verdict verdict = {.generation = object_generation(seen->object),
                                     .observed_ns = seen->heard_ns};
    struct gvk gvk = {0};
    if (!value_is(seen->object, VALUE_OBJECT)) {
        verdict.state = HEALTH_MISSING;
        verdict.reason = STR("Missing");
        return verdict;
    }
    if (object_is_deleting(seen->object))
        return judge_leaving(seen, verdict, arena);
    if (!gvk_from_api_version(value_str(value_get(seen->object, STR("apiVersion"))),
                              value_str(value_get(seen->object, STR("kind"))), &gvk))
        return verdict; /* no object of a kind: no rule is for it */
    struct sight sight = {.item = seen->object,
                          .object = seen->object,
                          .facts = seen->facts,
                          .found = value_absent(),
                          .fuel = JUDGE_FUEL,
                          .scratch = arena};
    if (judge_by_rules(rules, &gvk, &sight, arena, &verdict))
        return verdict;
    verdict.rule = (str){0};
    if (sight.fuel == 0) {
        verdict.reason = STR("TooLarge");
        verdict.message = STR("the object is too large to be judged");
    } else if (seen->has_status && value_len(value_get(seen->object, STR("status"))) == 0) {
        verdict.state = HEALTH_PROGRESSING;
        verdict.reason = STR("NoStatus");
        verdict.message = STR("its controller has not written a status yet");
    } else {
        verdict.reason = STR("NoRule");
    }
    return verdict;
}
