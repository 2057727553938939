/* Batch aggregation over a stream's scan: right counts, and the same bits in the same order for any number of threads
 * and any size of batch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "operators/test_plan.h"

#define PARTITIONS 9u

typedef struct Fixture {
    WeirArena arena;
    WeirMemoryTracker tracker;
    WeirEvalContext context;
    TestTable table;
    WeirPhysicalPlan *plan;
} Fixture;

/* word i of the input: short and long strings, some nulls, skewed. */
static void append_word(WeirBatchBuilder *builder, uint64_t *random)
{
    *random = *random * 6364136223846793005u + 1442695040888963407u;
    uint32_t u = (uint32_t)(*random >> 40) % 1000;
    uint32_t word = u * u / 1000;
    char text[64];
    int length = snprintf(text, sizeof(text), word % 3 == 0 ? "w%u" : "a-rather-long-word-%u", word);
    if (word == 7)
        weir_vector_builder_append_null(builder->columns[0]);
    else
        weir_vector_builder_append_bytes(builder->columns[0], text, (size_t)length);
    weir_vector_builder_append_double(builder->columns[1], 1.0 / (double)(word + 1));
    weir_batch_builder_end_row(builder);
}

static void make_table(Fixture *fixture, uint32_t rows, uint32_t batch_rows)
{
    const WeirField fields[2] = {{"word", &weir_type_string, true, "{}"}, {"x", &weir_type_double, true, "{}"}};
    const WeirSchema *schema = weir_type_struct(&fixture->arena, fields, 2);
    WeirError error;
    fixture->table.partition_count = PARTITIONS;
    fixture->table.partitions = WEIR_ARENA_ARRAY(&fixture->arena, WeirBatch **, PARTITIONS);
    fixture->table.batch_counts = WEIR_ARENA_ARRAY(&fixture->arena, uint32_t, PARTITIONS);
    uint64_t random = 42;
    for (uint32_t p = 0; p < PARTITIONS; p++) {
        fixture->table.partitions[p] = WEIR_ARENA_ARRAY(&fixture->arena, WeirBatch *, rows / batch_rows + 2);
        for (uint32_t done = 0; done < rows;) {
            WeirBatchBuilder builder;
            assert_int_equal(weir_batch_builder_init(&builder, schema, &fixture->tracker, &error), WEIR_OK);
            uint32_t end = done + batch_rows < rows ? done + batch_rows : rows;
            for (; done < end; done++)
                append_word(&builder, &random);
            WeirBatch *batch = NULL;
            assert_int_equal(weir_batch_builder_finish(&builder, &batch, &error), WEIR_OK);
            fixture->table.partitions[p][fixture->table.batch_counts[p]++] = batch;
            weir_batch_builder_deinit(&builder);
        }
    }
}

static void fixture_init(Fixture *fixture, uint32_t rows, uint32_t batch_rows)
{
    memset(fixture, 0, sizeof(*fixture));
    weir_memory_tracker_init(&fixture->tracker, NULL, "test", 0);
    weir_arena_init(&fixture->arena, &fixture->tracker);
    fixture->context = (WeirEvalContext){.zone = weir_time_zone_utc(), .ansi = true};
    make_table(fixture, rows, batch_rows);
    WeirArena *arena = &fixture->arena;
    WeirPhysicalPlan *scan = test_scan(arena,
                                       test_list(arena, 2, test_attribute(arena, "word", &weir_type_string, 1),
                                                 test_attribute(arena, "x", &weir_type_double, 2)),
                                       2);
    WeirPhysicalPlan *plan = test_node(arena, WEIR_PHYSICAL_HASH_AGGREGATE, 1, scan, NULL);
    plan->grouping = test_list(arena, 1, test_bound(arena, "word", &weir_type_string, 0));
    plan->grouping_count = 1;
    plan->aggregates =
        test_list(arena, 2, test_aggregate(arena, &test_count, &weir_type_long, NULL),
                  test_aggregate(arena, &test_sum, &weir_type_double, test_bound(arena, "x", &weir_type_double, 1)));
    plan->aggregate_count = 2;
    plan->expressions =
        test_list(arena, 3, test_bound(arena, "word", &weir_type_string, 0),
                  test_bound(arena, "count", &weir_type_long, 1), test_bound(arena, "sum", &weir_type_double, 2));
    plan->expression_count = 3;
    test_set_output(plan,
                    test_list(arena, 3, test_attribute(arena, "word", &weir_type_string, 3),
                              test_attribute(arena, "n", &weir_type_long, 4),
                              test_attribute(arena, "s", &weir_type_double, 5)),
                    3);
    fixture->plan = plan;
}

static void fixture_deinit(Fixture *fixture)
{
    for (uint32_t p = 0; p < PARTITIONS; p++) {
        for (uint32_t i = 0; i < fixture->table.batch_counts[p]; i++)
            weir_batch_release(fixture->table.partitions[p][i]);
    }
    weir_arena_deinit(&fixture->arena);
    assert_int_equal(fixture->tracker.used_bytes, 0);
    weir_memory_tracker_deinit(&fixture->tracker);
}

static void run(Fixture *fixture, uint32_t workers, uint32_t batch_rows, TestRows *rows)
{
    WeirError error = {0};
    WeirTaskPool *pool = weir_task_pool_new(workers);
    const WeirExecutionEnvironment environment = {
        .pool = pool, .tracker = &fixture->tracker, .context = &fixture->context, .batch_rows_max = batch_rows};
    WeirInputPartition partitions[PARTITIONS];
    for (uint32_t p = 0; p < PARTITIONS; p++)
        partitions[p] = (WeirInputPartition){.index = p};
    const WeirExecutionSource source = {&test_source, (WeirSource *)(void *)&fixture->table, partitions, PARTITIONS};
    const WeirExecutionBatch batch = {.sources = &source, .source_count = 1};
    const WeirExecutionOutput output = {.context = rows, .ordered = true, .consume = test_consume};
    WeirExecution *execution = NULL;
    assert_int_equal(weir_execution_new(fixture->plan, &environment, &execution, &error), WEIR_OK);
    for (int round = 0; round < 2; round++) { /* the same execution runs again and again */
        test_rows_clear(rows);
        const WeirExecutionMetrics *metrics = NULL;
        WeirStatus status = weir_execution_run(execution, &batch, &output, &metrics, &error);
        if (status != WEIR_OK)
            fail_msg("%s", error.message);
        assert_int_equal(metrics->output_rows, rows->count);
    }
    weir_execution_free(execution);
    weir_task_pool_free(pool);
}

static void test_threads_do_not_change_bits(void **state)
{
    (void)state;
    const uint32_t workers[] = {0, 1, 2, 7}, sizes[] = {1, 7, 4096};
    TestRows expected = {0};
    for (uint32_t s = 0; s < 3; s++) {
        Fixture fixture;
        fixture_init(&fixture, 5000, sizes[s]);
        for (uint32_t w = 0; w < 4; w++) {
            TestRows rows = {0};
            run(&fixture, workers[w], sizes[s], &rows);
            if (expected.count == 0) {
                expected = rows;
                continue;
            }
            assert_int_equal(rows.count, expected.count);
            for (uint32_t i = 0; i < rows.count; i++)
                assert_string_equal(rows.rows[i], expected.rows[i]);
            test_rows_clear(&rows);
        }
        fixture_deinit(&fixture);
    }
    test_rows_clear(&expected);
}

static void test_counts_are_right(void **state)
{
    (void)state;
    Fixture fixture;
    TestRows rows = {0};
    fixture_init(&fixture, 3000, 256);
    run(&fixture, 2, 256, &rows);
    int64_t total = 0;
    for (uint32_t i = 0; i < rows.count; i++)
        total += strtoll(strchr(rows.rows[i], '|') + 1, NULL, 10);
    assert_int_equal(total, 3000 * PARTITIONS);
    test_rows_clear(&rows);
    fixture_deinit(&fixture);
}

static void test_global_without_input(void **state)
{
    (void)state;
    Fixture fixture;
    TestRows rows = {0};
    fixture_init(&fixture, 0, 256);
    fixture.plan->grouping_count = 0;
    fixture.plan->expressions = test_list(&fixture.arena, 1, test_bound(&fixture.arena, "count", &weir_type_long, 0));
    fixture.plan->expression_count = fixture.plan->output_count = 1;
    run(&fixture, 0, 256, &rows);
    assert_int_equal(rows.count, 1);
    assert_string_equal(rows.rows[0], "0");
    test_rows_clear(&rows);
    fixture_deinit(&fixture);
}

static void test_memory_refusal_names_the_operator(void **state)
{
    (void)state;
    Fixture fixture;
    WeirError error = {0};
    TestRows rows = {0};
    fixture_init(&fixture, 3000, 256);
    fixture.tracker.limit_bytes = fixture.tracker.used_bytes + 100000;
    const WeirExecutionEnvironment environment = {.tracker = &fixture.tracker, .context = &fixture.context};
    WeirInputPartition partition = {.index = 0};
    const WeirExecutionSource source = {&test_source, (WeirSource *)(void *)&fixture.table, &partition, 1};
    const WeirExecutionBatch batch = {.sources = &source, .source_count = 1};
    const WeirExecutionOutput output = {.context = &rows, .consume = test_consume};
    WeirExecution *execution = NULL;
    WeirStatus status = weir_execution_new(fixture.plan, &environment, &execution, &error);
    if (status == WEIR_OK)
        status = weir_execution_run(execution, &batch, &output, NULL, &error);
    assert_int_equal(status, WEIR_ERROR_UNABLE_TO_ACQUIRE_MEMORY);
    weir_execution_free(execution);
    test_rows_clear(&rows);
    fixture.tracker.limit_bytes = 0;
    fixture_deinit(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_are_right),
        cmocka_unit_test(test_threads_do_not_change_bits),
        cmocka_unit_test(test_global_without_input),
        cmocka_unit_test(test_memory_refusal_names_the_operator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
