/* toml: TOML in and out, as BurntSushi/toml reads and writes it. */
#ifndef RENDER_TEMPLATE_TOML_H
#define RENDER_TEMPLATE_TOML_H

#include "render/template/dyn.h"

/* False with the library's message. Integers are int64. */
bool toml_read(str text, struct arena *arena, struct dyn *ret_value, str *ret_message) MUST_USE;
bool toml_write(struct dyn v, struct arena *arena, struct buf *buf, str *ret_message) MUST_USE;

#endif
