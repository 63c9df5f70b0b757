/* table: objects as rows, for clients that print. */
#ifndef SYNCD_APISERVER_TABLE_H
#define SYNCD_APISERVER_TABLE_H

#include "syncd/apiserver/call.h"

/* The table without rows: kind, apiVersion, metadata, columnDefinitions (when asked), no end. */
void api_table_begin(const struct api_call *call, value list_metadata, bool with_columns,
                     struct buf *out);
/* One row; the first one begins without a comma. */
void api_table_row(const struct api_call *call, value object, bool first, struct buf *out,
                   struct arena *scratch);
void api_table_end(struct buf *out);

/* The object cut down to its metadata. */
value api_partial_metadata(const struct api_call *call, value object, bool with_kind,
                           struct arena *arena);

/* "3d4h", as kubectl prints ages. */
str api_age_text(int64_t age_ns, struct arena *arena);
/* The age of an RFC 3339 time, "<unknown>" when it is none. */
str api_age_of(value time, int64_t now_ns, struct arena *arena);

/* "a=b,c=d" or "<none>". */
str api_label_words(value labels, struct arena *arena);

#endif
