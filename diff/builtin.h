/* builtin: the notation in which the types of built-in kinds are kept. Inside diff/ only. */
#ifndef SYNCD_DIFF_BUILTIN_H
#define SYNCD_DIFF_BUILTIN_H

#include "diff/schema_internal.h"

/*
 * Rows, ended by NULL. A type: `Name field:TYPE field:TYPE=default`, `!Name …` for an atomic map,
 * or `Name =TYPE`. A kind: `=group/version/Kind Name`. TYPE is one of
 *
 *     s n b ?      text, number, boolean, any scalar
 *     * !          anything by its own structure, anything atomic
 *     @Name !@Name a type of the table; as an atomic map
 *     {T} !{T}     a map, an atomic map
 *     [T] <T>      an atomic list, a set
 *     <a,b:T>      a list keyed by a and b
 */
extern const char *const builtin_rows[];

#endif
