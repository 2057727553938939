/* JSON values written anew, as Spark's functions give parts of a document: no blanks, escapes only where they are
 * needed, numbers with a fraction as Double.toString has them. */
#ifndef WEIR_FORMATS_JSON_COPY_H
#define WEIR_FORMATS_JSON_COPY_H

#include "formats/json_scanner.h"

/* The value of a token that weir_json_scan_value gave. */
void weir_json_copy_value(const WeirJsonText *text, const WeirJsonToken *token, WeirBuffer *out);
/* A string's characters without quotes and escapes. */
void weir_json_copy_characters(const WeirJsonToken *token, WeirBuffer *out);

#endif
