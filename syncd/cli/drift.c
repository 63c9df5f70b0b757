/* drift: what the running daemon knows to have drifted, in every form. */
#include "syncd/cli/networked.h"

#include "syncd/base/clock.h"
#include "syncd/config/config.h"
#include "syncd/report/drift.h"
#include "syncd/value/json.h"
#include "syncd/value/yaml.h"

#include <stdio.h>

static bool load(const struct arguments *arguments, struct config **ret_config, struct error *err)
{
    struct findings findings;
    struct arena *arena = arguments->arena;
    str path = arena_str(arena, arguments_text(arguments, "config", STR("syncd.yaml")));
    findings_init(&findings, arena);
    if (config_load(path.ptr, arena, &findings, ret_config))
        return true;
    const struct finding *first = &findings.list.items[0];
    return error_set(err, ERROR_INPUT, "%.*s:%u: %.*s", STR_ARG(first->position.file),
                     first->position.line, STR_ARG(first->text));
}

static bool read_document(const struct config *config, struct arena *arena, value *ret_document,
                          struct error *err)
{
    str path = arena_printf(arena, "%.*s/drift.json", STR_ARG(config->state_directory));
    FILE *file = fopen(path.ptr, "re");
    if (file == NULL) {
        (void)error_set(err, ERROR_NOT_FOUND, "%s: %m", path.ptr);
        return error_hint(err, "is the daemon running with this configuration?");
    }
    AUTO_BUF struct buf text = BUF_INIT(256u << 20);
    size_t got;
    do {
        char *room = buf_reserve(&text, 1u << 16);
        got = room != NULL ? fread(room, 1, 1u << 16, file) : 0;
        if (got != 0)
            buf_wrote(&text, got);
    } while (got != 0);
    (void)fclose(file); /* only read from */
    return json_read(buf_copy(&text, arena), limits_default(), arena, ret_document, err);
}

static bool is_among(const struct arguments *arguments, const char *option, str text)
{
    size_t count;
    const str *wanted = arguments_list(arguments, option, &count);
    bool found = count == 0;
    for (size_t i = 0; i < count; i++)
        found = found || str_equal(wanted[i], text);
    return found;
}

/* Only the targets and classes that were asked for. */
static value narrow(value document, const struct arguments *arguments, struct arena *arena)
{
    struct array_builder targets, rows;
    value all = value_get(document, STR("targets")), drift = value_get(document, STR("drift"));
    array_begin(&targets, arena);
    array_begin(&rows, arena);
    for (size_t i = 0; i < value_len(all); i++) {
        value target = value_item(all, i);
        if (is_among(arguments, "target", value_str(value_get(target, STR("name")))))
            array_add(&targets, target);
    }
    for (size_t i = 0; i < value_len(drift); i++) {
        struct drift_row row = drift_row_read(value_item(drift, i));
        if (is_among(arguments, "target", row.target) && is_among(arguments, "class", row.class))
            array_add(&rows, value_item(drift, i));
    }
    document = value_with(document, STR("targets"), array_finish(&targets), arena);
    return value_with(document, STR("drift"), array_finish(&rows), arena);
}

static void show(value document, str format_name, struct buf *buf)
{
    enum drift_format format;
    if (drift_format_from_name(format_name, &format))
        drift_print(document, format, buf);
    else /* the one that the report does not know */
        yaml_write(document, YAML_SIGS, buf);
}

int syncd_command_drift(const struct arguments *arguments, struct spawner *spawner)
{
    struct error err = ERROR_INIT;
    struct arena *arena = arguments->arena;
    struct config *config;
    int64_t max_age;
    value document;
    str wanted;
    (void)spawner;
    if (!arguments_format(arguments, &wanted, &err))
        return command_fail(&err);
    if (!arguments_duration(arguments, "max-age", 120 * NS_PER_S, &max_age, &err) ||
        !load(arguments, &config, &err))
        return command_fail(&err);
    if (!read_document(config, arena, &document, &err)) {
        (void)command_fail(&err);
        return EXIT_STALE;
    }
    document = drift_document_aged(document, clock_wall_ns(), max_age, arena);
    document = narrow(document, arguments, arena);
    AUTO_BUF struct buf text = BUF_INIT(256u << 20);
    str rules = arguments_text(arguments, "suggest-ignore", (str){0});
    if (rules.len != 0)
        drift_print_rules(document, str_equal(rules, STR("all")) ? (str){0} : rules, &text);
    else
        show(document, wanted, &text);
    (void)fwrite(text.ptr, 1, text.len, stdout);
    if (drift_document_unknown(document))
        return EXIT_STALE; /* what is not known may have drifted, too */
    return drift_document_drifted(document) ? EXIT_DIFFERS : EXIT_DONE;
}
