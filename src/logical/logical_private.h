/* Between the files of the plan's text. */
#ifndef WEIR_LOGICAL_LOGICAL_PRIVATE_H
#define WEIR_LOGICAL_LOGICAL_PRIVATE_H

#include "logical/logical_plan.h"

/* One node's line, with Spark's mark before it: ' unresolved, ~ streaming. */
void weir_logical_append_node(const WeirLogicalPlan *plan, WeirBuffer *out);
/* The line of the node that stands below it in Spark's tree, where Spark has two; false otherwise. */
bool weir_logical_append_second(const WeirLogicalPlan *plan, WeirBuffer *out);
/* An expression before analysis (parsed_text.c). */
void weir_logical_append_parsed(const WeirExpression *expression, WeirBuffer *out);
void weir_logical_append_window_spec(const WeirWindowSpec *spec, WeirBuffer *out);

#endif
