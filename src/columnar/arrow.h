/* The border: Arrow C Data Interface (schema, array, stream) for batches. Strings as "u"/"z" with 32-bit offsets. */
#ifndef WEIR_COLUMNAR_ARROW_H
#define WEIR_COLUMNAR_ARROW_H

#include "columnar/batch.h"
#include "weir/arrow.h" /* struct ArrowSchema, ArrowArray, ArrowArrayStream (the standard's ABI definitions) */

WEIR_CHECKED WeirStatus weir_arrow_export_schema(const WeirSchema *schema, struct ArrowSchema *out, WeirError *error);
/* Copies where layouts differ (views, booleans, selections); releases with out->release. */
WEIR_CHECKED WeirStatus weir_arrow_export_batch(const WeirSchema *schema, WeirBatch *batch, struct ArrowArray *out, WeirError *error);
WEIR_CHECKED WeirStatus weir_arrow_import_schema(const struct ArrowSchema *schema, WeirArena *arena, const WeirSchema **out,
                                                 WeirError *error);
/* Takes over `array` (releases it when the batch dies). */
WEIR_CHECKED WeirStatus weir_arrow_import_batch(const WeirSchema *schema, struct ArrowArray *array, WeirMemoryTracker *tracker,
                                                WeirBatch **out, WeirError *error);

#endif
