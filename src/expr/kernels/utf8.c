/* Decoding and encoding UTF-8 with Java's replacement rules: the longest valid prefix of a bad sequence becomes one
 * U+FFFD. */
#include "expr/kernels/utf8.h"

uint32_t weir_utf8_next(const uint8_t *text, size_t length, size_t *at)
{
    size_t i = *at;
    uint8_t lead = text[i++];
    if (lead < 0x80) {
        *at = i;
        return lead;
    }
    uint32_t need = weir_utf8_step(lead) - 1, value = need == 1   ? lead & 0x1fu
                                                      : need == 2 ? lead & 0x0fu
                                                                  : lead & 0x07u;
    uint8_t low = lead == 0xe0   ? 0xa0
                  : lead == 0xf0 ? 0x90
                                 : 0x80,
            high = lead == 0xed   ? 0x9f
                   : lead == 0xf4 ? 0x8f
                                  : 0xbf;
    if (need == 0) {
        *at = i;
        return 0xfffd;
    }
    for (uint32_t k = 0; k < need; k++) {
        if (i >= length || text[i] < low || text[i] > high) {
            *at = i;
            return 0xfffd;
        }
        value = value << 6 | (text[i++] & 0x3fu);
        low = 0x80;
        high = 0xbf;
    }
    *at = i;
    return value;
}

uint32_t weir_utf8_put(uint32_t c, uint8_t *out)
{
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (uint8_t)(0xc0 | c >> 6);
        out[1] = (uint8_t)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (uint8_t)(0xe0 | c >> 12);
        out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
        out[2] = (uint8_t)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (uint8_t)(0xf0 | c >> 18);
    out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
    out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
    out[3] = (uint8_t)(0x80 | (c & 0x3f));
    return 4;
}
