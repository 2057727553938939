/* Helpers of this folder's tests and benchmarks: plans made by hand, a source of batches in memory, count and sum of
 * their own (so that these tests need no function table), and an output that keeps rows as text. */
#ifndef WEIR_OPERATORS_TEST_PLAN_H
#define WEIR_OPERATORS_TEST_PLAN_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "columnar/unsafe_row.h"
#include "operators/execution.h"

static const WeirOrigin test_origin = {0};

/* ---- aggregates ---- */

static uint32_t test_count_buffer(const WeirExpression *expression, WeirArena *arena,
                                  WeirField fields[WEIR_AGGREGATE_BUFFERS_MAX])
{
    (void)expression, (void)arena;
    fields[0] = (WeirField){.name = "count", .type = &weir_type_long, .nullable = false, .metadata = "{}"};
    return 1;
}

static void test_count_init(const WeirAggregateCall *call, uint8_t *row)
{
    (void)call, (void)row;
}

static WeirStatus test_count_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                                    const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    (void)error;
    const WeirVector *argument = call->expression->child_count == 0 ? NULL : arguments[0];
    bool all = argument == NULL || (argument->kind == WEIR_VECTOR_CONSTANT && !weir_vector_is_null(argument, 0));
    size_t offset = (size_t)(weir_slot((uint8_t *)0, &call->slots, 0) - (uint8_t *)0);
    for (uint32_t k = 0; k < count; k++) {
        if (!all && weir_vector_is_null(argument, selection == NULL ? k : selection[k]))
            continue;
        int64_t *slot = (int64_t *)(void *)(rows[k] + offset);
        (*slot)++;
    }
    return WEIR_OK;
}

static WeirStatus test_count_merge(const WeirAggregateCall *call, uint8_t *const *targets,
                                   const uint8_t *const *sources, uint32_t count, WeirError *error)
{
    (void)error;
    for (uint32_t k = 0; k < count; k++) {
        int64_t *slot = (int64_t *)(void *)weir_slot(targets[k], &call->slots, 0);
        int64_t other;
        memcpy(&other, weir_slot((uint8_t *)(uintptr_t)sources[k], &call->slots, 0), 8);
        *slot += other;
    }
    return WEIR_OK;
}

static WeirStatus test_count_evaluate(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                      WeirVector *result, WeirArena *arena, WeirError *error)
{
    (void)arena, (void)error;
    for (uint32_t k = 0; k < count; k++)
        memcpy((int64_t *)result->values + k, weir_slot((uint8_t *)(uintptr_t)rows[k], &call->slots, 0), 8);
    return WEIR_OK;
}

static const WeirAggregateFunction test_count __attribute__((unused)) = {
    .name = "count",
    .buffer = test_count_buffer,
    .init = test_count_init,
    .update = test_count_update,
    .merge = test_count_merge,
    .evaluate = test_count_evaluate,
};

/* A sum of doubles: its bits show any change in the order of additions. */
static uint32_t test_sum_buffer(const WeirExpression *expression, WeirArena *arena,
                                WeirField fields[WEIR_AGGREGATE_BUFFERS_MAX])
{
    (void)expression, (void)arena;
    fields[0] = (WeirField){.name = "sum", .type = &weir_type_double, .nullable = true, .metadata = "{}"};
    return 1;
}

static WeirStatus test_sum_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                                  const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    (void)error;
    for (uint32_t k = 0; k < count; k++) {
        const WeirVector *flat;
        uint32_t row = weir_vector_locate(arguments[0], selection == NULL ? k : selection[k], &flat);
        *(double *)(void *)weir_slot(rows[k], &call->slots, 0) += ((const double *)flat->values)[row];
    }
    return WEIR_OK;
}

static WeirStatus test_sum_merge(const WeirAggregateCall *call, uint8_t *const *targets, const uint8_t *const *sources,
                                 uint32_t count, WeirError *error)
{
    (void)error;
    for (uint32_t k = 0; k < count; k++)
        *(double *)(void *)weir_slot(targets[k], &call->slots, 0) +=
            *(const double *)(const void *)weir_slot((uint8_t *)(uintptr_t)sources[k], &call->slots, 0);
    return WEIR_OK;
}

static const WeirAggregateFunction test_sum __attribute__((unused)) = {
    .name = "sum",
    .buffer = test_sum_buffer,
    .init = test_count_init,
    .update = test_sum_update,
    .merge = test_sum_merge,
    .evaluate = test_count_evaluate,
};

/* ---- expressions and nodes ---- */

static inline WeirExpression *test_attribute(WeirArena *arena, const char *name, const WeirDataType *type, int64_t id)
{
    return weir_expression_attribute(arena, name, type, true, id);
}

static inline WeirExpression *test_bound(WeirArena *arena, const char *name, const WeirDataType *type, uint32_t ordinal)
{
    WeirExpression *bound = weir_expression_new(arena, WEIR_EXPRESSION_BOUND_REFERENCE, test_origin);
    bound->name = name;
    bound->type = type;
    bound->ordinal = ordinal;
    bound->nullable = true;
    return bound;
}

static inline WeirExpression *test_aggregate(WeirArena *arena, const WeirAggregateFunction *function,
                                             const WeirDataType *type, WeirExpression *argument)
{
    WeirExpression *aggregate = weir_expression_new(arena, WEIR_EXPRESSION_AGGREGATE, test_origin);
    aggregate->aggregate = function;
    aggregate->type = type;
    aggregate->name = function->name;
    if (argument != NULL) {
        aggregate->children = WEIR_ARENA_ARRAY(arena, WeirExpression *, 1);
        aggregate->children[0] = argument;
        aggregate->child_count = 1;
    }
    return aggregate;
}

static inline WeirExpression **test_list(WeirArena *arena, uint32_t count, ...)
{
    WeirExpression **list = WEIR_ARENA_ARRAY(arena, WeirExpression *, count + 1);
    va_list arguments;
    va_start(arguments, count);
    for (uint32_t i = 0; i < count; i++)
        list[i] = va_arg(arguments, WeirExpression *);
    va_end(arguments);
    return list;
}

static inline WeirPhysicalPlan *test_node(WeirArena *arena, WeirPhysicalKind kind, uint32_t child_count,
                                          WeirPhysicalPlan *left, WeirPhysicalPlan *right)
{
    WeirPhysicalPlan *plan = WEIR_ARENA_NEW(arena, WeirPhysicalPlan);
    plan->kind = kind;
    plan->children = WEIR_ARENA_ARRAY(arena, WeirPhysicalPlan *, 2);
    plan->children[0] = left;
    plan->children[1] = right;
    plan->child_count = child_count;
    plan->limit = plan->offset = -1;
    plan->event_time_ordinal = -1;
    plan->partition_count = 4;
    return plan;
}

static inline void test_set_output(WeirPhysicalPlan *plan, WeirExpression **output, uint32_t count)
{
    plan->output = output;
    plan->output_count = count;
}

/* ---- a source of batches ---- */

typedef struct TestTable {
    WeirBatch ***partitions; /* [partition][batch] */
    uint32_t *batch_counts;
    uint32_t partition_count;
} TestTable;

typedef struct TestReader {
    const TestTable *table;
    uint32_t partition, next;
} TestReader;

static WeirStatus test_open_partition(WeirSource *source, const WeirInputPartition *partition,
                                      const WeirScanRequest *request, WeirMemoryTracker *tracker, WeirReader **reader,
                                      WeirError *error)
{
    (void)request, (void)tracker, (void)error;
    TestReader *made = weir_calloc(1, sizeof(*made));
    made->table = (const TestTable *)(void *)source;
    made->partition = (uint32_t)partition->index;
    *reader = (WeirReader *)(void *)made;
    return WEIR_OK;
}

static WeirStatus test_next_batch(WeirReader *opaque, WeirBatch **batch, WeirError *error)
{
    (void)error;
    TestReader *reader = (TestReader *)(void *)opaque;
    *batch = NULL;
    if (reader->next < reader->table->batch_counts[reader->partition])
        *batch = weir_batch_retain(reader->table->partitions[reader->partition][reader->next++]);
    return WEIR_OK;
}

static void test_close_reader(WeirReader *reader)
{
    weir_free(reader);
}

static const WeirSourceType test_source = {
    .name = "test",
    .open_partition = test_open_partition,
    .next_batch = test_next_batch,
    .close_reader = test_close_reader,
};

static inline WeirPhysicalPlan *test_scan(WeirArena *arena, WeirExpression **output, uint32_t count)
{
    WeirPhysicalPlan *plan = test_node(arena, WEIR_PHYSICAL_STREAM_SCAN, 0, NULL, NULL);
    plan->relation = WEIR_ARENA_NEW(arena, WeirRelation);
    plan->is_streaming = true;
    test_set_output(plan, output, count);
    return plan;
}

/* ---- output as text ---- */

typedef struct TestRows {
    char **rows;
    uint32_t count, capacity;
} TestRows;

static inline void test_rows_add(TestRows *rows, const char *text)
{
    if (rows->count == rows->capacity) {
        rows->capacity = rows->capacity == 0 ? 64 : rows->capacity * 2;
        rows->rows = weir_realloc(rows->rows, rows->capacity * sizeof(char *));
    }
    rows->rows[rows->count++] = weir_strdup(text);
}

static inline void test_rows_clear(TestRows *rows)
{
    for (uint32_t i = 0; i < rows->count; i++)
        weir_free(rows->rows[i]);
    weir_free(rows->rows);
    *rows = (TestRows){0};
}

static inline void test_value_text(const WeirVector *vector, uint32_t row, WeirBuffer *out)
{
    const WeirVector *flat;
    if (weir_vector_is_null(vector, row)) {
        weir_buffer_append_text(out, "null");
        return;
    }
    uint32_t at = weir_vector_locate(vector, row, &flat);
    switch (weir_type_physical(flat->type)) {
    case WEIR_PHYSICAL_BOOL:
        weir_buffer_append_text(out, ((const uint8_t *)flat->values)[at] ? "true" : "false");
        break;
    case WEIR_PHYSICAL_INT32:
        weir_buffer_append_format(out, "%d", ((const int32_t *)flat->values)[at]);
        break;
    case WEIR_PHYSICAL_INT64:
        weir_buffer_append_format(out, "%lld", (long long)((const int64_t *)flat->values)[at]);
        break;
    case WEIR_PHYSICAL_DOUBLE:
        weir_buffer_append_format(out, "%a", ((const double *)flat->values)[at]);
        break;
    case WEIR_PHYSICAL_VIEW: {
        const WeirStringView *view = &((const WeirStringView *)flat->values)[at];
        weir_buffer_append(out, weir_view_data(view), view->length);
        break;
    }
    case WEIR_PHYSICAL_STRUCT:
        weir_buffer_append_char(out, '{');
        for (uint32_t i = 0; i < flat->type->field_count; i++) {
            if (i > 0)
                weir_buffer_append_char(out, ',');
            test_value_text(&flat->children[i], at, out);
        }
        weir_buffer_append_char(out, '}');
        break;
    default:
        weir_buffer_append_text(out, "?");
    }
}

static inline WeirStatus test_consume(void *context, uint32_t task_index, WeirBatch *batch, WeirError *error)
{
    (void)task_index, (void)error;
    TestRows *rows = context;
    WeirBuffer text;
    weir_buffer_init(&text, 0, NULL);
    for (uint32_t k = 0; k < batch->selected_count; k++) {
        weir_buffer_clear(&text);
        for (uint32_t c = 0; c < batch->column_count; c++) {
            if (c > 0)
                weir_buffer_append_char(&text, '|');
            test_value_text(&batch->columns[c], weir_batch_row(batch, k), &text);
        }
        test_rows_add(rows, weir_buffer_text(&text));
    }
    weir_buffer_deinit(&text);
    return WEIR_OK;
}

static inline int test_compare_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}
static inline void test_rows_sort(TestRows *rows)
{
    if (rows->count > 0)
        qsort(rows->rows, rows->count, sizeof(char *), test_compare_text);
}

#endif
