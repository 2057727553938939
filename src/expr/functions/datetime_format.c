/* Dates and times from and to texts of a pattern: date_format, from_unixtime, unix_timestamp, to_date, to_timestamp. */
#include "columnar/datetime_pattern.h"
#include "expr/function_private.h"
#include "expr/kernels/text_find.h"
#include "columnar/time_zone.h"

typedef struct PatternState {
    WeirArena arena;
    WeirDatetimePattern *pattern;
    const char *source;
    size_t length;
} PatternState;

static void *new_state(const WeirExpression *expression)
{
    (void)expression;
    PatternState *state = weir_calloc(1, sizeof(*state));
    weir_arena_init(&state->arena, NULL);
    return state;
}

static void free_state(void *pointer)
{
    PatternState *state = pointer;
    weir_arena_deinit(&state->arena);
    weir_free(state);
}

static WeirStatus use_pattern(WeirKernelCall *call, const WeirStringView *view, bool reading, WeirError *error)
{
    PatternState *state = call->state;
    const char *text = (const char *)weir_view_data(view);
    if (state->pattern != NULL && state->length == view->length && memcmp(state->source, text, view->length) == 0)
        return WEIR_OK;
    weir_arena_reset(&state->arena);
    state->pattern = NULL;
    WeirStatus status = weir_datetime_pattern_parse(text, view->length, &state->arena, &state->pattern, error);
    if (status == WEIR_OK && reading)
        status = weir_datetime_pattern_check_reading(text, view->length, error);
    if (status != WEIR_OK)
        return weir_row_error(call, status, error);
    state->source = weir_arena_strndup(&state->arena, text, view->length);
    state->length = view->length;
    return WEIR_OK;
}

#define PATTERN(call) (((PatternState *)(call)->state)->pattern)

/* The commonest pattern, without the machinery. */
static bool is_iso_date(const WeirStringView *pattern)
{
    return pattern->length == 10 && memcmp(weir_view_data(pattern), "yyyy-MM-dd", 10) == 0;
}

static bool put_iso_date(int64_t days, WeirStringView *out)
{
    int64_t year;
    int month, day;
    weir_civil_from_days(days, &year, &month, &day);
    if (year < 1 || year > 9999)
        return false;
    uint8_t text[12] = {(uint8_t)('0' + year / 1000),
                        (uint8_t)('0' + year / 100 % 10),
                        (uint8_t)('0' + year / 10 % 10),
                        (uint8_t)('0' + year % 10),
                        '-',
                        (uint8_t)('0' + month / 10),
                        (uint8_t)('0' + month % 10),
                        '-',
                        (uint8_t)('0' + day / 10),
                        (uint8_t)('0' + day % 10)};
    *out = weir_view_make(text, 10);
    return true;
}

static WeirStatus format_rows(WeirKernelCall *call, int64_t unit, const WeirVector *const *arguments,
                              WeirVector *result, WeirError *error)
{
    WeirArgument x = weir_argument(arguments[0]), p = weir_argument(arguments[1]);
    const WeirTimeZone *zone =
        arguments[0]->type->id == WEIR_TYPE_TIMESTAMP_NTZ ? weir_time_zone_utc() : call->context->zone;
    WeirTextHeap heap = weir_text_heap(call);
    WeirBuffer buffer;
    weir_buffer_init(&buffer, 0, NULL);
    WeirStatus status = WEIR_OK;
    WEIR_FOR_ROWS(call, row)
    {
        WeirStringView *out = &((WeirStringView *)result->values)[row];
        int64_t micros = (int64_t)((uint64_t)WEIR_ARGUMENT_VALUE(int64_t, x, row) * (uint64_t)unit);
        const WeirStringView *pattern = weir_argument_view(&p, row);
        if (is_iso_date(pattern) &&
            put_iso_date(weir_floor_divide(weir_micros_to_local(zone, micros), WEIR_MICROS_PER_DAY), out))
            continue;
        WEIR_TRY_OR_GO(done, use_pattern(call, pattern, false, error));
        weir_buffer_clear(&buffer);
        weir_datetime_format(PATTERN(call), micros, zone, &buffer);
        WEIR_TRY_OR_GO(done, weir_text_heap_copy(&heap, weir_buffer_text(&buffer), buffer.length, out, error));
    }
done:
    weir_buffer_deinit(&buffer);
    return status;
}

WEIR_TEXT_KERNEL(date_format_kernel)
{
    return format_rows(call, 1, arguments, result, error);
}
WEIR_TEXT_KERNEL(from_unixtime_kernel)
{
    return format_rows(call, WEIR_MICROS_PER_SECOND, arguments, result, error);
}

/* `unit`: microseconds, or seconds of unix_timestamp. */
static WeirStatus parse_rows(WeirKernelCall *call, int64_t unit, const WeirVector *const *arguments, WeirVector *result,
                             WeirError *error)
{
    WeirArgument x = weir_argument(arguments[0]), p = weir_argument(arguments[1]);
    const WeirTimeZone *zone = result->type->id == WEIR_TYPE_TIMESTAMP_NTZ ? NULL : call->context->zone;
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        int64_t micros = 0;
        WEIR_TRY(use_pattern(call, weir_argument_view(&p, row), true, error));
        if (weir_datetime_read(PATTERN(call), (const char *)text, text_length, zone, &micros)) {
            ((int64_t *)result->values)[row] = micros / unit; /* towards zero */
            continue;
        }
        if (call->expression->eval_mode == WEIR_EVAL_ANSI) {
            char shown[160];
            snprintf(shown, sizeof(shown), "Text '%.*s' could not be read by the pattern",
                     (int)(text_length < 100 ? text_length : 100), (const char *)text);
            return weir_row_error(call,
                                  weir_error_set(error, WEIR_ERROR_CANNOT_PARSE_TIMESTAMP, "message", shown, "func",
                                                 "`try_to_timestamp`"),
                                  error);
        }
        weir_result_set_null(call, result, row);
    }
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(get_timestamp_kernel)
{
    return parse_rows(call, 1, arguments, result, error);
}
WEIR_TEXT_KERNEL(parse_unix_kernel)
{
    return parse_rows(call, WEIR_MICROS_PER_SECOND, arguments, result, error);
}

static WeirStatus resolve_unix(WeirFunctionCall *call, WeirError *error)
{
    if (call->argument_count == 0) {
        WeirExpression *now = NULL;
        WEIR_TRY(weir_function_resolve_tree(call->resolver, weir_call_make(call, "current_timestamp", NULL, 0), &now,
                                            error));
        call->arguments = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, 2);
        call->cast_types = WEIR_ARENA_ARRAY(call->arena, const WeirDataType *, 2);
        call->arguments[0] = now;
        call->arguments[1] = weir_expression_string_literal(call->arena, "yyyy-MM-dd HH:mm:ss");
        call->argument_count = 2;
    }
    WEIR_TRY(weir_signature_apply("string|date|timestamp|ntz,string='yyyy-MM-dd HH:mm:ss'->long", call, error));
    WeirExpression *time = call->arguments[0];
    if (time->type->id == WEIR_TYPE_STRING || time->type->id == WEIR_TYPE_VOID) {
        call->replacement = weir_call_make(call, "parse_unix_timestamp", call->arguments, 2);
        return WEIR_OK;
    }
    if (time->type->id != WEIR_TYPE_TIMESTAMP)
        time = weir_call_cast(call, time, &weir_type_timestamp, call->eval_mode);
    call->replacement = weir_call_make(call, "whole_unix_seconds", &time, 1);
    return WEIR_OK;
}

/* to_timestamp and to_date with and without a pattern; try_ forms give null. */
static WeirStatus resolve_to(WeirFunctionCall *call, WeirError *error)
{
    bool date = strstr(call->name, "to_date") != NULL, ntz = strstr(call->name, "_ntz") != NULL,
         trying = strncmp(call->name, "try_", 4) == 0;
    const WeirDataType *type = date ? &weir_type_date : ntz ? &weir_type_timestamp_ntz : &weir_type_timestamp;
    WeirEvalMode mode = trying ? WEIR_EVAL_TRY : call->eval_mode;
    WeirExpression *source = call->arguments[0];
    if (!weir_can_cast(source->type, type, WEIR_EVAL_ANSI))
        return weir_call_unexpected_type(
            call, 0, "(\"STRING\" or \"DATE\" or \"TIMESTAMP\" or \"TIMESTAMP WITHOUT TIME ZONE\")", error);
    if (call->argument_count == 1 || source->type->id == WEIR_TYPE_DATE || source->type->id == WEIR_TYPE_TIMESTAMP ||
        source->type->id == WEIR_TYPE_TIMESTAMP_NTZ) {
        call->replacement = weir_call_cast(call, source, type, mode);
        return WEIR_OK;
    }
    WeirExpression *read = weir_call_make(call,
                                          trying ? (ntz ? "try_gettimestamp_ntz" : "try_gettimestamp")
                                          : ntz  ? "gettimestamp_ntz"
                                                 : "gettimestamp",
                                          call->arguments, 2);
    if (!date) {
        call->replacement = read;
        return WEIR_OK;
    }
    WEIR_TRY(weir_function_resolve_tree(call->resolver, read, &read, error));
    call->replacement = weir_call_cast(call, read, &weir_type_date, mode);
    return WEIR_OK;
}

static WeirStatus resolve_get(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    if (strncmp(call->name, "try_", 4) == 0) {
        call->eval_mode = WEIR_EVAL_TRY;
        call->nullable = true;
    }
    call->nullable = call->nullable || call->eval_mode != WEIR_EVAL_ANSI;
    return WEIR_OK;
}

#define F (WEIR_FUNCTION_NULL_PROPAGATING | WEIR_FUNCTION_MAY_FAIL)
#define TIME(NAME, FLAGS, MIN, MAX, SIGNATURE, RESOLVE, KERNEL, USAGE)                                                 \
    {                                                                                                                  \
        .name = NAME, .flags = FLAGS, .arguments_min = MIN, .arguments_max = MAX, .signature = SIGNATURE,              \
        .resolve = RESOLVE, .kernel = KERNEL, .new_state = new_state, .free_state = free_state,                        \
        .group = "datetime_funcs", .usage = USAGE                                                                      \
    }
#define TO(NAME, USAGE)                                                                                                \
    {                                                                                                                  \
        .name = NAME, .flags = WEIR_FUNCTION_REPLACED, .arguments_min = 1, .arguments_max = 2, .resolve = resolve_to,  \
        .group = "datetime_funcs", .usage = USAGE                                                                      \
    }

const WeirFunction weir_functions_datetime_format[] = {
    TIME("date_format", F, 2, 2, "timestamp,string->string", NULL, date_format_kernel,
         "date_format(time, pattern): the time as text."),
    TIME("from_unixtime", F | WEIR_FUNCTION_NULLABLE, 1, 2, "long,string='yyyy-MM-dd HH:mm:ss'->string", NULL,
         from_unixtime_kernel, "from_unixtime(seconds[, pattern]): the time as text."),
    TIME("parse_unix_timestamp", F | WEIR_FUNCTION_INTERNAL, 2, 2, "string,string->long", resolve_get,
         parse_unix_kernel, ""),
    TIME("gettimestamp", F | WEIR_FUNCTION_INTERNAL, 2, 2, "string,string->timestamp", resolve_get,
         get_timestamp_kernel, ""),
    TIME("gettimestamp_ntz", F | WEIR_FUNCTION_INTERNAL, 2, 2, "string,string->ntz", resolve_get, get_timestamp_kernel,
         ""),
    TIME("try_gettimestamp", F | WEIR_FUNCTION_INTERNAL, 2, 2, "string,string->timestamp", resolve_get,
         get_timestamp_kernel, ""),
    TIME("try_gettimestamp_ntz", F | WEIR_FUNCTION_INTERNAL, 2, 2, "string,string->ntz", resolve_get,
         get_timestamp_kernel, ""),
    {.name = "unix_timestamp",
     .flags = WEIR_FUNCTION_REPLACED,
     .arguments_min = 0,
     .arguments_max = 2,
     .resolve = resolve_unix,
     .group = "datetime_funcs",
     .usage = "unix_timestamp([time[, pattern]]): seconds since the epoch."},
    {.name = "to_unix_timestamp",
     .flags = WEIR_FUNCTION_REPLACED,
     .arguments_min = 1,
     .arguments_max = 2,
     .resolve = resolve_unix,
     .group = "datetime_funcs",
     .usage = "to_unix_timestamp(time[, pattern]): seconds since the epoch."},
    TO("to_timestamp", "to_timestamp(text[, pattern])"),
    TO("to_timestamp_ltz", "to_timestamp_ltz(text[, pattern])"),
    TO("to_timestamp_ntz", "to_timestamp_ntz(text[, pattern]): without a zone."),
    TO("try_to_timestamp", "try_to_timestamp(text[, pattern]): null where it cannot be read."),
    TO("to_date", "to_date(text[, pattern])"),
    TO("try_to_date", "try_to_date(text[, pattern]): null where it cannot be read."),
    {0},
};
