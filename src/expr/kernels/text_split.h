/* Splitting at plain bytes; in a file compiled for speed. */
#ifndef WEIR_EXPR_KERNELS_TEXT_SPLIT_H
#define WEIR_EXPR_KERNELS_TEXT_SPLIT_H

#include "expr/column_writer.h"

/* Append the parts of `text` between places of the delimiter (not empty); limit > 0: at most so many parts. */
void weir_split_literal(const uint8_t *text, size_t length, const uint8_t *delimiter, size_t size, int32_t limit,
                        WeirColumnWriter *writer);

#endif
