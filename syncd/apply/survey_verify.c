/* Every predicted step is tried at the server as a dry run; where it answers otherwise, it is said.
 */
#include "syncd/apply/survey_internal.h"

struct trial {
    struct survey *survey;
    struct live_object *object;
};

/* What the server alone decides is not compared. */
static value comparable(value document, struct arena *arena)
{
    return value_without(diff_without_noise(document, arena), STR("status"), arena);
}

/* The first difference between what was predicted and what the server says. */
static void compare(struct trial *trial, value reply)
{
    struct survey *survey = trial->survey;
    struct arena *arena = survey->arena;
    struct live_object *object = trial->object;
    struct changes changes = {0};
    const struct change_pair pair = {comparable(object->predicted, arena),
                                     comparable(reply, arena)};
    changes_find(&pair, object->type, arena, &changes);
    if (changes.list.len == 0)
        return;
    survey->result.different++;
    object->problem = arena_printf(arena, "the server's dry run differs at %.*s",
                                   STR_ARG(changes.list.items[0].path));
}

static void tried(void *context, const struct kube_reply *reply)
{
    struct trial *trial = context;
    struct survey *survey = trial->survey;
    struct live_object *object = trial->object;
    survey->result.verified++;
    if (reply->err == NULL) {
        /* A create is shown as Git has it: what the server adds to it is no change of anybody's. */
        if (value_present(object->live))
            compare(trial, value_copy(reply->object, survey->arena));
    } else if (reply->err->class == ERROR_CONFLICT) {
        object->hold = HOLD_CONFLICT;
        object->problem = arena_str(survey->arena, str_z(reply->err->text));
        survey->result.different++;
    } else {
        object->hold = HOLD_REFUSED;
        object->problem = arena_str(survey->arena, str_z(reply->err->text));
    }
    if (--survey->open == 0 && !survey->ended)
        survey_finish(survey);
}

static const struct survey_kind *kind_of(const struct survey *survey, const struct gvk *gvk)
{
    for (size_t i = 0; i < survey->kinds.len; i++) {
        if (gvk_equal(survey->kinds.items[i]->gvk, *gvk))
            return survey->kinds.items[i];
    }
    return NULL;
}

/*
 * Steps that write: not what stays, goes, is held, or is of a kind that is not served yet. Nor what
 * is adopted first: a dry run would meet the owners as they are now.
 */
static bool is_tried(const struct live_object *object)
{
    return object->hold == HOLD_NONE && !object->adopts && value_present(object->predicted) &&
           !value_equal(object->live, object->predicted);
}

static void try_object(struct survey *survey, struct live_object *object)
{
    const struct survey_kind *kind = kind_of(survey, &object->id.gvk);
    if (kind == NULL || kind->resource == NULL)
        return;
    const struct kube_path path =
        kube_path_of(kind->resource, object->id.namespace, object->id.name);
    const struct kube_write write = {.dry_run = true, .force = object->forced};
    struct trial *trial = ARENA_NEW(survey->arena, struct trial);
    *trial = (struct trial){survey, object};
    survey->open++;
    (void)kube_apply(survey->cluster, &path, object->applied, &write, tried, trial);
}

void survey_verify(struct survey *survey)
{
    struct plan_cluster *cluster = &survey->result.cluster;
    struct live_object *objects = (struct live_object *)(uintptr_t)cluster->objects; /* ours */
    survey->open = 1; /* held until all are on their way */
    for (size_t i = 0; i < cluster->count; i++) {
        if (is_tried(&objects[i]))
            try_object(survey, &objects[i]);
    }
    if (--survey->open == 0)
        survey_finish(survey);
}
