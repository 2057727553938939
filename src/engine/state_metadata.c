/* Operator metadata and state schema files of a query's stateful operators: checked on a restart, written where they
 * are missing, always before the first commit (Spark: OperatorStateMetadataUtils, StateSchemaCompatibilityChecker;
 * streaming semantics §2.5). */
#include "engine/stream_execution_private.h"

static WeirStatus write_operator(WeirStreamExecution *query, const char *state, const WeirStatefulInfo *info,
                                 WeirError *error)
{
    WeirStateStoreInfo stores[WEIR_STATEFUL_STORES_MAX];
    for (uint32_t i = 0; i < info->store_count; i++)
        stores[i] = (WeirStateStoreInfo){.store_name = info->stores[i].name,
                                         .prefix_column_count = info->stores[i].prefix_columns,
                                         .partition_count = info->metadata_partition_count};
    WeirOperatorStateMetadata metadata = {.operator_id = info->operator_id,
                                          .operator_name = info->operator_name,
                                          .stores = stores,
                                          .store_count = info->store_count};
    return weir_operator_metadata_write(query->fs, state, query->durable, &metadata, error);
}

/* Field by field: types alike, and what may be null now was allowed to be null before. Names do not matter. */
static bool compatible(const WeirSchema *stored, const WeirSchema *wanted)
{
    if (stored->field_count != wanted->field_count)
        return false;
    for (uint32_t i = 0; i < stored->field_count; i++)
        if (!weir_type_equal(stored->fields[i].type, wanted->fields[i].type))
            return false;
    return true;
}

static WeirStatus check_schema(WeirStreamExecution *query, const char *stored_json, const WeirSchema *wanted,
                               WeirStatus condition, WeirError *error)
{
    const WeirSchema *stored = NULL;
    WEIR_TRY(weir_type_from_json(stored_json, strlen(stored_json), &query->query_arena, &stored, error));
    if (compatible(stored, wanted))
        return WEIR_OK;
    WeirBuffer text;
    weir_buffer_init(&text, 0, NULL);
    weir_type_json(wanted, &text);
    WeirStatus status =
        weir_error_set(error, condition, "storedKeySchema", stored_json, "newKeySchema", weir_buffer_text(&text),
                       "storedValueSchema", stored_json, "newValueSchema", weir_buffer_text(&text));
    weir_buffer_deinit(&text);
    return status;
}

static WeirStatus check_store_schema(WeirStreamExecution *query, const char *state, const WeirStatefulInfo *info,
                                     const WeirStatefulStore *store, WeirError *error)
{
    WeirArena *arena = &query->query_arena;
    const char *directory = weir_arena_printf(arena, "%s/%lld/0", state, (long long)info->operator_id);
    if (strcmp(store->name, "default") != 0)
        directory = weir_path_join(arena, directory, store->name);
    const char *key = NULL, *value = NULL;
    bool found = false;
    WEIR_TRY(weir_state_schema_read(query->fs, directory, arena, &key, &value, &found, error));
    if (found && !weir_query_settings_bool(&query->settings, "spark.sql.streaming.stateStore.stateSchemaCheck", true))
        return WEIR_OK;
    if (found) {
        WEIR_TRY(check_schema(query, key, store->key_schema, WEIR_ERROR_STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE, error));
        return check_schema(query, value, store->value_schema, WEIR_ERROR_STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE,
                            error);
    }
    WeirBuffer key_json, value_json;
    weir_buffer_init(&key_json, 0, NULL);
    weir_buffer_init(&value_json, 0, NULL);
    weir_type_json(store->key_schema, &key_json);
    weir_type_json(store->value_schema, &value_json);
    WeirStatus status = weir_state_schema_write(query->fs, directory, query->durable, weir_buffer_text(&key_json),
                                                weir_buffer_text(&value_json), error);
    weir_buffer_deinit(&key_json);
    weir_buffer_deinit(&value_json);
    return status;
}

static void append_operator(WeirBuffer *list, int64_t id, const char *name)
{
    weir_buffer_append_format(list, "%s(OperatorId: %lld -> OperatorName: %s)", list->length == 0 ? "" : ", ",
                              (long long)id, name);
}

/* Spark matches the operators of the plan with all that the checkpoint holds, by id and name. */
static WeirStatus check_operators(WeirStreamExecution *query, const char *state, WeirError *error)
{
    WeirArena *arena = &query->query_arena;
    WeirBuffer stored, planned;
    weir_buffer_init(&stored, 0, NULL);
    weir_buffer_init(&planned, 0, NULL);
    bool mismatch = false;
    WeirStatus status = WEIR_OK;
    for (int64_t id = 0;; id++) {
        WeirOperatorStateMetadata metadata;
        bool found = false;
        WEIR_TRY_OR_GO(done, weir_operator_metadata_read(query->fs, state, id, arena, &metadata, &found, error));
        if (!found && id >= query->stateful_count)
            break;
        const char *name = id < query->stateful_count ? query->stateful[id]->stateful->operator_name : NULL;
        if (name != NULL)
            append_operator(&planned, id, name);
        if (found)
            append_operator(&stored, id, metadata.operator_name);
        if (found && (name == NULL || strcmp(name, metadata.operator_name) != 0))
            mismatch = true;
    }
    if (mismatch)
        status = weir_error_set(error, WEIR_ERROR_STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA,
                                "OpsInMetadataSeq", weir_buffer_text(&stored), "OpsInCurBatchSeq",
                                weir_buffer_text(&planned));
done:
    weir_buffer_deinit(&stored);
    weir_buffer_deinit(&planned);
    return status;
}

WeirStatus weir_stream_check_state_metadata(WeirStreamExecution *query, bool is_new, WeirError *error)
{
    WeirArena *arena = &query->query_arena;
    const char *state = weir_path_join(arena, query->checkpoint, "state");
    if (!is_new) {
        bool exists = false;
        WeirFileStatus file;
        WEIR_TRY(query->fs->status(query->fs, state, arena, &exists, &file, error));
        if (!exists && query->stateful_count > 0)
            return weir_error_set(error, WEIR_ERROR_STREAMING_STATEFUL_OPERATOR_MISSING_STATE_DIRECTORY,
                                  "OpsInCurBatchSeq", query->stateful[0]->stateful->operator_name);
        if (exists)
            WEIR_TRY(check_operators(query, state, error));
    }
    for (uint32_t i = 0; i < query->stateful_count; i++) {
        const WeirStatefulInfo *info = query->stateful[i]->stateful;
        WeirOperatorStateMetadata metadata;
        bool found = false;
        WEIR_TRY(weir_operator_metadata_read(query->fs, state, info->operator_id, arena, &metadata, &found, error));
        if (!found)
            WEIR_TRY(write_operator(query, state, info, error));
        for (uint32_t k = 0; k < info->store_count; k++)
            WEIR_TRY(check_store_schema(query, state, info, &info->stores[k], error));
    }
    return WEIR_OK;
}
