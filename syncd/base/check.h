/* CHECK: a programmer's mistake ends the program, in release builds too. */
#ifndef SYNCD_BASE_CHECK_H
#define SYNCD_BASE_CHECK_H

#include "syncd/base/compiler.h"

#define CHECK(condition) ((condition) ? (void)0 : check_failed(#condition, __FILE__, __LINE__))

/* Prints where and what to stderr, then aborts. */
NO_RETURN COLD void check_failed(const char *condition, const char *file, int line);

#endif
