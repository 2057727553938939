/* The sources in the box. */
#include "sources/sources.h"

static const WeirSourceType *const sources[] = {
    &weir_socket_source_type, &weir_rate_source_type, &weir_rate_micro_batch_source_type,
    &weir_memory_source_type, &weir_text_source_type, &weir_json_source_type,
    &weir_csv_source_type,
};

const WeirSourceType *const *weir_builtin_sources(uint32_t *count)
{
    *count = (uint32_t)(sizeof(sources) / sizeof(sources[0]));
    return sources;
}
