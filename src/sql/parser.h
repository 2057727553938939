/* Spark SQL text to statements. Hand-written lexer, recursive descent, Pratt for expressions. Knows no catalog. */
#ifndef WEIR_SQL_PARSER_H
#define WEIR_SQL_PARSER_H

#include "columnar/time_zone.h"
#include "logical/statement.h"

/* A value for a marker: `name` NULL for ?, `sql` its text as a literal. */
typedef struct WeirSqlParameter {
    const char *name;
    const char *sql;
} WeirSqlParameter;

/* The text of the constant that IDENTIFIER(…) holds. */
typedef WeirStatus (*WeirIdentifierText)(void *context, WeirExpression *expression, WeirArena *arena, const char **text,
                                         WeirError *error);

typedef struct WeirParserOptions {
    bool ansi_reserved_words;       /* spark.sql.ansi.enforceReservedKeywords */
    bool double_quoted_identifiers; /* spark.sql.ansi.doubleQuotedIdentifiers */
    bool escaped_string_literals;   /* spark.sql.parser.escapedStringLiterals */
    bool timestamp_ntz;             /* spark.sql.timestampType is TIMESTAMP_NTZ */
    uint32_t nesting_max;           /* 0: 1,000 */
    const WeirTimeZone *zone;       /* of the session, for TIMESTAMP '…'; NULL: UTC */
    int64_t now_micros;             /* for TIMESTAMP 'now', DATE 'today' */
    bool has_parameters;            /* markers get these values; false: they stay PARAMETERs */
    const WeirSqlParameter *parameters;
    uint32_t parameter_count;
    WeirIdentifierText identifier_text; /* NULL: IDENTIFIER takes literals only */
    void *identifier_context;
} WeirParserOptions;

/* Split a script at semicolons outside of quotes, comments and BEGIN…END: the next statement from `*position` (bytes),
 * blank ones skipped.
 * `*length` 0 at the end. `*line` is the line (from 1) it begins on. */
WEIR_CHECKED WeirStatus weir_sql_split(const char *text, size_t text_length, size_t *position, const char **statement,
                                       size_t *length, int32_t *line, WeirError *error);
/* Replace ${name} by `lookup`'s values (spark.sql.variable.substitute). */
WEIR_CHECKED WeirStatus weir_sql_substitute(const char *text, size_t length,
                                            const char *(*lookup)(void *context, const char *name), void *context,
                                            WeirArena *arena, const char **out, size_t *out_length, WeirError *error);
/* One statement. Errors carry line, position and the line's text. */
WEIR_CHECKED WeirStatus weir_sql_parse(const char *text, size_t length, const WeirParserOptions *options,
                                       WeirArena *arena, WeirStatement **statement, WeirError *error);
/* The index-th keyword in order; NULL after the last. `*reserved`: under spark.sql.ansi.enforceReservedKeywords. */
const char *weir_sql_keyword(uint32_t index, bool *reserved);
/* One expression ("a + 1 AS b"), for selectExpr-like doors. */
WEIR_CHECKED WeirStatus weir_sql_parse_expression(const char *text, size_t length, const WeirParserOptions *options,
                                                  WeirArena *arena, WeirExpression **expression, WeirError *error);

#endif
