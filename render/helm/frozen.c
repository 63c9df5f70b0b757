/* What a release's templates see of the world, and the values that stay once they were made. */
#include "render/helm/release.h"
#include "syncd/base/crypto.h"
#include "syncd/value/json.h"

#include <stdio.h>

#define CLOCK_KEY  STR("now") /* no random function's key: those have spaces */
#define RECORD_MAX 700000     /* bytes of values: a Secret holds 1 MiB, in base64 */

/* --- finding what is known --- */

static const struct known_record *find_record(const struct render_world *world, str namespace,
                                              str name)
{
    VEC_FOR (const struct known_record, record, &world->records)
        if (str_equal(record->namespace, namespace) && str_equal(record->name, name))
            return record;
    return NULL;
}

void world_need(struct render_world *world, struct arena *arena, enum need_kind kind,
                const str texts[NEED_TEXTS])
{
    struct render_need need = {.kind = kind};
    VEC_FOR (const struct render_need, at, &world->needs) {
        bool same = at->kind == kind;
        for (size_t i = 0; i < NEED_TEXTS; i++)
            same = same && str_equal(at->texts[i], texts[i]);
        if (same)
            return;
    }
    for (size_t i = 0; i < NEED_TEXTS; i++)
        need.texts[i] = arena_str(arena, texts[i]);
    VEC_PUSH(arena, &world->needs, need);
}

/* --- random values --- */

/* Stands where a value will be: says which one, and is the same in every rendering. */
static value mark_of(str key, struct arena *arena)
{
    str name = str_slice(key, 0, str_index(key, ' '));
    str text = arena_printf(arena, "(frozen %.*s)", STR_ARG(key));
    if (str_equal(name, STR("randInt")))
        return value_int(0, arena);
    if (!str_starts(name, STR("gen")) || str_equal(name, STR("genPrivateKey")))
        return value_string(text);
    struct object_builder certificate;
    object_begin(&certificate, arena);
    object_add(&certificate, STR("Cert"), value_string(text));
    object_add(&certificate, STR("Key"), value_string(text));
    return object_finish(&certificate);
}

/* What stands before the last space of `text`, which keeps what stands behind it. */
static str cut_last(str *text)
{
    size_t space = str_rindex(*text, ' ');
    str before = str_slice(*text, 0, space == SIZE_MAX ? 0 : space);
    *text = space == SIZE_MAX ? *text : str_skip(*text, space + 1);
    return before;
}

/* "PAGE LABEL NUMBER" behind the call; a key of before has the number alone. */
static bool read_rest(str rest, str *ret_page, uint64_t *ret_number)
{
    str place = cut_last(&rest);
    *ret_page = cut_last(&place);
    return str_to_u64(rest, ret_number);
}

static bool is_moved(const struct release_view *view, str key)
{
    VEC_FOR (const str, moved, &view->moved)
        if (str_equal(*moved, key))
            return true;
    return false;
}

/*
 * A value that such a call made in a template that is gone, a renamed one's; or one kept under its
 * call and number alone. The lowest number. It moves to the new key.
 */
static const struct member *find_heirless(const struct release_view *view,
                                          const struct frozen_key *key)
{
    const struct member *found = NULL;
    uint64_t lowest = UINT64_MAX;
    for (size_t i = 0; i < value_len(view->record->frozen); i++) {
        const struct member *kept = value_member(view->record->frozen, i);
        str page;
        uint64_t number;
        if (!str_starts(kept->key, key->call) || kept->key.len <= key->call.len + 1 ||
            !read_rest(str_skip(kept->key, key->call.len + 1), &page, &number) ||
            (page.len > 0 && template_set_has(key->set, page)) || number >= lowest ||
            is_moved(view, kept->key))
            continue;
        found = kept;
        lowest = number;
    }
    return found;
}

static void add_fresh(struct release_view *view, str key, value v);

static bool recall(void *context, const struct frozen_key *key, struct arena *arena,
                   value *ret_value)
{
    struct release_view *view = context;
    if (view->record == NULL) {
        *ret_value = mark_of(key->text, arena);
        return true;
    }
    value kept = value_get(view->record->frozen, key->text);
    if (value_present(kept)) {
        *ret_value = kept;
        return true;
    }
    const struct member *heirless = find_heirless(view, key);
    if (heirless == NULL)
        return false;
    VEC_PUSH(view->context->arena, &view->moved, heirless->key);
    add_fresh(view, key->text, heirless->val);
    *ret_value = heirless->val;
    return true;
}

static void add_fresh(struct release_view *view, str key, value v)
{
    struct arena *arena = view->context->arena;
    VEC_PUSH(arena, &view->fresh,
             (struct member){.key = arena_str(arena, key), .val = value_copy(v, arena)});
}

static void remember(void *context, str key, value frozen)
{
    add_fresh(context, key, frozen);
}

/* --- lookups --- */

static bool look_up(void *context, str api_version, str kind, str namespace, str name,
                    struct arena *arena, value *ret_document, struct error *err)
{
    const struct release_view *view = context;
    struct render_world *world = view->context->world;
    (void)arena;
    (void)err;
    *ret_document = value_absent();
    if (world == NULL)
        return true;
    VEC_FOR (const struct known_lookup, known, &world->lookups) {
        if (!str_equal(known->api_version, api_version) || !str_equal(known->kind, kind) ||
            !str_equal(known->namespace, namespace) || !str_equal(known->name, name))
            continue;
        *ret_document = known->found;
        return true;
    }
    const str texts[NEED_TEXTS] = {api_version, kind, namespace, name};
    world_need(world, view->context->arena, NEED_LOOKUP, texts);
    return true;
}

void release_view_init(struct release_view *view, struct render_context *context,
                       const struct declaration *declaration)
{
    struct render_world *world = context->world;
    *view = (struct release_view){.context = context, .declaration = declaration};
    if (world != NULL)
        view->record = find_record(world, declaration->namespace, declaration->name);
    view->world = (struct template_world){
        .context = view, .lookup = look_up, .recall = recall, .remember = remember};
    int64_t then;
    if (view->record == NULL)
        return;
    view->world.now_ns = world->now_ns;
    if (str_to_i64(value_str(value_get(view->record->frozen, CLOCK_KEY)), &then))
        view->world.now_ns = then;
}

/* --- the record --- */

/* What was kept, with what is new. */
static value all_values(const struct release_view *view)
{
    struct object_builder values;
    object_begin(&values, view->context->arena);
    for (size_t i = 0; i < value_len(view->record->frozen); i++) {
        const struct member *kept = value_member(view->record->frozen, i);
        if (!is_moved(view, kept->key))
            object_add(&values, kept->key, kept->val);
    }
    VEC_FOR (const struct member, made, &view->fresh)
        object_add(&values, made->key, made->val);
    return object_finish(&values);
}

/* Its own for each owner and release; the digest keeps the names of two apart. */
static str record_name(const struct render_world *world, const struct declaration *declaration,
                       struct arena *arena)
{
    str whole = arena_printf(arena, "%.*s %.*s/%.*s", STR_ARG(world->owner),
                             STR_ARG(declaration->namespace), STR_ARG(declaration->name));
    uint8_t digest[SHA256_LEN];
    crypto_sha256(whole, digest);
    return arena_printf(arena, "syncd-frozen-%.*s-%.*s", STR_ARG(declaration->name),
                        STR_ARG(hex_encode(arena, str_from((const char *)digest, 5))));
}

static value record_document(const struct render_world *world,
                             const struct declaration *declaration, str values, struct arena *arena)
{
    struct object_builder annotations, metadata, contents, secret;
    object_begin(&annotations, arena);
    object_add(
        &annotations, STR("syncd.dev/release"),
        value_string(arena_concat(arena, declaration->namespace, STR("/"), declaration->name)));
    object_add(&annotations, STR("argocd.argoproj.io/sync-options"),
               value_string(STR("PruneLast=true")));
    object_begin(&metadata, arena);
    object_add(&metadata, STR("name"), value_string(record_name(world, declaration, arena)));
    object_add(&metadata, STR("namespace"), value_string(world->record_namespace));
    object_add(&metadata, STR("annotations"), object_finish(&annotations));
    object_begin(&contents, arena);
    object_add(&contents, STR("values"), value_string(base64_encode(arena, values)));
    object_begin(&secret, arena);
    object_add(&secret, STR("apiVersion"), value_string(STR("v1")));
    object_add(&secret, STR("kind"), value_string(STR("Secret")));
    object_add(&secret, STR("metadata"), object_finish(&metadata));
    object_add(&secret, STR("type"), value_string(STR(RECORD_TYPE)));
    object_add(&secret, STR("data"), object_finish(&contents));
    return object_finish(&secret);
}

static void say_marked(const struct release_view *view)
{
    if (view->context->findings != NULL)
        (void)findings_add(view->context->findings, SEVERITY_NOTE, "N_FROZEN",
                           view->declaration->at,
                           "release %.*s makes random values or asks the clock: marks stand for "
                           "what is made once and kept in the cluster",
                           STR_ARG(view->declaration->name));
}

bool release_view_record(struct release_view *view, const struct template_usage *usage,
                         struct render_release *release, struct object_list *objects,
                         struct error *err)
{
    struct render_world *world = view->context->world;
    struct arena *arena = view->context->arena;
    if (!usage->nondeterministic)
        return true;
    if (view->record == NULL) {
        say_marked(view);
        if (world == NULL)
            return true;
        const str texts[NEED_TEXTS] = {release->namespace, release->name,
                                       record_name(world, view->declaration, arena)};
        world_need(world, arena, NEED_RECORD, texts);
        return true;
    }
    if (!value_present(value_get(view->record->frozen, CLOCK_KEY)))
        add_fresh(view, CLOCK_KEY,
                  value_string(arena_printf(arena, "%lld", (long long)world->now_ns)));
    str values = json_text(all_values(view), JSON_COMPACT, arena);
    if (values.len > RECORD_MAX)
        return error_rule(err, ERROR_LIMIT, "E_RECORD_SIZE",
                          "the random values of release %.*s are over %d bytes",
                          STR_ARG(release->name), RECORD_MAX);
    value document = record_document(world, view->declaration, values, arena);
    struct object object;
    if (!object_from_document(document, view->declaration->at, &object, err))
        return false;
    object.release = arena_concat(arena, release->namespace, STR("/"), release->name);
    VEC_PUSH(arena, &objects->objects, object);
    release->record = object.id.name;
    release->record_new = view->fresh.len != 0;
    return true;
}
