/* Records cut into ranges: whatever the cut, every record is read by exactly one range, in order. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/record_reader.h"

typedef struct Text {
    const char *data;
    size_t length;
} Text;

static WeirStatus read_text(void *context, int64_t offset, void *data, size_t bytes, size_t *got, WeirError *error)
{
    const Text *text = context;
    (void)error;
    size_t left = (size_t)offset >= text->length ? 0 : text->length - (size_t)offset;
    *got = left < bytes ? left : bytes;
    if (*got > 0)
        memcpy(data, text->data + offset, *got);
    return WEIR_OK;
}

/* Appends "record|" for each record of a range; returns their number. */
static uint32_t read_range(Text *text, int64_t start, int64_t end, const char *separator, WeirBuffer *out)
{
    WeirByteSource source = {text, read_text, (int64_t)text->length, "memory", NULL};
    size_t separator_length = separator == NULL ? 0 : strlen(separator);
    WeirRecordReader *reader = NULL;
    WeirError error = {0};
    uint32_t count = 0;
    assert_ok(weir_record_reader_open(&source, start, end, separator, separator_length, NULL, &reader, &error), error);
    for (;;) {
        WeirSharedBuffer *block = NULL;
        size_t offset = 0, length = 0, at = 0, record_length;
        const uint8_t *record;
        assert_ok(weir_record_reader_next(reader, &block, &offset, &length, &error), error);
        if (block == NULL)
            break;
        while (
            weir_record_next(block->data + offset, length, &at, separator, separator_length, &record, &record_length)) {
            weir_buffer_append(out, record, record_length);
            weir_buffer_append_char(out, '|');
            count++;
        }
        weir_shared_buffer_release(block);
    }
    weir_record_reader_close(reader);
    return count;
}

static void check_cuts(const char *data, size_t length, const char *separator)
{
    Text text = {data, length};
    WeirBuffer whole, parts;
    weir_buffer_init(&whole, 0, NULL);
    weir_buffer_init(&parts, 0, NULL);
    read_range(&text, 0, INT64_MAX, separator, &whole);
    for (size_t first = 1; first <= length; first++) {
        for (size_t second = first; second <= length; second++) {
            weir_buffer_clear(&parts);
            read_range(&text, 0, (int64_t)first, separator, &parts);
            if (second > first)
                read_range(&text, (int64_t)first, (int64_t)second, separator, &parts);
            read_range(&text, (int64_t)second, INT64_MAX, separator, &parts);
            if (strcmp(weir_buffer_text(&whole), weir_buffer_text(&parts)) != 0)
                fail_msg("cut at %zu and %zu: %s instead of %s", first, second, weir_buffer_text(&parts),
                         weir_buffer_text(&whole));
        }
    }
    weir_buffer_deinit(&whole);
    weir_buffer_deinit(&parts);
}

static void ranges_cut_anywhere_give_the_records_of_one_range(void **state)
{
    (void)state;
    static const struct {
        const char *text, *separator;
    } cases[] = {
        {"", NULL},
        {"a", NULL},
        {"\n", NULL},
        {"\n\n\na\n\n", NULL},
        {"one\ntwo\nthree", NULL},
        {"one\r\ntwo\r\n\r\nthree\r\n", NULL},
        {"one\rtwo\r\rthree\r", NULL},
        {"a\r\n\rb\n\r\nc\r\r\n\n", NULL},
        {"one|two||three|", "|"},
        {"one\r\ntwo\rthree\n\r\n", "\r\n"},
        {"aXYZbXYXYZXYZ", "XYZ"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        check_cuts(cases[i].text, strlen(cases[i].text), cases[i].separator);
}

static void a_separator_that_overlaps_itself_is_not_cut(void **state)
{
    (void)state;
    assert_false(weir_separator_is_cuttable("||"));
    assert_false(weir_separator_is_cuttable("aba"));
    assert_true(weir_separator_is_cuttable("\r\n"));
    assert_true(weir_separator_is_cuttable("XYZ"));
    assert_true(weir_separator_is_cuttable(NULL));
}

static void separators_on_block_borders_count_once(void **state)
{
    (void)state;
    static const char *const separators[] = {"\n", "\r\n", "\r"};
    size_t chunk = (size_t)1 << 20;
    char *data = malloc(2 * chunk + 64);
    WeirBuffer out;
    weir_buffer_init(&out, 0, NULL);
    for (size_t s = 0; s < 3; s++) {
        for (size_t at = chunk - 3; at <= chunk + 2; at++) {
            size_t separator = strlen(separators[s]);
            memset(data, 'x', 2 * chunk + 64);
            memcpy(data + at, separators[s], separator);
            Text text = {data, chunk + 100};
            weir_buffer_clear(&out);
            assert_int_equal(read_range(&text, 0, INT64_MAX, NULL, &out), 2);
            assert_int_equal(out.length, chunk + 100 - separator + 2);
            assert_int_equal(read_range(&text, 0, (int64_t)at + 1, NULL, &out), 1);
            assert_int_equal(read_range(&text, (int64_t)at + 1, INT64_MAX, NULL, &out), separator > 1 ? 1 : 1);
        }
    }
    weir_buffer_deinit(&out);
    free(data);
}

static void a_long_record_is_read_within_the_limit_and_refused_beyond(void **state)
{
    (void)state;
    size_t length = (size_t)100 << 20;
    char *data = malloc(length + 3);
    WeirError error = {0};
    memset(data, 'y', length);
    memcpy(data + length, "\nz", 3);
    Text text = {data, length + 2};
    WeirByteSource source = {&text, read_text, (int64_t)text.length, "memory", NULL};
    for (int allowed = 0; allowed < 2; allowed++) {
        WeirMemoryTracker tracker;
        WeirRecordReader *reader = NULL;
        WeirSharedBuffer *block = NULL;
        size_t offset = 0, got = 0;
        weir_memory_tracker_init(&tracker, NULL, "test", allowed ? (int64_t)512 << 20 : (int64_t)32 << 20);
        assert_ok(weir_record_reader_open(&source, 0, INT64_MAX, NULL, 0, &tracker, &reader, &error), error);
        if (allowed) {
            assert_ok(weir_record_reader_next(reader, &block, &offset, &got, &error), error);
            assert_true(got >= length);
        } else {
            assert_condition(weir_record_reader_next(reader, &block, &offset, &got, &error), error,
                             "UNABLE_TO_ACQUIRE_MEMORY");
        }
        weir_shared_buffer_release(block);
        weir_record_reader_close(reader);
        assert_int_equal(tracker.used_bytes, 0);
        weir_memory_tracker_deinit(&tracker);
    }
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_cut_anywhere_give_the_records_of_one_range),
        cmocka_unit_test(a_separator_that_overlaps_itself_is_not_cut),
        cmocka_unit_test(separators_on_block_borders_count_once),
        cmocka_unit_test(a_long_record_is_read_within_the_limit_and_refused_beyond),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
