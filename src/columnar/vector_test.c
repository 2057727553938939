#include "columnar/batch.h"
#include "columnar/value.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static WeirArena arena;

static int setup(void **state)
{
    (void)state;
    weir_arena_init(&arena, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    weir_arena_deinit(&arena);
    return 0;
}

static WeirValue *text(const char *value)
{
    return weir_value_bytes(&arena, &weir_type_string, value, strlen(value));
}

static WeirVector int_vector(uint32_t count)
{
    WeirVector vector;
    assert_int_equal(weir_vector_init(&vector, &weir_type_int, count, &arena, NULL), WEIR_OK);
    vector.length = count;
    for (uint32_t i = 0; i < count; i++)
        ((int32_t *)vector.values)[i] = (int32_t)i * 10;
    return vector;
}

static void test_views(void **state)
{
    (void)state;
    const char *all = "abcdefghijklmnopqrstuvwxyz";
    for (uint32_t length = 0; length <= 26; length++) {
        WeirStringView view = weir_view_make(all, length);
        assert_memory_equal(weir_view_data(&view), all, length);
        for (uint32_t at = length; at < 12; at++)
            assert_int_equal(view.inlined[at], 0);
        WeirStringView copy = weir_view_copy(&arena, all, length);
        assert_true(weir_view_equal(&view, &copy));
        assert_int_equal(weir_view_compare(&view, &copy), 0);
    }
    const char *ascending[] = {"",  "a",       "ab", "abc", "abcd", "abcda", "abcdefghijklm", "abcdefghijkln",
                               "b", "\xc3\xa9"};
    for (int i = 0; i < 10; i++) {
        for (int j = 0; j < 10; j++) {
            WeirStringView a = weir_view_make(ascending[i], (uint32_t)strlen(ascending[i]));
            WeirStringView b = weir_view_make(ascending[j], (uint32_t)strlen(ascending[j]));
            int order = weir_view_compare(&a, &b);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
            assert_int_equal(weir_view_equal(&a, &b), i == j);
        }
    }
    WeirStringView zero = weir_view_make("a\0", 2), one = weir_view_make("a", 1);
    assert_true(weir_view_compare(&zero, &one) > 0);
}

static void test_gather_flat_and_null_index(void **state)
{
    (void)state;
    WeirVector vector = int_vector(200), out;
    const uint32_t rows[] = {199, 0, WEIR_NULL_INDEX, 7};
    assert_int_equal(weir_vector_gather(&vector, rows, 4, false, &out, &arena, NULL), WEIR_OK);
    assert_int_equal(((int32_t *)out.values)[0], 1990);
    assert_int_equal(((int32_t *)out.values)[3], 70);
    assert_true(weir_vector_is_null(&out, 2));
    assert_false(weir_vector_is_null(&out, 1));
    weir_vector_ensure_validity(&vector, 200, &arena);
    weir_bit_clear(vector.validity, 7);
    assert_int_equal(weir_vector_gather(&vector, rows, 2, false, &out, &arena, NULL), WEIR_OK);
    assert_null(out.validity);
    assert_int_equal(weir_vector_gather(&vector, NULL, 200, true, &out, &arena, NULL), WEIR_OK);
    for (uint32_t i = 0; i < 200; i++)
        assert_int_equal(weir_vector_is_null(&out, i), i == 7);
}

static void test_gather_dictionary_and_constant(void **state)
{
    (void)state;
    WeirVector vector = int_vector(10), dictionary, nested, out;
    uint32_t indices[] = {9, WEIR_NULL_INDEX, 3};
    uint32_t outer[] = {2, 1, 0, 0};
    weir_vector_wrap_dictionary(&vector, indices, 3, &dictionary);
    weir_vector_wrap_dictionary(&dictionary, outer, 4, &nested);
    assert_int_equal(weir_vector_flatten(&nested, &out, &arena, NULL), WEIR_OK);
    assert_int_equal(out.kind, WEIR_VECTOR_FLAT);
    assert_int_equal(((int32_t *)out.values)[0], 30);
    assert_true(weir_vector_is_null(&out, 1));
    assert_int_equal(((int32_t *)out.values)[3], 90);
    WeirValue *constant = text("a string that is not inline");
    constant->length = 3;
    assert_int_equal(weir_vector_gather(constant, NULL, 3, true, &out, &arena, NULL), WEIR_OK);
    WeirStringView *views = out.values;
    assert_ptr_not_equal(weir_view_data(&views[2]), weir_view_data(constant->values));
    assert_true(weir_view_equal(&views[2], constant->values));
    assert_int_equal(weir_vector_gather(weir_value_null(&arena, &weir_type_string), NULL, 1, true, &out, &arena, NULL),
                     0);
    assert_true(weir_vector_is_null(&out, 0));
}

/* Rows of struct<m: map<string, array<int>>, s: string>: {("k", [1, null])}, null, {}, … */
static WeirBatch *nested_batch(void)
{
    const WeirDataType *list = weir_type_array(&arena, &weir_type_int, true);
    const WeirDataType *map = weir_type_map(&arena, &weir_type_string, list, true);
    WeirField parts[] = {{"m", map, true, NULL}, {"s", &weir_type_string, true, NULL}};
    WeirField field = {"x", weir_type_struct(&arena, parts, 2), true, NULL};
    const WeirSchema *schema = weir_type_struct(&arena, &field, 1);
    WeirBatchBuilder builder;
    assert_int_equal(weir_batch_builder_init(&builder, schema, NULL, NULL), WEIR_OK);
    WeirVectorBuilder *x = builder.columns[0];
    WeirVectorBuilder *m = weir_vector_builder_child(x, 0), *s = weir_vector_builder_child(x, 1);
    WeirVectorBuilder *key = weir_vector_builder_child(m, 0), *value = weir_vector_builder_child(m, 1);
    for (int row = 0; row < 300; row++) {
        if (row % 3 == 1) {
            weir_vector_builder_append_null(x);
        } else {
            for (int entry = 0; entry < row % 5; entry++) {
                char name[40];
                int length = snprintf(name, sizeof(name), "key number %d of row %d", entry, row);
                weir_vector_builder_append_bytes(key, name, (size_t)length);
                weir_vector_builder_append_int(weir_vector_builder_child(value, 0), row + entry);
                weir_vector_builder_append_null(weir_vector_builder_child(value, 0));
                weir_vector_builder_end_list(value);
            }
            weir_vector_builder_end_list(m);
            weir_vector_builder_append_bytes(s, "some text of thirty characters", 30);
            weir_vector_builder_end_struct(x);
        }
        if (row % 7 == 0) /* a row that was begun, then found malformed */
            weir_vector_builder_append_bytes(key, "x", 1);
        if (row % 7 == 0) {
            builder.row_count++;
            weir_batch_builder_cancel_row(&builder);
        } else {
            weir_batch_builder_end_row(&builder);
        }
    }
    WeirBatch *batch = NULL;
    assert_int_equal(weir_batch_builder_finish(&builder, &batch, NULL), WEIR_OK);
    assert_int_equal(batch->row_count, 300);
    weir_batch_builder_deinit(&builder);
    return batch;
}

static void test_nested_gather_compare_and_hash_agree(void **state)
{
    (void)state;
    WeirBatch *batch = nested_batch(), *compact, *slice;
    uint32_t selection[100];
    for (uint32_t k = 0; k < 100; k++)
        selection[k] = k * 3;
    batch->selection = selection;
    batch->selected_count = 100;
    slice = weir_batch_slice(batch, 50, 10, NULL);
    assert_int_equal(weir_batch_row(slice, 0), 150);
    assert_int_equal(weir_batch_compact(slice, NULL, &compact, NULL), WEIR_OK);
    weir_batch_release(slice);
    uint32_t hashes[10];
    for (uint32_t k = 0; k < 10; k++)
        hashes[k] = 42;
    weir_vector_murmur3(&compact->columns[0], NULL, 10, hashes);
    for (uint32_t k = 0; k < 10; k++) {
        uint32_t row = selection[50 + k];
        assert_int_equal(weir_vector_compare_rows(&batch->columns[0], row, &compact->columns[0], k), 0);
        assert_int_equal(weir_vector_murmur3_row(&batch->columns[0], row, 42), hashes[k]);
    }
    assert_true(weir_vector_compare_rows(&batch->columns[0], 1, &compact->columns[0], 0) < 0);
    WeirVector none;
    assert_int_equal(weir_vector_gather(&batch->columns[0], selection, 0, true, &none, &arena, NULL), WEIR_OK);
    assert_int_equal(none.length, 0);
    weir_batch_release(batch);
    weir_batch_release(compact);
}

static void test_compare_floats(void **state)
{
    (void)state;
    const double ascending[] = {-INFINITY, -1, 0, 1, INFINITY, NAN};
    for (int i = 0; i < 6; i++) {
        for (int j = 0; j < 6; j++) {
            WeirValue *a = weir_value_double(&arena, &weir_type_double, ascending[i]);
            WeirValue *b = weir_value_double(&arena, &weir_type_float, ascending[j]);
            WeirValue *c = weir_value_double(&arena, &weir_type_double, ascending[j]);
            WeirValue *d = weir_value_double(&arena, &weir_type_float, ascending[i]);
            assert_int_equal(weir_vector_compare_rows(a, 0, c, 0), (i > j) - (i < j));
            assert_int_equal(weir_vector_compare_rows(d, 0, b, 0), (i > j) - (i < j));
        }
    }
    assert_int_equal(weir_vector_compare_rows(weir_value_double(&arena, &weir_type_double, -0.0), 0,
                                              weir_value_double(&arena, &weir_type_double, 0.0), 0),
                     0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_views),
        cmocka_unit_test(test_gather_flat_and_null_index),
        cmocka_unit_test(test_gather_dictionary_and_constant),
        cmocka_unit_test(test_nested_gather_compare_and_hash_agree),
        cmocka_unit_test(test_compare_floats),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
