/* glob: gobwas/glob's patterns with '/' as separator, as .Files.Glob takes them. */
#ifndef RENDER_TEMPLATE_GLOB_H
#define RENDER_TEMPLATE_GLOB_H

#include "syncd/base/arena.h"
#include "syncd/base/str.h"

struct glob;

/* `*`, `**`, `?`, `[a-z]`, `[!abc]`, `{a,b}` and `\`. NULL when the pattern is malformed. */
const struct glob *glob_compile(str pattern, struct arena *arena);
/* In time that grows with the product of both lengths. */
bool glob_matches(const struct glob *glob, str text);

#endif
