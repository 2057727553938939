/* Every vector was printed by Spark 4.2.1: SELECT hash(x), xxhash64(x), whose seed is 42. */
#include "common/hash.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/test.h"

static void check_int(int32_t value, int32_t murmur, int64_t xxh)
{
    assert_int_equal((int32_t)weir_murmur3_int(value, 42), murmur);
    assert_int_equal((int64_t)weir_xxhash64_int(value, 42), xxh);
}

static void check_long(int64_t value, int32_t murmur, int64_t xxh)
{
    assert_int_equal((int32_t)weir_murmur3_long(value, 42), murmur);
    assert_int_equal((int64_t)weir_xxhash64_long(value, 42), xxh);
}

static void check_bytes(const void *bytes, size_t length, int32_t murmur, int64_t xxh)
{
    /* From an unaligned place too. */
    char *copy = malloc(length + 1);
    memcpy(copy + 1, bytes, length);
    assert_int_equal((int32_t)weir_murmur3_bytes(copy + 1, length, 42), murmur);
    assert_int_equal((int64_t)weir_xxhash64_bytes(copy + 1, length, 42), xxh);
    free(copy);
}

static void check_text(const char *text, int32_t murmur, int64_t xxh)
{
    check_bytes(text, strlen(text), murmur, xxh);
}

static int32_t float_bits(float value)
{
    int32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static int64_t double_bits(double value)
{
    int64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static void ints_hash_as_in_spark(void **state)
{
    (void)state;
    check_int(1, -559580957, -6698625589789238999);
    check_int(0, 933211791, 3614696996920510707);
    check_int(-1, -1604776387, 2017008487422258757);
    check_int(42, 29417773, -387659249110444264);
    check_int(2147483647, 133916647, 1508894993788531228);
    check_int(19723, -456589419, 3242891694566951137); /* DATE 2024-01-01 */
}

static void longs_hash_as_in_spark(void **state)
{
    (void)state;
    check_long(1, -1712319331, -7001672635703045582);
    check_long(-1, -939490007, 3858142552250413010);
    check_long(0, -1670924195, -5252525462095825812);
    check_long(INT64_MAX, -1604625029, -3246596055638297850);
    check_long(1704067200000000, 1545358984, 3859582417520161651); /* TIMESTAMP 2024-01-01 00:00 UTC */
    check_long(150, -2056712946, -6873856301616164681);            /* dec(10,2) 1.5 */
    check_long(86400000000, 892267096, 5650310968337874586);       /* INTERVAL '1' DAY */
}

static void floats_hash_as_in_spark(void **state)
{
    (void)state;
    check_int(float_bits(1.0f), -466301895, 700633588856507837);
    check_int(0x7fc00000, -349261430, 2692338816207849720);
    check_long(double_bits(1.0), -460888942, -2162451265447482029);
    check_long(0x7ff8000000000000, -1281358385, -3127944061524951246);
}

static void strings_hash_as_in_spark(void **state)
{
    (void)state;
    check_text("", 142593372, -7444071767201028348);
    check_text("a", 1485273170, -8582455328737087284);
    check_text("ab", -97053317, 2710560539726725091);
    check_text("abc", 1322437556, 1423657621850124518);
    check_text("abcd", -396302900, -6810745876291105281);
    check_text("abcde", 814637928, -990457398947679591);
    check_text("cat", 715777456, 6910340248802177526);
    check_text("dog", 1738090639, 7234039700573616243);
    check_text("owl", 328519998, 5903744435168420548);
    check_text("The quick brown fox jumps over the lazy dog", 466024576, -6152153990451020481);
    check_text("\xC3\xA9", 2119106806, 2065146811275570100);                 /* é */
    check_text("\xE6\x97\xA5\xE6\x9C\xAC", -336983209, 5255273406210089560); /* 日本 */
    check_bytes("\xFF", 1, 1398487324, -4006032525457443936);
    check_bytes("\x00\xFF\x80", 3, -2052482636, 7869338589911211550);
}

static void wide_decimals_hash_as_their_bytes(void **state)
{
    (void)state;
    check_bytes("\x00\x96", 2, -339019914, -194698251525976593); /* dec(38,2) 1.5: 150 */
    check_bytes("\xFF\x6A", 2, -690534446, -6659465364316328129);
    check_bytes("\x00\xAB\x54\xA9\x8C\xEB\x1F\x0A\xD2", 9, -493604283, 2312222103909072541);
}

static void the_hash_of_one_column_is_the_seed_of_the_next(void **state)
{
    (void)state;
    assert_int_equal((int32_t)weir_murmur3_int(2, weir_murmur3_int(1, 42)), -222940379);
    assert_int_equal((int32_t)weir_murmur3_int(1, weir_murmur3_int(2, 42)), 601480897);
    assert_int_equal((int64_t)weir_xxhash64_int(2, weir_xxhash64_int(1, 42)), -8133857028838179022);
    assert_int_equal((int64_t)weir_xxhash64_int(1, weir_xxhash64_int(2, 42)), -1045842817996895599);
    uint32_t a = weir_murmur3_bytes("a", 1, 42);
    uint64_t xxh_a = weir_xxhash64_bytes("a", 1, 42);
    assert_int_equal((int32_t)weir_murmur3_int(1, a), 532252686);
    assert_int_equal((int32_t)weir_murmur3_long(1, a), 1838122449);
    assert_int_equal((int64_t)weir_xxhash64_int(1, xxh_a), -4810547614043336770);
    assert_int_equal((int64_t)weir_xxhash64_long(1, xxh_a), -1010403264180844141);
    /* array(1,2,3), array('a','b'), window struct [10 s, 20 s), make_interval(1,2,0,3,4,5,6) */
    assert_int_equal((int32_t)weir_murmur3_int(3, weir_murmur3_int(2, weir_murmur3_int(1, 42))), -912918097);
    assert_int_equal((int32_t)weir_murmur3_bytes("b", 1, a), 190734147);
    assert_int_equal((int64_t)weir_xxhash64_bytes("b", 1, xxh_a), -7357372313250070212);
    uint32_t window = weir_murmur3_long(20000000, weir_murmur3_long(10000000, 42));
    assert_int_equal((int32_t)window, 2124313396);
    assert_int_equal((int32_t)weir_murmur3_bytes("k1", 2, window), -496288740);
    uint32_t interval = weir_murmur3_int(14, weir_murmur3_int(3, weir_murmur3_long(14706000000, 42)));
    assert_int_equal((int32_t)interval, -682576329);
}

static void xxh32_and_crc32_agree_with_their_standards(void **state)
{
    (void)state;
    assert_int_equal(weir_xxhash32("", 0, 0), 0x02CC5D05);
    assert_int_equal(weir_xxhash32("Nobody inspects the spammish repetition", 39, 0), 0xE2293B2F);
    assert_int_equal(weir_crc32(0, "123456789", 9), 0xCBF43926);
    assert_int_equal(weir_crc32(weir_crc32(0, "1234", 4), "56789", 5), 0xCBF43926);
    assert_int_equal(weir_crc32(0, "", 0), 0);
}

/* All hashes of short, similar keys differ, and the low bits are as good as random ones. */
static void the_table_hash_spreads(void **state)
{
    (void)state;
    enum { KEYS = 1 << 16 };
    static uint32_t buckets[1 << 12];
    memset(buckets, 0, sizeof buckets);
    char key[40];
    for (int i = 0; i < KEYS; i++) {
        size_t length = (size_t)snprintf(key, sizeof key, "%d:%s", i, i % 3 == 0 ? "some longer text here" : "x");
        buckets[weir_table_hash_bytes(key, length) & 0xFFF]++;
    }
    double expected = KEYS / 4096.0, chi_square = 0;
    for (int i = 0; i < 4096; i++)
        chi_square += (buckets[i] - expected) * (buckets[i] - expected) / expected;
    assert_true(chi_square > 3600 && chi_square < 4600); /* 4095 degrees of freedom: 4095 +- 5.5 sigma */
    for (size_t length = 0; length < sizeof key; length++) {
        memset(key, 0, sizeof key);
        assert_true(weir_table_hash_bytes(key, length) != weir_table_hash_bytes(key, length + 1) ||
                    length + 1 > sizeof key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ints_hash_as_in_spark),
        cmocka_unit_test(longs_hash_as_in_spark),
        cmocka_unit_test(floats_hash_as_in_spark),
        cmocka_unit_test(strings_hash_as_in_spark),
        cmocka_unit_test(wide_decimals_hash_as_their_bytes),
        cmocka_unit_test(the_hash_of_one_column_is_the_seed_of_the_next),
        cmocka_unit_test(xxh32_and_crc32_agree_with_their_standards),
        cmocka_unit_test(the_table_hash_spreads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
