/* Paths as text: joining, taking apart, and names a tree must not have. */
#include "syncd/snapshot/snapshot.h"

#include "syncd/snapshot/snapshot_internal.h"

static bool escapes(struct error *err, str path)
{
    return error_rule(err, ERROR_INPUT, "E_PATH_ESCAPE", "path \"%.*s\" leaves the repository",
                      STR_ARG(str_slice(path, 0, 200)));
}

/* Appends the components of `path` to out[0, *len), which is clean. False when it goes too far up.
 */
static bool append_clean(char *out, size_t *len, str path)
{
    str name;
    while (str_cut(&path, '/', &name)) {
        if (name.len == 0 || str_equal(name, STR(".")))
            continue;
        if (str_equal(name, STR(".."))) {
            if (*len == 0)
                return false;
            size_t slash = str_rindex(str_from(out, *len), '/');
            *len = slash == SIZE_MAX ? 0 : slash;
            continue;
        }
        if (*len != 0)
            out[(*len)++] = '/';
        memcpy(out + *len, name.ptr, name.len);
        *len += name.len;
    }
    return true;
}

bool path_join(str base, str relative, struct arena *arena, str *ret_path, struct error *err)
{
    if (relative.len != 0 && relative.ptr[0] == '/') {
        (void)escapes(err, relative); /* the class is set, the reason said better */
        return error_hint(err, "absolute paths are not allowed: write it relative to this file");
    }
    if (relative.len > SNAPSHOT_PATH_MAX || base.len > SNAPSHOT_PATH_MAX)
        return error_rule(err, ERROR_INPUT, "E_PATH_ESCAPE", "path is longer than %d bytes",
                          SNAPSHOT_PATH_MAX);
    if (str_index(relative, '\0') != SIZE_MAX)
        return error_rule(err, ERROR_INPUT, "E_PATH_ESCAPE", "path holds a NUL byte");
    char *out = arena_alloc_bytes(arena, base.len + relative.len + 2);
    size_t len = 0;
    if (!append_clean(out, &len, base) || !append_clean(out, &len, relative))
        return escapes(err, relative);
    out[len] = '\0';
    *ret_path = str_from(out, len);
    return true;
}

str path_directory(str path)
{
    size_t slash = str_rindex(path, '/');
    return slash == SIZE_MAX ? STR("") : str_slice(path, 0, slash);
}

str path_base(str path)
{
    size_t slash = str_rindex(path, '/');
    return slash == SIZE_MAX ? path : str_skip(path, slash + 1);
}

/* Code points that HFS+ ignores in names, so that ".g<U+200C>it" would be ".git" there. */
static bool ignored_by_hfs(uint32_t code)
{
    return (code >= 0x200c && code <= 0x200f) || (code >= 0x202a && code <= 0x202e) ||
           (code >= 0x206a && code <= 0x206f) || code == 0xfeff;
}

/* True when `name` begins with ".git" for HFS+ (case folded, ignored points dropped) and ends. */
static bool is_hfs_dot_git(str name)
{
    static const char want[] = ".git";
    size_t matched = 0;
    while (name.len != 0) {
        uint32_t code;
        size_t len = str_decode_utf8(name, &code);
        if (len == 0)
            return false;
        name = str_skip(name, len);
        if (ignored_by_hfs(code))
            continue;
        if (code >= 'A' && code <= 'Z')
            code += 'a' - 'A';
        if (matched == sizeof(want) - 1 || code != (unsigned char)want[matched])
            return false;
        matched++;
    }
    return matched == sizeof(want) - 1;
}

/* NTFS drops spaces and dots at the end, reads ":" as a stream's name, and has short names. */
static bool is_ntfs_dot_git(str name)
{
    size_t len;
    if (str_equal_fold(str_slice(name, 0, 4), STR(".git")))
        len = 4;
    else if (str_equal_fold(str_slice(name, 0, 5), STR("git~1")))
        len = 5;
    else
        return false;
    str rest = str_skip(name, len);
    size_t stream = str_index(rest, ':');
    return str_trim_left(str_slice(rest, 0, stream), STR(" .")).len == 0;
}

static bool tree_name_refuse(struct error *err, str name, const char *why)
{
    return error_rule(err, ERROR_INPUT, "E_TREE_NAME", "tree entry \"%.*s\" %s",
                      STR_ARG(str_slice(name, 0, 120)), why);
}

bool tree_name_check(str name, struct error *err)
{
    if (name.len == 0)
        return tree_name_refuse(err, name, "has no name");
    if (name.len > 255)
        return tree_name_refuse(err, name, "is longer than 255 bytes");
    if (str_equal(name, STR(".")) || str_equal(name, STR("..")))
        return tree_name_refuse(err, name, "is a path step, not a name");
    for (size_t i = 0; i < name.len; i++) {
        unsigned char byte = (unsigned char)name.ptr[i];
        if (byte == '/')
            return tree_name_refuse(err, name, "holds a slash");
        if (byte < 0x20 || byte == 0x7f)
            return tree_name_refuse(err, name, "holds a control byte");
    }
    /* A backslash separates names on Windows: look at each piece. */
    str rest = name, piece;
    while (str_cut(&rest, '\\', &piece)) {
        if (is_hfs_dot_git(piece) || is_ntfs_dot_git(piece))
            return tree_name_refuse(err, name, "is a spelling of .git");
        if (piece.len != name.len && str_equal(piece, STR("..")))
            return tree_name_refuse(err, name, "holds a path step");
    }
    return true;
}
