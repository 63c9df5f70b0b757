/* One section of the file, read by the rows that belong to it. */
#include "syncd/config/config_internal.h"

#include "syncd/base/clock.h"
#include "syncd/live/policy.h"

#include <stdarg.h>
#include <stdio.h>

struct finding *config_complain(struct reading *reading, value at, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    struct position position = {str_z(reading->file), at.line, 0};
    struct finding *finding =
        findings_add(reading->findings, SEVERITY_ERROR, "E_CONFIG", position, "%s", text);
    findings_hint(reading->findings, finding, "see 'syncd explain config'");
    return finding;
}

static str absolute(const struct reading *reading, str path)
{
    if (path.len == 0 || path.ptr[0] == '/')
        return path;
    return arena_concat(reading->arena, reading->directory, STR("/"), path);
}

static void set_list(struct reading *reading, const struct row *row, value given, void *target)
{
    struct text_list *list = target;
    if (!value_is(given, VALUE_ARRAY)) {
        (void)config_complain(reading, given, "%s is a list of texts", row->key);
        return;
    }
    list->items = ARENA_ARRAY(reading->arena, str, value_len(given));
    list->len = value_len(given);
    for (size_t i = 0; i < list->len; i++) {
        value item = value_item(given, i);
        list->items[i] = arena_str(reading->arena, value_str(item));
        if (list->items[i].len == 0)
            (void)config_complain(reading, item, "%s: every entry is a text", row->key);
    }
}

static void set_duration(struct reading *reading, const struct row *row, value given, void *target)
{
    int64_t ns;
    if (!clock_parse_duration(value_str(given), &ns) || ns < NS_PER_MS)
        (void)config_complain(reading, given, "%s is a duration such as 30s or 5m", row->key);
    else
        *(int64_t *)target = ns;
}

/* "a, b or c" */
static bool is_one_of(str word, str words)
{
    str rest = words, one;
    while (str_cut(&rest, ' ', &one)) {
        one = str_trim_right(one, STR(","));
        if (!str_equal(one, STR("or")) && str_equal(one, word))
            return true;
    }
    return false;
}

static void set_key(struct reading *reading, const struct row *row, value given, void *base)
{
    void *target = (char *)base + row->offset;
    str text = value_str(given);
    switch (row->type) {
    case KEY_TEXT:
    case KEY_FILE:
        if (!value_is(given, VALUE_STRING)) {
            (void)config_complain(reading, given, "%s is a text", row->key);
            return;
        }
        text = arena_str(reading->arena, text);
        *(str *)target = row->type == KEY_FILE ? absolute(reading, text) : text;
        return;
    case KEY_LIST: set_list(reading, row, given, target); return;
    case KEY_FLAG:
        if (!value_is(given, VALUE_BOOL))
            (void)config_complain(reading, given, "%s is true or false", row->key);
        else
            *(bool *)target = value_true(given);
        return;
    case KEY_DURATION: set_duration(reading, row, given, target); return;
    case KEY_NUMBER:
        if (!value_to_i64(given, target) || *(int64_t *)target < 0)
            (void)config_complain(reading, given, "%s is a whole number from 0", row->key);
        return;
    case KEY_ROLE:
        if (!config_role_read(text, target))
            (void)config_complain(reading, given, "role is bootstrap, management or regional");
        return;
    case KEY_WORD:
        if (is_one_of(text, str_z(row->words)))
            *(str *)target = arena_str(reading->arena, text);
        else
            (void)config_complain(reading, given, "%s is %s", row->key, row->words);
        return;
    case KEY_POLICY:
        if (!trust_policy_read(value_str(given), target))
            (void)config_complain(reading, given, "%s is none, commit, merge or tag", row->key);
        return;
    case KEY_ACTION:
        if (!drift_action_from_name(value_str(given), target))
            (void)config_complain(reading, given, "%s is heal, report or ignore", row->key);
        return;
    }
}

/* The row's default, in the form it would have in the file. */
static value fallback_value(const struct row *row, struct arena *arena)
{
    str text = str_z(row->fallback);
    switch (row->type) {
    case KEY_FLAG: return value_bool(str_equal(text, STR("true")));
    case KEY_NUMBER: return value_number(text);
    case KEY_LIST: {
        struct array_builder empty;
        array_begin(&empty, arena);
        return array_finish(&empty);
    }
    default: return value_string(text);
    }
}

/* The objects that stand below others; all the rest below spec. */
static enum section above(enum section section)
{
    switch (section) {
    case SECTION_FROM: return SECTION_TARGET;
    case SECTION_SCOPE: return SECTION_SIGNATURES;
    case SECTION_RULE: return SECTION_DRIFT;
    default: return SECTION_SPEC;
    }
}

static bool is_section_key(enum section section, str key)
{
    for (enum section below = SECTION_SOURCE; below < SECTION_COUNT; below++)
        if (above(below) == section && str_equal(key, str_z(config_section_key(below))))
            return true;
    return section == SECTION_SPEC && str_equal(key, STR("limits"));
}

static const struct row *find_row(enum section section, str key)
{
    size_t count;
    const struct row *rows = config_rows(&count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].section == section && str_equal(str_z(rows[i].key), key))
            return &rows[i];
    }
    return NULL;
}

void config_read_section(struct reading *reading, enum section section, value object, void *base)
{
    if (value_present(object) && !value_is(object, VALUE_OBJECT)) {
        (void)config_complain(reading, object, "%s is a mapping", config_section_path(section));
        return;
    }
    for (size_t i = 0; i < value_len(object); i++) {
        const struct member *member = value_member(object, i);
        if (find_row(section, member->key) == NULL && !is_section_key(section, member->key))
            (void)config_complain(reading, member->val, "unknown key %s.%.*s",
                                  config_section_path(section), STR_ARG(member->key));
    }
    size_t count;
    const struct row *rows = config_rows(&count);
    for (size_t i = 0; i < count; i++) {
        const struct row *row = &rows[i];
        if (row->section != section)
            continue;
        value given = value_get(object, str_z(row->key));
        if (value_present(given))
            set_key(reading, row, given, base);
        else if (row->fallback == NULL)
            (void)config_complain(reading, object, "%s.%s is needed", config_section_path(section),
                                  row->key);
        else
            set_key(reading, row, fallback_value(row, reading->arena), base);
    }
}
