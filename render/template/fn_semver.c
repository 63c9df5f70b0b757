/* Versions: semver gives a struct with methods, semverCompare checks a constraint. */
#include "render/template/fns.h"
#include "render/template/semver.h"

enum { FIELD_MAJOR, FIELD_MINOR, FIELD_PATCH, FIELD_PRERELEASE, FIELD_METADATA, FIELD_ORIGINAL };

static bool semver_field(struct dyn_call *call, size_t field)
{
    return call_return(call, call->receiver.as.record->fields[field]);
}

static bool method_major(struct dyn_call *call)
{
    return semver_field(call, FIELD_MAJOR);
}

static bool method_minor(struct dyn_call *call)
{
    return semver_field(call, FIELD_MINOR);
}

static bool method_patch(struct dyn_call *call)
{
    return semver_field(call, FIELD_PATCH);
}

static bool method_prerelease(struct dyn_call *call)
{
    return semver_field(call, FIELD_PRERELEASE);
}

static bool method_metadata(struct dyn_call *call)
{
    return semver_field(call, FIELD_METADATA);
}

static bool method_original(struct dyn_call *call)
{
    return semver_field(call, FIELD_ORIGINAL);
}

static struct semver version_of(const struct dyn_struct *record)
{
    return (struct semver){.major = record->fields[FIELD_MAJOR].as.natural,
                           .minor = record->fields[FIELD_MINOR].as.natural,
                           .patch = record->fields[FIELD_PATCH].as.natural,
                           .prerelease = dyn_str(record->fields[FIELD_PRERELEASE]),
                           .metadata = dyn_str(record->fields[FIELD_METADATA]),
                           .original = dyn_str(record->fields[FIELD_ORIGINAL])};
}

static str version_text(const struct dyn_struct *record, struct arena *arena)
{
    struct semver version = version_of(record);
    return semver_text(&version, arena);
}

static bool method_string(struct dyn_call *call)
{
    return call_return_str(call, version_text(call->receiver.as.record, call->arena));
}

static bool method_inc_major(struct dyn_call *call);
static bool method_inc_minor(struct dyn_call *call);
static bool method_inc_patch(struct dyn_call *call);
static bool method_compare(struct dyn_call *call);
static bool method_less(struct dyn_call *call);
static bool method_less_equal(struct dyn_call *call);
static bool method_greater(struct dyn_call *call);
static bool method_greater_equal(struct dyn_call *call);
static bool method_equal(struct dyn_call *call);

static const struct dyn_method version_methods[] = {
    {"Compare", "V", method_compare},      {"Equal", "V", method_equal},
    {"GreaterThan", "V", method_greater},  {"GreaterThanEqual", "V", method_greater_equal},
    {"LessThan", "V", method_less},        {"LessThanEqual", "V", method_less_equal},
    {"IncMajor", "", method_inc_major},    {"IncMinor", "", method_inc_minor},
    {"IncPatch", "", method_inc_patch},    {"Major", "", method_major},
    {"Metadata", "", method_metadata},     {"Minor", "", method_minor},
    {"Original", "", method_original},     {"Patch", "", method_patch},
    {"Prerelease", "", method_prerelease}, {"String", "", method_string},
};

/* The fields are not exported: only methods reach them. */
static const struct dyn_field version_fields[] = {
    {"major", "major", false, false},       {"minor", "minor", false, false},
    {"patch", "patch", false, false},       {"pre", "pre", false, false},
    {"metadata", "metadata", false, false}, {"original", "original", false, false}};

static const struct dyn_shape version_shape = {
    .type = "semver.Version",
    .fields = version_fields,
    .field_count = ARRAY_LEN(version_fields),
    .methods = version_methods,
    .method_count = ARRAY_LEN(version_methods),
    .pointer = true,
    .text = version_text,
};

static struct dyn version_value(struct dyn_call *call, const struct semver *version)
{
    struct dyn *fields = ARENA_ARRAY(call->arena, struct dyn, 6);
    fields[FIELD_MAJOR] = dyn_uint64(version->major);
    fields[FIELD_MINOR] = dyn_uint64(version->minor);
    fields[FIELD_PATCH] = dyn_uint64(version->patch);
    fields[FIELD_PRERELEASE] = dyn_string(version->prerelease);
    fields[FIELD_METADATA] = dyn_string(version->metadata);
    fields[FIELD_ORIGINAL] = dyn_string(version->original);
    struct dyn_struct *record = ARENA_NEW(call->arena, struct dyn_struct);
    *record = (struct dyn_struct){.shape = &version_shape, .fields = fields};
    return dyn_struct(record);
}

static bool return_version(struct dyn_call *call, struct semver version)
{
    version.metadata = (str){0};
    str text = semver_text(&version, call->arena);
    bool prefixed = str_starts(version.original, STR("v"));
    version.original = prefixed ? arena_concat(call->arena, STR("v"), text, STR("")) : text;
    return call_return(call, version_value(call, &version));
}

static bool method_inc_major(struct dyn_call *call)
{
    struct semver version = version_of(call->receiver.as.record);
    version.major++;
    version.minor = version.patch = 0;
    version.prerelease = (str){0};
    return return_version(call, version);
}

static bool method_inc_minor(struct dyn_call *call)
{
    struct semver version = version_of(call->receiver.as.record);
    version.minor++;
    version.patch = 0;
    version.prerelease = (str){0};
    return return_version(call, version);
}

static bool method_inc_patch(struct dyn_call *call)
{
    struct semver version = version_of(call->receiver.as.record);
    if (version.prerelease.len == 0)
        version.patch++;
    version.prerelease = (str){0};
    return return_version(call, version);
}

/* The argument has the right type: its letter in the signature says so. */
static bool compare(struct dyn_call *call, int *ret_order)
{
    struct dyn other = call->args[0];
    if (dyn_is_nothing(other))
        return call_error(call, "runtime error: invalid memory address or nil pointer dereference");
    struct semver a = version_of(call->receiver.as.record);
    struct semver b = version_of(other.as.record);
    *ret_order = semver_compare(&a, &b);
    return true;
}

static bool method_compare(struct dyn_call *call)
{
    int order;
    return compare(call, &order) && call_return(call, dyn_int(order));
}

static bool method_less(struct dyn_call *call)
{
    int order;
    return compare(call, &order) && call_return(call, dyn_bool(order < 0));
}

static bool method_less_equal(struct dyn_call *call)
{
    int order;
    return compare(call, &order) && call_return(call, dyn_bool(order <= 0));
}

static bool method_greater(struct dyn_call *call)
{
    int order;
    return compare(call, &order) && call_return(call, dyn_bool(order > 0));
}

static bool method_greater_equal(struct dyn_call *call)
{
    int order;
    return compare(call, &order) && call_return(call, dyn_bool(order >= 0));
}

static bool method_equal(struct dyn_call *call)
{
    int order;
    return compare(call, &order) && call_return(call, dyn_bool(order == 0));
}

/* The first number of the text that is too large for its type. */
static str large_number(str text)
{
    for (size_t i = 0; i < text.len; i++) {
        size_t len = 0;
        uint64_t number;
        while (i + len < text.len && text.ptr[i + len] >= '0' && text.ptr[i + len] <= '9')
            len++;
        if (len > 0 && !str_to_u64(str_slice(text, i, len), &number))
            return str_slice(text, i, len);
        i += len;
    }
    return (str){0};
}

static bool parse_version(struct dyn_call *call, str text, struct semver *ret_version)
{
    const char *message;
    if (semver_parse(text, ret_version, &message))
        return true;
    if (strcmp(message, "error parsing version segment") != 0)
        return call_error(call, "%s", message);
    return call_error(call, "%s: strconv.ParseUint: parsing \"%.*s\": value out of range", message,
                      STR_ARG(large_number(text)));
}

bool fn_semver(struct dyn_call *call)
{
    struct semver version;
    if (!parse_version(call, call_str(call, 0), &version))
        return false;
    return call_return(call, version_value(call, &version));
}

bool fn_semver_compare(struct dyn_call *call)
{
    struct semver version;
    bool satisfied;
    str message;
    struct semver any = {0};
    if (!semver_check(call_str(call, 0), &any, call->arena, &satisfied, &message))
        return call_error_text(call, message);
    if (!parse_version(call, call_str(call, 1), &version))
        return false;
    if (!semver_check(call_str(call, 0), &version, call->arena, &satisfied, &message))
        return call_error_text(call, message);
    return call_return(call, dyn_bool(satisfied));
}
