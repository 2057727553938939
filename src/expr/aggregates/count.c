/* count and count_if: one long, never null. */
#include "expr/aggregates/aggregate_private.h"

static WeirStatus resolve_count(WeirFunctionCall *call, WeirError *error)
{
    if (call->argument_count == 0)
        return weir_error_set(error, WEIR_ERROR_WRONG_NUM_ARGS_WITH_SUGGESTION, "functionName", "`count`",
                              "expectedNum", ">= 1", "actualNum", "0", "legacyNum", "0", "legacyConfKey",
                              "\"spark.sql.legacy.allowParameterlessCount\"", "legacyConfValue", "\"true\"");
    call->result_type = &weir_type_long;
    call->nullable = false;
    return WEIR_OK;
}

static uint32_t count_buffer(const WeirExpression *expression, WeirArena *arena,
                             WeirField fields[WEIR_AGGREGATE_BUFFERS_MAX])
{
    (void)expression;
    (void)arena;
    fields[0] = weir_buffer_field("count", &weir_type_long, false);
    return 1;
}

static void count_init(const WeirAggregateCall *call, uint8_t *row)
{
    weir_slot_put_long(weir_slot(row, &call->slots, 0), 0);
}

/* Rows where no argument is null. */
static WeirStatus count_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                               const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    (void)error;
    size_t offset = weir_slot_offset(&call->slots, 0);
    uint32_t nullable = 0, argument_count = call->expression->child_count;
    for (uint32_t i = 0; i < argument_count; i++) {
        const WeirVector *a = arguments[i];
        nullable += a->kind == WEIR_VECTOR_DICTIONARY || a->validity != NULL || a->type->id == WEIR_TYPE_VOID;
    }
    if (nullable == 0) {
        for (uint32_t k = 0; k < count; k++) {
            int64_t *slot = (int64_t *)(void *)(rows[k] + offset);
            *slot += 1;
        }
        return WEIR_OK;
    }
    WEIR_FOR_UPDATES(k, row)
    {
        bool null = false;
        for (uint32_t i = 0; i < argument_count; i++)
            null = null || weir_vector_is_null(arguments[i], row);
        *(int64_t *)(void *)(rows[k] + offset) += !null;
    }
    return WEIR_OK;
}

static WeirStatus count_if_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                                  const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    (void)error;
    size_t offset = weir_slot_offset(&call->slots, 0);
    WEIR_FOR_UPDATES(k, row)
    {
        const WeirVector *flat;
        uint32_t at = weir_vector_locate(arguments[0], row, &flat);
        if (!weir_vector_is_null(arguments[0], row))
            *(int64_t *)(void *)(rows[k] + offset) += ((const uint8_t *)flat->values)[at];
    }
    return WEIR_OK;
}

static WeirStatus count_merge(const WeirAggregateCall *call, uint8_t *const *targets, const uint8_t *const *sources,
                              uint32_t count, WeirError *error)
{
    (void)error;
    size_t offset = weir_slot_offset(&call->slots, 0);
    for (uint32_t k = 0; k < count; k++)
        *(int64_t *)(void *)(targets[k] + offset) += *(const int64_t *)(const void *)(sources[k] + offset);
    return WEIR_OK;
}

static WeirStatus count_evaluate(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                 WeirVector *result, WeirArena *arena, WeirError *error)
{
    (void)arena;
    (void)error;
    for (uint32_t k = 0; k < count; k++)
        ((int64_t *)result->values)[k] = weir_slot_get_long(weir_slot_const(rows[k], &call->slots, 0));
    return WEIR_OK;
}

const WeirAggregateFunction weir_aggregates_count[] = {
    {.name = "count",
     .flags = WEIR_AGGREGATE_COUNT_DEFAULT,
     .arguments_min = 0,
     .arguments_max = -1,
     .resolve = resolve_count,
     .buffer = count_buffer,
     .init = count_init,
     .update = count_update,
     .merge = count_merge,
     .evaluate = count_evaluate,
     .group = "agg_funcs",
     .usage = "count(*), count(a, …): how many rows have no null among the arguments."},
    {.name = "count_if",
     .flags = WEIR_AGGREGATE_COUNT_DEFAULT,
     .arguments_min = 1,
     .arguments_max = 1,
     .signature = "boolean->long",
     .resolve = resolve_count,
     .buffer = count_buffer,
     .init = count_init,
     .update = count_if_update,
     .merge = count_merge,
     .evaluate = count_evaluate,
     .group = "agg_funcs",
     .usage = "count_if(condition): how many rows meet the condition."},
    {0},
};
