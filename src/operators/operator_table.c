/* Physical nodes to operators: a new operator is one line here. */
#include "operators/operator.h"

extern const WeirOperatorType weir_batch_scan_operator, weir_stream_scan_operator, weir_local_scan_operator,
    weir_range_operator, weir_project_operator, weir_filter_operator, weir_generate_operator, weir_expand_operator,
    weir_hash_aggregate_operator, weir_streaming_aggregate_operator, weir_limit_operator, weir_union_operator,
    weir_sample_operator, weir_event_time_watermark_operator, weir_coalesce_operator, weir_hash_join_operator,
    weir_sort_operator, weir_deduplicate_operator, weir_stream_limit_operator, weir_stream_join_operator,
    weir_session_aggregate_operator, weir_window_operator;

static const WeirOperatorType *const operators[] = {
    [WEIR_PHYSICAL_SCAN] = &weir_batch_scan_operator,
    [WEIR_PHYSICAL_STREAM_SCAN] = &weir_stream_scan_operator,
    [WEIR_PHYSICAL_LOCAL_SCAN] = &weir_local_scan_operator,
    [WEIR_PHYSICAL_RANGE] = &weir_range_operator,
    [WEIR_PHYSICAL_PROJECT] = &weir_project_operator,
    [WEIR_PHYSICAL_FILTER] = &weir_filter_operator,
    [WEIR_PHYSICAL_GENERATE] = &weir_generate_operator,
    [WEIR_PHYSICAL_EXPAND] = &weir_expand_operator,
    [WEIR_PHYSICAL_HASH_AGGREGATE] = &weir_hash_aggregate_operator,
    [WEIR_PHYSICAL_STREAMING_AGGREGATE] = &weir_streaming_aggregate_operator,
    [WEIR_PHYSICAL_HASH_JOIN] = &weir_hash_join_operator,
    [WEIR_PHYSICAL_SORT] = &weir_sort_operator,
    [WEIR_PHYSICAL_DEDUPLICATE] = &weir_deduplicate_operator,
    [WEIR_PHYSICAL_STREAM_LIMIT] = &weir_stream_limit_operator,
    [WEIR_PHYSICAL_STREAM_JOIN] = &weir_stream_join_operator,
    [WEIR_PHYSICAL_SESSION_AGGREGATE] = &weir_session_aggregate_operator,
    [WEIR_PHYSICAL_WINDOW] = &weir_window_operator,
    [WEIR_PHYSICAL_LIMIT] = &weir_limit_operator,
    [WEIR_PHYSICAL_UNION] = &weir_union_operator,
    [WEIR_PHYSICAL_SAMPLE] = &weir_sample_operator,
    [WEIR_PHYSICAL_EVENT_TIME_WATERMARK] = &weir_event_time_watermark_operator,
    [WEIR_PHYSICAL_COALESCE] = &weir_coalesce_operator,
};

const WeirOperatorType *weir_operator_type(const WeirPhysicalPlan *plan)
{
    size_t kind = (size_t)plan->kind;
    return kind < sizeof(operators) / sizeof(operators[0]) ? operators[kind] : NULL;
}
