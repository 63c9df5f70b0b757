#include "syncd/base/unicode.h"

static bool in_table(const struct unicode_table *table, uint32_t code)
{
    size_t low = 0, high = table->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (code > table->ranges[middle].hi)
            low = middle + 1;
        else if (code < table->ranges[middle].lo)
            high = middle;
        else
            return true;
    }
    return false;
}

/* In a category of two letters that begins so. */
static bool in_category(uint32_t code, str begin)
{
    for (size_t i = 0; i < unicode_categories_count; i++) {
        if (str_starts(unicode_categories[i].name, begin) && in_table(&unicode_categories[i], code))
            return true;
    }
    return false;
}

bool unicode_is_letter(uint32_t code)
{
    if (code < 0x80)
        return (code | 0x20) >= 'a' && (code | 0x20) <= 'z';
    return in_category(code, STR("L"));
}

bool unicode_is_digit(uint32_t code)
{
    if (code < 0x80)
        return code >= '0' && code <= '9';
    return in_category(code, STR("Nd"));
}

uint32_t unicode_fold(uint32_t code)
{
    for (size_t i = 0; i < unicode_folds_count; i++) {
        const struct fold_range *run = &unicode_folds[i];
        if (code < run->lo)
            break; /* runs are sorted by their begin */
        if (code <= run->hi && (code - run->lo) % run->stride == 0)
            return (uint32_t)((int64_t)code + run->delta);
    }
    return code;
}
