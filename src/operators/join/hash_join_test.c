/* Joins of all types against a brute-force join, with every number of threads and size of batch; order by with nulls
 * and limits over them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "operators/test_plan.h"

#define ROWS 40u

typedef struct Fixture {
    WeirArena arena;
    WeirMemoryTracker tracker;
    WeirEvalContext context;
    TestTable tables[2];
    WeirBatch *batches[2];
    WeirBatch *lists[2][1];
    WeirBatch **partitions[2][1];
    uint32_t counts[1];
    int64_t keys[2][ROWS]; /* -1: null */
} Fixture;

/* (key, number): keys 0 to 12 with repeats and nulls; the sides overlap in part. */
static WeirBatch *make_side(Fixture *fixture, int side)
{
    WeirError error;
    WeirBatch *batch = weir_batch_new(2, &fixture->tracker);
    for (int c = 0; c < 2; c++)
        assert_int_equal(weir_vector_init(&batch->columns[c], &weir_type_long, ROWS, &batch->arena, &error), WEIR_OK);
    weir_vector_ensure_validity(&batch->columns[0], ROWS, &batch->arena);
    for (uint32_t i = 0; i < ROWS; i++) {
        int64_t key = (int64_t)(i * 7 + (uint32_t)side * 3) % 13 + side * 4;
        fixture->keys[side][i] = i % 11 == 5 ? -1 : key;
        ((int64_t *)batch->columns[0].values)[i] = key;
        ((int64_t *)batch->columns[1].values)[i] = (int64_t)i;
        if (i % 11 == 5)
            weir_bit_clear(batch->columns[0].validity, i);
    }
    batch->columns[0].length = batch->columns[1].length = batch->row_count = batch->selected_count = ROWS;
    return batch;
}

static void fixture_init(Fixture *fixture)
{
    memset(fixture, 0, sizeof(*fixture));
    weir_memory_tracker_init(&fixture->tracker, NULL, "test", 0);
    weir_arena_init(&fixture->arena, NULL);
    fixture->context = (WeirEvalContext){.zone = weir_time_zone_utc(), .ansi = true};
    fixture->counts[0] = 1;
    for (int side = 0; side < 2; side++) {
        fixture->lists[side][0] = fixture->batches[side] = make_side(fixture, side);
        fixture->partitions[side][0] = fixture->lists[side];
        fixture->tables[side] = (TestTable){fixture->partitions[side], fixture->counts, 1};
    }
}

static void fixture_deinit(Fixture *fixture)
{
    for (int side = 0; side < 2; side++)
        weir_batch_release(fixture->batches[side]);
    weir_arena_deinit(&fixture->arena);
    assert_int_equal(fixture->tracker.used_bytes, 0);
    weir_memory_tracker_deinit(&fixture->tracker);
}

static WeirPhysicalPlan *side_scan(WeirArena *arena, int side)
{
    WeirPhysicalPlan *scan = test_scan(arena,
                                       test_list(arena, 2, test_attribute(arena, "k", &weir_type_long, side * 2 + 1),
                                                 test_attribute(arena, "n", &weir_type_long, side * 2 + 2)),
                                       2);
    scan->relation->source_index = side;
    return scan;
}

static WeirPhysicalPlan *join_plan(Fixture *fixture, WeirJoinType type, bool build_left)
{
    WeirArena *arena = &fixture->arena;
    WeirPhysicalPlan *plan = test_node(arena, WEIR_PHYSICAL_HASH_JOIN, 2, side_scan(arena, 0), side_scan(arena, 1));
    plan->join_type = type;
    plan->build_left = build_left;
    plan->grouping = test_list(arena, 1, test_bound(arena, "k", &weir_type_long, 0));
    plan->other_keys = test_list(arena, 1, test_bound(arena, "k", &weir_type_long, 0));
    plan->null_safe = WEIR_ARENA_ARRAY(arena, bool, 1);
    plan->grouping_count = 1;
    WeirExpression **output = test_list(
        arena, 4, test_attribute(arena, "a", &weir_type_long, 1), test_attribute(arena, "b", &weir_type_long, 2),
        test_attribute(arena, "c", &weir_type_long, 3), test_attribute(arena, "d", &weir_type_long, 4));
    bool one_side = type == WEIR_JOIN_LEFT_SEMI || type == WEIR_JOIN_LEFT_ANTI;
    test_set_output(plan, output, one_side ? 2 : type == WEIR_JOIN_EXISTENCE ? 3 : 4);
    return plan;
}

static void run_plan(Fixture *fixture, const WeirPhysicalPlan *plan, uint32_t workers, uint32_t batch_rows,
                     TestRows *rows)
{
    WeirError error = {0};
    WeirTaskPool *pool = weir_task_pool_new(workers);
    const WeirExecutionEnvironment environment = {
        .pool = pool, .tracker = &fixture->tracker, .context = &fixture->context, .batch_rows_max = batch_rows};
    WeirInputPartition partition = {.index = 0};
    const WeirExecutionSource sources[2] = {{&test_source, (WeirSource *)(void *)&fixture->tables[0], &partition, 1},
                                            {&test_source, (WeirSource *)(void *)&fixture->tables[1], &partition, 1}};
    const WeirExecutionBatch batch = {.sources = sources, .source_count = 2};
    const WeirExecutionOutput output = {.context = rows, .ordered = true, .consume = test_consume};
    WeirExecution *execution = NULL;
    WeirStatus status = weir_execution_new(plan, &environment, &execution, &error);
    if (status == WEIR_OK)
        status = weir_execution_run(execution, &batch, &output, NULL, &error);
    if (status != WEIR_OK)
        fail_msg("%s", error.message);
    weir_execution_free(execution);
    weir_task_pool_free(pool);
}

static void add_expected(TestRows *rows, const Fixture *fixture, int64_t left, int64_t right)
{
    char text[4][24], line[128];
    for (int side = 0; side < 2; side++) {
        int64_t row = side == 0 ? left : right;
        bool null_key = row < 0 || fixture->keys[side][row] < 0;
        snprintf(text[side * 2], 24, null_key ? "null" : "%lld", null_key ? 0 : (long long)fixture->keys[side][row]);
        snprintf(text[side * 2 + 1], 24, row < 0 ? "null" : "%lld", (long long)row);
    }
    snprintf(line, sizeof(line), "%s|%s|%s|%s", text[0], text[1], text[2], text[3]);
    test_rows_add(rows, line);
}

/* What the join must give, by trying all pairs; semi and anti rows are the left columns only. */
static void brute_force(const Fixture *fixture, WeirJoinType type, TestRows *rows)
{
    bool right_matched[ROWS] = {false};
    for (int64_t l = 0; l < ROWS; l++) {
        bool matched = false;
        for (int64_t r = 0; r < ROWS; r++) {
            if (fixture->keys[0][l] < 0 || fixture->keys[0][l] != fixture->keys[1][r])
                continue;
            matched = right_matched[r] = true;
            if (type <= WEIR_JOIN_FULL_OUTER)
                add_expected(rows, fixture, l, r);
        }
        bool keeps = (!matched && (type == WEIR_JOIN_LEFT_OUTER || type == WEIR_JOIN_FULL_OUTER)) ||
                     (matched && type == WEIR_JOIN_LEFT_SEMI) || (!matched && type == WEIR_JOIN_LEFT_ANTI);
        if (keeps)
            add_expected(rows, fixture, l, -1);
    }
    for (int64_t r = 0; r < ROWS; r++) {
        if (!right_matched[r] && (type == WEIR_JOIN_RIGHT_OUTER || type == WEIR_JOIN_FULL_OUTER))
            add_expected(rows, fixture, -1, r);
    }
}

static void check(Fixture *fixture, WeirJoinType type, bool build_left, uint32_t workers, uint32_t batch_rows)
{
    TestRows rows = {0}, expected = {0};
    bool one_side = type == WEIR_JOIN_LEFT_SEMI || type == WEIR_JOIN_LEFT_ANTI;
    run_plan(fixture, join_plan(fixture, type, build_left), workers, batch_rows, &rows);
    brute_force(fixture, type, &expected);
    assert_int_equal(rows.count, expected.count);
    for (uint32_t i = 0; i < expected.count && one_side; i++)
        *strchr(strchr(expected.rows[i], '|') + 1, '|') = 0;
    test_rows_sort(&rows);
    test_rows_sort(&expected);
    for (uint32_t i = 0; i < rows.count; i++)
        assert_string_equal(rows.rows[i], expected.rows[i]);
    test_rows_clear(&rows);
    test_rows_clear(&expected);
}

static void test_all_types(void **state)
{
    (void)state;
    static const WeirJoinType types[] = {WEIR_JOIN_INNER,      WEIR_JOIN_LEFT_OUTER, WEIR_JOIN_RIGHT_OUTER,
                                         WEIR_JOIN_FULL_OUTER, WEIR_JOIN_LEFT_SEMI,  WEIR_JOIN_LEFT_ANTI};
    static const uint32_t workers[] = {0, 2, 7}, sizes[] = {1, 7, 4096};
    Fixture fixture;
    fixture_init(&fixture);
    for (uint32_t t = 0; t < 6; t++) {
        for (uint32_t i = 0; i < 3; i++) {
            check(&fixture, types[t], false, workers[i], sizes[i]);
            if (types[t] <= WEIR_JOIN_FULL_OUTER)
                check(&fixture, types[t], true, workers[i], sizes[i]);
        }
    }
    fixture_deinit(&fixture);
}

static void test_sort_and_limit(void **state)
{
    (void)state;
    Fixture fixture;
    fixture_init(&fixture);
    WeirArena *arena = &fixture.arena;
    WeirPhysicalPlan *scan = side_scan(arena, 0);
    WeirPhysicalPlan *sort = test_node(arena, WEIR_PHYSICAL_SORT, 1, scan, NULL);
    WeirExpression *order =
        weir_expression_unary(arena, WEIR_EXPRESSION_SORT_ORDER, test_bound(arena, "k", &weir_type_long, 0));
    order->is_descending = true; /* nulls last */
    sort->expressions = test_list(arena, 1, order);
    sort->expression_count = 1;
    sort->is_global = true;
    test_set_output(sort, scan->output, 2);
    WeirPhysicalPlan *limit = test_node(arena, WEIR_PHYSICAL_LIMIT, 1, sort, NULL);
    limit->limit = 4;
    limit->offset = 1;
    test_set_output(limit, scan->output, 2);
    for (uint32_t rows_max = 1; rows_max < 100; rows_max += 33) {
        TestRows rows = {0}, all = {0};
        run_plan(&fixture, sort, 2, rows_max, &all);
        assert_int_equal(all.count, ROWS);
        assert_memory_equal(all.rows[0], "12|", 3);
        assert_memory_equal(all.rows[ROWS - 1], "null|38", 7); /* stable: the last null of the input */
        run_plan(&fixture, limit, 2, rows_max, &rows);
        assert_int_equal(rows.count, 4);
        for (uint32_t i = 0; i < 4; i++)
            assert_string_equal(rows.rows[i], all.rows[i + 1]);
        test_rows_clear(&rows);
        test_rows_clear(&all);
    }
    fixture_deinit(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all_types), cmocka_unit_test(test_sort_and_limit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
