#include "render/unit/wire.h"

#include "syncd/value/json.h"

#define MAGIC UINT32_C(0x53594e31) /* "SYN1": one build on both sides */

/* --- writing --- */

static void put_u32(struct buf *buf, uint32_t number)
{
    buf_add(buf, str_from((const char *)&number, sizeof(number)));
}

static void put_u64(struct buf *buf, uint64_t number)
{
    buf_add(buf, str_from((const char *)&number, sizeof(number)));
}

static void put_str(struct buf *buf, str text)
{
    put_u32(buf, (uint32_t)text.len);
    buf_add(buf, text);
}

void wire_begin(struct buf *buf, size_t unit_count)
{
    put_u32(buf, MAGIC);
    put_u32(buf, (uint32_t)unit_count);
}

static uint32_t release_index(const struct render_world *world, str release)
{
    for (size_t i = 0; world != NULL && release.len != 0 && i < world->releases.len; i++) {
        const struct render_release *at = &world->releases.items[i];
        if (str_starts(release, at->namespace) && str_ends(release, at->name) &&
            release.len == at->namespace.len + 1 + at->name.len)
            return (uint32_t)i;
    }
    return WIRE_NO_RELEASE;
}

static void put_object(struct buf *buf, const struct object *object, const struct hook *hook,
                       const struct render_world *world)
{
    const str texts[] = {object->id.gvk.group, object->id.gvk.version, object->id.gvk.kind,
                         object->id.namespace, object->id.name,        object->source.file};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        put_str(buf, texts[i]);
    put_u32(buf, object->source.line);
    put_u32(buf, (uint32_t)object_wave(object->document));
    put_u32(buf, hook->phases);
    put_u32(buf, hook->policies);
    put_u32(buf, (uint32_t)hook->weight);
    put_u32(buf, hook->dialect);
    put_u32(buf, object_options(object->document));
    put_str(buf, object_annotation(object->document, STR(DEPENDS_ON)));
    put_u32(buf, release_index(world, object->release));
    size_t length_at = buf->len;
    put_u32(buf, 0);
    size_t start = buf->len;
    json_write(object->document, JSON_COMPACT, buf);
    if (buf_failed(buf))
        return;
    uint32_t length = (uint32_t)(buf->len - start);
    memcpy(buf->ptr + length_at, &length, sizeof(length));
    struct hash128 digest = hash_stable128(str_from(buf->ptr + start, length));
    put_u64(buf, digest.low);
    put_u64(buf, digest.high);
}

static void put_finding(struct buf *buf, const struct finding *finding)
{
    put_u32(buf, finding->severity);
    put_str(buf, str_z(finding->rule));
    put_str(buf, finding->position.file);
    put_u32(buf, finding->position.line);
    put_u32(buf, finding->position.column);
    put_str(buf, finding->text);
    put_str(buf, finding->hint);
}

/* Either what is kept or what is run. */
static void put_objects(struct buf *buf, const struct object_list *objects, bool hooks,
                        const struct render_world *world)
{
    size_t count_at = buf->len;
    uint32_t count = 0;
    put_u32(buf, 0);
    VEC_FOR (const struct object, object, &objects->objects) {
        struct hook hook = {0};
        str word;
        if ((hook_read(object->document, &hook, &word) == HOOK_READ) != hooks)
            continue;
        put_object(buf, object, &hook, world);
        count++;
    }
    if (!buf_failed(buf))
        memcpy(buf->ptr + count_at, &count, sizeof(count));
}

static void put_world(struct buf *buf, const struct render_world *world)
{
    static const struct render_world offline;
    if (world == NULL)
        world = &offline;
    put_u32(buf, (uint32_t)world->releases.len);
    VEC_FOR (const struct render_release, release, &world->releases) {
        put_str(buf, release->namespace);
        put_str(buf, release->name);
        put_u32(buf, release->action);
        put_u64(buf, (uint64_t)release->revision);
        put_u64(buf, release->inputs.low);
        put_u64(buf, release->inputs.high);
        put_str(buf, release->record);
        put_u32(buf, release->record_new);
    }
    put_u32(buf, (uint32_t)world->needs.len);
    VEC_FOR (const struct render_need, need, &world->needs) {
        put_u32(buf, need->kind);
        for (size_t i = 0; i < ARRAY_LEN(need->texts); i++)
            put_str(buf, need->texts[i]);
    }
}

void wire_add_unit(struct buf *buf, str name, bool right, const struct object_list *objects,
                   const struct render_world *world, const struct findings *findings)
{
    static const struct object_list none;
    put_str(buf, name);
    put_u32(buf, right);
    put_objects(buf, right ? objects : &none, false, world);
    put_objects(buf, right ? objects : &none, true, world);
    put_world(buf, world);
    put_u32(buf, (uint32_t)findings->list.len);
    VEC_FOR (const struct finding, finding, &findings->list)
        put_finding(buf, finding);
}

/* --- reading --- */

struct reader {
    str rest;
    bool bad;
};

static str take(struct reader *reader, size_t size)
{
    if (reader->bad || size > reader->rest.len) {
        reader->bad = true;
        return (str){0};
    }
    str taken = str_slice(reader->rest, 0, size);
    reader->rest = str_skip(reader->rest, size);
    return taken;
}

static uint32_t take_u32(struct reader *reader)
{
    uint32_t number = 0;
    str bytes = take(reader, sizeof(number));
    if (!reader->bad)
        memcpy(&number, bytes.ptr, sizeof(number));
    return number;
}

static uint64_t take_u64(struct reader *reader)
{
    uint64_t number = 0;
    str bytes = take(reader, sizeof(number));
    if (!reader->bad)
        memcpy(&number, bytes.ptr, sizeof(number));
    return number;
}

static str take_str(struct reader *reader)
{
    return take(reader, take_u32(reader));
}

/* A count of things that take at least one byte each: never more than there are bytes. */
static uint32_t take_count(struct reader *reader)
{
    uint32_t count = take_u32(reader);
    if (count > reader->rest.len)
        reader->bad = true;
    return reader->bad ? 0 : count;
}

static struct wire_object take_object(struct reader *reader)
{
    struct wire_object object = {0};
    object.id.gvk.group = take_str(reader);
    object.id.gvk.version = take_str(reader);
    object.id.gvk.kind = take_str(reader);
    object.id.namespace = take_str(reader);
    object.id.name = take_str(reader);
    object.source.file = take_str(reader);
    object.source.line = take_u32(reader);
    object.wave = (int32_t)take_u32(reader);
    object.hook.phases = take_u32(reader);
    object.hook.policies = take_u32(reader);
    object.hook.weight = (int32_t)take_u32(reader);
    object.hook.dialect = take_u32(reader) == HOOK_ARGO ? HOOK_ARGO : HOOK_HELM;
    object.options = take_u32(reader);
    object.depends_on = take_str(reader);
    object.release = take_u32(reader);
    object.json = take_str(reader);
    object.digest.low = take_u64(reader);
    object.digest.high = take_u64(reader);
    /* The names become a URL: what the child says is checked again. */
    if (!name_is_path_segment(object.id.name) ||
        (object.id.namespace.len != 0 && !name_is_dns_label(object.id.namespace)) ||
        (object.id.gvk.group.len != 0 && !name_is_dns_subdomain(object.id.gvk.group)) ||
        !name_is_dns_label(object.id.gvk.version))
        reader->bad = true;
    return object;
}

static struct finding take_finding(struct reader *reader, struct arena *arena)
{
    struct finding finding = {0};
    uint32_t severity = take_u32(reader);
    finding.severity = severity <= SEVERITY_ERROR ? (enum severity)severity : SEVERITY_ERROR;
    finding.rule = arena_str(arena, take_str(reader)).ptr;
    finding.position.file = take_str(reader);
    finding.position.line = take_u32(reader);
    finding.position.column = take_u32(reader);
    finding.text = take_str(reader);
    finding.hint = take_str(reader);
    return finding;
}

static struct render_release take_release(struct reader *reader)
{
    struct render_release release = {0};
    release.namespace = take_str(reader);
    release.name = take_str(reader);
    uint32_t action = take_u32(reader);
    release.revision = (int64_t)take_u64(reader);
    release.inputs.low = take_u64(reader);
    release.inputs.high = take_u64(reader);
    release.record = take_str(reader);
    release.record_new = take_u32(reader) == 1;
    release.action = (enum release_action)action;
    if (action > RELEASE_UPGRADE || release.revision < 1 || !name_is_dns_label(release.namespace) ||
        !name_is_dns_subdomain(release.name))
        reader->bad = true;
    return release;
}

static struct render_need take_need(struct reader *reader)
{
    uint32_t kind = take_u32(reader);
    struct render_need need = {.kind = (enum need_kind)kind};
    for (size_t i = 0; i < ARRAY_LEN(need.texts); i++)
        need.texts[i] = take_str(reader);
    if (kind > NEED_CHART)
        reader->bad = true;
    return need;
}

/* Objects or hooks, each of a release that is there. */
static void take_objects(struct reader *reader, struct arena *arena, bool hooks,
                         struct wire_unit *unit)
{
    uint32_t count = take_count(reader);
    for (uint32_t i = 0; i < count && !reader->bad; i++) {
        struct wire_object object = take_object(reader);
        if ((object.hook.phases != 0) != hooks)
            reader->bad = true;
        if (hooks)
            VEC_PUSH(arena, &unit->hooks, object);
        else
            VEC_PUSH(arena, &unit->objects, object);
    }
}

static bool releases_hold(const struct wire_unit *unit)
{
    VEC_FOR (const struct wire_object, object, &unit->objects)
        if (object->release != WIRE_NO_RELEASE && object->release >= unit->releases.len)
            return false;
    VEC_FOR (const struct wire_object, hook, &unit->hooks)
        if (hook->release != WIRE_NO_RELEASE && hook->release >= unit->releases.len)
            return false;
    return true;
}

static struct wire_unit take_unit(struct reader *reader, struct arena *arena)
{
    struct wire_unit unit = {.name = take_str(reader)};
    unit.right = take_u32(reader) == 1;
    take_objects(reader, arena, false, &unit);
    take_objects(reader, arena, true, &unit);
    uint32_t releases = take_count(reader);
    for (uint32_t i = 0; i < releases && !reader->bad; i++)
        VEC_PUSH(arena, &unit.releases, take_release(reader));
    uint32_t needs = take_count(reader);
    for (uint32_t i = 0; i < needs && !reader->bad; i++)
        VEC_PUSH(arena, &unit.needs, take_need(reader));
    uint32_t findings = take_count(reader);
    for (uint32_t i = 0; i < findings && !reader->bad; i++)
        VEC_PUSH(arena, &unit.findings, take_finding(reader, arena));
    if (!releases_hold(&unit))
        reader->bad = true;
    return unit;
}

bool wire_read(str bytes, struct arena *arena, struct wire_result *ret_result, struct error *err)
{
    struct reader reader = {.rest = bytes};
    struct wire_result result = {0};
    if (take_u32(&reader) != MAGIC)
        reader.bad = true;
    uint32_t units = take_count(&reader);
    for (uint32_t i = 0; i < units && !reader.bad; i++)
        VEC_PUSH(arena, &result.units, take_unit(&reader, arena));
    if (reader.bad || reader.rest.len != 0)
        return error_set(err, ERROR_INTERNAL, "the render child sent a malformed result");
    *ret_result = result;
    return true;
}
