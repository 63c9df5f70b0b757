/* Where a repository is, as text. Strict: what is not understood is refused. */
#include "syncd/git/job_internal.h"

static bool refuse(struct error *err, const char *why)
{
    /* The text is not repeated: it may hold a password. */
    return error_rule(err, ERROR_INPUT, "E_URL", "the repository's URL %s", why);
}

static bool is_host_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '.' || byte == '-' || byte == '_';
}

static bool is_user_byte(char byte)
{
    return is_host_byte(byte) || byte == '+' || byte == '~';
}

/* ASCII only: another script's letters look like these and are other hosts (write "xn--…"). */
static bool host_check(str host, struct error *err)
{
    if (host.len == 0 || host.len > 253)
        return refuse(err, "has no host");
    if (host.ptr[0] == '[') {
        for (size_t i = 1; i < host.len - 1; i++)
            if (strchr("0123456789abcdefABCDEF:.", host.ptr[i]) == NULL)
                return refuse(err, "has a malformed address as host");
        return host.ptr[host.len - 1] == ']' || refuse(err, "has a malformed address as host");
    }
    if (host.ptr[0] == '-')
        return refuse(err, "has a host that begins with a dash");
    for (size_t i = 0; i < host.len; i++)
        if (!is_host_byte(host.ptr[i]))
            return refuse(err, "has a host with other bytes than letters, digits, \".-_\"");
    return true;
}

static bool user_check(str user, struct error *err)
{
    if (user.len != 0 && user.ptr[0] == '-')
        return refuse(err, "has a user that begins with a dash");
    for (size_t i = 0; i < user.len; i++)
        if (user.ptr[i] == ':')
            return refuse(err, "holds a password: put it into the credentials");
        else if (!is_user_byte(user.ptr[i]))
            return refuse(err, "has a malformed user");
    return true;
}

/* Server paths end up in a quoted command on the other side (ssh), or in a request line. */
static bool path_check(str path, struct error *err)
{
    if (path.len == 0 || str_equal(path, STR("/")))
        return refuse(err, "has no path");
    if (path.ptr[0] == '-')
        return refuse(err, "has a path that begins with a dash");
    for (size_t i = 0; i < path.len; i++) {
        unsigned char byte = (unsigned char)path.ptr[i];
        if (byte <= ' ' || byte >= 0x7f || strchr("'\"`\\$?#<>|;&*(){}[]!^", byte) != NULL)
            return refuse(err, "has a path with bytes that a Git server's path has not");
    }
    return true;
}

/* "host[:port]" */
static bool authority(str text, struct url *url, struct error *err)
{
    size_t bracket = text.len != 0 && text.ptr[0] == '[' ? str_index(text, ']') : 0;
    if (bracket == SIZE_MAX)
        return refuse(err, "has a malformed address as host");
    size_t colon = str_index(str_skip(text, bracket), ':');
    url->host = colon == SIZE_MAX ? text : str_slice(text, 0, bracket + colon);
    if (colon != SIZE_MAX) {
        uint64_t port;
        if (!str_to_u64(str_skip(text, bracket + colon + 1), &port) || port == 0 || port > 65535)
            return refuse(err, "has a malformed port");
        url->port = (uint16_t)port;
    }
    return host_check(url->host, err);
}

static bool after_scheme(str rest, struct url *url, struct error *err)
{
    size_t slash = str_index(rest, '/');
    str left = str_slice(rest, 0, slash);
    url->path = slash == SIZE_MAX ? STR("") : str_skip(rest, slash);
    size_t at = str_rindex(left, '@');
    if (at != SIZE_MAX) {
        if (url->scheme == URL_HTTPS)
            return refuse(err, "holds a user: put it into the credentials");
        url->user = str_slice(left, 0, at);
        left = str_skip(left, at + 1);
        if (!user_check(url->user, err))
            return false;
    }
    return authority(left, url, err) && path_check(url->path, err);
}

/* "user@host:path" */
static bool short_ssh(str text, size_t colon, struct url *url, struct error *err)
{
    str left = str_slice(text, 0, colon);
    url->scheme = URL_SSH;
    url->path = str_skip(text, colon + 1);
    size_t at = str_rindex(left, '@');
    url->host = at == SIZE_MAX ? left : str_skip(left, at + 1);
    url->user = at == SIZE_MAX ? STR("") : str_slice(left, 0, at);
    return user_check(url->user, err) && host_check(url->host, err) && path_check(url->path, err);
}

static bool local(str path, struct url *url, struct error *err)
{
    if (path.len == 0 || path.ptr[0] != '/')
        return refuse(err, "is a local path that does not begin with a slash");
    url->scheme = URL_LOCAL;
    url->path = path;
    return true;
}

bool url_parse(str text, struct url *ret_url, struct error *err)
{
    struct url url = {0};
    if (text.len == 0 || text.len > 2048)
        return refuse(err, text.len == 0 ? "is empty" : "is longer than 2048 bytes");
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
            return refuse(err, "holds control bytes");
    size_t scheme = str_find(text, STR("://"));
    size_t colon = str_index(text, ':');
    bool done;
    if (str_starts(text, STR("https://"))) {
        url.scheme = URL_HTTPS;
        done = after_scheme(str_skip(text, 8), &url, err);
    } else if (str_starts(text, STR("ssh://"))) {
        url.scheme = URL_SSH;
        done = after_scheme(str_skip(text, 6), &url, err);
    } else if (str_starts(text, STR("file://"))) {
        done = local(str_skip(text, 7), &url, err);
    } else if (scheme != SIZE_MAX || str_find(text, STR("::")) != SIZE_MAX) {
        done = refuse(err, "has a scheme other than https, ssh and file");
    } else if (text.ptr[0] == '/' || colon == SIZE_MAX) {
        done = local(text, &url, err);
    } else {
        done = short_ssh(text, colon, &url, err);
    }
    if (done)
        *ret_url = url;
    return done;
}

bool repo_url_check(str url, struct error *err)
{
    struct url parts;
    return url_parse(url, &parts, err);
}

bool repo_url_is_local(str url, str *ret_path)
{
    struct url parts;
    struct error err = ERROR_INIT;
    if (!url_parse(url, &parts, &err) || parts.scheme != URL_LOCAL)
        return false;
    *ret_path = parts.path;
    return true;
}
