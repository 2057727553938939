/* time_bucket: the start of the bucket that a timestamp lies in. Buckets shorter than a day are counted in real time;
 * longer ones, and months, on the wall clock, each from the origin. */
#include "expr/function_private.h"
#include "expr/functions/timestamp_shift.h"
#include "expr/kernels/arithmetic.h"

typedef struct Buckets {
    const WeirTimeZone *zone;
    int64_t origin;
    int64_t months, micros; /* one of them is the size */
} Buckets;

/* Where bucket `k` starts; false: out of range. */
static bool start_of(const Buckets *buckets, int64_t k, int64_t *start)
{
    *start = buckets->origin;
    if (buckets->months != 0)
        return weir_timestamp_shift(buckets->zone, start, k * buckets->months, 0, 0);
    WeirInt128 length = (WeirInt128)k * buckets->micros;
    if (buckets->micros < WEIR_MICROS_PER_DAY)
        return weir_timestamp_shift(buckets->zone, start, 0, 0, length);
    return weir_timestamp_shift(buckets->zone, start, 0, (int64_t)(length / WEIR_MICROS_PER_DAY),
                                length % WEIR_MICROS_PER_DAY);
}

static int64_t month_of(const WeirTimeZone *zone, int64_t micros)
{
    int64_t year;
    int month, day;
    weir_civil_from_days(weir_floor_divide(weir_micros_to_local(zone, micros), WEIR_MICROS_PER_DAY), &year, &month,
                         &day);
    return year * 12 + month;
}

static int64_t floor_of(WeirInt128 value, int64_t divisor)
{
    return (int64_t)(value / divisor - (value % divisor < 0));
}

static bool bucket_of(const Buckets *buckets, int64_t time, int64_t *start)
{
    const WeirTimeZone *zone = buckets->zone;
    int64_t k, next;
    if (buckets->months != 0)
        k = weir_floor_divide(month_of(zone, time) - month_of(zone, buckets->origin), buckets->months);
    else if (buckets->micros < WEIR_MICROS_PER_DAY)
        k = floor_of((WeirInt128)time - buckets->origin, buckets->micros);
    else
        k = floor_of((WeirInt128)weir_micros_to_local(zone, time) - weir_micros_to_local(zone, buckets->origin),
                     buckets->micros);
    for (int tries = 0; tries < 3; tries++, k--) { /* a change of the clock moves a start by hours only */
        if (!start_of(buckets, k, start))
            return false;
        if (*start <= time)
            break;
    }
    while (start_of(buckets, k + 1, &next) && next <= time) {
        *start = next;
        k++;
    }
    return true;
}

static WeirStatus time_bucket_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                                     WeirError *error)
{
    WeirArgument size = weir_argument(arguments[0]), x = weir_argument(arguments[1]), o = weir_argument(arguments[2]);
    bool months = arguments[0]->type->id == WEIR_TYPE_YEAR_MONTH_INTERVAL;
    Buckets buckets = {.zone =
                           arguments[1]->type->id == WEIR_TYPE_TIMESTAMP ? call->context->zone : weir_time_zone_utc()};
    WEIR_FOR_ROWS(call, row)
    {
        buckets.origin = WEIR_ARGUMENT_VALUE(int64_t, o, row);
        buckets.months = months ? WEIR_ARGUMENT_VALUE(int32_t, size, row) : 0;
        buckets.micros = months ? 0 : WEIR_ARGUMENT_VALUE(int64_t, size, row);
        if (!bucket_of(&buckets, WEIR_ARGUMENT_VALUE(int64_t, x, row), &((int64_t *)result->values)[row]))
            return weir_overflow_error(call, "overflow", "", error);
    }
    return WEIR_OK;
}

/* The origin is the first midnight of 1970 where none is given. */
static void add_origin(WeirFunctionCall *call)
{
    bool ntz = call->arguments[1]->type->id == WEIR_TYPE_TIMESTAMP_NTZ;
    const WeirDataType *type = ntz ? &weir_type_timestamp_ntz : &weir_type_timestamp;
    int64_t micros = ntz ? 0 : weir_local_to_micros(call->context->zone, 0);
    WeirExpression **arguments = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, 3);
    memcpy(arguments, call->arguments, 2 * sizeof(*arguments));
    arguments[2] = weir_expression_literal(call->arena, weir_value_int(call->arena, type, micros));
    call->arguments = arguments;
    call->cast_types = WEIR_ARENA_ARRAY(call->arena, const WeirDataType *, 3);
    call->argument_count = 3;
}

static WeirStatus check_types(WeirFunctionCall *call, const WeirDataType **type, WeirError *error)
{
    const WeirDataType *size = call->arguments[0]->type, *time = call->arguments[1]->type,
                       *origin = call->arguments[2]->type;
    if (size->id != WEIR_TYPE_VOID && size->id != WEIR_TYPE_DAY_TIME_INTERVAL &&
        size->id != WEIR_TYPE_YEAR_MONTH_INTERVAL)
        return weir_call_unexpected_type(call, 0, "(\"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\")", error);
    static const char times[] = "\"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)\"";
    if (time->id != WEIR_TYPE_VOID && time->id != WEIR_TYPE_TIMESTAMP && time->id != WEIR_TYPE_TIMESTAMP_NTZ)
        return weir_call_unexpected_type(call, 1, times, error);
    if (origin->id != WEIR_TYPE_VOID && origin->id != WEIR_TYPE_TIMESTAMP && origin->id != WEIR_TYPE_TIMESTAMP_NTZ)
        return weir_call_unexpected_type(call, 2, times, error);
    *type = time->id != WEIR_TYPE_VOID ? time : origin->id != WEIR_TYPE_VOID ? origin : &weir_type_timestamp;
    if (origin->id != WEIR_TYPE_VOID && origin->id != (*type)->id)
        return weir_call_unexpected_type(call, 2, weir_quoted_type(call->arena, *type), error);
    return WEIR_OK;
}

static WeirStatus resolve_time_bucket(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *type = NULL;
    if (call->argument_count == 2)
        add_origin(call);
    WEIR_TRY(check_types(call, &type, error));
    WeirValue *size = NULL, *origin = NULL;
    WEIR_TRY(weir_call_constant(call, 0, &size, error));
    if (size == NULL)
        return weir_call_non_foldable(call, 0, "bucketSize", weir_quoted_type(call->arena, call->arguments[0]->type),
                                      error);
    WEIR_TRY(weir_call_constant(call, 2, &origin, error));
    if (origin == NULL)
        return weir_call_non_foldable(call, 2, "origin", weir_quoted_type(call->arena, call->arguments[2]->type),
                                      error);
    if (!weir_value_is_null(size) && weir_value_get_int(size) <= 0)
        return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_VALUE_OUT_OF_RANGE, "sqlExpr", weir_call_sql(call),
                              "exprName", "`bucketSize`", "valueRange", "(0, inf)", "currentValue",
                              weir_expression_sql_text(call->arena, call->arguments[0]));
    if (call->arguments[0]->type->id == WEIR_TYPE_VOID)
        call->cast_types[0] = &weir_type_day_time_interval;
    call->cast_types[1] = call->cast_types[2] = type;
    call->result_type = type;
    return WEIR_OK;
}

const WeirFunction weir_functions_time_bucket[] = {
    {.name = "time_bucket",
     .flags = WEIR_FUNCTION_NULL_PROPAGATING | WEIR_FUNCTION_MAY_FAIL,
     .arguments_min = 2,
     .arguments_max = 3,
     .resolve = resolve_time_bucket,
     .kernel = time_bucket_kernel,
     .group = "datetime_funcs",
     .usage = "time_bucket(size, time[, origin]): the start of the time's bucket."},
    {0},
};
