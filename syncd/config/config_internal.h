/* The inside of the configuration: its table, and the reading of one section by it. */
#ifndef SYNCD_CONFIG_CONFIG_INTERNAL_H
#define SYNCD_CONFIG_CONFIG_INTERNAL_H

#include "syncd/config/config.h"
#include "syncd/value/value.h"

enum key_type {
    KEY_TEXT,
    KEY_FILE,
    KEY_LIST,
    KEY_FLAG,
    KEY_DURATION,
    KEY_NUMBER,
    KEY_ROLE,
    KEY_POLICY,
    KEY_ACTION,
    KEY_WORD
};

/* Where a row's key stands: each section is one object of the file and one struct. */
enum section {
    SECTION_SPEC,
    SECTION_SOURCE,
    SECTION_NOTES,
    SECTION_PRUNE,
    SECTION_SIGNATURES,
    SECTION_DRIFT,
    SECTION_FORGE,
    SECTION_WEBHOOK,
    SECTION_REVIEW,
    SECTION_CHARTS,
    SECTION_TARGET,
    SECTION_FROM,
    SECTION_SCOPE,
    SECTION_RULE,
    SECTION_COUNT
};

struct row {
    enum section section;
    const char *key;
    enum key_type type;
    size_t offset;
    const char *fallback; /* NULL: needed */
    const char *summary;
    const char *words; /* of KEY_WORD: what it may be */
};

/* A trust_scope as it is read. */
struct config_scope {
    str signer;
    struct text_list paths;
};

/* rows.c: the table; the words that stand for roles. */
const struct row *config_rows(size_t *ret_count);
const char *config_section_path(enum section section); /* "spec.source": for documentation */
const char *config_section_key(enum section section);  /* in the object above */
bool config_role_read(str name, enum target_role *ret_role) MUST_USE;

/* What reading needs at hand. */
struct reading {
    struct arena *arena;
    struct findings *findings;
    const char *file;
    str directory;
};

/* section.c */
struct finding *config_complain(struct reading *reading, value at, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* Reads one object of the file into its struct: unknown keys, wrong types and what is missing are
 * told, defaults filled in. */
void config_read_section(struct reading *reading, enum section section, value object, void *base);

#endif
