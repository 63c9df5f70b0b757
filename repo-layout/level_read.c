/* A level's files into tables: which file holds which rows, and the columns of each. */
#include "repo-layout/level_internal.h"

#include "syncd/value/yaml.h"

#include <stdio.h>

static const char *const routes[] = {"place", "management", "regional", "managed", NULL};
static const char *const modes[] = {"apply", "fields", "observe", "ignore", NULL};
static const char *const prunes[] = {"normal", "guarded", "never", NULL};
static const char *const uses[] = {"immutable", "noise", "secret",  "template", "required",
                                   "list",      "adopt", "approve", NULL};
static const char *const bys[] = {"name", "selector", "label", NULL};
static const char *const rules[] = {"contains", "unique",  "among",  "exactlyOne", "atMostOne",
                                    "last",     "matches", "forbid", NULL};
static const char *const supports[] = {"unknown", "supported", "unsupported", NULL};
static const char *const takes[] = {"count", "name", "value", "unfinished", "known", NULL};
static const char *const scopes[] = {"Cluster", "Namespaced", NULL};

#define AT(type, member) offsetof(struct type, member)

/* kinds.yaml; the scope is read beside it. */
struct kind_row {
    struct level_kind kind;
    int scope;
};
static const struct column kind_columns[] = {
    {"kind", COLUMN_TEXT, AT(kind_row, kind.gvk.kind), 0, NULL, true},
    {"group", COLUMN_TEXT, AT(kind_row, kind.gvk.group), 0, NULL, false},
    {"version", COLUMN_TEXT, AT(kind_row, kind.gvk.version), 0, NULL, true},
    {"plural", COLUMN_TEXT, AT(kind_row, kind.plural), 0, NULL, true},
    {"scope", COLUMN_WORD, AT(kind_row, scope), 0, scopes, true},
    {"route", COLUMN_WORD, AT(kind_row, kind.route), 0, routes, true},
    {"mode", COLUMN_WORD, AT(kind_row, kind.mode), 0, modes, true},
    {"prune", COLUMN_WORD, AT(kind_row, kind.prune), 0, prunes, false},
    {"wave", COLUMN_NUMBER, AT(kind_row, kind.wave), 0, NULL, false},
    {"removal", COLUMN_NUMBER, AT(kind_row, kind.removal), 0, NULL, false},
    {"onlyName", COLUMN_TEXT, AT(kind_row, kind.only_name), 0, NULL, false},
    {"judged", COLUMN_FLAG, AT(kind_row, kind.judged), 0, NULL, false},
};

static const struct column field_columns[] = {
    {"use", COLUMN_WORD, AT(level_field, use), 0, uses, true},
    {"kind", COLUMN_KIND, AT(level_field, kind), 0, NULL, false},
    {"when", COLUMN_CONDITION, AT(level_field, when), 0, NULL, false},
    {"path", COLUMN_PATH, AT(level_field, path), 0, NULL, true},
    {"key", COLUMN_TEXT, AT(level_field, key), 0, NULL, false},
    {"why", COLUMN_TEXT, AT(level_field, why), 0, NULL, false},
    {"warn", COLUMN_FLAG, AT(level_field, warn), 0, NULL, false},
};

static const struct column reference_columns[] = {
    {"from", COLUMN_KIND, AT(level_reference, from), 0, NULL, true},
    {"to", COLUMN_KIND, AT(level_reference, to), 0, NULL, true},
    {"when", COLUMN_CONDITION, AT(level_reference, when), 0, NULL, false},
    {"path", COLUMN_PATH, AT(level_reference, path), 0, NULL, true},
    {"namespace", COLUMN_PATH, AT(level_reference, namespace), 0, NULL, false},
    {"inNamespace", COLUMN_TEXT, AT(level_reference, fixed_namespace), 0, NULL, false},
    {"by", COLUMN_WORD, AT(level_reference, by), 0, bys, false},
    {"exclusive", COLUMN_FLAG, AT(level_reference, exclusive), 0, NULL, false},
    {"sameRegion", COLUMN_FLAG, AT(level_reference, same_region), 0, NULL, false},
    {"warn", COLUMN_FLAG, AT(level_reference, warn), 0, NULL, false},
};

static const struct column check_columns[] = {
    {"rule", COLUMN_WORD, AT(level_check, rule), 0, rules, true},
    {"kind", COLUMN_KIND, AT(level_check, kind), 0, NULL, true},
    {"when", COLUMN_CONDITION, AT(level_check, when), 0, NULL, false},
    {"path", COLUMN_PATH, AT(level_check, path), 0, NULL, true},
    {"other", COLUMN_PATH, AT(level_check, other), 0, NULL, false},
    {"keys", COLUMN_TEXTS, AT(level_check, keys), AT(level_check, key_count), NULL, false},
    {"text", COLUMN_TEXT, AT(level_check, text), 0, NULL, false},
    {"say", COLUMN_TEXT, AT(level_check, say), 0, NULL, true},
    {"hint", COLUMN_TEXT, AT(level_check, hint), 0, NULL, true},
    {"warn", COLUMN_FLAG, AT(level_check, warn), 0, NULL, false},
};

static const struct column minimum_columns[] = {
    {"of", COLUMN_KIND, AT(level_minimum, of), 0, NULL, true},
    {"counted", COLUMN_KIND, AT(level_minimum, counted), 0, NULL, true},
    {"when", COLUMN_CONDITION, AT(level_minimum, when), 0, NULL, false},
    {"where", COLUMN_CONDITION, AT(level_minimum, where), 0, NULL, false},
    {"points", COLUMN_PATH, AT(level_minimum, points), 0, NULL, true},
    {"replicas", COLUMN_PATH, AT(level_minimum, replicas), 0, NULL, false},
    {"least", COLUMN_LARGE, AT(level_minimum, least), 0, NULL, true},
    {"noun", COLUMN_TEXT, AT(level_minimum, noun), 0, NULL, true},
};

static const struct column exception_columns[] = {
    {"kind", COLUMN_KIND, AT(level_exception, kind), 0, NULL, true},
    {"when", COLUMN_CONDITION, AT(level_exception, when), 0, NULL, true},
    {"prune", COLUMN_WORD, AT(level_exception, prune), 0, prunes, true},
    {"why", COLUMN_TEXT, AT(level_exception, why), 0, NULL, true},
};

static const struct column removal_columns[] = {
    {"kind", COLUMN_KIND, AT(level_removal, kind), 0, NULL, true},
    {"when", COLUMN_CONDITION, AT(level_removal, when), 0, NULL, false},
    {"request", COLUMN_PATH, AT(level_removal, request), 0, NULL, true},
    {"policy", COLUMN_PATH, AT(level_removal, policy), 0, NULL, false},
    {"policies", COLUMN_TEXTS, AT(level_removal, policies), AT(level_removal, policy_count), NULL,
     false},
    {"phase", COLUMN_PATH, AT(level_removal, phase), 0, NULL, false},
    {"completed", COLUMN_TEXT, AT(level_removal, completed), 0, NULL, false},
    {"failed", COLUMN_TEXT, AT(level_removal, failed), 0, NULL, false},
    {"aborting", COLUMN_TEXT, AT(level_removal, aborting), 0, NULL, false},
};

static const struct column join_columns[] = {
    {"kind", COLUMN_KIND, AT(level_join, kind), 0, NULL, true},
    {"name", COLUMN_TEXT, AT(level_join, name), 0, NULL, true},
    {"from", COLUMN_KIND, AT(level_join, from), 0, NULL, true},
    {"owner", COLUMN_PATH, AT(level_join, owner), 0, NULL, false},
    {"key", COLUMN_PATH, AT(level_join, key), 0, NULL, false},
    {"where", COLUMN_CONDITION, AT(level_join, where), 0, NULL, false},
    {"take", COLUMN_WORD, AT(level_join, take), 0, takes, true},
    {"path", COLUMN_PATH, AT(level_join, path), 0, NULL, false},
    {"done", COLUMN_TEXTS, AT(level_join, done), AT(level_join, done_count), NULL, false},
};

static const struct column pair_columns[] = {
    {"management", COLUMN_TEXT, AT(level_pair, management), 0, NULL, true},
    {"regional", COLUMN_TEXT, AT(level_pair, regional), 0, NULL, true},
    {"support", COLUMN_WORD, AT(level_pair, support), 0, supports, true},
    {"evidence", COLUMN_TEXT, AT(level_pair, evidence), 0, NULL, true},
};

static const struct column release_columns[] = {
    {"cluster", COLUMN_KIND, AT(level_releases, cluster), 0, NULL, true},
    {"wanted", COLUMN_PATH, AT(level_releases, wanted), 0, NULL, true},
    {"available", COLUMN_PATH, AT(level_releases, available), 0, NULL, false},
    {"release", COLUMN_KIND, AT(level_releases, release), 0, NULL, false},
    {"version", COLUMN_PATH, AT(level_releases, version), 0, NULL, false},
    {"digests", COLUMN_PATHS, AT(level_releases, digests), AT(level_releases, digest_count), NULL,
     false},
    {"bundle", COLUMN_KIND, AT(level_releases, bundle), 0, NULL, false},
    {"supported", COLUMN_PATH, AT(level_releases, supported), 0, NULL, false},
    {"upgrades", COLUMN_PATH, AT(level_releases, upgrades), 0, NULL, false},
    {"providers", COLUMN_PATH, AT(level_releases, providers), 0, NULL, false},
    {"indexItems", COLUMN_PATH, AT(level_releases, index_items), 0, NULL, false},
    {"indexPath", COLUMN_PATH, AT(level_releases, index_path), 0, NULL, false},
    {"indexSha256", COLUMN_PATH, AT(level_releases, index_sha256), 0, NULL, false},
};

static const struct column layout_columns[] = {
    {"region", COLUMN_PATH, AT(level_layout, region), 0, NULL, false},
    {"provider", COLUMN_PATH, AT(level_layout, provider), 0, NULL, false},
    {"owner", COLUMN_PATH, AT(level_layout, owner), 0, NULL, false},
    {"cluster", COLUMN_KIND, AT(level_layout, cluster), 0, NULL, false},
    {"machine", COLUMN_KIND, AT(level_layout, machine), 0, NULL, false},
    {"worker", COLUMN_CONDITION, AT(level_layout, worker), 0, NULL, false},
    {"management", COLUMN_CONDITION, AT(level_layout, management), 0, NULL, false},
    {"regional", COLUMN_CONDITION, AT(level_layout, regional), 0, NULL, false},
    {"providers", COLUMN_PATH, AT(level_layout, providers), 0, NULL, false},
    {"defaultRegion", COLUMN_TEXT, AT(level_layout, default_region), 0, NULL, false},
    {"document", COLUMN_PATH, AT(level_layout, document), 0, NULL, false},
    {"secretName", COLUMN_TEXT, AT(level_layout, secret_name), 0, NULL, false},
    {"secretKey", COLUMN_TEXT, AT(level_layout, secret_key), 0, NULL, false},
    {"holdReason", COLUMN_TEXT, AT(level_layout, hold_reason), 0, NULL, false},
};

struct level_head {
    str title;
    const str *groups;
    size_t group_count;
    value names, layout;
};
static const struct column head_columns[] = {
    {"title", COLUMN_TEXT, AT(level_head, title), 0, NULL, true},
    {"groups", COLUMN_TEXTS, AT(level_head, groups), AT(level_head, group_count), NULL, true},
    {"names", COLUMN_VALUE, AT(level_head, names), 0, NULL, false},
    {"layout", COLUMN_VALUE, AT(level_head, layout), 0, NULL, false},
};

static const struct column schema_columns[] = {
    {"apiVersion", COLUMN_TEXT, AT(level_schema, api_version), 0, NULL, true},
    {"kind", COLUMN_TEXT, AT(level_schema, kind), 0, NULL, true},
    {"provider", COLUMN_TEXT, AT(level_schema, provider), 0, NULL, false},
    {"schema", COLUMN_VALUE, AT(level_schema, document), 0, NULL, true},
};

/* --- sections: a key of a file, the rows below it, where they go --- */

struct section {
    const char *file, *key;
    void (*read)(struct level_reader *reader, value given);
    bool needed;
};

#define READ_ROWS(name, type, columns, list)                                                       \
    static void name(struct level_reader *reader, value given)                                     \
    {                                                                                              \
        for (size_t i = 0; i < value_len(given); i++) {                                            \
            value item = value_item(given, i);                                                     \
            struct type row = {.source = {reader->file, item.line, 0}};                            \
            level_read_row(reader, item, LEVEL_COLUMNS(columns), &row);                            \
            VEC_PUSH(reader->arena, &reader->level->list, row);                                    \
        }                                                                                          \
    }

READ_ROWS(read_fields, level_field, field_columns, fields)
READ_ROWS(read_references, level_reference, reference_columns, references)
READ_ROWS(read_checks, level_check, check_columns, checks)
READ_ROWS(read_minimums, level_minimum, minimum_columns, minimums)
READ_ROWS(read_exceptions, level_exception, exception_columns, exceptions)
READ_ROWS(read_removals, level_removal, removal_columns, removals)
READ_ROWS(read_joins, level_join, join_columns, joins)
READ_ROWS(read_pairs, level_pair, pair_columns, pairs)

/* Two passes: other rows point at kinds, so their places must not move any more. */
static void read_kinds(struct level_reader *reader, value given)
{
    struct level *level = reader->level;
    for (size_t i = 0; i < value_len(given); i++) {
        value item = value_item(given, i);
        struct kind_row row = {.kind.source = {reader->file, item.line, 0}};
        level_read_row(reader, item, LEVEL_COLUMNS(kind_columns), &row);
        row.kind.namespaced = row.scope != 0;
        VEC_PUSH(reader->arena, &level->kinds, row.kind);
    }
    VEC_FOR (struct level_kind, kind, &level->kinds) {
        str key = arena_concat(reader->arena, kind->gvk.group, STR("/"), kind->gvk.kind);
        if (map_put(&level->index, reader->arena, key, kind) != NULL)
            level_complain(reader, (value){.line = kind->source.line & 0xffffff},
                           "%.*s is there twice", STR_ARG(key));
    }
}

static void read_names(struct level_reader *reader, value names)
{
    for (size_t i = 0; i < value_len(names); i++) {
        const struct member *member = value_member(names, i);
        const struct level_path *path;
        struct error err = ERROR_INIT;
        if (!level_path_compile(value_str(member->val), NULL, reader->arena, &path, &err)) {
            level_complain(reader, member->val, "%s", err.text);
            continue;
        }
        (void)map_put(&reader->names, reader->arena, member->key,
                      (void *)(uintptr_t)path); /* maps are not const; paths stay so */
    }
}

static void read_releases(struct level_reader *reader, value given)
{
    level_read_row(reader, given, LEVEL_COLUMNS(release_columns), &reader->level->releases);
}

static void read_layout(struct level_reader *reader, value given)
{
    level_read_row(reader, given, LEVEL_COLUMNS(layout_columns), &reader->level->layout);
}

/* The language of these is not ours: they are kept, without the joins beside them. */
static void read_rules(struct level_reader *reader, value given)
{
    struct object_builder document;
    object_begin(&document, reader->arena);
    object_add(&document, STR("rules"), given);
    reader->level->verdicts = object_finish(&document);
}

static const struct section sections[] = {
    {"kinds.yaml", "kinds", read_kinds, true},
    {"level.yaml", "layout", read_layout, false}, /* once kinds are known */
    {"fields.yaml", "fields", read_fields, false},
    {"references.yaml", "references", read_references, false},
    {"checks.yaml", "checks", read_checks, false},
    {"checks.yaml", "minimums", read_minimums, false},
    {"removal.yaml", "exceptions", read_exceptions, false},
    {"removal.yaml", "removals", read_removals, false},
    {"matrix.yaml", "pairs", read_pairs, false},
    {"releases.yaml", "releases", read_releases, false},
    {"verdicts.yaml", "joins", read_joins, false},
    {"verdicts.yaml", "rules", read_rules, false},
};

/* --- files --- */

struct level_reading {
    struct level_reader reader;
    const struct level_source *source;
    value *roots; /* of each file, ABSENT when it is for others */
};

static str full_path(const struct level_reading *reading, str path)
{
    return arena_concat(reading->reader.arena, reading->source->folder, STR("/"), path);
}

static bool read_stream(struct level_reading *reading, const struct level_file *file,
                        struct yaml_stream *ret_stream)
{
    struct error err = ERROR_INIT;
    const struct yaml_options options = {.dialect = YAML_KUBERNETES};
    reading->reader.file = full_path(reading, file->path);
    if (yaml_read_stream(file->bytes, &options, reading->reader.limits, reading->reader.arena,
                         ret_stream, &err))
        return true;
    (void)error_at(&err, (struct position){reading->reader.file, 1, 1});
    (void)snprintf(err.file, sizeof(err.file), "%.*s", STR_ARG(reading->reader.file));
    (void)snprintf(err.rule, sizeof(err.rule), "E_LEVEL");
    findings_add_error(reading->reader.findings, &err);
    return false;
}

static value find_root(struct level_reading *reading, str name)
{
    for (size_t i = 0; i < reading->source->count; i++) {
        if (!str_equal(reading->source->files[i].path, name))
            continue;
        reading->reader.file = full_path(reading, name);
        return reading->roots[i];
    }
    return value_absent();
}

static void read_schemas(struct level_reading *reading, const struct level_file *file)
{
    struct yaml_stream stream = {0};
    if (!read_stream(reading, file, &stream))
        return;
    VEC_FOR (const struct yaml_document, document, &stream.documents) {
        struct level_schema row = {.source = {reading->reader.file, document->line, 0}};
        level_read_row(&reading->reader, document->root, LEVEL_COLUMNS(schema_columns), &row);
        VEC_PUSH(reading->reader.arena, &reading->reader.level->schemas, row);
    }
}

static void read_head(struct level_reading *reading)
{
    struct level_head head = {0};
    struct level *level = reading->reader.level;
    value root = find_root(reading, STR("level.yaml"));
    if (!value_present(root)) {
        reading->reader.file = full_path(reading, STR("level.yaml"));
        level_complain(&reading->reader, value_null(), "the level has no level.yaml");
        return;
    }
    level_read_row(&reading->reader, root, LEVEL_COLUMNS(head_columns), &head);
    level->title = head.title;
    level->groups = head.groups;
    level->group_count = head.group_count;
    read_names(&reading->reader, head.names);
}

static bool has_section(str file, str key)
{
    if (str_equal(file, STR("level.yaml")))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(sections); i++) {
        if (str_equal(file, str_z(sections[i].file)) && str_equal(key, str_z(sections[i].key)))
            return true;
    }
    return false;
}

static void refuse_others(struct level_reading *reading, size_t file)
{
    value root = reading->roots[file];
    reading->reader.file = full_path(reading, reading->source->files[file].path);
    for (size_t i = 0; value_is(root, VALUE_OBJECT) && i < value_len(root); i++) {
        const struct member *member = value_member(root, i);
        if (!has_section(reading->source->files[file].path, member->key))
            level_complain(&reading->reader, member->val, "no such section: %.*s",
                           STR_ARG(member->key));
    }
}

static void read_files(struct level_reading *reading)
{
    for (size_t i = 0; i < reading->source->count; i++) {
        const struct level_file *file = &reading->source->files[i];
        struct yaml_stream stream = {0};
        reading->roots[i] = value_absent();
        if (str_starts(file->path, STR("definitions/")) || str_starts(file->path, STR("start/")))
            continue;
        if (str_starts(file->path, STR("schemas/"))) {
            read_schemas(reading, file);
            continue;
        }
        if (!read_stream(reading, file, &stream))
            continue;
        reading->roots[i] =
            stream.documents.len != 0 ? stream.documents.items[0].root : value_absent();
        refuse_others(reading, i);
    }
}

bool level_read(const struct level_source *source, const struct limits *limits, struct arena *arena,
                struct findings *findings, const struct level **ret_level)
{
    size_t errors = findings->errors;
    struct level *level = ARENA_NEW(arena, struct level);
    level->name = source->name;
    struct level_reading reading = {
        .reader = {.level = level, .limits = limits, .arena = arena, .findings = findings},
        .source = source,
        .roots = ARENA_ARRAY(arena, value, source->count)};
    read_files(&reading);
    read_head(&reading);
    for (size_t i = 0; i < ARRAY_LEN(sections); i++) {
        value root = find_root(&reading, str_z(sections[i].file));
        value rows = value_get(root, str_z(sections[i].key));
        if (value_present(rows))
            sections[i].read(&reading.reader, rows);
        else if (sections[i].needed)
            level_complain(&reading.reader, root, "%s has no %s", sections[i].file,
                           sections[i].key);
    }
    if (findings->errors != errors)
        return false;
    *ret_level = level;
    return true;
}

bool level_read_definitions(const struct level_source *source, const struct limits *limits,
                            struct arena *arena, struct findings *findings,
                            struct object_list *ret_objects)
{
    size_t errors = findings->errors;
    struct level_reading reading = {
        .reader = {.limits = limits, .arena = arena, .findings = findings}, .source = source};
    struct object_list objects = {0};
    for (size_t i = 0; i < source->count; i++) {
        struct yaml_stream stream = {0};
        if (!str_starts(source->files[i].path, STR("definitions/")) ||
            !read_stream(&reading, &source->files[i], &stream))
            continue;
        VEC_FOR (const struct yaml_document, document, &stream.documents) {
            struct error err = ERROR_INIT;
            if (!object_list_add(&objects, document->root,
                                 (struct position){reading.reader.file, document->line, 0}, limits,
                                 arena, &err))
                findings_add_error(findings, &err);
        }
    }
    *ret_objects = objects;
    return findings->errors == errors;
}
