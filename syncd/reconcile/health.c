/* What is known of each object's health. */
#include "syncd/reconcile/target_internal.h"

#include <stdio.h>

const struct health_note *target_health_note(const struct target *target,
                                             const struct target_object *object)
{
    return object->note != 0 ? &target->notes.items[object->note - 1] : NULL;
}

/* A place for the text of an object that is not well; the places of those that are well again are
   used anew. */
static struct health_note *place_note(struct target *target, struct target_object *object)
{
    if (object->note == 0 && target->free_notes.len != 0)
        object->note = target->free_notes.items[--target->free_notes.len];
    if (object->note == 0) {
        VEC_PUSH(target->table, &target->notes, (struct health_note){0});
        object->note = (uint32_t)target->notes.len;
    }
    return &target->notes.items[object->note - 1];
}

/* The reason that the text begins with. */
static bool has_reason(const struct health_note *note, str reason)
{
    str text = str_z(note->text);
    if (reason.len >= sizeof(note->text)) /* it was cut */
        return str_starts(reason, text);
    return str_starts(text, reason) && (text.len == reason.len || text.ptr[reason.len] == ':');
}

/* Keeps why it is not ready; true when that is for another reason than before. */
static bool keep_text(struct target *target, struct target_object *object,
                      const struct health_verdict *verdict)
{
    if (verdict->state == HEALTH_READY || verdict->state == HEALTH_NO_RULE) {
        if (object->note != 0)
            VEC_PUSH(target->table, &target->free_notes, object->note);
        object->note = 0;
        return false;
    }
    bool known = object->note != 0;
    struct health_note *note = place_note(target, object);
    bool other = !known || !has_reason(note, verdict->reason);
    (void)snprintf(note->text, sizeof(note->text), "%.*s%s%.*s", STR_ARG(verdict->reason),
                   verdict->message.len != 0 ? ": " : "", STR_ARG(verdict->message));
    return other;
}

void target_take_health(struct target *target, uint32_t index, str resource_version,
                        const struct health_verdict *verdict)
{
    struct target_object *object = &target->objects[index];
    if (version_pack(resource_version) != object->seen_version)
        return;
    bool changed = object->health != verdict->state;
    object->health = verdict->state;
    bool other = keep_text(target, object, verdict) && flow_holds(target, object);
    /* Readers see why the commit waits; a message that only counts on is no other reason. */
    if ((changed || other) && target_blocked(target) != 0)
        target->report = target->report || target->phase == TARGET_SETTLED;
    if (object->run != NO_RUN)
        hook_judged(target, index, verdict);
    else
        flow_review(target, index);
}

enum health_state target_health(const struct target *target, uint32_t index, int64_t now_ns,
                                int64_t ttl_ns)
{
    const struct target_object *object = target_object_at(target, index);
    const struct target_kind *kind = &target->kinds.items[object->kind];
    if (!object->seen)
        return kind->state == KIND_SYNCED ? HEALTH_MISSING : HEALTH_STALE;
    const struct health_verdict verdict = {.state = object->health, .observed_ns = kind->heard_ns};
    return health_as_of(&verdict, now_ns, ttl_ns).state;
}
