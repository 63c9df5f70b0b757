/* One value on its way into text, shared by print.c and printf.c only. */
#ifndef RENDER_TEMPLATE_PRINT_INTERNAL_H
#define RENDER_TEMPLATE_PRINT_INTERNAL_H

#include "render/template/print.h"

#define WIDTH_MAX 1000000 /* Go's own bound for width and precision */

struct printer {
    struct buf *buf;
    struct arena *arena;
    bool plus, minus, sharp, space, zero;
    bool plus_v, sharp_v;
    int width, precision; /* -1: none */
};

/* As it is: "%v" without anything. */
void print_plain(struct printer *p, struct dyn v);
/* What Go says of a verb that does not fit the value. */
void print_bad_verb(struct printer *p, struct dyn v, uint32_t verb);
/* `text` is v's, or another form of it. */
void print_string(struct printer *p, str text, struct dyn v, uint32_t verb);
/* Under the verb, `depth` levels inside of what is printed. */
void print_value(struct printer *p, struct dyn v, uint32_t verb, unsigned depth);

#endif
