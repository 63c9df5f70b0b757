/*
 * adopt: fields that another tool applied become ours, so that what Git no longer states goes away
 * by our next apply. Only entries of the object itself move, never those of a subresource, and only
 * of tools that apply: what people edited by hand stays theirs. Pure.
 */
#ifndef SYNCD_LIVE_ADOPT_H
#define SYNCD_LIVE_ADOPT_H

#include "diff/owners.h"
#include "syncd/object/options.h"

/* The tools, as bits of OPTION_ADOPT, that own fields of the object. */
unsigned adopt_find(struct owners owners);
/* The tools that write under this name, whatever the operation: for conflicts, which say no more.
 */
unsigned adopt_tools_of(str manager);
/* "kubectl", … of one bit. */
const char *adopt_tool_name(unsigned tool);

/*
 * managedFields after what `tools` applied has become ours. ABSENT when there is nothing to move:
 * an entry in another apiVersion than ours stays, because its paths may mean something else.
 * ERROR_INPUT (E_FIELDS) for what cannot be read.
 */
bool adopt_fields(value managed_fields, unsigned tools, struct arena *arena, value *ret_fields,
                  struct error *err) MUST_USE;

#endif
