/* percentile_approx, approx_percentile. */
#include <math.h>

#include "expr/aggregates/aggregate_private.h"
#include "expr/aggregates/percentages.h"
#include "expr/aggregates/quantile_summaries.h"
#include "expr/column_writer.h"

typedef struct Approximation {
    const WeirPercentages *percentages;
    double relative_error;
} Approximation;

static WeirStatus resolve_approx(WeirFunctionCall *call, WeirError *error)
{
    static const char words[] = "numeric|date|timestamp|ntz|daytime|yearmonth";
    const WeirDataType *type = call->arguments[0]->type;
    const WeirDataType *cast = weir_signature_cast(call->arena, words, sizeof(words) - 1, type);
    if (cast == NULL)
        return weir_call_unexpected_type(call, 0,
                                         "(\"NUMERIC\" or \"DATE\" or \"TIMESTAMP\" or \"TIMESTAMP_NTZ\" or \"INTERVAL "
                                         "DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\")",
                                         error);
    call->result_type = cast;
    if (cast != type)
        call->cast_types[0] = cast;
    const WeirDataType *accuracy_type = call->arguments[2]->type;
    if (!weir_type_is_integral(accuracy_type) && accuracy_type->id != WEIR_TYPE_STRING &&
        accuracy_type->id != WEIR_TYPE_VOID)
        return weir_call_unexpected_type(call, 2, "\"INTEGRAL\"", error);
    WEIR_TRY(weir_percentages_resolve(call, 1, error));
    WeirValue *accuracy = NULL;
    if (accuracy_type->id != WEIR_TYPE_LONG && !weir_type_is_integral(accuracy_type))
        call->cast_types[2] = &weir_type_long;
    WEIR_TRY(weir_call_constant(call, 2, &accuracy, error));
    if (accuracy == NULL)
        return weir_call_non_foldable(call, 2, "accuracy", "\"INTEGRAL\"", error);
    if (weir_value_is_null(accuracy))
        return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_UNEXPECTED_NULL, "sqlExpr", weir_call_sql(call),
                              "exprName", "`accuracy`");
    int64_t value = weir_value_get_int(accuracy);
    if (value <= 0 || value > INT32_MAX)
        return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_VALUE_OUT_OF_RANGE, "sqlExpr", weir_call_sql(call),
                              "exprName", "accuracy", "valueRange", "(0, 2147483647]", "currentValue",
                              weir_quoted_sql(call->arena, call->arguments[2]));
    Approximation *approximation = WEIR_ARENA_NEW(call->arena, Approximation);
    *approximation = (Approximation){call->bound, 1.0 / (double)value};
    call->bound = approximation;
    return WEIR_OK;
}

static uint32_t approx_buffer(const WeirExpression *expression, WeirArena *arena,
                              WeirField fields[WEIR_AGGREGATE_BUFFERS_MAX])
{
    (void)expression;
    (void)arena;
    fields[0] = weir_buffer_field("buf", &weir_type_binary, true);
    return 1;
}

static void approx_init(const WeirAggregateCall *call, uint8_t *row)
{
    weir_slot_put_long(weir_slot(row, &call->slots, 0), 0);
}

static WeirQuantileSummaries *summaries_in(const WeirAggregateCall *call, const uint8_t *row)
{
    WeirQuantileSummaries *summaries;
    memcpy(&summaries, weir_slot_const(row, &call->slots, 0), sizeof(summaries));
    return summaries;
}

static WeirQuantileSummaries *summaries_of(const WeirAggregateCall *call, uint8_t *row)
{
    WeirQuantileSummaries *summaries = summaries_in(call, row);
    if (summaries == NULL) {
        const Approximation *approximation = call->expression->bound;
        summaries = WEIR_ARENA_NEW(call->arena, WeirQuantileSummaries);
        weir_quantile_summaries_init(summaries, approximation->relative_error, call->arena);
        memcpy(weir_slot(row, &call->slots, 0), &summaries, sizeof(summaries));
    }
    return summaries;
}

static double double_at(const WeirVector *vector, uint32_t row)
{
    const WeirVector *flat;
    uint32_t at = weir_vector_locate(vector, row, &flat);
    WeirInt128 wide = 0;
    switch (weir_type_physical(flat->type)) {
    case WEIR_PHYSICAL_INT8:
        return ((const int8_t *)flat->values)[at];
    case WEIR_PHYSICAL_INT16:
        return ((const int16_t *)flat->values)[at];
    case WEIR_PHYSICAL_INT32:
        return ((const int32_t *)flat->values)[at];
    case WEIR_PHYSICAL_FLOAT:
        return (double)((const float *)flat->values)[at];
    case WEIR_PHYSICAL_DOUBLE:
        return ((const double *)flat->values)[at];
    case WEIR_PHYSICAL_INT128:
        memcpy(&wide, (const uint8_t *)flat->values + (size_t)at * 16, 16);
        break;
    default:
        wide = ((const int64_t *)flat->values)[at];
    }
    return (double)wide / (flat->type->id == WEIR_TYPE_DECIMAL ? pow(10, flat->type->scale) : 1);
}

static WeirStatus approx_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                                const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    WEIR_FOR_UPDATES(k, row)
    {
        WeirQuantileSummaries *summaries = summaries_of(call, rows[k]);
        if (!weir_vector_is_null(arguments[0], row))
            WEIR_TRY(weir_quantile_summaries_insert(summaries, double_at(arguments[0], row), error));
    }
    return WEIR_OK;
}

static void append_number(WeirColumnWriter *writer, double value)
{
    if (writer->physical == WEIR_PHYSICAL_DOUBLE || writer->physical == WEIR_PHYSICAL_FLOAT) {
        weir_column_writer_append_double(writer, value);
    } else if (writer->type->id == WEIR_TYPE_DECIMAL) {
        WeirInt128 unscaled = (WeirInt128)llround(value * pow(10, writer->type->scale));
        memcpy(weir_column_writer_slot(writer), &unscaled, writer->value_bytes);
    } else {
        weir_column_writer_append_int(writer, value >= 0x1p63 ? INT64_MAX : (int64_t)value);
    }
}

static WeirStatus approx_evaluate(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                  WeirVector *result, WeirArena *arena, WeirError *error)
{
    const WeirPercentages *percentages = ((const Approximation *)call->expression->bound)->percentages;
    WeirColumnWriter writer;
    weir_column_writer_init(&writer, call->expression->type, count, arena);
    for (uint32_t k = 0; k < count; k++) {
        WeirQuantileSummaries *summaries = summaries_in(call, rows[k]);
        if (summaries != NULL)
            WEIR_TRY(weir_quantile_summaries_compress(summaries, error));
        if (summaries == NULL || summaries->count == 0 || percentages->count == 0) {
            weir_column_writer_append_null(&writer);
            continue;
        }
        WeirColumnWriter *numbers = percentages->is_array ? &writer.children[0] : &writer;
        for (uint32_t i = 0; i < percentages->count; i++)
            append_number(numbers, weir_quantile_summaries_query(summaries, percentages->values[i]));
        if (percentages->is_array)
            weir_column_writer_end_list(&writer);
    }
    return weir_column_writer_finish(&writer, result, error);
}

static WeirStatus approx_serialize(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                   WeirVector *buffers, WeirArena *arena, WeirError *error)
{
    const Approximation *approximation = call->expression->bound;
    WeirQuantileSummaries none;
    WeirBuffer out;
    WeirStatus status = WEIR_OK;
    weir_quantile_summaries_init(&none, approximation->relative_error, arena);
    WEIR_TRY(weir_vector_init(&buffers[0], &weir_type_binary, count, arena, error));
    buffers[0].length = count;
    weir_buffer_init(&out, 0, NULL);
    for (uint32_t k = 0; k < count; k++) {
        WeirQuantileSummaries *summaries = summaries_in(call, rows[k]);
        if (summaries != NULL)
            WEIR_TRY_OR_GO(done, weir_quantile_summaries_compress(summaries, error));
        weir_buffer_clear(&out);
        weir_quantile_summaries_write(summaries == NULL ? &none : summaries, &out);
        WEIR_TRY_OR_GO(done, weir_buffer_check(&out, error));
        ((WeirStringView *)buffers[0].values)[k] = weir_view_copy(arena, weir_buffer_text(&out), out.length);
    }
done:
    weir_buffer_deinit(&out);
    return status;
}

static WeirStatus approx_merge(const WeirAggregateCall *call, const WeirVector *buffers, const uint32_t *selection,
                               uint32_t count, uint8_t *const *rows, WeirError *error)
{
    WEIR_FOR_UPDATES(k, row)
    {
        WeirQuantileSummaries *summaries = summaries_of(call, rows[k]), other;
        if (weir_vector_is_null(&buffers[0], row))
            continue;
        const WeirVector *flat;
        uint32_t at = weir_vector_locate(&buffers[0], row, &flat);
        const WeirStringView *view = &((const WeirStringView *)flat->values)[at];
        if (!weir_quantile_summaries_read(&other, weir_view_data(view), view->length, call->arena))
            return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "a state row holds damaged quantiles");
        WEIR_TRY(weir_quantile_summaries_merge(summaries, &other, error));
    }
    return WEIR_OK;
}

const WeirAggregateFunction weir_aggregates_percentile_approx[] = {
    {.name = "percentile_approx",
     .aliases = WEIR_ALIASES("approx_percentile"),
     .flags = WEIR_AGGREGATE_OBJECT,
     .arguments_min = 2,
     .arguments_max = 3,
     .signature = "any,any,any=10000->?",
     .resolve = resolve_approx,
     .buffer = approx_buffer,
     .init = approx_init,
     .update = approx_update,
     .evaluate = approx_evaluate,
     .serialize = approx_serialize,
     .merge_serialized = approx_merge,
     .group = "agg_funcs",
     .usage = "percentile_approx(a, p[, accuracy]): a value near the percentile; the error is at most 1 / accuracy."},
    {0},
};
