/* JSON values to typed columns (Spark: JacksonParser's converters), for the JSON source and for from_json. */
#ifndef WEIR_FORMATS_JSON_CONVERT_H
#define WEIR_FORMATS_JSON_CONVERT_H

#include "formats/format.h"
#include "formats/json_scanner.h"
#include "formats/time_formats.h"

typedef struct WeirJsonRules {
    WeirJsonSyntax syntax;
    bool primitives_as_string;
    /* Numbers, objects and arrays for string columns are written anew, as from_json does it; the files' readers keep
     * them as they stand. */
    bool copy_text;
    WeirTimeFormats times;
} WeirJsonRules;

/* What Spark's options say, patterns in `arena`; settings come from options->conf. Spark's errors for values that make
 * no sense; options that are not built: UNSUPPORTED_FEATURE.OPTION. The encoding is the files' matter. */
WEIR_CHECKED WeirStatus weir_json_rules(const WeirFormatOptions *options, WeirArena *arena, WeirJsonRules *rules,
                                        WeirError *error);

typedef enum WeirJsonOutcome {
    WEIR_JSON_GOOD,
    WEIR_JSON_PARTIAL, /* a value was made, but something inside it could not be read and is null */
    WEIR_JSON_BAD      /* a null was appended: the value does not fit the type */
} WeirJsonOutcome;

/* Append exactly one value. `builder` NULL: only the outcome. Strings point into the text where they can. `scratch` is
 * for unescaping (cleared by the callee). */
WeirJsonOutcome weir_json_convert(const WeirJsonRules *rules, const WeirJsonText *text, const WeirJsonToken *token,
                                  const WeirDataType *type, WeirVectorBuilder *builder, WeirBuffer *scratch);

#endif
