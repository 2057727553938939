/* Literals of analyzed expressions as columns. */
#ifndef WEIR_TEST_LITERAL_LIFT_H
#define WEIR_TEST_LITERAL_LIFT_H

#include "sql_runner/column_form.h"

typedef struct SqlLift {
    WeirArena *arena;
    const WeirEvalContext *context;
    int64_t *next_expression_id;
    SqlColumnPart part;
    uint32_t seen;            /* literals so far */
    WeirExpression **columns; /* ATTRIBUTEs */
    const WeirValue **values; /* of the literals they stand for */
    uint32_t column_count, column_capacity;
} SqlLift;

/* The expression over columns; the same pointer where nothing became one. */
WeirExpression *sql_lift_literals(SqlLift *lift, WeirExpression *expression);
/* The lifted expression with values of another row instead of the columns: `values` by column, NULL: nulls. */
WEIR_CHECKED WeirStatus sql_lift_replace(const SqlLift *lift, WeirExpression *expression,
                                         const WeirValue *const *values, WeirExpression **out, WeirError *error);
bool sql_lift_uses(const WeirExpression *expression, const WeirExpression *column);

#endif
