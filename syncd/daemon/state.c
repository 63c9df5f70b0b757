/*
 * Files in the state directory: which cluster answers under which name, and the status that `syncd
 * status` shows. Both are caches: without them the next start asks again.
 */
#include "syncd/daemon/daemon_internal.h"

#include "syncd/base/crypto.h"
#include "syncd/value/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATUS_SOON_NS (200 * NS_PER_MS)
#define STATUS_BEAT_NS (30 * NS_PER_S)

str state_path(const struct daemon *daemon, const char *name, struct arena *arena)
{
    return arena_printf(arena, "%.*s/%s", STR_ARG(daemon->config->state_directory), name);
}

/* Temporary file, rename: a crash leaves the old one or the new one. */
static bool write_whole(const struct daemon *daemon, const char *name, str text, bool lasting)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    str path = state_path(daemon, name, arena);
    str temporary = arena_concat(arena, path, STR(".new"), (str){0});
    int fd = open(temporary.ptr, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return false;
    bool written = write(fd, text.ptr, text.len) == (ssize_t)text.len;
    written = written && (!lasting || fsync(fd) == 0);
    written = close(fd) == 0 && written;
    return written && rename(temporary.ptr, path.ptr) == 0;
}

static bool write_file(const struct daemon *daemon, const char *name, str text)
{
    return write_whole(daemon, name, text, false);
}

bool state_write(const struct daemon *daemon, const char *name, str text)
{
    return write_whole(daemon, name, text, true);
}

str state_read(const struct daemon *daemon, const char *name, struct arena *arena)
{
    str text = {0}, path = state_path(daemon, name, arena);
    struct error ignored = ERROR_INIT;
    if (!kubeconfig_read_file(path.ptr, false, 1u << 20, arena, &text, &ignored))
        return (str){0};
    return text;
}

/* --- which cluster is which --- */

static void read_pins(struct daemon *daemon)
{
    value document;
    struct error err = ERROR_INIT;
    str text = state_read(daemon, "clusters.json", daemon->pins_arena);
    if (text.len == 0)
        return;
    if (!json_read(text, limits_default(), daemon->pins_arena, &document, &err)) {
        LOG(LOG_WARN, "the recorded clusters cannot be read; they are recorded anew",
            FIELD("problem", str_z(err.text)));
        return;
    }
    for (size_t i = 0; i < value_len(document); i++) {
        const struct member *member = value_member(document, i);
        str uid = arena_str(daemon->pins_arena, value_str(member->val));
        (void)map_put(&daemon->pins, daemon->pins_arena, member->key, (void *)(uintptr_t)uid.ptr);
    }
}

str state_pinned(struct daemon *daemon, str target)
{
    return str_z(map_get(&daemon->pins, target));
}

void state_pin(struct daemon *daemon, str target, str cluster_uid)
{
    str key = arena_str(daemon->pins_arena, target);
    str uid = arena_str(daemon->pins_arena, cluster_uid);
    (void)map_put(&daemon->pins, daemon->pins_arena, key, (void *)(uintptr_t)uid.ptr);
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct object_builder object;
    object_begin(&object, arena);
    MAP_FOR (entry, &daemon->pins)
        object_add(&object, entry->key, value_string(str_z(entry->value)));
    if (!write_file(daemon, "clusters.json",
                    json_text(object_finish(&object), JSON_INDENT2, arena)))
        LOG(LOG_WARN, "the cluster's identity could not be recorded", FIELD("target", target));
}

/* --- status --- */

static void add_time(struct object_builder *object, const char *key, int64_t wall_ns,
                     struct arena *arena)
{
    char text[CLOCK_RFC3339_LEN + 1];
    clock_format_rfc3339(wall_ns, text);
    object_add(object, str_z(key), value_string(arena_str(arena, str_z(text))));
}

static void add_count(struct object_builder *object, const char *key, size_t count,
                      struct arena *arena)
{
    object_add(object, str_z(key), value_uint(count, arena));
}

static value target_status(const struct member_target *member, const struct note_target *note,
                           struct arena *arena)
{
    const struct target *target = session_target(member->session);
    struct target_summary summary = target_summary(target);
    struct object_builder object;
    object_begin(&object, arena);
    object_add(&object, STR("name"), value_string(member->config->name));
    object_add(&object, STR("role"), value_string(str_z(target_role_name(member->config->role))));
    object_add(&object, STR("phase"), value_string(str_z(target_phase_name(target_phase(target)))));
    object_add(&object, STR("verdict"),
               value_string(str_z(verdict_name(note_target_verdict(note)))));
    object_add(&object, STR("commit"), value_string(str_z(member->commit)));
    object_add(&object, STR("problem"), value_string(target_problem(target)));
    object_add(&object, STR("insecure"), value_bool(member->config->allow_insecure));
    add_count(&object, "objects", summary.total, arena);
    add_count(&object, "failed", summary.failed, arena);
    add_count(&object, "conflicts", summary.conflicts + summary.contested, arena);
    add_count(&object, "waiting", summary.waiting, arena);
    add_count(&object, "kept", summary.kept, arena);
    add_count(&object, "withheld", summary.withheld, arena);
    add_count(&object, "drift", summary.drift, arena);
    add_count(&object, "healed", summary.healed, arena);
    add_count(&object, "strangers", summary.strangers, arena);
    int64_t contact = session_last_contact_ns(member->session);
    if (contact != 0)
        add_time(&object, "lastContact", clock_wall_ns() - (clock_monotonic_ns() - contact), arena);
    return object_finish(&object);
}

static value make_status(const struct daemon *daemon, struct arena *arena)
{
    struct array_builder targets;
    struct object_builder source, object;
    const struct note_target *notes = daemon_note_targets(daemon, arena);
    array_begin(&targets, arena);
    for (size_t i = 0; i < daemon->config->target_count; i++)
        array_add(&targets, target_status(&daemon->targets[i], &notes[i], arena));
    object_begin(&source, arena);
    object_add(&source, STR("url"), value_string(daemon->config->source.url));
    object_add(&source, STR("commit"), value_string(str_z(daemon->commit)));
    object_add(&source, STR("summary"), value_string(str_z(daemon->commit_summary)));
    object_add(&source, STR("problem"), value_string(str_z(daemon->source_problem)));
    object_add(&source, STR("held"), value_string(str_z(daemon->held)));
    object_begin(&object, arena);
    object_add(&object, STR("name"), value_string(daemon->config->name));
    object_add(&object, STR("source"), object_finish(&source));
    object_add(&object, STR("targets"), array_finish(&targets));
    object_add(&object, STR("objects"), verdicts_status(daemon, arena));
    object_add(&object, STR("rollouts"), rollouts_status(daemon, arena));
    add_count(&object, "notesOpen", daemon->outbox != NULL ? outbox_count(daemon->outbox) : 0,
              arena);
    add_time(&object, "at", clock_wall_ns(), arena);
    return object_finish(&object);
}

str state_text(const struct daemon *daemon, struct arena *arena)
{
    return json_text(make_status(daemon, arena), JSON_INDENT2, arena);
}

static void write_status(void *context)
{
    struct daemon *daemon = context;
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    if (!write_file(daemon, "status.json", state_text(daemon, arena)))
        LOG(LOG_DEBUG, "the status file could not be written");
    if (!write_file(daemon, "drift.json", drift_text(daemon, arena)))
        LOG(LOG_DEBUG, "the drift file could not be written");
    loop_timer_start(daemon->status_timer, STATUS_BEAT_NS);
}

void state_changed(struct daemon *daemon)
{
    if (daemon->status_timer != NULL)
        loop_timer_start(daemon->status_timer, STATUS_SOON_NS);
}

void state_open(struct daemon *daemon)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    str directory = state_path(daemon, "", arena);
    (void)umask(077);
    if (mkdir(directory.ptr, 0700) != 0 && errno != EEXIST)
        LOG(LOG_ERROR, "the state directory cannot be made",
            FIELD("path", daemon->config->state_directory),
            FIELD("problem", str_z(strerror(errno))));
    uint8_t key[LEDGER_KEY]; /* of this process: hashes of two runs say nothing of each other */
    crypto_random(key, sizeof(key));
    daemon->ledger = ledger_create(key);
    crypto_wipe(key, sizeof(key));
    daemon->pins_arena = arena_create(ARENA_NO_BUDGET);
    daemon->pins = (struct map){0};
    read_pins(daemon);
    daemon->status_timer = loop_timer_create(daemon->loop, write_status, daemon);
    state_changed(daemon);
}

void state_close(struct daemon *daemon)
{
    if (daemon->status_timer != NULL && daemon->targets != NULL)
        write_status(daemon);
    if (daemon->status_timer != NULL)
        loop_timer_destroy(daemon->status_timer);
    daemon->status_timer = NULL;
    ledger_destroy(daemon->ledger);
    daemon->ledger = NULL;
    arena_destroy(daemon->pins_arena);
    daemon->pins_arena = NULL;
}
