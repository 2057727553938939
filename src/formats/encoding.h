/* The encodings Spark knows for files: names, bytes to UTF-8 and back, malformed input replaced as Java replaces it. */
#ifndef WEIR_FORMATS_ENCODING_H
#define WEIR_FORMATS_ENCODING_H

#include "formats/format.h"

typedef enum WeirEncoding {
    WEIR_ENCODING_UTF8,
    WEIR_ENCODING_ASCII,
    WEIR_ENCODING_LATIN1,
    WEIR_ENCODING_UTF16BE,
    WEIR_ENCODING_UTF16LE,
    WEIR_ENCODING_UTF16,  /* by its byte order mark, else big-endian; written big-endian with a mark */
    WEIR_ENCODING_UTF32,  /* the same, but written without a mark */
    WEIR_ENCODING_UTF32LE /* has no name: only found out */
} WeirEncoding;

/* Option encoding, or charset; UTF-8 where neither is given. INVALID_PARAMETER_VALUE.CHARSET. */
WEIR_CHECKED WeirStatus weir_format_encoding(const WeirFormatOptions *options, WeirEncoding *encoding,
                                             WeirError *error);
/* Every ASCII character is its own byte, and no other character has such a byte: lines can be cut before decoding. */
static inline bool weir_encoding_has_ascii_bytes(WeirEncoding encoding)
{
    return encoding <= WEIR_ENCODING_LATIN1;
}
/* Appends the text as UTF-8. */
void weir_encoding_decode(WeirEncoding encoding, const uint8_t *data, size_t length, WeirBuffer *out);
/* Appends UTF-8 text in the encoding; what it lacks is a question mark. `at_start`: of the file, where a byte order
 * mark goes. */
void weir_encoding_encode(WeirEncoding encoding, const uint8_t *data, size_t length, bool at_start, WeirBuffer *out);

/* A line separator in the encoding; `separator` NULL: none, length 0. At most WEIR_ENCODED_SEPARATOR_BYTES, else
 * UNSUPPORTED_FEATURE.OPTION. */
#define WEIR_ENCODED_SEPARATOR_BYTES 15u
WEIR_CHECKED WeirStatus weir_encoding_separator(WeirEncoding encoding, const char *separator, char *bytes,
                                                size_t *length, WeirError *error);

#endif
