/* What the compressors write, the readers read again, in whatever pieces it was written. */
#include "support/test.h"

#include <string.h>

#include "formats/codec.h"
#include "formats/record_reader.h"

typedef struct Bytes {
    const uint8_t *data;
    size_t length;
} Bytes;

static WeirStatus read_bytes(void *context, int64_t offset, void *data, size_t bytes, size_t *got, WeirError *error)
{
    const Bytes *source = context;
    (void)error;
    size_t left = (size_t)offset >= source->length ? 0 : source->length - (size_t)offset;
    *got = left < bytes ? left : bytes;
    if (*got > 0)
        memcpy(data, source->data + offset, *got);
    return WEIR_OK;
}

static void check_codec(WeirCodec codec, const char *path, size_t length, size_t piece)
{
    WeirBuffer plain, compressed;
    WeirCompressor *compressor = NULL;
    WeirSharedBuffer *content = NULL;
    WeirError error = {0};
    weir_buffer_init(&plain, 0, NULL);
    weir_buffer_init(&compressed, 0, NULL);
    for (size_t i = 0; i < length; i++)
        weir_buffer_append_char(&plain, (char)(i * i >> 7));
    assert_ok(weir_compressor_open(codec, &compressor, &error), error);
    for (size_t at = 0; at < length; at += piece)
        assert_ok(weir_compressor_write(compressor, plain.data + at, length - at < piece ? length - at : piece, false,
                                        &compressed, &error),
                  error);
    assert_ok(weir_compressor_write(compressor, "", 0, true, &compressed, &error), error);
    weir_compressor_close(compressor);
    Bytes bytes = {(const uint8_t *)compressed.data, compressed.length};
    WeirByteSource source = {&bytes, read_bytes, (int64_t)bytes.length, path, NULL};
    assert_ok(weir_read_whole(&source, NULL, &content, &error), error);
    assert_int_equal(content->length, length);
    if (length > 0)
        assert_memory_equal(content->data, plain.data, length);
    weir_shared_buffer_release(content);
    weir_buffer_deinit(&plain);
    weir_buffer_deinit(&compressed);
}

static void every_codec_is_read_again(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 1, 1000, 300000};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        check_codec(WEIR_CODEC_GZIP, "a.json.gz", lengths[i], 777);
        check_codec(WEIR_CODEC_DEFLATE, "a.json.deflate", lengths[i], 100000);
        check_codec(WEIR_CODEC_ZSTD, "a.json.zst", lengths[i], 4096);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_codec_is_read_again)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
