/* comment_schema: list merge keys that a document's own comments give. */
#ifndef RENDER_KUSTOMIZE_COMMENT_SCHEMA_H
#define RENDER_KUSTOMIZE_COMMENT_SCHEMA_H

#include "render/kustomize/build.h"

/* Remembers the schemas in the comments of a document; `text` is the whole file it stands in. */
void kust_note_comment_schemas(struct build *build, str text, value document);

#endif
