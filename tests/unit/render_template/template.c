/* The language: what templates print, and what they say when they cannot. */
#include "render/template/template.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>

struct example {
    const char *text;
    const char *want; /* NULL: an error that contains `error` */
    const char *error;
};

static struct dyn example_dot(struct arena *arena)
{
    struct dyn_map *map = dyn_map_create(arena);
    struct dyn_map *inner = dyn_map_create(arena);
    struct dyn *items = ARENA_ARRAY(arena, struct dyn, 3);
    items[0] = dyn_string(STR("x"));
    items[1] = dyn_float(2);
    items[2] = dyn_nil();
    dyn_map_set(inner, arena, STR("k"), dyn_string(STR("v")));
    dyn_map_set(map, arena, STR("map"), dyn_of_map(TYPE_MAP_ANY, inner));
    dyn_map_set(map, arena, STR("list"), dyn_list(TYPE_LIST_ANY, items, 3));
    dyn_map_set(map, arena, STR("big"), dyn_float(12345678));
    dyn_map_set(map, arena, STR("null"), dyn_nil());
    return dyn_of_map(TYPE_MAP_ANY, map);
}

/* True and the text, or false and the message. */
static bool run(const char *text, struct arena *arena, str *ret_text)
{
    struct error err = ERROR_INIT;
    struct template_set *set = template_set_create(arena, limits_default());
    static const struct template_world world = {.now_ns = INT64_C(1700000000) * 1000000000};
    AUTO_BUF struct buf out = BUF_INIT(1u << 20);
    if (!template_parse(set, STR("t"), str_z(text), &err)) {
        *ret_text = arena_str(arena, str_z(err.text));
        return false;
    }
    struct template_run *state = template_run_create(set, &world, limits_default(), arena);
    bool good = template_execute(state, STR("t"), example_dot(arena), &out, &err);
    *ret_text = good ? buf_copy(&out, arena) : arena_str(arena, str_z(err.text));
    return good;
}

static void check(const struct example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        AUTO_ARENA struct arena *arena = arena_create(64u << 20);
        str text;
        bool good = run(examples[i].text, arena, &text);
        if (examples[i].want != NULL) {
            cr_expect(good, "%s: %.*s", examples[i].text, STR_ARG(text));
            cr_expect(str_equal(text, str_z(examples[i].want)), "%s: got %.*s, want %s",
                      examples[i].text, STR_ARG(text), examples[i].want);
        } else {
            cr_expect(!good, "%s: printed %.*s", examples[i].text, STR_ARG(text));
            cr_expect(str_find(text, str_z(examples[i].error)) != SIZE_MAX, "%s: said %.*s",
                      examples[i].text, STR_ARG(text));
        }
    }
}

Test(template, prints_what_go_prints)
{
    static const struct example examples[] = {
        {"a {{- /* note */ -}} b", "ab", NULL},
        {"{{ 1 }} {{ 1.50 }} {{ 1e6 }} {{ 'a' }} {{ 0x1F }} {{ 1_000 }} {{ true }}",
         "1 1.5 1e+06 97 31 1000 true", NULL},
        {"{{ .big }} {{ .map }} {{ .list }} {{ .null }} {{ .missing }}",
         "1.2345678e+07 map[k:v] [x 2 <nil>] <no value> <no value>", NULL},
        {"{{ range $i, $e := .list }}{{ $i }}={{ $e }};{{ end }}", "0=x;1=2;2=<no value>;", NULL},
        {"{{ range 3 }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ . }}{{ end }}", "02", NULL},
        {"{{ range list }}x{{ else }}none{{ end }}", "none", NULL},
        {"{{ with .missing }}a{{ else with .map }}{{ .k }}{{ end }}", "v", NULL},
        {"{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ $y := 3 }}{{ end }}{{ $x }}", "2", NULL},
        {"{{ and 1 0 (fail \"never\") }} {{ or 0 \"a\" (fail \"never\") }}", "0 a", NULL},
        {"{{ define \"d\" }}[{{ . }}]{{ end }}{{ template \"d\" 5 }}{{ include \"d\" 6 }}",
         "[5][6]", NULL},
        {"{{ block \"b\" .map }}{{ .k }}{{ end }}", "v", NULL},
        {"{{ \"a\" | printf \"%s-%s\" \"b\" }}", "b-a", NULL},
        {"{{ printf \"%05.1f|%-4d|%q|%x|%v\" 3.14159 7 \"q\" \"hi\" nil }}",
         "003.1|7   |\"q\"|6869|<nil>", NULL},
        {"{{ printf \"%d %s\" \"a\" }}", "%!d(string=a) %!s(MISSING)", NULL},
        {"{{ (.missing).deeper }}", "<no value>", NULL},
        {"{{ tpl \"{{ .k }}\" .map }}", "v", NULL},
    };
    check(examples, ARRAY_LEN(examples));
}

Test(template, fails_with_place_and_reason)
{
    static const struct example examples[] = {
        {"a\n{{ .list.x }}", NULL,
         "template: t:2:8: executing \"t\" at <.list.x>: can't evaluate field x in type interface "
         "{}"},
        {"{{ .null.x }}", NULL, "nil pointer evaluating interface {}.x"},
        {"{{ nosuch 1 }}", NULL, "template: t:1: function \"nosuch\" not defined"},
        {"{{ $x }}", NULL, "undefined variable \"$x\""},
        {"{{ if }}x{{ end }}", NULL, "missing value for if"},
        {"{{ if 1 }}", NULL, "unexpected EOF"},
        {"{{ 1 | 2 }}", NULL, "non executable command in pipeline stage 2"},
        {"{{ break }}", NULL, "{{break}} outside {{range}}"},
        {"{{ upper 1 }}", NULL, "at <1>: expected string; found 1"},
        {"{{ upper .big }}", NULL, "wrong type for value; expected string; got float64"},
        {"{{ eq 1 1.0 }}", NULL, "incompatible types for comparison: int and float64"},
        {"{{ index .list 7 }}", NULL, "error calling index"},
        {"{{ trunc 1 }}", NULL, "wrong number of args for trunc: want 2 got 1"},
        {"{{ include \"none\" . }}", NULL,
         "no template \"none\" associated with template \"gotpl\""},
        {"{{ div 1 0 }}", NULL,
         "at <div 1 0>: error calling div: runtime error: integer divide by zero"},
        {"{{ \"a\nb\" }}", NULL, "unterminated quoted string"},
    };
    check(examples, ARRAY_LEN(examples));
}
