/* percentile, median, percentile_cont, percentile_disc and mode, from exact counts of the values. */
#include <math.h>
#include <stdlib.h>

#include "expr/aggregates/percentages.h"
#include "expr/aggregates/value_counts.h"

enum { PERCENTILE, MEDIAN, PERCENTILE_CONT, PERCENTILE_DISC, MODE, MODE_WITHIN };
extern const WeirAggregateFunction weir_percentile_variants[];

static bool is(const WeirAggregateCall *call, int variant)
{
    return call->expression->aggregate == &weir_percentile_variants[variant];
}

/* ---- resolution */

static WeirStatus resolve_value(WeirFunctionCall *call, uint32_t index, WeirError *error)
{
    static const char words[] = "numeric|daytime|yearmonth";
    const WeirDataType *type = call->arguments[index]->type;
    const WeirDataType *cast = type->id == WEIR_TYPE_VOID
                                   ? &weir_type_double
                                   : weir_signature_cast(call->arena, words, sizeof(words) - 1, type);
    if (cast == NULL)
        return weir_call_unexpected_type(
            call, index, "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\")", error);
    if (cast != type)
        call->cast_types[index] = cast;
    call->result_type = weir_type_is_interval(cast) ? cast : &weir_type_double;
    if (cast->id == WEIR_TYPE_YEAR_MONTH_INTERVAL)
        call->result_type = &weir_type_year_month_interval;
    else if (cast->id == WEIR_TYPE_DAY_TIME_INTERVAL)
        call->result_type = &weir_type_day_time_interval;
    return WEIR_OK;
}

static WeirStatus resolve_percentile(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(resolve_value(call, 0, error));
    WEIR_TRY(weir_percentages_resolve(call, 1, error));
    const WeirDataType *frequency = call->arguments[2]->type;
    if (!weir_type_is_integral(frequency) && frequency->id != WEIR_TYPE_STRING && frequency->id != WEIR_TYPE_VOID)
        return weir_call_unexpected_type(call, 2, "\"INTEGRAL\"", error);
    call->cast_types[2] = &weir_type_long;
    call->aggregate = &weir_percentile_variants[PERCENTILE];
    return WEIR_OK;
}

static WeirStatus resolve_median(WeirFunctionCall *call, WeirError *error)
{
    call->bound = weir_percentages_half(call->arena);
    call->aggregate = &weir_percentile_variants[MEDIAN];
    return resolve_value(call, 0, error);
}

static WeirStatus within_group_missing(const WeirFunctionCall *call, WeirError *error)
{
    return weir_error_set(error, WEIR_ERROR_INVALID_WITHIN_GROUP_EXPRESSION_WITHIN_GROUP_MISSING, "funcName",
                          weir_arena_printf(call->arena, "`%s`", call->name));
}

static WeirStatus distinct_unsupported(const WeirFunctionCall *call, WeirError *error)
{
    return weir_error_set(error, WEIR_ERROR_INVALID_WITHIN_GROUP_EXPRESSION_DISTINCT_UNSUPPORTED, "funcName",
                          weir_arena_printf(call->arena, "`%s`", call->name));
}

/* The single ordering's column becomes the call's first argument; its direction a mark of the expression. */
static WeirStatus take_ordering(WeirFunctionCall *call, WeirError *error)
{
    WeirExpression *last = call->argument_count > 0 ? call->arguments[call->argument_count - 1] : NULL;
    if (last == NULL || last->kind != WEIR_EXPRESSION_SORT_ORDER)
        return within_group_missing(call, error);
    uint32_t orderings = 0, expected = strcmp(call->name, "mode") == 0 && call->argument_count > 1 ? 0 : 1;
    for (uint32_t i = 0; i < call->argument_count; i++)
        orderings += call->arguments[i]->kind == WEIR_EXPRESSION_SORT_ORDER;
    if (orderings != expected)
        return weir_error_set(error, WEIR_ERROR_INVALID_WITHIN_GROUP_EXPRESSION_WRONG_NUM_ORDERINGS, "funcName",
                              weir_arena_printf(call->arena, "`%s`", call->name), "expectedNum",
                              weir_arena_printf(call->arena, "%u", expected), "actualNum",
                              weir_arena_printf(call->arena, "%u", orderings));
    if (call->expression->is_distinct)
        return distinct_unsupported(call, error);
    WeirExpression **arguments = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, call->argument_count);
    arguments[0] = last->children[0];
    for (uint32_t i = 0; i + 1 < call->argument_count; i++)
        arguments[i + 1] = call->arguments[i];
    call->arguments = arguments;
    memset(call->cast_types, 0, sizeof(*call->cast_types) * call->argument_count);
    WeirExpression *copy = weir_expression_copy(call->arena, call->expression);
    copy->is_descending = last->is_descending;
    call->expression = copy;
    return WEIR_OK;
}

static WeirStatus resolve_within(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(take_ordering(call, error));
    if (call->argument_count != 2)
        return weir_call_wrong_count(call, "1", error);
    call->aggregate =
        &weir_percentile_variants[strcmp(call->name, "percentile_disc") == 0 ? PERCENTILE_DISC : PERCENTILE_CONT];
    WEIR_TRY(resolve_value(call, 0, error));
    return weir_percentages_resolve(call, 1, error);
}

static WeirStatus resolve_mode(WeirFunctionCall *call, WeirError *error)
{
    bool within =
        call->argument_count > 0 && call->arguments[call->argument_count - 1]->kind == WEIR_EXPRESSION_SORT_ORDER;
    call->aggregate = &weir_percentile_variants[within ? MODE_WITHIN : MODE];
    if (within) {
        WEIR_TRY(take_ordering(call, error));
    } else if (call->argument_count == 0) {
        return within_group_missing(call, error);
    } else if (call->argument_count == 2) {
        WeirValue *value = NULL;
        WEIR_TRY(weir_call_constant(call, 1, &value, error));
        if (value == NULL)
            return weir_error_set(error, WEIR_ERROR_NON_FOLDABLE_ARGUMENT, "funcName", "`mode`", "paramName",
                                  "`deterministic`", "paramType", "\"BOOLEAN\"");
        if (weir_value_is_null(value))
            return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_UNEXPECTED_NULL, "sqlExpr",
                                  weir_quoted_sql(call->arena, call->arguments[1]), "exprName", "`deterministic`");
        if (call->arguments[1]->type->id != WEIR_TYPE_BOOLEAN)
            return weir_error_set(error, WEIR_ERROR_UNEXPECTED_INPUT_TYPE, "paramIndex", "second", "functionName",
                                  "`mode`", "requiredType", "\"BOOLEAN\"", "inputSql",
                                  weir_quoted_sql(call->arena, call->arguments[1]), "inputType",
                                  weir_quoted_type(call->arena, call->arguments[1]->type));
        if (weir_value_get_int(value) != 0)
            call->aggregate = &weir_percentile_variants[MODE_WITHIN]; /* the least of the most frequent */
        call->argument_count = 1;
    }
    if (call->expression->is_distinct)
        return distinct_unsupported(call, error);
    call->result_type = call->arguments[0]->type;
    if (within && call->result_type->id == WEIR_TYPE_MAP)
        return weir_call_bad_ordering(call, call->result_type, error);
    return WEIR_OK;
}

/* ---- updating */

static WeirStatus frequency_at(const WeirAggregateCall *call, const WeirVector *const *arguments, uint32_t row,
                               int64_t *times, WeirError *error)
{
    *times = 1;
    if (!is(call, PERCENTILE))
        return WEIR_OK;
    const WeirVector *flat;
    *times = 0;
    if (weir_vector_is_null(arguments[2], row))
        return WEIR_OK;
    uint32_t at = weir_vector_locate(arguments[2], row, &flat);
    *times = ((const int64_t *)flat->values)[at];
    if (*times >= 0)
        return WEIR_OK;
    char number[32];
    snprintf(number, sizeof(number), "%lldL", (long long)*times);
    return weir_error_set(error, WEIR_ERROR_NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION, "frequencyExpression",
                          "the frequency", "negativeValue", number);
}

static WeirStatus counts_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                                const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    WEIR_FOR_UPDATES(k, row)
    {
        WeirValueCounts *counts = weir_value_counts_of(call, rows[k]);
        int64_t times;
        if (weir_vector_is_null(arguments[0], row))
            continue;
        WEIR_TRY(frequency_at(call, arguments, row, &times, error));
        if (times > 0)
            WEIR_TRY(weir_value_counts_add(call, counts, arguments[0], row, times, error));
    }
    return WEIR_OK;
}

/* ---- percentiles */

typedef struct Sorted {
    const WeirVector *values;
    uint32_t *order;
    int64_t *ends; /* how many rows there are up to and with the i-th value */
    uint32_t count;
    bool descending;
} Sorted;

static int compare_places(const void *a, const void *b, void *context)
{
    const Sorted *sorted = context;
    int order = weir_vector_compare_rows(sorted->values, *(const uint32_t *)a, sorted->values, *(const uint32_t *)b);
    return sorted->descending ? -order : order;
}

static double number_at(const WeirVector *values, uint32_t row)
{
    switch (weir_type_physical(values->type)) {
    case WEIR_PHYSICAL_INT8:
        return ((const int8_t *)values->values)[row];
    case WEIR_PHYSICAL_INT16:
        return ((const int16_t *)values->values)[row];
    case WEIR_PHYSICAL_INT32:
        return ((const int32_t *)values->values)[row];
    case WEIR_PHYSICAL_FLOAT:
        return (double)((const float *)values->values)[row];
    case WEIR_PHYSICAL_DOUBLE:
        return ((const double *)values->values)[row];
    default:
        break;
    }
    WeirInt128 unscaled = 0;
    if (weir_type_physical(values->type) == WEIR_PHYSICAL_INT128)
        memcpy(&unscaled, (const uint8_t *)values->values + (size_t)row * 16, 16);
    else
        unscaled = ((const int64_t *)values->values)[row];
    double scale = values->type->id == WEIR_TYPE_DECIMAL ? pow(10, values->type->scale) : 1;
    return (double)unscaled / scale;
}

/* The value of the `place`-th row, from 1. */
static double value_at(const Sorted *sorted, int64_t place)
{
    uint32_t low = 0, high = sorted->count - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (sorted->ends[middle] < place)
            low = middle + 1;
        else
            high = middle;
    }
    return number_at(sorted->values, sorted->order[low]);
}

static double percentile_of(const Sorted *sorted, double percentage, bool discrete)
{
    int64_t total = sorted->ends[sorted->count - 1];
    if (discrete) {
        int64_t place = (int64_t)ceil((double)total * percentage);
        return value_at(sorted, place < 1 ? 1 : place);
    }
    double position = (double)(total - 1) * percentage, lower = floor(position), higher = ceil(position);
    double low = value_at(sorted, (int64_t)lower + 1);
    if (lower == higher)
        return low;
    double high = value_at(sorted, (int64_t)higher + 1);
    return low == high ? low : (higher - position) * low + (position - lower) * high;
}

static void append_number(WeirColumnWriter *writer, double value)
{
    if (writer->physical == WEIR_PHYSICAL_DOUBLE)
        weir_column_writer_append_double(writer, value);
    else
        weir_column_writer_append_int(writer, (int64_t)value);
}

static WeirStatus percentile_row(const WeirAggregateCall *call, const WeirValueCounts *counts,
                                 const WeirPercentages *percentages, WeirColumnWriter *writer, WeirArena *arena,
                                 WeirError *error)
{
    if (counts == NULL || counts->values.length == 0 || percentages->count == 0) {
        weir_column_writer_append_null(writer);
        return WEIR_OK;
    }
    WeirVector values = weir_value_counts_values(counts, arena);
    Sorted sorted = {.values = &values, .count = values.length, .descending = call->expression->is_descending};
    void *memory = NULL;
    WEIR_TRY(weir_arena_try_alloc(arena, sorted.count * 12ull + 16, &memory, error));
    sorted.ends = memory;
    sorted.order = (uint32_t *)(sorted.ends + sorted.count);
    for (uint32_t i = 0; i < sorted.count; i++)
        sorted.order[i] = i;
    qsort_r(sorted.order, sorted.count, sizeof(*sorted.order), compare_places, &sorted);
    int64_t total = 0;
    for (uint32_t i = 0; i < sorted.count; i++)
        sorted.ends[i] = total += counts->counts[sorted.order[i]];
    WeirColumnWriter *numbers = percentages->is_array ? &writer->children[0] : writer;
    for (uint32_t i = 0; i < percentages->count; i++)
        append_number(numbers, percentile_of(&sorted, percentages->values[i], is(call, PERCENTILE_DISC)));
    if (percentages->is_array)
        weir_column_writer_end_list(writer);
    return WEIR_OK;
}

static WeirStatus percentile_evaluate(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                      WeirVector *result, WeirArena *arena, WeirError *error)
{
    WeirColumnWriter writer;
    weir_column_writer_init(&writer, call->expression->type, count, arena);
    for (uint32_t k = 0; k < count; k++)
        WEIR_TRY(
            percentile_row(call, weir_value_counts_in(call, rows[k]), call->expression->bound, &writer, arena, error));
    return weir_column_writer_finish(&writer, result, error);
}

/* ---- mode: the first of the most frequent in the order of Spark's map, or the least (greatest) of them */

static uint32_t mode_of(const WeirAggregateCall *call, const WeirValueCounts *counts, const WeirVector *values,
                        WeirArena *arena)
{
    const uint32_t *order = weir_value_counts_order(counts, arena);
    int sign = call->expression->is_descending ? 1 : -1;
    uint32_t best = order[0];
    for (uint32_t i = 1; i < values->length; i++) {
        uint32_t next = order[i];
        bool equal = counts->counts[next] == counts->counts[best];
        if (counts->counts[next] > counts->counts[best] ||
            (equal && is(call, MODE_WITHIN) && sign * weir_vector_compare_rows(values, next, values, best) > 0))
            best = next;
    }
    return best;
}

static WeirStatus mode_evaluate(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                WeirVector *result, WeirArena *arena, WeirError *error)
{
    WeirColumnWriter writer;
    weir_column_writer_init(&writer, call->expression->type, count, arena);
    for (uint32_t k = 0; k < count; k++) {
        const WeirValueCounts *counts = weir_value_counts_in(call, rows[k]);
        if (counts == NULL || counts->values.length == 0) {
            weir_column_writer_append_null(&writer);
            continue;
        }
        WeirVector values = weir_value_counts_values(counts, arena);
        weir_column_writer_append_row(&writer, &values, mode_of(call, counts, &values, arena));
    }
    return weir_column_writer_finish(&writer, result, error);
}

#define COUNTS_AS(FLAGS)                                                                                               \
    .flags = WEIR_AGGREGATE_OBJECT | (FLAGS), .buffer = weir_value_counts_buffer, .init = weir_value_counts_init,      \
    .update = counts_update, .serialize = weir_value_counts_serialize, .merge_serialized = weir_value_counts_merge,    \
    .group = "agg_funcs"
#define COUNTS COUNTS_AS(0)
#define COUNTS_WHOLE COUNTS_AS(WEIR_AGGREGATE_WHOLE_WINDOW)
#define WITHIN "$0($2*) WITHIN GROUP (ORDER BY $1$>)"

const WeirAggregateFunction weir_percentile_variants[] = {
    [PERCENTILE] = {.name = "percentile", COUNTS, .evaluate = percentile_evaluate},
    [MEDIAN] = {.name = "median", COUNTS_WHOLE, .evaluate = percentile_evaluate},
    [PERCENTILE_CONT] = {.name = "percentile_cont",
                         COUNTS_WHOLE,
                         .evaluate = percentile_evaluate,
                         .sql_format = WITHIN},
    [PERCENTILE_DISC] = {.name = "percentile_disc",
                         COUNTS_WHOLE,
                         .evaluate = percentile_evaluate,
                         .sql_format = WITHIN},
    [MODE] = {.name = "mode", COUNTS, .evaluate = mode_evaluate},
    [MODE_WITHIN] = {.name = "mode",
                     COUNTS,
                     .evaluate = mode_evaluate,
                     .sql_format = "$0() WITHIN GROUP (ORDER BY $1$<)"},
};

const WeirAggregateFunction weir_aggregates_percentile[] = {
    {.name = "percentile",
     COUNTS,
     .evaluate = percentile_evaluate,
     .arguments_min = 2,
     .arguments_max = 3,
     .signature = "any,any,any=1->?",
     .resolve = resolve_percentile,
     .usage = "percentile(a, p[, frequency]): the exact percentile, between values where it lies there."},
    {.name = "median",
     COUNTS,
     .evaluate = percentile_evaluate,
     .arguments_min = 1,
     .arguments_max = 1,
     .resolve = resolve_median,
     .usage = "median(a): the exact percentile 0.5."},
    {.name = "percentile_cont",
     COUNTS_AS(WEIR_AGGREGATE_WITHIN_GROUP),
     .evaluate = percentile_evaluate,
     .arguments_min = 1,
     .arguments_max = -1,
     .resolve = resolve_within,
     .usage = "percentile_cont(p) WITHIN GROUP (ORDER BY a): the percentile, between values where it lies there."},
    {.name = "percentile_disc",
     COUNTS_AS(WEIR_AGGREGATE_WITHIN_GROUP),
     .evaluate = percentile_evaluate,
     .arguments_min = 1,
     .arguments_max = -1,
     .resolve = resolve_within,
     .usage = "percentile_disc(p) WITHIN GROUP (ORDER BY a): the first value at or after the percentile."},
    {.name = "mode",
     COUNTS_AS(WEIR_AGGREGATE_WITHIN_GROUP),
     .evaluate = mode_evaluate,
     .arguments_min = 0,
     .arguments_max = 2,
     .resolve = resolve_mode,
     .usage = "mode(a[, deterministic]): the most frequent value."},
    {0},
};
