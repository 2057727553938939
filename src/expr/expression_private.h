/* What the files of expr/ share about trees. */
#ifndef WEIR_EXPR_EXPRESSION_PRIVATE_H
#define WEIR_EXPR_EXPRESSION_PRIVATE_H

#include "common/hash.h"
#include "expr/function.h"

/* Equal expressions have equal hashes; never stored. */
uint64_t weir_expression_hash(const WeirExpression *expression);

/* ---- operands whose order does not matter: expression_order.c */
#define WEIR_OPERANDS_MAX 64u
typedef struct WeirOperands {
    const WeirExpression *items[WEIR_OPERANDS_MAX];
    uint32_t count;
} WeirOperands;
/* `a + (b + c)` has the operands a, b and c. False: an order that counts, or too many operands. */
bool weir_operands_of(const WeirExpression *expression, WeirOperands *operands);
bool weir_same_operands(const WeirExpression *const *a, const WeirExpression *const *b, uint32_t count);
/* `<`, `<=`, `>`, `>=` and NOT of them as `less < more` or `less <= more`. */
typedef struct WeirComparison {
    const WeirExpression *less, *more;
    bool or_equal;
} WeirComparison;
bool weir_comparison_of(const WeirExpression *expression, WeirComparison *comparison);

/* CALL, GENERATOR or AGGREGATE of a known function with resolved arguments and a known type. */
WeirExpression *weir_expression_call(WeirArena *arena, const WeirFunction *function, WeirExpression *const *arguments,
                                     uint32_t count, const WeirDataType *type, bool nullable);
WeirExpression *weir_expression_string_literal(WeirArena *arena, const char *text);
WeirExpression *weir_expression_int_literal(WeirArena *arena, int32_t value);
WeirExpression *weir_expression_long_literal(WeirArena *arena, int64_t value);
WeirExpression *weir_expression_boolean_literal(WeirArena *arena, bool value);
WeirExpression *weir_expression_null_literal(WeirArena *arena, const WeirDataType *type);

#endif
