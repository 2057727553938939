/* Numbers by format: to_number and try_to_number read them, to_char and to_varchar write them; dates and binary values
 * have formats of their own there. */
#include "expr/function_private.h"
#include "expr/functions/number_pattern.h"
#include "expr/kernels/decimal.h"
#include "expr/kernels/text_find.h"

static WeirStatus mismatch(const WeirKernelCall *call, const WeirNumberPattern *pattern, const WeirStringView *text,
                           WeirError *error)
{
    char shown[256];
    snprintf(shown, sizeof(shown), "%.*s", (int)(text->length < 240 ? text->length : 240),
             (const char *)weir_view_data(text));
    return weir_row_error(call,
                          weir_error_set(error, WEIR_ERROR_INVALID_FORMAT_MISMATCH_INPUT, "inputType", "\"STRING\"",
                                         "input", shown, "format", pattern->text),
                          error);
}

WEIR_TEXT_KERNEL(to_number_kernel)
{
    const WeirNumberPattern *pattern = call->expression->bound;
    bool trying = call->expression->function->name[0] == 't' && call->expression->function->name[1] == 'r';
    bool wide = weir_decimal_is_wide(result->type);
    WeirArgument x = weir_argument(arguments[0]);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        WeirInt128 value = 0;
        bool fits = weir_number_pattern_read(pattern, text, text_length, &value);
        if (fits && !weir_decimal_fits(value, result->type->precision)) /* "1" by ".9" */
            return weir_decimal_range_error(call, value, result->type->scale, result->type->precision,
                                            result->type->scale, error);
        if (fits)
            weir_decimal_store(result, wide, row, value);
        else if (trying)
            weir_result_set_null(call, result, row);
        else
            return mismatch(call, pattern, text_view, error);
    }
    return WEIR_OK;
}

/* The format has to be known here: it gives the type. A null format makes everything null. */
static WeirStatus bind_format(WeirFunctionCall *call, const WeirNumberPattern **pattern, WeirError *error)
{
    WeirValue *format;
    WEIR_TRY(weir_call_constant(call, 1, &format, error));
    if (format == NULL)
        return weir_call_non_foldable(call, 1, "format", "\"STRING\"", error);
    *pattern = NULL;
    call->nullable = true;
    if (weir_value_is_null(format))
        return WEIR_OK;
    WeirStringView view = weir_value_get_view(format);
    WEIR_TRY(weir_number_pattern_parse(call->arena, weir_view_data(&view), view.length, pattern, error));
    call->bound = *pattern;
    return WEIR_OK;
}

static WeirStatus resolve_to_number(WeirFunctionCall *call, WeirError *error)
{
    const WeirNumberPattern *pattern;
    WEIR_TRY(bind_format(call, &pattern, error));
    uint32_t precision = pattern == NULL ? 10 : pattern->whole_digits + pattern->fraction_digits;
    if (precision > 38) {
        char digits[16];
        snprintf(digits, sizeof(digits), "%u", precision);
        return weir_error_set(error, WEIR_ERROR_DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION, "precision", digits,
                              "maxPrecision", "38");
    }
    call->result_type =
        weir_type_decimal(call->arena, (int)precision, pattern == NULL ? 0 : (int)pattern->fraction_digits);
    return WEIR_OK;
}

/* ---- to_char */

WEIR_TEXT_KERNEL(to_char_kernel)
{
    const WeirNumberPattern *pattern = call->expression->bound;
    const WeirDataType *type = arguments[0]->type;
    WeirArgument x = weir_argument(arguments[0]);
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TRY(weir_text_heap_reserve(&heap, weir_number_pattern_bytes_max(pattern), error));
        WeirInt128 value = weir_decimal_load(&x, weir_decimal_is_wide(type), row);
        uint32_t length = weir_number_pattern_write(pattern, value, type->scale, heap.next);
        ((WeirStringView *)result->values)[row] = weir_text_heap_commit(&heap, length);
    }
    return WEIR_OK;
}

/* Binary values: base64, hex and utf-8 are functions of their own. to_varchar keeps its name in column names. */
static WeirStatus resolve_binary(WeirFunctionCall *call, WeirError *error)
{
    WeirValue *format;
    WEIR_TRY(weir_call_constant(call, 1, &format, error));
    if (format == NULL || weir_value_is_null(format) || format->type->id != WEIR_TYPE_STRING)
        return weir_error_set(error, WEIR_ERROR_NON_FOLDABLE_ARGUMENT, "funcName",
                              weir_arena_printf(call->arena, "`%s`", call->name), "paramName", "`format`", "paramType",
                              weir_quoted_type(call->arena, call->arguments[1]->type));
    WeirStringView view = weir_value_get_view(format);
    char name[8] = "";
    for (uint32_t i = 0; i < view.length && view.length < sizeof(name); i++) {
        uint8_t c = weir_view_data(&view)[i];
        name[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    bool decodes = strcmp(name, "utf-8") == 0;
    if (!decodes && strcmp(name, "base64") != 0 && strcmp(name, "hex") != 0)
        return weir_error_set(error, WEIR_ERROR_INVALID_PARAMETER_VALUE_BINARY_FORMAT, "parameter", "`format`",
                              "functionName", weir_arena_printf(call->arena, "`%s`", call->name), "invalidFormat",
                              weir_arena_printf(call->arena, "'%.*s'", (int)(view.length < 200 ? view.length : 200),
                                                (const char *)weir_view_data(&view)));
    WeirExpression *value[2] = {
        call->arguments[0],
        weir_expression_literal(call->arena, weir_value_bytes(call->arena, &weir_type_string, "utf-8", 5))};
    WeirExpression *made = weir_call_make(call, decodes ? "decode" : name, value, decodes ? 2 : 1);
    WEIR_TRY(weir_function_resolve(call->resolver, made, &made, error));
    if (strcmp(call->name, "to_varchar") == 0)
        made->name = call->name;
    call->replacement = made;
    return WEIR_OK;
}

static WeirStatus resolve_to_char(WeirFunctionCall *call, WeirError *error)
{
    WeirTypeId id = call->arguments[0]->type->id;
    if (id == WEIR_TYPE_BINARY)
        return resolve_binary(call, error);
    if (id == WEIR_TYPE_DATE || id == WEIR_TYPE_TIMESTAMP || id == WEIR_TYPE_TIMESTAMP_NTZ) {
        call->replacement = weir_call_make(call, "date_format", call->arguments, 2);
        return WEIR_OK;
    }
    call->name = "to_char"; /* also when called as to_varchar */
    WEIR_TRY(weir_signature_apply("decimal,string->string", call, error));
    const WeirNumberPattern *pattern;
    return bind_format(call, &pattern, error);
}

#define NUMBER(NAME, ALIASES, FLAGS, SIGNATURE, RESOLVE, KERNEL, USAGE)                                                \
    {                                                                                                                  \
        .name = NAME, .aliases = ALIASES, .flags = WEIR_FUNCTION_NULL_PROPAGATING | WEIR_FUNCTION_NULLABLE | (FLAGS),  \
        .arguments_min = 2, .arguments_max = 2, .signature = SIGNATURE, .resolve = RESOLVE, .kernel = KERNEL,          \
        .group = "string_funcs", .usage = USAGE                                                                        \
    }

const WeirFunction weir_functions_to_number[] = {
    NUMBER("to_number", NULL, WEIR_FUNCTION_MAY_FAIL, "string,string->?", resolve_to_number, to_number_kernel,
           "to_number(text, format): the decimal that a text like '$1,234.50-' stands for."),
    NUMBER("try_to_number", NULL, 0, "string,string->?", resolve_to_number, to_number_kernel,
           "try_to_number(text, format): as to_number, null where the text does not fit."),
    NUMBER("to_char", WEIR_ALIASES("to_varchar"), 0, NULL, resolve_to_char, to_char_kernel,
           "to_char(a, format): a number, date or binary value as text."),
    {0},
};
