/* Delta and snapshot content: round trips, entries over block borders, damage, and no memory for lengths that are not
 * there. */
#include "support/test.h"

#include <stdlib.h>

#include "state/delta_file.h"

static WeirError failure;

static WeirStatus next(WeirDeltaReader *reader, WeirDeltaEntry *entry, WeirStateRow *row)
{
    return weir_delta_reader_next(reader, entry, row, &failure);
}

static void test_round_trip(void **state)
{
    (void)state;
    enum { ROWS = 3000 };
    WeirBuffer file;
    weir_buffer_init(&file, 0, NULL);
    WeirDeltaWriter writer;
    weir_delta_writer_init(&writer, &weir_lz4_codec, weir_buffer_sink(&file));
    uint8_t *bytes = calloc(1, 200000);
    for (uint32_t i = 0; i < ROWS; i++) {
        memcpy(bytes, &i, 4);
        if (i % 7 == 0)
            assert_ok(weir_delta_writer_remove(&writer, bytes, 8 + i % 3 * 8, &failure), failure);
        else
            assert_ok(weir_delta_writer_put(&writer, bytes, 8 + i % 3 * 8, bytes, i % 500 == 1 ? 160000 : i % 50 * 8,
                                            &failure),
                      failure);
    }
    assert_ok(weir_delta_writer_finish(&writer, &failure), failure);
    weir_delta_writer_deinit(&writer);
    WeirMemorySource memory = {(const uint8_t *)file.data, file.length};
    WeirDeltaReader reader;
    weir_delta_reader_init(&reader, weir_memory_source(&memory), WEIR_DELTA_FILE, "1.delta");
    WeirDeltaEntry entry;
    WeirStateRow row;
    for (uint32_t i = 0; i < ROWS; i++) {
        assert_ok(next(&reader, &entry, &row), failure);
        assert_int_equal(entry, i % 7 == 0 ? WEIR_DELTA_REMOVE : WEIR_DELTA_PUT);
        assert_int_equal(row.key_size, 8 + i % 3 * 8);
        assert_memory_equal(row.key, &i, 4);
        assert_int_equal(row.value_size, i % 7 == 0 ? 0 : i % 500 == 1 ? 160000 : i % 50 * 8);
        if (row.value_size > 0)
            assert_memory_equal(row.value, &i, 4);
    }
    assert_ok(next(&reader, &entry, &row), failure);
    assert_int_equal(entry, WEIR_DELTA_END);
    weir_delta_reader_deinit(&reader);
    weir_buffer_deinit(&file);
    free(bytes);
}

/* Read content given as raw bytes to its end or its first failure; returns the number of entries, or -1. */
static int count_entries(const void *content, size_t length, WeirDeltaKind kind, WeirStateRow *last)
{
    WeirBuffer file;
    weir_buffer_init(&file, 0, NULL);
    void *writer = weir_lz4_codec.writer_new(weir_buffer_sink(&file));
    assert_ok(weir_lz4_codec.write(writer, content, length, &failure), failure);
    assert_ok(weir_lz4_codec.finish(writer, &failure), failure);
    weir_lz4_codec.writer_free(writer);
    WeirMemorySource memory = {(const uint8_t *)file.data, file.length};
    WeirDeltaReader reader;
    weir_delta_reader_init(&reader, weir_memory_source(&memory), kind, "7.snapshot");
    int count = 0;
    WeirDeltaEntry entry = WEIR_DELTA_PUT;
    WeirStateRow row;
    WeirStatus status = WEIR_OK;
    while (status == WEIR_OK && entry != WEIR_DELTA_END) {
        status = next(&reader, &entry, &row);
        if (status == WEIR_OK && entry != WEIR_DELTA_END) {
            count++;
            *last = row;
        }
    }
    weir_delta_reader_deinit(&reader);
    weir_buffer_deinit(&file);
    return status == WEIR_OK ? count : -1;
}

static void test_sizes_that_cannot_be(void **state)
{
    (void)state;
    WeirStateRow last;
    assert_int_equal(count_entries("\xff\xff\xff\xff", 4, WEIR_DELTA_FILE, &last), 0);
    assert_int_equal(count_entries("\xff\xff\xff\xfb", 4, WEIR_DELTA_FILE, &last), -1);
    assert_string_equal(failure.condition, "CANNOT_LOAD_STATE_STORE.CANNOT_READ_DELTA_FILE_KEY_SIZE");
    assert_int_equal(count_entries("\xff\xff\xff\xfb", 4, WEIR_SNAPSHOT_FILE, &last), -1);
    assert_string_equal(failure.condition, "CANNOT_LOAD_STATE_STORE.CANNOT_READ_SNAPSHOT_FILE_KEY_SIZE");
    assert_int_equal(count_entries("\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff", 12, WEIR_DELTA_FILE, &last), 1);
    assert_int_equal(count_entries("\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff", 12, WEIR_SNAPSHOT_FILE, &last), -1);
    assert_string_equal(failure.condition, "CANNOT_LOAD_STATE_STORE.CANNOT_READ_SNAPSHOT_FILE_VALUE_SIZE");
    assert_non_null(strstr(failure.message, "7.snapshot"));
    /* No end mark; a key of 2 GiB of which nothing is there. */
    assert_int_equal(count_entries("\0\0\0\0\0\0\0\0", 8, WEIR_DELTA_FILE, &last), -1);
    assert_string_equal(failure.condition, "CANNOT_LOAD_STATE_STORE.UNCATEGORIZED");
    assert_int_equal(count_entries("\x7f\xff\xff\xff", 4, WEIR_DELTA_FILE, &last), -1);
    assert_string_equal(failure.condition, "CANNOT_LOAD_STATE_STORE.UNCATEGORIZED");
}

static void test_values_are_cut_to_words(void **state)
{
    (void)state;
    WeirStateRow last;
    assert_int_equal(count_entries("\0\0\0\0\0\0\0\x0c"
                                   "abcdefghijkl"
                                   "\xff\xff\xff\xff",
                                   24, WEIR_DELTA_FILE, &last),
                     1);
    assert_int_equal(last.value_size, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_sizes_that_cannot_be),
        cmocka_unit_test(test_values_are_cut_to_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
