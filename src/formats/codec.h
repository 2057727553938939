/* Compression of written files: the option's names, the ending of the file's name, and the compressor. Reading is
 * inflate.h's. */
#ifndef WEIR_FORMATS_CODEC_H
#define WEIR_FORMATS_CODEC_H

#include "formats/format.h"

typedef enum WeirCodec {
    WEIR_CODEC_NONE,
    WEIR_CODEC_GZIP,
    WEIR_CODEC_DEFLATE,
    WEIR_CODEC_ZSTD,
    WEIR_CODEC_NOT_BUILT /* a codec of Spark's that is not built here: bzip2, lz4, snappy */
} WeirCodec;

/* Option compression, or codec. CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION for names unknown to Spark. */
WEIR_CHECKED WeirStatus weir_format_codec(const WeirFormatOptions *options, WeirCodec *codec, WeirError *error);
const char *weir_codec_ending(WeirCodec codec); /* ".gz"; "" for none */

typedef struct WeirCompressor WeirCompressor;
/* NULL for none. NOT_BUILT: UNSUPPORTED_FEATURE.OPTION. */
WEIR_CHECKED WeirStatus weir_compressor_open(WeirCodec codec, WeirCompressor **compressor, WeirError *error);
void weir_compressor_close(WeirCompressor *compressor); /* NULL is allowed */
/* Appends to `out` what is ready; `finish`: all, with the end of the stream. */
WEIR_CHECKED WeirStatus weir_compressor_write(WeirCompressor *compressor, const void *data, size_t length, bool finish,
                                              WeirBuffer *out, WeirError *error);

#endif
