/* The LZ4 block stream and the zstd stream: Spark's bytes, round trips over block borders, and every way to be damaged.
 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "state/compression.h"

static WeirError failure;

static size_t from_hex(const char *hex, uint8_t *bytes)
{
    size_t length = 0;
    for (; *hex != '\0'; hex++) {
        unsigned byte;
        if (*hex == ' ')
            continue;
        sscanf(hex++, "%2x", &byte);
        bytes[length++] = (uint8_t)byte;
    }
    return length;
}

static void compress(const WeirCompressionCodec *codec, const void *data, size_t length, size_t step, WeirBuffer *out)
{
    weir_buffer_clear(out);
    void *writer = codec->writer_new(weir_buffer_sink(out));
    for (size_t at = 0; at < length; at += step)
        assert_ok(codec->write(writer, (const uint8_t *)data + at, length - at < step ? length - at : step, &failure),
                  failure);
    assert_ok(codec->finish(writer, &failure), failure);
    codec->writer_free(writer);
}

static WeirStatus decompress(const void *data, size_t length, WeirBuffer *out, WeirError *error)
{
    WeirMemorySource memory = {data, length};
    WeirDecompressor decompressor;
    weir_decompressor_init(&decompressor, weir_memory_source(&memory), "x.delta");
    WeirStatus status;
    weir_buffer_clear(out);
    for (;;) {
        const uint8_t *run;
        size_t run_length;
        status = weir_decompressor_read(&decompressor, &run, &run_length, error);
        if (status != WEIR_OK || run_length == 0)
            break;
        weir_buffer_append(out, run, run_length);
    }
    weir_decompressor_deinit(&decompressor);
    return status;
}

static const char word_count_delta[] =
    "4c5a34426c6f636b 25 29000000 34000000 cd5c910b 5300000018000100b3030000001000000063617412"
    "00010f00010200c00100000000000000ffffffff 4c5a34426c6f636b 15 00000000 00000000 00000000";
static const char word_count_content[] = "00000018 0000000000000000 0300000010000000 6361740000000000 00000010 "
                                         "0000000000000000 0100000000000000 ffffffff";

static void test_bytes_of_spark(void **state)
{
    (void)state;
    uint8_t delta[256], content[256];
    size_t delta_length = from_hex(word_count_delta, delta), content_length = from_hex(word_count_content, content);
    assert_int_equal(delta_length, 83);
    WeirBuffer out;
    weir_buffer_init(&out, 0, NULL);
    compress(&weir_lz4_codec, content, content_length, 4, &out);
    assert_int_equal(out.length, delta_length);
    assert_memory_equal(out.data, delta, delta_length);
    assert_ok(decompress(delta, delta_length, &out, &failure), failure);
    assert_int_equal(out.length, content_length);
    assert_memory_equal(out.data, content, content_length);
    /* Without the end mark, and two streams one after the other: Spark reads both. */
    assert_ok(decompress(delta, delta_length - 21, &out, &failure), failure);
    assert_int_equal(out.length, content_length);
    memcpy(delta + delta_length, delta, delta_length);
    assert_ok(decompress(delta, 2 * delta_length, &out, &failure), failure);
    assert_int_equal(out.length, 2 * content_length);
    /* The empty delta: raw, since it does not shrink. */
    content_length = from_hex("ffffffff", content);
    compress(&weir_lz4_codec, content, content_length, 4, &out);
    delta_length = from_hex(
        "4c5a34426c6f636b 15 04000000 04000000 db804d08 ffffffff 4c5a34426c6f636b 15 00000000 00000000 00000000",
        delta);
    assert_int_equal(out.length, delta_length);
    assert_memory_equal(out.data, delta, delta_length);
    weir_buffer_deinit(&out);
}

static void test_round_trips(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 1, 4, 32767, 32768, 32769, 65536, 100000, 1000003};
    const WeirCompressionCodec *const codecs[] = {&weir_lz4_codec, &weir_zstd_codec};
    WeirRandom random;
    weir_random_init(&random, 3);
    uint8_t *data = malloc(1000003);
    WeirBuffer packed, out;
    weir_buffer_init(&packed, 0, NULL);
    weir_buffer_init(&out, 0, NULL);
    for (int noisy = 0; noisy < 2; noisy++) {
        for (size_t i = 0; i < 1000003; i++)
            data[i] = noisy ? (uint8_t)weir_random_next(&random) : (uint8_t)(i / 100);
        for (size_t c = 0; c < 2; c++) {
            for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
                compress(codecs[c], data, lengths[i], i % 2 == 0 ? 1000 : 50000, &packed);
                assert_ok(decompress(packed.data, packed.length, &out, &failure), failure);
                assert_int_equal(out.length, lengths[i]);
                assert_true(lengths[i] == 0 || memcmp(out.data, data, lengths[i]) == 0);
            }
        }
    }
    weir_buffer_deinit(&packed);
    weir_buffer_deinit(&out);
    free(data);
}

/* Every cut and every changed byte of a stream fails, or yields the same bytes: never others. */
static void test_damage(void **state)
{
    (void)state;
    const WeirCompressionCodec *const codecs[] = {&weir_lz4_codec, &weir_zstd_codec};
    uint8_t content[400];
    for (size_t i = 0; i < sizeof content; i++)
        content[i] = (uint8_t)(i % 13);
    WeirBuffer packed, out;
    weir_buffer_init(&packed, 0, NULL);
    weir_buffer_init(&out, 0, NULL);
    for (size_t c = 0; c < 2; c++) {
        compress(codecs[c], content, sizeof content, 400, &packed);
        for (size_t length = 0; length < packed.length; length++) {
            bool at_border = c == 0 && length == packed.length - 21; /* only the end mark is missing */
            WeirStatus status = decompress(packed.data, length, &out, &failure);
            assert_int_equal(status == WEIR_OK, at_border);
            if (status != WEIR_OK)
                assert_string_equal(failure.condition, "CANNOT_LOAD_STATE_STORE.UNCATEGORIZED");
        }
        for (size_t at = 0; c == 0 && at < packed.length; at++) {
            packed.data[at] = (char)(packed.data[at] ^ 0x41);
            if (decompress(packed.data, packed.length, &out, &failure) == WEIR_OK) {
                assert_int_equal(out.length, sizeof content);
                assert_memory_equal(out.data, content, sizeof content);
            }
            packed.data[at] = (char)(packed.data[at] ^ 0x41);
        }
    }
    assert_non_null(strstr(failure.message, "x.delta"));
    weir_buffer_deinit(&packed);
    weir_buffer_deinit(&out);
}

static void test_other_levels_are_read(void **state)
{
    (void)state;
    uint8_t stream[64];
    WeirBuffer out;
    weir_buffer_init(&out, 0, NULL);
    size_t length = from_hex("4c5a34426c6f636b 16 04000000 04000000 db804d08 ffffffff", stream);
    assert_ok(decompress(stream, length, &out, &failure), failure);
    assert_int_equal(out.length, 4);
    length =
        from_hex("4c5a34426c6f636b 10 01040000 01040000 db804d08 ffffffff", stream); /* 1025 bytes in blocks of 1024 */
    assert_int_not_equal(decompress(stream, length, &out, &failure), WEIR_OK);
    weir_buffer_deinit(&out);
}

static void test_codecs_by_name(void **state)
{
    (void)state;
    const WeirCompressionCodec *codec;
    assert_ok(weir_compression_find("LZ4", &codec, &failure), failure);
    assert_ptr_equal(codec, &weir_lz4_codec);
    assert_ok(weir_compression_find("org.apache.spark.io.ZStdCompressionCodec", &codec, &failure), failure);
    assert_ptr_equal(codec, &weir_zstd_codec);
    assert_condition(weir_compression_find("snappy", &codec, &failure), failure,
                     "UNSUPPORTED_FEATURE.STATE_STORE_COMPRESSION_CODEC");
    assert_condition(weir_compression_find("none", &codec, &failure), failure,
                     "UNSUPPORTED_FEATURE.STATE_STORE_COMPRESSION_CODEC");
    WeirBuffer out;
    weir_buffer_init(&out, 0, NULL);
    assert_condition(decompress("\x82SNAPPY\0\0", 9, &out, &failure), failure,
                     "UNSUPPORTED_FEATURE.STATE_STORE_COMPRESSION_CODEC");
    assert_condition(decompress("hello, world", 12, &out, &failure), failure, "CANNOT_LOAD_STATE_STORE.UNCATEGORIZED");
    weir_buffer_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_of_spark), cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_damage),         cmocka_unit_test(test_other_levels_are_read),
        cmocka_unit_test(test_codecs_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
