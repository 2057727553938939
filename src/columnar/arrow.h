/* The border: Arrow C Data Interface (schema, array, stream) for batches. What weir gives out has one layout per type:
 * strings as "u"/"z" with 32-bit offsets, timestamps in microseconds, decimals of 128 bits, calendar intervals as
 * months, days and nanoseconds. What it takes may also be large or view strings, large lists, dictionaries and other
 * units of time. */
#ifndef WEIR_COLUMNAR_ARROW_H
#define WEIR_COLUMNAR_ARROW_H

#include "columnar/batch.h"
#include "weir/arrow.h" /* struct ArrowSchema, ArrowArray, ArrowArrayStream (the standard's ABI definitions) */

WEIR_CHECKED WeirStatus weir_arrow_export_schema(const WeirSchema *schema, struct ArrowSchema *out, WeirError *error);
/* The same with the session's zone as that of the timestamp columns (Spark Connect); NULL: "UTC". */
WEIR_CHECKED WeirStatus weir_arrow_export_schema_in_zone(const WeirSchema *schema, const char *zone_name,
                                                         struct ArrowSchema *out, WeirError *error);
/* Copies where layouts differ (views, booleans, selections), else keeps `batch`; releases with out->release. */
WEIR_CHECKED WeirStatus weir_arrow_export_batch(const WeirSchema *schema, WeirBatch *batch, struct ArrowArray *out,
                                                WeirError *error);
/* UNSUPPORTED_ARROWTYPE for types that Spark does not have (unsigned numbers, unions, times). */
WEIR_CHECKED WeirStatus weir_arrow_import_schema(const struct ArrowSchema *schema, WeirArena *arena,
                                                 const WeirSchema **out, WeirError *error);
/* Takes over `array` (releases it when the batch dies), also on failure. The layout is the one that weir exports for
 * `schema`. */
WEIR_CHECKED WeirStatus weir_arrow_import_batch(const WeirSchema *schema, struct ArrowArray *array,
                                                WeirMemoryTracker *tracker, WeirBatch **out, WeirError *error);
/* The same for any layout: `format` describes the array and was imported as `schema`. Only read during the call. */
WEIR_CHECKED WeirStatus weir_arrow_import_batch_as(const struct ArrowSchema *format, const WeirSchema *schema,
                                                   struct ArrowArray *array, WeirMemoryTracker *tracker,
                                                   WeirBatch **out, WeirError *error);

#endif
