/* See encoding.h. */
#include "formats/encoding.h"

#include <strings.h>

#include "columnar/utf8.h"

static const char *const names[] = {"UTF-8", "US-ASCII", "ISO-8859-1", "UTF-16BE", "UTF-16LE", "UTF-16", "UTF-32"};

WeirStatus weir_format_encoding(const WeirFormatOptions *options, WeirEncoding *encoding, WeirError *error)
{
    const char *name = options->get(options->context, "encoding");
    if (name == NULL)
        name = options->get(options->context, "charset");
    *encoding = WEIR_ENCODING_UTF8;
    if (name == NULL)
        return WEIR_OK;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcasecmp(names[i], name) == 0) {
            *encoding = (WeirEncoding)i;
            return WEIR_OK;
        }
    }
    return weir_error_set(error, WEIR_ERROR_INVALID_PARAMETER_VALUE_CHARSET, "parameter", "`charset`", "functionName",
                          "the reader or writer", "charset", name, "charsets",
                          "ISO-8859-1, US-ASCII, UTF-16, UTF-16BE, UTF-16LE, UTF-32, UTF-8");
}

/* ---- to UTF-8 ---- */

static uint32_t load(const uint8_t *data, size_t bytes, bool little)
{
    uint32_t value = 0;
    for (size_t i = 0; i < bytes; i++)
        value = value << 8 | data[little ? bytes - 1 - i : i];
    return value;
}

static void decode_utf16(const uint8_t *data, size_t length, bool little, WeirBuffer *out)
{
    size_t at = 0;
    for (; at + 2 <= length; at += 2) {
        uint32_t unit = load(data + at, 2, little);
        if (unit >= 0xd800 && unit <= 0xdbff && at + 4 <= length) {
            uint32_t low = load(data + at + 2, 2, little);
            if (low >= 0xdc00 && low <= 0xdfff) {
                weir_utf8_append(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00), out);
                at += 2;
                continue;
            }
        }
        weir_utf8_append(unit >= 0xd800 && unit <= 0xdfff ? WEIR_REPLACEMENT_CHARACTER : unit, out);
    }
    if (at < length)
        weir_utf8_append(WEIR_REPLACEMENT_CHARACTER, out);
}

static void decode_utf32(const uint8_t *data, size_t length, bool little, WeirBuffer *out)
{
    size_t at = 0;
    for (; at + 4 <= length; at += 4) {
        uint32_t code = load(data + at, 4, little);
        bool good = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
        weir_utf8_append(good ? code : WEIR_REPLACEMENT_CHARACTER, out);
    }
    if (at < length)
        weir_utf8_append(WEIR_REPLACEMENT_CHARACTER, out);
}

static void decode_bytes(const uint8_t *data, size_t length, bool latin, WeirBuffer *out)
{
    if (!weir_buffer_reserve(out, length))
        return;
    for (size_t i = 0; i < length; i++) {
        if (data[i] < 0x80)
            weir_buffer_append_char(out, (char)data[i]);
        else
            weir_utf8_append(latin ? data[i] : WEIR_REPLACEMENT_CHARACTER, out);
    }
}

void weir_encoding_decode(WeirEncoding encoding, const uint8_t *data, size_t length, WeirBuffer *out)
{
    bool little;
    switch (encoding) {
    case WEIR_ENCODING_UTF8:
        weir_buffer_append(out, data, length);
        return;
    case WEIR_ENCODING_ASCII:
    case WEIR_ENCODING_LATIN1:
        decode_bytes(data, length, encoding == WEIR_ENCODING_LATIN1, out);
        return;
    case WEIR_ENCODING_UTF16BE:
    case WEIR_ENCODING_UTF16LE:
        decode_utf16(data, length, encoding == WEIR_ENCODING_UTF16LE, out);
        return;
    case WEIR_ENCODING_UTF16:
        little = length >= 2 && data[0] == 0xff && data[1] == 0xfe;
        if (little || (length >= 2 && data[0] == 0xfe && data[1] == 0xff))
            data += 2, length -= 2;
        decode_utf16(data, length, little, out);
        return;
    case WEIR_ENCODING_UTF32:
        little = length >= 4 && memcmp(data, "\xff\xfe\0\0", 4) == 0;
        if (little || (length >= 4 && memcmp(data, "\0\0\xfe\xff", 4) == 0))
            data += 4, length -= 4;
        decode_utf32(data, length, little, out);
        return;
    case WEIR_ENCODING_UTF32LE:
        decode_utf32(data, length, true, out);
        return;
    }
}

/* ---- from UTF-8 ---- */

static void append_unit(uint32_t unit, bool little, WeirBuffer *out)
{
    weir_buffer_append_char(out, (char)(little ? unit : unit >> 8));
    weir_buffer_append_char(out, (char)(little ? unit >> 8 : unit));
}

static void encode_one(WeirEncoding encoding, uint32_t code, WeirBuffer *out)
{
    bool little = encoding == WEIR_ENCODING_UTF16LE;
    if (encoding <= WEIR_ENCODING_LATIN1) {
        weir_buffer_append_char(out, (char)(code <= (encoding == WEIR_ENCODING_LATIN1 ? 0xffu : 0x7fu) ? code : '?'));
    } else if (encoding == WEIR_ENCODING_UTF32) {
        append_unit(code >> 16, false, out);
        append_unit(code & 0xffff, false, out);
    } else if (code >= 0x10000) {
        append_unit(0xd7c0 + (code >> 10), little, out);
        append_unit(0xdc00 + (code & 0x3ff), little, out);
    } else {
        append_unit(code, little, out);
    }
}

void weir_encoding_encode(WeirEncoding encoding, const uint8_t *data, size_t length, bool at_start, WeirBuffer *out)
{
    if (encoding == WEIR_ENCODING_UTF8) {
        weir_buffer_append(out, data, length);
        return;
    }
    if (encoding == WEIR_ENCODING_UTF16 && at_start && length > 0)
        append_unit(0xfeff, false, out);
    for (size_t at = 0; at < length;) {
        uint32_t code;
        bool malformed;
        at += weir_utf8_decode(data + at, length - at, &code, &malformed);
        encode_one(encoding, code, out);
    }
}

WeirStatus weir_encoding_separator(WeirEncoding encoding, const char *separator, char *bytes, size_t *length,
                                   WeirError *error)
{
    WeirBuffer encoded;
    *length = 0;
    if (separator == NULL)
        return WEIR_OK;
    weir_buffer_init(&encoded, 0, NULL);
    weir_encoding_encode(encoding, (const uint8_t *)separator, strlen(separator), true, &encoded);
    bool fits = encoded.length > 0 && encoded.length <= WEIR_ENCODED_SEPARATOR_BYTES;
    if (fits) {
        memcpy(bytes, encoded.data, encoded.length);
        *length = encoded.length;
    }
    weir_buffer_deinit(&encoded);
    return fits ? WEIR_OK
                : weir_error_format(error, WEIR_ERROR_UNSUPPORTED_FEATURE_OPTION,
                                    "A lineSep of 1 to %u bytes is built, not '%s'.", WEIR_ENCODED_SEPARATOR_BYTES,
                                    separator);
}
