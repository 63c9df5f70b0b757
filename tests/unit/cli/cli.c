#include "syncd/cli/commands.h"

#include "syncd/base/clock.h"

#include <criterion/criterion.h>

Test(commands, are_unique_documented_and_have_something_to_run)
{
    for (const struct command *const *at = commands; *at != NULL; at++) {
        const struct command *command = *at;
        cr_assert_gt(strlen(command->summary), 10, "%s", command->name);
        cr_assert_gt(strlen(command->description), 10, "%s", command->name);
        cr_assert_eq(strncmp(command->example, "syncd ", 6), 0, "%s", command->name);
        cr_assert((command->run != NULL) != (command->networked != NULL), "%s", command->name);
        cr_assert_leq(command->min_operands, command->max_operands);
        for (const struct command *const *other = commands; other != at; other++)
            cr_assert_str_neq((*other)->name, command->name);
    }
}

static void assert_options(const struct option *table, const struct option *more)
{
    for (const struct option *row = table; row != NULL && row->name != NULL; row++) {
        cr_assert_gt(strlen(row->summary), 5, "--%s", row->name);
        cr_assert_eq(row->argument == NULL, row->kind == OPTION_FLAG, "--%s", row->name);
        for (const struct option *other = table; other != row; other++) {
            cr_assert_str_neq(other->name, row->name);
            cr_assert(row->letter == 0 || other->letter != row->letter, "-%c", row->letter);
        }
        for (const struct option *other = more; other != NULL && other->name != NULL; other++)
            cr_assert(other == row || strcmp(other->name, row->name) != 0, "--%s", row->name);
    }
}

Test(commands, have_options_that_do_not_collide)
{
    assert_options(common_options, NULL);
    for (const struct command *const *at = commands; *at != NULL; at++)
        assert_options((*at)->options, NULL);
}

/* Words end with NULL. */
static bool parse(struct arena *arena, const char *const *words, struct arguments *arguments,
                  struct error *err)
{
    char *copies[16];
    int count = 0;
    for (; words[count] != NULL; count++)
        copies[count] = (char *)(uintptr_t)words[count];
    return arguments_parse(count, copies, arena, arguments, err);
}

Test(arguments, examples_of_all_commands_can_be_read)
{
    for (const struct command *const *at = commands; *at != NULL; at++) {
        AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
        const char *words[16] = {0};
        size_t count = 0;
        str rest = str_z((*at)->example), word;
        cr_assert(str_cut(&rest, ' ', &word));
        while (str_cut(&rest, ' ', &word))
            words[count++] = arena_str(arena, word).ptr;
        struct arguments arguments;
        struct error err = ERROR_INIT;
        cr_assert(parse(arena, words, &arguments, &err), "%s: %s", (*at)->example, err.text);
        cr_assert_eq(arguments.command, *at);
    }
}

Test(arguments, reads_every_form_of_an_option)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct arguments arguments;
    struct error err = ERROR_INIT;
    const char *const words[] = {"render",     "helm",   "name", "chart",   "--values", "a",
                                 "--values=b", "--root", "/tmp", "-nspace", NULL};
    cr_assert(parse(arena, words, &arguments, &err), "%s", err.text);
    size_t count;
    const str *names = arguments_list(&arguments, "values", &count);
    cr_assert_eq(count, 2);
    cr_assert(str_equal(names[1], STR("b")));
    cr_assert(str_equal(arguments_text(&arguments, "namespace", STR("")), STR("space")));
    cr_assert_not(arguments_given(&arguments, "set"));
}

/* What -o takes stands in the row that help prints. */
Test(arguments, takes_the_formats_of_the_command)
{
    static const struct {
        const char *line[5];
        const char *format, *problem;
    } rows[] = {
        {{"version", NULL}, "text", NULL},
        {{"version", "-ojson", NULL}, "json", NULL},
        {{"version", "-o", "yaml", NULL}, NULL, "version: -o is text or json, not yaml"},
        {{"version", "-o", "or", NULL}, NULL, "version: -o is text or json, not or"},
        {{"render", "level", "mcc-2.23", "-ojson", NULL}, "json", NULL},
        {{"render", "level", "mcc-2.23", NULL}, "yaml", NULL},
        {{"drift", "-o", "text,", NULL}, NULL, NULL},
        {{"drift", "-o", "markdown", NULL}, "markdown", NULL},
        {{"plan", "-ojunit", NULL}, "junit", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
        struct arguments arguments;
        struct error err = ERROR_INIT;
        str format;
        cr_assert(parse(arena, rows[i].line, &arguments, &err), "%s", err.text);
        cr_assert_eq(arguments_format(&arguments, &format, &err), rows[i].format != NULL, "%zu", i);
        if (rows[i].format != NULL)
            cr_assert(str_equal(format, str_z(rows[i].format)), "%zu", i);
        if (rows[i].problem != NULL)
            cr_assert_str_eq(err.text, rows[i].problem);
    }
}

Test(arguments, refuses_what_it_does_not_know)
{
    static const char *const lines[][5] = {
        {"nothing", NULL},
        {"version", "--colour", NULL},
        {"version", "extra", NULL},
        {"run", "--config", NULL},
        {"render", "yaml", NULL},
        {"sync", "--once=perhaps", NULL},
        {"explain", "rules", "-o", "json", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
        struct arguments arguments;
        struct error err = ERROR_INIT;
        cr_assert_not(parse(arena, lines[i], &arguments, &err), "%s", lines[i][0]);
        cr_assert_eq(err.class, ERROR_INPUT);
    }
}

Test(help, names_every_command_and_option)
{
    AUTO_BUF struct buf overview = BUF_INIT(1 << 20);
    help_overview(&overview);
    for (const struct command *const *at = commands; *at != NULL; at++) {
        AUTO_BUF struct buf page = BUF_INIT(1 << 20), man = BUF_INIT(1 << 20);
        cr_assert_not_null(strstr(overview.ptr, (*at)->name));
        help_command(*at, &page);
        help_man(*at, &man);
        for (const struct option *row = (*at)->options; row != NULL && row->name != NULL; row++)
            cr_assert_not_null(strstr(page.ptr, row->name), "%s --%s", (*at)->name, row->name);
        cr_assert_not_null(strstr(man.ptr, ".SH NAME"));
    }
    static const char *const shells[] = {"bash", "zsh", "fish"};
    for (size_t i = 0; i < ARRAY_LEN(shells); i++) {
        AUTO_BUF struct buf script = BUF_INIT(1 << 20);
        cr_assert(help_completion(str_z(shells[i]), &script));
        cr_assert_not_null(strstr(script.ptr, "apiserver"));
    }
}
