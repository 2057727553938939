/* State of one compilation; shared by program_compile.c and higher_order_compile.c. */
#ifndef WEIR_EXPR_PROGRAM_COMPILER_H
#define WEIR_EXPR_PROGRAM_COMPILER_H

#include "expr/program_private.h"

typedef struct WeirComputed {
    const WeirExpression *expression;
    uint64_t hash;
    uint32_t slot; /* the selection it was computed for */
    uint32_t reg;
} WeirComputed;

typedef struct WeirCompiler {
    WeirProgram *program;
    WeirArena *arena;
    const WeirEvalContext *context;
    WeirStepList *list;
    uint32_t *slot_parents;
    uint32_t slot_capacity;
    WeirComputed *computed;
    uint32_t computed_count, computed_capacity;
    uint32_t depth;
} WeirCompiler;

uint32_t weir_compiler_register(WeirCompiler *compiler);
uint32_t weir_compiler_slot(WeirCompiler *compiler, uint32_t parent);
WeirStep *weir_compiler_step(WeirCompiler *compiler, WeirStepKind kind, const WeirExpression *expression, uint32_t slot,
                             uint32_t argument_count);
WEIR_CHECKED WeirStatus weir_compile_node(WeirCompiler *compiler, const WeirExpression *expression, uint32_t slot,
                                          uint32_t *reg, WeirError *error);
/* IN whose list may fail, and what it is compiled as: program_in_list.c */
bool weir_in_list_is_lazy(const WeirExpression *in);
WeirExpression *weir_in_list_expand(WeirArena *arena, const WeirExpression *in);
WEIR_CHECKED WeirStatus weir_compile_lambda_call(WeirCompiler *compiler, const WeirExpression *expression,
                                                 uint32_t slot, uint32_t lambda_count, uint32_t *reg, WeirError *error);

#endif
