/* Expressions that differ only in the order of their operands give the same: `a + b` and `b + a`, `a > b` and `b < a`,
 * `NOT a < b` and `b <= a`, the items of an IN list (Spark: Canonicalize). Grouping expressions are found by it. */
#include "expr/expression_private.h"

#include <string.h>

typedef enum Order { KEEPS, COMMUTES, ASSOCIATES /* and commutes */ } Order;

static Order order_of(const WeirExpression *expression)
{
    static const char *const commuting[] = {"=", "<=>"};
    static const char *const associating[] = {"+", "*", "and", "or", "&", "|", "^", "greatest", "least"};
    if (expression->kind != WEIR_EXPRESSION_CALL)
        return KEEPS;
    for (size_t i = 0; i < sizeof(commuting) / sizeof(commuting[0]); i++)
        if (strcmp(expression->function->name, commuting[i]) == 0)
            return COMMUTES;
    for (size_t i = 0; i < sizeof(associating) / sizeof(associating[0]); i++)
        if (strcmp(expression->function->name, associating[i]) == 0)
            return expression->child_count > 1 ? ASSOCIATES : KEEPS;
    return KEEPS;
}

/* `operands` takes at most WEIR_OPERANDS_MAX; what has more keeps its order. */
static bool gather(const WeirExpression *root, const WeirExpression *expression, bool deep, WeirOperands *operands)
{
    for (uint32_t i = 0; i < expression->child_count; i++) {
        const WeirExpression *child = expression->children[i];
        bool inner = deep && child->kind == WEIR_EXPRESSION_CALL && child->function == root->function &&
                     child->eval_mode == root->eval_mode && weir_type_equal(child->type, root->type);
        if (inner) {
            if (!gather(root, child, deep, operands))
                return false;
            continue;
        }
        if (operands->count == WEIR_OPERANDS_MAX)
            return false;
        operands->items[operands->count++] = child;
    }
    return true;
}

bool weir_operands_of(const WeirExpression *expression, WeirOperands *operands)
{
    operands->count = 0;
    Order order = order_of(expression);
    return order != KEEPS && gather(expression, expression, order == ASSOCIATES, operands);
}

bool weir_comparison_of(const WeirExpression *expression, WeirComparison *comparison)
{
    bool negated = false;
    if (expression->kind == WEIR_EXPRESSION_CALL && strcmp(expression->function->name, "not") == 0) {
        negated = true;
        expression = expression->children[0];
    }
    if (expression->kind != WEIR_EXPRESSION_CALL || expression->child_count != 2)
        return false;
    const char *name = expression->function->name;
    bool less = name[0] == '<', or_equal = name[0] != '\0' && name[1] == '=';
    if ((!less && name[0] != '>') || (name[1] != '\0' && (!or_equal || name[2] != '\0')))
        return false;
    bool swapped = less == negated; /* NOT a < b is b <= a */
    *comparison = (WeirComparison){.or_equal = or_equal != negated,
                                   .less = expression->children[swapped ? 1 : 0],
                                   .more = expression->children[swapped ? 0 : 1]};
    return true;
}

bool weir_same_operands(const WeirExpression *const *a, const WeirExpression *const *b, uint32_t count)
{
    bool used[WEIR_OPERANDS_MAX] = {false};
    uint64_t hashes[WEIR_OPERANDS_MAX]; /* so that trees of operators are compared once, not once for every order */
    WEIR_ASSERT(count <= WEIR_OPERANDS_MAX);
    for (uint32_t i = 0; i < count; i++)
        hashes[i] = weir_expression_hash(b[i]);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t match = 0;
        uint64_t hash = weir_expression_hash(a[i]);
        while (match < count && (used[match] || hashes[match] != hash || !weir_expression_equal(a[i], b[match])))
            match++;
        if (match == count)
            return false;
        used[match] = true;
    }
    return true;
}
