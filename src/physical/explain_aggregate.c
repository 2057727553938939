/* EXPLAIN of aggregations and stateful operators: the chains of Spark's nodes that one operator of ours stands for. */
#include "physical/explain_private.h"

static void explain_state(const WeirExplainer *explainer, const WeirStatefulInfo *info, WeirBuffer *text)
{
    const WeirPhysicalExplain *options = explainer->options;
    weir_buffer_append_format(text,
                              ", state info [ checkpoint = %s, runId = %s, opId = %lld, ver = %lld, numPartitions = "
                              "%d] stateStoreCkptIds = None",
                              options->state_checkpoint == NULL ? "<unknown>" : options->state_checkpoint,
                              options->run_id == NULL ? "<unknown>" : options->run_id, (long long)info->operator_id,
                              (long long)(options->version < 0 ? 0 : options->version), info->metadata_partition_count);
}

static int64_t watermark_of(const int64_t *watermarks, const WeirStatefulInfo *info)
{
    return watermarks == NULL ? 0 : watermarks[info->operator_id];
}

/* Names of the keys as the node above sees them. */
static WeirExpression **key_names(const WeirExplainer *explainer, const WeirLogicalPlan *logical)
{
    WeirExpression **keys = WEIR_ARENA_ARRAY(explainer->arena, WeirExpression *, logical->grouping_count + 1);
    for (uint32_t i = 0; i < logical->grouping_count; i++) {
        bool named = logical->grouping[i]->kind == WEIR_EXPRESSION_ALIAS;
        keys[i] = named ? weir_expression_to_attribute(explainer->arena, logical->grouping[i]) : logical->grouping[i];
    }
    return keys;
}

/* "HashAggregate(keys=[k#1], functions=[partial_count(1)], output=[k#1, count#12L])" */
static WeirExplainNode *hash_aggregate(WeirExplainer *explainer, const WeirPhysicalPlan *plan, const char *mode,
                                       bool is_final, WeirExplainNode *child)
{
    WeirBuffer text;
    weir_buffer_init(&text, 0, NULL);
    WeirExpression **keys = key_names(explainer, plan->logical);
    weir_buffer_append_text(&text, "HashAggregate(keys=");
    weir_explain_list(&text, keys, plan->grouping_count);
    weir_buffer_append_text(&text, ", functions=[");
    for (uint32_t i = 0; i < plan->aggregate_count; i++) {
        weir_buffer_append_format(&text, "%s%s", i > 0 ? ", " : "", mode);
        weir_expression_explain(plan->named_aggregates[i], &text);
    }
    weir_buffer_append_char(&text, ']');
    if (explainer->options->extended) {
        weir_buffer_append_text(&text, ", output=");
        if (is_final) {
            weir_explain_list(&text, plan->output, plan->output_count);
        } else {
            WeirExpression **buffers =
                WEIR_ARENA_ARRAY(explainer->arena, WeirExpression *, plan->grouping_count + plan->buffer_count + 1);
            for (uint32_t i = 0; i < plan->grouping_count; i++)
                buffers[i] = keys[i];
            for (uint32_t i = 0; i < plan->buffer_count; i++)
                buffers[plan->grouping_count + i] = plan->buffer_attributes[i];
            weir_explain_list(&text, buffers, plan->grouping_count + plan->buffer_count);
        }
    }
    weir_buffer_append_char(&text, ')');
    WeirExplainNode *node = weir_explain_node(explainer, true, child, &text);
    weir_buffer_deinit(&text);
    return node;
}

static WeirExplainNode *state_node(WeirExplainer *explainer, const WeirPhysicalPlan *plan, const char *name, bool save,
                                   WeirExplainNode *child)
{
    const WeirStatefulInfo *info = plan->stateful;
    WeirBuffer text;
    weir_buffer_init(&text, 0, NULL);
    weir_buffer_append_format(&text, "%s ", name);
    weir_explain_list(&text, key_names(explainer, plan->logical), plan->grouping_count);
    explain_state(explainer, info, &text);
    if (save)
        weir_buffer_append_format(&text, ", %c%s, %lld, %lld", info->output_mode[0] & ~0x20, info->output_mode + 1,
                                  (long long)watermark_of(explainer->options->late_watermark_ms, info),
                                  (long long)watermark_of(explainer->options->eviction_watermark_ms, info));
    weir_buffer_append_text(&text, plan->kind == WEIR_PHYSICAL_SESSION_AGGREGATE ? ", 1" : ", 2");
    WeirExplainNode *node = weir_explain_node(explainer, false, child, &text);
    weir_buffer_deinit(&text);
    return node;
}

static WeirExplainNode *streaming_aggregate(WeirExplainer *explainer, const WeirPhysicalPlan *plan)
{
    bool session = plan->kind == WEIR_PHYSICAL_SESSION_AGGREGATE;
    WeirExplainNode *node =
        hash_aggregate(explainer, plan, "partial_", false, weir_explain_plan(explainer, plan->children[0]));
    node = weir_explain_exchange(explainer, key_names(explainer, plan->logical), plan->grouping_count,
                                 plan->stateful->partition_count, "REQUIRED_BY_STATEFUL_OPERATOR", node);
    node = hash_aggregate(explainer, plan, "merge_", false, node);
    node = state_node(explainer, plan, session ? "SessionWindowStateStoreRestore" : "StateStoreRestore", false, node);
    node = hash_aggregate(explainer, plan, "merge_", false, node);
    node = state_node(explainer, plan, session ? "SessionWindowStateStoreSave" : "StateStoreSave", true, node);
    return hash_aggregate(explainer, plan, "", true, node);
}

static WeirExplainNode *stateful_rows(WeirExplainer *explainer, const WeirPhysicalPlan *plan)
{
    const WeirStatefulInfo *info = plan->stateful;
    WeirBuffer text;
    weir_buffer_init(&text, 0, NULL);
    WeirExplainNode *child = weir_explain_plan(explainer, plan->children[0]);
    child =
        weir_explain_exchange(explainer, plan->kind == WEIR_PHYSICAL_DEDUPLICATE ? plan->logical->expressions : NULL,
                              plan->kind == WEIR_PHYSICAL_DEDUPLICATE ? plan->grouping_count : 0,
                              info == NULL ? plan->partition_count : info->partition_count,
                              info == NULL ? "ENSURE_REQUIREMENTS" : "REQUIRED_BY_STATEFUL_OPERATOR", child);
    if (plan->kind == WEIR_PHYSICAL_DEDUPLICATE) {
        weir_buffer_append_text(&text, plan->within_watermark ? "StreamingDeduplicateWithinWatermark "
                                                              : "StreamingDeduplicate ");
        weir_explain_list(&text, plan->logical->expressions, plan->grouping_count);
    } else {
        weir_buffer_append_format(&text, "StreamingGlobalLimit %lld", (long long)plan->limit);
    }
    if (info != NULL) {
        explain_state(explainer, info, &text);
        weir_buffer_append_format(&text, ", %lld, %lld",
                                  (long long)watermark_of(explainer->options->late_watermark_ms, info),
                                  (long long)watermark_of(explainer->options->eviction_watermark_ms, info));
    }
    WeirExplainNode *node = weir_explain_node(explainer, false, child, &text);
    weir_buffer_deinit(&text);
    return node;
}

static WeirExplainNode *stream_join(WeirExplainer *explainer, const WeirPhysicalPlan *plan)
{
    static const char *const names[] = {"Inner",     "Cross",    "LeftOuter", "RightOuter",
                                        "FullOuter", "LeftSemi", "LeftAnti",  "ExistenceJoin"};
    const WeirStatefulInfo *info = plan->stateful;
    WeirExplainNode **children = WEIR_ARENA_ARRAY(explainer->arena, WeirExplainNode *, 2);
    WeirExpression *const *keys[2] = {plan->grouping, plan->other_keys};
    for (uint32_t i = 0; i < 2; i++)
        children[i] =
            weir_explain_exchange(explainer, keys[i], plan->grouping_count, info->partition_count,
                                  "REQUIRED_BY_STATEFUL_OPERATOR", weir_explain_plan(explainer, plan->children[i]));
    WeirBuffer text;
    weir_buffer_init(&text, 0, NULL);
    weir_buffer_append_text(&text, "StreamingSymmetricHashJoin ");
    weir_explain_list(&text, plan->grouping, plan->grouping_count);
    weir_buffer_append_text(&text, ", ");
    weir_explain_list(&text, plan->other_keys, plan->grouping_count);
    weir_buffer_append_format(&text, ", %s", names[plan->join_type]);
    explain_state(explainer, info, &text);
    weir_buffer_append_format(&text, ", %lld, %lld, 2",
                              (long long)watermark_of(explainer->options->late_watermark_ms, info),
                              (long long)watermark_of(explainer->options->eviction_watermark_ms, info));
    WeirExplainNode *node = weir_explain_node(explainer, false, NULL, &text);
    weir_buffer_deinit(&text);
    node->children = children;
    node->child_count = 2;
    return node;
}

WeirExplainNode *weir_explain_aggregate(WeirExplainer *explainer, const WeirPhysicalPlan *plan)
{
    if (plan->kind == WEIR_PHYSICAL_STREAM_JOIN)
        return stream_join(explainer, plan);
    if (plan->kind == WEIR_PHYSICAL_DEDUPLICATE || plan->kind == WEIR_PHYSICAL_STREAM_LIMIT)
        return stateful_rows(explainer, plan);
    if (plan->stateful != NULL)
        return streaming_aggregate(explainer, plan);
    WeirExplainNode *node =
        hash_aggregate(explainer, plan, "partial_", false, weir_explain_plan(explainer, plan->children[0]));
    node = weir_explain_exchange(explainer, key_names(explainer, plan->logical), plan->grouping_count,
                                 plan->partition_count, "ENSURE_REQUIREMENTS", node);
    return hash_aggregate(explainer, plan, "", true, node);
}
