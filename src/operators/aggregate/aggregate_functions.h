/* The aggregate functions of one operator, compiled once per query: program of keys, arguments and filters over the
 * input, layout of the buffer row, and the operations over rows of a table, each one call per function and not per row.
 */
#ifndef WEIR_OPERATORS_AGGREGATE_FUNCTIONS_H
#define WEIR_OPERATORS_AGGREGATE_FUNCTIONS_H

#include "columnar/unsafe_row.h"
#include "operators/operator.h"

typedef struct WeirAggregateFunctions {
    WeirExpression *const *aggregates;
    uint32_t count;
    WeirAggregateSlots *slots;
    const WeirSchema *buffer_schema;
    bool fixed;         /* buffers are updated in place: no object functions */
    uint32_t row_bytes; /* of a buffer row in a table */
    bool *is_object;    /* by aggregate */
    const WeirEvalContext *context;
    /* input program's outputs: keys, then arguments, then filters */
    WeirProgram *program;
    uint32_t key_count, output_count;
    uint32_t *first_argument; /* by aggregate */
    uint32_t *filter;         /* by aggregate: output, UINT32_MAX: none */
} WeirAggregateFunctions;

WEIR_CHECKED WeirStatus weir_aggregate_functions_init(WeirAggregateFunctions *functions, const WeirPhysicalPlan *plan,
                                                      const WeirEvalContext *context, WeirArena *arena,
                                                      WeirError *error);
void weir_aggregate_functions_deinit(WeirAggregateFunctions *functions);

static inline WeirAggregateCall weir_aggregate_call(const WeirAggregateFunctions *functions, uint32_t index,
                                                    WeirArena *objects)
{
    return (WeirAggregateCall){.expression = functions->aggregates[index],
                               .context = functions->context,
                               .slots = functions->slots[index],
                               .arena = objects};
}
/* Write the empty buffers into a zeroed row. */
void weir_aggregates_init_row(const WeirAggregateFunctions *functions, WeirArena *objects, uint8_t *row);
/* Release objects outside the arena. */
void weir_aggregates_free_row(const WeirAggregateFunctions *functions, WeirArena *objects, uint8_t *row);
bool weir_aggregates_need_free(const WeirAggregateFunctions *functions);
/* outputs: the program's; rows[k] is the buffer row of physical row selection[k]. */
WEIR_CHECKED WeirStatus weir_aggregates_update(const WeirAggregateFunctions *functions, const WeirVector *outputs,
                                               const uint32_t *selection, uint32_t count, uint8_t *const *rows,
                                               WeirArena *objects, WeirArena *scratch, WeirError *error);
/* Merge encoded rows (of a run or a state file) into rows of a table. */
WEIR_CHECKED WeirStatus weir_aggregates_merge(const WeirAggregateFunctions *functions, uint8_t *const *targets,
                                              const uint8_t *const *sources, const uint32_t *source_sizes,
                                              uint32_t count, WeirArena *objects, WeirArena *scratch, WeirError *error);
/* Buffer columns of table rows as vectors ready to be encoded (object functions only: fixed rows are their own
 * encoding). */
WEIR_CHECKED WeirStatus weir_aggregates_serialize(const WeirAggregateFunctions *functions, const uint8_t *const *rows,
                                                  uint32_t count, WeirVector *columns, WeirArena *objects,
                                                  WeirArena *scratch, WeirError *error);
/* Results of table rows: one vector per aggregate. */
WEIR_CHECKED WeirStatus weir_aggregates_evaluate(const WeirAggregateFunctions *functions, const uint8_t *const *rows,
                                                 uint32_t count, WeirVector *results, WeirArena *objects,
                                                 WeirArena *arena, WeirError *error);

#endif
