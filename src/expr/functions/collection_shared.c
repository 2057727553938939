/* Shared parts of the collection functions. */
#include "expr/functions/collection_shared.h"

#include "columnar/value_text.h"

#define SMALL_SET 16u

const WeirDataType *weir_wider_without_strings(WeirArena *arena, const WeirDataType *a, const WeirDataType *b)
{
    const WeirDataType *type = weir_tightest_type(arena, a, b);
    if (type != NULL)
        return type;
    if (weir_type_is_numeric(a) && weir_type_is_numeric(b))
        return weir_common_type(arena, a, b);
    if (a->id == WEIR_TYPE_ARRAY && b->id == WEIR_TYPE_ARRAY) {
        type = weir_wider_without_strings(arena, weir_type_element(a), weir_type_element(b));
        return type == NULL ? NULL : weir_type_array(arena, type, a->contains_null || b->contains_null);
    }
    return NULL;
}

WeirStatus weir_call_null_type(const WeirFunctionCall *call, WeirError *error)
{
    WeirStatus status = weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_NULL_TYPE, "sqlExpr", weir_call_sql(call),
                                       "functionName", weir_arena_printf(call->arena, "`%s`", call->name));
    weir_error_locate(error, NULL, call->origin);
    return status;
}

WeirStatus weir_call_require_array(WeirFunctionCall *call, uint32_t index, WeirError *error)
{
    const WeirDataType *type = call->arguments[index]->type;
    if (type->id == WEIR_TYPE_VOID) {
        call->cast_types[index] = weir_type_array(call->arena, &weir_type_void, true);
        return WEIR_OK;
    }
    return type->id == WEIR_TYPE_ARRAY ? WEIR_OK : weir_call_unexpected_type(call, index, "\"ARRAY\"", error);
}

WeirStatus weir_call_require_map(WeirFunctionCall *call, uint32_t index, WeirError *error)
{
    const WeirDataType *type = call->arguments[index]->type;
    if (type->id == WEIR_TYPE_VOID) {
        call->cast_types[index] = weir_type_map(call->arena, &weir_type_void, &weir_type_void, true);
        return WEIR_OK;
    }
    return type->id == WEIR_TYPE_MAP ? WEIR_OK : weir_call_unexpected_type(call, index, "\"MAP\"", error);
}

WeirStatus weir_collection_unify_element(WeirFunctionCall *call, uint32_t value, WeirError *error)
{
    const WeirDataType *array = call->arguments[0]->type, *type = call->arguments[value]->type;
    if (array->id == WEIR_TYPE_VOID || type->id == WEIR_TYPE_VOID)
        return weir_call_null_type(call, error);
    const WeirDataType *common =
        array->id == WEIR_TYPE_ARRAY ? weir_wider_without_strings(call->arena, weir_type_element(array), type) : NULL;
    if (common == NULL) {
        WeirStatus status = weir_error_set(
            error, WEIR_ERROR_DATATYPE_MISMATCH_ARRAY_FUNCTION_DIFF_TYPES, "sqlExpr", weir_call_sql(call),
            "functionName", weir_arena_printf(call->arena, "`%s`", call->name), "dataType", "\"ARRAY\"", "leftType",
            weir_quoted_type(call->arena, array), "rightType", weir_quoted_type(call->arena, type));
        weir_error_locate(error, NULL, call->origin);
        return status;
    }
    call->cast_types[0] = weir_type_array(call->arena, common, array->contains_null);
    call->cast_types[value] = common;
    return WEIR_OK;
}

/* ---- lists */

void weir_list_result_init(WeirListResult *list, WeirKernelCall *call, WeirVector *result)
{
    *list = (WeirListResult){.call = call, .result = result, .rows = {result->values, 0}};
    weir_column_writer_init(&list->elements, weir_type_element(result->type), call->count * 4, call->arena);
}

WeirStatus weir_list_result_finish(WeirListResult *list, WeirError *error)
{
    weir_list_rows_finish(&list->rows, list->call->row_count, list->elements.length);
    return weir_column_writer_finish(&list->elements, &list->result->children[0], error);
}

WeirStatus weir_array_too_long(const WeirKernelCall *call, int64_t length, WeirError *error)
{
    if (length <= WEIR_ARRAY_LENGTH_MAX)
        return WEIR_OK;
    char number[32], function[80];
    snprintf(number, sizeof(number), "%lld", (long long)length);
    snprintf(function, sizeof(function), "`%s`", call->expression->function->name);
    return weir_row_error(call,
                          weir_error_set(error, WEIR_ERROR_COLLECTION_SIZE_LIMIT_EXCEEDED_FUNCTION, "numberOfElements",
                                         number, "maxRoundedArrayLength", "2147483632", "functionName", function),
                          error);
}

/* ---- sets of rows */

void weir_row_set_init(WeirRowSet *set, WeirArena *arena)
{
    *set = (WeirRowSet){.arena = arena};
}

static uint32_t slot_hash(const WeirVector *vector, uint32_t row)
{
    return weir_vector_murmur3_row(vector, row, 42);
}

static void put_slot(WeirRowSet *set, uint32_t index)
{
    uint32_t at = slot_hash(set->vectors[index], set->rows[index]) & (set->table_size - 1);
    while (set->table[at] != 0)
        at = (at + 1) & (set->table_size - 1);
    set->table[at] = index + 1;
}

uint32_t weir_row_set_find(const WeirRowSet *set, const WeirVector *vector, uint32_t row)
{
    if (set->table == NULL) {
        for (uint32_t i = 0; i < set->count; i++)
            if (weir_vector_compare_rows(set->vectors[i], set->rows[i], vector, row) == 0)
                return i;
        return set->count;
    }
    for (uint32_t at = slot_hash(vector, row) & (set->table_size - 1); set->table[at] != 0;
         at = (at + 1) & (set->table_size - 1)) {
        uint32_t i = set->table[at] - 1;
        if (weir_vector_compare_rows(set->vectors[i], set->rows[i], vector, row) == 0)
            return i;
    }
    return set->count;
}

static void grow_set(WeirRowSet *set)
{
    uint32_t capacity = set->capacity == 0 ? SMALL_SET : set->capacity * 2;
    const WeirVector **vectors = WEIR_ARENA_ARRAY(set->arena, const WeirVector *, capacity);
    uint32_t *rows = WEIR_ARENA_ARRAY(set->arena, uint32_t, capacity);
    if (set->count > 0) {
        memcpy(vectors, set->vectors, sizeof(*vectors) * set->count);
        memcpy(rows, set->rows, sizeof(*rows) * set->count);
    }
    set->vectors = vectors;
    set->rows = rows;
    set->capacity = capacity;
}

bool weir_row_set_add(WeirRowSet *set, const WeirVector *vector, uint32_t row)
{
    if (weir_row_set_find(set, vector, row) < set->count)
        return false;
    if (set->count == set->capacity)
        grow_set(set);
    set->vectors[set->count] = vector;
    set->rows[set->count++] = row;
    if (set->count <= SMALL_SET)
        return true;
    if (set->table == NULL || set->count * 2 > set->table_size) {
        set->table_size = set->table == NULL ? SMALL_SET * 8 : set->table_size * 4;
        set->table = weir_arena_calloc(set->arena, set->table_size * sizeof(uint32_t));
        for (uint32_t i = 0; i < set->count; i++)
            put_slot(set, i);
    } else {
        put_slot(set, set->count - 1);
    }
    return true;
}

/* ---- maps */

void weir_map_builder_init(WeirMapBuilder *builder, const WeirKernelCall *call, const WeirDataType *map,
                           uint32_t capacity)
{
    *builder = (WeirMapBuilder){.call = call};
    weir_row_set_init(&builder->keys, call->arena);
    weir_column_writer_init(&builder->key_writer, weir_type_key(map), capacity, call->arena);
    weir_column_writer_init(&builder->value_writer, weir_type_value(map), capacity, call->arena);
    const char *policy = call->context->conf == NULL
                             ? NULL
                             : call->context->conf(call->context->conf_context, "spark.sql.mapKeyDedupPolicy");
    builder->last_wins = policy != NULL && (policy[0] == 'L' || policy[0] == 'l');
}

static WeirStatus duplicate_key(const WeirMapBuilder *builder, const WeirVector *keys, uint32_t row, WeirError *error)
{
    WeirBuffer text;
    weir_buffer_init(&text, 4096, NULL);
    weir_value_show(keys, row, builder->call->context->zone, &text);
    WeirStatus status = weir_error_set(error, WEIR_ERROR_DUPLICATED_MAP_KEY, "key", weir_buffer_text(&text),
                                       "mapKeyDedupPolicy", "\"spark.sql.mapKeyDedupPolicy\"");
    weir_buffer_deinit(&text);
    return weir_row_error(builder->call, status, error);
}

static void grow_values(WeirMapBuilder *builder, uint32_t needed)
{
    uint32_t capacity = builder->value_capacity == 0 ? SMALL_SET : builder->value_capacity * 2;
    WeirArena *arena = builder->call->arena;
    const WeirVector **vectors = WEIR_ARENA_ARRAY(arena, const WeirVector *, capacity);
    uint32_t *rows = WEIR_ARENA_ARRAY(arena, uint32_t, capacity);
    if (needed > 1) {
        memcpy(vectors, builder->value_vectors, sizeof(*vectors) * (needed - 1));
        memcpy(rows, builder->value_rows, sizeof(*rows) * (needed - 1));
    }
    builder->value_vectors = vectors;
    builder->value_rows = rows;
    builder->value_capacity = capacity;
}

WeirStatus weir_map_builder_put(WeirMapBuilder *builder, const WeirVector *keys, uint32_t key_row,
                                const WeirVector *values, uint32_t value_row, WeirError *error)
{
    if (weir_vector_is_null(keys, key_row))
        return weir_row_error(builder->call, weir_error_set(error, WEIR_ERROR_NULL_MAP_KEY), error);
    uint32_t index = builder->keys.count;
    if (!weir_row_set_add(&builder->keys, keys, key_row)) {
        if (!builder->last_wins)
            return duplicate_key(builder, keys, key_row, error);
        index = weir_row_set_find(&builder->keys, keys, key_row);
    } else if (builder->keys.count > builder->value_capacity) {
        grow_values(builder, builder->keys.count);
    }
    builder->value_vectors[index] = values;
    builder->value_rows[index] = value_row;
    return WEIR_OK;
}

/* Keys keep no -0.0, so that equal keys have equal bytes. */
static void normalize_last_key(WeirColumnWriter *writer)
{
    uint8_t *last = writer->values + (size_t)(writer->length - 1) * writer->value_bytes;
    if (writer->physical == WEIR_PHYSICAL_DOUBLE && *(double *)(void *)last == 0)
        *(double *)(void *)last = 0;
    else if (writer->physical == WEIR_PHYSICAL_FLOAT && *(float *)(void *)last == 0)
        *(float *)(void *)last = 0;
}

void weir_map_builder_end_map(WeirMapBuilder *builder)
{
    bool floating =
        builder->key_writer.physical == WEIR_PHYSICAL_DOUBLE || builder->key_writer.physical == WEIR_PHYSICAL_FLOAT;
    for (uint32_t i = 0; i < builder->keys.count; i++) {
        weir_column_writer_append_row(&builder->key_writer, builder->keys.vectors[i], builder->keys.rows[i]);
        if (floating && !builder->key_writer.failed)
            normalize_last_key(&builder->key_writer);
        weir_column_writer_append_row(&builder->value_writer, builder->value_vectors[i], builder->value_rows[i]);
    }
    weir_row_set_clear(&builder->keys);
}

WeirStatus weir_map_builder_finish(WeirMapBuilder *builder, WeirVector *children, WeirError *error)
{
    WEIR_TRY(weir_column_writer_finish(&builder->key_writer, &children[0], error));
    return weir_column_writer_finish(&builder->value_writer, &children[1], error);
}
