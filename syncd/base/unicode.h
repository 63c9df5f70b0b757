/* unicode: general categories, scripts and simple case folding, as Go's unicode package has them.
 */
#ifndef SYNCD_BASE_UNICODE_H
#define SYNCD_BASE_UNICODE_H

#include "syncd/base/str.h"

#define UNICODE_MAX 0x10ffffu

struct code_range {
    uint32_t lo, hi; /* both included */
};

struct unicode_table {
    str name;
    const struct code_range *ranges; /* sorted, apart */
    size_t count;
};

/* Categories of two letters but Cn; scripts. */
extern const struct unicode_table unicode_categories[];
extern const size_t unicode_categories_count;
extern const struct unicode_table unicode_scripts[];
extern const size_t unicode_scripts_count;

/* Long names of categories: "Decimal_Number" for "Nd". */
struct unicode_alias {
    str alias, name;
};
extern const struct unicode_alias unicode_aliases[];
extern const size_t unicode_aliases_count;

/* lo, lo + stride … hi: each folds to the code point `delta` further on in its orbit. */
struct fold_range {
    uint32_t lo, hi, stride;
    int32_t delta;
};
extern const struct fold_range unicode_folds[];
extern const size_t unicode_folds_count;

/* Category L, category Nd. */
bool unicode_is_letter(uint32_t code);
bool unicode_is_digit(uint32_t code);

/* The next code point that differs only in case; after some steps it is the first again. A code
 * point without case is its own. */
uint32_t unicode_fold(uint32_t code);

#endif
