/* Between translation and matching. */
#ifndef WEIR_EXPR_REGEX_PRIVATE_H
#define WEIR_EXPR_REGEX_PRIVATE_H

#include <stdio.h>

#include "expr/regex.h"

bool weir_regex_translate(const char *pattern, size_t length, WeirBuffer *out);

#endif
