/* Casts of strings to dates, timestamps and intervals. */
#include "columnar/value_parse.h"
#include "expr/kernels/cast.h"

/* Texts of intervals have errors of their own; only TRY and legacy mode turn them to null. */
static WeirStatus interval_row(WeirKernelCall *call, const char *text, size_t length, uint32_t row, WeirVector *result,
                               WeirError *error)
{
    const WeirDataType *type = result->type;
    WeirIntervalField start = (WeirIntervalField)type->start_field, end = (WeirIntervalField)type->end_field;
    WeirError unused;
    WeirError *place = call->expression->eval_mode == WEIR_EVAL_ANSI ? error : &unused;
    WeirStatus status;
    if (type->id == WEIR_TYPE_DAY_TIME_INTERVAL)
        status = weir_string_to_day_time_interval(text, length, start, end, &((int64_t *)result->values)[row], place);
    else if (type->id == WEIR_TYPE_YEAR_MONTH_INTERVAL)
        status = weir_string_to_year_month_interval(text, length, start, end, &((int32_t *)result->values)[row], place);
    else
        status = weir_string_to_interval(text, length, &((WeirCalendarInterval *)result->values)[row], place);
    if (status == WEIR_OK)
        return WEIR_OK;
    if (call->expression->eval_mode == WEIR_EVAL_ANSI)
        return weir_row_error(call, status, error);
    weir_result_set_null(call, result, row);
    return WEIR_OK;
}

WeirStatus weir_cast_text_to_time(WeirKernelCall *call, const WeirVector *source, WeirVector *result, WeirError *error)
{
    WeirArgument x = weir_argument(source);
    WEIR_FOR_ROWS(call, row)
    {
        const WeirStringView *view = weir_argument_view(&x, row);
        const char *text = (const char *)weir_view_data(view);
        bool read;
        switch (result->type->id) {
        case WEIR_TYPE_DATE:
            read = weir_string_to_date(text, view->length, &((int32_t *)result->values)[row]);
            break;
        case WEIR_TYPE_TIMESTAMP:
            read = weir_string_to_timestamp(text, view->length, call->context->zone, call->context->now_micros,
                                            &((int64_t *)result->values)[row]);
            break;
        case WEIR_TYPE_TIMESTAMP_NTZ:
            read = weir_string_to_timestamp_ntz(text, view->length, true, &((int64_t *)result->values)[row]);
            break;
        default:
            WEIR_TRY(interval_row(call, text, view->length, row, result, error));
            continue;
        }
        if (!read)
            WEIR_TRY(weir_cast_malformed(call, source, row, result, error));
    }
    return WEIR_OK;
}
