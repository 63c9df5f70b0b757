/* known_hosts: whether a server's ssh key is one that the user trusts. */
#ifndef SYNCD_GIT_KNOWN_HOSTS_H
#define SYNCD_GIT_KNOWN_HOSTS_H

#include "syncd/base/arena.h"
#include "syncd/base/str.h"

/* What a known_hosts file says of a server's key. */
enum known_host {
    KNOWN_HOST_NONE,    /* nothing about this host and this kind of key */
    KNOWN_HOST_TRUSTED, /* this key */
    KNOWN_HOST_OTHER,   /* another key of the same kind */
    KNOWN_HOST_REVOKED,
};
/* `text` as sshd(8) describes it; port 0 = 22; `key` in ssh's wire form. */
enum known_host known_host(str text, str host, uint16_t port, str key, struct arena *arena);

#endif
