/* What the files of this folder share: tokens, the parser's state and the grammar's entry points.
 *
 * Failure is sticky: the first error is kept in `status` and the token stream ends at once, so every loop and every
 * accept() stops by itself. Grammar functions therefore always return a node (after a failure one without meaning) and
 * need no check of each call. */
#ifndef WEIR_SQL_PARSER_PRIVATE_H
#define WEIR_SQL_PARSER_PRIVATE_H

#include "columnar/time_zone.h"
#include "sql/parser.h"

typedef enum WeirKeyword {
    WEIR_NOT_A_KEYWORD,
/* Each pastes for itself: NULL is a keyword, and a macro that must not be expanded on the way. */
#define KEYWORD(name) WEIR_KEYWORD_##name,
#define STRICT(name) WEIR_KEYWORD_##name,
#define RESERVED(name) WEIR_KEYWORD_##name,
#define STRICT_RESERVED(name) WEIR_KEYWORD_##name,
#include "sql/keywords.def"
#undef KEYWORD
#undef STRICT
#undef RESERVED
#undef STRICT_RESERVED
    WEIR_KEYWORD_COUNT
} WeirKeyword;

typedef enum WeirTokenKind {
    WEIR_TOKEN_END,
    WEIR_TOKEN_WORD,         /* identifier or keyword */
    WEIR_TOKEN_BACKQUOTED,   /* `a b` */
    WEIR_TOKEN_STRING,       /* '…', "…", r'…' with their quotes */
    WEIR_TOKEN_INTEGER,      /* digits */
    WEIR_TOKEN_DECIMAL,      /* 1.5 */
    WEIR_TOKEN_EXPONENT,     /* 1e5 */
    WEIR_TOKEN_TYPED_NUMBER, /* 1L 1S 1Y 1F 1D 1BD */
    WEIR_TOKEN_SYMBOL,
    WEIR_TOKEN_INVALID /* a character or an unclosed quote that begins no token */
} WeirTokenKind;

/* Symbols of one character are that character. ">>" and ">>>" are made by the parser from neighbouring '>', since they
 * also end nested types. */
enum {
    WEIR_SYMBOL_NULL_SAFE_EQUAL = 256, /* <=> */
    WEIR_SYMBOL_EQUAL_EQUAL,
    WEIR_SYMBOL_NOT_EQUAL,     /* != */
    WEIR_SYMBOL_LESS_GREATER,  /* <> */
    WEIR_SYMBOL_LESS_EQUAL,    /* <= !> */
    WEIR_SYMBOL_GREATER_EQUAL, /* >= !< */
    WEIR_SYMBOL_SHIFT_LEFT,
    WEIR_SYMBOL_CONCAT,       /* || */
    WEIR_SYMBOL_DOUBLE_COLON, /* :: */
    WEIR_SYMBOL_ARROW,        /* -> */
    WEIR_SYMBOL_FAT_ARROW,    /* => */
    WEIR_SYMBOL_PIPE,         /* |> */
    WEIR_SYMBOL_HINT_BEGIN,   /* slash star plus */
    WEIR_SYMBOL_HINT_END
};

typedef struct WeirToken {
    WeirTokenKind kind;
    WeirKeyword keyword; /* of a WORD */
    int32_t symbol;
    int32_t start, length; /* bytes */
    int32_t line, column;  /* column in characters */
} WeirToken;

typedef struct WeirLexer {
    const char *text;
    int32_t length;
    int32_t position;
    int32_t line;
    int32_t line_start; /* byte offset at which the line begins */
    int32_t
        column_offset; /* bytes after the first of each character since line_start, to count columns in characters */
    bool in_hint;
    bool unclosed_comment;
} WeirLexer;

/* The next token, blanks and comments skipped. */
WeirToken weir_lexer_next(WeirLexer *lexer);
WeirKeyword weir_keyword_find(const char *text, size_t length);
const char *weir_keyword_text(WeirKeyword keyword);
bool weir_keyword_is_strict(WeirKeyword keyword);
bool weir_keyword_is_reserved(WeirKeyword keyword);
/* Unquoted and unescaped text of a string token; `*length` excludes the zero byte that follows it. */
char *weir_string_literal(WeirArena *arena, const char *token, size_t token_length, bool escaped_literals,
                          size_t *length);

#define WEIR_LOOKAHEAD 8
typedef struct WeirParser {
    WeirLexer lexer;
    const WeirParserOptions *options;
    WeirArena *arena;
    WeirStatus status;
    WeirError *error;
    WeirToken tokens[WEIR_LOOKAHEAD]; /* ring: [head] is the current token */
    uint32_t head, count;
    WeirToken last; /* the one consumed last */
    uint32_t depth;
    uint32_t parameter_count, named_parameter_count; /* ? and :name markers so far */
} WeirParser;

/* A growable list of pointers in the arena. */
typedef struct WeirList {
    void **items;
    uint32_t count, capacity;
} WeirList;
void weir_list_add(WeirParser *p, WeirList *list, void *item);

/* ---- parser.c: tokens */
const WeirToken *weir_peek(WeirParser *p);
const WeirToken *weir_peek_at(WeirParser *p, uint32_t n); /* n < WEIR_LOOKAHEAD */
WeirToken weir_advance(WeirParser *p);
bool weir_at(WeirParser *p, WeirKeyword keyword);
bool weir_at_symbol(WeirParser *p, int32_t symbol);
bool weir_next_is(WeirParser *p, uint32_t n, WeirKeyword keyword);
bool weir_next_is_symbol(WeirParser *p, uint32_t n, int32_t symbol);
bool weir_accept(WeirParser *p, WeirKeyword keyword);
bool weir_accept2(WeirParser *p, WeirKeyword first, WeirKeyword second); /* both or none */
bool weir_accept_temporary(WeirParser *p);                               /* TEMPORARY, TEMP */
bool weir_accept_symbol(WeirParser *p, int32_t symbol);
void weir_expect(WeirParser *p, WeirKeyword keyword);
void weir_expect_symbol(WeirParser *p, int32_t symbol);
bool weir_at_end(WeirParser *p); /* end of text or a last semicolon */
/* True while the parser may go one level deeper; pair with weir_leave when it was true. */
bool weir_enter(WeirParser *p);
void weir_leave(WeirParser *p);
WeirOrigin weir_origin_of(const WeirToken *token);
/* From `first` to the last consumed token. */
WeirOrigin weir_origin_since(WeirParser *p, WeirOrigin first);
WeirOrigin weir_origin_here(WeirParser *p);
char *weir_source_text(WeirParser *p, int32_t start, int32_t end); /* trimmed copy */

/* ---- parse_error.c: all set the sticky failure; only the first counts */
void weir_fail_syntax(WeirParser *p); /* at the current token */
void weir_fail_syntax_hint(WeirParser *p, const char *hint);
void weir_fail(WeirParser *p, WeirOrigin origin, WeirStatus condition, const char *const *parameters);
#define WEIR_FAIL(p, origin, condition, ...)                                                                           \
    weir_fail((p), (origin), (condition), (const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL})
void weir_fail_text(WeirParser *p, WeirOrigin origin, WeirStatus condition, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void weir_fail_status(WeirParser *p, WeirOrigin origin, WeirStatus status); /* the error is filled already */
void weir_fail_exhausted(WeirParser *p);                                    /* the arena met its limit */
void weir_fail_unsupported(WeirParser *p, WeirOrigin origin,
                           const char *what); /* a statement Spark has and weir has not */

/* ---- name.c */
bool weir_at_identifier(WeirParser *p);
bool weir_is_identifier(WeirParser *p, const WeirToken *token);
const char *weir_parse_identifier(WeirParser *p);       /* a name or IDENTIFIER('…') */
const char *weir_parse_plain_identifier(WeirParser *p); /* where IDENTIFIER is a name itself */
const char *weir_token_name(WeirParser *p, const WeirToken *token);
void weir_parse_multipart(WeirParser *p, WeirList *parts);       /* a.b.c */
const char *weir_parse_dotted_name(WeirParser *p);               /* a.b.c as one text */
void weir_parse_identifier_list(WeirParser *p, WeirList *names); /* a, b: until no comma */
void weir_parse_parenthesized_identifiers(WeirParser *p, WeirList *names);
const char *weir_parse_string(WeirParser *p, size_t *length); /* adjacent literals joined; `length` may be NULL */
bool weir_at_string(WeirParser *p);
/* [AS] alias of a table: false when there is none. A keyword that begins a clause is an alias only where nothing else
 * can follow. */
bool weir_at_table_alias(WeirParser *p);
/* Accept AS where a name follows; "SELECT 1 AS" and "FROM t AS WHERE …" have a name that is AS itself. */
bool weir_accept_as(WeirParser *p, bool table);

/* ---- type_parser.c */
const WeirDataType *weir_parse_type(WeirParser *p);
/* "a INT NOT NULL COMMENT '…', b STRING" after the '(' up to and with the ')': the text between them. */
const char *weir_parse_column_definitions(WeirParser *p, uint32_t *count);

/* ---- expression_parser.c and the files of its parts */
WeirExpression *weir_parse_expression(WeirParser *p);       /* booleanExpression */
WeirExpression *weir_parse_value_expression(WeirParser *p); /* without predicates, AND, OR, NOT */
WeirExpression *weir_parse_named_expression(WeirParser *p); /* expression [[AS] name | AS (a, b)] */
void weir_parse_expression_list(WeirParser *p, WeirList *list);
WeirExpression *weir_parse_predicate(WeirParser *p, WeirExpression *left);
WeirExpression *weir_parse_primary(WeirParser *p);
WeirExpression *weir_parse_special_form(WeirParser *p); /* NULL: the current words begin none */
WeirExpression *weir_parse_literal(WeirParser *p);      /* NULL: no literal here */
WeirExpression *weir_parse_number(WeirParser *p, bool negative, WeirOrigin origin);
WeirExpression *weir_parse_typed_literal(WeirParser *p, WeirOrigin origin);
/* At INTERVAL, followed by an interval; INTERVAL '1 day 2 hours' too where `text_allowed`. */
WeirExpression *weir_parse_interval(WeirParser *p, bool text_allowed);
bool weir_at_interval(WeirParser *p);
WeirExpression *weir_parse_function_call(WeirParser *p, const WeirList *name, WeirOrigin origin);
/* FILTER, IGNORE NULLS, OVER after a call. */
WeirExpression *weir_parse_call_suffix(WeirParser *p, WeirExpression *call);
WeirWindowSpec *weir_parse_window_spec(WeirParser *p); /* "name" or "( … )" */
WeirExpression *weir_parse_sort_item(WeirParser *p);
void weir_parse_sort_items(WeirParser *p, WeirList *list);
WeirExpression *weir_parse_paren_query_rest(WeirParser *p, WeirExpression *first);

/* Node makers. */
WeirExpression *weir_make_call(WeirParser *p, const char *name, WeirOrigin origin, uint32_t count,
                               WeirExpression *const *children);
WeirExpression *weir_make_call1(WeirParser *p, const char *name, WeirOrigin origin, WeirExpression *a);
WeirExpression *weir_make_call2(WeirParser *p, const char *name, WeirOrigin origin, WeirExpression *a,
                                WeirExpression *b);
WeirExpression *weir_make_literal(WeirParser *p, const WeirValue *value, WeirOrigin origin);
WeirExpression *weir_make_string(WeirParser *p, const char *text, WeirOrigin origin);
WeirExpression *weir_make_int(WeirParser *p, int32_t value, WeirOrigin origin);
WeirExpression *weir_make_boolean(WeirParser *p, bool value, WeirOrigin origin);
WeirExpression *weir_make_attribute(WeirParser *p, const WeirList *parts, WeirOrigin origin);
WeirExpression *weir_finish(WeirParser *p, WeirExpression *expression,
                            WeirOrigin first); /* origin up to here, and its text */
/* A row "(a, b)" or STRUCT(a, b). */
bool weir_is_struct(const WeirExpression *expression);
void weir_set_children(WeirExpression *expression, const WeirList *list);

/* ---- query.c, select.c, relation.c, … */
bool weir_at_query(WeirParser *p); /* SELECT, WITH, FROM, VALUES, TABLE, or '(' before one of them */
WeirLogicalPlan *weir_parse_query(WeirParser *p);
/* Set operations, ORDER BY and the rest after a first term that was already read. */
WeirLogicalPlan *weir_parse_query_rest(WeirParser *p, WeirLogicalPlan *term);
bool weir_at_query_rest(WeirParser *p);
WeirLogicalPlan *weir_parse_select(WeirParser *p);                              /* SELECT …, FROM … SELECT … */
WeirLogicalPlan *weir_parse_select_over(WeirParser *p, WeirLogicalPlan *from);  /* SELECT … whose FROM is given */
WeirLogicalPlan *weir_parse_select_piped(WeirParser *p, WeirLogicalPlan *from); /* … without WHERE */
WeirLogicalPlan *weir_parse_set_rest(WeirParser *p, WeirLogicalPlan *left);     /* UNION … after a query */
WeirLogicalPlan *weir_parse_orders(WeirParser *p, WeirLogicalPlan *plan);       /* ORDER BY and its relatives */
/* ORDER BY, SORT BY, DISTRIBUTE BY and CLUSTER BY exclude each other, except DISTRIBUTE BY before SORT BY; `origin`: of
 * the first. */
void weir_refuse_second_order(WeirParser *p, WeirOrigin origin);
void weir_parse_named_windows(WeirParser *p, WeirLogicalPlan *node);
WeirLogicalPlan *weir_parse_from(WeirParser *p); /* after FROM: relations, LATERAL VIEW, PIVOT */
WeirLogicalPlan *weir_parse_relation(WeirParser *p);
WeirLogicalPlan *weir_parse_join_rest(WeirParser *p, WeirLogicalPlan *left);
WeirLogicalPlan *weir_parse_one_join(WeirParser *p, WeirLogicalPlan *left); /* one join, PIVOT or UNPIVOT */
WeirLogicalPlan *weir_parse_relation_primary(WeirParser *p);
WeirLogicalPlan *weir_parse_inline_table(WeirParser *p); /* after VALUES */
WeirLogicalPlan *weir_parse_sample(WeirParser *p, WeirLogicalPlan *child);
WeirLogicalPlan *weir_parse_pivot(WeirParser *p, WeirLogicalPlan *child); /* at PIVOT or UNPIVOT */
WeirLogicalPlan *weir_parse_lateral_view(WeirParser *p, WeirLogicalPlan *child);
WeirLogicalPlan *weir_parse_pipe(WeirParser *p, WeirLogicalPlan *child); /* after |> */
bool weir_at_pipe(WeirParser *p);                                        /* |>, or | before an operator's word */
WeirLogicalPlan *weir_parse_group_by(WeirParser *p, WeirLogicalPlan *child, const WeirList *select);
WeirLogicalPlan *weir_parse_limits(WeirParser *p, WeirLogicalPlan *plan, bool with_windows);
WeirLogicalPlan *weir_make_plan(WeirParser *p, WeirLogicalKind kind, WeirOrigin origin);
WeirLogicalPlan *weir_make_unary(WeirParser *p, WeirLogicalKind kind, WeirLogicalPlan *child, WeirOrigin origin);
void weir_plan_set_expressions(WeirLogicalPlan *plan, const WeirList *list);

/* ---- statements */
void weir_parse_statement(WeirParser *p, WeirStatement *statement);
void weir_parse_create(WeirParser *p, WeirStatement *statement, WeirOrigin origin);
/* v, session.v, system.session.v: temporary things live in no other place. `type` is VIEW or FUNCTION. */
const char *weir_parse_temporary_name(WeirParser *p, WeirOrigin origin, const char *type);
/* INSERT, UPDATE, ALTER TABLE and their like; false: none of them. */
bool weir_parse_table_command(WeirParser *p, WeirStatement *statement, WeirOrigin origin);
void weir_parse_set(WeirParser *p, WeirStatement *statement, WeirOrigin origin);
void weir_parse_reset(WeirParser *p, WeirStatement *statement, WeirOrigin origin);
void weir_parse_describe(WeirParser *p, WeirStatement *statement, WeirOrigin origin);
void weir_parse_show(WeirParser *p, WeirStatement *statement, WeirOrigin origin);
void weir_parse_declare(WeirParser *p, WeirStatement *statement, WeirOrigin origin);
void weir_parse_drop(WeirParser *p, WeirStatement *statement, WeirOrigin origin);
/* "( key [=] value, … )"; values are text. */
void weir_parse_options(WeirParser *p, const WeirOption **options, uint32_t *count);

/* ---- depth_check.c */
/* Is a tree of the statement deeper than `limit`, or immense? Later layers may recurse where it is not. */
bool weir_statement_is_too_deep(const WeirStatement *statement, uint32_t limit);

#endif
