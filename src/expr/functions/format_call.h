/* What the functions of texts in a format (from_json, to_csv …) share: the arguments for schema and options, and the
 * errors of records. */
#ifndef WEIR_EXPR_FUNCTIONS_FORMAT_CALL_H
#define WEIR_EXPR_FUNCTIONS_FORMAT_CALL_H

#include "expr/function_private.h"
#include "formats/json_options.h"

/* The map literal at `index` as a format's options, in the call's arena and good while its context is; no argument:
 * no options. INVALID_OPTIONS.…. */
WEIR_CHECKED WeirStatus weir_call_format_options(WeirFunctionCall *call, uint32_t index, WeirFormatOptions *options,
                                                 WeirError *error);
/* The schema at `index`, a constant text of DDL or JSON. */
WEIR_CHECKED WeirStatus weir_call_format_schema(WeirFunctionCall *call, uint32_t index, const WeirDataType **type,
                                                WeirError *error);
/* The argument is a string (or a bare NULL): these functions cast nothing. */
WEIR_CHECKED WeirStatus weir_call_format_text(WeirFunctionCall *call, uint32_t index, WeirError *error);
/* The first argument of schema_of_…: a constant text. */
WEIR_CHECKED WeirStatus weir_call_constant_text(WeirFunctionCall *call, const char *name, WeirStringView *text,
                                                WeirError *error);
/* PERMISSIVE or FAILFAST; PARSE_MODE_UNSUPPORTED for the third. */
WEIR_CHECKED WeirStatus weir_call_parse_mode(const WeirFunctionCall *call, const WeirFormatOptions *options,
                                             bool *fail_fast, WeirError *error);
/* MALFORMED_RECORD_IN_PARSING of a row. */
WeirStatus weir_malformed_record(const WeirKernelCall *call, WeirStatus condition, const void *record, size_t length,
                                 WeirError *error);
/* The kernel of schema_of_…: the call's bound text in every row. */
WeirStatus weir_bound_text_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                                  WeirError *error);

#endif
