/* A query as it runs over columns: after analysis the literals of a SELECT without FROM become columns of a relation
 * that is made for it, and the rows of VALUES and of temporary tables become vectors of other forms. The answer must
 * stay. What the functions' own resolution refuses as a column stays a literal. */
#ifndef WEIR_TEST_COLUMN_FORM_H
#define WEIR_TEST_COLUMN_FORM_H

#include "session/session_private.h"

typedef enum SqlColumnPart { SQL_COLUMNS_ALL, SQL_COLUMNS_EVEN, SQL_COLUMNS_ODD, SQL_COLUMNS_PARTS } SqlColumnPart;

typedef struct SqlColumnForm {
    const char *sql;
    SqlColumnPart part;  /* which literals, counted from the left */
    bool without_values; /* the rows that hold the literals' values are not selected */
    WeirArena *arena;    /* for what is given back */

    uint32_t literal_count;  /* literals that were wanted as columns */
    uint32_t column_count;   /* those that are columns now */
    uint32_t relation_count; /* relations whose vectors have another form now */
    bool repeated; /* a SELECT without FROM: its rows are of these kinds, a letter each, as in SqlRowPattern */
    const char *kinds;
    const char *null_row, *other_row; /* what a row of nulls and one of other values give when they are folded; NULL: it
                                         fails, no such row is selected */
} SqlColumnForm;

/* A WeirMakeStatement; the context is a SqlColumnForm. */
WeirStatus sql_column_form_make(void *context, WeirSession *session, const WeirEvalContext *eval, WeirArena *arena,
                                WeirStatement **statement, WeirError *error);

#endif
