/* What an operator is. A physical plan becomes a tree of WeirOperators of the same shape. Rows are pushed: a producer
 * (scan, or an operator that must see all its input first) cuts its output into units, numbered in Spark's row order
 * and never by the number of threads, and pushes each unit's batches through the fused stages above it into a terminal
 * (an operator that collects, or the query's output). */
#ifndef WEIR_OPERATORS_OPERATOR_H
#define WEIR_OPERATORS_OPERATOR_H

#include "operators/execution.h"

typedef struct WeirOperator WeirOperator;
typedef struct WeirOperatorType WeirOperatorType;
typedef struct WeirPipelineTask WeirPipelineTask;

/* Where a pipeline's rows end. begin runs on the driver before any unit; the rest in tasks, one task per unit at a
 * time. A batch is borrowed: who keeps it retains it. */
typedef struct WeirTerminal {
    WeirStatus (*begin)(void *context, uint32_t unit_count, WeirError *error);
    WeirStatus (*open)(void *context, uint32_t unit, void **state, WeirError *error);
    WeirStatus (*push)(void *context, void *state, WeirBatch *batch, WeirError *error);
    WeirStatus (*finish)(void *context, void *state, WeirError *error);
    void (*close)(void *context, void *state, bool failed); /* also after a failed open (state NULL then) */
    bool (*is_satisfied)(void *context, uint32_t unit);     /* optional: this unit's further rows are not wanted */
} WeirTerminal;

/* The stages from here to the terminal, in the order rows pass them. Lives on the stack of the run. */
typedef struct WeirPipeline WeirPipeline;
struct WeirPipeline {
    WeirOperator *stage; /* NULL: the terminal is next */
    const WeirPipeline *next;
    const WeirTerminal *terminal;
    void *context;
};

struct WeirOperatorType {
    const char *name; /* Spark's: names the operator in memory errors */
    /* Once per query: compile programs. close frees what open made, also after its failure. */
    WeirStatus (*open)(WeirOperator *operator, WeirError * error);
    void (*close)(WeirOperator *operator);
    /* Once per run. prepare does all that must be done before the first row comes out and says how many units there
     * will be; NULL: those of the only child. produce pushes units [first_unit, first_unit + count) into `pipeline`;
     * NULL: the operator is a stage of its only child's pipeline. */
    WeirStatus (*prepare)(WeirOperator *operator, uint32_t * unit_count, WeirError *error);
    WeirStatus (*produce)(WeirOperator *operator, uint32_t first_unit, const WeirPipeline *pipeline, WeirError *error);
    /* After a run, good or bad: drop what it held. */
    void (*reset)(WeirOperator *operator, bool failed);
    /* As a stage: state of one unit. */
    WeirStatus (*open_stage)(WeirOperator *operator, uint32_t unit, void **state, WeirError *error);
    /* Emit with weir_emit(task, stage + 1, batch, error). */
    WeirStatus (*push)(WeirOperator *operator, void * state, WeirPipelineTask *task, uint32_t stage, WeirBatch *batch,
                       WeirError *error);
    WeirStatus (*finish)(WeirOperator *operator, void * state, WeirPipelineTask *task, uint32_t stage,
                         WeirError *error); /* optional */
    void (*close_stage)(WeirOperator *operator, void * state);
};

struct WeirOperator {
    const WeirOperatorType *type;
    const WeirPhysicalPlan *plan;
    WeirExecution *execution;
    WeirOperator **children;
    uint32_t child_count;
    WeirMemoryTracker tracker; /* everything the operator holds */
    void *state;               /* of the query: made by open */
    void *run;                 /* of the run: made by prepare, dropped by reset */
};

typedef struct WeirPipelineStage {
    WeirOperator *operator;
    void *state;
} WeirPipelineStage;

struct WeirPipelineTask {
    uint32_t unit;
    uint32_t stage_count;
    WeirPipelineStage *stages;
    const WeirTerminal *terminal;
    void *terminal_context;
    void *terminal_state;
};

struct WeirExecution {
    const WeirPhysicalPlan *plan;
    const WeirExecutionEnvironment *environment;
    WeirArena arena; /* of the query: operators, schemas */
    WeirOperator *root;
    const WeirSchema *schema;
    WeirOperator **stateful; /* by operator id */
    uint32_t stateful_count;
    struct WeirStoreSet *store_sets; /* by operator id: stateful/stores.h */
    WeirExecutionMetrics metrics;
    const WeirExecutionBatch *batch; /* of the run; NULL: batch query */
};

/* operator_table.c: the type of a physical node. */
const WeirOperatorType *weir_operator_type(const WeirPhysicalPlan *plan);

/* operator.c: the tree. */
WEIR_CHECKED WeirStatus weir_operator_new(const WeirPhysicalPlan *plan, WeirExecution *execution,
                                          WeirOperator **operator, WeirError * error);
void weir_operator_free(WeirOperator *operator);               /* NULL is allowed */
void weir_operator_reset(WeirOperator *operator, bool failed); /* of the whole tree */

/* pipeline.c. prepare/produce follow stages down to their producer; run = prepare, terminal->begin, produce. */
WEIR_CHECKED WeirStatus weir_operator_prepare(WeirOperator *operator, uint32_t * unit_count, WeirError *error);
WEIR_CHECKED WeirStatus weir_operator_produce(WeirOperator *operator, uint32_t first_unit, const WeirPipeline *pipeline,
                                              WeirError *error);
WEIR_CHECKED WeirStatus weir_operator_run(WeirOperator *operator, const WeirTerminal * terminal, void *context,
                                          WeirError *error);
WEIR_CHECKED WeirStatus weir_pipeline_open(const WeirPipeline *pipeline, uint32_t unit, WeirPipelineTask **task,
                                           WeirError *error);
/* Push `batch` into stage `stage` (0: the first); batches without live rows are dropped. */
WEIR_CHECKED WeirStatus weir_emit(WeirPipelineTask *task, uint32_t stage, WeirBatch *batch, WeirError *error);
WEIR_CHECKED WeirStatus weir_pipeline_finish(WeirPipelineTask *task, WeirError *error);
void weir_pipeline_close(WeirPipelineTask *task, bool failed); /* NULL is allowed */
static inline bool weir_pipeline_is_satisfied(const WeirPipelineTask *task)
{
    return task->terminal->is_satisfied != NULL && task->terminal->is_satisfied(task->terminal_context, task->unit);
}

/* Run `count` partitions as units in min(count, 4 × workers) tasks, each a contiguous group, in order. */
typedef WeirStatus (*WeirUnitFunction)(WeirOperator *operator, uint32_t partition, WeirPipelineTask *task,
                                       WeirError *error);
WEIR_CHECKED WeirStatus weir_produce_partitions(WeirOperator *operator, uint32_t count, uint32_t first_unit,
                                                const WeirPipeline *pipeline, WeirUnitFunction function,
                                                WeirError *error);
/* Run one unit on the driver: operators with a single ordered output. */
WEIR_CHECKED WeirStatus weir_produce_one(WeirOperator *operator, uint32_t unit, const WeirPipeline *pipeline,
                                         WeirUnitFunction function, WeirError *error);

WEIR_CHECKED WeirStatus weir_execution_check_cancelled(const WeirExecution *execution, WeirError *error);
static inline WeirTaskPool *weir_execution_pool(const WeirExecution *execution)
{
    return execution->environment->pool;
}
static inline const _Atomic bool *weir_execution_cancelled(const WeirExecution *execution)
{
    return execution->batch == NULL ? NULL : execution->batch->cancelled;
}
static inline uint32_t weir_execution_batch_rows(const WeirExecution *execution)
{
    return execution->environment->batch_rows_max == 0 ? WEIR_BATCH_ROWS_DEFAULT
                                                       : execution->environment->batch_rows_max;
}
int64_t weir_execution_nanos(const WeirExecution *execution); /* monotonic, for metrics only; 0 without a clock */

/* A batch of the same rows as `input` under its own columns (zeroed, to be filled), which keeps `input` alive and
 * shares its selection. */
WeirBatch *weir_batch_over(WeirBatch *input, uint32_t column_count, WeirMemoryTracker *tracker);
/* The batch's memory was not refused. */
WEIR_CHECKED WeirStatus weir_batch_check(const WeirBatch *batch, WeirError *error);
/* Schema of a plan's output attributes. */
const WeirSchema *weir_output_schema(const WeirPhysicalPlan *plan, WeirArena *arena);

#endif
