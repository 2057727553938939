/* Names that the analyzer resolves itself, window functions, and functions of the session whose value is a constant of
 * the batch. */
#include "expr/input_file.h"
#include "expr/function_private.h"
#include "expr/kernel.h"

#define SPECIAL(NAME, MIN, MAX, GROUP, USAGE)                                                                          \
    {                                                                                                                  \
        .name = NAME, .kind = WEIR_FUNCTION_SPECIAL, .arguments_min = MIN, .arguments_max = MAX, .group = GROUP,       \
        .usage = USAGE                                                                                                 \
    }

/* ---- window functions: types only; the window operator computes them */

static WeirStatus resolve_int(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    call->result_type = &weir_type_int;
    call->nullable = false;
    return WEIR_OK;
}

static WeirStatus resolve_double(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    call->result_type = &weir_type_double;
    call->nullable = false;
    return WEIR_OK;
}

/* lag(a[, offset[, default]]): missing arguments are added, as Spark prints them. */
static WeirStatus resolve_lag(WeirFunctionCall *call, WeirError *error)
{
    WeirExpression **arguments = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, 3);
    const WeirDataType **casts = WEIR_ARENA_ARRAY(call->arena, const WeirDataType *, 3);
    for (uint32_t i = 0; i < call->argument_count; i++)
        arguments[i] = call->arguments[i];
    if (call->argument_count < 2)
        arguments[1] = weir_expression_int_literal(call->arena, 1);
    if (call->argument_count < 3)
        arguments[2] = weir_expression_null_literal(call->arena, &weir_type_void);
    const WeirDataType *type = arguments[0]->type;
    if (arguments[2]->type->id != WEIR_TYPE_VOID && !weir_type_equal(arguments[2]->type, type)) {
        if (!weir_can_implicitly_cast(arguments[2]->type, type))
            return weir_call_unexpected_type(call, 2, weir_quoted_type(call->arena, type), error);
        casts[2] = type;
    }
    call->arguments = arguments;
    call->cast_types = casts;
    call->argument_count = 3;
    call->result_type = type;
    call->nullable = arguments[2]->nullable || arguments[0]->nullable;
    return WEIR_OK;
}

static WeirStatus resolve_nth(WeirFunctionCall *call, WeirError *error)
{
    call->result_type = call->arguments[0]->type;
    call->nullable = true;
    if (!weir_can_implicitly_cast(call->arguments[1]->type, &weir_type_int))
        return weir_call_unexpected_type(call, 1, "\"INT\"", error);
    call->cast_types[1] = &weir_type_int;
    WeirValue *offset = NULL;
    WEIR_TRY(weir_call_constant(call, 1, &offset, error));
    if (offset == NULL)
        return weir_call_non_foldable(call, 1, "offset", "\"INT\"", error);
    int64_t value = weir_value_is_null(offset) ? 0 : weir_value_get_int(offset);
    if (value <= 0)
        return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_VALUE_OUT_OF_RANGE, "sqlExpr", weir_call_sql(call),
                              "exprName", "offset", "valueRange", "(0, 9223372036854775807]", "currentValue",
                              weir_arena_printf(call->arena, "%lldL", (long long)value));
    return WEIR_OK;
}

static WeirStatus check_buckets(const WeirFunctionCall *call, WeirError *error)
{
    WeirValue *value = NULL;
    if (call->arguments[0]->type->id != WEIR_TYPE_INT)
        return weir_call_unexpected_type(call, 0, "\"INT\"", error);
    WEIR_TRY(weir_call_constant(call, 0, &value, error));
    if (value == NULL)
        return weir_call_non_foldable(call, 0, "buckets", "\"INT\"", error);
    int64_t buckets = weir_value_is_null(value) ? 0 : weir_value_get_int(value);
    if (buckets > 0)
        return WEIR_OK;
    return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_VALUE_OUT_OF_RANGE, "sqlExpr", weir_call_sql(call),
                          "exprName", "buckets", "valueRange", "(0, 2147483647]", "currentValue",
                          weir_arena_printf(call->arena, "%lld", (long long)buckets));
}

static WeirStatus resolve_ntile(WeirFunctionCall *call, WeirError *error)
{
    if (call->argument_count == 0) {
        call->arguments = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, 1);
        call->cast_types = WEIR_ARENA_ARRAY(call->arena, const WeirDataType *, 1);
        call->arguments[0] = weir_expression_int_literal(call->arena, 1);
        call->argument_count = 1;
    }
    call->result_type = &weir_type_int;
    call->nullable = false;
    return check_buckets(call, error);
}

#define WINDOW(NAME, MIN, MAX, RESOLVE, FORMAT, USAGE)                                                                 \
    {                                                                                                                  \
        .name = NAME, .kind = WEIR_FUNCTION_WINDOW, .arguments_min = MIN, .arguments_max = MAX, .resolve = RESOLVE,    \
        .sql_format = FORMAT, .group = "window_funcs", .usage = USAGE                                                  \
    }

/* ---- constants of the session and the batch */

static WeirStatus constant_text(WeirKernelCall *call, const char *text, WeirVector *result)
{
    WeirStringView view = weir_view_copy(call->arena, text, strlen(text));
    WEIR_FOR_ROWS(call, row)
    ((WeirStringView *)result->values)[row] = view;
    return WEIR_OK;
}

static const char *search_path(const WeirKernelCall *call)
{
    const char *catalog = call->context->current_catalog, *database = call->context->current_database;
    return weir_arena_printf(call->arena, "system.builtin,system.session,%s.%s",
                             catalog != NULL ? catalog : "spark_catalog", database != NULL ? database : "default");
}

/* As it was set, not as the zone is called. */
static const char *zone_setting(const WeirKernelCall *call)
{
    const WeirEvalContext *context = call->context;
    const char *set = context->conf == NULL ? NULL : context->conf(context->conf_context, "spark.sql.session.timeZone");
    return set != NULL ? set : weir_time_zone_name(context->zone);
}

#define TEXT_CONSTANT(name, VALUE)                                                                                     \
    static WeirStatus name(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,               \
                           WeirError *error)                                                                           \
    {                                                                                                                  \
        (void)arguments;                                                                                               \
        (void)error;                                                                                                   \
        return constant_text(call, (VALUE) != NULL ? (VALUE) : "", result);                                            \
    }
TEXT_CONSTANT(user_kernel, call->context->current_user)
TEXT_CONSTANT(catalog_kernel, call->context->current_catalog)
TEXT_CONSTANT(database_kernel, call->context->current_database)
TEXT_CONSTANT(zone_kernel, zone_setting(call))
TEXT_CONSTANT(version_kernel, "4.2.1 weir")
TEXT_CONSTANT(input_file_kernel, weir_input_file().uri)
TEXT_CONSTANT(path_kernel, search_path(call))

static WeirStatus block_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                               WeirError *error)
{
    (void)arguments;
    (void)error;
    WeirInputBlock block = weir_input_file();
    bool start = strstr(call->expression->function->name, "start") != NULL;
    WEIR_FOR_ROWS(call, row)
    ((int64_t *)result->values)[row] = start ? block.start : block.length;
    return WEIR_OK;
}

#define CONSTANT(NAME, ALIASES, KERNEL, FORMAT, USAGE)                                                                 \
    {                                                                                                                  \
        .name = NAME, .aliases = ALIASES, .flags = WEIR_FUNCTION_NEVER_NULL, .signature = "->string",                  \
        .kernel = KERNEL, .sql_format = FORMAT, .group = "misc_funcs", .usage = USAGE                                  \
    }

/* The argument is never evaluated. What it is called is found once: later it may have become another expression. */
static WeirStatus resolve_typeof(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    WeirBuffer buffer;
    weir_buffer_init(&buffer, 1u << 20, NULL);
    weir_type_simple_string(call->arguments[0]->type, &buffer);
    const WeirFunction *function = call->arguments[0]->function;
    call->bound = call->expression->bound; /* of the call that is expanded, whose argument may be a constant by now */
    if (function != NULL && strcmp(function->name, "collate") == 0)
        call->bound = " collate UTF8_BINARY"; /* collated on purpose */
    if (call->bound != NULL)
        weir_buffer_append_text(&buffer, call->bound);
    call->replacement = weir_expression_string_literal(call->arena, weir_buffer_text(&buffer));
    weir_buffer_deinit(&buffer);
    return WEIR_OK;
}

#define BLOCK(NAME, USAGE)                                                                                             \
    {                                                                                                                  \
        .name = NAME, .flags = WEIR_FUNCTION_NEVER_NULL | WEIR_FUNCTION_NONDETERMINISTIC, .signature = "->long",       \
        .kernel = block_kernel, .group = "misc_funcs", .usage = USAGE                                                  \
    }

const WeirFunction weir_functions_special[] = {
    {.name = "range",
     .kind = WEIR_FUNCTION_TABLE,
     .arguments_min = 1,
     .arguments_max = 4,
     .group = "table_funcs",
     .usage = "range([start, ]end[, step[, partitions]]): a table of numbers."},
    {.name = "sql_keywords",
     .kind = WEIR_FUNCTION_TABLE,
     .group = "table_funcs",
     .usage = "sql_keywords(): a table of the keywords, and whether each is reserved."},
    SPECIAL("window", 2, 4, "datetime_funcs", "window(time, size[, slide[, start]]): the time window of a row."),
    SPECIAL("session_window", 2, 2, "datetime_funcs", "session_window(time, gap): the session of a row."),
    SPECIAL("window_time", 1, 1, "datetime_funcs", "window_time(window): the window's last instant."),
    SPECIAL("grouping", 1, 1, "agg_funcs", "grouping(a): 1 where a is rolled up."),
    SPECIAL("grouping_id", 0, -1, "agg_funcs", "grouping_id(a, …): the rolled-up columns as bits."),
    WINDOW("row_number", 0, 0, resolve_int, NULL, "row_number(): the row's place in its partition, from 1."),
    WINDOW("rank", 0, -1, resolve_int, "RANK()", "rank(): the place with gaps after equals."),
    WINDOW("dense_rank", 0, -1, resolve_int, "DENSE_RANK()", "dense_rank(): the place without gaps."),
    WINDOW("percent_rank", 0, -1, resolve_double, "PERCENT_RANK()", "percent_rank(): (rank - 1) / (rows - 1)."),
    WINDOW("cume_dist", 0, 0, resolve_double, NULL, "cume_dist(): rows up to and with equals / rows."),
    WINDOW("ntile", 0, 1, resolve_ntile, NULL, "ntile(n): which of n equal parts the row is in."),
    WINDOW("lag", 1, 3, resolve_lag, NULL, "lag(a[, offset[, default]]): a of an earlier row."),
    WINDOW("lead", 1, 3, resolve_lag, NULL, "lead(a[, offset[, default]]): a of a later row."),
    WINDOW("nth_value", 2, 2, resolve_nth, NULL, "nth_value(a, n): a of the frame's n-th row."),
    CONSTANT("current_user", WEIR_ALIASES("user", "session_user"), user_kernel, NULL,
             "current_user(): who runs the session."),
    CONSTANT("current_catalog", NULL, catalog_kernel, NULL, "current_catalog(): the session's catalog."),
    CONSTANT("current_schema", WEIR_ALIASES("current_database"), database_kernel, "current_schema()",
             "current_schema(): the session's database."),
    CONSTANT("current_path", NULL, path_kernel, NULL, "current_path(): where names of functions are looked up."),
    CONSTANT("current_timezone", NULL, zone_kernel, NULL, "current_timezone(): the session's time zone."),
    CONSTANT("version", NULL, version_kernel, NULL, "version(): Spark's version that weir is compatible with."),
    {.name = "input_file_name",
     .flags = WEIR_FUNCTION_NEVER_NULL | WEIR_FUNCTION_NONDETERMINISTIC,
     .signature = "->string",
     .kernel = input_file_kernel,
     .group = "misc_funcs",
     .usage = "input_file_name(): the file a row came from, '' where there is none."},
    BLOCK("input_file_block_start",
          "input_file_block_start(): where the range that a row was read from begins; or -1."),
    BLOCK("input_file_block_length", "input_file_block_length(): how many bytes that range has; or -1."),
    {.name = "typeof",
     .flags = WEIR_FUNCTION_REPLACED,
     .arguments_min = 1,
     .arguments_max = 1,
     .resolve = resolve_typeof,
     .group = "misc_funcs",
     .usage = "typeof(a): the name of the value's type."},
    {0},
};
