/* The stream of Spark's ZStdCompressionCodec: zstd frames at level 1 without content size. */
#include "state/compression.h"

#include <zstd.h>

#define LEVEL 1           /* spark.io.compression.zstd.level */
#define WINDOW_LOG_MAX 27 /* zstd's own default limit for decoding: 128 MiB */

typedef struct Writer {
    WeirByteSink sink;
    ZSTD_CCtx *context;
    uint8_t *out;
    size_t out_bytes;
} Writer;

static void *zstd_writer_new(WeirByteSink sink)
{
    Writer *writer = weir_malloc(sizeof *writer);
    *writer = (Writer){.sink = sink, .context = ZSTD_createCCtx(), .out_bytes = ZSTD_CStreamOutSize()};
    WEIR_ASSERT(writer->context != NULL);
    ZSTD_CCtx_setParameter(writer->context, ZSTD_c_compressionLevel, LEVEL);
    writer->out = weir_malloc(writer->out_bytes);
    return writer;
}

static void zstd_writer_free(void *context)
{
    Writer *writer = context;
    ZSTD_freeCCtx(writer->context);
    weir_free(writer->out);
    weir_free(writer);
}

static WeirStatus compress(Writer *writer, ZSTD_inBuffer *input, ZSTD_EndDirective end, WeirError *error)
{
    size_t left;
    do {
        ZSTD_outBuffer output = {writer->out, writer->out_bytes, 0};
        left = ZSTD_compressStream2(writer->context, &output, input, end);
        if (ZSTD_isError(left))
            return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "zstd: %s", ZSTD_getErrorName(left));
        if (output.pos > 0)
            WEIR_TRY(writer->sink.write(writer->sink.context, writer->out, output.pos, error));
    } while (end == ZSTD_e_end ? left != 0 : input->pos < input->size);
    return WEIR_OK;
}

static WeirStatus zstd_write(void *context, const void *data, size_t length, WeirError *error)
{
    ZSTD_inBuffer input = {data, length, 0};
    return length == 0 ? WEIR_OK : compress(context, &input, ZSTD_e_continue, error);
}

static WeirStatus zstd_finish(void *context, WeirError *error)
{
    ZSTD_inBuffer input = {NULL, 0, 0};
    return compress(context, &input, ZSTD_e_end, error);
}

typedef struct Reader {
    WeirRawInput *input;
    ZSTD_DCtx *context;
    uint8_t *out;
    size_t out_bytes;
    bool between_frames;
} Reader;

static void *zstd_reader_new(WeirRawInput *input)
{
    Reader *reader = weir_malloc(sizeof *reader);
    *reader = (Reader){
        .input = input, .context = ZSTD_createDCtx(), .out_bytes = ZSTD_DStreamOutSize(), .between_frames = true};
    WEIR_ASSERT(reader->context != NULL);
    ZSTD_DCtx_setParameter(reader->context, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
    reader->out = weir_malloc(reader->out_bytes);
    return reader;
}

static void zstd_reader_free(void *context)
{
    Reader *reader = context;
    ZSTD_freeDCtx(reader->context);
    weir_free(reader->out);
    weir_free(reader);
}

static WeirStatus zstd_read(void *context, const uint8_t **data, size_t *length, WeirError *error)
{
    Reader *reader = context;
    WeirRawInput *input = reader->input;
    ZSTD_outBuffer output = {reader->out, reader->out_bytes, 0};
    while (output.pos == 0) {
        size_t available;
        WEIR_TRY(weir_raw_input_need(input, 1, &available, error));
        if (available == 0 && reader->between_frames)
            break;
        ZSTD_inBuffer bytes = {input->data + input->start, available, 0};
        size_t hint = ZSTD_decompressStream(reader->context, &output, &bytes);
        if (ZSTD_isError(hint))
            return weir_state_file_damaged(input->path, ZSTD_getErrorName(hint), error);
        if (available == 0 && output.pos == 0)
            return weir_state_file_damaged(input->path, "it ends inside a frame", error);
        input->start += bytes.pos;
        reader->between_frames = hint == 0;
    }
    *data = reader->out;
    *length = output.pos;
    return WEIR_OK;
}

const WeirCompressionCodec weir_zstd_codec = {
    .name = "zstd",
    .magic = "\x28\xb5\x2f\xfd",
    .magic_bytes = 4,
    .writer_new = zstd_writer_new,
    .write = zstd_write,
    .finish = zstd_finish,
    .writer_free = zstd_writer_free,
    .reader_new = zstd_reader_new,
    .read = zstd_read,
    .reader_free = zstd_reader_free,
};
