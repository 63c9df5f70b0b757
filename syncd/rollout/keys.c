/* The table of a Rollout's keys, and what is made of it for people and editors. */
#include "syncd/rollout/keys.h"

#include "syncd/base/buf.h"
#include "syncd/rollout/spec.h"

const struct rollout_key rollout_keys[] = {
    {"spec", "object", ROLLOUT_MAPPING, NULL, "", "the kind of a cluster's own object"},
    {"spec", "field", ROLLOUT_TEXT, NULL, NULL, "the field that is rolled out, in each of them"},
    {"spec", "from", ROLLOUT_TEXT, NULL, NULL, "what it holds before"},
    {"spec", "to", ROLLOUT_TEXT, NULL, NULL, "what Git states in each of them now"},
    {"spec", "suspend", ROLLOUT_FLAG, NULL, "false", "no cluster is let go for now"},
    {"spec", "abort", ROLLOUT_FLAG, NULL, "false", "no cluster is let go ever more"},
    {"spec", "maxUnavailable", ROLLOUT_AMOUNT, NULL, "",
     "so many clusters may be unavailable at once: a number, or a part of all"},
    {"spec", "unreachable", ROLLOUT_TEXT, "count,hold,skip", "count",
     "clusters that are not heard of count as unavailable, hold everything, or are passed over"},
    {"spec", "freeze", ROLLOUT_MAPPING, NULL, "", "when clusters may be let go"},
    {"spec", "waves", ROLLOUT_LIST, NULL, NULL, "one after the other"},
    {"spec", "gate", ROLLOUT_MAPPING, NULL, "", "before, after and against"},
    {"spec.object", "apiVersion", ROLLOUT_TEXT, NULL, NULL, "its API version"},
    {"spec.object", "kind", ROLLOUT_TEXT, NULL, NULL, "its kind"},
    {"spec.freeze", "timeZone", ROLLOUT_TEXT, NULL, "UTC", "of all times below"},
    {"spec.freeze", "allow", ROLLOUT_LIST, NULL, "", "only in one of these hours; none = always"},
    {"spec.freeze", "deny", ROLLOUT_LIST, NULL, "", "not in any of these times"},
    {"spec.freeze.allow[]", "weekdays", ROLLOUT_TEXTS, "mon,tue,wed,thu,fri,sat,sun", "",
     "on these days; none = every day"},
    {"spec.freeze.allow[]", "from", ROLLOUT_TIME, NULL, "0", "from this time of the day"},
    {"spec.freeze.allow[]", "to", ROLLOUT_TIME, NULL, "24", "until before this one"},
    {"spec.freeze.deny[]", "from", ROLLOUT_DAY, NULL, NULL, "from this day or time"},
    {"spec.freeze.deny[]", "to", ROLLOUT_DAY, NULL, NULL, "until before this one"},
    {"spec.waves[]", "name", ROLLOUT_TEXT, NULL, NULL, "names the wave, also in approvals"},
    {"spec.waves[]", "select", ROLLOUT_MAPPING, NULL, "",
     "its clusters, all conditions together; without it, whatever is left"},
    {"spec.waves[]", "maxParallel", ROLLOUT_NUMBER, NULL, "1", "so many on their way at once"},
    {"spec.waves[]", "maxUnavailable", ROLLOUT_AMOUNT, NULL, "",
     "so many of the wave may be unavailable at once"},
    {"spec.waves[]", "soak", ROLLOUT_DURATION, NULL, "0s",
     "all have to stay ready for so long before the next wave"},
    {"spec.waves[]", "manualApproval", ROLLOUT_FLAG, NULL, "false",
     "opens when somebody approves it"},
    {"spec.waves[]", "approved", ROLLOUT_FLAG, NULL, "false", "Git approves it"},
    {"spec.waves[].select", "names", ROLLOUT_TEXTS, NULL, "",
     "NAMESPACE/NAME or NAME, which may end with a star"},
    {"spec.waves[].select", "labels", ROLLOUT_LABELS, NULL, "", "labels that it has"},
    {"spec.waves[].select", "provider", ROLLOUT_TEXT, NULL, "", "its provider"},
    {"spec.waves[].select", "region", ROLLOUT_TEXT, NULL, "", "its region"},
    {"spec.gate", "requireBefore", ROLLOUT_TEXTS,
     "releaseAvailable,clusterReady,noStuckLCM,notInMaintenance", "",
     "what has to be so before a cluster is let go"},
    {"spec.gate", "success", ROLLOUT_MAPPING, NULL, "", "when a cluster is done"},
    {"spec.gate", "stopOn", ROLLOUT_MAPPING, NULL, "",
     "so many clusters that went wrong stop everything"},
    {"spec.gate", "onStop", ROLLOUT_TEXT, "hold,manual", "hold",
     "goes on when it is over, or when somebody says resume"},
    {"spec.gate.success", "verdict", ROLLOUT_TEXT, "Ready", "Ready", "the verdict that it needs"},
    {"spec.gate.success", "within", ROLLOUT_DURATION, NULL, "0s",
     "not ready after this time has failed; 0s = never"},
    {"spec.gate.stopOn", "failed", ROLLOUT_NUMBER, NULL, "1", "failed, or not ready in time"},
    {"spec.gate.stopOn", "degraded", ROLLOUT_NUMBER, NULL, "1", "was ready, and is not any more"},
    {"spec.gate.stopOn", "stuck", ROLLOUT_NUMBER, NULL, "1", "does not come on by itself"},
    {NULL, NULL, ROLLOUT_TEXT, NULL, NULL, NULL},
};

static const struct {
    const char *text, *schema;
} types[] = {
    [ROLLOUT_TEXT] = {"text", "{\"type\":\"string\",\"minLength\":1}"},
    [ROLLOUT_TEXTS] = {"list of texts", "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"},
    [ROLLOUT_FLAG] = {"yes/no", "{\"type\":\"boolean\"}"},
    [ROLLOUT_NUMBER] = {"number", "{\"type\":\"integer\",\"minimum\":0,\"maximum\":1000000}"},
    [ROLLOUT_AMOUNT] = {"number or percentage",
                        "{\"oneOf\":[{\"type\":\"integer\",\"minimum\":1,\"maximum\":1000000},"
                        "{\"type\":\"string\",\"pattern\":\"^(100|[1-9][0-9]?)%$\"}]}"},
    [ROLLOUT_DURATION] = {"duration",
                          "{\"type\":\"string\",\"pattern\":\"^([0-9.]+(h|m|s|ms))+$\"}"},
    [ROLLOUT_MAPPING] = {"mapping", NULL},
    [ROLLOUT_LABELS] = {"labels",
                        "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}"},
    [ROLLOUT_LIST] = {"list", NULL},
    [ROLLOUT_TIME] = {"time of the day",
                      "{\"oneOf\":[{\"type\":\"integer\",\"minimum\":0,\"maximum\":24},"
                      "{\"type\":\"string\",\"pattern\":\"^[0-9]{1,2}:[0-9]{2}$\"}]}"},
    [ROLLOUT_DAY] = {"day or time", "{\"type\":\"string\",\"pattern\":"
                                    "\"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?$\"}"},
};

const char *rollout_type_text(enum rollout_type type)
{
    return types[type].text;
}

bool rollout_key_fits(const struct rollout_key *row, value given)
{
    switch (row->type) {
    case ROLLOUT_TEXT:
    case ROLLOUT_DURATION:
    case ROLLOUT_DAY: return value_str(given).len != 0;
    case ROLLOUT_FLAG: return value_is(given, VALUE_BOOL);
    case ROLLOUT_NUMBER: return value_is(given, VALUE_NUMBER);
    case ROLLOUT_AMOUNT:
    case ROLLOUT_TIME: return value_is(given, VALUE_NUMBER) || value_str(given).len != 0;
    case ROLLOUT_MAPPING:
    case ROLLOUT_LABELS: return value_is(given, VALUE_OBJECT);
    case ROLLOUT_TEXTS:
    case ROLLOUT_LIST: return value_is(given, VALUE_ARRAY);
    }
    return false;
}

void rollout_explain(struct buf *buf)
{
    buf_add(buf, STR("apiVersion: syncd.dev/v1alpha1\nkind: Rollout\n"
                     "metadata.name                           names it: in notes, `syncd rollout` "
                     "and approvals\n\n"));
    for (const struct rollout_key *row = rollout_keys; row->section != NULL; row++) {
        AUTO_BUF struct buf path = BUF_INIT(256);
        buf_printf(&path, "%s.%s", row->section, row->key);
        buf_printf(buf, "%-40s%s\n%-40s  %s", path.ptr, row->summary, "", types[row->type].text);
        if (row->words != NULL)
            buf_printf(buf, " (%s)", row->words);
        if (row->fallback == NULL)
            buf_add(buf, STR(", needed"));
        else if (row->fallback[0] != '\0')
            buf_printf(buf, ", default %s", row->fallback);
        buf_add_byte(buf, '\n');
    }
    buf_add(buf, STR("\nA commit may say it in a trailer, too:\n"
                     "    Syncd-Rollout: approve NAME/WAVE\n"
                     "    Syncd-Rollout: stop NAME      (also resume NAME, abort NAME)\n"));
}

/* --- JSON schema --- */

static void add_words(struct buf *buf, const char *words)
{
    str rest = str_z(words), word;
    const char *comma = "";
    buf_add(buf, STR("{\"enum\":["));
    while (str_cut(&rest, ',', &word)) {
        buf_printf(buf, "%s\"%.*s\"", comma, STR_ARG(word));
        comma = ",";
    }
    buf_add(buf, STR("]}"));
}

static void add_scalar(struct buf *buf, const struct rollout_key *row)
{
    if (row->words == NULL) {
        buf_add(buf, str_z(types[row->type].schema));
        return;
    }
    if (row->type == ROLLOUT_TEXTS)
        buf_add(buf, STR("{\"type\":\"array\",\"items\":"));
    add_words(buf, row->words);
    if (row->type == ROLLOUT_TEXTS)
        buf_add_byte(buf, '}');
}

static bool is_section(const struct rollout_key *row)
{
    return row->type == ROLLOUT_MAPPING || row->type == ROLLOUT_LIST;
}

/* The keys of one section; those of the sections below it were written before, into `inner`. */
static void add_section(struct buf *buf, const char *section, const struct buf *inner,
                        const char *const *names, size_t count)
{
    AUTO_BUF struct buf needed = BUF_INIT(1024);
    const char *comma = "";
    buf_add(buf, STR("{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"));
    for (const struct rollout_key *row = rollout_keys; row->section != NULL; row++) {
        AUTO_BUF struct buf path = BUF_INIT(256);
        if (strcmp(row->section, section) != 0)
            continue;
        buf_printf(buf, "%s\"%s\":", comma, row->key);
        comma = ",";
        if (row->fallback == NULL)
            buf_printf(&needed, "%s\"%s\"", needed.len != 0 ? "," : "", row->key);
        if (!is_section(row)) {
            add_scalar(buf, row);
            continue;
        }
        bool list = row->type == ROLLOUT_LIST;
        buf_printf(&path, "%s.%s%s", row->section, row->key, list ? "[]" : "");
        buf_add(buf, list ? STR("{\"type\":\"array\",\"items\":") : STR(""));
        for (size_t i = 0; i < count; i++) {
            if (strcmp(names[i], path.ptr) == 0)
                buf_add(buf, buf_str(&inner[i]));
        }
        buf_add(buf, list ? STR("}") : STR(""));
    }
    buf_add_byte(buf, '}');
    if (needed.len != 0)
        buf_printf(buf, ",\"required\":[%s]", needed.ptr);
    buf_add_byte(buf, '}');
}

void rollout_schema(struct buf *buf)
{
    /* The innermost first. */
    static const char *const names[] = {
        "spec.gate.stopOn",    "spec.gate.success",
        "spec.gate",           "spec.waves[].select",
        "spec.waves[]",        "spec.freeze.deny[]",
        "spec.freeze.allow[]", "spec.freeze",
        "spec.object",         "spec",
    };
    struct buf inner[ARRAY_LEN(names)];
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        inner[i] = (struct buf)BUF_INIT(1 << 16);
        add_section(&inner[i], names[i], inner, names, i);
    }
    buf_printf(buf,
               "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":"
               "\"Rollout\",\"type\":\"object\",\"required\":[\"apiVersion\",\"kind\","
               "\"metadata\",\"spec\"],\"properties\":{\"apiVersion\":{\"const\":"
               "\"syncd.dev/v1alpha1\"},\"kind\":{\"const\":\"Rollout\"},\"metadata\":"
               "{\"type\":\"object\",\"required\":[\"name\"]},\"spec\":%s}}\n",
               inner[ARRAY_LEN(names) - 1].ptr);
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        buf_finish(&inner[i]);
}
