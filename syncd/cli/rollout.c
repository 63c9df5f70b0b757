/* rollout: how far each rollout is, and why each of its clusters is held. */
#include "syncd/cli/networked.h"

#include "syncd/value/json.h"

#include <stdio.h>

static void print_member(value member)
{
    str reason = value_str(value_get(member, STR("reason")));
    str message = value_str(value_get(member, STR("message")));
    (void)printf("  %-32.*s %-16.*s %-9.*s%s%.*s%s%.*s\n",
                 STR_ARG(value_str(value_get(member, STR("name")))),
                 STR_ARG(value_str(value_get(member, STR("wave")))),
                 STR_ARG(value_str(value_get(member, STR("phase")))), reason.len != 0 ? "  " : "",
                 STR_ARG(reason), message.len != 0 ? ": " : "", STR_ARG(message));
}

static void print_waves(value waves)
{
    for (size_t i = 0; i < value_len(waves); i++) {
        value wave = value_item(waves, i);
        (void)printf("  wave %-27.*s %.*s\n", STR_ARG(value_str(value_get(wave, STR("name")))),
                     STR_ARG(value_str(value_get(wave, STR("state")))));
    }
}

void rollouts_print(value rollouts, bool members)
{
    static const str counts[] = {STR_INIT("clusters"), STR_INIT("held"), STR_INIT("released"),
                                 STR_INIT("done"), STR_INIT("bad")};
    for (size_t i = 0; i < value_len(rollouts); i++) {
        value rollout = value_item(rollouts, i), list = value_get(rollout, STR("members"));
        (void)printf("rollout %-24.*s %-9.*s", STR_ARG(value_str(value_get(rollout, STR("name")))),
                     STR_ARG(value_str(value_get(rollout, STR("state")))));
        for (size_t j = 0; j < ARRAY_LEN(counts); j++)
            (void)printf(" %.*s=%.*s", STR_ARG(counts[j]),
                         STR_ARG(value_number_text(value_get(rollout, counts[j]))));
        (void)fputc('\n', stdout);
        if (members)
            print_waves(value_get(rollout, STR("waves")));
        for (size_t j = 0; members && j < value_len(list); j++)
            print_member(value_item(list, j));
    }
}

/* Only the one with this name. */
static value narrow(value rollouts, str name, struct arena *arena)
{
    struct array_builder kept;
    array_begin(&kept, arena);
    for (size_t i = 0; i < value_len(rollouts); i++) {
        value rollout = value_item(rollouts, i);
        if (name.len == 0 || str_equal(value_str(value_get(rollout, STR("name"))), name))
            array_add(&kept, rollout);
    }
    return array_finish(&kept);
}

static int code_of(value rollouts, bool stale)
{
    int code = EXIT_DONE;
    for (size_t i = 0; i < value_len(rollouts); i++) {
        str state = value_str(value_get(value_item(rollouts, i), STR("state")));
        if (!str_equal(state, STR("Complete")))
            code = EXIT_HELD;
    }
    return stale ? EXIT_STALE : code;
}

int syncd_command_rollout(const struct arguments *arguments, struct spawner *spawner)
{
    struct status_file file;
    int code;
    (void)spawner;
    if (!status_load(arguments, &file, &code))
        return code;
    str name = arguments->operands.len != 0 ? arguments->operands.items[0] : (str){0};
    value rollouts = narrow(value_get(file.status, STR("rollouts")), name, arguments->arena);
    if (name.len != 0 && value_len(rollouts) == 0) {
        struct error err = ERROR_INIT;
        (void)error_set(&err, ERROR_NOT_FOUND, "the daemon knows no rollout called %.*s",
                        STR_ARG(name));
        return command_fail(&err);
    }
    if (file.output == OUTPUT_JSON)
        (void)printf("%.*s\n", STR_ARG(json_text(rollouts, JSON_INDENT2, arguments->arena)));
    else
        rollouts_print(rollouts, true);
    if (file.output != OUTPUT_JSON && value_len(rollouts) == 0)
        (void)printf("no rollout\n");
    return code_of(rollouts, file.stale);
}
