/* Does a join of two streams bound its state by watermarks, as outer and semi joins must? */
#ifndef WEIR_ANALYZER_STREAM_JOIN_WATERMARK_H
#define WEIR_ANALYZER_STREAM_JOIN_WATERMARK_H

#include "logical/logical_plan.h"

bool weir_stream_join_has_watermark(const WeirLogicalPlan *join);

#endif
