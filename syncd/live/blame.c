/* Who made it so: findings with the manager, as far as the server says. */
#include "syncd/base/clock.h"
#include "syncd/live/drift_internal.h"
#include "syncd/live/live.h"

static const struct {
    const char *name, *text;
} classes[DRIFT_CLASSES] = {
    [DRIFT_CHANGED] = {"changed", "value changed"},
    [DRIFT_TAKEN] = {"taken", "ownership taken"},
    [DRIFT_REMOVED] = {"removed", "field removed"},
    [DRIFT_STALE] = {"stale", "ours but no longer in Git"},
    [DRIFT_IMPOSTOR] = {"impostor", "written under our name, not by us"},
    [DRIFT_CLEARED] = {"cleared", "managed fields cleared"},
    [DRIFT_DELETED] = {"deleted", "object deleted"},
    [DRIFT_STRANGER] = {"stranger", "has our owner, and Git does not know it"},
};

const char *drift_class_name(enum drift_class class)
{
    return classes[class].name;
}

const char *drift_class_text(enum drift_class class)
{
    return classes[class].text;
}

bool drift_class_from_name(str name, enum drift_class *ret_class)
{
    for (size_t i = 0; i < DRIFT_CLASSES; i++) {
        if (str_equal(name, str_z(classes[i].name))) {
            *ret_class = (enum drift_class)i;
            return true;
        }
    }
    return false;
}

static int64_t time_of(const struct owner *owner)
{
    return owner != NULL && owner->has_time ? owner->time_ns : 0;
}

static const struct owner *newer(const struct owner *a, const struct owner *b)
{
    return a == NULL || (b != NULL && time_of(b) > time_of(a)) ? b : a;
}

/* The newest of the others that own the path or the nearest thing above it. */
static const struct owner *other_owner(const struct drift_walk *walk)
{
    for (size_t len = walk->depth; len > 0; len--) {
        const struct owner *newest = NULL;
        for (size_t i = 0; i < walk->owners.len; i++) {
            const struct owner *owner = &walk->owners.items[i];
            if (owner != walk->own && fields_has(owner->fields, walk->path, len))
                newest = newer(newest, owner);
        }
        if (newest != NULL)
            return newest;
    }
    return NULL;
}

/*
 * What nobody owns now was written by nobody the server can name: a writer that only removes leaves
 * no trace, and naming whoever wrote last would be a guess. Only an apply under our own name, later
 * than our last one, gives itself away.
 */
static const struct owner *writer_since(const struct drift_walk *walk)
{
    int64_t since = walk->question->acked_time_ns;
    return since != 0 && time_of(walk->own) > since ? walk->own : NULL;
}

static bool is_exact(const struct drift_walk *walk, const struct owner *owner)
{
    return owner != NULL && fields_has(owner->fields, walk->path, walk->depth);
}

static const struct owner *find_writer(const struct drift_walk *walk, enum drift_class class,
                                       struct ownership at)
{
    const struct owner *other = other_owner(walk);
    switch (class) {
    case DRIFT_STALE: return walk->own;
    case DRIFT_CHANGED:
        if (is_exact(walk, other) && (at.own == NULL || time_of(other) >= time_of(walk->own)))
            return other;
        if (at.own != NULL)
            return walk
                ->own; /* who writes our field loses us the field, unless he calls himself us */
        return other != NULL ? other : writer_since(walk);
    case DRIFT_TAKEN: return other;
    default: return writer_since(walk);
    }
}

static bool is_quirk(const struct drift_walk *walk, uint64_t path_hash, value live)
{
    const struct drift_quirks quirks = walk->question->quirks;
    uint64_t live_hash = value_hash(live);
    size_t low = 0, high = quirks.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (quirks.items[middle].path_hash < path_hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low < quirks.len && quirks.items[low].path_hash == path_hash &&
           quirks.items[low].value_hash == live_hash;
}

/* Under our name: an update, which we never send, or an apply that we did not send. */
static enum drift_class classify(const struct drift_walk *walk, enum drift_class class,
                                 const struct owner *writer)
{
    bool our_name = writer != NULL && str_equal(writer->name, STR(FIELD_MANAGER));
    if (!our_name || class == DRIFT_CLEARED)
        return class;
    int64_t acked = walk->question->acked_time_ns;
    if (class == DRIFT_STALE)
        return acked != 0 && time_of(writer) > acked ? DRIFT_IMPOSTOR : DRIFT_STALE;
    return DRIFT_IMPOSTOR;
}

void drift_report(struct drift_walk *walk, enum drift_class class, value stated, value live,
                  struct ownership at)
{
    struct drift drift = {.class = class, .stated = stated, .live = live};
    drift.path = path_text(walk->path, walk->depth, walk->arena);
    drift.path_hash = hash_stable(drift.path);
    if (!walk->learning) {
        bool quirk = is_quirk(walk, drift.path_hash, live);
        bool lost = at.own == NULL && at.all != NULL;
        if (quirk && !lost)
            return;
        if (quirk && class == DRIFT_CHANGED)
            class = DRIFT_TAKEN; /* as the server made it, but not ours any more */
        const struct owner *writer = find_writer(walk, class, at);
        drift.class = classify(walk, class, writer);
        if (writer != NULL) {
            drift.manager = arena_str(walk->arena, writer->name);
            drift.operation = str_z(owner_operation_name(writer->operation));
            drift.subresource = arena_str(walk->arena, writer->subresource);
            drift.has_time = writer->has_time;
            drift.time_ns = writer->time_ns;
        }
        if (value_present(stated) && !walk->displaced) {
            uint32_t *place = ARENA_ARRAY(walk->arena, uint32_t, walk->depth);
            memcpy(place, walk->place, walk->depth * sizeof(*place));
            drift.place = place;
            drift.place_len = (uint32_t)walk->depth;
            drift.can_leave_out = at.own == NULL;
        }
    }
    VEC_PUSH(walk->arena, &walk->found->list, drift);
}
