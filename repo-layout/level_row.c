/* Rows of a level's files, read by tables of columns. */
#include "repo-layout/level_internal.h"

#include "syncd/base/buf.h"

#include <stdarg.h>
#include <stdio.h>

void level_complain(struct level_reader *reader, value at, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    (void)findings_add(reader->findings, SEVERITY_ERROR, "E_LEVEL",
                       (struct position){reader->file, at.line, 0}, "%s", text);
}

static bool read_path(struct level_reader *reader, value given, const struct level_path **ret_path)
{
    struct error err = ERROR_INIT;
    if (value_is(given, VALUE_STRING) &&
        level_path_compile(value_str(given), &reader->names, reader->arena, ret_path, &err))
        return true;
    level_complain(reader, given, "%s", err.text[0] != '\0' ? err.text : "a path is a text");
    return false;
}

static void read_paths(struct level_reader *reader, value given, const struct level_path **paths,
                       size_t *ret_count)
{
    *ret_count = 0;
    for (size_t i = 0; i < value_len(given) && i < 4; i++) {
        if (read_path(reader, value_item(given, i), &paths[*ret_count]))
            (*ret_count)++;
    }
    if (!value_is(given, VALUE_ARRAY) || value_len(given) > 4)
        level_complain(reader, given, "one to four paths are a list");
}

/* A scalar's text: conditions compare with what is written. */
static bool scalar_text(value given, str *ret_text)
{
    switch ((enum value_kind)given.kind) {
    case VALUE_STRING: *ret_text = value_str(given); return true;
    case VALUE_NUMBER: *ret_text = value_number_text(given); return true;
    case VALUE_BOOL: *ret_text = value_true(given) ? STR("true") : STR("false"); return true;
    default: return false;
    }
}

static const str *read_texts(struct level_reader *reader, value given, size_t *ret_count)
{
    value one = given;
    size_t count = value_is(given, VALUE_ARRAY) ? value_len(given) : 1;
    str *texts = ARENA_ARRAY(reader->arena, str, count);
    for (size_t i = 0; i < count; i++) {
        value item = value_is(given, VALUE_ARRAY) ? value_item(given, i) : one;
        if (!scalar_text(item, &texts[i]))
            level_complain(reader, item, "a text is wanted here");
    }
    *ret_count = count;
    return texts;
}

bool level_read_condition(struct level_reader *reader, value given,
                          struct level_condition *ret_condition)
{
    if (!value_is(given, VALUE_OBJECT)) {
        level_complain(reader, given, "a condition is an object of path: text");
        return false;
    }
    struct level_term *terms = ARENA_ARRAY(reader->arena, struct level_term, value_len(given));
    struct error err = ERROR_INIT;
    for (size_t i = 0; i < value_len(given); i++) {
        const struct member *member = value_member(given, i);
        if (!level_path_compile(member->key, &reader->names, reader->arena, &terms[i].path, &err)) {
            level_complain(reader, member->val, "%s", err.text);
            return false;
        }
        if (value_is(member->val, VALUE_NULL))
            terms[i].absent = true;
        else
            terms[i].values = read_texts(reader, member->val, &terms[i].value_count);
    }
    *ret_condition = (struct level_condition){terms, value_len(given)};
    return true;
}

static void read_word(struct level_reader *reader, const struct column *column, value given,
                      void *cell)
{
    for (int i = 0; column->words[i] != NULL; i++) {
        if (str_equal(value_str(given), str_z(column->words[i]))) {
            *(int *)cell = i;
            return;
        }
    }
    AUTO_BUF struct buf words = BUF_INIT(400);
    for (int i = 0; column->words[i] != NULL; i++)
        buf_printf(&words, "%s%s", i != 0 ? ", " : "", column->words[i]);
    level_complain(reader, given, "%s is one of: %s", column->key, words.ptr);
}

/* "Kind.group", or "Kind" of the core group. */
static void read_kind(struct level_reader *reader, const struct column *column, value given,
                      void *cell)
{
    str text = value_str(given), kind;
    str rest = text;
    if (str_cut(&rest, '.', &kind)) {
        const struct level_kind *found = level_find_kind(reader->level, rest, kind);
        *(const struct level_kind **)cell = found;
        if (found != NULL)
            return;
    }
    level_complain(reader, given, "%s: kinds.yaml has no \"%.*s\"", column->key, STR_ARG(text));
}

static void read_number(struct level_reader *reader, const struct column *column, value given,
                        void *cell)
{
    int64_t number;
    if (!value_to_i64(given, &number) || number < -100000 || number > 100000)
        level_complain(reader, given, "%s is a whole number", column->key);
    else if (column->type == COLUMN_LARGE)
        *(int64_t *)cell = number;
    else
        *(int32_t *)cell = (int32_t)number;
}

static void read_cell(struct level_reader *reader, const struct column *column, value given,
                      void *row)
{
    char *cell = (char *)row + column->offset;
    void *count = (char *)row + column->count;
    switch (column->type) {
    case COLUMN_TEXT:
        if (!scalar_text(given, (str *)(void *)cell))
            level_complain(reader, given, "%s is a text", column->key);
        return;
    case COLUMN_TEXTS: *(const str **)(void *)cell = read_texts(reader, given, count); return;
    case COLUMN_FLAG:
        if (!value_is(given, VALUE_BOOL))
            level_complain(reader, given, "%s is true or false", column->key);
        *(bool *)cell = value_true(given);
        return;
    case COLUMN_NUMBER:
    case COLUMN_LARGE: read_number(reader, column, given, cell); return;
    case COLUMN_WORD: read_word(reader, column, given, cell); return;
    case COLUMN_PATH: (void)read_path(reader, given, (void *)cell); return;
    case COLUMN_PATHS: read_paths(reader, given, (void *)cell, count); return;
    case COLUMN_KIND: read_kind(reader, column, given, cell); return;
    case COLUMN_CONDITION: (void)level_read_condition(reader, given, (void *)cell); return;
    case COLUMN_VALUE: *(value *)(void *)cell = given; return;
    }
}

void level_read_row(struct level_reader *reader, value given, const struct column *columns,
                    size_t count, void *row)
{
    if (!value_is(given, VALUE_OBJECT)) {
        level_complain(reader, given, "a row is an object");
        return;
    }
    for (size_t i = 0; i < value_len(given); i++) {
        const struct member *member = value_member(given, i);
        size_t at = 0;
        while (at < count && !str_equal(member->key, str_z(columns[at].key)))
            at++;
        if (at == count)
            level_complain(reader, member->val, "no such key: %.*s", STR_ARG(member->key));
        else
            read_cell(reader, &columns[at], member->val, row);
    }
    for (size_t i = 0; i < count; i++) {
        if (columns[i].needed && !value_present(value_get(given, str_z(columns[i].key))))
            level_complain(reader, given, "the row needs %s", columns[i].key);
    }
}
