/* BroadcastHashJoinExec, ShuffledHashJoinExec, SortMergeJoinExec and BroadcastNestedLoopJoinExec as one operator: one
 * side is collected into a table, the other pushed past it in its own units. Without equality keys every built row is a
 * candidate. A full outer join puts out the built rows without a match in one more unit. */
#include "operators/join/join_table.h"

#define PAIRS_MAX 4096u

typedef struct JoinState {
    WeirArena arena;
    WeirProjection build_keys, probe_keys;
    WeirKeyLayout layout;
    const WeirDataType **build_types; /* columns, then keys */
    uint32_t build_width;             /* columns without keys */
    WeirProgram *condition;           /* over left ++ right; NULL: none */
    bool keeps_probe;                 /* probe rows without a match come out with nulls */
    bool keeps_build;
    uint32_t units; /* of the probe side, in this run */
    WeirRowCollector collector;
    WeirJoinTable table;
} JoinState;

static WeirPhysicalPlan *side_plan(const WeirPhysicalPlan *plan, bool build)
{
    return plan->children[plan->build_left == build ? 0 : 1];
}
static WeirOperator *side_operator(const WeirOperator *operator, bool build)
{
    return operator->children[operator->plan->build_left == build ? 0 : 1];
}

static void describe_build(WeirOperator *operator, JoinState * state)
{
    const WeirPhysicalPlan *plan = operator->plan, *build = side_plan(plan, true);
    WeirExpression *const *keys = plan->build_left ? plan->grouping : plan->other_keys;
    state->build_width = build->output_count;
    state->build_types =
        WEIR_ARENA_ARRAY(&state->arena, const WeirDataType *, build->output_count + plan->grouping_count + 1);
    WeirField *fields = WEIR_ARENA_ARRAY(&state->arena, WeirField, plan->grouping_count + 1);
    for (uint32_t i = 0; i < build->output_count; i++)
        state->build_types[i] = build->output[i]->type;
    for (uint32_t i = 0; i < plan->grouping_count; i++) {
        state->build_types[build->output_count + i] = keys[i]->type;
        fields[i] = (WeirField){.name = "key", .type = keys[i]->type, .nullable = true, .metadata = "{}"};
    }
    weir_key_layout_init(&state->layout, weir_type_struct(&state->arena, fields, plan->grouping_count), &state->arena);
}

static WeirStatus join_open(WeirOperator *operator, WeirError * error)
{
    const WeirPhysicalPlan *plan = operator->plan;
    const WeirEvalContext *context = operator->execution->environment->context;
    JoinState *state = weir_calloc(1, sizeof(*state));
    operator->state = state;
    weir_arena_init(&state->arena, &operator->tracker);
    describe_build(operator, state);
    state->keeps_probe = plan->join_type == WEIR_JOIN_FULL_OUTER ||
                         (plan->join_type == WEIR_JOIN_LEFT_OUTER && !plan->build_left) ||
                         (plan->join_type == WEIR_JOIN_RIGHT_OUTER && plan->build_left);
    state->keeps_build = plan->join_type == WEIR_JOIN_FULL_OUTER ||
                         (plan->join_type == WEIR_JOIN_LEFT_OUTER && plan->build_left) ||
                         (plan->join_type == WEIR_JOIN_RIGHT_OUTER && !plan->build_left);
    WEIR_TRY(weir_projection_init(&state->build_keys, plan->build_left ? plan->grouping : plan->other_keys,
                                  plan->grouping_count, context, error));
    WEIR_TRY(weir_projection_init(&state->probe_keys, plan->build_left ? plan->other_keys : plan->grouping,
                                  plan->grouping_count, context, error));
    if (plan->condition != NULL)
        return weir_program_compile((WeirExpression *const *)&plan->condition, 1, context, &state->condition, error);
    return WEIR_OK;
}

static void join_reset(WeirOperator *operator, bool failed)
{
    (void)failed;
    JoinState *state = operator->state;
    weir_join_table_deinit(&state->table);
    weir_row_collector_deinit(&state->collector);
}

static void join_close(WeirOperator *operator)
{
    JoinState *state = operator->state;
    if (state == NULL)
        return;
    weir_projection_deinit(&state->build_keys);
    weir_projection_deinit(&state->probe_keys);
    weir_program_free(state->condition);
    weir_arena_deinit(&state->arena);
    weir_free(state);
}

static WeirStatus join_prepare(WeirOperator *operator, uint32_t * unit_count, WeirError *error)
{
    JoinState *state = operator->state;
    join_reset(operator, false);
    weir_row_collector_init(&state->collector, &operator->tracker, &state->build_keys, UINT64_MAX);
    WEIR_TRY(weir_operator_run(side_operator(operator, true), &weir_row_collector_terminal, &state->collector, error));
    WeirBatch *rows = NULL;
    uint32_t key_count = operator->plan->grouping_count;
    WEIR_TRY(
        weir_row_collector_concat(&state->collector, state->build_types, state->build_width + key_count, &rows, error));
    weir_row_collector_deinit(&state->collector);
    WEIR_TRY(weir_join_table_init(&state->table, &state->layout, operator->plan->null_safe, key_count, rows,
                                  state->keeps_build, &operator->tracker, error));
    WEIR_TRY(weir_operator_prepare(side_operator(operator, false), &state->units, error));
    *unit_count = state->units + state->keeps_build;
    return WEIR_OK;
}

/* ---- probing ---- */

typedef struct JoinTask {
    WeirProgramInstance *keys, *condition;
    WeirArena scratch;
    /* of the batch under way */
    WeirBatch *batch;
    uint8_t *matched;              /* by k */
    uint32_t *pair_k, *pair_build; /* candidates */
    uint32_t pair_count;
} JoinTask;

static WeirStatus join_open_stage(WeirOperator *operator, uint32_t unit, void **out, WeirError *error)
{
    (void)unit;
    const JoinState *state = operator->state;
    JoinTask *task = weir_calloc(1, sizeof(*task));
    *out = task;
    weir_arena_init(&task->scratch, &operator->tracker);
    task->pair_k = weir_malloc(PAIRS_MAX * sizeof(uint32_t));
    task->pair_build = weir_malloc(PAIRS_MAX * sizeof(uint32_t));
    WEIR_TRY(weir_projection_instance(&state->probe_keys, &task->keys, error));
    return state->condition == NULL ? WEIR_OK : weir_program_instance_new(state->condition, &task->condition, error);
}

static void join_close_stage(WeirOperator *operator, void * opaque)
{
    (void)operator;
    JoinTask *task = opaque;
    weir_program_instance_free(task->keys);
    weir_program_instance_free(task->condition);
    weir_arena_deinit(&task->scratch);
    weir_free(task->pair_k);
    weir_free(task->pair_build);
    weir_free(task);
}

/* left ++ right of `count` pairs; `build_rows` NULL: nulls in place of the built side; `probe_rows` NULL: nulls in
 * place of the probe side. */
static WeirBatch *make_pairs(WeirOperator *operator, WeirBatch * probe, uint32_t *probe_rows, uint32_t *build_rows,
                             uint32_t count)
{
    const WeirPhysicalPlan *plan = operator->plan;
    JoinState *state = operator->state;
    uint32_t probe_width = side_plan(plan, false)->output_count, build_width = state->build_width;
    WeirBatch *out = weir_batch_new(probe_width + build_width, &operator->tracker);
    out->row_count = out->selected_count = count;
    WeirVector *probe_columns = out->columns + (plan->build_left ? build_width : 0);
    WeirVector *build_columns = out->columns + (plan->build_left ? 0 : probe_width);
    if (probe != NULL)
        weir_batch_keep_batch(out, probe);
    weir_batch_keep_batch(out, state->table.rows);
    for (uint32_t i = 0; i < probe_width; i++) {
        if (probe_rows == NULL)
            weir_vector_init_null(&probe_columns[i], side_plan(plan, false)->output[i]->type, count, &out->arena);
        else
            weir_vector_wrap_dictionary(&probe->columns[i], probe_rows, count, &probe_columns[i]);
    }
    for (uint32_t i = 0; i < build_width; i++) {
        if (build_rows == NULL)
            weir_vector_init_null(&build_columns[i], state->build_types[i], count, &out->arena);
        else
            weir_vector_wrap_dictionary(&state->table.rows->columns[i], build_rows, count, &build_columns[i]);
    }
    return out;
}

static bool puts_out_pairs(WeirJoinType type)
{
    return type != WEIR_JOIN_LEFT_SEMI && type != WEIR_JOIN_LEFT_ANTI && type != WEIR_JOIN_EXISTENCE;
}

/* Check the candidates, mark what matched, put out the pairs where the join does. */
static WeirStatus flush_pairs(WeirOperator *operator, JoinTask * task, WeirPipelineTask *pipeline, uint32_t stage,
                              WeirError *error)
{
    JoinState *state = operator->state;
    if (task->pair_count == 0)
        return WEIR_OK;
    uint32_t count = task->pair_count;
    task->pair_count = 0;
    WeirBatch *holder = weir_batch_new(0, &operator->tracker); /* its arena holds the row numbers */
    uint32_t *probe_rows = weir_arena_alloc(&holder->arena, (size_t)count * 2 * sizeof(uint32_t)),
             *build_rows = probe_rows + count;
    for (uint32_t i = 0; i < count; i++) {
        probe_rows[i] = weir_batch_row(task->batch, task->pair_k[i]);
        build_rows[i] = task->pair_build[i];
    }
    WeirBatch *pairs = make_pairs(operator, task->batch, probe_rows, build_rows, count);
    weir_batch_keep_batch(pairs, holder);
    weir_batch_release(holder);
    WeirStatus status = WEIR_OK;
    if (task->condition != NULL)
        WEIR_TRY_OR_GO(done, weir_program_filter(task->condition, pairs, &pairs->arena, &pairs->selection,
                                                 &pairs->selected_count, error));
    for (uint32_t i = 0; i < pairs->selected_count; i++) {
        uint32_t pair = weir_batch_row(pairs, i);
        task->matched[task->pair_k[pair]] = 1;
        if (state->table.matched != NULL)
            __atomic_store_n(&state->table.matched[task->pair_build[pair]], 1, __ATOMIC_RELAXED);
    }
    WEIR_TRY_OR_GO(done, weir_batch_check(pairs, error));
    if (puts_out_pairs(operator->plan->join_type))
        status = weir_emit(pipeline, stage + 1, pairs, error);
done:
    weir_batch_release(pairs);
    return status;
}

static WeirStatus add_pair(WeirOperator *operator, JoinTask * task, uint32_t k, uint32_t build_row,
                           WeirPipelineTask *pipeline, uint32_t stage, WeirError *error)
{
    task->pair_k[task->pair_count] = k;
    task->pair_build[task->pair_count++] = build_row;
    return task->pair_count == PAIRS_MAX ? flush_pairs(operator, task, pipeline, stage, error) : WEIR_OK;
}

static WeirStatus probe_all(WeirOperator *operator, JoinTask * task, WeirPipelineTask *pipeline, uint32_t stage,
                            WeirError *error)
{
    const JoinState *state = operator->state;
    bool first_is_enough = !puts_out_pairs(operator->plan->join_type);
    for (uint32_t k = 0; k < task->batch->selected_count; k++) {
        for (uint32_t r = 0; r < state->table.row_count; r++) {
            WEIR_TRY(add_pair(operator, task, k, r, pipeline, stage, error));
            if (first_is_enough && (task->condition == NULL || task->matched[k]))
                break;
        }
        WEIR_TRY(weir_execution_check_cancelled(operator->execution, error));
    }
    return flush_pairs(operator, task, pipeline, stage, error);
}

static WeirStatus probe_keys(WeirOperator *operator, JoinTask * task, const WeirBatch *keys, WeirPipelineTask *pipeline,
                             uint32_t stage, WeirError *error)
{
    const JoinState *state = operator->state;
    const WeirJoinTable *table = &state->table;
    const WeirBatch *batch = task->batch;
    uint32_t width = table->layout->word_count, count = batch->selected_count;
    bool first_is_enough = !puts_out_pairs(operator->plan->join_type) && task->condition == NULL;
    const WeirKeyWord *words = NULL;
    uint64_t *hashes = weir_arena_alloc(&task->scratch, sizeof(uint64_t) * ((size_t)count + 1));
    WEIR_TRY(
        weir_key_read(table->layout, keys->columns, batch->selection, count, &words, hashes, &task->scratch, error));
    for (uint32_t k = 0; k < count; k++) {
        if (k + 8 < count)
            __builtin_prefetch(&table->heads[(uint32_t)(hashes[k + 8] >> 32) & table->mask]);
        uint32_t tag = (uint32_t)(hashes[k] >> 32), at = table->heads[tag & table->mask];
        if (at == 0 ||
            weir_join_key_is_null(keys->columns, table->null_safe, table->key_count, weir_batch_row(batch, k)))
            continue;
        for (; at != 0; at = table->next[at - 1]) {
            uint32_t row = at - 1;
            if (table->tags[row] != tag ||
                !weir_key_equal(table->layout, table->words + (size_t)row * width, words + (size_t)k * width))
                continue;
            WEIR_TRY(add_pair(operator, task, k, row, pipeline, stage, error));
            if (first_is_enough)
                break;
        }
    }
    return flush_pairs(operator, task, pipeline, stage, error);
}

/* Probe rows that come out once: unmatched ones with nulls, semi, anti and existence rows. */
static WeirStatus put_out_probe_rows(WeirOperator *operator, JoinTask * task, WeirPipelineTask *pipeline,
                                     uint32_t stage, WeirError *error)
{
    const JoinState *state = operator->state;
    WeirBatch *batch = task->batch;
    WeirJoinType type = operator->plan->join_type;
    if (puts_out_pairs(type) && !state->keeps_probe)
        return WEIR_OK;
    uint32_t wanted = type == WEIR_JOIN_LEFT_SEMI, count = batch->selected_count, kept = 0;
    WeirBatch *out = weir_batch_over(batch, batch->column_count + (type == WEIR_JOIN_EXISTENCE), &operator->tracker);
    uint32_t *rows = weir_arena_alloc(&out->arena, sizeof(uint32_t) * ((size_t)count + 1));
    for (uint32_t k = 0; k < count; k++) {
        rows[kept] = weir_batch_row(batch, k);
        kept += type == WEIR_JOIN_EXISTENCE || task->matched[k] == wanted;
    }
    WeirStatus status = WEIR_OK;
    memcpy(out->columns, batch->columns, sizeof(WeirVector) * batch->column_count);
    if (type == WEIR_JOIN_EXISTENCE) {
        WeirVector *exists = &out->columns[batch->column_count];
        WEIR_TRY_OR_GO(done, weir_vector_init(exists, &weir_type_boolean, batch->row_count, &out->arena, error));
        exists->length = batch->row_count;
        for (uint32_t k = 0; k < count; k++)
            ((uint8_t *)exists->values)[weir_batch_row(batch, k)] = task->matched[k];
    }
    if (puts_out_pairs(type)) {
        WeirBatch *holder = out;
        out = make_pairs(operator, batch, rows, NULL, kept);
        weir_batch_keep_batch(out, holder);
        weir_batch_release(holder);
    } else {
        out->selection = rows;
        out->selected_count = kept;
    }
    WEIR_TRY_OR_GO(done, weir_batch_check(out, error));
    status = weir_emit(pipeline, stage + 1, out, error);
done:
    weir_batch_release(out);
    return status;
}

static WeirStatus join_push(WeirOperator *operator, void * opaque, WeirPipelineTask *pipeline, uint32_t stage,
                            WeirBatch *batch, WeirError *error)
{
    const JoinState *state = operator->state;
    JoinTask *task = opaque;
    task->batch = batch;
    task->matched = weir_arena_calloc(&task->scratch, (size_t)batch->selected_count + 1);
    WeirStatus status = WEIR_OK;
    WeirBatch *keys = NULL;
    if (state->table.row_count > 0) {
        if (operator->plan->grouping_count == 0) {
            WEIR_TRY_OR_GO(done, probe_all(operator, task, pipeline, stage, error));
        } else {
            WEIR_TRY_OR_GO(
                done, weir_projection_run(&state->probe_keys, task->keys, batch, &operator->tracker, &keys, error));
            WEIR_TRY_OR_GO(done, probe_keys(operator, task, keys, pipeline, stage, error));
        }
    }
    WEIR_TRY_OR_GO(done, weir_arena_check(&task->scratch, error));
    status = put_out_probe_rows(operator, task, pipeline, stage, error);
done:
    weir_batch_release(keys);
    task->pair_count = 0;
    weir_arena_reset(&task->scratch);
    return status;
}

static WeirStatus unmatched_unit(WeirOperator *operator, uint32_t partition, WeirPipelineTask *task, WeirError *error)
{
    (void)partition;
    const JoinState *state = operator->state;
    const WeirJoinTable *table = &state->table;
    for (uint32_t start = 0; start < table->row_count && !weir_pipeline_is_satisfied(task);) {
        WeirBatch *holder = weir_batch_new(0, &operator->tracker);
        uint32_t *rows = weir_arena_alloc(&holder->arena, PAIRS_MAX * sizeof(uint32_t)), count = 0;
        for (; start < table->row_count && count < PAIRS_MAX; start++) {
            rows[count] = start;
            count += table->matched[start] == 0;
        }
        WeirBatch *out = make_pairs(operator, NULL, NULL, rows, count);
        weir_batch_keep_batch(out, holder);
        weir_batch_release(holder);
        WeirStatus status = weir_emit(task, 0, out, error);
        weir_batch_release(out);
        WEIR_TRY(status);
    }
    return WEIR_OK;
}

static WeirStatus join_produce(WeirOperator *operator, uint32_t first_unit, const WeirPipeline *pipeline,
                               WeirError *error)
{
    const JoinState *state = operator->state;
    const WeirPipeline here = {.stage = operator, .next = pipeline };
    WEIR_TRY(weir_operator_produce(side_operator(operator, false), first_unit, &here, error));
    if (!state->keeps_build)
        return WEIR_OK;
    return weir_produce_one(operator, first_unit + state->units, pipeline, unmatched_unit, error);
}

const WeirOperatorType weir_hash_join_operator = {
    .name = "BroadcastHashJoin",
    .open = join_open,
    .close = join_close,
    .prepare = join_prepare,
    .produce = join_produce,
    .reset = join_reset,
    .open_stage = join_open_stage,
    .push = join_push,
    .close_stage = join_close_stage,
};
