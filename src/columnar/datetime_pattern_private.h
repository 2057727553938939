/* English names, for writing and reading. */
#ifndef WEIR_COLUMNAR_DATETIME_PATTERN_PRIVATE_H
#define WEIR_COLUMNAR_DATETIME_PATTERN_PRIVATE_H

#include "columnar/datetime_pattern.h"

extern const char *const weir_month_names[12];
extern const char *const weir_day_names[7];

#endif
