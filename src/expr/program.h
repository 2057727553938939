/* Expressions compiled to a flat program of kernel calls over vectors. Compiled once per query from expressions whose
 * attributes are BOUND_REFERENCEs; common subexpressions are computed once; branches (CASE, coalesce, AND/OR) run under
 * narrowed selections, so that ANSI errors are raised only for rows that need the value. A program is immutable and
 * shared by tasks; an instance holds one task's scratch. */
#ifndef WEIR_EXPR_PROGRAM_H
#define WEIR_EXPR_PROGRAM_H

#include "expr/function.h"

typedef struct WeirProgram WeirProgram;
typedef struct WeirProgramInstance WeirProgramInstance;

/* `expressions` must be resolved and bound; they and `context` must outlive the program. Free with weir_program_free.
 */
WEIR_CHECKED WeirStatus weir_program_compile(WeirExpression *const *expressions, uint32_t count,
                                             const WeirEvalContext *context, WeirProgram **program, WeirError *error);
void weir_program_free(WeirProgram *program);
WEIR_CHECKED WeirStatus weir_program_instance_new(const WeirProgram *program, WeirProgramInstance **instance,
                                                  WeirError *error);
void weir_program_instance_free(WeirProgramInstance *instance);
/* Evaluate for the live rows of `input`; outputs[i] (row_count of input; rows not selected are undefined) allocated in
 * `arena`; they may share memory with `input` (the caller makes the output's batch keep it). Row errors carry the
 * expression's origin. */
WEIR_CHECKED WeirStatus weir_program_run(WeirProgramInstance *instance, const WeirBatch *input, WeirArena *arena,
                                         WeirVector *outputs, WeirError *error);
/* For predicates (one boolean expression): the selection of rows where it is true, in `arena`; count 0..selected_count.
 * AND is evaluated left to right, later parts only for rows still alive. */
WEIR_CHECKED WeirStatus weir_program_filter(WeirProgramInstance *instance, const WeirBatch *input, WeirArena *arena,
                                            const uint32_t **selection, uint32_t *selected_count, WeirError *error);
/* Evaluate an expression without input (folding, options): the value in `arena`. */
WEIR_CHECKED WeirStatus weir_expression_evaluate(const WeirExpression *expression, const WeirEvalContext *context,
                                                 WeirArena *arena, WeirValue **value, WeirError *error);

/* Generators: one row in, many out. Evaluates arguments elsewhere; expands `arguments` rows: for the k-th live row,
 * counts[k] output rows; columns in `outputs` are dense over all output rows. `outer`: a row with none gives one row of
 * nulls. */
WEIR_CHECKED WeirStatus weir_generator_expand(const WeirExpression *generator, const WeirVector *const *arguments,
                                              const WeirBatch *input, uint32_t *counts, WeirVector *outputs,
                                              WeirArena *arena, WeirError *error);

#endif
