/*
 * One JSON question a line in, one answer a line out:
 *     {"text": "1.5Gi"}                          {"ok": true, "units": 1610612736, "nano": 0}
 *     {"selector": "a=b", "labels": {"a": "b"}}  {"ok": true, "matches": true}
 */
#include "syncd/object/object.h"
#include "syncd/object/selector.h"
#include "syncd/value/json.h"

#include <stdio.h>
#include <stdlib.h>

static void answer_quantity(value question, struct object_builder *answer, struct arena *arena)
{
    struct quantity quantity;
    bool ok = quantity_parse(value_str(value_get(question, STR("text"))), &quantity);
    object_add(answer, STR("ok"), value_bool(ok));
    if (!ok)
        return;
    object_add(answer, STR("units"), value_int(quantity.nano_high, arena));
    object_add(answer, STR("nano"), value_int(quantity.nano_low, arena));
}

static void answer_selector(value question, struct object_builder *answer, struct arena *arena)
{
    const struct selector *selector;
    struct error err = ERROR_INIT;
    bool ok =
        selector_parse(value_str(value_get(question, STR("selector"))), arena, &selector, &err);
    object_add(answer, STR("ok"), value_bool(ok));
    if (ok)
        object_add(answer, STR("matches"),
                   value_bool(selector_matches(selector, value_get(question, STR("labels")))));
    else
        object_add(answer, STR("error"), value_string(arena_str(arena, str_z(err.text))));
}

int main(void)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t len;
    while ((len = getline(&line, &capacity, stdin)) > 0) {
        AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
        struct error err = ERROR_INIT;
        struct object_builder answer;
        value question;
        CHECK(json_read(str_from(line, (size_t)len), limits_default(), arena, &question, &err));
        object_begin(&answer, arena);
        if (value_present(value_get(question, STR("selector"))))
            answer_selector(question, &answer, arena);
        else
            answer_quantity(question, &answer, arena);
        str text = json_text(object_finish(&answer), JSON_COMPACT, arena);
        printf("%.*s\n", STR_ARG(text));
        if (fflush(stdout) != 0)
            break;
    }
    free(line);
    return 0;
}
