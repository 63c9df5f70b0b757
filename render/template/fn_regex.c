/* Regular expressions. */
#include "render/template/fns.h"
#include "render/template/print.h"
#include "render/template/run.h"
#include "syncd/base/regex.h"

static bool compile(struct dyn_call *call, const struct regex **ret_regex)
{
    struct error err = ERROR_INIT;
    if (regex_compile(call_str(call, 0), call->run->limits, call->arena, ret_regex, &err))
        return true;
    if (err.class == ERROR_LIMIT)
        return call_limit(call, "E_TPL_REGEX", "%.*s: %s", STR_ARG(call->name), err.text);
    if (str_starts(call->name, STR("must")))
        return call_error(call, "%s", err.text);
    AUTO_BUF struct buf quoted = BUF_INIT(SIZE_MAX / 2);
    go_quote_raw(call_str(call, 0), &quoted);
    return call_error_text(call, arena_printf(call->arena, "regexp: Compile(%.*s): %s",
                                              STR_ARG(buf_str(&quoted)), err.text));
}

/* Time is linear in the text: charge for it. */
static bool charge_text(struct dyn_call *call, str text)
{
    return call_charge(call, 1 + text.len / 2);
}

bool fn_must_regex_match(struct dyn_call *call)
{
    const struct regex *regex;
    return compile(call, &regex) && charge_text(call, call_str(call, 1)) &&
           call_return(call, dyn_bool(regex_matches(regex, call_str(call, 1), call->arena)));
}

/* A pattern that does not compile matches nothing. */
bool fn_regex_match(struct dyn_call *call)
{
    struct error err = ERROR_INIT;
    const struct regex *regex;
    if (!regex_compile(call_str(call, 0), call->run->limits, call->arena, &regex, &err) &&
        err.class != ERROR_LIMIT)
        return call_return(call, dyn_bool(false));
    return fn_must_regex_match(call);
}

bool fn_regex_find(struct dyn_call *call)
{
    const struct regex *regex;
    struct capture match;
    str text = call_str(call, 1);
    if (!compile(call, &regex) || !charge_text(call, text))
        return false;
    bool found = regex_find(regex, text, 0, &match, 1, call->arena);
    return call_return_str(call,
                           found ? str_slice(text, match.start, match.end - match.start) : STR(""));
}

/* The next match as Go walks through a text: an empty match right behind another does not count. */
struct walk {
    const struct regex *regex;
    str text;
    size_t from;
    size_t last_end;
    bool any;
};

static bool next_match(struct dyn_call *call, struct walk *walk, struct capture *ret_match)
{
    while (walk->from <= walk->text.len) {
        struct capture match;
        if (!regex_find(walk->regex, walk->text, walk->from, &match, 1, call->arena))
            return false;
        bool accepted = true;
        if (match.end == match.start) {
            accepted = !walk->any || match.start != walk->last_end;
            uint32_t code;
            size_t len = str_decode_utf8(str_skip(walk->text, match.end), &code);
            walk->from = match.end + (len == 0 ? 1 : len);
        } else {
            walk->from = match.end;
        }
        walk->last_end = match.end;
        walk->any = true;
        if (accepted) {
            *ret_match = match;
            return true;
        }
    }
    return false;
}

bool fn_regex_find_all(struct dyn_call *call)
{
    const struct regex *regex;
    str text = call_str(call, 1);
    int64_t limit = call->args[2].as.integer;
    if (!compile(call, &regex))
        return false;
    VEC(struct dyn) found = {0};
    struct walk walk = {.regex = regex, .text = text};
    struct capture match;
    while ((limit < 0 || (int64_t)found.len < limit) && next_match(call, &walk, &match)) {
        if (!call_charge(call, 1 + (match.end - match.start) / 16))
            return false;
        VEC_PUSH(call->arena, &found,
                 dyn_string(str_slice(text, match.start, match.end - match.start)));
    }
    struct dyn list = dyn_list(TYPE_LIST_STRING, found.items, found.len);
    list.null = found.len == 0;
    return charge_text(call, text) && call_return(call, list);
}

static bool replace_all(struct dyn_call *call, bool literal)
{
    const struct regex *regex;
    if (!compile(call, &regex) || !charge_text(call, call_str(call, 1)))
        return false;
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    return call_return_str(call, regex_replace(regex, call_str(call, 1), call_str(call, 2), literal,
                                               call->arena, scratch));
}

bool fn_regex_replace_all(struct dyn_call *call)
{
    return replace_all(call, false);
}

bool fn_regex_replace_all_literal(struct dyn_call *call)
{
    return replace_all(call, true);
}

bool fn_regex_split(struct dyn_call *call)
{
    const struct regex *regex;
    str text = call_str(call, 1);
    int64_t limit = call->args[2].as.integer;
    if (!compile(call, &regex) || !charge_text(call, text))
        return false;
    VEC(struct dyn) parts = {0};
    if (limit == 0) {
        struct dyn none = dyn_list(TYPE_LIST_STRING, NULL, 0);
        none.null = true;
        return call_return(call, none);
    }
    struct walk walk = {.regex = regex, .text = text};
    struct capture match;
    size_t begin = 0;
    size_t end = 0;
    bool pattern_empty = call_str(call, 0).len == 0;
    if (!pattern_empty && text.len == 0) {
        VEC_PUSH(call->arena, &parts, dyn_string(STR("")));
        return call_return(call, dyn_list(TYPE_LIST_STRING, parts.items, parts.len));
    }
    while ((limit < 0 || (int64_t)parts.len + 1 < limit) && next_match(call, &walk, &match)) {
        end = match.start;
        if (match.end != 0)
            VEC_PUSH(call->arena, &parts, dyn_string(str_slice(text, begin, end - begin)));
        begin = match.end;
        if (!call_charge(call, 1))
            return false;
    }
    if (end != text.len)
        VEC_PUSH(call->arena, &parts, dyn_string(str_skip(text, begin)));
    return call_return(call, dyn_list(TYPE_LIST_STRING, parts.items, parts.len));
}

bool fn_regex_quote_meta(struct dyn_call *call)
{
    str text = call_str(call, 0);
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '\0' && strchr("\\.+*?()|[]{}^$", text.ptr[i]) != NULL)
            buf_add_byte(&buf, '\\');
        buf_add_byte(&buf, text.ptr[i]);
    }
    return call_return_buf(call, &buf);
}
