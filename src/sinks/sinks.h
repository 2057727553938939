/* One exported table a sink; sinks.c lists them. A new sink is one file and one line there. */
#ifndef WEIR_SINKS_SINKS_H
#define WEIR_SINKS_SINKS_H

#include "connector/connector.h"

extern const WeirSinkType weir_console_sink_type, weir_memory_sink_type, weir_noop_sink_type, weir_foreach_sink_type,
    weir_foreach_batch_sink_type, weir_text_sink_type, weir_json_sink_type, weir_csv_sink_type;

const WeirSinkType *const *weir_builtin_sinks(uint32_t *count);

#endif
