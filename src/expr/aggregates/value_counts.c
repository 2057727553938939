/* See value_counts.h. */
#include "expr/aggregates/value_counts.h"

#include <arpa/inet.h>
#include <math.h>

#include "columnar/unsafe_row.h"
#include "common/hash.h"

#define JAVA_MAP_CAPACITY 64u

uint32_t weir_value_counts_buffer(const WeirExpression *expression, WeirArena *arena,
                                  WeirField fields[WEIR_AGGREGATE_BUFFERS_MAX])
{
    (void)expression;
    (void)arena;
    fields[0] = weir_buffer_field("buf", &weir_type_binary, true);
    return 1;
}

void weir_value_counts_init(const WeirAggregateCall *call, uint8_t *row)
{
    weir_slot_put_long(weir_slot(row, &call->slots, 0), 0);
}

const WeirValueCounts *weir_value_counts_in(const WeirAggregateCall *call, const uint8_t *row)
{
    const WeirValueCounts *counts;
    memcpy(&counts, weir_slot_const(row, &call->slots, 0), sizeof(counts));
    return counts;
}

WeirValueCounts *weir_value_counts_of(const WeirAggregateCall *call, uint8_t *row)
{
    WeirValueCounts *counts;
    uint8_t *slot = weir_slot(row, &call->slots, 0);
    memcpy(&counts, slot, sizeof(counts));
    if (counts == NULL) {
        counts = WEIR_ARENA_NEW(call->arena, WeirValueCounts);
        weir_column_writer_init(&counts->values, call->expression->children[0]->type, 8, call->arena);
        memcpy(slot, &counts, sizeof(counts));
    }
    return counts;
}

WeirVector weir_value_counts_values(const WeirValueCounts *counts, WeirArena *arena)
{
    WeirColumnWriter copy = counts->values;
    WeirVector vector = {.type = copy.type};
    copy.arena = arena;
    if (weir_column_writer_finish(&copy, &vector, NULL) != WEIR_OK)
        vector = (WeirVector){.type = copy.type};
    return vector;
}

/* ---- adding */

static uint32_t *find_slot(const WeirValueCounts *counts, const WeirVector *held, const WeirVector *vector,
                           uint32_t row)
{
    for (uint64_t at = weir_vector_xxhash64_row(vector, row, 42);; at++) {
        uint32_t *slot = &counts->slots[at & (counts->slot_count - 1)];
        if (*slot == 0 || weir_vector_compare_rows(held, *slot - 1, vector, row) == 0)
            return slot;
    }
}

static WeirStatus grow(const WeirAggregateCall *call, WeirValueCounts *counts, WeirError *error)
{
    uint32_t length = counts->values.length;
    if (length == counts->capacity) {
        void *memory = NULL;
        counts->capacity = counts->capacity == 0 ? 8 : counts->capacity * 2;
        WEIR_TRY(weir_arena_try_alloc(call->arena, counts->capacity * sizeof(int64_t), &memory, error));
        if (length > 0)
            memcpy(memory, counts->counts, length * sizeof(int64_t));
        counts->counts = memory;
    }
    if (counts->slot_count > length * 2)
        return WEIR_OK;
    counts->slot_count = counts->slot_count == 0 ? 16 : counts->slot_count * 4;
    counts->slots = WEIR_ARENA_ARRAY(call->arena, uint32_t, counts->slot_count);
    WeirVector held = weir_value_counts_values(counts, call->arena);
    for (uint32_t i = 0; i < length; i++)
        *find_slot(counts, &held, &held, i) = i + 1;
    return WEIR_OK;
}

static WeirStatus keep(const WeirAggregateCall *call, WeirColumnWriter *values, const WeirVector *vector, uint32_t row,
                       WeirError *error)
{
    if (weir_type_physical(vector->type) == WEIR_PHYSICAL_VIEW || weir_type_is_nested(vector->type)) {
        WeirValue *value = NULL;
        WEIR_TRY(weir_value_from_row(call->arena, vector, row, &value, error));
        weir_column_writer_append_row(values, value, 0);
    } else {
        weir_column_writer_append_row(values, vector, row);
    }
    return WEIR_OK;
}

WeirStatus weir_value_counts_add(const WeirAggregateCall *call, WeirValueCounts *counts, const WeirVector *vector,
                                 uint32_t row, int64_t times, WeirError *error)
{
    WEIR_TRY(grow(call, counts, error));
    WeirVector held = weir_value_counts_values(counts, call->arena);
    uint32_t *slot = find_slot(counts, &held, vector, row);
    if (*slot != 0) {
        counts->counts[*slot - 1] += times;
        return WEIR_OK;
    }
    counts->counts[counts->values.length] = times;
    *slot = counts->values.length + 1;
    return keep(call, &counts->values, vector, row, error);
}

/* ---- the order of Spark's map: open addressing by Java's hash codes, doubled at 70 % */

static int32_t fold_long(uint64_t bits)
{
    return (int32_t)(uint32_t)(bits ^ (bits >> 32));
}

static int32_t double_hash(double value)
{
    uint64_t bits = 0x7ff8000000000000ull;
    if (value == value)
        memcpy(&bits, &value, sizeof(bits));
    return fold_long(bits);
}

/* Scala's hash of a decimal: of the whole number, else of the double. */
static int32_t decimal_hash(const WeirVector *values, uint32_t row)
{
    bool wide = weir_type_physical(values->type) == WEIR_PHYSICAL_INT128;
    WeirInt128 unscaled = 0, scale = 1;
    if (wide)
        memcpy(&unscaled, (const uint8_t *)values->values + (size_t)row * 16, 16);
    else
        unscaled = ((const int64_t *)values->values)[row];
    for (int i = 0; i < values->type->scale; i++)
        scale *= 10;
    if (unscaled % scale == 0) {
        WeirInt128 whole = unscaled / scale;
        return whole == (int32_t)whole ? (int32_t)whole : fold_long((uint64_t)whole);
    }
    double value = (double)unscaled / (double)scale;
    float narrow = (float)value;
    if ((double)narrow == value) {
        int32_t bits;
        memcpy(&bits, &narrow, sizeof(bits));
        return bits;
    }
    return double_hash(value);
}

static int32_t java_hash(const WeirVector *values, uint32_t row)
{
    float single;
    int32_t bits;
    switch (weir_type_physical(values->type)) {
    case WEIR_PHYSICAL_BOOL:
        return ((const uint8_t *)values->values)[row] ? 1231 : 1237;
    case WEIR_PHYSICAL_INT8:
        return ((const int8_t *)values->values)[row];
    case WEIR_PHYSICAL_INT16:
        return ((const int16_t *)values->values)[row];
    case WEIR_PHYSICAL_INT32:
        return ((const int32_t *)values->values)[row];
    case WEIR_PHYSICAL_FLOAT:
        single = ((const float *)values->values)[row];
        memcpy(&bits, &single, sizeof(bits));
        return single == single ? bits : 0x7fc00000;
    case WEIR_PHYSICAL_DOUBLE:
        return double_hash(((const double *)values->values)[row]);
    case WEIR_PHYSICAL_VIEW: {
        const WeirStringView *view = &((const WeirStringView *)values->values)[row];
        return (int32_t)weir_murmur3_bytes(weir_view_data(view), view->length, 42);
    }
    case WEIR_PHYSICAL_INT64:
        if (values->type->id != WEIR_TYPE_DECIMAL)
            return fold_long((uint64_t)((const int64_t *)values->values)[row]);
        return decimal_hash(values, row);
    case WEIR_PHYSICAL_INT128:
        return decimal_hash(values, row);
    default:
        return (int32_t)row; /* nested values: in the order they came */
    }
}

static void put_place(uint32_t *table, uint32_t mask, const WeirVector *values, uint32_t index)
{
    uint32_t at = weir_murmur3_int(java_hash(values, index), 0) & mask;
    for (uint32_t delta = 1; table[at] != 0; delta++)
        at = (at + delta) & mask;
    table[at] = index + 1;
}

uint32_t *weir_value_counts_order(const WeirValueCounts *counts, WeirArena *arena)
{
    uint32_t length = counts->values.length, capacity = JAVA_MAP_CAPACITY, used = 0;
    WeirVector values = weir_value_counts_values(counts, arena);
    uint32_t *table = WEIR_ARENA_ARRAY(arena, uint32_t, capacity);
    for (uint32_t i = 0; i < length; i++) {
        put_place(table, capacity - 1, &values, i);
        if (++used <= (uint32_t)(0.7 * capacity))
            continue;
        uint32_t *larger = WEIR_ARENA_ARRAY(arena, uint32_t, capacity * 2);
        for (uint32_t p = 0; p < capacity; p++)
            if (table[p] != 0)
                put_place(larger, capacity * 2 - 1, &values, table[p] - 1);
        table = larger;
        capacity *= 2;
    }
    uint32_t *order = WEIR_ARENA_ARRAY(arena, uint32_t, length + 1), next = 0;
    for (uint32_t p = 0; p < capacity; p++)
        if (table[p] != 0)
            order[next++] = table[p] - 1;
    return order;
}

/* ---- as a buffer */

static void put_int(WeirBuffer *out, int32_t value)
{
    uint32_t big = htonl((uint32_t)value);
    weir_buffer_append(out, &big, sizeof(big));
}

static void put_counts(const WeirValueCounts *counts, WeirArena *arena, WeirBuffer *out)
{
    if (counts != NULL && counts->values.length > 0) {
        WeirVector values = weir_value_counts_values(counts, arena);
        WeirVector numbers = {
            .type = &weir_type_long, .kind = WEIR_VECTOR_FLAT, .length = values.length, .values = counts->counts};
        const WeirVector *columns[2] = {&values, &numbers};
        const uint32_t *order = weir_value_counts_order(counts, arena);
        for (uint32_t i = 0; i < values.length; i++) {
            size_t size = weir_unsafe_row_size(columns, 2, order[i]);
            put_int(out, (int32_t)size);
            uint8_t *bytes = weir_arena_alloc(arena, size + 8);
            weir_unsafe_row_encode(columns, 2, order[i], bytes);
            weir_buffer_append(out, bytes, size);
        }
    }
    put_int(out, -1);
}

WeirStatus weir_value_counts_serialize(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                       WeirVector *buffers, WeirArena *arena, WeirError *error)
{
    WeirBuffer out;
    WeirStatus status = WEIR_OK;
    WEIR_TRY(weir_vector_init(&buffers[0], &weir_type_binary, count, arena, error));
    buffers[0].length = count;
    weir_buffer_init(&out, 0, NULL);
    for (uint32_t k = 0; k < count; k++) {
        weir_buffer_clear(&out);
        put_counts(weir_value_counts_in(call, rows[k]), arena, &out);
        WEIR_TRY_OR_GO(done, weir_buffer_check(&out, error));
        ((WeirStringView *)buffers[0].values)[k] = weir_view_copy(arena, weir_buffer_text(&out), out.length);
    }
done:
    weir_buffer_deinit(&out);
    return status;
}

static WeirStatus merge_bytes(const WeirAggregateCall *call, const WeirSchema *schema, const WeirStringView *view,
                              WeirValueCounts *counts, WeirError *error)
{
    const uint8_t *data = weir_view_data(view);
    for (uint32_t at = 0; at + 4 <= view->length;) {
        uint32_t size;
        memcpy(&size, data + at, 4);
        size = ntohl(size);
        at += 4;
        if (size == UINT32_MAX)
            return WEIR_OK;
        if (size > view->length - at)
            break;
        uint8_t *bytes = weir_arena_alloc(call->arena, size + 8u);
        memcpy(bytes, data + at, size);
        at += size;
        if (!weir_unsafe_row_validate(schema, bytes, size))
            break;
        WeirVector columns[2];
        WEIR_TRY(weir_unsafe_row_decode(schema, (const uint8_t *const[]){bytes}, &size, 1, false, columns, call->arena,
                                        error));
        WEIR_TRY(weir_value_counts_add(call, counts, &columns[0], 0, ((const int64_t *)columns[1].values)[0], error));
    }
    return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "a state row holds damaged counts of values");
}

WeirStatus weir_value_counts_merge(const WeirAggregateCall *call, const WeirVector *buffers, const uint32_t *selection,
                                   uint32_t count, uint8_t *const *rows, WeirError *error)
{
    WeirField fields[2] = {{"value", call->expression->children[0]->type, true, "{}"},
                           {"count", &weir_type_long, false, "{}"}};
    const WeirSchema *schema = weir_type_struct(call->arena, fields, 2);
    WEIR_FOR_UPDATES(k, row)
    {
        WeirValueCounts *counts = weir_value_counts_of(call, rows[k]);
        if (weir_vector_is_null(&buffers[0], row))
            continue;
        const WeirVector *flat;
        uint32_t at = weir_vector_locate(&buffers[0], row, &flat);
        WEIR_TRY(merge_bytes(call, schema, &((const WeirStringView *)flat->values)[at], counts, error));
    }
    return WEIR_OK;
}
