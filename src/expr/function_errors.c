/* The errors of resolution: Spark's DATATYPE_MISMATCH family and its parameters. */
#include "expr/function_private.h"

const char *weir_ordinal_word(uint32_t index)
{
    static const char *const words[] = {"first",   "second", "third", "fourth", "fifth",    "sixth",
                                        "seventh", "eighth", "ninth", "tenth",  "eleventh", "twelfth"};
    return index < sizeof(words) / sizeof(words[0]) ? words[index] : "last";
}

const char *weir_quoted_sql(WeirArena *arena, const WeirExpression *expression)
{
    return weir_arena_printf(arena, "\"%s\"", weir_expression_sql_text(arena, expression));
}

const char *weir_quoted_type(WeirArena *arena, const WeirDataType *type)
{
    WeirBuffer buffer;
    weir_buffer_init(&buffer, 1u << 20, NULL);
    weir_buffer_append_char(&buffer, '"');
    weir_type_sql(type, &buffer);
    weir_buffer_append_char(&buffer, '"');
    const char *text = weir_arena_strdup(arena, weir_buffer_text(&buffer));
    weir_buffer_deinit(&buffer);
    return text;
}

const char *weir_call_sql(const WeirFunctionCall *call)
{
    WeirExpression printed = *call->expression;
    printed.children = call->arguments;
    printed.child_count = call->argument_count;
    printed.name = call->name;
    if (call->function != NULL) {
        printed.kind = WEIR_EXPRESSION_CALL;
        printed.function = call->function;
    }
    return weir_quoted_sql(call->arena, &printed);
}

static WeirStatus located(const WeirFunctionCall *call, WeirStatus status, WeirError *error)
{
    weir_error_locate(error, NULL, call->origin);
    return status;
}

WeirStatus weir_call_unexpected_type(const WeirFunctionCall *call, uint32_t index, const char *required,
                                     WeirError *error)
{
    const WeirExpression *argument = call->arguments[index];
    return located(call,
                   weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE, "sqlExpr",
                                  weir_call_sql(call), "paramIndex", weir_ordinal_word(index), "requiredType", required,
                                  "inputSql", weir_quoted_sql(call->arena, argument), "inputType",
                                  weir_quoted_type(call->arena, argument->type)),
                   error);
}

WeirStatus weir_call_diff_types(const WeirFunctionCall *call, WeirError *error)
{
    WeirBuffer types;
    weir_buffer_init(&types, 1u << 16, NULL);
    weir_buffer_append_char(&types, '[');
    for (uint32_t i = 0; i < call->argument_count; i++)
        weir_buffer_append_format(&types, "%s%s", i == 0 ? "" : ", ",
                                  weir_quoted_type(call->arena, call->arguments[i]->type));
    weir_buffer_append_char(&types, ']');
    WeirStatus status = weir_error_set(
        error, WEIR_ERROR_DATATYPE_MISMATCH_DATA_DIFF_TYPES, "sqlExpr", weir_call_sql(call), "functionName",
        weir_arena_printf(call->arena, "`%s`", call->name), "dataType", weir_buffer_text(&types));
    weir_buffer_deinit(&types);
    return located(call, status, error);
}

WeirStatus weir_call_wrong_count(const WeirFunctionCall *call, const char *expected, WeirError *error)
{
    char actual[16];
    snprintf(actual, sizeof(actual), "%u", call->expression->child_count);
    return located(call,
                   weir_error_set(error, WEIR_ERROR_WRONG_NUM_ARGS_WITHOUT_SUGGESTION, "functionName",
                                  weir_arena_printf(call->arena, "`%s`", call->name), "expectedNum", expected,
                                  "actualNum", actual, "docroot", "https://spark.apache.org/docs/latest"),
                   error);
}

WeirStatus weir_call_non_foldable(const WeirFunctionCall *call, uint32_t index, const char *name, const char *type,
                                  WeirError *error)
{
    return located(call,
                   weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_NON_FOLDABLE_INPUT, "sqlExpr",
                                  weir_call_sql(call), "inputName", weir_arena_printf(call->arena, "`%s`", name),
                                  "inputType", type, "inputExpr", weir_quoted_sql(call->arena, call->arguments[index])),
                   error);
}

WeirStatus weir_call_bad_ordering(const WeirFunctionCall *call, const WeirDataType *type, WeirError *error)
{
    return located(call,
                   weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_INVALID_ORDERING_TYPE, "sqlExpr",
                                  weir_call_sql(call), "functionName",
                                  weir_arena_printf(call->arena, "`%s`", call->name), "dataType",
                                  weir_quoted_type(call->arena, type)),
                   error);
}
