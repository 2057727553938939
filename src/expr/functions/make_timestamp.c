/* make_timestamp and its relatives: a time from its year, month, day, hour, minute and second, or from a date. */
#include "columnar/civil_calendar.h"
#include "columnar/time_zone.h"
#include "expr/function_private.h"
#include "expr/kernels/text_find.h"

enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, ZONE };

static WeirStatus field_error(const WeirKernelCall *call, const char *message, WeirError *error)
{
    return weir_row_error(call,
                          weir_error_set(error, WEIR_ERROR_DATETIME_FIELD_OUT_OF_BOUNDS_WITH_SUGGESTION, "rangeMessage",
                                         message, "ansiConfig", "\"spark.sql.ansi.enabled\""),
                          error);
}

/* Wall-clock microseconds of the fields (seconds in microseconds). */
static WeirStatus wall_clock(const WeirKernelCall *call, const int32_t *field, int64_t micros, int64_t *local,
                             WeirError *error)
{
    static const struct {
        const char *name;
        int low, high;
    } range[] = {{"year", -999999, 999999}, {"month", 1, 12}, {"day", 1, 31}, {"hour", 0, 23}, {"minute", 0, 59}};
    char message[96];
    int64_t minute = 60 * WEIR_MICROS_PER_SECOND;
    for (int i = YEAR; i <= MINUTE; i++) {
        if (field[i] >= range[i].low && field[i] <= range[i].high)
            continue;
        snprintf(message, sizeof(message), "The %s has to lie between %d and %d, not %d", range[i].name, range[i].low,
                 range[i].high, field[i]);
        return field_error(call, message, error);
    }
    if (micros > minute && micros < minute + WEIR_MICROS_PER_SECOND) { /* 60 alone stands for the next minute */
        snprintf(message, sizeof(message), "60.%06d", (int)(micros - minute));
        return weir_row_error(
            call, weir_error_set(error, WEIR_ERROR_INVALID_FRACTION_OF_SECOND, "secAndMicros", message), error);
    }
    if (micros < 0 || micros > minute) {
        snprintf(message, sizeof(message), "The second has to lie between 0 and 59, not %lld",
                 (long long)(micros / WEIR_MICROS_PER_SECOND));
        return field_error(call, message, error);
    }
    if (!weir_civil_is_valid(field[YEAR], field[MONTH], field[DAY])) {
        snprintf(message, sizeof(message), "The month %d of %d has no day %d", field[MONTH], field[YEAR], field[DAY]);
        return field_error(call, message, error);
    }
    *local = weir_days_from_civil(field[YEAR], field[MONTH], field[DAY]) * WEIR_MICROS_PER_DAY +
             (field[HOUR] * INT64_C(60) + field[MINUTE]) * minute + micros;
    return WEIR_OK;
}

static WeirStatus zone_of_row(const WeirKernelCall *call, const WeirStringView *view, const WeirTimeZone **zone,
                              WeirError *error)
{
    char name[128];
    snprintf(name, sizeof(name), "%.*s", (int)(view->length < 120 ? view->length : 120),
             (const char *)weir_view_data(view));
    WeirStatus status = weir_time_zone_find(name, zone, error);
    return status == WEIR_OK ? WEIR_OK : weir_row_error(call, status, error);
}

WEIR_TEXT_KERNEL(make_kernel)
{
    WeirArgument a[7];
    uint32_t count = call->expression->child_count;
    bool fails = call->expression->eval_mode == WEIR_EVAL_ANSI;
    const WeirTimeZone *zone = result->type->id == WEIR_TYPE_TIMESTAMP ? call->context->zone : weir_time_zone_utc();
    for (uint32_t i = 0; i < count; i++)
        a[i] = weir_argument(arguments[i]);
    WEIR_FOR_ROWS(call, row)
    {
        int32_t field[5];
        int64_t local = 0;
        for (int i = YEAR; i <= MINUTE; i++)
            field[i] = WEIR_ARGUMENT_VALUE(int32_t, a[i], row);
        if (count > ZONE &&
            (a[ZONE].mask != 0 || zone == call->context->zone)) /* an unknown zone fails in try_ forms, too */
            WEIR_TRY(zone_of_row(call, weir_argument_view(&a[ZONE], row), &zone, error));
        WeirStatus status = wall_clock(call, field, WEIR_ARGUMENT_VALUE(int64_t, a[SECOND], row), &local, error);
        if (status == WEIR_OK) {
            ((int64_t *)result->values)[row] = weir_local_to_micros(zone, local);
        } else {
            if (fails)
                return status;
            weir_error_clear(error);
            weir_result_set_null(call, result, row);
        }
    }
    return WEIR_OK;
}

static WeirStatus resolve_make(WeirFunctionCall *call, WeirError *error);

/* Spark prints this one without its zone. */
static const WeirFunction try_make_timestamp_with_zone = {.name = "try_make_timestamp",
                                                          .flags = WEIR_FUNCTION_REPLACED,
                                                          .resolve = resolve_make,
                                                          .sql_format = "try_make_timestamp($1, $2, $3, $4, $5, $6)"};

static WeirStatus resolve_make(WeirFunctionCall *call, WeirError *error)
{
    bool ntz = strstr(call->name, "_ntz") != NULL, ltz = strstr(call->name, "_ltz") != NULL,
         trying = strncmp(call->name, "try_", 4) == 0;
    uint32_t count = call->argument_count;
    call->result_type = ntz ? &weir_type_timestamp_ntz : &weir_type_timestamp;
    if (count == 1 && !ntz && !ltz) {
        if (!weir_can_implicitly_cast(call->arguments[0]->type, &weir_type_date))
            return weir_call_unexpected_type(call, 0, "\"DATE\"", error);
        WeirExpression *date = weir_call_cast(call, call->arguments[0], &weir_type_date, call->eval_mode);
        call->replacement = weir_call_cast(call, date, call->result_type, call->eval_mode);
        return WEIR_OK;
    }
    if (count < 6 || (count == 7 && ntz))
        return weir_call_wrong_count(call, ntz ? "[2, 6]" : ltz ? "[2, 3, 6, 7]" : "[1, 2, 3, 6, 7]", error);
    if (trying)
        call->eval_mode = WEIR_EVAL_TRY;
    if (trying && !ntz && !ltz && count == 7)
        call->function = &try_make_timestamp_with_zone;
    call->replacement = weir_call_make(call,
                                       trying ? (ntz ? "try_timestamp_ntz_of_fields" : "try_timestamp_of_fields")
                                       : ntz  ? "timestamp_ntz_of_fields"
                                              : "timestamp_of_fields",
                                       call->arguments, count);
    return WEIR_OK;
}

static WeirStatus resolve_fields(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *seconds = weir_type_decimal(call->arena, 16, 6);
    for (uint32_t i = 0; i < call->argument_count; i++) {
        const WeirDataType *type = i == SECOND ? seconds : i == ZONE ? &weir_type_string : &weir_type_int;
        if (!weir_can_implicitly_cast(call->arguments[i]->type, type))
            return weir_call_unexpected_type(call, i, weir_quoted_type(call->arena, type), error);
        call->cast_types[i] = type;
    }
    call->result_type = strstr(call->name, "_ntz") != NULL ? &weir_type_timestamp_ntz : &weir_type_timestamp;
    if (call->name[0] == 't' && call->name[1] == 'r')
        call->eval_mode = WEIR_EVAL_TRY;
    call->nullable = call->nullable || call->eval_mode != WEIR_EVAL_ANSI;
    return WEIR_OK;
}

#define MAKE(NAME, MIN, MAX, USAGE)                                                                                    \
    {                                                                                                                  \
        .name = NAME, .flags = WEIR_FUNCTION_REPLACED, .arguments_min = MIN, .arguments_max = MAX,                     \
        .resolve = resolve_make, .group = "datetime_funcs", .usage = USAGE                                             \
    }
#define FIELDS(NAME)                                                                                                   \
    {                                                                                                                  \
        .name = NAME, .flags = WEIR_FUNCTION_NULL_PROPAGATING | WEIR_FUNCTION_MAY_FAIL | WEIR_FUNCTION_INTERNAL,       \
        .arguments_min = 6, .arguments_max = 7, .resolve = resolve_fields, .kernel = make_kernel                       \
    }

const WeirFunction weir_functions_make_timestamp[] = {
    MAKE("make_timestamp", 1, 7,
         "make_timestamp(year, month, day, hour, minute, second[, zone]) or make_timestamp(date)"),
    MAKE("make_timestamp_ltz", 2, 7, "make_timestamp_ltz(year, month, day, hour, minute, second[, zone])"),
    MAKE("make_timestamp_ntz", 2, 6, "make_timestamp_ntz(year, month, day, hour, minute, second): without a zone."),
    MAKE("try_make_timestamp", 1, 7, "try_make_timestamp(year, month, …): null where there is no such time."),
    MAKE("try_make_timestamp_ltz", 2, 7, "try_make_timestamp_ltz(year, month, …): null where there is no such time."),
    MAKE("try_make_timestamp_ntz", 2, 6, "try_make_timestamp_ntz(year, month, …): null where there is no such time."),
    FIELDS("timestamp_of_fields"),
    FIELDS("timestamp_ntz_of_fields"),
    FIELDS("try_timestamp_of_fields"),
    FIELDS("try_timestamp_ntz_of_fields"),
    {0},
};
