/* One specifier of format_string, as java.util.Formatter reads it: "%[index$][flags][width][.precision]conversion". */
#ifndef WEIR_EXPR_FUNCTIONS_FORMAT_SPECIFIER_H
#define WEIR_EXPR_FUNCTIONS_FORMAT_SPECIFIER_H

#include "columnar/time_zone.h"
#include "common/memory.h"

enum {
    WEIR_FORMAT_LEFT = 1,        /* - */
    WEIR_FORMAT_ALTERNATE = 2,   /* # */
    WEIR_FORMAT_PLUS = 4,        /* + */
    WEIR_FORMAT_BLANK = 8,       /* ' ' */
    WEIR_FORMAT_ZEROS = 16,      /* 0 */
    WEIR_FORMAT_GROUPS = 32,     /* , */
    WEIR_FORMAT_PARENTHESES = 64 /* ( */
};

#define WEIR_FORMAT_WIDTH_MAX 1000000 /* more is refused: a row would grow without bound */

typedef struct WeirFormatSpecifier {
    int32_t index; /* from 1; 0: the next argument; -1: the one before again */
    uint32_t flags;
    int32_t width, precision; /* -1: none */
    char conversion;          /* in small letters: b h s c d o x e f g a % n t */
    bool capitals;
    char time; /* of t: Y m d … */
} WeirFormatSpecifier;

/* Reads what follows a % at text[*at], and moves behind it. False: there is no such specifier. */
bool weir_format_specifier_parse(const uint8_t *text, size_t length, size_t *at, WeirFormatSpecifier *specifier);
/* `text` in capitals if asked for, filled to the width with blanks. Widths count UTF-16 units. */
void weir_format_put_text(const WeirFormatSpecifier *specifier, const uint8_t *text, size_t length, WeirBuffer *out);
/* Digits, a point and an exponent with a sign, groups and zeros up to the width. */
void weir_format_put_signed(const WeirFormatSpecifier *specifier, bool negative, const char *digits, size_t length,
                            WeirBuffer *out);
/* d, o, x of a value of `bytes` bytes; e, f, g, a; false: the flags or the value do not fit the conversion. */
bool weir_format_put_integer(const WeirFormatSpecifier *specifier, int64_t value, uint32_t bytes, WeirBuffer *out);
bool weir_format_put_double(const WeirFormatSpecifier *specifier, double value, WeirBuffer *out);
/* A field of a time in milliseconds. False: no such field, or a time that Java's calendar counts otherwise. */
bool weir_format_put_time(const WeirFormatSpecifier *specifier, int64_t millis, const WeirTimeZone *zone,
                          WeirBuffer *out);

#endif
