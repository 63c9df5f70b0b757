/* pattern: names with "*" (any bytes) and "?" (any one), as ssh and file lists write them. */
#ifndef SYNCD_BASE_PATTERN_H
#define SYNCD_BASE_PATTERN_H

#include "syncd/base/str.h"

/* `fold`: ASCII letters of any case. */
bool pattern_matches(str pattern, str name, bool fold);
/* Patterns with commas between; one with "!" that matches takes the name out. */
bool pattern_list_matches(str list, str name, bool fold);

#endif
