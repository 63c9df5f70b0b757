#include "syncd/base/check.h"

#include <stdio.h>
#include <stdlib.h>

void check_failed(const char *condition, const char *file, int line)
{
    (void)fprintf(stderr, "syncd: bug: %s:%d: %s does not hold\n", file, line, condition);
    abort();
}
