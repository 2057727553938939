/* See codec.h: zlib and zstd behind one push interface. */
#include "formats/codec.h"

#include <strings.h>
#include <zlib.h>
#include <zstd.h>

#define ROOM_BYTES ((size_t)1 << 16)
#define ZSTD_LEVEL 3

struct WeirCompressor {
    WeirCodec codec;
    bool zlib_open;
    z_stream zlib;
    ZSTD_CStream *zstd;
};

WeirStatus weir_format_codec(const WeirFormatOptions *options, WeirCodec *codec, WeirError *error)
{
    static const struct {
        const char *name;
        WeirCodec codec;
    } known[] = {{"none", WEIR_CODEC_NONE},       {"uncompressed", WEIR_CODEC_NONE}, {"gzip", WEIR_CODEC_GZIP},
                 {"deflate", WEIR_CODEC_DEFLATE}, {"zstd", WEIR_CODEC_ZSTD},         {"bzip2", WEIR_CODEC_NOT_BUILT},
                 {"lz4", WEIR_CODEC_NOT_BUILT},   {"snappy", WEIR_CODEC_NOT_BUILT}};
    const char *name = options->get(options->context, "compression");
    if (name == NULL)
        name = options->get(options->context, "codec");
    *codec = WEIR_CODEC_NONE;
    if (name == NULL)
        return WEIR_OK;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcasecmp(known[i].name, name) == 0) {
            *codec = known[i].codec;
            return WEIR_OK;
        }
    }
    return weir_error_set(error, WEIR_ERROR_CODEC_NOT_AVAILABLE_WITH_AVAILABLE_CODECS_SUGGESTION, "codecName", name,
                          "availableCodecs", "bzip2, deflate, gzip, lz4, none, snappy, uncompressed, zstd");
}

const char *weir_codec_ending(WeirCodec codec)
{
    static const char *const endings[] = {"", ".gz", ".deflate", ".zst", ""};
    return endings[codec];
}

WeirStatus weir_compressor_open(WeirCodec codec, WeirCompressor **out, WeirError *error)
{
    *out = NULL;
    if (codec == WEIR_CODEC_NONE)
        return WEIR_OK;
    if (codec == WEIR_CODEC_NOT_BUILT)
        return weir_error_format(error, WEIR_ERROR_UNSUPPORTED_FEATURE_OPTION,
                                 "Writing with this compression is not built; gzip, deflate and zstd are.");
    WeirCompressor *compressor = weir_calloc(1, sizeof(*compressor));
    compressor->codec = codec;
    if (codec == WEIR_CODEC_ZSTD) {
        compressor->zstd = ZSTD_createCStream();
        if (compressor->zstd != NULL && ZSTD_isError(ZSTD_initCStream(compressor->zstd, ZSTD_LEVEL))) {
            ZSTD_freeCStream(compressor->zstd);
            compressor->zstd = NULL;
        }
    } else {
        compressor->zlib_open = deflateInit2(&compressor->zlib, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
                                             codec == WEIR_CODEC_GZIP ? 15 + 16 : 15, 8, Z_DEFAULT_STRATEGY) == Z_OK;
    }
    if (compressor->zstd == NULL && !compressor->zlib_open) {
        weir_compressor_close(compressor);
        return weir_error_format(error, WEIR_ERROR_UNABLE_TO_ACQUIRE_MEMORY, "No memory is left to compress a file.");
    }
    *out = compressor;
    return WEIR_OK;
}

void weir_compressor_close(WeirCompressor *compressor)
{
    if (compressor == NULL)
        return;
    if (compressor->zlib_open)
        deflateEnd(&compressor->zlib);
    ZSTD_freeCStream(compressor->zstd);
    weir_free(compressor);
}

static WeirStatus write_zlib(WeirCompressor *compressor, const void *data, size_t length, bool finish, WeirBuffer *out,
                             WeirError *error)
{
    z_stream *zlib = &compressor->zlib;
    const uint8_t *at = data;
    int result = Z_OK;
    do {
        size_t piece = length > (1u << 30) ? (1u << 30) : length;
        bool last = piece == length;
        zlib->next_in = (Bytef *)(uintptr_t)at;
        zlib->avail_in = (uInt)piece;
        do {
            if (!weir_buffer_reserve(out, ROOM_BYTES))
                return weir_buffer_check(out, error);
            zlib->next_out = (Bytef *)out->data + out->length;
            zlib->avail_out = (uInt)ROOM_BYTES;
            result = deflate(zlib, finish && last ? Z_FINISH : Z_NO_FLUSH);
            out->length += ROOM_BYTES - zlib->avail_out;
        } while (zlib->avail_out == 0 || (finish && last && result == Z_OK));
        at = piece == 0 ? at : at + piece;
        length -= piece;
    } while (length > 0);
    return WEIR_OK;
}

WeirStatus weir_compressor_write(WeirCompressor *compressor, const void *data, size_t length, bool finish,
                                 WeirBuffer *out, WeirError *error)
{
    if (compressor->zstd == NULL)
        return write_zlib(compressor, data, length, finish, out, error);
    ZSTD_inBuffer input = {data, length, 0};
    size_t rest;
    do {
        if (!weir_buffer_reserve(out, ROOM_BYTES))
            return weir_buffer_check(out, error);
        ZSTD_outBuffer output = {out->data + out->length, ROOM_BYTES, 0};
        rest = ZSTD_compressStream2(compressor->zstd, &output, &input, finish ? ZSTD_e_end : ZSTD_e_continue);
        if (ZSTD_isError(rest))
            return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "zstd: %s", ZSTD_getErrorName(rest));
        out->length += output.pos;
    } while (finish ? rest != 0 : input.pos < input.size);
    return WEIR_OK;
}
