/* Literals and calls that resolution itself makes. */
#include "expr/aggregate.h"
#include "expr/expression_private.h"

WeirExpression *weir_expression_call(WeirArena *arena, const WeirFunction *function, WeirExpression *const *arguments,
                                     uint32_t count, const WeirDataType *type, bool nullable)
{
    WeirExpression *call = weir_expression_new(arena, WEIR_EXPRESSION_CALL, (WeirOrigin){0});
    call->function = function;
    call->children = WEIR_ARENA_ARRAY(arena, WeirExpression *, count);
    if (count > 0) {
        memcpy(call->children, arguments, sizeof(*arguments) * count);
        call->origin = arguments[0]->origin;
    }
    call->child_count = count;
    call->type = type;
    call->nullable = nullable;
    return call;
}

WeirExpression *weir_expression_string_literal(WeirArena *arena, const char *text)
{
    return weir_expression_literal(arena, weir_value_bytes(arena, &weir_type_string, text, strlen(text)));
}

WeirExpression *weir_expression_int_literal(WeirArena *arena, int32_t value)
{
    return weir_expression_literal(arena, weir_value_int(arena, &weir_type_int, value));
}

WeirExpression *weir_expression_long_literal(WeirArena *arena, int64_t value)
{
    return weir_expression_literal(arena, weir_value_int(arena, &weir_type_long, value));
}

WeirExpression *weir_expression_boolean_literal(WeirArena *arena, bool value)
{
    return weir_expression_literal(arena, weir_value_int(arena, &weir_type_boolean, value));
}

WeirExpression *weir_expression_null_literal(WeirArena *arena, const WeirDataType *type)
{
    return weir_expression_literal(arena, weir_value_null(arena, type));
}
