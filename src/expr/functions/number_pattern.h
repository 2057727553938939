/* The formats of to_number and to_char: "S$999,990.00PR". A format is checked and cut into tokens once, when the call
 * is resolved; reading and writing numbers then walk the tokens. Letters count in either case. */
#ifndef WEIR_EXPR_FUNCTIONS_NUMBER_PATTERN_H
#define WEIR_EXPR_FUNCTIONS_NUMBER_PATTERN_H

#include "common/memory.h"
#include "expr/kernels/arithmetic.h"

typedef enum WeirNumberTokenKind {
    WEIR_NUMBER_SIGN,   /* S */
    WEIR_NUMBER_MINUS,  /* MI */
    WEIR_NUMBER_OPEN,   /* what PR puts before the number */
    WEIR_NUMBER_DOLLAR, /* $ */
    WEIR_NUMBER_DIGITS, /* 0 and 9 with , or G between them */
    WEIR_NUMBER_POINT,  /* . or D */
    WEIR_NUMBER_CLOSE,  /* PR */
    WEIR_NUMBER_OTHER
} WeirNumberTokenKind;

/* Digits between two thousands separators. */
typedef struct WeirDigitGroup {
    uint32_t count;
    bool exact; /* begins with 0 before the point: neither fewer digits nor blanks */
} WeirDigitGroup;

typedef struct WeirNumberToken {
    WeirNumberTokenKind kind;
    uint32_t first_group, group_count; /* of digits */
    uint32_t character;                /* of OTHER */
} WeirNumberToken;

typedef struct WeirNumberPattern {
    const char *text; /* in capitals, as messages show it */
    const WeirNumberToken *tokens;
    const WeirDigitGroup *groups;
    uint32_t token_count;
    uint32_t whole_digits, fraction_digits;
} WeirNumberPattern;

/* Everything in `arena`. INVALID_FORMAT.* */
WEIR_CHECKED WeirStatus weir_number_pattern_parse(WeirArena *arena, const uint8_t *text, size_t length,
                                                  const WeirNumberPattern **pattern, WeirError *error);
/* The number a text stands for, with `fraction_digits` behind the point; false: the text does not fit. */
bool weir_number_pattern_read(const WeirNumberPattern *pattern, const uint8_t *text, size_t length, WeirInt128 *value);
/* Most bytes that writing takes. */
size_t weir_number_pattern_bytes_max(const WeirNumberPattern *pattern);
/* The decimal as text at `out`; returns the bytes. A number with too many digits becomes #. */
uint32_t weir_number_pattern_write(const WeirNumberPattern *pattern, WeirInt128 value, int scale, uint8_t *out);

#endif
