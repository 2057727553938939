/* What a query gave, as the recorder writes it (test/sql/README.md). */
#ifndef WEIR_TEST_SQL_ANSWER_H
#define WEIR_TEST_SQL_ANSWER_H

#include "session/session_private.h"

/* A cell: the text of show(), what that leaves of control characters as \xNN; "(empty)" for an empty text. */
void sql_answer_append_cell(const WeirVector *column, uint32_t row, const WeirTimeZone *zone, WeirBuffer *out);
/* One line a row, in `arena`. `sorted`: by bytes. */
const char **sql_answer_rows(WeirArena *arena, const WeirResult *result, bool sorted, size_t *count);
const char *sql_answer_schema(WeirArena *arena, const WeirResult *result);

#endif
