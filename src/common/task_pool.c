/* Workers take tasks of the oldest set that still has some, a counter handing out indexes in rising order. Since an
 * index is handed out only after all lower ones, the failure of the lowest index is the same on every schedule. */
#include "common/task_pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "common/memory.h"

/* One call of weir_task_pool_run; lives on its stack until no worker is in it. */
typedef struct TaskSet {
    WeirTaskFunction function;
    void *context;
    uint32_t count;
    const _Atomic bool *cancelled;
    _Atomic uint64_t next_index; /* runs past `count`; set to it when no more tasks shall begin */
    struct TaskSet *next;
    pthread_cond_t left;   /* signalled when `worker_count` falls to 0 */
    uint32_t worker_count; /* workers in this set, the caller not counted; under the pool's mutex */
    /* Outcome, under the pool's mutex. */
    bool was_cancelled;
    uint32_t failed_index;
    WeirStatus status;
    WeirError error;
} TaskSet;

struct WeirTaskPool {
    uint32_t worker_count;
    uint32_t thread_count; /* started; callers work too, so there is one less than workers */
    pthread_t *threads;
    pthread_mutex_t mutex;
    pthread_cond_t work;
    TaskSet *first;
    bool stopping;
};

WeirTaskPool *weir_task_pool_new(uint32_t worker_count)
{
    WeirTaskPool *pool = weir_calloc(1, sizeof *pool);
    pool->worker_count = worker_count;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->work, NULL);
    return pool;
}

void weir_task_pool_free(WeirTaskPool *pool)
{
    if (pool == NULL)
        return;
    pthread_mutex_lock(&pool->mutex);
    WEIR_ASSERT(pool->first == NULL);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->mutex);
    for (uint32_t i = 0; i < pool->thread_count; i++)
        pthread_join(pool->threads[i], NULL);
    weir_free(pool->threads);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->mutex);
    weir_free(pool);
}

uint32_t weir_task_pool_worker_count(const WeirTaskPool *pool)
{
    return pool->worker_count;
}

static bool has_tasks(const TaskSet *set)
{
    return atomic_load_explicit(&set->next_index, memory_order_relaxed) < set->count;
}

static bool is_cancelled(const TaskSet *set)
{
    return set->cancelled != NULL && atomic_load_explicit(set->cancelled, memory_order_acquire);
}

static void record_failure(WeirTaskPool *pool, TaskSet *set, uint32_t index, WeirStatus status, const WeirError *error)
{
    atomic_store_explicit(&set->next_index, set->count, memory_order_relaxed);
    pthread_mutex_lock(&pool->mutex);
    if (set->status == WEIR_OK || index < set->failed_index) {
        set->status = status;
        set->failed_index = index;
        weir_error_copy(&set->error, error);
    }
    pthread_mutex_unlock(&pool->mutex);
}

/* Runs tasks until none is left to begin. */
static void work_on(WeirTaskPool *pool, TaskSet *set)
{
    WeirError error;
    while (has_tasks(set)) {
        uint64_t index = atomic_fetch_add_explicit(&set->next_index, 1, memory_order_relaxed);
        if (index >= set->count)
            return;
        if (is_cancelled(set)) {
            atomic_store_explicit(&set->next_index, set->count, memory_order_relaxed);
            pthread_mutex_lock(&pool->mutex);
            set->was_cancelled = true;
            pthread_mutex_unlock(&pool->mutex);
            return;
        }
        error.status = WEIR_OK;
        WeirStatus status = set->function(set->context, (uint32_t)index, &error);
        if (status != WEIR_OK)
            record_failure(pool, set, (uint32_t)index, status, error.status != WEIR_OK ? &error : NULL);
    }
}

static TaskSet *find_work(WeirTaskPool *pool)
{
    TaskSet *set = pool->first;
    while (set != NULL && !has_tasks(set))
        set = set->next;
    return set;
}

static void *run_worker(void *argument)
{
    WeirTaskPool *pool = argument;
    pthread_mutex_lock(&pool->mutex);
    while (!pool->stopping) {
        TaskSet *set = find_work(pool);
        if (set == NULL) {
            pthread_cond_wait(&pool->work, &pool->mutex);
            continue;
        }
        set->worker_count++;
        pthread_mutex_unlock(&pool->mutex);
        work_on(pool, set);
        pthread_mutex_lock(&pool->mutex);
        if (--set->worker_count == 0)
            pthread_cond_signal(&set->left);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

/* With the mutex held. A thread that the system refuses is done without: the caller can do all tasks. */
static void start_threads(WeirTaskPool *pool)
{
    if (pool->threads != NULL)
        return;
    pool->threads = weir_calloc(pool->worker_count, sizeof *pool->threads);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are for the program's own threads */
    while (pool->thread_count + 1 < pool->worker_count &&
           pthread_create(&pool->threads[pool->thread_count], NULL, run_worker, pool) == 0)
        pool->thread_count++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void append_set(WeirTaskPool *pool, TaskSet *set)
{
    TaskSet **place = &pool->first;
    while (*place != NULL)
        place = &(*place)->next;
    *place = set;
}

static void remove_set(WeirTaskPool *pool, const TaskSet *set)
{
    TaskSet **place = &pool->first;
    while (*place != set)
        place = &(*place)->next;
    *place = set->next;
}

/* Puts the set before the workers, works on it, and waits until they have left it. */
static void run_shared(WeirTaskPool *pool, TaskSet *set)
{
    pthread_cond_init(&set->left, NULL);
    pthread_mutex_lock(&pool->mutex);
    start_threads(pool);
    append_set(pool, set);
    uint32_t helpers = set->count - 1 < pool->thread_count ? set->count - 1 : pool->thread_count;
    for (uint32_t i = 0; i < helpers; i++)
        pthread_cond_signal(&pool->work);
    pthread_mutex_unlock(&pool->mutex);

    work_on(pool, set);

    pthread_mutex_lock(&pool->mutex);
    remove_set(pool, set);
    while (set->worker_count > 0)
        pthread_cond_wait(&set->left, &pool->mutex);
    pthread_mutex_unlock(&pool->mutex);
    pthread_cond_destroy(&set->left);
}

WeirStatus weir_task_pool_run(WeirTaskPool *pool, WeirTaskFunction function, void *context, uint32_t count,
                              const _Atomic bool *cancelled, WeirError *error)
{
    TaskSet set;
    set.function = function;
    set.context = context;
    set.count = count;
    set.cancelled = cancelled;
    atomic_init(&set.next_index, 0);
    set.next = NULL;
    set.worker_count = 0;
    set.was_cancelled = false;
    set.failed_index = 0;
    set.status = WEIR_OK;
    set.error.status = WEIR_OK;
    if (pool->worker_count <= 1 || count <= 1)
        work_on(pool, &set);
    else
        run_shared(pool, &set);
    if (set.status != WEIR_OK) {
        if (set.error.status != WEIR_OK)
            weir_error_copy(error, &set.error);
        return set.status;
    }
    return set.was_cancelled ? weir_error_set(error, WEIR_ERROR_CANCELLED) : WEIR_OK;
}
