#include "render/kustomize/embedded_yaml.h"

#include "render/kustomize/scalar.h"

bool kust_embedded_read(struct build *build, str text, value *ret_document, struct error *err)
{
    static const struct yaml_options options = {.dialect = YAML_KUSTOMIZE};
    return yaml_read(text, &options, build->limits, build->arena, ret_document, err);
}

static bool print_json(struct build *build, str original, value document, str *ret_text)
{
    bool pretty =
        str_index(original, '\n') != SIZE_MAX && str_find(original, STR("  ")) != SIZE_MAX;
    value canonical = kust_canonical(document, false, build->arena);
    *ret_text = json_text(canonical, pretty ? JSON_INDENT2 : JSON_GO, build->arena);
    return true;
}

bool kust_embedded_print(struct build *build, str text, value before, value after, str *ret_text,
                         struct error *err)
{
    str start = str_trim(text);
    if (start.len != 0 && (start.ptr[0] == '{' || start.ptr[0] == '['))
        return print_json(build, text, after, ret_text);
    if (!yaml_rewrite(text, before, after, build->limits, build->arena, ret_text, err))
        return false;
    *ret_text = str_trim(*ret_text);
    return true;
}
