/* Optimized logical plans to physical plans: one node for one, attributes bound to ordinals. Aggregates, joins and
 * stateful operators have files of their own. */
#include <strings.h>

#include "physical/planner_private.h"

WeirPhysicalPlan *weir_physical_new(WeirPlanner *planner, WeirPhysicalKind kind, const WeirLogicalPlan *logical,
                                    uint32_t child_count)
{
    WeirPhysicalPlan *plan = WEIR_ARENA_NEW(planner->arena, WeirPhysicalPlan);
    plan->kind = kind;
    plan->logical = logical;
    plan->output = logical->output;
    plan->output_count = logical->output_count;
    plan->is_streaming = logical->is_streaming;
    plan->limit = plan->offset = -1;
    plan->event_time_ordinal = -1;
    plan->partition_count = planner->options->shuffle_partitions > 0 ? planner->options->shuffle_partitions : 1;
    plan->children = WEIR_ARENA_ARRAY(planner->arena, WeirPhysicalPlan *, child_count + 1);
    plan->child_count = child_count;
    return plan;
}

/* ---- binding ---- */

typedef struct Binding {
    WeirArena *arena;
    WeirExpression *const *input;
    uint32_t input_count;
} Binding;

WeirExpression *weir_bound_column(WeirArena *arena, const WeirExpression *like, uint32_t ordinal)
{
    WeirExpression *bound = weir_expression_new(arena, WEIR_EXPRESSION_BOUND_REFERENCE, like->origin);
    bound->ordinal = ordinal;
    bound->type = like->type;
    bound->nullable = like->nullable;
    bound->name = like->name;
    bound->id = like->id;
    bound->metadata = like->metadata;
    return bound;
}

static WeirExpression *bind_attribute(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    const Binding *binding = context;
    if (expression->kind != WEIR_EXPRESSION_ATTRIBUTE)
        return expression;
    for (uint32_t i = 0; i < binding->input_count; i++) {
        if (binding->input[i]->id == expression->id)
            return weir_bound_column(binding->arena, expression, i);
    }
    *status = weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR,
                                "Couldn't find column %s#%lld in the input of its operator.",
                                expression->name == NULL ? "" : expression->name, (long long)expression->id);
    return NULL;
}

WeirStatus weir_bind(WeirPlanner *planner, const WeirExpression *expression, WeirExpression *const *input,
                     uint32_t input_count, WeirExpression **bound, WeirError *error)
{
    Binding binding = {.arena = planner->arena, .input = input, .input_count = input_count};
    return weir_expression_transform(planner->arena, (WeirExpression *)(uintptr_t)expression, bind_attribute, &binding,
                                     bound, error);
}

WeirStatus weir_bind_all(WeirPlanner *planner, WeirExpression *const *expressions, uint32_t count,
                         WeirExpression *const *input, uint32_t input_count, WeirExpression ***bound, WeirError *error)
{
    *bound = WEIR_ARENA_ARRAY(planner->arena, WeirExpression *, count + 1);
    for (uint32_t i = 0; i < count; i++)
        WEIR_TRY(weir_bind(planner, expressions[i], input, input_count, &(*bound)[i], error));
    return WEIR_OK;
}

static bool is_call(const WeirExpression *expression, const char *name)
{
    return expression->kind == WEIR_EXPRESSION_CALL && expression->function != NULL &&
           strcmp(expression->function->name, name) == 0;
}

static uint32_t count_conjuncts(const WeirExpression *condition)
{
    if (!is_call(condition, "and"))
        return 1;
    return count_conjuncts(condition->children[0]) + count_conjuncts(condition->children[1]);
}

static void collect_conjuncts(WeirExpression *condition, WeirExpression **conjuncts, uint32_t *count)
{
    if (!is_call(condition, "and")) {
        conjuncts[(*count)++] = condition;
        return;
    }
    collect_conjuncts(condition->children[0], conjuncts, count);
    collect_conjuncts(condition->children[1], conjuncts, count);
}

uint32_t weir_physical_conjuncts(WeirExpression *condition, WeirArena *arena, WeirExpression ***conjuncts)
{
    uint32_t count = 0;
    if (condition == NULL)
        return 0;
    *conjuncts = WEIR_ARENA_ARRAY(arena, WeirExpression *, count_conjuncts(condition));
    collect_conjuncts(condition, *conjuncts, &count);
    return count;
}

/* `any_and` is the AND that the parts came from: the conjunction of some of them is copies of it. */
WeirExpression *weir_physical_conjunction(WeirPlanner *planner, WeirExpression *const *conjuncts, uint32_t count,
                                          const WeirExpression *any_and)
{
    if (count == 0)
        return NULL;
    WeirExpression *condition = conjuncts[0];
    for (uint32_t i = 1; i < count; i++) {
        WeirExpression *both = weir_expression_copy(planner->arena, any_and);
        both->children[0] = condition;
        both->children[1] = conjuncts[i];
        both->nullable = condition->nullable || conjuncts[i]->nullable;
        condition = both;
    }
    return condition;
}

/* ---- leaves ---- */

static WeirStatus plan_scan(WeirPlanner *planner, const WeirLogicalPlan *logical, WeirPhysicalPlan **out,
                            WeirError *error)
{
    bool streaming = logical->kind == WEIR_LOGICAL_STREAMING_RELATION;
    WeirPhysicalPlan *plan =
        weir_physical_new(planner, streaming ? WEIR_PHYSICAL_STREAM_SCAN : WEIR_PHYSICAL_SCAN, logical, 0);
    plan->relation = logical->relation;
    plan->columns = WEIR_ARENA_ARRAY(planner->arena, uint32_t, logical->output_count + 1);
    plan->column_count = logical->output_count;
    for (uint32_t i = 0; i < logical->output_count; i++) {
        int32_t ordinal = weir_schema_find(logical->relation->schema, logical->output[i]->name, true);
        if (ordinal < 0)
            return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "The source has no column %s.",
                                     logical->output[i]->name);
        plan->columns[i] = (uint32_t)ordinal;
        if (i > 0 && plan->columns[i] <= plan->columns[i - 1])
            return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR,
                                     "The columns of a scan are not in the source's order.");
    }
    *out = plan;
    return WEIR_OK;
}

static WeirStatus plan_local(WeirPlanner *planner, const WeirLogicalPlan *logical, WeirPhysicalPlan **out,
                             WeirError *error)
{
    (void)error;
    WeirPhysicalPlan *plan = weir_physical_new(
        planner, logical->kind == WEIR_LOGICAL_RANGE ? WEIR_PHYSICAL_RANGE : WEIR_PHYSICAL_LOCAL_SCAN, logical, 0);
    plan->batches = logical->batches;
    plan->batch_count = logical->batch_count;
    plan->row_count = logical->kind == WEIR_LOGICAL_ONE_ROW_RELATION;
    plan->range_start = logical->range_start;
    plan->range_end = logical->range_end;
    plan->range_step = logical->range_step;
    *out = plan;
    return WEIR_OK;
}

/* ---- one child ---- */

static WeirStatus plan_unary(WeirPlanner *planner, WeirPhysicalKind kind, const WeirLogicalPlan *logical,
                             WeirPhysicalPlan **plan, WeirError *error)
{
    *plan = weir_physical_new(planner, kind, logical, 1);
    return weir_plan_node(planner, logical->children[0], &(*plan)->children[0], error);
}

static WeirStatus plan_project(WeirPlanner *planner, const WeirLogicalPlan *logical, WeirPhysicalPlan **plan,
                               WeirError *error)
{
    WEIR_TRY(plan_unary(planner, WEIR_PHYSICAL_PROJECT, logical, plan, error));
    const WeirPhysicalPlan *child = (*plan)->children[0];
    (*plan)->expression_count = logical->expression_count;
    return weir_bind_all(planner, logical->expressions, logical->expression_count, child->output, child->output_count,
                         &(*plan)->expressions, error);
}

/* Conjuncts over a scan are given to the source as hints, bound to its whole schema. */
static WeirStatus push_filters(WeirPlanner *planner, const WeirLogicalPlan *logical, WeirPhysicalPlan *scan,
                               WeirError *error)
{
    if (scan->kind != WEIR_PHYSICAL_SCAN && scan->kind != WEIR_PHYSICAL_STREAM_SCAN)
        return WEIR_OK;
    uint32_t width = scan->relation->schema->field_count;
    WeirExpression **columns = WEIR_ARENA_ARRAY(planner->arena, WeirExpression *, width + 1);
    WeirExpression *none = weir_expression_new(planner->arena, WEIR_EXPRESSION_ATTRIBUTE, logical->origin);
    none->id = -1;
    for (uint32_t i = 0; i < width; i++)
        columns[i] = none;
    for (uint32_t i = 0; i < scan->column_count; i++)
        columns[scan->columns[i]] = scan->output[i];
    WeirExpression **conjuncts = NULL;
    scan->pushed_filter_count = weir_physical_conjuncts(logical->condition, planner->arena, &conjuncts);
    return weir_bind_all(planner, conjuncts, scan->pushed_filter_count, columns, width, &scan->pushed_filters, error);
}

static bool is_simple_operand(const WeirExpression *expression)
{
    return expression->kind == WEIR_EXPRESSION_LITERAL && expression->value != NULL &&
           !weir_value_is_null(expression->value);
}

/* What Spark turns into a source filter: comparisons of a column with a literal, null tests, IN lists, text beginnings,
 * and what AND, OR and NOT make of them. */
static bool is_source_filter(const WeirExpression *filter)
{
    static const char *const connectives[] = {"and", "or", "not", NULL};
    static const char *const comparisons[] = {"=",  "==",     "<=>",       "<",          "<=",       ">",        ">=",
                                              "in", "isnull", "isnotnull", "startswith", "endswith", "contains", NULL};
    if (filter->kind != WEIR_EXPRESSION_CALL || filter->function == NULL)
        return false;
    for (int i = 0; connectives[i] != NULL; i++) {
        if (strcmp(filter->function->name, connectives[i]) != 0)
            continue;
        for (uint32_t c = 0; c < filter->child_count; c++) {
            if (!is_source_filter(filter->children[c]))
                return false;
        }
        return true;
    }
    uint32_t columns = 0, others = 0;
    for (uint32_t c = 0; c < filter->child_count; c++) {
        columns +=
            filter->children[c]->kind == WEIR_EXPRESSION_ATTRIBUTE && !weir_type_is_nested(filter->children[c]->type);
        others += is_simple_operand(filter->children[c]);
    }
    for (int i = 0; comparisons[i] != NULL; i++) {
        if (strcmp(filter->function->name, comparisons[i]) == 0)
            return columns == 1 && columns + others == filter->child_count;
    }
    return false;
}

/* Spark's readers of CSV and JSON drop rows by source filters before they count as input. */
static bool reader_filters(const WeirPhysicalPlan *scan)
{
    bool is_scan = scan->kind == WEIR_PHYSICAL_SCAN || scan->kind == WEIR_PHYSICAL_STREAM_SCAN;
    return is_scan && scan->relation->format != NULL &&
           (strcasecmp(scan->relation->format, "csv") == 0 || strcasecmp(scan->relation->format, "json") == 0);
}

static WeirStatus plan_filter(WeirPlanner *planner, const WeirLogicalPlan *logical, WeirPhysicalPlan **plan,
                              WeirError *error)
{
    WEIR_TRY(plan_unary(planner, WEIR_PHYSICAL_FILTER, logical, plan, error));
    WeirPhysicalPlan *child = (*plan)->children[0];
    WEIR_TRY(push_filters(planner, logical, child, error));
    WeirExpression **conjuncts = NULL, *kept = logical->condition;
    if (reader_filters(child) && child->condition == NULL) {
        uint32_t count = weir_physical_conjuncts(logical->condition, planner->arena, &conjuncts), read_count = 0,
                 kept_count = 0;
        WeirExpression **read = WEIR_ARENA_ARRAY(planner->arena, WeirExpression *, count + 1);
        for (uint32_t i = 0; i < count; i++) {
            if (is_source_filter(conjuncts[i]))
                read[read_count++] = conjuncts[i];
            else
                conjuncts[kept_count++] = conjuncts[i];
        }
        WeirExpression *first = weir_physical_conjunction(planner, read, read_count, logical->condition);
        kept = weir_physical_conjunction(planner, conjuncts, kept_count, logical->condition);
        if (first != NULL)
            WEIR_TRY(weir_bind(planner, first, child->output, child->output_count, &child->condition, error));
    }
    return kept == NULL ? WEIR_OK
                        : weir_bind(planner, kept, child->output, child->output_count, &(*plan)->condition, error);
}

static WeirStatus plan_generate(WeirPlanner *planner, const WeirLogicalPlan *logical, WeirPhysicalPlan **out,
                                WeirError *error)
{
    WEIR_TRY(plan_unary(planner, WEIR_PHYSICAL_GENERATE, logical, out, error));
    WeirPhysicalPlan *plan = *out;
    const WeirPhysicalPlan *child = plan->children[0];
    const WeirExpression *generator = logical->condition;
    while (generator->kind == WEIR_EXPRESSION_ALIAS || generator->kind == WEIR_EXPRESSION_MULTI_ALIAS)
        generator = generator->children[0];
    plan->expressions = WEIR_ARENA_ARRAY(planner->arena, WeirExpression *, 1);
    plan->expression_count = 1;
    WEIR_TRY(weir_bind(planner, generator, child->output, child->output_count, &plan->expressions[0], error));
    plan->is_outer = logical->is_outer || generator->is_outer;
    if (plan->is_outer && !plan->expressions[0]->is_outer) {
        plan->expressions[0] = weir_expression_copy(planner->arena, plan->expressions[0]);
        plan->expressions[0]->is_outer = true;
    }
    /* What the node puts out before the generator's columns are the child columns still needed. */
    plan->columns = WEIR_ARENA_ARRAY(planner->arena, uint32_t, logical->output_count + 1);
    for (uint32_t i = 0; i + logical->generator_output_count < logical->output_count; i++) {
        WeirExpression *bound = NULL;
        WEIR_TRY(weir_bind(planner, logical->output[i], child->output, child->output_count, &bound, error));
        plan->columns[plan->column_count++] = bound->ordinal;
    }
    return WEIR_OK;
}

static WeirStatus plan_expand(WeirPlanner *planner, const WeirLogicalPlan *logical, WeirPhysicalPlan **out,
                              WeirError *error)
{
    WEIR_TRY(plan_unary(planner, WEIR_PHYSICAL_EXPAND, logical, out, error));
    WeirPhysicalPlan *plan = *out;
    const WeirPhysicalPlan *child = plan->children[0];
    plan->row_count = logical->row_count;
    plan->rows = WEIR_ARENA_ARRAY(planner->arena, WeirExpression **, logical->row_count + 1);
    for (uint32_t r = 0; r < logical->row_count; r++)
        WEIR_TRY(weir_bind_all(planner, logical->rows[r], logical->output_count, child->output, child->output_count,
                               &plan->rows[r], error));
    return WEIR_OK;
}

static WeirStatus plan_sort(WeirPlanner *planner, const WeirLogicalPlan *logical, WeirPhysicalPlan **plan,
                            WeirError *error)
{
    WEIR_TRY(plan_unary(planner, WEIR_PHYSICAL_SORT, logical, plan, error));
    const WeirPhysicalPlan *child = (*plan)->children[0];
    (*plan)->is_global = logical->is_global;
    if (planner->options->streaming && logical->is_global && planner->options->shuffle_partitions > 1)
        weir_mark_sampled(*plan, true);
    (*plan)->expression_count = logical->expression_count;
    return weir_bind_all(planner, logical->expressions, logical->expression_count, child->output, child->output_count,
                         &(*plan)->expressions, error);
}

static WeirStatus plan_window(WeirPlanner *planner, const WeirLogicalPlan *logical, WeirPhysicalPlan **out,
                              WeirError *error)
{
    WEIR_TRY(plan_unary(planner, WEIR_PHYSICAL_WINDOW, logical, out, error));
    WeirPhysicalPlan *plan = *out;
    const WeirPhysicalPlan *child = plan->children[0];
    plan->expression_count = logical->expression_count;
    WEIR_TRY(weir_bind_all(planner, logical->expressions, logical->expression_count, child->output, child->output_count,
                           &plan->expressions, error));
    const WeirWindowSpec *from = logical->window;
    if (from == NULL)
        return WEIR_OK;
    WeirWindowSpec *window = WEIR_ARENA_NEW(planner->arena, WeirWindowSpec);
    *window = *from;
    WEIR_TRY(weir_bind_all(planner, from->partition_by, from->partition_count, child->output, child->output_count,
                           &window->partition_by, error));
    WEIR_TRY(weir_bind_all(planner, from->order_by, from->order_count, child->output, child->output_count,
                           &window->order_by, error));
    plan->window = window;
    return WEIR_OK;
}

static WeirStatus plan_sample(WeirPlanner *planner, const WeirLogicalPlan *logical, WeirPhysicalPlan **plan,
                              WeirError *error)
{
    WEIR_TRY(plan_unary(planner, WEIR_PHYSICAL_SAMPLE, logical, plan, error));
    (*plan)->sample_lower = logical->sample_lower;
    (*plan)->sample_upper = logical->sample_upper;
    (*plan)->sample_seed = logical->sample_seed;
    return WEIR_OK;
}

static WeirStatus plan_watermark(WeirPlanner *planner, const WeirLogicalPlan *logical, WeirPhysicalPlan **out,
                                 WeirError *error)
{
    WEIR_TRY(plan_unary(planner, WEIR_PHYSICAL_EVENT_TIME_WATERMARK, logical, out, error));
    WeirPhysicalPlan *plan = *out;
    const WeirPhysicalPlan *child = plan->children[0];
    const WeirExpression *column = logical->condition;
    WeirExpression *attribute = column->kind == WEIR_EXPRESSION_ALIAS
                                    ? weir_expression_to_attribute(planner->arena, column)
                                    : (WeirExpression *)(uintptr_t)column;
    plan->expressions = WEIR_ARENA_ARRAY(planner->arena, WeirExpression *, 1);
    plan->expression_count = 1;
    plan->delay = logical->delay;
    plan->watermark_id = logical->watermark_id;
    return weir_bind(planner, attribute, child->output, child->output_count, &plan->expressions[0], error);
}

static WeirStatus plan_union(WeirPlanner *planner, const WeirLogicalPlan *logical, WeirPhysicalPlan **out,
                             WeirError *error)
{
    WeirPhysicalPlan *plan = weir_physical_new(planner, WEIR_PHYSICAL_UNION, logical, logical->child_count);
    for (uint32_t i = 0; i < logical->child_count; i++)
        WEIR_TRY(weir_plan_node(planner, logical->children[i], &plan->children[i], error));
    *out = plan;
    return WEIR_OK;
}

WeirStatus weir_plan_node(WeirPlanner *planner, const WeirLogicalPlan *logical, WeirPhysicalPlan **plan,
                          WeirError *error)
{
    switch (logical->kind) {
    case WEIR_LOGICAL_RELATION:
    case WEIR_LOGICAL_STREAMING_RELATION:
        return plan_scan(planner, logical, plan, error);
    case WEIR_LOGICAL_LOCAL_RELATION:
    case WEIR_LOGICAL_ONE_ROW_RELATION:
    case WEIR_LOGICAL_RANGE:
        return plan_local(planner, logical, plan, error);
    case WEIR_LOGICAL_SUBQUERY_ALIAS:
    case WEIR_LOGICAL_VIEW:
    case WEIR_LOGICAL_UNRESOLVED_HINT:
        return weir_plan_node(planner, logical->children[0], plan, error);
    case WEIR_LOGICAL_PROJECT:
        return plan_project(planner, logical, plan, error);
    case WEIR_LOGICAL_FILTER:
        return plan_filter(planner, logical, plan, error);
    case WEIR_LOGICAL_AGGREGATE:
        return weir_plan_aggregate(planner, logical, plan, error);
    case WEIR_LOGICAL_DISTINCT:
        return weir_plan_distinct(planner, logical, plan, error);
    case WEIR_LOGICAL_GENERATE:
        return plan_generate(planner, logical, plan, error);
    case WEIR_LOGICAL_EXPAND:
        return plan_expand(planner, logical, plan, error);
    case WEIR_LOGICAL_SORT:
        return plan_sort(planner, logical, plan, error);
    case WEIR_LOGICAL_WINDOW:
        return plan_window(planner, logical, plan, error);
    case WEIR_LOGICAL_SAMPLE:
        return plan_sample(planner, logical, plan, error);
    case WEIR_LOGICAL_LIMIT:
    case WEIR_LOGICAL_OFFSET:
        return weir_plan_limit(planner, logical, plan, error);
    case WEIR_LOGICAL_REPARTITION:
        return plan_unary(planner, WEIR_PHYSICAL_COALESCE, logical, plan, error);
    case WEIR_LOGICAL_EVENT_TIME_WATERMARK:
        return plan_watermark(planner, logical, plan, error);
    case WEIR_LOGICAL_DEDUPLICATE:
        return weir_plan_deduplicate(planner, logical, plan, error);
    case WEIR_LOGICAL_JOIN:
        return weir_plan_join(planner, logical, plan, error);
    case WEIR_LOGICAL_UNION:
        return plan_union(planner, logical, plan, error);
    default:
        return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "No physical plan for logical node %d.",
                                 (int)logical->kind);
    }
}

/* ---- numbering ---- */

static void number_nodes(WeirPhysicalPlan *plan, uint32_t *next_node, int64_t *next_operator)
{
    plan->node_id = (*next_node)++;
    if (plan->stateful != NULL)
        plan->stateful->operator_id = (*next_operator)++;
    for (uint32_t i = 0; i < plan->child_count; i++)
        number_nodes(plan->children[i], next_node, next_operator);
}

WeirStatus weir_physical_create(const WeirLogicalPlan *optimized, const WeirPhysicalOptions *options, WeirArena *arena,
                                WeirPhysicalPlan **plan, WeirError *error)
{
    WeirPlanner planner = {.options = options, .arena = arena};
    WEIR_TRY(weir_plan_node(&planner, optimized, plan, error));
    uint32_t next_node = 0;
    int64_t next_operator = 0;
    number_nodes(*plan, &next_node, &next_operator);
    return weir_arena_check(arena, error);
}

typedef bool (*NodeTest)(const WeirPhysicalPlan *plan);

static void collect_nodes(const WeirPhysicalPlan *plan, NodeTest test, const WeirPhysicalPlan **nodes, uint32_t *count)
{
    if (test(plan)) {
        if (nodes != NULL)
            nodes[*count] = plan;
        (*count)++;
    }
    for (uint32_t i = 0; i < plan->child_count; i++)
        collect_nodes(plan->children[i], test, nodes, count);
}

static uint32_t list_nodes(const WeirPhysicalPlan *plan, WeirArena *arena, NodeTest test,
                           const WeirPhysicalPlan *const **out)
{
    uint32_t count = 0;
    collect_nodes(plan, test, NULL, &count);
    const WeirPhysicalPlan **nodes = WEIR_ARENA_ARRAY(arena, const WeirPhysicalPlan *, count + 1);
    count = 0;
    collect_nodes(plan, test, nodes, &count);
    *out = nodes;
    return count;
}

static bool is_stateful(const WeirPhysicalPlan *plan)
{
    return plan->stateful != NULL;
}
static bool is_watermark(const WeirPhysicalPlan *plan)
{
    return plan->kind == WEIR_PHYSICAL_EVENT_TIME_WATERMARK;
}

uint32_t weir_physical_stateful(const WeirPhysicalPlan *plan, WeirArena *arena, const WeirPhysicalPlan *const **nodes)
{
    return list_nodes(plan, arena, is_stateful, nodes);
}

uint32_t weir_physical_watermarks(const WeirPhysicalPlan *plan, WeirArena *arena, const WeirPhysicalPlan *const **nodes)
{
    return list_nodes(plan, arena, is_watermark, nodes);
}
