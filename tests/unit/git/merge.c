#include "syncd/base/buf.h"
#include "syncd/git/notes.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static struct arena *arena;

static void start(void)
{
    arena = arena_create(ARENA_NO_BUDGET);
}

static void finish(void)
{
    arena_destroy(arena);
}

TestSuite(note_merge, .init = start, .fini = finish);

static str merged(str theirs, str ours)
{
    return note_merge(theirs, ours, limits_default(), arena);
}

#define SUM_1 "{\"r\":\"0-sum\",\"at\":\"2023-03-02T10:41:07Z\",\"verdict\":\"Progressing\"}\n"
#define SUM_2 "{\"r\":\"0-sum\",\"at\":\"2023-03-02T10:41:08Z\",\"verdict\":\"Ready\"}\n"
#define OBJ_A                                                                                      \
    "{\"r\":\"1-obj\",\"t\":\"mgmt\",\"k\":\"Cluster\",\"n\":\"a/"                                 \
    "a\",\"at\":\"2023-03-02T10:41:07Z\"}\n"
#define OBJ_B                                                                                      \
    "{\"r\":\"1-obj\",\"t\":\"mgmt\",\"k\":\"Cluster\",\"n\":\"a/"                                 \
    "b\",\"at\":\"2023-03-02T10:41:07Z\"}\n"

Test(note_merge, keeps_the_newest_of_each_key_sorted)
{
    cr_expect(str_equal(merged(STR(OBJ_B SUM_1), STR(SUM_2 OBJ_A)), STR(SUM_2 OBJ_A OBJ_B)));
    cr_expect(str_equal(merged(STR(SUM_2), STR(SUM_1)), STR(SUM_2)),
              "an older one changes nothing");
    cr_expect(str_equal(merged(STR(""), STR(SUM_1)), STR(SUM_1)));
    cr_expect(str_equal(merged(STR(""), STR("")), STR("")));
}

Test(note_merge, settles_equal_times_by_sequence_then_text)
{
    str a = STR("{\"r\":\"x\",\"at\":\"2023-03-02T10:41:07Z\",\"seq\":2,\"v\":1}\n");
    str b = STR("{\"r\":\"x\",\"at\":\"2023-03-02T10:41:07Z\",\"seq\":10,\"v\":0}\n");
    str c = STR("{\"r\":\"x\",\"at\":\"2023-03-02T12:41:07+02:00\",\"seq\":10,\"v\":1}\n");
    cr_expect(str_equal(merged(a, b), b));
    cr_expect(str_equal(merged(b, a), b));
    cr_expect(str_equal(merged(b, c), merged(c, b)));
}

Test(note_merge, leaves_foreign_lines_as_they_are)
{
    str foreign = STR("Reviewed-by: Ann\n\n  {not json\n\xff\xfe\nReviewed-by: Ann\nlast");
    cr_expect(str_equal(merged(foreign, STR("")), foreign));
    str both = merged(foreign, STR(SUM_1));
    cr_expect(str_starts(both, STR(SUM_1)));
    cr_expect(str_equal(str_skip(both, sizeof(SUM_1) - 1), foreign));
    cr_expect(str_equal(merged(both, STR(SUM_1)), both));
    str object = STR("{\"no\":\"r\"}\n[1]\n");
    cr_expect(str_equal(merged(object, STR("")), object));
}

Test(note_merge, is_right_after_a_foreign_union)
{
    /* `git notes merge -s cat_sort_uniq` leaves both versions of a record, sorted. */
    str joined = STR(SUM_1 SUM_2 OBJ_A OBJ_B);
    cr_expect(str_equal(merged(joined, STR("")), STR(SUM_2 OBJ_A OBJ_B)));
}

/* Any order and grouping of the same writers gives the same text. */
Test(note_merge, does_not_depend_on_the_order)
{
    srand(1);
    for (int round = 0; round < 200; round++) {
        str part[3];
        for (size_t i = 0; i < 3; i++) {
            AUTO_BUF struct buf text = BUF_INIT(1 << 16);
            for (int line = rand() % 6; line > 0; line--)
                buf_printf(
                    &text,
                    "{\"r\":\"1-obj\",\"t\":\"t%d\",\"n\":\"n%d\",\"at\":\"2023-03-02T10:4%d:"
                    "07Z\",\"v\":%d}\n",
                    rand() % 2, rand() % 3, rand() % 3, rand() % 3);
            part[i] = buf_copy(&text, arena);
        }
        str left = merged(merged(part[0], part[1]), part[2]);
        str right = merged(part[2], merged(part[1], part[0]));
        cr_assert(str_equal(left, right), "%.*s--\n%.*s", STR_ARG(left), STR_ARG(right));
        cr_assert(str_equal(merged(left, part[1]), left));
    }
}

Test(note_merge, cuts_objects_before_the_summary)
{
    AUTO_BUF struct buf text = BUF_INIT(1 << 20);
    buf_add(&text, STR(SUM_1));
    for (int i = 0; i < 3000; i++)
        buf_printf(&text, "{\"r\":\"1-obj\",\"n\":\"%04d\",\"at\":\"2023-03-02T10:41:07Z\"}\n", i);
    buf_add(&text, STR("{\"r\":\"2-block\",\"n\":\"x\"}\n{\"r\":\"9-final\"}\n"));
    str whole = merged(STR(""), buf_str(&text));
    str note = note_merge_head(whole, limits_default(), arena);
    cr_expect(note.len <= limits_default()->note_bytes);
    cr_expect(note.len > limits_default()->note_bytes - 300);
    cr_expect(str_starts(note, STR(SUM_1)));
    cr_expect(str_find(note, STR("2-block")) != SIZE_MAX);
    cr_expect(str_find(note, STR("{\"r\":\"8-more\",\"dropped\":1")) != SIZE_MAX);
    cr_expect(str_ends(note, STR("{\"r\":\"9-final\"}\n")));
    cr_expect(str_equal(note_merge_head(note, limits_default(), arena), note),
              "cutting once is enough");
    cr_expect(str_equal(merged(whole, note), whole), "nothing is lost");
    cr_expect(str_find(whole, STR("8-more")) == SIZE_MAX);
    struct limits limits = *limits_default();
    limits.note_details = limits.note_bytes;
    str cut = note_merge(STR(""), buf_str(&text), &limits, arena);
    cr_expect(cut.len <= limits.note_bytes);
    cr_expect(str_find(cut, STR("{\"r\":\"8-cut\",\"dropped\":1")) != SIZE_MAX);
    cr_expect(str_equal(note_merge(cut, STR(""), &limits, arena), cut));
}
