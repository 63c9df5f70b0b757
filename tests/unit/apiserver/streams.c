/* Watches. */
#include "tests/unit/apiserver/plane.h"

static struct plane plane;

static void set_up(void)
{
    plane_open(&plane, NULL);
}

static void tear_down(void)
{
    plane_close(&plane);
}

#define MAPS "/api/v1/namespaces/default/configmaps"

TestSuite(streams, .init = set_up, .fini = tear_down);

static void create(const char *name, const char *label)
{
    str body = arena_printf(plane.arena,
                            "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'%s',"
                            "'labels':{'l':'%s'}}}",
                            name, label);
    plane_expect(&plane, 201, "POST", MAPS, body.ptr);
}

static size_t count(const struct heard *heard, const char *what)
{
    size_t found = 0;
    str rest = buf_str(&heard->bytes);
    for (size_t at = str_find(rest, str_z(what)); at != SIZE_MAX;
         at = str_find(rest, str_z(what))) {
        found++;
        rest = str_skip(rest, at + 1);
    }
    return found;
}

Test(streams, begin_with_what_is_there_and_go_on)
{
    struct heard heard;
    create("a", "x");
    struct api_watch *watch = plane_watch(&plane, MAPS "?watch=1", &heard);
    cr_expect_eq(count(&heard, "\"ADDED\""), 1);
    create("b", "x");
    plane_expect(&plane, 200, "DELETE", MAPS "/a", NULL);
    cr_expect_eq(count(&heard, "\"ADDED\""), 2);
    cr_expect_eq(count(&heard, "\"DELETED\""), 1);
    api_watch_stop(watch);
    buf_finish(&heard.bytes);
}

Test(streams, end_the_initial_events_with_a_bookmark)
{
    struct heard heard;
    create("a", "x");
    struct api_watch *watch =
        plane_watch(&plane,
                    MAPS "?watch=1&sendInitialEvents=true&allowWatchBookmarks=true"
                         "&resourceVersionMatch=NotOlderThan",
                    &heard);
    cr_expect_eq(count(&heard, "\"ADDED\""), 1);
    cr_expect_eq(count(&heard, "k8s.io/initial-events-end"), 1);
    api_watch_stop(watch);
    buf_finish(&heard.bytes);
}

Test(streams, tell_of_objects_that_stop_matching_as_deleted)
{
    struct heard heard;
    create("a", "x");
    struct api_watch *watch = plane_watch(&plane, MAPS "?watch=1&labelSelector=l%3Dx", &heard);
    plane_expect(&plane, 200, "PATCH", MAPS "/a", "{'metadata':{'labels':{'l':'y'}}}");
    cr_expect_eq(count(&heard, "\"DELETED\""), 1);
    plane_expect(&plane, 200, "PATCH", MAPS "/a", "{'metadata':{'labels':{'l':'x'}}}");
    cr_expect_eq(count(&heard, "\"ADDED\""), 2);
    cr_expect_eq(count(&heard, "\"MODIFIED\""), 0);
    api_watch_stop(watch);
    buf_finish(&heard.bytes);
}

Test(streams, wait_for_slow_clients_and_lose_nothing)
{
    struct heard heard;
    struct api_watch *watch = plane_watch(&plane, MAPS "?watch=1", &heard);
    heard.full = true;
    create("a", "x");
    create("b", "x");
    cr_expect_eq(count(&heard, "\"ADDED\""), 0);
    heard.full = false;
    api_watch_pump(watch);
    cr_expect_eq(count(&heard, "\"ADDED\""), 2);
    api_watch_stop(watch);
    buf_finish(&heard.bytes);
}

Test(streams, say_410_when_the_history_is_gone)
{
    struct heard heard;
    plane_close(&plane);
    plane_open(&plane, &(struct api_world_options){.history_count = 2});
    for (char name[] = "a"; name[0] < 'f'; name[0]++)
        create(name, "x");
    struct api_watch *watch = plane_watch(&plane, MAPS "?watch=1&resourceVersion=1", &heard);
    cr_expect_eq(count(&heard, "\"code\":410"), 1);
    cr_expect(heard.ended);
    api_watch_stop(watch);
    buf_finish(&heard.bytes);
}

Test(streams, end_with_their_resource)
{
    struct heard heard;
    plane_add_machines(&plane);
    struct api_watch *watch = plane_watch(&plane, "/apis/example.com/v1/machines?watch=1", &heard);
    plane_expect(&plane, 200, "DELETE",
                 "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/machines.example.com",
                 NULL);
    cr_expect(heard.ended);
    plane_expect(&plane, 404, "GET", "/apis/example.com/v1/machines", NULL);
    api_watch_stop(watch);
    buf_finish(&heard.bytes);
}
