/* Look-up in the generated tables. */
#include "expr/unicode.h"

#include "expr/kernels/utf8.h"

const WeirCaseEntry *weir_unicode_find(const WeirCaseEntry *table, uint32_t count, uint32_t code_point)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (table[middle].from < code_point)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && table[low].from == code_point ? &table[low] : NULL;
}

int weir_unicode_digit(uint32_t code_point)
{
    if (code_point < 0x80)
        return code_point >= '0' && code_point <= '9' ? (int)(code_point - '0') : -1;
    uint32_t low = 0, high = weir_unicode_digit_zeros_count; /* the last zero that is not above */
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (weir_unicode_digit_zeros[middle] <= code_point)
            low = middle + 1;
        else
            high = middle;
    }
    uint32_t above = low == 0 ? 10 : code_point - weir_unicode_digit_zeros[low - 1];
    return above < 10 ? (int)above : -1;
}

bool weir_unicode_is_java_whitespace(uint32_t c)
{
    return c <= 0x20 ? c == ' ' || (c >= 9 && c <= 13) || (c >= 0x1c && c <= 0x1f)
                     : c == 0x1680 || (c >= 0x2000 && c <= 0x200a && c != 0x2007) || c == 0x2028 || c == 0x2029 ||
                           c == 0x205f || c == 0x3000;
}

static bool is_within(const uint32_t (*ranges)[2], uint32_t count, uint32_t c)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (ranges[middle][1] < c)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && ranges[low][0] <= c;
}

bool weir_unicode_is_capital(uint32_t code_point)
{
    return is_within(weir_unicode_capital, weir_unicode_capital_count, code_point);
}
bool weir_unicode_is_small(uint32_t code_point)
{
    return is_within(weir_unicode_small, weir_unicode_small_count, code_point);
}

/* 1: has case, 0: has none, -1: to be looked through. */
static int case_of(uint32_t c)
{
    if (is_within(weir_unicode_case_ignorable, weir_unicode_case_ignorable_count, c))
        return -1;
    return is_within(weir_unicode_cased, weir_unicode_cased_count, c);
}

bool weir_unicode_is_final_sigma(const uint8_t *text, size_t length, size_t at)
{
    int before = -1, behind = -1;
    for (size_t end = at; end > 0 && before < 0;) {
        size_t start = end - 1;
        while (start > 0 && end - start < 4 && (text[start] & 0xc0) == 0x80)
            start--;
        size_t next = start;
        before = case_of(weir_utf8_next(text, length, &next));
        end = start;
    }
    for (size_t next = at + 2; before == 1 && next < length && behind < 0;)
        behind = case_of(weir_utf8_next(text, length, &next));
    return before == 1 && behind != 1;
}
