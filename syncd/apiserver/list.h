/* list: which objects a list, a watch or a collection's deletion is about. */
#ifndef SYNCD_APISERVER_LIST_H
#define SYNCD_APISERVER_LIST_H

#include "syncd/apiserver/call.h"
#include "syncd/object/selector.h"

struct api_field_term {
    str path, text;
    bool negated;
};

struct api_filter {
    str namespace;                 /* empty: all */
    const struct selector *labels; /* NULL: all */
    VEC(struct api_field_term) terms;
};

/* From the request's path and query; in the call's arena. Bad selectors are 400. */
bool api_filter_read(struct api_call *call, struct api_filter *ret_filter) MUST_USE;
/* `scratch` is rewound. */
bool api_filter_matches(const struct api_filter *filter, const struct api_revision *revision,
                        struct arena *scratch);

/* 504: the client knows a newer version than the server. */
bool api_fail_version_too_large(struct api_call *call, uint64_t asked);

#endif
