/* ConstantFolding: expressions without columns become literals. One that fails stays and fails at run time, for the
 * rows that need it. */
#include <strings.h>

#include "columnar/value_parse.h"
#include "optimizer/rules.h"

static bool is_per_batch(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->function != NULL && (expression->function->flags & WEIR_FUNCTION_FOLD_PER_BATCH) != 0;
}

/* Window functions and generators without arguments look constant. */
static bool has_no_value(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->function != NULL && expression->function->kind != WEIR_FUNCTION_SCALAR;
}

/* A cast of a constant text takes 'epoch', 'today' and their like, which a column does not. */
static WeirExpression *fold_special(const WeirOptimization *optimization, const WeirExpression *cast)
{
    const WeirExpression *child = cast->children[0];
    int32_t days = 0;
    int64_t micros = 0;
    if (child->kind != WEIR_EXPRESSION_LITERAL || child->type->id != WEIR_TYPE_STRING ||
        weir_value_is_null(child->value))
        return NULL;
    WeirStringView view = weir_value_get_view(child->value);
    const char *text = (const char *)weir_view_data(&view);
    const WeirEvalContext *eval = optimization->context;
    if (!optimization->fold_per_batch && (view.length < 5 || strncasecmp(text, "epoch", 5) != 0))
        return NULL;
    if (cast->type->id == WEIR_TYPE_DATE) {
        if (!weir_string_to_special_date(text, view.length, eval->zone, eval->now_micros, &days))
            return NULL;
        return weir_expression_literal(optimization->arena, weir_value_int(optimization->arena, cast->type, days));
    }
    if (cast->type->id != WEIR_TYPE_TIMESTAMP && cast->type->id != WEIR_TYPE_TIMESTAMP_NTZ)
        return NULL;
    if (!weir_string_to_special_timestamp(text, view.length, eval->zone, eval->now_micros,
                                          cast->type->id == WEIR_TYPE_TIMESTAMP_NTZ, &micros))
        return NULL;
    return weir_expression_literal(optimization->arena, weir_value_int(optimization->arena, cast->type, micros));
}

static WeirExpression *fold(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    (void)status;
    (void)error;
    const WeirOptimization *optimization = context;
    if (expression->kind == WEIR_EXPRESSION_LITERAL || expression->kind == WEIR_EXPRESSION_LAMBDA ||
        expression->kind == WEIR_EXPRESSION_LAMBDA_VARIABLE || expression->type == NULL ||
        !weir_expression_is_foldable(expression) || weir_expression_any(expression, has_no_value, NULL))
        return expression;
    if (!optimization->fold_per_batch && weir_expression_any(expression, is_per_batch, NULL))
        return expression;
    WeirExpression *special = expression->kind == WEIR_EXPRESSION_CAST ? fold_special(optimization, expression) : NULL;
    if (special != NULL)
        return special;
    WeirValue *value = NULL;
    WeirError ignored;
    if (weir_expression_evaluate(expression, optimization->context, optimization->arena, &value, &ignored) != WEIR_OK)
        return expression;
    WeirExpression *literal = weir_expression_literal(optimization->arena, value);
    literal->type = expression->type;
    literal->origin = expression->origin;
    return literal;
}

static WeirStatus apply(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirError *error)
{
    return weir_rewrite_expressions(optimization, plan, fold, optimization, out, error);
}

const WeirRule weir_rule_constant_folding = {"ConstantFolding", apply};
