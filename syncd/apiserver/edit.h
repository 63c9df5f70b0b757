/* edit: small changes to documents, each giving a new document that shares the rest. */
#ifndef SYNCD_APISERVER_EDIT_H
#define SYNCD_APISERVER_EDIT_H

#include "syncd/value/value.h"

typedef value api_edit(value item, struct arena *arena);

/* Sets the member where it is absent or null. */
value api_edit_default(value object, const char *key, value given, struct arena *arena);
/* The same, for a text / a whole number. */
value api_edit_default_text(value object, const char *key, const char *text, struct arena *arena);
value api_edit_default_int(value object, const char *key, int64_t number, struct arena *arena);
/* Replaces a member that is an object by edit(member); others are left. */
value api_edit_member(value object, const char *key, api_edit *edit, struct arena *arena);
/* Replaces every item of a member that is a list. */
value api_edit_items(value object, const char *key, api_edit *edit, struct arena *arena);
/* Sets or removes (given ABSENT) metadata.key. */
value api_edit_metadata(value object, const char *key, value given, struct arena *arena);
/* Sets or removes (given ABSENT) the member. */
value api_edit_set(value object, const char *key, value given, struct arena *arena);

/* A member that is a whole number, else 0. */
int64_t api_edit_int(value object, const char *key);

static inline value api_text(const char *text)
{
    return value_string(str_z(text));
}

static inline value api_empty_object(void)
{
    return (value){.kind = VALUE_OBJECT};
}

#endif
