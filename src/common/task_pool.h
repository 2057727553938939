/* One pool of workers for all queries of a process, plus a small I/O pool for fsync and blocking opens. A task never
 * waits for another task. With 0 workers every task runs inline, in order, on the caller (simulator, fault tests). */
#ifndef WEIR_COMMON_TASK_POOL_H
#define WEIR_COMMON_TASK_POOL_H

#include "common/error.h"

typedef struct WeirTaskPool WeirTaskPool;

/* One task of a set: `index` counts from 0. On failure fill `error`; the other tasks of the set still run or are
 * skipped. */
typedef WeirStatus (*WeirTaskFunction)(void *context, uint32_t index, WeirError *error);

/* `worker_count` 0 = inline. Threads start lazily, at the first run with more than one task. */
WeirTaskPool *weir_task_pool_new(uint32_t worker_count);
void weir_task_pool_free(WeirTaskPool *pool);
uint32_t weir_task_pool_worker_count(const WeirTaskPool *pool);

/* Run `count` tasks and wait for all (the barrier). Returns the failure of the lowest index, so that errors do not
 * depend on the schedule; after a failure tasks that have not begun are skipped only if their index is higher. The
 * caller takes part in the work. `cancelled` (may be NULL): when it turns true, unstarted tasks are skipped and
 * WEIR_ERROR_CANCELLED is returned. */
WEIR_CHECKED WeirStatus weir_task_pool_run(WeirTaskPool *pool, WeirTaskFunction function, void *context, uint32_t count,
                                           const _Atomic bool *cancelled, WeirError *error);

#endif
