/* Foreign rows through a whole load: checks, table, event-time and prefix indexes must stand whatever a delta holds. */
#include <stddef.h>
#include <stdint.h>

#include "common/log.h"
#include "state/delta_file.h"
#include "support/simulated_file_system.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static WeirStatus count(void *context, const WeirStateRow *row, WeirError *error)
{
    (void)error;
    *(size_t *)context += row->key_size + row->value_size;
    return WEIR_OK;
}

static void load(WeirFileSystem *fs, WeirArena *arena)
{
    WeirStateStoreSpec spec = {
        .provider_class = "org.apache.spark.sql.execution.streaming.state.HDFSBackedStateStoreProvider",
        .fs = fs,
        .checkpoint = "s",
        .store_name = "default",
        .event_time = WEIR_STATE_EVENT_TIME_WINDOW_END,
        .event_time_column = 3,
        .prefix_column_count = 3,
        .compression_codec = "lz4",
        .min_deltas_for_snapshot = 10,
        .batches_to_retain = 2,
    };
    WEIR_ASSERT(weir_schema_from_ddl(
                    "a STRING, b DECIMAL(38,2), c STRUCT<x: STRING>, w STRUCT<s: TIMESTAMP, e: TIMESTAMP>, d INTERVAL",
                    arena, &spec.key_schema, NULL) == WEIR_OK);
    WEIR_ASSERT(weir_schema_from_ddl("v ARRAY<STRING>, n BIGINT", arena, &spec.value_schema, NULL) == WEIR_OK);
    WeirStateStore *store;
    WEIR_ASSERT(weir_state_store_open(&spec, &store, NULL) == WEIR_OK);
    if (weir_state_store_load(store, 1, NULL) == WEIR_OK) {
        size_t bytes = 0;
        WeirStatus status = weir_state_store_scan(store, count, &bytes, NULL);
        status |= weir_state_store_scan_due(store, 0, count, &bytes, NULL);
        status |= weir_state_store_evict(store, INT64_MAX / 2, count, &bytes, NULL);
        status |= weir_state_store_commit(store, NULL);
        WEIR_ASSERT(status == WEIR_OK);
    }
    weir_state_store_close(store);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    weir_log_set_level(WEIR_LOG_ERROR);
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    WeirArena *arena = weir_arena_new(NULL);
    WeirBuffer packed;
    weir_buffer_init(&packed, 0, NULL);
    void *stream = weir_lz4_codec.writer_new(weir_buffer_sink(&packed));
    (void)weir_lz4_codec.write(stream, data, size, NULL);
    (void)weir_lz4_codec.finish(stream, NULL);
    weir_lz4_codec.writer_free(stream);
    WeirFile *file;
    WEIR_ASSERT(fs->make_directories(fs, "s/0/0", false, NULL) == WEIR_OK &&
                fs->create(fs, "s/0/0/1.delta", &file, NULL) == WEIR_OK);
    WEIR_ASSERT(fs->write(file, packed.data, packed.length, NULL) == WEIR_OK);
    fs->close(file);
    load(fs, arena);
    weir_buffer_deinit(&packed);
    weir_arena_free(arena);
    weir_simulated_file_system_free(fs);
    return 0;
}
