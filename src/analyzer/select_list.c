/* The items of a SELECT list: stars expanded, each item resolved and named, earlier aliases visible to later items. */
#include <strings.h>

#include "analyzer/analyzer_private.h"

static bool has_lateral(void *context, const WeirExpression *expression)
{
    const WeirExpressionList *laterals = context;
    return expression->kind == WEIR_EXPRESSION_ATTRIBUTE &&
           weir_find_by_id(laterals->items, laterals->count, expression->id) != NULL;
}

typedef struct LateralNames {
    WeirAnalysis *analysis;
    WeirExpressionList *laterals;
} LateralNames;

/* A name that shows the use of an earlier alias, as Spark's: lateralAliasReference(y). */
static WeirExpression *mark_lateral(void *context, WeirExpression *expression)
{
    LateralNames *names = context;
    if (!has_lateral(names->laterals, expression))
        return NULL;
    WeirExpression *copy = weir_expression_copy(names->analysis->arena, expression);
    copy->name = weir_arena_printf(names->analysis->arena, "lateralAliasReference(%s)", expression->name);
    return copy;
}

WeirExpression *weir_name_expression(WeirAnalysis *analysis, WeirExpression *expression, const WeirExpression *written)
{
    const char *name = NULL;
    switch (expression->kind) {
    case WEIR_EXPRESSION_ATTRIBUTE:
    case WEIR_EXPRESSION_ALIAS:
    case WEIR_EXPRESSION_MULTI_ALIAS:
    case WEIR_EXPRESSION_GENERATOR:
        return expression;
    case WEIR_EXPRESSION_CAST: /* CAST(a AS INT) is called a */
        if (expression->children[0]->kind == WEIR_EXPRESSION_ATTRIBUTE && expression->part_count == 0)
            name = expression->children[0]->name;
        break;
    case WEIR_EXPRESSION_OUTER_REFERENCE:
        name = expression->name;
        break;
    case WEIR_EXPRESSION_LITERAL: /* a SQL variable */
        name = expression->name;
        break;
    default:
        break;
    }
    if (name == NULL && written != NULL && written->kind == WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE &&
        written->part_count > 1 && expression->kind != WEIR_EXPRESSION_LITERAL)
        name = written->parts[written->part_count - 1]; /* s.a is called a */
    bool is_id_column = written != NULL && written->kind == WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE &&
                        written->part_count == 1 && strcasecmp(written->parts[0], "grouping__id") == 0;
    if (name == NULL && is_id_column)
        name = written->parts[0];
    if (weir_is_marker(expression))
        return expression; /* becomes a column that is named already */
    if (name == NULL)
        name = weir_expression_text(analysis, expression);
    WeirExpression *alias = weir_expression_alias(analysis->arena, expression, name, weir_next_id(analysis));
    alias->origin = expression->origin;
    return alias;
}

static WeirStatus append_item(WeirExpressionContext *context, WeirExpression *item, WeirExpressionList *out,
                              WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    if (item->kind == WEIR_EXPRESSION_UNRESOLVED_STAR)
        return weir_expand_star(context, item, out, error);
    context->laterals = out->items;
    context->lateral_count =
        weir_analysis_allows(analysis, "spark.sql.lateralColumnAlias.enableImplicitResolution") ? out->count : 0;
    bool used_before = context->used_lateral;
    context->used_lateral = false;
    WeirExpression *resolved = NULL;
    WEIR_TRY(weir_resolve_expression(context, item, &resolved, error));
    if (context->used_lateral && resolved->kind != WEIR_EXPRESSION_ALIAS &&
        resolved->kind != WEIR_EXPRESSION_ATTRIBUTE) {
        LateralNames names = {analysis, out};
        const char *name =
            weir_expression_text(analysis, weir_transform_down(analysis->arena, resolved, mark_lateral, &names));
        resolved = weir_expression_alias(analysis->arena, resolved, name, weir_next_id(analysis));
    }
    context->used_lateral = context->used_lateral || used_before;
    weir_list_append(analysis, out, weir_name_expression(analysis, resolved, item));
    return WEIR_OK;
}

WeirStatus weir_resolve_select_list(WeirExpressionContext *context, WeirExpression *const *items, uint32_t count,
                                    WeirExpressionList *out, WeirError *error)
{
    context->in_select_list = true;
    for (uint32_t i = 0; i < count; i++)
        WEIR_TRY(append_item(context, items[i], out, error));
    context->in_select_list = false;
    context->laterals = NULL;
    context->lateral_count = 0;
    return WEIR_OK;
}

/* How many Projects must lie below the one that computes `items[index]`. */
static uint32_t item_level(WeirExpression *const *items, uint32_t index, const uint32_t *levels)
{
    uint32_t level = 0;
    for (uint32_t i = 0; i < index; i++) {
        if (items[i]->kind != WEIR_EXPRESSION_ALIAS)
            continue;
        WeirExpressionList one = {.items = (WeirExpression **)&items[i], .count = 1};
        if (weir_expression_any(weir_trim_alias(items[index]), has_lateral, &one) && levels[i] + 1 > level)
            level = levels[i] + 1;
    }
    return level;
}

WeirLogicalPlan *weir_plan_lateral_aliases(WeirAnalysis *analysis, WeirExpression *const *items, uint32_t count,
                                           WeirLogicalPlan *child)
{
    uint32_t *levels = WEIR_ARENA_ARRAY(analysis->arena, uint32_t, count);
    bool *referenced = WEIR_ARENA_ARRAY(analysis->arena, bool, count);
    uint32_t highest = 0;
    for (uint32_t i = 0; i < count; i++) {
        levels[i] = item_level(items, i, levels);
        highest = levels[i] > highest ? levels[i] : highest;
        WeirExpressionList one = {.items = (WeirExpression **)&items[i], .count = 1};
        for (uint32_t j = i + 1; j < count && items[i]->kind == WEIR_EXPRESSION_ALIAS; j++)
            referenced[i] = referenced[i] || weir_expression_any(items[j], has_lateral, &one);
    }
    for (uint32_t level = 0; level < highest; level++) {
        WeirExpressionList list = {0};
        for (uint32_t i = 0; i < child->output_count; i++)
            weir_list_append(analysis, &list, child->output[i]);
        for (uint32_t i = 0; i < count; i++)
            if (referenced[i] && levels[i] == level)
                weir_list_append(analysis, &list, items[i]);
        child = weir_plan_project(analysis, list.items, list.count, child);
    }
    WeirExpressionList final = {0};
    for (uint32_t i = 0; i < count; i++)
        weir_list_append(analysis, &final,
                         referenced[i] && levels[i] < highest ? weir_expression_to_attribute(analysis->arena, items[i])
                                                              : items[i]);
    return weir_plan_project(analysis, final.items, final.count, child);
}
