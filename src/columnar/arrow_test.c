#include "columnar/arrow.h"
#include "columnar/test_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static WeirArena arena;

static const char every_type[] =
    "a boolean, b tinyint, c smallint, d int, e bigint, f float, g double, h decimal(10,2), i decimal(38,2), j string, "
    "k binary, l date, m timestamp, n timestamp_ntz, o interval day to second, p interval year to month, q interval, "
    "r array<string>, s map<string,array<int>>, t struct<x:int,y:struct<z:string>>, u void";
static const char every_row[] = "(true, 1, 2, 3, 4, 1.5, 2.5, 150, -15000000000000000000000, 'short', x'00ff', 19723, "
                                "1, 2, 3, 14, <1 2 3000>, ['a', null, "
                                "'a string that is not inline'], {'k': [1, null], 'l': null}, (1, ('z')), null) "
                                "(null, null, null, null, null, null, null, null, null, null, null, null, null, null, "
                                "null, null, null, null, null, null, null) "
                                "(false, -1, -2, -3, -4, -1.5, nan, -1, 1, 'a string that is not inline either', x'', "
                                "-1, -2, -3, -4, -5, <0 0 -1>, [], {}, "
                                "(null, null), null)";

static void assert_rows_equal(const WeirBatch *a, const WeirBatch *b)
{
    assert_int_equal(a->selected_count, b->selected_count);
    assert_int_equal(a->column_count, b->column_count);
    for (uint32_t k = 0; k < a->selected_count; k++) {
        for (uint32_t i = 0; i < a->column_count; i++)
            assert_int_equal(
                weir_vector_compare_rows(&a->columns[i], weir_batch_row(a, k), &b->columns[i], weir_batch_row(b, k)),
                0);
    }
}

static void test_round_trip(void **state)
{
    (void)state;
    const WeirSchema *schema, *schema_again;
    struct ArrowSchema arrow_schema;
    struct ArrowArray array;
    WeirBatch *batch = test_rows(&arena, every_type, every_row, &schema), *again;
    assert_int_equal(weir_arrow_export_schema(schema, &arrow_schema, NULL), WEIR_OK);
    assert_int_equal(weir_arrow_import_schema(&arrow_schema, &arena, &schema_again, NULL), WEIR_OK);
    assert_true(weir_type_equal_strict(schema, schema_again));
    uint32_t selection[] = {0, 2};
    for (int pass = 0; pass < 3; pass++) {
        if (pass > 0) {
            batch->selection = selection;
            batch->selected_count = 2;
        }
        assert_int_equal(weir_arrow_export_batch(schema, batch, &array, NULL), WEIR_OK);
        if (pass < 2)
            assert_int_equal(weir_arrow_import_batch(schema, &array, NULL, &again, NULL), WEIR_OK);
        else
            assert_int_equal(weir_arrow_import_batch_as(&arrow_schema, schema, &array, NULL, &again, NULL), WEIR_OK);
        assert_null(array.release);
        assert_rows_equal(batch, again);
        weir_batch_release(again);
    }
    arrow_schema.release(&arrow_schema);
    weir_batch_release(batch);
}

/* The exported array outlives the batch, and its children outlive it when they are moved out. */
static void test_ownership(void **state)
{
    (void)state;
    const WeirSchema *schema;
    struct ArrowArray array, child;
    struct ArrowSchema arrow_schema;
    WeirBatch *batch = test_rows(&arena, "a bigint, b string", "(1, 'x') (2, 'a string that is not inline')", &schema);
    assert_int_equal(weir_arrow_export_batch(schema, batch, &array, NULL), WEIR_OK);
    weir_batch_release(batch);
    child = *array.children[1];
    array.children[1]->release = NULL;
    assert_int_equal(((const int64_t *)array.children[0]->buffers[1])[1], 2);
    array.release(&array);
    assert_memory_equal(child.buffers[2], "xa string", 9);
    child.release(&child);
    assert_int_equal(weir_arrow_export_schema_in_zone(schema, "Asia/Tokyo", &arrow_schema, NULL), WEIR_OK);
    assert_string_equal(arrow_schema.children[0]->format, "l");
    arrow_schema.release(&arrow_schema);
}

static void no_release(struct ArrowArray *array)
{
    array->release = NULL;
}

static void test_foreign_layouts(void **state)
{
    (void)state;
    /* A slice [1, 4) of four rows: large strings, timestamps in milliseconds, a dictionary, view strings. */
    static const int64_t offsets[] = {0, 1, 3, 3, 20};
    static const char text[] = "abcdefghijklmnopqrst";
    static const uint8_t nulls[] = {0x0b}; /* row 2 is null */
    static const int64_t times[] = {1, -1, 0, 1500};
    static const int8_t indices[] = {0, 2, 0, 1};
    static const int64_t words[] = {10, 20, 30};
    struct {
        int32_t length;
        char prefix[4];
        int32_t buffer, offset;
    } views[4] = {{0}};
    const int64_t lengths[] = {20};
    views[1].length = 2;
    memcpy(views[1].prefix, "xy", 2);
    views[3].length = 14;
    memcpy(views[3].prefix, "cdef", 4);
    views[3].offset = 2;
    const void *string_buffers[] = {nulls, offsets, text}, *time_buffers[] = {NULL, times},
               *index_buffers[] = {nulls, indices}, *word_buffers[] = {NULL, words},
               *view_buffers[] = {NULL, views, text, lengths}, *no_buffers[] = {NULL};
    struct ArrowArray dictionary = {.length = 3, .n_buffers = 2, .buffers = word_buffers};
    struct ArrowArray columns[] = {
        {.length = 4, .null_count = 1, .n_buffers = 3, .buffers = string_buffers},
        {.length = 4, .n_buffers = 2, .buffers = time_buffers},
        {.length = 3,
         .offset = 1,
         .null_count = -1,
         .n_buffers = 2,
         .buffers = index_buffers,
         .dictionary = &dictionary},
        {.length = 4, .n_buffers = 4, .buffers = view_buffers},
    };
    struct ArrowArray *column_list[] = {&columns[0], &columns[1], &columns[2], &columns[3]};
    struct ArrowArray array = {.length = 3,
                               .offset = 0,
                               .n_buffers = 1,
                               .buffers = no_buffers,
                               .n_children = 4,
                               .children = column_list,
                               .release = no_release};
    columns[0].offset = columns[1].offset = columns[3].offset = 1;
    struct ArrowSchema word_format = {.format = "l"};
    struct ArrowSchema formats[] = {{.format = "U", .name = "s", .flags = ARROW_FLAG_NULLABLE},
                                    {.format = "tsm:UTC", .name = "t"},
                                    {.format = "c", .name = "d", .dictionary = &word_format},
                                    {.format = "vu", .name = "v"}};
    struct ArrowSchema *format_list[] = {&formats[0], &formats[1], &formats[2], &formats[3]};
    struct ArrowSchema format = {.format = "+s", .n_children = 4, .children = format_list};
    const WeirSchema *schema;
    WeirBatch *batch, *expected;
    assert_int_equal(weir_arrow_import_schema(&format, &arena, &schema, NULL), WEIR_OK);
    assert_int_equal(weir_arrow_import_batch_as(&format, schema, &array, NULL, &batch, NULL), WEIR_OK);
    expected = test_rows(
        &arena, "s string, t timestamp, d bigint, v string",
        "('bc', -1000, 30, 'xy') (null, 0, null, '') ('defghijklmnopqrst', 1500000, 20, 'cdefghijklmnop')", &schema);
    assert_rows_equal(batch, expected);
    weir_batch_release(batch);
    weir_batch_release(expected);
}

static void test_refused(void **state)
{
    (void)state;
    const char *const formats[] = {"C",     "S",   "I",          "L",      "e", "tts", "+w:3",
                                   "+ud:0", "w:3", "d:10,2,256", "d:39,1", "",  "ts",  "tsx:"};
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        struct ArrowSchema child = {.format = formats[i], .name = "x"};
        struct ArrowSchema *children[] = {&child};
        struct ArrowSchema schema = {.format = "+s", .n_children = 1, .children = children};
        const WeirSchema *imported;
        WeirError error;
        assert_int_equal(weir_arrow_import_schema(&schema, &arena, &imported, &error),
                         WEIR_ERROR_UNSUPPORTED_ARROWTYPE);
    }
    static const int32_t falling[] = {0, 5, 3};
    const void *buffers[] = {NULL, falling, "abcde"}, *no_buffers[] = {NULL};
    struct ArrowArray child = {.length = 2, .n_buffers = 3, .buffers = buffers};
    struct ArrowArray *children[] = {&child};
    struct ArrowArray array = {.length = 2,
                               .n_buffers = 1,
                               .buffers = no_buffers,
                               .n_children = 1,
                               .children = children,
                               .release = no_release};
    const WeirSchema *schema;
    WeirBatch *batch;
    assert_int_equal(weir_schema_from_ddl("x string", &arena, &schema, NULL), WEIR_OK);
    assert_int_not_equal(weir_arrow_import_batch(schema, &array, NULL, &batch, NULL), WEIR_OK);
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_ownership),
        cmocka_unit_test(test_foreign_layouts),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
