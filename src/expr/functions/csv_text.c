/* from_csv, to_csv and schema_of_csv: one record in a text, by the parser, the converters and the writer of the CSV
 * format. */
#include <strings.h>

#include "expr/functions/format_call.h"
#include "expr/kernels/text_find.h"
#include "formats/csv_row.h"

/* ---- from_csv ---- */

typedef struct FromCsv {
    const WeirDataType *type;
    WeirCsvOptions options;
    bool fail_fast;
    int32_t corrupt_field; /* -1: none */
} FromCsv;

typedef struct FromCsvState {
    const FromCsv *plan;
    WeirCsvOptions options; /* the plan's, and the time of the batch */
    WeirVectorBuilder *builder;
    WeirCsvColumn *columns;
    uint32_t column_count;
    WeirCsvTokens tokens;
    WeirBuffer scratch;
} FromCsvState;

/* Texts of one record have no lines. */
static const char *get_without_lines(void *context, const char *key)
{
    const WeirFormatOptions *given = context;
    return strcasecmp(key, "lineSep") == 0 ? NULL : given->get(given->context, key);
}

static WeirStatus csv_call_options(WeirFunctionCall *call, uint32_t index, WeirFormatOptions *options, WeirError *error)
{
    WeirFormatOptions *given = WEIR_ARENA_NEW(call->arena, WeirFormatOptions);
    WEIR_TRY(weir_call_format_options(call, index, given, error));
    *options = *given;
    options->get = get_without_lines;
    options->context = given;
    return WEIR_OK;
}

static WeirStatus check_fields(const WeirFunctionCall *call, const WeirDataType *type, WeirError *error)
{
    for (uint32_t i = 0; i < type->field_count; i++) {
        const WeirDataType *field = type->fields[i].type;
        if (weir_type_is_nested(field) || field->id == WEIR_TYPE_VOID)
            return weir_error_set(error, WEIR_ERROR_UNSUPPORTED_DATATYPE, "typeName",
                                  weir_quoted_type(call->arena, field));
    }
    return WEIR_OK;
}

static WeirStatus resolve_from_csv(WeirFunctionCall *call, WeirError *error)
{
    FromCsv *plan = WEIR_ARENA_NEW(call->arena, FromCsv);
    const WeirDataType *type = NULL;
    WeirFormatOptions options;
    WEIR_TRY(weir_call_format_text(call, 0, error));
    WEIR_TRY(weir_call_format_schema(call, 1, &type, error));
    WEIR_TRY(csv_call_options(call, 2, &options, error));
    if (type->id != WEIR_TYPE_STRUCT)
        return weir_error_set(error, WEIR_ERROR_INVALID_SCHEMA_NON_STRUCT_TYPE, "inputSchema",
                              weir_quoted_sql(call->arena, call->arguments[1]), "dataType",
                              weir_quoted_type(call->arena, type));
    plan->type = weir_type_as_nullable(call->arena, type);
    WEIR_TRY(weir_csv_options(&options, false, call->arena, &plan->options, error));
    WEIR_TRY(weir_call_parse_mode(call, &options, &plan->fail_fast, error));
    WEIR_TRY(weir_corrupt_column_find(&options, plan->type, &plan->corrupt_field, error));
    WEIR_TRY(check_fields(call, plan->type, error));
    call->result_type = plan->type;
    call->nullable = true;
    call->bound = plan;
    return WEIR_OK;
}

static void *new_state(const WeirExpression *expression)
{
    const FromCsv *plan = expression->bound;
    FromCsvState *state = weir_calloc(1, sizeof(*state));
    state->plan = plan;
    state->options = plan->options;
    state->builder = weir_vector_builder_new(plan->type);
    state->columns = weir_calloc(plan->type->field_count + 1, sizeof(WeirCsvColumn));
    for (uint32_t i = 0; i < plan->type->field_count; i++) {
        uint32_t at = state->column_count;
        if ((int32_t)i != plan->corrupt_field)
            state->columns[state->column_count++] =
                (WeirCsvColumn){at, plan->type->fields[i].type, weir_vector_builder_child(state->builder, i)};
    }
    weir_csv_tokens_init(&state->tokens, NULL);
    weir_buffer_init(&state->scratch, 0, NULL);
    return state;
}

static void free_state(void *pointer)
{
    FromCsvState *state = pointer;
    weir_vector_builder_free(state->builder);
    weir_csv_tokens_deinit(&state->tokens);
    weir_buffer_deinit(&state->scratch);
    weir_free(state->columns);
    weir_free(state);
}

static WeirStatus refuse(const WeirKernelCall *call, WeirCsvOutcome outcome, const WeirStringView *record,
                         WeirError *error)
{
    const FromCsvState *state = call->state;
    WeirStatus condition = WEIR_ERROR_MALFORMED_CSV_RECORD;
    if (outcome == WEIR_CSV_NO_MEMORY)
        return weir_buffer_check(&state->tokens.scratch, error);
    if (outcome == WEIR_CSV_STRAY_QUOTE)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "A quote stands inside of a quoted value (unescapedQuoteHandling RAISE_ERROR).");
    return weir_malformed_record(call, condition, weir_view_data(record), record->length, error);
}

static WeirStatus append_text(WeirKernelCall *call, const WeirStringView *record, WeirError *error)
{
    FromCsvState *state = call->state;
    const FromCsv *plan = state->plan;
    const uint8_t *data = weir_view_data(record);
    WeirCsvOutcome outcome = weir_csv_parse_text(&state->options, data, record->length, &state->tokens);
    if (outcome != WEIR_CSV_RECORD && outcome != WEIR_CSV_NO_RECORD)
        return refuse(call, outcome, record, error);
    bool good = weir_csv_append_columns(&state->options, &state->tokens, state->columns, state->column_count, false,
                                        &state->scratch);
    if (state->column_count > 0) /* where nothing is asked for, nothing can be wrong */
        good = good && outcome == WEIR_CSV_RECORD && state->tokens.count == state->column_count;
    if (!good && plan->fail_fast)
        return weir_malformed_record(call, WEIR_ERROR_MALFORMED_RECORD_IN_PARSING_WITHOUT_SUGGESTION, data,
                                     record->length, error);
    if (plan->corrupt_field >= 0) {
        WeirVectorBuilder *corrupt = weir_vector_builder_child(state->builder, (uint32_t)plan->corrupt_field);
        size_t length = record->length;
        if (length > 0 && data[length - 1] == '\n')
            length -= length > 1 && data[length - 2] == '\r' ? 2 : 1;
        else if (length > 0 && data[length - 1] == '\r')
            length--;
        if (good || outcome == WEIR_CSV_NO_RECORD)
            weir_vector_builder_append_null(corrupt);
        else
            weir_csv_append_string(data, length, false, true, &state->scratch, corrupt);
    }
    weir_vector_builder_end_struct(state->builder);
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(from_csv_kernel)
{
    FromCsvState *state = call->state;
    WeirArgument texts = weir_argument(arguments[0]);
    uint32_t next = 0;
    state->options.times.now_micros = call->context->now_micros;
    weir_vector_builder_start(state->builder, call->arena);
    WEIR_FOR_ROWS(call, row)
    {
        for (; next < row; next++)
            weir_vector_builder_append_null(state->builder);
        next = row + 1;
        if (weir_argument_is_null(&texts, row))
            weir_vector_builder_append_null(state->builder);
        else
            WEIR_TRY(append_text(call, weir_argument_view(&texts, row), error));
    }
    for (; next < call->row_count; next++)
        weir_vector_builder_append_null(state->builder);
    weir_vector_builder_finish(state->builder, result);
    WEIR_TRY(weir_buffer_check(&state->scratch, error));
    return weir_arena_check(call->arena, error);
}

/* ---- to_csv ---- */

static WeirStatus resolve_to_csv(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *type = call->arguments[0]->type;
    WeirFormatOptions *options = WEIR_ARENA_NEW(call->arena, WeirFormatOptions);
    WeirCsvOptions checked;
    WEIR_TRY(csv_call_options(call, 1, options, error));
    if (type->id != WEIR_TYPE_STRUCT && type->id != WEIR_TYPE_VOID)
        return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_UNSUPPORTED_INPUT_TYPE, "sqlExpr",
                              weir_call_sql(call), "functionName", "`to_csv`", "dataType",
                              weir_quoted_type(call->arena, type));
    WEIR_TRY(weir_csv_options(options, true, call->arena, &checked, error));
    options->conf = NULL; /* the writer asks for no setting, and the context may go */
    call->result_type = &weir_type_string;
    call->nullable = true;
    call->bound = options;
    return WEIR_OK;
}

static void *open_writer(const WeirExpression *expression)
{
    WeirFormatWriter *writer = NULL;
    /* The options were good when the call was resolved. */
    return weir_csv_open_writer(expression->bound, expression->children[0]->type, &writer, NULL) == WEIR_OK ? writer
                                                                                                            : NULL;
}

static void close_writer(void *writer)
{
    weir_csv_close_writer(writer);
}

WEIR_TEXT_KERNEL(to_csv_kernel)
{
    WeirTextHeap heap = weir_text_heap(call);
    WeirBuffer buffer;
    weir_buffer_init(&buffer, 0, call->arena->tracker);
    WeirStatus status = WEIR_OK;
    WEIR_FOR_ROWS(call, row)
    {
        const WeirVector *flat;
        weir_buffer_clear(&buffer);
        if (!weir_vector_is_null(arguments[0], row)) {
            uint32_t at = weir_vector_locate(arguments[0], row, &flat);
            weir_csv_write_row(call->state, flat->children, flat->type->field_count, at, &buffer);
        }
        WEIR_TRY_OR_GO(done, weir_buffer_check(&buffer, error));
        if (buffer.length == 0) /* nothing at all is null */
            weir_result_set_null(call, result, row);
        else
            WEIR_TRY_OR_GO(done, weir_text_heap_copy(&heap, weir_buffer_text(&buffer), buffer.length,
                                                     &((WeirStringView *)result->values)[row], error));
    }
done:
    weir_buffer_deinit(&buffer);
    return status;
}

/* ---- schema_of_csv ---- */

static WeirStatus resolve_schema_of_csv(WeirFunctionCall *call, WeirError *error)
{
    WeirFormatOptions options;
    WeirStringView text;
    const WeirDataType *type = NULL;
    WEIR_TRY(csv_call_options(call, 1, &options, error));
    WEIR_TRY(weir_call_format_text(call, 0, error));
    WEIR_TRY(weir_call_constant_text(call, "csv", &text, error));
    WEIR_TRY(weir_csv_infer_text(&options, weir_view_data(&text), text.length, call->arena, &type, error));
    WeirBuffer sql;
    weir_buffer_init(&sql, 0, NULL);
    weir_type_sql(type, &sql);
    call->bound = weir_arena_strdup(call->arena, weir_buffer_text(&sql));
    weir_buffer_deinit(&sql);
    call->result_type = &weir_type_string;
    call->nullable = false;
    return WEIR_OK;
}

const WeirFunction weir_functions_csv_text[] = {
    {.name = "from_csv",
     .flags = WEIR_FUNCTION_NULLABLE | WEIR_FUNCTION_MAY_FAIL | WEIR_FUNCTION_SHARES,
     .arguments_min = 2,
     .arguments_max = 3,
     .resolve = resolve_from_csv,
     .kernel = from_csv_kernel,
     .new_state = new_state,
     .free_state = free_state,
     .sql_format = "from_csv($1)",
     .group = "csv_funcs",
     .usage = "from_csv(csv, schema[, options]): a CSV record as a struct."},
    {.name = "to_csv",
     .flags = WEIR_FUNCTION_ANY_VECTOR | WEIR_FUNCTION_NULLABLE,
     .arguments_min = 1,
     .arguments_max = 2,
     .resolve = resolve_to_csv,
     .kernel = to_csv_kernel,
     .new_state = open_writer,
     .free_state = close_writer,
     .sql_format = "to_csv($1)",
     .group = "csv_funcs",
     .usage = "to_csv(struct[, options]): as a CSV record."},
    {.name = "schema_of_csv",
     .arguments_min = 1,
     .arguments_max = 2,
     .resolve = resolve_schema_of_csv,
     .kernel = weir_bound_text_kernel,
     .sql_format = "schema_of_csv($1)",
     .group = "csv_funcs",
     .usage = "schema_of_csv(csv[, options]): the type of a CSV record, as DDL."},
    {0},
};
