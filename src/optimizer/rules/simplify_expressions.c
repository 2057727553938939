/* BooleanSimplification, NullPropagation, SimplifyCasts, SimplifyConditionals, SimplifyExtractValueOps: each node from
 * what its children became. */
#include "expr/aggregate.h"
#include "optimizer/rules.h"

static WeirExpression *null_of(const WeirOptimization *optimization, const WeirDataType *type)
{
    return weir_expression_literal(optimization->arena, weir_value_null(optimization->arena, type));
}

static WeirExpression *simplify_and(WeirOptimization *optimization, WeirExpression *expression)
{
    WeirExpression *left = expression->children[0], *right = expression->children[1];
    if (weir_is_true(left) || weir_is_false(right))
        return right;
    if (weir_is_true(right) || weir_is_false(left))
        return left;
    bool same = weir_expression_equal(left, right) && weir_expression_is_deterministic(left);
    (void)optimization;
    return same ? left : expression;
}

static WeirExpression *simplify_or(WeirExpression *expression)
{
    WeirExpression *left = expression->children[0], *right = expression->children[1];
    if (weir_is_false(left) || weir_is_true(right))
        return right;
    if (weir_is_false(right) || weir_is_true(left))
        return left;
    return weir_expression_equal(left, right) && weir_expression_is_deterministic(left) ? left : expression;
}

static const char *opposite(const WeirExpression *expression)
{
    static const char *const pairs[][2] = {
        {"<", ">="}, {"<=", ">"}, {">", "<="}, {">=", "<"}, {"isnull", "isnotnull"}, {"isnotnull", "isnull"}};
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        if (weir_is_call_of(expression, pairs[i][0]))
            return pairs[i][1];
    return NULL;
}

static WeirExpression *simplify_not(WeirOptimization *optimization, WeirExpression *expression)
{
    WeirExpression *child = expression->children[0];
    if (weir_is_true(child) || weir_is_false(child))
        return weir_boolean(optimization, weir_is_false(child));
    if (weir_is_call_of(child, "not"))
        return child->children[0];
    bool is_and = weir_is_call_of(child, "and");
    if (is_and || weir_is_call_of(child, "or")) {
        WeirExpression *left = weir_unary(optimization, "not", child->children[0]),
                       *right = weir_unary(optimization, "not", child->children[1]);
        return weir_binary(optimization, is_and ? "or" : "and", left, right);
    }
    const char *name = opposite(child);
    if (name == NULL)
        return expression;
    return child->child_count == 1 ? weir_unary(optimization, name, child->children[0])
                                   : weir_binary(optimization, name, child->children[0], child->children[1]);
}

static WeirExpression *simplify_null_test(WeirOptimization *optimization, WeirExpression *expression, bool is_null)
{
    WeirExpression *child = expression->children[0];
    if (weir_is_null_literal(child))
        return weir_boolean(optimization, is_null);
    if (!child->nullable)
        return weir_boolean(optimization, !is_null);
    return expression;
}

/* coalesce: nulls drop out; nothing after a value that is never null counts. */
static WeirExpression *simplify_coalesce(WeirOptimization *optimization, WeirExpression *expression)
{
    WeirExpressions kept = {0};
    for (uint32_t i = 0; i < expression->child_count; i++) {
        WeirExpression *child = expression->children[i];
        if (weir_is_null_literal(child))
            continue;
        weir_expressions_add(optimization, &kept, child);
        if (!child->nullable)
            break;
    }
    if (kept.count == 0)
        return null_of(optimization, expression->type);
    if (kept.count == 1)
        return kept.items[0];
    if (kept.count == expression->child_count)
        return expression;
    WeirExpression *copy = weir_expression_copy(optimization->arena, expression);
    copy->children = kept.items;
    copy->child_count = kept.count;
    return copy;
}

static WeirExpression *simplify_if(WeirExpression *expression)
{
    WeirExpression *condition = expression->children[0];
    if (weir_is_true(condition))
        return expression->children[1];
    if (weir_is_false(condition) || weir_is_null_literal(condition))
        return expression->children[2];
    return expression;
}

static WeirExpression *simplify_case(WeirOptimization *optimization, WeirExpression *expression)
{
    bool has_else = expression->child_count % 2 == 1, changed = false, ended = false;
    uint32_t pairs = expression->child_count / 2;
    WeirExpressions kept = {0};
    for (uint32_t i = 0; i < pairs && !ended; i++) {
        WeirExpression *condition = expression->children[2 * i], *value = expression->children[2 * i + 1];
        if (weir_is_false(condition) || weir_is_null_literal(condition)) {
            changed = true;
            continue;
        }
        if (weir_is_true(condition)) {
            weir_expressions_add(optimization, &kept, value); /* the new ELSE */
            changed = ended = true;
            break;
        }
        weir_expressions_add(optimization, &kept, condition);
        weir_expressions_add(optimization, &kept, value);
    }
    if (!changed)
        return expression;
    if (!ended && has_else)
        weir_expressions_add(optimization, &kept, expression->children[expression->child_count - 1]);
    if (kept.count == 0)
        return null_of(optimization, expression->type);
    if (kept.count == 1)
        return kept.items[0];
    WeirExpression *copy = weir_expression_copy(optimization->arena, expression);
    copy->children = kept.items;
    copy->child_count = kept.count;
    return copy;
}

/* A null argument makes the call null, unless another argument might fail first. */
static WeirExpression *propagate_null(WeirOptimization *optimization, WeirExpression *expression)
{
    if ((expression->function->flags & WEIR_FUNCTION_NULL_PROPAGATING) == 0)
        return expression;
    for (uint32_t i = 0; i < expression->child_count; i++)
        if (weir_is_null_literal(expression->children[i]))
            return null_of(optimization, expression->type);
    return expression;
}

/* Field of a struct that is made right here. */
static WeirExpression *simplify_field(WeirExpression *expression)
{
    const WeirExpression *child = expression->children[0];
    if (weir_is_call_of(child, "named_struct") && 2 * expression->ordinal + 1 < child->child_count)
        return child->children[2 * expression->ordinal + 1];
    if (weir_is_call_of(child, "struct") && expression->ordinal < child->child_count) {
        WeirExpression *field = child->children[expression->ordinal];
        return field->kind == WEIR_EXPRESSION_ALIAS ? field->children[0] : field;
    }
    return expression;
}

static WeirExpression *simplify_cast(WeirExpression *expression)
{
    WeirExpression *child = expression->children[0];
    return weir_type_equal_strict(child->type, expression->type) ? child : expression;
}

/* a BETWEEN b AND c: two conditions, which go down on their own and bound a stream join's state. */
static WeirExpression *expand_between(WeirOptimization *optimization, WeirExpression *expression)
{
    WeirExpression *const *children = expression->children;
    return weir_binary(optimization, "and", weir_binary(optimization, ">=", children[0], children[1]),
                       weir_binary(optimization, "<=", children[0], children[2]));
}

static WeirExpression *simplify_call(WeirOptimization *optimization, WeirExpression *expression)
{
    if (weir_is_call_of(expression, "and"))
        return simplify_and(optimization, expression);
    if (weir_is_call_of(expression, "or"))
        return simplify_or(expression);
    if (weir_is_call_of(expression, "not"))
        return simplify_not(optimization, expression);
    if (weir_is_call_of(expression, "isnull") || weir_is_call_of(expression, "isnotnull"))
        return simplify_null_test(optimization, expression, weir_is_call_of(expression, "isnull"));
    if (weir_is_call_of(expression, "between") && expression->child_count == 3)
        return expand_between(optimization, expression);
    if (weir_is_call_of(expression, "coalesce"))
        return simplify_coalesce(optimization, expression);
    if (weir_is_call_of(expression, "if") && expression->child_count == 3)
        return simplify_if(expression);
    return propagate_null(optimization, expression);
}

/* EliminateDistinct: max(DISTINCT a) is max(a). */
static WeirExpression *drop_distinct(WeirOptimization *optimization, WeirExpression *expression)
{
    if (!expression->is_distinct || (expression->aggregate->flags & WEIR_AGGREGATE_NO_DISTINCT) == 0)
        return expression;
    WeirExpression *copy = weir_expression_copy(optimization->arena, expression);
    copy->is_distinct = false;
    return copy;
}

static WeirExpression *simplify(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    (void)status;
    (void)error;
    switch (expression->kind) {
    case WEIR_EXPRESSION_AGGREGATE:
        return drop_distinct(context, expression);
    case WEIR_EXPRESSION_CALL:
        return expression->function == NULL ? expression : simplify_call(context, expression);
    case WEIR_EXPRESSION_CASE:
        return simplify_case(context, expression);
    case WEIR_EXPRESSION_CAST:
        return simplify_cast(expression);
    case WEIR_EXPRESSION_EXTRACT_FIELD:
        return simplify_field(expression);
    default:
        return expression;
    }
}

static WeirStatus apply(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirError *error)
{
    return weir_rewrite_expressions(optimization, plan, simplify, optimization, out, error);
}

const WeirRule weir_rule_simplify_expressions = {"SimplifyExpressions", apply};
