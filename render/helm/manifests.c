/* What templates rendered, split into documents, told apart and put in order. */
#include "render/helm/chart.h"
#include "render/template/runes.h"
#include "syncd/value/yaml.h"

#include <stdlib.h>

/* Kinds in the order in which they are installed; all others come behind, by name. */
static const char *const kinds[] = {
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
};

const char *const *install_order(size_t *ret_count)
{
    *ret_count = ARRAY_LEN(kinds);
    return kinds;
}

static bool is_separator_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\f' || byte == '\r';
}

void manifests_split(str text, struct arena *arena, struct text_list *ret_texts)
{
    *ret_texts = (struct text_list){0};
    text = trim_space(text);
    if (str_starts(text, STR("---"))) {
        text = str_skip(text, 3);
        while (text.len > 0 && is_separator_space(text.ptr[0]))
            text = str_skip(text, 1);
    }
    for (;;) {
        /* A separator begins with the space before its line and ends with the space behind it. */
        size_t at = str_find(text, STR("\n---"));
        size_t end = at == SIZE_MAX ? text.len : at;
        while (at != SIZE_MAX && end > 0 && is_separator_space(text.ptr[end - 1]))
            end--;
        str document = trim_space(str_slice(text, 0, end));
        if (end > 0)
            VEC_PUSH(arena, &ret_texts->list, document);
        if (at == SIZE_MAX)
            return;
        text = str_skip(text, at + 4);
        while (text.len > 0 && is_separator_space(text.ptr[0]))
            text = str_skip(text, 1);
    }
}

/* The part of a document that Helm looks at. */
struct head {
    str kind, name;
    value annotations;
    struct arena *arena;
};

static str annotation(const struct head *head, const char *key)
{
    str text = {0};
    return scalar_text(value_get(head->annotations, str_z(key)), head->arena, &text) ? text
                                                                                     : (str){0};
}

static bool bad_head(struct error *err, value v, const char *field, const char *type)
{
    return error_rule(
        err, ERROR_INPUT, "E_MANIFEST",
        "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal %s into "
        "Go struct field %s of type %s",
        value_kind_name(v.kind), field, type);
}

static bool optional(value v, enum value_kind kind)
{
    return !value_present(v) || value_is(v, VALUE_NULL) || value_is(v, kind);
}

static bool read_head(value document, struct arena *arena, struct head *head, struct error *err)
{
    *head = (struct head){.annotations = value_absent(), .arena = arena};
    str text;
    if (value_is(document, VALUE_NULL))
        return true;
    if (!value_is(document, VALUE_OBJECT))
        return error_rule(err, ERROR_INPUT, "E_MANIFEST",
                          "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal %s "
                          "into Go value of type releaseutil.SimpleHead",
                          value_kind_name(document.kind));
    value version = value_get(document, STR("apiVersion"));
    value kind = value_get(document, STR("kind"));
    value metadata = value_get(document, STR("metadata"));
    value name = value_get(metadata, STR("name"));
    value annotations = value_get(metadata, STR("annotations"));
    if (!scalar_text(version, arena, &text))
        return bad_head(err, version, "SimpleHead.apiVersion", "string");
    if (!scalar_text(kind, arena, &head->kind))
        return bad_head(err, kind, "SimpleHead.kind", "string");
    if (!optional(metadata, VALUE_OBJECT))
        return bad_head(err, metadata, "SimpleHead.metadata", "struct");
    if (!scalar_text(name, arena, &head->name))
        return bad_head(err, name, ".metadata.name", "string");
    if (!optional(annotations, VALUE_OBJECT))
        return bad_head(err, annotations, ".metadata.annotations", "map[string]string");
    for (size_t i = 0; i < value_len(annotations); i++) {
        value item = value_member(annotations, i)->val;
        if (!scalar_text(item, arena, &text))
            return bad_head(err, item, ".metadata.annotations", "string");
    }
    head->annotations = annotations;
    return true;
}

/* Words of an annotation's list, in small letters, looked up in a table of bits. */
struct bit_name {
    const char *name;
    unsigned bit;
};

static bool word_bit(str word, const struct bit_name *names, size_t count, unsigned *ret_bit)
{
    word = trim_space(word);
    for (size_t i = 0; i < count; i++) {
        if (!str_equal_fold(word, str_z(names[i].name)))
            continue;
        *ret_bit = names[i].bit;
        return true;
    }
    return false;
}

static const struct bit_name events[] = {
    {"pre-install", HELM_PRE_INSTALL},
    {"post-install", HELM_POST_INSTALL},
    {"pre-delete", HELM_PRE_DELETE},
    {"post-delete", HELM_POST_DELETE},
    {"pre-upgrade", HELM_PRE_UPGRADE},
    {"post-upgrade", HELM_POST_UPGRADE},
    {"pre-rollback", HELM_PRE_ROLLBACK},
    {"post-rollback", HELM_POST_ROLLBACK},
    {"test", HELM_TEST},
    {"test-success", HELM_TEST},
};

static const struct bit_name delete_policies[] = {
    {"before-hook-creation", HELM_DELETE_BEFORE_CREATION},
    {"hook-succeeded", HELM_DELETE_SUCCEEDED},
    {"hook-failed", HELM_DELETE_FAILED},
};

/* False when it is a hook of an unknown kind, which is left out. */
static bool read_hook(struct helm_work *work, const struct head *head, str types,
                      struct helm_manifest *manifest)
{
    str rest = types;
    for (str word; str_cut(&rest, ',', &word);) {
        unsigned bit;
        if (!word_bit(word, events, ARRAY_LEN(events), &bit)) {
            if (work->context->findings != NULL)
                (void)findings_add(work->context->findings, SEVERITY_WARNING, "W_HOOK",
                                   (struct position){.file = manifest->source},
                                   "skipping unknown hook: \"%.*s\"", STR_ARG(types));
            return false;
        }
        manifest->events |= bit;
    }
    str weight = annotation(head, "helm.sh/hook-weight");
    if (str_starts(weight, STR("+")))
        weight = str_skip(weight, 1);
    if (!str_to_i64(weight, &manifest->weight))
        manifest->weight = 0;
    rest = annotation(head, "helm.sh/hook-delete-policy");
    for (str word; rest.ptr != NULL && str_cut(&rest, ',', &word);) {
        unsigned bit;
        if (word_bit(word, delete_policies, ARRAY_LEN(delete_policies), &bit))
            manifest->delete_policies |= bit;
    }
    return true;
}

static bool add_document(struct helm_work *work, str source, str text, struct helm_release *release,
                         struct error *err)
{
    const struct yaml_options options = {.dialect = YAML_KUBERNETES,
                                         .allow_duplicate_keys = true,
                                         .go_words = true,
                                         .first_only = true};
    struct helm_manifest manifest = {.source = source, .text = text};
    struct head head;
    if (!yaml_read(text, &options, work->limits, work->arena, &manifest.document, err) ||
        !read_head(manifest.document, work->arena, &head, err))
        return error_wrap(err, "YAML parse error on %.*s", STR_ARG(source));
    manifest.kind = head.kind;
    manifest.name = head.name;
    value types = value_get(head.annotations, STR("helm.sh/hook"));
    if (!value_present(types)) {
        VEC_PUSH(work->arena, &release->manifests, manifest);
        return true;
    }
    if (read_hook(work, &head, annotation(&head, "helm.sh/hook"), &manifest))
        VEC_PUSH(work->arena, &release->hooks, manifest);
    return true;
}

/* Ranks. */

struct ranked {
    size_t rank, index;
    str kind;
};

static int compare_ranks(const void *a, const void *b)
{
    const struct ranked *x = a;
    const struct ranked *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    int order = x->rank == ARRAY_LEN(kinds) ? str_compare(x->kind, y->kind) : 0;
    if (order != 0)
        return order;
    return x->index < y->index ? -1 : x->index > y->index;
}

static size_t rank_of(str kind)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (str_equal(kind, str_z(kinds[i])))
            return i;
    return ARRAY_LEN(kinds);
}

static void sort_by_kind(struct arena *arena, struct helm_manifest *items, size_t len)
{
    struct ranked *ranks = ARENA_ARRAY(arena, struct ranked, len);
    struct helm_manifest *copy = ARENA_ARRAY(arena, struct helm_manifest, len);
    for (size_t i = 0; i < len; i++)
        ranks[i] =
            (struct ranked){.rank = rank_of(items[i].kind), .index = i, .kind = items[i].kind};
    if (len == 0)
        return;
    qsort(ranks, len, sizeof(*ranks), compare_ranks);
    memcpy(copy, items, len * sizeof(*copy));
    for (size_t i = 0; i < len; i++)
        items[i] = copy[ranks[i].index];
}

bool manifests_sort(struct helm_work *work, const struct rendered *rendered,
                    struct helm_release *release, struct error *err)
{
    for (size_t i = 0; i < rendered->files.len; i++) {
        const struct chart_file *file = &rendered->files.items[i];
        struct text_list texts;
        if (str_starts(path_base(file->name), STR("_")) || trim_space(file->bytes).len == 0)
            continue;
        manifests_split(file->bytes, work->arena, &texts);
        for (size_t j = 0; j < texts.list.len; j++)
            if (!add_document(work, file->name, texts.list.items[j], release, err))
                return false;
    }
    sort_by_kind(work->arena, release->manifests.items, release->manifests.len);
    sort_by_kind(work->arena, release->hooks.items, release->hooks.len);
    return true;
}
