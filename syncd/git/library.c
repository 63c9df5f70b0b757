/* libgit2 as a whole: its options, its errors. */
#include "syncd/git/child.h"

#include "syncd/base/check.h"

#include <stdarg.h>
#include <stdio.h>

#define MAPPED_MAX (256u << 20)
#define CACHE_MAX  (32 << 20)

bool library_init(const struct limits *limits, struct error *err)
{
    if (git_libgit2_init() < 0)
        return error_set(err, ERROR_INTERNAL, "libgit2 does not start");
    static const int levels[] = {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG,
                                 GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_PROGRAMDATA};
    int failed = 0;
    for (size_t i = 0; i < ARRAY_LEN(levels); i++)
        failed |= git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
    size_t object_max = (size_t)limits->git_object_bytes,
           objects = (size_t)limits->git_pack_objects;
    failed |= git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1);
    failed |= git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 1);
    failed |= git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
    failed |= git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 1);
    failed |= git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, (size_t)MAPPED_MAX);
    failed |= git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)CACHE_MAX);
    failed |= git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS, objects);
    failed |= git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECT_SIZE, object_max);
    failed |= git_libgit2_opts(GIT_OPT_SET_USER_AGENT, "syncd/" SYNCD_VERSION);
    /* Another libgit2 may number its options differently: what was set must be what is read. */
    size_t read_size = 0, read_objects = 0;
    failed |= git_libgit2_opts(GIT_OPT_GET_PACK_MAX_OBJECT_SIZE, &read_size);
    failed |= git_libgit2_opts(GIT_OPT_GET_PACK_MAX_OBJECTS, &read_objects);
    if (failed != 0 || read_size != object_max || read_objects != objects)
        return error_rule(err, ERROR_INTERNAL, "E_GIT_LIBRARY",
                          "this libgit2 is not the one syncd was built with");
    return true;
}

str foreign_text(struct arena *arena, const char *text, size_t max, bool lines)
{
    str rest = str_slice(str_z(text), 0, max);
    char *out = arena_alloc_bytes(arena, 3 * rest.len + 1);
    size_t len = 0;
    while (rest.len != 0) {
        uint32_t code;
        size_t size = str_decode_utf8(rest, &code);
        bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
        bool bidi = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
        if (size == 0)
            len += str_encode_utf8(0xfffd, out + len);
        else if (lines && code == '\n')
            out[len++] = '\n';
        else if (control || bidi)
            out[len++] = ' ';
        else
            len += str_encode_utf8(code, out + len);
        rest = str_skip(rest, size == 0 ? 1 : size);
    }
    out[len] = '\0';
    return str_from(out, len);
}

/* What libgit2's code and class mean for the daemon. */
static enum error_class classify(int code, int class, const char **ret_rule)
{
    *ret_rule = "";
    switch (code) {
    case GIT_EAUTH: *ret_rule = "E_GIT_AUTH"; return ERROR_DENIED;
    case GIT_ECERTIFICATE: *ret_rule = "E_GIT_CERTIFICATE"; return ERROR_DENIED;
    case GIT_ELOCKED: *ret_rule = "E_GIT_LOCKED"; return ERROR_UNAVAILABLE;
    case GIT_EMISMATCH: *ret_rule = "E_OBJ_CORRUPT"; return ERROR_INPUT;
    case GIT_EOWNER: *ret_rule = "E_GIT_OWNER"; return ERROR_DENIED;
    case GIT_EINVALIDSPEC: *ret_rule = "E_REF_NAME"; return ERROR_INPUT;
    default: break;
    }
    switch (class) {
    case GIT_ERROR_ODB:
        *ret_rule = code == GIT_ENOTFOUND ? "E_OBJ_MISSING" : "E_OBJ_CORRUPT";
        return ERROR_INPUT;
    case GIT_ERROR_ZLIB:
    case GIT_ERROR_OBJECT:
    case GIT_ERROR_TREE:
    case GIT_ERROR_TAG: *ret_rule = "E_OBJ_CORRUPT"; return ERROR_INPUT;
    case GIT_ERROR_REFERENCE:
        *ret_rule = code == GIT_ERROR ? "E_REF_CORRUPT" : "";
        return code == GIT_ENOTFOUND ? ERROR_NOT_FOUND : ERROR_INPUT;
    case GIT_ERROR_INDEXER: *ret_rule = "E_PACK"; return ERROR_INPUT;
    case GIT_ERROR_NOMEMORY: *ret_rule = "E_OBJ_SIZE"; return ERROR_LIMIT;
    case GIT_ERROR_OS:
    case GIT_ERROR_NET:
    case GIT_ERROR_SSL:
    case GIT_ERROR_SSH:
    case GIT_ERROR_HTTP: return ERROR_UNAVAILABLE;
    default: return code == GIT_ENOTFOUND ? ERROR_NOT_FOUND : ERROR_UNAVAILABLE;
    }
}

bool library_failed(struct git_work *work, int code, struct error *err, const char *format, ...)
{
    char what[256];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(what, sizeof(what), format, arguments);
    va_end(arguments);
    if (work->failure.class != ERROR_NONE) {
        *err = work->failure;
        error_clear(&work->failure);
        return error_wrap(err, "%s", what);
    }
    const git_error *last = git_error_last();
    const char *rule;
    enum error_class class = classify(code, last != NULL ? last->klass : 0, &rule);
    str text =
        foreign_text(work->arena, last != NULL ? last->message : "no reason given", 256, false);
    if (rule[0] == '\0')
        return error_set(err, class, "%s: %.*s", what, STR_ARG(text));
    return error_rule(err, class, rule, "%s: %.*s", what, STR_ARG(text));
}

bool library_is_damage(const struct error *err)
{
    str rule = str_z(err->rule);
    return str_equal(rule, STR("E_OBJ_CORRUPT")) || str_equal(rule, STR("E_OBJ_MISSING")) ||
           str_equal(rule, STR("E_REF_CORRUPT"));
}

const char *zero_ended(struct git_work *work, str text)
{
    return arena_str(work->arena, text).ptr;
}

void oid_hex(const git_oid *oid, char out[41])
{
    (void)git_oid_tostr(out, 41, oid); /* always gives out */
}

bool oid_read(str hex, git_oid *ret_oid, struct error *err)
{
    if (hex.len == GIT_OID_HEXSZ && git_oid_fromstrn(ret_oid, hex.ptr, hex.len) == 0)
        return true;
    return error_rule(err, ERROR_INPUT, "E_OID", "\"%.*s\" is no commit id",
                      STR_ARG(str_slice(hex, 0, 60)));
}
