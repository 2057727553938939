/* bitmap_construct_agg, bitmap_or_agg, bitmap_and_agg: a group's object is a bitmap of 4,096 bytes, and that is its
 * buffer column, too. The bitmap of no rows is empty; that of `and` is full. */
#include "expr/aggregates/aggregate_private.h"

#define BYTES 4096u
#define BITS (BYTES * 8u)

static bool is_and(const WeirAggregateCall *call)
{
    return strcmp(call->expression->aggregate->name, "bitmap_and_agg") == 0;
}

static WeirStatus resolve_binary(WeirFunctionCall *call, WeirError *error)
{
    if (call->arguments[0]->type->id != WEIR_TYPE_BINARY)
        return weir_call_unexpected_type(call, 0, "\"BINARY\"", error);
    call->result_type = &weir_type_binary;
    call->nullable = false;
    return WEIR_OK;
}

static WeirStatus resolve_construct(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    call->nullable = false;
    return WEIR_OK;
}

static uint32_t bitmap_buffer(const WeirExpression *expression, WeirArena *arena,
                              WeirField fields[WEIR_AGGREGATE_BUFFERS_MAX])
{
    (void)expression;
    (void)arena;
    fields[0] = weir_buffer_field("bitmap", &weir_type_binary, false);
    return 1;
}

static void bitmap_init(const WeirAggregateCall *call, uint8_t *row)
{
    weir_slot_put_long(weir_slot(row, &call->slots, 0), 0);
}

static WeirStatus bitmap_of(const WeirAggregateCall *call, uint8_t *row, uint8_t **bitmap, WeirError *error)
{
    uint8_t *slot = weir_slot(row, &call->slots, 0);
    memcpy(bitmap, slot, sizeof(*bitmap));
    if (*bitmap != NULL)
        return WEIR_OK;
    void *memory = NULL;
    WEIR_TRY(weir_arena_try_alloc(call->arena, BYTES, &memory, error));
    memset(memory, is_and(call) ? 0xff : 0, BYTES);
    *bitmap = memory;
    memcpy(slot, bitmap, sizeof(*bitmap));
    return WEIR_OK;
}

static WeirStatus bad_position(int64_t position, WeirError *error)
{
    char text[32];
    snprintf(text, sizeof(text), "%lld", (long long)position);
    return weir_error_set(error, WEIR_ERROR_INVALID_BITMAP_POSITION, "bitPosition", text, "bitmapNumBits", "32768",
                          "bitmapNumBytes", "4096");
}

static WeirStatus construct_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                                   const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    WeirVector storage;
    const WeirVector *flat;
    WEIR_TRY(weir_aggregate_flatten(call, arguments[0], &storage, &flat, error));
    WeirArgument x = weir_argument(flat);
    WEIR_FOR_UPDATES(k, row)
    {
        if (weir_argument_is_null(&x, row))
            continue;
        int64_t position = WEIR_ARGUMENT_VALUE(int64_t, x, row);
        uint8_t *bitmap = NULL;
        if (position < 0 || position >= BITS)
            return bad_position(position, error);
        WEIR_TRY(bitmap_of(call, rows[k], &bitmap, error));
        bitmap[position / 8] = (uint8_t)(bitmap[position / 8] | 1u << (position % 8));
    }
    return WEIR_OK;
}

/* Missing bytes of a short bitmap are zero; what a long one has too many is left out. */
static void combine(uint8_t *bitmap, const uint8_t *bytes, uint32_t length, bool and)
{
    length = length < BYTES ? length : BYTES;
    for (uint32_t i = 0; i < length; i++)
        bitmap[i] = (uint8_t)(and? bitmap[i] & bytes[i] : bitmap[i] | bytes[i]);
    if (and)
        memset(bitmap + length, 0, BYTES - length);
}

static WeirStatus combine_rows(const WeirAggregateCall *call, const WeirVector *vector, const uint32_t *selection,
                               uint32_t count, uint8_t *const *rows, WeirError *error)
{
    WeirVector storage;
    const WeirVector *flat;
    bool and = is_and(call);
    WEIR_TRY(weir_aggregate_flatten(call, vector, &storage, &flat, error));
    WeirArgument x = weir_argument(flat);
    WEIR_FOR_UPDATES(k, row)
    {
        if (weir_argument_is_null(&x, row))
            continue;
        const WeirStringView *view = weir_argument_view(&x, row);
        uint8_t *bitmap = NULL;
        WEIR_TRY(bitmap_of(call, rows[k], &bitmap, error));
        combine(bitmap, weir_view_data(view), view->length, and);
    }
    return WEIR_OK;
}

static WeirStatus combine_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                                 const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    return combine_rows(call, arguments[0], selection, count, rows, error);
}

static WeirStatus bitmap_merge(const WeirAggregateCall *call, const WeirVector *buffers, const uint32_t *selection,
                               uint32_t count, uint8_t *const *rows, WeirError *error)
{
    return combine_rows(call, &buffers[0], selection, count, rows, error);
}

static WeirStatus bitmap_emit(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                              WeirVector *out, WeirArena *arena, WeirError *error)
{
    WEIR_TRY(weir_vector_init(out, &weir_type_binary, count, arena, error));
    out->length = count;
    for (uint32_t k = 0; k < count; k++) {
        const uint8_t *bitmap;
        void *copy = NULL;
        memcpy(&bitmap, weir_slot_const(rows[k], &call->slots, 0), sizeof(bitmap));
        WEIR_TRY(weir_arena_try_alloc(arena, BYTES, &copy, error));
        if (bitmap != NULL)
            memcpy(copy, bitmap, BYTES);
        else
            memset(copy, is_and(call) ? 0xff : 0, BYTES);
        ((WeirStringView *)out->values)[k] = weir_view_make(copy, BYTES);
    }
    return WEIR_OK;
}

static WeirStatus bitmap_evaluate(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                  WeirVector *result, WeirArena *arena, WeirError *error)
{
    return bitmap_emit(call, rows, count, result, arena, error);
}

static WeirStatus bitmap_serialize(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                   WeirVector *buffers, WeirArena *arena, WeirError *error)
{
    return bitmap_emit(call, rows, count, &buffers[0], arena, error);
}

#define BITMAP(NAME, SIGNATURE, RESOLVE, UPDATE, USAGE)                                                                \
    {                                                                                                                  \
        .name = NAME, .flags = WEIR_AGGREGATE_OBJECT | WEIR_AGGREGATE_COUNT_DEFAULT, .arguments_min = 1,               \
        .arguments_max = 1, .signature = SIGNATURE, .resolve = RESOLVE, .buffer = bitmap_buffer, .init = bitmap_init,  \
        .update = UPDATE, .evaluate = bitmap_evaluate, .serialize = bitmap_serialize,                                  \
        .merge_serialized = bitmap_merge, .group = "agg_funcs", .usage = USAGE                                         \
    }

const WeirAggregateFunction weir_aggregates_bitmap[] = {
    BITMAP("bitmap_construct_agg", "long->binary", resolve_construct, construct_update,
           "bitmap_construct_agg(position): a bitmap with these bits set."),
    BITMAP("bitmap_or_agg", NULL, resolve_binary, combine_update, "bitmap_or_agg(bitmap): bits set in one of them."),
    BITMAP("bitmap_and_agg", NULL, resolve_binary, combine_update, "bitmap_and_agg(bitmap): bits set in all of them."),
    {0},
};
