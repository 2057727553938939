/* Rows as vectors of every form, for the runs over columns: flat with nulls, flat without, dictionaries, and always
 * with rows between that are not selected and hold what few functions take. */
#ifndef WEIR_TEST_COLUMN_ROWS_H
#define WEIR_TEST_COLUMN_ROWS_H

#include "session/session_private.h"

/* The rows of one batch, a letter each: V the values, O the other ones, N nulls, P what few functions
 * take. In lower case the row is not
 * selected. */
typedef struct SqlRowPattern {
    const char *rows;
    bool dictionary;
} SqlRowPattern;

/* One row of values, repeated as the patterns say, in batches of at most `batch_rows`. `batches` are kept by `scope`.
 */
WEIR_CHECKED WeirStatus sql_rows_repeat(WeirStatementScope *scope, const WeirSchema *schema,
                                        const WeirValue *const *values, const WeirValue *const *others,
                                        const SqlRowPattern *patterns, uint32_t pattern_count, uint32_t batch_rows,
                                        WeirLogicalPlan *relation, WeirError *error);
/* A value of the same type that differs, if the type has one. */
const WeirValue *sql_rows_other(WeirArena *arena, const WeirValue *value);
/* The same live rows in the same order, as flat or as dictionary vectors between rows that are not selected.
 * rows[r][c] is a value. */
WEIR_CHECKED WeirStatus sql_rows_encode(WeirStatementScope *scope, const WeirSchema *schema,
                                        const WeirValue *const *const *rows, uint32_t row_count, bool dictionary,
                                        uint32_t batch_rows, WeirLogicalPlan *relation, WeirError *error);

#endif
