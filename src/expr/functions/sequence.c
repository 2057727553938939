/* sequence: numbers, dates or timestamps from one to another. Temporal steps are counted from the start (start + i ×
 * step), so that months keep their day. */
#include "columnar/civil_calendar.h"
#include "columnar/time_zone.h"
#include "expr/functions/collection_shared.h"

static WeirStatus wrong_types(const WeirFunctionCall *call, WeirError *error)
{
    WeirStatus status = weir_error_set(
        error, WEIR_ERROR_DATATYPE_MISMATCH_SEQUENCE_WRONG_INPUT_TYPES, "sqlExpr", weir_call_sql(call), "functionName",
        "`sequence`", "startType", "(\"TIMESTAMP\" or \"TIMESTAMP_NTZ\" or \"DATE\")", "stepType",
        "(\"INTERVAL\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL DAY TO SECOND\")", "otherStartType", "\"INTEGRAL\"");
    weir_error_locate(error, NULL, call->origin);
    return status;
}

static WeirStatus resolve_sequence(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *start = call->arguments[0]->type, *stop = call->arguments[1]->type;
    const WeirDataType *step = call->argument_count == 3 ? call->arguments[2]->type : NULL;
    const WeirDataType *common = weir_common_type(call->arena, start, stop);
    if (common != NULL && weir_type_is_integral(common) && step != NULL)
        common = weir_common_type(call->arena, common, step);
    if (common == NULL)
        return wrong_types(call, error);
    bool temporal = weir_type_is_datetime(common);
    bool fits = step == NULL || step->id == WEIR_TYPE_VOID ||
                (temporal ? weir_type_is_interval(step) : weir_type_is_integral(common));
    if (!(temporal || weir_type_is_integral(common)) || !fits)
        return wrong_types(call, error);
    call->cast_types[0] = call->cast_types[1] = common;
    if (step != NULL && !temporal)
        call->cast_types[2] = common;
    else if (step != NULL && step->id == WEIR_TYPE_VOID)
        call->cast_types[2] = &weir_type_calendar_interval;
    call->result_type = weir_type_array(call->arena, common, false);
    return WEIR_OK;
}

static int64_t long_at(const WeirVector *vector, uint32_t row)
{
    const WeirVector *flat;
    uint32_t at = weir_vector_locate(vector, row, &flat);
    switch (weir_type_physical(flat->type)) {
    case WEIR_PHYSICAL_INT8:
        return ((const int8_t *)flat->values)[at];
    case WEIR_PHYSICAL_INT16:
        return ((const int16_t *)flat->values)[at];
    case WEIR_PHYSICAL_INT32:
        return ((const int32_t *)flat->values)[at];
    default:
        return ((const int64_t *)flat->values)[at];
    }
}

static WeirStatus bad_boundaries(const WeirKernelCall *call, const char *detail, WeirError *error)
{
    return weir_row_error(call, weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000, "%s", detail), error);
}

static WeirStatus number_row(WeirKernelCall *call, WeirListResult *list, int64_t start, int64_t stop, int64_t step,
                             WeirError *error)
{
    if (!(start == stop || (step > 0 && start < stop) || (step < 0 && start > stop)))
        return bad_boundaries(call, "The step of a sequence leads away from its end.", error);
    uint64_t distance = start < stop ? (uint64_t)stop - (uint64_t)start : (uint64_t)start - (uint64_t)stop;
    uint64_t size = step > 0 ? (uint64_t)step : 0 - (uint64_t)step;
    uint64_t count = start == stop ? 1 : distance / size + 1;
    WEIR_TRY(weir_array_too_long(call, count > INT64_MAX ? INT64_MAX : (int64_t)count, error));
    for (uint64_t i = 0; i < count && !list->elements.failed; i++)
        weir_column_writer_append_int(&list->elements, (int64_t)((uint64_t)start + i * (uint64_t)step));
    return WEIR_OK;
}

static WeirCalendarInterval step_at(const WeirVector *vector, uint32_t row)
{
    const WeirVector *flat;
    uint32_t at = weir_vector_locate(vector, row, &flat);
    if (flat->type->id == WEIR_TYPE_YEAR_MONTH_INTERVAL)
        return (WeirCalendarInterval){.months = ((const int32_t *)flat->values)[at]};
    if (flat->type->id == WEIR_TYPE_DAY_TIME_INTERVAL) {
        int64_t micros = ((const int64_t *)flat->values)[at];
        return (WeirCalendarInterval){.days = (int32_t)(micros / WEIR_MICROS_PER_DAY),
                                      .microseconds = micros % WEIR_MICROS_PER_DAY};
    }
    return ((const WeirCalendarInterval *)flat->values)[at];
}

/* Months and days on the calendar of the zone, then time. */
static int64_t add_steps(const WeirTimeZone *zone, int64_t start, const WeirCalendarInterval *step, int64_t times)
{
    int64_t micros = start;
    if (step->months != 0 || step->days != 0) {
        int64_t local = weir_micros_to_local(zone, start);
        int64_t day = weir_floor_divide(local, WEIR_MICROS_PER_DAY), time = local - day * WEIR_MICROS_PER_DAY;
        day = weir_add_months(day, step->months * times) + step->days * times;
        micros = weir_local_to_micros(zone, day * WEIR_MICROS_PER_DAY + time);
    }
    return micros + step->microseconds * times;
}

static WeirStatus temporal_row(WeirKernelCall *call, WeirListResult *list, int64_t start, int64_t stop,
                               WeirCalendarInterval step, WeirError *error)
{
    WeirTypeId id = weir_type_element(call->expression->type)->id;
    bool date = id == WEIR_TYPE_DATE;
    if (date && step.months == 0 && step.days == 0 && step.microseconds != 0)
        return bad_boundaries(call, "The step of a sequence of dates has to be of whole days.", error);
    if (date && step.months == 0 && step.microseconds == 0)
        return number_row(call, list, start, stop, step.days, error);
    if (step.months == 0 && step.days == 0)
        return number_row(call, list, start, stop, step.microseconds, error);
    const WeirTimeZone *zone = id == WEIR_TYPE_TIMESTAMP ? call->context->zone : weir_time_zone_utc();
    int64_t from = date ? start * WEIR_MICROS_PER_DAY : start, to = date ? stop * WEIR_MICROS_PER_DAY : stop;
    WeirInt128 length = (WeirInt128)step.months * 28 * WEIR_MICROS_PER_DAY +
                        (WeirInt128)step.days * WEIR_MICROS_PER_DAY + step.microseconds;
    int sign = length > 0 ? 1 : length < 0 ? -1 : 0;
    if (!(from == to || (sign > 0 && from < to) || (sign < 0 && from > to)))
        return bad_boundaries(call, "The step of a sequence leads away from its end.", error);
    WeirInt128 most = length == 0 ? 1 : ((WeirInt128)to - from) / length + 2;
    WEIR_TRY(weir_array_too_long(call, most > INT64_MAX ? INT64_MAX : (int64_t)most, error));
    int64_t at = from;
    for (int64_t i = 1; (sign > 0 ? at <= to : at >= to) && !list->elements.failed; i++) {
        weir_column_writer_append_int(&list->elements, date ? weir_floor_divide(at, WEIR_MICROS_PER_DAY) : at);
        at = add_steps(zone, from, &step, i);
        if (sign == 0)
            break;
    }
    return WEIR_OK;
}

WEIR_COLLECTION_KERNEL(sequence_kernel)
{
    WeirListResult list;
    bool has_step = call->expression->child_count == 3,
         temporal = weir_type_is_datetime(weir_type_element(result->type));
    weir_list_result_init(&list, call, result);
    WEIR_FOR_ROWS(call, row)
    {
        int64_t start = long_at(arguments[0], row), stop = long_at(arguments[1], row);
        weir_list_result_begin(&list, row);
        if (temporal) {
            WeirCalendarInterval step =
                has_step ? step_at(arguments[2], row) : (WeirCalendarInterval){.days = start <= stop ? 1 : -1};
            WEIR_TRY(temporal_row(call, &list, start, stop, step, error));
        } else {
            WEIR_TRY(number_row(call, &list, start, stop,
                                has_step        ? long_at(arguments[2], row)
                                : start <= stop ? 1
                                                : -1,
                                error));
        }
    }
    return weir_list_result_finish(&list, error);
}

const WeirFunction weir_functions_sequence[] = {
    {.name = "sequence",
     .flags = WEIR_FUNCTION_NULL_PROPAGATING | WEIR_FUNCTION_MAY_FAIL,
     .arguments_min = 2,
     .arguments_max = 3,
     .resolve = resolve_sequence,
     .kernel = sequence_kernel,
     .group = "array_funcs",
     .usage = "sequence(start, stop[, step]): the values from start to stop, with both."},
    {0},
};
