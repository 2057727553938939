/* Order of two values of one type: Spark's order for sorting and grouping. */
#include "columnar/vector.h"
#include "columnar/vector_private.h"

static inline int compare_int(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* NaN equals NaN and is greater than everything; -0.0 equals 0.0. */
static inline int compare_double(double a, double b)
{
    if (a < b)
        return -1;
    if (a > b)
        return 1;
    return (a != a) - (b != b);
}

static int compare_interval(const WeirCalendarInterval *a, const WeirCalendarInterval *b)
{
    if (a->months != b->months)
        return compare_int(a->months, b->months);
    if (a->days != b->days)
        return compare_int(a->days, b->days);
    return compare_int(a->microseconds, b->microseconds);
}

/* Element by element (for maps: key, then value, entry by entry), then the shorter one first. */
static int compare_list(const WeirVector *a, uint32_t row_a, const WeirVector *b, uint32_t row_b)
{
    const uint32_t *offsets_a = a->values;
    const uint32_t *offsets_b = b->values;
    uint32_t count_a = offsets_a[row_a + 1] - offsets_a[row_a];
    uint32_t count_b = offsets_b[row_b + 1] - offsets_b[row_b];
    for (uint32_t at = 0; at < count_a && at < count_b; at++) {
        for (uint32_t i = 0; i < a->type->field_count; i++) {
            int order = weir_vector_compare_rows(&a->children[i], offsets_a[row_a] + at, &b->children[i],
                                                 offsets_b[row_b] + at);
            if (order != 0)
                return order;
        }
    }
    return compare_int(count_a, count_b);
}

static int compare_struct(const WeirVector *a, uint32_t row_a, const WeirVector *b, uint32_t row_b)
{
    for (uint32_t i = 0; i < a->type->field_count; i++) {
        int order = weir_vector_compare_rows(&a->children[i], row_a, &b->children[i], row_b);
        if (order != 0)
            return order;
    }
    return 0;
}

static int compare_valid(const WeirVector *a, uint32_t row_a, const WeirVector *b, uint32_t row_b)
{
    WeirPhysicalType physical = weir_type_physical(a->type);
    switch (physical) {
    case WEIR_PHYSICAL_FLOAT:
        return compare_double(((const float *)a->values)[row_a], ((const float *)b->values)[row_b]);
    case WEIR_PHYSICAL_DOUBLE:
        return compare_double(((const double *)a->values)[row_a], ((const double *)b->values)[row_b]);
    case WEIR_PHYSICAL_INT128: {
        WeirInt128 value_a = weir_load_int128(a->values, row_a);
        WeirInt128 value_b = weir_load_int128(b->values, row_b);
        return (value_a > value_b) - (value_a < value_b);
    }
    case WEIR_PHYSICAL_VIEW:
        return weir_view_compare(&((const WeirStringView *)a->values)[row_a],
                                 &((const WeirStringView *)b->values)[row_b]);
    case WEIR_PHYSICAL_INTERVAL:
        return compare_interval(&((const WeirCalendarInterval *)a->values)[row_a],
                                &((const WeirCalendarInterval *)b->values)[row_b]);
    case WEIR_PHYSICAL_LIST:
        return compare_list(a, row_a, b, row_b);
    case WEIR_PHYSICAL_STRUCT:
        return compare_struct(a, row_a, b, row_b);
    default:
        return compare_int(weir_load_int(a, physical, row_a), weir_load_int(b, physical, row_b));
    }
}

int weir_vector_compare_rows(const WeirVector *a, uint32_t row_a, const WeirVector *b, uint32_t row_b)
{
    const WeirVector *flat_a, *flat_b;
    uint32_t at_a = weir_vector_locate(a, row_a, &flat_a);
    uint32_t at_b = weir_vector_locate(b, row_b, &flat_b);
    bool null_a = weir_flat_is_null(flat_a, at_a);
    bool null_b = weir_flat_is_null(flat_b, at_b);
    if (null_a || null_b)
        return (int)null_b - (int)null_a;
    return compare_valid(flat_a, at_a, flat_b, at_b);
}
