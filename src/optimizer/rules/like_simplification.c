/* LikeSimplification: 'abc%', '%abc', '%abc%', 'a%c' and patterns without wildcards need no pattern matcher. */
#include "optimizer/rules.h"

static WeirExpression *text(WeirOptimization *optimization, const uint8_t *data, size_t length)
{
    return weir_expression_literal(optimization->arena,
                                   weir_value_bytes(optimization->arena, &weir_type_string, data, length));
}

static WeirExpression *affix(WeirOptimization *optimization, const char *function, WeirExpression *value,
                             const uint8_t *data, size_t length)
{
    return weir_binary(optimization, function, value, text(optimization, data, length));
}

/* starts with `head` and ends with `tail`, without the two overlapping */
static WeirExpression *both_ends(WeirOptimization *optimization, WeirExpression *value, const uint8_t *data,
                                 size_t head, size_t tail)
{
    WeirExpression *starts = affix(optimization, "startswith", value, data, head);
    WeirExpression *ends = affix(optimization, "endswith", value, data + head + 1, tail);
    WeirExpression *length = weir_unary(optimization, "octet_length", value);
    WeirExpression *enough =
        weir_binary(optimization, ">=", length,
                    weir_expression_literal(optimization->arena, weir_value_int(optimization->arena, &weir_type_int,
                                                                                (int64_t)(head + tail))));
    return weir_binary(optimization, "and", enough, weir_binary(optimization, "and", starts, ends));
}

static WeirExpression *simplify(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    (void)status;
    (void)error;
    WeirOptimization *optimization = context;
    if (!weir_is_call_of(expression, "like") || expression->child_count < 2 ||
        expression->children[1]->kind != WEIR_EXPRESSION_LITERAL || weir_is_null_literal(expression->children[1]) ||
        expression->children[0]->type->id != WEIR_TYPE_STRING)
        return expression;
    WeirExpression *value = expression->children[0];
    WeirStringView view = weir_value_get_view(expression->children[1]->value);
    const uint8_t *data = weir_view_data(&view);
    size_t length = view.length, percents = 0, last = 0;
    bool escapes = memchr(data, '\\', length) != NULL || memchr(data, '_', length) != NULL;
    if (expression->child_count > 2 && expression->children[2]->kind == WEIR_EXPRESSION_LITERAL)
        for (size_t i = 0; i < length && !escapes; i++) {
            WeirStringView escape = weir_value_get_view(expression->children[2]->value);
            escapes = data[i] == *weir_view_data(&escape);
        }
    if (escapes)
        return expression;
    for (size_t i = 0; i < length; i++)
        if (data[i] == '%') {
            percents++;
            last = i;
        }
    data = memcpy(weir_arena_alloc(optimization->arena, length + 1), data, length);
    if (percents == 0)
        return affix(optimization, "=", value, data, length);
    if (percents == 1 && length > 1 && last == length - 1)
        return affix(optimization, "startswith", value, data, length - 1);
    if (percents == 1 && length > 1 && last == 0)
        return affix(optimization, "endswith", value, data + 1, length - 1);
    if (percents == 1 && length > 2)
        return both_ends(optimization, value, data, last, length - last - 1);
    if (percents == 2 && length > 2 && data[0] == '%' && last == length - 1)
        return affix(optimization, "contains", value, data + 1, length - 2);
    return expression;
}

static WeirStatus apply(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirError *error)
{
    return weir_rewrite_expressions(optimization, plan, simplify, optimization, out, error);
}

const WeirRule weir_rule_like_simplification = {"LikeSimplification", apply};
