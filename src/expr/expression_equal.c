/* Equality and hash of expressions: same result for the same input. Ids of attributes compare; origins, names,
 * qualifiers and the written text do not, nor does the order of operands that commute (Spark: semanticEquals). */
#include "expr/expression_private.h"

static bool values_equal(const WeirValue *a, const WeirValue *b)
{
    if (a == b)
        return true;
    if (a == NULL || b == NULL || !weir_type_equal(a->type, b->type))
        return false;
    bool null_a = weir_value_is_null(a), null_b = weir_value_is_null(b);
    if (null_a || null_b)
        return null_a && null_b;
    /* -0.0 and 0.0 compare equal but are different literals (1/x). */
    if (a->type->id == WEIR_TYPE_DOUBLE)
        return memcmp(a->values, b->values, sizeof(double)) == 0;
    if (a->type->id == WEIR_TYPE_FLOAT)
        return memcmp(a->values, b->values, sizeof(float)) == 0;
    if (a->type->id == WEIR_TYPE_MAP)
        return false;
    if (a->type->id == WEIR_TYPE_CALENDAR_INTERVAL)
        return memcmp(a->values, b->values, sizeof(WeirCalendarInterval)) == 0;
    return weir_vector_compare_rows(a, 0, b, 0) == 0;
}

static bool parts_equal(const WeirExpression *a, const WeirExpression *b)
{
    if (a->part_count != b->part_count)
        return false;
    for (uint32_t i = 0; i < a->part_count; i++)
        if (strcmp(a->parts[i], b->parts[i]) != 0)
            return false;
    return true;
}

static bool text_equal(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool lists_equal(WeirExpression *const *a, uint32_t count_a, WeirExpression *const *b, uint32_t count_b)
{
    if (count_a != count_b)
        return false;
    for (uint32_t i = 0; i < count_a; i++)
        if (!weir_expression_equal(a[i], b[i]))
            return false;
    return true;
}

static bool optional_equal(const WeirExpression *a, const WeirExpression *b)
{
    return a == b || (a != NULL && b != NULL && weir_expression_equal(a, b));
}

static bool windows_equal(const WeirWindowSpec *a, const WeirWindowSpec *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a->has_frame == b->has_frame && a->is_range == b->is_range && a->lower == b->lower && a->upper == b->upper &&
           lists_equal(a->partition_by, a->partition_count, b->partition_by, b->partition_count) &&
           lists_equal(a->order_by, a->order_count, b->order_by, b->order_count) &&
           optional_equal(a->lower_offset, b->lower_offset) && optional_equal(a->upper_offset, b->upper_offset) &&
           text_equal(a->name, b->name);
}

/* What the kinds with data of their own compare. */
static bool payload_equal(const WeirExpression *a, const WeirExpression *b)
{
    switch (a->kind) {
    case WEIR_EXPRESSION_LITERAL:
        return values_equal(a->value, b->value);
    case WEIR_EXPRESSION_ATTRIBUTE:
    case WEIR_EXPRESSION_LAMBDA_VARIABLE:
    case WEIR_EXPRESSION_ALIAS:
        return a->id == b->id;
    case WEIR_EXPRESSION_BOUND_REFERENCE:
    case WEIR_EXPRESSION_EXTRACT_FIELD:
    case WEIR_EXPRESSION_UNRESOLVED_ORDINAL:
        return a->ordinal == b->ordinal;
    case WEIR_EXPRESSION_CAST:
        return a->eval_mode == b->eval_mode;
    case WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE:
    case WEIR_EXPRESSION_UNRESOLVED_STAR:
    case WEIR_EXPRESSION_UNRESOLVED_FUNCTION:
    case WEIR_EXPRESSION_MULTI_ALIAS:
        return parts_equal(a, b);
    case WEIR_EXPRESSION_PARAMETER:
    case WEIR_EXPRESSION_NAMED_ARGUMENT:
        return text_equal(a->name, b->name);
    case WEIR_EXPRESSION_CALL:
    case WEIR_EXPRESSION_GENERATOR:
        return a->function == b->function && a->eval_mode == b->eval_mode && a->ordinal == b->ordinal;
    case WEIR_EXPRESSION_AGGREGATE:
        return a->aggregate == b->aggregate && a->eval_mode == b->eval_mode && a->ordinal == b->ordinal;
    default:
        return true;
    }
}

/* Calls whose operands commute, comparisons and their negations: `*same` is the answer where they are. */
static bool compare_unordered(const WeirExpression *a, const WeirExpression *b, bool *same)
{
    WeirComparison x, y;
    if (a->kind != WEIR_EXPRESSION_CALL || b->kind != WEIR_EXPRESSION_CALL)
        return false;
    if (weir_comparison_of(a, &x) && weir_comparison_of(b, &y)) {
        *same =
            x.or_equal == y.or_equal && weir_expression_equal(x.less, y.less) && weir_expression_equal(x.more, y.more);
        return true;
    }
    if (a->function != b->function || a->eval_mode != b->eval_mode || !weir_type_equal(a->type, b->type))
        return false;
    if (strcmp(a->function->name, "in") == 0 && a->child_count == b->child_count &&
        a->child_count <= WEIR_OPERANDS_MAX) {
        *same = weir_expression_equal(a->children[0], b->children[0]) &&
                weir_same_operands((const WeirExpression *const *)a->children + 1,
                                   (const WeirExpression *const *)b->children + 1, a->child_count - 1);
        return true;
    }
    WeirOperands of_a, of_b;
    if (!weir_operands_of(a, &of_a) || !weir_operands_of(b, &of_b))
        return false;
    *same = of_a.count == of_b.count && weir_same_operands(of_a.items, of_b.items, of_a.count);
    return true;
}

/* Subqueries are equal where their keys are. */
static bool plans_equal(const WeirExpression *a, const WeirExpression *b)
{
    return a->plan == b->plan ||
           (a->plan != NULL && b->plan != NULL && a->name != NULL && text_equal(a->name, b->name));
}

bool weir_expression_equal(const WeirExpression *a, const WeirExpression *b)
{
    bool same;
    if (a == b)
        return true;
    if (compare_unordered(a, b, &same))
        return same;
    if (a->kind != b->kind || a->child_count != b->child_count || a->is_distinct != b->is_distinct ||
        a->ignore_nulls != b->ignore_nulls || a->is_descending != b->is_descending ||
        a->nulls_first != b->nulls_first || a->is_outer != b->is_outer || !plans_equal(a, b))
        return false;
    if ((a->type == NULL) != (b->type == NULL) || (a->type != NULL && !weir_type_equal(a->type, b->type)))
        return false;
    return payload_equal(a, b) && lists_equal(a->children, a->child_count, b->children, b->child_count) &&
           optional_equal(a->filter, b->filter) && windows_equal(a->window, b->window);
}

/* Of what compare_unordered() compares: the same for every order. */
static bool hash_unordered(const WeirExpression *expression, uint64_t *hash)
{
    WeirComparison comparison;
    WeirOperands operands;
    if (expression->kind != WEIR_EXPRESSION_CALL)
        return false;
    if (weir_comparison_of(expression, &comparison)) {
        *hash = weir_table_hash_mix(comparison.or_equal ? 11 : 7, weir_expression_hash(comparison.less));
        *hash = weir_table_hash_mix(*hash, weir_expression_hash(comparison.more));
        return true;
    }
    bool is_in = strcmp(expression->function->name, "in") == 0;
    if (is_in && expression->child_count <= WEIR_OPERANDS_MAX) {
        operands.count = expression->child_count;
        memcpy(operands.items, expression->children, sizeof(*operands.items) * expression->child_count);
    } else if (is_in || !weir_operands_of(expression, &operands)) {
        return false;
    }
    uint64_t sum = 0;
    for (uint32_t i = 0; i < operands.count; i++)
        sum += weir_expression_hash(operands.items[i]);
    *hash = weir_table_hash_mix((uint64_t)(uintptr_t)expression->function, sum);
    return true;
}

uint64_t weir_expression_hash(const WeirExpression *expression)
{
    uint64_t unordered;
    if (hash_unordered(expression, &unordered))
        return unordered;
    uint64_t hash = weir_table_hash_mix((uint64_t)expression->kind + 1, expression->child_count);
    switch (expression->kind) {
    case WEIR_EXPRESSION_ATTRIBUTE:
    case WEIR_EXPRESSION_LAMBDA_VARIABLE:
    case WEIR_EXPRESSION_ALIAS:
        hash = weir_table_hash_mix(hash, (uint64_t)expression->id);
        break;
    case WEIR_EXPRESSION_BOUND_REFERENCE:
    case WEIR_EXPRESSION_EXTRACT_FIELD:
        hash = weir_table_hash_mix(hash, expression->ordinal);
        break;
    case WEIR_EXPRESSION_CALL:
        hash = weir_table_hash_mix(hash, (uint64_t)(uintptr_t)expression->function);
        break;
    default:
        break;
    }
    if (expression->type != NULL)
        hash = weir_table_hash_mix(hash, (uint64_t)expression->type->id);
    for (uint32_t i = 0; i < expression->child_count; i++)
        hash = weir_table_hash_mix(hash, weir_expression_hash(expression->children[i]));
    return hash;
}
