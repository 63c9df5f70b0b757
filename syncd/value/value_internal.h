/* Shared inside syncd/value: numbers as Go prints them, and the stack that readers build on. */
#ifndef SYNCD_VALUE_VALUE_INTERNAL_H
#define SYNCD_VALUE_VALUE_INTERNAL_H

#include "syncd/value/value.h"

#define NUMBER_MAX 32

/* A double as Go's encoding/json prints it: 'f', or 'e' below 1e-6 and from 1e21 on. */
size_t number_print_json(double number, char out[NUMBER_MAX]);
/* As strconv.FormatFloat(number, 'g', -1, bits) prints it; bits is 32 or 64. */
size_t number_print_general(double number, int bits, char out[NUMBER_MAX]);
/* strtod for a view; 0 when the text is no number as strtod sees it. */
double number_parse(str text);
/* True when the text is a JSON number; *ret_integer when it has no fraction and no exponent. */
bool number_is_json(str text, bool *ret_integer);

/*
 * The stack of a reader: members of all open objects and arrays, innermost last. Closing a
 * collection copies its part to the arena in one exact piece, so growing leaves nothing behind.
 */
struct build_stack {
    struct arena *arena; /* of the stack itself */
    VEC(struct member) entries;
};

static inline void build_push(struct build_stack *stack, str key, value val)
{
    VEC_PUSH(stack->arena, &stack->entries, (struct member){key, val});
}

/* Takes everything from `base` on as an array's items. */
value build_close_array(struct build_stack *stack, size_t base, struct arena *arena);
/*
 * Takes everything from `base` on as an object's members, sorted. A key that comes twice: the last
 * wins, and its later member's position on the stack (from base) goes to *ret_duplicate, which is
 * SIZE_MAX otherwise.
 */
value build_close_object(struct build_stack *stack, size_t base, struct arena *arena,
                         size_t *ret_duplicate);

/* Sorts by key, keeping the order of equal keys. `scratch` holds the second half of a merge. */
void members_sort(struct member *members, size_t count, struct arena *scratch);
/* Byte order of keys; inline because readers compare every neighbour. */
static inline int key_compare(str a, str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter != 0 ? memcmp(a.ptr, b.ptr, shorter) : 0;
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

#endif
