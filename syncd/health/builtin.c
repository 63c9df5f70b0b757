/* The rules that come with the program: builtin.yaml, as bytes. */
#include "syncd/health/rules_internal.h"
#include "syncd/value/yaml.h"

extern const unsigned char health_builtin_text[];
extern const size_t health_builtin_text_len;

bool health_rules_add_builtin(struct health_rules *rules, struct error *err)
{
    static const struct yaml_options options = {.dialect = YAML_KUBERNETES};
    str text = str_from((const char *)health_builtin_text, health_builtin_text_len);
    value document;
    return yaml_read(text, &options, rules->limits, rules->arena, &document, err) &&
           health_rules_add(rules, document, STR("builtin.yaml"), err);
}
