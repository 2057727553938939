/* The CAST step: dispatch by source and target, errors of rows, nested values element by element. */
#include "expr/kernels/cast.h"

#include <stdio.h>

#include "columnar/value_text.h"
#include "expr/coercion.h"
#include "expr/program_private.h"

static void type_text(const WeirDataType *type, WeirBuffer *out)
{
    weir_buffer_append_char(out, '"');
    weir_type_sql(type, out);
    weir_buffer_append_char(out, '"');
}

static bool is_ansi_interval(const WeirDataType *type)
{
    return type->id == WEIR_TYPE_DAY_TIME_INTERVAL || type->id == WEIR_TYPE_YEAR_MONTH_INTERVAL;
}

/* Numbers from and to intervals have no legacy behaviour: they fail as in ANSI mode. */
static bool gives_null(const WeirKernelCall *call, const WeirDataType *from, const WeirDataType *to)
{
    WeirEvalMode mode = call->expression->eval_mode;
    return mode == WEIR_EVAL_TRY || (mode == WEIR_EVAL_LEGACY && !is_ansi_interval(from) && !is_ansi_interval(to));
}

static WeirStatus row_problem(WeirKernelCall *call, WeirStatus condition, const char *parameter,
                              const WeirVector *source, uint32_t row, WeirVector *result, WeirError *error)
{
    if (gives_null(call, source->type, result->type)) {
        weir_result_set_null(call, result, row);
        return WEIR_OK;
    }
    WeirBuffer value, from, to;
    weir_buffer_init(&value, 1u << 20, NULL);
    weir_buffer_init(&from, 1u << 16, NULL);
    weir_buffer_init(&to, 1u << 16, NULL);
    weir_value_sql(source, row, call->context->zone, &value);
    type_text(source->type, &from);
    type_text(result->type, &to);
    WeirStatus status = weir_error_set(error, condition, parameter, weir_buffer_text(&value), "sourceType",
                                       weir_buffer_text(&from), "targetType", weir_buffer_text(&to));
    weir_buffer_deinit(&value);
    weir_buffer_deinit(&from);
    weir_buffer_deinit(&to);
    return weir_row_error(call, status, error);
}

WeirStatus weir_cast_overflow(WeirKernelCall *call, const WeirVector *source, uint32_t row, WeirVector *result,
                              WeirError *error)
{
    return row_problem(call, WEIR_ERROR_CAST_OVERFLOW, "value", source, row, result, error);
}

WeirStatus weir_cast_malformed(WeirKernelCall *call, const WeirVector *source, uint32_t row, WeirVector *result,
                               WeirError *error)
{
    return row_problem(call, WEIR_ERROR_CAST_INVALID_INPUT, "expression", source, row, result, error);
}

WeirStatus weir_cast_decimal_range(WeirKernelCall *call, const WeirDataType *from, const char *text, WeirVector *result,
                                   uint32_t row, WeirError *error)
{
    if (gives_null(call, from, result->type)) {
        weir_result_set_null(call, result, row);
        return WEIR_OK;
    }
    char precision[8], scale[8];
    snprintf(precision, sizeof(precision), "%d", result->type->precision);
    snprintf(scale, sizeof(scale), "%d", result->type->scale);
    return weir_row_error(call,
                          weir_error_set(error, WEIR_ERROR_NUMERIC_VALUE_OUT_OF_RANGE_WITH_SUGGESTION, "value", text,
                                         "precision", precision, "scale", scale, "config",
                                         "\"spark.sql.ansi.enabled\""),
                          error);
}

/* Big-endian, in as many bytes as the type has. */
static WeirStatus integer_to_binary(WeirKernelCall *call, const WeirVector *source, WeirVector *result,
                                    WeirError *error)
{
    uint32_t mask = source->kind == WEIR_VECTOR_CONSTANT ? 0 : UINT32_MAX;
    size_t size = weir_physical_size(weir_type_physical(source->type));
    WeirStringView *out = result->values;
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        const uint8_t *value = (const uint8_t *)source->values + (size_t)(row & mask) * size;
        WEIR_TRY(weir_text_heap_reserve(&heap, size, error));
        for (size_t i = 0; i < size; i++)
            heap.next[i] = value[size - 1 - i];
        out[row] = weir_text_heap_commit(&heap, (uint32_t)size);
    }
    return WEIR_OK;
}

/* Same bytes: the result is the source under another type. */
static bool is_same_bytes(const WeirDataType *from, const WeirDataType *to)
{
    if (from->id == to->id && !weir_type_is_nested(from))
        return from->id != WEIR_TYPE_DECIMAL && from->id != WEIR_TYPE_DAY_TIME_INTERVAL;
    return (from->id == WEIR_TYPE_BINARY && to->id == WEIR_TYPE_STRING) ||
           (from->id == WEIR_TYPE_STRING && to->id == WEIR_TYPE_BINARY);
}

/* Cast one child column for the entries that live rows of the parent own. */
static WeirStatus cast_child(WeirKernelCall *call, const WeirVector *child, const WeirDataType *type,
                             const uint32_t *rows, uint32_t count, WeirVector *out, WeirError *error)
{
    if (weir_type_equal_strict(child->type, type) || is_same_bytes(child->type, type)) {
        *out = *child;
        out->type = type;
        return WEIR_OK;
    }
    WeirVector flat;
    WEIR_TRY(weir_vector_flatten(child, &flat, call->arena, error));
    uint32_t *valid = weir_arena_alloc(call->arena, sizeof(*valid) * ((size_t)count + 1));
    uint32_t valid_count = 0;
    for (uint32_t k = 0; k < count; k++)
        if (!weir_vector_is_null(&flat, rows[k]))
            valid[valid_count++] = rows[k];
    uint32_t length = flat.length;
    WeirKernelCall inner = *call;
    inner.row_count = length;
    inner.selection = valid;
    inner.count = valid_count;
    inner.dense = false;
    if (flat.type->id == WEIR_TYPE_VOID) {
        weir_vector_init_null(out, type, length, call->arena);
        return WEIR_OK;
    }
    WEIR_TRY(weir_vector_init(out, type, length, call->arena, error));
    out->length = length;
    if (flat.validity != NULL) {
        weir_vector_ensure_validity(out, length, call->arena);
        memcpy(out->validity, flat.validity, weir_bit_words(length) * sizeof(uint64_t));
    }
    return weir_cast_run(&inner, &flat, out, error);
}

static WeirStatus cast_list(WeirKernelCall *call, const WeirVector *source, WeirVector *result, WeirError *error)
{
    const uint32_t *offsets = source->values;
    uint32_t mask = source->kind == WEIR_VECTOR_CONSTANT ? 0 : UINT32_MAX;
    uint64_t total = 0;
    WEIR_FOR_ROWS(call, row)
    total += offsets[(row & mask) + 1] - offsets[row & mask];
    uint32_t *rows = weir_arena_alloc(call->arena, sizeof(*rows) * (total + 1));
    uint32_t count = 0;
    WEIR_FOR_ROWS(call, row)
    for (uint32_t i = offsets[row & mask]; i < offsets[(row & mask) + 1]; i++)
        rows[count++] = i;
    WeirVector *children = WEIR_ARENA_ARRAY(call->arena, WeirVector, result->type->field_count);
    for (uint32_t i = 0; i < result->type->field_count; i++)
        WEIR_TRY(
            cast_child(call, &source->children[i], result->type->fields[i].type, rows, count, &children[i], error));
    result->values = source->values;
    result->children = children;
    return WEIR_OK;
}

static WeirStatus cast_struct(WeirKernelCall *call, const WeirVector *source, WeirVector *result, WeirError *error)
{
    uint32_t mask = source->kind == WEIR_VECTOR_CONSTANT ? 0 : UINT32_MAX;
    uint32_t *rows = weir_arena_alloc(call->arena, sizeof(*rows) * ((size_t)call->count + 1));
    uint32_t count = 0;
    WEIR_FOR_ROWS(call, row)
    rows[count++] = row & mask;
    for (uint32_t i = 0; i < result->type->field_count; i++)
        WEIR_TRY(cast_child(call, &source->children[i], result->type->fields[i].type, rows, count, &result->children[i],
                            error));
    return WEIR_OK;
}

WeirStatus weir_cast_nested(WeirKernelCall *call, const WeirVector *source, WeirVector *result, WeirError *error)
{
    return source->type->id == WEIR_TYPE_STRUCT ? cast_struct(call, source, result, error)
                                                : cast_list(call, source, result, error);
}

WeirStatus weir_cast_run(WeirKernelCall *call, const WeirVector *source, WeirVector *result, WeirError *error)
{
    const WeirDataType *from = source->type, *to = result->type;
    if (is_same_bytes(from, to)) {
        result->values = source->values;
        return WEIR_OK;
    }
    if (to->id == WEIR_TYPE_STRING)
        return weir_cast_to_text(call, source, result, error);
    if (weir_type_is_nested(from))
        return weir_cast_nested(call, source, result, error);
    switch (from->id) {
    case WEIR_TYPE_STRING:
        return weir_cast_from_text(call, source, result, error);
    case WEIR_TYPE_DECIMAL:
        return weir_cast_from_decimal(call, source, result, error);
    case WEIR_TYPE_DATE:
    case WEIR_TYPE_TIMESTAMP:
    case WEIR_TYPE_TIMESTAMP_NTZ:
        return weir_cast_from_time(call, source, result, error);
    case WEIR_TYPE_DAY_TIME_INTERVAL:
    case WEIR_TYPE_YEAR_MONTH_INTERVAL:
        return weir_cast_from_interval(call, source, result, error);
    default:
        return to->id == WEIR_TYPE_BINARY ? integer_to_binary(call, source, result, error)
                                          : weir_cast_from_number(call, source, result, error);
    }
}

uint32_t weir_cast_flags(const WeirExpression *cast)
{
    const WeirDataType *from = cast->children[0]->type, *to = cast->type;
    uint32_t flags = WEIR_FUNCTION_NULL_PROPAGATING;
    if (is_same_bytes(from, to) || weir_type_is_nested(from))
        return flags | WEIR_FUNCTION_SHARES | WEIR_FUNCTION_MAY_FAIL;
    return flags | WEIR_FUNCTION_MAY_FAIL;
}

WeirStatus weir_cast_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                            WeirError *error)
{
    return weir_cast_run(call, arguments[0], result, error);
}
