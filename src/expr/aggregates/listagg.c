/* listagg, string_agg: the texts of a group joined, in the order of WITHIN GROUP or as they came. Order values are kept
 * beside the texts unless the text itself is what orders. As a buffer: the UnsafeRow of one array, as for collect_list.
 */
#include <stdlib.h>

#include "columnar/unsafe_row.h"
#include "expr/aggregates/aggregate_private.h"
#include "expr/column_writer.h"

typedef struct Listed {
    WeirColumnWriter rows; /* structs of the text and, where they are needed, the order values */
} Listed;

/* ---- resolution: the orderings become plain arguments, their directions the bound ordering */

static WeirStatus take_orderings(WeirFunctionCall *call)
{
    uint32_t first = 0;
    while (first < call->argument_count && call->arguments[first]->kind != WEIR_EXPRESSION_SORT_ORDER)
        first++;
    uint32_t count = call->argument_count - first, plain = first < 2 ? 2 : first;
    WeirExpression **arguments = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, plain + count);
    bool *descending = WEIR_ARENA_ARRAY(call->arena, bool, count + 1),
         *nulls_first = WEIR_ARENA_ARRAY(call->arena, bool, count + 1);
    for (uint32_t i = 0; i < first; i++)
        arguments[i] = call->arguments[i];
    if (first < 2)
        arguments[1] = weir_expression_null_literal(call->arena, &weir_type_void);
    for (uint32_t i = 0; i < count; i++) {
        const WeirExpression *order = call->arguments[first + i];
        arguments[plain + i] = order->children[0];
        descending[i] = order->is_descending;
        nulls_first[i] = order->nulls_first;
    }
    WeirAggregateOrdering *ordering = WEIR_ARENA_NEW(call->arena, WeirAggregateOrdering);
    *ordering = (WeirAggregateOrdering){plain, count, descending, nulls_first};
    call->arguments = arguments;
    call->argument_count = plain + count;
    call->cast_types = WEIR_ARENA_ARRAY(call->arena, const WeirDataType *, plain + count);
    call->bound = ordering;
    return first == 0 || first > 2 ? WEIR_ERROR_WRONG_NUM_ARGS_WITHOUT_SUGGESTION : WEIR_OK;
}

extern const WeirAggregateFunction weir_listagg_variants[];

/* 0.0 and -0.0 are one value with two texts, times one text with several values. */
static bool has_own_texts(const WeirDataType *type)
{
    return type->id != WEIR_TYPE_FLOAT && type->id != WEIR_TYPE_DOUBLE && type->id != WEIR_TYPE_TIMESTAMP;
}

static WeirStatus check_distinct(const WeirFunctionCall *call, WeirError *error)
{
    const WeirAggregateOrdering *ordering = call->bound;
    if (!call->expression->is_distinct || ordering->count == 0)
        return WEIR_OK;
    const WeirExpression *listed = call->arguments[0], *order = call->arguments[ordering->first];
    if (ordering->count == 1 && listed->kind == WEIR_EXPRESSION_CAST && listed->type->id == WEIR_TYPE_STRING &&
        !weir_expression_equal(listed, order))
        listed = listed->children[0]; /* the order of what is cast, where no two values have the same text */
    if (ordering->count == 1 && weir_expression_equal(listed, order))
        return has_own_texts(listed->type)
                   ? WEIR_OK
                   : weir_error_set(error,
                                    WEIR_ERROR_INVALID_WITHIN_GROUP_EXPRESSION_MISMATCH_WITH_DISTINCT_INPUT_UNSAFE_CAST,
                                    "funcName", weir_arena_printf(call->arena, "`%s`", call->name), "inputType",
                                    weir_quoted_type(call->arena, listed->type), "castType", "\"STRING\"");
    return weir_error_set(error, WEIR_ERROR_INVALID_WITHIN_GROUP_EXPRESSION_MISMATCH_WITH_DISTINCT_INPUT, "funcName",
                          weir_arena_printf(call->arena, "`%s`", call->name), "funcArg",
                          weir_quoted_sql(call->arena, call->arguments[0]), "orderingExpr",
                          weir_quoted_sql(call->arena, call->arguments[ordering->first]));
}

static WeirStatus resolve_listagg(WeirFunctionCall *call, WeirError *error)
{
    if (take_orderings(call) != WEIR_OK)
        return weir_call_wrong_count(call, "[1, 2]", error);
    const WeirAggregateOrdering *ordering = call->bound;
    WEIR_TRY(check_distinct(call, error));
    const WeirDataType *type = call->arguments[0]->type, *delimiter = call->arguments[1]->type;
    bool binary = type->id == WEIR_TYPE_BINARY;
    const WeirDataType *result = binary ? &weir_type_binary : &weir_type_string;
    if (!binary && !weir_can_implicitly_cast(type, result))
        return weir_call_unexpected_type(call, 0, "(\"STRING\" or \"BINARY\")", error);
    call->cast_types[0] = result;
    if (delimiter->id != WEIR_TYPE_VOID && delimiter->id != WEIR_TYPE_STRING && delimiter->id != WEIR_TYPE_BINARY)
        return weir_call_unexpected_type(call, 1, "(\"STRING\" or \"BINARY\")", error);
    if (delimiter->id != WEIR_TYPE_VOID && delimiter->id != result->id)
        return weir_call_diff_types(call, error);
    if (!weir_expression_is_foldable(call->arguments[1]))
        return weir_call_non_foldable(call, 1, "delimiter", weir_quoted_type(call->arena, delimiter), error);
    for (uint32_t i = 0; i < ordering->count; i++)
        if (!weir_type_is_orderable(call->arguments[ordering->first + i]->type))
            return weir_call_bad_ordering(call, call->arguments[ordering->first + i]->type, error);
    call->result_type = result;
    call->aggregate = &weir_listagg_variants[ordering->count > 0];
    return WEIR_OK;
}

/* ---- state */

/* Whether the text does not say its place: then the order values are kept. */
static bool keeps_order(const WeirExpression *expression)
{
    const WeirAggregateOrdering *ordering = expression->bound;
    return ordering->count > 1 ||
           (ordering->count == 1 &&
            !weir_expression_equal(expression->children[0], expression->children[ordering->first]));
}

static const WeirDataType *row_type(const WeirExpression *expression, WeirArena *arena)
{
    const WeirAggregateOrdering *ordering = expression->bound;
    uint32_t count = 1 + (keeps_order(expression) ? ordering->count : 0);
    WeirField *fields = WEIR_ARENA_ARRAY(arena, WeirField, count);
    fields[0] = (WeirField){"value", expression->type, true, "{}"};
    for (uint32_t i = 1; i < count; i++)
        fields[i] = (WeirField){"order", expression->children[ordering->first + i - 1]->type, true, "{}"};
    return weir_type_struct(arena, fields, count);
}

static uint32_t listed_buffer(const WeirExpression *expression, WeirArena *arena,
                              WeirField fields[WEIR_AGGREGATE_BUFFERS_MAX])
{
    (void)expression;
    (void)arena;
    fields[0] = weir_buffer_field("buf", &weir_type_binary, true);
    return 1;
}

static void listed_init(const WeirAggregateCall *call, uint8_t *row)
{
    weir_slot_put_long(weir_slot(row, &call->slots, 0), 0);
}

static const Listed *listed_in(const WeirAggregateCall *call, const uint8_t *row)
{
    const Listed *listed;
    memcpy(&listed, weir_slot_const(row, &call->slots, 0), sizeof(listed));
    return listed;
}

static Listed *listed_of(const WeirAggregateCall *call, uint8_t *row)
{
    Listed *listed;
    uint8_t *slot = weir_slot(row, &call->slots, 0);
    memcpy(&listed, slot, sizeof(listed));
    if (listed == NULL) {
        listed = WEIR_ARENA_NEW(call->arena, Listed);
        weir_column_writer_init(&listed->rows, row_type(call->expression, call->arena), 8, call->arena);
        memcpy(slot, &listed, sizeof(listed));
    }
    return listed;
}

static WeirStatus keep(const WeirAggregateCall *call, WeirColumnWriter *writer, const WeirVector *vector, uint32_t row,
                       WeirError *error)
{
    WeirValue *value = NULL;
    if (weir_vector_is_null(vector, row)) {
        weir_column_writer_append_null(writer);
        return WEIR_OK;
    }
    WEIR_TRY(weir_value_from_row(call->arena, vector, row, &value, error));
    weir_column_writer_append_row(writer, value, 0);
    return WEIR_OK;
}

static WeirStatus listed_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                                const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    const WeirAggregateOrdering *ordering = call->expression->bound;
    WEIR_FOR_UPDATES(k, row)
    {
        Listed *listed = listed_of(call, rows[k]);
        if (weir_vector_is_null(arguments[0], row))
            continue;
        WEIR_TRY(keep(call, &listed->rows.children[0], arguments[0], row, error));
        for (uint32_t i = 1; i < listed->rows.type->field_count; i++)
            WEIR_TRY(keep(call, &listed->rows.children[i], arguments[ordering->first + i - 1], row, error));
        weir_column_writer_end_struct(&listed->rows);
    }
    return WEIR_OK;
}

static WeirStatus rows_of(const Listed *listed, WeirArena *arena, WeirVector *rows, WeirError *error)
{
    WeirColumnWriter copy = listed->rows;
    copy.arena = arena;
    return weir_column_writer_finish(&copy, rows, error);
}

/* ---- the result */

typedef struct Sorting {
    const WeirVector *rows;
    const WeirAggregateOrdering *ordering;
    uint32_t first; /* field of the first order value */
} Sorting;

static int compare_rows(const void *a, const void *b, void *context)
{
    const Sorting *sorting = context;
    uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    for (uint32_t o = 0; o < sorting->ordering->count; o++) {
        const WeirVector *column = &sorting->rows->children[sorting->first + o];
        bool null_i = weir_vector_is_null(column, i), null_j = weir_vector_is_null(column, j);
        int order = 0;
        if (null_i || null_j)
            order = null_i == null_j ? 0 : null_i == sorting->ordering->nulls_first[o] ? -1 : 1;
        else
            order = weir_vector_compare_rows(column, i, column, j) * (sorting->ordering->descending[o] ? -1 : 1);
        if (order != 0)
            return order;
    }
    return (i > j) - (i < j);
}

static WeirStatus delimiter_of(const WeirAggregateCall *call, WeirArena *arena, WeirStringView *delimiter,
                               WeirError *error)
{
    WeirValue *value = NULL;
    memset(delimiter, 0, sizeof(*delimiter));
    const WeirExpression *expression = call->expression->children[1];
    if (expression->type->id == WEIR_TYPE_VOID)
        return WEIR_OK;
    WEIR_TRY(weir_eval_constant(expression, call->context, arena, &value, error));
    if (value != NULL && !weir_value_is_null(value))
        *delimiter = weir_value_get_view(value);
    return WEIR_OK;
}

static WeirStatus join_rows(const WeirAggregateCall *call, const Listed *listed, const WeirStringView *delimiter,
                            WeirBuffer *out, WeirArena *arena, WeirError *error)
{
    WeirVector rows;
    WEIR_TRY(rows_of(listed, arena, &rows, error));
    uint32_t *order = WEIR_ARENA_ARRAY(arena, uint32_t, rows.length + 1);
    for (uint32_t i = 0; i < rows.length; i++)
        order[i] = i;
    Sorting sorting = {&rows, call->expression->bound, rows.type->field_count > 1};
    if (sorting.ordering->count > 0)
        qsort_r(order, rows.length, sizeof(*order), compare_rows, &sorting);
    weir_buffer_clear(out);
    for (uint32_t i = 0; i < rows.length; i++) {
        const WeirStringView *view = &((const WeirStringView *)rows.children[0].values)[order[i]];
        if (i > 0)
            weir_buffer_append(out, weir_view_data(delimiter), delimiter->length);
        weir_buffer_append(out, weir_view_data(view), view->length);
    }
    return weir_buffer_check(out, error);
}

static WeirStatus listed_evaluate(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                  WeirVector *result, WeirArena *arena, WeirError *error)
{
    WeirStringView delimiter;
    WeirBuffer text;
    WeirStatus status = WEIR_OK;
    WEIR_TRY(delimiter_of(call, arena, &delimiter, error));
    weir_buffer_init(&text, 0, NULL);
    for (uint32_t k = 0; k < count; k++) {
        const Listed *listed = listed_in(call, rows[k]);
        if (listed == NULL || listed->rows.length == 0) {
            weir_vector_ensure_validity(result, count, arena);
            weir_bit_clear(result->validity, k);
            continue;
        }
        WEIR_TRY_OR_GO(done, join_rows(call, listed, &delimiter, &text, arena, error));
        ((WeirStringView *)result->values)[k] = weir_view_copy(arena, weir_buffer_text(&text), text.length);
    }
done:
    weir_buffer_deinit(&text);
    return status;
}

/* ---- as a buffer */

static const WeirDataType *array_type(const WeirExpression *expression, WeirArena *arena)
{
    const WeirDataType *row = row_type(expression, arena);
    return weir_type_array(arena, row->field_count == 1 ? row->fields[0].type : row, false);
}

static WeirStatus listed_serialize(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                   WeirVector *buffers, WeirArena *arena, WeirError *error)
{
    WeirColumnWriter writer;
    WeirVector lists;
    weir_column_writer_init(&writer, array_type(call->expression, arena), count, arena);
    for (uint32_t k = 0; k < count; k++) {
        const Listed *listed = listed_in(call, rows[k]);
        if (listed != NULL && listed->rows.length > 0) {
            WeirVector held;
            WEIR_TRY(rows_of(listed, arena, &held, error));
            weir_column_writer_append_rows(&writer.children[0], held.type->field_count == 1 ? &held.children[0] : &held,
                                           0, held.length);
        }
        weir_column_writer_end_list(&writer);
    }
    WEIR_TRY(weir_column_writer_finish(&writer, &lists, error));
    WEIR_TRY(weir_vector_init(&buffers[0], &weir_type_binary, count, arena, error));
    buffers[0].length = count;
    const WeirVector *columns[1] = {&lists};
    for (uint32_t k = 0; k < count; k++) {
        size_t size = weir_unsafe_row_size(columns, 1, k);
        void *bytes = NULL;
        WEIR_TRY(weir_arena_try_alloc(arena, size + 8, &bytes, error));
        weir_unsafe_row_encode(columns, 1, k, bytes);
        ((WeirStringView *)buffers[0].values)[k] = weir_view_make(bytes, (uint32_t)size);
    }
    return WEIR_OK;
}

static WeirStatus listed_merge(const WeirAggregateCall *call, const WeirVector *buffers, const uint32_t *selection,
                               uint32_t count, uint8_t *const *rows, WeirError *error)
{
    WeirField field = {"array", array_type(call->expression, call->arena), true, "{}"};
    const WeirSchema *schema = weir_type_struct(call->arena, &field, 1);
    WEIR_FOR_UPDATES(k, row)
    {
        Listed *listed = listed_of(call, rows[k]);
        const WeirVector *flat, *list;
        if (weir_vector_is_null(&buffers[0], row))
            continue;
        uint32_t at = weir_vector_locate(&buffers[0], row, &flat), first;
        const WeirStringView *view = &((const WeirStringView *)flat->values)[at];
        uint8_t *bytes = weir_arena_alloc(call->arena, view->length + 8u);
        memcpy(bytes, weir_view_data(view), view->length);
        WeirVector column;
        if (!weir_unsafe_row_validate(schema, bytes, view->length))
            return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "a state row holds a damaged list");
        WEIR_TRY(weir_unsafe_row_decode(schema, (const uint8_t *const[]){bytes}, &view->length, 1, false, &column,
                                        call->arena, error));
        uint32_t length = weir_list_range(&column, 0, &list, &first);
        for (uint32_t i = first; i < first + length; i++) {
            if (listed->rows.type->field_count > 1) {
                weir_column_writer_append_row(&listed->rows, &list->children[0], i);
                continue;
            }
            weir_column_writer_append_row(&listed->rows.children[0], &list->children[0], i);
            weir_column_writer_end_struct(&listed->rows);
        }
    }
    return WEIR_OK;
}

#define LISTED_AS(FLAGS)                                                                                               \
    .name = "listagg",                                                                                                 \
    .flags = WEIR_AGGREGATE_OBJECT | WEIR_AGGREGATE_ORDER_SENSITIVE | WEIR_AGGREGATE_ORDERED | (FLAGS),                \
    .buffer = listed_buffer, .init = listed_init, .update = listed_update, .evaluate = listed_evaluate,                \
    .serialize = listed_serialize, .merge_serialized = listed_merge, .group = "agg_funcs"
#define LISTED LISTED_AS(0)

const WeirAggregateFunction weir_listagg_variants[] = {
    {LISTED, .sql_format = "$0($d$1, $2)"},
    {LISTED_AS(WEIR_AGGREGATE_WHOLE_WINDOW), .sql_format = "listagg($d$1, $2) WITHIN GROUP (ORDER BY $o)"},
};

const WeirAggregateFunction weir_aggregates_listagg[] = {
    {LISTED_AS(WEIR_AGGREGATE_WITHIN_GROUP), .aliases = WEIR_ALIASES("string_agg"), .arguments_min = 1,
     .arguments_max = -1, .resolve = resolve_listagg,
     .usage = "listagg(a[, between]) [WITHIN GROUP (ORDER BY …)]: the texts that are not null, joined."},
    {0},
};
