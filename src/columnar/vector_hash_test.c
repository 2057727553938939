#include "columnar/test_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* From runs of Spark 4.2.1: SELECT hash(x), xxhash64(x), both with seed 42. */
typedef struct HashCase {
    const char *ddl;
    const char *row;
    int32_t murmur3;
    int64_t xxhash64;
} HashCase;

static const HashCase hash_cases[] = {
    {"x int", "(1)", -559580957, -6698625589789238999},
    {"x tinyint", "(1)", -559580957, -6698625589789238999},
    {"x boolean", "(true)", -559580957, -6698625589789238999},
    {"x interval month", "(1)", -559580957, -6698625589789238999},
    {"x int", "(0)", 933211791, 3614696996920510707},
    {"x float", "(-0.0)", 933211791, 3614696996920510707},
    {"x smallint", "(-1)", -1604776387, 2017008487422258757},
    {"x int", "(42)", 29417773, -387659249110444264},
    {"x int", "(2147483647)", 133916647, 1508894993788531228},
    {"x bigint", "(1)", -1712319331, -7001672635703045582},
    {"x bigint", "(-1)", -939490007, 3858142552250413010},
    {"x double", "(-0.0)", -1670924195, -5252525462095825812},
    {"x bigint", "(9223372036854775807)", -1604625029, -3246596055638297850},
    {"x float", "(1)", -466301895, 700633588856507837},
    {"x float", "(nan)", -349261430, 2692338816207849720},
    {"x double", "(1)", -460888942, -2162451265447482029},
    {"x double", "(-nan)", -1281358385, -3127944061524951246},
    {"x string", "('')", 142593372, -7444071767201028348},
    {"x string", "('a')", 1485273170, -8582455328737087284},
    {"x string", "('ab')", -97053317, 2710560539726725091},
    {"x string", "('abc')", 1322437556, 1423657621850124518},
    {"x string", "('abcd')", -396302900, -6810745876291105281},
    {"x string", "('abcde')", 814637928, -990457398947679591},
    {"x string", "('The quick brown fox jumps over the lazy dog')", 466024576, -6152153990451020481},
    {"x string", "('é')", 2119106806, 2065146811275570100},
    {"x string", "('日本')", -336983209, 5255273406210089560},
    {"x binary", "(x'ff')", 1398487324, -4006032525457443936},
    {"x binary", "(x'00ff80')", -2052482636, 7869338589911211550},
    {"x int", "(null)", 42, 42},
    {"x int, y int", "(null, 1)", -559580957, -6698625589789238999},
    {"x int, y int", "(1, null)", -559580957, -6698625589789238999},
    {"x int, y int", "(1, 2)", -222940379, -8133857028838179022},
    {"x string, y int", "('a', 1)", 532252686, -4810547614043336770},
    {"x string, y bigint", "('a', 1)", 1838122449, -1010403264180844141},
    {"x date", "(19723)", -456589419, 3242891694566951137},
    {"x timestamp", "(1704067200000000)", 1545358984, 3859582417520161651},
    {"x decimal(10,2)", "(150)", -2056712946, -6873856301616164681},
    {"x decimal(38,2)", "(150)", -339019914, -194698251525976593},
    {"x decimal(38,2)", "(-150)", -690534446, -6659465364316328129},
    {"x decimal(38,0)", "(12345678901234567890)", -493604283, 2312222103909072541},
    {"x struct<start:timestamp,end:timestamp>", "((10000000, 20000000))", 2124313396, -4610123273901942239},
    {"x struct<start:timestamp,end:timestamp>, y string", "((10000000, 20000000), 'k1')", -496288740,
     -4033457849174172157},
    {"x array<int>", "([1, 2, 3])", -912918097, 8592097078962733837},
    {"x array<int>", "([])", 42, 42},
    {"x array<string>", "(['a', 'b'])", 190734147, -7357372313250070212},
    {"x interval day", "(86400000000)", 892267096, 5650310968337874586},
    {"x interval", "(<14 3 14706000000>)", -682576329, -6115926617010465778},
};

static void test_spark_vectors(void **state)
{
    (void)state;
    WeirArena arena;
    weir_arena_init(&arena, NULL);
    for (size_t i = 0; i < sizeof(hash_cases) / sizeof(hash_cases[0]); i++) {
        const HashCase *hash_case = &hash_cases[i];
        const WeirSchema *schema;
        WeirBatch *batch = test_rows(&arena, hash_case->ddl, hash_case->row, &schema);
        const uint32_t row_zero = 0;
        uint32_t by_row = 42, by_column = 42, by_selection = 42;
        uint64_t long_by_row = 42, long_by_column = 42;
        for (uint32_t column = 0; column < batch->column_count; column++) {
            const WeirVector *vector = &batch->columns[column];
            by_row = weir_vector_murmur3_row(vector, 0, by_row);
            weir_vector_murmur3(vector, NULL, 1, &by_column);
            weir_vector_murmur3(vector, &row_zero, 1, &by_selection);
            long_by_row = weir_vector_xxhash64_row(vector, 0, long_by_row);
            weir_vector_xxhash64(vector, NULL, 1, &long_by_column);
        }
        assert_int_equal((int32_t)by_row, hash_case->murmur3);
        assert_int_equal(by_column, by_row);
        assert_int_equal(by_selection, by_row);
        assert_true((int64_t)long_by_row == hash_case->xxhash64);
        assert_true(long_by_column == long_by_row);
        weir_batch_release(batch);
    }
    weir_arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spark_vectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
