/* print: Go's fmt: what printing a value and printf give. */
#ifndef RENDER_TEMPLATE_PRINT_H
#define RENDER_TEMPLATE_PRINT_H

#include "render/template/dyn.h"

/*
 * strconv.FormatFloat: format 'e', 'f', 'g' (or upper case); precision -1 is the shortest text
 * that reads back. Writes to out, returns the length.
 */
#define GO_FLOAT_MAX 1100
size_t go_format_float(double number, char format, int precision, char *out);
/* strconv.Quote. */
void go_quote(str text, struct buf *buf);
/* In back quotes where that is possible, else as strconv.Quote. */
void go_quote_raw(str text, struct buf *buf);

/* fmt.Sprint of one value: %v. */
void dyn_print(struct dyn v, struct buf *buf);
str dyn_text(struct dyn v, struct arena *arena);
/* fmt.Sprint of several: a space between operands when neither is a string. */
void dyn_print_all(const struct dyn *args, size_t count, bool line, struct buf *buf);
/* fmt.Sprintf. */
void dyn_printf(str format, const struct dyn *args, size_t count, struct arena *arena,
                struct buf *buf);
/* sprig's strval: strings and bytes as they are, the rest as %v. */
str dyn_strval(struct dyn v, struct arena *arena);

#endif
