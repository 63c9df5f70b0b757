/*
 * command: every command and option of the program, in tables. Help, man pages, completion and the
 * tests read the same rows.
 */
#ifndef SYNCD_CLI_COMMAND_H
#define SYNCD_CLI_COMMAND_H

#include "syncd/base/arena.h"
#include "syncd/base/buf.h"
#include "syncd/base/error.h"
#include "syncd/base/vec.h"

enum exit_code {
    EXIT_DONE = 0,    /* done, or in sync */
    EXIT_DIFFERS = 1, /* differences or drift, where asked for */
    EXIT_USAGE = 2,   /* usage or configuration */
    EXIT_FAILED = 3,
    EXIT_PARTLY = 4, /* partly applied */
    EXIT_STALE = 5,  /* unknown or stale */
    EXIT_HELD = 6,   /* held by policy */
};

enum option_kind {
    OPTION_FLAG,     /* --name, --name=true|false */
    OPTION_TEXT,     /* --name VALUE: the last one counts */
    OPTION_LIST,     /* --name VALUE: every one counts, in order */
    OPTION_DURATION, /* --name 30s */
};

struct option {
    const char *name; /* without dashes; NULL ends a table */
    char letter;      /* 0 = none */
    enum option_kind kind;
    const char *argument; /* what VALUE is called in help */
    const char *summary;
};

/* The row of -o: its summary says what it takes, and nothing else is taken. */
#define OPTION_OUTPUT(formats) {"output", 'o', OPTION_TEXT, "FORMAT", formats}
#define OPTION_OUTPUT_TEXT     OPTION_OUTPUT("text or json")
#define OPTION_OUTPUT_OBJECTS  OPTION_OUTPUT("yaml or json")

struct arguments;

struct command {
    const char *name; /* one or two words */
    const char *operands;
    const char *summary;
    const char *description;
    const struct option *options; /* ends with name NULL; may be NULL */
    size_t min_operands, max_operands;
    const char *example; /* a command line that works in a configured place */
    int (*run)(const struct arguments *arguments);
    const char *networked; /* symbol in the networked module, instead of run */
    bool external_diff;    /* honours KUBECTL_EXTERNAL_DIFF */
};

/* A parsed command line. Lives in the arena it was parsed into. */
struct argument {
    const struct option *option;
    str value;
};

struct arguments {
    const struct command *command;
    struct arena *arena;
    VEC(str) operands;
    VEC(struct argument) given;
    const char *diff_folder; /* for the user's own diff program; NULL: there is none */
};

/* All commands, NULL-ended, in the order of help. */
extern const struct command *const commands[];
/* Options that every command takes. */
extern const struct option common_options[];

/* Finds the command and reads its options. False (class INPUT) with what is wrong. */
bool arguments_parse(int argc, char **argv, struct arena *arena, struct arguments *ret_arguments,
                     struct error *err) MUST_USE;

/* Lookups by option name, which must be in the command's table (CHECKed). */
bool arguments_flag(const struct arguments *arguments, const char *name);
/* False when it was not given; true also when it was set to false explicitly. */
bool arguments_given(const struct arguments *arguments, const char *name);
str arguments_text(const struct arguments *arguments, const char *name, str fallback);
bool arguments_duration(const struct arguments *arguments, const char *name, int64_t fallback_ns,
                        int64_t *ret_ns, struct error *err) MUST_USE;
/* Values of a list option, in order. */
const str *arguments_list(const struct arguments *arguments, const char *name, size_t *ret_count);

/* What -o says, of a command that has one of the rows above; text or yaml unless given. */
enum output { OUTPUT_TEXT, OUTPUT_JSON };
bool arguments_format(const struct arguments *arguments, str *ret_format,
                      struct error *err) MUST_USE;
bool arguments_output(const struct arguments *arguments, enum output *ret_output,
                      struct error *err) MUST_USE;

/* Prints the error to stderr, "syncd: …", and returns the exit code of its class. */
int command_fail(const struct error *err);

void help_overview(struct buf *buf);
void help_command(const struct command *command, struct buf *buf);
/* roff, section 1 */
void help_man(const struct command *command, struct buf *buf);
/* shell: "bash", "zsh" or "fish"; false for another. */
bool help_completion(str shell, struct buf *buf) MUST_USE;

#endif
