/*
 * options: what users of other tools already write on an object to say how it is to be treated. One
 * table; syncd/docs/annotations.md is made from it, and each of its rows has a test.
 */
#ifndef SYNCD_OBJECT_OPTIONS_H
#define SYNCD_OBJECT_OPTIONS_H

#include "syncd/base/buf.h"
#include "syncd/object/object.h"

enum object_option {
    OPTION_KEEP = 1 << 0,        /* never deleted */
    OPTION_RECREATE = 1 << 1,    /* may be deleted and made anew where a field cannot be changed */
    OPTION_FORCE = 1 << 2,       /* fields that others own are taken over */
    OPTION_CREATE_ONLY = 1 << 3, /* made when missing; never changed */
    OPTION_LEAVE = 1 << 4,       /* neither made nor changed nor deleted */
    OPTION_LOCAL = 1 << 5,       /* is for tools: never sent to a cluster */
    OPTION_PRUNE_LAST = 1 << 6,  /* deleted after everything else */
    OPTION_FOREGROUND = 1 << 7,  /* deleted with the foreground policy */
    OPTION_ORPHAN = 1 << 8,      /* deleted without what it owns */
    /* The fields that these tools applied become ours (syncd/live/adopt.h). */
    OPTION_ADOPT_KUBECTL = 1 << 9,
    OPTION_ADOPT_ARGOCD = 1 << 10,
    OPTION_ADOPT_FLUX = 1 << 11,
    OPTION_ADOPT_HELM = 1 << 12,
    OPTION_ADOPT =
        OPTION_ADOPT_KUBECTL | OPTION_ADOPT_ARGOCD | OPTION_ADOPT_FLUX | OPTION_ADOPT_HELM,
};
/* "kubectl" → OPTION_ADOPT_KUBECTL, …; 0 for what is no tool. */
unsigned object_option_adopt(str tool);

/* Bits of enum object_option that the annotations of the document ask for. */
unsigned object_options(value document);

/* The wave that it asks for (syncd.dev/wave, argocd.argoproj.io/sync-wave), else 0. */
int32_t object_wave(value document);

/* syncd/docs/annotations.md. */
void object_options_document(struct buf *buf);

/* What becomes of an annotation. */
enum option_answer {
    OPTION_HONOURED,    /* or what it asks for is what syncd does anyway */
    OPTION_UNSUPPORTED, /* not done, and a warning says so: nothing is lost by that */
    OPTION_REFUSED,     /* not done, and an error: without it the object would be another one */
};
enum option_form {
    OPTION_IS,     /* the annotation is the word */
    OPTION_LISTED, /* it is a comma list, of which the word is one */
    OPTION_ANY,    /* whatever it says */
};
/* A row of the table; NULL past the end. */
struct option_row {
    const char *key; /* may end with a star */
    const char *word;
    unsigned options; /* 0: known, and what it asks for is done anyway, or elsewhere */
    enum option_form form;
    enum option_answer answer;
    const char *text; /* for the document, and for people */
};
const struct option_row *object_option_row(size_t index);

/* An annotation of the table that asks for what is not done. */
struct option_complaint {
    str key, word;
    const struct option_row *row; /* NULL: the word is none that the annotation knows */
};
/* All of a document's, one after the other; the cursor begins as {0}. False at the end. */
struct option_cursor {
    size_t annotation;
    bool inside; /* of its words, `rest` are left */
    str rest;
};
bool object_next_complaint(value document, struct option_cursor *cursor,
                           struct option_complaint *ret_complaint);

/*
 * One reference of config.kubernetes.io/depends-on, cut off the front of *text:
 * "group/namespaces/NAMESPACE/Kind/name" or "group/Kind/name", the core group being empty. As the
 * key of the object (see object_id_key). False, with the reference, for what is none.
 */
bool object_dependency(str *text, struct arena *arena, str *ret_key, str *ret_reference) MUST_USE;
#define DEPENDS_ON "config.kubernetes.io/depends-on"

#endif
