#include "render/sandbox/child.h"

#include "render/kustomize/cache.h"
#include "render/template/cache.h"
#include "render/unit/wire.h"
#include "syncd/base/confine.h"
#include "syncd/process/channel.h"
#include "syncd/value/json.h"

#include <unistd.h>

#define RESULT_MAX (512u << 20)
#define BASES_MAX  (64u << 20) /* kustomizations, the same */

/* Set once in the spawner, only read in its children. */
static struct zones *machine_zones;

void render_child_prepare(void)
{
    if (machine_zones != NULL)
        return;
    machine_zones = zones_create(arena_create(ARENA_NO_BUDGET), NULL);
    zones_load(machine_zones);
}

bool render_child_confine(const struct limits *limits, struct error *err)
{
    const struct confine rules = {
        .network = CONFINE_NO_NETWORK,
        .files = false,
        .memory_bytes = limits->render_memory * 4, /* address space, not use */
        .cpu_seconds = limits->render_seconds,
        .open_files = 64,
    };
    return confine_self(&rules, err);
}

static void render_one(const struct snapshot *snapshot, const struct unit *unit,
                       const struct limits *limits, const struct render_context *shared,
                       struct buf *result)
{
    AUTO_ARENA struct arena *arena = arena_create(limits->render_memory);
    AUTO_ARENA struct arena *scratch = arena_create(limits->render_memory);
    struct findings findings;
    findings_init(&findings, arena);
    struct snapshot_reads reads;
    snapshot_reads_init(&reads, snapshot, arena);
    struct render_context context = *shared;
    context.snapshot = snapshot;
    context.limits = limits;
    context.reads = &reads;
    context.arena = arena;
    context.scratch = scratch;
    context.findings = &findings;
    context.world = unit->world;
    struct object_list objects = {0};
    bool right = render_unit(&context, unit, &objects);
    findings_sort(&findings);
    wire_add_unit(result, unit->name, right, &objects, context.world, &findings);
}

static bool render_all(const struct channel_message *message, const struct limits *limits,
                       struct arena *arena, int *ret_result, struct error *err)
{
    value request;
    struct unit *units;
    size_t count;
    if (message->fd_count != 1 && message->fd_count != 2)
        return error_set(err, ERROR_INTERNAL, "the render request has no snapshot");
    if (!json_read(message->bytes, limits, arena, &request, err) ||
        !wire_request_read(request, arena, &units, &count, err))
        return false;
    struct snapshot *snapshot, *charts = NULL;
    if (!snapshot_map(message->fds[0], &snapshot, err) ||
        (message->fd_count == 2 && !snapshot_map(message->fds[1], &charts, err)))
        return false; /* the process ends: what was mapped goes with it */
    AUTO_BUF struct buf result = BUF_INIT(RESULT_MAX);
    struct render_context shared = {.zones = machine_zones,
                                    .templates = template_cache_create(TEMPLATE_CACHE_BYTES),
                                    .kustomizations =
                                        kustomize_cache_create(BASES_MAX, limits->render_memory)};
    wire_begin(&result, count);
    for (size_t i = 0; i < count; i++) {
        if (units[i].world != NULL)
            units[i].world->charts = charts;
        render_one(snapshot, &units[i], limits, &shared, &result);
        template_cache_trim(shared.templates);
        kustomize_cache_trim(shared.kustomizations);
    }
    template_cache_destroy(shared.templates);
    kustomize_cache_destroy(shared.kustomizations);
    snapshot_destroy(snapshot);
    snapshot_destroy(charts);
    if (buf_failed(&result))
        return error_rule(err, ERROR_LIMIT, "E_OUTPUT", "the rendered objects are over %u bytes",
                          RESULT_MAX);
    return memory_file("rendered", buf_str(&result), ret_result, err);
}

int render_child(int channel)
{
    struct error err = ERROR_INIT;
    const struct limits *limits = limits_default();
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    render_prepare();
    if (!render_child_confine(limits, &err)) {
        /* Heard or not, this child is done. */
        return channel_send(channel, str_z(err.text), NULL, 0, &err) ? 1 : 2;
    }
    struct channel_message message;
    int result;
    if (!channel_receive(channel, -1, arena, &message, &err))
        return 1;
    if (!render_all(&message, limits, arena, &result, &err)) {
        AUTO_BUF struct buf text = BUF_INIT(4096);
        error_print(&err, &text);
        return channel_send(channel, buf_str(&text), NULL, 0, &err) ? 0 : 1;
    }
    bool sent = channel_send(channel, STR("ok"), &result, 1, &err);
    (void)close(result);
    return sent ? 0 : 1;
}
