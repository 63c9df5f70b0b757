/*
 * dialect: what each forge's API wants to be asked and how it answers. Pure: makes requests and
 * reads answers; syncd/forge/forge.h carries them out.
 */
#ifndef SYNCD_FORGE_DIALECT_H
#define SYNCD_FORGE_DIALECT_H

#include "syncd/base/buf.h"
#include "syncd/forge/check_run.h"
#include "syncd/value/value.h"

/* A pull request (GitLab: merge request) that is open. */
struct forge_change {
    uint64_t number;
    str title, author, url;
    str head_ref, base_ref; /* branches */
    str head_id;            /* hex */
    str updated;            /* changes whenever something is said or done */
    bool fork;              /* its branch lives in another repository */
    bool draft;
};

/* Something said on one. */
struct forge_comment {
    uint64_t id;
    str author;
    str text;
    bool edited;       /* it was changed after it was written */
    int64_t changed_s; /* when it was written or changed last, seconds since 1970; 0 = unknown */
};

/* A review that counts: neither dismissed nor withdrawn. */
struct forge_review {
    str author;
    str commit; /* what was looked at; empty where the forge does not say */
    bool approves;
};

enum forge_level { FORGE_LEVEL_NONE, FORGE_LEVEL_READ, FORGE_LEVEL_WRITE, FORGE_LEVEL_ADMIN };

struct forge_status {
    str commit;
    str context; /* "syncd/plan": one per context and commit counts */
    enum forge_state state;
    str description; /* cut to 140 characters */
    str url;         /* may be empty */
};

/* Everything that can be asked for. */
enum forge_verb {
    FORGE_LIST_CHANGES,  /* by base branch */
    FORGE_LIST_COMMENTS, /* by number */
    FORGE_ADD_COMMENT,   /* by number, with text */
    FORGE_EDIT_COMMENT,  /* by number and id, with text */
    FORGE_SET_STATUS,
    FORGE_LIST_REVIEWS, /* by number */
    FORGE_FIND_USER,    /* GitLab only: a user's id by name */
    FORGE_GET_LEVEL,    /* by user */
    FORGE_GET_SELF,
    FORGE_ADD_CHECK,         /* GitHub only, in the name of an App: a check */
    FORGE_EDIT_CHECK,        /* by id: the same, or more annotations */
    FORGE_GET_APP,           /* GitHub only, with an App's assertion: itself, … */
    FORGE_FIND_INSTALLATION, /* … where it is installed for the repository, … */
    FORGE_MAKE_TOKEN,        /* … and, by the installation's id, a token for it */
    FORGE_VERBS,
};

struct forge_question {
    enum forge_verb verb;
    str repository; /* "owner/name" */
    str branch;
    uint64_t number, id;
    str user, text;
    const struct forge_status *status;
    const struct forge_check *check;
    size_t first;  /* annotation of the check */
    unsigned page; /* from 1 */
};

struct forge_request {
    const char *method;
    str path; /* below the API's address */
    str body; /* JSON, or empty */
};

/* False for a verb that the forge has no use for. */
bool dialect_ask(enum forge_kind kind, const struct forge_question *question, struct arena *arena,
                 struct forge_request *ret_request) MUST_USE;

/* "https://forge.example.com" with what the API stands under. */
str dialect_api_url(enum forge_kind kind, str url, struct arena *arena);
/* The Authorization header's text. */
str dialect_authorization(enum forge_kind kind, str token, struct arena *arena);
/* The reference under which the forge keeps the head of a pull request. */
str dialect_head_reference(enum forge_kind kind, uint64_t number, struct arena *arena);
/* At most so many characters, never half of one. */
str dialect_cut(str text, size_t most);
/* Most characters of one comment. */
size_t dialect_comment_most(enum forge_kind kind);
/* Most items of a page: fewer mean that it is the last one. */
unsigned dialect_page_size(enum forge_kind kind);

/* Readers of answers. What has not the expected shape is left out, never guessed. */
bool dialect_read_change(enum forge_kind kind, value item, struct forge_change *ret_change);
bool dialect_read_comment(enum forge_kind kind, value item, struct forge_comment *ret_comment);
bool dialect_read_review(enum forge_kind kind, value item, struct forge_review *ret_review);
/* Where the items of an answer stand. */
value dialect_items(enum forge_kind kind, enum forge_verb verb, value answer);
enum forge_level dialect_read_level(enum forge_kind kind, value answer);
str dialect_read_user(enum forge_kind kind, value answer);
bool dialect_read_user_id(enum forge_kind kind, value answer, str name, uint64_t *ret_id);

#endif
