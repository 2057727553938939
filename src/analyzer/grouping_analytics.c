/* ROLLUP, CUBE and GROUPING SETS: an Expand gives every row once per grouping set, with nulls for the columns that are
 * not in it and a bit mask of those (spark_grouping_id); the aggregate groups by both. */
#include <strings.h>

#include "analyzer/analyzer_private.h"

bool weir_is_grouping_call(const WeirExpression *expression)
{
    return expression->kind == WEIR_EXPRESSION_UNRESOLVED_FUNCTION && expression->type != NULL &&
           expression->name != NULL &&
           (strcmp(expression->name, "grouping") == 0 || strcmp(expression->name, "grouping_id") == 0);
}

bool weir_has_grouping_analytics(WeirExpression *const *grouping, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (grouping[i]->kind == WEIR_EXPRESSION_ROLLUP || grouping[i]->kind == WEIR_EXPRESSION_CUBE ||
            grouping[i]->kind == WEIR_EXPRESSION_GROUPING_SETS)
            return true;
    return false;
}

/* A list of grouping sets, each a list of expressions. */
typedef struct Sets {
    WeirExpressionList *items;
    uint32_t count, capacity;
} Sets;

static void add_set(WeirAnalysis *analysis, Sets *sets, WeirExpressionList set)
{
    if (sets->count == sets->capacity) {
        uint32_t capacity = sets->capacity == 0 ? 8 : sets->capacity * 2;
        WeirExpressionList *items = WEIR_ARENA_ARRAY(analysis->arena, WeirExpressionList, capacity);
        if (sets->count > 0)
            memcpy(items, sets->items, sizeof(*items) * sets->count);
        sets->items = items;
        sets->capacity = capacity;
    }
    sets->items[sets->count++] = set;
}

static void append_flat(WeirAnalysis *analysis, WeirExpressionList *out, WeirExpression *expression)
{
    if (expression->kind != WEIR_EXPRESSION_GROUPING_SET) {
        weir_list_append(analysis, out, expression);
        return;
    }
    for (uint32_t i = 0; i < expression->child_count; i++)
        append_flat(analysis, out, expression->children[i]);
}

static void expand_sets(WeirAnalysis *analysis, const WeirExpression *expression, Sets *sets)
{
    if (expression->kind == WEIR_EXPRESSION_ROLLUP) {
        for (uint32_t length = expression->child_count + 1; length-- > 0;) {
            WeirExpressionList set = {0};
            for (uint32_t i = 0; i < length; i++)
                append_flat(analysis, &set, expression->children[i]);
            add_set(analysis, sets, set);
        }
    } else if (expression->kind == WEIR_EXPRESSION_CUBE) {
        uint32_t count = expression->child_count;
        for (uint32_t absent = 0; absent < 1u << count;
             absent++) { /* Spark's order: the first expression varies slowest */
            WeirExpressionList set = {0};
            for (uint32_t i = 0; i < count; i++)
                if ((absent >> (count - 1 - i) & 1u) == 0)
                    append_flat(analysis, &set, expression->children[i]);
            add_set(analysis, sets, set);
        }
    } else if (expression->kind == WEIR_EXPRESSION_GROUPING_SETS) {
        for (uint32_t i = 0; i < expression->child_count - expression->ordinal; i++) {
            const WeirExpression *child = expression->children[i];
            if (child->kind == WEIR_EXPRESSION_ROLLUP || child->kind == WEIR_EXPRESSION_CUBE ||
                child->kind == WEIR_EXPRESSION_GROUPING_SETS) {
                expand_sets(analysis, child, sets);
                continue;
            }
            WeirExpressionList set = {0};
            append_flat(analysis, &set, expression->children[i]);
            add_set(analysis, sets, set);
        }
    } else {
        WeirExpressionList set = {0};
        append_flat(analysis, &set, (WeirExpression *)(uintptr_t)expression);
        add_set(analysis, sets, set);
    }
}

static bool contains(const WeirExpressionList *list, const WeirExpression *expression)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (weir_expression_equal(list->items[i], expression))
            return true;
    return false;
}

/* GROUP BY a, ROLLUP(b), …: every combination of one set of each. */
static Sets cross_sets(WeirAnalysis *analysis, WeirExpression *const *grouping, uint32_t count)
{
    Sets result = {0};
    add_set(analysis, &result, (WeirExpressionList){0});
    for (uint32_t i = 0; i < count; i++) {
        Sets parts = {0}, next = {0};
        expand_sets(analysis, grouping[i], &parts);
        for (uint32_t r = 0; r < result.count; r++)
            for (uint32_t p = 0; p < parts.count; p++) {
                WeirExpressionList set = {0};
                for (uint32_t e = 0; e < result.items[r].count; e++)
                    weir_list_append(analysis, &set, result.items[r].items[e]);
                for (uint32_t e = 0; e < parts.items[p].count; e++)
                    weir_list_append(analysis, &set, parts.items[p].items[e]);
                add_set(analysis, &next, set);
            }
        result = next;
    }
    return result;
}

static bool same_set(const WeirExpressionList *a, const WeirExpressionList *b)
{
    for (uint32_t i = 0; i < a->count; i++)
        if (!contains(b, a->items[i]))
            return false;
    for (uint32_t i = 0; i < b->count; i++)
        if (!contains(a, b->items[i]))
            return false;
    return true;
}

static bool has_duplicate_sets(const Sets *sets)
{
    for (uint32_t i = 0; i < sets->count; i++)
        for (uint32_t j = i + 1; j < sets->count; j++)
            if (same_set(&sets->items[i], &sets->items[j]))
                return true;
    return false;
}

/* ---- grouping() and grouping_id() */

typedef struct Replace {
    WeirAnalysis *analysis;
    const WeirGroupingAnalytics *analytics;
    WeirStatus status;
    WeirError *error;
} Replace;

static WeirStatus grouping_bit(Replace *replace, WeirExpression *call, WeirExpression **out)
{
    WeirAnalysis *analysis = replace->analysis;
    const WeirGroupingAnalytics *analytics = replace->analytics;
    for (uint32_t i = 0; call->child_count == 1 && i < analytics->count; i++) {
        if (!weir_expression_equal(analytics->expressions[i], call->children[0]) &&
            !weir_expression_equal(analytics->attributes[i], call->children[0]))
            continue;
        WeirExpression *shifted = NULL, *bit = NULL;
        WeirExpression *arguments[2] = {analytics->id,
                                        weir_literal_int(analysis, &weir_type_int, analytics->count - 1 - i)};
        WEIR_TRY(weir_build_call(analysis, "shiftright", arguments, 2, call->origin, &shifted, replace->error));
        WEIR_TRY(weir_build_call(analysis, "&",
                                 (WeirExpression *const[]){shifted, weir_literal_int(analysis, &weir_type_long, 1)}, 2,
                                 call->origin, &bit, replace->error));
        *out = weir_expression_cast(analysis->arena, bit, &weir_type_byte, WEIR_EVAL_LEGACY, true);
        return WEIR_OK;
    }
    WeirBuffer columns;
    weir_buffer_init(&columns, 1u << 16, NULL);
    for (uint32_t i = 0; i < analytics->count; i++)
        weir_buffer_append_format(&columns, "%s%s", i == 0 ? "" : ", ",
                                  weir_expression_text(analysis, analytics->expressions[i]));
    WeirStatus status = weir_error_set(replace->error, WEIR_ERROR_GROUPING_COLUMN_MISMATCH, "grouping",
                                       call->child_count == 0 ? "" : weir_expression_text(analysis, call->children[0]),
                                       "groupingColumns", weir_buffer_text(&columns));
    weir_buffer_deinit(&columns);
    return weir_located(analysis, call->origin, replace->error, status);
}

static WeirStatus grouping_id(Replace *replace, const WeirExpression *call, WeirExpression **out)
{
    const WeirGroupingAnalytics *analytics = replace->analytics;
    bool matches = call->child_count == 0 || call->child_count == analytics->count;
    for (uint32_t i = 0; matches && i < call->child_count; i++)
        matches = weir_expression_equal(analytics->expressions[i], call->children[i]) ||
                  weir_expression_equal(analytics->attributes[i], call->children[i]);
    *out = analytics->id;
    if (matches)
        return WEIR_OK;
    return weir_located(replace->analysis, call->origin, replace->error,
                        weir_error_set(replace->error, WEIR_ERROR_GROUPING_ID_COLUMN_MISMATCH, "groupingIdColumn",
                                       weir_expression_text(replace->analysis, call), "groupByColumns",
                                       "the GROUP BY columns"));
}

static WeirExpression *replace_node(void *context, WeirExpression *expression)
{
    Replace *replace = context;
    if (replace->status != WEIR_OK || expression->kind == WEIR_EXPRESSION_AGGREGATE)
        return expression; /* arguments of aggregates mean the input's columns */
    WeirExpression *out = NULL;
    if (weir_is_grouping_call(expression)) {
        replace->status = strcmp(expression->name, "grouping") == 0 ? grouping_bit(replace, expression, &out)
                                                                    : grouping_id(replace, expression, &out);
        return replace->status == WEIR_OK ? out : expression;
    }
    for (uint32_t i = 0; i < replace->analytics->count; i++)
        if (weir_expression_equal(replace->analytics->expressions[i], expression))
            return replace->analytics->attributes[i];
    return NULL;
}

WeirStatus weir_replace_grouping(WeirAnalysis *analysis, const WeirGroupingAnalytics *analytics,
                                 WeirExpression *expression, WeirExpression **out, WeirError *error)
{
    Replace replace = {analysis, analytics, WEIR_OK, error};
    *out = weir_transform_down(analysis->arena, expression, replace_node, &replace);
    return replace.status;
}

/* ---- the Expand */

static const char *grouping_name(WeirAnalysis *analysis, const WeirExpression *expression)
{
    return expression->kind == WEIR_EXPRESSION_ATTRIBUTE ? expression->name
                                                         : weir_expression_text(analysis, expression);
}

static WeirLogicalPlan *make_expand(WeirAnalysis *analysis, const Sets *sets, WeirGroupingAnalytics *analytics,
                                    WeirExpression *position)
{
    WeirLogicalPlan *input = analytics->input;
    uint32_t n = analytics->count;
    WeirExpressionList list = {0};
    for (uint32_t i = 0; i < input->output_count; i++)
        weir_list_append(analysis, &list, input->output[i]);
    for (uint32_t i = 0; i < n; i++)
        weir_list_append(analysis, &list,
                         weir_expression_alias(analysis->arena, analytics->expressions[i],
                                               grouping_name(analysis, analytics->expressions[i]),
                                               weir_next_id(analysis)));
    WeirLogicalPlan *project = weir_plan_project(analysis, list.items, list.count, input);
    WeirLogicalPlan *expand = weir_logical_unary(analysis->arena, WEIR_LOGICAL_EXPAND, project);
    expand->row_count = sets->count;
    expand->row_width = list.count + (position == NULL ? 1 : 2);
    expand->rows = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression **, sets->count);
    for (uint32_t s = 0; s < sets->count; s++) {
        WeirExpression **row = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, expand->row_width);
        memcpy(row, project->output, sizeof(*row) * list.count);
        int64_t mask = 0;
        for (uint32_t i = 0; i < n; i++) {
            bool present = contains(&sets->items[s], analytics->expressions[i]);
            mask = mask << 1 | (present ? 0 : 1);
            if (!present)
                row[input->output_count + i] = weir_literal_null(analysis, analytics->expressions[i]->type);
        }
        row[list.count] = weir_literal_int(analysis, &weir_type_long, mask);
        if (position != NULL)
            row[list.count + 1] = weir_literal_int(analysis, &weir_type_int, s);
        expand->rows[s] = row;
    }
    expand->output = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, expand->row_width);
    memcpy(expand->output, input->output, sizeof(*input->output) * input->output_count);
    memcpy(expand->output + input->output_count, analytics->attributes, sizeof(*analytics->attributes) * n);
    expand->output[list.count] = analytics->id;
    if (position != NULL)
        expand->output[list.count + 1] = position;
    expand->output_count = expand->row_width;
    return weir_plan_finish(analysis, expand);
}

WeirStatus weir_expand_grouping(WeirAnalysis *analysis, WeirExpression *const *grouping, uint32_t count,
                                WeirExpressionList *grouping_out, WeirExpressionList *items, WeirLogicalPlan **child,
                                WeirGroupingAnalytics **out, WeirError *error)
{
    Sets sets = cross_sets(analysis, grouping, count);
    WeirExpressionList distinct = {0};
    for (uint32_t g = 0; g < count; g++) /* GROUP BY a, b GROUPING SETS (…): the list before the sets */
        for (uint32_t i = grouping[g]->child_count - grouping[g]->ordinal;
             grouping[g]->kind == WEIR_EXPRESSION_GROUPING_SETS && i < grouping[g]->child_count; i++)
            if (!contains(&distinct, grouping[g]->children[i]))
                weir_list_append(analysis, &distinct, grouping[g]->children[i]);
    for (uint32_t s = 0; s < sets.count; s++)
        for (uint32_t i = 0; i < sets.items[s].count; i++)
            if (!contains(&distinct, sets.items[s].items[i]))
                weir_list_append(analysis, &distinct, sets.items[s].items[i]);
    if (sets.count == 1 && distinct.count == 0) { /* the one empty set: an aggregate of all rows, also of none */
        WeirGroupingAnalytics all = {.input = *child, .id = weir_literal_int(analysis, &weir_type_long, 0)};
        for (uint32_t i = 0; i < items->count; i++)
            WEIR_TRY(weir_replace_grouping(analysis, &all, items->items[i], &items->items[i], error));
        *out = NULL;
        return WEIR_OK;
    }
    if (distinct.count > 64)
        return weir_error_set(error, WEIR_ERROR_GROUPING_SIZE_LIMIT_EXCEEDED, "maxSize", "64");
    WeirGroupingAnalytics *analytics = WEIR_ARENA_NEW(analysis->arena, WeirGroupingAnalytics);
    analytics->count = distinct.count;
    analytics->expressions = distinct.items;
    analytics->attributes = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, distinct.count);
    analytics->input = *child;
    for (uint32_t i = 0; i < distinct.count; i++) {
        const WeirExpression *expression = distinct.items[i];
        WeirExpression *attribute = weir_expression_attribute(analysis->arena, grouping_name(analysis, expression),
                                                              expression->type, true, weir_next_id(analysis));
        if (expression->kind == WEIR_EXPRESSION_ATTRIBUTE) {
            attribute->metadata = expression->metadata;
            attribute->parts = expression->parts;
            attribute->part_count = expression->part_count;
        }
        analytics->attributes[i] = attribute;
        weir_list_append(analysis, grouping_out, attribute);
    }
    analytics->id =
        weir_expression_attribute(analysis->arena, "spark_grouping_id", &weir_type_long, false, weir_next_id(analysis));
    weir_list_append(analysis, grouping_out, analytics->id);
    WeirExpression *position = NULL;
    if (has_duplicate_sets(&sets)) {
        position = weir_expression_attribute(analysis->arena, "_gen_grouping_pos", &weir_type_int, false,
                                             weir_next_id(analysis));
        weir_list_append(analysis, grouping_out, position);
    }
    *child = make_expand(analysis, &sets, analytics, position);
    for (uint32_t i = 0; i < items->count; i++)
        WEIR_TRY(weir_replace_grouping(analysis, analytics, items->items[i], &items->items[i], error));
    *out = analytics;
    return WEIR_OK;
}
