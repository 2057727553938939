/* Rewrites share what they do not change and reach every part of a plan. */
#include "logical/logical_plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static WeirArena arena;

static int set_up(void **state)
{
    (void)state;
    weir_arena_init(&arena, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    weir_arena_deinit(&arena);
    return 0;
}

static WeirLogicalPlan *make_leaf(void)
{
    return weir_logical_new(&arena, WEIR_LOGICAL_ONE_ROW_RELATION, (WeirOrigin){0});
}

static WeirExpression *make_number(int64_t value)
{
    return weir_expression_literal(&arena, weir_value_int(&arena, &weir_type_int, value));
}

/* Leaves become ranges; a right child of a join is left alone when `context` says so. */
static WeirLogicalPlan *replace_leaf(void *context, WeirLogicalPlan *plan, WeirStatus *status, WeirError *error)
{
    (void)error;
    if (plan->kind == WEIR_LOGICAL_RANGE && context != NULL) {
        *status = WEIR_ERROR_INTERNAL_ERROR;
        return NULL;
    }
    return plan->kind == WEIR_LOGICAL_ONE_ROW_RELATION ? weir_logical_new(&arena, WEIR_LOGICAL_RANGE, plan->origin)
                                                       : plan;
}

static void test_transform_copies_only_what_changes(void **state)
{
    (void)state;
    WeirLogicalPlan *kept = weir_logical_unary(&arena, WEIR_LOGICAL_DISTINCT,
                                               weir_logical_new(&arena, WEIR_LOGICAL_RANGE, (WeirOrigin){0}));
    WeirLogicalPlan *changed = weir_logical_unary(&arena, WEIR_LOGICAL_DISTINCT, make_leaf());
    WeirLogicalPlan *join = weir_logical_binary(&arena, WEIR_LOGICAL_JOIN, kept, changed);
    WeirLogicalPlan *out = NULL;
    assert_int_equal(weir_logical_transform(&arena, join, replace_leaf, NULL, &out, NULL), WEIR_OK);
    assert_ptr_not_equal(out, join);
    assert_ptr_equal(out->children[0], kept);
    assert_int_equal(out->children[1]->children[0]->kind, WEIR_LOGICAL_RANGE);
    assert_int_equal(join->children[1]->children[0]->kind, WEIR_LOGICAL_ONE_ROW_RELATION);
    WeirLogicalPlan *again = NULL;
    assert_int_equal(weir_logical_transform(&arena, out, replace_leaf, NULL, &again, NULL), WEIR_OK);
    assert_ptr_equal(again, out);
    assert_int_equal(weir_logical_transform(&arena, out, replace_leaf, join, &again, NULL), WEIR_ERROR_INTERNAL_ERROR);
}

static void test_transform_reaches_ctes(void **state)
{
    (void)state;
    WeirLogicalPlan *with =
        weir_logical_unary(&arena, WEIR_LOGICAL_WITH, weir_logical_new(&arena, WEIR_LOGICAL_RANGE, (WeirOrigin){0}));
    WeirCteDefinition cte = {.name = "c", .plan = make_leaf()};
    with->ctes = &cte;
    with->cte_count = 1;
    WeirLogicalPlan *out = NULL;
    assert_int_equal(weir_logical_transform(&arena, with, replace_leaf, NULL, &out, NULL), WEIR_OK);
    assert_int_equal(out->ctes[0].plan->kind, WEIR_LOGICAL_RANGE);
    assert_int_equal(cte.plan->kind, WEIR_LOGICAL_ONE_ROW_RELATION);
}

static WeirExpression *add_ten(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    (void)status;
    (void)error;
    int *count = context;
    (*count)++;
    if (expression->kind != WEIR_EXPRESSION_LITERAL || weir_value_get_int(expression->value) >= 10)
        return expression;
    return make_number(weir_value_get_int(expression->value) + 10);
}

static void test_expressions_of_every_part(void **state)
{
    (void)state;
    WeirLogicalPlan *plan = make_leaf();
    WeirExpression *one = make_number(1);
    WeirExpression *ten = make_number(10);
    WeirExpression *row[] = {one, ten};
    WeirExpression **rows[] = {row};
    WeirWindowSpec window = {.partition_by = &one, .partition_count = 1};
    plan->expressions = row;
    plan->expression_count = 2;
    plan->grouping = &one;
    plan->grouping_count = 1;
    plan->condition = one;
    plan->rows = rows;
    plan->row_count = 1;
    plan->row_width = 2;
    plan->window = &window;
    WeirLogicalPlan *out = NULL;
    int count = 0;
    assert_int_equal(weir_logical_transform_expressions(&arena, plan, add_ten, &count, &out, NULL), WEIR_OK);
    assert_int_equal(count, 7);
    assert_int_equal(weir_value_get_int(out->expressions[0]->value), 11);
    assert_ptr_equal(out->expressions[1], ten);
    assert_int_equal(weir_value_get_int(out->rows[0][0]->value), 11);
    assert_int_equal(weir_value_get_int(out->window->partition_by[0]->value), 11);
    assert_ptr_equal(plan->condition, one);
    WeirLogicalPlan *again = NULL;
    assert_int_equal(weir_logical_transform_expressions(&arena, out, add_ten, &count, &again, NULL), WEIR_OK);
    assert_ptr_equal(again, out);
}

static void test_schema(void **state)
{
    (void)state;
    WeirLogicalPlan *plan = make_leaf();
    WeirExpression *column = weir_expression_attribute(&arena, "n", &weir_type_long, false, 3);
    plan->output = &column;
    plan->output_count = 1;
    const WeirSchema *schema = weir_logical_schema(plan, &arena);
    assert_int_equal(schema->field_count, 1);
    assert_string_equal(schema->fields[0].name, "n");
    assert_string_equal(schema->fields[0].metadata, "{}");
    assert_false(schema->fields[0].nullable);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_transform_copies_only_what_changes),
                                       cmocka_unit_test(test_transform_reaches_ctes),
                                       cmocka_unit_test(test_expressions_of_every_part), cmocka_unit_test(test_schema)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
