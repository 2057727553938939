/* min_by and max_by with a count: the values of the k least or greatest orderings, as an array. A group's object is a
 * heap whose root is the pair that has to go next; as buffers it is Spark's: both lists padded with nulls to k, and the
 * heap's size and places as 32-bit numbers. */
#include "expr/aggregates/extremes_by.h"

#include "expr/aggregates/aggregate_private.h"
#include "expr/aggregates/holder.h"

#define COUNT_MAX 100000

typedef struct Pair {
    WeirHolder value, order;
} Pair;

typedef struct Best {
    Pair **pairs; /* in the order they came; never moved */
    uint32_t *heap;
    uint32_t count, capacity;
} Best;

static uint32_t limit_of(const WeirAggregateCall *call)
{
    return *(const uint32_t *)call->expression->bound;
}

static int sign_of(const WeirAggregateCall *call)
{
    return call->expression->aggregate->name[1] == 'a' ? 1 : -1; /* max_by, min_by */
}

/* Positive: `a` is better. */
static int compare(int sign, const Pair *a, const Pair *b)
{
    return sign * weir_vector_compare_rows(&a->order.vector, 0, &b->order.vector, 0);
}

/* ---- the heap */

static void swap_places(uint32_t *heap, uint32_t a, uint32_t b)
{
    uint32_t kept = heap[a];
    heap[a] = heap[b];
    heap[b] = kept;
}

static void sift_up(Best *best, int sign, uint32_t at)
{
    while (at > 0) {
        uint32_t parent = (at - 1) / 2;
        if (compare(sign, best->pairs[best->heap[at]], best->pairs[best->heap[parent]]) >= 0)
            return;
        swap_places(best->heap, at, parent);
        at = parent;
    }
}

static void sift_down(Best *best, int sign)
{
    for (uint32_t at = 0;;) {
        uint32_t least = at;
        for (uint32_t child = 2 * at + 1; child <= 2 * at + 2 && child < best->count; child++)
            if (compare(sign, best->pairs[best->heap[child]], best->pairs[best->heap[least]]) < 0)
                least = child;
        if (least == at)
            return;
        swap_places(best->heap, at, least);
        at = least;
    }
}

static WeirStatus grow(const WeirAggregateCall *call, Best *best, WeirError *error)
{
    uint32_t capacity = best->capacity == 0 ? 4 : best->capacity * 2;
    void *pairs = NULL, *heap = NULL;
    WEIR_TRY(weir_arena_try_alloc(call->arena, capacity * sizeof(*best->pairs), &pairs, error));
    WEIR_TRY(weir_arena_try_alloc(call->arena, capacity * sizeof(*best->heap), &heap, error));
    if (best->count > 0) {
        memcpy(pairs, best->pairs, best->count * sizeof(*best->pairs));
        memcpy(heap, best->heap, best->count * sizeof(*best->heap));
    }
    best->pairs = pairs;
    best->heap = heap;
    best->capacity = capacity;
    return WEIR_OK;
}

static WeirStatus assign(const WeirAggregateCall *call, Pair *pair, const WeirVector *values, uint32_t value_row,
                         const WeirVector *orders, uint32_t order_row, WeirError *error)
{
    WEIR_TRY(weir_holder_assign(&pair->order, call->arena, orders, order_row, error));
    return weir_holder_assign(&pair->value, call->arena, values, value_row, error);
}

static WeirStatus insert(const WeirAggregateCall *call, Best *best, const WeirVector *values, uint32_t value_row,
                         const WeirVector *orders, uint32_t order_row, WeirError *error)
{
    int sign = sign_of(call);
    if (best->count == limit_of(call)) {
        Pair *worst = best->pairs[best->heap[0]];
        if (sign * weir_holder_compare(&worst->order, orders, order_row) >= 0)
            return WEIR_OK;
        WEIR_TRY(assign(call, worst, values, value_row, orders, order_row, error));
        sift_down(best, sign);
        return WEIR_OK;
    }
    if (best->count == best->capacity)
        WEIR_TRY(grow(call, best, error));
    void *memory = NULL;
    WEIR_TRY(weir_arena_try_alloc(call->arena, sizeof(Pair), &memory, error));
    Pair *pair = memory;
    memset(pair, 0, sizeof(*pair));
    WEIR_TRY(assign(call, pair, values, value_row, orders, order_row, error));
    best->pairs[best->count] = pair;
    best->heap[best->count] = best->count;
    sift_up(best, sign, best->count++);
    return WEIR_OK;
}

/* ---- the aggregate */

WeirStatus weir_extremes_by_resolve(WeirFunctionCall *call, bool max, WeirError *error)
{
    if (!weir_can_implicitly_cast(call->arguments[2]->type, &weir_type_int))
        return weir_call_unexpected_type(call, 2, "\"INT\"", error);
    call->cast_types[2] = &weir_type_int;
    WeirValue *value = NULL;
    WEIR_TRY(weir_call_constant(call, 2, &value, error));
    if (value == NULL)
        return weir_call_non_foldable(call, 2, "k", "int", error);
    int64_t k = weir_value_is_null(value) ? 0 : weir_value_get_int(value);
    if (k < 1 || k > COUNT_MAX)
        return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_VALUE_OUT_OF_RANGE, "sqlExpr", weir_call_sql(call),
                              "exprName", "`k`", "valueRange", "[1, 100000]", "currentValue",
                              weir_arena_printf(call->arena, "%lld", (long long)k));
    uint32_t *limit = WEIR_ARENA_NEW(call->arena, uint32_t);
    *limit = (uint32_t)k;
    call->bound = limit;
    call->result_type = weir_type_array(call->arena, call->arguments[0]->type, true);
    call->aggregate = &weir_extremes_by_variants[max];
    return WEIR_OK;
}

static uint32_t best_buffer(const WeirExpression *expression, WeirArena *arena,
                            WeirField fields[WEIR_AGGREGATE_BUFFERS_MAX])
{
    fields[0] = weir_buffer_field("values", weir_type_array(arena, expression->children[0]->type, true), false);
    fields[1] = weir_buffer_field("orderings", weir_type_array(arena, expression->children[1]->type, true), false);
    fields[2] = weir_buffer_field("heapIndices", &weir_type_binary, false);
    return 3;
}

static void best_init(const WeirAggregateCall *call, uint8_t *row)
{
    weir_slot_put_long(weir_slot(row, &call->slots, 0), 0);
}

static Best *best_of(const WeirAggregateCall *call, uint8_t *row)
{
    Best *best;
    uint8_t *slot = weir_slot(row, &call->slots, 0);
    memcpy(&best, slot, sizeof(best));
    if (best == NULL) {
        best = WEIR_ARENA_NEW(call->arena, Best);
        memcpy(slot, &best, sizeof(best));
    }
    return best;
}

static const Best *best_in(const WeirAggregateCall *call, const uint8_t *row)
{
    const Best *best;
    memcpy(&best, weir_slot_const(row, &call->slots, 0), sizeof(best));
    return best;
}

static WeirStatus best_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                              const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    WEIR_FOR_UPDATES(k, row)
    if (!weir_vector_is_null(arguments[1], row))
        WEIR_TRY(insert(call, best_of(call, rows[k]), arguments[0], row, arguments[1], row, error));
    return WEIR_OK;
}

static uint32_t read_number(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* The other side's pairs come in the order of its heap, which fixes the order of equal ones. */
static WeirStatus best_merge(const WeirAggregateCall *call, const WeirVector *buffers, const uint32_t *selection,
                             uint32_t count, uint8_t *const *rows, WeirError *error)
{
    WEIR_FOR_UPDATES(k, row)
    {
        const WeirVector *values, *orders, *flat;
        uint32_t first_value, first_order, size;
        if (weir_vector_is_null(&buffers[0], row) || weir_vector_is_null(&buffers[1], row) ||
            weir_vector_is_null(&buffers[2], row))
            continue;
        uint32_t length = weir_list_range(&buffers[0], row, &values, &first_value);
        uint32_t order_count = weir_list_range(&buffers[1], row, &orders, &first_order);
        uint32_t at = weir_vector_locate(&buffers[2], row, &flat);
        const WeirStringView *view = &((const WeirStringView *)flat->values)[at];
        const uint8_t *bytes = weir_view_data(view);
        size = view->length >= 4 ? read_number(bytes) : 0;
        for (uint32_t i = 0; i < size && (uint64_t)i * 4 + 8 <= view->length; i++) {
            uint32_t place = read_number(bytes + 4 + (size_t)i * 4);
            if (place >= length || place >= order_count ||
                weir_vector_is_null(&orders->children[0], first_order + place))
                return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "a state row holds a damaged heap");
            WEIR_TRY(insert(call, best_of(call, rows[k]), &values->children[0], first_value + place,
                            &orders->children[0], first_order + place, error));
        }
    }
    return WEIR_OK;
}

/* Places from the best to the worst, equal ones in the order of the heap: merging runs of growing length. */
static void sort_places(const Best *best, int sign, uint32_t *places, uint32_t *spare)
{
    uint32_t count = best->count;
    memcpy(places, best->heap, count * sizeof(*places));
    for (uint32_t run = 1; run < count; run *= 2) {
        for (uint32_t start = 0; start < count; start += 2 * run) {
            uint32_t middle = start + run < count ? start + run : count,
                     end = middle + run < count ? middle + run : count, a = start, b = middle;
            for (uint32_t out = start; out < end; out++) {
                bool left =
                    a < middle && (b >= end || compare(sign, best->pairs[places[a]], best->pairs[places[b]]) >= 0);
                spare[out] = left ? places[a++] : places[b++];
            }
        }
        memcpy(places, spare, count * sizeof(*places));
    }
}

static WeirStatus best_evaluate(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                WeirVector *result, WeirArena *arena, WeirError *error)
{
    WeirColumnWriter writer;
    weir_column_writer_init(&writer, call->expression->type, count, arena);
    for (uint32_t k = 0; k < count; k++) {
        const Best *best = best_in(call, rows[k]);
        if (best == NULL || best->count == 0) {
            weir_column_writer_append_null(&writer);
            continue;
        }
        uint32_t *places = WEIR_ARENA_ARRAY(arena, uint32_t, best->count),
                 *spare = WEIR_ARENA_ARRAY(arena, uint32_t, best->count);
        sort_places(best, sign_of(call), places, spare);
        for (uint32_t i = 0; i < best->count; i++)
            weir_holder_emit(&best->pairs[places[i]]->value, &writer.children[0]);
        weir_column_writer_end_list(&writer);
    }
    return weir_column_writer_finish(&writer, result, error);
}

static WeirStatus write_heap(const Best *best, uint32_t limit, WeirColumnWriter *writer, WeirArena *arena,
                             WeirError *error)
{
    size_t size = ((size_t)limit + 1) * 4;
    void *memory = NULL;
    WEIR_TRY(weir_arena_try_alloc(arena, size, &memory, error));
    uint8_t *bytes = memory;
    memset(bytes, 0, size);
    for (uint32_t i = 0; best != NULL && i <= best->count; i++) {
        uint32_t number = i == 0 ? best->count : best->heap[i - 1];
        for (uint32_t b = 0; b < 4; b++)
            bytes[(size_t)i * 4 + b] = (uint8_t)(number >> (8 * b));
    }
    weir_column_writer_append_bytes(writer, bytes, size);
    return WEIR_OK;
}

static WeirStatus best_serialize(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                 WeirVector *buffers, WeirArena *arena, WeirError *error)
{
    uint32_t limit = limit_of(call);
    WeirField fields[3];
    WeirColumnWriter writers[3];
    const WeirExpression *expression = call->expression;
    fields[0].type = weir_type_array(arena, expression->children[0]->type, true);
    fields[1].type = weir_type_array(arena, expression->children[1]->type, true);
    fields[2].type = &weir_type_binary;
    for (uint32_t c = 0; c < 3; c++)
        weir_column_writer_init(&writers[c], fields[c].type, count, arena);
    for (uint32_t k = 0; k < count; k++) {
        const Best *best = best_in(call, rows[k]);
        for (uint32_t i = 0; i < limit; i++) {
            bool used = best != NULL && i < best->count;
            weir_holder_emit(used ? &best->pairs[i]->value : NULL, &writers[0].children[0]);
            weir_holder_emit(used ? &best->pairs[i]->order : NULL, &writers[1].children[0]);
        }
        weir_column_writer_end_list(&writers[0]);
        weir_column_writer_end_list(&writers[1]);
        WEIR_TRY(write_heap(best, limit, &writers[2], arena, error));
    }
    for (uint32_t c = 0; c < 3; c++)
        WEIR_TRY(weir_column_writer_finish(&writers[c], &buffers[c], error));
    return WEIR_OK;
}

#define VARIANT(NAME)                                                                                                  \
    {                                                                                                                  \
        .name = NAME, .flags = WEIR_AGGREGATE_OBJECT, .buffer = best_buffer, .init = best_init, .update = best_update, \
        .evaluate = best_evaluate, .serialize = best_serialize, .merge_serialized = best_merge, .group = "agg_funcs"   \
    }

const WeirAggregateFunction weir_extremes_by_variants[] = {VARIANT("min_by"), VARIANT("max_by")};
