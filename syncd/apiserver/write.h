/*
 * write: the steps that every change of an object goes through, in the order of the real server:
 * decode, track managedFields, prepare, validate, store.
 */
#ifndef SYNCD_APISERVER_WRITE_H
#define SYNCD_APISERVER_WRITE_H

#include "syncd/apiserver/call.h"

/* The body as a document: JSON or, where the content type says so, YAML. 400 or 415. */
bool api_read_body(struct api_call *call, value *ret_document) MUST_USE;
/*
 * A document as an object of the call's kind: kind and version checked, unknown members dropped
 * (and refused or warned of, as the request asks), defaults filled in.
 */
bool api_read_object(struct api_call *call, value document, value *ret_object) MUST_USE;
/* Namespace and name of the object against those of the URL; fills the namespace in. */
bool api_check_identity(struct api_call *call, value *object, bool creating) MUST_USE;

/* What merge_apply and merge_update are to know of the call. */
struct merge_request api_merge_request(const struct api_call *call);

/* What managedFields of a new object are tracked against: a built-in kind without any content. */
value api_blank_object(const struct api_call *call);

/* Stores a new object and answers it (201). `tracked`: its managedFields are right. */
bool api_finish_create(struct api_call *call, value object, bool tracked) MUST_USE;
/*
 * Replaces call->live (of `record`) and answers the result (200). With a finalizer removed from a
 * deleted object it goes. `ret_object` may be NULL: then the object is answered.
 */
bool api_finish_update(struct api_call *call, struct api_record *record, value object,
                       value *ret_object) MUST_USE;
/* uid and resourceVersion that the client sent against the live ones. */
bool api_check_preconditions(struct api_call *call, const struct api_record *record,
                             value object) MUST_USE;

/* Stores without questions: gives the resourceVersion, tells watchers and controllers. */
struct api_record *api_commit(struct api_resource *resource, value object, struct arena *arena);
void api_commit_removal(struct api_resource *resource, struct api_record *record,
                        struct arena *arena);

/* Everything that metadata must be. `before` is ABSENT on create. */
void api_validate_metadata(const struct api_definition *definition, value object, value before,
                           struct api_causes *causes);

/* What most built-in kinds look at once more, after their own rules, on update. */
void api_validate_metadata_again(const struct api_definition *definition, value object,
                                 struct api_causes *causes);

/* Metadata without what `keys` (NULL-ended) name. */
value api_metadata_without(value object, const char *const *keys, struct arena *arena);
bool api_has_finalizer(value object, const char *finalizer);

#endif
