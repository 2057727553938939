/* Tables written in the query itself: VALUES, and functions in FROM. */
#include <strings.h>

#include "analyzer/analyzer_private.h"
#include "expr/program.h"

/* ---- VALUES */

static WeirStatus check_widths(WeirAnalysis *analysis, const WeirLogicalPlan *plan, WeirError *error)
{
    uint32_t width = plan->name_count > 0 ? plan->name_count : plan->row_width;
    if (width == plan->row_width)
        return WEIR_OK;
    return weir_located(analysis, plan->origin, error,
                        weir_error_set(error, WEIR_ERROR_INVALID_INLINE_TABLE_NUM_COLUMNS_MISMATCH, "expectedNumCols",
                                       weir_arena_printf(analysis->arena, "%u", width), "actualNumCols",
                                       weir_arena_printf(analysis->arena, "%u", plan->row_width), "rowIndex", "0"));
}

/* Values are computed when the query is analyzed, used or not. */
static WeirStatus check_value(WeirAnalysis *analysis, const WeirLogicalPlan *plan, const WeirExpression *value,
                              WeirError *error)
{
    WeirValue *computed = NULL;
    if (value->kind == WEIR_EXPRESSION_LITERAL || !weir_expression_is_foldable(value) ||
        weir_expression_evaluate(value, analysis->analyzer->context, analysis->arena, &computed, error) == WEIR_OK)
        return WEIR_OK;
    weir_error_clear(error);
    return weir_located(analysis, plan->origin, error,
                        weir_error_set(error, WEIR_ERROR_INVALID_INLINE_TABLE_FAILED_SQL_EXPRESSION_EVALUATION,
                                       "sqlExpr", weir_expression_quoted(analysis, value)));
}

static WeirStatus resolve_rows(WeirAnalysis *analysis, const WeirEnvironment *env, const WeirLogicalPlan *plan,
                               WeirExpression ***rows, WeirError *error)
{
    WeirScope scope = {.outer = env->outer};
    WeirExpressionContext context = weir_expression_context(analysis, env, &scope);
    for (uint32_t r = 0; r < plan->row_count; r++) {
        WeirExpressionList row = {0};
        WEIR_TRY(weir_resolve_list(&context, plan->rows[r], plan->row_width, &row, error));
        for (uint32_t c = 0; c < row.count; c++)
            if (weir_contains_kind(row.items[c], WEIR_EXPRESSION_SCALAR_SUBQUERY))
                return weir_located(
                    analysis, plan->origin, error,
                    weir_error_set(error,
                                   WEIR_ERROR_UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_SCALAR_SUBQUERY_IN_VALUES));
            else if (!weir_expression_is_deterministic(row.items[c]) ||
                     weir_contains_kind(row.items[c], WEIR_EXPRESSION_AGGREGATE) || weir_has_window(row.items[c]) ||
                     weir_contains_kind(row.items[c], WEIR_EXPRESSION_GENERATOR))
                return weir_located(
                    analysis, plan->origin, error,
                    weir_error_set(error, WEIR_ERROR_INVALID_INLINE_TABLE_CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE,
                                   "expr", weir_expression_quoted(analysis, row.items[c])));
            else
                WEIR_TRY(check_value(analysis, plan, row.items[c], error));
        rows[r] = row.items;
    }
    return WEIR_OK;
}

/* VALUES never turns texts into other types, or the other way round. */
static bool mixes_text(const WeirDataType *a, const WeirDataType *b)
{
    return a->id != WEIR_TYPE_VOID && b->id != WEIR_TYPE_VOID &&
           (a->id == WEIR_TYPE_STRING) != (b->id == WEIR_TYPE_STRING);
}

static WeirStatus column_type(WeirAnalysis *analysis, const WeirLogicalPlan *plan, WeirExpression ***rows,
                              uint32_t column, const char *name, const WeirDataType **type, bool *nullable,
                              WeirError *error)
{
    *nullable = false;
    for (uint32_t r = 0; r < plan->row_count; r++) {
        const WeirExpression *value = rows[r][column];
        *nullable = *nullable || value->nullable;
        const WeirDataType *next = *type == NULL ? value->type
                                   : mixes_text(*type, value->type)
                                       ? NULL
                                       : weir_common_type(analysis->arena, *type, value->type);
        if (next == NULL)
            return weir_located(analysis, plan->origin, error,
                                weir_error_set(error,
                                               WEIR_ERROR_INVALID_INLINE_TABLE_INCOMPATIBLE_TYPES_IN_INLINE_TABLE,
                                               "colName", weir_name_quoted(analysis, &name, 1)));
        *type = next;
    }
    return WEIR_OK;
}

/* A single row is a Project of its values. */
static WeirLogicalPlan *row_plan(WeirAnalysis *analysis, WeirExpression *const *values, WeirExpression *const *names,
                                 uint32_t width)
{
    WeirLogicalPlan *one =
        weir_plan_finish(analysis, weir_logical_new(analysis->arena, WEIR_LOGICAL_ONE_ROW_RELATION, (WeirOrigin){0}));
    WeirExpressionList list = {0};
    for (uint32_t i = 0; i < width; i++)
        weir_list_append(analysis, &list,
                         weir_expression_alias(analysis->arena, values[i], names[i]->name, weir_next_id(analysis)));
    return weir_plan_project(analysis, list.items, list.count, one);
}

WeirStatus weir_resolve_inline_table(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                                     WeirLogicalPlan **out, WeirError *error)
{
    WEIR_TRY(check_widths(analysis, plan, error));
    WeirExpression ***rows = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression **, plan->row_count);
    WEIR_TRY(resolve_rows(analysis, env, plan, rows, error));
    WeirEvalMode mode = analysis->analyzer->context->ansi ? WEIR_EVAL_ANSI : WEIR_EVAL_LEGACY;
    WeirExpressionList output = {0};
    for (uint32_t c = 0; c < plan->row_width; c++) {
        const char *name = plan->name_count > 0 ? plan->names[c] : weir_arena_printf(analysis->arena, "col%u", c + 1);
        const WeirDataType *type = NULL;
        bool nullable = false;
        WEIR_TRY(column_type(analysis, plan, rows, c, name, &type, &nullable, error));
        for (uint32_t r = 0; r < plan->row_count; r++)
            rows[r][c] = weir_expression_cast(analysis->arena, rows[r][c], type, mode, true);
        weir_list_append(analysis, &output,
                         weir_expression_attribute(analysis->arena, name, type, nullable, weir_next_id(analysis)));
    }
    if (plan->row_count == 1) {
        *out = row_plan(analysis, rows[0], output.items, output.count);
        return WEIR_OK;
    }
    /* Expand over one row is a table of expressions: one output row per projection. */
    WeirLogicalPlan *one =
        weir_plan_finish(analysis, weir_logical_new(analysis->arena, WEIR_LOGICAL_ONE_ROW_RELATION, plan->origin));
    WeirLogicalPlan *expand = weir_logical_unary(analysis->arena, WEIR_LOGICAL_EXPAND, one);
    expand->rows = rows;
    expand->row_count = plan->row_count;
    expand->row_width = plan->row_width;
    expand->output = output.items;
    expand->output_count = output.count;
    *out = weir_plan_finish(analysis, expand);
    return WEIR_OK;
}

/* ---- functions in FROM */

static WeirStatus constant_long(WeirAnalysis *analysis, WeirExpression *expression, int64_t *value, bool *is_null,
                                WeirError *error)
{
    WeirExpression *cast = weir_expression_cast(analysis->arena, expression, &weir_type_long, WEIR_EVAL_ANSI, true);
    WeirValue *folded = NULL;
    WEIR_TRY(weir_expression_evaluate(cast, analysis->analyzer->context, analysis->arena, &folded, error));
    *is_null = weir_value_is_null(folded);
    if (!*is_null)
        *value = weir_value_get_int(folded);
    return WEIR_OK;
}

static bool is_variable(const WeirExpression *expression)
{
    return expression->kind == WEIR_EXPRESSION_LITERAL && expression->name != NULL;
}

static WeirStatus make_range(WeirAnalysis *analysis, const WeirLogicalPlan *plan, const WeirExpressionList *arguments,
                             WeirLogicalPlan **out, WeirError *error)
{
    int64_t values[4] = {0, 0, 1, 0};
    if (arguments->count == 0 || arguments->count > 4)
        return weir_located(analysis, plan->origin, error,
                            weir_error_set(error, WEIR_ERROR_WRONG_NUM_ARGS_WITHOUT_SUGGESTION, "functionName",
                                           "`range`", "expectedNum", "[1, 2, 3, 4]", "actualNum",
                                           weir_arena_printf(analysis->arena, "%u", arguments->count), "docroot",
                                           "https://spark.apache.org/docs/latest"));
    uint32_t first = arguments->count == 1 ? 1 : 0;
    for (uint32_t i = 0; i < arguments->count; i++) {
        WeirExpression *argument = arguments->items[i];
        bool is_null = false;
        if (!weir_expression_is_foldable(argument) || is_variable(argument))
            return weir_located(analysis, plan->origin, error,
                                weir_error_set(error, WEIR_ERROR_NON_FOLDABLE_ARGUMENT, "funcName", "`range`",
                                               "paramName", weir_expression_quoted(analysis, argument), "paramType",
                                               "\"BIGINT\""));
        bool castable =
            weir_type_is_integral(argument->type) || weir_can_implicitly_cast(argument->type, &weir_type_long);
        if (castable)
            WEIR_TRY(constant_long(analysis, argument, &values[first + i], &is_null, error));
        if (!castable || is_null)
            return weir_located(analysis, plan->origin, error,
                                weir_error_set(error, WEIR_ERROR_UNEXPECTED_INPUT_TYPE, "functionName", "`range`",
                                               "paramIndex", weir_arena_printf(analysis->arena, "%u", i + 1),
                                               "requiredType", "\"BIGINT\"", "inputSql",
                                               weir_expression_quoted(analysis, argument), "inputType",
                                               weir_type_quoted(analysis, argument->type)));
    }
    if (values[2] == 0)
        return weir_located(analysis, plan->origin, error,
                            weir_error_set(error, WEIR_ERROR_FAILED_FUNCTION_CALL, "funcName", "`range`"));
    WeirLogicalPlan *range = weir_logical_new(analysis->arena, WEIR_LOGICAL_RANGE, plan->origin);
    range->range_start = values[0];
    range->range_end = values[1];
    range->range_step = values[2];
    range->partition_count = values[3];
    range->output = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, 1);
    range->output_count = 1;
    range->output[0] = weir_expression_attribute(analysis->arena, "id", &weir_type_long, false, weir_next_id(analysis));
    *out = weir_plan_finish(analysis, range);
    return WEIR_OK;
}

/* A table of words: one projection of literals a row. */
static WeirStatus make_keywords(WeirAnalysis *analysis, const WeirLogicalPlan *plan,
                                const WeirExpressionList *arguments, WeirLogicalPlan **out, WeirError *error)
{
    WeirCatalog *catalog = analysis->analyzer->catalog;
    if (arguments->count > 0)
        return weir_located(analysis, plan->origin, error,
                            weir_error_set(error, WEIR_ERROR_WRONG_NUM_ARGS_WITHOUT_SUGGESTION, "functionName",
                                           "`sql_keywords`", "expectedNum", "0", "actualNum",
                                           weir_arena_printf(analysis->arena, "%u", arguments->count), "docroot",
                                           "https://spark.apache.org/docs/latest"));
    WeirLogicalPlan *one =
        weir_plan_finish(analysis, weir_logical_new(analysis->arena, WEIR_LOGICAL_ONE_ROW_RELATION, plan->origin));
    WeirLogicalPlan *table = weir_logical_unary(analysis->arena, WEIR_LOGICAL_EXPAND, one);
    uint32_t count = 0;
    bool reserved = false;
    while (catalog->keyword(catalog, count, &reserved) != NULL)
        count++;
    table->rows = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression **, count);
    table->row_count = count;
    table->row_width = 2;
    for (uint32_t i = 0; i < count; i++) {
        const char *word = catalog->keyword(catalog, i, &reserved);
        table->rows[i] = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, 2);
        table->rows[i][0] = weir_literal_string(analysis, word);
        table->rows[i][1] = weir_literal_int(analysis, &weir_type_boolean, reserved ? 1 : 0);
    }
    table->output = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, 2);
    table->output_count = 2;
    table->output[0] =
        weir_expression_attribute(analysis->arena, "keyword", &weir_type_string, false, weir_next_id(analysis));
    table->output[1] =
        weir_expression_attribute(analysis->arena, "reserved", &weir_type_boolean, false, weir_next_id(analysis));
    *out = weir_plan_finish(analysis, table);
    return WEIR_OK;
}

WeirStatus weir_resolve_table_function(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                                       WeirLogicalPlan **out, WeirError *error)
{
    const char *name = plan->parts[plan->part_count - 1];
    WeirScope scope = {.outer = env->outer};
    WeirExpressionContext context = weir_expression_context(analysis, env, &scope);
    WeirExpressionList arguments = {0};
    WEIR_TRY(weir_resolve_list(&context, plan->expressions, plan->expression_count, &arguments, error));
    if (strcasecmp(name, "range") == 0)
        return make_range(analysis, plan, &arguments, out, error);
    WeirCatalog *catalog = analysis->analyzer->catalog;
    if (strcasecmp(name, "sql_keywords") == 0 && catalog != NULL && catalog->keyword != NULL)
        return make_keywords(analysis, plan, &arguments, out, error);
    const WeirSqlFunction *function =
        catalog == NULL || catalog->sql_function == NULL ? NULL : catalog->sql_function(catalog, name);
    const WeirFunction *builtin = weir_function_find(name);
    if (function != NULL && builtin == NULL)
        return weir_resolve_sql_table_function(&context, function, plan, &arguments, out, error);
    bool makes_value =
        (builtin != NULL && builtin->kind != WEIR_FUNCTION_GENERATOR) || weir_aggregate_find(name) != NULL;
    if (makes_value)
        return weir_located(analysis, plan->origin, error,
                            weir_error_set(error, WEIR_ERROR_NOT_A_TABLE_FUNCTION, "functionName",
                                           weir_name_quoted(analysis, plan->parts, plan->part_count)));
    if (builtin == NULL)
        return weir_located(analysis, plan->origin, error,
                            weir_error_set(error, WEIR_ERROR_UNRESOLVABLE_TABLE_VALUED_FUNCTION, "name",
                                           weir_name_quoted(analysis, plan->parts, plan->part_count)));
    WeirExpression *generator = NULL;
    WEIR_TRY(weir_arrange_builtin(analysis, name, plan->origin, &arguments.items, &arguments.count, error));
    for (uint32_t i = 0; i < arguments.count; i++)
        if (weir_contains_kind(arguments.items[i], WEIR_EXPRESSION_GENERATOR))
            return weir_located(analysis, plan->origin, error,
                                weir_error_set(error, WEIR_ERROR_UNSUPPORTED_GENERATOR_NESTED_IN_EXPRESSIONS,
                                               "expression", weir_expression_quoted(analysis, arguments.items[i])));
    WEIR_TRY(weir_build_call(analysis, name, arguments.items, arguments.count, plan->origin, &generator, error));
    WeirLogicalPlan *one =
        weir_plan_finish(analysis, weir_logical_new(analysis->arena, WEIR_LOGICAL_ONE_ROW_RELATION, plan->origin));
    return weir_make_generate(analysis, generator, NULL, NULL, 0, generator->is_outer, one, out, error);
}
