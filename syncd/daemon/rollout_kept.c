/*
 * What is on record of rollouts in a target: read when it is reached, followed while we write it.
 * A rollout whose file is gone from Git is known from here, and goes on holding its clusters.
 */
#include "syncd/daemon/rollouts_internal.h"

#include "syncd/value/json.h"

#include <stdlib.h>
#include <string.h>

static void forget(struct kept_rollout *kept)
{
    free(kept->name);
    free(kept->document);
    free(kept->state);
    *kept = (struct kept_rollout){0};
}

static char *copy(str text)
{
    char *own = strndup(text.len != 0 ? text.ptr : "", text.len);
    CHECK(own != NULL);
    return own;
}

void rollout_keep(struct daemon_rollouts *owner, const struct member_target *member, str name,
                  str document, str state)
{
    const struct kept_rollout new = {member->config, copy(name), copy(document), copy(state)};
    VEC_FOR (struct kept_rollout, kept, &owner->kept) {
        if (kept->target == member->config && str_equal(str_z(kept->name), name)) {
            forget(kept);
            *kept = new;
            return;
        }
    }
    VEC_PUSH(owner->arena, &owner->kept, new);
}

void rollout_forget(struct daemon_rollouts *owner, const struct member_target *member, str name)
{
    for (size_t i = owner->kept.len; i-- > 0;) {
        struct kept_rollout *kept = &owner->kept.items[i];
        if (kept->target != member->config ||
            (name.len != 0 && !str_equal(str_z(kept->name), name)))
            continue;
        forget(kept);
        *kept = owner->kept.items[--owner->kept.len];
    }
}

void rollouts_kept(const struct daemon *daemon, const struct member_target *member,
                   struct arena *arena, const struct rollout_kept **ret_list, size_t *ret_count)
{
    const struct daemon_rollouts *owner = daemon->rollouts;
    struct rollout_kept *list = ARENA_ARRAY(arena, struct rollout_kept, owner->kept.len);
    *ret_list = list;
    *ret_count = 0;
    for (size_t i = 0; i < owner->kept.len; i++) {
        const struct kept_rollout *kept = &owner->kept.items[i];
        if (kept->target == member->config)
            list[(*ret_count)++] = (struct rollout_kept){arena_str(arena, str_z(kept->document)),
                                                         arena_str(arena, str_z(kept->state))};
    }
}

static bool is_over(str state, struct arena *arena)
{
    value document;
    struct error err = ERROR_INIT;
    return json_read(state, limits_default(), arena, &document, &err) &&
           str_equal(value_str(value_get(document, STR("status"))),
                     str_z(rollout_status_name(ROLLOUT_COMPLETE)));
}

/* Does one of them hold what the member was given without it? */
static bool is_news(const struct daemon_rollouts *owner, const struct member_target *member,
                    str name)
{
    VEC_FOR (struct daemon_rollout *, at, &owner->list) {
        if ((*at)->member == member && !(*at)->dead && str_equal((*at)->plan->spec->name, name))
            return false;
    }
    return true;
}

bool rollouts_recorded(struct daemon *daemon, struct member_target *member,
                       const struct session_record *list, size_t count)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct daemon_rollouts *owner = daemon->rollouts;
    const struct target *target = session_target(member->session);
    bool news = false;
    rollout_forget(owner, member, (str){0});
    for (size_t i = 0; i < count; i++) {
        value document;
        struct error err = ERROR_INIT;
        /* One that cannot be read is kept, too: it refuses the commit. */
        str name = json_read(list[i].document, limits_default(), arena, &document, &err)
                       ? value_str(value_get2(document, STR("metadata"), STR("name")))
                       : (str){0};
        rollout_keep(owner, member, name, list[i].document, list[i].state);
        news = news || (!is_over(list[i].state, arena) && is_news(owner, member, name));
    }
    if (!news || target_desired(target) == NULL || daemon->snapshot < 0)
        return true;
    member->stale = true;
    rendering_again(daemon);
    return false;
}

void rollouts_kept_finish(struct daemon_rollouts *owner)
{
    VEC_FOR (struct kept_rollout, kept, &owner->kept)
        forget(kept);
    owner->kept.len = 0;
}
