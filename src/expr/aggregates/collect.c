/* collect_list and collect_set: an object that holds the values; as a buffer, binary: the UnsafeRow of one array
 * (Spark's serialized form). */
#include "columnar/unsafe_row.h"
#include "expr/aggregates/aggregate_private.h"
#include "expr/column_writer.h"

typedef struct Collected {
    WeirColumnWriter values;
    uint32_t *slots; /* sets only: index + 1 of a value by its hash; 0 free */
    uint32_t slot_count;
} Collected;

static bool is_set(const WeirAggregateCall *call)
{
    return strcmp(call->expression->aggregate->name, "collect_set") == 0;
}

static WeirStatus resolve_collect(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *type = call->arguments[0]->type;
    if (strcmp(call->name, "collect_set") == 0 && weir_type_contains(type, WEIR_TYPE_MAP))
        return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_UNSUPPORTED_INPUT_TYPE, "sqlExpr",
                              weir_call_sql(call), "functionName", "`collect_set`", "dataType", "\"MAP\"");
    call->result_type = weir_type_array(call->arena, type, false);
    call->name = call->aggregate->name; /* array_agg is printed so */
    call->nullable = false;
    return WEIR_OK;
}

static uint32_t collect_buffer(const WeirExpression *expression, WeirArena *arena,
                               WeirField fields[WEIR_AGGREGATE_BUFFERS_MAX])
{
    (void)expression;
    (void)arena;
    fields[0] = weir_buffer_field("buf", &weir_type_binary, true);
    return 1;
}

static void collect_init(const WeirAggregateCall *call, uint8_t *row)
{
    weir_slot_put_long(weir_slot(row, &call->slots, 0), 0);
}

static Collected *collected_of(const WeirAggregateCall *call, uint8_t *row)
{
    Collected *object;
    uint8_t *slot = weir_slot(row, &call->slots, 0);
    memcpy(&object, slot, sizeof(object));
    if (object == NULL) {
        object = WEIR_ARENA_NEW(call->arena, Collected);
        weir_column_writer_init(&object->values, weir_type_element(call->expression->type), 8, call->arena);
        memcpy(slot, &object, sizeof(object));
    }
    return object;
}

/* A value that lasts as long as the table: text is copied. */
static WeirStatus keep_value(const WeirAggregateCall *call, Collected *object, const WeirVector *vector, uint32_t row,
                             WeirError *error)
{
    if (weir_type_physical(vector->type) == WEIR_PHYSICAL_VIEW) {
        const WeirVector *flat;
        uint32_t at = weir_vector_locate(vector, row, &flat);
        const WeirStringView *view = &((const WeirStringView *)flat->values)[at];
        weir_column_writer_append_view(&object->values,
                                       weir_view_copy(call->arena, weir_view_data(view), view->length));
        return WEIR_OK;
    }
    if (!weir_type_is_nested(vector->type)) {
        weir_column_writer_append_row(&object->values, vector, row);
        return WEIR_OK;
    }
    WeirValue *value = NULL;
    WEIR_TRY(weir_value_from_row(call->arena, vector, row, &value, error));
    weir_column_writer_append_row(&object->values, value, 0);
    return WEIR_OK;
}

static WeirVector values_so_far(const Collected *object, WeirArena *arena)
{
    WeirColumnWriter copy = object->values;
    WeirVector vector = {.type = copy.type};
    copy.arena = arena;
    if (weir_column_writer_finish(&copy, &vector, NULL) != WEIR_OK)
        vector = (WeirVector){.type = copy.type};
    return vector;
}

static uint32_t *find_slot(const Collected *object, const WeirVector *held, const WeirVector *vector, uint32_t row)
{
    uint64_t at = weir_vector_xxhash64_row(vector, row, 42);
    for (;; at++) {
        uint32_t *slot = &object->slots[at & (object->slot_count - 1)];
        if (*slot == 0 || weir_vector_compare_rows(held, *slot - 1, vector, row) == 0)
            return slot;
    }
}

static void grow_slots(const WeirAggregateCall *call, Collected *object)
{
    if (object->slot_count > object->values.length * 2)
        return;
    object->slot_count = object->slot_count == 0 ? 16 : object->slot_count * 4;
    object->slots = WEIR_ARENA_ARRAY(call->arena, uint32_t, object->slot_count);
    WeirVector held = values_so_far(object, call->arena);
    for (uint32_t i = 0; i < object->values.length; i++)
        *find_slot(object, &held, &held, i) = i + 1;
}

/* Zeros are one value to a set, the positive one. */
static void drop_sign_of_zero(Collected *object)
{
    uint32_t last = object->values.length - 1;
    if (object->values.physical == WEIR_PHYSICAL_DOUBLE && ((double *)(void *)object->values.values)[last] == 0)
        ((double *)(void *)object->values.values)[last] = 0;
    else if (object->values.physical == WEIR_PHYSICAL_FLOAT && ((float *)(void *)object->values.values)[last] == 0)
        ((float *)(void *)object->values.values)[last] = 0;
}

static WeirStatus add(const WeirAggregateCall *call, Collected *object, bool set, const WeirVector *vector,
                      uint32_t row, WeirError *error)
{
    if (!set)
        return keep_value(call, object, vector, row, error);
    grow_slots(call, object);
    WeirVector held = values_so_far(object, call->arena);
    uint32_t *slot = find_slot(object, &held, vector, row);
    if (*slot != 0)
        return WEIR_OK;
    *slot = object->values.length + 1;
    WEIR_TRY(keep_value(call, object, vector, row, error));
    drop_sign_of_zero(object);
    return WEIR_OK;
}

static WeirStatus collect_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                                 const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    bool set = is_set(call);
    WEIR_FOR_UPDATES(k, row)
    {
        Collected *object = collected_of(call, rows[k]);
        if (!weir_vector_is_null(arguments[0], row))
            WEIR_TRY(add(call, object, set, arguments[0], row, error));
    }
    return WEIR_OK;
}

/* All groups' values as one vector of arrays. */
static WeirStatus lists_of(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count, WeirVector *lists,
                           WeirArena *arena, WeirError *error)
{
    WeirColumnWriter writer;
    weir_column_writer_init(&writer, call->expression->type, count, arena);
    for (uint32_t k = 0; k < count; k++) {
        const Collected *object;
        memcpy(&object, weir_slot_const(rows[k], &call->slots, 0), sizeof(object));
        if (object != NULL) {
            WeirVector held = values_so_far(object, arena);
            weir_column_writer_append_rows(&writer.children[0], &held, 0, held.length);
        }
        weir_column_writer_end_list(&writer);
    }
    return weir_column_writer_finish(&writer, lists, error);
}

static WeirStatus collect_evaluate(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                   WeirVector *result, WeirArena *arena, WeirError *error)
{
    return lists_of(call, rows, count, result, arena, error);
}

static WeirStatus collect_serialize(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                    WeirVector *buffers, WeirArena *arena, WeirError *error)
{
    WeirVector lists;
    WEIR_TRY(lists_of(call, rows, count, &lists, arena, error));
    WEIR_TRY(weir_vector_init(&buffers[0], &weir_type_binary, count, arena, error));
    buffers[0].length = count;
    const WeirVector *columns[1] = {&lists};
    for (uint32_t k = 0; k < count; k++) {
        size_t size = weir_unsafe_row_size(columns, 1, k);
        void *bytes = NULL;
        WEIR_TRY(weir_arena_try_alloc(arena, size + 8, &bytes, error));
        weir_unsafe_row_encode(columns, 1, k, bytes);
        ((WeirStringView *)buffers[0].values)[k] = weir_view_make(bytes, (uint32_t)size);
    }
    return WEIR_OK;
}

static WeirStatus collect_merge(const WeirAggregateCall *call, const WeirVector *buffers, const uint32_t *selection,
                                uint32_t count, uint8_t *const *rows, WeirError *error)
{
    bool set = is_set(call);
    WeirField field = {"array", call->expression->type, true, "{}"};
    const WeirSchema *schema = weir_type_struct(call->arena, &field, 1);
    WEIR_FOR_UPDATES(k, row)
    {
        Collected *object = collected_of(call, rows[k]);
        if (weir_vector_is_null(&buffers[0], row))
            continue;
        const WeirVector *flat, *list;
        uint32_t at = weir_vector_locate(&buffers[0], row, &flat), first;
        const WeirStringView *view = &((const WeirStringView *)flat->values)[at];
        uint8_t *bytes =
            weir_arena_alloc(call->arena, view->length + 8u); /* aligned, and as long-lived as the values */
        memcpy(bytes, weir_view_data(view), view->length);
        if (!weir_unsafe_row_validate(schema, bytes, view->length))
            return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "a state row holds a damaged list");
        WeirVector column;
        WEIR_TRY(weir_unsafe_row_decode(schema, (const uint8_t *const[]){bytes}, &view->length, 1, false, &column,
                                        call->arena, error));
        uint32_t length = weir_list_range(&column, 0, &list, &first);
        for (uint32_t i = first; i < first + length; i++)
            WEIR_TRY(add(call, object, set, &list->children[0], i, error));
    }
    return WEIR_OK;
}

#define COLLECT(NAME, ALIASES, USAGE)                                                                                  \
    {                                                                                                                  \
        .name = NAME, .aliases = ALIASES,                                                                              \
        .flags = WEIR_AGGREGATE_OBJECT | WEIR_AGGREGATE_ORDER_SENSITIVE | WEIR_AGGREGATE_COUNT_DEFAULT,                \
        .arguments_min = 1, .arguments_max = 1, .resolve = resolve_collect, .buffer = collect_buffer,                  \
        .init = collect_init, .update = collect_update, .evaluate = collect_evaluate, .serialize = collect_serialize,  \
        .merge_serialized = collect_merge, .group = "agg_funcs", .usage = USAGE                                        \
    }

const WeirAggregateFunction weir_aggregates_collect[] = {
    COLLECT("collect_list", WEIR_ALIASES("array_agg"), "collect_list(a): the values that are not null, as an array."),
    COLLECT("collect_set", NULL, "collect_set(a): the different values, as an array."),
    {0},
};
