#include "syncd/base/pattern.h"

static bool byte_matches(str pattern, size_t p, str name, size_t at, bool fold)
{
    if (pattern.ptr[p] == '?' || pattern.ptr[p] == name.ptr[at])
        return true;
    return fold && str_equal_fold(str_slice(pattern, p, 1), str_slice(name, at, 1));
}

/* The last star's way back is enough, so the time is at most their product. */
bool pattern_matches(str pattern, str name, bool fold)
{
    size_t at = 0, p = 0, star = SIZE_MAX, mark = 0;
    while (at < name.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            mark = at;
        } else if (p < pattern.len && byte_matches(pattern, p, name, at, fold)) {
            p++;
            at++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            at = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

bool pattern_list_matches(str list, str name, bool fold)
{
    bool found = false;
    str pattern;
    while (str_cut(&list, ',', &pattern)) {
        bool negated = str_starts(pattern, STR("!"));
        if (!pattern_matches(str_skip(pattern, negated ? 1 : 0), name, fold))
            continue;
        if (negated)
            return false;
        found = true;
    }
    return found;
}
