/* A `.test` file as blocks (test/sql/README.md). Texts point into the file's arena. */
#ifndef WEIR_TEST_SQL_CASE_H
#define WEIR_TEST_SQL_CASE_H

#include "common/memory.h"

typedef enum SqlBlockKind { SQL_BLOCK_OK, SQL_BLOCK_ERROR, SQL_BLOCK_QUERY, SQL_BLOCK_CONF } SqlBlockKind;

typedef struct SqlBlock {
    SqlBlockKind kind;
    int line;              /* of the block's first line, from 1 */
    bool sorted;           /* query: rows are compared sorted by bytes */
    bool answered;         /* query: there is an answer */
    const char *sql;       /* conf: the key */
    const char *condition; /* error; conf: the value, NULL: unset */
    const char *sqlstate;  /* error; NULL: not given */
    const char *place;     /* error; "at 8: 1 / 0", "at line 1, pos 7", "nowhere"; NULL: not looked at */
    const char *proposal;  /* error; NULL: not looked at */
    const char *schema;
    const char **rows;
    size_t row_count;
} SqlBlock;

typedef struct SqlCase {
    WeirArena arena;
    SqlBlock *blocks;
    size_t block_count, block_capacity;
} SqlCase;

/* False: the file cannot be read or is malformed, and standard error says so. Free with sql_case_deinit in both cases.
 */
bool sql_case_read(SqlCase *sql_case, const char *path);
void sql_case_deinit(SqlCase *sql_case);

#endif
