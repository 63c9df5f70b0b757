/*
 * judge FILE…: the verdict of the first document of each file, as a line
 * `file TAB state TAB rule TAB reason TAB message`.
 */
#include "syncd/health/health.h"
#include "syncd/value/yaml.h"

#include <stdio.h>
#include <stdlib.h>

static char text[4u << 20];

static bool read_document(const char *name, struct arena *arena, value *ret_document,
                          struct error *err)
{
    static const struct yaml_options options = {.dialect = YAML_KUBERNETES,
                                                .allow_duplicate_keys = true};
    FILE *file = fopen(name, "r");
    if (file == NULL)
        return error_set(err, ERROR_NOT_FOUND, "cannot open it");
    size_t length = fread(text, 1, sizeof(text), file);
    (void)fclose(file);
    str copy = arena_str(arena, str_from(text, length));
    return yaml_read(copy, &options, limits_default(), arena, ret_document, err);
}

int main(int argc, char **argv)
{
    AUTO_ARENA struct arena *fixed = arena_create(ARENA_NO_BUDGET);
    struct health_rules *rules = health_rules_new(limits_default(), fixed);
    struct error err = ERROR_INIT;
    if (!health_rules_add_builtin(rules, &err)) {
        (void)fprintf(stderr, "%s:%u: %s\n", err.file, err.line, err.text);
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
        value document;
        error_clear(&err);
        if (!read_document(argv[i], arena, &document, &err)) {
            (void)printf("%s\tunreadable\t\t%s\t\n", argv[i], err.text);
            continue;
        }
        const struct health_evidence seen = {
            .object = document, .facts = value_absent(), .has_status = true};
        struct health_verdict verdict = health_judge(rules, &seen, arena);
        (void)printf("%s\t%s\t%.*s\t%.*s\t%.*s\n", argv[i], health_state_name(verdict.state),
                     STR_ARG(verdict.rule), STR_ARG(verdict.reason), STR_ARG(verdict.message));
    }
    return 0;
}
