/* Spark's QuantileSummaries (Greenwald and Khanna): samples with bounds on their rank, exact until compression begins.
 * Same samples as Spark's for the same order of values, and the same bytes. */
#ifndef WEIR_EXPR_AGGREGATES_QUANTILE_SUMMARIES_H
#define WEIR_EXPR_AGGREGATES_QUANTILE_SUMMARIES_H

#include "common/memory.h"

#define WEIR_QUANTILE_HEAD_VALUES 50000u

typedef struct WeirQuantileSample {
    double value;
    int64_t g, delta;
} WeirQuantileSample;

typedef struct WeirQuantileSummaries {
    WeirArena *arena;
    double relative_error;
    WeirQuantileSample *samples;
    uint32_t sample_count, sample_capacity;
    double *head; /* values not yet among the samples */
    uint32_t head_count, head_capacity;
    int64_t count; /* of values in the samples */
    bool compressed;
} WeirQuantileSummaries;

void weir_quantile_summaries_init(WeirQuantileSummaries *summaries, double relative_error, WeirArena *arena);
WEIR_CHECKED WeirStatus weir_quantile_summaries_insert(WeirQuantileSummaries *summaries, double value,
                                                       WeirError *error);
WEIR_CHECKED WeirStatus weir_quantile_summaries_compress(WeirQuantileSummaries *summaries, WeirError *error);
/* Both are compressed first. */
WEIR_CHECKED WeirStatus weir_quantile_summaries_merge(WeirQuantileSummaries *summaries, WeirQuantileSummaries *other,
                                                      WeirError *error);
/* Compressed and not empty. */
double weir_quantile_summaries_query(const WeirQuantileSummaries *summaries, double percentile);
void weir_quantile_summaries_write(const WeirQuantileSummaries *summaries, WeirBuffer *out);
/* False: damaged. */
bool weir_quantile_summaries_read(WeirQuantileSummaries *summaries, const uint8_t *data, size_t length,
                                  WeirArena *arena);

#endif
