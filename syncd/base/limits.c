#include "syncd/base/limits.h"

static const struct limits defaults = {
#define LIMITS_DEFAULT(field, value, unit, what) .field = (value),
    LIMITS_TABLE(LIMITS_DEFAULT)
#undef LIMITS_DEFAULT
};

static const struct limits_row rows[] = {
#define LIMITS_ROW(field, value, unit, what)                                                       \
    {#field, (value), unit, what, offsetof(struct limits, field)},
    LIMITS_TABLE(LIMITS_ROW)
#undef LIMITS_ROW
};

const struct limits *limits_default(void)
{
    return &defaults;
}

const struct limits_row *limits_rows(size_t *ret_count)
{
    *ret_count = ARRAY_LEN(rows);
    return rows;
}
