/* Reading a Rollout. By the table first (what is there and of which type), then what it means. */
#include "syncd/rollout/spec.h"

#include "syncd/base/clock.h"
#include "syncd/rollout/keys.h"

#include <stdarg.h>
#include <stdio.h>

struct reading {
    struct arena *arena;
    struct findings *findings;
    struct position source;
    size_t wrong;
    struct rollout_spec *spec;
};

bool rollout_is(const struct object_id *id)
{
    return str_equal(id->gvk.group, STR("syncd.dev")) && str_equal(id->gvk.kind, STR("Rollout"));
}

PRINTF_LIKE(3, 4)
static void complain(struct reading *reading, value at, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    struct position position = reading->source;
    if (at.line != 0)
        position.line = at.line;
    reading->wrong++;
    struct finding *finding =
        findings_add(reading->findings, SEVERITY_ERROR, ROLLOUT_RULE, position, "Rollout %.*s: %s",
                     STR_ARG(reading->spec->name), text);
    if (finding != NULL)
        findings_hint(reading->findings, finding, "see `syncd explain rollout`");
}

static const struct rollout_key *find_row(const char *section, str key)
{
    for (const struct rollout_key *row = rollout_keys; row->section != NULL; row++) {
        if (strcmp(row->section, section) == 0 && str_equal(str_z(row->key), key))
            return row;
    }
    return NULL;
}

static bool is_one_of(const char *words, str word)
{
    str rest = str_z(words), one;
    while (str_cut(&rest, ',', &one)) {
        if (str_equal(one, word))
            return true;
    }
    return false;
}

static void check_words(struct reading *reading, const struct rollout_key *row, value given)
{
    bool list = row->type == ROLLOUT_TEXTS;
    for (size_t i = 0; i < (list ? value_len(given) : 1); i++) {
        value one = list ? value_item(given, i) : given;
        str word = value_str(one);
        if (word.len == 0)
            complain(reading, one, "%s.%s: every entry is a text", row->section, row->key);
        else if (row->words != NULL && !is_one_of(row->words, word))
            complain(reading, one, "%s.%s: %.*s is none of %s", row->section, row->key,
                     STR_ARG(word), row->words);
    }
}

/* Keys that are not known, have another type, or are missing. */
static void check_keys(struct reading *reading, const char *section, value object)
{
    for (size_t i = 0; i < value_len(object); i++) {
        const struct member *member = value_member(object, i);
        const struct rollout_key *row = find_row(section, member->key);
        if (row == NULL)
            complain(reading, member->val, "%s has no key %.*s", section, STR_ARG(member->key));
        else if (!rollout_key_fits(row, member->val))
            complain(reading, member->val, "%s.%s is a %s", section, row->key,
                     rollout_type_text(row->type));
        else if (row->type == ROLLOUT_TEXTS || row->words != NULL)
            check_words(reading, row, member->val);
    }
    for (const struct rollout_key *row = rollout_keys; row->section != NULL; row++) {
        if (strcmp(row->section, section) == 0 && row->fallback == NULL &&
            !value_present(value_get(object, str_z(row->key))))
            complain(reading, object, "%s.%s is needed", section, row->key);
    }
}

/* --- scalars --- */

static void read_number(struct reading *reading, value object, const char *key, uint32_t *number)
{
    value given = value_get(object, str_z(key));
    int64_t wanted;
    if (!value_is(given, VALUE_NUMBER))
        return;
    if (!value_to_i64(given, &wanted) || wanted < 0 || wanted > 1000000)
        complain(reading, given, "%s is a whole number from 0 to 1000000", key);
    else
        *number = (uint32_t)wanted;
}

static void read_amount(struct reading *reading, value object, struct rollout_amount *amount)
{
    value given = value_get(object, STR("maxUnavailable"));
    str text = value_str(given);
    int64_t number;
    bool percent = text.len > 1 && str_ends(text, STR("%"));
    if (!value_present(given))
        return;
    bool read = percent ? str_to_i64(str_slice(text, 0, text.len - 1), &number)
                        : value_is(given, VALUE_NUMBER) && value_to_i64(given, &number);
    if (!read || number < 1 || number > (percent ? 100 : 1000000))
        complain(reading, given, "maxUnavailable is a number from 1, or a percentage such as 10%%");
    else
        *amount = (struct rollout_amount){true, percent, (uint32_t)number};
}

static void read_duration(struct reading *reading, value object, const char *key, int64_t *ns)
{
    value given = value_get(object, str_z(key));
    if (value_str(given).len != 0 && !clock_parse_duration(value_str(given), ns))
        complain(reading, given, "%s is a duration such as 90s or 2h", key);
}

/* Digits up to a byte that is none; moves the text behind them. */
static bool take_digits(str *text, size_t least, size_t most, int64_t *ret_number)
{
    size_t len = 0;
    while (len < text->len && len < most && text->ptr[len] >= '0' && text->ptr[len] <= '9')
        len++;
    bool read = len >= least && str_to_i64(str_slice(*text, 0, len), ret_number);
    *text = str_skip(*text, len);
    return read;
}

static bool take_byte(str *text, char byte)
{
    if (text->len == 0 || text->ptr[0] != byte)
        return false;
    *text = str_skip(*text, 1);
    return true;
}

/* "8:30", or the hour as a number, in minutes. */
static void read_time(struct reading *reading, value object, const char *key, uint32_t *minutes)
{
    value given = value_get(object, str_z(key));
    str text = value_str(given);
    int64_t hour = 0, minute = 0;
    if (!value_present(given))
        return;
    bool read = value_is(given, VALUE_NUMBER)
                    ? value_to_i64(given, &hour)
                    : take_digits(&text, 1, 2, &hour) && take_byte(&text, ':') &&
                          take_digits(&text, 2, 2, &minute) && text.len == 0;
    if (!read || hour < 0 || minute > 59 || hour * 60 + minute > 24 * 60)
        complain(reading, given, "%s is a time of the day such as 8 or \"16:30\"", key);
    else
        *minutes = (uint32_t)(hour * 60 + minute);
}

static void read_day(struct reading *reading, value object, const char *key, int64_t *seconds)
{
    value given = value_get(object, str_z(key));
    str text = value_str(given);
    int64_t year, month, day, hour = 0, minute = 0;
    bool read = take_digits(&text, 4, 4, &year) && take_byte(&text, '-') &&
                take_digits(&text, 2, 2, &month) && take_byte(&text, '-') &&
                take_digits(&text, 2, 2, &day);
    if (read && take_byte(&text, 'T'))
        read = take_digits(&text, 2, 2, &hour) && take_byte(&text, ':') &&
               take_digits(&text, 2, 2, &minute);
    if (!read || text.len != 0 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 ||
        minute > 59)
        complain(reading, given, "%s is a day or time such as 2026-12-24 or 2026-12-24T18:00", key);
    else
        *seconds = clock_days(year, (int)month, day) * 86400 + hour * 3600 + minute * 60;
}

/* --- sections --- */

static unsigned read_weekdays(value list)
{
    static const str days[] = {STR_INIT("sun"), STR_INIT("mon"), STR_INIT("tue"), STR_INIT("wed"),
                               STR_INIT("thu"), STR_INIT("fri"), STR_INIT("sat")};
    unsigned bits = 0;
    for (size_t i = 0; value_is(list, VALUE_ARRAY) && i < value_len(list); i++) {
        for (unsigned day = 0; day < ARRAY_LEN(days); day++)
            bits |= str_equal(days[day], value_str(value_item(list, i))) ? 1u << day : 0;
    }
    return bits;
}

static void read_freeze(struct reading *reading, value object)
{
    struct rollout_freeze *freeze = &reading->spec->freeze;
    value allow = value_get(object, STR("allow")), deny = value_get(object, STR("deny"));
    check_keys(reading, "spec.freeze", object);
    freeze->zone = value_str(value_get(object, STR("timeZone")));
    for (size_t i = 0; value_is(allow, VALUE_ARRAY) && i < value_len(allow); i++) {
        value item = value_item(allow, i);
        struct rollout_hours hours = {.to = 24 * 60,
                                      .weekdays = read_weekdays(value_get(item, STR("weekdays")))};
        check_keys(reading, "spec.freeze.allow[]", item);
        read_time(reading, item, "from", &hours.from);
        read_time(reading, item, "to", &hours.to);
        if (hours.from >= hours.to)
            complain(reading, item, "spec.freeze.allow[]: from lies before to, on the same day");
        VEC_PUSH(reading->arena, &freeze->allow, hours);
    }
    for (size_t i = 0; value_is(deny, VALUE_ARRAY) && i < value_len(deny); i++) {
        value item = value_item(deny, i);
        struct rollout_ban ban = {0};
        check_keys(reading, "spec.freeze.deny[]", item);
        read_day(reading, item, "from", &ban.from);
        read_day(reading, item, "to", &ban.to);
        if (ban.from >= ban.to)
            complain(reading, item, "spec.freeze.deny[]: from lies before to");
        VEC_PUSH(reading->arena, &freeze->deny, ban);
    }
}

static void read_select(struct reading *reading, value object, struct rollout_wave *wave)
{
    struct error err = ERROR_INIT;
    value names = value_get(object, STR("names")), labels = value_get(object, STR("labels"));
    if (!value_is(object, VALUE_OBJECT))
        return;
    check_keys(reading, "spec.waves[].select", object);
    for (size_t i = 0; value_is(names, VALUE_ARRAY) && i < value_len(names); i++)
        VEC_PUSH(reading->arena, &wave->names, value_str(value_item(names, i)));
    wave->provider = value_str(value_get(object, STR("provider")));
    wave->region = value_str(value_get(object, STR("region")));
    if (!value_is(labels, VALUE_OBJECT))
        return;
    struct object_builder selector;
    object_begin(&selector, reading->arena);
    object_add(&selector, STR("matchLabels"), labels);
    if (!selector_from_value(object_finish(&selector), reading->arena, &wave->labels, &err))
        complain(reading, labels, "spec.waves[].select.labels: %s", err.text);
}

static void read_wave(struct reading *reading, value object)
{
    struct rollout_wave wave = {.max_parallel = 1, .line = object.line};
    check_keys(reading, "spec.waves[]", object);
    wave.name = value_str(value_get(object, STR("name")));
    VEC_FOR (const struct rollout_wave, other, &reading->spec->waves) {
        if (wave.name.len != 0 && str_equal(other->name, wave.name))
            complain(reading, object, "two waves are called %.*s", STR_ARG(wave.name));
    }
    if (wave.name.len != 0 && !name_is_dns_label(wave.name))
        complain(reading, object, "a wave's name has lower case letters, digits and \"-\" only");
    read_select(reading, value_get(object, STR("select")), &wave);
    read_number(reading, object, "maxParallel", &wave.max_parallel);
    read_amount(reading, object, &wave.max_unavailable);
    read_duration(reading, object, "soak", &wave.soak_ns);
    wave.manual_approval = value_true(value_get(object, STR("manualApproval")));
    wave.approved = value_true(value_get(object, STR("approved")));
    if (wave.max_parallel == 0)
        complain(reading, object, "maxParallel: 0 would never let a cluster go");
    VEC_PUSH(reading->arena, &reading->spec->waves, wave);
}

static void read_gates(struct reading *reading, value list)
{
    static const struct {
        str word;
        enum rollout_gate gate;
    } rows[] = {{STR_INIT("releaseAvailable"), ROLLOUT_RELEASE_AVAILABLE},
                {STR_INIT("clusterReady"), ROLLOUT_CLUSTER_READY},
                {STR_INIT("noStuckLCM"), ROLLOUT_NO_STUCK_LCM},
                {STR_INIT("notInMaintenance"), ROLLOUT_NOT_IN_MAINTENANCE}};
    for (size_t i = 0; value_is(list, VALUE_ARRAY) && i < value_len(list); i++) {
        for (size_t j = 0; j < ARRAY_LEN(rows); j++) {
            if (str_equal(rows[j].word, value_str(value_item(list, i))))
                reading->spec->gates |= rows[j].gate;
        }
    }
}

static void read_gate(struct reading *reading, value object)
{
    struct rollout_spec *spec = reading->spec;
    value success = value_get(object, STR("success")), stop = value_get(object, STR("stopOn"));
    check_keys(reading, "spec.gate", object);
    read_gates(reading, value_get(object, STR("requireBefore")));
    spec->stop_for_good = str_equal(value_str(value_get(object, STR("onStop"))), STR("manual"));
    if (value_is(success, VALUE_OBJECT)) {
        check_keys(reading, "spec.gate.success", success);
        read_duration(reading, success, "within", &spec->within_ns);
    }
    if (!value_is(stop, VALUE_OBJECT))
        return;
    check_keys(reading, "spec.gate.stopOn", stop);
    read_number(reading, stop, "failed", &spec->stop_on[ROLLOUT_FAILED]);
    read_number(reading, stop, "degraded", &spec->stop_on[ROLLOUT_DEGRADED]);
    read_number(reading, stop, "stuck", &spec->stop_on[ROLLOUT_STUCK]);
}

static void read_field(struct reading *reading, value spec)
{
    static const struct map no_names = {0};
    struct error err = ERROR_INIT;
    value field = value_get(spec, STR("field")), probe;
    str text = value_str(field);
    if (text.len == 0)
        return;
    if (!str_starts(text, STR("spec.")) ||
        !level_path_compile(text, &no_names, reading->arena, &reading->spec->field, &err) ||
        !level_path_set(reading->spec->field, value_null(), value_bool(true), reading->arena,
                        &probe))
        complain(reading, field, "spec.field is one field below spec, such as spec.version");
}

static void read_spec(struct reading *reading, value object)
{
    struct rollout_spec *spec = reading->spec;
    value waves = value_get(object, STR("waves")), kind = value_get(object, STR("object"));
    check_keys(reading, "spec", object);
    read_field(reading, object);
    spec->from = value_str(value_get(object, STR("from")));
    spec->to = value_str(value_get(object, STR("to")));
    if (spec->from.len != 0 && str_equal(spec->from, spec->to))
        complain(reading, value_get(object, STR("to")), "from and to are the same");
    spec->suspend = value_true(value_get(object, STR("suspend")));
    spec->abort = value_true(value_get(object, STR("abort")));
    read_amount(reading, object, &spec->max_unavailable);
    str unreachable = value_str(value_get(object, STR("unreachable")));
    spec->unreachable = str_equal(unreachable, STR("hold"))   ? ROLLOUT_HOLD
                        : str_equal(unreachable, STR("skip")) ? ROLLOUT_SKIP
                                                              : ROLLOUT_COUNT;
    if (value_is(kind, VALUE_OBJECT)) {
        check_keys(reading, "spec.object", kind);
        spec->api_version = value_str(value_get(kind, STR("apiVersion")));
        spec->kind = value_str(value_get(kind, STR("kind")));
    }
    if (value_is(value_get(object, STR("freeze")), VALUE_OBJECT))
        read_freeze(reading, value_get(object, STR("freeze")));
    if (value_is(value_get(object, STR("gate")), VALUE_OBJECT))
        read_gate(reading, value_get(object, STR("gate")));
    size_t count = value_is(waves, VALUE_ARRAY) ? value_len(waves) : 0;
    if (value_is(waves, VALUE_ARRAY) && (count == 0 || count > ROLLOUT_WAVES_MOST))
        complain(reading, waves, "there are 1 to %d waves", ROLLOUT_WAVES_MOST);
    for (size_t i = 0; i < count && i < ROLLOUT_WAVES_MOST; i++)
        read_wave(reading, value_item(waves, i));
}

bool rollout_read(value document, struct position source, struct arena *arena,
                  struct findings *findings, const struct rollout_spec **ret_spec)
{
    struct rollout_spec *spec = ARENA_NEW(arena, struct rollout_spec);
    struct reading reading = {arena, findings, source, 0, spec};
    value object = value_get(document, STR("spec"));
    *spec = (struct rollout_spec){
        .name = value_str(value_get2(document, STR("metadata"), STR("name"))),
        .source = source,
        .stop_on = {[ROLLOUT_FAILED] = 1, [ROLLOUT_DEGRADED] = 1, [ROLLOUT_STUCK] = 1},
    };
    if (!name_is_dns_label(spec->name) || spec->name.len > 40)
        complain(&reading, document,
                 "its name has at most 40 lower case letters, digits and \"-\"");
    if (value_is(object, VALUE_OBJECT))
        read_spec(&reading, object);
    else
        complain(&reading, document, "spec is needed");
    if (reading.wrong != 0)
        return false;
    *ret_spec = spec;
    return true;
}
