/* A text that is the same for two subqueries which give the same: GROUP BY (SELECT …) finds the item of the SELECT list
 * by it (Spark: canonicalized plans). It is the plan's text with its columns numbered anew, and what that text does not
 * show of the leaves. */
#include "analyzer/analyzer_private.h"

typedef struct Key {
    WeirAnalysis *analysis;
    WeirBuffer text;
} Key;

static bool append_leaf(void *context, const WeirLogicalPlan *plan)
{
    Key *key = context;
    if (plan->child_count > 0)
        return false;
    weir_buffer_append_format(&key->text, "|%p %lld %lld %lld", (const void *)plan->relation,
                              (long long)plan->range_start, (long long)plan->range_end, (long long)plan->range_step);
    for (uint32_t i = 0; i < plan->batch_count; i++)
        weir_buffer_append_format(&key->text, " %p", (const void *)plan->batches[i]);
    for (uint32_t r = 0; r < plan->row_count; r++)
        for (uint32_t i = 0; i < plan->row_width; i++)
            weir_buffer_append_format(&key->text, ", %s", weir_expression_text(key->analysis, plan->rows[r][i]));
    return false;
}

const char *weir_subquery_key(WeirAnalysis *analysis, WeirLogicalPlan *plan)
{
    int64_t number = (int64_t)1 << 40; /* away from the ids of outer columns, which stay */
    Key key = {.analysis = analysis};
    WeirAnalyzer numbering = *analysis->analyzer;
    WeirAnalysis renaming = *analysis;
    numbering.next_expression_id = &number;
    renaming.analyzer = &numbering;
    WeirLogicalPlan *renumbered = weir_plan_renew(&renaming, plan);
    weir_buffer_init(&key.text, 1u << 20, NULL);
    weir_logical_explain(renumbered, &key.text);
    weir_logical_any(renumbered, append_leaf, &key);
    const char *text = weir_arena_strdup(analysis->arena, weir_buffer_text(&key.text));
    weir_buffer_deinit(&key.text);
    return text;
}
