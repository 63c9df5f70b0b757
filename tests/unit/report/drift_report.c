/* The fleet's drift: the ledger of what is open, and what is printed of it. */
#include "syncd/report/drift.h"

#include "syncd/base/clock.h"
#include "syncd/value/json.h"

#include <criterion/criterion.h>

static struct arena *arena;
static struct ledger *ledger;

static void set_up(void)
{
    static const uint8_t key[LEDGER_KEY] = {1, 2, 3};
    arena = arena_create(ARENA_NO_BUDGET);
    ledger = ledger_create(key);
}

static void tear_down(void)
{
    ledger_destroy(ledger);
    arena_destroy(arena);
}

TestSuite(drift_report, .init = set_up, .fini = tear_down);

static struct object_id object_of(const char *kind, const char *name)
{
    return (struct object_id){{STR(""), STR("v1"), str_z(kind)}, STR("ns"), str_z(name)};
}

static void find(const char *target, struct object_id id, struct drift drift,
                 enum drift_action action, int64_t wall_ns)
{
    struct drifts drifts = {0};
    VEC_PUSH(arena, &drifts.list, drift);
    ledger_set(ledger, str_z(target), &id, &drifts, &action, wall_ns);
}

static value document_of(const struct drift_target *targets, size_t count)
{
    return drift_document(ledger, STR("fleet"), targets, count, 100 * NS_PER_S, arena);
}

static str printed(value document, enum drift_format format)
{
    AUTO_BUF struct buf buf = BUF_INIT(64u << 20);
    drift_print(document, format, &buf);
    cr_assert_not(buf_failed(&buf));
    return buf_copy(&buf, arena);
}

static bool says(str text, const char *what)
{
    return str_find(text, str_z(what)) != SIZE_MAX;
}

static const struct drift changed = {.class = DRIFT_CHANGED, .path = STR_INIT(".data.a")};

Test(drift_report, keeps_when_a_finding_was_found_first)
{
    struct drift_target target = {.name = STR("t"), .known = true, .managed = 1};
    find("t", object_of("ConfigMap", "m"), changed, DRIFT_REPORT, 10 * NS_PER_S);
    find("t", object_of("ConfigMap", "m"), changed, DRIFT_REPORT, 20 * NS_PER_S);
    cr_assert_eq(ledger_count(ledger, STR("t")), 1);
    value document = document_of(&target, 1);
    cr_assert_eq(value_len(value_get(document, STR("drift"))), 1);
    struct drift_row row = drift_row_read(value_item(value_get(document, STR("drift")), 0));
    cr_assert(str_equal(row.since, STR("1970-01-01T00:00:10Z")), "%.*s", STR_ARG(row.since));
    cr_assert(drift_document_drifted(document));
}

Test(drift_report, forgets_what_is_over_and_what_is_ignored)
{
    struct object_id id = object_of("ConfigMap", "m");
    find("t", id, changed, DRIFT_REPORT, 1);
    ledger_clear(ledger, STR("t"), &id);
    cr_assert_eq(ledger_count(ledger, STR("t")), 0);
    find("t", id, changed, DRIFT_REPORT, 1);
    find("t", id, changed, DRIFT_IGNORE, 1);
    cr_assert_eq(ledger_count(ledger, STR("t")), 0);
    find("t", id, changed, DRIFT_REPORT, 1);
    find("t", object_of("ConfigMap", "n"), (struct drift){.class = DRIFT_STRANGER}, DRIFT_REPORT,
         1);
    ledger_forget(ledger, STR("t"));
    cr_assert_eq(ledger_count(ledger, STR("t")), 1); /* the stranger */
}

Test(drift_report, keeps_objects_that_are_ours_and_not_in_git_while_they_are_there)
{
    struct object_id here = object_of("ConfigMap", "here"), gone = object_of("ConfigMap", "gone");
    const struct drift stale = {.class = DRIFT_STALE};
    struct map keys = {0};
    find("t", here, stale, DRIFT_REPORT, 1);
    find("t", gone, stale, DRIFT_REPORT, 1);
    find("u", gone, stale, DRIFT_REPORT, 1);
    find("t", object_of("ConfigMap", "field"),
         (struct drift){.class = DRIFT_STALE, .path = STR(".data.b")}, DRIFT_REPORT, 1);
    (void)map_put(&keys, arena, object_id_key(&here, arena), arena);
    ledger_retain_stale(ledger, STR("t"), &keys);
    cr_assert_eq(ledger_count(ledger, STR("t")), 2);
    cr_assert_eq(ledger_count(ledger, STR("u")), 1);
}

static const enum drift_format formats[] = {DRIFT_TEXT, DRIFT_JSON,  DRIFT_MARKDOWN,
                                            DRIFT_HTML, DRIFT_JUNIT, DRIFT_SARIF};

Test(drift_report, shows_no_value_of_a_secret_in_any_form)
{
    struct drift_target target = {.name = STR("t"), .known = true, .managed = 1};
    struct drift drift = changed;
    drift.stated = value_string(STR("hunter-git"));
    drift.live = value_string(STR("hunter-live"));
    find("t", object_of("Secret", "s"), drift, DRIFT_REPORT, 1);
    value document = document_of(&target, 1);
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        str text = printed(document, formats[i]);
        cr_expect(says(text, ".data.a"), "%zu", i);
        cr_expect_not(says(text, "hunter"), "%zu", i);
    }
    cr_expect(says(printed(document, DRIFT_JSON), "hmac:"));
}

Test(drift_report, escapes_hostile_text_in_every_form)
{
    struct drift_target target = {.name = STR("t"), .known = true, .managed = 1};
    struct drift drift = changed;
    drift.live = value_string(STR("<script>alert(1)</script>]]>`|\x1b[31m\n## x"));
    drift.manager = STR("<b>&\x1b]0;x\x07");
    find("t", object_of("ConfigMap", "m"), drift, DRIFT_REPORT, 1);
    value document = document_of(&target, 1);
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        str text = printed(document, formats[i]);
        cr_expect_not(says(text, "\x1b"), "%zu", i);
        if (formats[i] == DRIFT_HTML || formats[i] == DRIFT_JUNIT)
            cr_expect_not(says(text, "<script>alert") || says(text, "<b>&"), "%zu", i);
    }
}

Test(drift_report, tells_every_class_apart)
{
    struct drift_target target = {.name = STR("t"), .known = true, .managed = DRIFT_CLASSES};
    for (unsigned class = 0; class < DRIFT_CLASSES; class ++) {
        str name = arena_printf(arena, "m%u", class);
        find("t", object_of("ConfigMap", name.ptr), (struct drift){.class = class},
             class == DRIFT_TAKEN ? DRIFT_CONTESTED : DRIFT_REPORT, 1);
    }
    value document = document_of(&target, 1);
    str text = printed(document, DRIFT_TEXT);
    for (unsigned class = 0; class < DRIFT_CLASSES; class ++)
        cr_expect(says(text, drift_class_text(class)), "%s", drift_class_text(class));
}

Test(drift_report, knows_what_is_old)
{
    struct drift_target targets[] = {
        {.name = STR("a"), .known = true, .heard_ns = 99 * NS_PER_S},
        {.name = STR("b"), .known = true, .heard_ns = 10 * NS_PER_S},
    };
    value document = document_of(targets, ARRAY_LEN(targets));
    cr_assert_not(drift_document_unknown(document));
    cr_assert_not(drift_document_unknown(
        drift_document_aged(document, 101 * NS_PER_S, 1000 * NS_PER_S, arena)));
    cr_assert(drift_document_unknown(
        drift_document_aged(document, 101 * NS_PER_S, 50 * NS_PER_S, arena)));
}

#define FLEET 10000

/* Readable: what is well is folded, sizes stay far under what a browser opens at once. */
Test(drift_report, is_readable_at_ten_thousand_clusters)
{
    struct drift_target *targets = ARENA_ARRAY(arena, struct drift_target, FLEET);
    for (unsigned i = 0; i < FLEET; i++) {
        targets[i] = (struct drift_target){.name = arena_printf(arena, "cluster-%05u", i),
                                           .phase = STR("settled"),
                                           .commit = STR("0123456789abcdef"),
                                           .known = i % 100 != 0,
                                           .heard_ns = 99 * NS_PER_S,
                                           .managed = 10};
        if (i % 10 == 0)
            find(targets[i].name.ptr, object_of("ConfigMap", "m"), changed, DRIFT_REPORT, 1);
    }
    value document = document_of(targets, FLEET);
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        str text = printed(document, formats[i]);
        if (formats[i] == DRIFT_MARKDOWN) /* for a comment: it says how much it leaves out */
            cr_expect(says(text, " more") && text.len < 65536, "%zu bytes", text.len);
        else
            cr_expect(says(text, "cluster-09990"), "%zu", i);
        cr_expect_lt(text.len, 8u << 20, "%zu: %zu bytes", i, text.len);
    }
    str html = printed(document, DRIFT_HTML);
    cr_expect_not(says(html, "://"));
    cr_expect_lt(html.len, 1u << 20, "%zu bytes", html.len);
}

Test(drift_report, makes_a_rule_of_a_finding)
{
    struct drift_target target = {.name = STR("t"), .known = true, .managed = 1};
    find("t", object_of("ConfigMap", "m"), changed, DRIFT_REPORT, 1);
    find("t", object_of("ConfigMap", "n"), (struct drift){.class = DRIFT_DELETED}, DRIFT_REPORT, 1);
    AUTO_BUF struct buf all = BUF_INIT(1 << 16), one = BUF_INIT(1 << 16);
    value document = document_of(&target, 1);
    drift_print_rules(document, STR(""), &all);
    drift_print_rules(document, STR(".data.a"), &one);
    cr_expect(says(buf_str(&all), "deleted") && says(buf_str(&all), ".data.a"));
    cr_expect(says(buf_str(&one), "action: ignore") && !says(buf_str(&one), "deleted"));
}
