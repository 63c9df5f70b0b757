/* Defaults, choices and questions about types. */
#include "render/template/fns.h"
#include "render/template/print.h"

bool fn_default(struct dyn_call *call)
{
    bool given = call->argc > 1 && dyn_truth(call->args[1]);
    return call_return(call, call->args[given ? 1 : 0]);
}

bool fn_empty(struct dyn_call *call)
{
    return call_return(call, dyn_bool(!dyn_truth(call->args[0])));
}

bool fn_coalesce(struct dyn_call *call)
{
    for (size_t i = 0; i < call->argc; i++)
        if (dyn_truth(call->args[i]))
            return call_return(call, call->args[i]);
    return call_return(call, dyn_nil());
}

bool fn_all(struct dyn_call *call)
{
    for (size_t i = 0; i < call->argc; i++)
        if (!dyn_truth(call->args[i]))
            return call_return(call, dyn_bool(false));
    return call_return(call, dyn_bool(true));
}

bool fn_any(struct dyn_call *call)
{
    for (size_t i = 0; i < call->argc; i++)
        if (dyn_truth(call->args[i]))
            return call_return(call, dyn_bool(true));
    return call_return(call, dyn_bool(false));
}

bool fn_ternary(struct dyn_call *call)
{
    return call_return(call, call->args[call->args[2].len ? 0 : 1]);
}

bool fn_to_string(struct dyn_call *call)
{
    return call_return_str(call, dyn_strval(call->args[0], call->arena));
}

bool fn_type_of(struct dyn_call *call)
{
    return call_return_str(call, dyn_type_name(call->args[0], call->arena));
}

bool fn_type_is(struct dyn_call *call)
{
    return call_return(
        call, dyn_bool(str_equal(call_str(call, 0), dyn_type_name(call->args[1], call->arena))));
}

bool fn_type_is_like(struct dyn_call *call)
{
    str type = dyn_type_name(call->args[1], call->arena);
    str wanted = call_str(call, 0);
    bool pointer = type.len > 0 && type.ptr[0] == '*' && str_equal(str_skip(type, 1), wanted);
    return call_return(call, dyn_bool(pointer || str_equal(type, wanted)));
}

bool fn_kind_of(struct dyn_call *call)
{
    return call_return_str(call, str_z(dyn_kind_name(call->args[0])));
}

bool fn_kind_is(struct dyn_call *call)
{
    return call_return(call,
                       dyn_bool(str_equal(call_str(call, 0), str_z(dyn_kind_name(call->args[1])))));
}

bool fn_deep_equal(struct dyn_call *call)
{
    bool equal;
    return call_equal(call, call->args[0], call->args[1], &equal) &&
           call_return(call, dyn_bool(equal));
}
