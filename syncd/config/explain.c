/* The configuration's table as text for people and as a JSON schema. */
#include "syncd/config/config.h"

#include <stdio.h>

void config_explain(struct buf *buf)
{
    size_t count;
    const struct config_key *keys = config_keys(&count);
    buf_add(buf, STR("apiVersion: syncd.dev/v1alpha1\nkind: SyncConfig\n"
                     "metadata.name                           names this configuration; part of "
                     "the owner's id in the clusters\n\n"));
    for (size_t i = 0; i < count; i++) {
        buf_printf(buf, "%-40s%s\n%-40s  %s", keys[i].path, keys[i].summary, "", keys[i].type);
        if (keys[i].fallback == NULL)
            buf_add(buf, STR(", needed\n"));
        else if (keys[i].fallback[0] != '\0')
            buf_printf(buf, ", default %s\n", keys[i].fallback);
        else
            buf_add_byte(buf, '\n');
    }
    size_t limit_count;
    const struct limits_row *limits = limits_rows(&limit_count);
    buf_add_byte(buf, '\n');
    for (size_t i = 0; i < limit_count; i++)
        buf_printf(buf, "spec.limits.%-28s%s\n%-40s  %s, default %llu\n", limits[i].name,
                   limits[i].what, "", limits[i].unit, (unsigned long long)limits[i].value);
}

static const char *schema_type(const char *type)
{
    if (strcmp(type, "list") == 0)
        return "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}";
    if (strcmp(type, "yes/no") == 0)
        return "{\"type\":\"boolean\"}";
    if (strcmp(type, "number") == 0)
        return "{\"type\":\"integer\",\"minimum\":0}";
    if (strcmp(type, "heal, report or ignore") == 0)
        return "{\"enum\":[\"heal\",\"report\",\"ignore\"]}";
    if (strcmp(type, "bootstrap, management or regional") == 0)
        return "{\"enum\":[\"bootstrap\",\"management\",\"regional\"]}";
    return "{\"type\":\"string\"}";
}

/* The keys directly below `prefix`, as "properties" and "required". */
static void add_keys(struct buf *buf, const char *prefix, const char *more)
{
    size_t count, length = strlen(prefix);
    const struct config_key *keys = config_keys(&count);
    AUTO_BUF struct buf needed = BUF_INIT(4096);
    const char *comma = "";
    buf_add(buf, STR("{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"));
    for (size_t i = 0; i < count; i++) {
        const char *name = keys[i].path + length + 1;
        if (strncmp(keys[i].path, prefix, length) != 0 || keys[i].path[length] != '.' ||
            strchr(name, '.') != NULL || strchr(name, '[') != NULL)
            continue;
        buf_printf(buf, "%s\"%s\":%s", comma, name, schema_type(keys[i].type));
        comma = ",";
        if (keys[i].fallback == NULL)
            buf_printf(&needed, "%s\"%s\"", needed.len != 0 ? "," : "", name);
    }
    buf_printf(buf, "%s}", more);
    if (needed.len != 0)
        buf_printf(buf, ",\"required\":[%s]", needed.ptr);
    buf_add_byte(buf, '}');
}

void config_schema(struct buf *buf)
{
    AUTO_BUF struct buf sections = BUF_INIT(1 << 16), from = BUF_INIT(1 << 16);
    AUTO_BUF struct buf rules = BUF_INIT(1 << 16);
    static const char *const names[] = {"source", "notes", "prune"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char prefix[64];
        (void)snprintf(prefix, sizeof(prefix), "spec.%s", names[i]);
        buf_printf(&sections, ",\"%s\":", names[i]);
        add_keys(&sections, prefix, "");
    }
    buf_add(&rules, STR(",\"rules\":{\"type\":\"array\",\"items\":"));
    add_keys(&rules, "spec.drift.rules[]", "");
    buf_add_byte(&rules, '}');
    buf_add(&sections, STR(",\"drift\":"));
    add_keys(&sections, "spec.drift", buf_str(&rules).ptr);
    buf_add(&from, STR(",\"kubeconfigFrom\":"));
    add_keys(&from, "spec.targets[].kubeconfigFrom", "");
    buf_add(&sections, STR(",\"limits\":{\"type\":\"object\"},\"targets\":{\"type\":\"array\","
                           "\"minItems\":1,\"items\":"));
    add_keys(&sections, "spec.targets[]", buf_str(&from).ptr);
    buf_add_byte(&sections, '}');
    buf_add(buf, STR("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":"
                     "\"SyncConfig\",\"type\":\"object\",\"required\":[\"apiVersion\",\"kind\","
                     "\"metadata\",\"spec\"],\"properties\":{\"apiVersion\":{\"const\":"
                     "\"syncd.dev/v1alpha1\"},\"kind\":{\"const\":\"SyncConfig\"},\"metadata\":"
                     "{\"type\":\"object\",\"required\":[\"name\"]},\"spec\":"));
    add_keys(buf, "spec", buf_str(&sections).ptr);
    buf_add(buf, STR("}}\n"));
}
