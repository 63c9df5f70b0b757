/*
 * kubeconfig: how to reach one cluster. Reads the part of the format that names an address, a trust
 * and a credential; whatever runs programs, changes identity, weakens TLS or reroutes is refused by
 * the name of its field (rule E_KUBECONFIG), before anything is opened.
 */
#ifndef SYNCD_KUBE_KUBECONFIG_H
#define SYNCD_KUBE_KUBECONFIG_H

#include "syncd/base/error.h"
#include "syncd/base/limits.h"
#include "syncd/http/tls.h"

struct kube_config {
    str context;                  /* its name in the file */
    str server;                   /* "https://host:port[/path]" */
    str ca_pem;                   /* empty = the system's authorities */
    str server_name;              /* tls-server-name */
    bool insecure;                /* insecure-skip-tls-verify, and it was allowed */
    struct tls_identity identity; /* client certificate, or empty */
    str token;                    /* bearer token, or empty */
    str token_file;               /* absolute path to read it from again, or empty */
    str user, password;           /* basic authentication, or empty */
    str namespace;                /* "default" when the context names none */
    bool strict_files;            /* as it was read */
};

struct kubeconfig_options {
    str context;       /* empty = current-context */
    bool allow_files;  /* paths in the text may be opened (never for text from a cluster or Git) */
    bool strict_files; /* those files, and the kubeconfig itself, must be ours or root's, neither
                          writable nor readable for others, and no links */
    bool allow_insecure; /* insecure-skip-tls-verify: true */
    const struct limits *limits;
};

/*
 * `name` is for messages; relative paths start at its directory. Tokens and keys live in the arena
 * and are wiped with it. ERROR_INPUT (E_KUBECONFIG) with the field; ERROR_DENIED (E_PERM) for file
 * rules.
 */
bool kubeconfig_read(str text, const char *name, const struct kubeconfig_options *options,
                     struct arena *arena, struct kube_config *ret_config,
                     struct error *err) MUST_USE;
/* The same from a file (allow_files is implied). */
bool kubeconfig_load(const char *path, const struct kubeconfig_options *options,
                     struct arena *arena, struct kube_config *ret_config,
                     struct error *err) MUST_USE;
/* From the service account that a pod is given: the environment's KUBERNETES_SERVICE_HOST and _PORT
   as arguments, files below /var/run/secrets/kubernetes.io/serviceaccount. */
bool kubeconfig_in_cluster(const char *host, const char *port, struct arena *arena,
                           struct kube_config *ret_config, struct error *err) MUST_USE;

/* Reads a small private file by the rules above. ERROR_NOT_FOUND, ERROR_DENIED (E_PERM),
 * ERROR_LIMIT. */
bool kubeconfig_read_file(const char *path, bool strict, size_t max, struct arena *arena,
                          str *ret_text, struct error *err) MUST_USE;

#endif
