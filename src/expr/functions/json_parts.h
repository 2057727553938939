/* What the functions share that take JSON texts apart without a schema. */
#ifndef WEIR_EXPR_FUNCTIONS_JSON_PARTS_H
#define WEIR_EXPR_FUNCTIONS_JSON_PARTS_H

#include "columnar/vector.h"
#include "formats/json_scanner.h"

/* Quotes of both kinds and bare control characters, for Hive's sake. */
extern const WeirJsonSyntax weir_json_hive_syntax;

/* The value that begins `view`, checked to its end; what stands behind it is not looked at. Bytes that are not UTF-8
 * are replaced first, in `replaced`. False: malformed, or nothing. The token is good while both are. */
bool weir_json_first_value(const WeirStringView *view, WeirBuffer *replaced, WeirJsonText *text, WeirJsonToken *token);

#endif
