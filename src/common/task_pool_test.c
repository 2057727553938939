#include "common/task_pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support/test.h"

static const uint32_t worker_counts[] = {0, 1, 2, 7};

enum { TASKS = 1000 };

typedef struct Record {
    uint32_t runs[TASKS];
    _Atomic uint32_t total;
    uint32_t fail_from; /* tasks of this index and above fail; TASKS: none */
    uint32_t cancel_at; /* this task cancels */
    _Atomic bool cancelled;
    _Atomic uint32_t last; /* index of the task run before, to see the order */
    _Atomic bool out_of_order;
} Record;

static WeirStatus record_run(void *context, uint32_t index, WeirError *error)
{
    Record *record = context;
    record->runs[index]++;
    atomic_fetch_add(&record->total, 1);
    if (index > 0 && atomic_exchange(&record->last, index) != index - 1)
        record->out_of_order = true;
    if (index == record->cancel_at)
        atomic_store(&record->cancelled, true);
    if (index >= record->fail_from) {
        if (index % 2 == 0)
            usleep(200); /* let later ones fail first */
        return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "task %u", index);
    }
    return WEIR_OK;
}

static void every_task_runs_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        WeirTaskPool *pool = weir_task_pool_new(worker_counts[i]);
        assert_int_equal(weir_task_pool_worker_count(pool), worker_counts[i]);
        WeirError error;
        for (int round = 0; round < 20; round++) {
            Record record = {.fail_from = TASKS, .cancel_at = TASKS};
            uint32_t count = (uint32_t)(round * 53 % (TASKS + 1));
            assert_ok(weir_task_pool_run(pool, record_run, &record, count, &record.cancelled, &error), error);
            assert_int_equal(record.total, count);
            for (uint32_t j = 0; j < count; j++)
                assert_int_equal(record.runs[j], 1);
            if (worker_counts[i] == 0)
                assert_false(record.out_of_order);
        }
        weir_task_pool_free(pool);
    }
    weir_task_pool_free(NULL);
}

static void the_lowest_failure_is_returned(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        WeirTaskPool *pool = weir_task_pool_new(worker_counts[i]);
        for (uint32_t from = 0; from < 100; from += 9) {
            Record record = {.fail_from = from, .cancel_at = TASKS};
            WeirError error;
            char expected[32];
            snprintf(expected, sizeof expected, "task %u", from);
            assert_condition(weir_task_pool_run(pool, record_run, &record, TASKS, NULL, &error), error,
                             "INTERNAL_ERROR");
            assert_string_equal(error.message, expected);
            for (uint32_t j = 0; j < from; j++)
                assert_int_equal(record.runs[j], 1);
            assert_true(record.total <= from + worker_counts[i] + 1);
            assert_int_equal(weir_task_pool_run(pool, record_run, &record, TASKS, NULL, NULL),
                             WEIR_ERROR_INTERNAL_ERROR);
        }
        weir_task_pool_free(pool);
    }
}

static void cancelling_skips_what_has_not_begun(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        WeirTaskPool *pool = weir_task_pool_new(worker_counts[i]);
        Record record = {.fail_from = TASKS, .cancel_at = 10};
        WeirError error;
        assert_condition(weir_task_pool_run(pool, record_run, &record, TASKS, &record.cancelled, &error), error,
                         "CANCELLED");
        assert_true(record.total >= 11 && record.total < TASKS);
        weir_task_pool_free(pool);
    }
}

typedef struct Caller {
    WeirTaskPool *pool;
    _Atomic uint64_t sum;
} Caller;

static WeirStatus add_index(void *context, uint32_t index, WeirError *error)
{
    (void)error;
    atomic_fetch_add(&((Caller *)context)->sum, index);
    return WEIR_OK;
}

static void *call_often(void *context)
{
    Caller *caller = context;
    for (int i = 0; i < 300; i++) {
        if (weir_task_pool_run(caller->pool, add_index, caller, 20, NULL, NULL) != WEIR_OK)
            atomic_store(&caller->sum, 0);
    }
    return NULL;
}

static void queries_share_a_pool(void **state)
{
    (void)state;
    WeirTaskPool *pool = weir_task_pool_new(3);
    Caller callers[4] = {{.pool = pool}, {.pool = pool}, {.pool = pool}, {.pool = pool}};
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, call_often, &callers[i]);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(callers[i].sum, 300 * 190);
    }
    weir_task_pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_task_runs_once),
        cmocka_unit_test(the_lowest_failure_is_returned),
        cmocka_unit_test(cancelling_skips_what_has_not_begun),
        cmocka_unit_test(queries_share_a_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
