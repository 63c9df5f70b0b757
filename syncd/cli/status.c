/* status: what the running daemon last wrote, with its age. */
#include "syncd/cli/networked.h"

#include "syncd/base/clock.h"
#include "syncd/config/config.h"
#include "syncd/value/json.h"

#include <stdio.h>
#include <stdlib.h>

static bool read_status(const struct config *config, struct arena *arena, value *ret_status,
                        str *ret_text, struct error *err)
{
    str path = arena_printf(arena, "%.*s/status.json", STR_ARG(config->state_directory));
    FILE *file = fopen(path.ptr, "re");
    if (file == NULL) {
        (void)error_set(err, ERROR_NOT_FOUND, "%s: %m", path.ptr);
        return error_hint(err, "is the daemon running with this configuration?");
    }
    size_t max = 8u << 20;
    char *text = arena_alloc_bytes(arena, max);
    size_t length = fread(text, 1, max, file);
    (void)fclose(file); /* only read from */
    *ret_text = str_from(text, length);
    return json_read(*ret_text, limits_default(), arena, ret_status, err);
}

static int64_t age_of(value status, str key)
{
    int64_t at;
    if (!clock_parse_rfc3339(value_str(value_get(status, key)), &at))
        return INT64_MAX;
    return clock_wall_ns() - at;
}

static void print_target(value target, bool stale)
{
    str verdict = stale ? STR("Unknown (stale)") : value_str(value_get(target, STR("verdict")));
    str commit = str_slice(value_str(value_get(target, STR("commit"))), 0, 12);
    (void)printf(
        "%-20.*s %-11.*s %-16.*s %-13.*s", STR_ARG(value_str(value_get(target, STR("name")))),
        STR_ARG(value_str(value_get(target, STR("role")))), STR_ARG(verdict), STR_ARG(commit));
    static const str counts[] = {STR_INIT("objects"), STR_INIT("failed"), STR_INIT("conflicts"),
                                 STR_INIT("drift"), STR_INIT("healed")};
    for (size_t i = 0; i < ARRAY_LEN(counts); i++)
        (void)printf(" %.*s=%.*s", STR_ARG(counts[i]),
                     STR_ARG(value_number_text(value_get(target, counts[i]))));
    str problem = value_str(value_get(target, STR("problem")));
    if (problem.len != 0)
        (void)printf("\n    %.*s", STR_ARG(problem));
    (void)fputc('\n', stdout);
}

int status_verdict_code(str verdict)
{
    static const struct {
        str verdict;
        int code;
    } rows[] = {{STR_INIT("Synced"), EXIT_DONE},   {STR_INIT("Progressing"), EXIT_STALE},
                {STR_INIT("Held"), EXIT_HELD},     {STR_INIT("Unknown"), EXIT_STALE},
                {STR_INIT("Partly"), EXIT_PARTLY}, {STR_INIT("Failed"), EXIT_FAILED},
                {STR_INIT("Refused"), EXIT_FAILED}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_equal(verdict, rows[i].verdict))
            return rows[i].code;
    }
    return EXIT_STALE;
}

/* A target that has not said anything for so long is not known any more. */
#define CONTACT_MOST_NS (180 * NS_PER_S)

/* The worst of what the platform's objects say: failed, held, then not there yet. */
static int objects_code(value objects)
{
    int worst = EXIT_DONE;
    for (size_t i = 0; i < value_len(objects); i++) {
        str verdict = value_str(value_get(value_item(objects, i), STR("verdict")));
        if (str_equal(verdict, STR("Failed")))
            return EXIT_FAILED;
        if (str_equal(verdict, STR("Suspended")))
            worst = EXIT_HELD;
        else if (!str_equal(verdict, STR("Ready")) && worst == EXIT_DONE)
            worst = EXIT_STALE;
    }
    return worst;
}

/* Clusters of the platform, and what of it has failed. */
static void print_objects(value objects)
{
    for (size_t i = 0; i < value_len(objects); i++) {
        value object = value_item(objects, i);
        str message = value_str(value_get(object, STR("message")));
        str reason = value_str(value_get(object, STR("reason")));
        (void)printf("  %-12.*s %-32.*s %-12.*s since %.*s%s%.*s%s%.*s\n",
                     STR_ARG(value_str(value_get(object, STR("kind")))),
                     STR_ARG(value_str(value_get(object, STR("name")))),
                     STR_ARG(value_str(value_get(object, STR("verdict")))),
                     STR_ARG(value_str(value_get(object, STR("since")))),
                     reason.len != 0 ? "  " : "", STR_ARG(reason), message.len != 0 ? ": " : "",
                     STR_ARG(message));
    }
}

int status_print(value status, bool stale)
{
    value source = value_get(status, STR("source")), targets = value_get(status, STR("targets"));
    str problem = value_str(value_get(source, STR("problem")));
    str held = value_str(value_get(source, STR("held")));
    (void)printf("%.*s at %.*s %.*s\n", STR_ARG(value_str(value_get(source, STR("url")))),
                 STR_ARG(str_slice(value_str(value_get(source, STR("commit"))), 0, 12)),
                 STR_ARG(value_str(value_get(source, STR("summary")))));
    if (problem.len != 0)
        (void)printf("    not read: %.*s\n", STR_ARG(problem));
    if (held.len != 0)
        (void)printf("    held: the branch's history is %.*s\n", STR_ARG(held));
    int worst = stale ? EXIT_STALE : held.len != 0 ? EXIT_HELD : EXIT_DONE;
    for (size_t i = 0; i < value_len(targets); i++) {
        value target = value_item(targets, i);
        bool old = stale || age_of(target, STR("lastContact")) > CONTACT_MOST_NS;
        int code =
            old ? EXIT_STALE : status_verdict_code(value_str(value_get(target, STR("verdict"))));
        if (worst == EXIT_DONE)
            worst = code;
        print_target(target, old);
    }
    print_objects(value_get(status, STR("objects")));
    rollouts_print(value_get(status, STR("rollouts")), false);
    if (worst == EXIT_DONE)
        worst = objects_code(value_get(status, STR("objects")));
    if (stale)
        (void)printf("This is old: the daemon wrote it at %.*s.\n",
                     STR_ARG(value_str(value_get(status, STR("at")))));
    return worst;
}

bool status_load(const struct arguments *arguments, struct status_file *ret_file, int *ret_code)
{
    struct error err = ERROR_INIT;
    int64_t max_age;
    struct findings findings;
    struct config *config;
    struct arena *arena = arguments->arena;
    findings_init(&findings, arena);
    str path = arena_str(arena, arguments_text(arguments, "config", STR("syncd.yaml")));
    if (!arguments_output(arguments, &ret_file->output, &err) ||
        !arguments_duration(arguments, "max-age", 120 * NS_PER_S, &max_age, &err)) {
        *ret_code = command_fail(&err);
        return false;
    }
    if (!config_load(path.ptr, arena, &findings, &config)) {
        const struct finding *first = &findings.list.items[0];
        (void)error_set(&err, ERROR_INPUT, "%.*s:%u: %.*s", STR_ARG(first->position.file),
                        first->position.line, STR_ARG(first->text));
        *ret_code = command_fail(&err);
        return false;
    }
    if (!read_status(config, arena, &ret_file->status, &ret_file->text, &err)) {
        (void)command_fail(&err);
        *ret_code = EXIT_STALE;
        return false;
    }
    ret_file->stale = age_of(ret_file->status, STR("at")) > max_age;
    return true;
}

int syncd_command_status(const struct arguments *arguments, struct spawner *spawner)
{
    struct status_file file;
    int code;
    if (arguments_given(arguments, "from-git"))
        return status_from_git(arguments, spawner);
    if (!status_load(arguments, &file, &code))
        return code;
    if (file.output == OUTPUT_JSON) {
        (void)printf("%.*s\n", STR_ARG(file.text));
        return file.stale ? EXIT_STALE : EXIT_DONE;
    }
    return status_print(file.status, file.stale);
}
