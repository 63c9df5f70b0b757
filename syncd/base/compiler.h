/* Compiler attributes in one place, so that no other file names them. */
#ifndef SYNCD_BASE_COMPILER_H
#define SYNCD_BASE_COMPILER_H

#define MUST_USE          __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define NO_RETURN         __attribute__((noreturn))
#define COLD              __attribute__((cold))
#define CLEANUP(fn)       __attribute__((cleanup(fn)))
#define PUBLIC            __attribute__((visibility("default")))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
