/* The compiled form of expressions: steps over registers, each under a selection slot. */
#ifndef WEIR_EXPR_PROGRAM_PRIVATE_H
#define WEIR_EXPR_PROGRAM_PRIVATE_H

#include "expr/higher_order.h"
#include "expr/kernel.h"
#include "expr/program.h"

typedef enum WeirStepKind {
    WEIR_STEP_COLUMN,  /* target = input column `ordinal` */
    WEIR_STEP_LITERAL, /* target = the literal as a constant vector */
    WEIR_STEP_CALL,    /* target = kernel(arguments) */
    WEIR_STEP_SELECT,  /* slot `out_slot` = rows of `slot` that `select` keeps, by the boolean or nullness of
                          arguments[0] */
    WEIR_STEP_MERGE    /* target = rows of arguments[i] under slots[i]; later parts override earlier ones */
} WeirStepKind;

typedef enum WeirSelectMode {
    WEIR_SELECT_TRUE,
    WEIR_SELECT_NOT_TRUE,
    WEIR_SELECT_NOT_FALSE,
    WEIR_SELECT_NULL
} WeirSelectMode;

typedef struct WeirStep {
    WeirStepKind kind;
    WeirSelectMode select;
    uint32_t target;
    uint32_t slot;
    uint32_t out_slot;
    uint32_t ordinal;
    uint32_t argument_count;
    uint32_t *arguments;
    uint32_t *slots;
    uint32_t flags; /* of the function */
    WeirKernel kernel;
    const WeirExpression *expression;
    WeirLambda *lambdas;
    uint32_t lambda_count;
    uint32_t state; /* index of the kernel's state in an instance */
    bool scratch;   /* the result may lie in memory that the instance uses again */
} WeirStep;

typedef struct WeirStepList {
    WeirStep *steps;
    uint32_t count, capacity;
} WeirStepList;

struct WeirProgram {
    WeirArena arena;
    const WeirEvalContext *context;
    WeirStepList run;
    WeirStepList filter; /* a predicate's conjuncts as successive selections; its last slot is `filter_slot` */
    uint32_t filter_slot;
    bool is_predicate;
    uint32_t register_count, slot_count, state_count;
    uint32_t output_count;
    uint32_t *outputs;                 /* registers */
    const WeirDataType **output_types; /* of the expressions as given: they outlive the program */
};

typedef struct WeirScratch {
    void *memory;
    size_t bytes;
} WeirScratch;

typedef struct WeirSlot {
    const uint32_t *rows; /* NULL: all */
    uint32_t count;
} WeirSlot;

struct WeirProgramInstance {
    const WeirProgram *program;
    WeirVector *registers;
    WeirScratch *scratch; /* by register */
    WeirSlot *slots;
    void **states;
    WeirLambdaRuntime **lambdas; /* by step state index; NULL: none */
};

/* Kernels of the kinds that are no function. */
WeirStatus weir_cast_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                            WeirError *error);
WeirStatus weir_extract_field_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                                     WeirError *error);
uint32_t weir_cast_flags(const WeirExpression *cast);

/* merge step */
WeirStatus weir_merge_run(WeirProgramInstance *instance, const WeirStep *step, uint32_t row_count, WeirArena *arena,
                          WeirError *error);
/* Rows of `in` kept by a boolean (or by nullness); `out` must have room for in->count. Returns how many. */
uint32_t weir_select_rows(const WeirVector *condition, WeirSelectMode mode, const WeirSlot *in, uint32_t *out);
WeirStatus weir_step_call(WeirProgramInstance *instance, const WeirStep *step, uint32_t row_count, WeirArena *arena,
                          WeirError *error);

#endif
