/* Putting the branches of CASE, if and coalesce back together. Where one branch took every row its vector is the result
 * as it is. */
#include "expr/column_writer.h"
#include "expr/program_private.h"

#define SCATTER(Type)                                                                                                  \
    do {                                                                                                               \
        const Type *from = (const Type *)source->values;                                                               \
        Type *to = (Type *)result->values;                                                                             \
        for (uint32_t k = 0; k < rows->count; k++) {                                                                   \
            uint32_t row = rows->rows == NULL ? k : rows->rows[k];                                                     \
            to[row] = from[row & mask];                                                                                \
        }                                                                                                              \
    } while (0)

static void scatter_values(WeirVector *result, const WeirVector *source, const WeirSlot *rows)
{
    uint32_t mask = source->kind == WEIR_VECTOR_CONSTANT ? 0 : UINT32_MAX;
    switch (weir_physical_size(weir_type_physical(result->type))) {
    case 1:
        SCATTER(uint8_t);
        break;
    case 2:
        SCATTER(uint16_t);
        break;
    case 4:
        SCATTER(uint32_t);
        break;
    case 8:
        SCATTER(uint64_t);
        break;
    default:
        SCATTER(WeirStringView); /* 16 bytes: views, wide decimals, intervals */
        break;
    }
}

static void scatter_validity(WeirVector *result, const WeirVector *source, const WeirSlot *rows, uint32_t row_count,
                             WeirArena *arena)
{
    bool constant = source->kind == WEIR_VECTOR_CONSTANT;
    if (source->validity == NULL && result->validity == NULL)
        return;
    weir_vector_ensure_validity(result, row_count, arena);
    for (uint32_t k = 0; k < rows->count; k++) {
        uint32_t row = rows->rows == NULL ? k : rows->rows[k];
        if (source->validity == NULL || weir_bit_get(source->validity, constant ? 0 : row))
            weir_bit_set(result->validity, row);
        else
            weir_bit_clear(result->validity, row);
    }
}

/* Nested values are rebuilt row by row: which part a row comes from, then a copy of it. */
static WeirStatus merge_nested(WeirProgramInstance *instance, const WeirStep *step, uint32_t first, uint32_t row_count,
                               WeirArena *arena, WeirVector *result, WeirError *error)
{
    uint32_t *parts = weir_arena_alloc(arena, sizeof(*parts) * ((size_t)row_count + 1));
    memset(parts, 0xff, sizeof(*parts) * row_count);
    for (uint32_t i = first; i < step->argument_count; i++) {
        const WeirSlot *rows = &instance->slots[step->slots[i]];
        for (uint32_t k = 0; k < rows->count; k++)
            parts[rows->rows == NULL ? k : rows->rows[k]] = i;
    }
    WeirColumnWriter writer;
    weir_column_writer_init(&writer, step->expression->type, row_count, arena);
    for (uint32_t row = 0; row < row_count; row++) {
        if (parts[row] == UINT32_MAX)
            weir_column_writer_append_null(&writer);
        else
            weir_column_writer_append_row(&writer, &instance->registers[step->arguments[parts[row]]], row);
    }
    return weir_column_writer_finish(&writer, result, error);
}

static WeirStatus merge_flat(WeirProgramInstance *instance, const WeirStep *step, uint32_t first, uint32_t row_count,
                             WeirArena *arena, WeirVector *result, WeirError *error)
{
    WEIR_TRY(weir_vector_init(result, step->expression->type, row_count, arena, error));
    result->length = row_count;
    for (uint32_t i = first; i < step->argument_count; i++) {
        const WeirSlot *rows = &instance->slots[step->slots[i]];
        if (rows->count == 0)
            continue;
        const WeirVector *source = &instance->registers[step->arguments[i]];
        WeirVector flat;
        if (source->kind == WEIR_VECTOR_DICTIONARY) {
            WEIR_TRY(weir_vector_flatten(source, &flat, arena, error));
            source = &flat;
        }
        bool null = source->type->id == WEIR_TYPE_VOID ||
                    (source->kind == WEIR_VECTOR_CONSTANT && weir_vector_is_null(source, 0));
        if (!null)
            scatter_values(result, source, rows);
        scatter_validity(result, source, rows, row_count, arena);
    }
    return WEIR_OK;
}

WeirStatus weir_merge_run(WeirProgramInstance *instance, const WeirStep *step, uint32_t row_count, WeirArena *arena,
                          WeirError *error)
{
    uint32_t all = instance->slots[step->slot].count, first = 0, filled = 0, only = 0;
    for (uint32_t i = 0; i < step->argument_count; i++) {
        uint32_t count = instance->slots[step->slots[i]].count;
        if (count == all) {
            first = i; /* it overrides all parts before it */
            filled = 0;
        }
        if (count > 0) {
            filled++;
            only = i;
        }
    }
    WeirVector *result = &instance->registers[step->target];
    if (filled == 1 && first == only) {
        *result = instance->registers[step->arguments[only]];
        return WEIR_OK;
    }
    if (weir_type_physical(step->expression->type) == WEIR_PHYSICAL_NONE) {
        weir_vector_init_null(result, step->expression->type, row_count, arena);
        return WEIR_OK;
    }
    return weir_type_is_nested(step->expression->type)
               ? merge_nested(instance, step, first, row_count, arena, result, error)
               : merge_flat(instance, step, first, row_count, arena, result, error);
}
