#include "syncd/plan/inventory.h"

#include <criterion/criterion.h>

Test(inventory, reads_what_it_writes)
{
    const struct inventory_entry entries[] = {
        {.key = STR("cluster.k8s.io/Machine/team/m-0"),
         .version = STR("v1alpha1"),
         .uid = STR("0f1c"),
         .acknowledged = true,
         .desired = {1, UINT64_MAX},
         .live = {UINT64_C(0x123456789abcdef0), 2}},
        {.key = STR("/Namespace//team"), .version = STR("v1")},
    };
    for (size_t i = 0; i < ARRAY_LEN(entries); i++) {
        AUTO_BUF struct buf line = BUF_INIT(1000);
        struct inventory_entry read;
        struct error err = ERROR_INIT;
        inventory_write(&entries[i], &line);
        str text = str_slice(buf_str(&line), 0, line.len - 1);
        cr_assert(inventory_read(text, &read, &err), "%s", err.text);
        cr_assert(str_equal(read.key, entries[i].key));
        cr_assert(str_equal(read.uid, entries[i].uid));
        cr_assert_eq(read.acknowledged, entries[i].acknowledged);
        cr_assert_eq(read.desired.high, entries[i].desired.high);
        cr_assert_eq(read.live.low, entries[i].live.low);
    }
}

Test(inventory, refuses_damaged_lines)
{
    static const char *const lines[] = {
        "",
        "a",
        "/Kind/ns/name\tv1\t-\t-",
        "/Kind/ns/name\tv1\t-\t-\t-\tmore",
        "/Kind/ns/..\tv1\t-\t-\t-",
        "//ns/name\tv1\t-\t-\t-",
        "/Kind/ns/name\tv1\t-\tzz\t-",
        "/Kind/ns/name\tv1\t-\t0123\t-",
    };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        struct inventory_entry read;
        struct error err = ERROR_INIT;
        cr_assert_not(inventory_read(str_z(lines[i]), &read, &err), "%s", lines[i]);
        cr_assert_str_eq(err.rule, "E_INVENTORY");
    }
}
