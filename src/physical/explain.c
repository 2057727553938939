/* EXPLAIN of the physical tree in Spark's form: our fused operators are written as the chain of Spark's nodes that they
 * stand for, with the numbers of Spark's code generation stages where Spark shows them. */
#include "physical/explain_private.h"

void weir_explain_list(WeirBuffer *out, WeirExpression *const *expressions, uint32_t count)
{
    weir_buffer_append_char(out, '[');
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            weir_buffer_append_text(out, ", ");
        weir_expression_explain(expressions[i], out);
    }
    weir_buffer_append_char(out, ']');
}

WeirExplainNode *weir_explain_node(WeirExplainer *explainer, bool generated, WeirExplainNode *child,
                                   const WeirBuffer *text)
{
    WeirExplainNode *node = WEIR_ARENA_NEW(explainer->arena, WeirExplainNode);
    node->text = weir_arena_strndup(explainer->arena, weir_buffer_text(text), text->length);
    node->is_generated = generated;
    if (child != NULL) {
        node->children = WEIR_ARENA_ARRAY(explainer->arena, WeirExplainNode *, 1);
        node->children[0] = child;
        node->child_count = 1;
    }
    return node;
}

/* "Exchange hashpartitioning(k#1, 2), ENSURE_REQUIREMENTS, [plan_id=7]" */
WeirExplainNode *weir_explain_exchange(WeirExplainer *explainer, WeirExpression *const *keys, uint32_t count,
                                       int32_t partitions, const char *reason, WeirExplainNode *child)
{
    WeirBuffer text;
    weir_buffer_init(&text, 0, NULL);
    explainer->has_exchange = true;
    if (count == 0) {
        weir_buffer_append_text(&text, "Exchange SinglePartition");
    } else {
        weir_buffer_append_text(&text, "Exchange hashpartitioning(");
        for (uint32_t i = 0; i < count; i++) {
            weir_expression_explain(keys[i], &text);
            weir_buffer_append_text(&text, ", ");
        }
        weir_buffer_append_format(&text, "%d)", partitions);
    }
    weir_buffer_append_format(&text, ", %s, [plan_id=%u]", reason, explainer->next_plan_id++);
    WeirExplainNode *node = weir_explain_node(explainer, false, child, &text);
    weir_buffer_deinit(&text);
    return node;
}

static const char *join_name(WeirJoinType type)
{
    static const char *const names[] = {"Inner",     "Cross",    "LeftOuter", "RightOuter",
                                        "FullOuter", "LeftSemi", "LeftAnti",  "ExistenceJoin"};
    return names[type];
}

/* ---- leaves ---- */

static const char *option_value(const WeirRelation *relation, const char *key)
{
    for (uint32_t i = 0; i < relation->option_count; i++) {
        if (strcasecmp(relation->options[i].key, key) == 0)
            return relation->options[i].value;
    }
    return NULL;
}

static void explain_file_scan(const WeirPhysicalPlan *plan, const char *path, WeirArena *arena, WeirBuffer *text)
{
    char format[32];
    size_t length = strlen(plan->relation->format);
    length = length < sizeof(format) ? length : sizeof(format) - 1;
    memcpy(format, plan->relation->format, length);
    format[length] = 0;
    weir_buffer_append_format(text, "FileScan %s ", format);
    weir_explain_list(text, plan->output, plan->output_count);
    bool upper = strcasecmp(format, "json") == 0 || strcasecmp(format, "csv") == 0;
    for (size_t i = 0; i < length; i++)
        format[i] = (char)(i == 0 || upper ? format[i] & ~0x20 : format[i]);
    weir_buffer_append_text(text, " Batched: false, DataFilters: ");
    weir_explain_list(text, plan->pushed_filters, plan->pushed_filter_count);
    weir_buffer_append_format(
        text,
        ", Format: %s, Location: InMemoryFileIndex(1 paths)[%s], PartitionFilters: [], PushedFilters: [], ReadSchema: ",
        format, weir_path_to_hadoop(path, arena));
    WeirField *fields = WEIR_ARENA_ARRAY(arena, WeirField, plan->output_count + 1);
    for (uint32_t i = 0; i < plan->output_count; i++)
        fields[i] = (WeirField){
            .name = plan->output[i]->name, .type = plan->output[i]->type, .nullable = true, .metadata = "{}"};
    weir_type_simple_string(weir_type_struct(arena, fields, plan->output_count), text);
}

static void explain_leaf(const WeirPhysicalPlan *plan, WeirArena *arena, WeirBuffer *text)
{
    switch (plan->kind) {
    case WEIR_PHYSICAL_RANGE:
        weir_buffer_append_format(text, "Range (%lld, %lld, step=%lld, splits=1)", (long long)plan->range_start,
                                  (long long)plan->range_end, (long long)plan->range_step);
        return;
    case WEIR_PHYSICAL_LOCAL_SCAN:
        if (plan->row_count == 1) {
            weir_buffer_append_text(text, "Scan OneRowRelation[]");
            return;
        }
        weir_buffer_append_text(text, plan->batch_count == 0 ? "LocalTableScan <empty>, " : "LocalTableScan ");
        weir_explain_list(text, plan->output, plan->output_count);
        return;
    default:
        break;
    }
    const char *path = option_value(plan->relation, "path");
    if (path != NULL) {
        explain_file_scan(plan, path, arena, text);
        return;
    }
    weir_buffer_append_text(text, plan->kind == WEIR_PHYSICAL_STREAM_SCAN ? "MicroBatchScan" : "BatchScan ");
    weir_explain_list(text, plan->output, plan->output_count);
    weir_buffer_append_format(text, " %s",
                              plan->relation->name != NULL ? plan->relation->name : plan->relation->format);
}

/* ---- one child ---- */

static bool is_generated(const WeirPhysicalPlan *plan)
{
    switch (plan->kind) {
    case WEIR_PHYSICAL_PROJECT:
    case WEIR_PHYSICAL_FILTER:
    case WEIR_PHYSICAL_GENERATE:
    case WEIR_PHYSICAL_EXPAND:
    case WEIR_PHYSICAL_RANGE:
    case WEIR_PHYSICAL_SORT:
    case WEIR_PHYSICAL_SAMPLE:
        return true;
    default:
        return false;
    }
}

static void explain_generate(const WeirPhysicalPlan *plan, WeirBuffer *text)
{
    const WeirLogicalPlan *logical = plan->logical;
    weir_buffer_append_text(text, "Generate ");
    weir_expression_explain(logical->condition, text);
    if (plan->column_count > 0) {
        weir_buffer_append_text(text, ", ");
        weir_explain_list(text, plan->output, plan->column_count);
    }
    weir_buffer_append_format(text, ", %s, ", plan->is_outer ? "true" : "false");
    weir_explain_list(text, plan->output + plan->column_count, plan->output_count - plan->column_count);
}

static void explain_interval(WeirCalendarInterval interval, WeirBuffer *text)
{
    const char *separator = "";
    if (interval.months != 0) {
        weir_buffer_append_format(text, "%d months", interval.months);
        separator = " ";
    }
    if (interval.days != 0) {
        weir_buffer_append_format(text, "%s%d days", separator, interval.days);
        separator = " ";
    }
    int64_t seconds = interval.microseconds / 1000000, hours = seconds / 3600, minutes = seconds / 60 % 60;
    if (hours != 0) {
        weir_buffer_append_format(text, "%s%lld hours", separator, (long long)hours);
        separator = " ";
    }
    if (minutes != 0) {
        weir_buffer_append_format(text, "%s%lld minutes", separator, (long long)minutes);
        separator = " ";
    }
    if (seconds % 60 != 0 || *separator == 0)
        weir_buffer_append_format(text, "%s%lld seconds", separator, (long long)(seconds % 60));
}

static void explain_watermark(const WeirPhysicalPlan *plan, WeirBuffer *text)
{
    weir_buffer_append_format(text, "EventTimeWatermark %s, ", plan->watermark_id == NULL ? "" : plan->watermark_id);
    const WeirExpression *column = plan->output[plan->expressions[0]->ordinal];
    weir_expression_explain(column, text);
    weir_buffer_append_text(text, ": ");
    weir_type_simple_string(column->type, text);
    weir_buffer_append_text(text, ", ");
    explain_interval(plan->delay, text);
}

static void explain_unary(const WeirPhysicalPlan *plan, WeirBuffer *text)
{
    const WeirLogicalPlan *logical = plan->logical;
    switch (plan->kind) {
    case WEIR_PHYSICAL_PROJECT:
        weir_buffer_append_text(text, "Project ");
        weir_explain_list(text, logical->expressions, logical->expression_count);
        break;
    case WEIR_PHYSICAL_FILTER:
        weir_buffer_append_text(text, "Filter ");
        weir_expression_explain(logical->condition, text);
        break;
    case WEIR_PHYSICAL_GENERATE:
        explain_generate(plan, text);
        break;
    case WEIR_PHYSICAL_EXPAND:
        weir_buffer_append_text(text, "Expand [");
        for (uint32_t r = 0; r < logical->row_count; r++) {
            weir_buffer_append_text(text, r > 0 ? ", " : "");
            weir_explain_list(text, logical->rows[r], plan->output_count);
        }
        weir_buffer_append_text(text, "], ");
        weir_explain_list(text, plan->output, plan->output_count);
        break;
    case WEIR_PHYSICAL_SORT:
        weir_buffer_append_text(text, "Sort ");
        weir_explain_list(text, logical->expressions, logical->expression_count);
        weir_buffer_append_text(text, plan->is_global ? ", true, 0" : ", false, 0");
        break;
    case WEIR_PHYSICAL_WINDOW:
        weir_buffer_append_text(text, "Window ");
        weir_explain_list(text, logical->expressions, logical->expression_count);
        break;
    case WEIR_PHYSICAL_SAMPLE:
        weir_buffer_append_format(text, "Sample %g, %g, false, %lld", plan->sample_lower, plan->sample_upper,
                                  (long long)plan->sample_seed);
        break;
    case WEIR_PHYSICAL_EVENT_TIME_WATERMARK:
        explain_watermark(plan, text);
        break;
    case WEIR_PHYSICAL_LIMIT:
        if (plan->limit >= 0)
            weir_buffer_append_format(text, "CollectLimit %lld", (long long)plan->limit);
        else
            weir_buffer_append_format(text, "GlobalLimit -1, %lld", (long long)plan->offset);
        break;
    default:
        weir_buffer_append_text(text, "Coalesce 1");
        break;
    }
}

/* Sort below a limit: Spark's top-k. */
static WeirExplainNode *explain_top_k(WeirExplainer *explainer, const WeirPhysicalPlan *plan, WeirBuffer *text)
{
    const WeirPhysicalPlan *sort = plan->children[0];
    WeirExplainNode *child = weir_explain_plan(explainer, sort->children[0]);
    weir_buffer_append_format(text, "TakeOrderedAndProject(limit=%lld, orderBy=", (long long)plan->limit);
    weir_explain_list(text, sort->logical->expressions, sort->logical->expression_count);
    weir_buffer_append_text(text, ", output=");
    weir_explain_list(text, plan->output, plan->output_count);
    weir_buffer_append_char(text, ')');
    return weir_explain_node(explainer, false, child, text);
}

static WeirExplainNode *explain_sort_exchange(WeirExplainer *explainer, const WeirPhysicalPlan *plan,
                                              WeirExplainNode *child)
{
    if (!plan->is_global)
        return child;
    WeirBuffer text;
    weir_buffer_init(&text, 0, NULL);
    explainer->has_exchange = true;
    weir_buffer_append_text(&text, "Exchange rangepartitioning(");
    for (uint32_t i = 0; i < plan->logical->expression_count; i++) {
        weir_expression_explain(plan->logical->expressions[i], &text);
        weir_buffer_append_text(&text, ", ");
    }
    weir_buffer_append_format(&text, "%d), ENSURE_REQUIREMENTS, [plan_id=%u]", plan->partition_count,
                              explainer->next_plan_id++);
    WeirExplainNode *node = weir_explain_node(explainer, false, child, &text);
    weir_buffer_deinit(&text);
    return node;
}

/* ---- several children ---- */

static WeirExplainNode *explain_many(WeirExplainer *explainer, const WeirPhysicalPlan *plan, WeirBuffer *text)
{
    WeirExplainNode **children = WEIR_ARENA_ARRAY(explainer->arena, WeirExplainNode *, plan->child_count + 1);
    for (uint32_t i = 0; i < plan->child_count; i++)
        children[i] = weir_explain_plan(explainer, plan->children[i]);
    bool generated = false;
    if (plan->kind == WEIR_PHYSICAL_UNION) {
        weir_buffer_append_text(text, "Union");
    } else {
        bool has_keys = plan->grouping_count > 0;
        uint32_t built = plan->build_left ? 0 : 1;
        generated = true;
        explainer->has_exchange = true;
        weir_buffer_append_text(text, has_keys ? "BroadcastHashJoin " : "BroadcastNestedLoopJoin ");
        if (has_keys) {
            weir_explain_list(text, plan->grouping, plan->grouping_count);
            weir_buffer_append_text(text, ", ");
            weir_explain_list(text, plan->other_keys, plan->grouping_count);
            weir_buffer_append_format(text, ", %s, %s, ", join_name(plan->join_type),
                                      plan->build_left ? "BuildLeft" : "BuildRight");
        } else {
            weir_buffer_append_format(text, "%s, %s", plan->build_left ? "BuildLeft" : "BuildRight",
                                      join_name(plan->join_type));
        }
        if (plan->condition != NULL) {
            weir_buffer_append_text(text, has_keys ? "" : ", ");
            weir_expression_explain(plan->condition, text);
            weir_buffer_append_text(text, has_keys ? ", " : "");
        }
        weir_buffer_append_text(text, has_keys ? "false" : "");
        WeirBuffer exchange;
        weir_buffer_init(&exchange, 0, NULL);
        weir_buffer_append_format(&exchange, "BroadcastExchange %s, [plan_id=%u]",
                                  has_keys ? "HashedRelationBroadcastMode" : "IdentityBroadcastMode",
                                  explainer->next_plan_id++);
        children[built] = weir_explain_node(explainer, false, children[built], &exchange);
        weir_buffer_deinit(&exchange);
    }
    WeirExplainNode *node = weir_explain_node(explainer, generated, NULL, text);
    node->children = children;
    node->child_count = plan->child_count;
    return node;
}

WeirExplainNode *weir_explain_plan(WeirExplainer *explainer, const WeirPhysicalPlan *plan)
{
    WeirBuffer text;
    weir_buffer_init(&text, 0, NULL);
    WeirExplainNode *node = NULL;
    if (plan->stateful != NULL || plan->kind == WEIR_PHYSICAL_HASH_AGGREGATE ||
        plan->kind == WEIR_PHYSICAL_SESSION_AGGREGATE || plan->kind == WEIR_PHYSICAL_DEDUPLICATE) {
        node = weir_explain_aggregate(explainer, plan);
    } else if (plan->child_count == 0) {
        explain_leaf(plan, explainer->arena, &text);
        node = weir_explain_node(explainer, is_generated(plan), NULL, &text);
    } else if (plan->child_count > 1) {
        node = explain_many(explainer, plan, &text);
    } else if (plan->kind == WEIR_PHYSICAL_LIMIT && plan->limit >= 0 && plan->offset < 0 &&
               plan->children[0]->kind == WEIR_PHYSICAL_SORT) {
        node = explain_top_k(explainer, plan, &text);
    } else {
        WeirExplainNode *child = weir_explain_plan(explainer, plan->children[0]);
        if (plan->kind == WEIR_PHYSICAL_SORT)
            child = explain_sort_exchange(explainer, plan, child);
        explain_unary(plan, &text);
        node = weir_explain_node(explainer, is_generated(plan), child, &text);
    }
    weir_buffer_deinit(&text);
    return node;
}

/* ---- stages and drawing ---- */

/* Spark numbers a stage after the stages below it; a stage is a run of nodes that generate code. */
static void number_stages(WeirExplainNode *node, uint32_t *next, bool continues)
{
    if (!node->is_generated) {
        for (uint32_t i = 0; i < node->child_count; i++)
            number_stages(node->children[i], next, false);
        return;
    }
    for (uint32_t i = 0; i < node->child_count; i++)
        number_stages(node->children[i], next, true);
    if (!continues)
        node->stage = (*next)++;
}

static void draw(const WeirExplainNode *node, uint32_t stage, WeirBuffer *prefix, const char *branch, WeirBuffer *out)
{
    stage = node->is_generated ? (node->stage != 0 ? node->stage : stage) : 0;
    weir_buffer_append(out, prefix->data == NULL ? "" : prefix->data, prefix->length);
    weir_buffer_append_text(out, branch);
    if (stage != 0)
        weir_buffer_append_format(out, "*(%u) ", stage);
    weir_buffer_append_text(out, node->text);
    weir_buffer_append_char(out, '\n');
    size_t length = prefix->length;
    if (*branch != 0)
        weir_buffer_append_text(prefix, *branch == ':' ? ":  " : "   ");
    for (uint32_t i = 0; i < node->child_count; i++)
        draw(node->children[i], stage, prefix, i + 1 < node->child_count ? ":- " : "+- ", out);
    prefix->length = length;
}

void weir_physical_explain(const WeirPhysicalPlan *plan, const WeirPhysicalExplain *options, WeirBuffer *out)
{
    static const WeirPhysicalExplain defaults = {.version = -1};
    WeirArena arena;
    weir_arena_init(&arena, NULL);
    WeirExplainer explainer = {.arena = &arena, .options = options == NULL ? &defaults : options, .next_plan_id = 1};
    WeirExplainNode *root = weir_explain_plan(&explainer, plan);
    WeirBuffer prefix;
    weir_buffer_init(&prefix, 0, NULL);
    if (explainer.has_exchange && !plan->is_streaming) { /* Adaptive plans are shown before their stages are made. */
        weir_buffer_append_text(out, "AdaptiveSparkPlan isFinalPlan=false\n");
        draw(root, 0, &prefix, "+- ", out);
    } else {
        uint32_t next = 1;
        number_stages(root, &next, false);
        draw(root, 0, &prefix, "", out);
    }
    weir_buffer_deinit(&prefix);
    weir_arena_deinit(&arena);
}
