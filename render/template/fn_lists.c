/* Functions on lists. */
#include "render/template/fns.h"
#include "render/template/print.h"

#include <stdlib.h>

/* The list at an argument; otherwise fails with Go's message, which names the function's verb. */
static bool list_at(struct dyn_call *call, size_t index, const char *complaint)
{
    struct dyn v = call->args[index];
    if (v.kind == DYN_LIST)
        return true;
    if (dyn_is_nothing(v))
        return call_error(call, "runtime error: invalid memory address or nil pointer dereference");
    return call_error(call, "%s %s", complaint, dyn_kind_name(v));
}

static struct dyn null_list(void)
{
    struct dyn list = dyn_list(TYPE_LIST_ANY, NULL, 0);
    list.null = true;
    return list;
}

/* Room for `len` items, charged. */
static struct dyn *new_items(struct dyn_call *call, size_t len)
{
    if (!call_charge(call, len / 8))
        return NULL;
    return ARENA_ARRAY(call->arena, struct dyn, len);
}

bool fn_list(struct dyn_call *call)
{
    struct dyn *items = new_items(call, call->argc);
    if (items == NULL)
        return false;
    memcpy(items, call->args, call->argc * sizeof(*items));
    return call_return(call, dyn_list(TYPE_LIST_ANY, items, call->argc));
}

static bool add_item(struct dyn_call *call, bool front, const char *complaint)
{
    if (!list_at(call, 0, complaint))
        return false;
    struct dyn list = call->args[0];
    struct dyn *items = new_items(call, list.len + 1u);
    if (items == NULL)
        return false;
    for (uint32_t i = 0; i < list.len; i++)
        items[i + front] = dyn_item(list, i);
    items[front ? 0 : list.len] = call->args[1];
    return call_return(call, dyn_list(TYPE_LIST_ANY, items, list.len + 1u));
}

bool fn_append(struct dyn_call *call)
{
    return add_item(call, false, "Cannot push on type");
}

bool fn_prepend(struct dyn_call *call)
{
    return add_item(call, true, "Cannot prepend on type");
}

bool fn_first(struct dyn_call *call)
{
    if (!list_at(call, 0, "Cannot find first on type"))
        return false;
    return call_return(call, call->args[0].len > 0 ? dyn_item(call->args[0], 0) : dyn_nil());
}

bool fn_last(struct dyn_call *call)
{
    if (!list_at(call, 0, "Cannot find last on type"))
        return false;
    uint32_t len = call->args[0].len;
    return call_return(call, len > 0 ? dyn_item(call->args[0], len - 1) : dyn_nil());
}

/* Items [from, to) as a list of interface{}. */
static bool part(struct dyn_call *call, struct dyn list, uint32_t from, uint32_t to)
{
    if (list.len == 0)
        return call_return(call, null_list());
    struct dyn *items = new_items(call, to - from);
    if (items == NULL)
        return false;
    for (uint32_t i = from; i < to; i++)
        items[i - from] = dyn_item(list, i);
    return call_return(call, dyn_list(TYPE_LIST_ANY, items, to - from));
}

bool fn_rest(struct dyn_call *call)
{
    return list_at(call, 0, "Cannot find rest on type") &&
           part(call, call->args[0], 1, call->args[0].len);
}

bool fn_initial(struct dyn_call *call)
{
    return list_at(call, 0, "Cannot find initial on type") &&
           part(call, call->args[0], 0, call->args[0].len - 1);
}

bool fn_reverse(struct dyn_call *call)
{
    if (!list_at(call, 0, "Cannot find reverse on type"))
        return false;
    struct dyn list = call->args[0];
    struct dyn *items = new_items(call, list.len);
    if (items == NULL)
        return false;
    for (uint32_t i = 0; i < list.len; i++)
        items[list.len - 1 - i] = dyn_item(list, i);
    return call_return(call, dyn_list(TYPE_LIST_ANY, items, list.len));
}

bool fn_compact(struct dyn_call *call)
{
    if (!list_at(call, 0, "Cannot compact on type"))
        return false;
    struct dyn list = call->args[0];
    struct dyn *items = new_items(call, list.len);
    size_t len = 0;
    for (uint32_t i = 0; items != NULL && i < list.len; i++)
        if (dyn_truth(dyn_item(list, i)))
            items[len++] = dyn_item(list, i);
    return items != NULL && call_return(call, dyn_list(TYPE_LIST_ANY, items, len));
}

/* False (the function) when the budget is gone. */
static bool is_among(struct dyn_call *call, struct dyn v, const struct dyn *items, size_t len,
                     bool *ret_found)
{
    *ret_found = false;
    for (size_t i = 0; i < len && !*ret_found; i++)
        if (!call_equal(call, v, items[i], ret_found))
            return false;
    return true;
}

bool fn_uniq(struct dyn_call *call)
{
    if (!list_at(call, 0, "Cannot find uniq on type"))
        return false;
    struct dyn list = call->args[0];
    struct dyn *items = new_items(call, list.len);
    size_t len = 0;
    for (uint32_t i = 0; items != NULL && i < list.len; i++) {
        bool found;
        if (!call_charge(call, len / 4) || !is_among(call, dyn_item(list, i), items, len, &found))
            return false;
        if (!found)
            items[len++] = dyn_item(list, i);
    }
    return items != NULL && call_return(call, dyn_list(TYPE_LIST_ANY, items, len));
}

bool fn_without(struct dyn_call *call)
{
    if (!list_at(call, 0, "Cannot find without on type"))
        return false;
    struct dyn list = call->args[0];
    struct dyn *items = new_items(call, list.len);
    size_t len = 0;
    for (uint32_t i = 0; items != NULL && i < list.len; i++) {
        bool found;
        if (!is_among(call, dyn_item(list, i), call->args + 1, call->argc - 1, &found))
            return false;
        if (!found)
            items[len++] = dyn_item(list, i);
    }
    return items != NULL && call_return(call, dyn_list(TYPE_LIST_ANY, items, len));
}

bool fn_has(struct dyn_call *call)
{
    if (dyn_is_nothing(call->args[1]))
        return call_return(call, dyn_bool(false));
    if (!list_at(call, 1, "Cannot find has on type"))
        return false;
    struct dyn list = call->args[1];
    if (!call_charge(call, list.len / 16))
        return false;
    bool found = false;
    for (uint32_t i = 0; i < list.len && !found; i++)
        if (!call_equal(call, call->args[0], dyn_item(list, i), &found))
            return false;
    return call_return(call, dyn_bool(found));
}

bool fn_slice(struct dyn_call *call)
{
    struct dyn list = call->args[0];
    if (list.kind != DYN_LIST)
        return list_at(call, 0, "list should be type of slice or array but");
    if (list.len == 0)
        return call_return(call, dyn_nil());
    int64_t from = call->argc > 1 ? dyn_to_int(call->args[1]) : 0;
    int64_t to = call->argc > 2 ? dyn_to_int(call->args[2]) : list.len;
    if (from < 0 || to < from || to > list.len)
        return call_error(call, "reflect.Value.Slice: slice index out of bounds");
    if (list.type == TYPE_BYTES)
        list.as.text += from;
    else
        list.as.items += from;
    list.len = (uint32_t)(to - from);
    return call_return(call, list);
}

bool fn_concat(struct dyn_call *call)
{
    size_t total = 0;
    for (size_t i = 0; i < call->argc; i++) {
        if (call->args[i].kind != DYN_LIST)
            return dyn_is_nothing(call->args[i]) ? list_at(call, i, "")
                                                 : call_error(call, "Cannot concat type %s as list",
                                                              dyn_kind_name(call->args[i]));
        total += call->args[i].len;
    }
    if (total == 0)
        return call_return(call, null_list());
    struct dyn *items = new_items(call, total);
    size_t len = 0;
    for (size_t i = 0; items != NULL && i < call->argc; i++)
        for (uint32_t j = 0; j < call->args[i].len; j++)
            items[len++] = dyn_item(call->args[i], j);
    return items != NULL && call_return(call, dyn_list(TYPE_LIST_ANY, items, len));
}

bool fn_chunk(struct dyn_call *call)
{
    int64_t size = call->args[0].as.integer;
    if (!list_at(call, 1, "Cannot chunk type"))
        return false;
    struct dyn list = call->args[1];
    /* With a negative size there is nothing but the number of chunks, which must not be negative;
       a single item is a chunk of -2 and below. */
    if (size < -1 && list.len == 1)
        size = 1;
    if (size < 0 && (list.len == 0 || (int64_t)list.len - 1 + size <= 0) && list.len != 1 &&
        list.len != 0)
        return call_return(call, dyn_list(TYPE_LIST_LIST, NULL, 0));
    if (size <= 0)
        return call_error(call, "runtime error: makeslice: len out of range");
    size_t count = (list.len + (size_t)size - 1) / (size_t)size;
    struct dyn *chunks = new_items(call, count);
    struct dyn *items = new_items(call, list.len);
    if (chunks == NULL || items == NULL)
        return false;
    for (uint32_t i = 0; i < list.len; i++)
        items[i] = dyn_item(list, i);
    for (size_t i = 0; i < count; i++) {
        size_t start = i * (size_t)size;
        size_t len = list.len - start < (size_t)size ? list.len - start : (size_t)size;
        chunks[i] = dyn_list(TYPE_LIST_ANY, items + start, len);
    }
    return call_return(call, dyn_list(TYPE_LIST_LIST, chunks, count));
}

static int compare_strings(const void *a, const void *b)
{
    return str_compare(dyn_str(*(const struct dyn *)a), dyn_str(*(const struct dyn *)b));
}

bool fn_sort_alpha(struct dyn_call *call)
{
    struct dyn v = call->args[0];
    struct dyn strings = strings_of(v, call->arena);
    if (v.kind != DYN_LIST) {
        struct dyn *one = ARENA_ARRAY(call->arena, struct dyn, 1);
        *one = dyn_string(dyn_strval(v, call->arena));
        return call_return(call, dyn_list(TYPE_LIST_STRING, one, 1));
    }
    struct dyn *items = new_items(call, strings.len * 4u);
    if (items == NULL)
        return false;
    if (strings.len > 0)
        memcpy(items, strings.as.items, strings.len * sizeof(*items));
    qsort(items, strings.len, sizeof(*items), compare_strings);
    return call_return(call, dyn_list(TYPE_LIST_STRING, items, strings.len));
}

/* Numbers from `start` to `stop`, which is left out. */
static bool count_up(struct dyn_call *call, int64_t start, int64_t stop, int64_t increment,
                     struct dyn *ret_list)
{
    bool down = stop < start;
    uint64_t len = 0;
    if (start != stop && increment != 0 && down == (increment < 0)) {
        uint64_t distance =
            down ? (uint64_t)start - (uint64_t)stop : (uint64_t)stop - (uint64_t)start;
        uint64_t stride = down ? 0 - (uint64_t)increment : (uint64_t)increment;
        len = (distance - 1) / stride + 1;
    }
    size_t size;
    if (__builtin_mul_overflow(len, sizeof(struct dyn), &size) || !arena_fits(call->arena, size) ||
        len > UINT32_MAX)
        return call_limit(call, "E_TPL_MEMORY", "%.*s: the list is too long (limit render_memory)",
                          STR_ARG(call->name));
    if (!call_charge(call, len / 8))
        return false;
    struct dyn *items = ARENA_ARRAY(call->arena, struct dyn, (size_t)len);
    for (uint64_t i = 0; i < len; i++)
        items[i] = dyn_int((int64_t)((uint64_t)start + i * (uint64_t)increment));
    *ret_list = dyn_list(TYPE_LIST_INT, items, (size_t)len);
    return true;
}

bool fn_until(struct dyn_call *call)
{
    int64_t count = call->args[0].as.integer;
    return count_up(call, 0, count, count < 0 ? -1 : 1, &call->result);
}

bool fn_until_step(struct dyn_call *call)
{
    return count_up(call, call->args[0].as.integer, call->args[1].as.integer,
                    call->args[2].as.integer, &call->result);
}

bool fn_seq(struct dyn_call *call)
{
    int64_t numbers[3] = {0};
    if (call->argc == 0 || call->argc > 3)
        return call_return_str(call, STR(""));
    for (size_t i = 0; i < call->argc; i++)
        numbers[i] = call->args[i].as.integer;
    int64_t start = call->argc == 1 ? 1 : numbers[0];
    int64_t end = numbers[call->argc - 1];
    int64_t increment = end < start ? -1 : 1;
    int64_t stride = call->argc == 3 ? numbers[1] : increment;
    if (call->argc == 3 && end < start && stride > 0)
        return call_return_str(call, STR(""));
    struct dyn list;
    if (!count_up(call, start, end + increment, stride, &list))
        return false;
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    for (uint32_t i = 0; i < list.len; i++) {
        if (i > 0)
            buf_add_byte(&buf, ' ');
        buf_add_i64(&buf, list.as.items[i].as.integer);
    }
    return call_return_buf(call, &buf);
}
