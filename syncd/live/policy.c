#include "syncd/live/policy.h"

#include "syncd/base/pattern.h"
#include "syncd/value/json.h"

static const char *const actions[] = {
    [DRIFT_HEAL] = "heal",
    [DRIFT_REPORT] = "report",
    [DRIFT_IGNORE] = "ignore",
    [DRIFT_CONTESTED] = "contested",
};

const char *drift_action_name(enum drift_action action)
{
    return actions[action];
}

bool drift_action_from_name(str name, enum drift_action *ret_action)
{
    for (size_t i = 0; i <= DRIFT_IGNORE; i++) {
        if (str_equal(name, str_z(actions[i]))) {
            *ret_action = (enum drift_action)i;
            return true;
        }
    }
    return false;
}

/* --- patterns --- */

/* Length of the `[…]` that the text begins with; 0 when it has no end. Quotes hide brackets. */
static size_t bracket_len(str text)
{
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (c == ']' && !quoted)
            return i + 1;
    }
    return 0;
}

static bool at_boundary(str text)
{
    return text.len == 0 || text.ptr[0] == '.' || text.ptr[0] == '[';
}

static size_t name_len(str text)
{
    size_t len = 0;
    while (len < text.len && !at_boundary(str_skip(text, len)))
        len++;
    return len;
}

static bool take_bracket(str *path, str wanted)
{
    size_t len = path->len != 0 && path->ptr[0] == '[' ? bracket_len(*path) : 0;
    if (len == 0 ||
        (!str_equal(wanted, STR("[*]")) && !str_equal(wanted, str_slice(*path, 0, len))))
        return false;
    *path = str_skip(*path, len);
    return true;
}

/* One name of the pattern; `*` is any name. A name of a pointer may have dots in it. */
static bool take_name(str *path, str wanted)
{
    if (path->len == 0 || path->ptr[0] != '.')
        return false;
    str rest = str_skip(*path, 1);
    size_t len = str_equal(wanted, STR("*")) ? name_len(rest) : wanted.len;
    if (!str_equal(wanted, STR("*")) && !str_starts(rest, wanted))
        return false;
    rest = str_skip(rest, len);
    if (!at_boundary(rest))
        return false;
    *path = rest;
    return true;
}

/* ~0 and ~1 of RFC 6901. False when the segment is longer than any name. */
static bool decode_pointer(str segment, char *out, size_t size, size_t *ret_len)
{
    size_t len = 0;
    for (size_t i = 0; i < segment.len; i++) {
        char c = segment.ptr[i];
        if (c == '~' && i + 1 < segment.len) {
            i++;
            c = segment.ptr[i] == '1' ? '/' : '~';
        }
        if (len == size)
            return false;
        out[len++] = c;
    }
    *ret_len = len;
    return true;
}

/* A pointer's number is the place in an atomic list, `*` or `-` any item. */
static bool matches_pointer(str pattern, str path)
{
    str rest = str_skip(pattern, 1), segment;
    while (str_cut(&rest, '/', &segment)) {
        char name[512], index[64];
        size_t len;
        uint64_t number;
        bool any = str_equal(segment, STR("*")) || str_equal(segment, STR("-"));
        if (!decode_pointer(segment, name, sizeof(name), &len))
            return false;
        if (any && take_bracket(&path, STR("[*]")))
            continue;
        if (str_to_u64(segment, &number) && segment.len < 20) {
            index[0] = '[';
            memcpy(index + 1, segment.ptr, segment.len);
            index[segment.len + 1] = ']';
            if (take_bracket(&path, str_from(index, segment.len + 2)))
                continue;
        }
        if (!take_name(&path, str_from(name, len)))
            return false;
    }
    return at_boundary(path);
}

bool drift_path_matches(str pattern, str path)
{
    if (pattern.len != 0 && pattern.ptr[0] == '/')
        return matches_pointer(pattern, path);
    while (pattern.len != 0) {
        size_t len;
        if (pattern.ptr[0] == '[') {
            len = bracket_len(pattern);
            if (len == 0 || !take_bracket(&path, str_slice(pattern, 0, len)))
                return false;
        } else {
            pattern = pattern.ptr[0] == '.' ? str_skip(pattern, 1) : pattern;
            len = name_len(pattern);
            if (!take_name(&path, str_slice(pattern, 0, len)))
                return false;
        }
        pattern = str_skip(pattern, len);
    }
    return at_boundary(path);
}

bool drift_rule_check(const struct drift_rule *rule, struct error *err)
{
    enum drift_class class;
    if (rule->class.len != 0 && !drift_class_from_name(rule->class, &class))
        return error_rule(err, ERROR_INPUT, "E_DRIFT_RULE", "no such class of drift: %.*s",
                          STR_ARG(rule->class));
    str path = rule->path;
    if (path.len == 0 || path.ptr[0] == '/')
        return true;
    if (path.ptr[0] != '.' && path.ptr[0] != '[')
        return error_rule(err, ERROR_INPUT, "E_DRIFT_RULE",
                          "the path %.*s begins neither with . nor with /", STR_ARG(path));
    for (size_t i = 0; i < path.len; i++) {
        size_t len = path.ptr[i] == '[' ? bracket_len(str_skip(path, i)) : 1;
        if (len == 0 || (path.ptr[i] == '.' && (i + 1 == path.len || path.ptr[i + 1] == '.')))
            return error_rule(err, ERROR_INPUT, "E_DRIFT_RULE", "the path %.*s is malformed",
                              STR_ARG(path));
        i += len - 1;
    }
    return true;
}

/* --- annotations --- */

enum wish { WISH_IGNORE_OBJECT, WISH_ACTION, WISH_PATHS, WISH_PATH, WISH_EXTRANEOUS };

/* What users of other tools already write. A name that ends in `*` is a prefix. */
static const struct {
    const char *name;
    const char *word; /* one of the comma-separated values; "" = any that is not "false" */
    enum wish wish;
    enum drift_action action;
} annotations[] = {
    {"syncd.dev/drift", "", WISH_ACTION, DRIFT_HEAL},
    {"syncd.dev/drift-ignore", "", WISH_PATHS, DRIFT_IGNORE},
    {"syncd.dev/drift-report", "", WISH_PATHS, DRIFT_REPORT},
    {"argocd.argoproj.io/compare-options", "IgnoreExtraneous", WISH_EXTRANEOUS, DRIFT_IGNORE},
    {"client.lifecycle.config.k8s.io/mutation", "ignore", WISH_IGNORE_OBJECT, DRIFT_IGNORE},
    {"helm.toolkit.fluxcd.io/driftDetection", "disabled", WISH_IGNORE_OBJECT, DRIFT_IGNORE},
    {"kluctl.io/ignore-diff", "", WISH_IGNORE_OBJECT, DRIFT_IGNORE},
    {"kluctl.io/ignore-diff-field*", "", WISH_PATH, DRIFT_IGNORE},
    {"kustomize.toolkit.fluxcd.io/reconcile", "disabled", WISH_IGNORE_OBJECT, DRIFT_IGNORE},
    {"kustomize.toolkit.fluxcd.io/ssa", "IfNotPresent", WISH_IGNORE_OBJECT, DRIFT_IGNORE},
    {"kustomize.toolkit.fluxcd.io/ssa", "Ignore", WISH_IGNORE_OBJECT, DRIFT_IGNORE},
    {"projectsveltos.io/driftDetectionIgnore", "", WISH_IGNORE_OBJECT, DRIFT_IGNORE},
};

static bool has_word(str list, str word)
{
    str rest = list, item;
    if (word.len == 0)
        return !str_equal_fold(list, STR("false"));
    while (str_cut(&rest, ',', &item)) {
        if (str_equal(str_trim(item), word))
            return true;
    }
    return false;
}

/* A path without its leading dot is one all the same. */
static void add_path(struct drift_wishes *wishes, str path, enum drift_action action,
                     struct arena *arena)
{
    struct error ignored = ERROR_INIT;
    path = str_trim(path);
    if (path.len != 0 && path.ptr[0] != '.' && path.ptr[0] != '/' && path.ptr[0] != '[')
        path = arena_concat(arena, STR("."), path, (str){0});
    struct drift_rule rule = {.path = path, .action = action};
    if (path.len != 0 && drift_rule_check(&rule, &ignored))
        VEC_PUSH(arena, &wishes->rules, rule);
}

static void take_wish(struct drift_wishes *wishes, size_t row, str text, struct arena *arena)
{
    enum drift_action action;
    str rest = text, item;
    switch (annotations[row].wish) {
    case WISH_IGNORE_OBJECT: wishes->ignore_object = true; return;
    case WISH_EXTRANEOUS: wishes->ignore_extraneous = true; return;
    case WISH_PATH: add_path(wishes, text, annotations[row].action, arena); return;
    case WISH_PATHS:
        while (str_cut(&rest, ',', &item))
            add_path(wishes, item, annotations[row].action, arena);
        return;
    case WISH_ACTION:
        if (drift_action_from_name(str_trim(text), &action))
            VEC_PUSH(arena, &wishes->rules, (struct drift_rule){.action = action});
        return;
    }
}

void drift_read_wishes(value stated, struct arena *arena, struct drift_wishes *ret_wishes)
{
    struct drift_wishes wishes = {0};
    value given = object_annotations(stated);
    for (uint32_t i = 0; i < value_len(given); i++) {
        const struct member *member = value_member(given, i);
        str text = value_str(member->val);
        for (size_t row = 0; row < ARRAY_LEN(annotations); row++) {
            if (pattern_matches(str_z(annotations[row].name), member->key, false) &&
                has_word(text, str_z(annotations[row].word)))
                take_wish(&wishes, row, text, arena);
        }
    }
    *ret_wishes = wishes;
}

/* --- deciding --- */

static bool matches_kind(str wanted, const struct gvk *gvk)
{
    if (wanted.len == 0 || str_equal(wanted, gvk->kind))
        return true;
    str rest = str_skip(wanted, gvk->kind.len);
    return str_starts(wanted, gvk->kind) && rest.len > 1 && rest.ptr[0] == '.' &&
           str_equal(str_skip(rest, 1), gvk->group);
}

static bool matches_text(str pattern, str text)
{
    return pattern.len == 0 || pattern_matches(pattern, text, false);
}

static bool rule_matches(const struct drift_rule *rule, const struct object_id *id,
                         const struct drift *drift)
{
    return matches_kind(rule->kind, &id->gvk) && matches_text(rule->namespace, id->namespace) &&
           matches_text(rule->name, id->name) && matches_text(rule->manager, drift->manager) &&
           (rule->class.len == 0 ||
            str_equal(rule->class, str_z(drift_class_name(drift->class)))) &&
           (rule->path.len == 0 || drift_path_matches(rule->path, drift->path));
}

static bool is_extraneous(const struct drift *drift)
{
    return drift->class == DRIFT_STRANGER || (drift->class == DRIFT_STALE && drift->path.len == 0);
}

static bool find_among(const struct drift_rule *rules, size_t len, const struct object_id *id,
                       const struct drift *drift, enum drift_action *ret_action)
{
    for (size_t i = 0; i < len; i++) {
        if (rule_matches(&rules[i], id, drift)) {
            *ret_action = rules[i].action;
            return true;
        }
    }
    return false;
}

bool drift_find_rule(const struct drift_policy *policy, const struct drift_wishes *wishes,
                     const struct object_id *id, const struct drift *drift,
                     enum drift_action *ret_action)
{
    if (wishes != NULL &&
        (wishes->ignore_object || (wishes->ignore_extraneous && is_extraneous(drift)))) {
        *ret_action = DRIFT_IGNORE;
        return true;
    }
    return (wishes != NULL &&
            find_among(wishes->rules.items, wishes->rules.len, id, drift, ret_action)) ||
           find_among(policy->rules, policy->len, id, drift, ret_action);
}

enum drift_action drift_decide(const struct drift_policy *policy, const struct drift_wishes *wishes,
                               const struct object_id *id, const struct drift *drift)
{
    enum drift_action action;
    return drift_find_rule(policy, wishes, id, drift, &action) ? action : policy->fallback;
}

/* --- suggesting --- */

static void add_line(struct buf *buf, const char *key, str text)
{
    buf_printf(buf, "  %s: ", key);
    json_write_string(text, JSON_COMPACT, buf); /* is YAML as well */
    buf_add_byte(buf, '\n');
}

void drift_suggest_rule(const struct object_id *id, const struct drift *drift, struct buf *buf)
{
    AUTO_BUF struct buf kind = BUF_INIT(1024);
    buf_printf(&kind, "%.*s%s%.*s", STR_ARG(id->gvk.kind), id->gvk.group.len != 0 ? "." : "",
               STR_ARG(id->gvk.group));
    buf_add(buf, STR("- action: ignore\n"));
    add_line(buf, "kind", buf_str(&kind));
    if (id->namespace.len != 0)
        add_line(buf, "namespace", id->namespace);
    add_line(buf, "name", id->name);
    if (drift->path.len != 0)
        add_line(buf, "path", drift->path);
    else
        add_line(buf, "class", str_z(drift_class_name(drift->class)));
    if (drift->manager.len != 0)
        add_line(buf, "manager", drift->manager);
}
