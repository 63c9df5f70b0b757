/* The table of functions: sorted, complete, and every row can be called. */
#include "render/template/functions.h"
#include "render/template/template.h"

#include <criterion/criterion.h>

Test(function_table, is_sorted_and_finds_every_name)
{
    size_t count;
    const struct function *table = function_table(&count);
    cr_assert(count > 200);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            cr_expect(strcmp(table[i - 1].name, table[i].name) < 0, "%s", table[i].name);
        cr_expect(function_find(str_z(table[i].name)) == &table[i], "%s", table[i].name);
        cr_expect(function_family_name(table[i].family) != NULL, "%s", table[i].name);
        for (const char *at = table[i].signature; *at != '\0'; at++)
            cr_expect(strchr("avsiIufbtmlSc*", *at) != NULL, "%s: %c", table[i].name, *at);
    }
    cr_expect(function_find(STR("env")) == NULL);
    cr_expect(function_find(STR("expandenv")) == NULL);
}

/* An argument that suits a parameter. */
static const char *argument(char letter)
{
    switch (letter) {
    case 's': return " \"1.2.3\"";
    case 'i':
    case 'u': return " 2";
    case 'f': return " 0.5";
    case 'b': return " true";
    case 't': return " (toDate \"2006-01-02\" \"2024-02-29\")";
    case 'm': return " (dict \"a\" 1)";
    case 'l': return " (list \"127.0.0.1\")";
    case 'S': return " (splitList \",\" \"a,b\")";
    default: return " (list 1 2)";
    }
}

/* Every function is called once with arguments of the right types: it answers, or fails with a
   message that names it. Slow ones are left out. */
Test(function_table, every_function_answers_or_says_why, .timeout = 60)
{
    size_t count;
    const struct function *table = function_table(&count);
    for (size_t i = 0; i < count; i++) {
        if (table[i].family == FAMILY_CRYPTO || strchr(table[i].signature, 'c') != NULL)
            continue;
        AUTO_ARENA struct arena *arena = arena_create(64u << 20);
        AUTO_BUF struct buf text = BUF_INIT(4096);
        AUTO_BUF struct buf out = BUF_INIT(1u << 20);
        struct error err = ERROR_INIT;
        buf_printf(&text, "{{ $x := %s", table[i].name);
        for (const char *at = table[i].signature; *at != '\0' && *at != '*'; at++)
            buf_add(&text, str_z(argument(*at)));
        buf_add(&text, STR(" }}ok"));
        struct template_set *set = template_set_create(arena, limits_default());
        cr_assert(template_parse(set, STR("t"), buf_str(&text), &err), "%s: %s", text.ptr,
                  err.text);
        struct template_run *run = template_run_create(set, NULL, limits_default(), arena);
        if (template_execute(run, STR("t"), dyn_nil(), &out, &err))
            cr_expect(str_equal(buf_str(&out), STR("ok")), "%s", text.ptr);
        else
            cr_expect(strstr(err.text, table[i].name) != NULL, "%s: %s", text.ptr, err.text);
        cr_expect(!table[i].random || template_run_usage(run)->nondeterministic, "%s",
                  table[i].name);
    }
}
