/* What other tools applied becomes ours, and nothing else. */
#include "syncd/live/adopt.h"

#include "syncd/value/json.h"

#include <criterion/criterion.h>

#define ENTRY(manager, operation, version, more, fields)                                           \
    "{\"manager\":\"" manager "\",\"operation\":\"" operation "\",\"apiVersion\":\"" version       \
    "\",\"fieldsType\":\"FieldsV1\"" more ",\"fieldsV1\":" fields "}"
#define DATA(name) "{\"f:data\":{\"f:" name "\":{}}}"

static value parse(struct arena *arena, str text)
{
    value document;
    struct error err = ERROR_INIT;
    cr_assert(json_read(text, limits_default(), arena, &document, &err), "%s", err.text);
    return document;
}

static struct owners owners_of(value managed, struct arena *arena)
{
    struct owners owners;
    struct error err = ERROR_INIT;
    cr_assert(owners_parse(managed, arena, &owners, &err), "%s", err.text);
    return owners;
}

static const struct {
    const char *name, *before, *ours; /* "": nothing moves */
    unsigned tools;
    size_t owners;
} cases[] = {
    {"kubectl's entry becomes ours",
     ENTRY("kubectl-client-side-apply", "Update", "v1", "", DATA("a")), "{\"f:data\":{\"f:a\":{}}}",
     OPTION_ADOPT_KUBECTL, 1},
    {"it joins what we applied",
     ENTRY("syncd", "Apply", "v1", "", DATA("b")) "," ENTRY("kubectl-client-side-apply", "Update",
                                                            "v1", "", DATA("a")),
     "{\"f:data\":{\"f:a\":{},\"f:b\":{}}}", OPTION_ADOPT_KUBECTL, 1},
    {"what people edited stays theirs",
     ENTRY("syncd", "Apply", "v1", "",
           DATA("b")) "," ENTRY("kubectl-edit", "Update", "v1", "",
                                DATA("c")) "," ENTRY("kubectl", "Apply", "v1", "", DATA("a")),
     "{\"f:data\":{\"f:a\":{},\"f:b\":{}}}", OPTION_ADOPT_KUBECTL, 2},
    {"a tool that was not named stays",
     ENTRY("syncd", "Apply", "v1", "", DATA("b")) "," ENTRY("argocd-controller", "Apply", "v1", "",
                                                            DATA("a")),
     "", OPTION_ADOPT_KUBECTL | OPTION_ADOPT_FLUX, 2},
    {"two writers of one tool",
     ENTRY("kustomize-controller", "Apply", "v1", "",
           DATA("a")) "," ENTRY("flux-client-side-apply", "Update", "v1", "", DATA("b")),
     "{\"f:data\":{\"f:a\":{},\"f:b\":{}}}", OPTION_ADOPT_FLUX, 1},
    {"a subresource stays",
     ENTRY("syncd", "Apply", "v1", "", DATA("b")) "," ENTRY(
         "helm", "Update", "v1", ",\"subresource\":\"status\"", "{\"f:status\":{\"f:x\":{}}}"),
     "", OPTION_ADOPT_HELM, 2},
    {"another version stays",
     ENTRY("syncd", "Apply", "v2", "", DATA("b")) "," ENTRY("helm", "Update", "v1", "", DATA("a")),
     "", OPTION_ADOPT_HELM, 2},
    {"nothing there", ENTRY("somebody", "Apply", "v1", "", DATA("a")), "", OPTION_ADOPT, 1},
};

Test(adopt, moves_what_tools_applied_and_nothing_else)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        value before = parse(arena, arena_printf(arena, "[%s]", cases[i].before)), after;
        struct error err = ERROR_INIT;
        cr_assert(adopt_fields(before, cases[i].tools, arena, &after, &err), "%s", err.text);
        cr_assert_eq(value_present(after), cases[i].ours[0] != '\0', "%s", cases[i].name);
        struct owners owners = owners_of(value_present(after) ? after : before, arena);
        cr_assert_eq(owners.len, cases[i].owners, "%s", cases[i].name);
        if (!value_present(after))
            continue;
        const struct owner *own = owners_find(owners, STR("syncd"), OWNER_APPLY, STR(""), STR(""));
        cr_assert_not_null(own, "%s", cases[i].name);
        AUTO_BUF struct buf text = BUF_INIT(4096);
        fields_print(own->fields, &text);
        cr_assert(str_equal(buf_str(&text), str_z(cases[i].ours)), "%s: %s", cases[i].name,
                  text.ptr);
        /* What has moved does not move again. */
        value again;
        cr_assert(adopt_fields(after, cases[i].tools, arena, &again, &err));
        cr_assert_not(value_present(again), "%s", cases[i].name);
        cr_assert_eq(adopt_find(owners) & cases[i].tools, 0, "%s", cases[i].name);
    }
}

Test(adopt, finds_tools_by_entry_and_by_name)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    value managed = parse(arena, STR("[" ENTRY("helm", "Update", "v1", "", DATA("a")) "," ENTRY(
                                     "kubectl", "Update", "v1", "", DATA("b")) "]"));
    cr_assert_eq(adopt_find(owners_of(managed, arena)), OPTION_ADOPT_HELM);
    cr_assert_eq(adopt_tools_of(STR("argocd-controller")), OPTION_ADOPT_ARGOCD);
    cr_assert_eq(adopt_tools_of(STR("somebody")), 0);
    cr_assert_str_eq(adopt_tool_name(OPTION_ADOPT_FLUX), "flux");
    for (unsigned tool = OPTION_ADOPT_KUBECTL; tool <= OPTION_ADOPT_HELM; tool <<= 1)
        cr_assert_eq(object_option_adopt(str_z(adopt_tool_name(tool))), tool);
    cr_assert_eq(object_option_adopt(STR("vi")), 0);
}
