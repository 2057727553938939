/* What kernels are written with: rows of a call, values of arguments, nulls and text of results. Arguments are flat or
 * constant (unless the function takes ANY_VECTOR); `mask` turns a row number into 0 for constants without a branch. */
#ifndef WEIR_EXPR_KERNEL_H
#define WEIR_EXPR_KERNEL_H

#include "expr/function.h"

typedef struct WeirArgument {
    const void *values;
    const uint64_t *validity; /* NULL: no nulls */
    uint32_t mask;            /* 0 for constants, all ones otherwise */
} WeirArgument;

static inline WeirArgument weir_argument(const WeirVector *vector)
{
    return (WeirArgument){vector->values, vector->validity, vector->kind == WEIR_VECTOR_CONSTANT ? 0u : UINT32_MAX};
}
static inline bool weir_argument_is_null(const WeirArgument *argument, uint32_t row)
{
    return argument->validity != NULL && !weir_bit_get(argument->validity, row & argument->mask);
}
#define WEIR_ARGUMENT_VALUE(Type, argument, row) (((const Type *)(argument).values)[(row) & (argument).mask])
static inline const WeirStringView *weir_argument_view(const WeirArgument *argument, uint32_t row)
{
    return &((const WeirStringView *)argument->values)[row & argument->mask];
}

/* for (each row to compute): `row` is declared. */
#define WEIR_FOR_ROWS(call, row)                                                                                       \
    for (uint32_t k_##row = 0, row = 0;                                                                                \
         k_##row < (call)->count && ((row = (call)->selection == NULL ? k_##row : (call)->selection[k_##row]), true);  \
         k_##row++)

/* Turn a row of the result to null (TRY mode, functions that give null). */
static inline void weir_result_set_null(const WeirKernelCall *call, WeirVector *result, uint32_t row)
{
    if (__builtin_expect(result->validity == NULL, 0))
        weir_vector_ensure_validity(result, call->row_count, call->arena);
    weir_bit_clear(result->validity, row);
}

/* A row error: the condition was set by the caller; adds the place in the SQL text. */
static inline WeirStatus weir_row_error(const WeirKernelCall *call, WeirStatus status, WeirError *error)
{
    weir_error_locate(error, call->expression->sql, call->expression->origin);
    return status;
}

/* Bytes of string results: a bump pointer into the call's arena. Reserve the most a value may need, write, then commit
 * what was used. */
typedef struct WeirTextHeap {
    WeirArena *arena;
    uint8_t *next;
    uint8_t *end;
} WeirTextHeap;
static inline WeirTextHeap weir_text_heap(const WeirKernelCall *call)
{
    return (WeirTextHeap){call->arena, NULL, NULL};
}
WEIR_CHECKED WeirStatus weir_text_heap_grow(WeirTextHeap *heap, size_t bytes, WeirError *error);
static inline WeirStatus weir_text_heap_reserve(WeirTextHeap *heap, size_t bytes, WeirError *error)
{
    if (__builtin_expect((size_t)(heap->end - heap->next) < bytes || heap->next == NULL, 0))
        return weir_text_heap_grow(heap, bytes, error);
    return WEIR_OK;
}
/* The view over `length` bytes written at heap->next. Short values move into the view and give their bytes back. */
static inline WeirStringView weir_text_heap_commit(WeirTextHeap *heap, uint32_t length)
{
    WeirStringView view = weir_view_make(heap->next, length);
    if (length > WEIR_VIEW_INLINE_BYTES)
        heap->next += length;
    return view;
}
WEIR_CHECKED WeirStatus weir_text_heap_copy(WeirTextHeap *heap, const void *data, size_t length, WeirStringView *view,
                                            WeirError *error);

/* The text as Java has it once it is a String: itself, or a copy with U+FFFD for each malformed sequence. */
WEIR_CHECKED WeirStatus weir_text_heap_valid(WeirTextHeap *heap, const WeirStringView *text, WeirStringView *valid,
                                             WeirError *error);

/* Offsets of list results, filled over the gaps of a selection: begin each selected row in order, then finish. `length`
 * = elements so far. */
typedef struct WeirListRows {
    uint32_t *offsets;
    uint32_t next;
} WeirListRows;
static inline void weir_list_rows_begin(WeirListRows *rows, uint32_t row, uint32_t length)
{
    while (rows->next <= row)
        rows->offsets[rows->next++] = length;
}
static inline void weir_list_rows_finish(WeirListRows *rows, uint32_t row_count, uint32_t length)
{
    while (rows->next <= row_count)
        rows->offsets[rows->next++] = length;
}

#endif
