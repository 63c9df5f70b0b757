/* Paths and URLs. */
#include "render/template/fns.h"
#include "render/template/print.h"

/* path.Clean. */
str path_clean(str path, struct arena *arena)
{
    if (path.len == 0)
        return STR(".");
    bool rooted = path.ptr[0] == '/';
    char *out = arena_alloc_bytes(arena, path.len + 1);
    size_t len = 0;
    size_t keep = 0; /* what ".." may not remove */
    if (rooted)
        out[len++] = '/';
    keep = len;
    str rest = path;
    for (str part; str_cut(&rest, '/', &part);) {
        if (part.len == 0 || str_equal(part, STR(".")))
            continue;
        if (str_equal(part, STR("..")) && len > keep) {
            while (len > keep && out[len - 1] != '/')
                len--;
            if (len > keep)
                len--;
            continue;
        }
        bool up = str_equal(part, STR(".."));
        if (up && rooted)
            continue;
        if (len > (rooted ? 1 : 0))
            out[len++] = '/';
        memcpy(out + len, part.ptr, part.len);
        len += part.len;
        if (up)
            keep = len;
    }
    if (len == 0)
        out[len++] = '.';
    return str_from(out, len);
}

/* path.Base. */
str path_last(str path)
{
    if (path.len == 0)
        return STR(".");
    while (path.len > 0 && path.ptr[path.len - 1] == '/')
        path.len--;
    if (path.len == 0)
        return STR("/");
    size_t slash = str_rindex(path, '/');
    return slash == SIZE_MAX ? path : str_skip(path, slash + 1);
}

bool fn_base(struct dyn_call *call)
{
    return call_return_str(call, path_last(call_str(call, 0)));
}

bool fn_dir(struct dyn_call *call)
{
    str path = call_str(call, 0);
    size_t slash = str_rindex(path, '/');
    return call_return_str(
        call, path_clean(str_slice(path, 0, slash == SIZE_MAX ? 0 : slash + 1), call->arena));
}

bool fn_clean(struct dyn_call *call)
{
    return call_return_str(call, path_clean(call_str(call, 0), call->arena));
}

bool fn_ext(struct dyn_call *call)
{
    str path = call_str(call, 0);
    size_t dot = str_rindex(path, '.');
    size_t slash = str_rindex(path, '/');
    bool found = dot != SIZE_MAX && (slash == SIZE_MAX || dot > slash);
    return call_return_str(call, found ? str_skip(path, dot) : STR(""));
}

bool fn_is_abs(struct dyn_call *call)
{
    return call_return(call, dyn_bool(str_starts(call_str(call, 0), STR("/"))));
}

/* URLs. */

struct url {
    str scheme, opaque, userinfo, host, path, query, fragment;
    bool has_user;
};

static int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte |= 32;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* False when an escape is broken. */
static bool unescape(str text, struct arena *arena, str *ret_text)
{
    if (str_index(text, '%') == SIZE_MAX) {
        *ret_text = text;
        return true;
    }
    char *out = arena_alloc_bytes(arena, text.len);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '%') {
            out[len++] = text.ptr[i];
            continue;
        }
        if (i + 2 >= text.len || hex_digit(text.ptr[i + 1]) < 0 || hex_digit(text.ptr[i + 2]) < 0)
            return false;
        out[len++] = (char)(hex_digit(text.ptr[i + 1]) * 16 + hex_digit(text.ptr[i + 2]));
        i += 2;
    }
    *ret_text = str_from(out, len);
    return true;
}

/* Escapes everything but unreserved bytes and those in `allowed`. */
static str escape(str text, const char *allowed, struct arena *arena)
{
    AUTO_BUF struct buf buf = BUF_INIT(text.len * 3 + 8);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        bool plain = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                     (byte >= 'A' && byte <= 'Z') ||
                     (byte != '\0' && (strchr("-_.~", byte) != NULL || strchr(allowed, byte)));
        if (plain)
            buf_add_byte(&buf, (char)byte);
        else
            buf_printf(&buf, "%%%02X", byte);
    }
    return buf_copy(&buf, arena);
}

static bool split_scheme(str *rest, str *ret_scheme, const char **ret_message)
{
    for (size_t i = 0; i < rest->len; i++) {
        char c = rest->ptr[i];
        bool letter = (c | 32) >= 'a' && (c | 32) <= 'z';
        if (letter || (i > 0 && ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.')))
            continue;
        if (c != ':')
            return true;
        if (i == 0) {
            *ret_message = "missing protocol scheme";
            return false;
        }
        *ret_scheme = str_slice(*rest, 0, i);
        *rest = str_skip(*rest, i + 1);
        return true;
    }
    return true;
}

static bool is_port(str port)
{
    for (size_t i = 1; i < port.len; i++)
        if (port.ptr[i] < '0' || port.ptr[i] > '9')
            return false;
    return port.len == 0 || port.ptr[0] == ':';
}

static const char *quoted_message(const char *before, str text, const char *after,
                                  struct arena *arena)
{
    AUTO_BUF struct buf quoted = BUF_INIT(text.len * 10 + 8);
    go_quote(text, &quoted);
    return arena_printf(arena, "%s%s%s", before, quoted.ptr, after).ptr;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

/* unescape, with Go's complaint of the first "%" that is no escape. */
static bool unescape_part(str text, struct arena *arena, str *ret_text, const char **ret_message)
{
    if (unescape(text, arena, ret_text))
        return true;
    size_t at = 0;
    while (at < text.len &&
           (text.ptr[at] != '%' ||
            (at + 2 < text.len && is_hex(text.ptr[at + 1]) && is_hex(text.ptr[at + 2]))))
        at++;
    *ret_message = quoted_message("invalid URL escape ", str_slice(text, at, 3), "", arena);
    return false;
}

static bool parse_authority(str authority, struct arena *arena, struct url *url,
                            const char **ret_message)
{
    size_t at = str_rindex(authority, '@');
    str host = at == SIZE_MAX ? authority : str_skip(authority, at + 1);
    if (at != SIZE_MAX) {
        str name = str_slice(authority, 0, at);
        str user;
        str password = {0};
        size_t colon = str_index(name, ':');
        bool good =
            unescape(str_slice(name, 0, colon == SIZE_MAX ? name.len : colon), arena, &user);
        if (colon != SIZE_MAX)
            good = good && unescape(str_skip(name, colon + 1), arena, &password);
        if (!good) {
            *ret_message = "invalid userinfo";
            return false;
        }
        url->has_user = true;
        url->userinfo = escape(user, "$&+,;=", arena);
        if (colon != SIZE_MAX)
            url->userinfo =
                arena_concat(arena, url->userinfo, STR(":"), escape(password, "$&+,;=", arena));
    }
    size_t bracket = str_rindex(host, ']');
    size_t colon = str_rindex(host, ':');
    bool literal = str_starts(host, STR("["));
    if (literal && bracket == SIZE_MAX) {
        *ret_message = "missing ']' in host";
        return false;
    }
    str port = literal             ? str_skip(host, bracket + 1)
               : colon != SIZE_MAX ? str_skip(host, colon)
                                   : (str){0};
    if (!is_port(port)) {
        *ret_message = quoted_message("invalid port ", port, " after host", arena);
        return false;
    }
    for (size_t i = 0; i < host.len; i++) {
        if (strchr(" <>\"\\^`{|}", host.ptr[i]) != NULL) {
            *ret_message =
                quoted_message("invalid character ", str_slice(host, i, 1), " in host name", arena);
            return false;
        }
    }
    return unescape_part(host, arena, &url->host, ret_message);
}

static bool parse_url(str text, struct arena *arena, struct url *url, const char **ret_message)
{
    *url = (struct url){0};
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 127) {
            *ret_message = "net/url: invalid control character in URL";
            return false;
        }
    }
    size_t hash = str_index(text, '#');
    str rest = str_slice(text, 0, hash == SIZE_MAX ? text.len : hash);
    if (hash != SIZE_MAX &&
        !unescape_part(str_skip(text, hash + 1), arena, &url->fragment, ret_message))
        return false;
    if (!split_scheme(&rest, &url->scheme, ret_message))
        return false;
    AUTO_BUF struct buf lower = BUF_INIT(url->scheme.len + 1);
    for (size_t i = 0; i < url->scheme.len; i++)
        buf_add_byte(&lower, (char)(url->scheme.ptr[i] >= 'A' && url->scheme.ptr[i] <= 'Z'
                                        ? url->scheme.ptr[i] | 32
                                        : url->scheme.ptr[i]));
    url->scheme = buf_copy(&lower, arena);
    size_t question = str_index(rest, '?');
    if (question != SIZE_MAX) {
        url->query = str_skip(rest, question + 1);
        rest = str_slice(rest, 0, question);
    }
    if (!str_starts(rest, STR("/"))) {
        if (url->scheme.len > 0) {
            url->opaque = rest;
            return true;
        }
        size_t colon = str_index(rest, ':');
        size_t slash = str_index(rest, '/');
        if (colon != SIZE_MAX && (slash == SIZE_MAX || colon < slash)) {
            *ret_message = "first path segment in URL cannot contain colon";
            return false;
        }
    }
    if (str_starts(rest, STR("//")) && (url->scheme.len > 0 || !str_starts(rest, STR("///")))) {
        rest = str_skip(rest, 2);
        size_t slash = str_index(rest, '/');
        str authority = str_slice(rest, 0, slash == SIZE_MAX ? rest.len : slash);
        rest = str_skip(rest, authority.len);
        if (!parse_authority(authority, arena, url, ret_message))
            return false;
    }
    return unescape_part(rest, arena, &url->path, ret_message);
}

static str host_name(str host)
{
    size_t bracket = str_index(host, ']');
    if (str_starts(host, STR("[")) && bracket != SIZE_MAX)
        return str_slice(host, 1, bracket - 1);
    size_t colon = str_rindex(host, ':');
    return colon == SIZE_MAX ? host : str_slice(host, 0, colon);
}

bool fn_url_parse(struct dyn_call *call)
{
    struct url url;
    const char *message;
    str text = call_str(call, 0);
    if (!parse_url(text, call->arena, &url, &message))
        return call_error(call, "%s%s",
                          quoted_message("unable to parse url: parse ", text, ": ", call->arena),
                          message);
    struct dyn_map *map = dyn_map_create(call->arena);
    const struct {
        const char *key;
        str text;
    } parts[] = {
        {"fragment", url.fragment}, {"host", url.host},        {"hostname", host_name(url.host)},
        {"opaque", url.opaque},     {"path", url.path},        {"query", url.query},
        {"scheme", url.scheme},     {"userinfo", url.userinfo}};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        dyn_map_set(map, call->arena, str_z(parts[i].key), dyn_string(parts[i].text));
    return call_return(call, dyn_of_map(TYPE_MAP_ANY, map));
}

static bool url_part(struct dyn_call *call, const char *key, str *ret_text)
{
    const struct dyn *found = dyn_get(call->args[0], str_z(key));
    *ret_text = (str){0};
    if (found == NULL)
        return true;
    if (found->kind != DYN_STRING)
        return call_error(call, "unable to parse %s key, must be of type string, but %s found", key,
                          dyn_kind_name(*found));
    *ret_text = dyn_str(*found);
    return true;
}

static void print_url(const struct url *url, struct arena *arena, struct buf *buf)
{
    if (url->scheme.len > 0) {
        buf_add(buf, url->scheme);
        buf_add_byte(buf, ':');
    }
    if (url->opaque.len > 0) {
        buf_add(buf, url->opaque);
    } else {
        str path = escape(url->path, "$&+,/:;=@", arena);
        if (url->scheme.len > 0 || url->host.len > 0 || url->has_user) {
            if (url->host.len > 0 || path.len > 0 || url->has_user)
                buf_add(buf, url->host.len == 0 && !url->has_user && !str_starts(path, STR("//")) &&
                                     url->scheme.len == 0
                                 ? STR("")
                                 : STR("//"));
            if (url->has_user) {
                buf_add(buf, url->userinfo);
                buf_add_byte(buf, '@');
            }
            buf_add(buf, escape(url->host, "!$&'()*+,;=:[]<>\"", arena));
        }
        if (path.len > 0 && path.ptr[0] != '/' && url->host.len > 0)
            buf_add_byte(buf, '/');
        size_t colon = str_index(path, ':');
        size_t slash = str_index(path, '/');
        if (buf->len == 0 && colon != SIZE_MAX && (slash == SIZE_MAX || colon < slash))
            buf_add(buf, STR("./"));
        buf_add(buf, path);
    }
    if (url->query.len > 0)
        buf_printf(buf, "?%.*s", STR_ARG(url->query));
    if (url->fragment.len > 0)
        buf_printf(buf, "#%.*s", STR_ARG(escape(url->fragment, "!$&()*+,/:;=?@'", arena)));
}

bool fn_url_join(struct dyn_call *call)
{
    struct url url = {0};
    str userinfo;
    if (!url_part(call, "scheme", &url.scheme) || !url_part(call, "host", &url.host) ||
        !url_part(call, "path", &url.path) || !url_part(call, "query", &url.query) ||
        !url_part(call, "opaque", &url.opaque) || !url_part(call, "fragment", &url.fragment) ||
        !url_part(call, "userinfo", &userinfo))
        return false;
    if (userinfo.len > 0) {
        struct url user;
        const char *message;
        if (!parse_url(arena_printf(call->arena, "proto://%.*s@host", STR_ARG(userinfo)),
                       call->arena, &user, &message))
            return call_error(call, "unable to parse userinfo in dict: %s", message);
        url.userinfo = user.userinfo;
        url.has_user = user.has_user;
    }
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    print_url(&url, call->arena, &buf);
    return call_return_buf(call, &buf);
}
