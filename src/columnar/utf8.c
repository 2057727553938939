#include "columnar/utf8.h"

static bool is_continuation(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

/* Bytes of the longest start of a good sequence: what Java replaces by one character. */
static size_t malformed_length(const uint8_t *data, size_t length)
{
    uint8_t lead = data[0];
    if (lead < 0xc2 || lead > 0xf4 || length < 2 || !is_continuation(data[1]) || lead < 0xe0)
        return 1;
    if ((lead == 0xe0 && data[1] < 0xa0) || (lead == 0xf0 && data[1] < 0x90) || (lead == 0xf4 && data[1] > 0x8f))
        return 1;
    if (length < 3 || !is_continuation(data[2]))
        return 2;
    return 3; /* an encoded surrogate, or four bytes without the last */
}

size_t weir_utf8_decode(const uint8_t *data, size_t length, uint32_t *code_point, bool *malformed)
{
    uint8_t lead = data[0];
    *malformed = false;
    if (lead < 0x80) {
        *code_point = lead;
        return 1;
    }
    if (lead >= 0xc2 && lead <= 0xdf && length >= 2 && is_continuation(data[1])) {
        *code_point = (lead & 0x1fu) << 6 | (data[1] & 0x3fu);
        return 2;
    }
    if ((lead & 0xf0) == 0xe0 && length >= 3 && is_continuation(data[1]) && is_continuation(data[2])) {
        *code_point = (lead & 0x0fu) << 12 | (data[1] & 0x3fu) << 6 | (data[2] & 0x3fu);
        if (*code_point >= 0x800 && (*code_point < 0xd800 || *code_point > 0xdfff))
            return 3;
    }
    if (lead >= 0xf0 && lead <= 0xf4 && length >= 4 && is_continuation(data[1]) && is_continuation(data[2]) &&
        is_continuation(data[3])) {
        *code_point = (lead & 0x07u) << 18 | (data[1] & 0x3fu) << 12 | (data[2] & 0x3fu) << 6 | (data[3] & 0x3fu);
        if (*code_point >= 0x10000 && *code_point <= 0x10ffff)
            return 4;
    }
    *code_point = WEIR_REPLACEMENT_CHARACTER;
    *malformed = true;
    return malformed_length(data, length);
}

/* Eight ASCII bytes at a time; most text is nothing else. */
static size_t skip_ascii(const uint8_t *data, size_t length)
{
    size_t at = 0;
    for (; at + 8 <= length; at += 8) {
        uint64_t word;
        memcpy(&word, data + at, sizeof(word));
        if ((word & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    return at;
}

bool weir_utf8_is_valid(const uint8_t *data, size_t length)
{
    size_t at = skip_ascii(data, length);
    while (at < length) {
        uint32_t code_point;
        bool malformed;
        at += weir_utf8_decode(data + at, length - at, &code_point, &malformed);
        if (malformed)
            return false;
        at += skip_ascii(data + at, length - at);
    }
    return true;
}

void weir_utf8_append_replaced(const uint8_t *data, size_t length, WeirBuffer *out)
{
    if (weir_utf8_is_valid(data, length)) {
        weir_buffer_append(out, data, length);
        return;
    }
    for (size_t at = 0; at < length;) {
        uint32_t code_point;
        bool malformed;
        size_t bytes = weir_utf8_decode(data + at, length - at, &code_point, &malformed);
        if (malformed)
            weir_utf8_append(WEIR_REPLACEMENT_CHARACTER, out);
        else
            weir_buffer_append(out, data + at, bytes);
        at += bytes;
    }
}

void weir_utf8_append(uint32_t code_point, WeirBuffer *out)
{
    char text[4];
    size_t length = 1;
    if (code_point < 0x80) {
        text[0] = (char)code_point;
    } else if (code_point < 0x800) {
        text[0] = (char)(0xc0 | code_point >> 6);
        text[1] = (char)(0x80 | (code_point & 0x3f));
        length = 2;
    } else if (code_point < 0x10000) {
        text[0] = (char)(0xe0 | code_point >> 12);
        text[1] = (char)(0x80 | (code_point >> 6 & 0x3f));
        text[2] = (char)(0x80 | (code_point & 0x3f));
        length = 3;
    } else {
        text[0] = (char)(0xf0 | code_point >> 18);
        text[1] = (char)(0x80 | (code_point >> 12 & 0x3f));
        text[2] = (char)(0x80 | (code_point >> 6 & 0x3f));
        text[3] = (char)(0x80 | (code_point & 0x3f));
        length = 4;
    }
    weir_buffer_append(out, text, length);
}

size_t weir_utf8_java_length(const uint8_t *data, size_t length)
{
    size_t units = 0;
    for (size_t i = 0; i < length; i++)
        units += (is_continuation(data[i]) ? 0u : 1u) + (data[i] >= 0xf0 ? 1u : 0u);
    return units;
}
