/* Programs over batches: nulls, selections, lazy branches, dictionaries, filters; aggregates over buffer rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "columnar/unsafe_row.h"
#include "expr/aggregate.h"
#include "expr/function_private.h"
#include "expr/program.h"

typedef struct Fixture {
    WeirArena arena;
    WeirEvalContext context;
    WeirFunctionResolver resolver;
    WeirError error;
} Fixture;

static void fixture_init(Fixture *f)
{
    memset(f, 0, sizeof(*f));
    weir_arena_init(&f->arena, NULL);
    f->context = (WeirEvalContext){.zone = weir_time_zone_utc(), .ansi = true};
    f->resolver = (WeirFunctionResolver){.arena = &f->arena, .context = &f->context};
}

static WeirExpression *column(Fixture *f, uint32_t ordinal, const WeirDataType *type)
{
    WeirExpression *e = weir_expression_new(&f->arena, WEIR_EXPRESSION_BOUND_REFERENCE, (WeirOrigin){0});
    e->ordinal = ordinal;
    e->type = type;
    e->nullable = true;
    return e;
}

static WeirExpression *call(Fixture *f, const char *name, uint32_t count, WeirExpression *const *children)
{
    WeirExpression *resolved = NULL;
    WeirStatus status =
        weir_function_resolve(&f->resolver, weir_expression_function(&f->arena, name, children, count, (WeirOrigin){0}),
                              &resolved, &f->error);
    assert_string_equal(status == WEIR_OK ? "" : f->error.message, "");
    return resolved;
}
#define CALL(f, name, ...)                                                                                             \
    call(f, name, sizeof((WeirExpression *[]){__VA_ARGS__}) / sizeof(void *), (WeirExpression *[]){__VA_ARGS__})

/* Column of ints; INT32_MIN stands for null. */
static WeirVector ints(Fixture *f, const int32_t *values, uint32_t count)
{
    WeirVector vector;
    assert_int_equal(weir_vector_init(&vector, &weir_type_int, count, &f->arena, &f->error), WEIR_OK);
    vector.length = count;
    for (uint32_t i = 0; i < count; i++) {
        ((int32_t *)vector.values)[i] = values[i];
        if (values[i] == INT32_MIN) {
            weir_vector_ensure_validity(&vector, count, &f->arena);
            weir_bit_clear(vector.validity, i);
        }
    }
    return vector;
}

static WeirStatus run(Fixture *f, WeirExpression *e, WeirVector *columns, uint32_t column_count, uint32_t rows,
                      const uint32_t *selection, uint32_t selected, WeirVector *out)
{
    WeirProgram *program = NULL;
    WeirProgramInstance *instance = NULL;
    assert_int_equal(weir_program_compile(&e, 1, &f->context, &program, &f->error), WEIR_OK);
    assert_int_equal(weir_program_instance_new(program, &instance, &f->error), WEIR_OK);
    WeirBatch batch = {.row_count = rows,
                       .selected_count = selection == NULL ? rows : selected,
                       .selection = selection,
                       .column_count = column_count,
                       .columns = columns};
    WeirStatus status = weir_program_run(instance, &batch, &f->arena, out, &f->error);
    weir_program_instance_free(instance);
    weir_program_free(program);
    return status;
}

static void nulls_propagate_and_errors_need_a_live_row(void **state)
{
    (void)state;
    Fixture f;
    fixture_init(&f);
    WeirVector columns[2] = {ints(&f, (int32_t[]){1, INT32_MIN, 2147483647, 4}, 4),
                             ints(&f, (int32_t[]){10, 20, 1, 40}, 4)},
               out;
    WeirExpression *sum = CALL(&f, "+", column(&f, 0, &weir_type_int), column(&f, 1, &weir_type_int));
    assert_int_not_equal(run(&f, sum, columns, 2, 4, NULL, 0, &out), WEIR_OK);
    assert_string_equal(f.error.condition, "ARITHMETIC_OVERFLOW");
    assert_string_equal(f.error.sqlstate, "22003");
    assert_int_equal(run(&f, sum, columns, 2, 4, (uint32_t[]){0, 1, 3}, 3, &out), WEIR_OK);
    assert_int_equal(((int32_t *)out.values)[0], 11);
    assert_true(weir_vector_is_null(&out, 1));
    assert_int_equal(((int32_t *)out.values)[3], 44);
    weir_arena_deinit(&f.arena);
}

static void branches_are_lazy(void **state)
{
    (void)state;
    Fixture f;
    fixture_init(&f);
    WeirVector columns[1] = {ints(&f, (int32_t[]){0, 5, 0, 2}, 4)}, out;
    WeirExpression *x = column(&f, 0, &weir_type_int), *zero = weir_expression_int_literal(&f.arena, 0);
    WeirExpression *ratio = CALL(&f, "/", weir_expression_int_literal(&f.arena, 10), x);
    WeirExpression *guarded =
        CALL(&f, "if", CALL(&f, "=", x, zero),
             weir_expression_literal(&f.arena, weir_value_double(&f.arena, &weir_type_double, -1)), ratio);
    assert_int_equal(run(&f, guarded, columns, 1, 4, NULL, 0, &out), WEIR_OK);
    assert_true(((double *)out.values)[0] == -1 && ((double *)out.values)[1] == 2 && ((double *)out.values)[3] == 5);
    WeirExpression *both =
        CALL(&f, "and", CALL(&f, "!=", x, zero), CALL(&f, ">", ratio, weir_expression_int_literal(&f.arena, 3)));
    assert_int_equal(run(&f, both, columns, 1, 4, NULL, 0, &out), WEIR_OK);
    assert_true(!((uint8_t *)out.values)[0] && !((uint8_t *)out.values)[1] && ((uint8_t *)out.values)[3]);
    assert_int_not_equal(run(&f, ratio, columns, 1, 4, NULL, 0, &out), WEIR_OK);
    assert_string_equal(f.error.condition, "DIVIDE_BY_ZERO");
    weir_arena_deinit(&f.arena);
}

static void dictionaries_stay_dictionaries(void **state)
{
    (void)state;
    Fixture f;
    fixture_init(&f);
    WeirVector words, dictionary, out;
    assert_int_equal(weir_vector_init(&words, &weir_type_string, 3, &f.arena, &f.error), WEIR_OK);
    words.length = 3;
    const char *texts[] = {"red", "green", "a longer word than twelve"};
    for (int i = 0; i < 3; i++)
        ((WeirStringView *)words.values)[i] = weir_view_make(texts[i], (uint32_t)strlen(texts[i]));
    uint32_t indices[] = {2, 0, WEIR_NULL_INDEX, 1, 0, 2};
    weir_vector_wrap_dictionary(&words, indices, 6, &dictionary);
    WeirExpression *upper = CALL(&f, "upper", column(&f, 0, &weir_type_string));
    assert_int_equal(run(&f, upper, &dictionary, 1, 6, NULL, 0, &out), WEIR_OK);
    assert_int_equal(out.kind, WEIR_VECTOR_DICTIONARY);
    assert_true(weir_vector_is_null(&out, 2));
    const WeirVector *flat;
    uint32_t at = weir_vector_locate(&out, 0, &flat);
    const WeirStringView *view = &((const WeirStringView *)flat->values)[at];
    assert_int_equal(view->length, strlen(texts[2]));
    assert_memory_equal(weir_view_data(view), "A LONGER WORD THAN TWELVE", view->length);
    weir_arena_deinit(&f.arena);
}

static void filters_give_selections(void **state)
{
    (void)state;
    Fixture f;
    fixture_init(&f);
    WeirVector columns[1] = {ints(&f, (int32_t[]){3, INT32_MIN, 7, 9, 2, 8, 100, 4, 6, 5}, 10)};
    WeirExpression *x = column(&f, 0, &weir_type_int);
    WeirExpression *predicate = CALL(&f, "and", CALL(&f, ">", x, weir_expression_int_literal(&f.arena, 3)),
                                     CALL(&f, "<", x, weir_expression_int_literal(&f.arena, 9)));
    WeirProgram *program = NULL;
    WeirProgramInstance *instance = NULL;
    assert_int_equal(weir_program_compile(&predicate, 1, &f.context, &program, &f.error), WEIR_OK);
    assert_int_equal(weir_program_instance_new(program, &instance, &f.error), WEIR_OK);
    WeirBatch batch = {.row_count = 10, .selected_count = 10, .column_count = 1, .columns = columns};
    const uint32_t *rows = NULL;
    uint32_t count = 0;
    assert_int_equal(weir_program_filter(instance, &batch, &f.arena, &rows, &count, &f.error), WEIR_OK);
    assert_int_equal(count, 5);
    assert_memory_equal(rows, ((uint32_t[]){2, 5, 7, 8, 9}), 5 * sizeof(uint32_t));
    weir_program_instance_free(instance);
    weir_program_free(program);
    weir_arena_deinit(&f.arena);
}

/* Two groups, updated, merged and evaluated. */
static void aggregates_update_merge_and_evaluate(void **state)
{
    (void)state;
    Fixture f;
    fixture_init(&f);
    WeirExpression *x = column(&f, 0, &weir_type_int);
    WeirExpression *aggregates[] = {CALL(&f, "count", x), CALL(&f, "sum", x), CALL(&f, "max", x),
                                    CALL(&f, "collect_list", x)};
    WeirAggregateSlots slots[4];
    bool fixed = true;
    const WeirSchema *schema = weir_aggregate_buffer_schema(aggregates, 4, &f.arena, slots, &fixed);
    assert_false(fixed);
    assert_int_equal(schema->field_count, 4);
    assert_string_equal(schema->fields[3].name, "buf");
    size_t row_bytes = weir_unsafe_row_null_bytes(4) + 8 * 4;
    uint8_t *groups[3];
    WeirAggregateCall calls[4];
    for (int g = 0; g < 3; g++)
        groups[g] = weir_arena_calloc(&f.arena, row_bytes);
    for (int a = 0; a < 4; a++) {
        calls[a] = (WeirAggregateCall){aggregates[a], &f.context, slots[a], &f.arena};
        for (int g = 0; g < 3; g++)
            aggregates[a]->aggregate->init(&calls[a], groups[g]);
    }
    WeirVector values = ints(&f, (int32_t[]){1, 2, INT32_MIN, 4, 5}, 5);
    const WeirVector *arguments[] = {&values};
    uint8_t *rows[] = {groups[0], groups[1], groups[0], groups[1], groups[0]};
    for (int a = 0; a < 4; a++)
        assert_int_equal(aggregates[a]->aggregate->update(&calls[a], arguments, NULL, 5, rows, &f.error), WEIR_OK);
    for (int a = 0; a < 3; a++) /* both into the third */
        for (int g = 0; g < 2; g++)
            assert_int_equal(
                aggregates[a]->aggregate->merge(&calls[a], &groups[2], (const uint8_t *const *)&groups[g], 1, &f.error),
                WEIR_OK);
    for (int g = 0; g < 2; g++) {
        WeirVector buffer;
        assert_int_equal(aggregates[3]->aggregate->serialize(&calls[3], (const uint8_t *const *)&groups[g], 1, &buffer,
                                                             &f.arena, &f.error),
                         WEIR_OK);
        assert_int_equal(aggregates[3]->aggregate->merge_serialized(&calls[3], &buffer, NULL, 1, &groups[2], &f.error),
                         WEIR_OK);
    }
    int64_t expected[] = {4, 12, 5};
    for (int a = 0; a < 3; a++) {
        WeirVector result;
        assert_int_equal(weir_vector_init(&result, aggregates[a]->type, 1, &f.arena, &f.error), WEIR_OK);
        result.length = 1;
        assert_int_equal(aggregates[a]->aggregate->evaluate(&calls[a], (const uint8_t *const *)&groups[2], 1, &result,
                                                            &f.arena, &f.error),
                         WEIR_OK);
        assert_int_equal(a == 2 ? ((int32_t *)result.values)[0] : ((int64_t *)result.values)[0], expected[a]);
    }
    WeirVector list;
    assert_int_equal(
        aggregates[3]->aggregate->evaluate(&calls[3], (const uint8_t *const *)&groups[2], 1, &list, &f.arena, &f.error),
        WEIR_OK);
    assert_memory_equal(list.children[0].values, ((int32_t[]){1, 5, 2, 4}), 16);
    weir_arena_deinit(&f.arena);
}

static void names_are_sparks(void **state)
{
    (void)state;
    Fixture f;
    fixture_init(&f);
    WeirExpression *a = weir_expression_attribute(&f.arena, "a", &weir_type_int, true, 7);
    assert_string_equal(weir_expression_sql_text(&f.arena, CALL(&f, "+", a, weir_expression_int_literal(&f.arena, 1))),
                        "(a + 1)");
    assert_string_equal(weir_expression_sql_text(&f.arena, CALL(&f, "mean", a)), "mean(a)");
    assert_string_equal(weir_expression_sql_text(&f.arena, CALL(&f, "not", CALL(&f, "isnull", a))),
                        "(NOT (a IS NULL))");
    assert_string_equal(weir_expression_sql_text(&f.arena, CALL(&f, "split", CALL(&f, "concat", a, a),
                                                                weir_expression_string_literal(&f.arena, " "))),
                        "split(concat(a, a),  , -1)");
    weir_arena_deinit(&f.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nulls_propagate_and_errors_need_a_live_row),
        cmocka_unit_test(branches_are_lazy),
        cmocka_unit_test(dictionaries_stay_dictionaries),
        cmocka_unit_test(filters_give_selections),
        cmocka_unit_test(aggregates_update_merge_and_evaluate),
        cmocka_unit_test(names_are_sparks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
