/* Copying rows of vectors. Every kind of vector is first resolved to a flat one and a list of its physical rows; then
 * one loop per width copies them. Values of null rows are copied where that is harmless, and never followed. */
#include "columnar/vector.h"
#include "columnar/vector_private.h"

/* What to copy: `count` rows of a flat (or constant) vector; `rows` NULL = rows 0, 1, …; null indices give null rows.
 */
typedef struct GatherPlan {
    const WeirVector *flat;
    const uint32_t *rows;
    uint32_t count;
    bool has_null_index;
} GatherPlan;

static inline uint32_t plan_row(const GatherPlan *plan, uint32_t k)
{
    return plan->rows == NULL ? k : plan->rows[k];
}

static bool has_null_index(const uint32_t *rows, uint32_t count)
{
    uint32_t largest = 0;
    for (uint32_t k = 0; k < count; k++)
        largest = rows[k] > largest ? rows[k] : largest;
    return largest == WEIR_NULL_INDEX;
}

/* Follow dictionaries and constants until the plan names rows of a vector that has values. */
static WeirStatus resolve(const WeirVector *vector, const uint32_t *selection, uint32_t count, GatherPlan *plan,
                          WeirArena *arena, WeirError *error)
{
    *plan = (GatherPlan){vector, selection, count, selection != NULL && has_null_index(selection, count)};
    while (plan->flat->kind != WEIR_VECTOR_FLAT) {
        void *memory;
        WEIR_TRY(weir_vector_allocate(arena, (size_t)count * sizeof(uint32_t), &memory, error));
        uint32_t *rows = memory;
        if (plan->flat->kind == WEIR_VECTOR_CONSTANT) {
            for (uint32_t k = 0; k < count; k++)
                rows[k] = plan_row(plan, k) == WEIR_NULL_INDEX ? WEIR_NULL_INDEX : 0;
            plan->rows = rows;
            break;
        }
        for (uint32_t k = 0; k < count; k++) {
            uint32_t row = plan_row(plan, k);
            rows[k] = row == WEIR_NULL_INDEX ? row : plan->flat->indices[row];
        }
        plan->flat = plan->flat->dictionary;
        plan->rows = rows;
        plan->has_null_index = has_null_index(rows, count);
    }
    return WEIR_OK;
}

static void copy_validity(const GatherPlan *plan, WeirVector *out, WeirArena *arena)
{
    const uint64_t *validity = plan->flat->validity;
    if (plan->count == 0 || (validity == NULL && !plan->has_null_index))
        return;
    size_t words = weir_bit_words(plan->count);
    uint64_t *bits = weir_arena_alloc(arena, words * sizeof(uint64_t));
    uint64_t all = UINT64_MAX;
    for (size_t w = 0; w < words; w++) {
        uint32_t start = (uint32_t)w * 64u;
        uint32_t end = plan->count - start < 64u ? plan->count : start + 64u;
        uint64_t word = 0;
        for (uint32_t k = start; k < end; k++) {
            uint32_t row = plan_row(plan, k);
            bool valid = row != WEIR_NULL_INDEX && (validity == NULL || weir_bit_get(validity, row));
            word |= (uint64_t)valid << (k - start);
        }
        bits[w] = word;
        all &= end - start == 64u ? word : word | (UINT64_MAX << (end - start));
    }
    if (all != UINT64_MAX)
        out->validity = bits;
}

/* Rows of one width; null indices give zeros. */
#define DEFINE_COPY(name, Value)                                                                                       \
    static void name(const GatherPlan *plan, void *target)                                                             \
    {                                                                                                                  \
        const Value *from = plan->flat->values;                                                                        \
        Value *to = target;                                                                                            \
        const uint32_t *rows = plan->rows;                                                                             \
        if (plan->has_null_index) {                                                                                    \
            for (uint32_t k = 0; k < plan->count; k++)                                                                 \
                to[k] = rows[k] == WEIR_NULL_INDEX ? (Value){0} : from[rows[k]];                                       \
        } else {                                                                                                       \
            for (uint32_t k = 0; k < plan->count; k++)                                                                 \
                to[k] = from[rows[k]];                                                                                 \
        }                                                                                                              \
    }
typedef struct Bytes16 {
    uint64_t words[2];
} Bytes16;
DEFINE_COPY(copy_1, uint8_t)
DEFINE_COPY(copy_2, uint16_t)
DEFINE_COPY(copy_4, uint32_t)
DEFINE_COPY(copy_8, uint64_t)
DEFINE_COPY(copy_16, Bytes16)

static void copy_values(const GatherPlan *plan, size_t width, void *target)
{
    if (plan->rows == NULL) {
        if (plan->count > 0)
            memcpy(target, plan->flat->values, width * plan->count);
        return;
    }
    switch (width) {
    case 1:
        copy_1(plan, target);
        break;
    case 2:
        copy_2(plan, target);
        break;
    case 4:
        copy_4(plan, target);
        break;
    case 8:
        copy_8(plan, target);
        break;
    default:
        WEIR_ASSERT(width == 16);
        copy_16(plan, target);
    }
}

/* Give the long strings of `out` bytes of their own: all in one block, so that a batch costs one reservation. */
static WeirStatus own_strings(WeirVector *out, WeirArena *arena, WeirError *error)
{
    WeirStringView *views = out->values;
    size_t bytes = 0;
    for (uint32_t k = 0; k < out->length; k++) {
        if (out->validity != NULL && !weir_bit_get(out->validity, k))
            memset(&views[k], 0, sizeof(views[k]));
        else if (views[k].length > WEIR_VIEW_INLINE_BYTES)
            bytes += views[k].length;
    }
    if (bytes == 0)
        return WEIR_OK;
    void *memory;
    WEIR_TRY(weir_vector_allocate(arena, bytes, &memory, error));
    uint8_t *next = memory;
    for (uint32_t k = 0; k < out->length; k++) {
        uint32_t length = views[k].length;
        if (length <= WEIR_VIEW_INLINE_BYTES)
            continue;
        memcpy(next, weir_view_data(&views[k]), length);
        memcpy(views[k].reference.data_address, &next, sizeof(next));
        next += length;
    }
    return WEIR_OK;
}

/* One string stands for all rows: copy its bytes once. */
static void gather_constant_string(const GatherPlan *plan, bool deep, WeirVector *out, WeirArena *arena)
{
    WeirStringView view = {0};
    const WeirVector *flat = plan->flat;
    if (flat->validity == NULL || weir_bit_get(flat->validity, 0)) {
        view = *(const WeirStringView *)flat->values;
        if (deep)
            view = weir_view_copy(arena, weir_view_data(&view), view.length);
    }
    WeirStringView *views = out->values;
    for (uint32_t k = 0; k < plan->count; k++)
        views[k] = view;
}

static WeirStatus gather_list(const GatherPlan *plan, bool deep, WeirVector *out, WeirArena *arena, WeirError *error)
{
    const uint32_t *from = plan->flat->values;
    uint32_t *to = out->values;
    uint64_t total = 0;
    for (uint32_t k = 0; k < plan->count; k++) {
        uint32_t row = plan_row(plan, k);
        if (out->validity == NULL || weir_bit_get(out->validity, k))
            total += from[row + 1] - from[row];
        if (total >= WEIR_NULL_INDEX)
            return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "too many array elements in one batch");
        to[k + 1] = (uint32_t)total;
    }
    void *memory;
    WEIR_TRY(weir_vector_allocate(arena, (size_t)total * sizeof(uint32_t), &memory, error));
    uint32_t *entries = memory;
    for (uint32_t k = 0; k < plan->count; k++) {
        uint32_t row = plan_row(plan, k);
        for (uint32_t at = to[k]; at < to[k + 1]; at++)
            entries[at] = from[row] + (at - to[k]);
    }
    for (uint32_t i = 0; i < out->type->field_count; i++) {
        if (plan->flat->children == NULL) /* elements of lists that are all empty have none */
            weir_vector_init_null(&out->children[i], out->type->fields[i].type, (uint32_t)total, arena);
        else
            WEIR_TRY(weir_vector_gather(&plan->flat->children[i], entries, (uint32_t)total, deep, &out->children[i],
                                        arena, error));
    }
    return WEIR_OK;
}

static WeirStatus gather_struct(const GatherPlan *plan, bool deep, WeirVector *out, WeirArena *arena, WeirError *error)
{
    out->children = WEIR_ARENA_ARRAY(arena, WeirVector, out->type->field_count);
    if (plan->flat->children ==
        NULL) { /* elements of lists that are all empty have none: only null rows can be asked for */
        for (uint32_t i = 0; i < out->type->field_count; i++)
            weir_vector_init_null(&out->children[i], out->type->fields[i].type, plan->count, arena);
        return WEIR_OK;
    }
    for (uint32_t i = 0; i < out->type->field_count; i++)
        WEIR_TRY(weir_vector_gather(&plan->flat->children[i], plan->rows, plan->count, deep, &out->children[i], arena,
                                    error));
    return WEIR_OK;
}

WeirStatus weir_vector_gather(const WeirVector *vector, const uint32_t *selection, uint32_t count, bool deep,
                              WeirVector *out, WeirArena *arena, WeirError *error)
{
    GatherPlan plan;
    WEIR_TRY(resolve(vector, selection, count, &plan, arena, error));
    WeirPhysicalType physical = weir_type_physical(vector->type);
    memset(out, 0, sizeof(*out));
    out->type = vector->type;
    if (physical != WEIR_PHYSICAL_STRUCT) /* a struct's children are made by their own gathers */
        WEIR_TRY(weir_vector_init(out, vector->type, count, arena, error));
    out->length = count;
    copy_validity(&plan, out, arena);
    switch (physical) {
    case WEIR_PHYSICAL_NONE:
        return WEIR_OK;
    case WEIR_PHYSICAL_STRUCT:
        return gather_struct(&plan, deep, out, arena, error);
    case WEIR_PHYSICAL_LIST:
        return gather_list(&plan, deep, out, arena, error);
    case WEIR_PHYSICAL_VIEW:
        if (plan.flat->kind == WEIR_VECTOR_CONSTANT && !plan.has_null_index) {
            gather_constant_string(&plan, deep, out, arena);
            return WEIR_OK;
        }
        copy_values(&plan, sizeof(WeirStringView), out->values);
        return deep ? own_strings(out, arena, error) : WEIR_OK;
    default:
        copy_values(&plan, weir_physical_size(physical), out->values);
        return WEIR_OK;
    }
}
