/* log: commits with their notes, from any clone. */
#include "syncd/cli/networked.h"

#include "syncd/base/clock.h"
#include "syncd/base/map.h"
#include "syncd/daemon/daemon.h"
#include "syncd/git/source.h"
#include "syncd/value/json.h"

#include <stdio.h>

/* Without a time a record is older than any that has one. */
static int64_t time_of(value record)
{
    int64_t at;
    return clock_parse_rfc3339(value_str(value_get(record, STR("at"))), &at) ? at : INT64_MIN;
}

static str key_of(value record, struct arena *arena)
{
    static const str keys[] = {STR_INIT("r"), STR_INIT("t"), STR_INIT("k"), STR_INIT("n")};
    str key = STR("");
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        key = arena_concat(arena, key, STR("\n"), value_str(value_get(record, keys[i])));
    return key;
}

/* The records that count: after a union of lines by Git, one key may stand there twice. */
value log_records(str note, struct arena *arena)
{
    struct map seen = {0};
    VEC(value) kept = {0};
    struct array_builder list;
    str line;
    while (str_cut(&note, '\n', &line)) {
        value record;
        struct error ignored = ERROR_INIT;
        if (!json_read(line, limits_default(), arena, &record, &ignored) ||
            value_str(value_get(record, STR("r"))).len == 0)
            continue; /* somebody else's */
        struct map_entry *entry = map_place(&seen, arena, key_of(record, arena));
        if (entry->value == NULL) {
            VEC_PUSH(arena, &kept, record);
            entry->value = (void *)(uintptr_t)kept.len;
            continue;
        }
        value *old = &kept.items[(uintptr_t)entry->value - 1];
        if (time_of(*old) <= time_of(record))
            *old = record;
    }
    array_begin(&list, arena);
    for (size_t i = 0; i < kept.len; i++)
        array_add(&list, kept.items[i]);
    return array_finish(&list);
}

static value entry_value(const struct repo_log_entry *entry, struct arena *arena)
{
    struct object_builder object;
    object_begin(&object, arena);
    object_add(&object, STR("commit"), value_string(str_z(entry->commit.id)));
    object_add(&object, STR("author"), value_string(entry->commit.author));
    object_add(&object, STR("summary"), value_string(entry->commit.summary));
    object_add(&object, STR("records"), log_records(entry->note, arena));
    return object_finish(&object);
}

/* One line a record, without the keys that only order them. */
void log_print_record(value record)
{
    str kind = value_str(value_get(record, STR("r")));
    if (str_equal(kind, STR("0-sum"))) {
        (void)printf("    %.*s  %.*s\n", STR_ARG(value_str(value_get(record, STR("verdict")))),
                     STR_ARG(value_str(value_get(record, STR("text")))));
        return;
    }
    if (str_equal(kind, STR("1-target")))
        return; /* the summary says it */
    (void)printf("      ");
    static const str keys[] = {STR_INIT("t"),       STR_INIT("k"),         STR_INIT("n"),
                               STR_INIT("state"),   STR_INIT("class"),     STR_INIT("path"),
                               STR_INIT("manager"), STR_INIT("operation"), STR_INIT("action"),
                               STR_INIT("rule"),    STR_INIT("msg"),       STR_INIT("since")};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        str text = value_str(value_get(record, keys[i]));
        if (text.len != 0)
            (void)printf("%.*s ", STR_ARG(text));
    }
    (void)fputc('\n', stdout);
}

static void print_entry(value entry)
{
    value records = value_get(entry, STR("records"));
    (void)printf("%.*s %.*s\n",
                 STR_ARG(str_slice(value_str(value_get(entry, STR("commit"))), 0, 12)),
                 STR_ARG(value_str(value_get(entry, STR("summary")))));
    if (value_len(records) == 0)
        (void)printf("    (no note)\n");
    for (size_t i = 0; i < value_len(records); i++)
        log_print_record(value_item(records, i));
}

static bool read_log(const struct arguments *arguments, struct spawner *spawner,
                     struct repo_log_result *ret_result, struct error *err)
{
    uint64_t limit;
    if (!str_to_u64(arguments_text(arguments, "limit", STR("20")), &limit) || limit == 0)
        return error_set(err, ERROR_INPUT, "--limit is a number from 1");
    const struct repo_log_request request = {
        .repository = arguments_text(arguments, "repository", STR(".")),
        .revision = arguments->operands.len != 0 ? arguments->operands.items[0] : (str){0},
        .notes_ref = arguments_text(arguments, "ref", (str){0}),
        .max = limit,
    };
    struct repo_job *job;
    if (!repo_log_start(spawner, CHILD_GIT, &request, limits_default(), &job, err))
        return false;
    networked_wait(job);
    return repo_log_finish(job, arguments->arena, ret_result, err);
}

int syncd_command_log(const struct arguments *arguments, struct spawner *spawner)
{
    struct error err = ERROR_INIT;
    enum output output;
    struct repo_log_result result;
    if (!arguments_output(arguments, &output, &err) || !read_log(arguments, spawner, &result, &err))
        return command_fail(&err);
    struct array_builder list;
    array_begin(&list, arguments->arena);
    for (size_t i = 0; i < result.count; i++)
        array_add(&list, entry_value(&result.entries[i], arguments->arena));
    value entries = array_finish(&list);
    if (output == OUTPUT_JSON) {
        str text = json_text(entries, JSON_INDENT2, arguments->arena);
        (void)printf("%.*s\n", STR_ARG(text));
        return EXIT_DONE;
    }
    for (size_t i = 0; i < value_len(entries); i++)
        print_entry(value_item(entries, i));
    return EXIT_DONE;
}
