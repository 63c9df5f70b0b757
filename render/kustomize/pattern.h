/*
 * pattern: names in selectors. They are regular expressions for the whole name, but nearly always
 * plain names: those are compared, and found by index.
 */
#ifndef RENDER_KUSTOMIZE_PATTERN_H
#define RENDER_KUSTOMIZE_PATTERN_H

#include "render/kustomize/resmap.h"
#include "syncd/base/regex.h"

struct pattern {
    str text;                  /* empty: fits everything */
    const struct regex *regex; /* NULL for a plain text */
};

/* Anchored at both ends. ERROR_INPUT, ERROR_LIMIT. */
bool kust_pattern_compile(struct build *build, str text, struct pattern *ret_pattern,
                          struct error *err) MUST_USE;
bool kust_pattern_fits(struct build *build, const struct pattern *pattern, str text);
/* True when the text has no character with a meaning in expressions. */
bool kust_pattern_is_plain(str text);

struct gvk_pattern {
    struct pattern group, version, kind, name, namespace;
};

bool kust_gvk_pattern_compile(struct build *build, const struct selector_spec *spec,
                              struct gvk_pattern *ret_pattern, struct error *err) MUST_USE;
/* Group, version and kind only. */
bool kust_gvk_fits(struct build *build, const struct gvk_pattern *pattern, const struct gvk *gvk);

/* Label and annotation selectors; empty ones fit everything. ERROR_INPUT when malformed. */
bool kust_labels_fit(struct build *build, const struct selector_spec *spec, value document,
                     bool *ret_fit, struct error *err) MUST_USE;

#endif
