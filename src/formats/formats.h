/* One exported table a format; formats.c lists them. */
#ifndef WEIR_FORMATS_FORMATS_H
#define WEIR_FORMATS_FORMATS_H

#include "formats/format.h"

extern const WeirFileFormat weir_text_format, weir_json_format, weir_csv_format;

#endif
