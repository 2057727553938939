/* See format_call.h. */
#include "expr/functions/format_call.h"

#include <strings.h>

#include "columnar/value.h"
#include "expr/kernel.h"

/* ---- options ---- */

typedef struct CallOptions {
    const char **keys, **values;
    uint32_t count;
} CallOptions;

static const char *get_option(void *context, const char *key)
{
    const CallOptions *options = context;
    for (uint32_t i = options->count; i-- > 0;) /* of equal keys the last counts */
        if (strcasecmp(options->keys[i], key) == 0)
            return options->values[i];
    return NULL;
}

static const char *entry_text(WeirArena *arena, const WeirVector *column, uint32_t row)
{
    const WeirVector *flat;
    if (weir_vector_is_null(column, row))
        return NULL;
    uint32_t at = weir_vector_locate(column, row, &flat);
    const WeirStringView *view = &((const WeirStringView *)flat->values)[at];
    return weir_arena_strndup(arena, (const char *)weir_view_data(view), view->length);
}

static WeirStatus read_map(WeirFunctionCall *call, uint32_t index, CallOptions *options, WeirError *error)
{
    const WeirExpression *argument = call->arguments[index];
    const WeirDataType *type = argument->type;
    WeirValue *value = NULL;
    bool literal = argument->kind == WEIR_EXPRESSION_LITERAL ||
                   (argument->kind == WEIR_EXPRESSION_CALL && strcmp(argument->function->name, "map") == 0);
    if (type->id != WEIR_TYPE_MAP || !literal)
        return weir_error_set(error, WEIR_ERROR_INVALID_OPTIONS_NON_MAP_FUNCTION);
    if (weir_type_key(type)->id != WEIR_TYPE_STRING || weir_type_value(type)->id != WEIR_TYPE_STRING)
        return weir_error_set(error, WEIR_ERROR_INVALID_OPTIONS_NON_STRING_TYPE, "mapType",
                              weir_quoted_type(call->arena, type));
    WEIR_TRY(weir_call_constant(call, index, &value, error));
    if (value == NULL)
        return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "Options are constants, unlike %s.",
                                 weir_quoted_sql(call->arena, argument));
    const WeirVector *map;
    uint32_t at = weir_vector_locate(value, 0, &map);
    const uint32_t *offsets = map->values;
    uint32_t first = offsets[at], count = offsets[at + 1] - first;
    options->keys = WEIR_ARENA_ARRAY(call->arena, const char *, count + 1);
    options->values = WEIR_ARENA_ARRAY(call->arena, const char *, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        const char *text = entry_text(call->arena, &map->children[1], first + i);
        if (text == NULL)
            continue;
        options->keys[options->count] = entry_text(call->arena, &map->children[0], first + i);
        options->values[options->count++] = text;
    }
    return WEIR_OK;
}

WeirStatus weir_call_format_options(WeirFunctionCall *call, uint32_t index, WeirFormatOptions *out, WeirError *error)
{
    CallOptions *options = WEIR_ARENA_NEW(call->arena, CallOptions);
    if (index < call->argument_count)
        WEIR_TRY(read_map(call, index, options, error));
    *out = (WeirFormatOptions){.get = get_option,
                               .context = options,
                               .conf = call->context->conf,
                               .conf_context = call->context->conf_context,
                               .zone = call->context->zone};
    return WEIR_OK;
}

/* ---- arguments ---- */

WeirStatus weir_call_format_schema(WeirFunctionCall *call, uint32_t index, const WeirDataType **type, WeirError *error)
{
    WeirValue *value = NULL;
    WEIR_TRY(weir_call_constant(call, index, &value, error));
    if (value == NULL || value->type->id != WEIR_TYPE_STRING || weir_value_is_null(value))
        return weir_error_set(error, WEIR_ERROR_INVALID_SCHEMA_NON_STRING_LITERAL, "inputSchema",
                              weir_quoted_sql(call->arena, call->arguments[index]));
    WeirStringView view = weir_value_get_view(value);
    const char *text = weir_arena_strndup(call->arena, (const char *)weir_view_data(&view), view.length);
    WeirStatus status = weir_type_or_schema_from_ddl(text, call->arena, type, error);
    if (status == WEIR_OK || (text[0] != '{' && text[0] != '"'))
        return status;
    if (weir_type_from_json(text, view.length, call->arena, type, NULL) != WEIR_OK)
        return status;
    weir_error_clear(error);
    return WEIR_OK;
}

WeirStatus weir_call_format_text(WeirFunctionCall *call, uint32_t index, WeirError *error)
{
    WeirTypeId type = call->arguments[index]->type->id;
    if (type != WEIR_TYPE_STRING && type != WEIR_TYPE_VOID)
        return weir_call_unexpected_type(call, index, "\"STRING\"", error);
    call->cast_types[index] = &weir_type_string;
    return WEIR_OK;
}

WeirStatus weir_call_constant_text(WeirFunctionCall *call, const char *name, WeirStringView *text, WeirError *error)
{
    WeirValue *value = NULL;
    WEIR_TRY(weir_call_constant(call, 0, &value, error));
    if (value == NULL)
        return weir_call_non_foldable(call, 0, name, "\"STRING\"", error);
    if (weir_value_is_null(value))
        return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_UNEXPECTED_NULL, "sqlExpr", weir_call_sql(call),
                              "exprName", name);
    *text = weir_value_get_view(value);
    return WEIR_OK;
}

WeirStatus weir_call_parse_mode(const WeirFunctionCall *call, const WeirFormatOptions *options, bool *fail_fast,
                                WeirError *error)
{
    WeirParseMode mode = weir_parse_mode(options);
    if (mode == WEIR_PARSE_MODE_DROP)
        return weir_error_set(error, WEIR_ERROR_PARSE_MODE_UNSUPPORTED, "funcName",
                              weir_arena_printf(call->arena, "`%s`", call->name), "mode", "DROPMALFORMED");
    *fail_fast = mode == WEIR_PARSE_MODE_FAIL;
    return WEIR_OK;
}

/* ---- rows ---- */

WeirStatus weir_malformed_record(const WeirKernelCall *call, WeirStatus condition, const void *record, size_t length,
                                 WeirError *error)
{
    char text[256];
    snprintf(text, sizeof(text), "%.*s", length > 200 ? 200 : (int)length, (const char *)record);
    return weir_row_error(call, weir_error_set(error, condition, "badRecord", text, "failFastMode", "FAILFAST"), error);
}

WeirStatus weir_bound_text_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                                  WeirError *error)
{
    (void)arguments, (void)error;
    const char *text = call->expression->bound;
    WeirStringView view = weir_view_make(text, (uint32_t)strlen(text));
    WEIR_FOR_ROWS(call, row)
    {
        ((WeirStringView *)result->values)[row] = view;
    }
    return WEIR_OK;
}
