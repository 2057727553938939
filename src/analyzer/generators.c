/* Table-generating functions: in a SELECT list, in LATERAL VIEW, in FROM. Each becomes a GENERATE node; several in one
 * list are stacked. */
#include <strings.h>

#include "analyzer/analyzer_private.h"

/* Columns that a generator gives: the fields of its result type, renamed where the query names them. */
static WeirStatus generator_columns(WeirAnalysis *analysis, const WeirExpression *generator, const char *const *names,
                                    uint32_t name_count, bool outer, WeirExpressionList *columns, WeirError *error)
{
    const WeirDataType *type = generator->type;
    uint32_t count = type->id == WEIR_TYPE_STRUCT ? type->field_count : 1;
    if (name_count > 0 && name_count != count)
        return weir_located(analysis, generator->origin, error,
                            weir_error_set(error, WEIR_ERROR_UDTF_ALIAS_NUMBER_MISMATCH, "aliasesSize",
                                           weir_arena_printf(analysis->arena, "%u", count), "aliasesNames",
                                           weir_name_quoted(analysis, names, name_count)));
    for (uint32_t i = 0; i < count; i++) {
        const WeirField field = type->id == WEIR_TYPE_STRUCT ? type->fields[i] : (WeirField){"col", type, true, "{}"};
        const char *name = name_count > 0 ? names[i] : field.name;
        weir_list_append(analysis, columns,
                         weir_expression_attribute(analysis->arena, name, field.type, field.nullable || outer,
                                                   weir_next_id(analysis)));
    }
    return WEIR_OK;
}

WeirStatus weir_make_generate(WeirAnalysis *analysis, WeirExpression *generator, const char *qualifier,
                              const char *const *names, uint32_t name_count, bool outer, WeirLogicalPlan *child,
                              WeirLogicalPlan **out, WeirError *error)
{
    WeirExpressionList columns = {0};
    WEIR_TRY(generator_columns(analysis, generator, names, name_count, outer, &columns, error));
    const char **parts = WEIR_ARENA_ARRAY(analysis->arena, const char *, 1);
    parts[0] = qualifier;
    for (uint32_t i = 0; qualifier != NULL && i < columns.count; i++) {
        columns.items[i]->parts = parts;
        columns.items[i]->part_count = 1;
    }
    WeirLogicalPlan *generate = weir_logical_unary(analysis->arena, WEIR_LOGICAL_GENERATE, child);
    generate->origin = generator->origin;
    generate->condition = generator;
    generate->is_outer = outer;
    generate->name = qualifier;
    generate->generator_output = columns.items;
    generate->generator_output_count = columns.count;
    *out = weir_plan_finish(analysis, generate);
    return WEIR_OK;
}

static WeirExpression *top_generator(WeirExpression *item)
{
    if (item->kind == WEIR_EXPRESSION_GENERATOR)
        return item;
    bool named = item->kind == WEIR_EXPRESSION_ALIAS || item->kind == WEIR_EXPRESSION_MULTI_ALIAS;
    return named && item->children[0]->kind == WEIR_EXPRESSION_GENERATOR ? item->children[0] : NULL;
}

static WeirStatus check_nesting(WeirAnalysis *analysis, const WeirExpression *item, const WeirExpression *generator,
                                WeirError *error)
{
    bool nested = generator == NULL;
    for (uint32_t i = 0; generator != NULL && i < generator->child_count; i++)
        nested = nested || weir_contains_kind(generator->children[i], WEIR_EXPRESSION_GENERATOR);
    if (!nested)
        return WEIR_OK;
    return weir_located(analysis, item->origin, error,
                        weir_error_set(error, WEIR_ERROR_UNSUPPORTED_GENERATOR_NESTED_IN_EXPRESSIONS, "expression",
                                       weir_expression_quoted(analysis, weir_trim_alias(item))));
}

WeirStatus weir_extract_generators(WeirAnalysis *analysis, WeirExpressionList *items, WeirLogicalPlan **child,
                                   WeirError *error)
{
    WeirExpressionList expanded = {0};
    for (uint32_t i = 0; i < items->count; i++) {
        WeirExpression *item = items->items[i], *generator = top_generator(item);
        bool has_generator = generator != NULL || weir_contains_kind(item, WEIR_EXPRESSION_GENERATOR);
        if (!has_generator) {
            if (item->kind == WEIR_EXPRESSION_MULTI_ALIAS)
                return weir_located(analysis, item->origin, error,
                                    weir_error_set(error, WEIR_ERROR_MULTI_ALIAS_WITHOUT_GENERATOR, "expr",
                                                   weir_expression_quoted(analysis, item->children[0]), "names",
                                                   weir_name_quoted(analysis, item->parts, item->part_count)));
            weir_list_append(analysis, &expanded, item);
            continue;
        }
        WEIR_TRY(check_nesting(analysis, item, generator, error));
        const char *const *names = item->kind == WEIR_EXPRESSION_ALIAS ? &item->name : item->parts;
        uint32_t name_count = item->kind == WEIR_EXPRESSION_ALIAS         ? 1
                              : item->kind == WEIR_EXPRESSION_MULTI_ALIAS ? item->part_count
                                                                          : 0;
        WEIR_TRY(weir_make_generate(analysis, generator, NULL, names, name_count, generator->is_outer, *child, child,
                                    error));
        for (uint32_t c = 0; c < (*child)->generator_output_count; c++)
            weir_list_append(analysis, &expanded, (*child)->generator_output[c]);
    }
    *items = expanded;
    return WEIR_OK;
}

static WeirStatus check_one_generator(WeirAnalysis *analysis, const WeirExpressionList *items,
                                      const WeirExpression **generator, WeirError *error)
{
    const char *all = NULL;
    uint32_t count = 0;
    *generator = NULL;
    for (uint32_t i = 0; i < items->count; i++) {
        const WeirExpression *found = top_generator(items->items[i]);
        if (found == NULL)
            continue;
        const char *text = weir_expression_quoted(analysis, found);
        all = count++ == 0 ? text : weir_arena_printf(analysis->arena, "%s, %s", all, text);
        *generator = found;
    }
    if (count < 2)
        return WEIR_OK;
    return weir_located(analysis, (*generator)->origin, error,
                        weir_error_set(error, WEIR_ERROR_UNSUPPORTED_GENERATOR_MULTI_GENERATOR, "num",
                                       weir_arena_printf(analysis->arena, "%u", count), "generators", all));
}

static bool uses_id(void *context, const WeirExpression *expression)
{
    return expression->kind == WEIR_EXPRESSION_ATTRIBUTE && expression->id == *(const int64_t *)context;
}

WeirStatus weir_compute_below_generator(WeirAnalysis *analysis, WeirExpressionList *items, WeirLogicalPlan **child,
                                        WeirError *error)
{
    const WeirExpression *generator = NULL;
    WEIR_TRY(check_one_generator(analysis, items, &generator, error));
    if (generator == NULL)
        return WEIR_OK;
    bool windows = false, any = false;
    bool *needed = WEIR_ARENA_ARRAY(analysis->arena, bool, items->count + 1);
    for (uint32_t i = items->count; i-- > 0;) {
        WeirExpression *item = items->items[i];
        if (item->kind != WEIR_EXPRESSION_ALIAS || item->children[0] == generator)
            continue;
        needed[i] = weir_has_window(item) || weir_expression_any(generator, uses_id, &item->id);
        for (uint32_t later = i + 1; later < items->count && !needed[i]; later++)
            needed[i] = needed[later] && weir_expression_any(items->items[later], uses_id, &item->id);
        windows = windows || weir_has_window(item);
        any = any || needed[i];
    }
    WeirExpressionList below = {0};
    for (uint32_t i = 0; i < (*child)->output_count; i++)
        weir_list_append(analysis, &below, (*child)->output[i]);
    for (uint32_t i = 0; i < items->count; i++)
        if (needed[i]) {
            weir_list_append(analysis, &below, items->items[i]);
            items->items[i] = weir_expression_to_attribute(analysis->arena, items->items[i]);
        }
    if (windows)
        return weir_extract_windows(analysis, below.items, below.count, *child, child, error);
    if (any)
        *child = weir_plan_lateral_aliases(analysis, below.items, below.count, *child);
    return WEIR_OK;
}

/* LATERAL VIEW [OUTER] generator(…) q AS a, b */
WeirStatus weir_resolve_generate(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                                 WeirLogicalPlan **out, WeirError *error)
{
    WeirLogicalPlan *child = NULL;
    WEIR_TRY(weir_resolve_plan(analysis, env, plan->children[0], &child, error));
    WeirScope scope = weir_scope_of(analysis, env, child);
    WeirEnvironment own = *env;
    own.no_sql_functions = "Generate";
    WeirExpressionContext context = weir_expression_context(analysis, &own, &scope);
    WeirExpression *generator = NULL;
    WeirStatus status = weir_resolve_expression(&context, plan->condition, &generator, error);
    const WeirExpression *call = plan->condition;
    bool is_call = call->kind == WEIR_EXPRESSION_UNRESOLVED_FUNCTION;
    if (status == WEIR_ERROR_UNRESOLVED_ROUTINE && is_call) { /* Spark reports it with another condition here */
        weir_error_clear(error);
        return weir_located(analysis, plan->origin, error,
                            weir_error_set(error, WEIR_ERROR_ROUTINE_NOT_FOUND, "routineName",
                                           weir_name_quoted(analysis, call->parts, call->part_count)));
    }
    WEIR_TRY(status);
    if (context.used_hidden)
        child = weir_plan_expose(analysis, child, &generator, 1);
    if (generator->kind != WEIR_EXPRESSION_GENERATOR)
        return weir_located(analysis, plan->origin, error,
                            weir_error_set(error, WEIR_ERROR_UNSUPPORTED_GENERATOR_NOT_GENERATOR, "functionName",
                                           weir_expression_quoted(analysis, generator), "classCanonicalName",
                                           "expression"));
    const char **names = WEIR_ARENA_ARRAY(analysis->arena, const char *, plan->generator_output_count);
    for (uint32_t i = 0; i < plan->generator_output_count; i++) {
        const WeirExpression *column = plan->generator_output[i];
        names[i] = column->part_count > 0 ? column->parts[column->part_count - 1] : column->name;
    }
    return weir_make_generate(analysis, generator, plan->name, names, plan->generator_output_count,
                              plan->is_outer || generator->is_outer, child, out, error);
}
