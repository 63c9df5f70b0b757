/*
 * regex: RE2's syntax and leftmost-first semantics (what Go's regexp package does), in time linear
 * in the text. Own matcher: a parser, a compiler to instructions, a backtracker with a visited
 * bitmap for small cases and a parallel simulation for the rest.
 */
#ifndef SYNCD_BASE_REGEX_H
#define SYNCD_BASE_REGEX_H

#include "syncd/base/arena.h"
#include "syncd/base/error.h"
#include "syncd/base/limits.h"
#include "syncd/base/str.h"

struct regex; /* immutable after compiling: may be shared */

/* One capture: offsets into the text, SIZE_MAX when the group did not take part. */
struct capture {
    size_t start, end;
};

/* ERROR_INPUT with Go's own error text; ERROR_LIMIT for size. Lives in the arena. */
bool regex_compile(str pattern, const struct limits *limits, struct arena *arena,
                   const struct regex **ret_regex, struct error *err) MUST_USE;

/* Groups including the whole match as 0. */
size_t regex_group_count(const struct regex *regex);
/* Name of a group, or the empty view. */
str regex_group_name(const struct regex *regex, size_t group);

/* Does it match anywhere? Works in `scratch`, which is rewound. */
bool regex_matches(const struct regex *regex, str text, struct arena *scratch);
/*
 * The leftmost match that begins at or after `from`; captures[count] is filled. `from` only moves
 * the start: ^, \b and friends still see what stands before it.
 */
bool regex_find(const struct regex *regex, str text, size_t from, struct capture *captures,
                size_t count, struct arena *scratch);

/*
 * All matches one after the other, as Go's FindAll gives them: begin with a zeroed walk. An empty
 * match right behind another one is left out. count is at least 1.
 */
struct regex_walk {
    size_t at, last_end;
    bool begun, done;
};
bool regex_next(const struct regex *regex, str text, struct regex_walk *walk,
                struct capture *captures, size_t count, struct arena *scratch);

/* Go's ReplaceAllString ($1, ${name}, $$) or, with `literal`, ReplaceAllLiteralString. */
str regex_replace(const struct regex *regex, str text, str replacement, bool literal,
                  struct arena *arena, struct arena *scratch);

#endif
