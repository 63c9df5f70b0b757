/* Releases: known, for the provider, pinned, and reachable from the one before. */
#include "repo-layout/lint/lint_internal.h"

/* What the index says of one release. */
struct release {
    value entry;                 /* in a bundle's list; ABSENT = in none */
    const struct object *object; /* the release itself, or NULL */
};

static bool is_kind(const struct object *object, const struct level_kind *kind)
{
    return kind != NULL && str_equal(object->id.gvk.group, kind->gvk.group) &&
           str_equal(object->id.gvk.kind, kind->gvk.kind);
}

static bool find_release(struct lint *lint, str name, struct release *ret_release)
{
    const struct level_releases *rules = &lint->level->releases;
    *ret_release = (struct release){.entry = value_absent()};
    VEC_FOR (const struct object, object, &lint->input->releases->objects) {
        if (is_kind(object, rules->release) && str_equal(object->id.name, name))
            ret_release->object = object;
        if (!is_kind(object, rules->bundle) || rules->supported == NULL)
            continue;
        struct level_matches entries;
        level_path_find(rules->supported, object->document, lint->arena, &entries);
        VEC_FOR (const struct level_match, match, &entries.items) {
            if (str_equal(value_str(value_get(match->val, STR("name"))), name))
                ret_release->entry = match->val;
        }
    }
    return ret_release->object != NULL || value_present(ret_release->entry);
}

static str version_of(const struct lint *lint, const struct release *release)
{
    str version = value_str(value_get(release->entry, STR("version")));
    if (version.len == 0 && release->object != NULL && lint->level->releases.version != NULL)
        version = level_path_text(lint->level->releases.version, release->object->document);
    return version;
}

/* Takes the next number or word off a version. */
static str take_part(str *version)
{
    *version = str_trim_left(*version, STR(".+-_v"));
    size_t end = 0;
    while (end < version->len && strchr(".+-_", version->ptr[end]) == NULL)
        end++;
    str part = str_slice(*version, 0, end);
    *version = str_skip(*version, end);
    return part;
}

/* Part by part: numbers as numbers, the rest as text. */
static int compare_versions(str a, str b)
{
    while (a.len != 0 || b.len != 0) {
        str left = take_part(&a), right = take_part(&b);
        uint64_t x, y;
        int order = str_to_u64(left, &x) && str_to_u64(right, &y) ? (x > y) - (x < y)
                                                                  : str_compare(left, right);
        if (order != 0)
            return order;
    }
    return 0;
}

typedef void release_fn(struct lint *lint, const struct object *cluster, str wanted, uint32_t line);

/* Every cluster that says which release it wants, when there is an index to hold it against. */
static void each_wanted(struct lint *lint, release_fn *look)
{
    const struct level_releases *rules = &lint->level->releases;
    if (rules->cluster == NULL || lint->input->releases == NULL)
        return;
    const struct lint_objects *clusters = lint_kind_objects(lint, rules->cluster);
    LINT_OBJECTS (cluster, clusters) {
        value wanted = level_path_first(rules->wanted, cluster->document);
        if (value_str(wanted).len != 0)
            look(lint, cluster, value_str(wanted), wanted.line);
    }
}

static void look_unknown(struct lint *lint, const struct object *cluster, str wanted, uint32_t line)
{
    struct release release;
    if (!find_release(lint, wanted, &release))
        lint_report(lint, cluster, line, "%.*s wants release %.*s, which the index does not have",
                    STR_ARG(lint_name(lint, cluster)), STR_ARG(wanted));
}

void lint_releases_unknown(struct lint *lint)
{
    each_wanted(lint, look_unknown);
}

/* The release before the change, when it is another one and both are known. */
static bool find_step(struct lint *lint, const struct object *cluster, str wanted,
                      struct release *ret_from, struct release *ret_to)
{
    const struct object *before = lint_base(lint, cluster);
    if (before == NULL)
        return false;
    str old = level_path_text(lint->level->releases.wanted, before->document);
    return old.len != 0 && !str_equal(old, wanted) && find_release(lint, old, ret_from) &&
           find_release(lint, wanted, ret_to);
}

static void look_downgrade(struct lint *lint, const struct object *cluster, str wanted,
                           uint32_t line)
{
    struct release from, to;
    if (!find_step(lint, cluster, wanted, &from, &to))
        return;
    str before = version_of(lint, &from), after = version_of(lint, &to);
    if (before.len != 0 && after.len != 0 && compare_versions(after, before) < 0)
        lint_report(lint, cluster, line, "%.*s would go back from %.*s to %.*s",
                    STR_ARG(lint_name(lint, cluster)), STR_ARG(before), STR_ARG(after));
}

void lint_releases_downgrade(struct lint *lint)
{
    each_wanted(lint, look_downgrade);
}

static void look_skip(struct lint *lint, const struct object *cluster, str wanted, uint32_t line)
{
    struct release from, to;
    struct level_matches next;
    if (!find_step(lint, cluster, wanted, &from, &to) || lint->level->releases.upgrades == NULL ||
        !value_present(from.entry))
        return;
    str version = version_of(lint, &to);
    if (compare_versions(version, version_of(lint, &from)) < 0)
        return; /* E_RELEASE_DOWNGRADE says so */
    level_path_find(lint->level->releases.upgrades, from.entry, lint->arena, &next);
    VEC_FOR (const struct level_match, match, &next.items) {
        if (str_equal(value_str(match->val), version) || str_equal(value_str(match->val), wanted))
            return;
    }
    lint_report(lint, cluster, line, "%.*s cannot go from %.*s to %.*s in one step",
                STR_ARG(lint_name(lint, cluster)), STR_ARG(version_of(lint, &from)),
                STR_ARG(version));
}

void lint_releases_skip(struct lint *lint)
{
    each_wanted(lint, look_skip);
}

static void look_provider(struct lint *lint, const struct object *cluster, str wanted,
                          uint32_t line)
{
    struct release release;
    struct level_matches supported;
    if (!find_release(lint, wanted, &release) || lint->level->releases.providers == NULL ||
        lint->level->layout.provider == NULL)
        return;
    str provider = level_path_text(lint->level->layout.provider, cluster->document);
    level_path_find(lint->level->releases.providers, release.entry, lint->arena, &supported);
    VEC_FOR (const struct level_match, match, &supported.items) {
        if (str_equal(value_str(match->val), provider))
            return;
    }
    if (supported.items.len != 0)
        lint_report(lint, cluster, line, "%.*s: release %.*s is not for %.*s",
                    STR_ARG(lint_name(lint, cluster)), STR_ARG(wanted), STR_ARG(provider));
}

void lint_releases_provider(struct lint *lint)
{
    each_wanted(lint, look_provider);
}

static void look_digest(struct lint *lint, const struct object *cluster, str wanted, uint32_t line)
{
    const struct level_releases *rules = &lint->level->releases;
    struct release release;
    if (!find_release(lint, wanted, &release) || release.object == NULL)
        return;
    for (size_t i = 0; i < rules->digest_count; i++) {
        if (level_path_text(rules->digests[i], release.object->document).len == 0)
            lint_report(lint, cluster, line, "release %.*s has no %.*s", STR_ARG(wanted),
                        STR_ARG(level_path_name(rules->digests[i])));
    }
}

void lint_releases_digest(struct lint *lint)
{
    each_wanted(lint, look_digest);
}
