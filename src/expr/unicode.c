/* Look-up in the generated tables. */
#include "expr/unicode.h"

#include <stddef.h>

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
