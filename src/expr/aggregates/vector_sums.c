/* vector_sum and vector_avg: an object of floats per group; as buffers, the floats' bytes and how many vectors they
 * stand for. A mean is moved a little by each vector, so that it does not overflow where the values do not. */
#include "expr/aggregates/aggregate_private.h"
#include "expr/column_writer.h"

typedef struct Sums {
    int64_t count;
    uint32_t length;
    float values[];
} Sums;

static WeirStatus resolve_vector(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *type = call->arguments[0]->type;
    if (type->id != WEIR_TYPE_ARRAY || weir_type_element(type)->id != WEIR_TYPE_FLOAT)
        return weir_call_unexpected_type(call, 0, "\"ARRAY<FLOAT>\"", error);
    call->result_type = weir_type_array(call->arena, &weir_type_float, false);
    call->nullable = true;
    return WEIR_OK;
}

static uint32_t vector_buffer(const WeirExpression *expression, WeirArena *arena,
                              WeirField fields[WEIR_AGGREGATE_BUFFERS_MAX])
{
    (void)expression;
    (void)arena;
    fields[0] = weir_buffer_field("acc", &weir_type_binary, true);
    fields[1] = weir_buffer_field("count", &weir_type_long, false);
    return 2;
}

static void vector_init(const WeirAggregateCall *call, uint8_t *row)
{
    weir_slot_put_long(weir_slot(row, &call->slots, 0), 0);
}

static const Sums *sums_in(const WeirAggregateCall *call, const uint8_t *row)
{
    const Sums *sums;
    memcpy(&sums, weir_slot_const(row, &call->slots, 0), sizeof(sums));
    return sums;
}

/* The group's object; a new one has no vectors yet. */
static WeirStatus sums_of(const WeirAggregateCall *call, uint8_t *row, uint32_t length, Sums **out, WeirError *error)
{
    uint8_t *slot = weir_slot(row, &call->slots, 0);
    memcpy(out, slot, sizeof(*out));
    if (*out == NULL) {
        void *memory = NULL;
        WEIR_TRY(weir_arena_try_alloc(call->arena, sizeof(Sums) + (size_t)length * sizeof(float), &memory, error));
        *out = memory;
        memset(*out, 0, sizeof(Sums) + (size_t)length * sizeof(float));
        (*out)->length = length;
        memcpy(slot, out, sizeof(*out));
    }
    if ((*out)->length == length)
        return WEIR_OK;
    char left[16], right[16];
    snprintf(left, sizeof(left), "%u", (*out)->length);
    snprintf(right, sizeof(right), "%u", length);
    return weir_error_set(error, WEIR_ERROR_VECTOR_DIMENSION_MISMATCH, "functionName",
                          weir_arena_printf(call->arena, "`%s`", call->expression->aggregate->name), "leftDim", left,
                          "rightDim", right);
}

static bool is_average(const WeirAggregateCall *call)
{
    return strcmp(call->expression->aggregate->name, "vector_avg") == 0;
}

static float element(const WeirVector *elements, uint32_t row)
{
    const WeirVector *flat;
    uint32_t at = weir_vector_locate(elements, row, &flat);
    return ((const float *)flat->values)[at];
}

/* Vectors that are null or have a null element do not count. */
static bool is_whole(const WeirVector *elements, uint32_t first, uint32_t length)
{
    for (uint32_t i = first; i < first + length; i++)
        if (weir_vector_is_null(elements, i))
            return false;
    return true;
}

static WeirStatus vector_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                                const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    bool average = is_average(call);
    WEIR_FOR_UPDATES(k, row)
    {
        const WeirVector *list;
        uint32_t first, length;
        if (weir_vector_is_null(arguments[0], row))
            continue;
        length = weir_list_range(arguments[0], row, &list, &first);
        if (!is_whole(&list->children[0], first, length))
            continue;
        Sums *sums = NULL;
        WEIR_TRY(sums_of(call, rows[k], length, &sums, error));
        sums->count++;
        float share = 1.0f / (float)sums->count;
        for (uint32_t i = 0; i < length; i++) {
            float value = element(&list->children[0], first + i);
            sums->values[i] += average ? (value - sums->values[i]) * share : value;
        }
    }
    return WEIR_OK;
}

static WeirStatus vector_merge(const WeirAggregateCall *call, const WeirVector *buffers, const uint32_t *selection,
                               uint32_t count, uint8_t *const *rows, WeirError *error)
{
    bool average = is_average(call);
    WEIR_FOR_UPDATES(k, row)
    {
        const WeirVector *bytes, *counts;
        if (weir_vector_is_null(&buffers[0], row))
            continue;
        uint32_t at = weir_vector_locate(&buffers[0], row, &bytes), count_at;
        count_at = weir_vector_locate(&buffers[1], row, &counts);
        const WeirStringView *view = &((const WeirStringView *)bytes->values)[at];
        int64_t more = ((const int64_t *)counts->values)[count_at];
        Sums *sums = NULL;
        if (more <= 0)
            continue;
        WEIR_TRY(sums_of(call, rows[k], view->length / 4, &sums, error));
        float share = (float)more / (float)(sums->count + more);
        for (uint32_t i = 0; i < sums->length; i++) {
            float value;
            memcpy(&value, (const uint8_t *)weir_view_data(view) + (size_t)i * 4, 4);
            sums->values[i] += average && sums->count > 0 ? (value - sums->values[i]) * share : value;
        }
        sums->count += more;
    }
    return WEIR_OK;
}

static WeirStatus vector_evaluate(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                  WeirVector *result, WeirArena *arena, WeirError *error)
{
    WeirColumnWriter writer;
    weir_column_writer_init(&writer, call->expression->type, count, arena);
    for (uint32_t k = 0; k < count; k++) {
        const Sums *sums = sums_in(call, rows[k]);
        if (sums == NULL) {
            weir_column_writer_append_null(&writer);
            continue;
        }
        float *slots = weir_column_writer_slots(&writer.children[0], sums->length);
        if (slots != NULL && sums->length > 0)
            memcpy(slots, sums->values, sums->length * sizeof(float));
        weir_column_writer_end_list(&writer);
    }
    return weir_column_writer_finish(&writer, result, error);
}

static WeirStatus vector_serialize(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                   WeirVector *buffers, WeirArena *arena, WeirError *error)
{
    WeirColumnWriter bytes;
    weir_column_writer_init(&bytes, &weir_type_binary, count, arena);
    WEIR_TRY(weir_vector_init(&buffers[1], &weir_type_long, count, arena, error));
    buffers[1].length = count;
    for (uint32_t k = 0; k < count; k++) {
        const Sums *sums = sums_in(call, rows[k]);
        ((int64_t *)buffers[1].values)[k] = sums == NULL ? 0 : sums->count;
        if (sums == NULL)
            weir_column_writer_append_null(&bytes);
        else
            weir_column_writer_append_bytes(&bytes, sums->values, sums->length * sizeof(float));
    }
    return weir_column_writer_finish(&bytes, &buffers[0], error);
}

#define VECTOR(NAME, USAGE)                                                                                            \
    {                                                                                                                  \
        .name = NAME, .flags = WEIR_AGGREGATE_OBJECT, .arguments_min = 1, .arguments_max = 1,                          \
        .resolve = resolve_vector, .buffer = vector_buffer, .init = vector_init, .update = vector_update,              \
        .evaluate = vector_evaluate, .serialize = vector_serialize, .merge_serialized = vector_merge,                  \
        .group = "agg_funcs", .usage = USAGE                                                                           \
    }

const WeirAggregateFunction weir_aggregates_vector_sums[] = {
    VECTOR("vector_sum", "vector_sum(a): the sum of each element."),
    VECTOR("vector_avg", "vector_avg(a): the mean of each element."),
    {0},
};
