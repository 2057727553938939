/* value IN (list) where an item may fail: as in Spark an item is computed only for the rows that no item before it
 * equals, and none where the value is null. Such a call is compiled as comparisons under OR. */
#include "expr/expression_private.h"
#include "expr/function.h"
#include "expr/program_compiler.h"

static bool is_widening(const WeirDataType *from, const WeirDataType *to)
{
    return weir_type_is_integral(from) && weir_type_is_integral(to) &&
           weir_physical_size(weir_type_physical(from)) <= weir_physical_size(weir_type_physical(to));
}

static bool may_fail(void *context, const WeirExpression *expression)
{
    (void)context;
    if (expression->kind == WEIR_EXPRESSION_CAST)
        return expression->eval_mode == WEIR_EVAL_ANSI && !is_widening(expression->children[0]->type, expression->type);
    return expression->function != NULL && (expression->function->flags & WEIR_FUNCTION_MAY_FAIL) != 0;
}

bool weir_in_list_is_lazy(const WeirExpression *in)
{
    if (in->child_count < 3 && !in->children[0]->nullable)
        return false;
    for (uint32_t i = 1; i < in->child_count; i++)
        if (weir_expression_any(in->children[i], may_fail, NULL))
            return true;
    return false;
}

static WeirExpression *make_call(WeirArena *arena, const char *name, WeirExpression *const *children, uint32_t count,
                                 const WeirExpression *in)
{
    WeirExpression *call = weir_expression_new(arena, WEIR_EXPRESSION_CALL, in->origin);
    call->function = weir_function_find(name);
    WEIR_ASSERT(call->function != NULL);
    call->children = WEIR_ARENA_ARRAY(arena, WeirExpression *, count);
    memcpy(call->children, children, sizeof(*children) * count);
    call->child_count = count;
    call->type = &weir_type_boolean;
    call->nullable = true;
    return call;
}

WeirExpression *weir_in_list_expand(WeirArena *arena, const WeirExpression *in)
{
    WeirExpression *any = NULL;
    for (uint32_t i = 1; i < in->child_count; i++) {
        WeirExpression *sides[2] = {in->children[0], in->children[i]};
        WeirExpression *equal = make_call(arena, "=", sides, 2, in);
        WeirExpression *both[2] = {any, equal};
        any = any == NULL ? equal : make_call(arena, "or", both, 2, in);
    }
    if (!in->children[0]->nullable)
        return any;
    WeirExpression *branches[3] = {make_call(arena, "isnull", &in->children[0], 1, in),
                                   weir_expression_null_literal(arena, &weir_type_boolean), any};
    return make_call(arena, "if", branches, 3, in);
}
