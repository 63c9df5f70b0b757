#include "render/helm/chart.h"
#include "render/helm/helm.h"
#include "render/template/cache.h"
#include "render/template/fns.h"
#include "render/template/runes.h"
#include "syncd/value/yaml.h"

#include "render/template/dyn_value.h"

#include <stdlib.h>

#define MISSING_MAX 4096 /* of the names of dependencies that are not there */

/* One template file with what it sees. */
struct page {
    str name; /* "chart/templates/x.yaml" */
    str text;
    str base; /* "chart/templates" */
    struct dyn_map *dot;
    size_t order; /* of being found */
};

struct book {
    struct helm_work *work;
    struct dyn release, capabilities;
    VEC(struct page) pages;
};

/* Checks before anything is rendered. */

static bool check_release_name(str name, struct error *err)
{
    bool good = name.len > 0 && name.len <= 53;
    for (size_t i = 0; i < name.len && good; i++) {
        char c = name.ptr[i];
        bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        bool edge = i == 0 || i + 1 == name.len || name.ptr[i - 1] == '.' || name.ptr[i + 1] == '.';
        good = alphanumeric || (c == '-' && !edge) ||
               (c == '.' && i > 0 && i + 1 < name.len && name.ptr[i - 1] != '.');
    }
    if (good)
        return true;
    return error_rule(err, ERROR_INPUT, "E_HELM_OPTION",
                      "release name \"%.*s\": invalid release name, must match regex "
                      "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the "
                      "length must not be longer than 53",
                      STR_ARG(name));
}

static bool check_chart(const struct chart *chart, struct error *err)
{
    const struct chart_metadata *metadata = &chart->metadata;
    if (str_equal(metadata->type, STR("library")))
        return error_rule(err, ERROR_INPUT, "E_CHART", "library charts are not installable");
    AUTO_BUF struct buf missing = BUF_INIT(MISSING_MAX);
    VEC_FOR (struct dependency *, at, &metadata->dependencies) {
        bool found = false;
        for (size_t i = 0; i < chart->children.len; i++)
            found |= str_equal(chart->children.items[i]->metadata.name, (*at)->name);
        if (!found)
            buf_printf(&missing, "%s%.*s", missing.len > 0 ? ", " : "", STR_ARG((*at)->name));
    }
    if (missing.len == 0 && !buf_failed(&missing))
        return true;
    return error_rule(err, ERROR_INPUT, "E_CHART",
                      "found in Chart.yaml, but missing in charts/ directory: %.*s",
                      STR_ARG(buf_str(&missing)));
}

/* The user's values: files one over the other, then the sets. */

static struct dyn_map *merge_files(struct arena *arena, const struct dyn_map *below,
                                   const struct dyn_map *above)
{
    struct dyn_map *out = dyn_map_create(arena);
    for (size_t i = 0; i < dyn_map_len(below); i++)
        dyn_map_set(out, arena, below->entries[i].key, below->entries[i].val);
    for (size_t i = 0; i < dyn_map_len(above); i++) {
        str key = above->entries[i].key;
        struct dyn val = above->entries[i].val;
        const struct dyn *old = dyn_map_find(out, key);
        if (val.kind == DYN_MAP && old != NULL && old->kind == DYN_MAP)
            val = dyn_of_map(TYPE_MAP_ANY, merge_files(arena, old->as.map, val.as.map));
        dyn_map_set(out, arena, key, val);
    }
    return out;
}

static bool read_values(struct helm_work *work, const struct helm_options *options,
                        struct dyn_map **ret_values, struct error *err)
{
    struct dyn_map *values = dyn_map_create(work->arena);
    for (size_t i = 0; i < options->value_count; i++) {
        struct dyn_map *file;
        if (value_is(options->values[i].document, VALUE_OBJECT)) {
            file = dyn_from_value(options->values[i].document, work->arena).as.map;
        } else if (!values_read(work, options->values[i].text, &file, err)) {
            (void)error_wrap(err, "failed to parse %.*s", STR_ARG(options->values[i].name));
            return error_at(err, (struct position){.file = options->values[i].name});
        }
        values = merge_files(work->arena, values, file);
    }
    for (int kind = HELM_SET_JSON; kind <= HELM_SET_LITERAL; kind++)
        for (size_t i = 0; i < options->set_count; i++)
            if ((int)options->sets[i].kind == kind &&
                !strvals_parse(work, &options->sets[i], options, values, err))
                return false;
    *ret_values = values;
    return true;
}

/* What templates see. */

static struct dyn release_object(const struct helm_options *options, int64_t revision,
                                 struct arena *arena)
{
    struct dyn_map *map = dyn_map_create(arena);
    bool upgrade = options->is_upgrade || revision > 1;
    dyn_map_set(map, arena, STR("IsInstall"), dyn_bool(!upgrade));
    dyn_map_set(map, arena, STR("IsUpgrade"), dyn_bool(upgrade));
    dyn_map_set(map, arena, STR("Name"), dyn_string(options->release));
    dyn_map_set(map, arena, STR("Namespace"), dyn_string(options->namespace));
    dyn_map_set(map, arena, STR("Revision"), dyn_int(revision));
    dyn_map_set(map, arena, STR("Service"), dyn_string(STR("Helm")));
    return dyn_of_map(TYPE_MAP_ANY, map);
}

static struct dyn files_object(const struct chart *chart, struct arena *arena)
{
    struct dyn_map *map = dyn_map_create(arena);
    for (size_t i = 0; i < chart->files.list.len; i++)
        dyn_map_set(map, arena, chart->files.list.items[i].name,
                    dyn_bytes(chart->files.list.items[i].bytes));
    return dyn_of_map(TYPE_FILES, map);
}

static bool is_partial(str name)
{
    return str_starts(path_base(name), STR("_"));
}

/* The chart's objects and templates, and those of its children. Recursion: as charts nest. */
static struct dyn_map *add_pages(struct book *book, const struct chart *chart,
                                 struct dyn_map *values)
{
    struct arena *arena = book->work->arena;
    struct dyn_map *children = dyn_map_create(arena);
    struct dyn_map *dot = dyn_map_create(arena);
    struct dyn_map *own = values != NULL ? values : dyn_map_create(arena);
    dyn_map_set(dot, arena, STR("Capabilities"), book->capabilities);
    dyn_map_set(dot, arena, STR("Chart"), chart_object(chart, arena));
    dyn_map_set(dot, arena, STR("Files"), files_object(chart, arena));
    dyn_map_set(dot, arena, STR("Release"), book->release);
    dyn_map_set(dot, arena, STR("Subcharts"), dyn_of_map(TYPE_MAP_ANY, children));
    dyn_map_set(dot, arena, STR("Values"), dyn_of_map(TYPE_VALUES, own));
    for (size_t i = 0; i < chart->children.len; i++) {
        const struct chart *child = chart->children.items[i];
        struct dyn_map *below = values_table(own, child->metadata.name);
        dyn_map_set(children, arena, child->metadata.name,
                    dyn_of_map(TYPE_MAP_ANY, add_pages(book, child, below)));
    }
    str path = chart_path(chart, arena);
    bool library = str_equal_fold(chart->metadata.type, STR("library"));
    for (size_t i = 0; i < chart->templates.list.len; i++) {
        const struct chart_file *file = &chart->templates.list.items[i];
        if (library && !is_partial(file->name))
            continue;
        VEC_PUSH(arena, &book->pages,
                 (struct page){.name = arena_concat(arena, path, STR("/"), file->name),
                               .text = file->bytes,
                               .base = arena_concat(arena, path, STR("/templates"), STR("")),
                               .dot = dot,
                               .order = book->pages.len});
    }
    return dot;
}

static size_t count_slashes(str name)
{
    size_t count = 0;
    for (size_t i = 0; i < name.len; i++)
        count += name.ptr[i] == '/';
    return count;
}

/* Deep templates first, so that shallow ones redefine theirs; then by name, backwards. */
static int compare_pages(const void *a, const void *b)
{
    const struct page *x = a;
    const struct page *y = b;
    size_t deep_x = count_slashes(x->name);
    size_t deep_y = count_slashes(y->name);
    if (deep_x != deep_y)
        return deep_x > deep_y ? -1 : 1;
    int order = str_compare(y->name, x->name);
    return order != 0 ? order : (x->order > y->order) - (x->order < y->order);
}

/* Of pages with the same name the last counts. */
static void drop_doubles(struct book *book)
{
    size_t kept = 0;
    for (size_t i = 0; i < book->pages.len; i++) {
        if (kept > 0 && str_equal(book->pages.items[kept - 1].name, book->pages.items[i].name))
            kept--;
        book->pages.items[kept++] = book->pages.items[i];
    }
    book->pages.len = kept;
}

/* Rendering. */

/* "template: FILE:3:5: executing …" */
static str place_of(str message)
{
    if (!str_starts(message, STR("template: ")))
        return (str){0};
    str rest = str_skip(message, strlen("template: "));
    size_t end = str_find(rest, STR(": "));
    return end == SIZE_MAX ? (str){0} : str_slice(rest, 0, end);
}

/* Helm's own words for errors of `fail` and `required`. */
static bool execution_error(struct helm_work *work, str message, struct error *err)
{
    size_t start = str_find(message, STR("HELM_ERR_START"));
    size_t end = str_find(message, STR("HELM_ERR_END"));
    str place = place_of(message);
    str shown = message;
    if (start != SIZE_MAX && end != SIZE_MAX && end > start) {
        str text = str_slice(message, start + strlen("HELM_ERR_START"),
                             end - start - strlen("HELM_ERR_START"));
        shown = arena_printf(work->arena, "execution error at (%.*s): %.*s", STR_ARG(place),
                             STR_ARG(text));
    }
    enum error_class class = err->class;
    char rule[sizeof(err->rule)];
    memcpy(rule, err->rule, sizeof(rule));
    (void)error_rule(err, class, rule, "%.*s", STR_ARG(shown));
    str line = place;
    size_t colon = str_index(place, ':');
    uint64_t number = 0;
    if (colon != SIZE_MAX) {
        line = str_skip(place, colon + 1);
        line =
            str_slice(line, 0, str_index(line, ':') == SIZE_MAX ? line.len : str_index(line, ':'));
        place = str_slice(place, 0, colon);
        if (!str_to_u64(line, &number))
            number = 0;
    }
    return error_at(err, (struct position){.file = place, .line = (uint32_t)number});
}

static bool compile_pages(struct book *book, struct template_set *set, struct error *err)
{
    for (size_t i = 0; i < book->pages.len; i++) {
        const struct page *page = &book->pages.items[i];
        struct hash128 sum = hash_stable128(page->text);
        if (template_parse_cached(set, book->work->context->templates, page->name,
                                  str_from((const char *)&sum, sizeof(sum)), page->text, err))
            continue;
        str message = arena_str(book->work->arena, str_z(err->text));
        str place = place_of(message);
        str last = message;
        for (size_t at; (at = str_find(last, STR(": "))) != SIZE_MAX;)
            last = str_skip(last, at + 2);
        (void)error_rule(err, err->class, "E_TPL_PARSE", "parse error at (%.*s): %.*s",
                         STR_ARG(place), STR_ARG(last));
        return error_at(err, (struct position){.file = page->name});
    }
    return true;
}

static bool is_notes(str name)
{
    return str_ends(name, STR("NOTES.txt"));
}

static int compare_files(const void *a, const void *b)
{
    return str_compare(((const struct chart_file *)a)->name, ((const struct chart_file *)b)->name);
}

static bool run_pages(struct book *book, const struct helm_options *options,
                      const struct chart *chart, struct rendered *rendered,
                      struct helm_release *release, struct error *err)
{
    struct helm_work *work = book->work;
    struct arena *arena = work->arena;
    struct template_set *set = template_set_create(arena, work->limits);
    if (!compile_pages(book, set, err))
        return false;
    struct template_world world =
        options->world != NULL ? *options->world : (struct template_world){0};
    world.zones = world.zones != NULL ? world.zones : work->context->zones;
    struct template_run *run = template_run_create(set, &world, work->limits, arena);
    str notes = arena_concat(arena, chart->metadata.name, STR("/templates/NOTES.txt"), STR(""));
    AUTO_BUF struct buf out = BUF_INIT(work->limits->template_output);
    for (size_t i = 0; i < book->pages.len; i++) {
        const struct page *page = &book->pages.items[i];
        if (is_partial(page->name))
            continue;
        struct dyn_map *template = dyn_map_create(arena);
        dyn_map_set(template, arena, STR("BasePath"), dyn_string(page->base));
        dyn_map_set(template, arena, STR("Name"), dyn_string(page->name));
        dyn_map_set(page->dot, arena, STR("Template"), dyn_of_map(TYPE_VALUES, template));
        buf_clear(&out);
        if (!template_execute(run, page->name, dyn_of_map(TYPE_VALUES, page->dot), &out, err))
            return execution_error(work, template_run_error(run), err);
        str text = without_no_value(buf_copy(&out, arena), arena);
        if (is_notes(page->name)) {
            if (str_equal(page->name, notes))
                release->notes = text;
            continue;
        }
        VEC_PUSH(arena, &rendered->files, (struct chart_file){.name = page->name, .bytes = text});
    }
    if (rendered->files.len > 0)
        qsort(rendered->files.items, rendered->files.len, sizeof(struct chart_file), compare_files);
    release->usage = *template_run_usage(run);
    return true;
}

/* CRDs of the chart and its children. Recursion: as charts nest. */
static void add_crds(struct helm_work *work, const struct chart *chart,
                     struct helm_release *release)
{
    for (size_t i = 0; i < chart->files.list.len; i++) {
        const struct chart_file *file = &chart->files.list.items[i];
        size_t dot = str_rindex(file->name, '.');
        str extension = dot == SIZE_MAX ? (str){0} : str_skip(file->name, dot);
        if (!str_starts(file->name, STR("crds/")) ||
            !(str_equal_fold(extension, STR(".yaml")) || str_equal_fold(extension, STR(".yml")) ||
              str_equal_fold(extension, STR(".json"))))
            continue;
        VEC_PUSH(work->arena, &release->crds,
                 (struct helm_manifest){.source = arena_concat(work->arena,
                                                               chart_path(chart, work->arena),
                                                               STR("/"), file->name),
                                        .text = file->bytes,
                                        .kind = STR("CustomResourceDefinition")});
    }
    for (size_t i = 0; i < chart->children.len; i++)
        add_crds(work, chart->children.items[i], release);
}

/* Printing. */

static void print_manifest(const struct helm_manifest *manifest, struct buf *buf)
{
    buf_add(buf, STR("---\n# Source: "));
    buf_add(buf, manifest->source);
    buf_add_byte(buf, '\n');
    buf_add(buf, manifest->text);
    buf_add_byte(buf, '\n');
}

/* "templates/x.yaml" of the "# Source:" line in a printed document. */
static str source_of(str document)
{
    size_t at = str_find(document, STR("# Source: "));
    if (at == SIZE_MAX)
        return (str){0};
    str rest = str_skip(document, at + strlen("# Source: "));
    size_t slash = str_index(rest, '/');
    rest = str_skip(rest, slash == SIZE_MAX ? rest.len : slash + 1);
    size_t end = str_index(rest, '\n');
    return str_slice(rest, 0, end == SIZE_MAX ? rest.len : end);
}

static bool print_chosen(struct helm_work *work, const struct helm_options *options, str all,
                         struct buf *buf, struct error *err)
{
    struct text_list texts;
    manifests_split(all, work->arena, &texts);
    for (size_t i = 0; i < options->show_only_count; i++) {
        bool found = false;
        for (size_t j = 0; j < texts.list.len; j++) {
            bool good;
            str source = source_of(texts.list.items[j]);
            if (source.len == 0 || !path_match(options->show_only[i], source, &good))
                continue;
            found = true;
            buf_printf(buf, "---\n");
            buf_add(buf, texts.list.items[j]);
            buf_add_byte(buf, '\n');
        }
        if (!found)
            return error_rule(err, ERROR_NOT_FOUND, "E_HELM_OPTION",
                              "could not find template %.*s in chart",
                              STR_ARG(options->show_only[i]));
    }
    return true;
}

static bool print_release(struct helm_work *work, const struct helm_options *options,
                          struct helm_release *release, struct error *err)
{
    AUTO_BUF struct buf body = BUF_INIT(4 * work->limits->template_output);
    AUTO_BUF struct buf out = BUF_INIT(4 * work->limits->template_output);
    if (options->include_crds)
        VEC_FOR (struct helm_manifest, crd, &release->crds)
            print_manifest(crd, &body);
    VEC_FOR (struct helm_manifest, manifest, &release->manifests)
        print_manifest(manifest, &body);
    buf_add(&out, trim_space(buf_str(&body)));
    buf_add_byte(&out, '\n');
    if (!options->no_hooks)
        VEC_FOR (struct helm_manifest, hook, &release->hooks)
            if (!options->skip_tests || (hook->events & HELM_TEST) == 0)
                print_manifest(hook, &out);
    if (options->show_only_count > 0) {
        str all = buf_copy(&out, work->arena);
        buf_clear(&out);
        if (!print_chosen(work, options, all, &out, err))
            return false;
    }
    if (buf_failed(&out) || buf_failed(&body))
        return error_rule(err, ERROR_LIMIT, "E_TPL_OUTPUT",
                          "the release is too long (limit template_output)");
    release->output = buf_copy(&out, work->arena);
    return true;
}

/* The whole way. */

static bool load(struct helm_work *work, const struct helm_options *options,
                 struct chart **ret_chart, struct error *err)
{
    return options->packed.len != 0 ? chart_from_packed(work, options->packed, ret_chart, err)
                                    : chart_load(work, options->chart, ret_chart, err);
}

/* All that the user decides; not what the cluster is. */
static struct hash128 hash_inputs(const struct helm_options *options, const struct chart *chart)
{
    AUTO_BUF struct buf sums = BUF_INIT(1u << 20);
    struct hash128 sum = chart->sum;
    buf_add(&sums, str_from((const char *)&sum, sizeof(sum)));
    buf_printf(&sums, "%.*s/%.*s\n%.*s\n%d", STR_ARG(options->namespace), STR_ARG(options->release),
               STR_ARG(options->version_whole ? STR("") : options->kube_version),
               options->skip_schema);
    for (size_t i = 0; i < options->value_count; i++) {
        const struct helm_file *file = &options->values[i];
        uint64_t parts[2] = {hash_stable(file->text), value_hash(file->document)};
        buf_add(&sums, str_from((const char *)parts, sizeof(parts)));
    }
    for (size_t i = 0; i < options->set_count; i++)
        buf_printf(&sums, "\n%d %.*s", (int)options->sets[i].kind, STR_ARG(options->sets[i].text));
    return hash_stable128(buf_str(&sums));
}

/* Which revision this is: the one that is installed, or the next. */
static void choose_revision(const struct helm_options *options, const struct chart *chart,
                            struct helm_release *release)
{
    release->inputs = hash_inputs(options, chart);
    release->action = RELEASE_INSTALL;
    release->revision = 1;
    if (options->installed_revision == 0)
        return;
    bool same = release->inputs.low == options->installed_inputs.low &&
                release->inputs.high == options->installed_inputs.high;
    release->action = same ? RELEASE_SAME : RELEASE_UPGRADE;
    release->revision = options->installed_revision + !same;
}

static bool prepare(struct helm_work *work, const struct helm_options *options, struct book *book,
                    struct helm_release *release, struct chart **ret_chart, struct error *err)
{
    struct dyn_map *given = NULL;
    str kube_version;
    if (!capabilities_object(options, work->arena, &book->capabilities, &kube_version, err) ||
        !read_values(work, options, &given, err) || !load(work, options, ret_chart, err))
        return false;
    struct chart *chart = *ret_chart;
    choose_revision(options, chart, release);
    if (!check_chart(chart, err) || !check_release_name(options->release, err) ||
        !dependencies_process(work, chart, given, err))
        return false;
    struct dyn_map *values = values_coalesce(work, chart, given, false, err);
    if (values == NULL ||
        (!options->skip_schema && !values_check_schemas(work, chart, values, err)))
        return false;
    str constraint = chart->metadata.kube_version;
    if (constraint.len > 0 && !version_is_compatible(constraint, kube_version, work->arena))
        return error_rule(err, ERROR_INPUT, "E_CHART",
                          "chart requires kubeVersion: %.*s which is incompatible with Kubernetes "
                          "%.*s",
                          STR_ARG(constraint), STR_ARG(kube_version));
    book->release = release_object(options, release->revision, work->arena);
    (void)add_pages(book, chart, values);
    if (book->pages.len > 0)
        qsort(book->pages.items, book->pages.len, sizeof(struct page), compare_pages);
    drop_doubles(book);
    return true;
}

bool render_helm(struct render_context *context, const struct helm_options *options,
                 struct helm_release *ret_release, struct error *err)
{
    struct helm_work work = {
        .context = context, .arena = context->arena, .limits = context->limits};
    struct book book = {.work = &work};
    struct helm_release release = {0};
    struct rendered rendered = {0};
    struct chart *chart;
    if (!prepare(&work, options, &book, &release, &chart, err) ||
        !run_pages(&book, options, chart, &rendered, &release, err) ||
        !manifests_sort(&work, &rendered, &release, err))
        return false;
    add_crds(&work, chart, &release);
    if (!print_release(&work, options, &release, err))
        return false;
    *ret_release = release;
    return true;
}

static bool add_objects(struct render_context *context, const struct helm_manifest *manifest,
                        struct object_list *objects, struct error *err)
{
    struct position source = {.file = manifest->source};
    return object_list_add(objects, manifest->document, source, context->limits, context->arena,
                           err);
}

bool helm_objects(struct render_context *context, const struct helm_release *release,
                  bool with_hooks, struct object_list *ret_objects, struct error *err)
{
    const struct yaml_options options = {.dialect = YAML_KUBERNETES, .allow_duplicate_keys = true};
    VEC_FOR (struct helm_manifest, crd, &release->crds) {
        struct yaml_stream stream;
        if (!yaml_read_stream(crd->text, &options, context->limits, context->arena, &stream, err))
            return error_wrap(err, "%.*s", STR_ARG(crd->source));
        VEC_FOR (struct yaml_document, document, &stream.documents)
            if (!object_list_add(ret_objects, document->root,
                                 (struct position){.file = crd->source, .line = document->line},
                                 context->limits, context->arena, err))
                return false;
    }
    VEC_FOR (struct helm_manifest, manifest, &release->manifests)
        if (!add_objects(context, manifest, ret_objects, err))
            return false;
    if (with_hooks)
        VEC_FOR (struct helm_manifest, hook, &release->hooks)
            if (!add_objects(context, hook, ret_objects, err))
                return false;
    return true;
}
