#include "syncd/plan/hole.h"
#include "commits.h"

TestSuite(hole, .init = set_up, .fini = tear_down);

static void expect_filled(const char *document, const char *live, const char *want)
{
    str text = json_text(hole_fill(doc(document), doc(live), arena), JSON_COMPACT, arena);
    cr_expect(value_equal(hole_fill(doc(document), doc(live), arena), doc(want)), "%.*s",
              STR_ARG(text));
}

Test(hole, is_filled_with_what_the_cluster_has)
{
    expect_filled("{'a':'(frozen x 0)','b':'c'}", "{'a':'real','b':'other'}",
                  "{'a':'real','b':'c'}");
    expect_filled("{'l':[{'p':'--x=(frozen y 1)'},1]}", "{'l':[{'p':'--x=abc','q':1}]}",
                  "{'l':[{'p':'--x=abc'},1]}");
    expect_filled("{'data':{'k':'KGZyb3plbiB4IDApCg=='}}", "{'data':{'k':'cmVhbA=='}}",
                  "{'data':{'k':'cmVhbA=='}}");
}

Test(hole, stays_where_the_cluster_has_nothing)
{
    expect_filled("{'a':'(frozen x 0)'}", "{}", "{'a':'(frozen x 0)'}");
    expect_filled("{'a':'(frozen x 0)'}", "{'a':7}", "{'a':'(frozen x 0)'}");
}
