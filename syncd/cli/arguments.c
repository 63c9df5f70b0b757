#include "syncd/cli/command.h"

#include "syncd/base/check.h"
#include "syncd/base/clock.h"

#include <stdio.h>

static const struct option *find_option(const struct option *table, str name, char letter)
{
    for (const struct option *row = table; row != NULL && row->name != NULL; row++) {
        if (letter != 0 ? row->letter == letter : str_equal(str_z(row->name), name))
            return row;
    }
    return NULL;
}

static const struct option *option_of(const struct command *command, str name, char letter)
{
    const struct option *own = find_option(command->options, name, letter);
    return own != NULL ? own : find_option(common_options, name, letter);
}

/* The longest command name that the words begin with; *ret_words is how many it took. */
static const struct command *find_command(int argc, char **argv, int *ret_words)
{
    for (int words = argc < 2 ? argc : 2; words > 0; words--) {
        char name[64];
        (void)snprintf(name, sizeof(name), words == 2 ? "%s %s" : "%s", argv[0],
                       words == 2 ? argv[1] : "");
        for (const struct command *const *at = commands; *at != NULL; at++) {
            if (strcmp((*at)->name, name) == 0) {
                *ret_words = words;
                return *at;
            }
        }
    }
    return NULL;
}

static void add(struct arguments *arguments, const struct option *option, str value)
{
    VEC_PUSH(arguments->arena, &arguments->given, (struct argument){option, value});
}

/* What a walk over argv is at. */
struct cursor {
    int at, argc;
    char **argv;
};

static bool take_value(struct cursor *cursor, const struct option *option, str *ret_value,
                       struct error *err)
{
    if (cursor->at + 1 >= cursor->argc)
        return error_set(err, ERROR_INPUT, "--%s needs a value (%s)", option->name,
                         option->argument);
    *ret_value = str_z(cursor->argv[++cursor->at]);
    return true;
}

static bool unknown(const struct command *command, const char *word, struct error *err)
{
    (void)error_set(err, ERROR_INPUT, "%s: unknown option %s", command->name, word);
    return error_hint(err, "see 'syncd help %s'", command->name);
}

static bool parse_long(struct arguments *arguments, struct cursor *cursor, struct error *err)
{
    str word = str_z(cursor->argv[cursor->at] + 2), name;
    str rest = word;
    bool has_name = str_cut(&rest, '=', &name);
    const struct option *option = has_name ? option_of(arguments->command, name, 0) : NULL;
    if (option == NULL)
        return unknown(arguments->command, cursor->argv[cursor->at], err);
    str value = rest;
    if (option->kind == OPTION_FLAG) {
        if (rest.ptr == NULL)
            value = STR("true");
        if (!str_equal(value, STR("true")) && !str_equal(value, STR("false")))
            return error_set(err, ERROR_INPUT, "--%s is true or false", option->name);
    } else if (rest.ptr == NULL && !take_value(cursor, option, &value, err)) {
        return false;
    }
    add(arguments, option, value);
    return true;
}

/* "-n value", "-nvalue", or flags joined: "-ab". */
static bool parse_short(struct arguments *arguments, struct cursor *cursor, struct error *err)
{
    const char *word = cursor->argv[cursor->at];
    for (const char *letter = word + 1; *letter != '\0'; letter++) {
        const struct option *option = option_of(arguments->command, (str){0}, *letter);
        if (option == NULL)
            return unknown(arguments->command, word, err);
        if (option->kind == OPTION_FLAG) {
            add(arguments, option, STR("true"));
            continue;
        }
        str value = str_z(letter[1] == '=' ? letter + 2 : letter + 1);
        if (value.len == 0 && !take_value(cursor, option, &value, err))
            return false;
        add(arguments, option, value);
        return true;
    }
    return true;
}

static bool check_operands(const struct arguments *arguments, struct error *err)
{
    const struct command *command = arguments->command;
    size_t count = arguments->operands.len;
    if (count >= command->min_operands && count <= command->max_operands)
        return true;
    (void)error_set(err, ERROR_INPUT, "%s: %s", command->name,
                    count < command->min_operands ? "an argument is missing"
                                                  : "too many arguments");
    return error_hint(err, "usage: syncd %s [options] %s", command->name, command->operands);
}

bool arguments_parse(int argc, char **argv, struct arena *arena, struct arguments *ret_arguments,
                     struct error *err)
{
    int words = 0;
    const struct command *command = find_command(argc, argv, &words);
    if (command == NULL) {
        (void)error_set(err, ERROR_INPUT, "no command %s", argc > 0 ? argv[0] : "given");
        return error_hint(err, "see 'syncd help'");
    }
    struct arguments parsed = {.command = command, .arena = arena};
    struct cursor cursor = {words, argc, argv};
    bool options_end = false;
    for (; cursor.at < argc; cursor.at++) {
        const char *word = argv[cursor.at];
        if (options_end || word[0] != '-' || word[1] == '\0')
            VEC_PUSH(arena, &parsed.operands, str_z(word));
        else if (strcmp(word, "--") == 0)
            options_end = true;
        else if (!(word[1] == '-' ? parse_long(&parsed, &cursor, err)
                                  : parse_short(&parsed, &cursor, err)))
            return false;
    }
    *ret_arguments = parsed;
    return arguments_flag(&parsed, "help") || check_operands(&parsed, err);
}

/* The last one given, or NULL. */
static const struct argument *last_given(const struct arguments *arguments, const char *name)
{
    const struct option *option = option_of(arguments->command, str_z(name), 0);
    CHECK(option != NULL);
    for (size_t i = arguments->given.len; i > 0; i--) {
        if (arguments->given.items[i - 1].option == option)
            return &arguments->given.items[i - 1];
    }
    return NULL;
}

bool arguments_flag(const struct arguments *arguments, const char *name)
{
    const struct argument *given = last_given(arguments, name);
    return given != NULL && str_equal(given->value, STR("true"));
}

bool arguments_given(const struct arguments *arguments, const char *name)
{
    return last_given(arguments, name) != NULL;
}

str arguments_text(const struct arguments *arguments, const char *name, str fallback)
{
    const struct argument *given = last_given(arguments, name);
    return given != NULL ? given->value : fallback;
}

bool arguments_duration(const struct arguments *arguments, const char *name, int64_t fallback_ns,
                        int64_t *ret_ns, struct error *err)
{
    const struct argument *given = last_given(arguments, name);
    int64_t ns = fallback_ns;
    if (given != NULL && !clock_parse_duration(given->value, &ns)) {
        (void)error_set(err, ERROR_INPUT, "--%s: %.*s is no duration", name, STR_ARG(given->value));
        return error_hint(err, "write it as 30s, 5m or 1h30m");
    }
    *ret_ns = ns;
    return true;
}

const str *arguments_list(const struct arguments *arguments, const char *name, size_t *ret_count)
{
    const struct option *option = option_of(arguments->command, str_z(name), 0);
    CHECK(option != NULL);
    VEC(str) values = {0};
    VEC_FOR (struct argument, given, &arguments->given) {
        if (given->option == option)
            VEC_PUSH(arguments->arena, &values, given->value);
    }
    *ret_count = values.len;
    return values.items;
}

bool arguments_format(const struct arguments *arguments, str *ret_format, struct error *err)
{
    const struct option *option = option_of(arguments->command, STR("output"), 0);
    CHECK(option != NULL);
    str formats = str_z(option->summary), word;
    bool listed = false;
    CHECK(str_cut(&formats, ' ', &word));
    *ret_format = arguments_text(arguments, "output", str_trim_right(word, STR(",")));
    for (formats = str_z(option->summary); !listed && str_cut(&formats, ' ', &word);) {
        str format = str_trim_right(word, STR(","));
        listed = str_equal(format, *ret_format) && !str_equal(format, STR("or"));
    }
    return listed || error_set(err, ERROR_INPUT, "%s: -o is %s, not %.*s", arguments->command->name,
                               option->summary, STR_ARG(*ret_format));
}

bool arguments_output(const struct arguments *arguments, enum output *ret_output, struct error *err)
{
    str format;
    if (!arguments_format(arguments, &format, err))
        return false;
    *ret_output = str_equal(format, STR("json")) ? OUTPUT_JSON : OUTPUT_TEXT;
    return true;
}

int command_fail(const struct error *err)
{
    AUTO_BUF struct buf text = BUF_INIT(8192);
    error_print(err, &text);
    (void)fprintf(stderr, "syncd: %s\n", text.ptr);
    switch (err->class) {
    case ERROR_INPUT: return err->file[0] != '\0' ? EXIT_FAILED : EXIT_USAGE;
    default: return EXIT_FAILED;
    }
}
