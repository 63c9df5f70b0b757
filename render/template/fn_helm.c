/* What Helm adds: calling templates, requiring values, looking into the cluster. */
#include "render/template/fns.h"
#include "render/template/run.h"

#include "render/template/dyn_value.h"

#define INCLUDE_MAX 1000 /* the same template inside itself */

struct include_count {
    unsigned now;
};

static struct include_count *include_count(struct template_run *run, str name)
{
    struct map_entry *entry = map_place(&run->included, run->arena, name);
    if (entry->value == NULL)
        entry->value = ARENA_NEW(run->arena, struct include_count);
    return entry->value;
}

/* A nil that went through an interface is no value at all: nothing fails that is read from it. */
static bool run_into_result(struct dyn_call *call, const struct definition *definition,
                            struct dyn dot)
{
    struct buf *buf = run_take_buf(call->run);
    if (dot.kind == DYN_NIL)
        dot = dyn_absent();
    bool good = run_definition(call->run, definition, dot, buf) && call_return_buf(call, buf) &&
                call_charge(call, buf->len / 256);
    run_give_buf(call->run, buf);
    return good;
}

bool fn_include(struct dyn_call *call)
{
    struct template_run *run = call->run;
    str name = call_str(call, 0);
    struct include_count *count = include_count(run, name);
    if (count->now > INCLUDE_MAX)
        return call_error(call,
                          "rendering template has a nested reference name: %.*s: unable to execute "
                          "template",
                          STR_ARG(name));
    const struct definition *definition = template_find(run->set, name);
    if (definition == NULL)
        return call_error(call, "template: no template \"%.*s\" associated with template \"gotpl\"",
                          STR_ARG(name));
    count->now++;
    bool good = run_into_result(call, definition, call->args[1]);
    count->now--;
    return good;
}

/* Removes every "<no value>", as Helm does with what it renders. */
str without_no_value(str text, struct arena *arena)
{
    const str marker = STR("<no value>");
    size_t at = str_find(text, marker);
    if (at == SIZE_MAX)
        return text;
    char *out = arena_alloc_bytes(arena, text.len);
    size_t len = 0;
    for (; at != SIZE_MAX; at = str_find(text, marker)) {
        memcpy(out + len, text.ptr, at);
        len += at;
        text = str_skip(text, at + marker.len);
    }
    memcpy(out + len, text.ptr, text.len);
    return str_from(out, len + text.len);
}

/* The text compiled on top of the current templates; compiled once for each text. */
static const struct template_set *inline_set(struct dyn_call *call, str text)
{
    struct template_run *run = call->run;
    str key = arena_concat(run->arena, str_from((const char *)&run->set, sizeof(run->set)), text,
                           STR(""));
    struct map_entry *entry = map_place(&run->inlined, run->arena, key);
    if (entry->value != NULL)
        return entry->value;
    struct template_set *set = template_set_create(run->arena, run->limits);
    set->parent = run->set;
    struct compiled compiled;
    str message;
    if (!template_compile(run->arena, run->limits, STR("gotpl"), text, &compiled, &message)) {
        (void)call_error_text(call, arena_printf(run->arena, "cannot parse template \"%.*s\": %.*s",
                                                 STR_ARG(text), STR_ARG(message)));
        return NULL;
    }
    template_adopt(set, &compiled);
    /* map_place may have moved the entries while nothing else was added: place again. */
    map_place(&run->inlined, run->arena, key)->value = set;
    return set;
}

bool fn_tpl(struct dyn_call *call)
{
    struct template_run *run = call->run;
    str text = call_str(call, 0);
    if (str_find(text, STR("{{")) == SIZE_MAX)
        return call_return_str(call, without_no_value(text, call->arena));
    const struct template_set *outer = run->set;
    if (!call_charge(call, text.len / 16))
        return false;
    const struct template_set *set = inline_set(call, text);
    if (set == NULL)
        return false;
    run->set = set;
    bool good = run_into_result(call, set->last, call->args[1]);
    run->set = outer;
    if (good)
        return call_return_str(call, without_no_value(dyn_str(call->result), call->arena));
    if (run->error_class == ERROR_LIMIT)
        return false;
    str message = run->error;
    run->error = arena_printf(run->arena, "error during tpl function execution for \"%.*s\": %.*s",
                              STR_ARG(text), STR_ARG(message));
    return false;
}

/* The marks by which the message is found inside the wrapping of the callers. */
static bool fail_marked(struct dyn_call *call, str message)
{
    return call_error_text(
        call, arena_concat(call->arena, STR("HELM_ERR_START"), message, STR("HELM_ERR_END")));
}

bool fn_required(struct dyn_call *call)
{
    struct dyn v = call->args[1];
    if (dyn_is_nothing(v) || (v.kind == DYN_STRING && v.len == 0))
        return fail_marked(call, call_str(call, 0));
    return call_return(call, v);
}

bool fn_fail(struct dyn_call *call)
{
    return fail_marked(call, call_str(call, 0));
}

bool fn_lookup(struct dyn_call *call)
{
    const struct template_world *world = call->run->world;
    call->run->usage.looked_up = true;
    value document = value_absent();
    struct error err = ERROR_INIT;
    if (world != NULL && world->lookup != NULL &&
        !world->lookup(world->context, call_str(call, 0), call_str(call, 1), call_str(call, 2),
                       call_str(call, 3), call->arena, &document, &err))
        return call_error(call, "%s", err.text);
    if (!value_is(document, VALUE_OBJECT))
        return call_return(call, dyn_of_map(TYPE_MAP_ANY, dyn_map_create(call->arena)));
    return call_return(call, dyn_from_value(document, call->arena));
}

/* No names are resolved here. */
bool fn_get_host_by_name(struct dyn_call *call)
{
    return call_return_str(call, STR(""));
}
