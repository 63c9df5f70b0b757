/*
 * yaml: YAML text to documents and back, exactly as the Kubernetes tools do it.
 *
 * Reading goes through libyaml's events, or, for the plain block subset that manifests are written
 * in, through a scanner of our own that yields the same documents (tests hold one against the
 * other).
 */
#ifndef SYNCD_VALUE_YAML_H
#define SYNCD_VALUE_YAML_H

#include "syncd/base/buf.h"
#include "syncd/base/error.h"
#include "syncd/base/limits.h"
#include "syncd/value/value.h"

enum yaml_dialect {
    /* sigs.k8s.io/yaml's YAMLToJSON: YAML 1.1 scalars (yes/no/on/off), non-string keys become
       strings; what kubectl and Helm read. */
    YAML_KUBERNETES,
    /*
     * kustomize's reader (kyaml's yaml.v3): YAML 1.2 core scalars for untyped values. What
     * kustomize copies is the scalar's text, so a scalar whose text is not what JSON would print
     * keeps it and is flagged VALUE_RAW: a number ("0x1F", "1_000", "010", "1.0") and a plain
     * timestamp
     * ("2020-01-01", a string here). Strings in quotes or blocks are flagged VALUE_QUOTED: what
     * replaces them stays in quotes. A null has the bytes as written in as.text and len (len 0 when
     * nothing was written). Keys that are no strings are E_YAML_KEY. Whoever prints such documents
     * makes their scalars canonical first (yaml_canonical); the writers do not.
     */
    YAML_KUSTOMIZE,
};

struct yaml_options {
    enum yaml_dialect dialect;
    bool allow_duplicate_keys; /* last wins; Helm's values files are read so */
    bool whole_lines; /* a last line without a line feed gets one, as kubectl reads files: it shows
                         in a block scalar that ends the file */
    bool refolds;     /* folded texts as kustomize prints them and reads them again */
    bool any_keys;    /* YAML_KUSTOMIZE: a key that is no string counts as its text */
    bool go_words; /* as charts are read: unknown tags do not matter, and syntax errors are said as
                      sigs.k8s.io/yaml says them, line and all: "error converting YAML to JSON:
                      yaml: line 3: did not find expected key" */
    bool first_only; /* as Go's Unmarshal reads: what follows the first document is not looked at,
                        and a first document that is empty is null */
};

struct yaml_document {
    value root;    /* VALUE_NULL for an empty document */
    uint32_t line; /* of its first node, from 1 */
    str text;      /* the document's own bytes, for messages */
};

struct yaml_stream {
    VEC(struct yaml_document) documents; /* empty ones (only comments) are left out */
};

/*
 * All documents of a file. Errors carry line and column. Rules: E_YAML (syntax), E_DUP_KEY,
 * E_YAML_DEPTH, E_YAML_NODES, E_YAML_ALIAS, E_YAML_CYCLE, E_YAML_MERGE, E_YAML_TAG, E_YAML_KEY,
 * E_UTF8, E_NUM, E_DOC_COUNT, E_FILE_SIZE, E_MEMORY. Strings may be views into `text`, which must
 * outlive the documents.
 */
bool yaml_read_stream(str text, const struct yaml_options *options, const struct limits *limits,
                      struct arena *arena, struct yaml_stream *ret_stream,
                      struct error *err) MUST_USE;

/*
 * The first document only; an empty text is VALUE_NULL. What follows it must still be readable but
 * for first_only.
 */
bool yaml_read(str text, const struct yaml_options *options, const struct limits *limits,
               struct arena *arena, value *ret_root, struct error *err) MUST_USE;

/*
 * What a scalar with this text and without quotes is in a dialect, as the reader makes it.
 * ERROR_INPUT (E_NUM) for NaN and infinities. Views into the text.
 */
bool yaml_scalar(str text, enum yaml_dialect dialect, struct arena *arena, value *ret_value,
                 struct error *err) MUST_USE;
/* True when such a scalar, or key, is a string. */
bool yaml_scalar_is_string(str text, enum yaml_dialect dialect);
/* A scalar flagged VALUE_RAW as JSON would print it; others as they are. */
value yaml_canonical(value scalar, struct arena *arena);

/*
 * The first document of a text again, with the values of `after` where they are not those of
 * `before`, which is what the text reads as: printed as yaml.v3 prints its nodes. Styles and types
 * of scalars stay, comments too; new nodes are in block style. ERROR_INPUT (E_YAML) when the text
 * is no map or list; ERROR_LIMIT (E_BUDGET) over object_bytes.
 */
bool yaml_rewrite(str text, value before, value after, const struct limits *limits,
                  struct arena *arena, str *ret_text, struct error *err) MUST_USE;

enum yaml_style {
    YAML_SIGS, /* sigs.k8s.io/yaml Marshal: what kubectl -o yaml, kustomize and toYaml print */
    YAML_V3,   /* gopkg.in/yaml.v3 with two spaces: toYamlPretty */
};

/* True when YAML_V3 writes this string neither in quotes nor as a block. */
bool yaml_is_written_plain(str text);
/* Appends the document and a line feed. Keys sorted as the style sorts them. */
void yaml_write(value document, enum yaml_style style, struct buf *buf);
str yaml_text(value document, enum yaml_style style, struct arena *arena);

#endif
