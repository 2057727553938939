/* EliminateSubqueryAliases, EliminateView, EliminateEventTimeWatermark, SpecialDatetimeValues: names that analysis
 * needed, watermarks of plans that do not stream, and words for times. */
#include <strings.h>

#include "columnar/value_parse.h"
#include "optimizer/rules.h"

static WeirLogicalPlan *finish(WeirOptimization *optimization, void *context, WeirLogicalPlan *plan, WeirStatus *status,
                               WeirError *error)
{
    (void)context;
    (void)status;
    (void)error;
    switch (plan->kind) {
    case WEIR_LOGICAL_SUBQUERY_ALIAS:
    case WEIR_LOGICAL_VIEW:
        return plan->children[0];
    case WEIR_LOGICAL_EVENT_TIME_WATERMARK:
        return plan->children[0]->is_streaming ? plan : plan->children[0];
    case WEIR_LOGICAL_PROJECT: {
        if (plan->generator_output_count == 0)
            return plan;
        WeirLogicalPlan *copy =
            weir_logical_copy(optimization->arena, plan); /* hidden columns of USING joins end here */
        copy->generator_output_count = 0;
        return copy;
    }
    default:
        return plan;
    }
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

static WeirExpression *name_special_times(void *context, WeirExpression *expression, WeirStatus *status,
                                          WeirError *error)
{
    (void)status;
    (void)error;
    WeirExpression *special = expression->kind == WEIR_EXPRESSION_CAST ? fold_special(context, expression) : NULL;
    return special != NULL ? special : expression;
}

static WeirStatus apply(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirError *error)
{
    WeirLogicalPlan *named = NULL;
    WEIR_TRY(weir_rewrite_expressions(optimization, plan, name_special_times, optimization, &named, error));
    return weir_rewrite_up(optimization, named, finish, NULL, out, error);
}

const WeirRule weir_rule_finish_analysis = {"FinishAnalysis", apply};
