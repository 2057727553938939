/* One node of a plan in Spark's words: "Project [a#1, b#2]", "Join Inner, (a#1 = b#2)". Before analysis names carry
 * Spark's mark ', and unnamed expressions of a select list are wrapped in "unresolvedalias(…)". */
#include "common/number_format.h"
#include "logical/logical_private.h"

static const char *join_name(WeirJoinType type)
{
    static const char *const names[] = {"Inner",     "Cross",    "LeftOuter", "RightOuter",
                                        "FullOuter", "LeftSemi", "LeftAnti",  "ExistenceJoin"};
    return names[type];
}

/* ---- lists */

static bool is_named(const WeirExpression *expression)
{
    switch (expression->kind) {
    case WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE:
    case WEIR_EXPRESSION_UNRESOLVED_STAR:
    case WEIR_EXPRESSION_ATTRIBUTE:
    case WEIR_EXPRESSION_ALIAS:
    case WEIR_EXPRESSION_MULTI_ALIAS:
    case WEIR_EXPRESSION_OUTER_REFERENCE:
        return true;
    default:
        return false;
    }
}

static bool is_integer_literal(const WeirExpression *expression)
{
    return expression->kind == WEIR_EXPRESSION_LITERAL && expression->value->type->id == WEIR_TYPE_INT &&
           !weir_value_is_null(expression->value);
}

/* `analyzed` of the node: what is not analyzed prints in the parsed form. */
static void append_expression(const WeirExpression *expression, bool analyzed, WeirBuffer *out)
{
    if (analyzed)
        weir_expression_explain(expression, out);
    else
        weir_logical_append_parsed(expression, out);
}

/* A select list; `wrap` before analysis. */
static void append_named(WeirExpression *const *list, uint32_t count, bool analyzed, bool wrap, WeirBuffer *out)
{
    weir_buffer_append_char(out, '[');
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            weir_buffer_append_text(out, ", ");
        bool wrapped = wrap && !is_named(list[i]);
        weir_buffer_append_text(out, wrapped ? "unresolvedalias(" : "");
        append_expression(list[i], analyzed, out);
        weir_buffer_append_text(out, wrapped ? ")" : "");
    }
    weir_buffer_append_char(out, ']');
}

static void append_list(WeirExpression *const *list, uint32_t count, bool analyzed, WeirBuffer *out)
{
    append_named(list, count, analyzed, false, out);
}

/* Keys of GROUP BY and ORDER BY: a number there is a position, until analysis. */
static void append_key(const WeirExpression *key, bool analyzed, WeirBuffer *out)
{
    bool sort = key->kind == WEIR_EXPRESSION_SORT_ORDER;
    const WeirExpression *inner = sort ? key->children[0] : key;
    if (analyzed || !is_integer_literal(inner)) {
        append_expression(key, analyzed, out);
        return;
    }
    weir_buffer_append_format(out, "unresolvedordinal(%lld)", (long long)weir_value_get_int(inner->value));
    if (sort)
        weir_buffer_append_format(out, " %s NULLS %s", key->is_descending ? "DESC" : "ASC",
                                  key->nulls_first ? "FIRST" : "LAST");
}

static void append_keys(WeirExpression *const *list, uint32_t count, bool analyzed, WeirBuffer *out)
{
    weir_buffer_append_char(out, '[');
    for (uint32_t i = 0; i < count; i++) {
        weir_buffer_append_text(out, i > 0 ? ", " : "");
        append_key(list[i], analyzed, out);
    }
    weir_buffer_append_char(out, ']');
}

static void append_names(const char *const *names, uint32_t count, WeirBuffer *out)
{
    weir_buffer_append_char(out, '[');
    for (uint32_t i = 0; i < count; i++)
        weir_buffer_append_format(out, "%s%s", i > 0 ? ", " : "", names[i]);
    weir_buffer_append_char(out, ']');
}

static void append_bool(bool value, WeirBuffer *out)
{
    weir_buffer_append_text(out, value ? ", true" : ", false");
}

/* ---- leaves */

static void append_options(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    weir_buffer_append_char(out, '[');
    for (uint32_t i = 0; i < plan->option_count; i++)
        weir_buffer_append_format(out, "%s%s=%s", i > 0 ? ", " : "", plan->options[i].key, plan->options[i].value);
    weir_buffer_append_char(out, ']');
}

static void append_unresolved_relation(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    weir_buffer_append_text(out, "UnresolvedRelation ");
    append_names(plan->parts, plan->part_count, out);
    weir_buffer_append_text(out, ", ");
    append_options(plan, out);
    append_bool(plan->is_streaming, out);
}

static void append_table_function(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    weir_buffer_append_text(out, "UnresolvedTableValuedFunction ");
    append_names(plan->parts, plan->part_count, out);
    weir_buffer_append_text(out, ", ");
    append_list(plan->expressions, plan->expression_count, plan->analyzed, out);
    append_bool(plan->is_streaming, out);
}

static void append_inline_table(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    weir_buffer_append_text(out, "UnresolvedInlineTable [");
    for (uint32_t i = 0; i < plan->row_width; i++) {
        weir_buffer_append_text(out, i > 0 ? ", " : "");
        if (i < plan->name_count)
            weir_buffer_append_text(out, plan->names[i]);
        else
            weir_buffer_append_format(out, "col%u", i + 1);
    }
    weir_buffer_append_text(out, "], [");
    for (uint32_t i = 0; i < plan->row_count; i++) {
        weir_buffer_append_text(out, i > 0 ? ", " : "");
        append_list(plan->rows[i], plan->row_width, plan->analyzed, out);
    }
    weir_buffer_append_char(out, ']');
}

static void append_relation(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    bool streaming = plan->kind == WEIR_LOGICAL_STREAMING_RELATION;
    weir_buffer_append_text(out, streaming ? "StreamingRelation " : "Relation ");
    append_list(plan->output, plan->output_count, plan->analyzed, out);
    weir_buffer_append_format(out, " %s",
                              plan->relation != NULL && plan->relation->format != NULL ? plan->relation->format : "");
}

static void append_range(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    weir_buffer_append_format(out, "Range (%lld, %lld, step=%lld)", (long long)plan->range_start,
                              (long long)plan->range_end, (long long)plan->range_step);
}

static void append_local_relation(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    bool empty = true;
    for (uint32_t i = 0; i < plan->batch_count; i++)
        empty = false;
    weir_buffer_append_text(out, empty ? "LocalRelation <empty>, " : "LocalRelation ");
    append_list(plan->output, plan->output_count, plan->analyzed, out);
}

/* ---- one child */

static void append_aggregate(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    weir_buffer_append_text(out, "Aggregate ");
    if (plan->grouping_count > 0) {
        append_keys(plan->grouping, plan->grouping_count, plan->analyzed, out);
        weir_buffer_append_text(out, ", ");
    }
    append_named(plan->expressions, plan->expression_count, plan->analyzed, !plan->analyzed, out);
}

static void append_generate(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    weir_buffer_append_text(out, "Generate ");
    append_expression(plan->condition, plan->analyzed, out);
    append_bool(plan->is_outer, out);
    if (plan->name != NULL)
        weir_buffer_append_format(out, ", %s", plan->name);
    if (plan->generator_output_count > 0) {
        weir_buffer_append_text(out, ", ");
        append_list(plan->generator_output, plan->generator_output_count, plan->analyzed, out);
    }
}

static void append_window(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    weir_buffer_append_text(out, "Window ");
    append_list(plan->expressions, plan->expression_count, plan->analyzed, out);
    const WeirWindowSpec *window = plan->window;
    if (window != NULL && window->partition_count > 0) {
        weir_buffer_append_text(out, ", ");
        append_list(window->partition_by, window->partition_count, plan->analyzed, out);
    }
    if (window != NULL && window->order_count > 0) {
        weir_buffer_append_text(out, ", ");
        append_list(window->order_by, window->order_count, plan->analyzed, out);
    }
}

static void append_sample(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    char number[64];
    weir_buffer_append_text(out, "Sample ");
    for (int i = 0; i < 2; i++) {
        double value = i == 0 ? plan->sample_lower : plan->sample_upper;
        weir_buffer_append(out, number, weir_format_double(value, number));
        weir_buffer_append_text(out, ", ");
    }
    weir_buffer_append_text(out, "false");
    if (plan->sample_with_seed)
        weir_buffer_append_format(out, ", %lld", (long long)plan->sample_seed);
    weir_buffer_append_text(out, ", Bernoulli");
}

/* Spark's CalendarInterval.toString: "1 months 2 days 3 hours 4.5 seconds". */
static void append_interval(WeirCalendarInterval interval, WeirBuffer *out)
{
    size_t start = out->length;
    if (interval.months / 12 != 0)
        weir_buffer_append_format(out, "%d years ", interval.months / 12);
    if (interval.months % 12 != 0)
        weir_buffer_append_format(out, "%d months ", interval.months % 12);
    if (interval.days != 0)
        weir_buffer_append_format(out, "%d days ", interval.days);
    int64_t rest = interval.microseconds;
    int64_t hours = rest / INT64_C(3600000000);
    rest %= INT64_C(3600000000);
    int64_t minutes = rest / 60000000;
    rest %= 60000000;
    if (hours != 0)
        weir_buffer_append_format(out, "%lld hours ", (long long)hours);
    if (minutes != 0)
        weir_buffer_append_format(out, "%lld minutes ", (long long)minutes);
    if (rest % 1000000 == 0 && rest != 0) {
        weir_buffer_append_format(out, "%lld seconds ", (long long)(rest / 1000000));
    } else if (rest != 0) {
        int64_t magnitude = rest < 0 ? -rest : rest;
        int64_t fraction = magnitude % 1000000;
        int digits = 6;
        for (; fraction % 10 == 0; fraction /= 10)
            digits--;
        weir_buffer_append_format(out, "%s%lld.%0*lld seconds ", rest < 0 ? "-" : "", (long long)(magnitude / 1000000),
                                  digits, (long long)fraction);
    }
    if (out->length == start)
        weir_buffer_append_text(out, "0 seconds ");
    if (!out->failed)
        out->data[--out->length] = '\0';
}

static void append_watermark(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    weir_buffer_append_text(out, plan->analyzed ? "EventTimeWatermark " : "UnresolvedEventTimeWatermark ");
    if (plan->watermark_id != NULL)
        weir_buffer_append_format(out, "%s, ", plan->watermark_id);
    append_expression(plan->condition, plan->analyzed, out);
    if (plan->analyzed && plan->condition->type != NULL) {
        weir_buffer_append_text(out, ": ");
        weir_type_simple_string(plan->condition->type, out);
    }
    weir_buffer_append_text(out, ", ");
    append_interval(plan->delay, out);
}

static void append_pivot(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    weir_buffer_append_text(out, "Pivot ");
    append_expression(plan->condition, plan->analyzed, out);
    weir_buffer_append_text(out, ", ");
    append_list(plan->grouping, plan->grouping_count, plan->analyzed, out);
    weir_buffer_append_text(out, ", ");
    append_list(plan->expressions, plan->expression_count, plan->analyzed, out);
}

static void append_unpivot(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    weir_buffer_append_text(out, "Unpivot List(");
    for (uint32_t i = 0; i < plan->row_count; i++) {
        weir_buffer_append_text(out, i > 0 ? ", List(" : "List(");
        for (uint32_t j = 0; j < plan->row_width; j++) {
            weir_buffer_append_text(out, j > 0 ? ", " : "");
            append_expression(plan->rows[i][j], plan->analyzed, out);
        }
        weir_buffer_append_char(out, ')');
    }
    bool named = false;
    for (uint32_t i = 0; i < plan->part_count; i++)
        named |= plan->parts[i] != NULL;
    weir_buffer_append_text(out, named ? "), List(" : "");
    for (uint32_t i = 0; named && i < plan->part_count; i++) {
        weir_buffer_append_text(out, i > 0 ? ", " : "");
        if (plan->parts[i] == NULL)
            weir_buffer_append_text(out, "None");
        else
            weir_buffer_append_format(out, "Some(%s)", plan->parts[i]);
    }
    weir_buffer_append_format(out, "), %s, ", plan->name);
    append_names(plan->names, plan->name_count, out);
}

static void append_cte_names(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    weir_buffer_append_text(out, "CTE [");
    for (uint32_t i = 0; i < plan->cte_count; i++)
        weir_buffer_append_format(out, "%s%s", i > 0 ? ", " : "", plan->ctes[i].name);
    weir_buffer_append_char(out, ']');
}

static void append_window_definitions(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    weir_buffer_append_text(out, "WithWindowDefinition [");
    for (uint32_t i = 0; i < plan->name_count; i++) {
        weir_buffer_append_format(out, "%s%s=", i > 0 ? ", " : "", plan->names[i]);
        weir_logical_append_window_spec(plan->windows[i], out);
    }
    weir_buffer_append_text(out, "], false");
}

/* ---- two children */

static void append_join(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    if (plan->is_lateral) {
        weir_buffer_append_format(out, "LateralJoin lateral-subquery [], %s", join_name(plan->join_type));
    } else if (plan->is_natural) {
        weir_buffer_append_format(out, "Join NaturalJoin(%s)", join_name(plan->join_type));
    } else if (plan->is_using) {
        weir_buffer_append_format(out, "Join UsingJoin(%s, ", join_name(plan->join_type));
        append_names(plan->names, plan->name_count, out);
        weir_buffer_append_char(out, ')');
    } else {
        weir_buffer_append_format(out, "Join %s", join_name(plan->join_type));
    }
    if (plan->condition != NULL) {
        weir_buffer_append_text(out, ", ");
        append_expression(plan->condition, plan->analyzed, out);
    }
}

static void append_set_operation(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    bool intersect = plan->set_operation == WEIR_SET_INTERSECT;
    if (plan->is_all)
        weir_buffer_append_text(out, intersect ? "Intersect All true" : "Except All true");
    else
        weir_buffer_append_text(out, intersect ? "Intersect false" : "Except false");
}

static void append_with_condition(const char *name, const WeirLogicalPlan *plan, WeirBuffer *out)
{
    weir_buffer_append_format(out, "%s ", name);
    append_expression(plan->condition, plan->analyzed, out);
}

static void append_with_list(const char *name, const WeirLogicalPlan *plan, bool wrap, WeirBuffer *out)
{
    weir_buffer_append_format(out, "%s ", name);
    append_named(plan->expressions, plan->expression_count, plan->analyzed, wrap, out);
}

static void append_hint(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    weir_buffer_append_format(out, "UnresolvedHint %s", plan->name);
    if (plan->expression_count > 0) {
        weir_buffer_append_text(out, ", ");
        append_list(plan->expressions, plan->expression_count, plan->analyzed, out);
    }
}

static void append_expand(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    weir_buffer_append_text(out, "Expand [");
    for (uint32_t i = 0; i < plan->row_count; i++) {
        weir_buffer_append_text(out, i > 0 ? ", " : "");
        append_list(plan->rows[i], plan->row_width, plan->analyzed, out);
    }
    weir_buffer_append_text(out, "], ");
    append_list(plan->output, plan->output_count, plan->analyzed, out);
}

static void append_repartition(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    if (plan->expression_count == 0) {
        weir_buffer_append_format(out, "Repartition %lld, true", (long long)plan->partition_count);
        return;
    }
    append_with_list("RepartitionByExpression", plan, false, out);
    if (plan->partition_count > 0)
        weir_buffer_append_format(out, ", %lld", (long long)plan->partition_count);
}

static void append_sort(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    weir_buffer_append_text(out, "Sort ");
    append_keys(plan->expressions, plan->expression_count, plan->analyzed, out);
    append_bool(plan->is_global, out);
}

static void append_leaf(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    switch (plan->kind) {
    case WEIR_LOGICAL_UNRESOLVED_RELATION:
        if (plan->is_streaming)
            weir_buffer_append_text(out, "NamedStreamingRelation name=<Unassigned>");
        else
            append_unresolved_relation(plan, out);
        break;
    case WEIR_LOGICAL_UNRESOLVED_TABLE_FUNCTION:
        append_table_function(plan, out);
        break;
    case WEIR_LOGICAL_UNRESOLVED_INLINE_TABLE:
        append_inline_table(plan, out);
        break;
    case WEIR_LOGICAL_ONE_ROW_RELATION:
        weir_buffer_append_text(out, "OneRowRelation");
        break;
    case WEIR_LOGICAL_LOCAL_RELATION:
        append_local_relation(plan, out);
        break;
    case WEIR_LOGICAL_RANGE:
        append_range(plan, out);
        break;
    case WEIR_LOGICAL_CTE_REFERENCE:
        weir_buffer_append_format(out, "CTERelationRef %s", plan->name);
        break;
    default:
        append_relation(plan, out);
    }
}

/* Nodes that change no columns, and those of two children; the rest are leaves. */
static void append_other(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    switch (plan->kind) {
    case WEIR_LOGICAL_DISTINCT:
        weir_buffer_append_text(out, "Distinct");
        break;
    case WEIR_LOGICAL_DEDUPLICATE:
        append_with_list(plan->within_watermark ? "DeduplicateWithinWatermark" : "Deduplicate", plan, false, out);
        break;
    case WEIR_LOGICAL_SAMPLE:
        append_sample(plan, out);
        break;
    case WEIR_LOGICAL_REPARTITION:
        append_repartition(plan, out);
        break;
    case WEIR_LOGICAL_EVENT_TIME_WATERMARK:
        append_watermark(plan, out);
        break;
    case WEIR_LOGICAL_EXPAND:
        append_expand(plan, out);
        break;
    case WEIR_LOGICAL_PIVOT:
        append_pivot(plan, out);
        break;
    case WEIR_LOGICAL_UNPIVOT:
        append_unpivot(plan, out);
        break;
    case WEIR_LOGICAL_WITH:
        append_cte_names(plan, out);
        break;
    case WEIR_LOGICAL_UNRESOLVED_HINT:
        append_hint(plan, out);
        break;
    case WEIR_LOGICAL_WINDOW_DEFINITIONS:
        append_window_definitions(plan, out);
        break;
    case WEIR_LOGICAL_JOIN:
        append_join(plan, out);
        break;
    case WEIR_LOGICAL_UNION:
        weir_buffer_append_text(out, "Union");
        weir_buffer_append_text(out, plan->by_name ? " true" : " false");
        append_bool(plan->allow_missing, out);
        break;
    case WEIR_LOGICAL_SET_OPERATION:
        append_set_operation(plan, out);
        break;
    default:
        append_leaf(plan, out);
    }
}

static void append_body(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    switch (plan->kind) {
    case WEIR_LOGICAL_SUBQUERY_ALIAS:
        weir_buffer_append_format(out, "SubqueryAlias %s", plan->name);
        break;
    case WEIR_LOGICAL_VIEW:
        weir_buffer_append_format(out, "View (`%s`, ", plan->name);
        append_list(plan->output, plan->output_count, plan->analyzed, out);
        weir_buffer_append_char(out, ')');
        break;
    case WEIR_LOGICAL_PROJECT:
        append_with_list("Project", plan, !plan->analyzed, out);
        break;
    case WEIR_LOGICAL_FILTER:
        append_with_condition("Filter", plan, out);
        break;
    case WEIR_LOGICAL_AGGREGATE:
        append_aggregate(plan, out);
        break;
    case WEIR_LOGICAL_HAVING:
        append_with_condition("UnresolvedHaving", plan, out);
        break;
    case WEIR_LOGICAL_QUALIFY:
        append_with_condition("UnresolvedQualify", plan, out);
        break;
    case WEIR_LOGICAL_GENERATE:
        append_generate(plan, out);
        break;
    case WEIR_LOGICAL_WINDOW:
        append_window(plan, out);
        break;
    case WEIR_LOGICAL_SORT:
        append_sort(plan, out);
        break;
    case WEIR_LOGICAL_LIMIT:
        append_with_condition("GlobalLimit", plan, out);
        break;
    case WEIR_LOGICAL_OFFSET:
        append_with_condition("Offset", plan, out);
        break;
    case WEIR_LOGICAL_TAIL:
        append_with_condition("Tail", plan, out);
        break;
    default:
        append_other(plan, out);
    }
}

/* Spark marks a node as unresolved when it or anything below it is; leaves that need no resolving are plain. */
static bool is_unresolved(const WeirLogicalPlan *plan)
{
    if (plan->analyzed)
        return false;
    switch (plan->kind) {
    case WEIR_LOGICAL_ONE_ROW_RELATION:
    case WEIR_LOGICAL_WITH:
    case WEIR_LOGICAL_LOCAL_RELATION:
    case WEIR_LOGICAL_RANGE:
        return false;
    case WEIR_LOGICAL_PROJECT:
    case WEIR_LOGICAL_SUBQUERY_ALIAS:
    case WEIR_LOGICAL_FILTER:
    case WEIR_LOGICAL_LIMIT:
    case WEIR_LOGICAL_OFFSET:
    case WEIR_LOGICAL_DISTINCT:
        break;
    default:
        return true;
    }
    for (uint32_t i = 0; i < plan->expression_count; i++)
        if (!is_named(plan->expressions[i]) || !weir_parsed_is_resolved(plan->expressions[i]))
            return true;
    return plan->name_count > 0 || (plan->condition != NULL && !weir_parsed_is_resolved(plan->condition)) ||
           (plan->child_count > 0 &&
            (plan->children[0]->kind == WEIR_LOGICAL_WITH || is_unresolved(plan->children[0])));
}

static void append_mark(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    bool leaf = plan->kind == WEIR_LOGICAL_RELATION || plan->kind == WEIR_LOGICAL_STREAMING_RELATION;
    if (is_unresolved(plan))
        weir_buffer_append_char(out, '\'');
    else if (plan->is_streaming && plan->analyzed && !leaf)
        weir_buffer_append_char(out, '~');
}

void weir_logical_append_node(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    append_mark(plan, out);
    append_body(plan, out);
}

bool weir_logical_append_second(const WeirLogicalPlan *plan, WeirBuffer *out)
{
    if (plan->kind == WEIR_LOGICAL_LIMIT) {
        append_mark(plan, out);
        append_with_condition("LocalLimit", plan, out);
        return true;
    }
    if (plan->kind == WEIR_LOGICAL_SUBQUERY_ALIAS && plan->name_count > 0 && !plan->analyzed) {
        const WeirLogicalPlan *child = plan->child_count > 0 ? plan->children[0] : NULL;
        if (child != NULL && child->kind == WEIR_LOGICAL_UNRESOLVED_TABLE_FUNCTION) {
            weir_buffer_append_text(out, "'UnresolvedTVFAliases ");
            append_names(child->parts, child->part_count, out);
            weir_buffer_append_text(out, ", ");
        } else {
            weir_buffer_append_text(out, "'UnresolvedSubqueryColumnAliases ");
        }
        append_names(plan->names, plan->name_count, out);
        return true;
    }
    if (plan->kind == WEIR_LOGICAL_UNRESOLVED_RELATION && plan->is_streaming) {
        weir_buffer_append_char(out, '\'');
        append_unresolved_relation(plan, out);
        return true;
    }
    return false;
}
