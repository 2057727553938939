/* histogram_numeric: at most n bins of unequal width; the two nearest bins melt into one when there are too many
 * (Ben-Haim and Tom-Tov). Where several pairs are equally near, one is drawn by Java's generator from a fixed seed, as
 * in Spark. */
#include <endian.h>
#include <math.h>

#include "expr/aggregates/aggregate_private.h"
#include "expr/column_writer.h"

#define JAVA_SEED 31183u

typedef struct Bin {
    double x, y;
} Bin;

typedef struct Histogram {
    Bin *bins;
    uint32_t count, limit; /* limit 0: nothing was added yet */
    uint64_t random;
} Histogram;

static WeirStatus resolve_histogram(WeirFunctionCall *call, WeirError *error)
{
    static const char words[] = "numeric|date|timestamp|ntz|daytime|yearmonth";
    const WeirDataType *type = call->arguments[0]->type,
                       *cast = weir_signature_cast(call->arena, words, sizeof(words) - 1, type);
    if (cast == NULL)
        return weir_call_unexpected_type(call, 0,
                                         "(\"NUMERIC\" or \"DATE\" or \"TIMESTAMP\" or \"TIMESTAMP_NTZ\" or \"INTERVAL "
                                         "DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\")",
                                         error);
    if (cast != type)
        call->cast_types[0] = cast;
    if (call->arguments[1]->type->id != WEIR_TYPE_INT) {
        if (!weir_can_implicitly_cast(call->arguments[1]->type, &weir_type_int))
            return weir_call_unexpected_type(call, 1, "\"INT\"", error);
        call->cast_types[1] = &weir_type_int;
    }
    WeirValue *bins = NULL;
    WEIR_TRY(weir_call_constant(call, 1, &bins, error));
    if (bins == NULL)
        return weir_call_non_foldable(call, 1, "nb", "\"INT\"", error);
    if (weir_value_is_null(bins))
        return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_UNEXPECTED_NULL, "sqlExpr", weir_call_sql(call),
                              "exprName", "nb");
    if (weir_value_get_int(bins) < 2)
        return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_VALUE_OUT_OF_RANGE, "sqlExpr", weir_call_sql(call),
                              "exprName", "nb", "valueRange", "[2, 2147483647]", "currentValue",
                              weir_quoted_sql(call->arena, call->arguments[1]));
    int32_t *limit = WEIR_ARENA_NEW(call->arena, int32_t);
    *limit = (int32_t)weir_value_get_int(bins);
    call->bound = limit;
    WeirField fields[2] = {{"x", cast, true, "{}"}, {"y", &weir_type_double, true, "{}"}};
    call->result_type = weir_type_array(call->arena, weir_type_struct(call->arena, fields, 2), true);
    return WEIR_OK;
}

static uint32_t histogram_buffer(const WeirExpression *expression, WeirArena *arena,
                                 WeirField fields[WEIR_AGGREGATE_BUFFERS_MAX])
{
    (void)expression;
    (void)arena;
    fields[0] = weir_buffer_field("buf", &weir_type_binary, true);
    return 1;
}

static void histogram_init(const WeirAggregateCall *call, uint8_t *row)
{
    weir_slot_put_long(weir_slot(row, &call->slots, 0), 0);
}

static Histogram *histogram_in(const WeirAggregateCall *call, const uint8_t *row)
{
    Histogram *histogram;
    memcpy(&histogram, weir_slot_const(row, &call->slots, 0), sizeof(histogram));
    return histogram;
}

static Histogram *histogram_of(const WeirAggregateCall *call, uint8_t *row)
{
    Histogram *histogram = histogram_in(call, row);
    if (histogram == NULL) {
        histogram = WEIR_ARENA_NEW(call->arena, Histogram);
        histogram->limit = (uint32_t) * (const int32_t *)call->expression->bound;
        histogram->bins = WEIR_ARENA_ARRAY(call->arena, Bin, (size_t)histogram->limit + 2);
        histogram->random = (JAVA_SEED ^ 0x5deece66dull) & ((1ull << 48) - 1);
        memcpy(weir_slot(row, &call->slots, 0), &histogram, sizeof(histogram));
    }
    return histogram;
}

static uint32_t next_bits(Histogram *histogram, int bits)
{
    histogram->random = (histogram->random * 0x5deece66dull + 0xb) & ((1ull << 48) - 1);
    return (uint32_t)(histogram->random >> (48 - bits));
}

static double next_double(Histogram *histogram)
{
    uint64_t high = next_bits(histogram, 26);
    return (double)((high << 27) + next_bits(histogram, 27)) * 0x1p-53;
}

/* The two nearest neighbours become one until there are few enough bins. */
static void trim(Histogram *histogram)
{
    while (histogram->count > histogram->limit) {
        Bin *bins = histogram->bins;
        double smallest = bins[1].x - bins[0].x;
        uint32_t place = 0, equal = 1;
        for (uint32_t i = 1; i + 1 < histogram->count; i++) {
            double difference = bins[i + 1].x - bins[i].x;
            if (difference < smallest) {
                smallest = difference;
                place = i;
                equal = 1;
            } else if (difference == smallest && next_double(histogram) <= 1.0 / (double)++equal) {
                place = i;
            }
        }
        double total = bins[place].y + bins[place + 1].y;
        bins[place].x = bins[place].x * (bins[place].y / total) + bins[place + 1].x * (bins[place + 1].y / total);
        bins[place].y = total;
        memmove(&bins[place + 1], &bins[place + 2], (histogram->count - place - 2) * sizeof(Bin));
        histogram->count--;
    }
}

static void add(Histogram *histogram, double value)
{
    uint32_t low = 0, high = histogram->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (histogram->bins[middle].x < value)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < histogram->count && histogram->bins[low].x == value) {
        histogram->bins[low].y++;
        return;
    }
    memmove(&histogram->bins[low + 1], &histogram->bins[low], (histogram->count - low) * sizeof(Bin));
    histogram->bins[low] = (Bin){value, 1};
    histogram->count++;
    trim(histogram);
}

static double double_at(const WeirVector *vector, uint32_t row)
{
    const WeirVector *flat;
    uint32_t at = weir_vector_locate(vector, row, &flat);
    WeirInt128 wide = 0;
    switch (weir_type_physical(flat->type)) {
    case WEIR_PHYSICAL_INT8:
        return ((const int8_t *)flat->values)[at];
    case WEIR_PHYSICAL_INT16:
        return ((const int16_t *)flat->values)[at];
    case WEIR_PHYSICAL_INT32:
        return ((const int32_t *)flat->values)[at];
    case WEIR_PHYSICAL_FLOAT:
        return (double)((const float *)flat->values)[at];
    case WEIR_PHYSICAL_DOUBLE:
        return ((const double *)flat->values)[at];
    case WEIR_PHYSICAL_INT128:
        memcpy(&wide, (const uint8_t *)flat->values + (size_t)at * 16, 16);
        break;
    default:
        wide = ((const int64_t *)flat->values)[at];
    }
    return (double)wide / (flat->type->id == WEIR_TYPE_DECIMAL ? pow(10, flat->type->scale) : 1);
}

static WeirStatus histogram_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                                   const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    (void)error;
    WEIR_FOR_UPDATES(k, row)
    if (!weir_vector_is_null(arguments[0], row))
        add(histogram_of(call, rows[k]), double_at(arguments[0], row));
    return WEIR_OK;
}

static void append_x(WeirColumnWriter *writer, double value)
{
    if (writer->physical == WEIR_PHYSICAL_DOUBLE || writer->physical == WEIR_PHYSICAL_FLOAT) {
        weir_column_writer_append_double(writer, value);
    } else if (writer->type->id == WEIR_TYPE_DECIMAL) {
        WeirInt128 unscaled = (WeirInt128)llround(value * pow(10, writer->type->scale));
        memcpy(weir_column_writer_slot(writer), &unscaled, writer->value_bytes);
    } else {
        weir_column_writer_append_int(writer, (int64_t)value);
    }
}

static WeirStatus histogram_evaluate(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                     WeirVector *result, WeirArena *arena, WeirError *error)
{
    WeirColumnWriter writer;
    weir_column_writer_init(&writer, call->expression->type, count, arena);
    for (uint32_t k = 0; k < count; k++) {
        const Histogram *histogram = histogram_in(call, rows[k]);
        if (histogram == NULL || histogram->count == 0) {
            weir_column_writer_append_null(&writer);
            continue;
        }
        for (uint32_t i = 0; i < histogram->count; i++) {
            append_x(&writer.children[0].children[0], histogram->bins[i].x);
            weir_column_writer_append_double(&writer.children[0].children[1], histogram->bins[i].y);
            weir_column_writer_end_struct(&writer.children[0]);
        }
        weir_column_writer_end_list(&writer);
    }
    return weir_column_writer_finish(&writer, result, error);
}

/* ---- as a buffer: limit and number of bins, then x and y of each, big-endian */

static void put_double(WeirBuffer *out, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, 8);
    bits = htobe64(bits);
    weir_buffer_append(out, &bits, 8);
}

static double get_double(const uint8_t *data)
{
    uint64_t bits;
    double value;
    memcpy(&bits, data, 8);
    bits = be64toh(bits);
    memcpy(&value, &bits, 8);
    return value;
}

static WeirStatus histogram_serialize(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                      WeirVector *buffers, WeirArena *arena, WeirError *error)
{
    WeirBuffer out;
    WEIR_TRY(weir_vector_init(&buffers[0], &weir_type_binary, count, arena, error));
    buffers[0].length = count;
    weir_buffer_init(&out, 0, NULL);
    for (uint32_t k = 0; k < count; k++) {
        const Histogram *histogram = histogram_in(call, rows[k]);
        uint32_t head[2] = {htobe32((uint32_t) * (const int32_t *)call->expression->bound),
                            htobe32(histogram == NULL ? 0 : histogram->count)};
        weir_buffer_clear(&out);
        weir_buffer_append(&out, head, sizeof(head));
        for (uint32_t i = 0; histogram != NULL && i < histogram->count; i++) {
            put_double(&out, histogram->bins[i].x);
            put_double(&out, histogram->bins[i].y);
        }
        ((WeirStringView *)buffers[0].values)[k] = weir_view_copy(arena, weir_buffer_text(&out), out.length);
    }
    weir_buffer_deinit(&out);
    return WEIR_OK;
}

static WeirStatus merge_bins(const WeirAggregateCall *call, Histogram *histogram, const uint8_t *data, uint32_t length,
                             WeirError *error)
{
    uint32_t given;
    if (length < 8)
        return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "a state row holds a damaged histogram");
    memcpy(&given, data + 4, 4);
    given = be32toh(given);
    if ((length - 8) / 16 < given)
        return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "a state row holds a damaged histogram");
    Bin *merged = WEIR_ARENA_ARRAY(call->arena, Bin, (size_t)histogram->count + given + 2);
    uint32_t i = 0, j = 0, next = 0;
    while (i < histogram->count || j < given) {
        double x = j < given ? get_double(data + 8 + (size_t)j * 16) : 0,
               y = j < given ? get_double(data + 16 + (size_t)j * 16) : 0;
        bool own = j == given || (i < histogram->count && histogram->bins[i].x <= x);
        Bin bin = own ? histogram->bins[i++] : (Bin){x, y};
        j += !own;
        if (next > 0 && merged[next - 1].x == bin.x)
            merged[next - 1].y += bin.y;
        else
            merged[next++] = bin;
    }
    histogram->bins = merged;
    histogram->count = next;
    trim(histogram);
    Bin *bins = WEIR_ARENA_ARRAY(call->arena, Bin, (size_t)histogram->limit + 2); /* room for the next value */
    memcpy(bins, histogram->bins, histogram->count * sizeof(Bin));
    histogram->bins = bins;
    return WEIR_OK;
}

static WeirStatus histogram_merge(const WeirAggregateCall *call, const WeirVector *buffers, const uint32_t *selection,
                                  uint32_t count, uint8_t *const *rows, WeirError *error)
{
    WEIR_FOR_UPDATES(k, row)
    {
        Histogram *histogram = histogram_of(call, rows[k]);
        if (weir_vector_is_null(&buffers[0], row))
            continue;
        const WeirVector *flat;
        uint32_t at = weir_vector_locate(&buffers[0], row, &flat);
        const WeirStringView *view = &((const WeirStringView *)flat->values)[at];
        WEIR_TRY(merge_bins(call, histogram, weir_view_data(view), view->length, error));
    }
    return WEIR_OK;
}

const WeirAggregateFunction weir_aggregates_histogram_numeric[] = {
    {.name = "histogram_numeric",
     .flags = WEIR_AGGREGATE_OBJECT,
     .arguments_min = 2,
     .arguments_max = 2,
     .resolve = resolve_histogram,
     .buffer = histogram_buffer,
     .init = histogram_init,
     .update = histogram_update,
     .evaluate = histogram_evaluate,
     .serialize = histogram_serialize,
     .merge_serialized = histogram_merge,
     .group = "agg_funcs",
     .usage = "histogram_numeric(a, n): at most n bins as structs of their centre and count."},
    {0},
};
