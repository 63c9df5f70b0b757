/* verify: whether a history of notes is what those wrote who may. */
#include "syncd/cli/networked.h"

#include "syncd/daemon/daemon.h"
#include "syncd/git/source.h"
#include "syncd/kube/kubeconfig.h"
#include "syncd/value/json.h"

#include <stdio.h>

#define FILE_MOST (4u << 20)

static bool read_file(const struct arguments *arguments, const char *option, str *ret_text,
                      struct error *err)
{
    str path = arguments_text(arguments, option, STR(""));
    return path.len == 0 || kubeconfig_read_file(arena_str(arguments->arena, path).ptr, false,
                                                 FILE_MOST, arguments->arena, ret_text, err);
}

static bool verify_history(const struct arguments *arguments, struct spawner *spawner,
                           struct repo_verify_result *ret_result, struct error *err)
{
    struct repo_verify_request request = {
        .repository = arguments_text(arguments, "repository", STR(".")),
        .notes_ref = arguments_text(arguments, "ref", (str){0}),
        .trust = {.policy = TRUST_COMMIT,
                  .allowed_file = arguments_text(arguments, "allowed-signers", STR("")),
                  .revoked_file = arguments_text(arguments, "revoked-keys", STR(""))},
    };
    struct repo_job *job;
    if (!read_file(arguments, "allowed-signers", &request.trust.allowed_signers, err) ||
        !read_file(arguments, "revoked-keys", &request.trust.revoked_keys, err) ||
        !read_file(arguments, "openpgp-keys", &request.trust.openpgp_keys, err) ||
        !repo_verify_start(spawner, CHILD_GIT, &request, limits_default(), &job, err))
        return false;
    networked_wait(job);
    return repo_verify_finish(job, arguments->arena, ret_result, err);
}

static value finding_value(const struct repo_verify_finding *finding, struct arena *arena)
{
    struct object_builder object;
    object_begin(&object, arena);
    object_add(&object, STR("notesCommit"), value_string(str_z(finding->notes_commit)));
    object_add(&object, STR("author"), value_string(finding->author));
    object_add(&object, STR("rule"), value_string(str_z(finding->rule)));
    object_add(&object, STR("text"), value_string(finding->text));
    object_add(&object, STR("commit"), value_string(str_z(finding->commit)));
    object_add(&object, STR("added"), value_bool(finding->added));
    object_add(&object, STR("removed"), value_bool(finding->removed));
    object_add(&object, STR("offset"), value_uint(finding->offset, arena));
    object_add(&object, STR("oldLength"), value_uint(finding->old_len, arena));
    object_add(&object, STR("newLength"), value_uint(finding->new_len, arena));
    return object_finish(&object);
}

static value result_value(const struct repo_verify_result *result, struct arena *arena)
{
    struct object_builder object;
    struct array_builder findings;
    array_begin(&findings, arena);
    for (size_t i = 0; i < result->finding_count; i++)
        array_add(&findings, finding_value(&result->findings[i], arena));
    object_begin(&object, arena);
    object_add(&object, STR("commits"), value_uint(result->commits, arena));
    object_add(&object, STR("good"), value_uint(result->good, arena));
    object_add(&object, STR("findings"), array_finish(&findings));
    return object_finish(&object);
}

static void print_finding(const struct repo_verify_finding *finding)
{
    (void)printf("%.12s by %.*s: %.*s [%s]\n", finding->notes_commit, STR_ARG(finding->author),
                 STR_ARG(finding->text), finding->rule);
    if (finding->commit[0] == '\0')
        return;
    const char *what = finding->added ? "was added" : finding->removed ? "was removed" : "differs";
    (void)printf("    the note of %.12s %s from byte %llu on (%llu bytes, now %llu)\n",
                 finding->commit, what, (unsigned long long)finding->offset,
                 (unsigned long long)finding->old_len, (unsigned long long)finding->new_len);
}

int syncd_command_verify(const struct arguments *arguments, struct spawner *spawner)
{
    struct error err = ERROR_INIT;
    enum output output;
    struct repo_verify_result result;
    if (!arguments_output(arguments, &output, &err) ||
        !verify_history(arguments, spawner, &result, &err))
        return command_fail(&err);
    if (output == OUTPUT_JSON) {
        str text =
            json_text(result_value(&result, arguments->arena), JSON_INDENT2, arguments->arena);
        (void)printf("%.*s\n", STR_ARG(text));
        return result.good == result.commits ? EXIT_DONE : EXIT_DIFFERS;
    }
    for (size_t i = 0; i < result.finding_count; i++)
        print_finding(&result.findings[i]);
    (void)printf("%zu of %zu commits of the notes are signed by those who may%s\n", result.good,
                 result.commits, result.more ? "; more is wrong than shown" : "");
    return result.good == result.commits ? EXIT_DONE : EXIT_DIFFERS;
}
