/* Help, man pages and completion, all from the tables. */
#include "syncd/cli/command.h"

#include <ctype.h>

static void add_option(const struct option *option, struct buf *buf)
{
    size_t start = buf->len;
    buf_add(buf, STR("  "));
    if (option->letter != 0)
        buf_printf(buf, "-%c, ", option->letter);
    else
        buf_add(buf, STR("    "));
    buf_printf(buf, "--%s", option->name);
    if (option->kind != OPTION_FLAG)
        buf_printf(buf, " %s", option->argument);
    size_t width = buf->len - start;
    buf_add_repeat(buf, ' ', width < 34 ? 34 - width : 1);
    buf_printf(buf, "%s%s\n", option->summary,
               option->kind == OPTION_LIST ? " (may be repeated)" : "");
}

static void add_options(const struct option *table, struct buf *buf)
{
    for (const struct option *row = table; row != NULL && row->name != NULL; row++)
        add_option(row, buf);
}

void help_overview(struct buf *buf)
{
    buf_add(buf, STR("syncd keeps clusters as a Git repository says, and writes back into Git what "
                     "became of each commit.\n\nUsage: syncd COMMAND [options]\n\n"));
    for (const struct command *const *at = commands; *at != NULL; at++) {
        buf_printf(buf, "  %-18s %s\n", (*at)->name, (*at)->summary);
    }
    buf_add(buf, STR("\n'syncd help COMMAND' tells more. Exit codes: 0 done or in sync, "
                     "1 differences, 2 usage,\n3 failed, 4 partly applied, 5 unknown or stale, "
                     "6 held by policy.\n"));
}

void help_command(const struct command *command, struct buf *buf)
{
    buf_printf(buf, "Usage: syncd %s [options]%s%s\n\n%s\n", command->name,
               command->operands[0] != '\0' ? " " : "", command->operands, command->description);
    buf_add(buf, STR("\nOptions:\n"));
    add_options(command->options, buf);
    add_options(common_options, buf);
    buf_printf(buf, "\nExample:\n  %s\n", command->example);
}

/* roff takes a leading dot or quote and every dash and backslash for its own. */
static void add_roff(struct buf *buf, const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\\' || *at == '-')
            buf_add_byte(buf, '\\');
        if ((*at == '.' || *at == '\'') && (at == text || at[-1] == '\n'))
            buf_add(buf, STR("\\&"));
        buf_add_byte(buf, *at);
    }
}

static void add_man_options(const struct option *table, struct buf *buf)
{
    for (const struct option *row = table; row != NULL && row->name != NULL; row++) {
        buf_add(buf, STR(".TP\n.B "));
        if (row->letter != 0)
            buf_printf(buf, "\\-%c, ", row->letter);
        buf_add(buf, STR("\\-\\-"));
        add_roff(buf, row->name);
        if (row->kind != OPTION_FLAG)
            buf_printf(buf, " %s", row->argument);
        buf_add_byte(buf, '\n');
        add_roff(buf, row->summary);
        buf_add_byte(buf, '\n');
    }
}

void help_man(const struct command *command, struct buf *buf)
{
    buf_add(buf, STR(".TH SYNCD"));
    for (const char *at = command->name; *at != '\0'; at++) {
        if (at == command->name)
            buf_add(buf, STR("\\-"));
        buf_add_byte(buf, *at == ' ' ? '-' : (char)toupper((unsigned char)*at));
    }
    buf_printf(buf, " 1 \"\" \"syncd %s\" \"User Commands\"\n.SH NAME\n", SYNCD_VERSION);
    add_roff(buf, "syncd-");
    add_roff(buf, command->name);
    buf_add(buf, STR(" \\- "));
    add_roff(buf, command->summary);
    buf_printf(buf, "\n.SH SYNOPSIS\n.B syncd %s\n[options] ", command->name);
    add_roff(buf, command->operands);
    buf_add(buf, STR("\n.SH DESCRIPTION\n"));
    add_roff(buf, command->description);
    buf_add(buf, STR("\n.SH OPTIONS\n"));
    add_man_options(command->options, buf);
    add_man_options(common_options, buf);
    buf_add(buf, STR(".SH EXAMPLES\n.nf\n"));
    add_roff(buf, command->example);
    buf_add(buf, STR("\n.fi\n"));
}

static void add_words(const struct command *command, struct buf *buf)
{
    const struct option *tables[] = {command->options, common_options};
    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        for (const struct option *row = tables[i]; row != NULL && row->name != NULL; row++)
            buf_printf(buf, " --%s", row->name);
    }
}

static void complete_bash(struct buf *buf)
{
    buf_add(buf, STR("_syncd() {\n  local cur=${COMP_WORDS[COMP_CWORD]} words\n"
                     "  case \"${COMP_WORDS[*]:1:2}\" in\n"));
    for (const struct command *const *at = commands; *at != NULL; at++) {
        buf_printf(buf, "  \"%s\"*) words=\"", (*at)->name);
        add_words(*at, buf);
        buf_add(buf, STR("\";;\n"));
    }
    buf_add(buf, STR("  *) words=\""));
    for (const struct command *const *at = commands; *at != NULL; at++)
        buf_printf(buf, " %s", (*at)->name);
    buf_add(buf, STR("\";;\n  esac\n  if [[ $cur == -* || $COMP_CWORD == 1 ]]; then\n"
                     "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n  else\n"
                     "    COMPREPLY=($(compgen -f -- \"$cur\"))\n  fi\n}\n"
                     "complete -F _syncd syncd\n"));
}

static void complete_zsh(struct buf *buf)
{
    buf_add(buf, STR("#compdef syncd\nautoload -U +X bashcompinit && bashcompinit\n"));
    complete_bash(buf);
}

static void complete_fish(struct buf *buf)
{
    buf_add(buf, STR("complete -c syncd -f\n"));
    for (const struct command *const *at = commands; *at != NULL; at++) {
        buf_printf(buf, "complete -c syncd -n __fish_use_subcommand -a '%s' -d '%s'\n", (*at)->name,
                   (*at)->summary);
        for (const struct option *row = (*at)->options; row != NULL && row->name != NULL; row++)
            buf_printf(buf, "complete -c syncd -n '__fish_seen_subcommand_from %s' -l %s\n",
                       (*at)->name, row->name);
    }
}

bool help_completion(str shell, struct buf *buf)
{
    static const struct {
        str name;
        void (*write)(struct buf *buf);
    } shells[] = {{STR_INIT("bash"), complete_bash},
                  {STR_INIT("zsh"), complete_zsh},
                  {STR_INIT("fish"), complete_fish}};
    for (size_t i = 0; i < ARRAY_LEN(shells); i++) {
        if (str_equal(shell, shells[i].name)) {
            shells[i].write(buf);
            return true;
        }
    }
    return false;
}
