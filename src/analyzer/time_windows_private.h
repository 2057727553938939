/* What window(), session_window() and window_time() share. */
#ifndef WEIR_ANALYZER_TIME_WINDOWS_PRIVATE_H
#define WEIR_ANALYZER_TIME_WINDOWS_PRIVATE_H

#include "analyzer/analyzer_private.h"
#include "expr/program.h"

const WeirDataType *weir_window_type(WeirAnalysis *analysis, const WeirDataType *time); /* struct<start, end> */
/* A string literal as an interval: CANNOT_PARSE_INTERVAL. */
WeirStatus weir_window_interval(WeirAnalysis *analysis, const WeirExpression *text, WeirCalendarInterval *interval,
                                WeirError *error);
/* Checks the first argument; a window column is replaced by window_time of it. */
WeirStatus weir_window_time_argument(WeirExpressionContext *context, const char *sql, WeirExpression **time,
                                     WeirOrigin origin, WeirError *error);
/* Metadata of the time column with the marker key added; key NULL: with both marker keys removed. */
const char *weir_window_metadata(WeirAnalysis *analysis, const WeirExpression *time, const char *key);
/* Project of some aliases and everything of `child`. */
WeirLogicalPlan *weir_plan_prepend(WeirAnalysis *analysis, WeirExpression *const *aliases, uint32_t count,
                                   WeirLogicalPlan *child);

WeirStatus weir_add_time_window(WeirAnalysis *analysis, const WeirExpression *marker, WeirExpression **window,
                                WeirLogicalPlan **child, WeirError *error);
WeirStatus weir_add_session_window(WeirAnalysis *analysis, const WeirExpression *marker, WeirExpression **window,
                                   WeirLogicalPlan **child, WeirError *error);
WeirStatus weir_add_window_time(WeirAnalysis *analysis, const WeirExpression *marker, WeirExpression **time,
                                WeirLogicalPlan **child, WeirError *error);

#endif
