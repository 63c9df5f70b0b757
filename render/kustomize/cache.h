/*
 * cache: what kustomizations came to, kept from one build to the next. A base that fifty targets
 * share is read and transformed once; after a commit only those that read a changed file, directly
 * or through their bases, are built again.
 *
 * Every base is kept with all that it asked of the snapshot: paths, and what was found there (blob
 * ids), or that nothing was. It is used again only when the same questions have the same answers.
 * The cache keeps copies of all bytes: snapshots may go. One thread.
 *
 * Whoever shares a cache trusts one build's input with another's output: only targets of one
 * repository's one commit do (see syncd/docs/decisions).
 */
#ifndef RENDER_KUSTOMIZE_CACHE_H
#define RENDER_KUSTOMIZE_CACHE_H

#include <stddef.h>

struct kustomize_cache;

/*
 * budget: bytes it holds before kustomize_cache_trim empties it; one build may add `build_memory`
 * (limits->render_memory) to that before it is refused. Heap.
 */
struct kustomize_cache *kustomize_cache_create(size_t budget, size_t build_memory);
/* Objects that were built with it are no more. NULL is fine. */
void kustomize_cache_destroy(struct kustomize_cache *cache);
/* Empties a cache that is over its budget; then objects that were built with it are no more. */
void kustomize_cache_trim(struct kustomize_cache *cache);

/* Since it was created: bases that were taken from it, and that had to be built. */
struct kustomize_cache_usage {
    size_t hits, builds;
    size_t bytes; /* held now */
};
struct kustomize_cache_usage kustomize_cache_usage(const struct kustomize_cache *cache);

#endif
