/* Parts of dates and timestamps, truncation, construction, the clock. */
#include <strings.h>

#include "expr/function_private.h"
#include "expr/kernels/decimal.h"
#include "columnar/time_zone.h"

#define KERNEL(name)                                                                                                   \
    static WeirStatus name(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,               \
                           WeirError *error)
#define LONG_AT(argument, row) WEIR_ARGUMENT_VALUE(int64_t, argument, row)
#define INT_AT(argument, row) WEIR_ARGUMENT_VALUE(int32_t, argument, row)
#define PUT_LONG(value) ((int64_t *)result->values)[row] = (value)
#define PUT_INT(value) ((int32_t *)result->values)[row] = (int32_t)(value)

#define DATE_FIELD(name, VALUE)                                                                                        \
    KERNEL(name)                                                                                                       \
    {                                                                                                                  \
        (void)error;                                                                                                   \
        WeirArgument x = weir_argument(arguments[0]);                                                                  \
        WEIR_FOR_ROWS(call, row)                                                                                       \
        {                                                                                                              \
            int64_t days = INT_AT(x, row), year = 0;                                                                   \
            int month = 0, day = 0;                                                                                    \
            weir_civil_from_days(days, &year, &month, &day);                                                           \
            PUT_INT(VALUE);                                                                                            \
        }                                                                                                              \
        return WEIR_OK;                                                                                                \
    }
static int week_of(int64_t days)
{
    int64_t year;
    int week;
    weir_iso_week(days, &year, &week);
    return week;
}
static int64_t week_year_of(int64_t days)
{
    int64_t year;
    int week;
    weir_iso_week(days, &year, &week);
    return year;
}
DATE_FIELD(year_kernel, year)
DATE_FIELD(quarter_kernel, weir_quarter_of_month(month))
DATE_FIELD(month_kernel, month)
DATE_FIELD(day_kernel, day)
DATE_FIELD(day_of_year_kernel, weir_day_of_year(days))
DATE_FIELD(day_of_week_kernel, weir_day_of_week(days) % 7 + 1)
DATE_FIELD(iso_day_of_week_kernel, weir_day_of_week(days))
DATE_FIELD(weekday_kernel, weir_day_of_week(days) - 1)
DATE_FIELD(week_kernel, week_of(days))
DATE_FIELD(week_year_kernel, week_year_of(days))

static const WeirTimeZone *zone_of(const WeirKernelCall *call, const WeirVector *vector)
{
    return vector->type->id == WEIR_TYPE_TIMESTAMP ? call->context->zone : weir_time_zone_utc();
}

#define TIME_FIELD(name, VALUE)                                                                                        \
    KERNEL(name)                                                                                                       \
    {                                                                                                                  \
        (void)error;                                                                                                   \
        WeirArgument x = weir_argument(arguments[0]);                                                                  \
        const WeirTimeZone *zone = zone_of(call, arguments[0]);                                                        \
        WEIR_FOR_ROWS(call, row)                                                                                       \
        {                                                                                                              \
            int64_t micros = weir_floor_modulo(weir_micros_to_local(zone, LONG_AT(x, row)), WEIR_MICROS_PER_DAY);      \
            PUT_INT(VALUE);                                                                                            \
        }                                                                                                              \
        return WEIR_OK;                                                                                                \
    }
TIME_FIELD(hour_kernel, micros / (3600 * WEIR_MICROS_PER_SECOND))
TIME_FIELD(minute_kernel, micros / (60 * WEIR_MICROS_PER_SECOND) % 60)
TIME_FIELD(second_kernel, micros / WEIR_MICROS_PER_SECOND % 60)

KERNEL(second_fraction_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]);
    const WeirTimeZone *zone = zone_of(call, arguments[0]);
    WEIR_FOR_ROWS(call, row)
    PUT_LONG(weir_floor_modulo(weir_micros_to_local(zone, LONG_AT(x, row)), 60 * WEIR_MICROS_PER_SECOND));
    return WEIR_OK;
}

static WeirStatus resolve_second_fraction(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    call->result_type = weir_type_decimal(call->arena, 8, 6);
    return WEIR_OK;
}

/* Parts of intervals: ordinal in the bound value is the WeirIntervalField. */
KERNEL(interval_field_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]);
    WeirIntervalField field = *(const WeirIntervalField *)call->expression->bound;
    WeirTypeId type = arguments[0]->type->id;
    WEIR_FOR_ROWS(call, row)
    {
        int64_t months = 0, micros = 0, days = 0;
        if (type == WEIR_TYPE_CALENDAR_INTERVAL) {
            WeirCalendarInterval value = WEIR_ARGUMENT_VALUE(WeirCalendarInterval, x, row);
            months = value.months;
            days = value.days;
            micros = value.microseconds % WEIR_MICROS_PER_DAY; /* hours over 23 are not seen */
        } else if (type == WEIR_TYPE_YEAR_MONTH_INTERVAL) {
            months = INT_AT(x, row);
        } else {
            micros = LONG_AT(x, row);
            days = micros / WEIR_MICROS_PER_DAY;
            micros %= WEIR_MICROS_PER_DAY;
        }
        switch (field) {
        case WEIR_INTERVAL_YEAR:
            PUT_INT(months / 12);
            break;
        case WEIR_INTERVAL_MONTH:
            ((int8_t *)result->values)[row] = (int8_t)(months % 12);
            break;
        case WEIR_INTERVAL_DAY:
            PUT_INT(days);
            break;
        case WEIR_INTERVAL_HOUR:
            ((int8_t *)result->values)[row] = (int8_t)(micros / (3600 * WEIR_MICROS_PER_SECOND));
            break;
        case WEIR_INTERVAL_MINUTE:
            ((int8_t *)result->values)[row] = (int8_t)(micros / (60 * WEIR_MICROS_PER_SECOND) % 60);
            break;
        case WEIR_INTERVAL_SECOND:
            PUT_LONG(micros % (60 * WEIR_MICROS_PER_SECOND));
            break;
        }
    }
    return WEIR_OK;
}

static const struct {
    const char *names; /* separated by blanks, with blanks around */
    const char *function;
    int interval_field; /* -1: not of intervals */
} extract_fields[] = {
    {" year y years yr yrs ", "year", WEIR_INTERVAL_YEAR},
    {" yearofweek ", "yearofweek", -1},
    {" quarter qtr ", "quarter", -1},
    {" month mon mons months ", "month", WEIR_INTERVAL_MONTH},
    {" week w weeks ", "weekofyear", -1},
    {" day d days ", "day", WEIR_INTERVAL_DAY},
    {" dayofweek dow ", "dayofweek", -1},
    {" dayofweek_iso dow_iso ", "dayofweek_iso", -1},
    {" doy ", "dayofyear", -1},
    {" hour h hours hr hrs ", "hour", WEIR_INTERVAL_HOUR},
    {" minute m min mins minutes ", "minute", WEIR_INTERVAL_MINUTE},
    {" second s sec seconds secs ", "secondwithfraction", WEIR_INTERVAL_SECOND},
};

static bool interval_has_field(const WeirDataType *type, WeirIntervalField field)
{
    bool months = field <= WEIR_INTERVAL_MONTH;
    return type->id == WEIR_TYPE_CALENDAR_INTERVAL || months == (type->id == WEIR_TYPE_YEAR_MONTH_INTERVAL);
}

static WeirStatus resolve_extract(WeirFunctionCall *call, WeirError *error)
{
    WeirValue *field = NULL;
    WEIR_TRY(weir_call_constant(call, 0, &field, error));
    if (field == NULL)
        return weir_error_set(error, WEIR_ERROR_NON_FOLDABLE_ARGUMENT, "funcName",
                              weir_arena_printf(call->arena, "`%s`", call->name), "paramName", "`field`", "paramType",
                              "\"STRING\"");
    if (weir_value_is_null(field)) {
        call->replacement = weir_expression_null_literal(call->arena, &weir_type_double);
        return WEIR_OK;
    }
    char name[64] = " ";
    if (field->type->id == WEIR_TYPE_STRING) {
        WeirStringView view = weir_value_get_view(field);
        snprintf(name, sizeof(name), " %.*s ", (int)(view.length < 60 ? view.length : 60),
                 (const char *)weir_view_data(&view));
        for (char *c = name; *c != '\0'; c++)
            *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
    }
    WeirExpression *source = call->arguments[1];
    bool interval = weir_type_is_interval(source->type);
    for (size_t i = 0; i < sizeof(extract_fields) / sizeof(extract_fields[0]); i++) {
        if (strlen(name) < 3 || strstr(extract_fields[i].names, name) == NULL)
            continue;
        if (!interval) {
            call->replacement = weir_call_make(call, extract_fields[i].function, &source, 1);
            return WEIR_OK;
        }
        if (extract_fields[i].interval_field < 0 ||
            !interval_has_field(source->type, (WeirIntervalField)extract_fields[i].interval_field))
            break;
        WeirExpression *arguments[2] = {source,
                                        weir_expression_int_literal(call->arena, extract_fields[i].interval_field)};
        call->replacement = weir_call_make(call, "extract_interval_field", arguments, 2);
        return WEIR_OK;
    }
    WeirStatus status = weir_error_set(error, WEIR_ERROR_INVALID_EXTRACT_FIELD, "field",
                                       weir_arena_printf(call->arena, "'%.*s'", (int)strlen(name) - 2, name + 1),
                                       "expr", weir_quoted_sql(call->arena, source));
    weir_error_locate(error, NULL, call->origin);
    return status;
}

static WeirStatus resolve_interval_field(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    WeirIntervalField *field = WEIR_ARENA_NEW(call->arena, WeirIntervalField);
    *field = (WeirIntervalField)weir_value_get_int(call->arguments[1]->value);
    call->bound = field;
    call->result_type = *field == WEIR_INTERVAL_YEAR || *field == WEIR_INTERVAL_DAY ? &weir_type_int
                        : *field == WEIR_INTERVAL_SECOND ? weir_type_decimal(call->arena, 8, 6)
                                                         : &weir_type_byte;
    return WEIR_OK;
}

/* ---- truncation */

typedef enum Level {
    LEVEL_NONE,
    LEVEL_MICRO,
    LEVEL_MILLI,
    LEVEL_SECOND,
    LEVEL_MINUTE,
    LEVEL_HOUR,
    LEVEL_DAY,
    LEVEL_WEEK,
    LEVEL_MONTH,
    LEVEL_QUARTER,
    LEVEL_YEAR
} Level;

static Level level_of(const WeirStringView *view)
{
    static const struct {
        const char *name;
        Level level;
    } levels[] = {{"microsecond", LEVEL_MICRO},
                  {"millisecond", LEVEL_MILLI},
                  {"second", LEVEL_SECOND},
                  {"minute", LEVEL_MINUTE},
                  {"hour", LEVEL_HOUR},
                  {"day", LEVEL_DAY},
                  {"dd", LEVEL_DAY},
                  {"week", LEVEL_WEEK},
                  {"mon", LEVEL_MONTH},
                  {"month", LEVEL_MONTH},
                  {"mm", LEVEL_MONTH},
                  {"quarter", LEVEL_QUARTER},
                  {"year", LEVEL_YEAR},
                  {"yyyy", LEVEL_YEAR},
                  {"yy", LEVEL_YEAR}};
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
        if (strlen(levels[i].name) == view->length &&
            strncasecmp(levels[i].name, (const char *)weir_view_data(view), view->length) == 0)
            return levels[i].level;
    return LEVEL_NONE;
}

static int64_t truncate_days(int64_t days, Level level)
{
    return level == LEVEL_WEEK  ? weir_truncate_to_week(days)
           : level <= LEVEL_DAY ? days
                                : weir_truncate_to_months(days, level == LEVEL_MONTH     ? 1
                                                                : level == LEVEL_QUARTER ? 3
                                                                                         : 12);
}

/* Down to whole units of the wall clock; the offset stays that of the instant. */
static inline __attribute__((always_inline)) void truncate_units(const WeirKernelCall *call, const WeirArgument x,
                                                                 const WeirTimeZone *zone, int64_t unit,
                                                                 WeirVector *result)
{
    int64_t offset = 0, start = INT64_MAX, end = INT64_MIN;
    WEIR_FOR_ROWS(call, row)
    {
        int64_t micros = LONG_AT(x, row), seconds = weir_floor_divide(micros, WEIR_MICROS_PER_SECOND);
        if (unit > WEIR_MICROS_PER_SECOND && (seconds < start || seconds >= end))
            offset = WEIR_MICROS_PER_SECOND * weir_time_zone_period_at(zone, seconds, &start, &end);
        PUT_LONG(micros - weir_floor_modulo(micros + offset, unit));
    }
}

static int64_t truncate_micros(const WeirTimeZone *zone, int64_t micros, Level level)
{
    int64_t days = weir_floor_divide(weir_micros_to_local(zone, micros), WEIR_MICROS_PER_DAY);
    return weir_local_to_micros(zone, truncate_days(days, level) * WEIR_MICROS_PER_DAY);
}

/* All rows to one level; a loop each, so that the compiler knows the divisors. */
static void truncate_all(const WeirKernelCall *call, const WeirArgument x, const WeirTimeZone *zone, Level level,
                         WeirVector *result)
{
    switch (level) {
    case LEVEL_MICRO:
        truncate_units(call, x, zone, 1, result);
        break;
    case LEVEL_MILLI:
        truncate_units(call, x, zone, 1000, result);
        break;
    case LEVEL_SECOND:
        truncate_units(call, x, zone, WEIR_MICROS_PER_SECOND, result);
        break;
    case LEVEL_MINUTE:
        truncate_units(call, x, zone, 60 * WEIR_MICROS_PER_SECOND, result);
        break;
    case LEVEL_HOUR:
        truncate_units(call, x, zone, 3600 * WEIR_MICROS_PER_SECOND, result);
        break;
    default:
        WEIR_FOR_ROWS(call, row)
        {
            if (level == LEVEL_NONE)
                weir_result_set_null(call, result, row);
            else
                PUT_LONG(truncate_micros(zone, LONG_AT(x, row), level));
        }
    }
}

KERNEL(date_trunc_kernel)
{
    (void)error;
    WeirArgument f = weir_argument(arguments[0]), x = weir_argument(arguments[1]);
    const WeirTimeZone *zone = zone_of(call, arguments[1]);
    if (f.mask == 0) {
        truncate_all(call, x, zone, level_of(weir_argument_view(&f, 0)), result);
        return WEIR_OK;
    }
    WeirKernelCall one = *call;
    one.count = 1;
    WEIR_FOR_ROWS(call, row)
    {
        one.selection = &row;
        truncate_all(&one, x, zone, level_of(weir_argument_view(&f, row)), result);
    }
    return WEIR_OK;
}

KERNEL(trunc_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]), f = weir_argument(arguments[1]);
    WEIR_FOR_ROWS(call, row)
    {
        Level level = level_of(weir_argument_view(&f, row));
        if (level < LEVEL_WEEK)
            weir_result_set_null(call, result, row);
        else
            PUT_INT(truncate_days(INT_AT(x, row), level));
    }
    return WEIR_OK;
}

/* ---- construction */

KERNEL(make_date_kernel)
{
    WeirArgument y = weir_argument(arguments[0]), m = weir_argument(arguments[1]), d = weir_argument(arguments[2]);
    WEIR_FOR_ROWS(call, row)
    {
        int64_t days = weir_civil_is_valid(INT_AT(y, row), INT_AT(m, row), INT_AT(d, row))
                           ? weir_days_from_civil(INT_AT(y, row), INT_AT(m, row), INT_AT(d, row))
                           : INT64_MAX;
        if (days == (int32_t)days) {
            PUT_INT(days);
        } else if (days != INT64_MAX && INT_AT(y, row) <= 999999999 && INT_AT(y, row) >= -999999999) {
            return weir_overflow_error(call, "overflow", "", error);
        } else if (call->expression->eval_mode == WEIR_EVAL_ANSI) {
            return weir_row_error(call,
                                  weir_error_set(error, WEIR_ERROR_DATETIME_FIELD_OUT_OF_BOUNDS_WITH_SUGGESTION,
                                                 "rangeMessage", "no such date", "ansiConfig",
                                                 "\"spark.sql.ansi.enabled\""),
                                  error);
        } else {
            weir_result_set_null(call, result, row);
        }
    }
    return WEIR_OK;
}

/* ---- the clock: constant within a batch */

KERNEL(now_kernel)
{
    (void)arguments;
    (void)error;
    WEIR_FOR_ROWS(call, row)
    PUT_LONG(call->context->now_micros);
    return WEIR_OK;
}
KERNEL(planned_kernel)
{
    (void)arguments;
    (void)error;
    const WeirEvalContext *context = call->context;
    WEIR_FOR_ROWS(call, row)
    PUT_LONG(context->planned_micros == 0 ? context->now_micros : context->planned_micros);
    return WEIR_OK;
}
KERNEL(today_kernel)
{
    (void)arguments;
    (void)error;
    WEIR_FOR_ROWS(call, row)
    PUT_INT(
        weir_floor_divide(weir_micros_to_local(call->context->zone, call->context->now_micros), WEIR_MICROS_PER_DAY));
    return WEIR_OK;
}
KERNEL(local_now_kernel)
{
    (void)arguments;
    (void)error;
    WEIR_FOR_ROWS(call, row)
    PUT_LONG(weir_micros_to_local(call->context->zone, call->context->now_micros));
    return WEIR_OK;
}

static WeirStatus name_kernel(WeirKernelCall *call, const char *const *names, bool month, const WeirVector *argument,
                              WeirVector *result)
{
    WeirArgument x = weir_argument(argument);
    WEIR_FOR_ROWS(call, row)
    {
        int64_t year;
        int m, day, index = weir_day_of_week(INT_AT(x, row)) - 1;
        weir_civil_from_days(INT_AT(x, row), &year, &m, &day);
        const char *name = names[month ? m - 1 : index];
        ((WeirStringView *)result->values)[row] = weir_view_make(name, (uint32_t)strlen(name));
    }
    return WEIR_OK;
}
KERNEL(dayname_kernel)
{
    static const char *const names[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    (void)error;
    return name_kernel(call, names, false, arguments[0], result);
}
KERNEL(monthname_kernel)
{
    static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    (void)error;
    return name_kernel(call, names, true, arguments[0], result);
}

#define NP WEIR_FUNCTION_NULL_PROPAGATING
#define TIME(NAME, ALIASES, FLAGS, MIN, MAX, SIGNATURE, KERNEL, USAGE)                                                 \
    {                                                                                                                  \
        .name = NAME, .aliases = ALIASES, .flags = FLAGS, .arguments_min = MIN, .arguments_max = MAX,                  \
        .signature = SIGNATURE, .kernel = KERNEL, .group = "datetime_funcs", .usage = USAGE                            \
    }
#define CLOCK (WEIR_FUNCTION_FOLD_PER_BATCH | WEIR_FUNCTION_NEVER_NULL)

const WeirFunction weir_functions_datetime_fields[] = {
    TIME("year", NULL, NP, 1, 1, "date->int", year_kernel, "year(date)"),
    TIME("yearofweek", NULL, NP | WEIR_FUNCTION_INTERNAL, 1, 1, "date->int", week_year_kernel, ""),
    TIME("quarter", NULL, NP, 1, 1, "date->int", quarter_kernel, "quarter(date): 1 to 4."),
    TIME("month", NULL, NP, 1, 1, "date->int", month_kernel, "month(date)"),
    TIME("day", WEIR_ALIASES("dayofmonth"), NP, 1, 1, "date->int", day_kernel, "day(date): of the month."),
    TIME("dayofyear", NULL, NP, 1, 1, "date->int", day_of_year_kernel, "dayofyear(date)"),
    TIME("dayofweek", NULL, NP, 1, 1, "date->int", day_of_week_kernel, "dayofweek(date): Sunday 1 to Saturday 7."),
    TIME("dayofweek_iso", NULL, NP | WEIR_FUNCTION_INTERNAL, 1, 1, "date->int", iso_day_of_week_kernel, ""),
    TIME("weekday", NULL, NP, 1, 1, "date->int", weekday_kernel, "weekday(date): Monday 0 to Sunday 6."),
    TIME("weekofyear", NULL, NP, 1, 1, "date->int", week_kernel, "weekofyear(date): of ISO's year."),
    TIME("dayname", NULL, NP, 1, 1, "date->string", dayname_kernel, "dayname(date): Mon to Sun."),
    TIME("monthname", NULL, NP, 1, 1, "date->string", monthname_kernel, "monthname(date): Jan to Dec."),
    TIME("hour", NULL, NP, 1, 1, "anytime->int", hour_kernel, "hour(time)"),
    TIME("minute", NULL, NP, 1, 1, "anytime->int", minute_kernel, "minute(time)"),
    TIME("second", NULL, NP, 1, 1, "anytime->int", second_kernel, "second(time)"),
    {.name = "secondwithfraction",
     .flags = NP | WEIR_FUNCTION_INTERNAL,
     .arguments_min = 1,
     .arguments_max = 1,
     .signature = "anytime->?",
     .resolve = resolve_second_fraction,
     .kernel = second_fraction_kernel},
    {.name = "extract_interval_field",
     .flags = NP | WEIR_FUNCTION_INTERNAL,
     .arguments_min = 2,
     .arguments_max = 2,
     .resolve = resolve_interval_field,
     .kernel = interval_field_kernel},
    {.name = "extract",
     .flags = WEIR_FUNCTION_REPLACED,
     .arguments_min = 2,
     .arguments_max = 2,
     .resolve = resolve_extract,
     .sql_format = "extract($1 FROM $2)",
     .group = "datetime_funcs",
     .usage = "extract(field FROM time): one part of it."},
    {.name = "datepart",
     .flags = WEIR_FUNCTION_REPLACED,
     .arguments_min = 2,
     .arguments_max = 2,
     .resolve = resolve_extract,
     .sql_format = "datepart($1 FROM $2)",
     .group = "datetime_funcs",
     .usage = "datepart(field, time): one part of it."},
    {.name = "date_part",
     .flags = WEIR_FUNCTION_REPLACED,
     .arguments_min = 2,
     .arguments_max = 2,
     .resolve = resolve_extract,
     .group = "datetime_funcs",
     .usage = "date_part(field, time): one part of it."},
    TIME("date_trunc", NULL, NP | WEIR_FUNCTION_NULLABLE, 2, 2, "string,anytime->$2", date_trunc_kernel,
         "date_trunc(unit, time): the begin of the unit."),
    TIME("trunc", NULL, NP | WEIR_FUNCTION_NULLABLE, 2, 2, "date,string->date", trunc_kernel,
         "trunc(date, unit): the begin of the unit."),
    TIME("make_date", NULL, NP | WEIR_FUNCTION_MAY_FAIL, 3, 3, "int,int,int->date", make_date_kernel,
         "make_date(year, month, day)"),
    TIME("now", NULL, CLOCK, 0, 0, "->timestamp", planned_kernel,
         "now(): the time of the batch; in a stream, when the batch was planned."),
    TIME("current_timestamp", NULL, CLOCK, 0, 0, "->timestamp", now_kernel,
         "current_timestamp(): the time of the batch."),
    {.name = "current_date",
     .aliases = WEIR_ALIASES("curdate"),
     .flags = CLOCK,
     .signature = "->date",
     .kernel = today_kernel,
     .sql_format = "current_date()",
     .group = "datetime_funcs",
     .usage = "current_date(): the date of the batch."},
    TIME("localtimestamp", NULL, CLOCK, 0, 0, "->ntz", local_now_kernel,
         "localtimestamp(): the wall clock of the batch."),
    {0},
};
