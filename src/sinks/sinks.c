/* The sinks in the box. */
#include "sinks/sinks.h"

static const WeirSinkType *const sinks[] = {
    &weir_console_sink_type,       &weir_memory_sink_type, &weir_noop_sink_type, &weir_foreach_sink_type,
    &weir_foreach_batch_sink_type, &weir_text_sink_type,   &weir_json_sink_type, &weir_csv_sink_type,
};

const WeirSinkType *const *weir_builtin_sinks(uint32_t *count)
{
    *count = (uint32_t)(sizeof(sinks) / sizeof(sinks[0]));
    return sinks;
}
