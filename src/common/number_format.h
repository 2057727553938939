/* Numbers to text and back, exactly: Spark's texts of doubles and floats are Java 17's, digits that read back as the
 * same value, mostly the shortest. Nothing here depends on a locale or allocates. */
#ifndef WEIR_COMMON_NUMBER_FORMAT_H
#define WEIR_COMMON_NUMBER_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for any text below, with its zero. */
#define WEIR_NUMBER_TEXT_BYTES 32

/* As Java's Double.toString and Float.toString: "1.0", "1.0E10", "1.0E-5", "-0.0", "NaN", "Infinity". Zero-terminated;
 * returns the length. */
size_t weir_format_double(double value, char *text);
size_t weir_format_float(float value, char *text);
size_t weir_format_int64(int64_t value, char *text);

/* digits * 10^exponent, at most 19 digits; what the texts are made of. */
typedef struct WeirShortest {
    uint64_t digits;
    int32_t exponent;
} WeirShortest;
/* For finite values; the sign is ignored, 0 gives 0 * 10^0. */
WeirShortest weir_shortest_double(double value);
WeirShortest weir_shortest_float(float value);

/* [+-] digits [. digits] [e|E [+-] digits], with a digit before or after the point, nothing before or behind. Rounded
 * to nearest, ties to even; too large gives an infinity, too small a zero. False: not such a text. */
bool weir_parse_double(const char *text, size_t length, double *value);
bool weir_parse_float(const char *text, size_t length, float *value);
/* [+-] digits, nothing else; false also when out of range. */
bool weir_parse_int64(const char *text, size_t length, int64_t *value);

#endif
