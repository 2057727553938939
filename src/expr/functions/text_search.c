/* Lengths and places in texts. */
#include "expr/function_private.h"
#include "expr/kernels/text_find.h"
#include "expr/kernels/utf8.h"

#define ROWS_OF_ONE(...)                                                                                               \
    (void)error;                                                                                                       \
    WeirArgument x = weir_argument(arguments[0]);                                                                      \
    WEIR_FOR_ROWS(call, row)                                                                                           \
    {                                                                                                                  \
        WEIR_TEXT(text, x, row);                                                                                       \
        __VA_ARGS__;                                                                                                   \
    }                                                                                                                  \
    return WEIR_OK
#define ROWS_OF_TWO(...)                                                                                               \
    (void)error;                                                                                                       \
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);                                     \
    WEIR_FOR_ROWS(call, row)                                                                                           \
    {                                                                                                                  \
        WEIR_TEXT(text, x, row);                                                                                       \
        WEIR_TEXT(other, y, row);                                                                                      \
        __VA_ARGS__;                                                                                                   \
    }                                                                                                                  \
    return WEIR_OK
#define INT_RESULT(VALUE) ((int32_t *)result->values)[row] = (int32_t)(VALUE)
#define BOOL_RESULT(VALUE) ((uint8_t *)result->values)[row] = (uint8_t)(VALUE)

WEIR_TEXT_KERNEL(length_kernel)
{
    bool binary = arguments[0]->type->id == WEIR_TYPE_BINARY;
    ROWS_OF_ONE(INT_RESULT(binary ? text_length : weir_utf8_count(text, text_length)));
}
WEIR_TEXT_KERNEL(octet_length_kernel)
{
    ROWS_OF_ONE(INT_RESULT(text_length));
}
WEIR_TEXT_KERNEL(bit_length_kernel)
{
    ROWS_OF_ONE(INT_RESULT(text_length * 8));
}
WEIR_TEXT_KERNEL(ascii_kernel)
{
    ROWS_OF_ONE(size_t at = 0; INT_RESULT(text_length == 0 ? 0 : weir_utf8_next(text, text_length, &at)));
}
WEIR_TEXT_KERNEL(contains_kernel)
{
    ROWS_OF_TWO(BOOL_RESULT(weir_find_bytes(text, text_length, 0, other, other_length) != NULL));
}
WEIR_TEXT_KERNEL(starts_kernel)
{
    ROWS_OF_TWO(BOOL_RESULT(text_length >= other_length && memcmp(text, other, other_length) == 0));
}
WEIR_TEXT_KERNEL(ends_kernel)
{
    ROWS_OF_TWO(BOOL_RESULT(text_length >= other_length &&
                            memcmp(text + text_length - other_length, other, other_length) == 0));
}

/* Place in characters from 1; 0: not there. */
static int32_t place_of(const uint8_t *text, uint32_t length, size_t from, const uint8_t *what, uint32_t size)
{
    const uint8_t *found = weir_find_bytes(text, length, from, what, size);
    return found == NULL ? 0 : (int32_t)weir_utf8_count(text, (size_t)(found - text)) + 1;
}

WEIR_TEXT_KERNEL(instr_kernel)
{
    ROWS_OF_TWO(INT_RESULT(place_of(text, text_length, 0, other, other_length)));
}

WEIR_TEXT_KERNEL(locate_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]), p = weir_argument(arguments[2]);
    WEIR_FOR_ROWS(call, row)
    {
        if (weir_argument_is_null(&p, row)) { /* a null start is 0; a null text is null */
            INT_RESULT(0);
            continue;
        }
        if (weir_argument_is_null(&x, row) || weir_argument_is_null(&y, row)) {
            weir_result_set_null(call, result, row);
            continue;
        }
        WEIR_TEXT(what, x, row);
        WEIR_TEXT(text, y, row);
        int32_t start = WEIR_ARGUMENT_VALUE(int32_t, p, row);
        size_t from = start < 1 ? text_length + 1 : weir_utf8_advance(text, text_length, 0, (uint64_t)start - 1);
        if (what_length == 0) /* found at once, wherever the search begins */
            INT_RESULT(start < 1 ? 0 : 1);
        else
            INT_RESULT(start < 1 ? 0 : place_of(text, text_length, from, what, what_length));
    }
    return WEIR_OK;
}

/* Place in a list separated by commas; 0 where it has a comma itself. */
WEIR_TEXT_KERNEL(find_in_set_kernel)
{
    ROWS_OF_TWO({
        int32_t number = 1, found = 0;
        if (memchr(text, ',', text_length) == NULL)
            for (uint32_t at = 0; found == 0; number++) {
                const uint8_t *comma = memchr(other + at, ',', other_length - at);
                uint32_t end = comma == NULL ? other_length : (uint32_t)(comma - other);
                if (end - at == text_length && memcmp(other + at, text, text_length) == 0)
                    found = number;
                if (comma == NULL)
                    break;
                at = end + 1;
            }
        INT_RESULT(found);
    });
}

WEIR_TEXT_KERNEL(levenshtein_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    bool limited = call->expression->child_count > 2;
    WeirArgument z = weir_argument(arguments[limited ? 2 : 0]);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        WEIR_TEXT(other, y, row);
        uint32_t m = weir_utf8_count(text, text_length), n = weir_utf8_count(other, other_length);
        int32_t *costs = weir_malloc(sizeof(*costs) * ((size_t)n + 1));
        for (uint32_t j = 0; j <= n; j++)
            costs[j] = (int32_t)j;
        size_t a = 0;
        for (uint32_t i = 1; i <= m; i++) {
            uint32_t ca = weir_utf8_next(text, text_length, &a);
            int32_t diagonal = costs[0];
            costs[0] = (int32_t)i;
            size_t b = 0;
            for (uint32_t j = 1; j <= n; j++) {
                int32_t above = costs[j], best = diagonal + (ca != weir_utf8_next(other, other_length, &b));
                best = above + 1 < best ? above + 1 : best;
                best = costs[j - 1] + 1 < best ? costs[j - 1] + 1 : best;
                diagonal = above;
                costs[j] = best;
            }
        }
        int32_t distance = costs[n];
        weir_free(costs);
        if (limited && distance > WEIR_ARGUMENT_VALUE(int32_t, z, row))
            distance = -1;
        INT_RESULT(distance);
    }
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(soundex_kernel)
{
    static const char codes[] = "01230127022455012623017202";
    (void)error;
    WeirArgument x = weir_argument(arguments[0]);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        uint8_t code[12] = "0000";
        uint32_t first = text_length == 0 ? 0 : text[0] & ~0x20u, count = 1;
        if (first < 'A' || first > 'Z') {
            ((WeirStringView *)result->values)[row] = *text_view;
            continue;
        }
        code[0] = (uint8_t)first;
        char last = codes[first - 'A'];
        for (uint32_t i = 1; i < text_length && count < 4; i++) {
            uint32_t c = text[i] & ~0x20u;
            if (c < 'A' || c > 'Z') {
                last = '0';
                continue;
            }
            char next = codes[c - 'A'];
            if (next == '7') /* h and w keep what was before */
                continue;
            if (next != '0' && next != last)
                code[count++] = (uint8_t)next;
            last = next;
        }
        ((WeirStringView *)result->values)[row] = weir_view_make(code, 4);
    }
    return WEIR_OK;
}

#define NP WEIR_FUNCTION_NULL_PROPAGATING
#define TEXT(NAME, ALIASES, MIN, MAX, SIGNATURE, KERNEL, USAGE)                                                        \
    {                                                                                                                  \
        .name = NAME, .aliases = ALIASES, .flags = NP, .arguments_min = MIN, .arguments_max = MAX,                     \
        .signature = SIGNATURE, .kernel = KERNEL, .group = "string_funcs", .usage = USAGE                              \
    }

const WeirFunction weir_functions_text_search[] = {
    TEXT("length", WEIR_ALIASES("char_length", "character_length", "len"), 1, 1, "string|binary->int", length_kernel,
         "length(text): how many characters, or bytes of binary."),
    TEXT("octet_length", NULL, 1, 1, "string|binary->int", octet_length_kernel, "octet_length(text): how many bytes."),
    TEXT("bit_length", NULL, 1, 1, "string|binary->int", bit_length_kernel, "bit_length(text): how many bits."),
    TEXT("ascii", NULL, 1, 1, "string->int", ascii_kernel, "ascii(text): the number of the first character."),
    TEXT("contains", NULL, 2, 2, "string|binary,string|binary->boolean", contains_kernel,
         "contains(text, part): true if the part is in the text."),
    TEXT("startswith", NULL, 2, 2, "string|binary,string|binary->boolean", starts_kernel,
         "startswith(text, part): true if the text begins with the part."),
    TEXT("endswith", NULL, 2, 2, "string|binary,string|binary->boolean", ends_kernel,
         "endswith(text, part): true if the text ends with the part."),
    TEXT("instr", NULL, 2, 2, "string,string->int", instr_kernel,
         "instr(text, part): where the part begins, from 1; 0: nowhere."),
    {.name = "locate",
     .aliases = WEIR_ALIASES("position"),
     .flags = 0,
     .arguments_min = 2,
     .arguments_max = 3,
     .signature = "string,string,int=1->int",
     .kernel = locate_kernel,
     .group = "string_funcs",
     .usage = "locate(part, text[, start]): where the part begins, from 1; 0: nowhere."},
    TEXT("find_in_set", NULL, 2, 2, "string,string->int", find_in_set_kernel,
         "find_in_set(text, list): the place in a list separated by commas."),
    TEXT("levenshtein", NULL, 2, 3, "string,string,int?->int", levenshtein_kernel,
         "levenshtein(a, b[, limit]): the edit distance."),
    TEXT("soundex", NULL, 1, 1, "text->string", soundex_kernel, "soundex(text): the code of how it sounds."),
    {0},
};
