/* The functions of JSON and CSV texts over any bytes: the first byte chooses the call, the second the number of rows
 * that share the text, so that what one row leaves behind meets the next. */
#include "expr/function_private.h"
#include "expr/program.h"

#define ROWS_MAX 5u

static WeirArena arena;
static WeirEvalContext context;
static WeirFunctionResolver resolver;

static WeirExpression *text(const char *value)
{
    return weir_expression_string_literal(&arena, value);
}

static WeirExpression *call(const char *name, WeirExpression *const *arguments, uint32_t count)
{
    WeirExpression *resolved = NULL;
    WEIR_ASSERT(weir_function_resolve(&resolver,
                                      weir_expression_function(&arena, name, arguments, count, (WeirOrigin){0}),
                                      &resolved, NULL) == WEIR_OK);
    return resolved;
}
#define CALL(name, ...)                                                                                                \
    call(name, (WeirExpression *[]){__VA_ARGS__}, sizeof((WeirExpression *[]){__VA_ARGS__}) / sizeof(void *))

static WeirExpression *column(void)
{
    WeirExpression *reference = weir_expression_new(&arena, WEIR_EXPRESSION_BOUND_REFERENCE, (WeirOrigin){0});
    reference->type = &weir_type_string;
    reference->nullable = true;
    return reference;
}

static WeirExpression *options(const char *key, const char *value)
{
    return CALL("map", text(key), text(value));
}

enum { CALLS = 15 };

static void make_calls(WeirExpression **calls)
{
    WeirExpression *x = column();
    const char *all =
        "a TINYINT, b BIGINT, c DOUBLE, d DECIMAL(20,3), e DATE, f TIMESTAMP, g BINARY, h BOOLEAN, "
        "i ARRAY<INT>, j MAP<STRING, STRING>, k STRUCT<x: STRING, y: INT>, l STRING, _corrupt_record STRING";
    uint32_t at = 0;
    calls[at++] = CALL("to_json", CALL("from_json", x, text(all)));
    calls[at++] = CALL("to_json", CALL("from_json", x, text("ARRAY<STRUCT<a: INT, b: STRING>>")));
    calls[at++] = CALL("to_json", CALL("from_json", x, text("MAP<STRING, ARRAY<STRING>>")));
    calls[at++] = CALL("from_json", x, text(all), options("mode", "FAILFAST"));
    calls[at++] = CALL("to_json", CALL("from_json", x, text("a STRING, b DATE"), options("dateFormat", "dd.MM.yyyy")),
                       options("pretty", "true"));
    calls[at++] = CALL("get_json_object", x, text("$"));
    calls[at++] = CALL("get_json_object", x, text("$.a"));
    calls[at++] = CALL("get_json_object", x, text("$[*].a[*]"));
    calls[at++] = CALL("get_json_object", x, text("$.a[*][*].b"));
    calls[at++] = CALL("get_json_object", text("{\"a\":[{\"b\":1},[2,3]]}"), x);
    calls[at++] = CALL("json_object_keys", x);
    calls[at++] = CALL("json_array_length", x);
    calls[at++] = CALL("to_csv", CALL("from_csv", x, text("a INT, b STRING, c DOUBLE, d TIMESTAMP, e STRING")));
    calls[at++] = CALL("from_csv", x, text("a STRING, b STRING, _corrupt_record STRING"), options("sep", "||"));
    calls[at++] = CALL("from_csv", x, text("a STRING, b DECIMAL(9,2)"), options("escape", "\""));
    WEIR_ASSERT(at == CALLS);
}

static WeirProgramInstance *instances[CALLS];

static void prepare(void)
{
    WeirExpression *calls[CALLS];
    if (instances[0] != NULL)
        return;
    weir_arena_init(&arena, NULL);
    context = (WeirEvalContext){.zone = weir_time_zone_utc(), .ansi = true};
    resolver = (WeirFunctionResolver){.arena = &arena, .context = &context};
    make_calls(calls);
    for (uint32_t i = 0; i < CALLS; i++) {
        WeirProgram *program = NULL;
        WEIR_ASSERT(weir_program_compile(&calls[i], 1, &context, &program, NULL) == WEIR_OK);
        WEIR_ASSERT(weir_program_instance_new(program, &instances[i], NULL) == WEIR_OK);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    WeirArena scratch;
    WeirVector input, output;
    uint8_t *texts[ROWS_MAX];
    if (size < 2)
        return 0;
    prepare();
    uint32_t rows = 1 + data[1] % ROWS_MAX;
    weir_arena_init(&scratch, NULL);
    WEIR_ASSERT(weir_vector_init(&input, &weir_type_string, rows, &scratch, NULL) == WEIR_OK);
    input.length = rows;
    size_t length = size - 2, piece = (length + rows - 1) / rows;
    for (uint32_t row = 0; row < rows; row++) {
        size_t at = row * piece < length ? row * piece : length, left = length - at < piece ? length - at : piece;
        /* A copy of just its size: what is read behind it is seen. */
        texts[row] = weir_malloc(left + 1);
        memcpy(texts[row], data + 2 + at, left);
        texts[row] = weir_realloc(texts[row], left == 0 ? 1 : left);
        ((WeirStringView *)input.values)[row] = weir_view_make(texts[row], (uint32_t)left);
    }
    WeirBatch batch = {.row_count = rows, .selected_count = rows, .column_count = 1, .columns = &input};
    (void)(weir_program_run(instances[data[0] % CALLS], &batch, &scratch, &output, NULL) == WEIR_OK);
    for (uint32_t row = 0; row < rows; row++)
        weir_free(texts[row]);
    weir_arena_deinit(&scratch);
    return 0;
}
