/* Moving and measuring dates and timestamps: days, months and intervals, differences, conversions from and to numbers.
 */
#include <math.h>
#include <strings.h>

#include "expr/function_private.h"
#include "expr/kernels/decimal.h"
#include "columnar/time_zone.h"
#include "expr/functions/timestamp_shift.h"

#define KERNEL(name)                                                                                                   \
    static WeirStatus name(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,               \
                           WeirError *error)
#define LONG_AT(argument, row) WEIR_ARGUMENT_VALUE(int64_t, argument, row)
#define INT_AT(argument, row) WEIR_ARGUMENT_VALUE(int32_t, argument, row)
#define PUT_LONG(value) ((int64_t *)result->values)[row] = (value)
#define PUT_INT(value) ((int32_t *)result->values)[row] = (int32_t)(value)

/* Out of range fails in every mode but that of try_ functions: a date with a condition, a timestamp without. */
static WeirStatus date_overflow(WeirKernelCall *call, WeirVector *result, uint32_t row, WeirError *error)
{
    if (call->expression->eval_mode != WEIR_EVAL_TRY)
        return weir_overflow_error(call, "overflow", "", error);
    weir_result_set_null(call, result, row);
    return WEIR_OK;
}

static WeirStatus time_overflow(WeirKernelCall *call, WeirVector *result, uint32_t row, WeirError *error)
{
    if (call->expression->eval_mode != WEIR_EVAL_TRY)
        return weir_row_error(
            call,
            weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000, "the result is out of the range of times"),
            error);
    weir_result_set_null(call, result, row);
    return WEIR_OK;
}

static const WeirTimeZone *zone_of(const WeirKernelCall *call, const WeirVector *vector)
{
    return vector->type->id == WEIR_TYPE_TIMESTAMP ? call->context->zone : weir_time_zone_utc();
}

static bool fits_long(WeirInt128 value)
{
    return value == (int64_t)value;
}

/* The wall clock moved by whole days. */
static bool move_days(const WeirTimeZone *zone, int64_t *micros, int64_t months, int64_t days)
{
    int64_t local = weir_micros_to_local(zone, *micros), day = weir_floor_divide(local, WEIR_MICROS_PER_DAY);
    int64_t moved = months != 0 ? weir_add_months(day, months) : day;
    WeirInt128 target = (WeirInt128)local + ((WeirInt128)(moved - day) + days) * WEIR_MICROS_PER_DAY;
    if (!fits_long(target))
        return false;
    *micros = weir_local_to_micros(zone, (int64_t)target);
    return true;
}

bool weir_timestamp_shift(const WeirTimeZone *zone, int64_t *micros, int64_t months, int64_t days, WeirInt128 length)
{
    const int64_t months_max = INT64_C(12) * 600000; /* more than there are in a timestamp's range */
    if (months > months_max || months < -months_max)
        return false;
    if (months != 0 && !move_days(zone, micros, months, 0))
        return false;
    if (days != 0 && !move_days(zone, micros, 0, days))
        return false;
    WeirInt128 sum = (WeirInt128)*micros + length;
    if (!fits_long(sum))
        return false;
    *micros = (int64_t)sum;
    return true;
}

/* ---- dates and days */

/* Dates wrap at the ends of their range. */
static WeirStatus add_days(WeirKernelCall *call, int sign, const WeirVector *const *arguments, WeirVector *result)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    WeirPhysicalType physical = weir_type_physical(arguments[1]->type);
    WEIR_FOR_ROWS(call, row)
    {
        int64_t days = physical == WEIR_PHYSICAL_INT8    ? WEIR_ARGUMENT_VALUE(int8_t, y, row)
                       : physical == WEIR_PHYSICAL_INT16 ? WEIR_ARGUMENT_VALUE(int16_t, y, row)
                                                         : INT_AT(y, row);
        PUT_INT(INT_AT(x, row) + sign * days);
    }
    return WEIR_OK;
}
KERNEL(date_add_kernel)
{
    (void)error;
    return add_days(call, 1, arguments, result);
}
KERNEL(date_sub_kernel)
{
    (void)error;
    return add_days(call, -1, arguments, result);
}

KERNEL(datediff_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    WEIR_FOR_ROWS(call, row)
    PUT_INT((int64_t)INT_AT(x, row) - INT_AT(y, row));
    return WEIR_OK;
}

KERNEL(add_months_kernel)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    int sign = strstr(call->expression->function->name, "_minus") != NULL ? -1 : 1;
    WEIR_FOR_ROWS(call, row)
    {
        int64_t moved = weir_add_months(INT_AT(x, row), sign * (int64_t)INT_AT(y, row));
        if (moved != (int32_t)moved)
            WEIR_TRY(date_overflow(call, result, row, error));
        else
            PUT_INT(moved);
    }
    return WEIR_OK;
}

KERNEL(last_day_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]);
    WEIR_FOR_ROWS(call, row)
    PUT_INT(weir_last_day_of_month(INT_AT(x, row)));
    return WEIR_OK;
}

/* Monday 1 … Sunday 7; 0: no such day. */
static int day_number(const uint8_t *text, uint32_t length)
{
    static const char *const names[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
    for (int i = 0; i < 7; i++)
        if ((length == 2 || length == 3 || length == strlen(names[i])) &&
            strncasecmp(names[i], (const char *)text, length) == 0)
            return i + 1;
    return 0;
}

KERNEL(next_day_kernel)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    WEIR_FOR_ROWS(call, row)
    {
        const WeirStringView *view = weir_argument_view(&y, row);
        int wanted = day_number(weir_view_data(view), view->length);
        if (wanted == 0) {
            if (call->expression->eval_mode == WEIR_EVAL_ANSI) {
                char text[64];
                snprintf(text, sizeof(text), "%.*s", (int)(view->length < 60 ? view->length : 60),
                         (const char *)weir_view_data(view));
                return weir_row_error(call, weir_error_set(error, WEIR_ERROR_ILLEGAL_DAY_OF_WEEK, "string", text),
                                      error);
            }
            weir_result_set_null(call, result, row);
            continue;
        }
        int days = (wanted - weir_day_of_week(INT_AT(x, row)) + 7) % 7;
        PUT_INT(INT_AT(x, row) + (days == 0 ? 7 : days));
    }
    return WEIR_OK;
}

/* ---- intervals */

KERNEL(timestamp_add_interval_kernel)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    const WeirTimeZone *zone = zone_of(call, arguments[0]);
    int sign = strstr(call->expression->function->name, "_minus") != NULL ? -1 : 1;
    bool calendar = arguments[1]->type->id == WEIR_TYPE_CALENDAR_INTERVAL;
    WEIR_FOR_ROWS(call, row)
    {
        WeirCalendarInterval interval = {0};
        int64_t days = 0, micros = LONG_AT(x, row);
        if (calendar) {
            interval = WEIR_ARGUMENT_VALUE(WeirCalendarInterval, y, row);
            days = interval.days;
        } else { /* whole days keep the wall clock */
            days = LONG_AT(y, row) / WEIR_MICROS_PER_DAY;
            interval.microseconds = LONG_AT(y, row) % WEIR_MICROS_PER_DAY;
        }
        if (weir_timestamp_shift(zone, &micros, sign * (int64_t)interval.months, sign * days,
                                 sign * (WeirInt128)interval.microseconds))
            PUT_LONG(micros);
        else
            WEIR_TRY(time_overflow(call, result, row, error));
    }
    return WEIR_OK;
}

KERNEL(timestamp_add_months_kernel)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    const WeirTimeZone *zone = zone_of(call, arguments[0]);
    int sign = strstr(call->expression->function->name, "_minus") != NULL ? -1 : 1;
    WEIR_FOR_ROWS(call, row)
    {
        int64_t micros = LONG_AT(x, row);
        if (weir_timestamp_shift(zone, &micros, sign * (int64_t)INT_AT(y, row), 0, 0))
            PUT_LONG(micros);
        else
            WEIR_TRY(time_overflow(call, result, row, error));
    }
    return WEIR_OK;
}

KERNEL(date_add_interval_kernel)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    int sign = strstr(call->expression->function->name, "_minus") != NULL ? -1 : 1;
    WEIR_FOR_ROWS(call, row)
    {
        WeirCalendarInterval interval = WEIR_ARGUMENT_VALUE(WeirCalendarInterval, y, row);
        if (interval.microseconds != 0 && call->expression->eval_mode == WEIR_EVAL_ANSI)
            return weir_row_error(call, weir_error_set(error, WEIR_ERROR_INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION),
                                  error);
        int64_t days = weir_add_months(INT_AT(x, row), sign * (int64_t)interval.months) + sign * (int64_t)interval.days;
        if (interval.microseconds != 0)
            days += weir_floor_divide(sign * interval.microseconds, WEIR_MICROS_PER_DAY);
        if (days == (int32_t)days)
            PUT_INT(days);
        else
            WEIR_TRY(date_overflow(call, result, row, error));
    }
    return WEIR_OK;
}

KERNEL(subtract_timestamps_kernel)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    const WeirTimeZone *zone = zone_of(call, arguments[0]);
    WEIR_FOR_ROWS(call, row)
    {
        int64_t difference;
        if (__builtin_sub_overflow(weir_micros_to_local(zone, LONG_AT(x, row)),
                                   weir_micros_to_local(zone, LONG_AT(y, row)), &difference))
            WEIR_TRY(time_overflow(call, result, row, error));
        else
            PUT_LONG(difference);
    }
    return WEIR_OK;
}

KERNEL(subtract_dates_kernel)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    WEIR_FOR_ROWS(call, row)
    {
        int64_t days = (int64_t)INT_AT(x, row) - INT_AT(y, row);
        if (days == (int32_t)days)
            PUT_LONG(days * WEIR_MICROS_PER_DAY);
        else
            WEIR_TRY(time_overflow(call, result, row, error));
    }
    return WEIR_OK;
}

static WeirStatus resolve_difference(WeirFunctionCall *call, WeirError *error)
{
    bool dates = strcmp(call->function->name, "subtractdates") == 0;
    for (uint32_t i = 0; i < 2; i++) {
        WeirTypeId id = call->arguments[i]->type->id;
        if (id != WEIR_TYPE_STRING && id != WEIR_TYPE_VOID && !weir_type_is_datetime(call->arguments[i]->type))
            return weir_call_unexpected_type(
                call, i, dates ? "\"DATE\"" : "(\"TIMESTAMP\" or \"TIMESTAMP WITHOUT TIME ZONE\")", error);
    }
    const WeirDataType *type = &weir_type_date;
    if (!dates) {
        bool ntz =
            call->arguments[0]->type->id != WEIR_TYPE_TIMESTAMP && call->arguments[1]->type->id != WEIR_TYPE_TIMESTAMP;
        type = ntz ? &weir_type_timestamp_ntz : &weir_type_timestamp;
    }
    call->cast_types[0] = call->cast_types[1] = type;
    call->result_type =
        dates ? weir_type_interval(call->arena, WEIR_INTERVAL_DAY, WEIR_INTERVAL_DAY) : &weir_type_day_time_interval;
    return WEIR_OK;
}

KERNEL(interval_days_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]);
    WEIR_FOR_ROWS(call, row)
    PUT_INT(LONG_AT(x, row) / WEIR_MICROS_PER_DAY);
    return WEIR_OK;
}

/* ---- numbers to timestamps and back */

typedef struct Unit {
    const char *name;
    int64_t micros;
} Unit;

static int64_t micros_of(const char *function)
{
    return strstr(function, "seconds") != NULL ? WEIR_MICROS_PER_SECOND : strstr(function, "millis") != NULL ? 1000 : 1;
}

KERNEL(timestamp_of_kernel)
{
    int64_t unit = micros_of(call->expression->function->name);
    const WeirDataType *type = arguments[0]->type;
    WeirArgument x = weir_argument(arguments[0]);
    if (unit == 1000 && type->id == WEIR_TYPE_LONG && call->selection == NULL &&
        x.mask != 0) { /* the fast common case */
        const int64_t *values = x.values;
        int64_t *out = result->values;
        int64_t bad = 0;
        for (uint32_t row = 0; row < call->count; row++) {
            int64_t value = values[row];
            bad |= (value > INT64_MAX / 1000) | (value < INT64_MIN / 1000);
            out[row] = (int64_t)((uint64_t)value * 1000u);
        }
        if (bad == 0)
            return WEIR_OK;
    }
    WEIR_FOR_ROWS(call, row)
    {
        int64_t micros = 0;
        bool bad = false;
        WeirInt128 scaled;
        switch (type->id) {
        case WEIR_TYPE_DECIMAL: {
            WeirInt128 value = weir_decimal_load(&x, weir_decimal_is_wide(type), row);
            bad = type->scale > 6 ? value % weir_power_of_ten(type->scale - 6) != 0 : false;
            scaled = type->scale > 6 ? value / weir_power_of_ten(type->scale - 6)
                                     : value * weir_power_of_ten(6 - type->scale);
            bad = bad || scaled != (int64_t)scaled;
            micros = (int64_t)scaled;
            break;
        }
        case WEIR_TYPE_DOUBLE:
        case WEIR_TYPE_FLOAT: {
            double value = type->id == WEIR_TYPE_DOUBLE ? WEIR_ARGUMENT_VALUE(double, x, row)
                                                        : (double)WEIR_ARGUMENT_VALUE(float, x, row);
            if (!isfinite(value)) {
                weir_result_set_null(call, result, row);
                continue;
            }
            value *= 1e6;
            micros = value >= 0x1p63 ? INT64_MAX : value < -0x1p63 ? INT64_MIN : (int64_t)value;
            break;
        }
        default: {
            int64_t value = weir_physical_size(weir_type_physical(type)) == 8   ? LONG_AT(x, row)
                            : weir_physical_size(weir_type_physical(type)) == 4 ? INT_AT(x, row)
                            : weir_physical_size(weir_type_physical(type)) == 2 ? WEIR_ARGUMENT_VALUE(int16_t, x, row)
                                                                                : WEIR_ARGUMENT_VALUE(int8_t, x, row);
            bad = __builtin_mul_overflow(value, unit, &micros);
        }
        }
        if (bad)
            return weir_row_error(call,
                                  weir_error_set(error, WEIR_ERROR_ARITHMETIC_OVERFLOW, "message", "long overflow",
                                                 "alternative", "", "config", "\"spark.sql.ansi.enabled\""),
                                  error);
        PUT_LONG(micros);
    }
    return WEIR_OK;
}

/* Numbers only: text is not cast here. */
static WeirStatus resolve_timestamp_seconds(WeirFunctionCall *call, WeirError *error)
{
    if (call->arguments[0]->type->id == WEIR_TYPE_STRING)
        return weir_call_unexpected_type(call, 0, "\"NUMERIC\"", error);
    return weir_signature_apply("numeric->timestamp", call, error);
}

KERNEL(unix_of_kernel)
{
    (void)error;
    int64_t unit = micros_of(call->expression->function->name);
    WeirArgument x = weir_argument(arguments[0]);
    WEIR_FOR_ROWS(call, row)
    PUT_LONG(unit == 1 ? LONG_AT(x, row) : weir_floor_divide(LONG_AT(x, row), unit));
    return WEIR_OK;
}

/* unix_timestamp's seconds, which unlike those of unix_seconds go towards zero. */
KERNEL(whole_seconds_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]);
    WEIR_FOR_ROWS(call, row)
    PUT_LONG(LONG_AT(x, row) / WEIR_MICROS_PER_SECOND);
    return WEIR_OK;
}

KERNEL(same_int_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]);
    WEIR_FOR_ROWS(call, row)
    PUT_INT(INT_AT(x, row));
    return WEIR_OK;
}

/* from_utc_timestamp and to_utc_timestamp, convert_timezone. */
static WeirStatus find_zone(WeirKernelCall *call, const WeirStringView *view, const WeirTimeZone **zone,
                            WeirError *error)
{
    char name[128];
    snprintf(name, sizeof(name), "%.*s", (int)(view->length < 120 ? view->length : 120),
             (const char *)weir_view_data(view));
    WeirStatus status = weir_time_zone_find(name, zone, error);
    return status == WEIR_OK ? WEIR_OK : weir_row_error(call, status, error);
}

KERNEL(utc_shift_kernel)
{
    bool from = strncmp(call->expression->function->name, "from", 4) == 0;
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    const WeirTimeZone *zone = NULL;
    WEIR_FOR_ROWS(call, row)
    {
        if (y.mask != 0 || zone == NULL)
            WEIR_TRY(find_zone(call, weir_argument_view(&y, row), &zone, error));
        PUT_LONG(from ? weir_micros_to_local(zone, LONG_AT(x, row)) : weir_local_to_micros(zone, LONG_AT(x, row)));
    }
    return WEIR_OK;
}

KERNEL(convert_timezone_kernel)
{
    WeirArgument a = weir_argument(arguments[0]), b = weir_argument(arguments[1]), x = weir_argument(arguments[2]);
    WEIR_FOR_ROWS(call, row)
    {
        const WeirTimeZone *source, *target;
        WEIR_TRY(find_zone(call, weir_argument_view(&a, row), &source, error));
        WEIR_TRY(find_zone(call, weir_argument_view(&b, row), &target, error));
        PUT_LONG(weir_micros_to_local(target, weir_local_to_micros(source, LONG_AT(x, row))));
    }
    return WEIR_OK;
}

static WeirStatus resolve_convert_timezone(WeirFunctionCall *call, WeirError *error)
{
    WeirExpression **arguments = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, 3);
    const WeirDataType **casts = WEIR_ARENA_ARRAY(call->arena, const WeirDataType *, 3);
    uint32_t given = call->argument_count;
    arguments[0] = given == 3 ? call->arguments[0] : weir_call_make(call, "current_timezone", NULL, 0);
    if (given == 2)
        WEIR_TRY(weir_function_resolve_tree(call->resolver, arguments[0], &arguments[0], error));
    arguments[1] = call->arguments[given - 2];
    arguments[2] = call->arguments[given - 1];
    call->arguments = arguments;
    call->cast_types = casts;
    call->argument_count = 3;
    return weir_signature_apply("string,string,ntz->ntz", call, error);
}

/* Fractions of 31-day months; same day or both last days of a month give a whole number. */
KERNEL(months_between_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]), r = weir_argument(arguments[2]);
    WEIR_FOR_ROWS(call, row)
    {
        const WeirTimeZone *zone = call->context->zone;
        int64_t micros[2] = {LONG_AT(x, row), LONG_AT(y, row)};
        int64_t years[2], days[2], seconds[2];
        int months[2], day[2], length[2];
        for (int i = 0; i < 2; i++) {
            days[i] = weir_floor_divide(weir_micros_to_local(zone, micros[i]), WEIR_MICROS_PER_DAY);
            /* since midnight, in real time */
            seconds[i] =
                (micros[i] - weir_local_to_micros(zone, days[i] * WEIR_MICROS_PER_DAY)) / WEIR_MICROS_PER_SECOND;
            weir_civil_from_days(days[i], &years[i], &months[i], &day[i]);
            length[i] = weir_days_in_month(years[i], months[i]);
        }
        double whole = (double)((years[0] * 12 + months[0]) - (years[1] * 12 + months[1]));
        double value = whole;
        if (day[0] != day[1] && !(day[0] == length[0] && day[1] == length[1])) {
            double rest = (double)((day[0] - day[1]) * 86400 + (seconds[0] - seconds[1])) / (31.0 * 86400.0);
            value = whole + rest;
            if (WEIR_ARGUMENT_VALUE(uint8_t, r, row))
                value = round(value * 1e8) / 1e8;
        }
        ((double *)result->values)[row] = value;
    }
    return WEIR_OK;
}

static WeirStatus resolve_shift(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    call->result_type = call->arguments[0]->type;
    return WEIR_OK;
}

#define NP WEIR_FUNCTION_NULL_PROPAGATING
#define F (NP | WEIR_FUNCTION_MAY_FAIL)
#define TIME(NAME, ALIASES, FLAGS, MIN, MAX, SIGNATURE, KERNEL, USAGE)                                                 \
    {                                                                                                                  \
        .name = NAME, .aliases = ALIASES, .flags = FLAGS, .arguments_min = MIN, .arguments_max = MAX,                  \
        .signature = SIGNATURE, .kernel = KERNEL, .group = "datetime_funcs", .usage = USAGE                            \
    }
#define SHIFT(NAME, KERNEL, FORMAT)                                                                                    \
    {                                                                                                                  \
        .name = NAME, .flags = F | WEIR_FUNCTION_INTERNAL, .arguments_min = 2, .arguments_max = 2,                     \
        .resolve = resolve_shift, .kernel = KERNEL, .sql_format = FORMAT, .group = "datetime_funcs", .usage = ""       \
    }

const WeirFunction weir_functions_datetime_arithmetic[] = {
    TIME("date_add", NULL, F, 2, 2, "date,days->date", date_add_kernel, "date_add(date, n): n days later."),
    {.name = "dateadd",
     .flags = F,
     .arguments_min = 2,
     .arguments_max = 2,
     .signature = "date,days->date",
     .kernel = date_add_kernel,
     .sql_format = "date_add($*)",
     .group = "datetime_funcs",
     .usage = "dateadd(date, n): n days later."},
    TIME("date_sub", NULL, F, 2, 2, "date,days->date", date_sub_kernel, "date_sub(date, n): n days earlier."),
    TIME("datediff", WEIR_ALIASES("date_diff"), NP, 2, 2, "date,date->int", datediff_kernel,
         "datediff(end, start): days between."),
    TIME("add_months", NULL, F, 2, 2, "date,int|yearmonth->date", add_months_kernel,
         "add_months(date, n): n months later."),
    TIME("last_day", NULL, NP, 1, 1, "date->date", last_day_kernel, "last_day(date): the month's last day."),
    TIME("next_day", NULL, F, 2, 2, "date,string->date", next_day_kernel,
         "next_day(date, weekday): the first such day after it."),
    SHIFT("timestamp_add_interval", timestamp_add_interval_kernel, "$1 + $2"),
    SHIFT("timestamp_add_interval_minus", timestamp_add_interval_kernel, "$1 - $2"),
    SHIFT("timestamp_add_months_interval", timestamp_add_months_kernel, "$1 + $2"),
    SHIFT("timestamp_add_months_interval_minus", timestamp_add_months_kernel, "$1 - $2"),
    SHIFT("date_add_months_interval", add_months_kernel, "$1 + $2"),
    SHIFT("date_add_months_interval_minus", add_months_kernel, "$1 - $2"),
    SHIFT("date_add_interval", date_add_interval_kernel, "$1 + $2"),
    SHIFT("date_add_interval_minus", date_add_interval_kernel, "$1 - $2"),
    {.name = "subtracttimestamps",
     .flags = F | WEIR_FUNCTION_INTERNAL,
     .arguments_min = 2,
     .arguments_max = 2,
     .resolve = resolve_difference,
     .kernel = subtract_timestamps_kernel,
     .sql_format = "($1 - $2)"},
    {.name = "subtractdates",
     .flags = F | WEIR_FUNCTION_INTERNAL,
     .arguments_min = 2,
     .arguments_max = 2,
     .resolve = resolve_difference,
     .kernel = subtract_dates_kernel,
     .sql_format = "($1 - $2)"},
    {.name = "extractansiintervaldays",
     .flags = NP | WEIR_FUNCTION_INTERNAL,
     .arguments_min = 1,
     .arguments_max = 1,
     .signature = "daytime->int",
     .kernel = interval_days_kernel},
    {.name = "timestamp_seconds",
     .flags = F,
     .arguments_min = 1,
     .arguments_max = 1,
     .resolve = resolve_timestamp_seconds,
     .kernel = timestamp_of_kernel,
     .group = "datetime_funcs",
     .usage = "timestamp_seconds(n): so many seconds since the epoch."},
    TIME("timestamp_millis", NULL, F, 1, 1, "integral->timestamp", timestamp_of_kernel,
         "timestamp_millis(n): so many milliseconds since the epoch."),
    TIME("timestamp_micros", NULL, F, 1, 1, "integral->timestamp", timestamp_of_kernel,
         "timestamp_micros(n): so many microseconds since the epoch."),
    TIME("unix_seconds", NULL, NP, 1, 1, "timestamp->long", unix_of_kernel,
         "unix_seconds(time): seconds since the epoch."),
    {.name = "whole_unix_seconds",
     .flags = NP | WEIR_FUNCTION_INTERNAL,
     .arguments_min = 1,
     .arguments_max = 1,
     .signature = "timestamp->long",
     .kernel = whole_seconds_kernel},
    TIME("unix_millis", NULL, NP, 1, 1, "timestamp->long", unix_of_kernel,
         "unix_millis(time): milliseconds since the epoch."),
    TIME("unix_micros", NULL, NP, 1, 1, "timestamp->long", unix_of_kernel,
         "unix_micros(time): microseconds since the epoch."),
    TIME("unix_date", NULL, NP, 1, 1, "date->int", same_int_kernel, "unix_date(date): days since the epoch."),
    TIME("date_from_unix_date", NULL, NP, 1, 1, "int->date", same_int_kernel,
         "date_from_unix_date(n): so many days since the epoch."),
    TIME("from_utc_timestamp", NULL, F, 2, 2, "timestamp,string->timestamp", utc_shift_kernel,
         "from_utc_timestamp(time, zone): the wall clock of a zone."),
    TIME("to_utc_timestamp", NULL, F, 2, 2, "timestamp,string->timestamp", utc_shift_kernel,
         "to_utc_timestamp(time, zone): the instant of a zone's wall clock."),
    {.name = "convert_timezone",
     .flags = F,
     .arguments_min = 2,
     .arguments_max = 3,
     .resolve = resolve_convert_timezone,
     .kernel = convert_timezone_kernel,
     .group = "datetime_funcs",
     .usage = "convert_timezone([from, ]to, time): a wall clock in another zone."},
    TIME("months_between", NULL, NP, 2, 3, "timestamp,timestamp,boolean=true->double", months_between_kernel,
         "months_between(a, b[, round]): months between, with a fraction."),
    {0},
};
