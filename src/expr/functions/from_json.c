/* from_json: a JSON text as a struct, array or map, by the scanner and the converters of the JSON format. A text is one
 * value; what stands behind it is not looked at. */
#include "columnar/utf8.h"
#include "expr/functions/format_call.h"
#include "expr/kernel.h"
#include "formats/json_record.h"

/* What the call was resolved to. */
typedef struct FromJson {
    const WeirDataType *type;
    WeirJsonRules rules;
    bool fail_fast;
    int32_t corrupt_field; /* of a struct; -1: none */
    /* Of a struct of which only some fields are read: those, and where each is; NULL: all. */
    const WeirDataType *wanted_type;
    const uint32_t *wanted;
} FromJson;

typedef struct FromJsonState {
    const FromJson *plan;
    WeirJsonRules rules; /* the plan's, and the time of the batch */
    WeirArena arena;
    WeirVectorBuilder *builder;
    WeirVectorBuilder **fields; /* of a struct */
    WeirJsonRecord record;      /* of a struct */
} FromJsonState;

/* ---- resolution ---- */

static WeirStatus check_keys(const WeirFunctionCall *call, const WeirDataType *type, WeirError *error)
{
    if (type->id == WEIR_TYPE_MAP && weir_type_key(type)->id != WEIR_TYPE_STRING)
        return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_INVALID_JSON_MAP_KEY_TYPE, "sqlExpr",
                              weir_call_sql(call), "schema", weir_quoted_type(call->arena, type));
    for (uint32_t i = 0; i < type->field_count; i++)
        WEIR_TRY(check_keys(call, type->fields[i].type, error));
    return WEIR_OK;
}

static const WeirFunction map_variant;

static WeirStatus resolve_from_json(WeirFunctionCall *call, WeirError *error)
{
    FromJson *plan = WEIR_ARENA_NEW(call->arena, FromJson);
    const WeirDataType *type = NULL;
    WeirFormatOptions options;
    WEIR_TRY(weir_call_format_text(call, 0, error));
    WEIR_TRY(weir_call_format_schema(call, 1, &type, error));
    WEIR_TRY(weir_call_format_options(call, 2, &options, error));
    if (!weir_type_is_nested(type))
        return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_INVALID_JSON_SCHEMA, "sqlExpr", weir_call_sql(call),
                              "schema", weir_quoted_type(call->arena, type));
    WEIR_TRY(check_keys(call, type, error));
    plan->type = weir_type_as_nullable(call->arena, type);
    plan->wanted_type = plan->type;
    plan->corrupt_field = -1;
    WEIR_TRY(weir_json_rules(&options, call->arena, &plan->rules, error));
    WEIR_TRY(weir_json_options_check(&options, error));
    WEIR_TRY(weir_call_parse_mode(call, &options, &plan->fail_fast, error));
    if (type->id == WEIR_TYPE_STRUCT)
        WEIR_TRY(weir_corrupt_column_find(&options, plan->type, &plan->corrupt_field, error));
    plan->rules.copy_text = true;
    if (type->id == WEIR_TYPE_MAP)
        call->function = &map_variant;
    call->result_type = plan->type;
    call->nullable = true;
    call->bound = plan;
    return WEIR_OK;
}

/* Records that are malformed give nulls also where nothing of them is read, so that fields can be left out, unless one
 * tells of the others (the corrupt record, FAILFAST, a later field of the same name). */
static const void *narrow(const WeirExpression *call, const bool *used, WeirArena *arena)
{
    const FromJson *plan = call->bound;
    const WeirDataType *type = plan->type;
    if (plan->fail_fast || (plan->corrupt_field >= 0 && used[plan->corrupt_field]))
        return NULL;
    WeirField *fields = WEIR_ARENA_ARRAY(arena, WeirField, type->field_count + 1);
    uint32_t *wanted = WEIR_ARENA_ARRAY(arena, uint32_t, type->field_count + 1), count = 0;
    for (uint32_t i = 0; i < type->field_count; i++) {
        if (!used[i])
            continue;
        for (uint32_t k = i + 1; k < type->field_count; k++)
            if (strcmp(type->fields[i].name, type->fields[k].name) == 0)
                return NULL;
        wanted[count] = i;
        fields[count++] = type->fields[i];
    }
    if (count == type->field_count)
        return NULL;
    FromJson *narrowed = WEIR_ARENA_NEW(arena, FromJson);
    *narrowed = *plan;
    narrowed->wanted_type = weir_type_struct(arena, fields, count);
    narrowed->wanted = wanted;
    narrowed->corrupt_field = -1;
    return narrowed;
}

static void *new_state(const WeirExpression *expression)
{
    FromJsonState *state = weir_calloc(1, sizeof(*state));
    const FromJson *plan = expression->bound;
    weir_arena_init(&state->arena, NULL);
    state->plan = plan;
    state->rules = plan->rules;
    state->builder = weir_vector_builder_new(plan->wanted_type);
    if (plan->type->id != WEIR_TYPE_STRUCT) {
        weir_buffer_init(&state->record.scratch, 0, NULL);
        return state;
    }
    weir_json_record_init(&state->record, &state->rules, plan->wanted_type, plan->corrupt_field, &state->arena, NULL);
    state->fields = WEIR_ARENA_ARRAY(&state->arena, WeirVectorBuilder *, plan->wanted_type->field_count + 1);
    for (uint32_t i = 0; i < plan->wanted_type->field_count; i++)
        state->fields[i] = weir_vector_builder_child(state->builder, i);
    return state;
}

static void free_state(void *pointer)
{
    FromJsonState *state = pointer;
    weir_json_record_deinit(&state->record);
    weir_vector_builder_free(state->builder);
    weir_arena_deinit(&state->arena);
    weir_free(state);
}

/* ---- rows ---- */

static void append_malformed(FromJsonState *state, const WeirStringView *record)
{
    const FromJson *plan = state->plan;
    if (plan->type->id != WEIR_TYPE_STRUCT) {
        weir_vector_builder_append_null(state->builder);
        return;
    }
    for (uint32_t i = 0; i < plan->wanted_type->field_count; i++) {
        if ((int32_t)i == plan->corrupt_field)
            weir_vector_builder_append_view(state->fields[i], *record);
        else
            weir_vector_builder_append_null(state->fields[i]);
    }
    weir_vector_builder_end_struct(state->builder);
}

/* WEIR_JSON_BAD: nothing was appended. */
static WeirJsonOutcome append_struct(FromJsonState *state, const WeirJsonText *text, const uint8_t *at,
                                     const WeirStringView *record)
{
    if (*at != '{' || weir_json_record_scan(&state->record, text, at) == NULL)
        return WEIR_JSON_BAD;
    bool good = weir_json_record_append(&state->record, text, state->fields);
    int32_t corrupt = state->plan->corrupt_field;
    if (corrupt >= 0 && good)
        weir_vector_builder_append_null(state->fields[corrupt]);
    else if (corrupt >= 0)
        weir_vector_builder_append_view(state->fields[corrupt], *record);
    weir_vector_builder_end_struct(state->builder);
    return good ? WEIR_JSON_GOOD : WEIR_JSON_PARTIAL;
}

/* An object where an array of structs is meant is an array of one. */
static WeirJsonOutcome append_list(FromJsonState *state, const WeirJsonText *text, const uint8_t *at)
{
    const WeirDataType *type = state->plan->type;
    WeirJsonToken token;
    if ((*at != '{' && *at != '[') || weir_json_scan_value(text, at, 0, &token) == NULL)
        return WEIR_JSON_BAD;
    bool one = type->id == WEIR_TYPE_ARRAY && *at == '{' && weir_type_element(type)->id == WEIR_TYPE_STRUCT;
    const WeirDataType *converted = one ? weir_type_element(type) : type;
    WeirJsonOutcome outcome = weir_json_convert(&state->rules, text, &token, converted, NULL, &state->record.scratch);
    if (outcome == WEIR_JSON_BAD)
        return outcome;
    WeirVectorBuilder *builder = one ? weir_vector_builder_child(state->builder, 0) : state->builder;
    (void)weir_json_convert(&state->rules, text, &token, converted, builder, &state->record.scratch);
    if (one)
        weir_vector_builder_end_list(state->builder);
    return outcome;
}

/* Bytes that are not UTF-8 are replaced before the text is read, as Java's reader does. */
static bool replace_bad_bytes(const WeirKernelCall *call, WeirStringView *text)
{
    const uint8_t *data = weir_view_data(text);
    if (weir_utf8_is_valid(data, text->length))
        return false;
    WeirBuffer replaced;
    weir_buffer_init(&replaced, 0, call->arena->tracker);
    weir_utf8_append_replaced(data, text->length, &replaced);
    *text = weir_view_copy(call->arena, weir_buffer_text(&replaced), replaced.length);
    weir_buffer_deinit(&replaced);
    return true;
}

static WeirStatus append_text(WeirKernelCall *call, const WeirStringView *record, WeirError *error)
{
    FromJsonState *state = call->state;
    WeirStringView view = *record;
    WeirJsonOutcome outcome = WEIR_JSON_BAD;
    bool array_for_struct = false;
    for (int round = 0; round < 2; round++) {
        const uint8_t *data = round == 0 ? weir_view_data(record) : weir_view_data(&view);
        WeirJsonText text = {data + view.length, data + view.length, &state->rules.syntax};
        const uint8_t *at = weir_json_skip_blank(&text, data);
        if (at == text.end) {
            weir_vector_builder_append_null(state->builder);
            return WEIR_OK;
        }
        array_for_struct = at != NULL && *at == '[' && state->plan->type->id == WEIR_TYPE_STRUCT;
        if (at != NULL)
            outcome = state->plan->type->id == WEIR_TYPE_STRUCT ? append_struct(state, &text, at, record)
                                                                : append_list(state, &text, at);
        if (outcome != WEIR_JSON_BAD || round == 1 || !replace_bad_bytes(call, &view))
            break;
    }
    if (outcome == WEIR_JSON_BAD)
        append_malformed(state, record);
    if (outcome == WEIR_JSON_GOOD || !state->plan->fail_fast)
        return WEIR_OK;
    return weir_malformed_record(call,
                                 array_for_struct
                                     ? WEIR_ERROR_MALFORMED_RECORD_IN_PARSING_CANNOT_PARSE_JSON_ARRAYS_AS_STRUCTS
                                     : WEIR_ERROR_MALFORMED_RECORD_IN_PARSING_WITHOUT_SUGGESTION,
                                 weir_view_data(record), record->length, error);
}

/* The struct with all its fields: those that nobody reads are null. */
static void spread_fields(const FromJson *plan, WeirVector *result, WeirArena *arena)
{
    const WeirVector *built = result->children;
    result->type = plan->type;
    result->children = WEIR_ARENA_ARRAY(arena, WeirVector, plan->type->field_count);
    for (uint32_t i = 0, at = 0; i < plan->type->field_count; i++) {
        if (at < plan->wanted_type->field_count && plan->wanted[at] == i)
            result->children[i] = built[at++];
        else
            weir_vector_init_null(&result->children[i], plan->type->fields[i].type, result->length, arena);
    }
}

static WeirStatus from_json_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                                   WeirError *error)
{
    FromJsonState *state = call->state;
    WeirArgument texts = weir_argument(arguments[0]);
    uint32_t next = 0;
    state->rules.times.now_micros = call->context->now_micros;
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
    if (state->plan->wanted != NULL)
        spread_fields(state->plan, result, call->arena);
    WEIR_TRY(weir_buffer_check(&state->record.scratch, error));
    return weir_arena_check(call->arena, error);
}

#define FROM_JSON(FORMAT)                                                                                              \
    {                                                                                                                  \
        .name = "from_json", .flags = WEIR_FUNCTION_NULLABLE | WEIR_FUNCTION_MAY_FAIL | WEIR_FUNCTION_SHARES,          \
        .arguments_min = 2, .arguments_max = 3, .resolve = resolve_from_json, .kernel = from_json_kernel,              \
        .new_state = new_state, .free_state = free_state, .narrow = narrow, .sql_format = FORMAT,                      \
        .group = "json_funcs", .usage = "from_json(json, schema[, options]): as a value of the schema's type."         \
    }

/* Spark prints a call that makes a map so, whatever its arguments are. */
static const WeirFunction map_variant = FROM_JSON("entries");

const WeirFunction weir_functions_from_json[] = {FROM_JSON("from_json($1)"), {0}};
