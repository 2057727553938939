/* One exported table a source; sources.c lists them. A new source is one file and one line there. */
#ifndef WEIR_SOURCES_SOURCES_H
#define WEIR_SOURCES_SOURCES_H

#include "connector/connector.h"

extern const WeirSourceType weir_socket_source_type, weir_rate_source_type, weir_rate_micro_batch_source_type,
    weir_memory_source_type, weir_text_source_type, weir_json_source_type, weir_csv_source_type;

const WeirSourceType *const *weir_builtin_sources(uint32_t *count);

#endif
