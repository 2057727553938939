/* Rows into many rows: explode, posexplode, inline, stack, json_tuple. The elements are not copied: the output is the
 * list's child itself where all of it is used in order, else a dictionary over it. */
#include "expr/column_writer.h"
#include "expr/function_private.h"
#include "expr/generators.h"
#include "expr/program.h"

/* ---- resolution: the type of a generator is the struct of its output columns */

static WeirStatus finish(WeirFunctionCall *call, const WeirField *fields, uint32_t count)
{
    call->result_type = weir_type_struct(call->arena, fields, count);
    call->nullable = false;
    return WEIR_OK;
}

static WeirStatus resolve_explode(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *type = call->arguments[0]->type;
    bool outer = strstr(call->name, "_outer") != NULL, position = strncmp(call->name, "pos", 3) == 0;
    WeirField fields[3];
    uint32_t count = 0;
    if (type->id != WEIR_TYPE_ARRAY && type->id != WEIR_TYPE_MAP)
        return weir_call_unexpected_type(call, 0, "(\"ARRAY\" or \"MAP\")", error);
    if (position)
        fields[count++] = (WeirField){"pos", &weir_type_int, outer, "{}"};
    if (type->id == WEIR_TYPE_ARRAY) {
        fields[count++] = (WeirField){"col", weir_type_element(type), type->contains_null || outer, "{}"};
    } else {
        fields[count++] = (WeirField){"key", weir_type_key(type), outer, "{}"};
        fields[count++] = (WeirField){"value", weir_type_value(type), type->contains_null || outer, "{}"};
    }
    return finish(call, fields, count);
}

static WeirStatus resolve_inline(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *type = call->arguments[0]->type;
    if (type->id != WEIR_TYPE_ARRAY || weir_type_element(type)->id != WEIR_TYPE_STRUCT)
        return weir_call_unexpected_type(call, 0, "\"ARRAY<STRUCT>\"", error);
    const WeirDataType *element = weir_type_element(type);
    bool outer = strstr(call->name, "_outer") != NULL;
    WeirField *fields = WEIR_ARENA_ARRAY(call->arena, WeirField, element->field_count);
    for (uint32_t i = 0; i < element->field_count; i++) {
        fields[i] = element->fields[i];
        fields[i].nullable = fields[i].nullable || type->contains_null || outer;
    }
    return finish(call, fields, element->field_count);
}

/* Argument `at` is of another type than an earlier one of its column. */
static WeirStatus stack_types_differ(const WeirFunctionCall *call, uint32_t column, uint32_t width, uint32_t at,
                                     WeirError *error)
{
    uint32_t first = column;
    while (call->arguments[1 + first]->type->id == WEIR_TYPE_VOID)
        first += width;
    return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_STACK_COLUMN_DIFF_TYPES, "sqlExpr", weir_call_sql(call),
                          "columnIndex", weir_arena_printf(call->arena, "%u", column), "leftParamIndex",
                          weir_arena_printf(call->arena, "%u", first + 1), "leftType",
                          weir_quoted_type(call->arena, call->arguments[1 + first]->type), "rightParamIndex",
                          weir_arena_printf(call->arena, "%u", at + 1), "rightType",
                          weir_quoted_type(call->arena, call->arguments[1 + at]->type));
}

static WeirStatus resolve_stack(WeirFunctionCall *call, WeirError *error)
{
    WeirValue *value = NULL;
    if (!weir_type_is_integral(call->arguments[0]->type))
        return weir_call_unexpected_type(call, 0, "\"INT\"", error);
    WEIR_TRY(weir_call_constant(call, 0, &value, error));
    if (value == NULL)
        return weir_call_non_foldable(call, 0, "n", "\"INT\"", error);
    int64_t rows = weir_value_is_null(value) ? 0 : weir_value_get_int(value);
    if (rows <= 0)
        return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_VALUE_OUT_OF_RANGE, "sqlExpr", weir_call_sql(call),
                              "exprName", "`n`", "valueRange", "(0, 2147483647]", "currentValue", "0");
    uint32_t given = call->argument_count - 1, width = (uint32_t)((given + rows - 1) / rows);
    WeirField *fields = WEIR_ARENA_ARRAY(call->arena, WeirField, width + 1);
    for (uint32_t c = 0; c < width; c++) {
        const WeirDataType *type = &weir_type_void;
        bool nullable = (uint64_t)width * (uint64_t)rows > given && c >= given % (width == 0 ? 1 : width);
        for (uint32_t i = c; i < given; i += width) {
            const WeirDataType *next = call->arguments[1 + i]->type;
            if (next->id != WEIR_TYPE_VOID && type->id != WEIR_TYPE_VOID && !weir_type_equal(type, next))
                return stack_types_differ(call, c, width, i, error);
            type = next->id == WEIR_TYPE_VOID ? type : next;
            nullable = nullable || call->arguments[1 + i]->nullable;
        }
        for (uint32_t i = c; i < given; i += width)
            call->cast_types[1 + i] = type;
        fields[c] = (WeirField){weir_arena_printf(call->arena, "col%u", c), type, nullable, "{}"};
    }
    int64_t *bound = WEIR_ARENA_NEW(call->arena, int64_t);
    *bound = rows;
    call->bound = bound;
    return finish(call, fields, width);
}

static WeirStatus resolve_json_tuple(WeirFunctionCall *call, WeirError *error)
{
    for (uint32_t i = 0; i < call->argument_count; i++)
        if (call->arguments[i]->type->id != WEIR_TYPE_STRING)
            return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_NON_STRING_TYPE, "sqlExpr", weir_call_sql(call),
                                  "funcName", "`json_tuple`");
    uint32_t width = call->argument_count - 1;
    WeirField *fields = WEIR_ARENA_ARRAY(call->arena, WeirField, width);
    for (uint32_t c = 0; c < width; c++)
        fields[c] = (WeirField){weir_arena_printf(call->arena, "c%u", c), &weir_type_string, true, "{}"};
    return finish(call, fields, width);
}

/* ---- expansion */

static bool is_list_null(const WeirVector *vector, uint32_t row)
{
    return weir_vector_is_null(vector, row);
}

/* Which element each output row is; UINT32_MAX for the null row of an outer generator. `*dense` when they are simply
 * start, start + 1, …. */
static WeirStatus plan_lists(const WeirExpression *generator, const WeirVector *list, const WeirBatch *input,
                             uint32_t *counts, uint32_t **elements, uint32_t *total, uint32_t *start, bool *dense,
                             WeirArena *arena, WeirError *error)
{
    uint64_t sum = 0;
    uint32_t expected = 0;
    bool outer = generator->is_outer;
    *dense = true;
    *start = 0;
    for (uint32_t k = 0; k < input->selected_count; k++) {
        uint32_t row = weir_batch_row(input, k), first = 0, count = 0;
        const WeirVector *flat;
        if (!is_list_null(list, row))
            count = weir_list_range(list, row, &flat, &first);
        if (count > 0) {
            if (sum == 0)
                *start = expected = first;
            *dense = *dense && first == expected;
            expected = first + count;
        } else if (outer) {
            count = 1;
            *dense = false;
        }
        counts[k] = count;
        sum += count;
    }
    *total = (uint32_t)sum;
    *elements = NULL;
    if (*dense || sum == 0)
        return WEIR_OK;
    void *memory = NULL;
    WEIR_TRY(weir_arena_try_alloc(arena, sum * sizeof(uint32_t), &memory, error));
    uint32_t *out = memory;
    *elements = out;
    for (uint32_t k = 0; k < input->selected_count; k++) {
        uint32_t row = weir_batch_row(input, k), first = 0, count = 0;
        const WeirVector *flat;
        if (!is_list_null(list, row))
            count = weir_list_range(list, row, &flat, &first);
        for (uint32_t i = 0; i < count; i++)
            *out++ = first + i;
        if (count == 0 && outer)
            *out++ = WEIR_NULL_INDEX;
    }
    return WEIR_OK;
}

/* Elements start… of a flat vector, without copying. */
static void slice_vector(const WeirVector *vector, uint32_t start, uint32_t count, WeirVector *out, WeirArena *arena)
{
    *out = *vector;
    out->length = count;
    if (start == 0)
        return;
    size_t size = weir_physical_size(weir_type_physical(vector->type));
    out->values = (uint8_t *)vector->values + (size_t)start * size;
    if (vector->validity != NULL) {
        out->validity = weir_arena_alloc(arena, (weir_bit_words(count) + 1) * sizeof(uint64_t));
        memset(out->validity, 0, weir_bit_words(count) * sizeof(uint64_t));
        for (uint32_t i = 0; i < count; i++)
            if (weir_bit_get(vector->validity, start + i))
                weir_bit_set(out->validity, i);
    }
}

static void take_elements(const WeirVector *child, uint32_t *elements, uint32_t start, uint32_t total, WeirVector *out,
                          WeirArena *arena)
{
    WeirPhysicalType physical = weir_type_physical(child->type);
    bool sliceable = child->kind == WEIR_VECTOR_FLAT && physical != WEIR_PHYSICAL_LIST &&
                     physical != WEIR_PHYSICAL_STRUCT && physical != WEIR_PHYSICAL_NONE;
    if (elements == NULL && (sliceable || (start == 0 && child->kind == WEIR_VECTOR_FLAT))) {
        slice_vector(child, start, total, out, arena);
        return;
    }
    if (elements == NULL) {
        elements = weir_arena_alloc(arena, sizeof(*elements) * ((size_t)total + 1));
        for (uint32_t i = 0; i < total; i++)
            elements[i] = start + i;
    }
    WeirVector *base = WEIR_ARENA_NEW(arena, WeirVector);
    *base = *child;
    weir_vector_wrap_dictionary(base, elements, total, out);
}

static WeirStatus positions(const uint32_t *counts, const uint32_t *elements, uint32_t row_count, uint32_t total,
                            WeirVector *out, WeirArena *arena, WeirError *error)
{
    WEIR_TRY(weir_vector_init(out, &weir_type_int, total, arena, error));
    out->length = total;
    uint32_t at = 0;
    for (uint32_t k = 0; k < row_count; k++)
        for (uint32_t i = 0; i < counts[k]; i++, at++) {
            ((int32_t *)out->values)[at] = (int32_t)i;
            if (elements != NULL && elements[at] == WEIR_NULL_INDEX) {
                weir_vector_ensure_validity(out, total, arena);
                weir_bit_clear(out->validity, at);
            }
        }
    return WEIR_OK;
}

static WeirStatus expand_list(const WeirExpression *generator, const WeirVector *argument, const WeirBatch *input,
                              uint32_t *counts, WeirVector *outputs, WeirArena *arena, WeirError *error)
{
    uint32_t *elements = NULL, total = 0, start = 0;
    bool dense = true;
    WeirVector storage;
    if (argument->kind == WEIR_VECTOR_DICTIONARY && argument->dictionary->kind == WEIR_VECTOR_DICTIONARY) {
        WEIR_TRY(weir_vector_flatten(argument, &storage, arena, error));
        argument = &storage;
    }
    WEIR_TRY(plan_lists(generator, argument, input, counts, &elements, &total, &start, &dense, arena, error));
    const WeirVector *list = argument->kind == WEIR_VECTOR_DICTIONARY ? argument->dictionary : argument;
    uint32_t column = 0;
    if (strncmp(generator->function->name, "pos", 3) == 0)
        WEIR_TRY(positions(counts, elements, input->selected_count, total, &outputs[column++], arena, error));
    if (strncmp(generator->function->name, "inline", 6) != 0) {
        for (uint32_t i = 0; i < argument->type->field_count; i++)
            take_elements(&list->children[i], elements, start, total, &outputs[column++], arena);
        return WEIR_OK;
    }
    WeirVector structs, flat;
    take_elements(&list->children[0], elements, start, total, &structs, arena);
    WEIR_TRY(weir_vector_flatten(&structs, &flat, arena, error));
    for (uint32_t i = 0; i < flat.type->field_count; i++) { /* a null struct gives a row of nulls */
        WeirVector *field = &outputs[i];
        WEIR_TRY(weir_vector_flatten(&flat.children[i], field, arena, error));
        if (flat.validity == NULL)
            continue;
        weir_vector_ensure_validity(field, total, arena);
        for (size_t w = 0; w < weir_bit_words(total); w++)
            field->validity[w] &= flat.validity[w];
    }
    return WEIR_OK;
}

static WeirStatus expand_stack(const WeirExpression *generator, const WeirVector *const *arguments,
                               const WeirBatch *input, uint32_t *counts, WeirVector *outputs, WeirArena *arena,
                               WeirError *error)
{
    uint32_t rows = (uint32_t) * (const int64_t *)generator->bound, given = generator->child_count - 1,
             width = generator->type->field_count;
    for (uint32_t c = 0; c < width; c++) {
        WeirColumnWriter writer;
        weir_column_writer_init(&writer, generator->type->fields[c].type, input->selected_count * rows, arena);
        for (uint32_t k = 0; k < input->selected_count; k++)
            for (uint32_t r = 0; r < rows; r++) {
                uint32_t index = r * width + c;
                if (index < given)
                    weir_column_writer_append_row(&writer, arguments[1 + index], weir_batch_row(input, k));
                else
                    weir_column_writer_append_null(&writer);
            }
        WEIR_TRY(weir_column_writer_finish(&writer, &outputs[c], error));
    }
    for (uint32_t k = 0; k < input->selected_count; k++)
        counts[k] = rows;
    return WEIR_OK;
}

WeirStatus weir_generator_expand(const WeirExpression *generator, const WeirVector *const *arguments,
                                 const WeirBatch *input, uint32_t *counts, WeirVector *outputs, WeirArena *arena,
                                 WeirError *error)
{
    if (generator->function->resolve == resolve_stack)
        return expand_stack(generator, arguments, input, counts, outputs, arena, error);
    if (generator->function->resolve == resolve_json_tuple)
        return weir_json_tuple_expand(generator, arguments, input, counts, outputs, arena, error);
    return expand_list(generator, arguments[0], input, counts, outputs, arena, error);
}

#define GENERATOR(NAME, MIN, MAX, SIGNATURE, RESOLVE, USAGE)                                                           \
    {                                                                                                                  \
        .name = NAME, .kind = WEIR_FUNCTION_GENERATOR, .arguments_min = MIN, .arguments_max = MAX,                     \
        .signature = SIGNATURE, .resolve = RESOLVE, .group = "generator_funcs", .usage = USAGE                         \
    }

const WeirFunction weir_functions_generator[] = {
    GENERATOR("explode", 1, 1, NULL, resolve_explode, "explode(list): a row for each element or entry."),
    GENERATOR("explode_outer", 1, 1, NULL, resolve_explode,
              "explode_outer(list): as explode, with a row of nulls for an empty one."),
    GENERATOR("posexplode", 1, 1, NULL, resolve_explode, "posexplode(list): explode with positions."),
    GENERATOR("posexplode_outer", 1, 1, NULL, resolve_explode,
              "posexplode_outer(list): as posexplode, with a row of nulls for an empty one."),
    GENERATOR("inline", 1, 1, NULL, resolve_inline,
              "inline(array of structs): a row for each struct, its fields as columns."),
    GENERATOR("inline_outer", 1, 1, NULL, resolve_inline,
              "inline_outer(array of structs): as inline, with a row of nulls for an empty one."),
    GENERATOR("stack", 2, -1, NULL, resolve_stack, "stack(n, a, b, …): the values in n rows."),
    GENERATOR("json_tuple", 2, -1, NULL, resolve_json_tuple,
              "json_tuple(json, key, …): members of a JSON object as columns."),
    {0},
};
