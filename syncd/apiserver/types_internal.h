/*
 * The notation of types_table.c. A string is `package.Name[@] field…`; `@`: the object is atomic.
 * A field is `name[#number][*][^][-][!]:type[+key][~][=default]`:
 *
 *   #  number in protobuf; `#2/7`: number 7 of the message that stands inline as number 2
 *   *  pointer: null and absent are one, zero values are kept     ^  always printed, even when
 * empty
 *   -  left out when zero                                         !  required
 *   +  strategic merge patch merges the list (by key)             ~  $retainKeys
 *
 * A type is one letter (s string, i int32, l int64, d double, b bool, y base64 bytes, t time,
 * u microsecond time, q quantity, x int-or-string, j any JSON, r any object, o object of anything),
 * s(A|B) an enumeration, `[]T` `[set]T` `[atomic]T` `<key,…>T` a list, `{}T` a map, or
 * package.Name.
 */
#ifndef SYNCD_APISERVER_TYPES_INTERNAL_H
#define SYNCD_APISERVER_TYPES_INTERNAL_H

#include "syncd/apiserver/types.h"

extern const char *const api_types_table[];

#endif
