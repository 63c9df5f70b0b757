/* Tests that must turn red under the sanitizers, and one that must stay green: they test the
 * harness. */
#include <criterion/criterion.h>
#include <limits.h>
#include <stdlib.h>

/* volatile hides each mistake from the compiler. */
static volatile size_t beyond = 8;
static volatile int largest = INT_MAX;
static void *volatile kept;

#if defined(CONTROL_LEAK)
Test(control, leaks)
{
    kept = malloc(100);
    kept = NULL;
    cr_assert(true);
}
#elif defined(CONTROL_OVERFLOW)
Test(control, writes_past_the_end)
{
    char *volatile bytes = malloc(8);
    bytes[beyond] = 1;
    free(bytes);
    cr_assert(true);
}
#elif defined(CONTROL_UNDEFINED)
Test(control, overflows_an_int)
{
    largest = largest + 1;
    cr_assert(true);
}
#elif defined(CONTROL_ASSERT)
Test(control, asserts_what_is_false)
{
    cr_assert(largest < 0);
}
#else
Test(control, does_nothing_wrong)
{
    kept = malloc(beyond);
    free(kept);
    cr_assert(largest > 0);
}
#endif
