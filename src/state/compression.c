/* Codecs by name and by first bytes, and the buffer between a file and a codec. */
#include "state/compression.h"

#include <stdio.h>
#include <strings.h>

#define RAW_CHUNK_BYTES 65536u

static const struct {
    const char *name, *class_name;
    const WeirCompressionCodec *codec; /* NULL: Spark has it, weir does not */
    const char *magic;
    size_t magic_bytes;
} codecs[] = {
    {"lz4", "org.apache.spark.io.LZ4CompressionCodec", &weir_lz4_codec, "LZ4Block", 8},
    {"zstd", "org.apache.spark.io.ZStdCompressionCodec", &weir_zstd_codec, "\x28\xb5\x2f\xfd", 4},
    {"snappy", "org.apache.spark.io.SnappyCompressionCodec", NULL, "\x82SNAPPY", 7},
    {"lzf", "org.apache.spark.io.LZFCompressionCodec", NULL, "ZV", 2},
};
#define CODEC_COUNT (sizeof codecs / sizeof codecs[0])

static WeirStatus unsupported(const char *name, WeirError *error)
{
    return weir_error_set(error, WEIR_ERROR_UNSUPPORTED_FEATURE_STATE_STORE_COMPRESSION_CODEC, "codec", name);
}

WeirStatus weir_compression_find(const char *name, const WeirCompressionCodec **codec, WeirError *error)
{
    for (size_t i = 0; i < CODEC_COUNT; i++) {
        if (strcasecmp(name, codecs[i].name) == 0 || strcmp(name, codecs[i].class_name) == 0) {
            *codec = codecs[i].codec;
            return *codec == NULL ? unsupported(name, error) : WEIR_OK;
        }
    }
    return unsupported(name, error);
}

WeirStatus weir_state_file_damaged(const char *path, const char *reason, WeirError *error)
{
    return weir_error_format(error, WEIR_ERROR_CANNOT_LOAD_STATE_STORE_UNCATEGORIZED,
                             "Cannot read the state file %s: %s.", path, reason);
}

void weir_raw_input_init(WeirRawInput *input, WeirByteSource source, const char *path)
{
    *input = (WeirRawInput){.source = source, .path = path};
}

void weir_raw_input_deinit(WeirRawInput *input)
{
    weir_free(input->data);
}

WeirStatus weir_raw_input_need(WeirRawInput *input, size_t wanted, size_t *available, WeirError *error)
{
    if (input->end - input->start < wanted && input->start > 0) {
        memmove(input->data, input->data + input->start, input->end - input->start);
        input->end -= input->start;
        input->start = 0;
    }
    while (input->end - input->start < wanted) {
        if (input->capacity - input->end <
            RAW_CHUNK_BYTES) { /* A foreign length buys no more memory than bytes that are there. */
            input->capacity = input->end * 2 + RAW_CHUNK_BYTES;
            input->data = weir_realloc(input->data, input->capacity);
        }
        size_t got;
        WEIR_TRY(input->source.read(input->source.context, input->data + input->end, input->capacity - input->end, &got,
                                    error));
        if (got == 0)
            break;
        input->end += got;
    }
    *available = input->end - input->start;
    return WEIR_OK;
}

void weir_decompressor_init(WeirDecompressor *decompressor, WeirByteSource source, const char *path)
{
    *decompressor = (WeirDecompressor){0};
    weir_raw_input_init(&decompressor->input, source, path);
}

void weir_decompressor_deinit(WeirDecompressor *decompressor)
{
    if (decompressor->reader != NULL)
        decompressor->codec->reader_free(decompressor->reader);
    weir_raw_input_deinit(&decompressor->input);
}

static WeirStatus detect(WeirDecompressor *decompressor, WeirError *error)
{
    WeirRawInput *input = &decompressor->input;
    size_t available;
    WEIR_TRY(weir_raw_input_need(input, 8, &available, error));
    for (size_t i = 0; i < CODEC_COUNT; i++) {
        if (available < codecs[i].magic_bytes || memcmp(input->data, codecs[i].magic, codecs[i].magic_bytes) != 0)
            continue;
        if (codecs[i].codec == NULL)
            return unsupported(codecs[i].name, error);
        decompressor->codec = codecs[i].codec;
        decompressor->reader = decompressor->codec->reader_new(input);
        return WEIR_OK;
    }
    return weir_state_file_damaged(input->path, available == 0 ? "it is empty" : "it is not a compressed stream",
                                   error);
}

WeirStatus weir_decompressor_read(WeirDecompressor *decompressor, const uint8_t **data, size_t *length,
                                  WeirError *error)
{
    if (decompressor->reader == NULL)
        WEIR_TRY(detect(decompressor, error));
    return decompressor->codec->read(decompressor->reader, data, length, error);
}

static WeirStatus write_to_buffer(void *context, const void *data, size_t length, WeirError *error)
{
    weir_buffer_append(context, data, length);
    return weir_buffer_check(context, error);
}

WeirByteSink weir_buffer_sink(WeirBuffer *buffer)
{
    return (WeirByteSink){write_to_buffer, buffer};
}

static WeirStatus read_from_memory(void *context, void *data, size_t length, size_t *got, WeirError *error)
{
    (void)error;
    WeirMemorySource *memory = context;
    *got = length < memory->length ? length : memory->length;
    if (*got > 0)
        memcpy(data, memory->data, *got);
    memory->data += *got;
    memory->length -= *got;
    return WEIR_OK;
}

WeirByteSource weir_memory_source(WeirMemorySource *memory)
{
    return (WeirByteSource){read_from_memory, memory};
}
