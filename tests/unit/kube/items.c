#include "syncd/kube/kube_internal.h"

#include <criterion/criterion.h>

struct heard {
    struct buf text;
    size_t stop_at, items;
};

static bool item(void *context, str text)
{
    struct heard *heard = context;
    buf_printf(&heard->text, "<%.*s>", STR_ARG(text));
    return ++heard->items != heard->stop_at;
}

static void member(void *context, str key, str text)
{
    struct heard *heard = context;
    buf_printf(&heard->text, "%.*s=%.*s;", STR_ARG(key), STR_ARG(text));
}

static bool feed_items(const char *text, size_t step, struct heard *heard, struct error *err,
                       enum item_state *ret_state)
{
    struct item_reader reader;
    item_reader_init(&reader, 200);
    reader.item = item;
    reader.member = member;
    reader.context = heard;
    bool fine = true;
    const str all = str_z(text);
    for (size_t at = 0; fine && at < all.len; at += step)
        fine = item_reader_feed(&reader, str_slice(all, at, step), err);
    *ret_state = reader.state;
    item_reader_finish(&reader);
    return fine;
}

static const char list[] = " {\"kind\" : \"ThingList\",\"n\":12 "
                           ",\"t\":true,\"items\":[{\"a\":\"}]\\\"\"} , 5,{\"b\":[1,{}]}"
                           "],\n\"metadata\":{\"continue\":\"x\"},\"empty\":{\"items\":[1]}}\n";
static const char list_heard[] =
    "kind=\"ThingList\";n=12;t=true;<{\"a\":\"}]\\\"\"}><5><{\"b\":[1,{}]}>"
    "metadata={\"continue\":\"x\"};empty={\"items\":[1]};";

Test(items, are_the_same_however_the_bytes_are_cut)
{
    for (size_t step = 1; step < sizeof(list); step++) {
        struct heard heard = {.text = BUF_INIT(4096)};
        struct error err = ERROR_INIT;
        enum item_state state;
        cr_assert(feed_items(list, step, &heard, &err, &state), "%s", err.text);
        cr_assert_str_eq(heard.text.ptr, list_heard, "cut every %zu bytes", step);
        cr_assert_eq(state, ITEM_END);
        buf_finish(&heard.text);
    }
}

Test(items, end_where_they_are_stopped_or_broken)
{
    static const struct {
        const char *text, *rule;
    } cases[] = {
        {"[]", "E_API_SHAPE"},        {"<html>", "E_API_SHAPE"}, {"{1:2}", "E_API_SHAPE"},
        {"{\"a\" 1}", "E_API_SHAPE"}, {"{}{}", "E_API_SHAPE"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct heard heard = {.text = BUF_INIT(4096)};
        struct error err = ERROR_INIT;
        enum item_state state;
        cr_assert_not(feed_items(cases[i].text, 3, &heard, &err, &state), "%s", cases[i].text);
        cr_assert_str_eq(err.rule, cases[i].rule);
        buf_finish(&heard.text);
    }
    struct heard heard = {.text = BUF_INIT(4096), .stop_at = 2};
    struct error err = ERROR_INIT;
    enum item_state state;
    cr_assert_not(feed_items(list, 1000, &heard, &err, &state));
    cr_assert_eq(heard.items, 2);
    buf_finish(&heard.text);
}

Test(items, of_any_number_pass_but_no_single_one_over_the_limit)
{
    struct heard heard = {.text = BUF_INIT(1 << 20)};
    struct item_reader reader;
    struct error err = ERROR_INIT;
    item_reader_init(&reader, 200);
    reader.item = item;
    reader.member = member;
    reader.context = &heard;
    cr_assert(item_reader_feed(&reader, STR("{\"items\":["), &err));
    for (int i = 0; i < 1000; i++)
        cr_assert(
            item_reader_feed(&reader, STR("{\"a\":\"0123456789012345678901234567890\"},"), &err));
    cr_assert_eq(heard.items, 1000);
    bool fine = item_reader_feed(&reader, STR("{\"a\":\""), &err);
    for (int i = 0; i < 50 && fine; i++)
        fine = item_reader_feed(&reader, STR("0123456789"), &err);
    cr_assert_not(fine);
    cr_assert_eq(err.class, ERROR_LIMIT);
    item_reader_finish(&reader);
    buf_finish(&heard.text);
}

static bool event(void *context, str text)
{
    buf_printf(context, "<%.*s>", STR_ARG(text));
    return true;
}

/* H83 */
Test(items, events_are_the_same_however_the_bytes_are_cut)
{
    static const char stream[] =
        "{\"type\":\"ADDED\",\"object\":{\"s\":\"{\\\"\"}}\n{\"a\":1}{\"b\":2}\r\n";
    for (size_t step = 1; step < sizeof(stream); step++) {
        struct buf heard = BUF_INIT(4096);
        struct text_reader reader;
        struct error err = ERROR_INIT;
        text_reader_init(&reader, 1000);
        const str all = str_z(stream);
        for (size_t at = 0; at < all.len; at += step)
            cr_assert(text_reader_feed(&reader, str_slice(all, at, step), event, &heard, &err));
        cr_assert_str_eq(
            heard.ptr, "<{\"type\":\"ADDED\",\"object\":{\"s\":\"{\\\"\"}}><{\"a\":1}><{\"b\":2}>");
        cr_assert_eq(reader.buf.len, 0);
        text_reader_finish(&reader);
        buf_finish(&heard);
    }
}
