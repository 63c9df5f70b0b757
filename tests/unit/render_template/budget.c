/* Hostile templates end with the budget that stopped them. */
#include "render/template/template.h"

#include <criterion/criterion.h>

struct hostile {
    const char *text;
    const char *rule;
};

Test(template_budget, stops_what_would_not_end, .timeout = 110)
{
    static const struct hostile cases[] = {
        {"{{ define \"a\" }}{{ include \"a\" . }}{{ end }}{{ include \"a\" . }}", "E_TPL_DEPTH"},
        {"{{ define \"a\" }}{{ template \"a\" . }}{{ end }}{{ template \"a\" . }}", "E_TPL_DEPTH"},
        {"{{ $t := \"{{ tpl .t . }}\" }}{{ tpl $t (dict \"t\" $t) }}", "E_TPL_DEPTH"},
        {"{{ range 1000000000000 }}{{ end }}", "E_TPL_STEPS"},
        {"{{ range 10000 }}{{ range 10000 }}{{ end }}{{ end }}", "E_TPL_STEPS"},
        {"{{ until 1000000000 }}", "E_TPL_MEMORY"},
        {"{{ repeat 1000000000 \"x\" }}", "E_TPL_OUTPUT"},
        {"{{ indent 1000000000 \"x\" }}", "E_TPL_OUTPUT"},
        {"{{ $d := list }}{{ range until 40 }}{{ $d = list $d $d }}{{ end }}{{ print $d }}",
         "E_TPL_OUTPUT"},
        {"{{ $d := list }}{{ range until 40 }}{{ $d = list $d $d }}{{ end }}{{ $x := deepCopy $d }}"
         "{{ $x }}",
         "E_TPL_MEMORY"},
        {"{{ $d := list }}{{ $e := list }}{{ range until 40 }}{{ $d = list $d $d }}"
         "{{ $e = list $e $e }}{{ end }}{{ deepEqual $d $e }}",
         "E_TPL_STEPS"},
        {"{{ $x := repeat 10000000 \"x\" }}{{ range until 1000 }}{{ $y := upper $x }}{{ end }}",
         "E_TPL_STEPS"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_ARENA struct arena *arena = arena_create(100u << 20);
        AUTO_BUF struct buf out = BUF_INIT(limits_default()->template_output);
        struct error err = ERROR_INIT;
        struct template_set *set = template_set_create(arena, limits_default());
        cr_assert(template_parse(set, STR("t"), str_z(cases[i].text), &err), "%s", err.text);
        struct template_run *run = template_run_create(set, NULL, limits_default(), arena);
        cr_expect(!template_execute(run, STR("t"), dyn_nil(), &out, &err), "%s", cases[i].text);
        cr_expect(err.class == ERROR_LIMIT && strcmp(err.rule, cases[i].rule) == 0, "%s: %s %s",
                  cases[i].text, err.rule, err.text);
        cr_expect(strstr(err.text, "template: ") != NULL, "%s", err.text);
    }
}

Test(template_budget, a_map_inside_itself_is_no_crash)
{
    static const char *const texts[] = {
        "{{ $d := dict }}{{ $_ := set $d \"d\" $d }}{{ toYaml $d }}{{ toJson $d }}",
        "{{ $d := dict }}{{ $_ := set $d \"d\" $d }}{{ $e := deepCopy $d }}{{ len $e }}",
        "{{ $d := dict }}{{ $_ := set $d \"d\" $d }}{{ merge (dict) $d | len }}",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        AUTO_ARENA struct arena *arena = arena_create(64u << 20);
        AUTO_BUF struct buf out = BUF_INIT(1u << 20);
        struct error err = ERROR_INIT;
        struct template_set *set = template_set_create(arena, limits_default());
        cr_assert(template_parse(set, STR("t"), str_z(texts[i]), &err), "%s", err.text);
        struct template_run *run = template_run_create(set, NULL, limits_default(), arena);
        cr_expect(template_execute(run, STR("t"), dyn_nil(), &out, &err), "%s: %s", texts[i],
                  err.text);
    }
}
