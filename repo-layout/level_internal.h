/* level_internal: rows of a level's files, read by tables of columns. Private to this folder. */
#ifndef REPO_LAYOUT_LEVEL_INTERNAL_H
#define REPO_LAYOUT_LEVEL_INTERNAL_H

#include "repo-layout/level_source.h"

enum column_type {
    COLUMN_TEXT,      /* str */
    COLUMN_TEXTS,     /* const str *, with a size_t at `count` */
    COLUMN_FLAG,      /* bool */
    COLUMN_NUMBER,    /* int32_t */
    COLUMN_LARGE,     /* int64_t */
    COLUMN_WORD,      /* an enum: place in `words` */
    COLUMN_PATH,      /* const struct level_path * */
    COLUMN_PATHS,     /* const struct level_path *[4], with a size_t at `count` */
    COLUMN_KIND,      /* const struct level_kind * */
    COLUMN_CONDITION, /* struct level_condition */
    COLUMN_VALUE,     /* value */
};

struct column {
    const char *key;
    enum column_type type;
    size_t offset;
    size_t count;             /* offset of the count of COLUMN_TEXTS and COLUMN_PATHS */
    const char *const *words; /* NULL-ended */
    bool needed;
};

struct level_reader {
    struct level *level;
    const struct limits *limits;
    struct arena *arena;
    struct findings *findings;
    struct map names; /* of paths */
    str file;         /* that is being read */
};

/* One problem of the file that is being read, at this value. */
void level_complain(struct level_reader *reader, value at, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* Fills *row from an object; unknown keys and wrong types are findings. */
void level_read_row(struct level_reader *reader, value given, const struct column *columns,
                    size_t count, void *row);
/* A condition: an object of path → text, list of texts, or null. */
bool level_read_condition(struct level_reader *reader, value given,
                          struct level_condition *ret_condition);

#define LEVEL_COLUMNS(table) (table), ARRAY_LEN(table)

#endif
