/* What the rendering of one target is told of its cluster, and how it gets to know it. */
#include "syncd/daemon/world_internal.h"

#include "syncd/value/json.h"

#define ROUNDS_MAX     16 /* a chart whose questions never end */
#define CHANGE_WAIT_NS (1 * NS_PER_S)
#define RETRY_FIRST_NS (1 * NS_PER_S)
#define RETRY_MOST_NS  (60 * NS_PER_S)

static bool is_reached(const struct member_world *world)
{
    const struct session *session = world->member->session;
    return session_cluster(session) != NULL &&
           (target_is_reached(session_target(session)) || session_waits(session));
}

/* --- describing --- */

static void describe_versions(const struct member_world *world, struct arena *arena,
                              struct render_world *out)
{
    const struct kube_resources *resources =
        kube_cluster_resources(session_cluster(world->member->session));
    size_t count = 0;
    if (resources == NULL)
        return;
    str *texts = ARENA_ARRAY(arena, str, 2 * resources->len);
    for (size_t i = 0; i < resources->len; i++) {
        const struct gvk *gvk = &resources->items[i].gvk;
        str version = gvk_api_version(*gvk, arena);
        bool known = false;
        for (size_t j = 0; j < count && !known; j++)
            known = str_equal(texts[j], version);
        if (!known)
            texts[count++] = version;
        texts[count++] = arena_concat(arena, version, STR("/"), gvk->kind);
    }
    out->api_versions = texts;
    out->api_version_count = count;
}

struct render_world *world_describe(const struct member_world *world, struct arena *arena)
{
    struct render_world *out = ARENA_NEW(arena, struct render_world);
    struct error err = ERROR_INIT;
    out->owner = session_owner(world->daemon->config->name, arena);
    out->record_namespace = STR(INVENTORY_NAMESPACE);
    out->now_ns = clock_wall_ns();
    out->connected = is_reached(world) && world->version_known;
    if (!out->connected)
        return out;
    out->kube_version = world->kube_version;
    describe_versions(world, arena, out);
    session_installed(world->member->session, arena, out);
    VEC_FOR (struct record *, at, &world->records) {
        const struct record *record = *at;
        struct known_record known = {.namespace = record->namespace, .name = record->name};
        if (record->state != RECORD_KNOWN)
            continue;
        if (record->values.len != 0 &&
            !json_read(buf_str(&record->values), limits_default(), arena, &known.frozen, &err))
            continue; /* was checked when it came */
        VEC_PUSH(arena, &out->records, known);
    }
    VEC_FOR (struct lookup *, at, &world->lookups) {
        const struct lookup *lookup = *at;
        const str *texts = lookup->texts;
        if (lookup->answered)
            VEC_PUSH(arena, &out->lookups,
                     (struct known_lookup){texts[0], texts[1], texts[2], texts[3],
                                           lookup_answer(lookup, arena)});
    }
    return out;
}

/* --- going on --- */

static bool is_open(const struct member_world *world)
{
    if (!is_reached(world) || !world->version_known)
        return true;
    if (world->wants_charts && !charts_ready(world->daemon))
        return true;
    VEC_FOR (struct record *, record, &world->records)
        if ((*record)->state != RECORD_KNOWN)
            return true;
    VEC_FOR (struct lookup *, lookup, &world->lookups)
        if (!(*lookup)->answered)
            return true;
    return false;
}

void world_check(struct member_world *world)
{
    if (!world->member->waiting || world->writes != 0 || world->ready != NULL || is_open(world))
        return;
    world->failures = 0;
    world->member->stale = true;
    rendering_again(world->daemon);
}

static void version_read(void *context, const struct kube_reply *reply)
{
    struct member_world *world = context;
    world->version_asked = false;
    if (reply->err != NULL) {
        world_retry(world, "reading the cluster's version", reply->err);
        return;
    }
    world->kube_version =
        arena_str(world->arena, value_str(value_get(reply->object, STR("gitVersion"))));
    world->version_known = true;
    world_check(world);
}

/* Everything that is open is asked for. */
static void ask(struct member_world *world)
{
    if (world->wants_charts)
        charts_fetch(world->daemon);
    if (!is_reached(world)) {
        session_reach(world->member->session);
        return;
    }
    if (!world->version_known && !world->version_asked) {
        world->version_asked = true;
        (void)kube_version(session_cluster(world->member->session), version_read, world);
    }
    VEC_FOR (struct record *, record, &world->records)
        if ((*record)->state == RECORD_UNKNOWN)
            record_read(*record);
    VEC_FOR (struct lookup *, lookup, &world->lookups)
        if ((*lookup)->reflector == NULL)
            lookup_open(*lookup);
    world_check(world);
}

static void timer_fired(void *context)
{
    struct member_world *world = context;
    world->member->waiting = true;
    ask(world);
}

void world_retry(struct member_world *world, const char *what, const struct error *err)
{
    int64_t pause = RETRY_FIRST_NS;
    for (unsigned i = 0; i < world->failures && pause < RETRY_MOST_NS; i++)
        pause *= 2;
    if (world->failures++ == 0)
        LOG(LOG_WARN, "what the charts need is not known; trying again",
            FIELD("target", world->member->config->name), FIELD("action", str_z(what)),
            FIELD("problem", str_z(err->text)));
    loop_timer_start(world->timer, pause);
}

void world_hold(struct member_world *world, const char *rule, const struct error *err)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct findings findings;
    struct wire_unit unit = {.name = world->member->config->name};
    findings_init(&findings, arena);
    (void)findings_add(&findings, SEVERITY_ERROR, rule, (struct position){0}, "%s", err->text);
    VEC_PUSH(arena, &unit.findings, findings.list.items[0]);
    world->member->waiting = false;
    rendering_refuse(world->daemon, world->member, &unit);
    notes_commit_changed(world->daemon);
    state_changed(world->daemon);
}

void world_changed(struct member_world *world)
{
    world->rounds = 0;
    if (!world->member->waiting)
        loop_timer_start(world->timer, CHANGE_WAIT_NS);
}

/* --- the rendering's side --- */

void world_take_needs(struct member_world *world, const struct wire_unit *unit)
{
    struct error err = ERROR_INIT;
    world->member->waiting = true;
    if (world->rounds++ == ROUNDS_MAX) {
        (void)error_set(&err, ERROR_LIMIT, "the charts asked for more in each of %d rounds",
                        ROUNDS_MAX);
        world_hold(world, "E_NEEDS", &err);
        return;
    }
    VEC_FOR (const struct render_need, need, &unit->needs) {
        switch (need->kind) {
        case NEED_CLUSTER: break; /* asked for in any case */
        case NEED_RECORD: record_need(world, need); break;
        case NEED_LOOKUP: lookup_need(world, need); break;
        case NEED_CHART:
            charts_need(world->daemon, need);
            world->wants_charts = true;
            break;
        }
    }
    ask(world);
}

static void drop_ready(struct member_world *world)
{
    desired_unref(world->ready);
    world->ready = NULL;
}

void world_hand_over(struct member_world *world, const struct wire_unit *unit,
                     struct desired *desired)
{
    drop_ready(world);
    world->ready = desired;
    world->writes = 1; /* held until all are on their way */
    unsigned count;
    if (!records_write(world, unit, &count)) {
        world_record_lost(world);
        return;
    }
    world->writes += count;
    world_record_written(world);
}

void world_record_written(struct member_world *world)
{
    if (--world->writes != 0 || world->ready == NULL)
        return;
    world->member->waiting = false;
    world->rounds = 0;
    session_take(world->member->session, world->ready);
    drop_ready(world);
}

/* Somebody else wrote first: what was rendered is not what will be kept. */
void world_record_lost(struct member_world *world)
{
    drop_ready(world);
    world->member->waiting = true;
    if (--world->writes == 0)
        ask(world);
}

void world_new_commit(struct member_world *world)
{
    drop_ready(world);
    world->rounds = 0;
    world->member->waiting = false;
    world->wants_charts = false;
}

void world_charts_settled(struct member_world *world, const struct error *err)
{
    if (!world->wants_charts)
        return;
    if (err == NULL) {
        world_check(world);
        return;
    }
    world_retry(world, "fetching charts", err);
    if (!error_is_transient(err))
        world_hold(world, "E_CHART_SOURCE", err);
}

/* --- the session's side --- */

void world_session_changed(struct member_world *world)
{
    if (!is_reached(world))
        return;
    /* A kind that was not served may be by now. */
    VEC_FOR (struct lookup *, lookup, &world->lookups)
        if ((*lookup)->reflector == NULL)
            lookup_open(*lookup);
    if (world->member->waiting && world->writes == 0)
        ask(world);
}

void world_session_leaving(struct member_world *world)
{
    world->version_known = world->version_asked = false;
    if (world->writes != 0)
        world->member->waiting = true; /* whether they were written is read again */
    world->writes = 0;
    drop_ready(world);
    VEC_FOR (struct record *, record, &world->records)
        if ((*record)->state == RECORD_BUSY)
            (*record)->state = RECORD_UNKNOWN;
    VEC_FOR (struct lookup *, lookup, &world->lookups)
        lookup_close(*lookup);
}

/* --- the whole --- */

struct member_world *world_create(struct daemon *daemon, struct member_target *member)
{
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct member_world *world = ARENA_NEW(arena, struct member_world);
    *world = (struct member_world){.daemon = daemon, .member = member, .arena = arena};
    world->timer = loop_timer_create(daemon->loop, timer_fired, world);
    return world;
}

void world_destroy(struct member_world *world)
{
    if (world == NULL)
        return;
    loop_timer_destroy(world->timer);
    drop_ready(world);
    VEC_FOR (struct record *, record, &world->records)
        record_finish(*record);
    VEC_FOR (struct lookup *, lookup, &world->lookups)
        lookup_close(*lookup);
    arena_destroy(world->arena);
}
