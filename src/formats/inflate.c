/* See inflate.h: zlib and zstd behind one pull interface. Several gzip members or zstd frames in one file are one
 * content, as with the command-line tools. */
#include "formats/inflate.h"

#include <strings.h>
#include <zlib.h>
#include <zstd.h>

#define INPUT_BYTES ((size_t)1 << 16)

struct WeirInflate {
    const WeirByteSource *source;
    bool is_zstd;
    z_stream zlib;
    bool zlib_open;
    ZSTD_DStream *zstd;
    uint8_t *input;
    size_t input_length, input_at;
    int64_t offset;
    bool inside; /* a member or frame has begun and not ended */
};

static bool ends_with(const char *path, const char *ending)
{
    size_t length = strlen(path), size = strlen(ending);
    return length > size && strcasecmp(path + length - size, ending) == 0;
}

static WeirStatus damaged(const WeirInflate *inflate, const char *reason, WeirError *error)
{
    if (inflate->source->damaged != NULL)
        *inflate->source->damaged = true;
    return weir_error_format(error, WEIR_ERROR_FAILED_READ_FILE_NO_HINT, "%s is damaged or cut off: %s.",
                             inflate->source->path, reason == NULL ? "it does not inflate" : reason);
}

WeirStatus weir_inflate_open(const WeirByteSource *source, WeirInflate **out, WeirError *error)
{
    bool is_zstd = ends_with(source->path, ".zst") || ends_with(source->path, ".zstd");
    bool is_zlib =
        ends_with(source->path, ".gz") || ends_with(source->path, ".gzip") || ends_with(source->path, ".deflate");
    if (!is_zstd && !is_zlib)
        return weir_error_format(error, WEIR_ERROR_FAILED_READ_FILE_NO_HINT,
                                 "The compression of %s is not supported. gzip, deflate and zstd are.", source->path);
    WeirInflate *inflate = weir_calloc(1, sizeof(*inflate));
    inflate->source = source;
    inflate->is_zstd = is_zstd;
    inflate->input = weir_malloc(INPUT_BYTES);
    if (is_zstd)
        inflate->zstd = ZSTD_createDStream();
    else
        inflate->zlib_open = inflateInit2(&inflate->zlib, 15 + 32) == Z_OK;
    if (inflate->zstd == NULL && !inflate->zlib_open) {
        weir_inflate_close(inflate);
        return weir_error_format(error, WEIR_ERROR_UNABLE_TO_ACQUIRE_MEMORY, "No memory is left to inflate %s.",
                                 source->path);
    }
    *out = inflate;
    return WEIR_OK;
}

void weir_inflate_close(WeirInflate *inflate)
{
    if (inflate == NULL)
        return;
    if (inflate->zlib_open)
        inflateEnd(&inflate->zlib);
    ZSTD_freeDStream(inflate->zstd);
    weir_free(inflate->input);
    weir_free(inflate);
}

static WeirStatus refill(WeirInflate *stream, bool *ended, WeirError *error)
{
    *ended = false;
    if (stream->input_at < stream->input_length)
        return WEIR_OK;
    size_t got = 0;
    WEIR_TRY(stream->source->read_at(stream->source->context, stream->offset, stream->input, INPUT_BYTES, &got, error));
    stream->offset += (int64_t)got;
    stream->input_at = 0;
    stream->input_length = got;
    *ended = got == 0;
    return WEIR_OK;
}

static WeirStatus step_zlib(WeirInflate *stream, uint8_t *data, size_t bytes, size_t *got, WeirError *error)
{
    z_stream *zlib = &stream->zlib;
    zlib->next_in = stream->input + stream->input_at;
    zlib->avail_in = (uInt)(stream->input_length - stream->input_at);
    zlib->next_out = data;
    zlib->avail_out = (uInt)(bytes > (1u << 30) ? (1u << 30) : bytes);
    uInt room = zlib->avail_out;
    int result = inflate(zlib, Z_NO_FLUSH);
    stream->input_at = stream->input_length - zlib->avail_in;
    *got = room - zlib->avail_out;
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        return damaged(stream, zlib->msg, error);
    stream->inside = result != Z_STREAM_END;
    if (result == Z_STREAM_END && inflateReset(zlib) != Z_OK)
        return damaged(stream, zlib->msg, error);
    return WEIR_OK;
}

static WeirStatus step_zstd(WeirInflate *stream, uint8_t *data, size_t bytes, size_t *got, WeirError *error)
{
    ZSTD_inBuffer input = {stream->input, stream->input_length, stream->input_at};
    ZSTD_outBuffer output = {data, bytes, 0};
    size_t result = ZSTD_decompressStream(stream->zstd, &output, &input);
    if (ZSTD_isError(result))
        return damaged(stream, ZSTD_getErrorName(result), error);
    stream->input_at = input.pos;
    stream->inside = result != 0;
    *got = output.pos;
    return WEIR_OK;
}

WeirStatus weir_inflate_read(WeirInflate *stream, void *data, size_t bytes, size_t *got, WeirError *error)
{
    *got = 0;
    while (*got == 0 && bytes > 0) {
        bool ended = false;
        WEIR_TRY(refill(stream, &ended, error));
        if (ended)
            return stream->inside ? damaged(stream, "the file ends too early", error) : WEIR_OK;
        WEIR_TRY(stream->is_zstd ? step_zstd(stream, data, bytes, got, error)
                                 : step_zlib(stream, data, bytes, got, error));
    }
    return WEIR_OK;
}
