/* A build without files, documents from text, and whole builds from files in memory. */
#ifndef TESTS_UNIT_KUSTOMIZE_FIXTURE_H
#define TESTS_UNIT_KUSTOMIZE_FIXTURE_H

#include "render/kustomize/build.h"

struct fixture {
    struct limits limits;
    struct kustomize_options options;
    struct render_context context;
    struct build build;
    struct findings findings;
    struct error err;
};

void fixture_init(struct fixture *fixture);
void fixture_finish(struct fixture *fixture);

/* A document as a resource file is read. */
value fixture_read(struct fixture *fixture, const char *text);
/* As it is printed. */
const char *fixture_print(struct fixture *fixture, value document);

struct fixture_file {
    const char *path;
    const char *text;
};

/* Output of a build of the directory, or NULL with fixture->err set. */
const char *fixture_build(struct fixture *fixture, const struct fixture_file *files, size_t count,
                          const char *directory);
#define FIXTURE_BUILD(fixture, files, directory)                                                   \
    fixture_build((fixture), (files), ARRAY_LEN(files), (directory))
/* True when the last build read the file. */
bool fixture_was_read(const struct fixture *fixture, const char *path);

#endif
