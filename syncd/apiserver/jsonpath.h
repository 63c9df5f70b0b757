/* jsonpath: the paths of additionalPrinterColumns and of scale subresources. */
#ifndef SYNCD_APISERVER_JSONPATH_H
#define SYNCD_APISERVER_JSONPATH_H

#include "syncd/value/value.h"

/*
 * The first value that the path selects, ABSENT when there is none or the path cannot be read.
 * Members (.a, ['a'], a\.b), indexes (also from the end), wildcards and the filters
 * [?(@.path OP literal)] are understood.
 */
value api_jsonpath_first(value object, str path, struct arena *scratch);
/* True when the path can be read. */
bool api_jsonpath_valid(str path);

#endif
