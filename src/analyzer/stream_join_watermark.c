/* Spark's StreamingJoinHelper, the part that answers yes or no: a watermarked column among the equality keys, or a
 * range condition that gives a lower bound for one side's event time in terms of the other side's watermarked column.
 */
#include "analyzer/stream_join_watermark.h"

#include "expr/function.h"

static bool is_watermarked(const WeirExpression *expression)
{
    return expression->kind == WEIR_EXPRESSION_ATTRIBUTE && expression->metadata != NULL &&
           strstr(expression->metadata, "spark.watermarkDelayMs") != NULL;
}

static bool is_call(const WeirExpression *expression, const char *name)
{
    return expression->kind == WEIR_EXPRESSION_CALL && expression->function != NULL &&
           strcmp(expression->function->name, name) == 0;
}

/* Sums of times and intervals: the resolved functions have names of their own. */
static bool is_difference(const WeirExpression *expression)
{
    return is_call(expression, "-") || is_call(expression, "timestamp_add_interval_minus");
}

static bool is_sum(const WeirExpression *expression)
{
    return is_call(expression, "+") || is_call(expression, "timestamp_add_interval");
}

static bool belongs_to(const WeirLogicalPlan *side, const WeirExpression *attribute)
{
    for (uint32_t i = 0; i < side->output_count; i++)
        if (side->output[i]->id == attribute->id)
            return true;
    return false;
}

typedef struct Sides {
    const WeirLogicalPlan *plan;
    bool mine, others;
} Sides;

static bool note_side(void *context, const WeirExpression *expression)
{
    Sides *sides = context;
    if (expression->kind != WEIR_EXPRESSION_ATTRIBUTE)
        return false;
    if (belongs_to(sides->plan, expression))
        sides->mine = true;
    else
        sides->others = true;
    return false;
}

/* Only columns of `side`, and at least one? */
static bool only_from(const WeirLogicalPlan *side, const WeirExpression *expression)
{
    Sides sides = {.plan = side};
    weir_expression_any(expression, note_side, &sides);
    return sides.mine && !sides.others;
}

static bool watermark_in_keys(const WeirLogicalPlan *join, const WeirExpression *condition)
{
    if (condition == NULL)
        return false;
    if (is_call(condition, "and"))
        return watermark_in_keys(join, condition->children[0]) || watermark_in_keys(join, condition->children[1]);
    if (!is_call(condition, "=") && !is_call(condition, "<=>"))
        return false;
    const WeirExpression *a = condition->children[0], *b = condition->children[1];
    bool equi = (only_from(join->children[0], a) && only_from(join->children[1], b)) ||
                (only_from(join->children[0], b) && only_from(join->children[1], a));
    return equi && (is_watermarked(a) || is_watermarked(b));
}

/* Attributes of a sum with the sign they have in it. */
typedef struct Terms {
    const WeirExpression *attributes[4];
    int signs[4];
    uint32_t count;
    bool opaque; /* something that is no sum */
} Terms;

static void collect_terms(const WeirExpression *expression, int sign, Terms *terms)
{
    if (expression->kind == WEIR_EXPRESSION_ATTRIBUTE) {
        if (terms->count == 4) {
            terms->opaque = true;
            return;
        }
        terms->attributes[terms->count] = expression;
        terms->signs[terms->count++] = sign;
        return;
    }
    if (expression->kind == WEIR_EXPRESSION_CAST) {
        collect_terms(expression->children[0], sign, terms);
        return;
    }
    if (weir_expression_is_foldable(expression))
        return;
    bool minus = is_difference(expression);
    if (!minus && !is_sum(expression)) {
        terms->opaque = true;
        return;
    }
    if (expression->child_count == 1) {
        collect_terms(expression->children[0], minus ? -sign : sign, terms);
        return;
    }
    collect_terms(expression->children[0], sign, terms);
    collect_terms(expression->children[1], minus ? -sign : sign, terms);
}

/* small < large: is it a lower bound of a column of `state` by a watermarked column of `other`? */
static bool bounds_state(const WeirLogicalPlan *state, const WeirLogicalPlan *other, const WeirExpression *small,
                         const WeirExpression *large)
{
    Terms terms = {.count = 0};
    collect_terms(large, 1, &terms);
    collect_terms(small, -1, &terms);
    if (terms.opaque || terms.count != 2)
        return false;
    for (uint32_t i = 0; i < 2; i++)
        if (belongs_to(state, terms.attributes[i]) && terms.signs[i] > 0)
            return belongs_to(other, terms.attributes[1 - i]) && is_watermarked(terms.attributes[1 - i]) &&
                   terms.signs[1 - i] < 0;
    return false;
}

static bool has_range(const WeirLogicalPlan *state, const WeirLogicalPlan *other, const WeirExpression *condition)
{
    if (condition == NULL)
        return false;
    if (is_call(condition, "and"))
        return has_range(state, other, condition->children[0]) || has_range(state, other, condition->children[1]);
    if (is_call(condition, "<") || is_call(condition, "<="))
        return bounds_state(state, other, condition->children[0], condition->children[1]);
    if (is_call(condition, ">") || is_call(condition, ">="))
        return bounds_state(state, other, condition->children[1], condition->children[0]);
    if (is_call(condition, "between") && condition->child_count == 3)
        return bounds_state(state, other, condition->children[1], condition->children[0]) ||
               bounds_state(state, other, condition->children[0], condition->children[2]);
    return false;
}

bool weir_stream_join_has_watermark(const WeirLogicalPlan *join)
{
    const WeirLogicalPlan *left = join->children[0], *right = join->children[1];
    if (watermark_in_keys(join, join->condition))
        return true;
    switch (join->join_type) {
    case WEIR_JOIN_LEFT_OUTER:
    case WEIR_JOIN_LEFT_SEMI:
        return has_range(left, right, join->condition);
    case WEIR_JOIN_RIGHT_OUTER:
        return has_range(right, left, join->condition);
    case WEIR_JOIN_FULL_OUTER:
        return has_range(left, right, join->condition) || has_range(right, left, join->condition);
    default:
        return true;
    }
}
