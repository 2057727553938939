/* What the function families share while calls are resolved. */
#ifndef WEIR_EXPR_FUNCTION_PRIVATE_H
#define WEIR_EXPR_FUNCTION_PRIVATE_H

#include <stdio.h>

#include "expr/coercion.h"
#include "expr/expression_private.h"

#define WEIR_ALIASES(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Text in error parameters: "a + 1" and "INT" with their double quotes, `name` in back quotes. */
const char *weir_quoted_sql(WeirArena *arena, const WeirExpression *expression);
const char *weir_quoted_type(WeirArena *arena, const WeirDataType *type);
const char *weir_expression_sql_text(WeirArena *arena, const WeirExpression *expression);
const char *weir_ordinal_word(uint32_t index); /* 0: "first" */

/* The call as it would be printed, for messages. */
const char *weir_call_sql(const WeirFunctionCall *call);
/* DATATYPE_MISMATCH.* of a call. `required` with its quotes: "\"STRING\"". */
/* An implicit cast that the call asks for. Where it fails at run time, the place shown is the whole call, as in Spark.
 */
WeirExpression *weir_call_cast(const WeirFunctionCall *call, WeirExpression *child, const WeirDataType *type,
                               WeirEvalMode mode);
WeirStatus weir_call_unexpected_type(const WeirFunctionCall *call, uint32_t index, const char *required,
                                     WeirError *error);
WeirStatus weir_call_diff_types(const WeirFunctionCall *call, WeirError *error); /* DATA_DIFF_TYPES of all arguments */
WeirStatus weir_call_wrong_count(const WeirFunctionCall *call, const char *expected, WeirError *error);
WeirStatus weir_call_non_foldable(const WeirFunctionCall *call, uint32_t index, const char *name, const char *type,
                                  WeirError *error);
WeirStatus weir_call_bad_ordering(const WeirFunctionCall *call, const WeirDataType *type, WeirError *error);

/* Check arguments against "string,int=1->string": fills cast_types, adds missing default arguments and sets result_type
 * (unless the result is "?": left to resolve). Words: see function_signature.c. */
WEIR_CHECKED WeirStatus weir_signature_apply(const char *signature, WeirFunctionCall *call, WeirError *error);
/* Type an argument is cast to for a signature word such as "string|binary"; NULL: not acceptable. */
const WeirDataType *weir_signature_cast(WeirArena *arena, const char *word, size_t length, const WeirDataType *type);

/* Value of a foldable argument in the call's arena; `*value` NULL when it is not foldable. */
WEIR_CHECKED WeirStatus weir_call_constant(const WeirFunctionCall *call, uint32_t index, WeirValue **value,
                                           WeirError *error);
/* Make all arguments the one common type (cast_types); false: there is none. */
bool weir_call_unify(WeirFunctionCall *call, uint32_t from, uint32_t to);
/* A call of a function by name over resolved arguments, resolved (for replacements). */
WeirExpression *weir_call_make(const WeirFunctionCall *call, const char *name, WeirExpression *const *arguments,
                               uint32_t count);

/* What a REPLACED call stands for, over its present children. Compile time and folding. */
WEIR_CHECKED WeirStatus weir_function_expand(const WeirExpression *call, const WeirEvalContext *context,
                                             WeirArena *arena, WeirExpression **expanded, WeirError *error);
WEIR_CHECKED WeirStatus weir_eval_constant(const WeirExpression *expression, const WeirEvalContext *context,
                                           WeirArena *arena, WeirValue **value, WeirError *error);

#endif
