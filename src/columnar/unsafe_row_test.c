#include "columnar/test_rows.h"
#include "columnar/unsafe_row.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* The bytes are what Spark 4.2.1 makes of such a row: UnsafeRow.getBytes of queryExecution.toRdd. */
typedef struct RowCase {
    const char *ddl;
    const char *row;
    const char *hex;
} RowCase;

static WeirArena arena;

static size_t from_hex(const char *hex, uint8_t *bytes)
{
    size_t count = 0;
    for (; *hex != '\0'; hex += 2) {
        unsigned byte;
        sscanf(hex, "%2x", &byte);
        bytes[count++] = (uint8_t)byte;
    }
    return count;
}

static const WeirVector *const *pointers(const WeirVector *columns, uint32_t count)
{
    const WeirVector **list = weir_arena_alloc(&arena, sizeof(*list) * count);
    for (uint32_t i = 0; i < count; i++)
        list[i] = &columns[i];
    return list;
}

static const RowCase row_cases[] = {
    {"a int, b bigint, c boolean, d int, e float, f double, g tinyint, h smallint, i int",
     "(1, -1, true, null, 1.5, 1.5, -2, -2, -1)",
     "08000000000000000100000000000000ffffffffffffffff010000000000000000000000000000000000c03f00000000"
     "000000000000f83ffe00000000000000feff000000000000ffffffff00000000"},
    {"a string, b string, c string, d string, e string", "('cat', '12345678', '123456789', '', null)",
     "100000000000000003000000300000000800000038000000090000004000000000000000500000000000000000000000"
     "6361740000000000313233343536373831323334353637383900000000000000"},
    {"a decimal(10,2), b decimal(38,2), c decimal(38,2)", "(150, -150, null)",
     "0400000000000000960000000000000002000000200000000000000030000000ff6a0000000000000000000000000000"
     "00000000000000000000000000000000"},
    {"a struct<start:timestamp,end:timestamp>, b string", "((10, 20), 'k0')",
     "00000000000000001800000018000000020000003000000000000000000000000a000000000000001400000000000000"
     "6b30000000000000"},
    {"a interval, b interval", "(<14 3 14706000000>, null)",
     "0200000000000000100000001800000010000000280000000e0000000300000080c08b6c030000000000000000000000"
     "0000000000000000"},
    {"a decimal(38,2), b decimal(38,2), c decimal(38,0), d decimal(38,0), e decimal(20,0), f "
     "decimal(20,0), g decimal(38,0), h decimal(38,0), i decimal(38,0)",
     "(null, -150, 127, 128, -128, -129, 99999999999999999999999999999999999999, "
     "-99999999999999999999999999999999999999, 0)",
     "010000000000000000000000500000000200000060000000010000007000000002000000800000000100000090000000"
     "02000000a000000010000000b000000010000000c000000001000000d000000000000000000000000000000000000000"
     "ff6a00000000000000000000000000007f00000000000000000000000000000000800000000000000000000000000000"
     "80000000000000000000000000000000ff7f00000000000000000000000000004b3b4ca85a86c47a098a223fffffffff"
     "b4c4b357a5793b85f675ddc00000000100000000000000000000000000000000"},
    {"a array<decimal(38,2)>", "([150, null, 1234567890123456789012])",
     "000000000000000040000000100000000300000000000000020000000000000002000000280000000000000000000000"
     "0900000030000000009600000000000042ed123b0bd8203a1400000000000000"},
    {"a array<decimal(10,2)>", "([150, null])",
     "000000000000000020000000100000000200000000000000020000000000000096000000000000000000000000000000"},
    {"a array<interval>", "([<12 0 0>, null, <0 2 0>])",
     "000000000000000048000000100000000300000000000000020000000000000010000000280000000000000000000000"
     "10000000380000000c00000000000000000000000000000000000000020000000000000000000000"},
    {"a array<interval day>, b array<interval month>", "([86400000000, null], [1, null])",
     "000000000000000020000000180000001800000038000000020000000000000002000000000000000060d71d14000000"
     "0000000000000000020000000000000002000000000000000100000000000000"},
    {"a array<struct<a:int,b:string>>", "([(1, 'x'), null, (null, null)])",
     "000000000000000060000000100000000300000000000000020000000000000020000000280000000000000000000000"
     "180000004800000000000000000000000100000000000000010000001800000078000000000000000300000000000000"
     "00000000000000000000000000000000"},
    {"a map<string,array<int>>", "({'a': [1, 2], 'bc': null})",
     "000000000000000070000000100000003000000000000000020000000000000000000000000000000100000020000000"
     "020000002800000061000000000000006263000000000000020000000000000002000000000000001800000020000000"
     "0000000000000000020000000000000000000000000000000100000002000000"},
    {"a array<boolean>", "([true, false, null, true, true, true, true, true, true])",
     "000000000000000020000000100000000900000000000000040000000000000001000001010101010100000000000000"},
    {"a array<date>, b array<double>, c array<tinyint>, d array<smallint>, e array<float>, f "
     "array<bigint>, g array<timestamp>",
     "([19723, null], [1.5, null, -0.0], [1, 2, 3], [1, null, 3], [1.5, null], [1, null], "
     "[1704067200000000, null])",
     "0000000000000000180000004000000028000000580000001800000080000000180000009800000018000000b0000000"
     "20000000c800000020000000e8000000020000000000000002000000000000000b4d0000000000000300000000000000"
     "0200000000000000000000000000f83f0000000000000000000000000000008003000000000000000000000000000000"
     "010203000000000003000000000000000200000000000000010000000300000002000000000000000200000000000000"
     "0000c03f0000000002000000000000000200000000000000010000000000000000000000000000000200000000000000"
     "020000000000000000202110d70d06000000000000000000"},
    {"a array<void>, b map<void,void>, c string, d binary, e array<string>",
     "([], {}, '', x'', ['', null, 'abc', 'abcdefgh', 'abcdefghi'])",
     "000000000000000008000000300000001800000038000000000000005000000000000000500000005800000050000000"
     "000000000000000008000000000000000000000000000000000000000000000005000000000000000200000000000000"
     "000000003800000000000000000000000300000038000000080000004000000009000000480000006162630000000000"
     "616263646566676861626364656667686900000000000000"},
    {"a struct<a:decimal(38,2),b:interval,c:string,d:struct<e:int>>, b struct<x:int>",
     "((null, null, null, (1)), null)",
     "020000000000000058000000180000000000000000000000070000000000000000000000280000001000000038000000"
     "000000000000000010000000480000000000000000000000000000000000000000000000000000000000000000000000"
     "00000000000000000100000000000000"},
    {"a void, b int", "(null, 1)", "010000000000000000000000000000000100000000000000"},
    {"a array<void>", "([null, null])",
     "000000000000000020000000100000000200000000000000030000000000000000000000000000000000000000000000"},
    {"a array<array<int>>", "([[1, null], null, []])",
     "000000000000000048000000100000000300000000000000020000000000000018000000280000000000000000000000"
     "08000000400000000200000000000000020000000000000001000000000000000000000000000000"},
    {"a map<struct<a:int>,map<bigint,binary>>", "({(1): {1: x'0102'}})",
     "000000000000000088000000100000002800000000000000010000000000000000000000000000001000000018000000"
     "000000000000000001000000000000000100000000000000000000000000000040000000180000001800000000000000"
     "010000000000000000000000000000000100000000000000010000000000000000000000000000000200000018000000"
     "0102000000000000"},
    {"a boolean, b boolean, c boolean, d tinyint, e smallint, f date, g timestamp_ntz, h interval month, i "
     "interval second, j double, k float, l double",
     "(true, false, null, 1, -2, -1, 1704067200500000, -1, -1000000, nan, nan, -0.0)",
     "04000000000000000100000000000000000000000000000000000000000000000100000000000000feff000000000000"
     "ffffffff0000000020c12810d70d0600ffffffff00000000c0bdf0ffffffffff000000000000f87f0000c07f00000000"
     "0000000000000080"},
};
#define ROW_CASE_COUNT (sizeof(row_cases) / sizeof(row_cases[0]))

static void test_spark_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_CASE_COUNT; i++) {
        const RowCase *row_case = &row_cases[i];
        const WeirSchema *schema;
        WeirBatch *batch = test_rows(&arena, row_case->ddl, row_case->row, &schema);
        uint8_t expected[1024];
        size_t size = from_hex(row_case->hex, expected);
        const WeirVector *const *columns = pointers(batch->columns, batch->column_count);
        assert_int_equal(weir_unsafe_row_size(columns, batch->column_count, 0), size);
        uint8_t *bytes = weir_malloc(size); /* the exact size, so that the sanitizer sees every step too far */
        memset(bytes, 0xaa, size);
        weir_unsafe_row_encode(columns, batch->column_count, 0, bytes);
        assert_memory_equal(bytes, expected, size);
        assert_true(weir_unsafe_row_validate(schema, bytes, size));
        const uint8_t *row = bytes;
        uint32_t row_size = (uint32_t)size;
        WeirVector *decoded = WEIR_ARENA_ARRAY(&arena, WeirVector, schema->field_count);
        assert_int_equal(weir_unsafe_row_decode(schema, &row, &row_size, 1, true, decoded, &arena, NULL), WEIR_OK);
        for (uint32_t column = 0; column < batch->column_count; column++)
            assert_int_equal(weir_vector_compare_rows(&decoded[column], 0, &batch->columns[column], 0), 0);
        weir_free(bytes);
        weir_batch_release(batch);
    }
}

/* 66 columns: two words of null bits. Column i is null when 3 divides it, else i. */
static void test_more_than_64_columns(void **state)
{
    (void)state;
    char ddl[1024] = "", row[1024] = "(";
    for (int i = 0; i < 66; i++) {
        snprintf(ddl + strlen(ddl), 32, "%sc%d int", i == 0 ? "" : ",", i);
        if (i % 3 == 0)
            snprintf(row + strlen(row), 32, "%snull", i == 0 ? "" : ",");
        else
            snprintf(row + strlen(row), 32, ",%d", i);
    }
    snprintf(row + strlen(row), 2, ")");
    const WeirSchema *schema;
    WeirBatch *batch = test_rows(&arena, ddl, row, &schema);
    uint8_t bytes[16 + 66 * 8];
    assert_int_equal(weir_unsafe_row_fixed_size(schema), sizeof(bytes));
    weir_unsafe_row_encode(pointers(batch->columns, 66), 66, 0, bytes);
    const uint8_t nulls[16] = {0x49, 0x92, 0x24, 0x49, 0x92, 0x24, 0x49, 0x92, 0x00, 0};
    assert_memory_equal(bytes, nulls, 8);
    assert_int_equal(bytes[8], 0);
    assert_int_equal(weir_unsafe_row_get_slot(bytes, 66, 65), 65);
    assert_true(weir_unsafe_row_is_null(bytes, 63));
    weir_batch_release(batch);
}

static void test_rows_at_once_equal_rows_one_by_one(void **state)
{
    (void)state;
    const WeirSchema *schema;
    WeirBatch *batch = test_rows(&arena, "k string, n bigint, d double, l array<string>",
                                 "('a', 1, 1.5, ['x', null]) (null, null, null, null) "
                                 "('a string of more than twelve bytes', -1, 2, []) ('', 3, 4, null)",
                                 &schema);
    const uint32_t rows[] = {3, 0, 2, 1, 0};
    uint32_t dictionary_indices[] = {0, 1, 2, 3};
    WeirVector wrapped;
    weir_vector_wrap_dictionary(&batch->columns[0], dictionary_indices, 4, &wrapped);
    const WeirVector *columns[] = {&wrapped, &batch->columns[1], &batch->columns[2], &batch->columns[3]};
    uint8_t *data, one[256];
    uint64_t *offsets;
    assert_int_equal(weir_unsafe_row_encode_rows(columns, 4, rows, 5, &arena, &data, &offsets, NULL), WEIR_OK);
    for (uint32_t k = 0; k < 5; k++) {
        size_t size = weir_unsafe_row_size(columns, 4, rows[k]);
        assert_int_equal(offsets[k + 1] - offsets[k], size);
        weir_unsafe_row_encode(columns, 4, rows[k], one);
        assert_memory_equal(one, data + offsets[k], size);
    }
    weir_batch_release(batch);
}

/* Whatever single byte of a row is damaged: the row is refused, or reads without touching memory that is not its own.
 */
static void test_damaged_rows_are_refused_or_harmless(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_CASE_COUNT; i++) {
        const WeirSchema *schema;
        assert_int_equal(weir_schema_from_ddl(row_cases[i].ddl, &arena, &schema, NULL), WEIR_OK);
        uint8_t good[1024];
        uint32_t size = (uint32_t)from_hex(row_cases[i].hex, good);
        uint8_t *bytes = weir_malloc(size);
        WeirVector *decoded = WEIR_ARENA_ARRAY(&arena, WeirVector, schema->field_count);
        for (uint32_t at = 0; at < size; at++) {
            memcpy(bytes, good, size);
            bytes[at] ^= 0x55;
            const uint8_t *row = bytes;
            if (weir_unsafe_row_validate(schema, bytes, size))
                assert_int_equal(weir_unsafe_row_decode(schema, &row, &size, 1, true, decoded, &arena, NULL), WEIR_OK);
        }
        for (uint32_t cut = 8; cut < size; cut += 8) {
            uint8_t *shorter = weir_malloc(cut);
            memcpy(shorter, good, cut);
            const uint8_t *row = shorter;
            if (weir_unsafe_row_validate(schema, shorter, cut))
                assert_int_equal(weir_unsafe_row_decode(schema, &row, &cut, 1, true, decoded, &arena, NULL), WEIR_OK);
            weir_free(shorter);
        }
        weir_free(bytes);
    }
}

static void test_empty_row(void **state)
{
    (void)state;
    const WeirSchema *schema = weir_type_struct(&arena, NULL, 0);
    assert_int_equal(weir_unsafe_row_size(NULL, 0, 0), 0);
    assert_true(weir_unsafe_row_validate(schema, (const uint8_t *)"", 0));
}

/* A row of keys and one of values, put together as Spark's state format 1 has them, and the values cut off again. */
static void test_rows_are_joined_and_cut_apart(void **state)
{
    (void)state;
    const WeirField keys[] = {{"k", &weir_type_string, true, "{}"}, {"n", &weir_type_string, true, "{}"}};
    const WeirField values[] = {{"c", &weir_type_long, true, "{}"}, {"t", &weir_type_string, true, "{}"}};
    const WeirSchema *left = weir_type_struct(&arena, keys, 2), *right = weir_type_struct(&arena, values, 2);
    const uint64_t left_row[] = {2, (uint64_t)24 << 32 | 3, 0, 0x6463 << 8 | 0x61};
    const uint64_t right_row[] = {0, 7, (uint64_t)24 << 32 | 1, 0x7a};
    const uint64_t joined[] = {2, (uint64_t)40 << 32 | 3, 0, 7, (uint64_t)48 << 32 | 1, 0x6463 << 8 | 0x61, 0x7a};
    uint64_t out[8], tail[8];
    assert_int_equal(weir_unsafe_row_join(left, (const uint8_t *)left_row, 32, right, (const uint8_t *)right_row, 32,
                                          (uint8_t *)out),
                     sizeof(joined));
    assert_memory_equal(out, joined, sizeof(joined));
    const WeirField all[] = {keys[0], keys[1], values[0], values[1]};
    const WeirSchema *both = weir_type_struct(&arena, all, 4);
    const uint8_t *row = (const uint8_t *)tail;
    uint32_t size = weir_unsafe_row_tail(both, 2, (const uint8_t *)joined, sizeof(joined), (uint8_t *)tail);
    WeirVector columns[2];
    assert_true(weir_unsafe_row_validate(right, row, size));
    assert_int_equal(weir_unsafe_row_decode(right, &row, &size, 1, true, columns, &arena, NULL), WEIR_OK);
    assert_int_equal(((const int64_t *)columns[0].values)[0], 7);
    const WeirStringView *text = columns[1].values;
    assert_int_equal(text->length, 1);
    assert_memory_equal(weir_view_data(text), "z", 1);
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
        cmocka_unit_test(test_spark_vectors),
        cmocka_unit_test(test_more_than_64_columns),
        cmocka_unit_test(test_rows_at_once_equal_rows_one_by_one),
        cmocka_unit_test(test_damaged_rows_are_refused_or_harmless),
        cmocka_unit_test(test_empty_row),
        cmocka_unit_test(test_rows_are_joined_and_cut_apart),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
