/* Nanoseconds per row of each class of kernels, over batches of 4,096 rows that stay in cache. One line a class:
 * expr_bench [name part]. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "expr/function_private.h"
#include "expr/program.h"

#define ROWS 4096u

static WeirArena plan_arena;
static WeirEvalContext context;
static WeirFunctionResolver resolver;
static WeirVector columns[6];

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static WeirExpression *column(uint32_t ordinal)
{
    WeirExpression *e = weir_expression_new(&plan_arena, WEIR_EXPRESSION_BOUND_REFERENCE, (WeirOrigin){0});
    e->ordinal = ordinal;
    e->type = columns[ordinal].type;
    return e;
}

static WeirExpression *call(const char *name, uint32_t count, WeirExpression *const *children)
{
    WeirError error = {0};
    WeirExpression *resolved = NULL;
    if (weir_function_resolve(&resolver, weir_expression_function(&plan_arena, name, children, count, (WeirOrigin){0}),
                              &resolved, &error) != WEIR_OK)
        fprintf(stderr, "%s: %s\n", name, error.message);
    return resolved;
}
#define CALL(name, ...)                                                                                                \
    call(name, sizeof((WeirExpression *[]){__VA_ARGS__}) / sizeof(void *), (WeirExpression *[]){__VA_ARGS__})

static void measure(const char *label, WeirExpression *expression, bool filter, bool explode, double bytes_per_row)
{
    WeirError error = {0};
    WeirProgram *program = NULL;
    WeirProgramInstance *instance = NULL;
    if (weir_program_compile(&expression, 1, &context, &program, &error) != WEIR_OK ||
        weir_program_instance_new(program, &instance, &error) != WEIR_OK)
        return;
    WeirExpression generator = {.kind = WEIR_EXPRESSION_GENERATOR, .function = weir_function_find("explode")};
    WeirArena arena;
    weir_arena_init(&arena, NULL);
    double best = 1e18;
    static uint32_t counts[ROWS];
    for (int repeat = 0; repeat < 12; repeat++) {
        double start = now_ns();
        for (int i = 0; i < 50; i++) {
            weir_arena_reset(&arena);
            WeirBatch batch = {.row_count = ROWS, .selected_count = ROWS, .column_count = 6, .columns = columns};
            WeirVector out, elements[2];
            const uint32_t *rows;
            uint32_t count;
            WeirStatus status = filter ? weir_program_filter(instance, &batch, &arena, &rows, &count, &error)
                                       : weir_program_run(instance, &batch, &arena, &out, &error);
            const WeirVector *argument = &out;
            if (status == WEIR_OK && explode)
                status = weir_generator_expand(&generator, &argument, &batch, counts, elements, &arena, &error);
            if (status != WEIR_OK) {
                fprintf(stderr, "%s: %s\n", label, error.message);
                return;
            }
        }
        double each = (now_ns() - start) / (50.0 * ROWS);
        best = each < best ? each : best;
    }
    printf("| %-44s | %8.2f | %8.2f |\n", label, best, bytes_per_row / best);
    weir_arena_deinit(&arena);
    weir_program_instance_free(instance);
    weir_program_free(program);
}

/* 0 int, 1 long, 2 double, 3 digits as text, 4 lines of ten words, 5 urls */
static void make_columns(void)
{
    static const WeirDataType *const types[] = {&weir_type_int,    &weir_type_long,   &weir_type_double,
                                                &weir_type_string, &weir_type_string, &weir_type_string};
    uint64_t seed = 88172645463325252ull;
    for (int c = 0; c < 6; c++) {
        if (weir_vector_init(&columns[c], types[c], ROWS, &plan_arena, NULL) != WEIR_OK)
            return;
        columns[c].length = ROWS;
    }
    for (uint32_t row = 0; row < ROWS; row++) {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        char text[256];
        ((int32_t *)columns[0].values)[row] = (int32_t)(seed % 1000000);
        ((int64_t *)columns[1].values)[row] = (int64_t)(seed % 1000000007);
        ((double *)columns[2].values)[row] = (double)(seed % 1000000) / 7;
        snprintf(text, sizeof(text), "%lld", 1700000000000ll + (long long)(seed % 1000000000));
        ((WeirStringView *)columns[3].values)[row] = weir_view_copy(&plan_arena, text, strlen(text));
        int length = 0;
        for (int w = 0; w < 10; w++)
            length += snprintf(text + length, sizeof(text) - (size_t)length, "%sw%llx", w == 0 ? "" : " ",
                               (unsigned long long)(seed >> w * 4) & 0xfffffffffull);
        ((WeirStringView *)columns[4].values)[row] = weir_view_copy(&plan_arena, text, (size_t)length);
        snprintf(text, sizeof(text), "https://www.nexmark.com/abc/def/ghi/item.htm?query=1&channel_id=%llu",
                 (unsigned long long)(seed % 1000000));
        ((WeirStringView *)columns[5].values)[row] = weir_view_copy(&plan_arena, text, strlen(text));
    }
}

/* Objects of 200 bytes and seven text fields, in place of the lines. */
static WeirExpression *json_column(void)
{
    char text[256];
    for (uint32_t row = 0; row < ROWS; row++) {
        int length = snprintf(text, sizeof(text),
                              "{\"user_id\":\"u-%08u-aaaa-bbbb\",\"page_id\":\"p-%08u-cccc-dddd\",\"ad_id\":"
                              "\"a-%08u-eeee\",\"ad_type\":\"banner78\",\"event_type\":\"%s\",\"event_time\":"
                              "\"17000000%05u\",\"ip_address\":\"1.2.3.%u\"}",
                              row, row * 7, row * 13, row % 3 == 0 ? "view" : "purchase", row, row % 256);
        ((WeirStringView *)columns[4].values)[row] = weir_view_copy(&plan_arena, text, (size_t)length);
    }
    return column(4);
}

int main(void)
{
    weir_arena_init(&plan_arena, NULL);
    context = (WeirEvalContext){.zone = weir_time_zone_utc(), .ansi = true};
    resolver = (WeirFunctionResolver){.arena = &plan_arena, .context = &context};
    make_columns();
    WeirExpression *i = column(0), *l = column(1), *d = column(2), *digits = column(3), *line = column(4),
                   *url = column(5);
    WeirExpression *one = weir_expression_int_literal(&plan_arena, 500000);
#define TEXT(t) weir_expression_string_literal(&plan_arena, t)
    printf("| expression                                   |   ns/row |     GB/s |\n|---|---:|---:|\n");
    measure("int + int (overflow checked)", CALL("+", i, i), false, false, 12);
    measure("long * constant", CALL("*", l, weir_expression_long_literal(&plan_arena, 3)), false, false, 16);
    measure("double / double", CALL("/", d, d), false, false, 24);
    measure("int % constant = constant",
            CALL("=", CALL("%", i, weir_expression_int_literal(&plan_arena, 123)),
                 weir_expression_int_literal(&plan_arena, 0)),
            false, false, 5);
    measure("int < constant", CALL("<", i, one), false, false, 5);
    measure("filter int < constant", CALL("<", i, one), true, false, 8);
    measure("filter a < c and b > c",
            CALL("and", CALL("<", i, one), CALL(">", l, weir_expression_long_literal(&plan_arena, 1000))), true, false,
            16);
    measure("string = constant (13 bytes)", CALL("=", digits, TEXT("1700000000001")), false, false, 17);
    measure("string = constant (4 bytes)", CALL("=", digits, TEXT("view")), false, false, 17);
    measure("cast string (13 digits) as long",
            weir_expression_cast(&plan_arena, digits, &weir_type_long, WEIR_EVAL_ANSI, false), false, false, 29);
    measure("timestamp_millis(cast string as long)",
            CALL("timestamp_millis", weir_expression_cast(&plan_arena, digits, &weir_type_long, WEIR_EVAL_ANSI, false)),
            false, false, 29);
    measure("like 'w%'", CALL("like", line, TEXT("w%")), false, false, 17);
    measure("like '%zz%' (90 bytes)", CALL("like", line, TEXT("%zz%")), false, false, 90);
    measure("split(line, ' ')", CALL("split", line, TEXT(" ")), false, false, 90);
    measure("explode(split(line, ' '))", CALL("split", line, TEXT(" ")), false, true, 90);
    measure("split_part(url, '/', 4)", CALL("split_part", url, TEXT("/"), weir_expression_int_literal(&plan_arena, 4)),
            false, false, 68);
    measure("regexp_extract(url, '(&|^)channel_id=([^&]*)', 2)",
            CALL("regexp_extract", url, TEXT("(&|^)channel_id=([^&]*)"), weir_expression_int_literal(&plan_arena, 2)),
            false, false, 68);
    measure("lower(line)", CALL("lower", line), false, false, 90);
    measure("length(replace(line, 'c', ''))", CALL("length", CALL("replace", line, TEXT("c"), TEXT(""))), false, false,
            90);
    measure("date_format(timestamp_millis(l), 'yyyy-MM-dd')",
            CALL("date_format", CALL("timestamp_millis", l), TEXT("yyyy-MM-dd")), false, false, 8);
    measure("hour(timestamp_millis(l))", CALL("hour", CALL("timestamp_millis", l)), false, false, 8);
    measure("0.908 * long (decimal)",
            CALL("*",
                 weir_expression_literal(&plan_arena,
                                         weir_value_int(&plan_arena, weir_type_decimal(&plan_arena, 3, 3), 908)),
                 l),
            false, false, 8);
    measure("hash(long)", CALL("hash", l), false, false, 8);
    measure("cast long as string", weir_expression_cast(&plan_arena, l, &weir_type_string, WEIR_EVAL_ANSI, false),
            false, false, 8);
    WeirExpression *json = json_column(); /* the lines are gone from here on */
    measure("from_json(200 bytes, 7 strings)",
            CALL("from_json", json,
                 TEXT("user_id STRING, page_id STRING, ad_id STRING, ad_type STRING, event_type STRING, "
                      "event_time STRING, ip_address STRING")),
            false, false, 200);
    measure("from_json(200 bytes, 2 of 7 strings)",
            CALL("from_json", json, TEXT("event_type STRING, event_time STRING")), false, false, 200);
    measure("get_json_object(200 bytes, '$.event_type')", CALL("get_json_object", json, TEXT("$.event_type")), false,
            false, 200);
    weir_arena_deinit(&plan_arena);
    return 0;
}
