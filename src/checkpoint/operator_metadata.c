/* state/<operator>/_metadata/metadata (Spark: OperatorStateMetadata), version 1: which operator owns the state and its
 * stores, so that a restart with another query is refused. Spark creates it anew where it is missing. */
#include "checkpoint/checkpoint_private.h"

#include <inttypes.h>

#include "common/json.h"
#include "common/log.h"

#define VERSION_MAX 2 /* 2 differs by operatorPropertiesJson and by its place */

static const char *metadata_directory(const char *state_directory, int64_t operator_id, WeirArena *arena)
{
    return weir_arena_printf(arena, "%s/%" PRId64 "/_metadata", state_directory, operator_id);
}

static void write_json(const WeirOperatorStateMetadata *metadata, WeirBuffer *text)
{
    WeirJsonWriter writer;
    weir_json_writer_init(&writer, text);
    weir_json_begin_object(&writer, NULL);
    weir_json_begin_object(&writer, "operatorInfo");
    weir_json_add_int(&writer, "operatorId", metadata->operator_id);
    weir_json_add_string(&writer, "operatorName", metadata->operator_name);
    weir_json_end_object(&writer);
    weir_json_begin_array(&writer, "stateStoreInfo");
    for (uint32_t i = 0; i < metadata->store_count; i++) {
        weir_json_begin_object(&writer, NULL);
        weir_json_add_string(&writer, "storeName", metadata->stores[i].store_name);
        weir_json_add_int(&writer, "numColsPrefixKey", metadata->stores[i].prefix_column_count);
        weir_json_add_int(&writer, "numPartitions", metadata->stores[i].partition_count);
        weir_json_end_object(&writer);
    }
    weir_json_end_array(&writer);
    weir_json_end_object(&writer);
}

WeirStatus weir_operator_metadata_write(WeirFileSystem *fs, const char *state_directory, bool durable,
                                        const WeirOperatorStateMetadata *metadata, WeirError *error)
{
    WeirArena *arena = weir_arena_new(NULL);
    const char *directory = metadata_directory(state_directory, metadata->operator_id, arena);
    WeirBuffer text;
    weir_buffer_init(&text, 0, NULL);
    weir_buffer_append_text(&text, "v1\n");
    write_json(metadata, &text);
    WeirStatus status;
    WEIR_TRY_OR_GO(done, weir_buffer_check(&text, error));
    WEIR_TRY_OR_GO(done, fs->make_directories(fs, directory, durable, error));
    status = weir_atomic_file_write(fs, weir_path_join(arena, directory, "metadata"), text.data, text.length,
                                    WEIR_RENAME_CREATE_ONLY, durable, "operator_metadata", error);
    if (status == WEIR_ERROR_FILE_ALREADY_EXISTS) { /* As Spark: what is there stays. */
        weir_error_clear(error);
        status = WEIR_OK;
    }
done:
    weir_buffer_deinit(&text);
    weir_arena_free(arena);
    return status;
}

static bool get_int(const WeirJson *object, const char *key, int64_t minimum, int64_t maximum, int64_t *value)
{
    const WeirJson *member = weir_json_get(object, key);
    return member != NULL && weir_json_int64(member, value) && *value >= minimum && *value <= maximum;
}

static const char *get_string(const WeirJson *object, const char *key)
{
    const WeirJson *member = weir_json_get(object, key);
    return member == NULL ? NULL : weir_json_string(member);
}

static bool read_store(const WeirJson *json, WeirStateStoreInfo *store)
{
    int64_t prefix_columns, partitions;
    store->store_name = get_string(json, "storeName");
    if (store->store_name == NULL || !get_int(json, "numColsPrefixKey", 0, INT32_MAX, &prefix_columns) ||
        !get_int(json, "numPartitions", 0, INT32_MAX, &partitions))
        return false;
    store->prefix_column_count = (int32_t)prefix_columns;
    store->partition_count = (int32_t)partitions;
    return true;
}

WeirStatus weir_operator_metadata_parse(const char *text, size_t length, const char *path, WeirArena *arena,
                                        WeirOperatorStateMetadata *metadata, WeirError *error)
{
    WeirLineReader lines = weir_line_reader(text, length);
    int32_t version;
    WEIR_TRY(weir_log_read_version(&lines, VERSION_MAX, path, &version, error));
    WeirJson *json;
    WeirStatus status = weir_json_parse(lines.next, (size_t)(lines.end - lines.next), arena, &json, error);
    if (status == WEIR_ERROR_MALFORMED_JSON)
        return weir_log_malformed(path, "it is not JSON", error);
    WEIR_TRY(status);
    const WeirJson *info = weir_json_get(json, "operatorInfo"), *list = weir_json_get(json, "stateStoreInfo");
    WeirOperatorStateMetadata result = {0};
    if (info == NULL || list == NULL || list->kind != WEIR_JSON_ARRAY ||
        !get_int(info, "operatorId", 0, INT64_MAX, &result.operator_id) ||
        (result.operator_name = get_string(info, "operatorName")) == NULL)
        return weir_log_malformed(path, "operatorInfo or stateStoreInfo is missing or incomplete", error);
    WeirStateStoreInfo *stores = WEIR_ARENA_ARRAY(arena, WeirStateStoreInfo, list->child_count + 1);
    for (const WeirJson *item = list->first; item != NULL; item = item->next)
        if (!read_store(item, &stores[result.store_count++]))
            return weir_log_malformed(path, "a store of stateStoreInfo is incomplete", error);
    result.stores = stores;
    *metadata = result;
    return WEIR_OK;
}

WeirStatus weir_operator_metadata_read(WeirFileSystem *fs, const char *state_directory, int64_t operator_id,
                                       WeirArena *arena, WeirOperatorStateMetadata *metadata, bool *found,
                                       WeirError *error)
{
    const char *path = weir_path_join(arena, metadata_directory(state_directory, operator_id, arena), "metadata");
    WeirBuffer text;
    weir_buffer_init(&text, WEIR_LOG_FILE_BYTES_MAX, NULL);
    WeirStatus status = weir_log_read_file(fs, path, &text, found, error);
    WeirError damage = {0};
    if (status == WEIR_OK && *found &&
        weir_operator_metadata_parse(weir_buffer_text(&text), text.length, path, arena, metadata, &damage) != WEIR_OK) {
        weir_log(WEIR_LOG_WARN, "operator_metadata", "%s It is not used.", damage.message); /* Spark goes on as well. */
        *found = false;
    }
    weir_buffer_deinit(&text);
    return status;
}
