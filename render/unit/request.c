/* What the child is asked, as a document: the units, what is known of their clusters, faults. */
#include "render/unit/wire.h"

#include "syncd/value/json.h"

/* --- what is known of a cluster --- */

static value hash_text(struct hash128 hash, struct arena *arena)
{
    return value_string(arena_printf(arena, "%016llx%016llx", (unsigned long long)hash.high,
                                     (unsigned long long)hash.low));
}

static struct hash128 hash_from_text(str text)
{
    uint64_t halves[2] = {0};
    for (size_t i = 0; i < text.len && i < 32; i++) {
        char c = text.ptr[i];
        uint64_t digit = c >= 'a' ? (uint64_t)(c - 'a') + 10 : (uint64_t)(c - '0');
        halves[i / 16] = halves[i / 16] << 4 | (digit & 15);
    }
    return (struct hash128){.high = halves[0], .low = halves[1]};
}

static void add_names(struct object_builder *object, str namespace, str name)
{
    object_add(object, STR("namespace"), value_string(namespace));
    object_add(object, STR("name"), value_string(name));
}

static value write_installed(const struct render_world *world, struct arena *arena)
{
    struct array_builder list;
    array_begin(&list, arena);
    VEC_FOR (const struct known_release, known, &world->installed) {
        struct object_builder object;
        object_begin(&object, arena);
        add_names(&object, known->namespace, known->name);
        object_add(&object, STR("revision"), value_int(known->revision, arena));
        object_add(&object, STR("inputs"), hash_text(known->inputs, arena));
        array_add(&list, object_finish(&object));
    }
    return array_finish(&list);
}

static value write_records(const struct render_world *world, struct arena *arena)
{
    struct array_builder list;
    array_begin(&list, arena);
    VEC_FOR (const struct known_record, known, &world->records) {
        struct object_builder object;
        object_begin(&object, arena);
        add_names(&object, known->namespace, known->name);
        if (value_present(known->frozen))
            object_add(&object, STR("frozen"), known->frozen);
        array_add(&list, object_finish(&object));
    }
    return array_finish(&list);
}

static value write_lookups(const struct render_world *world, struct arena *arena)
{
    struct array_builder list;
    array_begin(&list, arena);
    VEC_FOR (const struct known_lookup, known, &world->lookups) {
        struct object_builder object;
        object_begin(&object, arena);
        add_names(&object, known->namespace, known->name);
        object_add(&object, STR("apiVersion"), value_string(known->api_version));
        object_add(&object, STR("kind"), value_string(known->kind));
        object_add(&object, STR("found"), known->found);
        array_add(&list, object_finish(&object));
    }
    return array_finish(&list);
}

static value write_world(const struct render_world *world, struct arena *arena)
{
    struct object_builder object;
    struct array_builder versions;
    array_begin(&versions, arena);
    for (size_t i = 0; i < world->api_version_count; i++)
        array_add(&versions, value_string(world->api_versions[i]));
    object_begin(&object, arena);
    object_add(&object, STR("owner"), value_string(world->owner));
    object_add(&object, STR("recordNamespace"), value_string(world->record_namespace));
    object_add(&object, STR("connected"), value_bool(world->connected));
    object_add(&object, STR("now"), value_int(world->now_ns, arena));
    object_add(&object, STR("kubeVersion"), value_string(world->kube_version));
    object_add(&object, STR("apiVersions"), array_finish(&versions));
    object_add(&object, STR("installed"), write_installed(world, arena));
    object_add(&object, STR("records"), write_records(world, arena));
    object_add(&object, STR("lookups"), write_lookups(world, arena));
    return object_finish(&object);
}

static void read_installed(value list, struct arena *arena, struct render_world *world)
{
    for (size_t i = 0; i < value_len(list); i++) {
        value at = value_item(list, i);
        struct known_release known = {.namespace = value_str(value_get(at, STR("namespace"))),
                                      .name = value_str(value_get(at, STR("name"))),
                                      .inputs =
                                          hash_from_text(value_str(value_get(at, STR("inputs"))))};
        if (value_to_i64(value_get(at, STR("revision")), &known.revision))
            VEC_PUSH(arena, &world->installed, known);
    }
}

static void read_answers(value document, struct arena *arena, struct render_world *world)
{
    value records = value_get(document, STR("records"));
    for (size_t i = 0; i < value_len(records); i++) {
        value at = value_item(records, i);
        struct known_record known = {.namespace = value_str(value_get(at, STR("namespace"))),
                                     .name = value_str(value_get(at, STR("name"))),
                                     .frozen = value_get(at, STR("frozen"))};
        VEC_PUSH(arena, &world->records, known);
    }
    value lookups = value_get(document, STR("lookups"));
    for (size_t i = 0; i < value_len(lookups); i++) {
        value at = value_item(lookups, i);
        struct known_lookup known = {.api_version = value_str(value_get(at, STR("apiVersion"))),
                                     .kind = value_str(value_get(at, STR("kind"))),
                                     .namespace = value_str(value_get(at, STR("namespace"))),
                                     .name = value_str(value_get(at, STR("name"))),
                                     .found = value_get(at, STR("found"))};
        VEC_PUSH(arena, &world->lookups, known);
    }
}

static struct render_world *read_world(value document, struct arena *arena)
{
    if (!value_is(document, VALUE_OBJECT))
        return NULL;
    struct render_world *world = ARENA_NEW(arena, struct render_world);
    value versions = value_get(document, STR("apiVersions"));
    str *texts = ARENA_ARRAY(arena, str, value_len(versions));
    for (size_t i = 0; i < value_len(versions); i++)
        texts[i] = value_str(value_item(versions, i));
    world->owner = value_str(value_get(document, STR("owner")));
    world->record_namespace = value_str(value_get(document, STR("recordNamespace")));
    world->connected = value_true(value_get(document, STR("connected")));
    if (!value_to_i64(value_get(document, STR("now")), &world->now_ns))
        world->now_ns = 0;
    world->kube_version = value_str(value_get(document, STR("kubeVersion")));
    world->api_versions = texts;
    world->api_version_count = value_len(versions);
    read_installed(value_get(document, STR("installed")), arena, world);
    read_answers(document, arena, world);
    return world;
}

/* --- the whole --- */

static value write_faults(const struct unit *unit, struct arena *arena)
{
    struct array_builder list;
    array_begin(&list, arena);
    for (size_t i = 0; i < unit->fault_count; i++) {
        struct object_builder fault;
        object_begin(&fault, arena);
        object_add(&fault, STR("rule"), value_string(unit->faults[i].rule));
        object_add(&fault, STR("path"), value_string(unit->faults[i].path));
        object_add(&fault, STR("text"), value_string(unit->faults[i].text));
        array_add(&list, object_finish(&fault));
    }
    return array_finish(&list);
}

static struct unit_fault *read_faults(value list, struct arena *arena)
{
    struct unit_fault *faults = ARENA_ARRAY(arena, struct unit_fault, value_len(list));
    for (size_t i = 0; i < value_len(list); i++) {
        value fault = value_item(list, i);
        faults[i] = (struct unit_fault){.rule = value_str(value_get(fault, STR("rule"))),
                                        .path = value_str(value_get(fault, STR("path"))),
                                        .text = value_str(value_get(fault, STR("text")))};
    }
    return faults;
}

value wire_request(const struct unit *units, size_t count, struct arena *arena)
{
    struct array_builder list;
    array_begin(&list, arena);
    for (size_t i = 0; i < count; i++) {
        struct array_builder paths;
        array_begin(&paths, arena);
        for (size_t j = 0; j < units[i].path_count; j++)
            array_add(&paths, value_string(units[i].paths[j]));
        struct object_builder unit;
        object_begin(&unit, arena);
        object_add(&unit, STR("name"), value_string(units[i].name));
        object_add(&unit, STR("owner"), value_string(units[i].owner));
        object_add(&unit, STR("namespace"), value_string(units[i].default_ns));
        object_add(&unit, STR("paths"), array_finish(&paths));
        if (units[i].world != NULL)
            object_add(&unit, STR("world"), write_world(units[i].world, arena));
        array_add(&list, object_finish(&unit));
    }
    struct object_builder request;
    object_begin(&request, arena);
    object_add(&request, STR("units"), array_finish(&list));
    if (count != 0)
        object_add(&request, STR("faults"), write_faults(&units[0], arena));
    return object_finish(&request);
}

bool wire_request_read(value request, struct arena *arena, struct unit **ret_units,
                       size_t *ret_count, struct error *err)
{
    value list = value_get(request, STR("units"));
    if (!value_is(list, VALUE_ARRAY))
        return error_set(err, ERROR_INTERNAL, "the render request has no units");
    struct unit *units = ARENA_ARRAY(arena, struct unit, value_len(list));
    value fault_list = value_get(request, STR("faults"));
    const struct unit_fault *faults = read_faults(fault_list, arena);
    for (size_t i = 0; i < value_len(list); i++) {
        value unit = value_item(list, i), paths = value_get(unit, STR("paths"));
        str *texts = ARENA_ARRAY(arena, str, value_len(paths));
        for (size_t j = 0; j < value_len(paths); j++)
            texts[j] = value_str(value_item(paths, j));
        units[i] = (struct unit){.name = value_str(value_get(unit, STR("name"))),
                                 .owner = value_str(value_get(unit, STR("owner"))),
                                 .default_ns = value_str(value_get(unit, STR("namespace"))),
                                 .world = read_world(value_get(unit, STR("world")), arena),
                                 .paths = texts,
                                 .path_count = value_len(paths),
                                 .faults = faults,
                                 .fault_count = value_len(fault_list)};
    }
    *ret_units = units;
    *ret_count = value_len(list);
    return true;
}
