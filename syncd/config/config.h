/*
 * config: what the daemon is told, in one file. Table-driven: reading, defaults, `syncd explain
 * config` and the JSON schema walk the same rows. A configuration is immutable; a reload makes a
 * new one or keeps the old.
 */
#ifndef SYNCD_CONFIG_CONFIG_H
#define SYNCD_CONFIG_CONFIG_H

#include "syncd/base/arena.h"
#include "syncd/base/buf.h"
#include "syncd/base/error.h"
#include "syncd/base/limits.h"
#include "syncd/live/policy.h"
#include "syncd/signature/trust.h"

struct text_list {
    str *items;
    size_t len;
};

struct config_source {
    str url;
    str branch; /* default "main", unless a tag is given */
    str tag;
    int64_t interval_ns;
    str token_file;
    str token_from; /* "file", or "app": the forge's App's own */
    str user;
    str ssh_key_file;
    str known_hosts_file;
    str ca_file;
    bool follow; /* take rewritten history over instead of holding */
};

struct config_notes {
    bool push;
    str ref;
    str author;
    str signing_key_file;
    int64_t interval_ns; /* least time between two pushes */
};

/* Who must have signed what is taken over. */
struct config_signatures {
    enum trust_policy policy;
    str allowed_signers_file;
    str revoked_keys_file;
    str openpgp_keys_file;
    str since;
    struct trust_scope *scopes;
    size_t scope_count;
};

enum target_role { ROLE_BOOTSTRAP, ROLE_MANAGEMENT, ROLE_REGIONAL };

struct config_target {
    str name;
    enum target_role role;
    str region; /* of a regional target; default: its name */
    struct text_list paths;
    str default_ns; /* for objects without a namespace that need one; empty = they are refused */
    str kubeconfig_file;
    str context;
    bool in_cluster;
    str from_target;     /* kubeconfigFrom: another target … */
    str from_secret;     /* … its Secret as namespace/name … */
    str from_key;        /* … and key, default "value" */
    bool allow_insecure; /* let the kubeconfig switch certificate checks off */
};

struct config_prune {
    bool enabled;
    int64_t max_count;
    int64_t max_percent;
};

/* Where pull requests are made, and what is done about them. */
struct config_forge {
    str kind; /* "none", "github", "gitlab", "gitea" */
    str url, repository;
    str token_file, ca_file;
    str app_id, app_key_file; /* of GitHub, in place of a token; empty = none */
    int64_t app_installation; /* 0 = the repository's */
    int64_t interval_ns;
    str plans; /* "branches": of the repository's own; "all": of forks, too */
};

/* Where the forge's deliveries are taken; port 0 = nowhere. */
struct config_webhook {
    str address;
    int64_t port;
    str secret_file;
    str certificate_file, key_file; /* empty = plain HTTP, behind somebody who does TLS */
};

/* Whether what is applied has to be what was reviewed. */
struct config_review {
    str policy; /* "none", "report", "hold" */
    int64_t approvals;
    bool by_author;
};

/* Where charts come from that are not in the repository, when it asks who is there. */
struct config_charts {
    str repository; /* "oci://host/path" or "https://host/path": it and all below it */
    str user;
    str token_file;
    str ca_file;
};

struct config {
    str name;
    str level; /* of the platform; empty = none */
    str state_directory;
    int64_t ready_timeout_ns; /* of waves and deletions; 0 = none */
    int64_t resync_ns;        /* see kube_reflector_options */
    struct text_list adopt;   /* names of tools, see syncd/object/options.h */
    unsigned adopt_options;   /* the same as bits of OPTION_ADOPT */
    struct config_source source;
    struct config_notes notes;
    struct config_prune prune;
    struct drift_policy drift;
    struct config_signatures signatures;
    struct config_forge forge;
    struct config_webhook webhook;
    struct config_review review;
    struct config_charts *charts;
    size_t charts_count;
    struct config_target *targets;
    size_t target_count;
    struct limits limits;
};

/*
 * Reads and checks the text; relative files start at `directory`. All problems are told at once in
 * `findings` (rules E_CONFIG, E_URL); false when one of them is an error. Lives in the arena.
 */
bool config_read(str text, const char *file, str directory, struct arena *arena,
                 struct findings *findings, struct config **ret_config) MUST_USE;
bool config_load(const char *path, struct arena *arena, struct findings *findings,
                 struct config **ret_config) MUST_USE;

/* One documented key. */
struct config_key {
    const char *path;     /* "spec.source.url" */
    const char *type;     /* "text", "list", "yes/no", "duration", "number", or the words allowed */
    const char *fallback; /* as it would be written; "" = none; NULL = the key is needed */
    const char *summary;
};
const struct config_key *config_keys(size_t *ret_count);

/* The whole table as text for people, or as a JSON schema. */
void config_explain(struct buf *buf);
void config_schema(struct buf *buf);

const char *target_role_name(enum target_role role);
const struct config_target *config_find_target(const struct config *config, str name);

#endif
