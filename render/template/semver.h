/* semver: versions and constraints as Masterminds/semver reads and checks them. */
#ifndef RENDER_TEMPLATE_SEMVER_H
#define RENDER_TEMPLATE_SEMVER_H

#include "syncd/base/arena.h"
#include "syncd/base/str.h"

struct semver {
    uint64_t major, minor, patch;
    str prerelease, metadata;
    str original;
};

/* "v1.2", "1.2.3-rc.1+build": missing parts are 0. False with the library's message. */
bool semver_parse(str text, struct semver *ret_version, const char **ret_message) MUST_USE;
/* By precedence; metadata does not count. */
int semver_compare(const struct semver *a, const struct semver *b);
str semver_text(const struct semver *version, struct arena *arena);

/* Does the version satisfy "^1.2 || >=3, <4"? False (the function) when it is no constraint. */
bool semver_check(str constraint, const struct semver *version, struct arena *arena,
                  bool *ret_satisfied, str *ret_message) MUST_USE;

#endif
