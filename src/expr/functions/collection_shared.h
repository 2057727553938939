/* What the array, map and struct functions share: types of elements and values, results that are lists, building of
 * maps. */
#ifndef WEIR_EXPR_FUNCTIONS_COLLECTION_SHARED_H
#define WEIR_EXPR_FUNCTIONS_COLLECTION_SHARED_H

#include "expr/column_writer.h"
#include "expr/function_private.h"
#include "expr/kernel.h"

#define WEIR_COLLECTION_KERNEL(name)                                                                                   \
    static WeirStatus name(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,               \
                           WeirError *error)
#define WEIR_ARRAY_LENGTH_MAX 2147483632 /* Spark's largest array */

/* ---- types */

/* Where two types meet without strings becoming other types (findWiderTypeWithoutStringPromotion); NULL: nowhere. */
const WeirDataType *weir_wider_without_strings(WeirArena *arena, const WeirDataType *a, const WeirDataType *b);
/* First argument an array, argument `value` an element of it: casts to their common type. NULL_TYPE,
 * ARRAY_FUNCTION_DIFF_TYPES, UNEXPECTED_INPUT_TYPE. */
WEIR_CHECKED WeirStatus weir_collection_unify_element(WeirFunctionCall *call, uint32_t value, WeirError *error);
/* The type an argument has after its cast. */
static inline const WeirDataType *weir_call_type(const WeirFunctionCall *call, uint32_t index)
{
    return call->cast_types[index] != NULL ? call->cast_types[index] : call->arguments[index]->type;
}
WeirStatus weir_call_null_type(const WeirFunctionCall *call, WeirError *error);
WEIR_CHECKED WeirStatus weir_call_require_array(WeirFunctionCall *call, uint32_t index, WeirError *error);
WEIR_CHECKED WeirStatus weir_call_require_map(WeirFunctionCall *call, uint32_t index, WeirError *error);

/* ---- lists as results */

/* Writes the list column of a call: begin(row) before the elements of each selected row, in order; finish fills the
 * gaps. */
typedef struct WeirListResult {
    WeirKernelCall *call;
    WeirVector *result;
    WeirListRows rows;
    WeirColumnWriter elements;
} WeirListResult;
void weir_list_result_init(WeirListResult *list, WeirKernelCall *call, WeirVector *result);
static inline void weir_list_result_begin(WeirListResult *list, uint32_t row)
{
    weir_list_rows_begin(&list->rows, row, list->elements.length);
}
WEIR_CHECKED WeirStatus weir_list_result_finish(WeirListResult *list, WeirError *error);
WEIR_CHECKED WeirStatus weir_array_too_long(const WeirKernelCall *call, int64_t length, WeirError *error);

/* Rows of equal values: the first of `candidates` rows seen before that equals a row, by hash for long lists. */
typedef struct WeirRowSet {
    WeirArena *arena;
    const WeirVector **vectors;
    uint32_t *rows;
    uint32_t count, capacity;
    uint32_t *table; /* NULL while the set is small */
    uint32_t table_size;
} WeirRowSet;
void weir_row_set_init(WeirRowSet *set, WeirArena *arena);
static inline void weir_row_set_clear(WeirRowSet *set)
{
    set->count = 0;
    set->table_size = 0;
    set->table = NULL;
}
/* Index of the equal row in the set, or its count: not there. */
uint32_t weir_row_set_find(const WeirRowSet *set, const WeirVector *vector, uint32_t row);
/* Adds unless there; true: it was added. */
bool weir_row_set_add(WeirRowSet *set, const WeirVector *vector, uint32_t row);

/* ---- maps */

/* Collects the entries of one map at a time under spark.sql.mapKeyDedupPolicy. */
typedef struct WeirMapBuilder {
    const WeirKernelCall *call;
    WeirRowSet keys;
    const WeirVector **value_vectors;
    uint32_t *value_rows;
    uint32_t value_capacity;
    bool last_wins;
    WeirColumnWriter key_writer, value_writer;
} WeirMapBuilder;
void weir_map_builder_init(WeirMapBuilder *builder, const WeirKernelCall *call, const WeirDataType *map,
                           uint32_t capacity);
/* NULL_MAP_KEY, DUPLICATED_MAP_KEY. The vectors must live until end_map. */
WEIR_CHECKED WeirStatus weir_map_builder_put(WeirMapBuilder *builder, const WeirVector *keys, uint32_t key_row,
                                             const WeirVector *values, uint32_t value_row, WeirError *error);
void weir_map_builder_end_map(WeirMapBuilder *builder); /* entries go to the writers */
WEIR_CHECKED WeirStatus weir_map_builder_finish(WeirMapBuilder *builder, WeirVector *children, WeirError *error);

#endif
