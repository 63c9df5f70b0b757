/* runes: Unicode classes and case mappings as Go's unicode package has them. */
#ifndef RENDER_TEMPLATE_RUNES_H
#define RENDER_TEMPLATE_RUNES_H

#include "syncd/base/buf.h"
#include "syncd/base/str.h"

#define RUNE_ERROR 0xFFFD

/* Takes one code point off the front; RUNE_ERROR and one byte when malformed. rest is not empty. */
uint32_t rune_next(str *rest);
void rune_add(struct buf *buf, uint32_t code);
size_t rune_count(str text);

bool rune_is_letter(uint32_t code);
bool rune_is_digit(uint32_t code);
bool rune_is_number(uint32_t code);
bool rune_is_space(uint32_t code);
bool rune_is_upper(uint32_t code);
bool rune_is_lower(uint32_t code);
bool rune_is_punct(uint32_t code);
bool rune_is_printable(uint32_t code);
uint32_t rune_upper(uint32_t code);
uint32_t rune_lower(uint32_t code);
uint32_t rune_title(uint32_t code);

/* strings.TrimSpace. */
str trim_space(str text);

#endif
