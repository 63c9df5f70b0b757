#include "syncd/rollout/holds.h"

#include "syncd/value/json.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define ROLLOUT(name, from, to)                                                                    \
    "{'apiVersion':'syncd.dev/v1alpha1','kind':'Rollout','metadata':{'name':'" name "'},'spec':{"  \
    "'object':{'apiVersion':'x.y/v1','kind':'Box'},'field':'spec.release','from':'" from           \
    "','to':'" to "','waves':[{'name':'all'}]}}"
#define BOX(name, release)                                                                         \
    "{'apiVersion':'x.y/v1','kind':'Box','metadata':{'name':'" name                                \
    "','namespace':'n'},'spec':{'release':'" release "'}}"

static struct arena *arena;
static struct findings findings;
static struct desired *desired;
static const struct rollout_set *set;

static void set_up(void)
{
    arena = arena_create(ARENA_NO_BUDGET);
    findings_init(&findings, arena);
}

static void tear_down(void)
{
    desired_unref(desired);
    desired = NULL;
    arena_destroy(arena);
}

TestSuite(holds, .init = set_up, .fini = tear_down);

/* JSON with ' for ". */
static value doc(const char *text)
{
    struct error err = ERROR_INIT;
    size_t len = strlen(text);
    char *copy = arena_alloc_bytes(arena, len + 1);
    value document;
    for (size_t i = 0; i <= len; i++)
        copy[i] = text[i] == '\'' ? '"' : text[i];
    cr_assert(json_read(str_from(copy, len), limits_default(), arena, &document, &err), "%s",
              err.text);
    return document;
}

static int compare_ids(const void *left, const void *right)
{
    return object_id_compare(&((const struct wire_object *)left)->id,
                             &((const struct wire_object *)right)->id);
}

/* The documents of a commit, beside what is on record. */
static bool hold(const char *const *documents, const struct rollout_kept *kept, size_t kept_count)
{
    struct wire_unit unit = {.name = STR("mgmt"), .right = true};
    for (; *documents != NULL; documents++) {
        struct object object;
        struct error err = ERROR_INIT;
        cr_assert(object_from_document(doc(*documents), (struct position){.file = STR("a.yaml")},
                                       &object, &err),
                  "%s", err.text);
        str json = json_text(object.document, JSON_COMPACT, arena);
        const struct wire_object wired = {
            .id = object.id, .source = object.source, .digest = hash_stable128(json), .json = json};
        VEC_PUSH(arena, &unit.objects, wired);
    }
    qsort(unit.objects.items, unit.objects.len, sizeof(*unit.objects.items), compare_ids);
    desired_unref(desired);
    desired = desired_make(&unit, STR("c0ffee"), 1, arena_create(ARENA_NO_BUDGET));
    return rollout_hold_back(desired, NULL, kept, kept_count, &findings, &set);
}
#define COMMIT(...) ((const char *const[]){__VA_ARGS__, NULL})

/* On record: the rollout, by which the named boxes (NULL-ended) were let go. */
static struct rollout_kept record(const char *rollout, enum rollout_status status,
                                  const char *const *gone)
{
    const struct rollout_spec *spec;
    value document = doc(rollout);
    cr_assert(rollout_read(document, (struct position){0}, arena, &findings, &spec));
    struct rollout_state state = rollout_state_new(spec, arena);
    struct rollout_record records[4];
    state.status = status;
    state.records = records;
    for (; *gone != NULL; gone++)
        records[state.record_count++] =
            (struct rollout_record){.name = str_z(*gone), .phase = ROLLOUT_DONE};
    return (struct rollout_kept){json_text(document, JSON_COMPACT, arena),
                                 rollout_state_text(spec, &state, arena)};
}
#define LET_GO(...) ((const char *const[]){__VA_ARGS__})

static bool is_held(const char *name)
{
    for (size_t i = 0; i < desired->hold_count; i++) {
        if (str_equal(desired->objects[desired->holds[i].object].id.name, str_z(name)))
            return true;
    }
    return false;
}

Test(holds, those_that_git_wants_to_be_new)
{
    cr_assert(hold(COMMIT(ROLLOUT("r", "1", "2"), BOX("a", "2"), BOX("b", "1")), NULL, 0));
    cr_expect(is_held("a") && !is_held("b"));
    cr_assert_eq(set->count, 1);
    cr_expect_eq(set->list[0].count, 1);
    cr_expect_neq(str_find(desired->holds[0].before.json, STR("\"release\":\"1\"")), SIZE_MAX);
}

Test(holds, a_rollout_whose_file_is_gone_goes_on_holding)
{
    const struct rollout_kept kept =
        record(ROLLOUT("r", "1", "2"), ROLLOUT_RUNNING, LET_GO("n/a", NULL));
    cr_assert(hold(COMMIT(BOX("a", "2"), BOX("b", "2"), BOX("c", "1")), &kept, 1));
    cr_assert_eq(set->count, 1);
    cr_expect(set->list[0].spec->left);
    cr_expect(is_held("b") && !is_held("c"));
    cr_expect_eq(set->list[0].count, 2); /* who was let go is on its record still */
}

Test(holds, a_complete_one_is_over)
{
    const struct rollout_kept kept = record(ROLLOUT("r", "1", "2"), ROLLOUT_COMPLETE, LET_GO(NULL));
    cr_assert(hold(COMMIT(BOX("a", "2")), &kept, 1));
    cr_expect(set->count == 0 && !is_held("a"));
}

Test(holds, an_aborted_one_is_not_over)
{
    const struct rollout_kept kept = record(ROLLOUT("r", "1", "2"), ROLLOUT_ABORTED, LET_GO(NULL));
    cr_assert(hold(COMMIT(BOX("a", "2")), &kept, 1));
    cr_expect(is_held("a"));
}

Test(holds, one_that_is_in_git_is_taken_from_there)
{
    const struct rollout_kept kept = record(ROLLOUT("r", "1", "2"), ROLLOUT_RUNNING, LET_GO(NULL));
    cr_assert(hold(COMMIT(ROLLOUT("r", "1", "2"), BOX("a", "2")), &kept, 1));
    cr_assert_eq(set->count, 1);
    cr_expect(!set->list[0].spec->left);
}

Test(holds, another_name_for_it_takes_its_clusters)
{
    const struct rollout_kept kept = record(ROLLOUT("r", "1", "2"), ROLLOUT_RUNNING, LET_GO(NULL));
    cr_assert(hold(COMMIT(ROLLOUT("s", "1", "2"), BOX("a", "2")), &kept, 1));
    cr_expect(is_held("a"));
    cr_expect_eq(set->list[0].count, 1);
    cr_expect_eq(set->list[1].count, 0); /* it has nobody left, and is over */
}

Test(holds, made_another_change_while_it_holds)
{
    static const struct {
        const char *let_go;
        const char *release; /* of the box that it held */
        bool right;
    } rows[] = {{NULL, "2", false}, {"n/a", "2", true}, {NULL, "3", true}, {NULL, "1", true}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct rollout_kept kept =
            record(ROLLOUT("r", "1", "2"), ROLLOUT_RUNNING, LET_GO(rows[i].let_go, NULL));
        const char *box = arena_printf(arena,
                                       "{'apiVersion':'x.y/v1','kind':'Box','metadata':{"
                                       "'name':'a','namespace':'n'},'spec':{'release':'%s'}}",
                                       rows[i].release)
                              .ptr;
        findings_init(&findings, arena);
        cr_expect_eq(hold(COMMIT(ROLLOUT("r", "1", "3"), box), &kept, 1), rows[i].right, "%zu", i);
        if (!rows[i].right) {
            cr_assert_eq(findings.list.len, 1);
            cr_expect_str_eq(findings.list.items[0].rule, "E_ROLLOUT");
            cr_expect_neq(str_find(findings.list.items[0].text, STR("n/a")), SIZE_MAX);
        }
    }
}

Test(holds, a_record_that_cannot_be_read)
{
    const struct rollout_kept damaged = {STR("{"), STR("{}")};
    cr_expect(!hold(COMMIT(BOX("a", "2")), &damaged, 1));
    cr_expect_str_eq(findings.list.items[0].rule, "E_ROLLOUT");
    /* By a state that cannot be read nobody was let go. */
    struct rollout_kept kept = record(ROLLOUT("r", "1", "2"), ROLLOUT_RUNNING, LET_GO("n/a", NULL));
    kept.state = STR("{");
    cr_assert(hold(COMMIT(BOX("a", "2")), &kept, 1));
    cr_expect(is_held("a"));
}

Test(holds, two_want_the_same)
{
    cr_expect(
        !hold(COMMIT(ROLLOUT("r", "1", "2"), ROLLOUT("s", "1", "2"), BOX("a", "2")), NULL, 0));
}
