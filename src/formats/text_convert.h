/* Text of one value to a value of a type, appended to a column: what CSV cells, partition directories and JSON's quoted
 * dates and times share. */
#ifndef WEIR_FORMATS_TEXT_CONVERT_H
#define WEIR_FORMATS_TEXT_CONVERT_H

#include "formats/format.h"

/* False: the text is no such value; nothing was appended. `builder` NULL: only looked at. Types: all but array, map,
 * struct, void. Rules are those of CAST for dates, times, intervals and decimals; numbers take no blanks and no
 * fraction. `zone`: of timestamps without one. */
bool weir_text_convert(const char *text, size_t length, const WeirDataType *type, const WeirTimeZone *zone,
                       WeirVectorBuilder *builder);
/* A number in decimal digits, rounded half up to the type's scale. */
bool weir_text_convert_decimal(const char *text, size_t length, const WeirDataType *type, WeirVectorBuilder *builder);
/* The same of a number written in English: commas are dropped; blanks are no part of it. `scratch` may hold the text.
 */
bool weir_text_convert_grouped_decimal(const char *text, size_t length, const WeirDataType *type, WeirBuffer *scratch,
                                       WeirVectorBuilder *builder);

#endif
